//! A copy while serving, and back.

use crate::harness::{Home, PATIENCE, Server};
use crate::postgres::Database;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;

fn report(server: &Server, authorization: &str, title: &str) {
    let body = json!({ "title": title }).to_string();
    let answer =
        server.client().post("/api/v1/incidents", &[("authorization", authorization)], &body);
    assert_eq!(answer.status, 201, "{answer:?}");
}

fn everything(server: &Server, authorization: &str) -> Value {
    let headers = [("authorization", authorization), ("accept", "application/json")];
    let events = server.client().get("/api/v1/events?after=0&limit=200", &headers);
    assert_eq!(events.status, 200, "{events:?}");
    events.json()["items"].clone()
}

#[test]
fn a_copy_made_while_serving_is_the_same_elsewhere() {
    let home = Home::with_admin();
    let authorization = format!("Bearer {}", home.token("admin"));
    let server = home.serve();
    report(&server, &authorization, "Before the backup");
    let before = everything(&server, &authorization);
    home.run(&["backup", "copy.backup"]).done();
    report(&server, &authorization, "After the backup");
    home.run(&["backup", "copy.backup"]).refused(1, "exists already");
    assert!(server.stop().success());

    home.run(&["restore", "copy.backup"]).refused(1, "overwrit");
    home.run(&["restore", "copy.backup", "--data", "elsewhere"]).done();
    home.run(&["verify", "--data", "elsewhere"]).done();
    let other = home.serve_with(&["--data", "elsewhere"]);
    assert_eq!(everything(&other, &authorization), before);
    assert!(other.stop().success());

    home.run(&["restore", "copy.backup", "--overwrite"]).done();
    let again = home.serve();
    assert_eq!(everything(&again, &authorization), before);
    home.run(&["restore", "serve.log", "--data", "nowhere"]).refused(1, "");
}

/// Restores over what a server serves, which notices and goes on with it.
fn hand_over(home: &Home) {
    let authorization = format!("Bearer {}", home.token("admin"));
    let mut server = home.serve();
    report(&server, &authorization, "Before the backup");
    let before = everything(&server, &authorization);
    home.run(&["backup", "copy.backup"]).done();
    report(&server, &authorization, "After the backup");

    // What cannot be restored disturbs nobody.
    home.write("broken.backup", "no backup at all");
    home.run(&["restore", "broken.backup", "--overwrite"]).refused(1, "no backup of Evenkeel");
    home.run(&["restore", "copy.backup"]).refused(1, "--overwrite");
    assert_ne!(everything(&server, &authorization), before);

    home.run(&["restore", "copy.backup", "--overwrite"]).done();
    server.ready_again();
    assert_eq!(everything(&server, &authorization), before);
    report(&server, &authorization, "After the restore");
    assert_eq!(
        everything(&server, &authorization).as_array().map(Vec::len),
        before_and_more(&before)
    );
    home.run(&["verify"]).done();
    assert!(server.stop().success());
}

/// The entries of one more report.
fn before_and_more(before: &Value) -> Option<usize> {
    before.as_array().map(|entries| 2 * entries.len())
}

#[test]
fn a_server_hands_over_to_a_restore_and_goes_on() {
    hand_over(&Home::with_admin());
}

#[test]
fn a_server_on_postgresql_goes_on_with_what_was_restored() {
    let Some(database) = Database::create("hand_over") else { return };
    let home = Home::on(Some(database.url.clone()));
    home.init();
    hand_over(&home);
}

#[test]
fn one_restore_at_a_time() {
    let home = Home::with_admin();
    let authorization = format!("Bearer {}", home.token("admin"));
    let mut server = home.serve();
    home.run(&["backup", "copy.backup"]).done();
    report(&server, &authorization, "After the backup");
    let before = everything(&server, &authorization);
    let other = File::create(home.path("evenkeel-data/restore.lock")).unwrap();
    other.lock().unwrap();
    home.run(&["restore", "copy.backup", "--overwrite"]).refused(1, "another restore into");
    assert_eq!(everything(&server, &authorization), before);
    drop(other);
    home.run(&["restore", "copy.backup", "--overwrite"]).done();
    server.ready_again();
    assert_eq!(everything(&server, &authorization), json!([]));
}

#[test]
fn a_stop_during_a_hand_over_is_heard() {
    let home = Home::with_admin();
    let authorization = format!("authorization: Bearer {}", home.token("admin"));
    let server = home.serve();
    // A request that does not end, and a connection on which nothing is asked.
    let mut begun = TcpStream::connect(server.address()).unwrap();
    begun.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!(
        "POST /api/v1/incidents HTTP/1.1\r\nhost: desk\r\n{authorization}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n"
    );
    begun.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    begun.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100");
    let mut idle = TcpStream::connect(server.address()).unwrap();
    idle.set_read_timeout(Some(PATIENCE)).unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: desk\r\n\r\n").unwrap();
    idle.read_exact(&mut answer).unwrap();

    let restore = File::create(home.path("evenkeel-data/hand-over.lock")).unwrap();
    restore.lock().unwrap();
    // It ends when the server begins to let go.
    idle.read_to_end(&mut Vec::new()).unwrap();
    server.signal(Signal::TERM);
    drop(begun);
    assert!(server.ended().success());
}

#[test]
fn a_backup_makes_no_folders() {
    let home = Home::with_admin();
    home.run(&["backup", "not-mounted/copy.backup"]).refused(1, "there is no folder not-mounted");
    assert!(!home.path("not-mounted").exists());
}

#[test]
fn a_copy_moves_between_engines() {
    let Some(database) = Database::create("backup") else { return };
    let home = Home::with_admin();
    let authorization = format!("Bearer {}", home.token("admin"));
    let server = home.serve();
    report(&server, &authorization, "Moves house");
    let before = everything(&server, &authorization);
    assert!(server.stop().success());
    home.run(&["backup", "copy.backup"]).done();
    let url = ["--database-url", &database.url];
    home.run(&[&["restore", "copy.backup"][..], &url].concat()).done();
    home.run(&[&["verify"][..], &url].concat()).done();
    let server = home.serve_with(&url);
    assert_eq!(everything(&server, &authorization), before);
    report(&server, &authorization, "New in the new house");
    home.run(&[&["backup", "back.backup"][..], &url].concat()).done();
    assert!(server.stop().success());
    home.run(&["restore", "back.backup", "--data", "back"]).done();
    home.run(&["verify", "--data", "back"]).done();
}
