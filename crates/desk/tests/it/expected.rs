//! Expected times: learned from what is over, silent where too little is known, and never before
//! what a person said. Planning: who may, and what is not counted.

use calendar::{Definition, Week};
use desk::Trouble;
use desk::expected::{Likely, Outlook};
use desk::planning::{Asked, Handling};
use incident::policy::BusinessHours;
use incident::state::CalendarRef;
use incident::{Access, Command, Viewer};
use kernel::{CalendarId, Channel, IncidentNumber, Level, TeamId, Timestamp};
use store::directory::calendars;
use store::directory::teams::{self, Team};
use store::suggestions::Suggested;
use testkit::{TestDesk, blank};

/// Incidents of the past, and how long they took in seconds: from 3,000 to 3,600.
const PAST: i64 = 42;
const SHORTEST: i64 = 3_000;
const LONGEST: i64 = 3_600;

/// Incidents that are over after a while, one after the other.
async fn over(t: &TestDesk, count: i64) {
    for n in 0..count {
        let number = t.report("VPN drops").await;
        t.clock.advance(SHORTEST + n % 7 * 100);
        t.resolve(&t.agent, number, "It works again.").await;
        t.clock.advance(600);
    }
}

async fn learned() -> TestDesk {
    let t = TestDesk::idle().await;
    over(&t, PAST).await;
    t.desk.learn_expected_now().await.unwrap();
    t
}

async fn report_to(t: &TestDesk, team: TeamId) -> IncidentNumber {
    let mut ask = t.desk.ask(&t.agent, Channel::Web);
    let title = ask.title("Somebody reads mail of others").unwrap();
    let report = incident::command::Report {
        confidential_to: Some(team),
        team: Some(team),
        service: Some(t.vpn),
        ..blank(title, t.agent.person)
    };
    ask.issue(Command::Report(Box::new(report))).await.unwrap().number
}

async fn outlook(t: &TestDesk, viewer: &Viewer, number: IncidentNumber) -> Option<Outlook> {
    t.desk.expected(viewer, number).await.unwrap().1
}

