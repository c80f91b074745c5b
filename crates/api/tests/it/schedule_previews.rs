//! Trying schedules before they are saved.

use crate::harness::World;
use incident::TokenScope;
use kernel::Timestamp;
use serde_json::{Value, json};

const CASES: &str = include_str!("../../../roster/tests/it/rotation_cases.json");
const PREVIEW: &str = "/api/v1/schedules/preview";

fn good() -> Value {
    json!({
        "schedule": {
            "time_zone": "Europe/London",
            "layers": [
                { "rotation": { "unit": "week", "every": 1, "start_local": "2026-03-23T09:00:00", "people": ["a@x", "b@x"] } },
                {
                    "rotation": { "unit": "day", "every": 1, "start_local": "2026-03-01T00:00:00", "people": ["c@x"] },
                    "restrictions": [{ "days": ["mon"], "from": "20:00", "to": "24:00" }],
                },
            ],
            "overrides": [{ "person": "d@x", "start": "2026-03-31T00:00:00Z", "end": "2026-03-31T06:00:00Z" }],
        },
        "from": "2026-03-22T00:00:00Z",
        "to": "2026-04-01T00:00:00Z",
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schedule_is_laid_out() {
    let world = World::new().await;
    let answer = world.of("ines").post(PREVIEW, good()).await;
    let shift = |person: &str, start: &str, end: &str, layer: Value| json!({ "person": person, "start": start, "end": end, "layer": layer });
    let expected = json!({
        "shifts": [
            shift("a@x", "2026-03-23T09:00:00Z", "2026-03-23T20:00:00Z", json!(0)),
            shift("c@x", "2026-03-23T20:00:00Z", "2026-03-24T00:00:00Z", json!(1)),
            shift("a@x", "2026-03-24T00:00:00Z", "2026-03-30T08:00:00Z", json!(0)),
            shift("b@x", "2026-03-30T08:00:00Z", "2026-03-30T19:00:00Z", json!(0)),
            shift("c@x", "2026-03-30T19:00:00Z", "2026-03-30T23:00:00Z", json!(1)),
            shift("b@x", "2026-03-30T23:00:00Z", "2026-03-31T00:00:00Z", json!(0)),
            shift("d@x", "2026-03-31T00:00:00Z", "2026-03-31T06:00:00Z", json!(null)),
            shift("b@x", "2026-03-31T06:00:00Z", "2026-04-01T00:00:00Z", json!(0)),
        ],
        "handovers": ["2026-03-23T09:00:00Z", "2026-03-30T08:00:00Z"],
        "gaps": [{ "start": "2026-03-22T00:00:00Z", "end": "2026-03-23T09:00:00Z" }],
    });
    assert_eq!(*answer.good(), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_of_rotations_has_its_hand_overs_and_shifts() {
    let world = World::new().await;
    let ines = world.of("ines");
    let file: Value = serde_json::from_str(CASES).unwrap();
    let moved = |text: &Value, seconds: i64| {
        text.as_str().unwrap().parse::<Timestamp>().unwrap().plus_seconds(seconds)
    };
    let (mut lists, mut shifts) = (0, 0);
    for case in file["cases"].as_array().unwrap() {
        let (written, expected) = (&case["input"]["rotation"], &case["expect"]);
        let other = written["hour_convention"] == "wall" || written["gap_policy"] == "rfc5545";
        if written.is_null() || other {
            continue;
        }
        let users = &case["input"]["users"];
        let people = if users.is_null() { &json!(["a", "b"]) } else { users };
        let asked = |from: Timestamp, to: Timestamp| {
            json!({
                "schedule": { "time_zone": written["tz"], "layers": [{ "rotation": {
                    "unit": written["unit"], "every": written["every"],
                    "start_local": written["start_local"], "people": people,
                } }] },
                "from": from, "to": to,
            })
        };
        if let Some(list) = expected["handoffs_utc"].as_array() {
            let asked = asked(moved(&list[0], -1), moved(&list[list.len() - 1], 1));
            let answer = ines.post(PREVIEW, asked).await;
            assert_eq!(answer.good()["handovers"], expected["handoffs_utc"], "{}", case["id"]);
            lists += 1;
            continue;
        }
        let (start, end) = (&expected["start_utc"], &expected["end_utc"]);
        let answer = ines.post(PREVIEW, asked(moved(start, -1), moved(end, 1))).await;
        assert_eq!(answer.good()["handovers"], json!([start, end]), "{}", case["id"]);
        let answer = ines.post(PREVIEW, asked(moved(start, 0), moved(end, 0))).await;
        let before_the_start = ["RC026", "RC028", "RC035"].contains(&case["id"].as_str().unwrap());
        if before_the_start {
            assert_eq!(answer.good()["shifts"], json!([]), "{}", case["id"]);
            assert_eq!(answer.json["gaps"], json!([{ "start": start, "end": end }]));
            continue;
        }
        let found = &answer.good()["shifts"];
        assert_eq!(found.as_array().unwrap().len(), 1, "{}", case["id"]);
        assert_eq!((&found[0]["start"], &found[0]["end"]), (start, end), "{}", case["id"]);
        if !expected["user"].is_null() {
            assert_eq!(found[0]["person"], expected["user"], "{}", case["id"]);
        }
        shifts += 1;
    }
    assert_eq!((lists, shifts), (12, 13));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schedule_that_breaks_a_rule_is_named() {
    let world = World::new().await;
    let ines = world.of("ines");
    let layer = good()["schedule"]["layers"][0].clone();
    let rotation = "/schedule/layers/0/rotation";
    let hours = "/schedule/layers/1/restrictions/0";
    for (path, value) in [
        ("/schedule/time_zone".to_owned(), json!("Mars/Olympus")),
        ("/schedule/layers".to_owned(), json!(vec![layer; 21])),
        ("/schedule/layers".to_owned(), json!("all")),
        (format!("{rotation}/unit"), json!("fortnight")),
        (format!("{rotation}/every"), json!(0)),
        (format!("{rotation}/every"), json!(-1)),
        (format!("{rotation}/every"), json!(100_000)),
        (format!("{rotation}/start_local"), json!("2026-03-23T09:00:00Z")),
        (format!("{rotation}/start_local"), json!("Monday")),
        (format!("{rotation}/people"), json!([])),
        (format!("{rotation}/people/1"), json!(" ")),
        (format!("{rotation}/people/0"), json!("x".repeat(255))),
        (format!("{rotation}/people/0"), json!(7)),
        (format!("{rotation}/colour"), json!("blue")),
        (format!("{hours}/days"), json!([])),
        (format!("{hours}/days/0"), json!("monday")),
        (format!("{hours}/from"), json!("8")),
        (format!("{hours}/to"), json!("25:00")),
        ("/schedule/overrides/0/end".to_owned(), json!("2026-03-31T00:00:00Z")),
        ("/schedule/overrides/0/person".to_owned(), json!("")),
        ("/schedule/overrides/0/start".to_owned(), json!("soon")),
        ("/schedule/name".to_owned(), json!("Network")),
        ("/from".to_owned(), json!("2026-03-22")),
        ("/to".to_owned(), json!("2026-03-22T00:00:00Z")),
        ("/to".to_owned(), json!("2036-03-23T00:00:00Z")),
        ("/until".to_owned(), json!(1)),
    ] {
        let mut asked = good();
        let (parent, name) = path.rsplit_once('/').unwrap();
        let parent = asked.pointer_mut(parent).unwrap();
        match parent.as_array_mut() {
            Some(list) => list[name.parse::<usize>().unwrap()] = value.clone(),
            None => parent[name] = value.clone(),
        }
        let answer = ines.post(PREVIEW, asked).await;
        assert_eq!(answer.status, 422, "{path} {value}: {}", answer.text);
        answer.field(422, &path[1..].replace('/', "."));
    }
    let mut missing = good();
    missing["schedule"].as_object_mut().unwrap().remove("layers");
    ines.post(PREVIEW, missing).await.field(422, "schedule.layers");
    let mut several = good();
    several["schedule"]["time_zone"] = json!("Mars/Olympus");
    several["schedule"]["layers"][0]["rotation"]["every"] = json!(0);
    let problem = ines.post(PREVIEW, several).await;
    assert_eq!(problem.problem(422)["errors"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_has_an_end() {
    let world = World::new().await;
    let ines = world.of("ines");
    let hourly = |to: &str| {
        json!({
            "schedule": { "time_zone": "UTC", "layers": [{ "rotation": {
                "unit": "hour", "every": 1, "start_local": "2020-01-01T00:00:00", "people": ["a"],
            } }] },
            "from": "2026-01-01T00:00:00Z", "to": to,
        })
    };
    let answer = ines.post(PREVIEW, hourly("2028-01-01T00:00:00Z")).await;
    assert_eq!(answer.good()["shifts"].as_array().unwrap().len(), 2 * 365 * 24);
    let refused = ines.post(PREVIEW, hourly("2036-01-01T00:00:00Z")).await;
    assert!(refused.field(422, "to").contains("20000"), "{}", refused.text);
    assert_eq!(refused.json["code"], "limit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schedules_are_tried_by_the_service_desk_with_the_right_to_read() {
    let world = World::new().await;
    for name in ["ines", "otto"] {
        world.narrowed(name, TokenScope::Read).await.post(PREVIEW, good()).await.good();
    }
    world.narrowed("ines", TokenScope::Intake).await.post(PREVIEW, good()).await.problem(403);
    world.of("rosa").post(PREVIEW, good()).await.problem(403);
    world.nobody().post(PREVIEW, good()).await.problem(401);
    let key = [("idempotency-key", "try")];
    let first = world.of("ines").post_with(PREVIEW, good(), &key).await;
    let again = world.of("ines").post_with(PREVIEW, good(), &key).await;
    assert_eq!(first.good(), again.good());
    let mut other = good();
    other["to"] = json!("2026-04-02T00:00:00Z");
    let refused = world.of("ines").post_with(PREVIEW, other, &key).await;
    refused.field(422, "Idempotency-Key");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_learns_is_tried_too() {
    let world = World::new().await;
    let shadow = |person: &str, end: &str| json!({ "person": person, "start": "2026-03-23T19:00:00Z", "end": end });
    let mut asked = good();
    asked["shadows"] =
        json!([shadow("e@x", "2026-03-23T21:00:00Z"), shadow("c@x", "2026-03-23T22:00:00Z")]);
    let answer = world.of("ines").post(PREVIEW, asked.clone()).await;
    let told =
        json!([shadow("e@x", "2026-03-23T21:00:00Z"), shadow("c@x", "2026-03-23T20:00:00Z"),]);
    assert_eq!(answer.good()["besides"], told, "nobody is told besides themselves");
    asked["shadows"][0]["end"] = json!("2026-03-23T19:00:00Z");
    world.of("ines").post(PREVIEW, asked).await.field(422, "shadows.0.end");
}
