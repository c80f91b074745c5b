//! Machines that answer each other are stopped, and a human is told once.

#[path = "../../../notify/tests/it/sink.rs"]
#[allow(dead_code)]
mod sink;

use crate::world::{GWEN, World, each, mail};
use incident::Lifecycle;
use kernel::IncidentNumber;
use notify::{Courier, Smtp};
use sink::Sink;
use std::sync::Arc;
use store::messages::{self, MessageState, Rule};
use tokio::sync::watch;

/// A desk that sends letters.
struct House {
    world: World,
    sink: Sink,
    courier: Arc<Courier>,
    _stop: watch::Sender<bool>,
    seen: usize,
}

impl House {
    async fn new(address: &str) -> House {
        let (world, sink) = (World::sqlite().await, Sink::start().await);
        let smtp = Smtp::of(&sink.url(), address).unwrap();
        let (stop, stopped) = watch::channel(false);
        let public_url = "https://desk.example".to_owned();
        let options = notify::Options { smtp, public_url };
        let courier = Arc::new(Courier::new(world.t.desk.clone(), Some(options), stopped));
        courier.round().await;
        House { world, sink, courier, _stop: stop, seen: 0 }
    }

    /// Letters that were sent to this address since the last time.
    async fn sends(&mut self, to: &str) -> Vec<sink::Mail> {
        while self.courier.round().await == notify::Next::More {}
        let all = self.sink.to(to);
        let new = all[self.seen..].to_vec();
        self.seen = all.len();
        new
    }

    async fn alarms(&self) -> usize {
        let mut count = 0;
        for n in 1..=self.world.incidents().await {
            let state = self.world.state(IncidentNumber(n as i64)).await;
            let title = self.world.words(state.title).await;
            count += usize::from(title.contains("gets out of hand"));
        }
        count
    }
}

