//! Who is on call for a service or a team now: whom its escalation policy pages first, and then.

use crate::part::person::small_avatar;
use crate::url;
use incident::Policy;
use incident::escalation::{EscalationStep, Whom};
use kernel::{PersonId, ScheduleId, ServiceId, TeamId, Timestamp};
use maud::{Markup, html};
use store::directory::services::Service;

/// Steps that are told: who is paged, and who comes after them.
const STEPS: usize = 2;
/// Gaps that are followed: a schedule in whose gap another is asked, which has a gap, too.
const GAPS_MAX: usize = 4;

/// Whom a step comes to at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Called {
    /// This person, by that schedule if by one.
    Person(PersonId, Option<ScheduleId>),
    /// Everybody of a team.
    Team(TeamId),
    /// Another program.
    Program,
    /// Nobody: there is a gap in this schedule.
    Gap(ScheduleId),
}

/// What stands for "on call now" of a service.
pub(super) fn now(policy: &Policy, service: &Service, now: Timestamp) -> Markup {
    let called = on_call(policy, (Some(service.id), service.team), now);
    called.unwrap_or_else(|| html! { span.muted { "Nobody is paged for it" } })
}

/// Who would be paged now about a service, or else by a team; nothing where nobody is.
pub(crate) fn on_call(
    policy: &Policy,
    (service, team): (Option<ServiceId>, Option<TeamId>),
    now: Timestamp,
) -> Option<Markup> {
    let found = policy.paging.policy_of(service, team)?;
    let counts = |step: &&EscalationStep| step.hours.as_ref().is_none_or(|hours| hours.hold(now));
    let steps = found.steps.iter().filter(counts).take(STEPS);
    let steps: Vec<Vec<Called>> = steps.map(|step| called(policy, step, now)).collect();
    let drawn = html! {
        @for (at, step) in steps.iter().enumerate() {
            @if at > 0 { ", then " }
            @for (place, one) in step.iter().enumerate() {
                @if place > 0 { " and " }
                (draw(policy, *one, at == 0))
            }
        }
    };
    (!steps.is_empty()).then_some(drawn)
}

fn called(policy: &Policy, step: &EscalationStep, now: Timestamp) -> Vec<Called> {
    let mut found: Vec<Called> = Vec::new();
    for whom in &step.whom {
        let one = follow(policy, *whom, now, GAPS_MAX);
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

/// The person on call by the same rule by which people are paged.
fn follow(policy: &Policy, whom: Whom, now: Timestamp, gaps: usize) -> Called {
    let id = match whom {
        Whom::Person(person) => return Called::Person(person, None),
        Whom::Team(team) => return Called::Team(team),
        Whom::Webhook(_) => return Called::Program,
        Whom::Schedule(id) => id,
    };
    let Some(schedule) = policy.paging.schedules.get(&id) else { return Called::Gap(id) };
    let roster = schedule.roster.roster().ok();
    match (roster.and_then(|roster| roster.on_call(now)), schedule.fallback) {
        (Some(on_call), _) => Called::Person(on_call.person, Some(id)),
        (None, Some(fallback)) if gaps > 0 => follow(policy, fallback, now, gaps - 1),
        (None, _) => Called::Gap(id),
    }
}

fn draw(policy: &Policy, called: Called, first: bool) -> Markup {
    let name = |person: &PersonId| {
        policy.staff.get(person).map_or("somebody who is gone", |staff| staff.name.as_str())
    };
    html! {
        @match called {
            Called::Person(person, schedule) => {
                span.who {
                    @if first { (small_avatar(person, name(&person))) }
                    @match schedule {
                        Some(id) => a.link href=(url::on_call(id)) { (name(&person)) },
                        None => span { (name(&person)) },
                    }
                }
            }
            Called::Team(team) => {
                "everybody of " (policy.teams.get(&team).map_or("a former team", |team| team.name.as_str()))
            }
            Called::Program => { "a program" }
            Called::Gap(id) => { a.link href=(url::on_call(id)) { "nobody, there is a gap" } }
        }
    }
}
