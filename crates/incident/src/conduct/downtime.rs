//! How long services were out by the ledger, and what that cost. Time that several outages of a
//! service share counts once.

use super::{Degree, Outage};
use kernel::{ServiceId, Timestamp};
use std::collections::BTreeMap;

/// Seconds of an hour.
const HOUR_SECONDS: i64 = 3_600;

/// Whole seconds in which one of these outages lasted, whichever service it is of; up to `now`
/// where one goes on. Time that they share counts once.
///
/// ```
/// use incident::conduct::{Degree, Outage, down_seconds};
/// let at = |minute: i64| kernel::Timestamp::from_micros(minute * 60_000_000);
/// let outage = |from, to: Option<i64>| Outage {
///     id: kernel::OutageId(Default::default()),
///     service: kernel::ServiceId(Default::default()),
///     degree: Degree::Full,
///     started_at: at(from),
///     ended_at: to.map(at),
/// };
/// let all = [outage(0, Some(30)), outage(10, Some(20)), outage(25, Some(40)), outage(50, None)];
/// assert_eq!(down_seconds(&all, at(60)), 50 * 60);
/// ```
pub fn down_seconds<'a>(outages: impl IntoIterator<Item = &'a Outage>, now: Timestamp) -> i64 {
    let span = |outage: &Outage| (outage.started_at, outage.ended_at.unwrap_or(now));
    let mut spans: Vec<(Timestamp, Timestamp)> = outages.into_iter().map(span).collect();
    spans.sort_unstable();
    let mut micros = 0_i64;
    let mut reached: Option<Timestamp> = None;
    for (start, end) in spans {
        let from = reached.map_or(start, |reached| start.max(reached));
        micros += end.micros_since(from).max(0);
        reached = Some(reached.map_or(end, |reached| reached.max(end)));
    }
    micros / kernel::time::MICROS_PER_SECOND
}

/// These outages by their service.
pub fn by_service<'a>(
    outages: impl IntoIterator<Item = &'a Outage>,
) -> BTreeMap<ServiceId, Vec<&'a Outage>> {
    let mut found: BTreeMap<ServiceId, Vec<&Outage>> = BTreeMap::new();
    for outage in outages {
        found.entry(outage.service).or_default().push(outage);
    }
    found
}

/// What outages cost up to `now`, in whole units of the instance's currency: the time in which a
/// service was out, in part or all of it, by what an hour without it costs. What was only slower
/// costs nothing. `None` where no cost is known.
pub fn cost(
    outages: &[Outage],
    cost_per_hour: &BTreeMap<ServiceId, i64>,
    now: Timestamp,
) -> Option<i64> {
    let out = outages.iter().filter(|outage| outage.degree != Degree::Degraded);
    let costs = by_service(out).into_iter().filter_map(|(service, outages)| {
        let per_hour = cost_per_hour.get(&service)?;
        Some(per_hour.saturating_mul(down_seconds(outages, now)) / HOUR_SECONDS)
    });
    costs.reduce(i64::saturating_add)
}
