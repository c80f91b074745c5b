//! Mailboxes to which nobody writes for too long.

use crate::doors::{desk, key};
use intake::{Arrived, accept, look_for_silence};
use kernel::{Actor, IntegrationId};
use store::directory::integrations::{self, Integration, Settings};
use store::messages::Door;
use testkit::TestDesk;

/// The mailbox, told of after so many seconds.
async fn told_after(desk: &TestDesk, seconds: i64) -> Integration {
    let change = desk.desk.change(Actor::system(), move |sql, _| {
        let mailbox = integrations::by_key(sql, &key(1))?.unwrap();
        let settings = Settings { silence_after_seconds: Some(seconds), ..Settings::default() };
        let mailbox = Integration { settings, ..mailbox };
        integrations::update(sql, &mailbox, mailbox.version)?;
        Ok(mailbox)
    });
    change.await.unwrap()
}

async fn write(desk: &TestDesk, mailbox: IntegrationId, text: &str) {
    let arrived = Arrived {
        mailbox: Some(mailbox),
        door: Door::Http,
        sender: String::new(),
        recipients: vec![],
        raw: text.as_bytes().to_vec(),
    };
    accept(&desk.desk, arrived).await.unwrap();
}

async fn incidents(desk: &TestDesk) -> Vec<(String, Option<kernel::TeamId>)> {
    let read = |sql: &mut dyn store::Sql| {
        let mut found = vec![];
        for number in 1..100 {
            let Some(stored) = store::incidents::load(sql, kernel::IncidentNumber(number))? else {
                break;
            };
            found.push((stored.state.requester.to_string(), stored.state.team));
        }
        Ok(found)
    };
    desk.desk.read(read).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silence_is_told_once_and_the_next_one_again() {
    let desk = desk().await;
    let mailbox = told_after(&desk, 3_600).await.id;
    desk.clock.advance(7_200);
    look_for_silence(&desk.desk).await.unwrap();
    assert_eq!(incidents(&desk).await, [], "it is watched only now");

    write(&desk, mailbox, "Subject: one").await;
    desk.clock.advance(3_599);
    look_for_silence(&desk.desk).await.unwrap();
    assert_eq!(incidents(&desk).await, []);
    desk.clock.advance(1);
    for _ in 0..3 {
        // As if on several nodes at once.
        let (one, other) = tokio::join!(look_for_silence(&desk.desk), look_for_silence(&desk.desk));
        one.unwrap();
        other.unwrap();
        desk.clock.advance(86_400);
    }
    let told = incidents(&desk).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].1, Some(desk.network));

    write(&desk, mailbox, "Subject: two").await;
    look_for_silence(&desk.desk).await.unwrap();
    assert_eq!(incidents(&desk).await.len(), 1);
    desk.clock.advance(3_600);
    look_for_silence(&desk.desk).await.unwrap();
    let told = incidents(&desk).await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].0, told[1].0, "by the same requester");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_out_of_use_is_silent_in_peace() {
    let desk = desk().await;
    let mailbox = told_after(&desk, 3_600).await;
    write(&desk, mailbox.id, "Subject: one").await;
    let off = desk.desk.change(Actor::system(), move |sql, _| {
        let mailbox = integrations::get(sql, mailbox.id)?.unwrap();
        let off = Integration { active: false, ..mailbox };
        Ok(integrations::update(sql, &off, off.version)?)
    });
    assert!(off.await.unwrap());
    desk.clock.advance(86_400);
    look_for_silence(&desk.desk).await.unwrap();
    assert_eq!(incidents(&desk).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_to_which_nobody_ever_wrote_is_told_of_once() {
    let desk = desk().await;
    let mailbox = told_after(&desk, 3_600).await;
    for (advance, count) in [(0, 0), (3_599, 0), (1, 1), (86_400, 1)] {
        desk.clock.advance(advance);
        look_for_silence(&desk.desk).await.unwrap();
        assert_eq!(incidents(&desk).await.len(), count);
    }
    write(&desk, mailbox.id, "Subject: one").await;
    desk.clock.advance(3_600);
    look_for_silence(&desk.desk).await.unwrap();
    assert_eq!(incidents(&desk).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_that_cannot_be_fetched_is_told_of_once_until_it_can() {
    use store::directory::fetches::{self, Failing};
    let desk = desk().await;
    let change = desk.desk.change(Actor::system(), |sql, _| {
        let mailbox = integrations::by_key(sql, &key(1))?.unwrap();
        let imap = integrations::Imap {
            host: "imap.x.example".to_owned(),
            port: 993,
            security: integrations::Security::Tls,
            user: "help@x.example".to_owned(),
            folder: "INBOX".to_owned(),
            move_to: None,
            oauth: None,
        };
        let settings = Settings {
            silence_after_seconds: Some(3_600),
            imap: Some(imap),
            ..Settings::default()
        };
        let mailbox = Integration { settings, ..mailbox };
        integrations::update(sql, &mailbox, mailbox.version)?;
        Ok(mailbox.id)
    });
    let id = change.await.unwrap();
    let turn = async |well: bool| {
        let now = desk.desk.now();
        let done = desk.desk.write(move |sql| {
            fetches::claim(sql, id, "here", "a", (now, now.plus_seconds(60)))?.unwrap();
            let failing = Failing { error: "no route".to_owned(), at_uid: None, now };
            match well {
                true => fetches::went_well(sql, id, "a", now)?,
                false => fetches::failed(sql, id, "a", &failing, |_| now)?,
            }
            Ok(())
        });
        done.await.unwrap();
        look_for_silence(&desk.desk).await.unwrap();
        incidents(&desk).await.len()
    };
    assert_eq!(turn(false).await, 0);
    desk.clock.advance(4 * 3_600 - 1);
    assert_eq!(turn(false).await, 0, "and silence is no news then");
    desk.clock.advance(1);
    assert_eq!(turn(false).await, 1);
    desk.clock.advance(86_400);
    assert_eq!(turn(false).await, 1);
    assert_eq!(turn(true).await, 1);
    desk.clock.advance(60);
    assert_eq!(turn(false).await, 1);
    desk.clock.advance(4 * 3_600);
    assert_eq!(turn(false).await, 2);
}
