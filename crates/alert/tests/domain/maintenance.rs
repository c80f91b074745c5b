//! When a window holds, and for which alerts.

use alert::maintenance::{LabelMatch, LabelTest, Maintenance, Matcher, Recurrence, Subject};
use kernel::{IntegrationId, MaintenanceId, ServiceId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window(starts_at: &str, ends_at: Option<&str>) -> Maintenance {
    Maintenance {
        id: MaintenanceId(Uuid::from_u128(1)),
        name: "Firmware".into(),
        starts_at: at(starts_at),
        ends_at: ends_at.map(at),
        recurrence: None,
        matcher: Matcher::default(),
        created_by: "Mara".into(),
        cancelled: false,
        version: 1,
    }
}

fn nightly(days: &[i8], from: &str, until: &str) -> Option<Recurrence> {
    let (from, until) = (from.to_owned(), until.to_owned());
    let days = days.iter().copied().collect();
    Some(Recurrence { time_zone: "Europe/Berlin".into(), days, from, until })
}

#[test]
fn a_window_holds_from_its_beginning_to_its_end() {
    let once = window("2026-11-23T20:00:00Z", Some("2026-11-23T22:00:00Z"));
    assert_eq!(once.holds_until(at("2026-11-23T19:59:59Z")), None);
    assert_eq!(once.holds_until(at("2026-11-23T20:00:00Z")), once.ends_at);
    assert_eq!(once.holds_until(at("2026-11-23T22:00:00Z")), None);
    let off = Maintenance { cancelled: true, ..once };
    assert_eq!(off.holds_until(at("2026-11-23T21:00:00Z")), None);
}

#[test]
fn a_recurring_window_follows_the_local_clock_over_midnight_and_clock_changes() {
    let mut every = window("2026-10-01T00:00:00Z", None);
    every.recurrence = nightly(&[6], "22:00", "04:00");
    // Saturday, 24 October, 22:00 in Berlin is 20:00 UTC; the clocks go back at 03:00 on Sunday.
    assert_eq!(every.holds_until(at("2026-10-24T19:59:00Z")), None);
    let end = Some(at("2026-10-25T03:00:00Z"));
    assert_eq!(every.holds_until(at("2026-10-24T20:00:00Z")), end);
    assert_eq!(every.holds_until(at("2026-10-25T02:59:00Z")), end, "after midnight still");
    assert_eq!(every.holds_until(at("2026-10-25T03:00:00Z")), None);
    assert_eq!(every.holds_until(at("2026-10-25T21:30:00Z")), None, "Sunday begins none");
    every.ends_at = Some(at("2026-10-24T21:00:00Z"));
    assert_eq!(every.holds_until(at("2026-10-24T20:30:00Z")), every.ends_at);
}

#[test]
fn odd_recurrences_are_named() {
    let odd = Recurrence {
        time_zone: "Mars/Olympus".into(),
        days: BTreeSet::from([0, 8]),
        from: "24:00".into(),
        until: "7:00".into(),
    };
    let fields: Vec<_> = odd.faults().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["time_zone", "days", "from", "until"]);
    assert_eq!(nightly(&[1], "22:00", "04:00").unwrap().faults(), []);
}

#[test]
fn a_window_is_for_alerts_for_which_all_of_it_holds() {
    let labels: BTreeMap<String, String> =
        [("site".into(), "north".into()), ("host".into(), "db12".into())].into();
    let service = Some(ServiceId(Uuid::from_u128(5)));
    let integration = IntegrationId(Uuid::from_u128(6));
    let subject = Subject { service, integration, labels: &labels };
    let label = |name: &str, test, value: &str| LabelMatch {
        name: name.into(),
        test,
        value: value.into(),
        ready: Default::default(),
    };
    assert!(Matcher::default().matches(subject));
    for (test, value, holds) in [
        (LabelTest::Is, "db12", true),
        (LabelTest::Is, "db1", false),
        (LabelTest::IsNot, "db1", true),
        (LabelTest::Matches, "db[0-9]+", true),
        (LabelTest::Matches, "db", false),
        (LabelTest::MatchesNot, "web.*|db1", true),
        (LabelTest::Matches, "(", false),
    ] {
        let matcher = Matcher { labels: vec![label("host", test, value)], ..Matcher::default() };
        assert_eq!(matcher.matches(subject), holds, "{test} {value}");
    }
    let missing = Matcher { labels: vec![label("rack", LabelTest::Is, "")], ..Matcher::default() };
    assert!(missing.matches(subject), "what is missing is empty");
    let other = BTreeSet::from([IntegrationId(Uuid::from_u128(7))]);
    assert!(!Matcher { integrations: other, ..Matcher::default() }.matches(subject));
    let own = service.into_iter().collect();
    assert!(Matcher { services: own, ..Matcher::default() }.matches(subject));
    let nobody = Subject { service: None, ..subject };
    let own = service.into_iter().collect();
    assert!(!Matcher { services: own, ..Matcher::default() }.matches(nobody));
    assert!(label("a", LabelTest::Matches, "(").pattern().is_err());
}

#[test]
fn a_window_is_found_each_time_that_it_holds() {
    let once = window("2026-11-23T20:00:00Z", Some("2026-11-23T22:00:00Z"));
    let found = once.occurrences(at("2026-11-23T21:00:00Z"), at("2026-12-01T00:00:00Z"));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].index, found[0].starts_at), (0, once.starts_at));
    assert!(once.occurrences(at("2026-11-23T22:00:00Z"), at("2026-12-01T00:00:00Z")).is_empty());

    let mut every = window("2026-10-01T00:00:00Z", None);
    every.recurrence = nightly(&[6], "22:00", "04:00");
    let found = every.occurrences(at("2026-10-25T01:00:00Z"), at("2026-11-02T00:00:00Z"));
    let spans: Vec<_> = found.iter().map(|one| (one.index, one.starts_at, one.ends_at)).collect();
    assert_eq!(
        spans,
        [
            (23, at("2026-10-24T20:00:00Z"), at("2026-10-25T03:00:00Z")),
            (30, at("2026-10-31T21:00:00Z"), at("2026-11-01T03:00:00Z")),
        ],
        "the one that lasts, and the next"
    );
    every.ends_at = Some(at("2026-10-31T22:00:00Z"));
    let found = every.occurrences(at("2026-10-31T00:00:00Z"), at("2026-12-01T00:00:00Z"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].ends_at, at("2026-10-31T22:00:00Z"));
}
