//! Chips: small facts in a frame.

use crate::part::icon::icon;
use maud::{Markup, html};

/// A plain chip.
pub(crate) fn chip(words: &str) -> Markup {
    html! { span.chip { (words) } }
}

/// The chip of a major incident.
pub(crate) fn major() -> Markup {
    html! { span class="chip chip-crit" { "Major" } }
}

/// The chip of an incident that somebody proposes to declare major.
pub(crate) fn proposed() -> Markup {
    html! { span class="chip chip-warn" { "Proposed major" } }
}

/// Over only after its resolution is due, as it looks.
pub(crate) fn likely_late() -> Markup {
    html! { span class="chip chip-warn" title="Expected to be resolved only after its due time" { "Likely late" } }
}

/// The chip of an incident that only a team may see.
pub(crate) fn lock(team: &str) -> Markup {
    html! { span class="chip lock" title={ "Only " (team) " can see it" } { (icon("lock")) (team) } }
}
