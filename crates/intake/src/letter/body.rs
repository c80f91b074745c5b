//! What of a message is text, and what are files.

use kernel::limits::{ATTACHMENT_BYTES, ATTACHMENTS_PER_INCIDENT};

use super::decode::{in_charset, transfer};
use super::fold::Line;
use super::headers::Headers;
use super::limits::{REPORT_BYTES, TEXT_BYTES, TEXT_LINES, TEXT_PART_BYTES};
use super::mime::Part;
use super::plain::{clean, first_chars, one_line, says_something};
use super::uu::{self, Enclosed};
use super::{Attachment, flowed, html, names};

/// Words of a text that says only that the page beside it should be read.
const STUB_CHARS: usize = 400;
const STUB_WORDS: [&str; 12] = [
    "html",
    "browser",
    "mime",
    "view this",
    "e-mail client",
    "email client",
    "navigateur",
    "navegador",
    "przegląda",
    "prohlížeč",
    "webläsare",
    "mail program",
];

/// What was found in a message.
#[derive(Default)]
pub(super) struct Found {
    /// Its text.
    pub(super) lines: Vec<Line>,
    /// Its pages, as they were sent.
    pub(super) pages: Vec<String>,
    /// Files that came with it.
    pub(super) attachments: Vec<Attachment>,
    /// What was left out, and what cannot be read.
    pub(super) faults: Vec<String>,
    text_bytes: usize,
    left_out: usize,
}

/// Takes a message apart.
pub(super) fn of(root: &Part<'_>) -> Found {
    let mut found = Found::default();
    found.part(root, true);
    if found.left_out > 0 {
        let n = found.left_out;
        found.faults.push(format!(
            "{n} files were left out: a message may bring {ATTACHMENTS_PER_INCIDENT}."
        ));
    }
    found
}

impl Found {
    fn part(&mut self, part: &Part<'_>, is_root: bool) {
        match part.media_type.as_str() {
            "multipart/alternative" => self.alternative(part),
            "multipart/related" | "multipart/signed" => self.first_and_files(part),
            "multipart/encrypted" => {
                self.encrypted();
                part.parts.iter().for_each(|inner| self.file(inner));
            }
            "multipart/report" => {
                let parts = part.parts.iter().filter(|inner| !is_said_elsewhere(&inner.media_type));
                parts.for_each(|inner| self.part(inner, false));
            }
            kind if kind.starts_with("multipart/") => {
                part.parts.iter().for_each(|inner| self.part(inner, false));
            }
            _ if is_text(part, is_root) => self.text(part),
            kind => {
                let p7m = matches!(kind, "application/pkcs7-mime" | "application/x-pkcs7-mime");
                match part.parameter("smime-type").map(str::to_ascii_lowercase).as_deref() {
                    Some("signed-data") if p7m => self.faults.push(
                        "The message is signed in a form that hides its text (S/MIME); it is attached as it came.".to_owned(),
                    ),
                    _ if p7m => self.encrypted(),
                    _ => {}
                }
                self.file(part);
            }
        }
    }

    fn encrypted(&mut self) {
        self.faults.push(
            "The message is encrypted and cannot be read here; it is attached as it came."
                .to_owned(),
        );
    }

    /// The same in several forms: its text if that says something, else its page. Files in
    /// any of them are kept.
    fn alternative(&mut self, part: &Part<'_>) {
        let forms: Vec<Form> = part.parts.iter().map(form_of).collect();
        let plain = forms.iter().position(|form| *form == Form::Plain);
        let page = forms.iter().rposition(|form| *form == Form::Page);
        let text = plain.map(|at| read_text(&part.parts[at]));
        let is_enough = match (&text, page) {
            (Some(text), Some(_)) => says_something(text) && !is_stub(text) && !is_page(text),
            _ => true,
        };
        let chosen = if is_enough { plain.or(page) } else { page };
        for (at, inner) in part.parts.iter().enumerate() {
            if Some(at) == chosen || (chosen.is_none() && forms[at] == Form::Other) {
                self.part(inner, false);
            } else if forms[at] == Form::Page || !inner.parts.is_empty() {
                self.files_of(inner);
            } else if forms[at] == Form::Other {
                self.file(inner);
            }
        }
    }

