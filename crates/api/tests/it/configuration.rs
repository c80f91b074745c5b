//! People, teams, services and the rest: rules, rights, versions, audit.

use crate::harness::{World, address};
use incident::TokenScope;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bodies_of_the_interface_create_the_rest() {
    let world = World::new().await;
    let ada = world.of("ada");
    for (path, body) in [
        ("teams", json!({ "name": "Payroll" })),
        (
            "teams",
            json!({ "name": "Storage", "description": "Disks", "members": ["ines@northwind.example"] }),
        ),
        (
            "services",
            json!({ "name": "Backup", "team": "Storage", "criticality": 1, "depends_on": ["VPN"] }),
        ),
        ("services", json!({ "name": "Print" })),
        ("organisations", json!({ "name": "Blue Mill", "email_domains": ["bluemill.example"] })),
        ("categories", json!({ "name": "Software" })),
        ("categories", json!({ "name": "Driver", "parent": "Software" })),
        (
            "users",
            json!({ "email": "New@Bluemill.example", "name": "Nils New", "roles": ["agent", "responder"], "password": "long enough", "teams": ["Storage"], "organisation": "Blue Mill", "vip": true, "time_zone": "Europe/Amsterdam" }),
        ),
        ("users", json!({ "email": "plain@bluemill.example", "name": "Plain" })),
        (
            "tokens",
            json!({ "name": "Monitor", "scope": "intake", "expires_at": "2027-01-01T00:00:00Z" }),
        ),
        ("views", json!({ "name": "Mine", "query": "state:open assignee:me" })),
    ] {
        let made = ada.post(&format!("/api/v1/{path}"), body.clone()).await;
        assert_eq!(made.status, 201, "{path} {body}: {}", made.text);
        let id = made.json["id"].as_str().unwrap();
        let read = ada.get(&format!("/api/v1/{path}/{id}")).await;
        assert_eq!(read.good()["name"], made.json["name"], "{path}");
    }
    let nils = ada.get("/api/v1/users/new@bluemill.example").await;
    assert_eq!(nils.good()["roles"], json!(["agent", "responder"]));
    assert_eq!(nils.json["teams"], json!(["Storage"]));
    assert_eq!(nils.json["has_password"], true);
    assert_eq!(nils.json["organisation"], "Blue Mill");
    let (secret, _) =
        world.desk.sign_in("new@bluemill.example", "long enough", "local", "test").await.unwrap();
    assert!(!secret.is_empty());
    let backup = ada.get("/api/v1/services/backup").await;
    assert_eq!(backup.good()["depends_on"], json!(["VPN"]));
    assert_eq!(ada.get("/api/v1/categories/Driver").await.good()["path"], "Software › Driver");
    let team = ada.get("/api/v1/teams/Storage").await;
    assert_eq!(team.good()["members"], json!(["ines@northwind.example", "new@bluemill.example"]));
    let made = ada.post("/api/v1/incidents", json!({ "title": "x", "service": "Backup" })).await;
    assert_eq!(made.good()["team"], "Storage", "in force at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_keep_what_they_do_not_name() {
    let world = World::new().await;
    let ada = world.of("ada");
    let before = ada.get("/api/v1/services/VPN").await;
    let changed = ada.patch("/api/v1/services/VPN", json!({ "criticality": 3 })).await;
    assert_eq!(changed.good()["team"], "Network");
    assert_eq!(changed.json["criticality"], 3);
    assert_eq!(changed.json["version"].as_i64(), before.good()["version"].as_i64().map(|v| v + 1));
    assert_eq!(changed.header("etag"), format!("\"{}\"", changed.json["version"]));
    let cleared = ada.patch("/api/v1/services/VPN", json!({ "team": null })).await;
    assert_eq!(cleared.good()["team"], Value::Null);
    let stale = ada
        .json(
            axum::http::Method::PATCH,
            "/api/v1/services/VPN",
            json!({ "name": "x" }),
            &[("if-match", "\"1\"")],
        )
        .await;
    stale.problem(412);
    let user = ada
        .patch(
            "/api/v1/users/ines@northwind.example",
            json!({ "phone": "+31 10 555 0100", "teams": ["Security"] }),
        )
        .await;
    assert_eq!(user.good()["phone"], "+31 10 555 0100");
    assert_eq!(user.json["teams"], json!(["Security"]));
    assert_eq!(user.json["roles"], json!(["agent"]));
    let team =
        ada.patch("/api/v1/teams/Network", json!({ "members": [], "description": "Wires" })).await;
    assert_eq!(team.good()["members"], json!([]));
    assert_eq!(team.json["name"], "Network");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_team_works_by_a_calendar() {
    let world = World::new().await;
    let ada = world.of("ada");
    let week = json!({ "mon": [["09:00", "17:00"]] });
    let office = json!({ "name": "Office", "time_zone": "Europe/Amsterdam", "week": week });
    let id = ada.post("/api/v1/calendars", office).await.good()["id"].clone();
    let made = ada.post("/api/v1/teams", json!({ "name": "Night", "calendar": "office" })).await;
    assert_eq!(made.good()["calendar"], "Office");
    assert_eq!(ada.get("/api/v1/teams/Network").await.good()["calendar"], Value::Null);
    let path = "/api/v1/teams/Network";
    assert_eq!(ada.patch(path, json!({ "calendar": id })).await.good()["calendar"], "Office");
    let kept = ada.patch(path, json!({ "description": "Wires" })).await;
    assert_eq!(kept.good()["calendar"], "Office");
    let list = ada.get("/api/v1/teams?q=network").await;
    assert_eq!(list.good()["items"][0]["calendar"], "Office");
    assert_eq!(ada.delete("/api/v1/calendars/Office").await.status, 409, "teams work by it");
    ada.patch(path, json!({ "calendar": "Moon" })).await.field(422, "calendar");
    assert_eq!(ada.patch(path, json!({ "calendar": null })).await.good()["calendar"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_team_gives_what_comes_to_it_to_its_people() {
    let world = World::new().await;
    let ada = world.of("ada");
    let path = "/api/v1/teams/Network";
    let before = ada.get(path).await;
    assert_eq!(
        (&before.good()["assignment"], &before.json["by_skill"]),
        (&json!("by_hand"), &json!(false))
    );
    let ways = json!({ "assignment": "least_loaded", "by_skill": true, "members": ["ines@northwind.example"] });
    let after = ada.patch(path, ways).await;
    assert_eq!(
        (&after.good()["assignment"], &after.json["by_skill"]),
        (&json!("least_loaded"), &json!(true))
    );
    let kept = ada.patch(path, json!({ "description": "Wires" })).await;
    assert_eq!(kept.good()["assignment"], "least_loaded");
    for way in [json!("by_luck"), json!(3)] {
        let new = json!({ "name": "x", "assignment": way });
        ada.post("/api/v1/teams", new).await.field(422, "assignment");
    }
    ada.patch(path, json!({ "assignment": "by_luck" })).await.field(422, "assignment");
    let made =
        ada.post("/api/v1/teams", json!({ "name": "Turns", "assignment": "round_robin" })).await;
    assert_eq!(
        (&made.good()["assignment"], &made.json["by_skill"]),
        (&json!("round_robin"), &json!(false))
    );

    let new = json!({ "title": "No signal", "team": "Network" });
    let given = ada.post("/api/v1/incidents", new.clone()).await;
    assert_eq!(given.good()["assignee"], "ines@northwind.example", "{}", given.text);
    assert_eq!(given.json["state"], "in_progress");
    assert_eq!(given.json["acknowledged_at"], Value::Null);
    let number = given.json["number"].as_str().unwrap();
    let timeline = ada.get(&format!("/api/v1/incidents/{number}/timeline")).await;
    let items = timeline.good()["items"].as_array().unwrap().clone();
    let assigned = items.iter().find(|item| item["kind"] == "assigned").unwrap();
    let why =
        json!({ "derived": { "by": "assignment", "name": "the only one there", "version": 0 } });
    assert_eq!((&assigned["cause"], &assigned["actor"]["kind"]), (&why, &json!("system")));

    let ines = world.of("ines");
    let me = "/api/v1/users/me";
    let away = ines.patch(me, json!({ "away": {} })).await;
    assert!(away.good()["away"]["from"].is_string() && away.json["away"]["until"].is_null());
    let left = ada.post("/api/v1/incidents", new.clone()).await;
    assert_eq!(left.good()["assignee"], Value::Null);
    assert_eq!(left.json["state"], "new");
    let number = left.json["number"].as_str().unwrap();
    let timeline = ada.get(&format!("/api/v1/incidents/{number}/timeline")).await;
    let items = timeline.good()["items"].as_array().unwrap().clone();
    let nobody = items.iter().find(|item| item["kind"] == "nobody_there").unwrap();
    assert_eq!((&nobody["data"]["away"], &nobody["public"]), (&json!(1), &json!(false)));
    assert_eq!(ines.patch(me, json!({ "away": null })).await.good()["away"], Value::Null);
    let named = json!({ "team": "Network", "assignee": null });
    let open = format!("/api/v1/incidents/{number}/assign");
    ada.post(&open, named).await.problem(409);
    let back = ada.post("/api/v1/incidents", new).await;
    assert_eq!(back.good()["assignee"], "ines@northwind.example");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_know_things_and_are_away() {
    let world = World::new().await;
    let ada = world.of("ada");
    let path = "/api/v1/users/ines@northwind.example";
    let before = ada.get(path).await;
    assert_eq!(before.good()["skills"], json!({ "services": [], "categories": [] }));
    assert_eq!(before.json["away"], Value::Null);
    let skills = json!({ "services": ["vpn"], "categories": ["Wireless"] });
    let away = json!({ "from": "2126-01-05T08:00:00Z", "until": "2126-01-09T17:00:00Z" });
    let after = ada.patch(path, json!({ "skills": skills, "away": away })).await;
    let known = &after.good()["skills"];
    assert_eq!(known["services"], json!(["VPN"]));
    assert!(known["categories"][0].as_str().unwrap().ends_with("Wireless"), "{known}");
    assert_eq!(after.json["away"], away);
    let kept = ada.patch(path, json!({ "phone": "1" })).await;
    assert_eq!((&kept.good()["skills"], &kept.json["away"]), (known, &away));
    let over = json!({ "from": "2020-01-05T08:00:00Z", "until": "2020-01-09T17:00:00Z" });
    assert_eq!(
        ada.patch(path, json!({ "away": over })).await.good()["away"],
        Value::Null,
        "it is over"
    );
    let none = ada.patch(path, json!({ "skills": {}, "away": null })).await;
    assert_eq!(none.good()["skills"], before.json["skills"]);

    for (body, field) in [
        (json!({ "skills": { "services": ["Ghost"] } }), "skills.services.0"),
        (json!({ "skills": { "categories": ["Wireless", "Ghost"] } }), "skills.categories.1"),
        (json!({ "skills": { "languages": [] } }), "skills.languages"),
        (json!({ "skills": "VPN" }), "skills"),
        (
            json!({ "away": { "from": "2026-01-05T08:00:00Z", "until": "2026-01-05T08:00:00Z" } }),
            "away.until",
        ),
        (json!({ "away": { "until": "2020-01-05T08:00:00Z" } }), "away.until"),
        (json!({ "away": { "since": "2026-01-05T08:00:00Z" } }), "away.since"),
        (json!({ "away": { "from": "Monday" } }), "away.from"),
        (json!({ "away": true }), "away"),
    ] {
        ada.patch(path, body.clone()).await.field(422, field);
        let new = json!({ "email": "x@x.org", "name": "x" });
        let merged = {
            let mut new = new;
            new.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
            new
        };
        ada.post("/api/v1/users", merged).await.field(422, field);
    }
    let ines = world.of("ines");
    ines.patch("/api/v1/users/me", json!({ "skills": {} })).await.field(422, "skills");
    let own = ines
        .patch("/api/v1/users/me", json!({ "away": { "until": "2126-01-09T17:00:00Z" } }))
        .await;
    assert_eq!(own.good()["away"]["until"], "2126-01-09T17:00:00Z");
    let made = ada
        .post(
            "/api/v1/users",
            json!({ "email": "n@x.org", "name": "N", "skills": skills, "away": away }),
        )
        .await;
    assert_eq!((&made.good()["skills"]["services"], &made.json["away"]), (&json!(["VPN"]), &away));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fields_have_rules() {
    let world = World::new().await;
    let ada = world.of("ada");
    let long = "x".repeat(121);
    for (path, body, field) in [
        ("teams", json!({}), "name"),
        ("teams", json!({ "name": " " }), "name"),
        ("teams", json!({ "name": long }), "name"),
        ("teams", json!({ "name": "a\u{0}b" }), "name"),
        ("teams", json!({ "name": "a", "colour": "red" }), "colour"),
        ("teams", json!({ "name": "a", "members": ["ghost@x.org"] }), "members.0"),
        ("services", json!({ "name": "a", "criticality": 5 }), "criticality"),
        ("services", json!({ "name": "a", "criticality": 300 }), "criticality"),
        ("services", json!({ "name": "a", "team": "Ghosts" }), "team"),
        ("services", json!({ "name": "a", "depends_on": ["VPN", "Ghost"] }), "depends_on.1"),
        (
            "organisations",
            json!({ "name": "a", "email_domains": ["not a domain"] }),
            "email_domains.0",
        ),
        ("categories", json!({ "name": "a", "parent": "Ghost" }), "parent"),
        ("users", json!({ "name": "a" }), "email"),
        ("users", json!({ "email": "a@b" }), "name"),
        ("users", json!({ "email": "not an address", "name": "a" }), "email"),
        ("users", json!({ "email": "a@b.org", "name": "a", "roles": ["king"] }), "roles.0"),
        ("users", json!({ "email": "a@b.org", "name": "a", "password": "short" }), "password"),
        (
            "users",
            json!({ "email": "a@b.org", "name": "a", "time_zone": "Mars/Olympus" }),
            "time_zone",
        ),
        ("tokens", json!({ "name": "a", "scope": "root" }), "scope"),
        (
            "tokens",
            json!({ "name": "a", "scope": "read", "expires_at": "2020-01-01T00:00:00Z" }),
            "expires_at",
        ),
        ("views", json!({ "name": "a", "query": "stat:open" }), "query"),
    ] {
        ada.post(&format!("/api/v1/{path}"), body.clone()).await.field(422, field);
    }
    for (path, body, status) in [
        ("teams", json!({ "name": "network" }), 409),
        ("services", json!({ "name": "vpn" }), 409),
        ("users", json!({ "email": "INES@northwind.example", "name": "Other" }), 409),
    ] {
        ada.post(&format!("/api/v1/{path}"), body).await.problem(status);
    }
    ada.patch("/api/v1/categories/Network", json!({ "parent": "Wireless" }))
        .await
        .field(422, "parent");
    ada.patch("/api/v1/services/VPN", json!({ "depends_on": ["VPN"] }))
        .await
        .field(422, "depends_on");
    for path in [
        "teams/Ghost",
        "services/Ghost",
        "organisations/Ghost",
        "categories/Ghost",
        "users/ghost@x.org",
        "users/Ghost",
        "views/x",
        "tokens/x",
        "agreements/x",
    ] {
        ada.get(&format!("/api/v1/{path}")).await.problem(404);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_administrators_configure() {
    let world = World::new().await;
    let narrow = world.narrowed("ada", TokenScope::Write).await;
    for client in [world.of("ines"), world.of("mara"), world.of("otto"), world.of("rosa"), narrow] {
        for (path, body) in [
            ("teams", json!({ "name": "x" })),
            ("services", json!({ "name": "x" })),
            ("organisations", json!({ "name": "x" })),
            ("categories", json!({ "name": "x" })),
            ("users", json!({ "email": "x@x.org", "name": "x" })),
        ] {
            client.post(&format!("/api/v1/{path}"), body).await.problem(403);
        }
        client.patch("/api/v1/teams/Network", json!({ "name": "x" })).await.problem(403);
        client
            .patch("/api/v1/users/rosa@northwind.example", json!({ "roles": ["administrator"] }))
            .await
            .problem(403);
        client.delete("/api/v1/users/rosa@northwind.example").await.problem(403);
        client
            .put(
                "/api/v1/settings/priority-matrix",
                json!({ "matrix": [["P1","P1","P1"],["P1","P1","P1"],["P1","P1","P1"]] }),
            )
            .await
            .problem(403);
    }
    assert_eq!(world.of("ines").get("/api/v1/teams").await.status, 200);
    world.of("ines").get("/api/v1/audit").await.problem(403);
    assert_eq!(world.of("otto").get("/api/v1/audit").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_remains() {
    let world = World::new().await;
    let ada = world.of("ada");
    ada.patch("/api/v1/users/ada@northwind.example", json!({ "roles": ["agent"] }))
        .await
        .field(422, "roles");
    ada.patch("/api/v1/users/ada@northwind.example", json!({ "active": false }))
        .await
        .field(422, "active");
    ada.delete("/api/v1/users/ada@northwind.example").await.problem(409);
    assert_eq!(ada.delete("/api/v1/users/ines@northwind.example").await.status, 204);
    world.of("ines").get("/api/v1/users/me").await.problem(401);
    assert_eq!(ada.get("/api/v1/users/ines@northwind.example").await.good()["active"], false);
    let back = ada.patch("/api/v1/users/ines@northwind.example", json!({ "active": true })).await;
    assert_eq!(back.good()["active"], true);
    assert_eq!(world.of("ines").get("/api/v1/users/me").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_use_stays() {
    let world = World::new().await;
    let ada = world.of("ada");
    ada.post("/api/v1/incidents", json!({ "title": "x", "service": "VPN" })).await.good();
    let detail = ada.delete("/api/v1/teams/Network").await.problem(409)["detail"].clone();
    assert!(detail.as_str().unwrap().contains("open incidents"), "{detail}");
    ada.patch("/api/v1/teams/Network", json!({ "active": false })).await.problem(409);
    ada.patch("/api/v1/services/Mail", json!({ "depends_on": ["VPN"] })).await.good();
    ada.delete("/api/v1/services/VPN").await.problem(409);
    ada.delete("/api/v1/categories/Network").await.problem(409);
    assert_eq!(ada.delete("/api/v1/categories/Wireless").await.status, 204);
    assert_eq!(ada.delete("/api/v1/teams/Security").await.status, 204);
    assert_eq!(ada.delete("/api/v1/services/Label%20Printing").await.status, 204);
    ada.post("/api/v1/incidents", json!({ "title": "x", "team": "Security" }))
        .await
        .field(422, "team");
    ada.post("/api/v1/incidents", json!({ "title": "x", "service": "Label Printing" }))
        .await
        .field(422, "service");
    let back = ada.patch("/api/v1/teams/Security", json!({ "active": true })).await;
    assert_eq!(back.good()["active"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_without_history_can_be_removed() {
    let world = World::new().await;
    let ada = world.of("ada");
    let body = json!({ "name": "Blue Mill", "email_domains": ["bluemill.example"] });
    ada.post("/api/v1/organisations", body.clone()).await.good();
    let mill = "/api/v1/organisations/Blue%20Mill";
    world.of("mara").delete(mill).await.problem(403);
    let delete = axum::http::Method::DELETE;
    let stale = ada.json(delete, mill, json!({}), &[("if-match", "\"7\"")]).await;
    stale.problem(412);
    assert_eq!(ada.delete(mill).await.status, 204);
    ada.get(mill).await.problem(404);
    ada.delete(mill).await.problem(404);
    let audit = ada.get("/api/v1/audit?subject=organisation").await;
    assert_eq!(audit.good()["items"][0]["what"], "deleted");
    // People belong to it; after they left, its incidents still do.
    ada.post("/api/v1/organisations", body).await.good();
    let nils =
        json!({ "email": "nils@bluemill.example", "name": "Nils", "organisation": "Blue Mill" });
    ada.post("/api/v1/users", nils).await.good();
    ada.delete(mill).await.problem(409);
    let report = json!({ "title": "x", "requester": "nils@bluemill.example" });
    assert_eq!(ada.post("/api/v1/incidents", report).await.good()["organisation"], "Blue Mill");
    let gone = json!({ "organisation": null });
    ada.patch("/api/v1/users/nils@bluemill.example", gone).await.good();
    ada.delete(mill).await.problem(409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_page_and_search() {
    let world = World::new().await;
    let ada = world.of("ada");
    for at in 0..7 {
        ada.post("/api/v1/teams", json!({ "name": format!("Squad {at}") })).await.good();
    }
    for (path, total) in [("teams", 10), ("users", 8), ("services", 3)] {
        let mut seen = Vec::new();
        let mut next = String::new();
        loop {
            let page = ada.get(&format!("/api/v1/{path}?limit=3{next}")).await;
            seen.extend(
                page.good()["items"].as_array().unwrap().iter().map(|item| item["name"].clone()),
            );
            match page.json["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), total, "{path}: {seen:?}");
    }
    let found = ada.get("/api/v1/teams?q=squ").await;
    assert_eq!(found.good()["items"].as_array().unwrap().len(), 7);
    let found = ada.get("/api/v1/users?q=ros&staff=false").await;
    assert_eq!(found.good()["items"][0]["name"], "Rosa");
    let found = ada.get("/api/v1/users?team=Network").await;
    assert_eq!(found.good()["items"].as_array().unwrap().len(), 2);
    ada.get("/api/v1/users?staff=perhaps").await.field(422, "staff");
    ada.get("/api/v1/users?cursor=x").await.field(422, "cursor");
    let nobody = "00000000-0000-0000-0000-000000000000";
    ada.get(&format!("/api/v1/users?cursor={nobody}")).await.field(422, "cursor");
    ada.get("/api/v1/teams?cursor=x").await.field(422, "cursor");
    ada.get("/api/v1/teams?offset=3").await.field(422, "offset");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_shown_once_and_end() {
    let world = World::new().await;
    let ines = world.of("ines");
    let made = ines.post("/api/v1/tokens", json!({ "name": "Script", "scope": "write" })).await;
    let secret = made.good()["secret"].as_str().unwrap().to_owned();
    let id = made.json["id"].as_str().unwrap().to_owned();
    let script = world.with_token(&secret);
    assert_eq!(script.get("/api/v1/users/me").await.good()["scope"], "write");
    assert!(!ines.get("/api/v1/tokens").await.text.contains(&secret));
    script.post("/api/v1/tokens", json!({ "name": "More", "scope": "admin" })).await.problem(403);
    world.of("yuki").get(&format!("/api/v1/tokens/{id}")).await.problem(404);
    world.of("yuki").delete(&format!("/api/v1/tokens/{id}")).await.problem(404);
    ines.post(
        "/api/v1/tokens",
        json!({ "name": "x", "scope": "read", "user": "yuki@northwind.example" }),
    )
    .await
    .problem(403);
    let theirs = world
        .of("ada")
        .post(
            "/api/v1/tokens",
            json!({ "name": "x", "scope": "read", "user": "yuki@northwind.example" }),
        )
        .await;
    assert_eq!(theirs.good()["user"], "yuki@northwind.example");
    let change = json!({ "name": "Nightly", "expires_at": "2027-01-01T00:00:00Z" });
    let path = format!("/api/v1/tokens/{id}");
    world.of("yuki").patch(&path, change.clone()).await.problem(404);
    script.patch(&path, change.clone()).await.problem(403);
    let changed = ines.patch(&path, change).await;
    assert_eq!(
        (&changed.good()["name"], &changed.json["scope"]),
        (&json!("Nightly"), &json!("write"))
    );
    assert_eq!(ines.get(&path).await.good()["expires_at"], "2027-01-01T00:00:00Z");
    assert_eq!(script.get("/api/v1/users/me").await.status, 200);
    let past = json!({ "expires_at": "2020-01-01T00:00:00Z" });
    ines.patch(&path, past).await.field(422, "expires_at");
    ines.patch(&path, json!({ "scope": "admin" })).await.field(422, "scope");
    let cleared = ines.patch(&path, json!({ "expires_at": null })).await;
    assert_eq!(
        (&cleared.good()["name"], &cleared.json["expires_at"]),
        (&json!("Nightly"), &Value::Null)
    );
    let (patch, delete) = (axum::http::Method::PATCH, axum::http::Method::DELETE);
    let tag = ines.get(&path).await.header("etag").to_owned();
    assert_eq!(cleared.header("etag"), tag);
    let named = json!({ "name": "Weekly" });
    let seen = [("if-match", tag.as_str())];
    let renamed = ines.json(patch.clone(), &path, named.clone(), &seen).await;
    assert_ne!(renamed.header("etag"), tag, "{}", renamed.text);
    ines.json(patch, &path, named, &seen).await.problem(412);
    ines.json(delete, &path, json!({}), &seen).await.problem(412);
    assert_eq!(world.of("ada").delete(&format!("/api/v1/tokens/{id}")).await.status, 204);
    script.get("/api/v1/users/me").await.problem(401);
    world
        .of("rosa")
        .post("/api/v1/tokens", json!({ "name": "x", "scope": "read" }))
        .await
        .problem(403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_are_put_in_force() {
    let world = World::new().await;
    let ada = world.of("ada");
    let matrix = ada.get("/api/v1/settings/priority-matrix").await;
    assert_eq!(matrix.good()["matrix"][0], json!(["P1", "P2", "P3"]));
    let new = json!({ "matrix": [["P1", "P1", "P2"], ["P2", "P3", "P4"], ["P3", "P5", "P5"]] });
    let put = ada.put("/api/v1/settings/priority-matrix", new.clone()).await;
    assert_eq!(put.good(), &new);
    assert_eq!(put.header("etag"), "\"1\"");
    let made =
        ada.post("/api/v1/incidents", json!({ "title": "x", "impact": 3, "urgency": 2 })).await;
    assert_eq!(made.good()["priority"], "P5");
    ada.put("/api/v1/settings/priority-matrix", json!({ "matrix": [["P1"]] })).await.problem(422);
    ada.put(
        "/api/v1/settings/priority-matrix",
        json!({ "matrix": [["P9", "P1", "P2"], ["P2", "P3", "P4"], ["P3", "P5", "P5"]] }),
    )
    .await
    .problem(422);
    let stale = ada
        .json(
            axum::http::Method::PUT,
            "/api/v1/settings/priority-matrix",
            new,
            &[("if-match", "\"0\"")],
        )
        .await;
    stale.problem(412);
    let codes = json!({ "codes": [{ "code": "swapped", "label": "Swapped" }] });
    ada.put("/api/v1/settings/resolution-codes", codes).await.good();
    ada.post("/api/v1/incidents/INC-1/resolve", json!({ "code": "fixed", "note": "x" }))
        .await
        .field(422, "code");
    ada.post("/api/v1/incidents/INC-1/resolve", json!({ "code": "swapped", "note": "x" }))
        .await
        .good();
    for bad in [
        json!({ "codes": [] }),
        json!({ "codes": [{ "code": "A b", "label": "x" }] }),
        json!({ "codes": [{ "code": "a", "label": "x" }, { "code": "a", "label": "y" }] }),
    ] {
        ada.put("/api/v1/settings/resolution-codes", bad).await.problem(422);
    }
    let agreements = ada.get("/api/v1/agreements").await;
    assert_eq!(agreements.good()["items"][0]["targets"]["P1"]["resolution"], 14_400);
    let id = agreements.json["items"][0]["id"].as_str().unwrap();
    assert_eq!(
        ada.get(&format!("/api/v1/agreements/{id}")).await.good()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_and_the_instance_have_a_language() {
    let world = World::new().await;
    let (ada, rosa) = (world.of("ada"), world.of("rosa"));
    assert!(rosa.get("/api/v1/users/me").await.good()["language"].is_null());
    let me = rosa.patch("/api/v1/users/me", json!({ "language": "pl" })).await;
    assert_eq!(me.good()["language"], "pl");
    rosa.patch("/api/v1/users/me", json!({ "language": "xx" })).await.field(422, "language");
    let address = "/api/v1/users/rosa@northwind.example";
    assert_eq!(ada.get(address).await.good()["language"], "pl");
    assert!(ada.patch(address, json!({ "language": null })).await.good()["language"].is_null());
    let new = json!({ "email": "jan@northwind.example", "name": "Jan", "language": "de" });
    assert_eq!(ada.post("/api/v1/users", new).await.json["language"], "de");

    let instance = "/api/v1/settings/instance";
    assert_eq!(ada.get(instance).await.good()["language"], "en");
    let wanted = json!({
        "name": "Hilfe", "time_zone": "Europe/Berlin", "phone": "", "language": "de", "gathers_time": false
    });
    assert_eq!(ada.put(instance, wanted.clone()).await.good(), &wanted);
    assert_eq!(ada.get(instance).await.good(), &wanted);
    // A program that does not know of it leaves it as it is.
    let before =
        json!({ "name": "Hilfe", "time_zone": "Europe/Berlin", "phone": "", "language": "de" });
    assert_eq!(ada.put(instance, before).await.good(), &wanted);
    rosa.put(instance, wanted.clone()).await.problem(403);
    let zone = json!({ "name": "Hilfe", "time_zone": "Nowhere", "phone": "", "language": "de" });
    ada.put(instance, zone).await.field(422, "time_zone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_signs_in_anew() {
    let world = World::new().await;
    let (ada, nobody) = (world.of("ada"), world.nobody());
    let ines = "/api/v1/users/ines@northwind.example";
    let session = async || {
        let secret = world.desk.open_session(world.id("ines").await, "test").await.unwrap();
        format!("__Host-evenkeel_session={secret}")
    };
    let back = async || {
        ada.patch(ines, json!({ "active": true })).await.good();
    };
    let status = async |cookie: &str| {
        let headers = [("cookie", cookie), ("sec-fetch-site", "same-origin")];
        nobody.get_with("/api/v1/users/me", &headers).await.status
    };
    let before = session().await;
    assert_eq!(status(&before).await, 200);
    assert_eq!(ada.delete(ines).await.status, 204);
    back().await;
    assert_eq!(status(&before).await, 401);

    let before = session().await;
    ada.patch(ines, json!({ "active": false })).await.good();
    back().await;
    assert_eq!(status(&before).await, 401);

    let before = session().await;
    ada.patch(ines, json!({ "password": "long enough" })).await.good();
    assert_eq!(status(&before).await, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_in_the_audit_in_one_form() {
    let world = World::new().await;
    let ada = world.of("ada");
    let new = json!({ "email": "a@b.org", "name": "A", "teams": ["Network"] });
    ada.post("/api/v1/users", new).await.good();
    let a = "/api/v1/users/a@b.org";
    ada.patch(a, json!({ "teams": ["Field service"], "password": "long enough" })).await.good();
    assert_eq!(ada.delete(a).await.status, 204);
    let audit = ada.get("/api/v1/audit?limit=4").await;
    let entry = |at: usize| &audit.good()["items"][at];
    assert_eq!(entry(3)["after"]["teams"], json!(["Network"]));
    assert_eq!(entry(2)["subject"], "password");
    for at in [1, 0] {
        assert_eq!(entry(at)["after"]["name"], "A");
        assert_eq!(entry(at)["after"]["teams"], json!(["Field service"]));
    }
    assert_eq!(entry(1)["before"]["teams"], json!(["Network"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_is_in_the_audit() {
    let world = World::new().await;
    let ada = world.of("ada");
    ada.post("/api/v1/teams", json!({ "name": "Payroll" })).await.good();
    ada.patch("/api/v1/teams/Payroll", json!({ "name": "Pay" })).await.good();
    ada.post(
        "/api/v1/users",
        json!({ "email": "a@b.org", "name": "A", "password": "long enough" }),
    )
    .await
    .good();
    let audit = ada.get("/api/v1/audit").await;
    let entries = audit.good()["items"].as_array().unwrap();
    let said: Vec<String> = entries
        .iter()
        .map(|e| format!("{} {}", e["what"].as_str().unwrap(), e["subject"].as_str().unwrap()))
        .collect();
    assert_eq!(said[..3], ["created person", "changed team", "created team"]);
    assert_eq!(entries[1]["actor_name"], "Ada");
    assert!(
        entries[1]["before"].to_string().contains("Payroll")
            && entries[1]["after"].to_string().contains("\"Pay\"")
    );
    assert!(!audit.text.contains("argon2") && !audit.text.contains("long enough"));
    let page = ada.get("/api/v1/audit?limit=1&subject=team").await;
    let next = page.good()["next"].as_str().unwrap();
    let rest = ada.get(&format!("/api/v1/audit?limit=1&subject=team&cursor={next}")).await;
    assert_eq!(rest.good()["items"][0]["what"], "created");

    let count = async |filter: &str| {
        let found = ada.get(&format!("/api/v1/audit?subject=team&{filter}")).await;
        found.good()["items"].as_array().unwrap().len()
    };
    let email = address("ada");
    assert_eq!(count(&format!("actor={email}")).await, 2);
    assert_eq!(count(&format!("actor={}", address("otto"))).await, 0);
    assert_eq!(count("from=2020-01-01T00:00:00Z").await, 2);
    assert_eq!(count("until=2020-01-01T00:00:00Z").await, 0);
    ada.get("/api/v1/audit?from=yesterday").await.field(422, "from");
    ada.get("/api/v1/audit?actor=nobody@nowhere.example").await.field(422, "actor");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_has_preferences() {
    let world = World::new().await;
    let rosa = world.of("rosa");
    let changed = rosa.patch("/api/v1/users/me", json!({ "time_zone": "Europe/Amsterdam", "theme": "dark", "single_keys": false, "phone": "7" })).await;
    assert_eq!(changed.good()["theme"], "dark");
    assert_eq!(changed.json["time_zone"], "Europe/Amsterdam");
    assert_eq!(rosa.get("/api/v1/users/me").await.good()["single_keys"], false);
    rosa.patch("/api/v1/users/me", json!({ "roles": ["administrator"] })).await.field(422, "roles");
    rosa.patch("/api/v1/users/me", json!({ "theme": "pink" })).await.field(422, "theme");
    let cleared = rosa.patch("/api/v1/users/me", json!({ "theme": null })).await;
    assert_eq!(cleared.good()["theme"], "");
    assert_eq!(cleared.json["hidden_columns"], json!([]));
    let fewer = json!({ "hidden_columns": ["updated", "number", "updated"] });
    let fewer = rosa.patch("/api/v1/users/me", fewer).await;
    assert_eq!(fewer.good()["hidden_columns"], json!(["number", "updated"]));
    let unknown = json!({ "hidden_columns": ["risk", "title"] });
    let words = rosa.patch("/api/v1/users/me", unknown).await.field(422, "hidden_columns.1");
    assert!(words.contains("next_clock"), "{words}");
    rosa.patch("/api/v1/users/me", json!({ "single_keys": true })).await.good();
    let me = rosa.get("/api/v1/users/me").await;
    assert_eq!(me.good()["hidden_columns"], json!(["number", "updated"]));
    let all = rosa.patch("/api/v1/users/me", json!({ "hidden_columns": [] })).await;
    assert_eq!(all.good()["hidden_columns"], json!([]));
    let reader = world.narrowed("rosa", TokenScope::Read).await;
    reader.patch("/api/v1/users/me", json!({ "theme": "dark" })).await.problem(403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn views_are_ones_own_unless_shared() {
    let world = World::new().await;
    let (ines, yuki) = (world.of("ines"), world.of("yuki"));
    let made =
        ines.post("/api/v1/views", json!({ "name": "Mine", "query": "state:open   prio:1" })).await;
    assert_eq!(made.good()["query"], "state:open priority:P1");
    let path = format!("/api/v1/views/{}", made.json["id"].as_str().unwrap());
    yuki.get(&path).await.problem(404);
    ines.patch(&path, json!({ "shared": true })).await.good();
    assert_eq!(yuki.get(&path).await.good()["own"], false);
    // A team of which one is not is no way round.
    let foreign = json!({ "team": uuid::Uuid::from_u128(9).to_string() });
    ines.patch(&path, foreign).await.problem(422);
    ines.patch(&path, json!({ "team": "Field service" })).await.field(422, "team");
    let own = ines.patch(&path, json!({ "team": "network" })).await;
    assert!(own.good()["team"].is_string(), "a team has a name: {}", own.text);
    yuki.get(&path).await.problem(404);
    yuki.patch(&path, json!({ "name": "Taken" })).await.problem(404);
    yuki.delete(&path).await.problem(404);
    assert_eq!(ines.delete(&path).await.status, 204);
    ines.get(&path).await.problem(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_one_token_that_come_at_once_are_all_made() {
    let world = World::new().await;
    let ines = world.of("ines");
    let made = ines.post("/api/v1/tokens", json!({ "name": "Script", "scope": "read" })).await;
    let path = format!("/api/v1/tokens/{}", made.good()["id"].as_str().unwrap());
    let (named, ended) = tokio::join!(
        ines.patch(&path, json!({ "name": "Weekly" })),
        ines.patch(&path, json!({ "expires_at": "2027-11-23T00:00:00Z" })),
    );
    assert_eq!((named.status, ended.status), (200, 200), "{} {}", named.text, ended.text);
    let now = ines.get(&path).await;
    assert_eq!(now.good()["name"], "Weekly");
    assert_eq!(now.json["expires_at"], "2027-11-23T00:00:00Z");
}
