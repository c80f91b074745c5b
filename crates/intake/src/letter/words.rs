//! Encoded words in headers (RFC 2047), as they are found in the wild: with characters
//! torn apart between two of them, with spaces within, without padding.

use super::decode::{base64, in_charset};
use super::plain::cut;

/// Bytes of one encoded word: the standard allows 75, some put a whole subject into one.
const WORD_BYTES: usize = 8 * 1024;

/// Runs of encoded words decoded, everything else as it is.
pub(super) fn decoded(value: &str) -> String {
    replaced(value, |words, _| words)
}

/// The same for headers with a structure: what was encoded stands in quotes, so that a
/// comma in it stays a comma.
pub(super) fn quoted(value: &str) -> String {
    replaced(value, |words, in_quotes| {
        let safe = words.replace('\\', "\\\\").replace('"', "\\\"").replace(['\r', '\n'], " ");
        if in_quotes { safe } else { format!("\"{safe}\" ") }
    })
}

/// One encoded word: its character set and its bytes.
struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    len: usize,
}

fn replaced(value: &str, put: impl Fn(String, bool) -> String) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    let mut in_quotes = false;
    while let Some(at) = rest.find("=?") {
        let before = &rest[..at];
        in_quotes ^= before.matches('"').count() % 2 == 1;
        out.push_str(before);
        rest = &rest[at..];
        let Some(mut word) = word_at(rest) else {
            out.push_str("=?");
            rest = &rest[2..];
            continue;
        };
        rest = &rest[word.len..];
        let mut words = String::new();
        // White space between encoded words is none; pieces in one character set are
        // joined before they are decoded.
        while let Some(next) = word_at(rest.trim_start()) {
            rest = &rest.trim_start()[next.len..];
            if next.charset.eq_ignore_ascii_case(word.charset) {
                word.bytes.extend(next.bytes);
            } else {
                words.push_str(&in_charset(&word.bytes, word.charset));
                word = next;
            }
        }
        words.push_str(&in_charset(&word.bytes, word.charset));
        out.push_str(&put(words, in_quotes));
    }
    out.push_str(rest);
    out
}

fn word_at(text: &str) -> Option<Word<'_>> {
    let inner = text.strip_prefix("=?")?;
    let (charset, inner) =
        inner.split_at_checked(inner.bytes().take(60).position(|b| b == b'?')?)?;
    let mut bytes = inner.bytes();
    let (_, kind, mark) = (bytes.next()?, bytes.next()?, bytes.next()?);
    if mark != b'?' {
        return None;
    }
    let body = inner.get(3..)?;
    let is_q = kind.eq_ignore_ascii_case(&b'q');
    if !is_q && !kind.eq_ignore_ascii_case(&b'b') {
        return None;
    }
    let near = cut(body, WORD_BYTES);
    let mut end = near.find("?=")?;
    // `=?utf-8?Q?=C3=A4?=`: the end is not a question mark before an encoded byte.
    if is_q && end == 0 && hex_pair(body.as_bytes(), 2).is_some() {
        end = 2 + near[2..].find("?=")?;
    }
    let encoded = &body[..end];
    // The language behind a star (RFC 2231) says nothing here.
    let charset = charset.split('*').next().unwrap_or(charset);
    let bytes = if is_q { q(encoded.as_bytes()) } else { base64(encoded.as_bytes(), usize::MAX) };
    Some(Word { charset, bytes, len: text.len() - body.len() + end + 2 })
}

fn q(encoded: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut at = 0;
    while at < encoded.len() {
        match encoded[at] {
            b'_' => bytes.push(b' '),
            b'=' => match hex_pair(encoded, at + 1) {
                Some(byte) => {
                    bytes.push(byte);
                    at += 2;
                }
                None => bytes.push(b'='),
            },
            byte => bytes.push(byte),
        }
        at += 1;
    }
    bytes
}

/// The byte that two hexadecimal digits stand for.
pub(super) fn hex_pair(text: &[u8], at: usize) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let value = digit(text.get(at)?)? * 16 + digit(text.get(at + 1)?)?;
    u8::try_from(value).ok()
}
