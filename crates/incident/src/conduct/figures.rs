//! The figures of an incident: how long it took to notice it, to take it, to end its impact, and
//! what the outages cost.

use super::Outage;
use crate::state::State;
use kernel::{ServiceId, Timestamp};
use std::collections::BTreeMap;

/// Seconds of an hour.
const HOUR_SECONDS: i64 = 3_600;

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
    /// Seconds of outages, those of each service counted; up to now where they last.
    pub outage_seconds: i64,
    /// What they cost, in whole units of the instance's currency; none where no service says
    /// what an hour of it costs.
    pub cost: Option<i64>,
}

/// The figures at an instant. `cost_per_hour` is what an hour of outage of a service costs, in
/// whole units of the instance's currency; a degraded or partial outage counts like a full one.
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
    let lasted =
        |outage: &Outage| outage.ended_at.unwrap_or(now).seconds_since(outage.started_at).max(0);
    let costs = state.outages.iter().filter_map(|outage| {
        let per_hour = cost_per_hour.get(&outage.service)?;
        Some(per_hour.saturating_mul(lasted(outage)))
    });
    let costs: Vec<i64> = costs.collect();
    let sum = costs.iter().fold(0_i64, |sum, cost| sum.saturating_add(*cost));
    Figures {
        detect_seconds: noticed.seconds_since(began).max(0),
        acknowledge_seconds: since(moments.acknowledged),
        mitigate_seconds: since(over),
        resolve_seconds: since(moments.resolved),
        words_kept: communication.map_or(0, |known| known.kept),
        words_missed: communication.map_or(0, |known| known.missed),
        outage_seconds: state.outages.iter().map(lasted).sum(),
        cost: (!costs.is_empty()).then_some(sum / HOUR_SECONDS),
    }
}