/// One deals with what it got, and its letters to the other become messages there, without
/// anything by which they could be known; how many.
async fn answers(house: &mut House, other: &World, own: &str, to: &str) -> usize {
    house.world.rounds().await;
    house.world.t.clock.advance(2);
    let letters = house.sends(to).await;
    for _ in &letters {
        other.arrives(&mail(own, "Your message", "We have received it.")).await;
    }
    letters.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_whose_signs_are_stripped_stop_within_the_cap_with_one_alarm() {
    let (one, two) = ("desk@one.example", "desk@two.example");
    let (mut a, mut b) = (House::new(one).await, House::new(two).await);
    // It begins with a message of the one to the other, and every letter goes back and forth
    // without anything by which it could be known.
    a.world.arrives(&mail(two, "Hello", "x")).await;
    let mut letters = 0;
    for _ in 0..200 {
        letters += answers(&mut a, &b.world, one, two).await;
        letters += answers(&mut b, &a.world, two, one).await;
    }
    assert!((10..=40).contains(&letters), "{letters} letters went back and forth");
    assert_eq!(a.alarms().await + b.alarms().await, 1, "one of them noticed, and told it once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_robot_that_answers_every_letter_is_not_answered() {
    let robot = "robot@elsewhere.example";
    let mut house = House::new("desk@one.example").await;
    house.world.arrives(&mail(robot, "Hello", "x")).await;
    let mut letters = 0;
    for _ in 0..50 {
        house.world.rounds().await;
        for letter in house.sends(robot).await {
            letters += 1;
            let answer = mail(robot, "I am away", "until Monday")
                .with("In-Reply-To", &letter.header("Message-ID").unwrap())
                .with("Auto-Submitted", "auto-replied")
                .with("X-Away", "yes");
            house.world.arrives(&answer).await;
        }
    }
    assert_eq!((letters, house.world.incidents().await), (1, 1));
    assert_eq!(house.world.said(IncidentNumber(1)).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_are_not_answered_but_by_people() {
    let machine = "nagios@elsewhere.example";
    let mut house = House::new("desk@one.example").await;
    let alert = mail(machine, "disk full", "x").with("Auto-Submitted", "auto-generated");
    let number = house.world.gets(&alert).await.number.unwrap();
    assert_eq!(house.sends(machine).await.len(), 0);
    let t = &house.world.t;
    t.say(&t.agent, number, "which disk?", incident::Visibility::Public).await;
    t.resolve(&t.agent, number, "done").await;
    t.clock.advance(60);
    let letters = house.sends(machine).await;
    assert_eq!(letters.len(), 1, "a person's words, and no more: {letters:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_to_one_incident_are_kept_aside() {
    each("mail_storm", async |world| {
        let number = world.t.report("VPN drops").await;
        let subject = format!("Re: {}", world.mark(number).await);
        for n in 0..15 {
            world.gets(&mail(GWEN, &subject, &format!("{n}"))).await;
            world.t.clock.advance(1);
        }
        assert_eq!(world.said(number).await.len(), 10);
        let aside = world
            .t
            .desk
            .read(|sql| messages::list(sql, Some(MessageState::Quarantined), None, 100))
            .await
            .unwrap();
        assert_eq!(aside.len(), 5);
        assert!(
            aside.iter().all(|one| one.rule == Some(Rule::Loop) && one.suggested == Some(number))
        );
        assert_eq!(world.incidents().await, 2, "one alarm");
        // Later there is room again.
        world.t.clock.advance(700);
        assert_eq!(world.gets(&mail(GWEN, &subject, "later")).await.number, Some(number));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_reopens_only_so_often() {
    each("mail_reopen", async |world| {
        let number = world.t.report("VPN drops").await;
        let subject = format!("Re: {}", world.mark(number).await);
        for _ in 0..8 {
            world.t.resolve(&world.t.agent, number, "done").await;
            world.gets(&mail(GWEN, &subject, "no").with("X-File", "a.txt")).await;
            if world.state(number).await.lifecycle == Lifecycle::Resolved {
                break;
            }
            world.t.clock.advance(1_200);
        }
        assert_eq!(world.state(number).await.reopenings, 5);
        assert_eq!(world.incidents().await, 2, "one alarm");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_write_at_once_are_no_loop() {
    let world = World::sqlite().await;
    for n in 0..700 {
        let domain = if n % 2 == 0 { "one.example" } else { "two.example" };
        world.arrives(&mail(&format!("p{n}@{domain}"), &format!("Down {n}"), "x")).await;
    }
    world.rounds().await;
    let counts = world.t.desk.read(messages::counts).await.unwrap();
    assert_eq!((counts.waiting, counts.quarantined, world.incidents().await), (0, 0, 700));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_a_machine_is_kept_aside_and_told_once() {
    let world = World::sqlite().await;
    for n in 0..130 {
        let alert = mail("nagios@elsewhere.example", &format!("disk {n}"), "x");
        world.arrives(&alert.with("Auto-Submitted", "auto-generated")).await;
    }
    world.rounds().await;
    assert_eq!(world.incidents().await, 101, "a hundred, and one alarm");
    let counts = world.t.desk.read(messages::counts).await.unwrap();
    assert_eq!((counts.waiting, counts.quarantined), (0, 30));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_message_that_is_let_in_makes_no_room_for_others() {
    each("mail_old_one", async |world| {
        let t = &world.t;
        let foreign = mail("mailer-daemon@elsewhere.example", "Undelivered", "x")
            .with("X-Outcome", "failed")
            .with("X-About", "abc@elsewhere.example");
        let old = world.gets(&foreign).await;
        assert_eq!(old.state, MessageState::Quarantined);
        let alert = |n: usize| {
            mail("nagios@elsewhere.example", &format!("disk {n} full"), "x")
                .with("Auto-Submitted", "auto-generated")
        };
        for n in 0..100 {
            world.arrives(&alert(n)).await;
        }
        world.rounds().await;
        assert_eq!(world.incidents().await, 100);
        // Both are dealt with in one round.
        t.desk.let_message_in(&t.agent, old.id, desk::LetIn::AsNew).await.unwrap();
        let over = world.arrives(&alert(100)).await;
        world.rounds().await;
        assert_eq!(world.message(old.id).await.state, MessageState::Done);
        let over = world.message(over.id).await;
        assert_eq!((over.state, over.rule), (MessageState::Quarantined, Some(Rule::Loop)));
    })
    .await;
}
