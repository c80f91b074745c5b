//! How fast the queue is, and how soon open pages hear of a change:
//! `cargo run --release -p evenkeel-web --example load -- [incidents] [streams]`.
//! Requests go through the router, without a network.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use desk::{Desk, SystemClock, command_line};
use futures_util::StreamExt;
use incident::command::Report;
use incident::{Change, Command, TokenScope, Viewer};
use kernel::{Channel, IncidentNumber, Level, PersonId, Role, TeamId};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use store::directory::people::{self, Person};
use store::directory::teams::{self, Team};
use store::files::Files;
use store::{Store, Target};
use tower::ServiceExt;

/// Clients that ask at the same time.
const CLIENTS: usize = 32;
/// How long each round of asking lasts.
const ROUND: Duration = Duration::from_secs(5);
/// Teams and agents, each agent in one team.
const TEAMS: usize = 10;
/// Commands handed in before waiting for the first.
const AHEAD: usize = 512;

#[tokio::main]
async fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>().expect("a number"));
    let (incidents, streams) =
        (numbers.next().unwrap_or(100_000), numbers.next().unwrap_or(10_000));
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Target::Sqlite(folder.path().join("load.db"))).unwrap();
    let files = Files::local(folder.path().join("files"));
    let desk =
        Desk::open(store, desk::Options { clock: Arc::new(SystemClock), files, serve: true })
            .unwrap();
    let agents = furnish(&desk).await;
    let started = Instant::now();
    fill(&desk, &agents, incidents).await;
    println!("{incidents} incidents in {:.1} s", started.elapsed().as_secs_f64());
    let router = web::router(desk.clone(), web::Options::default());
    let mut cookies = Vec::new();
    for (person, ..) in &agents {
        cookies.push(format!(
            "evenkeel_session={}",
            desk.open_session(person.id, "load").await.unwrap()
        ));
    }
    for path in [
        "/queue",
        "/queue?view=all-open",
        "/queue?view=unassigned",
        "/queue?q=state%3Aopen%20sort%3Aupdated",
    ] {
        ask(&router, &cookies, path).await;
    }
    let writing = Arc::new(AtomicBool::new(true));
    let writer = tokio::spawn(write(desk.clone(), agents[0].1.clone(), incidents, writing.clone()));
    println!("the same while 100 changes a second are made:");
    ask(&router, &cookies, "/queue").await;
    writing.store(false, Ordering::Relaxed);
    writer.await.unwrap();
    listen(&desk, &router, &agents[0].1, &cookies, streams).await;
}

async fn furnish(desk: &Desk) -> Vec<(Person, Viewer, TeamId)> {
    let now = desk.now();
    let made: Vec<(Person, TeamId)> = (0..TEAMS)
        .map(|at| {
            let mut person = Person::new(
                PersonId(desk::fresh()),
                format!("Agent {at}"),
                Some(&format!("a{at}@northwind.example")),
                now,
            );
            person.roles.insert(Role::Agent);
            (person, TeamId(desk::fresh()))
        })
        .collect();
    let all = made.clone();
    desk.change(command_line(), move |sql, _| {
        for (at, (person, team)) in all.iter().enumerate() {
            people::insert(sql, person, None)?;
            teams::insert(
                sql,
                &Team {
                    id: *team,
                    name: format!("Team {at}"),
                    description: String::new(),
                    active: true,
                    calendar: None,
                    assignment: Default::default(),
                    by_skill: false,
                    escalation: None,
                    version: 1,
                },
            )?;
            teams::add_member(sql, *team, person.id)?;
        }
        Ok(())
    })
    .await
    .unwrap();
    made.into_iter()
        .map(|(person, team)| {
            let viewer = desk.viewer(&person, TokenScope::Admin);
            (person, viewer, team)
        })
        .collect()
}

/// One in ten stays open; the others are cancelled.
async fn fill(desk: &Desk, agents: &[(Person, Viewer, TeamId)], incidents: usize) {
    let mut waiting = std::collections::VecDeque::new();
    for at in 0..incidents {
        let (person, viewer, team) = &agents[at % agents.len()];
        let mut ask = desk.ask(viewer, Channel::Web);
        let title = ask
            .title(&format!("Scanner {at} at dock {} loses its connection after the break", at % 9))
            .unwrap();
        let level = |value: usize| Some(Level::new(value as i64 % 3 + 1).unwrap());
        let report = Report {
            title,
            description: None,
            requester: person.id,
            service: None,
            category: None,
            impact: level(at),
            urgency: level(at / 3),
            affected: None,
            team: Some(*team),
            assignee: (at % 4 != 0).then_some(person.id),
            detected_at: None,
            fields: Default::default(),
            tags: Default::default(),
            follow_up_of: None,
            parent: None,
            confidential_to: None,
            model: None,
            alerts: None,
        };
        waiting.push_back(ask.submit(Command::Report(Box::new(report))).await.unwrap());
        if at % 10 != 0 {
            let mut ask = desk.ask(viewer, Channel::Web).on(IncidentNumber(at as i64 + 1));
            let reason = ask.words("reason", "Twice", 100).unwrap();
            waiting.push_back(ask.submit(Command::Cancel { reason }).await.unwrap());
        }
        while waiting.len() > AHEAD {
            waiting.pop_front().unwrap().done().await.unwrap();
        }
    }
    for ticket in waiting {
        ticket.done().await.unwrap();
    }
}

