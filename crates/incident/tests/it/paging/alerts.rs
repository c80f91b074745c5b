//! What monitoring found: who is paged without a policy, and what mutes it or adds to it.

use super::{
    at, bodies, news_of, paged, paging, person, policy, release, standing, step, stopped, under,
    until, urgent, usual, why,
};
use crate::alerts::news;
use crate::case::{Case, Who, level};
use crate::sample::{assign, comment};
use incident::alerts::{AlertNews, AlertsWhy};
use incident::command::Report;
use incident::escalation::{Cue, EscalationPolicy, Standing, Stop, Why};
use incident::event::Paged;
use incident::reach::Urgency;
use incident::state::HoldReason;
use incident::{Command, Lifecycle, TimerKind, timers};
use kernel::{Channel, Muted, Severity};

/// The case with INC-1 as monitoring reported it.
fn found(mut case: Case, report: Report, news: AlertNews) -> Case {
    case.channel = Channel::Alert;
    case.report(Who::Integration, Report { alerts: Some(Box::new(news)), ..report });
    case.channel = Channel::Web;
    case
}

fn muted() -> AlertNews {
    AlertNews { muted: Some(Muted::Maintenance), ..news(1, 1) }
}

fn mute() -> Command {
    Command::TakeAlerts(AlertNews { why: AlertsWhy::Muted, fired: 0, ..muted() })
}

#[test]
fn what_is_muted_pages_when_it_is_released() {
    let mut case = found(under(usual()), urgent(), muted());
    assert_eq!((case.state().muted(), &case.state().paging), (Some(Muted::Maintenance), &None));
    case.wait(600).does(Who::System, release());
    assert_eq!(why(&case), [Why::Released]);
    let mut taken = found(under(usual()), urgent(), muted());
    taken.does(Who::Agent, Command::Acknowledge);
    taken.does(Who::System, release());
    assert_eq!(taken.state().paging, None, "somebody has it");
}

#[test]
fn what_is_muted_while_it_pages_stops_and_begins_again() {
    let mut case = found(under(usual()), urgent(), news(1, 1));
    case.wait(60).does(Who::System, mute());
    assert_eq!(stopped(&case), Stop::Muted);
    until(&mut case, 3_600);
    assert_eq!(paged(&case).len(), 1);
    case.does(Who::System, release());
    assert_eq!(why(&case), [Why::Reported, Why::Released]);
}

fn call() -> Command {
    Command::CallResponders { people: vec![Who::Desktop.id()], teams: vec![], note: None }
}

/// An alert whose paging is muted after a minute, and for which somebody was asked to come before.
fn called_and_muted(case: Case) -> Case {
    let mut case = found(case, urgent(), news(1, 1));
    case.wait(30).does(Who::Manager, call());
    case.wait(30).does(Who::System, mute());
    assert_eq!(stopped(&case), Stop::Muted);
    case
}

#[test]
fn who_was_asked_to_come_is_asked_on_when_it_is_muted() {
    let mut case = called_and_muted(under(usual()));
    assert_eq!(why(&case), [Why::Reported, Why::Called]);
    until(&mut case, 400);
    let (agent, desktop) = (vec![Who::Agent.id()], vec![Who::Desktop.id()]);
    let told = [(0, &agent), (30, &desktop), (60, &desktop), (360, &desktop)];
    let told = told.map(|(at, people)| (at, people.clone()));
    assert_eq!(paged(&case), told, "the next step did not come");
    // When it is not muted any more they are asked beside whoever is paged.
    case.does(Who::System, release());
    assert_eq!(why(&case), [Why::Reported, Why::Called, Why::Released]);
    assert_eq!(paged(&case)[4..], [(400, agent), (400, desktop)]);
}

#[test]
fn without_any_policy_whoever_is_left_is_paged_beside_who_was_asked_to_come() {
    let mut case = called_and_muted(Case::empty());
    let before = paged(&case).len();
    case.wait(60).does(Who::System, release());
    assert_eq!(why(&case), [Why::Reported, Why::Called, Why::Released]);
    let (admin, desktop) = (vec![Who::Administrator.id()], vec![Who::Desktop.id()]);
    assert_eq!(paged(&case)[before..], [(120, admin), (120, desktop)]);
}

