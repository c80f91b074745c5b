//! What it means for the business, in words.

use super::{Room, opener};
use crate::incident::case::Words;
use crate::incident::words::prose;
use crate::part::icon::icon;
use incident::CommandName as C;
use maud::{Markup, html};

/// The impact statement.
pub(super) fn impact(room: &Room<'_>, patch: Option<&str>) -> Markup {
    let stated = room.conduct().and_then(|conduct| conduct.impact);
    html! {
        section.card id="mj-impact" aria-labelledby="mj-impact-h" data-patch=[patch] {
            div.card-h {
                h2 id="mj-impact-h" { "Impact" }
                @if room.can(C::StateImpact) {
                    (opener(room, C::StateImpact, "btn btn-quiet btn-sm", html! { (icon("pencil")) @if stated.is_some() { "Edit" } @else { "State it" } }))
                }
            }
            div.card-b {
                @match stated.map(|id| room.case().words(id)) {
                    Some(Words::Said(text)) => div.msg-b { (prose(text)) },
                    Some(Words::Erased(_)) => p.redacted { "Removed" },
                    None => p.meta { "Nobody has said yet what it means for the business." },
                }
                @if let Some(affected) = room.state().affected {
                    p class="dl-in mts" { span { "People affected " b { (kernel::grouped(i64::from(affected))) } } }
                }
            }
        }
    }
}
