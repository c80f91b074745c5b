//! The time, as an argument.

use kernel::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};

/// Whoever tells the time.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // The one place that asks.
    fn now(&self) -> Timestamp {
        Timestamp::from_jiff(jiff::Timestamp::now())
    }
}

/// A clock that stands where it was set, for tests.
pub struct SetClock(AtomicI64);

impl SetClock {
    /// Stands at this instant.
    pub fn at(at: Timestamp) -> Self {
        SetClock(AtomicI64::new(at.micros()))
    }

    /// Moves it.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.micros(), Ordering::SeqCst);
    }

    /// Moves it on by some seconds.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * kernel::time::MICROS_PER_SECOND, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
