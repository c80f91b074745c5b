//! What the requester says of it when it is over.

use crate::case::{Case, Who, inc, words};
use crate::sample::{assign, rate, resolve};
use incident::decide::allowed;
use incident::rating::Score;
use incident::{Audience, Command, CommandName, Effect, Origin, effects};
use kernel::{Actor, ContentId};
use uuid::Uuid;

const DAY: i64 = 86_400;

/// Resolved and confirmed by its requester, with the agent.
fn closed() -> Case {
    let mut case = Case::new();
    case.does(Who::Agent, assign(Who::Agent)).does(Who::Agent, resolve());
    case.does(Who::Requester, Command::Confirm);
    case
}

/// What the last command on INC-1 asks to be told.
fn told(case: &mut Case, who: Who, command: Command) -> Vec<Effect> {
    let before = case.records[&inc(1)].clone();
    case.does(who, command);
    let after = &case.records[&inc(1)];
    effects(Some(&before.state), &after.state, &after.events[before.events.len()..], &case.policy)
}

#[test]
fn what_is_closed_is_rated_and_changed_for_seven_days() {
    let mut case = closed();
    case.does(Who::Requester, rate(4));
    let first = case.state().rating.unwrap();
    assert_eq!((first.score.get(), first.note), (4, Some(words(26))));
    case.wait(7 * DAY)
        .does(Who::Requester, Command::Rate { score: Score::new(5).unwrap(), note: None });
    let second = case.state().rating.unwrap();
    assert_eq!((second.score.get(), second.note, second.given_at), (5, first.note, first.given_at));
    let same = Command::Rate { score: second.score, note: None };
    assert_eq!(case.refuses(Who::Requester, same).code, "nothing_to_change");
    case.wait(1);
    assert_eq!(case.refuses(Who::Requester, rate(1)).code, "not_rated_any_more");
}

#[test]
fn nobody_rates_what_is_open_or_long_over_or_anothers() {
    let mut case = Case::new();
    assert_eq!(case.refuses(Who::Requester, rate(1)).code, "not_in_this_state");
    let mut case = closed();
    for who in [Who::Stranger, Who::Colleague, Who::Auditor] {
        case.refuses(who, rate(1));
    }
    case.wait(30 * DAY);
    let mut late = case.clone();
    late.wait(1);
    assert_eq!(late.refuses(Who::Requester, rate(3)).code, "not_rated_any_more");
    case.does(Who::Agent, rate(3));
    assert_eq!(case.last("rated").actor, Who::Agent.actor(), "on behalf, and the record says so");
}

#[test]
fn a_low_rating_tells_whoever_has_it_once() {
    let mut case = closed();
    let agent = Audience::Person(Who::Agent.id());
    assert_eq!(told(&mut case, Who::Requester, rate(3)), vec![]);
    let found = told(&mut case, Who::Requester, rate(2));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].word.as_str(), &found[0].audience), ("rated", &agent));
    assert_eq!(told(&mut case, Who::Requester, rate(1)), vec![], "they know");
}

#[test]
fn a_low_rating_makes_one_task_for_whoever_had_it() {
    let mut case = closed();
    case.does(Who::Requester, rate(3));
    assert!(case.state().tasks.is_empty());
    let allowed = |case: &Case| -> Vec<CommandName> { allowed(case.state()).collect() };
    assert!(!allowed(&case).contains(&CommandName::CompleteTask));
    case.does(Who::Requester, rate(2));
    let task = case.state().follow_up().cloned().unwrap();
    assert_eq!((task.title, task.assignee), (words(62), Some(Who::Agent.id())));
    assert_eq!(case.last("task_added").actor, Actor::system());
    assert!(!allowed(&case).contains(&CommandName::AddTask));
    case.does(Who::Agent, Command::CompleteTask { task: task.id });
    case.does(Who::Requester, rate(4)).does(Who::Requester, rate(1));
    let tasks = &case.state().tasks;
    assert_eq!(tasks.len(), 1, "they know");
    assert!(tasks[0].done_at.is_some());
}

#[test]
fn a_low_rating_of_the_past_makes_no_task() {
    let mut case = closed();
    case.origin = Origin::Import;
    case.does(Who::Integration, rate(1));
    assert!(case.state().tasks.is_empty());
}

#[test]
fn a_requester_is_asked_when_it_is_closed_and_of_so_many() {
    let asked = |case: &mut Case, who, command| {
        let found = told(case, who, command);
        found.into_iter().find(|effect| effect.word == "survey")
    };
    let resolved = |title: u128| {
        let report = incident::command::Report {
            title: ContentId(Uuid::from_u128(title)),
            ..crate::case::plain_report()
        };
        let mut case = Case::with(report);
        case.does(Who::Agent, resolve());
        case
    };
    // Whoever confirms is asked, too.
    let found = asked(&mut resolved(40), Who::Requester, Command::Confirm).unwrap();
    assert_eq!(found.audience, Audience::Requester(Who::Requester.id()));
    let shares = [(40, 41, true), (40, 40, false), (99, 99, false), (0, 0, false), (0, 1, true)];
    for (title, share, is_asked) in shares {
        let mut case = resolved(title);
        case.policy.asking.survey_share = share;
        case.policy.asking.survey_delay_days = 3;
        let found = asked(&mut case, Who::Agent, Command::Close);
        assert_eq!(found.map(|effect| effect.delay_seconds), is_asked.then_some(3 * DAY + 10));
    }
    let mut cancelled = Case::new();
    assert_eq!(asked(&mut cancelled, Who::Agent, crate::sample::cancel()), None);
}

#[test]
fn a_score_is_one_digit() {
    assert_eq!("5".parse::<Score>().unwrap().get(), 5);
    for wrong in ["0", "6", "+1", "01", "", "five", "1 "] {
        assert!(wrong.parse::<Score>().is_err(), "{wrong}");
    }
    assert!(
        serde_json::from_str::<Score>("6").is_err()
            && serde_json::from_str::<Score>("2.5").is_err()
    );
}
