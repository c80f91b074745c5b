//! What pages about services are drawn from: how each is, and what of its incidents the reader
//! sees. How a service is may follow from an incident that the reader does not see; what is
//! counted and named never does.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::part::health::is_level;
use desk::map::{Reason, Sight as Known};
use incident::{Policy, Scope, Viewer};
use kernel::ServiceId;
use map::Health;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::directory::services::Service;
use store::incidents::list::{OpenOf, open_of_services};

/// All services in use and how they are.
pub(super) struct Sight {
    pub(super) policy: Arc<Policy>,
    /// What needs what, and how each is.
    pub(super) known: Arc<Known>,
    /// What is open of each, as far as the reader sees it.
    pub(super) open: BTreeMap<ServiceId, OpenOf>,
    viewer: Viewer,
}

impl Sight {
    /// Reads what every page about services needs.
    pub(super) async fn read(app: &App, who: &SignedIn) -> PageResult<Sight> {
        let viewer = who.viewer().clone();
        let scope = Scope::of(&viewer);
        let known = app.desk.service_map().await?;
        let open = app.desk.read(move |sql| open_of_services(sql, &scope)).await?;
        Ok(Sight { policy: app.desk.policy(), known, open, viewer })
    }

    /// The service in use with this id.
    pub(super) fn service(&self, id: ServiceId) -> Option<&Service> {
        self.known.services.get(&id)
    }

    /// What people feel of it: how it is itself, and what it gets from what it needs.
    pub(super) fn health(&self, id: ServiceId) -> Health {
        self.known.health(&id)
    }

    /// Why it is by itself as it is, as far as the reader may know.
    pub(super) fn reasons(&self, id: ServiceId) -> Vec<Reason> {
        self.known.reasons(&self.viewer, &id)
    }

    /// The services that it gets its trouble from.
    pub(super) fn causes(&self, id: ServiceId) -> Vec<&Service> {
        let causes = self.known.causes(&id);
        causes.iter().filter_map(|cause| self.service(*cause)).collect()
    }

    /// The team that owns it.
    pub(super) fn owner(&self, service: &Service) -> Option<&str> {
        let team = service.team.and_then(|id| self.policy.teams.get(&id));
        team.map(|team| team.name.as_str())
    }

    /// Those that pass, in two parts: not level, the worst first, and level; by name.
    pub(super) fn split(&self, passes: impl Fn(&Service) -> bool) -> Split<'_> {
        let passing = self.known.services.values().filter(|service| passes(service));
        let (mut level, mut uneven): (Vec<&Service>, Vec<&Service>) =
            passing.partition(|service| is_level(self.health(service.id)));
        let name = |service: &Service| (service.name.to_lowercase(), service.id);
        level.sort_by_cached_key(|service| name(service));
        uneven.sort_by_cached_key(|service| (Reverse(self.health(service.id)), name(service)));
        Split { uneven, level }
    }
}

/// Services in two parts.
pub(super) struct Split<'a> {
    /// Not as they should be.
    pub(super) uneven: Vec<&'a Service>,
    /// As they should be, or as was announced.
    pub(super) level: Vec<&'a Service>,
}
