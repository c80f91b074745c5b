//! The figures of an incident: how long it took to notice it, to take it, to end its impact, and
//! what the outages cost.

use super::downtime::{by_service, cost, down_seconds};
use crate::state::State;
use kernel::{ServiceId, Timestamp};
use std::collections::BTreeMap;

/// The figures of an incident at an instant. Durations are elapsed whole seconds from when it
/// began: with the first outage, or when it was first noticed where none began before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Until it was noticed.
    pub detect_seconds: i64,
    /// Until somebody took it; none while nobody has.
    pub acknowledge_seconds: Option<i64>,
    /// Until its impact was over, by whatever said so first; none while it is not.
    pub mitigate_seconds: Option<i64>,
    /// Until it was resolved; none while it is not.
    pub resolve_seconds: Option<i64>,
    /// Words that came when they were due.
    pub words_kept: u32,
    /// Words that came late, or did not come.
    pub words_missed: u32,
    /// Seconds in which services were worse than agreed, those of each service counted, and time
    /// that its outages share once; up to now where they last.
    pub outage_seconds: i64,
    /// What they cost, in whole units of the instance's currency, as [`cost`] counts it; none
    /// where no service that was out says what an hour of it costs.
    pub cost: Option<i64>,
}

/// The figures at an instant. `cost_per_hour` is what an hour of outage of a service costs, in
/// whole units of the instance's currency; a partial outage counts like a full one.
///
/// ```
/// # use incident::conduct::{Figures, figures};
/// # fn example(state: &incident::State, now: kernel::Timestamp) {
/// let Figures { outage_seconds, cost, .. } = figures(state, now, &Default::default());
/// assert!(outage_seconds >= 0 && cost.is_none());
/// # }
/// ```
pub fn figures(state: &State, now: Timestamp, cost_per_hour: &BTreeMap<ServiceId, i64>) -> Figures {
    let moments = &state.moments;
    let noticed = moments.detected.unwrap_or(state.reported_at).min(state.reported_at);
    let first_out = state.outages.iter().map(|outage| outage.started_at).min();
    let began = first_out.map_or(noticed, |out| out.min(noticed));
    let since = |at: Option<Timestamp>| at.map(|at| at.seconds_since(began).max(0));
    let over = [moments.mitigated, moments.restored, moments.resolved].into_iter().flatten().min();
    let communication = state.conduct.as_ref().map(|conduct| &conduct.communication);
    let downtime = by_service(&state.outages);
    Figures {
        detect_seconds: noticed.seconds_since(began).max(0),
        acknowledge_seconds: since(moments.acknowledged),
        mitigate_seconds: since(over),
        resolve_seconds: since(moments.resolved),
        words_kept: communication.map_or(0, |known| known.kept),
        words_missed: communication.map_or(0, |known| known.missed),
        outage_seconds: downtime.into_values().map(|outages| down_seconds(outages, now)).sum(),
        cost: cost(&state.outages, cost_per_hour, now),
    }
}
