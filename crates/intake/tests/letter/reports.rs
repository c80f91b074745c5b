//! Reports of mail servers, and what is forwarded.

use crate::corpus::{BOUNCE, all, body_of, bounce, from_jane, mail, parts};
use intake::{Automatic, Reported, read};

#[test]
fn a_bounce_says_what_became_of_what() {
    let letter = read(&bounce());
    let report = letter.report.unwrap();
    assert_eq!(report.about.as_deref(), Some("sent-7@desk.example"));
    assert_eq!(report.recipient.as_deref(), Some("gone@example.net"));
    assert_eq!(report.outcome, Reported::Failed);
    assert_eq!(
        report.words,
        "550 5.1.1 <gone@example.net>: Recipient address rejected: User unknown"
    );
    assert_eq!(letter.automatic, Some(Automatic::Report));
    assert_eq!(letter.text, BOUNCE);
    assert_eq!(
        letter.attachments.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(),
        ["Your report.eml"]
    );
}

fn status(block: &str, original: (&str, &str)) -> intake::Report {
    let body = body_of(
        "r",
        &[
            ("Content-Type: text/plain", "Words"),
            (
                "Content-Type: message/delivery-status",
                &format!("Reporting-MTA: dns; mx\n\n{block}"),
            ),
            original,
        ],
    );
    read(&mail(
        "From: postmaster@mx.example\nSubject: Status\nContent-Type: multipart/report; boundary=r",
        &body,
    ))
    .report
    .expect("it reports")
}

#[test]
fn reports_of_every_outcome() {
    let headers = (
        "Content-Type: text/rfc822-headers",
        "Subject: x\nMessage-ID: <h@desk.example>\nFrom: a@b",
    );
    let late = status(
        "Final-Recipient: rfc822;a@example.org\nAction: delayed\nStatus: 4.4.1\nWill-Retry-Until: x",
        headers,
    );
    assert_eq!(
        (late.outcome, late.about.as_deref(), late.words.as_str()),
        (Reported::Delayed, Some("h@desk.example"), "4.4.1")
    );
    let there =
        status("Final-Recipient: rfc822;a@example.org\nAction: relayed\nStatus: 2.0.0", headers);
    assert_eq!(
        (there.outcome, there.recipient.as_deref()),
        (Reported::Arrived, Some("a@example.org"))
    );
    let worst = status(
        "Final-Recipient: rfc822;a@example.org\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822;b@example.org\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp;552 full",
        headers,
    );
    assert_eq!(
        (worst.outcome, worst.recipient.as_deref(), worst.words.as_str()),
        (Reported::Failed, Some("b@example.org"), "5.2.2 552 full")
    );
    let silent = status("Final-Recipient: rfc822;b@example.org\nStatus: 5.0.0", headers);
    assert_eq!(silent.outcome, Reported::Failed);
}

#[test]
fn a_report_that_somebody_passes_on_is_no_report() {
    let letter = read(&parts(
        "mixed",
        &[
            ("Content-Type: text/plain", "Hi. This is the third one today. What does it mean?"),
            (
                "Content-Type: message/delivery-status; name=details.txt",
                "Final-Recipient: rfc822;a@example.org\nAction: failed\nStatus: 5.1.1",
            ),
        ],
    ));
    assert_eq!((letter.report, letter.automatic), (None, None));
    assert_eq!(letter.attachments[0].name, "details.txt");
}

#[test]
fn receipts_say_that_it_was_read() {
    let body = body_of(
        "r",
        &[
            ("Content-Type: text/plain", "Your message was read."),
            (
                "Content-Type: message/disposition-notification",
                "Reporting-UA: x\nFinal-Recipient: rfc822;jane@example.org\nOriginal-Message-ID: <sent-8@desk.example>\nDisposition: manual-action/MDN-sent-manually; displayed",
            ),
        ],
    );
    let report = read(&mail("From: jane@example.org\nSubject: Read: x\nContent-Type: multipart/report; report-type=disposition-notification; boundary=r", &body)).report.unwrap();
    assert_eq!(
        (report.about.as_deref(), report.outcome),
        (Some("sent-8@desk.example"), Reported::Arrived)
    );
}

