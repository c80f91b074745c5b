//! What was shown last, in one file: a line of JSON that says what follows, then the bytes. Only
//! what everybody may read is kept; the internal page needs the database to know who asks.

use super::{File, Site, Sites};
use kernel::{Language, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use store::Failure;
use store::files::{Outlet, Published};

/// Bytes of such a file that are read: far more than a page has.
const FILE_BYTES: u64 = 256 * 1024 * 1024;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    made_at: Timestamp,
    domain: Option<String>,
    public: Option<Listed>,
    own: Option<Listed>,
}

/// The files of a page in the order of their bytes.
#[derive(Debug, Serialize, Deserialize)]
struct Listed {
    languages: Vec<Language>,
    files: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    name: String,
    media_type: String,
    etag: String,
    bytes: usize,
    gzip: Option<usize>,
}

/// Keeps what is shown, in place of what was kept before.
///
/// # Errors
///
/// [`Failure::Files`] when it cannot be written.
pub(super) fn write(path: &Path, sites: &Sites) -> Result<(), Failure> {
    let Some(made_at) = sites.made_at else { return Ok(()) };
    let mut bytes = Vec::new();
    let public = sites.public.as_deref().map(|site| listed(site, &mut bytes));
    let own = sites.own.as_ref().map(|(_, site)| listed(site, &mut bytes));
    let domain = sites.own.as_ref().map(|(domain, _)| domain.clone());
    let mut text = serde_json::to_vec(&Head { made_at, domain, public, own })
        .map_err(|error| Failure::Files(format!("writing {}: {error}", path.display())))?;
    text.push(b'\n');
    text.append(&mut bytes);
    let (Some(folder), Some(name)) =
        (path.parent(), path.file_name().and_then(|name| name.to_str()))
    else {
        return Err(Failure::Files(format!("{} is no name of a file", path.display())));
    };
    let media_type = "application/octet-stream";
    let file = Published { bytes: &text, media_type, cache_control: "no-store" };
    Outlet::folder(folder).put(name, file)
}

fn listed(site: &Site, bytes: &mut Vec<u8>) -> Listed {
    let entry = |(name, file): (&String, &Arc<File>)| {
        bytes.extend_from_slice(&file.bytes);
        bytes.extend_from_slice(file.gzip.as_deref().unwrap_or_default());
        Entry {
            name: name.clone(),
            media_type: file.media_type.clone(),
            etag: file.etag.clone(),
            bytes: file.bytes.len(),
            gzip: file.gzip.as_ref().map(Vec::len),
        }
    };
    Listed { languages: site.languages.clone(), files: site.files.iter().map(entry).collect() }
}

/// What was shown last; none when nothing was kept.
///
/// # Errors
///
/// [`Failure::Files`] when it cannot be read or does not read as it should.
pub fn read(path: &Path) -> Result<Option<Sites>, Failure> {
    let failed = |words: String| Failure::Files(format!("reading {}: {words}", path.display()));
    match path.metadata() {
        Ok(data) if data.len() > FILE_BYTES => return Err(failed("it is too large".to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        _ => {}
    }
    let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    let damaged = || failed("it is damaged".to_owned());
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(damaged)?;
    let (head, rest) = bytes.split_at(end);
    let head: Head = serde_json::from_slice(head).map_err(|error| failed(error.to_string()))?;
    let mut rest = rest.get(1..).unwrap_or_default();
    let mut site = |listed: Option<Listed>| {
        listed.map(|listed| unlisted(listed, &mut rest).ok_or_else(damaged)).transpose()
    };
    let (public, own) = (site(head.public)?, site(head.own)?);
    Ok(Some(Sites {
        made_at: Some(head.made_at),
        public: public.map(Arc::new),
        own: head.domain.zip(own.map(Arc::new)),
        internal: None,
        off: false,
    }))
}

fn unlisted(listed: Listed, rest: &mut &[u8]) -> Option<Site> {
    let mut files = BTreeMap::new();
    for entry in listed.files {
        let bytes = taken(rest, entry.bytes)?;
        let gzip = match entry.gzip {
            Some(length) => Some(taken(rest, length)?),
            None => None,
        };
        let file = File { bytes, gzip, media_type: entry.media_type, etag: entry.etag };
        files.insert(entry.name, Arc::new(file));
    }
    Some(Site { languages: listed.languages, files })
}

fn taken(rest: &mut &[u8], length: usize) -> Option<Vec<u8>> {
    let (found, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(found.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(word: &str) -> Arc<Site> {
        let file = |bytes: &[u8], gzip: Option<&[u8]>| {
            Arc::new(File {
                bytes: bytes.to_vec(),
                gzip: gzip.map(<[u8]>::to_vec),
                media_type: "text/html; charset=utf-8".to_owned(),
                etag: "1f".to_owned(),
            })
        };
        let files = [
            (String::new(), file(word.as_bytes(), Some(b"\n\0zip"))),
            ("status.css".to_owned(), file(b"", None)),
        ];
        Arc::new(Site { languages: vec![Language::De], files: files.into() })
    }

    #[test]
    fn what_was_shown_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("status/kept");
        assert!(read(&path).unwrap().is_none());
        let sites = Sites {
            made_at: Some(Timestamp::from_micros(7)),
            public: Some(site("public\n")),
            own: Some(("status.example.org".to_owned(), site("own"))),
            internal: Some(site("secret")),
            off: false,
        };
        write(&path, &sites).unwrap();
        let found = read(&path).unwrap().unwrap();
        assert_eq!((found.made_at, found.public), (sites.made_at, sites.public));
        assert_eq!(found.own, sites.own);
        assert_eq!(found.internal, None);
        let text = std::fs::read(&path).unwrap();
        assert!(!text.windows(6).any(|part| part == b"secret"));
        std::fs::write(&path, &text[..text.len() - 1]).unwrap();
        assert!(read(&path).is_err());
    }
}
