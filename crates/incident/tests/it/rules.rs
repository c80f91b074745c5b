//! What is wrong with rules, and when those that wait wake.

use crate::case::{Case, Who, inc, plain_report, start};
use crate::properties::{play, step};
use crate::terms::office;
use incident::rules::{Action, Around, Fact, Moment, ReadyRule, Rule, Wait};
use incident::rules::{faults, judge, next_wait};
use incident::{Change, Command, Policy};
use kernel::{RuleId, Timestamp, limits};
use proptest::prelude::*;
use std::collections::BTreeSet;
use uuid::Uuid;

fn rule(n: u128, when: &str, wait: Option<Wait>) -> Rule {
    Rule {
        id: RuleId(Uuid::from_u128(0xc000 + n)),
        name: format!("Rule {n}"),
        place: 1,
        active: true,
        on: BTreeSet::from([if wait.is_some() { Moment::Waited } else { Moment::Reported }]),
        wait,
        when: when.to_owned(),
        actions: vec![Action::Comment { body: "x".to_owned() }],
        stop: false,
        version: 1,
    }
}

fn waiting(fact: Fact, seconds: i64) -> Wait {
    Wait { fact, seconds, calendar: None }
}

fn use_rules(policy: &mut Policy, rules: Vec<Rule>) {
    let ready: Vec<_> = rules.into_iter().map(|rule| ReadyRule::of(rule, policy)).collect();
    policy.rules = ready.into();
}

fn fields(rule: &Rule, policy: &Policy) -> Vec<String> {
    faults(rule, policy, &|_| true).into_iter().map(|fault| fault.field).collect()
}

#[test]
fn a_wait_says_for_what_and_how_long_and_nothing_else_does() {
    let mut case = Case::empty();
    let office = office(&mut case);
    let policy = &case.policy;
    let good = Wait { calendar: Some(office.id), ..waiting(Fact::Told, 8 * 3_600) };
    assert_eq!(fields(&rule(1, "hours:\"Calendar 1\"", Some(good)), policy), [""; 0]);
    let without = Rule { on: BTreeSet::from([Moment::Reported]), ..rule(1, "", Some(good)) };
    assert_eq!(fields(&without, policy), ["on"]);
    let unsaid = Rule { wait: None, ..rule(1, "", Some(good)) };
    assert_eq!(fields(&unsaid, policy), ["wait"]);
    for seconds in [i64::MIN, -1, 0, 59, 61, 90, 366 * 86_400 + 60, i64::MAX] {
        let rule = rule(1, "", Some(waiting(Fact::State, seconds)));
        assert_eq!(fields(&rule, policy), ["wait.seconds"], "{seconds}");
        let told = &faults(&rule, policy, &|_| true)[0].message;
        assert_eq!(told, "must be whole minutes, a minute to 366 days");
    }
    assert_eq!(good.phrase(policy), "after 8 h by Calendar 1 without a word to the requester");
    assert_eq!(waiting(Fact::Due, 5_400).phrase(policy), "1 h 30 min before it is due");
    let unknown = kernel::CalendarId(Uuid::from_u128(7));
    let rule_by = |fact, id| rule(1, "", Some(Wait { calendar: Some(id), ..waiting(fact, 60) }));
    assert_eq!(fields(&rule_by(Fact::Told, unknown), policy), ["wait.calendar"]);
    assert_eq!(fields(&rule_by(Fact::Due, office.id), policy), ["wait.calendar"]);
    assert_eq!(fields(&rule(1, "-hours:Nights", None), policy), ["when"]);
}

#[test]
fn hours_are_those_of_the_instant_and_wake_who_waits_for_them() {
    let mut case = Case::empty();
    office(&mut case);
    let wait = waiting(Fact::Reported, 60);
    let rules =
        vec![rule(1, "hours:\"calendar 1\"", Some(wait)), rule(2, "-hours:any", Some(wait))];
    use_rules(&mut case.policy, rules);
    case.report(Who::Requester, plain_report());
    let (state, policy) = (case.state(), &case.policy);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    // Open until 16:00 UTC, and from 8:00 UTC on.
    let turns = ["2026-11-23T12:01:00Z", "2026-11-23T16:00:00Z", "2026-11-24T08:00:00Z"];
    let mut now = start();
    for turn in turns {
        now = next_wait(state, policy, now).unwrap();
        assert_eq!(now, at(turn));
    }
    let why = |ready: &ReadyRule, at| {
        let (people, texts) = (Default::default(), [&[][..]; 0]);
        let seen =
            incident::rules::Seen { number: inc(1), state, policy, people: &people, texts: &texts };
        ready.why(&seen, &query::Context::of_a_rule(at, "UTC"))
    };
    let [by_day, by_night] = &policy.rules[..] else { panic!() };
    let (noon, night) = (at("2026-11-23T12:00:00Z"), at("2026-11-23T16:00:00Z"));
    assert_eq!(why(by_day, noon).as_deref(), Some("hours is Calendar 1"));
    assert_eq!(why(by_day, night), None);
    assert_eq!(why(by_night, noon), None);
    assert_eq!(why(by_night, night).as_deref(), Some("hours is none"));
}

