//! What can be typed next.

use crate::fields::{FIELDS, Field, FieldName, Kind, PRESENCE_WORDS, plain};
use crate::fold::fold;
use crate::parse::cursor::ends_bare;
use crate::vocabulary::Period;
use crate::write::QUOTES;

/// One thing that can be typed at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// First character that it replaces, counted from 0.
    pub from: usize,
    /// The character after the last one it replaces.
    pub to: usize,
    /// What is offered.
    pub offer: Offer,
}

/// What is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// A field: insert this, then comes the value.
    Field {
        /// The text to insert: `team:`, `due<`, `field.`.
        insert: String,
        /// What it means.
        help: &'static str,
    },
    /// A value from the language itself: insert this.
    Value {
        /// The text to insert.
        insert: String,
    },
    /// Names of this field that begin with the prefix: the caller knows them and
    /// inserts each through [`value_text`](crate::value_text).
    ValuesOf(FieldName, String),
    /// Names of custom fields that begin with the prefix.
    CustomNames(String),
    /// Values of this custom field that begin with the prefix.
    CustomValues(String, String),
}

/// What can be typed at `cursor` (in characters). Within free words there are the
/// fields that begin like the word; after a field's comparison its values.
///
/// ```
/// use query::Offer;
/// let offers: Vec<_> = query::suggest("state:open chan", 15).into_iter().map(|s| s.offer).collect();
/// assert!(matches!(&offers[..], [Offer::Field { insert, .. }] if insert == "channel:"));
/// ```
pub fn suggest(text: &str, cursor: usize) -> Vec<Suggestion> {
    let chars: Vec<char> = text.chars().collect();
    let cursor = cursor.min(chars.len());
    let Some(start) = piece_start(&chars, cursor) else { return Vec::new() };
    let head_end = (start..cursor).find(|at| !is_head_char(chars[*at])).unwrap_or(cursor);
    let head: String = chars[start..head_end].iter().collect();
    let operator: String =
        chars[head_end..cursor].iter().take_while(|c| ":<>=!".contains(**c)).collect();
    let (name, custom) = match head.split_once('.') {
        Some((name, custom)) => (name, Some(custom)),
        None => (head.as_str(), None),
    };
    if !operator.is_empty() {
        let Some(field) = Field::named(name) else { return Vec::new() };
        return value_offers(field, custom, &operator, &chars, head_end + operator.len(), cursor);
    }
    if head_end < cursor {
        return Vec::new();
    }
    let to = if head.is_empty() { cursor } else { end_of_head(&chars, cursor) };
    let offers = match custom {
        Some(prefix) if Field::named(name).is_some_and(|field| field.id == FieldName::Custom) => {
            let from = start + name.chars().count() + 1;
            return vec![Suggestion { from, to, offer: Offer::CustomNames(prefix.to_owned()) }];
        }
        Some(_) => return Vec::new(),
        None => field_offers(name),
    };
    offers.into_iter().map(|offer| Suggestion { from: start, to, offer }).collect()
}

/// Where the term under the cursor begins; nothing inside quoted free words.
fn piece_start(chars: &[char], cursor: usize) -> Option<usize> {
    let mut start = 0;
    let mut open = false;
    let mut at = 0;
    while at < cursor {
        let c = chars[at];
        match c {
            '\\' if open => at += 1,
            c if QUOTES.contains(&c) => open = !open,
            c if !open && (ends_bare(c) || start == at && matches!(c, '-' | '!')) => start = at + 1,
            _ => {}
        }
        at += 1;
    }
    let in_phrase = chars.get(start).is_some_and(|c| start < cursor && QUOTES.contains(c));
    (!in_phrase).then_some(start)
}

fn is_head_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// The end of the field under the cursor with its comparison, which an insertion brings anew.
fn end_of_head(chars: &[char], cursor: usize) -> usize {
    let name = chars[cursor..].iter().take_while(|c| is_head_char(**c)).count();
    let operator = chars[cursor + name..].iter().take_while(|c| ":<>=!".contains(**c)).count();
    cursor + name + operator
}

