//! Chat rooms that are told by an address of their own. What stands there is written as for the
//! webhooks of the instance; its link leads to the incident, since whoever reads a room could press
//! one that answers.

use super::{JSON, json as bytes, outward};
use crate::paging::words::Message;
use crate::webhooks::client::Outgoing;
use crate::webhooks::{Said, room_body};
use hyper::Method;
use incident::reach::PageChannel;
use store::directory::webhooks::WebhookKind;
use store::pages::send::Wrong;

pub(super) fn outgoing(
    channel: PageChannel,
    address: &str,
    message: &Message,
) -> Result<Outgoing, Wrong> {
    let kind = match channel {
        PageChannel::Slack => WebhookKind::Slack,
        PageChannel::Mattermost => WebhookKind::Mattermost,
        _ => WebhookKind::Teams,
    };
    let said = Said {
        name: message.name.clone(),
        url: message.room.link.clone(),
        stands: message.facts.clone(),
        title: message.headline.clone(),
        what: message.room.how.clone(),
        note: None,
    };
    let body = room_body(kind, &said).ok_or_else(|| Wrong::Ever("is no chat room".to_owned()))?;
    let headers = vec![("content-type", JSON.to_owned()), ("webhook-id", message.id.clone())];
    Ok(Outgoing { method: Method::POST, to: outward(address)?, headers, body: bytes(&body) })
}
