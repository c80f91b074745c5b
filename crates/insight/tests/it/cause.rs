//! Probable causes: scenes of a company, and what holds of every scene.

use incident::conduct::Degree;
use insight::cause::{
    CAUSES_MAX, CLOCKS_SECONDS, Cause, Fact, Judged, Kind, RECENT_SECONDS, Reach, Scene, Sign,
    What, rank,
};
use kernel::{AlertId, ChangeId, MaintenanceId, ServiceId, Severity, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Monday, 23 November 2026, 12:24 UTC.
const BEGAN: Timestamp = Timestamp::from_micros(1_795_436_640_000_000);
const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

const CHECKOUT: u32 = 1;
const PORTAL: u32 = 2;
const LABELS: u32 = 3;
const DATABASE: u32 = 4;
const CARDS: u32 = 5;
const CLUSTER: u32 = 6;

fn id<T: FromStr<Err = kernel::Invalid>>(n: u32) -> T {
    format!("00000000-0000-7000-8000-{n:012x}").parse().unwrap()
}

fn service(n: u32) -> ServiceId {
    id(n)
}

fn before(seconds: i64) -> Timestamp {
    BEGAN.plus_seconds(-seconds)
}

fn reach(hops: u32, certain: bool, hit: u32) -> Reach {
    Reach { hops, certain, hit }
}

fn change(n: u32, at_service: u32, kind: Kind, seconds: i64) -> Sign {
    Sign::Change { id: id(n), kind, service: service(at_service), at: before(seconds) }
}

fn alert(n: u32, at_service: u32, seconds: i64) -> Sign {
    let severity = Severity::Critical;
    Sign::Alert { id: id(n), service: service(at_service), at: before(seconds), severity }
}

fn out(n: u32, degree: Degree, seconds: i64) -> Sign {
    Sign::Service { id: service(n), degree, from: before(seconds), until: None }
}

/// Checkout fails: it needs the database and the cards, and those stand on the cluster.
fn checkout(signs: Vec<Sign>) -> Scene {
    let reach = BTreeMap::from([
        (service(CHECKOUT), reach(0, true, 1)),
        (service(DATABASE), reach(1, true, 1)),
        (service(CARDS), reach(1, false, 1)),
        (service(CLUSTER), reach(2, true, 1)),
    ]);
    Scene { began: BEGAN, affected: 1, reach, signs, judged: BTreeMap::new() }
}

/// Checkout, the portal and the labels fail; all of them stand on the cluster.
fn three(signs: Vec<Sign>) -> Scene {
    let reach = BTreeMap::from([
        (service(CHECKOUT), reach(0, true, 1)),
        (service(PORTAL), reach(0, true, 1)),
        (service(LABELS), reach(0, true, 1)),
        (service(DATABASE), reach(1, true, 1)),
        (service(CLUSTER), reach(2, true, 3)),
    ]);
    Scene { began: BEGAN, affected: 3, reach, signs, judged: BTreeMap::new() }
}

fn first(scene: &Scene) -> Cause {
    rank(scene).into_iter().next().expect("something is proposed")
}

fn said(cause: &Cause) -> Vec<String> {
    cause.evidence.iter().filter_map(|one| one.fact.words()).collect()
}

#[test]
fn the_settings_of_the_database_come_before_the_price_rules_of_yesterday() {
    let scene = checkout(vec![
        change(1, DATABASE, Kind::Configuration, 12 * MINUTE),
        change(2, CHECKOUT, Kind::Configuration, DAY + 4 * 3_600),
        change(3, CHECKOUT, Kind::Deployment, 3 * DAY),
        change(4, CLUSTER, Kind::OtherChange, 4 * DAY),
    ]);
    let cause = first(&scene);
    assert_eq!(cause.what, What::Change(id(1)));
    assert!(cause.score > 0.5, "{cause:?}");
    let words = said(&cause);
    assert_eq!(words[0], "changed 12 minutes before the first sign");
    assert!(words.contains(&"at a service that an affected one does not work without".to_owned()));
    assert!(rank(&scene)[1..].iter().all(|other| other.score < 0.2));
}

#[test]
fn what_stands_under_all_of_them_comes_before_what_stands_under_one() {
    let scene = three(vec![
        change(1, CLUSTER, Kind::Deployment, 20 * MINUTE),
        change(2, DATABASE, Kind::Deployment, 20 * MINUTE),
        change(3, CHECKOUT, Kind::Deployment, 20 * MINUTE),
    ]);
    let cause = first(&scene);
    assert_eq!(cause.what, What::Change(id(1)));
    assert!(said(&cause).contains(&"it explains 3 of the 3 affected services".to_owned()));
}

#[test]
fn a_supplier_that_is_out_is_the_cause_and_one_that_is_stood_in_for_is_less() {
    let scene = checkout(vec![
        out(DATABASE, Degree::Full, 5 * MINUTE),
        out(CARDS, Degree::Full, 5 * MINUTE),
        // It is hit itself: no cause of its own.
        out(CHECKOUT, Degree::Full, 5 * MINUTE),
    ]);
    let causes = rank(&scene);
    assert_eq!(causes[0].what, What::Service(service(DATABASE)));
    assert_eq!(causes[1].what, What::Service(service(CARDS)));
    assert!(causes[0].score > causes[1].score && causes.len() == 2);
    assert!(said(&causes[0])[0].starts_with("it was out, since 5 minutes before"));
}

#[test]
fn the_first_alert_upstream_says_more_and_those_of_the_service_itself_nothing() {
    let scene = checkout(vec![
        alert(1, DATABASE, 4 * MINUTE),
        alert(2, CLUSTER, 2 * MINUTE),
        alert(3, CHECKOUT, 6 * MINUTE),
    ]);
    let causes = rank(&scene);
    assert_eq!(causes[0].what, What::Alert(id(1)));
    assert!(said(&causes[0]).contains(&"the first alert about what is needed".to_owned()));
    assert!(causes.iter().all(|cause| cause.what != What::Alert(id(3))));
}

#[test]
fn a_change_at_a_supplier_that_is_in_trouble_counts_more() {
    let quiet = checkout(vec![change(1, DATABASE, Kind::Deployment, 30 * MINUTE)]);
    let mut unwell = quiet.clone();
    unwell.signs.push(alert(9, DATABASE, 20 * MINUTE));
    let score = |scene: &Scene| {
        let found = rank(scene);
        found.iter().find(|cause| cause.what == What::Change(id(1))).unwrap().score
    };
    assert!(score(&unwell) > score(&quiet));
}

#[test]
fn planned_work_counts_while_it_goes_on_and_shortly_after() {
    let work = |from: i64, until: i64| {
        let (id, services) = (id::<MaintenanceId>(7), vec![service(DATABASE)]);
        checkout(vec![Sign::Maintenance { id, services, from: before(from), until: before(until) }])
    };
    let during = first(&work(3_600, -3_600));
    assert!(said(&during).contains(&"planned work went on when it began".to_owned()));
    let after = first(&work(3_600, 10 * MINUTE));
    assert!(after.score < during.score);
    assert!(rank(&work(2 * DAY, DAY)).is_empty(), "it was over");
    assert!(rank(&work(-600, -3_600)).is_empty(), "it had not begun");
}

#[test]
fn a_problem_that_comes_again_is_named_and_one_incident_makes_no_rule() {
    let record = |times, of| checkout(vec![Sign::Record { record: "PRB-12".into(), times, of }]);
    let often = first(&record(5, 10));
    assert!(said(&often)[0].contains("behind 5 of the last 10 incidents"));
    assert!(often.score > 0.3);
    let once = rank(&record(1, 1));
    assert!(once.iter().all(|cause| cause.score < 0.2), "{once:?}");
    assert!(rank(&record(0, 10)).is_empty());
}

#[test]
fn what_people_said_moves_what_is_usual_but_not_at_once() {
    let signs = vec![change(1, CHECKOUT, Kind::Configuration, 40 * MINUTE)];
    let judged = |yes, no| {
        let judged = BTreeMap::from([(Kind::Configuration, Judged { yes, no })]);
        first(&Scene { judged, ..checkout(signs.clone()) }).score
    };
    let (untold, once, often, never) = (judged(0, 0), judged(1, 0), judged(30, 5), judged(0, 30));
    assert!(never < untold && untold < once && once < often);
    assert!(once - untold < 0.3);
    let cause = first(&Scene {
        judged: BTreeMap::from([(Kind::Configuration, Judged { yes: 4, no: 2 })]),
        ..checkout(signs)
    });
    let words = "a change of settings was the cause 4 of 6 times that it was judged".to_owned();
    assert!(said(&cause).contains(&words));
}

#[test]
fn the_kind_of_a_change_is_told_by_its_words() {
    for (title, source, kind) in [
        ("CHG-2288 Database pool settings", "Argo CD", Kind::Configuration),
        ("CHG-2270 Release 4.18", "Argo CD", Kind::Deployment),
        ("Controller firmware 8.10", "Change calendar", Kind::Deployment),
        ("Column store 3.2", "argo", Kind::Deployment),
        ("Second line to Lyon", "Change calendar", Kind::OtherChange),
        ("Ruler moved", "", Kind::OtherChange),
    ] {
        assert_eq!(Kind::of_change(title, source), kind, "{title}");
    }
}

#[test]
fn what_is_named_is_read_back() {
    let all = [
        What::Change(id::<ChangeId>(1)),
        What::Alert(id::<AlertId>(2)),
        What::Service(service(3)),
        What::Maintenance(id(4)),
        What::Record("PRB-31".into()),
    ];
    for what in all {
        assert_eq!(what.to_string().parse(), Ok(what));
    }
    for bad in ["", "change", "change:", "record:PRB-0", "record:x", "person:1", "record:PRB-"] {
        assert!(bad.parse::<What>().is_err(), "{bad}");
    }
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Deployment), Just(Kind::Configuration), Just(Kind::OtherChange)]
}

