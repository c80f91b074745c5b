//! What an attached file says, as far as it is text: plain text of any kind, pages, and documents
//! of office programs. The bytes decide what it is, never its name. Everything is bounded, as the
//! file may have been made to make us work: what is over a limit is not read, and it is said why.

mod markup;
mod office;

use std::time::Instant;

/// Version of this reader: files that an earlier one read are read anew.
pub(super) const READER: i64 = 1;
/// Bytes of a file that are read: longer ones are logs and archives.
pub(super) const FILE_BYTES: usize = 8 * 1_048_576;
/// Characters of a file's text that are kept: twenty pages tell what it is about.
pub(super) const TEXT_CHARS: usize = 65_536;
/// Of so many characters, one that no text has is borne.
const ODD_ONE_IN: usize = 50;

/// Why a file was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Longer than [`FILE_BYTES`].
    Long,
    /// Its bytes are gone.
    Missing,
    /// Pictures, sound, programs.
    NoText,
    /// PDF is not read.
    Pdf,
    /// An archive that is no document.
    Archive,
    /// A document of which a part cannot be read.
    Damaged,
    /// A document that is locked with a password.
    Locked,
    /// A document that becomes far more than it is.
    Explodes,
    /// Reading took too long.
    Slow,
    /// There are no words in it.
    Empty,
}

impl Why {
    /// In words, as they are kept.
    pub(super) fn words(self) -> &'static str {
        match self {
            Why::Long => "it is longer than 8 MB",
            Why::Missing => "its bytes are missing",
            Why::NoText => "it is not text",
            Why::Pdf => "PDF is not read",
            Why::Archive => "archives are not read",
            Why::Damaged => "it is damaged",
            Why::Locked => "it is locked with a password",
            Why::Explodes => "it becomes far more than it is when it is unpacked",
            Why::Slow => "reading it took too long",
            Why::Empty => "there are no words in it",
        }
    }
}

/// What a file of these bytes says. What was not read at `until` is left.
pub(super) fn read(bytes: &[u8], until: Instant) -> Result<String, Why> {
    if bytes.len() > FILE_BYTES {
        return Err(Why::Long);
    }
    let mut into = Text::default();
    if bytes.starts_with(b"PK\x03\x04") {
        office::read(bytes, until, &mut into)?;
    } else if bytes.starts_with(b"%PDF") {
        return Err(Why::Pdf);
    } else {
        let text = decoded(bytes)?;
        match is_markup(&text) {
            true => markup::read(&text, &[], &mut into),
            false => text.chars().take_while(|c| into.push(*c)).for_each(drop),
        }
    }
    let text = into.text.trim();
    if text.is_empty() { Err(Why::Empty) } else { Ok(text.to_owned()) }
}

/// Whether it is a page or XML, of which tags are no words.
fn is_markup(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(64).collect::<String>().to_lowercase();
    ["<?xml", "<!doctype", "<html", "<head", "<body", "<svg"]
        .iter()
        .any(|tag| start.starts_with(tag))
}

/// The characters of bytes that are text: UTF-8, UTF-16 with its mark, or Latin letters.
fn decoded(bytes: &[u8]) -> Result<String, Why> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
            }
        }
    };
    let odd = |c: &char| {
        (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}'))
            || *c == '\u{fffd}'
    };
    // One NUL is enough: no text has it, and pictures and programs do.
    let count = text.chars().filter(odd).count();
    match text.contains('\0') || count * ODD_ONE_IN > text.len() {
        true => Err(Why::NoText),
        false => Ok(text),
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

/// Text that grows up to [`TEXT_CHARS`], with spaces and breaks as one.
#[derive(Debug, Default)]
struct Text {
    text: String,
    chars: usize,
    /// A space that is told once a word follows.
    space: bool,
}

impl Text {
    /// Takes a character; `false` when there is no room for more.
    fn push(&mut self, c: char) -> bool {
        if c.is_whitespace() || c.is_control() {
            self.space = !self.text.is_empty();
            return true;
        }
        if self.chars >= TEXT_CHARS {
            return false;
        }
        if std::mem::take(&mut self.space) {
            self.text.push(' ');
            self.chars += 1;
        }
        self.text.push(c);
        self.chars += 1;
        true
    }

    fn is_full(&self) -> bool {
        self.chars >= TEXT_CHARS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn said(bytes: &[u8]) -> Result<String, Why> {
        read(bytes, Instant::now() + Duration::from_secs(60))
    }

    #[test]
    fn text_of_any_kind_is_read_as_it_is() {
        assert_eq!(said(b"error  42\r\n at line 7").unwrap(), "error 42 at line 7");
        assert_eq!(said(b"\xef\xbb\xbfa;b").unwrap(), "a;b");
        assert_eq!(said(b"\xff\xfeV\0P\0N\0").unwrap(), "VPN");
        assert_eq!(said(b"\xfe\xff\0V\0P\0N").unwrap(), "VPN");
        assert_eq!(said(b"Dr\xfccker").unwrap(), "Dr\u{fc}cker");
        assert_eq!(said(br#"{"error": "no route"}"#).unwrap(), r#"{"error": "no route"}"#);
    }

    #[test]
    fn pages_are_read_without_their_tags() {
        let page = b"<!DOCTYPE html><title>Down</title><script>var x=1</script><p>VPN &amp; Wi-Fi</p><p>out</p>";
        assert_eq!(said(page).unwrap(), "Down VPN & Wi-Fi out");
    }

    #[test]
    fn what_is_no_text_is_not_read() {
        assert_eq!(said(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Err(Why::NoText));
        assert_eq!(said(b"%PDF-1.7 words"), Err(Why::Pdf));
        assert_eq!(said(b" \n\t "), Err(Why::Empty));
        assert_eq!(said(&vec![b'a'; FILE_BYTES + 1]), Err(Why::Long));
    }

    #[test]
    fn long_texts_are_cut() {
        let text = said("ab ".repeat(TEXT_CHARS).as_bytes()).unwrap();
        assert!(text.chars().count() <= TEXT_CHARS + 1);
    }
}
