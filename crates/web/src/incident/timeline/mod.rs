//! The timeline as people read it: what one command did is one entry, what
//! belongs together is folded, and words of people are never folded.
//!
//! * [`gather`] makes entries of events,
//! * [`fold`] folds entries that belong together,
//! * [`say`] and [`around`] put events into sentences,
//! * [`draw`] makes markup of entries.

pub(super) mod alerts;
mod around;
mod draw;
mod fold;
mod gather;
mod given;
mod net;
pub(super) mod paged;
mod promised;
mod say;

pub(super) use around::{link_word, role_word};
pub(super) use draw::{As, Rights, UNDO_SECONDS, channel_word, entry, phase_word};
pub(super) use say::{did, hold_word, told};

use incident::Event;
use kernel::{IncidentNumber, PersonId, Timestamp};
use store::incidents::timeline::StoredEvent;

/// An entry of the timeline: one command's events, or several that were folded.
#[derive(Debug, Clone)]
pub(super) struct Entry<'a> {
    /// Its events, in order; never empty.
    pub(super) events: Vec<&'a StoredEvent>,
    /// What sort of entry it is.
    pub(super) sort: Sort,
    /// The event that it is about: the words, or what was done.
    pub(super) main: &'a StoredEvent,
    /// Files that came with the words.
    pub(super) files: Vec<&'a StoredEvent>,
    /// When a hold was ended; for holds alone.
    pub(super) ended: Option<&'a StoredEvent>,
}

/// What sort of entry it is: it decides what may be folded and how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// The first report.
    Report,
    /// Public words of the provider.
    Reply,
    /// Words of the requester.
    Message,
    /// Internal words.
    Note,
    /// A status update.
    Update,
    /// Fields changed: foldable with the same person's next change.
    Edit,
    /// A small step: a task, a watcher; foldable with the same person's next one.
    Step,
    /// It waits.
    Hold,
    /// It goes on.
    Resume,
    /// The product did it by itself.
    Automatic,
    /// Anything else on one line.
    Fact,
}

impl Sort {
    /// Whether it holds words of people.
    pub(super) fn is_words(self) -> bool {
        matches!(self, Sort::Report | Sort::Reply | Sort::Message | Sort::Note | Sort::Update)
    }

    /// The value of `data-kind`.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Sort::Report => "report",
            Sort::Reply => "reply",
            Sort::Message => "message",
            Sort::Note => "note",
            Sort::Update => "update",
            Sort::Edit | Sort::Step | Sort::Hold | Sort::Resume | Sort::Automatic | Sort::Fact => {
                "event"
            }
        }
    }

    /// What the pill calls it.
    pub(super) fn what(self) -> &'static str {
        if self.is_words() { self.kind() } else { "entry" }
    }
}

impl<'a> Entry<'a> {
    /// When it happened.
    pub(super) fn happened_at(&self) -> Timestamp {
        self.main.event.happened_at
    }

    /// What happened.
    pub(super) fn event(&self) -> &'a Event {
        &self.main.event
    }

    /// Who did it, if a person.
    pub(super) fn person(&self) -> Option<PersonId> {
        self.main.event.actor.person_id()
    }

    /// The id of its element: places in a timeline do not change.
    pub(super) fn id(&self, number: IncidentNumber) -> String {
        let first = self.events[0];
        if first.number == number {
            format!("e-{}", first.event.n)
        } else {
            format!("e-{}-{}", first.number, first.event.n)
        }
    }

    /// The position of its latest event.
    pub(super) fn last_seq(&self) -> i64 {
        let of = |events: &[&StoredEvent]| {
            events.iter().map(|stored| stored.seq).max().unwrap_or_default()
        };
        of(&self.events).max(of(&self.files)).max(self.ended.map_or(0, |stored| stored.seq))
    }
}

/// The entries of an incident's timeline, with those of its parts.
pub(super) fn entries(number: IncidentNumber, events: &[StoredEvent]) -> Vec<Entry<'_>> {
    fold::fold(gather::gather(number, events))
}

/// How many entries there are of each sort the filter knows: conversation, notes,
/// updates, events.
pub(super) fn counts(entries: &[Entry<'_>]) -> [usize; 4] {
    let mut counts = [0; 4];
    for entry in entries {
        let at = match entry.sort {
            Sort::Report | Sort::Reply | Sort::Message => 0,
            Sort::Note => 1,
            Sort::Update => 2,
            _ => 3,
        };
        counts[at] += 1;
    }
    counts
}

#[cfg(test)]
mod tests;
