//! A file on its way out. Between two pieces nothing is held: no thread, no open file,
//! no connection to the store, however slowly the other side takes them.

use super::{blocking, name};
use crate::Trouble;
use std::io;
use store::Failure;
use store::files::{FileHash, Files};
use store::incidents::Attachment;

/// Bytes read at once.
const PIECE_BYTES: u64 = 512 * 1024;

/// A file that is read piece by piece.
pub struct Download {
    files: Files,
    hash: FileHash,
    name: String,
    media_type: &'static str,
    size_bytes: u64,
    /// The piece that showed that it is there.
    first: Option<Vec<u8>>,
    /// Bytes read so far.
    at: u64,
}

impl Download {
    pub(super) async fn open(files: Files, file: Attachment) -> Result<Download, Trouble> {
        let mut download = Download {
            files,
            hash: file.hash,
            name: file.name,
            media_type: harmless(&file.media_type),
            size_bytes: file.size_bytes,
            first: None,
            at: 0,
        };
        download.first = Some(download.read().await?);
        Ok(download)
    }

    /// The headers that it goes out with: saved under its name, never shown as a page of
    /// ours, never believed to be anything else, never kept on the way.
    pub fn headers(&self) -> [(&'static str, String); 7] {
        [
            ("content-type", self.media_type.to_owned()),
            ("content-length", self.size_bytes.to_string()),
            ("content-disposition", name::disposition(&self.name)),
            ("content-security-policy", "sandbox; default-src 'none'".to_owned()),
            ("cross-origin-resource-policy", "same-origin".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
            ("cache-control", "private, no-store".to_owned()),
        ]
    }

    /// The next piece; `None` after the last. After an error the download is torn.
    pub async fn next(&mut self) -> Option<io::Result<Vec<u8>>> {
        if let Some(first) = self.first.take() {
            return (!first.is_empty()).then_some(Ok(first));
        }
        if self.at >= self.size_bytes {
            return None;
        }
        let read = self.read().await.inspect_err(|failure| {
            tracing::error!(%failure, hash = %self.hash, "a download broke off");
        });
        Some(read.map_err(io::Error::other))
    }

    async fn read(&mut self) -> Result<Vec<u8>, Failure> {
        let (files, hash, from) = (self.files.clone(), self.hash.clone(), self.at);
        let max = PIECE_BYTES.min(self.size_bytes - from);
        let piece = blocking(move || files.read(&hash, from, max.max(1) as usize)).await?;
        let piece = piece.filter(|piece| piece.len() as u64 == max).ok_or_else(|| {
            Failure::damaged(format!("bytes of the file {} are missing", self.hash))
        })?;
        self.at += max;
        Ok(piece)
    }
}

/// The media type of a download: only what no browser runs.
fn harmless(stored: &str) -> &'static str {
    const HARMLESS: [&str; 7] = [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "application/pdf",
        "application/zip",
        "application/gzip",
    ];
    match stored {
        "text/plain" => "text/plain; charset=utf-8",
        _ => HARMLESS
            .into_iter()
            .find(|known| *known == stored)
            .unwrap_or("application/octet-stream"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_only_bytes() {
        for kind in ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", ""] {
            assert_eq!(harmless(kind), "application/octet-stream", "{kind}");
        }
        assert_eq!(harmless("image/png"), "image/png");
    }
}
