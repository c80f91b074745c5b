//! A recorded timeline played again comes to the recorded clocks, and under other terms
//! to those that would have been recorded under them.

use crate::case::{Case, Who, inc, plain_report, standard, start, vpn};
use crate::properties::{Step, step};
use calendar::{Definition, Holiday, Week};
use incident::clocks::{Clock, ClockKind};
use incident::command::Report;
use incident::policy::{
    Agreement, Agreements, BusinessHours, CalendarChoice, Calendars, Selection, StartMoment,
    TeamTargets, VendorTargets,
};
use incident::replay::{Promises, Replayed, replay};
use incident::state::{AgreementRef, CalendarRef, HoldReason};
use incident::{Command, Policy, Visibility};
use kernel::{AgreementId, CalendarId, Channel, IncidentNumber, Priority, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

fn office() -> CalendarId {
    CalendarId(Uuid::from_u128(0x901))
}

fn hours(version: i64, opens: &str, closes: &str) -> BusinessHours {
    let mut definition = Definition::new("Europe/Berlin", Week::weekdays(opens, closes));
    definition.holidays = vec![Holiday::new("2026-11-25")];
    BusinessHours {
        reference: CalendarRef { id: office(), version },
        name: "Office".to_owned(),
        definition,
        retired: false,
    }
}

/// For one service: business hours, clocks of teams and suppliers.
fn gold(version: i64) -> Agreement {
    let hour = 3_600 * version;
    let by_priority = |seconds: i64| Priority::ALL.map(|priority| (priority, seconds)).into();
    Agreement {
        reference: AgreementRef { id: AgreementId(Uuid::from_u128(0x802)), version },
        name: "Gold".to_owned(),
        targets: standard()
            .targets
            .into_iter()
            .map(|(priority, mut targets)| {
                targets.insert(ClockKind::Update, 2 * hour);
                targets.insert(ClockKind::Resolution, 9 * hour);
                (priority, targets)
            })
            .collect(),
        calendar: Some(office()),
        calendar_by_priority: BTreeMap::from([(Priority::ALL[0], None)]),
        starts_at: StartMoment::Detected,
        applies_to: Selection { services: [vpn()].into(), ..Selection::default() },
        is_default: false,
        pause_reasons: [HoldReason::Requester, HoldReason::Change].into(),
        team_targets: vec![TeamTargets {
            team: None,
            calendar: CalendarChoice::RoundTheClock,
            targets: by_priority(hour),
        }],
        vendor_targets: Some(VendorTargets {
            calendar: CalendarChoice::OfAgreement,
            targets: by_priority(hour),
        }),
        ..standard()
    }
}

fn always_since() -> Timestamp {
    Timestamp::from_micros(i64::MIN)
}

/// Two agreements; the newer version of one, and of its calendar, come in force after
/// two hours.
fn changing() -> (Agreements, Calendars) {
    let later = start().plus_seconds(7_200);
    let versions = [(standard(), always_since()), (gold(1), always_since()), (gold(2), later)];
    let mut calendars = Calendars::default();
    calendars.add(hours(1, "08:00", "18:00"), always_since()).unwrap();
    calendars.add(hours(2, "10:00", "14:00"), later).unwrap();
    (Agreements::new(versions).unwrap(), calendars)
}

/// One agreement, stricter than the standard one, in which taking is answering.
fn strict() -> (Agreements, Calendars) {
    let mut agreement = standard();
    for targets in agreement.targets.values_mut() {
        targets.insert(ClockKind::Update, 1_200);
        targets.values_mut().for_each(|seconds| *seconds = (*seconds / 3).max(60));
    }
    agreement.acknowledgement_responds = true;
    agreement.calendar = Some(office());
    let mut calendars = Calendars::default();
    calendars.add(hours(1, "09:00", "17:00"), always_since()).unwrap();
    (Agreements::only(agreement), calendars)
}

fn case(terms: (Agreements, Calendars)) -> Case {
    let mut case = Case::empty();
    (case.policy.agreements, case.policy.calendars) = (terms.0, std::sync::Arc::new(terms.1));
    let vpn = Report { service: Some(vpn()), ..plain_report() };
    case.report(Who::Agent, vpn);
    case.report(Who::Requester, plain_report());
    case
}

fn tick(case: &mut Case) {
    case.happened_at = None;
    for number in case.records.keys().copied().collect::<Vec<_>>() {
        case.issue(Who::System, number, &Command::Tick).unwrap();
    }
}

/// Time goes on, every timer rings at its instant, and somebody wishes something;
/// whether it was granted.
fn play(case: &mut Case, step: &Step) -> bool {
    let until = case.now.plus_micros(step.micros.abs());
    while let Some(at) = case
        .records
        .values()
        .filter_map(|record| incident::wake_at(&record.state, &case.policy))
        .min()
        .filter(|at| *at <= until)
    {
        case.now = at;
        tick(case);
    }
    case.now = until;
    tick(case);
    case.happened_at = step.late_micros.map(|late| case.now.plus_micros(-late));
    let number = match step.command {
        Command::Report(_) => inc(case.records.len() as i64 + 1),
        _ => step.number,
    };
    let granted = case.issue(step.who, number, &step.command).is_ok();
    case.happened_at = None;
    if step.rings && step.late_micros.is_none() {
        let channel = std::mem::replace(&mut case.channel, Channel::Timer);
        for subject in crate::terms::subjects() {
            case.issue(Who::System, number, &Command::Recompute { subject }).ok();
        }
        case.channel = channel;
    }
    granted
}

fn again(case: &Case, number: IncidentNumber, policy: &Policy, promises: Promises) -> Replayed {
    replay(&case.records[&number].events, policy, promises, case.now).unwrap()
}

/// Warnings follow from nothing that is played again.
fn unwarned(clocks: &[Clock]) -> Vec<Clock> {
    clocks.iter().map(|clock| Clock { warned_share: 0, ..clock.clone() }).collect()
}

fn story(case: &Case, number: IncidentNumber) -> Vec<(&str, Timestamp)> {
    let events = case.records[&number].events.iter();
    let told = events.filter(|event| {
        let kind = event.body.kind();
        !kind.starts_with("clock") && kind != "agreement_changed" && kind != "responded"
    });
    told.map(|event| (event.body.kind(), event.happened_at)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn under_the_recorded_terms_it_comes_to_the_recorded_clocks(steps in proptest::collection::vec(step(), 1..40)) {
        let mut case = case(changing());
        for step in &steps {
            play(&mut case, step);
        }
        tick(&mut case);
        for (number, record) in &case.records {
            let replayed = again(&case, *number, &case.policy, Promises::Recorded);
            prop_assert_eq!(unwarned(&replayed.state.clocks), unwarned(&record.state.clocks), "{:#?}", record.events);
            prop_assert_eq!(replayed.state.agreement, record.state.agreement);
        }
    }

    #[test]
    fn under_other_terms_it_comes_to_what_they_would_have_recorded(steps in proptest::collection::vec(step(), 1..30)) {
        let (mut one, mut other) = (case(changing()), case(strict()));
        for step in &steps {
            // What went over to newer terms did so under one policy only.
            let step = Step { rings: false, ..step.clone() };
            // Silence closes by the calendar, and only what was breached is explained: what
            // one policy grants and the other does not makes two stories.
            if play(&mut one, &step) != play(&mut other, &step) {
                return Ok(());
            }
        }
        tick(&mut one);
        tick(&mut other);
        for (number, record) in &other.records {
            // Silence may close by another calendar; then they are two stories.
            if story(&one, *number) != story(&other, *number) {
                continue;
            }
            let replayed = again(&one, *number, &other.policy, Promises::Anew);
            prop_assert_eq!(unwarned(&replayed.state.clocks), unwarned(&record.state.clocks), "{:#?}", one.records[number].events);
            prop_assert_eq!(replayed.state.moments.responded, record.state.moments.responded);
        }
    }
}

#[test]
fn a_promise_that_would_have_been_broken_is_broken_at_its_due_instant() {
    let mut case = Case::at_priority(1, 1);
    let comment = Command::Comment { body: crate::case::words(1), visibility: Visibility::Public };
    case.wait(800).does(Who::Agent, comment).wait(600);
    let response = |replayed: &Replayed| {
        let clocks = &replayed.state.clocks;
        clocks.iter().find(|clock| clock.kind == ClockKind::Response).unwrap().first_breached_at
    };
    assert_eq!(response(&again(&case, inc(1), &case.policy, Promises::Anew)), None);
    let mut stricter = case.policy.clone();
    let mut agreement = standard();
    agreement.targets.get_mut(&Priority::ALL[0]).unwrap().insert(ClockKind::Response, 700);
    stricter.agreements = stricter.agreements.instead(agreement);
    let replayed = again(&case, inc(1), &stricter, Promises::Anew);
    assert_eq!(response(&replayed), Some(start().plus_seconds(700)));
    // Played up to an earlier instant, nothing is broken yet.
    let before = start().plus_seconds(650);
    let replayed = replay(&case.records[&inc(1)].events, &stricter, Promises::Anew, before);
    assert_eq!(response(&replayed.unwrap()), None);
}

#[test]
fn nothing_was_promised_before_the_report() {
    let case = Case::new();
    let before = start().plus_seconds(-1);
    let events = &case.records[&inc(1)].events;
    assert_eq!(replay(events, &case.policy, Promises::Anew, before), None);
}

#[test]
fn clocks_of_teams_that_gave_it_away_are_kept() {
    let mut case = case(changing());
    for (seconds, team) in [(4_000, crate::case::desktop()), (1_000, crate::case::network())] {
        let team = incident::Change::Set(team);
        let assign = Command::Assign { team, assignee: incident::Change::Clear };
        case.wait(seconds).does(Who::Agent, assign);
    }
    let replayed = again(&case, inc(1), &case.policy, Promises::Recorded);
    let ended: Vec<_> =
        replayed.left.iter().map(|clock| (clock.team, clock.first_breached_at.is_some())).collect();
    let (network, desktop) = (crate::case::network(), crate::case::desktop());
    assert_eq!(ended, [(Some(network), true), (Some(desktop), false)]);
}
