//! How long it still takes, from what is known now and from how the organisation's own cases
//! went.
//!
//! **What is seen** of a case (`sight.rs`) is what it went through so far: its last activities
//! and how long they took, how often it changed hands, the hour, and facts with a name such as
//! priority, category, team or service, as they were at each step.
//!
//! **What is learned** ([`train`]) is a forest of regression trees whose leaves keep how long it
//! took there (Meinshausen 2006). What the leaves of a case hold is the distribution of what is
//! left, not one number: its median is told, and what has already passed since the last step is
//! cut off, since those that were quicker are over ([`Model::expect`]). What trees split by is
//! chosen inside the training, by cases a tree has not seen.
//!
//! **How sure it is**: each tree leaves out some cases by chance; how far off it is for these
//! tells which part of the distribution holds 80 of 100 (split-conformal, on cases that were
//! left out), for each activity and value of a grouping fact by itself where there are enough
//! (Mondrian: Vovk, Gammerman and Shafer 2005). The same is found out for cases that have been
//! waiting: of those left out that were still in the same step after a time, which is drawn by
//! chance from each part (`wait.rs`), for each part by itself. So what is told after three days
//! is right as often as what is told at once.
//!
//! **When it is silent**: with fewer than [`CASES_MIN`] cases that were in the same activity and
//! lasted as long.
//!
//! The same cases in the same order and the same seed give the same model.
//!
//! ```
//! use insight::expected::{Case, Now, Options, Step, train};
//! use jiff::tz::TimeZone;
//! use kernel::Timestamp;
//!
//! let step = |at: i64, activity: &str| Step {
//!     at: Timestamp::from_micros(at * 1_000_000),
//!     activity: activity.to_owned(),
//!     facts: Vec::new(),
//! };
//! let cases: Vec<Case> = (0..60)
//!     .map(|n| Case {
//!         steps: vec![step(n * 9_000, "reported")],
//!         ended: step(n * 9_000 + 3_000 + n % 7 * 100, "").at,
//!     })
//!     .collect();
//! let model = train(&cases, &Options::default()).unwrap();
//! let steps = [step(900_000, "reported")];
//! let now = Now { steps: &steps, at: steps[0].at.plus_seconds(600), zone: &TimeZone::UTC };
//! let expected = model.expect(&now).unwrap();
//! assert!((2_400..3_100).contains(&expected.median_seconds));
//! assert_eq!(expected.basis.cases, 60);
//! ```

mod bins;
mod boosted;
mod calibrated;
mod forest;
mod left;
mod like;
mod model;
mod scale;
mod sight;
mod spread;
mod train;
mod tree;
mod wait;

use jiff::tz::TimeZone;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

pub use model::Model;
pub use train::{folds, train};

/// Cases like it that a time must come from. Fewer say more of themselves than of the next one.
pub const CASES_MIN: usize = 15;
/// The part of cases that end within the interval.
pub const INTERVAL_PART: f64 = 0.8;

/// Something that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// What it is in since: a state, or what was done.
    pub activity: String,
    /// What was known of it then, in the order of [`Options::facts`]; an empty one is unknown.
    pub facts: Vec<String>,
}

/// A case that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// What happened before its end, in the order of time; after each step it is learned how
    /// long the rest took. Steps after the end are not looked at.
    pub steps: Vec<Step>,
    /// When what is waited for came: restored, or resolved.
    pub ended: Timestamp,
}

/// A case that is not over.
#[derive(Debug, Clone, Copy)]
pub struct Now<'a> {
    /// What happened so far, in the order of time.
    pub steps: &'a [Step],
    /// What time it is.
    pub at: Timestamp,
    /// By which clock hours are told; the one of [`Options::zone`].
    pub zone: &'a TimeZone,
}

/// How to learn.
#[derive(Debug, Clone)]
pub struct Options {
    /// What facts are called, in their order; the first ones explain best.
    pub facts: Vec<String>,
    /// The fact for whose values intervals hold by themselves, such as the priority.
    pub group: Option<usize>,
    /// By which clock hours are told.
    pub zone: TimeZone,
    /// What chance is drawn from.
    pub seed: u64,
    /// How much is read and kept.
    pub limits: Limits,
}

/// How much is read and kept, so that learning ends within seconds and in bounded memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Cases: the last ones count, since organisations change.
    pub cases: usize,
    /// Steps of a case: the first ones; who has more is rare and would count too much.
    pub steps: usize,
    /// Steps of all cases together that trees learn from, drawn by chance if there are more.
    pub rows: usize,
    /// Trees of the forest. More than that change little.
    pub trees: usize,
    /// Trees at most that are added to it, each of which puts right what is left.
    pub added: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            facts: Vec::new(),
            group: None,
            zone: TimeZone::UTC,
            seed: 7,
            limits: Limits::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { cases: 50_000, steps: 200, rows: 80_000, trees: 80, added: 200 }
    }
}

/// How long it still takes, in seconds from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// One in two takes no longer.
    pub median_seconds: i64,
    /// One in ten or so is over before.
    pub low_seconds: i64,
    /// Of ten, eight are over between `low_seconds` and this.
    pub high_seconds: i64,
    /// What it comes from.
    pub basis: Basis,
}

/// What an expected time comes from, such as "214 like it: service Payroll, priority P2, in
/// progress for 2 hours".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// How many were like it and lasted as long.
    pub cases: usize,
    /// What they were in.
    pub activity: String,
    /// The facts they had in common with it, with their names.
    pub facts: Vec<(String, String)>,
    /// For how long it has been in that activity.
    pub since_seconds: i64,
}

/// Why nothing was learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untrained {
    /// Too few cases are over; so many are.
    Cases(usize),
}

impl fmt::Display for Untrained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Untrained::Cases(cases) => {
                write!(f, "{cases} cases with a step before their end are too few to learn from")
            }
        }
    }
}

impl std::error::Error for Untrained {}
