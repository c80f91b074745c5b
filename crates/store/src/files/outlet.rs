//! Places outside, where files are published under names of their own: a folder that some web
//! server gives out, or a bucket of an S3-compatible store.

use super::S3;
use super::hash::hex;
use super::s3::{Client, Shown};
use crate::{Failure, disk};
use kernel::Timestamp;
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Bytes of one published file that are read back: what we wrote ourselves.
const READ_BYTES: usize = 16 * 1024 * 1024;

/// What is published.
#[derive(Debug, Clone, Copy)]
pub struct Published<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What they are.
    pub media_type: &'a str,
    /// How long others may keep it, as HTTP says it.
    pub cache_control: &'a str,
}

/// A place for published files. Cheap to clone; everything blocks.
#[derive(Clone)]
pub struct Outlet(Kind);

#[derive(Clone)]
enum Kind {
    Folder(PathBuf),
    Bucket { client: Arc<Client>, shown: String },
}

impl Outlet {
    /// A folder of this machine; it is made when the first file comes.
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        Outlet(Kind::Folder(path.into()))
    }

    /// A bucket. `now` dates the requests.
    ///
    /// # Errors
    ///
    /// [`Failure::Unusable`] when the settings cannot be right.
    pub fn bucket(settings: &S3, now: fn() -> Timestamp) -> Result<Self, Failure> {
        let shown = format!("{}/{}/{}", settings.endpoint, settings.bucket, settings.prefix);
        Ok(Outlet(Kind::Bucket { client: Arc::new(Client::new(settings, now)?), shown }))
    }

    /// Where it is, for people.
    pub fn shown(&self) -> String {
        match &self.0 {
            Kind::Folder(path) => path.display().to_string(),
            Kind::Bucket { shown, .. } => shown.clone(),
        }
    }

    /// Whether its files are found by their names alone. A web server before a folder wants
    /// `index.html` in folders instead.
    pub fn is_bucket(&self) -> bool {
        matches!(self.0, Kind::Bucket { .. })
    }

    /// Writes a file in place of whatever has that name: all of it or nothing.
    ///
    /// # Errors
    ///
    /// [`Failure::Files`] when the name is none of ours or nothing can be written.
    pub fn put(&self, name: &str, file: Published<'_>) -> Result<(), Failure> {
        check(name)?;
        match &self.0 {
            Kind::Folder(folder) => write(&folder.join(name), file.bytes),
            Kind::Bucket { client, .. } => {
                let shown =
                    Shown { media_type: file.media_type, cache_control: file.cache_control };
                let digest = hex(&Sha256::digest(file.bytes));
                client.publish(name, &digest, file.bytes, shown)
            }
        }
    }

    /// The bytes of a file; `None` if there is none of that name.
    ///
    /// # Errors
    ///
    /// [`Failure::Files`] when it cannot be read.
    pub fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        check(name)?;
        match &self.0 {
            Kind::Folder(folder) => match std::fs::read(folder.join(name)) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(failed("reading", &folder.join(name), &error)),
            },
            Kind::Bucket { client, .. } => client.get(name, 0, READ_BYTES),
        }
    }

    /// Removes a file; that it is gone already is fine. A folder that is empty then goes, too.
    ///
    /// # Errors
    ///
    /// [`Failure::Files`] when it cannot be removed.
    pub fn remove(&self, name: &str) -> Result<(), Failure> {
        check(name)?;
        match &self.0 {
            Kind::Folder(folder) => {
                let path = folder.join(name);
                match std::fs::remove_file(&path) {
                    Err(error) if error.kind() != ErrorKind::NotFound => {
                        return Err(failed("removing", &path, &error));
                    }
                    _ => {}
                }
                if let Some(parent) = path.parent().filter(|parent| *parent != folder) {
                    // That somebody else has something in it is fine.
                    let _ = std::fs::remove_dir(parent);
                }
                Ok(())
            }
            Kind::Bucket { client, .. } => client.delete(name),
        }
    }
}

impl std::fmt::Debug for Outlet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Outlet").field(&self.shown()).finish()
    }
}

/// Only names that stay below their place and need no encoding, anywhere.
fn check(name: &str) -> Result<(), Failure> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte);
    let below = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    match !name.is_empty() && name.bytes().all(plain) && below {
        true => Ok(()),
        false => Err(Failure::Files(format!("{name:?} is no name of a published file"))),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|error| failed("making", parent, &error))?;
    }
    let partial = disk::beside(path, ".partial");
    let written = std::fs::File::create(&partial).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let named = written.and_then(|()| std::fs::rename(&partial, path));
    named.map_err(|error| {
        // Nothing half-written stays.
        let _ = std::fs::remove_file(&partial);
        failed("writing", path, &error)
    })
}

fn failed(doing: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Files(format!("{doing} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(bytes: &[u8]) -> Published<'_> {
        Published { bytes, media_type: "text/html", cache_control: "public" }
    }

    #[test]
    fn files_of_a_folder_are_replaced_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let outlet = Outlet::folder(folder.path().join("site"));
        assert_eq!(outlet.get("index.html").unwrap(), None);
        outlet.put("index.html", html(b"one")).unwrap();
        outlet.put("index.html", html(b"two")).unwrap();
        outlet.put("incidents/q7/index.html", html(b"three")).unwrap();
        assert_eq!(outlet.get("index.html").unwrap(), Some(b"two".to_vec()));
        outlet.remove("incidents/q7/index.html").unwrap();
        outlet.remove("incidents/q7/index.html").unwrap();
        assert!(!folder.path().join("site/incidents/q7").exists());
        let names: Vec<_> = std::fs::read_dir(folder.path().join("site/")).unwrap().collect();
        assert_eq!(names.len(), 2, "nothing half-written stays: {names:?}");
    }

    #[test]
    fn names_stay_below_their_place() {
        let folder = tempfile::tempdir().unwrap();
        let outlet = Outlet::folder(folder.path());
        for name in ["", "../a", "a/../b", "/etc/passwd", "a b", "ä", "a\0"] {
            assert!(outlet.put(name, html(b"")).is_err(), "{name:?}");
        }
    }
}
