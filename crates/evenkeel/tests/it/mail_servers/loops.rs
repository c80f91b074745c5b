//! Machines that answer each other come to an end, and a person is told once.

use super::company::Company;
use super::host::MailHost;
use super::servers_are_here;
use crate::machine::{free_port, until};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const HELP: &str = "help@company.example";
const ROBOT: &str = "peter@company.example";
/// Letters to one address within ten minutes, after which it is not answered any more.
const CAP: usize = 10;

/// It answers every letter with a new one and says nowhere that it is a robot.
#[test]
fn a_robot_that_answers_every_letter_is_not_answered_for_ever() {
    if !servers_are_here() {
        return;
    }
    let (company, mut host) = (Company::new(), MailHost::start());
    let lmtp = free_port();
    host.route(&[(HELP, &format!("lmtp:inet:127.0.0.1:{lmtp}"))]);
    let listen = ["--lmtp-listen", &format!("127.0.0.1:{lmtp}")];
    let server = company.serve(&format!("smtp://127.0.0.1:{}", host.smtp), &listen);
    let client = &mut server.client();
    company.add_mailbox(client, HELP, Value::Null);

    host.send(ROBOT, HELP, "Subject: I am not in the office, 0\n", "Until Monday.");
    let mut answered = BTreeSet::new();
    let alarm = until("somebody is told", || {
        for letter in host.letters("peter") {
            let id = letter.header("Message-ID").to_owned();
            if answered.insert(id) {
                let subject = format!("Subject: I am not in the office, {}\n", answered.len());
                host.send(ROBOT, HELP, &subject, "Until Monday.");
            }
        }
        let title = format!("Mail gets out of hand: address {ROBOT}");
        let incidents = company.incidents(client);
        incidents.into_iter().find(|incident| incident["title"] == title)
    });
    assert_eq!(alarm["urgency"], 1, "{alarm}");
    // Whatever it sends now is kept, and not answered.
    for n in 0..3 {
        let subject = format!("Subject: I am still not in the office, {n}\n");
        host.send(ROBOT, HELP, &subject, "Until Monday.");
    }
    until("all of it is dealt with", || {
        let incidents = company.incidents(client);
        let last = |incident: &Value| incident["title"] == "I am still not in the office, 2";
        incidents.iter().any(last).then_some(())
    });
    let letters = company.deliveries(client);
    let sent = |letter: &&Value| letter["address"] == ROBOT && letter["state"] == "sent";
    let to_robot = letters.iter().filter(sent).count();
    assert!((CAP..=CAP + 2).contains(&to_robot), "{to_robot}: {letters:?}");
    let incidents = company.incidents(client);
    let alarms = incidents.iter().filter(|incident| {
        incident["title"].as_str().is_some_and(|title| title.starts_with("Mail gets out of hand"))
    });
    assert_eq!(alarms.count(), 1);
}

/// Each takes the other's letters for what they are: letters that no person wrote.
#[test]
fn two_instances_do_not_answer_each_other() {
    if !servers_are_here() {
        return;
    }
    let (one, other, mut host) = (Company::new(), Company::new(), MailHost::start());
    let (lmtp, other_lmtp) = (free_port(), free_port());
    let theirs = "ines@company.example";
    host.route(&[
        (HELP, &format!("lmtp:inet:127.0.0.1:{lmtp}")),
        (theirs, &format!("lmtp:inet:127.0.0.1:{other_lmtp}")),
    ]);
    let url = format!("smtp://127.0.0.1:{}", host.smtp);
    let server = one.serve(&url, &["--lmtp-listen", &format!("127.0.0.1:{lmtp}")]);
    let listen = format!("127.0.0.1:{other_lmtp}");
    let from = format!("Service Desk <{theirs}>");
    let more = ["--lmtp-listen", &listen, "--smtp-url", &url, "--mail-from", &from];
    let more = [&more[..], &["--public-url", "https://other.company.example"]].concat();
    let other_server = other.home.serve_with(&more);
    let (client, other_client) = (&mut server.client(), &mut other_server.client());
    one.add_mailbox(client, HELP, Value::Null);
    other.add_mailbox(other_client, theirs, Value::Null);
    one.home.run(&["user", "add", "--email", theirs, "--name", "The other desk"]).done();

    let number = one.report(client, theirs, "Your printer prints ours");
    one.say(client, &number, "Is it switched on?");
    one.does(client, &number, "resolve", &json!({ "code": "fixed", "note": "Pulled the plug." }));
    until("the letters are sent", || {
        let letters = one.deliveries(client);
        let sent = letters.iter().filter(|letter| letter["state"] == "sent").count();
        (sent == 3).then_some(())
    });
    host.send("gwen@company.example", theirs, "Subject: No sound\n", "Since today.");
    until("what a machine and what a person wrote is there", || {
        let incidents = other.incidents(other_client);
        let there = |words: &str| {
            let mut titles = incidents.iter().filter_map(|incident| incident["title"].as_str());
            titles.any(|title| title.contains(words))
        };
        (there("No sound") && there("Your printer prints ours")).then_some(())
    });
    let answers = other.deliveries(other_client);
    let mut to_machine = answers.iter().filter(|letter| letter["address"] == HELP);
    assert!(to_machine.all(|letter| letter["state"] == "withdrawn"), "{answers:?}");
    assert_eq!(one.incidents(client).len(), 1);
    assert_eq!(one.entries(client, &number, "commented"), 1);
    assert_eq!(one.incident(client, &number)["state"], "resolved");
}
