//! Nothing is done twice, whatever ends half-way.

use crate::world::{GWEN, HELP, PETER, SERVER, World, each, mail, read};
use intake::{Options, Worker};
use std::sync::Arc;
use store::messages::{self, MessageState};

/// Lets another node take what this one has in its hands.
async fn taken_from(world: &World) {
    let now = world.t.desk.now();
    world
        .write(move |sql| {
            let statement = "update messages set taken_until = $1 where taken_until is not null";
            Ok(sql.execute(statement, &[now.into()])?)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_at_once_do_it_once() {
    each("mail_nodes", async |world| {
        for n in 0..30 {
            world.arrives(&mail(GWEN, &format!("Report {n}"), "x").with("X-File", "a.txt")).await;
        }
        let options = Options { read, own_addresses: vec![], auth_server: Some(SERVER.to_owned()) };
        let other = Arc::new(Worker::new(world.t.desk.clone(), options));
        let (here, there) = (world.worker.clone(), other.clone());
        let one = tokio::spawn(async move { here.round().await });
        taken_from(world).await;
        let two = tokio::spawn(async move { there.round().await });
        taken_from(world).await;
        one.await.unwrap();
        two.await.unwrap();
        taken_from(world).await;
        world.rounds().await;
        assert_eq!(world.incidents().await, 30);
        for n in 1..=30 {
            let state = world.state(kernel::IncidentNumber(n)).await;
            assert_eq!(state.attachments.len(), 1, "INC-{n}");
        }
        let counts = world.t.desk.read(messages::counts).await.unwrap();
        assert_eq!((counts.waiting, counts.quarantined), (0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_half_way_goes_on_where_it_was() {
    each("mail_half", async |world| {
        let mail =
            mail(GWEN, "Printer", "x").with("To", HELP).with("Cc", PETER).with("X-File", "a.txt");
        let id = world.arrives(&mail).await.id;
        world.rounds().await;
        let done = world.message(id).await;
        assert_eq!((done.state, done.step), (MessageState::Done, 4));
        let version = world.state(done.number.unwrap()).await.version;
        // As if the program had ended after each of its steps.
        for step in 1..4 {
            world
                .write(move |sql| {
                    let statement = "update messages set state = 'waiting', step = $2, \
                        ended_at = null, taken_until = null where id = $1";
                    Ok(sql.execute(statement, &[id.into(), (step as i64).into()])?)
                })
                .await;
            world.rounds().await;
            let again = world.message(id).await;
            assert_eq!((again.state, again.number), (MessageState::Done, done.number));
        }
        assert_eq!(world.incidents().await, 1);
        let state = world.state(done.number.unwrap()).await;
        // Files are attached anew where that was the step that was forgotten here.
        assert_eq!(state.watchers.len(), 1);
        assert!(state.version >= version);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_node_had_is_dealt_with_a_minute_later() {
    each("mail_killed", async |world| {
        for n in 0..5 {
            world.arrives(&mail(GWEN, &format!("Report {n}"), "x")).await;
        }
        let mut had = 0;
        for _ in 0..=messages::ATTEMPTS_MAX {
            // Whoever takes it ends with the first of them.
            let now = world.t.desk.now();
            let until = now.plus_seconds(60);
            had = world
                .write(move |sql| Ok(messages::claim(sql, now, until, 64, 1_000_000)?.len()))
                .await;
            world.t.clock.advance(61);
        }
        assert_eq!(had, 1);
        world.rounds().await;
        assert_eq!(world.incidents().await, 4);
        let aside =
            world.t.desk.read(|sql| messages::list(sql, Some(MessageState::Quarantined), None, 9));
        let aside = aside.await.unwrap();
        assert_eq!(aside.len(), 1);
        assert!(aside[0].reason.as_ref().unwrap().contains("the program ended"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_looked_up_keeps_no_other() {
    each("mail_damaged", async |world| {
        let number = world.t.report("VPN drops").await;
        let subject = format!("Re: {}", world.mark(number).await);
        world
            .write(move |sql| {
                let statement = "update incidents set body = 'null' where number = $1";
                Ok(sql.execute(statement, &[number.into()])?)
            })
            .await;
        let about_it = world.arrives(&mail(GWEN, &subject, "still")).await.id;
        let other = world.arrives(&mail(PETER, "Printer", "it jams")).await.id;
        world.rounds().await;
        let about_it = world.message(about_it).await;
        assert_eq!((about_it.state, about_it.attempts), (MessageState::Waiting, 1));
        let other = world.message(other).await;
        assert_eq!(other.state, MessageState::Done);
        assert!(other.number.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_with_what_it_answers_finds_it() {
    each("mail_order", async |world| {
        let first = mail(GWEN, "Printer", "one");
        let second = mail(GWEN, "Re: Printer", "two").with("In-Reply-To", &first.id());
        let third = mail(GWEN, "Re: Printer", "three").with("In-Reply-To", &second.id());
        for mail in [&first, &second, &third] {
            world.arrives(mail).await;
        }
        world.rounds().await;
        assert_eq!(world.incidents().await, 1);
        let said: Vec<_> = world
            .said(kernel::IncidentNumber(1))
            .await
            .into_iter()
            .map(|(words, ..)| words)
            .collect();
        assert_eq!(said, ["two", "three"]);
    })
    .await;
}
