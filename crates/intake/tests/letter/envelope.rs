//! Who wrote to whom, when, about what; and headers as they are found in the wild.

use crate::corpus::{mail, text};
use intake::{Address, Verdict, read};

fn address(name: &str, email: &str) -> Address {
    Address { name: name.to_owned(), email: email.to_owned() }
}

#[test]
fn a_plain_message_is_understood() {
    let letter = read(&text("Hello"));
    assert_eq!(letter.from, Some(address("Jane Doe", "jane@example.org")));
    assert_eq!(letter.to, [address("", "desk@desk.example")]);
    assert_eq!(letter.subject, "Printer");
    assert_eq!(letter.message_id.as_deref(), Some("one@example.org"));
    assert_eq!(letter.sent_at.map(|at| at.to_string()).as_deref(), Some("2026-11-23T12:12:00Z"));
    assert_eq!((letter.text.as_str(), letter.reply.as_str()), ("Hello", "Hello"));
    assert_eq!((letter.automatic, letter.forwarded, letter.report), (None, None, None));
    assert!(letter.faults.is_empty(), "{:?}", letter.faults);
}

#[test]
fn subjects_are_decoded_whatever_was_done_to_them() {
    for (raw, subject) in [
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe_aus?= =?utf-8?q?_Wien?=", "Grüße aus Wien"),
        ("=?utf-8?B?4oKs?= 5", "€ 5"),
        // A character torn apart between two words.
        ("=?utf-8?B?w7w=?= =?utf-8?B?w58=?=", "üß"),
        ("=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "ü"),
        ("=?iso-8859-1?Q?caf=E9?= =?utf-8?Q?_=C3=BC?=", "café ü"),
        ("=?utf-8?Q?with spaces in it?=", "with spaces in it"),
        ("=?utf-8*de?Q?Sprache?=", "Sprache"),
        ("=?utf-8?B?R3LDvMOfZQ?=", "Grüße"),
        ("=?nonsense?Q?a=E9?=", "aé"),
        ("=?utf-8?X?a?= b =? c", "=?utf-8?X?a?= b =? c"),
        ("=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=", "テスト"),
        ("=?iso-2022-jp?B?GyRCJUYbKEI=?= =?iso-2022-jp?B?GyRCJTkbKEI=?=", "テス"),
        ("Re: [Ticket#1]  two\n  lines", "Re: [Ticket#1] two lines"),
        ("=?utf-8?Q?a=0D=0AX-Evil:_1?=", "a X-Evil: 1"),
        ("\u{202e}evil\u{200b}", "evil"),
    ] {
        let letter = read(&mail(&format!("From: a@example.org\nSubject: {raw}"), "x"));
        assert_eq!(letter.subject, subject, "{raw}");
    }
}

#[test]
fn senders_are_found_in_every_shape() {
    for (raw, name, email) in [
        ("jane@example.org", "", "jane@example.org"),
        ("<JANE@Example.ORG>", "", "jane@example.org"),
        ("\"Doe, Jane\" <jane@example.org>", "Doe, Jane", "jane@example.org"),
        ("Doe, Jane <jane@example.org>", "Doe, Jane", "jane@example.org"),
        ("jane@example.org (Jane Doe)", "Jane Doe", "jane@example.org"),
        ("=?utf-8?Q?M=C3=BCller=2C_J?= <m@example.org>", "Müller, J", "m@example.org"),
        ("\"=?utf-8?B?TcO8bGxlcg==?=\" <m@example.org>", "Müller", "m@example.org"),
        ("=?utf-8?Q?Jane_Doe_<jane@example.org>?=", "Jane Doe", "jane@example.org"),
        ("'jane@example.org' <jane@example.org>", "", "jane@example.org"),
        ("Jane Doe [mailto:jane@example.org]", "Jane Doe", "jane@example.org"),
        ("Jane \"JD\" Doe <jane@example.org>", "Jane JD Doe", "jane@example.org"),
        ("Jane Doe <jane@example.org", "Jane Doe", "jane@example.org"),
        ("group: jane@example.org, bob@example.org;", "", "jane@example.org"),
        ("jane@bücher.example", "", "jane@bücher.example"),
        ("Jane =?utf-8?Q?M=C3=BCller?= (IT) <jane@example.org>", "Jane Müller", "jane@example.org"),
        ("<@relay.example,@other.example:jane@example.org>", "", "jane@example.org"),
        ("\"Jane Doe <jane@example.org>", "Jane Doe", "jane@example.org"),
        ("bob, jane@example.org", "", "jane@example.org"),
        (
            "Jane(of the \\) desk) <jane(her account)@example.org(her host)>",
            "Jane",
            "jane@example.org",
        ),
        ("Jane Doe <jane@example.org> Bob <bob@example.org>", "Jane Doe", "jane@example.org"),
        ("Jane Doe <jane@example.org<mailto:jane@example.org>>", "Jane Doe", "jane@example.org"),
    ] {
        let letter = read(&mail(&format!("From: {raw}"), "x"));
        assert_eq!(letter.from, Some(address(name, email)), "{raw}");
    }
    for raw in ["", "nobody", "<>", "undisclosed-recipients:;", "a b@", "@example.org"] {
        let letter = read(&mail(&format!("From: {raw}\nSubject: x"), "x"));
        assert_eq!(letter.from, None, "{raw}");
        assert_eq!(letter.faults, ["Its sender could not be read."], "{raw}");
    }
}

#[test]
fn who_sent_it_is_asked_where_it_does_not_say_who_it_is_from() {
    for from in ["", "From: \n", "From: nobody\n"] {
        let raw = format!("Return-Path: <jane@example.org>\n{from}Subject: x");
        let letter = read(&mail(&raw, "x"));
        assert_eq!(letter.from, Some(address("", "jane@example.org")), "{from}");
    }
    assert_eq!(read(&mail("Return-Path: <>\nSubject: x", "x")).from, None);
}

#[test]
fn headers_of_eight_bits_are_read() {
    let cut = read(b"From: j@example.org\r\nSubject: Gr\xc3\xb6\xc3\x9fe \xc3\r\n\r\nx");
    assert_eq!(cut.subject, "Größe \u{fffd}");
    let utf8 = read("From: Jörg <j@example.org>\r\nSubject: Grüße\r\n\r\nx".as_bytes());
    assert_eq!((utf8.from.unwrap().name.as_str(), utf8.subject.as_str()), ("Jörg", "Grüße"));
    let latin = read(b"From: J\xf6rg <j@example.org>\r\nSubject: Gr\xfc\xdfe\r\n\r\nx");
    assert_eq!((latin.from.unwrap().name.as_str(), latin.subject.as_str()), ("Jörg", "Grüße"));
    let koi = read(b"Subject: \xf0\xd2\xc9\xd7\xc5\xd4\r\nContent-Type: text/plain; charset=\"koi8-r\"\r\n\r\n\xcd\xc9\xd2");
    assert_eq!((koi.subject.as_str(), koi.text.as_str()), ("Привет", "мир"));
}

#[test]
fn line_ends_and_separators_may_be_broken() {
    let usual = "From: a@example.org\nSubject: s\nTo: b@example.org\n\none\ntwo";
    for raw in [
        usual.to_owned(),
        usual.replace('\n', "\r\n"),
        usual.replace('\n', "\r"),
        format!("\n\n{usual}"),
        format!("From a@example.org Mon Nov 23\n{usual}"),
        usual.replace("s\n", "\0s\0\n"),
    ] {
        let letter = read(raw.as_bytes());
        assert_eq!((letter.subject.as_str(), letter.text.as_str()), ("s", "one\ntwo"), "{raw:?}");
        assert_eq!(letter.from.unwrap().email, "a@example.org");
    }
    // A long line broken without being indented; headers behind an empty line.
    let broken =
        read(b"Received: by mx\nSubject: a long\nsubject goes on\nFrom: a@example.org\n\nbody");
    assert_eq!((broken.subject.as_str(), broken.text.as_str()), ("a long subject goes on", "body"));
    let late = read(b"Received: by mx\n\nFrom: a@example.org\nSubject: s\n\nbody");
    assert_eq!((late.subject.as_str(), late.text.as_str()), ("s", "body"));
    let later = read(b"Received: by mx\n\nDelivered-To: b@example.org\nX-Odd: 1\nFrom: a@example.org\nSubject: s\n\nbody");
    assert_eq!((later.subject.as_str(), later.text.as_str()), ("s", "body"));
    let folded = read(b"Subject: one\n \n\ttwo\nFrom: a@example.org\n\nbody");
    assert_eq!((folded.subject.as_str(), folded.text.as_str()), ("one two", "body"));
    let long = format!("Subject: s\nReceived\n{}From: a@example.org\n\nbody", " more\n".repeat(40));
    assert_eq!(read(long.as_bytes()).from.unwrap().email, "a@example.org");
    // Behind very many headers nothing is mended.
    let many = format!(
        "From: a@example.org\nX-Odd: {}\n \nTo: b@example.org\n\nbody",
        "x".repeat(600_000)
    );
    assert_eq!(read(many.as_bytes()).text, "To: b@example.org\n\nbody");
    // White space before a text that is moved in.
    let moved = read(b"From: a@example.org\nSubject: s\n \n  body\n\nTo: more");
    assert_eq!((moved.subject.as_str(), moved.text.as_str()), ("s", "  body\n\nTo: more"));
    // No empty line at all, and no headers at all.
    let joined = read(b"From: a@example.org\nSubject: s\nthis is the body\nmore");
    assert_eq!((joined.subject.as_str(), joined.text.as_str()), ("s", "this is the body\nmore"));
    assert_eq!(read(b"just words\nmore").text, "just words\nmore");
    assert_eq!(read(b"Subject: only").subject, "only");
}

#[test]
fn twice_the_same_header_is_no_trick() {
    let letter = read(&mail(
        "From: a@example.org\nFrom: b@example.org\nSubject:\nSubject: real\nTo: c@example.org\nTo: d@example.org, C@example.org",
        "x",
    ));
    assert_eq!(letter.from.unwrap().email, "a@example.org");
    assert_eq!(letter.subject, "real");
    assert_eq!(
        letter.to.iter().map(|to| to.email.as_str()).collect::<Vec<_>>(),
        ["c@example.org", "d@example.org"]
    );
    assert_eq!(letter.faults, ["It names several senders; the first one counts."]);
}

#[test]
fn answers_are_nearest_first_and_once() {
    let letter = read(&mail(
        "From: a@example.org\nReferences: <1@x> <2@x>\n\t<3@x>\nIn-Reply-To: Message of Monday <3@x>\nMessage-ID: < 4@\n x >",
        "x",
    ));
    assert_eq!(letter.answers, ["3@x", "2@x", "1@x"]);
    assert_eq!(letter.message_id.as_deref(), Some("4@x"));
    let bare = read(&mail("Message-ID: abc@x\nReferences: 1@x 2@x", "x"));
    assert_eq!(
        (bare.message_id.as_deref(), bare.answers.as_slice()),
        (Some("abc@x"), ["2@x".to_owned(), "1@x".to_owned()].as_slice())
    );
}

#[test]
fn dates_in_odd_shapes() {
    for (raw, at) in [
        ("Mon, 23 Nov 2026 13:12:00 +0100", Some("2026-11-23T12:12:00Z")),
        ("23 Nov 2026 13:12 GMT", Some("2026-11-23T13:12:00Z")),
        ("Mon, 23 Nov 2026 13:12:00 -0500 (EST)", Some("2026-11-23T18:12:00Z")),
        ("2026-11-23T13:12:00Z", Some("2026-11-23T13:12:00Z")),
        ("yesterday", None),
        ("Mon, 99 Nov 2026 99:12:00 +0100", None),
    ] {
        let letter = read(&mail(&format!("Date: {raw}"), "x"));
        assert_eq!(letter.sent_at.map(|at| at.to_string()).as_deref(), at, "{raw}");
    }
}

#[test]
fn only_the_topmost_results_count() {
    let letter = read(&mail(
        "Authentication-Results: MX.example.org (evil dmarc=fail); spf=pass smtp.mailfrom=a@x;\n dkim=fail (bad; dmarc=pass) header.d=x; dkim=pass header.d=y; dmarc=none\nAuthentication-Results: forged.example; dmarc=pass\nFrom: a@example.org",
        "x",
    ));
    let found = letter.authentication;
    assert_eq!(found.by, "mx.example.org");
    assert_eq!((found.spf, found.dkim, found.dmarc), (Verdict::Pass, Verdict::Pass, Verdict::None));
    let soft = read(&mail(
        "Authentication-Results: mx 1; spf=softfail reason=\"dmarc=pass; dmarc=pass\"; dmarc=fail",
        "x",
    ))
    .authentication;
    assert_eq!((soft.spf, soft.dmarc), (Verdict::Fail, Verdict::Fail));
    assert_eq!(read(&text("x")).authentication, intake::Authentication::default());
}
