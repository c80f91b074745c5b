//! What probably caused an incident: changes, alerts, outages and planned work before it began at
//! the services that are hit and at what they need, and causes of incidents that were alike.
//!
//! Every sign gets log-odds: what is usual of its kind, and what each fact about it adds or takes
//! away. Their sum as a number from 0 to 1 is the score, so whoever asks can be told why. It
//! ranks; it is no promise that so many of a hundred are the cause.

mod fact;
mod kind;
mod score;

pub use fact::{Evidence, Fact};
pub use kind::{Kind, What};
pub use score::{CAUSES_MAX, CLOCKS_SECONDS, RECENT_SECONDS, SCORE_MIN, WORK_SECONDS, rank};

use incident::conduct::Degree;
use kernel::{AlertId, ChangeId, MaintenanceId, ServiceId, Severity, Timestamp};
use std::collections::BTreeMap;

/// What is known around the beginning of an incident.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scene {
    /// The first that anybody knows of it.
    pub began: Timestamp,
    /// How many services are hit.
    pub affected: u32,
    /// How services are joined to those that are hit; what is not among them is not behind it.
    pub reach: BTreeMap<ServiceId, Reach>,
    /// What happened there, in any order.
    pub signs: Vec<Sign>,
    /// What people said of causes that were proposed before.
    pub judged: BTreeMap<Kind, Judged>,
}

/// How a service is joined to those that are hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Steps to the nearest that is hit; 0 if it is hit itself.
    pub hops: u32,
    /// Whether the nearest does not work without it; else something stands in for it.
    pub certain: bool,
    /// How many of those that are hit are it or need it.
    pub hit: u32,
}

/// How often a kind of cause was proposed and judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judged {
    /// It was the cause.
    pub yes: u32,
    /// It was not.
    pub no: u32,
}

/// Something that may be the cause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// A program told of a change.
    Change {
        /// Which.
        id: ChangeId,
        /// [`Kind::Deployment`], [`Kind::Configuration`] or [`Kind::OtherChange`].
        kind: Kind,
        /// At which service.
        service: ServiceId,
        /// When.
        at: Timestamp,
    },
    /// An alert about what is needed.
    Alert {
        /// Which.
        id: AlertId,
        /// Of which service.
        service: ServiceId,
        /// Since when.
        at: Timestamp,
        /// How bad.
        severity: Severity,
    },
    /// A service that is needed was out.
    Service {
        /// Which.
        id: ServiceId,
        /// How bad.
        degree: Degree,
        /// From when on.
        from: Timestamp,
        /// Until when; none while it lasts.
        until: Option<Timestamp>,
    },
    /// Planned work.
    Maintenance {
        /// Which.
        id: MaintenanceId,
        /// At which services.
        services: Vec<ServiceId>,
        /// From when on.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// A problem behind incidents that were alike.
    Record {
        /// Its number, such as `PRB-3`.
        record: String,
        /// Of how many of them.
        times: u32,
        /// How many were looked at.
        of: u32,
    },
}

impl Sign {
    /// By what it is named.
    pub fn what(&self) -> What {
        match self {
            Sign::Change { id, .. } => What::Change(*id),
            Sign::Alert { id, .. } => What::Alert(*id),
            Sign::Service { id, .. } => What::Service(*id),
            Sign::Maintenance { id, .. } => What::Maintenance(*id),
            Sign::Record { record, .. } => What::Record(record.clone()),
        }
    }

    /// What kind of cause it would be.
    pub fn kind(&self) -> Kind {
        match self {
            Sign::Change { kind, .. } => *kind,
            Sign::Alert { .. } => Kind::Alert,
            Sign::Service { .. } => Kind::Service,
            Sign::Maintenance { .. } => Kind::Maintenance,
            Sign::Record { .. } => Kind::Record,
        }
    }
}

/// A probable cause.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    /// What.
    pub what: What,
    /// Of which kind.
    pub kind: Kind,
    /// How probable, more than 0 and less than 1.
    pub score: f64,
    /// Why, what speaks most for it first.
    pub evidence: Vec<Evidence>,
}
