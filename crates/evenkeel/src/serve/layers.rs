//! What holds for every request: a number to find it by, a time limit, a size limit,
//! compression, and that a defect in one answer never takes the others down.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_request};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use std::any::Any;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::limit::RequestBodyLimitLayer;
use web::{Matched, matched};

/// How long requests may take to be answered.
#[derive(Debug, Clone, Copy)]
struct Within {
    /// Most of them.
    answer: Duration,
    /// Those that bring a file: 25 MB over a slow line.
    upload: Duration,
}

const WITHIN: Within = Within { answer: Duration::from_secs(30), upload: Duration::from_secs(600) };
/// Bytes of a request: a form with 8 of the largest files, and room around them. Routers allow less.
const BODY_BYTES: usize = 9 * kernel::limits::ATTACHMENT_BYTES;
/// Smaller answers gain nothing from compression.
const COMPRESSED_FROM_BYTES: u64 = 1_024;
/// Seconds after which trying again may help.
const TRY_AGAIN_SECONDS: HeaderValue = HeaderValue::from_static("1");
/// The request's number, here and at the proxy before us.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Characters of a number somebody else gave.
const REQUEST_ID_CHARS: usize = 64;
/// Where messages are handed in, as large as files.
const INTAKE: &str = "/intake/";
/// What a stream of events says it is.
const EVENT_STREAM: &str = "text/event-stream";

/// Puts around the routes what holds for all of them.
pub(super) fn around(routes: Router, stop: watch::Receiver<bool>) -> Router {
    around_within(routes, stop, WITHIN)
}

fn around_within(routes: Router, stop: watch::Receiver<bool>, within: Within) -> Router {
    // Around all of them as one service: a layer of a router goes around each of its routes, and there are
    // a thousand. Together, the outermost first: what goes around by itself is put into a box of its own,
    // and each request copies all the boxes within each box.
    Router::new().fallback_service(routes.layer(map_request(matched))).layer(
        ServiceBuilder::new()
            .layer(from_fn(told))
            .layer(from_fn_with_state(within, in_time))
            .layer(
                CompressionLayer::new()
                    .quality(CompressionLevel::Fastest)
                    .compress_when(worth_it()),
            )
            .layer(from_fn_with_state(stop, until_stopped))
            .layer(RequestBodyLimitLayer::new(BODY_BYTES))
            .layer(CatchPanicLayer::custom(panicked)),
    )
}

/// Numbers the request and tells the log: method, route, status and time, never who
/// asked or for what.
async fn told(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(request.headers());
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let method = request.method().clone();
    // The route, not the path: paths hold e-mail addresses and searches.
    let found = Matched::default();
    request.extensions_mut().insert(found.clone());
    let mut response = next.run(request).await;
    let status = response.status();
    tell(&method, found.route().unwrap_or("-"), status, started.elapsed(), &id);
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

fn tell(method: &Method, route: &str, status: StatusCode, took: Duration, id: &HeaderValue) {
    let (status, milliseconds) = (status.as_u16(), took.as_millis() as u64);
    let request = id.to_str().unwrap_or_default();
    if status >= 500 {
        tracing::warn!(%method, route, status, milliseconds, request, "answered");
    } else {
        tracing::debug!(%method, route, status, milliseconds, request, "answered");
    }
}

/// The number the caller gave, if it is a harmless one; else a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let harmless = |id: &&HeaderValue| {
        let bytes = id.as_bytes();
        let known = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
        (1..=REQUEST_ID_CHARS).contains(&bytes.len()) && bytes.iter().all(known)
    };
    headers.get(REQUEST_ID).filter(harmless).cloned().unwrap_or_else(|| {
        HeaderValue::try_from(desk::fresh().to_string())
            .unwrap_or_else(|_| HeaderValue::from_static("-"))
    })
}

/// Ends what takes too long to be answered. Streams are answered at once and then
/// last as long as they like.
async fn in_time(State(within): State<Within>, request: Request, next: Next) -> Response {
    let uploads = starts_with(request.headers(), "multipart/form-data")
        || request.uri().path().starts_with(INTAKE);
    let limit = if uploads { within.upload } else { within.answer };
    let api = speaks_json(request.uri().path());
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!(seconds = limit.as_secs(), "a request took too long");
            let mut response = trouble(
                api,
                StatusCode::SERVICE_UNAVAILABLE,
                "This took too long. Try again in a moment.",
            );
            response.headers_mut().insert(RETRY_AFTER, TRY_AGAIN_SECONDS);
            response
        }
    }
}

/// Ends streams of events when the server stops: they would never end by themselves,
/// and whoever listens comes back to the next server and misses nothing.
async fn until_stopped(
    State(mut stop): State<watch::Receiver<bool>>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    if !starts_with(response.headers(), EVENT_STREAM) {
        return response;
    }
    response.map(|body| {
        let stopped = Box::pin(async move { drop(stop.wait_for(|stop| *stop).await) });
        Body::from_stream(body.into_data_stream().take_until(stopped))
    })
}

