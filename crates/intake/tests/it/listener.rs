//! SMTP and LMTP as mail servers, and others, speak them.

use crate::doors::{Caller, both, desk, kept, listen};
use intake::{Listen, MESSAGE_BYTES};
use store::messages::Door;
use testkit::TestDesk;

const LETTER: &str = "From: gwen@x.example\r\nSubject: Printer\r\n\r\nIt jams.\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_kept_before_it_is_said_to_be() {
    let desk = desk().await;
    let listening = both(&desk).await;
    let mut caller = Caller::at(&listening.addresses()[0]).await;
    let hello = caller.say("EHLO mx.sender.example").await;
    for word in ["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "SIZE 37748736"] {
        assert!(hello.contains(word), "{hello}");
    }
    assert!(!hello.contains("STARTTLS"), "{hello}");
    caller.expect("MAIL FROM:<gwen@x.example> SIZE=100 BODY=8BITMIME", "250 2.1.0").await;
    caller.expect("RCPT TO:<HELP+printer@x.example>", "250 2.1.5").await;
    caller.expect("DATA", "354").await;
    caller.send(LETTER.as_bytes()).await;
    let answer = caller.say(".").await;
    assert!(answer.starts_with("250 2.0.0 Kept as "), "{answer}");
    let all = kept(&desk).await;
    let (message, raw) = &all[0];
    assert_eq!((message.door, message.sender.as_str()), (Door::Smtp, "gwen@x.example"));
    assert_eq!(message.recipients, ["HELP+printer@x.example"]);
    assert!(message.mailbox.is_some());
    let trace = raw.strip_suffix(LETTER).unwrap();
    assert!(trace.starts_with("Return-Path: <gwen@x.example>\r\nReceived: from mx.sender.example ([127.0.0.1])\r\n\tby desk.example (Evenkeel) with ESMTP id "), "{trace}");
    assert!(
        trace.ends_with("for <HELP+printer@x.example>; Mon, 23 Nov 2026 12:12:00 +0000\r\n"),
        "{trace}"
    );
    caller.expect("NOOP", "250").await;
    caller.expect("VRFY help", "252").await;
    caller.expect("QUIT", "221").await;
    assert_eq!(caller.hear().await, "");
    listening.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_relayed_for() {
    let desk = desk().await;
    let listening = both(&desk).await;
    let mut caller = Caller::at(&listening.addresses()[0]).await;
    caller.expect("MAIL FROM:<a@b.example>", "503").await;
    caller.expect("EHLO x", "250").await;
    caller.expect("RCPT TO:<help@x.example>", "503").await;
    caller.expect("DATA", "503").await;
    caller.expect("MAIL FROM:<a@b.example>", "250").await;
    for other in [
        "you@elsewhere.example",
        "help%elsewhere.example@x.example",
        "help@y.example",
        "postmaster@y.example",
        "",
    ] {
        let answer = caller.say(&format!("RCPT TO:<{other}>")).await;
        assert!(
            answer.starts_with("550 5.1.1") || answer.starts_with("501 5.1.3"),
            "{other}: {answer}"
        );
    }
    caller.expect("DATA", "554").await;
    caller.expect("AUTH PLAIN AAAA", "502").await;
    caller.expect("STARTTLS", "502").await;
    caller.expect("LHLO x", "500").await;
    assert!(kept(&desk).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_may_be_sent_ahead() {
    let desk = desk().await;
    let listening = both(&desk).await;
    let mut caller = Caller::at(&listening.addresses()[0]).await;
    let mail =
        "MAIL FROM:<>\r\nRCPT TO:<nobody@x.example>\r\nRCPT TO:<plant@x.example>\r\nDATA\r\n";
    // One piece or many, it is the same.
    caller.send(format!("EHLO x\r\n{mail}").as_bytes()).await;
    let mut heard = String::new();
    for _ in 0..5 {
        heard.push_str(&caller.hear().await[..3]);
    }
    assert_eq!(heard, "250250550250354");
    for byte in format!("{LETTER}.\r\n{mail}").bytes() {
        caller.send(&[byte]).await;
    }
    caller.send(format!("{LETTER}again\r\n.\r\nQUIT\r\n").as_bytes()).await;
    for code in ["250", "250", "550", "250", "354", "250", "221"] {
        let answer = caller.hear().await;
        assert!(answer.starts_with(code), "{code}: {answer}");
    }
    let all = kept(&desk).await;
    assert_eq!(all.len(), 2);
    assert_eq!(
        (all[0].0.sender.as_str(), &all[0].0.recipients),
        ("", &vec!["plant@x.example".to_owned()])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_smuggled_in_behind_a_message() {
    let desk = desk().await;
    let listening = both(&desk).await;
    let hidden = "MAIL FROM:<ceo@x.example>\r\nRCPT TO:<help@x.example>\r\nDATA\r\nSubject: pay\r\n\r\nx\r\n.\r\n";
    for end in [
        "\n.\n",
        "\n.\r\n",
        "\r\n.\n",
        "\r.\r",
        "\r\n.\r",
        "\r\n.\r\r\n",
        "\r\n\0.\r\n",
        "\r\n..\r\n",
    ] {
        let before = kept(&desk).await.len();
        let mut caller = Caller::at(&listening.addresses()[0]).await;
        caller.expect("EHLO x", "250").await;
        caller.expect("MAIL FROM:<a@b.example>", "250").await;
        caller.expect("RCPT TO:<help@x.example>", "250").await;
        caller.expect("DATA", "354").await;
        caller.send(format!("Subject: {end:?}\r\n\r\nhi{end}{hidden}QUIT\r\n").as_bytes()).await;
        for code in ["250", "221", ""] {
            let answer = caller.hear().await;
            assert!(
                answer.starts_with(code) && answer.is_empty() == code.is_empty(),
                "{end:?}: {answer}"
            );
        }
        let all = kept(&desk).await;
        assert_eq!(all.len(), before + 1, "{end:?}");
        assert_eq!(all[before].0.sender, "a@b.example", "{end:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dots_at_the_beginning_of_lines_stay() {
    let desk = desk().await;
    let listening = both(&desk).await;
    let mut caller = Caller::at(&listening.addresses()[1]).await;
    caller.expect("LHLO x", "250").await;
    caller.expect("MAIL FROM:<a@b.example>", "250").await;
    caller.expect("RCPT TO:<help@x.example>", "250").await;
    caller.expect("DATA", "354").await;
    caller.send(b"Subject: dots\r\n\r\n..\r\n...\r\n..a\r\nbare\nline\rends\r\n.\r\n").await;
    assert!(caller.hear().await.starts_with("250"));
    assert!(kept(&desk).await[0].1.ends_with("\r\n\r\n.\r\n..\r\n.a\r\nbare\nline\rends\r\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lmtp_answers_for_each_recipient() {
    let desk = desk().await;
    let listening = both(&desk).await;
    let mut caller = Caller::at(&listening.addresses()[1]).await;
    caller.expect("EHLO x", "500").await;
    caller.expect("LHLO x", "250").await;
    caller.expect("MAIL FROM:<a@b.example>", "250").await;
    for (to, code) in [("help", "250"), ("nobody", "550"), ("plant", "250"), ("help+2", "250")] {
        caller.expect(&format!("RCPT TO:<{to}@x.example>"), code).await;
    }
    caller.expect("DATA", "354").await;
    caller.send(LETTER.as_bytes()).await;
    assert!(caller.say(".").await.starts_with("250"));
    assert!(caller.hear().await.starts_with("250") && caller.hear().await.starts_with("250"));
    caller.expect("RSET", "250").await;
    let all = kept(&desk).await;
    assert_eq!(all.len(), 2, "once for each mailbox");
    assert_eq!(all[0].0.recipients, ["help@x.example", "help+2@x.example"]);
    assert_eq!(all[1].0.recipients, ["plant@x.example"]);
    assert!(!all[0].1.contains("plant"), "nobody is told of the others");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_is_told_and_the_conversation_goes_on() {
    let desk = desk().await;
    let listening = both(&desk).await;
    let mut caller = Caller::at(&listening.addresses()[0]).await;
    caller.expect("EHLO x", "250").await;
    let size = MESSAGE_BYTES + 1;
    caller.expect(&format!("MAIL FROM:<a@b.example> SIZE={size}"), "552 5.3.4").await;
    caller.expect("MAIL FROM:<a@b.example>", "250").await;
    caller.expect("RCPT TO:<help@x.example>", "250").await;
    caller.expect("DATA", "354").await;
    let line = format!("{}\r\n", "x".repeat(65_534));
    for _ in 0..=MESSAGE_BYTES / line.len() {
        caller.send(line.as_bytes()).await;
    }
    caller.expect(".", "552 5.3.4").await;
    caller.expect("MAIL FROM:<a@b.example>", "250").await;
    assert!(kept(&desk).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_is_answered_for_a_while() {
    let desk = desk().await;
    let listening = both(&desk).await;
    let mut caller = Caller::at(&listening.addresses()[0]).await;
    caller.expect("", "500").await;
    caller.expect("\u{0}\u{1}\u{ff}", "500").await;
    caller.expect(&"x".repeat(10_000), "500 5.5.2").await;
    caller.send(b"NOOP\nQUIT\n").await;
    assert!(caller.hear().await.starts_with("500") && caller.hear().await.starts_with("500"));
    caller.expect("MAIL FROM:<a@b", "50").await;
    caller.expect("MAIL FROM:<a@b.example> FOO=BAR", "5").await;
    let mut last = String::new();
    for _ in 0..20 {
        last = caller.say("GET / HTTP/1.1").await;
        if last.is_empty() || last.starts_with("421") {
            break;
        }
    }
    if !last.is_empty() && !last.starts_with("421") {
        last = caller.hear().await;
    }
    assert!(last.is_empty() || last.starts_with("421 4.7.0"), "{last}");

    // Whoever sends noise without an end is not listened to.
    let mut caller = Caller::at(&listening.addresses()[0]).await;
    let noise = vec![b'x'; 1_048_576];
    for _ in 0..100 {
        if !caller.try_send(&noise).await {
            return;
        }
    }
    panic!("somebody listens to noise");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_speak_at_once_and_one_place_has_a_bound() {
    let desk = desk().await;
    let listening = both(&desk).await;
    let address = listening.addresses()[0].clone();
    // They say nothing, and keep nobody else waiting.
    let mut silent = vec![];
    for _ in 0..150 {
        silent.push(Caller::at(&address).await);
    }
    let senders = (0..20).map(|sender| {
        let address = address.clone();
        tokio::spawn(async move {
            let mut caller = Caller::at(&address).await;
            caller.expect("EHLO x", "250").await;
            for message in 0..5 {
                caller.expect("MAIL FROM:<a@b.example>", "250").await;
                caller.expect("RCPT TO:<help@x.example>", "250").await;
                caller.expect("DATA", "354").await;
                caller.send(format!("Subject: {sender}-{message}\r\n\r\nx\r\n").as_bytes()).await;
                caller.expect(".", "250").await;
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.unwrap();
    }
    assert_eq!(kept(&desk).await.len(), 100);
    let mut refused = false;
    for _ in 0..60 {
        let mut caller = Caller::silent(&address).await;
        refused |= caller.hear().await.starts_with("421 4.7.0");
        silent.push(caller);
    }
    assert!(refused);
    drop(silent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_lets_a_message_under_way_finish() {
    let desk = desk().await;
    let listening = both(&desk).await;
    let mut busy = Caller::at(&listening.addresses()[0]).await;
    busy.expect("EHLO x", "250").await;
    busy.expect("MAIL FROM:<a@b.example>", "250").await;
    busy.expect("RCPT TO:<help@x.example>", "250").await;
    busy.expect("DATA", "354").await;
    let mut idle = Caller::at(&listening.addresses()[1]).await;
    let stopping = tokio::spawn(listening.stop());
    assert!(idle.hear().await.starts_with("421 4.3.2"));
    busy.send(LETTER.as_bytes()).await;
    busy.expect(".", "250").await;
    assert!(busy.hear().await.starts_with("421 4.3.2"));
    stopping.await.unwrap();
    assert_eq!(kept(&desk).await.len(), 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_in_a_file_goes_with_the_server_and_is_taken_over_when_left_behind() {
    use tokio::io::AsyncReadExt;
    let desk = desk().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp");
    let options = || Listen { lmtp: Some(path.display().to_string()), ..Listen::default() };
    // Left behind.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let listening = listen(&desk, options()).await;
    let mut stream = tokio::net::UnixStream::connect(&path).await.unwrap();
    let mut greeting = [0; 16];
    stream.read_exact(&mut greeting).await.unwrap();
    assert_eq!(&greeting, b"220 desk.example");
    let words = intake::Bound::to(&options()).await.err().unwrap();
    assert!(words.contains("another program listens"), "{words}");
    drop(stream);
    listening.stop().await;
    assert!(!path.exists());
    std::fs::write(&path, "mine").unwrap();
    let words = intake::Bound::to(&options()).await.err().unwrap();
    assert!(words.contains("is no socket"), "{words}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_nothing_can_be_kept_senders_are_told_to_come_back() {
    let desk: TestDesk = desk().await;
    let listening = both(&desk).await;
    let mut caller = Caller::at(&listening.addresses()[0]).await;
    caller.expect("EHLO x", "250").await;
    caller.expect("MAIL FROM:<a@b.example>", "250").await;
    caller.expect("RCPT TO:<help@x.example>", "250").await;
    caller.expect("DATA", "354").await;
    desk.desk.close().await;
    caller.send(LETTER.as_bytes()).await;
    caller.expect(".", "452 4.3.1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_postmaster_is_reached_and_several_mailboxes_get_the_same() {
    let desk = desk().await;
    let listening = both(&desk).await;
    let mut caller = Caller::at(&listening.addresses()[1]).await;
    caller.expect("LHLO x", "250").await;
    caller.expect("MAIL FROM:<a@b.example>", "250").await;
    for whom in ["Postmaster", "postmaster@X.example", "plant@x.example"] {
        caller.expect(&format!("RCPT TO:<{whom}>"), "250").await;
    }
    caller.expect("DATA", "354").await;
    caller.send(LETTER.as_bytes()).await;
    caller.expect(".", "250").await;
    assert!(caller.hear().await.starts_with("250") && caller.hear().await.starts_with("250"));
    let all = kept(&desk).await;
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].0.recipients, ["postmaster", "postmaster@X.example"]);
    assert_eq!(all[1].0.recipients, ["plant@x.example"]);
    assert!(all[0].1.ends_with(LETTER) && all[0].1 == all[1].1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_again_without_an_id_is_kept_once() {
    let desk = desk().await;
    let listening = both(&desk).await;
    for _ in 0..2 {
        // A sender that did not hear the answer comes again: what we put on top differs.
        let mut caller = Caller::at(&listening.addresses()[0]).await;
        caller.expect("EHLO mx.sender.example", "250").await;
        caller.expect("MAIL FROM:<gwen@x.example>", "250").await;
        caller.expect("RCPT TO:<help@x.example>", "250").await;
        caller.expect("DATA", "354").await;
        caller.send(LETTER.as_bytes()).await;
        caller.expect(".", "250 2.0.0 Kept as ").await;
    }
    assert_eq!(kept(&desk).await.len(), 1);
    listening.stop().await;
}
