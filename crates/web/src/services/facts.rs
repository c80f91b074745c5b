//! What is known of a service: what it is for, whose it is, what was promised of it.

use super::around::listed;
use super::calls;
use super::days::{Days, goal, health_of, percent};
use super::one::Told;
use super::sight::Sight;
use crate::auth::SignedIn;
use crate::part::health::{glyph, look};
use crate::part::icon::icon;
use crate::part::time::{self, counted, hours};
use crate::settings::maintenance;
use crate::url;
use desk::map::Reason;
use incident::clocks::ClockKind;
use incident::conduct::Degree;
use incident::policy::Agreement;
use kernel::{Priority, Role, ServiceId, Timestamp, grouped};
use map::Health;
use maud::{Markup, html};
use store::directory::services::Service;

/// Seconds of an hour.
const HOUR: i64 = 3_600;

pub(super) fn card(who: &SignedIn, sight: &Sight, service: &Service, told: &Told) -> Markup {
    let health = sight.health(service.id);
    let days = Days::of(&told.outages, &who.here);
    let today = who.here.local(who.here.now).date();
    html! {
        section.card aria-labelledby="sv-f" {
            div.card-h {
                h2.sv-n id="sv-f" { span class={ "health health-" (look(health).class) } { (icon(look(health).icon)) } (service.name) }
                (standing(who, health, told))
            }
            div.card-b.stack {
                @if !service.description.is_empty() { p { (service.description) } }
                (why(who, sight, service.id))
                dl.props {
                    div { dt { "Owner" } dd { (sight.owner(service).unwrap_or("nobody yet")) } }
                    div { dt { "On call now" } dd { (calls::now(&sight.policy, service, who.here.now)) } }
                    div { dt { "SLA" } dd { (promised(who, sight, service)) } }
                    div { dt { "Availability" } dd { (availability(service, &days)) } }
                    div { dt { "Cost of delay" } dd { (cost(who, service, told)) } }
                    div { dt { "Criticality" } dd { (service.criticality) " of 4" } }
                    div { dt { "Customers see" } dd { (service.outside()) } }
                    div { dt { "Needs" } dd { (needs(sight, service)) } }
                    div { dt { "Links" } dd { (links(service)) } }
                }
                div { (days.bars(&service.name, today)) }
            }
        }
    }
}

/// "Partial outage since 12:24".
fn standing(who: &SignedIn, health: Health, told: &Told) -> Markup {
    let lasting = told.seen_outages().filter(|row| row.ended_at.is_none());
    let worst = lasting.max_by_key(|row| (row.degree, std::cmp::Reverse(row.started_at)));
    let class = match health {
        Health::Level => return html! { span.chip { "Operational" } },
        Health::Maintenance => "chip",
        Health::Degraded => "chip chip-warn",
        Health::Partial | Health::Down => "chip chip-crit",
    };
    html! {
        span class=(class) {
            @match worst.filter(|row| health_of(row.degree) == health) {
                Some(row) => { (look(health).words) " since " (time::moment(row.started_at, &who.here)) }
                None => { (look(health).words) }
            }
        }
    }
}

/// Why it is as it is: what weighs on it itself, and where else the trouble comes from.
fn why(who: &SignedIn, sight: &Sight, id: ServiceId) -> Markup {
    let (reasons, causes) = (sight.reasons(id), sight.causes(id));
    html! {
        @if !reasons.is_empty() { ul.sv-w { @for reason in &reasons { li { (glyph(reason.health())) " " (said(who, reason)) } } } }
        @if !causes.is_empty() {
            p {
                "Trouble comes from "
                @for (at, cause) in causes.iter().enumerate() {
                    @if at > 0 { ", " }
                    a.link href=(url::service(cause.id)) { (cause.name) }
                }
                "."
            }
        }
    }
}

fn said(who: &SignedIn, reason: &Reason) -> Markup {
    html! {
        @match reason {
            Reason::Outage { number, degree, since } => {
                (look(health_of(*degree)).words) " since " (time::moment(*since, &who.here)) ", "
                a.link href=(url::incident(*number)) { (number) }
            }
            Reason::Incident { number, priority } => { a.link href=(url::incident(*number)) { (number) } " is open, " (priority) }
            Reason::Alerts { count } => { (counted(i64::try_from(*count).unwrap_or(i64::MAX), "critical alert")) }
            Reason::Maintenance { id, name, until } => {
                a.link href=(maintenance::address(*id)) { (name) } " until " (time::moment(*until, &who.here))
            }
        }
    }
}

