//! What is given to another team pages nobody who does not have it any more, and nothing that is
//! urgent falls silent by it.

use super::{
    Kind, change, paged, paging, person, policy, policy_id, standing, step, stopped, under, until,
    urgent, usual, why,
};
use crate::alerts::news;
use crate::case::{Case, Who, desktop, inc, level, network, plain_report, vpn, wiki};
use crate::sample::overridden;
use incident::Command;
use incident::command::{Change, Report};
use incident::escalation::{EscalationPolicy, EscalationStep, Standing, Stop, Whom, Why};
use incident::event::Paged;
use incident::reach::Urgency;
use kernel::{Channel, PersonId, Priority, TeamId};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

fn to(team: TeamId) -> Command {
    Command::Assign { team: Change::Set(team), assignee: Change::Keep }
}

/// The team Desktop gets it, which has no policy unless a test gives it one.
pub(super) fn to_desktop() -> Command {
    to(desktop())
}

fn everybody_of_desktop() -> Vec<PersonId> {
    vec![Who::Desktop.id(), Who::AgentAndAuditor.id()]
}

fn pages_from(priority: i64, policy: EscalationPolicy) -> EscalationPolicy {
    EscalationPolicy { pages_from: Priority::new(priority).unwrap(), ..policy }
}

fn medium() -> Report {
    Report { impact: Some(level(2)), urgency: Some(level(2)), ..urgent() }
}

fn call(who: Who) -> Command {
    Command::CallResponders { people: vec![who.id()], teams: vec![], note: None }
}

fn waiting(case: &Case) -> BTreeSet<PersonId> {
    case.state().paging.as_ref().unwrap().waiting_for.clone()
}

/// Gives it this priority, unless it has it.
fn becomes(case: &mut Case, priority: i64) {
    if i64::from(case.state().priority.get()) != priority {
        case.does(Who::Manager, overridden(priority));
    }
}

/// A policy of Desktop alone.
fn theirs() -> EscalationPolicy {
    let steps = vec![step(0, &[Whom::Team(desktop())])];
    EscalationPolicy { id: policy_id(2), fallback: vec![], ..policy(steps) }
}

fn give_policy(case: &mut Case, theirs: EscalationPolicy) {
    change(case, |paging| {
        paging.of_teams.insert(desktop(), theirs.id);
        paging.policies.insert(theirs.id, Arc::new(theirs));
    });
}

#[test]
fn what_is_urgent_pages_the_people_of_a_team_without_a_policy_and_then_administrators() {
    let mut case = paging(usual());
    case.wait(60).does(Who::Agent, to_desktop());
    assert_eq!(stopped(&case), Stop::Replaced);
    assert_eq!(why(&case), [Why::Reported, Why::Given]);
    until(&mut case, 3_000);
    let told = [
        (0, vec![Who::Agent.id()]),
        (60, everybody_of_desktop()),
        (360, everybody_of_desktop()),
        (660, everybody_of_desktop()),
        (960, vec![Who::Administrator.id()]),
    ];
    assert_eq!(paged(&case), told, "and nobody whom the policy of the other team names");
    case.does(Who::Desktop, Command::Acknowledge);
    assert_eq!(standing(&case), Standing::Acknowledged);
}

#[test]
fn what_can_wait_pages_nobody_any_more_and_says_so() {
    let mut case = under(pages_from(3, usual()));
    case.report(Who::Desktop, medium());
    assert!(case.state().is_paging());
    case.wait(60).does(Who::Agent, to_desktop());
    assert_eq!(stopped(&case), Stop::Given);
    assert_eq!(standing(&case), Standing::Stopped);
    until(&mut case, 3_000);
    assert_eq!(paged(&case).len(), 1);
    case.does(Who::Desktop, to(network()));
    assert_eq!(why(&case), [Why::Reported, Why::Given], "back again, it pages as before");
    assert!(case.state().is_paging());
}

