//! What was looked up and is kept at hand until it changes.

use kernel::IncidentNumber;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Incidents of which something that was computed is kept.
const COMPUTED_MAX: usize = 256;

/// A bounded cache that never keeps what was read before it was told to forget:
/// whoever looks something up takes the [`Age`] first and hands it in with what was found.
pub(crate) struct Cache<K, V> {
    max: usize,
    inner: Mutex<Inner<K, V>>,
}

struct Inner<K, V> {
    age: Age,
    known: HashMap<K, V>,
}

/// How often the cache was told to forget something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Age(u64);

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    /// An empty one for so many entries.
    pub(crate) fn new(max: usize) -> Self {
        Cache { max, inner: Mutex::new(Inner { age: Age::default(), known: HashMap::new() }) }
    }

    /// Take it before looking up what is to be kept.
    pub(crate) fn age(&self) -> Age {
        self.lock().age
    }

    /// What is kept.
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        self.lock().known.get(key).cloned()
    }

    /// Keeps what was looked up at that age, unless something was forgotten since.
    pub(crate) fn keep(&self, age: Age, key: K, value: V) {
        let mut inner = self.lock();
        if inner.age != age {
            return;
        }
        if inner.known.len() >= self.max {
            inner.known.clear();
        }
        inner.known.insert(key, value);
    }

    /// Forgets one; call it after the change is in force.
    pub(crate) fn forget(&self, key: &K) {
        let mut inner = self.lock();
        inner.age.0 += 1;
        inner.known.remove(key);
    }

    /// Forgets all; call it after the change is in force.
    pub(crate) fn forget_all(&self) {
        let mut inner = self.lock();
        inner.age.0 += 1;
        inner.known.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner<K, V>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was computed of incidents that are looked at, each with what it was computed from: it is
/// good while that is the same.
pub(crate) struct Computed<F, V>(Cache<IncidentNumber, (F, V)>);

impl<F: Clone, V: Clone> Default for Computed<F, V> {
    fn default() -> Self {
        Computed(Cache::new(COMPUTED_MAX))
    }
}

impl<F: Clone + PartialEq, V: Clone> Computed<F, V> {
    /// What was computed before `from` the same; else it is computed now.
    pub(crate) fn of(&self, number: IncidentNumber, from: F, compute: impl FnOnce() -> V) -> V {
        match self.0.get(&number) {
            Some((kept, value)) if kept == from => value,
            _ => {
                let value = compute();
                self.0.keep(self.0.age(), number, (from, value.clone()));
                value
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_computed_is_good_while_it_comes_from_the_same() {
        let computed: Computed<u32, &str> = Computed::default();
        let number = IncidentNumber(7);
        assert_eq!(computed.of(number, 1, || "first"), "first");
        assert_eq!(computed.of(number, 1, || "again"), "first");
        assert_eq!(computed.of(IncidentNumber(8), 1, || "another"), "another");
        assert_eq!(computed.of(number, 2, || "changed"), "changed");
        assert_eq!(computed.of(number, 1, || "back"), "back");
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let cache = Cache::new(10);
        let before = cache.age();
        cache.forget(&"session");
        cache.keep(before, "session", 1);
        assert_eq!(cache.get(&"session"), None);
        let before = cache.age();
        cache.forget_all();
        cache.keep(before, "session", 1);
        assert_eq!(cache.get(&"session"), None);
        cache.keep(cache.age(), "session", 2);
        assert_eq!(cache.get(&"session"), Some(2));
    }

    #[test]
    fn it_does_not_grow_beyond_its_bound() {
        let cache = Cache::new(3);
        for key in 0..10 {
            cache.keep(cache.age(), key, ());
            assert!((0..10).filter(|key| cache.get(key).is_some()).count() <= 3);
        }
    }
}
