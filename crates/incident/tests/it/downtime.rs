//! How long services were out, and what that cost.

use crate::case::{start, vpn, wiki};
use incident::conduct::{Degree, Outage, by_service, cost, down_seconds};
use kernel::{OutageId, ServiceId};
use std::collections::BTreeMap;
use uuid::Uuid;

/// An outage between two minutes.
fn outage(service: ServiceId, degree: Degree, from: i64, until: Option<i64>) -> Outage {
    let at = |minute: i64| start().plus_seconds(minute * 60);
    Outage {
        id: OutageId(Uuid::nil()),
        service,
        degree,
        started_at: at(from),
        ended_at: until.map(at),
    }
}

/// The minutes of each service, and what they cost, an hour after the start.
fn told(outages: &[Outage]) -> (Vec<i64>, Option<i64>) {
    let now = start().plus_seconds(3_600);
    let costs = BTreeMap::from([(vpn(), 600)]);
    let down = by_service(outages).into_values().map(|of| down_seconds(of, now) / 60);
    (down.collect(), cost(outages, &costs, now))
}

#[test]
fn time_that_outages_of_a_service_share_counts_once() {
    let full = |from, until| outage(vpn(), Degree::Full, from, until);
    let once = || full(0, Some(30));
    for (all, minutes, costs, why) in [
        (vec![once(), once()], 30, 300, "the same twice"),
        (vec![full(10, Some(20)), once()], 30, 300, "one within the other"),
        (vec![once(), full(20, Some(40))], 40, 400, "they share ten minutes"),
        (vec![once(), full(40, Some(50))], 40, 400, "one after the other"),
        (vec![full(15, None), once()], 60, 600, "one goes on"),
        (vec![once(), full(10, Some(20)), full(25, Some(35))], 35, 350, "the longest reaches"),
    ] {
        assert_eq!(told(&all), (vec![minutes], Some(costs)), "{why}");
    }
}

#[test]
fn only_what_was_out_costs_and_each_service_its_own() {
    assert_eq!(told(&[]), (vec![], None), "nothing was out");
    let partial = outage(vpn(), Degree::Partial, 0, Some(30));
    let slow = outage(vpn(), Degree::Degraded, 20, Some(50));
    assert_eq!(told(std::slice::from_ref(&slow)), (vec![30], None), "slowness costs nothing");
    assert_eq!(told(&[partial.clone(), slow]), (vec![50], Some(300)));
    let elsewhere = outage(wiki(), Degree::Full, 0, Some(30));
    assert_eq!(told(std::slice::from_ref(&elsewhere)), (vec![30], None), "nobody says its cost");
    assert_eq!(told(&[partial, elsewhere]), (vec![30, 30], Some(300)));
}
