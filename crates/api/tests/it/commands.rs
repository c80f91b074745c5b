//! Commands, one by one and many at once.

use crate::harness::World;
use serde_json::{Value, json};

/// Issues one after the other and gives the last answer.
async fn run(world: &World, who: &str, steps: &[(&str, Value)]) -> Value {
    let client = world.of(who);
    let mut last = Value::Null;
    for (command, body) in steps {
        let answer = client.post(&format!("/api/v1/incidents/INC-1/{command}"), body.clone()).await;
        assert_eq!(answer.status, 200, "{command}: {}", answer.text);
        last = answer.json;
    }
    last
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_life() {
    let world = World::new().await;
    world.report("rosa", "Labels blank").await;
    let held = run(&world, "ines", &[
        ("acknowledge", json!({})),
        ("assign", json!({ "team": "Network", "assignee": "ines@northwind.example" })),
        ("classify", json!({ "service": "Label Printing", "category": "Hardware", "fields": { "site": "Hall 3" }, "affected": 4 })),
        ("prioritise", json!({ "impact": 2, "urgency": 1 })),
        ("tag", json!({ "add": ["printer", "hall3"], "remove": [] })),
        ("comment", json!({ "body": "We look into it.", "visibility": "public" })),
        ("comment", json!({ "body": "Looks like the driver.", "visibility": "internal" })),
        ("add-task", json!({ "title": "Call the vendor" })),
        ("log-work", json!({ "duration": "PT30M", "note": "Checked the queue" })),
        ("watch", json!({})),
        ("set-expected-resolution", json!({ "at": "2026-11-23T12:00:00Z" })),
        ("publish-update", json!({ "body": "The driver is being replaced." })),
        ("hold", json!({ "reason": "vendor", "note": "Ticket 4711" })),
    ])
    .await;
    assert_eq!(held["state"], "on_hold");
    assert_eq!(held["hold_reason"], "vendor");
    assert_eq!(held["priority"], "P2");
    assert_eq!(held["service"], "Label Printing");
    assert_eq!(held["tags"], json!(["hall3", "printer"]));
    assert_eq!(held["watchers"], json!(["ines@northwind.example"]));
    assert_eq!(held["work"], json!([{ "person": "ines@northwind.example", "seconds": 1800 }]));
    assert_eq!(held["expected_resolution"]["at"], "2026-11-23T12:00:00Z");
    assert!(held["responded_at"].is_string());
    let task = held["tasks"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(held["tasks"][0]["title"], "Call the vendor");

    let resolved = run(
        &world,
        "ines",
        &[
            ("resume", json!({})),
            ("complete-task", json!({ "task": task })),
            ("mitigate", json!({})),
            ("restore", json!({})),
            ("resolve", json!({ "code": "fixed", "note": "New driver.", "cause": "Bad update." })),
        ],
    )
    .await;
    assert_eq!(resolved["state"], "resolved");
    assert_eq!(resolved["tasks"][0]["done"], true);
    assert_eq!(resolved["resolution"]["code"], "fixed");
    assert_eq!(resolved["resolution"]["note"], "New driver.");
    assert_eq!(resolved["resolution"]["cause"], "Bad update.");

    let disputed = run(&world, "rosa", &[("dispute", json!({ "note": "Still blank." }))]).await;
    assert_eq!(disputed["state"], "in_progress");
    assert_eq!(disputed["reopenings"], 1);
    run(&world, "ines", &[("resolve", json!({ "code": "workaround", "note": "Old driver." }))])
        .await;
    let closed = run(&world, "rosa", &[("confirm", json!({}))]).await;
    assert_eq!(closed["state"], "closed");
    assert_eq!(closed["resolution"]["cause"], Value::Null);

    let refused =
        world.of("ines").post("/api/v1/incidents/INC-1/hold", json!({ "reason": "vendor" })).await;
    let problem = refused.problem(409);
    let allowed = problem["allowed"].as_array().unwrap();
    assert!(allowed.contains(&json!("link")) && !allowed.contains(&json!("hold")), "{problem}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_without_fields_take_no_body() {
    let world = World::new().await;
    world.report("rosa", "Labels blank").await;
    let ines = world.of("ines");
    let request =
        ines.request(axum::http::Method::POST, "/api/v1/incidents/INC-1/acknowledge", &[]);
    let answer = ines.send(request, axum::body::Body::empty()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    ines.post("/api/v1/incidents/INC-1/acknowledge", json!({})).await.problem(409);
    ines.post("/api/v1/incidents/INC-1/resume", json!({ "why": 1 })).await.field(422, "why");
    let request = ines.request(axum::http::Method::POST, "/api/v1/incidents/INC-1/resolve", &[]);
    ines.send(request, axum::body::Body::empty()).await.field(422, "code");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_commands_are_checked() {
    let world = World::new().await;
    world.report("rosa", "Labels blank").await;
    let ines = world.of("ines");
    for (command, body, field) in [
        ("comment", json!({ "body": "x" }), "visibility"),
        ("comment", json!({ "body": " ", "visibility": "public" }), "body"),
        ("comment", json!({ "body": "\u{0}", "visibility": "public" }), "body"),
        ("comment", json!({ "body": "x", "visibility": "secret" }), "visibility"),
        ("assign", json!({}), "team"),
        ("assign", json!({ "team": "Nonsense" }), "team"),
        ("assign", json!({ "assigne": null }), "assigne"),
        ("assign", json!({ "assignee": "ghost@northwind.example" }), "assignee"),
        ("prioritise", json!({ "impact": 0 }), "impact"),
        ("prioritise", json!({ "priority": "P9", "reason": "x" }), "priority"),
        ("prioritise", json!({ "priority": "P1" }), "reason"),
        ("hold", json!({ "reason": "lunch" }), "reason"),
        ("hold", json!({ "reason": "vendor", "until": "2020-01-01T00:00:00Z" }), "until"),
        ("resolve", json!({ "code": "magic", "note": "x" }), "code"),
        ("resolve", json!({ "code": "fixed" }), "note"),
        ("link", json!({ "kind": "friend", "target": "INC-2" }), "kind"),
        ("merge", json!({ "into": "PRB-1" }), "into"),
        ("merge", json!({ "into": "INC-77" }), "into"),
        ("log-work", json!({}), "seconds"),
        ("log-work", json!({ "seconds": 60, "duration": "PT1M" }), "duration"),
        ("log-work", json!({ "duration": "an hour" }), "duration"),
        ("log-work", json!({ "seconds": 0 }), "seconds"),
        ("complete-task", json!({ "task": "one" }), "task"),
        ("restrict", json!({}), "team"),
        ("tag", json!({ "add": ["two words"] }), ""),
        ("undo", json!({ "n": "x" }), "n"),
        ("give-role", json!({ "role": "king" }), "role"),
    ] {
        let answer = ines.post(&format!("/api/v1/incidents/INC-1/{command}"), body.clone()).await;
        let problem = answer.problem(422);
        if !field.is_empty() {
            assert_eq!(problem["errors"][0]["field"], field, "{command} {body}: {problem}");
        }
    }
    assert_eq!(ines.get("/api/v1/incidents/INC-1").await.good()["state"], "new");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_commands_and_incidents_are_not_there() {
    let world = World::new().await;
    world.report("rosa", "Labels blank").await;
    let ines = world.of("ines");
    let answer = ines.post("/api/v1/incidents/INC-1/acknowlege", json!({})).await;
    let detail = answer.problem(404)["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.contains("did you mean acknowledge?") && detail.contains("publish-update"),
        "{detail}"
    );
    for command in ["report", "tick", "note"] {
        ines.post(&format!("/api/v1/incidents/INC-1/{command}"), json!({})).await.problem(404);
    }
    for number in ["INC-2", "INC-0", "INC-01", "1", "nonsense", "INC-99999999999999999999"] {
        ines.post(&format!("/api/v1/incidents/{number}/acknowledge"), json!({})).await.problem(404);
        ines.get(&format!("/api/v1/incidents/{number}")).await.problem(404);
        ines.get(&format!("/api/v1/incidents/{number}/timeline")).await.problem(404);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relations_undo_and_redaction() {
    let world = World::new().await;
    let mara = world.of("mara");
    for title in ["One", "Two", "Three"] {
        world.report("rosa", title).await;
    }
    let post = |number: &str, command: &str, body: Value| {
        let (path, mara) = (format!("/api/v1/incidents/{number}/{command}"), mara.clone());
        async move {
            let answer = mara.post(&path, body).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            answer.json
        }
    };
    let merged = post("INC-1", "merge", json!({ "into": "INC-2" })).await;
    assert_eq!(merged["merged_into"], "INC-2");
    assert_eq!(mara.get("/api/v1/incidents/INC-2").await.good()["parts"], json!(["INC-1"]));
    assert_eq!(post("INC-1", "unmerge", json!({})).await["merged_into"], Value::Null);
    let child = post("INC-3", "link", json!({ "kind": "parent", "target": "INC-2" })).await;
    assert_eq!(child["parent"], "INC-2");
    let linked = post("INC-1", "link", json!({ "kind": "related", "target": "INC-3" })).await;
    assert_eq!(
        linked["links"],
        json!([{ "kind": "related", "target": "INC-3", "reverse": false }])
    );
    post("INC-1", "unlink", json!({ "kind": "related", "target": "INC-3" })).await;

    post("INC-1", "tag", json!({ "add": ["wrong"] })).await;
    let timeline = mara.get("/api/v1/incidents/INC-1/timeline").await;
    let tagged = timeline.good()["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["kind"] == "tagged")
        .unwrap()["n"]
        .clone();
    assert_eq!(post("INC-1", "undo", json!({ "n": tagged })).await["tags"], json!([]));

    post("INC-1", "comment", json!({ "body": "My password is hunter2", "visibility": "public" }))
        .await;
    let timeline = mara.get("/api/v1/incidents/INC-1/timeline").await;
    let entry = timeline.good()["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["kind"] == "commented")
        .unwrap()
        .clone();
    assert_eq!(entry["data"]["body"], "My password is hunter2");
    assert_eq!(entry["redacted"], false);
    let content = entry["content_ids"]["body"].clone();
    mara.post("/api/v1/incidents/INC-2/redact", json!({ "content": content }))
        .await
        .field(422, "content");
    world
        .of("ines")
        .post("/api/v1/incidents/INC-1/redact", json!({ "content": content }))
        .await
        .problem(403);
    mara.post("/api/v1/incidents/INC-1/redact", json!({})).await.field(422, "content");
    mara.post("/api/v1/incidents/INC-1/redact", json!({ "n": 999 })).await.field(422, "n");
    post("INC-1", "redact", json!({ "n": entry["n"] })).await;
    let timeline = mara.get("/api/v1/incidents/INC-1/timeline").await;
    assert!(!timeline.text.contains("hunter2"));
    let entry = timeline.good()["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["kind"] == "commented")
        .unwrap()
        .clone();
    assert_eq!(entry["data"]["body"], Value::Null);
    assert_eq!(entry["redacted"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_timeline_pages_and_tells_its_words() {
    let world = World::new().await;
    world.report("rosa", "Labels blank").await;
    let ines = world.of("ines");
    for at in 0..12 {
        let body = json!({ "body": format!("Note {at}"), "visibility": "internal" });
        ines.post("/api/v1/incidents/INC-1/comment", body).await.good();
    }
    let mut seen = Vec::new();
    let mut path = "/api/v1/incidents/INC-1/timeline?limit=5".to_owned();
    loop {
        let page = ines.get(&path).await;
        seen.extend(page.good()["items"].as_array().unwrap().clone());
        let Some(next) = page.json["next"].as_str() else { break };
        path = format!("/api/v1/incidents/INC-1/timeline?limit=5&cursor={next}");
    }
    let places: Vec<i64> = seen.iter().map(|entry| entry["n"].as_i64().unwrap()).collect();
    assert_eq!(places, (1..=places.len() as i64).collect::<Vec<_>>());
    let first = &seen[0];
    assert_eq!(first["kind"], "reported");
    assert_eq!(first["data"]["title"], "Labels blank");
    assert_eq!(first["actor"]["name"], "Rosa");
    assert_eq!(first["channel"], "api");
    assert_eq!(first["cause"]["input"]["command"], "report");
    for key in [
        "seq",
        "n",
        "number",
        "kind",
        "version",
        "at",
        "happened_at",
        "actor",
        "channel",
        "cause",
        "data",
    ] {
        assert!(!first[key].is_null(), "{key}");
    }
    ines.get("/api/v1/incidents/INC-1/timeline?after=x").await.field(422, "after");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_commands_are_answered_each_on_its_own() {
    let world = World::new().await;
    let ines = world.of("ines");
    world.report("rosa", "One").await;
    world.report("rosa", "Two").await;
    let answer = ines
        .post(
            "/api/v1/commands",
            json!({ "commands": [
            { "number": "INC-1", "command": "assign", "team": "Network" },
            { "number": "INC-2", "command": "resume" },
            { "number": "INC-9", "command": "acknowledge" },
            { "number": "INC-2", "command": "acknowledge", "if_version": 99 },
            { "number": "INC-2", "command": "hold", "reason": "lunch" },
            { "command": "report", "title": "Three" },
            { "number": "INC-2", "command": "dance" },
            { "command": "acknowledge" },
            { "number": "INC-2", "command": "acknowledge" },
            { "command": "report", "title": "Four", "if_version": 1 },
        ] }),
        )
        .await;
    let items = answer.good()["items"].as_array().unwrap();
    let statuses: Vec<u64> = items.iter().map(|item| item["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 409, 404, 412, 422, 201, 422, 422, 200, 422], "{}", answer.text);
    assert_eq!(items[5]["number"], "INC-3");
    assert!(items[1]["problem"]["allowed"].is_array());
    assert_eq!(items[4]["problem"]["errors"][0]["field"], "reason");
    let batch = answer.json["batch"].clone();
    let timeline = ines.get("/api/v1/incidents/INC-1/timeline").await;
    let entries = timeline.good()["items"].as_array().unwrap();
    assert!(entries.iter().any(|entry| entry["kind"] == "assigned" && entry["batch"] == batch));

    let many: Vec<Value> =
        (0..501).map(|_| json!({ "number": "INC-1", "command": "watch" })).collect();
    ines.post("/api/v1/commands", json!({ "commands": many })).await.field(422, "commands");
    ines.post("/api/v1/commands", json!({ "commands": [5] })).await.field(422, "commands.0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_out_of_sight_is_answered_without_a_body() {
    let world = World::new().await;
    world.report("ines", "Leak").await;
    let mara = world.of("mara");
    let answer = mara.post("/api/v1/incidents/INC-1/restrict", json!({ "team": "Security" })).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    mara.get("/api/v1/incidents/INC-1").await.problem(404);
    let ines = world.of("ines").get("/api/v1/incidents/INC-1").await;
    assert_eq!(ines.good()["confidential_to"], Value::Null, "the requester sees the public side");
}
