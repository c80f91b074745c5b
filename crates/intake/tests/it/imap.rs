//! Mailboxes that are fetched from an IMAP server.

use crate::doors::{PATIENCE, desk, kept, key};
use crate::imap_server::{Lying, PASSWORD, Server, Temper};
use intake::MESSAGE_BYTES;
use kernel::{Actor, IntegrationId};
use std::time::Duration;
use store::directory::fetches::{self, Failing, Fetching, Stuck};
use store::directory::integrations::{self, Imap, Integration, Oauth, Secrets, Security, Settings};
use store::messages::Door;
use testkit::TestDesk;

/// The first mailbox, fetched from this server with this password.
async fn fetched_from(
    desk: &TestDesk,
    port: u16,
    password: &str,
    move_to: Option<&str>,
) -> IntegrationId {
    let secrets = Secrets { password: Some(password.to_owned()), ..Secrets::default() };
    fetched_with(desk, port, secrets, move_to, None).await
}

async fn fetched_with(
    desk: &TestDesk,
    port: u16,
    secrets: Secrets,
    move_to: Option<&str>,
    oauth: Option<Oauth>,
) -> IntegrationId {
    let imap = Imap {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        user: "help@x.example".to_owned(),
        folder: "INBOX".to_owned(),
        move_to: move_to.map(str::to_owned),
        oauth,
    };
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
    let large =
        Lying { uid: 1, seen: false, raw: vec![], size: MESSAGE_BYTES + 1, temper: Temper::Good };
    server.with(|folder| folder.lying.push(large));
    server.put(2, false, "\r\n \r\n");
    // It says that it is short.
    let liar = Lying {
        uid: 3,
        seen: false,
        raw: b"Subject: three".to_vec(),
        size: 3,
        temper: Temper::Good,
    };
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
    until("nothing is wrong any more", || async {
        fetching(&desk, id).await.is_some_and(|state| state.error.is_none())
    })
    .await;
    running.stop().await;
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

/// Waits until a turn failed, and says why; the next one may begin.
async fn fails(desk: &TestDesk, id: IntegrationId) -> String {
    until("it fails", || async {
        fetching(desk, id).await.is_some_and(|state| state.next_at > desk.desk.now())
    })
    .await;
    let error = fetching(desk, id).await.unwrap().error.unwrap();
    desk.desk.write(move |sql| Ok(fetches::try_again(sql, id)?)).await.unwrap();
    error
}

/// Runs a turn that fails, and says why.
async fn failing_turn(desk: &TestDesk, id: IntegrationId) -> String {
    let running = intake::fetch(desk.desk.clone());
    let error = fails(desk, id).await;
    running.stop().await;
    error
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_server_answers_a_message_that_is_there_is_not_lost() {
    for (temper, words) in [
        (Temper::No, "said no"),
        (Temper::Bye, "too tired"),
        (Temper::Silence, "hung up"),
        (Temper::Half, ""),
        (Temper::Nil, "does not give it"),
        (Temper::Nothing, "does not give it"),
        (Temper::Endless, "more than it was asked for"),
    ] {
        let (desk, server) = (desk().await, Server::start().await);
        server.put(1, false, "Subject: one");
        server.put(2, false, "Subject: two");
        server.vex(1, temper);
        let id = fetched_from(&desk, server.port, PASSWORD, None).await;
        let error = failing_turn(&desk, id).await;
        assert!(error.contains(words), "{words}: {error}");
        assert!(error.len() < 500 && !error.contains("Subject"), "{error}");
        assert!(kept(&desk).await.is_empty(), "{words}");
        // It has a better day, and nothing was passed over.
        server.vex(1, Temper::Good);
        let running = intake::fetch(desk.desk.clone());
        until("both are kept", || async { kept(&desk).await.len() == 2 }).await;
        running.stop().await;
        assert_eq!(subjects(&desk).await, ["one", "two"], "{words}");
        assert_eq!(fetching(&desk, id).await.unwrap().refused, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_tells_no_sizes_or_finds_nothing_fails() {
    let (desk, server) = (desk().await, Server::start().await);
    server.put(1, false, "Subject: one");
    server.with(|folder| folder.no_search = true);
    let id = fetched_from(&desk, server.port, PASSWORD, None).await;
    assert!(failing_turn(&desk, id).await.contains("not now"));
    server.with(|folder| (folder.no_search, folder.no_sizes) = (false, true));
    assert!(failing_turn(&desk, id).await.contains("not now"));
    assert_eq!(fetching(&desk, id).await.unwrap().fetched_at, None);
    server.with(|folder| folder.no_sizes = false);
    // A message that is gone is no failure.
    server.put(2, false, "Subject: two");
    server.with(|folder| folder.lying.retain(|one| one.uid != 1));
    let running = intake::fetch(desk.desk.clone());
    until("the other is kept", || async { kept(&desk).await.len() == 1 }).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_longer_than_said_is_taken_all_the_same() {
    let (desk, server) = (desk().await, Server::start().await);
    let raw = [b"Subject: long\r\n\r\n".to_vec(), vec![b'x'; 300_000]].concat();
    let one = Lying { uid: 1, seen: false, raw, size: 9, temper: Temper::Good };
    server.with(|folder| folder.lying.push(one));
    fetched_from(&desk, server.port, PASSWORD, None).await;
    let running = intake::fetch(desk.desk.clone());
    until("it is kept", || async { kept(&desk).await.len() == 1 }).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_never_comes_is_left_once_others_do() {
    for temper in [Temper::No, Temper::Silence, Temper::Nil] {
        let (desk, server) = (desk().await, Server::start().await);
        server.put(1, false, "Subject: one");
        server.vex(1, temper);
        let id = fetched_from(&desk, server.port, PASSWORD, None).await;
        for _ in 0..5 {
            failing_turn(&desk, id).await;
        }
        // Alone it is tried again and again: perhaps nothing can be had at all.
        assert_eq!(fetching(&desk, id).await.unwrap().refused, 0);
        server.put(2, false, "Subject: two");
        server.vex(2, temper);
        server.put(3, false, "Subject: three");
        server.put(4, false, "Subject: four");
        let mut known = 0;
        for _ in 0..20 {
            let running = intake::fetch(desk.desk.clone());
            until("the turn ends", || async {
                let state = fetching(&desk, id).await.unwrap();
                let failed = state.next_at > desk.desk.now();
                failed || state.fetched_at.is_some() || state.refused > known
            })
            .await;
            running.stop().await;
            known = fetching(&desk, id).await.unwrap().refused;
            desk.desk.write(move |sql| Ok(fetches::try_again(sql, id)?)).await.unwrap();
        }
        let mut all = subjects(&desk).await;
        all.sort();
        assert_eq!(all, ["four", "three"]);
        let state = fetching(&desk, id).await.unwrap();
        assert_eq!((state.refused, state.error, state.failing_since), (2, None, None));
        let left = |folder: &mut crate::imap_server::Folder| {
            let unseen = folder.lying.iter().filter(|one| !one.seen);
            unseen.map(|one| one.uid).collect::<Vec<_>>()
        };
        assert_eq!(server.with(left), [1, 2]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_lost_a_mailbox_writes_nothing_about_it() {
    let desk = desk().await;
    let id = fetched_from(&desk, 1, PASSWORD, None).await;
    let now = desk.desk.now();
    let failing = move |at: Option<u32>| Failing { error: "x".to_owned(), at_uid: at, now };
    let done = desk.desk.write(move |sql| {
        let times = |at: i64| (now.plus_seconds(at), now.plus_seconds(at + 60));
        fetches::claim(sql, id, "here", "a", times(0))?;
        assert!(fetches::renew(sql, id, "a", now.plus_seconds(90))?);
        assert!(fetches::claim(sql, id, "here", "b", times(61))?.is_none());
        assert!(fetches::claim(sql, id, "here", "b", times(91))?.is_some());
        assert!(!fetches::renew(sql, id, "a", now.plus_seconds(900))?);
        fetches::failed(sql, id, "a", &failing(Some(1)), |_| now)?;
        fetches::refused(sql, id, "a")?;
        fetches::went_well(sql, id, "a", now)?;
        let state = fetches::all(sql)?.remove(&id).unwrap();
        assert_eq!((state.error, state.refused, state.fetched_at), (None, 0, None));
        // What fails before any message keeps count of the one it failed at.
        for (at, turns) in [(Some(7), 1), (Some(7), 2), (None, 2), (Some(7), 3), (Some(8), 1)] {
            fetches::claim(sql, id, "here", "b", times(200))?;
            fetches::failed(sql, id, "b", &failing(at), |_| now)?;
            let place = fetches::claim(sql, id, "here", "b", times(200))?.unwrap();
            assert_eq!(place.stuck, Some(Stuck { uid: at.unwrap_or(7), turns }));
        }
        Ok(())
    });
    done.await.unwrap();
}

/// A server that gives tokens; what it is asked, and it gives another refresh token each time.
async fn token_server() -> (u16, std::sync::Arc<std::sync::Mutex<Vec<String>>>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = std::sync::Arc::new(std::sync::Mutex::new(vec![]));
    let noted = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut heard = vec![];
            loop {
                let mut chunk = [0; 4_096];
                let count = stream.read(&mut chunk).await.unwrap();
                heard.extend_from_slice(&chunk[..count]);
                let text = String::from_utf8_lossy(&heard).to_lowercase();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if count == 0 || body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    break;
                }
            }
            let text = String::from_utf8_lossy(&heard).into_owned();
            let number = {
                let mut noted = noted.lock().unwrap();
                noted.push(text.rsplit("\r\n\r\n").next().unwrap().to_owned());
                noted.len()
            };
            let json = format!(r#"{{"access_token":"access","refresh_token":"refresh-{number}"}}"#);
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{json}",
                json.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (port, asked)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_token_that_is_replaced_is_kept_at_once_and_alone() {
    let (desk, server) = (desk().await, Server::start().await);
    let (port, asked) = token_server().await;
    let oauth = |port: u16| Oauth {
        token_url: format!("http://127.0.0.1:{port}/token"),
        client_id: "seven".to_owned(),
        scope: None,
    };
    let secrets = Secrets {
        client_secret: Some("hush".to_owned()),
        refresh_token: Some("refresh-0".to_owned()),
        ..Secrets::default()
    };
    // The mail server does not answer: the token is used up all the same.
    let id = fetched_with(&desk, 1, secrets, None, Some(oauth(port))).await;
    failing_turn(&desk, id).await;
    let known = desk.desk.read(move |sql| integrations::secrets(sql, id)).await.unwrap();
    assert_eq!(known.refresh_token.as_deref(), Some("refresh-1"));
    assert_eq!((known.password, known.client_secret.as_deref()), (None, Some("hush")));

    fetched_with(&desk, server.port, Secrets::default(), None, Some(oauth(port))).await;
    server.put(1, false, "Subject: one");
    let running = intake::fetch(desk.desk.clone());
    until("it is kept", || async { kept(&desk).await.len() == 1 }).await;
    running.stop().await;
    let second = asked.lock().unwrap()[1].clone();
    assert!(second.contains("refresh_token=refresh-1") && second.contains("client_secret=hush"));
    // user=help@x.example^Aauth=Bearer access^A^A
    let said = "dXNlcj1oZWxwQHguZXhhbXBsZQFhdXRoPUJlYXJlciBhY2Nlc3MBAQ==";
    assert_eq!(server.with(|folder| folder.signed.clone()), [said]);

    // Somebody gave another token while one was asked for: theirs stays.
    let renew = desk.desk.write(move |sql| {
        integrations::renew_token(sql, id, Some("refresh-1"), "late")?;
        Ok(integrations::secrets(sql, id)?.refresh_token)
    });
    assert_eq!(renew.await.unwrap().as_deref(), Some("refresh-2"));
}
