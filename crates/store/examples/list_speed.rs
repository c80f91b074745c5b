//! How long the usual views take: fills a database with incidents and prints the
//! median and the 99th percentile of each list and count.
//!
//! `cargo run --release -p evenkeel-store --example list_speed -- TARGET [INCIDENTS] [--plans]`
//! where TARGET is the path of a SQLite file or the URL of a PostgreSQL database,
//! new or filled by an earlier run; `--plans` prints how the database goes about it.
#![allow(clippy::unwrap_used)] // A tool for developers: whatever fails ends it.

#[allow(dead_code)] // Shared with the tests.
#[path = "../tests/it/list/world.rs"]
mod world;

use incident::clocks::ClockKind;
use incident::state::Lifecycle;
use incident::{Scope, Visibility};
use kernel::{IncidentNumber, Priority};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use store::directory::{Person, Team, people, teams};
use store::incidents::list::{Look, count, get_many, neighbours_ranked, ranked};
use store::incidents::{filter, search};
use store::{Engine, Sql, Store, Target};
use world::{Incident, NOW, due_at, look, organisation, person, requester, service, team};

const TEAMS: usize = 9;
const AGENTS: usize = 40;
const REQUESTERS: usize = 4_000;
const BATCH: i64 = 500;
const ROUNDS: usize = 50;

const VIEWS: [&str; 13] = [
    "state:open",
    "state:open team:mine",
    "state:open assignee:none team:mine",
    "state:open assignee:me",
    "state:open breached:yes",
    "state:open due<2h",
    "state:resolved",
    "state:closed closed<7d",
    "",
    "state:open team:mine sort:risk",
    "state:open sort:risk",
    "state:open breached:yes sort:risk",
    "sort:risk",
];

const SEARCHES: [&str; 4] = ["unusual", "printer", "state:open printer", "unusual printer"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (flags, values): (Vec<_>, Vec<_>) = arguments.iter().partition(|a| a.starts_with("--"));
    let target = match values.first() {
        Some(url) if url.starts_with("postgres") => Target::Postgres((*url).clone()),
        Some(path) => Target::Sqlite((*path).into()),
        None => panic!("which database? the path of a file or a postgres:// URL"),
    };
    let incidents = values.get(1).map_or(100_000, |number| number.parse().unwrap());
    let store = Store::open(&target).unwrap();
    fill(&store, incidents);
    store
        .read_blocking(|sql| {
            for (who, scope) in viewers() {
                println!("{who}");
                measure_all(sql, &look(scope), !flags.is_empty());
            }
            Ok(())
        })
        .unwrap();
}

fn viewers() -> [(&'static str, Scope); 3] {
    let agent = Scope { teams: BTreeSet::from([team(1), team(2)]), ..world::staff() };
    let colleague = Scope { organisation: Some(organisation(1)), ..requester(500) };
    [
        ("agent of 2 teams", agent),
        ("requester", requester(500)),
        ("requester who sees their company", colleague),
    ]
}

fn measure_all(sql: &mut dyn Sql, look: &Look, plans: bool) {
    let ranking = world::ranking();
    for text in VIEWS.into_iter().chain(SEARCHES) {
        let query = query::parse(text).unwrap();
        let mut rows = 0;
        let list =
            measure(|| rows = ranked(sql, look, &ranking, &query, 50, None).unwrap().rows.len());
        let mut counted = 0;
        let count = measure(|| counted = count(sql, look, &query.filter, 10_000).unwrap());
        println!("{list} list of {rows:2}   {count} count of {counted:5}   {text}");
        if plans {
            explain(sql, look, &query);
        }
    }
    let open = query::parse("state:open").unwrap();
    let first = ranked(sql, look, &ranking, &open, 50, None).unwrap();
    let numbers: Vec<IncidentNumber> = first.rows.iter().map(|row| row.number).collect();
    println!("{} rows by number", measure(|| drop(get_many(sql, &look.scope, &numbers).unwrap())));
    if let Some(number) = numbers.last() {
        let near = measure(|| {
            assert!(neighbours_ranked(sql, look, &ranking, &open, *number).unwrap().is_some())
        });
        println!("{near} neighbours in state:open");
    }
    let found = measure(|| drop(search::search(sql, look, "unusual print", 10).unwrap()));
    println!("{found} search");
}

fn measure(mut f: impl FnMut()) -> String {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            f();
            start.elapsed()
        })
        .collect();
    times.sort();
    let at = |share: usize| times[(ROUNDS * share / 100).min(ROUNDS - 1)].as_secs_f64() * 1_000.0;
    format!("{:7.2} ms, p99 {:7.2}", at(50), at(99))
}

