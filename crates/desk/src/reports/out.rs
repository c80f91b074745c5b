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
    if !report.changes.is_empty() {
        if !text.is_empty() {
            text.push_str("\r\n");
        }
        row(&mut text, ["Line", "Name", "Before", "After"].into_iter().map(cell));
        for change in &report.changes {
            let levels = [number(change.before), number(change.after)];
            row(&mut text, [cell(&change.day), cell(change.title())].into_iter().chain(levels));
        }
    }
    text
}

/// As lines of JSON, one for each figure, and two for each level that changed.
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
    for change in &report.changes {
        for (column, value) in [("before", change.before), ("after", change.after)] {
            let level = json!({
                "table": "changes",
                "line": change.day,
                "name": change.title(),
                "column": column,
                "unit": change.unit(),
                "value": value,
                "counted": null,
            });
            text.push_str(&level.to_string());
            text.push('\n');
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
    use crate::reports::Changed;
    use insight::report::{By, Measure, Name, Period};
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    #[test]
    fn where_a_level_changed_is_told_beside_the_figures() {
        let day = "2026-03-02".to_owned();
        let measure = Some(Measure::Restore);
        let report = Report {
            name: Name::Times,
            by: By::All,
            period: Period::new(date(2026, 1, 1), date(2026, 6, 30), TimeZone::UTC).unwrap(),
            counted_at: kernel::Timestamp::default(),
            tables: vec![],
            changes: vec![Changed { measure, day, before: 7_200.0, after: 3_600.0 }],
        };
        let told = csv(&report, str::to_owned);
        let line = "2026-03-02,\"Restore, median\",7200,3600\r\n";
        assert_eq!(told, format!("Line,Name,Before,After\r\n{line}"));
        let told = ndjson(&report, str::to_owned);
        let lines: Vec<serde_json::Value> =
            told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!((&lines[1]["column"], &lines[1]["value"]), (&json!("after"), &json!(3_600.0)));
    }

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
