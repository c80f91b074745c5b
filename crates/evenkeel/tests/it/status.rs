//! The status page as the outside finds it: off until switched on, there without a session, still
//! there when the database is not, and as files elsewhere.

use crate::harness::{Home, PATIENCE, Server};
use crate::http::{Answer, Client};
use crate::postgres::Database;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use testkit::bucket::{ACCESS_KEY, BUCKET, Bucket, REGION, SECRET_KEY};

/// How long to wait before looking again.
const AGAIN: Duration = Duration::from_millis(50);
/// How soon one server shows what another was told, on a busy machine.
const A_MOMENT: Duration = Duration::from_secs(10);

/// Makes a component and switches the public page on.
fn switch_on(server: &Server, token: &str, page: &str) {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    let mut client = server.client();
    let made = client.post("/api/v1/components", &headers, r#"{"name": "Web shop"}"#);
    assert_eq!(made.status, 201, "{made:?}");
    let set = client.try_send("PUT", "/api/v1/status-page", &headers, page).expect("an answer");
    assert_eq!(set.status, 200, "{set:?}");
}

/// Asks until the answer is so.
fn until(server: &Server, path: &str, is_so: impl Fn(&Answer) -> bool) -> Answer {
    let started = Instant::now();
    loop {
        let answer = server.client().get(path, &[]);
        if is_so(&answer) {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "{path}: {answer:?}");
        std::thread::sleep(AGAIN);
    }
}

#[test]
fn it_is_there_once_it_is_switched_on_and_written_elsewhere() {
    let home = Home::with_admin();
    let token = home.token("admin");
    let folder = home.path("site");
    let server = home.serve_with(&["--status-dir", folder.to_str().expect("UTF-8")]);
    for path in ["/status", "/api/v2/summary.json", "/status/history"] {
        assert_eq!(server.client().get(path, &[]).status, 404, "{path}");
    }
    switch_on(
        &server,
        &token,
        r#"{"public": true, "name": "Northwind", "domain": "status.northwind.example"}"#,
    );
    let page = until(&server, "/status", |answer| answer.status == 200);
    assert!(page.body.contains("Web shop"), "{page:?}");
    let mut client = server.client();
    let summary = client.get("/api/v2/summary.json", &[]);
    assert_eq!(summary.headers["access-control-allow-origin"], "*");
    assert_eq!(summary.json()["status"]["indicator"], "none");
    let tag = summary.headers["etag"].clone();
    let known = client.get("/api/v2/summary.json", &[("if-none-match", &tag)]);
    assert_eq!((known.status, known.body.as_str()), (304, ""));
    assert_ne!(client.get("/api/v2/alerts", &[]).status, 200, "that is somebody else's");
    let metrics = client.get("/metrics", &[]).body;
    assert!(metrics.contains("evenkeel_status_renderings_total"), "{metrics}");
    let started = Instant::now();
    while !folder.join("index.html").exists() {
        assert!(started.elapsed() < PATIENCE);
        std::thread::sleep(AGAIN);
    }
    let api = folder.join("api/v2/summary.json");
    assert!(std::fs::read_to_string(api).expect("it is written").contains("Web shop"));
    assert!(server.stop().success());
    let server = home.serve();
    assert_eq!(server.client().get("/status", &[]).status, 200, "at once after a restart");
}

#[test]
fn its_files_go_to_a_bucket() {
    let home = Home::with_admin();
    let (token, bucket) = (home.token("admin"), Bucket::start());
    home.write(
        "evenkeel.toml",
        &format!(
            "status_s3_bucket = \"{BUCKET}\"\nstatus_s3_prefix = \"status/\"\ns3_endpoint = \"{}\"\n\
             s3_region = \"{REGION}\"\ns3_access_key = \"{ACCESS_KEY}\"\ns3_secret_key = \"{SECRET_KEY}\"\n",
            bucket.endpoint()
        ),
    );
    let server = home.serve();
    switch_on(&server, &token, r#"{"public": true}"#);
    let started = Instant::now();
    while !bucket.objects().contains_key("status/index.html") {
        assert!(started.elapsed() < PATIENCE, "{:?}", bucket.objects().keys());
        std::thread::sleep(AGAIN);
    }
}

#[test]
fn it_is_up_while_the_database_file_is_gone() {
    let home = Home::with_admin();
    let token = home.token("admin");
    let server = home.serve();
    switch_on(&server, &token, r#"{"public": true}"#);
    until(&server, "/status", |answer| answer.status == 200);
    let (database, aside) = (home.database(), home.path("aside"));
    std::fs::create_dir(&aside).expect("a folder");
    let move_all = |from: &Path, to: &Path| {
        for name in ["evenkeel.db", "evenkeel.db-wal", "evenkeel.db-shm"] {
            if from.join(name).exists() {
                std::fs::rename(from.join(name), to.join(name)).expect("it is moved");
            }
        }
    };
    let folder = database.parent().expect("a folder");
    move_all(folder, aside.as_path());
    // Whoever opens it now finds no file.
    std::fs::create_dir(&database).expect("a folder in its place");
    let mut client = server.client();
    for path in ["/status", "/status/history", "/api/v2/summary.json", "/status/history.atom"] {
        assert_eq!(client.get(path, &[]).status, 200, "{path}");
    }
    server.kill();
    std::fs::remove_dir(&database).expect("it is empty");
    move_all(aside.as_path(), folder);
    let server = home.serve();
    assert_eq!(server.client().get("/status", &[]).status, 200, "at once after a restart");
}

/// A way to a database that can be cut.
struct Bridge {
    address: SocketAddr,
    open: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
}

impl Bridge {
    fn to(target: SocketAddr) -> Bridge {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (open, streams) = (Arc::new(AtomicBool::new(true)), Arc::new(Mutex::new(vec![])));
        let (is_open, kept) = (open.clone(), streams.clone());
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                // Whoever comes while it is cut finds a door that closes.
                let Ok(far) = TcpStream::connect(target) else { continue };
                if !is_open.load(Ordering::SeqCst) {
                    continue;
                }
                for (from, into) in [(&near, &far), (&far, &near)] {
                    let (from, into) = (from.try_clone(), into.try_clone());
                    let (Ok(from), Ok(into)) = (from, into) else { continue };
                    std::thread::spawn(move || carry(from, into));
                }
                kept.lock().expect("nobody panics").extend([near, far]);
            }
        });
        Bridge { address, open, streams }
    }

    fn mend(&self) {
        self.open.store(true, Ordering::SeqCst);
    }

    fn cut(&self) {
        self.open.store(false, Ordering::SeqCst);
        for stream in self.streams.lock().expect("nobody panics").drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}

fn carry(mut from: TcpStream, mut into: TcpStream) {
    let mut bytes = [0; 16_384];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        if into.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    drop(into.shutdown(Shutdown::Both));
}

#[test]
fn it_is_up_while_the_database_is_away() {
    let Some(database) = Database::create("status") else { return };
    let (_, rest) = database.url.split_once("://").expect("a URL");
    let (before, after) = rest.split_once('@').map_or(("", rest), |(user, rest)| (user, rest));
    let (host, name) = after.split_once('/').expect("a database");
    let host = if host.contains(':') { host.to_owned() } else { format!("{host}:5432") };
    let mut addresses = host.to_socket_addrs().expect("the server for tests has an address");
    let bridge = Bridge::to(addresses.next().expect("one address"));
    let user = if before.is_empty() { String::new() } else { format!("{before}@") };
    let home = Home::on(Some(format!("postgres://{user}{}/{name}", bridge.address)));
    home.init();
    let token = home.token("admin");
    let server = home.serve();
    switch_on(&server, &token, r#"{"public": true}"#);
    until(&server, "/status", |answer| answer.status == 200);
    bridge.cut();
    let mut client: Client = server.client();
    for path in ["/status", "/status/history", "/api/v2/summary.json"] {
        assert_eq!(client.get(path, &[]).status, 200, "{path}");
    }
    assert_ne!(client.get("/readyz", &[]).status, 200, "the database is away");
    assert_eq!(client.get("/status", &[]).status, 200);
    server.kill();

    // Also when it starts meanwhile; what needs the database waits.
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let mut command = home.command(&["serve", "--listen", &address.to_string()]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let answers = |path: &str, wanted: u16| {
        let started = Instant::now();
        let asked = || Client::try_connect(address)?.try_send("GET", path, &[], "");
        while !asked().is_ok_and(|answer| answer.status == wanted) {
            assert!(started.elapsed() < PATIENCE, "{path}: {:?}", asked());
            std::thread::sleep(AGAIN);
        }
    };
    answers("/status", 200);
    answers("/queue", 503);
    answers("/healthz", 200);
    bridge.mend();
    answers("/readyz", 200);
    answers("/status", 200);
    child.kill().expect("it still runs");
    child.wait().expect("it ends");
}

/// Publishes words on the page by one server.
fn say(server: &Server, token: &str, number: &str, body: &str) {
    let authorization = format!("Bearer {token}");
    let update = serde_json::json!({
        "body": body,
        "phase": "identified",
        "title": "VPN",
        "audiences": { "status_page": true },
    });
    let said = server.client().post(
        &format!("/api/v1/incidents/{number}/publish-update"),
        &[("authorization", authorization.as_str())],
        &update.to_string(),
    );
    assert!((200..300).contains(&said.status), "{said:?}");
}

/// What programs read of the page, but for when it was made.
fn told(server: &Server) -> Value {
    let mut summary = server.client().get("/api/v2/summary.json", &[]).json();
    summary["page"]["updated_at"] = Value::Null;
    summary
}

/// Waits until these words are on the page of each of these servers, and until they say the same.
fn all_show(servers: &[&Server], words: &str) {
    let started = Instant::now();
    for server in servers {
        until(server, "/status", |answer| answer.body.contains(words));
    }
    while servers.iter().any(|server| told(server) != told(servers[0])) {
        assert!(started.elapsed() < PATIENCE, "they never say the same: {}", told(servers[0]));
        std::thread::sleep(AGAIN);
    }
    assert!(started.elapsed() < A_MOMENT, "{words} after {:?}", started.elapsed());
}

#[test]
fn two_servers_show_the_same_and_one_that_is_gone_changes_nothing() {
    let Some(database) = Database::create("two_pages") else { return };
    let homes = [(); 2].map(|()| Home::on(Some(database.url.clone())));
    homes[0].init();
    let token = homes[0].token("admin");
    let address = ["--public-url", "https://desk.company.example"];
    let [first, second] = [&homes[0], &homes[1]].map(|home| home.serve_with(&address));
    switch_on(&first, &token, r#"{"public": true}"#);
    all_show(&[&first, &second], "Web shop");
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    let made = second.client().post("/api/v1/incidents", &headers, r#"{"title": "VPN drops"}"#);
    assert_eq!(made.status, 201, "{made:?}");
    let number = made.json()["number"].as_str().expect("a number").to_owned();
    say(&second, &token, &number, "A switch failed.");
    all_show(&[&first, &second], "A switch failed.");
    say(&first, &token, &number, "We replace it.");
    all_show(&[&first, &second], "We replace it.");

    let before = told(&second);
    first.kill();
    assert_eq!(told(&second), before);
    assert_eq!(second.client().get("/readyz", &[]).status, 200);
    say(&second, &token, &number, "The new one serves.");
    all_show(&[&second], "The new one serves.");
    // Whoever comes back knows what was said without it.
    let first = homes[0].serve_with(&address);
    all_show(&[&first, &second], "The new one serves.");
}
