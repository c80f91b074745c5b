//! Windows in which alerts page nobody.

use crate::harness::World;
use serde_json::{Value, json};

fn window(more: Value) -> Value {
    let mut body = json!({ "name": "Firmware", "starts_at": "2026-11-28T20:00:00Z",
        "ends_at": "2026-11-28T22:00:00Z" });
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_for_every_alert_is_said_to_be_one() {
    let world = World::new().await;
    let ada = world.of("ada");
    let path = "/api/v1/maintenances";
    let site = json!({ "labels": [{ "name": "site", "test": "is", "value": "north" }] });
    for forgotten in [json!({}), json!({ "matcher": {} }), json!({ "everything": false })] {
        ada.post(path, window(forgotten)).await.problem(422);
    }
    ada.post(path, window(json!({ "matcher": site, "everything": true }))).await.problem(422);
    ada.post(path, window(json!({ "everything": true }))).await.good();
    let made = ada.post(path, window(json!({ "matcher": site }))).await;
    let one = format!("{path}/{}", made.good()["id"].as_str().unwrap());
    ada.patch(&one, json!({ "matcher": {} })).await.problem(422);
    let same = ada.patch(&one, json!({ "name": "Routers" })).await;
    assert_eq!(same.good()["matcher"]["labels"][0]["name"], "site");
    let all = ada.patch(&one, json!({ "everything": true })).await;
    assert_eq!(all.good()["matcher"]["labels"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_window_is_for_is_named_and_windows_are_listed_in_pages() {
    let world = World::new().await;
    let ada = world.of("ada");
    let path = "/api/v1/maintenances";
    let services = ada.get("/api/v1/services/VPN").await;
    let vpn = services.good()["id"].clone();
    let door = json!({ "name": "Prometheus", "kind": "alertmanager" });
    let door = ada.post("/api/v1/integrations", door).await;
    let matcher = json!({ "services": ["vpn"], "integrations": ["Prometheus"] });
    let made = ada.post(path, window(json!({ "matcher": matcher }))).await;
    assert_eq!(made.good()["matcher"]["services"], json!([vpn]));
    assert_eq!(made.json["matcher"]["integrations"], json!([door.good()["id"]]));
    for (matcher, field) in [
        (json!({ "services": ["nowhere"] }), "matcher.services.0"),
        (json!({ "integrations": ["nowhere"] }), "matcher.integrations.0"),
    ] {
        ada.post(path, window(json!({ "matcher": matcher }))).await.field(422, field);
    }
    ada.post(path, window(json!({ "matcher": { "services": [vpn] } }))).await.good();
    let shop = ada.post("/api/v1/components", json!({ "name": "Web shop" })).await;
    let outside = |name: &str| json!({ "everything": true, "public": { "title": "Firmware", "components": [name] } });
    ada.post(path, window(outside("nowhere"))).await.field(422, "public.components.0");
    let told = ada.post(path, window(outside("web shop"))).await;
    assert_eq!(told.good()["public"]["components"], json!([shop.good()["id"]]));
    let again = format!("{path}/{}", told.json["id"].as_str().unwrap());
    let same = ada.patch(&again, json!({ "public": told.json["public"] })).await;
    assert_eq!(same.good()["public"], told.json["public"], "what is shown can be sent back");
    let first = ada.get(&format!("{path}?limit=1")).await;
    let next = first.good()["next"].as_str().unwrap();
    let rest = ada.get(&format!("{path}?limit=1&cursor={next}")).await;
    assert_eq!(rest.good()["items"].as_array().unwrap().len(), 1);
    assert_ne!(rest.json["items"][0]["id"], first.json["items"][0]["id"]);
    ada.get(&format!("{path}?bogus=1")).await.field(422, "bogus");
}