#[test]
fn who_comes_while_it_is_muted_does_not_have_it_for_good() {
    let forgets = EscalationPolicy { acknowledgement_seconds: Some(1_800), ..usual() };
    let mut case = called_and_muted(under(forgets));
    case.does(Who::Desktop, Command::AnswerCall { coming: true, note: None });
    assert!(!case.state().is_paging());
    until(&mut case, 7_200);
    assert_eq!(why(&case), [Why::Reported, Why::Called], "muted, nobody else is paged");
    case.does(Who::System, release());
    case.tick();
    assert_eq!(why(&case), [Why::Reported, Why::Called, Why::Expired]);
}

/// An alert that the agent took after a minute, for half an hour without a word of them.
fn taken_for_a_while() -> Case {
    let forgets = EscalationPolicy { acknowledgement_seconds: Some(1_800), ..usual() };
    let mut case = found(under(forgets), urgent(), news(1, 1));
    case.wait(60).does(Who::Agent, Command::Acknowledge);
    case
}

#[test]
fn what_nobody_has_any_more_pages_by_policy_beside_who_was_asked_to_come_meanwhile() {
    let muted = || {
        let mut case = taken_for_a_while();
        until(&mut case, 1_900);
        case.does(Who::System, mute());
        assert_eq!((stopped(&case), why(&case)), (Stop::Muted, vec![Why::Reported, Why::Expired]));
        case.wait(30).does(Who::Manager, call());
        assert_eq!(why(&case)[2..], [Why::Called]);
        case
    };
    let mut case = muted();
    case.wait(30).does(Who::System, release());
    assert_eq!(why(&case)[2..], [Why::Called, Why::Released]);
    let (agent, desktop) = (vec![Who::Agent.id()], vec![Who::Desktop.id()]);
    assert_eq!(paged(&case)[3..], [(1_960, agent), (1_960, desktop)]);

    let mut comes = muted();
    comes.does(Who::Desktop, Command::AnswerCall { coming: true, note: None });
    comes.wait(30).does(Who::System, release());
    assert_eq!(why(&comes)[2..], [Why::Called], "they have it");
    let mut taken = muted();
    taken.does(Who::Responder, Command::Acknowledge);
    taken.wait(30).does(Who::System, release());
    assert_eq!(why(&taken)[2..], [Why::Called], "the responder has it, and one is asked on");
    assert!(taken.state().is_paging());
}

#[test]
fn who_has_it_while_it_is_muted_is_asked_for_a_word_though_somebody_is_asked_to_come() {
    let released = |word: Option<i64>, at: i64| {
        let mut case = taken_for_a_while();
        case.wait(60).does(Who::System, mute());
        case.wait(60).does(Who::Manager, call());
        if let Some(at) = word {
            until(&mut case, at);
            case.does(Who::Agent, comment());
        }
        until(&mut case, at);
        case.does(Who::System, release());
        why(&case)
    };
    let (has_it, left) =
        (vec![Why::Reported, Why::Called], vec![Why::Reported, Why::Called, Why::Released]);
    assert_eq!(released(None, 180 + 1_799), has_it);
    assert_eq!(released(None, 180 + 1_800), left);
    assert_eq!(released(Some(400), 400 + 1_799), has_it, "their word renewed it");
    assert_eq!(released(Some(400), 400 + 1_800), left);
}

#[test]
fn what_was_taken_before_it_pages_again_is_not_forgotten_when_it_is_muted() {
    let forgets = EscalationPolicy { acknowledgement_seconds: Some(1_800), ..usual() };
    let mut case = found(under(forgets), urgent(), news(1, 1));
    case.does(Who::Agent, Command::Acknowledge);
    case.wait(60).does(Who::System, mute());
    until(&mut case, 7_200);
    assert_eq!(why(&case), [Why::Reported], "muted, it does not page again");
    case.does(Who::System, release());
    case.tick();
    assert_eq!(why(&case), [Why::Reported, Why::Expired]);
    case.wait(60).does(Who::System, mute());
    assert_eq!(stopped(&case), Stop::Muted);
    case.wait(60).does(Who::System, release());
    assert_eq!(why(&case).last(), Some(&Why::Released), "nobody has it since");
}

