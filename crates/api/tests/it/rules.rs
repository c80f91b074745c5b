//! Rules over HTTP: made, tried, changed, ordered, at work.

use crate::harness::World;
use serde_json::{Value, json};

fn printers() -> Value {
    json!({
        "name": "VPN to Field",
        "on": ["reported", "message"],
        "when": "service:vpn   prio:4,5",
        "do": [
            { "command": "assign", "team": "field service" },
            { "command": "tag", "add": ["sorted"] },
            { "command": "comment", "body": "Sorted by rule" },
        ],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_is_made_works_is_changed_and_goes() {
    let world = World::new().await;
    let ada = world.of("ada");
    let made = ada.post("/api/v1/rules", printers()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.json["when"], "service:vpn priority:P4,P5", "in its canonical form");
    assert_eq!(made.json["do"][0], json!({ "command": "assign", "team": "Field service" }));
    assert_eq!((&made.json["place"], &made.json["version"]), (&json!(1), &json!(1)));
    assert_eq!(made.json["faults"], json!([]));

    let report = json!({ "title": "Drops", "service": "VPN", "urgency": 3, "impact": 3 });
    let incident = ada.post("/api/v1/incidents", report.clone()).await;
    assert_eq!(incident.good()["team"], "Field service");
    let number = incident.json["number"].as_str().unwrap();
    let timeline = ada.get(&format!("/api/v1/incidents/{number}/timeline")).await;
    let events = timeline.good()["items"].as_array().unwrap().clone();
    let ran = events.iter().find(|event| event["kind"] == "rule_ran").unwrap();
    assert_eq!(ran["data"]["name"], "VPN to Field");
    assert_eq!(ran["cause"]["derived"]["by"], "rule");
    let because = serde_json::to_string(ran).unwrap();
    assert!(because.contains("service is VPN and priority is P5"), "{because}");

    let path = format!("/api/v1/rules/{}", made.json["id"].as_str().unwrap());
    let off = ada.patch("/api/v1/rules/vpn%20to%20field", json!({ "active": false })).await;
    assert_eq!((&off.good()["active"], &off.json["version"]), (&json!(false), &json!(2)));
    let quiet = ada.post("/api/v1/incidents", report).await;
    assert_eq!(quiet.good()["team"], "Network");

    let stale = ada.request(axum::http::Method::DELETE, &path, &[("if-match", "\"1\"")]);
    assert_eq!(ada.send(stale, axum::body::Body::empty()).await.status, 412);
    assert_eq!(ada.delete(&path).await.status, 204);
    assert_eq!(ada.get(&path).await.status, 404);
    let audit = ada.get("/api/v1/audit?subject=rule").await;
    let whats: Vec<&str> = audit.good()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["what"].as_str().unwrap())
        .collect();
    assert_eq!(whats, ["deleted", "changed", "created"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_waits_is_tried_on_the_past_and_looked_through_for() {
    let world = World::new().await;
    let ada = world.of("ada");
    let hours = json!({ "name": "Office", "time_zone": "Europe/Berlin", "week": { "mon": [["09:00", "17:00"]] } });
    assert_eq!(ada.post("/api/v1/calendars", hours).await.status, 201);
    let open = ada.post("/api/v1/incidents", json!({ "title": "Nobody looks" })).await;
    let number = open.good()["number"].as_str().unwrap().to_owned();

    let body = |wait: Value| {
        json!({ "name": "Left alone", "on": ["waited"], "wait": wait, "when": "-hours:Nights or hours:office",
            "do": [{ "command": "tag", "add": ["late"] }] })
    };
    let wait = json!({ "for": "unassigned", "seconds": 1_800, "calendar": "office" });
    let refused = ada.post("/api/v1/rules", body(wait.clone())).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.json["errors"][0]["field"], "when");
    let good = Value::Object(serde_json::Map::from_iter(
        body(wait.clone())
            .as_object()
            .unwrap()
            .clone()
            .into_iter()
            .filter(|(name, _)| name != "when"),
    ));
    let made = ada.post("/api/v1/rules", good).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let shown = json!({ "for": "unassigned", "seconds": 1_800, "calendar": "Office" });
    assert_eq!(made.json["wait"], shown);
    let jobs = ada.get("/api/v1/recomputations").await;
    assert_eq!(
        (&jobs.good()["items"][0]["subject"], &jobs.json["items"][0]["subject_id"]),
        (&json!("rule"), &made.json["id"])
    );

    for (wrong, field) in [
        (json!({ "for": "unassigned", "seconds": 59 }), "wait.seconds"),
        (json!({ "for": "due", "seconds": 60, "calendar": "Office" }), "wait.calendar"),
        (json!({ "for": "told", "seconds": 60, "calendar": "Nights" }), "wait.calendar"),
    ] {
        let refused = ada.patch("/api/v1/rules/left%20alone", json!({ "wait": wrong })).await;
        assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!(field)));
    }
    // On the past: it has been open for long enough only later.
    let asked = json!({ "on": ["waited"], "wait": { "for": "reported", "seconds": 60 } });
    let tried = ada.post("/api/v1/rules/preview", asked.clone()).await;
    assert_eq!(
        (&tried.good()["matched"], &tried.json["judged_at"]),
        (&json!(0), &json!("every_command"))
    );
    world.clock.advance(3_600);
    let tried = ada.post("/api/v1/rules/preview", asked).await;
    assert_eq!(tried.good()["items"][0]["number"], json!(number));
    assert_eq!(tried.json["items"][0]["on"], json!(["waited"]));
    // What no time sets off waits for nothing.
    let other = ada.patch("/api/v1/rules/left%20alone", json!({ "on": ["reported"] })).await;
    assert_eq!((other.good()["wait"].clone(), &other.json["version"]), (Value::Null, &json!(2)));

    let refused = ada.get("/api/v1/incidents?q=hours:Office").await;
    assert_eq!(refused.status, 422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_keep_an_order_and_a_key_makes_one() {
    let world = World::new().await;
    let ada = world.of("ada");
    for name in ["A", "B", "C"] {
        let body = json!({ "name": name, "on": ["reported"], "do": [{ "command": "tag", "add": [name] }] });
        let key = [("idempotency-key", name)];
        let first = ada.post_with("/api/v1/rules", body.clone(), &key).await;
        let again = ada.post_with("/api/v1/rules", body, &key).await;
        assert_eq!((first.status, &first.json["id"]), (201, &again.json["id"]));
    }
    let order = async || {
        let list = ada.get("/api/v1/rules").await;
        let items = list.good()["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|rule| format!("{}{}", rule["name"].as_str().unwrap(), rule["place"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(order().await, ["A1", "B2", "C3"]);
    ada.patch("/api/v1/rules/C", json!({ "place": 1 })).await.good();
    assert_eq!(order().await, ["C1", "A2", "B3"]);
    ada.patch("/api/v1/rules/C", json!({ "place": 99 })).await.good();
    assert_eq!(order().await, ["A1", "B2", "C3"]);
    // One that goes leaves no gap, and a change of a later one does not move it.
    assert_eq!(ada.delete("/api/v1/rules/A").await.status, 204);
    assert_eq!(order().await, ["B1", "C2"]);
    ada.patch("/api/v1/rules/B", json!({ "stop": true })).await.good();
    assert_eq!(order().await, ["B1", "C2"]);
    let twice =
        json!({ "name": "b", "on": ["reported"], "do": [{ "command": "tag", "add": ["x"] }] });
    assert_eq!(ada.post("/api/v1/rules", twice).await.status, 409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_named_with_its_place() {
    let world = World::new().await;
    let ada = world.of("ada");
    let with = |change: Value| {
        let mut body = printers();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    for (change, field, words) in [
        (json!({ "when": "servce:VPN" }), "when", "Did you mean \"service\"? (at character 1)"),
        (
            json!({ "when": "vpn team:Ghosts" }),
            "when",
            "\"Ghosts\" is no team in use (at character 10)",
        ),
        (json!({ "when": "requester:nobody@else.example" }), "when", "is no person in use"),
        (json!({ "when": "assignee:me" }), "when", "nobody asks here"),
        (json!({ "when": "vpn sort:due" }), "when", "has no order"),
        (json!({ "on": [] }), "on", "at least one moment"),
        (json!({ "do": [] }), "do", "at least one command"),
        (json!({ "do": [{ "command": "assign" }] }), "do.0.team", "name a team or a person"),
        (
            json!({ "do": [{ "command": "assign", "team": "Ghosts" }] }),
            "do.0.team",
            "is not a known team",
        ),
        (
            json!({ "do": [{ "command": "comment", "body": "x" }, { "command": "hold", "reason": "scheduled" }] }),
            "do.1.seconds",
            "is needed",
        ),
        (
            json!({ "do": [{ "command": "prioritise", "priority": "P1" }] }),
            "do.0.reason",
            "is needed",
        ),
        (
            json!({ "do": [{ "command": "comment", "body": "x" }, { "command": "comment", "body": "y" }] }),
            "do.1",
            "twice",
        ),
        (
            json!({ "do": [{ "command": "assign", "assignee": "rosa@northwind.example" }] }),
            "do.0.assignee",
            "nobody who works",
        ),
        (
            json!({ "do": [{ "command": "comment", "body": "x\u{0}y" }] }),
            "do.0.body",
            "control character",
        ),
        (
            json!({ "on": ["changed"], "do": [{ "command": "hold", "reason": "vendor", "seconds": 600 }] }),
            "do.0.seconds",
            "set the rule off again",
        ),
        (
            json!({ "do": [{ "command": "hold", "reason": "vendor", "seconds": 1 }] }),
            "do.0.seconds",
            "must be 5 minutes to",
        ),
        (json!({ "name": " " }), "name", "is needed"),
    ] {
        let refused = ada.post("/api/v1/rules", with(change)).await;
        let told = refused.field(422, field);
        assert!(told.contains(words), "{field}: {told}");
    }
    assert_eq!(ada.post("/api/v1/rules", with(json!({ "wen": "x" }))).await.status, 422);
    let unknown = json!({ "do": [{ "command": "launch" }] });
    assert_eq!(ada.post("/api/v1/rules", with(unknown)).await.status, 422);
    let agent = world.of("ines");
    assert_eq!(agent.post("/api/v1/rules", printers()).await.status, 403);
    assert_eq!(agent.get("/api/v1/rules").await.status, 200);
    assert_eq!(world.of("rosa").get("/api/v1/rules").await.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_rule_does_is_checked_even_out_of_use() {
    let world = World::new().await;
    let ada = world.of("ada");
    ada.post("/api/v1/teams", json!({ "name": "Ghosts" })).await.good();
    let mut body = printers();
    body["when"] = json!("team:Ghosts");
    assert_eq!(ada.post("/api/v1/rules", body).await.status, 201);
    let path = "/api/v1/rules/vpn%20to%20field";
    for (change, field) in [
        (json!({ "active": false, "when": "(((" }), "when"),
        (json!({ "active": false, "on": [] }), "on"),
        (json!({ "active": false, "do": [] }), "do"),
    ] {
        ada.patch(path, change).await.field(422, field);
    }
    // One that is out of date is taken out of use as it is, and stays checked.
    ada.delete("/api/v1/teams/Ghosts").await;
    ada.patch(path, json!({ "active": false })).await.good();
    ada.patch(path, json!({ "name": "Old" })).await.good();
    let path = "/api/v1/rules/old";
    ada.patch(path, json!({ "active": true })).await.field(422, "when");
    ada.patch(path, json!({ "on": ["reported"] })).await.field(422, "when");
    let shown = ada.patch(path, json!({ "when": "prio:4" })).await;
    assert_eq!(shown.good()["when"], "priority:P4", "in its canonical form");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_judges_the_past_as_it_was() {
    let world = World::new().await;
    let ada = world.of("ada");
    let ines = world.of("ines");
    let jam = world.report("rosa", "Paper jam").await;
    world.report("rosa", "Something else").await;
    // Renamed since: what counts is how it was reported.
    let renamed = json!({ "title": "Tray broken" });
    ines.post(&format!("/api/v1/incidents/{jam}/classify"), renamed).await.good();
    for _ in 0..2 {
        let body = json!({ "body": "A paper jam again", "visibility": "internal" });
        ines.post(&format!("/api/v1/incidents/{jam}/comment"), body).await.good();
    }
    let preview = async |body: Value| {
        let answer = ada.post("/api/v1/rules/preview", body).await;
        answer.good().clone()
    };
    let reported = preview(json!({ "when": "\"paper jam\"" })).await;
    assert_eq!((&reported["judged"], &reported["matched"]), (&json!(2), &json!(1)));
    assert_eq!(reported["judged_at"], "report");
    assert_eq!(reported["complete"], true);
    assert_eq!(reported["items"][0]["number"], jam.as_str());
    assert_eq!(reported["items"][0]["because"], "text contains \"paper jam\"");
    let written = preview(json!({ "when": "\"paper jam\"", "on": ["commented"] })).await;
    assert_eq!(written["items"][0]["times"], 2);
    assert_eq!(written["judged_at"], "every_command");
    let before = json!({ "when": "", "to": "2020-01-01T00:00:00Z" });
    assert_eq!(preview(before).await["judged"], 0);
    let wrong = ada.post("/api/v1/rules/preview", json!({ "when": "tem:x" })).await;
    assert!(wrong.field(422, "when").contains("at character 1"));
    assert_eq!(ines.post("/api/v1/rules/preview", json!({})).await.status, 403);
}
