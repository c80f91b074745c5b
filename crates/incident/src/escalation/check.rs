//! What schedules and escalation policies must keep to before they are saved. Everything
//! that is wrong is told at once, each with its field, so that a form can mark it.

use super::policy::{EscalationPolicy, EscalationStep, Hours, Whom};
use crate::policy::check::check_name;
use crate::policy::{Fault, Policy};
use kernel::{PersonId, ScheduleId, WebhookId, limits};
use roster::{Layer, Restriction, Schedule};
use std::collections::BTreeSet;

/// A schedule as it is to be saved.
#[derive(Debug, Clone, Copy)]
pub struct ScheduleToSave<'a> {
    /// Which.
    pub id: ScheduleId,
    /// Its name.
    pub name: &'a str,
    /// Its zone.
    pub time_zone: &'a str,
    /// Its layers.
    pub layers: &'a [Layer],
    /// Whom it pages in a gap.
    pub fallback: Option<Whom>,
}

impl ScheduleToSave<'_> {
    /// Everything that is wrong with it. What it names is looked up here.
    pub fn faults(&self, policy: &Policy, webhooks: &BTreeSet<WebhookId>) -> Vec<Fault> {
        let mut faults = vec![];
        check_name(self.name, &mut faults);
        faults.extend(of_roster("", self.time_zone, self.layers.to_vec()));
        if self.layers.is_empty() {
            faults.push(Fault::new("layers", "needs at least one layer"));
        }
        for (at, layer) in self.layers.iter().enumerate() {
            for (person, id) in layer.rotation.people.iter().enumerate() {
                if !can_be_paged(*id, policy) {
                    let field = format!("layers.{at}.rotation.people.{person}");
                    faults.push(Fault::new(field, NO_PERSON));
                }
            }
        }
        if let Some(whom) = self.fallback {
            let missing = missing(whom, policy, webhooks);
            if let Some(words) = missing.or_else(|| self.circle(whom, policy)) {
                faults.push(Fault::new("fallback", words));
            }
        }
        faults
    }

    /// A schedule that falls back to itself in the end pages nobody.
    fn circle(&self, fallback: Whom, policy: &Policy) -> Option<&'static str> {
        let schedules = &policy.paging.schedules;
        let next = |whom: &Whom| match whom {
            Whom::Schedule(id) => schedules.get(id).and_then(|schedule| schedule.fallback),
            _ => None,
        };
        let mut chain = std::iter::successors(Some(fallback), next).take(schedules.len() + 1);
        let itself = chain.any(|whom| whom == Whom::Schedule(self.id));
        itself.then_some("leads back to this schedule; in a gap nobody would be paged")
    }
}

impl EscalationPolicy {
    /// Everything that is wrong with it. What it names is looked up here.
    pub fn faults(&self, policy: &Policy, webhooks: &BTreeSet<WebhookId>) -> Vec<Fault> {
        let mut faults = vec![];
        check_name(&self.name, &mut faults);
        if self.steps.is_empty() {
            faults.push(Fault::new("steps", "needs at least one step"));
        }
        too_many("steps", self.steps.len(), limits::ESCALATION_STEPS, &mut faults);
        for (at, step) in self.steps.iter().enumerate() {
            step.check(&format!("steps.{at}"), policy, webhooks, &mut faults);
        }
        if self.repeats > limits::ESCALATION_REPEATS {
            let words = format!("must be 0 to {}", limits::ESCALATION_REPEATS);
            faults.push(Fault::new("repeats", words));
        }
        let shortest = limits::ACKNOWLEDGEMENT_SECONDS_MIN;
        let longest = limits::ACKNOWLEDGEMENT_SECONDS_MAX;
        if self.acknowledgement_seconds.is_some_and(|s| !(shortest..=longest).contains(&s)) {
            let words = format!("must be from {shortest} to {longest} seconds, a week");
            faults.push(Fault::new("acknowledgement_seconds", words));
        }
        check_whom("fallback", &self.fallback, policy, webhooks, &mut faults);
        faults
    }

    /// Whether a step or the end of it pages this one.
    pub fn names(&self, whom: Whom) -> bool {
        let steps = self.steps.iter().flat_map(|step| &step.whom);
        steps.chain(&self.fallback).any(|named| *named == whom)
    }

