//! Surges against simulated arrivals.

use insight::surge::{Arrival, SLOW_SECONDS, Seen, Usual, Weeks, counting, is_calm, look, since};
use jiff::tz::TimeZone;
use kernel::{PersonId, Timestamp};

/// Monday, 23 November 2026, 00:00 UTC.
const NOW: Timestamp = Timestamp::from_micros(1_795_392_000_000_000);
const WEEK_MINUTES: i64 = 7 * 1_440;

/// A small generator, so that every run is the same (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// How many come where so many are expected.
    pub(crate) fn poisson(&mut self, mean: f64) -> usize {
        let (least, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > least {
            product *= self.unit();
            count += 1;
        }
        count
    }
}

fn person(n: usize) -> PersonId {
    format!("00000000-0000-7000-8000-{n:012x}").parse().unwrap()
}

/// Reports, each by somebody else, minute by minute from `from` on.
fn arrivals(
    dice: &mut Dice,
    from: Timestamp,
    minutes: i64,
    an_hour: impl Fn(i64) -> f64,
) -> Vec<Arrival> {
    let mut found = Vec::new();
    for minute in 0..minutes {
        for _ in 0..dice.poisson(an_hour(minute) / 60.0) {
            let by = person(1_000_000 + found.len());
            found.push(Arrival { at: from.plus_seconds(minute * 60 + 30), by });
        }
    }
    found
}

/// Working hours bring `by_day` an hour, the rest of the week `else_`.
fn office(by_day: f64, else_: f64) -> impl Fn(i64) -> f64 {
    move |minute| {
        let (day, hour) = (minute.rem_euclid(WEEK_MINUTES) / 1_440, minute.rem_euclid(1_440) / 60);
        if day < 5 && (8..18).contains(&hour) { by_day } else { else_ }
    }
}

/// What eight weeks before [`NOW`] make usual.
fn usual(dice: &mut Dice, an_hour: impl Fn(i64) -> f64) -> Usual {
    let weeks = Weeks::before(NOW, NOW.plus_days(-56), &TimeZone::UTC);
    assert!(weeks.tell());
    weeks.usual(&arrivals(dice, NOW.plus_days(-56), 8 * WEEK_MINUTES, an_hour), &[])
}

/// Looks after each report, as the desk does; what is found first.
fn first(usual: &Usual, all: &[Arrival]) -> Option<(Timestamp, Seen)> {
    (0..all.len()).find_map(|at| {
        let now = all[at].at;
        let oldest = now.plus_seconds(-SLOW_SECONDS);
        let from = all.partition_point(|arrival| arrival.at <= oldest);
        look(usual, &all[from..=at], now).map(|seen| (now, seen))
    })
}

#[test]
fn weeks_of_normal_load_are_silent() {
    let mut alarms = 0;
    for service in 0..20 {
        let mut dice = Dice(service);
        let by_day = [0.2, 1.0, 4.0, 12.0][service as usize % 4];
        let pattern = office(by_day, by_day / 20.0);
        let usual = usual(&mut dice, &pattern);
        let all = arrivals(&mut dice, NOW, 4 * WEEK_MINUTES, &pattern);
        alarms += usize::from(first(&usual, &all).is_some());
    }
    assert!(alarms <= 1, "{alarms} in 80 weeks of a service; one in 200 is promised");
}

#[test]
fn a_fivefold_rise_is_seen_within_minutes() {
    for (usually, minutes_max) in [(12.0, 60), (60.0, 15), (240.0, 6)] {
        for seed in 0..5 {
            let mut dice = Dice(100 + seed);
            let usual = usual(&mut dice, office(usually, usually / 20.0));
            // Monday at ten.
            let ten = NOW.plus_seconds(10 * 3_600);
            let all = arrivals(&mut dice, ten, 240, |_| 5.0 * usually);
            let (at, seen) = first(&usual, &all).expect("a surge");
            let minutes = at.seconds_since(ten) / 60;
            assert!(minutes <= minutes_max, "{usually} an hour took {minutes} minutes");
            assert!(f64::from(seen.counted) > 2.0 * seen.expected, "{seen:?}");
        }
    }
}

