//! Parts: what is text, what are files, and what happens when they are broken.

use crate::corpus::{all, base64, body_of, from_jane, mail, outlook_answer, parts, text};
use intake::read;

fn named(name: &str) -> intake::Letter {
    let (_, raw) = all().into_iter().find(|(is, _)| *is == name).expect("it is in the corpus");
    read(&raw)
}

fn files(letter: &intake::Letter) -> Vec<&str> {
    letter.attachments.iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn files_come_back_byte_for_byte() {
    let bytes: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    let letter = read(&parts(
        "mixed",
        &[
            ("Content-Type: text/plain", "See the log."),
            (
                "Content-Type: application/octet-stream; name=\"C:\\\\temp\\\\core.dump\"\nContent-Transfer-Encoding: BASE64",
                &base64(&bytes),
            ),
            (
                "Content-Type: text/plain; name=log.txt\nContent-Disposition: attachment",
                "line\n\nline",
            ),
        ],
    ));
    assert_eq!(letter.text, "See the log.");
    assert_eq!(files(&letter), ["core.dump", "log.txt"]);
    assert_eq!(letter.attachments[0].bytes, bytes);
    assert_eq!(letter.attachments[1].bytes, b"line\r\n\r\nline");
}

#[test]
fn names_are_decoded_and_harmless() {
    for (headers, name) in [
        ("Content-Disposition: attachment; filename=\"../../etc/passwd\"", "passwd"),
        ("Content-Disposition: attachment; filename=\"..\\\\..\\\\boot.ini\"", "boot.ini"),
        ("Content-Disposition: attachment; filename=\"a\u{202e}gpj.exe\"", "agpj.exe"),
        (
            "Content-Disposition: attachment; filename*=utf-8''na%C3%AFve%20file.txt",
            "naïve file.txt",
        ),
        (
            "Content-Disposition: attachment; filename*0=\"long \"; filename*1=\"name.txt\"",
            "long name.txt",
        ),
        ("Content-Disposition: attachment; filename=\"=?utf-8?Q?=C3=9C.pdf?=\"", "Ü.pdf"),
        ("Content-Disposition: attachment; filename==?utf-8?B?w5wucGRm?=", "Ü.pdf"),
        (
            "Content-Disposition: attachment; filename=\"=?utf-8?Q?a=2C_b?= =?utf-8?Q?=3B_c.pdf?=\"",
            "a, b; c.pdf",
        ),
        ("Content-Disposition: attachment; filename=Grüße.txt", "Grüße.txt"),
        ("Content-Disposition: attachment; filename=\"...\"", "file-1.bin"),
        ("Content-Disposition: attachment", "file-1.bin"),
        ("Content-Disposition: attachment; filename=\".htaccess\"", "htaccess"),
        ("Content-Disposition: attachment; filename=log(2).txt", "log(2).txt"),
        (
            "Content-Disposition: attachment; filename=\"D:\\logs\\last night.txt\"",
            "last night.txt",
        ),
        ("Content-Disposition: filename=\"log.txt\"", "log.txt"),
        (
            "Content-Disposition: attachment; filename=\"_bersicht.pdf\"; filename*=utf-8''%C3%9Cbersicht.pdf",
            "Übersicht.pdf",
        ),
        (
            "Content-Disposition: attachment; filename*0*=utf-8''%C3; filename*1*=%9Cbersicht.pdf",
            "Übersicht.pdf",
        ),
    ] {
        let letter = read(&parts(
            "mixed",
            &[
                ("Content-Type: text/plain", "x"),
                (&format!("Content-Type: application/octet-stream\n{headers}"), "y"),
            ],
        ));
        assert_eq!(files(&letter), [name], "{headers}");
    }
    let long = format!("Content-Type: application/pdf; name=\"{}.pdf\"", "x".repeat(2_000));
    let letter = read(&parts("mixed", &[(&long, "y")]));
    assert_eq!(letter.attachments[0].name.chars().count(), 200);
    assert!(letter.attachments[0].name.ends_with("x.pdf"));
}

#[test]
fn charsets_and_encodings() {
    for (headers, body, words) in [
        (
            "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable",
            &b"Gr=FC=DFe =\nvon hier=20\n=3D=zz"[..],
            "Grüße von hier\n==zz",
        ),
        (
            "Content-Type: text/plain; charset=\"UTF-16LE\"\nContent-Transfer-Encoding: base64",
            b"SABpAA==",
            "Hi",
        ),
        ("Content-Type: text/plain; charset=gb2312", b"\xc4\xe3\xba\xc3", "你好"),
        ("Content-Type: text/plain; charset=shift_jis", b"\x83n\x83\x8d\x81[", "ハロー"),
        ("Content-Type: text/plain; charset=utf-7", b"Hi +AOQ-", "Hi ä"),
        ("Content-Type: text/plain; charset=windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
        ("Content-Type: text/plain; charset=us-ascii", "süß".as_bytes(), "süß"),
        ("Content-Type: text/plain", b"s\xfc\xdf", "süß"),
        ("Content-Type: text/plain; charset=iso-8859-1", "schön größer".as_bytes(), "schön größer"),
        ("Content-Type: text/plain; charset=who-knows", b"s\xfc\xdf", "süß"),
        ("Content-Type: text/plain; charset=utf-8", b"\xef\xbb\xbfmarked", "marked"),
        (
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64",
            b"SGVsbG8g\r\n!!d29y\nbGQ",
            "Hello world",
        ),
        ("Content-Type: text/plain; charset=unicode-1-1-utf-7", b"Hi +AOQ-", "Hi ä"),
        ("Content-Type: text", b"of old", "of old"),
        ("Content-Type: plain/text; charset=utf-8", "größer".as_bytes(), "größer"),
        ("Content-Transfer-Encoding: Quoted Printable", b"gr=C3=B6=C3=9Fer", "größer"),
        ("Content-Type: text plain", b"of old", "of old"),
        ("Content-Type: text/plain; charset=iso-2022-jp", "größer".as_bytes(), "größer"),
        ("Content-Type: ;;;", b"odd", "odd"),
        ("Content-Transfer-Encoding: 7bit", b"a\0b\x07c\x0bd", "abcd"),
    ] {
        let raw = [
            format!("From: a@example.org\r\n{}\r\n\r\n", headers.replace('\n', "\r\n")).as_bytes(),
            body,
        ]
        .concat();
        let letter = read(&raw);
        assert_eq!(letter.text, words, "{headers}: {:?}", letter.attachments);
    }
}

#[test]
fn the_text_of_an_alternative_is_taken_once() {
    let letter = read(&outlook_answer());
    assert!(letter.text.starts_with("Still broken.\n\n____"), "{}", letter.text);
    assert_eq!(letter.reply, "Still broken.");
    assert_eq!(files(&letter), ["image001.png"]);
    assert_eq!(letter.attachments[0].content_id.as_deref(), Some("img1@example"));
    let stub = read(&parts(
        "alternative",
        &[
            ("Content-Type: text/plain", "Your e-mail client does not support HTML."),
            ("Content-Type: text/html", "<p>The real words"),
        ],
    ));
    assert_eq!(stub.text, "The real words");
    let empty = read(&parts(
        "alternative",
        &[("Content-Type: text/plain", " \n"), ("Content-Type: text/html", "<p>The real words")],
    ));
    assert_eq!(empty.text, "The real words");
    let related = read(&parts(
        "alternative",
        &[
            ("Content-Type: text/plain", "words"),
            (
                "Content-Type: multipart/related; boundary=r",
                &body_of(
                    "r",
                    &[
                        ("Content-Type: text/html", "<p>words"),
                        ("Content-Type: image/gif; name=a.gif\nContent-ID: <a>", "GIF"),
                    ],
                ),
            ),
        ],
    ));
    assert_eq!((related.text.as_str(), files(&related)), ("words", vec!["a.gif"]));
}

#[test]
fn special_parts_are_files() {
    let signed = named("signed");
    assert_eq!((signed.text.as_str(), files(&signed)), ("I said so.", vec!["signature.asc"]));
    let encrypted = named("encrypted");
    assert_eq!(files(&encrypted), ["file-1.pgp", "encrypted.asc"]);
    assert_eq!(
        encrypted.faults,
        ["The message is encrypted and cannot be read here; it is attached as it came."]
    );
    let calendar = named("calendar");
    assert_eq!(
        (calendar.text.as_str(), files(&calendar)),
        ("Meeting on Tuesday", vec!["invitation-1.ics"])
    );
    assert_eq!(files(&named("tnef")), ["winmail.dat"]);
    let nested = named("nested");
    assert_eq!((nested.text.as_str(), files(&nested)), ("See below.", vec!["Printer.eml"]));
    let p7m = read(&from_jane(
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64",
        "MIIB",
    ));
    assert_eq!((files(&p7m), p7m.faults.len()), (vec!["smime.p7m"], 1));
}

#[test]
fn text_of_several_parts_is_put_together() {
    let letter = read(&parts(
        "mixed",
        &[
            ("Content-Type: text/plain", "before"),
            ("Content-Type: image/png; name=a.png", "x"),
            ("Content-Type: text/html", "<p>after</p>"),
        ],
    ));
    assert_eq!((letter.text.as_str(), files(&letter)), ("before\n\nafter", vec!["a.png"]));
}

#[test]
fn broken_parts_lose_nothing() {
    let whole = String::from_utf8(parts(
        "mixed",
        &[("Content-Type: text/plain", "words"), ("Content-Type: text/x-log; name=a.log", "log")],
    ))
    .unwrap();
    // The last boundary is missing; everything is.
    let open = read(whole.replace("--=_b--", "").as_bytes());
    assert_eq!((open.text.as_str(), files(&open)), ("words", vec!["a.log"]));
    // The boundary is not said, or another one.
    for said in ["", "; boundary=other", "; boundary=\"\""] {
        let guessed = read(whole.replace("; boundary=\"=_b\"", said).as_bytes());
        assert_eq!((guessed.text.as_str(), files(&guessed)), ("words", vec!["a.log"]), "{said}");
    }
    let none = read(&from_jane("Content-Type: multipart/mixed; boundary=x", "just words"));
    assert_eq!(
        (none.text.as_str(), none.faults.as_slice()),
        (
            "just words",
            ["Its parts could not be told apart; they are shown as text.".to_owned()].as_slice()
        )
    );
    // Cut in the middle of a file.
    let cut = parts(
        "mixed",
        &[
            ("Content-Type: text/plain", "words"),
            (
                "Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64",
                &base64(&[7; 3_000]),
            ),
        ],
    );
    let cut = read(&cut[..cut.len() - 1_000]);
    assert_eq!((cut.text.as_str(), files(&cut)), ("words", vec!["a.png"]));
    assert!(
        cut.attachments[0].bytes.iter().all(|byte| *byte == 7)
            && cut.attachments[0].bytes.len() > 1_000
    );
    // An inner boundary that the outer one begins with.
    let inner = body_of("=_b2", &[("Content-Type: text/plain", "inner")]);
    let nested = read(&parts(
        "mixed",
        &[
            ("Content-Type: multipart/mixed; boundary=\"=_b2\"", &inner),
            ("Content-Type: text/plain", "outer"),
        ],
    ));
    assert_eq!(nested.text, "inner\n\nouter");
    assert_eq!(read(b"").text, "");
    assert_eq!(read(&mail("Subject: nothing\nFrom: a@b", "")).text, "");
}

#[test]
fn limits_are_kept_and_said() {
    let many: Vec<(&str, &str)> =
        (0..300).map(|_| ("Content-Type: image/png; name=a.png", "x")).collect();
    let letter = read(&parts("mixed", &many));
    assert_eq!(letter.attachments.len(), 200);
    assert_eq!(letter.faults, ["100 files were left out: a message may bring 200."]);
    let huge = "x".repeat(25 * 1_048_576 + 1);
    let letter = read(&parts(
        "mixed",
        &[("Content-Type: text/plain", "words"), ("Content-Type: image/png; name=big.png", &huge)],
    ));
    assert_eq!((letter.text.as_str(), letter.attachments.len()), ("words", 0));
    assert_eq!(letter.faults, ["The file big.png was left out: it is larger than 25 MiB."]);
    let letter = read(&text(&"long line of text\n".repeat(300_000)));
    assert!(
        letter.text.chars().count() <= kernel::limits::BODY_CHARS && letter.text.len() > 60_000
    );
    assert_eq!(letter.faults, ["The text is very long; only its beginning is shown."]);
    let mut deep = "Content-Type: text/plain\n\ninnermost".to_owned();
    for level in 0..200 {
        deep = format!(
            "Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n{deep}\n--b{level}--"
        );
    }
    let letter = read(format!("From: a@example.org\n{deep}").as_bytes());
    assert_eq!(letter.faults.len(), 1, "{:?}", letter.faults);
    let to = (0..5_000).map(|n| format!("p{n}@example.org")).collect::<Vec<_>>().join(", ");
    let letter = read(&mail(&format!("From: a@example.org\nTo: {to}"), "x"));
    assert_eq!(letter.to.len(), 500);
    assert_eq!(letter.faults, ["It has very many recipients; only the first ones are listed."]);
}

#[test]
fn flowing_lines_are_put_together() {
    let letter = named("flowed");
    assert_eq!(letter.text, "This line goes on here.\n> and a quote\nEnd\n--\nJane");
    assert_eq!(letter.reply, "This line goes on here.\nEnd");
}

#[test]
fn types_are_short_and_have_two_halves() {
    for (said, kind) in [
        ("image/png", "image/png"),
        ("IMAGE/PNG", "image/png"),
        ("application", "application/octet-stream"),
        ("a<b/c", "application/octet-stream"),
        ("application/vnd.ms-excel", "application/vnd.ms-excel"),
    ] {
        let letter = read(&parts("mixed", &[(&format!("Content-Type: {said}; name=a.b"), "x")]));
        assert_eq!(letter.attachments[0].media_type, kind);
    }
    let long = format!("Content-Type: application/{}; name=a.b", "x".repeat(200));
    let letter = read(&parts("mixed", &[(&long, "x")]));
    assert_eq!(letter.attachments[0].media_type, "application/octet-stream");
}

#[test]
fn files_that_stand_in_the_text_are_taken_out_of_it() {
    let rows = "begin 644 disks.txt\n#86)C\n`\nend\n";
    let letter = read(&text(&format!("The disks:\n\n{rows}\nBye\n")));
    assert_eq!((letter.text.as_str(), files(&letter)), ("The disks:\n\n\nBye", vec!["disks.txt"]));
    assert_eq!(letter.attachments[0].bytes, b"abc");
    let two = read(&text(&format!("{rows}{}", rows.replace("disks", "../hosts"))));
    assert_eq!(files(&two), ["disks.txt", "hosts.txt"]);
    for words in [
        "begin 644 a\nto work",
        "begin 644 a\n#86)C\nNo end",
        "begin again\n#86)C\n`\nend",
        "begin 644 a\nend",
        "Let us\nbegin with this",
    ] {
        let letter = read(&text(words));
        assert_eq!((letter.text.as_str(), letter.attachments.len()), (words, 0));
    }
}

#[test]
fn the_text_among_parts_that_belong_together_is_found() {
    let image = "Content-Type: image/png; name=a.png\nContent-ID: <a>";
    for text in [
        "Content-Type: text/html\n\n<p>words",
        "Content-Type: multipart/alternative; boundary=i\n\n--i\n\nwords\n--i\nContent-Type: text/html\n\n<p>words\n--i--",
    ] {
        let (headers, body) = text.split_once("\n\n").unwrap();
        let letter = read(&parts("related", &[(image, "x"), (headers, body)]));
        assert_eq!((letter.text.as_str(), files(&letter)), ("words", vec!["a.png"]), "{text}");
    }
    // A kind of parts that there is not.
    let letter = read(&parts("*", &[("Content-Type: text/plain", "words"), (image, "x")]));
    assert_eq!((letter.text.as_str(), files(&letter)), ("words", vec!["a.png"]));
}

#[test]
fn an_attached_message_is_named_after_its_subject() {
    let inner = "From: bob@example.org\r\nSubject: The printer\r\n\r\nburns";
    for (headers, body) in [
        ("Content-Type: message/rfc822", inner.replace("\r\n", "\n")),
        (
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64",
            base64(inner.as_bytes()),
        ),
    ] {
        let letter = read(&parts("mixed", &[("Content-Type: text/plain", "x"), (headers, &body)]));
        assert_eq!(files(&letter), ["The printer.eml"], "{headers}");
        assert_eq!(letter.attachments[0].bytes, inner.as_bytes(), "{headers}");
    }
}
