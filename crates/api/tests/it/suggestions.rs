//! Suggestions, as programs read and decide about them.

use crate::harness::World;
use serde_json::{Value, json};

const TITLES: [&str; 4] =
    ["VPN tunnel to the gateway drops", "VPN slow today", "No tunnel", "Cannot reach the gateway"];
const OTHERS: [&str; 4] =
    ["Printer jams at the paper tray", "Printer slow today", "No paper", "The tray does not open"];

/// Two categories, with many incidents that people put into them.
async fn learned(world: &World) -> [String; 2] {
    let mut ids = Vec::new();
    for name in ["Tunnels", "Printers"] {
        let made = world.of("ada").post("/api/v1/categories", json!({ "name": name })).await;
        ids.push(made.good()["id"].as_str().unwrap().to_owned());
    }
    let mara = world.of("mara");
    for n in 0..240 {
        let titles = if n % 2 == 0 { TITLES } else { OTHERS };
        let number = world.report("rosa", titles[n / 2 % 4]).await;
        let wish = json!({ "category": ids[n % 2] });
        mara.post(&format!("/api/v1/incidents/{number}/classify"), wish).await.good();
    }
    world.desk.learn_now().await.unwrap();
    [ids[0].clone(), ids[1].clone()]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suggestions_are_read_accepted_and_dismissed() {
    let world = World::new().await;
    let [network, _] = learned(&world).await;
    let (mara, rosa) = (world.of("mara"), world.of("rosa"));
    let number = world.report("rosa", TITLES[0]).await;
    let address = format!("/api/v1/incidents/{number}/suggestions");
    rosa.get(&address).await.problem(403);
    let page = mara.get(&address).await;
    let items = page.good()["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 1, "{items:?}");
    assert_eq!((&items[0]["field"], &items[0]["value"]), (&json!("category"), &json!(network)));
    assert_eq!((&items[0]["label"], &items[0]["model"]), (&json!("Tunnels"), &json!(1)));
    assert!(items[0]["probability"].as_f64().unwrap() > 0.5);
    let accept = format!("{address}/category/accept");
    rosa.post(&accept, json!({})).await.problem(403);
    mara.post(&accept, json!({ "value": "another" })).await.problem(409);
    mara.post(&format!("{address}/colour/accept"), json!({})).await.problem(404);
    let done = mara.post(&accept, json!({ "value": network })).await;
    assert_eq!(
        (&done.good()["outcome"], &done.json["suggestions"]),
        (&json!("accepted"), &json!([]))
    );
    let incident = mara.get(&format!("/api/v1/incidents/{number}")).await;
    assert!(incident.good().to_string().contains(&network));
    mara.post(&accept, json!({})).await.problem(409);
    let number = world.report("rosa", OTHERS[0]).await;
    let address = format!("/api/v1/incidents/{number}/suggestions");
    let dismissed = mara.post(&format!("{address}/category/dismiss"), json!({})).await;
    assert_eq!(dismissed.good()["outcome"], json!("dismissed"));
    assert_eq!(mara.get(&address).await.good()["items"], json!([]));
    mara.get("/api/v1/incidents/INC-99999/suggestions").await.problem(404);
    quality(&world).await;
}

/// Both were shown; nobody but the service desk reads that.
async fn quality(world: &World) {
    world.of("rosa").get("/api/v1/suggestions").await.problem(403);
    let all = world.of("mara").get("/api/v1/suggestions").await;
    let items = all.good()["items"].as_array().unwrap();
    let category: &Value = items.iter().find(|item| item["field"] == json!("category")).unwrap();
    assert_eq!((&category["learned_from"], &category["held_out"]), (&json!(240), &json!(48)));
    assert_eq!(category["outcomes"]["shown"], json!(2));
    assert_eq!(category["outcomes"]["accepted"], json!(1));
    assert_eq!(category["outcomes"]["dismissed"], json!(1));
    assert!(category["accuracy"].as_f64() > category["simple_accuracy"].as_f64());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn administrators_set_how_they_are_made() {
    let world = World::new().await;
    let (ada, mara) = (world.of("ada"), world.of("mara"));
    let address = "/api/v1/settings/suggestions";
    world.of("rosa").get(address).await.problem(403);
    let fields = mara.get(address).await.good()["fields"].as_array().unwrap().clone();
    assert_eq!(fields.len(), 4);
    let usual = json!({ "field": "team", "on": true, "precision": 80, "by_itself": null });
    assert!(fields.contains(&usual), "{fields:?}");
    let team = |precision: u8| json!({ "fields": [{ "field": "team", "on": true, "precision": precision, "by_itself": 97 }] });
    mara.put(address, team(90)).await.problem(403);
    ada.put(address, team(12)).await.field(422, "precision");
    ada.put(address, team(90)).await.good();
    let fields = mara.get(address).await.good()["fields"].as_array().unwrap().clone();
    assert!(
        fields.contains(&json!({ "field": "team", "on": true, "precision": 90, "by_itself": 97 }))
    );
}
