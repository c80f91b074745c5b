//! Planning and how often expected times were right: per role, and what makes no sense.

use crate::harness::World;
use incident::TokenScope;
use serde_json::{Value, json};

const PLAN: &str = "/api/v1/planning";
const EXPECTED: &str = "/api/v1/expected-times";
const DAY: i64 = 86_400;

/// A report a day for forty days.
async fn with_weeks() -> World {
    let world = World::new().await;
    for _ in 0..40 {
        world.report("rosa", "Scanner drops").await;
        world.clock.advance(DAY);
    }
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn managers_and_administrators_plan() {
    let world = with_weeks().await;
    for who in ["mara", "ada"] {
        let plan = world.of(who).get(PLAN).await;
        let plan = plan.good();
        assert_eq!((&plan["counted"], &plan["handling_source"]), (&json!(40), &json!("assumed")));
        let hours = plan["hours"].as_array().unwrap();
        assert_eq!(hours.len(), 168);
        assert_eq!((&hours[167]["day"], &hours[167]["hour"]), (&json!("sun"), &json!(23)));
        let comes = hours.iter().filter(|hour| hour["mean"].as_f64().unwrap() > 0.0);
        assert!(comes.clone().count() >= 7, "a report on each day");
        assert!(comes.clone().all(|hour| hour["agents"].as_u64() > Some(0)));
        assert!(hours.iter().all(|hour| hour["staffed"].is_null()));
    }
    for who in ["ines", "yuki", "otto", "rosa", "ben", "carl"] {
        world.of(who).get(PLAN).await.problem(403);
    }
    world.narrowed("mara", TokenScope::Intake).await.get(PLAN).await.problem(403);
    world.nobody().get(PLAN).await.problem(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_tells_how_it_goes_with_those_that_are_named() {
    let world = with_weeks().await;
    let mara = world.of("mara");
    let staff = ["1"; 168].join(",");
    let path = format!("{PLAN}?handling=600&per_cent=90&within=300&staff={staff}&team=Network");
    let plan = mara.get(&path).await;
    let plan = plan.good();
    assert_eq!(
        (&plan["handling_seconds"], &plan["handling_source"]),
        (&json!(600), &json!("given"))
    );
    assert_eq!(plan["counted"], 0, "nothing came to that team");
    let plan = mara.get(&path.replace("&team=Network", "&patience=300&lost=10")).await;
    let rehearsed = &plan.good()["rehearsed"];
    assert_eq!(rehearsed["whole"]["came"], 40, "all that came in eight weeks");
    assert_eq!(rehearsed["hours"].as_array().unwrap().len(), 168);
    assert_eq!((&rehearsed["whole"]["in_time"], &rehearsed["untaken"]), (&json!(1.0), &json!(0)));
    let one = mara.get(&path.replace("&team=Network", "&weeks=1")).await;
    assert_eq!(one.good()["rehearsed"]["whole"]["came"], 7);
    let hours = plan.good()["hours"].as_array().unwrap();
    for hour in hours {
        assert_eq!(hour["staffed"]["agents"], 1);
        assert!(hour["staffed"]["mean_wait_seconds"].as_f64().unwrap() >= 0.0);
        assert!(hour["agents_patient"].is_u64());
    }
    for (query, field) in [
        ("handling=long", "handling"),
        ("handling=0", "handling"),
        ("per_cent=100", "per_cent"),
        ("within=-1", "within"),
        ("lost=0", "lost"),
        ("weeks=27", "weeks"),
        ("calendar=Never", "calendar"),
        ("staff=1,2,3", "staff"),
        ("staff=few", "staff"),
        ("team=Nobody", "team"),
    ] {
        mara.get(&format!("{PLAN}?{query}")).await.field(422, field);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_read_how_often_expected_times_were_right() {
    let world = World::new().await;
    let none = world.of("ines").get(EXPECTED).await;
    assert_eq!((&none.good()["version"], &none.json["measured"]), (&Value::Null, &json!([])));
    for _ in 0..20 {
        let number = world.report("rosa", "Scanner drops").await;
        world.clock.advance(7_200);
        let done = json!({ "code": "fixed", "note": "It works again." });
        world.of("ines").post(&format!("/api/v1/incidents/{number}/resolve"), done).await.good();
    }
    world.desk.learn_expected_now().await.unwrap();
    for who in ["ines", "mara", "ada", "otto"] {
        let quality = world.of(who).get(EXPECTED).await;
        let quality = quality.good();
        assert_eq!(
            (&quality["version"], &quality["learned_from"]),
            (&json!(1), &json!(20)),
            "{who}"
        );
        assert_eq!(quality["shown"], json!([]), "nothing that was shown is closed");
    }
    for who in ["rosa", "ben", "carl"] {
        world.of(who).get(EXPECTED).await.problem(403);
    }
    world.nobody().get(EXPECTED).await.problem(401);
}
