//! The line run on what came: against Erlang C where all is steady, and by hand where it is not.

use insight::line::{Line, Rehearsed, rehearse};
use insight::staffing::{Load, waiting};
use jiff::tz::TimeZone;
use kernel::Timestamp;

const HOUR: i64 = 3_600;

fn monday() -> Timestamp {
    "2026-03-02T00:00:00Z".parse().unwrap()
}

fn run(arrivals: &[Timestamp], weeks: i64, staff: &[u32], handling: f64) -> Rehearsed {
    let line = Line {
        staff,
        open: None,
        zone: &TimeZone::UTC,
        handling_seconds: handling,
        within_seconds: 20.0,
    };
    rehearse(arrivals, (monday(), monday().plus_days(7 * weeks)), &line)
}

/// At random at a steady rate, the same in every run (SplitMix64).
fn at_random(per_hour: f64, weeks: i64) -> Vec<Timestamp> {
    let (mut state, mut at, mut found) = (11u64, 0.0, vec![]);
    loop {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let unit = ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
        at -= (1.0 - unit).ln() * HOUR as f64 / per_hour;
        if at >= (weeks * 7 * 24 * HOUR) as f64 {
            return found;
        }
        found.push(monday().plus_micros((at * 1e6) as i64));
    }
}

#[test]
fn where_all_is_steady_it_goes_as_erlang_has_it() {
    for (per_hour, agents) in [(100.0, 6), (100.0, 8), (40.0, 3)] {
        let arrivals = at_random(per_hour, 10);
        let went = run(&arrivals, 10, &[agents; 168], 180.0);
        let told = waiting(&Load::new(per_hour, 180.0).unwrap(), agents).unwrap();
        let whole = went.whole;
        assert_eq!((whole.came as usize, went.untaken), (arrivals.len(), 0));
        let near = |found: f64, wanted: f64, what: &str| {
            let off = (found - wanted).abs();
            assert!(off <= 0.08 * wanted, "{what} of {agents}: {found}, not {wanted}");
        };
        near(whole.mean_seconds.unwrap(), told.mean_seconds, "waiting");
        near(whole.queue, told.queue, "the queue");
        let in_time = whole.in_time.unwrap();
        assert!((in_time - told.within(20.0)).abs() < 0.01, "{agents}: {in_time}");
    }
}

#[test]
fn what_comes_while_nobody_is_there_waits_until_somebody_is() {
    // Mondays from eight to four.
    let mut staff = [0; 168];
    staff[8..16].fill(1);
    let at = |hour: i64| monday().plus_seconds(hour * HOUR);
    let arrivals = [at(9), at(6), at(17), monday().plus_days(-1)];
    let went = run(&arrivals, 1, &staff, 0.001);
    let of = |hour: usize| (went.hours[hour].mean_seconds, went.hours[hour].in_time);
    assert_eq!(of(6), (Some(7_200.0), Some(0.0)));
    assert_eq!(of(9), (Some(0.0), Some(1.0)));
    let a_week_later = (6 * 24 + 15) as f64 * HOUR as f64;
    assert_eq!(of(17), (Some(a_week_later), Some(0.0)));
    assert_eq!(of(10), (None, None));
    let queue = [6, 7, 8, 17, 100].map(|hour: usize| went.hours[hour].queue);
    assert_eq!(queue, [1.0, 1.0, 0.0, 1.0, 1.0]);
    assert_eq!((went.whole.came, went.untaken), (3, 0));
    assert_eq!(went.longest_seconds, a_week_later);
}

#[test]
fn what_nobody_takes_is_told_and_nothing_is_nothing() {
    let arrivals = [monday(), monday().plus_seconds(HOUR)];
    let went = run(&arrivals, 1, &[], 60.0);
    assert_eq!((went.untaken, went.whole.in_time), (2, Some(0.0)));
    assert_eq!(went.longest_seconds, 14.0 * 86_400.0, "until a week after the end");
    let none = run(&[], 1, &[3; 168], 60.0);
    assert_eq!((none.whole.came, none.whole.mean_seconds, none.whole.queue), (0, None, 0.0));
}

#[test]
fn the_same_past_gives_the_same_answer_and_more_people_wait_for_less() {
    let arrivals = at_random(30.0, 1);
    let mut shuffled = arrivals.clone();
    shuffled.reverse();
    let few = run(&arrivals, 1, &[2; 168], 180.0);
    assert_eq!(few, run(&shuffled, 1, &[2; 168], 180.0));
    let more = run(&arrivals, 1, &[3; 168], 180.0);
    assert!(more.whole.mean_seconds < few.whole.mean_seconds);
    assert!(more.longest_seconds <= few.longest_seconds);
}

#[test]
fn people_are_there_while_their_calendar_is_open() {
    let week = serde_json::json!({
        "time_zone": "UTC", "week": { "mon": [["09:00", "17:00"]] }, "holidays": [],
    });
    let definition: calendar::Definition = serde_json::from_value(week).unwrap();
    let office = calendar::Calendar::new(&definition).unwrap();
    let line = Line {
        staff: &[1; 168],
        open: Some(&office),
        zone: &TimeZone::UTC,
        handling_seconds: 0.001,
        within_seconds: 20.0,
    };
    let arrivals = [8, 10].map(|hour| monday().plus_seconds(hour * HOUR));
    let went = rehearse(&arrivals, (monday(), monday().plus_days(7)), &line);
    let waited = [8, 10].map(|hour: usize| went.hours[hour].mean_seconds);
    assert_eq!(waited, [Some(3_600.0), Some(0.0)]);
}
