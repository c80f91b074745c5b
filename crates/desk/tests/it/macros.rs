//! Macros: who keeps and finds which, and their words for an incident. And the time that is
//! gathered while somebody is at work.

use desk::macros::{Filled, make, readable};
use desk::{Trouble, command_line};
use incident::macros::{Deed, Macro, Owner};
use incident::{Command, Refusal, RefusalKind, Viewer, Visibility};
use kernel::{Actor, IncidentNumber, Language, MacroId};
use std::collections::BTreeSet;
use store::attention;
use store::directory::settings::{self, INSTANCE, Instance};
use store::directory::{audit, macros, people};
use testkit::TestDesk;

fn one(name: &str, owner: Owner, words: &str) -> Macro {
    Macro {
        id: MacroId(desk::fresh()),
        name: name.to_owned(),
        owner,
        visibility: Visibility::Public,
        words: words.to_owned(),
        by_language: Default::default(),
        commands: vec![Deed::Tag { add: BTreeSet::from(["asked".to_owned()]) }],
        uses: 7,
        version: 3,
    }
}

async fn kept(t: &TestDesk, viewer: &Viewer, one: Macro) -> Result<Macro, Trouble> {
    let (viewer, actor) = (viewer.clone(), Actor::person(viewer.person, viewer.name.clone()));
    t.desk.change(actor, move |sql, audit| make(sql, audit, &viewer, one)).await
}

async fn filled(
    t: &TestDesk,
    viewer: &Viewer,
    number: IncidentNumber,
    id: MacroId,
) -> Result<Filled, Trouble> {
    t.desk.filled_macro(viewer, number, id, |at, language| format!("{at} {language}")).await
}

