//! Stakeholder lists and subscribers by the API.

use crate::harness::{World, address};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_made_read_changed_and_removed() {
    let world = World::new().await;
    let ada = world.of("ada");
    let wish = json!({
        "name": "Board",
        "addresses": [{ "email": "Board@outside.example", "language": "de" }],
        "least_degree": "partial",
    });
    let made = ada.post("/api/v1/lists", wish).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let path = format!("/api/v1/lists/{}", made.json["id"].as_str().unwrap());
    assert_eq!(made.json["addresses"][0]["email"], "board@outside.example");
    assert_eq!(ada.get(&path).await.good()["least_degree"], "partial");
    let heard = json!({ "people": [address("ines")], "services": ["vpn"] });
    let named = ada.patch(&path, heard).await;
    assert_eq!(named.good()["people"], json!([world.id("ines").await]));
    let vpn = ada.get("/api/v1/services/VPN").await;
    assert_eq!(named.json["services"], json!([vpn.good()["id"]]));
    ada.patch(&path, json!({ "services": ["nowhere"] })).await.field(422, "services.0");
    let refused =
        ada.post("/api/v1/lists", json!({ "name": "X", "addresses": [{ "email": "x" }] }));
    assert_eq!(refused.await.status, 422);
    let list = ada.get("/api/v1/lists").await;
    assert_eq!(list.good()["items"].as_array().unwrap().len(), 1);
    let counts = ada.get("/api/v1/subscribers/counts").await;
    let none = json!({ "confirmed": 0, "everything": 0, "components": {}, "unconfirmed": 0 });
    assert_eq!(counts.good(), &none);
    assert_eq!(ada.get("/api/v1/subscribers").await.good()["items"], json!([]));
}
