//! What is left of a distribution once some time has passed.

use super::spread::Spread;
use std::borrow::Cow;

/// Below this part of the distribution that is left, the trees know nothing of cases that last
/// as long; those like it do.
const LEFT_MIN: f64 = 0.02;

/// A distribution of times from a step on, without those that are over by now.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Left<'a> {
    spread: Cow<'a, Spread>,
    /// The part that is over.
    over: f64,
    /// What has passed, in seconds.
    passed: f32,
}

impl<'a> Left<'a> {
    /// What is left of `spread` after `passed` seconds; where that is next to nothing, what those
    /// like it took that lasted as long.
    pub(super) fn of(spread: &'a Spread, passed: f32, lasting: &[f32]) -> Left<'a> {
        let over = if passed > 0.0 { spread.below(passed) } else { 0.0 };
        if 1.0 - over < LEFT_MIN || spread.is_empty() {
            let spread = Cow::Owned(Spread::of(std::iter::once(lasting)));
            return Left { spread, over: 0.0, passed };
        }
        Left { spread: Cow::Borrowed(spread), over, passed }
    }

    /// Within how many seconds from now on such a part of it is over.
    pub(super) fn quantile(&self, part: f64) -> f64 {
        let took = self.spread.quantile(self.over + (1.0 - self.over) * part);
        (took - f64::from(self.passed)).max(0.0)
    }

    /// The part of it that took less than so many seconds from the step on.
    pub(super) fn below(&self, took: f32) -> f64 {
        self.rest(self.spread.below(took))
    }

    /// The part of it that took no more than so many seconds from the step on.
    pub(super) fn up_to(&self, took: f32) -> f64 {
        self.rest(self.spread.up_to(took))
    }

    fn rest(&self, part: f64) -> f64 {
        ((part - self.over) / (1.0 - self.over)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
