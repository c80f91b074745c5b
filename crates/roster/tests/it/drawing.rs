//! Rows of the table in which lanes are drawn.

use crate::{at, roster};
use proptest::prelude::*;
use roster::{COLUMNS_PER_DAY, Cell, Drawing, Look, Span};
use serde_json::json;

fn drawing(zone: &str, first: &str, days: u32) -> Drawing {
    let nobody = roster(json!({ "time_zone": zone, "layers": [] }));
    nobody.drawing(first.parse().unwrap(), days)
}

fn span(from: &str, to: &str) -> Span {
    Span::new(at(from), at(to))
}

fn cells(drawing: &Drawing, shifts: &[Span], gaps: &[Span]) -> Vec<(usize, Look)> {
    let cells = drawing.cells(shifts, gaps);
    assert_eq!(cells.iter().map(|cell| cell.columns).sum::<usize>(), drawing.columns());
    cells.into_iter().map(|Cell { columns, look }| (columns, look)).collect()
}

#[test]
fn four_weeks_are_drawn_as_in_the_plan() {
    let drawing = drawing("Europe/Amsterdam", "2026-11-23", 28);
    let monday = "2026-11-23T08:00:00Z";
    let shifts = [
        span("2026-11-16T08:00:00Z", monday),
        span(monday, "2026-11-26T17:00:00Z"),
        span("2026-11-26T17:00:00Z", "2026-11-27T05:00:00Z"),
        span("2026-11-27T05:00:00Z", "2026-12-09T17:00:00Z"),
        span("2026-12-10T08:00:00Z", "2027-01-01T08:00:00Z"),
    ];
    let gaps = [span("2026-12-09T17:00:00Z", "2026-12-10T08:00:00Z")];
    assert_eq!(
        cells(&drawing, &shifts, &gaps),
        [
            (3, Look::Shift(0)),
            (27, Look::Shift(1)),
            (4, Look::Shift(2)),
            (100, Look::Shift(3)),
            (5, Look::Gap(0)),
            (85, Look::Shift(4)),
        ]
    );
    let now = drawing.percent(at("2026-11-23T12:12:00Z")).unwrap();
    assert!((now - 1.964).abs() < 0.001, "{now}");
    assert_eq!(drawing.percent(at("2026-12-20T23:00:00Z")), None);
    let days: Vec<_> = drawing.days().collect();
    assert_eq!(days.len(), 28);
    assert_eq!(days.iter().filter(|(_, weekend)| *weekend).count(), 8);
    assert_eq!(days[5].0.to_string(), "2026-11-28");
}

#[test]
fn a_day_has_eight_columns_whatever_the_clock_does() {
    for (first, shift, columns) in [
        // 23 and 25 hours; the shift is from 09:00 to 18:00.
        ("2026-03-29", span("2026-03-29T07:00:00Z", "2026-03-29T16:00:00Z"), 3),
        ("2026-10-25", span("2026-10-25T08:00:00Z", "2026-10-25T17:00:00Z"), 3),
    ] {
        let drawing = drawing("Europe/Berlin", first, 1);
        assert_eq!(
            cells(&drawing, &[shift], &[]),
            [(3, Look::Empty), (columns, Look::Shift(0)), (2, Look::Empty)]
        );
    }
}

#[test]
fn a_short_gap_is_not_overlooked() {
    let drawing = drawing("UTC", "2026-11-23", 1);
    let shifts = [
        span("2026-11-23T00:00:00Z", "2026-11-23T18:00:00Z"),
        span("2026-11-23T18:20:00Z", "2026-11-24T00:00:00Z"),
    ];
    let gaps = [span("2026-11-23T18:00:00Z", "2026-11-23T18:20:00Z")];
    assert_eq!(
        cells(&drawing, &shifts, &gaps),
        [(6, Look::Shift(0)), (1, Look::Gap(0)), (1, Look::Shift(1))]
    );
}

proptest! {
    #[test]
    fn a_row_is_always_as_wide_as_the_table(
        days in 1..40_u32,
        edges in prop::collection::vec(0..60 * 24 * 60_i64, 0..30),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Beirut"]),
    ) {
        let drawing = drawing(zone, "2026-03-20", days);
        let mut edges: Vec<_> =
            edges.into_iter().map(|minutes| at("2026-03-15T00:00:00Z").plus_seconds(60 * minutes)).collect();
        edges.sort_unstable();
        let spans: Vec<Span> = edges.windows(2).map(|pair| Span::new(pair[0], pair[1])).collect();
        let (shifts, gaps) = spans.split_at(spans.len() / 2);
        let cells = drawing.cells(shifts, gaps);
        prop_assert_eq!(
            cells.iter().map(|cell| cell.columns).sum::<usize>(),
            days as usize * COLUMNS_PER_DAY
        );
        prop_assert!(cells.iter().all(|cell| cell.columns > 0));
    }
}
