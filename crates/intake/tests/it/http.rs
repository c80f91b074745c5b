//! Messages handed in over HTTP.

use crate::doors::{desk, kept, key};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use intake::MESSAGE_BYTES;
use serde_json::Value;
use store::messages::Door;
use tower::ServiceExt;

struct Answer {
    status: StatusCode,
    retry_after: bool,
    json: Value,
}

async fn post(router: &Router, path: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(path).body(body.into()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (status, retry_after) = (response.status(), response.headers().contains_key("retry-after"));
    let bytes = axum::body::to_bytes(response.into_body(), 65_536).await.unwrap();
    Answer { status, retry_after, json: serde_json::from_slice(&bytes).unwrap() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_taken_with_the_key_and_repeated_without_harm() {
    let desk = desk().await;
    let router = intake::router(desk.desk.clone());
    let plain = key(1).as_str().to_owned();
    let hyphens = format!(
        "{}-{}-{}-{}-{}",
        &plain[..8],
        &plain[8..12],
        &plain[12..16],
        &plain[16..20],
        &plain[20..]
    );
    let first = post(&router, &format!("/intake/{plain}/email"), "Subject: a\r\n\r\nb").await;
    assert_eq!((first.status, &first.json["state"]), (StatusCode::ACCEPTED, &"waiting".into()));
    let path = format!("/intake/{}/email", hyphens.to_uppercase());
    let again = post(&router, &path, "Subject: a\r\n\r\nb").await;
    assert_eq!((again.status, &again.json["id"]), (StatusCode::OK, &first.json["id"]));
    let odd = post(&router, &path, vec![0u8, 255, 13, 10, 0]).await;
    assert_eq!(odd.status, StatusCode::ACCEPTED);
    let all = kept(&desk).await;
    assert_eq!(all.len(), 2);
    assert_eq!((all[0].0.door, all[0].1.as_str()), (Door::Http, "Subject: a\r\n\r\nb"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_know_a_key_learns_nothing() {
    let desk = desk().await;
    let router = intake::router(desk.desk.clone());
    let unknown = post(&router, &format!("/intake/{}/email", key(9).as_str()), "x").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    for path in
        ["/intake/x/email", "/intake/a/b", "/intake/%00/email", "/intake/%ff/email", "/intake/x"]
    {
        let other = post(&router, path, "x").await;
        assert_eq!((other.status, &other.json), (StatusCode::NOT_FOUND, &unknown.json), "{path}");
    }
    let known = format!("/intake/{}/grafana", key(1).as_str());
    assert_eq!(post(&router, &known, "x").await.json, unknown.json);
    let empty = post(&router, &format!("/intake/{}/email", key(1).as_str()), "").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_or_cannot_be_kept_is_said() {
    let desk = desk().await;
    let router = intake::router(desk.desk.clone());
    let path = format!("/intake/{}/email", key(1).as_str());
    let piece = Bytes::from(vec![b'x'; 1_048_576]);
    let pieces =
        (0..=MESSAGE_BYTES / piece.len()).map(move |_| Ok::<_, std::io::Error>(piece.clone()));
    let large = post(&router, &path, Body::from_stream(futures_util::stream::iter(pieces))).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(kept(&desk).await.is_empty());
    desk.desk.close().await;
    let later = post(&router, &path, "Subject: a\r\n\r\nb").await;
    assert_eq!((later.status, later.retry_after), (StatusCode::SERVICE_UNAVAILABLE, true));
}
