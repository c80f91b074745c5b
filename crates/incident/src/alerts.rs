//! What an incident knows of its alerts. Each alert's own truth is kept in its row; here is
//! what they come to, so that an incident has one entry where a storm has thousands.

use crate::event::AlertsChanged;
use crate::state::State;
use kernel::{AlertId, Channel, ContentId, Muted, Severity, Timestamp, words};
use serde::{Deserialize, Serialize};

/// Alerts that one entry names at most: enough to look at, and the entry stays short.
pub const SAMPLES_MAX: usize = 5;

words! {
    /// What happened to the alerts of an incident.
    AlertsWhy {
        /// Their source told of them.
        Told = "told",
        /// They were not told of again until the instant their source had named.
        Expired = "expired",
        /// Their source was asked and does not know them any more.
        Gone = "gone",
        /// What kept them from paging is over.
        Released = "released",
        /// Something keeps them from paging.
        Muted = "muted",
        /// They came and went, and do not any more.
        Calm = "calm",
        /// Nobody knows for too long whether they are still so.
        Unclear = "unclear",
        /// Whoever had one of them at its source gave it back.
        GivenBack = "given_back",
        /// A person acted on them.
        Person = "person",
    }
}

/// How the alerts of an incident stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertSummary {
    /// How many are so now.
    pub firing: u32,
    /// How many it ever had.
    pub total: u32,
    /// The worst of those that are so now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst: Option<Severity>,
    /// Why nobody is paged about any of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted: Option<Muted>,
    /// Whether they come and go.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flapping: bool,
    /// Since when their source holds them for over while some may be so still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_unclear_since: Option<Timestamp>,
}

impl AlertSummary {
    /// Whether paging may begin because of them.
    pub fn may_page(&self) -> bool {
        self.firing > 0 && self.muted.is_none()
    }
}

/// How the alerts of an incident stand after something happened to them, as whoever keeps
/// their rows counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertNews {
    /// What happened.
    pub why: AlertsWhy,
    /// How many began.
    #[serde(default)]
    pub fired: u32,
    /// How many ended.
    #[serde(default)]
    pub resolved: u32,
    /// Some of those that began or ended; at most [`SAMPLES_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<AlertId>,
    /// How many are so now.
    pub firing: u32,
    /// How many it ever had.
    pub total: u32,
    /// The worst of those that are so now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst: Option<Severity>,
    /// The worst of those that are so now and do not come and go, where some do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steady: Option<Severity>,
    /// Why nobody is paged about any of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted: Option<Muted>,
    /// Whether some come and go: neither paging nor resolving follows those then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flapping: bool,
    /// Whether their source holds them for over while some may be so still.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub source_unclear: bool,
    /// With which words it is resolved if all are over and nobody has taken it; it is left to
    /// people without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<ContentId>,
}

impl State {
    /// Why this incident pages nobody by itself, where that is so: monitoring reported it, and
    /// everything that is so now is kept from paging. What a person reported is never muted by
    /// an alert that joined it.
    pub fn muted(&self) -> Option<Muted> {
        let alerts = self.alerts.as_ref().filter(|alerts| alerts.firing > 0)?;
        alerts.muted.filter(|_| self.channel == Channel::Alert)
    }
}

impl AlertsChanged {
    /// How the alerts stand with this entry, which happened `at`.
    pub(crate) fn after(&self, before: Option<&AlertSummary>, at: Timestamp) -> AlertSummary {
        let since = before.and_then(|before| before.source_unclear_since);
        AlertSummary {
            firing: self.firing,
            total: self.total,
            worst: self.worst,
            muted: self.muted,
            flapping: self.flapping,
            source_unclear_since: self.source_unclear.then(|| since.unwrap_or(at)),
        }
    }
}
