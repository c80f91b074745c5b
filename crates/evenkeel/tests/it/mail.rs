//! `evenkeel mail`, and the listener as the program runs it.

use crate::harness::{Home, Ran};
use rusqlite::Connection;
use std::io::{BufRead, BufReader, Write};

const LETTER: &str = "From: gwen@company.example\r\nTo: help@company.example\r\nSubject: Printer\r\n\r\nIt jams.\r\n";

fn count(home: &Home) -> i64 {
    let database = Connection::open(home.database()).expect("the database");
    database.query_row("select count(*) from messages", [], |row| row.get(0)).expect("a count")
}

fn mail(home: &Home, letter: &str, args: &[&str]) -> Ran {
    home.run_given(letter, &[&["mail"], args].concat())
}

#[test]
fn a_message_is_kept_whether_a_server_runs_or_not() {
    let home = Home::with_admin();
    let ran = mail(&home, LETTER, &[]).done();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    assert_eq!(count(&home), 1);
    let server = home.serve();
    let sender = ["--sender", "gwen@company.example", "--recipient", "help@company.example"];
    mail(&home, &LETTER.replace("jams", "burns"), &sender).done();
    mail(&home, LETTER, &sender).done();
    assert_eq!(count(&home), 2, "the very same is kept once");
    drop(server);
    // As Postfix calls it, also for what mail servers report and for odd senders.
    for (at, sender) in
        ["--sender=", "--sender=-x@company.example", "--sender=a"].iter().enumerate()
    {
        let letter = format!("{LETTER}{at}\r\n");
        mail(&home, &letter, &[sender, "--recipient=help@company.example"]).done();
    }
    assert_eq!(count(&home), 5);
    assert_eq!(mail(&home, "", &["--help"]).code, 0);
}

#[test]
fn mail_servers_are_told_what_to_do_with_what_was_not_kept() {
    let home = Home::new();
    let nowhere = mail(&home, LETTER, &[]);
    assert_eq!(nowhere.code, 75, "{nowhere:?}");
    assert!(nowhere.stderr.contains("there is no database"), "{nowhere:?}");
    home.init();
    for (letter, args, code, words) in [
        ("", &[][..], 65, "is empty"),
        (LETTER, &["--mailbox", "Sales"], 75, "there is no mailbox `Sales`"),
        (LETTER, &["--mailbox", "00000000000000000000000000000000"], 75, "no mailbox"),
        (LETTER, &["--wrong"], 75, "unexpected argument"),
        (LETTER, &["--recipient", "a@b.example", "c@d.example"], 75, "unexpected argument"),
    ] {
        let ran = mail(&home, letter, args);
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(ran.stderr.contains(words), "{ran:?}");
    }
    let large = mail(&home, &"x".repeat(50 * 1_048_576), &[]);
    assert_eq!(large.code, 65, "{large:?}");
    assert!(
        large.stderr.contains("more than the") || large.stderr.contains("larger than"),
        "{large:?}"
    );
    home.write("evenkeel.toml", "nonsense = 1\n");
    assert_eq!(mail(&home, LETTER, &[]).code, 75);
    home.write("evenkeel.toml", "");
    std::fs::write(home.database(), "this is no database, but something else").expect("written");
    assert_eq!(mail(&home, LETTER, &[]).code, 75);
}

#[test]
fn whoever_waits_too_long_for_the_database_comes_again() {
    let home = Home::with_admin();
    let database = Connection::open(home.database()).expect("the database");
    database.execute_batch("begin immediate").expect("held");
    let ran = mail(&home, LETTER, &[]);
    assert_eq!(ran.code, 75, "{ran:?}");
    database.execute_batch("rollback").expect("let go");
    mail(&home, LETTER, &[]).done();
    assert_eq!(count(&home), 1);
}

#[test]
fn the_listener_belongs_to_the_server() {
    let home = Home::with_admin();
    let socket = home.path("lmtp").display().to_string();
    let server = home.serve_with(&["--lmtp-listen", &socket, "--smtp-listen", "127.0.0.1:0"]);
    let stream = std::os::unix::net::UnixStream::connect(&socket).expect("somebody listens");
    let mut lines = BufReader::new(stream.try_clone().expect("the same")).lines();
    let mut hear = || lines.next().expect("an answer").expect("words");
    assert!(hear().starts_with("220 "));
    (&stream)
        .write_all(b"LHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<who@b.example>\r\nQUIT\r\n")
        .expect("said");
    let heard: Vec<String> = (0..9).map(|_| hear()).collect();
    assert!(heard.iter().any(|line| line.starts_with("550 5.1.1")), "{heard:?}");
    drop(server);
    let refused = home.run(&["serve", "--listen", "127.0.0.1:0", "--smtp-listen", "nowhere"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    let refused = home.run(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--smtp-listen",
        "127.0.0.1:0",
        "--smtp-tls-cert",
        "x",
    ]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("both smtp_tls_cert and smtp_tls_key"), "{refused:?}");
}
