//! What sources that are asked say about our alerts.

use alert::asked::{Compared, compare, read};
use alert::{Alert, AlertSettings, Around, Signal, SignalStatus, take};
use kernel::{AlertId, IntegrationId, Timestamp};
use std::collections::BTreeSet;
use uuid::Uuid;

const WEB: &str = "bdf5e1dbd55ce721";
const DISK: &str = "00000000000000aa";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000).plus_seconds(seconds)
}

/// One of ours that was told of at the beginning.
fn ours(id: u128, key: &str) -> Alert {
    let settings = AlertSettings::default();
    let around = Around {
        integration: IntegrationId(Uuid::from_u128(1)),
        settings: &settings,
        service: None,
        digest: 0,
        now: at(0),
    };
    let signal = Signal::new(key, SignalStatus::Firing, "Down");
    take(None, None, &signal, around, || AlertId(Uuid::from_u128(id))).1.unwrap()
}

fn id(id: u128) -> AlertId {
    AlertId(Uuid::from_u128(id))
}

#[test]
fn what_its_source_does_not_know_twice_is_over() {
    let all = [ours(1, WEB), ours(2, DISK)];
    let knows = read(
        format!(r#"[{{"fingerprint": "{WEB}", "status": {{"state": "suppressed"}}}}]"#).as_bytes(),
    );
    let knows = knows.unwrap();
    let first = compare(&all, &knows, &BTreeSet::new(), at(60));
    let missing = BTreeSet::from([id(2)]);
    assert_eq!(first, Compared { gone: vec![], missing: missing.clone(), whole: true });
    let second = compare(&all, &knows, &missing, at(120));
    assert_eq!(second, Compared { gone: vec![id(2)], missing: BTreeSet::new(), whole: true });
}

#[test]
fn what_was_told_since_is_newer_than_the_answer() {
    let all = [ours(1, WEB)];
    let knows = read(b"[]").unwrap();
    let before = BTreeSet::from([id(1)]);
    assert!(compare(&all, &knows, &before, at(0)).gone.is_empty());
    assert_eq!(compare(&all, &knows, &before, at(1)).gone, [id(1)]);
}

#[test]
fn what_came_through_other_doors_is_none_of_its_business() {
    let all = [ours(1, "heartbeat backup"), ours(2, "arn:aws:cloudwatch:eu:1:alarm:x")];
    let before = BTreeSet::from([id(1), id(2)]);
    let compared = compare(&all, &read(b"[]").unwrap(), &before, at(60));
    assert_eq!(compared, Compared { whole: true, ..Compared::default() });
}

#[test]
fn a_source_that_knows_more_than_we_do_may_hide_some_of_ours() {
    let body = format!(r#"[{{"fingerprint": "{WEB}"}}, {{"fingerprint": "00000000000000bb"}}]"#);
    let knows = read(body.as_bytes()).unwrap();
    assert!(!compare(&[ours(1, WEB)], &knows, &BTreeSet::new(), at(60)).whole);
}

#[test]
fn labels_stand_for_a_fingerprint_that_is_missing() {
    let body = br#"[{"labels": {"alertname": "HighLatency", "cluster": "eu1", "instance": "web-1",
        "service": "checkout", "severity": "critical"}}]"#;
    let compared = compare(&[ours(1, WEB)], &read(body).unwrap(), &BTreeSet::new(), at(60));
    assert!(compared.missing.is_empty() && compared.whole);
}

#[test]
fn from_half_an_answer_nothing_follows() {
    for body in ["", "{}", "<html>", "[{}]", r#"[{"fingerprint": "bdf5e1dbd55ce721"}"#, "null"] {
        assert!(read(body.as_bytes()).is_err(), "{body}");
    }
}
