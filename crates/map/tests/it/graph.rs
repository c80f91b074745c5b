//! Health that is felt, and impact.

use kernel::ServiceId;
use map::{Felt, Graph, Health, Need, Service, causes};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn id(number: usize) -> ServiceId {
    ServiceId(Uuid::from_u128(number as u128 + 1))
}

fn services(count: usize) -> Vec<Service> {
    let one = |number| Service { id: id(number), name: format!("S{number}"), criticality: 2 };
    (0..count).map(one).collect()
}

fn need(of: usize, at_least: u16, needs: &[usize]) -> Need {
    Need { of: id(of), group: None, needs: needs.iter().map(|n| id(*n)).collect(), at_least }
}

fn felt(graph: &Graph, own: &[(usize, Health)]) -> BTreeMap<ServiceId, Felt> {
    graph.health(&own.iter().map(|(number, health)| (id(*number), *health)).collect())
}

fn is(felt: &BTreeMap<ServiceId, Felt>, number: usize) -> Health {
    felt[&id(number)].felt
}

#[test]
fn two_of_three_hold_until_two_are_lost() {
    // 0 needs two of 1, 2, 3; 4 needs 0.
    let graph = Graph::new(services(5), vec![need(0, 2, &[1, 2, 3]), need(4, 1, &[0])]);
    let one = felt(&graph, &[(1, Health::Down)]);
    assert_eq!((is(&one, 0), is(&one, 4)), (Health::Degraded, Health::Level));
    assert_eq!(one[&id(0)].because, [id(1)]);
    let two = felt(&graph, &[(1, Health::Down), (3, Health::Down)]);
    assert_eq!((is(&two, 0), is(&two, 4)), (Health::Down, Health::Down));
    assert_eq!(two[&id(0)].because, [id(1), id(3)]);
    assert_eq!(causes(&two, &id(4)), [id(1), id(3)], "through what it needs itself");
    let parts = felt(&graph, &[(1, Health::Partial), (2, Health::Partial)]);
    assert_eq!(is(&parts, 0), Health::Degraded);
    let part = felt(&graph, &[(1, Health::Partial)]);
    assert_eq!(is(&part, 0), Health::Level, "two are well");
}

#[test]
fn what_cannot_be_missed_takes_down_and_what_can_makes_worse() {
    let graph = Graph::new(services(3), vec![need(0, 1, &[1]), need(0, 0, &[2])]);
    assert_eq!(is(&felt(&graph, &[(1, Health::Down)]), 0), Health::Down);
    assert_eq!(is(&felt(&graph, &[(2, Health::Down)]), 0), Health::Degraded);
    assert_eq!(is(&felt(&graph, &[(1, Health::Partial)]), 0), Health::Degraded);
    for mild in [Health::Degraded, Health::Maintenance] {
        assert_eq!(is(&felt(&graph, &[(1, mild)]), 0), Health::Level, "{mild} is not passed on");
    }
    let own = felt(&graph, &[(0, Health::Partial), (2, Health::Down)]);
    assert_eq!(is(&own, 0), Health::Partial, "the worst counts");
    assert!(own[&id(0)].because.is_empty());
}

#[test]
fn impact_says_what_is_certain() {
    // 0 ← 1 ← 2, and 3 has two ways: 0 or 4.
    let needs = vec![need(1, 1, &[0]), need(2, 1, &[1]), need(3, 1, &[0, 4])];
    let graph = Graph::new(services(5), needs);
    let hits: Vec<_> =
        graph.impact(&id(0)).iter().map(|hit| (hit.service, hit.depth, hit.certain)).collect();
    assert_eq!(hits, [(id(1), 1, true), (id(3), 1, false), (id(2), 2, true)]);
    assert!(graph.impact(&id(2)).is_empty());
    assert!(graph.impact(&id(77)).is_empty(), "nobody knows it");
}

#[test]
fn upstream_sees_one_thing_behind_two_ways() {
    // 0 needs 1 or 2, and both stand on 3.
    let needs = vec![need(0, 1, &[1, 2]), need(1, 1, &[3]), need(2, 1, &[3])];
    let graph = Graph::new(services(4), needs);
    let found: Vec<_> =
        graph.upstream(&id(0)).iter().map(|hit| (hit.service, hit.depth, hit.certain)).collect();
    assert_eq!(found, [(id(1), 1, false), (id(2), 1, false), (id(3), 2, true)]);
    assert_eq!(graph.above(&id(0)), BTreeSet::from([id(1), id(2), id(3)]));
    assert!(!graph.goes_down(&id(0), &BTreeSet::from([id(1)])), "the group still holds");
    assert!(graph.goes_down(&id(0), &BTreeSet::from([id(1), id(2)])));
    assert!(graph.goes_down(&id(0), &BTreeSet::from([id(3)])));
    assert!(!graph.goes_down(&id(0), &BTreeSet::from([id(0)])), "of itself nothing is said");
}

