//! What loops that learn from past incidents have in common: when they learn again, and how
//! large what they keep may be.

use kernel::Timestamp;

/// Bytes of a model that is kept: a larger one is in memory only.
pub(crate) const KEPT_BYTES_MAX: usize = 32 * 1_048_576;
/// Turns of a loop that pass before it learns by itself: a start has other things to do.
pub(crate) const TURNS_BEFORE_LEARNING: u32 = 6;
/// For how long what was learned is good, in seconds: a day.
const GOOD_FOR_SECONDS: i64 = 86_400;
/// By which part of it the history has to grow before it is learned again sooner: a tenth.
const GROWTH: i64 = 10;

/// When it was learned last, or last tried, and the number of the last incident by then.
pub(crate) type At = (Timestamp, i64);

/// Whether a day has passed since, or much came.
pub(crate) fn is_old((at, history): At, now: Timestamp, last: i64) -> bool {
    now.seconds_since(at) >= GOOD_FOR_SECONDS
        || last >= history.saturating_add((history / GROWTH).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_learned_again_after_a_day_or_when_much_came() {
        let at = Timestamp::from_micros(0);
        assert!(!is_old((at, 100), at.plus_seconds(86_399), 109));
        assert!(is_old((at, 100), at.plus_seconds(86_400), 100));
        assert!(is_old((at, 100), at, 110));
        assert!(!is_old((at, 3), at, 3) && is_old((at, 3), at, 4));
    }
}
