//! Clocks explain themselves, and what they say is what they come to.

use crate::case::{Case, Record, Who, inc, network, plain_report, start, words};
use crate::sample::{comment, hold, overridden, resolve};
use crate::terms::{calendar, vary};
use calendar::{Definition, Holiday, Week};
use incident::clocks::{ClockKind, ClockStatus};
use incident::command::Report;
use incident::ledger::{Ledger, Span, Turn, ledgers, pauses};
use incident::state::HoldReason;
use incident::{Change, Command, Policy};
use kernel::Timestamp;
use proptest::prelude::*;

const HOUR: i64 = 3_600;

/// Every ledger adds up to its clock, line by line.
pub fn check(record: &Record, policy: &Policy) {
    let Record { state, events } = record;
    let now = state.updated_at.plus_seconds(12_345);
    let found = ledgers(events, policy, now);
    let current: Vec<_> = found.iter().filter(|ledger| ledger.is_current).collect();
    let clocks: Vec<_> = current.iter().map(|ledger| ledger.clock.clone()).collect();
    assert_eq!(clocks, state.clocks, "the ledgers are those of the clocks");
    for ledger in &found {
        let mut total = 0;
        for entry in &ledger.entries {
            total += entry.added_seconds + entry.adjusted_seconds;
            assert_eq!(entry.total_seconds, total, "{entry:?}");
            assert!(entry.added_seconds >= 0, "time does not run back: {entry:?}");
            let n = entry.cause.filter(|n| *n <= state.version);
            assert_eq!(n.is_none(), entry.turn == Turn::Counting, "{entry:?}");
        }
        let clock = &ledger.clock;
        let elapsed = clock.elapsed_seconds(policy.calendar_of(clock), now);
        assert_eq!(ledger.total_seconds(), elapsed, "{ledger:?}");
        assert_eq!(ledger.entries[0].turn, Turn::Started);
    }
}

fn of(case: &Case, kind: ClockKind) -> Ledger<'_> {
    let events = &case.records[&inc(1)].events;
    let mut found = ledgers(events, &case.policy, case.now);
    found.retain(|ledger| ledger.kind() == kind && ledger.is_current);
    found.remove(0)
}

fn told(ledger: &Ledger<'_>) -> Vec<(&'static str, i64, i64)> {
    let told = ledger.entries.iter();
    told.map(|entry| (entry.turn.as_str(), entry.added_seconds, entry.total_seconds)).collect()
}

/// Office hours with a holiday: the case starts on Monday at noon UTC, 13:00 there.
fn in_office() -> Case {
    let mut case = Case::empty();
    let mut hours = Definition::new("Europe/Berlin", Week::weekdays("09:00", "17:00"));
    hours.holidays = vec![Holiday::named("2026-11-25", "Day of Repentance")];
    let office = calendar(&mut case, 1, 1, hours);
    case.agree(|agreement| agreement.calendar = Some(office.id));
    case.report(Who::Requester, plain_report());
    case
}

#[test]
fn every_line_says_what_happened_and_what_it_added() {
    let mut case = in_office();
    case.wait(2 * HOUR).does(Who::Agent, hold(HoldReason::Requester));
    case.wait(HOUR).does(Who::Requester, comment());
    case.wait(86_400).does(Who::Agent, overridden(3));
    case.wait(2 * 86_400).does(Who::Agent, resolve());
    let ledger = of(&case, ClockKind::Resolution);
    assert_eq!(
        told(&ledger),
        [
            ("started", 0, 0),
            ("paused", 2 * HOUR, 2 * HOUR),
            ("resumed", 0, 2 * HOUR),
            // Monday 16:00 to 17:00, Tuesday 9:00 to 16:00.
            ("retargeted", 8 * HOUR, 10 * HOUR),
            // An hour of Tuesday, nothing of Wednesday, seven hours of Thursday.
            ("met", 8 * HOUR, 18 * HOUR),
        ]
    );
    let words: Vec<&str> = ledger.entries.iter().map(|entry| entry.words.as_str()).collect();
    assert_eq!(
        words,
        [
            "Requester reported it",
            "Agent put it on hold, waiting for the requester",
            "Requester answered",
            "Agent changed the priority from P4 to P3",
            "Agent resolved it",
        ]
    );
    let met = ledger.entries.last().unwrap();
    let skipped: Vec<String> = met.skipped.iter().map(ToString::to_string).collect();
    assert_eq!(skipped, ["Wed 2026-11-25: holiday (Day of Repentance)"]);
    assert_eq!(met.calendar.unwrap().name, "Calendar 1");
    let event = |n: Option<u32>| {
        case.records[&inc(1)].events[n.unwrap() as usize - 1].body.kind().to_owned()
    };
    let causes: Vec<String> = ledger.entries.iter().map(|entry| event(entry.cause)).collect();
    assert_eq!(causes, ["reported", "put_on_hold", "resumed", "priority_changed", "resolved"]);
    assert_eq!(ledger.pauses.len(), 1);
}

