//! Whether what is on the disk is whole.

use crate::schema::{AT, KIND_NUMBER, WEIGHT, schema, tokenizers};
use crate::state::State;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use tantivy::{IndexReader, ReloadPolicy};

/// An index that was read from the disk.
pub(crate) struct Whole {
    pub(crate) index: tantivy::Index,
    pub(crate) reader: IndexReader,
    pub(crate) state: State,
}

/// What is in a folder, if all of it is as it was written, of this version and this database.
///
/// Every byte is read and summed: a second for a gigabyte, once when the process starts. A broken
/// file would otherwise be found when somebody searches, or silently hide what they look for.
pub(crate) fn read(folder: &Path, of: &str) -> Option<Whole> {
    // Lengths in a broken file lead to reads beyond its end. That is no bug to be reported here,
    // but an index to be thrown away.
    catch_unwind(AssertUnwindSafe(|| checked(folder, of))).ok().flatten()
}

fn checked(folder: &Path, of: &str) -> Option<Whole> {
    let mut index = tantivy::Index::open_in_dir(folder).ok()?;
    if index.schema() != schema().0 {
        return None;
    }
    index.set_tokenizers(tokenizers());
    let meta = index.load_metas().ok()?;
    let state = State::read(meta.payload.as_deref(), of)?;
    let managed = index.directory().list_managed_files();
    for file in meta.list_segment_files() {
        let is_there = folder.join(&file).exists();
        if managed.contains(&file) != is_there {
            return None;
        }
        if is_there && !index.directory().validate_checksum(&file).ok()? {
            return None;
        }
    }
    let reader = reader(&index).ok()?;
    let segments = reader.searcher();
    for segment in segments.segment_readers() {
        let columns = segment.fast_fields();
        let rows = [
            columns.i64(AT).ok()?.num_docs(),
            columns.u64(WEIGHT).ok()?.num_docs(),
            columns.u64(KIND_NUMBER).ok()?.num_docs(),
        ];
        if rows.iter().any(|rows| *rows != segment.max_doc()) {
            return None;
        }
    }
    Some(Whole { index, reader, state })
}

/// A reader that changes only when it is told to.
pub(crate) fn reader(index: &tantivy::Index) -> tantivy::Result<IndexReader> {
    index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()
}