#[test]
fn what_is_waited_for_begins_anew_when_it_changes() {
    let mut case = Case::new();
    let since = |case: &Case, fact: Fact| {
        fact.instant(case.state()).map(|at| at.seconds_since(case.state().reported_at))
    };
    for fact in [Fact::Reported, Fact::State, Fact::Unassigned, Fact::Told, Fact::Changed] {
        assert_eq!(since(&case, fact), Some(0), "{fact}");
    }
    assert_eq!((since(&case, Fact::Team), since(&case, Fact::Unanswered)), (None, None));
    case.wait(100).does(Who::Agent, crate::sample::assign_team());
    assert_eq!((since(&case, Fact::Team), since(&case, Fact::Changed)), (Some(100), Some(100)));
    case.wait(100).does(Who::Agent, crate::sample::assign(Who::Agent));
    assert_eq!((since(&case, Fact::Unassigned), since(&case, Fact::State)), (None, Some(200)));
    case.wait(100).does(Who::Agent, crate::sample::note());
    assert_eq!((since(&case, Fact::Told), since(&case, Fact::Changed)), (Some(0), Some(300)));
    case.wait(100).does(Who::Agent, crate::sample::comment());
    assert_eq!(since(&case, Fact::Told), Some(400));
    case.wait(100).does(Who::Requester, crate::sample::comment());
    assert_eq!((since(&case, Fact::Unanswered), since(&case, Fact::Told)), (Some(500), Some(400)));
    // An instant, and a promise to them, are words to the requester; what takes back is none.
    let expected = |at| Command::SetExpectedResolution { at, low: None, high: None, reason: None };
    let soon = start().plus_seconds(9_000);
    case.wait(100).does(Who::Agent, expected(Some(soon)));
    assert_eq!(since(&case, Fact::Told), Some(600));
    case.wait(100).does(Who::Agent, expected(None));
    assert_eq!(since(&case, Fact::Told), Some(600));
    let promise = |to| Command::Promise { at: Some(soon), to, reason: None };
    case.wait(100).does(Who::Agent, promise(Some(Who::Manager.id())));
    assert_eq!(since(&case, Fact::Told), Some(600));
    case.wait(100).does(Who::Agent, promise(None));
    assert_eq!(since(&case, Fact::Told), Some(900));
    // A timer that rings is nobody's doing.
    case.wait(30 * 86_400).tick();
    assert!(case.state().updated_at > start().plus_seconds(900));
    assert_eq!(since(&case, Fact::Changed), Some(900));
    let away = Command::Assign { team: Change::Keep, assignee: Change::Clear };
    let before = case.now.seconds_since(case.state().reported_at);
    case.does(Who::Agent, away);
    assert_eq!(since(&case, Fact::Unassigned), Some(before));
    case.wait(100).does(Who::Agent, crate::sample::resolve());
    let waits = Fact::ALL.iter().filter(|fact| fact.instant(case.state()).is_some());
    assert_eq!(waits.collect::<Vec<_>>(), [&Fact::State], "what is resolved waits in its state");
    let at = case.now.seconds_since(case.state().reported_at);
    case.wait(100).does(Who::Requester, crate::sample::dispute());
    assert_eq!(since(&case, Fact::Told), Some(at), "they were told how it was resolved");
}

#[test]
fn a_rule_rests_for_the_rest_of_the_day() {
    let mut case = Case::new();
    let id = RuleId(Uuid::from_u128(0xc001));
    let mut state = case.state().clone();
    let mut event = case.records[&inc(1)].events[0].clone();
    let mut ran = |state: incident::State, at: Timestamp| {
        event.n += 1;
        event.happened_at = at;
        event.body = incident::event::RuleRan {
            rule: id,
            name: "Again".to_owned(),
            version: 1,
            on: BTreeSet::new(),
            because: crate::case::words(1),
            waits: Default::default(),
        }
        .into();
        incident::apply(Some(state), &event).unwrap()
    };
    for n in 0..limits::RULE_RUNS_PER_DAY {
        let at = start().plus_seconds(i64::from(n) * 60);
        assert_eq!(state.rest_of(id, at), None, "{n}");
        state = ran(state, at);
    }
    let tomorrow = start().plus_seconds(86_400);
    let rest = state.rest_of(id, tomorrow.plus_seconds(-1)).unwrap();
    assert_eq!((rest.until, rest.said), (tomorrow, false));
    assert_eq!(state.rest_of(id, tomorrow), None);
    state = ran(state, tomorrow);
    assert_eq!(state.rule_runs[&id].runs, 1);
    case.wait(1);
}