fn degrees() -> impl Strategy<Value = Degree> {
    prop_oneof![Just(Degree::Degraded), Just(Degree::Partial), Just(Degree::Full)]
}

fn signs() -> impl Strategy<Value = Sign> {
    let (places, seconds) = (1..8_u32, -2 * DAY..9 * DAY);
    prop_oneof![
        (1..40_u32, places.clone(), kinds(), seconds.clone())
            .prop_map(|(n, at, kind, seconds)| change(n, at, kind, seconds)),
        (1..40_u32, places.clone(), seconds.clone())
            .prop_map(|(n, at, seconds)| alert(n, at, seconds)),
        (places.clone(), degrees(), seconds.clone())
            .prop_map(|(at, degree, seconds)| out(at, degree, seconds)),
        (places, seconds.clone(), seconds).prop_map(|(at, from, until)| Sign::Maintenance {
            id: id(at),
            services: vec![service(at)],
            from: before(from),
            until: before(until),
        }),
        (1..5_u32, 0..30_u32, 0..30_u32).prop_map(|(n, times, of)| Sign::Record {
            record: format!("PRB-{n}"),
            times,
            of,
        }),
    ]
}

fn scenes() -> impl Strategy<Value = Scene> {
    prop_oneof![
        proptest::collection::vec(signs(), 0..30).prop_map(checkout),
        proptest::collection::vec(signs(), 0..30).prop_map(three),
    ]
}