#[test]
fn what_rises_slowly_is_seen_in_time() {
    let mut found = 0;
    for seed in 0..5 {
        let mut dice = Dice(200 + seed);
        let usual = usual(&mut dice, office(12.0, 1.0));
        let all = arrivals(&mut dice, NOW.plus_seconds(9 * 3_600), 480, |_| 30.0);
        found += usize::from(first(&usual, &all).is_some());
    }
    assert_eq!(found, 5, "two and a half times the usual for eight hours");
}

#[test]
fn at_night_three_different_people_are_a_surge_and_two_are_none() {
    let usual = usual(&mut Dice(1), office(4.0, 0.0));
    let three = NOW.plus_seconds(3 * 3_600);
    let by = |people: &[usize]| -> Vec<Arrival> {
        let each = people.iter().enumerate();
        each.map(|(n, who)| Arrival { at: three.plus_seconds(n as i64 * 60), by: person(*who) })
            .collect()
    };
    let now = three.plus_seconds(600);
    assert!(look(&usual, &by(&[1, 2]), now).is_none());
    assert!(look(&usual, &by(&[1, 2, 1, 2, 1, 2, 1]), now).is_none(), "two who write often");
    let seen = look(&usual, &by(&[1, 2, 1, 3]), now).expect("three people at night");
    assert_eq!((seen.counted, seen.began, seen.slow), (3, three, false));
    assert!(seen.expected < 0.1);
}

#[test]
fn one_reporter_or_one_source_of_alerts_counts_once_an_hour() {
    let storm: Vec<Arrival> =
        (0..180).map(|n| Arrival { at: NOW.plus_seconds(n * 60), by: person(7) }).collect();
    assert_eq!(counting(&storm).len(), 3);
    let usual = usual(&mut Dice(2), office(4.0, 0.2));
    assert!(first(&usual, &storm).is_none());
}

#[test]
fn it_is_over_when_arrivals_are_normal_again() {
    let usual = usual(&mut Dice(3), office(4.0, 0.2));
    let ten = NOW.plus_seconds(10 * 3_600);
    let storm: Vec<Arrival> =
        (0..30).map(|n| Arrival { at: ten.plus_seconds(n * 60), by: person(n as usize) }).collect();
    let (_, seen) = first(&usual, &storm).expect("a surge");
    let half_past = ten.plus_seconds(1_800);
    assert!(!is_calm(&usual, &storm, half_past));
    assert!(!is_calm(&usual, &storm, half_past.plus_seconds(1_200)));
    assert!(is_calm(&usual, &storm, half_past.plus_seconds(3_600)));
    let (counted, expected) = since(&usual, &storm, seen.began, half_past);
    assert_eq!(counted, 30);
    assert!((1.0..4.0).contains(&expected), "{expected}");
}

#[test]
fn the_usual_hours_move_with_the_clocks_of_the_zone() {
    // Berlin left summer time on 25 October 2026: nine o'clock was 07:00 UTC and is 08:00 UTC.
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let now: Timestamp = "2026-10-26T00:00:00Z".parse().unwrap();
    let weeks = Weeks::before(now, now.plus_days(-56), &berlin);
    let mut all = Vec::new();
    for day in 0..56 {
        let nine: Timestamp = now.plus_days(day - 56).plus_seconds(7 * 3_600);
        all.extend((0..6).map(|n| Arrival {
            at: nine.plus_seconds(n * 600),
            by: person((day * 10 + n) as usize),
        }));
    }
    let usual = weeks.usual(&all, &[]);
    let expected = |utc_hour: i64| {
        let from = now.plus_seconds(utc_hour * 3_600);
        usual.expected(from, from.plus_seconds(3_600)).mean
    };
    assert!(expected(8) > 4.0, "nine o'clock by the clock on the wall: {}", expected(8));
    assert!(expected(7) < 1.0, "that is eight o'clock now: {}", expected(7));
}

#[test]
fn nothing_is_unusual_on_the_first_day() {
    let young = Weeks::before(NOW, NOW.plus_seconds(-20 * 3_600), &TimeZone::UTC);
    assert!(!young.tell());
    assert!(Weeks::before(NOW, NOW.plus_days(-2), &TimeZone::UTC).tell());
}
