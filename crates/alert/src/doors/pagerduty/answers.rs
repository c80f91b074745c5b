//! Answers in the words of PagerDuty, which its clients compare.

use crate::doors::Unreadable;
use serde_json::{Value, json};

/// 202: an event was taken. An event that changes nothing, such as the resolution of an alert
/// that is not open, is answered in the same way.
pub fn taken(dedup_key: &str) -> Value {
    json!({"status": "success", "message": "Event processed", "dedup_key": dedup_key})
}

/// 200: an event of version 1 was taken.
pub fn taken_v1(incident_key: &str) -> Value {
    json!({"status": "success", "message": "Event processed", "incident_key": incident_key})
}

/// 202: a change was taken.
pub fn change_taken() -> Value {
    json!({"status": "success", "message": "Change event processed"})
}

/// 400: it cannot be understood, or its key is nobody's.
pub fn invalid(error: &Unreadable) -> Value {
    let words = match error.field.as_str() {
        "body" => error.rule.clone(),
        field => format!("'{field}' {}", error.rule),
    };
    invalid_because(&[words])
}

/// 400: the key belongs to no integration.
pub fn unknown_key() -> Value {
    invalid_because(&["'routing_key' is not the key of an integration".to_owned()])
}

/// 429: too much at once. PagerDuty's clients and Alertmanager wait and send again.
pub fn throttled() -> Value {
    json!({
        "status": "throttle exceeded",
        "message": "Requests for this service are arriving too quickly. Retry later.",
        "errors": ["Enqueue quota exceeded"],
    })
}

fn invalid_because(errors: &[String]) -> Value {
    json!({"status": "invalid event", "message": "Event object is invalid", "errors": errors})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_have_the_form_clients_know() {
        let said = invalid(&Unreadable::new("routing_key", "is missing or blank"));
        assert_eq!(
            said.to_string(),
            r#"{"errors":["'routing_key' is missing or blank"],"message":"Event object is invalid","status":"invalid event"}"#
        );
        assert_eq!(taken("a")["dedup_key"], "a");
    }
}
