//! Rules that time sets off.

use crate::rules::{note, ran, rule, state, tag, timeline};
use desk::command_line;
use incident::rules::{Action, Fact, Moment, Rule, Wait};
use incident::state::{CalendarRef, HoldReason};
use incident::{Body, Change, Command, Lifecycle, Visibility};
use kernel::{Actor, Channel, IncidentNumber, Timestamp, limits};
use testkit::{START, TestDesk, blank};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;

pub fn waiting(name: &str, fact: Fact, seconds: i64, when: &str, actions: Vec<Action>) -> Rule {
    let wait = Some(Wait { fact, seconds, calendar: None });
    Rule { wait, ..rule(name, &[Moment::Waited], when, actions) }
}

/// Makes rules as doors do, in this order.
pub async fn make(t: &TestDesk, rules: Vec<Rule>) {
    let made = t.desk.change(command_line(), move |sql, audit| {
        for rule in &rules {
            desk::rules::make_rule(sql, audit, &Rule { place: i64::MAX, ..rule.clone() })?;
        }
        Ok(())
    });
    made.await.unwrap();
}

pub async fn wakes_at(t: &TestDesk, number: IncidentNumber) -> Option<Timestamp> {
    let read = move |sql: &mut dyn store::Sql| {
        let rows =
            sql.query("select wake_at from incidents where number = $1", &[number.into()])?;
        store::Columns::of(rows.into_iter().next().unwrap_or_default()).opt_at()
    };
    t.desk.read(read).await.unwrap()
}

pub async fn tick(t: &TestDesk, number: IncidentNumber) {
    let ask = t.desk.ask_unlimited(Actor::system(), Channel::Timer).on(number);
    ask.issue(Command::Tick).await.unwrap();
}

/// Goes to the next instant at which it wakes, if that is within this time, and rings.
pub async fn wake(t: &TestDesk, number: IncidentNumber, within: i64) -> bool {
    let now = t.desk.now();
    let Some(at) = wakes_at(t, number).await.filter(|at| at.seconds_since(now) <= within) else {
        t.clock.advance(within);
        return false;
    };
    // Instants are finer than the seconds that the clock is moved by.
    t.clock.advance((at.seconds_since(now) + 1).max(0));
    tick(t, number).await;
    let next = wakes_at(t, number).await;
    assert!(next.is_none_or(|next| next > t.desk.now()), "it would ring at once again");
    true
}

pub async fn times(t: &TestDesk, number: IncidentNumber, name: &str) -> usize {
    ran(&timeline(t, number).await, name)
}

/// Saves office hours on weekdays from nine on, in UTC, and gives the version that they are.
pub async fn office(t: &TestDesk, reference: CalendarRef, closes: &str) -> CalendarRef {
    let definition = calendar::Definition::new("UTC", calendar::Week::weekdays("09:00", closes));
    let name = "Office".to_owned();
    let hours = incident::policy::BusinessHours { reference, name, definition, retired: false };
    let effect = desk::terms::Effect::default();
    let saved = t.desk.change(Actor::system(), move |sql, audit| {
        desk::terms::save_calendar(sql, audit, hours, effect)
    });
    saved.await.unwrap().value.reference
}

pub async fn holds(t: &TestDesk) {
    let findings = t.desk.read(|sql| store::incidents::verify(sql, &mut |_, _| {})).await.unwrap();
    assert_eq!(findings, vec![]);
}