#[track_caller]
fn refused<T: std::fmt::Debug>(done: Result<T, Trouble>) -> Refusal {
    match done.unwrap_err() {
        Trouble::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn people_keep_their_own_and_arrangers_keep_everybodys() {
    let t = TestDesk::idle().await;
    let mine = Owner::Person(t.agent.person);
    let own = kept(&t, &t.agent, one("Own", mine, "Hello")).await.unwrap();
    assert_eq!((own.uses, own.version), (0, 1), "nobody says how often it was used");
    let teams = Owner::Team(t.network);
    kept(&t, &t.agent, one("Team", teams, "Hello")).await.unwrap();
    for (viewer, owner) in [
        (&t.other_agent, mine),
        (&t.other_agent, teams),
        (&t.agent, Owner::Everybody),
        (&t.auditor, Owner::Person(t.auditor.person)),
        (&t.requester, Owner::Person(t.requester.person)),
        (&t.administrator, mine),
    ] {
        let refusal = refused(kept(&t, viewer, one("No", owner, "Hello")).await);
        assert_eq!(refusal.kind, RefusalKind::Forbidden, "{} {owner:?}", viewer.name);
    }
    kept(&t, &t.manager, one("All", Owner::Everybody, "Hello")).await.unwrap();
    let found = async |viewer: &Viewer| {
        let viewer = viewer.clone();
        let all = t.desk.read(move |sql| readable(sql, &viewer)).await.unwrap();
        all.into_iter().map(|one| one.name).collect::<Vec<_>>()
    };
    assert_eq!(found(&t.agent).await, ["All", "Own", "Team"]);
    assert_eq!(found(&t.other_agent).await, ["All"]);
    assert_eq!(found(&t.manager).await, ["All", "Team"]);
    assert_eq!(found(&t.requester).await, Vec::<String>::new());
    assert!(t.desk.macros(&t.requester).await.unwrap().is_empty());
    assert_eq!(t.desk.macros(&t.other_agent).await.unwrap().len(), 1);
    let written = t.desk.read(|sql| audit::list(sql, Some(Macro::WHAT), 10, None)).await.unwrap();
    assert_eq!(written.len(), 3);
}

#[tokio::test]
async fn others_read_no_words_of_ones_own_macros_in_the_audit() {
    let t = TestDesk::idle().await;
    let mine = Owner::Person(t.agent.person);
    let own = kept(&t, &t.agent, one("Own", mine, "My secret words")).await.unwrap();
    kept(&t, &t.manager, one("All", Owner::Everybody, "Words for all")).await.unwrap();
    let (viewer, by) = (t.agent.clone(), command_line());
    let named = Macro { words: "Other secret words".to_owned(), ..own.clone() };
    let change = move |sql: &mut dyn store::Sql, audit: &desk::Audit| {
        desk::macros::change(sql, audit, &viewer, named)
    };
    t.desk.change(by, change).await.unwrap();
    let (viewer, id) = (t.agent.clone(), own.id);
    let remove = move |sql: &mut dyn store::Sql, audit: &desk::Audit| {
        desk::macros::remove(sql, audit, &viewer, (id, None))
    };
    t.desk.change(command_line(), remove).await.unwrap();
    let written = t.desk.read(|sql| audit::list(sql, Some(Macro::WHAT), 10, None)).await.unwrap();
    assert_eq!(written.len(), 4, "made twice, changed, removed");
    let text = format!("{written:?}");
    assert!(text.contains("Own") && text.contains("Words for all"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[tokio::test]
async fn a_change_needs_the_version_that_was_seen_and_the_right_to_both_owners() {
    let t = TestDesk::idle().await;
    let own = kept(&t, &t.agent, one("Own", Owner::Person(t.agent.person), "Hello")).await.unwrap();
    let change = async |viewer: &Viewer, one: Macro| {
        let viewer = viewer.clone();
        let change = move |sql: &mut dyn store::Sql, audit: &desk::Audit| {
            desk::macros::change(sql, audit, &viewer, one)
        };
        t.desk.change(command_line(), change).await
    };
    let up = Macro { owner: Owner::Everybody, ..own.clone() };
    assert_eq!(refused(change(&t.agent, up).await).kind, RefusalKind::Forbidden);
    assert_eq!(refused(change(&t.manager, own.clone()).await).kind, RefusalKind::NotFound);
    let named = Macro { name: "Mine".to_owned(), ..own.clone() };
    assert_eq!(change(&t.agent, named.clone()).await.unwrap().version, 2);
    assert!(matches!(change(&t.agent, named).await, Err(Trouble::Stale { seen: 1, current: 2 })));
    let wrong = Macro { words: "{nubmer}".to_owned(), version: 2, ..own };
    assert!(
        matches!(change(&t.agent, wrong).await, Err(Trouble::Faults(faults)) if faults[0].field == "words")
    );
}

#[tokio::test]
async fn words_are_filled_in_for_those_who_see_the_incident() {
    let t = TestDesk::idle().await;
    let number = t.report("Gate is stuck").await;
    let words = "Dear {requester.first_name}, {me} has {number} of {service}. {category}";
    let mut all = one("All", Owner::Everybody, words);
    all.by_language.insert(Language::De, "Hallo {requester.first_name}".to_owned());
    let id = kept(&t, &t.manager, all).await.unwrap().id;
    let found = filled(&t, &t.agent, number, id).await.unwrap();
    let asked = t.requester.name.split(' ').next().unwrap().to_owned();
    let agent = &t.agent.name;
    assert_eq!(found.words, format!("Dear {asked}, {agent} has {number} of VPN. {{category}}"));
    assert_eq!(found.missing, ["category"]);
    // In what the requester reads.
    let requester = t.requester.person;
    let speak = move |sql: &mut dyn store::Sql, _: &desk::Audit| {
        let mut person = people::get(sql, requester)?.unwrap();
        person.language = Some(Language::De);
        Ok(people::update(sql, &person, person.version)?)
    };
    assert!(t.desk.change(command_line(), speak).await.unwrap());
    let found = filled(&t, &t.agent, number, id).await.unwrap();
    assert_eq!(found.words, format!("Hallo {asked}"));
    // Of an incident that is confidential to another team nothing is told.
    let restrict = Command::Restrict { team: Some(t.workplace) };
    t.issue(&t.administrator, number, restrict).await.unwrap();
    for viewer in [&t.agent, &t.requester] {
        let refusal = refused(filled(&t, viewer, number, id).await);
        assert_eq!(refusal.kind, RefusalKind::NotFound, "{}", viewer.name);
    }
    assert!(filled(&t, &t.other_agent, number, id).await.is_ok());
    t.desk.macro_used(id);
    let uses = move |sql: &mut dyn store::Sql| macros::get(sql, id);
    // What is written after it finds it counted.
    t.desk.write(|_| Ok(())).await.unwrap();
    assert_eq!(t.desk.read(uses).await.unwrap().unwrap().uses, 1);
}

#[tokio::test]
async fn time_at_work_is_written_down_together_and_forgotten_by_whose_it_is() {
    let t = TestDesk::idle().await;
    let number = t.report("Gate is stuck").await;
    let stored =
        async || t.desk.read(move |sql| attention::of_incident(sql, number)).await.unwrap();
    let work = |seconds: i64| {
        for _ in 0..seconds / 15 {
            t.desk.attends(number, t.agent.person);
            t.clock.advance(15);
        }
        t.desk.attends(number, t.agent.person);
    };
    work(60);
    assert!(stored().await.is_empty(), "a sign of life writes nothing");
    t.desk.write_attention().await.unwrap();
    assert_eq!(stored().await[0].seconds, 60);
    t.desk.write_attention().await.unwrap();
    assert_eq!(stored().await[0].seconds, 60, "it is written once");
    work(30);
    t.desk.forget_attention(&t.agent, number).await.unwrap();
    t.desk.write_attention().await.unwrap();
    assert!(stored().await.is_empty());
    let refusal = refused(t.desk.forget_attention(&t.other_requester, number).await);
    assert_eq!(refusal.kind, RefusalKind::NotFound);

    let off = |sql: &mut dyn store::Sql, _: &desk::Audit| {
        let off = Instance { gathers_time: false, ..Instance::default() };
        Ok(settings::put(sql, INSTANCE, &off, 0)?)
    };
    assert!(t.desk.change(command_line(), off).await.unwrap());
    work(60);
    t.desk.write_attention().await.unwrap();
    assert!(stored().await.is_empty(), "it is switched off");
}
