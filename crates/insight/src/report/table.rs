//! A table of figures, and the incidents behind each.

use super::columns::{Column, Reckon, Values};
use super::{By, Measure, Period};
use kernel::{InOrder, IncidentNumber, Invalid, Priority, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// The line of everything.
pub(super) const ALL: &str = "all";
/// The line of what has no team, service and so on.
const NONE: &str = "none";
/// Parts a figure's name is made of are held apart by this.
const BETWEEN: char = '~';
/// Characters of a figure's name, which comes from an address.
const FIGURE_CHARS_MAX: usize = 200;

/// One thing that is counted: an incident, a page, an outage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The incident.
    pub number: IncidentNumber,
    /// When it counts: when it was reported, when the page was sent, when the outage began.
    pub at: Timestamp,
    /// Its priority.
    pub priority: Priority,
    /// What its line is, where lines are teams, services and so on: an id.
    pub of: Option<String>,
    /// What the report measures, in the order of [`super::measures`].
    pub values: Vec<Option<i64>>,
}

/// Names one figure of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The table.
    pub table: String,
    /// The line.
    pub line: String,
    /// The column.
    pub column: String,
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{BETWEEN}{}{BETWEEN}{}", self.table, self.line, self.column)
    }
}

impl FromStr for Figure {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("must be a figure as the report names it");
        if text.len() > FIGURE_CHARS_MAX {
            return Err(wrong());
        }
        let mut parts = text.split(BETWEEN).map(str::to_owned);
        let next = |parts: &mut dyn Iterator<Item = String>| parts.next().ok_or_else(wrong);
        let figure =
            Figure { table: next(&mut parts)?, line: next(&mut parts)?, column: next(&mut parts)? };
        if parts.next().is_some() { Err(wrong()) } else { Ok(figure) }
    }
}

/// One figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// The figure; none where nothing was there to count.
    pub value: Option<f64>,
    /// How many incidents, pages or outages are behind it.
    pub counted: u64,
}

/// A line of figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is of: `all`, `none`, `P1`, an id, the first day of a week or month, a day.
    pub key: String,
    /// Its figures, one for each column.
    pub cells: Vec<Cell>,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name within the report.
    pub key: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its lines, the one of everything first.
    pub lines: Vec<Line>,
}

impl Table {
    /// The name of the figure in a line and a column.
    pub fn figure(&self, line: &Line, column: &Column) -> Figure {
        Figure { table: self.key.clone(), line: line.key.clone(), column: column.key.clone() }
    }
}

/// The table that `columns` make of `facts`, which hold `measures`. Lines of weeks and months are
/// in their order and whole: one in which nothing happened is a line, too. Others come with the
/// largest first.
pub fn tabulate(
    key: &str,
    columns: &[Column],
    measures: &[Measure],
    by: By,
    facts: &[Fact],
    period: &Period,
) -> Table {
    let mut groups: BTreeMap<String, Vec<&Fact>> = BTreeMap::new();
    for start in period.parts(by) {
        groups.insert(start, vec![]);
    }
    if by != By::All {
        for fact in facts {
            groups.entry(line_of(by, fact, period)).or_default().push(fact);
        }
    }
    let mut groups: Vec<(String, Vec<&Fact>)> = groups.into_iter().collect();
    if !matches!(by, By::Week | By::Month | By::Priority) {
        groups.order_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    }
    groups.insert(0, (ALL.to_owned(), facts.iter().collect()));
    let line = |(key, facts): (String, Vec<&Fact>)| {
        let places = Places { measures, whole: by == By::Service && key != ALL, period };
        let values = Values::gather(&facts, measures);
        let cells = columns.iter().map(|column| cell(&column.reckon, &places, &values));
        Line { cells: cells.collect(), key }
    };
    Table {
        key: key.to_owned(),
        columns: columns.to_vec(),
        lines: groups.into_iter().map(line).collect(),
    }
}

/// The incidents behind a figure of such a table, by number; none where there is no such figure.
pub fn behind(
    figure: &Figure,
    columns: &[Column],
    measures: &[Measure],
    by: By,
    facts: &[Fact],
    period: &Period,
) -> Option<BTreeSet<IncidentNumber>> {
    let column = columns.iter().find(|column| column.key == figure.column)?;
    let in_line = |fact: &&Fact| figure.line == ALL || line_of(by, fact, period) == figure.line;
    let places = Places { measures, whole: false, period };
    let counted = facts.iter().filter(in_line);
    let counted = counted.filter(|fact| column.reckon.counts(&places, fact));
    Some(counted.map(|fact| fact.number).collect())
}

/// Where values stand in facts, and what else figures need.
pub(super) struct Places<'a> {
    pub(super) measures: &'a [Measure],
    /// Whether all of a service is in the line.
    pub(super) whole: bool,
    pub(super) period: &'a Period,
}

impl Places<'_> {
    /// A value of a fact; nothing where the report does not measure it.
    pub(super) fn value(&self, fact: &Fact, measure: Measure) -> Option<i64> {
        let place = self.measures.iter().position(|one| *one == measure)?;
        fact.values.get(place).copied().flatten()
    }
}

fn line_of(by: By, fact: &Fact, period: &Period) -> String {
    let of = || fact.of.clone().unwrap_or_else(|| NONE.to_owned());
    match by {
        By::All => ALL.to_owned(),
        By::Priority => fact.priority.to_string(),
        By::Agreement => format!("{}_{}", of(), fact.priority),
        By::Week | By::Month => period.part_of(by, fact.at),
        By::Team | By::Service | By::Organisation | By::Category | By::Person => of(),
    }
}

fn cell(reckon: &Reckon, places: &Places<'_>, values: &Values<'_>) -> Cell {
    let counted = reckon.counted(values);
    Cell { value: reckon.value(places, values, counted), counted }
}
