//! Who has it, who leads, who follows, who may see.

use super::{Draft, lifecycle};
use crate::command::{Change, Command};
use crate::event::{Assigned, Escalated, Restricted, RoleGiven, Unwatched, Watched};
use crate::refusal::Refusal;
use crate::state::Lifecycle;
use kernel::{PersonId, TeamId, limits};

pub(super) fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Assign { team, assignee } => assign(draft, *team, *assignee),
        Command::Escalate { team, manager, reason } => escalate(draft, *team, *manager, *reason),
        Command::Watch { person } => watch(draft, *person),
        Command::Unwatch { person } => {
            let person = person
                .or(draft.facts.actor.person_id())
                .ok_or_else(|| Refusal::invalid("person", "is needed"))?;
            if !draft.state()?.watchers.contains(&person) {
                return Err(Refusal::state("nothing_to_change", "they do not watch this incident"));
            }
            draft.emit(Unwatched { person });
            Ok(())
        }
        Command::Restrict { team } => restrict(draft, *team),
        Command::GiveRole { role, person } => {
            if let Some(person) = person {
                check_staff(draft, *person, "person")?;
            }
            let before = draft.state()?.roles.get(role).copied();
            if before == *person {
                return Err(Refusal::state(
                    "nothing_to_change",
                    "the role is given like that already",
                ));
            }
            let (role, person) = (*role, *person);
            draft.emit(RoleGiven { role, person, person_before: before, accepted: false });
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Whether this team and this person may still have it, as they had before.
pub(super) fn may_have(draft: &Draft, team: Option<TeamId>, assignee: Option<PersonId>) -> bool {
    team.is_none_or(|team| check_team(draft, team).is_ok())
        && assignee.is_none_or(|person| check_assignee(draft, person).is_ok())
}

/// An assignee must be an active person who works on incidents.
pub(super) fn check_assignee(draft: &Draft, person: PersonId) -> Result<(), Refusal> {
    check_staff(draft, person, "assignee")
}

/// Whoever owns something must be able to see to it.
pub(super) fn check_owner(draft: &Draft, person: PersonId) -> Result<(), Refusal> {
    check_staff(draft, person, "owner")
}

/// Somebody of the provider who may be told something about it.
pub(super) fn check_told(draft: &Draft, person: PersonId) -> Result<(), Refusal> {
    if !draft.policy().staff.contains_key(&person) {
        return Err(Refusal::invalid("to", "does not follow this incident; add them as a watcher"));
    }
    check_may_see(draft, person, "to")
}

pub(super) fn check_staff(
    draft: &Draft,
    person: PersonId,
    field: &'static str,
) -> Result<(), Refusal> {
    match draft.policy().staff.get(&person) {
        None => Err(Refusal::invalid(field, "is not a person who works on incidents")),
        Some(staff) if !staff.active => {
            Err(Refusal::invalid(field, format!("{}'s account is not in use any more", staff.name)))
        }
        Some(staff) if !staff.works() => Err(Refusal::invalid(
            field,
            format!("{} reads incidents and does not work on them", staff.name),
        )),
        Some(_) => check_may_see(draft, person, field),
    }
}

/// Whoever may not see an incident can be given nothing in it.
fn check_may_see(draft: &Draft, person: PersonId, field: &'static str) -> Result<(), Refusal> {
    let only = draft.state().ok().and_then(|state| state.confidential_to);
    if only.is_some() && !is_member(draft.policy(), only, person) {
        return Err(Refusal::invalid(field, "is not in the team this incident is confidential to"));
    }
    Ok(())
}

fn check_team(draft: &Draft, team: TeamId) -> Result<(), Refusal> {
    if !draft.policy().teams.contains_key(&team) {
        return Err(Refusal::invalid("team", "is not a known team"));
    }
    let only = draft.state().ok().and_then(|state| state.confidential_to);
    if only.is_some_and(|only| only != team) {
        return Err(Refusal::invalid("team", "may not see this incident, it is confidential"));
    }
    Ok(())
}

fn assign(
    draft: &mut Draft,
    team: Change<TeamId>,
    assignee: Change<PersonId>,
) -> Result<(), Refusal> {
    if team.is_keep() && assignee.is_keep() {
        return Err(Refusal::invalid("team", "name a team or an assignee"));
    }
    let policy = draft.policy();
    if let Change::Set(id) = team {
        check_team(draft, id)?;
    }
    if let Change::Set(person) = assignee {
        check_assignee(draft, person)?;
    }
    let state = draft.state()?;
    let mut new_team = team.over(state.team);
    let mut new_assignee = assignee.over(state.assignee);
    if new_team != state.team && assignee.is_keep() {
        // Another team: whoever had it keeps it only as one of theirs.
        new_assignee = new_assignee.filter(|person| is_member(policy, new_team, *person));
    }
    if new_team.is_none() && team.is_keep() {
        new_team = new_assignee.and_then(|person| {
            state.confidential_to.or_else(|| policy.teams_of(person).pop_first())
        });
    }
    if (new_team, new_assignee) == (state.team, state.assignee) {
        return Err(Refusal::state("nothing_to_change", "it is assigned like that already"));
    }
    assigned(draft, new_team, new_assignee)
}

pub(super) fn is_member(policy: &crate::Policy, team: Option<TeamId>, person: PersonId) -> bool {
    team.and_then(|id| policy.teams.get(&id)).is_some_and(|team| team.members.contains(&person))
}

/// Records an assignment and what follows from it.
pub(super) fn assigned(
    draft: &mut Draft,
    team: Option<TeamId>,
    assignee: Option<PersonId>,
) -> Result<(), Refusal> {
    let state = draft.state()?;
    let (team_before, assignee_before) = (state.team, state.assignee);
    let was_new = state.lifecycle == Lifecycle::New;
    let first = state.moments.acknowledged.is_none();
    let open = state.lifecycle.is_open();
    draft.emit(Assigned { team, assignee, team_before, assignee_before, was_new });
    let to_self = assignee.is_some() && assignee == draft.facts.actor.person_id();
    if to_self && first && open {
        lifecycle::acknowledge(draft, Some("took it"));
    } else if to_self && open {
        lifecycle::started(draft, "assigned to a person");
        super::paging::works_on_it(draft);
    } else if assignee.is_some() {
        lifecycle::started(draft, "assigned to a person");
    }
    Ok(())
}

fn escalate(
    draft: &mut Draft,
    team: Option<TeamId>,
    manager: Option<PersonId>,
    reason: kernel::ContentId,
) -> Result<(), Refusal> {
    if team.is_none() && manager.is_none() {
        return Err(Refusal::invalid("team", "name the team to bring in, or a manager"));
    }
    if let Some(id) = team {
        check_team(draft, id)?;
    }
    if let Some(person) = manager {
        check_staff(draft, person, "manager")?;
    }
    if team.is_some() && team == draft.state()?.team {
        return Err(Refusal::invalid("team", "has it already"));
    }
    draft.emit(Escalated { team, manager, reason });
    if let Some(id) = team {
        let state = draft.state()?;
        let keeps = state.assignee.filter(|person| is_member(draft.policy(), Some(id), *person));
        assigned(draft, Some(id), keeps)?;
    }
    if let Some(person) =
        manager.filter(|person| draft.state().is_ok_and(|state| !state.watchers.contains(person)))
    {
        draft.emit_by_policy("escalated to a manager", 0, Watched { person });
    }
    Ok(())
}

fn watch(draft: &mut Draft, person: Option<PersonId>) -> Result<(), Refusal> {
    let person = person
        .or(draft.facts.actor.person_id())
        .ok_or_else(|| Refusal::invalid("person", "is needed"))?;
    let known =
        draft.policy().staff.contains_key(&person) || draft.facts.people.contains_key(&person);
    if !known {
        return Err(Refusal::invalid("person", "is not a known person"));
    }
    let state = draft.state()?;
    if person != state.requester {
        check_may_see(draft, person, "person")?;
    }
    if state.watchers.contains(&person) {
        return Err(Refusal::state("nothing_to_change", "they watch this incident already"));
    }
    if state.watchers.len() >= limits::WATCHERS_PER_INCIDENT {
        return Err(Refusal::limit(format!(
            "{} people watch this incident, the most there can be",
            limits::WATCHERS_PER_INCIDENT
        )));
    }
    draft.emit(Watched { person });
    Ok(())
}

fn restrict(draft: &mut Draft, team: Option<TeamId>) -> Result<(), Refusal> {
    if team.is_some_and(|id| !draft.policy().teams.contains_key(&id)) {
        return Err(Refusal::invalid("team", "is not a known team"));
    }
    let state = draft.state()?;
    let before = state.confidential_to;
    if let (Some(main), false) = (state.merged_into, draft.copied()) {
        return Err(Refusal::state(
            "part_of_another",
            format!(
                "it is part of {main} and seen by the same people; restrict {main}, or unmerge this one"
            ),
        ));
    }
    if before == team && draft.copied() {
        return Ok(());
    }
    if before == team {
        return Err(Refusal::state("nothing_to_change", "it is restricted like that already"));
    }
    let (team_before, assignee_before) = (state.team, state.assignee);
    let was_new = state.lifecycle == Lifecycle::New;
    draft.emit(Restricted { team, team_before: before });
    // Whoever may not see it cannot have it.
    let assignee = assignee_before.filter(|person| is_member(draft.policy(), team, *person));
    if team.is_some() && (team, assignee) != (team_before, assignee_before) {
        let body = Assigned { team, assignee, team_before, assignee_before, was_new };
        draft.emit_by_policy("restricted", 0, body);
    }
    for part in draft.state()?.parts.clone() {
        draft.tell(part, Command::Restrict { team }, true);
    }
    Ok(())
}
