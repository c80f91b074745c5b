//! Chats of Telegram, by a bot of the house. Its address can be that of a Bot API server of one's
//! own.

use super::{JSON, Taken, json as bytes, outward};
use crate::paging::words::Message;
use crate::webhooks::client::{Outgoing, Reply};
use hyper::Method;
use serde_json::json;
use store::pages::send::Wrong;

/// A bot.
#[derive(Clone)]
pub struct Telegram {
    /// The API's address, without a slash at the end.
    pub url: String,
    /// The bot's secret.
    pub token: String,
}

impl Telegram {
    pub(super) fn outgoing(&self, chat: &str, message: &Message) -> Result<Outgoing, Wrong> {
        let mut body = json!({ "chat_id": chat, "text": message.text });
        // Telegram shows no buttons to addresses without a dot, so the link stands in the text.
        if let Some(link) = message.link.as_deref().filter(|link| link.starts_with("https://")) {
            let button = json!({ "text": message.link_words, "url": link });
            body["reply_markup"] = json!({ "inline_keyboard": [[button]] });
        }
        let headers =
            vec![("content-type", JSON.to_owned()), ("idempotency-key", message.id.clone())];
        let to = outward(&format!("{}/bot{}/sendMessage", self.url, self.token))?;
        Ok(Outgoing { method: Method::POST, to, headers, body: bytes(&body) })
    }
}

/// The id that the message has in its chat.
pub(super) fn taken(reply: &Reply) -> Taken {
    let answer: Option<serde_json::Value> = serde_json::from_str(&reply.text).ok();
    let id = answer.and_then(|answer| answer.pointer("/result/message_id")?.as_i64());
    Taken { reference: id.map(|id| id.to_string()) }
}
