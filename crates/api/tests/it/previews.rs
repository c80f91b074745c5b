//! Trying calendars and agreements before they are saved.

use crate::harness::World;
use incident::TokenScope;
use serde_json::{Map, Value, json};

const BUSINESS_TIME: &str = include_str!("../../../calendar/tests/it/business_time.jsonl");
const TRACES: &str = include_str!("../../../incident/tests/fixtures/sla_traces.jsonl");

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn calendar(written: &Value) -> Value {
    json!({
        "time_zone": written["tz"], "week": written["week"], "holidays": written["holidays"],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_of_business_time_has_its_answer() {
    let world = World::new().await;
    let cases = lines(BUSINESS_TIME);
    let asked: Vec<Value> = cases
        .iter()
        .map(|case| {
            let calendar = calendar(case);
            match case["kind"].as_str().unwrap() {
                "due" => json!({
                    "calendar": calendar, "start": case["start"],
                    "duration_seconds": case["duration_s"],
                }),
                _ => json!({ "calendar": calendar, "start": case["start"], "end": case["end"] }),
            }
        })
        .collect();
    let answer =
        world.of("ines").post("/api/v1/calendars/preview", json!({ "cases": asked })).await;
    let results = answer.good()["results"].as_array().unwrap();
    assert_eq!((results.len(), cases.len()), (400, 400));
    for (result, case) in results.iter().zip(&cases) {
        let expected = match case["kind"].as_str().unwrap() {
            "due" => json!({ "due_at": case["due"] }),
            _ => json!({ "business_seconds": case["business_s"] }),
        };
        assert_eq!(*result, expected, "{}", case["id"]);
    }
}

/// The names of the traces as the interface has them.
fn renamed(clock: &Value) -> Map<String, Value> {
    let name = |name: &str| match name.strip_suffix("_s") {
        Some(name) => format!("{name}_seconds"),
        None => name.to_owned(),
    };
    clock.as_object().unwrap().iter().map(|(key, value)| (name(key), value.clone())).collect()
}

fn asked(trace: &Value, happened: usize, as_of: &Value) -> Value {
    let by_name = |values: &Value, each: fn(&Value) -> Value| -> Map<String, Value> {
        let values = values.as_object().unwrap().iter();
        values.map(|(name, value)| (name.clone(), each(value))).collect()
    };
    let policy = &trace["policy"];
    json!({
        "calendars": by_name(&trace["calendars"], calendar),
        "policy": {
            "targets": by_name(&policy["targets"], |row| Value::Object(renamed(row))),
            "pause_response": policy["pause_response"],
            "calendar_by_priority": policy["calendar_by_priority"],
        },
        "events": trace["events"].as_array().unwrap()[..happened],
        "as_of": as_of,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_timeline_has_its_clocks_after_every_event_and_at_the_end() {
    let world = World::new().await;
    let ines = world.of("ines");
    let traces = lines(TRACES);
    assert_eq!(traces.len(), 120);
    for trace in &traces {
        let events = trace["events"].as_array().unwrap();
        let checkpoints = trace["checkpoints"].as_array().unwrap().iter().enumerate();
        let mut moments: Vec<_> =
            checkpoints.map(|(place, seen)| (place + 1, &events[place]["at"], seen)).collect();
        moments.push((events.len(), &trace["as_of"], &trace["expect"]));
        for (happened, as_of, expected) in moments {
            let answer =
                ines.post("/api/v1/agreements/preview", asked(trace, happened, as_of)).await;
            let mut seen = answer.good().clone();
            let mut wanted =
                json!({ "state": expected["state"], "priority": expected["priority"] });
            for name in ["response", "resolution"] {
                assert_eq!(seen[name].as_object_mut().unwrap().remove("kind").unwrap(), name);
                wanted[name] = Value::Object(renamed(&expected[name]));
            }
            assert_eq!(seen, wanted, "{} after {happened} events", trace["id"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_calendar_that_never_opens_has_no_due_instant() {
    let world = World::new().await;
    let closed = json!({ "time_zone": "UTC", "week": {} });
    let start = "2026-11-23T08:00:00Z";
    let cases = json!([
        { "calendar": closed, "start": start, "duration_seconds": 1 },
        { "calendar": closed, "start": start, "duration_seconds": 0 },
        { "calendar": closed, "start": start, "end": "2027-11-23T08:00:00Z" },
        { "calendar": { "time_zone": "UTC", "week": "always" }, "start": start, "duration_seconds": i64::MAX },
    ]);
    let answer =
        world.of("ines").post("/api/v1/calendars/preview", json!({ "cases": cases })).await;
    let expected = json!([
        { "due_at": null }, { "due_at": start }, { "business_seconds": 0 }, { "due_at": null },
    ]);
    assert_eq!(answer.good()["results"], expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_that_breaks_a_rule_is_named() {
    let world = World::new().await;
    let ines = world.of("ines");
    let good = json!({
        "calendar": { "time_zone": "UTC", "week": { "mon": [["09:00", "17:00"]] } },
        "start": "2026-11-23T08:00:00Z",
        "duration_seconds": 60,
    });
    let with = |path: &str, value: Value| {
        let mut case = good.clone();
        let (parent, field) = path.rsplit_once('/').unwrap();
        case.pointer_mut(parent).unwrap()[field] = value;
        case
    };
    let mut both = good.clone();
    both["end"] = json!("2026-11-23T09:00:00Z");
    let mut neither = good.clone();
    neither.as_object_mut().unwrap().remove("duration_seconds");
    let mut backwards = neither.clone();
    backwards["end"] = json!("2026-11-23T07:00:00Z");
    for (case, field) in [
        (with("/calendar/week/mon", json!([["17:00", "17:00"]])), "calendar.week.mon.0"),
        (with("/calendar/week/mon", json!([["9", "17:00"]])), "calendar.week.mon.0.0"),
        (with("/calendar/week/mon", json!(["09:00"])), "calendar.week.mon.0"),
        (with("/calendar/week/monday", json!([])), "calendar.week.monday"),
        (with("/calendar/time_zone", json!("Mars/Olympus")), "calendar.time_zone"),
        (with("/calendar/holidays", json!(["2026-02-30"])), "calendar.holidays.0.date"),
        (with("/calendar/holidays", json!([7])), "calendar.holidays.0"),
        (with("/calendar/hollidays", json!([])), "calendar.hollidays"),
        (with("/duration_seconds", json!(-1)), "duration_seconds"),
        (with("/start", json!("soon")), "start"),
        (with("/until", json!(1)), "until"),
        (both, "end"),
        (neither, "duration_seconds"),
        (backwards, "end"),
    ] {
        let cases = json!({ "cases": [good, good, good, case] });
        let answer = ines.post("/api/v1/calendars/preview", cases).await;
        answer.field(422, &format!("cases.3.{field}"));
    }
    let cases = json!({ "cases": vec![good; 1_001] });
    ines.post("/api/v1/calendars/preview", cases).await.field(422, "cases");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agreement_that_breaks_a_rule_is_named() {
    let world = World::new().await;
    let ines = world.of("ines");
    let good = json!({
        "calendars": { "default": { "time_zone": "UTC", "week": "always" } },
        "policy": { "targets": { "P1": { "response_seconds": 60, "resolution_seconds": 600 } } },
        "events": [
            { "at": "2026-11-23T08:00:00Z", "type": "create", "priority": "P1", "group": "Desk" },
            { "at": "2026-11-23T08:00:10Z", "type": "hold", "reason": "whatever" },
        ],
        "as_of": "2026-11-23T08:01:00Z",
    });
    let seen = ines.post("/api/v1/agreements/preview", good.clone()).await;
    assert_eq!(seen.good()["response"]["elapsed_seconds"], 60, "met exactly at due is met");
    assert_eq!(seen.json["response"]["breached"], false);
    assert_eq!(seen.json["resolution"]["remaining_seconds"], 590);
    for (path, value, field) in [
        ("/calendars", json!({}), "calendars.default"),
        (
            "/calendars/default/week",
            json!({ "mon": [["08:00", "8"]] }),
            "calendars.default.week.mon.0.1",
        ),
        ("/calendars/default/week", json!({}), "calendars.default.week"),
        ("/policy/targets/P1/response_seconds", json!(0), "policy.targets.P1.response_seconds"),
        (
            "/policy/targets/P1/resolution_seconds",
            json!("1 h"),
            "policy.targets.P1.resolution_seconds",
        ),
        (
            "/policy/targets/P1",
            json!({ "response_seconds": 1 }),
            "policy.targets.P1.resolution_seconds",
        ),
        (
            "/policy/targets/P9",
            json!({ "response_seconds": 60, "resolution_seconds": 600 }),
            "policy.targets.P9",
        ),
        (
            "/policy/calendar_by_priority",
            json!({ "P1": "night" }),
            "policy.calendar_by_priority.P1",
        ),
        (
            "/policy/calendar_by_priority",
            json!({ "urgent": "default" }),
            "policy.calendar_by_priority.urgent",
        ),
        ("/policy/pause_respnse", json!(true), "policy.pause_respnse"),
        ("/events/0/priority", json!("P2"), "events.0.priority"),
        ("/events/0/priority", json!("urgent"), "events.0.priority"),
        ("/events/0/priority", Value::Null, "events.0.priority"),
        ("/events/0/type", json!("assign"), "events.0.type"),
        ("/events/1/type", json!("snooze"), "events.1.type"),
        ("/events/1/type", json!("resume"), "events.1.type"),
        ("/events/1/at", json!("2026-11-23T07:59:59Z"), "events.1.at"),
        ("/events/1/note", json!("x"), "events.1.note"),
        ("/events", json!([]), "events"),
        ("/as_of", json!("2026-11-23T07:59:59Z"), "as_of"),
        ("/until", json!(1), "until"),
    ] {
        let mut asked = good.clone();
        let (parent, name) = path.rsplit_once('/').unwrap();
        let parent = asked.pointer_mut(parent).unwrap();
        match parent.as_array_mut() {
            Some(list) => list[name.parse::<usize>().unwrap()] = value,
            None => parent[name] = value,
        }
        ines.post("/api/v1/agreements/preview", asked).await.field(422, field);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn previews_are_for_the_service_desk_and_need_only_the_right_to_read() {
    let world = World::new().await;
    let agreement = json!({
        "calendars": { "default": { "time_zone": "UTC", "week": "always" } },
        "policy": { "targets": { "P1": { "response_seconds": 60, "resolution_seconds": 600 } } },
        "events": [{ "at": "2026-11-23T08:00:00Z", "type": "create", "priority": "P1" }],
        "as_of": "2026-11-23T08:01:00Z",
    });
    for (path, body) in [("calendars", json!({ "cases": [] })), ("agreements", agreement)] {
        let path = format!("/api/v1/{path}/preview");
        for name in ["ines", "otto"] {
            let reads = world.narrowed(name, TokenScope::Read).await;
            reads.post(&path, body.clone()).await.good();
        }
        let intake = world.narrowed("ines", TokenScope::Intake).await;
        intake.post(&path, body.clone()).await.problem(403);
        world.of("rosa").post(&path, body.clone()).await.problem(403);
        world.nobody().post(&path, body.clone()).await.problem(401);
        let key = [("idempotency-key", path.as_str())];
        let first = world.of("ines").post_with(&path, body.clone(), &key).await;
        let again = world.of("ines").post_with(&path, body.clone(), &key).await;
        assert_eq!(first.good(), again.good());
        let mut other = body;
        match other["as_of"].is_string() {
            true => other["as_of"] = json!("2026-11-23T08:02:00Z"),
            false => {
                other["cases"] = json!([{
                    "calendar": { "time_zone": "UTC", "week": "always" },
                    "start": "2026-11-23T08:00:00Z",
                    "duration_seconds": 1,
                }])
            }
        }
        let refused = world.of("ines").post_with(&path, other, &key).await;
        refused.field(422, "Idempotency-Key");
    }
}
