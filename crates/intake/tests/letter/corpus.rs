//! Messages in the shapes they come in, written for these tests.

/// A message: headers and body with the line ends of the wire.
pub fn mail(headers: &str, body: &str) -> Vec<u8> {
    format!("{}\n\n{body}", headers.trim()).replace('\n', "\r\n").into_bytes()
}

/// A message from Jane to the desk with these further headers.
pub fn from_jane(headers: &str, body: &str) -> Vec<u8> {
    let usual = "From: Jane Doe <jane@example.org>\nTo: desk@desk.example\nSubject: Printer\nMessage-ID: <one@example.org>\nDate: Mon, 23 Nov 2026 13:12:00 +0100";
    mail(&format!("{usual}\n{}", headers.trim()), body)
}

/// A plain answer with this text.
pub fn text(body: &str) -> Vec<u8> {
    from_jane(
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit",
        body,
    )
}

/// A message that is nothing but this page.
pub fn page(body: &str) -> Vec<u8> {
    from_jane(
        "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit",
        body,
    )
}

/// A message of parts, each with its own headers.
pub fn parts(kind: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    from_jane(
        &format!("MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary=\"=_b\""),
        &body_of("=_b", parts),
    )
}

/// Parts between their boundaries.
pub fn body_of(boundary: &str, parts: &[(&str, &str)]) -> String {
    let mut body = String::from("This is a message with several parts.\n");
    for (headers, content) in parts {
        body.push_str(&format!("--{boundary}\n{headers}\n\n{content}\n"));
    }
    body + &format!("--{boundary}--\n")
}

/// Bytes in Base64, in lines.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for (at, three) in bytes.chunks(3).enumerate() {
        if at > 0 && at % 19 == 0 {
            out.push('\n');
        }
        let of = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = of(0) << 16 | of(1) << 8 | of(2);
        for n in 0..4 {
            let digit = char::from(DIGITS[(bits >> (18 - 6 * n) & 63) as usize]);
            out.push(if n > three.len() { '=' } else { digit });
        }
    }
    out
}

pub const BOUNCE: &str = "This is the mail system at host mx.example.org.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<gone@example.net>: host mx.example.net[192.0.2.7] said: 550 5.1.1
    <gone@example.net>: Recipient address rejected: User unknown";

const STATUS: &str = "Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4F1C
Arrival-Date: Mon, 23 Nov 2026 13:12:00 +0100 (CET)

Final-Recipient: rfc822; gone@example.net
Original-Recipient: rfc822;gone@example.net
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; 550 5.1.1 <gone@example.net>: Recipient address
    rejected: User unknown";

/// What Postfix sends back.
pub fn bounce() -> Vec<u8> {
    let original = "From: desk@desk.example\nTo: gone@example.net\nSubject: Your report\nMessage-ID: <sent-7@desk.example>\n\nHello";
    let body = body_of(
        "4F1C.1",
        &[
            (
                "Content-Description: Notification\nContent-Type: text/plain; charset=us-ascii",
                BOUNCE,
            ),
            ("Content-Description: Delivery report\nContent-Type: message/delivery-status", STATUS),
            ("Content-Description: Undelivered Message\nContent-Type: message/rfc822", original),
        ],
    );
    mail(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\nTo: desk@desk.example\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"4F1C.1\"\nMessage-Id: <b1@mx.example.org>",
        &body,
    )
}

/// An answer as Outlook on the web writes it: both forms, an image in the text.
pub fn outlook_answer() -> Vec<u8> {
    let plain = "Still broken.\n\n________________________________\nFrom: Service Desk <desk@desk.example>\nSent: Monday, 23 November 2026 10:00\nTo: Jane Doe <jane@example.org>\nSubject: [#INC-7] Printer\n\nIs it plugged in?";
    let page = "<html><head><style>p{color:red}</style></head><body><div>Still broken.<img src=\"cid:img1@example\" alt=\"screen\"></div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\"><b>From:</b> Service Desk<br><b>Sent:</b> Monday</div><div>Is it plugged in?</div></body></html>";
    let alternative = body_of(
        "alt",
        &[
            ("Content-Type: text/plain; charset=\"utf-8\"", plain),
            ("Content-Type: text/html; charset=\"utf-8\"", page),
        ],
    );
    parts(
        "related",
        &[
            ("Content-Type: multipart/alternative; boundary=alt", &alternative),
            (
                "Content-Type: image/png; name=\"image001.png\"\nContent-ID: <img1@example>\nContent-Disposition: inline; filename=\"image001.png\"\nContent-Transfer-Encoding: base64",
                &base64(b"\x89PNG\r\n\x1a\n not really"),
            ),
        ],
    )
}

