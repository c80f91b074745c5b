//! Whom the steps of a form would page if paging began now, or tonight: found as paging finds them.

use super::All;
use super::draw::FORM;
use crate::app::zone_named;
use crate::part::duration;
use crate::part::time::Here;
use incident::Policy;
use incident::escalation::{
    EscalationPolicy, Finder, Found, PagedPerson, Planned, PolicyRef, Whom, plan,
};
use incident::reach::Urgency;
use jiff::ToSpan;
use jiff::tz::TimeZone;
use kernel::Timestamp;
use maud::{Markup, html};
use std::collections::BTreeSet;

/// People of a step who are named.
const NAMED: usize = 8;
/// The hour of the night that is looked at.
const NIGHT: i8 = 3;

/// What stands beside the form. `address` is where a form that is filled in is asked.
pub(super) fn aside(
    all: &All,
    policy: &EscalationPolicy,
    here: &Here,
    (address, patch): (Option<&str>, bool),
) -> Markup {
    let name = zone_of(policy, &all.names.policy, all.now).unwrap_or_else(|| all.zone.clone());
    let zone = zone_named(&name).unwrap_or(TimeZone::UTC);
    let tonight = tonight(all.now, &zone);
    let here = Here { now: all.now, zone, ..here.clone() };
    html! {
        aside.card.sl-p id="look" aria-labelledby="look-h" data-patch[patch] {
            div.card-h { h2 id="look-h" { "Whom it would page" } span.meta { (name) } }
            div.card-b.stack {
                @if policy.steps.is_empty() {
                    p.meta { "Choose whom the first step pages." }
                } @else {
                    (begun(all, policy, "If it began now", all.now, &here))
                    @if let Some(at) = tonight { (begun(all, policy, "If it began tonight", at, &here)) }
                    p.meta { "For P1 and P2, as schedules, absences and what reaches people stand now." }
                }
                @if let Some(address) = address {
                    noscript { button.btn.btn-sm type="submit" form=(FORM) formaction=(address) formnovalidate { "Show it for this form" } }
                }
            }
        }
    }
}

/// Each step once, and the end, when paging begins at an instant and nobody answers.
fn begun(
    all: &All,
    policy: &EscalationPolicy,
    words: &str,
    from: Timestamp,
    here: &Here,
) -> Markup {
    let planned = plan(policy, from).into_iter().filter(|step| step.round == 0 || step.end);
    html! {
        div {
            p { b { (words) } ", " (here.exact(from)) }
            ol.stack-s { @for step in planned {
                li { b { (when(&step, from)) } " " (whom(all, policy, &step)) }
            } }
        }
    }
}

/// "At once", "8 min", "In the end, 25 min".
fn when(step: &Planned, from: Timestamp) -> String {
    let after = match step.at.seconds_since(from) {
        0 => "At once".to_owned(),
        seconds => duration::written(seconds, duration::WHOLE_DAY),
    };
    if step.end { format!("In the end, {after}") } else { after }
}

fn whom(all: &All, policy: &EscalationPolicy, step: &Planned) -> String {
    let Found { people, webhooks, turn } = found(all, policy, step);
    let named = |paged: &PagedPerson| {
        let name = all.names.name(Whom::Person(paged.person));
        match paged.via {
            Some(via @ (Whom::Schedule(_) | Whom::Team(_))) => {
                format!("{name} ({})", all.names.name(via))
            }
            _ => name,
        }
    };
    let mut told: Vec<String> = people.iter().take(NAMED).map(named).collect();
    match people.len().saturating_sub(NAMED) {
        0 => {}
        more => told.push(format!("{more} more")),
    }
    told.extend(webhooks.iter().map(|id| all.names.words(Whom::Webhook(*id))));
    let outside = step.hours.as_ref().is_some_and(|hours| !hours.hold(step.at));
    match told.is_empty() {
        _ if outside => "nobody in these hours: the next step comes at once".to_owned(),
        true => "nobody who can be reached: the next step comes at once".to_owned(),
        false if turn.is_some() => format!("{}, whose turn it is", told.join(", ")),
        false => told.join(", "),
    }
}

fn found(all: &All, policy: &EscalationPolicy, step: &Planned) -> Found {
    let finder = Finder {
        policy: &all.names.policy,
        only: None,
        at: step.at,
        urgency: Urgency::High,
        declined: &BTreeSet::new(),
        turns: &all.turns,
        of: Some(PolicyRef { id: policy.id, version: policy.version }),
    };
    finder.find(step)
}

/// The zone of the first schedule that it names, or else of the hours of a team that pages by it.
fn zone_of(policy: &EscalationPolicy, known: &Policy, now: Timestamp) -> Option<String> {
    let schedule = policy.steps.iter().flat_map(|step| &step.whom).find_map(|whom| match whom {
        Whom::Schedule(id) => known.paging.schedules.get(id),
        _ => None,
    });
    if let Some(schedule) = schedule {
        return Some(schedule.roster.time_zone.clone());
    }
    let teams = known.paging.of_teams.iter().filter(|(_, id)| **id == policy.id);
    let calendars = teams.filter_map(|(team, _)| {
        let calendar = known.teams.get(team)?.calendar?;
        Some(known.calendars.get(Some(known.calendars.newest(calendar, now)?)).time_zone())
    });
    calendars.min().map(str::to_owned)
}

/// The next time that it is night.
fn tonight(now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let local = now.to_jiff().to_zoned(zone.clone());
    let days: i64 = if local.hour() < NIGHT { 0 } else { 1 };
    let date = local.date().checked_add(days.days()).ok()?;
    let at = date.at(NIGHT, 0, 0, 0).to_zoned(zone.clone()).ok()?;
    Some(Timestamp::from_jiff(at.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tonight_is_the_next_three_o_clock_of_the_zone() {
        let zone = zone_named("Europe/Oslo").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (now, night) in [
            ("2026-11-23T12:00:00Z", "2026-11-24T02:00:00Z"),
            ("2026-11-23T23:30:00Z", "2026-11-24T02:00:00Z"),
            ("2026-11-24T01:59:00Z", "2026-11-24T02:00:00Z"),
            ("2026-11-24T02:00:00Z", "2026-11-25T02:00:00Z"),
            // The clocks go back at three, and forward over two.
            ("2026-10-24T20:00:00Z", "2026-10-25T02:00:00Z"),
            ("2026-03-28T20:00:00Z", "2026-03-29T01:00:00Z"),
        ] {
            assert_eq!(tonight(at(now), &zone), Some(at(night)), "{now}");
        }
    }
}