async fn ask(router: &Router, cookies: &[String], path: &str) {
    let started = Instant::now();
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (router, cookie, path) =
                (router.clone(), cookies[client % cookies.len()].clone(), path.to_owned());
            tokio::spawn(async move {
                let (mut taken, mut bytes) = (Vec::new(), 0);
                while started.elapsed() < ROUND {
                    let request = Request::get(&path)
                        .header(header::COOKIE, &cookie)
                        .body(Body::empty())
                        .unwrap();
                    let begun = Instant::now();
                    let response = router.clone().oneshot(request).await.unwrap();
                    assert!(response.status().is_success(), "{}", response.status());
                    bytes = to_bytes(response.into_body(), 8 << 20).await.unwrap().len();
                    taken.push(begun.elapsed());
                }
                (taken, bytes)
            })
        })
        .collect();
    let (mut taken, mut bytes) = (Vec::new(), 0);
    for task in tasks {
        let (more, size) = task.await.unwrap();
        taken.extend(more);
        bytes = bytes.max(size);
    }
    taken.sort();
    let at = |share: usize| taken[(taken.len() - 1) * share / 1000].as_secs_f64() * 1000.0;
    println!(
        "{path}: {:.0} pages/s, median {:.1} ms, p99 {:.1} ms, p99.9 {:.1} ms, {} kB each",
        taken.len() as f64 / started.elapsed().as_secs_f64(),
        at(500),
        at(990),
        at(999),
        bytes / 1000
    );
}

async fn write(desk: Desk, viewer: Viewer, incidents: usize, on: Arc<AtomicBool>) {
    let mut pace = tokio::time::interval(Duration::from_millis(10));
    let mut at = 0;
    while on.load(Ordering::Relaxed) {
        pace.tick().await;
        at = (at + 10) % incidents.max(10);
        let assignee = Change::Set(viewer.person);
        // Refused where it is theirs already.
        drop(
            desk.ask(&viewer, Channel::Web)
                .on(IncidentNumber(at as i64 + 1))
                .issue(Command::Assign { team: Change::Keep, assignee })
                .await,
        );
    }
}

/// How long it takes until every open page heard of a new incident.
async fn listen(desk: &Desk, router: &Router, viewer: &Viewer, cookies: &[String], streams: usize) {
    let mut open = Vec::with_capacity(streams);
    let started = Instant::now();
    for at in 0..streams {
        let request = Request::get("/live?q=state%3Aopen&view=all-open")
            .header(header::COOKIE, &cookies[at % cookies.len()])
            .body(Body::empty())
            .unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert!(response.status().is_success());
        open.push(response.into_body().into_data_stream());
    }
    println!("{streams} streams opened in {:.1} s", started.elapsed().as_secs_f64());
    let heard: Vec<_> = open
        .into_iter()
        .map(|mut stream| {
            tokio::spawn(async move {
                loop {
                    let bytes = stream.next().await.unwrap().unwrap();
                    if bytes.windows(11).any(|part| part == b"event: news") {
                        return Instant::now();
                    }
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut ask = desk.ask(viewer, Channel::Web);
    let report = Report {
        title: ask.title("Everybody hears of this").unwrap(),
        description: None,
        requester: viewer.person,
        service: None,
        category: None,
        impact: None,
        urgency: None,
        affected: None,
        team: None,
        assignee: None,
        detected_at: None,
        fields: Default::default(),
        tags: Default::default(),
        follow_up_of: None,
        parent: None,
        confidential_to: None,
        model: None,
        alerts: None,
    };
    let begun = Instant::now();
    ask.issue(Command::Report(Box::new(report))).await.unwrap();
    let mut taken = Vec::new();
    for task in heard {
        taken.push(task.await.unwrap().duration_since(begun));
    }
    taken.sort();
    let at = |share: usize| taken[(taken.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!(
        "a change was heard by the first after {:.0} ms, by half after {:.0} ms, by all {streams} after {:.0} ms",
        at(0),
        at(50),
        at(100)
    );
}
