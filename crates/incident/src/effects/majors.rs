//! Whom it concerns how a major incident is conducted: those who decide, those who are to lead or
//! speak, and whoever wrote what waits for somebody else.

use super::{Audience, Effect};
use crate::escalation::may_take;
use crate::event::{Body, Event};
use crate::policy::Policy;
use crate::state::{IncidentRole, State};
use kernel::{PersonId, Role};
use std::collections::BTreeSet;

/// Whom an event of a major incident is told. Whoever did it knows it already.
pub(super) fn told(
    before: Option<&State>,
    after: &State,
    event: &Event,
    policy: &Policy,
) -> Vec<Effect> {
    let by = event.actor.person_id();
    let conducted = before.and_then(|state| state.conduct.as_deref());
    let people: Vec<PersonId> = match &event.body {
        Body::MajorProposed(_) | Body::MajorDeclared(_) => {
            let team = after.team.and_then(|team| policy.teams.get(&team));
            let knows = |person: &PersonId| team.is_some_and(|team| team.members.contains(person));
            deciders(after, policy).into_iter().filter(|person| !knows(person)).collect()
        }
        Body::RoleOffered(data) => vec![data.to],
        // Whoever accepted it knows.
        Body::RoleGiven(data) if !data.accepted => data.person.into_iter().collect(),
        Body::RoleDeclined(data) => {
            let offer = conducted.and_then(|conduct| conduct.offers.get(&data.role));
            offer.and_then(|offer| offer.by).into_iter().collect()
        }
        // Everybody else is paged.
        Body::RespondersCalled(data) => {
            let asked = data.people.iter().map(|called| called.person);
            asked.filter(|person| !policy.paging.reaches(*person, event.at)).collect()
        }
        Body::UpdateDrafted(_) => approvers(after, policy, by),
        Body::UpdateRejected(data) => {
            let draft = conducted.and_then(|conduct| conduct.draft(data.update));
            draft.and_then(|draft| draft.by).into_iter().collect()
        }
        _ => return vec![],
    };
    let team = match &event.body {
        Body::MajorProposed(_) | Body::MajorDeclared(_) => after.team.map(Audience::Team),
        _ => None,
    };
    let people = people.into_iter().filter(|person| Some(*person) != by).map(Audience::Person);
    let audiences = people.chain(team);
    audiences.map(|audience| Effect::new(event.body.kind(), event.n, audience, 0)).collect()
}

/// Who may approve an update that somebody wrote: whoever leads and speaks, else who decides.
fn approvers(state: &State, policy: &Policy, writer: Option<PersonId>) -> Vec<PersonId> {
    let roles = [IncidentRole::Commander, IncidentRole::Communications];
    let held: BTreeSet<PersonId> = roles
        .iter()
        .filter_map(|role| state.roles.get(role).copied())
        .filter(|person| {
            Some(*person) != writer && may_take(policy, state.confidential_to, *person)
        })
        .collect();
    if held.is_empty() { deciders(state, policy) } else { held.into_iter().collect() }
}

/// The managers who may see it, or the administrators where there are none.
fn deciders(state: &State, policy: &Policy) -> Vec<PersonId> {
    let all = |role: Role| -> Vec<PersonId> {
        let have = policy.staff.iter().filter(|(_, staff)| staff.roles.contains(&role));
        let mut people: Vec<PersonId> = have.map(|(person, _)| *person).collect();
        people.retain(|person| may_take(policy, state.confidential_to, *person));
        people.sort();
        people
    };
    let managers = all(Role::Manager);
    if managers.is_empty() { all(Role::Administrator) } else { managers }
}
