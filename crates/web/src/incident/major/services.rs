//! The services that are out, and those that may be because of them.

use super::Room;
use crate::incident::case::Case;
use crate::part::icon::icon;
use crate::part::time;
use crate::url;
use desk::map::Sight;
use incident::State;
use kernel::{InOrder, ServiceId, Timestamp};
use map::{Health, Hit};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::directory::changes::{self, Change};
use store::{Failure, Sql};

/// Services that are shown.
const ROWS: usize = 30;
/// Services they need that are asked for changes.
const NEEDED: usize = 50;
/// Changes that are shown.
const CHANGES: usize = 10;
/// Seconds before it began in which a change may be why: a day.
const CHANGES_SECONDS: i64 = 86_400;

/// A service that the incident concerns.
pub(super) struct Affected {
    service: ServiceId,
    /// How it is, with what it needs.
    health: Health,
    /// Whether the incident is about it itself.
    own: bool,
    /// How many steps away it is from one that is.
    depth: u32,
    /// Whether it does not work without it; else it may.
    certain: bool,
}

/// The services that an incident is about: its own, and those of its outages.
pub(super) fn concerned(state: &State) -> BTreeSet<ServiceId> {
    let outages = state.outages.iter().map(|outage| outage.service);
    state.service.into_iter().chain(outages).collect()
}

/// What is asked of the service map: which services, since when it goes on, now.
pub(super) struct Question {
    sight: Arc<Sight>,
    concerned: BTreeSet<ServiceId>,
    began: Timestamp,
    now: Timestamp,
}

impl Question {
    /// What there is to ask about an incident, with the map as it is now.
    pub(super) fn of(case: &Case, sight: Arc<Sight>) -> Question {
        let state = case.state();
        let outages = state.outages.iter().map(|outage| outage.started_at);
        let noticed = state.moments.detected.unwrap_or(state.reported_at);
        Question {
            sight,
            concerned: concerned(state),
            began: outages.chain([noticed]).min().unwrap_or(noticed),
            now: case.here.now,
        }
    }

    /// The services, and what was changed at them and at what they need.
    pub(super) fn ask(self, sql: &mut dyn Sql) -> Result<(Vec<Affected>, Vec<Change>), Failure> {
        if self.concerned.is_empty() {
            return Ok((vec![], vec![]));
        }
        let sight = &self.sight;
        let needed = self.concerned.iter().flat_map(|id| sight.graph.behind(id, NEEDED));
        let asked: BTreeSet<ServiceId> =
            self.concerned.iter().copied().chain(needed.take(NEEDED)).collect();
        let asked: Vec<ServiceId> = asked.into_iter().collect();
        let from = self.began.plus_seconds(-CHANGES_SECONDS);
        let changed = changes::of_services(sql, &asked, from, self.now, CHANGES)?;
        Ok((affected(sight, &self.concerned), changed))
    }
}

/// The services it is about, then what they take with them, the nearest first.
fn affected(sight: &Sight, concerned: &BTreeSet<ServiceId>) -> Vec<Affected> {
    let itself = |id: &ServiceId| Affected {
        service: *id,
        health: sight.health(id),
        own: true,
        depth: 0,
        certain: true,
    };
    let mut nearest: BTreeMap<ServiceId, Hit> = BTreeMap::new();
    for hit in concerned.iter().flat_map(|id| sight.graph.impact(id)) {
        if concerned.contains(&hit.service) {
            continue;
        }
        let known = nearest.entry(hit.service).or_insert(hit);
        known.depth = known.depth.min(hit.depth);
        known.certain |= hit.certain;
    }
    let hit = nearest.into_values().map(|hit| Affected {
        service: hit.service,
        health: sight.health(&hit.service),
        own: false,
        depth: hit.depth,
        certain: hit.certain,
    });
    let mut found: Vec<Affected> = concerned.iter().map(itself).chain(hit).collect();
    found.order_by_key(|one| {
        let known = sight.services.get(&one.service);
        let weight = known.map(|service| (service.criticality, service.name.to_lowercase()));
        (!one.own, one.depth, !one.certain, weight)
    });
    found
}

/// The card.
pub(super) fn card(room: &Room<'_>, patch: Option<&str>) -> Markup {
    let all = &room.extra.affected;
    html! {
        section.card id="mj-services" aria-labelledby="mj-services-h" data-patch=[patch] {
            div.card-h {
                h2 id="mj-services-h" { "Affected services" }
                @if let Some(id) = room.state().service.or(all.first().map(|one| one.service)) {
                    a.link.meta href=(url::service(id)) { "Service map" }
                }
            }
            @if all.is_empty() {
                div.card-b { p.meta { "The incident names no service. With one, what depends on it is shown here." } }
            } @else {
                div.scroll-x tabindex="0" role="region" aria-label="Affected services, table" {
                    table.dt {
                        thead { tr { th scope="col" { "Service" } th scope="col" { "How it is" } th scope="col" { "Why it is here" } } }
                        tbody { @for one in all.iter().take(ROWS) { (row(room.case(), one)) } }
                    }
                }
                @if all.len() > ROWS { div.card-b { p.meta { "and " (all.len() - ROWS) " more" } } }
            }
        }
    }
}

fn row(case: &Case, one: &Affected) -> Markup {
    let (class, symbol, words) = look(one.health);
    html! {
        tr {
            th scope="row" { a href=(url::service(one.service)) { (case.service(one.service)) } }
            td { span class={ "state " (class) } { (icon(symbol)) (words) } }
            td {
                @if one.own { "the incident is about it" }
                @else if one.certain { "does not work without it" }
                @else { "may be slower or worse" }
            }
        }
    }
}

/// Class, icon and word of a health.
fn look(health: Health) -> (&'static str, &'static str, &'static str) {
    match health {
        Health::Level => ("state-resolved", "h-ok", "Operational"),
        Health::Maintenance => ("state-wreq", "h-maint", "Maintenance"),
        Health::Degraded => ("state-new", "h-degraded", "Degraded"),
        Health::Partial => ("state-new", "h-partial", "Partly out"),
        Health::Down => ("state-new", "h-down", "Out"),
    }
}

/// What was changed shortly before it began, or since, at the services and at what they need.
pub(super) fn changed(room: &Room<'_>, patch: Option<&str>) -> Markup {
    let (case, all) = (room.case(), &room.extra.changes);
    html! {
        section.card.maj-w id="mj-changes" aria-labelledby="mj-changes-h" data-patch=[patch] {
            div.card-h { h2 id="mj-changes-h" { "Changes" } span.meta { "from a day before it began" } }
            div.card-b {
                @if all.is_empty() { p.meta { "None that a program told of, at these services or at what they need." } }
                ul.rows {
                    @for change in all {
                        li {
                            (icon("wrench"))
                            p {
                                @match change.link.as_deref().filter(|link| is_web(link)) {
                                    Some(link) => a href=(link) rel="noopener noreferrer" target="_blank" { (change.title) },
                                    None => (change.title),
                                }
                                @if let Some(service) = change.service { ", " (case.service(service)) }
                            }
                            span.meta { (time::moment(change.at, &case.here)) @if !change.source.is_empty() { ", " (change.source) } }
                        }
                    }
                }
            }
        }
    }
}

/// Whether an address of another program may be followed from a page.
fn is_web(link: &str) -> bool {
    link.starts_with("https://") || link.starts_with("http://")
}
