//! Attachments' bytes, kept by what they are: the name of a file is the hash of its
//! bytes, so nothing is kept twice, nothing is overwritten, and a damaged file is
//! noticed.

use crate::Failure;
use crate::disk::{self, io};
use sha2::{Digest, Sha256};
use std::fmt::{self, Write as _};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// How much is read and written at once, in bytes.
const CHUNK_BYTES: usize = 64 * 1024;

/// The SHA-256 of a file's bytes, written as 64 small hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash(String);

/// What was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// How to find it again.
    pub hash: FileHash,
    /// How big it is.
    pub size_bytes: u64,
}

/// Where files are kept. Cheap to clone; everything blocks.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// Files in a folder of this machine; it is made when the first one comes.
    pub fn local(folder: impl Into<PathBuf>) -> Self {
        Files { folder: folder.into() }
    }

    /// Keeps what `from` gives, durably.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] when reading or writing fails; nothing stays then.
    pub fn put(&self, mut from: impl Read) -> Result<Put, Failure> {
        let (mut partial, path) = self.partial()?;
        let result = copy_hashing(&mut from, &mut partial, &path).and_then(|put| {
            partial.sync_all().map_err(|error| io("writing", &path, error))?;
            self.name(&path, &put.hash)?;
            Ok(put)
        });
        if result.is_err() {
            // What cannot be removed now is without a name and takes room, no more.
            let _ = std::fs::remove_file(&path);
        }
        result
    }

    /// The bytes of a file; `None` if there is none with this hash. Whether they still
    /// are what they were shows [`Files::check`].
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] when it cannot be opened.
    pub fn open(&self, hash: &FileHash) -> Result<Option<impl Read + Send + 'static>, Failure> {
        let path = self.path(hash);
        match std::fs::File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io("opening", &path, error)),
        }
    }

    /// Forgets a file; that it is gone already is fine.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] when it cannot be removed.
    pub fn remove(&self, hash: &FileHash) -> Result<(), Failure> {
        disk::remove_if_there(&self.path(hash))
    }

    /// Whether the bytes of a file are there and still those of its hash.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] when it cannot be read.
    pub fn check(&self, hash: &FileHash) -> Result<bool, Failure> {
        let Some(mut file) = self.open(hash)? else {
            return Ok(false);
        };
        let found = copy_hashing(&mut file, &mut std::io::sink(), &self.path(hash))?;
        Ok(found.hash == *hash)
    }

    /// Every file there is, in order.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] when a folder cannot be read.
    pub fn all(&self) -> Result<Vec<FileHash>, Failure> {
        let mut folders = vec![(self.folder.clone(), 0)];
        let mut found = Vec::new();
        while let Some((folder, depth)) = folders.pop() {
            let entries = match std::fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if depth == 0 && error.kind() == std::io::ErrorKind::NotFound => break,
                Err(error) => return Err(io("reading", &folder, error)),
            };
            for entry in entries {
                let entry = entry.map_err(|error| io("reading", &folder, error))?;
                match entry.file_name().to_str() {
                    Some(name) if depth < FileHash::FOLDERS && name.len() == 2 => {
                        folders.push((entry.path(), depth + 1))
                    }
                    Some(name) => found.extend(name.parse::<FileHash>()),
                    None => {}
                }
            }
        }
        found.sort();
        Ok(found)
    }

    fn path(&self, hash: &FileHash) -> PathBuf {
        self.folder.join(&hash.0[..2]).join(&hash.0[2..4]).join(&hash.0)
    }

    /// A new file without a name of its own yet.
    fn partial(&self) -> Result<(std::fs::File, PathBuf), Failure> {
        std::fs::create_dir_all(&self.folder).map_err(|error| io("making", &self.folder, error))?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut count: u32 = 0;
        loop {
            let path = self.folder.join(format!("partial-{}-{count}", std::process::id()));
            match options.open(&path) {
                Ok(file) => return Ok((file, path)),
                // Another thread's, or left behind by a process of this id.
                Err(error)
                    if error.kind() == std::io::ErrorKind::AlreadyExists && count < u32::MAX =>
                {
                    count += 1
                }
                Err(error) => return Err(io("making", &path, error)),
            }
        }
    }

    /// Gives a written file its name, so that it is still there after a power cut.
    fn name(&self, partial: &Path, hash: &FileHash) -> Result<(), Failure> {
        let path = self.path(hash);
        let folder = path.parent().unwrap_or(&self.folder);
        std::fs::create_dir_all(folder).map_err(|error| io("making", folder, error))?;
        std::fs::rename(partial, &path).map_err(|error| io("naming", &path, error))?;
        // The name is in the innermost folder, whose name is in the next, …
        for folder in path.ancestors().skip(1).take(FileHash::FOLDERS + 1) {
            disk::sync_folder(folder)?;
        }
        Ok(())
    }
}