/// An answer as Gmail writes it.
pub fn gmail_answer() -> Vec<u8> {
    page(
        "<div dir=\"ltr\">It works now, thanks!</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">On Mon, 23 Nov 2026 at 10:00, Desk &lt;<a href=\"mailto:desk@desk.example\">desk@desk.example</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">Is it plugged in?<br></blockquote></div>",
    )
}

/// All of them, by name: what mutations start from.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    let inner = String::from_utf8_lossy(&gmail_answer()).replace("\r\n", "\n");
    vec![
        ("plain", text("Hello,\n\nthe printer is on fire.\n\n-- \nJane\n")),
        ("quoted", text("No.\n\nOn Mon, Nov 23, 2026 at 10:00 AM Desk <desk@desk.example> wrote:\n\n> Is it plugged in?\n>\n> Bye\n")),
        ("gmail", gmail_answer()),
        ("outlook", outlook_answer()),
        ("bounce", bounce()),
        ("nested", parts("mixed", &[("Content-Type: text/plain", "See below."), ("Content-Type: message/rfc822", &inner)])),
        ("report that is nested", parts("mixed", &[("Content-Type: message/rfc822", &String::from_utf8_lossy(&bounce()).replace("\r\n", "\n"))])),
        ("encoded names", parts("mixed", &[
            ("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable", "Gr=FC=DFe =\nvon hier"),
            ("Content-Type: application/pdf; name=\"=?utf-8?B?w5xiZXJzaWNodC5wZGY=?=\"\nContent-Disposition: attachment; filename*0*=utf-8''%C3%9Cber; filename*1*=sicht.pdf\nContent-Transfer-Encoding: base64", &base64(b"%PDF-1.4 \x00\x01\x02")),
        ])),
        ("signed", parts("signed; protocol=\"application/pgp-signature\"", &[("Content-Type: text/plain", "I said so."), ("Content-Type: application/pgp-signature; name=\"signature.asc\"", "-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----")])),
        ("encrypted", parts("encrypted; protocol=\"application/pgp-encrypted\"", &[("Content-Type: application/pgp-encrypted", "Version: 1"), ("Content-Type: application/octet-stream; name=\"encrypted.asc\"", "-----BEGIN PGP MESSAGE-----\nabc\n-----END PGP MESSAGE-----")])),
        ("calendar", parts("alternative", &[("Content-Type: text/plain", "Meeting on Tuesday"), ("Content-Type: text/calendar; method=REQUEST", "BEGIN:VCALENDAR\nEND:VCALENDAR")])),
        ("tnef", parts("mixed", &[("Content-Type: text/plain", "From Outlook"), ("Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64", &base64(&[0x78, 0x9f, 0x3e, 0x22, 1, 2, 3]))])),
        ("flowed", from_jane("Content-Type: text/plain; format=flowed; delsp=no", "This line \ngoes on here.\n> and a \n> quote\nEnd\n-- \nJane")),
        ("away", mail("From: Bob <bob@example.org>\nTo: desk@desk.example\nSubject: Automatische Antwort: [#INC-7] Drucker\nAuto-Submitted: auto-replied\nX-Auto-Response-Suppress: All\nIn-Reply-To: <sent-7@desk.example>", "Ich bin im Urlaub.")),
        ("list", mail("From: a@example.org\nList-Id: <news.example.org>\nPrecedence: list\nSubject: =?utf-8?Q?Neues_=C3=BCber?= =?utf-8?Q?all?=", "News")),
        ("many", mail(&format!("From: a@example.org\nTo: {}\nReferences: {}", (0..60).map(|n| format!("P{n} <p{n}@example.org>")).collect::<Vec<_>>().join(",\n "), (0..60).map(|n| format!("<r{n}@example.org>")).collect::<Vec<_>>().join("\n "))
        , "All of you")),
        ("table", page("<table><tr><th>Host</th><th>State</th></tr><tr><td>db1</td><td>down</td></tr></table><ul><li>one<li>two<ol><li>three</ol></ul><pre>a  b\n c</pre><blockquote>quoted <blockquote>twice</blockquote></blockquote>")),
        ("koi8", [mail("From: ivan@example.org\nSubject: test\nContent-Type: text/plain; charset=koi8-r", ""), b"\xf0\xd2\xc9\xd7\xc5\xd4, \xcd\xc9\xd2".to_vec()].concat()),
        ("forwarded", mail("From: bob@example.org\nSubject: WG: Drucker\nTo: desk@desk.example", "Bitte kümmern.\n\n-----Ursprüngliche Nachricht-----\nVon: Jane Doe <jane@example.org>\nGesendet: Montag, 23. November 2026 10:00\nAn: Bob\nBetreff: Drucker\n\nEr brennt.")),
        ("nothing", Vec::new()),
    ]
}
