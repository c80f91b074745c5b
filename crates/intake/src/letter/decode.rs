//! From bytes as they were sent to bytes as they were meant, and to characters.

use mail_parser::decoders::charsets::map::charset_decoder;

use super::words::hex_pair;

/// A part's bytes decoded as its `Content-Transfer-Encoding` says, at most so many.
/// Whatever an encoding does not know is passed over, as every mail program does.
pub(super) fn transfer(body: &[u8], encoding: &str, most: usize) -> Vec<u8> {
    let encoding = encoding.split([';', ' ', '(']).next().unwrap_or_default().trim_matches('"');
    match encoding.to_ascii_lowercase().as_str() {
        "base64" => base64(body, most),
        "quoted-printable" | "quoted" => quoted_printable(body, most),
        "x-uuencode" | "uuencode" | "x-uue" => uuencoded(body, most),
        _ => body[..body.len().min(most)].to_vec(),
    }
}

/// Base64 of the standard and of addresses; ends where it says so and starts again
/// where pieces were put together.
pub(super) fn base64(body: &[u8], most: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity((body.len() / 4 * 3 + 3).min(most.saturating_add(3)));
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in body {
        if bytes.len() >= most {
            break;
        }
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                (bits, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = (bits << 6 | u32::from(value)) & 0x00ff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    bytes
}

fn quoted_printable(body: &[u8], most: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len().min(most));
    let mut at = 0;
    // White space before the end of a line was added on the way.
    let mut solid = 0;
    while at < body.len() && bytes.len() < most {
        match body[at] {
            b'=' => {
                if let Some(byte) = hex_pair(body, at + 1) {
                    bytes.push(byte);
                    at += 3;
                } else if let Some(next) = soft_break(body, at + 1) {
                    at = next;
                } else {
                    bytes.push(b'=');
                    at += 1;
                }
                solid = bytes.len();
            }
            b'\n' => {
                bytes.truncate(solid);
                if at > 0 && body[at - 1] == b'\r' {
                    bytes.push(b'\r');
                }
                bytes.push(b'\n');
                solid = bytes.len();
                at += 1;
            }
            b'\r' if body.get(at + 1) == Some(&b'\n') => at += 1,
            byte => {
                bytes.push(byte);
                if !matches!(byte, b' ' | b'\t') {
                    solid = bytes.len();
                }
                at += 1;
            }
        }
    }
    bytes
}

/// Where the next line starts, when nothing but white space stands before it.
fn soft_break(body: &[u8], from: usize) -> Option<usize> {
    let blank = body[from..].iter().take(100).take_while(|b| matches!(b, b' ' | b'\t' | b'\r'));
    let at = from + blank.count();
    match body.get(at) {
        Some(b'\n') => Some(at + 1),
        None => Some(at),
        _ => None,
    }
}

pub(super) fn uuencoded(body: &[u8], most: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in body.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii_end();
        if line.starts_with(b"begin ") {
            continue;
        }
        if line == b"end" || bytes.len() >= most {
            break;
        }
        let Some((length, encoded)) = line.split_first() else { continue };
        let length = usize::from(length.wrapping_sub(b' ') & 63);
        let digit = |at: usize| encoded.get(at).map_or(0, |b| b.wrapping_sub(b' ') & 63);
        let start = bytes.len();
        for at in (0..encoded.len()).step_by(4) {
            let (a, b, c, d) = (digit(at), digit(at + 1), digit(at + 2), digit(at + 3));
            bytes.extend([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
        }
        bytes.truncate(start + length);
    }
    bytes.truncate(most);
    bytes
}

/// Bytes of which some are written as a percent sign and two digits (RFC 2231).
pub(super) fn percent(text: &str) -> Vec<u8> {
    let text = text.as_bytes();
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match (text[at], hex_pair(text, at + 1)) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                at += 3;
            }
            (byte, _) => {
                bytes.push(byte);
                at += 1;
            }
        }
    }
    bytes
}

/// Bytes as characters. A character set that is wrong, unknown or missing is guessed:
/// UTF-8 where it fits, else the one of Western Europe.
pub(super) fn in_charset(bytes: &[u8], charset: &str) -> String {
    let charset = charset.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    let unsaid = matches!(
        charset.as_str(),
        "" | "us-ascii"
            | "ascii"
            | "utf-8"
            | "utf8"
            | "unknown-8bit"
            | "unicode-1-1-utf-8"
            | "8bit"
            | "binary"
    );
    let lies = is_single_byte(&charset) && bytes.iter().filter(|byte| !byte.is_ascii()).count() > 1;
    if unsaid || lies {
        match std::str::from_utf8(bytes) {
            Ok(text) => return text.to_owned(),
            // Mostly UTF-8, cut or broken somewhere.
            Err(_) if unsaid && is_mostly_utf8(bytes) => {
                return String::from_utf8_lossy(bytes).into_owned();
            }
            Err(_) => {}
        }
    }
    let charset = if charset == "unicode-1-1-utf-7" { "utf-7" } else { charset.as_str() };
    let named = (!unsaid).then(|| charset_decoder(charset.as_bytes())).flatten();
    let settled;
    let known = match charset.starts_with("iso-2022-jp") {
        true => {
            settled = without_idle_escapes(bytes);
            settled.as_slice()
        }
        false => bytes,
    };
    let text = match named.or_else(|| charset_decoder(b"windows-1252")) {
        Some(decode) => decode(known),
        None => String::from_utf8_lossy(known).into_owned(),
    };
    // It is no such text, but UTF-8 all over.
    if text.contains('\u{fffd}')
        && !bytes.is_ascii()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return text.to_owned();
    }
    text
}

/// Where texts were put together, one ends with a switch of characters and the next begins
/// with one: only the second counts.
fn without_idle_escapes(bytes: &[u8]) -> Vec<u8> {
    const ESCAPE: u8 = 0x1b;
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let length = if bytes[at + 1..].starts_with(b"$(") { 4 } else { 3 };
        if bytes[at] == ESCAPE && bytes.get(at + length) == Some(&ESCAPE) {
            at += length;
        } else {
            kept.push(bytes[at]);
            at += 1;
        }
    }
    kept
}

/// Character sets in which every string of bytes is text, so that a wrong name shows
/// only by bytes that are UTF-8 all over.
fn is_single_byte(charset: &str) -> bool {
    charset.starts_with("iso-8859-") || charset.starts_with("windows-125") || charset == "latin1"
}

fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += chunk.invalid().len().min(1);
    }
    good > bad
}
