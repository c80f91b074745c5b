//! Canonical text: what a query looks like when it is shown, stored or linked.

use crate::ast::{Choice, Count, Expr, Person, Query, Sort, StateWord, TeamName, Term, Text};
use crate::fields::plain;
use crate::moment::{Bound, Compare, When};
use kernel::IncidentNumber;
use std::fmt::{self, Display, Formatter, Write};

/// Quotation marks as keyboards type them; inside quotes each needs a backslash.
pub(crate) const QUOTES: [char; 4] = ['"', '“', '”', '„'];

/// A name as a value in a query, quoted where needed.
///
/// ```
/// assert_eq!(query::value_text("Network"), "Network");
/// assert_eq!(query::value_text("Label Printing"), "\"Label Printing\"");
/// assert_eq!(query::value_text("none"), "\"none\"");
/// ```
pub fn value_text(value: &str) -> String {
    let bare = !value.is_empty()
        && value.chars().all(|c| c.is_alphanumeric() || "_-.@+/&'#".contains(c))
        && !["none", "any", "me", "mine"].contains(&plain(value).as_str());
    if bare { value.to_owned() } else { quoted(value) }
}

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.sort {
            None => write!(f, "{}", self.filter),
            Some(sort) if self.filter == Expr::All => write!(f, "{sort}"),
            Some(sort) => write!(f, "{} {sort}", self.filter),
        }
    }
}

impl Display for Sort {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "sort:{}{}", if self.reversed { "-" } else { "" }, self.key)
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Expr::All => Ok(()),
            other => write_part(f, other, Place::Alone),
        }
    }
}

/// Where an expression stands, which decides whether it needs parentheses.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Alone,
    InOr,
    InAnd,
    Negated,
}

fn write_part(f: &mut Formatter<'_>, expr: &Expr, place: Place) -> fmt::Result {
    match expr {
        Expr::All => f.write_str("()"),
        Expr::Term(term) => write!(f, "{term}"),
        Expr::Not(inner) => {
            f.write_char('-')?;
            write_part(f, inner, Place::Negated)
        }
        Expr::And(parts) if parts.is_empty() => f.write_str("()"),
        Expr::Or(parts) if parts.is_empty() => f.write_str("-()"),
        Expr::And(parts) => write_list(f, parts, " ", Place::InAnd, place == Place::Negated),
        Expr::Or(parts) => {
            let grouped = matches!(place, Place::Negated | Place::InAnd);
            write_list(f, parts, " or ", Place::InOr, grouped)
        }
    }
}

fn write_list(
    f: &mut Formatter<'_>,
    parts: &[Expr],
    between: &str,
    place: Place,
    grouped: bool,
) -> fmt::Result {
    if grouped {
        f.write_char('(')?;
    }
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(between)?;
        }
        write_part(f, part, place)?;
    }
    if grouped { f.write_char(')') } else { Ok(()) }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Term::Text(text) => return write!(f, "{text}"),
            Term::Field { name, .. } => write!(f, "field.{}", custom_name(name))?,
            other => f.write_str(other.field().map_or("", |field| field.field().name))?,
        }
        match self {
            Term::Moment(_, when) => write!(f, "{when}"),
            Term::Affected(count) => write!(f, "{count}"),
            other => {
                let values: Vec<_> = other.values().into_iter().map(|value| value.query).collect();
                write!(f, ":{}", values.join(","))
            }
        }
    }
}

/// One value as queries write it and as people read it.
pub(crate) struct Value {
    pub query: String,
    pub label: String,
}

impl Term {
    /// Its values; a moment's comparison and free words count as one.
    pub(crate) fn values(&self) -> Vec<Value> {
        match self {
            Term::State(values) => values.iter().map(state_value).collect(),
            Term::Hold(values) => values.iter().map(|v| word(v.as_str())).collect(),
            Term::Breach(values) => values.iter().map(|v| word(v.as_str())).collect(),
            Term::Priority(values) => values.iter().map(|v| word(&v.to_string())).collect(),
            Term::Impact(values) | Term::Urgency(values) => {
                values.iter().map(|v| word(&v.get().to_string())).collect()
            }
            Term::Team(values) => values.iter().map(team_value).collect(),
            Term::Assignee(values) | Term::Requester(values) | Term::Watcher(values) => {
                values.iter().map(person_value).collect()
            }
            Term::Organisation(values)
            | Term::Service(values)
            | Term::Category(values)
            | Term::Tag(values)
            | Term::Hours(values)
            | Term::Field { values, .. } => {
                values.iter().map(|v| choice_value(v, |name| name_value(name))).collect()
            }
            Term::Channel(values) => values.iter().map(|v| word(v.as_str())).collect(),
            Term::Major(yes)
            | Term::Proposed(yes)
            | Term::Breached(yes)
            | Term::Confidential(yes)
            | Term::Merged(yes)
            | Term::Vip(yes) => {
                vec![word(if *yes { "yes" } else { "no" })]
            }
            Term::Number(values) => values.iter().map(number_value).collect(),
            Term::Parent(values) => values.iter().map(|v| choice_value(v, number_value)).collect(),
            Term::Moment(_, when) => vec![same(when.to_string())],
            Term::Affected(count) => vec![same(count.to_string())],
            Term::Text(text) => vec![same(text.to_string())],
        }
    }
}

