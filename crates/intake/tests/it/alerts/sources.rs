//! Each source as it speaks.

use super::{Doors, KEY, notification};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use incident::Lifecycle;
use serde_json::{Value, json};
use std::io::Write;
use store::directory::changes;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_prometheus_does_not_refresh_is_over() {
    let doors = Doors::open().await;
    let told = |ends_at: &str| {
        json!([{
            "labels": { "alertname": "Down", "instance": "db1", "severity": "critical" },
            "annotations": { "summary": "db1 is down" },
            "startsAt": "2026-11-23T12:10:00Z",
            "endsAt": ends_at,
            "generatorURL": "http://prometheus.example/graph",
        }])
    };
    let path = "/intake/KEY/api/v2/alerts";
    let first = doors.post(path, &told("2026-11-23T12:16:00Z")).await;
    assert_eq!(first.status, StatusCode::OK);
    doors.passes(120).await;
    doors.post(path, &told("2026-11-23T12:18:00Z")).await;
    doors.passes(125).await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::New, "it was refreshed");
    doors.passes(120).await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::Resolved);
    let status = doors.call("GET", "/api/v2/status", &format!("Bearer {KEY}"), &Value::Null).await;
    assert_eq!(status.json["cluster"]["status"], "disabled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pagerduty_triggers_acknowledges_and_resolves() {
    let doors = Doors::open().await;
    let event = |action: &str| {
        json!({
            "routing_key": KEY,
            "event_action": action,
            "dedup_key": "disk/1",
            "payload": { "summary": "Disk full", "source": "db1", "severity": "" },
        })
    };
    let triggered = doors.post("/v2/enqueue", &event("trigger")).await;
    assert_eq!(triggered.status, StatusCode::ACCEPTED);
    assert_eq!(triggered.json["dedup_key"], "disk/1");
    assert_eq!(doors.state(1).await.priority.get(), 3, "an empty severity is an error");
    let acknowledged = doors.post("/v2/enqueue", &event("acknowledge")).await;
    assert_eq!(acknowledged.status, StatusCode::ACCEPTED);
    assert!(doors.state(1).await.moments.acknowledged.is_some());
    doors.post("/v2/enqueue", &event("resolve")).await;
    assert_eq!(doors.state(1).await.alerts.unwrap().firing, 0);
    let late = doors.post("/v2/enqueue", &event("resolve")).await;
    assert_eq!((late.status, doors.incidents().await), (StatusCode::ACCEPTED, 1));
    let mut nobody = event("trigger");
    nobody["routing_key"] = "f".repeat(32).into();
    let refused = doors.post("/v2/enqueue", &nobody).await;
    assert_eq!(
        (refused.status, refused.json["status"].as_str()),
        (StatusCode::BAD_REQUEST, Some("invalid event"))
    );
    let change = json!({
        "routing_key": KEY,
        "payload": { "summary": "Deployed 4.2", "source": "ci", "timestamp": "2026-11-23T12:00:00Z" },
    });
    let changed = doors.post("/v2/change/enqueue", &change).await;
    assert_eq!(changed.status, StatusCode::ACCEPTED, "{}", changed.json);
    let again = doors.post("/v2/change/enqueue", &change).await;
    assert_eq!(again.status, StatusCode::ACCEPTED, "{}", again.json);
    let mut named = change;
    named["payload"]["custom_details"] = json!({ "service": "vpn" });
    doors.post("/v2/change/enqueue", &named).await;
    let end = kernel::Timestamp::from_micros(i64::MAX);
    let all = move |sql: &mut dyn store::Sql| {
        let begin = kernel::Timestamp::from_micros(0);
        let span = changes::Span { service: None, from: begin, to: end, behind: None };
        changes::page(sql, span, 10)
    };
    let kept = doors.t.desk.read(all).await.unwrap();
    let [kept] = kept.as_slice() else { panic!("told again is kept once: {kept:?}") };
    assert_eq!((kept.title.as_str(), kept.source.as_str()), ("Deployed 4.2", "ci"));
    assert_eq!(kept.service, Some(doors.t.vpn));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opsgenie_creates_tells_what_became_of_it_and_closes() {
    let doors = Doors::open().await;
    let auth = format!("GenieKey {KEY}");
    let alert = json!({ "message": "Replication lags", "alias": "db_lag", "priority": "P1",
        "responders": [{ "type": "team", "name": "Workplace" }], "details": { "host": "db2" },
        "tags": ["db", "eu"] });
    let made = doors.call("POST", "/v2/alerts/", &auth, &alert).await;
    assert_eq!(made.status, StatusCode::ACCEPTED, "{}", made.json);
    let id = made.json["requestId"].as_str().unwrap().to_owned();
    assert_eq!(doors.state(1).await.team, Some(doors.t.workplace));
    let became = doors.call("GET", &format!("/v2/alerts/requests/{id}"), &auth, &Value::Null).await;
    assert_eq!(became.json["data"]["alias"], "db_lag");
    assert_eq!(became.json["data"]["action"], "Create");
    let path = "/v2/alerts/db_lag?identifierType=alias";
    let shown = doors.call("GET", path, &auth, &Value::Null).await;
    assert_eq!(
        (&shown.json["data"]["status"], &shown.json["data"]["count"]),
        (&"open".into(), &1.into())
    );
    assert_eq!(shown.json["data"]["tags"], json!(["db", "eu"]));
    // The same alias again counts up, and keeps what it does not say.
    let again = json!({ "message": "Replication lags", "alias": "db_lag" });
    doors.call("POST", "/v2/alerts", &auth, &again).await;
    let shown = doors.call("GET", path, &auth, &Value::Null).await;
    let data = &shown.json["data"];
    assert_eq!((&data["count"], &data["priority"]), (&json!(2), &json!("P1")));
    assert_eq!((&data["tags"], &data["details"]["host"]), (&json!(["db", "eu"]), &json!("db2")));
    assert_eq!(doors.state(1).await.priority.get(), 1);
    for (method, what, body) in [
        ("POST", "tags?identifierType=alias", json!({ "tags": ["eu", "slow"] })),
        ("DELETE", "tags?identifierType=alias&tags=db", Value::Null),
        ("DELETE", "details?identifierType=alias&keys=host", Value::Null),
    ] {
        doors.call(method, &format!("/v2/alerts/db_lag/{what}"), &auth, &body).await;
    }
    let shown = doors.call("GET", path, &auth, &Value::Null).await;
    let data = &shown.json["data"];
    assert_eq!((&data["tags"], &data["details"]["host"]), (&json!(["eu", "slow"]), &Value::Null));
    let close = "/v2/alerts/nothing/close?identifierType=alias";
    let unknown = doors.call("POST", close, &auth, &json!({})).await;
    assert_eq!(unknown.status, StatusCode::ACCEPTED);
    let id = unknown.json["requestId"].as_str().unwrap().to_owned();
    let became = doors.call("GET", &format!("/v2/alerts/requests/{id}"), &auth, &Value::Null).await;
    assert_eq!(became.json["data"]["isSuccess"], false);
    let list = doors.call("GET", "/v2/alerts?query=status%3Aopen", &auth, &Value::Null).await;
    assert_eq!(list.json["data"].as_array().unwrap().len(), 1);
    let close = "/jsm/ops/integration/v2/alerts/db_lag/close?identifierType=alias";
    let closed = doors.call("POST", close, &auth, &json!({ "note": "It caught up" })).await;
    assert_eq!(closed.status, StatusCode::ACCEPTED);
    let closing = closed.json["requestId"].as_str().unwrap();
    assert_ne!(made.json["requestId"], closing, "every call has an id of its own");
    let path = format!("/v2/alerts/requests/{closing}");
    let became = doors.call("GET", &path, &auth, &Value::Null).await;
    let data = &became.json["data"];
    assert_eq!((&data["action"], &data["alias"]), (&json!("Close"), &json!("db_lag")));
    assert_eq!(data["isSuccess"], true);
    assert_eq!(doors.state(1).await.alerts.unwrap().firing, 0);
    let wrong = doors.call("GET", "/v2/alerts", "GenieKey nobody", &Value::Null).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_set_sns_up_sees_that_its_subscription_waits_to_be_confirmed() {
    let doors = Doors::open().await;
    let url = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336";
    let confirm = json!({ "Type": "SubscriptionConfirmation", "MessageId": "1", "Token": "2336",
        "TopicArn": "arn:aws:sns:eu-central-1:1:ops", "Message": "You have chosen to subscribe",
        "SubscribeURL": url });
    assert_eq!(doors.post("/intake/KEY/sns", &confirm).await.status, StatusCode::OK);
    let waits = doors.t.desk.integration_waits_for(doors.source).await.unwrap().unwrap();
    assert!(waits.contains(url), "{waits}");
    let told = json!({ "Type": "Notification", "MessageId": "2", "Message": "Disk full",
        "TopicArn": "arn:aws:sns:eu-central-1:1:ops", "Subject": "Disk" });
    assert_eq!(doors.post("/intake/KEY/sns", &told).await.status, StatusCode::OK);
    assert_eq!(doors.t.desk.integration_waits_for(doors.source).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_heartbeat_that_stays_away_is_an_alert_until_it_comes() {
    let doors = Doors::open().await;
    let beat = async || {
        let request = Request::get(format!("/intake/{KEY}/heartbeat/backup"));
        doors.ask(request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(beat().await.status, StatusCode::OK);
    doors.passes(299).await;
    assert_eq!(doors.incidents().await, 0);
    doors.passes(2).await;
    doors.passes(600).await;
    assert_eq!(doors.incidents().await, 1, "its silence is told once");
    beat().await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::Resolved);
    doors.passes(301).await;
    assert_eq!(doors.incidents().await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_forms_have_their_doors() {
    let doors = Doors::open().await;
    let json = json!({ "title": "Backup failed", "severity": "warning", "key": "b1" });
    let taken = doors.post("/intake/KEY/json", &json).await;
    assert_eq!((taken.status, &taken.json["new"]), (StatusCode::OK, &1.into()));
    let path = format!("/api/v2/generic/incoming?token={KEY}");
    let generic = doors.post(&path, &json!({ "summary": "Fan broken", "dedup": "fan" })).await;
    assert_eq!(generic.status, StatusCode::NO_CONTENT);
    let wants_json = Request::post(path.as_str()).header("accept", "application/json");
    let body = Body::from(r#"{"summary": "Fan broken", "dedup": "fan"}"#);
    let told = doors.ask(wants_json.body(body).unwrap()).await;
    assert_eq!((told.status, &told.json["IsNew"]), (StatusCode::OK, &false.into()));
    assert_eq!(doors.incidents().await, 2);
    for path in ["/intake/KEY/nothing", "/intake/ffff/json", "/intake/KEY/json/a/b/c"] {
        let answer = doors.post(path, &json).await;
        let expected = if path.ends_with('c') { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(answer.status, expected, "{path}");
    }
    let slash = doors.post("/intake/KEY/json/", &json).await;
    assert_eq!(slash.status, StatusCode::OK, "a slash at the end does not count");
}

/// A body that never ends, and never comes.
fn endless() -> Body {
    Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_read_of_strangers_whose_key_stands_before_their_body() {
    let doors = Doors::open().await;
    for (path, auth) in [
        ("/api/v2/alerts", "Bearer nobody"),
        ("/v2/alerts", "GenieKey nobody"),
        ("/api/v2/generic/incoming?token=nobody", "Basic nothing"),
        ("/v2/alert_events/http/1", "Bearer nobody"),
    ] {
        let request = Request::post(path).header("authorization", auth).body(endless()).unwrap();
        let answer = tokio::time::timeout(std::time::Duration::from_secs(30), doors.ask(request));
        assert_eq!(answer.await.expect(path).status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_does_not_arrive_whole_is_asked_for_again() {
    let doors = Doors::open().await;
    let path = format!("/intake/{KEY}/alertmanager");
    for (path, auth) in [(path.as_str(), "none"), ("/v2/enqueue", "none")] {
        let broken = std::io::Error::other("the line was cut");
        let pieces = [Ok(b"{\"alerts\": [".to_vec()), Err(broken)];
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        let request = Request::post(path).header("authorization", auth).body(body).unwrap();
        let answer = doors.ask(request).await;
        assert_eq!((answer.status.as_u16(), answer.retry_after), (503, true), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_read_as_a_whole_is_small_and_what_is_odd_is_kept_by_its_key() {
    let doors = Doors::open().await;
    let event = |bytes: usize| {
        json!({ "routing_key": KEY, "event_action": "trigger",
            "payload": { "summary": "x".repeat(bytes), "source": "db1" } })
    };
    let taken = doors.post("/v2/enqueue", &event(900_000)).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED);
    let large = doors.post("/v2/enqueue", &event(1_048_576)).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    // Where it begins with its key, its administrator learns of it, whether its length was said or not.
    for length in [None, Some("2000000")] {
        let text = format!("{{\"routing_key\": \"{KEY}\", \"x\": \"{}\"}}", "x".repeat(1_048_576));
        let mut request = Request::post("/v2/enqueue");
        if let Some(length) = length {
            request = request.header("content-length", length);
        }
        let large = doors.ask(request.body(Body::from(text)).unwrap()).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
        let kept = doors.t.desk.payloads(doors.source).await.unwrap();
        assert_eq!(kept[0].outcome.as_str(), "too_large", "{length:?}");
        doors.post("/v2/enqueue", &event(1)).await;
    }
    let document = |bytes: usize| json!({ "title": "Backup failed", "rest": "x".repeat(bytes) });
    let taken = doors.post("/intake/KEY/json", &document(4_000_000)).await;
    assert_eq!(taken.status, StatusCode::OK);
    let large = doors.post("/intake/KEY/json", &document(4_194_304)).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let odd = json!({ "routing_key": KEY, "event_action": "resolve", "deep": [[[{}]]] });
    let refused = doors.post("/v2/enqueue", &odd).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let kept = doors.t.desk.payloads(doors.source).await.unwrap();
    assert_eq!(kept[0].outcome.as_str(), "not_understood", "its administrator sees it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_kept_and_what_was_new_can_be_sent_in_again() {
    let doors = Doors::open().await;
    let odd =
        Request::post(format!("/intake/{KEY}/alertmanager")).body(Body::from("{\"alerts\": ["));
    assert_eq!(doors.ask(odd.unwrap()).await.status, StatusCode::BAD_REQUEST);
    let large = Request::post(format!("/intake/{KEY}/alertmanager"))
        .header("content-length", "99999999")
        .body(Body::from("{"));
    let large = doors.ask(large.unwrap()).await;
    assert_eq!((large.status, large.retry_after), (StatusCode::PAYLOAD_TOO_LARGE, false));
    doors.notifies(&[("web-1", true)], 0).await;
    doors.notifies(&[("web-1", true)], 0).await;
    let kept = doors.t.desk.payloads(doors.source).await.unwrap();
    let outcomes: Vec<_> = kept.iter().map(|kept| kept.outcome.as_str()).collect();
    assert_eq!(outcomes, ["new", "too_large", "not_understood"], "a repeat is not kept");
    doors.post("/intake/KEY/alertmanager", &notification(&[("web-1", false)], 0)).await;
    let late = doors.t.desk.replay_payload(doors.source, kept[0].id).await.unwrap();
    assert_eq!((late.new, late.repeated), (0, 1), "what was told before its end comes late");
    doors.t.clock.advance(601);
    let replayed = doors.t.desk.replay_payload(doors.source, kept[0].id).await.unwrap();
    assert_eq!((replayed.new, replayed.incidents.len()), (1, 1));
    assert!(doors.t.desk.replay_payload(doors.source, kept[2].id).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_packed_body_is_taken_apart_as_far_as_there_is_room() {
    let doors = Doors::open().await;
    let gzip = |bytes: &[u8]| {
        let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    };
    let send = |encoding: &'static str, body: Vec<u8>| {
        let request = Request::post(format!("/intake/{KEY}/json"));
        let request = request.header("content-encoding", encoding).body(Body::from(body)).unwrap();
        doors.ask(request)
    };
    let alert = br#"{"title": "Disk full", "severity": "critical"}"#;
    let taken = send("gzip", gzip(alert)).await;
    assert_eq!((taken.status, &taken.json["new"]), (StatusCode::OK, &json!(1)), "{}", taken.json);
    assert_eq!(doors.state(1).await.priority.get(), 1);
    let plain = send("identity", alert.to_vec()).await;
    assert_eq!(plain.status, StatusCode::OK);
    let broken = send("gzip", gzip(alert)[..12].to_vec()).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    let large = send("gzip", gzip(&vec![b' '; 5 * 1_048_576])).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
}
