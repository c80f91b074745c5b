//! Who sees what, over every way to look.

use crate::attachments::upload;
use crate::harness::World;
use serde_json::{Value, json};

/// Everything somebody can learn about an incident, as text; statuses apart.
async fn looks(world: &World, who: &str, number: &str, file: &str) -> Vec<(String, u16, String)> {
    let client = world.of(who);
    let mut seen = Vec::new();
    for path in [
        format!("/api/v1/incidents/{number}"),
        format!("/api/v1/incidents/{number}/timeline"),
        "/api/v1/incidents".to_owned(),
        "/api/v1/incidents?q=secretword".to_owned(),
        "/api/v1/incidents/count?q=secretword".to_owned(),
        "/api/v1/search?q=secretword".to_owned(),
        format!("/api/v1/search?q={number}"),
        format!("/api/v1/attachments/{file}"),
    ] {
        let answer = client.get(&path).await;
        seen.push((path, answer.status, answer.text));
    }
    let events = client.get_with("/api/v1/events?after=0", &[("accept", "application/json")]).await;
    seen.push(("events".to_owned(), events.status, events.text));
    seen
}

async fn prepared(world: &World) -> (String, String) {
    let rosa = world.of("rosa");
    let made = rosa.post("/api/v1/incidents", json!({ "title": "secretword lost" })).await;
    let number = made.good()["number"].as_str().unwrap().to_owned();
    let ines = world.of("ines");
    let path = |command: &str| format!("/api/v1/incidents/{number}/{command}");
    ines.post(&path("comment"), json!({ "body": "innerword", "visibility": "internal" }))
        .await
        .good();
    ines.post(&path("hold"), json!({ "reason": "vendor", "note": "holdword" })).await.good();
    ines.post(&path("add-task"), json!({ "title": "taskword" })).await.good();
    let attached = upload(&ines, &path("attach"), "filename.txt", b"file", None).await;
    let file = attached.good()["attachments"][0]["id"].as_str().unwrap().to_owned();
    let hidden =
        upload(&ines, &path("attach"), "hidden.txt", b"inner file", Some("internal")).await;
    assert_eq!(hidden.good()["attachments"][1]["visibility"], "internal");
    ines.post(
        &path("resolve"),
        json!({ "code": "fixed", "note": "Found it", "cause": "causeword" }),
    )
    .await
    .good();
    (number, file)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_learn_nothing() {
    let world = World::new().await;
    let (number, file) = prepared(&world).await;
    for who in ["ben", "carl"] {
        for (path, status, text) in looks(&world, who, &number, &file).await {
            assert!(!text.contains("lost") && !text.contains("innerword"), "{who} {path}: {text}");
            let named =
                path.contains(&number) && !path.contains("search") || path.contains("attachments");
            assert_eq!(status, if named { 404 } else { 200 }, "{who} {path}");
        }
        let count = world.of(who).get("/api/v1/incidents/count?q=secretword").await;
        assert_eq!(count.good()["count"], 0);
        for command in ["comment", "confirm", "watch", "assign", "redact"] {
            let body = match command {
                "comment" => json!({ "body": "x", "visibility": "public" }),
                "assign" => json!({ "assignee": null }),
                "redact" => json!({ "n": 1 }),
                _ => json!({}),
            };
            let path = format!("/api/v1/incidents/{number}/{command}");
            world.of(who).post(&path, body).await.problem(404);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_requester_sees_the_public_side_alone() {
    let world = World::new().await;
    let (number, file) = prepared(&world).await;
    for (path, status, text) in looks(&world, "rosa", &number, &file).await {
        assert_eq!(status, 200, "{path}: {text}");
        for word in ["innerword", "holdword", "taskword", "causeword", "hidden.txt"] {
            assert!(!text.contains(word), "{path} tells {word}: {text}");
        }
    }
    let rosa = world.of("rosa");
    let shown = rosa.get(&format!("/api/v1/incidents/{number}")).await;
    assert_eq!(shown.good()["title"], "secretword lost");
    assert_eq!(shown.json["resolution"]["note"], "Found it");
    for (key, value) in [
        ("tasks", json!([])),
        ("work", json!([])),
        ("watchers", json!([])),
        ("links", json!([])),
        ("agreement", Value::Null),
    ] {
        assert_eq!(shown.json[key], value, "{key}");
    }
    for word in ["innerword", "holdword", "taskword", "causeword"] {
        let found = rosa.get(&format!("/api/v1/incidents/count?q={word}")).await;
        assert_eq!(found.good()["count"], 0, "{word} can be found");
    }
    let timeline = rosa.get(&format!("/api/v1/incidents/{number}/timeline")).await;
    let entries = timeline.good()["items"].as_array().unwrap();
    assert!(
        entries
            .iter()
            .any(|entry| entry["kind"] == "resolved" && entry["data"]["note"] == "Found it")
    );
    assert!(
        entries
            .iter()
            .all(|entry| entry["kind"] != "task_added" && entry["kind"] != "clocks_changed")
    );
    // The caller of somebody else's incident cannot become its watcher by themselves.
    rosa.post(&format!("/api/v1/incidents/{number}/watch"), json!({})).await.problem(403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn colleagues_of_a_company_see_it_when_granted() {
    let world = World::new().await;
    let made = world.of("ben").post("/api/v1/incidents", json!({ "title": "Till is down" })).await;
    let path = format!("/api/v1/incidents/{}", made.good()["number"].as_str().unwrap());
    assert_eq!(world.of("carl").get(&path).await.good()["title"], "Till is down");
    world.of("rosa").get(&path).await.problem(404);
    world
        .of("carl")
        .post(&format!("{path}/comment"), json!({ "body": "x", "visibility": "public" }))
        .await
        .problem(403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restricted_incident_is_its_teams_its_requesters_and_auditors() {
    let world = World::new().await;
    let (number, file) = prepared(&world).await;
    let path = format!("/api/v1/incidents/{number}");
    world.of("ines").post(&format!("{path}/restrict"), json!({ "team": "Network" })).await.good();
    for (who, status) in [
        ("ines", 200),
        ("mara", 200),
        ("otto", 200),
        ("rosa", 200),
        ("yuki", 404),
        ("ada", 404),
        ("ben", 404),
    ] {
        assert_eq!(world.of(who).get(&path).await.status, status, "{who}");
        if status == 404 {
            for (looked, _, text) in looks(&world, who, &number, &file).await {
                assert!(
                    !text.contains("lost") && !text.contains("innerword"),
                    "{who} {looked}: {text}"
                );
            }
        }
    }
    let otto = world.of("otto");
    otto.post(&format!("{path}/comment"), json!({ "body": "x", "visibility": "internal" }))
        .await
        .problem(403);
    let seen = otto.get(&path).await;
    assert_eq!(seen.good()["confidential_to"], "Network");
    // A team that one is not in is no team one can learn about by its incidents.
    world
        .of("yuki")
        .post(&format!("{path}/comment"), json!({ "body": "x", "visibility": "internal" }))
        .await
        .problem(404);
    let linked = world.report("ada", "Other").await;
    let answer = world
        .of("yuki")
        .post(&format!("/api/v1/incidents/{linked}/merge"), json!({ "into": number }))
        .await;
    assert_ne!(answer.status, 200, "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requesters_learn_nothing_about_who_is_known() {
    let world = World::new().await;
    let rosa = world.of("rosa");
    for requester in ["ben@northwind.example", "nobody@northwind.example"] {
        let answer =
            rosa.post("/api/v1/incidents", json!({ "title": "x", "requester": requester })).await;
        let detail = answer.problem(403)["detail"].clone();
        assert!(detail.as_str().unwrap().contains("for yourself"), "{detail}");
    }
    let number = world.report("rosa", "Mine").await;
    let details: Vec<Value> = {
        let mut all = Vec::new();
        for person in ["ben@northwind.example", "nobody@northwind.example"] {
            let path = format!("/api/v1/incidents/{number}/assign");
            let answer = rosa.post(&path, json!({ "assignee": person })).await;
            all.push(answer.problem(403)["detail"].clone());
        }
        all
    };
    assert_eq!(details[0], details[1]);
    for path in [
        "/api/v1/users",
        "/api/v1/users/ben@northwind.example",
        "/api/v1/users/nobody@x.org",
        "/api/v1/teams",
        "/api/v1/teams/Network",
        "/api/v1/organisations",
        "/api/v1/audit",
        "/api/v1/agreements",
        "/api/v1/settings/priority-matrix",
        "/api/v1/tokens",
        "/api/v1/views",
        "/api/v1/services/VPN",
    ] {
        rosa.get(path).await.problem(403);
    }
    let services = rosa.get("/api/v1/services").await;
    assert_eq!(services.good()["items"].as_array().unwrap().len(), 3);
    assert!(!services.text.contains("Field service"));
    assert_eq!(rosa.get("/api/v1/categories").await.good()["items"].as_array().unwrap().len(), 3);
    assert_eq!(rosa.get("/api/v1/users/me").await.good()["email"], "rosa@northwind.example");
}
