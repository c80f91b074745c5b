//! What a change of terms costs while others work, without HTTP: every open incident goes
//! over to it, the past is tried under it, and timers ring beside it.
//!
//! ```sh
//! cargo run --release -p evenkeel-desk --example terms -- 100000
//! cargo run --release -p evenkeel-desk --example terms -- 334000 timers
//! ```

use desk::terms::{Effect, Open, save_agreement};
use desk::what_if::Unsaved;
use desk::{Clock, Desk, Options, SystemClock, command_line};
use incident::policy::{Agreement, BusinessHours};
use incident::state::CalendarRef;
use incident::{Command, Viewer, Visibility};
use kernel::{CalendarId, Channel, IncidentNumber, Level, Timestamp};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::directory::recomputations;
use store::files::Files;
use store::{Store, Target};
use testkit::{TestDesk, blank};

/// Commands that others issue meanwhile, a second.
const RATE: u64 = 500;
/// Commands on their way while the store is filled.
const WINDOW: usize = 1_024;
/// For how long timers are watched.
const WATCHED: Duration = Duration::from_secs(60);
/// Half of what the standard agreement gives an incident of P4 until somebody took it:
/// when its first timer rings.
const FIRST_TIMER_SECONDS: i64 = 7_200;
/// Timers that ring a second.
const RINGS_PER_SECOND: i64 = 100;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: i64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let timers = arguments.next().is_some();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = Target::Sqlite(folder.path().join("evenkeel.db"));
    let agent = fill(&target, count, timers).await;
    let store = Store::open(&target).expect("the store");
    let files = Files::local(folder.path().join("files"));
    let options = Options { clock: Arc::new(SystemClock), files, serve: true };
    let desk = tokio::task::spawn_blocking(move || Desk::open(store, options));
    let desk = desk.await.expect("it opens").expect("a desk");
    if timers {
        ring(&desk, &agent, count).await;
    } else {
        follow(&desk, &agent, count).await;
        past(&desk, &agent).await;
    }
}

/// Open incidents, so that their first timers ring one after the other from soon on.
async fn fill(target: &Target, count: i64, timers: bool) -> Viewer {
    let store = Store::open(target).expect("a fresh store");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let t = TestDesk::idle_on(store, folder).await;
    let started = Instant::now();
    let now = SystemClock.now();
    // Filling takes its time.
    let soon = now.plus_seconds(count / 2_500 + 20 - FIRST_TIMER_SECONDS);
    let mut waiting = VecDeque::new();
    for i in 0..count {
        let at = match timers {
            true => soon.plus_micros(i * 1_000_000 / RINGS_PER_SECOND),
            false => now.plus_seconds(-60),
        };
        let mut ask = t.desk.ask(&t.agent, Channel::Phone).at(at);
        let title = ask.title(&format!("Label printer {i} prints nothing")).expect("a title");
        let mut report = blank(title, t.requester.person);
        report.impact = Some(Level::LOW);
        report.urgency = Some(Level::MEDIUM);
        let report = Command::Report(Box::new(report));
        waiting.push_back(ask.submit(report).await.expect("submitted"));
        while waiting.len() > WINDOW {
            waiting.pop_front().expect("one").done().await.expect("reported");
        }
    }
    for ticket in waiting {
        ticket.done().await.expect("reported");
    }
    println!("{count} open incidents in {:.1} s", started.elapsed().as_secs_f64());
    t.desk.close().await;
    t.agent.clone()
}

