//! What a decision depends on besides the incident: the directory of services,
//! teams and staff, the matrix, the agreement. Plain data, loaded by the desk,
//! each with its version.

mod agreement;
mod asking;
pub(crate) mod check;
mod closure;
mod terms;

pub use agreement::{
    Agreement, CalendarChoice, MajorTargets, Selection, Selectors, StartMoment, Targets,
    TeamTargets, VendorTargets,
};
pub use asking::Asking;
pub use check::Fault;
pub use closure::{Closure, Given, needed};
pub use terms::{Agreements, BusinessHours, Calendars, KnownCalendar};

use crate::assignment::{Away, Skills, Way};
use crate::clocks::Clock;
use crate::escalation::Paging;
use crate::models::Model;
use crate::notices::Notices;
use crate::rules::ReadyRule;
use crate::state::State;
use calendar::Calendar;
use kernel::{
    CalendarId, CategoryId, Language, Matrix, ModelId, OrganisationId, PersonId, Role, ServiceId,
    TeamId, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// A service as far as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePolicy {
    /// Name.
    pub name: String,
    /// The owner team.
    pub team: Option<TeamId>,
    /// Criticality 1 (highest) to 4.
    pub criticality: u8,
}

/// A team as far as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamPolicy {
    /// Name.
    pub name: String,
    /// Members.
    pub members: BTreeSet<PersonId>,
    /// When it works: what is not urgent reaches it then; none is round the clock.
    pub calendar: Option<CalendarId>,
    /// How it gives what comes to it to one of its people.
    pub assignment: Way,
    /// Whether people who know the service or category come before the others.
    pub by_skill: bool,
}

/// A category as far as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryPolicy {
    /// Name, with the parents' names before it, separated by " › ".
    pub path: String,
    /// The category above it.
    pub parent: Option<CategoryId>,
}

/// A person with a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffPolicy {
    /// Name.
    pub name: String,
    /// Roles.
    pub roles: BTreeSet<Role>,
    /// Whether the account is in use.
    pub active: bool,
    /// What they know well.
    pub skills: Skills,
    /// When they are not there.
    pub away: Option<Away>,
}

impl StaffPolicy {
    /// Whether they work on incidents, not only read them.
    pub fn works(&self) -> bool {
        [Role::Agent, Role::Responder, Role::Manager, Role::Administrator]
            .iter()
            .any(|role| self.roles.contains(role))
    }
}

/// A person named in a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFacts {
    /// Name.
    pub name: String,
    /// Their company.
    pub organisation: Option<OrganisationId>,
}

/// A way an incident can be resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolutionCode {
    /// The word in JSON and database.
    pub code: String,
    /// The label on screen.
    pub label: String,
}

/// Everything a decision may look up.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Changes with every edit of what follows.
    pub version: i64,
    /// The priority matrix.
    pub matrix: Matrix,
    /// Its version.
    pub matrix_version: i64,
    /// Agreements, every version.
    pub agreements: Agreements,
    /// Business calendars, every version.
    pub calendars: Arc<Calendars>,
    /// Services.
    pub services: HashMap<ServiceId, ServicePolicy>,
    /// Teams.
    pub teams: HashMap<TeamId, TeamPolicy>,
    /// Categories.
    pub categories: HashMap<CategoryId, CategoryPolicy>,
    /// People with roles.
    pub staff: HashMap<PersonId, StaffPolicy>,
    /// Resolution codes, in the order shown.
    pub resolution_codes: Vec<ResolutionCode>,
    /// Names of organisations.
    pub organisations: HashMap<OrganisationId, String>,
    /// Rules in use, in their order.
    pub rules: Arc<[ReadyRule]>,
    /// Incident models in use, in their order.
    pub models: Arc<[Model]>,
    /// Who is on call, and who is paged in which order.
    pub paging: Arc<Paging>,
    /// What requesters are asked.
    pub asking: Asking,
    /// What must be known before somebody resolves an incident.
    pub closure: Closure,
    /// Who is told what beside or instead of the standard.
    pub notices: Arc<Notices>,
    /// The instance's time zone, for days in rules.
    pub time_zone: String,
    /// The language of people who chose none.
    pub language: Language,
}

impl Policy {
    /// The very version of the agreement that an incident was promised.
    pub fn agreement_of(&self, state: &State) -> &Agreement {
        let promised = self.agreements.get(state.agreement);
        promised.unwrap_or_else(|| self.agreements.default(state.updated_at))
    }

    /// The calendar a clock counts through, in the version it was started or last changed with.
    pub fn calendar_of(&self, clock: &Clock) -> &Calendar {
        self.calendars.get(clock.calendar)
    }

    /// The agreement for an incident that starts or is classified now.
    pub fn choose_agreement(
        &self,
        service: Option<ServiceId>,
        organisation: Option<OrganisationId>,
        category: Option<CategoryId>,
        requester: PersonId,
        now: Timestamp,
    ) -> &Agreement {
        let categories = self.categories_above(category).collect();
        let of = Selectors { service, organisation, categories, requester };
        self.agreements.choose(&of, now)
    }

    /// A category, and those above it from the nearest on.
    pub fn categories_above(
        &self,
        category: Option<CategoryId>,
    ) -> impl Iterator<Item = CategoryId> {
        let above = |id: &CategoryId| self.categories.get(id).and_then(|found| found.parent);
        std::iter::successors(category, above).take(self.categories.len() + 1)
    }

    /// The incident model in use with this id.
    pub fn model(&self, id: ModelId) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }

    /// The teams a person belongs to.
    pub fn teams_of(&self, person: PersonId) -> BTreeSet<TeamId> {
        self.teams
            .iter()
            .filter(|(_, team)| team.members.contains(&person))
            .map(|(id, _)| *id)
            .collect()
    }

    /// The codes a fresh instance starts with.
    pub fn standard_codes() -> Vec<ResolutionCode> {
        [
            ("fixed", "Permanent fix"),
            ("workaround", "Workaround"),
            ("known_error", "Known error's workaround"),
            ("not_reproducible", "Not reproducible"),
            ("by_requester", "Solved by the requester"),
            ("no_fault_found", "No fault found, went away by itself"),
            ("duplicate", "Duplicate"),
        ]
        .map(|(code, label)| ResolutionCode { code: code.to_owned(), label: label.to_owned() })
        .to_vec()
    }
}
