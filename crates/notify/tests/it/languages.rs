//! The same letters in every language: the same facts, nothing left in English.

use crate::sink::Mail;
use crate::world::{GWEN, INES, PETER, PUBLIC_URL, World};
use desk::command_line;
use incident::command::Change;
use incident::state::{HoldReason, UpdatePhase};
use incident::{Command, Visibility};
use kernel::{Channel, IncidentNumber, Language, PersonId};
use store::directory::letters::{self, LetterKind, LetterText};
use store::directory::people;

/// Everybody who gets letters reads this language.
async fn everybody_reads(world: &World, language: Language) {
    let t = &world.t;
    let ids: [PersonId; 3] = [t.requester.person, t.other_requester.person, t.agent.person];
    t.desk
        .change(command_line(), move |sql, _audit| {
            for id in ids {
                let mut person = people::get(sql, id)?.unwrap();
                person.language = Some(language);
                people::update(sql, &person, person.version)?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

/// Seconds after which something is told in a letter of its own, and can no more be taken back.
const APART_SECONDS: i64 = 60;

/// An incident's life in which nearly everything happens that is told.
async fn life(world: &World) -> IncidentNumber {
    let t = &world.t;
    let number = t.report("Lager 4").await;
    let peter = t.other_requester.person;
    t.issue(&t.agent, number, Command::Watch { person: Some(peter) }).await.unwrap();
    world.later(APART_SECONDS).await;
    let to_ines =
        Command::Assign { team: Change::Set(t.network), assignee: Change::Set(t.agent.person) };
    t.issue(&t.manager, number, to_ines).await.unwrap();
    world.later(APART_SECONDS).await;
    t.say(&t.requester, number, "xx1", Visibility::Public).await;
    world.later(APART_SECONDS).await;
    let hold = Command::Hold { reason: HoldReason::Requester, until: None, note: None };
    t.issue(&t.agent, number, hold).await.unwrap();
    world.later(APART_SECONDS).await;
    t.say(&t.agent, number, "xx2", Visibility::Public).await;
    world.later(APART_SECONDS).await;
    t.issue(&t.agent, number, Command::Resume).await.unwrap();
    world.later(APART_SECONDS).await;
    t.say(&t.agent, number, "xx3", Visibility::Public).await;
    world.later(APART_SECONDS).await;
    let at = Some(t.desk.now().plus_days(2));
    for phase in UpdatePhase::ALL {
        world
            .does(&t.agent, number, "xx4", |body| Command::PublishUpdate {
                body,
                phase: *phase,
                expected: at,
                next_update: at,
                title: None,
                audiences: None,
            })
            .await;
        world.later(APART_SECONDS).await;
    }
    resolve(world, number).await;
    world.later(APART_SECONDS).await;
    world.does(&t.requester, number, "xx5", |note| Command::Dispute { note }).await;
    world.later(APART_SECONDS).await;
    world
        .does(&t.manager, number, "xx6", |reason| Command::Escalate {
            team: None,
            manager: Some(t.agent.person),
            reason,
        })
        .await;
    world.later(APART_SECONDS).await;
    resolve(world, number).await;
    world.later(APART_SECONDS).await;
    t.issue(&t.manager, number, Command::Confirm).await.unwrap();
    world.later(APART_SECONDS).await;
    world.later(APART_SECONDS).await;
    let other = t.report("Lager 5").await;
    world.does(&t.agent, other, "xx7", |reason| Command::Cancel { reason }).await;
    world.later(APART_SECONDS).await;
    world.later(APART_SECONDS).await;
    number
}

async fn resolve(world: &World, number: IncidentNumber) {
    world.t.resolve(&world.t.agent, number, "xx9").await;
}

/// What our own English sentences consist of, without what stands in them.
fn english() -> Vec<String> {
    let texts = locale::letters(Language::En).entries();
    let pieces = texts.into_iter().flat_map(|(_, text)| {
        let pieces = text.split(['{', '}']).step_by(2).map(|piece| piece.trim().to_owned());
        pieces.collect::<Vec<_>>()
    });
    pieces.filter(|piece| piece.split(' ').count() > 2).collect()
}

/// What letters say besides their words: how many links there are and what people wrote.
fn facts(mail: &Mail) -> (usize, Vec<bool>) {
    let words = mail.words();
    let said = (1..=9).map(|n| words.contains(&format!("> xx{n}"))).collect();
    (words.matches(PUBLIC_URL).count(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_say_the_same_in_every_language() {
    let mut first: Option<Vec<(usize, Vec<bool>)>> = None;
    for language in Language::ALL {
        let world = World::new().await;
        everybody_reads(&world, *language).await;
        let number = life(&world).await.to_string();
        let mut all = Vec::new();
        for address in [GWEN, PETER, INES] {
            let mails = world.sink.to(address);
            assert!(mails.len() > 4, "{language}: {address} got {} letters", mails.len());
            for mail in mails {
                let words = mail.words();
                assert_eq!(mail.header("Content-Language").as_deref(), Some(language.as_str()));
                assert!(words.contains(&format!("<html lang=\"{language}\">")), "{words}");
                assert!(words.contains(&number) || words.contains("Lager 5"), "{words}");
                assert!(!words.contains(['\u{2068}', '\u{2069}', '\u{fffd}']), "{words}");
                assert!(!words.contains(['{', '$']), "an argument is missing: {words}");
                if *language != Language::En {
                    let left = english().into_iter().find(|piece| words.contains(piece.as_str()));
                    assert_eq!(left, None, "{language}: {words}");
                }
                all.push(facts(&mail));
            }
        }
        assert_eq!(first.get_or_insert_with(|| all.clone()), &all, "{language}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_chose_none_reads_the_language_of_the_instance() {
    let world = World::new().await;
    world
        .t
        .desk
        .change(command_line(), |sql, _audit| {
            let key = store::directory::settings::INSTANCE;
            let language = Language::Pl;
            let instance = store::directory::settings::Instance { language, ..Default::default() };
            store::directory::settings::put(sql, key, &instance, 0)?;
            Ok(())
        })
        .await
        .unwrap();
    let number = world.t.report("VPN drops").await;
    world.rounds().await;
    let words = world.only(GWEN).words();
    assert!(words.contains(&format!("Otrzymaliśmy Państwa zgłoszenie. Jego numer to {number}.")));
    let mut ask = world.t.desk.ask(&world.t.agent, Channel::Web).on(number);
    let body = ask.words("body", "Który kabel?", 100).unwrap();
    ask.issue(Command::Comment { body, visibility: Visibility::Public }).await.unwrap();
    world.rounds().await;
    world.later(APART_SECONDS).await;
    let words = world.sink.to(GWEN)[1].words();
    assert!(words.contains("Ines Carvalhal pisze:") && words.contains("> Który kabel?"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrators_words_take_the_place_of_ours() {
    let world = World::new().await;
    let own = LetterText {
        kind: LetterKind::Received,
        language: Language::En,
        subject: "Help is near: {title}".to_owned(),
        opening: "Dear {reader},\n\nwe look at {number} <b>now</b>.\n\nBack by {expected}."
            .to_owned(),
        closing: "Your desk".to_owned(),
        version: 0,
    };
    // Stored past the form that would have refused it.
    let broken = LetterText {
        kind: LetterKind::Message,
        opening: "{nobody} wrote {".to_owned(),
        ..own.clone()
    };
    world
        .t
        .desk
        .change(command_line(), move |sql, _audit| {
            assert!(letters::put(sql, &own, 0)? && letters::put(sql, &broken, 0)?);
            Ok(())
        })
        .await
        .unwrap();
    let number = world.t.report("VPN {number} <i>drops").await;
    world.rounds().await;
    let hers = world.only(GWEN);
    let subject = hers.header("Subject").unwrap();
    assert!(subject.ends_with("] Help is near: VPN {number} <i>drops"), "{subject}");
    let words = hers.words();
    for said in [
        "Dear Gwen Tarrant,",
        &format!("we look at {number} <b>now</b>."),
        &format!("we look at {number} &lt;b&gt;now&lt;/b&gt;."),
        "Your desk",
    ] {
        assert!(words.contains(said), "{said:?} in {words}");
    }
    // Nobody said when it is expected, so nothing is said of it.
    assert!(!words.contains("Back by") && !words.contains("We have received"), "{words}");
    world.t.say(&world.t.agent, number, "Which cable?", Visibility::Public).await;
    world.rounds().await;
    world.later(APART_SECONDS).await;
    let words = world.sink.to(GWEN)[1].words();
    assert!(words.contains("Ines Carvalhal wrote:") && words.contains("Your desk"), "{words}");
    let team = world.sink.to(INES)[0].words();
    assert!(team.contains("A new incident is with your team."), "{team}");
}
