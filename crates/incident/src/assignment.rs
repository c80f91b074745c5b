//! Whom a team gives an incident to, where it lets the product decide. Pure: who has how
//! much and whose turn it was comes in, who gets it and why goes out.
//!
//! Somebody who is absent, out of use, only reads, or may not see the incident is never
//! chosen. That the team does not work at this hour is no absence.

use crate::policy::{Policy, StaffPolicy, TeamPolicy};
use crate::state::State;
use kernel::{CategoryId, PersonId, ServiceId, TeamId, Timestamp, words};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// What events say they followed from that a team's way of assignment brought.
pub const ASSIGNMENT: &str = "assignment";

words! {
    /// How a team gives what comes to it to one of its people.
    #[derive(Default)]
    Way {
        /// Somebody takes it or is given it.
        #[default]
        ByHand = "by_hand",
        /// Each in turn.
        RoundRobin = "round_robin",
        /// Whoever has the fewest open incidents.
        LeastLoaded = "least_loaded",
    }
}

impl Way {
    /// What it is called on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Way::ByHand => "By hand",
            Way::RoundRobin => "Each in turn",
            Way::LeastLoaded => "Whoever has the least",
        }
    }

    /// What it does, in one sentence.
    pub const fn explained(self) -> &'static str {
        match self {
            Way::ByHand => "What comes to the team waits until somebody takes it or is given it.",
            Way::RoundRobin => {
                "What comes to the team goes to whoever has not had a turn for longest."
            }
            Way::LeastLoaded => {
                "What comes to the team goes to whoever has the fewest open incidents; of equals, to whose turn it is."
            }
        }
    }

    /// Whether the product decides.
    pub const fn is_automatic(self) -> bool {
        !matches!(self, Way::ByHand)
    }
}

/// What somebody knows well.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Skills {
    /// Services.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub services: BTreeSet<ServiceId>,
    /// Categories, with all that is below them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub categories: BTreeSet<CategoryId>,
}

impl Skills {
    /// Whether nothing is named.
    pub fn is_empty(&self) -> bool {
        self.services.is_empty() && self.categories.is_empty()
    }
}

/// When somebody is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// From this instant on.
    pub from: Timestamp,
    /// Until just before this one; `None` until further notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Away {
    /// Whether they are away at this instant.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && !self.is_over(at)
    }

    /// Whether they are back for good.
    pub fn is_over(&self, at: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= at)
    }
}

/// What the choice goes by, of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Open incidents they have, whichever team's.
    pub open: i64,
    /// When they last had a turn in this team: turns are counted from 1; 0 is never.
    pub turn: i64,
}

/// What of an incident the choice goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// What is interrupted.
    pub service: Option<ServiceId>,
    /// Where it belongs.
    pub category: Option<CategoryId>,
    /// The only team that may see it.
    pub confidential_to: Option<TeamId>,
}

impl From<&State> for Wanted {
    fn from(state: &State) -> Self {
        let State { service, category, confidential_to, .. } = *state;
        Wanted { service, category, confidential_to }
    }
}

/// Who gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Who.
    pub person: PersonId,
    /// Why, in words for the timeline.
    pub reason: String,
}

/// That there is nobody to give it to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nobody {
    /// How many could have got it if they were not away.
    pub away: u32,
}

/// The team that gives this incident to one of its people, if it is for a team to do:
/// the incident is open and on its own, the team has it and nobody of them yet.
pub fn assigning_team<'a>(policy: &'a Policy, state: &State) -> Option<(TeamId, &'a TeamPolicy)> {
    let waits =
        state.lifecycle.is_open() && state.assignee.is_none() && state.merged_into.is_none();
    let id = state.team.filter(|_| waits)?;
    let team = policy.teams.get(&id)?;
    team.assignment.is_automatic().then_some((id, team))
}

