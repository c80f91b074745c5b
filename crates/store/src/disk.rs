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
