//! What reports count, against a slow recomputation from the timelines: on each engine, in
//! several scopes, with some of it kept and some measured as it is read.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::each_engine;
use incident::clocks::{ClockKind, ClockStatus};
use incident::conduct::Degree;
use incident::{Access, Change, Command, Event, Scope, State, Subject, Viewer, Visibility, fold};
use insight::report::{
    By, Fact, Figure, Measure, Name, Period, Table, backlog, behind, columns, measures, tabulate,
};
use jiff::tz::TimeZone;
use kernel::{Channel, IncidentNumber, OutageId, Timestamp};
use query::{Context, Expr};
use std::collections::BTreeSet;
use store::Store;
use store::incidents::list::Look;
use store::incidents::timeline;
use store::reports::{self, Wanted};
use testkit::{START, TestDesk};
use uuid::Uuid;

/// A small generator, so that every run is the same (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % most
    }
}

/// Things happen, allowed or not; now and then what is counted is followed.
async fn play(t: &TestDesk, dice: &mut Dice, steps: usize) -> Vec<IncidentNumber> {
    let mut numbers = vec![t.report("The first").await];
    for step in 0..steps {
        t.clock.advance(dice.below(9_000) as i64);
        let number = numbers[dice.below(numbers.len() as u64) as usize];
        let other = numbers[dice.below(numbers.len() as u64) as usize];
        let who = if dice.below(2) == 0 { &t.agent } else { &t.other_agent };
        let mut ask = t.desk.ask(who, Channel::Web).on(number);
        let words = ask.words("note", "Seen to", 100).unwrap();
        let teams = [t.network, t.workplace];
        let team = teams[dice.below(2) as usize];
        let command = match dice.below(12) {
            0..=2 => {
                numbers.push(t.report(&format!("Number {step}")).await);
                continue;
            }
            3 | 4 => Command::Assign { team: Change::Set(team), assignee: Change::Keep },
            5 => Command::Comment { body: words, visibility: Visibility::Public },
            6 | 7 => Command::Resolve {
                code: "fixed".to_owned(),
                note: words,
                cause: None,
                known_error: None,
                children: false,
            },
            8 => Command::Reopen { note: words },
            9 => Command::Acknowledge,
            10 => Command::Restrict { team: Some(team) },
            _ => Command::Merge { into: other },
        };
        // Some of it is refused, which is as good.
        drop(ask.issue(command).await);
        if dice.below(10) == 0 {
            while t.desk.follow_reports().await.unwrap() {}
        }
    }
    numbers
}

/// An incident as all its states, the first after its first entry.
struct Told {
    number: IncidentNumber,
    events: Vec<Event>,
    states: Vec<State>,
}

impl Told {
    fn last(&self) -> &State {
        self.states.last().unwrap()
    }

    fn hops(&self) -> i64 {
        let pairs = self.states.windows(2);
        let moved = |pair: &&[State]| match (pair[0].team, pair[1].team) {
            (Some(before), Some(after)) => before != after,
            _ => false,
        };
        pairs.filter(moved).count() as i64
    }

    /// Whether it was open just before an instant.
    fn was_open(&self, at: Timestamp) -> bool {
        let until = self.events.iter().zip(&self.states);
        let before = until.take_while(|(event, _)| event.happened_at < at);
        before.last().is_some_and(|(_, state)| state.lifecycle.is_open())
    }

    fn resolution_met(&self) -> Option<bool> {
        let state = self.last();
        let clock = state.clocks.iter().find(|clock| clock.kind == ClockKind::Resolution)?;
        match (clock.first_breached_at, clock.status) {
            (Some(_), _) => Some(false),
            (None, ClockStatus::Stopped) => Some(true),
            _ => None,
        }
    }
}