#[test]
fn what_was_let_go_wakes_whoever_has_it_once_it_is_urgent() {
    let mut case = under(pages_from(3, usual()));
    case.report(Who::Desktop, medium());
    case.wait(60).does(Who::Agent, to_desktop());
    assert_eq!(stopped(&case), Stop::Given);
    case.wait(60).does(Who::Manager, crate::sample::urgent());
    assert_eq!(why(&case), [Why::Reported, Why::Raised]);
    until(&mut case, 1_200);
    let told = [
        (120, everybody_of_desktop()),
        (420, everybody_of_desktop()),
        (720, everybody_of_desktop()),
        (1_020, vec![Who::Administrator.id()]),
    ];
    assert_eq!(paged(&case)[1..], told);
}

#[test]
fn whoever_gives_it_back_lets_the_others_of_their_team_be_asked() {
    let mut case = paging(usual());
    case.wait(60).does(Who::Agent, to_desktop());
    case.wait(60).does(Who::Desktop, Command::Acknowledge);
    let undo = case.undo_of("acknowledged");
    case.does(Who::Desktop, undo);
    assert_eq!(why(&case), [Why::Reported, Why::Given, Why::Returned]);
    assert_eq!(paged(&case).last(), Some(&(120, everybody_of_desktop())));
}

#[test]
fn who_is_asked_to_come_is_asked_on_whoever_has_it() {
    let mut case = paging(usual());
    case.wait(60).does(Who::Manager, call(Who::Responder));
    case.wait(30).does(Who::Manager, to_desktop());
    assert_eq!(why(&case), [Why::Reported, Why::Given]);
    let asked = [Who::Responder, Who::Desktop, Who::AgentAndAuditor].map(Who::id);
    assert_eq!(waiting(&case), asked.into());
    until(&mut case, 400);
    case.does(Who::Desktop, Command::Acknowledge);
    assert_eq!(why(&case), [Why::Reported, Why::Given, Why::Called]);
    assert_eq!(waiting(&case), [Who::Responder.id()].into());
    case.does(Who::Responder, Command::AnswerCall { coming: true, note: None });
    assert!(!case.state().is_paging());
}

#[test]
fn who_is_asked_to_come_is_asked_on_where_nobody_else_is_paged_any_more() {
    let mut case = under(pages_from(3, usual()));
    case.report(Who::Desktop, medium());
    case.does(Who::Manager, call(Who::Responder)).wait(30).does(Who::Manager, to_desktop());
    assert_eq!(stopped(&case), Stop::Given);
    assert_eq!(why(&case), [Why::Reported, Why::Called]);
    assert_eq!(waiting(&case), [Who::Responder.id()].into());
}

#[test]
fn who_is_asked_to_come_is_asked_on_beside_the_policy_of_another_team() {
    let mut case = under(usual());
    give_policy(&mut case, pages_from(5, theirs()));
    case.report(Who::Desktop, Report { team: Some(network()), ..plain_report() });
    case.does(Who::Manager, call(Who::Responder)).wait(30).does(Who::Manager, to_desktop());
    assert_eq!(why(&case), [Why::Called, Why::Given]);
    let asked = [Who::Responder, Who::Desktop, Who::AgentAndAuditor].map(Who::id);
    assert_eq!(waiting(&case), asked.into());
    case.does(Who::Responder, Command::AnswerCall { coming: false, note: None });
    case.does(Who::Desktop, Command::Acknowledge);
    assert!(!case.state().is_paging(), "whoever said that they cannot come is asked no more");
}

#[test]
fn a_team_that_is_paged_for_more_urgent_things_alone_is_left_alone() {
    let mut case = under(usual());
    give_policy(&mut case, pages_from(1, theirs()));
    case.report(Who::Desktop, Report { urgency: Some(level(2)), ..urgent() });
    assert!(case.state().is_paging());
    case.does(Who::Agent, to_desktop());
    assert_eq!(stopped(&case), Stop::Given);
    assert!(!case.state().is_paging());
}

#[test]
fn the_policy_of_its_service_goes_on_whoever_has_it() {
    let mut case = under(usual());
    change(&mut case, |paging| {
        paging.of_services.insert(vpn(), policy_id(1));
    });
    case.report(Who::Desktop, Report { service: Some(vpn()), ..urgent() });
    case.wait(60).does(Who::Agent, to_desktop());
    assert_eq!(why(&case), [Why::Reported]);
    until(&mut case, 300);
    assert_eq!(paged(&case).last(), Some(&(300, vec![Who::Responder.id()])));
}

