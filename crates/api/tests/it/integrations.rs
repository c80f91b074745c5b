//! Mailboxes and other programs that bring something in.

use crate::harness::World;
use incident::TokenScope;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_has_a_key_that_can_be_drawn_anew() {
    let world = World::new().await;
    let ada = world.of("ada");
    let body = json!({
        "name": "Desk mail", "kind": "email", "service": "VPN", "team": "Network",
        "addresses": ["Help@Company.example", "help@company.example", "it@company.example"],
        "silence_after_seconds": 86_400,
    });
    let made = ada.post("/api/v1/integrations", body).await;
    let key = made.good()["key"].as_str().unwrap().to_owned();
    assert!(key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
    assert_eq!(made.json["addresses"], json!(["help@company.example", "it@company.example"]));
    assert_eq!((&made.json["service"], &made.json["team"]), (&json!("VPN"), &json!("Network")));
    assert_eq!(made.json["last_seen_at"], Value::Null);

    let same = ada.patch("/api/v1/integrations/Desk%20mail", json!({ "active": false })).await;
    assert_eq!(same.good()["key"], key);
    assert_eq!((&same.json["active"], &same.json["version"]), (&json!(false), &json!(2)));
    assert_eq!(same.json["silence_after_seconds"], 86_400);
    let id = made.json["id"].as_str().unwrap();
    let path = format!("/api/v1/integrations/{id}");
    let change =
        json!({ "new_key": true, "active": true, "team": null, "silence_after_seconds": null });
    let drawn = ada.patch(&path, change).await;
    assert_ne!(drawn.good()["key"], key);
    assert_eq!(
        (&drawn.json["team"], &drawn.json["silence_after_seconds"]),
        (&Value::Null, &Value::Null)
    );

    // Neither key is in the audit log, which others read.
    let audit = ada.get("/api/v1/audit?subject=integration").await;
    let text = audit.good().to_string();
    assert!(text.contains("Desk mail"), "{text}");
    for secret in [&key, drawn.json["key"].as_str().unwrap()] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_a_mailbox_is_refused_in_words() {
    let world = World::new().await;
    let ada = world.of("ada");
    let path = "/api/v1/integrations";
    let first = json!({ "name": "Desk mail", "kind": "email", "addresses": ["help@x.example"] });
    ada.post(path, first).await.good();
    for (body, field, words) in [
        (json!({ "name": "A", "kind": "fax" }), "kind", "must be one of email, alertmanager"),
        (
            json!({ "name": "A", "kind": "email", "addresses": ["help"] }),
            "addresses.0",
            "no e-mail address",
        ),
        (
            json!({ "name": "A", "kind": "email", "addresses": ["HELP@x.example"] }),
            "addresses",
            "belongs to the mailbox Desk mail",
        ),
        (
            json!({ "name": "A", "kind": "email", "silence_after_seconds": 5 }),
            "silence_after_seconds",
            "must be",
        ),
        (json!({ "name": "A", "kind": "email", "team": "Nobody" }), "team", "not a known team"),
        (json!({ "name": " ", "kind": "email" }), "name", "needed"),
    ] {
        let refused = ada.post(path, body.clone()).await;
        refused.problem(422);
        assert_eq!(refused.json["errors"][0]["field"], field, "{body}: {}", refused.text);
        assert!(refused.text.contains(words), "{body}: {}", refused.text);
    }
    ada.post(path, json!({ "name": "DESK MAIL", "kind": "email" })).await.problem(409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_deleted_lends_its_name_and_addresses() {
    let world = World::new().await;
    let ada = world.of("ada");
    let body = json!({ "name": "Desk mail", "kind": "email", "addresses": ["help@x.example"] });
    let first = ada.post("/api/v1/integrations", body.clone()).await;
    first.good();
    assert_eq!(ada.delete("/api/v1/integrations/desk%20mail").await.status, 204);
    ada.get("/api/v1/integrations/desk%20mail").await.problem(404);
    ada.delete("/api/v1/integrations/desk%20mail").await.problem(404);
    assert_eq!(ada.get("/api/v1/integrations").await.good()["items"], json!([]));
    let again = ada.post("/api/v1/integrations", body).await;
    assert_ne!(again.good()["key"], first.json["key"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_for_administrators() {
    let world = World::new().await;
    let body = json!({ "name": "Desk mail", "kind": "email" });
    world.of("ada").post("/api/v1/integrations", body.clone()).await.good();
    let narrowed = world.narrowed("ada", TokenScope::Write).await;
    for client in [world.of("ines"), world.of("rosa"), narrowed] {
        client.get("/api/v1/integrations").await.problem(403);
        client.get("/api/v1/integrations/Desk%20mail").await.problem(403);
        client.post("/api/v1/integrations", body.clone()).await.problem(403);
        client
            .patch("/api/v1/integrations/Desk%20mail", json!({ "active": false }))
            .await
            .problem(403);
        client.delete("/api/v1/integrations/Desk%20mail").await.problem(403);
    }
    world.nobody().get("/api/v1/integrations").await.problem(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_mailbox_signs_in_with_is_never_shown() {
    let world = World::new().await;
    let ada = world.of("ada");
    let path = "/api/v1/integrations";
    let imap =
        json!({ "host": "imap.x.example", "user": "help@x.example", "password": "hush-hush" });
    let made = ada.post(path, json!({ "name": "A", "kind": "email", "imap": imap })).await;
    let shown = &made.good()["imap"];
    assert_eq!(
        (&shown["port"], &shown["security"], &shown["folder"]),
        (&json!(993), &json!("tls"), &json!("INBOX"))
    );
    let oauth = json!({ "host": "imap.x.example", "security": "starttls", "user": "help@x.example", "move_to": "Done",
        "oauth": { "token_url": "https://login.example/token", "client_id": "7", "refresh_token": "hush-token" } });
    let changed = ada.patch(&format!("{path}/A"), json!({ "imap": oauth })).await;
    assert_eq!(changed.good()["imap"]["port"], 143);
    assert_eq!(changed.json["imap"]["oauth"]["client_id"], "7");
    let audit = ada.get("/api/v1/audit?subject=integration").await;
    for text in [&made.text, &changed.text, &audit.text, &ada.get(path).await.text] {
        assert!(!text.contains("hush"), "{text}");
    }
    let secrets = |desk: &desk::Desk| {
        let desk = desk.clone();
        async move {
            let read = |sql: &mut dyn store::Sql| {
                let id = store::directory::integrations::list(sql)?[0].id;
                store::directory::integrations::secrets(sql, id)
            };
            desk.read(read).await.unwrap()
        }
    };
    let known = secrets(&world.desk).await;
    assert_eq!(known.password, None, "it was for another way of signing in");
    assert_eq!(known.refresh_token.as_deref(), Some("hush-token"));
    let mut same = oauth.clone();
    same["oauth"] = json!({ "token_url": "https://login.example/token", "client_id": "8" });
    ada.patch(&format!("{path}/A"), json!({ "imap": same })).await.good();
    let known = secrets(&world.desk).await;
    assert_eq!(known.refresh_token.as_deref(), Some("hush-token"), "what is absent stays");
    // Somebody else's server does not get what was given for this one.
    for (host, token_url) in [
        ("imap.evil.example", "https://login.example/token"),
        ("imap.x.example", "https://evil.example/token"),
    ] {
        let mut other = oauth.clone();
        other["host"] = json!(host);
        other["oauth"] = json!({ "token_url": token_url, "client_id": "7" });
        let refused = ada.patch(&format!("{path}/A"), json!({ "imap": other })).await;
        refused.problem(422);
        assert_eq!(
            refused.json["errors"][0]["field"], "imap.oauth.refresh_token",
            "{}",
            refused.text
        );
    }
    for (imap, field) in [
        (json!({ "host": "", "user": "u" }), "imap.host"),
        (json!({ "host": "h", "user": "u\r\nA1 LOGOUT" }), "imap.user"),
        (json!({ "host": "h", "user": "u", "security": "rot13" }), "imap.security"),
        (json!({ "host": "h", "user": "u", "move_to": "INBOX" }), "imap.move_to"),
        (
            json!({ "host": "h", "user": "u", "oauth": { "token_url": "http://x.example", "client_id": "7" } }),
            "imap.oauth.token_url",
        ),
    ] {
        let refused = ada.patch(&format!("{path}/A"), json!({ "imap": imap })).await;
        refused.problem(422);
        assert_eq!(refused.json["errors"][0]["field"], field, "{}", refused.text);
    }
    assert_eq!(
        ada.patch(&format!("{path}/A"), json!({ "imap": null })).await.good()["imap"],
        Value::Null
    );
    assert_eq!(secrets(&world.desk).await, Default::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_can_be_asked_which_alerts_it_knows() {
    let world = World::new().await;
    let ada = world.of("ada");
    let path = "/api/v1/integrations";
    let ask = json!({ "url": "https://am.example/", "user": "evenkeel", "secret": "hush-hush" });
    let mail = json!({ "name": "Mail", "kind": "email", "ask": ask });
    ada.post(path, mail).await.problem(422);
    let made = ada.post(path, json!({ "name": "A", "kind": "alertmanager", "ask": ask })).await;
    let shown = made.good()["ask"].clone();
    assert_eq!((&shown["every_minutes"], &shown["failures"]), (&json!(5), &json!(0)));
    let asking = world.desk.sources_to_ask().await.unwrap().remove(0);
    assert_eq!(asking.secret.as_deref(), Some("hush-hush"));
    world.desk.source_silent(&asking, "no way").await.unwrap();
    let read = ada.get(&format!("{path}/A")).await;
    assert_eq!(
        (&read.good()["ask"]["failures"], &read.json["ask"]["error"]),
        (&json!(1), &json!("no way"))
    );
    let audit = ada.get("/api/v1/audit?subject=integration").await;
    for text in [&made.text, &read.text, &audit.text] {
        assert!(!text.contains("hush"), "{text}");
    }
    let elsewhere = json!({ "ask": { "url": "https://evil.example", "user": "evenkeel" } });
    ada.patch(&format!("{path}/A"), elsewhere).await.problem(422);
    let changed = ada.patch(&format!("{path}/A"), json!({ "ask": null })).await;
    assert_eq!(changed.good()["ask"], json!(null));
    assert!(world.desk.sources_to_ask().await.unwrap().is_empty());
}
