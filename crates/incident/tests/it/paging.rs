//! Somebody is paged until an incident is taken, and nothing ends in silence.

mod alerts;
mod given;

use crate::alerts::news;
use crate::case::{Case, Who, desktop, inc, level, network, plain_report, start, vpn, words};
use crate::sample::{assign, cancel, comment, resolve};
use incident::alerts::{AlertNews, AlertsWhy};
use incident::command::{Change, Related, Report};
use incident::escalation::{
    Cue, EscalationPolicy, EscalationStep, Failure, Hours, Paging, SchedulePolicy, Standing, Stop,
    Whom, Why,
};
use incident::event::{Paged, PagingBegan};
use incident::reach::{Reach, Urgency};
use incident::state::HoldReason;
use incident::{Body, Command, Origin, RefusalKind, TimerKind, timers};
use kernel::{Channel, EscalationId, Muted, PersonId, Priority, ScheduleId, Timestamp};
use proptest::prelude::*;
use std::sync::Arc;
use uuid::Uuid;

fn policy_id(n: u128) -> EscalationId {
    EscalationId(Uuid::from_u128(0xe00 + n))
}

fn nights() -> ScheduleId {
    ScheduleId(Uuid::from_u128(0xe11))
}

fn person(who: Who) -> Whom {
    Whom::Person(who.id())
}

fn step(after_seconds: i64, whom: &[Whom]) -> EscalationStep {
    EscalationStep {
        after_seconds,
        whom: whom.to_vec(),
        hours: None,
        round_robin: false,
        everyone: false,
    }
}

fn policy(steps: Vec<EscalationStep>) -> EscalationPolicy {
    EscalationPolicy {
        id: policy_id(1),
        name: "Network".to_owned(),
        version: 3,
        steps,
        repeats: 0,
        pages_from: Priority::new(2).unwrap(),
        acknowledgement_seconds: None,
        fallback: vec![person(Who::Manager)],
    }
}

/// The agent, five minutes later the responder, then the manager.
fn usual() -> EscalationPolicy {
    policy(vec![step(0, &[person(Who::Agent)]), step(300, &[person(Who::Responder)])])
}

/// A case in which the team Network pages by this policy.
fn under(policy: EscalationPolicy) -> Case {
    let mut case = Case::empty();
    let paging = &case.policy.paging;
    let mut paging = Paging { reach: paging.reach.clone(), ..Paging::default() };
    paging.of_teams.insert(network(), policy.id);
    paging.policies.insert(policy.id, Arc::new(policy));
    case.policy.paging = Arc::new(paging);
    case
}

fn change(case: &mut Case, change: impl FnOnce(&mut Paging)) {
    let mut paging = Paging::clone(&case.policy.paging);
    change(&mut paging);
    case.policy.paging = Arc::new(paging);
}

fn urgent() -> Report {
    Report {
        impact: Some(level(1)),
        urgency: Some(level(1)),
        team: Some(network()),
        ..plain_report()
    }
}

/// A case under this policy with INC-1, which pages.
fn paging(policy: EscalationPolicy) -> Case {
    let mut case = under(policy);
    case.report(Who::Desktop, urgent());
    case
}

/// Whom INC-1 paged, each entry with the seconds since the start.
fn paged(case: &Case) -> Vec<(i64, Vec<PersonId>)> {
    let found = bodies::<Paged>(case).into_iter();
    found.map(|(at, data)| (at, data.people.iter().map(|p| p.person).collect())).collect()
}

trait Kind: Clone {
    fn of(body: &Body) -> Option<Self>;
}

impl Kind for Paged {
    fn of(body: &Body) -> Option<Self> {
        if let Body::Paged(data) = body { Some((**data).clone()) } else { None }
    }
}

impl Kind for PagingBegan {
    fn of(body: &Body) -> Option<Self> {
        if let Body::PagingBegan(data) = body { Some((**data).clone()) } else { None }
    }
}

fn bodies<T: Kind>(case: &Case) -> Vec<(i64, T)> {
    let events = case.records[&inc(1)].events.iter();
    let found = events.filter_map(|event| Some((event, T::of(&event.body)?)));
    found.map(|(event, data)| (event.happened_at.seconds_since(start()), data)).collect()
}

fn why(case: &Case) -> Vec<Why> {
    bodies::<PagingBegan>(case).into_iter().map(|(_, data)| data.why).collect()
}

fn at(seconds: i64) -> Timestamp {
    start().plus_seconds(seconds)
}

fn news_of(news: AlertNews) -> Command {
    Command::TakeAlerts(news)
}

/// Nothing keeps its alert from paging any more.
fn release() -> Command {
    news_of(AlertNews { why: AlertsWhy::Released, fired: 0, ..news(1, 1) })
}

