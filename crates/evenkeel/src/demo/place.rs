//! Where the demo lives. It only ever deletes what a demo made.

use crate::config::Settings;
use crate::failed::Failed;
use crate::instance::{self, Lock};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use store::Store;

/// Says that a demo made this folder and may delete it.
const MARKER: &str = "northwind-demo.txt";
/// The locks in it, see [`instance::lock`]; deleting one that is held would let a second server in.
const LOCKS: [&str; 3] = [instance::LOCK, instance::RESTORE_LOCK, instance::HAND_OVER_LOCK];
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

/// Deletes what is in the demo's folder, all but the marker and the locks.
pub(super) fn clear(settings: &Settings) -> Result<(), Failed> {
    let folder = &settings.data.value;
    if !is_marked(folder) {
        return Ok(());
    }
    for path in entries(folder)? {
        if is_lock(&path) || path.file_name() == Some(OsStr::new(MARKER)) {
            continue;
        }
        let is_folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
        let done =
            if is_folder { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        done.map_err(|error| Failed::io("deleting", &path, &error))?;
    }
    Ok(())
}

/// A database on a server is never emptied from here: one that somebody else fills is
/// none for a demo, and one in which a demo was begun is made anew by who may do that.
pub(super) fn check_ours(store: &Store, begun: bool) -> Result<(), Failed> {
    let people = store.read_blocking(store::directory::people::count)?;
    if people == 0 || !matches!(store.engine(), store::Engine::Postgres) {
        return Ok(());
    }
    Err(Failed::new(if begun {
        "a demo was begun in this database and not finished; drop the database, create it anew and start again"
    } else {
        "this database holds people already and is no demo; name an empty one with --database-url"
    }))
}

fn is_marked(folder: &Path) -> bool {
    folder.join(MARKER).symlink_metadata().is_ok_and(|found| found.is_file())
}

/// Whether anything is in it but locks left behind.
fn is_taken(folder: &Path) -> Result<bool, Failed> {
    Ok(!entries(folder)?.iter().all(|path| is_lock(path)))
}

fn is_lock(path: &Path) -> bool {
    LOCKS.iter().any(|lock| path.file_name() == Some(OsStr::new(lock)))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
    let read = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        read => read.map_err(|error| Failed::io("reading", folder, &error))?,
    };
    let paths = read.map(|entry| entry.map(|entry| entry.path()));
    paths.collect::<Result<_, _>>().map_err(|error| Failed::io("reading", folder, &error))
}
