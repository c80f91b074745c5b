//! Takes texts of sources into limits, and keeps what had to be said about them.

use super::limits::*;
use super::vocabulary;
use crate::{Link, Reading, Severity, Signal, SignalStatus};
use kernel::Timestamp;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;

/// The first instant that a source means when it says one: clocks that were never set stand
/// in 1970 or 2000.
const FIRST_MICROS: i64 = 978_307_200_000_000;

/// What is noted while a request is read.
#[derive(Debug)]
pub struct Notes {
    now: Timestamp,
    warnings: Vec<String>,
    more: u64,
}

impl Notes {
    /// Nothing yet; sources' clocks are judged by this instant.
    pub fn new(now: Timestamp) -> Self {
        Notes { now, warnings: Vec::new(), more: 0 }
    }

    /// Now.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Notes something about a field, once.
    pub(crate) fn warn(&mut self, field: &str, words: impl Display) {
        if self.warnings.len() == WARNINGS {
            self.more += 1;
            return;
        }
        let warning = format!("{field}: {words}");
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// These signals, and what was noted.
    pub(crate) fn finish(mut self, signals: Vec<Signal>) -> Reading {
        if self.more > 0 {
            self.warnings.push(format!("and {} more of this kind", self.more));
        }
        Reading { signals, group: None, left_out: 0, warnings: self.warnings }
    }

    /// So many characters of a text as one line.
    pub(crate) fn line(&mut self, field: &str, text: &str, most_chars: usize) -> String {
        // 0xc2 begins, besides others, the control characters beyond ASCII.
        let plain = text.bytes().all(|byte| byte >= b' ' && byte != 0x7f && byte != 0xc2);
        if plain && text.len() <= most_chars {
            return text.trim().to_owned();
        }
        let mut line = String::with_capacity(text.len().min(most_chars * 4));
        let words = text.split(|c: char| c.is_whitespace() || c.is_control());
        for word in words.filter(|word| !word.is_empty()) {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.shortened(field, Cow::Owned(line), most_chars)
    }

    /// So many characters of a text of several lines.
    pub(crate) fn text(&mut self, field: &str, text: &str, most_chars: usize) -> String {
        let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
        let text = text.trim_matches(['\r', '\n', ' ']);
        let text = match text.contains(odd) {
            true => {
                let unix = text.replace("\r\n", "\n").replace('\r', "\n");
                Cow::Owned(unix.replace(odd, "\u{fffd}"))
            }
            false => Cow::Borrowed(text),
        };
        self.shortened(field, text, most_chars)
    }

    fn shortened(&mut self, field: &str, text: Cow<'_, str>, most_chars: usize) -> String {
        let cut = match text.len() <= most_chars {
            true => None,
            false => text.char_indices().nth(most_chars).map(|_| ()),
        };
        if cut.is_none() {
            return text.into_owned();
        }
        self.warn(field, format_args!("was cut to {most_chars} characters"));
        text.chars().take(most_chars.saturating_sub(1)).chain(['…']).collect()
    }

    /// A title: the first of these that says something.
    pub(crate) fn title(&mut self, field: &str, candidates: &[Option<&str>]) -> String {
        for candidate in candidates.iter().flatten() {
            let title = self.line(field, candidate, TITLE_CHARS);
            if !title.is_empty() {
                return title;
            }
        }
        self.warn(field, "is missing; the alert has no title of its own");
        "Alert without a title".to_owned()
    }

    /// A name of a service, team or person, unless it is empty.
    pub(crate) fn name(&mut self, field: &str, name: Option<&str>) -> Option<String> {
        let name = self.line(field, name?, NAME_CHARS);
        (!name.is_empty()).then_some(name)
    }

    /// Adds a label, unless its name or value is empty. What is told twice counts as told last.
    pub(crate) fn label(&mut self, labels: &mut BTreeMap<String, String>, name: &str, value: &str) {
        if value.trim().is_empty() {
            return;
        }
        if labels.len() >= LABELS && !labels.contains_key(name) {
            self.warn("labels", format_args!("are more than {LABELS}; the rest was left out"));
            return;
        }
        let name = self.line("labels", name, LABEL_NAME_CHARS);
        if name.is_empty() {
            return;
        }
        let value = match value.len() <= LABEL_VALUE_CHARS && !value.contains('\0') {
            true => value.to_owned(),
            false => self.text(&name, value, LABEL_VALUE_CHARS),
        };
        labels.insert(name, value);
    }

    /// Adds a place to read on, if it is one.
    pub(crate) fn link(&mut self, links: &mut Vec<Link>, href: Option<&str>, text: &str) {
        let Some(href) = href.map(str::trim).filter(|href| !href.is_empty()) else {
            return;
        };
        if !is_link(href) {
            self.warn("links", "one is not an address of http or https; left out");
            return;
        }
        if links.iter().any(|known| known.href == href) {
            return;
        }
        if links.len() == LINKS {
            self.warn("links", format_args!("are more than {LINKS}; the rest was left out"));
            return;
        }
        let text = self.line("links", text, LABEL_NAME_CHARS);
        let text = if text.is_empty() { "Link".to_owned() } else { text };
        links.push(Link { href: href.to_owned(), text });
    }

    /// How bad a word says it is. No word, or an unknown one, is an error.
    pub(crate) fn severity(&mut self, field: &str, word: Option<&str>) -> Severity {
        let Some(word) = word.map(str::trim).filter(|word| !word.is_empty()) else {
            return Severity::Error;
        };
        vocabulary::severity(word).unwrap_or_else(|| {
            let word: String = word.chars().take(QUOTED_CHARS).collect();
            self.warn(field, format_args!("{word:?} is no severity that is known; taken as error"));
            Severity::Error
        })
    }

    /// Whether a word says that it is so. An unknown one says so, too.
    pub(crate) fn status(&mut self, field: &str, word: Option<&str>) -> SignalStatus {
        let Some(word) = word.map(str::trim).filter(|word| !word.is_empty()) else {
            return SignalStatus::Firing;
        };
        vocabulary::status(word).unwrap_or_else(|| {
            let word: String = word.chars().take(QUOTED_CHARS).collect();
            self.warn(field, format_args!("{word:?} is no status that is known; taken as firing"));
            SignalStatus::Firing
        })
    }

    /// Since when something is so, if the source's clock can be believed.
    pub(crate) fn start(&mut self, field: &str, text: &str) -> Option<Timestamp> {
        let at = self.instant(field, text)?;
        if at > self.now.plus_seconds(CLOCK_AHEAD_SECONDS) {
            self.warn(field, "lies in the future; left out");
            return None;
        }
        Some(at)
    }

    /// An instant with its zone, unless it stands for none.
    pub(crate) fn instant(&mut self, field: &str, text: &str) -> Option<Timestamp> {
        let text = text.trim();
        if text.is_empty() || text.starts_with("0001-01-01") {
            return None;
        }
        let at = parse_instant(text);
        if at.is_none() {
            self.warn(field, "is not a time with its zone; left out");
        }
        self.sensible(field, at?)
    }

    /// Seconds or milliseconds since 1970, whichever makes sense.
    pub(crate) fn unix(&mut self, field: &str, number: f64) -> Option<Timestamp> {
        let seconds = if number.abs() >= 1e11 { number / 1_000.0 } else { number };
        // Beyond the year 9999 nothing is meant; the cast saturates.
        let at = Timestamp::from_micros(0).plus_micros((seconds * 1e6) as i64);
        let at = self.sensible(field, at)?;
        if at > self.now.plus_seconds(CLOCK_AHEAD_SECONDS) {
            self.warn(field, "lies in the future; left out");
            return None;
        }
        Some(at)
    }

    fn sensible(&mut self, field: &str, at: Timestamp) -> Option<Timestamp> {
        if at.micros() < FIRST_MICROS {
            self.warn(field, "lies before 2001, as of a clock that was never set; left out");
            return None;
        }
        Some(at)
    }
}

/// RFC 3339, also with a space instead of the T, `UTC` for the offset, or an offset that stands
/// apart.
fn parse_instant(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    if text.len() > 64 || !text.is_ascii() {
        return None;
    }
    // Go's own form: 2026-11-23 04:52:11.2 +0000 UTC.
    let zoned = match text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" GMT")) {
        Some(rest) if rest.ends_with(" +0000") => format!("{}Z", rest.trim_end_matches(" +0000")),
        Some(rest) => format!("{rest}Z"),
        None => text.to_owned(),
    };
    zoned.replacen(' ', "T", 1).replacen(' ', "", 1).parse().ok()
}

