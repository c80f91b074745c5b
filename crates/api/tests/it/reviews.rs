//! Reviews and what follows from them over the API: per role, and what nobody may see.

use crate::harness::World;
use incident::TokenScope;
use serde_json::{Value, json};

const REVIEW: &str = "/api/v1/reviews/PIR-1";

/// Issues a command in Ines's name.
async fn command(world: &World, number: &str, name: &str, body: Value) {
    let path = format!("/api/v1/incidents/{number}/{name}");
    world.of("ines").post(&path, body).await.good();
}

/// An incident that is over, with its review opened by Ines.
async fn reviewed(world: &World) -> String {
    let number = world.report("rosa", "No VPN").await;
    command(world, &number, "resolve", json!({ "code": "fixed", "note": "New certificate." }))
        .await;
    let body = json!({ "incident": number });
    let opened = world.of("ines").post("/api/v1/reviews", body.clone()).await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    assert_eq!(opened.json["number"], json!("PIR-1"));
    let again = world.of("ines").post("/api/v1/reviews", body).await;
    assert_eq!((again.status, &again.json["number"]), (200, &json!("PIR-1")));
    number
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_review_goes_from_draft_to_published_with_two_actions() {
    let world = World::new().await;
    let number = reviewed(&world).await;
    let ines = world.of("ines");
    let read = ines.get(REVIEW).await;
    assert_eq!(read.good()["state"], json!("draft"));
    assert_eq!(read.json["facts"]["moments"].as_array().unwrap().len(), 6);
    assert!(read.json["summary"].as_str().unwrap().contains("New certificate"), "{}", read.text);
    let change = json!({
        "state": "in_review", "owner": "yuki@northwind.example",
        "factors": ["No alert watched it", "Yuki was alone"],
        "picks": [{ "incident": number, "n": 1, "remark": "First word" }],
    });
    let changed = ines.patch(REVIEW, change).await;
    assert_eq!(changed.good()["owner"], json!("yuki@northwind.example"));
    assert_eq!(changed.json["timeline"][0]["kind"], json!("reported"));
    assert_eq!(changed.json["timeline"][0]["remark"], json!("First word"));
    let actions = format!("{REVIEW}/actions");
    for words in ["Watch certificates", "Share the key"] {
        let body = json!({ "words": words, "factor": 1, "owner": "ines@northwind.example", "due_on": "2026-11-20" });
        assert_eq!(ines.post(&actions, body).await.status, 201);
    }
    ines.post(&actions, json!({ "words": "x", "factor": 9 })).await.field(422, "factor");
    ines.post(&format!("{REVIEW}/publish"), json!({})).await.problem(403);
    let published = world.of("yuki").post(&format!("{REVIEW}/publish"), json!({})).await;
    assert_eq!(published.good()["state"], json!("published"));
    assert_eq!(published.json["actions"].as_array().unwrap().len(), 2);
    ines.patch(REVIEW, json!({ "summary": "Other" })).await.problem(409);
    let mine = ines.get("/api/v1/action-items?mine=true&open=true").await;
    let items = mine.good()["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 2);
    assert_eq!((&items[0]["overdue"], &items[0]["incident"]), (&json!(true), &json!(number)));
    let one = format!("/api/v1/action-items/{}", items[0]["id"].as_str().unwrap());
    ines.patch(&one, json!({ "state": "dropped" })).await.field(422, "reason");
    let done = ines.patch(&one, json!({ "state": "done" })).await;
    assert_eq!((&done.good()["state"], &done.json["overdue"]), (&json!("done"), &json!(false)));
    let overdue = ines.get("/api/v1/action-items?overdue=true").await;
    assert_eq!(overdue.good()["items"].as_array().unwrap().len(), 1);
    let reason = json!({ "reason": "More is known" });
    ines.post(&format!("{REVIEW}/reopen"), reason.clone()).await.problem(403);
    let odd = json!({ "reason": "No\u{0}body" });
    world.of("mara").post(&format!("{REVIEW}/reopen"), odd).await.field(422, "reason");
    let again = world.of("mara").post(&format!("{REVIEW}/reopen"), reason).await;
    assert_eq!(again.good()["reopened_because"], json!("More is known"));
    let text = ines.get(&format!("{REVIEW}/markdown")).await;
    assert_eq!((text.status, text.header("content-type")), (200, "text/markdown; charset=utf-8"));
    assert!(text.text.starts_with("# PIR-1: No VPN\n"), "{}", text.text);
    assert!(text.text.contains("1. No alert watched it\n"), "{}", text.text);
    assert_eq!(ines.get(&one).await.good()["state"], json!("done"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_is_made_by_naming_its_review_read_and_dropped() {
    let world = World::new().await;
    let (ines, all) = (world.of("ines"), "/api/v1/action-items");
    reviewed(&world).await;
    ines.post(all, json!({ "words": "Watch it" })).await.field(422, "review");
    ines.post(all, json!({ "review": "PIR-99", "words": "Watch it" })).await.problem(404);
    let made = ines.post(all, json!({ "review": "PIR-1", "words": "Watch it" })).await;
    let one = format!("{all}/{}", made.good()["id"].as_str().unwrap());
    assert_eq!(ines.get(&one).await.good()["words"], json!("Watch it"));
    world.of("rosa").delete(&one).await.problem(403);
    assert_eq!(ines.delete(&one).await.status, 204);
    let dropped = ines.get(&one).await;
    assert_eq!(dropped.good()["state"], json!("dropped"));
    assert!(!dropped.json["reason"].as_str().unwrap().is_empty());
    ines.get(&format!("{all}/nowhere")).await.problem(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_review_that_came_to_nothing_is_discarded() {
    let world = World::new().await;
    let number = reviewed(&world).await;
    let (ines, yuki) = (world.of("ines"), world.of("yuki"));
    world.of("otto").delete(REVIEW).await.problem(403);
    yuki.delete(REVIEW).await.problem(403);
    world.narrowed("mara", TokenScope::Read).await.delete(REVIEW).await.problem(403);
    ines.delete("/api/v1/reviews/PIR-9").await.problem(404);
    assert_eq!(world.of("mara").delete(REVIEW).await.status, 204);
    ines.get(REVIEW).await.problem(404);
    ines.delete(REVIEW).await.problem(404);
    let again = ines.post("/api/v1/reviews", json!({ "incident": number })).await;
    assert_eq!((again.status, &again.json["number"]), (201, &json!("PIR-2")), "no number twice");
    let other = "/api/v1/reviews/PIR-2";
    ines.post(&format!("{other}/actions"), json!({ "words": "Watch it" })).await.good();
    let stays = world.of("mara").delete(other).await;
    assert_eq!(stays.problem(409)["code"], json!("has_actions"));
    assert_eq!(ines.get(other).await.good()["state"], json!("draft"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_published_or_is_about_a_major_is_not_discarded() {
    let world = World::new().await;
    reviewed(&world).await;
    let mara = world.of("mara");
    mara.post(&format!("{REVIEW}/publish"), json!({})).await.good();
    assert_eq!(mara.delete(REVIEW).await.problem(409)["code"], json!("published"));
    mara.post(&format!("{REVIEW}/reopen"), json!({ "reason": "More is known" })).await.good();
    assert_eq!(mara.delete(REVIEW).await.problem(409)["code"], json!("published"));
    let major = world.report("rosa", "No mail").await;
    command(&world, &major, "declare-major", json!({ "reason": "Everybody" })).await;
    command(&world, &major, "resolve", json!({ "code": "fixed", "note": "Over." })).await;
    let opened = mara.post("/api/v1/reviews", json!({ "incident": major })).await;
    let path = format!("/api/v1/reviews/{}", opened.good()["number"].as_str().unwrap());
    assert_eq!(mara.delete(&path).await.problem(409)["code"], json!("for_majors"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_does_its_own_with_reviews() {
    let world = World::new().await;
    let number = reviewed(&world).await;
    let body = json!({ "incident": number });
    for who in ["rosa", "ben", "carl"] {
        let one = world.of(who);
        one.get("/api/v1/reviews").await.problem(403);
        one.get("/api/v1/action-items").await.problem(403);
        one.get(REVIEW).await.problem(403);
        one.post("/api/v1/reviews", body.clone()).await.problem(403);
        one.patch(REVIEW, json!({ "summary": "x" })).await.problem(403);
    }
    let otto = world.of("otto");
    otto.get(REVIEW).await.good();
    otto.patch(REVIEW, json!({ "summary": "x" })).await.problem(403);
    otto.post(&format!("{REVIEW}/actions"), json!({ "words": "x" })).await.problem(403);
    let reads = world.narrowed("mara", TokenScope::Read).await;
    reads.get(REVIEW).await.good();
    reads.patch(REVIEW, json!({ "summary": "x" })).await.problem(403);
    world.narrowed("mara", TokenScope::Intake).await.get(REVIEW).await.problem(403);
    world.nobody().get(REVIEW).await.problem(401);
    world.of("ines").get("/api/v1/reviews/PIR-9").await.problem(404);
    world.of("ines").get("/api/v1/reviews/nine").await.problem(404);
    let open = world.report("rosa", "Still broken").await;
    world.of("ines").post("/api/v1/reviews", json!({ "incident": open })).await.problem(409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_confidential_is_reviewed_by_its_team_alone() {
    let world = World::new().await;
    let number = world.report("rosa", "Spied on").await;
    command(&world, &number, "restrict", json!({ "team": "Network" })).await;
    command(&world, &number, "resolve", json!({ "code": "fixed", "note": "Over." })).await;
    let body = json!({ "incident": number });
    world.of("yuki").post("/api/v1/reviews", body.clone()).await.problem(404);
    world.of("ines").post("/api/v1/reviews", body).await.good();
    let actions = format!("{REVIEW}/actions");
    world.of("ines").post(&actions, json!({ "words": "Lock it" })).await.good();
    for who in ["yuki", "ada"] {
        let one = world.of(who);
        one.get(REVIEW).await.problem(404);
        one.get(&format!("{REVIEW}/markdown")).await.problem(404);
        one.patch(REVIEW, json!({ "summary": "x" })).await.problem(404);
        one.post(&actions, json!({ "words": "x" })).await.problem(404);
        assert_eq!(one.get("/api/v1/reviews").await.good()["items"], json!([]));
        assert_eq!(one.get("/api/v1/action-items").await.good()["items"], json!([]));
    }
    for who in ["ines", "otto"] {
        world.of(who).get(REVIEW).await.good();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn administrators_say_how_reviews_are_written() {
    let world = World::new().await;
    let path = "/api/v1/settings/reviews";
    let read = world.of("ines").get(path).await;
    assert_eq!((&read.good()["for_majors"], &read.json["due_days"]), (&json!(true), &json!(5)));
    let wanted = json!({
        "for_majors": false, "due_days": 10, "off": ["lessons"],
        "questions": [{ "key": "cost", "words": "What did it cost?" }],
        "kinds": [{
            "name": "Small ones", "majority": "others", "categories": [],
            "off": ["impact"], "questions": [{ "key": "luck", "words": "Was it luck?" }],
        }],
    });
    world.of("ines").put(path, wanted.clone()).await.problem(403);
    assert_eq!(world.of("ada").put(path, wanted.clone()).await.good(), &wanted);
    let mut wrong = wanted.clone();
    wrong["due_days"] = json!(0);
    world.of("ada").put(path, wrong).await.field(422, "due_days");
    let mut wrong = wanted.clone();
    wrong["kinds"][0]["questions"][0]["key"] = json!("Was it?");
    world.of("ada").put(path, wrong).await.field(422, "kinds.0.questions.0.key");
    let mut named = wanted.clone();
    named["kinds"][0]["categories"] = json!(["Wireless"]);
    let set = world.of("ada").put(path, named).await;
    let wireless = world.of("ada").get("/api/v1/categories/Wireless").await;
    assert_eq!(set.good()["kinds"][0]["categories"], json!([wireless.good()["id"]]));
    let mut wrong = wanted.clone();
    wrong["kinds"][0]["categories"] = json!(["Nowhere"]);
    world.of("ada").put(path, wrong).await.field(422, "kinds.0.categories.0");
    let mut wrong = wanted;
    wrong["off"] = json!(["everything"]);
    world.of("ada").put(path, wrong).await.problem(422);
}
