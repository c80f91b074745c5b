//! Who sees what, over every way to look.

use crate::attachments::upload;
use crate::harness::World;
use incident::TokenScope;
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

/// Every command, with the body that its description shows.
async fn commands(world: &World) -> Vec<(String, Value)> {
    let document = world.nobody().get("/openapi.json").await;
    let paths = document.good()["paths"].as_object().unwrap().clone();
    let command = |(path, item): (String, Value)| {
        let name = path.strip_prefix("/api/v1/incidents/{number}/")?.to_owned();
        let body = item.pointer("/post/requestBody/content/application~1json/example")?.clone();
        (item["post"]["tags"][0] == "commands").then_some((name, body))
    };
    paths.into_iter().filter_map(command).collect()
}

/// Commands of every family that name what is not there, or say what cannot be.
fn wrong_commands() -> Vec<(String, Value)> {
    let long = "x".repeat(5_000);
    let wrong = [
        ("classify", json!({ "service": "Nowhere" })),
        ("classify", json!({ "fields": { "site": long } })),
        ("apply-model", json!({ "model": "Nothing" })),
        ("assign", json!({ "team": "Nobody" })),
        ("assign", json!({ "assignee": "ghost@northwind.example" })),
        ("escalate", json!({ "manager": "ghost@northwind.example", "reason": "x" })),
        ("give-role", json!({ "role": "commander", "person": "ghost@northwind.example" })),
        ("restrict", json!({ "team": "Nobody" })),
        ("comment", json!({ "body": " ", "visibility": "public" })),
        ("redact", json!({})),
        ("resolve", json!({ "code": "fixed", "note": " " })),
        ("link", json!({ "kind": "related", "target": long })),
        ("add-task", json!({ "title": "x", "assignee": "ghost@northwind.example" })),
        ("publish-update", json!({ "body": "x", "audiences": { "lists": ["Nobody"] } })),
        ("page", json!({ "schedules": ["Never"] })),
    ];
    wrong.map(|(name, body)| (name.to_owned(), body)).to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_on_what_is_hidden_is_one_on_what_is_not_there() {
    let world = World::new().await;
    let (open, hidden) = (world.report("rosa", "Slow").await, world.report("ines", "Leak").await);
    let path = |number: &str, command: &str| format!("/api/v1/incidents/{number}/{command}");
    let restrict = json!({ "team": "Security" });
    let restricted = world.of("mara").post(&path(&hidden, "restrict"), restrict).await;
    assert_eq!(restricted.status, 204, "{}", restricted.text);
    let described = commands(&world).await;
    assert!(described.len() > 50, "{}", described.len());
    let wrong = wrong_commands();
    // What is wrong is told to whoever sees the incident, and to nobody else.
    for (command, body) in &wrong {
        world.of("yuki").post(&path(&open, command), body.clone()).await.problem(422);
    }
    let commands = [described, wrong].concat();
    for who in ["ben", "yuki"] {
        let client = world.of(who);
        for (command, body) in &commands {
            let there = client.post(&path(&hidden, command), body.clone()).await;
            let nowhere = client.post(&path("INC-99", command), body.clone()).await;
            assert_eq!(there.problem(404), nowhere.problem(404), "{who} {command} {body}");
        }
        let each = commands.iter().map(|(command, body)| {
            let mut fields = body.as_object().unwrap().clone();
            fields.insert("number".to_owned(), json!(hidden));
            fields.insert("command".to_owned(), json!(command));
            fields
        });
        let each: Vec<_> = each.collect();
        let answer = client.post("/api/v1/commands", json!({ "commands": each })).await;
        let items = answer.good()["items"].as_array().unwrap();
        assert_eq!(items.len(), commands.len());
        for (item, (command, _)) in items.iter().zip(&commands) {
            assert_eq!(item["status"], 404, "{who} {command}: {item}");
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
        "/api/v1/deliveries",
        "/api/v1/agreements",
        "/api/v1/settings/priority-matrix",
        "/api/v1/tokens",
        "/api/v1/views",
    ] {
        rosa.get(path).await.problem(403);
    }
    let services = rosa.get("/api/v1/services").await;
    assert_eq!(services.good()["items"].as_array().unwrap().len(), 3);
    assert!(!services.text.contains("Field service"));
    let vpn = rosa.get("/api/v1/services/VPN").await;
    assert_eq!((&vpn.good()["name"], &vpn.json["team"]), (&json!("VPN"), &Value::Null));
    assert_eq!(rosa.get("/api/v1/categories/Wireless").await.good()["name"], "Wireless");
    let ada = world.of("ada");
    assert_eq!(ada.delete("/api/v1/services/VPN").await.status, 204);
    assert_eq!(ada.delete("/api/v1/categories/Wireless").await.status, 204);
    rosa.get("/api/v1/services/VPN").await.problem(404);
    rosa.get("/api/v1/categories/Wireless").await.problem(404);
    assert_eq!(ada.get("/api/v1/services/VPN").await.good()["active"], false);
    assert_eq!(rosa.get("/api/v1/categories").await.good()["items"].as_array().unwrap().len(), 2);
    assert_eq!(rosa.get("/api/v1/users/me").await.good()["email"], "rosa@northwind.example");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_hidden_is_unknown_whatever_is_said_about_it() {
    let world = World::new().await;
    let hidden = world.report("mara", "secretword").await;
    let path = format!("/api/v1/incidents/{hidden}");
    world.of("mara").post(&format!("{path}/restrict"), json!({ "team": "Network" })).await.good();
    let yuki = world.of("yuki");
    // Naming a version tells nothing about the one it has.
    let seen = [("if-match", "\"99\"")];
    for number in [hidden.as_str(), "INC-999"] {
        let path = format!("/api/v1/incidents/{number}/acknowledge");
        yuki.post_with(&path, json!({}), &seen).await.problem(404);
    }
    let bulk = json!({ "commands": [
        { "number": hidden, "command": "acknowledge", "if_version": 99 },
    ] });
    let answer = yuki.post("/api/v1/commands", bulk).await;
    assert_eq!(answer.good()["items"][0]["status"], 404);
    // Nothing can be reported as a case or a follow-up of it.
    let own = world.report("yuki", "Other").await;
    for field in ["parent", "follow_up_of"] {
        let mut said = Vec::new();
        for number in [hidden.as_str(), "INC-999"] {
            for who in ["rosa", "yuki"] {
                let body = json!({ "title": "Me too", field: number });
                said.push(world.of(who).post("/api/v1/incidents", body).await.field(422, field));
            }
            let body = json!({ "title": "x", "requester": "new@else.example", field: number });
            said.push(yuki.post("/api/v1/incidents", body).await.field(422, field));
        }
        said.dedup();
        assert_eq!(said, ["is not a known incident"], "{field}");
    }
    let path = format!("/api/v1/incidents/{own}/link");
    yuki.post(&path, json!({ "kind": "parent", "target": hidden })).await.field(422, "target");
    assert_eq!(world.of("ada").get("/api/v1/users?q=new").await.good()["items"], json!([]));
    // Nor of what is only somebody else's, unless everybody is told of it.
    let body = json!({ "title": "y", "parent": own });
    world.of("rosa").post("/api/v1/incidents", body.clone()).await.field(422, "parent");
    yuki.post(&format!("/api/v1/incidents/{own}/declare-major"), json!({})).await.good();
    assert_eq!(world.of("rosa").post("/api/v1/incidents", body).await.status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incident_does_not_name_those_that_are_hidden() {
    let world = World::new().await;
    let (open, hidden) =
        (world.report("yuki", "Payroll").await, world.report("ines", "Leak").await);
    let ines = world.of("ines");
    let of = |number: &str, command: &str| format!("/api/v1/incidents/{number}/{command}");
    for (number, kind, target) in [(&open, "related", &hidden), (&hidden, "parent", &open)] {
        let body = json!({ "kind": kind, "target": target });
        ines.post(&of(number, "link"), body).await.good();
    }
    let change = json!({ "kind": "change", "target": "CHG-1" });
    ines.post(&of(&open, "link"), change).await.good();
    ines.post(&of(&hidden, "restrict"), json!({ "team": "Network" })).await.good();
    let path = format!("/api/v1/incidents/{open}");
    let told =
        |shown: &Value| (shown["children"].clone(), shown["links"].as_array().unwrap().len());
    assert_eq!(told(ines.get(&path).await.good()), (json!([hidden]), 2));
    let yuki = world.of("yuki");
    assert_eq!(told(yuki.get(&path).await.good()), (json!([]), 1));
    let list = yuki.get("/api/v1/incidents?q=Payroll").await;
    assert_eq!(told(&list.good()["items"][0]), (json!([]), 1));
    let after = yuki.post(&of(&open, "acknowledge"), json!({})).await;
    assert_eq!(told(after.good()), (json!([]), 1));
    // Nor do its entries, which tell that there is one: to people by team, on every way.
    let json = [("accept", "application/json")];
    for (who, names) in [("ines", true), ("mara", true), ("otto", true), ("yuki", false)] {
        let client = world.of(who);
        let timeline = client.get(&format!("{path}/timeline")).await;
        let linked = timeline.good()["items"].as_array().unwrap();
        let linked = linked.iter().find(|event| event["kind"] == "linked").unwrap();
        let number = if names { json!(hidden) } else { Value::Null };
        assert_eq!(linked["data"]["target"], number, "{who}");
        let events = client.get_with("/api/v1/events?after=0", &json).await;
        for text in [&timeline.text, &events.text] {
            assert_eq!(text.contains(&format!("\"{hidden}\"")), names, "{who}: {text}");
            assert!(text.contains("child_added"), "{who}");
        }
    }
    ines.post(&of(&hidden, "restrict"), json!({ "team": null })).await.good();
    assert_eq!(
        yuki.get(&format!("/api/v1/incidents/{hidden}")).await.good()["parent"],
        json!(open)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_public_side_of_a_merge_does_not_name_the_other() {
    let world = World::new().await;
    let (own, hidden) = (world.report("rosa", "Badge").await, world.report("ines", "Leak").await);
    let ines = world.of("ines");
    let path = format!("/api/v1/incidents/{own}");
    ines.post(&format!("{path}/merge"), json!({ "into": hidden })).await.good();
    ines.post(&format!("{path}/unmerge"), json!({})).await.good();
    for (who, names) in [("ines", true), ("rosa", false)] {
        let timeline = world.of(who).get(&format!("{path}/timeline")).await;
        let items = timeline.good()["items"].as_array().unwrap();
        for kind in ["merged", "unmerged"] {
            assert!(items.iter().any(|event| event["kind"] == kind), "{who} is told {kind}");
        }
        assert_eq!(timeline.text.contains(&format!("\"{hidden}\"")), names, "{}", timeline.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_finds_out_by_asking_what_is_not_shown() {
    let world = World::new().await;
    let number = world.report("rosa", "Badge lost").await;
    let path = format!("/api/v1/incidents/{number}");
    let ines = world.of("ines");
    ines.post(&format!("{path}/tag"), json!({ "add": ["suspect"] })).await.good();
    ines.post(&format!("{path}/classify"), json!({ "fields": { "site": "Gate" } })).await.good();
    ines.post(&format!("{path}/watch"), json!({})).await.good();
    let parent = world.report("ines", "Badges").await;
    ines.post(&format!("{path}/link"), json!({ "kind": "parent", "target": parent })).await.good();
    for (query, staff, requester) in [
        ("tag:suspect", 1, 0),
        ("tag:none", 1, 1),
        ("-tag:suspect", 1, 1),
        ("field.site:Gate", 1, 0),
        ("field.site:any", 1, 0),
        ("watcher:any", 1, 0),
        ("watcher:none", 1, 1),
        ("watcher:ines@northwind.example", 1, 0),
        ("parent:any", 1, 0),
        ("parent:none", 1, 1),
    ] {
        for (who, count) in [("ines", staff), ("rosa", requester)] {
            let found = world.of(who).get(&format!("/api/v1/incidents/count?q={query}")).await;
            assert_eq!(found.good()["count"], count, "{who} {query}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_order_of_a_requesters_list_tells_nothing_of_internal_clocks() {
    let world = World::new().await;
    let (first, second) =
        (world.report("rosa", "First").await, world.report("rosa", "Second").await);
    let ines = world.of("ines");
    // The first is due sooner by all clocks, and the second changed last.
    let urgent = json!({ "impact": 1, "urgency": 1 });
    ines.post(&format!("/api/v1/incidents/{first}/prioritise"), urgent).await.good();
    world.clock.advance(1);
    ines.post(&format!("/api/v1/incidents/{second}/watch"), json!({})).await.good();
    for query in ["state:open", "state:open sort:due", "state:open sort:risk"] {
        for (who, order) in [("ines", [&first, &second]), ("rosa", [&second, &first])] {
            let path = format!("/api/v1/incidents?limit=1&q={}", query.replace(' ', "%20"));
            let client = world.of(who);
            let page = client.get(&path).await;
            let next = page.good()["next"].as_str().unwrap().to_owned();
            let then = client.get(&format!("{path}&cursor={next}")).await;
            let number = |value: &Value| value["items"][0]["number"].as_str().unwrap().to_owned();
            assert_eq!(
                [number(&page.json), number(then.good())],
                order.map(String::clone),
                "{who} {query}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_report_shows_what_its_caller_may_see_now() {
    let world = World::new().await;
    let body = json!({ "title": "secretword", "requester": "rosa@northwind.example" });
    let key = [("idempotency-key", "r-1")];
    let intake = world.narrowed("yuki", TokenScope::Intake).await;
    let first = intake.post_with("/api/v1/incidents", body.clone(), &key).await;
    let again = intake.post_with("/api/v1/incidents", body.clone(), &key).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(
        (&first.json["title"], &again.json["title"]),
        (&json!("secretword"), &json!("secretword"))
    );
    let path = first.header("location").to_owned();
    world.of("ines").post(&format!("{path}/restrict"), json!({ "team": "Network" })).await.good();
    let again = intake.post_with("/api/v1/incidents", body, &key).await;
    assert_eq!((again.status, again.text.as_str()), (204, ""));
    assert_eq!(again.header("location"), path);
}