/// How the database finds the first page.
fn explain(sql: &mut dyn Sql, look: &Look, query: &query::Query) {
    let explain = match sql.engine() {
        Engine::Sqlite => "explain query plan",
        Engine::Postgres => "explain",
    };
    let (condition, values) = filter::compile(sql.engine(), &query.filter, look, 1);
    let order = store::incidents::list::Order::of(query).by();
    let statement = format!(
        "{explain} select i.number from incidents i where {condition} order by {order} limit 51"
    );
    for row in sql.query(&statement, &values).unwrap() {
        println!("      {:?}", row.last().unwrap());
    }
}

fn fill(store: &Store, incidents: i64) {
    let known = store.read_blocking(|sql| people::count(sql)).unwrap();
    if known > 0 {
        return;
    }
    let mut writer = store.writer().unwrap();
    writer.transaction(settle).unwrap();
    let mut dice = Dice(1);
    for first in (1..=incidents).step_by(BATCH as usize) {
        let last = incidents.min(first + BATCH - 1);
        let batch: Vec<Incident> = (first..=last).map(|n| dice.incident(n, incidents)).collect();
        writer.transaction(|sql| world::store_all(sql, &batch)).unwrap();
    }
}

fn settle(sql: &mut dyn Sql) -> Result<(), store::Failure> {
    world::settle(sql)?;
    for number in world::PEOPLE.len()..REQUESTERS {
        let email = format!("person{number}@northwind.example");
        let name = format!("Person {number}");
        people::insert(sql, &Person::new(person(number), name, Some(&email), NOW), None)?;
    }
    for number in world::TEAMS.len()..TEAMS {
        let (id, name, description) = (team(number), format!("Team {number}"), String::new());
        teams::insert(
            sql,
            &Team {
                id,
                name,
                description,
                active: true,
                calendar: None,
                assignment: Default::default(),
                by_skill: false,
                escalation: None,
                version: 1,
            },
        )?;
    }
    Ok(())
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n as u64) as usize
    }

    /// One in 25 is open, one in 100 waits for confirmation; of the open ones one in
    /// 10 is breached and one in 5 stands still.
    fn incident(&mut self, number: i64, of: i64) -> Incident {
        let words = ["printer", "vpn", "login", "screen", "badge", "order", "scanner", "mail"];
        let rare = if self.below(1_000) == 0 { " unusual" } else { "" };
        let title = format!("The {} in room {number} fails{rare}", words[self.below(words.len())]);
        let age = (of - number) * 300;
        let open = self.below(25) == 0;
        let mut incident = Incident::new(number, &title);
        for _ in 0..self.below(3) {
            let visibility = [Visibility::Public, Visibility::Internal][self.below(2)];
            let said = format!("Looked at the {} again", words[self.below(words.len())]);
            incident = incident.saying(&said, visibility);
        }
        let state = &mut incident.state;
        state.reported_at = NOW.plus_seconds(-age - 86_400);
        state.updated_at = NOW.plus_seconds(-age + self.below(86_400) as i64);
        state.priority = Priority::ALL[self.below(5)];
        state.team = (self.below(20) > 0).then(|| team(self.below(TEAMS)));
        state.requester = person(AGENTS + self.below(REQUESTERS - AGENTS));
        state.organisation = (self.below(3) == 0).then(|| organisation(self.below(2)));
        state.service = Some(service(self.below(2)));
        if self.below(50) == 0 {
            state.confidential_to = Some(team(self.below(TEAMS)));
        }
        state.lifecycle = match (open, self.below(100)) {
            (true, 0..30) => Lifecycle::New,
            (true, _) => Lifecycle::InProgress,
            (false, 0) => Lifecycle::Resolved,
            _ => Lifecycle::Closed,
        };
        if state.lifecycle != Lifecycle::New {
            state.assignee = Some(person(self.below(AGENTS)));
        }
        if state.lifecycle == Lifecycle::Closed {
            state.moments.closed = Some(state.updated_at);
        }
        if open && self.below(5) > 0 {
            let due = NOW.plus_seconds(self.below(400_000) as i64);
            let breached = self.below(10) == 0;
            state.clocks = vec![due_at(ClockKind::Resolution, due, breached)];
        }
        incident
    }
}