#[test]
fn what_is_given_back_at_its_source_pages_anew_unless_somebody_has_it() {
    let given_back = || {
        let why = AlertsWhy::GivenBack;
        Command::TakeAlerts(AlertNews { why, fired: 0, ..news(1, 1) })
    };
    let mut case = found(under(usual()), urgent(), news(1, 1));
    case.wait(60).does(Who::Integration, Command::Acknowledge);
    assert_eq!((stopped(&case), case.life()), (Stop::Acknowledged, Lifecycle::InProgress));
    case.wait(60).does(Who::Integration, given_back());
    assert_eq!((case.life(), case.state().moments.acknowledged), (Lifecycle::New, None));
    assert!(case.state().is_paging());
    assert_eq!(why(&case), [Why::Reported, Why::Returned]);
    // It can be taken there once more.
    case.wait(60).does(Who::Integration, Command::Acknowledge);
    assert_eq!((stopped(&case), case.life()), (Stop::Acknowledged, Lifecycle::InProgress));

    let mut assigned = found(under(usual()), urgent(), news(1, 1));
    assigned.wait(60).does(Who::Integration, Command::Acknowledge);
    assigned.wait(60).does(Who::Agent, assign(Who::Agent));
    let mut taken = found(under(usual()), urgent(), news(1, 1));
    taken.wait(60).does(Who::Agent, Command::Acknowledge);
    for mut case in [assigned, taken] {
        case.wait(60).does(Who::Integration, given_back());
        assert!(!case.state().is_paging(), "somebody here has it");
        assert_eq!(case.life(), Lifecycle::InProgress);
        assert_eq!(why(&case), [Why::Reported]);
    }

    // What counts as answered cannot be new again; it pages all the same.
    let mut case = found(under(usual()), urgent(), news(1, 1));
    case.wait(60).does(Who::Integration, Command::Acknowledge);
    case.wait(60).does(Who::Integration, Command::Mitigate { children: false });
    case.wait(60).does(Who::Integration, given_back());
    assert_eq!((case.life(), case.state().is_paging()), (Lifecycle::InProgress, true));
}

#[test]
fn what_a_person_wished_or_reported_is_not_muted() {
    let mut by_hand = found(under(usual()), urgent(), muted());
    let page = Command::Page {
        whom: vec![person(Who::Agent)],
        policy: None,
        urgency: Urgency::High,
        note: None,
    };
    by_hand.does(Who::Desktop, page);
    by_hand.wait(60).does(Who::System, mute());
    assert!(by_hand.state().is_paging());
    let mut reported = paging(usual());
    reported.wait(60).does(Who::System, mute());
    assert!(reported.state().is_paging());
    assert_eq!(reported.state().muted(), None);
}

#[test]
fn without_any_policy_whoever_is_left_is_paged_about_alerts() {
    let mut case = found(Case::empty(), urgent(), news(1, 1));
    until(&mut case, 900);
    let admin = vec![Who::Administrator.id()];
    let told = [0, 300, 600, 900].map(|at| (at, admin.clone()));
    assert_eq!(paged(&case), told);
    assert_eq!(standing(&case), Standing::Exhausted);
    let course = case.state().paging.as_ref().unwrap();
    assert_eq!((course.policy, course.urgency), (None, Urgency::High));

    let warning = AlertNews { worst: Some(Severity::Warning), ..news(1, 1) };
    let less = Report { impact: Some(level(2)), urgency: Some(level(3)), ..urgent() };
    let mut case = found(Case::empty(), less, warning);
    assert_eq!(case.state().paging, None, "a warning waits");
    case.wait(60).does(Who::System, Command::TakeAlerts(news(2, 2)));
    assert!(case.state().is_paging(), "until it is worse");
    assert_eq!(found(Case::empty(), urgent(), muted()).state().paging, None);
    assert_eq!(Case::with(urgent()).state().paging, None, "a person who reports asks somebody");
}

