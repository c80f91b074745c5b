//! Figures about requests, and the headers that every answer has.

use crate::app::App;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use desk::Desk;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Unit;
use std::time::Instant;

/// Which requests are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    method: &'static str,
    route: String,
    status: &'static str,
}

/// Counts and times of requests by route and class of status.
pub(crate) struct Figures {
    requests: Family<Kind, Counter>,
    seconds: Family<Kind, Histogram, Buckets>,
}

#[derive(Debug, Clone)]
struct Buckets;

impl MetricConstructor<Histogram> for Buckets {
    /// From 250 µs to 8 s.
    fn new_metric(&self) -> Histogram {
        Histogram::new(exponential_buckets(0.000_25, 2.0, 16))
    }
}

impl Figures {
    /// Registers them with those of the desk.
    pub(crate) fn new(desk: &Desk) -> Self {
        let requests = Family::default();
        let seconds = Family::new_with_constructor(Buckets);
        desk.metrics().register(|registry| {
            registry.register("api_requests", "Requests answered", requests.clone());
            registry.register_with_unit(
                "api_request",
                "Time until the answer began",
                Unit::Seconds,
                seconds.clone(),
            );
        });
        Figures { requests, seconds }
    }
}

/// Counts and times a request. Layered over every route.
pub(crate) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let method = method_word(request.method());
    let mut response = next.run(request).await;
    let status = match response.status().as_u16() {
        ..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    };
    let kind = Kind { method, route, status };
    let figures = app.figures();
    figures.requests.get_or_create(&kind).inc();
    figures.seconds.get_or_create(&kind).observe(started.elapsed().as_secs_f64());
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // What one caller may see another may not: nobody in between keeps it.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

/// A method as a label; whatever a stranger invents is one kind.
fn method_word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
