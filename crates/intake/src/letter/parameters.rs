//! Values with parameters, such as `text/plain; charset=utf-8` (RFC 2045, RFC 2231), as they
//! are found: without semicolons, with quotes in quotes, cut into pieces, twice.

use super::decode::{in_charset, percent};
use super::plain::cut;
use super::words;
use kernel::InOrder;

/// Parameters of one value that are looked at: a long name comes in dozens of pieces.
const PARAMETERS: usize = 100;
/// Bytes of the name of a parameter.
const NAME_BYTES: usize = 60;
/// Bytes of a comment behind a value without quotes.
const COMMENT_BYTES: usize = 200;

/// A header's value with parameters.
#[derive(Debug, Clone, Default)]
pub(super) struct Structured {
    /// What stands before the slash, or all of it where there is none.
    pub(super) kind: String,
    /// What stands behind it.
    pub(super) subtype: String,
    parameters: Vec<(String, String)>,
}

/// A parameter, or a piece of one.
struct Piece<'a> {
    name: &'a str,
    /// Its place among the pieces; nothing when it is whole.
    place: Option<u32>,
    /// Whether its bytes are encoded, and the first piece names their character set.
    encoded: bool,
    value: String,
}

impl Structured {
    /// Reads a value; nothing when it says nothing.
    pub(super) fn read(value: &str) -> Option<Structured> {
        let value = words::quoted(value);
        let (head, rest) = head(value.trim_start());
        let head = head.split('(').next().unwrap_or_default();
        let (kind, subtype) = head.split_once('/').unwrap_or((head, ""));
        let bare = |word: &str| {
            word.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'').to_owned()
        };
        let found = Structured {
            kind: bare(kind),
            subtype: bare(subtype),
            parameters: joined(&named(&pieces(rest))),
        };
        (!found.kind.is_empty() || !found.parameters.is_empty()).then_some(found)
    }

    /// A parameter, by its name in lower case. One that names its character set goes before
    /// one of the same name that cannot.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(is, _)| is == name).map(|(_, value)| value.as_str())
    }
}

/// What stands before the parameters, and they.
fn head(value: &str) -> (&str, &str) {
    if begins_parameter(value) {
        return ("", value);
    }
    for (at, c) in value.char_indices() {
        let behind = &value[at + c.len_utf8()..];
        if c == ';' || (c.is_whitespace() && begins_parameter(behind)) {
            return (&value[..at], behind);
        }
    }
    (value, "")
}

/// Whether a name and an equals sign stand here: some leave out the semicolon before.
fn begins_parameter(text: &str) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(*byte, b'-' | b'_' | b'*');
    let name = text.bytes().take(NAME_BYTES).take_while(is_name).count();
    name > 0 && text[name..].starts_with('=')
}

/// Names and values, as they stand there.
fn pieces(mut rest: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    while found.len() < PARAMETERS {
        rest = rest.trim_start_matches(|c: char| c == ';' || c.is_whitespace());
        if let Some(comment) = rest.strip_prefix('(') {
            rest = comment.split_once(')').map_or("", |(_, behind)| behind);
            continue;
        }
        let Some(at) = rest.find(['=', ';']) else { break };
        let (before, behind) = rest.split_at(at);
        let Some(behind) = behind.strip_prefix('=') else {
            rest = behind;
            continue;
        };
        let behind = behind.trim_start();
        let (value, behind) = match behind.strip_prefix('"') {
            Some(inner) => quoted(inner),
            None => bare(behind),
        };
        rest = behind;
        if let Some(name) = before.split_whitespace().next_back() {
            found.push((name, value));
        }
    }
    found
}

/// A value in quotes, of which the first was read, and what stands behind. A quote behind
/// which no parameter can begin belongs to the value. Only quotes and backslashes are
/// escaped: Windows separates folders by backslashes.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut within: Option<(usize, usize)> = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let behind = &text[at + c.len_utf8()..];
        match c {
            '\\' if behind.starts_with(['"', '\\']) => {
                value.extend(chars.next().map(|(_, escaped)| escaped));
            }
            '"' if is_end(behind) => {
                let most = within.map_or(value.len(), |_| value.trim_end_matches('"').len());
                value.truncate(most);
                return (value, behind);
            }
            ';' if within.is_some() => break,
            c => {
                if c == '"' {
                    within.get_or_insert((value.len(), at));
                }
                value.push(c);
            }
        }
    }
    let Some((length, at)) = within else {
        // It never ends.
        let (value, behind) = text.split_at(text.find(';').unwrap_or(text.len()));
        return (value.trim_end().to_owned(), behind);
    };
    value.truncate(length);
    (value, text[at..].find(';').map_or("", |end| &text[at + end..]))
}

