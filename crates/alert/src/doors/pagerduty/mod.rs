//! PagerDuty's Events API: version 2 with its change events, and the generic one before it.
//!
//! The key of the integration stands in the body, so a reading comes with it.

pub mod answers;
pub mod changes;
mod v1;
mod v2;

use crate::{Link, Reading, Signal};

use super::loose::{self, Many, Text, object};
use super::{Notes, Request, Unreadable};

/// One event, and who sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The key of the integration: `routing_key`, or `service_key` of version 1.
    pub routing_key: String,
    /// What it says: one signal.
    pub reading: Reading,
}

impl Event {
    /// The key of the alert, as the answer gives it back.
    pub fn dedup_key(&self) -> &str {
        self.reading.signals.first().map(|signal| signal.key.as_str()).unwrap_or_default()
    }
}

pub use v1::read as read_v1;
pub use v2::read;

object! {
    LinkIn<'a> {
        "href" => href: Text<'a>,
        "text" => text: Text<'a>,
        "src" => src: Text<'a>,
        "alt" => alt: Text<'a>,
        "type" => kind: Text<'a>,
    }
}

object! {
    Keys<'a> {
        "routing_key" => routing_key: Text<'a>,
        "service_key" => service_key: Text<'a>,
    }
}

/// The header in which the first clients in Python have the key, and no field.
const KEY_HEADER: &str = "x-routing-key";

/// The key of the integration in an event that cannot be read otherwise; all the rest of it is
/// passed over.
pub fn key(request: &Request<'_>) -> Option<String> {
    let text = loose::text(request.body, &mut Notes::new(request.now));
    let keys: Keys<'_> = loose::parse(&text).unwrap_or_default();
    let key = keys.routing_key.get().or(keys.service_key.get()).or(request.header(KEY_HEADER))?;
    Some(key.chars().take(super::limits::NAME_CHARS).collect())
}

fn links(notes: &mut Notes, links: &mut Vec<Link>, told: &Many<LinkIn<'_>>) {
    for link in &told.items {
        let text = link.text.get().or(link.alt.get());
        notes.link(links, link.href.get().or(link.src.get()), text.unwrap_or("Link"));
    }
}

/// The key of the integration, as far as it can be one.
fn routing_key(request: &Request<'_>, field: &str, key: &Text<'_>) -> Result<String, Unreadable> {
    let in_header = request.header(KEY_HEADER).map(str::trim).filter(|key| !key.is_empty());
    let key =
        key.get().or(in_header).ok_or_else(|| Unreadable::new(field, "is missing or blank"))?;
    Ok(key.chars().take(super::limits::NAME_CHARS).collect())
}

/// What happened to the alert, by the word of the event; without one it fires.
fn action(notes: &mut Notes, field: &str, word: &Text<'_>) -> crate::SignalStatus {
    match word.get() {
        Some(word) => notes.status(field, Some(word)),
        None => {
            notes.warn(field, "is missing; taken as trigger");
            crate::SignalStatus::Firing
        }
    }
}

/// The key of an alert: the sender's, or a fresh one for an alert that begins.
fn dedup_key(
    field: &str,
    key: &Text<'_>,
    status: crate::SignalStatus,
    fresh: &str,
) -> Result<String, Unreadable> {
    match key.get() {
        Some(key) => Ok(super::key(key)),
        None if status == crate::SignalStatus::Firing => Ok(fresh.to_owned()),
        None => Err(Unreadable::new(field, "is missing or blank")),
    }
}

fn event(routing_key: String, notes: Notes, signal: Signal) -> Event {
    Event { routing_key, reading: notes.finish(vec![signal]) }
}