/// Lets the timers ring every second until then, as the loop does.
fn until(case: &mut Case, seconds: i64) {
    while case.now < at(seconds) {
        let next = timers(case.state(), &case.policy).into_values().min();
        case.now = next.map_or(at(seconds), |next| next.max(case.now)).min(at(seconds));
        case.tick();
        if next.is_none_or(|next| next > at(seconds)) {
            return;
        }
    }
}

fn standing(case: &Case) -> Standing {
    case.state().paging.as_ref().expect("paging began").standing
}

fn stopped(case: &Case) -> Stop {
    let Body::PagingStopped(data) = &case.last("paging_stopped").body else { panic!() };
    data.why
}

#[test]
fn steps_come_at_their_instants_until_nobody_is_left_and_then_every_hour() {
    let mut case = paging(usual());
    let began = bodies::<PagingBegan>(&case);
    let plan: Vec<i64> =
        began[0].1.plan.iter().map(|planned| planned.at.seconds_since(start())).collect();
    assert_eq!(plan, [0, 300, 600], "with the end");
    until(&mut case, 600 + 2 * 3_600);
    let (agent, responder, manager) =
        (vec![Who::Agent.id()], vec![Who::Responder.id()], vec![Who::Manager.id()]);
    let told = [
        (0, agent),
        (300, responder),
        (600, manager.clone()),
        (4_200, manager.clone()),
        (7_800, manager),
    ];
    assert_eq!(paged(&case), told);
    assert_eq!(standing(&case), Standing::Exhausted);
    case.does(Who::Manager, Command::Acknowledge);
    assert_eq!(standing(&case), Standing::Acknowledged);
}

#[test]
fn steps_are_gone_through_again() {
    let mut case = paging(EscalationPolicy { repeats: 2, ..usual() });
    until(&mut case, 1_600);
    let at: Vec<i64> = paged(&case).into_iter().map(|(at, _)| at).collect();
    assert_eq!(at, [0, 300, 600, 900, 1_200, 1_500]);
    assert_eq!(standing(&case), Standing::Paging);
}

#[test]
fn with_no_fallback_every_administrator_is_told() {
    let mut case = paging(EscalationPolicy { fallback: vec![], ..usual() });
    until(&mut case, 600);
    assert_eq!(paged(&case).last().unwrap().1, [Who::Administrator.id()]);
}

#[test]
fn what_is_confidential_pages_only_who_may_see_it() {
    let mut case = under(policy(vec![step(0, &[person(Who::Manager)])]));
    case.report(Who::Manager, Report { confidential_to: Some(network()), ..urgent() });
    until(&mut case, 600);
    let members = [Who::Agent.id(), Who::Responder.id()];
    for (_, people) in paged(&case) {
        assert!(people.iter().all(|person| members.contains(person)), "{people:?}");
    }
    assert!(!paged(&case).is_empty(), "its own team is left");
}

#[test]
fn what_does_not_matter_enough_pages_nobody_until_it_does() {
    let mut case = under(usual());
    case.report(Who::Desktop, Report { impact: Some(level(3)), ..urgent() });
    assert_eq!(case.state().paging, None);
    case.does(Who::Desktop, crate::sample::urgent());
    assert_eq!(why(&case), [Why::Raised]);
    case.does(Who::Desktop, crate::sample::overridden(1));
    assert_eq!(why(&case).len(), 1, "it pages already");
}

#[test]
fn imports_and_further_cases_page_nobody() {
    let mut case = under(usual());
    case.origin = Origin::Import;
    case.report(Who::Desktop, urgent());
    assert_eq!(case.state().paging, None);
    case.origin = Origin::Live;
    case.report(Who::Desktop, Report { parent: Some(inc(1)), ..urgent() });
    assert_eq!(case.state_of(2).paging, None);
}

#[test]
fn the_policy_of_the_service_comes_before_that_of_the_team() {
    let mut case = under(usual());
    let other =
        EscalationPolicy { id: policy_id(2), ..policy(vec![step(0, &[person(Who::Desktop)])]) };
    change(&mut case, |paging| {
        paging.of_services.insert(vpn(), other.id);
        paging.policies.insert(other.id, Arc::new(other));
    });
    case.report(Who::Agent, Report { service: Some(vpn()), ..urgent() });
    assert_eq!(paged(&case), [(0, vec![Who::Desktop.id()])]);
}

#[test]
fn acknowledging_stops_it_and_so_does_working_on_it() {
    for command in [Command::Acknowledge, comment(), crate::sample::note(), assign(Who::Agent)] {
        let mut case = paging(usual());
        case.wait(60).does(Who::Agent, command.clone());
        let stops =
            !matches!(command, Command::Comment { visibility: incident::Visibility::Internal, .. });
        assert_eq!(case.state().is_paging(), !stops, "{command:?}");
        if stops {
            assert_eq!(stopped(&case), Stop::Acknowledged);
            until(&mut case, 3_600);
            assert_eq!(paged(&case).len(), 1, "{command:?}");
        }
    }
}