fn likely(outlook: Option<Outlook>) -> Likely {
    match outlook {
        Some(Outlook::Likely(likely)) => likely,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_time_comes_from_those_like_it_and_moves_as_time_passes() {
    let t = learned().await;
    let number = t.report("VPN drops").await;
    let told = likely(outlook(&t, &t.agent, number).await);
    let now = t.desk.now();
    let seconds = told.at.seconds_since(now);
    assert!((SHORTEST..=LONGEST).contains(&seconds), "{told:?}");
    assert!(now <= told.low && told.low <= told.at && told.at <= told.high, "{told:?}");
    assert_eq!(told.basis.cases, PAST as usize);
    assert!(told.basis.alike.contains(&(Suggested::Service, "VPN".to_owned())), "{told:?}");
    assert_eq!((told.basis.activity.as_str(), told.basis.since_seconds), ("new", 0));
    // Most are over by now; those that lasted longer tell.
    t.clock.advance(SHORTEST + 250);
    let later = likely(outlook(&t, &t.agent, number).await);
    assert!(later.at > t.desk.now() && later.basis.cases < told.basis.cases, "{later:?}");
    assert_eq!(later.basis.since_seconds, SHORTEST + 250);
    let (policy, now) = (t.desk.policy(), t.desk.now());
    let read = move |sql: &mut dyn store::Sql| {
        let events = store::incidents::timeline::timeline(sql, number, 0, 10)?;
        Ok((store::incidents::load(sql, number)?, events))
    };
    let (stored, events) = t.desk.read(read).await.unwrap();
    let mut state = stored.unwrap().state;
    let told = |state: &incident::State| {
        let own = events.iter().map(|stored| &stored.event);
        t.desk.forecaster().outlook(state, own, &policy, now)
    };
    assert_eq!(told(&state), Some(Outlook::Likely(later)));
    state.version = 401;
    assert_eq!(told(&state), Some(Outlook::Unknown), "it was learned from shorter ones");
    t.clock.advance(LONGEST);
    assert_eq!(outlook(&t, &t.agent, number).await, Some(Outlook::Unknown), "none took so long");
    t.resolve(&t.agent, number, "It works again.").await;
    assert_eq!(outlook(&t, &t.agent, number).await, None, "it is over");
}

#[tokio::test]
async fn a_screen_that_is_drawn_again_computes_it_once_a_minute() {
    let t = learned().await;
    let number = t.report("VPN drops").await;
    let read = move |sql: &mut dyn store::Sql| {
        let events = store::incidents::timeline::timeline(sql, number, 0, 10)?;
        Ok((store::incidents::load(sql, number)?, events))
    };
    let (stored, events) = t.desk.read(read).await.unwrap();
    let (mut state, policy, now) = (stored.unwrap().state, t.desk.policy(), t.desk.now());
    let (forecaster, computed) = (t.desk.forecaster(), std::cell::Cell::new(0));
    let told = |state: &incident::State, now: Timestamp| {
        let own = || {
            computed.set(computed.get() + 1);
            events.iter().map(|stored| &stored.event)
        };
        forecaster.outlook_of((number, state), own, &policy, now)
    };
    let first = told(&state, now);
    assert!(matches!(first, Some(Outlook::Likely(_))), "{first:?}");
    assert_eq!((told(&state, now), computed.get()), (first, 1));
    assert!(told(&state, now.plus_seconds(60)).is_some());
    assert_eq!(computed.get(), 2);
    state.version += 1;
    assert!(told(&state, now.plus_seconds(60)).is_some());
    assert_eq!(computed.get(), 3, "something happened");
}

#[tokio::test]
async fn a_desk_that_works_by_day_is_told_no_night() {
    let t = learned().await;
    let (network, id) = (t.network, CalendarId(desk::fresh()));
    let office = BusinessHours {
        reference: CalendarRef { id, version: 1 },
        name: "Office".to_owned(),
        definition: Definition::new("UTC", Week::weekdays("08:00", "18:00")),
        retired: false,
    };
    t.desk
        .change(desk::command_line(), move |sql, _| {
            calendars::insert(sql, &office, testkit::START)?;
            let team = teams::get(sql, network)?.unwrap();
            let after = Team { calendar: Some(id), ..team.clone() };
            assert!(teams::update(sql, &after, team.version)?);
            Ok(())
        })
        .await
        .unwrap();
    // Those like it took less than an hour, and on Thursday half an hour of work is left.
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    t.clock.set(at("2026-11-26T17:30:00Z"));
    let number = t.report("VPN drops").await;
    let told = likely(outlook(&t, &t.agent, number).await);
    let (closes, opens) = (at("2026-11-26T18:00:00Z"), at("2026-11-27T08:00:00Z"));
    assert_eq!((told.low, told.at, told.high), (closes, opens, opens));
    let zone = jiff::tz::TimeZone::UTC;
    assert_eq!(told.rounded(&zone), (opens, closes, opens));
    let own = likely(outlook(&t, &t.requester, number).await);
    assert_eq!(own.told(&zone), opens, "requesters are told the same");
    // What cannot wait until morning is worked on by night.
    let urgent = Command::Prioritise {
        impact: Some(Level::HIGH),
        urgency: Some(Level::HIGH),
        priority: None,
        reason: None,
    };
    t.issue(&t.agent, number, urgent).await.unwrap();
    let told = outlook(&t, &t.agent, number).await;
    assert!(!matches!(told, Some(Outlook::Likely(told)) if told.hours.is_some()));
}

#[tokio::test]
async fn fewer_than_fifteen_tell_nothing() {
    let t = TestDesk::idle().await;
    over(&t, 14).await;
    t.desk.learn_expected_now().await.unwrap();
    let number = t.report("VPN drops").await;
    assert_eq!(outlook(&t, &t.agent, number).await, Some(Outlook::Unknown));
    assert_eq!(t.desk.expected_quality(&t.auditor).await.unwrap().trained, None);
    over(&t, 1).await;
    t.desk.learn_expected_now().await.unwrap();
    let number = t.report("VPN drops").await;
    assert_eq!(likely(outlook(&t, &t.agent, number).await).basis.cases, 15);
}

#[tokio::test]
async fn what_a_person_said_or_promised_counts_instead() {
    let t = learned().await;
    let at = t.desk.now().plus_seconds(7_200);
    let number = t.report("VPN drops").await;
    let promise = Command::Promise { at: Some(at), to: None, reason: None };
    t.issue(&t.manager, number, promise).await.unwrap();
    assert_eq!(outlook(&t, &t.agent, number).await, Some(Outlook::Promised(at)));
    let said = |at| Command::SetExpectedResolution { at, low: None, high: None, reason: None };
    t.issue(&t.agent, number, said(Some(at))).await.unwrap();
    let shown = outlook(&t, &t.agent, number).await;
    assert!(matches!(shown, Some(Outlook::Said(said)) if said.at == at), "{shown:?}");
    t.issue(&t.agent, number, said(None)).await.unwrap();
    assert_eq!(outlook(&t, &t.agent, number).await, Some(Outlook::Promised(at)));
}

#[tokio::test]
async fn what_is_likely_over_only_after_it_is_due_is_found() {
    let t = learned().await;
    let (late, fine) = (t.report("VPN drops").await, t.report("VPN drops").await);
    let at = t.desk.now().plus_days(60);
    let said = Command::SetExpectedResolution { at: Some(at), low: None, high: None, reason: None };
    t.issue(&t.agent, late, said).await.unwrap();
    assert!(t.desk.likely_late().is_empty(), "nobody looked yet");
    t.desk.watch_expected().await.unwrap();
    assert!(t.desk.likely_late().contains(&late));
    assert!(!t.desk.likely_late().contains(&fine), "an hour is short of days");
    t.resolve(&t.agent, late, "It works again.").await;
    t.desk.watch_expected().await.unwrap();
    assert!(t.desk.likely_late().is_empty(), "it is over");
}

#[tokio::test]
async fn confidential_incidents_tell_nothing_and_stay_with_their_team() {
    let t = TestDesk::idle().await;
    over(&t, 14).await;
    for _ in 0..10 {
        let number = report_to(&t, t.network).await;
        t.clock.advance(SHORTEST);
        t.resolve(&t.agent, number, "It was nothing.").await;
    }
    t.desk.learn_expected_now().await.unwrap();
    assert!(t.desk.forecaster().known().is_none(), "14 are no 15");
    let secret = report_to(&t, t.network).await;
    let refused = t.desk.expected(&t.other_agent, secret).await;
    assert!(matches!(refused, Err(Trouble::Refused(_))), "{refused:?}");
    assert_eq!(outlook(&t, &t.agent, secret).await, Some(Outlook::Unknown));
}

#[tokio::test]
async fn requesters_learn_of_their_own_and_of_no_figures() {
    let t = learned().await;
    let number = t.report("VPN drops").await;
    let (access, own) = t.desk.expected(&t.requester, number).await.unwrap();
    assert_eq!(access, Access::Public);
    assert!(likely(own).told(&jiff::tz::TimeZone::UTC) > t.desk.now());
    let refused = t.desk.expected(&t.other_requester, number).await;
    assert!(matches!(refused, Err(Trouble::Refused(_))), "{refused:?}");
    let refused = t.desk.expected_quality(&t.requester).await;
    assert!(matches!(refused, Err(Trouble::Refused(_))));
    assert!(t.desk.expected_quality(&t.agent).await.unwrap().measured.is_some());
}

#[tokio::test]
async fn what_was_shown_is_measured_by_what_came() {
    let t = learned().await;
    let number = t.report("VPN drops").await;
    let state = t.desk.read(move |sql| store::incidents::load(sql, number)).await;
    let state = state.unwrap().unwrap().state;
    let shown = outlook(&t, &t.agent, number).await;
    for _ in 0..2 {
        t.desk.note_expected(number, &state, shown.as_ref());
    }
    // What is written aside is written before what waits for it.
    t.desk.write(|_| Ok(())).await.unwrap();
    let told = likely(shown);
    t.clock.advance(told.at.seconds_since(t.desk.now()));
    t.resolve(&t.agent, number, "It works again.").await;
    t.desk.watch_expected().await.unwrap();
    let quality = t.desk.expected_quality(&t.auditor).await.unwrap();
    assert!(quality.shown.is_empty(), "it may be taken up again");
    t.clock.advance(60);
    t.issue(&t.requester, number, Command::Confirm).await.unwrap();
    t.desk.watch_expected().await.unwrap();
    let quality = t.desk.expected_quality(&t.auditor).await.unwrap();
    let tally = quality.shown.values().next().unwrap();
    assert_eq!((quality.shown.len(), tally.told, tally.within), (1, 1, 1), "{quality:?}");
    assert!(tally.mean_errors().unwrap().0 <= 1, "{tally:?}");
    let measured = quality.measured.unwrap();
    assert_eq!((measured.learned, measured.held_out), (PAST as u32, PAST as u32 / 5));
    assert_eq!(quality.trained.unwrap().0, 1);
}

#[tokio::test]
async fn what_was_learned_is_there_after_a_start() {
    let t = learned().await;
    let before = t.desk.read(store::expected::trained).await.unwrap().unwrap();
    assert_eq!((before.version, before.history), (1, PAST));
    t.desk.learn_expected_now().await.unwrap();
    let after = t.desk.read(store::expected::version).await.unwrap();
    assert_eq!(after, Some(2));
    assert_eq!(t.desk.forecaster().known().unwrap().version, 2);
}

/// Two reports a day for five weeks, and one that is confidential.
async fn weeks() -> TestDesk {
    let t = TestDesk::idle().await;
    for _ in 0..70 {
        t.report("VPN drops").await;
        t.clock.advance(12 * 3_600);
    }
    report_to(&t, t.network).await;
    t
}

#[tokio::test]
async fn managers_plan_with_what_came() {
    let t = weeks().await;
    for viewer in [&t.agent, &t.auditor, &t.requester] {
        let refused = t.desk.plan(viewer, Asked::default()).await;
        assert!(matches!(refused, Err(Trouble::Refused(_))));
    }
    assert!(t.desk.plan(&t.administrator, Asked::default()).await.is_ok());
    let staff = Some(vec![1; 168]);
    let plan = t.desk.plan(&t.manager, Asked { staff, ..Asked::default() }).await.unwrap();
    assert_eq!((plan.counted, plan.hours.len()), (70, 168), "the confidential one is not counted");
    assert_eq!(plan.handling.1, Handling::Assumed);
    // They came at 12:12 and at 00:12.
    let (noon, evening) = (&plan.hours[12], &plan.hours[18]);
    assert!(noon.demand.mean > 0.9 && noon.agents.0 >= 1, "{noon:?}");
    assert!(evening.demand.mean < 0.1, "{evening:?}");
    let goes = noon.staffed.unwrap().goes.unwrap();
    assert!(goes.mean_seconds > 0.0 && goes.in_time.unwrap() < 1.0, "{goes:?}");
    let (_, went) = plan.rehearsed.unwrap();
    assert_eq!((went.whole.came, went.whole.in_time, went.untaken), (70, Some(1.0), 0));
    let nobody = Asked { staff: Some(vec![0; 168]), weeks: 1, ..Asked::default() };
    let (since, went) = t.desk.plan(&t.manager, nobody).await.unwrap().rehearsed.unwrap();
    assert_eq!((went.whole.came, went.untaken, since), (14, 14, t.desk.now().plus_days(-7)));
    let calendar = Asked { calendar: Some(CalendarId(desk::fresh())), ..Asked::default() };
    let refused = t.desk.plan(&t.manager, calendar).await;
    assert!(matches!(refused, Err(Trouble::Refused(r)) if r.field == Some("calendar")));
    let other = Asked { team: Some(t.workplace), ..Asked::default() };
    assert_eq!(t.desk.plan(&t.manager, other).await.unwrap().counted, 0);
    let wrong = Asked { within_seconds: 0, ..Asked::default() };
    let refused = t.desk.plan(&t.manager, wrong).await;
    assert!(matches!(refused, Err(Trouble::Refused(r)) if r.field == Some("within")));
}

#[tokio::test]
async fn too_few_weeks_plan_nothing() {
    let t = TestDesk::idle().await;
    t.report("VPN drops").await;
    t.clock.advance(7 * 86_400);
    let plan = t.desk.plan(&t.manager, Asked::default()).await.unwrap();
    assert_eq!((plan.counted, plan.hours.len()), (1, 0));
}