#[test]
fn what_runs_is_counted_until_now() {
    let mut case = Case::at_priority(1, 1);
    case.wait(600);
    let ledger = of(&case, ClockKind::Resolution);
    assert_eq!(told(&ledger), [("started", 0, 0), ("counting", 600, 600)]);
    assert_eq!(ledger.entries[1].calendar, None, "round the clock");
    case.does(Who::Agent, comment()).wait(900).tick();
    let ledger = of(&case, ClockKind::Update);
    assert_eq!(told(&ledger)[1], ("warned", 900, 900));
}

#[test]
fn warnings_breaches_and_restarts_have_their_lines() {
    let mut case = Case::at_priority(1, 1);
    case.does(Who::Agent, comment()).wait(2_000).tick().does(Who::Agent, comment()).wait(60);
    let ledger = of(&case, ClockKind::Update);
    assert_eq!(
        told(&ledger),
        [
            ("started", 0, 0),
            ("warned", 1_620, 1_620),
            ("breached", 180, 1_800),
            ("restarted", 200, 0),
            ("counting", 60, 60),
        ]
    );
    assert_eq!(ledger.cycle().len(), 2);
    assert_eq!(ledger.entries[3].words, "Agent wrote to the requester");
}

#[test]
fn each_team_has_its_own_ledger() {
    let mut case = Case::empty();
    vary(&mut case, 1);
    case.report(Who::Desktop, Report { team: Some(network()), ..plain_report() });
    case.wait(HOUR);
    let assign = |team| Command::Assign { team: Change::Set(team), assignee: Change::Keep };
    case.does(Who::Agent, assign(crate::case::desktop())).wait(60);
    let events = &case.records[&inc(1)].events;
    let teams = ledgers(events, &case.policy, case.now);
    let teams: Vec<_> = teams.iter().filter(|ledger| ledger.kind() == ClockKind::Team).collect();
    assert_eq!(teams.len(), 2);
    assert_eq!((teams[0].team(), teams[0].is_current), (Some(network()), false));
    let last = teams[0].entries.last().unwrap();
    assert_eq!((last.turn, last.total_seconds), (Turn::Met, HOUR));
    assert_eq!(teams[1].entries[0].words, "Agent gave it to Desktop");
}

#[test]
fn what_a_reopening_counted_that_was_none_is_taken_back() {
    let mut case = Case::at_priority(1, 1);
    case.wait(100).does(Who::Agent, resolve()).wait(1_000).does(Who::Requester, comment());
    case.wait(500).does(Who::Agent, Command::NotAReopening);
    let ledger = of(&case, ClockKind::Resolution);
    let last = ledger.entries.last().unwrap();
    assert_eq!(
        (last.turn, last.added_seconds, last.adjusted_seconds),
        (Turn::TakenBack, 500, -500)
    );
    assert_eq!(last.total_seconds, 100);
}

/// A hold of four hours on Monday, from 13:00 to 17:00 there, then an hour of Tuesday.
fn held() -> Case {
    let mut case = in_office();
    case.does(Who::Agent, hold(HoldReason::Requester)).wait(20 * HOUR);
    case.does(Who::Agent, Command::Resume).wait(HOUR);
    case
}

fn correct(case: &Case, span: Option<(i64, i64)>) -> Command {
    let events = &case.records[&inc(1)].events;
    let at = |seconds: i64| start().plus_seconds(seconds);
    Command::CorrectPause {
        n: pauses(events)[0].n,
        from: span.map(|(from, _)| at(from)),
        to: span.map(|(_, to)| at(to)),
        reason: words(1),
    }
}

