//! Bodies of sources, read by the kind of their door; and those that were kept, once more.

use super::Told;
use crate::{Desk, Taken, Trouble, fresh};
use alert::Reading;
use alert::doors::opsgenie::{self, Call};
use alert::doors::{Kind, Request, Unreadable, json, pagerduty, sns};
use alert::mapping::Mapping;
use incident::Refusal;
use kernel::IntegrationId;
use store::alerts::payloads::{self, Kept, Payload};
use store::directory::integrations;

/// What a source sent, read by the kind of its door; `None` for a kind that there is none of.
pub fn read_as(
    door: &str,
    request: &Request<'_>,
    mapping: Option<&Mapping>,
) -> Option<Result<Reading, Unreadable>> {
    Some(match door {
        "json" => json::read(request, mapping),
        "sns" => sns::read(request).map(told_by_sns),
        "pagerduty" => any_event(request),
        "opsgenie" => created(request),
        kind => kind.parse::<Kind>().ok()?.read(request),
    })
}

/// What SNS says besides notifications is for whoever set it up.
fn told_by_sns(message: sns::Message) -> Reading {
    let words = match message {
        sns::Message::Told(reading) => return reading,
        sns::Message::Confirm { url, topic } => {
            format!("{topic} asks to be confirmed: visit {url} once")
        }
        sns::Message::Ended { topic } => {
            format!(
                "{topic} has ended its subscription; subscribe this address again if it is to bring alerts"
            )
        }
    };
    Reading { warnings: vec![words], ..Reading::default() }
}

fn any_event(request: &Request<'_>) -> Result<Reading, Unreadable> {
    let event = pagerduty::read(request).or_else(|_| pagerduty::read_v1(request))?;
    Ok(event.reading)
}

fn created(request: &Request<'_>) -> Result<Reading, Unreadable> {
    match opsgenie::read(request) {
        Ok(Call::Create(create)) => Ok(create.reading),
        Ok(_) => Err(Unreadable::new("body", "tells of no alert")),
        Err(opsgenie::Refused::Unreadable(error)) => Err(error),
        Err(refused) => Err(Unreadable::new("body", refused.to_string())),
    }
}

impl Desk {
    /// What is kept of an integration's bodies, the newest first.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn payloads(&self, id: IntegrationId) -> Result<Vec<Kept>, Trouble> {
        self.read(move |sql| payloads::of(sql, id, payloads::KEPT_MAX)).await
    }

    /// What an integration waits for somebody to do once, in words.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn integration_waits_for(
        &self,
        id: IntegrationId,
    ) -> Result<Option<String>, Trouble> {
        self.read(move |sql| payloads::waiting_for(sql, id)).await
    }

    /// One of them, whole.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is none.
    pub async fn payload(&self, id: IntegrationId, payload: i64) -> Result<Payload, Trouble> {
        let found = self.read(move |sql| payloads::get(sql, id, payload)).await?;
        found.ok_or_else(|| Refusal::not_found("there is no such body").into())
    }

    /// Reads a kept body again, as it would be read now, and takes what it says: for instance
    /// after a mapping was mended.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is no such body, or it still cannot be read.
    pub async fn replay_payload(&self, id: IntegrationId, payload: i64) -> Result<Taken, Trouble> {
        let kept = self.payload(id, payload).await?;
        let source = self.read(move |sql| integrations::get(sql, id)).await?;
        let texts = source.map(|source| source.settings.alerts.mapping).unwrap_or_default();
        let mapping = match texts.is_empty() {
            true => None,
            false => Mapping::parse(&texts).ok(),
        };
        let (now, fresh) = (self.now(), fresh().to_string());
        let headers = [("content-type", kept.content_type.as_str())];
        let path = if kept.door == "opsgenie" { "v2/alerts" } else { "" };
        let (body, fresh) = (kept.bytes.as_slice(), fresh.as_str());
        let (method, query, headers) = ("POST", "", headers.as_slice());
        let request = Request { method, path, query, headers, body, now, fresh };
        let read = read_as(&kept.door, &request, mapping.as_ref())
            .ok_or_else(|| Refusal::invalid("door", "is of no kind that can be read again"))?;
        let reading = read.map_err(|error| Refusal::invalid("body", error.to_string()))?;
        self.signals(id, Told { reading, ..Told::default() }).await
    }
}
