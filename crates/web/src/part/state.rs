//! The state of an incident: glyph and word.

use crate::part::icon::icon;
use incident::State;
use incident::state::{HoldReason, Lifecycle};
use maud::{Markup, html};

/// How a state looks and reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// What follows `state-`.
    pub(crate) class: &'static str,
    /// The icon's name.
    pub(crate) icon: &'static str,
    /// The words.
    pub(crate) words: &'static str,
}

/// How the state of an incident looks to agents. Waiting says on whom.
pub(crate) fn look(state: &State) -> Look {
    match state.lifecycle {
        Lifecycle::New if state.team.is_some() => look_of("assigned", "s-assigned", "Assigned"),
        Lifecycle::OnHold => waiting(state.hold.as_ref().map(|hold| hold.reason)),
        other => lifecycle(other),
    }
}

/// How a state looks by itself.
pub(crate) fn lifecycle(state: Lifecycle) -> Look {
    match state {
        Lifecycle::New => look_of("new", "s-new", "New"),
        Lifecycle::InProgress => look_of("progress", "s-progress", "In progress"),
        Lifecycle::OnHold => look_of("wreq", "s-waiting", "On hold"),
        Lifecycle::Resolved => look_of("resolved", "s-resolved", "Resolved"),
        Lifecycle::Closed => look_of("closed", "s-closed", "Closed"),
        Lifecycle::Cancelled => look_of("cancelled", "s-cancelled", "Cancelled"),
    }
}

/// How waiting for something looks.
pub(crate) fn waiting(reason: Option<HoldReason>) -> Look {
    match reason {
        Some(HoldReason::Requester) => look_of("wreq", "s-waiting", "Waiting on requester"),
        Some(HoldReason::Vendor) => look_of("wsup", "s-waiting", "Waiting on supplier"),
        Some(HoldReason::Change) => look_of("wreq", "s-waiting", "Waiting on a change"),
        Some(HoldReason::Problem) => look_of("wreq", "s-waiting", "Waiting on a problem"),
        Some(HoldReason::Scheduled) => look_of("wreq", "s-waiting", "Waiting until a set time"),
        None => lifecycle(Lifecycle::OnHold),
    }
}

/// Glyph and word of an incident's state.
pub(crate) fn state(state: &State) -> Markup {
    glyph(look(state))
}

/// Glyph and word.
pub(crate) fn glyph(look: Look) -> Markup {
    html! { span class={ "state state-" (look.class) } { (icon(look.icon)) (look.words) } }
}

const fn look_of(class: &'static str, icon: &'static str, words: &'static str) -> Look {
    Look { class, icon, words }
}
