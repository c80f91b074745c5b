//! In which order letters leave, and what becomes of those that do not.

use crate::sink::{HANG_UP, Sink};
use crate::world::{GWEN, INES, PETER, World, courier};
use incident::Visibility;
use notify::Next;
use store::deliveries::{DeliveryState, send_again};

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_before_mail_was_configured_is_told_to_nobody() {
    let t = testkit::TestDesk::idle().await;
    t.report("VPN drops").await;
    t.clock.advance(1);
    let sink = Sink::start().await;
    let (courier, _stop) = courier(&t, &sink.url());
    assert_eq!(courier.round().await, Next::Idle);
    assert!(sink.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_fails_is_tried_again_and_nothing_overtakes_it() {
    let world = World::new().await;
    let first = world.t.report("VPN drops").await;
    world.sink.says(GWEN, "451 later");
    world.rounds().await;
    assert!(world.sink.to(GWEN).is_empty());
    assert_eq!(world.sink.to(INES).len(), 1, "others are not concerned");
    world.t.say(&world.t.agent, first, "Which cable?", Visibility::Public).await;
    // Another incident of hers does not wait for the first.
    world.sink.relents();
    let second = world.t.report("Screen flickers").await;
    world.later(30).await;
    let marks = || -> Vec<String> {
        world.sink.to(GWEN).iter().map(|mail| mail.header("Subject").unwrap()).collect()
    };
    assert_eq!(marks().len(), 1);
    assert!(marks()[0].contains(&format!("[{second} ")));
    world.later(30).await;
    let hers = world.sink.to(GWEN);
    assert_eq!(hers.len(), 3);
    assert!(hers[1].words().contains("We have received your report"));
    assert!(hers[2].words().contains("Which cable?"));
    assert_eq!(hers[2].header("In-Reply-To"), hers[1].header("Message-ID"));
    let failed = world.deliveries().await.into_iter().find(|d| d.attempts > 0).unwrap();
    assert_eq!((failed.attempts, failed.state), (1, DeliveryState::Sent));
    world.later(90_000).await;
    assert_eq!(world.sink.to(GWEN).len(), 3, "everything once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_refused_is_given_up_until_an_administrator_sends_it_again() {
    let world = World::new().await;
    world.sink.says(GWEN, "550 no such mailbox");
    world.t.report("VPN drops").await;
    world.rounds().await;
    let all = world.deliveries().await;
    let hers = all.iter().find(|delivery| delivery.address == GWEN).unwrap();
    assert_eq!(hers.state, DeliveryState::Dead);
    assert!(hers.error.as_ref().unwrap().contains("no such mailbox"), "{hers:?}");
    assert_eq!(world.sink.to(INES).len(), 1);
    let (id, now) = (hers.id, world.t.desk.now());
    world.sink.relents();
    world.t.desk.write(move |sql| Ok(send_again(sql, id, now)?)).await.unwrap();
    world.rounds().await;
    let mail = world.only(GWEN);
    assert_eq!(mail.header("Message-ID"), hers.message_id.as_ref().map(|id| format!("<{id}>")));
    let metrics = world.t.desk.metrics().encode();
    assert!(metrics.contains("evenkeel_letters_sent_total 2"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_wait_for_a_server_that_is_down_and_leave_in_order() {
    let World { t, sink, courier: first, stop } = World::new().await;
    let number = t.report("VPN drops").await;
    let port = sink.stop().await;
    assert_eq!(first.round().await, Next::Down);
    for n in 1..=5 {
        t.say(&t.agent, number, &format!("word {n}"), Visibility::Public).await;
        t.clock.advance(600);
        assert_eq!(first.round().await, Next::Down);
    }
    let sink = Sink::on(port).await;
    let world = World { t, sink, courier: first, stop };
    assert_eq!(world.rounds().await, Next::Idle);
    world.later(60).await;
    let hers = world.sink.to(GWEN);
    assert_eq!(hers.len(), 2, "what gathered meanwhile is told in one letter");
    let words = hers[1].words();
    assert!(words.contains("5 things happened, in this order:"), "{words}");
    let (text, _) = words.split_once("text/html").unwrap();
    let places: Vec<_> = (1..=5).map(|n| text.find(&format!("> word {n}")).unwrap()).collect();
    assert!(places.is_sorted(), "{words}");
    assert!(world.deliveries().await.iter().all(|delivery| delivery.attempts == 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_that_the_server_relays_nothing_to_does_not_keep_the_others() {
    for refusal in
        ["530 sign in first", "454 4.7.1 relay access denied", "550 5.7.60 send as denied"]
    {
        let world = World::new().await;
        world.sink.says(GWEN, refusal);
        world.t.report("VPN drops").await;
        assert_eq!(world.rounds().await, Next::Idle, "{refusal}");
        assert_eq!(world.sink.to(INES).len(), 1, "{refusal}");
        let hers = world.deliveries().await.into_iter().find(|d| d.address == GWEN).unwrap();
        assert_eq!((hers.state, hers.attempts), (DeliveryState::Waiting, 1), "{refusal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_was_sent_but_not_marked_comes_again_under_the_same_id() {
    let world = World::new().await;
    world.t.report_by(&world.t.other_requester, "VPN drops").await;
    world.sink.falls_silent(true);
    let courier_that_dies = world.courier.clone();
    let dies = tokio::spawn(async move { courier_that_dies.round().await });
    world.sink.arrived.notified().await;
    dies.abort();
    let _ = dies.await;
    world.sink.falls_silent(false);
    // A new start finds it taken, and has it when its time is over.
    let (again, _stop) = courier(&world.t, &world.sink.url());
    assert_eq!(again.round().await, Next::Idle);
    world.t.clock.advance(301);
    while again.round().await == Next::More {}
    for address in [PETER, INES] {
        let mails = world.sink.to(address);
        let ids: std::collections::BTreeSet<_> =
            mails.iter().map(|mail| mail.header("Message-ID")).collect();
        assert_eq!(ids.len(), 1, "{address}: {mails:#?}");
    }
    assert!(world.sink.mails().len() > 2, "one of them twice at least");
    let all = world.deliveries().await;
    assert!(all.iter().all(|delivery| delivery.state == DeliveryState::Sent), "{all:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_at_which_the_server_hangs_up_does_not_keep_the_others() {
    let world = World::new().await;
    world.sink.says(GWEN, HANG_UP);
    world.t.report("VPN drops").await;
    world.rounds().await;
    assert_eq!(world.sink.to(INES).len(), 1);
    let hers = world.deliveries().await.into_iter().find(|d| d.address == GWEN).unwrap();
    assert_eq!((hers.state, hers.attempts), (DeliveryState::Waiting, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_for_days_is_given_up_where_somebody_sees_it() {
    let World { t, sink, courier, stop } = World::new().await;
    t.report("VPN drops").await;
    let port = sink.stop().await;
    assert_eq!(courier.round().await, Next::Down);
    let world = World { t, sink: Sink::on(port).await, courier, stop };
    world.later(2 * 86_400 + 1).await;
    assert!(world.sink.mails().is_empty());
    let all = world.deliveries().await;
    assert!(all.iter().all(|delivery| delivery.state == DeliveryState::Dead), "{all:#?}");
    let (id, now) = (all[0].id, world.t.desk.now());
    let again = world.t.desk.write(move |sql| Ok(store::deliveries::send_again(sql, id, now)?));
    assert!(again.await.unwrap());
    world.rounds().await;
    assert_eq!(world.sink.mails().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_damaged_keeps_no_letter_to_others() {
    let world = World::new().await;
    let now = world.t.desk.now();
    let damage = move |sql: &mut dyn store::Sql| {
        let asked = "insert into outbox (number, n, word, audience, not_before, created_at) \
            values (1, 9, 'commented', '{\"passers_by\":1}', $1, $1)";
        sql.execute(asked, &[now.into()])?;
        let announced = "insert into announcements (about, whom, word, components, body, \
            not_before, created_at) values ('x', 'nobody', 'update', '[]', '', $1, $1)";
        Ok(sql.execute(announced, &[now.into()])?)
    };
    world.t.desk.write(damage).await.unwrap();
    world.t.report("VPN drops").await;
    world.rounds().await;
    assert!(world.only(GWEN).words().contains("We have received your report"));
    assert_eq!(world.sink.to(INES).len(), 1);
}
