//! Whether they become more, and whether what was done about them helped.

use crate::review::{Effect, Told, effect};
use kernel::{Timestamp, words};

/// Weeks that are drawn: half a year.
pub const WEEKS: usize = 26;
/// The days that a trend compares with those before: eight weeks.
pub const TREND_DAYS: i64 = 56;
/// Seconds of a week.
const WEEK_SECONDS: i64 = 7 * 86_400;
/// Standard errors around an estimate within which it lies 19 times in 20.
const NINETEEN_IN_TWENTY: f64 = 1.96;

words! {
    /// Where it goes.
    Trend {
        /// More come lately, more clearly than chance explains.
        Rising = "rising",
        /// Fewer come lately, more clearly than chance explains.
        Falling = "falling",
        /// As many come as before, as far as one can tell.
        Steady = "steady",
        /// Too few came to tell.
        Unclear = "unclear",
    }
}

impl Trend {
    /// What the comparison of the last weeks with those before says.
    pub const fn of(effect: &Effect) -> Trend {
        match effect.told {
            Told::More => Trend::Rising,
            Told::Fewer => Trend::Falling,
            Told::NoDifference => Trend::Steady,
            Told::TooFew | Told::TooEarly => Trend::Unclear,
        }
    }

    /// It in words, with the counts that it rests on.
    pub fn words(self, effect: &Effect) -> String {
        let says = match self {
            Trend::Rising => "Rising",
            Trend::Falling => "Falling",
            Trend::Steady => "No clear change",
            Trend::Unclear => "Too few to tell",
        };
        let lately = format!("{says}: {} in the last {} days", effect.after, effect.after_days);
        match effect.before_days {
            0 => format!("{lately}, nothing is known of before"),
            days => format!("{lately}, {} in the {days} before", effect.before),
        }
    }
}

/// How many came in each of the last [`WEEKS`] weeks, the oldest first.
pub fn weeks(reported: &[Timestamp], now: Timestamp) -> Vec<u32> {
    let mut counts = vec![0_u32; WEEKS];
    for at in reported.iter().filter(|at| **at <= now) {
        let back = usize::try_from(now.seconds_since(*at) / WEEK_SECONDS).unwrap_or(usize::MAX);
        if let Some(place) = WEEKS.checked_sub(back.saturating_add(1)) {
            counts[place] += 1;
        }
    }
    counts
}

/// The last eight weeks against those before, from when on the record is complete.
pub fn trend(reported: &[Timestamp], known_since: Timestamp, now: Timestamp) -> Effect {
    effect(reported, known_since, now.plus_days(-TREND_DAYS), now)
}

/// How many times as often they come since.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// The rate since, divided by the rate before.
    pub rate: f64,
    /// The lower end of what the counts allow, 19 times in 20.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// Whether something helped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// What came before and since.
    pub effect: Effect,
    /// How much less or more; nothing where none came before or since, for then no interval can
    /// be told.
    pub ratio: Option<Ratio>,
}

/// Whether what was done at an instant helped.
pub fn verdict(
    reported: &[Timestamp],
    known_since: Timestamp,
    done: Timestamp,
    now: Timestamp,
) -> Verdict {
    let effect = effect(reported, known_since, done, now);
    Verdict { effect, ratio: ratio(&effect) }
}

impl Verdict {
    /// How often they came in a week before, and come since.
    pub fn weekly(&self) -> (f64, f64) {
        let weekly = |count: u32, days: i64| f64::from(count) * 7.0 / days.max(1) as f64;
        let effect = &self.effect;
        (weekly(effect.before, effect.before_days), weekly(effect.after, effect.after_days))
    }

    /// It in words; that it helped is said only where the counts say so.
    pub fn words(&self) -> String {
        let says = match self.effect.told {
            Told::Fewer => "It helped, as far as counts can tell. ",
            Told::More => "It did not help: more come. ",
            Told::TooEarly | Told::TooFew | Told::NoDifference => "",
        };
        let rate = match (self.effect.told, self.ratio) {
            (Told::Fewer | Told::More | Told::NoDifference, Some(ratio)) => format!(
                " They come {:.2} times as often as before, between {:.2} and {:.2} times in 19 of 20 such cases.",
                ratio.rate, ratio.low, ratio.high
            ),
            _ => String::new(),
        };
        format!("{says}{}{rate}", self.effect.words())
    }
}

/// The logarithm of a ratio of two counts is nearly normal, with a variance of one by each.
fn ratio(effect: &Effect) -> Option<Ratio> {
    if effect.before == 0 || effect.after == 0 || effect.before_days < 1 || effect.after_days < 1 {
        return None;
    }
    let (before, after) = (f64::from(effect.before), f64::from(effect.after));
    let rate = after / effect.after_days as f64 / (before / effect.before_days as f64);
    let spread = (NINETEEN_IN_TWENTY * (1.0 / before + 1.0 / after).sqrt()).exp();
    Some(Ratio { rate, low: rate / spread, high: rate * spread })
}