/// The timelines of what the viewer sees all of and what was not merged, state by state.
async fn told(t: &TestDesk, viewer: &Viewer, numbers: &[IncidentNumber]) -> Vec<Told> {
    let scope = Scope::of(viewer);
    let mut all = Vec::new();
    for number in numbers.iter().copied() {
        let stored =
            t.desk.read(move |sql| timeline::timeline(sql, number, 0, 10_000)).await.unwrap();
        let events: Vec<Event> = stored.into_iter().map(|stored| stored.event).collect();
        let states: Vec<State> =
            (1..=events.len()).map(|count| fold(&events[..count]).unwrap()).collect();
        let told = Told { number, events, states };
        let seen = scope.access(&Subject::from(told.last())) == Access::Full;
        if seen && told.last().merged_into.is_none() {
            all.push(told);
        }
    }
    all
}

fn period(t: &TestDesk) -> Period {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let day = |at: Timestamp| zone.to_datetime(at.to_jiff()).date();
    Period::new(day(START), day(t.desk.now()), zone.clone()).unwrap()
}

fn wanted(viewer: &Viewer, period: &Period, name: Name, by: By, now: Timestamp) -> Wanted {
    let context = Context { me: Some(viewer.person), my_teams: vec![], now, zone: TimeZone::UTC };
    Wanted {
        look: Look { scope: Scope::of(viewer), context },
        expr: Expr::All,
        from: period.start(),
        to: period.end(),
        by,
        measures: measures(name),
    }
}

async fn facts(t: &TestDesk, viewer: &Viewer, name: Name, by: By, expr: Expr) -> Vec<Fact> {
    let wanted = Wanted { expr, ..wanted(viewer, &period(t), name, by, t.desk.now()) };
    t.desk.read(move |sql| reports::facts(sql, &wanted)).await.unwrap().unwrap()
}

fn cell(table: &Table, line: &str, column: &str) -> Option<f64> {
    let place = table.columns.iter().position(|one| one.key == column).unwrap();
    table.lines.iter().find(|one| one.key == line)?.cells[place].value
}

/// The least value that so many per cent do not pass.
fn slow_percentile(values: &[i64], per_cent: usize) -> Option<f64> {
    let enough = |value: &i64| {
        values.iter().filter(|other| *other <= value).count() * 100 >= per_cent * values.len()
    };
    values.iter().copied().filter(enough).min().map(|value| value as f64)
}

async fn compare(t: &TestDesk, viewer: &Viewer, numbers: &[IncidentNumber]) {
    let (told, period) = (told(t, viewer, numbers).await, period(t));
    let table = |name: Name, by: By, facts: &[Fact]| {
        tabulate(name.as_str(), &columns(name), measures(name), by, facts, &period)
    };
    let times = facts(t, viewer, Name::Times, By::Priority, Expr::All).await;
    let times = table(Name::Times, By::Priority, &times);
    let resolved = |told: &&Told| !told.last().lifecycle.is_open();
    let seconds: Vec<i64> = told
        .iter()
        .filter(resolved)
        .filter_map(|told| {
            let state = told.last();
            state.moments.resolved.map(|at| at.seconds_since(state.reported_at))
        })
        .collect();
    assert_eq!(cell(&times, "all", "incidents"), Some(told.len() as f64));
    assert_eq!(cell(&times, "all", "resolve_count"), Some(seconds.len() as f64));
    assert_eq!(cell(&times, "all", "resolve_median"), slow_percentile(&seconds, 50));
    assert_eq!(cell(&times, "all", "resolve_p90"), slow_percentile(&seconds, 90));

    let by_team = facts(t, viewer, Name::Hops, By::Team, Expr::All).await;
    let hops = table(Name::Hops, By::Team, &by_team);
    let moved = told.iter().filter(|told| told.hops() > 0).count();
    assert_eq!(cell(&hops, "all", "moved"), Some(moved as f64));
    let network = t.network.to_string();
    let theirs: Vec<&Told> =
        told.iter().filter(|told| told.last().team == Some(t.network)).collect();
    let incidents = cell(&hops, &network, "incidents").unwrap_or_default();
    assert_eq!(incidents, theirs.len() as f64);
    let figure: Figure = format!("hops~{network}~moved").parse().unwrap();
    let listed =
        behind(&figure, &columns(Name::Hops), measures(Name::Hops), By::Team, &by_team, &period);
    let expected = theirs.iter().filter(|told| told.hops() > 0).map(|told| told.number);
    let expected: BTreeSet<IncidentNumber> = expected.collect();
    assert_eq!(listed.unwrap(), expected);

    let met = facts(t, viewer, Name::Compliance, By::Agreement, Expr::All).await;
    let met = table(Name::Compliance, By::Agreement, &met);
    for (column, wanted) in [("resolution_met", true), ("resolution_breached", false)] {
        let count = told.iter().filter(|told| told.resolution_met() == Some(wanted)).count();
        assert_eq!(cell(&met, "all", column), Some(count as f64), "{column}");
    }
    let again = facts(t, viewer, Name::Reopenings, By::All, Expr::All).await;
    let times: i64 = told.iter().map(|told| i64::from(told.last().reopenings)).sum();
    assert_eq!(cell(&table(Name::Reopenings, By::All, &again), "all", "times"), Some(times as f64));
    compare_backlog(t, viewer, &told, &period).await;
}

