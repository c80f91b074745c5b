//! What teams do with what comes to them.

use crate::incident::case::Case;
use incident::Cause;
use incident::assignment::ASSIGNMENT;
use incident::event::{NobodyThere, SUGGESTION};
use kernel::ActorKind;
use maud::{Markup, html};
use store::incidents::timeline::StoredEvent;

/// Why a team's way of assignment chose this person, or that it was suggested, in
/// brackets after it.
pub(super) fn why(stored: &StoredEvent) -> Markup {
    html! {
        @if let Cause::Derived(by) = &stored.event.cause {
            @if by.by == ASSIGNMENT { " (" (by.name) ")" }
            @else if by.by == SUGGESTION {
                @if stored.event.actor.kind == ActorKind::System { " (suggestion " (by.version) " carried out)" }
                @else { " (accepted suggestion " (by.version) ")" }
            }
        }
    }
}

/// That a team kept it because there was nobody to give it to.
pub(super) fn nobody(case: &Case, data: &NobodyThere) -> Markup {
    let team = html! { b { (case.team(data.team)) } };
    match data.away {
        0 => html! { "nobody of " (team) " can take it; it stays with the team" },
        1 => html! { "nobody of " (team) " is there, one person is away; it stays with the team" },
        away => {
            html! { "nobody of " (team) " is there, " (away) " people are away; it stays with the team" }
        }
    }
}
