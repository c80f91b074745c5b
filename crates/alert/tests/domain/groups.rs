//! Counting the alerts of an incident.

use alert::{AlertSettings, Group, Muted, STORM_KEY, Severity};
use kernel::{IntegrationId, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

const START: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

fn group() -> Group {
    Group::new(IntegrationId(Uuid::from_u128(1)), "web".into(), START)
}

#[test]
fn the_worst_counts_and_silence_only_when_all_are_silent() {
    let mut group = group();
    assert_eq!((group.worst(), group.muted()), (None, None));
    group.began(Severity::Warning, Some(Muted::Maintenance), START);
    assert_eq!(group.muted(), Some(Muted::Maintenance));
    group.began(Severity::Critical, None, START);
    assert_eq!((group.worst(), group.muted()), (Some(Severity::Critical), None));
    group.ended(Severity::Critical, None);
    assert_eq!((group.worst(), group.muted()), (Some(Severity::Warning), Some(Muted::Maintenance)));
    group.muting(Some(Muted::Maintenance), None);
    assert_eq!(group.muted(), None);
    group.regraded(Severity::Warning, Severity::Error);
    assert_eq!((group.worst(), group.all_firing(), group.total), (Some(Severity::Error), 1, 2));
}

#[test]
fn further_alerts_join_while_some_fire_and_a_window_long() {
    let settings = AlertSettings { window_seconds: 60, ..AlertSettings::default() };
    let mut group = group();
    group.began(Severity::Error, None, START);
    assert!(group.takes(&settings, START.plus_seconds(86_400)));
    group.ended(Severity::Error, None);
    assert!(group.takes(&settings, START.plus_seconds(60)));
    assert!(!group.takes(&settings, START.plus_seconds(62)));
    group.open = false;
    assert!(!group.takes(&settings, START));
    assert!(Group::new(group.integration, STORM_KEY.into(), START).storm);
}

#[test]
fn an_incident_is_told_what_matters_and_the_rest_at_a_pace() {
    let mut group = group();
    group.began(Severity::Warning, None, START);
    let told = Some(Severity::Warning);
    assert!(group.tells(told, 10, START.plus_seconds(1)), "a short timeline has room");
    assert!(!group.tells(told, 5_000, START.plus_seconds(1)), "a long one is told slowly");
    assert!(group.tells(told, 5_000, START.plus_seconds(60)));
    group.began(Severity::Critical, None, START);
    assert!(group.tells(told, 5_000, START.plus_seconds(1)), "what is worse is told at once");
    group.flapping_until = Some(START.plus_seconds(900));
    assert!(!group.tells(Some(Severity::Critical), 10, START.plus_seconds(1)));
    group.ended(Severity::Critical, None);
    group.ended(Severity::Warning, None);
    assert!(!group.tells(told, 10, START.plus_seconds(1)), "over is not over while it flaps");
    assert!(group.tells(told, 10, START.plus_seconds(900)));
}

#[test]
fn what_is_to_be_looked_at_lies_ahead() {
    let settings = AlertSettings::default();
    let mut group = group();
    assert_eq!(group.due_at(&settings, START), None);
    group.untold = true;
    assert_eq!(group.due_at(&settings, START), Some(START.plus_seconds(60)));
    group.unclear_since = Some(START);
    for seconds in [0, 30, 899, 900, 901, 5_000] {
        let now = START.plus_seconds(seconds);
        assert!(group.due_at(&settings, now).unwrap() > now, "{seconds}");
    }
}

proptest! {
    /// However alerts begin, change and end, the counts are those of the alerts.
    #[test]
    fn counts_are_those_of_the_alerts(
        steps in proptest::collection::vec((0u8..4, select(Severity::ALL), any::<bool>()), 1..80)
    ) {
        let mut group = group();
        let mut alive: Vec<(Severity, Option<Muted>)> = vec![];
        for (step, severity, mutes) in steps {
            let muted = mutes.then_some(Muted::Snoozed);
            match step {
                0 | 1 => {
                    group.began(severity, muted, START);
                    alive.push((severity, muted));
                }
                2 => if let Some((severity, muted)) = alive.pop() {
                    group.ended(severity, muted);
                },
                _ => if let Some(last) = alive.last_mut() {
                    group.regraded(last.0, severity);
                    group.muting(last.1, muted);
                    *last = (severity, muted);
                },
            }
            prop_assert_eq!(group.all_firing() as usize, alive.len());
            prop_assert_eq!(group.worst(), alive.iter().map(|one| one.0).min());
            let silent = !alive.is_empty() && alive.iter().all(|one| one.1.is_some());
            prop_assert_eq!(group.muted().is_some(), silent);
        }
    }
}
