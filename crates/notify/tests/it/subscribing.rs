//! Subscribing to the status page, and what subscribers are told.

use crate::endpoint::{Endpoint, Says, status};
use crate::world::{PUBLIC_URL, World};
use desk::subscribers::{Chosen, Confirmation, Wish};
use incident::Command;
use incident::conduct::Audiences;
use incident::state::UpdatePhase;
use kernel::{Channel, ComponentId, Language, ListId, MaintenanceId, Timestamp, limits};
use notify::webhooks::Postman;
use std::sync::Arc;
use std::time::Duration;
use store::directory::lists::{self, List, PlainAddress, Wants};
use store::outside::{self, News, Planned};
use store::status::page::{self, StatusPage};
use store::subscribers::{self, Filter, SubscriberKind};
use tokio::sync::watch;

const READER: &str = "reader@outside.example";

fn wish(kind: SubscriberKind, address: &str) -> Wish {
    let chosen = Chosen { everything: true, ..Chosen::default() };
    Wish { kind, address: address.to_owned(), language: Language::De, chosen }
}

/// Says whether everybody may read the status page.
async fn may_read(world: &World, public: bool) {
    let write = move |sql: &mut dyn store::Sql| {
        let before = page::get(sql)?;
        Ok(page::put(sql, &StatusPage { public, ..before.value }, before.version)?)
    };
    assert!(world.t.desk.write(write).await.unwrap());
}

/// With a status page that everybody may read.
async fn world() -> World {
    let world = World::new().await;
    may_read(&world, true).await;
    world
}

/// What stands behind this address in a text.
fn token(text: &str, address: &str) -> String {
    let rest = text.split_once(address).expect("the link").1;
    rest.chars().take_while(char::is_ascii_hexdigit).collect()
}

fn work(now: Timestamp) -> News {
    News {
        maintenance: MaintenanceId(uuid::Uuid::from_u128(1)),
        version: 1,
        planned: Planned {
            title: "Router firmware".to_owned(),
            body: "The network is slow.".to_owned(),
            starts_at: now.plus_days(3),
            ends_at: None,
        },
        again: vec![],
        components: [ComponentId(uuid::Uuid::from_u128(1))].into(),
        remind_minutes: None,
        takes_place: true,
    }
}

async fn plan(world: &World) {
    let now = world.t.desk.now();
    let write = move |sql: &mut dyn store::Sql| Ok(outside::plan(sql, &work(now), now)?);
    world.t.desk.write(write).await.unwrap();
}

/// Asks, reads the letter and presses its link; the token of the confirmation.
async fn subscribed(world: &World) -> String {
    let desk = &world.t.desk;
    desk.subscribe(wish(SubscriberKind::Mail, READER), "home").await.unwrap();
    world.rounds().await;
    let words = world.only(READER).words();
    let token = token(&words, &format!("{PUBLIC_URL}/status/confirm/"));
    let waits = desk.look_at_asking(&token).await.unwrap();
    assert!(matches!(waits, Confirmation::Waits(_)), "looking changes nothing: {waits:?}");
    let done = desk.confirm_asking(&token).await.unwrap();
    assert!(matches!(done, Confirmation::Done(_)));
    token
}

async fn at_a_domain(world: &World, domain_is_ours: bool) {
    let write = move |sql: &mut dyn store::Sql| {
        let before = page::get(sql)?;
        let domain = "status.outside.example".to_owned();
        let after = StatusPage { public: true, domain, domain_is_ours, ..before.value };
        page::put(sql, &after, before.version)?;
        Ok(())
    };
    world.t.desk.write(write).await.unwrap();
}

