//! Server-sent events as bytes.

use axum::body::Bytes;
use kernel::{IncidentNumber, Timestamp};

/// What a stream begins with: reconnect after 2 seconds, a first sign of life, and the time,
/// because the page may have been drawn a while ago.
pub(super) fn hello(now: Timestamp) -> String {
    format!("retry: 2000\n: connected\n\n{}", event("now", &now.to_string()))
}

/// An event with its data.
pub(super) fn event(name: &str, data: &str) -> String {
    let mut frame = String::with_capacity(data.len() + name.len() + 24);
    frame.push_str("event: ");
    frame.push_str(name);
    frame.push('\n');
    // A carriage return ends a line of the stream too.
    for line in data.split('\n').flat_map(|line| line.split('\r')) {
        frame.push_str("data: ");
        frame.push_str(line);
        frame.push('\n');
    }
    frame.push('\n');
    frame
}

/// Patches of the page.
pub(super) fn patch(html: &str) -> Bytes {
    event("patch", html).into()
}

/// An incident that now matches the view.
pub(super) fn news(number: IncidentNumber) -> String {
    event("news", &format!(r#"{{"number":"{number}"}}"#))
}

/// An incident that matches the view no more.
pub(super) fn gone(number: IncidentNumber) -> String {
    event("gone", &format!(r#"{{"number":"{number}"}}"#))
}

/// The page has to be fetched anew.
pub(super) fn stale() -> String {
    event("stale", "look again")
}

/// Up to where everything was told; what a browser sends when it comes back.
pub(super) fn position(position: i64) -> String {
    format!("id: {position}\n\n")
}

/// A sign of life that also says up to where everything was told.
pub(super) fn heartbeat(position: i64) -> String {
    format!(": still here\nid: {position}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_people_cannot_end_an_event() {
        let frame = event("patch", "one\r\n\ndata: two\rid: 9");
        assert!(
            frame
                .lines()
                .filter(|line| !line.is_empty())
                .all(|line| line.starts_with("data: ") || line == "event: patch")
        );
        assert!(!frame.trim_end_matches('\n').contains("\n\n"));
        assert!(!frame.contains('\r'));
    }
}
