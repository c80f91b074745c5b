//! What decides who is paged: schedules, policies, and where they apply.

use crate::reach::{Reach, Urgency};
use kernel::{
    EscalationId, PersonId, Priority, ScheduleId, ServiceId, TeamId, Timestamp, WebhookId,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// Whom a step pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// Whoever is on call by it when the step comes.
    Schedule(ScheduleId),
    /// This person.
    Person(PersonId),
    /// Every active member of this team.
    Team(TeamId),
    /// A program.
    Webhook(WebhookId),
}

/// Hours of the week in which a step counts; outside of them it is passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// The zone of its clock, by its IANA name.
    pub time_zone: String,
    /// The hours.
    pub within: Vec<roster::Restriction>,
}

impl Hours {
    /// Whether this instant lies within them. Hours whose zone is not known any more keep
    /// nobody from being paged.
    pub fn hold(&self, at: Timestamp) -> bool {
        roster::within(&self.time_zone, &self.within, at).unwrap_or(true)
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationStep {
    /// Seconds after the step before; the first after paging began.
    pub after_seconds: i64,
    /// Whom it pages.
    pub whom: Vec<Whom>,
    /// Only in these hours, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// One of them in turn instead of all.
    #[serde(default)]
    pub round_robin: bool,
    /// Paging goes on until each of them has acknowledged.
    #[serde(default)]
    pub everyone: bool,
}

/// Who is paged, in which order, after how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationPolicy {
    /// Its id.
    pub id: EscalationId,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: i64,
    /// Its steps, at least one.
    pub steps: Vec<EscalationStep>,
    /// How often the steps are gone through again when nobody took it.
    pub repeats: u8,
    /// The least urgent priority for which it begins by itself.
    pub pages_from: Priority,
    /// Seconds after which an acknowledgement of what is still open is worth nothing any more,
    /// and paging begins again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement_seconds: Option<i64>,
    /// Who is told when all steps are over and nobody took it. Never nobody: with none given,
    /// every administrator is.
    pub fallback: Vec<Whom>,
}

/// A schedule as far as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchedulePolicy {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: i64,
    /// Who is on call when.
    pub roster: roster::Versions,
    /// Who is paged in a gap.
    pub fallback: Option<Whom>,
    /// Who learns, and is told besides whoever is on call.
    pub shadows: Vec<roster::Shadow>,
}

/// Everything that decides who is paged.
#[derive(Debug, Clone, Default)]
pub struct Paging {
    /// Schedules in use.
    pub schedules: HashMap<ScheduleId, Arc<SchedulePolicy>>,
    /// Policies in use.
    pub policies: HashMap<EscalationId, Arc<EscalationPolicy>>,
    /// The policy of a service; before that of its team.
    pub of_services: HashMap<ServiceId, EscalationId>,
    /// The policy of a team.
    pub of_teams: HashMap<TeamId, EscalationId>,
    /// How everybody with a role is reached.
    pub reach: HashMap<PersonId, Reach>,
}

impl Paging {
    /// Whether people take turns in any step.
    pub fn takes_turns(&self) -> bool {
        self.policies.values().any(|policy| policy.steps.iter().any(|step| step.round_robin))
    }

    /// Whether a page reaches somebody at an instant by any way.
    pub fn reaches(&self, person: PersonId, at: Timestamp) -> bool {
        let reach = self.reach.get(&person);
        reach.is_some_and(|reach| !reach.ways(Urgency::High, at).is_empty())
    }

    /// The policy that applies to a service, or else to a team.
    pub fn policy_of(
        &self,
        service: Option<ServiceId>,
        team: Option<TeamId>,
    ) -> Option<&EscalationPolicy> {
        let in_use = |id: &EscalationId| self.policies.get(id).map(Arc::as_ref);
        let of_service = service.and_then(|id| self.of_services.get(&id)).and_then(in_use);
        of_service.or_else(|| team.and_then(|id| self.of_teams.get(&id)).and_then(in_use))
    }
}
