//! More reports of a service than that hour of the week brings.
//!
//! **What counts.** Reports, each person once an hour: somebody who writes ten times, and a
//! source of alerts whose reports are all its own, count once. At least [`PEOPLE_MIN`] different
//! people must have reported, so that a night on which nothing ever comes needs three, too.
//!
//! **What is usual** ([`Usual`]) is a rate for each of the 168 hours of the week by the clock of
//! the instance's zone, from the last [`WEEKS`] weeks. Where few reports tell it, it leans on
//! the same hour of the other working days, or of the weekend, and that on the service's mean;
//! what stays uncertain makes the tail of the distribution longer, not the alarm louder.
//!
//! **What is a surge** ([`look`]): so many in the last 15, 30 or 60 minutes that fewer than one
//! such window in three million has as many ([`CHANCE_MAX`]); or, for what rises slowly, a sum of
//! log likelihoods for twice the usual rate against the usual one, over the last six hours, of
//! [`SLOW_SCORE`] or more (CUSUM). With 50 services that behave as they usually do, both
//! together propose less than one surge a month that is none.

mod chance;
mod usual;

use kernel::{PersonId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

pub use chance::tail;
pub use usual::{Expected, HISTORY_SECONDS_MIN, Usual, WEEKS, Weeks};
pub(crate) use usual::{alike, hour_of_week};

/// Different people who must have reported: two may sit in the same room.
pub const PEOPLE_MIN: usize = 3;
/// The chance below which a window is no chance any more. Fifty services have about half a
/// million windows a month that do not overlap much.
pub const CHANCE_MAX: f64 = 3e-7;
/// The sum at which a slow rise is one. A sum of twelve comes up by chance about once in
/// e¹² (160,000) quarters of an hour, and fifty services have 144,000 a month; those with few
/// reports, which most are, have it far more rarely.
pub const SLOW_SCORE: f64 = 13.0;
/// How far back a slow rise is summed up, in seconds: longer, and a busy day is one.
pub const SLOW_SECONDS: i64 = 6 * 3_600;
/// Somebody who reported counts again so many seconds later.
pub const COUNTS_AGAIN_SECONDS: i64 = 3_600;

/// The windows that are compared with what is usual, in seconds.
const WINDOWS: [i64; 3] = [900, 1_800, 3_600];
/// The step of the sum, in seconds.
const STEP_SECONDS: i64 = 900;
/// How many times the usual rate a slow rise is taken for.
const SLOW_RISE: f64 = 2.0;
/// A surge is over when its last half hour and hour are no rarer than this.
const CALM_CHANCE: f64 = 0.01;

/// A report as it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When.
    pub at: Timestamp,
    /// For whom: a person, or the one that a source of monitoring reports as.
    pub by: PersonId,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// From when on it is counted: the first report of the window, or of the rise.
    pub began: Timestamp,
    /// How many came since.
    pub counted: u32,
    /// How many usually come in that time.
    pub expected: f64,
    /// Whether it rose slowly.
    pub slow: bool,
}

/// Those that count, in their order, which must be that of time: each person once an hour.
pub fn counting(arrivals: &[Arrival]) -> Vec<Arrival> {
    let mut last: BTreeMap<PersonId, Timestamp> = BTreeMap::new();
    let counts = |arrival: &&Arrival| {
        let known = last.get(&arrival.by);
        let again = known.is_none_or(|at| arrival.at.seconds_since(*at) >= COUNTS_AGAIN_SECONDS);
        if again {
            last.insert(arrival.by, arrival.at);
        }
        again
    };
    arrivals.iter().filter(counts).copied().collect()
}

/// Whether more came than usual by `now`. `arrivals` are those of the last
/// [`SLOW_SECONDS`], in the order of time.
pub fn look(usual: &Usual, arrivals: &[Arrival], now: Timestamp) -> Option<Seen> {
    let counted = counting(arrivals);
    WINDOWS
        .iter()
        .find_map(|seconds| window(usual, &counted, now.plus_seconds(-seconds), now))
        .or_else(|| rise(usual, &counted, now))
}

/// How many came since it began, and how many usually would have. `arrivals` are those since
/// then.
pub fn since(usual: &Usual, arrivals: &[Arrival], began: Timestamp, now: Timestamp) -> (u32, f64) {
    let counted = counting(arrivals);
    let count = within(&counted, began.plus_micros(-1), now).count();
    (count as u32, usual.expected(began, now).mean)
}

/// Whether arrivals are as usual again. `arrivals` are those of the last hour at least.
pub fn is_calm(usual: &Usual, arrivals: &[Arrival], now: Timestamp) -> bool {
    let counted = counting(arrivals);
    [1_800, 3_600].into_iter().all(|seconds| {
        let from = now.plus_seconds(-seconds);
        let some: Vec<&Arrival> = within(&counted, from, now).collect();
        people(some.iter().copied()) < PEOPLE_MIN
            || tail(some.len() as u32, usual.expected(from, now)) > CALM_CHANCE
    })
}

/// Those after `from` and not after `to`.
fn within(
    counted: &[Arrival],
    from: Timestamp,
    to: Timestamp,
) -> impl Iterator<Item = &Arrival> + '_ {
    counted.iter().filter(move |arrival| arrival.at > from && arrival.at <= to)
}

fn people<'a>(arrivals: impl Iterator<Item = &'a Arrival>) -> usize {
    arrivals.map(|arrival| arrival.by).collect::<BTreeSet<_>>().len()
}

/// Whether so many came in a window that it is no chance.
fn window(usual: &Usual, counted: &[Arrival], from: Timestamp, now: Timestamp) -> Option<Seen> {
    let some: Vec<&Arrival> = within(counted, from, now).collect();
    let began = some.first()?.at;
    if people(some.iter().copied()) < PEOPLE_MIN {
        return None;
    }
    let counted = some.len() as u32;
    let chance = tail(counted, usual.expected(from, now));
    let expected = usual.expected(began, now).mean;
    (chance <= CHANCE_MAX).then_some(Seen { began, counted, expected, slow: false })
}

/// Whether it rises slowly: the sum of what each quarter of an hour says for twice the usual
/// rate, which never falls below nothing.
fn rise(usual: &Usual, counted: &[Arrival], now: Timestamp) -> Option<Seen> {
    let (mut sum, mut since) = (0.0_f64, None);
    let mut from = now.plus_seconds(-SLOW_SECONDS);
    while from < now {
        let to = from.plus_seconds(STEP_SECONDS).min(now);
        let count = within(counted, from, to).count() as f64;
        let cautious = usual.expected(from, to).cautious();
        sum += count * SLOW_RISE.ln() - cautious * (SLOW_RISE - 1.0);
        if sum <= 0.0 {
            (sum, since) = (0.0, None);
        } else if since.is_none() {
            since = Some(from);
        }
        from = to;
    }
    let since = since.filter(|_| sum >= SLOW_SCORE)?;
    let some: Vec<&Arrival> = within(counted, since, now).collect();
    let began = some.first()?.at;
    if people(some.iter().copied()) < PEOPLE_MIN {
        return None;
    }
    let expected = usual.expected(began, now).mean;
    Some(Seen { began, counted: some.len() as u32, expected, slow: true })
}
