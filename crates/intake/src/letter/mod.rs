//! A message as its reader needs it: decoded, bounded, with what the sender wrote apart
//! from what they quoted.

use kernel::Timestamp;

/// An address with the name that stood beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The name, decoded, on one line; empty when there was none.
    pub name: String,
    /// `local@domain`, in lower case, at most [`kernel::limits::EMAIL_CHARS`] characters.
    pub email: String,
}

/// One message, understood. Whatever the bytes were, every field is bounded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    /// Who wrote it.
    pub from: Option<Address>,
    /// Where they want answers.
    pub reply_to: Option<Address>,
    /// To whom.
    pub to: Vec<Address>,
    /// Who got it, too.
    pub cc: Vec<Address>,
    /// The subject as it was sent, decoded, on one line; empty when there was none.
    pub subject: String,
    /// Its own message id, without brackets.
    pub message_id: Option<String>,
    /// The message ids it answers, nearest first: those of `In-Reply-To`, then those of
    /// `References` from right to left.
    pub answers: Vec<String>,
    /// When its sender says it was sent.
    pub sent_at: Option<Timestamp>,
    /// What the sender wrote: without what they quoted and without their signature.
    pub reply: String,
    /// All of its text; [`Letter::reply`] is a view of it.
    pub text: String,
    /// Files that came with it, images in its text included.
    pub attachments: Vec<Attachment>,
    /// That, and why, no person wrote it just now.
    pub automatic: Option<Automatic>,
    /// That its subject says it was forwarded.
    pub forwarded: Option<Forwarded>,
    /// What a mail server says became of another message.
    pub report: Option<Report>,
    /// What the receiving mail server found out about its sender.
    pub authentication: Authentication,
    /// What was left out or could not be read, in words for an agent.
    pub faults: Vec<String>,
}

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, without folders; made up from its type when it had none.
    pub name: String,
    /// Its type, such as `image/png`.
    pub media_type: String,
    /// Its bytes, decoded.
    pub bytes: Vec<u8>,
    /// The id under which the text shows it, for images in the text.
    pub content_id: Option<String>,
}

/// Why a message counts as sent by a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Automatic {
    /// Somebody is away.
    OutOfOffice,
    /// A mailing list or a bulk sender.
    Bulk,
    /// A mail server reports what became of a message; see [`Letter::report`].
    Report,
    /// Another program; the words say by which sign it was seen.
    Other(String),
}

/// A forwarded message: what the agent or requester passes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarded {
    /// Who wrote what was forwarded, where the text says so.
    pub from: Option<Address>,
    /// The subject without the prefix of forwarding.
    pub subject: String,
}

/// What became of a message that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The message id of what it is about, without brackets.
    pub about: Option<String>,
    /// To whom that was sent.
    pub recipient: Option<String>,
    /// What became of it.
    pub outcome: Reported,
    /// What the mail server said, such as `5.1.1 unknown user`.
    pub words: String,
}

/// What a report says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// It will never arrive.
    Failed,
    /// It is late.
    Delayed,
    /// It arrived, was relayed, or was read.
    Arrived,
}

/// What the nearest mail server noted in `Authentication-Results`; others may be forged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Authentication {
    /// The sending server may send for the envelope's sender.
    pub spf: Verdict,
    /// The message is signed by its domain.
    pub dkim: Verdict,
    /// The visible sender is proven by one of both.
    pub dmarc: Verdict,
}

/// What a check said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was said.
    #[default]
    None,
    /// It fits.
    Pass,
    /// It does not fit.
    Fail,
}
