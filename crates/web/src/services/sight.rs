//! What pages about services are drawn from: how each is, and what of its incidents the reader
//! sees. How a service is may follow from an incident that the reader does not see; what is
//! counted and named never does.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::part::health::is_level;
use desk::map::{Reason, Sight as Known};
use incident::{Policy, Scope, Viewer};
use kernel::{InOrder, ServiceId};
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
    /// All of them in the order in which they are shown: sorted once for the several lists of a
    /// page.
    order: Vec<ServiceId>,
}

impl Sight {
    /// Reads what every page about services needs.
    pub(super) async fn read(app: &App, who: &SignedIn) -> PageResult<Sight> {
        let viewer = who.viewer().clone();
        let scope = Scope::of(&viewer);
        let known = app.desk.service_map().await?;
        let open = app.desk.read(move |sql| open_of_services(sql, &scope)).await?;
        let order = order(&known);
        Ok(Sight { policy: app.desk.policy(), known, open, viewer, order })
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
        let all = self.order.iter().filter_map(|id| self.service(*id));
        let (level, uneven) = all
            .filter(|service| passes(service))
            .partition(|service| is_level(self.health(service.id)));
        Split { uneven, level }
    }
}

/// The worst first, as far as they are not level, then by name.
fn order(known: &Known) -> Vec<ServiceId> {
    let mut all: Vec<&Service> = known.services.values().collect();
    all.order_by_key(|service| {
        let health = known.health(&service.id);
        let worst = (!is_level(health)).then_some(health);
        (Reverse(worst), service.name.to_lowercase(), service.id)
    });
    all.into_iter().map(|service| service.id).collect()
}

/// Services in two parts.
pub(super) struct Split<'a> {
    /// Not as they should be.
    pub(super) uneven: Vec<&'a Service>,
    /// As they should be, or as was announced.
    pub(super) level: Vec<&'a Service>,
}
