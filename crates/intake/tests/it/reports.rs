//! Mail that no person wrote: answers of machines, and what mail servers say of our letters.

use crate::world::{GWEN, World, each, mail};
use incident::Lifecycle;
use incident::effects::AUTOMATIC_TAG;
use jiff::tz::TimeZone;
use kernel::{IncidentNumber, Language, SubscriberId, Timestamp};
use std::collections::BTreeSet;
use store::deliveries::{self, Delivery, DeliveryState, Outcome, ToldSince};
use store::messages::{MessageState, Rule};
use store::outside::{self, Outside, Word};
use store::subscribers::{self, Ended, Subscriber, SubscriberKind};

/// Sends what is due, as the mail server's side sees it.
async fn letters(world: &World) -> Vec<Delivery> {
    let seals = world.t.desk.seals().await.unwrap();
    let now = world.t.desk.now();
    world
        .write(move |sql| {
            let since = ToldSince::always(Timestamp::from_micros(0));
            deliveries::expand(sql, since, &TimeZone::UTC, now, 100)?;
            // What is told together has been waited for.
            let now = now.plus_seconds(60);
            let name = |delivery: &Delivery| {
                let number = delivery.number.unwrap_or(IncidentNumber(0));
                let asked_at = delivery.created_at;
                let own = desk::seals::OwnMessage { number, delivery: delivery.id, asked_at };
                seals.message_id(own, "northwind.example")
            };
            let taken = deliveries::claim(sql, now, now.plus_seconds(60), 100, None, &name)?;
            let taken: Vec<Delivery> = taken.letters.into_iter().flatten().collect();
            let sent: Vec<_> = taken.iter().map(|one| (one.id, Outcome::Sent)).collect();
            deliveries::settle(sql, &sent, now)?;
            Ok(taken)
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_away_changes_nothing() {
    each("mail_away", async |world| {
        let number = world.t.report("VPN drops").await;
        world.t.resolve(&world.t.agent, number, "done").await;
        let subject = format!("Automatic reply: {}", world.mark(number).await);
        let away = mail(GWEN, &subject, "I am away.")
            .with("Auto-Submitted", "auto-replied")
            .with("X-Away", "yes");
        let done = world.gets(&away).await;
        assert_eq!((done.state, done.rule), (MessageState::Done, Some(Rule::OutOfOffice)));
        let state = world.state(number).await;
        assert_eq!(state.lifecycle, Lifecycle::Resolved);
        let said = world.said(number).await;
        assert!(said[0].0.contains("I am away.") && !said[0].1, "{said:?}");

        let nowhere = mail(GWEN, "Away", "I am away.")
            .with("Auto-Submitted", "auto-replied")
            .with("X-Away", "yes");
        assert_eq!(world.gets(&nowhere).await.state, MessageState::Dropped);
        assert_eq!(world.incidents().await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_a_machine_reports_is_an_incident_that_nobody_is_answered_about() {
    let world = World::sqlite().await;
    let alert = mail("nagios@northwind.example", "PROBLEM: disk full", "x")
        .with("Auto-Submitted", "auto-generated");
    let done = world.gets(&alert).await;
    let state = world.state(done.number.unwrap()).await;
    assert!(state.tags.contains(AUTOMATIC_TAG));
    assert!(done.automatic && done.reason.unwrap().contains("not answered"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_comes_back_is_noted_where_it_belongs() {
    each("mail_bounce", async |world| {
        let number = world.t.report("VPN drops").await;
        let sent = letters(world).await;
        let hers = sent.iter().find(|letter| letter.address == GWEN).unwrap();
        let id = hers.message_id.clone().unwrap();
        let daemon = "mailer-daemon@northwind.example";
        let report = |outcome: &str, about: &str| {
            mail(daemon, "Undelivered", "x").with("X-Outcome", outcome).with("X-About", about)
        };
        let late = world.gets(&report("delayed", &id)).await;
        assert_eq!((late.state, late.suggested), (MessageState::Done, Some(number)));
        assert_eq!(world.said(number).await, []);

        let failed = world.gets(&report("failed", &format!("<{id}>"))).await;
        assert_eq!((failed.state, failed.number), (MessageState::Done, Some(number)));
        let said = world.said(number).await;
        assert!(said[0].0.contains("5.1.1 unknown user") && !said[0].1, "{said:?}");
        assert_eq!(world.state(number).await.lifecycle, Lifecycle::New);
        let all = world.t.desk.read(|sql| deliveries::list(sql, None, None, 10)).await.unwrap();
        let hers = all.iter().find(|letter| letter.address == GWEN).unwrap();
        assert_eq!(hers.state, DeliveryState::Dead);
        let bounced = |sql: &mut dyn store::Sql| deliveries::bounces(sql, GWEN, testkit::START);
        assert!(world.t.desk.read(bounced).await.unwrap());

        let forged = id.replacen("ek.1.", "ek.2.", 1);
        assert_eq!(world.gets(&report("failed", &forged)).await.state, MessageState::Quarantined);
        assert_eq!(world.incidents().await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_a_letter_that_is_none_of_ours_is_for_a_person_to_decide() {
    each("mail_bounce_foreign", async |world| {
        let report = |outcome: &str| {
            mail("mailer-daemon@elsewhere.example", "Undelivered", "To the supplier: not sent")
                .with("X-Outcome", outcome)
                .with("X-About", "abc@elsewhere.example")
        };
        for outcome in ["failed", "delayed"] {
            let held = world.gets(&report(outcome)).await;
            let became = (held.state, held.rule, held.number);
            assert_eq!(became, (MessageState::Quarantined, Some(Rule::Report), None), "{outcome}");
            let reason = held.reason.unwrap();
            assert!(reason.contains("none of ours"), "{reason}");
        }
        let arrived = world.gets(&report("arrived")).await;
        assert_eq!(arrived.state, MessageState::Dropped);
        assert_eq!(world.incidents().await, 0);

        let t = &world.t;
        let held = world.gets(&report("failed")).await;
        t.desk.let_message_in(&t.agent, held.id, desk::LetIn::Again).await.unwrap();
        world.rounds().await;
        assert_eq!(world.message(held.id).await.state, MessageState::Quarantined, "as it came");
        t.desk.let_message_in(&t.agent, held.id, desk::LetIn::AsNew).await.unwrap();
        world.rounds().await;
        let let_in = world.message(held.id).await;
        assert_eq!((let_in.state, let_in.rule), (MessageState::Done, Some(Rule::Person)));
        let state = world.state(let_in.number.unwrap()).await;
        assert!(state.tags.contains(AUTOMATIC_TAG), "nobody answers a mail server");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_is_said_of_letters_that_are_none_of_ours_no_more_is_kept_than_anybody_reads() {
    each("mail_bounce_flood", async |world| {
        // Neither their header nor their envelope needs to say who they are from.
        for (alarms, from) in [(1, "mailer-daemon@elsewhere.example"), (2, "")] {
            only_so_many_reports_are_kept(world, from, alarms).await;
        }
    })
    .await;
}

async fn only_so_many_reports_are_kept(world: &World, from: &str, alarms: usize) {
    let report = |n: usize| {
        mail(from, "Undelivered", &format!("To supplier {n}: not sent"))
            .with("X-Outcome", "failed")
            .with("X-About", &format!("{n}@elsewhere.example"))
            .raw()
    };
    let most = 100; // Messages of one program within ten minutes.
    let mut ids = vec![];
    for n in 0..most + 5 {
        ids.push(world.arrives_from(from, report(n)).await.id);
    }
    world.rounds().await;
    let mut states = vec![];
    for id in ids {
        states.push(world.message(id).await.state);
    }
    let kept = states.iter().filter(|state| **state == MessageState::Quarantined).count();
    let dropped = states.iter().filter(|state| **state == MessageState::Dropped).count();
    assert_eq!((kept, dropped), (most, 5), "from {from:?}");
    let later = world.arrives_from(from, report(most + 5)).await.id;
    world.rounds().await;
    let later = world.message(later).await;
    assert_eq!((later.state, later.rule), (MessageState::Dropped, Some(Rule::Report)));
    assert_eq!(later.from.as_deref().unwrap_or_default(), from);
    assert!(later.reason.unwrap().contains("more than 100"));
    assert_eq!(world.incidents().await, alarms, "a human is told once");
    world.t.clock.advance(3 * 3_600);
    let later = world.arrives_from(from, report(most + 6)).await.id;
    world.rounds().await;
    let state = world.message(later).await.state;
    assert_eq!(state, MessageState::Quarantined, "there is room again");
}

#[tokio::test]
async fn of_a_letter_that_is_known_no_more_it_is_not_said_that_it_is_none_of_ours() {
    let world = World::sqlite().await;
    world.t.report("VPN drops").await;
    let id = letters(&world).await[0].message_id.clone().unwrap();
    world.write(|sql| Ok(sql.execute("delete from deliveries", &[])?)).await;
    let bounce = mail("mailer-daemon@northwind.example", "Undelivered", "x");
    let held = world.gets(&bounce.with("X-Outcome", "failed").with("X-About", &id)).await;
    assert_eq!(held.state, MessageState::Quarantined);
    let reason = held.reason.unwrap();
    assert!(reason.contains("not known here any more"), "{reason}");
}

/// Somebody who subscribed and confirmed.
fn subscriber(now: Timestamp) -> Subscriber {
    Subscriber {
        id: SubscriberId(desk::fresh()),
        kind: SubscriberKind::Mail,
        address: "reader@outside.example".to_owned(),
        language: Language::En,
        everything: true,
        components: BTreeSet::new(),
        secret: String::new(),
        asked_at: now,
        confirmed_at: None,
        ended_at: None,
        ended_because: None,
        bounces: 0,
        failing_since: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_to_a_subscriber_that_come_back_end_the_subscription() {
    each("mail_bounce_outside", async |world| {
        let now = world.t.desk.now();
        let one = subscriber(now);
        let (id, stored) = (one.id, one.clone());
        world
            .write(move |sql| {
                subscribers::insert(sql, &stored)?;
                subscribers::confirm(sql, stored.id, now, now)?;
                Ok(())
            })
            .await;
        let seals = world.t.desk.seals().await.unwrap();
        for n in 1..=subscribers::BOUNCES_MAX {
            let (one, seals, at) = (one.clone(), seals.clone(), now.plus_seconds(n));
            let sent = world
                .write(move |sql| {
                    outside::ask(sql, &one, Word::Already, at)?;
                    let name = |letter: &Outside| {
                        let (letter, asked_at) = (letter.id, letter.created_at);
                        let of = desk::seals::OutsideMessage { letter, asked_at };
                        seals.outside_message_id(of, "northwind.example")
                    };
                    let time = (at, at.plus_seconds(60));
                    let taken = outside::claim(sql, SubscriberKind::Mail, time, 10, &name)?;
                    outside::settle(sql, &[(taken[0].id, Outcome::Sent)], at)?;
                    Ok(taken[0].message_id.clone().unwrap())
                })
                .await;
            let report = |outcome: &str| {
                mail("mailer-daemon@northwind.example", "Undelivered", "x")
                    .with("X-Outcome", outcome)
                    .with("X-About", &format!("<{sent}>"))
            };
            let late = world.gets(&report("delayed")).await;
            assert_eq!(late.state, MessageState::Done, "it is one of ours: {:?}", late.reason);
            let report = report("failed");
            assert_eq!(world.gets(&report).await.state, MessageState::Done);
        }
        let found = world.t.desk.read(move |sql| subscribers::get(sql, id)).await.unwrap();
        assert_eq!(found.unwrap().ended_because, Some(Ended::Bounced));
        assert_eq!(world.incidents().await, 0, "no letter of these is an incident");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_about_several_that_comes_back_is_noted_in_each_and_once() {
    each("mail_bounces", async |world| {
        let numbers = [world.t.report("VPN drops").await, world.t.report("Printer").await];
        let sent = letters(world).await;
        let hers: Vec<_> = sent.iter().filter(|letter| letter.address == GWEN).collect();
        let (id, other) = (hers[0].message_id.clone().unwrap(), hers[1].id);
        let told = id.clone();
        world
            .write(move |sql| {
                let statement = "update deliveries set message_id = $1 where id = $2";
                Ok(sql.execute(statement, &[told.into(), other.into()])?)
            })
            .await;
        for _ in 0..3 {
            let bounce = mail("mailer-daemon@northwind.example", "Undelivered", "x");
            let done = world.gets(&bounce.with("X-Outcome", "failed").with("X-About", &id)).await;
            assert_eq!((done.state, done.rule), (MessageState::Done, Some(Rule::Report)));
        }
        for number in numbers {
            assert_eq!(world.said(number).await.len(), 1, "{number}");
        }
        let all = world.t.desk.read(|sql| deliveries::list(sql, None, None, 10)).await.unwrap();
        let mut hers = all.iter().filter(|letter| letter.address == GWEN);
        assert!(hers.all(|letter| letter.state == DeliveryState::Dead));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_it_is_told_of_what_people_write_that_only_the_service_desk_reads() {
    each("mail_heard", async |world| {
        let t = &world.t;
        let number = t.report("VPN drops").await;
        t.say(&t.agent, number, "I look into it", incident::Visibility::Public).await;
        t.clock.advance(3_600);
        letters(world).await;
        let subject = format!("Re: {}", world.mark(number).await);
        let through_a_list =
            mail(GWEN, &subject, "still").with("List-Id", "<all.northwind.example>");
        let away = mail(GWEN, &subject, "I am away").with("X-Away", "yes");
        for (mail, told) in [(away, 0), (through_a_list, 1)] {
            let done = world.gets(&mail).await;
            assert_eq!((done.number, done.public), (Some(number), false), "{:?}", done.reason);
            let sent = letters(world).await;
            let hers = sent.iter().filter(|one| one.person == t.agent.person);
            assert_eq!(hers.count(), told, "{sent:?}");
            t.clock.advance(3_600);
        }
    })
    .await;
}

#[tokio::test]
async fn our_own_letter_that_comes_back_is_dropped() {
    let world = World::sqlite().await;
    let number = world.t.report("VPN drops").await;
    let id = letters(&world).await[0].message_id.clone().unwrap();
    let subject = format!("{} VPN drops", world.mark(number).await);
    let own =
        mail(GWEN, &subject, "We have received your report").with("Message-ID", &format!("<{id}>"));
    let done = world.gets(&own).await;
    assert_eq!((done.state, done.rule), (MessageState::Dropped, Some(Rule::OwnLetter)));
    assert_eq!(world.said(number).await, []);
}
