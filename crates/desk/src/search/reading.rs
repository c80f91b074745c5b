//! Reads attached files for the index, a few at a time and beside everything else, and keeps what
//! they say: a slow file or file store holds up nothing.

use super::texts::{self, FILE_BYTES, READER, Why};
use crate::Desk;
use kernel::{AttachmentId, IncidentNumber};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use store::incidents::file_texts::{self, Unread};
use tokio::sync::oneshot::{self, Receiver, error::TryRecvError};

/// Files of one step, after which their words are put.
const FILES_A_STEP: usize = 8;
/// Incidents whose files are looked for in one step.
const INCIDENTS_A_STEP: usize = 64;
/// How long reading one file may take.
const ONE_FILE: Duration = Duration::from_secs(2);
/// Incidents whose new files wait; beyond, all files are gone through once more.
const WAITING_MAX: usize = 10_000;
/// Times in a row that keeping may fail before files rest until the next start.
const FAILURES_MAX: usize = 20;

/// Which files were not read yet.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Incidents that got files, but for those of the step that is under way.
    waiting: BTreeSet<IncidentNumber>,
    /// How far those of before are gone through.
    after: Option<AttachmentId>,
    gone_through: bool,
    /// How often it was begun to go through all of them.
    begun: u32,
    /// Incidents of which a file was read.
    read: BTreeSet<IncidentNumber>,
    failures: usize,
    under_way: Option<Receiver<Step>>,
}

/// A step, and what came of it.
#[derive(Debug)]
struct Step {
    /// Incidents whose files are read; none: the next of all files.
    of: Vec<IncidentNumber>,
    after: Option<AttachmentId>,
    /// As [`Reading::begun`] when it began.
    begun: u32,
    /// Whether there are no more of them.
    all: bool,
    /// Incidents of which a file was read, and of which one could not be.
    read: BTreeSet<IncidentNumber>,
    failed: Vec<IncidentNumber>,
    /// Whether the database told which files these are.
    answered: bool,
}

impl Reading {
    /// Notes that incidents got files.
    pub(super) fn attached(&mut self, numbers: BTreeSet<IncidentNumber>) {
        if self.waiting.len() + numbers.len() > WAITING_MAX {
            self.waiting.clear();
            (self.after, self.gone_through) = (None, false);
            self.begun = self.begun.wrapping_add(1);
            return;
        }
        self.waiting.extend(numbers);
    }

    /// The incidents whose words are others now.
    pub(super) fn take_read(&mut self) -> BTreeSet<IncidentNumber> {
        std::mem::take(&mut self.read)
    }

    /// Whether files are read or wait to be.
    pub(super) fn has_work(&self) -> bool {
        let waits = !self.waiting.is_empty() || !self.gone_through;
        self.under_way.is_some() || (self.failures < FAILURES_MAX && waits)
    }

    /// Whether there is neither a file to be read nor words to be put.
    pub(super) fn is_done(&self) -> bool {
        !self.has_work() && self.read.is_empty()
    }

    /// Takes over what was read, and begins the next step. What cannot be read now waits for the
    /// next start.
    pub(super) fn go_on(&mut self, desk: &Desk) {
        if let Some(step) = &mut self.under_way {
            match step.try_recv() {
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Closed) => self.failures += 1,
                Ok(step) => self.take_over(step),
            }
            self.under_way = None;
        }
        if !self.has_work() {
            return;
        }
        let of: Vec<IncidentNumber> = self.waiting.iter().take(INCIDENTS_A_STEP).copied().collect();
        // Who gets another file meanwhile waits again.
        of.iter().for_each(|number| {
            self.waiting.remove(number);
        });
        let step = Step {
            of,
            after: self.after,
            begun: self.begun,
            all: false,
            read: BTreeSet::new(),
            failed: vec![],
            answered: false,
        };
        let (tell, told) = oneshot::channel();
        self.under_way = Some(told);
        let desk = desk.clone();
        crate::beside(async move { drop(tell.send(step.done(&desk).await)) });
    }

    fn take_over(&mut self, step: Step) {
        let went_well = step.failed.is_empty() || !step.read.is_empty();
        self.failures = match step.answered && went_well {
            true => 0,
            false => self.failures + step.failed.len().max(1),
        };
        match step.of.is_empty() {
            true if step.begun == self.begun => {
                (self.after, self.gone_through) = (step.after, step.all);
            }
            false if !step.all => {
                let left = step.of.into_iter().filter(|number| !step.failed.contains(number));
                self.waiting.extend(left);
            }
            _ => {}
        }
        self.read.extend(step.read);
    }
}

impl Step {
    async fn done(mut self, desk: &Desk) -> Step {
        let (of, after) = (self.of.clone(), self.after);
        let unread = desk
            .read(move |sql| match of.is_empty() {
                true => file_texts::unread_after(sql, after, READER, FILES_A_STEP),
                false => file_texts::unread_of(sql, &of, READER, FILES_A_STEP),
            })
            .await;
        let Ok(unread) = unread else { return self };
        self.answered = true;
        self.all = unread.len() < FILES_A_STEP;
        self.after = unread.last().map(|file| file.id).or(self.after);
        for file in unread {
            self.read_one(desk, file).await;
        }
        self
    }

    async fn read_one(&mut self, desk: &Desk, file: Unread) {
        let files = desk.0.files.clone();
        let (id, number) = (file.id, file.number);
        let said = crate::on_a_thread(move || read(&files, &file)).await;
        // A defect in reading is no reason to read it for ever.
        let Some(said) = said.unwrap_or(Some(Err(Why::Damaged))) else {
            self.failed.push(number);
            return;
        };
        let kept = desk
            .write(move |sql| {
                let said = said.as_deref().map_err(|why| why.words());
                Ok(file_texts::keep(sql, id, READER, said)?)
            })
            .await;
        match kept {
            Ok(()) => {
                self.read.insert(number);
            }
            Err(trouble) => {
                if self.failed.is_empty() {
                    tracing::warn!(%trouble, "what a file says was not kept; it is not found by it");
                }
                self.failed.push(number);
            }
        }
    }
}

/// What a file says; none when the file store does not answer. Blocks.
fn read(files: &store::files::Files, file: &Unread) -> Option<Result<String, Why>> {
    if file.size_bytes > FILE_BYTES as u64 {
        return Some(Err(Why::Long));
    }
    match files.read(&file.hash, 0, FILE_BYTES) {
        Ok(Some(bytes)) => Some(texts::read(&bytes, Instant::now() + ONE_FILE)),
        Ok(None) => Some(Err(Why::Missing)),
        Err(failure) => {
            tracing::warn!(%failure, "an attached file could not be read for search");
            None
        }
    }
}
