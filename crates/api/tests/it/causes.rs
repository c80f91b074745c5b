//! Probable causes, as programs read them and say what it was.

use crate::harness::World;
use incident::TokenScope;
use serde_json::{Value, json};

/// A service, a change at it, and an incident right after; its number.
async fn broken(world: &World) -> String {
    let ada = world.of("ada");
    ada.post("/api/v1/services", json!({ "name": "Belts" })).await.good();
    let at = world.desk.now().plus_seconds(-900).to_string();
    let change = json!({ "title": "CHG-12 Release 7", "service": "Belts", "at": at });
    world.of("mara").post("/api/v1/changes", change).await.good();
    let report = json!({ "title": "Belt 3 stands", "service": "Belts" });
    let report = world.of("rosa").post("/api/v1/incidents", report).await;
    report.good()["number"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn causes_are_listed_judged_and_linked() {
    let world = World::new().await;
    let number = broken(&world).await;
    let address = format!("/api/v1/incidents/{number}/causes");
    let mara = world.of("mara");
    let list = mara.get(&address).await;
    let first = &list.good()["causes"][0];
    assert_eq!(
        (&first["title"], &first["kind"]),
        (&json!("CHG-12 Release 7"), &json!("deployment"))
    );
    assert!(first["score"].as_f64().unwrap() > 0.5);
    assert_eq!(first["evidence"][0]["words"], "deployed 15 minutes before the first sign");
    assert_eq!((&first["said"], &first["linked"]), (&Value::Null, &json!(false)));
    let feedback = format!("{address}/{}/feedback", first["id"].as_str().unwrap());
    mara.post(&feedback, json!({ "said": "no", "link": true })).await.field(422, "link");
    mara.post(&feedback, json!({ "said": "perhaps" })).await.problem(422);
    let no = mara.post(&feedback, json!({ "said": "no" })).await;
    assert_eq!((&no.good()["causes"], &no.json["refused"][0]["said"]), (&json!([]), &json!("no")));
    let back = mara.post(&feedback, json!({ "said": "nothing" })).await;
    assert_eq!(back.good()["refused"], json!([]));
    let yes = mara.post(&feedback, json!({ "said": "yes", "link": true })).await;
    let first = &yes.good()["causes"][0];
    assert_eq!((&first["said"], &first["linked"]), (&json!("yes"), &json!(true)));
    let other = "change:00000000-0000-7000-8000-000000000001";
    for unknown in ["change:x", "nothing", other] {
        let path = format!("{address}/{unknown}/feedback");
        mara.post(&path, json!({ "said": "yes" })).await.problem(404);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn causes_are_for_those_who_see_all_of_it_and_verdicts_for_those_who_work_on_it() {
    let world = World::new().await;
    let number = broken(&world).await;
    let address = format!("/api/v1/incidents/{number}/causes");
    world.of("rosa").get(&address).await.problem(403);
    world.nobody().get(&address).await.problem(401);
    let list = world.of("mara").get(&address).await;
    let id = list.good()["causes"][0]["id"].as_str().unwrap().to_owned();
    let feedback = format!("{address}/{id}/feedback");
    let reads = world.narrowed("mara", TokenScope::Read).await;
    reads.get(&address).await.good();
    reads.post(&feedback, json!({ "said": "yes" })).await.problem(403);
    let restrict = format!("/api/v1/incidents/{number}/restrict");
    world.of("ines").post(&restrict, json!({ "team": "Network" })).await.good();
    world.of("ines").get(&address).await.good();
    world.of("ada").get(&address).await.problem(404);
    world.of("ada").post(&feedback, json!({ "said": "yes" })).await.problem(404);
    world.of("mara").get("/api/v1/incidents/INC-999/causes").await.problem(404);
}