/// Fields by their name; by an alias only when no name begins so.
fn field_offers(prefix: &str) -> Vec<Offer> {
    let prefix = plain(prefix);
    let offer = |field: &Field| Offer::Field { insert: insertion(field), help: field.help };
    let named: Vec<Offer> =
        FIELDS.iter().filter(|field| field.name.starts_with(&prefix)).map(offer).collect();
    if !named.is_empty() {
        return named;
    }
    FIELDS
        .iter()
        .filter(|field| field.names().any(|name| name.starts_with(&prefix)))
        .map(offer)
        .collect()
}

fn insertion(field: &Field) -> String {
    let end = match (field.id, field.kind) {
        (FieldName::Custom, _) => ".",
        (_, Kind::Moment) => "<",
        (_, Kind::Count) => ">=",
        _ => ":",
    };
    format!("{}{end}", field.name)
}

fn value_offers(
    field: &Field,
    custom: Option<&str>,
    operator: &str,
    chars: &[char],
    values_start: usize,
    cursor: usize,
) -> Vec<Suggestion> {
    let from = last_value(chars, values_start, cursor);
    let quoted = |c: &char| QUOTES.contains(c);
    let typed: String = chars[from..cursor].iter().filter(|c| !quoted(c)).collect();
    let to = end_of_value(chars, from, cursor);
    let prefix = fold(&plain(&typed));
    let fixed = fixed_offers(field, operator);
    let mut offers: Vec<Offer> = fixed
        .into_iter()
        .filter(|word| fold(&plain(word)).starts_with(&prefix))
        .map(|insert| Offer::Value { insert })
        .collect();
    match (field.kind, custom) {
        (Kind::Names(_), Some(name)) => offers.push(Offer::CustomValues(name.to_owned(), typed)),
        (Kind::Names(_) | Kind::Parent | Kind::Numbers, _) => {
            offers.push(Offer::ValuesOf(field.id, typed))
        }
        _ => {}
    }
    offers.into_iter().map(|offer| Suggestion { from, to, offer }).collect()
}

/// Where the value under the cursor begins, after the last comma outside of quotes.
fn last_value(chars: &[char], start: usize, cursor: usize) -> usize {
    let mut open = false;
    let mut from = start;
    for (at, c) in chars.iter().enumerate().take(cursor).skip(start) {
        if QUOTES.contains(c) {
            open = !open;
        } else if *c == ',' && !open {
            from = at + 1;
        }
    }
    from
}

fn end_of_value(chars: &[char], from: usize, cursor: usize) -> usize {
    if chars.get(from).is_some_and(|c| from < cursor && QUOTES.contains(c)) {
        let close = chars[from + 1..].iter().position(|c| QUOTES.contains(c));
        return close.map_or(chars.len(), |close| from + 1 + close + 1).max(cursor);
    }
    let rest = chars[cursor..].iter().position(|c| ends_bare(*c) || *c == ',');
    rest.map_or(chars.len(), |rest| cursor + rest)
}

fn fixed_offers(field: &Field, operator: &str) -> Vec<String> {
    let exact = operator == ":" || operator == "=" || operator == "!=";
    let words: Vec<&str> = match field.kind {
        Kind::Moment if exact => Period::WORDS.iter().chain(PRESENCE_WORDS).copied().collect(),
        Kind::Moment => ["0", "30m", "2h", "8h", "1d", "3d", "1w"]
            .iter()
            .chain(Period::WORDS)
            .copied()
            .collect(),
        Kind::Sort => {
            let keys = field.fixed_values();
            return keys
                .iter()
                .map(|key| (*key).to_owned())
                .chain(keys.iter().map(|key| format!("-{key}")))
                .collect();
        }
        Kind::Count if !exact => vec![],
        _ => field.fixed_values(),
    };
    words.into_iter().map(str::to_owned).collect()
}
