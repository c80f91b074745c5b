//! What SNS signs, and topics that are confirmed.

use super::Doors;
use axum::Router;
use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use intake::{Answer, Outside, Question};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const CERTIFICATE: &str = include_str!("sns/certificate.pem");
const ANOTHER: &str = include_str!("sns/another.pem");

fn message(name: &str) -> Value {
    let text = match name {
        "one" => include_str!("sns/notification-1.json"),
        "two" => include_str!("sns/notification-2.json"),
        _ => include_str!("sns/confirm.json"),
    };
    serde_json::from_str(text).unwrap()
}

/// Amazon: its certificate, and what it answers to a visit.
struct Amazon {
    certificate: Result<&'static str, &'static str>,
    visited: Arc<Mutex<Vec<String>>>,
    /// Whether the first visit that confirms fails.
    fails_once: bool,
}

impl Outside for Amazon {
    fn ask(&self, question: Question) -> BoxFuture<'static, Result<Answer, String>> {
        let is_known = self.visited.lock().unwrap().contains(&question.url);
        let body = match question.url.ends_with(".pem") {
            true => self.certificate,
            false if self.fails_once && !is_known => Err("no such name"),
            false => Ok("<ConfirmSubscriptionResponse/>"),
        };
        self.visited.lock().unwrap().push(question.url);
        let answer = |body: &str| Answer { status: 200, body: body.as_bytes().to_vec() };
        let answer = body.map(answer).map_err(str::to_owned);
        Box::pin(async move { answer })
    }
}

/// Doors that ask this Amazon, and what it was asked for.
async fn doors(
    certificate: Result<&'static str, &'static str>,
) -> (Doors, Arc<Mutex<Vec<String>>>) {
    asking(certificate, false).await
}

async fn asking(
    certificate: Result<&'static str, &'static str>,
    fails_once: bool,
) -> (Doors, Arc<Mutex<Vec<String>>>) {
    let doors = Doors::open().await;
    let visited = Arc::new(Mutex::new(vec![]));
    let amazon = Arc::new(Amazon { certificate, visited: visited.clone(), fails_once });
    let router: Router = intake::router_asking(doors.t.desk.clone(), amazon);
    (Doors { router, ..doors }, visited)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_is_proved_is_confirmed_at_once() {
    let (doors, visited) = doors(Ok(CERTIFICATE)).await;
    let confirm = message("confirm");
    let answer = doors.post("/intake/KEY/sns", &confirm).await;
    assert_eq!((answer.status, &answer.json["status"]), (StatusCode::OK, &"confirmed".into()));
    let url = confirm["SubscribeURL"].as_str().unwrap();
    assert_eq!(visited.lock().unwrap().iter().filter(|visit| *visit == url).count(), 1);
    assert_eq!(doors.t.desk.integration_waits_for(doors.source).await.unwrap(), None);
    let kept = doors.t.desk.payloads(doors.source).await.unwrap();
    assert_eq!(kept[0].outcome.as_str(), "confirmed");
    for name in ["one", "two"] {
        let told = doors.post("/intake/KEY/sns", &message(name)).await;
        assert_eq!((told.status, &told.json["new"]), (StatusCode::OK, &1.into()));
    }
    let certificates = visited.lock().unwrap().iter().filter(|url| url.ends_with(".pem")).count();
    assert_eq!(certificates, 1, "it is remembered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visit_that_failed_is_tried_again() {
    let (doors, visited) = asking(Ok(CERTIFICATE), true).await;
    let confirm = message("confirm");
    let answer = doors.post("/intake/KEY/sns", &confirm).await;
    assert_ne!(answer.json["status"], "confirmed");
    let waits = async || doors.t.desk.integration_waits_for(doors.source).await.unwrap();
    let until = tokio::time::Instant::now() + Duration::from_secs(60);
    while waits().await.is_some() {
        assert!(tokio::time::Instant::now() < until, "it is confirmed in the end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let url = confirm["SubscribeURL"].as_str().unwrap();
    assert_eq!(visited.lock().unwrap().iter().filter(|visit| *visit == url).count(), 2);
    let kept = doors.t.desk.payloads(doors.source).await.unwrap();
    assert!(kept.iter().any(|payload| payload.outcome.as_str() == "confirmed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_signed_is_refused() {
    let (doors, visited) = doors(Ok(ANOTHER)).await;
    for name in ["one", "confirm"] {
        let answer = doors.post("/intake/KEY/sns", &message(name)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    let mut elsewhere = message("one");
    elsewhere["SigningCertURL"] = "https://sns.evil.example/x.pem".into();
    let answer = doors.post("/intake/KEY/sns", &elsewhere).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(visited.lock().unwrap().iter().all(|url| url.ends_with(".pem")), "nothing else");
    assert_eq!(doors.incidents().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_is_lost_where_nobody_elsewhere_may_be_asked() {
    let (doors, visited) = doors(Err("no way out")).await;
    let told = doors.post("/intake/KEY/sns", &message("one")).await;
    assert_eq!((told.status, &told.json["new"]), (StatusCode::OK, &1.into()));
    doors.post("/intake/KEY/sns", &message("confirm")).await;
    let waits = doors.t.desk.integration_waits_for(doors.source).await.unwrap().unwrap();
    assert!(waits.contains("ConfirmSubscription") && waits.contains("no way out"), "{waits}");
    assert_eq!(visited.lock().unwrap().len(), 1, "it is not asked for again at once");
}
