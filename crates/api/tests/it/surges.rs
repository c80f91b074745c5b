//! Surges, as programs decide about them.

use crate::harness::World;
use kernel::{ServiceId, SurgeId};
use serde_json::{Value, json};
use store::surges::{self, Surge, SurgeState};

/// A surge of a service, with one report of Rosa's.
async fn proposed(world: &World) -> (SurgeId, Value) {
    let service = world.of("ada").post("/api/v1/services", json!({ "name": "Belts" })).await;
    let service = service.good()["id"].as_str().unwrap().to_owned();
    let report = json!({ "title": "Belt 3 stands", "service": service });
    let report = world.of("rosa").post("/api/v1/incidents", report).await;
    let number = report.good()["number"].clone();
    let now = world.desk.now();
    let service: ServiceId = service.parse().unwrap();
    let surge = Surge {
        id: SurgeId(desk::fresh()),
        service,
        state: SurgeState::Proposed,
        began: now.plus_seconds(-600),
        proposed_at: now,
        slow: false,
        counted: 7,
        expected_milli: 250,
        parent: None,
        decided_at: None,
        decided_by: None,
        ended_at: None,
    };
    let id = surge.id;
    assert!(world.desk.write(move |sql| Ok(surges::propose(sql, &surge)?)).await.unwrap());
    (id, number)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_surge_is_listed_read_and_made_a_parent_of_once() {
    let world = World::new().await;
    let (id, number) = proposed(&world).await;
    let mara = world.of("mara");
    let page = mara.get("/api/v1/surges").await;
    let item = &page.good()["items"][0];
    assert_eq!((&item["state"], &item["service_name"]), (&json!("proposed"), &json!("Belts")));
    assert_eq!((&item["counted"], &item["expected"]), (&json!(7), &json!(0.25)));
    let address = format!("/api/v1/surges/{id}");
    assert_eq!(mara.get(&address).await.good()["reports"], json!([number]));
    let accept = format!("{address}/accept");
    let rosa = world.of("rosa");
    rosa.get("/api/v1/surges").await.problem(403);
    rosa.post(&accept, json!({})).await.problem(403);
    mara.post(&accept, json!({ "into": "INC-999" })).await.field(422, "into");
    let done = mara.post(&accept, json!({ "draft": "We look into it." })).await;
    assert_eq!(done.good()["linked"], json!([number]));
    let parent = done.good()["parent"].as_str().unwrap();
    let parent = mara.get(&format!("/api/v1/incidents/{parent}")).await;
    assert_eq!(parent.good()["title"], json!("Many reports on Belts"));
    mara.post(&accept, json!({})).await.problem(409);
    let service = mara.get(&address).await.good()["service"].clone();
    let late = json!({ "title": "Belt 4 stands", "service": service });
    let late = world.of("rosa").post("/api/v1/incidents", late).await.good()["number"].clone();
    let join = format!("{address}/join");
    rosa.post(&join, json!({})).await.problem(403);
    let joined = mara.post(&join, json!({})).await;
    assert_eq!(
        (&joined.good()["linked"], &joined.json["parent"]),
        (&json!([late]), &done.json["parent"])
    );
    mara.post(&format!("{address}/dismiss"), json!({})).await.problem(409);
    mara.get("/api/v1/surges/nothing").await.problem(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_surge_that_is_nothing_is_dismissed() {
    let world = World::new().await;
    let (id, _) = proposed(&world).await;
    let done = world.of("mara").post(&format!("/api/v1/surges/{id}/dismiss"), json!({})).await;
    assert_eq!(done.good()["state"], json!("dismissed"));
}
