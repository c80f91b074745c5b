//! A webhook as the fields of a form, and back.

use crate::form::Fields;
use crate::settings::editing;
use desk::Trouble;
use desk::webhooks::Draft;
use incident::Refusal;
use kernel::limits;
use std::collections::BTreeSet;
use store::directory::webhooks::{CHAT_EVENTS, Wanted, Webhook, WebhookKind};

/// What a form says, for a webhook of this kind.
pub(super) fn typed(fields: &Fields, kind: WebhookKind, active: bool) -> Result<Draft, Trouble> {
    let name = editing::text(fields, "name", limits::NAME_CHARS)?;
    let events: BTreeSet<String> = fields.all("event").map(str::to_owned).collect();
    let told = Wanted {
        events: (!fields.ticked("every")).then_some(events),
        condition: fields.text("condition").to_owned(),
        restricted: fields.ticked("restricted"),
        internal: fields.ticked("internal"),
        room: fields.filled("room").map(str::to_owned),
    };
    Ok(Draft {
        name: Some(editing::one_line(&name)),
        kind,
        url: fields.text("url").to_owned(),
        active,
        told,
        token: fields.filled("token").map(str::to_owned),
    })
}

/// The kind that a form says.
pub(super) fn kind(fields: &Fields) -> Result<WebhookKind, Trouble> {
    let wrong = |_| Refusal::invalid("kind", "Choose one of the list").into();
    fields.text("kind").parse().map_err(wrong)
}

/// The form of a new webhook: what people in a chat room want to hear of is ticked.
pub(super) fn blank() -> Fields {
    let events = CHAT_EVENTS.iter().map(|event| ("event".to_owned(), (*event).to_owned()));
    let kind = ("kind".to_owned(), WebhookKind::Standard.as_str().to_owned());
    Fields::of(events.chain([kind]).collect())
}

/// A webhook as its form shows it.
pub(super) fn shown(webhook: &Webhook) -> Fields {
    let Webhook { name, kind, url, active, told, version, .. } = webhook;
    let mut pairs = vec![
        ("name", name.clone()),
        ("kind", kind.as_str().to_owned()),
        ("url", url.clone()),
        ("condition", told.condition.clone()),
        ("room", told.room.clone().unwrap_or_default()),
        ("version", version.to_string()),
    ];
    let ticked = [
        ("active", *active),
        ("every", told.events.is_none()),
        ("restricted", told.restricted),
        ("internal", told.internal),
    ];
    pairs
        .extend(ticked.into_iter().filter(|(_, is)| *is).map(|(field, _)| (field, "1".to_owned())));
    pairs.extend(told.events.iter().flatten().map(|event| ("event", event.clone())));
    Fields::of(pairs.into_iter().map(|(field, value)| (field.to_owned(), value)).collect())
}
