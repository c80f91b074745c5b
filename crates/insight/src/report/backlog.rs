//! What was open at the end of each day, what came and what went, and how old it is now.

use super::columns::{Column, Reckon, Unit, one};
use super::period::Period;
use super::table::{ALL, Cell, Figure, Line, Table};
use kernel::{IncidentNumber, Priority, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

const DAYS: &str = "days";
const AGES: &str = "ages";
const DAY_SECONDS: i64 = 86_400;

/// From how many days on, and until before how many, an age counts as what.
static BUCKETS: [(&str, &str, i64, i64); 5] = [
    ("under_1", "Under a day", i64::MIN, 1),
    ("under_3", "1 to 3 days", 1, 3),
    ("under_7", "3 to 7 days", 3, 7),
    ("under_30", "7 to 30 days", 7, 30),
    ("over_30", "30 days and more", 30, i64::MAX),
];

/// A stretch in which an incident was open. One that was reopened has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The incident.
    pub number: IncidentNumber,
    /// Its priority.
    pub priority: Priority,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// From when on it was open.
    pub from: Timestamp,
    /// Until just before when; none while it is.
    pub to: Option<Timestamp>,
}

impl Span {
    /// Whether it was open just before an instant.
    fn is_open_before(&self, at: Timestamp) -> bool {
        self.from < at && self.to.is_none_or(|to| to >= at)
    }
}

/// The day's lines, then ages by priority. Days that lie ahead are left out.
pub fn backlog(spans: &[Span], period: &Period, now: Timestamp) -> Vec<Table> {
    vec![days(spans, period, now), ages(spans, looked_at(period, now))]
}

/// The incidents behind a figure of [`backlog`]; none where there is no such figure.
pub fn behind_backlog(
    figure: &Figure,
    spans: &[Span],
    period: &Period,
    now: Timestamp,
) -> Option<BTreeSet<IncidentNumber>> {
    let counts: Box<dyn Fn(&Span) -> bool> = match figure.table.as_str() {
        DAYS => {
            let day = (0..period.count()).find(|day| period.day(*day) == figure.line)?;
            let (start, end) = (period.day_start(day), period.day_start(day + 1));
            let within = move |at: Timestamp| at >= start && at < end;
            match figure.column.as_str() {
                "open" => Box::new(move |span: &Span| span.is_open_before(end.min(after(now)))),
                "in" => Box::new(move |span: &Span| within(span.from)),
                "out" => Box::new(move |span: &Span| span.to.is_some_and(within)),
                _ => return None,
            }
        }
        AGES => {
            let bucket = BUCKETS.iter().find(|bucket| bucket.0 == figure.column);
            let whole = figure.column == "open";
            if bucket.is_none() && !whole {
                return None;
            }
            let (line, at) = (figure.line.clone(), looked_at(period, now));
            Box::new(move |span: &Span| {
                let in_line = line == ALL || span.priority.to_string() == line;
                in_line
                    && span.is_open_before(at)
                    && bucket.is_none_or(|bucket| in_bucket(bucket, span, at))
            })
        }
        _ => return None,
    };
    Some(spans.iter().filter(|span| counts(span)).map(|span| span.number).collect())
}

/// What is open is looked at when the period ends, or now.
fn looked_at(period: &Period, now: Timestamp) -> Timestamp {
    period.end().min(after(now))
}

/// Just after an instant: what was reported at it counts.
fn after(now: Timestamp) -> Timestamp {
    now.plus_micros(1)
}

fn days(spans: &[Span], period: &Period, now: Timestamp) -> Table {
    let count = period.count();
    let (mut came, mut went) = (vec![0u64; count], vec![0u64; count]);
    let mut open = 0i64;
    for span in spans {
        if let Some(day) = period.index(span.from) {
            came[day] += 1;
        }
        if let Some(day) = span.to.and_then(|to| period.index(to)) {
            went[day] += 1;
        }
        open += i64::from(span.is_open_before(period.start()));
    }
    let mut lines = Vec::with_capacity(count);
    for day in (0..count).take_while(|day| period.day_start(*day) <= now) {
        open += came[day] as i64 - went[day] as i64;
        let cells = vec![counted(open.unsigned_abs()), counted(came[day]), counted(went[day])];
        lines.push(Line { key: period.day(day), cells });
    }
    let column = |key, title| one(key, title, Unit::Count, Reckon::Elsewhere);
    let columns =
        vec![column("open", "Open at its end"), column("in", "Came"), column("out", "Went")];
    Table { key: DAYS.to_owned(), columns, lines }
}

fn ages(spans: &[Span], at: Timestamp) -> Table {
    let mut lines: BTreeMap<Option<Priority>, Vec<u64>> = BTreeMap::new();
    lines.insert(None, vec![0; BUCKETS.len() + 1]);
    for span in spans.iter().filter(|span| span.is_open_before(at)) {
        let bucket = BUCKETS.iter().position(|bucket| in_bucket(bucket, span, at));
        for line in [None, Some(span.priority)] {
            let counts = lines.entry(line).or_insert_with(|| vec![0; BUCKETS.len() + 1]);
            counts[0] += 1;
            if let Some(bucket) = bucket {
                counts[bucket + 1] += 1;
            }
        }
    }
    let lines = lines.into_iter().map(|(priority, counts)| Line {
        key: priority.map_or(ALL.to_owned(), |priority| priority.to_string()),
        cells: counts.into_iter().map(counted).collect(),
    });
    let column = |key: &str, title: &str| one(key, title, Unit::Count, Reckon::Elsewhere);
    let columns: Vec<Column> = std::iter::once(column("open", "Open"))
        .chain(BUCKETS.iter().map(|(key, title, ..)| column(key, title)))
        .collect();
    Table { key: AGES.to_owned(), columns, lines: lines.collect() }
}

fn in_bucket(bucket: &(&str, &str, i64, i64), span: &Span, at: Timestamp) -> bool {
    let days = at.seconds_since(span.reported_at).div_euclid(DAY_SECONDS);
    (bucket.2..bucket.3).contains(&days)
}

fn counted(count: u64) -> Cell {
    Cell { value: Some(count as f64), counted: count }
}
