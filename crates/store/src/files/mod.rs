//! Attachments' bytes, kept by what they are: the name of a file is the hash of its
//! bytes, so nothing is kept twice, nothing is overwritten, and a damaged file is
//! noticed.
//!
//! Bytes arrive in a file without a name in a folder of this machine; when all are
//! there and their hash is known, the shelf takes them: a local folder or an
//! S3-compatible store. Which hashes are in use says the database, see
//! [`crate::incidents::loose`].

mod arriving;
mod hash;
mod local;
mod outlet;
mod s3;

pub use arriving::{Arrived, Arriving};
pub use hash::FileHash;
pub use outlet::{Outlet, Published};
pub use s3::S3;

use crate::Failure;
use arriving::Partial;
use kernel::Timestamp;
use local::Local;
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

/// How much is read and written at once, in bytes.
const PIECE_BYTES: usize = 1024 * 1024;

/// What was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// How to find it again.
    pub hash: FileHash,
    /// How big it is.
    pub size_bytes: u64,
}

/// How a file was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Its bytes are those of its hash.
    Whole,
    /// Its bytes are others.
    Changed,
    /// There is none.
    Missing,
}

/// Where files are kept. Cheap to clone; everything blocks.
#[derive(Clone)]
pub struct Files {
    shelf: Arc<dyn Shelf>,
    /// Where bytes wait while they arrive.
    waiting: PathBuf,
}

/// What a place for files must do.
trait Shelf: Send + Sync {
    /// Keeps the bytes under their hash, durably. That they are there already is fine.
    fn keep(&self, hash: &FileHash, bytes: Partial) -> Result<(), Failure>;

    /// At most `max` bytes from the byte `from` on, fewer only at the end; `None` if
    /// there is no such file.
    fn read(&self, hash: &FileHash, from: u64, max: usize) -> Result<Option<Vec<u8>>, Failure>;

    /// Forgets a file; that it is gone already is fine.
    fn remove(&self, hash: &FileHash) -> Result<(), Failure>;

    /// Writes, reads and removes something, to see whether that works.
    fn try_out(&self) -> Result<(), Failure>;
}

impl Files {
    /// Files in a folder of this machine; it is made when the first one comes.
    pub fn local(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Files { shelf: Arc::new(Local::new(folder.clone())), waiting: folder }
    }

    /// Files in an S3-compatible store. While they arrive they wait in a folder of this
    /// machine; it is made when the first one comes. `now` dates the requests.
    ///
    /// # Errors
    ///
    /// [`Failure::Unusable`] when the settings cannot be right.
    pub fn s3(
        settings: &S3,
        waiting: impl Into<PathBuf>,
        now: fn() -> Timestamp,
    ) -> Result<Self, Failure> {
        Ok(Files { shelf: Arc::new(s3::Client::new(settings, now)?), waiting: waiting.into() })
    }

    /// Begins a file that arrives piece by piece.
    ///
    /// # Errors
    ///
    /// [`Failure::Files`] when nothing can be written.
    pub fn begin(&self) -> Result<Arriving, Failure> {
        Arriving::begin(&self.waiting)
    }

    /// Keeps what arrived, durably.
    ///
    /// # Errors
    ///
    /// [`Failure::Files`] when that fails; nothing stays then.
    pub fn keep(&self, arrived: Arrived) -> Result<Put, Failure> {
        let (put, partial) = arrived.into_parts();
        self.shelf.keep(&put.hash, partial)?;
        Ok(put)
    }

    /// Keeps what `from` gives, durably.
    ///
    /// # Errors
    ///
    /// [`Failure::Files`] when reading or writing fails; nothing stays then.
    pub fn put(&self, mut from: impl Read) -> Result<Put, Failure> {
        let mut arriving = self.begin()?;
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            match from.read(&mut piece) {
                Ok(0) => break,
                Ok(count) => arriving.write(&piece[..count])?,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Failure::Files(format!("reading a file: {error}"))),
            }
        }
        self.keep(arriving.arrived())
    }

    /// At most `max` bytes of a file from the byte `from` on, fewer only at its end;
    /// `None` if there is none with this hash. Whether they still are what they were
    /// shows [`Files::check`].
    ///
    /// # Errors
    ///
    /// [`Failure::Files`] when it cannot be read.
    pub fn read(&self, hash: &FileHash, from: u64, max: usize) -> Result<Option<Vec<u8>>, Failure> {
        self.shelf.read(hash, from, max)
    }

    /// Forgets a file; that it is gone already is fine.
    ///
    /// # Errors
    ///
    /// [`Failure::Files`] when it cannot be removed.
    pub fn remove(&self, hash: &FileHash) -> Result<(), Failure> {
        self.shelf.remove(hash)
    }

    /// Whether the bytes of a file are there and still those of its hash.
    ///
    /// # Errors
    ///
    /// [`Failure::Files`] when it cannot be read.
    pub fn check(&self, hash: &FileHash) -> Result<Found, Failure> {
        self.copy(hash, &mut |_| Ok(()))
    }

    /// Gives `into` the bytes of a file piece by piece, at least one, which may be
    /// empty. Only in the end it is known how they were found.
    ///
    /// # Errors
    ///
    /// [`Failure::Files`] when it cannot be read, and those of `into`.
    pub fn copy(
        &self,
        hash: &FileHash,
        into: &mut dyn FnMut(Vec<u8>) -> Result<(), Failure>,
    ) -> Result<Found, Failure> {
        let (mut digest, mut at, mut more) = (Sha256::new(), 0, true);
        while more {
            let Some(piece) = self.read(hash, at, PIECE_BYTES)? else { return Ok(Found::Missing) };
            digest.update(&piece);
            at += piece.len() as u64;
            more = piece.len() == PIECE_BYTES;
            into(piece)?;
        }
        Ok(if FileHash::of(digest) == *hash { Found::Whole } else { Found::Changed })
    }

    /// Writes, reads and removes something, to see whether that works.
    ///
    /// # Errors
    ///
    /// [`Failure::Files`] when it does not, with the reason.
    pub fn try_out(&self) -> Result<(), Failure> {
        self.shelf.try_out()
    }

    /// Removes what began to arrive and was not touched since `before`: left behind
    /// where a process was ended or the power failed.
    ///
    /// # Errors
    ///
    /// [`Failure::Files`] when the folder cannot be read or changed.
    pub fn sweep(&self, before: Timestamp) -> Result<(), Failure> {
        arriving::sweep(&self.waiting, before)
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").field("waiting", &self.waiting).finish_non_exhaustive()
    }
}
