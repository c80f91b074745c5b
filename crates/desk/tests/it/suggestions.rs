//! Suggestions: learned from what people said, shown where certain enough, decided by people.

use desk::Trouble;
use desk::suggest::Became;
use incident::event::SUGGESTION;
use incident::{Body, Cause, Change, Command, State, Viewer};
use kernel::{ActorKind, Channel, IncidentNumber, TeamId};
use std::collections::BTreeMap;
use store::suggestions::{self as rows, FieldSettings, Outcome, Settings, Suggested};
use testkit::{TestDesk, blank};

/// What people report, of each team; some of it says little.
const NETWORK: [&str; 5] = [
    "VPN tunnel to the gateway drops",
    "VPN slow today",
    "No tunnel",
    "The gateway does not answer over VPN",
    "Cannot reach the gateway",
];
const WORKPLACE: [&str; 5] = [
    "Printer jams at the paper tray",
    "Printer slow today",
    "No paper",
    "The tray of the printer does not open",
    "Cannot print on paper",
];
/// Incidents of the past: more than the least that is learned from.
const PAST: usize = 240;

async fn report(t: &TestDesk, title: &str, only: Option<TeamId>) -> IncidentNumber {
    let viewer = if only.is_some() { &t.agent } else { &t.requester };
    let mut ask = t.desk.ask(viewer, Channel::Web);
    let title = ask.title(title).unwrap();
    let report = incident::command::Report {
        confidential_to: only,
        team: only,
        ..blank(title, viewer.person)
    };
    ask.issue(Command::Report(Box::new(report))).await.unwrap().number
}

async fn give(t: &TestDesk, number: IncidentNumber, team: TeamId) {
    let command = Command::Assign { team: Change::Set(team), assignee: Change::Keep };
    t.issue(&t.agent, number, command).await.unwrap();
}

/// A desk whose people gave many incidents to teams.
async fn with_past() -> TestDesk {
    let t = TestDesk::idle().await;
    for n in 0..PAST {
        let (titles, team) = match n % 2 {
            0 => (NETWORK, t.network),
            _ => (WORKPLACE, t.workplace),
        };
        let number = report(&t, titles[n / 2 % 5], None).await;
        give(&t, number, team).await;
    }
    t
}

async fn learned() -> TestDesk {
    let t = with_past().await;
    t.desk.learn_now().await.unwrap();
    t
}

async fn state(t: &TestDesk, number: IncidentNumber) -> State {
    t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap().unwrap().state
}

async fn became(t: &TestDesk) -> Became {
    let all = t.desk.suggestion_quality(&t.agent).await.unwrap();
    all.into_iter().find(|one| one.field == Suggested::Team).unwrap().became
}

async fn accept(
    t: &TestDesk,
    viewer: &Viewer,
    number: IncidentNumber,
) -> Result<desk::Done, Trouble> {
    let of = (number, Suggested::Team);
    t.desk.accept_suggestion(viewer, Channel::Web, of, None).await
}

#[tokio::test]
async fn what_people_decided_is_learned_and_suggested_with_its_words() {
    let t = learned().await;
    let number = report(&t, NETWORK[0], None).await;
    let offers = t.desk.offers(&t.agent, number).await.unwrap();
    assert_eq!(offers.len(), 1, "{offers:?}");
    let offer = &offers[0];
    assert_eq!((offer.field, offer.label.as_str()), (Suggested::Team, "Network"));
    assert!(offer.probability > 500 && !offer.because.is_empty(), "{offer:?}");
    assert!(offer.because.iter().all(|word| NETWORK[0].to_lowercase().contains(word.as_str())));
    let all = t.desk.suggestion_quality(&t.auditor).await.unwrap();
    let team = all.iter().find(|one| one.field == Suggested::Team).unwrap();
    let measured = team.measured.as_ref().unwrap();
    assert_eq!((measured.learned, measured.held_out), (PAST as u32, PAST as u32 / 5));
    assert!(measured.accuracy() > measured.simple_accuracy(), "{measured:?}");
    // Nothing says it of a service, a category, or more than one priority.
    assert!(all.iter().filter(|one| one.measured.is_some()).count() == 1);
}

