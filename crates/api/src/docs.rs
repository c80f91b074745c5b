//! `/openapi.json` and `/api/docs`, the page to read and try it.

use crate::app::App;
use crate::json;
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::LazyLock;

/// Everything comes from this server; nothing runs inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The page; its script fills it from the description.
const PAGE: &str = r##"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · Evenkeel</title>
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/css/tokens.css">
<link rel="stylesheet" href="/assets/css/app.css">
<script type="module" src="/assets/app.js"></script>
<script type="module" src="/assets/js/api-docs.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<main class="page" id="main" tabindex="-1">
<h1>API</h1>
<p class="muted">Everything the screens do can be done by a program. Send a token as <code>Authorization: Bearer TOKEN</code>.</p>
<div class="api" id="api" data-spec="/openapi.json">
<p>The description in OpenAPI 3.1: <a href="/openapi.json">openapi.json</a></p>
</div>
</main>
<div id="toasts" class="toasts" aria-live="polite"></div>
<p id="say" class="vh" role="status"></p>
</body>
</html>
"##;

/// Description and page. The description is made when it is first asked for.
pub(crate) fn router() -> Router<App> {
    static TEXT: LazyLock<Bytes> =
        LazyLock::new(|| Bytes::from(serde_json::to_vec(&crate::openapi()).unwrap_or_default()));
    let description = || async { json::raw(StatusCode::OK, TEXT.clone()) };
    Router::new().route("/openapi.json", get(description)).route("/api/docs", get(page))
}

async fn page() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, PAGE).into_response()
}