async fn compare_backlog(t: &TestDesk, viewer: &Viewer, told: &[Told], period: &Period) {
    let now = t.desk.now();
    let wanted = wanted(viewer, period, Name::Backlog, By::All, now);
    let spans = t.desk.read(move |sql| reports::spans(sql, &wanted)).await.unwrap().unwrap();
    let days = &backlog(&spans, period, now)[0];
    assert_eq!(days.lines.len(), period.count());
    for (day, line) in days.lines.iter().enumerate() {
        let end = period.day_start(day + 1);
        let open = told.iter().filter(|told| told.was_open(end)).count();
        assert_eq!(line.cells[0].counted, open as u64, "{} of {}", line.key, viewer.name);
    }
}

async fn random(store: Store, seed: u64) {
    let t = TestDesk::idle_on(store, tempfile::tempdir().unwrap()).await;
    let mut dice = Dice(seed);
    let mut numbers = play(&t, &mut dice, 60).await;
    for viewer in [&t.agent, &t.other_agent, &t.manager, &t.auditor] {
        compare(&t, viewer, &numbers).await;
    }
    while t.desk.follow_reports().await.unwrap() {}
    for viewer in [&t.agent, &t.auditor] {
        compare(&t, viewer, &numbers).await;
    }
    numbers.push(t.report("Nothing happens to it").await);
    compare(&t, &t.manager, &numbers).await;
}

fn block_on(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(future);
}

#[test]
fn figures_are_those_of_a_slow_recomputation() {
    for seed in [1, 2, 3] {
        each_engine(&format!("reports_{seed}"), |store| block_on(random(store.clone(), seed)));
    }
}

#[test]
fn what_is_hidden_counts_for_its_team_alone_at_once() {
    each_engine("reports_hidden", |store| {
        let store = store.clone();
        block_on(async move {
            let t = TestDesk::idle_on(store, tempfile::tempdir().unwrap()).await;
            let number = t.report("Whose payslip is this?").await;
            t.report("Another").await;
            while t.desk.follow_reports().await.unwrap() {}
            let hide = Command::Restrict { team: Some(t.network) };
            t.issue(&t.agent, number, hide).await.unwrap();
            // Asked with a query and without, before and after it was followed.
            for followed in [false, true] {
                let vpn = query::parse("service:VPN").unwrap().filter;
                for expr in [Expr::All, vpn] {
                    for (viewer, count) in [(&t.agent, 2), (&t.manager, 1), (&t.auditor, 2)] {
                        let found = facts(&t, viewer, Name::Hops, By::Priority, expr.clone()).await;
                        assert_eq!(found.len(), count, "{} {followed}", viewer.name);
                    }
                }
                while t.desk.follow_reports().await.unwrap() {}
            }
        });
    });
}

