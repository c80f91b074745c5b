//! Trying a webhook out, and telling it of the past again.

use super::{SUBJECT, missing, stored, wishes};
use crate::{Desk, Trouble, fresh};
use incident::Refusal;
use kernel::{Actor, Timestamp, WebhookId, limits};
use serde_json::json;
use store::directory::audit::{Entry, record};
use store::directory::webhooks::{self, Webhook};
use store::incidents::feed::{feed, position};
use store::webhooks::Wish;

/// Events looked through at once; other readers come in between.
const PAGE: usize = 500;
/// Events looked through by one replay, whether the webhook wants them or not.
const EVENTS_MAX: usize = 100_000;

/// What a replay is to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replay {
    /// Events recorded at this instant or later.
    pub since: Timestamp,
    /// Events recorded before this one; until now when absent.
    pub until: Option<Timestamp>,
    /// Those that arrived, too.
    pub all: bool,
}

impl Desk {
    /// Sends a message that tries a webhook out; its id.
    ///
    /// # Errors
    ///
    /// There is no such webhook, or it is not in use.
    pub async fn try_webhook(&self, id: WebhookId) -> Result<i64, Trouble> {
        let (now, message_id) = (self.now(), format!("msg_{}", fresh().simple()));
        self.write(move |sql| {
            in_use(webhooks::get(sql, id)?)?;
            Ok(store::webhooks::try_out(sql, id, &message_id, now)?)
        })
        .await
    }

    /// Sends a message again that has ended, under its id.
    ///
    /// # Errors
    ///
    /// There is no such message, it waits already, or its webhook is not in use.
    pub async fn send_to_webhook_again(&self, id: WebhookId, message: i64) -> Result<(), Trouble> {
        let now = self.now();
        self.write(move |sql| {
            in_use(webhooks::get(sql, id)?)?;
            match store::webhooks::send_again(sql, id, message, now)? {
                true => Ok(()),
                false => Err(Refusal::not_found("there is no such message that has ended").into()),
            }
        })
        .await
    }

    /// Tells a webhook of the past again; how many messages wait for it by that.
    ///
    /// # Errors
    ///
    /// A time that is too long or too long ago; a webhook that is not in use.
    pub async fn replay(
        &self,
        actor: Actor,
        id: WebhookId,
        replay: Replay,
    ) -> Result<u64, Trouble> {
        let now = self.now();
        if replay.since < now.plus_seconds(-limits::WEBHOOK_REPLAY_DAYS * 86_400) {
            let words = format!("lies more than {} days back", limits::WEBHOOK_REPLAY_DAYS);
            return Err(Refusal::invalid("since", words).into());
        }
        if replay.until.is_some_and(|until| until <= replay.since) {
            return Err(Refusal::invalid("until", "lies before since").into());
        }
        let webhook = self.read(move |sql| webhooks::get(sql, id)).await?;
        let webhook = in_use(webhook)?;
        let found = self.wishes_within(&webhook, replay, now).await?;
        self.write(move |sql| {
            in_use(Some(stored(sql, id)?))?;
            let waiting = store::webhooks::replay(sql, id, found, replay.all, now)?;
            let what = json!({ "since": replay.since, "until": replay.until, "all": replay.all, "messages": waiting });
            record(sql, &Entry::new(now, &actor, "replayed", SUBJECT, id).after(&what))?;
            Ok(waiting)
        })
        .await
    }

    async fn wishes_within(
        &self,
        webhook: &Webhook,
        replay: Replay,
        now: Timestamp,
    ) -> Result<Vec<Wish>, Trouble> {
        let zone = self.policy().time_zone.clone();
        let since = replay.since;
        let (mut after, head) =
            self.read(move |sql| Ok((store::webhooks::since(sql, since)?, position(sql)?))).await?;
        let (mut found, mut seen) = (Vec::new(), 0);
        while after < head {
            let (webhook, zone) = (webhook.clone(), zone.clone());
            let page = self.read(move |sql| {
                let mut events = feed(sql, after, PAGE)?;
                let last = events.last().map_or(head, |event| event.seq);
                let count = events.len();
                // What is still to be noticed by itself is not for a replay.
                let wanted =
                    |at: Timestamp| at >= since && replay.until.is_none_or(|until| at < until);
                events.retain(|event| event.seq <= head && wanted(event.event.at));
                Ok((wishes(sql, &webhook, &events, (now, &zone))?, last, count))
            });
            let (some, last, count) = page.await?;
            found.extend(some);
            seen += count;
            after = last;
            if found.len() > limits::WEBHOOK_REPLAY || seen > EVENTS_MAX {
                let words = "is too much at once; choose a shorter time";
                return Err(Refusal::invalid("since", words).into());
            }
        }
        Ok(found)
    }
}

fn in_use(webhook: Option<Webhook>) -> Result<Webhook, Trouble> {
    let webhook = webhook.ok_or_else(missing)?;
    match webhook.active {
        true => Ok(webhook),
        false => {
            Err(Refusal::invalid("enabled", "the webhook is switched off; switch it on first")
                .into())
        }
    }
}
