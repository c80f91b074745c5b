//! How the wallboard looks.

use super::sight::{COUNTED, MAJORS, NEXT, OnCall, Sight, UNTAKEN, URGENT};
use super::{LOOK_SECONDS, NOW};
use crate::auth::SignedIn;
use crate::part::icon::icon;
use crate::part::person::avatar;
use crate::part::{clock, pri, state, time};
use crate::queue::counts;
use crate::url;
use maud::{Markup, html};
use store::incidents::list::IncidentRow;

/// The board; as a patch where it is asked for again.
pub(super) fn board(who: &SignedIn, sight: &Sight, patch: bool) -> Markup {
    html! {
        div.wall-b id="wall" data-patch[patch] data-poll=(NOW) data-every=(LOOK_SECONDS) {
            (numbers(sight))
            @if !sight.majors.is_empty() { (list(who, "Major incidents", MAJORS, &sight.majors, "wall-c")) }
            (list(who, "P1 and P2", URGENT, &sight.urgent, ""))
            (list(who, "Due next", NEXT, &sight.next, ""))
            (list(who, "Not acknowledged", UNTAKEN, &sight.untaken, ""))
            (on_call(who, &sight.on_call))
            p.meta { "As of " (time::moment(who.here.now, &who.here)) ", " (who.here.zone_words()) ". What is restricted to a team is not shown here." }
        }
    }
}

fn numbers(sight: &Sight) -> Markup {
    html! {
        ul.tiles.wall-n {
            @for ((name, text), count) in COUNTED.iter().zip(&sight.counts) {
                li { a.tile href=(url::queue_of(text)) {
                    span.lab { (name) }
                    span.val.crit-t[*name == "Overdue" && *count > 0] { (counts::words(*count)) }
                } }
            }
        }
    }
}

fn list(who: &SignedIn, title: &str, text: &str, rows: &[IncidentRow], class: &str) -> Markup {
    let id = format!("wall-{}", title.to_lowercase().replace(' ', "-"));
    html! {
        section class={ "card " (class) } aria-labelledby=(id) {
            div.card-h { h2 id=(id) { a href=(url::queue_of(text)) { (title) } } }
            @if rows.is_empty() { p.card-b.muted { "None." } }
            @else { ul.wall-l { @for row in rows { (line(who, row)) } } }
        }
    }
}

fn line(who: &SignedIn, row: &IncidentRow) -> Markup {
    let here = &who.here;
    let service = row.service.as_ref().map(|service| service.name.as_str());
    let whose = match (&row.assignee, &row.team) {
        (Some(assignee), _) => assignee.name.as_str(),
        (None, Some(team)) => team.name.as_str(),
        (None, None) => "nobody",
    };
    html! {
        li {
            (pri::priority(row.state.priority))
            div {
                a href=(url::incident(row.number)) { (row.title) }
                div.meta {
                    (row.number) " · " @if let Some(service) = service { (service) " · " }
                    (state::look(&row.state).words) " · " (whose) " · " (time::age(row.state.reported_at, here))
                }
            }
            @if let Some(next) = clock::next_seen(&row.state.clocks, row.access) { (clock::sla(next, clock::waits_since(&row.state), here)) }
        }
    }
}

fn on_call(who: &SignedIn, schedules: &[OnCall]) -> Markup {
    html! {
        section.card aria-labelledby="wall-oc" {
            div.card-h { h2 id="wall-oc" { a href=(url::ON_CALL) { "On call now" } } }
            @if schedules.is_empty() { p.card-b.muted { "There are no schedules." } }
            @else {
                ul.wall-l {
                    @for one in schedules {
                        li {
                            @match &one.now {
                                Some((person, name, until)) => {
                                    (avatar(*person, name))
                                    div { a href=(url::on_call(one.schedule)) { (name) } div.meta { (one.name) " · until " (who.here.exact(*until)) } }
                                }
                                None => {
                                    span.crit-t { (icon("alert")) }
                                    div { a.crit-t href=(url::on_call(one.schedule)) { "Nobody" } div.meta { (one.name) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