/// Files in a bucket answer no form.
#[tokio::test(flavor = "multi_thread")]
async fn links_of_subscriptions_lead_to_whoever_answers_them() {
    let world = World::new().await;
    at_a_domain(&world, false).await;
    let token = subscribed(&world).await;
    assert!(!token.is_empty());
    plan(&world).await;
    world.rounds().await;
    let told = world.sink.to(READER).pop().unwrap();
    assert!(told.words().contains("https://status.outside.example"), "{}", told.words());
    let way_out = told.header("List-Unsubscribe").unwrap();
    assert!(way_out.contains(&format!("{PUBLIC_URL}/status/unsubscribe/")), "{way_out}");
    at_a_domain(&world, true).await;
    let other = "other@outside.example";
    world.t.desk.subscribe(wish(SubscriberKind::Mail, other), "home").await.unwrap();
    world.rounds().await;
    let words = world.only(other).words();
    assert!(words.contains("https://status.outside.example/confirm/"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_confirms_is_told_and_unsubscribes_with_one_press() {
    let world = world().await;
    let asked = subscribed(&world).await;
    plan(&world).await;
    world.rounds().await;
    let letters = world.sink.to(READER);
    assert_eq!(letters.len(), 2);
    let told = &letters[1];
    let words = told.words();
    assert!(words.contains("Router firmware") && words.contains("Wir planen Arbeiten"), "{words}");
    let way_out = told.header("List-Unsubscribe").unwrap();
    assert_eq!(told.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
    let token = token(&way_out, &format!("{PUBLIC_URL}/status/unsubscribe/"));
    assert!(world.t.desk.subscription(&token).await.unwrap().is_some());
    world.t.desk.unsubscribe(&token).await.unwrap();
    assert!(world.t.desk.subscription(&token).await.unwrap().is_none());
    // The link of before does not bring it back.
    let again = world.t.desk.confirm_asking(&asked).await.unwrap();
    assert_eq!(again, Confirmation::Nowhere);
    world.later(4 * 86_400).await;
    assert_eq!(world.sink.to(READER).len(), 2, "nothing more");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hears_from_a_page_that_they_may_not_read() {
    let world = world().await;
    subscribed(&world).await;
    may_read(&world, false).await;
    plan(&world).await;
    world.rounds().await;
    assert_eq!(world.sink.to(READER).len(), 1);
    may_read(&world, true).await;
    world.later(3_600).await;
    assert_eq!(world.sink.to(READER).len(), 1, "it is not made up for");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_began_while_nothing_ran_is_not_told_to_begin_soon() {
    let world = world().await;
    subscribed(&world).await;
    let now = world.t.desk.now();
    let ends_at = Some(now.plus_days(3).plus_seconds(3_600));
    let planned = Planned { ends_at, ..work(now).planned };
    let news = News { remind_minutes: Some(60), planned, ..work(now) };
    let write = move |sql: &mut dyn store::Sql| Ok(outside::plan(sql, &news, now)?);
    world.t.desk.write(write).await.unwrap();
    world.rounds().await;
    assert_eq!(world.sink.to(READER).len(), 2, "that it is planned");
    world.later(3 * 86_400 + 60).await;
    assert_eq!(world.sink.to(READER).len(), 3, "that it began, and no reminder");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_confirm_is_told_nothing_and_forgotten() {
    let world = world().await;
    world.t.desk.subscribe(wish(SubscriberKind::Mail, READER), "home").await.unwrap();
    world.rounds().await;
    let words = world.only(READER).words();
    let token = token(&words, &format!("{PUBLIC_URL}/status/confirm/"));
    plan(&world).await;
    world.rounds().await;
    assert_eq!(world.sink.to(READER).len(), 1);
    world.t.clock.advance(48 * 3_600);
    let late = world.t.desk.confirm_asking(&token).await.unwrap();
    assert_eq!(late, Confirmation::Nowhere);
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_again_changes_nothing_and_reads_the_same() {
    let world = world().await;
    subscribed(&world).await;
    world.t.desk.subscribe(wish(SubscriberKind::Mail, READER), "elsewhere").await.unwrap();
    world.rounds().await;
    let letters = world.sink.to(READER);
    assert_eq!(letters.len(), 2);
    assert!(letters[1].words().contains("Nichts hat sich"), "{}", letters[1].words());
    let all = world.t.desk.read(|sql| subscribers::list(sql, &Filter::default(), 10));
    assert_eq!(all.await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_reaches_lists_and_subscribers_and_nobody_twice() {
    let world = world().await;
    subscribed(&world).await;
    let list = List {
        id: ListId(desk::fresh()),
        name: "Board".to_owned(),
        people: [world.t.requester.person].into(),
        addresses: [READER, "board@outside.example"]
            .map(|email| PlainAddress { email: email.to_owned(), language: Language::Fr })
            .into(),
        wants: Wants::default(),
        version: 1,
    };
    let (id, now) = (list.id, world.t.desk.now());
    world.t.desk.write(move |sql| Ok(lists::insert(sql, &list, now)?)).await.unwrap();
    let number = world.t.report("VPN drops").await;
    world.rounds().await;
    let before = world.sink.to(crate::world::GWEN).len();
    world.t.clock.advance(1);
    let agent = world.t.agent.clone();
    world
        .does(&agent, number, "A switch failed.", |body| Command::PublishUpdate {
            body,
            phase: UpdatePhase::Identified,
            expected: None,
            next_update: None,
            title: None,
            audiences: Some(Audiences {
                requesters: true,
                lists: [id].into(),
                status_page: true,
                chat: false,
            }),
        })
        .await;
    world.rounds().await;
    world.later(60).await;
    let to = |address: &str| {
        let letters = world.sink.to(address);
        let told = letters.iter().filter(|mail| mail.words().contains("A switch failed."));
        told.count()
    };
    assert_eq!(to(READER), 1, "on a list, and subscribed");
    assert_eq!(to("board@outside.example"), 1);
    assert_eq!(to(crate::world::GWEN), 1, "its requester, and on a list");
    assert_eq!(world.sink.to(crate::world::GWEN).len(), before + 1);
    let sent = world.t.desk.read(move |sql| {
        let n = store::updates::of_incident(sql, number)?[0].n;
        outside::sent(sql, number, n)
    });
    assert_eq!(sent.await.unwrap(), (2, 2), "whoever was told as a requester is not counted again");
    let board = world.only("board@outside.example");
    assert!(board.words().contains("Nous connaissons la cause"), "{}", board.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_leaves_a_list_with_one_press_and_people_are_told_whom_to_ask() {
    const BOARD: &str = "board@outside.example";
    let world = world().await;
    let list = List {
        id: ListId(desk::fresh()),
        name: "Board".to_owned(),
        people: [world.t.other_requester.person].into(),
        addresses: [BOARD, "other@outside.example"]
            .map(|email| PlainAddress { email: email.to_owned(), language: Language::En })
            .into(),
        wants: Wants::default(),
        version: 1,
    };
    let (id, now) = (list.id, world.t.desk.now());
    world.t.desk.write(move |sql| Ok(lists::insert(sql, &list, now)?)).await.unwrap();
    let number = world.t.report("VPN drops").await;
    let agent = world.t.agent.clone();
    let say = async |words: &str| {
        world.t.clock.advance(1);
        let audiences =
            Audiences { requesters: false, lists: [id].into(), status_page: false, chat: false };
        world
            .does(&agent, number, words, |body| Command::PublishUpdate {
                body,
                phase: UpdatePhase::Identified,
                expected: None,
                next_update: None,
                title: None,
                audiences: Some(audiences),
            })
            .await;
        world.rounds().await;
    };
    say("A switch failed.").await;
    let told = world.only(BOARD);
    let way_out = told.header("List-Unsubscribe").expect("a way out");
    assert_eq!(told.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
    let token = token(&way_out, &format!("{PUBLIC_URL}/status/unsubscribe/"));
    let person = world.only(crate::world::PETER);
    assert_eq!(person.header("List-Unsubscribe"), None, "the service desk put them there");
    assert!(person.words().contains("The service desk takes you off it"), "{}", person.words());

    let listed = world.t.desk.listed(&token).await.unwrap();
    assert_eq!(listed.map(|one| one.email).as_deref(), Some(BOARD), "looking changes nothing");
    world.t.desk.unsubscribe(&token).await.unwrap();
    world.t.desk.unsubscribe(&token).await.unwrap();
    assert_eq!(world.t.desk.listed(&token).await.unwrap(), None);
    say("It is replaced.").await;
    assert_eq!(world.sink.to(BOARD).len(), 1, "nothing more");
    assert_eq!(world.sink.to("other@outside.example").len(), 2, "the others stay");
    let stored = world.t.desk.read(move |sql| lists::get(sql, id)).await.unwrap().unwrap();
    assert_eq!((stored.members(), stored.version), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_alone_were_told_it_is_called_reaches_no_subscriber() {
    let world = world().await;
    subscribed(&world).await;
    let number = world.t.report("VPN drops").await;
    for (title, status_page) in [(Some("Breach at HR"), false), (None, true)] {
        world.t.clock.advance(1);
        let mut ask = world.t.desk.ask(&world.t.agent, Channel::Web).on(number);
        let body = ask.words("note", "A switch failed.", limits::BODY_CHARS).unwrap();
        let title = title.map(|title| ask.title(title).unwrap());
        let chat = !status_page;
        let audiences = Audiences { requesters: false, lists: [].into(), status_page, chat };
        let publish = Command::PublishUpdate {
            body,
            phase: UpdatePhase::Identified,
            expected: None,
            next_update: None,
            title,
            audiences: Some(audiences),
        };
        ask.issue(publish).await.unwrap();
    }
    world.rounds().await;
    let letters = world.sink.to(READER);
    assert_eq!(letters.len(), 2);
    let words = letters[1].words();
    assert!(words.contains("VPN drops") && !words.contains("Breach at HR"), "{words}");
}

fn postman(world: &World) -> (Arc<Postman>, watch::Sender<bool>) {
    let (stop, stopped) = watch::channel(false);
    let postman = Postman::new(world.t.desk.clone(), Some(PUBLIC_URL.to_owned()), stopped);
    (Arc::new(postman), stop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_answers_a_challenge_and_is_told() {
    let (world, endpoint) = (world().await, Endpoint::start().await);
    world.t.desk.allow_subscribers(vec!["127.0.0.0/8".parse().unwrap()]);
    let (postman, _stop) = postman(&world);
    let wanted = wish(SubscriberKind::Webhook, &endpoint.url());
    world.t.desk.subscribe(wanted, "home").await.unwrap();
    endpoint.says([Says::Echo]);
    postman.round().await.unwrap();
    assert_eq!(endpoint.types(), ["subscription.challenge"]);
    assert!(endpoint.got()[0].headers["webhook-signature"].starts_with("v1,"));
    plan(&world).await;
    world.rounds().await;
    postman.round().await.unwrap();
    assert_eq!(endpoint.types(), ["subscription.challenge", "maintenance"]);
    let told = endpoint.got()[1].json();
    assert_eq!(told["data"]["title"], "Router firmware");
    assert!(told["unsubscribe_url"].as_str().unwrap().contains("/status/unsubscribe/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_does_not_repeat_its_challenge_is_told_nothing() {
    let (world, endpoint) = (world().await, Endpoint::start().await);
    world.t.desk.allow_subscribers(vec!["127.0.0.0/8".parse().unwrap()]);
    let (postman, _stop) = postman(&world);
    let wanted = wish(SubscriberKind::Webhook, &endpoint.url());
    world.t.desk.subscribe(wanted, "home").await.unwrap();
    postman.round().await.unwrap();
    plan(&world).await;
    world.rounds().await;
    postman.round().await.unwrap();
    assert_eq!(endpoint.types(), ["subscription.challenge"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_does_not_answer_is_asked_once() {
    let (world, endpoint) = (world().await, Endpoint::start().await);
    world.t.desk.allow_subscribers(vec!["127.0.0.0/8".parse().unwrap()]);
    let (postman, _stop) = postman(&world);
    world.t.desk.subscribe(wish(SubscriberKind::Webhook, &endpoint.url()), "home").await.unwrap();
    endpoint.says([status("503 Busy"), Says::Echo]);
    for _ in 0..3 {
        postman.round().await.unwrap();
        world.t.clock.advance(3_600);
    }
    assert_eq!(endpoint.types(), ["subscription.challenge"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_slow_keeps_no_other_waiting() {
    const PROGRAMS: usize = 20;
    let (world, endpoint) = (world().await, Endpoint::start().await);
    world.t.desk.allow_subscribers(vec!["127.0.0.0/8".parse().unwrap()]);
    let (postman, _stop) = postman(&world);
    for n in 0..PROGRAMS {
        let wanted = wish(SubscriberKind::Webhook, &format!("{}/{n}", endpoint.url()));
        world.t.desk.subscribe(wanted, "home").await.unwrap();
    }
    // One never answers, while more wait than are on their way at once.
    endpoint.says([Says::Nothing]);
    let round = tokio::spawn(async move { postman.round().await });
    let all = async {
        while endpoint.got().len() < PROGRAMS {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    // Less than an attempt may take.
    assert!(tokio::time::timeout(Duration::from_secs(8), all).await.is_ok());
    round.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_forgets_to_choose_gets_the_letter_all_the_same() {
    let world = world().await;
    for _ in 0..5 {
        let nothing = Wish { chosen: Chosen::default(), ..wish(SubscriberKind::Mail, READER) };
        assert!(world.t.desk.subscribe(nothing, "home").await.is_err());
    }
    world.t.desk.subscribe(wish(SubscriberKind::Mail, READER), "home").await.unwrap();
    world.rounds().await;
    world.only(READER);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_program_reaches_what_only_this_machine_reaches() {
    let (world, endpoint) = (world().await, Endpoint::start().await);
    // What administrators may reach is not for everybody.
    world.t.desk.allow_outward(vec!["127.0.0.0/8".parse().unwrap()]);
    let (postman, _stop) = postman(&world);
    let plain = wish(SubscriberKind::Webhook, &endpoint.url());
    assert!(world.t.desk.subscribe(plain, "home").await.is_err(), "not without encryption");
    let address = format!("https://127.0.0.1:{}/in", endpoint.port);
    let wanted = wish(SubscriberKind::Webhook, &address);
    world.t.desk.subscribe(wanted, "home").await.unwrap();
    postman.round().await.unwrap();
    assert!(endpoint.got().is_empty());
}
