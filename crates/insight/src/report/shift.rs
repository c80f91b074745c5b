//! Where times changed their level, by test: of each week the median, of the medians their ranks.
//!
//! For each place between two weeks, the sum of ranks on one side is compared with what it would
//! be by chance (Wilcoxon 1945, Mann and Whitney 1947), divided by how far chance moves it there;
//! the place where that is most is the candidate (Pettitt 1979, *A non-parametric approach to the
//! change-point problem*, with the standardised statistic). How often the same weeks in another
//! order would have a place that is as far off is counted over permutations, which is exact
//! whatever times look like, as long as weeks without a change could stand in any order (Phipson
//! and Smyth 2010: one is added above and below). It counts if that is rarer than
//! [`FALSE_OF_REPORTS`] shared among the times that are looked at together (Bonferroni); both
//! sides are then looked at by themselves, at half of it. Ranks are the same for times and their
//! logarithms, so one odd week moves nothing.

use super::table::Places;
use super::{By, Fact, Measure, Period, columns};
use crate::suggest::seeded::Dice;
use kernel::InOrder;

/// Of reports without any change, so many are said to have one.
pub const FALSE_OF_REPORTS: f64 = 0.01;
/// Weeks on each side of a change, at least: fewer are a moment, not a level.
const SIDE_MIN: usize = 4;
/// Orders that are drawn.
const ORDERS: usize = 4_999;
/// How often sides are parted again: beyond, [`ORDERS`] are too few to tell.
const DEPTH_MAX: u32 = 3;
/// Times of which a week has fewer have no median.
const TIMES_MIN: usize = 3;
/// How much of its share a week must know already: of the last weeks only what was quick is known.
const KNOWN_PART: f64 = 0.9;
const SEED: u64 = 7;
/// The times that are looked at.
const LOOKED_AT: [Measure; 5] =
    [Measure::Acknowledge, Measure::Respond, Measure::Mitigate, Measure::Restore, Measure::Resolve];

/// A level that changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// The first value of the new level.
    pub at: usize,
    /// The median before, since the shift before.
    pub before: f64,
    /// The median from it on, until the next shift.
    pub after: f64,
}

/// Where the level of `values` changed, in their order; absent ones are passed over. So many
/// series are looked at `together`: the more, the surer each must be.
pub fn shifts(values: &[Option<f64>], together: usize) -> Vec<Shift> {
    let known: Vec<(usize, f64)> =
        values.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?))).collect();
    let mut places: Vec<usize> = Vec::new();
    let mut waiting = vec![(0, known.len(), 0)];
    let mut dice = Dice::new(SEED);
    while let Some((from, to, depth)) = waiting.pop() {
        let rate = FALSE_OF_REPORTS / together.max(1) as f64 / f64::from(1_u32 << depth);
        let ranks = ranks(&known[from..to]);
        if let Some(place) = parted(ranks, rate, &mut dice).map(|place| from + place) {
            places.push(place);
            if depth < DEPTH_MAX {
                waiting.extend([(from, place, depth + 1), (place, to, depth + 1)]);
            }
        }
    }
    places.sort_unstable();
    let edges: Vec<usize> =
        std::iter::once(0).chain(places).chain(std::iter::once(known.len())).collect();
    let shift = |edges: &[usize]| Shift {
        at: known[edges[1]].0,
        before: median(&known[edges[0]..edges[1]]),
        after: median(&known[edges[1]..edges[2]]),
    };
    edges.windows(3).map(shift).collect()
}

