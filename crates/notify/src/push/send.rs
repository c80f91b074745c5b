//! One message to one browser, by the server of its vendor.

use super::encrypt::encrypt;
use super::note::{Note, Urgency};
use super::vapid;
use crate::webhooks::Trust;
use crate::webhooks::client::{Client, Outgoing, Reply};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::push::{Recipient, agree};
use desk::{Desk, Trouble};
use hyper::Method;
use kernel::{DeviceId, Outward, PersonId, Timestamp};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use store::directory::devices::{self, Device};
use tokio::task::JoinSet;

/// How long one attempt may take, from looking up the name to the end of the answer.
const ATTEMPT_WITHIN: Duration = Duration::from_secs(10);
/// To so many bytes what is said is padded, so that its length tells little of it.
const PADDED_BYTES: usize = 1_024;
/// The longest that a server keeps a message for a browser that is away: four weeks are usual.
const TTL_SECONDS_MAX: i64 = 28 * 86_400;
/// How long a server is left alone that asks for it and does not say how long.
const REST_SECONDS: i64 = 60;
/// The longest that it may ask for.
const REST_SECONDS_MAX: i64 = 3_600;
/// Characters of a topic, which servers compare (RFC 8030).
const TOPIC_CHARS: usize = 32;
/// The browser takes nothing any more, ever.
const GONE: [u16; 2] = [404, 410];
/// Not now.
const TOO_MANY: u16 = 429;

/// What took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The browsers whose servers have it.
    pub devices: Vec<DeviceId>,
}

/// Why a browser does not get it.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// There is no browser that it could be sent to.
    #[error("no browser takes push")]
    NoDevice,
    /// The browser takes nothing any more; it is forgotten.
    #[error("the browser does not take push any more")]
    Gone,
    /// The server wants to be left alone for a while.
    #[error("the server of the browser asks to wait {seconds} seconds")]
    Later {
        /// For so long.
        seconds: i64,
    },
    /// It failed, and may succeed later.
    #[error("{0}")]
    Failed(String),
    /// It failed, and will always fail.
    #[error("{0}")]
    Refused(String),
    /// The database does not answer.
    #[error("{0}")]
    Database(#[from] Trouble),
}

/// Sends to browsers. Cheap to clone.
#[derive(Clone)]
pub struct Push {
    pub(super) desk: Desk,
    pub(super) public_url: Option<String>,
    client: Arc<Client>,
}

impl Push {
    /// Sends for this desk; `public_url` is where people reach the instance.
    pub fn new(desk: Desk, public_url: Option<String>) -> Self {
        Push { desk, public_url, client: Arc::default() }
    }

    /// The same, trusting these at the other ends, too.
    #[must_use]
    pub fn trusting(self, trust: Trust) -> Self {
        Push { client: Arc::new(Client::trusting(trust)), ..self }
    }

    /// Sends something to all browsers of somebody, or to one of them, and says which of their
    /// servers took it: for pages, where one that took it is enough.
    ///
    /// # Errors
    ///
    /// [`PushError`] of the last browser when none took it.
    pub async fn page(
        &self,
        person: PersonId,
        device: Option<DeviceId>,
        note: &Note,
    ) -> Result<Receipt, PushError> {
        let known = self.desk.devices(person).await?;
        let chosen = known.into_iter().filter(|one| device.is_none_or(|id| id == one.id));
        // At once: a page waits for no server that takes its time.
        let mut sending = JoinSet::new();
        for device in chosen {
            let (push, note) = (self.clone(), note.clone());
            sending.spawn(desk::boxed(async move { (device.id, push.send(&device, &note).await) }));
        }
        let (mut devices, mut wrong) = (vec![], PushError::NoDevice);
        while let Some(done) = sending.join_next().await {
            match done {
                Ok((id, Ok(()))) => devices.push(id),
                Ok((_, Err(error))) => wrong = error,
                Err(error) => wrong = PushError::Failed(error.to_string()),
            }
        }
        if devices.is_empty() { Err(wrong) } else { Ok(Receipt { devices }) }
    }

