//! The headers of a message or of one of its parts.

use super::decode::in_charset;
use super::limits::{
    BROKEN_HEADER_LINES, HEADER_BLOCK_BYTES, HEADER_FIELDS, HEADER_VALUE_BYTES, HEADER_WORDS_BYTES,
    PART_HEADER_FIELDS,
};
use super::parameters::Structured;
use super::plain::{cut, one_line};
use super::words;

/// Header fields in their order, unfolded; names in lower case.
#[derive(Debug, Default, Clone)]
pub(super) struct Headers {
    fields: Vec<(String, String)>,
    /// That there were more than are kept.
    pub(super) cut: bool,
}

/// Fields by which a block of headers is known to go on behind a broken line.
const KNOWN: [&str; 12] = [
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "content-type",
    "mime-version",
    "received",
    "content-transfer-encoding",
    "in-reply-to",
    "references",
];

impl Headers {
    /// Reads the headers at the start of a message, and says where its body starts.
    pub(super) fn of_message(raw: &[u8]) -> (Headers, usize) {
        let mut start = 0;
        // What mail boxes and the transport put before, and empty lines.
        while let Some(line) = line_at(raw, start) {
            let words = trim(&raw[start..line.end]);
            let is_envelope = words.starts_with(b"From ") || words.starts_with(b">From ");
            let is_first_blank = words.is_empty() && line.next < raw.len();
            if !(is_envelope || is_first_blank) {
                break;
            }
            start = line.next;
        }
        read(raw, start, HEADER_FIELDS, true)
    }

    /// Reads the headers at the start of a part, and says where its body starts.
    pub(super) fn of_part(raw: &[u8]) -> (Headers, usize) {
        read(raw, 0, PART_HEADER_FIELDS, false)
    }

    /// How many fields there are.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// The first field of this name.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(is, _)| is == name).map(|(_, value)| value.as_str())
    }

    /// All fields of this name, from top to bottom.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(is, _)| is == name).map(|(_, value)| value.as_str())
    }

    /// The first field of this name that says something, decoded, on one line.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.all(name)
            .map(|value| one_line(&words::decoded(cut(value, HEADER_WORDS_BYTES))))
            .find(|value| !value.is_empty())
    }

    /// The first field of this name that says something, as a value with parameters.
    pub(super) fn structured(&self, name: &str) -> Option<Structured> {
        self.all(name).find_map(|value| Structured::read(cut(value, HEADER_WORDS_BYTES)))
    }
}

/// One line of the bytes: where it ends and where the next one starts.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) end: usize,
    pub(super) next: usize,
}

/// The line that starts here, without its end; nothing at the end of the bytes.
pub(super) fn line_at(raw: &[u8], start: usize) -> Option<Line> {
    if start >= raw.len() {
        return None;
    }
    Some(match raw[start..].iter().position(|byte| *byte == b'\n') {
        Some(at) => {
            let end = start + at;
            let end = if end > start && raw[end - 1] == b'\r' { end - 1 } else { end };
            Line { end, next: start + at + 1 }
        }
        None => Line { end: raw.len(), next: raw.len() },
    })
}

