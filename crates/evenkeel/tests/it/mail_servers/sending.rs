//! Letters through Postfix: encrypted and signed in, stopped and started, killed.

use super::company::{Company, GWEN, PETER, mailbox};
use super::host::{MailHost, PASSWORD};
use super::letter::Letter;
use super::servers_are_here;
use crate::machine::{run, until};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Reports before the program is killed.
const REPORTS: usize = 40;
/// Letters that may be in its hands when it is killed.
const IN_FLIGHT: usize = 8;

#[test]
fn letters_leave_in_every_way_of_speaking_to_a_mail_server() {
    if !servers_are_here() {
        return;
    }
    let company = Company::new();
    let (host, login) = (MailHost::start(), MailHost::signing_in("login"));
    let to = |scheme: &str, port: u16| format!("{scheme}://gwen:{PASSWORD}@127.0.0.1:{port}");
    for (n, (host, url)) in (1..).zip([
        (&host, format!("smtp://127.0.0.1:{}", host.smtp)),
        (&host, to("smtp+starttls", host.submission)),
        (&host, to("smtps", host.submissions)),
        (&login, to("smtp+starttls", login.submission)),
    ]) {
        let authority = host.authority();
        let trusting = ["--smtp-ca", &authority];
        let check = [&["config", "check"][..], &company.mail(&url), &trusting].concat();
        let checked = company.home.run(&check).done();
        assert!(checked.stdout.contains("Nothing is wrong."), "{url}: {checked:?}");
        let server = company.serve(&url, &trusting);
        let title = format!("Printer {n} prints blank labels");
        company.report(&mut server.client(), GWEN, &title);
        until(&url, || {
            let letters = host.letters(mailbox(GWEN));
            letters.iter().any(|letter| letter.header("Subject").contains(&title)).then_some(())
        });
        assert!(server.stop().success());
    }
    assert_eq!((host.all_letters().len(), login.all_letters().len()), (3, 1));
}

#[test]
fn a_server_that_is_not_trusted_or_wants_another_password_gets_letters_later() {
    if !servers_are_here() {
        return;
    }
    let (company, host) = (Company::new(), MailHost::start());
    let url = |password: &str| format!("smtps://gwen:{password}@127.0.0.1:{}", host.submissions);
    let (right, wrong) = (url(PASSWORD), url("guessed"));
    let authority = host.authority();
    let trusting = ["--smtp-ca", &authority];
    let check = |url: &str, more: &[&str]| {
        company.home.run(&[&["config", "check"][..], &company.mail(url), more].concat())
    };
    let checked = check(&right, &[]);
    assert!(checked.code == 1 && checked.stdout.contains("UnknownIssuer"), "{checked:?}");
    let checked = check(&wrong, &trusting);
    assert!(checked.code == 1 && checked.stdout.contains("5.7.8 Error"), "{checked:?}");

    for (url, more, says) in
        [(&right, &[][..], "UnknownIssuer"), (&wrong, &trusting, "5.7.8 Error")]
    {
        let server = company.serve(url, more);
        let mut client = server.client();
        company.report(&mut client, GWEN, says);
        until("an administrator sees what the mail server says", || {
            let letters = company.deliveries(&mut client);
            letters.iter().any(|letter| letter["error"].to_string().contains(says)).then_some(())
        });
        let letters = company.deliveries(&mut client);
        assert!(letters.iter().all(|letter| letter["state"] == "waiting"), "{letters:?}");
        assert!(letters.iter().all(|letter| letter["attempts"] == 0), "{letters:?}");
        assert!(server.stop().success());
    }
    assert!(host.all_letters().is_empty());

    let server = company.serve(&right, &trusting);
    let letters = host.wait_for(mailbox(GWEN), 2);
    for title in ["UnknownIssuer", "5.7.8 Error"] {
        let about = |letter: &Letter| letter.header("Subject").ends_with(title);
        assert_eq!(letters.iter().filter(|letter| about(letter)).count(), 1, "{letters:?}");
    }
    until("nothing is wrong any more", || {
        let letters = company.deliveries(&mut server.client());
        let is_sent =
            |letter: &serde_json::Value| letter["state"] == "sent" && letter["error"].is_null();
        letters.iter().all(is_sent).then_some(())
    });
}

