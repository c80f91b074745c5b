//! What was promised and kept, what was out, and what it cost.

use super::phases::{Phases, Seen, phases};
use incident::State;
use incident::clocks::{Clock, ClockKind, ClockStatus};
use incident::conduct::{Degree, Figures, Outage, by_service, down_seconds, figures};
use kernel::time::MICROS_PER_SECOND;
use kernel::{InOrder, ServiceId, TeamId, Timestamp, words};
use std::collections::BTreeMap;

words! {
    /// Whether a promise was kept.
    Kept {
        /// It was.
        Met = "met",
        /// It was not.
        Missed = "missed",
        /// Nobody knows yet.
        Running = "running",
        /// It was cancelled.
        Cancelled = "cancelled",
    }
}

/// What became of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// What it measures.
    pub kind: ClockKind,
    /// Whose it is, if a team's.
    pub team: Option<TeamId>,
    /// What was promised, in seconds of business time.
    pub target_seconds: i64,
    /// What was used, in seconds of business time; of one that runs, up to when it last started.
    pub used_seconds: i64,
    /// Whether it was kept.
    pub kept: Kept,
    /// When it passed its target.
    pub breached_at: Option<Timestamp>,
}

/// How long a service was worse than agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Downtime {
    /// The service.
    pub service: ServiceId,
    /// In seconds, all spans together, time that they share once; up to now where one lasts.
    pub seconds: i64,
    /// The worst of it.
    pub degree: Degree,
    /// How many spans.
    pub spans: u32,
    /// Whether one lasts.
    pub lasts: bool,
}

/// All that a review says by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// How long what took.
    pub phases: Phases,
    /// What became of each clock.
    pub outcomes: Vec<Outcome>,
    /// What was out, the longest first.
    pub downtime: Vec<Downtime>,
    /// Words that came in time, that came late, and what the outages cost, as the page of a
    /// major incident tells it.
    pub figures: Figures,
    /// Words that were published.
    pub updates: u32,
    /// How many people were affected, where somebody said so.
    pub affected: Option<u32>,
    /// Reports that are children or parts of it.
    pub reports: u32,
    /// Whether an alert told of it, not later than whoever reported it.
    pub alerted: bool,
}

/// The facts of an incident at an instant. `first_alert` is when the first of its alerts fired,
/// `updates` how many words were published, `cost_per_hour` what an hour without each service
/// costs.
pub fn facts(
    state: &State,
    first_alert: Option<Timestamp>,
    updates: u32,
    cost_per_hour: &BTreeMap<ServiceId, i64>,
    now: Timestamp,
) -> Facts {
    let seen = Seen {
        first_out: state.outages.iter().map(|outage| outage.started_at).min(),
        first_alert,
        reported_at: state.reported_at,
        moments: state.moments,
    };
    let reports = state.children.len() + state.parts.len();
    Facts {
        phases: phases(&seen),
        outcomes: outcomes(&state.clocks),
        downtime: downtime(&state.outages, now),
        figures: figures(state, now, cost_per_hour),
        updates,
        affected: state.affected,
        reports: u32::try_from(reports).unwrap_or(u32::MAX),
        alerted: first_alert.is_some_and(|at| at <= state.reported_at),
    }
}

/// What became of each clock.
pub fn outcomes(clocks: &[Clock]) -> Vec<Outcome> {
    let outcome = |clock: &Clock| Outcome {
        kind: clock.kind,
        team: clock.team,
        target_seconds: clock.target_seconds,
        used_seconds: clock.used_micros / MICROS_PER_SECOND,
        kept: match (clock.breached_at, clock.status) {
            (Some(_), _) => Kept::Missed,
            (None, ClockStatus::Stopped) => Kept::Met,
            (None, ClockStatus::Cancelled) => Kept::Cancelled,
            (None, ClockStatus::Running | ClockStatus::Paused) => Kept::Running,
        },
        breached_at: clock.breached_at,
    };
    clocks.iter().map(outcome).collect()
}

/// How long each service was out, the longest first.
pub fn downtime(outages: &[Outage], now: Timestamp) -> Vec<Downtime> {
    let services = by_service(outages).into_iter();
    let mut found: Vec<Downtime> = services
        .map(|(service, outages)| Downtime {
            service,
            seconds: down_seconds(outages.iter().copied(), now),
            degree: outages.iter().map(|one| one.degree).max().unwrap_or(Degree::Degraded),
            spans: u32::try_from(outages.len()).unwrap_or(u32::MAX),
            lasts: outages.iter().any(|one| one.lasts()),
        })
        .collect();
    found.order_by_key(|one| (std::cmp::Reverse(one.seconds), one.service));
    found
}
