//! What happened to the clocks: their ledgers, as the page tells them.

use incident::clocks::{ClockKind, ClockStatus};
use incident::ledger::{self, Pause, Turn};
use incident::{Event, Policy};
use jiff::civil::Date;
use kernel::{IncidentNumber, Timestamp};
use std::collections::HashMap;
use store::incidents::timeline::StoredEvent;

/// A step of a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// Position of the event that recorded it; none for what is so now.
    pub(super) seq: Option<i64>,
    /// Which clock.
    pub(super) kind: ClockKind,
    /// Whether the clock is one that the incident has now, since it began (anew).
    pub(super) current: bool,
    /// When.
    pub(super) at: Timestamp,
    /// What it did.
    pub(super) turn: Turn,
    /// The place in the timeline of what caused it.
    pub(super) cause: Option<u32>,
    /// What caused it, as half a sentence.
    pub(super) words: String,
    /// The target from then on, in seconds.
    pub(super) target: i64,
    /// Seconds used by then.
    pub(super) used: i64,
    /// Seconds that the time since the step before added.
    pub(super) added: i64,
    /// Seconds that were given back or added by hand.
    pub(super) adjusted: i64,
    /// How it stands from then on.
    pub(super) status: ClockStatus,
    /// Local days since the step before that made it wait.
    pub(super) skipped: Vec<Skipped>,
}

/// A local day that made a clock wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Skipped {
    /// Which.
    pub(super) date: Date,
    /// Why: the weekday is closed, or what it is.
    pub(super) why: Option<String>,
}

/// What the clocks of an incident did.
#[derive(Debug, Default)]
pub(super) struct Story {
    /// Every step of every clock, by clock and in order.
    pub(super) steps: Vec<Step>,
    /// When the clocks waited; the last wait may last on.
    pub(super) waits: Vec<(ClockKind, Timestamp, Option<Timestamp>)>,
    /// The holds that are over.
    pub(super) holds: Vec<Pause>,
}

impl Story {
    /// The story of an incident's clocks at `now`.
    pub(super) fn of(
        number: IncidentNumber,
        events: &[StoredEvent],
        policy: &Policy,
        now: Timestamp,
    ) -> Story {
        let own: Vec<&StoredEvent> =
            events.iter().filter(|stored| stored.number == number).collect();
        let seqs: HashMap<u32, i64> =
            own.iter().map(|stored| (stored.event.n, stored.seq)).collect();
        let own: Vec<&Event> = own.iter().map(|stored| &stored.event).collect();
        let mut story = Story { holds: ledger::pauses(own.iter().copied()), ..Story::default() };
        for ledger in ledger::ledgers(own, policy, now) {
            let kind = ledger.kind();
            let earlier = ledger.entries.len() - ledger.cycle().len();
            let current = |place: usize| ledger.is_current && place >= earlier;
            let steps = ledger.entries.iter().enumerate();
            story.steps.extend(steps.map(|(place, entry)| Step {
                seq: entry.recorded.and_then(|n| seqs.get(&n).copied()),
                kind,
                current: current(place),
                at: entry.at,
                turn: entry.turn,
                cause: entry.cause,
                words: entry.words.clone(),
                target: entry.target_seconds,
                used: entry.total_seconds,
                added: entry.added_seconds,
                adjusted: entry.adjusted_seconds,
                status: entry.status,
                skipped: entry.skipped.iter().map(Skipped::of).collect(),
            }));
            if ledger.is_current {
                story.waits.extend(ledger.pauses.iter().map(|(from, to)| (kind, *from, *to)));
            }
        }
        story
    }

    /// The steps of a clock since it began, or began anew.
    pub(super) fn of_clock(&self, kind: ClockKind) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.kind == kind && step.current)
    }

    /// From when to when a clock waited.
    pub(super) fn waits_of(
        &self,
        kind: ClockKind,
    ) -> impl Iterator<Item = (Timestamp, Option<Timestamp>)> {
        let of_kind = self.waits.iter().filter(move |(of, ..)| *of == kind);
        of_kind.map(|(_, from, to)| (*from, *to))
    }
}

impl Skipped {
    fn of(day: &calendar::SkippedDay<'_>) -> Self {
        let why = match day.reason {
            calendar::Reason::ClosedWeekday => None,
            other => Some(other.to_string()),
        };
        Skipped { date: day.date, why }
    }
}