#[test]
fn letters_wait_for_a_server_that_is_stopped_and_leave_in_order() {
    if !servers_are_here() {
        return;
    }
    let (company, mut host) = (Company::new(), MailHost::start());
    let server = company.serve(&format!("smtp://127.0.0.1:{}", host.smtp), &[]);
    let mut client = server.client();
    let mut told: BTreeMap<String, &str> = BTreeMap::new();
    for (requester, title) in [(GWEN, "VPN drops"), (PETER, "Screen flickers"), (GWEN, "No sound")]
    {
        told.insert(company.report(&mut client, requester, title), requester);
    }
    host.wait_for(mailbox(GWEN), 2);
    host.wait_for(mailbox(PETER), 1);

    host.stop_postfix();
    for n in 1..=4 {
        for number in told.keys() {
            company.say(&mut client, number, &format!("This is word {n}."));
        }
    }
    until("letters wait", || {
        let waiting = company.get(&mut client, "/api/v1/deliveries?state=waiting&limit=200");
        (waiting["items"].as_array().expect("a list").len() == 12).then_some(())
    });
    host.start_postfix();
    until("all of it is sent", || {
        let letters = company.deliveries(&mut client);
        letters.iter().all(|letter| letter["state"] == "sent").then_some(())
    });

    // What came quickly one after the other may stand in one letter.
    for (number, requester) in told {
        let about = until("its last word", || {
            let mut letters = host.letters(mailbox(requester));
            letters.retain(|letter| letter.header("Subject").contains(&format!("[{number} ")));
            let is_there = |letter: &Letter| letter.plain().contains("This is word 4.");
            letters.iter().any(is_there).then_some(letters)
        });
        assert!(about[0].words.contains("We have received your report"), "{:?}", about[0]);
        for letter in &about[1..] {
            assert_eq!(letter.header("In-Reply-To"), about[0].header("Message-ID"));
        }
        let said: String = about.iter().map(Letter::plain).collect();
        let places: Vec<Vec<usize>> = (1..=4)
            .map(|n| said.match_indices(&format!("This is word {n}.")).map(|(at, _)| at).collect())
            .collect();
        assert!(places.iter().all(|places| places.len() == 1), "{number}: {said}");
        assert!(places.is_sorted(), "{number}: {said}");
    }
    let all = host.all_letters();
    let ids: BTreeSet<&str> = all.iter().map(|letter| letter.header("Message-ID")).collect();
    assert_eq!(ids.len(), all.len());
}

#[test]
fn killed_in_the_middle_of_letters_it_loses_none() {
    if !servers_are_here() {
        return;
    }
    let (company, mut host) = (Company::new(), MailHost::start());
    let url = format!("smtp://127.0.0.1:{}", host.smtp);
    host.stop_postfix();
    let server = company.serve(&url, &[]);
    let mut client = server.client();
    for n in 0..REPORTS {
        company.report(&mut client, if n % 2 == 0 { GWEN } else { PETER }, &format!("Report {n}"));
    }
    host.start_postfix();
    until("some letters arrive", || {
        let arrived = host.all_letters().len();
        assert!(arrived < REPORTS, "too late to kill it in the middle");
        (arrived >= REPORTS / 4).then_some(())
    });
    server.kill();

    let server = company.serve(&url, &[]);
    let mut client = server.client();
    until("all letters are sent", || {
        let letters = company.deliveries(&mut client);
        letters.iter().all(|letter| letter["state"] == "sent").then_some(())
    });
    let letters = company.deliveries(&mut client);
    assert_eq!(letters.len(), REPORTS);
    let distinct = |host: &MailHost| {
        let all = host.all_letters();
        let ids: BTreeSet<String> =
            all.iter().map(|letter| letter.header("Message-ID").to_owned()).collect();
        (ids.len(), all)
    };
    let all = until("all letters lie in mailboxes", || {
        let (ids, all) = distinct(&host);
        (ids == REPORTS).then_some(all)
    });
    let subjects: BTreeSet<&str> = all.iter().map(|letter| letter.header("Subject")).collect();
    assert_eq!(subjects.len(), REPORTS, "none is missing");
    assert!(all.len() <= REPORTS + IN_FLIGHT, "{} of {REPORTS}", all.len());
    assert!(server.stop().success());
}

/// Reads letters as their readers' mail servers would.
const VERIFIER: &str = "import dkim, sys
name, text, path = sys.argv[1:]
asked = []
def dns(wanted, timeout=5):
    asked.append(wanted.decode().rstrip('.'))
    return text.encode()
raw = open(path, 'rb').read()
good = dkim.verify(raw, dnsfunc=dns)
bad = dkim.verify(raw.replace(b'blank', b'black'), dnsfunc=dns)
print(good, bad, set(asked) == {name})
";

#[test]
fn letters_are_signed_so_that_others_can_tell() {
    if !servers_are_here() {
        return;
    }
    let (company, host) = (Company::new(), MailHost::start());
    let url = format!("smtp://127.0.0.1:{}", host.smtp);
    for (n, algorithm) in (1..).zip([
        "genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out KEY",
        "genrsa -traditional -out KEY 2048",
        "genpkey -algorithm ED25519 -out KEY",
    ]) {
        let key = company.home.path(&format!("dkim-{n}.pem"));
        let key = key.to_str().expect("UTF-8");
        let args = algorithm.split(' ').map(|arg| if arg == "KEY" { key } else { arg });
        run(Command::new("openssl").args(args));
        let signing = ["--dkim-key", key, "--dkim-selector", "desk.mail"];
        let check = [&["config", "check", "--json"][..], &company.mail(&url), &signing].concat();
        let checked = company.home.run(&check).done().json();
        let note = checked["findings"][0]["what"].as_str().expect("a note");
        let (_, record) = note.split_once("a TXT record ").expect(note);
        let (name, text) = record.split_once(" with ").expect(note);
        assert_eq!(name, "desk.mail._domainkey.company.example");

        let server = company.serve(&url, &signing);
        company.report(&mut server.client(), GWEN, "Größe: the printer prints blank labels");
        let letters = host.wait_for(mailbox(GWEN), n);
        company.home.write("letter.eml", "");
        let path = company.home.path("letter.eml");
        std::fs::write(&path, &letters[n - 1].raw).expect("it is written");
        let mut verifier = Command::new("/usr/bin/python3");
        verifier.args(["-c", VERIFIER, name, text]).arg(path);
        assert_eq!(run(&mut verifier).trim(), "True False True", "{algorithm}");
        assert!(server.stop().success());
    }
}
