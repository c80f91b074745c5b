//! What is left of a distribution once some time has passed.

use super::spread::Spread;

/// Below this part of the distribution that is left, the trees know nothing of cases that last
/// as long; those like it do.
const LEFT_MIN: f64 = 0.02;

/// A distribution of times from a step on, without those that are over by now.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Left<'a> {
    of: Of<'a>,
    /// The part that is over.
    over: f64,
    /// What has passed, in seconds.
    passed: f32,
}

/// Where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Of<'a> {
    /// What trees tell.
    Trees(&'a Spread),
    /// What cases took, in their order. There may be tens of thousands: they are not copied.
    Cases(&'a [f32]),
}

impl<'a> Left<'a> {
    /// What is left of `spread` after `passed` seconds; where that is next to nothing, what those
    /// like it took that lasted as long, in their order.
    pub(super) fn of(spread: &'a Spread, passed: f32, lasting: &'a [f32]) -> Left<'a> {
        let over = if passed > 0.0 { spread.below(passed) } else { 0.0 };
        if 1.0 - over < LEFT_MIN || spread.is_empty() {
            return Left { of: Of::Cases(lasting), over: 0.0, passed };
        }
        Left { of: Of::Trees(spread), over, passed }
    }

    /// Within how many seconds from now on such a part of it is over.
    pub(super) fn quantile(&self, part: f64) -> f64 {
        let part = self.over + (1.0 - self.over) * part;
        let took = match self.of {
            Of::Trees(spread) => spread.quantile(part),
            Of::Cases(took) => quantile(took, part),
        };
        (took - f64::from(self.passed)).max(0.0)
    }

    /// The part of it that took less than so many seconds from the step on.
    pub(super) fn below(&self, took: f32) -> f64 {
        self.rest(match self.of {
            Of::Trees(spread) => spread.below(took),
            Of::Cases(all) => share(all.partition_point(|known| *known < took), all.len()),
        })
    }

    /// The part of it that took no more than so many seconds from the step on.
    pub(super) fn up_to(&self, took: f32) -> f64 {
        self.rest(match self.of {
            Of::Trees(spread) => spread.up_to(took),
            Of::Cases(all) => share(all.partition_point(|known| *known <= took), all.len()),
        })
    }

    fn rest(&self, part: f64) -> f64 {
        ((part - self.over) / (1.0 - self.over)).clamp(0.0, 1.0)
    }
}

fn share(some: usize, of: usize) -> f64 {
    some as f64 / of.max(1) as f64
}

/// The least value up to which there is such a part; zero if there is none at all.
fn quantile(took: &[f32], part: f64) -> f64 {
    // What is multiplied may be off by one.
    let near = (part.max(0.0) * took.len() as f64) as usize;
    let mut places = near.saturating_sub(2)..took.len();
    let found = places.find(|at| share(at + 1, took.len()) >= part).map(|at| &took[at]);
    found.or(took.last()).map_or(0.0, |value| f64::from(*value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_tell_the_same_as_their_distribution() {
        let took: Vec<f32> = (0..37_u16).map(|n| f32::from(n / 2) * 3.0).collect();
        let spread = Spread::of(std::iter::once(&took[..]));
        let nothing = Spread::of(std::iter::empty());
        let left = Left::of(&nothing, 0.0, &took);
        for value in [0.0, 1.0, 3.0, 27.0, 54.0, 99.0] {
            assert!((left.below(value) - spread.below(value)).abs() < 1e-9);
            assert!((left.up_to(value) - spread.up_to(value)).abs() < 1e-9);
        }
        for part in [0.0, 0.013, 0.1, 0.5, 0.777, 0.9, 1.0] {
            assert_eq!(left.quantile(part), spread.quantile(part), "{part}");
        }
        assert_eq!(Left::of(&nothing, 5.0, &[]).quantile(0.5), 0.0);
    }

    #[test]
    fn what_is_over_does_not_count() {
        let spread = Spread::of(std::iter::once(&[10.0_f32, 20.0, 30.0, 40.0][..]));
        let left = Left::of(&spread, 15.0, &[]);
        assert_eq!([0.1, 0.5, 1.0].map(|part| left.quantile(part)), [5.0, 15.0, 25.0]);
        assert!((left.up_to(20.0) - 1.0 / 3.0).abs() < 1e-9);
        assert_eq!((left.below(20.0), left.up_to(40.0)), (0.0, 1.0));
        // Nothing is left of it: those that lasted as long tell.
        let left = Left::of(&spread, 50.0, &[60.0, 80.0]);
        assert_eq!((left.quantile(0.5), left.quantile(1.0)), (10.0, 30.0));
    }
}
