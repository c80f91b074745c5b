//! The plain words of the portal: no priority, no agreement, no team jargon.

use crate::part::time::Here;
use incident::state::{Hold, HoldReason};
use incident::{Lifecycle, State};
use kernel::Timestamp;
use locale::Portal;

/// How an incident stands, as the person who reported it reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// The words.
    pub(super) words: String,
    /// The class behind `state-`.
    pub(super) class: &'static str,
    /// The icon.
    pub(super) icon: &'static str,
}

/// How this incident stands.
pub(super) fn standing(state: &State, say: Portal) -> Standing {
    let (words, class, icon) = match state.lifecycle {
        Lifecycle::New => (say.received(), "new", "s-new"),
        Lifecycle::InProgress => (say.being_worked_on(), "progress", "s-progress"),
        Lifecycle::OnHold => {
            let words = waiting(state.hold.as_ref(), say);
            return Standing { words, class: "waiting", icon: "s-waiting" };
        }
        // Whoever reported it has to look; nobody else can say whether it works.
        Lifecycle::Resolved => (say.to_be_checked(), "resolved", "s-resolved"),
        Lifecycle::Closed => (say.closed(), "closed", "s-closed"),
        Lifecycle::Cancelled => (say.withdrawn(), "cancelled", "s-cancelled"),
    };
    Standing { words: words.to_owned(), class, icon }
}

/// Whether it waits for an answer of its requester.
pub(super) fn asks_requester(state: &State) -> bool {
    state.lifecycle == Lifecycle::OnHold
        && state.hold.as_ref().is_some_and(|hold| hold.reason == HoldReason::Requester)
}

/// Whether it waits for any word of its requester: an answer, or whether it works.
pub(super) fn is_their_turn(state: &State) -> bool {
    state.lifecycle == Lifecycle::Resolved || asks_requester(state)
}

/// What happened last, and when.
pub(super) fn latest(state: &State, say: Portal) -> (&'static str, Timestamp) {
    let moments = &state.moments;
    match (state.lifecycle, moments.resolved, moments.closed) {
        (Lifecycle::Resolved, Some(at), _) => (say.fixed(), at),
        (Lifecycle::Closed, _, Some(at)) => (say.closed(), at),
        _ => (say.last_change(), state.updated_at),
    }
}

/// When service is expected back, while it is not: the likely time, which is what was told.
pub(super) fn expected(state: &State) -> Option<Timestamp> {
    state.expected.filter(|_| state.lifecycle.is_open()).map(|expected| expected.at)
}

/// What goes before the time that was told: a promise that has passed is none any more.
pub(super) fn expectation(at: Timestamp, here: &Here) -> &'static str {
    let say = locale::portal(here.language);
    if at > here.now { say.expected_back() } else { say.was_expected_back() }
}

/// What it waits for.
pub(super) fn waiting(hold: Option<&Hold>, say: Portal) -> String {
    say.waiting(match hold.map(|hold| hold.reason) {
        Some(HoldReason::Requester) => "requester",
        Some(HoldReason::Vendor) => "vendor",
        Some(HoldReason::Change) => "change",
        Some(HoldReason::Problem) => "problem",
        Some(HoldReason::Scheduled) => "scheduled",
        None => "other",
    })
}

/// Whether a service can be used, as far as major incidents tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Health {
    /// A major incident is open on it.
    NotWorking,
    /// A major incident is open on it, its effects are over.
    Limited,
    /// Nothing is known against it.
    Working,
}

impl Health {
    /// The health that an open major incident means for its service.
    pub(super) fn of_major(state: &State) -> Self {
        if state.moments.mitigated.is_some() || state.moments.restored.is_some() {
            Health::Limited
        } else {
            Health::NotWorking
        }
    }

    /// The words.
    pub(super) fn words(self, say: Portal) -> &'static str {
        match self {
            Health::NotWorking => say.not_working(),
            Health::Limited => say.limited(),
            Health::Working => say.working(),
        }
    }

    /// The class behind `health-` and the icon.
    pub(super) fn look(self) -> (&'static str, &'static str) {
        match self {
            Health::NotWorking => ("down", "h-down"),
            Health::Limited => ("degraded", "h-degraded"),
            Health::Working => ("ok", "h-ok"),
        }
    }
}
