//! Mail in both directions: a report, a question, its answer, a resolution, a closure.

use super::company::{Company, GWEN, mailbox};
use super::host::{MailHost, PASSWORD};
use super::servers_are_here;
use crate::harness::Server;
use crate::http::Client;
use crate::machine::{free_port, run, until};
use serde_json::{Value, json};
use std::process::Command;

const HELP: &str = "help@company.example";
const STRANGER: &str = "mallory@elsewhere.example";
/// What a form of our own pages says.
const FORM: [(&str, &str); 2] =
    [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];

/// A company whose mail to the service desk reaches its instance by LMTP.
fn by_lmtp() -> (Company, MailHost, Server) {
    let (company, mut host) = (Company::new(), MailHost::start());
    let lmtp = free_port();
    host.route(&[(HELP, &format!("lmtp:inet:127.0.0.1:{lmtp}"))]);
    let url = format!("smtp://127.0.0.1:{}", host.smtp);
    let server = company.serve(&url, &["--lmtp-listen", &format!("127.0.0.1:{lmtp}")]);
    company.add_mailbox(&mut server.client(), HELP, Value::Null);
    (company, host, server)
}

#[test]
fn a_conversation_from_report_to_closure_by_mail_alone() {
    if !servers_are_here() {
        return;
    }
    let (company, host, server) = by_lmtp();
    let client = &mut server.client();
    let report = "Subject: VPN drops\nMessage-ID: <one@client.example>\n";
    host.send(GWEN, HELP, report, "Every ten minutes.");
    let received = host.wait_for(mailbox(GWEN), 1).remove(0);
    assert!(received.words.contains("We have received your report"), "{received:?}");
    let number = company.incidents(client)[0]["number"].as_str().expect("a number").to_owned();
    assert!(received.header("Subject").contains(&format!("[{number} ")), "{received:?}");

    company.say(client, &number, "Does it drop by cable, too?");
    company.does(client, &number, "hold", &json!({ "reason": "requester" }));
    let letters = host.wait_for(mailbox(GWEN), 2);
    let question = letters.last().expect("two");
    assert!(question.words.contains("Does it drop by cable, too?"), "{question:?}");
    let answer = format!(
        "Subject: Re: {}\nMessage-ID: <two@client.example>\nIn-Reply-To: {}\n",
        question.header("Subject"),
        question.header("Message-ID")
    );
    host.send(GWEN, HELP, &answer, "No, only by Wi-Fi.\n\nGwen");
    until("her answer takes it up again", || {
        let incident = company.incident(client, &number);
        (incident["state"] != "on_hold").then_some(())
    });
    assert_eq!(company.entries(client, &number, "commented"), 2);

    let resolution = json!({ "code": "fixed", "note": "The access point was replaced." });
    company.does(client, &number, "resolve", &resolution);
    let resolved = until("the letter of the resolution", || {
        let letters = host.letters(mailbox(GWEN)).into_iter();
        letters.rev().find(|letter| letter.words.contains("The access point was replaced."))
    });
    let (_, link) = resolved.words.split_once("https://desk.company.example/a/").expect("a link");
    let path = format!("/a/{}", link.split_whitespace().next().expect("the rest of it"));
    // Whoever looks, or whatever looks at links in mail, changes nothing.
    for _ in 0..2 {
        assert_eq!(client.get(&path, &[]).status, 200);
    }
    assert_eq!(company.incident(client, &number)["state"], "resolved");
    assert_eq!(client.post(&path, &FORM, "say=works").status, 303);
    assert_eq!(company.incident(client, &number)["state"], "closed");
    assert_eq!(company.incidents(client).len(), 1, "all of it is one incident");
}

