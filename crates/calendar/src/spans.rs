//! Spans of business time, one after the other.

use crate::Calendar;
use crate::calendar::FAR;
use kernel::Timestamp;
use kernel::time::MICROS_PER_SECOND;
use std::fmt;

/// A span of business time: `start` belongs to it, `end` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenSpan {
    /// Its first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

impl OpenSpan {
    /// Whole seconds, rounded down.
    pub fn seconds(&self) -> i64 {
        self.end.micros_since(self.start) / MICROS_PER_SECOND
    }
}

impl fmt::Display for OpenSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.start, self.end)
    }
}

/// The spans of business time between two instants; see [`Calendar::open_spans`].
#[derive(Debug, Clone)]
pub struct OpenSpans<'a> {
    calendar: &'a Calendar,
    at: i64,
    to: i64,
}

impl<'a> OpenSpans<'a> {
    pub(crate) fn new(calendar: &'a Calendar, from: Timestamp, to: Timestamp) -> Self {
        OpenSpans { calendar, at: from.micros().max(-FAR), to: to.micros().min(FAR) }
    }
}

impl Iterator for OpenSpans<'_> {
    type Item = OpenSpan;

    fn next(&mut self) -> Option<OpenSpan> {
        let start = self.calendar.reach(self.at, 1)? - 1;
        let mut end = start;
        while end < self.to
            && let Some(closes) = self.calendar.part_closes(end)
        {
            end = closes.min(self.to);
        }
        self.at = end;
        let (start, end) = (Timestamp::from_micros(start), Timestamp::from_micros(end));
        (start < end).then_some(OpenSpan { start, end })
    }
}
