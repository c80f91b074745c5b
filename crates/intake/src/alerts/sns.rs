//! Amazon SNS, which signs what it sends and asks once whether this address wants a topic. What
//! bears a signature must bear a right one; a topic that is proved is confirmed at once.

use super::answer::{problem, say};
use super::asked::Asked;
use super::keys::Source;
use super::{Doors, failed, signature};
use crate::outside::{Outside, Question};
use alert::doors::sns::{self, Signed};
use axum::http::StatusCode;
use axum::response::Response;
use desk::{Raw, Trouble};
use kernel::{IntegrationId, Timestamp};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::alerts::payloads::PayloadOutcome;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The kind of this door.
pub(super) const DOOR: &str = "sns";
/// Bytes of a certificate, or of the answer to a confirmation.
const ANSWER_BYTES: u64 = 65_536;
/// Certificates that are remembered: Amazon has one for each region and year.
const CERTIFICATES: usize = 32;
/// Seconds until it is asked again for one that could not be had: whoever sends must not wait for
/// that each time.
const AGAIN_SECONDS: i64 = 60;

/// After how long a visit that confirms a topic is tried again: what failed is mostly Amazon's
/// answer or a name that was not found at once. The address is good for three days.
const VISIT_AGAIN: [Duration; 3] =
    [Duration::from_secs(1), Duration::from_secs(15), Duration::from_secs(120)];

/// Visits that are tried again at the same time, each of which holds what asked for it.
const VISITS_AGAIN_MAX: usize = 16;

/// The certificates of SNS. Cheap to clone.
#[derive(Clone)]
pub(super) struct Certificates {
    outside: Arc<dyn Outside>,
    known: Arc<Mutex<HashMap<String, Fetched>>>,
    /// Room for visits that are tried again.
    again: Arc<Semaphore>,
}

#[derive(Clone)]
struct Fetched {
    at: Timestamp,
    pem: Result<Arc<[u8]>, String>,
}

impl Certificates {
    pub(super) fn of(outside: Arc<dyn Outside>) -> Self {
        let again = Arc::new(Semaphore::new(VISITS_AGAIN_MAX));
        Certificates { outside, known: Arc::default(), again }
    }

    /// The certificate at an address of SNS, or in words why it cannot be had.
    async fn get(&self, url: &str, now: Timestamp) -> Result<Arc<[u8]>, String> {
        let known = self.lock().get(url).cloned();
        if let Some(known) = known {
            let rests = now.seconds_since(known.at) < AGAIN_SECONDS;
            if known.pem.is_ok() || rests {
                return known.pem;
            }
        }
        let pem: Result<Arc<[u8]>, String> = match self.visit(url).await {
            Ok((200, body)) => Ok(body.into()),
            Ok((status, _)) => Err(format!("its certificate: status {status}")),
            Err(why) => Err(format!("its certificate: {why}")),
        };
        let mut known = self.lock();
        if known.len() >= CERTIFICATES {
            known.clear();
        }
        known.insert(url.to_owned(), Fetched { at: now, pem: pem.clone() });
        pem
    }

    async fn visit(&self, url: &str) -> Result<(u16, Vec<u8>), String> {
        let url = url.to_owned();
        let question = Question { url, authorization: None, bytes: ANSWER_BYTES };
        let answer = self.outside.ask(question).await?;
        Ok((answer.status, answer.body))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Fetched>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks at who signed a message, and confirms a topic that asks for it. Gives what is to be noted
/// beside what the message says; the answer where nothing is left to be read.
pub(super) async fn look(
    doors: &Doors,
    source: &Source,
    asked: &Asked,
) -> Result<Option<String>, Response> {
    let signed = match asked.with("", sns::signed) {
        Ok(Some(signed)) => signed,
        Ok(None) => return Ok(None),
        Err(error) => return Err(refuse(doors, source, asked, &error.to_string()).await),
    };
    let certificates = &doors.certificates;
    // No page is lost because this machine may ask nobody: the key of the address was right.
    let pem = match certificates.get(&signed.certificate_url, doors.desk.now()).await {
        Ok(pem) => pem,
        Err(why) => return Ok(Some(format!("the signature was not checked: {why}"))),
    };
    if let Err(wrong) = signature::check(&pem, &signed) {
        let words = format!("Signature: {wrong}");
        return Err(refuse(doors, source, asked, &words).await);
    }
    match &signed.confirm_url {
        Some(url) => confirm(doors, source, asked, &signed, url).await,
        None => Ok(None),
    }
}

async fn refuse(doors: &Doors, source: &Source, asked: &Asked, words: &str) -> Response {
    match doors.not_understood(source, DOOR, asked, words).await {
        Ok(()) => problem(StatusCode::FORBIDDEN, words),
        Err(later) => later,
    }
}

async fn confirm(
    doors: &Doors,
    source: &Source,
    asked: &Asked,
    signed: &Signed,
    url: &str,
) -> Result<Option<String>, Response> {
    let visit = Visit {
        doors: doors.clone(),
        integration: source.integration.id,
        url: url.to_owned(),
        topic: signed.topic.clone(),
        raw: asked.raw(DOOR),
    };
    if let Err(why) = visit.go().await {
        // It waits for somebody meanwhile, should this program end before.
        if let Ok(room) = doors.certificates.again.clone().try_acquire_owned() {
            desk::beside(visit.go_again(room));
        }
        return Ok(Some(why));
    }
    visit.note().await.map_err(|trouble| failed(&trouble))?;
    Err(say(200, &json!({ "status": "confirmed" })))
}

/// A visit that confirms a topic.
struct Visit {
    doors: Doors,
    integration: IntegrationId,
    url: String,
    topic: String,
    /// What asked for it.
    raw: Raw,
}

impl Visit {
    async fn go(&self) -> Result<(), String> {
        match self.doors.certificates.visit(&self.url).await {
            Ok((200..=299, _)) => Ok(()),
            Ok((status, _)) => Err(format!("a visit was answered with status {status}")),
            Err(why) => Err(format!("it could not be visited: {why}")),
        }
    }

    /// Tries a few times more. In vain, it waits for somebody as it did before.
    async fn go_again(self, _room: OwnedSemaphorePermit) {
        for after in VISIT_AGAIN {
            tokio::time::sleep(after).await;
            match self.go().await {
                Ok(()) => {
                    if let Err(trouble) = self.note().await {
                        tracing::warn!(%trouble, "that a topic is confirmed was not written down");
                    }
                    return;
                }
                Err(why) => {
                    tracing::info!(topic = %self.topic, why, "a topic is not confirmed yet")
                }
            }
        }
    }

    async fn note(&self) -> Result<(), Trouble> {
        let note = format!("the subscription of {} is confirmed", self.topic);
        let (outcome, raw) = (PayloadOutcome::Confirmed, self.raw.clone());
        self.doors.desk.keep_payload(self.integration, outcome, &note, raw).await
    }
}