#[test]
fn whoever_answers_as_the_next_step_comes_wins() {
    let mut case = paging(usual());
    case.wait(300).does(Who::Agent, Command::Acknowledge);
    assert_eq!(paged(&case).len(), 1);
}

#[test]
fn what_is_over_pages_nobody() {
    let ends = [(resolve(), Stop::Resolved), (cancel(), Stop::Cancelled)];
    for (command, why) in ends {
        let mut case = paging(usual());
        case.does(Who::Manager, command);
        assert!(matches!(stopped(&case), Stop::Acknowledged) || stopped(&case) == why);
        assert!(!case.state().is_paging());
    }
    let mut case = paging(usual());
    case.report(Who::Desktop, plain_report());
    case.does(Who::Desktop, Command::Merge { into: inc(2) });
    assert_eq!(stopped(&case), Stop::Merged);
    case.does(Who::Desktop, Command::Unmerge);
    assert_eq!(why(&case), [Why::Reported, Why::Unmerged], "it stands on its own again");
}

#[test]
fn a_requester_who_writes_takes_nothing() {
    let mut case = paging(usual());
    case.does(Who::Requester, comment());
    assert!(case.state().is_paging());
}

#[test]
fn whoever_it_is_given_to_is_paged_before_the_others() {
    let mut case = paging(usual());
    case.wait(60).does(Who::Desktop, assign(Who::Responder));
    assert_eq!(why(&case), [Why::Reported, Why::Assigned]);
    until(&mut case, 700);
    let told =
        [(0, vec![Who::Agent.id()]), (60, vec![Who::Responder.id()]), (360, vec![Who::Agent.id()])];
    assert_eq!(paged(&case)[..3], told);
    let mut case = under(usual());
    case.report(Who::Desktop, Report { assignee: Some(Who::Responder.id()), ..urgent() });
    assert_eq!(paged(&case), [(0, vec![Who::Responder.id()])]);
    let mut case = under(usual());
    case.report(Who::Agent, Report { assignee: Some(Who::Agent.id()), ..urgent() });
    assert_eq!(case.state().paging, None, "who reports it has it");
}

#[test]
fn another_team_pages_its_own_people() {
    let mut case = paging(usual());
    let theirs =
        EscalationPolicy { id: policy_id(2), ..policy(vec![step(0, &[Whom::Team(desktop())])]) };
    change(&mut case, |paging| {
        paging.of_teams.insert(desktop(), theirs.id);
        paging.policies.insert(theirs.id, Arc::new(theirs));
    });
    case.wait(60).does(Who::Agent, given::to_desktop());
    assert_eq!(stopped(&case), Stop::Replaced);
    assert_eq!(why(&case), [Why::Reported, Why::Given]);
    let both = vec![Who::Desktop.id(), Who::AgentAndAuditor.id()];
    assert_eq!(paged(&case).last(), Some(&(60, both)));
}

#[test]
fn everyone_has_to_answer_where_the_step_says_so() {
    let both =
        EscalationStep { everyone: true, ..step(0, &[person(Who::Agent), person(Who::Responder)]) };
    let mut case = paging(policy(vec![both]));
    case.does(Who::Agent, Command::Acknowledge);
    assert!(case.state().is_paging());
    case.does(Who::Agent, comment());
    assert!(case.state().is_paging(), "they answered already");
    case.does(Who::Responder, Command::Acknowledge);
    assert_eq!(standing(&case), Standing::Acknowledged);
    let course = case.state().paging.as_ref().unwrap();
    assert_eq!(course.acknowledged_by.len(), 2);
}

#[test]
fn a_forgotten_acknowledgement_pages_again() {
    let forgets = EscalationPolicy { acknowledgement_seconds: Some(1_800), ..usual() };
    let mut case = paging(forgets);
    case.wait(60).does(Who::Agent, Command::Acknowledge);
    case.wait(600).does(Who::Agent, comment());
    until(&mut case, 660 + 1_799);
    assert_eq!(why(&case).len(), 1, "their word renewed it");
    until(&mut case, 660 + 1_800);
    assert_eq!(why(&case), [Why::Reported, Why::Expired]);
    assert_eq!(paged(&case).last(), Some(&(2_460, vec![Who::Agent.id()])));
    case.does(Who::Responder, Command::Acknowledge);
    assert_eq!(standing(&case), Standing::Acknowledged);
}

