//! Who is made known, who follows, and who decides about what was kept aside.

use crate::world::{EVE, GWEN, HELP, PETER, World, each, mail};
use desk::LetIn;
use store::directory::people;
use store::messages::{self, MessageState, Rule};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_and_whoever_got_it_too_are_known() {
    each("mail_people", async |world| {
        let mail = mail(&format!("Eve Adams <{EVE}>"), "Printer", "x")
            .with("To", &format!("{HELP}, {GWEN}"))
            .with("Cc", &format!("Peter <{PETER}>, New Person <new@elsewhere.example>, help+x@northwind.example, noreply@x.example, {EVE}"))
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
