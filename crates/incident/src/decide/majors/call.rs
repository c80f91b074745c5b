//! People are asked to come, and answer.

use super::super::{Draft, paging, people};
use crate::command::Command;
use crate::conduct::{Answer, Called};
use crate::escalation::Whom;
use crate::event::{CallAnswered, RespondersCalled};
use crate::refusal::Refusal;
use kernel::{ContentId, PersonId, TeamId, limits};
use std::collections::BTreeSet;

/// People and teams that one command asks at most.
const ASKED_MAX: usize = 50;

pub(super) fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::CallResponders { people, teams, note } => call(draft, people, teams, *note),
        Command::AnswerCall { coming, note } => answer(draft, *coming, *note),
        _ => Ok(()),
    }
}

fn call(
    draft: &mut Draft,
    people: &[PersonId],
    teams: &[TeamId],
    note: Option<ContentId>,
) -> Result<(), Refusal> {
    if people.is_empty() && teams.is_empty() {
        return Err(Refusal::invalid("people", "name a person or a team"));
    }
    if people.len() + teams.len() > ASKED_MAX {
        let words = format!("names more than {ASKED_MAX} people and teams");
        return Err(Refusal::invalid("people", words));
    }
    for person in people {
        people::check_staff(draft, *person, "people")?;
    }
    if teams.iter().any(|team| !draft.policy().teams.contains_key(team)) {
        return Err(Refusal::invalid("teams", "is not a known team"));
    }
    let asked = asked(draft, people, teams);
    let whom: Vec<Whom> = asked.iter().map(|called| Whom::Person(called.person)).collect();
    if !paging::is_anybody_reached(draft, &whom) {
        let words = "is nobody who works on this and can be reached now";
        return Err(Refusal::invalid(if people.is_empty() { "teams" } else { "people" }, words));
    }
    check_room(draft, &asked)?;
    let teams: BTreeSet<TeamId> = teams.iter().copied().collect();
    let teams = teams.into_iter().collect();
    draft.emit(RespondersCalled { people: asked, teams, note });
    paging::call(draft, &whom, note);
    Ok(())
}

/// Everybody who is asked, each once: whoever was named, and of each team whoever is on call
/// for it, or its people where nobody is.
fn asked(draft: &Draft, people: &[PersonId], teams: &[TeamId]) -> Vec<Called> {
    let named = people.iter().map(|person| Called { person: *person, team: None });
    let of_teams = teams.iter().flat_map(|team| {
        let found = paging::on_call_for(draft, *team).into_iter();
        found.map(|person| Called { person, team: Some(*team) })
    });
    let mut seen = BTreeSet::new();
    named.chain(of_teams).filter(|called| seen.insert(called.person)).collect()
}

fn check_room(draft: &Draft, asked: &[Called]) -> Result<(), Refusal> {
    let conduct = draft.state()?.conduct.as_deref();
    let have = conduct.map_or(0, |conduct| conduct.responders.len());
    let is_known = |called: &&Called| conduct.is_some_and(|c| c.responder(called.person).is_some());
    let new = asked.iter().filter(|called| !is_known(called)).count();
    if have + new <= limits::RESPONDERS_PER_INCIDENT {
        return Ok(());
    }
    Err(Refusal::limit(format!(
        "this incident can have {} responders, and has {have}",
        limits::RESPONDERS_PER_INCIDENT
    )))
}

/// Everybody answers for themselves; whoever is paged answers their page with it.
fn answer(draft: &mut Draft, coming: bool, note: Option<ContentId>) -> Result<(), Refusal> {
    let conduct = draft.state()?.conduct.as_deref();
    let me = draft.facts.actor.person_id();
    let responder = me.and_then(|me| conduct?.responder(me));
    let Some(responder) = responder else {
        return Err(Refusal::state("not_called", "you were not asked to come"));
    };
    let person = responder.person;
    let answer = if coming { Answer::Coming } else { Answer::CannotCome };
    if responder.answer == answer && note.is_none() {
        return Err(Refusal::state("nothing_to_change", "that is your answer already"));
    }
    draft.emit(CallAnswered { person, answer, note });
    paging::answered_call(draft, person, coming);
    Ok(())
}
