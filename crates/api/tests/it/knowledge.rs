//! Problems, known errors and articles over the API: per role, and what nobody may see.

use crate::harness::World;
use incident::TokenScope;
use serde_json::{Value, json};

const PROBLEM: &str = "/api/v1/problems/PRB-1";
const ARTICLE: &str = "/api/v1/articles/KB-1";

/// A known error with two steps, made by Ines from an incident.
async fn known(world: &World) -> String {
    let number = world.report("rosa", "No VPN").await;
    let body = json!({
        "title": "VPN licences run out", "state": "known_error", "cause": "Sessions never end",
        "workaround": "We end old sessions.", "steps": ["List them", "End them"],
        "service": "VPN", "team": "Network", "owner": "ines@northwind.example",
        "review_on": "2027-01-15", "incidents": [number, "INC-999"],
    });
    let made = world.of("ines").post("/api/v1/problems", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.json["number"], json!("PRB-1"));
    assert_eq!(made.json["refused"], json!(["INC-999"]));
    assert_eq!(made.json["incidents"], json!([number]));
    assert_eq!(made.json["review_on"], json!("2027-01-15"));
    number
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_problem_is_made_with_little_and_becomes_a_known_error() {
    let world = World::new().await;
    let ines = world.of("ines");
    let made = ines.post("/api/v1/problems", json!({ "title": "Slow reports" })).await;
    assert_eq!((made.status, &made.json["state"]), (201, &json!("open")));
    let known = json!({ "state": "known_error" });
    ines.patch(PROBLEM, known).await.field(422, "cause");
    ines.post("/api/v1/problems", json!({ "title": " " })).await.field(422, "title");
    let half = json!({ "state": "known_error", "cause": "Cold cache" });
    ines.patch(PROBLEM, half).await.field(422, "workaround");
    let whole = json!({ "state": "known_error", "cause": "Cold cache", "workaround": "Wait." });
    let known = ines.patch(PROBLEM, whole).await;
    assert_eq!(
        (&known.good()["state"], &known.json["version"]),
        (&json!("known_error"), &json!(2))
    );
    let page = ines.get("/api/v1/problems?q=slow").await;
    assert_eq!(page.good()["items"].as_array().unwrap().len(), 1);
    let page = ines.get("/api/v1/problems?q=fast").await;
    assert_eq!(page.good()["items"], json!([]));
    ines.get("/api/v1/problems/PRB-9").await.problem(404);
    ines.get("/api/v1/problems/9").await.problem(404);
    // Who names no version is not told that somebody was faster.
    let change = |field: &str| ines.patch(PROBLEM, json!({ (field): "At once" }));
    let answers = tokio::join!(change("fix"), change("cause"), change("workaround"));
    for answer in [&answers.0, &answers.1, &answers.2] {
        answer.good();
    }
    let all = ines.get(PROBLEM).await;
    for field in ["fix", "cause", "workaround"] {
        assert_eq!(all.good()[field], json!("At once"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_problems_and_articles_belong_stays_unless_it_is_named() {
    let world = World::new().await;
    let ines = world.of("ines");
    let owner = "ines@northwind.example";
    let new = json!({ "title": "Cables", "body": "New ones.", "team": "Network", "owner": owner });
    let mut bare = new.clone();
    bare.as_object_mut().unwrap().remove("body");
    let both = [("/api/v1/problems", PROBLEM, bare), ("/api/v1/articles", ARTICLE, new)];
    for (all, one, new) in both {
        let made = ines.post(all, new).await;
        assert_eq!((made.status, &made.json["team"]), (201, &json!("Network")), "{}", made.text);
        let without = ines.patch(one, json!({ "team": null })).await;
        assert_eq!(without.good()["team"], Value::Null);
        assert_eq!(without.json["owner"], made.json["owner"]);
        assert_ne!(made.json["owner"], Value::Null);
        ines.patch(one, json!({ "team": "Nobody's" })).await.field(422, "team");
        ines.patch(one, json!({ "category": "Nothing" })).await.field(422, "category");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_does_its_own_with_problems() {
    let world = World::new().await;
    known(&world).await;
    let body = json!({ "title": "Another" });
    for who in ["rosa", "ben", "carl"] {
        let one = world.of(who);
        one.get("/api/v1/problems").await.problem(403);
        one.get(PROBLEM).await.problem(403);
        one.post("/api/v1/problems", body.clone()).await.problem(403);
        one.patch(PROBLEM, body.clone()).await.problem(403);
        one.delete(PROBLEM).await.problem(403);
    }
    let otto = world.of("otto");
    otto.get(PROBLEM).await.good();
    otto.post("/api/v1/problems", body.clone()).await.problem(403);
    otto.patch(PROBLEM, body.clone()).await.problem(403);
    let reads = world.narrowed("mara", TokenScope::Read).await;
    reads.get(PROBLEM).await.good();
    reads.patch(PROBLEM, body.clone()).await.problem(403);
    world.narrowed("mara", TokenScope::Intake).await.get(PROBLEM).await.problem(403);
    world.nobody().get(PROBLEM).await.problem(401);
    world.of("ines").delete(PROBLEM).await.problem(403);
    assert_eq!(world.of("mara").delete(PROBLEM).await.status, 204);
    let closed = world.of("ines").get(PROBLEM).await;
    assert_eq!(closed.good()["state"], json!("closed"));
    world.of("ines").patch(PROBLEM, json!({ "state": "open" })).await.problem(403);
    world.of("ada").patch(PROBLEM, json!({ "state": "open" })).await.good();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workaround_is_applied_once() {
    let world = World::new().await;
    let number = known(&world).await;
    let address = format!("/api/v1/incidents/{number}/apply-workaround");
    let ines = world.of("ines");
    let wish = json!({ "problem": "PRB-1" });
    world.of("rosa").post(&address, wish.clone()).await.problem(403);
    world.of("otto").post(&address, wish.clone()).await.problem(403);
    let unknown = json!({ "problem": "PRB-9" });
    ines.post(&address, unknown).await.problem(404);
    let done = ines.post(&address, wish.clone()).await;
    assert_eq!(done.good()["tasks"], json!(["List them", "End them"]));
    assert_eq!((&done.json["linked"], &done.json["drafted"]), (&json!(true), &json!(true)));
    let again = ines.post(&address, wish.clone()).await;
    assert_eq!(again.good()["tasks"], json!([]));
    assert_eq!((&again.json["linked"], &again.json["drafted"]), (&json!(false), &json!(false)));
    ines.post("/api/v1/incidents/INC-999/apply-workaround", wish).await.problem(404);
    let read = ines.get(PROBLEM).await;
    let success = &read.good()["success"];
    assert_eq!((&success["used"], &success["judged"]), (&json!(1), &json!(0)));
    let link = json!({ "kind": "problem", "target": "PRB-77" });
    ines.post(&format!("/api/v1/incidents/{number}/link"), link).await.field(422, "target");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confidential_incident_shows_to_its_team_alone() {
    let world = World::new().await;
    let number = known(&world).await;
    let restrict = format!("/api/v1/incidents/{number}/restrict");
    world.of("ines").post(&restrict, json!({ "team": "Network" })).await.good();
    for (who, incidents, cost) in
        [("ines", json!([number]), 1), ("otto", json!([number]), 1), ("yuki", json!([]), 0)]
    {
        let read = world.of(who).get(PROBLEM).await;
        assert_eq!(read.good()["incidents"], incidents, "{who}");
        assert_eq!(read.json["cost"]["incidents"], json!(cost), "{who}");
        let list = world.of(who).get("/api/v1/problems").await;
        assert_eq!(list.good()["items"][0]["cost"]["incidents"], json!(cost), "{who}");
    }
    let apply = format!("/api/v1/incidents/{number}/apply-workaround");
    world.of("yuki").post(&apply, json!({ "problem": "PRB-1" })).await.problem(404);
    let draft = format!("/api/v1/incidents/{number}/draft-article");
    world.of("yuki").post(&draft, json!({})).await.problem(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn articles_are_written_published_put_back_and_used() {
    let world = World::new().await;
    let (ines, rosa) = (world.of("ines"), world.of("rosa"));
    let body = json!({ "title": "No VPN", "body": "Try again." });
    rosa.post("/api/v1/articles", body.clone()).await.problem(403);
    world.of("otto").post("/api/v1/articles", body.clone()).await.problem(403);
    let made = ines.post("/api/v1/articles", body).await;
    assert_eq!((made.status, &made.json["audience"]), (201, &json!("staff")));
    rosa.get(ARTICLE).await.problem(404);
    let open = json!({ "audience": "everyone", "state": "published", "services": ["VPN"], "body": "Try again later.", "owner": "ines@northwind.example" });
    ines.patch(ARTICLE, open).await.good();
    let read = rosa.get(ARTICLE).await;
    assert_eq!((&read.good()["services"], &read.json["owner"]), (&json!(["VPN"]), &Value::Null));
    rosa.get(&format!("{ARTICLE}/versions")).await.problem(403);
    let versions = ines.get(&format!("{ARTICLE}/versions")).await;
    assert_eq!(versions.good()["items"].as_array().unwrap().len(), 2);
    let back = ines.post(&format!("{ARTICLE}/restore"), json!({ "version": 1 })).await;
    assert_eq!((&back.good()["body"], &back.json["version"]), (&json!("Try again."), &json!(3)));
    assert_eq!(back.json["state"], json!("published"), "only the words come back");
    ines.post(&format!("{ARTICLE}/restore"), json!({ "version": 9 })).await.problem(404);
    let solved = rosa.post(&format!("{ARTICLE}/solved"), json!({ "service": "VPN" })).await;
    assert_eq!(solved.good()["counted"], json!(true));
    let number = world.report("ben", "No VPN").await;
    let used = format!("{ARTICLE}/used");
    rosa.post(&used, json!({ "incident": number })).await.problem(403);
    let wish = json!({ "incident": number, "kind": "solved" });
    ines.post(&used, wish).await.field(422, "kind");
    let counted = ines.post(&used, json!({ "incident": number, "kind": "helped" })).await;
    assert_eq!(counted.good()["counted"], json!(true));
    let success = rosa.get(ARTICLE).await.good()["success"].clone();
    assert_eq!(success, json!({ "used": 2, "judged": 1, "helped": 1 }));
    ines.delete(ARTICLE).await.problem(403);
    assert_eq!(world.of("mara").delete(ARTICLE).await.status, 204);
    rosa.get(ARTICLE).await.problem(404);
    assert_eq!(rosa.get("/api/v1/articles").await.good()["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resolution_becomes_a_draft() {
    let world = World::new().await;
    let number = world.report("rosa", "No VPN").await;
    let ines = world.of("ines");
    let draft = format!("/api/v1/incidents/{number}/draft-article");
    ines.post(&draft, json!({})).await.problem(409);
    let note = json!({ "body": "The password is hunter2", "visibility": "internal" });
    ines.post(&format!("/api/v1/incidents/{number}/comment"), note).await.good();
    let resolve = json!({ "code": "fixed", "note": "Sessions ended.", "cause": "Old licence" });
    ines.post(&format!("/api/v1/incidents/{number}/resolve"), resolve).await.good();
    world.of("rosa").post(&draft, json!({})).await.problem(403);
    let open = ines.post(&draft, json!({ "language": "de" })).await;
    assert_eq!((open.status, &open.json["body"]), (201, &json!("Sessions ended.")));
    assert_eq!((&open.json["language"], &open.json["internal"]), (&json!("de"), &json!(false)));
    let inside = ines.post(&draft, json!({ "notes": true })).await;
    let words = inside.good()["body"].as_str().unwrap();
    assert!(words.contains("hunter2") && words.contains("Old licence"), "{words}");
    let told = json!({ "audience": "everyone" });
    ines.patch("/api/v1/articles/KB-2", told).await.field(422, "audience");
}
