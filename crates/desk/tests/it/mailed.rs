//! Reports that are sent by mail: who arranges which, when they are handed to the mail and how
//! often, and what their readers may see of them.

use desk::reports::mailed::{change, leave, mailings, make, may_arrange, stop};
use desk::{Trouble, command_line};
use incident::{Command, RefusalKind, Viewer};
use insight::report::{By, Name, Pace, Past, Turn};
use kernel::{ReportId, Timestamp};
use std::collections::BTreeSet;
use store::deliveries::{self, Delivery};
use store::reports::mailed::{MAILED, Mailing, due_at, forget_waiting};
use testkit::TestDesk;

const DAY: i64 = 86_400;

/// People are told by mail.
async fn with_mail() -> TestDesk {
    let t = TestDesk::idle().await;
    let now = t.desk.now();
    t.desk.write(move |sql| Ok(deliveries::told_since(sql, true, now)?)).await.unwrap();
    t
}

/// What came in yesterday, each day at seven.
fn daily(owner: &Viewer, people: &[&Viewer]) -> Mailing {
    Mailing {
        id: ReportId(desk::fresh()),
        owner: owner.person,
        report: Name::Hops,
        by: By::All,
        query: String::new(),
        zone: "Europe/Berlin".to_owned(),
        past: Past::Yesterday,
        turn: Turn { pace: Pace::Daily, day: 1, hour: 7 },
        people: people.iter().map(|viewer| viewer.person).collect(),
        done_until: Timestamp::from_micros(0),
        version: 1,
    }
}

async fn arranged(t: &TestDesk, viewer: &Viewer, mailing: Mailing) -> Result<Mailing, Trouble> {
    let viewer = viewer.clone();
    t.desk.change(command_line(), move |sql, audit| make(sql, audit, &viewer, mailing)).await
}

async fn handed(t: &TestDesk) -> Vec<Delivery> {
    let all = t.desk.read(|sql| deliveries::list(sql, None, None, 1_000)).await.unwrap();
    all.into_iter().filter(|one| one.word == MAILED).collect()
}

#[tokio::test]
async fn each_reader_gets_what_is_due_once_and_the_past_is_not_made_up_for() {
    let t = with_mail().await;
    arranged(&t, &t.manager, daily(&t.manager, &[&t.manager, &t.agent])).await.unwrap();
    assert_eq!(t.desk.mail_reports().await.unwrap(), 0, "what was due before is not sent");
    t.clock.advance(DAY);
    assert_eq!(t.desk.mail_reports().await.unwrap(), 2);
    for _ in 0..3 {
        assert_eq!(t.desk.mail_reports().await.unwrap(), 0, "it was sent");
    }
    // Nobody looked for ten days.
    t.clock.advance(10 * DAY);
    assert_eq!(t.desk.mail_reports().await.unwrap(), 2, "the last one that was due");
    let handed = handed(&t).await;
    assert_eq!(handed.len(), 4);
    let keys: BTreeSet<_> = handed.iter().map(|one| (one.n, one.person)).collect();
    assert_eq!(keys.len(), 4, "{handed:?}");
    let seven = "2026-11-24T06:00:00Z".parse::<Timestamp>().unwrap();
    assert_eq!(handed.iter().map(|one| due_at(one.n)).min(), Some(seven));
}

#[tokio::test]
async fn a_restore_sends_nothing_of_the_past_again() {
    let t = with_mail().await;
    arranged(&t, &t.manager, daily(&t.manager, &[&t.manager])).await.unwrap();
    t.clock.advance(DAY);
    assert_eq!(t.desk.mail_reports().await.unwrap(), 1);
    t.desk.write(|sql| Ok(forget_waiting(sql)?)).await.unwrap();
    t.clock.advance(DAY);
    for _ in 0..2 {
        assert_eq!(t.desk.mail_reports().await.unwrap(), 0, "it may have been sent");
    }
    t.clock.advance(DAY);
    assert_eq!(t.desk.mail_reports().await.unwrap(), 1, "what is due from then on is sent");
}

#[tokio::test]
async fn a_changed_hour_sends_nothing_twice() {
    let t = with_mail().await;
    let one = arranged(&t, &t.manager, daily(&t.manager, &[&t.manager])).await.unwrap();
    t.clock.advance(DAY);
    assert_eq!(t.desk.mail_reports().await.unwrap(), 1);
    // An hour that is over today.
    let earlier = Mailing { turn: Turn { hour: 9, ..one.turn }, ..one.clone() };
    let viewer = t.manager.clone();
    t.desk
        .change(command_line(), move |sql, audit| change(sql, audit, &viewer, earlier))
        .await
        .unwrap();
    assert_eq!(t.desk.mail_reports().await.unwrap(), 0);
    let viewer = t.manager.clone();
    let stale = t.desk.change(command_line(), move |sql, audit| change(sql, audit, &viewer, one));
    assert!(matches!(stale.await, Err(Trouble::Stale { seen: 1, current: 2 })));
}

