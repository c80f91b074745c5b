//! What Opsgenie answers.

use super::Refused;
use kernel::{Priority, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// 202: it will be done.
pub fn accepted(request_id: &str, took_seconds: f64) -> Value {
    json!({"result": "Request will be processed", "took": took_seconds, "requestId": request_id})
}

/// 202: a sign of life was taken.
pub fn pong(request_id: &str, took_seconds: f64) -> Value {
    json!({"result": "PONG - Heartbeat received", "took": took_seconds, "requestId": request_id})
}

/// 200 with what was asked for.
pub fn data(data: impl Serialize, request_id: &str, took_seconds: f64) -> Value {
    json!({"data": data, "took": took_seconds, "requestId": request_id})
}

/// The status and body of a refusal.
pub fn refused(refused: &Refused, request_id: &str) -> (u16, Value) {
    let words = |words: &str| json!({"message": words, "took": 0.0, "requestId": request_id});
    match refused {
        Refused::NoSuchCall => (404, words("There is no such address")),
        Refused::Method => (405, words("This address does not take that method")),
        Refused::Unreadable(error) if error.field == "body" => (400, words(&error.to_string())),
        Refused::Unreadable(error) => {
            let mut body = words("Request body is not processable");
            body["errors"] = json!({error.field.as_str(): error.rule});
            (422, body)
        }
    }
}

/// 401: the key is nobody's.
pub fn no_such_key(request_id: &str) -> Value {
    json!({"message": "Could not authenticate", "took": 0.0, "requestId": request_id})
}

/// 404: no such alert, request or heartbeat.
pub fn not_found(what: &str, request_id: &str) -> Value {
    json!({"message": format!("{what} not found"), "took": 0.0, "requestId": request_id})
}

/// What became of an earlier call: the data of `GET /v2/alerts/requests/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// Whether it was done.
    #[serde(rename = "isSuccess")]
    pub is_success: bool,
    /// What it was: `Create`, `Close`, `Acknowledge`.
    pub action: String,
    /// When it was done.
    pub processed_at: Timestamp,
    /// The integration.
    pub integration_id: String,
    /// In words.
    pub status: String,
    /// The alert.
    pub alert_id: String,
    /// Its key.
    pub alias: String,
}

/// A note as `GET /v2/alerts/{id}/notes` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// Its words, with who said so before them.
    pub note: String,
    /// Whose it is.
    pub owner: String,
    /// When it was noted.
    pub created_at: Timestamp,
    /// Where a client would go on: its instant in nanoseconds.
    pub offset: String,
}

impl Note {
    /// One of nobody that is known over there.
    pub fn of(note: String, created_at: Timestamp) -> Self {
        let offset = format!("{}000", created_at.micros());
        Note { note, owner: String::new(), created_at, offset }
    }
}

/// An alert as `GET /v2/alerts` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// Its id.
    pub id: String,
    /// Its short number.
    pub tiny_id: String,
    /// Its key.
    pub alias: String,
    /// Its title.
    pub message: String,
    /// `open` or `closed`.
    pub status: String,
    /// Whether somebody has taken it.
    pub acknowledged: bool,
    /// Whether somebody has looked at it.
    pub is_seen: bool,
    /// Its tags.
    pub tags: Vec<String>,
    /// Whether nobody is told for now.
    pub snoozed: bool,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Timestamp>,
    /// How often it was told of.
    pub count: u64,
    /// When it was last told of.
    pub last_occurred_at: Timestamp,
    /// When it was first told of.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Where it comes from.
    pub source: String,
    /// Who has it.
    pub owner: String,
    /// Its priority.
    pub priority: Priority,
    /// What else is said; in answers about one alert only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is about; in answers about one alert only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// Its details; in answers about one alert only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<BTreeMap<String, String>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doors::Unreadable;

    #[test]
    fn refusals_name_the_field() {
        let error = Refused::Unreadable(Unreadable::new("message", "can not be empty"));
        let (status, body) = refused(&error, "r");
        assert_eq!((status, body["errors"]["message"].as_str()), (422, Some("can not be empty")));
        assert_eq!(refused(&Refused::NoSuchCall, "r").0, 404);
        assert_eq!(accepted("r", 0.3)["requestId"], "r");
    }
}
