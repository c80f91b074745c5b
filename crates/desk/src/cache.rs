//! What was looked up and is kept at hand until it changes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

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

#[cfg(test)]
mod tests {
    use super::*;

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
