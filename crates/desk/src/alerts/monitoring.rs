//! What decisions about alerts look up beside the policy: integrations, windows of
//! maintenance, and what services need to work.

use alert::maintenance::{Maintenance, Subject};
use incident::Policy;
use kernel::{IntegrationId, ServiceId, TeamId, Timestamp};
use map::Graph;
use std::collections::HashMap;
use store::directory::{Integration, integrations, services};
use store::{Failure, Sql};

/// All of it, as of a version of the configuration.
pub(crate) struct Monitoring {
    /// That version.
    pub(crate) version: i64,
    /// Those that take what comes.
    pub(crate) integrations: HashMap<IntegrationId, Integration>,
    /// What services need.
    pub(crate) map: Graph,
    maintenances: Vec<Maintenance>,
    /// By their names in lower case.
    services: HashMap<String, ServiceId>,
    teams: HashMap<String, TeamId>,
}

impl Monitoring {
    /// Reads what is in force with a policy.
    pub(crate) fn load(
        sql: &mut dyn Sql,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let integrations = integrations::list(sql)?.into_iter().filter(Integration::takes);
        let services = services::list(sql)?;
        Ok(Monitoring {
            version: policy.version,
            integrations: integrations.map(|one| (one.id, one)).collect(),
            map: crate::map::graph(&services),
            maintenances: store::alerts::maintenances::current(sql, now)?,
            services: policy
                .services
                .iter()
                .map(|(id, service)| (service.name.to_lowercase(), *id))
                .collect(),
            teams: policy.teams.iter().map(|(id, team)| (team.name.to_lowercase(), *id)).collect(),
        })
    }

    /// What is in force with a policy, read where it is not known.
    pub(crate) fn in_force<'m>(
        known: &'m mut Option<Monitoring>,
        sql: &mut dyn Sql,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<&'m Monitoring, Failure> {
        if known.as_ref().is_some_and(|known| known.version != policy.version) {
            *known = None;
        }
        match known {
            Some(known) => Ok(known),
            None => Ok(known.insert(Monitoring::load(sql, policy, now)?)),
        }
    }

    /// The service of a name, else that of the integration.
    pub(crate) fn service(&self, name: Option<&str>, of: &Integration) -> Option<ServiceId> {
        let named = name.and_then(|name| self.services.get(&name.trim().to_lowercase()));
        let own = || of.service.filter(|id| self.map.service(id).is_some());
        named.copied().or_else(own)
    }

    /// The first team among these names.
    pub(crate) fn team(&self, names: &[String]) -> Option<TeamId> {
        names.iter().find_map(|name| self.teams.get(&name.trim().to_lowercase())).copied()
    }

    /// Whether there are windows of maintenance that hold or will.
    pub(crate) fn has_windows(&self) -> bool {
        !self.maintenances.is_empty()
    }

    /// Until when a window of maintenance holds for an alert, if one does; the longest.
    pub(crate) fn maintained_until(
        &self,
        subject: Subject<'_>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let holding = self.maintenances.iter().filter_map(|one| Some((one, one.holds_until(now)?)));
        holding.filter(|(one, _)| one.matcher.matches(subject)).map(|(_, until)| until).max()
    }
}
