//! Slowing down whoever guesses passwords: by account and by address.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Failures of one account or address before it has to wait.
const FREE_FAILURES: u32 = 5;
/// The first wait; it doubles with each further failure.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// The longest wait. Nothing is ever locked for good: that would be an attack of its own.
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// Failures are forgotten after this time without another.
const FORGET_AFTER: Duration = Duration::from_secs(900);
/// Keys remembered at most.
const KEYS_MAX: usize = 100_000;

#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<String, Failures>>);

struct Failures {
    count: u32,
    last: Instant,
}

impl Throttle {
    /// How long these keys still have to wait, if they have to.
    pub(crate) fn wait(&self, keys: &[String], now: Instant) -> Option<Duration> {
        let known = self.lock();
        keys.iter().filter_map(|key| known.get(key)).filter_map(|failures| failures.left(now)).max()
    }

    /// One more failure.
    pub(crate) fn failed(&self, keys: &[String], now: Instant) {
        let mut known = self.lock();
        if known.len() >= KEYS_MAX {
            known.retain(|_, failures| now.duration_since(failures.last) < FORGET_AFTER);
        }
        for key in keys {
            let failures = known.entry(key.clone()).or_insert(Failures { count: 0, last: now });
            if now.duration_since(failures.last) >= FORGET_AFTER {
                failures.count = 0;
            }
            failures.count = failures.count.saturating_add(1);
            failures.last = now;
        }
    }

    /// It was them after all.
    pub(crate) fn succeeded(&self, key: &str) {
        self.lock().remove(key);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Failures>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Failures {
    fn left(&self, now: Instant) -> Option<Duration> {
        let over = self.count.checked_sub(FREE_FAILURES)?;
        let wait = FIRST_WAIT.saturating_mul(1 << over.min(10)).min(LONGEST_WAIT);
        wait.checked_sub(now.duration_since(self.last)).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_gets_slower_and_is_forgiven() {
        let throttle = Throttle::default();
        let keys = ["account:a".to_owned()];
        let start = Instant::now();
        for _ in 0..FREE_FAILURES - 1 {
            throttle.failed(&keys, start);
            assert_eq!(throttle.wait(&keys, start), None);
        }
        throttle.failed(&keys, start);
        let first = throttle.wait(&keys, start).unwrap();
        throttle.failed(&keys, start);
        assert!(throttle.wait(&keys, start).unwrap() > first);
        assert_eq!(throttle.wait(&keys, start + LONGEST_WAIT), None);
        throttle.succeeded("account:a");
        assert_eq!(throttle.wait(&keys, start), None);
    }
}