#[tokio::test]
async fn what_is_stopped_is_sent_no_more() {
    let t = with_mail().await;
    let one = arranged(&t, &t.manager, daily(&t.manager, &[&t.manager])).await.unwrap();
    t.clock.advance(DAY);
    t.desk.mail_reports().await.unwrap();
    let manager = t.desk.read({
        let id = t.manager.person;
        move |sql| store::directory::people::get(sql, id)
    });
    let manager = manager.await.unwrap().unwrap();
    let due = due_at(handed(&t).await[0].n);
    assert!(t.desk.mailed_report(&manager, one.id, due).await.unwrap().is_some());
    let viewer = t.manager.clone();
    t.desk
        .change(command_line(), move |sql, audit| stop(sql, audit, &viewer, (one.id, None)))
        .await
        .unwrap();
    assert_eq!(t.desk.mailed_report(&manager, one.id, due).await.unwrap(), None, "withdrawn");
    t.clock.advance(DAY);
    assert_eq!(t.desk.mail_reports().await.unwrap(), 0);
}

#[tokio::test]
async fn whoever_gets_a_report_ends_that_for_themselves() {
    let t = with_mail().await;
    let one = arranged(&t, &t.manager, daily(&t.manager, &[&t.manager, &t.agent])).await.unwrap();
    let leaves = async |person| {
        let left =
            move |sql: &mut dyn store::Sql, audit: &desk::Audit| leave(sql, audit, person, one.id);
        t.desk.change(command_line(), left).await.unwrap();
        t.desk.read(store::reports::mailed::all).await.unwrap()
    };
    for _ in 0..2 {
        let left = leaves(t.agent.person).await;
        assert_eq!(left[0].people, [t.manager.person].into());
        assert_eq!((left[0].version, left[0].done_until), (2, one.done_until));
    }
    t.clock.advance(DAY);
    assert_eq!(t.desk.mail_reports().await.unwrap(), 1, "the other one still gets it");
    assert!(leaves(t.manager.person).await.is_empty(), "nobody is left");
}

#[tokio::test]
async fn managers_arrange_for_people_who_may_see_reports() {
    let t = with_mail().await;
    assert!(may_arrange(&t.manager) && may_arrange(&t.administrator));
    let refused = arranged(&t, &t.agent, daily(&t.agent, &[&t.agent])).await;
    let Err(Trouble::Refused(refusal)) = refused else { panic!("{refused:?}") };
    assert_eq!(refusal.kind, RefusalKind::Forbidden);
    let own = daily(&t.manager, &[&t.manager]);
    for (field, wrong) in [
        ("people", daily(&t.manager, &[&t.requester])),
        ("people", daily(&t.manager, &[])),
        ("zone", Mailing { zone: "Mars/Olympus".to_owned(), ..own.clone() }),
        ("q", Mailing { query: "team:(".to_owned(), ..own.clone() }),
        ("by", Mailing { report: Name::Arrivals, by: By::Person, ..own.clone() }),
        ("hour", Mailing { turn: Turn { hour: 24, ..own.turn }, ..own.clone() }),
    ] {
        let Err(Trouble::Faults(faults)) = arranged(&t, &t.manager, wrong).await else {
            panic!("{field}")
        };
        assert_eq!(faults[0].field, field, "{faults:?}");
    }
    arranged(&t, &t.manager, own).await.unwrap();
    for (viewer, count) in [(&t.manager, 1), (&t.administrator, 1), (&t.agent, 0)] {
        let viewer = viewer.clone();
        let seen = t.desk.read(move |sql| mailings(sql, &viewer)).await.unwrap();
        assert_eq!(seen.len(), count);
    }
}

#[tokio::test]
async fn each_reader_gets_the_figures_of_what_they_may_see() {
    let t = with_mail().await;
    t.report("Printer prints nothing").await;
    let hidden = t.report("Lost payslip").await;
    t.issue(&t.agent, hidden, Command::Restrict { team: Some(t.network) }).await.unwrap();
    let readers = [&t.agent, &t.administrator];
    let one = arranged(&t, &t.manager, daily(&t.manager, &readers)).await.unwrap();
    t.clock.advance(DAY);
    assert_eq!(t.desk.mail_reports().await.unwrap(), 2);
    let due = due_at(handed(&t).await[0].n);
    for (viewer, count) in [(&t.agent, 2.0), (&t.administrator, 1.0)] {
        let id = viewer.person;
        let person = t.desk.read(move |sql| store::directory::people::get(sql, id)).await;
        let person = person.unwrap().unwrap();
        let mailed = t.desk.mailed_report(&person, one.id, due).await.unwrap().unwrap();
        let period = &mailed.report.period;
        assert_eq!(
            (period.from(), period.to()),
            ("2026-11-23".parse().unwrap(), "2026-11-23".parse().unwrap())
        );
        assert_eq!(mailed.report.tables[0].lines[0].cells[0].value, Some(count), "{}", person.name);
    }
}
