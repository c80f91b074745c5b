//! Who is paged by a step: found when it comes, from the schedules as they then stand. Paging asks
//! here, and so does every screen that says whom it would page.

use super::plan::{Planned, PolicyRef};
use super::policy::{SchedulePolicy, Whom};
use crate::policy::{Policy, StaffPolicy};
use crate::reach::Urgency;
use kernel::{EscalationId, PersonId, Role, TeamId, Timestamp, WebhookId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How often a gap may lead on from one schedule to another.
const GAPS_MAX: usize = 4;

/// Whose turn it was last, by policy and the step's place in it.
pub type Turns = BTreeMap<(EscalationId, u32), PersonId>;

/// Whose turn it was in which step of which policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The policy.
    pub policy: EscalationId,
    /// The place of the step in it.
    pub place: u32,
    /// Who had it.
    pub person: PersonId,
}

/// Somebody who is paged, and what named them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PagedPerson {
    /// Who.
    pub person: PersonId,
    /// Through whom; nothing names those who are paged because there was nobody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Whom>,
}

/// Whom a step pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The people, each once.
    pub people: Vec<PagedPerson>,
    /// Programs that hear of it.
    pub webhooks: Vec<WebhookId>,
    /// Whose turn it was, where they take turns.
    pub turn: Option<Turn>,
}

impl Found {
    /// Adds those who are not among them yet.
    pub(crate) fn join(&mut self, other: Found) {
        for paged in other.people {
            if self.people.iter().all(|known| known.person != paged.person) {
                self.people.push(paged);
            }
        }
        for webhook in other.webhooks {
            if !self.webhooks.contains(&webhook) {
                self.webhooks.push(webhook);
            }
        }
        self.turn = other.turn.or(self.turn);
    }

    /// Whether somebody may answer, or nobody was meant to.
    pub fn suffices(&self, planned: &Planned) -> bool {
        let only_programs = !self.webhooks.is_empty()
            && planned.whom.iter().all(|whom| matches!(whom, Whom::Webhook(_)));
        !self.people.is_empty() || only_programs
    }
}

/// Finds people at one instant.
#[derive(Debug, Clone, Copy)]
pub struct Finder<'a> {
    /// The policy in force.
    pub policy: &'a Policy,
    /// The team that alone may see what it is about.
    pub only: Option<TeamId>,
    /// When.
    pub at: Timestamp,
    /// How much it matters: who is reached by which way depends on it.
    pub urgency: Urgency,
    /// Who is left out because they said that they cannot.
    pub declined: &'a BTreeSet<PersonId>,
    /// Whose turn it was last.
    pub turns: &'a Turns,
    /// The policy whose turns count.
    pub of: Option<PolicyRef>,
}

