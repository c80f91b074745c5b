//! Macros, as programs keep and fill them.

use crate::harness::World;
use incident::TokenScope;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_macro_is_kept_changed_filled_and_removed() {
    let world = World::new().await;
    let (ines, mara, yuki) = (world.of("ines"), world.of("mara"), world.of("yuki"));
    let new = json!({
        "name": "Ask for the site",
        "words": "Dear {requester.first_name}, about {number}: {expected}",
        "owner": "Network",
        "by_language": { "de": "Hallo" },
        "commands": [
            { "command": "hold", "reason": "requester", "seconds": 7200 },
            { "command": "classify", "service": "VPN" },
            { "command": "assign", "to_me": true }
        ]
    });
    let made = ines.post("/api/v1/macros", new.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let address = format!("/api/v1/macros/{}", made.json["id"].as_str().unwrap());
    let names: Vec<&str> = made.json["commands"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["command"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["classify", "assign", "hold"], "in the order in which they are issued");
    assert_eq!((&made.json["visibility"], &made.json["uses"]), (&json!("public"), &json!(0)));
    assert_eq!(mara.get("/api/v1/macros").await.good()["items"][0]["name"], new["name"]);
    // Another team's is as if it were not there.
    assert_eq!(yuki.get("/api/v1/macros").await.good()["items"], json!([]));
    yuki.get(&address).await.problem(404);
    yuki.patch(&address, json!({ "name": "x" })).await.problem(404);
    world.of("rosa").get("/api/v1/macros").await.problem(403);
    world.of("otto").patch(&address, json!({ "name": "x" })).await.problem(403);
    let reads = world.narrowed("ines", TokenScope::Read).await;
    reads.get(&address).await.good();
    reads.patch(&address, json!({ "name": "x" })).await.problem(403);

    let number = world.report("rosa", "No tunnel").await;
    let wish = json!({ "incident": number });
    let fill = format!("{address}/fill");
    let filled = ines.post(&fill, wish.clone()).await;
    assert_eq!(filled.good()["words"], json!(format!("Dear Rosa, about {number}: {{expected}}")));
    assert_eq!(filled.json["missing"], json!(["expected"]));
    yuki.post(&fill, wish).await.problem(404);
    ines.post(&fill, json!({ "incident": "INC-999" })).await.problem(404);

    ines.patch(&address, json!({ "owner": "everybody" })).await.problem(403);
    let shared = mara.patch(&address, json!({ "owner": "everybody" })).await;
    assert_eq!(
        (&shared.good()["owner"], &shared.json["version"]),
        (&json!("everybody"), &json!(2))
    );
    yuki.get(&address).await.good();
    assert_eq!(yuki.delete(&address).await.status, 403);
    assert_eq!(mara.delete(&address).await.status, 204);
    mara.get(&address).await.problem(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_told_at_its_field() {
    let world = World::new().await;
    let ines = world.of("ines");
    let made = async |more: serde_json::Value| {
        let mut new = json!({ "name": "Ask", "words": "Which site?" });
        new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ines.post("/api/v1/macros", new).await
    };
    let message = made(json!({ "words": "{nubmer}" })).await.field(422, "words");
    assert!(message.contains("{number} is"), "{message}");
    made(json!({ "owner": "Nobody's" })).await.field(422, "owner");
    let lost = json!({ "commands": [{ "command": "assign", "team": "Netwrok" }] });
    made(lost).await.field(422, "commands.0.team");
    let unknown = json!({ "commands": [{ "command": "resolve", "code": "nope" }] });
    made(unknown).await.field(422, "resolve");
    made(json!({ "commands": [{ "command": "explode" }] })).await.problem(422);
    made(json!({ "owner": "everybody" })).await.problem(403);
}
