//! What services need, how they are, catalogues that are taken over, and changes.

use crate::harness::{Client, World};
use incident::TokenScope;
use serde_json::{Value, json};

/// Two databases of which one is enough, and a shop that needs them and the VPN.
async fn shop(ada: &Client) {
    for name in ["DB 1", "DB 2"] {
        ada.post("/api/v1/services", json!({ "name": name })).await.good();
    }
    let shop = json!({
        "name": "Checkout",
        "criticality": 1,
        "depends_on": ["VPN"],
        "needs": [{ "group": "Database", "at_least": 1, "of": ["DB 1", "DB 2"] }],
        "public_name": "Shop",
        "cost_per_hour": 4200,
        "goal_permille": 999,
        "links": [{ "title": "Runbook", "url": "https://wiki.example/shop" }],
    });
    ada.post("/api/v1/services", shop).await.good();
}

async fn goes_down(ada: &Client, service: &str) {
    let report = json!({ "title": "It is gone", "service": service, "impact": 1, "urgency": 1 });
    assert_eq!(ada.post("/api/v1/incidents", report).await.good()["priority"], "P1");
}

fn names(items: &Value) -> Vec<(&str, bool)> {
    let items = items.as_array().unwrap();
    items.iter().map(|hit| (hit["service"].as_str().unwrap(), hit["certain"] == true)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_say_what_they_need_and_what_they_are_worth() {
    let world = World::new().await;
    let ada = world.of("ada");
    shop(&ada).await;
    let read = ada.get("/api/v1/services/Checkout").await;
    let group = json!([{ "group": "Database", "at_least": 1, "of": ["DB 1", "DB 2"] }]);
    assert_eq!(read.good()["needs"], group);
    assert_eq!(read.json["links"][0]["url"], "https://wiki.example/shop");
    assert_eq!(
        (&read.json["public_name"], &read.json["goal_permille"]),
        (&json!("Shop"), &json!(999))
    );
    let change = json!({ "cost_per_hour": null, "public_name": "", "needs": [] });
    let changed = ada.patch("/api/v1/services/Checkout", change).await;
    assert_eq!(changed.good()["cost_per_hour"], Value::Null);
    assert_eq!((&changed.json["needs"], &changed.json["goal_permille"]), (&json!([]), &json!(999)));
    for (body, field) in [
        (json!({ "goal_permille": 1001 }), "goal_permille"),
        (json!({ "cost_per_hour": -1 }), "cost_per_hour"),
        (json!({ "links": [{ "title": "X", "url": "javascript:alert(1)" }] }), "links.0.url"),
        (json!({ "needs": [{ "at_least": 3, "of": ["DB 1", "DB 2"] }] }), "needs.0.at_least"),
        (json!({ "needs": [{ "at_least": 1, "of": ["DB 1", "Ghost"] }] }), "needs.0.of.1"),
        (json!({ "needs": [{ "at_least": 1, "of": ["Checkout"] }] }), "needs.0.of"),
    ] {
        ada.patch("/api/v1/services/Checkout", body).await.field(422, field);
    }
    ada.patch("/api/v1/services/Checkout", json!({ "needs": group })).await.good();
    ada.delete("/api/v1/services/DB%201").await.problem(409);
    let of_requesters = world.of("rosa").get("/api/v1/services/Checkout").await;
    let hidden = of_requesters.good();
    assert_eq!((&hidden["needs"], &hidden["links"]), (&json!([]), &json!([])));
    assert_eq!(hidden["goal_permille"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_map_says_how_a_service_is_and_who_is_hit() {
    let world = World::new().await;
    let ada = world.of("ada");
    shop(&ada).await;
    let front = json!({ "name": "Front", "depends_on": ["Checkout"] });
    ada.post("/api/v1/services", front).await.good();
    let calm = ada.get("/api/v1/services/Checkout/map").await;
    assert_eq!((&calm.good()["health"], &calm.json["reasons"]), (&json!("level"), &json!([])));
    assert_eq!(names(&calm.json["upstream"]), [("VPN", true), ("DB 1", false), ("DB 2", false)]);
    assert_eq!(names(&calm.json["downstream"]), [("Front", true)]);
    assert_eq!(calm.json["needs"].as_array().unwrap().len(), 2);
    goes_down(&ada, "DB 1").await;
    let hurt = ada.get("/api/v1/services/DB%201/map").await;
    assert_eq!(hurt.good()["health"], "degraded", "nobody recorded an outage");
    assert_eq!(hurt.json["reasons"][0]["kind"], "incident");
    assert_eq!(hurt.json["reasons"][0]["incident"], "INC-1");
    assert_eq!(names(&hurt.json["downstream"]), [("Checkout", false)]);
    let above = ada.get("/api/v1/services/Checkout/map").await;
    assert_eq!(above.good()["health"], "level", "slower is not passed on");
    world.of("rosa").get("/api/v1/services/Checkout/map").await.problem(403);
    ada.get("/api/v1/services/Ghost/map").await.problem(404);
}

const CATALOGUE: &str = "
services:
  - name: Warehouse
    owner: Warehouse IT
    criticality: 2
    goal: 99.5
    needs:
      - VPN
      - group: Lines
        at_least: 1
        of: [Line A, Line B]
  - name: Line A
    owner: network
  - name: Line B
  - name: VPN
    public_name: Remote access
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_catalogue_is_planned_taken_over_and_then_changes_nothing() {
    let world = World::new().await;
    let ada = world.of("ada");
    let import = |dry_run: bool| json!({ "catalogue": CATALOGUE, "dry_run": dry_run });
    let plan = ada.post("/api/v1/services/import", import(true)).await;
    assert_eq!(plan.good()["teams"], json!(["Warehouse IT"]));
    assert_eq!(plan.json["services"].as_array().unwrap().len(), 4);
    let vpn = json!({ "name": "VPN", "action": "change", "fields": ["public_name"] });
    assert_eq!(plan.json["services"][3], vpn);
    ada.get("/api/v1/services/Warehouse").await.problem(404);
    let done = ada.post("/api/v1/services/import", import(false)).await;
    assert_eq!(done.good()["services"], plan.json["services"]);
    let made = ada.get("/api/v1/services/Warehouse").await;
    assert_eq!(made.good()["team"], "Warehouse IT");
    assert_eq!(
        (&made.json["goal_permille"], &made.json["depends_on"]),
        (&json!(995), &json!(["VPN"]))
    );
    assert_eq!(made.json["needs"][0]["of"], json!(["Line A", "Line B"]));
    assert_eq!(ada.get("/api/v1/services/Line%20A").await.good()["team"], "Network");
    assert_eq!(ada.get("/api/v1/services/VPN").await.good()["team"], "Network", "it stays");
    let again = ada.post("/api/v1/services/import", import(false)).await;
    assert_eq!((&again.good()["services"], &again.json["unchanged"]), (&json!([]), &json!(4)));
    assert_eq!(again.json["teams"], json!([]));
    let audit = ada.get("/api/v1/audit").await;
    assert!(audit.good()["items"].to_string().contains("Warehouse IT"), "{}", audit.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_catalogue_is_refused_with_line_and_field() {
    let world = World::new().await;
    let ada = world.of("ada");
    for (catalogue, words) in [
        ("services: [", "the text is not YAML"),
        ("services:\n  - name: A\n    needs: [Ghost]\n", "line 3: services.0.needs.0 names Ghost"),
        (
            "services:\n  - name: A\n    criticality: 9\n",
            "line 2: services.0.criticality must be 1",
        ),
        ("services:\n  - name: A\n    colour: red\n", "line 3: services.0.colour is not known"),
        (
            "services:\n  - name: A\n    needs: [A]\n",
            "line 3: services.0.needs.0 names the service",
        ),
    ] {
        let body = json!({ "catalogue": catalogue });
        let refused = ada.post("/api/v1/services/import", body).await;
        let said = refused.field(422, "catalogue");
        assert!(said.contains(words), "{said}");
        ada.get("/api/v1/services/A").await.problem(404);
    }
    let body = json!({ "catalogue": CATALOGUE, "dry_run": true });
    world.of("ines").post("/api/v1/services/import", body.clone()).await.problem(403);
    let writes = world.narrowed("ada", TokenScope::Write).await;
    writes.post("/api/v1/services/import", body).await.problem(403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_are_told_and_listed() {
    let world = World::new().await;
    let ines = world.of("ines");
    let change = json!({
        "title": "Release 4.18",
        "service": "VPN",
        "at": "2026-11-23T07:30:00Z",
        "source": "pipeline",
        "link": "https://ci.example/4.18",
    });
    let told = ines.post("/api/v1/changes", change.clone()).await;
    assert_eq!((told.status, &told.good()["service"]), (201, &json!("VPN")));
    let again = ines.post("/api/v1/changes", change).await;
    assert_eq!(again.good()["id"], told.json["id"], "kept once");
    ines.post("/api/v1/changes", json!({ "title": "Cables" })).await.good();
    let listed = ines.get("/api/v1/changes").await;
    let titles: Vec<&str> = listed.good()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["Cables", "Release 4.18"], "the latest first");
    let first = ines.get("/api/v1/changes?limit=1").await;
    let next = first.good()["next"].as_str().unwrap();
    let rest = ines.get(&format!("/api/v1/changes?limit=1&cursor={next}")).await;
    assert_eq!(rest.good()["items"][0]["title"], "Release 4.18");
    assert_eq!(rest.json["next"], json!(null));
    ines.get("/api/v1/changes?cursor=x").await.field(422, "cursor");
    let of_vpn = ines.get("/api/v1/changes?service=VPN&to=2026-11-23T07:30:00Z").await;
    assert_eq!(of_vpn.good()["items"], json!([]));
    let of_vpn = ines.get("/api/v1/changes?service=VPN&from=2026-11-23T07:30:00Z").await;
    assert_eq!(of_vpn.good()["items"][0]["source"], "pipeline");
    for (body, field) in [
        (json!({ "title": " " }), "title"),
        (json!({ "title": "x", "service": "Ghost" }), "service"),
        (json!({ "title": "x", "link": "javascript:alert(1)" }), "link"),
    ] {
        ines.post("/api/v1/changes", body).await.field(422, field);
    }
    ines.get("/api/v1/changes?from=yesterday").await.field(422, "from");
    world.of("rosa").post("/api/v1/changes", json!({ "title": "x" })).await.problem(403);
    let reads = world.narrowed("ines", TokenScope::Read).await;
    reads.post("/api/v1/changes", json!({ "title": "x" })).await.problem(403);
}
