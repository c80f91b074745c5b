//! `POST /v2/change/enqueue`: deployments and other changes, which never page.

use super::{LinkIn, links, routing_key};
use crate::Link;
use crate::doors::loose::{self, Many, Pairs, Raw, Text, object};
use crate::doors::{Notes, Request, Unreadable};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

object! {
    Body<'a> {
        "routing_key" => routing_key: Text<'a>,
        "payload" => payload: Payload<'a>,
        "links" => links: Many<LinkIn<'a>>,
        "images" => images: Many<LinkIn<'a>>,
    }
}

object! {
    Payload<'a> {
        "summary" => summary: Text<'a>,
        "source" => source: Text<'a>,
        "timestamp" => timestamp: Text<'a>,
        "custom_details" => custom_details: Pairs<'a, Raw<'a>>,
    }
}

/// Something that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The key of the integration.
    pub routing_key: String,
    /// What was changed, in one line.
    pub summary: String,
    /// What changed it.
    pub source: Option<String>,
    /// When, by the source's clock.
    pub at: Option<Timestamp>,
    /// Names and values: commit, version, author.
    pub details: BTreeMap<String, String>,
    /// Places to read on.
    pub links: Vec<Link>,
    /// What had to be guessed or was passed over.
    pub warnings: Vec<String>,
}

/// Reads a change.
pub fn read(request: &Request<'_>) -> Result<Change, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let body: Body<'_> = loose::parse(&text)?;
    let payload = &body.payload;
    let routing_key = routing_key(request, "routing_key", &body.routing_key)?;
    let summary = payload.summary.get();
    let summary =
        summary.ok_or_else(|| Unreadable::new("payload.summary", "is missing or blank"))?;
    let summary = notes.title("payload.summary", &[Some(summary)]);
    let mut details = BTreeMap::new();
    for (name, value) in payload.custom_details.iter() {
        notes.label(&mut details, name, &value.words());
    }
    let mut told = Vec::new();
    links(&mut notes, &mut told, &body.links);
    links(&mut notes, &mut told, &body.images);
    Ok(Change {
        routing_key,
        summary,
        source: notes.name("payload.source", payload.source.get()),
        at: notes.start("payload.timestamp", payload.timestamp.as_str()),
        details,
        links: told,
        warnings: notes.finish(Vec::new()).warnings,
    })
}
