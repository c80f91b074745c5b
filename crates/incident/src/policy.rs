//! What a decision depends on besides the incident: the directory of services,
//! teams and staff, the matrix, the agreement. Plain data, loaded by the desk,
//! each with its version.

use crate::clocks::ClockKind;
use crate::state::{AgreementRef, HoldReason};
use calendar::Calendar;
use kernel::{
    AgreementId, CategoryId, Matrix, OrganisationId, PersonId, Priority, Role, ServiceId, TeamId,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
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
}

/// A category as far as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryPolicy {
    /// Name, with the parents' names before it, separated by " › ".
    pub path: String,
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

/// Targets of one priority, in business seconds by clock; absent clocks do not run.
pub type Targets = BTreeMap<ClockKind, i64>;

/// An agreement: the promises and the rules of its clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Id and version.
    #[serde(flatten)]
    pub reference: AgreementRef,
    /// Name.
    pub name: String,
    /// Targets by priority.
    pub targets: BTreeMap<Priority, Targets>,
    /// Hold reasons in which the clocks, all but acknowledge, pause.
    pub pause_reasons: BTreeSet<HoldReason>,
    /// Whether acknowledging counts as responding.
    pub acknowledgement_responds: bool,
    /// Shares of a target, in per cent, at which a warning is recorded; rising.
    pub warn_shares: Vec<u8>,
    /// Days of silence after which a resolved incident closes.
    pub close_after_days: i64,
    /// Days after closing in which a reply makes a follow-up.
    pub follow_up_days: i64,
}

impl Agreement {
    /// The target of a clock at a priority, in seconds.
    pub fn target(&self, priority: Priority, clock: ClockKind) -> Option<i64> {
        self.targets.get(&priority)?.get(&clock).copied()
    }

    /// The business time that its clocks count: round the clock.
    pub fn calendar(&self) -> Arc<Calendar> {
        Calendar::round_the_clock()
    }

    /// The agreement a fresh instance starts with: round the clock, P1 answered
    /// in 15 minutes and over in 4 hours, down to P5 in 10 days.
    pub fn standard(id: AgreementId) -> Self {
        const MINUTE: i64 = 60;
        const HOUR: i64 = 3_600;
        const DAY: i64 = 86_400;
        let row = |acknowledge, response, update: Option<i64>, resolution| {
            let mut targets = Targets::from([
                (ClockKind::Acknowledge, acknowledge),
                (ClockKind::Response, response),
                (ClockKind::Resolution, resolution),
            ]);
            targets.extend(update.map(|seconds| (ClockKind::Update, seconds)));
            targets
        };
        let [p1, p2, p3, p4, p5] = Priority::ALL;
        Agreement {
            reference: AgreementRef { id, version: 1 },
            name: "Standard, round the clock".to_owned(),
            targets: BTreeMap::from([
                (p1, row(5 * MINUTE, 15 * MINUTE, Some(30 * MINUTE), 4 * HOUR)),
                (p2, row(15 * MINUTE, 30 * MINUTE, Some(HOUR), 8 * HOUR)),
                (p3, row(HOUR, 2 * HOUR, Some(8 * HOUR), 2 * DAY)),
                (p4, row(4 * HOUR, 8 * HOUR, None, 5 * DAY)),
                (p5, row(DAY, 2 * DAY, None, 10 * DAY)),
            ]),
            pause_reasons: BTreeSet::from([HoldReason::Requester, HoldReason::Scheduled]),
            acknowledgement_responds: false,
            warn_shares: vec![50, 75, 90],
            close_after_days: 5,
            follow_up_days: 30,
        }
    }
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
    /// The agreement that applies to all incidents.
    pub agreement: Agreement,
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
}

impl Policy {
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
