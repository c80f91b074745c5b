//! Roles that are handed over: offered, then accepted or not.

use super::super::{Draft, people};
use crate::command::Command;
use crate::event::{RoleDeclined, RoleGiven, RoleOffered};
use crate::refusal::Refusal;
use crate::state::IncidentRole;
use kernel::PersonId;

pub(super) fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::HandOver { role, to } => offer(draft, *role, *to),
        Command::AcceptRole { role } => {
            let person = offered_to_me(draft, *role)?;
            let person_before = draft.state()?.roles.get(role).copied();
            let person = Some(person);
            draft.emit(RoleGiven { role: *role, person, person_before, accepted: true });
            Ok(())
        }
        Command::DeclineRole { role } => {
            let person = offered_to_me(draft, *role)?;
            draft.emit(RoleDeclined { role: *role, person });
            Ok(())
        }
        _ => Ok(()),
    }
}

fn offer(draft: &mut Draft, role: IncidentRole, to: PersonId) -> Result<(), Refusal> {
    people::check_staff(draft, to, "to")?;
    let state = draft.state()?;
    if state.roles.get(&role) == Some(&to) {
        return Err(Refusal::state("nothing_to_change", "they have the role already"));
    }
    let offers = state.conduct.as_ref().map(|conduct| &conduct.offers);
    let to_before = offers.and_then(|offers| offers.get(&role)).map(|offer| offer.to);
    if to_before == Some(to) {
        return Err(Refusal::state("nothing_to_change", "it is offered to them already"));
    }
    draft.emit(RoleOffered { role, to, to_before });
    Ok(())
}

/// Only whoever it was offered to answers.
fn offered_to_me(draft: &Draft, role: IncidentRole) -> Result<PersonId, Refusal> {
    let offers = draft.state()?.conduct.as_ref().map(|conduct| &conduct.offers);
    let offer = offers.and_then(|offers| offers.get(&role));
    let me = draft.facts.actor.person_id();
    offer
        .map(|offer| offer.to)
        .filter(|to| Some(*to) == me)
        .ok_or_else(|| Refusal::state("not_offered", "this role is not offered to you now"))
}
