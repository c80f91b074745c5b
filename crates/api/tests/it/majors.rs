//! Major incidents by the API.

use crate::harness::{World, address};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_major_is_proposed_declared_and_conducted() {
    let world = World::new().await;
    let number = world.report("rosa", "VPN drops").await;
    let (ines, yuki) = (world.of("ines"), world.of("yuki"));
    let at = |command: &str| format!("/api/v1/incidents/{number}/{command}");
    let read = format!("/api/v1/incidents/{number}");
    assert_eq!(ines.get(&read).await.good()["conduct"], Value::Null);
    let proposed = ines.post(&at("propose-major"), json!({ "reason": "All of hall 3." })).await;
    let proposal = &proposed.good()["conduct"]["proposal"];
    assert_eq!(
        (&proposal["by"], &proposal["reason"]),
        (&json!(address("ines")), &json!("All of hall 3."))
    );
    ines.post(&at("propose-major"), json!({})).await.problem(409);
    let declared = yuki.post(&at("declare-major"), json!({})).await;
    assert_eq!(declared.good()["conduct"]["proposal"], Value::Null);
    assert!(declared.good()["conduct"]["declared_at"].is_string());

    let offer = json!({ "role": "commander", "to": address("ines") });
    let offered = yuki.post(&at("hand-over"), offer).await;
    assert_eq!(offered.good()["conduct"]["offers"]["commander"]["to"], json!(address("ines")));
    yuki.post(&at("accept-role"), json!({ "role": "commander" })).await.problem(409);
    let accepted = ines.post(&at("accept-role"), json!({ "role": "commander" })).await;
    assert_eq!(accepted.good()["roles"]["commander"], json!(address("ines")));

    let called = ines.post(&at("call-responders"), json!({ "people": [address("yuki")] })).await;
    let responder = &called.good()["conduct"]["responders"][0];
    assert_eq!(
        (&responder["person"], &responder["answer"]),
        (&json!(address("yuki")), &json!("asked"))
    );
    assert_eq!(called.good()["paging"]["why"], json!("called"));
    let answered = yuki.post(&at("answer-call"), json!({ "coming": true })).await;
    assert_eq!(answered.good()["conduct"]["responders"][0]["answer"], json!("coming"));
    ines.post(&at("answer-call"), json!({ "coming": true })).await.problem(409);

    let room = |address: &str| json!({ "kind": "conference", "address": address });
    ines.post(&at("set-room"), room("javascript:alert(1)")).await.field(422, "address");
    let set = ines.post(&at("set-room"), room("https://meet.example/war-room")).await;
    let rooms = &set.good()["conduct"]["rooms"];
    assert_eq!(rooms["conference"], json!("https://meet.example/war-room"));
    let stated = ines.post(&at("state-impact"), json!({ "statement": "No truck leaves." })).await;
    assert_eq!(stated.good()["conduct"]["impact"], json!("No truck leaves."));
    let seen = world.of("rosa").get(&read).await;
    assert_eq!((&seen.good()["conduct"], &seen.good()["outages"]), (&Value::Null, &json!([])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_is_drafted_and_another_publishes_it() {
    let world = World::new().await;
    let number = world.report("rosa", "VPN drops").await;
    let (ines, yuki) = (world.of("ines"), world.of("yuki"));
    let at = |command: &str| format!("/api/v1/incidents/{number}/{command}");
    let nobody = json!({ "body": "We look into it.", "audiences": {} });
    ines.post(&at("publish-update"), nobody.clone()).await.field(422, "audiences");
    let unknown = json!({ "lists": ["0199c0de-0000-7000-8000-000000000000"] });
    let unknown = json!({ "body": "We look into it.", "audiences": unknown });
    ines.post(&at("publish-update"), unknown).await.field(422, "audiences.lists.0");
    let board = world.of("ada").post("/api/v1/lists", json!({ "name": "Board" })).await;
    assert_eq!(board.status, 201, "{}", board.text);
    let named = json!({ "body": "We look into it.", "audiences": { "lists": ["board"] } });
    ines.post(&at("publish-update"), named).await.good();
    let body = json!({ "body": "We look into it.", "state": "identified",
        "audiences": { "requesters": true } });
    let drafted = ines.post(&at("draft-update"), body).await;
    let draft = drafted.good()["conduct"]["drafts"][0].clone();
    assert_eq!(draft["phase"], "identified", "`state` is another word for it");
    assert_eq!(
        (&draft["body"], &draft["by"]),
        (&json!("We look into it."), &json!(address("ines")))
    );
    let role = json!({ "role": "communications", "person": address("yuki") });
    ines.post(&at("give-role"), role).await.good();
    ines.post(&at("approve-update"), json!({ "update": draft["id"] })).await;
    let left = ines.get(&format!("/api/v1/incidents/{number}")).await;
    assert_eq!(left.good()["conduct"]["drafts"][0]["id"], draft["id"], "not by its writer");
    let approved = yuki.post(&at("approve-update"), json!({ "update": draft["id"] })).await;
    assert_eq!(approved.good()["conduct"]["drafts"], json!([]));
    let timeline = world.of("rosa").get(&format!("/api/v1/incidents/{number}/timeline")).await;
    let items = timeline.good()["items"].as_array().unwrap().clone();
    let heard = items.iter().find(|item| item["kind"] == "update_published").unwrap();
    assert_eq!(heard["data"]["body"], json!("We look into it."), "what was internal is public");
}
