//! Calendars and agreements: rules, versions, what a change does and would do.

use crate::harness::{Client, World};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Monday to Friday in Amsterdam: 7 to 17 UTC in November.
fn office(name: &str) -> Value {
    json!({
        "name": name,
        "time_zone": "Europe/Amsterdam",
        "week": { "mon": [["08:00", "18:00"]], "tue": [["08:00", "18:00"]], "wed": [["08:00", "18:00"]], "thu": [["08:00", "18:00"]], "fri": [["08:00", "18:00"]] },
        "holidays": [{ "date": "2026-12-25", "name": "Christmas Day" }],
    })
}

/// For the VPN, answered in ten minutes.
fn gold() -> Value {
    json!({
        "name": "Gold",
        "applies_to": { "services": ["VPN"] },
        "targets": { "P4": { "response": 600, "resolution": 36_000 } },
    })
}

async fn made(client: &Client, path: &str, body: Value) -> Value {
    let answer = client.post(&format!("/api/v1/{path}"), body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json
}

async fn standard(client: &Client) -> Value {
    let all = client.get("/api/v1/agreements").await.good()["items"].clone();
    all.as_array().unwrap().iter().find(|one| one["is_default"] == true).unwrap().clone()
}

/// A clock of an incident.
async fn clock(client: &Client, number: &str, kind: &str) -> Value {
    let incident = client.get(&format!("/api/v1/incidents/{number}")).await.good().clone();
    let clocks = incident["clocks"].as_array().unwrap();
    clocks.iter().find(|clock| clock["kind"] == kind).unwrap().clone()
}

async fn report(client: &Client, service: &str) -> String {
    report_for(client, service, "ines").await
}

async fn report_for(client: &Client, service: &str, requester: &str) -> String {
    let requester = crate::harness::address(requester);
    let body = json!({ "title": "Broken", "service": service, "impact": 3, "urgency": 2, "requester": requester });
    made(client, "incidents", body).await["number"].as_str().unwrap().to_owned()
}

/// Waits until a job is done and gives it.
async fn done(client: &Client, id: &Value) -> Value {
    let path = format!("/api/v1/recomputations/{}", id.as_str().unwrap());
    let wait = async {
        loop {
            let job = client.get(&path).await.good().clone();
            if job["state"] == "done" {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it is done in time")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_version_of_a_calendar_stays() {
    let world = World::new().await;
    let ada = world.of("ada");
    let first = made(&ada, "calendars", office("Office")).await;
    assert_eq!((&first["version"], &first["since"]), (&json!(1), &json!(crate::harness::START)));
    let id = first["id"].as_str().unwrap();
    let path = format!("/api/v1/calendars/{id}");
    let later =
        json!({ "holidays": ["2026-12-25", "2026-12-26"], "since": "2027-01-01T00:00:00Z" });
    let second = ada.patch(&path, later).await;
    assert_eq!(second.good()["version"], 2);
    assert_eq!(second.json["name"], "Office", "what is not named stays");
    assert_eq!(second.json["since"], "2027-01-01T00:00:00Z");
    assert_eq!(second.header("etag"), "\"2\"");
    let read = ada.get("/api/v1/calendars/office").await;
    let versions = read.good()["items"].as_array().unwrap();
    let holidays: Vec<usize> =
        versions.iter().map(|one| one["holidays"].as_array().unwrap().len()).collect();
    assert_eq!(holidays, [2, 1], "the newest first");
    let stale = ada.json(Method::PATCH, &path, json!({ "name": "x" }), &[("if-match", "\"1\"")]);
    stale.await.problem(412);
    let listed = ada.get("/api/v1/calendars?q=off").await;
    assert_eq!(listed.good()["items"].as_array().unwrap().len(), 1);
    let audit = ada.get("/api/v1/audit?subject=calendar").await;
    let what: Vec<&Value> =
        audit.good()["items"].as_array().unwrap().iter().map(|entry| &entry["what"]).collect();
    assert_eq!(what, ["changed", "created"]);
    let key = [("idempotency-key", "once")];
    let one = ada.post_with("/api/v1/calendars", office("Other"), &key).await;
    let again = ada.post_with("/api/v1/calendars", office("Other"), &key).await;
    assert_eq!(one.good()["id"], again.good()["id"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_named() {
    let world = World::new().await;
    let ada = world.of("ada");
    made(&ada, "calendars", office("Office")).await;
    let with = |base: Value, field: &str, value: Value| {
        let mut body = base;
        body[field] = value;
        body
    };
    let calendar = |field: &str, value: Value| with(office("New"), field, value);
    for (body, field) in [
        (json!({ "time_zone": "UTC", "week": "always" }), "name"),
        (json!({ "name": "a", "week": "always" }), "time_zone"),
        (json!({ "name": "a", "time_zone": "UTC" }), "week"),
        (calendar("name", json!(" ")), "name"),
        (calendar("time_zone", json!("Mars/Olympus")), "time_zone"),
        (calendar("week", json!({})), "week"),
        (calendar("week", json!({ "mon": [["09:00", "9 pm"]] })), "week.mon.0.1"),
        (calendar("holidays", json!(["2026-02-30"])), "holidays.0.date"),
        (calendar("since", json!("2020-01-01T00:00:00Z")), "since"),
        (calendar("open", json!("maybe")), "open"),
    ] {
        ada.post("/api/v1/calendars", body).await.field(422, field);
    }
    let agreement = |field: &str, value: Value| with(gold(), field, value);
    for (body, field) in [
        (json!({ "targets": {} }), "name"),
        (json!({ "name": "a" }), "targets"),
        (agreement("name", json!("x".repeat(121))), "name"),
        (agreement("targets", json!({ "P9": {} })), "targets.P9"),
        (agreement("targets", json!({ "P1": { "lunch": 1 } })), "targets.P1.lunch"),
        (agreement("targets", json!({ "P1": { "team": 1 } })), "targets.P1.team"),
        (agreement("targets", json!({ "P1": { "response": 0 } })), "targets.P1.response"),
        (
            agreement("targets", json!({ "P1": { "response": 9, "resolution": 8 } })),
            "targets.P1.resolution",
        ),
        (agreement("warn_shares", json!([50, 50])), "warn_shares.1"),
        (agreement("warn_shares", json!([0])), "warn_shares.0"),
        (agreement("warn_shares", json!([101])), "warn_shares.0"),
        (agreement("calendar", json!("Offise")), "calendar"),
        (agreement("calendar_by_priority", json!({ "P1": "Ghost" })), "calendar_by_priority.P1"),
        (agreement("applies_to", json!({ "services": ["Ghost"] })), "applies_to.services.0"),
        (agreement("applies_to", json!({})), "applies_to"),
        (agreement("is_default", json!(true)), "applies_to"),
        (agreement("close_after_days", json!(-1)), "close_after_days"),
        (agreement("pause_reasons", json!(["lunch"])), "pause_reasons.0"),
        (agreement("team_targets", json!([{ "targets": {} }])), "team_targets.0.targets"),
        (
            agreement(
                "team_targets",
                json!([{ "targets": { "P1": 1 } }, { "team": "Network", "targets": { "P1": 1 } }]),
            ),
            "team_targets.1.team",
        ),
        (
            agreement("vendor_targets", json!({ "calendar": "Ghost", "targets": { "P1": 1 } })),
            "vendor_targets.calendar",
        ),
        (agreement("since", json!("2026-11-23T07:59:59Z")), "since"),
    ] {
        ada.post("/api/v1/agreements", body).await.field(422, field);
    }
    let meant = ada.post("/api/v1/agreements", agreement("calendar", json!("Offise"))).await;
    assert!(meant.field(422, "calendar").contains("Office"), "{}", meant.text);
    ada.post("/api/v1/calendars", office("OFFICE")).await.problem(409);
    // All faults at once, so that a form can mark them.
    let body = json!({ "name": "", "targets": { "P1": { "response": 0 } }, "warn_shares": [0] });
    let all = ada.post("/api/v1/agreements", body).await;
    assert_eq!(all.problem(422)["errors"].as_array().unwrap().len(), 4, "{}", all.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agreement_promises_what_it_says_to_those_it_applies_to() {
    let world = World::new().await;
    let (ada, ines) = (world.of("ada"), world.of("ines"));
    made(&ada, "calendars", office("Office")).await;
    let mut body = gold();
    body["calendar"] = json!("office");
    body["calendar_by_priority"] = json!({ "P1": null });
    body["team_targets"] =
        json!([{ "team": "Network", "calendar": null, "targets": { "P4": 7_200 } }]);
    body["vendor_targets"] = json!({ "targets": { "P4": 7_200 } });
    body["applies_to"]["requesters"] = json!(["ines@northwind.example"]);
    let agreement = made(&ada, "agreements", body).await;
    assert_eq!(agreement["calendar"], "Office");
    assert_eq!(agreement["calendar_by_priority"], json!({ "P1": null }));
    assert_eq!(agreement["applies_to"]["services"], json!(["VPN"]));
    assert_eq!(agreement["applies_to"]["requesters"], json!(["ines@northwind.example"]));
    assert_eq!(
        agreement["team_targets"],
        json!([{ "team": "Network", "calendar": null, "targets": { "P4": 7_200 } }])
    );
    assert_eq!(agreement["vendor_targets"], json!({ "targets": { "P4": 7_200 } }));
    // What is read can be sent back.
    let path = format!("/api/v1/agreements/{}", agreement["id"].as_str().unwrap());
    let mut same = serde_json::Map::new();
    for field in [
        "name",
        "targets",
        "calendar",
        "calendar_by_priority",
        "starts_at",
        "applies_to",
        "place",
        "is_default",
        "pause_reasons",
        "acknowledgement_responds",
        "warn_shares",
        "close_after_days",
        "follow_up_days",
        "team_targets",
        "vendor_targets",
        "active",
    ] {
        same.insert(field.to_owned(), agreement[field].clone());
    }
    let again = ada.patch(&path, Value::Object(same.clone())).await;
    for (field, value) in same {
        assert_eq!(again.good()[&field], value, "{field}");
    }
    let vpn = report(&ines, "VPN").await;
    assert_eq!(clock(&ines, &vpn, "response").await["target_seconds"], 600);
    // Ten hours of a day that opened an hour before.
    assert_eq!(clock(&ines, &vpn, "resolution").await["due_at"], "2026-11-24T08:00:00Z");
    let mail = report(&ines, "Mail").await;
    assert_eq!(clock(&ines, &mail, "response").await["target_seconds"], 28_800);
    let order = ada.get("/api/v1/agreements").await;
    let names: Vec<&Value> =
        order.good()["items"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Gold", "Standard, round the clock"], "the default last");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_force_later_promises_later() {
    let world = World::new().await;
    let (ada, ines) = (world.of("ada"), world.of("ines"));
    let mut body = gold();
    body["since"] = json!("2026-11-23T09:00:00Z");
    made(&ada, "agreements", body).await;
    let before = report(&ines, "VPN").await;
    world.clock.advance(3_600);
    let after = report(&ines, "VPN").await;
    assert_eq!(clock(&ines, &before, "response").await["target_seconds"], 28_800);
    assert_eq!(clock(&ines, &after, "response").await["target_seconds"], 600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_agreement_is_the_default() {
    let world = World::new().await;
    let ada = world.of("ada");
    let old = standard(&ada).await;
    let path = format!("/api/v1/agreements/{}", old["id"].as_str().unwrap());
    ada.patch(&path, json!({ "is_default": false })).await.field(422, "is_default");
    ada.delete(&path).await.field(422, "retired");
    let mut body = gold();
    body["name"] = json!("New standard");
    body["is_default"] = json!(true);
    body["applies_to"] = json!({});
    let new = made(&ada, "agreements", body).await;
    assert_eq!(standard(&ada).await["id"], new["id"]);
    let old = ada.get(&path).await.good()["items"][0].clone();
    assert_eq!((&old["is_default"], &old["active"]), (&json!(false), &json!(false)));
    let back = json!({ "active": true, "applies_to": { "services": ["Mail"] } });
    assert_eq!(ada.patch(&path, back).await.good()["active"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_calendar_in_use_stays_in_use() {
    let world = World::new().await;
    let ada = world.of("ada");
    made(&ada, "calendars", office("Office")).await;
    let mut body = gold();
    body["calendar"] = json!("Office");
    let agreement = made(&ada, "agreements", body).await;
    let refused = ada.delete("/api/v1/calendars/Office").await;
    assert!(refused.problem(409)["detail"].as_str().unwrap().contains("Gold"), "{}", refused.text);
    let path = format!("/api/v1/agreements/{}", agreement["id"].as_str().unwrap());
    ada.patch(&path, json!({ "calendar": null })).await.good();
    assert_eq!(ada.delete("/api/v1/calendars/Office").await.status, 204);
    ada.patch(&path, json!({ "calendar": "Office" })).await.field(422, "calendar");
    assert_eq!(ada.get("/api/v1/calendars/Office").await.good()["items"][0]["active"], false);
    // Its name is free again.
    made(&ada, "calendars", office("Office")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_says_whom_it_would_move_and_moves_them_if_asked() {
    let world = World::new().await;
    let (ada, ines) = (world.of("ada"), world.of("ines"));
    let agreement = made(&ada, "agreements", gold()).await;
    let path = format!("/api/v1/agreements/{}", agreement["id"].as_str().unwrap());
    let number = report(&ines, "VPN").await;
    report(&ines, "Mail").await;
    let closed = report(&ines, "VPN").await;
    let resolve = json!({ "code": "fixed", "note": "Restarted" });
    ines.post(&format!("/api/v1/incidents/{closed}/resolve"), resolve).await.good();
    world.clock.advance(480);
    let stricter = json!({ "targets": { "P4": { "response": 300, "resolution": 39_600 } } });
    let impact = ada.post(&format!("{path}/impact"), stricter.clone()).await;
    let counts =
        ["open_incidents", "moved_incidents", "moved_clocks", "earlier", "later", "breaches"];
    let counted: Vec<i64> =
        counts.iter().map(|field| impact.good()[field].as_i64().unwrap()).collect();
    // The response is passed at once, so it is due neither earlier nor later; the resolution is later.
    assert_eq!(counted, [2, 1, 2, 0, 1, 1], "{}", impact.text);
    let item = &impact.json["items"][0];
    assert_eq!((&item["number"], &item["title"]), (&json!(number), &json!("Broken")));
    assert_eq!(item["clocks"][0]["kind"], "response");
    assert_eq!(item["clocks"][0]["breaches"], true);
    assert_eq!(item["clocks"][1]["later_seconds"], 3_600);
    let kept = ada.patch(&path, stricter.clone()).await;
    assert_eq!(kept.good()["recomputation"], Value::Null);
    assert_eq!(clock(&ines, &number, "response").await["target_seconds"], 600, "kept");
    let mut followed = stricter;
    followed["open"] = json!("follow");
    let saved = ada.patch(&path, followed).await;
    let job = done(&ada, &saved.good()["recomputation"]).await;
    assert_eq!(
        (&job["total"], &job["looked_at"], &job["changed"], &job["failed"]),
        (&json!(2), &json!(2), &json!(1), &json!(0))
    );
    assert_eq!(
        (&job["subject"], &job["name"], &job["version"]),
        (&json!("agreement"), &json!("Gold"), &json!(3))
    );
    let response = clock(&ines, &number, "response").await;
    assert_eq!((&response["target_seconds"], &response["breached"]), (&json!(300), &json!(true)));
    assert_eq!(clock(&ines, &closed, "response").await["target_seconds"], 600, "history stays");
    assert_eq!(ada.get("/api/v1/recomputations").await.good()["items"][0]["id"], job["id"]);
    // Nothing is left to move.
    let impact = ada.post(&format!("{path}/impact"), json!({})).await;
    assert_eq!(impact.good()["moved_incidents"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_incidents_follow_a_calendar_once_it_is_in_force() {
    let world = World::new().await;
    let (ada, ines) = (world.of("ada"), world.of("ines"));
    made(&ada, "calendars", office("Office")).await;
    let mut body = gold();
    body["calendar"] = json!("Office");
    made(&ada, "agreements", body).await;
    let number = report(&ines, "VPN").await;
    let closed = json!({ "holidays": ["2026-11-24"] });
    let impact = ada.post("/api/v1/calendars/Office/impact", closed).await;
    assert_eq!(impact.good()["items"][0]["clocks"][0]["later_seconds"], 86_400, "{}", impact.text);
    let change =
        json!({ "holidays": ["2026-11-24"], "since": "2026-11-23T09:00:00Z", "open": "follow" });
    let saved = ada.patch("/api/v1/calendars/Office", change).await;
    let id = saved.good()["recomputation"].clone();
    let job = ada.get(&format!("/api/v1/recomputations/{}", id.as_str().unwrap())).await;
    assert_eq!(job.good()["state"], "waiting");
    assert_eq!(clock(&ines, &number, "resolution").await["due_at"], "2026-11-24T08:00:00Z");
    world.clock.advance(3_600);
    done(&ada, &id).await;
    assert_eq!(clock(&ines, &number, "resolution").await["due_at"], "2026-11-25T08:00:00Z");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_past_says_what_terms_would_have_done() {
    let world = World::new().await;
    let (ada, ines) = (world.of("ada"), world.of("ines"));
    for minutes in [5, 20, 40] {
        let number = report_for(&ines, "VPN", "rosa").await;
        world.clock.advance(minutes * 60);
        let word = json!({ "body": "Looking into it", "visibility": "public" });
        ines.post(&format!("/api/v1/incidents/{number}/comment"), word).await.good();
    }
    report(&ines, "Mail").await;
    let before_all = ada.get("/api/v1/agreements").await.json;
    let ask = json!({
        "agreement": gold(),
        "from": "2026-11-23T00:00:00Z",
        "to": "2026-11-24T00:00:00Z",
    });
    let tested = ada.post("/api/v1/agreements/backtest", ask.clone()).await;
    assert_eq!(tested.good()["incidents"], 4);
    let response = tested.json["clocks"].as_array().unwrap().iter();
    let mut response = response.filter(|clock| clock["kind"] == "response");
    let response = response.next().unwrap();
    assert_eq!(response["before"], json!({ "met": 3, "breached": 0, "open": 1 }));
    assert_eq!(response["after"], json!({ "met": 1, "breached": 2, "open": 1 }));
    assert_eq!(tested.json["differing"], 2);
    let items = tested.json["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    // The second was reported at 08:05.
    assert_eq!(items[0]["breached_after"], "2026-11-23T08:15:00Z");
    assert_eq!(items[0]["breached_before"], Value::Null);
    assert_eq!(ada.get("/api/v1/agreements").await.json, before_all, "nothing is saved");
    // Under what was promised nothing differs; with a calendar that is not saved either.
    let mut with_calendar = ask.clone();
    with_calendar["calendar"] = office("Not saved");
    with_calendar["agreement"]["calendar"] = json!("Not saved");
    assert_eq!(ada.post("/api/v1/agreements/backtest", with_calendar).await.good()["differing"], 2);
    let same = json!({ "agreement_id": standard(&ada).await["id"], "agreement": {}, "from": ask["from"], "to": ask["to"] });
    assert_eq!(ada.post("/api/v1/agreements/backtest", same).await.good()["differing"], 0);
    let mut wrong = ask.clone();
    wrong["agreement"]["warn_shares"] = json!([0]);
    let wrong = ada.post("/api/v1/agreements/backtest", wrong).await;
    wrong.field(422, "agreement.warn_shares.0");
    for field in ["agreement_id", "calendar_id"] {
        let mut wrong = ask.clone();
        wrong[field] = json!("Nobody's");
        ada.post("/api/v1/agreements/backtest", wrong).await.field(422, field);
    }
    let mut wrong = ask;
    wrong["to"] = wrong["from"].clone();
    ada.post("/api/v1/agreements/backtest", wrong).await.field(422, "to");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_is_shown_before_it_is_taken() {
    let world = World::new().await;
    let ada = world.of("ada");
    made(&ada, "calendars", office("Office")).await;
    let event = |date: &str, name: &str| {
        format!("BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{date}\r\nSUMMARY:{name}\r\nEND:VEVENT\r\n")
    };
    let ical = format!(
        "BEGIN:VCALENDAR\r\n{}{}{}END:VCALENDAR\r\n",
        event("20261111", "St Martin's Day"),
        event("20261225", "Christmas"),
        event("20400101", "New Year"),
    );
    let seen = ada
        .post("/api/v1/calendars/holidays-preview", json!({ "ical": ical, "calendar": "Office" }))
        .await;
    assert_eq!(seen.good()["new"], json!([{ "date": "2026-11-11", "name": "St Martin's Day" }]));
    assert_eq!(seen.json["present"][0]["date"], "2026-12-25");
    assert_eq!(seen.json["outside"][0]["date"], "2040-01-01");
    let broken = json!({ "ical": "<html>" });
    ada.post("/api/v1/calendars/holidays-preview", broken).await.field(422, "ical");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_administrators_promise() {
    let world = World::new().await;
    made(&world.of("ada"), "calendars", office("Office")).await;
    for name in ["ines", "mara", "otto"] {
        let client = world.of(name);
        client.post("/api/v1/calendars", office("x")).await.problem(403);
        client.post("/api/v1/agreements", gold()).await.problem(403);
        client.patch("/api/v1/calendars/Office", json!({ "name": "x" })).await.problem(403);
        client.delete("/api/v1/calendars/Office").await.problem(403);
        client.get("/api/v1/calendars").await.good();
    }
    let rosa = world.of("rosa");
    for path in ["calendars", "calendars/Office", "agreements", "recomputations"] {
        rosa.get(&format!("/api/v1/{path}")).await.problem(403);
    }
    rosa.post("/api/v1/calendars/holidays-preview", json!({ "ical": "" })).await.problem(403);
    // Counts are of all incidents, so whoever works on some of them does not ask.
    let agreement = standard(&world.of("ada")).await;
    let ask = json!({ "calendar": office("x"), "from": "2026-11-23T00:00:00Z", "to": "2026-11-24T00:00:00Z" });
    for (path, body) in [
        (format!("agreements/{}/impact", agreement["id"].as_str().unwrap()), json!({})),
        ("calendars/Office/impact".to_owned(), json!({})),
        ("agreements/backtest".to_owned(), ask),
    ] {
        for name in ["rosa", "ines"] {
            world.of(name).post(&format!("/api/v1/{path}"), body.clone()).await.problem(403);
        }
        for name in ["mara", "otto"] {
            world.of(name).post(&format!("/api/v1/{path}"), body.clone()).await.good();
        }
    }
}