/// Whether this is an address that a browser may be given.
fn is_link(href: &str) -> bool {
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        let head = href.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then(|| &href[scheme.len()..])
    });
    let plain = !href.chars().any(|c| c.is_whitespace() || c.is_control());
    rest.is_some_and(|rest| !rest.is_empty()) && href.len() <= LINK_BYTES && plain
}

/// A key or the name of a group as it is kept: as the source has it, or the digest of a longer
/// one, so that two with one beginning stay two.
///
/// ```
/// assert_eq!(alert::doors::key("disk-db1"), "disk-db1");
/// let long = "x".repeat(600);
/// assert_eq!(alert::doors::key(&long).len(), 71);
/// assert_ne!(alert::doors::key(&long), alert::doors::key(&format!("{long}y")));
/// ```
pub fn key(text: &str) -> String {
    let text = text.trim();
    if is_key(text) { text.to_owned() } else { digest(&[text]) }
}

/// Whether a key can be kept as it is.
pub(crate) fn is_key(text: &str) -> bool {
    text.len() <= KEY_BYTES && !text.contains(|c: char| c.is_control())
}

/// The digest of several texts; where one ends and the next begins counts.
pub(crate) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut out = String::from("sha256:");
    for byte in hash.finalize() {
        for nibble in [byte >> 4, byte & 15] {
            out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    out
}