#[test]
fn reports_that_keep_to_no_standard() {
    let qmail = read(&mail(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: failure notice",
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<gone@example.net>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 no such user\n\n--- Below this line is a copy of the message.\n\nReceived: by x\nMessage-ID: <sent-9@desk.example>\nSubject: x\n\nHello",
    ));
    let report = qmail.report.unwrap();
    assert_eq!(
        (
            report.about.as_deref(),
            report.recipient.as_deref(),
            report.outcome,
            report.words.as_str()
        ),
        (
            Some("sent-9@desk.example"),
            Some("gone@example.net"),
            Reported::Failed,
            "Remote host said: 550 no such user"
        )
    );
    let nameless = read(&mail(
        "From: MAILER-DAEMON <>\nSubject: Delivery status notification: error\nTo: desk@desk.example",
        "gone@example.net: no such user\n\n    Below is a copy of the original message:\n\nMessage-ID: <sent-9@desk.example>\n",
    ));
    assert_eq!(
        nameless.report.and_then(|report| report.about).as_deref(),
        Some("sent-9@desk.example")
    );
    let exim = read(&mail(
        "From: Mail Delivery System <Mailer-Daemon@mx.example>\nX-Failed-Recipients: gone@example.net\nSubject: Mail delivery failed: returning message to sender\nAuto-Submitted: auto-replied",
        "A message that you sent could not be delivered:\n\n  gone@example.net\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-Id: <sent-10@desk.example>\n",
    ));
    let report = exim.report;
    assert_eq!(
        report.as_ref().and_then(|report| report.about.as_deref()),
        Some("sent-10@desk.example")
    );
    let exchange = read(&mail(
        "From: postmaster@corp.example\nSubject: Unzustellbar: Ihre Meldung\nIn-Reply-To: <sent-11@desk.example>",
        "Fehler bei der Nachrichtenzustellung an:\n\ngone@corp.example\n\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##",
    ));
    let report = exchange.report.unwrap();
    assert_eq!(
        (report.about.as_deref(), report.recipient.as_deref(), report.outcome),
        (Some("sent-11@desk.example"), Some("gone@corp.example"), Reported::Failed)
    );
}

#[test]
fn people_who_write_about_reports_are_no_servers() {
    let letter = read(&mail(
        "From: jane@example.org\nSubject: Undelivered Mail Returned to Sender",
        "I get this all the time:\n<x@y>: 550 no",
    ));
    assert_eq!((letter.report, letter.automatic), (None, None));
    let attached = all().into_iter().find(|(name, _)| *name == "report that is nested").unwrap().1;
    assert_eq!(read(&attached).report, None);
}

#[test]
fn what_is_forwarded_names_its_sender() {
    let german = read(&all().into_iter().find(|(name, _)| *name == "forwarded").unwrap().1);
    let forwarded = german.forwarded.unwrap();
    assert_eq!(
        (forwarded.subject.as_str(), forwarded.from.unwrap().email.as_str()),
        ("Drucker", "jane@example.org")
    );
    assert!(german.reply.contains("Er brennt."), "{}", german.reply);
    for (subject, body) in [
        (
            "Fwd: x",
            "---------- Forwarded message ---------\nFrom: Jane Doe <jane@example.org>\nDate: Mon, 23 Nov 2026 at 10:00\nSubject: x\nTo: <bob@example.org>\n\nwords",
        ),
        ("TR: x", "De : Jane Doe <jane@example.org>\nEnvoyé : lundi\nÀ : Bob\nObjet : x\n\nmots"),
        (
            "RV: x",
            "De: Jane Doe [mailto:jane@example.org]\nEnviado el: lunes\nPara: Bob\nAsunto: x",
        ),
        ("Fw: x", "*From:* Jane Doe <jane@example.org>\n*Sent:* Monday\n*To:* Bob\n*Subject:* x"),
        (
            "Fwd: x",
            "> Begin forwarded message:\n>\n> From: Jane Doe <jane@example.org>\n> Subject: x",
        ),
        (
            "PD: x",
            "-------- Wiadomość przekazana --------\nTemat: x\nData: Mon\nNadawca: Jane Doe <jane@example.org>\nAdresat: x",
        ),
        (
            "[Fwd: x]",
            "-------- Original Message --------\nSubject: x\nDate: Mon\nFrom: Jane Doe <jane@example.org>\nTo: b",
        ),
    ] {
        let letter = read(&mail(&format!("From: bob@example.org\nSubject: {subject}"), body));
        let forwarded = letter.forwarded.unwrap_or_else(|| panic!("{subject}"));
        assert_eq!(
            forwarded.from.map(|from| from.email).as_deref(),
            Some("jane@example.org"),
            "{body}"
        );
        assert_eq!(forwarded.subject, "x");
    }
    let attached = parts(
        "mixed",
        &[
            ("Content-Type: text/plain", "see"),
            ("Content-Type: message/rfc822", "From: Zoe <zoe@example.org>\nSubject: x\n\nwords"),
        ],
    );
    let attached = read(
        &String::from_utf8(attached)
            .unwrap()
            .replace("Subject: Printer", "Subject: Fwd: x")
            .into_bytes(),
    );
    assert_eq!(attached.forwarded.unwrap().from.unwrap().email, "zoe@example.org");
    assert_eq!(read(&from_jane("", "x")).forwarded, None);
    assert_eq!(read(&mail("From: a@b\nSubject: Re: Fwd: x", "y")).forwarded, None);
}
