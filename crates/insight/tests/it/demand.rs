//! How much comes at which hour, against simulated weeks.

use crate::surge::Dice;
use insight::demand::{Demand, HOURS, WEEKS_MIN, demand};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use proptest::prelude::*;

/// Monday, 2 March 2026, 00:00 UTC.
const MONDAY: Timestamp = Timestamp::from_micros(1_772_409_600_000_000);

/// How many came in each hour of some weeks. One hour in four brings more, so that counts
/// scatter by more than chance.
fn weeks(dice: &mut Dice, weeks: usize, level: f64, scatters: bool) -> Vec<usize> {
    let hour = |n: usize| {
        let (day, hour) = (n % HOURS / 24, n % 24);
        if day < 5 && (8..18).contains(&hour) {
            level * (1.0 + day as f64 / 10.0)
        } else {
            level / 8.0
        }
    };
    (0..weeks * HOURS)
        .map(|n| {
            let more = if !scatters {
                1.0
            } else if dice.unit() < 0.25 {
                2.2
            } else {
                0.6
            };
            dice.poisson(hour(n) * more)
        })
        .collect()
}

fn told(counts: &[usize]) -> Option<Demand> {
    let arrivals: Vec<Timestamp> = counts
        .iter()
        .enumerate()
        .flat_map(|(n, count)| {
            (0..*count)
                .map(move |nth| MONDAY.plus_seconds(n as i64 * 3_600 + (nth as i64 * 37) % 3_600))
        })
        .collect();
    let end = MONDAY.plus_seconds(counts.len() as i64 * 3_600);
    demand(&arrivals, MONDAY, end, &TimeZone::UTC)
}

/// The part of hours after those that were learned that lie in their interval.
fn covered(demand: &Demand, after: &[usize]) -> f64 {
    let within = after.iter().enumerate().filter(|(n, count)| {
        let hour = demand.hours[n % HOURS];
        (hour.low as usize..=hour.high as usize).contains(*count)
    });
    within.count() as f64 / after.len() as f64
}

#[test]
fn a_month_is_needed_and_an_empty_one_tells_that_nothing_comes() {
    let few = vec![1; HOURS * (WEEKS_MIN as usize - 1)];
    assert_eq!(told(&few), None);
    let none = told(&vec![0; HOURS * WEEKS_MIN as usize]).unwrap();
    assert_eq!((none.hours.len(), none.scatter), (HOURS, 0.0));
    assert!(none.hours.iter().all(|hour| (hour.mean, hour.low, hour.high) == (0.0, 0, 0)));
    assert_eq!(demand(&[], MONDAY, MONDAY.plus_days(-1), &TimeZone::UTC), None);
}

#[test]
fn hours_are_those_of_the_zone_and_clock_changes_are_left_out() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    // Nine in the morning in Berlin, on Mondays; the clock changes on 29 March.
    let arrivals: Vec<Timestamp> = (0..8)
        .flat_map(|week| {
            let hour = if week < 4 { 8 } else { 7 };
            (0..20).map(move |n| MONDAY.plus_days(7 * week).plus_seconds(hour * 3_600 + n * 60))
        })
        .collect();
    let demand = demand(&arrivals, MONDAY, MONDAY.plus_days(56), &berlin).unwrap();
    assert_eq!(demand.hours[9].watched, 8);
    assert!(demand.hours[9].mean > 15.0, "{:?}", demand.hours[9]);
    assert!(demand.hours[8].mean < 0.01 && demand.hours[10].mean < 0.01);
    // Sunday from two to three o'clock did not exist once.
    assert_eq!(demand.hours[6 * 24 + 2].watched, 7);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn eight_of_ten_hours_lie_in_their_interval(seed: u64, scatters: bool) {
        let mut dice = Dice(seed);
        let all = weeks(&mut dice, 52, 30.0, scatters);
        let (past, after) = all.split_at(26 * HOURS);
        let demand = told(past).unwrap();
        let covered = covered(&demand, after);
        // Whole numbers make intervals a little wider than they would have to be.
        prop_assert!((0.76..0.94).contains(&covered), "{covered} {}", demand.scatter);
        prop_assert_eq!(scatters, demand.scatter > 0.1, "{}", demand.scatter);
    }

    #[test]
    fn where_little_comes_intervals_are_wide_enough(seed: u64, level in 0.2_f64..3.0) {
        let mut dice = Dice(seed);
        let all = weeks(&mut dice, 34, level, true);
        let (past, after) = all.split_at(8 * HOURS);
        let demand = told(past).unwrap();
        prop_assert!(covered(&demand, after) > 0.77);
        prop_assert!(demand.hours.iter().all(|hour| hour.low <= hour.high));
    }
}
