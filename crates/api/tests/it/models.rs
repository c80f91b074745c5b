//! Incident models over HTTP: made, changed, ordered, reported with, applied.

use crate::harness::World;
use serde_json::{Value, json};

fn printers() -> Value {
    json!({
        "name": "Tunnel down",
        "about": "Nobody at a site gets in.",
        "portal": false,
        "title": "No connection from a site",
        "description": "Which site, since when?",
        "service": "VPN",
        "impact": 1,
        "urgency": 1,
        "team": "field service",
        "tags": ["tunnel"],
        "fields": { "site": "Main" },
        "tasks": ["Look at the gateway", "Ring the site"],
        "runbook": "Restart the gateway.",
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_is_made_used_changed_and_retired() {
    let world = World::new().await;
    let (ada, ines) = (world.of("ada"), world.of("ines"));
    let made = ada.post("/api/v1/models", printers()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!((&made.json["team"], &made.json["place"]), (&json!("Field service"), &json!(1)));

    let report = json!({ "model": "tunnel DOWN", "fields": { "site": "Hamburg" } });
    let incident = ines.post("/api/v1/incidents", report).await;
    let shown = incident.good();
    assert_eq!(shown["title"], "No connection from a site");
    assert_eq!((&shown["service"], &shown["team"]), (&json!("VPN"), &json!("Field service")));
    assert_eq!((&shown["priority"], &shown["fields"]["site"]), (&json!("P1"), &json!("Hamburg")));
    assert_eq!(shown["tasks"][1]["title"], "Ring the site");
    let id = &made.json["id"];
    let applied = json!([{ "id": id, "name": "Tunnel down", "version": 1, "runbook": "Restart the gateway." }]);
    assert_eq!(shown["models"], applied);

    let plain = json!({ "title": "Drops", "urgency": 3 });
    let number = ines.post("/api/v1/incidents", plain).await.good()["number"].clone();
    let path = format!("/api/v1/incidents/{}", number.as_str().unwrap());
    let apply = format!("{path}/apply-model");
    let after = ines.post(&apply, json!({ "model": id })).await;
    assert_eq!((&after.good()["impact"], &after.json["urgency"]), (&json!(1), &json!(3)));
    assert_eq!(ines.post(&apply, json!({ "model": id })).await.status, 409);
    assert_eq!(
        ines.post(&apply, json!({ "model": "Tunel down" })).await.field(422, "model"),
        "is not a known incident model; did you mean Tunnel down?"
    );
    let timeline = ines.get(&format!("{path}/timeline")).await;
    let events = timeline.good()["items"].as_array().unwrap().clone();
    let event = events.iter().find(|event| event["kind"] == "model_applied").unwrap();
    assert_eq!(event["data"]["runbook"], "Restart the gateway.");
    assert_eq!(event["public"], false);

    let change = json!({ "urgency": null, "tasks": ["Look"], "runbook": "Ring the carrier." });
    let changed = ada.patch("/api/v1/models/Tunnel%20down", change).await;
    assert_eq!((&changed.good()["urgency"], &changed.json["version"]), (&Value::Null, &json!(2)));
    let kept = ines.get(&path).await;
    assert_eq!(kept.good()["models"][0]["runbook"], "Restart the gateway.");

    assert_eq!(ada.delete("/api/v1/models/Tunnel%20down").await.status, 204);
    assert_eq!(ada.get("/api/v1/models/Tunnel%20down").await.good()["active"], false);
    assert_eq!(ines.post("/api/v1/incidents", json!({ "model": id })).await.status, 422);
    let audit = ada.get("/api/v1/audit?subject=model").await;
    assert_eq!(audit.good()["items"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requesters_see_what_is_published_and_no_tasks() {
    let world = World::new().await;
    let (ada, rosa) = (world.of("ada"), world.of("rosa"));
    ada.post("/api/v1/models", printers()).await.good();
    let report = json!({ "model": "Tunnel down" });
    rosa.post("/api/v1/incidents", report.clone()).await.field(422, "model");
    ada.patch("/api/v1/models/Tunnel%20down", json!({ "portal": true })).await.good();
    let mine = rosa.post("/api/v1/incidents", report).await;
    assert_eq!(mine.good()["priority"], "P1");
    assert_eq!((&mine.json["tasks"], &mine.json["models"]), (&json!([]), &json!([])));
    let path = format!("/api/v1/incidents/{}/timeline", mine.json["number"].as_str().unwrap());
    assert!(!rosa.get(&path).await.text.contains("gateway"));
    assert_eq!(rosa.get("/api/v1/models").await.status, 403);
    assert_eq!(rosa.post("/api/v1/models", printers()).await.status, 403);
    assert_eq!(world.of("ines").post("/api/v1/models", printers()).await.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_model_is_told_by_field() {
    let world = World::new().await;
    let ada = world.of("ada");
    let with = |field: &str, value: Value| {
        let mut model = printers();
        model[field] = value;
        model
    };
    let many: Vec<String> = (0..51).map(|n| format!("Step {n}")).collect();
    for (field, value, at) in [
        ("name", json!(""), "name"),
        ("title", json!("x".repeat(251)), "title"),
        ("service", json!("Telex"), "service"),
        ("tags", json!(["two words"]), "tags"),
        ("tasks", json!(many), "tasks"),
        ("tasks", json!(["Look", "look"]), "tasks.1"),
        ("runbook", json!("a\u{0}b"), "runbook"),
    ] {
        ada.post("/api/v1/models", with(field, value)).await.field(422, at);
    }
    assert_eq!(ada.post("/api/v1/models", json!({})).await.status, 422);
    ada.post("/api/v1/models", printers()).await.good();
    assert_eq!(ada.post("/api/v1/models", with("name", json!("TUNNEL DOWN"))).await.status, 409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_applies_a_model_by_name() {
    let world = World::new().await;
    let ada = world.of("ada");
    ada.post("/api/v1/models", printers()).await.good();
    let rule = json!({ "name": "Tunnels", "on": ["reported"], "when": "tunnel",
        "do": [{ "command": "apply-model", "model": "tunnel down" }] });
    let made = ada.post("/api/v1/rules", rule).await;
    assert_eq!(made.good()["do"][0], json!({ "command": "apply-model", "model": "Tunnel down" }));
    let incident = ada.post("/api/v1/incidents", json!({ "title": "No tunnel" })).await;
    assert_eq!(incident.good()["models"][0]["name"], "Tunnel down");
    ada.delete("/api/v1/models/Tunnel%20down").await;
    let faults = ada.get("/api/v1/rules/Tunnels").await.good()["faults"].clone();
    assert_eq!(faults[0]["field"], "do.0.model");
}
