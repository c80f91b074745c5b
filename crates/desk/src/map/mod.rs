//! The service map as it is now: how each service is, why, and what follows from it for others.
//!
//! A service is by itself as bad as the worst of these: an outage that lasts, as bad as was
//! recorded; an open incident of priority 1 or 2 without a recorded outage, and critical alerts,
//! which make it degraded; a maintenance window that names it. How that spreads is the rule of
//! [`::map::spread`].

mod check;
mod heard;
mod import;

pub use check::{COST_MAX, GROUP_MAX, LINKS_MAX, NEEDS_MAX, check, is_address};
pub use heard::Heard;
pub use import::{NotImported, Plan, Step};

use crate::{Desk, Trouble};
use ::map::{Felt, Graph, Health};
use incident::conduct::Degree;
use incident::permissions::{Access, Subject};
use incident::{Scope, Viewer};
use kernel::{InOrder, IncidentNumber, MaintenanceId, Priority, ServiceId, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use store::alerts::maintenances;
use store::directory::{Service, policy, services, strain};
use store::incidents::feed;
use store::{Failure, Sql};

/// Seconds for which a map is shown though nothing happened to incidents and configuration:
/// alerts come and go, and maintenance begins and ends.
const FRESH_SECONDS: i64 = 10;
/// Incidents asked for in one statement; databases bound the number of parameters.
const NUMBERS_PER_STATEMENT: usize = 512;

/// Why a service is by itself as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// An outage lasts.
    Outage {
        /// Of which incident.
        number: IncidentNumber,
        /// How bad.
        degree: Degree,
        /// Since when.
        since: Timestamp,
    },
    /// An incident is open that nobody recorded an outage for.
    Incident {
        /// Which.
        number: IncidentNumber,
        /// How pressing.
        priority: Priority,
    },
    /// Critical alerts are not over.
    Alerts {
        /// How many.
        count: u64,
    },
    /// A maintenance window holds.
    Maintenance {
        /// Which.
        id: MaintenanceId,
        /// What is done in it.
        name: String,
        /// Until when.
        until: Timestamp,
    },
}

impl Reason {
    /// How bad it makes the service.
    pub fn health(&self) -> Health {
        match self {
            Reason::Outage { degree: Degree::Full, .. } => Health::Down,
            Reason::Outage { degree: Degree::Partial, .. } => Health::Partial,
            Reason::Outage { degree: Degree::Degraded, .. }
            | Reason::Incident { .. }
            | Reason::Alerts { .. } => Health::Degraded,
            Reason::Maintenance { .. } => Health::Maintenance,
        }
    }

    /// The incident, if one is the reason.
    pub fn number(&self) -> Option<IncidentNumber> {
        match self {
            Reason::Outage { number, .. } | Reason::Incident { number, .. } => Some(*number),
            Reason::Alerts { .. } | Reason::Maintenance { .. } => None,
        }
    }
}

/// The map, seen at one instant.
#[derive(Debug, Clone)]
pub struct Sight {
    /// Services in use, and what they need.
    pub graph: Arc<Graph>,
    /// Those services.
    pub services: Arc<BTreeMap<ServiceId, Service>>,
    /// How each of them is.
    pub felt: BTreeMap<ServiceId, Felt>,
    /// Why, for those that are not level by themselves; see [`Sight::reasons`] for what
    /// somebody may know of it.
    reasons: BTreeMap<ServiceId, Vec<Reason>>,
    subjects: HashMap<IncidentNumber, Subject>,
}

impl Sight {
    fn of(graph: Arc<Graph>, services: Arc<BTreeMap<ServiceId, Service>>, weight: Weight) -> Sight {
        let Weight { reasons, subjects } = weight;
        let worst = |all: &Vec<Reason>| all.iter().map(Reason::health).max();
        let own = |(id, all): (&ServiceId, &Vec<Reason>)| Some((*id, worst(all)?));
        let own: BTreeMap<ServiceId, Health> = reasons.iter().filter_map(own).collect();
        let felt = graph.health(&own);
        Sight { graph, services, felt, reasons, subjects }
    }

    /// The name of a service in use.
    pub fn name(&self, id: &ServiceId) -> Option<&str> {
        self.services.get(id).map(|service| service.name.as_str())
    }

    /// How a service is; level where it is not known.
    pub fn health(&self, id: &ServiceId) -> Health {
        self.felt.get(id).map_or(Health::Level, |felt| felt.felt)
    }

    /// Where the trouble of a service comes from, the nearest first: what is bad by itself.
    pub fn causes(&self, id: &ServiceId) -> Vec<ServiceId> {
        ::map::causes(&self.felt, id)
    }

    /// Why a service is by itself as it is, the worst first. Of incidents only those that the
    /// viewer may see are named; that an outage was recorded shows by the health alone.
    pub fn reasons(&self, viewer: &Viewer, id: &ServiceId) -> Vec<Reason> {
        let scope = Scope::of(viewer);
        let may_see = |number: IncidentNumber| {
            let subject = self.subjects.get(&number);
            subject.is_some_and(|subject| scope.access(subject) != Access::None)
        };
        let all = self.reasons.get(id).into_iter().flatten();
        let mut seen: Vec<Reason> =
            all.filter(|reason| reason.number().is_none_or(may_see)).cloned().collect();
        seen.order_by_key(|reason| std::cmp::Reverse(reason.health()));
        seen
    }
}

