//! Clocks that explain themselves, promises, reasons and corrections.

use crate::harness::World;
use incident::Command;
use kernel::{Actor, Channel, IncidentNumber};
use serde_json::{Value, json};

const HOUR: i64 = 3_600;

/// A P1 with Network: acknowledge 5 minutes, response 15, resolution 4 hours.
async fn urgent(world: &World) {
    world.report("rosa", "Labels blank").await;
    let ines = world.of("ines");
    for (command, body) in [
        ("prioritise", json!({ "impact": 1, "urgency": 1 })),
        ("assign", json!({ "team": "Network", "assignee": "ines@northwind.example" })),
        ("comment", json!({ "body": "We look into it.", "visibility": "public" })),
    ] {
        ines.post(&format!("/api/v1/incidents/INC-1/{command}"), body).await.good();
    }
}

async fn does(world: &World, who: &str, command: &str, body: Value) -> Value {
    let path = format!("/api/v1/incidents/INC-1/{command}");
    world.of(who).post(&path, body).await.good().clone()
}

async fn ring(world: &World) {
    let ask = world.desk.ask_unlimited(Actor::system(), Channel::Timer);
    ask.on(IncidentNumber(1)).issue(Command::Tick).await.unwrap();
}

async fn clocks(world: &World) -> Value {
    world.of("otto").get("/api/v1/incidents/INC-1/clocks").await.good().clone()
}

fn resolution(clocks: &Value) -> &Value {
    let items = clocks["items"].as_array().unwrap();
    items.iter().find(|clock| clock["kind"] == "resolution").unwrap()
}

#[tokio::test]
async fn every_clock_tells_how_it_was_counted() {
    let world = World::new().await;
    urgent(&world).await;
    world.clock.advance(HOUR);
    does(&world, "ines", "hold", json!({ "reason": "requester" })).await;
    world.clock.advance(2 * HOUR);
    does(&world, "ines", "resume", json!({})).await;
    world.clock.advance(600);
    let told = clocks(&world).await;
    let clock = resolution(&told);
    assert_eq!((&clock["elapsed_seconds"], &clock["calendar"]), (&json!(4_200), &Value::Null));
    let lines = clock["ledger"].as_array().unwrap();
    let turns: Vec<&str> = lines.iter().map(|line| line["turn"].as_str().unwrap()).collect();
    assert_eq!(turns, ["started", "retargeted", "paused", "resumed", "counting"]);
    assert_eq!(lines[2]["added_seconds"], 3_600);
    assert_eq!(lines[2]["words"], "Ines put it on hold, waiting for the requester");
    assert_eq!(lines[4]["total_seconds"], 4_200);
    let n = lines[3]["n"].as_i64().unwrap();
    let entries = world
        .of("otto")
        .get(&format!("/api/v1/incidents/INC-1/timeline?after={}&limit=1", n - 1))
        .await;
    assert_eq!(entries.json["items"][0]["kind"], "resumed");
    assert_eq!(
        told["pauses"],
        json!([{
            "n": n,
            "reason": "requester",
            "from": "2026-11-23T09:00:00Z",
            "to": "2026-11-23T11:00:00Z",
            "counted": { "from": "2026-11-23T09:00:00Z", "to": "2026-11-23T11:00:00Z" },
        }])
    );
}

#[tokio::test]
async fn how_clocks_were_counted_is_for_staff() {
    let world = World::new().await;
    urgent(&world).await;
    let path = "/api/v1/incidents/INC-1/clocks";
    world.of("rosa").get(path).await.problem(403);
    world.of("ben").get(path).await.problem(404);
    world.of("ines").get("/api/v1/incidents/INC-9/clocks").await.problem(404);
    world.nobody().get(path).await.problem(401);
}