/// Every open incident goes over to other targets, counted by another calendar.
async fn follow(desk: &Desk, agent: &Viewer, count: i64) {
    let agreement = other(desk).await;
    let effect = Effect { since: None, open: Open::Follow };
    let saved = desk
        .change(command_line(), move |sql, audit| save_agreement(sql, audit, agreement, effect))
        .await
        .expect("saved");
    let id = saved.recomputation.expect("a job");
    let started = Instant::now();
    let desk_of_job = desk.clone();
    let job = tokio::spawn(async move {
        loop {
            let read = desk_of_job.read(move |sql| recomputations::get(sql, id)).await;
            let job = read.expect("it is read").expect("it is there");
            if job.finished_at.is_some() {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let latencies = work(desk, agent, count, || job.is_finished()).await;
    let job = job.await.expect("a job");
    println!(
        "{} of {} open incidents followed in {:.1} s, {} failed",
        job.progress.changed,
        job.progress.total,
        started.elapsed().as_secs_f64(),
        job.progress.failed
    );
    print(&latencies);
}

/// Office hours and longer targets.
async fn other(desk: &Desk) -> Agreement {
    let reference = CalendarRef { id: CalendarId(desk::fresh()), version: 0 };
    let week = calendar::Week::weekdays("08:00", "18:00");
    let definition = calendar::Definition::new("Europe/Berlin", week);
    let hours = BusinessHours { reference, name: "Office".to_owned(), definition, retired: false };
    desk.change(command_line(), move |sql, audit| {
        desk::terms::save_calendar(sql, audit, hours, Effect::default())
    })
    .await
    .expect("a calendar");
    let mut agreement = desk.policy().agreements.default(desk.now()).clone();
    agreement.calendar = Some(reference.id);
    let targets = agreement.targets.values_mut().flat_map(|targets| targets.values_mut());
    targets.for_each(|seconds| *seconds *= 2);
    agreement
}

/// All of them under terms that are not saved, on one thread.
async fn past(desk: &Desk, agent: &Viewer) {
    let mut agreement = desk.policy().agreements.default(desk.now()).clone();
    agreement.calendar = None;
    let unsaved = Unsaved { agreement: Some(agreement), calendar: None };
    let started = Instant::now();
    let (from, to) = (Timestamp::from_micros(0), desk.now().plus_seconds(1));
    let impact = desk.impact(agent, unsaved.clone(), None).await.expect("an impact");
    println!(
        "impact on {} open incidents: {:.1} s, {} clocks would move",
        impact.open,
        started.elapsed().as_secs_f64(),
        impact.clocks
    );
    let started = Instant::now();
    match desk.backtest(agent, unsaved, (from, to)).await {
        Ok(result) => println!(
            "back-test of {} incidents: {:.1} s, {} clocks differ",
            result.incidents,
            started.elapsed().as_secs_f64(),
            result.differing
        ),
        Err(trouble) => println!("no back-test: {trouble}"),
    }
}

/// Timers ring while others work.
async fn ring(desk: &Desk, agent: &Viewer, count: i64) {
    let clocks = count * 3;
    let waits = |desk: &Desk| {
        let first = "select min(wake_at) from incidents where wake_at is not null";
        let desk = desk.clone();
        async move {
            let rows = desk.read(move |sql| sql.query(first, &[])).await.expect("it is read");
            let at = store::Columns::of(rows.into_iter().next().expect("a row")).at();
            at.expect("an instant").micros_since(desk.now())
        }
    };
    while let micros @ 1.. = waits(desk).await {
        tokio::time::sleep(Duration::from_micros(micros.unsigned_abs())).await;
    }
    let started = Instant::now();
    let latencies = work(desk, agent, count, || started.elapsed() > WATCHED).await;
    println!("{clocks} live clocks");
    let figures = desk.metrics().encode();
    for line in figures.lines().filter(|line| line.contains("timer_lateness")) {
        println!("{line}");
    }
    print(&latencies);
}

/// Notes on incidents at a fixed rate, whatever the desk does, until it is enough.
async fn work(desk: &Desk, agent: &Viewer, count: i64, enough: impl Fn() -> bool) -> Vec<Duration> {
    let start = Instant::now();
    let mut tasks = Vec::new();
    for i in 0.. {
        if enough() {
            break;
        }
        let due = start + Duration::from_micros(i * 1_000_000 / RATE);
        tokio::time::sleep_until(due.into()).await;
        let (desk, agent) = (desk.clone(), agent.clone());
        tasks.push(tokio::spawn(async move {
            let number = IncidentNumber(1 + (i as i64).wrapping_mul(7_919).rem_euclid(count));
            let mut ask = desk.ask(&agent, Channel::Web).on(number);
            let body = ask.words("body", "Looked at; it goes on.", 1_000).expect("words");
            let note = Command::Comment { body, visibility: Visibility::Internal };
            ask.issue(note).await.map(|_| due.elapsed())
        }));
    }
    let mut latencies = Vec::with_capacity(tasks.len());
    for task in tasks {
        match task.await.expect("a task") {
            Ok(latency) => latencies.push(latency),
            Err(trouble) => println!("a command failed: {trouble}"),
        }
    }
    latencies.sort_unstable();
    latencies
}

fn print(latencies: &[Duration]) {
    let at = |share: f64| {
        let place = (latencies.len() as f64 * share) as usize;
        let found = latencies.get(place.min(latencies.len().saturating_sub(1)));
        found.map_or(f64::NAN, |latency| latency.as_secs_f64() * 1_000.0)
    };
    println!(
        "{} commands meanwhile, {RATE} a second: p50 {:.1} ms, p99 {:.1} ms, worst {:.1} ms",
        latencies.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}
