//! The invented company: built once, kept, deleted only by its own mark.

use crate::harness::{Home, PATIENCE};
use crate::postgres::Database;
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};

/// What it says on standard error.
const LOG: &str = "demo.log";

/// A demo that runs; killed when it goes out of scope.
struct Demo {
    child: Child,
    lines: Receiver<String>,
}

impl Demo {
    fn start(home: &Home, more: &[&str]) -> Demo {
        let mut args = vec!["demo", "--quiet", "--listen", "127.0.0.1:0", "--log", "warn"];
        args.extend(more);
        let mut command = home.command(&args);
        let log = std::fs::File::create(home.path(LOG)).expect("a file for the log");
        let mut child =
            command.stdout(Stdio::piped()).stderr(log).spawn().expect("the program starts");
        let stdout = BufReader::new(child.stdout.take().expect("standard output"));
        let (sender, lines) = channel();
        // Ends with the program: standard output ends then.
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Demo { child, lines }
    }

    /// Everything up to the last login.
    fn said(&self) -> Vec<String> {
        let mut said: Vec<String> = Vec::new();
        while !said.last().is_some_and(|line| line.starts_with("auditor")) {
            // Building a company takes longer than anything else.
            said.push(self.lines.recv_timeout(4 * PATIENCE).expect("the next line"));
        }
        said
    }

    fn stop(mut self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("the program still runs");
        assert!(self.child.wait().expect("the program ends").success());
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn count(home: &Home, statement: &str) -> i64 {
    let database =
        rusqlite::Connection::open(home.path("evenkeel-demo/evenkeel.db")).expect("the database");
    database.query_row(statement, [], |row| row.get(0)).expect("a count")
}

#[test]
fn a_company_is_built_once_and_kept() {
    let home = Home::new();
    // The demo keeps away from what the settings name for the real instance.
    home.write(
        "evenkeel.toml",
        "status_dir = \"site\"\ns3_bucket = \"real\"\ns3_endpoint = \"http://127.0.0.1:1\"\ns3_access_key = \"k\"\ns3_secret_key = \"s\"\n",
    );
    let demo = Demo::start(&home, &[]);
    let said = demo.said();
    assert!(said[0].starts_with("Evenkeel is ready at http://127.0.0.1:"), "{said:?}");
    for role in ["requester", "agent", "responder", "manager", "administrator"] {
        assert!(said.iter().any(|line| line.starts_with(role)), "{role} is not in {said:?}");
    }
    demo.stop();
    assert!(!home.path("site").exists(), "the real status page stays");
    home.write("evenkeel.toml", "");
    let incidents = count(&home, "select count(*) from incidents");
    assert!((1_500..=2_500).contains(&incidents), "{incidents}");
    let open = count(
        &home,
        "select count(*) from incidents where state in ('new', 'in_progress', 'on_hold')",
    );
    assert!((55..=85).contains(&open), "{open} open");
    home.run(&["verify", "--data", "evenkeel-demo"]).done();

    // As if it had been a while.
    let database = rusqlite::Connection::open(home.path("evenkeel-demo/evenkeel.db")).unwrap();
    let age = "update settings set value = json_set(value, '$.built_at', '2026-01-01T00:00:00Z') where key = 'demo'";
    assert_eq!(database.execute(age, []).unwrap(), 1);
    drop(database);
    // Whatever mail server is named: what its people are told stays in their inboxes.
    let smtp = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    smtp.set_nonblocking(true).unwrap();
    let url = format!("smtp://{}", smtp.local_addr().unwrap());
    let mail = ["--smtp-url", &url, "--mail-from", "help@northwind.example"];
    let named = [&mail[..], &["--public-url", "http://127.0.0.1:7878"]].concat();
    let demo = Demo::start(&home, &named);
    demo.said();
    let told = "select count(*) from deliveries where channel = 'inbox' and state = 'sent'";
    let until = std::time::Instant::now() + PATIENCE;
    while count(&home, told) == 0 {
        assert!(std::time::Instant::now() < until, "inboxes are filled");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    demo.stop();
    assert_eq!(count(&home, "select count(*) from deliveries where channel = 'email'"), 0);
    assert!(smtp.accept().is_err(), "nobody came to the mail server");
    assert_eq!(count(&home, "select count(*) from incidents"), incidents);
    assert!(std::fs::read_to_string(home.path(LOG)).unwrap().contains("--fresh"));
}

#[test]
fn a_demo_that_was_begun_on_a_server_is_not_taken_for_somebody_elses() {
    let Some(database) = Database::create("demo") else { return };
    let home = Home::on(Some(database.url.clone()));
    let flags = ["demo", "--database-url", &database.url];
    home.init();
    home.run(&flags).refused(1, "is no demo");
    database.execute("insert into settings (key, value, version) values ('demo', '{}', 1)");
    home.run(&flags).refused(1, "was begun in this database and not finished");
}

#[test]
fn a_folder_that_no_demo_made_is_left_alone() {
    let home = Home::new();
    home.write("mine/letter.txt", "dear reader");
    home.run(&["demo", "--data", "mine"]).refused(1, "no demo made");
    home.run(&["demo", "--fresh", "--data", "mine"]).refused(1, "no demo made");
    assert_eq!(std::fs::read_to_string(home.path("mine/letter.txt")).unwrap(), "dear reader");
}