impl Finder<'_> {
    /// The place of the step that comes, and whom it pages: steps that find nobody are passed over
    /// at once. Those that are late page theirs together with it.
    pub fn first(&self, ahead: &[Planned], late: bool) -> Option<(usize, Found)> {
        let mut found = Found::default();
        let mut came = None;
        for (place, planned) in ahead.iter().enumerate() {
            let is_enough = came
                .and_then(|came: usize| ahead.get(came))
                .is_some_and(|came| found.suffices(came));
            let is_missed = late && planned.at <= self.at && !planned.end;
            if is_enough && !is_missed {
                break;
            }
            found.join(self.find(planned));
            came = Some(place);
        }
        came.map(|came| (came, found))
    }

    /// Whom a step pages now: nobody outside of its hours, or where nobody can be reached.
    pub fn find(&self, planned: &Planned) -> Found {
        if !planned.counts(self.at) {
            return Found::default();
        }
        if planned.end {
            return self.fallback(&planned.whom);
        }
        let mut found = self.all(&planned.whom);
        if planned.whom.is_empty() {
            found.people = self.last_resort();
        }
        if planned.round_robin {
            let last = self.of.and_then(|of| self.turns.get(&(of.id, planned.place)).copied());
            after(&mut found.people, last);
        }
        found.people.retain(|paged| {
            !self.declined.contains(&paged.person) && self.can_be_reached(paged.person)
        });
        if planned.round_robin {
            found.people.truncate(1);
            let first = found.people.first().map(|paged| paged.person);
            let turn = |(of, person): (PolicyRef, PersonId)| Turn {
                policy: of.id,
                place: planned.place,
                person,
            };
            found.turn = self.of.zip(first).map(turn);
        }
        found
    }

    /// Whom the end pages: those it names and can reach, else the last resort.
    fn fallback(&self, whom: &[Whom]) -> Found {
        let mut found = self.all(whom);
        found.people.retain(|paged| self.can_be_reached(paged.person));
        if found.people.is_empty() {
            found.people = self.last_resort();
        }
        found
    }

    /// Who is paged when nobody else is left: of the team that alone may see it whoever can be
    /// reached, else the administrators who can; where nobody can, all of them, so that it is
    /// recorded whom nothing reached.
    pub(crate) fn last_resort(&self) -> Vec<PagedPerson> {
        let only = self.only.and_then(|team| self.policy.teams.get(&team));
        let members = only.into_iter().flat_map(|team| team.members.iter().copied());
        let members: BTreeSet<PersonId> =
            members.filter(|person| may_take(self.policy, self.only, *person)).collect();
        let administers =
            |staff: &StaffPolicy| staff.active && staff.roles.contains(&Role::Administrator);
        let administrators = self.policy.staff.iter().filter(|(_, staff)| administers(staff));
        let administrators: BTreeSet<PersonId> =
            administrators.map(|(person, _)| *person).collect();
        let reachable = |people: &BTreeSet<PersonId>| -> BTreeSet<PersonId> {
            people.iter().copied().filter(|person| self.can_be_reached(*person)).collect()
        };
        let choices = [reachable(&members), reachable(&administrators), members, administrators];
        let people = choices.into_iter().find(|people| !people.is_empty()).unwrap_or_default();
        people.into_iter().map(|person| PagedPerson { person, via: None }).collect()
    }

    /// Everybody they come to who works on this incident, each once.
    pub(crate) fn all(&self, whom: &[Whom]) -> Found {
        let mut found = Found::default();
        for named in whom {
            if let Whom::Webhook(id) = named {
                found.join(Found { webhooks: vec![*id], ..Found::default() });
                continue;
            }
            let people = self.people(*named, GAPS_MAX).into_iter();
            let people = people.filter(|person| may_take(self.policy, self.only, *person));
            let people = people.map(|person| PagedPerson { person, via: Some(*named) });
            found.join(Found { people: people.collect(), ..Found::default() });
        }
        found
    }

    fn people(&self, whom: Whom, gaps: usize) -> Vec<PersonId> {
        match whom {
            Whom::Person(person) => vec![person],
            Whom::Team(team) => self.members(team),
            Whom::Schedule(id) => {
                let Some(schedule) = self.policy.paging.schedules.get(&id) else { return vec![] };
                match (on_call(schedule, self.at), schedule.fallback) {
                    (Some(person), _) => vec![person],
                    (None, Some(fallback)) if gaps > 0 => self.people(fallback, gaps - 1),
                    (None, _) => vec![],
                }
            }
            Whom::Webhook(_) => vec![],
        }
    }

    /// Who learns beside these people, as far as a schedule named them and they are on call by it:
    /// nobody who is paged already, may not see it or cannot be reached.
    pub(crate) fn besides(&self, people: &[PagedPerson]) -> Vec<PagedPerson> {
        let mut found: Vec<PagedPerson> = Vec::new();
        for paged in people {
            let Some(Whom::Schedule(id)) = paged.via else { continue };
            let Some(schedule) = self.policy.paging.schedules.get(&id) else { continue };
            for person in learning(schedule, self.at, paged.person) {
                let is_known = people.iter().chain(&found).any(|known| known.person == person);
                let may = may_take(self.policy, self.only, person) && self.can_be_reached(person);
                if may && !is_known {
                    found.push(PagedPerson { person, via: paged.via });
                }
            }
        }
        found
    }

    /// The members of a team who are there, or all where nobody is.
    fn members(&self, team: TeamId) -> Vec<PersonId> {
        let Some(team) = self.policy.teams.get(&team) else { return vec![] };
        let is_there = |person: &PersonId| {
            let away = self.policy.staff.get(person).and_then(|staff| staff.away);
            !away.is_some_and(|away| away.covers(self.at))
        };
        let there: Vec<PersonId> = team.members.iter().copied().filter(is_there).collect();
        if there.is_empty() { team.members.iter().copied().collect() } else { there }
    }

    pub(crate) fn can_be_reached(&self, person: PersonId) -> bool {
        let reach = self.policy.paging.reach.get(&person);
        reach.is_some_and(|reach| !reach.ways(self.urgency, self.at).is_empty())
    }
}

/// Whether somebody may take an incident that this team alone may see, or everybody who works:
/// they work, and may see it.
pub(crate) fn may_take(policy: &Policy, only: Option<TeamId>, person: PersonId) -> bool {
    let works = policy.staff.get(&person).is_some_and(|staff| staff.active && staff.works());
    let sees = only.is_none_or(|only| {
        policy.teams.get(&only).is_some_and(|team| team.members.contains(&person))
    });
    works && sees
}

/// Puts whoever comes after the one who had their turn last first.
fn after(people: &mut [PagedPerson], last: Option<PersonId>) {
    if let Some(was) = people.iter().position(|paged| Some(paged.person) == last) {
        people.rotate_left(was + 1);
    }
}

/// Whoever is on call; nobody by a schedule whose zone is not known any more.
fn on_call(schedule: &SchedulePolicy, at: Timestamp) -> Option<PersonId> {
    let roster = roster::Roster::of(&schedule.roster).ok()?;
    roster.on_call(at).map(|on_call| on_call.person)
}

/// Who is told besides somebody by a schedule, while that one is on call by it.
fn learning(schedule: &SchedulePolicy, at: Timestamp, person: PersonId) -> Vec<PersonId> {
    if schedule.shadows.is_empty() {
        return vec![];
    }
    let Ok(roster) = roster::Roster::of(&schedule.roster) else { return vec![] };
    let told = roster.told(at, &schedule.shadows);
    let is_theirs = told.on_call.is_some_and(|on_call| on_call.person == person);
    if is_theirs { told.besides } else { vec![] }
}
