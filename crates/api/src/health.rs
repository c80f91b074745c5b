//! For whoever watches the server: does it live, can it serve, how does it do.

use crate::app::App;
use crate::door::Door;
use crate::json;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::collections::BTreeSet;
use std::time::Duration;
use utoipa::ToSchema;

/// How long the store may take to answer before it counts as away.
const PATIENCE: Duration = Duration::from_secs(2);

/// The text format that every reader of figures knows.
const PLAIN: &str = "text/plain; version=0.0.4; charset=utf-8";
/// For those that ask for it.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Whether requests can be served.
#[derive(Debug, Serialize, ToSchema)]
struct Readiness {
    /// Whether all of it works.
    ready: bool,
    /// Whether the database answers.
    store: bool,
    /// Whether something can be written.
    writer: bool,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/healthz", "healthz", healthz)
            .about("health", "Whether the process lives", "Looks at nothing else.")
            .answers_plainly(200, "text/plain", "It lives."),
        Door::get("/readyz", "readyz", readyz)
            .about("health", "Whether requests can be served", "Asks the database and the writer.")
            .answers::<Readiness>(200, "It can serve.")
            .answers::<Readiness>(503, "It cannot."),
        Door::get("/metrics", "metrics", metrics)
            .about(
                "health",
                "Figures for Prometheus",
                "Open to whoever reaches the port; they say how much is done, never what. Prometheus text 0.0.4, or OpenMetrics where `Accept` names that.",
            )
            .answers_plainly(200, "text/plain", "All figures."),
    ]
}

async fn healthz() -> &'static str {
    "ok"
}

async fn readyz(State(app): State<App>) -> Response {
    let desk = app.desk();
    let ping = desk.store().clone();
    let asked = desk::on_a_thread(move || ping.ping());
    let store = matches!(tokio::time::timeout(PATIENCE, asked).await, Ok(Ok(Ok(()))));
    let writer = desk.can_write(PATIENCE).await;
    let ready = store && writer;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json::answer(status, &Readiness { ready, store, writer })
}

async fn metrics(State(app): State<App>, headers: HeaderMap) -> Response {
    let text = app.desk().metrics().encode();
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match accepted.contains("application/openmetrics-text") {
        true => ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        false => ([(CONTENT_TYPE, PLAIN)], plain(&text)).into_response(),
    }
}

/// OpenMetrics in the form before it, which every reader knows: counters are described by the name of
/// their samples, and there are no units and no mark of the end.
fn plain(text: &str) -> String {
    let counter =
        |line: &str| line.strip_prefix("# TYPE ")?.strip_suffix(" counter").map(str::to_owned);
    let counters: BTreeSet<String> = text.lines().filter_map(counter).collect();
    let mut plain = String::with_capacity(text.len() + 8 * counters.len() * 2);
    for line in text.lines().filter(|line| *line != "# EOF" && !line.starts_with("# UNIT ")) {
        let described = ["# HELP ", "# TYPE "].into_iter().find(|start| line.starts_with(start));
        let named = described.and_then(|start| Some((start, line[start.len()..].split_once(' ')?)));
        match named {
            Some((start, (name, rest))) if counters.contains(name) => {
                plain.extend([start, name, "_total ", rest]);
            }
            _ => plain.push_str(line),
        }
        plain.push('\n');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_described_by_the_name_of_their_samples() {
        let open = "# HELP a_seconds Time.\n# TYPE a_seconds histogram\n# UNIT a_seconds seconds\na_seconds_count 1\n\
            # HELP b Things.\n# TYPE b counter\nb_total{kind=\"x\"} 2\n# EOF\n";
        let text = "# HELP a_seconds Time.\n# TYPE a_seconds histogram\na_seconds_count 1\n\
            # HELP b_total Things.\n# TYPE b_total counter\nb_total{kind=\"x\"} 2\n";
        assert_eq!(plain(open), text);
    }
}
