//! Whether an action helped: how often the same came before it was done, and since.

use kernel::{Timestamp, words};

/// Days before it was done that are compared, at most: what was long ago tells of another house.
pub const BEFORE_DAYS: i64 = 180;
/// Days since it was done before anything is said.
pub const TOO_EARLY_DAYS: i64 = 14;
/// The chance below which a difference is taken for one.
pub const CHANCE_MAX: f64 = 0.05;
/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;

words! {
    /// What can be said of an action.
    Told {
        /// It was done too lately.
        TooEarly = "too_early",
        /// Too few incidents came to tell anything.
        TooFew = "too_few",
        /// Fewer come since, more clearly than chance explains.
        Fewer = "fewer",
        /// As many come as before, as far as one can tell.
        NoDifference = "no_difference",
        /// More come since, more clearly than chance explains.
        More = "more",
    }
}

/// What came before and since.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Incidents in the days before.
    pub before: u32,
    /// How many days those are.
    pub before_days: i64,
    /// Incidents since.
    pub after: u32,
    /// How many days those are.
    pub after_days: i64,
    /// How likely so few, or so many, come since by chance alone, if nothing had changed.
    pub chance: f64,
    /// What can be said.
    pub told: Told,
}

impl Effect {
    /// What can be said, in words.
    pub fn words(&self) -> String {
        let counts = format!(
            "{} in the {} before, {} in the {} since",
            self.before,
            days(self.before_days),
            self.after,
            days(self.after_days)
        );
        let said = match self.told {
            Told::TooEarly => return format!("{counts}: too early to tell."),
            Told::TooFew => return format!("{counts}: too few to tell anything."),
            Told::Fewer => "fewer since",
            Told::NoDifference => return format!("{counts}: no clear difference."),
            Told::More => "more since",
        };
        let chance = match self.chance < 0.001 {
            true => "less than 1 time in 1,000".to_owned(),
            false => format!("about {} times in 1,000", (self.chance * 1_000.0).ceil()),
        };
        format!("{counts}: {said}. By chance alone that happens {chance}.")
    }
}

fn days(count: i64) -> String {
    if count == 1 { "day".to_owned() } else { format!("{count} days") }
}

/// Compares what came before `done` with what came since, up to `now`. `known_since` is from
/// when on the record is complete: what lies before is not compared.
///
/// The test is the conditional one of two Poisson rates: of all that came, each fell into the
/// days since with a chance that is their share of all days, if nothing changed.
pub fn effect(
    reported: &[Timestamp],
    known_since: Timestamp,
    done: Timestamp,
    now: Timestamp,
) -> Effect {
    let from = known_since.max(done.plus_days(-BEFORE_DAYS)).min(done);
    let (before_seconds, after_seconds) =
        (done.seconds_since(from).max(0), now.seconds_since(done).max(0));
    let before = reported.iter().filter(|at| (from..done).contains(*at)).count();
    let after = reported.iter().filter(|at| (done..=now).contains(*at)).count();
    let (before, after) = (narrow(before), narrow(after));
    let all = before_seconds + after_seconds;
    let share = if all == 0 { 0.0 } else { after_seconds as f64 / all as f64 };
    let sum = before.saturating_add(after);
    let (fewer, more) = (at_most(sum, share, after), at_least(sum, share, after));
    let told = if after_seconds < TOO_EARLY_DAYS * DAY_SECONDS {
        Told::TooEarly
    } else if before_seconds == 0 {
        Told::TooFew
    } else if more <= CHANCE_MAX {
        Told::More
    } else if fewer <= CHANCE_MAX {
        Told::Fewer
    } else if at_most(sum, share, 0) > CHANCE_MAX {
        // Even if none had come since, that would prove nothing.
        Told::TooFew
    } else {
        Told::NoDifference
    };
    Effect {
        before,
        before_days: before_seconds / DAY_SECONDS,
        after,
        after_days: after_seconds / DAY_SECONDS,
        chance: fewer.min(more),
        told,
    }
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The chance of at most `count` of `sum`, each of which falls there with the chance `share`.
/// By logarithms, so that many are no trouble.
fn at_most(sum: u32, share: f64, count: u32) -> f64 {
    if count >= sum || share <= 0.0 {
        return 1.0;
    }
    if share >= 1.0 {
        return 0.0;
    }
    let odds = (share / (1.0 - share)).ln();
    let mut log = f64::from(sum) * (1.0 - share).ln();
    let mut chance = log.exp();
    for one in 0..count {
        log += (f64::from(sum - one) / f64::from(one + 1)).ln() + odds;
        chance += log.exp();
    }
    chance.clamp(0.0, 1.0)
}

/// The chance of at least `count`.
fn at_least(sum: u32, share: f64, count: u32) -> f64 {
    match count.checked_sub(1) {
        None => 1.0,
        Some(before) => (1.0 - at_most(sum, share, before)).clamp(0.0, 1.0),
    }
}