/// Chooses one of the team's people. People without a standing had no turn and have nothing.
/// Where the choice is equal in everything else, the first by name is chosen.
pub fn choose(
    policy: &Policy,
    team: &TeamPolicy,
    wanted: &Wanted,
    standings: &HashMap<PersonId, Standing>,
    at: Timestamp,
) -> Result<Choice, Nobody> {
    let able: Vec<Candidate<'_>> = team
        .members
        .iter()
        .filter_map(|id| Candidate::of(policy, wanted, *id, standings))
        .collect();
    let (mut there, away): (Vec<_>, Vec<_>) =
        able.into_iter().partition(|one| one.staff.away.is_none_or(|away| !away.covers(at)));
    let away = u32::try_from(away.len()).unwrap_or(u32::MAX);
    if !team.by_skill {
        there.iter_mut().for_each(|one| one.knows = None);
    } else if there.iter().any(|one| one.knows.is_some()) {
        there.retain(|one| one.knows.is_some());
    }
    let least_loaded = team.assignment == Way::LeastLoaded;
    let chosen = there.iter().min_by_key(|one| {
        let open = if least_loaded { one.standing.open } else { 0 };
        (open, one.standing.turn, one.staff.name.to_lowercase(), one.person)
    });
    let Some(chosen) = chosen else { return Err(Nobody { away }) };
    let why = if there.len() == 1 {
        Why::Only
    } else if least_loaded {
        Why::LeastLoaded(chosen.standing.open)
    } else {
        Why::NextAfter(last_in_turn(policy, team, standings, chosen.person))
    };
    Ok(Choice { person: chosen.person, reason: why.words(chosen.knows) })
}

/// Somebody who could be given it if they were there.
struct Candidate<'a> {
    person: PersonId,
    staff: &'a StaffPolicy,
    standing: Standing,
    /// What they know of what is wanted.
    knows: Option<&'a str>,
}

impl<'a> Candidate<'a> {
    fn of(
        policy: &'a Policy,
        wanted: &Wanted,
        person: PersonId,
        standings: &HashMap<PersonId, Standing>,
    ) -> Option<Self> {
        let staff = policy.staff.get(&person).filter(|staff| staff.active && staff.works())?;
        let sees = |only: TeamId| {
            policy.teams.get(&only).is_some_and(|team| team.members.contains(&person))
        };
        wanted.confidential_to.is_none_or(sees).then(|| Candidate {
            person,
            staff,
            standing: standings.get(&person).copied().unwrap_or_default(),
            knows: known(policy, &staff.skills, wanted),
        })
    }
}

/// The name of what somebody knows of what is wanted: the service, else the category or
/// one above it.
fn known<'a>(policy: &'a Policy, skills: &Skills, wanted: &Wanted) -> Option<&'a str> {
    let service = wanted.service.filter(|id| skills.services.contains(id));
    if let Some(service) = service.and_then(|id| policy.services.get(&id)) {
        return Some(&service.name);
    }
    let category = policy
        .categories_above(wanted.category)
        .find(|id| skills.categories.contains(id))
        .and_then(|id| policy.categories.get(&id))?;
    Some(category.path.rsplit(" › ").next().unwrap_or(&category.path))
}

/// The name of whoever had the last turn, if that was somebody else.
fn last_in_turn<'a>(
    policy: &'a Policy,
    team: &TeamPolicy,
    standings: &HashMap<PersonId, Standing>,
    chosen: PersonId,
) -> Option<&'a str> {
    let turn = |id: &&PersonId| standings.get(id).map_or(0, |standing| standing.turn);
    let last = team.members.iter().max_by_key(turn).filter(|id| turn(id) > 0 && **id != chosen)?;
    policy.staff.get(last).map(|staff| staff.name.as_str())
}

enum Why<'a> {
    Only,
    LeastLoaded(i64),
    NextAfter(Option<&'a str>),
}

impl Why<'_> {
    fn words(&self, knows: Option<&str>) -> String {
        let why = match self {
            Why::Only => {
                let who = knows.map_or(String::new(), |what| format!(" who knows {what}"));
                return format!("the only one there{who}");
            }
            Why::LeastLoaded(0) => "least loaded: nothing open".to_owned(),
            Why::LeastLoaded(open) => format!("least loaded: {open} open"),
            Why::NextAfter(Some(name)) => format!("next in turn after {name}"),
            Why::NextAfter(None) => "next in turn".to_owned(),
        };
        match knows {
            Some(what) => format!("knows {what}, {why}"),
            None => why,
        }
    }
}