/// "Tier 1, round the clock: P1 over in 2 h": the agreement of an incident on it that nothing
/// else is known of.
fn promised(who: &SignedIn, sight: &Sight, service: &Service) -> Markup {
    let agreement = agreement(sight, service.id, who.here.now);
    let reads = who.viewer().has(&[Role::Administrator, Role::Manager, Role::Auditor]);
    let address = url::settings(format!("agreements/{}", agreement.reference.id));
    let over = Priority::ALL.iter().find_map(|priority| {
        Some((*priority, agreement.target(*priority, ClockKind::Resolution, None)?))
    });
    html! {
        @if reads { a.link href=(address) { (agreement.name) } } @else { (agreement.name) }
        @if let Some((priority, seconds)) = over { ": " (priority) " over in " (hours(seconds)) }
    }
}

fn agreement(sight: &Sight, service: ServiceId, now: Timestamp) -> &Agreement {
    let applies = |agreement: &&Agreement| {
        let of = &agreement.applies_to;
        let any =
            of.organisations.is_empty() && of.categories.is_empty() && of.requesters.is_empty();
        any && (of.services.is_empty() || of.services.contains(&service))
    };
    let agreements = &sight.policy.agreements;
    let found = agreements.in_force(now).into_iter().find(applies);
    found.unwrap_or_else(|| agreements.default(now))
}

fn availability(service: &Service, days: &Days) -> Markup {
    html! {
        (percent(days.available)) " in 90 days"
        @if let Some(permille) = service.goal_permille {
            ", goal " (goal(permille)) " "
            @if days.available < i64::from(permille) * 1_000 { span.crit-t { "missed" } } @else { span.muted { "kept" } }
        }
    }
}

/// What an hour costs, and what it cost since it is out; what is only slower costs nothing here, as
/// in the room of a major incident.
fn cost(who: &SignedIn, service: &Service, told: &Told) -> Markup {
    let Some(hourly) = service.cost_per_hour else { return html! { span.muted { "not known" } } };
    let lasting = told.seen_outages().filter(|row| row.ended_at.is_none());
    let began = lasting.filter(|row| row.degree != Degree::Degraded).map(|row| row.started_at);
    let so_far = began.min().map(|at| {
        let seconds = i128::from(who.here.now.seconds_since(at).max(0));
        i64::try_from(i128::from(hourly) * seconds / i128::from(HOUR)).unwrap_or(i64::MAX)
    });
    html! {
        (grouped(hourly)) " an hour"
        @if let Some(sum) = so_far { ", " span.crit-t { (grouped(sum)) " so far" } }
    }
}

/// What it needs: plain dependencies, then "2 of A, B and C".
fn needs(sight: &Sight, service: &Service) -> Markup {
    let groups = service.needs.iter().filter(|need| need.group.is_some() || need.needs.len() > 1);
    let groups: Vec<String> = groups.map(|need| group(sight, need)).collect();
    let plain: Vec<&Service> =
        service.depends_on.iter().filter_map(|id| sight.service(*id)).collect();
    html! {
        @if plain.is_empty() && groups.is_empty() { span.muted { "nothing that is known" } }
        @for (at, one) in plain.iter().enumerate() {
            @if at > 0 { ", " }
            a.link href=(url::service(one.id)) { (one.name) }
        }
        @for (at, words) in groups.iter().enumerate() {
            @if at > 0 || !plain.is_empty() { "; " }
            (words)
        }
    }
}

fn group(sight: &Sight, need: &map::Need) -> String {
    let names = need.needs.iter().filter_map(|id| sight.service(*id));
    let names: Vec<String> = names.map(|service| service.name.clone()).collect();
    format!("{} of {}", need.at_least, listed(&names))
}

fn links(service: &Service) -> Markup {
    html! {
        @if service.links.is_empty() { span.muted { "none" } }
        @for (at, link) in service.links.iter().enumerate() {
            @if at > 0 { ", " }
            a.link href=(link.url) rel="noopener noreferrer" { (link.title) }
        }
    }
}
