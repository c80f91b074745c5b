//! How a major incident stands, in a few lines that lead to its room; and what was out.

use crate::incident::head::opener;
use crate::incident::major::{degree_word, has_room};
use crate::incident::view::View;
use crate::part::icon::icon;
use crate::part::person::small_avatar;
use crate::part::time;
use crate::url;
use incident::CommandName as C;
use incident::conduct::{Answer, Outage};
use incident::state::IncidentRole;
use maud::{Markup, html};

/// Both, where there is something to say.
pub(super) fn section(view: &View<'_>, patch: Option<&str>) -> Markup {
    html! {
        div id="of-major" data-patch=[patch] {
            @if has_room(view.case.state()) { (standing(view)) }
            @if let Some(address) = &view.case.outside { p.sec { a.link href=(address) { (icon("globe")) " What the status page says of it" } } }
            @if !view.case.state().outages.is_empty() { (outages(view)) }
        }
    }
}

fn standing(view: &View<'_>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    let conduct = state.conduct.as_deref();
    let due = conduct.and_then(|conduct| conduct.communication.due);
    let coming = conduct.map_or(0, |conduct| {
        conduct.responders.iter().filter(|one| one.answer == Answer::Coming).count()
    });
    let waiting = conduct.map_or(0, |conduct| conduct.drafts.len());
    html! {
        section.sec aria-labelledby="of-major-h" {
            div.sec-h {
                h2 id="of-major-h" { "Major incident" }
                a.link.meta href=(url::major(case.number)) { "The room" }
            }
            dl.props {
                div {
                    dt { "Commander" }
                    dd {
                        @match state.roles.get(&IncidentRole::Commander) {
                            Some(person) => span.flex { (small_avatar(*person, case.person(*person))) (case.person(*person)) },
                            None => span.warn-t { "Nobody yet" },
                        }
                    }
                }
                @if let Some(due) = due {
                    div {
                        dt { "Next update" }
                        dd { @if due <= case.here.now { span.crit-t { (time::left(due, &case.here)) } } @else { (time::left(due, &case.here)) } }
                    }
                }
                @if coming > 0 { div { dt { "Coming" } dd { (time::counted(coming as i64, "responder")) } } }
                @if waiting > 0 {
                    div { dt { "To approve" } dd { a.link href={ (url::major(case.number)) "#mj-drafts" } { (time::counted(waiting as i64, "update")) } } }
                }
            }
        }
    }
}

fn outages(view: &View<'_>) -> Markup {
    html! {
        section.sec aria-labelledby="of-outages-h" {
            div.sec-h {
                h2 id="of-outages-h" { "Outages" }
                @if view.can(C::RecordOutage) {
                    (opener(view.case.number, "record-outage", "btn btn-quiet btn-sm btn-icon", None, html! { (icon("plus")) span.vh { "Record an outage" } }))
                }
            }
            ul.rows { @for outage in &view.case.state().outages { (outage_row(view, outage)) } }
        }
    }
}

fn outage_row(view: &View<'_>, outage: &Outage) -> Markup {
    let (case, here) = (view.case, &view.case.here);
    let address = url::incident_command(case.number, C::ChangeOutage);
    html! {
        li {
            (icon(if outage.ended_at.is_none() { "h-down" } else { "h-ok" }))
            p { (case.service(outage.service)) }
            @if view.can(C::ChangeOutage) {
                a class="btn btn-quiet btn-sm btn-icon" href={ (address) "?outage=" (outage.id) } aria-label={ "Change the outage of " (case.service(outage.service)) } { (icon("pencil")) }
            }
            span.meta {
                (degree_word(outage.degree)) ", " (here.exact(outage.started_at))
                @match outage.ended_at { Some(at) => { " to " (here.exact(at)) }, None => " and lasts" }
            }
        }
    }
}