#[test]
fn what_another_team_was_paged_for_stays_with_it_until_it_is_about_another_service() {
    let mut case = under(usual());
    change(&mut case, |paging| {
        paging.of_services.insert(vpn(), policy_id(1));
    });
    give_policy(&mut case, EscalationPolicy { acknowledgement_seconds: Some(600), ..theirs() });
    case.report(Who::Desktop, Report { service: Some(vpn()), ..urgent() });
    case.does(Who::Agent, to_desktop());
    assert_eq!(paged(&case).last(), Some(&(0, everybody_of_desktop())));
    case.does(Who::Desktop, Command::Acknowledge);
    until(&mut case, 600);
    assert_eq!(why(&case), [Why::Reported, Why::Given, Why::Expired]);
    assert_eq!(paged(&case).last(), Some(&(600, everybody_of_desktop())));
    case.does(Who::Desktop, crate::sample::resolve()).wait(60);
    case.does(Who::Requester, crate::sample::dispute());
    assert_eq!(paged(&case).last(), Some(&(660, everybody_of_desktop())));

    let other = EscalationPolicy { id: policy_id(3), ..usual() };
    change(&mut case, |paging| {
        paging.of_services.insert(wiki(), other.id);
        paging.policies.insert(other.id, Arc::new(other));
    });
    let classify = Command::Classify {
        title: None,
        service: Change::Set(wiki()),
        category: Change::Keep,
        fields: Default::default(),
        affected: None,
    };
    case.does(Who::Manager, classify);
    assert_eq!(why(&case).last(), Some(&Why::Classified));
    assert_eq!(paged(&case).last(), Some(&(660, vec![Who::Agent.id()])));
}

#[test]
fn what_somebody_wished_goes_on_whoever_has_it() {
    let mut case = Case::empty();
    case.report(Who::Desktop, urgent());
    let whom = vec![person(Who::Responder)];
    let page = Command::Page { whom, policy: None, urgency: Urgency::High, note: None };
    case.does(Who::Manager, page).does(Who::Manager, to_desktop());
    assert_eq!(why(&case), [Why::ByHand]);
    assert!(case.state().is_paging());
}

#[test]
fn whoever_is_left_where_no_policy_says_who_is_of_no_team() {
    let mut case = Case::empty();
    case.channel = Channel::Alert;
    case.report(Who::Integration, Report { alerts: Some(Box::new(news(1, 1))), ..urgent() });
    case.channel = Channel::Web;
    case.does(Who::Manager, to_desktop());
    assert_eq!(why(&case), [Why::Reported], "every administrator is asked on");
    assert!(case.state().is_paging());
}

#[test]
fn what_becomes_urgent_wakes_the_people_who_have_it() {
    for (raised_at, before) in [(120, Standing::Paging), (1_000, Standing::Exhausted)] {
        let mut case = under(pages_from(3, usual()));
        let alerts = Some(Box::new(news(1, 1)));
        case.channel = Channel::Alert;
        case.report(Who::Integration, Report { alerts, ..medium() });
        case.channel = Channel::Web;
        case.wait(60).does(Who::Agent, to_desktop());
        assert_eq!(paged(&case).last(), Some(&(60, everybody_of_desktop())), "monitoring found it");
        assert_eq!(case.state().paging.as_ref().unwrap().urgency, Urgency::Low);
        until(&mut case, raised_at);
        assert_eq!(standing(&case), before);
        case.does(Who::Manager, crate::sample::urgent());
        assert_eq!(why(&case), [Why::Reported, Why::Given, Why::Raised]);
        assert_eq!(paged(&case).last(), Some(&(raised_at, everybody_of_desktop())));
        assert_eq!(case.state().paging.as_ref().unwrap().urgency, Urgency::High);
    }
}

