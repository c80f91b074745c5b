//! What the API of Alertmanager answers: the shapes that amtool, Karma and Grafana read.

use super::matchers::Matcher;
use kernel::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// A receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receiver {
    /// Its name.
    pub name: String,
}

kernel::words! {
    /// What becomes of an alert.
    AlertState {
        /// It was not looked at yet.
        Unprocessed = "unprocessed",
        /// It pages.
        Active = "active",
        /// It is silenced or inhibited.
        Suppressed = "suppressed",
    }
}

/// What becomes of an alert, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertStatus {
    /// Fingerprints of what inhibits it.
    pub inhibited_by: Vec<String>,
    /// Ids of silences.
    pub silenced_by: Vec<String>,
    /// What becomes of it.
    pub state: AlertState,
}

/// An alert of `GET /api/v2/alerts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// Texts about it.
    pub annotations: BTreeMap<String, String>,
    /// When it ends unless it is told of again.
    pub ends_at: Timestamp,
    /// Its key.
    pub fingerprint: String,
    /// Who is told.
    pub receivers: Vec<Receiver>,
    /// Since when.
    pub starts_at: Timestamp,
    /// What becomes of it.
    pub status: AlertStatus,
    /// When it was last told of.
    pub updated_at: Timestamp,
    /// Where it comes from.
    #[serde(rename = "generatorURL")]
    pub generator_url: String,
    /// What identifies it.
    pub labels: BTreeMap<String, String>,
}

/// A group of `GET /api/v2/alerts/groups`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// What is in it.
    pub alerts: Vec<Alert>,
    /// What they have in common.
    pub labels: BTreeMap<String, String>,
    /// Who is told.
    pub receiver: Receiver,
}

kernel::words! {
    /// Where in its time a silence is.
    SilenceState {
        /// It begins later.
        Pending = "pending",
        /// It silences.
        Active = "active",
        /// It is over.
        Expired = "expired",
    }
}

/// Where in its time a silence is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SilenceStatus {
    /// Where.
    pub state: SilenceState,
}

/// A silence of `GET /api/v2/silences` and `/silence/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Silence {
    /// Its id.
    pub id: String,
    /// Where in its time it is.
    pub status: SilenceStatus,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Why.
    pub comment: String,
    /// By whom.
    pub created_by: String,
    /// Until when.
    pub ends_at: Timestamp,
    /// What it silences.
    pub matchers: Vec<Matcher>,
    /// From when on.
    pub starts_at: Timestamp,
}

/// The answer to `POST /api/v2/silences`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SilenceMade {
    /// The silence.
    #[serde(rename = "silenceID")]
    pub silence_id: String,
}

/// The answer to `GET /api/v2/receivers`.
pub fn receivers(names: &[&str]) -> Vec<Receiver> {
    names.iter().map(|name| Receiver { name: (*name).to_owned() }).collect()
}

/// The body of `GET /api/v2/status`. There is no cluster that an Alertmanager could join, and no
/// configuration in its language.
pub fn status(version: &str, up_since: Timestamp) -> serde_json::Value {
    serde_json::json!({
        "cluster": {"peers": [], "status": "disabled"},
        "config": {"original": ""},
        "uptime": up_since,
        "versionInfo": {
            "branch": "", "buildDate": "", "buildUser": "", "goVersion": "", "revision": "",
            "version": version,
        },
    })
}

/// The body of a refusal: a text, as JSON.
pub fn refusal(error: &crate::doors::Unreadable) -> String {
    serde_json::Value::String(error.to_string()).to_string()
}
