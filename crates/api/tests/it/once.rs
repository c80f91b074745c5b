//! Repeated requests.

use crate::harness::World;
use kernel::{PersonId, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;
use store::directory::idempotency::{self, Answer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_report_is_made_once() {
    let world = World::new().await;
    let ines = world.of("ines");
    let body = json!({ "title": "Labels blank", "description": "All of them", "requester": "new@else.example" });
    let key = [("idempotency-key", "a-1")];
    let first = ines.post_with("/api/v1/incidents", body.clone(), &key).await;
    let again = ines.post_with("/api/v1/incidents", body.clone(), &key).await;
    assert_eq!((first.status, again.status), (201, 201), "{}", again.text);
    assert_eq!(first.json, again.json);
    assert_eq!(first.header("location"), again.header("location"));
    let other = ines.post_with("/api/v1/incidents", json!({ "title": "Other" }), &key).await;
    other.field(422, "Idempotency-Key");
    let elsewhere = ines.post_with("/api/v1/incidents/INC-1/acknowledge", body, &key).await;
    elsewhere.problem(422);
    // Another person's key is another key.
    let yuki =
        world.of("yuki").post_with("/api/v1/incidents", json!({ "title": "Other" }), &key).await;
    assert_eq!(yuki.json["number"], "INC-2");
    assert_eq!(ines.get("/api/v1/incidents/count").await.good()["count"], 2);
    let long = "k".repeat(201);
    for bad in ["", long.as_str()] {
        let answer = ines
            .post_with("/api/v1/incidents", json!({ "title": "x" }), &[("idempotency-key", bad)])
            .await;
        answer.field(422, "Idempotency-Key");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_command_is_done_once() {
    let world = World::new().await;
    world.report("rosa", "Labels blank").await;
    let ines = world.of("ines");
    let path = "/api/v1/incidents/INC-1/comment";
    let body = json!({ "body": "Once", "visibility": "internal" });
    let key = [("idempotency-key", "c-1")];
    let first = ines.post_with(path, body.clone(), &key).await;
    let again = ines.post_with(path, body, &key).await;
    assert_eq!((first.status, again.status), (200, 200));
    assert_eq!(first.json["version"], again.json["version"]);
    let bulk = json!({ "commands": [{ "number": "INC-1", "command": "comment", "body": "Bulk", "visibility": "internal" }] });
    let key = [("idempotency-key", "b-1")];
    let first = ines.post_with("/api/v1/commands", bulk.clone(), &key).await;
    let again = ines.post_with("/api/v1/commands", bulk, &key).await;
    assert_eq!(first.good(), again.good());
    let other = json!({ "commands": [] });
    ines.post_with("/api/v1/commands", other, &key).await.field(422, "Idempotency-Key");
    let timeline = ines.get("/api/v1/incidents/INC-1/timeline").await;
    assert_eq!(timeline.text.matches("\"Once\"").count(), 1);
    assert_eq!(timeline.text.matches("\"Bulk\"").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_team_is_made_once() {
    let world = World::new().await;
    let ada = world.of("ada");
    let key = [("idempotency-key", "t-1")];
    let body = json!({ "name": "Payroll" });
    let first = ada.post_with("/api/v1/teams", body.clone(), &key).await;
    let again = ada.post_with("/api/v1/teams", body.clone(), &key).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json, again.json);
    ada.post_with("/api/v1/teams", json!({ "name": "Else" }), &key)
        .await
        .field(422, "Idempotency-Key");
    ada.post("/api/v1/teams", body).await.problem(409);
    let key = [("idempotency-key", "k-1")];
    let body = json!({ "name": "Script", "scope": "read" });
    let first = ada.post_with("/api/v1/tokens", body.clone(), &key).await;
    let again = ada.post_with("/api/v1/tokens", body, &key).await;
    assert_eq!(first.good()["id"], again.good()["id"]);
    assert!(first.json["secret"].is_string() && again.json["secret"].is_null());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_for_at_once_is_made_once() {
    let world = World::new().await;
    let ines = world.of("ines");
    let (key, body) = ([("idempotency-key", "p-1")], json!({ "title": "Loose cable" }));
    let ask = || ines.post_with("/api/v1/problems", body.clone(), &key);
    let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
    for answer in [&b, &c, &d] {
        assert_eq!((answer.status, &answer.json["number"]), (201, &a.json["number"]));
    }
    assert_eq!(ines.get("/api/v1/problems").await.good()["items"].as_array().unwrap().len(), 1);
    // What was refused leaves the key free, for what is right.
    let key = [("idempotency-key", "p-2")];
    let closed = json!({ "state": "known_error", "title": "No cause" });
    let refused = ines.post_with("/api/v1/problems", closed.clone(), &key).await;
    assert!(refused.status >= 400, "{}", refused.text);
    let again = ines.post_with("/api/v1/problems", closed, &key).await;
    assert_eq!(again.status, refused.status, "{}", again.text);
    let right = ines.post_with("/api/v1/problems", json!({ "title": "Right" }), &key).await;
    assert_eq!(right.status, 201, "{}", right.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_begun_is_done_though_whoever_asked_goes_away() {
    let world = World::new().await;
    let (ines, person) = (world.of("ines"), world.id("ines").await);
    let (key, body) = ([("idempotency-key", "g-1")], json!({ "title": "Loose cable" }));
    let is_at_work = async || {
        let found = world.desk.read(move |sql| idempotency::find(sql, person, "g-1")).await;
        found.unwrap().is_some()
    };
    let at_work = async { while !is_at_work().await {} };
    tokio::select! {
        _ = ines.post_with("/api/v1/problems", body.clone(), &key) => {}
        () = at_work => {}
    }
    let again = ines.post_with("/api/v1/problems", body, &key).await;
    assert_eq!(again.status, 201, "{}", again.text);
    assert_eq!(ines.get("/api/v1/problems").await.good()["items"].as_array().unwrap().len(), 1);
}

/// Takes a key for a request as another node does, which has no answer yet.
async fn taken(world: &World, person: PersonId, body: &Value, key: &'static str, at: Timestamp) {
    let asked = format!("POST /api/v1/problems\0{body}");
    let request_hash = Sha256::digest(asked).to_vec();
    let at_work = Answer { request_hash, status: 0, body: String::new(), created_at: at };
    let took = world.desk.write(move |sql| Ok(idempotency::record(sql, person, key, &at_work)?));
    assert!(took.await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_for_a_request_at_work_gets_its_answer() {
    let world = World::new().await;
    let (ines, person) = (world.of("ines"), world.id("ines").await);
    let (body, now) = (json!({ "title": "Loose cable" }), world.desk.now());
    taken(&world, person, &body, "w-1", now).await;
    let (client, wish) = (ines.clone(), body.clone());
    let waiting = tokio::spawn(async move {
        client.post_with("/api/v1/problems", wish, &[("idempotency-key", "w-1")]).await
    });
    // Nobody answers before the other does.
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert!(!waiting.is_finished());
    let answered = world.desk.write(move |sql| {
        let before = idempotency::find(sql, person, "w-1")?.unwrap();
        let body = json!({ "number": "PRB-9" }).to_string();
        let answer = Answer { status: 201, body, ..before };
        Ok(idempotency::replace(sql, person, "w-1", now, &answer)?)
    });
    assert!(answered.await.unwrap());
    let answer = waiting.await.unwrap();
    assert_eq!((answer.status, &answer.json["number"]), (201, &json!("PRB-9")));
    assert_eq!(ines.get("/api/v1/problems").await.good()["items"], json!([]));
    // One that went away without an answer keeps nobody waiting.
    taken(&world, person, &body, "w-2", now.plus_seconds(-121)).await;
    let key = [("idempotency-key", "w-2")];
    let answer = ines.post_with("/api/v1/problems", body, &key).await;
    assert_eq!((answer.status, &answer.json["number"]), (201, &json!("PRB-1")), "{}", answer.text);
}
