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

/// Pages that come before it begins again: each time it flushes both files, beside the writer's own
/// flushing, and writes back once more what is written with every commit.
const AGAIN_PAGES: c_int = 500;

/// Pages at which the writer does what is left, while everybody waits.
const FINISH_PAGES: c_int = 4_000;

/// The thread. It ends with the writer's connection, which must be gone first.
pub(super) struct Checkpoints(Option<JoinHandle<()>>);

impl Checkpoints {
    /// Starts it beside a connection that writes into the file.
    pub(super) fn beside(writer: &mut Connection, path: &Path) -> Result<Self, Failure> {
        let own = sqlite::connect(path)?;
        let (wake, wakes) = sync_channel(1);
        let mut growth = Growth::default();
        writer
            .wal_hook(Some(move |log: &mut Wal, pages| grown(log, growth.wants(pages), &wake)))
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

/// What a log of some size asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wants {
    Nothing,
    /// That the thread begins.
    Begin,
    /// That the writer does what is left.
    Finish,
}

/// How the log grows.
#[derive(Default)]
struct Growth {
    /// How many pages it had when the thread was last told to begin, or none. It has fewer only
    /// where it began anew.
    told_at: c_int,
}

impl Growth {
    fn wants(&mut self, pages: c_int) -> Wants {
        match pages {
            FINISH_PAGES.. => Wants::Finish,
            BEGIN_PAGES.. if !(self.told_at..self.told_at + AGAIN_PAGES).contains(&pages) => {
                self.told_at = pages;
                Wants::Begin
            }
            BEGIN_PAGES.. => Wants::Nothing,
            _ => {
                self.told_at = 0;
                Wants::Nothing
            }
        }
    }
}

/// After each commit. That pages stay in the log harms nobody, so what fails is tried again at a
/// later one.
fn grown(log: &mut Wal, wants: Wants, wake: &SyncSender<()>) -> rusqlite::Result<()> {
    match wants {
        Wants::Finish => told(log.checkpoint()),
        Wants::Begin => {
            // Full: it is at work, and looks again after it.
            let _full = wake.try_send(());
        }
        Wants::Nothing => {}
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_written_back_in_parts_until_the_writer_finishes_it() {
        let mut growth = Growth::default();
        let mut begun = Vec::new();
        for pages in (0..FINISH_PAGES).step_by(60) {
            match growth.wants(pages) {
                Wants::Nothing => {}
                Wants::Begin => begun.push(pages),
                Wants::Finish => panic!("{pages}"),
            }
        }
        assert_eq!(begun, [1_020, 1_560, 2_100, 2_640, 3_180, 3_720]);
        assert_eq!(growth.wants(FINISH_PAGES), Wants::Finish);
        assert_eq!(growth.wants(FINISH_PAGES + 60), Wants::Finish, "somebody reads it still");
        assert_eq!(growth.wants(40), Wants::Nothing);
        assert_eq!(growth.wants(1_000), Wants::Begin, "it began anew");
    }

    #[test]
    fn one_large_commit_is_written_back_too() {
        let mut growth = Growth::default();
        assert_eq!(growth.wants(3_000), Wants::Begin);
        assert_eq!(growth.wants(3_001), Wants::Nothing);
        assert_eq!(growth.wants(FINISH_PAGES), Wants::Finish);
        assert_eq!(growth.wants(1_200), Wants::Begin, "it began anew with a large one");
        assert_eq!(growth.wants(1_699), Wants::Nothing);
        assert_eq!(growth.wants(1_700), Wants::Begin);
    }
}
