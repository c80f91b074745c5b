//! What is sent to one webhook, some messages at once, until nothing is due.

use super::client::{Outgoing, Reply};
use super::{Postman, chat, sign};
use desk::Trouble;
use desk::webhooks::{Payload, off_words, payload};
use hyper::Method;
use kernel::{Outward, Timestamp, WebhookId};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::directory::webhooks::{Secrets, Webhook, WebhookKind, get, secrets};
use store::webhooks::{Answer, Came, Message, claim, settle};
use store::{Failure, Sql};
use tokio::task::JoinSet;

/// Messages on their way to one webhook at once.
const AT_ONCE: i64 = 4;
/// How long one attempt may take, from looking up the name to the end of the answer.
const ATTEMPT_WITHIN: Duration = Duration::from_secs(10);
/// Seconds a message is taken for: much longer than an attempt.
const TAKEN_SECONDS: i64 = 60;
/// The status by which another end says that it wants nothing more, ever.
const GONE: u16 = 410;
/// Statuses that say when to come again.
const LATER: [u16; 2] = [429, 503];

/// What is needed to write a message.
struct Material {
    webhook: Webhook,
    secrets: Secrets,
    payload: Payload,
}

impl Postman {
    /// Sends what is due for a webhook.
    pub(super) async fn lane(self: &Arc<Self>, webhook: WebhookId) -> Result<(), Trouble> {
        while !*self.stopped.borrow() {
            let now = self.desk.now();
            let until = now.plus_seconds(TAKEN_SECONDS);
            let taken =
                self.desk.write(move |sql| Ok(claim(sql, webhook, now, until, AT_ONCE)?)).await?;
            if taken.is_empty() {
                break;
            }
            let mut sending = JoinSet::new();
            for message in taken {
                let postman = self.clone();
                sending.spawn(desk::boxed(async move {
                    let (came, gone) = postman.attempt(webhook, &message).await;
                    (message, came, gone)
                }));
            }
            while let Some(done) = sending.join_next().await {
                match done {
                    Ok((message, came, gone)) => self.record(webhook, &message, came, gone).await?,
                    // It is attempted again when its time is over.
                    Err(error) => tracing::error!(%webhook, %error, "a message failed"),
                }
            }
        }
        Ok(())
    }

    /// Records what came of an attempt, and what follows from it for the webhook.
    async fn record(
        &self,
        webhook: WebhookId,
        message: &Message,
        came: Came,
        gone: bool,
    ) -> Result<(), Trouble> {
        let (now, id) = (self.desk.now(), message.id);
        match &came {
            Came::Sent(_) => {
                self.figures.sent.inc();
            }
            Came::Failed { error, .. } => {
                self.figures.failed.inc();
                tracing::info!(%webhook, message = id, error, "a webhook did not take a message");
            }
            Came::Withdrawn(_) | Came::NotTried => {}
        }
        let settled =
            self.desk.write(move |sql| Ok(settle(sql, webhook, &[(id, came)], now)?)).await?;
        if settled.given_up > 0 {
            tracing::warn!(%webhook, message = id, "a message was given up; the settings show it");
        }
        let why = match (gone, settled.failing_since) {
            (true, _) => Some("the other end says that it is gone for good (410)".to_owned()),
            (false, Some(since)) => Some(off_words(since)),
            (false, None) => None,
        };
        if let Some(why) = why
            && self.desk.switch_off(webhook, why.clone()).await?
        {
            tracing::warn!(%webhook, why, "a webhook was switched off");
        }
        Ok(())
    }

