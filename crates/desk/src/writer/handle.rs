//! The desk's end of the queue to its writer.

use super::pressed::Pressed;
use super::{Change, Job, Together, Work};
use crate::alerts::{self, Taken};
use crate::ask::{Done, Prepared};
use crate::people::Named;
use crate::{Metrics, Trouble};
use incident::Command;
use std::sync::Arc;
use std::time::Instant;
use store::Failure;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

/// Requests that may wait; beyond that the caller is told to come back.
const WAITING_MAX: usize = 4_096;

/// The desk's end of the queue.
pub(crate) struct Handle {
    queue: mpsc::Sender<Work>,
    metrics: Arc<Metrics>,
    pressed: Arc<Pressed>,
}

impl Handle {
    pub(crate) fn new(metrics: Arc<Metrics>) -> (Handle, mpsc::Receiver<Work>) {
        let (queue, work) = mpsc::channel(WAITING_MAX);
        (Handle { queue, metrics, pressed: Arc::new(Pressed::new()) }, work)
    }

    /// Where the writer says how much it works.
    pub(crate) fn pressed(&self) -> Arc<Pressed> {
        self.pressed.clone()
    }

    /// Executes a command; answers when it is durable. Refuses at once when too much waits.
    pub(crate) async fn command(
        &self,
        prepared: Prepared,
        command: Command,
        people: Named,
    ) -> Result<Done, Trouble> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Job { prepared, command, people, reply: Some(reply) });
        match self.queue.try_send(Work::Command(job)) {
            Ok(()) => answer.await.unwrap_or_else(|_| Err(ending())),
            Err(TrySendError::Full(_)) => {
                self.metrics.overloaded.inc();
                Err(Trouble::Overloaded)
            }
            Err(TrySendError::Closed(_)) => Err(ending()),
        }
    }

    /// Hands a command in, waiting for room in the queue, and gives the end to wait at.
    pub(crate) async fn submit(
        &self,
        prepared: Prepared,
        command: Command,
        people: Named,
    ) -> Result<oneshot::Receiver<Result<Done, Trouble>>, Trouble> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Job { prepared, command, people, reply: Some(reply) });
        self.queue.send(Work::Command(job)).await.map_err(|_| ending())?;
        Ok(answer)
    }

    /// Hands in what was told of alerts; answers when it is durable. Refuses at once when too
    /// much waits.
    pub(crate) async fn signals(&self, what: alerts::What) -> Result<Taken, Trouble> {
        let (reply, answer) = oneshot::channel();
        match self.queue.try_send(Work::Signals(alerts::Job { what, reply })) {
            Ok(()) => answer.await.unwrap_or_else(|_| Err(ending())),
            Err(TrySendError::Full(_)) => {
                self.metrics.overloaded.inc();
                Err(Trouble::Overloaded)
            }
            Err(TrySendError::Closed(_)) => Err(ending()),
        }
    }

    /// Waits until all that was handed in is done and the connection is closed.
    pub(crate) async fn end(&self) {
        let (reply, ended) = oneshot::channel();
        if self.queue.send(Work::End(reply)).await.is_ok() {
            drop(ended.await);
        }
    }

    /// Hands in a change of configuration.
    pub(crate) async fn change(&self, change: Change) -> Result<(), Trouble> {
        self.queue.send(Work::Change(change)).await.map_err(|_| ending())
    }

    /// Hands in what shares a transaction with others.
    pub(crate) async fn shared(&self, shared: Box<dyn Together>) -> Result<(), Trouble> {
        self.queue.send(Work::Shared(shared)).await.map_err(|_| ending())
    }

    /// Whether something waits to be written, or hardly a moment passed lately without writing:
    /// what follows the log makes room then.
    pub(crate) fn is_busy(&self) -> bool {
        self.queue.capacity() < self.queue.max_capacity() || self.pressed.is_pressed(Instant::now())
    }

    /// Hands in what may be left out when too much waits.
    pub(crate) fn change_if_room(&self, change: Change) {
        if self.queue.try_send(Work::Change(change)).is_err() {
            tracing::debug!("too much waits; something that can wait was left out");
        }
    }
}

/// When the writer takes nothing any more, or let go of what it had taken.
pub(crate) fn ending() -> Trouble {
    Failure::Unavailable("the program is ending; try again in a moment".to_owned()).into()
}
