//! Feeds that come in from other programs and calendars.

use crate::at;
use proptest::prelude::*;
use roster::Span;
use roster::feed::{self, FeedError, Import, WhyLeftOut};

fn calendar(events: &[&str]) -> String {
    let mut text = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
    for event in events {
        text.push_str("BEGIN:VEVENT\r\n");
        for line in event.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
            text.push_str(line);
            text.push_str("\r\n");
        }
        text.push_str("END:VEVENT\r\n");
    }
    text + "END:VCALENDAR\r\n"
}

fn who(text: &str) -> Option<String> {
    ["ines", "yuki", "ines@example.com"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(text))
        .map(|known| known.trim_end_matches("@example.com").to_owned())
}

fn read(events: &[&str], from: &str, to: &str) -> Import<String> {
    let range = Span::new(at(from), at(to));
    feed::read(calendar(events).as_bytes(), "Europe/Berlin", range, who).unwrap()
}

/// Beginnings and ends of all shifts in a year.
fn spans(events: &[&str]) -> Vec<(String, String)> {
    let found = read(events, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    assert_eq!(found.left_out, []);
    found.shifts.iter().map(|shift| (shift.start.to_string(), shift.end.to_string())).collect()
}

/// Dates on which shifts of 12 hours from 09:00 in Berlin begin by a rule.
fn dates(rule: &str) -> Vec<String> {
    let event = format!(
        "SUMMARY:Ines\nDTSTART;TZID=Europe/Berlin:20260105T090000\nDTEND;TZID=Europe/Berlin:20260105T210000\n{rule}"
    );
    spans(&[&event]).into_iter().map(|(start, _)| start[..10].to_owned()).collect()
}

#[test]
fn rules_give_their_dates() {
    for (rule, expected) in [
        ("", "2026-01-05"),
        ("RRULE:FREQ=DAILY;COUNT=3", "2026-01-05 2026-01-06 2026-01-07"),
        ("RRULE:FREQ=DAILY;INTERVAL=10;UNTIL=20260125T080000Z", "2026-01-05 2026-01-15 2026-01-25"),
        ("RRULE:FREQ=DAILY;INTERVAL=10;UNTIL=20260125T075959Z", "2026-01-05 2026-01-15"),
        ("RRULE:FREQ=DAILY;INTERVAL=10;UNTIL=20260125T090000", "2026-01-05 2026-01-15 2026-01-25"),
        ("RRULE:FREQ=DAILY;INTERVAL=10;UNTIL=20260125", "2026-01-05 2026-01-15 2026-01-25"),
        (
            "RRULE:FREQ=DAILY;BYDAY=SA,SU;UNTIL=20260118",
            "2026-01-05 2026-01-10 2026-01-11 2026-01-17 2026-01-18",
        ),
        ("RRULE:FREQ=WEEKLY;COUNT=3", "2026-01-05 2026-01-12 2026-01-19"),
        (
            "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=4",
            "2026-01-05 2026-01-09 2026-01-19 2026-01-23",
        ),
        // With weeks that begin on Sunday the Sunday before the next Monday is in that week.
        (
            "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU;COUNT=4",
            "2026-01-05 2026-01-18 2026-01-19 2026-02-01",
        ),
        (
            "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=MO;COUNT=4",
            "2026-01-05 2026-01-11 2026-01-19 2026-01-25",
        ),
        ("RRULE:FREQ=MONTHLY;COUNT=3", "2026-01-05 2026-02-05 2026-03-05"),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4", "2026-01-05 2026-01-31 2026-03-31 2026-05-31"),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2026-01-05 2026-01-31 2026-02-28"),
        ("RRULE:FREQ=MONTHLY;BYDAY=1MO;COUNT=3", "2026-01-05 2026-02-02 2026-03-02"),
        ("RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "2026-01-05 2026-01-30 2026-02-27"),
        (
            "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3",
            "2026-01-05 2026-01-30 2026-02-27",
        ),
        ("RRULE:FREQ=YEARLY;BYMONTH=3,6;BYDAY=1SU", "2026-01-05 2026-03-01 2026-06-07"),
        ("RRULE:FREQ=YEARLY;BYMONTHDAY=1;BYMONTH=5", "2026-01-05 2026-05-01"),
        ("RRULE:FREQ=YEARLY", "2026-01-05"),
        (
            "RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=Europe/Berlin:20260112T090000",
            "2026-01-05 2026-01-19 2026-01-26",
        ),
        (
            "RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE:20260105T080000Z,20260119T080000Z",
            "2026-01-12 2026-01-26",
        ),
        ("RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20260112", "2026-01-05 2026-01-19"),
        ("RDATE;TZID=Europe/Berlin:20260210T090000,20260105T090000", "2026-01-05 2026-02-10"),
    ] {
        assert_eq!(dates(rule).join(" "), expected, "{rule}");
    }
}

#[test]
fn what_began_long_ago_goes_on() {
    for (rule, count, first) in [
        ("FREQ=DAILY;INTERVAL=3", 3, "2026-11-25"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", 1, "2026-11-25"),
        ("FREQ=MONTHLY;BYMONTHDAY=24", 1, "2026-11-24"),
        ("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=25", 1, "2026-11-25"),
    ] {
        let event = format!("SUMMARY:yuki\nDTSTART:19700105T080000Z\nDURATION:PT12H\nRRULE:{rule}");
        let found = read(&[&event], "2026-11-23T21:00:00Z", "2026-12-02T00:00:00Z");
        assert_eq!(found.shifts.len(), count, "{rule}: {:?}", found.shifts);
        assert_eq!(found.shifts[0].start.to_string()[..10], *first, "{rule}");
    }
}

#[test]
fn a_shift_from_nine_to_nine_leaves_no_gap_through_a_clock_change() {
    let found = spans(&["SUMMARY:Ines\nDTSTART;TZID=Europe/Berlin:20261019T090000\n\
        DTEND;TZID=Europe/Berlin:20261026T090000\nRRULE:FREQ=WEEKLY;COUNT=2"]);
    assert_eq!(
        found,
        [
            ("2026-10-19T07:00:00Z".to_owned(), "2026-10-26T08:00:00Z".to_owned()),
            ("2026-10-26T08:00:00Z".to_owned(), "2026-11-02T08:00:00Z".to_owned()),
        ]
    );
    // A duration of hours elapses, one of days is on the clock.
    let ends = |duration: &str| {
        let event = format!(
            "SUMMARY:Ines\nDTSTART;TZID=Europe/Berlin:20261024T090000\nDURATION:{duration}"
        );
        spans(&[&event])[0].1.clone()
    };
    assert_eq!(ends("PT24H"), "2026-10-25T07:00:00Z");
    assert_eq!(ends("P1D"), "2026-10-25T08:00:00Z");
    assert_eq!(ends("P1DT30M"), "2026-10-25T08:30:00Z");
    assert_eq!(ends("P1W"), "2026-10-31T08:00:00Z");
}

#[test]
fn whole_days_are_those_of_the_schedule() {
    let day = ("2026-03-28T23:00:00Z".to_owned(), "2026-03-29T22:00:00Z".to_owned());
    for event in [
        "SUMMARY:Ines\nDTSTART;VALUE=DATE:20260329\nDTEND;VALUE=DATE:20260330",
        "SUMMARY:Ines\nDTSTART;VALUE=DATE:20260329",
        "SUMMARY:Ines\nDTSTART;VALUE=DATE:20260329\nDTEND;VALUE=DATE:20260329",
        "SUMMARY:Ines\nDTSTART:20260329T000000\nDTEND:20260330T000000",
    ] {
        assert_eq!(spans(&[event]), std::slice::from_ref(&day), "{event}");
    }
}

#[test]
fn zones_are_found_under_the_names_programs_give_them() {
    for name in ["America/New_York", "\"/example.org/2026a/America/New_York\"", "america/new_york"]
    {
        let event = format!("SUMMARY:Ines\nDTSTART;TZID={name}:20260105T090000\nDURATION:PT1H");
        assert_eq!(spans(&[&event])[0].0, "2026-01-05T14:00:00Z", "{name}");
    }
    let floating = spans(&["SUMMARY:Ines\nDTSTART:20260105T090000\nDURATION:PT1H"]);
    assert_eq!(floating[0].0, "2026-01-05T08:00:00Z");
    let two =
        "SUMMARY:Ines\nDTSTART;TZID=Europe/Berlin:20260105T090000\nDTEND;TZID=UTC:20260105T100000";
    assert_eq!(spans(&[two])[0].1, "2026-01-05T10:00:00Z");
}

#[test]
fn single_occurrences_are_moved_given_away_and_cancelled() {
    let series =
        "UID:a\nSUMMARY:Ines\nDTSTART:20260105T080000Z\nDURATION:PT8H\nRRULE:FREQ=WEEKLY;COUNT=4";
    let other = "UID:b\nSUMMARY:Yuki\nDTSTART:20260112T080000Z\nDURATION:PT8H";
    let given = "UID:a\nRECURRENCE-ID:20260112T080000Z\nSUMMARY:Yuki\nDTSTART:20260113T080000Z\nDURATION:PT4H";
    let cancelled = "UID:a\nRECURRENCE-ID;VALUE=DATE:20260119\nSTATUS:CANCELLED\nDTSTART:20260119T080000Z\nDURATION:PT8H";
    let found =
        read(&[given, series, cancelled, other], "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z");
    let shifts: Vec<_> = found
        .shifts
        .iter()
        .map(|shift| (&shift.start.to_string()[..10] == "2026-01-12", &*shift.person))
        .collect();
    assert_eq!(shifts, [(false, "ines"), (true, "yuki"), (false, "yuki"), (false, "ines")]);
    assert_eq!(found.shifts[3].start, at("2026-01-26T08:00:00Z"));
    let following = given.replace("RECURRENCE-ID:", "RECURRENCE-ID;RANGE=THISANDFUTURE:");
    let found = read(&[series, &following], "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z");
    assert_eq!(found.left_out[0].reason, WhyLeftOut::Following);
}

#[test]
fn people_are_found_and_nobody_is_made_up() {
    let shift = |lines: &str| format!("{lines}\nDTSTART:20260105T080000Z\nDURATION:PT8H");
    for (lines, person) in [
        ("SUMMARY:INES", Some("ines")),
        ("SUMMARY: Yuki \\, ", Some("yuki")),
        ("SUMMARY:On call - yuki - Network", Some("yuki")),
        ("SUMMARY:Network: Ines", Some("ines")),
        ("SUMMARY:Primary\nATTENDEE;CN=\"Somebody\":MAILTO:Ines@example.com", Some("ines")),
        ("SUMMARY:Primary\nATTENDEE;CN=Yuki:mailto:y@example.com", Some("yuki")),
        ("SUMMARY:Yuki\nATTENDEE:mailto:ines@example.com", Some("ines")),
        ("SUMMARY:inesita", None),
        ("SUMMARY:", None),
        ("", None),
    ] {
        let found = read(&[&shift(lines)], "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z");
        let people: Vec<&str> = found.shifts.iter().map(|shift| &*shift.person).collect();
        assert_eq!(people, Vec::from_iter(person), "{lines}");
        assert_eq!(found.uncovered.len(), usize::from(person.is_none()), "{lines}");
    }
    let found = read(&[&shift("SUMMARY:Kofi")], "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z");
    assert_eq!(found.uncovered[0].summary.as_deref(), Some("Kofi"));
    assert_eq!(found.uncovered[0].span.seconds(), 8 * 3_600);
}

#[test]
fn what_is_not_understood_is_named() {
    for (lines, reason) in [
        ("SUMMARY:x", WhyLeftOut::NoDate),
        ("DTSTART:soon\nDURATION:PT1H", WhyLeftOut::NoDate),
        ("DTSTART:20260230T080000Z\nDURATION:PT1H", WhyLeftOut::NoDate),
        ("DTSTART:20260105T080000Z\nDURATION:1H", WhyLeftOut::NoDate),
        ("DTSTART:20260105T080000Z", WhyLeftOut::NoLength),
        ("DTSTART:20260105T080000Z\nDTEND:20260105T080000Z", WhyLeftOut::NoLength),
        ("DTSTART:20260105T080000Z\nDTEND:20280105T080000Z", WhyLeftOut::TooLong),
        ("DTSTART:20260105T080000Z\nDURATION:P9999999W", WhyLeftOut::TooLong),
        ("DTSTART;TZID=Mars/Olympus:20260105T080000\nDURATION:PT1H", WhyLeftOut::UnknownZone),
        ("DTSTART:20260105T080000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY", WhyLeftOut::Rule),
        ("DTSTART:20260105T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=0", WhyLeftOut::Rule),
        ("DTSTART:20260105T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=8", WhyLeftOut::Rule),
        (
            "DTSTART:20260105T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY",
            WhyLeftOut::Rule,
        ),
    ] {
        let found = read(&[lines], "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        assert_eq!((found.shifts.len(), found.left_out.len()), (0, 1), "{lines}");
        assert_eq!((found.left_out[0].reason, found.left_out[0].line), (reason, 3), "{lines}");
    }
}

#[test]
fn what_is_no_feed_or_too_much_is_refused_whole() {
    let range = Span::new(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    let read = |text: &str| feed::read(text.as_bytes(), "UTC", range, who).unwrap_err().to_string();
    assert!(read("<html>").contains("Open the address without signing in"));
    assert!(read("BEGIN:VCALENDAR\r\n").contains("ends before END:VCALENDAR"));
    assert!(read(&"x".repeat(1_048_577)).contains("larger than"));
    let zone = feed::read(calendar(&[]).as_bytes(), "Mars/Olympus", range, who);
    assert!(matches!(zone, Err(FeedError::UnknownZone(_))));
    let busy = "SUMMARY:x\nDTSTART:00010101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=1000000";
    let text = calendar(&[busy]);
    assert_eq!(feed::read(text.as_bytes(), "UTC", range, who), Err(FeedError::TooManyDates));
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_refused(
        lines in prop::collection::vec(
            "(DTSTART|DTEND|DURATION|RRULE|EXDATE|RDATE|RECURRENCE-ID|UID)(;TZID=(UTC|Asia/Tokyo))?:[-A-Z0-9=;,]{0,30}",
            0..8,
        ),
        start in "(0001|1970|2026|9999)(01|02|12)(01|29|31)(T[0-9]{6}Z?)?",
        rule in "FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY);(INTERVAL=[0-9]{1,4}|COUNT=[0-9]{1,3}|BYDAY=-?[1-5]MO|BYMONTHDAY=-?[0-9]{1,2}|BYSETPOS=-?[1-9]|UNTIL=[0-9]{8})",
    ) {
        let event = format!("{}\nDTSTART:{start}\nDURATION:P1D\nRRULE:{rule}", lines.join("\n"));
        let range = Span::new(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
        if let Ok(found) = feed::read(calendar(&[&event]).as_bytes(), "Asia/Beirut", range, who) {
            for shift in found.uncovered {
                prop_assert!(shift.span.overlap(range).is_some());
            }
        }
    }
}