#[tokio::test]
async fn what_is_not_known_is_not_guessed() {
    let t = learned().await;
    let number = report(&t, "Xylophone", None).await;
    assert_eq!(t.desk.offers(&t.agent, number).await.unwrap(), []);
    // One word that everybody says does not make the rest known.
    let strange = "The tomato quiche of Aunt Bertha burned today";
    let number = report(&t, strange, None).await;
    assert_eq!(t.desk.offers(&t.agent, number).await.unwrap(), []);
    let off = FieldSettings { on: false, ..FieldSettings::default() };
    let settings = Settings { fields: BTreeMap::from([(Suggested::Team, off)]) };
    t.desk.set_suggestions(desk::command_line(), settings, Some(0)).await.unwrap();
    let number = report(&t, NETWORK[0], None).await;
    assert_eq!(t.desk.offers(&t.agent, number).await.unwrap(), [], "it is switched off");
    let wrong = FieldSettings { precision: 100, ..FieldSettings::default() };
    let settings = Settings { fields: BTreeMap::from([(Suggested::Team, wrong)]) };
    let refused = t.desk.set_suggestions(desk::command_line(), settings, Some(1)).await;
    assert!(matches!(refused, Err(Trouble::Refused(r)) if r.field == Some("precision")));
}

#[tokio::test]
async fn too_little_is_not_learned_from() {
    let t = TestDesk::idle().await;
    let number = report(&t, NETWORK[0], None).await;
    give(&t, number, t.network).await;
    t.desk.learn_now().await.unwrap();
    assert!(t.desk.suggester().known(Suggested::Team).is_none());
}

#[tokio::test]
async fn confidential_incidents_tell_nothing_and_only_their_team_is_offered_something() {
    let t = learned().await;
    let secret = report(&t, "Payroll printer jams", Some(t.network)).await;
    let read = |sql: &mut dyn store::Sql| rows::telling(sql, IncidentNumber(i64::MAX), 1_000);
    let (telling, _) = t.desk.read(read).await.unwrap();
    assert!(telling.len() == PAST && telling.iter().all(|one| one.number != secret));
    let refused = t.desk.offers(&t.other_agent, secret).await;
    assert!(matches!(refused, Err(Trouble::Refused(_))), "{refused:?}");
    assert!(t.desk.offers(&t.agent, secret).await.is_ok());
}

#[tokio::test]
async fn requesters_and_readers_decide_nothing() {
    let t = learned().await;
    let number = report(&t, NETWORK[0], None).await;
    for viewer in [&t.requester, &t.other_requester] {
        assert!(matches!(t.desk.offers(viewer, number).await, Err(Trouble::Refused(_))));
        assert!(matches!(accept(&t, viewer, number).await, Err(Trouble::Refused(_))));
        let quality = t.desk.suggestion_quality(viewer).await;
        assert!(matches!(quality, Err(Trouble::Refused(_))));
    }
    assert!(matches!(accept(&t, &t.auditor, number).await, Err(Trouble::Refused(_))));
    let dismissed = t.desk.dismiss_suggestion(&t.auditor, number, Suggested::Team).await;
    assert!(matches!(dismissed, Err(Trouble::Refused(_))));
    assert!(
        t.desk.want_learning(&t.agent).is_err() && t.desk.want_learning(&t.administrator).is_ok()
    );
    assert_eq!(state(&t, number).await.team, None);
}

#[tokio::test]
async fn accepting_is_the_persons_deed_and_says_that_it_was_suggested() {
    let t = learned().await;
    let number = report(&t, NETWORK[0], None).await;
    let done = accept(&t, &t.agent, number).await.unwrap();
    assert_eq!(state(&t, number).await.team, Some(t.network));
    let events = t.desk.read(move |sql| store::incidents::timeline::timeline(sql, number, 0, 50));
    let events = events.await.unwrap();
    let given = events.iter().find(|stored| matches!(stored.event.body, Body::Assigned(_)));
    let event = &given.unwrap().event;
    assert_eq!((event.n, event.actor.person_id()), (done.first_n, Some(t.agent.person)));
    let version = t.desk.suggester().known(Suggested::Team).unwrap().version;
    assert!(
        matches!(&event.cause, Cause::Derived(by) if by.by == SUGGESTION && by.name == "team" && by.version == version),
        "{:?}",
        event.cause
    );
    assert!(incident::undoable(event));
    assert_eq!(became(&t).await, Became { shown: 1, accepted: 1, ..Became::default() });
    assert!(
        matches!(accept(&t, &t.agent, number).await, Err(Trouble::Refused(r)) if r.code == "no_suggestion")
    );
}

