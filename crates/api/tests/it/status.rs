//! The status page over HTTP: components, headings, what somebody says, how it presents itself.

use crate::harness::World;
use axum::http::Method;
use serde_json::{Value, json};

const COMPONENTS: &str = "/api/v1/components";
const GROUPS: &str = "/api/v1/component-groups";
const PAGE: &str = "/api/v1/status-page";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn components_are_made_changed_moved_and_removed() {
    let world = World::new().await;
    let (ada, ines, rosa) = (world.of("ada"), world.of("ines"), world.of("rosa"));
    ines.post(COMPONENTS, json!({ "name": "Remote access" })).await.problem(403);
    rosa.get(COMPONENTS).await.problem(403);
    let group = ada.post(GROUPS, json!({ "name": "Network" })).await;
    let group = group.good()["id"].as_str().unwrap().to_owned();
    let made = ada
        .post(COMPONENTS, json!({ "name": "Remote access", "service": "VPN", "group": group }))
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!((&made.json["group_id"], &made.json["internal"]), (&json!(group), &json!(false)));
    assert!(made.json["service_id"].is_string());
    let second = ada.post(COMPONENTS, json!({ "name": "Wireless", "group": group })).await;
    ada.post(COMPONENTS, json!({ "name": "wireless", "group": group })).await.problem(409);
    let gone = json!({ "name": "X", "group": "01890000-0000-7000-8000-000000000000" });
    ada.post(COMPONENTS, gone).await.field(422, "group");
    ada.post(COMPONENTS, json!({ "name": "X", "service": "nowhere" })).await.field(422, "service");

    let second = format!("{COMPONENTS}/{}", second.good()["id"].as_str().unwrap());
    ines.post(&format!("{second}/move"), json!({ "to": "up" })).await.problem(403);
    assert_eq!(ada.post(&format!("{second}/move"), json!({ "to": "up" })).await.status, 204);
    let (moves, once) = (format!("{second}/move"), [("idempotency-key", "down once")]);
    assert_eq!(ada.post_with(&moves, json!({ "to": "down" }), &once).await.status, 204);
    assert_eq!(ada.post(&moves, json!({ "to": "up" })).await.status, 204);
    let again = ada.post_with(&moves, json!({ "to": "down" }), &once).await;
    assert_eq!(again.status, 204, "{}", again.text);
    let other = ada.post_with(&moves, json!({ "to": "up" }), &once).await;
    other.field(422, "Idempotency-Key");
    ada.post(&format!("{second}/move"), json!({ "to": "left" })).await.field(422, "to");
    let listed = ines.get(COMPONENTS).await;
    let names: Vec<&Value> =
        listed.good()["items"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Wireless", "Remote access"]);

    let changed = ada.patch(&second, json!({ "internal": true, "group": null })).await;
    assert_eq!(
        (&changed.good()["internal"], &changed.json["group_id"], &changed.json["version"]),
        (&json!(true), &Value::Null, &json!(2))
    );
    assert_eq!(ada.delete(&format!("{GROUPS}/{group}")).await.status, 204);
    assert_eq!(ada.delete(&second).await.status, 204);
    ada.get(&second).await.problem(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn components_name_their_service_and_heading_and_are_listed_in_pages() {
    let world = World::new().await;
    let ada = world.of("ada");
    let made =
        ada.post(COMPONENTS, json!({ "name": "Tunnel", "service": "VPN", "group": "Network" }));
    let made = made.await;
    assert_eq!((&made.good()["service"], &made.json["group"]), (&json!("VPN"), &json!("Network")));
    // The heading was made with it, and the next one stands under the same.
    let second = ada.post(COMPONENTS, json!({ "name": "Wireless", "group": "network" })).await;
    assert_eq!(second.good()["group_id"], made.json["group_id"]);
    assert_eq!(ada.get(GROUPS).await.good()["items"].as_array().unwrap().len(), 1);
    let path = format!("{COMPONENTS}/{}", second.json["id"].as_str().unwrap());
    ada.patch(&path, json!({ "group": "Nowhere" })).await.field(422, "group");
    let alone = ada.patch(&path, json!({ "group": null })).await;
    assert_eq!(alone.good()["group"], Value::Null);
    assert_eq!(ada.patch(&path, json!({ "group": "Network" })).await.good()["group"], "Network");

    let first = ada.get(&format!("{COMPONENTS}?limit=1")).await;
    let next = first.good()["next"].as_str().unwrap();
    let rest = ada.get(&format!("{COMPONENTS}?limit=1&cursor={next}")).await;
    assert_eq!(first.json["items"][0]["name"], "Tunnel");
    assert_eq!(
        (&rest.good()["items"][0]["name"], &rest.json["next"]),
        (&json!("Wireless"), &Value::Null)
    );
    ada.get(&format!("{COMPONENTS}?bogus=1")).await.field(422, "bogus");
    let headings = ada.get(&format!("{GROUPS}?limit=1")).await;
    assert_eq!(
        (&headings.good()["items"][0]["name"], &headings.json["next"]),
        (&json!("Network"), &Value::Null)
    );
    ada.get(&format!("{GROUPS}?limit=0")).await.field(422, "limit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_component_for_the_outside_opens_a_page_that_nobody_set_up() {
    let world = World::new().await;
    let ada = world.of("ada");
    let public = async || ada.get(PAGE).await.good()["public"].clone();
    ada.post(COMPONENTS, json!({ "name": "Vault", "internal": true })).await.good();
    assert_eq!(public().await, json!(false));
    ada.post(COMPONENTS, json!({ "name": "Web shop" })).await.good();
    assert_eq!(public().await, json!(true));
    ada.put(PAGE, json!({ "public": false })).await.good();
    ada.post(COMPONENTS, json!({ "name": "Mail" })).await.good();
    assert_eq!(public().await, json!(false), "somebody said so");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_works_says_how_a_component_is() {
    let world = World::new().await;
    let (ada, ines, otto) = (world.of("ada"), world.of("ines"), world.of("otto"));
    let made = ada.post(COMPONENTS, json!({ "name": "Remote access" })).await;
    let path = format!("{COMPONENTS}/{}", made.good()["id"].as_str().unwrap());
    let said = json!({ "health": "degraded", "reason": "The supplier says so", "until": "2026-11-23T09:00:00Z" });
    otto.put(&format!("{path}/condition"), said.clone()).await.problem(403);
    let answer = ines.put(&format!("{path}/condition"), said).await;
    assert_eq!(answer.good()["said"]["health"], "degraded");
    let late = json!({ "health": "down", "until": "2026-11-23T07:00:00Z" });
    ines.put(&format!("{path}/condition"), late).await.field(422, "until");
    let odd = json!({ "health": "so so" });
    assert_eq!(ines.put(&format!("{path}/condition"), odd).await.status, 422);
    world.clock.advance(3_600);
    assert_eq!(ines.get(&path).await.good()["said"], Value::Null, "it ended by itself");
    ines.put(&format!("{path}/condition"), json!({ "health": "down" })).await.good();
    let ended = ines.put(&format!("{path}/condition"), json!({ "health": null })).await;
    assert_eq!(ended.good()["said"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_set_up_by_administrators() {
    let world = World::new().await;
    let (ada, ines) = (world.of("ada"), world.of("ines"));
    let before = ines.get(PAGE).await;
    assert_eq!(
        (&before.good()["public"], &before.json["has_logo"]),
        (&json!(false), &json!(false))
    );
    let page = json!({ "public": true, "languages": ["de", "en"], "domain": "Status.Northwind.example", "domain_is_ours": true });
    ines.put(PAGE, page.clone()).await.problem(403);
    let set = ada.put(PAGE, page).await;
    assert_eq!(set.good()["domain"], "status.northwind.example");
    assert_eq!(set.json["domain_is_ours"], true);
    assert_eq!(set.json["languages"], json!(["de", "en"]));
    for (field, value) in [
        ("domain", json!("desk.northwind.example")),
        ("domain", json!("https://status.example")),
        ("time_zone", json!("Mars/Olympus")),
        ("languages", json!(["de", "de"])),
    ] {
        let mut page = json!({ "public": true });
        page[field] = value;
        ada.put(PAGE, page).await.field(422, field);
    }
    let here = [("host", "Desk.example:7878")];
    let own = json!({ "public": true, "domain": "desk.example" });
    let refused = ada.json(Method::PUT, PAGE, own, &here).await;
    refused.field(422, "domain");
    assert_eq!(ines.get(PAGE).await.good()["public"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn windows_say_what_the_outside_is_told() {
    let world = World::new().await;
    let (ada, ines) = (world.of("ada"), world.of("ines"));
    let made = ada.post(COMPONENTS, json!({ "name": "Remote access" })).await;
    let component = made.good()["id"].clone();
    let outside = json!({
        "title": "New network hardware", "body": "Scanners are offline for minutes.",
        "components": [component], "remind_minutes": 60
    });
    let window = json!({
        "name": "Firmware", "starts_at": "2026-11-28T20:00:00Z", "ends_at": "2026-11-28T22:00:00Z",
        "everything": true, "public": outside
    });
    let made = ines.post("/api/v1/maintenances", window.clone()).await;
    assert_eq!(made.good()["public"], outside);
    let path = format!("/api/v1/maintenances/{}", made.json["id"].as_str().unwrap());
    let later = ines.patch(&path, json!({ "ends_at": "2026-11-28T23:00:00Z" })).await;
    assert_eq!(later.good()["public"], outside, "what is absent stays");
    let silent = ines.patch(&path, json!({ "public": null })).await;
    assert_eq!(silent.good()["public"], Value::Null);
    let mut untitled = window;
    untitled["public"]["title"] = json!(" ");
    ines.post("/api/v1/maintenances", untitled).await.field(422, "public_title");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_work_was_called_off_stays_whatever_is_changed_later() {
    let world = World::new().await;
    let ines = world.of("ines");
    let window = json!({
        "name": "Firmware", "starts_at": "2026-11-28T20:00:00Z", "ends_at": "2026-11-28T22:00:00Z",
        "everything": true, "public": { "title": "New network hardware" }
    });
    let made = ines.post("/api/v1/maintenances", window).await;
    let path = format!("/api/v1/maintenances/{}", made.good()["id"].as_str().unwrap());
    assert_eq!(ines.delete(&path).await.status, 204);
    let off = world.desk.now();
    world.clock.advance(60);
    ines.patch(&path, json!({ "name": "Firmware, not done" })).await.good();
    let words = json!({ "public": { "title": "No new network hardware" } });
    ines.patch(&path, words).await.good();
    assert_eq!(ines.delete(&path).await.status, 204);
    let told = world.desk.read(store::status::works::list).await.unwrap();
    assert_eq!((told[0].title.as_str(), told[0].updated_at), ("No new network hardware", off));
}
