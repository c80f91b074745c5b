//! Holidays and special openings, and what explains a due date.

use crate::{at, calendar};
use calendar::{Reason, SkippedDay};
use serde_json::json;

fn spans(calendar: &calendar::Calendar, from: &str, to: &str) -> Vec<String> {
    calendar.open_spans(at(from), at(to)).map(|span| span.to_string()).collect()
}

#[test]
fn a_holiday_is_its_date_and_not_the_shift_that_begins_on_it() {
    let nights = calendar(json!({
        "time_zone": "UTC",
        "week": {"mon": [["22:00", "06:00"]], "tue": [["22:00", "06:00"]]},
        "holidays": ["2026-11-24"],
    }));
    // Monday keeps two hours; Tuesday the 24th has none; its night goes on on Wednesday.
    assert_eq!(
        spans(&nights, "2026-11-23T00:00:00Z", "2026-11-27T00:00:00Z"),
        [
            "2026-11-23T22:00:00Z to 2026-11-24T00:00:00Z",
            "2026-11-25T00:00:00Z to 2026-11-25T06:00:00Z",
        ]
    );
}

#[test]
fn a_special_opening_says_all_about_its_date() {
    let nights = calendar(json!({
        "time_zone": "UTC",
        "week": {"mon": [["22:00", "06:00"]], "tue": [["22:00", "06:00"]]},
        "special_openings": [{"date": "2026-11-24", "hours": [["10:00", "12:00"]]}],
    }));
    // Neither Monday's night nor Tuesday's own are open on that date or after it.
    assert_eq!(
        spans(&nights, "2026-11-23T00:00:00Z", "2026-11-26T00:00:00Z"),
        [
            "2026-11-23T22:00:00Z to 2026-11-24T00:00:00Z",
            "2026-11-24T10:00:00Z to 2026-11-24T12:00:00Z",
        ]
    );
}

#[test]
fn a_special_opening_opens_a_holiday_and_a_closed_weekday() {
    let office = calendar(json!({
        "time_zone": "Europe/Berlin",
        "week": {"mon": [["09:00", "17:00"]]},
        "holidays": ["2026-12-28"],
        "special_openings": [
            {"date": "2026-12-27", "hours": [["20:00", "02:00"]]},
            {"date": "2026-12-28", "hours": [["10:00", "12:00"]]},
        ],
    }));
    // The night of the 27th ends at midnight, because the 28th speaks for itself.
    assert_eq!(
        spans(&office, "2026-12-25T00:00:00Z", "2026-12-30T00:00:00Z"),
        [
            "2026-12-27T19:00:00Z to 2026-12-27T23:00:00Z",
            "2026-12-28T09:00:00Z to 2026-12-28T11:00:00Z",
        ]
    );
}

#[test]
fn the_night_of_a_special_opening_runs_on() {
    let office = calendar(json!({
        "time_zone": "UTC",
        "week": {"mon": [["09:00", "17:00"]]},
        "special_openings": [{"date": "2026-11-29", "hours": [["20:00", "02:00"]]}],
    }));
    assert_eq!(
        spans(&office, "2026-11-28T00:00:00Z", "2026-12-01T00:00:00Z"),
        [
            "2026-11-29T20:00:00Z to 2026-11-30T02:00:00Z",
            "2026-11-30T09:00:00Z to 2026-11-30T17:00:00Z",
        ]
    );
}

#[test]
fn only_special_openings_are_a_calendar_that_ends() {
    let fair = calendar(json!({
        "time_zone": "UTC",
        "week": {},
        "special_openings": [{"date": "2026-11-29", "hours": [["09:00", "17:00"]]}],
    }));
    let start = at("2026-11-01T00:00:00Z");
    assert_eq!(fair.week_in_words(), "special openings only");
    assert_eq!(fair.due(start, 8 * 3_600), Some(at("2026-11-29T17:00:00Z")));
    assert_eq!(fair.due(start, 8 * 3_600 + 1), None);
    assert_eq!(fair.next_open(at("2026-11-29T17:00:00Z")), None);
}

#[test]
fn ten_thousand_holidays_are_leapt_over() {
    let first = jiff::civil::date(2020, 1, 1);
    let days: Vec<_> = first.series(jiff::Span::new().days(1)).take(10_000).collect();
    let closed = calendar(json!({
        "time_zone": "Europe/Berlin",
        "week": "always",
        "holidays": days,
    }));
    // 2047-05-19 is the first date after them.
    let start = at("2037-06-01T00:00:00Z");
    assert_eq!(closed.due(start, 60), Some(at("2047-05-18T22:01:00Z")));
    assert_eq!(closed.due(at("2020-01-01T12:00:00Z"), 60), None);
    assert_eq!(closed.elapsed(at("2019-12-31T22:00:00Z"), at("2047-05-18T22:00:01Z")), 3_601);
}

#[test]
fn the_zone_stands_still_after_2100_and_hours_go_on() {
    let office = calendar(json!({
        "time_zone": "Europe/Berlin",
        "week": {"mon": [["09:00", "17:00"]]},
    }));
    // A Monday in July 2150: still at the offset of New Year 2100.
    let start = at("2150-07-06T00:00:00Z");
    assert_eq!(office.due(start, 3_600), Some(at("2150-07-06T09:00:00Z")));
}

#[test]
fn every_day_that_moved_a_due_date_is_named() {
    let office = calendar(json!({
        "time_zone": "Europe/Berlin",
        "week": {"mon": [["08:00", "18:00"]], "thu": [["08:00", "18:00"]], "fri": [["08:00", "18:00"]]},
        "holidays": [
            {"date": "2026-12-25", "name": "Christmas Day"},
            {"date": "2026-12-26", "name": "Boxing Day"},
            "2026-12-28",
        ],
        "special_openings": [
            {"date": "2026-12-24", "name": "Christmas Eve", "hours": [["08:00", "12:00"]]},
            {"date": "2026-12-31", "hours": [["08:00", "20:00"]]},
        ],
    }));
    let (start, due) = (at("2026-12-24T08:00:00Z"), at("2026-12-31T08:00:00Z"));
    let told: Vec<(String, Reason<'_>)> = office
        .skipped(start, due)
        .map(|SkippedDay { date, reason }| (date.to_string(), reason))
        .collect();
    let expected = [
        ("2026-12-24", Reason::SpecialOpening(Some("Christmas Eve"))),
        ("2026-12-25", Reason::Holiday(Some("Christmas Day"))),
        // It is closed on Saturdays anyway.
        ("2026-12-26", Reason::ClosedWeekday),
        ("2026-12-27", Reason::ClosedWeekday),
        ("2026-12-28", Reason::Holiday(None)),
        ("2026-12-29", Reason::ClosedWeekday),
        ("2026-12-30", Reason::ClosedWeekday),
    ];
    assert_eq!(told, expected.map(|(date, reason)| (date.to_owned(), reason)));
}

#[test]
fn the_day_of_the_end_counts_only_when_it_was_reached() {
    let office = calendar(json!({"time_zone": "UTC", "week": {"mon": [["08:00", "18:00"]]}}));
    let saturday = at("2026-11-28T00:00:00Z");
    assert_eq!(office.skipped(at("2026-11-27T12:00:00Z"), saturday).count(), 1);
    assert_eq!(office.skipped(at("2026-11-27T12:00:00Z"), saturday.plus_micros(1)).count(), 2);
    assert_eq!(office.skipped(saturday, saturday).count(), 0);
}
