//! Files while they arrive: without a name of their own yet, gone when given up.

use super::{FileHash, Put};
use crate::Failure;
use crate::disk;
use kernel::Timestamp;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

/// What files without a name begin with.
const PREFIX: &str = "partial-";

/// A file that arrives piece by piece. Dropped half-way it leaves nothing behind.
pub struct Arriving {
    partial: Partial,
    digest: Sha256,
    size_bytes: u64,
}

/// A file of which everything is there, and its hash known, but that is not kept yet.
/// Dropped it leaves nothing behind.
pub struct Arrived {
    partial: Partial,
    put: Put,
}

/// A file of this machine that goes with it.
pub(super) struct Partial {
    pub(super) file: File,
    /// Where it is, until it has a name that stays.
    path: Option<PathBuf>,
}

impl Arriving {
    pub(super) fn begin(folder: &Path) -> Result<Self, Failure> {
        Ok(Arriving { partial: Partial::new(folder)?, digest: Sha256::new(), size_bytes: 0 })
    }

    /// Writes the next piece.
    ///
    /// # Errors
    ///
    /// [`Failure::Files`] when it cannot be written.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), Failure> {
        let written = self.partial.file.write_all(piece);
        written.map_err(|error| Failure::Files(format!("writing a file: {error}")))?;
        self.digest.update(piece);
        self.size_bytes += piece.len() as u64;
        Ok(())
    }

    /// That was all of it.
    pub fn arrived(self) -> Arrived {
        let put = Put { hash: FileHash::of(self.digest), size_bytes: self.size_bytes };
        Arrived { partial: self.partial, put }
    }
}

impl Arrived {
    /// How it will be found.
    pub fn hash(&self) -> &FileHash {
        &self.put.hash
    }

    pub(super) fn into_parts(self) -> (Put, Partial) {
        (self.put, self.partial)
    }
}

impl Partial {
    fn new(folder: &Path) -> Result<Self, Failure> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let failed = |doing: &str, path: &Path, error| files(disk::io(doing, path, error));
        std::fs::create_dir_all(folder).map_err(|error| failed("making", folder, error))?;
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!("{PREFIX}{}-{count}", std::process::id()));
            match options.open(&path) {
                Ok(file) => return Ok(Partial { file, path: Some(path) }),
                // Left behind by a process of this id.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed("making", &path, error)),
            }
        }
    }

    /// Gives it a name that stays.
    pub(super) fn rename(mut self, into: &Path) -> std::io::Result<()> {
        self.file.sync_all()?;
        match self.path.take() {
            Some(path) => std::fs::rename(&path, into).inspect_err(|_| self.path = Some(path)),
            None => Ok(()),
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            // What cannot be removed now is swept later.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The file system's trouble as the file store's.
pub(super) fn files(failure: Failure) -> Failure {
    match failure {
        Failure::Unavailable(words) => Failure::Files(words),
        other => other,
    }
}

pub(super) fn sweep(folder: &Path, before: Timestamp) -> Result<(), Failure> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        other => other.map_err(|error| files(disk::io("reading", folder, error)))?,
    };
    let before = UNIX_EPOCH + Duration::from_micros(before.micros().max(0).unsigned_abs());
    for entry in entries.flatten() {
        let partial = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        let touched = entry.metadata().and_then(|data| data.modified());
        if partial && touched.is_ok_and(|at| at < before) {
            disk::remove_if_there(&entry.path()).map_err(files)?;
        }
    }
    Ok(())
}
