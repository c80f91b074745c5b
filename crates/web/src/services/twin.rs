//! The map around a service as a table, for whoever reads rather than looks.

use super::around::{Around, Placed};
use crate::part::health::{health, word};
use crate::url;
use kernel::ServiceId;
use maud::{Markup, html};

pub(super) fn table(around: &Around<'_>) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Service map as a table" { table.dt.sv-t {
            caption.vh { (around.sentence()) }
            thead { tr {
                th scope="col" { "Service" } th scope="col" { "Joined" } th scope="col" { "Health" }
                th scope="col" { "Owner" } th scope="col" { "Needs" }
            } }
            tbody { @for placed in around.boxes() { (row(around, placed)) } }
        } }
    }
}

fn row(around: &Around<'_>, placed: &Placed) -> Markup {
    let id = placed.service;
    if placed.hidden > 0 {
        return html! {
            tr { th scope="row" { (placed.hidden) " more" } td { (placed.relation()) } td { "–" } td { "–" } td { "–" } }
        };
    }
    let owner = around.sight.service(id).and_then(|service| around.sight.owner(service));
    html! {
        tr {
            th scope="row" { a href=(url::service(id)) { (around.name(id)) } }
            td { (placed.relation()) }
            td {
                (health(around.sight.health(id)))
                @if around.suspects.contains(&id) { " " span.chip.chip-crit { "suspect change" } }
            }
            td { (owner.unwrap_or("–")) }
            td { (needed(around, id)) }
        }
    }
}

/// What it needs that is drawn, too, and how each of these is.
fn needed(around: &Around<'_>, id: ServiceId) -> Markup {
    let hidden = |id: ServiceId| {
        around.boxes().find(|placed| placed.service == id).filter(|placed| placed.hidden > 0)
    };
    let needs = around.needs(id);
    html! {
        @if needs.is_empty() { "–" }
        @for (at, need) in needs.iter().enumerate() {
            @if at > 0 { ", " }
            @match hidden(*need) {
                Some(placed) => { (placed.hidden) " more" }
                None => { a href=(url::service(*need)) { (around.name(*need)) } " (" (word(around.sight.health(*need))) ")" }
            }
        }
    }
}
