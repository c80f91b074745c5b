//! The outages of the incident: which service was how bad, from when until when.

use super::{Room, degree_word, opener, page_link};
use crate::part::icon::icon;
use crate::part::time::{self, duration};
use incident::CommandName as C;
use incident::conduct::Outage;
use maud::{Markup, html};

/// The ledger.
pub(super) fn card(room: &Room<'_>, patch: Option<&str>) -> Markup {
    let outages = &room.state().outages;
    html! {
        section.card.maj-w id="mj-outages" aria-labelledby="mj-outages-h" data-patch=[patch] {
            div.card-h {
                h2 id="mj-outages-h" { "Outages" }
                @if room.can(C::RecordOutage) {
                    (opener(room, C::RecordOutage, "btn btn-quiet btn-sm", html! { (icon("plus")) "Record an outage" }))
                }
            }
            @if outages.is_empty() {
                div.card-b { p.meta { "No outage is recorded. The status page and the figures of services follow what is." } }
            } @else {
                div.scroll-x tabindex="0" role="region" aria-label="Outages, table" {
                    table.dt {
                        thead { tr {
                            th scope="col" { "Service" } th scope="col" { "How bad" } th scope="col" { "From" } th scope="col" { "Until" }
                            th.num scope="col" { "Lasted" } th scope="col" { span.vh { "Actions" } }
                        } }
                        tbody { @for outage in outages { (row(room, outage)) } }
                    }
                }
            }
        }
    }
}

fn row(room: &Room<'_>, outage: &Outage) -> Markup {
    let (case, here) = (room.case(), room.here());
    let id = outage.id.to_string();
    let until = outage.ended_at.unwrap_or(here.now);
    html! {
        tr id={ "o-" (id) } {
            th scope="row" { (case.service(outage.service)) }
            td { (degree_word(outage.degree)) }
            td { time datetime=(outage.started_at) title=(here.full(outage.started_at)) { (here.exact(outage.started_at)) } }
            td {
                @match outage.ended_at {
                    Some(at) => time datetime=(at) title=(here.full(at)) { (here.exact(at)) },
                    None => span.crit-t { "lasts" },
                }
            }
            td.num { @if outage.ended_at.is_some() { (duration(until.seconds_since(outage.started_at))) } @else { (time::age(outage.started_at, here)) } }
            td.end-t {
                @if room.can(C::ChangeOutage) { (page_link(room, C::ChangeOutage, ("outage", &id), "btn btn-quiet btn-sm", html! { "Change" })) }
                @if room.can(C::RemoveOutage) { (page_link(room, C::RemoveOutage, ("outage", &id), "btn btn-quiet btn-sm", html! { "Remove" })) }
            }
        }
    }
}