    /// A text and what belongs to it: the first part that is text, unless another is named.
    fn first_and_files(&mut self, part: &Part<'_>) {
        let start = part.parameter("start").map(bare_id);
        let first = part
            .parts
            .iter()
            .position(|inner| {
                start.is_some() && inner.headers.first("content-id").map(bare_id) == start
            })
            .or_else(|| part.parts.iter().position(|inner| form_of(inner) != Form::Other))
            .unwrap_or(0);
        for (at, inner) in part.parts.iter().enumerate() {
            if at == first { self.part(inner, false) } else { self.file(inner) }
        }
    }

    /// The files in a form of the text that is not shown; its page is remembered.
    fn files_of(&mut self, part: &Part<'_>) {
        if part.parts.is_empty() {
            if part.media_type == "text/html" {
                let page = read_text(part);
                self.page(page);
            }
            return;
        }
        for inner in &part.parts {
            match form_of(inner) {
                Form::Page => self.files_of(inner),
                Form::Plain | Form::Copy => {}
                Form::Other => self.file(inner),
            }
        }
    }

    fn text(&mut self, part: &Part<'_>) {
        if self.text_bytes >= TEXT_BYTES || self.lines.len() >= TEXT_LINES {
            self.long_text();
            return;
        }
        if part.body.len() > TEXT_PART_BYTES {
            self.long_text();
        }
        let text = read_text(part);
        self.text_bytes += text.len();
        let is_page = part.media_type == "text/html" || is_page(&text);
        let lines = if is_page {
            let lines = html::lines(&text);
            self.page(text);
            lines
        } else {
            let (text, files) = uu::taken_out(&text);
            files.into_iter().for_each(|file| self.enclosed(file));
            let text = flowed::unfolded(&text, part);
            text.lines().take(TEXT_LINES).map(Line::own).collect()
        };
        if !self.lines.is_empty() && !lines.is_empty() {
            self.lines.push(Line::own(""));
        }
        self.lines.extend(lines);
    }

    fn page(&mut self, page: String) {
        let bytes: usize = self.pages.iter().map(String::len).sum();
        if bytes + page.len() <= TEXT_BYTES {
            self.pages.push(page);
        }
    }

    fn long_text(&mut self) {
        let words = "The text is very long; only its beginning is shown.".to_owned();
        if !self.faults.contains(&words) {
            self.faults.push(words);
        }
    }

    /// Keeps a part as a file; one made of parts as the files in it.
    fn file(&mut self, part: &Part<'_>) {
        if !part.parts.is_empty() {
            part.parts.iter().for_each(|inner| self.file(inner));
            return;
        }
        if !self.has_room() {
            return;
        }
        let number = self.attachments.len() + 1;
        let name = file_name(part).unwrap_or_else(|| names::made_up(&part.media_type, number));
        let bytes = transfer(part.body, part.encoding(), ATTACHMENT_BYTES + 1);
        let is_nameless_nothing = bytes.is_empty() && names::said(part).is_none();
        if is_nameless_nothing {
            return;
        }
        let content_id = part.headers.first("content-id").map(bare_id).filter(|id| !id.is_empty());
        self.keep(name, &part.media_type, bytes, content_id);
    }

    /// Keeps a file that stood in a text.
    fn enclosed(&mut self, file: Enclosed) {
        const KIND: &str = "application/octet-stream";
        if !self.has_room() {
            return;
        }
        let name = names::safe(&file.name);
        let name = match name.is_empty() {
            true => names::made_up(KIND, self.attachments.len() + 1),
            false => name,
        };
        self.keep(name, KIND, file.bytes, None);
    }

    /// Whether one more file is kept; counts it if not.
    fn has_room(&mut self) -> bool {
        let has_room = self.attachments.len() < ATTACHMENTS_PER_INCIDENT;
        self.left_out += usize::from(!has_room);
        has_room
    }

