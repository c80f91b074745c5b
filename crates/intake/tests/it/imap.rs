//! Mailboxes that are fetched from an IMAP server.

use crate::doors::{PATIENCE, desk, kept, key};
use crate::imap_server::{Lying, PASSWORD, Server};
use intake::MESSAGE_BYTES;
use kernel::{Actor, IntegrationId};
use std::time::Duration;
use store::directory::fetches::{self, Fetching};
use store::directory::integrations::{self, Imap, Integration, Secrets, Security, Settings};
use store::messages::Door;
use testkit::TestDesk;

/// The first mailbox, fetched from this server with this password.
async fn fetched_from(
    desk: &TestDesk,
    port: u16,
    password: &str,
    move_to: Option<&str>,
) -> IntegrationId {
    let imap = Imap {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        user: "help@x.example".to_owned(),
        folder: "INBOX".to_owned(),
        move_to: move_to.map(str::to_owned),
        oauth: None,
    };
    let secrets = Secrets { password: Some(password.to_owned()), ..Secrets::default() };
    let change = desk.desk.change(Actor::system(), move |sql, _| {
        let mailbox = integrations::by_key(sql, &key(1))?.unwrap();
        let settings = Settings { imap: Some(imap), ..Settings::default() };
        let mailbox = Integration { settings, new_secrets: Some(secrets), ..mailbox };
        desk::integrations::check(sql, &mailbox)?;
        assert!(integrations::update(sql, &mailbox, mailbox.version)?);
        Ok(mailbox.id)
    });
    change.await.unwrap()
}

async fn fetching(desk: &TestDesk, id: IntegrationId) -> Option<Fetching> {
    desk.desk.read(fetches::all).await.unwrap().remove(&id)
}

