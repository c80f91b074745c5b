//! Recurring incidents over the API: per role, and what counts nowhere.

use crate::harness::World;
use incident::TokenScope;
use serde_json::{Value, json};

const LIST: &str = "/api/v1/recurring";

/// Four of a kind; their numbers and the address of their cluster.
async fn found(world: &World) -> (Vec<String>, String) {
    let mut numbers = vec![];
    for line in 1..=4 {
        numbers.push(world.report("rosa", &format!("Belt {line} stands still")).await);
    }
    world.desk.find_recurring().await.unwrap();
    let page = world.of("ines").get(LIST).await;
    let id = page.good()["items"][0]["id"].as_str().unwrap().to_owned();
    (numbers, format!("{LIST}/{id}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recurring_incidents_are_listed_and_become_a_problem() {
    let world = World::new().await;
    let (numbers, address) = found(&world).await;
    let ines = world.of("ines");
    let page = ines.get(LIST).await;
    let item = &page.good()["items"][0];
    assert_eq!((&item["name"], &item["incidents"]), (&json!("Belt stands still"), &json!(4)));
    assert_eq!((&item["state"], &item["trend"]), (&json!("proposed"), &json!("unclear")));
    assert_eq!(item["weeks"].as_array().unwrap().len(), 26);
    let problem = format!("{address}/problem");
    ines.post(&problem, json!({ "title": " " })).await.field(422, "title");
    ines.post(&problem, json!({ "problem": "PRB-77" })).await.problem(404);
    let made = ines.post(&problem, json!({})).await;
    assert_eq!(made.good()["problem"], json!("PRB-1"));
    let mut linked: Vec<Value> = made.json["linked"].as_array().unwrap().clone();
    linked.sort_by_key(ToString::to_string);
    let mut wanted: Vec<Value> = numbers.iter().map(|number| json!(number)).collect();
    wanted.sort_by_key(ToString::to_string);
    assert_eq!(linked, wanted);
    let read = ines.get("/api/v1/problems/PRB-1").await;
    assert_eq!(read.good()["title"], json!("Belt stands still"));
    ines.post(&problem, json!({})).await.problem(409);
    ines.post(&format!("{address}/dismiss"), json!({})).await.problem(409);
    let again = ines.post(&problem, json!({ "problem": "PRB-1" })).await;
    assert_eq!(again.good()["linked"], json!([]), "all of them name it already");
    ines.post(&format!("{LIST}/nothing/dismiss"), json!({})).await.problem(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_does_its_own_with_recurring_incidents() {
    let world = World::new().await;
    let (_, address) = found(&world).await;
    let (problem, dismiss) = (format!("{address}/problem"), format!("{address}/dismiss"));
    let rosa = world.of("rosa");
    rosa.get(LIST).await.problem(403);
    rosa.post(&problem, json!({})).await.problem(403);
    rosa.post(&dismiss, json!({})).await.problem(403);
    let otto = world.of("otto");
    otto.get(LIST).await.good();
    otto.post(&problem, json!({})).await.problem(403);
    otto.post(&dismiss, json!({})).await.problem(403);
    let reads = world.narrowed("mara", TokenScope::Read).await;
    reads.get(LIST).await.good();
    reads.post(&dismiss, json!({})).await.problem(403);
    world.nobody().get(LIST).await.problem(401);
    let done = world.of("ines").post(&dismiss, json!({})).await;
    assert_eq!(done.good()["state"], json!("dismissed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_confidential_counts_nowhere() {
    let world = World::new().await;
    let (numbers, address) = found(&world).await;
    let restrict = |number: &str| format!("/api/v1/incidents/{number}/restrict");
    let team = json!({ "team": "Network" });
    world.of("ines").post(&restrict(&numbers[0]), team.clone()).await.good();
    for who in ["ines", "otto", "yuki"] {
        let list = world.of(who).get(LIST).await;
        assert_eq!(list.good()["items"][0]["incidents"], json!(3), "{who}");
    }
    world.of("ines").post(&restrict(&numbers[1]), team).await.good();
    for who in ["ines", "otto", "yuki"] {
        let list = world.of(who).get(LIST).await;
        assert_eq!(list.good()["items"], json!([]), "{who}");
    }
    world.of("yuki").post(&format!("{address}/problem"), json!({})).await.problem(404);
}
