//! For whoever watches the server: does it live, can it serve, how does it do.

use crate::app::App;
use crate::door::Door;
use crate::json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// How long the store may take to answer before it counts as away.
const PATIENCE: Duration = Duration::from_secs(2);

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
                "Open to whoever reaches the port; they say how much is done, never what.",
            )
            .answers_plainly(200, "application/openmetrics-text", "All figures."),
    ]
}

async fn healthz() -> &'static str {
    "ok"
}

async fn readyz(State(app): State<App>) -> Response {
    let desk = app.desk();
    let ping = desk.store().clone();
    let asked = tokio::task::spawn_blocking(move || ping.ping());
    let store = matches!(tokio::time::timeout(PATIENCE, asked).await, Ok(Ok(Ok(()))));
    let writer = desk.can_write(PATIENCE).await;
    let ready = store && writer;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json::answer(status, &Readiness { ready, store, writer })
}

async fn metrics(State(app): State<App>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, kind)], app.desk().metrics().encode()).into_response()
}