    /// One attempt, and whether the other end is gone.
    async fn attempt(&self, webhook: WebhookId, message: &Message) -> (Came, bool) {
        let material = match self.material(webhook, message).await {
            Ok(Ok(material)) => material,
            Ok(Err(came)) => return (came, false),
            Err(trouble) => {
                tracing::warn!(%webhook, %trouble, "a message waits for the database");
                return (Came::NotTried, false);
            }
        };
        let began = Instant::now();
        let now = self.desk.now();
        let sent = tokio::time::timeout(ATTEMPT_WITHIN, self.send(&material, message, now)).await;
        let took_ms = began.elapsed().as_millis() as i64;
        let failed = |error: String| {
            let answer = Answer { took_ms, ..Answer::default() };
            (Came::Failed { error, answer, rest_seconds: None }, false)
        };
        match sent {
            Ok(Ok(reply)) => came(reply, took_ms),
            Ok(Err(error)) => failed(error),
            Err(_) => failed(format!("no answer within {} seconds", ATTEMPT_WITHIN.as_secs())),
        }
    }

    /// What a message is made of, or what came of it already.
    async fn material(
        &self,
        id: WebhookId,
        message: &Message,
    ) -> Result<Result<Material, Came>, Trouble> {
        let (message, public_url) = (message.clone(), self.public_url.clone());
        let read = move |sql: &mut dyn Sql| {
            let (Some(webhook), Some(secrets)) = (get(sql, id)?, secrets(sql, id)?) else {
                return Ok(Err(Came::Withdrawn("the webhook is gone".to_owned())));
            };
            if !webhook.active {
                return Ok(Err(Came::NotTried));
            }
            // What is damaged in one must not keep the others.
            let payload = || payload::read(sql, &webhook, &message, public_url.as_deref());
            let payload = match catch_unwind(AssertUnwindSafe(payload)) {
                Ok(Err(failure @ Failure::Unavailable(_))) => return Err(failure),
                Ok(Ok(payload)) => payload.map_err(|why| Came::Withdrawn(why.to_owned())),
                Ok(Err(failure)) => Err(unwritten(&failure.to_string())),
                Err(_) => Err(unwritten("what it is about is damaged")),
            };
            Ok(payload.map(|payload| Material { webhook, secrets, payload }))
        };
        self.desk.read(read).await
    }

    async fn send(
        &self,
        material: &Material,
        message: &Message,
        now: Timestamp,
    ) -> Result<Reply, String> {
        let Material { webhook, secrets, payload } = material;
        let to: Outward = webhook.url.parse().map_err(|wrong| format!("the address {wrong}"))?;
        let addresses = self.desk.reach(&to).await.map_err(|wrong| wrong.to_string())?;
        let outgoing = match webhook.kind {
            WebhookKind::Standard => standard(secrets, to, &message.message_id, payload, now)?,
            _ => chat::outgoing(webhook, secrets, to, &message.message_id, payload)?,
        };
        self.client.send(outgoing, &addresses, now).await
    }
}

fn unwritten(error: &str) -> Came {
    let error = format!("the message could not be written: {error}");
    Came::Failed { error, answer: Answer::default(), rest_seconds: None }
}

/// What an answer means.
fn came(reply: Reply, took_ms: i64) -> (Came, bool) {
    let Reply { status, retry_after, text } = reply;
    let answer = Answer { status: Some(status), text, took_ms };
    if (200..300).contains(&status) {
        return (Came::Sent(answer), false);
    }
    let rest_seconds = retry_after.filter(|_| LATER.contains(&status));
    let error = match status {
        300..400 => format!("it answers with {status}, a redirect, which is not followed"),
        status => format!("it answers with {status}"),
    };
    (Came::Failed { error, answer, rest_seconds }, status == GONE)
}

/// The request that tells a program.
fn standard(
    secrets: &Secrets,
    to: Outward,
    message_id: &str,
    payload: &Payload,
    now: Timestamp,
) -> Result<Outgoing, String> {
    let body = serde_json::to_vec(payload).map_err(|error| error.to_string())?;
    let signatures = sign::signatures(secrets, now, message_id, &body)
        .ok_or_else(|| "there is no secret to sign with; make a new one".to_owned())?;
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("webhook-id", message_id.to_owned()),
        ("webhook-timestamp", sign::seconds(now).to_string()),
        ("webhook-signature", signatures),
    ];
    Ok(Outgoing { method: Method::POST, to, headers, body })
}