/// Text is worth compressing; streams must not wait in a compressor, and what was
/// compressed already says so and is left alone.
fn worth_it() -> impl Predicate {
    let text =
        |_: StatusCode, _: axum::http::Version, headers: &HeaderMap, _: &axum::http::Extensions| {
            let kinds = [
                "text/html",
                "text/plain",
                "text/csv",
                "application/json",
                "application/problem+json",
                "application/openmetrics-text",
            ];
            kinds.iter().any(|kind| starts_with(headers, kind))
        };
    SizeAbove::new(COMPRESSED_FROM_BYTES).and(text)
}

/// A defect of ours: the request fails, the server lives on. What went wrong is in
/// the log, not in the answer.
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let words = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("no words");
    tracing::error!(words, "a request failed through a defect");
    trouble(
        true,
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something is broken on our side. It has been written to the log.",
    )
}

/// An answer in the caller's language: a problem for programs, words for people.
fn trouble(api: bool, status: StatusCode, words: &'static str) -> Response {
    if !api {
        return (status, words).into_response();
    }
    let title = status.canonical_reason().unwrap_or_default();
    let problem = serde_json::json!({
        "type": "about:blank", "title": title, "status": status.as_u16(), "detail": words,
    });
    (status, [(CONTENT_TYPE, "application/problem+json")], problem.to_string()).into_response()
}

fn speaks_json(path: &str) -> bool {
    ["/api/", INTAKE, "/openapi.json", "/readyz"].iter().any(|start| path.starts_with(start))
}

fn starts_with(headers: &HeaderMap, kind: &str) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(kind.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH};
    use axum::routing::{get, post};
    use tower::ServiceExt;

    fn routes() -> (Router, watch::Sender<bool>) {
        routes_within(WITHIN)
    }

    fn routes_within(within: Within) -> (Router, watch::Sender<bool>) {
        let (stop, stopped) = watch::channel(false);
        let stream = || async {
            let endless = futures_util::stream::once(async {
                Ok::<_, std::io::Error>("data: 1\n\n".repeat(1_000))
            })
            .chain(futures_util::stream::pending());
            ([(CONTENT_TYPE, EVENT_STREAM)], Body::from_stream(endless))
        };
        let routes = Router::new()
            .route("/long", get(|| async { "long ".repeat(1_000) }))
            .route("/short", get(|| async { "short" }))
            .route(
                "/file",
                get(|| async { ([(CONTENT_TYPE, "application/octet-stream")], "0".repeat(9_999)) }),
            )
            .route("/stream", get(stream))
            .route("/broken", get(|| async { panic!("on purpose") as &'static str }))
            .route("/slow", get(std::future::pending::<()>))
            .route("/api/v1/slow", get(std::future::pending::<()>))
            .route("/echo", post(|body: axum::body::Bytes| async move { body.len().to_string() }))
            .layer(axum::extract::DefaultBodyLimit::disable());
        (around_within(routes, stopped, within), stop)
    }

    fn request(path: &str) -> Request {
        Request::get(path).header(ACCEPT_ENCODING, "gzip").body(Body::empty()).unwrap()
    }

    async fn ask(request: Request) -> Response {
        routes().0.oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn text_is_compressed_from_a_size_on() {
        for (path, compressed) in
            [("/long", true), ("/short", false), ("/file", false), ("/stream", false)]
        {
            let response = ask(request(path)).await;
            assert_eq!(response.headers().contains_key(CONTENT_ENCODING), compressed, "{path}");
        }
    }

    #[tokio::test]
    async fn every_answer_has_a_number() {
        let given = |id: &str| {
            let mut request = request("/short");
            request.headers_mut().insert(REQUEST_ID, HeaderValue::from_str(id).unwrap());
            request
        };
        assert_eq!(ask(given("proxy-7")).await.headers()[REQUEST_ID], "proxy-7");
        for id in ["", "two words", &"x".repeat(65)] {
            let new = ask(given(id)).await.headers()[REQUEST_ID].clone();
            assert_eq!(new.len(), 36, "{id}");
        }
        assert!(ask(request("/nowhere")).await.headers().contains_key(REQUEST_ID));
    }

    #[tokio::test]
    async fn a_defect_stays_one_answer() {
        let (router, _stop) = routes();
        let response = router.clone().oneshot(request("/broken")).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("on purpose"));
        assert_eq!(router.oneshot(request("/short")).await.unwrap().status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn what_takes_too_long_is_ended() {
        let within = Within { answer: Duration::from_millis(1), ..WITHIN };
        for (path, kind) in [("/slow", "text/plain"), ("/api/v1/slow", "application/problem+json")]
        {
            let response = routes_within(within).0.oneshot(request(path)).await.unwrap();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert!(starts_with(response.headers(), kind), "{path}");
            assert!(response.headers().contains_key(RETRY_AFTER));
        }
    }

    #[tokio::test]
    async fn streams_end_when_the_server_stops() {
        let (router, stop) = routes();
        let response = router.oneshot(request("/stream")).await.unwrap();
        stop.send_replace(true);
        // An endless body would never be read to its end.
        axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
    }

    #[tokio::test]
    async fn too_large_a_body_is_refused() {
        // Refused for what it says it will be, before anything of it is read.
        let send = |says: usize| {
            let request = Request::post("/echo").header(CONTENT_LENGTH, says);
            request.body(Body::from("short")).unwrap()
        };
        assert_eq!(ask(send(5)).await.status(), StatusCode::OK);
        assert_eq!(ask(send(BODY_BYTES + 1)).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}
