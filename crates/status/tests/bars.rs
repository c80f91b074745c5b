//! The bars are what the spans say, counted minute by minute, in every zone and over its changes.

#![allow(clippy::unwrap_used)]

mod sample;

use jiff::tz::TimeZone;
use kernel::Timestamp;
use proptest::prelude::*;
use sample::{at, component, empty, span};
use status::Snapshot;
use status::condition::{Available, DAYS, Day, available, bars, rank};
use status::snapshot::{Component, Condition, Span};
use std::collections::BTreeMap;

const MINUTE: i64 = 60_000_000;

fn days_of(component: &Component, now: &str, zone: &str) -> Vec<Day> {
    let mut page = empty();
    page.at = at(now);
    page.site.time_zone = zone.to_owned();
    bars(component, &page)
}

#[test]
fn ninety_days_end_today() {
    let days =
        days_of(&component(1, "Mail", Condition::Operational), sample::NOW, "Europe/Amsterdam");
    assert_eq!(days.len(), DAYS as usize);
    assert_eq!(days[89].date.to_string(), "2026-11-23");
    assert_eq!(days[0].date.to_string(), "2026-08-26");
    assert!(days.iter().all(|day| day.worst() == Some(Condition::Operational)));
    // 25 October has 25 hours there; today lasts 13 hours and 12 minutes so far.
    let known = |date: &str| days.iter().find(|day| day.date.to_string() == date).unwrap().known;
    assert_eq!(known("2026-10-25"), 25 * 60 * MINUTE);
    assert_eq!(known("2026-11-23"), (13 * 60 + 12) * MINUTE);
    assert_eq!(available(&days), Some(Available { hundredths: 10_000, days: 90 }));
}

#[test]
fn at_each_instant_the_worst_counts() {
    let mut mail = component(1, "Mail", Condition::Operational);
    mail.spans = vec![
        span(Condition::Degraded, "2026-11-20T09:00:00Z", Some("2026-11-20T11:00:00Z")),
        span(Condition::Major, "2026-11-20T10:00:00Z", Some("2026-11-20T10:30:00Z")),
        span(Condition::Partial, "2026-11-20T10:15:00Z", Some("2026-11-20T10:45:00Z")),
        span(Condition::Maintenance, "2026-11-21T10:00:00Z", Some("2026-11-21T10:45:00Z")),
        // It ends before it began: it says nothing.
        span(Condition::Major, "2026-11-22T10:00:00Z", Some("2026-11-22T09:00:00Z")),
    ];
    let days = days_of(&mail, sample::NOW, "Europe/Amsterdam");
    let day = &days[86];
    assert_eq!(day.worst(), Some(Condition::Major));
    assert_eq!(day.lasted(Condition::Major), 30 * MINUTE);
    assert_eq!(day.lasted(Condition::Partial), 15 * MINUTE);
    assert_eq!(day.lasted(Condition::Degraded), 75 * MINUTE);
    assert_eq!(day.lasted(Condition::Operational), 22 * 60 * MINUTE);
    assert_eq!(days[87].worst(), Some(Condition::Maintenance));
    assert_eq!(days[88].worst(), Some(Condition::Operational));
    // 45 minutes of some 128,000 were out; what was slow or planned is not counted.
    assert_eq!(available(&days), Some(Available { hundredths: 9_996, days: 90 }));
}

#[test]
fn of_what_is_young_only_what_is_known_counts() {
    let mut mail = component(1, "Mail", Condition::Operational);
    mail.created_at = at("2026-11-21T23:00:00Z");
    mail.spans = vec![span(Condition::Major, "2026-11-01T09:00:00Z", Some("2026-11-22T11:00:00Z"))];
    let days = days_of(&mail, sample::NOW, "Europe/Amsterdam");
    assert_eq!(days[87].worst(), None);
    assert_eq!(days[88].lasted(Condition::Major), 12 * 60 * MINUTE);
    // Out for 12 of 37.2 hours.
    assert_eq!(available(&days), Some(Available { hundredths: 6_774, days: 2 }));
    mail.created_at = at("2026-11-23T08:00:00Z");
    assert_eq!(available(&days_of(&mail, sample::NOW, "Europe/Amsterdam")), None);
}

#[test]
fn a_single_second_out_is_never_a_hundred_percent() {
    let mut mail = component(1, "Mail", Condition::Operational);
    mail.spans =
        vec![span(Condition::Partial, "2026-11-20T09:00:00Z", Some("2026-11-20T09:00:01Z"))];
    let days = days_of(&mail, sample::NOW, "UTC");
    assert_eq!(available(&days).unwrap().hundredths, 9_999);
    assert_eq!(days[86].worst(), Some(Condition::Partial));
}

/// The same by counting every minute.
fn slowly(component: &Component, page: &Snapshot) -> BTreeMap<String, [i64; 5]> {
    let zone = TimeZone::get(&page.site.time_zone).unwrap();
    let mut days: BTreeMap<String, [i64; 5]> = BTreeMap::new();
    let mut now = component.created_at.max(page.at.plus_days(-92));
    while now < page.at {
        let date = now.to_jiff().to_zoned(zone.clone()).date().to_string();
        let lasts =
            |span: &&Span| span.started_at <= now && span.ended_at.is_none_or(|end| end > now);
        let worst = component.spans.iter().filter(lasts).map(|span| rank(span.condition)).max();
        days.entry(date).or_default()[worst.unwrap_or(0)] += MINUTE;
        now = now.plus_seconds(60);
    }
    days
}

fn minutes(of: i64) -> Timestamp {
    Timestamp::from_micros(of * MINUTE)
}

/// Minutes from 1970 to 1 March 2026.
const MARCH: i64 = 29_538_720;

fn spans() -> impl Strategy<Value = Vec<Span>> {
    let condition = (0..Condition::ALL.len()).prop_map(|at| Condition::ALL[at]);
    let span = (condition, 0..140_000_i64, proptest::option::of(-10..9_000_i64));
    let spans = proptest::collection::vec(span, 0..6);
    spans.prop_map(|spans| {
        let span = |(condition, start, long): (Condition, i64, Option<i64>)| Span {
            condition,
            started_at: minutes(MARCH + 100_000 + start),
            ended_at: long.map(|long| minutes(MARCH + 100_000 + start + long)),
        };
        spans.into_iter().map(span).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn bars_are_what_counting_each_minute_says(
        spans in spans(),
        zone in prop::sample::select(vec![
            "Europe/Amsterdam", "America/Havana", "Australia/Lord_Howe", "America/New_York",
            "Africa/Cairo", "UTC",
        ]),
        made in -100_000..230_000_i64,
        after in 200_000..240_000_i64,
    ) {
        let mut page = empty();
        page.at = minutes(MARCH + after);
        page.site.time_zone = zone.to_owned();
        let mut mail = component(1, "Mail", Condition::Operational);
        mail.created_at = minutes(MARCH + made);
        mail.spans = spans;
        let slow = slowly(&mail, &page);
        for day in bars(&mail, &page) {
            let expected = slow.get(&day.date.to_string()).copied().unwrap_or_default();
            let found = Condition::ALL.iter().map(|condition| (rank(*condition), day.lasted(*condition)));
            for (rank, lasted) in found {
                prop_assert_eq!(lasted, expected[rank], "{} rank {} in {}", day.date, rank, zone);
            }
        }
    }
}
