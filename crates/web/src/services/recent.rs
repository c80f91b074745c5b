//! What happened to a service: changes, incidents, outages.

use super::days::health_of;
use super::one::Told;
use super::sight::Sight;
use crate::auth::SignedIn;
use crate::part::health::{glyph, look};
use crate::part::icon::icon;
use crate::part::pri::priority;
use crate::part::time::{self, duration};
use crate::url;
use kernel::Timestamp;
use maud::{Markup, html};
use query::value_text;
use store::directory::changes::Change;
use store::directory::services::Service;
use store::incidents::list::IncidentRow;
use store::outages::OutageRow;

/// Days of changes that are shown.
pub(super) const CHANGE_DAYS: i64 = 7;
/// Seconds before something began in which a change is suspected.
const SUSPECT_SECONDS: i64 = 2 * 3_600;
/// Rows of each card.
const CHANGES: usize = 8;
pub(super) const INCIDENTS: usize = 6;
const OUTAGES: usize = 8;

/// Whether an address of another program may be followed from a page.
fn is_web(link: &str) -> bool {
    link.starts_with("https://") || link.starts_with("http://")
}

/// Whether a change came so shortly before something began that it may be why.
pub(super) fn is_suspect(change: Timestamp, begun: &[Timestamp]) -> bool {
    begun
        .iter()
        .any(|at| (0..=SUSPECT_SECONDS).contains(&at.seconds_since(change)) && *at >= change)
}

pub(super) fn changes(who: &SignedIn, sight: &Sight, service: &Service, told: &Told) -> Markup {
    html! {
        section.card aria-labelledby="sv-c" {
            div.card-h { h2 id="sv-c" { "Changes, last " (CHANGE_DAYS) " days" } }
            div.card-b {
                @if told.changes.is_empty() { p.meta { "None that anybody told of, here or in what it needs." } }
                @else { ul.rows { @for change in told.changes.iter().take(CHANGES) { (changed(who, sight, service, told, change)) } } }
            }
        }
    }
}

fn changed(
    who: &SignedIn,
    sight: &Sight,
    service: &Service,
    told: &Told,
    change: &Change,
) -> Markup {
    let elsewhere = change.service.filter(|id| *id != service.id);
    let elsewhere = elsewhere.and_then(|id| sight.service(id));
    html! {
        li {
            (icon("wrench"))
            p {
                @match change.link.as_deref().filter(|link| is_web(link)) {
                    Some(link) => a href=(link) rel="noopener noreferrer" { (change.title) },
                    None => (change.title),
                }
                @if let Some(other) = elsewhere { ", " a href=(url::service(other.id)) { (other.name) } }
            }
            @if let Some((true, number)) = told.said(change) {
                span.chip.chip-crit { span { (time::moment(change.at, &who.here)) ", cause of " (number) } }
            } @else if told.is_suspect(change) {
                span.chip.chip-crit { span { (time::moment(change.at, &who.here)) ", suspect" } }
            } @else {
                span.meta { (time::moment(change.at, &who.here)) }
            }
        }
    }
}

pub(super) fn incidents(who: &SignedIn, service: &Service, told: &Told) -> Markup {
    let name = value_text(&service.name);
    let of = |more: &str| url::queue_of(&format!("service:{name} {more}"));
    html! {
        section.card aria-labelledby="sv-i" {
            div.card-h {
                h2 id="sv-i" { "Incidents" }
                a.link.meta href=(of("state:open")) { (told.open_count) " open" }
                a.link.meta href={ (url::REVIEWS) "?show=published&service=" (service.id) } { "Reviews" }
                a.link.meta href=(of("reported<30d")) { (told.lately) " in 30 days" }
            }
            div.card-b {
                @if told.open.is_empty() && told.past.is_empty() { p.meta { "None so far." } }
                @else { ul.rows {
                    @for row in told.open.iter().take(INCIDENTS) { (incident(who, row)) }
                    @for row in told.past.iter().take(INCIDENTS) { (incident(who, row)) }
                } }
            }
        }
    }
}

fn incident(who: &SignedIn, row: &IncidentRow) -> Markup {
    let state = &row.state;
    let over = state.moments.resolved.filter(|_| !state.lifecycle.is_open());
    let lasted = |until: Timestamp| duration(until.seconds_since(state.reported_at));
    html! {
        li {
            (priority(state.priority))
            p { a href=(url::incident(row.number)) { (row.number) " " (row.title) } }
            span.meta {
                @match over {
                    Some(at) => { (lasted(at)) ", " (time::moment(at, &who.here)) }
                    None if state.lifecycle.is_open() => { "open, " (lasted(who.here.now)) }
                    None => { "called off" }
                }
            }
        }
    }
}

pub(super) fn outages(who: &SignedIn, told: &Told) -> Markup {
    html! {
        section.card aria-labelledby="sv-o" {
            div.card-h { h2 id="sv-o" { "Outages, last 90 days" } }
            div.card-b {
                @if told.seen_outages().next().is_none() { p.meta { "None." } }
                @else { ul.rows { @for row in told.seen_outages().take(OUTAGES) { (outage(who, row)) } } }
            }
        }
    }
}

fn outage(who: &SignedIn, row: &OutageRow) -> Markup {
    let health = health_of(row.degree);
    let lasted = duration(row.ended_at.unwrap_or(who.here.now).seconds_since(row.started_at));
    html! {
        li {
            (glyph(health))
            p {
                (look(health).words) ", " (lasted) @if row.ended_at.is_none() { " so far" } ", "
                a href=(url::incident(row.number)) { (row.number) }
            }
            span.meta { (time::moment(row.started_at, &who.here)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_shortly_before_is_suspected() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let began = [at("2026-11-23T12:24:00Z")];
        assert!(is_suspect(at("2026-11-23T12:20:00Z"), &began));
        assert!(is_suspect(at("2026-11-23T10:24:00Z"), &began));
        assert!(!is_suspect(at("2026-11-23T10:23:59Z"), &began));
        assert!(!is_suspect(at("2026-11-23T12:24:01Z"), &began), "it came after");
        assert!(!is_suspect(at("2026-11-23T12:20:00Z"), &[]));
    }
}
