//! `POST /v2/alerts`.

use super::{PRIORITY, Responder, ResponderKind};
use crate::doors::limits::*;
use crate::doors::loose::{Many, Pairs, Raw, Text, object};
use crate::doors::{Notes, Unreadable, details, key, priority, vocabulary};
use crate::{Reading, Signal, SignalStatus};

/// Tags of one alert.
const TAGS: usize = 20;
/// Characters of a tag, or of an action.
const TAG_CHARS: usize = 50;
/// Actions of one alert.
const ACTIONS: usize = 10;

object! {
    Body<'a> {
        "message" => message: Text<'a>,
        "alias" => alias: Text<'a>,
        "description" => description: Text<'a>,
        "responders" => responders: Many<ResponderIn<'a>>,
        "teams" => teams: Many<ResponderIn<'a>>,
        "visibleTo" => visible_to: Many<ResponderIn<'a>>,
        "actions" => actions: Many<Text<'a>>,
        "tags" => tags: Many<Text<'a>>,
        "details" => details: Pairs<'a, Raw<'a>>,
        "entity" => entity: Text<'a>,
        "source" => source: Text<'a>,
        "priority" => priority: Text<'a>,
        "user" => user: Text<'a>,
        "note" => note: Text<'a>,
    }
}

object! {
    ResponderIn<'a> {
        "id" => id: Text<'a>,
        "name" => name: Text<'a>,
        "username" => username: Text<'a>,
        "type" => kind: Text<'a>,
    }
}

/// An alert that a client tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// The alert as one signal; its responders are the names of those below.
    pub reading: Reading,
    /// Its tags.
    pub tags: Vec<String>,
    /// Buttons of the site's own.
    pub actions: Vec<String>,
    /// Who is to be told.
    pub responders: Vec<Responder>,
    /// Who else may see it.
    pub visible_to: Vec<Responder>,
    /// What it is about: a host, an application.
    pub entity: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// Who tells.
    pub user: Option<String>,
}

/// What a body says. Only one without a message and without an alias says nothing.
pub(super) fn create(mut notes: Notes, body: &Body<'_>, fresh: &str) -> Result<Create, Unreadable> {
    if body.message.get().is_none() && body.alias.get().is_none() {
        return Err(Unreadable::new("message", "can not be empty"));
    }
    let known = body.alias.get().map_or_else(|| fresh.to_owned(), key);
    let title = notes.title("message", &[body.message.get(), body.alias.get()]);
    let mut signal = Signal::new(known, SignalStatus::Firing, title);
    let notes_of = &mut notes;
    signal.body = notes_of.text("description", body.description.as_str(), BODY_CHARS);
    details::add(notes_of, "details", &body.details, &mut signal);
    let tags = texts(notes_of, "tags", &body.tags, TAGS);
    for (name, value) in [("entity", body.entity.as_str()), ("source", body.source.as_str())] {
        notes_of.label(&mut signal.labels, name, value);
    }
    notes_of.label(&mut signal.labels, "tags", &tags.join(", "));
    let priority = priority_of(notes_of, &body.priority);
    if body.priority.get().is_some() {
        notes_of.label(&mut signal.labels, PRIORITY, &priority.to_string());
    }
    signal.severity = vocabulary::severity_of(priority);
    signal.priority = Some(priority);
    signal.service = signal.labels.get("service").cloned();
    let mut responders = responders(notes_of, "responders", &body.responders);
    responders.extend(self::responders(notes_of, "teams", &body.teams));
    signal.responders = responders.iter().map(|responder| responder.name.clone()).collect();
    signal.note = note(notes_of, &body.note);
    if body.source.as_str().starts_with("http") {
        notes_of.link(&mut signal.links, body.source.get(), "Source");
    }
    Ok(Create {
        tags,
        actions: texts(notes_of, "actions", &body.actions, ACTIONS),
        responders,
        visible_to: self::responders(notes_of, "visibleTo", &body.visible_to),
        entity: notes_of.name("entity", body.entity.get()),
        source: notes_of.name("source", body.source.get()),
        user: notes_of.name("user", body.user.get()),
        reading: notes.finish(vec![signal]),
    })
}

/// P3 where nothing is said, as there.
fn priority_of(notes: &mut Notes, word: &Text<'_>) -> kernel::Priority {
    let third = kernel::Priority::ALL[2];
    match word.get() {
        None => third,
        Some(word) => priority(word).unwrap_or_else(|| {
            notes.warn("priority", "is not P1 to P5; taken as P3");
            third
        }),
    }
}

pub(super) fn note(notes: &mut Notes, note: &Text<'_>) -> Option<String> {
    Some(notes.text("note", note.as_str(), NOTE_CHARS)).filter(|note| !note.is_empty())
}

pub(super) fn texts(
    notes: &mut Notes,
    field: &str,
    list: &Many<Text<'_>>,
    most: usize,
) -> Vec<String> {
    if list.items.len() > most {
        notes.warn(field, format_args!("are more than {most}; the rest was left out"));
    }
    let texts =
        list.items.iter().take(most).map(|text| notes.line(field, text.as_str(), TAG_CHARS));
    texts.filter(|text| !text.is_empty()).collect()
}

pub(super) fn responders(
    notes: &mut Notes,
    field: &str,
    list: &Many<ResponderIn<'_>>,
) -> Vec<Responder> {
    let known = list.items.iter().take(RESPONDERS);
    known.filter_map(|told| responder(notes, field, told)).collect()
}

/// Who this is; a team unless it says something else or has a user's name.
pub(super) fn responder(
    notes: &mut Notes,
    field: &str,
    told: &ResponderIn<'_>,
) -> Option<Responder> {
    let name = told.name.get().or(told.username.get()).or(told.id.get());
    let Some(name) = notes.name(field, name) else {
        notes.warn(field, "one has no name; left out");
        return None;
    };
    let otherwise = match told.username.get() {
        Some(_) => ResponderKind::User,
        None => ResponderKind::Team,
    };
    let kind = told.kind.get().and_then(|word| word.to_lowercase().parse().ok());
    Some(Responder { kind: kind.unwrap_or(otherwise), name })
}
