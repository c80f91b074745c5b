//! What teams, services and categories were called that an incident names and that are out of use.

use incident::policy::Policy;
use incident::{Body, State};
use kernel::{CategoryId, ServiceId, TeamId};
use std::collections::{BTreeSet, HashMap};
use store::incidents::timeline::StoredEvent;
use store::{Failure, Sql};

/// Names of what is in use no more.
#[derive(Default)]
pub(super) struct Former {
    pub(super) teams: HashMap<TeamId, String>,
    pub(super) services: HashMap<ServiceId, String>,
    pub(super) categories: HashMap<CategoryId, String>,
}

/// Those that the policy does not know any more.
pub(super) fn former(
    sql: &mut dyn Sql,
    policy: &Policy,
    state: &State,
    events: &[StoredEvent],
) -> Result<Former, Failure> {
    use store::directory::{categories, services, teams};
    let mut named_teams: BTreeSet<TeamId> =
        state.team.into_iter().chain(state.confidential_to).collect();
    let mut named_services: BTreeSet<ServiceId> = state.service.into_iter().collect();
    let mut named_categories: BTreeSet<CategoryId> = state.category.into_iter().collect();
    for stored in events {
        match &stored.event.body {
            Body::Reported(data) => {
                named_teams.extend(data.team);
                named_services.extend(data.service);
                named_categories.extend(data.category);
            }
            Body::Assigned(data) => {
                named_teams.extend(data.team.into_iter().chain(data.team_before))
            }
            Body::Escalated(data) => named_teams.extend(data.team),
            Body::Restricted(data) => {
                named_teams.extend(data.team.into_iter().chain(data.team_before))
            }
            Body::Classified(data) => {
                named_services.extend(data.service.into_iter().chain(data.service_before));
                named_categories.extend(data.category.into_iter().chain(data.category_before));
            }
            _ => {}
        }
    }
    let mut former = Former::default();
    for id in named_teams.into_iter().filter(|id| !policy.teams.contains_key(id)) {
        former.teams.extend(teams::get(sql, id)?.map(|team| (id, team.name)));
    }
    for id in named_services.into_iter().filter(|id| !policy.services.contains_key(id)) {
        former.services.extend(services::get(sql, id)?.map(|service| (id, service.name)));
    }
    for id in named_categories.into_iter().filter(|id| !policy.categories.contains_key(id)) {
        former.categories.extend(categories::get(sql, id)?.map(|category| (id, category.name)));
    }
    Ok(former)
}
