//! What requesters are asked by letter, and who is told because a rule says so.

use crate::world::{GWEN, INES, PUBLIC_URL, World};
use desk::command_line;
use incident::Command;
use incident::notices::{Notice, NoticeRole, Occasion, Recipient};
use incident::state::HoldReason;
use incident::telling::Channels;
use kernel::{Channel, Priority};
use std::collections::BTreeSet;

const MARA: &str = "mara.lindqvist@northwind.example";
const DAY: i64 = 86_400;

/// Closed by its agent, with the words of a resolution.
async fn closed(world: &World, title: &str) -> kernel::IncidentNumber {
    let t = &world.t;
    let number = t.report(title).await;
    let code = "fixed".to_owned();
    let resolve =
        |note| Command::Resolve { code, note, cause: None, known_error: None, children: false };
    world.does(&t.agent, number, "New cable.", resolve).await;
    world.later(60).await;
    t.issue(&t.agent, number, Command::Close).await.unwrap();
    number
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requester_is_asked_how_it_went_by_five_links_and_not_again_so_soon() {
    let world = World::new().await;
    let t = &world.t;
    let number = closed(&world, "VPN drops").await;
    world.later(60).await;
    let last = world.sink.to(GWEN).pop().unwrap();
    let words = last.words();
    assert_eq!(world.sink.to(GWEN).len(), 3, "received, resolved, closed");
    assert!(words.contains("The incident is closed.") && !words.contains("happened"), "{words}");
    assert!(words.contains("How content are you"), "{words}");
    assert!(!words.contains("survey-requester"), "the id of a row is not for them: {words}");
    for score in 1..=5 {
        assert!(words.contains(&format!("?score={score}")), "{words}");
    }
    let (_, rest) = words.split_once(&format!("{PUBLIC_URL}/a/")).unwrap();
    let token: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
    let link = t.desk.seals().await.unwrap().read_link(&token, t.desk.now()).unwrap();
    assert_eq!((link.number, link.person), (number, t.requester.person));
    closed(&world, "Screen flickers").await;
    world.later(60).await;
    let asked = world.sink.to(GWEN).into_iter().filter(|it| it.words().contains("How content"));
    assert_eq!(asked.count(), 1, "once in fourteen days");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_rated_before_the_letter_left_is_not_asked() {
    let world = World::new().await;
    let t = &world.t;
    let number = closed(&world, "VPN drops").await;
    let score = "5".parse().unwrap();
    t.issue(&t.requester, number, Command::Rate { score, note: None }).await.unwrap();
    world.later(60).await;
    assert!(world.sink.to(GWEN).iter().all(|mail| !mail.words().contains("How content")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_low_rating_reaches_whoever_has_it_and_a_question_is_brought_to_mind_once() {
    let world = World::new().await;
    let t = &world.t;
    let number = closed(&world, "VPN drops").await;
    world.later(60).await;
    let score = "1".parse().unwrap();
    world
        .does(&t.requester, number, "Nobody came.", |note| Command::Rate {
            score,
            note: Some(note),
        })
        .await;
    world.later(60).await;
    let hers = world.sink.to(INES).pop().unwrap().words();
    assert!(hers.contains("rated it 1 of 5") && hers.contains("> Nobody came."), "{hers}");

    let number = t.report("Screen flickers").await;
    let hold = Command::Hold { reason: HoldReason::Requester, until: None, note: None };
    t.issue(&t.agent, number, hold).await.unwrap();
    world.later(60).await;
    let before = world.sink.to(GWEN).len();
    t.clock.advance(3 * DAY);
    t.desk
        .ask_unlimited(kernel::Actor::system(), Channel::Timer)
        .on(number)
        .issue(Command::Tick)
        .await
        .unwrap();
    world.rounds().await;
    let reminders = world.sink.to(GWEN).split_off(before);
    assert_eq!(reminders.len(), 1);
    assert!(reminders[0].words().contains("still need your answer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_was_added_tells_and_says_so_and_one_that_is_off_does_not() {
    let world = World::new().await;
    let t = &world.t;
    let manager = t.manager.person;
    t.desk
        .change(command_line(), move |sql, audit| {
            let row = Notice {
                id: desk::fresh().to_string(),
                name: "P1 to the top".to_owned(),
                on: BTreeSet::from([Occasion::Reported, Occasion::PriorityChanged]),
                when: "priority:P1".to_owned(),
                to: Recipient { person: Some(manager), ..Recipient::of(NoticeRole::Person) },
                channels: Channels { mail: true, inbox: false, push: false },
                always: true,
                active: true,
                version: 1,
            };
            desk::notices::add(sql, audit, &row)?;
            let off = desk::notices::find(sql, "reported-requester")?.unwrap();
            desk::notices::change(sql, audit, &Notice { active: false, ..off }).map(drop)
        })
        .await
        .unwrap();
    let number = t.report("VPN drops").await;
    world.later(60).await;
    assert!(world.sink.to(GWEN).is_empty() && world.sink.to(MARA).is_empty());
    let urgent = |reason| Command::Prioritise {
        impact: None,
        urgency: None,
        priority: Some(Priority::new(1).unwrap()),
        reason: Some(reason),
    };
    world.does(&t.agent, number, "Everybody", urgent).await;
    world.later(60).await;
    let his = world.only(MARA).words();
    assert!(his.contains("Its priority is P1 now."), "{his}");
    assert!(his.contains("because of the rule “P1 to the top”"), "{his}");
}
