//! What was wrong with the file: each row with the rule by which it was skipped or
//! mended, some in full, all counted.

use crate::failed::Failed;
use crate::output;
use serde::Serialize;
use std::collections::BTreeMap;

/// Rows named of each rule; the others are counted.
const NAMED: u64 = 10;

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $becomes:literal, $words:literal;)+) => {
        /// By which rule a row was skipped or mended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Rule { $($(#[$doc])* $name),+ }

        impl Rule {
            fn becomes(self) -> &'static str {
                match self { $(Rule::$name => $becomes),+ }
            }

            fn words(self) -> &'static str {
                match self { $(Rule::$name => $words),+ }
            }
        }
    };
}

rules! {
    Unreadable = "skipped", "the row cannot be read as CSV";
    TooFewColumns = "skipped", "the row has too few columns";
    TooManyColumns = "mended", "the row has too many columns; the first ones were taken";
    Encoding = "mended", "the text is not UTF-8; it was read as Western European";
    NoNumber = "skipped", "the row names no incident";
    UnknownState = "skipped", "the state is not in the mapping";
    NoInstant = "skipped", "the time of the change cannot be read";
    OddInstant = "mended", "another time cannot be read; it was left out";
    Gap = "mended", "the time does not exist, clocks were put forward then; it was read an hour later: is --time-zone right?";
    OddValue = "mended", "a value is not of its kind; it was left out";
    TooLong = "mended", "a value is too long; it was cut";
    BackInTime = "mended", "the time lies before the row before; that row's time was taken";
    Future = "mended", "the time lies in the future; the present was taken";
    AfterTheEnd = "mended", "the incident is closed, which is final; the rest of the row was left out";
    Again = "mended", "it is resolved or closed once more with nothing in between; the first time stays";
    ReopenedUnseen = "mended", "it was reopened without having been resolved; nothing to reopen";
    TouchedHere = "skipped", "somebody has worked on the incident here since it was imported";
    Refused = "mended", "a step was refused; the rest of the row was taken";
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) row: u64,
    pub(super) rule: Rule,
    pub(super) detail: String,
}

impl Problem {
    pub(super) fn new(row: u64, rule: Rule, detail: impl Into<String>) -> Problem {
        Problem { row, rule, detail: detail.into() }
    }
}

/// How many rows were skipped or mended by one rule.
#[derive(Debug, Serialize)]
pub(super) struct Counted {
    rows: u64,
    were: &'static str,
    because: &'static str,
}

/// All of them, counted.
#[derive(Debug, Default)]
pub(super) struct Problems(BTreeMap<Rule, u64>);

impl Problems {
    /// Counts one; says it while there are few of its kind.
    pub(super) fn add(&mut self, problem: &Problem, say: impl Fn(String)) {
        let count = self.0.entry(problem.rule).or_default();
        *count += 1;
        let Problem { row, rule, detail } = problem;
        let detail: String = detail.chars().take(200).collect();
        match *count {
            1..=NAMED if detail.is_empty() => {
                say(format!("row {row}: {}: {}", rule.becomes(), rule.words()))
            }
            1..=NAMED => say(format!("row {row}: {}: {} ({detail})", rule.becomes(), rule.words())),
            count if count == NAMED + 1 => say(format!("more rows: {}", rule.words())),
            _ => {}
        }
    }

    /// The counts by rule.
    pub(super) fn counted(&self) -> Vec<Counted> {
        let one = |(rule, count): (&Rule, &u64)| Counted {
            rows: *count,
            were: rule.becomes(),
            because: rule.words(),
        };
        self.0.iter().map(one).collect()
    }

    /// Prints the counts as a table, if there are any.
    pub(super) fn print(&self) -> Result<(), Failed> {
        if self.0.is_empty() {
            return Ok(());
        }
        let cells = |Counted { rows, were, because }| {
            vec![rows.to_string(), String::from(were), String::from(because)]
        };
        let rows: Vec<Vec<String>> = self.counted().into_iter().map(cells).collect();
        output::line("")?;
        output::table(&["rows", "were", "because"], &rows)
    }

    #[cfg(test)]
    pub(super) fn count(&self, rule: Rule) -> u64 {
        self.0.get(&rule).copied().unwrap_or_default()
    }
}
