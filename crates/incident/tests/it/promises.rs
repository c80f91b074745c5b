//! Instants that were given to people, and reasons for promises that were not kept.

use crate::case::{Case, Who, inc, start, words};
use crate::sample::{assign_team, comment, dispute, hold, resolve};
use incident::clocks::ClockKind;
use incident::promise::Explained;
use incident::state::HoldReason;
use incident::{Audience, Command, Effect, effects};
use kernel::PersonId;

const HOUR: i64 = 3_600;

fn promise(seconds: i64) -> Command {
    Command::Promise { at: Some(start().plus_seconds(seconds)), to: None, reason: None }
}

fn instead(seconds: Option<i64>) -> Command {
    let at = seconds.map(|seconds| start().plus_seconds(seconds));
    Command::Promise { at, to: None, reason: Some(words(1)) }
}

fn explain(clock: ClockKind) -> Command {
    Command::ExplainBreach { clock, reason: words(2), owner: Who::Agent.id() }
}

/// What the last command asks to be told, by word and audience.
fn told(case: &mut Case, who: Who, command: Command) -> Vec<(String, Audience)> {
    let before = case.records[&inc(1)].clone();
    case.does(who, command);
    let after = &case.records[&inc(1)];
    let new = &after.events[before.events.len()..];
    let found: Vec<Effect> = effects(Some(&before.state), &after.state, new, &case.policy);
    found.into_iter().map(|effect| (effect.word, effect.audience)).collect()
}

fn requester() -> Audience {
    Audience::Requester(Who::Requester.id())
}

#[test]
fn a_promise_is_told_and_nothing_moves_it() {
    let mut case = Case::new();
    let found = told(&mut case, Who::Agent, promise(5 * HOUR));
    assert!(found.contains(&("promised".to_owned(), requester())), "{found:?}");
    case.does(Who::Agent, hold(HoldReason::Requester))
        .wait(2 * HOUR)
        .does(Who::Agent, Command::Resume);
    let promise = case.state().promise_to(Who::Requester.id()).unwrap();
    assert_eq!(promise.at, start().plus_seconds(5 * HOUR));
    assert!(case.state().moments.responded.is_some(), "it is a public word");
}

#[test]
fn another_instant_needs_a_reason_and_is_told_to_whom_it_was_given() {
    let mut case = Case::new();
    case.does(Who::Agent, promise(HOUR));
    assert_eq!(case.refuses(Who::Agent, promise(2 * HOUR)).field, Some("reason"));
    assert_eq!(case.refuses(Who::Agent, promise(HOUR)).code, "nothing_to_change");
    assert_eq!(case.refuses(Who::Agent, instead(Some(-60))).field, Some("at"));
    let found = told(&mut case, Who::Agent, instead(Some(2 * HOUR)));
    assert!(found.contains(&("promise_changed".to_owned(), requester())), "{found:?}");
    case.does(Who::Agent, instead(None));
    assert_eq!(case.state().promises, vec![]);
    assert_eq!(case.refuses(Who::Agent, instead(None)).field, Some("at"));
}

#[test]
fn a_promise_that_passes_open_is_broken_once() {
    let mut case = Case::new();
    case.does(Who::Agent, assign_team()).does(Who::Agent, promise(HOUR));
    case.wait(HOUR).tick();
    assert!(case.state().promises[0].is_pending(), "met exactly is met");
    case.wait(1);
    let found = told(&mut case, Who::System, Command::Tick);
    assert!(found.contains(&("promise_broken".to_owned(), Audience::Team(crate::case::network()))));
    assert_eq!(found.iter().filter(|(word, _)| word == "deviation").count(), 1);
    assert!(found.contains(&("deviation".to_owned(), requester())));
    let broken = case.last("promise_broken");
    assert_eq!(broken.happened_at, start().plus_seconds(HOUR), "when it passed");
    case.wait(HOUR).tick();
    assert_eq!(case.story().iter().filter(|kind| **kind == "promise_broken").count(), 1);
    assert!(case.state().is_later_than_said());
    // Another word is another promise.
    case.does(Who::Agent, instead(Some(20 * HOUR)));
    assert!(!case.state().is_later_than_said());
}

