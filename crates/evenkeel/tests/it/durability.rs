//! What was answered "done" survives being killed. Many write at once, the server is
//! killed in the middle, again and again; then everything acknowledged is there, the
//! chain holds, and the feed has missed nothing and repeated nothing.

use crate::harness::{Home, PATIENCE, Server};
use crate::http::Client;
use crate::postgres::Database;
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::mpsc::{Sender, channel};
use std::time::Instant;

const WRITERS: usize = 32;
/// How many are acknowledged before the server is killed; a few more each round, so
/// that it is hit at different moments.
const ACKNOWLEDGED_BEFORE: usize = 64;
/// How often to kill, unless `EVENKEEL_KILL_ROUNDS` says otherwise.
const ROUNDS: usize = 5;
const PAGE: &str = "200";

#[test]
fn nothing_acknowledged_is_lost_on_sqlite() {
    killed_again_and_again(&Home::new());
}

#[test]
fn nothing_acknowledged_is_lost_on_postgres() {
    let Some(database) = Database::create("durability") else { return };
    killed_again_and_again(&Home::on(Some(database.url.clone())));
}

fn killed_again_and_again(home: &Home) {
    home.init();
    let authorization = format!("Bearer {}", home.token("admin"));
    let rounds = std::env::var("EVENKEEL_KILL_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(ROUNDS);
    let mut acknowledged: BTreeMap<String, String> = BTreeMap::new();
    let mut streamed: Vec<i64> = Vec::new();
    for round in 0..rounds {
        let server = home.serve();
        let (new, seen) = kill_in_the_middle(
            server,
            round,
            &authorization,
            streamed.last().copied().unwrap_or(0),
        );
        assert!(
            new.keys().all(|number| !acknowledged.contains_key(number)),
            "a number was given out twice"
        );
        acknowledged.extend(new);
        streamed.extend(seen);
    }
    home.run(&["verify"]).done();
    let server = home.serve();
    let events = feed(&mut server.client(), &authorization);
    let reported = titles_are_there(&mut server.client(), &authorization, &acknowledged);
    assert!(reported >= rounds * ACKNOWLEDGED_BEFORE);

    let positions: Vec<i64> = events.iter().map(|(seq, ..)| *seq).collect();
    assert_eq!(
        positions,
        (1..=positions.len() as i64).collect::<Vec<_>>(),
        "the feed has gaps or repeats"
    );
    let mut reports: HashMap<&str, usize> = HashMap::new();
    for (_, number, _) in events.iter().filter(|(_, _, kind)| kind == "reported") {
        *reports.entry(number).or_default() += 1;
    }
    assert!(acknowledged.keys().all(|number| reports.get(number.as_str()) == Some(&1)));
    // What the streams brought, one after the other resumed, is the beginning of the feed.
    assert!(!streamed.is_empty());
    assert_eq!(streamed, positions[..streamed.len()], "the streams have gaps or repeats");
    assert!(server.stop().success());
    home.run(&["verify"]).done();
}

/// Writes from many sides, kills the server; gives what was acknowledged, number and
/// title, and the positions a stream saw that began after `position`.
fn kill_in_the_middle(
    server: Server,
    round: usize,
    authorization: &str,
    position: i64,
) -> (BTreeMap<String, String>, Vec<i64>) {
    let address = server.address();
    let (sender, receiver) = channel();
    let listener = {
        let (headers, position) = (authorization.to_owned(), position.to_string());
        let client = server.client();
        std::thread::spawn(move || {
            let headers =
                [("authorization", headers.as_str()), ("last-event-id", position.as_str())];
            // The server may be killed before it answers: such a stream brought nothing.
            let Ok(mut stream) = client.stream("/api/v1/events", &headers) else { return vec![] };
            std::iter::from_fn(move || stream.event()).collect::<Vec<i64>>()
        })
    };
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (sender, authorization) = (sender.clone(), authorization.to_owned());
            std::thread::spawn(move || {
                write_until_killed(address, round, writer, &authorization, &sender)
            })
        })
        .collect();
    drop(sender);
    let mut acknowledged = BTreeMap::new();
    let until = Instant::now() + PATIENCE;
    while acknowledged.len() < ACKNOWLEDGED_BEFORE + 7 * (round % 10) {
        let left = until.saturating_duration_since(Instant::now());
        let (number, title) = receiver.recv_timeout(left).expect("writers are answered");
        assert_eq!(acknowledged.insert(number, title), None, "a number was given out twice");
    }
    server.kill();
    acknowledged.extend(receiver.iter());
    for writer in writers {
        writer.join().expect("the writer ends");
    }
    (acknowledged, listener.join().expect("the listener ends"))
}

/// Reports one incident after the other until the server does not answer any more.
fn write_until_killed(
    address: SocketAddr,
    round: usize,
    writer: usize,
    authorization: &str,
    acknowledged: &Sender<(String, String)>,
) {
    let Ok(mut client) = Client::try_connect(address) else { return };
    for count in 0.. {
        let title = format!("Round {round}, writer {writer}, incident {count}");
        let body = serde_json::json!({ "title": title }).to_string();
        let Ok(answer) = client.try_send(
            "POST",
            "/api/v1/incidents",
            &[("authorization", authorization)],
            &body,
        ) else {
            return;
        };
        assert_eq!(answer.status, 201, "{answer:?}");
        let number = answer.json()["number"].as_str().expect("a number").to_owned();
        if acknowledged.send((number, title)).is_err() {
            return;
        }
    }
}

fn titles_are_there(
    client: &mut Client,
    authorization: &str,
    acknowledged: &BTreeMap<String, String>,
) -> usize {
    for (number, title) in acknowledged {
        let answer =
            client.get(&format!("/api/v1/incidents/{number}"), &[("authorization", authorization)]);
        assert_eq!(answer.status, 200, "{number} was acknowledged and is lost");
        assert_eq!(answer.json()["title"], title.as_str(), "{number}");
    }
    acknowledged.len()
}

/// Every event: position, incident, kind.
fn feed(client: &mut Client, authorization: &str) -> Vec<(i64, String, String)> {
    let mut events: Vec<(i64, String, String)> = Vec::new();
    loop {
        let after = events.last().map_or(0, |(seq, ..)| *seq);
        let headers = [("authorization", authorization), ("accept", "application/json")];
        let page = client.get(&format!("/api/v1/events?after={after}&limit={PAGE}"), &headers);
        assert_eq!(page.status, 200, "{page:?}");
        let page = page.json();
        let items = page["items"].as_array().expect("items");
        if items.is_empty() {
            return events;
        }
        events.extend(items.iter().map(|event| {
            let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
            (event["seq"].as_i64().expect("a position"), text("number"), text("kind"))
        }));
    }
}
