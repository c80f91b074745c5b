//! Who wrote to whom.

use kernel::limits::EMAIL_CHARS;
use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;

use super::Address;
use super::headers::Headers;
use super::limits::{PERSON_CHARS, RECIPIENTS};
use super::plain::{first_chars, one_line};
use super::words;

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

/// The addresses of one header field.
pub(super) fn listed(value: &str) -> Vec<Address> {
    let line = words::quoted(value).replace(['\r', '\n'], " ") + "\n";
    let HeaderValue::Address(list) = MessageStream::new(line.as_bytes()).parse_address() else {
        return anywhere(value).into_iter().collect();
    };
    let mut found = Vec::new();
    // A name with a comma that nobody put in quotes: `Doe, Jane <jane@example.org>`.
    let mut before = String::new();
    for entry in list.iter() {
        let name = entry.name.as_deref().unwrap_or_default();
        let email = entry.address.as_deref().unwrap_or_default();
        match address(name, email).or_else(|| address("", name)) {
            Some(mut address) => {
                if !before.is_empty() && !address.name.is_empty() {
                    address.name = person(&format!("{before}, {}", address.name));
                }
                before.clear();
                found.push(address);
            }
            None => before = one_line(&format!("{name} {email}")),
        }
    }
    if found.is_empty() { anywhere(value).into_iter().collect() } else { found }
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
    let bare = line.trim_matches(|c| c == '"' || c == '\'' || c == ' ');
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
