//! Reporting, reading, listing, counting, searching.

use crate::harness::{World, address};
use incident::TokenScope;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const KEYS: &[&str] = &[
    "number",
    "title",
    "description",
    "state",
    "hold_reason",
    "priority",
    "impact",
    "urgency",
    "service",
    "category",
    "team",
    "assignee",
    "requester",
    "channel",
    "major",
    "detected_at",
    "reported_at",
    "acknowledged_at",
    "responded_at",
    "mitigated_at",
    "resolved_at",
    "closed_at",
    "resolution",
    "confidential_to",
    "merged_into",
    "clocks",
    "risk",
    "expected_resolution",
    "version",
    "url",
    "tags",
    "fields",
    "tasks",
    "watchers",
    "attachments",
    "links",
    "children",
    "parts",
    "parent",
    "hold",
    "updated_at",
    "priority_override",
    "affected",
    "reopenings",
    "organisation",
    "next_update_at",
    "service_id",
    "team_id",
    "assignee_id",
    "assignee_name",
    "requester_id",
    "requester_name",
    "category_id",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_report_comes_back_as_it_was_made() {
    let world = World::new().await;
    let ines = world.of("ines");
    let answer = ines
        .post(
            "/api/v1/incidents",
            json!({
                "title": "  Labels   come out blank ",
                "description": "All of them.\nSince 07:50.",
                "requester": "ROSA@northwind.example",
                "service": "label printing",
                "category": "Network › Wireless",
                "impact": 1,
                "urgency": 2,
                "affected": 12,
                "team": "Network",
                "assignee": "ines@northwind.example",
                "channel": "phone",
                "detected_at": "2026-11-23T07:50:00Z",
                "fields": { "site": "Rotterdam" },
                "tags": ["printer"],
            }),
        )
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let made = &answer.json;
    assert_eq!(answer.header("location"), "/api/v1/incidents/INC-1");
    assert_eq!(answer.header("etag"), format!("\"{}\"", made["version"]));
    for key in KEYS {
        assert!(made.get(key).is_some(), "{key} is missing");
    }
    for (key, value) in [
        ("number", json!("INC-1")),
        ("title", json!("Labels come out blank")),
        ("description", json!("All of them.\nSince 07:50.")),
        ("state", json!("in_progress")),
        ("priority", json!("P2")),
        ("impact", json!(1)),
        ("urgency", json!(2)),
        ("affected", json!(12)),
        ("service", json!("Label Printing")),
        ("category", json!("Wireless")),
        ("category_path", json!("Network › Wireless")),
        ("team", json!("Network")),
        ("assignee", json!("ines@northwind.example")),
        ("assignee_name", json!("Ines")),
        ("requester", json!("rosa@northwind.example")),
        ("requester_name", json!("Rosa")),
        ("channel", json!("phone")),
        ("major", json!(false)),
        ("detected_at", json!("2026-11-23T07:50:00Z")),
        ("reported_at", json!("2026-11-23T08:00:00Z")),
        ("closed_at", Value::Null),
        ("hold_reason", Value::Null),
        ("resolution", Value::Null),
        ("fields", json!({ "site": "Rotterdam" })),
        ("tags", json!(["printer"])),
        ("url", json!("https://desk.northwind.example/incidents/INC-1")),
    ] {
        assert_eq!(made[key], value, "{key}");
    }
    let read = ines.get("/api/v1/incidents/inc-1").await;
    assert_eq!(read.good(), made);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bare_report_is_p4_of_the_caller_through_the_api() {
    let world = World::new().await;
    let made = world.of("rosa").post("/api/v1/incidents", json!({ "title": "No mail" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.json["priority"], "P4");
    assert_eq!(made.json["state"], "new");
    assert_eq!(made.json["channel"], "api");
    assert_eq!(made.json["requester"], "rosa@northwind.example");
    assert_eq!(made.json["url"], "https://desk.northwind.example/portal/incidents/INC-1");
    let clocks = made.json["clocks"].as_array().unwrap();
    assert_eq!(clocks.len(), 3, "promises are made to the requester");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_are_read_at_the_instant_of_the_answer() {
    let world = World::new().await;
    let ines = world.of("ines");
    world.report("ines", "Slow VPN").await;
    world.clock.advance(600);
    let read = ines.get("/api/v1/incidents/INC-1").await;
    let clock = |kind: &str| {
        let clocks = read.good()["clocks"].as_array().unwrap().clone();
        clocks.into_iter().find(|clock| clock["kind"] == kind).unwrap()
    };
    assert_eq!(
        clock("response"),
        json!({
            "kind": "response", "status": "running", "target_seconds": 28_800,
            "elapsed_seconds": 600, "remaining_seconds": 28_200, "breached": false,
            "due_at": "2026-11-23T16:00:00Z", "breached_at": null, "first_breached_at": null,
            "stopped_at": null,
        })
    );
    world.clock.advance(28_201);
    let read = ines.get("/api/v1/incidents/INC-1").await;
    let clocks = read.good()["clocks"].as_array().unwrap().clone();
    let response = clocks.iter().find(|clock| clock["kind"] == "response").unwrap();
    assert_eq!(response["breached"], true);
    assert_eq!(response["breached_at"], "2026-11-23T16:00:00Z");
    assert_eq!(response["remaining_seconds"], -1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_requester_becomes_a_person_without_a_login() {
    let world = World::new().await;
    let ines = world.of("ines");
    let body = json!({ "title": "Till is down", "requester": "Nina.Kurz@harbour.example" });
    let made = ines.post("/api/v1/incidents", body.clone()).await;
    assert_eq!(made.good()["requester"], "nina.kurz@harbour.example");
    assert_eq!(made.json["organisation"], "Harbour Foods");
    let person = ines.get("/api/v1/users/nina.kurz%40harbour.example").await;
    assert_eq!(person.good()["has_password"], false);
    assert_eq!(person.json["organisation"], "Harbour Foods");
    let again = ines.post("/api/v1/incidents", body).await;
    assert_eq!(again.good()["requester_id"], made.json["requester_id"]);
    ines.post("/api/v1/incidents", json!({ "title": "x", "requester": "Nina Kurz" }))
        .await
        .field(422, "requester");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_report_leaves_no_person_behind() {
    let world = World::new().await;
    let ines = world.of("ines");
    for (body, field) in [
        (
            json!({ "title": "x", "requester": "new@else.example", "detected_at": "2026-11-24T00:00:00Z" }),
            "detected_at",
        ),
        (json!({ "title": "x", "requester": "new@else.example", "tags": ["two words"] }), "tags"),
        (json!({ "title": " ", "requester": "new@else.example" }), "title"),
        (json!({ "title": "x", "requester": "new@else.example", "parent": "INC-99" }), "parent"),
        (
            json!({ "title": "x", "requester": "new@else.example", "assignee": "rosa@northwind.example" }),
            "assignee",
        ),
    ] {
        ines.post("/api/v1/incidents", body).await.field(422, field);
    }
    assert_eq!(ines.get("/api/v1/users/new@else.example").await.status, 404);
    assert_eq!(ines.get("/api/v1/incidents/count").await.good()["count"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_is_said_by_field() {
    let world = World::new().await;
    let ines = world.of("ines");
    let long = "x".repeat(251);
    for (body, field, word) in [
        (json!({}), "title", "needed"),
        (json!({ "title": long }), "title", "250"),
        (json!({ "title": 5 }), "title", "text"),
        (json!({ "title": "x", "titel": "y" }), "titel", "title"),
        (json!({ "title": "x", "impact": 4 }), "impact", "1 (high)"),
        (json!({ "title": "x", "impact": "1" }), "impact", "whole number"),
        (json!({ "title": "x", "urgency": 1.5 }), "urgency", "whole number"),
        (json!({ "title": "x", "service": "Label Prining" }), "service", "Label Printing"),
        (json!({ "title": "x", "category": "Nonsense" }), "category", "known"),
        (json!({ "title": "x", "team": "Nonsense" }), "team", "known"),
        (json!({ "title": "x", "assignee": "nobody@northwind.example" }), "assignee", "nobody has"),
        (json!({ "title": "x", "assignee": "rosa@northwind.example" }), "assignee", ""),
        (json!({ "title": "x", "channel": "timer" }), "channel", "must be one of"),
        (json!({ "title": "x", "channel": "pigeon" }), "channel", "must be one of"),
        (json!({ "title": "x", "detected_at": "yesterday" }), "detected_at", "RFC 3339"),
        (json!({ "title": "x", "fields": { "a": 1 } }), "fields.a", "text"),
        (json!({ "title": "x", "fields": { "a": "b\u{0}" } }), "fields.a", "control"),
        (json!({ "title": "x", "fields": { "bad name": "b" } }), "fields", "letters"),
        (json!({ "title": "x", "parent": 7 }), "parent", ""),
        (json!({ "title": "x", "description": "y".repeat(65_537) }), "description", "65536"),
    ] {
        let message = ines.post("/api/v1/incidents", body.clone()).await.field(422, field);
        assert!(message.contains(word), "{body}: {message}");
    }
    assert_eq!(ines.get("/api/v1/incidents/count").await.good()["count"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_intake_token_reports_and_sees_what_it_reported_alone() {
    let world = World::new().await;
    let intake = world.narrowed("ines", TokenScope::Intake).await;
    let body = json!({ "title": "Disk full", "description": "sda", "service": "VPN" });
    let made = intake.post("/api/v1/incidents", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.json["title"], "Disk full");
    assert_eq!(made.json["description"], "sda");
    for path in [
        "/api/v1/incidents",
        "/api/v1/incidents/INC-1",
        "/api/v1/incidents/INC-1/timeline",
        "/api/v1/incidents/count",
        "/api/v1/search?q=disk",
        "/api/v1/users/me",
        "/api/v1/teams",
        "/api/v1/services",
        "/api/v1/events",
        "/api/v1/tokens",
        "/api/v1/views",
    ] {
        intake.get(path).await.problem(403);
    }
    intake.post("/api/v1/incidents/INC-1/acknowledge", json!({})).await.problem(403);
    let reader = world.narrowed("ines", TokenScope::Read).await;
    assert_eq!(reader.get("/api/v1/incidents/INC-1").await.status, 200);
    reader.post("/api/v1/incidents", json!({ "title": "x" })).await.problem(403);
    reader.post("/api/v1/incidents/INC-1/acknowledge", json!({})).await.problem(403);
    // Neither learns by a refusal who is known here.
    let wish = json!({ "assignee": "nobody@northwind.example" });
    let bulk = json!({ "commands": [{ "command": "assign", "number": "INC-1",
        "assignee": "nobody@northwind.example" }] });
    for narrow in [&intake, &reader] {
        narrow.post("/api/v1/incidents/INC-1/assign", wish.clone()).await.problem(403);
        let answer = narrow.post("/api/v1/commands", bulk.clone()).await;
        assert_eq!(answer.good()["items"][0]["status"], 403, "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn risk_says_what_waiting_costs_to_those_who_work() {
    let world = World::new().await;
    let calm = world.report("rosa", "Badge reader slow").await;
    let (ines, rosa) = (world.of("ines"), world.of("rosa"));
    let urgent = world.report("rosa", "Checkout is down").await;
    let wish = json!({ "impact": 1, "urgency": 1 });
    ines.post(&format!("/api/v1/incidents/{urgent}/prioritise"), wish).await.good();
    let list = ines.get("/api/v1/incidents?q=state:open%20sort:risk").await;
    let items = list.good()["items"].as_array().unwrap().clone();
    let numbers: Vec<&str> = items.iter().map(|item| item["number"].as_str().unwrap()).collect();
    assert_eq!(numbers, [urgent.as_str(), calm.as_str()]);
    for item in &items {
        let parts = item["risk"]["parts"].as_array().unwrap();
        let sum: u64 = parts.iter().map(|part| part["points"].as_u64().unwrap()).sum();
        assert_eq!(Some(sum), item["risk"]["value"].as_u64(), "{item}");
    }
    assert!(items[0]["risk"]["value"].as_u64() >= Some(50), "{}", items[0]["risk"]);
    assert!(items[1]["risk"]["value"].as_u64() < Some(50), "{}", items[1]["risk"]);
    let parts = items[0]["risk"]["parts"].as_array().unwrap();
    let why: Vec<&str> = parts.iter().map(|part| part["why"].as_str().unwrap()).collect();
    assert_eq!(parts[0]["name"], "response");
    assert_eq!(why[0], "response due in 15 m");
    assert!(why.contains(&"P1 goes on: no service named, high impact"), "{why:?}");
    // Time alone raises it: the response of a P4 is due within half an hour then.
    world.clock.advance(8 * 3_600 - 240);
    let later = ines.get(&format!("/api/v1/incidents/{calm}")).await;
    assert_eq!(later.good()["risk"]["parts"][0]["why"], "response due in 4 m");
    assert!(later.json["risk"]["value"].as_u64() >= Some(50));
    let own = rosa.get(&format!("/api/v1/incidents/{calm}")).await;
    assert!(own.good()["risk"].is_null());
    let wish = json!({ "code": "fixed", "note": "Cleaned" });
    let over = ines.post(&format!("/api/v1/incidents/{calm}/resolve"), wish).await;
    assert!(over.good()["risk"].is_null(), "what is not open costs nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_hold_every_incident_once_whatever_happens_between() {
    let world = World::new().await;
    let ines = world.of("ines");
    for at in 0..25 {
        world.report("ines", &format!("Case {at}")).await;
        world.clock.advance(60);
    }
    let sorts = [
        "",
        "sort:number",
        "sort:-number",
        "sort:priority",
        "sort:reported",
        "sort:due",
        "sort:risk",
    ];
    for sort in sorts {
        let mut seen = Vec::new();
        let mut path = format!("/api/v1/incidents?limit=7&q={}", sort.replace(':', "%3A"));
        loop {
            let page = ines.get(&path).await;
            let items = page.good()["items"].as_array().unwrap();
            assert!(items.len() <= 7);
            seen.extend(items.iter().map(|item| item["number"].as_str().unwrap().to_owned()));
            assert!(items.iter().all(|item| item["description"].is_null()));
            let Some(next) = page.json["next"].as_str() else { break };
            if seen.len() == 7 {
                // Something new in the middle of paging does not repeat or hide what was there.
                world.report("ines", "Newcomer").await;
                world.clock.advance(400);
            }
            path =
                format!("/api/v1/incidents?limit=7&q={}&cursor={next}", sort.replace(':', "%3A"));
        }
        let unique: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(unique.len(), seen.len(), "{sort}: repeated");
        for at in 1..=25 {
            assert!(seen.contains(&format!("INC-{at}")), "{sort}: INC-{at} is missing");
        }
    }
    ines.get("/api/v1/incidents?cursor=rubbish").await.field(422, "cursor");
    for limit in ["0", "201", "-1", "many", ""] {
        ines.get(&format!("/api/v1/incidents?limit={limit}")).await.field(422, "limit");
    }
    let message = ines.get("/api/v1/incidents?page=2").await.field(422, "page");
    assert!(message.contains("cursor"), "{message}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_query_language_filters_lists_and_counts() {
    let world = World::new().await;
    let ines = world.of("ines");
    ines.post("/api/v1/incidents", json!({ "title": "VPN drops", "service": "VPN", "urgency": 1 }))
        .await
        .good();
    ines.post(
        "/api/v1/incidents",
        json!({ "title": "Labels blank", "service": "Label Printing", "tags": ["hall3"] }),
    )
    .await
    .good();
    let numbers = |answer: &crate::harness::Answer| -> Vec<String> {
        let items = answer.good()["items"].as_array().unwrap();
        items.iter().map(|item| item["number"].as_str().unwrap().to_owned()).collect()
    };
    for (q, found) in [
        ("priority:P1", vec!["INC-1"]),
        ("state:open%20vpn", vec!["INC-1"]),
        ("tag:hall3", vec!["INC-2"]),
        ("team:mine", vec!["INC-1"]),
        ("INC-2", vec!["INC-2"]),
        ("state:closed", vec![]),
        ("service:%22Label%20Printing%22", vec!["INC-2"]),
    ] {
        let answer = ines.get(&format!("/api/v1/incidents?q={q}")).await;
        assert_eq!(numbers(&answer), found, "{q}");
        let count = ines.get(&format!("/api/v1/incidents/count?q={q}")).await;
        assert_eq!(count.good()["count"], found.len(), "{q}");
    }
    let message = ines.get("/api/v1/incidents?q=state:open%20prioritty:P1").await.field(422, "q");
    assert!(message.contains("priority") && message.contains("character 12"), "{message}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_are_heeded() {
    let world = World::new().await;
    let ines = world.of("ines");
    world.report("ines", "Slow VPN").await;
    let read = ines.get("/api/v1/incidents/INC-1").await;
    let tag = read.header("etag").to_owned();
    assert_eq!(
        ines.get_with("/api/v1/incidents/INC-1", &[("if-none-match", &tag)]).await.status,
        304
    );
    let other = ines.get_with("/api/v1/incidents/INC-1", &[("if-none-match", "\"99\"")]).await;
    assert_eq!(other.status, 200);
    let path = "/api/v1/incidents/INC-1/acknowledge";
    let done = ines.post_with(path, json!({}), &[("if-match", &tag)]).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_ne!(done.header("etag"), tag);
    let path = "/api/v1/incidents/INC-1/comment";
    let body = json!({ "body": "x", "visibility": "internal" });
    ines.post_with(path, body.clone(), &[("if-match", &tag)]).await.problem(412);
    ines.post_with(path, body.clone(), &[("if-match", "rubbish")]).await.problem(412);
    assert_eq!(ines.post_with(path, body, &[("if-match", "*")]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn search_finds_incidents_people_services_and_teams() {
    let world = World::new().await;
    world.report("ines", "Network printer offline").await;
    let found = world.of("ines").get("/api/v1/search?q=netw").await;
    assert_eq!(found.good()["incidents"][0]["number"], "INC-1");
    assert_eq!(found.json["teams"][0]["name"], "Network");
    let found = world.of("ines").get("/api/v1/search?q=rosa").await;
    assert_eq!(found.good()["people"][0]["email"], address("rosa"));
    let found = world.of("rosa").get("/api/v1/search?q=netw").await;
    assert_eq!(found.good()["incidents"], json!([]));
    assert_eq!(found.json["teams"], json!([]));
    world.of("ines").get("/api/v1/search").await.field(422, "q");
}