fn state_value(state: &StateWord) -> Value {
    match state {
        StateWord::Open => word("open"),
        StateWord::Is(state) => word(state.as_str()),
    }
}

fn team_value(team: &TeamName) -> Value {
    match team {
        TeamName::Named(name) => name_value(name),
        TeamName::None => word("none"),
        TeamName::Any => word("any"),
        TeamName::Mine => Value { query: "mine".to_owned(), label: "any of mine".to_owned() },
    }
}

fn person_value(person: &Person) -> Value {
    match person {
        Person::Named(name) => name_value(name),
        Person::Me => word("me"),
        Person::None => word("none"),
        Person::Any => word("any"),
    }
}

fn choice_value<T>(choice: &Choice<T>, value: impl Fn(&T) -> Value) -> Value {
    match choice {
        Choice::Is(wanted) => value(wanted),
        Choice::None => word("none"),
        Choice::Any => word("any"),
    }
}

fn number_value(number: &IncidentNumber) -> Value {
    same(number.to_string())
}

fn name_value(name: &str) -> Value {
    Value { query: value_text(name), label: name.to_owned() }
}

fn same(text: String) -> Value {
    Value { query: text.clone(), label: text }
}

fn word(word: &str) -> Value {
    Value { query: word.to_owned(), label: word.replace('_', " ") }
}

fn custom_name(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(is_custom_name_char);
    if bare { name.to_owned() } else { quoted(name) }
}

/// Characters of a custom field's name that need no quotes.
pub(crate) fn is_custom_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

impl Display for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.prefix, is_bare_word(&self.text)) {
            (true, true) => f.write_str(&self.text),
            (true, false) => write!(f, "{}*", quoted(&self.text)),
            (false, _) => f.write_str(&quoted(&self.text)),
        }
    }
}

/// Whether a word reads as itself: not as an operator, a number or a negation.
fn is_bare_word(text: &str) -> bool {
    text.starts_with(char::is_alphanumeric)
        && text.chars().all(|c| c.is_alphanumeric() || "_-.@'/&#+".contains(c))
        && !["or", "and", "not"].contains(&plain(text).as_str())
        && text.parse::<IncidentNumber>().is_err()
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if c == '\\' || QUOTES.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

impl Display for When {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            When::None => f.write_str(":none"),
            When::Any => f.write_str(":any"),
            When::Compared(compare, bound) => write!(f, "{compare}{bound}"),
            When::Between(first, last) => write!(f, ":{first}..{last}"),
        }
    }
}

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Count::None => f.write_str(":none"),
            Count::Any => f.write_str(":any"),
            Count::Within(low, high) if low == high => write!(f, ":{low}"),
            Count::Within(low, u32::MAX) => write!(f, ">={low}"),
            Count::Within(0, high) => write!(f, "<={high}"),
            Count::Within(low, high) => write!(f, ":{low}..{high}"),
        }
    }
}

impl Display for Compare {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Compare::Is => ":",
            Compare::Lt => "<",
            Compare::Le => "<=",
            Compare::Gt => ">",
            Compare::Ge => ">=",
        })
    }
}

impl Display for Bound {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Duration(seconds) => write_duration(f, *seconds),
            Bound::Now => f.write_str("now"),
            Bound::Period(period) => write!(f, "{period}"),
            Bound::Day(day) => write!(f, "{day}"),
            Bound::Instant(at) => write!(f, "{at}"),
        }
    }
}

/// Units of a duration and their seconds, the longest first.
pub(crate) const UNITS: [(char, i64); 5] =
    [('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Whole weeks as weeks, everything else in days and smaller: `2w`, `8d`, `1h30m`.
fn write_duration(f: &mut Formatter<'_>, seconds: i64) -> fmt::Result {
    if seconds == 0 {
        return f.write_char('0');
    }
    if seconds < 0 {
        f.write_char('-')?;
    }
    let mut rest = seconds.unsigned_abs();
    for (unit, length) in UNITS {
        let length = length.unsigned_abs();
        let count = rest / length;
        if count > 0 && (unit != 'w' || rest.is_multiple_of(length)) {
            write!(f, "{count}{unit}")?;
            rest %= length;
        }
    }
    Ok(())
}
