//! What holds for every calendar.

use crate::naive::world;
use calendar::{Calendar, Definition, Week};
use kernel::Timestamp;
use kernel::time::MICROS_PER_SECOND;
use proptest::prelude::*;

/// Microseconds up to some weeks, often not whole seconds.
fn offset() -> impl Strategy<Value = i64> {
    -20 * 86_400 * MICROS_PER_SECOND..20 * 86_400 * MICROS_PER_SECOND
}

proptest! {
    #[test]
    fn due_is_the_earliest_end_of_that_much_business_time(
        world in world(),
        start in offset(),
        micros in 1..100 * 3_600 * MICROS_PER_SECOND,
    ) {
        let calendar = world.calendar();
        let start = world.instant(0).plus_micros(start);
        let due = calendar.due_micros(start, micros).expect("Sundays are open");
        prop_assert_eq!(calendar.elapsed_micros(start, due), micros);
        let just_before = due.plus_micros(-1);
        prop_assert!(calendar.is_open(just_before), "{} is business time or its edge", due);
        prop_assert_eq!(calendar.elapsed_micros(start, just_before), micros - 1);
    }

    #[test]
    fn whole_seconds_are_due_after_exactly_those(
        world in world(),
        start in offset(),
        seconds in 0..100 * 3_600_i64,
    ) {
        let calendar = world.calendar();
        let start = world.instant(0).plus_micros(start);
        let due = calendar.due(start, seconds).expect("Sundays are open");
        prop_assert_eq!(calendar.elapsed(start, due), seconds);
        prop_assert!(seconds > 0 || due == start);
    }

    #[test]
    fn parts_add_up_and_more_time_is_never_less(
        world in world(),
        mut offsets in [offset(), offset(), offset()],
    ) {
        offsets.sort_unstable();
        let calendar = world.calendar();
        let [a, b, c] = offsets.map(|micros| world.instant(0).plus_micros(micros));
        let (first, second) = (calendar.elapsed_micros(a, b), calendar.elapsed_micros(b, c));
        prop_assert_eq!(first + second, calendar.elapsed_micros(a, c));
        prop_assert!(0 <= first && first <= b.micros_since(a));
        prop_assert!(0 <= second && second <= c.micros_since(b));
        prop_assert_eq!(calendar.elapsed_micros(c, a), 0);
    }

    #[test]
    fn spans_are_all_of_the_business_time_and_never_touch(
        world in world(),
        mut offsets in [offset(), offset()],
    ) {
        offsets.sort_unstable();
        let calendar = world.calendar();
        let [from, to] = offsets.map(|micros| world.instant(0).plus_micros(micros));
        let spans: Vec<_> = calendar.open_spans(from, to).collect();
        let sum: i64 = spans.iter().map(|span| span.end.micros_since(span.start)).sum();
        prop_assert_eq!(sum, calendar.elapsed_micros(from, to));
        for span in &spans {
            prop_assert!(from <= span.start && span.start < span.end && span.end <= to);
            prop_assert!(calendar.is_open(span.start));
            prop_assert!(span.start == from || !calendar.is_open(span.start.plus_micros(-1)));
            prop_assert!(span.end == to || !calendar.is_open(span.end));
        }
        prop_assert!(spans.windows(2).all(|pair| pair[0].end < pair[1].start));
    }

    #[test]
    fn next_open_is_open_and_nothing_before_it(world in world(), at in offset()) {
        let calendar = world.calendar();
        let at = world.instant(0).plus_micros(at);
        let next = calendar.next_open(at).expect("Sundays are open");
        prop_assert!(at <= next && calendar.is_open(next));
        prop_assert_eq!(calendar.elapsed_micros(at, next), 0);
        prop_assert_eq!(calendar.is_open(at), at == next);
    }

    #[test]
    fn no_instant_is_too_early_or_too_late(
        world in world(),
        start in any::<i64>(),
        end in any::<i64>(),
        micros in any::<i64>(),
    ) {
        let calendar = world.calendar();
        let (start, end) = (Timestamp::from_micros(start), Timestamp::from_micros(end));
        prop_assert!(calendar.elapsed_micros(start, end) >= 0);
        if let Some(due) = calendar.due_micros(start, micros) {
            prop_assert!(start <= due);
        }
        if let Some(next) = calendar.next_open(start) {
            prop_assert!(start <= next);
        }
        let days = calendar.skipped(start, start.plus_seconds(30 * 86_400)).count();
        prop_assert!(days <= 31);
        for span in calendar.open_spans(start, end).take(3) {
            prop_assert!(start <= span.start && span.end <= end);
        }
    }
}

#[test]
fn round_the_clock_is_physical_time() {
    let calendar = Calendar::new(&Definition::new("Europe/Berlin", Week::always())).unwrap();
    let start = crate::at("2025-03-29T12:34:56.789Z");
    assert_eq!(calendar.due(start, 86_400), Some(start.plus_seconds(86_400)));
    let year = start.plus_seconds(365 * 86_400);
    assert_eq!(calendar.elapsed(start, year), 365 * 86_400);
    assert_eq!(calendar.open_spans(start, year).count(), 1);
    assert_eq!(calendar.skipped(start, year).count(), 0);
}

#[test]
fn parts_of_a_second_count_but_are_not_shown() {
    let calendar = Calendar::new(&Definition::new("UTC", Week::always())).unwrap();
    let start = crate::at("2026-01-01T00:00:00.4Z");
    assert_eq!(calendar.elapsed(start, start.plus_micros(1_999_999)), 1);
    assert_eq!(calendar.elapsed_micros(start, start.plus_micros(1_999_999)), 1_999_999);
    assert_eq!(calendar.due(start, 1), Some(crate::at("2026-01-01T00:00:01.4Z")));
}
