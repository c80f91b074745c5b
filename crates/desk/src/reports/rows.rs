//! What a report counts, row by row, for programs that count themselves: incidents, stretches in
//! which they were open, pages, outages. Nothing that people wrote is in it but names of lines.

use super::columnar::{Cells, Column, file};
use super::{Asked, Read, Reading};
use crate::{Desk, Trouble};
use incident::Viewer;
use insight::report::{By, Fact, Holds, Measure, Name, Period, Span};
use kernel::Timestamp;
use std::collections::{BTreeSet, HashMap};
use store::reports as stored;
use store::{Failure, Sql};

/// Microseconds of a millisecond.
const MICROS_PER_MILLI: i64 = 1_000;

/// The rows of a report as a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// Which report.
    pub name: Name,
    /// Of which days.
    pub period: Period,
    /// The Parquet file.
    pub parquet: Vec<u8>,
}

impl Desk {
    /// What a report counts, of what the viewer sees all of, as a Parquet file: instants in
    /// universal time, seconds and numbers as whole numbers, null where nothing is known.
    ///
    /// # Errors
    ///
    /// As [`Desk::report`].
    pub async fn report_rows(&self, viewer: &Viewer, asked: &Asked) -> Result<Rows, Trouble> {
        let reading = self.reading(viewer, asked)?;
        let (name, period) = (reading.name, reading.period.clone());
        let done = self
            .read(move |sql| match reading.read(sql)? {
                Some(read) => Ok(Some(reading.columns(sql, &read)?)),
                None => Ok(None),
            })
            .await?;
        let columns = done.ok_or(Trouble::Overloaded)?;
        let broken = |words: String| Failure::Broken(format!("no file of a report: {words}"));
        let written = crate::on_a_thread(move || file(&columns)).await;
        let written = written.map_err(|error| broken(error.to_string()))?;
        let parquet = written.map_err(|error| broken(error.to_string()))?;
        Ok(Rows { name, period, parquet })
    }
}

impl Reading {
    fn columns(&self, sql: &mut dyn Sql, read: &Read) -> Result<Vec<Column>, Failure> {
        let facts = match read {
            Read::Spans(spans) => return Ok(of_spans(spans)),
            Read::Facts(facts) => facts,
        };
        let mut columns = vec![words("incident", facts, |fact| Some(fact.number.to_string()))];
        if let Some(at) = at_of(self.name) {
            columns.push(moments(at, facts, |fact| Some(fact.at)));
        }
        columns.push(words("priority", facts, |fact| Some(fact.priority.to_string())));
        if let Some(by) = self.of() {
            let ids: BTreeSet<&String> = facts.iter().filter_map(|fact| fact.of.as_ref()).collect();
            let ids: Vec<String> = ids.into_iter().cloned().collect();
            let names: HashMap<String, String> = stored::names(sql, by, &ids)?;
            let named = |fact: &Fact| names.get(fact.of.as_ref()?).cloned();
            columns.push(words(&format!("{by}_id"), facts, |fact| fact.of.clone()));
            columns.push(words(by.as_str(), facts, named));
        }
        let measured = self.measures().iter().enumerate();
        columns.extend(measured.map(|(place, measure)| of_measure(*measure, place, facts)));
        Ok(columns)
    }

    /// What facts are of, where they are of anything. Outages are always of a service.
    fn of(&self) -> Option<By> {
        match (self.name, self.wanted.by) {
            (Name::Downtime, _) => Some(By::Service),
            (_, By::All | By::Priority | By::Week | By::Month) => None,
            (_, by) => Some(by),
        }
    }
}

/// What the instant is called at which a fact counts; outages tell theirs as what is measured.
const fn at_of(name: Name) -> Option<&'static str> {
    match name {
        Name::Downtime => None,
        Name::OnCall => Some("sent_at"),
        _ => Some("reported_at"),
    }
}

fn of_spans(spans: &[Span]) -> Vec<Column> {
    vec![
        words("incident", spans, |span| Some(span.number.to_string())),
        moments("reported_at", spans, |span| Some(span.reported_at)),
        words("priority", spans, |span| Some(span.priority.to_string())),
        moments("opened_at", spans, |span| Some(span.from)),
        moments("ended_at", spans, |span| span.to),
    ]
}

fn of_measure(measure: Measure, place: usize, facts: &[Fact]) -> Column {
    let values = facts.iter().map(|fact| fact.values.get(place).copied().flatten());
    let (name, cells) = match measure.holds() {
        Holds::Seconds => (format!("{measure}_seconds"), Cells::Whole(values.collect())),
        Holds::Number => (measure.to_string(), Cells::Whole(values.collect())),
        Holds::Whether => {
            let yes = |value: Option<i64>| value.map(|value| value != 0);
            (measure.to_string(), Cells::Whether(values.map(yes).collect()))
        }
        Holds::Moment => {
            let moment = |value: Option<i64>| value.map(millis);
            (format!("{measure}_at"), Cells::Moment(values.map(moment).collect()))
        }
    };
    Column { name, cells }
}

fn words<T>(name: &str, rows: &[T], of: impl Fn(&T) -> Option<String>) -> Column {
    Column { name: name.to_owned(), cells: Cells::Text(rows.iter().map(of).collect()) }
}

fn moments<T>(name: &str, rows: &[T], of: impl Fn(&T) -> Option<Timestamp>) -> Column {
    let at = |row: &T| of(row).map(|at| millis(at.micros()));
    Column { name: name.to_owned(), cells: Cells::Moment(rows.iter().map(at).collect()) }
}

/// Microseconds as milliseconds, before 1970 too.
const fn millis(micros: i64) -> i64 {
    micros.div_euclid(MICROS_PER_MILLI)
}
