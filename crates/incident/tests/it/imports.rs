//! Another system's past: replayed at its own times, telling nobody.

use crate::case::{Case, Who, inc, plain_report, start, words};
use crate::sample::{assign, note, resolve};
use incident::clocks::ClockKind;
use incident::{Command, Lifecycle, Origin, effects, timers, wake_at};
use kernel::Channel;

const YEAR: i64 = 365 * 86_400;

/// A case that imports: everything happened a year before it is recorded.
fn importing() -> Case {
    let mut case = Case::empty();
    case.origin = Origin::Import;
    case.channel = Channel::Import;
    case.happened_at = Some(start().plus_seconds(-YEAR));
    case.report(Who::Integration, plain_report());
    case
}

fn later(case: &mut Case, seconds: i64) -> &mut Case {
    case.happened_at = case.happened_at.map(|at| at.plus_seconds(seconds));
    case
}

/// From here on people work on it.
fn live(case: &mut Case) -> &mut Case {
    case.origin = Origin::Live;
    case.channel = Channel::Web;
    case.happened_at = None;
    case
}

#[test]
fn the_past_keeps_its_own_instants_and_codes() {
    let mut case = importing();
    later(&mut case, 600).does(Who::Integration, assign(Who::Agent));
    let odd = Command::Resolve {
        code: "Solved (Permanently)".into(),
        note: words(1),
        cause: None,
        known_error: None,
        children: false,
    };
    later(&mut case, 3_000).does(Who::Integration, odd);
    let state = case.state();
    assert_eq!(state.reported_at, start().plus_seconds(-YEAR));
    assert_eq!(state.moments.resolved, Some(start().plus_seconds(-YEAR + 3_600)));
    assert_eq!(
        case.clock(ClockKind::Resolution).elapsed_seconds(&crate::case::always(), case.now),
        3_600
    );
    assert!(case.records[&inc(1)].events.iter().all(|event| event.at == case.now));
}

#[test]
fn the_past_is_not_closed_before_it_says_so() {
    let mut case = importing();
    case.does(Who::Integration, resolve());
    later(&mut case, 40 * 86_400).does(Who::Integration, Command::Reopen { note: words(1) });
    later(&mut case, 60).does(Who::Integration, resolve());
    later(&mut case, 40 * 86_400).does(Who::Integration, Command::Close);
    assert_eq!(case.life(), Lifecycle::Closed);
    assert_eq!(
        case.story(),
        ["reported", "resolved", "reopened", "resolved", "closed"],
        "nothing of our own is mixed in"
    );
}

#[test]
fn a_breach_of_the_past_is_a_fact_and_a_warning_is_none() {
    let mut case = importing();
    later(&mut case, 5 * 86_400 + 10).does(Who::Integration, resolve());
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!(clock.breached_at, Some(start().plus_seconds(-YEAR + 5 * 86_400)));
    let events = &case.records[&inc(1)].events;
    assert!(events.iter().all(|event| event.body.kind() != "clock_warned"));
}

#[test]
fn what_was_imported_is_silent_until_somebody_touches_it() {
    let mut case = importing();
    later(&mut case, 60).does(Who::Integration, resolve());
    assert!(case.state().quiet);
    assert_eq!(timers(case.state(), &case.policy).len(), 0);
    assert_eq!(wake_at(case.state(), &case.policy), None);
    let record = &case.records[&inc(1)];
    assert_eq!(effects(None, &record.state, &record.events, &case.policy), vec![]);
    live(&mut case).tick();
    assert_eq!(case.life(), Lifecycle::Resolved, "a timer is nobody");
    case.does(Who::Agent, note());
    assert!(!case.state().quiet);
    assert_eq!(case.life(), Lifecycle::Resolved);
    case.wait(1).tick();
    assert_eq!(case.life(), Lifecycle::Closed, "its silence was over long ago");
    assert_eq!(case.state().moments.closed, Some(start()), "but not before it was touched");
}
