//! Files on their way into the file store, while they still arrive.

use crate::{Desk, Trouble};
use incident::Refusal;
use kernel::{ContentId, limits};
use std::io::{self, Read};
use store::Failure;
use store::files::{FileHash, Files, Put};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Bytes from whose beginning the kind of a file is told.
const HEAD_BYTES: usize = 512;
/// Pieces of a file that wait to be written.
const PIECES_WAITING: usize = 8;

/// A file in the file store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it is found by.
    pub hash: FileHash,
    /// Its size.
    pub size_bytes: u64,
    /// What its first bytes say it is, whatever its sender claims.
    pub media_type: &'static str,
}

/// A file that arrives piece by piece. Dropped half-way it leaves nothing behind.
pub struct Upload {
    pieces: mpsc::Sender<io::Result<Option<Vec<u8>>>>,
    writing: JoinHandle<Result<Put, Failure>>,
    head: Vec<u8>,
    size: usize,
}

impl Desk {
    /// The file store.
    pub fn files(&self) -> &Files {
        &self.0.files
    }

    /// Begins to keep a file.
    pub fn upload(&self) -> Upload {
        let (pieces, waiting) = mpsc::channel(PIECES_WAITING);
        let files = self.files().clone();
        let writing = tokio::task::spawn_blocking(move || {
            files.put(Pieces { waiting, piece: io::Cursor::new(vec![]) })
        });
        Upload { pieces, writing, head: Vec::with_capacity(HEAD_BYTES), size: 0 }
    }

    /// Removes the bytes of a file whose last reference was erased.
    pub(crate) async fn forget_files(&self, hashes: Vec<String>) {
        let files = self.files().clone();
        let forgotten = self
            .read(move |sql| {
                for hash in hashes {
                    let Ok(hash) = hash.parse::<FileHash>() else { continue };
                    if !store::incidents::file_is_used(sql, hash.as_str())? {
                        files.remove(&hash)?;
                    }
                }
                Ok(())
            })
            .await;
        if let Err(trouble) = forgotten {
            tracing::error!(%trouble, "an erased file could not be removed from the file store");
        }
    }

    /// The hashes of the files that erasing this content will take away.
    pub(crate) async fn files_named(&self, content: ContentId) -> Result<Vec<String>, Trouble> {
        self.read(move |sql| store::incidents::files_named(sql, content)).await
    }
}

impl Upload {
    /// The next piece.
    pub async fn push(&mut self, piece: &[u8]) -> Result<(), Trouble> {
        self.size = self.size.saturating_add(piece.len());
        if self.size > limits::ATTACHMENT_BYTES {
            let words = format!(
                "is larger than {} MB, the most a file can have",
                limits::ATTACHMENT_BYTES >> 20
            );
            return Err(Refusal::invalid("file", words).into());
        }
        self.head.extend(piece.iter().take(HEAD_BYTES - self.head.len()));
        // A writer that stopped says why at the end.
        drop(self.pieces.send(Ok(Some(piece.to_vec()))).await);
        Ok(())
    }

    /// That was all of it.
    pub async fn finish(self) -> Result<Kept, Trouble> {
        drop(self.pieces.send(Ok(None)).await);
        let put = self.writing.await.map_err(|_| {
            Failure::Unavailable("the file could not be stored; try again".to_owned())
        })??;
        Ok(Kept { hash: put.hash, size_bytes: put.size_bytes, media_type: media_type(&self.head) })
    }
}

/// What arrives, for somebody who reads and waits. That nothing comes any more
/// is said, so that a torn line is not taken for the end of the file.
struct Pieces {
    waiting: mpsc::Receiver<io::Result<Option<Vec<u8>>>>,
    piece: io::Cursor<Vec<u8>>,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.piece.read(into)?;
            if count > 0 || into.is_empty() {
                return Ok(count);
            }
            match self.waiting.blocking_recv() {
                Some(Ok(Some(piece))) => self.piece = io::Cursor::new(piece),
                Some(Ok(None)) => return Ok(0),
                Some(Err(error)) => return Err(error),
                None => {
                    return Err(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "the sender went away",
                    ));
                }
            }
        }
    }
}

/// What the first bytes say a file is; what they do not say is "some bytes".
fn media_type(head: &[u8]) -> &'static str {
    const SIGNS: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"%PDF-", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b", "application/gzip"),
    ];
    if let Some((_, found)) = SIGNS.iter().find(|(sign, _)| head.starts_with(sign)) {
        return found;
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return "image/webp";
    }
    // The last letter may be cut in the middle.
    let is_text = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && head.len() == HEAD_BYTES,
    };
    if is_text && !head.is_empty() && !head.contains(&0) {
        "text/plain"
    } else {
        "application/octet-stream"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_bytes() {
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\nrest"), "image/png");
        assert_eq!(media_type("Grüße".as_bytes()), "text/plain");
        assert_eq!(media_type(b"MZ\x00\x01"), "application/octet-stream");
        assert_eq!(media_type(b""), "application/octet-stream");
    }
}