#[test]
fn whoever_is_called_meanwhile_does_not_have_it_for_good() {
    let forgets = EscalationPolicy { acknowledgement_seconds: Some(1_800), ..usual() };
    let mut case = paging(forgets);
    case.wait(60).does(Who::Agent, Command::Acknowledge);
    let people = vec![Who::Desktop.id()];
    case.does(Who::Agent, Command::CallResponders { people, teams: vec![], note: None });
    case.does(Who::Desktop, Command::AnswerCall { coming: true, note: None });
    until(&mut case, 60 + 1_799);
    assert_eq!(why(&case), [Why::Reported, Why::Called]);
    until(&mut case, 60 + 1_800);
    assert_eq!(why(&case), [Why::Reported, Why::Called, Why::Expired]);
}

#[test]
fn what_waits_for_somebody_else_wakes_nobody() {
    let forgets = EscalationPolicy { acknowledgement_seconds: Some(1_800), ..usual() };
    let mut case = paging(forgets);
    case.does(Who::Agent, Command::Acknowledge);
    case.does(Who::Agent, crate::sample::hold(HoldReason::Vendor));
    until(&mut case, 10_000);
    assert_eq!(why(&case).len(), 1);
}

#[test]
fn whoever_cannot_take_it_is_followed_at_once() {
    let mut case = paging(usual());
    let decline = Command::DeclinePage { note: None };
    let refusal = case.refuses(Who::Responder, decline.clone());
    assert_eq!((refusal.kind, refusal.code), (RefusalKind::State, "not_paged"));
    case.wait(30).does(Who::Agent, decline.clone());
    assert_eq!(paged(&case).last(), Some(&(30, vec![Who::Responder.id()])));
    assert_eq!(bodies::<Paged>(&case)[1].1.cue, Cue::Declined);
    case.wait(30).does(Who::Responder, decline);
    assert_eq!(paged(&case).last(), Some(&(60, vec![Who::Manager.id()])), "the end");
    assert_eq!(standing(&case), Standing::Exhausted);
}

#[test]
fn one_of_two_who_declines_leaves_the_other() {
    let mut case = paging(policy(vec![step(0, &[person(Who::Agent), person(Who::Responder)])]));
    case.does(Who::Agent, Command::DeclinePage { note: None });
    assert_eq!(paged(&case).len(), 1);
    case.does(Who::Responder, Command::DeclinePage { note: None });
    assert_eq!(paged(&case).len(), 2);
}

#[test]
fn nobody_has_to_wait_for_the_next_step() {
    let mut case = paging(usual());
    case.wait(30).does(Who::Desktop, Command::EscalatePage);
    until(&mut case, 1_000);
    let told = [
        (0, vec![Who::Agent.id()]),
        (30, vec![Who::Responder.id()]),
        (330, vec![Who::Manager.id()]),
    ];
    assert_eq!(paged(&case)[..3], told, "what follows comes sooner, too");
}

#[test]
fn people_take_turns() {
    let turns = EscalationStep {
        round_robin: true,
        ..step(0, &[person(Who::Agent), person(Who::Responder), person(Who::Desktop)])
    };
    let mut case = under(policy(vec![turns]));
    let mut first = vec![];
    for n in 1..=4 {
        let number = case.report(Who::Manager, urgent());
        let events = &case.records[&number].events;
        let paged = events.iter().find_map(|event| Paged::of(&event.body)).unwrap();
        first.push(paged.people[0].person);
        assert_eq!(number, inc(n));
    }
    let order = [Who::Agent, Who::Responder, Who::Desktop, Who::Agent];
    assert_eq!(first, order.map(Who::id));
    case.does_on(Who::Agent, 4, Command::DeclinePage { note: None });
    let events = &case.records[&inc(4)].events;
    let paged: Vec<_> = events.iter().filter_map(|event| Paged::of(&event.body)).collect();
    assert_eq!(paged[1].people[0].person, Who::Responder.id(), "the next in turn, not the end");
    assert_eq!(paged[1].step, 0);
}

fn hours(from: &str, to: &str) -> Hours {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    serde_json::from_value(serde_json::json!({
        "time_zone": "Europe/Amsterdam",
        "within": [{ "days": days, "from": from, "to": to }],
    }))
    .unwrap()
}

#[test]
fn steps_count_in_their_hours_only() {
    let by_day =
        EscalationStep { hours: Some(hours("09:00", "17:00")), ..step(0, &[person(Who::Agent)]) };
    let by_night = EscalationStep {
        hours: Some(hours("17:00", "09:00")),
        ..step(0, &[person(Who::Responder)])
    };
    let branches =
        || policy(vec![by_day.clone(), by_night.clone(), step(300, &[person(Who::Desktop)])]);
    let mut day = paging(branches());
    until(&mut day, 600);
    assert_eq!(paged(&day)[..2], [(0, vec![Who::Agent.id()]), (300, vec![Who::Desktop.id()])]);
    let mut night = under(branches());
    night.wait(10 * 3_600);
    night.report(Who::Desktop, urgent());
    let ten = 36_000;
    until(&mut night, ten + 600);
    let told = [(ten, vec![Who::Responder.id()]), (ten + 300, vec![Who::Desktop.id()])];
    assert_eq!(paged(&night)[..2], told);
}

