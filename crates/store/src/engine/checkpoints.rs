//! What SQLite's log holds goes into the file on a thread of its own, while writing goes on.
//!
//! The log begins anew only when all of it is in the file and nobody reads it. While one commit
//! follows another that never is, so the writer does the rest itself when the log has grown, and
//! little is left to do then.

use super::sqlite;
use crate::Failure;
use rusqlite::hooks::Wal;
use rusqlite::{Connection, ErrorCode};
use std::ffi::c_int;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Pages in the log at which the thread begins. Pages that are written often are written back once
/// for all of these.
const BEGIN_PAGES: c_int = 1_000;

/// Pages at which the writer does what is left, while everybody waits.
const FINISH_PAGES: c_int = 4_000;

/// The thread. It ends with the writer's connection, which must be gone first.
pub(super) struct Checkpoints(Option<JoinHandle<()>>);

impl Checkpoints {
    /// Starts it beside a connection that writes into the file.
    pub(super) fn beside(writer: &mut Connection, path: &Path) -> Result<Self, Failure> {
        let own = sqlite::connect(path)?;
        let (wake, wakes) = sync_channel(1);
        writer
            .wal_hook(Some(move |log: &mut Wal, pages| grown(log, pages, &wake)))
            .map_err(sqlite::failure)?;
        let thread = std::thread::Builder::new()
            .name("checkpoints".to_owned())
            .spawn(move || work(&own, &wakes))
            .map_err(|error| Failure::Unavailable(format!("no thread to be had: {error}")))?;
        Ok(Checkpoints(Some(thread)))
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            // It panics nowhere; if it did, the log is written back by whoever opens the file.
            drop(thread.join());
        }
    }
}

/// After each commit. That pages stay in the log harms nobody, so what fails is tried again at a
/// later one.
fn grown(log: &mut Wal, pages: c_int, wake: &SyncSender<()>) -> rusqlite::Result<()> {
    let done = match pages {
        FINISH_PAGES.. => log.checkpoint(),
        BEGIN_PAGES.. => {
            // Full: it is at work, and looks again after it.
            let _full = wake.try_send(());
            Ok(())
        }
        _ => Ok(()),
    };
    told(done);
    Ok(())
}

fn work(own: &Connection, wakes: &Receiver<()>) {
    while wakes.recv().is_ok() {
        told(own.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(())));
    }
}

fn told(done: rusqlite::Result<()>) {
    let Err(error) = done else { return };
    let busy = [ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked];
    if error.sqlite_error().is_some_and(|found| busy.contains(&found.code)) {
        tracing::debug!(%error, "somebody else writes the log back");
    } else {
        // Else it grows unseen until there is no room for it.
        tracing::warn!(%error, "the log could not be written back; a later commit tries again");
    }
}
