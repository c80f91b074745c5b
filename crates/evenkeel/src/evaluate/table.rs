//! A file of values: CSV with a header, plain or gzipped.

use crate::failed::Failed;
use csv::StringRecord;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// The first bytes of a gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Unpacked bytes of a file at most: all of it is held in memory, and a small archive may hold
/// a large file.
const BYTES_MAX: u64 = 1 << 30;

/// The file in memory.
pub(super) struct Table {
    /// What it is called, for messages.
    name: String,
    columns: Vec<String>,
    rows: Vec<StringRecord>,
}

impl Table {
    /// Reads a file.
    pub(super) fn open(path: &Path) -> Result<Table, Failed> {
        let file = File::open(path).map_err(|error| Failed::io("opening", path, &error))?;
        let mut file = BufReader::new(file);
        let start = file.fill_buf().map_err(|error| Failed::io("reading", path, &error))?;
        let bytes: Box<dyn Read> = if start.starts_with(&GZIP) {
            Box::new(flate2::read::MultiGzDecoder::new(file))
        } else {
            Box::new(file)
        };
        let name = path.display().to_string();
        Table::of(bytes, &name, BYTES_MAX).map_err(|words| Failed::new(format!("{name}: {words}")))
    }

    fn of(bytes: impl Read, name: &str, bytes_max: u64) -> Result<Table, String> {
        let mut text = Vec::new();
        // One byte more than is taken, so that a larger one is refused and not cut.
        bytes
            .take(bytes_max + 1)
            .read_to_end(&mut text)
            .map_err(|error| format!("it cannot be read: {error}"))?;
        if text.len() as u64 > bytes_max {
            return Err(format!("it is larger than {} MB unpacked", bytes_max >> 20));
        }
        let text = String::from_utf8_lossy(&text);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header =
            reader.headers().map_err(|error| format!("the header cannot be read: {error}"))?;
        let columns: Vec<String> = header
            .iter()
            .map(|name| name.trim_start_matches('\u{feff}').trim().to_owned())
            .collect();
        let rows: Result<Vec<StringRecord>, csv::Error> = reader.into_records().collect();
        let rows = rows.map_err(|error| error.to_string())?;
        if rows.is_empty() {
            return Err("there is no line below the header".to_owned());
        }
        Ok(Table { name: name.to_owned(), columns, rows })
    }

    pub(super) fn rows(&self) -> &[StringRecord] {
        &self.rows
    }

    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The column that somebody named.
    pub(super) fn named(&self, name: &str) -> Result<usize, Failed> {
        self.any_of(&[name]).ok_or_else(|| self.lacks(&format!("column {name:?}")))
    }

    /// The first of some names that is the name of a column; case, spaces and `_` do not matter.
    pub(super) fn any_of(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| {
            self.columns
                .iter()
                .position(|column| query::words(column).concat() == query::words(name).concat())
        })
    }

    /// What to say when it has not what is needed.
    pub(super) fn lacks(&self, what: &str) -> Failed {
        Failed::new(format!(
            "{} has no {what}; its columns are {}",
            self.name,
            self.columns.join(", ")
        ))
    }
}

/// The value of a row, without the space around it.
pub(super) fn cell(row: &StringRecord, column: usize) -> &str {
    row.get(column).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<Table, String> {
        Table::of(text.as_bytes(), "x.csv", 100)
    }

    #[test]
    fn columns_are_found_however_they_are_written() {
        let table = table("\u{feff}Issue id,Topic_group\n1,\"a, b\"\n2\n").unwrap();
        assert_eq!(table.any_of(&["group", "topic group"]), Some(1));
        assert_eq!(table.named("ISSUE ID").unwrap(), 0);
        let refused = table.named("team").unwrap_err().to_string();
        assert_eq!(refused, "x.csv has no column \"team\"; its columns are Issue id, Topic_group");
        let cells: Vec<&str> = table.rows().iter().map(|row| cell(row, 1)).collect();
        assert_eq!(cells, ["a, b", ""]);
    }

    #[test]
    fn what_is_too_large_or_empty_is_refused() {
        assert!(table(&"a".repeat(101)).is_err_and(|words| words.contains("larger")));
        assert!(table("a,b\n").is_err_and(|words| words.contains("no line")));
    }
}