#[test]
fn every_measure_has_a_column() {
    each_engine("reports_columns", |store| {
        let all: Vec<String> = Measure::OF_INCIDENTS.iter().map(Measure::to_string).collect();
        let statement = format!("select {} from report_facts", all.join(", "));
        store.read_blocking(|sql| sql.query(&statement, &[])).unwrap();
    });
}

#[test]
fn what_was_out_counts_for_those_who_see_its_incident() {
    each_engine("reports_outages", |store| {
        let store = store.clone();
        block_on(async move {
            let t = TestDesk::idle_on(store, tempfile::tempdir().unwrap()).await;
            t.clock.advance(7_200);
            for title in ["It is out", "It was broken into", "It was my cable"] {
                let number = t.report(title).await;
                let outage = Command::RecordOutage {
                    outage: OutageId(Uuid::from_u128(number.0 as u128)),
                    service: t.vpn,
                    degree: Degree::Full,
                    started_at: t.desk.now().plus_seconds(-3_600),
                    ended_at: Some(t.desk.now().plus_seconds(-600)),
                };
                t.issue(&t.agent, number, outage).await.unwrap();
                let mut ask = t.desk.ask(&t.agent, Channel::Web).on(number);
                let command = match title {
                    "It was broken into" => Command::Restrict { team: Some(t.network) },
                    "It was my cable" => {
                        Command::Cancel { reason: ask.words("reason", "In error", 100).unwrap() }
                    }
                    _ => continue,
                };
                ask.issue(command).await.unwrap();
            }
            let (period, now) = (period(&t), t.desk.now());
            let (downtime, lines) = (Name::Downtime, columns(Name::Downtime));
            for (viewer, count) in [(&t.agent, 2.0), (&t.manager, 1.0), (&t.auditor, 2.0)] {
                let wanted = wanted(viewer, &period, downtime, By::Service, now);
                let found = t.desk.read(move |sql| reports::outages(sql, &wanted, now));
                let found = found.await.unwrap();
                let (by, of) = (By::Service, measures(downtime));
                let table = tabulate("downtime", &lines, of, by, &found, &period);
                let vpn = t.vpn.to_string();
                assert_eq!(cell(&table, &vpn, "outages"), Some(count), "{}", viewer.name);
                assert_eq!(cell(&table, &vpn, "out"), Some(3_000.0), "shared time counts once");
            }
        });
    });
}

#[test]
fn every_report_can_be_asked_for_in_every_line() {
    each_engine("reports_lines", |store| {
        let store = store.clone();
        block_on(async move {
            let t = TestDesk::idle_on(store, tempfile::tempdir().unwrap()).await;
            t.report("Nothing works").await;
            while t.desk.follow_reports().await.unwrap() {}
            let (period, now) = (period(&t), t.desk.now());
            let asked = [Expr::All, query::parse("service:VPN").unwrap().filter];
            for name in Name::ALL.iter().copied() {
                let lines = name.by().iter();
                for (by, expr) in lines.flat_map(|by| asked.iter().map(move |expr| (*by, expr))) {
                    let wanted = wanted(&t.agent, &period, name, by, now);
                    let wanted = Wanted { expr: expr.clone(), ..wanted };
                    let found = t.desk.read(move |sql| {
                        Ok(match name {
                            Name::OnCall => reports::pages(sql, &wanted)?.len(),
                            Name::Downtime => reports::outages(sql, &wanted, now)?.len(),
                            Name::Backlog => reports::spans(sql, &wanted)?.map_or(9, |it| it.len()),
                            _ => reports::facts(sql, &wanted)?.map_or(9, |it| it.len()),
                        })
                    });
                    let none = matches!(name, Name::OnCall | Name::Downtime);
                    assert_eq!(found.await.unwrap(), usize::from(!none), "{name} {by}");
                }
            }
        });
    });
}
