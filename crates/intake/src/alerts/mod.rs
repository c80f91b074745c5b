//! The doors of monitoring: each speaks as the product it stands in for, takes what it does
//! not know, and answers 2xx only when what it got is durable, with the paging that follows.

mod alertmanager;
mod answer;
mod asked;
mod keys;
mod opsgenie;
mod packing;
mod pagerduty;
mod requests;
mod signature;
mod sns;
mod webhook;

pub(crate) use answer::{nothing_here, problem};
pub(crate) use webhook::hand_in;

use crate::outside::Outside;
use crate::room::Room;
use answer::later;
use asked::Asked;
use axum::Router;
use axum::response::Response;
use axum::routing::{any, post};
use desk::{AlertsTold, Desk, Raw, Taken, Trouble};
use kernel::Timestamp;
use keys::{Keys, Source};
use std::sync::Arc;
use store::alerts::payloads::PayloadOutcome;

/// Bytes of one body: ten thousand alerts of Alertmanager, and room.
pub const BODY_BYTES: usize = 32 * 1_048_576;
/// Bytes of one event of PagerDuty, twice what it takes itself: its key stands within, so that
/// strangers can send it.
const EVENT_BYTES: usize = 1_048_576;
/// Bytes of a document that is read by a mapping: as a whole it takes many times its size.
const DOCUMENT_BYTES: usize = 4 * 1_048_576;
/// Bytes kept of a body that is larger.
const KEPT_OF_TOO_LARGE: usize = 4_096;

/// What the doors have at hand. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Doors {
    desk: Desk,
    keys: Keys,
    /// For those whose key is known before their body is read.
    room: Room,
    /// For those whose key stands in their body.
    strangers: Room,
    /// By which SNS proves who it is.
    certificates: sns::Certificates,
    /// What became of calls that clients ask about later.
    requests: requests::Requests,
    since: Timestamp,
}

impl Doors {
    pub(crate) fn of(desk: Desk, outside: Arc<dyn Outside>) -> Self {
        let (room, strangers) = (Room::default(), Room::for_strangers());
        let (keys, certificates) = (Keys::of(desk.clone()), sns::Certificates::of(outside));
        let requests = requests::Requests::default();
        Doors { keys, room, strangers, certificates, requests, since: desk.now(), desk }
    }

    /// Hands in what was read; the answer is a refusal to be tried again where it was not
    /// taken.
    async fn take(&self, source: &Source, told: AlertsTold) -> Result<Taken, Response> {
        self.desk.signals(source.integration.id, told).await.map_err(|trouble| failed(&trouble))
    }

    /// Keeps a body that could not be read, for whoever set the source up.
    async fn not_understood(
        &self,
        source: &Source,
        door: &str,
        asked: &Asked,
        why: &str,
    ) -> Result<(), Response> {
        let raw = asked.raw(door);
        let outcome = PayloadOutcome::NotUnderstood;
        let kept = self.desk.keep_payload(source.integration.id, outcome, why, raw).await;
        kept.map_err(|trouble| failed(&trouble))
    }

    /// Keeps that a body was too large, with its beginning.
    async fn too_large(&self, source: &Source, door: &str, content_type: String, begin: &[u8]) {
        let begin = begin.get(..KEPT_OF_TOO_LARGE).unwrap_or(begin).to_vec();
        let raw = Raw { door: door.to_owned(), content_type, bytes: begin };
        let words = format!("larger than the {} MB that are taken", most_bytes(door) / 1_048_576);
        let outcome = PayloadOutcome::TooLarge;
        let id = source.integration.id;
        if let Err(trouble) = self.desk.keep_payload(id, outcome, &words, raw).await {
            tracing::warn!(%trouble, "that a body of alerts was too large was not written down");
        }
    }
}

/// The doors that have addresses of their own.
pub(crate) fn routes(doors: Doors) -> Router {
    Router::new()
        .route("/v2/enqueue", post(pagerduty::enqueue))
        .route("/v2/enqueue/", post(pagerduty::enqueue))
        .route("/v2/change/enqueue", post(pagerduty::change))
        .route("/generic/2010-04-15/create_event.json", post(pagerduty::first))
        .route("/v2/alerts", any(opsgenie::call))
        .route("/v2/alerts/", any(opsgenie::call))
        .route("/v2/alerts/{*rest}", any(opsgenie::call))
        .route("/v2/heartbeats/{*rest}", any(opsgenie::call))
        .route("/v1/incidents/{*rest}", any(opsgenie::call))
        .route("/jsm/ops/integration/{*rest}", any(opsgenie::call))
        .route("/api/v2/alerts", any(alertmanager::with_token))
        .route("/api/v2/alerts/groups", any(alertmanager::with_token))
        .route("/api/v2/silences", any(alertmanager::with_token))
        .route("/api/v2/silence/{id}", any(alertmanager::with_token))
        .route("/api/v2/receivers", any(alertmanager::with_token))
        .route("/api/v2/status", any(alertmanager::with_token))
        .route("/api/v2/generic/incoming", any(webhook::goalert))
        .route("/v2/alert_events/http/{source}", post(webhook::incident_io))
        .with_state(doors)
}

/// Bytes of a body that is taken at a door.
fn most_bytes(door: &str) -> usize {
    match door {
        pagerduty::DOOR => EVENT_BYTES,
        webhook::JSON => DOCUMENT_BYTES,
        _ => BODY_BYTES,
    }
}

fn failed(trouble: &Trouble) -> Response {
    tracing::warn!(%trouble, "alerts were not taken; their source is told to try again");
    later()
}
