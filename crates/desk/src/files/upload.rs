//! A file on its way in. While it arrives nothing is held but a file of this machine,
//! however slowly it comes; only pieces that are there are written.

use super::{blocking, name};
use crate::{Desk, Trouble};
use incident::Refusal;
use kernel::limits;
use std::time::Duration;
use store::Failure;
use store::files::{Arriving, FileHash};
use store::incidents::loose;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

/// Bytes from whose beginning the kind of a file is told.
const HEAD_BYTES: usize = 512;
/// Bytes written at once.
const PIECE_BYTES: usize = 256 * 1024;
/// Files that may arrive at once: bounds memory, open files and room on the disk.
pub(crate) const UPLOADS_MAX: usize = 256;

/// How often to try to claim bytes that are being removed.
const CLAIM_TRIES: u32 = 100;
/// How long to wait in between: removing takes a few milliseconds, or a few round trips.
const CLAIM_PAUSE: Duration = Duration::from_millis(20);

/// A file that arrives piece by piece. Dropped half-way it leaves nothing behind.
pub struct Upload {
    desk: Desk,
    name: String,
    /// Not there only while a piece is written.
    arriving: Option<Arriving>,
    /// What arrived and is not written yet.
    waiting: Vec<u8>,
    head: Vec<u8>,
    size: usize,
    _room: OwnedSemaphorePermit,
}

/// A file in the file store that no incident has yet. Unless it is attached, its bytes
/// go again.
pub struct Kept {
    pub(crate) name: String,
    pub(crate) size_bytes: u64,
    pub(crate) media_type: &'static str,
    pub(crate) claim: Claim,
}

/// The right to attach bytes; given up when it is dropped.
pub(crate) struct Claim {
    desk: Desk,
    hash: Option<FileHash>,
}

impl Desk {
    /// Begins to keep a file of this name.
    pub async fn upload(&self, named: &str) -> Result<Upload, Trouble> {
        let room = self.0.uploads.clone().try_acquire_owned().map_err(|_| Trouble::Overloaded)?;
        let files = self.files().clone();
        let arriving = blocking(move || files.begin()).await?;
        Ok(Upload {
            desk: self.clone(),
            name: name::plain(named),
            arriving: Some(arriving),
            waiting: Vec::new(),
            head: Vec::with_capacity(HEAD_BYTES),
            size: 0,
            _room: room,
        })
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
        self.waiting.extend_from_slice(piece);
        if self.waiting.len() >= PIECE_BYTES {
            let arriving = self.written().await?;
            self.arriving = Some(arriving);
        }
        Ok(())
    }

    /// That was all of it.
    pub async fn finish(mut self) -> Result<Kept, Trouble> {
        let arrived = self.written().await?.arrived();
        let claim = Claim::on(&self.desk, arrived.hash()).await?;
        let files = self.desk.files().clone();
        let put = blocking(move || files.keep(arrived)).await?;
        let media_type = media_type(&self.head);
        Ok(Kept { name: self.name, size_bytes: put.size_bytes, media_type, claim })
    }

    /// The file with everything in it that came so far.
    async fn written(&mut self) -> Result<Arriving, Failure> {
        let torn = || Failure::Files("a piece before this one was not written".to_owned());
        let mut arriving = self.arriving.take().ok_or_else(torn)?;
        let piece = std::mem::take(&mut self.waiting);
        blocking(move || {
            arriving.write(&piece)?;
            Ok(arriving)
        })
        .await
    }
}

impl Kept {
    /// The name it will have.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What makes it the same file if it is sent again.
    pub fn digest(&self) -> String {
        self.claim.hash.as_ref().map(FileHash::to_string).unwrap_or_default()
    }
}

impl Claim {
    /// Waits a little while the same bytes are just being removed: somebody sends again
    /// what was refused.
    async fn on(desk: &Desk, hash: &FileHash) -> Result<Claim, Trouble> {
        for _ in 0..CLAIM_TRIES {
            let (now, claimed) = (desk.now(), hash.clone());
            if desk.write_together(move |sql| loose::claim(sql, &claimed, now)).await? {
                return Ok(Claim { desk: desk.clone(), hash: Some(hash.clone()) });
            }
            tokio::time::sleep(CLAIM_PAUSE).await;
        }
        Err(Trouble::Overloaded)
    }

    /// What is claimed.
    pub(crate) fn hash(&self) -> Option<&FileHash> {
        self.hash.as_ref()
    }

    /// It was attached: there is nothing to give up any more.
    pub(crate) fn used(mut self) {
        self.hash = None;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Where nothing runs any more, the claim runs out by itself.
        if let (Some(hash), Ok(runtime)) = (self.hash.take(), Handle::try_current()) {
            let desk = self.desk.clone();
            runtime.spawn(async move {
                if let Err(trouble) = desk.write(move |sql| Ok(loose::give_up(sql, &hash)?)).await {
                    tracing::warn!(%trouble, "the claim on an upload could not be given up; it runs out in an hour");
                }
                desk.collect_files_or_say().await;
            });
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
        assert_eq!(media_type(b"<svg onload='alert(1)'>"), "text/plain");
        assert_eq!(media_type(b"MZ\x00\x01"), "application/octet-stream");
        assert_eq!(media_type(b""), "application/octet-stream");
    }
}
