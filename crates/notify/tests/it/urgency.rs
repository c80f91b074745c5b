//! What waits and then cannot wait any more, and what people of the service desk are told in words
//! of their own.

use crate::world::{INES, PETER, World};
use incident::telling::{Digest, Preferences};
use incident::{Change, Command, Visibility};
use kernel::{Actor, Language};
use store::directory::letters::{self, LetterKind, LetterText};
use store::directory::{people, told_how};

async fn collects(world: &World) {
    let peter = world.t.other_requester.person;
    let preferences = Preferences { digest: Digest::Hour, ..Preferences::default() };
    let store = move |sql: &mut dyn store::Sql| Ok(told_how::put(sql, peter, &preferences)?);
    world.t.desk.write(store).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_leaves_when_its_incident_becomes_urgent() {
    let world = World::new().await;
    let t = &world.t;
    collects(&world).await;
    let (number, other) = (t.report("VPN drops").await, t.report("Screen flickers").await);
    for number in [number, other] {
        let watch = Command::Watch { person: Some(t.other_requester.person) };
        t.issue(&t.agent, number, watch).await.unwrap();
        t.say(&t.agent, number, "Which cable?", Visibility::Public).await;
    }
    world.rounds().await;
    assert!(world.sink.to(PETER).is_empty(), "it waits for the hour");
    t.clock.advance(1);
    t.issue(&t.agent, number, Command::DeclareMajor { reason: None }).await.unwrap();
    world.rounds().await;
    let his = world.only(PETER);
    assert!(his.header("Subject").unwrap().contains("VPN drops"), "not the other one");
    assert!(his.words().contains("Which cable?"));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_the_service_desk_read_edited_words_in_their_language() {
    let world = World::new().await;
    let t = &world.t;
    let own = LetterText {
        kind: LetterKind::Given,
        language: Language::De,
        subject: "{priority}: {title}".to_owned(),
        opening: "{reader}, das ist jetzt deins. {who} gab es dir.".to_owned(),
        closing: String::new(),
        version: 0,
    };
    let ines = t.agent.person;
    t.desk
        .change(Actor::system(), move |sql, _audit| {
            assert!(letters::put(sql, &own, 0)?);
            let mut person = people::get(sql, ines)?.unwrap();
            person.language = Some(Language::De);
            let version = person.version;
            people::update(sql, &person, version)?;
            Ok(())
        })
        .await
        .unwrap();
    let number = t.report("VPN drops").await;
    world.rounds().await;
    let before = world.sink.to(INES).len();
    let assign = Command::Assign { team: Change::Keep, assignee: Change::Set(ines) };
    t.issue(&t.manager, number, assign).await.unwrap();
    world.rounds().await;
    world.later(60).await;
    let hers = world.sink.to(INES);
    let letter = &hers[before];
    assert_eq!(letter.header("Content-Language").as_deref(), Some("de"));
    let words = letter.words();
    assert!(words.contains("Ines Carvalhal, das ist jetzt deins."), "{words}");
    let subject = letter.header("Subject").unwrap();
    assert!(subject.contains(": VPN drops") && subject.contains("] P"), "{subject}");
    // What nobody wrote other words for is as it was.
    t.say(&t.requester, number, "The blue one.", Visibility::Public).await;
    world.rounds().await;
    world.later(60).await;
    assert!(world.sink.to(INES).last().unwrap().words().contains("Gwen Tarrant schreibt"));
}
