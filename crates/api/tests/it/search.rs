//! Search and similar incidents over HTTP, for each role.

use crate::harness::World;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Far more than an answer takes, and far less than one that backtracks.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);

async fn indexed() -> World {
    let world = World::new().await;
    world.desk.use_search(None);
    world
}

async fn found(world: &World, who: &str, q: &str) -> Value {
    world.desk.search_caught_up().await.unwrap();
    world.of(who).get(&format!("/api/v1/search?q={q}")).await.good().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn search_tells_marks_facets_and_totals() {
    let world = indexed().await;
    let number = world.report("rosa", "Turnstile rejects badges").await;
    let answer = found(&world, "ines", "turnstile").await;
    assert_eq!(answer["incidents"][0]["number"], json!(number));
    assert_eq!(answer["marks"][0]["number"], json!(number));
    assert_eq!(
        answer["marks"][0]["title"],
        json!([{ "text": "Turnstile", "marked": true }, { "text": " rejects badges", "marked": false }])
    );
    assert_eq!((&answer["total"], &answer["building"]), (&json!(1), &Value::Null));
    let fields: Vec<&str> =
        answer["facets"].as_array().unwrap().iter().filter_map(|f| f["field"].as_str()).collect();
    assert!(fields.contains(&"state") && fields.contains(&"priority"), "{fields:?}");
    let answer = found(&world, "ines", "turnstile%20state:closed").await;
    assert_eq!((&answer["incidents"], &answer["total"]), (&json!([]), &json!(0)));
    let answer = found(&world, "ines", "label").await;
    assert_eq!(answer["services"][0]["name"], "Label Printing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_confidential_shows_to_its_team_alone() {
    let world = indexed().await;
    let seen = world.report("rosa", "Vault door stays open").await;
    let hidden = world.report("rosa", "Vault door stays open at night").await;
    let restrict = format!("/api/v1/incidents/{hidden}/restrict");
    world.of("ines").post(&restrict, json!({ "team": "Network" })).await.good();
    for (who, sees) in [
        ("ines", true),
        ("mara", true),
        ("otto", true),
        ("rosa", true),
        ("yuki", false),
        ("ada", false),
        ("ben", false),
        ("carl", false),
    ] {
        let answer = found(&world, who, "vault").await;
        assert_eq!(answer.to_string().contains(&hidden), sees, "{who}: {answer}");
        let all = match who {
            "ben" | "carl" => 0,
            _ => 1 + i32::from(sees),
        };
        assert_eq!(answer["total"], json!(all), "{who}");
        let answer = found(&world, who, &hidden).await;
        assert_eq!(answer.to_string().contains("at night"), sees, "{who}: {answer}");
        let similar = world.of(who).get(&format!("/api/v1/incidents/{seen}/similar")).await;
        match who {
            "ben" | "carl" => {
                similar.problem(404);
            }
            _ => assert_eq!(similar.good().to_string().contains(&hidden), sees, "{who}"),
        }
        let similar = world.of(who).get(&format!("/api/v1/incidents/{hidden}/similar")).await;
        assert_eq!(similar.status, if sees { 200 } else { 404 }, "{who}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn facets_and_corrections_count_what_each_may_see() {
    let world = indexed().await;
    world.report("rosa", "Boiler is cold").await;
    let hidden = world.report("rosa", "Boiler embezzlement").await;
    let restrict = format!("/api/v1/incidents/{hidden}/restrict");
    world.of("ines").post(&restrict, json!({ "team": "Network" })).await.good();
    for (who, seen) in [("ines", 2), ("mara", 2), ("otto", 2), ("yuki", 1), ("ada", 1)] {
        let answer = found(&world, who, "boiler").await;
        for facet in answer["facets"].as_array().unwrap() {
            let values = facet["values"].as_array().unwrap();
            let counts: Vec<i64> = values.iter().filter_map(|one| one["count"].as_i64()).collect();
            assert!(counts.iter().all(|count| *count <= seen), "{who}: {facet}");
        }
        assert_eq!(answer["total"], json!(seen), "{who}");
        // A word that stands there alone corrects no typing error of somebody else's, and a
        // condition counts it for nobody else.
        let near = found(&world, who, "embezzlemant").await;
        assert_eq!(near["total"], json!(seen - 1), "{who}: {near}");
        assert_eq!(near.to_string().contains("embezzlement"), seen == 2, "{who}: {near}");
        let narrowed = found(&world, who, "boiler%20confidential:yes").await;
        assert_eq!(narrowed["total"], json!(seen - 1), "{who}: {narrowed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn similar_ones_are_told_with_why_and_outcome_and_take_feedback() {
    let world = indexed().await;
    let before = world.report("rosa", "Freezer alarm in aisle 4").await;
    let ines = world.of("ines");
    let resolve = json!({ "code": "fixed", "note": "Closed the lid" });
    ines.post(&format!("/api/v1/incidents/{before}/resolve"), resolve).await.good();
    let now = world.report("rosa", "Freezer alarm in aisle 9").await;
    world.desk.search_caught_up().await.unwrap();
    let address = format!("/api/v1/incidents/{now}/similar");
    let answer = ines.get(&address).await;
    let one = &answer.good()["incidents"][0];
    assert_eq!((&one["number"], &one["state"]), (&json!(before), &json!("resolved")));
    assert_eq!(one["outcome"]["words"], "Closed the lid");
    assert!(one["why"]["words"].as_array().unwrap().contains(&json!("freezer")), "{one}");
    let feedback = format!("{address}/{before}/feedback");
    world.of("rosa").post(&feedback, json!({ "helped": true })).await.problem(403);
    world.of("otto").post(&feedback, json!({ "helped": true })).await.problem(403);
    ines.post(&feedback, json!({ "helped": "yes" })).await.problem(422);
    let same = format!("{address}/{now}/feedback");
    ines.post(&same, json!({ "helped": true })).await.field(422, "other");
    assert_eq!(ines.post(&feedback, json!({ "helped": true })).await.good()["helped"], json!(true));
    let answer = ines.get(&address).await;
    assert_eq!(answer.good()["incidents"][0]["why"]["helped"], json!(true));
    ines.post(&feedback, json!({ "helped": false })).await.good();
    assert_eq!(ines.get(&address).await.good()["incidents"], json!([]));
    ines.get("/api/v1/incidents/INC-999/similar").await.problem(404);

    let known = json!({ "title": "Freezer alarm", "cause": "A worn seal", "workaround": "Press the lid", "state": "known_error" });
    let known = ines.post("/api/v1/problems", known).await.good()["number"].clone();
    world.desk.search_caught_up().await.unwrap();
    assert_eq!(ines.get(&address).await.good()["known_errors"][0]["number"], known);
    let feedback = format!("{address}/{}/feedback", known.as_str().unwrap());
    ines.post(&feedback, json!({ "helped": true })).await.field(422, "helped");
    ines.post(&feedback, json!({ "helped": false })).await.good();
    assert_eq!(ines.get(&address).await.good()["known_errors"], json!([]));
    ines.post(&feedback, json!({ "helped": null })).await.good();
    assert_eq!(ines.get(&address).await.good()["known_errors"][0]["number"], known);
    ines.post(&format!("{address}/PRB-999/feedback"), json!({ "helped": false }))
        .await
        .problem(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_queries_are_answered_or_refused() {
    let world = indexed().await;
    world.report("rosa", "Lift 2 stuck").await;
    world.desk.search_caught_up().await.unwrap();
    let (deep, many) = ("(".repeat(400), "lift%20".repeat(120));
    let wild = "l*%20".repeat(240);
    let phrase = format!("%22{}%22", "lift%20".repeat(140));
    let regex = "(a%2B)%2B%24%7C".repeat(90);
    for (q, status) in [
        ("***", 200),
        ("%22%22", 200),
        ("%22lift", 200),
        ("lift%20OR%20AND%20NOT", 200),
        ("-lift", 200),
        ("title:lift%5E9~2", 200),
        ("%E2%80%8B%F0%9F%9B%97", 200),
        (deep.as_str(), 200),
        (many.as_str(), 200),
        (wild.as_str(), 200),
        (phrase.as_str(), 200),
        (regex.as_str(), 200),
        ("lift%00%07%1b%5B31m", 422),
        ("%20", 422),
    ] {
        for who in ["ines", "rosa"] {
            let begun = Instant::now();
            let answer = world.of(who).get(&format!("/api/v1/search?q={q}")).await;
            assert_eq!(answer.status, status, "{who} {q}: {}", answer.text);
            assert!(begun.elapsed() < ANSWERED_WITHIN, "{who} {q}: {:?}", begun.elapsed());
        }
    }
    let long = "a".repeat(kernel::limits::QUERY_CHARS + 1);
    world.of("ines").get(&format!("/api/v1/search?q={long}")).await.field(422, "q");
}
