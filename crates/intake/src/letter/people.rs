//! Who wrote to whom.

use kernel::limits::EMAIL_CHARS;

use super::Address;
use super::headers::Headers;
use super::limits::{PERSON_CHARS, RECIPIENTS};
use super::plain::{first_chars, one_line};
use super::words;

/// Bytes of a name with commas; what is longer is no name.
const NAME_BYTES: usize = 4 * PERSON_CHARS;

/// The first address of the first of these fields that has one.
pub(super) fn one(headers: &Headers, names: &[&str]) -> Option<Address> {
    names
        .iter()
        .find_map(|name| headers.all(name).find_map(|value| listed(value).into_iter().next()))
}

/// Every address of all fields of this name, each once, and whether some were left out.
pub(super) fn many(headers: &Headers, name: &str) -> (Vec<Address>, bool) {
    let mut found: Vec<Address> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for address in headers.all(name).flat_map(listed) {
        if found.len() >= RECIPIENTS {
            return (found, true);
        }
        if seen.insert(address.email.clone()) {
            found.push(address);
        }
    }
    (found, false)
}

/// The addresses of one header field. Nearly everything is let pass: names with commas
/// that nobody put in quotes, brackets that never end, groups.
pub(super) fn listed(value: &str) -> Vec<Address> {
    let value = words::quoted(value);
    let mut found = Vec::new();
    let mut entry = Entry::default();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => entry.name.push_str(&until(&mut chars, '"')),
            '(' => entry.comment.push_str(&comment(&mut chars)),
            '<' => {
                // Nobody put a comma between this one and the one before.
                if entry.address.as_deref().is_some_and(|before| email(before).is_some()) {
                    let name = entry.name.split_off(entry.named);
                    entry.end(',', &mut found);
                    entry.name = name;
                }
                entry.named = entry.name.len();
                entry.address = Some(until(&mut chars, '>'));
            }
            ',' | ';' => entry.end(c, &mut found),
            // The name of a group.
            ':' if entry.address.is_none() && !entry.name.contains(['@', '[']) => {
                entry = Entry::default();
            }
            c => entry.name.push(c),
        }
    }
    entry.end(';', &mut found);
    if found.is_empty() { anywhere(&value).into_iter().collect() } else { found }
}

/// One address as far as it was read.
#[derive(Default)]
struct Entry {
    name: String,
    comment: String,
    address: Option<String>,
    /// Bytes of the name that stand before the address.
    named: usize,
}

impl Entry {
    /// Takes what was read as an address. What is none, and ends with a comma, is the
    /// beginning of a name.
    fn end(&mut self, by: char, found: &mut Vec<Address>) {
        let Entry { name, comment, address: angle, .. } = std::mem::take(self);
        // A route of old: `<@relay.example:jane@example.org>`.
        let angle = angle.as_deref().map(|angle| angle.rsplit(':').next().unwrap_or(angle));
        let name_or_comment = if name.trim().is_empty() { &comment } else { &name };
        // Without brackets, what stood before the last comma was something else.
        let last = name.rsplit(", ").next().unwrap_or(&name);
        let one = angle
            .and_then(|angle| {
                let plain = || address(name_or_comment, &without_comments(angle));
                address(name_or_comment, angle).or_else(plain)
            })
            .or_else(|| address(&comment, last))
            .or_else(|| if last.contains('@') { anywhere(last) } else { None });
        match one {
            Some(one) => found.push(one),
            None if by == ',' && !name.trim().is_empty() && name.len() <= NAME_BYTES => {
                self.name = format!("{}, ", name.trim());
            }
            None => {}
        }
    }
}

/// What stands before the end of a quoted name or of a bracket; a backslash takes the next
/// character as it is.
fn until(chars: &mut std::str::Chars<'_>, end: char) -> String {
    let mut words = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\\' if end == '"' => words.extend(chars.next()),
            '<' if end == '>' => words.clear(),
            c if c == end => break,
            c => words.push(c),
        }
    }
    words
}

/// A comment, with those in it.
fn comment(chars: &mut std::str::Chars<'_>) -> String {
    let mut words = String::new();
    let mut depth = 1usize;
    while let Some(c) = chars.next() {
        match c {
            '\\' => words.extend(chars.next()),
            '(' => depth += 1,
            ')' if depth == 1 => break,
            ')' => depth -= 1,
            c => words.push(c),
        }
    }
    words
}

/// `pete(his account)@silly.example`
fn without_comments(text: &str) -> String {
    let mut words = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '(' => drop(comment(&mut chars)),
            c => words.push(c),
        }
    }
    words
}

/// An address that stands somewhere among words.
pub(super) fn anywhere(text: &str) -> Option<Address> {
    let text = words::decoded(text);
    let is_end = |c: char| c.is_whitespace() || "<>()[]\"',;:|*".contains(c);
    let email = text.split(is_end).find_map(email)?;
    let at = text.to_lowercase().find(&email).unwrap_or(0);
    let name = text.get(..at).unwrap_or_default();
    let name = name
        .trim_end_matches("mailto:")
        .trim_matches(|c: char| c.is_whitespace() || "<>()[]\"'*,;:".contains(c));
    Some(Address { name: person(name), email })
}

fn address(name: &str, address: &str) -> Option<Address> {
    let email = email(address)?;
    let name = person(name);
    // A name that only says the address again says nothing.
    let name = if name.eq_ignore_ascii_case(&email) { String::new() } else { name };
    Some(Address { name, email })
}

fn person(name: &str) -> String {
    let line = one_line(name);
    let bare = line.trim_matches(['"', '\'', ' ', '<', '>']);
    first_chars(bare, PERSON_CHARS).trim_end().to_owned()
}

/// An address in lower case, when it is one.
pub(super) fn email(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['<', '>', '"', '\'']);
    let text = if text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:")) {
        &text[7..]
    } else {
        text
    };
    let text = text.trim_end_matches('.');
    let (local, domain) = text.rsplit_once('@')?;
    let is_fine = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"".contains(c);
    let is_domain = |c: char| c.is_alphanumeric() || "-._".contains(c);
    let is_literal = domain.starts_with('[')
        && domain.ends_with(']')
        && domain.is_ascii()
        && !domain.contains(char::is_whitespace);
    let fits = !local.is_empty()
        && local.chars().all(|c| is_fine(c) && c != '@')
        && !domain.is_empty()
        && (is_literal || domain.chars().all(is_domain))
        && !domain.starts_with('.');
    let lower = text.to_lowercase();
    (fits && lower.chars().count() <= EMAIL_CHARS).then_some(lower)
}
