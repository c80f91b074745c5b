//! Paging by the API: who is asked, who answers, and what was promised.

use crate::harness::{World, address};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_is_paged_declines_and_another_has_it() {
    let world = World::new().await;
    let number = world.report("rosa", "VPN drops").await;
    let (ines, yuki) = (world.of("ines"), world.of("yuki"));
    let at = |command: &str| format!("/api/v1/incidents/{number}/{command}");
    let read = format!("/api/v1/incidents/{number}");
    assert_eq!(ines.get(&read).await.good()["paging"], Value::Null);

    let wrong = ines.post(&at("page"), json!({})).await;
    wrong.field(422, "whom");
    ines.post(&at("page"), json!({ "people": ["nobody@nowhere.example"] }))
        .await
        .field(422, "people");
    ines.post(&at("page"), json!({ "schedules": ["Nights"] })).await.field(422, "schedules");
    ines.post(&at("page"), json!({ "policy": "Network" })).await.field(422, "policy");
    ines.post(&at("page"), json!({ "who": 1 })).await.problem(422);
    world.of("rosa").post(&at("page"), json!({ "people": [] })).await.problem(403);

    let body = json!({ "people": [address("ines")], "note": "Please look." });
    let paged = yuki.post(&at("page"), body).await;
    let paging = &paged.good()["paging"];
    assert_eq!((&paging["state"], &paging["why"]), (&json!("paging"), &json!("by_hand")));
    assert_eq!((&paging["step"], &paging["steps"]), (&json!(1), &json!(4)));
    assert_eq!(paging["people"], json!([address("ines")]));
    assert!(paging["next_at"].is_string());
    let seen = world.of("rosa").get(&read).await;
    assert_eq!(seen.good()["paging"], Value::Null, "it is internal");

    yuki.post(&at("decline-page"), json!({})).await.problem(409);
    let declined = ines.post(&at("decline-page"), json!({ "note": "On a train." })).await;
    assert_eq!(declined.good()["paging"]["state"], json!("exhausted"), "nobody else was named");
    yuki.post(&at("escalate-page"), json!({})).await.good();
    let taken = yuki.post(&at("acknowledge"), json!({})).await;
    let paging = &taken.good()["paging"];
    assert_eq!(paging["state"], json!("acknowledged"));
    assert_eq!(paging["acknowledged_by"], json!([address("yuki")]));
    yuki.post(&at("escalate-page"), json!({})).await.problem(409);

    let timeline = ines.get(&format!("{read}/timeline")).await;
    let items = timeline.good()["items"].as_array().unwrap().clone();
    let of = |kind: &str| items.iter().find(|item| item["kind"] == kind).unwrap().clone();
    assert_eq!(of("paging_began")["data"]["note"], json!("Please look."));
    assert_eq!(of("page_declined")["data"]["note"], json!("On a train."));
    assert_eq!(of("paged")["public"], json!(false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_says_what_was_promised_and_what_came_of_it() {
    let world = World::new().await;
    let number = world.report("rosa", "VPN drops").await;
    let yuki = world.of("yuki");
    let page = format!("/api/v1/incidents/{number}/page");
    yuki.post(&page, json!({ "teams": ["Network"] })).await.good();
    let path = format!("/api/v1/paging/ledger?incident={number}");
    let ledger = yuki.get(&path).await;
    let items = ledger.good()["items"].as_array().unwrap();
    let states: Vec<&Value> = items.iter().map(|item| &item["state"]).collect();
    let promised = json!("promised");
    assert_eq!(states, [&json!("kept"), &promised, &promised, &promised]);
    assert_eq!(items[0]["whom"][0]["name"], json!("Network"));
    assert_eq!(items[0]["pages"][0]["channel"], json!("email"));
    assert_eq!(items[3]["whom"][0]["kind"], json!("administrators"));

    world.of("rosa").get(&path).await.problem(403);
    let all = "/api/v1/paging/ledger";
    yuki.get(all).await.problem(403);
    let ada = world.of("ada");
    let first = ada.get(&format!("{all}?limit=3")).await;
    assert_eq!(first.good()["items"].as_array().unwrap().len(), 3);
    let cursor = first.json["next"].as_str().unwrap();
    let rest = ada.get(&format!("{all}?cursor={cursor}")).await;
    assert_eq!(rest.good()["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest.json["items"][0]["state"], json!("kept"));
    let kept = ada.get(&format!("{all}?state=kept")).await;
    assert_eq!(kept.good()["items"].as_array().unwrap().len(), 1);
    ada.get(&format!("{all}?state=lost")).await.field(422, "state");
    ada.get(&format!("{all}?cursor=x")).await.field(422, "cursor");
    yuki.get("/api/v1/paging/ledger?incident=INC-99").await.problem(404);
}
