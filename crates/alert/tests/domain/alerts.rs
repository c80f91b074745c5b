//! What signals make of alerts, in whatever order they come.

use alert::{Alert, AlertSettings, Around, Outcome, Severity, Signal, SignalStatus, take};
use kernel::{AlertId, IntegrationId, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;
use uuid::Uuid;

const START: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

fn signal(key: &str, status: SignalStatus, severity: Severity) -> Signal {
    Signal { severity, ..Signal::new(key, status, "Disk full") }
}

/// The alerts of one integration, as whoever keeps them has them.
#[derive(Default)]
struct Known {
    open: BTreeMap<String, Alert>,
    over: Vec<Alert>,
    made: u128,
    settings: AlertSettings,
}

impl Known {
    fn takes(&mut self, signal: &Signal, seconds: i64) -> Outcome {
        let around = Around {
            integration: IntegrationId(Uuid::from_u128(1)),
            settings: &self.settings,
            service: None,
            digest: alert::digest(signal),
            now: START.plus_seconds(seconds),
        };
        let last = self.over.iter().rev().find(|alert| alert.key == signal.key);
        let (open, made) = (self.open.get_mut(&signal.key), self.made + 1);
        let id = || AlertId(Uuid::from_u128(made));
        let (outcome, new) = take(open, last, signal, around, id);
        if let Some(alert) = new {
            self.made = made;
            match alert.is_open() {
                true => drop(self.open.insert(alert.key.clone(), alert)),
                false => self.over.push(alert),
            }
        }
        if outcome == Outcome::Resolved {
            self.over.extend(self.open.remove(&signal.key));
        }
        outcome
    }

    fn fires(&mut self, seconds: i64) -> Outcome {
        self.takes(&signal("a", SignalStatus::Firing, Severity::Critical), seconds)
    }

    fn ends(&mut self, seconds: i64) -> Outcome {
        self.takes(&signal("a", SignalStatus::Resolved, Severity::Critical), seconds)
    }
}

#[test]
fn the_same_key_counts_up_while_it_is_open_and_begins_anew_after_it() {
    let mut known = Known::default();
    assert_eq!(known.fires(0), Outcome::New);
    assert_eq!([known.fires(1), known.fires(2)], [Outcome::Repeated; 2]);
    assert_eq!(known.open["a"].count, 3);
    assert_eq!(known.ends(3), Outcome::Resolved);
    assert_eq!(known.ends(4), Outcome::Unknown, "a second end ends nothing");
    assert_eq!(known.fires(5), Outcome::New);
    assert_ne!(known.open["a"].id, known.over[0].id);
    assert_eq!(known.open["a"].count, 1);
}

#[test]
fn what_nobody_knows_is_neither_over_nor_taken() {
    let mut known = Known::default();
    assert_eq!(known.ends(0), Outcome::Unknown);
    let taken = signal("a", SignalStatus::Acknowledged, Severity::Critical);
    assert_eq!(known.takes(&taken, 1), Outcome::Unknown);
    assert!(known.open.is_empty() && known.over.is_empty());
}

#[test]
fn words_and_severity_follow_the_source() {
    let mut known = Known::default();
    known.fires(0);
    let worded =
        Signal { body: "91 %".into(), ..signal("a", SignalStatus::Firing, Severity::Critical) };
    assert_eq!(known.takes(&worded, 1), Outcome::Reworded);
    assert_eq!(known.takes(&worded, 2), Outcome::Repeated);
    let better = Signal { severity: Severity::Warning, ..worded };
    assert_eq!(known.takes(&better, 3), Outcome::Regraded { from: Severity::Critical });
    let taken = signal("a", SignalStatus::Acknowledged, Severity::Error);
    assert_eq!(known.takes(&taken, 4), Outcome::Acknowledged);
    assert_eq!(known.takes(&taken, 5), Outcome::Repeated);
    assert_eq!(known.open["a"].severity, Severity::Warning, "taking it says nothing of how bad");
}

#[test]
fn what_its_source_says_of_it_counts_more_than_a_clock() {
    let mut known = Known::default();
    let past = Some(START.plus_seconds(5));
    let fires = Signal { ends_at: past, ..signal("a", SignalStatus::Firing, Severity::Critical) };
    assert_eq!(known.takes(&fires, 10), Outcome::New);
    assert_eq!(known.takes(&fires, 11), Outcome::Repeated);
    assert_eq!(known.open["a"].ends_at, None, "an end that is past ends nothing");
    let over = Signal { status: SignalStatus::Resolved, ..fires };
    assert_eq!(known.takes(&over, 12), Outcome::Resolved);
}

#[test]
fn a_telling_that_came_late_begins_nothing() {
    let since = |at: i64| Signal {
        started_at: Some(START.plus_seconds(at)),
        ..signal("a", SignalStatus::Firing, Severity::Critical)
    };
    let mut known = Known::default();
    known.takes(&since(-9), 0);
    known.ends(10);
    assert_eq!(known.takes(&since(-9), 11), Outcome::Repeated, "sent before it was over");
    assert!(known.open.is_empty());
    assert_eq!(known.takes(&since(12), 13), Outcome::New, "it began again");
    known.ends(20);
    let later = 20 + alert::LATE_SECONDS;
    assert_eq!(known.takes(&since(12), later - 1), Outcome::Repeated);
    assert_eq!(known.takes(&since(12), later), Outcome::New, "nobody sends it for so long");
    let settings = known.settings.clone();
    let mut alert = known.open.remove("a").unwrap();
    alert.end(&settings, START.plus_seconds(later + 5));
    known.over.push(alert);
    assert_eq!(known.takes(&since(12), later + 6), Outcome::New, "a person ended it");
}

/// One that fired from its 10th to its 20th second.
fn life(status: SignalStatus) -> Signal {
    Signal {
        started_at: Some(START.plus_seconds(10)),
        ends_at: Some(START.plus_seconds(20)).filter(|_| status == SignalStatus::Resolved),
        ..signal("a", status, Severity::Critical)
    }
}

#[test]
fn what_is_told_to_fire_after_its_end_came_begins_nothing() {
    let (fires, over) = (life(SignalStatus::Firing), life(SignalStatus::Resolved));
    let mut known = Known::default();
    assert_eq!(known.takes(&over, 30), Outcome::Unknown, "nobody heard that it fires");
    assert_eq!((known.open.len(), known.over.len()), (0, 1), "and it is recorded");
    assert_eq!(known.over[0].ended_at, Some(START.plus_seconds(30)));
    assert!(known.over[0].changes.is_empty(), "one end is no coming and going");
    assert_eq!(known.takes(&over, 31), Outcome::Unknown);
    assert_eq!(known.over.len(), 1, "once, however often it is told");
    assert_eq!(known.takes(&fires, 40), Outcome::Repeated, "it came late");
    assert!(known.open.is_empty());
    let anew = Signal { started_at: Some(START.plus_seconds(45)), ..fires.clone() };
    assert_eq!(known.takes(&anew, 50), Outcome::New, "it began again");
    let mut known = Known::default();
    known.takes(&over, 30);
    let later = 30 + alert::LATE_SECONDS;
    assert_eq!(known.takes(&fires, later), Outcome::New, "nobody sends it for so long");
    // What tells of no life is not recorded: it may be told with each look.
    let mut known = Known::default();
    known.takes(&Signal { ends_at: None, ..over.clone() }, 30);
    known.takes(&Signal { started_at: None, ..over.clone() }, 31);
    known.takes(&Signal { title: String::new(), ..over }, 32);
    assert!(known.over.is_empty() && known.open.is_empty());
}

#[test]
fn an_end_that_came_late_leaves_what_began_after_it() {
    let over = life(SignalStatus::Resolved);
    let since = |at: i64| Signal {
        started_at: Some(START.plus_seconds(at)),
        ..signal("a", SignalStatus::Firing, Severity::Critical)
    };
    let mut known = Known::default();
    known.takes(&since(10), 11);
    assert_eq!(known.takes(&over, 21), Outcome::Resolved);
    for began in [20, 25] {
        known.takes(&since(began), 30);
        let before = known.open["a"].clone();
        assert_eq!(known.takes(&over, 31), Outcome::Unknown, "told once more");
        assert_eq!(known.open["a"], before);
        let its_own = Signal { ends_at: Some(START.plus_seconds(40)), ..over.clone() };
        assert_eq!(known.takes(&its_own, 41), Outcome::Resolved, "it ended after that");
    }
    // Where one of the instants is missing, what is open is over, whenever it began here.
    let nameless = [
        Signal { ends_at: None, ..over.clone() },
        Signal { started_at: None, ..over.clone() },
        Signal { started_at: Some(START.plus_seconds(50)), ..over.clone() },
    ];
    for end in nameless {
        known.takes(&since(50), 2_000);
        assert_eq!(known.takes(&end, 2_001), Outcome::Resolved);
        known.over.clear();
    }
    // Who knows only that it is over makes up when it began.
    let made_up = Signal { started_at: over.ends_at, ..over.clone() };
    known.takes(&since(50), 2_500);
    assert_eq!(known.takes(&made_up, 2_501), Outcome::Resolved);
    known.over.clear();
    known.fires(3_000);
    assert_eq!(known.takes(&over, 3_001), Outcome::Resolved, "it said of neither when it began");
}

#[test]
fn what_names_an_end_that_is_past_begins_nothing_once_it_is_over() {
    let fires = life(SignalStatus::Firing);
    let mut known = Known::default();
    known.takes(&fires, 11);
    let settings = known.settings.clone();
    let mut alert = known.open.remove("a").unwrap();
    alert.end(&settings, START.plus_seconds(25));
    known.over.push(alert);
    let past = Signal { ends_at: Some(START.plus_seconds(20)), ..fires.clone() };
    assert_eq!(known.takes(&past, 26 + alert::LATE_SECONDS), Outcome::Repeated);
    let ahead = Signal { ends_at: Some(START.plus_seconds(5_000)), ..fires };
    assert_eq!(known.takes(&ahead, 27 + alert::LATE_SECONDS), Outcome::New, "it fires on");
}

#[test]
fn a_telling_that_is_sent_twice_begins_nothing_though_it_says_no_time() {
    let told = |once: &str| Signal {
        once: Some(once.to_owned()),
        ..signal("a", SignalStatus::Firing, Severity::Critical)
    };
    let mut known = Known::default();
    known.takes(&told("1"), 0);
    known.ends(10);
    assert_eq!(known.takes(&told("1"), 11), Outcome::Repeated, "it was over since");
    assert_eq!(known.takes(&told("2"), 12), Outcome::New, "another telling is another alert");
    known.ends(20);
    assert_eq!(known.fires(21), Outcome::New, "what names nothing is not told apart");
}

#[test]
fn an_alert_is_looked_at_in_time_without_writing_an_index_each_time() {
    let mut known = Known::default();
    let until = |seconds| Signal {
        ends_at: Some(START.plus_seconds(seconds)),
        ..signal("a", SignalStatus::Firing, Severity::Critical)
    };
    known.takes(&until(240), 0);
    let alert = known.open.get_mut("a").unwrap();
    assert!(alert.rearm());
    known.takes(&until(300), 60);
    let alert = known.open.get_mut("a").unwrap();
    assert!(!alert.rearm(), "a look at the earlier instant finds that it is later now");
    assert!(alert.check_at < alert.due_at());
    known.takes(&until(100), 90);
    assert!(known.open.get_mut("a").unwrap().rearm(), "sooner is sooner");
}

#[test]
fn what_comes_and_goes_flaps_and_calms() {
    let mut known = Known::default();
    for round in 0..3 {
        known.fires(round * 20);
        assert!(!known.open["a"].is_flapping(START.plus_seconds(round * 20)));
        known.ends(round * 20 + 10);
    }
    known.fires(60);
    assert!(known.open["a"].is_flapping(START.plus_seconds(60)), "six changes within minutes");
    assert!(!known.open["a"].is_flapping(START.plus_seconds(60 + 900)));
    let mut slow = Known::default();
    for round in 0..6 {
        slow.fires(round * 2_000);
        slow.ends(round * 2_000 + 1_000);
    }
    slow.fires(12_000);
    assert!(!slow.open["a"].is_flapping(START.plus_seconds(12_000)));
}

fn told() -> impl Strategy<Value = (Signal, i64)> {
    let key = select(vec!["a", "b", "c"]);
    let parts = (key, select(SignalStatus::ALL), select(Severity::ALL), 0i64..400, 0usize..3);
    parts.prop_map(|(key, status, severity, later, words)| {
        let body = "x".repeat(words);
        (Signal { body, ..signal(key, status, severity) }, later)
    })
}

proptest! {
    /// Whatever comes in whatever order: an alert is open if and only if the last word of its
    /// source that counts was that it fires, and nothing that is over changes any more.
    #[test]
    fn truth_is_the_last_word(tellings in proptest::collection::vec(told(), 1..60)) {
        let mut known = Known::default();
        let mut fires: BTreeMap<String, bool> = BTreeMap::new();
        let mut now = 0;
        for (signal, later) in tellings {
            now += later;
            let over = known.over.clone();
            let outcome = known.takes(&signal, now);
            let firing = fires.entry(signal.key.clone()).or_default();
            let expected = match (signal.status, *firing) {
                (SignalStatus::Firing, false) => Some(Outcome::New),
                (SignalStatus::Firing, true) => None,
                (SignalStatus::Resolved, true) => Some(Outcome::Resolved),
                (_, false) => Some(Outcome::Unknown),
                (SignalStatus::Acknowledged, true) => None,
            };
            if let Some(expected) = expected {
                prop_assert_eq!(outcome, expected);
            }
            match signal.status {
                SignalStatus::Firing => *firing = true,
                SignalStatus::Resolved => *firing = false,
                SignalStatus::Acknowledged => {}
            }
            prop_assert_eq!(known.open.contains_key(&signal.key), *firing);
            prop_assert_eq!(&known.over[..over.len()], &over[..]);
            for alert in known.open.values() {
                prop_assert!(alert.is_open() && alert.changes.len() <= alert::CHANGES_MAX);
            }
        }
    }

    /// The same telling twice is the same as once, but for the count.
    #[test]
    fn twice_is_once(tellings in proptest::collection::vec(told(), 1..40)) {
        let (mut once, mut twice) = (Known::default(), Known::default());
        let mut now = 0;
        for (signal, later) in tellings {
            now += later;
            once.takes(&signal, now);
            twice.takes(&signal, now);
            let again = twice.takes(&signal, now);
            prop_assert!(matches!(again, Outcome::Repeated | Outcome::Unknown), "{:?}", again);
        }
        let plain = |known: &Known| -> Vec<_> {
            let all = known.open.values().chain(&known.over);
            all.map(|alert| (alert.id, alert.state, alert.severity, alert.ended_at)).collect()
        };
        prop_assert_eq!(plain(&once), plain(&twice));
    }
}

#[test]
fn a_number_that_moves_is_kept_once_a_minute() {
    let mut known = Known::default();
    let says = |body: &str| Signal {
        body: body.into(),
        ..signal("a", SignalStatus::Firing, Severity::Critical)
    };
    known.takes(&says("91.5 % of /var"), 0);
    assert_eq!(known.takes(&says("92 % of /var"), 5), Outcome::Repeated);
    assert_eq!(known.takes(&says("93 % of /var"), 59), Outcome::Repeated);
    assert_eq!(known.takes(&says("94 % of /var"), 61), Outcome::Reworded, "another minute");
    assert_eq!(known.takes(&says("94 % of /var"), 130), Outcome::Repeated, "the same words");
    assert_eq!(known.takes(&says("94 % of /home"), 131), Outcome::Reworded, "other words at once");
    let better = Signal { severity: Severity::Warning, ..says("95 % of /home") };
    assert_eq!(known.takes(&better, 132), Outcome::Regraded { from: Severity::Critical });
}
