//! How likely so many are, when the rate itself is known only so well.

use super::usual::Expected;

/// Above it, the rest of a sum is exact enough.
const NEAR: f64 = 1e-6;

/// The chance of `count` or more: a Poisson tail, over what the rate may be (which makes it a
/// negative binomial one, and the Poisson tail itself where much is known).
pub fn tail(count: u32, expected: Expected) -> f64 {
    let Expected { mean, shape } = expected;
    if count == 0 {
        return 1.0;
    }
    if mean <= 0.0 || shape <= 0.0 {
        return 0.0;
    }
    // In logarithms, because the chance of none is too small a number where many are usual.
    let more = (mean / (shape + mean)).ln();
    let mut log = -shape * (mean / shape).ln_1p();
    let mut below = 0.0;
    for n in 0..count {
        below += log.exp();
        let n = f64::from(n);
        log += ((shape + n) / (n + 1.0)).ln() + more;
    }
    let rest = 1.0 - below;
    // Far out in the tail that is a difference of two numbers that are almost the same; there the
    // next term and what it makes at most are more exact.
    let ratio = (shape + f64::from(count)) / (f64::from(count) + 1.0) * more.exp();
    if rest < NEAR && ratio < 1.0 { log.exp() / (1.0 - ratio) } else { rest.max(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poisson(count: u32, mean: f64) -> f64 {
        tail(count, Expected { mean, shape: 1e9 })
    }

    #[test]
    fn what_is_well_known_has_the_tail_of_a_poisson_distribution() {
        assert_eq!(poisson(0, 3.0), 1.0);
        assert!((poisson(1, 3.0) - (1.0 - (-3.0_f64).exp())).abs() < 1e-4);
        assert!((poisson(4, 3.0) - 0.352_768).abs() < 1e-5);
        // 1 - the sum of the first eleven terms for a mean of 1.5.
        let far = poisson(11, 1.5);
        assert!((4.0e-7..8.0e-7).contains(&far), "{far}");
    }

    #[test]
    fn what_is_less_known_has_a_longer_tail() {
        let known = tail(8, Expected { mean: 1.0, shape: 100.0 });
        let guessed = tail(8, Expected { mean: 1.0, shape: 1.0 });
        assert!(guessed > 10.0 * known, "{guessed} {known}");
    }

    #[test]
    fn many_are_counted_without_running_out_of_digits() {
        let expected = Expected { mean: 2_000.0, shape: 1e6 };
        assert!(tail(1_900, expected) > 0.9);
        assert!(tail(3_000, expected) < 1e-12);
    }
}
