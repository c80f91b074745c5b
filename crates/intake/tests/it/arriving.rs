//! Messages are kept before they are acknowledged.

use crate::world::{EVE, GWEN, HELP, each, mail};
use intake::{Arrived, MESSAGE_BYTES, NotAccepted, accept};
use kernel::IncidentNumber;
use store::messages::{self, Door, MessageState, Rule};

fn arrived(raw: Vec<u8>) -> Arrived {
    let (sender, recipients) = (GWEN.to_owned(), vec![HELP.to_owned()]);
    Arrived { mailbox: None, door: Door::Lmtp, sender, recipients, raw, own_bytes: 0 }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_is_kept_byte_by_byte() {
    each("mail_kept", async |world| {
        for length in [1, 65_535, 65_536, 65_537, 200_000] {
            let raw: Vec<u8> = (0..length).map(|n| (n % 251) as u8 + 1).collect();
            let kept = accept(&world.t.desk, arrived(raw.clone())).await.unwrap();
            let id = kept.id;
            let found = world.t.desk.read(move |sql| messages::raw(sql, id)).await.unwrap();
            assert_eq!(found.unwrap(), raw);
            let message = world.message(id).await;
            assert_eq!(message.state, MessageState::Waiting);
            assert_eq!((message.door, message.size_bytes), (Door::Lmtp, length as u64));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_very_same_is_answered_and_kept_once() {
    each("mail_twice", async |world| {
        let mail = mail(GWEN, "VPN drops", "It drops.");
        let (first, second) = (world.arrives(&mail).await, world.arrives(&mail).await);
        assert_eq!((second.id, first.repeated, second.repeated), (first.id, false, true));
        world.rounds().await;
        assert!(world.arrives(&mail).await.repeated);
        world.rounds().await;
        assert_eq!(world.incidents().await, 1);
        assert_eq!(world.message(first.id).await.copies, 3);

        // Through another door it looks different on its way and is the same all the same.
        let raw = format!("Received: from elsewhere\r\n{}", mail.raw());
        let again = world.raw_arrives(raw).await;
        world.rounds().await;
        let again = world.message(again.id).await;
        assert_eq!((again.state, again.rule), (MessageState::Dropped, Some(Rule::Duplicate)));
        assert_eq!(again.suggested, Some(IncidentNumber(1)));
        assert_eq!(world.incidents().await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_says_the_same_every_night_is_kept_every_night() {
    each("mail_nightly", async |world| {
        let raw = || format!("From: {GWEN}\r\nTo: {HELP}\r\nSubject: Backup failed\r\n\r\nx");
        let first = world.raw_arrives(raw()).await;
        world.rounds().await;
        assert!(world.raw_arrives(raw()).await.repeated, "sent again at once");
        world.t.clock.advance(86_400);
        let second = world.raw_arrives(raw()).await;
        world.rounds().await;
        assert!(!second.repeated);
        let numbers = [world.message(first.id).await.number, world.message(second.id).await.number];
        assert_eq!(numbers, [Some(IncidentNumber(1)), Some(IncidentNumber(2))]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_with_another_subject_is_another_message() {
    each("mail_same_id", async |world| {
        for subject in ["Disk of a full", "Disk of b full"] {
            world.arrives(&mail(GWEN, subject, "x").with("Message-ID", "<cron@x>")).await;
        }
        world.rounds().await;
        assert_eq!(world.incidents().await, 2);
        // Two copies that wait at the same time, as a mail server sends one again.
        let again = mail(GWEN, "Printer", "x").with("X-File", "a.txt").raw();
        for trace in ["one", "two"] {
            world.raw_arrives(format!("Received: by {trace}\r\n{again}")).await;
        }
        world.rounds().await;
        assert_eq!(world.incidents().await, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_of_ids_holds_nothing_up() {
    each("mail_long_id", async |world| {
        let id = format!("<{}@x>", "\u{20ac}".repeat(990));
        let done = world.gets(&mail(GWEN, "Printer", "x").with("Message-ID", &id)).await;
        assert_eq!((done.state, done.message_id), (MessageState::Done, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_and_the_same_among_them_lose_nothing() {
    each("mail_many", async |world| {
        let mut sending = tokio::task::JoinSet::new();
        for n in 0..40 {
            let desk = world.t.desk.clone();
            let raw = mail(&format!("p{}@northwind.example", n % 20), "x", "y").raw().into_bytes();
            for _ in 0..2 {
                let (desk, raw) = (desk.clone(), raw.clone());
                sending.spawn(async move { accept(&desk, arrived(raw)).await.unwrap() });
            }
        }
        let accepted = sending.join_all().await;
        assert_eq!(accepted.iter().filter(|accepted| !accepted.repeated).count(), 40);
        world.rounds().await;
        assert_eq!(world.incidents().await, 40);
    })
    .await;
}

#[tokio::test]
async fn what_is_too_large_or_nothing_is_refused() {
    let world = crate::world::World::sqlite().await;
    let large = accept(&world.t.desk, arrived(vec![b'x'; MESSAGE_BYTES + 1])).await.unwrap_err();
    assert!(matches!(large, NotAccepted::TooLarge { .. }), "{large}");
    assert!(large.to_string().contains("36 MB"), "{large}");
    let nothing = accept(&world.t.desk, arrived(b" \r\n".to_vec())).await.unwrap_err();
    assert!(matches!(nothing, NotAccepted::Empty));
    let largest = accept(&world.t.desk, arrived(vec![b'x'; MESSAGE_BYTES])).await.unwrap();
    assert!(!largest.repeated);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_poisonous_holds_nobody_up() {
    each("mail_poison", async |world| {
        let mut poison = None;
        for n in 0..1_000 {
            let mut mail = mail(&format!("p{n}@northwind.example"), &format!("Report {n}"), "x");
            if n == 500 {
                mail = mail.with("X-Poison", "yes");
            }
            let id = world.arrives(&mail).await.id;
            if n == 500 {
                poison = Some(id);
            }
        }
        for _ in 0..messages::ATTEMPTS_MAX {
            world.rounds().await;
            world.t.clock.advance(400);
        }
        assert_eq!(world.incidents().await, 999);
        let poison = world.message(poison.unwrap()).await;
        assert_eq!(poison.state, MessageState::Quarantined);
        assert_eq!(poison.rule, Some(Rule::Failed));
        assert!(poison.reason.unwrap().contains("poison"));
        let counts = world.t.desk.read(messages::counts).await.unwrap();
        assert_eq!((counts.waiting, counts.quarantined), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn who_it_is_from_is_asked_of_the_envelope_last() {
    let world = crate::world::World::sqlite().await;
    let nobody = world.gets(&mail("nobody", "x", "y")).await;
    assert_eq!(nobody.from.as_deref(), Some(GWEN), "the sender of its envelope");
    assert_eq!(nobody.state, MessageState::Done);
    let eve = world.gets(&mail(&format!("Eve Adams <{EVE}>"), "", "\n\n First line\nsecond")).await;
    let state = world.state(eve.number.unwrap()).await;
    assert_eq!(world.words(state.title).await, "First line");
}
