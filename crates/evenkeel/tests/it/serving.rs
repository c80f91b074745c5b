//! The server: ready, alive, alone on its folder, and gone cleanly.

use crate::harness::{ADMIN, Home};
use crate::http::Client;
use rustix::process::Signal;
use std::io::Read;
use std::net::TcpStream;
use std::path::Path;

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[test]
fn it_says_where_it_is_and_answers() {
    let home = Home::new();
    let server = home.serve();
    assert_ne!(server.address().port(), 0);
    let mut client = server.client();
    assert_eq!(client.get("/healthz", &[]).status, 200);
    assert_eq!(client.get("/readyz", &[]).status, 200);
    assert!(client.get("/metrics", &[]).body.contains("# TYPE"));
    assert!(client.get("/healthz", &[]).headers.contains_key("x-request-id"));
    assert_eq!(client.get("/", &[]).status, 303, "nobody is signed in yet");
    assert_eq!(client.get("/api/v1/incidents", &[]).status, 401);
    assert!(server.stop().success());
}

#[test]
fn the_command_line_works_while_it_serves() {
    let home = Home::with_admin();
    let server = home.serve();
    let token = home.token("write");
    let mut client = server.client();
    let authorization = bearer(&token);
    let headers = [("authorization", authorization.as_str())];
    let reported = client.post("/api/v1/incidents", &headers, r#"{"title": "Printer is on fire"}"#);
    assert_eq!(reported.status, 201, "{reported:?}");
    home.run(&["verify"]).done();
    home.run(&["user", "add", "--email", "bob@company.example", "--name", "Bob"]).done();
    home.run(&["backup", "copy.backup"]).done();
    assert!(server.stop().success());
    // Whoever copies the file of a stopped server has everything.
    assert!(!home.path("evenkeel-data/evenkeel.db-wal").exists());
}

#[test]
fn a_second_server_on_the_folder_is_refused() {
    let home = Home::new();
    let server = home.serve();
    home.run(&["serve", "--listen", "127.0.0.1:0"]).refused(1, "already running");
    // However it ends, the folder is free again.
    server.kill();
    assert!(home.serve().stop().success());
}

#[test]
fn a_port_in_use_is_told() {
    let (one, two) = (Home::new(), Home::new());
    let server = one.serve();
    let taken = server.address().to_string();
    two.run(&["serve", "--listen", &taken]).refused(1, "in use by another program");
    two.run(&["demo", "--listen", &taken]).refused(1, "in use by another program");
    for made in ["evenkeel-data/evenkeel.db", "evenkeel-demo/evenkeel.db"] {
        assert!(!two.path(made).exists(), "{made} was made before the address was taken");
    }
    two.run(&["serve", "--listen", "nonsense"]).refused(2, "127.0.0.1:7878");
    two.run(&["serve", "--listen", "192.0.2.1:7878"]).refused(1, "not an address of this machine");
    two.run(&["serve", "--listen", "127.0.0.1:0", "--public-url", "desk"]).refused(2, "https://");
}

#[test]
fn it_stops_on_either_signal_and_ends_streams() {
    for signal in [Signal::TERM, Signal::INT] {
        let home = Home::with_admin();
        let server = home.serve();
        let authorization = bearer(&home.token("read"));
        let mut stream =
            server.client().stream("/api/v1/events", &[("authorization", &authorization)]).unwrap();
        let mut idle = TcpStream::connect(server.address()).unwrap();
        let address = server.address();
        server.signal(signal);
        assert!(server.ended().success());
        assert_eq!(stream.event(), None);
        assert_eq!(idle.read(&mut [0]).unwrap_or(0), 0);
        assert!(Client::try_connect(address).is_err());
        let log = std::fs::read_to_string(home.path("serve.log")).unwrap();
        assert!(log.contains("stopped") && !log.contains("cut off"), "{log}");
    }
}

#[test]
fn a_log_that_cannot_be_written_stops_nothing() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        eprintln!("skipped: not found: {}", full.display());
        return;
    }
    let home = Home::with_admin();
    let server = home.serve_logging_to(full, &["--log", "debug"]);
    let authorization = bearer(&home.token("write"));
    let headers = [("authorization", authorization.as_str())];
    for title in ["Disk is full", "Disk is still full"] {
        let body = serde_json::json!({ "title": title }).to_string();
        let reported = server.client().post("/api/v1/incidents", &headers, &body);
        assert_eq!(reported.status, 201, "{reported:?}");
    }
    assert!(server.stop().success());
}

#[test]
fn the_log_names_nobody() {
    let home = Home::with_admin();
    let server = home.serve_with(&["--log", "debug", "--log-format", "json"]);
    let authorization = bearer(&home.token("admin"));
    let mut client = server.client();
    client.get(
        &format!("/api/v1/users/{}", ADMIN.replace('@', "%40")),
        &[("authorization", &authorization)],
    );
    client.get("/api/v1/search?q=secret-words", &[("authorization", &authorization)]);
    client.get("/incidents/INC-7", &[]);
    assert!(server.stop().success());
    let log = std::fs::read_to_string(home.path("serve.log")).unwrap();
    assert!(
        log.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()),
        "{log}"
    );
    assert!(log.contains("\"answered\""), "{log}");
    // It names routes, of the API and of pages.
    for route in ["/api/v1/users/{user}", "/incidents/{number}"] {
        assert!(log.contains(&format!("\"{route}\"")), "{route}: {log}");
    }
    // Three letters alone may stand in the id of a request.
    for private in ["ada@", "ada%40", "secret-words", authorization.trim_start_matches("Bearer ")] {
        assert!(!log.contains(private), "{private}: {log}");
    }
}
