//! `verify` on what holds and on what was tampered with.

use crate::harness::Home;

/// An instance with a few incidents, not served any more.
fn with_incidents() -> Home {
    let home = Home::with_admin();
    let server = home.serve();
    let authorization = format!("Bearer {}", home.token("write"));
    let mut client = server.client();
    for title in ["Printer is on fire", "Scanner is dark", "Badge opens nothing"] {
        let body = serde_json::json!({ "title": title }).to_string();
        assert_eq!(
            client.post("/api/v1/incidents", &[("authorization", &authorization)], &body).status,
            201
        );
    }
    assert!(server.stop().success());
    home
}

#[test]
fn what_is_fresh_holds() {
    let home = Home::with_admin();
    assert!(home.run(&["verify"]).done().stdout.contains("Everything holds"));
    assert_eq!(home.run(&["verify", "--json"]).done().json(), serde_json::json!([]));
}

#[test]
fn what_cannot_be_read_says_what_to_do() {
    let home = with_incidents();
    let mut bytes = std::fs::read(home.database()).unwrap();
    let (kept, whole) = (bytes.len() / 8, bytes.len());
    bytes[kept..whole].fill(0x5a);
    std::fs::write(home.database(), bytes).unwrap();
    home.run(&["verify"]).refused(1, "evenkeel restore FILE --overwrite");
    home.write("evenkeel-data/evenkeel.db", "this is not a database at all");
    home.run(&["verify"]).refused(1, "evenkeel restore FILE --overwrite");
    home.run(&["user", "list"]).refused(1, "`evenkeel verify` says more");
}

#[test]
fn what_was_changed_behind_its_back_is_found() {
    let home = with_incidents();
    home.run(&["verify"]).done();
    let whole = std::fs::read(home.database()).unwrap();
    for tampering in [
        "update contents set body = 'Nothing happened' where body = 'Scanner is dark'",
        "update events set actor_name = 'Somebody else' where seq = 2",
        "update incidents set title = 'Nothing happened' where number = 2",
        "update incidents set state = 'closed' where number = 1",
        "delete from events where seq = (select max(seq) from events)",
        "update incidents set team_id = 'nowhere' where number = 3",
    ] {
        let connection = rusqlite::Connection::open(home.database()).unwrap();
        assert_eq!(connection.execute(tampering, []).unwrap(), 1, "{tampering}");
        drop(connection);
        let found = home.run(&["verify"]).refused(1, "not hold");
        assert!(!found.stdout.trim().is_empty(), "{tampering}");
        let json = home.run(&["verify", "--json"]).refused(1, "not hold").json();
        assert!(json[0]["what"].is_string(), "{tampering}: {json}");
        // Back to what it was, log included.
        for file in ["evenkeel.db-wal", "evenkeel.db-shm"] {
            drop(std::fs::remove_file(home.path("evenkeel-data").join(file)));
        }
        std::fs::write(home.database(), &whole).unwrap();
    }
    home.run(&["verify"]).done();
}
