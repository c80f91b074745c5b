//! The plain words of the portal: no priority, no agreement, no team jargon.

use crate::part::time::Here;
use incident::state::{Hold, HoldReason};
use incident::{Lifecycle, State};
use kernel::Timestamp;

/// Whoever reported it has to look; nobody else can say whether it works.
pub(super) const TO_BE_CHECKED: &str = "Fixed, please check";

/// How an incident stands, as the person who reported it reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// The words.
    pub(super) words: &'static str,
    /// The class behind `state-`.
    pub(super) class: &'static str,
    /// The icon.
    pub(super) icon: &'static str,
}

/// How this incident stands.
pub(super) fn standing(state: &State) -> Standing {
    let (words, class, icon) = match state.lifecycle {
        Lifecycle::New => ("Received", "new", "s-new"),
        Lifecycle::InProgress => ("Being worked on", "progress", "s-progress"),
        Lifecycle::OnHold => (waiting(state.hold.as_ref()), "waiting", "s-waiting"),
        Lifecycle::Resolved => (TO_BE_CHECKED, "resolved", "s-resolved"),
        Lifecycle::Closed => ("Closed", "closed", "s-closed"),
        Lifecycle::Cancelled => ("Withdrawn", "cancelled", "s-cancelled"),
    };
    Standing { words, class, icon }
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
pub(super) fn latest(state: &State) -> (&'static str, Timestamp) {
    let moments = &state.moments;
    match (state.lifecycle, moments.resolved, moments.closed) {
        (Lifecycle::Resolved, Some(at), _) => ("Fixed", at),
        (Lifecycle::Closed, _, Some(at)) => ("Closed", at),
        _ => ("Last change", state.updated_at),
    }
}

/// When service is expected back, while it is not: the likely time, which is what was told.
pub(super) fn expected(state: &State) -> Option<Timestamp> {
    state.expected.filter(|_| state.lifecycle.is_open()).map(|expected| expected.at)
}

/// What goes before the time that was told: a promise that has passed is none any more.
pub(super) fn expectation(at: Timestamp, here: &Here) -> &'static str {
    if at > here.now { "Expected back" } else { "Was expected back" }
}

/// What it waits for.
pub(super) fn waiting(hold: Option<&Hold>) -> &'static str {
    match hold.map(|hold| hold.reason) {
        Some(HoldReason::Requester) => "Waiting for you",
        Some(HoldReason::Vendor) => "Waiting for a supplier",
        Some(HoldReason::Change) => "Waiting for a planned change",
        Some(HoldReason::Problem) => "Waiting for a lasting fix",
        Some(HoldReason::Scheduled) => "Waiting for an agreed time",
        None => "Waiting",
    }
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

    /// The words, the class behind `health-` and the icon.
    pub(super) fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Health::NotWorking => ("not working", "down", "h-down"),
            Health::Limited => ("limited", "degraded", "h-degraded"),
            Health::Working => ("working", "ok", "h-ok"),
        }
    }
}
