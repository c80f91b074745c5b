//! Waits that something comes between: nobody who waits is lost.

use crate::rules::{note, ran, rule, state, tag, timeline};
use crate::waits::{holds, make, office, tick, times, waiting, wake, wakes_at};
use desk::command_line;
use incident::Command;
use incident::rules::{Action, Fact, Moment, Rule, Wait};
use incident::state::{HoldReason, LinkKind};
use kernel::{IncidentNumber, Timestamp, limits};
use store::directory::teams;
use testkit::{START, TestDesk};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;

#[tokio::test]
async fn a_last_wait_that_changes_nothing_is_over_and_holds_up_no_other() {
    let t = TestDesk::idle().await;
    let of = |name: &str, minutes: i64, action| {
        waiting(name, Fact::Reported, minutes * MINUTE, "", vec![action])
    };
    let first = Rule { stop: true, ..of("First", 10, tag("", "never")) };
    make(&t, vec![first, of("Second", 20, note("Second"))]).await;
    let number = t.report("Late").await;
    t.clock.advance(10 * MINUTE);
    tick(&t, number).await;
    assert_eq!(wakes_at(&t, number).await, Some(START.plus_seconds(20 * MINUTE)));
    t.clock.advance(10 * MINUTE);
    tick(&t, number).await;
    assert_eq!((times(&t, number, "First").await, times(&t, number, "Second").await), (1, 1));
    holds(&t).await;
}

#[tokio::test]
async fn what_the_last_wait_does_is_heard_by_others() {
    let t = TestDesk::idle().await;
    let last = waiting("Last", Fact::Reported, 10 * MINUTE, "", vec![tag("late", "")]);
    let hears = rule("Hears", &[Moment::Classified], "tag:late", vec![note("It is late.")]);
    make(&t, vec![Rule { stop: true, ..last }, hears]).await;
    let number = t.report("Late").await;
    t.clock.advance(10 * MINUTE);
    tick(&t, number).await;
    assert_eq!((times(&t, number, "Last").await, times(&t, number, "Hears").await), (1, 1));
    holds(&t).await;
}

#[tokio::test]
async fn an_instant_that_is_the_next_again_is_not_said_again() {
    let t = TestDesk::idle().await;
    make(&t, vec![waiting("Due", Fact::Due, HOUR, "", vec![note("Due soon")])]).await;
    let number = t.report("When?").await;
    let clocks = state(&t, number).await.clocks;
    let first = clocks.iter().filter_map(|clock| clock.due_at).min().unwrap();
    t.clock.advance((first.seconds_since(t.desk.now()) - 50 * MINUTE).max(0));
    tick(&t, number).await;
    assert_eq!(times(&t, number, "Due").await, 1);
    let promise = async |at: Option<Timestamp>| {
        let mut ask = t.desk.ask(&t.agent, kernel::Channel::Web).on(number);
        let reason = ask.words("reason", "It changed.", limits::BODY_CHARS).unwrap();
        let reason = at.is_none().then_some(reason);
        ask.issue(Command::Promise { at, to: Some(t.manager.person), reason }).await.unwrap();
    };
    let sooner = first.plus_seconds(-20 * MINUTE);
    promise(Some(sooner)).await;
    assert_eq!(times(&t, number, "Due").await, 2);
    promise(None).await;
    assert_eq!(times(&t, number, "Due").await, 2, "it was said of that already");
    promise(Some(sooner)).await;
    assert_eq!(times(&t, number, "Due").await, 2);
    holds(&t).await;
}

/// A child that its parent's steps reach.
async fn child_of(t: &TestDesk, parent: IncidentNumber) -> IncidentNumber {
    let child = t.report_by(&t.other_requester, "No VPN either").await;
    let (kind, target) = (LinkKind::Parent, parent.to_string());
    t.issue(&t.agent, child, Command::Link { kind, target, cascade: None }).await.unwrap();
    child
}

#[tokio::test]
async fn waits_that_there_is_no_room_for_are_over_soon_after() {
    let t = TestDesk::idle().await;
    let task = |title: &str| Action::AddTask { title: title.to_owned() };
    let actions = vec![task("Tell them"), task("Write it down"), task("Call")];
    make(&t, vec![waiting("Tell", Fact::Reported, 10 * MINUTE, "", actions)]).await;
    let parent = t.report("Line cut").await;
    let room = limits::RULE_COMMANDS_PER_COMMAND / 3;
    let mut family = vec![parent];
    for _ in 0..room + 4 {
        family.push(child_of(&t, parent).await);
    }
    t.clock.advance(15 * MINUTE);
    let hold = Command::Hold { reason: HoldReason::Vendor, until: None, note: None };
    t.issue(&t.agent, parent, hold).await.unwrap();
    let soon = t.desk.now().plus_seconds(MINUTE);
    let mut left = vec![];
    for number in family {
        match times(&t, number, "Tell").await {
            0 => left.push(number),
            _ => assert!(wakes_at(&t, number).await.is_none_or(|at| at != soon)),
        }
        let refused = |body: &incident::Body| matches!(body, incident::Body::RuleRefused(_));
        assert!(!timeline(&t, number).await.iter().any(|event| refused(&event.event.body)));
    }
    assert_eq!(left.len(), 5);
    for number in left {
        assert_eq!(wakes_at(&t, number).await, Some(soon));
        assert!(wake(&t, number, MINUTE).await);
        assert_eq!(times(&t, number, "Tell").await, 1);
    }
    holds(&t).await;
}

