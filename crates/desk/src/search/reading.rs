//! Reads attached files for the index, a few at a time, and keeps what they say.

use super::texts::{self, FILE_BYTES, READER, Why};
use crate::Desk;
use kernel::{AttachmentId, IncidentNumber};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use store::incidents::file_texts::{self, Unread};

/// Files of one turn: between them the log is followed.
const FILES_A_TURN: usize = 8;
/// How long reading one file may take.
const ONE_FILE: Duration = Duration::from_secs(2);
/// Incidents whose new files wait; beyond, all files are gone through once more.
const WAITING_MAX: usize = 10_000;
/// Times in a row that keeping may fail before files rest until the next start.
const FAILURES_MAX: usize = 20;

/// Which files were not read yet.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Incidents that got files.
    waiting: BTreeSet<IncidentNumber>,
    /// How far those of before are gone through.
    after: Option<AttachmentId>,
    gone_through: bool,
    /// Incidents of which a file was read.
    read: BTreeSet<IncidentNumber>,
    failures: usize,
}

impl Reading {
    /// Notes that incidents got files.
    pub(super) fn attached(&mut self, numbers: BTreeSet<IncidentNumber>) {
        if self.waiting.len() + numbers.len() > WAITING_MAX {
            self.waiting.clear();
            (self.after, self.gone_through) = (None, false);
            return;
        }
        self.waiting.extend(numbers);
    }

    /// The incidents whose words are others now.
    pub(super) fn take_read(&mut self) -> BTreeSet<IncidentNumber> {
        std::mem::take(&mut self.read)
    }

    /// Whether files wait to be read.
    pub(super) fn has_work(&self) -> bool {
        self.failures < FAILURES_MAX && (!self.waiting.is_empty() || !self.gone_through)
    }

    /// Whether there is neither a file to be read nor words to be put.
    pub(super) fn is_done(&self) -> bool {
        !self.has_work() && self.read.is_empty()
    }

    /// Reads some files. What cannot be read now waits for the next start.
    pub(super) async fn read_some(&mut self, desk: &Desk) {
        if !self.has_work() {
            return;
        }
        let waiting: Vec<IncidentNumber> = self.waiting.iter().take(64).copied().collect();
        let (after, of_waiting) = (self.after, waiting.clone());
        let unread = desk
            .read(move |sql| match of_waiting.is_empty() {
                true => file_texts::unread_after(sql, after, READER, FILES_A_TURN),
                false => file_texts::unread_of(sql, &of_waiting, READER, FILES_A_TURN),
            })
            .await;
        let Ok(unread) = unread else {
            self.failures += 1;
            return;
        };
        let all = unread.len() < FILES_A_TURN;
        match waiting.is_empty() {
            true => {
                self.after = unread.last().map(|file| file.id).or(self.after);
                self.gone_through = all;
            }
            false if all => waiting.iter().for_each(|number| {
                self.waiting.remove(number);
            }),
            false => {}
        }
        for file in unread {
            self.read_one(desk, file).await;
        }
    }

    async fn read_one(&mut self, desk: &Desk, file: Unread) {
        let files = desk.0.files.clone();
        let (id, number) = (file.id, file.number);
        let said = tokio::task::spawn_blocking(move || read(&files, &file)).await;
        // A defect in reading is no reason to read it for ever.
        let Some(said) = said.unwrap_or(Some(Err(Why::Damaged))) else {
            self.fail(number);
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
                self.failures = 0;
                self.read.insert(number);
            }
            Err(trouble) => {
                if self.failures == 0 {
                    tracing::warn!(%trouble, "what a file says was not kept; it is not found by it");
                }
                self.fail(number);
            }
        }
    }

    /// The file store or the database does not answer: the file waits for the next start.
    fn fail(&mut self, number: IncidentNumber) {
        self.failures += 1;
        self.waiting.remove(&number);
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