/// Waits until it is so.
async fn until<F: Future<Output = bool>>(what: &str, is: impl Fn() -> F) {
    let waited = async {
        while !is().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.unwrap_or_else(|_| panic!("never: {what}"));
}

async fn subjects(desk: &TestDesk) -> Vec<String> {
    let all = kept(desk).await;
    all.iter().map(|(_, raw)| raw.trim_start_matches("Subject: ").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_has_read_is_taken_then_all_that_comes_and_nothing_twice() {
    let (desk, server) = (desk().await, Server::start().await);
    server.put(3, true, "Subject: read long ago");
    server.put(5, false, "Subject: five");
    server.put(9, false, "Subject: nine");
    let id = fetched_from(&desk, server.port, PASSWORD, None).await;
    let running = intake::fetch(desk.desk.clone());
    until("two are kept", || async { kept(&desk).await.len() == 2 }).await;
    assert_eq!(subjects(&desk).await, ["five", "nine"]);
    until("it went well", || async {
        fetching(&desk, id).await.is_some_and(|state| state.fetched_at.is_some())
    })
    .await;
    // Somebody reads it before we do: it is taken all the same.
    server.put(10, true, "Subject: ten");
    until("three are kept", || async { kept(&desk).await.len() == 3 }).await;
    until("it is marked", || async {
        server.with(|folder| folder.lying.iter().all(|one| one.seen))
    })
    .await;
    running.stop().await;
    let first = &kept(&desk).await[0].0;
    assert_eq!((first.door, first.mailbox), (Door::Imap, Some(id)));

    let running = intake::fetch(desk.desk.clone());
    server.put(11, false, "Subject: eleven");
    until("four are kept", || async { kept(&desk).await.len() == 4 }).await;
    running.stop().await;
    assert_eq!(server.with(|folder| folder.fetched.clone()), [5, 9, 10, 11]);

    // The server was built anew: what is unread is looked at, the very same is one.
    server.with(|folder| {
        folder.validity = 2;
        folder.lying.clear();
    });
    server.put(1, false, "Subject: eleven");
    server.put(2, false, "Subject: twelve");
    let running = intake::fetch(desk.desk.clone());
    until("five are kept", || async { kept(&desk).await.len() == 5 }).await;
    running.stop().await;
    assert_eq!(subjects(&desk).await.last().unwrap(), "twelve");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_taken_is_left_and_the_next_is_moved() {
    let (desk, server) = (desk().await, Server::start().await);
    let large = Lying { uid: 1, seen: false, raw: vec![], size: MESSAGE_BYTES + 1 };
    server.with(|folder| folder.lying.push(large));
    server.put(2, false, "\r\n \r\n");
    // It says that it is short.
    let liar = Lying { uid: 3, seen: false, raw: b"Subject: three".to_vec(), size: 3 };
    server.with(|folder| folder.lying.push(liar));
    let id = fetched_from(&desk, server.port, PASSWORD, Some("Done")).await;
    let running = intake::fetch(desk.desk.clone());
    until("one is moved", || async { server.with(|folder| folder.moved == [3]) }).await;
    running.stop().await;
    assert_eq!(subjects(&desk).await, ["three"]);
    assert_eq!(fetching(&desk, id).await.unwrap().refused, 2);
    let left = server
        .with(|folder| folder.lying.iter().map(|one| (one.uid, one.seen)).collect::<Vec<_>>());
    assert_eq!(left, [(1, false), (2, false)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_said_and_not_told() {
    let (desk, server) = (desk().await, Server::start().await);
    let id = fetched_from(&desk, server.port, "s3cret-and-wrong", None).await;
    let running = intake::fetch(desk.desk.clone());
    until("it is said", || async {
        fetching(&desk, id).await.is_some_and(|state| state.error.is_some())
    })
    .await;
    running.stop().await;
    let state = fetching(&desk, id).await.unwrap();
    let words = state.error.unwrap();
    assert!(words.contains("signing in") && words.contains("AUTHENTICATIONFAILED"), "{words}");
    assert!(!words.contains("s3cret"), "{words}");
    assert_eq!(state.next_at, desk.desk.now().plus_seconds(5));
    server.put(1, false, "Subject: one");
    assert!(kept(&desk).await.is_empty());

    // Mended, it begins at once.
    fetched_from(&desk, server.port, PASSWORD, None).await;
    desk.desk.write(move |sql| Ok(fetches::try_again(sql, id)?)).await.unwrap();
    let running = intake::fetch(desk.desk.clone());
    until("one is kept", || async { kept(&desk).await.len() == 1 }).await;
    running.stop().await;
    assert_eq!(fetching(&desk, id).await.unwrap().error, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_node_has_a_mailbox_and_another_goes_on_where_it_ended() {
    let desk = desk().await;
    let id = fetched_from(&desk, 1, PASSWORD, None).await;
    let now = desk.desk.now();
    let claim = |node: &'static str, at: i64| {
        let (from, until) = (now.plus_seconds(at), now.plus_seconds(at + 600));
        desk.desk.write(move |sql| Ok(fetches::claim(sql, id, "here", node, (from, until))?))
    };
    let mut place = claim("a", 0).await.unwrap().unwrap();
    assert_eq!(claim("b", 1).await.unwrap(), None);
    (place.uid_validity, place.last_uid) = (Some(7), u32::MAX);
    let (noted, until) = (place.clone(), now.plus_seconds(600));
    let went_on = desk.desk.write(move |sql| Ok(fetches::go_on(sql, id, "a", &noted, until)?));
    assert!(went_on.await.unwrap());
    assert_eq!(claim("b", 600).await.unwrap(), Some(place.clone()), "its node died");
    let noted = place.clone();
    let lost = desk.desk.write(move |sql| Ok(fetches::go_on(sql, id, "a", &noted, until)?));
    assert!(!lost.await.unwrap());
    let elsewhere = desk.desk.write(move |sql| {
        Ok(fetches::claim(sql, id, "there", "b", (now.plus_seconds(601), now.plus_seconds(1_201)))?)
    });
    assert_eq!(elsewhere.await.unwrap().unwrap().last_uid, 0, "another folder begins anew");
}