/// Where times changed: which, the first day of the week, and how. What lies in the last week may
/// not be all yet, and neither is what is slow of the weeks before: these are not looked at until
/// about as much of them is known as of the others.
pub fn shifts_of_times(
    facts: &[Fact],
    measures: &[Measure],
    period: &Period,
) -> Vec<(Measure, String, Shift)> {
    let weeks = period.parts(By::Week);
    let places = Places { measures, whole: false, period };
    let mut by_week: Vec<Vec<&Fact>> = vec![Vec::new(); weeks.len()];
    for fact in facts {
        if let Some(of) = by_week.get_mut(period.week_index(fact.at)) {
            of.push(fact);
        }
    }
    by_week.pop();
    let mut found = Vec::new();
    for measure in LOOKED_AT {
        let times: Vec<(usize, Vec<i64>)> = by_week
            .iter()
            .map(|of| (of.len(), of.iter().filter_map(|f| places.value(f, measure)).collect()))
            .collect();
        let whole = whole(&times);
        let medians = times.into_iter().take(whole).map(|(_, times)| {
            let enough = times.len() >= TIMES_MIN;
            enough.then(|| columns::percentile(times, 50)).flatten()
        });
        let medians: Vec<Option<f64>> = medians.collect();
        let shifts = shifts(&medians, LOOKED_AT.len());
        found.extend(
            shifts.into_iter().filter_map(|s| Some((measure, weeks.get(s.at)?.clone(), s))),
        );
    }
    found
}

/// How many weeks, from the first on, are known as far as the others.
fn whole(weeks: &[(usize, Vec<i64>)]) -> usize {
    let share = |(all, times): &(usize, Vec<i64>)| times.len() as f64 / *all as f64;
    let mut shares: Vec<f64> = weeks.iter().filter(|week| week.0 > 0).map(share).collect();
    shares.sort_by(f64::total_cmp);
    let usual = shares.get(shares.len() / 2).copied().unwrap_or(0.0);
    let last = weeks.iter().rposition(|week| week.0 > 0 && share(week) >= KNOWN_PART * usual);
    last.map_or(0, |last| last + 1)
}

/// The ranks of values less their mean; equal ones share theirs.
fn ranks(values: &[(usize, f64)]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.order_by(|a, b| values[*a].1.total_cmp(&values[*b].1));
    let mut ranks = vec![0.0; values.len()];
    let mean = (values.len() as f64 - 1.0) / 2.0;
    let mut from = 0;
    for equal in order.chunk_by(|a, b| values[*a].1 == values[*b].1) {
        let to = from + equal.len();
        let shared = (from + to - 1) as f64 / 2.0 - mean;
        equal.iter().for_each(|place| ranks[*place] = shared);
        from = to;
    }
    ranks
}

/// Where the two sides differ most, if chance does that more rarely than `rate`.
fn parted(mut ranks: Vec<f64>, rate: f64, dice: &mut Dice) -> Option<usize> {
    let count = ranks.len();
    if count < 2 * SIDE_MIN {
        return None;
    }
    // The same for every order but for the number on each side.
    let spread = |left: usize| ((left * (count - left)) as f64).sqrt();
    let spreads: Vec<f64> = (0..=count).map(spread).collect();
    let (most, place) = farthest(&ranks, &spreads);
    if most <= 0.0 {
        return None;
    }
    let allowed = rate * (ORDERS + 1) as f64;
    let mut as_far = 1.0;
    for _ in 0..ORDERS {
        dice.shuffle(&mut ranks);
        // Rounding makes no order rarer than it is.
        as_far += if farthest(&ranks, &spreads).0 >= most * (1.0 - 1e-9) { 1.0 } else { 0.0 };
        if as_far > allowed {
            return None;
        }
    }
    Some(place)
}

fn farthest(ranks: &[f64], spreads: &[f64]) -> (f64, usize) {
    let mut best = (0.0, 0);
    let mut sum: f64 = ranks[..SIDE_MIN].iter().sum();
    for (place, next) in (SIDE_MIN..=ranks.len() - SIDE_MIN).zip(&ranks[SIDE_MIN..]) {
        let far = sum.abs() / spreads[place];
        if far > best.0 {
            best = (far, place);
        }
        sum += next;
    }
    best
}

fn median(values: &[(usize, f64)]) -> f64 {
    let mut values: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
}