#[test]
fn the_past_is_judged_whenever_it_would_have_rung() {
    let mut case = Case::empty();
    office(&mut case);
    case.report(Who::Requester, plain_report());
    case.wait(3_600).does(Who::Agent, Command::Acknowledge);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let judged = |rule: Rule, now: &str| {
        let (people, texts) = (Default::default(), Default::default());
        let policy = &case.policy;
        let around =
            Around { policy, people: &people, texts: &texts, brought: &|_| vec![], now: at(now) };
        let hit =
            judge(&ReadyRule::of(rule, policy), inc(1), &case.records[&inc(1)].events, &around);
        hit.map(|hit| (hit.at, hit.times))
    };
    // Office hours end at 16:00 UTC, and begin at 8:00.
    let wait = Some(waiting(Fact::Reported, 60));
    let night = || rule(1, "-hours:\"Calendar 1\"", wait);
    assert_eq!(judged(night(), "2026-11-23T15:59:59Z"), None);
    assert_eq!(judged(night(), "2026-11-25T00:00:00Z"), Some((at("2026-11-23T16:00:00Z"), 1)));
    let day = || rule(1, "hours:\"Calendar 1\"", Some(waiting(Fact::Reported, 12 * 3_600)));
    assert_eq!(judged(day(), "2026-11-25T00:00:00Z"), Some((at("2026-11-24T08:00:00Z"), 1)));
    // One that heard something when its wait was over waits no more.
    let both = BTreeSet::from([Moment::Waited, Moment::Acknowledged]);
    let heard = Rule { on: both, ..rule(1, "state:in_progress", wait) };
    assert_eq!(judged(heard, "2026-11-25T00:00:00Z").map(|(_, times)| times), Some(1));
}

fn any_wait() -> impl Strategy<Value = (Wait, &'static str)> {
    let when = ["priority:P1", "hours:\"Calendar 1\"", "-hours:any"].as_slice();
    (proptest::sample::select(Fact::ALL), 1i64..3_333, proptest::sample::select(when))
        .prop_map(|(fact, minutes, when)| (waiting(fact, minutes * 60), when))
}

/// Wakes that are looked at; hours have no end.
const WAKES: usize = 100;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever happened: an incident that nothing happens to wakes at most once for each
    /// rule, always later, because that rule's wait is over, and twice a day where hours
    /// turn that it waits for; and a rule that ran for what it waits for wakes it no more.
    #[test]
    fn nothing_rings_for_ever(
        steps in proptest::collection::vec(step(), 1..30),
        waits in proptest::collection::vec(any_wait(), 1..12),
    ) {
        let mut case = Case::new();
        office(&mut case);
        let rules = (1..).zip(&waits).map(|(n, (wait, when))| rule(n, when, Some(*wait)));
        use_rules(&mut case.policy, rules.collect());
        for step in &steps {
            play(&mut case, step);
        }
        for record in case.records.values() {
            let (mut state, policy) = (record.state.clone(), &case.policy);
            let mut now = Timestamp::from_micros(0);
            let mut days = std::collections::BTreeMap::<i64, usize>::new();
            for _ in 0..WAKES {
                let Some(at) = next_wait(&state, policy, now) else { break };
                prop_assert!(at > now);
                now = at;
                let over = policy.rules.iter().filter_map(|ready| ready.rule.wait?.over(&state, policy, now));
                if !over.into_iter().any(|(_, over)| over == at) {
                    let turns = days.entry(at.seconds_since(Timestamp::from_micros(0)) / 86_400).or_default();
                    *turns += 1;
                    prop_assert!(*turns <= 2, "{at}");
                    prop_assert!(waits.iter().any(|(_, when)| when.contains("hours")));
                }
            }
            if waits.iter().all(|(_, when)| !when.contains("hours")) {
                prop_assert_eq!(next_wait(&state, policy, now), None);
            }
            let late = Timestamp::from_micros(i64::MAX / 2);
            let ran: Vec<_> = policy.rules.iter()
                .filter_map(|ready| Some((ready.rule.id, ready.waited(&state, policy, late)?)))
                .collect();
            state.waited.extend(ran);
            prop_assert_eq!(next_wait(&state, policy, Timestamp::from_micros(0)), None);
            prop_assert!(policy.rules.iter().all(|ready| !ready.is_waiting(&state, policy, late)));
        }
    }
}
