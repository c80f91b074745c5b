//! The index: opened, written, searched.

use crate::document::{Document, Kind};
use crate::failure::Failure;
use crate::limits::{HEAP_BYTES, PURGE_ROUNDS};
use crate::merge::Merging;
use crate::schema::{Fields, schema, tokenizers};
use crate::similar::{Alike, Like};
use crate::state::State;
use crate::whole::{self, Whole};
use crate::wish::{Found, Wish};
use crate::{find, similar};
use incident::permissions::Scope;
use std::collections::{BTreeMap, HashSet};
use std::fs::{File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tantivy::indexer::IndexWriterOptions;
use tantivy::{IndexReader, IndexWriter, Term};

/// The folder of the files, in the folder of the index.
const FILES: &str = "files";
/// Who holds this file locked writes.
const LOCK: &str = "writer.lock";

/// How far the log is in the index.
pub type Position = i64;

/// What opening the index came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It is as it was left: go on from [`Index::position`].
    Kept,
    /// There was none, or one that is of no use: it is empty, fill it from the beginning.
    Empty,
    /// Another process writes it. This one can search.
    ReadOnly,
}

/// A full-text index on the disk of this node, or in memory.
///
/// Searches see the last commit. They can run while it is written, and beside each other.
pub struct Index {
    fields: Fields,
    of: String,
    reader: IndexReader,
    state: Mutex<State>,
    index: tantivy::Index,
    writer: Option<Mutex<IndexWriter>>,
    /// Sums of the names that were put in since the last commit; used by who holds the writer.
    fresh: Mutex<HashSet<u64>>,
    /// Held as long as this process writes.
    _lock: Option<File>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("of", &self.of).field("position", &self.position()).finish()
    }
}

