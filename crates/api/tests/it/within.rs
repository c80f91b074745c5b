//! The doors as the program itself goes through them.

use crate::harness::World;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_goes_through_the_same_doors() {
    let world = World::new().await;
    let within = api::Within::of(world.desk.clone());
    let team = within.post("/api/v1/teams", &json!({ "name": "Wires" })).await.unwrap();
    let path = format!("/api/v1/teams/{}", team["id"].as_str().unwrap());
    let changed = within.patch(&path, &json!({ "description": "All of them" })).await.unwrap();
    assert_eq!(within.get(&path).await.unwrap(), changed);
    let refused = within.patch(&path, &json!({ "descripton": "x" })).await.unwrap_err();
    assert_eq!((refused.status, refused.errors.len()), (422, 1), "{refused:?}");
    assert_eq!(refused.errors[0].field, "descripton");
    let entries = within.get("/api/v1/audit?limit=2").await.unwrap();
    for entry in entries["items"].as_array().unwrap() {
        assert_eq!(entry["subject"], "team", "{entry}");
        assert!(entry.to_string().contains("command line"), "{entry}");
    }
    assert_eq!(world.nobody().get(&path).await.status, 401, "nobody else comes in so");
}
