//! The parts of a message (RFC 2045 to 2049). Splitting is done here, not by a crate:
//! what is broken must be bounded in time and memory, and nothing in it may get lost.

use super::headers::{Headers, Line, line_at, trim};
use super::limits::{BOUNDARY_BYTES, MEDIA_TYPE_CHARS, PART_DEPTH, PARTS};
use super::parameters::Structured;
use super::plain::one_line;

/// A part of a message, and the parts in it.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) headers: Headers,
    /// Its type, such as `text/plain`, in lower case.
    pub(super) media_type: String,
    /// Parameters of its type.
    pub(super) parameters: Option<Structured>,
    /// Its bytes, still encoded.
    pub(super) body: &'a [u8],
    /// Parts in it, when it is made of parts.
    pub(super) parts: Vec<Part<'a>>,
}

/// What splitting a message has come to.
#[derive(Debug, Default)]
pub(super) struct Splitting {
    parts: usize,
    /// That some parts were left out.
    pub(super) too_many: bool,
    /// That a message says it has parts, but they cannot be told apart.
    pub(super) unbounded: bool,
}

impl Part<'_> {
    /// A parameter of its type.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.as_ref()?.parameter(name)
    }

    /// How its bytes are encoded.
    pub(super) fn encoding(&self) -> &str {
        self.headers.first("content-transfer-encoding").unwrap_or_default().trim()
    }

    /// This part and all in it, from the first to the last.
    pub(super) fn all(&self) -> Vec<&Part<'_>> {
        let mut found = vec![self];
        let mut at = 0;
        while at < found.len() {
            let inner: Vec<&Part<'_>> = found[at].parts.iter().collect();
            found.splice(at + 1..at + 1, inner);
            at += 1;
        }
        found
    }
}

/// The part that a whole message is.
pub(super) fn message<'a>(raw: &'a [u8], splitting: &mut Splitting) -> Part<'a> {
    let (headers, body) = Headers::of_message(raw);
    part(headers, &raw[body.min(raw.len())..], "text/plain", 0, splitting)
}

fn part<'a>(
    headers: Headers,
    body: &'a [u8],
    unsaid: &str,
    depth: usize,
    splitting: &mut Splitting,
) -> Part<'a> {
    splitting.parts += 1;
    let parameters = headers.structured("content-type");
    let mut media_type = parameters.as_ref().map_or_else(|| unsaid.to_owned(), media_type);
    let mut parts = Vec::new();
    if media_type.starts_with("multipart/") {
        let boundary =
            parameters.as_ref().and_then(|said| said.parameter("boundary")).unwrap_or_default();
        match boundary_of(body, boundary) {
            Some(boundary) if depth < PART_DEPTH => {
                let inner =
                    if media_type == "multipart/digest" { "message/rfc822" } else { "text/plain" };
                parts = split(body, &boundary, inner, depth + 1, splitting);
            }
            Some(_) => splitting.too_many = true,
            None => splitting.unbounded = true,
        }
        if parts.is_empty() {
            media_type = "text/plain".to_owned();
        }
    }
    Part { headers, media_type, parameters, body, parts }
}

fn media_type(said: &Structured) -> String {
    let kind = one_line(&said.kind.to_lowercase());
    let subtype = one_line(&said.subtype.to_lowercase());
    let is_token = |text: &str| {
        !text.is_empty()
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    if subtype == "text" && matches!(kind.as_str(), "plain" | "html") {
        // Scripts that write it the wrong way round.
        format!("{subtype}/{kind}")
    } else if kind == "multipart" && !is_token(&subtype) {
        "multipart/mixed".to_owned()
    } else if is_token(&kind) && is_token(&subtype) && kind.len() + subtype.len() < MEDIA_TYPE_CHARS
    {
        format!("{kind}/{subtype}")
    } else if kind.is_empty() || kind.split(' ').next() == Some("text") {
        // Messages of the time before MIME said only `text`; some say `text plain`.
        "text/plain".to_owned()
    } else {
        "application/octet-stream".to_owned()
    }
}

/// The boundary as it stands in the body: the one that was said, or else the first line
/// that looks like one.
fn boundary_of(body: &[u8], said: &str) -> Option<Vec<u8>> {
    let said = said.trim_end();
    let is_fit = !said.is_empty() && said.len() <= BOUNDARY_BYTES;
    let mut guess = None;
    let mut at = 0;
    while let Some(line) = line_at(body, at) {
        if let Some(name) = dashed(body, at, line) {
            if is_fit
                && (name == said.as_bytes() || name.strip_suffix(b"--") == Some(said.as_bytes()))
            {
                return Some(said.as_bytes().to_vec());
            }
            let has_headers = line_at(body, line.next).is_some_and(|next| {
                body[line.next..next.end].to_ascii_lowercase().starts_with(b"content-")
            });
            if guess.is_none() && has_headers && name.len() <= BOUNDARY_BYTES {
                guess = Some(name.to_vec());
            }
        }
        at = line.next;
    }
    guess
}

/// What stands behind two dashes at the start of a line.
fn dashed(body: &[u8], at: usize, line: Line) -> Option<&[u8]> {
    let name = body[at..line.end].strip_prefix(b"--")?.trim_ascii_end();
    (!name.is_empty()).then_some(name)
}

fn split<'a>(
    body: &'a [u8],
    boundary: &[u8],
    unsaid: &str,
    depth: usize,
    splitting: &mut Splitting,
) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = 0;
    let mut closed = false;
    while let Some(line) = line_at(body, at) {
        let name = dashed(body, at, line);
        let is_end = name.is_some_and(|name| name.strip_suffix(b"--") == Some(boundary));
        if is_end || name == Some(boundary) {
            if let Some(start) = open.take() {
                push(
                    &mut parts,
                    &body[start..without_break(body, start, at)],
                    unsaid,
                    depth,
                    splitting,
                );
            }
            closed = is_end;
            open = (!is_end).then_some(line.next);
        }
        at = line.next;
    }
    if let Some(start) = open.filter(|start| *start < body.len() && !closed) {
        push(&mut parts, &body[start..], unsaid, depth, splitting);
    }
    parts
}

fn push<'a>(
    parts: &mut Vec<Part<'a>>,
    raw: &'a [u8],
    unsaid: &str,
    depth: usize,
    splitting: &mut Splitting,
) {
    if splitting.parts >= PARTS {
        splitting.too_many = true;
        return;
    }
    let (headers, body) = Headers::of_part(raw);
    if headers.len() == 0 && trim(raw).is_empty() {
        return;
    }
    parts.push(part(headers, &raw[body.min(raw.len())..], unsaid, depth, splitting));
}

/// The line break before a boundary belongs to the boundary.
fn without_break(body: &[u8], start: usize, mut at: usize) -> usize {
    for byte in [b'\n', b'\r'] {
        if at > start && body[at - 1] == byte {
            at -= 1;
        }
    }
    at
}