fn is_end(behind: &str) -> bool {
    let behind = behind.trim_start();
    behind.is_empty() || behind.starts_with([';', '(']) || begins_parameter(behind)
}

/// A value without quotes, and what stands behind.
fn bare(text: &str) -> (String, &str) {
    for (at, c) in text.char_indices() {
        if c == ';' || (c.is_whitespace() && is_end_of_bare(&text[at + c.len_utf8()..])) {
            return (text[..at].trim_end().to_owned(), &text[at..]);
        }
    }
    (text.trim_end().to_owned(), "")
}

/// Brackets with words behind them are part of a name: `report (1).pdf`.
fn is_end_of_bare(behind: &str) -> bool {
    let comment = behind.strip_prefix('(').and_then(|inner| {
        let end = cut(inner, COMMENT_BYTES).find(')')?;
        Some(inner[end + 1..].trim_start())
    });
    begins_parameter(behind) || comment.is_some_and(|rest| rest.is_empty() || rest.starts_with(';'))
}

/// `filename*0*`: the first piece of a name, encoded.
fn named<'a>(pieces: &[(&'a str, String)]) -> Vec<Piece<'a>> {
    let piece = |(name, value): &(&'a str, String)| {
        let mut parts = name.split('*');
        let name = parts.next().unwrap_or_default();
        let place = parts.next();
        let number = place.map(|place| place.parse().unwrap_or_default());
        let encoded = place == Some("") || (place.is_some() && parts.next().is_some());
        Piece { name, place: number, encoded, value: value.clone() }
    };
    pieces.iter().map(piece).collect()
}

/// Parameters by name: first those in pieces or with a character set, then the others.
fn joined(pieces: &[Piece<'_>]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for first in pieces.iter().filter(|piece| piece.place.is_some()) {
        let name = first.name.to_ascii_lowercase();
        if !found.iter().any(|(is, _)| *is == name) {
            let all = pieces.iter().filter(|piece| piece.name.eq_ignore_ascii_case(first.name));
            let value = put_together(all.filter(|piece| piece.place.is_some()).collect());
            if !value.trim().is_empty() {
                found.push((name, value));
            }
        }
    }
    let whole = pieces.iter().filter(|piece| piece.place.is_none() && !piece.value.is_empty());
    found.extend(whole.map(|piece| (piece.name.to_ascii_lowercase(), piece.value.clone())));
    found
}

