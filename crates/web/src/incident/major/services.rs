//! The services that are out, and those that may be because of them.

use super::Room;
use crate::incident::case::Case;
use crate::part::icon::icon;
use incident::State;
use kernel::{ServiceId, Timestamp};
use map::Health;
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::{Failure, Sql};

/// Services that are shown.
const ROWS: usize = 30;

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

pub(super) fn read(sql: &mut dyn Sql, case: &Case) -> Result<Vec<Affected>, Failure> {
    affected(sql, concerned(case.state()), case.here.now)
}

/// These services, then what they take with them, the nearest first.
pub(super) fn affected(
    sql: &mut dyn Sql,
    concerned: BTreeSet<ServiceId>,
    now: Timestamp,
) -> Result<Vec<Affected>, Failure> {
    if concerned.is_empty() {
        return Ok(vec![]);
    }
    let sight = desk::map::load(sql, now)?;
    let health = |id: &ServiceId| sight.health(id);
    let mut found: Vec<Affected> = concerned
        .iter()
        .map(|id| Affected { service: *id, health: health(id), own: true, depth: 0, certain: true })
        .collect();
    for hit in concerned.iter().flat_map(|id| sight.graph.impact(id)) {
        if concerned.contains(&hit.service) {
            continue;
        }
        match found.iter_mut().find(|one| one.service == hit.service) {
            Some(known) => {
                known.depth = known.depth.min(hit.depth);
                known.certain |= hit.certain;
            }
            None => found.push(Affected {
                service: hit.service,
                health: health(&hit.service),
                own: false,
                depth: hit.depth,
                certain: hit.certain,
            }),
        }
    }
    found.sort_by_key(|one| (!one.own, one.depth, !one.certain));
    Ok(found)
}

/// The card.
pub(super) fn card(room: &Room<'_>, patch: Option<&str>) -> Markup {
    let all = &room.extra.affected;
    html! {
        section.card id="mj-services" aria-labelledby="mj-services-h" data-patch=[patch] {
            div.card-h { h2 id="mj-services-h" { "Affected services" } }
            @if all.is_empty() {
                div.card-b { p.meta { "The incident names no service. With one, what depends on it is shown here." } }
            } @else {
                div.scroll-x tabindex="0" role="region" aria-label="Affected services" {
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
            th scope="row" { (case.service(one.service)) }
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
