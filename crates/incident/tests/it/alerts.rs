//! What alerts do to an incident.

use crate::case::{Case, Who, plain_report, words};
use incident::alerts::{AlertNews, AlertsWhy};
use incident::command::Report;
use incident::{Body, Command, Lifecycle, RefusalKind, event};
use kernel::{AlertId, Level, Muted, Severity, limits};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

/// So many critical alerts are so, of so many.
pub fn news(firing: u32, total: u32) -> AlertNews {
    AlertNews {
        why: AlertsWhy::Told,
        fired: 1,
        resolved: 0,
        samples: vec![AlertId(Uuid::from_u128(0xa1))],
        firing,
        total,
        worst: (firing > 0).then_some(Severity::Critical),
        steady: None,
        muted: None,
        flapping: false,
        source_unclear: false,
        note: Some(words(40)),
    }
}

/// Any news, possible or not.
pub fn any_news() -> impl Strategy<Value = AlertNews> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (select(AlertsWhy::ALL), 0u32..4, 0u32..4, select(Severity::ALL), flags).prop_map(
        |(why, firing, more, worst, (muted, flapping, resolves))| AlertNews {
            why,
            worst: (firing > 0).then_some(worst),
            muted: muted.then_some(Muted::Maintenance),
            flapping,
            source_unclear: more == 3,
            note: resolves.then(|| words(41)),
            ..news(firing, firing + more)
        },
    )
}

fn of(severity: Severity, firing: u32) -> Command {
    let worst = (firing > 0).then_some(severity);
    Command::TakeAlerts(AlertNews { worst, ..news(firing, firing.max(3)) })
}

fn reported(news: AlertNews) -> Case {
    let (impact, urgency) = news.worst.unwrap_or(Severity::Info).levels();
    Case::with(Report {
        impact: Some(impact),
        urgency: Some(urgency),
        alerts: Some(Box::new(news)),
        ..plain_report()
    })
}

fn last(case: &Case) -> &event::AlertsChanged {
    let Body::AlertsChanged(data) = &case.last("alerts_changed").body else { panic!() };
    data
}

#[test]
fn a_report_of_alerts_knows_them_from_the_beginning() {
    let case = reported(news(2, 2));
    assert_eq!(case.story(), ["reported", "alerts_changed"]);
    let alerts = case.state().alerts.as_ref().unwrap();
    assert_eq!((alerts.firing, alerts.total, alerts.worst), (2, 2, Some(Severity::Critical)));
    assert!(alerts.may_page() && last(&case).worse);
    let quiet = reported(AlertNews { muted: Some(Muted::Upstream), ..news(1, 1) });
    assert!(!quiet.state().alerts.as_ref().unwrap().may_page());
}

#[test]
fn what_is_over_before_anybody_took_it_is_resolved_and_else_only_told() {
    let mut case = reported(news(1, 1));
    case.wait(60).does(Who::System, of(Severity::Critical, 0));
    assert_eq!(case.life(), Lifecycle::Resolved);
    assert_eq!(case.state().resolution.as_ref().unwrap().code, "no_fault_found");
    let mut taken = reported(news(1, 1));
    taken.does(Who::Agent, Command::Acknowledge).wait(60);
    taken.does(Who::System, of(Severity::Critical, 0));
    assert_eq!(taken.life(), Lifecycle::InProgress);
    assert_eq!(last(&taken).firing, 0);
}

#[test]
fn what_flaps_or_is_unclear_or_is_left_to_people_stays_open() {
    for over in [
        AlertNews { flapping: true, ..news(0, 1) },
        AlertNews { source_unclear: true, ..news(0, 1) },
        AlertNews { note: None, ..news(0, 1) },
    ] {
        let mut case = reported(news(1, 1));
        case.wait(60).does(Who::System, Command::TakeAlerts(over));
        assert_eq!(case.life(), Lifecycle::New);
    }
}

#[test]
fn worse_raises_and_better_does_not_lower() {
    let warning = AlertNews { worst: Some(Severity::Warning), ..news(1, 1) };
    let mut case = reported(warning);
    assert_eq!(case.state().priority.get(), 4);
    case.wait(60).does(Who::System, of(Severity::Critical, 2));
    assert!(last(&case).worse);
    assert_eq!(case.state().priority.get(), 1);
    case.wait(60).does(Who::System, of(Severity::Warning, 1));
    assert!(!last(&case).worse);
    assert_eq!((case.state().impact, case.state().urgency), (Level::HIGH, Level::HIGH));
    case.wait(60).does(Who::System, of(Severity::Critical, 3));
    assert!(last(&case).worse, "it had been better in between");
}

#[test]
fn a_priority_that_a_person_set_stays() {
    let mut case = reported(AlertNews { worst: Some(Severity::Warning), ..news(1, 1) });
    let (priority, reason) = (kernel::Priority::new(5).ok(), Some(words(42)));
    case.does(Who::Agent, Command::Prioritise { impact: None, urgency: None, priority, reason });
    case.wait(60).does(Who::System, of(Severity::Critical, 2));
    assert_eq!(case.state().priority.get(), 5);
}