#[tokio::test]
async fn what_nobody_takes_is_passed_on_once_for_each_time() {
    let t = TestDesk::idle().await;
    let words = vec![note("Nobody took it.")];
    make(&t, vec![waiting("Left alone", Fact::Unassigned, 30 * MINUTE, "", words)]).await;
    let number = t.report("Nobody looks").await;
    assert_eq!(wakes_at(&t, number).await, Some(START.plus_seconds(30 * MINUTE)));
    t.clock.advance(30 * MINUTE - 1);
    tick(&t, number).await;
    assert_eq!(times(&t, number, "Left alone").await, 0, "it is not over yet");
    t.clock.advance(1);
    tick(&t, number).await;
    assert_eq!(times(&t, number, "Left alone").await, 1);
    let events = timeline(&t, number).await;
    let run = events.iter().find_map(|event| match &event.event.body {
        Body::RuleRan(run) => Some(run.clone()),
        _ => None,
    });
    let run = run.unwrap();
    assert_eq!(run.on, [Moment::Waited].into());
    let why = t.desk.read(move |sql| store::incidents::words_of(sql, run.because)).await.unwrap();
    assert_eq!(why, "30 min with nobody assigned");

    // Neither time nor words are another time.
    t.clock.advance(2 * HOUR);
    tick(&t, number).await;
    t.say(&t.agent, number, "Hm.", Visibility::Internal).await;
    assert_eq!(times(&t, number, "Left alone").await, 1);

    // Somebody has it for a while, and then nobody.
    let assign = |assignee| Command::Assign { team: Change::Keep, assignee };
    t.issue(&t.agent, number, assign(Change::Set(t.agent.person))).await.unwrap();
    t.clock.advance(HOUR);
    tick(&t, number).await;
    t.issue(&t.agent, number, assign(Change::Clear)).await.unwrap();
    t.clock.advance(30 * MINUTE - 1);
    tick(&t, number).await;
    assert_eq!(times(&t, number, "Left alone").await, 1);
    t.clock.advance(1);
    tick(&t, number).await;
    assert_eq!(times(&t, number, "Left alone").await, 2);
    holds(&t).await;
}

#[tokio::test]
async fn what_does_not_match_wakes_once_and_is_tried_when_something_happens() {
    let t = TestDesk::idle().await;
    let rules = vec![
        waiting("First", Fact::Unassigned, 10 * MINUTE, "priority:P1", vec![tag("first", "")]),
        waiting("Second", Fact::Reported, 20 * MINUTE, "tag:never", vec![tag("second", "")]),
        // Asks for what is so already: its wait is over all the same.
        waiting("Third", Fact::Told, 20 * MINUTE, "", vec![tag("", "never")]),
    ];
    make(&t, rules).await;
    let number = t.report("Slow").await;
    let mut woken = 0;
    while t.desk.now() < START.plus_seconds(25 * MINUTE) {
        woken += u32::from(wake(&t, number, 5 * MINUTE).await);
    }
    assert_eq!(woken, 2, "at 10 and at 20 minutes");
    assert_eq!(times(&t, number, "First").await, 0);
    let urgent = Command::Prioritise {
        impact: Some(kernel::Level::HIGH),
        urgency: Some(kernel::Level::HIGH),
        priority: None,
        reason: None,
    };
    t.issue(&t.agent, number, urgent).await.unwrap();
    assert_eq!(times(&t, number, "First").await, 1, "it has waited for long enough");
    assert_eq!((times(&t, number, "Second").await, times(&t, number, "Third").await), (0, 1));
    holds(&t).await;
}

#[tokio::test]
async fn after_downtime_it_is_caught_up_once_however_often_it_rings() {
    let t = TestDesk::idle().await;
    let words = vec![note("Quiet for too long.")];
    make(&t, vec![waiting("Quiet", Fact::Changed, 12 * HOUR, "state:open", words)]).await;
    let (number, done) = (t.report("Silence").await, t.report("Done").await);
    t.resolve(&t.agent, done, "Fixed.").await;
    t.clock.advance(72 * HOUR);
    let answers = crate::together::at_once(&t.desk, async || {
        let mut tickets = vec![];
        for number in [number, done, number, number] {
            let ask = t.desk.ask_unlimited(Actor::system(), Channel::Timer).on(number);
            tickets.push(ask.submit(Command::Tick).await.unwrap());
        }
        tickets
    });
    assert!(answers.await.iter().all(Result::is_ok));
    assert_eq!(times(&t, number, "Quiet").await, 1);
    assert_eq!(times(&t, done, "Quiet").await, 0, "what is resolved waits for nobody");
    // What the rule, or a timer, did is nobody's doing: it is as quiet as before.
    for _ in 0..40 {
        wake(&t, number, 24 * HOUR).await;
    }
    assert_eq!(times(&t, number, "Quiet").await, 1);
    t.say(&t.agent, number, "Here.", Visibility::Internal).await;
    let said = t.desk.now();
    while t.desk.now() < said.plus_seconds(12 * HOUR) {
        wake(&t, number, HOUR).await;
    }
    assert_eq!(times(&t, number, "Quiet").await, 2);
    holds(&t).await;
}

