//! When things happen, by local hour of the week.

use super::columns::{Column, Reckon, Unit, one};
use super::period::Period;
use super::table::{ALL, Cell, Fact, Figure, Line, Table};
use kernel::{IncidentNumber, Timestamp};
use std::collections::BTreeSet;

const HOURS: &str = "hours";
const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Night is from this hour on, until before the other: when a page wakes people.
const NIGHT: (i8, i8) = (22, 6);

/// Seven lines of 24 hours, with what each day of the week brought, and the line of all days first.
/// An hour that a change of clocks leaves out or repeats counts where the clock on the wall stood.
pub fn heat(facts: &[Fact], period: &Period) -> Table {
    let mut counts = [[0u64; 24]; 7];
    for fact in facts {
        let (day, hour) = hour_of(fact.at, period);
        counts[day][hour] += 1;
    }
    let line = |key: &str, hours: &[u64]| {
        let all: u64 = hours.iter().sum();
        let cells = std::iter::once(all).chain(hours.iter().copied());
        let cell = |count: u64| Cell { value: Some(count as f64), counted: count };
        Line { key: key.to_owned(), cells: cells.map(cell).collect() }
    };
    let all: Vec<u64> = (0..24).map(|hour| counts.iter().map(|day| day[hour]).sum()).collect();
    let days = WEEK.iter().zip(&counts).map(|(key, hours)| line(key, hours));
    let lines = std::iter::once(line(ALL, &all)).chain(days).collect();
    Table { key: HOURS.to_owned(), columns: columns(), lines }
}

/// The incidents behind a figure of [`heat`]; none where there is no such figure.
pub fn behind_heat(
    figure: &Figure,
    facts: &[Fact],
    period: &Period,
) -> Option<BTreeSet<IncidentNumber>> {
    let column = columns().iter().position(|column| column.key == figure.column)?;
    let day = WEEK.iter().position(|day| *day == figure.line);
    if figure.table != HOURS || (day.is_none() && figure.line != ALL) {
        return None;
    }
    let counts = |fact: &&Fact| {
        let (its_day, hour) = hour_of(fact.at, period);
        day.is_none_or(|day| day == its_day) && (column == 0 || column - 1 == hour)
    };
    Some(facts.iter().filter(counts).map(|fact| fact.number).collect())
}

/// Says of pages, as their first value, whether they came by night.
pub fn with_night(facts: &mut [Fact], period: &Period) {
    for fact in facts {
        let hour = local(fact.at, period).hour();
        let night = hour >= NIGHT.0 || hour < NIGHT.1;
        fact.values.insert(0, Some(i64::from(night)));
    }
}

fn columns() -> Vec<Column> {
    let column = |key: &str, title: &str| one(key, title, Unit::Count, Reckon::Elsewhere);
    let hours = (0..24).map(|hour| column(&format!("h{hour:02}"), &format!("{hour:02}:00")));
    std::iter::once(column(ALL, "All day")).chain(hours).collect()
}

fn local(at: Timestamp, period: &Period) -> jiff::civil::DateTime {
    period.zone().to_datetime(at.to_jiff())
}

fn hour_of(at: Timestamp, period: &Period) -> (usize, usize) {
    let local = local(at, period);
    let day = local.weekday().to_monday_zero_offset();
    (usize::from(day.unsigned_abs()), usize::from(local.hour().unsigned_abs()))
}
