//! Business time: when a provider works, how much of that lies between two
//! instants, and when a given amount of it is used up. Pure: no clock, no files,
//! no network, and the time zones that are built in, so that every node and every
//! replay computes the same.
//!
//! ```
//! use calendar::{Calendar, Definition};
//!
//! let definition: Definition = serde_json::from_str(r#"{
//!     "time_zone": "Europe/Berlin",
//!     "week": {"mon": [["09:00", "17:00"]], "fri": [["09:00", "12:00"], ["13:00", "17:00"]]},
//!     "holidays": ["2026-12-25"]
//! }"#).unwrap();
//! let office = Calendar::new(&definition).unwrap();
//! assert_eq!(office.week_in_words(), "Mon 09:00–17:00; Fri 09:00–12:00 and 13:00–17:00");
//!
//! // Thursday evening in Berlin; Friday is Christmas Day.
//! let start = "2026-12-24T20:00:00Z".parse().unwrap();
//! let due = office.due(start, 4 * 3600).unwrap();
//! assert_eq!(due.to_string(), "2026-12-28T12:00:00Z");
//! assert_eq!(office.elapsed(start, due), 4 * 3600);
//! ```
//!
//! # What is business time
//!
//! An instant is business time if and only if its local wall-clock time lies in an
//! opening interval of its local date, or in the after-midnight tail of an overnight
//! interval of the day before, and that local date is no holiday. So the hour that a
//! clock change leaves out does not count, the hour that it repeats counts twice, and
//! a holiday is the local date from 00:00 to 24:00: a shift from Monday 22:00 to 06:00
//! keeps its two hours of Monday when Tuesday is a holiday. Intervals that overlap or
//! touch are counted once. A special opening says all about its date, holiday or not:
//! open is what it names and nothing else; only its own overnight interval runs on
//! into the next date, unless that one is a holiday or has a special opening itself.
//!
//! # Seconds and microseconds
//!
//! Instants are microseconds, clocks count whole seconds. [`Calendar::elapsed_micros`]
//! and [`Calendar::due_micros`] are exact: parts of a span add up to the whole.
//! [`Calendar::elapsed`] is the same in whole seconds, rounded down; who adds up
//! parts adds microseconds and rounds the sum.
//!
//! # How it is computed
//!
//! The open time since 1970 is a function of the instant that never falls: elapsed is
//! the difference of two of its values, due is its inverse. On the local wall clock it
//! is a multiple of the week plus what holidays and special openings changed, looked
//! up by bisection; between two clock changes UTC and wall clock differ by a constant.
//! So neither depends on how long the span is. Clock changes are known from 1970 to
//! 2100; before and after that the zone stays at the offset it has there.

mod calendar;
mod check;
mod day;
mod days;
mod definition;
pub mod ical;
mod skipped;
mod spans;
mod words;
mod zone;

pub use calendar::{Calendar, TEN_YEARS_SECONDS};
pub use check::{CalendarError, Problem, Rule};
pub use definition::{Definition, Holiday, Hours, SpecialOpening, Week};
pub use skipped::{Reason, SkippedDay};
pub use spans::{OpenSpan, OpenSpans};
