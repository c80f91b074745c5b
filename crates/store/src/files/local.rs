//! Files in a folder of this machine: `ab/cd/abcd…`.

use super::arriving::{Partial, files};
use super::{FileHash, Shelf};
use crate::{Failure, disk};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Folders between the store's and the file.
const FOLDERS: usize = 2;

pub(super) struct Local {
    folder: PathBuf,
}

impl Local {
    pub(super) fn new(folder: PathBuf) -> Self {
        Local { folder }
    }

    fn path(&self, hash: &FileHash) -> PathBuf {
        let name = hash.as_str();
        self.folder.join(&name[..2]).join(&name[2..4]).join(name)
    }
}

fn failed(doing: &str, path: &Path, error: std::io::Error) -> Failure {
    files(disk::io(doing, path, error))
}

impl Shelf for Local {
    /// The name is there after a power cut, too.
    fn keep(&self, hash: &FileHash, bytes: Partial) -> Result<(), Failure> {
        let path = self.path(hash);
        let folder = path.parent().unwrap_or(&self.folder);
        std::fs::create_dir_all(folder).map_err(|error| failed("making", folder, error))?;
        bytes.rename(&path).map_err(|error| failed("writing", &path, error))?;
        // The name is in the innermost folder, whose name is in the next, …
        for folder in path.ancestors().skip(1).take(FOLDERS + 1) {
            disk::sync_folder(folder).map_err(files)?;
        }
        Ok(())
    }

    fn read(&self, hash: &FileHash, from: u64, max: usize) -> Result<Option<Vec<u8>>, Failure> {
        let path = self.path(hash);
        let mut file = match std::fs::File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            other => other.map_err(|error| failed("opening", &path, error))?,
        };
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(from))
            .and_then(|_| file.take(max as u64).read_to_end(&mut bytes))
            .map_err(|error| failed("reading", &path, error))?;
        Ok(Some(bytes))
    }

    fn remove(&self, hash: &FileHash) -> Result<(), Failure> {
        disk::remove_if_there(&self.path(hash)).map_err(files)
    }

    /// The folder of data is tried out by whoever makes it.
    fn try_out(&self) -> Result<(), Failure> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Files, Found};
    use kernel::Timestamp;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn damage_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path());
        let hash = files.put(&b"screenshot"[..]).unwrap().hash;
        assert_eq!(files.check(&hash).unwrap(), Found::Whole);
        let path = Local::new(folder.path().to_path_buf()).path(&hash);
        std::fs::write(path, b"screenshut").unwrap();
        assert_eq!(files.check(&hash).unwrap(), Found::Changed);
        // Sent again it is whole again.
        files.put(&b"screenshot"[..]).unwrap();
        assert_eq!(files.check(&hash).unwrap(), Found::Whole);
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
        assert!(matches!(files.put(Broken(false)), Err(Failure::Files(_))));
        let mut arriving = files.begin().unwrap();
        arriving.write(b"half").unwrap();
        drop(arriving);
        drop(files.begin().unwrap().arrived());
        assert_eq!(names(folder.path()), [] as [&str; 0]);
    }

    #[test]
    fn what_a_dead_process_left_is_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path());
        let kept = files.put(&b"kept"[..]).unwrap().hash;
        std::fs::write(folder.path().join("partial-1-0"), b"left").unwrap();
        std::fs::write(folder.path().join("notes.txt"), b"mine").unwrap();
        files.sweep(Timestamp::from_micros(1)).unwrap();
        assert!(names(folder.path()).contains(&"partial-1-0".to_owned()), "it may still arrive");
        files.sweep(Timestamp::from_micros(i64::MAX / 2)).unwrap();
        let names = names(folder.path());
        assert!(!names.contains(&"partial-1-0".to_owned()), "{names:?}");
        assert!(names.contains(&"notes.txt".to_owned()), "{names:?}");
        assert_eq!(files.check(&kept).unwrap(), Found::Whole);
        Files::local(folder.path().join("none")).sweep(Timestamp::from_micros(1)).unwrap();
    }
}
