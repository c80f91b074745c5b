//! Feeds that go out: what calendars keep, and what they see change.

use crate::naive::world;
use crate::{at, schedule};
use kernel::{ScheduleId, Timestamp};
use proptest::prelude::*;
use roster::feed::{self, Entry};
use roster::{Override, Roster, Schedule, Span};
use serde_json::json;
use std::collections::HashSet;

fn id() -> ScheduleId {
    "018f4e8c-0000-7000-8000-000000000001".parse().unwrap()
}

/// A week each from Monday 09:00 in Berlin.
fn weeks() -> Schedule<String> {
    schedule(json!({ "time_zone": "Europe/Berlin", "layers": [{ "rotation": {
        "unit": "week", "every": 1, "start_local": "2026-11-09T09:00:00", "people": ["ines", "yuki"],
    } }] }))
}

fn range() -> Span {
    Span::new(at("2026-11-23T00:00:00Z"), at("2026-12-07T08:00:00Z"))
}

fn publish(schedule: &Schedule<String>, range: Span, before: &[Entry], now: &str) -> Vec<Entry> {
    let roster = Roster::new(schedule).unwrap();
    feed::publish(&roster, id(), range, |shift| Some(shift.person.clone()), before, at(now))
}

fn over(start: &str, end: &str) -> Override<String> {
    Override { person: "emil".into(), start: at(start), end: at(end) }
}

/// What matters of entries.
fn told(entries: &[Entry]) -> Vec<(String, &str, u32, bool)> {
    let told = |entry: &Entry| entry.span.start.to_string();
    entries
        .iter()
        .map(|entry| (told(entry), entry.summary.as_str(), entry.sequence, entry.cancelled))
        .collect()
}

#[test]
fn a_shift_stays_the_same_event_when_its_end_moves() {
    let mut schedule = weeks();
    let first = publish(&schedule, range(), &[], "2026-11-20T10:00:00Z");
    assert_eq!(
        told(&first),
        [
            ("2026-11-16T08:00:00Z".to_owned(), "yuki", 0, false),
            ("2026-11-23T08:00:00Z".to_owned(), "ines", 0, false),
            ("2026-11-30T08:00:00Z".to_owned(), "yuki", 0, false),
        ]
    );
    assert_eq!(first[1].uid, format!("{}-layer-0-20261123T080000Z", id()));

    schedule.overrides = vec![over("2026-11-29T00:00:00Z", "2026-11-30T08:00:00Z")];
    let second = publish(&schedule, range(), &first, "2026-11-21T10:00:00Z");
    assert_eq!(
        told(&second)[1..3],
        [
            ("2026-11-23T08:00:00Z".to_owned(), "ines", 1, false),
            ("2026-11-29T00:00:00Z".to_owned(), "emil", 0, false),
        ]
    );
    assert_eq!(second[1].uid, first[1].uid);
    assert_eq!(second[1].modified, at("2026-11-21T10:00:00Z"));
    assert_eq!(second[0], first[0], "what is the same stays as it is");

    schedule.overrides.clear();
    let third = publish(&schedule, range(), &second, "2026-11-22T10:00:00Z");
    assert_eq!(third[1].sequence, 2);
    assert_eq!(told(&third)[3], ("2026-11-29T00:00:00Z".to_owned(), "emil", 1, true));
    let fourth = publish(&schedule, range(), &third, "2026-11-22T11:00:00Z");
    assert_eq!(fourth, third, "it is cancelled once");
    let later = Span::new(at("2026-12-01T00:00:00Z"), at("2026-12-14T00:00:00Z"));
    let fifth = publish(&schedule, later, &fourth, "2026-12-01T00:00:00Z");
    assert!(fifth.iter().all(|entry| !entry.cancelled), "what is over is forgotten");
}

