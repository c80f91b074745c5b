//! Older forms of event bodies, lifted to the current one. Total: whatever was
//! written once can be read for ever.

use crate::event::Body;
use serde_json::{Value, json};

/// What reading an older form came to.
pub(crate) enum Upcast {
    /// It is in the current form.
    Current,
    /// It was lifted to the current form.
    Lifted(String),
    /// It is newer than this program, or of an unknown kind.
    Newer,
}

/// Lifts the data of a body of `kind` from `version` to the current version.
pub(crate) fn upcast(kind: &str, version: u32, data: &str) -> Upcast {
    let Some((_, current)) = Body::KINDS.iter().find(|(known, _)| *known == kind) else {
        return Upcast::Newer;
    };
    if version == *current {
        return Upcast::Current;
    }
    if version > *current {
        return Upcast::Newer;
    }
    match (kind, version) {
        // Version 1 counted minutes.
        ("work_logged", 1) => rewrite(data, |body| {
            let minutes = body.get("minutes").and_then(Value::as_u64).unwrap_or(0);
            body.as_object_mut().map(|fields| {
                fields.remove("minutes");
                fields.insert(
                    "seconds".to_owned(),
                    json!(minutes.saturating_mul(60).min(u64::from(u32::MAX))),
                )
            });
        }),
        // Version 1 knew no waits.
        ("rule_ran", 1) => Upcast::Lifted(data.to_owned()),
        _ => Upcast::Newer,
    }
}

fn rewrite(data: &str, change: impl FnOnce(&mut Value)) -> Upcast {
    match serde_json::from_str::<Value>(data) {
        Ok(mut body) => {
            change(&mut body);
            Upcast::Lifted(body.to_string())
        }
        Err(_) => Upcast::Newer,
    }
}
