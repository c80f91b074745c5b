//! Text messages and calls by an API as Twilio's, which several providers and gateways speak.

use super::{FORM, Taken, form, outward};
use crate::paging::words::Message;
use crate::webhooks::client::{Outgoing, Reply};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use store::pages::send::Wrong;

/// Seconds that a telephone rings.
const RING_SECONDS: &str = "30";

/// An account at a provider.
#[derive(Clone)]
pub struct Twilio {
    /// The API's address, without a slash at the end.
    pub url: String,
    /// The account.
    pub account: String,
    /// Its secret, which also signs what comes from there.
    pub token: String,
    /// The number that messages and calls come from.
    pub from: String,
}

impl Twilio {
    /// The request that sends a text message.
    pub(super) fn text(
        &self,
        to: &str,
        message: &Message,
        public_url: Option<&str>,
    ) -> Result<Outgoing, Wrong> {
        let callback = self.callback(message, public_url);
        let mut fields = vec![("To", to), ("From", &self.from), ("Body", message.sms.as_str())];
        fields.extend(callback.as_deref().map(|url| ("StatusCallback", url)));
        self.outgoing("Messages.json", &fields, message)
    }

    /// The request that calls somebody.
    pub(super) fn call(
        &self,
        to: &str,
        message: &Message,
        public_url: Option<&str>,
    ) -> Result<Outgoing, Wrong> {
        let callback = self.callback(message, public_url);
        let spoken = format!("<Response><Say>{}</Say></Response>", escaped(&message.spoken));
        let script = public_url
            .zip(message.token.as_deref())
            .map(|(url, token)| format!("{url}/paging/voice/{token}"));
        let mut fields = vec![("To", to), ("From", &self.from), ("Timeout", RING_SECONDS)];
        match &script {
            Some(url) => fields.extend([("Url", url.as_str()), ("Method", "POST")]),
            // Nobody can press a key then, but it is told what is wrong.
            None => fields.push(("Twiml", &spoken)),
        }
        fields.extend(callback.as_deref().map(|url| ("StatusCallback", url)));
        self.outgoing("Calls.json", &fields, message)
    }

    fn callback(&self, message: &Message, public_url: Option<&str>) -> Option<String> {
        let token = message.token.as_deref()?;
        public_url.map(|url| format!("{url}/paging/status/{token}"))
    }

    fn outgoing(
        &self,
        resource: &str,
        fields: &[(&str, &str)],
        message: &Message,
    ) -> Result<Outgoing, Wrong> {
        let to = outward(&format!("{}/2010-04-01/Accounts/{}/{resource}", self.url, self.account))?;
        let who = STANDARD.encode(format!("{}:{}", self.account, self.token));
        let headers = vec![
            ("authorization", format!("Basic {who}")),
            ("content-type", FORM.to_owned()),
            ("idempotency-key", message.id.clone()),
        ];
        Ok(Outgoing { method: Method::POST, to, headers, body: form(fields) })
    }
}

/// Text within a script for a call.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The id that the provider gave it.
pub(super) fn taken(reply: &Reply) -> Taken {
    let answer: Option<serde_json::Value> = serde_json::from_str(&reply.text).ok();
    let sid = answer.and_then(|answer| answer.get("sid")?.as_str().map(str::to_owned));
    Taken { reference: sid }
}
