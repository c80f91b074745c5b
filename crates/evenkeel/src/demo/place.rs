//! Where the demo lives. It only ever deletes what a demo made.

use crate::config::Settings;
use crate::failed::Failed;
use crate::instance::{self, Lock};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use store::Store;

/// Says that a demo made this folder and may delete it.
const MARKER: &str = "northwind-demo.txt";
/// The lock that a server holds there, see [`instance::lock`]; deleting it would let a second one in.
const LOCK: &str = "serve.lock";
const MARKER_TEXT: &str =
    "A demo of Evenkeel made this folder. `evenkeel demo --fresh` empties it and builds it anew.\n";

/// Takes the folder, marked as the demo's; with `fresh` it is empty afterwards.
pub(super) fn prepare(settings: &Settings, fresh: bool) -> Result<Lock, Failed> {
    let folder = &settings.data.value;
    if fresh && settings.database_url.value.is_some() {
        return Err(Failed::usage(
            "--fresh deletes a demo's folder, never a database on a server; name an empty database with --database-url",
        ));
    }
    let taken = is_taken(folder)?;
    if taken && !is_marked(folder) {
        return Err(Failed::new(format!(
            "{} holds something that no demo made; name another folder with --data",
            folder.display()
        )));
    }
    let lock = instance::lock(settings)?;
    if fresh {
        clear(settings)?;
    }
    let marker = folder.join(MARKER);
    std::fs::write(&marker, MARKER_TEXT).map_err(|error| Failed::io("writing", &marker, &error))?;
    Ok(lock)
}

/// Deletes what is in the demo's folder, all but the marker and the lock that is held.
pub(super) fn clear(settings: &Settings) -> Result<(), Failed> {
    let folder = &settings.data.value;
    if !is_marked(folder) {
        return Ok(());
    }
    for path in entries(folder)? {
        let name = path.file_name().unwrap_or_default();
        if name == OsStr::new(MARKER) || name == OsStr::new(LOCK) {
            continue;
        }
        let is_folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
        let done =
            if is_folder { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        done.map_err(|error| Failed::io("deleting", &path, &error))?;
    }
    Ok(())
}

/// A database on a server that somebody else fills is none for a demo.
pub(super) fn check_ours(store: &Store) -> Result<(), Failed> {
    let people = store.read_blocking(store::directory::people::count)?;
    if people > 0 && matches!(store.engine(), store::Engine::Postgres) {
        return Err(Failed::new(
            "this database holds people already and is no finished demo; name an empty one with --database-url",
        ));
    }
    Ok(())
}

fn is_marked(folder: &Path) -> bool {
    folder.join(MARKER).symlink_metadata().is_ok_and(|found| found.is_file())
}

/// Whether anything is in it but a lock left behind.
fn is_taken(folder: &Path) -> Result<bool, Failed> {
    Ok(entries(folder)?.iter().any(|path| path.file_name() != Some(OsStr::new(LOCK))))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
    let read = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        read => read.map_err(|error| Failed::io("reading", folder, &error))?,
    };
    let paths = read.map(|entry| entry.map(|entry| entry.path()));
    paths.collect::<Result<_, _>>().map_err(|error| Failed::io("reading", folder, &error))
}
