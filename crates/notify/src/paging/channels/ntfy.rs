//! Topics of an ntfy server, and of others that take the same requests. A topic that is said by
//! its whole address may lie anywhere; one that is said by its name lies at the server of the
//! configuration, and only that one hears the token.

use super::{JSON, Taken, json as bytes, outward};
use crate::paging::Pager;
use crate::paging::words::Message;
use crate::webhooks::client::Outgoing;
use hyper::Method;
use serde_json::json;
use store::pages::send::Wrong;

/// Priorities of ntfy: the highest bypasses what silences a phone, the usual does not.
const URGENT: u8 = 5;
const USUAL: u8 = 3;

/// A server of topics.
#[derive(Clone)]
pub struct Ntfy {
    /// Its address, without a slash at the end.
    pub url: String,
    /// What lets us write.
    pub token: Option<String>,
}

impl Pager {
    pub(super) async fn ntfy(&self, address: &str, message: &Message) -> Result<Taken, Wrong> {
        let outgoing = match (address.contains("://"), &self.providers.ntfy) {
            (true, _) => whole(address, message)?,
            (false, Some(server)) => server.outgoing(address, message)?,
            (false, None) => {
                let words = "there is no ntfy server in the configuration; say the whole address";
                return Err(Wrong::Ever(words.to_owned()));
            }
        };
        let reply = self.request(outgoing).await?;
        let answer: Option<serde_json::Value> = serde_json::from_str(&reply.text).ok();
        let id = answer.and_then(|answer| answer.get("id")?.as_str().map(str::to_owned));
        Ok(Taken { reference: id })
    }
}

impl Ntfy {
    fn outgoing(&self, topic: &str, message: &Message) -> Result<Outgoing, Wrong> {
        let actions: Vec<_> = message.actions().into_iter().map(|(label, url, body)| {
            json!({ "action": "http", "label": label, "url": url, "method": "POST", "clear": true,
                "headers": { "content-type": super::FORM }, "body": body })
        }).collect();
        let body = json!({
            "topic": topic,
            "title": message.headline,
            "message": message.facts,
            "priority": if message.urgent { URGENT } else { USUAL },
            "tags": ["rotating_light"],
            "click": message.link,
            "actions": actions,
        });
        let mut headers =
            vec![("content-type", JSON.to_owned()), ("idempotency-key", message.id.clone())];
        headers.extend(self.token.iter().map(|token| ("authorization", format!("Bearer {token}"))));
        let to = outward(&self.url)?;
        Ok(Outgoing { method: Method::POST, to, headers, body: bytes(&body) })
    }
}

/// A push to an address as UnifiedPush and ntfy take it: the words are the body.
fn whole(address: &str, message: &Message) -> Result<Outgoing, Wrong> {
    let priority = if message.urgent { URGENT } else { USUAL };
    let mut headers = vec![
        ("content-type", "text/plain; charset=utf-8".to_owned()),
        ("priority", priority.to_string()),
        ("idempotency-key", message.id.clone()),
    ];
    headers.extend(message.link.iter().map(|link| ("click", link.clone())));
    let body = format!("{}\n{}", message.headline, message.facts).into_bytes();
    Ok(Outgoing { method: Method::POST, to: outward(address)?, headers, body })
}
