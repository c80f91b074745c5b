//! Teams that give what comes to them to one of their people, in the transaction in which
//! it came. A team that assigns by hand costs nothing here.

use super::because::Because;
use super::{Chain, Round, Try};
use incident::assignment::{Choice, Nobody, Standing, assigning_team, choose};
use incident::command::Related;
use incident::policy::TeamPolicy;
use incident::{Body, Change, Command, Event, State};
use kernel::{IncidentNumber, PersonId, TeamId};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use store::directory::teams;
use store::incidents::{Head, Recorded};
use store::{Failure, Sql};

/// What choices go by, by team. Turns are as this round left them; of open incidents what is
/// stored, because what this round decides is written when it ends.
pub(super) type Standings = HashMap<TeamId, HashMap<PersonId, Standing>>;

impl Round<'_> {
    /// Gives what came to a team in this job to one of its people, each once for an incident
    /// and a team; whether there was anything to do. Who left an incident to nobody by hand
    /// meant it.
    pub(super) fn assign_in_teams(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        chain: &Chain<'_>,
        tried: &mut Try,
        given: &mut BTreeSet<(IncidentNumber, TeamId)>,
    ) -> Result<bool, Failure> {
        let policy = self.policy;
        let came = tried.parts.iter().filter(|part| came(&part.events));
        let came: BTreeSet<IncidentNumber> = came.map(|part| part.number).collect();
        let mut any = false;
        for number in came {
            let state = tried.states.get(&number);
            let team = state.and_then(|state| Some((assigning_team(policy, state)?, state)));
            let Some(((id, team), state)) = team else { continue };
            if is_left_by_hand(chain, number) || !given.insert((number, id)) {
                continue;
            }
            let wanted = state.into();
            let standings = self.standings(sql, tried, id)?;
            match choose(policy, team, &wanted, &standings, chain.now) {
                Ok(choice) => self.give(sql, head, chain, tried, (number, id), &choice)?,
                Err(nobody) => self.keep(sql, head, chain, tried, (number, id, team), nobody)?,
            }
            any = true;
        }
        Ok(any)
    }

    /// What the choice of a team goes by now, with what this round decided so far.
    fn standings(
        &mut self,
        sql: &mut dyn Sql,
        tried: &Try,
        team: TeamId,
    ) -> Result<HashMap<PersonId, Standing>, Failure> {
        let mut standings = match self.standings.entry(team) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(free) => free.insert(teams::standings(sql, team)?).clone(),
        };
        let mut count = |state: &State, by: i64| {
            let person = state.assignee.filter(|_| state.lifecycle.is_open());
            if let Some(standing) = person.and_then(|person| standings.get_mut(&person)) {
                standing.open += by;
            }
        };
        for Recorded { before, after, .. } in self.parts.iter().chain(&tried.parts) {
            before.iter().for_each(|before| count(before, -1));
            count(after, 1);
        }
        Ok(standings)
    }

    /// Assigns it to whoever was chosen; that was their turn.
    fn give(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        chain: &Chain<'_>,
        tried: &mut Try,
        (number, team): (IncidentNumber, TeamId),
        choice: &Choice,
    ) -> Result<(), Failure> {
        let saved = (tried.parts.len(), head.next_incident);
        let because = Because::Team(&choice.reason);
        let command = Command::Assign { team: Change::Keep, assignee: Change::Set(choice.person) };
        let done = match self.step(sql, head, chain, tried, Some(number), &command, &because)? {
            Ok(step) => self.consequences(sql, head, chain, tried, &step, &because)?.map(drop),
            Err(refusal) => Err(refusal),
        };
        if done.is_err() {
            // A full timeline takes nothing more; the team has the incident all the same.
            tried.back_to(saved.0);
            head.next_incident = saved.1;
            return Ok(());
        }
        let standings = self.standings.entry(team).or_default();
        let turn = standings.values().map(|standing| standing.turn).max().unwrap_or(0) + 1;
        standings.entry(choice.person).or_default().turn = turn;
        teams::take_turn(sql, team, choice.person, turn)
    }

    /// Says why the team keeps it.
    fn keep(
        &self,
        sql: &mut dyn Sql,
        head: &mut Head,
        chain: &Chain<'_>,
        tried: &mut Try,
        (number, id, team): (IncidentNumber, TeamId, &TeamPolicy),
        Nobody { away }: Nobody,
    ) -> Result<(), Failure> {
        let why = format!("nobody of {} is there", team.name);
        let note = Command::Note(Related::NobodyThere { team: id, away });
        // Where there is no room for the note, there is none for more.
        let _full =
            self.step(sql, head, chain, tried, Some(number), &note, &Because::Team(&why))?;
        Ok(())
    }
}

/// Whether it is somebody's turn after these events: a team got it, or it is to be worked on again.
fn came(events: &[Event]) -> bool {
    events.iter().any(|event| match &event.body {
        Body::Reported(data) => data.team.is_some(),
        Body::Assigned(data) => data.team.is_some() && data.team != data.team_before,
        Body::Reopened(_) | Body::Resumed(_) => true,
        _ => false,
    })
}

/// Whether somebody said in this very job that nobody should have it, or took something back.
fn is_left_by_hand(chain: &Chain<'_>, number: IncidentNumber) -> bool {
    let left = matches!(
        chain.job.command,
        Command::Assign { assignee: Change::Clear, .. } | Command::Undo { .. }
    );
    left && chain.job.prepared.target == Some(number)
}
