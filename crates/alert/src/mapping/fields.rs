//! The fields of a mapping, and the signals it makes.

use super::expression::{Expression, Found, Ground, elements};
use super::parse::{Fault, parse};
use crate::doors::limits::*;
use crate::doors::{Notes, key, priority};
use crate::{Link, Reading, Signal, SignalStatus};
use kernel::Timestamp;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

kernel::words! {
    /// What a mapping says something about.
    Field {
        /// The list whose elements are alerts; without it the document is one.
        Each = "each",
        /// By which the alert is known again. Without it every telling is a new alert.
        Key = "key",
        /// Whether it fires, is acknowledged or resolved.
        Status = "status",
        /// How bad it is.
        Severity = "severity",
        /// What is wrong, in one line.
        Title = "title",
        /// What else is said.
        Body = "body",
        /// Names and values: an object, or a list of `{name, value}` or of `name:value`.
        Labels = "labels",
        /// Places to read on: an address, or a list of them or of `{href, text}`.
        Links = "links",
        /// The service.
        Service = "service",
        /// What is put together.
        Group = "group",
        /// P1 to P5.
        Priority = "priority",
        /// Who is told: a list, or names with commas between them.
        Responders = "responders",
        /// Since when: RFC 3339, or seconds or milliseconds since 1970.
        StartedAt = "started_at",
        /// When it is over unless it is told of again.
        EndsAt = "ends_at",
        /// A note.
        Note = "note",
        /// By which a telling is known that is sent twice.
        Once = "once",
    }
}

/// How a JSON document is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {
    pub(super) fields: BTreeMap<Field, (String, Expression)>,
}

impl Mapping {
    /// Reads fields and their expressions. What is wrong with any of them is said of all.
    pub fn parse<N: AsRef<str>, T: AsRef<str>>(
        fields: impl IntoIterator<Item = (N, T)>,
    ) -> Result<Mapping, Vec<(String, Fault)>> {
        let (mut mapping, mut faults) = (Mapping::default(), Vec::new());
        for (name, text) in fields.into_iter().take(Field::ALL.len() * 2) {
            let (name, text) = (name.as_ref(), text.as_ref().trim());
            if text.is_empty() {
                continue;
            }
            match field(name, text) {
                Ok((field, expression)) => {
                    mapping.fields.insert(field, (text.to_owned(), expression));
                }
                Err(fault) => faults.push((name.to_owned(), fault)),
            }
        }
        if faults.is_empty() { Ok(mapping) } else { Err(faults) }
    }

    /// Fields and expressions, as they were written.
    pub fn texts(&self) -> impl Iterator<Item = (Field, &str)> {
        self.fields.iter().map(|(field, (text, _))| (*field, text.as_str()))
    }

    /// What a document says. Elements without a key are known by `fresh` and their place.
    pub fn read(&self, document: &Value, now: Timestamp, fresh: &str) -> Reading {
        let mut notes = Notes::new(now);
        let mut ground = Ground::new(document);
        let list = match self.fields.get(&Field::Each) {
            Some((text, each)) => {
                let list = elements(each, &mut ground);
                if list.is_empty() {
                    notes.warn("each", format_args!("{text:?} gives nothing"));
                }
                list
            }
            None => vec![document],
        };
        let mut signals = Vec::with_capacity(list.len().min(ALERTS));
        let left_out = list.len().saturating_sub(ALERTS) as u64;
        for (place, element) in list.iter().take(ALERTS).enumerate() {
            ground.element = element;
            let fresh = if place == 0 { fresh.to_owned() } else { format!("{fresh}-{place}") };
            signals.push(self.signal(&mut notes, &mut ground, &fresh));
        }
        if !ground.is_whole() {
            notes.warn("mapping", "asks for too much work; the last alerts are incomplete");
        }
        Reading { left_out, ..notes.finish(signals) }
    }

    /// The text that a field gives for the element, unless it is empty.
    pub(super) fn text<'v>(
        &'v self,
        ground: &mut Ground<'v>,
        field: Field,
    ) -> Option<Cow<'v, str>> {
        let found = self.fields.get(&field)?.1.evaluate(ground);
        ground.text(&found).filter(|text| !text.trim().is_empty())
    }

    fn found<'v>(&'v self, ground: &mut Ground<'v>, field: Field) -> Found<'v> {
        let expression = self.fields.get(&field);
        expression.map_or(Found::Nothing, |(_, expression)| expression.evaluate(ground))
    }

    fn signal<'v>(&'v self, notes: &mut Notes, ground: &mut Ground<'v>, fresh: &str) -> Signal {
        let said = self.text(ground, Field::Status);
        let ends = self.text(ground, Field::EndsAt).unwrap_or_default();
        let ends_at = notes.instant("ends_at", &ends);
        let status = match said {
            // What says nothing of itself is over when its time is.
            None if ends_at.is_some_and(|at| at <= notes.now()) => SignalStatus::Resolved,
            said => notes.status("status", said.as_deref()),
        };
        let own = self.text(ground, Field::Key);
        let key = own.map_or_else(|| fresh.to_owned(), |own| key(&own));
        let title = self.text(ground, Field::Title);
        let title = match status {
            SignalStatus::Firing => notes.title("title", &[title.as_deref()]),
            _ => notes.line("title", &title.unwrap_or_default(), TITLE_CHARS),
        };
        let mut signal = Signal::new(key, status, title);
        signal.severity = notes.severity("severity", self.text(ground, Field::Severity).as_deref());
        let body = self.text(ground, Field::Body).unwrap_or_default();
        if body.trim() != signal.title {
            signal.body = notes.text("body", &body, BODY_CHARS);
        }
        let labels = self.found(ground, Field::Labels);
        add_labels(notes, &mut signal.labels, &labels);
        let links = self.found(ground, Field::Links);
        add_links(notes, &mut signal.links, &links);
        signal.service = notes.name("service", self.text(ground, Field::Service).as_deref());
        signal.group = self.text(ground, Field::Group).map(|group| crate::doors::key(&group));
        signal.priority = self.text(ground, Field::Priority).and_then(|word| priority(&word));
        let responders = self.found(ground, Field::Responders);
        signal.responders = names(notes, &responders);
        let started = self.text(ground, Field::StartedAt).unwrap_or_default();
        signal.started_at = instant(notes, "started_at", &started);
        signal.ends_at = ends_at;
        let note = self.text(ground, Field::Note).unwrap_or_default();
        signal.note = Some(notes.text("note", &note, NOTE_CHARS)).filter(|note| !note.is_empty());
        signal.once = self.text(ground, Field::Once).map(|once| crate::doors::key(&once));
        signal
    }
}

