//! What a moment is compared with, from text.

use super::ParseError;
use super::cursor::{Atom, Operator};
use super::values::{single, unknown_value};
use crate::ast::{Expr, Term};
use crate::fields::{Field, PRESENCE_WORDS, plain};
use crate::moment::{Bound, Compare, When};
use crate::vocabulary::{MomentField, Period};
use crate::write::UNITS;
use jiff::civil::Date;

/// Seconds of the longest duration: 100 years, so that no instant leaves the calendar.
const MAX_DURATION: i64 = 100 * 366 * 86_400;

/// The term `field compare value`.
pub(super) fn moment(
    field: &Field,
    which: MomentField,
    compare: Operator,
    atoms: &[Atom],
) -> Result<Expr, ParseError> {
    let atom = single(field, atoms)?;
    let compare = match compare {
        Operator::IsNot => return Ok(moment(field, which, Operator::Is, atoms)?.negated()),
        Operator::Is => return Ok(Term::Moment(which, within(field, atom)?).into()),
        Operator::Lt => Compare::Lt,
        Operator::Le => Compare::Le,
        Operator::Gt => Compare::Gt,
        Operator::Ge => Compare::Ge,
    };
    Ok(Term::Moment(which, When::Compared(compare, bound(field, atom, &atom.text)?)).into())
}

/// What stands after a colon.
fn within(field: &Field, atom: &Atom) -> Result<When, ParseError> {
    match plain(&atom.text).as_str() {
        "none" => return Ok(When::None),
        "any" => return Ok(When::Any),
        _ => {}
    }
    let Some((first, last)) = atom.text.split_once("..") else {
        return Ok(match bound(field, atom, &atom.text)? {
            // A duration is a length, not a moment: within it.
            duration @ Bound::Duration(_) => When::Compared(Compare::Lt, duration),
            other => When::Compared(Compare::Is, other),
        });
    };
    match (first, last) {
        ("", last) => Ok(When::Compared(Compare::Le, bound(field, atom, last)?)),
        (first, "") => Ok(When::Compared(Compare::Ge, bound(field, atom, first)?)),
        (first, last) => {
            let (first, last) = (bound(field, atom, first)?, bound(field, atom, last)?);
            let backwards = match (first, last) {
                (Bound::Duration(a), Bound::Duration(b)) => a > b,
                (Bound::Day(a), Bound::Day(b)) => a > b,
                (Bound::Instant(a), Bound::Instant(b)) => a > b,
                _ => false,
            };
            if backwards {
                let message = format!("{first}..{last} runs backwards.");
                let turned = Some(format!("{last}..{first}"));
                return Err(ParseError::new(message, atom.start, atom.length).suggesting(turned));
            }
            Ok(When::Between(first, last))
        }
    }
}

fn bound(field: &Field, atom: &Atom, text: &str) -> Result<Bound, ParseError> {
    let word = plain(text);
    let named = match word.as_str() {
        "now" => Some(Bound::Now),
        _ => Period::from_word(&word).map(Bound::Period),
    };
    named.or_else(|| day(text)).or_else(|| duration(text)).or_else(|| instant(text)).ok_or_else(|| {
        let allowed = "a duration such as 2h or 3d, today, yesterday, this_week, a date such as 2026-11-01 \
            or a time with zone such as 2026-11-01T09:00:00Z";
        let words: Vec<_> = Period::WORDS.iter().chain(PRESENCE_WORDS).copied().collect();
        unknown_value(field, atom, text, allowed, &words)
    })
}

/// A date with four digits of the year, and nothing after it.
fn day(text: &str) -> Option<Bound> {
    let plain =
        text.len() == "2026-11-01".len() && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    plain.then(|| text.parse::<Date>().ok()).flatten().map(Bound::Day)
}

/// `0`, or counts with units, the longest unit first or not: `1h30m`, `-2d`.
fn duration(text: &str) -> Option<Bound> {
    if text == "0" {
        return Some(Bound::Duration(0));
    }
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let mut seconds: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: i64 = rest[..digits].parse().ok()?;
        let letter = rest[digits..].chars().next()?;
        let (_, length) = UNITS.iter().find(|(unit, _)| *unit == letter.to_ascii_lowercase())?;
        seconds = count.checked_mul(*length)?.checked_add(seconds)?;
        rest = &rest[digits + letter.len_utf8()..];
    }
    (!text.is_empty() && text != "-" && seconds <= MAX_DURATION)
        .then_some(Bound::Duration(sign * seconds))
}

fn instant(text: &str) -> Option<Bound> {
    text.to_ascii_uppercase().parse().ok().map(Bound::Instant)
}
