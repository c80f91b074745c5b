//! How people are reached, by the API.

use crate::harness::World;
use desk::contacts::{Messenger, Note, Noted};
use incident::reach::PageChannel;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use store::directory::Contact;

/// Keeps the codes that it should send.
#[derive(Default)]
struct Sends(Mutex<Vec<String>>);

impl Messenger for Sends {
    fn channels(&self) -> Vec<PageChannel> {
        vec![PageChannel::Sms]
    }

    fn note<'a>(&'a self, _: &'a Contact, note: Note) -> Noted<'a> {
        if let Note::Code(code) = note {
            self.0.lock().unwrap().push(code);
        }
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ways_are_added_once_verified_and_used_by_rule() {
    let world = World::new().await;
    let sends = Arc::new(Sends::default());
    let messenger: Arc<dyn Messenger> = sends.clone();
    world.desk.use_messenger(&messenger);
    let ada = world.of("ada");
    let path = "/api/v1/users/me/contact-methods";
    let empty = ada.get(path).await;
    assert_eq!(empty.good(), &json!({ "items": [], "channels": ["sms"] }));
    for (body, field) in [
        (json!({ "channel": "pigeon", "address": "+49301234567" }), "channel"),
        (json!({ "channel": "voice", "address": "+49301234567" }), "channel"),
        (json!({ "channel": "sms", "address": "030" }), "address"),
        (json!({ "channel": "sms", "address": "+49301234567", "x": 1 }), "x"),
    ] {
        ada.post(path, body).await.field(422, field);
    }
    let new = json!({ "channel": "sms", "address": "+49 30 1234567" });
    let key = [("idempotency-key", "one")];
    let made = ada.post_with(path, new.clone(), &key).await;
    assert_eq!(made.good()["verified_at"], Value::Null);
    let again = ada.post_with(path, new, &key).await;
    assert_eq!(again.json["id"], made.json["id"]);
    let codes = sends.0.lock().unwrap().clone();
    assert_eq!(codes.len(), 1, "sent once");
    let method = format!("{path}/{}", made.json["id"].as_str().unwrap());
    ada.post(&format!("{method}/test"), json!({})).await.problem(409);
    let wrong = if codes[0] == "000000" { "000001" } else { "000000" };
    let verify = format!("{method}/verify");
    ada.post(&verify, json!({ "code": wrong })).await.field(422, "code");
    let theirs = verify.replace("/me/", "/ada@northwind.example/");
    world.of("otto").post(&theirs, json!({ "code": codes[0] })).await.problem(404);
    let right = ada.post(&verify, json!({ "code": codes[0] })).await;
    assert!(right.good()["verified_at"].is_string());
    let rules = "/api/v1/users/me/contact-rules";
    let rule = |minutes: u16| json!({ "items": [{ "urgency": "high", "after_minutes": minutes, "contact_method": made.json["id"] }] });
    ada.put(rules, rule(121)).await.field(422, "rules");
    assert_eq!(ada.put(rules, rule(5)).await.good(), &rule(5));
    assert_eq!(ada.get(rules).await.good(), &rule(5));
    assert_eq!(ada.delete(&method).await.status, 204);
    assert_eq!(ada.get(rules).await.good(), &json!({ "items": [] }));
    world.of("otto").get("/api/v1/users/ada@northwind.example/contact-rules").await.problem(404);
}