/// A field's name and expression. What is read element by element has to be a path.
fn field(name: &str, text: &str) -> Result<(Field, Expression), Fault> {
    let field = name.parse::<Field>().map_err(|error| Fault { at: 1, words: error.0 })?;
    let expression = parse(text)?;
    if field == Field::Each && !matches!(expression, Expression::Path { .. }) {
        return Err(Fault { at: 1, words: "must be a path to a list".to_owned() });
    }
    Ok((field, expression))
}

fn instant(notes: &mut Notes, field: &str, text: &str) -> Option<Timestamp> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => notes.unix(field, number),
        _ => notes.start(field, text),
    }
}

/// Strings, numbers and truth values as text.
pub(super) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(_) | Value::Bool(_) => Some(Cow::Owned(value.to_string())),
        _ => None,
    }
}

/// The first of these members that is a scalar.
fn member<'v>(value: &'v Value, names: &[&str]) -> Option<Cow<'v, str>> {
    names.iter().find_map(|name| value.get(name).and_then(scalar))
}

/// A value, or the elements of a list of values.
fn values<'v>(found: &Found<'v>) -> Vec<&'v Value> {
    match found {
        Found::Value(Value::Array(list)) => list.iter().collect(),
        Found::Value(value) => vec![value],
        Found::Values(values) => values.clone(),
        Found::Text(_) | Found::Nothing => Vec::new(),
    }
}

fn add_labels(notes: &mut Notes, labels: &mut BTreeMap<String, String>, found: &Found<'_>) {
    let pair = |text: &str| {
        let (name, value) = text.split_once([':', '=']).unwrap_or((text, "yes"));
        (name.trim().to_owned(), value.trim().to_owned())
    };
    let mut add = |name: &str, value: &str| notes.label(labels, name, value);
    if let Found::Text(text) = found {
        for (name, value) in text.split(',').take(LABELS).map(pair) {
            add(&name, &value);
        }
    }
    for value in values(found).into_iter().take(LABELS) {
        let named = member(value, &["name", "key", "tag"]).zip(member(value, &["value"]));
        match (value, named) {
            (_, Some((name, value))) => add(&name, &value),
            (Value::Object(map), None) => {
                for (name, value) in map.iter().take(LABELS + 1) {
                    let words = scalar(value).unwrap_or_else(|| short_json(value));
                    add(name, &words);
                }
            }
            (Value::String(text), None) => {
                for (name, value) in text.split(',').take(LABELS).map(pair) {
                    add(&name, &value);
                }
            }
            _ => {}
        }
    }
}

/// A nested value as JSON, unless it is `null` or longer than a label.
fn short_json(value: &Value) -> Cow<'_, str> {
    let leaves = match value {
        Value::Array(list) => list.len(),
        Value::Object(map) => map.len(),
        _ => 0,
    };
    let text = if (1..=20).contains(&leaves) { value.to_string() } else { String::new() };
    Cow::Owned(if text.len() <= LABEL_VALUE_CHARS { text } else { String::new() })
}

fn add_links(notes: &mut Notes, links: &mut Vec<Link>, found: &Found<'_>) {
    if let Found::Text(href) = found {
        notes.link(links, Some(href), "Source");
    }
    for value in values(found).into_iter().take(LINKS) {
        let href = scalar(value).or_else(|| member(value, &["href", "url", "link"]));
        let text = member(value, &["text", "title", "name"]);
        notes.link(links, href.as_deref(), text.as_deref().unwrap_or("Source"));
    }
}

fn names(notes: &mut Notes, found: &Found<'_>) -> Vec<String> {
    let all: Vec<Cow<'_, str>> = match found {
        Found::Text(text) => vec![text.clone()],
        _ => {
            let named = |value| {
                scalar(value).or_else(|| member(value, &["name", "username", "email", "id"]))
            };
            values(found).into_iter().take(RESPONDERS).filter_map(named).collect()
        }
    };
    let each = all.iter().flat_map(|text| text.split(',')).take(RESPONDERS);
    each.filter_map(|name| notes.name("responders", Some(name))).collect()
}