#[tokio::test]
async fn a_new_rule_is_tried_on_what_waits_already_and_wakes_what_will() {
    let t = TestDesk::idle().await;
    let old = t.report("Old").await;
    t.clock.advance(HOUR);
    let new = t.report("New").await;
    let taken = t.report("Taken").await;
    t.issue(&t.agent, taken, Command::Acknowledge).await.unwrap();
    let before = wakes_at(&t, new).await;
    make(&t, vec![waiting("New", Fact::State, 5 * MINUTE, "state:new", vec![tag("x", "")])]).await;
    assert_eq!(t.desk.recompute_due().await.unwrap(), 1);
    assert_eq!(times(&t, old, "New").await, 1);
    let soon = t.desk.now().plus_seconds(5 * MINUTE);
    assert!(before.is_none_or(|before| before > soon));
    assert_eq!(wakes_at(&t, new).await, Some(soon));
    t.clock.advance(5 * MINUTE);
    tick(&t, new).await;
    tick(&t, taken).await;
    assert_eq!((times(&t, new, "New").await, times(&t, taken, "New").await), (1, 0));
    holds(&t).await;
}

#[tokio::test]
async fn the_first_wait_that_matches_can_be_the_last_for_good() {
    let t = TestDesk::idle().await;
    let of = |name: &str, minutes: i64| {
        waiting(name, Fact::Reported, minutes * MINUTE, "", vec![note(name)])
    };
    let first = Rule { stop: true, ..of("First", 10) };
    let heard = Rule { stop: true, ..rule("Heard", &[Moment::Commented], "", vec![tag("x", "")]) };
    make(&t, vec![heard, first, of("Second", 5), of("Third", 20)]).await;
    let number = t.report("Late").await;
    t.clock.advance(15 * MINUTE);
    // What ends the rules that hear a word ends not those that wait.
    t.say(&t.agent, number, "Hm.", Visibility::Internal).await;
    let counts = async || {
        let events = timeline(&t, number).await;
        ["Heard", "First", "Second", "Third"].map(|name| ran(&events, name))
    };
    assert_eq!(counts().await, [1, 1, 0, 0]);
    t.say(&t.agent, number, "Still.", Visibility::Internal).await;
    t.clock.advance(HOUR);
    tick(&t, number).await;
    assert_eq!(counts().await, [1, 1, 0, 1], "the second was over with the first");
    holds(&t).await;
}

#[tokio::test]
async fn it_is_said_an_hour_before_it_is_due_and_without_an_answer() {
    let t = TestDesk::idle().await;
    let rules = vec![
        waiting("Due", Fact::Due, HOUR, "", vec![note("Due soon")]),
        waiting("Answer", Fact::Unanswered, 2 * HOUR, "", vec![note("Answer")]),
    ];
    make(&t, rules).await;
    let number = t.report("When?").await;
    let due = |state: &incident::State| state.clocks.iter().filter_map(|clock| clock.due_at).min();
    let first = due(&state(&t, number).await).unwrap();
    while t.desk.now() < first.plus_seconds(-HOUR - 1) {
        let left = first.plus_seconds(-HOUR - 1).seconds_since(t.desk.now());
        assert_eq!(times(&t, number, "Due").await, 0);
        wake(&t, number, left.max(1)).await;
    }
    wake(&t, number, 2).await;
    assert_eq!(times(&t, number, "Due").await, 1);

    t.say(&t.requester, number, "And?", Visibility::Public).await;
    t.clock.advance(2 * HOUR);
    tick(&t, number).await;
    assert_eq!(times(&t, number, "Answer").await, 1);
    t.say(&t.requester, number, "Hello?", Visibility::Public).await;
    t.clock.advance(2 * HOUR);
    tick(&t, number).await;
    assert_eq!(times(&t, number, "Answer").await, 1, "the same silence");
    holds(&t).await;
}