/// The pieces of one value. A character may be torn apart between two of them.
fn put_together(mut pieces: Vec<&Piece<'_>>) -> String {
    pieces.order_by_key(|piece| piece.place);
    // What comes twice counts once.
    pieces.dedup_by_key(|piece| piece.place);
    let (mut charset, mut bytes) = ("", Vec::<u8>::new());
    for (at, piece) in pieces.iter().enumerate() {
        let mut value = piece.value.as_str();
        if at == 0 && piece.encoded {
            let mut marks = value.splitn(3, '\'');
            if let (Some(said), Some(_), Some(rest)) = (marks.next(), marks.next(), marks.next()) {
                (charset, value) = (said, rest);
            }
        }
        match piece.encoded {
            true => bytes.extend(percent(value)),
            false => bytes.extend(value.as_bytes()),
        }
    }
    in_charset(&bytes, charset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(value: &str, name: &str) -> Option<String> {
        Structured::read(value).and_then(|read| read.parameter(name).map(str::to_owned))
    }

    #[test]
    fn what_stands_before_the_parameters_is_found() {
        for (value, kind, subtype) in [
            ("text/plain", "text", "plain"),
            (" Text / HTML ; charset=x", "Text", "HTML"),
            ("text/plain (as always); charset=x", "text", "plain"),
            ("application/pdf name=\"a.pdf\"", "application", "pdf"),
            ("\"text/html\"; charset=x", "text", "html"),
            ("attachment", "attachment", ""),
            ("filename=a.txt", "", ""),
        ] {
            let read = Structured::read(value).expect("it says something");
            assert_eq!((read.kind.as_str(), read.subtype.as_str()), (kind, subtype), "{value}");
        }
        for nothing in ["", "  ", ";;;", "()", "\"\""] {
            assert!(Structured::read(nothing).is_none(), "{nothing}");
        }
    }

    #[test]
    fn names_of_files_are_found_in_every_shape() {
        for (value, name) in [
            ("attachment; filename=a.txt", "a.txt"),
            ("attachment; FileName = \"a.txt\"", "a.txt"),
            ("attachment; filename=two words.txt; size=3", "two words.txt"),
            ("attachment; filename=report(1).pdf", "report(1).pdf"),
            ("attachment; filename=report (1).pdf", "report (1).pdf"),
            ("attachment; filename=a.txt (as it was)", "a.txt"),
            ("attachment; filename=a.txt   size=3", "a.txt"),
            ("attachment filename=\"a.txt\"", "a.txt"),
            ("filename=\"a.txt\"", "a.txt"),
            ("attachment; (so they say) filename=\"a.txt\" size=3", "a.txt"),
            ("attachment; filename=\"a; b.txt\"; size=3", "a; b.txt"),
            ("attachment; filename=\"a (1).txt\"", "a (1).txt"),
            ("attachment; filename=\"the \"last\" one.txt\"; size=3", "the \"last\" one.txt"),
            ("attachment; filename=\"a \\\"b\\\".txt\"", "a \"b\".txt"),
            ("attachment; filename=\"a.txt\"\"", "a.txt"),
            ("attachment; filename=\"a.txt\" or so; size=\"3\"", "a.txt"),
            ("attachment; filename=\"a.txt; size=3", "a.txt"),
            ("attachment; filename=\"C:\\docs\\a.txt\"", "C:\\docs\\a.txt"),
            ("attachment; filename=\"\\\\host\\a.txt\"", "\\host\\a.txt"),
            ("attachment; foo; filename=a.txt", "a.txt"),
            ("attachment; filename=\"\"; filename=b.txt", "b.txt"),
        ] {
            assert_eq!(parameter(value, "filename").as_deref(), Some(name), "{value}");
        }
        assert_eq!(parameter("attachment; filename=\"\"", "filename"), None);
    }

    #[test]
    fn a_name_with_its_character_set_goes_before_one_without() {
        for (value, name) in [
            ("a; filename=\"?.txt\"; filename*=utf-8''%C3%BC.txt", "ü.txt"),
            ("a; filename*=utf-8'de'%C3%BC.txt; filename=\"?.txt\"", "ü.txt"),
            ("a; filename*=iso-8859-1''%FC.txt", "ü.txt"),
            ("a; filename*=\"utf-8''it's.txt\"", "it's.txt"),
            ("a; filename*=%C3%BC.txt", "ü.txt"),
            ("a; filename*0*=utf-8''%C3; filename*1*=%BC; filename*2=\" 100%.txt\"", "ü 100%.txt"),
            ("a; filename*2=c; filename*0=a; filename*1=b", "abc"),
            ("a; filename*10=k; filename*2=c", "ck"),
            ("a; filename*=\"\"; filename=a.txt", "a.txt"),
            ("a; filename*=utf-8''%C3%BC.txt; filename*=utf-8''%C3%BC.txt", "ü.txt"),
            ("a; filename=\"=?utf-8?Q?=C3=BC=3B=22?=.txt\"", "ü;\".txt"),
        ] {
            assert_eq!(parameter(value, "filename").as_deref(), Some(name), "{value}");
        }
    }

    #[test]
    fn a_value_of_any_length_is_read() {
        for piece in ["a=\"", "a=b ", "a=\"b\"c", "(", "a*0*=%", "\\\"", "; ", "=\" "] {
            let value = piece.repeat(16_384 / piece.len());
            Structured::read(&format!("a/b; {value}"));
        }
    }
}
