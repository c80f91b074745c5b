//! Who is made known, who follows, and who decides about what was kept aside.

use crate::world::{EVE, GWEN, HELP, PETER, World, each, mail, read};
use desk::LetIn;
use incident::event::Body;
use intake::{Options, Worker};
use std::sync::Arc;
use store::directory::people;
use store::messages::{self, MessageState, Rule};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_and_whoever_got_it_too_are_known() {
    each("mail_people", async |world| {
        let mail = mail(&format!("Eve Adams <{EVE}>"), "Printer", "x")
            .with("To", &format!("{HELP}, {GWEN}"))
            .with("Cc", &format!("Peter <{PETER}>, New Person <new@elsewhere.example>, help+x@northwind.example, noreply@x.example, do_not_reply+7@x.example, {EVE}"))
            .with("X-File", "one.txt");
        let done = world.gets(&mail).await;
        assert_eq!((done.state, done.step), (MessageState::Done, 6));
        let state = world.state(done.number.unwrap()).await;
        assert_eq!((state.watchers.len(), state.attachments.len()), (3, 1));
        assert!(state.watchers.contains(&world.t.requester.person));
        let eve = world.t.desk.read(|sql| people::by_email(sql, EVE)).await.unwrap().unwrap();
        assert_eq!((state.requester, eve.name.as_str()), (eve.id, "Eve Adams"));
        assert!(eve.roles.is_empty() && !eve.has_password);
    })
    .await;
}

#[tokio::test]
async fn a_mail_to_everybody_makes_no_people() {
    let world = World::sqlite().await;
    let everybody: Vec<_> = (0..41).map(|n| format!("p{n}@elsewhere.example")).collect();
    let done = world.gets(&mail(GWEN, "Party", "x").with("Cc", &everybody.join(", "))).await;
    assert!(world.state(done.number.unwrap()).await.watchers.is_empty());
    let seven = world.t.desk.read(people::count).await.unwrap();
    assert_eq!(seven, 7);
}

