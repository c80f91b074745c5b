//! The values of a field, from text.

use super::ParseError;
use super::cursor::{Atom, Head, Operator};
use super::moments::moment;
use crate::ast::{Choice, Count, Expr, Name, Person, Sort, StateWord, TeamName, Term};
use crate::fields::{CHANNEL_WORDS, FLAG_WORDS, Field, FieldName, Kind, STATE_WORDS, plain};
use crate::nearest::nearest;
use crate::vocabulary::{Breach, HoldReason, SortKey, State};
use kernel::{Channel, IncidentNumber, Level, Priority};

/// What a field term stands for.
pub(super) enum Meaning {
    Condition(Expr),
    Order(Sort),
}

/// The meaning of a field, a comparison and values.
pub(super) fn meaning(field: &Field, head: &Head, atoms: &[Atom]) -> Result<Meaning, ParseError> {
    let term = match field.id {
        FieldName::Moment(which) => {
            return moment(field, which, head.compare, atoms).map(Meaning::Condition);
        }
        FieldName::Sort => return sort(field, head.compare, atoms).map(Meaning::Order),
        _ if !compares(field, head.compare) => return Err(incomparable(field, head)),
        FieldName::State => Term::State(each(atoms, |a| fixed(field, a, STATE_WORDS, state))?),
        FieldName::Hold => {
            Term::Hold(each(atoms, |a| fixed(field, a, HoldReason::WORDS, HoldReason::from_word))?)
        }
        FieldName::Breach => {
            Term::Breach(each(atoms, |a| fixed(field, a, Breach::WORDS, Breach::from_word))?)
        }
        FieldName::Channel => {
            Term::Channel(each(atoms, |a| fixed(field, a, CHANNEL_WORDS, channel))?)
        }
        FieldName::Priority => {
            Term::Priority(ordered(field, head.compare, atoms, &Priority::ALL, priority)?)
        }
        FieldName::Impact => Term::Impact(ordered(field, head.compare, atoms, &Level::ALL, level)?),
        FieldName::Urgency => {
            Term::Urgency(ordered(field, head.compare, atoms, &Level::ALL, level)?)
        }
        FieldName::Team => Term::Team(each(atoms, |a| Ok(team(a)))?),
        FieldName::Assignee => Term::Assignee(each(atoms, |a| Ok(person(a)))?),
        FieldName::Requester => Term::Requester(each(atoms, |a| Ok(person(a)))?),
        FieldName::Watcher => Term::Watcher(each(atoms, |a| Ok(person(a)))?),
        FieldName::Organisation => Term::Organisation(each(atoms, |a| Ok(name(a)))?),
        FieldName::Service => Term::Service(each(atoms, |a| Ok(name(a)))?),
        FieldName::Category => Term::Category(each(atoms, |a| Ok(name(a)))?),
        FieldName::Tag => Term::Tag(each(atoms, |a| Ok(name(a)))?),
        FieldName::Hours => Term::Hours(each(atoms, |a| Ok(name(a)))?),
        FieldName::Custom => Term::Field {
            name: head.custom.clone().unwrap_or_default(),
            values: each(atoms, |a| Ok(name(a)))?,
        },
        FieldName::Major => Term::Major(flag(field, atoms)?),
        FieldName::Proposed => Term::Proposed(flag(field, atoms)?),
        FieldName::Breached => Term::Breached(flag(field, atoms)?),
        FieldName::Confidential => Term::Confidential(flag(field, atoms)?),
        FieldName::Merged => Term::Merged(flag(field, atoms)?),
        FieldName::Vip => Term::Vip(flag(field, atoms)?),
        FieldName::Affected => Term::Affected(count(field, head.compare, atoms)?),
        FieldName::Number => Term::Number(each(atoms, |a| number(field, a))?),
        FieldName::Parent => Term::Parent(each(atoms, |a| match name(a) {
            Choice::Is(_) => number(field, a).map(Choice::Is),
            Choice::None => Ok(Choice::None),
            Choice::Any => Ok(Choice::Any),
        })?),
    };
    let condition = Expr::Term(term);
    Ok(Meaning::Condition(if head.compare == Operator::IsNot {
        condition.negated()
    } else {
        condition
    }))
}

fn compares(field: &Field, compare: Operator) -> bool {
    matches!(field.kind, Kind::Ordered(_) | Kind::Count)
        || matches!(compare, Operator::Is | Operator::IsNot)
}

