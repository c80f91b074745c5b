//! A page as a row of tags and words. One pass, whatever is in it.

use std::borrow::Cow;

use mail_parser::decoders::html::add_html_token;

use crate::letter::decode::in_charset;
use crate::letter::limits::{HTML_ATTRIBUTE_BYTES, HTML_ATTRIBUTES};
use crate::letter::plain::cut;

/// What comes next in a page.
#[derive(Debug)]
pub(super) enum Token<'a> {
    /// Words, decoded.
    Words(Cow<'a, str>),
    /// An element begins.
    Open(Tag),
    /// An element ends.
    Close(String),
}

/// The start of an element.
#[derive(Debug)]
pub(super) struct Tag {
    /// Its name in lower case.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// The value of an attribute, decoded.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(is, _)| is == name).map(|(_, value)| value.as_str())
    }
}

/// Elements whose content is no page, and none of it is for readers.
const RAW: [&str; 9] =
    ["script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp", "plaintext"];
/// Characters of an entity's name: the longest has 31.
const ENTITY_BYTES: usize = 40;
/// Characters of an element's name.
const NAME_BYTES: usize = 40;

/// The tokens of a page.
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// Of this page.
    pub(super) fn of(page: &'a str) -> Self {
        Tokens { rest: page }
    }

    /// Goes on behind the next of these words; at the end when there are none.
    fn skip_behind(&mut self, words: &str) {
        self.rest = self.rest.split_once(words).map_or("", |(_, behind)| behind);
    }

    fn skip_raw(&mut self, name: &str) {
        let rest = self.rest;
        let mut from = 0;
        while let Some(at) = rest[from..].find("</").map(|at| from + at) {
            let behind = &rest[at + 2..];
            if behind.get(..name.len()).is_some_and(|is| is.eq_ignore_ascii_case(name)) {
                self.rest = &rest[at..];
                return;
            }
            from = at + 2;
        }
        self.rest = "";
    }

    fn open(&mut self) -> Token<'a> {
        let name = self.name();
        let mut attributes = Vec::new();
        loop {
            self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if self.rest.is_empty() {
                break;
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                break;
            }
            let attribute = self.attribute();
            if attributes.len() < HTML_ATTRIBUTES {
                attributes.push(attribute);
            }
        }
        if RAW.contains(&name.as_str()) {
            self.skip_raw(&name);
        }
        Token::Open(Tag { name, attributes })
    }

    fn name(&mut self) -> String {
        let end = self.rest.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>');
        let (name, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        cut(name, NAME_BYTES).to_ascii_lowercase()
    }

    fn attribute(&mut self) -> (String, String) {
        let skip = self.rest.chars().next().map_or(0, char::len_utf8);
        let end = self.rest[skip..].find(|c: char| c.is_ascii_whitespace() || "/>=".contains(c));
        let (name, rest) = self.rest.split_at(end.map_or(self.rest.len(), |end| skip + end));
        let name = cut(name, NAME_BYTES).to_ascii_lowercase();
        self.rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let Some(rest) = self.rest.strip_prefix('=') else {
            return (name, String::new());
        };
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let (value, rest) = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => rest[1..].split_once(quote).unwrap_or((&rest[1..], "")),
            _ => {
                let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '>');
                rest.split_at(end.unwrap_or(rest.len()))
            }
        };
        self.rest = rest;
        (name, decoded(cut(value, HTML_ATTRIBUTE_BYTES)).into_owned())
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let behind = match self.rest.strip_prefix('<') {
                None if self.rest.is_empty() => return None,
                None => {
                    let (words, rest) =
                        self.rest.split_at(self.rest.find('<').unwrap_or(self.rest.len()));
                    self.rest = rest;
                    return Some(Token::Words(decoded(words)));
                }
                Some(behind) => behind,
            };
            let is_letter = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic());
            if is_letter(behind) {
                self.rest = behind;
                return Some(self.open());
            }
            if let Some(close) = behind.strip_prefix('/').filter(|close| is_letter(close)) {
                self.rest = close;
                let name = self.name();
                self.skip_behind(">");
                return Some(Token::Close(name));
            }
            if behind.starts_with("!--") {
                self.skip_behind("-->");
            } else if behind.starts_with(['!', '?', '/']) {
                self.skip_behind(">");
            } else {
                let (words, rest) = self.rest.split_at(1);
                self.rest = rest;
                return Some(Token::Words(words.into()));
            }
        }
    }
}

/// Words with their entities replaced by the characters they stand for.
fn decoded(words: &str) -> Cow<'_, str> {
    if !words.contains('&') {
        return words.into();
    }
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
        let end = 1 + rest.bytes().skip(1).take(ENTITY_BYTES).take_while(is_name).count();
        let (name, behind) = rest.split_at(end);
        let closed = behind.strip_prefix(';');
        if let Some(c) = windows_character(name) {
            out.push_str(&c);
        } else if end > 1 && (closed.is_some() || name.starts_with("&#") || is_old(name)) {
            let name = if closed.is_some() || name.starts_with("&#") {
                name.to_owned()
            } else {
                name.to_ascii_lowercase()
            };
            add_html_token(&mut out, format!("{name};").as_bytes(), false);
        } else {
            out.push_str(name);
            rest = behind;
            continue;
        }
        rest = closed.unwrap_or(behind);
    }
    out.push_str(rest);
    out.into()
}

/// Names that browsers take without a semicolon, too.
fn is_old(name: &str) -> bool {
    ["&nbsp", "&amp", "&lt", "&gt", "&quot"].iter().any(|old| name.eq_ignore_ascii_case(old))
}

/// Numbers from 128 to 159 mean what they mean on Windows, as everywhere on the web.
fn windows_character(name: &str) -> Option<String> {
    let number = name.strip_prefix("&#")?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u8::from_str_radix(hex, 16).ok()?,
        None => number.parse::<u8>().ok()?,
    };
    (128..160).contains(&code).then(|| in_charset(&[code], "windows-1252"))
}