#[test]
fn a_pause_that_was_too_long_gives_its_time_back() {
    let mut case = held();
    assert_eq!(
        case.clock(ClockKind::Resolution)
            .elapsed_seconds(case.policy.calendar_of(case.clock(ClockKind::Resolution)), case.now),
        HOUR
    );
    let command = correct(&case, Some((0, HOUR)));
    case.does(Who::Manager, command);
    // Three hours of Monday and one of Tuesday.
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!(clock.used_micros, 4 * HOUR * 1_000_000);
    assert_eq!((clock.status, clock.since), (ClockStatus::Running, Some(case.now)));
    let ledger = of(&case, ClockKind::Resolution);
    let line = ledger.entries.iter().find(|entry| entry.turn == Turn::Corrected).unwrap();
    assert_eq!((line.added_seconds, line.adjusted_seconds), (HOUR, 3 * HOUR));
    assert_eq!(line.words, "Manager corrected a pause");
    let span = |from, to| (start().plus_seconds(from), Some(start().plus_seconds(to)));
    assert_eq!(ledger.pauses, [span(0, HOUR)]);
    let told = pauses(&case.records[&inc(1)].events)[0];
    let of = |from, to| Span { from: start().plus_seconds(from), to: start().plus_seconds(to) };
    assert_eq!((told.recorded, told.counted), (of(0, 20 * HOUR), Some(of(0, HOUR))));
    // No pause at all, and then as it was.
    let command = correct(&case, None);
    case.does(Who::Manager, command);
    assert_eq!(case.clock(ClockKind::Resolution).used_micros, 5 * HOUR * 1_000_000);
    let command = correct(&case, Some((0, 20 * HOUR)));
    case.does(Who::Manager, command);
    assert_eq!(case.clock(ClockKind::Resolution).used_micros, HOUR * 1_000_000);
}

#[test]
fn a_breach_is_judged_anew_by_what_was_corrected() {
    // P1: resolution in four hours, round the clock.
    let mut case = Case::at_priority(1, 1);
    case.does(Who::Agent, comment()).does(Who::Agent, hold(HoldReason::Requester));
    case.wait(3 * HOUR).does(Who::Agent, Command::Resume).wait(3 * HOUR).tick();
    assert_eq!(case.clock(ClockKind::Resolution).breached_at, None);
    let command = correct(&case, None);
    case.does(Who::Manager, command);
    let clock = case.clock(ClockKind::Resolution);
    let due = start().plus_seconds(4 * HOUR);
    assert_eq!((clock.breached_at, clock.first_breached_at), (Some(due), Some(due)));
    assert_eq!(clock.due_at, Some(due));
    assert!(case.records[&inc(1)].events.iter().any(|event| event.body.kind() == "clock_breached"
        && event.body.data_json().contains("resolution")));
    let command = correct(&case, Some((0, 3 * HOUR)));
    case.does(Who::Manager, command);
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!((clock.breached_at, clock.first_breached_at), (None, Some(due)), "told is told");
    assert_eq!(clock.due_at, Some(start().plus_seconds(7 * HOUR)));
}

#[test]
fn a_clock_that_met_its_target_can_turn_out_to_have_missed_it() {
    let mut case = Case::at_priority(1, 1);
    case.wait(60).does(Who::Integration, hold(HoldReason::Requester));
    case.wait(HOUR).does(Who::Integration, Command::Resume).wait(60);
    case.does(Who::Agent, comment());
    assert_eq!(case.clock(ClockKind::Response).breached_at, None);
    let command = correct(&case, Some((60, 120)));
    case.does(Who::Manager, command);
    let response = case.clock(ClockKind::Response);
    // 900 s are used up 60 s later than without the pause that was left.
    assert_eq!(response.breached_at, Some(start().plus_seconds(960)));
    assert_eq!(response.status, ClockStatus::Stopped);
    // The update clock began after the pause.
    assert_eq!(case.clock(ClockKind::Update).used_micros, 0);
}

