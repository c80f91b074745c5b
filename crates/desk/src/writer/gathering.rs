//! Whether the writer waits a moment for more: whoever was answered just now asks again, and one
//! commit that many share costs each of them less.

use std::time::{Duration, Instant};

/// The longest that is waited, however long the last transaction took.
const WAIT_MAX: Duration = Duration::from_millis(2);
/// How often it is looked meanwhile. Whoever hands something in wakes nobody then.
const LOOK_EVERY: Duration = Duration::from_micros(200);

/// How many came together last, and how long they took.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    came: usize,
    took: Duration,
}

impl Gathering {
    /// Waits until as many are there as came last, as long as those took at most. Who comes alone
    /// waits for nobody.
    pub(super) fn wait(&self, there: impl Fn() -> usize) {
        let begun = Instant::now();
        while self.waits(there(), begun.elapsed()) {
            std::thread::sleep(LOOK_EVERY);
        }
    }

    fn waits(&self, there: usize, waited: Duration) -> bool {
        there < self.came && waited < self.took.min(WAIT_MAX)
    }

    /// Notes that so many were done together, and how long they took.
    pub(super) fn done(&mut self, came: usize, took: Duration) {
        if came > 0 {
            *self = Gathering { came, took };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(came: usize, millis: u64) -> Gathering {
        let mut gathering = Gathering::default();
        gathering.done(came, Duration::from_millis(millis));
        gathering
    }

    #[test]
    fn who_comes_alone_waits_for_nobody() {
        assert!(!Gathering::default().waits(1, Duration::ZERO));
        assert!(!after(1, 10).waits(1, Duration::ZERO));
    }

    #[test]
    fn those_who_came_together_are_waited_for_as_long_as_they_took() {
        let gathering = after(8, 1);
        assert!(gathering.waits(7, Duration::from_micros(999)));
        assert!(!gathering.waits(7, Duration::from_millis(1)), "they do not come again");
        assert!(!gathering.waits(8, Duration::ZERO), "they are there");
    }

    #[test]
    fn nobody_is_waited_for_long() {
        assert!(!after(64, 500).waits(1, WAIT_MAX));
    }

    #[test]
    fn what_is_no_command_tells_nothing_of_how_many_come() {
        let mut gathering = after(8, 1);
        gathering.done(0, Duration::from_millis(9));
        assert!(gathering.waits(7, Duration::ZERO));
    }
}