impl FileHash {
    /// Folders between the store's and the file: `ab/cd/abcd…`.
    const FOLDERS: usize = 2;

    /// The 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for FileHash {
    type Err = kernel::Invalid;

    fn from_str(text: &str) -> Result<Self, kernel::Invalid> {
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if text.len() == 64 && digits {
            return Ok(FileHash(text.to_owned()));
        }
        Err(kernel::Invalid::new("must be a SHA-256 of 64 small hexadecimal digits"))
    }
}

impl From<&FileHash> for crate::Value {
    fn from(hash: &FileHash) -> Self {
        crate::Value::from(hash.as_str())
    }
}

fn copy_hashing(from: &mut impl Read, into: &mut impl Write, path: &Path) -> Result<Put, Failure> {
    let mut hash = Sha256::new();
    let mut size_bytes: u64 = 0;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(io("reading what should become", path, error)),
        };
        hash.update(&chunk[..count]);
        into.write_all(&chunk[..count]).map_err(|error| io("writing", path, error))?;
        size_bytes += count as u64;
    }
    let mut digits = String::with_capacity(64);
    for byte in hash.finalize() {
        let _ = write!(digits, "{byte:02x}");
    }
    Ok(Put { hash: FileHash(digits), size_bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn read(files: &Files, hash: &FileHash) -> Option<Vec<u8>> {
        files.open(hash).unwrap().map(|mut file| {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            bytes
        })
    }

    #[test]
    fn what_is_put_comes_back_and_goes() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path().join("files"));
        assert_eq!(files.all().unwrap(), []);
        let big = vec![7; 3 * CHUNK_BYTES + 1];
        let put = files.put(big.as_slice()).unwrap();
        assert_eq!(put.size_bytes, big.len() as u64);
        assert_eq!(files.put(big.as_slice()).unwrap(), put);
        let empty = files.put(&[][..]).unwrap();
        assert_eq!(empty.hash.as_str(), EMPTY);
        let mut hashes = vec![put.hash.clone(), empty.hash.clone()];
        hashes.sort();
        assert_eq!(files.all().unwrap(), hashes);
        assert_eq!(read(&files, &put.hash).unwrap(), big);
        assert_eq!(read(&files, &empty.hash).unwrap(), b"");
        files.remove(&put.hash).unwrap();
        files.remove(&put.hash).unwrap();
        assert_eq!(read(&files, &put.hash), None);
        assert_eq!(files.all().unwrap(), [empty.hash]);
    }

    #[test]
    fn damage_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path());
        let hash = files.put(&b"screenshot"[..]).unwrap().hash;
        assert!(files.check(&hash).unwrap());
        std::fs::write(files.path(&hash), b"screenshut").unwrap();
        assert!(!files.check(&hash).unwrap());
        files.remove(&hash).unwrap();
        assert!(!files.check(&hash).unwrap());
    }

    #[test]
    fn what_breaks_off_leaves_nothing() {
        struct Broken(bool);
        impl Read for Broken {
            fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
                if std::mem::replace(&mut self.0, true) {
                    return Err(std::io::Error::other("the line went dead"));
                }
                into.fill(1);
                Ok(into.len())
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path());
        assert!(matches!(files.put(Broken(false)), Err(Failure::Unavailable(_))));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_hash_names_no_other_place() {
        for text in
            ["", "../../etc/passwd", &EMPTY.to_uppercase(), &EMPTY[1..], &format!("{EMPTY}/")]
        {
            assert!(text.parse::<FileHash>().is_err(), "{text}");
        }
        assert_eq!(EMPTY.parse::<FileHash>().unwrap().to_string(), EMPTY);
    }
}