#[tokio::test]
async fn what_was_dismissed_is_not_suggested_again_and_what_was_corrected_is_seen() {
    let t = learned().await;
    let (first, second) =
        (report(&t, NETWORK[0], None).await, report(&t, WORKPLACE[0], None).await);
    t.desk.dismiss_suggestion(&t.agent, first, Suggested::Team).await.unwrap();
    assert_eq!(t.desk.offers(&t.agent, first).await.unwrap(), []);
    // A slip is taken back, by whoever could dismiss it.
    let refused = t.desk.take_back_dismissal(&t.auditor, first, Suggested::Team).await;
    assert!(matches!(refused, Err(Trouble::Refused(_))), "{refused:?}");
    t.desk.take_back_dismissal(&t.agent, first, Suggested::Team).await.unwrap();
    assert_eq!(t.desk.offers(&t.agent, first).await.unwrap().len(), 1);
    let refused = t.desk.take_back_dismissal(&t.agent, first, Suggested::Team).await;
    assert!(matches!(refused, Err(Trouble::Refused(_))), "{refused:?}");
    t.desk.dismiss_suggestion(&t.agent, first, Suggested::Team).await.unwrap();
    let offers = t.desk.offers(&t.agent, second).await.unwrap();
    t.desk.note_shown(second, &offers);
    // It is written after what waits.
    t.desk.write(|_sql| Ok(())).await.unwrap();
    give(&t, second, t.network).await;
    t.desk.watch_suggestions().await.unwrap();
    let expected = Became { shown: 2, dismissed: 1, corrected: 1, ..Became::default() };
    assert_eq!(became(&t).await, expected);
    let row = t.desk.read(move |sql| rows::of_incident(sql, second)).await.unwrap();
    assert_eq!(row[0].outcome, Some(Outcome::Corrected));
}

#[tokio::test]
async fn nothing_is_carried_out_unless_somebody_wants_that() {
    let t = learned().await;
    t.desk.watch_suggestions().await.unwrap();
    let before = report(&t, NETWORK[0], None).await;
    t.desk.watch_suggestions().await.unwrap();
    assert_eq!(state(&t, before).await.team, None);
    let itself = FieldSettings { by_itself: Some(50), ..FieldSettings::default() };
    let settings = Settings { fields: BTreeMap::from([(Suggested::Team, itself)]) };
    t.desk.set_suggestions(desk::command_line(), settings, Some(0)).await.unwrap();
    let number = report(&t, NETWORK[0], None).await;
    t.desk.watch_suggestions().await.unwrap();
    assert_eq!(state(&t, before).await.team, None, "what is there waits for people");
    assert_eq!(state(&t, number).await.team, Some(t.network));
    let events = t.desk.read(move |sql| store::incidents::timeline::timeline(sql, number, 0, 50));
    let events = events.await.unwrap();
    let given = events.iter().find(|stored| matches!(stored.event.body, Body::Assigned(_)));
    let event = &given.unwrap().event;
    assert_eq!(event.actor.kind, ActorKind::System);
    assert!(incident::undoable(event));
    assert_eq!(became(&t).await, Became::default(), "nobody was shown it");
}

#[tokio::test]
async fn what_is_suggested_goes_on_while_it_is_learned_again() {
    let t = learned().await;
    let (taught, watched) = tokio::join!(t.desk.learn_now(), t.desk.watch_suggestions());
    taught.unwrap();
    watched.unwrap();
    t.desk.watch_suggestions().await.unwrap();
    let version = t.desk.suggester().known(Suggested::Team).unwrap().version;
    assert_eq!(version, 2, "what was read before does not take its place");
    let number = report(&t, NETWORK[0], None).await;
    assert_eq!(t.desk.offers(&t.agent, number).await.unwrap().len(), 1);
}

#[tokio::test]
async fn it_is_learned_again_and_a_stored_model_that_is_broken_is_left_alone() {
    let t = learned().await;
    t.desk.learn_now().await.unwrap();
    assert_eq!(t.desk.suggester().known(Suggested::Team).unwrap().version, 2);
    let broken = |reader: i64, version: i64| rows::Trained {
        field: Suggested::Team,
        version,
        reader,
        trained_at: testkit::START,
        history: 1,
        summary: "{}".to_owned(),
        body: b"no model".to_vec(),
    };
    for model in [broken(2, 7), broken(9_999, 8)] {
        assert!(t.desk.write(move |sql| Ok(rows::keep(sql, &model)?)).await.unwrap());
        t.desk.watch_suggestions().await.unwrap();
        let version = t.desk.suggester().known(Suggested::Team).unwrap().version;
        assert_eq!(version, 2, "the one that can be read goes on");
    }
    t.desk.learn_now().await.unwrap();
    assert_eq!(t.desk.suggester().known(Suggested::Team).unwrap().version, 9);
}

#[tokio::test]
async fn what_is_too_large_to_be_kept_is_learned_anew_all_the_same() {
    let t = learned().await;
    let version = || t.desk.suggester().known(Suggested::Team).unwrap().version;
    for learned in 2..=3 {
        let forget = |sql: &mut dyn store::Sql| {
            Ok(sql.execute("delete from suggestion_models", &[]).map(drop)?)
        };
        t.desk.write(forget).await.unwrap();
        t.desk.learn_now().await.unwrap();
        assert_eq!(version(), learned, "it takes the place of the one before");
    }
}