#[test]
fn a_stranger_with_its_number_does_not_reach_an_incident() {
    if !servers_are_here() {
        return;
    }
    let (company, host, server) = by_lmtp();
    let client = &mut server.client();
    host.send(GWEN, HELP, "Subject: VPN drops\n", "Every ten minutes.");
    let received = host.wait_for(mailbox(GWEN), 1).remove(0);
    let before = company.incident(client, "INC-1");
    // With the bare number something new begins; with our seal a person has to look.
    host.send(STRANGER, HELP, "Subject: Re: INC-1 VPN drops\n", "Send me the password.");
    let sealed = format!(
        "Subject: Re: {}\nIn-Reply-To: {}\n",
        received.header("Subject"),
        received.header("Message-ID")
    );
    host.send(STRANGER, HELP, &sealed, "Send me the password, now.");
    until("the one becomes something new", || {
        let incidents = company.incidents(client);
        (incidents.len() == 2).then_some(())
    });
    let database = rusqlite::Connection::open(company.home.database()).expect("the database");
    until("the other is kept aside", || {
        let count = "select count(*) from messages where state = 'quarantined'";
        let count: i64 = database.query_row(count, [], |row| row.get(0)).expect("a count");
        (count == 1).then_some(())
    });
    assert_eq!(company.incidents(client).len(), 2);
    assert_eq!(company.incident(client, "INC-1")["version"], before["version"]);
}

#[test]
fn mail_comes_in_by_every_door() {
    if !servers_are_here() {
        return;
    }
    let (mut company, mut host) = (Company::new(), MailHost::start());
    company.home.set("SSL_CERT_FILE", host.authority());
    let smtp = free_port();
    let listen = ["--smtp-listen", &format!("127.0.0.1:{smtp}")];
    let server = company.serve(&format!("smtp://127.0.0.1:{}", host.smtp), &listen);
    let client = &mut server.client();
    company.add_mailbox(client, HELP, Value::Null);
    let titled = |client: &mut Client, title: &str| {
        until(title, || {
            let incidents = company.incidents(client);
            incidents.into_iter().find(|incident| incident["title"] == title)
        })
    };

    host.send_by(smtp, GWEN, HELP, "Subject: Straight to the listener\n", "It jams.");
    assert_eq!(titled(client, "Straight to the listener")["requester"], GWEN);

    // Two lie in the mailbox before anybody fetches, one comes afterwards.
    host.send(GWEN, "ines@company.example", "Subject: Fetched one\n", "It jams.");
    host.send(GWEN, "ines@company.example", "Subject: Fetched two\n", "It jams.");
    host.wait_for("ines", 2);
    let imap = json!({ "host": "localhost", "port": host.imaps, "security": "tls",
        "user": "ines", "password": PASSWORD });
    company.add_mailbox(client, "ines@company.example", imap);
    titled(client, "Fetched one");
    titled(client, "Fetched two");
    host.send(GWEN, "ines@company.example", "Subject: Fetched three\n", "It jams.");
    titled(client, "Fetched three");
    assert_eq!(company.incidents(client).len(), 4);

    // The pipe needs no server, and an account that may write to the data.
    assert!(server.stop().success());
    let home = company.home.path("");
    run(Command::new("chown").args(["-R", "nobody:nogroup"]).arg(&home));
    let program = host.program();
    let data = company.home.path("evenkeel-data");
    host.add_pipe(
        "evenkeel",
        &format!(
            "{} mail --data {} --sender ${{sender}} --recipient ${{recipient}}",
            program.display(),
            data.display()
        ),
    );
    host.route(&[(HELP, "evenkeel:")]);
    host.send(GWEN, HELP, "Subject: Through the pipe\n", "It jams.");
    let database = rusqlite::Connection::open(company.home.database()).expect("the database");
    until("the message is kept", || {
        let count = "select count(*) from messages";
        let count: i64 = database.query_row(count, [], |row| row.get(0)).expect("a count");
        (count == 5).then_some(())
    });
    drop(database);
    let server = company.serve(&format!("smtp://127.0.0.1:{}", host.smtp), &[]);
    let client = &mut server.client();
    titled(client, "Through the pipe");
    company.home.run(&["verify"]).done();
}
