//! A question that an incident waits for is brought to mind once, and closes only where a
//! setting says so.

use crate::case::{Case, Who, inc};
use crate::sample::{comment, hold};
use crate::terms::office;
use incident::state::HoldReason;
use incident::{Audience, Command, Lifecycle, effects, wake_at};

const DAY: i64 = 86_400;

fn reminders(case: &Case) -> usize {
    case.story().iter().filter(|kind| **kind == "reminded").count()
}

#[test]
fn a_question_is_brought_to_mind_once() {
    let mut case = Case::new();
    case.does(Who::Agent, hold(HoldReason::Requester));
    let due = case.now.plus_seconds(2 * DAY);
    assert_eq!(wake_at(case.state(), &case.policy), Some(due));
    case.now = due.plus_micros(-1);
    case.tick();
    assert_eq!(reminders(&case), 0);
    let before = case.records[&inc(1)].clone();
    case.now = due.plus_seconds(60);
    case.tick();
    let after = &case.records[&inc(1)];
    assert_eq!(case.last("reminded").happened_at, due);
    let found = effects(
        Some(&before.state),
        &after.state,
        &after.events[before.events.len()..],
        &case.policy,
    );
    let words: Vec<_> = found.iter().map(|e| (e.word.as_str(), e.audience.clone())).collect();
    assert_eq!(words, [("reminded", Audience::Requester(Who::Requester.id()))]);
    case.wait(100 * DAY).tick();
    assert_eq!((reminders(&case), case.life()), (1, Lifecycle::OnHold));
    // The next question is one of its own.
    case.does(Who::Requester, comment()).does(Who::Agent, hold(HoldReason::Requester));
    case.wait(2 * DAY).tick();
    assert_eq!(reminders(&case), 2);
}

#[test]
fn a_reminder_counts_the_business_days_of_the_agreement() {
    let mut case = Case::new();
    let office = office(&mut case);
    case.agree(|agreement| agreement.calendar = Some(office.id));
    case.does(Who::Agent, hold(HoldReason::Requester));
    let calendar = case.policy.calendars.get(Some(office));
    let due = calendar.after_days(case.now, 2).unwrap();
    let timers = incident::timers(case.state(), &case.policy);
    assert_eq!(timers.get(&incident::TimerKind::Remind), Some(&due));
}

#[test]
fn nobody_is_reminded_of_what_others_are_waited_for_or_where_it_is_off() {
    let mut case = Case::new();
    case.does(Who::Agent, hold(HoldReason::Vendor)).wait(30 * DAY).tick();
    assert_eq!(reminders(&case), 0);
    let mut case = Case::new();
    case.policy.asking.remind_after_days = None;
    case.does(Who::Agent, hold(HoldReason::Requester)).wait(30 * DAY).tick();
    assert_eq!(reminders(&case), 0);
}

#[test]
fn what_nobody_answers_closes_where_a_setting_says_so() {
    let mut case = Case::new();
    case.policy.asking.close_after_days = Some(3);
    case.does(Who::Agent, hold(HoldReason::Requester));
    let held = case.now;
    case.wait(2 * DAY).tick();
    assert_eq!(case.state().reminder.unwrap().closes_at, Some(held.plus_seconds(5 * DAY)));
    let mut answered = case.clone();
    answered.does(Who::Requester, comment()).wait(30 * DAY).tick();
    assert_eq!(answered.life(), Lifecycle::InProgress);
    case.wait(30 * DAY).tick();
    assert_eq!(case.life(), Lifecycle::Closed);
    assert_eq!(case.state().moments.closed, Some(held.plus_seconds(5 * DAY)));
    assert!(case.last("closed").body.data_json().contains("no_answer"));
    assert_eq!(case.refuses(Who::Requester, crate::sample::rate(1)).code, "not_rated_any_more");
    assert_eq!(case.state().hold, None);
    let tick = case.clone();
    case.does(Who::System, Command::Tick);
    assert_eq!(case.story(), tick.story());
}
