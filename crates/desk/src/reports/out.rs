//! Reports for other programs: as comma-separated values and as lines of JSON.

use super::Report;
use serde_json::json;

/// Signs with which a spreadsheet takes a cell for a formula; the last ones are wide forms of the
/// first, which some take for them.
const FORMULA: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// As comma-separated values, as RFC 4180 says: one line for each line of each table. `label`
/// names a line for people.
pub fn csv(report: &Report, label: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    for (place, table) in report.tables.iter().enumerate() {
        if place > 0 {
            text.push_str("\r\n");
        }
        let titles = table.columns.iter().map(|column| cell(&column.title));
        let head = [cell("Line"), cell("Name")].into_iter().chain(titles);
        row(&mut text, head);
        for line in &table.lines {
            let figures = line.cells.iter().map(|cell| cell.value.map_or(String::new(), number));
            let names = [cell(&line.key), cell(&label(&line.key))];
            row(&mut text, names.into_iter().chain(figures));
        }
    }
    text
}

/// As lines of JSON, one for each figure.
pub fn ndjson(report: &Report, label: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    for table in &report.tables {
        for line in &table.lines {
            let name = label(&line.key);
            for (column, cell) in table.columns.iter().zip(&line.cells) {
                let figure = json!({
                    "table": table.key,
                    "line": line.key,
                    "name": name,
                    "column": column.key,
                    "unit": column.unit.as_str(),
                    "value": cell.value,
                    "counted": cell.counted,
                });
                text.push_str(&figure.to_string());
                text.push('\n');
            }
        }
    }
    text
}

fn row(text: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// Figures are ours and never formulas, whatever their sign.
fn number(value: f64) -> String {
    format!("{value}")
}

/// Text as a cell: never a formula, and in quotes where it must be.
fn cell(text: &str) -> String {
    let text = match text.starts_with(FORMULA) {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    if text.contains([',', '"', '\r', '\n', '\'']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        for (text, safe) in [
            ("=1+1", "\"'=1+1\""),
            ("+49", "\"'+49\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("\n=1", "\"'\n=1\""),
            ("\u{ff1d}1+1", "\"'\u{ff1d}1+1\""),
            ("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""),
            ("VPN", "VPN"),
            ("a \"b\", c", "\"a \"\"b\"\", c\""),
        ] {
            assert_eq!(cell(text), safe, "{text:?}");
        }
    }
}
