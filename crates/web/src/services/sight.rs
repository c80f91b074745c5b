//! What pages about services are drawn from: how each is, and what of its incidents the reader
//! sees. How a service is may follow from an incident that the reader does not see; what is
//! counted and named never does.

use crate::auth::SignedIn;
use crate::part::health::is_level;
use desk::map::Sight as Known;
use incident::{Policy, Scope};
use kernel::{ServiceId, Timestamp};
use map::Health;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::directory::services::{self, Service};
use store::incidents::list::{OpenOf, open_of_services};
use store::{Failure, Sql};

/// Who asks, and by which terms.
#[derive(Clone)]
pub(super) struct Asker {
    pub(super) scope: Scope,
    pub(super) policy: Arc<Policy>,
    pub(super) now: Timestamp,
}

impl Asker {
    pub(super) fn of(who: &SignedIn, policy: Arc<Policy>) -> Asker {
        Asker { scope: Scope::of(who.viewer()), policy, now: who.here.now }
    }
}

/// All services in use and how they are.
pub(super) struct Sight {
    pub(super) policy: Arc<Policy>,
    /// What needs what, and how each is.
    pub(super) known: Arc<Known>,
    /// Every service, those out of use too.
    pub(super) services: BTreeMap<ServiceId, Service>,
    /// What is open of each, as far as the reader sees it.
    pub(super) open: BTreeMap<ServiceId, OpenOf>,
}

impl Sight {
    pub(super) fn read(sql: &mut dyn Sql, asker: &Asker) -> Result<Sight, Failure> {
        let all = services::list(sql)?;
        Ok(Sight {
            policy: asker.policy.clone(),
            known: Arc::new(desk::map::load(sql, asker.now)?),
            services: all.into_iter().map(|service| (service.id, service)).collect(),
            open: open_of_services(sql, &asker.scope)?,
        })
    }

    /// The service in use with this id.
    pub(super) fn service(&self, id: ServiceId) -> Option<&Service> {
        self.services.get(&id).filter(|service| service.active)
    }

    /// What people feel of it: how it is itself, and what it gets from what it needs.
    pub(super) fn health(&self, id: ServiceId) -> Health {
        self.known.felt.get(&id).map_or(Health::Level, |felt| felt.felt)
    }

    /// How it is itself.
    pub(super) fn own(&self, id: ServiceId) -> Health {
        self.known.felt.get(&id).map_or(Health::Level, |felt| felt.own)
    }

    /// The services because of which it is not level.
    pub(super) fn because(&self, id: ServiceId) -> Vec<&Service> {
        let causes = self.known.felt.get(&id).map(|felt| felt.because.as_slice());
        let others = causes.unwrap_or_default().iter().filter(|cause| **cause != id);
        others.filter_map(|cause| self.services.get(cause)).collect()
    }

    /// The team that owns it.
    pub(super) fn owner(&self, service: &Service) -> Option<&str> {
        let team = service.team.and_then(|id| self.policy.teams.get(&id));
        team.map(|team| team.name.as_str())
    }

    /// Those in use that pass, in two parts: not level, the worst first, and level; by name.
    pub(super) fn split(&self, passes: impl Fn(&Service) -> bool) -> Split<'_> {
        let in_use = self.services.values().filter(|service| service.active && passes(service));
        let (mut level, mut uneven): (Vec<&Service>, Vec<&Service>) =
            in_use.partition(|service| is_level(self.health(service.id)));
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
