//! A letter as a message of the internet (RFC 5322).

use crate::letter::{File, Letter, Piece, one_line};
use kernel::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use std::time::{Duration, SystemTime};

/// Who it is from, to whom it goes, and what it belongs to.
pub(crate) struct Envelope<'a> {
    /// The sender, who gets the answers.
    pub(crate) from: &'a Mailbox,
    /// The reader's name.
    pub(crate) name: &'a str,
    /// The reader's address.
    pub(crate) address: &'a str,
    /// Its id.
    pub(crate) message_id: &'a str,
    /// The id of the first letter to them about the incident, if this is a later one.
    pub(crate) thread: Option<&'a str>,
    /// Where its reader ends letters of this kind with one press, if they can.
    pub(crate) unsubscribe: Option<&'a str>,
    /// When it is sent.
    pub(crate) at: Timestamp,
}

/// The message; what is wrong with the address, if it cannot be one.
pub(crate) fn message(letter: &Letter, envelope: &Envelope) -> Result<Message, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", envelope.address);
    let address: Address = envelope.address.parse().map_err(|error| wrong(&error))?;
    let name = Some(one_line(envelope.name)).filter(|name| !name.is_empty());
    let since_1970 = Duration::from_micros(envelope.at.micros().try_into().unwrap_or_default());
    let mut builder = Message::builder()
        .from(envelope.from.clone())
        .reply_to(envelope.from.clone())
        .to(Mailbox::new(name, address))
        .date(SystemTime::UNIX_EPOCH + since_1970)
        .message_id(Some(format!("<{}>", envelope.message_id)))
        .subject(one_line(&letter.subject));
    if let Some(first) = envelope.thread {
        let first = format!("<{first}>");
        builder = builder.in_reply_to(first.clone()).references(first);
    }
    // Programs that answer letters leave these alone (RFC 3834; Exchange); readers learn what
    // they are written in (RFC 3282).
    for (name, value) in [
        (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"),
        (HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "All"),
        (HeaderName::new_from_ascii_str("Content-Language"), letter.language.as_str()),
    ] {
        builder = builder.raw_header(HeaderValue::new(name, value.to_owned()));
    }
    // One press in the mail program, without a page in between (RFC 8058).
    if let Some(address) = envelope.unsubscribe {
        let name = HeaderName::new_from_ascii_str("List-Unsubscribe");
        builder = builder.raw_header(HeaderValue::new(name, format!("<{address}>")));
        // Which holds with encryption alone.
        if address.starts_with("https://") {
            let name = HeaderName::new_from_ascii_str("List-Unsubscribe-Post");
            let value = "List-Unsubscribe=One-Click".to_owned();
            builder = builder.raw_header(HeaderValue::new(name, value));
        }
    }
    let words = MultiPart::alternative_plain_html(lines(&letter.text()), lines(&letter.html()));
    let files: Vec<SinglePart> = letter.pieces.iter().filter_map(attached).collect();
    let whole = match files.is_empty() {
        true => words,
        false => {
            let mixed = MultiPart::mixed().multipart(words);
            files.into_iter().fold(mixed, MultiPart::singlepart)
        }
    };
    builder.multipart(whole).map_err(|error| wrong(&error))
}

/// A piece as a part of its own, where it is a file.
fn attached(piece: &Piece) -> Option<SinglePart> {
    let Piece::File(File { name, media_type, text }) = piece else { return None };
    let media_type = ContentType::parse(media_type).unwrap_or(ContentType::TEXT_PLAIN);
    // As bytes, so that no line of it ends otherwise on the way.
    Some(Attachment::new(one_line(name)).body(text.clone().into_bytes(), media_type))
}

/// Lines that end as lines do: mail takes no carriage return on its own.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::Piece;
    use proptest::prelude::*;

    const HEADERS: [&str; 15] = [
        "Auto-Submitted",
        "Content-Language",
        "Content-Type",
        "Date",
        "From",
        "In-Reply-To",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "MIME-Version",
        "Message-ID",
        "References",
        "Reply-To",
        "Subject",
        "To",
        "X-Auto-Response-Suppress",
    ];

    fn written(subject: &str, name: &str, quote: &str) -> String {
        let from: Mailbox = "Service Desk <help@company.example>".parse().unwrap();
        let letter = Letter {
            language: Default::default(),
            subject: subject.to_owned(),
            pieces: vec![Piece::Quote(quote.to_owned())],
            why: quote.to_owned(),
        };
        let envelope = Envelope {
            from: &from,
            name,
            address: "gwen@company.example",
            message_id: "ek.7.2.00@company.example",
            thread: Some("ek.7.1.00@company.example"),
            unsubscribe: Some("https://desk.company.example/u/00"),
            at: Timestamp::from_micros(1_795_435_920_000_000),
        };
        String::from_utf8(message(&letter, &envelope).unwrap().formatted()).unwrap()
    }

    #[test]
    fn an_address_that_is_none_is_said_to_be_wrong() {
        let from: Mailbox = "help@company.example".parse().unwrap();
        let language = Default::default();
        let letter =
            Letter { language, subject: String::new(), pieces: vec![], why: String::new() };
        let at = Timestamp::from_micros(0);
        for address in ["nobody", "a@b\r\nBcc: c@d", "", "a b@c"] {
            let envelope = Envelope {
                from: &from,
                name: "",
                address,
                message_id: "x@y",
                thread: None,
                unsubscribe: None,
                at,
            };
            assert!(message(&letter, &envelope).is_err(), "{address}");
        }
    }

    proptest! {
        /// Whatever people write, it becomes no header, and no line is longer than mail takes.
        #[test]
        fn words_of_people_are_no_headers(
            subject in "(?s).{0,200}", name in "(?s).{0,80}", quote in "(?s).{0,3000}"
        ) {
            let written = written(&subject, &name, &quote);
            let (head, _) = written.split_once("\r\n\r\n").unwrap();
            for line in head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])) {
                let name = line.split(':').next().unwrap_or_default();
                prop_assert!(HEADERS.contains(&name), "{line:?} in {head}");
            }
            prop_assert_eq!(head.matches("\r\nSubject: ").count() + usize::from(head.starts_with("Subject: ")), 1);
            prop_assert!(written.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        }
    }
}