proptest! {
    #[test]
    fn the_list_is_bounded_sorted_and_explained(scene in scenes()) {
        let causes = rank(&scene);
        prop_assert!(causes.len() <= CAUSES_MAX);
        prop_assert!(causes.is_sorted_by(|a, b| a.score >= b.score));
        for cause in &causes {
            prop_assert!(cause.score > 0.0 && cause.score < 1.0);
            let sum: f64 = cause.evidence.iter().map(|one| one.weight).sum();
            prop_assert!((1.0 / (1.0 + (-sum).exp()) - cause.score).abs() < 1e-9);
            prop_assert!(!said(cause).is_empty());
            let named = causes.iter().filter(|other| other.what == cause.what).count();
            prop_assert_eq!(named, 1);
        }
    }

    #[test]
    fn the_order_of_signs_is_of_no_account(scene in scenes(), turn in 0..30_usize) {
        let mut turned = scene.clone();
        if !turned.signs.is_empty() {
            let by = turn % turned.signs.len();
            turned.signs.rotate_left(by);
            turned.signs.reverse();
        }
        prop_assert_eq!(rank(&turned), rank(&scene));
    }

    #[test]
    fn a_change_nearer_in_time_never_ranks_lower(
        kind in kinds(), far in 0..RECENT_SECONDS, nearer in 0..RECENT_SECONDS, at in 1..7_u32,
    ) {
        let (near, far) = (far.min(nearer), far.max(nearer));
        // Both in one scene, so that what is too improbable to be named is last.
        let scene = three(vec![change(1, at, kind, near), change(2, at, kind, far)]);
        let causes = rank(&scene);
        let place = |n| causes.iter().position(|cause| cause.what == What::Change(id(n)));
        let last = causes.len();
        if near < far {
            prop_assert!(place(1).unwrap_or(last) <= place(2).unwrap_or(last));
        }
    }

    #[test]
    fn what_came_after_or_long_before_never_counts(
        kind in kinds(), at in 1..7_u32, after in CLOCKS_SECONDS + 1..DAY, long in 1..30 * DAY,
    ) {
        let late = change(1, at, kind, -after);
        let old = change(2, at, kind, RECENT_SECONDS + long);
        let outage = out(at, Degree::Full, -after);
        prop_assert!(rank(&three(vec![late, old, outage, alert(3, at, -after)])).is_empty());
    }

    #[test]
    fn explaining_more_of_what_is_hit_never_ranks_lower(
        seconds in 0..RECENT_SECONDS, hit in 1..3_u32, hops in 0..5_u32,
    ) {
        let of = |hit| {
            let mut scene = three(vec![change(1, DATABASE, Kind::Deployment, seconds)]);
            scene.reach.insert(service(DATABASE), reach(hops, true, hit));
            rank(&scene).first().map_or(0.0, |cause| cause.score)
        };
        prop_assert!(of(hit) <= of(hit + 1));
    }

    #[test]
    fn farther_away_and_stood_in_for_never_rank_higher(
        seconds in 0..RECENT_SECONDS, hops in 0..6_u32,
    ) {
        let of = |hops, certain| {
            let mut scene = checkout(vec![change(1, DATABASE, Kind::Deployment, seconds)]);
            scene.reach.insert(service(DATABASE), reach(hops, certain, 1));
            rank(&scene).first().map_or(0.0, |cause| cause.score)
        };
        prop_assert!(of(hops + 1, true) <= of(hops, true));
        prop_assert!(of(hops + 1, false) <= of(hops + 1, true));
    }

    #[test]
    fn facts_are_told_in_one_line(scene in scenes()) {
        for evidence in rank(&scene).iter().flat_map(|cause| &cause.evidence) {
            if let Some(words) = evidence.fact.words() {
                prop_assert!(!words.is_empty() && !words.contains(['\n', '.']), "{words}");
            } else {
                let usual = matches!(evidence.fact, Fact::Usual { .. });
                prop_assert!(usual, "{:?}", evidence.fact);
            }
        }
    }
}
