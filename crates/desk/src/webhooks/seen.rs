//! What webhooks were told, as somebody may know it who looks after them.

use super::payload::{self, Payload, Silence};
use crate::{Desk, Trouble};
use incident::{Access, Scope, Viewer};
use kernel::{IncidentNumber, WebhookId};
use store::Sql;
use store::incidents::feed::subjects;
use store::webhooks::{Message, MessageState, get, list};

/// A message as a viewer may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The message; without its incident and what was answered where that is restricted.
    pub message: Message,
    /// Whether its incident is one that the viewer may not see.
    pub restricted: bool,
}

impl Desk {
    /// Messages of a webhook, the newest first, from the one before `before` on; of one
    /// state, or all.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer, or there is no such webhook.
    pub async fn webhook_messages(
        &self,
        viewer: &Viewer,
        id: WebhookId,
        (state, before): (Option<MessageState>, Option<i64>),
        limit: usize,
    ) -> Result<Vec<Seen>, Trouble> {
        let scope = Scope::of(viewer);
        let read = move |sql: &mut dyn Sql| {
            let found = list(sql, id, state, before, limit)?;
            seen(sql, &scope, found)
        };
        self.read(read).await
    }

    /// One message of a webhook with what it says now; nothing of that where the viewer may
    /// not see its incident.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer, or there is no such webhook.
    pub async fn webhook_message(
        &self,
        viewer: &Viewer,
        (id, message): (WebhookId, i64),
        public_url: Option<String>,
    ) -> Result<Option<(Seen, Result<Payload, Silence>)>, Trouble> {
        let scope = Scope::of(viewer);
        let read = move |sql: &mut dyn Sql| {
            let (Some(message), Some(webhook)) =
                (get(sql, id, message)?, store::directory::webhooks::get(sql, id)?)
            else {
                return Ok(None);
            };
            let says = payload::read(sql, &webhook, &message, public_url.as_deref())?;
            let Some(seen) = seen(sql, &scope, vec![message])?.pop() else { return Ok(None) };
            let says = if seen.restricted { Err("the incident is restricted") } else { says };
            Ok(Some((seen, says)))
        };
        self.read(read).await
    }

    /// The webhook with this id.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer, or there is no such webhook.
    pub async fn stored_webhook(
        &self,
        id: WebhookId,
    ) -> Result<store::directory::Webhook, Trouble> {
        let found = self.read(move |sql| store::directory::webhooks::get(sql, id)).await?;
        Ok(found.ok_or_else(super::missing)?)
    }
}

fn seen(
    sql: &mut dyn Sql,
    scope: &Scope,
    messages: Vec<Message>,
) -> Result<Vec<Seen>, store::Failure> {
    let mut numbers: Vec<IncidentNumber> =
        messages.iter().filter_map(|message| message.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let subjects = subjects(sql, &numbers)?;
    let sees = |number: IncidentNumber| {
        subjects.get(&number).is_some_and(|subject| scope.access(subject) != Access::None)
    };
    let one = |message: Message| match message.number.is_none_or(sees) {
        true => Seen { message, restricted: false },
        false => {
            Seen { message: Message { number: None, answer: None, ..message }, restricted: true }
        }
    };
    Ok(messages.into_iter().map(one).collect())
}
