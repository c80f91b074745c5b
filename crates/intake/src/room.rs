//! Room for large messages that arrive: however many are sent at once, few are held.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Messages up to this need no room of their own: connections are few enough.
const SMALL_BYTES: usize = 512 * 1_024;
/// Larger messages at once.
const LARGE_AT_ONCE: usize = 6;
/// How long a larger one waits for room; then its sender is told to come back.
const WAIT: Duration = Duration::from_secs(20);

/// Room for large messages.
#[derive(Clone)]
pub(crate) struct Room(Arc<Semaphore>);

/// Room that a message takes, until this goes.
pub(crate) struct Held(#[allow(dead_code)] OwnedSemaphorePermit);

impl Default for Room {
    fn default() -> Self {
        Room(Arc::new(Semaphore::new(LARGE_AT_ONCE)))
    }
}

impl Room {
    /// Whether a message of so many bytes needs room.
    pub(crate) fn is_needed_for(bytes: usize) -> bool {
        bytes > SMALL_BYTES
    }

    /// Takes room for one message; `None` when there is none for too long.
    pub(crate) async fn take(&self) -> Option<Held> {
        let room = self.0.clone().acquire_owned();
        tokio::time::timeout(WAIT, room).await.ok()?.ok().map(Held)
    }
}