    fn keep(&mut self, name: String, kind: &str, bytes: Vec<u8>, content_id: Option<String>) {
        if bytes.len() > ATTACHMENT_BYTES {
            let most = ATTACHMENT_BYTES / 1_048_576;
            self.faults
                .push(format!("The file {name} was left out: it is larger than {most} MiB."));
            return;
        }
        self.attachments.push(Attachment { name, media_type: kind.to_owned(), bytes, content_id });
    }
}

/// What a form of a text is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Page,
    Copy,
    Other,
}

fn form_of(part: &Part<'_>) -> Form {
    match part.media_type.as_str() {
        "text/plain" | "text/enriched" | "text/markdown" if is_text(part, false) => Form::Plain,
        "text/html" if is_text(part, false) => Form::Page,
        // The same page once more, for a program that nobody uses.
        "text/x-amp-html" | "text/watch-html" => Form::Copy,
        kind if kind.starts_with("multipart/") => {
            let forms: Vec<Form> = part.parts.iter().map(form_of).collect();
            if forms.contains(&Form::Page) {
                Form::Page
            } else if forms.contains(&Form::Plain) {
                Form::Plain
            } else {
                Form::Other
            }
        }
        _ => Form::Other,
    }
}

/// Whether a part is text to be read, not a file.
fn is_text(part: &Part<'_>, is_root: bool) -> bool {
    let readable = matches!(
        part.media_type.as_str(),
        "text/plain" | "text/html" | "text/enriched" | "text/richtext" | "text/markdown"
    );
    if !readable {
        return false;
    }
    if is_root {
        return true;
    }
    let disposition = part.headers.first("content-disposition").unwrap_or_default();
    let is_attached = disposition
        .trim_start()
        .get(..10)
        .is_some_and(|start| start.eq_ignore_ascii_case("attachment"));
    !is_attached && names::said(part).is_none()
}

/// Parts of a report whose content is in [`super::Report`].
fn is_said_elsewhere(media_type: &str) -> bool {
    matches!(
        media_type,
        "message/delivery-status"
            | "message/disposition-notification"
            | "message/global-delivery-status"
            | "text/rfc822-headers"
            | "message/global-headers"
    )
}

/// A part's words: decoded, with plain line ends.
pub(super) fn read_text(part: &Part<'_>) -> String {
    let bytes = transfer(
        &part.body[..part.body.len().min(3 * TEXT_PART_BYTES)],
        part.encoding(),
        TEXT_PART_BYTES,
    );
    let said = part.parameter("charset").unwrap_or_default();
    let text = match bytes.as_slice() {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes if said.is_empty() && part.media_type == "text/html" => {
            in_charset(bytes, &charset_of_page(bytes))
        }
        bytes => in_charset(bytes, said),
    };
    clean(&text)
}

/// The character set that a page names itself.
fn charset_of_page(bytes: &[u8]) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]).to_ascii_lowercase();
    let name = head.split_once("charset=").map(|(_, rest)| rest).unwrap_or_default();
    name.trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .take(45)
        .collect()
}

fn is_stub(text: &str) -> bool {
    let text = text.trim();
    if text.chars().nth(STUB_CHARS).is_some() {
        return false;
    }
    let lower = text.to_lowercase();
    text.lines().filter(|line| says_something(line)).count() <= 3
        && STUB_WORDS.iter().filter(|word| lower.contains(*word)).count() >= 2
}

/// Some send a page and call it plain text.
fn is_page(text: &str) -> bool {
    let start = first_chars(text.trim_start(), 200).to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

fn file_name(part: &Part<'_>) -> Option<String> {
    names::said(part).or_else(|| {
        let is_message = matches!(part.media_type.as_str(), "message/rfc822" | "message/global");
        if !is_message {
            return None;
        }
        let bytes = transfer(part.body, part.encoding(), REPORT_BYTES);
        let subject = Headers::of_message(&bytes).0.text("subject")?;
        let stem = names::safe(first_chars(&subject.replace(['/', '\\'], "_"), 100));
        (!stem.is_empty()).then(|| format!("{stem}.eml"))
    })
}

/// A content id without brackets.
fn bare_id(id: &str) -> String {
    first_chars(one_line(id).trim_matches(['<', '>', '"', ' ']), super::limits::MESSAGE_ID_BYTES)
        .to_owned()
}
