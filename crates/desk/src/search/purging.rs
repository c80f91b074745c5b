//! Takes erased words off the disk, on a thread of its own: it writes much of the index anew, and
//! meanwhile the log is followed.

use ::search::{Failure, Index};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot::{self, Receiver, error::TryRecvError};

/// Between two times that it is done.
const PURGE_EVERY: Duration = Duration::from_secs(900);
/// After it failed, as files were merged just then or the disk is full.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// Whether it is done just now, and when it may be done next.
#[derive(Debug, Default)]
pub(super) struct Purging {
    answer: Option<Receiver<Result<(), Failure>>>,
    /// More words were erased since it began, which it may leave.
    more: bool,
    not_before: Option<Instant>,
}

impl Purging {
    /// Words were erased.
    pub(super) fn again(&mut self) {
        self.more = true;
    }

    /// Begins, unless it is under way or was done a moment ago. For words whose documents are
    /// committed anew.
    pub(super) fn begin(&mut self, index: &Arc<Index>) {
        if self.answer.is_some() || self.not_before.is_some_and(|at| Instant::now() < at) {
            return;
        }
        let (tell, answer) = oneshot::channel();
        let index = index.clone();
        let thread = std::thread::Builder::new().name("search-purge".to_owned());
        // It is not waited for when the program ends: what it has not finished is begun anew.
        match thread.spawn(move || drop(tell.send(index.purge()))) {
            Ok(_) => (self.answer, self.more) = (Some(answer), false),
            Err(error) => self.failed(&error),
        }
    }

    /// Whether all erased words are gone since this was last asked.
    pub(super) fn is_done(&mut self) -> bool {
        let Some(answer) = &mut self.answer else { return false };
        let answer = match answer.try_recv() {
            Err(TryRecvError::Empty) => return false,
            Err(TryRecvError::Closed) => Err(Failure::Broken),
            Ok(answer) => answer,
        };
        self.answer = None;
        match answer {
            Ok(()) => {
                self.not_before = Some(Instant::now() + PURGE_EVERY);
                !self.more
            }
            Err(failure) => {
                self.failed(&failure);
                false
            }
        }
    }

    fn failed(&mut self, failure: &dyn std::fmt::Display) {
        tracing::warn!(%failure, "erased words are still in files of the search index; trying again in half a minute");
        self.not_before = Some(Instant::now() + AFTER_FAILURE);
    }
}