impl Index {
    /// Opens the index of a database in a folder of its own. `of` names the database: one of
    /// another is thrown away, as is one that is broken or of another version.
    ///
    /// Reads all of it, to know that it is whole.
    pub fn open(folder: &Path, of: &str) -> Result<(Index, Opened), Failure> {
        std::fs::create_dir_all(folder)?;
        let files = folder.join(FILES);
        let lock =
            File::options().create(true).write(true).truncate(false).open(folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let whole = whole::read(&files, of).ok_or(Failure::Unusable)?;
                return Ok((Index::of(whole, of, None, false)?, Opened::ReadOnly));
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        if let Some(whole) = whole::read(&files, of) {
            return Ok((Index::of(whole, of, Some(lock), true)?, Opened::Kept));
        }
        if files.exists() {
            std::fs::remove_dir_all(&files)?;
        }
        std::fs::create_dir_all(&files)?;
        let index = tantivy::Index::builder()
            .schema(schema().0)
            .tokenizers(tokenizers())
            .create_in_dir(&files)?;
        Ok((Index::fresh(index, of, Some(lock))?, Opened::Empty))
    }

    /// An empty index in memory.
    pub fn in_memory() -> Result<Index, Failure> {
        let builder = tantivy::Index::builder().schema(schema().0).tokenizers(tokenizers());
        Index::fresh(builder.create_in_ram()?, "", None)
    }

    fn fresh(index: tantivy::Index, of: &str, lock: Option<File>) -> Result<Index, Failure> {
        let reader = whole::reader(&index)?;
        let whole = Whole { index, reader, state: State::new(of, None, &BTreeMap::new()) };
        let index = Index::of(whole, of, lock, true)?;
        // So that it is known of which database it is before anything is in it.
        index.write_down(None, &BTreeMap::new())?;
        Ok(index)
    }

    fn of(whole: Whole, of: &str, lock: Option<File>, writes: bool) -> Result<Index, Failure> {
        let Whole { index, reader, state } = whole;
        let writer = match writes {
            true => Some(Mutex::new(writer(&index)?)),
            false => None,
        };
        let (fields, state, fresh) = (schema().1, Mutex::new(state), Mutex::default());
        Ok(Index { fields, of: of.to_owned(), reader, state, index, writer, fresh, _lock: lock })
    }

    /// How far the log is in it; none if nothing was fed yet.
    pub fn position(&self) -> Option<Position> {
        held(&self.state).position
    }

    /// The other marks that were given with the last commit.
    pub fn marks(&self) -> BTreeMap<String, String> {
        held(&self.state).marks.clone()
    }

    /// Whether this process can write it.
    pub fn writes(&self) -> bool {
        self.writer.is_some()
    }

    /// How many documents there are, of every kind and whoever may read them.
    pub fn documents(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// How many documents have this folded word in any of its forms, in title or public text,
    /// whoever may read them. For weights of words; not to be shown.
    pub fn document_frequency(&self, word: &str) -> Result<u64, Failure> {
        guarded(|| similar::frequency(&self.reader.searcher(), self.fields, word))
    }

    /// Puts a document in, in place of the one of its kind and id. Found after the next commit.
    pub fn put(&self, document: &Document) -> Result<(), Failure> {
        let name = self.fields.key_term(document.kind, &document.id);
        let written = self.fields.document(document);
        let writer = self.writer()?;
        // A deletion is looked for in every file with the next commit and with each merge.
        if self.may_have(&name)? {
            writer.delete_term(name);
        }
        writer.add_document(written)?;
        Ok(())
    }

    /// Whether a document of this name may be in it; from now on one may.
    fn may_have(&self, name: &Term) -> Result<bool, Failure> {
        let mut sum = DefaultHasher::new();
        name.hash(&mut sum);
        if !held(&self.fresh).insert(sum.finish()) {
            return Ok(true);
        }
        guarded(|| {
            for segment in self.reader.searcher().segment_readers() {
                if segment.inverted_index(name.field())?.get_term_info(name)?.is_some() {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// Takes a document out. Gone after the next commit.
    pub fn remove(&self, kind: Kind, id: &str) -> Result<(), Failure> {
        self.writer()?.delete_term(self.fields.key_term(kind, id));
        Ok(())
    }

    /// Writes to the disk what was put in and taken out since the last commit, and how far the
    /// log is in it. All of it or nothing: after a failure it is as it was at the last commit,
    /// and what came after has to be fed again from [`Index::position`].
    pub fn commit(
        &self,
        position: Position,
        marks: &BTreeMap<String, String>,
    ) -> Result<(), Failure> {
        self.write_down(Some(position), marks)
    }

    /// Takes everything out, and forgets how far the log was in it.
    pub fn clear(&self) -> Result<(), Failure> {
        {
            let mut writer = self.writer()?;
            // What waits to be written would come after the deletion.
            roll_back(&mut writer)?;
            writer.delete_all_documents()?;
        }
        self.write_down(None, &BTreeMap::new())
    }

    fn write_down(
        &self,
        position: Option<Position>,
        marks: &BTreeMap<String, String>,
    ) -> Result<(), Failure> {
        let state = State::new(&self.of, position, marks);
        let payload = state.written().map_err(std::io::Error::from)?;
        let mut writer = self.writer()?;
        let committed = writer.prepare_commit().and_then(|mut commit| {
            commit.set_payload(&payload);
            commit.commit()
        });
        if let Err(error) = committed {
            // If this fails too, so will the next write, and say so.
            drop(roll_back(&mut writer));
            return Err(error.into());
        }
        self.reader.reload()?;
        // What is put in from now on is compared with what is read from now on.
        held(&self.fresh).clear();
        drop(writer);
        *held(&self.state) = state;
        Ok(())
    }

    /// Writes anew whatever holds words of documents that were taken out or put in anew by now, and
    /// does not return before they are gone from the disk. Else they go when files are merged, which
    /// may be never. For words that have to be erased; reads and writes up to the whole index, while
    /// searches and commits go on. After a failure, such as files that are merged just now, ask
    /// again.
    pub fn purge(&self) -> Result<(), Failure> {
        for _ in 0..PURGE_ROUNDS {
            if self.purge_round()? {
                // Searches hold the old files open until they see the new ones.
                self.reader.reload()?;
                let collected = self.writer()?.garbage_collect_files();
                collected.wait()?;
                return Ok(());
            }
        }
        Err(Failure::Busy)
    }

    /// Writes anew what holds such words as this begins; whether all of it was there to be written.
    fn purge_round(&self) -> Result<bool, Failure> {
        let mut all = true;
        for segment in self.index.searchable_segment_metas()? {
            if !segment.has_deletes() {
                continue;
            }
            // One that was merged meanwhile may have taken the words along: that may have begun
            // before they were taken out.
            if !self.index.searchable_segment_ids()?.contains(&segment.id()) {
                all = false;
                continue;
            }
            // The writer is let go of before it is waited for: others write meanwhile.
            let merged = self.writer()?.merge(&[segment.id()]);
            merged.wait()?;
        }
        Ok(all)
    }

    /// What somebody looks for, within what they may see.
    pub fn search(&self, scope: &Scope, wish: &Wish) -> Result<Found, Failure> {
        self.refresh()?;
        guarded(|| find::search(&self.reader.searcher(), self.fields, scope, wish))
    }

    /// What may be alike, within what somebody may see, the most alike first.
    pub fn similar(&self, scope: &Scope, like: &Like, limit: usize) -> Result<Vec<Alike>, Failure> {
        self.refresh()?;
        guarded(|| similar::similar(&self.reader.searcher(), self.fields, scope, like, limit))
    }

    /// Sees what another process has written.
    fn refresh(&self) -> Result<(), Failure> {
        if self.writer.is_none() {
            self.reader.reload()?;
            let meta = self.index.load_metas()?;
            let state = State::read(meta.payload.as_deref(), &self.of).ok_or(Failure::Unusable)?;
            *held(&self.state) = state;
        }
        Ok(())
    }

    fn writer(&self) -> Result<MutexGuard<'_, IndexWriter>, Failure> {
        self.writer.as_ref().map(held).ok_or(Failure::ReadOnly)
    }
}

/// A file that broke after it was opened leads to reads beyond its end. That is an index of no use,
/// not an answer that fails again and again.
fn guarded<T>(ask: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(ask)).unwrap_or(Err(Failure::Broken))
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is behind is written whole or not at all.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Forgets what was not committed.
fn roll_back(writer: &mut IndexWriter) -> Result<(), Failure> {
    writer.rollback()?;
    // It is a new one within.
    writer.set_merge_policy(Box::new(Merging::new()));
    Ok(())
}

fn writer(index: &tantivy::Index) -> Result<IndexWriter, Failure> {
    // One thread of each, as a node has more to do than this.
    let options = IndexWriterOptions::builder()
        .memory_budget_per_thread(HEAP_BYTES)
        .num_worker_threads(1)
        .num_merge_threads(1)
        .build();
    let writer: IndexWriter = index.writer_with_options(options)?;
    writer.set_merge_policy(Box::new(Merging::new()));
    Ok(writer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_broken_index() {
        assert!(matches!(guarded(|| Ok(1)), Ok(1)));
        let words: Vec<u8> = vec![];
        assert!(matches!(guarded(|| Ok(words[..9].len())), Err(Failure::Broken)));
    }
}
