//! What is told in the product, with and without a mail server, and letters that tell more than
//! one thing.

use crate::world::{GWEN, PETER, PUBLIC_URL, World};
use incident::state::HoldReason;
use incident::telling::{Digest, Preferences};
use incident::{Command, Visibility};
use kernel::{Actor, Channel, Language};
use notify::{Courier, Next};
use store::deliveries::inbox::Which;
use store::directory::letters::{self, LetterKind, LetterText};
use store::directory::told_how;
use tokio::sync::watch;

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_inboxes_fill_and_nothing_of_it_is_sent_later() {
    let t = testkit::TestDesk::idle().await;
    let (_stop, stopped) = watch::channel(false);
    let courier = Courier::new(t.desk.clone(), None, stopped);
    assert_eq!(courier.round().await, Next::Idle);
    let number = t.report("VPN drops").await;
    while courier.round().await == Next::More {}
    let hers = t.desk.inbox(&t.requester, false, None, 10).await.unwrap();
    assert_eq!((hers.len(), hers[0].number, hers[0].word.as_str()), (1, number, "reported"));
    assert_eq!(t.desk.unread(&t.agent).await.unwrap(), 1, "the team is told, too");
    assert_eq!(t.desk.unread(&t.other_agent).await.unwrap(), 0);

    // Then there is one.
    t.clock.advance(60);
    let sink = crate::sink::Sink::start().await;
    let (with_mail, _stop) = crate::world::courier(&t, &sink.url());
    while with_mail.round().await == Next::More {}
    assert!(sink.mails().is_empty());
    t.say(&t.agent, number, "Which cable?", Visibility::Public).await;
    while with_mail.round().await == Next::More {}
    assert_eq!(sink.to(GWEN).len(), 1);
    let hers = t.desk.inbox(&t.requester, true, None, 10).await.unwrap();
    assert_eq!(hers[0].told.as_ref().unwrap().said.as_deref(), Some("Which cable?"));
    assert_eq!(t.desk.mark_read(&t.requester, Which::UpTo(hers[0].id)).await.unwrap(), 2);
    assert_eq!(t.desk.unread(&t.requester).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_says_nothing_that_its_reader_may_not_know_any_more() {
    let world = World::new().await;
    let t = &world.t;
    let number = t.report("VPN drops").await;
    t.say(&t.agent, number, "It is hunter2", Visibility::Public).await;
    let assign = Command::Assign {
        team: incident::Change::Keep,
        assignee: incident::Change::Set(t.agent.person),
    };
    t.issue(&t.manager, number, assign).await.unwrap();
    world.rounds().await;
    assert_eq!(t.desk.inbox(&t.agent, false, None, 10).await.unwrap().len(), 2);
    // Whoever leaves the service desk reads nothing internal any more.
    let left = incident::Viewer { roles: Default::default(), ..t.agent.clone() };
    assert_eq!(t.desk.inbox(&left, false, None, 10).await.unwrap().len(), 0);
    let timeline = store::incidents::timeline::timeline;
    let timeline = t.desk.read(move |sql| timeline(sql, number, 0, 100)).await.unwrap();
    let content = timeline.iter().find_map(|stored| match &stored.event.body {
        incident::Body::Commented(data) => Some(data.body),
        _ => None,
    });
    let content = content.unwrap();
    t.issue(&t.manager, number, Command::Redact { content }).await.unwrap();
    let hers = t.desk.inbox(&t.requester, false, None, 10).await.unwrap();
    assert_eq!(hers[0].word, "commented");
    assert_eq!(hers[0].told.as_ref().unwrap().said, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_words_are_one_letter_and_the_first_one_waits_for_nothing() {
    let world = World::new().await;
    let t = &world.t;
    let number = t.report("VPN drops").await;
    world.rounds().await;
    for words in ["One.", "Two.", "Three."] {
        t.say(&t.agent, number, words, Visibility::Public).await;
        world.rounds().await;
    }
    assert_eq!(world.sink.to(GWEN).len(), 1);
    world.later(30).await;
    let hers = world.sink.to(GWEN);
    assert_eq!(hers.len(), 2);
    let words = hers[1].words();
    for said in ["3 things happened, in this order:", "> One.", "> Two.", "> Three."] {
        assert!(words.contains(said), "{said:?} in {words}");
    }
    let (text, _) = words.split_once("text/html").unwrap();
    assert_eq!(text.matches("Open the incident").count(), 1, "{words}");
    assert_eq!(hers[1].header("In-Reply-To"), hers[0].header("Message-ID"));
    let metrics = t.desk.metrics().encode();
    assert!(metrics.contains("evenkeel_letters_sent_total 3"), "a letter is counted once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_followers_letters_can_be_ended_by_one_press_or_collected() {
    let world = World::new().await;
    let t = &world.t;
    let peter = t.other_requester.person;
    let mut numbers = vec![];
    for title in ["VPN drops", "Screen flickers"] {
        let number = t.report(title).await;
        t.issue(&t.agent, number, Command::Watch { person: Some(peter) }).await.unwrap();
        numbers.push(number);
    }
    let own = LetterText {
        kind: LetterKind::FollowerMessage,
        language: Language::En,
        subject: String::new(),
        opening: "{who} says about what you follow:".to_owned(),
        closing: String::new(),
        version: 0,
    };
    let store = move |sql: &mut dyn store::Sql| Ok(letters::put(sql, &own, 0)?);
    assert!(t.desk.write(store).await.unwrap());
    t.say(&t.agent, numbers[0], "Which cable?", Visibility::Public).await;
    world.rounds().await;
    let his = world.only(PETER);
    assert!(his.words().contains("says about what you follow:"), "{}", his.words());
    assert!(!world.sink.to(GWEN).iter().any(|mail| mail.words().contains("what you follow:")));
    let url = his.header("List-Unsubscribe").unwrap();
    let token = url.strip_prefix(&format!("<{PUBLIC_URL}/u/")).unwrap().trim_end_matches('>');
    let link = t.desk.seals().await.unwrap().read_unfollow(token, t.desk.now()).unwrap();
    assert_eq!((link.number, link.person), (numbers[0], peter));
    assert_eq!(his.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
    assert!(his.words().contains("Stop following it: "));
    assert!(world.sink.to(GWEN).iter().all(|mail| mail.header("List-Unsubscribe").is_none()));

    let preferences = Preferences { digest: Digest::Hour, ..Preferences::default() };
    let store = move |sql: &mut dyn store::Sql| Ok(told_how::put(sql, peter, &preferences)?);
    t.desk.write(store).await.unwrap();
    for number in [numbers[1], numbers[0], numbers[1]] {
        t.say(&t.agent, number, "Still looking.", Visibility::Public).await;
    }
    world.later(31).await;
    assert_eq!(world.sink.to(PETER).len(), 1);
    world.later(3_600).await;
    let his = world.sink.to(PETER);
    assert_eq!(his.len(), 2);
    assert_eq!(his[1].header("Subject").as_deref(), Some("3 pieces of news on what you follow"));
    assert_eq!(his[1].header("In-Reply-To"), None);
    // One press ends such letters, not following one of the incidents.
    let url = his[1].header("List-Unsubscribe").unwrap();
    let token = url.strip_prefix(&format!("<{PUBLIC_URL}/u/")).unwrap().trim_end_matches('>');
    let all = t.desk.seals().await.unwrap().read_uncollect(token, t.desk.now()).unwrap();
    assert_eq!(all.person, peter);
    let words = his[1].words();
    let (text, _) = words.split_once("text/html").unwrap();
    assert_eq!(text.matches("> Still looking.").count(), 3, "{words}");
    assert_eq!(text.matches("Open the incident").count(), 2, "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_waited_for_is_told_so_once() {
    let world = World::new().await;
    let t = &world.t;
    let number = t.report("VPN drops").await;
    world.rounds().await;
    let hold = || Command::Hold { reason: HoldReason::Requester, until: None, note: None };
    t.issue(&t.agent, number, hold()).await.unwrap();
    world.later(30).await;
    world.later(30).await;
    let hers = world.sink.to(GWEN);
    assert_eq!(hers.len(), 2);
    assert!(hers[1].words().contains("We need your answer to go on."), "{}", hers[1].words());
    // With a question, the question says it.
    t.issue(&t.agent, number, Command::Resume).await.unwrap();
    t.say(&t.agent, number, "Which cable?", Visibility::Public).await;
    t.issue(&t.agent, number, hold()).await.unwrap();
    world.later(30).await;
    world.later(30).await;
    let hers = world.sink.to(GWEN);
    assert_eq!(hers.len(), 3, "{hers:#?}");
    let words = hers[2].words();
    assert!(words.contains("> Which cable?") && words.contains("We need your answer to go on."));
    // What somebody says who only follows it is no question.
    t.issue(&t.agent, number, Command::Resume).await.unwrap();
    t.clock.advance(180);
    let peter = Actor::person(t.other_requester.person, "Peter Nowicki");
    let mut ask = t.desk.ask_unlimited(peter, Channel::Email).on(number);
    let body = ask.words("body", "Mine, too", 100).unwrap();
    ask.issue(Command::Comment { body, visibility: Visibility::Public }).await.unwrap();
    world.rounds().await;
    world.later(60).await;
    t.issue(&t.agent, number, hold()).await.unwrap();
    world.later(30).await;
    world.later(30).await;
    let words = world.sink.to(GWEN).pop().unwrap().words();
    assert!(words.contains("We need your answer to go on."), "{words}");
    assert!(!words.contains("Mine, too"), "{words}");
}