#[test]
fn a_gap_goes_to_its_fallback_and_nobody_to_the_next_step() {
    let schedule = |fallback| SchedulePolicy {
        name: "Nights".to_owned(),
        version: 1,
        roster: serde_json::from_value(serde_json::json!({
            "versions": [],
            "time_zone": "UTC",
            "overrides": [{
                "person": Who::Responder.id(),
                "start": "2026-11-23T12:00:00Z",
                "end": "2026-11-23T12:10:00Z",
            }],
        }))
        .unwrap(),
        fallback,
        shadows: vec![],
    };
    let by_schedule =
        || policy(vec![step(0, &[Whom::Schedule(nights())]), step(300, &[person(Who::Agent)])]);
    for (waited, fallback, first) in [
        (0, None, Who::Responder),
        (3_600, Some(person(Who::Desktop)), Who::Desktop),
        (3_600, None, Who::Agent),
    ] {
        let mut case = under(by_schedule());
        change(&mut case, |paging| {
            paging.schedules.insert(nights(), Arc::new(schedule(fallback)));
        });
        case.wait(waited);
        case.report(Who::Desktop, urgent());
        assert_eq!(paged(&case)[0], (waited, vec![first.id()]));
    }
}

#[test]
fn who_has_no_way_to_be_reached_is_passed_over() {
    let mut case = under(usual());
    change(&mut case, |paging| {
        paging.reach.insert(Who::Agent.id(), Reach::default());
    });
    case.report(Who::Desktop, urgent());
    assert_eq!(paged(&case), [(0, vec![Who::Responder.id()])]);
    let page = Command::Page {
        whom: vec![person(Who::Agent)],
        policy: None,
        urgency: Urgency::High,
        note: None,
    };
    assert_eq!(case.refuses(Who::Desktop, page).field, Some("whom"));
}

#[test]
fn what_was_missed_comes_as_one_word() {
    let mut case = paging(EscalationPolicy { repeats: 9, ..usual() });
    case.wait(2 * 3_600).tick();
    let told = bodies::<Paged>(&case);
    assert_eq!(told.len(), 2);
    let (at, late) = &told[1];
    assert_eq!((*at, late.cue), (7_200, Cue::Late), "it was sent when it was sent");
    let people: Vec<PersonId> = late.people.iter().map(|paged| paged.person).collect();
    assert_eq!(people, [Who::Responder.id(), Who::Agent.id()]);
    assert_eq!(standing(&case), Standing::Paging, "people come before the end");
    assert!(case.state().paging.as_ref().unwrap().next_at().unwrap() > case.now);
}

#[test]
fn somebody_can_be_paged_by_hand() {
    let page =
        |whom| Command::Page { whom, policy: None, urgency: Urgency::High, note: Some(words(1)) };
    let mut case = Case::new();
    case.does(Who::Desktop, page(vec![Whom::Team(network())]));
    assert_eq!(why(&case), [Why::ByHand]);
    until(&mut case, 900);
    let times: Vec<i64> = paged(&case).into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [0, 300, 600, 900], "again, and then the end");
    case.does(Who::Agent, Command::Acknowledge);
    assert!(!case.state().is_paging());

    let mut beside = paging(usual());
    beside.wait(60).does(Who::Agent, page(vec![person(Who::Desktop)]));
    assert_eq!(why(&beside).len(), 1);
    until(&mut beside, 300);
    assert_eq!(paged(&beside).last(), Some(&(300, vec![Who::Responder.id()])), "the plan goes on");

    let by_policy = Command::Page {
        whom: vec![],
        policy: Some(policy_id(1)),
        urgency: Urgency::Low,
        note: None,
    };
    let mut calm = under(usual());
    calm.report(Who::Desktop, plain_report());
    calm.does(Who::Desktop, by_policy);
    assert_eq!(paged(&calm), [(0, vec![Who::Agent.id()])]);
    assert_eq!(case.refuses(Who::Desktop, page(vec![])).field, Some("whom"));
    let unknown = Command::Page {
        whom: vec![],
        policy: Some(policy_id(9)),
        urgency: Urgency::Low,
        note: None,
    };
    assert_eq!(case.refuses(Who::Desktop, unknown).field, Some("policy"));
}

