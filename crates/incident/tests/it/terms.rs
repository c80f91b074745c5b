//! What is promised to whom, by whose hours it is counted, and what becomes of open
//! incidents when it changes.

use crate::case::{
    Case, Who, category, company, desktop, inc, network, plain_report, standard, start, vpn,
};
use crate::sample::{comment, hold, resolve};
use calendar::{Definition, Holiday, Week};
use incident::clocks::{ClockKind, ClockStatus};
use incident::command::Report;
use incident::impact::Subject;
use incident::policy::{
    Agreement, Agreements, BusinessHours, CalendarChoice, Selection, StartMoment, TeamTargets,
    VendorTargets,
};
use incident::state::{AgreementRef, CalendarRef, HoldReason};
use incident::{Body, Change, Command};
use kernel::{AgreementId, CalendarId, Priority, TeamId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

const HOUR: i64 = 3_600;

/// Makes a version of a calendar known, in force from always.
pub fn calendar(case: &mut Case, n: u128, version: i64, definition: Definition) -> CalendarRef {
    let reference = CalendarRef { id: CalendarId(Uuid::from_u128(0x900 + n)), version };
    let name = format!("Calendar {n}");
    let hours = BusinessHours { reference, name, definition, retired: false };
    let calendars = Arc::make_mut(&mut case.policy.calendars);
    calendars.add(hours, Timestamp::from_micros(version)).unwrap();
    reference
}

/// Monday to Friday, 9 to 17, in Berlin: 8 to 16 UTC in November.
pub fn office(case: &mut Case) -> CalendarRef {
    calendar(case, 1, 1, Definition::new("Europe/Berlin", Week::weekdays("09:00", "17:00")))
}

fn everywhere(seconds: i64) -> BTreeMap<Priority, i64> {
    Priority::ALL.into_iter().map(|priority| (priority, seconds)).collect()
}

/// Terms for property tests: 0 is the standard; 1 has office hours, teams and a
/// supplier; 2 has a second agreement for one service besides.
pub fn vary(case: &mut Case, terms: usize) {
    if terms == 0 {
        return;
    }
    let office = office(case).id;
    case.agree(|agreement| {
        agreement.calendar = Some(office);
        agreement.calendar_by_priority.insert(Priority::ALL[0], None);
        agreement.starts_at = StartMoment::Detected;
        agreement.team_targets = vec![of_team(Some(network()), 2 * HOUR), of_team(None, HOUR)];
        agreement.vendor_targets = Some(VendorTargets {
            calendar: CalendarChoice::RoundTheClock,
            targets: everywhere(4 * HOUR),
        });
    });
    if terms == 2 {
        let first = case.policy.agreements.default(case.now).clone();
        let second = for_vpn(1, 1_000);
        case.policy.agreements = agreements([(first, 0), (second, 0)]);
    }
}

fn of_team(team: Option<TeamId>, seconds: i64) -> TeamTargets {
    TeamTargets { team, calendar: CalendarChoice::OfAgreement, targets: everywhere(seconds) }
}

/// An agreement for the VPN that promises every resolution in so many seconds.
fn for_vpn(version: i64, seconds: i64) -> Agreement {
    let target = |priority| (priority, BTreeMap::from([(ClockKind::Resolution, seconds)]));
    Agreement {
        reference: AgreementRef { id: AgreementId(Uuid::from_u128(0x802)), version },
        name: "VPN".to_owned(),
        targets: Priority::ALL.into_iter().map(target).collect(),
        applies_to: Selection { services: BTreeSet::from([vpn()]), ..Selection::default() },
        is_default: false,
        ..standard()
    }
}

/// In force from so many seconds after the start.
fn agreements<const N: usize>(all: [(Agreement, i64); N]) -> Agreements {
    Agreements::new(all.map(|(agreement, since)| (agreement, start().plus_seconds(since)))).unwrap()
}

/// Everything in these cases that can be followed.
pub fn subjects() -> Vec<Subject> {
    let office = CalendarId(Uuid::from_u128(0x901));
    vec![
        Subject::Agreement(standard().reference.id),
        Subject::Agreement(for_vpn(1, 0).reference.id),
        Subject::Calendar(office),
    ]
}

fn follow_vpn() -> Command {
    Command::Recompute { subject: Subject::Agreement(for_vpn(1, 0).reference.id) }
}

fn on_vpn() -> Report {
    Report { service: Some(vpn()), ..plain_report() }
}

fn classify(service: Change<kernel::ServiceId>) -> Command {
    Command::Classify {
        title: None,
        service,
        category: Change::Keep,
        fields: BTreeMap::new(),
        affected: None,
    }
}

fn to_team(team: TeamId) -> Command {
    Command::Assign { team: Change::Set(team), assignee: Change::Keep }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn clocks_count_the_hours_of_the_agreement() {
    let mut case = Case::empty();
    let office = office(&mut case);
    case.agree(|agreement| agreement.calendar = Some(office.id));
    case.report(Who::Requester, plain_report());
    let clock = case.clock(ClockKind::Response);
    assert_eq!(clock.calendar, Some(office));
    // Eight hours from Monday noon UTC: four that day, four on Tuesday.
    assert_eq!(clock.due_at, Some(at("2026-11-24T12:00:00Z")));
    case.now = at("2026-11-24T12:00:00Z");
    case.tick();
    assert_eq!(case.clock(ClockKind::Response).breached_at, None, "met exactly is met");
    case.wait(1).tick();
    assert_eq!(case.clock(ClockKind::Response).breached_at, Some(at("2026-11-24T12:00:00Z")));
}

#[test]
fn what_is_due_at_closing_time_is_breached_in_the_morning_and_at_closing_time() {
    let mut case = Case::empty();
    let office = office(&mut case);
    case.agree(|agreement| {
        agreement.calendar = Some(office.id);
        agreement.targets.get_mut(&Priority::ALL[3]).unwrap().insert(ClockKind::Response, 4 * HOUR);
    });
    case.report(Who::Requester, plain_report());
    let closing = at("2026-11-23T16:00:00Z");
    case.now = at("2026-11-24T08:00:00Z");
    case.tick();
    assert_eq!(case.clock(ClockKind::Response).breached_at, None);
    case.wait(1).tick();
    assert_eq!(case.clock(ClockKind::Response).breached_at, Some(closing));
}

#[test]
fn a_priority_can_count_round_the_clock() {
    let mut case = Case::empty();
    let office = office(&mut case);
    case.agree(|agreement| {
        agreement.calendar = Some(office.id);
        agreement.calendar_by_priority.insert(Priority::ALL[3], None);
    });
    case.report(Who::Requester, plain_report());
    assert_eq!(case.clock(ClockKind::Response).due_at, Some(start().plus_seconds(8 * HOUR)));
    assert_eq!(case.clock(ClockKind::Response).calendar, None);
}

#[test]
fn the_first_agreement_that_matches_applies_and_the_default_to_the_rest() {
    let all = |applies_to: Selection| {
        let agreement = Agreement { applies_to, ..for_vpn(1, 60) };
        let mut case = Case::empty();
        case.policy.agreements = agreements([(standard(), 0), (agreement, 0)]);
        case
    };
    let mut category_below = case_category(all(Selection {
        categories: BTreeSet::from([above()]),
        ..Selection::default()
    }));
    let report = |case: &mut Case, report: Report| {
        let number = case.report(Who::Agent, report);
        case.records[&number].state.agreement.id == for_vpn(1, 60).reference.id
    };
    let mut service = all(Selection { services: BTreeSet::from([vpn()]), ..Selection::default() });
    assert!(report(&mut service, on_vpn()));
    assert!(!report(&mut service, plain_report()));
    let mut theirs =
        all(Selection { organisations: BTreeSet::from([company()]), ..Selection::default() });
    assert!(report(&mut theirs, plain_report()));
    let of_stranger = || Report { requester: Who::Stranger.id(), ..plain_report() };
    assert!(!report(&mut theirs, of_stranger()));
    let mut one_person =
        all(Selection { requesters: BTreeSet::from([Who::Stranger.id()]), ..Selection::default() });
    assert!(report(&mut one_person, of_stranger()));
    assert!(!report(&mut one_person, plain_report()));
    assert!(report(&mut category_below, Report { category: Some(category()), ..plain_report() }));
    let mut both = all(Selection {
        services: BTreeSet::from([vpn()]),
        organisations: BTreeSet::from([company()]),
        ..Selection::default()
    });
    assert!(report(&mut both, on_vpn()));
    assert!(!report(&mut both, Report { requester: Who::Stranger.id(), ..on_vpn() }));
}

fn above() -> kernel::CategoryId {
    kernel::CategoryId(Uuid::from_u128(0x799))
}

fn case_category(mut case: Case) -> Case {
    case.policy.categories.get_mut(&category()).unwrap().parent = Some(above());
    let path = "Network".to_owned();
    let parent = Some(category());
    // A circle, which must not keep anybody waiting.
    case.policy.categories.insert(above(), incident::policy::CategoryPolicy { path, parent });
    case
}

#[test]
fn agreements_are_tried_in_their_order() {
    let first = Agreement { place: 1, ..for_vpn(1, 60) };
    let id = AgreementId(Uuid::from_u128(0x700));
    let second =
        Agreement { place: 2, reference: AgreementRef { id, version: 1 }, ..for_vpn(1, 90) };
    let mut case = Case::empty();
    case.policy.agreements = agreements([(second.clone(), 0), (standard(), 0), (first.clone(), 0)]);
    case.report(Who::Requester, on_vpn());
    assert_eq!(case.state().agreement, first.reference);
    let (first, second) = (Agreement { place: 3, ..first }, second);
    case.policy.agreements = agreements([(first, 0), (standard(), 0), (second.clone(), 0)]);
    let number = case.report(Who::Requester, on_vpn());
    assert_eq!(case.records[&number].state.agreement, second.reference);
}

#[test]
fn a_new_version_is_for_new_incidents_from_its_day_on() {
    let mut case = Case::empty();
    case.policy.agreements =
        agreements([(standard(), 0), (for_vpn(1, 600), 0), (for_vpn(2, 60), 100)]);
    case.report(Who::Requester, on_vpn());
    assert_eq!(case.clock(ClockKind::Resolution).target_seconds, 600);
    case.wait(200).does(Who::Agent, comment());
    assert_eq!(case.clock(ClockKind::Resolution).target_seconds, 600, "a promise is kept");
    let number = case.report(Who::Requester, on_vpn());
    let state = &case.records[&number].state;
    assert_eq!((state.agreement.version, state.clocks[0].target_seconds), (2, 60));
}

#[test]
fn open_incidents_can_go_over_to_new_terms_with_what_they_used() {
    let mut case = Case::empty();
    case.policy.agreements =
        agreements([(standard(), 0), (for_vpn(1, 600), 0), (for_vpn(2, 60), 100)]);
    case.report(Who::Requester, on_vpn());
    case.wait(200).does(Who::System, follow_vpn());
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!((clock.target_seconds, clock.breached_at), (60, Some(start().plus_seconds(200))));
    let kinds: Vec<_> = case.records[&inc(1)].events.iter().map(|e| e.body.kind()).collect();
    let after = ["agreement_changed", "clocks_changed", "clock_breached"];
    assert_eq!(kinds, [&["reported", "clocks_changed"][..], &after].concat());
    let events = case.records[&inc(1)].events.len();
    case.does(Who::System, follow_vpn());
    assert_eq!(case.records[&inc(1)].events.len(), events, "the second time nothing moves");
    case.refuses(Who::Administrator, follow_vpn());
}

#[test]
fn a_new_version_of_a_calendar_counts_where_clocks_go_over_to_it() {
    let mut case = Case::empty();
    let old = office(&mut case);
    case.agree(|agreement| agreement.calendar = Some(old.id));
    case.report(Who::Requester, plain_report());
    let due = case.clock(ClockKind::Response).due_at;
    let mut closed = Definition::new("Europe/Berlin", Week::weekdays("09:00", "17:00"));
    closed.holidays = vec![Holiday::new("2026-11-24")];
    let new = calendar(&mut case, 1, 2, closed);
    case.wait(HOUR).does(Who::Agent, crate::sample::note());
    assert_eq!(case.clock(ClockKind::Response).due_at, due, "the promise is kept");
    case.does(Who::System, Command::Recompute { subject: Subject::Calendar(old.id) });
    let clock = case.clock(ClockKind::Response);
    assert_eq!((clock.calendar, clock.used_micros), (Some(new), HOUR * 1_000_000));
    assert_eq!(clock.due_at, Some(at("2026-11-25T12:00:00Z")));
}

#[test]
fn what_follows_one_change_keeps_all_other_promises() {
    let mut case = Case::empty();
    let old = office(&mut case);
    let vpn = |version, seconds| Agreement { calendar: Some(old.id), ..for_vpn(version, seconds) };
    case.policy.agreements =
        agreements([(standard(), 0), (vpn(1, 8 * HOUR), 0), (vpn(2, 60), 100)]);
    case.report(Who::Requester, on_vpn());
    let mut closed = Definition::new("Europe/Berlin", Week::weekdays("09:00", "17:00"));
    closed.holidays = vec![Holiday::new("2026-11-24")];
    let new = calendar(&mut case, 1, 2, closed);
    let follow = Command::Recompute { subject: Subject::Calendar(old.id) };
    case.wait(HOUR).does(Who::System, follow);
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!((clock.calendar, clock.target_seconds), (Some(new), 8 * HOUR));
    assert_eq!(case.state().agreement.version, 1, "nobody said that these follow");
    let newest = calendar(&mut case, 1, 3, Definition::new("Europe/Berlin", Week::always()));
    case.does(Who::System, follow_vpn());
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!((clock.calendar, clock.target_seconds), (Some(new), 60), "nor these hours");
    assert_ne!(Some(newest), clock.calendar);
}

#[test]
fn another_service_can_mean_another_agreement() {
    let mut case = Case::empty();
    case.policy.agreements = agreements([(standard(), 0), (for_vpn(1, 2 * HOUR), 0)]);
    case.report(Who::Requester, plain_report());
    case.wait(HOUR).does(Who::Agent, classify(Change::Set(vpn())));
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!(
        (clock.target_seconds, clock.due_at),
        (2 * HOUR, Some(start().plus_seconds(2 * HOUR)))
    );
    assert_eq!(case.state().agreement, for_vpn(1, 0).reference);
    case.does(Who::Agent, classify(Change::Clear));
    assert_eq!(case.state().agreement, standard().reference);
    let changes = case.story().iter().filter(|kind| **kind == "agreement_changed").count();
    assert_eq!(changes, 2);
}

#[test]
fn every_assignment_to_a_team_has_a_clock_of_its_own() {
    let mut case = Case::empty();
    case.agree(|agreement| agreement.team_targets = vec![of_team(Some(network()), HOUR)]);
    case.report(Who::Requester, plain_report());
    assert!(case.state().clocks.iter().all(|clock| clock.kind != ClockKind::Team));
    case.does(Who::Agent, to_team(network())).wait(600);
    case.does(Who::Agent, comment());
    assert_eq!(case.clock(ClockKind::Team).due_at, Some(start().plus_seconds(HOUR)));
    // The other team promises nothing: the clock is over.
    case.does(Who::Agent, to_team(desktop()));
    let clock = case.clock(ClockKind::Team).clone();
    assert_eq!((clock.status, clock.left), (ClockStatus::Stopped, true));
    assert_eq!((clock.team, clock.used_micros), (Some(network()), 600_000_000));
    // What comes back starts anew.
    case.wait(60).does(Who::Agent, to_team(network()));
    let clock = case.clock(ClockKind::Team);
    assert_eq!((clock.used_micros, clock.left), (0, false));
    assert_eq!(clock.due_at, Some(start().plus_seconds(660 + HOUR)));
}

#[test]
fn from_team_to_team_one_clock_stops_and_another_starts() {
    let mut case = Case::empty();
    case.agree(|agreement| agreement.team_targets = vec![of_team(None, HOUR)]);
    case.report(Who::Requester, plain_report());
    case.does(Who::Agent, to_team(network())).wait(600);
    case.does(Who::Agent, to_team(desktop()));
    let Body::ClocksChanged(changed) = &case.last("clocks_changed").body else { panic!() };
    let teams: Vec<_> = changed.clocks.iter().map(|clock| (clock.team, clock.status)).collect();
    assert_eq!(
        teams,
        [(Some(network()), ClockStatus::Stopped), (Some(desktop()), ClockStatus::Running)]
    );
    case.wait(60).does(Who::Agent, resolve());
    assert_eq!(case.clock(ClockKind::Team).used_micros, 60_000_000);
    case.wait(60).does(Who::Requester, crate::sample::dispute());
    let clock = case.clock(ClockKind::Team);
    assert_eq!((clock.status, clock.used_micros), (ClockStatus::Running, 60_000_000));
}

#[test]
fn a_supplier_is_timed_while_they_are_waited_for() {
    let mut case = Case::empty();
    case.agree(|agreement| {
        let targets = everywhere(HOUR);
        let calendar = CalendarChoice::OfAgreement;
        agreement.vendor_targets = Some(VendorTargets { calendar, targets });
    });
    case.report(Who::Requester, plain_report());
    case.wait(60).does(Who::Agent, hold(HoldReason::Requester));
    assert!(case.state().clocks.iter().all(|clock| clock.kind != ClockKind::Vendor));
    case.wait(60).does(Who::Agent, hold(HoldReason::Vendor));
    assert_eq!(case.clock(ClockKind::Vendor).due_at, Some(start().plus_seconds(120 + HOUR)));
    assert_eq!(case.clock(ClockKind::Resolution).status, ClockStatus::Running, "nobody is excused");
    case.wait(60).does(Who::Agent, Command::Resume);
    let clock = case.clock(ClockKind::Vendor);
    assert_eq!((clock.status, clock.used_micros), (ClockStatus::Paused, 60_000_000));
    case.wait(600).does(Who::Agent, hold(HoldReason::Vendor)).wait(HOUR).tick();
    let due = start().plus_seconds(120 + 60 + 600 + HOUR - 60);
    assert_eq!(case.clock(ClockKind::Vendor).breached_at, Some(due));
}

#[test]
fn the_clock_of_a_supplier_waits_when_an_incident_is_open_again() {
    let mut case = Case::empty();
    case.agree(|agreement| {
        let targets = everywhere(HOUR);
        let calendar = CalendarChoice::OfAgreement;
        agreement.vendor_targets = Some(VendorTargets { calendar, targets });
    });
    case.report(Who::Requester, plain_report());
    case.does(Who::Agent, hold(HoldReason::Vendor)).wait(60).does(Who::Agent, resolve());
    assert_eq!(case.clock(ClockKind::Vendor).stopped_at, Some(case.now));
    case.wait(60).does(Who::Requester, crate::sample::dispute());
    let clock = case.clock(ClockKind::Vendor);
    assert_eq!((clock.status, clock.stopped_at), (ClockStatus::Paused, None));
    assert_eq!(clock.used_micros, 60_000_000);
}

#[test]
fn a_clock_can_start_when_it_was_noticed() {
    let detected_at = Some(start().plus_seconds(-600));
    for (starts_at, expected) in [(StartMoment::Reported, 0), (StartMoment::Detected, -600)] {
        let mut case = Case::empty();
        case.agree(|agreement| agreement.starts_at = starts_at);
        case.report(Who::Requester, Report { detected_at, ..plain_report() });
        let due = start().plus_seconds(8 * HOUR + expected);
        assert_eq!(case.clock(ClockKind::Response).due_at, Some(due));
    }
}

#[test]
fn silence_counts_the_days_of_the_calendar() {
    let mut case = Case::empty();
    let office = office(&mut case);
    case.agree(|agreement| agreement.calendar = Some(office.id));
    case.report(Who::Requester, plain_report());
    case.does(Who::Agent, resolve());
    assert_eq!(case.state().close_at, Some(at("2026-11-30T12:00:00Z")), "over the weekend");
}

#[test]
fn warnings_wait_until_the_team_works_and_words_do_not() {
    let mut case = Case::empty();
    let office = office(&mut case);
    case.policy.teams.get_mut(&network()).unwrap().calendar = Some(office.id);
    case.report(Who::Agent, Report { team: Some(network()), ..plain_report() });
    case.now = at("2026-11-23T20:00:30Z");
    let before = case.records[&inc(1)].clone();
    case.tick();
    let after = &case.records[&inc(1)];
    let events = &after.events[before.events.len()..];
    let told = incident::effects(Some(&before.state), &after.state, events, &case.policy);
    assert!(!told.is_empty());
    let opens = at("2026-11-24T08:00:00Z");
    assert!(told.iter().all(|effect| effect.delay_seconds == opens.seconds_since(case.now)));
    let before = after.clone();
    case.does(Who::Requester, comment());
    let after = &case.records[&inc(1)];
    let events = &after.events[before.events.len()..];
    let told = incident::effects(Some(&before.state), &after.state, events, &case.policy);
    assert!(told.iter().any(|effect| effect.word == "commented" && effect.delay_seconds == 0));
}

#[test]
fn what_was_noticed_long_before_it_was_reported_may_be_late_already() {
    let mut case = Case::empty();
    case.agree(|agreement| agreement.starts_at = StartMoment::Detected);
    let report = Report {
        // P4: to be taken within four hours.
        detected_at: Some(start().plus_seconds(-5 * HOUR)),
        assignee: Some(Who::Desktop.id()),
        ..plain_report()
    };
    case.report(Who::Desktop, report);
    let clock = case.clock(ClockKind::Acknowledge);
    assert_eq!(clock.status, ClockStatus::Stopped);
    let due = start().plus_seconds(-HOUR);
    assert_eq!((clock.breached_at, clock.first_breached_at), (Some(due), Some(due)));
    assert_eq!(case.last("clock_breached").happened_at, start());
}

#[test]
fn a_classification_taken_back_gives_the_former_promise_back() {
    let seconds = |case: &Case| case.clock(ClockKind::Resolution).target_seconds;
    let undo = |case: &mut Case| {
        let undo = case.undo_of("classified");
        case.does(Who::Agent, undo);
    };
    let standard_again = |version| Agreement {
        reference: AgreementRef { version, ..standard().reference },
        ..standard()
    };
    let mut case = Case::empty();
    // A newer standard is in force, which this incident was not promised.
    case.policy.agreements =
        agreements([(standard(), 0), (standard_again(2), 100), (for_vpn(1, 2 * HOUR), 0)]);
    case.report(Who::Requester, plain_report());
    let (promised, due) = (seconds(&case), case.clock(ClockKind::Resolution).due_at);
    case.wait(HOUR).does(Who::Agent, classify(Change::Set(vpn())));
    assert_eq!(seconds(&case), 2 * HOUR);
    let mut other = case.clone();
    case.wait(60);
    undo(&mut case);
    assert_eq!(case.state().agreement, standard().reference, "the very version");
    assert_eq!((seconds(&case), case.clock(ClockKind::Resolution).due_at), (promised, due));

    // What was given another agreement since comes to what applies now.
    let id = AgreementId(Uuid::from_u128(0x803));
    let third = Agreement { reference: AgreementRef { id, version: 1 }, ..for_vpn(1, 60 * 60) };
    let retired = Agreement { retired: true, ..for_vpn(2, 0) };
    other.policy.agreements = agreements([
        (standard(), 0),
        (standard_again(2), 100),
        (for_vpn(1, 2 * HOUR), 0),
        (retired, HOUR),
        (third, HOUR),
    ]);
    other.wait(60).does(Who::System, follow_vpn());
    assert_eq!(other.state().agreement.id, id);
    undo(&mut other);
    assert_eq!(other.state().agreement, standard_again(2).reference);

    // What changed no promise takes none back.
    let mut category_only = Case::new();
    category_only.does(Who::Agent, crate::sample::classify());
    let before = category_only.story().len();
    undo(&mut category_only);
    assert!(category_only.story()[before..].iter().all(|kind| *kind != "agreement_changed"));

    // What came over to changed terms right after it stays there.
    let mut followed = Case::empty();
    followed.policy.agreements = agreements([(standard(), 0), (standard_again(2), 100)]);
    followed.report(Who::Requester, plain_report());
    followed.wait(HOUR).does(Who::Agent, crate::sample::classify());
    let subject = Subject::Agreement(standard().reference.id);
    followed.wait(60).does(Who::System, Command::Recompute { subject });
    assert_eq!(followed.state().agreement, standard_again(2).reference);
    followed.wait(60);
    undo(&mut followed);
    assert_eq!(followed.state().agreement, standard_again(2).reference);
}