#[test]
fn what_is_resolved_in_time_keeps_its_promise() {
    let mut case = Case::new();
    case.does(Who::Agent, promise(HOUR)).wait(60).does(Who::Agent, resolve());
    case.wait(2 * HOUR).tick();
    case.does(Who::Requester, dispute()).wait(60).tick();
    assert!(case.state().promises[0].kept);
    assert!(!case.story().contains(&"promise_broken"));
    // Then it is given anew, and that needs no reason.
    case.does(Who::Agent, promise(9 * HOUR));
    // Open again before it passes, it can be broken.
    case.does(Who::Agent, resolve()).wait(60).does(Who::Requester, dispute());
    case.wait(9 * HOUR).tick();
    assert!(case.story().contains(&"promise_broken"));
}

#[test]
fn a_promise_is_given_to_those_who_follow_it() {
    let mut case = Case::new();
    let to = |person: PersonId| Command::Promise {
        at: Some(start().plus_seconds(HOUR)),
        to: Some(person),
        reason: None,
    };
    assert_eq!(case.refuses(Who::Agent, to(Who::Stranger.id())).field, Some("to"));
    case.does(Who::Agent, Command::Watch { person: Some(Who::Stranger.id()) });
    case.does(Who::Agent, to(Who::Stranger.id())).does(Who::Agent, to(Who::Manager.id()));
    case.wait(2 * HOUR);
    let found = told(&mut case, Who::System, Command::Tick);
    let stranger = Audience::Person(Who::Stranger.id());
    assert!(found.contains(&("promise_broken".to_owned(), stranger)));
    assert!(found.iter().all(|(word, _)| word != "deviation"), "the requester was told nothing");
    assert!(!case.state().is_later_than_said());
    assert_eq!(case.refuses(Who::Requester, promise(9 * HOUR)).code, "forbidden");
}

#[test]
fn the_requester_is_told_once_that_it_takes_longer() {
    let mut case = Case::at_priority(1, 1);
    case.does(Who::Agent, promise(5 * HOUR)).wait(4 * HOUR + 1);
    let found = told(&mut case, Who::System, Command::Tick);
    assert_eq!(found, [("deviation".to_owned(), requester())], "the resolution clock is over");
    case.wait(HOUR);
    let found = told(&mut case, Who::System, Command::Tick);
    assert!(found.iter().all(|(word, _)| word != "deviation"), "{found:?}");
}

#[test]
fn nobody_is_told_that_it_takes_longer_with_the_word_that_it_is_over() {
    let mut case = Case::at_priority(1, 1);
    case.wait(5 * HOUR);
    let found = told(&mut case, Who::Agent, resolve());
    assert!(found.iter().all(|(word, _)| word != "deviation"), "{found:?}");
    assert!(!case.state().is_later_than_said());
}

#[test]
fn a_breach_asks_for_its_reason_until_it_is_there() {
    let mut case = Case::at_priority(1, 1);
    case.does(Who::Agent, comment());
    assert_eq!(case.state().explained(), None);
    assert_eq!(case.refuses(Who::Agent, explain(ClockKind::Update)).code, "not_in_this_state");
    case.wait(2_000).tick();
    assert_eq!(case.state().explained(), Some(Explained::Missing));
    assert_eq!(case.refuses(Who::Agent, explain(ClockKind::Resolution)).field, Some("clock"));
    let nobody = Command::ExplainBreach {
        clock: ClockKind::Update,
        reason: words(2),
        owner: Who::Stranger.id(),
    };
    assert_eq!(case.refuses(Who::Agent, nobody).field, Some("owner"));
    let found = told(&mut case, Who::Manager, explain(ClockKind::Update));
    assert_eq!(found, [("breach_explained".to_owned(), Audience::Person(Who::Agent.id()))]);
    assert_eq!(case.state().explained(), Some(Explained::All));
    // The next cycle's breach asks anew; one answer is for all before it.
    case.does(Who::Agent, comment()).wait(2_000).tick();
    assert_eq!(case.state().explained(), Some(Explained::Missing));
    case.does(Who::Agent, explain(ClockKind::Update)).does(Who::Agent, resolve());
    assert_eq!(case.state().explained(), Some(Explained::All));
}
