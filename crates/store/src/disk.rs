//! The file system, in the store's words: private files, durable names, copies of
//! databases in use.

use crate::Failure;
use crate::engine::{Lite, sqlite_failure};
use rusqlite::backup::{Backup, StepResult};
use std::fs;
use std::io::{Error, ErrorKind, Result as IoResult};
use std::path::{Path, PathBuf};

/// An error of the file system, such as `io("opening", …)`.
pub(crate) fn io(doing: &str, path: &Path, error: Error) -> Failure {
    Failure::Unavailable(format!("{doing} {}: {error}", path.display()))
}

/// Bytes that must be free on the disk of the data folder for messages to be taken: enough for
/// the commands of days, for what is understood already to become incidents, and for whoever
/// makes room. Whoever has a message keeps it and sends it later; the desk goes on.
const MESSAGES_FREE_BYTES: u64 = 256 * 1_048_576;

/// Whether messages may be taken into this folder: they are what can wait elsewhere.
pub(crate) fn room_for_messages(folder: &Path) -> Result<(), Failure> {
    // Where it cannot be said how much is free, a full disk says so itself.
    let free = rustix::fs::statvfs(named(folder));
    enough(free.ok().map(|found| found.f_bavail.saturating_mul(found.f_frsize)))
}

fn enough(free: Option<u64>) -> Result<(), Failure> {
    match free.filter(|free| *free < MESSAGES_FREE_BYTES) {
        Some(free) => {
            let mib = |bytes: u64| bytes / 1_048_576;
            Err(Failure::Unavailable(format!(
                "{} MiB are free in the data folder, and messages need {}; make room there",
                mib(free),
                mib(MESSAGES_FREE_BYTES)
            )))
        }
        None => Ok(()),
    }
}

/// A file whose name is that of `path` with something added.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Makes an empty file, unless it is there, that only its owner may read: it will hold
/// people's words. SQLite gives its log the same rights.
pub(crate) fn create(path: &Path) -> IoResult<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Removes a file unless it is gone already.
pub(crate) fn remove_if_there(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io("removing", path, error)),
        _ => Ok(()),
    }
}

/// Gives a file another name, durably, in place of whatever has it.
pub(crate) fn rename(from: &Path, into: &Path) -> Result<(), Failure> {
    fs::rename(from, into).map_err(|error| io("naming", into, error))?;
    into.parent().map_or(Ok(()), sync_folder)
}

/// Waits until nobody else puts a file there, and keeps others waiting until it is dropped.
/// Where folders cannot be locked it promises nothing.
pub(crate) fn alone_beside(path: &Path) -> Option<fs::File> {
    let folder = fs::File::open(named(path.parent()?)).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

/// The folder of a bare file name is the one we are in.
fn named(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), Failure> {
    let folder = named(folder);
    fs::File::open(folder)
        .and_then(|opened| opened.sync_all())
        .map_err(|error| io("writing", folder, error))
}

/// Copies a SQLite database as it stands, while others use it, into one file without
/// a log beside it, in place of whatever has that name.
pub(crate) fn copy_database(from: &Path, into: &Path) -> Result<(), Failure> {
    let partial = beside(into, ".partial");
    remove_if_there(&partial)?;
    create(&partial).map_err(|error| io("making", &partial, error))?;
    let mut source = Lite::reader(from)?;
    let mut target = Lite::writer(&partial)?;
    copy_pages(&mut source, &mut target)?;
    target.batch("pragma journal_mode = delete")?;
    drop(target);
    rename(&partial, into)
}

fn copy_pages(source: &mut Lite, target: &mut Lite) -> Result<(), Failure> {
    // All in one step is one moment; writers go on meanwhile, into the log.
    let all = -1;
    let backup = Backup::new(source.connection(), target.connection());
    match backup.and_then(|backup| backup.step(all)).map_err(sqlite_failure)? {
        StepResult::Done => Ok(()),
        _ => Err(Failure::Unavailable("the database was busy and was not copied".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_taken_while_there_is_room() {
        assert!(enough(None).is_ok() && enough(Some(MESSAGES_FREE_BYTES)).is_ok());
        let full = enough(Some(MESSAGES_FREE_BYTES - 1)).unwrap_err().to_string();
        assert!(full.contains("255 MiB are free") && full.contains("256"), "{full}");
        assert!(room_for_messages(Path::new("/nowhere/at/all")).is_ok(), "nobody can tell");
    }
}
