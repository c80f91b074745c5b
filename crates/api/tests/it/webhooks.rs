//! Webhooks by the API: made, changed, tried out; what they were told.

use crate::harness::World;
use incident::TokenScope;
use serde_json::{Value, json};

const URL: &str = "http://127.0.0.1:40001/in?key=1";

async fn world() -> World {
    let world = World::new().await;
    world.desk.allow_outward(vec!["127.0.0.0/8".parse().unwrap()]);
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_is_made_read_changed_and_removed() {
    let world = world().await;
    let ada = world.of("ada");
    let wish = json!({ "url": URL, "events": ["incident.resolved", "reported"], "condition": "priority:P1" });
    let made = ada.post("/api/v1/webhooks", wish).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let secret = made.json["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() > 40, "{secret}");
    let id = made.json["id"].as_str().unwrap();
    let path = format!("/api/v1/webhooks/{id}");
    let read = ada.get(&path).await;
    let expected = json!({
        "id": id, "name": "127.0.0.1", "kind": "standard", "url": URL,
        "events": ["incident.reported", "incident.resolved"], "condition": "priority:P1",
        "restricted": false, "internal": false, "room": null, "enabled": true,
        "created_at": read.json["created_at"], "version": 1,
        "health": { "arrived_at": null, "failures": 0, "failing_since": null, "rests_until": null,
            "off_because": null, "waiting": 0, "dead": 0 },
    });
    assert_eq!(read.good(), &expected);
    let list = ada.get("/api/v1/webhooks").await;
    assert_eq!(list.good()["items"], json!([expected]));
    assert!(!list.text.contains("whsec_"));

    let changed =
        ada.patch(&path, json!({ "events": "*", "name": "Warehouse", "internal": true })).await;
    assert_eq!(changed.good()["events"], json!(["*"]));
    assert_eq!(
        (&changed.json["name"], &changed.json["condition"]),
        (&json!("Warehouse"), &json!("priority:P1"))
    );
    let rotated = ada.post(&format!("{path}/rotate-secret"), json!({})).await;
    assert_ne!(rotated.good()["secret"], made.json["secret"]);
    let audit = ada.get("/api/v1/audit").await;
    assert!(!audit.text.contains("whsec_") && !audit.text.contains("key=1"), "{}", audit.text);

    assert_eq!(ada.delete(&path).await.status, 204);
    ada.get(&path).await.problem(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_are_for_administrators_alone() {
    let world = world().await;
    let made = world.of("ada").post("/api/v1/webhooks", json!({ "url": URL })).await;
    let path = format!("/api/v1/webhooks/{}", made.json["id"].as_str().unwrap());
    for other in ["otto", "mara", "ines", "rosa"] {
        let other = world.of(other);
        other.get("/api/v1/webhooks").await.problem(403);
        other.get(&path).await.problem(403);
        other.patch(&path, json!({ "restricted": true })).await.problem(403);
        other.post("/api/v1/webhooks", json!({ "url": URL })).await.problem(403);
        for more in ["test", "rotate-secret"] {
            other.post(&format!("{path}/{more}"), json!({})).await.problem(403);
        }
        other.get(&format!("{path}/messages")).await.problem(403);
    }
    world.narrowed("ada", TokenScope::Write).await.get(&path).await.problem(403);
    world.nobody().get(&path).await.problem(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_named() {
    let world = world().await;
    let ada = world.of("ada");
    for (wish, field) in [
        (json!({ "url": "ftp://hooks.example" }), "url"),
        (json!({ "url": "https://u:p@hooks.example" }), "url"),
        (json!({ "url": "https://10.0.0.1/" }), "url"),
        (json!({ "url": "https://[::ffff:10.0.0.1]/" }), "url"),
        (json!({ "url": "http://127.0.0.1:25/" }), "url"),
        (json!({ "url": URL, "events": ["incident.exploded"] }), "events"),
        (json!({ "url": URL, "events": [] }), "events"),
        (json!({ "url": URL, "condition": "priority:P9" }), "condition"),
        (json!({ "url": URL, "condition": "team:Nowhere" }), "condition"),
        (json!({ "url": URL, "condition": "assignee:me" }), "condition"),
        (json!({ "url": URL, "kind": "matrix", "token": "t" }), "room"),
        (json!({ "url": URL, "kind": "matrix", "room": "!a:b" }), "token"),
    ] {
        ada.post("/api/v1/webhooks", wish).await.field(422, field);
    }
    ada.post("/api/v1/webhooks", json!({ "url": URL, "secret": "mine" })).await.problem(422);
    ada.post("/api/v1/webhooks", json!({ "url": URL, "events": 5 })).await.problem(422);
    let none = "/api/v1/webhooks/00000000-0000-7000-8000-000000000001";
    ada.get(none).await.problem(404);
    ada.post(&format!("{none}/test"), json!({})).await.problem(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_listed_and_asked_for() {
    let world = world().await;
    let ada = world.of("ada");
    let made = ada.post("/api/v1/webhooks", json!({ "url": URL, "kind": "slack" })).await;
    assert_eq!(made.json["secret"], Value::Null);
    assert!(made.json["events"].as_array().unwrap().contains(&json!("incident.resolved")));
    let path = format!("/api/v1/webhooks/{}", made.json["id"].as_str().unwrap());
    world.report("rosa", "VPN drops").await;
    let replayed =
        ada.post(&format!("{path}/replay"), json!({ "since": crate::harness::START })).await;
    assert_eq!(
        (replayed.status, &replayed.json["messages"]),
        (202, &json!(1)),
        "{}",
        replayed.text
    );
    let tried = ada.post(&format!("{path}/test"), json!({})).await;
    assert_eq!(tried.status, 202);
    let page = ada.get(&format!("{path}/messages?limit=1&state=waiting")).await;
    assert_eq!(page.good()["items"][0]["type"], "webhook.test");
    assert_eq!(page.json["items"][0]["id"], tried.json["message"]);
    let rest = format!("{path}/messages?cursor={}", page.json["next"].as_str().unwrap());
    assert_eq!(ada.get(&rest).await.good()["items"][0]["type"], "incident.reported");
    ada.get(&format!("{path}/messages?state=lost")).await.field(422, "state");
    let again = format!("{path}/messages/{}/send-again", tried.json["message"]);
    ada.post(&again, json!({})).await.problem(404);

    let off = ada.patch(&path, json!({ "enabled": false })).await;
    assert_eq!(off.good()["health"]["dead"], 2);
    ada.post(&format!("{path}/test"), json!({})).await.field(422, "enabled");
    ada.patch(&path, json!({ "enabled": true })).await.good();
    assert_eq!(ada.post(&again, json!({})).await.status, 202);
    let long_ago = json!({ "since": "2026-01-01T00:00:00Z" });
    ada.post(&format!("{path}/replay"), long_ago).await.field(422, "since");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incident_in_short_says_what_the_incident_says() {
    let world = world().await;
    let number = world.report("rosa", "VPN drops").await;
    let assign = json!({ "team": "Network", "assignee": crate::harness::address("ines") });
    world.of("ines").post(&format!("/api/v1/incidents/{number}/assign"), assign).await.good();
    let whole = world.of("ines").get(&format!("/api/v1/incidents/{number}")).await;
    let parsed = number.parse().unwrap();
    let url = Some("https://desk.northwind.example");
    let short = world
        .desk
        .read(move |sql| desk::webhooks::payload::summary(sql, parsed, url))
        .await
        .unwrap();
    let Value::Object(short) = serde_json::to_value(short.unwrap()).unwrap() else { panic!() };
    assert!(short.len() > 20);
    for (field, value) in short {
        assert_eq!(&value, &whole.good()[&field], "{field}");
    }
}
