//! Sources that are asked what they know.

use super::{Doors, notification};
use futures_util::future::BoxFuture;
use incident::Lifecycle;
use incident::alerts::AlertsWhy;
use intake::{Answer, Outside, Question, ask_due_sources};
use serde_json::{Value, json};
use std::sync::Mutex;
use store::alerts::asks;
use store::directory::integrations::{self, Ask};

/// An Alertmanager that answers what it is told to.
struct Alertmanager {
    says: Mutex<Result<(u16, String), String>>,
    heard: Mutex<Vec<Question>>,
}

impl Alertmanager {
    fn new() -> Self {
        Alertmanager { says: Mutex::new(Err("no way".to_owned())), heard: Mutex::default() }
    }

    fn knows(&self, alerts: &Value) {
        *self.says.lock().unwrap() = Ok((200, alerts.to_string()));
    }

    fn heard(&self) -> usize {
        self.heard.lock().unwrap().len()
    }
}

impl Outside for Alertmanager {
    fn ask(&self, question: Question) -> BoxFuture<'static, Result<Answer, String>> {
        self.heard.lock().unwrap().push(question);
        let says = self.says.lock().unwrap().clone();
        let answer = says.map(|(status, body)| Answer { status, body: body.into_bytes() });
        Box::pin(async move { answer })
    }
}

async fn doors() -> (Doors, Alertmanager) {
    let doors = Doors::with(|settings| {
        settings.ask = Some(Ask {
            url: "https://alertmanager.example/am/".to_owned(),
            user: None,
            every_minutes: 5,
        });
    })
    .await;
    (doors, Alertmanager::new())
}

async fn asks(doors: &Doors, source: &Alertmanager) {
    ask_due_sources(&doors.t.desk, source).await.unwrap();
}

/// How the source would list these as firing.
fn listed(doors: &[(&str, bool)]) -> Value {
    let told = notification(doors, 0);
    let alerts = told["alerts"].as_array().unwrap().iter();
    alerts
        .map(|alert| json!({ "labels": alert["labels"], "fingerprint": alert["fingerprint"] }))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_source_knows_no_more_is_over_and_the_rest_stays() {
    let (doors, source) = doors().await;
    let id = doors.source;
    let secret =
        integrations::Secrets { password: Some("s3cret".to_owned()), ..Default::default() };
    doors.t.desk.write(move |sql| Ok(integrations::set_secrets(sql, id, &secret)?)).await.unwrap();
    doors.notifies(&[("web-1", true), ("web-2", true)], 0).await;
    source.knows(&listed(&[("web-1", true)]));
    doors.passes(1).await;
    asks(&doors, &source).await;
    asks(&doors, &source).await;
    assert_eq!(source.heard(), 1, "not before it is time");
    let question = source.heard.lock().unwrap()[0].clone();
    let url =
        "https://alertmanager.example/am/api/v2/alerts?active=true&silenced=true&inhibited=true";
    assert_eq!(question.url, url);
    assert_eq!(question.authorization.as_deref(), Some("Bearer s3cret"));
    assert_eq!(doors.state(1).await.alerts.unwrap().firing, 2, "one answer is not enough");
    doors.passes(61).await;
    asks(&doors, &source).await;
    let news = doors.news(1).await;
    assert_eq!(news.last().unwrap().why, AlertsWhy::Gone);
    assert_eq!(doors.state(1).await.alerts.unwrap().firing, 1);
    source.knows(&json!([]));
    for _ in 0..2 {
        doors.passes(301).await;
        asks(&doors, &source).await;
    }
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::Resolved);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_does_not_answer_resolves_nothing() {
    let (doors, source) = doors().await;
    doors.notifies(&[("web-1", true)], 0).await;
    doors.passes(1).await;
    source.knows(&json!([]));
    asks(&doors, &source).await;
    let bad =
        [Err("no way".to_owned()), Ok((500, "[]".to_owned())), Ok((200, "<html>".to_owned()))];
    for says in bad {
        *source.says.lock().unwrap() = says;
        doors.passes(901).await;
        asks(&doors, &source).await;
    }
    let all = doors.t.desk.read(asks::all).await.unwrap();
    let asked = &all[&doors.source];
    assert_eq!(asked.failures, 3);
    assert!(asked.failing_since.is_some() && asked.error.as_ref().unwrap().contains("answer"));
    // What was missing before it fell silent does not count.
    source.knows(&json!([]));
    doors.passes(901).await;
    asks(&doors, &source).await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::New);
    doors.passes(61).await;
    asks(&doors, &source).await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::Resolved);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_cut_and_hides_nothing_is_over() {
    let (doors, source) = doors().await;
    doors.notifies(&[("web-1", true)], 2).await;
    doors.notifies(&[("web-1", false)], 2).await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::New);
    source.knows(&listed(&[("web-7", true)]));
    doors.passes(1).await;
    asks(&doors, &source).await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::New, "that one may be of the group");
    source.knows(&json!([]));
    doors.passes(301).await;
    asks(&doors, &source).await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::New, "it may have just started");
    doors.passes(301).await;
    asks(&doors, &source).await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::Resolved);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_is_unclear_is_asked_soon() {
    let (doors, source) = doors().await;
    source.knows(&json!([]));
    asks(&doors, &source).await;
    doors.notifies(&[("web-1", true), ("web-2", true)], 0).await;
    doors.notifies(&[("web-1", false)], 1).await;
    doors.passes(61).await;
    asks(&doors, &source).await;
    assert_eq!(source.heard(), 2, "it said that all is over while one fires");
    doors.passes(61).await;
    asks(&doors, &source).await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::Resolved);
}
