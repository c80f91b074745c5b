//! What programs send, and prefixes of subjects.

use crate::corpus::{mail, text};
use intake::{Automatic, read, subject_stem};

fn kind(headers: &str) -> Option<Automatic> {
    read(&mail(&format!("From: bob@example.org\nTo: desk@desk.example\n{headers}"), "words"))
        .automatic
}

#[test]
fn somebody_is_away() {
    for headers in [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-replied (vacation)",
        "X-Autoreply: yes",
        "X-Autorespond: Gone",
        "Precedence: auto_reply",
        "Subject: Automatic reply: Printer",
        "Subject: Automatische Antwort: Drucker",
        "Subject: Réponse automatique : Imprimante",
        "Subject: Odpowiedź automatyczna: Drukarka",
        "Subject: Respuesta automática: x",
        "Subject: Resposta automática: x",
        "Subject: Automatisch antwoord: x",
        "Subject: Risposta automatica: x",
        "Subject: Autosvar: x",
        "Subject: Automatická odpověď: x",
        "Subject: Abwesenheitsnotiz: x",
        "Subject: Out of Office: x",
        "Subject: Out of office\nX-Auto-Response-Suppress: All",
        "Subject: Abwesenheit bis Montag\nAuto-Submitted: auto-generated",
        "Subject: Abwesenheit bis Montag\nX-MS-Exchange-Inbox-Rules-Loop: bob@example.org",
    ] {
        assert_eq!(kind(headers), Some(Automatic::OutOfOffice), "{headers}");
    }
}

#[test]
fn lists_and_programs_are_told_apart() {
    for headers in [
        "Precedence: bulk",
        "Precedence: first-class\nPrecedence: Junk",
        "List-Id: <x>",
        "List-Unsubscribe: <mailto:x>",
    ] {
        assert_eq!(kind(headers), Some(Automatic::Bulk), "{headers}");
    }
    for headers in [
        "Auto-Submitted: auto-generated",
        "Auto-Submitted: auto-notified; owner=x",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        "X-Loop: desk",
        "Return-Path: <>",
        "X-RT-Loop-Prevention: x",
    ] {
        assert!(
            matches!(kind(headers), Some(Automatic::Other(_))),
            "{headers}: {:?}",
            kind(headers)
        );
    }
    for from in
        ["noreply@x.example", "No-Reply+1@x.example", "root@host", "MAILER-DAEMON@x.example"]
    {
        let letter = read(&mail(&format!("From: {from}\nSubject: x"), "words"));
        assert!(matches!(letter.automatic, Some(Automatic::Other(_))), "{from}");
    }
}

#[test]
fn people_are_people() {
    for headers in [
        "Auto-Submitted: no",
        "Subject: Out of office message does not work",
        "Subject: Re: Automatic reply: x",
        "Precedence: first-class",
        "X-Auto-Response-Suppress: DR, RN",
        "Return-Path: <bob@example.org>",
        "Subject: Abwesenheit eintragen geht nicht",
        "Subject: Undeliverable parcel",
        "Importance: high",
        // Passed on by a rule of a mailbox.
        "Subject: Printer\nX-MS-Exchange-Inbox-Rules-Loop: help@example.org",
        // Letters that mean nothing.
        "X-Microsoft-Antispam-Message-Info: nC0aoofW1OOFx+Q2",
    ] {
        assert_eq!(kind(headers), None, "{headers}");
    }
    assert_eq!(read(&text("x")).automatic, None);
}

#[test]
fn stems_of_subjects_in_many_languages() {
    for subject in [
        "Printer",
        "Re: Printer",
        "RE : Printer",
        "Re[2]: Printer",
        "Re (3): Printer",
        "AW: WG: Printer",
        "Antw: Printer",
        "SV: VS: Printer",
        "Odp: PD: Printer",
        "TR: Printer",
        "RV: Printer",
        "I: R: Printer",
        "ENC: RES: Printer",
        "Doorst: Printer",
        "Továbbítás: Printer",
        "Přep: Printer",
        "[Fwd: Printer]",
        "Printer (fwd)",
        "Re: [Fwd: Re: Printer]",
        "回复：Printer",
        "转发: Printer",
        "YNT: İLT: Printer",
        "VB: Printer",
        "[EXTERNAL] Re: Printer",
        "  re:re:RE:Printer ",
    ] {
        assert_eq!(subject_stem(subject), "Printer", "{subject}");
    }
    for subject in [
        "[#INC-7 k3y] Printer",
        "Error: disk full",
        "Printer: broken",
        "Note: x",
        "12: x",
        "Info: y",
        ": z",
    ] {
        assert_eq!(subject_stem(subject), subject);
    }
    assert_eq!(subject_stem("AW: [#INC-7 k3y] Drucker"), "[#INC-7 k3y] Drucker");
    assert_eq!(subject_stem(""), "");
    assert_eq!(subject_stem("Re:"), "");
    assert_eq!(subject_stem(&"Re: ".repeat(1_000)).len(), 4 * 950 - 1);
}
