//! Where counts of days or weeks changed their level, by test.
//!
//! For each place between two counts, how much better two levels explain them than one is told by
//! the likelihood ratio of Poisson counts. Real counts vary more than Poisson's: the ratio is
//! divided by how much more, as neighbours differ. The best place counts if it is beyond what the
//! best of so many places would be in one of a thousand series without a change, and then both
//! sides are looked at by themselves.

/// Counts on each side of a change, at least: a week of days. Fewer are a moment, not a level.
const SIDE_MIN: usize = 7;
/// Changes of one series, at most: more are no levels any more.
const CHANGES_MAX: usize = 12;
/// The value that chi-square with one degree of freedom passes once in a thousand.
const CHI_ONE_IN_THOUSAND: f64 = 10.828;
/// Twice the logarithm of how many places are tried is added to it: the correction of Bonferroni
/// in the tail of chi-square, which falls like half of its exponent.
const PER_PLACE: f64 = 2.0;

/// A level that changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The first count of the new level.
    pub at: usize,
    /// The mean before, since the change before.
    pub before: f64,
    /// The mean from it on, until the next change.
    pub after: f64,
}

/// Where the level of `counts` changed, in their order.
pub fn changes(counts: &[u64]) -> Vec<Change> {
    let spread = spread(counts);
    let mut places: Vec<usize> = Vec::new();
    let mut waiting = vec![(0, counts.len())];
    while let Some((from, to)) = waiting.pop() {
        if places.len() >= CHANGES_MAX {
            break;
        }
        if let Some(place) = best(&counts[from..to], spread).map(|place| from + place) {
            places.push(place);
            waiting.extend([(from, place), (place, to)]);
        }
    }
    places.sort_unstable();
    let edges: Vec<usize> =
        std::iter::once(0).chain(places).chain(std::iter::once(counts.len())).collect();
    let three = edges.windows(3);
    let change = |edges: &[usize]| Change {
        at: edges[1],
        before: mean(&counts[edges[0]..edges[1]]),
        after: mean(&counts[edges[1]..edges[2]]),
    };
    three.map(change).collect()
}

/// How much more counts vary than Poisson's, at least as much: from the differences between
/// those a week apart, which neither a change nor the days of the week disturb much.
fn spread(counts: &[u64]) -> f64 {
    let (mut differences, mut pairs) = (0.0, 0.0);
    for (before, after) in counts.iter().zip(counts.iter().skip(SIDE_MIN)) {
        differences += (*after as f64 - *before as f64).powi(2);
        pairs += 1.0;
    }
    let level = mean(counts);
    if pairs < 1.0 || level <= 0.0 { 1.0 } else { (differences / pairs / 2.0 / level).max(1.0) }
}

fn best(counts: &[u64], spread: f64) -> Option<usize> {
    let count = counts.len();
    if count < 2 * SIDE_MIN {
        return None;
    }
    let places = count + 1 - 2 * SIDE_MIN;
    let beyond = CHI_ONE_IN_THOUSAND + PER_PLACE * (places as f64).ln();
    let total: u64 = counts.iter().sum();
    let whole = explained(total, count);
    let mut before: u64 = counts[..SIDE_MIN].iter().sum();
    let mut best: Option<(f64, usize)> = None;
    let places = SIDE_MIN..=count - SIDE_MIN;
    for (place, came) in places.zip(&counts[SIDE_MIN..]) {
        let apart = explained(before, place) + explained(total - before, count - place);
        let ratio = 2.0 * (apart - whole) / spread;
        if ratio > beyond && best.is_none_or(|(most, _)| ratio > most) {
            best = Some((ratio, place));
        }
        before += came;
    }
    best.map(|(_, place)| place)
}

/// The logarithm of the likelihood of so many in so many counts at their own mean, without what
/// is the same for every split.
fn explained(sum: u64, count: usize) -> f64 {
    if sum == 0 { 0.0 } else { sum as f64 * (sum as f64 / count as f64).ln() }
}

fn mean(counts: &[u64]) -> f64 {
    if counts.is_empty() { 0.0 } else { counts.iter().sum::<u64>() as f64 / counts.len() as f64 }
}
