//! Somebody is paged in the commit that says so, and the auditor sees to it that they were.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::rules::{state, timeline};
use desk::{Desk, Options};
use incident::escalation::{Standing, Whom};
use incident::reach::Urgency;
use incident::{Command, State};
use kernel::{Actor, Channel, IncidentNumber};
use store::files::Files;
use store::incidents::timeline::StoredEvent;
use store::pages::ledger::{self, PromiseState};
use store::pages::send::{self, Page, PageState};
use testkit::{START, TestDesk};

const MINUTE: i64 = 60;

/// An incident about which the team Network is paged by hand: now, and after 5 and 10 minutes.
async fn paging(t: &TestDesk) -> IncidentNumber {
    let number = t.report("VPN down").await;
    let page = Command::Page {
        whom: vec![Whom::Team(t.network)],
        policy: None,
        urgency: Urgency::High,
        note: None,
    };
    t.desk.ask(&t.manager, Channel::Web).on(number).issue(page).await.unwrap();
    number
}

async fn pages(desk: &Desk, number: IncidentNumber) -> Vec<Page> {
    desk.read(move |sql| send::since(sql, number, 0, 100)).await.unwrap()
}

async fn promises(t: &TestDesk, number: IncidentNumber) -> Vec<PromiseState> {
    let ledger = t.desk.paging_of(&t.manager, number).await.unwrap();
    ledger.promises.into_iter().map(|shown| shown.promise.state).collect()
}

async fn tick(desk: &Desk, number: IncidentNumber) -> State {
    let ask = desk.ask_unlimited(Actor::system(), Channel::Timer).on(number);
    ask.issue(Command::Tick).await.unwrap().state
}

fn times(events: &[StoredEvent], kind: &str) -> usize {
    events.iter().filter(|stored| stored.event.body.kind() == kind).count()
}

#[tokio::test]
async fn pages_and_promises_are_there_once_it_is_answered() {
    let t = TestDesk::idle().await;
    let number = paging(&t).await;
    let found = pages(&t.desk, number).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].person, t.agent.person);
    assert_eq!((found[0].state, found[0].due_at), (PageState::Waiting, START));
    use PromiseState::{CalledOff, Kept, Promised};
    assert_eq!(promises(&t, number).await, [Kept, Promised, Promised, Promised]);
    t.desk.ask(&t.agent, Channel::Web).on(number).issue(Command::Acknowledge).await.unwrap();
    assert_eq!(pages(&t.desk, number).await[0].state, PageState::CalledOff);
    assert_eq!(promises(&t, number).await, [Kept, CalledOff, CalledOff, CalledOff]);
    let figures = t.desk.metrics().encode();
    assert!(figures.contains("evenkeel_paging_promises_total{outcome=\"kept\"} 1"), "{figures}");
}

#[tokio::test]
async fn a_server_that_starts_again_pages_on() {
    let t = TestDesk::idle().await;
    let number = paging(&t).await;
    t.desk.close().await;
    let options = Options {
        clock: t.clock.clone(),
        files: Files::local(std::env::temp_dir().join("evenkeel-paging-test")),
        serve: false,
    };
    let store = t.desk.store().clone();
    let again = tokio::task::spawn_blocking(move || Desk::open(store, options));
    let again = again.await.unwrap().unwrap();
    t.clock.advance(5 * MINUTE);
    let state = tick(&again, number).await;
    assert_eq!(state.paging.unwrap().step.unwrap().step, 1);
    assert_eq!(pages(&again, number).await.len(), 2);
}