#[tokio::test]
async fn a_wait_in_business_hours_stands_still_at_night() {
    let t = TestDesk::idle().await;
    let id = office(&t, desk::terms::new_calendar(), "17:00").await.id;
    let wait = Wait { fact: Fact::Told, seconds: 8 * HOUR, calendar: Some(id) };
    let told = waiting("Told", Fact::Told, 60, "", vec![note("Say something")]);
    make(&t, vec![Rule { wait: Some(wait), ..told }]).await;
    let number = t.report("Any news?").await;
    // Reported at 12:12 UTC on a Monday: eight hours are over on Tuesday at 12:12.
    let over = START.plus_seconds(24 * HOUR);
    while t.desk.now() < over.plus_seconds(-1) {
        let left = over.plus_seconds(-1).seconds_since(t.desk.now());
        wake(&t, number, left).await;
        assert_eq!(times(&t, number, "Told").await, 0);
    }
    wake(&t, number, 2).await;
    assert_eq!(times(&t, number, "Told").await, 1);
    holds(&t).await;
}

#[tokio::test]
async fn rules_that_hold_and_follow_in_turns_come_to_rest() {
    let t = TestDesk::idle().await;
    let hold = Action::Hold { reason: HoldReason::Scheduled, seconds: Some(300), note: None };
    make(
        &t,
        vec![
            waiting("Hold", Fact::State, MINUTE, "state:in_progress", vec![hold]),
            rule("Again", &[Moment::Resumed], "", vec![note("Work goes on.")]),
        ],
    )
    .await;
    let number = t.report("Flapping").await;
    t.issue(&t.agent, number, Command::Acknowledge).await.unwrap();
    let day = t.desk.now();
    while t.desk.now() < day.plus_seconds(23 * HOUR) {
        wake(&t, number, HOUR).await;
    }
    let most = limits::RULE_RUNS_PER_DAY as usize;
    assert_eq!(times(&t, number, "Hold").await, most);
    assert_eq!(times(&t, number, "Again").await, most);
    let rested = |events: &[store::incidents::timeline::StoredEvent]| {
        let rests = |event: &&store::incidents::timeline::StoredEvent| {
            matches!(event.event.body, Body::RuleRested(_))
        };
        events.iter().filter(rests).count()
    };
    assert_eq!(rested(&timeline(&t, number).await), 1, "it is said once");
    assert_eq!(state(&t, number).await.lifecycle, Lifecycle::InProgress);
    // The next day it counts anew, without a word from anybody.
    while times(&t, number, "Hold").await == most {
        assert!(t.desk.now() < day.plus_seconds(25 * HOUR), "it is never tried again");
        wake(&t, number, HOUR).await;
    }
    assert!(t.desk.now() >= day.plus_seconds(24 * HOUR));
    holds(&t).await;
}

#[tokio::test]
async fn what_was_imported_waits_for_nobody_until_it_is_touched() {
    let t = TestDesk::idle().await;
    let words = vec![tag("late", "")];
    make(&t, vec![waiting("Late", Fact::Reported, HOUR, "", words)]).await;
    let mut ask = t.desk.ask_unlimited(Actor::system(), Channel::Import);
    let title = ask.title("From elsewhere").unwrap();
    let report = Command::Report(Box::new(blank(title, t.requester.person)));
    let number = ask.imported(START).issue(report).await.unwrap().number;
    assert_eq!(wakes_at(&t, number).await, None);
    t.clock.advance(2 * HOUR);
    tick(&t, number).await;
    assert_eq!(times(&t, number, "Late").await, 0);
    t.say(&t.agent, number, "Mine now.", Visibility::Internal).await;
    assert_eq!(times(&t, number, "Late").await, 1);
}