#[test]
fn only_pauses_that_were_can_be_corrected_and_only_to_what_can_be() {
    let mut case = held();
    let n = pauses(&case.records[&inc(1)].events)[0].n;
    let at = |seconds: i64| Some(start().plus_seconds(seconds));
    let correct = |n, from, to| Command::CorrectPause { n, from, to, reason: words(1) };
    for (command, field) in [
        (correct(1, None, None), "n"),
        (correct(999, None, None), "n"),
        (correct(n, at(60), None), "to"),
        (correct(n, None, at(60)), "from"),
        (correct(n, at(60), at(60)), "to"),
        (correct(n, at(-60), at(60)), "from"),
        (correct(n, at(60), at(30 * 86_400)), "to"),
    ] {
        let refusal = case.refuses(Who::Manager, command);
        assert_eq!(refusal.field, Some(field), "{}", refusal.message);
    }
    let same = correct(n, at(0), at(20 * HOUR));
    assert_eq!(case.refuses(Who::Manager, same).code, "nothing_to_change");
    let mut case = Case::at_priority(1, 1);
    case.does(Who::Agent, hold(HoldReason::Vendor)).wait(60).does(Who::Agent, Command::Resume);
    let n = pauses(&case.records[&inc(1)].events)[0].n;
    let refusal = case.refuses(Who::Manager, correct(n, None, None));
    assert_eq!(refusal.code, "nothing_to_change", "a hold that pauses no clock");
}

#[test]
fn those_who_have_it_and_those_who_manage_correct_its_pauses() {
    let mut case = held();
    let command = correct(&case, None);
    assert_eq!(case.refuses(Who::Desktop, command.clone()).code, "forbidden");
    assert_eq!(case.refuses(Who::Requester, command.clone()).code, "forbidden");
    case.does(Who::Agent, crate::sample::assign_team());
    case.does(Who::Responder, command);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Told another way: business time of all there was, but for what lies in a pause.
    #[test]
    fn corrected_pauses_come_to_the_time_outside_of_them(
        terms in 0usize..2,
        holds in proptest::collection::vec((0i64..40_000, 1i64..90_000, any::<bool>()), 1..6),
        corrections in proptest::collection::vec((0usize..6, proptest::option::of((0i64..400_000, 1i64..100_000))), 0..6),
    ) {
        let mut case = Case::empty();
        vary(&mut case, terms);
        case.report(Who::Requester, plain_report());
        let mut counted: Vec<Option<(Timestamp, Timestamp)>> = vec![];
        for (before, lasts, pausing) in &holds {
            let reason = if *pausing { HoldReason::Requester } else { HoldReason::Change };
            case.wait(*before).does(Who::Agent, hold(reason));
            let from = case.now;
            case.wait(*lasts).does(Who::Agent, Command::Resume);
            counted.push(pausing.then_some((from, case.now)));
        }
        let names = pauses(&case.records[&inc(1)].events);
        let pausing: Vec<bool> = holds.iter().map(|(_, _, pausing)| *pausing).collect();
        for (which, span) in &corrections {
            let which = which % names.len();
            let from = span.map(|(from, _)| start().plus_seconds(from));
            let to = span.map(|(from, lasts)| start().plus_seconds(from + lasts));
            let command = Command::CorrectPause { n: names[which].n, from, to, reason: words(1) };
            case.wait(60);
            if case.issue(Who::Manager, inc(1), &command).is_ok() {
                prop_assert!(pausing[which]);
                counted[which] = from.zip(to);
            }
        }
        let clock = case.clock(ClockKind::Resolution);
        let calendar = case.policy.calendar_of(clock);
        let mut cuts: Vec<Timestamp> = counted.iter().flatten().flat_map(|(from, to)| [*from, *to]).collect();
        cuts.extend([start(), case.now]);
        cuts.sort();
        let outside = |from: Timestamp| !counted.iter().flatten().any(|(a, b)| *a <= from && from < *b);
        let expected: i64 = cuts.windows(2).filter(|pair| outside(pair[0])).map(|pair| calendar.elapsed_micros(pair[0], pair[1])).sum();
        prop_assert_eq!(clock.used_at(calendar, case.now), expected);
        let over = expected / 1_000_000 > clock.target_seconds;
        case.tick();
        prop_assert_eq!(case.clock(ClockKind::Resolution).breached_at.is_some(), over);
    }
}
