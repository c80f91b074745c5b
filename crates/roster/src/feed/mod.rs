//! Shifts as an iCalendar feed (RFC 5545): out to the calendars of people, and in from other
//! programs and calendars.

mod draft;
mod entry;
mod import;
mod moment;
mod rule;
mod turns;

pub use entry::{Entry, publish, text};
pub use import::{FeedError, Import, LeftOut, Uncovered, WhyLeftOut, read};
pub use turns::rotation;