fn read(raw: &[u8], start: usize, most: usize, mend: bool) -> (Headers, usize) {
    let mut headers = Headers::default();
    let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
    let mut at = start;
    while let Some(line) = line_at(raw, at) {
        let words = &raw[at..line.end];
        let too_much = line.next - start > HEADER_BLOCK_BYTES;
        // Looking ahead from each line has an end, too.
        let mend = mend && !too_much;
        if trim(words).is_empty() && !(mend && goes_on_after_blank(words, raw, &fields, line.next))
        {
            at = line.next;
            break;
        }
        if words.first().is_some_and(|first| matches!(first, b' ' | b'\t')) {
            match fields.last_mut() {
                Some((_, value)) if !too_much => extend(value, words),
                Some(_) => headers.cut = true,
                None if name_of(trim(words)).is_none() => break,
                None => {}
            }
        } else if let Some((name, value)) = name_of(words) {
            if too_much || fields.len() >= most {
                headers.cut = true;
            } else {
                let mut kept = Vec::new();
                extend(&mut kept, value);
                fields.push((name, kept));
            }
        } else if mend && goes_on(raw, line.next) {
            // A long line that was broken without being indented.
            if let Some((_, value)) = fields.last_mut() {
                extend(value, b" ");
                extend(value, words);
            }
        } else if !trim(words).is_empty() {
            break;
        }
        at = line.next;
    }
    let charset = fields
        .iter()
        .find(|(name, _)| name == "content-type")
        .and_then(|(_, value)| charset_of(value));
    headers.fields = fields
        .into_iter()
        .map(|(name, value)| (name, as_text(value, charset.as_deref())))
        .collect();
    (headers, at)
}

fn extend(value: &mut Vec<u8>, words: &[u8]) {
    let room = HEADER_VALUE_BYTES.saturating_sub(value.len());
    let words = if value.is_empty() { trim(words) } else { words };
    value.extend(words.iter().filter(|byte| **byte != 0).take(room));
}

/// Whether headers go on behind an empty line. They do when a server put one behind its
/// own fields and the sender's follow, and when white space stands where a long line
/// was folded.
fn goes_on_after_blank(line: &[u8], raw: &[u8], fields: &[(String, Vec<u8>)], next: usize) -> bool {
    let Some(following) = line_at(raw, next).map(|line| &raw[next..line.end]) else {
        return false;
    };
    let has_sender =
        fields.iter().any(|(name, _)| matches!(name.as_str(), "from" | "subject" | "to"));
    let first = !has_sender && name_of(following).is_some() && goes_on(raw, next);
    if line.is_empty() {
        !fields.is_empty() && first
    } else {
        let is_folded = following.starts_with(b" ") || following.starts_with(b"\t");
        first || is_known(following) || (is_folded && goes_on(raw, next))
    }
}

/// Whether a known header stands close behind, before an empty line.
fn goes_on(raw: &[u8], mut at: usize) -> bool {
    for _ in 0..BROKEN_HEADER_LINES {
        let Some(line) = line_at(raw, at) else { return false };
        let words = &raw[at..line.end];
        if words.is_empty() || words.len() > HEADER_WORDS_BYTES {
            return false;
        }
        if is_known(words) {
            return true;
        }
        at = line.next;
    }
    false
}

fn is_known(line: &[u8]) -> bool {
    name_of(line).is_some_and(|(name, _)| KNOWN.contains(&name.as_str()))
}

/// The name of a header field, and what stands behind its colon.
fn name_of(line: &[u8]) -> Option<(String, &[u8])> {
    let colon = line.iter().take(100).position(|byte| *byte == b':')?;
    let name = trim(&line[..colon]);
    let is_name = !name.is_empty() && name.iter().all(|byte| (33..=126).contains(byte));
    let name = std::str::from_utf8(name).ok().filter(|_| is_name)?;
    Some((name.to_ascii_lowercase(), &line[colon + 1..]))
}

fn charset_of(content_type: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(content_type).to_ascii_lowercase();
    let (_, rest) = text.split_once("charset=")?;
    let name: String = rest
        .trim_start_matches('"')
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_.:".contains(*c))
        .take(45)
        .collect();
    let is_plain = name.starts_with("utf") || name == "us-ascii" || name.is_empty();
    (!is_plain).then_some(name)
}

/// Headers should be ASCII or UTF-8; those that are not are in the character set of
/// their message, in UTF-8 that broke on the way, or in the one of Western Europe.
fn as_text(value: Vec<u8>, charset: Option<&str>) -> String {
    match String::from_utf8(value) {
        Ok(text) => text,
        Err(error) => in_charset(error.as_bytes(), charset.unwrap_or_default()),
    }
}

/// Without white space around.
pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii()
}
