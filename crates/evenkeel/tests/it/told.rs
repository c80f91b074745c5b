//! What subscribers are told survives being killed, again and again: each gets the update, and
//! what comes twice was on its way and says so by its Message-ID.

use crate::harness::{Home, Server};
use crate::machine::until;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How many there are, unless `EVENKEEL_TEST_SUBSCRIBERS` says otherwise.
const SUBSCRIBERS: usize = 2_000;
/// How often the server is killed while it tells them.
const KILLS: usize = 4;
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
fn subscribe(database: &mut Connection, many: usize) {
    let all = database.transaction().expect("nobody else writes");
    let public = "insert into settings (key, value, version) \
        values ('status_page', '{\"public\": true}', 1) on conflict do nothing";
    all.execute(public, ()).expect("everybody may read the page");
    for n in 0..many {
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

/// Waits until each letter is sent; only a server that sends none any more is too slow.
fn until_all_are_sent(database: &Connection, many: usize) {
    let sent = || {
        let select = "select count(*) from told_outside where state = 'sent'";
        let count: i64 = database.query_row(select, [], |row| row.get(0)).expect("a count");
        usize::try_from(count).expect("no fewer than none")
    };
    let mut done = sent();
    while done < many {
        done = until("another letter is sent", || Some(sent()).filter(|now| *now > done));
    }
}

/// Runs a server until it has sent so many letters more and has others in hand, of which it
/// never learns that they are taken; kills it, and answers whom those are to.
fn kill_in_the_middle(
    server: Server,
    database: &Connection,
    letters: &Letters,
    more: usize,
) -> BTreeSet<String> {
    let kept = || letters.lock().expect("nobody panicked").letters.len();
    let most = letters.lock().expect("nobody panicked").answers.expect("so many are answered");
    let mut arrived = kept();
    // Those beyond lie at the other end, and nobody here knows it.
    while arrived <= most {
        arrived = until("another letter arrives", || Some(kept()).filter(|now| *now > arrived));
    }
    server.kill();
    let in_hand = addresses(database, "state = 'waiting' and taken_until is not null");
    assert!(!in_hand.is_empty() && in_hand.len() <= IN_HAND, "{}", in_hand.len());
    let mut kept = letters.lock().expect("nobody panicked");
    kept.answers = Some(kept.letters.len() + more);
    in_hand
}

#[test]
fn killed_in_the_middle_of_an_update_each_subscriber_gets_it() {
    let many = std::env::var("EVENKEEL_TEST_SUBSCRIBERS").ok().and_then(|many| many.parse().ok());
    let many: usize = many.unwrap_or(SUBSCRIBERS);
    let more = many / (KILLS + 2);
    let home = Home::with_admin();
    let token = home.token("admin");
    let mut database = Connection::open(home.database()).expect("the database");
    database.busy_timeout(crate::harness::PATIENCE).expect("it waits");
    subscribe(&mut database, many);
    let letters = Letters::default();
    letters.lock().expect("nobody panicked").answers = Some(more);
    let url = format!("smtp://127.0.0.1:{}", sink(&letters));
    let mail = [
        "--smtp-url",
        url.as_str(),
        "--mail-from",
        "Status <status@company.example>",
        "--public-url",
        "https://desk.company.example",
    ];
    let mut server = home.serve_with(&mail);
    until("it is known that there is mail", || {
        let since = "select count(*) from settings where key = 'told_since'";
        let known: i64 = database.query_row(since, [], |row| row.get(0)).expect("a count");
        (known == 1).then_some(())
    });
    publish(&server, &token);
    // How often each may come: once, and once more for each time that it was on its way.
    let mut at_most: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..KILLS {
        for to in kill_in_the_middle(server, &database, &letters, more) {
            *at_most.entry(to).or_insert(1) += 1;
        }
        let done = addresses(&database, "state = 'sent'");
        assert!(done.len() < many, "it is killed in the middle");
        server = home.serve_with(&mail);
    }
    letters.lock().expect("nobody panicked").answers = None;
    until_all_are_sent(&database, many);
    assert!(server.stop().success());

    let mut got: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (to, id) in &letters.lock().expect("nobody panicked").letters {
        got.entry(to.clone()).or_default().push(id.clone());
    }
    assert_eq!(got.len(), many, "none is missing");
    for (to, ids) in &got {
        let most = at_most.get(to).copied().unwrap_or(1);
        assert!(ids.len() <= most, "{to} got {ids:?}, at most {most}");
        assert!(!ids[0].is_empty() && ids.iter().all(|id| *id == ids[0]), "{to} got {ids:?}");
    }
    let twice = got.values().filter(|ids| ids.len() > 1).count();
    assert!(twice > 0, "what was on its way comes again");
    let ids: BTreeSet<&String> = got.values().flatten().collect();
    assert_eq!(ids.len(), many, "each has its own");
}
