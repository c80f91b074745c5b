//! Whoever has it is reminded before a time passes that people were told.

use crate::case::{Case, Who, inc};
use crate::sample::assign;
use incident::nearing::AHEAD_SECONDS;
use incident::{Audience, Command, effects};

const HOUR: i64 = 3_600;

fn expect(case: &Case, seconds: i64) -> Command {
    let at = Some(case.now.plus_seconds(seconds));
    Command::SetExpectedResolution { at, low: None, high: None, reason: None }
}

fn reminders(case: &Case) -> usize {
    case.story().iter().filter(|kind| **kind == "expectation_nears").count()
}

#[test]
fn whoever_has_it_is_reminded_a_quarter_of_an_hour_before_and_once() {
    let mut case = Case::new();
    case.does(Who::Agent, assign(Who::Agent));
    let command = expect(&case, 2 * HOUR);
    case.does(Who::Agent, command);
    let told = case.state().expected.unwrap().at;
    case.now = told.plus_seconds(-AHEAD_SECONDS).plus_micros(-1);
    case.tick();
    assert_eq!(reminders(&case), 0);
    let before = case.records[&inc(1)].clone();
    case.now = told.plus_seconds(-AHEAD_SECONDS);
    case.tick();
    let after = &case.records[&inc(1)];
    let new = &after.events[before.events.len()..];
    let found = effects(Some(&before.state), &after.state, new, &case.policy);
    let told_of: Vec<_> = found
        .iter()
        .filter(|effect| effect.word == "expectation_nears")
        .map(|effect| effect.audience.clone())
        .collect();
    assert_eq!(told_of, [Audience::Person(Who::Agent.id())]);
    case.wait(HOUR).tick();
    assert_eq!(reminders(&case), 1);
}

#[test]
fn a_later_time_is_brought_to_mind_again_and_a_near_one_is_known() {
    let mut case = Case::new();
    let command = expect(&case, 2 * HOUR);
    case.does(Who::Agent, command).wait(2 * HOUR - 600).tick();
    assert_eq!(reminders(&case), 1);
    let command = expect(&case, 2 * HOUR);
    case.does(Who::Agent, command).wait(2 * HOUR - 600).tick();
    assert_eq!(reminders(&case), 2);
    let command = expect(&case, 300);
    case.does(Who::Agent, command).wait(HOUR).tick();
    assert_eq!(reminders(&case), 2, "who says that it is near needs no reminder");
}

#[test]
fn what_is_back_or_over_needs_no_word() {
    let mut case = Case::new();
    let command = expect(&case, 2 * HOUR);
    case.does(Who::Agent, command).does(Who::Agent, Command::Restore { children: false });
    case.wait(3 * HOUR).tick();
    assert_eq!(reminders(&case), 0);
}

#[test]
fn what_passed_long_ago_comes_near_no_more() {
    let mut case = Case::new();
    let command = expect(&case, 2 * HOUR);
    case.does(Who::Agent, command).wait(48 * HOUR);
    case.does(Who::Agent, assign(Who::Agent));
    assert_eq!(reminders(&case), 0, "somebody came back to it");
    assert!(
        !incident::timers(case.state(), &case.policy).contains_key(&incident::TimerKind::Nears)
    );
    case.wait(HOUR).tick();
    assert_eq!(reminders(&case), 0);
}

#[test]
fn what_is_noticed_when_the_time_has_passed_is_told_nobody() {
    let mut case = Case::new();
    case.does(Who::Agent, assign(Who::Agent));
    let command = expect(&case, 2 * HOUR);
    case.does(Who::Agent, command);
    let before = case.records[&inc(1)].clone();
    case.wait(48 * HOUR).tick();
    let after = &case.records[&inc(1)];
    let new = &after.events[before.events.len()..];
    let found = effects(Some(&before.state), &after.state, new, &case.policy);
    assert!(found.iter().all(|effect| effect.word != "expectation_nears"));
    assert!(
        !incident::timers(case.state(), &case.policy).contains_key(&incident::TimerKind::Nears)
    );
}