    /// What it names and what nobody could be paged by any more, with the field.
    pub fn gone(&self, policy: &Policy, webhooks: &BTreeSet<WebhookId>) -> Vec<Fault> {
        let mut faults = vec![];
        for (at, step) in self.steps.iter().enumerate() {
            check_whom(&format!("steps.{at}.whom"), &step.whom, policy, webhooks, &mut faults);
        }
        check_whom("fallback", &self.fallback, policy, webhooks, &mut faults);
        faults
    }
}

impl EscalationStep {
    fn check(
        &self,
        place: &str,
        policy: &Policy,
        webhooks: &BTreeSet<WebhookId>,
        faults: &mut Vec<Fault>,
    ) {
        let longest = limits::ESCALATION_WAIT_SECONDS;
        if !(0..=longest).contains(&self.after_seconds) {
            let words = format!("must be 0 to {longest} seconds, a day");
            faults.push(Fault::new(format!("{place}.after_seconds"), words));
        }
        let whom = format!("{place}.whom");
        if self.whom.is_empty() {
            faults.push(Fault::new(&whom, "is needed: name who is paged"));
        }
        check_whom(&whom, &self.whom, policy, webhooks, faults);
        if self.round_robin && self.everyone {
            let words = "cannot stand beside round_robin, which pages one of them only";
            faults.push(Fault::new(format!("{place}.everyone"), words));
        }
        if let Some(Hours { time_zone, within }) = &self.hours {
            faults.extend(of_roster(&format!("{place}.hours."), time_zone, vec![]));
            check_hours(&format!("{place}.hours.within"), within, faults);
        }
    }
}

/// Everybody whose turn comes in these layers and who cannot be paged: gone, out of use, or
/// not of the service desk any more.
pub fn unreachable(layers: &[Layer], policy: &Policy) -> BTreeSet<PersonId> {
    let people = layers.iter().flat_map(|layer| &layer.rotation.people);
    people.copied().filter(|person| !can_be_paged(*person, policy)).collect()
}

/// Whether this person is of the service desk and their account is in use.
pub fn can_be_paged(person: PersonId, policy: &Policy) -> bool {
    policy.staff.get(&person).is_some_and(|staff| staff.active && staff.works())
}

const NO_PERSON: &str = "is nobody of the service desk whose account is in use";

/// Why this one cannot be paged, if that is so.
fn missing(whom: Whom, policy: &Policy, webhooks: &BTreeSet<WebhookId>) -> Option<&'static str> {
    let (known, words) = match whom {
        Whom::Schedule(id) => {
            (policy.paging.schedules.contains_key(&id), "is not a schedule in use")
        }
        Whom::Person(id) => (can_be_paged(id, policy), NO_PERSON),
        Whom::Team(id) => (policy.teams.contains_key(&id), "is not a team in use"),
        Whom::Webhook(id) => (webhooks.contains(&id), "is not a webhook in use"),
    };
    (!known).then_some(words)
}

fn check_whom(
    field: &str,
    all: &[Whom],
    policy: &Policy,
    webhooks: &BTreeSet<WebhookId>,
    faults: &mut Vec<Fault>,
) {
    too_many(field, all.len(), limits::ESCALATION_WHOM, faults);
    let mut named = BTreeSet::new();
    for (at, whom) in all.iter().enumerate() {
        if let Some(words) = missing(*whom, policy, webhooks) {
            faults.push(Fault::new(format!("{field}.{at}"), words));
        } else if !named.insert(*whom) {
            faults.push(Fault::new(format!("{field}.{at}"), "is named already"));
        }
    }
}

/// What the roster has against a schedule of these layers.
fn of_roster(place: &str, time_zone: &str, layers: Vec<Layer>) -> Vec<Fault> {
    let schedule = Schedule { time_zone: time_zone.to_owned(), layers, overrides: vec![] };
    let faults = schedule.faults().into_iter();
    faults
        .map(|fault| Fault::new(format!("{place}{}", fault.field), fault.rule.to_string()))
        .collect()
}

fn check_hours(field: &str, within: &[Restriction], faults: &mut Vec<Fault>) {
    if within.is_empty() {
        faults.push(Fault::new(field, "is empty; leave the hours out for always"));
    }
    too_many(field, within.len(), limits::LAYER_RESTRICTIONS, faults);
    for (at, restriction) in within.iter().enumerate() {
        if restriction.days.is_empty() {
            let words = "is empty; name at least one day, mon to sun";
            faults.push(Fault::new(format!("{field}.{at}.days"), words));
        }
    }
}

fn too_many(field: &str, count: usize, most: usize, faults: &mut Vec<Fault>) {
    if count > most {
        faults.push(Fault::new(field, format!("has more than {most} entries")));
    }
}