#[test]
fn pages_that_reached_nobody_lead_on_at_once() {
    let failed = |paged| {
        Command::Note(Related::PageFailed {
            paged,
            people: vec![Who::Agent.id()],
            failure: Failure::NotTried,
        })
    };
    let mut case = paging(usual());
    let n = case.last("paged").n;
    case.wait(90).does(Who::System, failed(n));
    assert_eq!(paged(&case).last(), Some(&(90, vec![Who::Responder.id()])));
    case.does(Who::System, failed(n));
    assert_eq!(paged(&case).len(), 2, "a later step came already");
    case.does(Who::Responder, Command::Acknowledge);
    let version = case.state().version;
    let n = case.last("paged").n;
    case.does(Who::System, failed(n));
    assert_eq!(case.state().version, version, "somebody has it");
}

#[test]
fn an_end_that_reached_nobody_is_told_to_whoever_is_left() {
    let mut case = paging(usual());
    until(&mut case, 600);
    assert_eq!(paged(&case).last(), Some(&(600, vec![Who::Manager.id()])));
    let fails = |case: &mut Case| {
        let failure = Failure::Errors;
        let (paged, people) = (case.last("paged").n, vec![Who::Manager.id()]);
        let failed = Command::Note(Related::PageFailed { paged, people, failure });
        case.wait(60).does(Who::System, failed);
    };
    let admin = vec![Who::Administrator.id()];
    fails(&mut case);
    assert_eq!(paged(&case).last(), Some(&(660, admin.clone())));
    let course = case.state().paging.as_ref().unwrap();
    assert_eq!((course.standing, course.next_at()), (Standing::Exhausted, Some(at(4_200))));
    assert_eq!(course.exhausted, 1);
    let told = paged(&case).len();
    fails(&mut case);
    assert_eq!(paged(&case).len(), told, "not more often than every ten minutes");
    until(&mut case, 4_200);
    assert_eq!(paged(&case).last(), Some(&(4_200, vec![Who::Manager.id()])), "and every hour");
    fails(&mut case);
    assert_eq!(paged(&case).last(), Some(&(4_260, admin)));
}

#[test]
fn the_end_passes_over_who_cannot_be_reached() {
    let unreachable = |case: &mut Case, who: Who| {
        change(case, |paging| {
            paging.reach.insert(who.id(), Reach::default());
        });
    };
    let mut case = paging(usual());
    unreachable(&mut case, Who::Manager);
    until(&mut case, 600);
    assert_eq!(paged(&case).last(), Some(&(600, vec![Who::Administrator.id()])));

    let mut secret = under(policy(vec![step(0, &[person(Who::Manager)])]));
    unreachable(&mut secret, Who::Agent);
    secret.report(Who::Manager, Report { confidential_to: Some(network()), ..urgent() });
    let told: Vec<Vec<PersonId>> = paged(&secret).into_iter().map(|(_, people)| people).collect();
    assert_eq!(told, [vec![Who::Responder.id()]], "of its team whoever can be reached");
    unreachable(&mut secret, Who::Responder);
    until(&mut secret, 3_700);
    assert_eq!(paged(&secret).last().unwrap().1, [Who::Administrator.id()]);
    unreachable(&mut secret, Who::Administrator);
    until(&mut secret, 7_300);
    let members = vec![Who::Agent.id(), Who::Responder.id()];
    assert_eq!(paged(&secret).last().unwrap().1, members, "it is recorded whom nothing reached");
}

#[test]
fn what_becomes_urgent_wakes_whom_nothing_woke() {
    let all = EscalationPolicy { pages_from: Priority::new(3).unwrap(), ..usual() };
    let medium = || Report { impact: Some(level(2)), urgency: Some(level(2)), ..urgent() };
    let mut case = under(all.clone());
    case.report(Who::Desktop, medium());
    assert_eq!(case.state().paging.as_ref().unwrap().urgency, Urgency::Low);
    case.wait(60).does(Who::Desktop, crate::sample::urgent());
    assert_eq!(why(&case), [Why::Reported, Why::Raised]);
    assert_eq!(case.state().paging.as_ref().unwrap().urgency, Urgency::High);
    assert_eq!(paged(&case).last(), Some(&(60, vec![Who::Agent.id()])));
    case.wait(60).does(Who::Desktop, crate::sample::overridden(2));
    assert_eq!(why(&case).len(), 2, "it wakes people already");

    let other =
        EscalationPolicy { id: policy_id(2), ..policy(vec![step(0, &[person(Who::Desktop)])]) };
    let mut moved = under(EscalationPolicy { pages_from: Priority::new(2).unwrap(), ..all });
    change(&mut moved, |paging| {
        paging.of_services.insert(vpn(), other.id);
        paging.policies.insert(other.id, Arc::new(other));
    });
    moved.report(Who::Manager, urgent());
    let classify = Command::Classify {
        title: None,
        service: Change::Set(vpn()),
        category: Change::Keep,
        fields: Default::default(),
        affected: None,
    };
    moved.wait(60).does(Who::Manager, classify);
    assert_eq!(why(&moved), [Why::Reported, Why::Classified]);
    assert_eq!(stopped(&moved), Stop::Replaced);
    assert_eq!(paged(&moved).last(), Some(&(60, vec![Who::Desktop.id()])));
}

