//! Connections kept open between uses, the warmest first.

use crate::Failure;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long somebody waits for a connection before being told that there is none.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// At most so many connections; they are opened when needed.
pub(crate) struct Pool<C> {
    max: usize,
    state: Mutex<State<C>>,
    freed: Condvar,
}

struct State<C> {
    idle: Vec<C>,
    open: usize,
}

/// A connection in use; it goes back when it is still of use.
pub(crate) struct Taken<'a, C> {
    pool: &'a Pool<C>,
    connection: Option<C>,
}

impl<C> Pool<C> {
    /// An empty pool.
    pub(crate) fn new(max: usize) -> Self {
        Pool { max, state: Mutex::new(State { idle: Vec::new(), open: 0 }), freed: Condvar::new() }
    }

    /// An idle connection, or a new one while there may be more, or the next that is
    /// given back.
    pub(crate) fn take(
        &self,
        open: impl FnOnce() -> Result<C, Failure>,
    ) -> Result<Taken<'_, C>, Failure> {
        let until = Instant::now() + WAIT_MAX;
        let mut state = self.lock();
        while state.idle.is_empty() && state.open >= self.max {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let words = format!(
                    "all {} connections were busy for {} seconds",
                    self.max,
                    WAIT_MAX.as_secs()
                );
                return Err(Failure::Unavailable(words));
            }
            state = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        if let Some(connection) = state.idle.pop() {
            return Ok(Taken { pool: self, connection: Some(connection) });
        }
        state.open += 1;
        drop(state);
        // Counts it as closed again if opening fails.
        let mut taken = Taken { pool: self, connection: None };
        taken.connection = Some(open()?);
        Ok(taken)
    }

    fn lock(&self) -> MutexGuard<'_, State<C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give_back(&self, connection: Option<C>) {
        let mut state = self.lock();
        match connection {
            Some(connection) => state.idle.push(connection),
            None => state.open -= 1,
        }
        drop(state);
        self.freed.notify_one();
    }
}

impl<C> Taken<'_, C> {
    /// Uses the connection. It is closed instead of given back if `f` panics or says
    /// that it is of no more use.
    pub(crate) fn run<T>(mut self, f: impl FnOnce(&mut C) -> (T, Usable)) -> T {
        let mut connection =
            self.connection.take().expect("a taken connection is there until it is used");
        let (result, usable) = f(&mut connection);
        if usable == Usable::Yes {
            self.connection = Some(connection);
        }
        result
    }
}

/// Whether a connection can be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Usable {
    /// It stands where a new one would stand.
    Yes,
    /// It is lost or in an unknown state.
    No,
}

impl<C> Drop for Taken<'_, C> {
    fn drop(&mut self) {
        self.pool.give_back(self.connection.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_used_again_unless_it_is_lost() {
        let pool = Pool::new(2);
        let opened = |n: i32| move || Ok(n);
        assert_eq!(pool.take(opened(1)).unwrap().run(|c| (*c, Usable::Yes)), 1);
        assert_eq!(pool.take(opened(2)).unwrap().run(|c| (*c, Usable::No)), 1);
        assert_eq!(pool.take(opened(3)).unwrap().run(|c| (*c, Usable::Yes)), 3);
        let lost = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            pool.take(opened(4)).unwrap().run(|_| -> ((), Usable) { panic!("in the middle") })
        }));
        assert!(lost.is_err());
        assert_eq!(pool.take(opened(5)).unwrap().run(|c| (*c, Usable::Yes)), 5);
    }

    #[test]
    fn a_failed_opening_does_not_count() {
        let pool: Pool<i32> = Pool::new(1);
        for _ in 0..3 {
            assert!(pool.take(|| Err(Failure::Unavailable("gone".into()))).is_err());
        }
        assert_eq!(pool.take(|| Ok(7)).unwrap().run(|c| (*c, Usable::Yes)), 7);
    }

    #[test]
    fn whoever_finds_none_waits_for_the_next() {
        let pool = Pool::new(1);
        let first = pool.take(|| Ok(1)).unwrap();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| pool.take(|| Ok(2)).unwrap().run(|c| (*c, Usable::Yes)));
            first.run(|_| ((), Usable::Yes));
            assert_eq!(second.join().unwrap(), 1);
        });
    }
}
