//! A message arrives: it is kept, and only then is its sender told so.

use desk::{Desk, Trouble};
use kernel::{IntegrationId, limits};
use store::files::FileHash;
use store::messages::{self, Accepted, Door, NewMessage};
use tokio::sync::Semaphore;

/// Bytes of one message: a file of 25 MiB as mail encodes it, and text.
pub const MESSAGE_BYTES: usize = 36 * 1_048_576;
/// Recipients of one envelope that are kept.
const RECIPIENTS_MAX: usize = 100;
/// Kibibytes of messages that are kept at the same time: bounds memory. Who comes later waits.
const ROOM_KIB: usize = 256 * 1_024;

static ROOM: Semaphore = Semaphore::const_new(ROOM_KIB);

/// A message as a door hands it in.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The mailbox it came to, where that is known.
    pub mailbox: Option<IntegrationId>,
    /// Through which door.
    pub door: Door,
    /// The sender of its envelope; empty for what mail servers report.
    pub sender: String,
    /// The recipients of its envelope.
    pub recipients: Vec<String>,
    /// Its bytes.
    pub raw: Vec<u8>,
}

/// Why a message was not kept.
#[derive(Debug, thiserror::Error)]
pub enum NotAccepted {
    /// Its sender is told to send less.
    #[error(
        "the message has {} MB, more than the {} MB that are taken; send large files another way",
        .bytes.div_ceil(1_048_576), MESSAGE_BYTES / 1_048_576
    )]
    TooLarge {
        /// How long it is.
        bytes: usize,
    },
    /// There is nothing in it.
    #[error("the message is empty")]
    Empty,
    /// Its sender is told to try again later.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// Keeps a message; it is on the disk when this answers.
///
/// # Errors
///
/// [`NotAccepted::TooLarge`] and [`NotAccepted::Empty`] will not change, anything else may.
pub async fn accept(desk: &Desk, arrived: Arrived) -> Result<Accepted, NotAccepted> {
    let bytes = arrived.raw.len();
    if bytes > MESSAGE_BYTES {
        return Err(NotAccepted::TooLarge { bytes });
    }
    if arrived.raw.iter().all(u8::is_ascii_whitespace) {
        return Err(NotAccepted::Empty);
    }
    let room = u32::try_from(bytes.div_ceil(1_024)).unwrap_or(u32::MAX);
    let _room = ROOM.acquire_many(room).await;
    let address = |text: String| -> String {
        let plain = desk::plain(&text);
        plain.chars().take(limits::EMAIL_CHARS).collect()
    };
    let new = NewMessage {
        mailbox: arrived.mailbox,
        door: arrived.door,
        sender: address(arrived.sender),
        recipients: arrived.recipients.into_iter().take(RECIPIENTS_MAX).map(address).collect(),
        received_at: desk.now(),
        hash: FileHash::of_bytes(&arrived.raw),
        raw: arrived.raw,
    };
    Ok(desk.write_together(move |sql| messages::accept(sql, &new)).await?)
}