#[tokio::test]
async fn a_pause_that_was_set_wrongly_is_corrected_and_both_stay_on_record() {
    let world = World::new().await;
    urgent(&world).await;
    does(&world, "ines", "hold", json!({ "reason": "requester" })).await;
    world.clock.advance(3 * HOUR);
    does(&world, "ines", "resume", json!({})).await;
    world.clock.advance(3 * HOUR);
    let n = clocks(&world).await["pauses"][0]["n"].clone();
    let body = json!({ "n": n, "from": "2026-11-23T08:00:00Z", "to": "2026-11-23T08:30:00Z", "reason": "They had called." });
    let refused =
        world.of("yuki").post("/api/v1/incidents/INC-1/correct-pause", body.clone()).await;
    refused.problem(403);
    does(&world, "ines", "correct-pause", body).await;
    let told = clocks(&world).await;
    let clock = resolution(&told);
    assert_eq!(clock["elapsed_seconds"], 5 * HOUR + HOUR / 2);
    assert_eq!(
        (&clock["breached"], &clock["breached_at"]),
        (&json!(true), &json!("2026-11-23T12:30:00Z"))
    );
    assert_eq!(told["pauses"][0]["counted"]["to"], "2026-11-23T08:30:00Z");
    assert_eq!(told["pauses"][0]["to"], "2026-11-23T11:00:00Z");
    let timeline = world.of("otto").get("/api/v1/incidents/INC-1/timeline").await;
    let events = timeline.json["items"].as_array().unwrap().clone();
    let corrected = events.iter().find(|event| event["kind"] == "pause_corrected").unwrap();
    assert_eq!(corrected["data"]["reason"], "They had called.");
    let wrong = world
        .of("mara")
        .post("/api/v1/incidents/INC-1/correct-pause", json!({ "n": 1, "reason": "?" }))
        .await;
    wrong.field(422, "n");
}

#[tokio::test]
async fn a_breach_is_found_until_it_is_explained() {
    let world = World::new().await;
    urgent(&world).await;
    world.clock.advance(5 * HOUR);
    ring(&world).await;
    let found = |who: &'static str, query: &'static str| {
        let client = world.of(who);
        async move {
            client.get(&format!("/api/v1/incidents?q={query}")).await.json["items"]
                .as_array()
                .unwrap()
                .len()
        }
    };
    assert_eq!(found("ines", "breach:unexplained").await, 1);
    assert_eq!(found("rosa", "breach:unexplained").await, 0, "that is the provider's own matter");
    let body = |clock: &str| json!({ "clock": clock, "reason": "No spare part.", "owner": "mara@northwind.example" });
    let wrong = world.of("ines").post("/api/v1/incidents/INC-1/explain-breach", body("team")).await;
    wrong.field(422, "clock");
    let after = does(&world, "ines", "explain-breach", body("resolution")).await;
    assert_eq!(after["breach"], "unexplained", "the update clock was not in time either");
    let after = does(&world, "ines", "explain-breach", body("update")).await;
    assert_eq!(after["breach"], "explained");
    assert_eq!(found("ines", "breach:explained").await, 1);
    assert_eq!(found("ines", "breach:unexplained").await, 0);
    let told = clocks(&world).await;
    let given = &resolution(&told)["explanation"];
    assert_eq!((&given["reason"], &given["owner"]), (&json!("No spare part."), &json!("Mara")));
}

#[tokio::test]
async fn a_promise_is_shown_to_whom_it_was_given() {
    let world = World::new().await;
    world.report("rosa", "Labels blank").await;
    let at = "2026-11-23T10:00:00Z";
    does(&world, "ines", "promise", json!({ "at": at, "reason": "A part is on its way." })).await;
    let seen = world.of("rosa").get("/api/v1/incidents/INC-1").await;
    assert_eq!(
        seen.json["promises"],
        json!([{
            "to": "rosa@northwind.example",
            "at": at,
            "given_at": "2026-11-23T08:00:00Z",
            "broken": false,
            "kept": false,
        }])
    );
    assert_eq!(
        world.of("rosa").get("/api/v1/incidents/INC-1/timeline").await.json["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["kind"] == "promised")
            .count(),
        1
    );
    let refused = world
        .of("ines")
        .post("/api/v1/incidents/INC-1/promise", json!({ "at": "2026-11-23T12:00:00Z" }))
        .await;
    refused.field(422, "reason");
    world.clock.advance(2 * HOUR + 1);
    ring(&world).await;
    let seen = world.of("rosa").get("/api/v1/incidents/INC-1").await;
    assert_eq!(seen.json["promises"][0]["broken"], true);
    assert_eq!(seen.json["deviated_at"], at);
}