/// The graph of the services in use.
pub fn graph(services: &[Service]) -> Graph {
    let active = || services.iter().filter(|service| service.active);
    let known = active().map(|service| ::map::Service {
        id: service.id,
        name: service.name.clone(),
        criticality: service.criticality,
    });
    Graph::new(known.collect(), active().flat_map(Service::all_needs).collect())
}

/// Looks at everything anew. [`Desk::service_map`] keeps it at hand.
///
/// # Errors
///
/// When the database does not answer.
pub fn load(sql: &mut dyn Sql, now: Timestamp) -> Result<Sight, Failure> {
    let all = services::list(sql)?;
    let graph = graph(&all);
    let active = all.into_iter().filter(|service| service.active);
    let services: BTreeMap<ServiceId, Service> =
        active.map(|service| (service.id, service)).collect();
    let weight = Weight::read(sql, now, &services)?;
    Ok(Sight::of(Arc::new(graph), Arc::new(services), weight))
}

/// Looks at what weighs on the services of a map; the same map where that is as it was, because
/// few events change it.
fn again(sql: &mut dyn Sql, now: Timestamp, before: &Arc<Sight>) -> Result<Arc<Sight>, Failure> {
    let weight = Weight::read(sql, now, &before.services)?;
    if weight.reasons == before.reasons && weight.subjects == before.subjects {
        return Ok(before.clone());
    }
    let (graph, services) = (before.graph.clone(), before.services.clone());
    Ok(Arc::new(Sight::of(graph, services, weight)))
}

/// What weighs on services, and what the visibility of its incidents depends on.
struct Weight {
    reasons: BTreeMap<ServiceId, Vec<Reason>>,
    subjects: HashMap<IncidentNumber, Subject>,
}

impl Weight {
    fn read(
        sql: &mut dyn Sql,
        now: Timestamp,
        services: &BTreeMap<ServiceId, Service>,
    ) -> Result<Weight, Failure> {
        let mut reasons = reasons(sql, now)?;
        reasons.retain(|id, _| services.contains_key(id));
        let numbers: BTreeSet<IncidentNumber> =
            reasons.values().flatten().filter_map(Reason::number).collect();
        let numbers: Vec<IncidentNumber> = numbers.into_iter().collect();
        let mut subjects = HashMap::new();
        for part in numbers.chunks(NUMBERS_PER_STATEMENT) {
            subjects.extend(feed::subjects(sql, part)?);
        }
        Ok(Weight { reasons, subjects })
    }
}

fn reasons(sql: &mut dyn Sql, now: Timestamp) -> Result<BTreeMap<ServiceId, Vec<Reason>>, Failure> {
    let mut reasons: BTreeMap<ServiceId, Vec<Reason>> = BTreeMap::new();
    for outage in store::outages::lasting(sql)? {
        if outage.started_at <= now {
            let (number, degree, since) = (outage.number, outage.degree, outage.started_at);
            let reason = Reason::Outage { number, degree, since };
            reasons.entry(outage.service).or_default().push(reason);
        }
    }
    for strain::Weighing { service, number, priority } in strain::incidents(sql)? {
        reasons.entry(service).or_default().push(Reason::Incident { number, priority });
    }
    for (service, count) in strain::alerts(sql)? {
        reasons.entry(service).or_default().push(Reason::Alerts { count });
    }
    for window in maintenances::current(sql, now)? {
        let Some(until) = window.holds_until(now) else { continue };
        for service in &window.matcher.services {
            let (id, name) = (window.id, window.name.clone());
            let reason = Reason::Maintenance { id, name, until };
            reasons.entry(*service).or_default().push(reason);
        }
    }
    Ok(reasons)
}

/// The map as it was last seen.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Option<Seen>>);

/// When it was seen: at which version of the configuration, behind which event, and the time.
#[derive(Clone)]
struct Seen {
    version: i64,
    position: i64,
    at: Timestamp,
    sight: Arc<Sight>,
}

impl Seen {
    /// Whether nothing happened since, and it is not too old for what makes no event.
    fn is_fresh(&self, position: i64, now: Timestamp, seconds: i64) -> bool {
        self.position == position && self.at <= now && now < self.at.plus_seconds(seconds)
    }
}

impl Kept {
    fn get(&self) -> Option<Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, seen: Seen) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    }
}

impl Desk {
    /// The service map as it is now, at most a few seconds old as far as alerts and maintenance
    /// go.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn service_map(&self) -> Result<Arc<Sight>, Trouble> {
        self.map_of_the_last(FRESH_SECONDS).await
    }

    /// The service map, at most so many seconds old as far as alerts and maintenance go; with 0
    /// they are looked at in any case.
    pub(crate) async fn map_of_the_last(&self, seconds: i64) -> Result<Arc<Sight>, Trouble> {
        let (known, now) = (self.0.map.get(), self.now());
        let look = move |sql: &mut dyn Sql| {
            let (version, position) = (policy::version(sql)?, feed::position(sql)?);
            // What services need is configuration; events change how they are at most.
            let sight = match known.filter(|seen| seen.version == version) {
                Some(seen) if seen.is_fresh(position, now, seconds) => return Ok(seen),
                Some(seen) => again(sql, now, &seen.sight)?,
                None => Arc::new(load(sql, now)?),
            };
            Ok(Seen { version, position, at: now, sight })
        };
        let seen = self.read(look).await?;
        let sight = seen.sight.clone();
        self.0.map.keep(seen);
        Ok(sight)
    }
}