#[test]
fn the_person_of_that_team_whom_it_is_given_to_is_paged_and_nobody_of_the_other() {
    let mut case = paging(usual());
    let assignee = Change::Set(Who::Desktop.id());
    let give = Command::Assign { team: Change::Set(desktop()), assignee };
    case.wait(60).does(Who::Agent, give);
    until(&mut case, 3_000);
    let asked = || vec![Who::Desktop.id()];
    let told =
        [(60, asked()), (360, asked()), (660, asked()), (960, vec![Who::Administrator.id()])];
    assert_eq!(paged(&case)[1..], told);
}

#[test]
fn whoever_takes_it_to_another_team_ends_it_for_all_who_had_to_answer() {
    let both =
        EscalationStep { everyone: true, ..step(0, &[person(Who::Agent), person(Who::Responder)]) };
    let mut case = paging(policy(vec![both]));
    let assignee = Change::Set(Who::Desktop.id());
    case.does(Who::Desktop, Command::Assign { team: Change::Set(desktop()), assignee });
    assert_eq!(standing(&case), Standing::Acknowledged);
}

#[test]
fn who_took_it_before_another_team_got_it_is_not_asked_again() {
    let forgets = EscalationPolicy { acknowledgement_seconds: Some(1_800), ..usual() };
    let mut case = paging(forgets);
    case.wait(60).does(Who::Agent, Command::Acknowledge);
    case.does(Who::Manager, to_desktop());
    until(&mut case, 60 + 1_800);
    assert_eq!(why(&case), [Why::Reported, Why::Expired]);
    assert_eq!(paged(&case).last(), Some(&(1_860, everybody_of_desktop())));
    until(&mut case, 1_860 + 1_000);
    let end = (2_760, vec![Who::Administrator.id()]);
    assert_eq!(paged(&case).last(), Some(&end), "nobody whom the policy of the other team names");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_does_not_have_it_any_more_is_not_paged_and_nothing_urgent_falls_silent(
        (impact, urgency) in (1i64..=3, 1i64..=3),
        (own, other) in (1i64..=5, prop::option::of(1i64..=5)),
        (before, after) in (prop::option::of(1i64..=5), prop::option::of(1i64..=5)),
        repeats in 0u8..3,
        waited in 0i64..6_000,
    ) {
        let mut case = under(EscalationPolicy { repeats, ..pages_from(own, usual()) });
        if let Some(other) = other {
            give_policy(&mut case, pages_from(other, theirs()));
        }
        let (impact, urgency) = (Some(level(impact)), Some(level(urgency)));
        case.report(Who::Desktop, Report { impact, urgency, ..urgent() });
        if let Some(before) = before {
            becomes(&mut case, before);
        }
        let paged_before = case.state().is_paging();
        until(&mut case, waited);
        case.does(Who::Manager, to_desktop());
        let given = case.last("assigned").n;
        let priority = i64::from(case.state().priority.get());
        let from = other.or(paged_before.then_some(2));
        let pages = |priority: i64| from.is_some_and(|from| priority <= from);
        let mut expected = pages(priority);
        prop_assert_eq!(case.state().is_paging(), expected);
        let long_after = waited + 10_000;
        until(&mut case, long_after);
        prop_assert_eq!(case.state().is_paging(), expected, "nobody took it");
        if let Some(after) = after {
            becomes(&mut case, after);
            let begins = !expected && pages(after);
            let wakes = expected && priority > 2 && after <= 2;
            if begins || wakes {
                let last = paged(&case).pop();
                prop_assert_eq!(last, Some((long_after, everybody_of_desktop())));
            }
            expected = expected || begins;
            prop_assert_eq!(case.state().is_paging(), expected, "nobody took it");
            until(&mut case, long_after + 10_000);
            prop_assert_eq!(case.state().is_paging(), expected, "nobody took it");
        }
        let later = case.records[&inc(1)].events.iter().filter(|event| event.n > given);
        let people: Vec<PersonId> = later
            .filter_map(|event| Paged::of(&event.body))
            .flat_map(|data| data.people.into_iter().map(|paged| paged.person))
            .collect();
        prop_assert_eq!(!people.is_empty(), expected);
        let not_theirs = [Who::Agent.id(), Who::Responder.id(), Who::Manager.id()];
        prop_assert!(people.iter().all(|person| !not_theirs.contains(person)), "{:?}", people);
    }
}