#[test]
fn circles_come_to_rest() {
    let graph =
        Graph::new(services(4), vec![need(0, 1, &[1]), need(1, 1, &[2]), need(2, 1, &[0, 3])]);
    assert!(felt(&graph, &[]).values().all(|felt| felt.felt == Health::Level));
    let down = felt(&graph, &[(0, Health::Down), (3, Health::Down)]);
    assert!(down.values().all(|felt| felt.felt == Health::Down));
    assert_eq!(causes(&down, &id(1)), [id(0), id(3)]);
    assert_eq!(graph.upstream(&id(0)).len(), 3);
    let itself = Graph::new(services(1), vec![need(0, 1, &[0])]);
    assert!(itself.needs_of(&id(0)).is_empty());
}

#[test]
fn what_is_not_known_is_left_out() {
    let graph =
        Graph::new(services(2), vec![need(0, 2, &[1, 9]), need(0, 1, &[8]), need(7, 1, &[0])]);
    let needs = graph.needs_of(&id(0));
    assert_eq!((needs.len(), needs[0].at_least), (1, 1), "at most all that there are");
    assert_eq!(graph.needed_by(&id(1)), [id(0)]);
}

/// Graphs of any shape, circles included.
fn graphs() -> impl Strategy<Value = (usize, Graph)> {
    (2usize..14).prop_flat_map(|count| {
        let group = (0..count, 0u16..4, proptest::collection::vec(0..count, 1..5));
        proptest::collection::vec(group, 0..30).prop_map(move |needs| {
            let needs = needs.iter().map(|(of, at_least, members)| need(*of, *at_least, members));
            (count, Graph::new(services(count), needs.collect()))
        })
    })
}

fn health() -> impl Strategy<Value = Vec<(usize, Health)>> {
    proptest::collection::vec((0usize..14, select(Health::ALL)), 0..8)
}

proptest! {
    /// Making something worse makes nobody better, and nobody is better than by itself.
    #[test]
    fn worse_is_never_better(
        (_, graph) in graphs(), own in health(), more in (0usize..14, select(Health::ALL))
    ) {
        let before = felt(&graph, &own);
        let mut worse: BTreeMap<ServiceId, Health> =
            own.iter().map(|(number, health)| (id(*number), *health)).collect();
        let slot = worse.entry(id(more.0)).or_insert(Health::Level);
        *slot = (*slot).max(more.1);
        let after = graph.health(&worse);
        for (service, felt) in &before {
            prop_assert!(felt.felt >= felt.own);
            prop_assert!(after[service].felt >= felt.felt, "{service}");
            prop_assert_eq!(felt.because.is_empty(), felt.felt == felt.own);
        }
    }

    /// Who is hit is exactly who feels it, and it is certain for exactly those who are down.
    #[test]
    fn impact_is_what_is_felt((count, graph) in graphs(), at in any::<prop::sample::Index>()) {
        let source = id(at.index(count));
        let felt = graph.health(&BTreeMap::from([(source, Health::Down)]));
        let hits: BTreeMap<ServiceId, bool> =
            graph.impact(&source).iter().map(|hit| (hit.service, hit.certain)).collect();
        for (service, felt) in felt.iter().filter(|(service, _)| **service != source) {
            let hit = hits.get(service);
            prop_assert_eq!(hit.is_some(), felt.felt != Health::Level);
            prop_assert_eq!(hit == Some(&true), felt.felt == Health::Down);
        }
        prop_assert!(!hits.contains_key(&source));
    }

    /// Impact and upstream are the same thing from both ends.
    #[test]
    fn upstream_is_impact_from_the_other_end((count, graph) in graphs()) {
        for source in (0..count).map(id) {
            for hit in graph.impact(&source).iter().filter(|hit| hit.certain) {
                let up = graph.upstream(&hit.service);
                let found = up.iter().find(|up| up.service == source);
                prop_assert!(found.is_some_and(|found| found.certain));
            }
            for up in graph.upstream(&source) {
                let alone = BTreeSet::from([up.service]);
                prop_assert_eq!(up.certain, graph.goes_down(&source, &alone));
            }
        }
    }
}
