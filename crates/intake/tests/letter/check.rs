//! What holds of every letter, whatever it was read from.

use intake::{Letter, read, safe_html, subject_stem};
use kernel::limits::{
    ATTACHMENT_BYTES, ATTACHMENTS_PER_INCIDENT, BODY_CHARS, EMAIL_CHARS, NAME_CHARS,
};

/// Reads these bytes, and says what is wrong with what comes out.
pub fn check(raw: &[u8]) -> Result<Letter, String> {
    let letter = read(raw);
    bounded(&letter)?;
    if letter.attachments.iter().map(|file| file.bytes.len()).sum::<usize>() > raw.len() {
        return Err("files are larger than the message".to_owned());
    }
    if read(raw) != letter {
        return Err("the same bytes give another letter".to_owned());
    }
    let page = safe_html(raw).unwrap_or_default();
    harmless(&page)?;
    if subject_stem(&letter.subject).len() > letter.subject.len() {
        return Err("a stem is longer than its subject".to_owned());
    }
    Ok(letter)
}

fn bounded(letter: &Letter) -> Result<(), String> {
    let chars = |text: &str| text.chars().count();
    let one_line = |text: &str| !text.chars().any(char::is_control);
    let people = letter.from.iter().chain(&letter.reply_to).chain(&letter.to).chain(&letter.cc);
    let forwarded = letter.forwarded.iter().flat_map(|forwarded| &forwarded.from);
    for person in people.chain(forwarded) {
        let fine = chars(&person.name) <= NAME_CHARS
            && chars(&person.email) <= EMAIL_CHARS
            && person.email.contains('@')
            && one_line(&person.name)
            && one_line(&person.email)
            && person.email.to_lowercase() == person.email;
        if !fine {
            return Err(format!("a person: {person:?}"));
        }
    }
    let ids = letter
        .answers
        .iter()
        .chain(&letter.message_id)
        .chain(letter.report.iter().flat_map(|report| &report.about));
    for id in ids {
        if chars(id) > 998 || id.is_empty() || !one_line(id) || id.contains(char::is_whitespace) {
            return Err(format!("an id: {id:?}"));
        }
    }
    for file in &letter.attachments {
        let fine = !file.name.is_empty()
            && chars(&file.name) <= 200
            && one_line(&file.name)
            && !file.name.contains(['/', '\\'])
            && !file.name.starts_with('.')
            && file.bytes.len() <= ATTACHMENT_BYTES
            && file.media_type.contains('/')
            && file.media_type.is_ascii();
        if !fine {
            return Err(format!("a file: {:?} {:?}", file.name, file.media_type));
        }
    }
    let counts = [
        (letter.to.len(), 500),
        (letter.cc.len(), 500),
        (letter.answers.len(), 100),
        (letter.attachments.len(), ATTACHMENTS_PER_INCIDENT),
        (letter.faults.len(), 20),
        (chars(&letter.text), BODY_CHARS),
        (chars(&letter.reply), BODY_CHARS),
        (chars(&letter.subject), 1_000),
        (letter.report.as_ref().map_or(0, |report| chars(&report.words)), 500),
    ];
    for (at, (count, most)) in counts.into_iter().enumerate() {
        if count > most {
            return Err(format!("number {at} is {count}, more than {most}"));
        }
    }
    if !one_line(&letter.subject) {
        return Err(format!("the subject: {:?}", letter.subject));
    }
    if letter.text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err("control characters in the text".to_owned());
    }
    if letter.reply.is_empty() && !letter.text.is_empty() {
        return Err("folding left nothing".to_owned());
    }
    Ok(())
}

/// Only elements and attributes that can do nothing, properly within each other.
fn harmless(page: &str) -> Result<(), String> {
    const FINE: [&str; 40] = [
        "p",
        "div",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "s",
        "del",
        "ins",
        "sub",
        "sup",
        "small",
        "code",
        "pre",
        "kbd",
        "blockquote",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "a",
        "br",
        "hr",
    ];
    let mut open = Vec::new();
    for piece in page.split('<').skip(1) {
        let Some((tag, words)) = piece.split_once('>') else {
            return Err(format!("an open tag: {piece}"));
        };
        if words.contains('>') {
            return Err(format!("a bare bracket: {piece}"));
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("{name} ends where it does not"));
            }
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let safe_start = "rel=\"noopener noreferrer nofollow\" target=\"_blank\" href=\"";
        let fine = match name {
            "a" => attributes
                .strip_prefix(safe_start)
                .and_then(|rest| rest.strip_suffix('"'))
                .is_some_and(|address| !address.contains('"')),
            "td" | "th" => attributes
                .split_whitespace()
                .all(|span| span.starts_with("colspan=\"") || span.starts_with("rowspan=\"")),
            _ => attributes.is_empty(),
        };
        if !FINE.contains(&name) || !fine {
            return Err(format!("a tag: {tag}"));
        }
        if name != "br" && name != "hr" {
            open.push(name);
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("never ends: {open:?}")) }
}