#[test]
fn what_was_muted_is_told_again_when_it_may_page() {
    let mut case = reported(AlertNews { muted: Some(Muted::Maintenance), ..news(1, 1) });
    let released = AlertNews { why: AlertsWhy::Released, fired: 0, ..news(1, 1) };
    case.wait(60).does(Who::System, Command::TakeAlerts(released));
    assert!(last(&case).again && !last(&case).worse);
    let unclear = AlertNews { source_unclear: true, why: AlertsWhy::Unclear, ..news(1, 1) };
    let at = case.wait(60).now;
    case.does(Who::System, Command::TakeAlerts(unclear.clone()));
    case.wait(60).does(Who::System, Command::TakeAlerts(unclear));
    let since = case.state().alerts.as_ref().unwrap().source_unclear_since;
    assert_eq!(since, Some(at), "since it began");
}

#[test]
fn one_that_may_page_among_muted_ones_is_told_again_whatever_was_told_last() {
    for why in [AlertsWhy::Told, AlertsWhy::Expired, AlertsWhy::Muted, AlertsWhy::Person] {
        let mut case = reported(AlertNews { muted: Some(Muted::Maintenance), ..news(1, 1) });
        // Another one joins, no worse than the one that is muted.
        case.wait(60).does(Who::System, Command::TakeAlerts(AlertNews { why, ..news(2, 2) }));
        assert!(last(&case).again && !last(&case).worse, "{why:?}");
        case.wait(60).does(Who::System, Command::TakeAlerts(AlertNews { why, ..news(3, 3) }));
        assert!(!last(&case).again, "once");
    }
    let mut over = reported(AlertNews { muted: Some(Muted::Maintenance), ..news(1, 1) });
    over.wait(60).does(Who::System, of(Severity::Critical, 0));
    assert!(!last(&over).again, "nothing fires");
}

#[test]
fn what_comes_and_goes_hides_nothing_that_fires_beside_it() {
    let flapping = AlertNews { flapping: true, worst: Some(Severity::Warning), ..news(1, 1) };
    let mut case = reported(flapping.clone());
    let worse = AlertNews { worst: Some(Severity::Critical), ..flapping.clone() };
    case.wait(60).does(Who::System, Command::TakeAlerts(worse));
    assert!(!last(&case).worse, "it comes and goes itself");
    let mut case = reported(flapping.clone());
    let (worst, steady) = (Some(Severity::Critical), Some(Severity::Critical));
    let beside = AlertNews { worst, steady, ..AlertNews { firing: 2, total: 2, ..flapping } };
    case.wait(60).does(Who::System, Command::TakeAlerts(beside));
    assert!(last(&case).worse);
}

#[test]
fn what_is_calm_and_fires_is_told_again_where_nobody_is_paged() {
    let mut case = reported(AlertNews { flapping: true, ..news(1, 1) });
    assert!(!case.state().is_paging(), "nothing pages here by itself");
    let calm = AlertNews { why: AlertsWhy::Calm, fired: 0, ..news(1, 1) };
    case.wait(60).does(Who::System, Command::TakeAlerts(calm));
    assert!(last(&case).again);
}

#[test]
fn what_a_team_gave_to_somebody_is_resolved_as_long_as_nobody_took_it() {
    let given = |case: &mut Case| {
        case.does(Who::Manager, crate::sample::assign(Who::Agent));
        assert_eq!(case.life(), Lifecycle::InProgress);
        assert!(case.state().moments.acknowledged.is_none());
    };
    let mut case = reported(news(1, 1));
    given(&mut case);
    case.wait(60).does(Who::System, of(Severity::Critical, 0));
    assert_eq!(case.life(), Lifecycle::Resolved);
    let mut taken = reported(news(1, 1));
    given(&mut taken);
    taken.does(Who::Agent, Command::Acknowledge).wait(60);
    taken.does(Who::System, of(Severity::Critical, 0));
    assert_eq!(taken.life(), Lifecycle::InProgress);
}

#[test]
fn impossible_news_is_refused() {
    let mut case = reported(news(1, 1));
    let many = vec![AlertId(Uuid::from_u128(1)); incident::alerts::SAMPLES_MAX + 1];
    for odd in [
        news(2, 1),
        AlertNews { worst: None, ..news(1, 1) },
        AlertNews { worst: Some(Severity::Info), ..news(0, 1) },
        AlertNews { samples: many, ..news(1, 1) },
    ] {
        let refusal = case.refuses(Who::System, Command::TakeAlerts(odd));
        assert_eq!(refusal.kind, RefusalKind::Invalid);
    }
    case.does(Who::Agent, crate::sample::cancel());
    let refusal = case.refuses(Who::System, of(Severity::Critical, 1));
    assert_eq!(refusal.kind, RefusalKind::State);
}

#[test]
fn a_full_timeline_takes_the_end_and_nothing_else() {
    let mut case = reported(news(1, 1));
    let record = case.records.get_mut(&crate::case::inc(1)).unwrap();
    record.state.version = limits::EVENTS_PER_INCIDENT;
    let full = record.state.clone();
    let decide = |command: &Command| {
        let nobody = std::collections::HashMap::new();
        let facts = incident::Facts {
            number: Some(crate::case::inc(1)),
            viewer: None,
            actor: kernel::Actor::system(),
            channel: kernel::Channel::Alert,
            origin: incident::Origin::Live,
            happened_at: None,
            batch: None,
            policy: &case.policy,
            people: &nobody,
            other: None,
            above_other: &[],
            undo: &[],
            timeline: &[],
            derived: None,
            turns: &case.turns,
            article: false,
            follow_up: None,
        };
        incident::decide(Some(&full), command, &facts, case.now)
    };
    assert_eq!(decide(&of(Severity::Critical, 2)).unwrap_err().kind, RefusalKind::Limit);
    assert!(decide(&of(Severity::Critical, 0)).is_ok());
}