    /// Sends something to one browser, and notes how it went. One that takes nothing any more
    /// is forgotten.
    ///
    /// # Errors
    ///
    /// [`PushError`], and what to do about it.
    pub async fn send(&self, device: &Device, note: &Note) -> Result<(), PushError> {
        let sent = self.attempt(device, note).await;
        let (id, now) = (device.id, self.desk.now());
        let (error, rest) = match &sent {
            Ok(()) => {
                self.desk.write(move |sql| Ok(devices::works(sql, id, now)?)).await?;
                return sent;
            }
            Err(PushError::Gone) => {
                self.desk.forget_device(id).await?;
                tracing::info!(device = %id, "a browser takes no push any more");
                return sent;
            }
            Err(PushError::Database(_)) => return sent,
            Err(error @ PushError::Later { seconds }) => (error.to_string(), Some(*seconds)),
            Err(error) => (error.to_string(), None),
        };
        let rest_until = rest.map(|seconds| now.plus_seconds(seconds));
        self.desk.write(move |sql| Ok(devices::fails(sql, id, &error, rest_until, now)?)).await?;
        sent
    }

    async fn attempt(&self, device: &Device, note: &Note) -> Result<(), PushError> {
        let sent = tokio::time::timeout(ATTEMPT_WITHIN, self.request(device, note)).await;
        let late = || format!("no answer within {} seconds", ATTEMPT_WITHIN.as_secs());
        came(sent.unwrap_or_else(|_| Err(PushError::Failed(late())))?)
    }

    async fn request(&self, device: &Device, note: &Note) -> Result<Reply, PushError> {
        let refused = |words: String| PushError::Refused(words);
        let to: Outward =
            device.endpoint.parse().map_err(|wrong| refused(format!("the address {wrong}")))?;
        let now = self.desk.now();
        let addresses = self.desk.reach_push(&to).await;
        let addresses = addresses.map_err(|wrong| PushError::Failed(wrong.to_string()))?;
        let keys = Recipient::of(&device.p256dh, &device.auth)
            .map_err(|field| refused(format!("the key {field} of the browser is none")))?;
        let agreed = agree(&keys.public)
            .ok_or_else(|| refused("the key of the browser is none".to_owned()))?;
        let body = encrypt(&note.json(), PADDED_BYTES, &keys, &agreed)
            .map_err(|wrong| refused(wrong.to_string()))?;
        let key = self.desk.push_key().await?;
        let who = vapid::authorization(&key, &to, self.public_url.as_deref(), now)
            .ok_or_else(|| PushError::Failed("it cannot be signed".to_owned()))?;
        let headers = headers(device, note, who);
        let outgoing = Outgoing { method: Method::POST, to, headers, body };
        self.client.send(outgoing, &addresses, now).await.map_err(PushError::Failed)
    }
}

fn headers(device: &Device, note: &Note, who: String) -> Vec<(&'static str, String)> {
    vec![
        ("authorization", who),
        ("content-type", "application/octet-stream".to_owned()),
        ("content-encoding", "aes128gcm".to_owned()),
        ("ttl", note.for_seconds.clamp(0, TTL_SECONDS_MAX).to_string()),
        ("urgency", note.urgency.as_str().to_owned()),
        ("topic", topic(device, &note.about)),
    ]
}

/// By this the server knows that a message takes the place of one that waits, and nothing else:
/// what it is about is nobody's business there.
fn topic(device: &Device, about: &str) -> String {
    let digest = Sha256::new()
        .chain_update(device.auth.as_bytes())
        .chain_update([0])
        .chain_update(about.as_bytes())
        .finalize();
    URL_SAFE_NO_PAD.encode(digest).chars().take(TOPIC_CHARS).collect()
}

/// What an answer means.
fn came(reply: Reply) -> Result<(), PushError> {
    let Reply { status, retry_after, text } = reply;
    let rest = retry_after.map(|seconds| seconds.clamp(1, REST_SECONDS_MAX));
    let words = || {
        let said: String = crate::letter::one_line(&text).chars().take(120).collect();
        let said = if said.is_empty() { said } else { format!(": {said}") };
        format!("the server of the browser answers with {status}{said}")
    };
    match status {
        200..300 => Ok(()),
        status if GONE.contains(&status) => Err(PushError::Gone),
        TOO_MANY => Err(PushError::Later { seconds: rest.unwrap_or(REST_SECONDS) }),
        500.. => match rest {
            Some(seconds) => Err(PushError::Later { seconds }),
            None => Err(PushError::Failed(words())),
        },
        _ => Err(PushError::Refused(words())),
    }
}

/// How long a note of this kind is worth showing.
pub(super) fn worth_seconds(urgency: Urgency) -> i64 {
    match urgency {
        Urgency::High => 4 * 3_600,
        Urgency::Normal | Urgency::Low => 12 * 3_600,
    }
}

/// Whether it was asked for so long ago that nobody needs it any more.
pub(super) fn is_stale(urgency: Urgency, asked_at: Timestamp, now: Timestamp) -> bool {
    now.seconds_since(asked_at) > worth_seconds(urgency)
}
