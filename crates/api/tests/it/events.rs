//! The stream: nothing missed, nothing repeated, nothing shown to the wrong eyes.

use crate::harness::{Client, World};
use axum::body::{Body, BodyDataStream};
use axum::http::Method;
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;

/// Longer than anything here takes; only a broken stream waits so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open stream.
struct Stream {
    body: BodyDataStream,
    text: String,
}

/// What a stream told: position, name, data.
type Told = (i64, String, Value);

impl Stream {
    async fn open(client: &Client, path: &str, headers: &[(&str, &str)]) -> Stream {
        let request =
            client.request(Method::GET, path, headers).header("accept", "text/event-stream");
        let response = client.open(request, Body::empty()).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut stream =
            Stream { body: response.into_body().into_data_stream(), text: String::new() };
        // The first comment: listening has begun.
        stream.block().await;
        stream
    }

    /// The next block of lines.
    async fn block(&mut self) -> String {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let block = block.to_owned();
                self.text = rest.to_owned();
                return block;
            }
            let piece =
                tokio::time::timeout(PATIENCE, self.body.next()).await.expect("something comes");
            let piece = piece.expect("the stream goes on").unwrap();
            self.text.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    /// The next event, comments left out.
    async fn next(&mut self) -> Told {
        loop {
            let block = self.block().await;
            let line = |start: &str| {
                block.lines().find_map(|line| line.strip_prefix(start)).map(str::trim_start)
            };
            let (Some(id), Some(event), Some(data)) = (line("id:"), line("event:"), line("data:"))
            else {
                continue;
            };
            return (id.parse().unwrap(), event.to_owned(), serde_json::from_str(data).unwrap());
        }
    }

    /// Events up to the first of this kind, which is included.
    async fn until(&mut self, kind: &str) -> Vec<Told> {
        let mut all = Vec::new();
        loop {
            let told = self.next().await;
            let found = told.1 == format!("incident.{kind}");
            all.push(told);
            if found {
                return all;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_goes_on_where_it_was_left() {
    let world = World::new().await;
    let ines = world.of("ines");
    world.report("rosa", "Before").await;
    let mut live = Stream::open(&ines, "/api/v1/events", &[]).await;
    world.report("rosa", "Labels blank").await;
    let comment = json!({ "body": "We look into it.", "visibility": "public" });
    ines.post("/api/v1/incidents/INC-2/comment", comment).await.good();
    let told = live.until("commented").await;
    assert_eq!(told[0].1, "incident.reported");
    assert_eq!(told[0].2["number"], "INC-2");
    assert_eq!(told[0].2["data"]["title"], "Labels blank");
    let last = told.last().unwrap().clone();
    assert_eq!(last.2["data"]["body"], "We look into it.");
    assert_eq!(last.2["seq"], last.0);
    drop(live);

    ines.post("/api/v1/incidents/INC-2/watch", json!({})).await.good();
    let id = told[0].0.to_string();
    let mut resumed = Stream::open(&ines, "/api/v1/events", &[("last-event-id", &id)]).await;
    ines.post("/api/v1/incidents/INC-2/hold", json!({ "reason": "vendor" })).await.good();
    let replayed = resumed.until("put_on_hold").await;
    let positions: Vec<i64> = replayed.iter().map(|(seq, _, _)| *seq).collect();
    let expected: Vec<i64> = (told[0].0 + 1..=*positions.last().unwrap()).collect();
    assert_eq!(positions, expected, "every position once, in order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_shows_what_its_caller_may_see() {
    let world = World::new().await;
    let rosa = world.of("rosa");
    let ines = world.of("ines");
    let mut live = Stream::open(&rosa, "/api/v1/events", &[]).await;
    world.report("ben", "Not yours").await;
    world.report("rosa", "Yours").await;
    let path = "/api/v1/incidents/INC-2/comment";
    ines.post(path, json!({ "body": "innerword", "visibility": "internal" })).await.good();
    ines.post(path, json!({ "body": "For you", "visibility": "public" })).await.good();
    let told = live.until("commented").await;
    assert!(
        told.iter().all(|(_, _, data)| data["number"] == "INC-2" && data["public"] == true),
        "{told:?}"
    );
    assert!(!format!("{told:?}").contains("innerword"));
    assert_eq!(told.last().unwrap().2["data"]["body"], "For you");
    assert!(told.last().unwrap().2["content_ids"].as_object().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_with_its_token() {
    let world = World::new().await;
    let made =
        world.of("ines").post("/api/v1/tokens", json!({ "name": "Screen", "scope": "read" })).await;
    let secret = made.good()["secret"].as_str().unwrap().to_owned();
    let mut live = Stream::open(&world.with_token(&secret), "/api/v1/events", &[]).await;
    let path = format!("/api/v1/tokens/{}", made.json["id"].as_str().unwrap());
    assert_eq!(world.of("ines").delete(&path).await.status, 204);
    world.report("rosa", "After").await;
    let rest = tokio::time::timeout(PATIENCE, async {
        let mut rest = String::new();
        while let Some(piece) = live.body.next().await {
            rest.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
        }
        rest
    });
    let rest = rest.await.expect("the stream ends");
    assert!(!rest.contains("After"), "{rest}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_as_pages() {
    let world = World::new().await;
    for at in 0..9 {
        world.report("rosa", &format!("Case {at}")).await;
    }
    let ines = world.of("ines");
    let mut after = "0".to_owned();
    let mut seen = Vec::new();
    loop {
        let path = format!("/api/v1/events?after={after}&limit=4");
        let page = ines.get_with(&path, &[("accept", "application/json")]).await;
        seen.extend(
            page.good()["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["seq"].as_i64().unwrap()),
        );
        let Some(next) = page.json["next"].as_str() else {
            assert_eq!(page.json["after"].as_i64(), seen.last().copied());
            break;
        };
        after = next.to_owned();
    }
    assert_eq!(seen, (1..=seen.len() as i64).collect::<Vec<_>>());
    assert!(seen.len() >= 18);
    // Whoever comes from another past begins where this one ends.
    let path = "/api/v1/events?after=999999";
    let page = ines.get_with(path, &[("accept", "application/json")]).await;
    assert_eq!(page.good()["after"].as_i64(), seen.last().copied());
    let ben =
        world.of("ben").get_with("/api/v1/events?limit=1", &[("accept", "application/json")]).await;
    assert_eq!(ben.good()["items"], json!([]));
    assert_eq!(ben.json["next"], Value::Null);
    for (path, headers, field) in [
        ("/api/v1/events?after=x", vec![], "after"),
        ("/api/v1/events?after=-1", vec![], "after"),
        ("/api/v1/events", vec![("last-event-id", "x")], "Last-Event-ID"),
        ("/api/v1/events?since=1", vec![], "since"),
    ] {
        ines.get_with(path, &headers).await.field(422, field);
    }
}
