//! Reports as the desk gathers them.

use desk::command_line;
use desk::reports::{Asked, Report};
use incident::conduct::Degree;
use incident::{Change, Command, Viewer, Visibility};
use insight::report::{By, Figure, Measure, Name};
use jiff::tz::TimeZone;
use kernel::{IncidentNumber, OutageId};
use std::sync::Arc;
use store::directory::{Service, services};
use testkit::TestDesk;

async fn read(t: &TestDesk, viewer: &Viewer, name: Name, by: By) -> Arc<Report> {
    let asked = Asked { by: Some(by), ..Asked::usual(name) };
    t.desk.report(viewer, &asked).await.unwrap()
}

fn figure(report: &Report, column: &str) -> Option<f64> {
    let table = &report.tables[0];
    let place = table.columns.iter().position(|one| one.key == column).unwrap();
    table.lines[0].cells[place].value
}

#[tokio::test]
async fn first_contact_is_one_answer_of_one_team() {
    let t = TestDesk::idle().await;
    let at_once = t.report("Solved with one answer").await;
    t.say(&t.agent, at_once, "It is back.", Visibility::Public).await;
    let asked_back = t.report("Needed two").await;
    for words in ["Which one?", "It is back."] {
        t.say(&t.agent, asked_back, words, Visibility::Public).await;
    }
    let moved = t.report("Went to another team").await;
    let away = Command::Assign { team: Change::Set(t.workplace), assignee: Change::Keep };
    t.issue(&t.agent, moved, away).await.unwrap();
    t.report("Still open").await;
    for number in [at_once, asked_back, moved] {
        // What is said among colleagues is no answer.
        t.say(&t.agent, number, "Seen to", Visibility::Internal).await;
        t.resolve(&t.agent, number, "Done").await;
    }
    let report = read(&t, &t.manager, Name::FirstContact, By::All).await;
    assert_eq!(figure(&report, "incidents"), Some(4.0));
    assert_eq!(figure(&report, "decided"), Some(3.0));
    let listed = Asked { by: Some(By::All), ..Asked::usual(Name::FirstContact) };
    let solved: Figure = "first-contact~all~solved".parse().unwrap();
    let listed = t.desk.report_incidents(&t.manager, &listed, solved).await.unwrap();
    assert_eq!(listed, Some(vec![at_once]));
}

#[tokio::test]
async fn a_report_is_at_hand_for_a_moment_and_follows_what_happens() {
    let t = TestDesk::idle().await;
    t.report("One").await;
    let first = read(&t, &t.manager, Name::Hops, By::All).await;
    let again = read(&t, &t.manager, Name::Hops, By::All).await;
    assert!(Arc::ptr_eq(&first, &again), "nothing happened");
    t.report("Two").await;
    t.clock.advance(10);
    let later = read(&t, &t.manager, Name::Hops, By::All).await;
    assert_eq!(figure(&later, "incidents"), Some(2.0));
    t.clock.advance(120);
    let old = read(&t, &t.manager, Name::Hops, By::All).await;
    assert!(!Arc::ptr_eq(&later, &old), "it is counted anew after a minute");
}

#[tokio::test]
async fn times_say_from_which_week_on_it_took_longer_whatever_their_lines_are() {
    const HOUR: i64 = 3_600;
    let t = TestDesk::idle().await;
    let from = TimeZone::UTC.to_datetime(t.desk.now().to_jiff()).date();
    for n in 0..98 {
        let took = if n < 49 { HOUR } else { 6 * HOUR };
        let number = t.report("VPN drops").await;
        t.clock.advance(took);
        t.resolve(&t.agent, number, "It works again.").await;
        t.clock.advance(48 * HOUR - took);
    }
    for by in [By::All, By::Week] {
        let asked = Asked { by: Some(by), from: Some(from), ..Asked::usual(Name::Times) };
        let report = t.desk.report(&t.manager, &asked).await.unwrap();
        let changes = || report.changes.iter();
        let found = changes().find(|one| one.measure == Some(Measure::Resolve)).unwrap();
        assert_eq!(
            (found.before, found.after),
            (3_600.0, 21_600.0),
            "{changes:?}",
            changes = report.changes
        );
        assert!(changes().filter(|one| one.measure == Some(Measure::Resolve)).count() == 1);
    }
    assert!(
        read(&t, &t.manager, Name::Times, By::All).await.changes.is_empty(),
        "30 days tell none"
    );
}

#[tokio::test]
async fn what_is_asked_must_be_a_report() {
    let t = TestDesk::idle().await;
    let usual = Asked::usual(Name::Times);
    assert!(t.desk.report(&t.requester, &usual).await.is_err());
    let by_person = Asked { by: Some(By::Person), ..usual.clone() };
    assert!(t.desk.report(&t.manager, &by_person).await.is_err());
    assert!(t.desk.report(&t.auditor, &usual).await.is_ok());
}

/// An incident with an outage of the VPN that lasted fifty minutes.
async fn out(t: &TestDesk, title: &str) -> IncidentNumber {
    let number = t.report(title).await;
    let outage = Command::RecordOutage {
        outage: OutageId(desk::fresh()),
        service: t.vpn,
        degree: Degree::Full,
        started_at: t.desk.now().plus_seconds(-3_600),
        ended_at: Some(t.desk.now().plus_seconds(-600)),
    };
    t.issue(&t.agent, number, outage).await.unwrap();
    number
}

#[tokio::test]
async fn downtime_is_told_with_what_it_costs_and_opens_what_it_counts() {
    let t = TestDesk::idle().await;
    t.clock.advance(7_200);
    let (one, other) = (out(&t, "It is out").await, out(&t, "It is out, too").await);
    let report = read(&t, &t.manager, Name::Downtime, By::Service).await;
    assert_eq!((figure(&report, "out"), figure(&report, "cost")), (Some(3_000.0), None));
    let vpn = t.vpn;
    let priced = t.desk.change(command_line(), move |sql, _| {
        let service = services::get(sql, vpn)?.unwrap();
        let version = service.version;
        services::update(sql, &Service { cost_per_hour: Some(1_200), ..service }, version)?;
        Ok(())
    });
    priced.await.unwrap();
    t.clock.advance(120);
    for by in [By::Service, By::Week, By::All] {
        let report = read(&t, &t.manager, Name::Downtime, by).await;
        assert_eq!(figure(&report, "cost"), Some(1_000.0), "{by}: 50 minutes, once");
    }
    let asked = Asked::usual(Name::Downtime);
    let cost: Figure = "downtime~all~cost".parse().unwrap();
    let listed = t.desk.report_incidents(&t.manager, &asked, cost).await.unwrap();
    assert_eq!(listed, Some(vec![other, one]));
}
