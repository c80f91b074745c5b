//! How much comes at each hour of the week, with how far one such hour may be off.
//!
//! Counts of one hour scatter more than a Poisson distribution has it: one cause brings several
//! reports, and weeks differ. How much more is measured over all hours together, since one hour
//! has few weeks to tell it. What is told is where the count of the **next** such hour lies in
//! eight of ten weeks, with what is uncertain of the mean itself: a negative binomial
//! distribution, as that of surges ([`crate::surge::tail`]).

use crate::surge::{self, alike, hour_of_week, tail};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// Hours of a week, from Monday 00:00 on.
pub const HOURS: usize = 168;
/// Weeks that are looked at, at most: the last ones of a span. Of older ones less holds.
pub const WEEKS_MAX: i64 = 104;
/// How often each hour must have been watched before anything is told.
pub const WEEKS_MIN: u32 = 4;

/// Time is walked in quarters of an hour, in seconds: no zone differs from UTC by less.
const QUARTER_SECONDS: i64 = 900;
/// Quarters of an hour that no clock change cut or repeated.
const QUARTERS: u32 = 4;
/// How many times the same hour of other such days counts for an hour of the week.
const LEANS_HOURS: f64 = 1.0;
/// The part of hours that may lie below the interval, and above it.
const TAIL: f64 = 0.1;
/// A rate is known at least so well that its tail can be summed.
const SHAPE_MIN: f64 = 1e-3;
const SHAPE_MAX: f64 = 1e9;
/// Counts beyond which nobody looks for the end of a tail.
const COUNT_MAX: u32 = 1_000_000;

/// One hour of the week.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Hour {
    /// How many come on average.
    pub mean: f64,
    /// Fewer come in one of ten such hours at most.
    pub low: u32,
    /// More come in one of ten such hours at most.
    pub high: u32,
    /// How often that hour was watched.
    pub watched: u32,
}

/// What comes in a week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    /// The hours from Monday 00:00 on.
    pub hours: Vec<Hour>,
    /// How much more hours scatter than by chance alone: their variance is the mean and this
    /// times the square of the mean.
    pub scatter: f64,
}

/// What comes at each hour of the week, by the clock of a zone, from what came from `from` until
/// just before `to`; the order does not matter. `None` if it was watched for fewer than
/// [`WEEKS_MIN`] weeks.
pub fn demand(
    arrivals: &[Timestamp],
    from: Timestamp,
    to: Timestamp,
    zone: &TimeZone,
) -> Option<Demand> {
    let counts = counts(arrivals, from.max(to.plus_days(-7 * WEEKS_MAX)), to, zone);
    if counts.iter().any(|counts| counts.len() < WEEKS_MIN as usize) {
        return None;
    }
    let scatter = scatter(&counts);
    let sums: Vec<(f64, f64)> = counts
        .iter()
        .map(|counts| (counts.iter().map(|n| f64::from(*n)).sum(), counts.len() as f64))
        .collect();
    let hours = (0..HOURS).map(|hour| {
        let (mut sum, mut watched) = (0.0, 0.0);
        for other in alike(hour) {
            sum += sums[other].0;
            watched += sums[other].1;
        }
        let others = sum / watched;
        let known = sums[hour].1 + LEANS_HOURS;
        let mean = (sums[hour].0 + LEANS_HOURS * others) / known;
        told(mean, scatter, known, counts[hour].len() as u32)
    });
    Some(Demand { hours: hours.collect(), scatter })
}

/// How many came in each whole hour, for each hour of the week.
fn counts(
    arrivals: &[Timestamp],
    from: Timestamp,
    to: Timestamp,
    zone: &TimeZone,
) -> Vec<Vec<u32>> {
    let mut counts = vec![Vec::new(); HOURS];
    let mut sorted: Vec<Timestamp> = arrivals.to_vec();
    sorted.sort_unstable();
    let quarter = |at: Timestamp| at.micros().div_euclid(QUARTER_SECONDS * 1_000_000);
    let instant = |n: i64| Timestamp::from_micros(n * QUARTER_SECONDS * 1_000_000);
    // The first quarter that is whole, and the hour of the week that is walked through.
    let first = quarter(from.plus_micros(-1)) + 1;
    let mut next = sorted.partition_point(|at| *at < instant(first));
    let mut open: Option<(usize, u32, u32)> = None;
    let mut close = |open: Option<(usize, u32, u32)>| {
        // Others are cut off at the begin or end, or by a clock change.
        if let Some((hour, QUARTERS, count)) = open {
            counts[hour].push(count);
        }
    };
    for n in first..quarter(to) {
        let hour = hour_of_week(zone, instant(n));
        let end = next + sorted[next..].partition_point(|at| *at < instant(n + 1));
        let came = (end - next) as u32;
        next = end;
        open = match open {
            Some((same, quarters, count)) if same == hour => {
                Some((same, quarters + 1, count + came))
            }
            other => {
                close(other);
                Some((hour, 1, came))
            }
        };
    }
    close(open);
    counts
}

/// How much more counts scatter than by chance, over all hours: what is left of their variances
/// after the means, against the squares of the means.
fn scatter(counts: &[Vec<u32>]) -> f64 {
    let (mut more, mut squares) = (0.0, 0.0);
    for counts in counts {
        let times = counts.len() as f64;
        let mean = counts.iter().map(|n| f64::from(*n)).sum::<f64>() / times;
        let variance = counts.iter().map(|n| (f64::from(*n) - mean).powi(2)).sum::<f64>()
            / (times - 1.0).max(1.0);
        more += times * (variance - mean);
        squares += times * (mean * mean - variance / times).max(0.0);
    }
    if squares > 0.0 { (more / squares).max(0.0) } else { 0.0 }
}

/// The interval of one more hour.
fn told(mean: f64, scatter: f64, known: f64, watched: u32) -> Hour {
    let square = mean * mean;
    // What scatters beyond chance, and what is not known of the mean.
    let more = scatter * square + (mean + scatter * square) / known;
    let shape = if more > 0.0 { square / more } else { SHAPE_MAX };
    let expected = surge::Expected { mean, shape: shape.clamp(SHAPE_MIN, SHAPE_MAX) };
    // Both ends by halving: the chance of so many or more falls with the number.
    let least = |enough: &dyn Fn(u32) -> bool| {
        let mut high = 1;
        while high < COUNT_MAX && !enough(high) {
            high *= 2;
        }
        let mut low = 0;
        while low < high {
            let middle = low + (high - low) / 2;
            if enough(middle) { high = middle } else { low = middle + 1 }
        }
        low
    };
    // More than `high` with a chance of a tenth at most; fewer than `low` likewise.
    let high = least(&|n| tail(n + 1, expected) <= TAIL);
    let low = least(&|n| tail(n + 1, expected) < 1.0 - TAIL);
    Hour { mean, low, high, watched }
}
