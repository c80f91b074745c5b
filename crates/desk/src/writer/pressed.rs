//! How much of its time the writer has worked lately: what can wait makes room while it hardly
//! rests, so that those who wait for an answer get the processor.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What happened so long ago counts for a third of what happens now.
const FADES_IN: Duration = Duration::from_millis(500);
/// From this share of its time on the writer is pressed.
const PRESSED: f64 = 0.5;

/// The share of its time that the writer worked, as of an instant.
pub(crate) struct Pressed(Mutex<(Instant, f64)>);

impl Pressed {
    pub(super) fn new() -> Pressed {
        Pressed(Mutex::new((Instant::now(), 0.0)))
    }

    /// Takes into account that the writer worked from one instant to another, and rested before.
    pub(super) fn worked(&self, from: Instant, to: Instant) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rested = faded(kept.1, 0.0, from.saturating_duration_since(kept.0));
        *kept = (to, faded(rested, 1.0, to.saturating_duration_since(from)));
    }

    /// Whether it hardly rested lately.
    pub(super) fn is_pressed(&self, now: Instant) -> bool {
        let (at, share) = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faded(share, 0.0, now.saturating_duration_since(at)) > PRESSED
    }
}

/// A share on its way towards another, for so long.
fn faded(share: f64, towards: f64, over: Duration) -> f64 {
    let left = (-over.as_secs_f64() / FADES_IN.as_secs_f64()).exp();
    towards + (share - towards) * left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(begun: Instant, ms: u64) -> Instant {
        begun + Duration::from_millis(ms)
    }

    #[test]
    fn who_works_without_rest_is_pressed_and_is_not_any_more_after_a_while() {
        let pressed = Pressed::new();
        let begun = Instant::now();
        assert!(!pressed.is_pressed(begun));
        for ms in (0..1_000).step_by(10) {
            pressed.worked(after(begun, ms), after(begun, ms + 9));
        }
        assert!(pressed.is_pressed(after(begun, 1_000)));
        assert!(!pressed.is_pressed(after(begun, 1_600)));
    }

    #[test]
    fn who_rests_most_of_the_time_is_not_pressed_however_long_that_goes_on() {
        let pressed = Pressed::new();
        let begun = Instant::now();
        for ms in (0..10_000).step_by(10) {
            pressed.worked(after(begun, ms), after(begun, ms + 3));
        }
        assert!(!pressed.is_pressed(after(begun, 10_000)));
    }

    #[test]
    fn a_single_long_transaction_is_no_pressure_for_long() {
        let pressed = Pressed::new();
        let begun = Instant::now();
        pressed.worked(begun, after(begun, 5_000));
        assert!(pressed.is_pressed(after(begun, 5_001)));
        assert!(!pressed.is_pressed(after(begun, 5_500)));
    }
}
