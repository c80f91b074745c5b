//! Subjects: what programs put before them when somebody answers or passes on.

use super::limits::SUBJECT_PREFIXES;

/// Before answers. In lower case, without the colon.
const ANSWER: &[&str] = &[
    "re",
    "aw",
    "antw",
    "antwort",
    "sv",
    "odp",
    "od",
    "res",
    "r",
    "ref",
    "rif",
    "ynt",
    "vá",
    "va",
    "vl",
    "atb",
    "bls",
    "απ",
    "σχετ",
    "odg",
    "ats",
    "vast",
    "rép",
    "rep",
    "reply",
    "回复",
    "回覆",
    "答复",
    "返信",
    "회신",
    "ตอบ",
    "ha",
    "yt",
    "отв",
    "відп",
    "на",
    "hf",
    "תשובה",
    "رد",
];
/// Before what is passed on.
const FORWARD: &[&str] = &[
    "fw",
    "fwd",
    "wg",
    "tr",
    "rv",
    "i",
    "enc",
    "vs",
    "vb",
    "doorst",
    "doorgest",
    "továbbítás",
    "továbbított",
    "tov",
    "přep",
    "prep",
    "pd",
    "pdl",
    "fs",
    "fyi",
    "İlt",
    "i̇lt",
    "ilt",
    "vid",
    "videres",
    "vidarebef",
    "πρθ",
    "προώθ",
    "forward",
    "transf",
    "пересл",
    "пер",
    "转发",
    "轉寄",
    "转寄",
    "転送",
    "전달",
    "ส่งต่อ",
    "redir",
    "trs",
    "fwded",
    "izm",
    "pass",
    "הועבר",
    "إعادة توجيه",
    "tf",
    "vl.",
    "lähetä",
    "edl",
    "encaminhado",
    "enc.",
    "reenv",
    "rnv",
    "inoltro",
    "inoltrato",
    "weitergeleitet",
    "doorsturen",
];
/// Put before by mail servers to warn of strangers.
const WARNING: &[&str] = &[
    "[external]",
    "[extern]",
    "[ext]",
    "[externe]",
    "[externo]",
    "[externí]",
    "external:",
    "*external*",
    "(external)",
];

/// What stands before a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefix {
    Answer,
    Forward,
    Warning,
}

/// A subject without what programs put before it when somebody answers or passes on, in
/// many languages: `AW: WG: Re[2]: Printer` is about `Printer`. Marks in brackets, such as
/// the number of an incident, stay.
pub fn subject_stem(subject: &str) -> &str {
    let mut rest = subject.trim();
    for _ in 0..SUBJECT_PREFIXES {
        match prefix(rest) {
            Some((_, behind)) => rest = behind,
            None => break,
        }
    }
    without_tail(rest)
}

/// Whether the prefixes of a subject say that it answers something.
pub(crate) fn is_answer(subject: &str) -> bool {
    let mut rest = subject.trim();
    for _ in 0..SUBJECT_PREFIXES {
        match prefix(rest) {
            Some((Prefix::Answer, _)) => return true,
            Some((_, behind)) => rest = behind,
            None => break,
        }
    }
    false
}

/// The subject without its first prefix of forwarding, when the outermost prefix is one.
pub(super) fn forwarded(subject: &str) -> Option<&str> {
    let mut rest = subject.trim();
    for _ in 0..SUBJECT_PREFIXES {
        match prefix(rest) {
            Some((Prefix::Warning, behind)) => rest = behind,
            Some((Prefix::Forward, behind)) => return Some(without_tail(behind)),
            Some((Prefix::Answer, _)) => return None,
            None => break,
        }
    }
    let stem = without_tail(rest);
    (stem.len() < rest.len()).then_some(stem)
}

fn prefix(subject: &str) -> Option<(Prefix, &str)> {
    for warning in WARNING {
        if subject.get(..warning.len()).is_some_and(|start| start.to_lowercase() == *warning) {
            return Some((Prefix::Warning, subject[warning.len()..].trim_start()));
        }
    }
    // Mozilla of old: `[Fwd: Printer]`.
    if let Some((Prefix::Forward, inner)) = subject.strip_prefix('[').and_then(named)
        && let Some(inner) = inner.strip_suffix(']')
    {
        return Some((Prefix::Forward, inner.trim()));
    }
    named(subject)
}

/// A word that stands before a colon, with a number or not: `Re[2]`, `RE (3)`, `AW `.
fn named(subject: &str) -> Option<(Prefix, &str)> {
    let colon = subject.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：' | '︰'))?;
    let (word, behind) = subject.split_at(colon.0);
    let behind = &behind[colon.1.len_utf8()..];
    let word = word.trim();
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit() || "[]()^*".contains(c)).trim();
    let lower = word.to_lowercase();
    let kind = if ANSWER.contains(&lower.as_str()) {
        Prefix::Answer
    } else if FORWARD.contains(&lower.as_str()) || FORWARD.contains(&word) {
        Prefix::Forward
    } else {
        return None;
    };
    Some((kind, behind.trim_start()))
}

/// Pine and its like put it behind: `Printer (fwd)`.
fn without_tail(subject: &str) -> &str {
    let subject = subject.trim();
    let at = subject.len().saturating_sub(5);
    match subject.get(at..) {
        Some(tail) if tail.eq_ignore_ascii_case("(fwd)") => subject[..at].trim_end(),
        _ => subject,
    }
}