fn incomparable(field: &Field, head: &Head) -> ParseError {
    let message =
        format!("{} cannot be compared with < or >; write {}.", field.name, field.example);
    ParseError::new(message, head.start, head.name.chars().count())
}

/// The order that a `sort:` asks for.
fn sort(field: &Field, compare: Operator, atoms: &[Atom]) -> Result<Sort, ParseError> {
    let atom = single(field, atoms)?;
    let word = atom.text.strip_prefix('-');
    let key = SortKey::from_word(&plain(word.unwrap_or(&atom.text)));
    match key {
        Some(key) if compare == Operator::Is => Ok(Sort { key, reversed: word.is_some() }),
        _ => {
            let text = word.unwrap_or(&atom.text);
            Err(unknown_value(field, atom, text, &SortKey::WORDS.join(", "), SortKey::WORDS))
        }
    }
}

/// The one value of a field that takes one.
pub(super) fn single<'a>(field: &Field, atoms: &'a [Atom]) -> Result<&'a Atom, ParseError> {
    match atoms {
        [one] => Ok(one),
        [_, second, ..] => {
            let message = format!("{} takes one value, such as {}.", field.name, field.example);
            Err(ParseError::new(message, second.start, second.length))
        }
        [] => Err(ParseError::new(
            format!("{} needs a value, such as {}.", field.name, field.example),
            0,
            0,
        )),
    }
}

/// The refusal of a value that the field does not know.
pub(super) fn unknown_value(
    field: &Field,
    atom: &Atom,
    text: &str,
    allowed: &str,
    words: &[&str],
) -> ParseError {
    let near = nearest(&plain(text), words.iter().copied());
    let message = format!("\"{text}\" is no value of {}. Allowed: {allowed}.", field.name);
    let (start, length) = place(atom, text);
    ParseError::new(message, start, length).suggesting(near)
}

/// Where the refused part of a value stands; one end of a range is such a part.
fn place(atom: &Atom, part: &str) -> (usize, usize) {
    let length = part.chars().count();
    match atom.text.strip_suffix(part) {
        _ if atom.quoted => (atom.start, atom.length),
        _ if atom.text.starts_with(part) => (atom.start, length),
        Some(before) => (atom.start + before.chars().count(), length),
        None => (atom.start, atom.length),
    }
}

