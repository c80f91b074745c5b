//! Answers: who is on call, from when, until when, and why.

use kernel::time::MICROS_PER_SECOND;
use kernel::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};

/// A stretch of time: from an instant until just before another.
///
/// ```
/// use roster::Span;
///
/// let [a, b, c, d] = ["08:00", "09:00", "10:00", "11:00"]
///     .map(|time| format!("2026-11-23T{time}:00Z").parse().unwrap());
/// assert_eq!(Span::new(a, c).overlap(Span::new(b, d)), Some(Span::new(b, c)));
/// assert_eq!(Span::new(a, b).overlap(Span::new(b, c)), None);
/// assert!(Span::new(a, b).contains(a) && !Span::new(a, b).contains(b));
/// assert_eq!(Span::new(a, c).seconds(), 7_200);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// From this instant.
    pub start: Timestamp,
    /// Until just before this instant.
    pub end: Timestamp,
}

impl Span {
    /// From the first until just before the second.
    pub const fn new(start: Timestamp, end: Timestamp) -> Self {
        Span { start, end }
    }

    /// Whether an instant lies in it.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }

    /// Whether no instant lies in it.
    pub fn is_empty(&self) -> bool {
        self.end <= self.start
    }

    /// What lies in both, if anything does.
    pub fn overlap(&self, other: Span) -> Option<Span> {
        let both = Span::new(self.start.max(other.start), self.end.min(other.end));
        (!both.is_empty()).then_some(both)
    }

    /// How long it is, in whole seconds, rounded down; none when it ends before it begins.
    pub fn seconds(&self) -> i64 {
        self.micros() / MICROS_PER_SECOND
    }

    pub(crate) fn micros(&self) -> i64 {
        self.end.micros_since(self.start).max(0)
    }
}

/// Where it comes from that somebody is on call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The layer at this place of the list in force, from 0.
    Layer(usize),
    /// The override at this place of the list, from 0.
    Override(usize),
}

/// Who is on call at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnCall<P = PersonId> {
    /// Who.
    pub person: P,
    /// By which layer or override.
    pub source: Source,
    /// The whole turn of the rotation, or the whole override, whatever else wins over parts of it.
    pub turn: Span,
}

/// A stretch of time through which somebody is on call by one turn or override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift<P = PersonId> {
    /// Who.
    pub person: P,
    /// From this instant.
    pub start: Timestamp,
    /// Until just before this instant.
    pub end: Timestamp,
    /// By which layer or override.
    pub source: Source,
    /// The whole turn or override of which this is a part or all.
    pub turn: Span,
}

impl<P> Shift<P> {
    /// From when until when.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}
