//! Rows of the file as facts: read as a stream, decoded, typed.

use super::mapping::{Mapping, Wanted};
use super::problems::{Problem, Rule};
use crate::failed::Failed;
use csv::ByteRecord;
use kernel::{Level, Priority, Timestamp, limits};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// The first bytes of a gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Columns without which nothing can be told.
const NEEDED: [&str; 3] = ["number", "state", "updated_at"];

/// An incident as one row of the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    /// The line of the file.
    pub(super) row: u64,
    pub(super) number: String,
    pub(super) state: Wanted,
    pub(super) at: Timestamp,
    pub(super) opened_at: Option<Timestamp>,
    pub(super) resolved_at: Option<Timestamp>,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) updated_by: Option<String>,
    pub(super) opened_by: Option<String>,
    pub(super) resolved_by: Option<String>,
    pub(super) caller: Option<String>,
    pub(super) team: Option<String>,
    pub(super) assignee: Option<String>,
    pub(super) category: Option<String>,
    pub(super) subcategory: Option<String>,
    pub(super) service: Option<String>,
    pub(super) impact: Option<Level>,
    pub(super) urgency: Option<Level>,
    pub(super) priority: Option<Priority>,
    pub(super) reopen_count: u32,
    pub(super) closed_code: Option<String>,
    pub(super) problem: Option<String>,
    pub(super) change: Option<String>,
    pub(super) caused_by: Option<String>,
    pub(super) fields: BTreeMap<String, String>,
    pub(super) title: String,
}

/// A row that could be read, or why not. Problems of a row come before it.
pub(super) enum Read1 {
    Row(Box<Facts>),
    Problem(Problem),
}

/// The file, row after row.
pub(super) struct Rows {
    reader: csv::Reader<Box<dyn Read + Send>>,
    mapping: Mapping,
    zone: jiff::tz::TimeZone,
    now: Timestamp,
    /// Where our columns are.
    places: HashMap<String, usize>,
    fields: Vec<(String, usize)>,
    title: Vec<usize>,
    columns: usize,
    record: ByteRecord,
}

impl Rows {
    /// Opens a file, plain or gzipped.
    pub(super) fn open(
        path: &Path,
        mapping: Mapping,
        zone: jiff::tz::TimeZone,
        now: Timestamp,
    ) -> Result<Rows, Failed> {
        let file = File::open(path).map_err(|error| Failed::io("opening", path, &error))?;
        let mut file = BufReader::with_capacity(1 << 16, file);
        let start = file.fill_buf().map_err(|error| Failed::io("reading", path, &error))?;
        let bytes: Box<dyn Read + Send> = if start.starts_with(&GZIP) {
            Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(file)))
        } else {
            Box::new(file)
        };
        Rows::of(bytes, mapping, zone, now)
            .map_err(|words| Failed::new(format!("{}: {words}", path.display())))
    }

    fn of(
        bytes: Box<dyn Read + Send>,
        mapping: Mapping,
        zone: jiff::tz::TimeZone,
        now: Timestamp,
    ) -> Result<Rows, String> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(mapping.delimiter)
            .flexible(true)
            .from_reader(bytes);
        let header =
            reader.byte_headers().map_err(|error| format!("the header cannot be read: {error}"))?;
        let columns = header.len();
        let named: HashMap<String, usize> = header
            .iter()
            .enumerate()
            .map(|(place, name)| {
                (text(name).0.trim_start_matches('\u{feff}').trim().to_owned(), place)
            })
            .collect();
        let places: HashMap<String, usize> = mapping
            .columns
            .iter()
            .filter_map(|(ours, theirs)| Some((ours.clone(), *named.get(theirs)?)))
            .collect();
        let lacking: Vec<&str> = NEEDED
            .iter()
            .filter(|ours| !places.contains_key(**ours))
            .map(|ours| mapping.columns[*ours].as_str())
            .collect();
        if !lacking.is_empty() {
            return Err(format!(
                "there is no column {}; if yours are named differently, change the mapping that --print-mapping shows and name it with --mapping",
                lacking.join(", ")
            ));
        }
        let fields = mapping
            .fields
            .iter()
            .filter_map(|(ours, theirs)| Some((ours.clone(), *named.get(theirs)?)));
        let title = mapping.title.iter().filter_map(|theirs| named.get(theirs).copied());
        Ok(Rows {
            places,
            fields: fields.collect(),
            title: title.collect(),
            columns,
            reader,
            mapping,
            zone,
            now,
            record: ByteRecord::new(),
        })
    }

    /// The next row with what was wrong with it; `None` at the end.
    pub(super) fn next(&mut self, found: &mut Vec<Read1>) -> Result<bool, Failed> {
        let mut record = std::mem::take(&mut self.record);
        let read = self.reader.read_byte_record(&mut record);
        let row = record.position().map_or(0, csv::Position::line);
        let go_on = match read {
            Ok(false) => false,
            Ok(true) => {
                self.row(row, &record, found);
                true
            }
            Err(error) if matches!(error.kind(), csv::ErrorKind::Io(_)) => {
                return Err(Failed::new(format!("the file breaks off after row {row}: {error}")));
            }
            Err(error) => {
                found.push(Read1::Problem(Problem::new(row, Rule::Unreadable, error.to_string())));
                true
            }
        };
        self.record = record;
        Ok(go_on)
    }

    fn row(&self, row: u64, record: &ByteRecord, found: &mut Vec<Read1>) {
        let mut problems = Vec::new();
        let facts = Cells { rows: self, record, row, problems: &mut problems }.facts();
        found.extend(problems.into_iter().map(Read1::Problem));
        found.extend(facts.map(|facts| Read1::Row(Box::new(facts))));
    }
}

