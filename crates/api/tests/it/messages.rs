//! What came in by mail.

use crate::harness::World;
use incident::TokenScope;
use serde_json::{Value, json};
use store::files::FileHash;
use store::messages::{self, Door, MessageState, NewMessage, Read, Rule, Step};

/// A message that waits for somebody.
async fn aside(world: &World, raw: &str) -> i64 {
    let now = world.desk.now();
    let new = NewMessage {
        mailbox: None,
        door: Door::Http,
        sender: "eve@elsewhere.example".to_owned(),
        recipients: vec![],
        received_at: now,
        hash: FileHash::of_bytes(raw.as_bytes()),
        raw: raw.as_bytes().to_vec(),
    };
    let keep = move |sql: &mut dyn store::Sql| {
        let id = messages::accept(sql, &new)?.id;
        let step = Step {
            id,
            step: 0,
            then: MessageState::Quarantined,
            read: Read { subject: "Printer".to_owned(), ..Read::default() },
            rule: Rule::Answer,
            reason: "unclear".to_owned(),
            public: true,
            reopens: false,
            suggested: None,
            references: vec![],
        };
        messages::advance(sql, &step, None, now)?;
        Ok(id)
    };
    world.desk.write(keep).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_read_let_in_and_erased() {
    let world = World::new().await;
    let number = world.report("rosa", "VPN drops").await;
    let (first, second) = (aside(&world, "one").await, aside(&world, "two").await);
    let (ines, otto) = (world.of("ines"), world.of("otto"));
    let page = ines.get("/api/v1/messages?state=quarantined&limit=1").await;
    assert_eq!(page.good()["items"][0]["id"], json!(second));
    let rest = format!("/api/v1/messages?cursor={}", page.json["next"].as_str().unwrap());
    let item = &otto.get(&rest).await.good()["items"][0].clone();
    let expected = json!({
        "id": first, "mailbox": null, "door": "http", "restricted": false,
        "sender": "eve@elsewhere.example", "recipients": [], "received_at": item["received_at"],
        "size_bytes": 3, "copies": 1, "message_id": null, "from": null, "subject": "Printer",
        "automatic": false, "state": "quarantined", "rule": "answer", "reason": "unclear",
        "number": null, "n": null, "suggested": null, "released": null, "attempts": 0,
        "ended_at": item["ended_at"],
    });
    assert_eq!(item, &expected);
    ines.get("/api/v1/messages?state=lost").await.field(422, "state");
    ines.get("/api/v1/messages?cursor=x").await.field(422, "cursor");
    world.of("rosa").get("/api/v1/messages").await.problem(403);

    let path = format!("/api/v1/messages/{first}");
    let (status, headers, bytes) = ines.bytes(&format!("{path}/raw")).await;
    assert_eq!((status.as_u16(), bytes.as_slice()), (200, b"one".as_slice()));
    assert_eq!(headers["content-type"], "application/octet-stream");
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let release = format!("{path}/release");
    otto.post(&release, json!({})).await.problem(403);
    let read = world.narrowed("ines", TokenScope::Read).await;
    read.post(&release, json!({})).await.problem(403);
    read.delete(&path).await.problem(403);
    ines.post(&release, json!({ "into": "INC-99" })).await.field(422, "into");
    ines.post(&release, json!({ "into": 7 })).await.field(422, "into");
    let answer = ines.post(&release, json!({ "into": number })).await;
    let answer = answer.good();
    assert_eq!((&answer["state"], &answer["released"]), (&json!("waiting"), &json!("into")));
    assert_eq!(answer["suggested"], json!(number));
    assert_eq!(ines.post(&release, json!({})).await.problem(409)["code"], "not_quarantined");

    let path = format!("/api/v1/messages/{second}");
    assert_eq!(ines.delete(&path).await.status, 204);
    let gone = ines.get(&path).await;
    assert_eq!(gone.good()["state"], "dropped");
    assert_eq!((&gone.json["subject"], &gone.json["number"]), (&json!(""), &Value::Null));
    ines.get(&format!("{path}/raw")).await.problem(404);
    for nothing in ["/api/v1/messages/999", "/api/v1/messages/x"] {
        ines.get(nothing).await.problem(404);
        ines.delete(nothing).await.problem(404);
    }
}