#[test]
fn whose_account_was_switched_off_is_not_waited_for() {
    let both =
        EscalationStep { everyone: true, ..step(0, &[person(Who::Agent), person(Who::Responder)]) };
    let mut case = paging(policy(vec![both.clone()]));
    case.does(Who::Agent, Command::Acknowledge);
    assert!(case.state().is_paging());
    case.policy.staff.get_mut(&Who::Responder.id()).unwrap().active = false;
    until(&mut case, 3_600);
    assert_eq!(stopped(&case), Stop::Acknowledged);
    assert_eq!(paged(&case).len(), 1, "nobody else is woken");

    let mut case = paging(policy(vec![both]));
    case.policy.staff.get_mut(&Who::Responder.id()).unwrap().active = false;
    case.does(Who::Agent, Command::Acknowledge);
    assert_eq!(standing(&case), Standing::Acknowledged);
}

#[test]
fn taking_back_that_it_was_taken_pages_again() {
    let mut case = paging(usual());
    case.does(Who::Agent, Command::Acknowledge);
    let undo = case.undo_of("acknowledged");
    case.does(Who::Agent, undo);
    assert_eq!(why(&case), [Why::Reported, Why::Returned]);
}

#[test]
fn still_broken_pages_and_a_thank_you_does_not() {
    let mut case = paging(usual());
    case.does(Who::Agent, resolve());
    let mut thanks = case.clone();
    case.does(Who::Requester, crate::sample::dispute());
    assert!(case.state().is_paging());
    case.does(Who::Agent, Command::Acknowledge);
    assert!(!case.state().is_paging());
    thanks.does(Who::Requester, comment());
    assert!(!thanks.state().is_paging());
}

#[derive(Debug, Clone)]
enum Act {
    Acknowledge(Who),
    Decline(Who),
    Escalate,
    Page(Who),
    Give(Who),
    Team(bool),
    Comment(Who),
    Resolve,
    Dispute,
    Hold,
    Resume,
    Fail,
    Alert,
    Mute,
    Release,
    Tick,
}

fn act() -> impl Strategy<Value = Act> {
    let who = prop::sample::select(vec![Who::Agent, Who::Responder, Who::Desktop, Who::Manager]);
    prop_oneof![
        2 => who.clone().prop_map(Act::Acknowledge),
        4 => who.clone().prop_map(Act::Decline),
        2 => Just(Act::Escalate),
        1 => who.clone().prop_map(Act::Page),
        1 => who.clone().prop_map(Act::Give),
        1 => any::<bool>().prop_map(Act::Team),
        1 => who.prop_map(Act::Comment),
        1 => Just(Act::Resolve),
        1 => Just(Act::Dispute),
        1 => Just(Act::Hold),
        1 => Just(Act::Resume),
        1 => Just(Act::Fail),
        1 => Just(Act::Alert),
        2 => Just(Act::Mute),
        2 => Just(Act::Release),
        6 => Just(Act::Tick),
    ]
}

fn perform(case: &mut Case, act: &Act) {
    let (who, command) = match act {
        Act::Acknowledge(who) => (*who, Command::Acknowledge),
        Act::Decline(who) => (*who, Command::DeclinePage { note: None }),
        Act::Escalate => (Who::Desktop, Command::EscalatePage),
        Act::Page(who) => {
            let whom = vec![person(*who)];
            let urgency = Urgency::High;
            (Who::Manager, Command::Page { whom, policy: None, urgency, note: None })
        }
        Act::Give(who) => (Who::Manager, assign(*who)),
        Act::Team(network_has_it) => {
            let team = if *network_has_it { network() } else { desktop() };
            let team = Change::Set(team);
            (Who::Manager, Command::Assign { team, assignee: Change::Keep })
        }
        Act::Comment(who) => (*who, comment()),
        Act::Resolve => (Who::Manager, resolve()),
        Act::Dispute => (Who::Requester, crate::sample::dispute()),
        Act::Hold => (Who::Manager, crate::sample::hold(HoldReason::Vendor)),
        Act::Resume => (Who::Manager, Command::Resume),
        Act::Fail => {
            let course = case.state().paging.as_ref();
            let paged = course.map_or(1, |course| course.paged_n);
            let failure = Failure::Errors;
            (Who::System, Command::Note(Related::PageFailed { paged, people: vec![], failure }))
        }
        Act::Alert => (Who::System, news_of(news(2, 2))),
        Act::Mute => {
            let muted = Some(Muted::Maintenance);
            let news = AlertNews { why: AlertsWhy::Muted, fired: 0, muted, ..news(1, 1) };
            (Who::System, news_of(news))
        }
        Act::Release => (Who::System, release()),
        Act::Tick => (Who::System, Command::Tick),
    };
    let _refused = case.issue(who, inc(1), &command);
}