#[test]
fn parts_of_a_turn_are_told_apart_wherever_the_range_begins() {
    let mut schedule = weeks();
    schedule.overrides = vec![over("2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z")];
    let whole = publish(&schedule, range(), &[], "2026-11-20T10:00:00Z");
    let uids: Vec<&str> =
        whole.iter().map(|entry| entry.uid.rsplit("0001-").next().unwrap()).collect();
    assert_eq!(
        uids,
        [
            "layer-0-20261116T080000Z",
            "layer-0-20261123T080000Z",
            "override-20261125T000000Z",
            "layer-0-20261123T080000Z-2",
            "layer-0-20261130T080000Z",
        ]
    );
    let late = Span::new(at("2026-11-28T00:00:00Z"), range().end);
    let later = publish(&schedule, late, &whole, "2026-11-28T00:00:00Z");
    assert_eq!(later, whole[3..], "the same events, in full");
}

#[test]
fn a_persons_own_feed_has_their_shifts_alone() {
    let roster = Roster::new(&weeks()).unwrap();
    let words = |shift: &roster::Shift<String>| {
        (shift.person == "ines").then(|| "On call: Network".to_owned())
    };
    let found = feed::publish(&roster, id(), range(), words, &[], at("2026-11-20T10:00:00Z"));
    assert_eq!(told(&found), [("2026-11-23T08:00:00Z".to_owned(), "On call: Network", 0, false)]);
}

#[test]
fn the_text_is_what_calendars_expect() {
    let mut schedule = weeks();
    let words = "ines, née Müller; first\\second → on call for all of the networks of Köln";
    schedule.layers[0].rotation.people[0] = words.to_owned();
    let first = publish(&schedule, range(), &[], "2026-11-20T10:00:00.5Z");
    schedule.layers.clear();
    let entries = publish(&schedule, range(), &first, "2026-11-21T10:00:00Z");
    let text = feed::text("Network", &entries);
    for line in text.split_terminator("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line}");
    }
    let unfolded = text.replace("\r\n ", "");
    for expected in [
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Network",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "DTSTART:20261123T080000Z",
        "DTEND:20261130T080000Z",
        "SEQUENCE:1",
        "LAST-MODIFIED:20261121T100000Z",
        "STATUS:CANCELLED",
        "SUMMARY:ines\\, née Müller\\; first\\\\second → on call for all of the networks of Köln",
    ] {
        assert!(unfolded.contains(&format!("\r\n{expected}\r\n")), "{expected} in\n{unfolded}");
    }
    assert_eq!(text.matches("BEGIN:VEVENT\r\n").count(), 3);
}

proptest! {
    #[test]
    fn what_goes_out_comes_in_again(world in world()) {
        let roster = world.roster();
        let range = Span::new(world.minutes(-20_000), world.minutes(20_000));
        let words = |shift: &roster::Shift<u8>| Some(format!("person {}", shift.person));
        let entries = feed::publish(&roster, id(), range, words, &[], world.near);
        let uids: HashSet<&str> = entries.iter().map(|entry| entry.uid.as_str()).collect();
        prop_assert_eq!(uids.len(), entries.len());
        let text = feed::text("Network", &entries);
        let who = |text: &str| text.strip_prefix("person ")?.parse::<u8>().ok();
        let found = feed::read(text.as_bytes(), "UTC", range, who).unwrap();
        prop_assert_eq!((found.uncovered, found.left_out), (vec![], vec![]));
        let cut = |start: Timestamp, end: Timestamp| Span::new(start, end).overlap(range);
        let found: Vec<_> =
            found.shifts.iter().map(|shift| (cut(shift.start, shift.end), shift.person)).collect();
        let shifts: Vec<_> = roster
            .shifts(range.start, range.end)
            .map(|shift| (Some(shift.span()), shift.person))
            .collect();
        prop_assert_eq!(found, shifts);
        let again = feed::publish(&roster, id(), range, words, &entries, world.near.plus_days(1));
        prop_assert_eq!(again, entries);
    }

    #[test]
    fn an_event_is_the_same_wherever_the_range_begins(world in world(), ahead in 0..20_000_i64) {
        let roster = world.roster();
        let publish = |from: i64| {
            let range = Span::new(world.minutes(from), world.minutes(20_000));
            let words = |shift: &roster::Shift<u8>| Some(shift.person.to_string());
            feed::publish(&roster, id(), range, words, &[], world.near)
        };
        let (whole, part) = (publish(-20_000), publish(-20_000 + ahead));
        for entry in part {
            prop_assert!(whole.contains(&entry), "{:?}", entry);
        }
    }
}
