//! Where what is answered begins without marks: a line of dashes with words in it, or the
//! headers of the message.

use super::heads::{has_date, says_wrote};
use super::vocabulary::{ABOVE, CC, FORWARDED, FROM, ORIGINAL, SENT, SUBJECT, TO};
use super::{Line, Mark};
use crate::letter::Address;
use crate::letter::people::anywhere;

/// Lines of the headers that a program puts above what is answered.
const BLOCK_LINES: usize = 12;
/// Characters of a line that is no text but a mark.
const MARK_CHARS: usize = 120;
/// Lines between the mark of a forwarded message and its headers.
const FORWARD_LINES: usize = 6;

/// The first line of what is answered, when everything from there on is.
pub(super) fn start_of_rest(lines: &[Line]) -> Option<usize> {
    let says_above = says_above(lines);
    let begins = |at: &usize| lines[*at].mark == Mark::Own && begins_rest(lines, *at, says_above);
    let at = (0..lines.len()).find(begins)?;
    // A line drawn above it belongs to it.
    let above = lines[..at].iter().rposition(|line| !line.is_blank());
    match above {
        Some(above) if is_rule(&lines[above].text) || is_titled_rule(&lines[above].text) => {
            Some(above)
        }
        _ => Some(at),
    }
}

/// Whether any line says that what stands above it is the answer. Hardly any text has one, so the
/// text is asked before each of its lines.
fn says_above(lines: &[Line]) -> bool {
    let text = lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    let lower = text.to_lowercase();
    ABOVE.iter().any(|above| lower.contains(above))
}

fn begins_rest(lines: &[Line], at: usize, says_above: bool) -> bool {
    let line = lines[at].text.trim();
    if line.is_empty() || line.len() > 4 * MARK_CHARS {
        return false;
    }
    is_original_line(line) || (says_above && is_above_line(line)) || header_block(lines, at)
}

/// `-----Original Message-----`, in any language; or who wrote when, in dashes.
fn is_original_line(line: &str) -> bool {
    in_dashes(line).is_some_and(|words| {
        words == "original"
            || ORIGINAL.iter().any(|original| words.starts_with(original))
            || (is_titled_rule(line) && has_date(&words) && says_wrote(&words))
    })
}

fn is_above_line(line: &str) -> bool {
    if line.len() > MARK_CHARS {
        return false;
    }
    let lower = line.to_lowercase();
    ABOVE.iter().any(|above| lower.contains(above))
}

/// Whether a line says that a forwarded message follows.
fn is_forward_line(line: &str) -> bool {
    let line = line.trim_matches(|c: char| c == '>' || c.is_whitespace());
    if line.len() > MARK_CHARS {
        return false;
    }
    let lower = line.to_lowercase();
    let open = lower.trim_end_matches([':', ' ']);
    in_dashes(line)
        .is_some_and(|words| FORWARDED.iter().any(|forwarded| words.starts_with(forwarded)))
        || (lower.ends_with(':') && FORWARDED.iter().any(|forwarded| open.starts_with(forwarded)))
}

/// The words between two rows of dashes, in lower case.
fn in_dashes(line: &str) -> Option<String> {
    let is_dash = |c: char| "-_=*~—–".contains(c) || c.is_whitespace();
    let dashes = line.chars().take_while(|c| is_dash(*c)).count();
    let words = line.trim_matches(is_dash);
    (dashes >= 2 && !words.is_empty() && line.len() <= 2 * MARK_CHARS).then(|| words.to_lowercase())
}

/// A line drawn across with words in it.
fn is_titled_rule(line: &str) -> bool {
    let line = line.trim();
    ["--", "__", "==", "**"].iter().any(|dashes| line.starts_with(dashes) && line.ends_with(dashes))
        && in_dashes(line).is_some()
}

/// A line drawn across.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.chars().count() >= 5 && line.chars().all(|c| "-_=*—–─".contains(c))
}

/// Whether the headers of another message stand here: its sender first, as all programs
/// have it, then at least two more, one of them saying when or what about.
fn header_block(lines: &[Line], at: usize) -> bool {
    let Some((name, value)) = field(&lines[at].text) else { return false };
    let begins = is_one_of(FROM, &name) || (is_one_of(SENT, &name) && is_block_of_date(lines, at));
    if !begins || value.is_empty() {
        return false;
    }
    let (mut known, mut telling) = (0, 0);
    for line in lines[at + 1..].iter().take(BLOCK_LINES) {
        if line.is_blank() && known == 0 {
            continue;
        }
        // A list of recipients goes on over some lines.
        let Some((name, _)) = field(&line.text) else {
            if line.is_blank() { break } else { continue }
        };
        if is_one_of(SENT, &name) || is_one_of(SUBJECT, &name) {
            known += 1;
            telling += 1;
        } else if is_one_of(TO, &name) || is_one_of(CC, &name) || is_one_of(FROM, &name) {
            known += 1;
        }
    }
    known >= 2 && telling >= 1
}

/// Some programs put the date first; then the sender has to come soon.
fn is_block_of_date(lines: &[Line], at: usize) -> bool {
    lines[at + 1..]
        .iter()
        .take(2)
        .filter_map(|line| field(&line.text))
        .any(|(name, _)| is_one_of(FROM, &name))
}

fn is_one_of(words: &[&str], name: &str) -> bool {
    words.contains(&name)
}

/// A name and what stands behind its colon, without the stars of bold text.
fn field(line: &str) -> Option<(String, &str)> {
    let line = line.trim_matches(|c: char| c.is_whitespace() || c == '>' || c == '|');
    let (name, value) = line.split_once([':', '：'])?;
    if name.len() > 60 {
        return None;
    }
    let bare = name.trim_matches(|c: char| c.is_whitespace() || c == '*' || c == '_');
    let value = value.trim_matches(|c: char| c.is_whitespace() || c == '*' || c == '|');
    Some((bare.to_lowercase(), value))
}

/// Who wrote what is forwarded in this text.
pub(in crate::letter) fn inner_sender(lines: &[Line]) -> Option<Address> {
    let marked = lines.iter().position(|line| {
        is_forward_line(&line.text)
            || in_dashes(&line.text)
                .is_some_and(|words| ORIGINAL.iter().any(|o| words.starts_with(o)))
    });
    let near =
        marked.map(|at| &lines[at..lines.len().min(at + 1 + FORWARD_LINES)]).unwrap_or_default();
    near.iter().find_map(|line| sender(&line.text)).or_else(|| {
        let at = (0..lines.len()).find(|at| !lines[*at].is_blank() && header_block(lines, *at))?;
        lines[at..].iter().take(3).find_map(|line| sender(&line.text))
    })
}

fn sender(line: &str) -> Option<Address> {
    let (name, value) = field(line)?;
    if is_one_of(FROM, &name) { anywhere(value) } else { None }
}
