//! A message as its reader needs it: decoded, bounded, with what the sender wrote apart
//! from what they quoted.

mod authentication;
mod automatic;
mod body;
mod decode;
mod flowed;
mod fold;
mod headers;
mod html;
mod limits;
mod mime;
mod names;
mod parameters;
mod people;
mod plain;
mod references;
mod report;
mod subject;
mod uu;
mod words;

use std::borrow::Cow;

use kernel::Timestamp;
use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;

pub(crate) use automatic::nobody;
use body::Found;
use headers::Headers;
use limits::{FAULTS, HEADER_WORDS_BYTES, PART_DEPTH, PARTS, SUBJECT_CHARS, TEXT_CHARS};
use mime::{Part, Splitting};
use plain::{cut, first_chars};
pub(crate) use subject::is_answer;
pub use subject::subject_stem;

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
    /// Somebody is away, or a program answers in their place.
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authentication {
    /// The server that says so, in lower case; empty when none did. Only the own mail
    /// server's word counts: anybody can write such a header.
    pub by: String,
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

/// Reads a message. Whatever the bytes are, there is a letter: what cannot be read is left
/// out and said in [`Letter::faults`]. The same bytes give the same letter.
pub fn read(raw: &[u8]) -> Letter {
    let mended;
    let raw = match with_line_feeds(raw) {
        Some(bytes) => {
            mended = bytes;
            mended.as_slice()
        }
        None => raw,
    };
    let mut splitting = Splitting::default();
    let root = mime::message(raw, &mut splitting);
    let found = body::of(&root);
    let mut letter = envelope(&root.headers);
    letter.faults.extend(split_faults(&splitting));
    letter.authentication = authentication::read(&root.headers);
    words(&root, found, &mut letter);
    letter.faults.truncate(FAULTS);
    letter
}

/// The page of a message as it was sent, written anew so that it can do no harm and loads
/// nothing; nothing when it has none.
pub fn safe_html(raw: &[u8]) -> Option<String> {
    let mended = with_line_feeds(raw);
    let root = mime::message(mended.as_deref().unwrap_or(raw), &mut Splitting::default());
    let pages = body::of(&root).pages;
    let shows_something =
        pages.iter().any(|page| html::lines(page).iter().any(|line| !line.is_blank()));
    shows_something
        .then(|| pages.iter().map(|page| html::safe(page)).collect::<Vec<_>>().join("<hr>"))
}

/// Messages with the line ends of an old Macintosh.
fn with_line_feeds(raw: &[u8]) -> Option<Vec<u8>> {
    let is_old = !raw.contains(&b'\n') && raw.contains(&b'\r');
    is_old.then(|| raw.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect())
}

/// Who, to whom, when, about what.
fn envelope(headers: &Headers) -> Letter {
    let (to, to_cut) = people::many(headers, "to");
    let (cc, cc_cut) = people::many(headers, "cc");
    let mut faults = Vec::new();
    let from = people::one(headers, &["from", "sender", "resent-from", "return-path"]);
    if from.is_none() {
        faults.push("Its sender could not be read.".to_owned());
    }
    if headers.all("from").count() > 1 {
        faults.push("It names several senders; the first one counts.".to_owned());
    }
    if to_cut || cc_cut {
        faults.push("It has very many recipients; only the first ones are listed.".to_owned());
    }
    if headers.cut {
        faults.push("Its headers are very long; the rest of them was left out.".to_owned());
    }
    let subject = headers.text("subject").unwrap_or_default();
    Letter {
        from,
        reply_to: people::one(headers, &["reply-to"]),
        to,
        cc,
        subject: first_chars(&subject, SUBJECT_CHARS).trim_end().to_owned(),
        message_id: references::own(headers),
        answers: references::answered(headers),
        sent_at: headers.all("date").find_map(instant),
        faults,
        ..Letter::default()
    }
}

fn split_faults(splitting: &Splitting) -> Vec<String> {
    let mut faults = Vec::new();
    if splitting.too_many {
        faults.push(format!("It has more than {PARTS} parts, or more than {PART_DEPTH} within each other; the rest was left out."));
    }
    if splitting.unbounded {
        faults.push("Its parts could not be told apart; they are shown as text.".to_owned());
    }
    faults
}

/// What it says, and what kind of letter that makes it.
fn words(root: &Part<'_>, found: Found, letter: &mut Letter) {
    let whole = fold::joined(&found.lines, |_| true);
    let automatic = automatic::of(&root.headers, &letter.subject, letter.from.as_ref());
    letter.report = report::read(root, &letter.subject, letter.from.as_ref(), &whole);
    letter.automatic = if letter.report.is_some() { Some(Automatic::Report) } else { automatic };
    letter.forwarded = subject::forwarded(&letter.subject).map(|subject| Forwarded {
        from: fold::inner_sender(&found.lines).or_else(|| attached_sender(root)),
        subject: subject.to_owned(),
    });
    if first_chars(&whole, TEXT_CHARS).len() < whole.len() {
        letter.faults.push("The text is very long; only its beginning is shown.".to_owned());
    }
    let reply = fold::reply(found.lines, letter.forwarded.is_some());
    letter.text = first_chars(&whole, TEXT_CHARS).trim_end().to_owned();
    letter.reply = first_chars(&reply, TEXT_CHARS).trim_end().to_owned();
    for fault in found.faults {
        if !letter.faults.contains(&fault) {
            letter.faults.push(fault);
        }
    }
    letter.attachments = found.attachments;
}

/// Who wrote the message that is attached.
fn attached_sender(root: &Part<'_>) -> Option<Address> {
    let parts = root.all();
    let inner = parts.iter().find(|part| part.media_type == "message/rfc822")?;
    let bytes = decode::transfer(inner.body, inner.encoding(), limits::REPORT_BYTES);
    people::one(&Headers::of_message(&bytes).0, &["from", "sender"])
}

fn instant(value: &str) -> Option<Timestamp> {
    let line = cut(value, HEADER_WORDS_BYTES).split_whitespace().map(with_seconds);
    let line = line.collect::<Vec<_>>().join(" ") + "\n";
    let date = match MessageStream::new(line.as_bytes()).parse_date() {
        HeaderValue::DateTime(date) => Some(date),
        _ => mail_parser::DateTime::parse_rfc3339(line.trim()),
    }?;
    date.is_valid().then(|| Timestamp::default().plus_seconds(date.to_timestamp()))
}

/// Seconds may be left out (RFC 5322), which the crate does not know.
fn with_seconds(word: &str) -> Cow<'_, str> {
    match word.split_once(':') {
        Some((_, minutes)) if minutes.len() == 2 => format!("{word}:00").into(),
        _ => word.into(),
    }
}
