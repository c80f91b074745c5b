//! What a source that is asked which alerts it knows says about ours. Pure.

use crate::Alert;
use crate::doors::Unreadable;
use crate::doors::alertmanager::fingerprint;
use kernel::{AlertId, Timestamp};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Characters of an Alertmanager's fingerprint: what has a longer or shorter key came through a
/// door of something else, of which an Alertmanager knows nothing.
const FINGERPRINT_CHARS: usize = 16;

/// What a source knows at this instant: the keys of its alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Knows(BTreeSet<String>);

/// What the answer of a source says about our open alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// It did not know them the last time, and does not now: they are over.
    pub gone: Vec<AlertId>,
    /// It does not know them now; whether they are over says the next answer.
    pub missing: BTreeSet<AlertId>,
    /// Whether it knows no alert that is not one of ours, so that it hides none of them.
    pub whole: bool,
}

/// Reads the answer of `GET /api/v2/alerts`.
///
/// # Errors
///
/// [`Unreadable`] when it is no list of alerts, or one of them has neither fingerprint nor labels:
/// from half an answer nothing follows.
pub fn read(body: &[u8]) -> Result<Knows, Unreadable> {
    let all: Vec<Known> = serde_json::from_slice(body)
        .map_err(|error| Unreadable::new("body", format!("is no list of alerts: {error}")))?;
    let key = |one: Known| match (one.fingerprint, one.labels) {
        (Some(fingerprint), _) if !fingerprint.is_empty() => Ok(fingerprint),
        (_, labels) if !labels.is_empty() => {
            let labels = labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            Ok(fingerprint(labels))
        }
        _ => Err(Unreadable::new("[]", "has neither fingerprint nor labels")),
    };
    all.into_iter().map(key).collect::<Result<_, _>>().map(Knows)
}

/// As much of an alert as says which one it is.
#[derive(Deserialize)]
struct Known {
    fingerprint: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

/// Compares our open alerts with what their source knows. One that it told of since `asked_at`
/// is newer than its answer and is left alone; `missing_before` is what its last answer did
/// not have. One answer is not enough: a source that has just started knows nothing yet.
pub fn compare(
    ours: &[Alert],
    knows: &Knows,
    missing_before: &BTreeSet<AlertId>,
    asked_at: Timestamp,
) -> Compared {
    let mut compared = Compared::default();
    let mut known = 0;
    for alert in ours.iter().filter(|alert| alert.is_open() && is_fingerprint(&alert.key)) {
        if knows.0.contains(&alert.key) {
            known += 1;
        } else if alert.last_at < asked_at {
            if missing_before.contains(&alert.id) {
                compared.gone.push(alert.id);
            } else {
                compared.missing.insert(alert.id);
            }
        }
    }
    compared.whole = known == knows.0.len();
    compared
}

fn is_fingerprint(key: &str) -> bool {
    key.len() == FINGERPRINT_CHARS && !key.contains(char::is_whitespace)
}
