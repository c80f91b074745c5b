//! What teams, services and categories were called that an incident names and that are out of use.

use super::named::Named;
use incident::State;
use incident::policy::Policy;
use kernel::{CategoryId, ServiceId, TeamId};
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use store::{Failure, Sql};

/// Names of what is in use no more.
#[derive(Default)]
pub(super) struct Former {
    pub(super) teams: HashMap<TeamId, String>,
    pub(super) services: HashMap<ServiceId, String>,
    pub(super) categories: HashMap<CategoryId, String>,
}

impl Former {
    /// Ids and names, in order.
    pub(super) fn names(&self) -> Vec<(String, String)> {
        let teams = self.teams.iter().map(|(id, name)| (id.to_string(), name.clone()));
        let services = self.services.iter().map(|(id, name)| (id.to_string(), name.clone()));
        let categories = self.categories.iter().map(|(id, name)| (id.to_string(), name.clone()));
        let mut names: Vec<_> = teams.chain(services).chain(categories).collect();
        names.sort_unstable();
        names
    }
}

/// Those that the policy does not know any more.
pub(super) fn former(
    sql: &mut dyn Sql,
    policy: &Policy,
    state: &State,
    named: &Named,
) -> Result<Former, Failure> {
    use store::directory::{categories, services, teams};
    let mut former = Former::default();
    let of_state = state.team.into_iter().chain(state.confidential_to);
    for id in gone(named.teams.iter().copied().chain(of_state), &policy.teams) {
        former.teams.extend(teams::get(sql, id)?.map(|team| (id, team.name)));
    }
    for id in gone(named.services.iter().copied().chain(state.service), &policy.services) {
        former.services.extend(services::get(sql, id)?.map(|service| (id, service.name)));
    }
    for id in gone(named.categories.iter().copied().chain(state.category), &policy.categories) {
        former.categories.extend(categories::get(sql, id)?.map(|category| (id, category.name)));
    }
    Ok(former)
}

/// Those of them that are not known, each once.
fn gone<Id: Ord + Hash, V>(
    named: impl Iterator<Item = Id>,
    known: &HashMap<Id, V>,
) -> BTreeSet<Id> {
    named.filter(|id| !known.contains_key(id)).collect()
}