#[tokio::test]
async fn a_new_rule_finds_what_is_resolved() {
    let t = TestDesk::idle().await;
    let number = t.report("Done").await;
    let closed = t.report("Cancelled").await;
    t.resolve(&t.agent, number, "Fixed.").await;
    let mut ask = t.desk.ask(&t.agent, kernel::Channel::Web).on(closed);
    let reason = ask.words("reason", "Not ours.", limits::BODY_CHARS).unwrap();
    ask.issue(Command::Cancel { reason }).await.unwrap();
    t.clock.advance(HOUR);
    let long = waiting("Long", Fact::State, HOUR, "state:resolved", vec![tag("asked", "")]);
    let longer = waiting("Longer", Fact::State, 2 * HOUR, "", vec![tag("again", "")]);
    make(&t, vec![long, longer]).await;
    assert_eq!(t.desk.recompute_due().await.unwrap(), 2);
    let jobs = t.desk.read(|sql| store::directory::recomputations::list(sql, 9)).await.unwrap();
    assert!(jobs.iter().all(|job| (job.progress.total, job.progress.looked) == (1, 1)));
    assert_eq!((times(&t, number, "Long").await, times(&t, closed, "Long").await), (1, 0));
    assert_eq!(wakes_at(&t, number).await, Some(START.plus_seconds(2 * HOUR)));
    t.clock.advance(HOUR);
    tick(&t, number).await;
    assert_eq!(times(&t, number, "Longer").await, 1);
    holds(&t).await;
}

/// Goes on to an instant, ringing whenever the incident wakes, and says how often a rule
/// ran on it right before and right after.
async fn around(t: &TestDesk, number: IncidentNumber, name: &str, at: Timestamp) -> (usize, usize) {
    while t.desk.now() < at.plus_seconds(-1) {
        wake(t, number, at.plus_seconds(-1).seconds_since(t.desk.now())).await;
    }
    let before = times(t, number, name).await;
    wake(t, number, 2).await;
    (before, times(t, number, name).await)
}

#[tokio::test]
async fn other_hours_move_who_waits_by_them_already() {
    let t = TestDesk::idle().await;
    let first = office(&t, desk::terms::new_calendar(), "17:00").await;
    let told = waiting("Told", Fact::Told, 8 * HOUR, "", vec![note("Say something")]);
    let wait = Wait { calendar: Some(first.id), ..told.wait.unwrap() };
    make(&t, vec![Rule { wait: Some(wait), ..told }]).await;
    let number = t.report("Any news?").await;
    assert_eq!(t.desk.recompute_due().await.unwrap(), 1);
    t.clock.advance(MINUTE);
    office(&t, first, "21:00").await;
    assert_eq!(t.desk.recompute_due().await.unwrap(), 1);
    assert_eq!(around(&t, number, "Told", START.plus_seconds(8 * HOUR)).await, (0, 1));
    holds(&t).await;
}

#[tokio::test]
async fn other_hours_move_who_asks_for_them() {
    let t = TestDesk::idle().await;
    let first = office(&t, desk::terms::new_calendar(), "17:00").await;
    let words = vec![note("Good night")];
    make(&t, vec![waiting("Night", Fact::Reported, MINUTE, "-hours:Office", words)]).await;
    // At 12:12.
    let number = t.report("Late").await;
    assert_eq!(t.desk.recompute_due().await.unwrap(), 1);
    assert!(wake(&t, number, 2 * MINUTE).await);
    office(&t, first, "13:00").await;
    assert_eq!(t.desk.recompute_due().await.unwrap(), 1);
    assert_eq!(around(&t, number, "Night", START.plus_seconds(48 * MINUTE)).await, (0, 1));
    holds(&t).await;
}

#[tokio::test]
async fn a_rule_that_is_mended_waits_again() {
    let t = TestDesk::idle().await;
    let use_team = async |active: bool| {
        let team = t.workplace;
        let changed = t.desk.change(command_line(), move |sql, _| {
            let row = teams::get(sql, team)?.unwrap();
            let version = row.version;
            teams::update(sql, &store::directory::teams::Team { active, ..row }, version)?;
            Ok(())
        });
        changed.await.unwrap();
    };
    let when = "-team:Workplace";
    make(&t, vec![waiting("Late", Fact::Reported, 30 * MINUTE, when, vec![tag("late", "")])]).await;
    assert_eq!(t.desk.recompute_due().await.unwrap(), 1);
    use_team(false).await;
    let (old, new) = (t.report("Old").await, t.report("New").await);
    assert_eq!(t.desk.recompute_due().await.unwrap(), 0);
    t.clock.advance(20 * MINUTE);
    use_team(true).await;
    assert_eq!(t.desk.recompute_due().await.unwrap(), 1);
    assert_eq!(wakes_at(&t, new).await, Some(START.plus_seconds(30 * MINUTE)));
    t.clock.advance(10 * MINUTE);
    tick(&t, old).await;
    assert_eq!(ran(&timeline(&t, old).await, "Late"), 1);
    use_team(true).await;
    assert_eq!(t.desk.recompute_due().await.unwrap(), 0, "nothing was mended");
    holds(&t).await;
}
