//! What the receiving server found out about the sender (RFC 8601).

use super::headers::Headers;
use super::limits::HEADER_WORDS_BYTES;
use super::plain::{cut, first_chars, one_line};
use super::{Authentication, Verdict};

/// Characters of the name of a server.
const SERVER_CHARS: usize = 255;

/// Reads the topmost results only: the nearest server puts its own on top, and what stands
/// below may have been written by anybody.
pub(super) fn read(headers: &Headers) -> Authentication {
    let Some(value) = headers.first("authentication-results") else {
        return Authentication::default();
    };
    let plain = without_comments(cut(value, HEADER_WORDS_BYTES)).to_ascii_lowercase();
    let mut pieces = plain.split(';');
    let by = pieces.next().unwrap_or_default().split_whitespace().next().unwrap_or_default();
    let mut found = Authentication {
        by: first_chars(&one_line(by), SERVER_CHARS).to_owned(),
        ..Authentication::default()
    };
    for piece in pieces {
        let Some((method, rest)) = piece.trim().split_once('=') else { continue };
        let method = method.split('/').next().unwrap_or_default().trim();
        let verdict = match rest.split_whitespace().next().unwrap_or_default() {
            "pass" => Verdict::Pass,
            "fail" | "softfail" | "hardfail" | "policy" => Verdict::Fail,
            _ => Verdict::None,
        };
        let one = match method {
            "spf" => &mut found.spf,
            "dkim" => &mut found.dkim,
            "dmarc" => &mut found.dmarc,
            _ => continue,
        };
        // One good signature is enough.
        if *one != Verdict::Pass && verdict != Verdict::None {
            *one = verdict;
        }
    }
    found
}

/// Without what stands in brackets and quotes: it may say anything.
fn without_comments(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for c in value.chars() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' if depth > 0 || quoted => escaped = true,
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth > 0 => depth -= 1,
            c if depth == 0 && !quoted => out.push(c),
            _ => {}
        }
    }
    out
}