#[test]
fn a_policy_that_pages_for_more_urgent_things_alone_is_kept_to() {
    let medium = Report { impact: Some(level(2)), urgency: Some(level(2)), ..urgent() };
    let error = AlertNews { worst: Some(Severity::Error), ..news(1, 1) };
    let case = found(under(usual()), medium.clone(), error.clone());
    assert_eq!(case.state().paging, None, "P2 is its least urgent");
    let case = found(Case::empty(), medium, error);
    assert_eq!(case.state().paging.as_ref().unwrap().urgency, Urgency::Low);
}

/// How many alerts are firing, one more than before.
fn one_more(firing: u32) -> Command {
    Command::TakeAlerts(news(firing, firing))
}

#[test]
fn whoever_has_it_is_told_of_one_more_alert_now_and_then() {
    let mut case = found(under(usual()), urgent(), news(1, 1));
    case.wait(60).does(Who::Agent, Command::Acknowledge);
    case.wait(119).does(Who::System, one_more(2));
    assert_eq!(paged(&case).len(), 1, "they are at it");
    case.wait(1).does(Who::System, one_more(3));
    assert_eq!(paged(&case)[1..], [(180, vec![Who::Agent.id()])]);
    assert_eq!(bodies::<Paged>(&case)[1].1.cue, Cue::Joined);
    assert_eq!(standing(&case), Standing::Acknowledged);
    case.wait(599).does(Who::System, one_more(4));
    assert_eq!(paged(&case).len(), 2, "a storm is one word");
    case.wait(1).does(Who::System, one_more(5));
    assert_eq!(paged(&case).len(), 3);
    let silent = [
        AlertNews { flapping: true, ..news(6, 6) },
        AlertNews { muted: Some(Muted::Snoozed), ..news(6, 6) },
        AlertNews { fired: 0, ..news(5, 6) },
    ];
    for news in silent {
        case.wait(700).does(Who::System, Command::TakeAlerts(news));
        assert_eq!(paged(&case).len(), 3);
    }
    case.does(Who::Manager, assign(Who::Responder));
    case.wait(700).does(Who::System, one_more(7));
    assert_eq!(paged(&case).last().unwrap().1, [Who::Responder.id()], "whoever has it now");
    case.does(Who::Responder, crate::sample::hold(HoldReason::Vendor));
    case.wait(60).does(Who::System, one_more(8));
    assert_eq!(paged(&case).len(), 4, "they acted just now");
    case.wait(700).does(Who::System, one_more(9));
    assert_eq!(paged(&case).len(), 5, "on hold, too");
    assert_eq!(timers(case.state(), &case.policy).get(&TimerKind::Page), None);
}

#[test]
fn one_more_alert_while_it_pages_changes_nothing() {
    let mut case = found(under(usual()), urgent(), news(1, 1));
    case.wait(60).does(Who::System, one_more(2));
    assert_eq!((paged(&case).len(), why(&case)), (1, vec![Why::Reported]));
    let next_at = case.state().paging.as_ref().unwrap().next_at();
    assert_eq!(next_at, Some(at(300)));
}

#[test]
fn an_alert_that_is_worse_wakes_where_nobody_was_woken() {
    let all = EscalationPolicy {
        pages_from: kernel::Priority::new(3).unwrap(),
        ..policy(vec![step(0, &[person(Who::Agent)]), step(300, &[person(Who::Responder)])])
    };
    let medium = Report { impact: Some(level(2)), urgency: Some(level(2)), ..urgent() };
    let error = AlertNews { worst: Some(Severity::Error), ..news(1, 1) };
    let mut case = found(under(all), medium, error);
    assert_eq!(case.state().paging.as_ref().unwrap().urgency, Urgency::Low);
    case.wait(120).does(Who::System, news_of(news(2, 2)));
    assert_eq!(why(&case), [Why::Reported, Why::Raised]);
    assert_eq!(case.state().paging.as_ref().unwrap().urgency, Urgency::High);
    assert_eq!(paged(&case).last(), Some(&(120, vec![Who::Agent.id()])));
}