/// While nobody has it, somebody was paged and the next step has its instant.
fn is_never_silent(case: &Case) {
    let state = case.state();
    let Some(course) = &state.paging else { return };
    let next = timers(state, &case.policy).remove(&TimerKind::Page);
    assert_eq!(course.is_going(), next.is_some(), "{course:?}");
    if course.is_going() {
        assert!(state.lifecycle.is_open());
        assert!(!course.ahead.is_empty());
        assert!(course.paged_n > course.began_n, "whoever comes first comes at once");
    } else {
        let ended = course.ended.is_some();
        assert!(ended || !course.acknowledged_by.is_empty() || course.acknowledged_at.is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_ends_in_silence(
        repeats in 0u8..3,
        everyone in any::<bool>(),
        turns in any::<bool>(),
        monitored in any::<bool>(),
        seconds in prop::option::of(60i64..4_000),
        acts in prop::collection::vec((act(), -100i64..1_500), 1..40),
    ) {
        let first = EscalationStep {
            everyone,
            round_robin: turns,
            ..step(0, &[person(Who::Agent), person(Who::Responder)])
        };
        let policy = policy(vec![first, step(300, &[Whom::Team(desktop())])]);
        let policy = EscalationPolicy { repeats, acknowledgement_seconds: seconds, ..policy };
        let mut case = under(policy);
        case.channel = if monitored { Channel::Alert } else { Channel::Web };
        case.report(Who::Desktop, urgent());
        case.channel = Channel::Web;
        is_never_silent(&case);
        for (act, seconds) in &acts {
            // The clock may be set back.
            case.wait(*seconds);
            perform(&mut case, act);
            is_never_silent(&case);
        }
        case.tick();
        crate::invariants::check_at_rest(&case.records[&inc(1)], &case.policy, case.now);
    }

    #[test]
    fn whoever_acknowledges_alone_stops_it(acts in prop::collection::vec((act(), 0i64..1_500), 0..20)) {
        let mut case = paging(EscalationPolicy { repeats: 1, ..usual() });
        for (act, seconds) in &acts {
            case.wait(*seconds);
            perform(&mut case, act);
        }
        if case.state().is_paging() {
            case.does(Who::Manager, Command::Acknowledge);
        }
        prop_assert!(!case.state().is_paging());
        let rung = case.state().version;
        case.wait(1_000_000).tick();
        let events = &case.records[&inc(1)].events[rung as usize..];
        prop_assert!(!events.iter().any(|event| matches!(event.body, Body::Paged(_))), "nobody is woken any more");
    }
}

#[test]
fn whoever_learns_is_told_besides_and_never_alone() {
    let span = |person: Who, end: &str| serde_json::json!({"person": person.id(), "start": "2026-11-23T12:00:00Z", "end": end});
    let schedule = || SchedulePolicy {
        name: "Nights".to_owned(),
        version: 1,
        roster: serde_json::from_value(serde_json::json!({
            "versions": [], "time_zone": "UTC",
            "overrides": [span(Who::Responder, "2026-11-23T12:10:00Z")],
        }))
        .unwrap(),
        fallback: None,
        shadows: vec![
            serde_json::from_value(span(Who::Agent, "2026-11-23T14:00:00Z")).unwrap(),
            serde_json::from_value(span(Who::Responder, "2026-11-23T14:00:00Z")).unwrap(),
        ],
    };
    let steps = || vec![step(0, &[Whom::Schedule(nights())]), step(300, &[person(Who::Desktop)])];
    let case = |waited| {
        let mut case = under(policy(steps()));
        change(&mut case, |paging| {
            paging.schedules.insert(nights(), Arc::new(schedule()));
        });
        case.wait(waited);
        case.report(Who::Desktop, urgent());
        case
    };
    let first = case(0);
    assert_eq!(paged(&first), [(0, vec![Who::Responder.id()]), (0, vec![Who::Agent.id()])]);
    let cues: Vec<Cue> = bodies::<Paged>(&first).iter().map(|(_, data)| data.cue).collect();
    assert_eq!(cues, [Cue::Plan, Cue::Shadows]);
    let course = first.records[&inc(1)].state.paging.as_ref().unwrap();
    assert!(!course.waiting_for.contains(&Who::Agent.id()), "nothing waits for who learns");
    // In the gap, who learns is not paged in the place of nobody.
    let gap = case(3_600);
    assert_eq!(paged(&gap), [(3_600, vec![Who::Desktop.id()])]);
}
