//! A message arrives: it is kept, and only then is its sender told so.

use desk::{Desk, Trouble};
use kernel::{IntegrationId, Timestamp, limits};
use store::directory::integrations;
use store::files::FileHash;
use store::messages::{self, Accepted, Door, NewMessage};
use store::{Failure, Sql};

/// Bytes of one message: a file of 25 MiB as mail encodes it, and text.
pub const MESSAGE_BYTES: usize = 36 * 1_048_576;
/// Recipients of one envelope that are kept.
const RECIPIENTS_MAX: usize = 100;

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
    /// How many of them, at the beginning, the door itself put there: they differ each time the
    /// same message is sent.
    pub own_bytes: usize,
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

impl Arrived {
    /// The message as it is kept.
    ///
    /// # Errors
    ///
    /// [`NotAccepted::TooLarge`] and [`NotAccepted::Empty`].
    pub fn message(self, received_at: Timestamp) -> Result<NewMessage, NotAccepted> {
        let bytes = self.raw.len();
        if bytes > MESSAGE_BYTES {
            return Err(NotAccepted::TooLarge { bytes });
        }
        let sent = self.raw.get(self.own_bytes..).unwrap_or_default();
        if sent.iter().all(u8::is_ascii_whitespace) {
            return Err(NotAccepted::Empty);
        }
        let hash = FileHash::of_bytes(sent);
        let address = |text: String| -> String {
            let plain = desk::plain(&text);
            plain.chars().take(limits::EMAIL_CHARS).collect()
        };
        Ok(NewMessage {
            mailbox: self.mailbox,
            door: self.door,
            sender: address(self.sender),
            recipients: self.recipients.into_iter().take(RECIPIENTS_MAX).map(address).collect(),
            received_at,
            hash,
            raw: self.raw,
        })
    }
}

/// Keeps a message, for which the door made room; it is on the disk when this answers.
///
/// # Errors
///
/// [`NotAccepted::TooLarge`] and [`NotAccepted::Empty`] will not change, anything else may.
pub async fn accept(desk: &Desk, arrived: Arrived) -> Result<Accepted, NotAccepted> {
    let new = arrived.message(desk.now())?;
    desk.takes_messages()?;
    let bytes = new.raw.len();
    Ok(desk.write_bytes_together(bytes, move |sql| keep(sql, &new)).await?)
}

/// Keeps a message within a transaction, and that its mailbox was written to.
///
/// # Errors
///
/// Those of the store.
pub fn keep(sql: &mut dyn Sql, new: &NewMessage) -> Result<Accepted, Failure> {
    let accepted = messages::accept(sql, new)?;
    if let Some(mailbox) = new.mailbox {
        integrations::seen(sql, mailbox, new.received_at)?;
    }
    Ok(accepted)
}