#[tokio::test]
async fn the_auditor_rings_timers_that_stand_still() {
    let t = TestDesk::idle().await;
    let number = paging(&t).await;
    let page = pages(&t.desk, number).await.remove(0);
    t.desk.write(move |sql| Ok(send::sent(sql, &page, None, START)?)).await.unwrap();
    t.clock.advance(5 * MINUTE + 20);
    let (connection, audit) = t.desk.audit("here", None).await.unwrap();
    assert_eq!(audit.broken, [], "there is still time");
    t.clock.advance(11);
    let (connection, audit) = t.desk.audit("here", Some(connection)).await.unwrap();
    assert_eq!(audit.broken.len(), 1);
    assert_eq!(state(&t, number).await.paging.unwrap().step.unwrap().step, 1);
    let (_, audit) = t.desk.audit("here", Some(connection)).await.unwrap();
    assert_eq!(audit.broken, [], "it was said");
    assert_eq!(promises(&t, number).await[1], PromiseState::Broken);
    let figures = t.desk.metrics().encode();
    assert!(figures.contains("evenkeel_paging_promises_total{outcome=\"broken\"} 1"), "{figures}");
}

#[tokio::test]
async fn a_step_that_still_does_not_come_is_rung_again() {
    let t = TestDesk::idle().await;
    let number = paging(&t).await;
    let page = pages(&t.desk, number).await.remove(0);
    t.desk.write(move |sql| Ok(send::sent(sql, &page, None, START)?)).await.unwrap();
    t.clock.advance(5 * MINUTE + 31);
    let now = t.desk.now();
    // It was found before, and what was done then came to nothing.
    let broke = move |sql: &mut dyn store::Sql| {
        let late = ledger::overdue(sql, now, 1)?;
        Ok(ledger::broke(sql, &late[0], now)?)
    };
    assert!(t.desk.write(broke).await.unwrap());
    let (connection, audit) = t.desk.audit("here", None).await.unwrap();
    assert_eq!((audit.broken, audit.stuck), (vec![], vec![number]));
    assert_eq!(state(&t, number).await.paging.unwrap().step.unwrap().step, 1);
    let (_, audit) = t.desk.audit("here", Some(connection)).await.unwrap();
    assert_eq!(audit.stuck, [], "it goes on");
}

#[tokio::test]
async fn pages_that_nobody_sends_lead_on_to_the_next_step() {
    let t = TestDesk::idle().await;
    let number = paging(&t).await;
    t.clock.advance(MINUTE + 1);
    let (connection, audit) = t.desk.audit("here", None).await.unwrap();
    assert_eq!(audit.unreached.len(), 1);
    let events = timeline(&t, number).await;
    assert_eq!((times(&events, "page_failed"), times(&events, "paged")), (1, 2));
    let (connection, audit) = t.desk.audit("here", Some(connection)).await.unwrap();
    assert_eq!(audit.unreached, [], "once for an entry");
    assert_eq!(promises(&t, number).await[0], PromiseState::Broken);
    for _ in 0..3 {
        t.clock.advance(MINUTE + 1);
        t.desk.audit("elsewhere", None).await.unwrap();
    }
    let paging = state(&t, number).await.paging.unwrap();
    assert_eq!(paging.standing, Standing::Exhausted, "in the end whoever is left");
    assert!(paging.waiting_for.contains(&t.administrator.person));
    drop(connection);
}

#[tokio::test]
async fn one_node_watches_at_a_time() {
    let t = TestDesk::idle().await;
    let number = paging(&t).await;
    t.clock.advance(MINUTE + 1);
    t.desk.audit("first", None).await.unwrap();
    t.clock.advance(MINUTE / 6);
    paging(&t).await;
    let (_, audit) = t.desk.audit("second", None).await.unwrap();
    assert_eq!(audit, desk::PagingAudit::default());
    assert!(state(&t, number).await.is_paging());
}

#[tokio::test]
async fn what_is_restricted_stays_so_in_the_ledger() {
    let t = TestDesk::idle().await;
    let number = paging(&t).await;
    let restrict = Command::Restrict { team: Some(t.network) };
    t.desk.ask(&t.agent, Channel::Web).on(number).issue(restrict).await.unwrap();
    assert!(t.desk.paging_of(&t.manager, number).await.is_err());
    let all = t.desk.paging_ledger(&t.manager, None, None, 50).await.unwrap();
    assert!(all.promises.iter().all(|shown| shown.restricted && shown.pages.is_empty()));
    let all = t.desk.paging_ledger(&t.agent, None, None, 50).await.unwrap();
    assert!(all.promises.iter().any(|shown| !shown.pages.is_empty()));
}
