//! What is done once and comes to a value, through code that knows of no value: hundreds of
//! questions are asked, and what surrounds each of them is compiled once.

use crate::Failure;
use crate::sql::Sql;
use std::sync::{Arc, Mutex, PoisonError};

/// Work on a connection, whatever it comes to.
pub(crate) type Work<'w> = &'w mut dyn FnMut(&mut dyn Sql) -> Result<(), Failure>;

/// Work that is done at most once, and what it came to.
pub struct Once<F, T> {
    work: Option<F>,
    value: Option<T>,
}

impl<F, T> Once<F, T> {
    /// Work that is to be done.
    pub fn of(work: F) -> Self {
        Once { work: Some(work), value: None }
    }

    /// The work, the first time it is asked for.
    pub fn take(&mut self) -> Option<F> {
        self.work.take()
    }

    /// Keeps what it came to.
    pub fn keep(&mut self, value: T) {
        self.value = Some(value);
    }

    /// What it came to.
    ///
    /// # Errors
    ///
    /// [`Failure::Broken`] when it was never done.
    pub fn value(self) -> Result<T, Failure> {
        self.value.ok_or_else(|| Failure::Broken("work ended without a value".to_owned()))
    }
}

impl<T, F: FnOnce(&mut dyn Sql) -> Result<T, Failure>> Once<F, T> {
    /// Does it on a connection.
    pub(crate) fn on(&mut self, sql: &mut dyn Sql) -> Result<(), Failure> {
        if let Some(work) = self.take() {
            self.keep(work(sql)?);
        }
        Ok(())
    }
}

/// Where work on another thread leaves what it came to.
#[derive(Debug)]
pub struct Slot<T>(Arc<Mutex<Option<T>>>);

impl<T> Slot<T> {
    /// Puts it there.
    pub fn put(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    /// Takes it away, if it is there.
    pub fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Slot(self.0.clone())
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Slot(Arc::default())
    }
}