#[tokio::test]
async fn a_follower_may_say_something_and_let_nobody_in() {
    let world = World::sqlite().await;
    let first = mail(GWEN, "Printer", "x").with("Cc", PETER);
    let number = world.gets(&first).await.number.unwrap();
    let his = mail(PETER, "Re: Printer", "me too")
        .with("In-Reply-To", &first.id())
        .with("Cc", "other@elsewhere.example");
    assert_eq!(world.gets(&his).await.number, Some(number));
    let said = world.said(number).await;
    assert_eq!(
        (said[0].0.as_str(), said[0].1, said[0].2.as_str()),
        ("me too", true, "Peter Nowicki")
    );
    assert_eq!(world.state(number).await.watchers.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_word_of_a_follower_is_heard_and_is_no_answer() {
    each("mail_follower", async |world| {
        let first = mail(GWEN, "Printer", "x").with("Cc", PETER);
        let number = world.gets(&first).await.number.unwrap();
        let reply = |from: &str, words: &str| {
            mail(from, "Re: Printer", words).with("In-Reply-To", &first.id())
        };
        world.gets(&reply(GWEN, "Any news?")).await;
        let asked = world.state(number).await.unanswered_since;
        assert!(asked.is_some());
        assert_eq!(world.gets(&reply(PETER, "Mine is broken, too")).await.number, Some(number));
        let state = world.state(number).await;
        assert_eq!((state.unanswered_since, state.since.told), (asked, None));

        let said = world.events(number).await;
        let last = said.iter().rfind(|stored| matches!(stored.event.body, Body::Commented(_)));
        let last = &last.unwrap().event;
        assert!(matches!(&last.body, Body::Commented(data) if data.by_follower), "{last:?}");
        let n = i64::from(last.n);
        let told = "select audience from outbox where number = $1 and n = $2";
        let rows = move |sql: &mut dyn store::Sql| sql.query(told, &[number.into(), n.into()]);
        let told = format!("{:?}", world.t.desk.read(rows).await.unwrap());
        for team_or_person in [world.t.network.to_string(), world.t.requester.person.to_string()] {
            assert!(told.contains(&team_or_person), "{told}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_only_says_that_they_are_the_requester_lets_nobody_in() {
    each("mail_let_in", async |world| {
        let number = world.t.report("VPN drops").await;
        let forged = mail(GWEN, "Re: INC-1", "please tell my colleague, too").with("Cc", EVE);
        let done = world.gets(&forged).await;
        assert_eq!((done.number, done.public), (Some(number), true), "{:?}", done.reason);
        assert!(world.state(number).await.watchers.is_empty());

        let proven = mail(GWEN, "Re: INC-1", "x").with("Cc", PETER).with("X-Dmarc", "pass");
        world.gets(&proven).await;
        assert_eq!(world.state(number).await.watchers.len(), 1);
        let subject = format!("Re: {}", world.mark(number).await);
        world.gets(&mail(GWEN, &subject, "x").with("Cc", EVE)).await;
        assert_eq!(world.state(number).await.watchers.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn nobody_writes_as_the_service_desk_itself() {
    let world = World::sqlite().await;
    for from in [HELP, "help+x@northwind.example", "Help+Y@northwind.example"] {
        let held = world.gets(&mail(from, "Hello", "x")).await;
        assert_eq!(held.state, MessageState::Quarantined, "{from}: {:?}", held.reason);
    }
    assert_eq!(world.incidents().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_are_kept_for_a_time() {
    each("mail_bytes", async |world| {
        let t = &world.t;
        let done = world.gets(&mail(GWEN, "Printer", "x")).await;
        let held = world.gets(&mail(HELP, "Printer", "x")).await;
        let options = Options { read, own_addresses: vec![], auth_server: None };
        for (days, kept) in [(89, true), (2, false)] {
            t.clock.advance(days * 86_400);
            Arc::new(Worker::new(t.desk.clone(), options.clone())).round().await;
            let bytes = t.desk.message_bytes(&t.agent, done.id).await.unwrap();
            assert_eq!(bytes.is_some(), kept);
        }
        assert!(t.desk.message_bytes(&t.agent, held.id).await.unwrap().is_some());
        assert_eq!(world.message(done.id).await.subject, "Printer");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_aside_is_let_in_or_deleted_and_on_record() {
    each("mail_decided", async |world| {
        let t = &world.t;
        let number = t.report("VPN drops").await;
        let subject = format!("Re: {}", world.mark(number).await);
        let one = world.gets(&mail(EVE, &subject, "one")).await;
        let two = world.gets(&mail("two@elsewhere.example", &subject, "two")).await;
        let three = world.gets(&mail("three@elsewhere.example", &subject, "three")).await;

        for nobody in [&t.requester, &t.auditor] {
            assert!(t.desk.let_message_in(nobody, one.id, LetIn::AsNew).await.is_err());
            assert!(t.desk.erase_message(nobody, one.id).await.is_err());
        }
        assert!(t.desk.messages(&t.requester, None, None, 10).await.is_err());

        t.desk.let_message_in(&t.agent, one.id, LetIn::AsNew).await.unwrap();
        assert!(t.desk.let_message_in(&t.agent, one.id, LetIn::AsNew).await.is_err(), "twice");
        t.desk.erase_message(&t.agent, two.id).await.unwrap();
        t.desk.let_message_in(&t.agent, three.id, LetIn::Again).await.unwrap();
        world.rounds().await;
        let one = world.message(one.id).await;
        assert_eq!((one.rule, one.number.is_some()), (Some(Rule::Person), true));
        let two = world.message(two.id).await;
        assert_eq!((two.state, two.subject.as_str()), (MessageState::Dropped, ""));
        assert_eq!(t.desk.message_bytes(&t.agent, two.id).await.unwrap(), None);
        assert!(t.desk.let_message_in(&t.agent, two.id, LetIn::Again).await.is_err());
        let three = world.message(three.id).await;
        assert_eq!(three.state, MessageState::Quarantined, "looked at again: {:?}", three.reason);

        let entry = t.desk.message_of(&t.agent, one.number.unwrap(), 1).await.unwrap().unwrap();
        assert_eq!(entry.message.id, one.id);
        assert!(t.desk.message_bytes(&t.agent, one.id).await.unwrap().is_some());
        let aside =
            t.desk.read(|sql| messages::list(sql, Some(MessageState::Quarantined), None, 10));
        assert_eq!(aside.await.unwrap(), [three]);
    })
    .await;
}
