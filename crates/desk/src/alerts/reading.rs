//! Bodies of sources, read by the kind of their door; and those that were kept, once more.

use super::Told;
use crate::{Desk, Taken, Trouble, fresh};
use alert::Reading;
use alert::doors::opsgenie::{self, Call};
use alert::doors::{Kind, Notes, Request, Unreadable, cloudevents, json, pagerduty, sns};
use alert::mapping::{Mapping, Outcome};
use incident::Refusal;
use kernel::{IntegrationId, Timestamp};
use std::collections::BTreeMap;
use store::Sql;
use store::alerts::payloads::{self, Kept, Payload};
use store::directory::integrations;

/// The door whose bodies mappings read.
const JSON: &str = "json";
/// Bodies that a mapping is tried on: what somebody compares.
const TRIED_MAX: usize = 3;

/// What a mapping makes of a body that was kept.
#[derive(Debug, Clone)]
pub struct MappingTried {
    /// When it came.
    pub received_at: Timestamp,
    /// For the first alerts in it, what each expression gave; of an event around them nothing
    /// is told one by one.
    pub elements: Vec<Vec<Outcome>>,
    /// What it says, or why it cannot be read.
    pub reading: Result<Reading, Unreadable>,
}

/// What a source sent, read by the kind of its door; `None` for a kind that there is none of.
pub fn read_as(
    door: &str,
    request: &Request<'_>,
    mapping: Option<&Mapping>,
) -> Option<Result<Reading, Unreadable>> {
    Some(match door {
        JSON => json::read(request, mapping),
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
        let read =
            again(&kept, now, &fresh, |request| read_as(&kept.door, request, mapping.as_ref()))
                .ok_or_else(|| Refusal::invalid("door", "is of no kind that can be read again"))?;
        let reading = read.map_err(|error| Refusal::invalid("body", error.to_string()))?;
        self.signals(id, Told { reading, ..Told::default() }).await
    }

    /// Tries a mapping on the last bodies of an integration. Nothing is taken or kept.
    ///
    /// # Errors
    ///
    /// [`Trouble::Faults`] when it is no mapping.
    pub async fn try_mapping(
        &self,
        id: IntegrationId,
        texts: &BTreeMap<String, String>,
    ) -> Result<Vec<MappingTried>, Trouble> {
        let faults = crate::integrations::mapping_faults(texts);
        if !faults.is_empty() {
            return Err(Trouble::Faults(faults));
        }
        let mapping = match texts.is_empty() {
            true => None,
            false => Mapping::parse(texts).ok(),
        };
        let newest = move |sql: &mut dyn Sql| {
            let all = payloads::of(sql, id, payloads::KEPT_MAX)?.into_iter();
            let some = all.filter(|kept| kept.door == JSON).take(TRIED_MAX);
            some.map(|kept| payloads::get(sql, id, kept.id)).collect::<Result<Vec<_>, _>>()
        };
        let (kept, now) = (self.read(newest).await?, self.now());
        Ok(kept.iter().flatten().map(|kept| tried(kept, mapping.as_ref(), now)).collect())
    }
}

fn tried(kept: &Payload, mapping: Option<&Mapping>, now: Timestamp) -> MappingTried {
    let fresh = fresh().to_string();
    again(kept, now, &fresh, |request| {
        let reading = json::read(request, mapping);
        let document = json::document(request, &mut Notes::new(now)).ok();
        let document = document.filter(|_| !cloudevents::is_one(request));
        let elements = mapping
            .zip(document.as_ref())
            .map(|(mapping, document)| mapping.attempt(document, now, &fresh).elements);
        MappingTried {
            received_at: kept.received_at,
            elements: elements.unwrap_or_default(),
            reading,
        }
    })
}

/// Asks something about a kept body as if it came now.
fn again<T>(kept: &Payload, now: Timestamp, fresh: &str, ask: impl FnOnce(&Request<'_>) -> T) -> T {
    let headers = [("content-type", kept.content_type.as_str())];
    let path = if kept.door == "opsgenie" { "v2/alerts" } else { "" };
    let body = kept.bytes.as_slice();
    let (method, query, headers) = ("POST", "", headers.as_slice());
    ask(&Request { method, path, query, headers, body, now, fresh })
}
