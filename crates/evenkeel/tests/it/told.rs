//! What subscribers are told survives being killed: each gets the update, and what comes twice
//! was on its way and says so by its Message-ID.

use crate::harness::{Home, Server};
use crate::machine::until;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const SUBSCRIBERS: usize = 1_000;
/// Letters that are taken and answered before the server is killed.
const ANSWERED: usize = 300;
/// Letters that one server has in hand at most.
const IN_HAND: usize = 64;
const DOMAIN: &str = "@outside.example";

type Letters = Arc<Mutex<Kept>>;

#[derive(Default)]
struct Kept {
    /// Who each is to, and its Message-ID.
    letters: Vec<(String, String)>,
    /// Beyond so many letters nobody is told that theirs is taken; then all are.
    answers: Option<usize>,
}

/// A mail server that takes whatever it gets; the port it listens on.
fn sink(letters: &Letters) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let letters = letters.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let letters = letters.clone();
            // Whoever speaks to it may be killed meanwhile.
            std::thread::spawn(move || drop(answer(&stream, &letters)));
        }
    });
    port
}

fn answer(mut stream: &TcpStream, letters: &Letters) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let mut to = String::new();
    stream.write_all(b"220 sink\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let reply = match line.split(' ').next().unwrap_or_default() {
            "EHLO" => "250-sink\r\n250 8BITMIME\r\n",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                "250 ok\r\n"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                let mut id = String::new();
                loop {
                    // A letter of which the end is missing is none.
                    let Some(line) = lines.next().transpose()? else { return Ok(()) };
                    match line.strip_prefix("Message-ID: ") {
                        Some(found) => id = found.to_owned(),
                        None if line == "." => break,
                        None => {}
                    }
                }
                if !keep(letters, &to, id) {
                    // It lies here, and whoever sent it never learns that.
                    std::thread::sleep(Duration::from_secs(3_600));
                }
                "250 taken\r\n"
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n"),
            _ => "250 ok\r\n",
        };
        stream.write_all(reply.as_bytes())?;
    }
    Ok(())
}

/// Keeps a letter; whether its sender is told.
fn keep(letters: &Letters, to: &str, id: String) -> bool {
    let mut kept = letters.lock().expect("nobody panicked");
    if to.ends_with(DOMAIN) {
        kept.letters.push((to.to_owned(), id));
    }
    kept.answers.is_none_or(|most| kept.letters.len() <= most)
}

/// So many who subscribed and confirmed, long ago.
fn subscribe(database: &mut Connection) {
    let all = database.transaction().expect("nobody else writes");
    let public = "insert into settings (key, value, version) \
        values ('status_page', '{\"public\": true}', 1) on conflict do nothing";
    all.execute(public, ()).expect("everybody may read the page");
    for n in 0..SUBSCRIBERS {
        let id = format!("00000000-0000-7000-8000-{n:012x}");
        let insert = "insert into subscribers (id, kind, address, language, everything, secret, \
            asked_at, confirmed_at) values (?1, 'mail', ?2, 'en', 1, '', 1, 1)";
        all.execute(insert, (id, format!("s{n}{DOMAIN}"))).expect("one more");
    }
    all.commit().expect("they are kept");
}

/// The addresses whose letters are in this state.
fn addresses(database: &Connection, condition: &str) -> BTreeSet<String> {
    let select = format!("select address from told_outside where {condition}");
    let mut statement = database.prepare(&select).expect("a statement");
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("addresses")
}

/// Publishes an update to the status page alone.
fn publish(server: &Server, token: &str) {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    let mut client = server.client();
    let made = client.post("/api/v1/incidents", &headers, r#"{"title": "VPN drops"}"#);
    assert_eq!(made.status, 201, "{made:?}");
    let number = made.json()["number"].as_str().expect("a number").to_owned();
    let update = r#"{"body": "A switch failed.", "phase": "identified", "title": "VPN",
        "audiences": {"requesters": false, "lists": [], "status_page": true, "chat": false}}"#;
    let path = format!("/api/v1/incidents/{number}/publish-update");
    let said = client.post(&path, &headers, update);
    assert!((200..300).contains(&said.status), "{said:?}");
}

#[test]
fn killed_in_the_middle_of_an_update_each_subscriber_gets_it() {
    let home = Home::with_admin();
    let token = home.token("admin");
    let mut database = Connection::open(home.database()).expect("the database");
    database.busy_timeout(crate::harness::PATIENCE).expect("it waits");
    subscribe(&mut database);
    let letters = Letters::default();
    letters.lock().expect("nobody panicked").answers = Some(ANSWERED);
    let url = format!("smtp://127.0.0.1:{}", sink(&letters));
    let mail = [
        "--smtp-url",
        url.as_str(),
        "--mail-from",
        "Status <status@company.example>",
        "--public-url",
        "https://desk.company.example",
    ];
    let server = home.serve_with(&mail);
    until("it is known that there is mail", || {
        let since = "select count(*) from settings where key = 'told_since'";
        let known: i64 = database.query_row(since, [], |row| row.get(0)).expect("a count");
        (known == 1).then_some(())
    });
    publish(&server, &token);
    // Those beyond lie at the other end, and nobody here knows it.
    until("more arrive than are answered", || {
        (letters.lock().expect("nobody panicked").letters.len() > ANSWERED).then_some(())
    });
    server.kill();
    let done = addresses(&database, "state = 'sent'");
    let in_hand = addresses(&database, "state = 'waiting' and taken_until is not null");
    assert!(done.len() < SUBSCRIBERS, "it is killed in the middle");
    assert!(!in_hand.is_empty() && in_hand.len() <= IN_HAND, "{}", in_hand.len());
    letters.lock().expect("nobody panicked").answers = None;

    let server = home.serve_with(&mail);
    until("each letter is sent", || {
        (addresses(&database, "state = 'sent'").len() == SUBSCRIBERS).then_some(())
    });
    assert!(server.stop().success());
    let mut got: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (to, id) in &letters.lock().expect("nobody panicked").letters {
        got.entry(to.clone()).or_default().push(id.clone());
    }
    assert_eq!(got.len(), SUBSCRIBERS, "none is missing");
    for (to, ids) in &got {
        let once = ids.len() == 1;
        assert!(once || in_hand.contains(to) && ids.len() == 2, "{to} got {ids:?}");
        assert!(!ids[0].is_empty() && ids.iter().all(|id| *id == ids[0]), "{to} got {ids:?}");
    }
    let twice = got.values().filter(|ids| ids.len() == 2).count();
    assert!(twice > 0, "what was on its way comes again");
    let ids: BTreeSet<&String> = got.values().flatten().collect();
    assert_eq!(ids.len(), SUBSCRIBERS, "each has its own");
}