/// Every value once, in the order of typing.
fn each<T: PartialEq>(
    atoms: &[Atom],
    value: impl Fn(&Atom) -> Result<T, ParseError>,
) -> Result<Vec<T>, ParseError> {
    let mut values = Vec::with_capacity(atoms.len());
    for atom in atoms {
        let value = value(atom)?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(values)
}

fn fixed<T>(
    field: &Field,
    atom: &Atom,
    words: &[&str],
    value: impl Fn(&str) -> Option<T>,
) -> Result<T, ParseError> {
    value(&plain(&atom.text))
        .ok_or_else(|| unknown_value(field, atom, &atom.text, &words.join(", "), words))
}

/// A comparison of words that have an order is the list of those for which it holds.
fn ordered<T: Copy + Ord>(
    field: &Field,
    compare: Operator,
    atoms: &[Atom],
    all: &[T],
    value: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, ParseError> {
    let words = field.fixed_values();
    let read = |atom: &Atom, text: &str| {
        value(&plain(text))
            .ok_or_else(|| unknown_value(field, atom, text, &words.join(", "), &words))
    };
    if matches!(compare, Operator::Is | Operator::IsNot) {
        let mut values = Vec::new();
        for atom in atoms {
            let (first, last) = match atom.text.split_once("..") {
                Some((first, last)) => (read(atom, first)?, read(atom, last)?),
                None => (read(atom, &atom.text)?, read(atom, &atom.text)?),
            };
            let (low, high) = (first.min(last), first.max(last));
            let new: Vec<T> = all
                .iter()
                .copied()
                .filter(|v| (low..=high).contains(v) && !values.contains(v))
                .collect();
            values.extend(new);
        }
        return Ok(values);
    }
    let atom = single(field, atoms)?;
    let limit = read(atom, &atom.text)?;
    let holds = |v: &T| match compare {
        Operator::Lt => *v < limit,
        Operator::Le => *v <= limit,
        Operator::Gt => *v > limit,
        Operator::Ge => *v >= limit,
        Operator::Is | Operator::IsNot => *v == limit,
    };
    let values: Vec<T> = all.iter().copied().filter(holds).collect();
    if values.is_empty() {
        let message =
            format!("No {} lies beyond {}. Allowed: {}.", field.name, atom.text, words.join(", "));
        return Err(ParseError::new(message, atom.start, atom.length));
    }
    Ok(values)
}

/// A number compared with, or a range whose ends are included and may be left out.
fn count(field: &Field, compare: Operator, atoms: &[Atom]) -> Result<Count, ParseError> {
    let atom = single(field, atoms)?;
    let read = |text: &str| {
        let number = text.parse::<u32>();
        number.map_err(|_| unknown_value(field, atom, text, "a number such as 10, or 10..99", &[]))
    };
    let exact = matches!(compare, Operator::Is | Operator::IsNot);
    let (low, high) = match (compare, atom.text.split_once("..")) {
        (Operator::Is | Operator::IsNot, Some((low, high))) => {
            let low = if low.is_empty() { 0 } else { read(low)? };
            (Some(low), Some(if high.is_empty() { u32::MAX } else { read(high)? }))
        }
        _ if exact && keyword(atom) == "none" => return Ok(Count::None),
        _ if exact && keyword(atom) == "any" => return Ok(Count::Any),
        (Operator::Is | Operator::IsNot, None) => {
            let number = read(&atom.text)?;
            (Some(number), Some(number))
        }
        (Operator::Ge, _) => (Some(read(&atom.text)?), Some(u32::MAX)),
        (Operator::Gt, _) => (read(&atom.text)?.checked_add(1), Some(u32::MAX)),
        (Operator::Le, _) => (Some(0), Some(read(&atom.text)?)),
        (Operator::Lt, _) => (Some(0), read(&atom.text)?.checked_sub(1)),
    };
    match (low, high) {
        (Some(low), Some(high)) if low <= high => Ok(Count::Within(low, high)),
        _ => {
            let message = format!("No number lies within {}.", atom.text);
            Err(ParseError::new(message, atom.start, atom.length))
        }
    }
}

fn state(word: &str) -> Option<StateWord> {
    match word {
        "open" => Some(StateWord::Open),
        "canceled" => Some(StateWord::Is(State::Cancelled)),
        word => State::from_word(word).map(StateWord::Is),
    }
}

fn channel(word: &str) -> Option<Channel> {
    match word {
        "e_mail" | "mail" => Some(Channel::Email),
        word => word.parse().ok(),
    }
}

fn priority(word: &str) -> Option<Priority> {
    let named = Priority::ALL.into_iter().find(|p| p.word() == word);
    named.or_else(|| word.parse().ok())
}

fn level(word: &str) -> Option<Level> {
    let named = Level::ALL.into_iter().find(|l| l.word().eq_ignore_ascii_case(word));
    named.or_else(|| Level::ALL.into_iter().find(|l| l.get().to_string() == word))
}

fn flag(field: &Field, atoms: &[Atom]) -> Result<bool, ParseError> {
    fixed(field, single(field, atoms)?, FLAG_WORDS, |word| match word {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    })
}

fn number(field: &Field, atom: &Atom) -> Result<IncidentNumber, ParseError> {
    let text = &atom.text;
    let number = text.parse().or_else(|_| format!("INC-{text}").parse());
    number.map_err(|_| unknown_value(field, atom, text, "an incident number such as INC-42", &[]))
}

/// In quotes every word is a name.
fn keyword(atom: &Atom) -> String {
    if atom.quoted { String::new() } else { plain(&atom.text) }
}

fn name(atom: &Atom) -> Name {
    match keyword(atom).as_str() {
        "none" => Choice::None,
        "any" => Choice::Any,
        _ => Choice::Is(atom.text.clone()),
    }
}

fn team(atom: &Atom) -> TeamName {
    match keyword(atom).as_str() {
        "none" => TeamName::None,
        "any" => TeamName::Any,
        "mine" => TeamName::Mine,
        _ => TeamName::Named(atom.text.clone()),
    }
}

fn person(atom: &Atom) -> Person {
    match keyword(atom).as_str() {
        "none" => Person::None,
        "any" => Person::Any,
        "me" => Person::Me,
        _ => Person::Named(atom.text.clone()),
    }
}
