//! What every source says, in one form.

use kernel::{Priority, Severity, Timestamp, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// What a source says of an alert.
    SignalStatus {
        /// It is so.
        Firing = "firing",
        /// Somebody over there has taken it.
        Acknowledged = "acknowledged",
        /// It is over.
        Resolved = "resolved",
    }
}

/// A place to read on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where; `http://` or `https://`.
    pub href: String,
    /// What is there.
    pub text: String,
}

/// One alert, as its source tells of it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// By which its source knows it again; unique within the integration while it is open.
    pub key: String,
    /// What is said.
    pub status: SignalStatus,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line. A telling that only acknowledges or resolves may leave it
    /// empty, and then says nothing of how bad it is either.
    pub title: String,
    /// What else is said; may be empty.
    pub body: String,
    /// Names and values, such as `alertname`, `instance`, `service`.
    pub labels: BTreeMap<String, String>,
    /// Places to read on: graphs, runbooks, silences.
    pub links: Vec<Link>,
    /// The service, as the source calls it.
    pub service: Option<String>,
    /// What the source puts together, by its own name for that.
    pub group: Option<String>,
    /// The priority, where the source has one of its own.
    pub priority: Option<Priority>,
    /// Names of teams, people or policies the source wants told.
    pub responders: Vec<String>,
    /// Since when it is so, by the source's clock, if that could be read as an instant.
    pub started_at: Option<Timestamp>,
    /// When it is over unless it is told of again; of a resolved one, when it ended.
    pub ends_at: Option<Timestamp>,
    /// A note that somebody wrote over there.
    pub note: Option<String>,
    /// By which this very telling is known again when it is sent twice, where the source has
    /// such a thing. The same word may stand for repeats that say the alert still fires.
    #[serde(default)]
    pub once: Option<String>,
}

impl Signal {
    /// A signal that says no more than this, of the severity that unknown ones have.
    pub fn new(key: impl Into<String>, status: SignalStatus, title: impl Into<String>) -> Self {
        Signal {
            key: key.into(),
            status,
            severity: Severity::Error,
            title: title.into(),
            body: String::new(),
            labels: BTreeMap::new(),
            links: Vec::new(),
            service: None,
            group: None,
            priority: None,
            responders: Vec::new(),
            started_at: None,
            ends_at: None,
            note: None,
            once: None,
        }
    }
}

/// What one request said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What was told, in its order.
    pub signals: Vec<Signal>,
    /// The group of a notification that tells of a group, by the source's name for it.
    pub group: Option<String>,
    /// How many alerts of the group the source left out: absence says nothing then.
    pub left_out: u64,
    /// What had to be guessed or was passed over, for whoever set the source up.
    pub warnings: Vec<String>,
}
