//! A store of which all that is read and written is one transaction: for what consists of many
//! changes and is done as a whole or not at all.

use super::{Connection, Driver, Inner, Store, Work};
use crate::Failure;
use std::sync::{Arc, Mutex, PoisonError};

/// A transaction under way. It is undone when this goes without [`Whole::commit`].
pub struct Whole(Arc<Within>);

/// The connection on which everything happens, one after the other. There is none any more when
/// the transaction has ended, or when something broke off in the middle: then nothing of it can
/// be kept.
pub(super) struct Within(Mutex<Option<Connection>>);

impl Store {
    /// Begins a transaction on a connection of its own, and gives a store that works within it:
    /// what one reads there is what another wrote there, and nobody else sees any of it before
    /// [`Whole::commit`]. A transaction that is begun within fails alone. Whoever else writes to
    /// the database waits meanwhile, so it must not take long. Blocks.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] when the database does not answer or is busy for too long.
    pub fn whole(&self) -> Result<(Store, Whole), Failure> {
        let mut connection = self.writer()?.0;
        connection.begin()?;
        let within = Arc::new(Within(Mutex::new(Some(connection))));
        let store = Store(Arc::new(Inner {
            target: self.target().clone(),
            driver: Driver::Within(within.clone()),
            known: Arc::default(),
        }));
        Ok((store, Whole(within)))
    }
}

impl Whole {
    /// Makes all of it durable and visible. Nothing more can be done within. Blocks.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] when the database is full or lost; then nothing of it was kept,
    /// or the words say that this is not known.
    pub fn commit(self) -> Result<(), Failure> {
        let connection = self.0.take();
        connection.ok_or_else(ended)?.commit()
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        // A connection that goes undoes what it had begun.
        drop(self.0.take());
    }
}

impl Within {
    /// Does something within; if it fails, nothing of it stays and the rest does.
    pub(super) fn nested(&self, work: Work<'_>) -> Result<(), Failure> {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut connection = place.take().ok_or_else(ended)?;
        let done = connection.nested(work);
        *place = Some(connection);
        done
    }

    fn take(&self) -> Option<Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Connection {
    fn begin(&mut self) -> Result<(), Failure> {
        match self {
            Connection::Sqlite(connection) => connection.begin(),
            Connection::Postgres(connection) => connection.begin(),
            Connection::Within(_) => Ok(()),
        }
    }

    fn nested(&mut self, work: Work<'_>) -> Result<(), Failure> {
        match self {
            Connection::Sqlite(connection) => connection.nested(work),
            Connection::Postgres(connection) => connection.nested(work),
            Connection::Within(within) => within.nested(work),
        }
    }

    fn commit(&mut self) -> Result<(), Failure> {
        match self {
            Connection::Sqlite(connection) => connection.commit(),
            Connection::Postgres(connection) => connection.commit(),
            // The outer one commits.
            Connection::Within(_) => Ok(()),
        }
    }
}

/// Words for what comes after the end.
pub(super) fn ended() -> Failure {
    Failure::Unavailable("the transaction has ended, and nothing more becomes part of it".into())
}
