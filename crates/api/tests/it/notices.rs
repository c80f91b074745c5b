//! Who is told what over HTTP: the standard rows, and rows that are added; and ratings.

use crate::harness::World;
use serde_json::{Value, json};

fn to_managers() -> Value {
    json!({
        "name": "P1 to managers",
        "on": ["reported", "resolved"],
        "when": "prio:1",
        "to": { "role": "manager" },
        "inbox": false,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_listed_switched_off_added_and_removed() {
    let world = World::new().await;
    let ada = world.of("ada");
    let path = "/api/v1/notification-rules";
    let all = ada.get(&format!("{path}?limit=100")).await;
    let rows = all.good()["items"].as_array().unwrap().clone();
    assert!(rows.iter().all(|row| row["standard"] == true && row["version"] == 0));
    let one = format!("{path}/resolved-watchers");
    let off = ada.patch(&one, json!({ "active": false })).await;
    assert_eq!((&off.good()["active"], &off.json["version"]), (&json!(false), &json!(1)));
    let refused = ada.patch(&one, json!({ "when": "priority:P1" })).await;
    refused.field(422, "when");
    assert_eq!(ada.delete(&one).await.status, 204);
    assert_eq!(ada.get(&one).await.good()["active"], true);

    let made = ada.post(path, to_managers()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!((&made.json["when"], &made.json["mail"]), (&json!("priority:P1"), &json!(true)));
    assert_eq!(ada.post(path, to_managers()).await.status, 409);
    let mut wrong = to_managers();
    wrong["name"] = json!("Wrong");
    wrong["to"] = json!({ "role": "watchers" });
    ada.post(path, wrong.clone()).await.field(422, "on");
    wrong["to"] = json!({ "role": "person" });
    ada.post(path, wrong).await.field(422, "to.person");
    let named = format!("{path}/p1%20to%20managers");
    let changed = ada.patch(&named, json!({ "always": true })).await;
    assert_eq!((&changed.good()["always"], &changed.json["version"]), (&json!(true), &json!(2)));
    assert_eq!(ada.delete(&named).await.status, 204);
    assert_eq!(ada.get(&named).await.status, 404);
    assert_eq!(world.of("rosa").get(path).await.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_requesters_are_asked_is_set() {
    let world = World::new().await;
    let ada = world.of("ada");
    let path = "/api/v1/settings/asking";
    let standard = ada.get(path).await;
    assert_eq!(standard.good()["remind_after_days"], 2);
    let mut given = standard.json.clone();
    given["close_after_days"] = json!(3);
    assert_eq!(ada.put(path, given.clone()).await.good()["close_after_days"], 3);
    given["survey_share"] = json!(101);
    ada.put(path, given).await.field(422, "survey_share");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_incident_is_rated_by_its_requester() {
    let world = World::new().await;
    let number = world.report("rosa", "Labels are blank").await;
    let (ada, rosa) = (world.of("ada"), world.of("rosa"));
    let path = |command: &str| format!("/api/v1/incidents/{number}/{command}");
    let early = rosa.post(&path("rate"), json!({ "score": 4 })).await;
    assert_eq!(early.status, 409);
    let note = json!({ "code": "fixed", "note": "New roller." });
    assert_eq!(ada.post(&path("resolve"), note).await.status, 200);
    assert_eq!(rosa.post(&path("confirm"), json!({})).await.status, 200);
    rosa.post(&path("rate"), json!({ "score": 6 })).await.field(422, "score");
    let rated = rosa.post(&path("rate"), json!({ "score": 2, "note": "Slow." })).await;
    assert_eq!(rated.status, 200, "{}", rated.text);
    let seen = ada.get(&format!("/api/v1/incidents/{number}")).await;
    assert_eq!(
        (&seen.good()["rating"]["score"], &seen.json["rating"]["note"]),
        (&json!(2), &json!("Slow."))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_must_be_known_before_an_incident_is_resolved_is_set_and_asked() {
    let world = World::new().await;
    let number = world.report("rosa", "Labels are blank").await;
    let (ada, ines) = (world.of("ada"), world.of("ines"));
    let path = "/api/v1/settings/closure";
    let standard = json!({ "category": false, "cause": false, "knowledge": false });
    assert_eq!(*ada.get(path).await.good(), standard);
    let needed = json!({ "category": true, "cause": true, "knowledge": false });
    ines.put(path, needed.clone()).await.problem(403);
    assert_eq!(*ada.put(path, needed.clone()).await.good(), needed);
    let resolve = format!("/api/v1/incidents/{number}/resolve");
    let bare = ines.post(&resolve, json!({ "code": "fixed", "note": "Cleaned" })).await;
    let problem = bare.problem(422);
    let fields: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["category", "cause"]);
    assert_eq!(problem["code"], "closure_incomplete");
    assert!(problem["detail"].as_str().unwrap().contains("set its category"), "{problem}");
}