/// The text of some bytes, and whether it is UTF-8. Otherwise each byte is the sign
/// of its number, which is what Western European encodings mean by it.
fn text(bytes: &[u8]) -> (String, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), true),
        Err(_) => (bytes.iter().map(|byte| char::from(*byte)).collect(), false),
    }
}

/// One row while it is read.
struct Cells<'r> {
    rows: &'r Rows,
    record: &'r ByteRecord,
    row: u64,
    problems: &'r mut Vec<Problem>,
}

impl Cells<'_> {
    fn facts(&mut self) -> Option<Facts> {
        let columns = self.rows.columns;
        if self.record.len() < columns {
            let detail = format!("{} of {columns}", self.record.len());
            self.problem(Rule::TooFewColumns, detail);
            return None;
        }
        if self.record.len() > columns {
            let detail = format!("{} instead of {columns}", self.record.len());
            self.problem(Rule::TooManyColumns, detail);
        }
        if self.record.iter().any(|cell| std::str::from_utf8(cell).is_err()) {
            self.problem(Rule::Encoding, "");
        }
        let Some(number) = self.name("number") else {
            self.problem(Rule::NoNumber, "");
            return None;
        };
        let word = self.cell("state").unwrap_or_default();
        let Some(state) = self.rows.mapping.states.get(&word).copied() else {
            self.problem(Rule::UnknownState, format!("{number}: {word:?}"));
            return None;
        };
        let said = self.cell("updated_at").unwrap_or_default();
        let Some(at) = self.parse_instant(&said) else {
            self.problem(Rule::NoInstant, format!("{number}: {said:?}"));
            return None;
        };
        Some(Facts {
            row: self.row,
            state,
            at: self.not_in_the_future(at),
            opened_at: self.instant("opened_at"),
            resolved_at: self.instant("resolved_at"),
            closed_at: self.instant("closed_at"),
            updated_by: self.name("updated_by"),
            opened_by: self.name("opened_by"),
            resolved_by: self.name("resolved_by"),
            caller: self.name("caller"),
            team: self.name("team"),
            assignee: self.name("assignee"),
            category: self.name("category"),
            subcategory: self.name("subcategory"),
            service: self.name("service"),
            impact: self.graded("impact").and_then(|digit| Level::new(digit).ok()),
            urgency: self.graded("urgency").and_then(|digit| Level::new(digit).ok()),
            priority: self.graded("priority").and_then(|digit| Priority::new(digit).ok()),
            reopen_count: self.cell("reopen_count").and_then(|text| text.parse().ok()).unwrap_or(0),
            closed_code: self.name("closed_code"),
            problem: self.name("problem"),
            change: self.name("change"),
            caused_by: self.name("caused_by"),
            fields: self.fields(),
            title: self.title(&number),
            number,
        })
    }

    fn problem(&mut self, rule: Rule, detail: impl Into<String>) {
        self.problems.push(Problem::new(self.row, rule, detail));
    }

    /// The value of one of our columns, runs of spaces being one.
    fn cell(&self, ours: &str) -> Option<String> {
        self.at(*self.rows.places.get(ours)?)
    }

    fn at(&self, place: usize) -> Option<String> {
        let (text, _) = text(self.record.get(place)?);
        let clean = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!self.rows.mapping.missing.contains(&clean)).then_some(clean)
    }

    /// A value that becomes a name.
    fn name(&mut self, ours: &str) -> Option<String> {
        let name = self.cell(ours)?;
        Some(self.cut(name, limits::NAME_CHARS))
    }

    fn cut(&mut self, text: String, chars: usize) -> String {
        if text.chars().count() <= chars {
            return text;
        }
        self.problem(Rule::TooLong, text.chars().take(60).collect::<String>());
        text.chars().take(chars).collect()
    }

    fn instant(&mut self, ours: &str) -> Option<Timestamp> {
        let text = self.cell(ours)?;
        let at = self.parse_instant(&text);
        if at.is_none() {
            self.problem(Rule::OddInstant, format!("{ours}: {text:?}"));
        }
        at
    }

    /// A time that was there twice, when clocks were put back, is the first of the two.
    fn parse_instant(&mut self, text: &str) -> Option<Timestamp> {
        let formats = self.rows.mapping.dates.iter();
        let civil = formats
            .into_iter()
            .find_map(|format| jiff::civil::DateTime::strptime(format, text).ok())?;
        let zoned = civil.to_zoned(self.rows.zone.clone()).ok()?;
        if zoned.datetime() != civil {
            self.problem(Rule::Gap, text);
        }
        Some(Timestamp::from_jiff(zoned.timestamp()))
    }

    fn not_in_the_future(&mut self, at: Timestamp) -> Timestamp {
        if at <= self.rows.now {
            return at;
        }
        self.problem(Rule::Future, at.to_string());
        self.rows.now
    }

    /// The digit that a graded value such as "2 - Medium" begins with.
    fn graded(&mut self, ours: &str) -> Option<i64> {
        let text = self.cell(ours)?;
        let most = if ours == "priority" { 5 } else { 3 };
        let digit = text.chars().next().and_then(|c| c.to_digit(10)).map(i64::from);
        let fits = digit.filter(|digit| (1..=most).contains(digit));
        if fits.is_none() {
            self.problem(Rule::OddValue, format!("{ours}: {text:?}"));
        }
        fits
    }

    fn fields(&mut self) -> BTreeMap<String, String> {
        let rows = self.rows;
        let mut fields = BTreeMap::new();
        for (name, place) in &rows.fields {
            if let Some(value) = self.at(*place) {
                fields.insert(name.clone(), self.cut(value, limits::CUSTOM_FIELD_CHARS));
            }
        }
        fields
    }

    fn title(&mut self, number: &str) -> String {
        let parts: Vec<String> =
            self.rows.title.iter().filter_map(|place| self.at(*place)).collect();
        let title =
            if parts.is_empty() { format!("Imported {number}") } else { parts.join(" · ") };
        self.cut(title, limits::TITLE_CHARS)
    }
}
