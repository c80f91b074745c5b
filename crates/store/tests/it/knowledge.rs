//! Problems, articles, which incidents name them, and whether they helped, on each engine.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{Incident, NOW, content, person, service, settle, team};
use incident::event::{Derived, Linked, Reopened, Resolved, Unlinked};
use incident::state::LinkKind;
use incident::{Body, Cause, Event, Lifecycle, Scope};
use jiff::civil::date;
use kernel::{Actor, ArticleNumber, Channel, IncidentNumber, ProblemNumber, Timestamp};
use proptest::prelude::*;
use store::directory::articles::{self, Article, ArticleState, Audience};
use store::directory::problems::{self, Problem, ProblemState};
use store::incidents::{Recorded, lock_head, record, verify};
use store::knowledge::{
    self, REOPENED_WITHIN_SECONDS, Record, Success, Turn, Use, UseKind, Verdict, judge, success,
    success_of_latest,
};
use store::{Failure, Sql, Tie, Value, ties};
use uuid::Uuid;

const PROBLEM: ProblemNumber = ProblemNumber(1);

fn at(seconds: i64) -> Timestamp {
    NOW.plus_seconds(seconds)
}

fn event(n: u32, seconds: i64, body: Body) -> Event {
    let cause = Derived { by: "policy".to_owned(), name: "test".to_owned(), version: 0 };
    Event {
        n,
        at: at(seconds),
        happened_at: at(seconds),
        actor: Actor::system(),
        channel: Channel::Web,
        cause: Cause::Derived(cause),
        batch: None,
        body,
    }
}

/// Records an incident with what happened to it; its first event is the report.
fn tell(sql: &mut dyn Sql, incident: &Incident, bodies: Vec<(i64, Body)>) -> Result<(), Failure> {
    let mut part = incident.recorded();
    for (place, (seconds, body)) in (2..).zip(bodies) {
        part.events.push(event(place, seconds, body));
    }
    part.after.version = part.events.len() as u32;
    let mut head = lock_head(sql)?;
    record(sql, &mut head, &[part]).map(drop)
}

/// Records what happened to an incident later, as its `n`-th event.
fn tell_later(
    sql: &mut dyn Sql,
    incident: &Incident,
    (n, seconds): (u32, i64),
    body: Body,
) -> Result<(), Failure> {
    let told = incident.recorded();
    let mut part = Recorded {
        before: Some(incident.state.clone()),
        events: vec![event(n, seconds, body)],
        contents: vec![],
        ..told
    };
    part.after.version = n;
    let mut head = lock_head(sql)?;
    record(sql, &mut head, &[part]).map(drop)
}

fn linked(kind: LinkKind, target: &str) -> Body {
    Linked { kind, target: target.to_owned(), reverse: false, cascade: false }.into()
}

fn resolved(number: i64, known_error: Option<&str>) -> Body {
    Resolved {
        code: "fixed".to_owned(),
        note: content(number, 0),
        cause: None,
        known_error: known_error.map(str::to_owned),
        close_at: None,
    }
    .into()
}

fn reopened() -> Body {
    Reopened { note: None, by_reply: false }.into()
}

fn over(number: i64) -> Incident {
    Incident::new(number, "Scanner offline").with(|state| {
        state.lifecycle = Lifecycle::Resolved;
        state.moments.resolved = Some(NOW);
    })
}

fn everyone() -> Scope {
    Scope::common(person(0))
}

fn with_security() -> Scope {
    Scope { teams: [team(2)].into(), ..everyone() }
}

#[test]
fn problems_keep_their_numbers_and_say_what_changed() {
    each_engine("problems", |store| {
        write(store, |sql| {
            let number = problems::next_number(sql)?;
            let first = Problem {
                state: ProblemState::KnownError,
                cause: "Fast roaming".to_owned(),
                workaround: "Turn it off".to_owned(),
                steps: vec!["One".to_owned(), "Two".to_owned()],
                service: Some(service(1)),
                owner: Some(person(0)),
                review_on: Some(date(2026, 12, 1)),
                ..Problem::titled(number, "Scanners drop off", NOW)
            };
            problems::insert(sql, &first)?;
            assert_eq!(problems::get(sql, number)?, Some(first.clone()));
            // A number that was given from outside is not given again.
            problems::insert(sql, &Problem::titled(ProblemNumber(41), "Cold cache", NOW))?;
            assert_eq!(problems::next_number(sql)?, ProblemNumber(42));
            assert_eq!(problems::next_number(sql)?, ProblemNumber(43));
            let seen = problems::changed_after(sql, 0, 10)?;
            assert_eq!(seen.iter().map(|(_, one)| one.number.0).collect::<Vec<_>>(), [1, 41]);
            let last = seen[1].0;
            assert_eq!(problems::changed_after(sql, last, 10)?, []);
            let changed = Problem { title: "Scanners are offline".to_owned(), ..first.clone() };
            assert!(problems::update(sql, &changed, 1)?);
            assert!(!problems::update(sql, &changed, 1)?, "it has another version by now");
            let news = problems::changed_after(sql, last, 10)?;
            assert_eq!(news.len(), 1);
            assert_eq!((news[0].1.version, news[0].1.title.as_str()), (2, "Scanners are offline"));
            assert_eq!(problems::list(sql)?.len(), 2);
            assert!(problems::exists(sql, number)? && !problems::exists(sql, ProblemNumber(42))?);
            assert!(first.is_overdue(date(2026, 12, 2)) && !first.is_overdue(date(2026, 12, 1)));
            let due = |sql: &mut dyn Sql, who, day| -> Result<usize, Failure> {
                Ok(problems::due_of(sql, person(who), date(2026, 12, day), 10)?.len())
            };
            assert_eq!((due(sql, 0, 2)?, due(sql, 0, 1)?, due(sql, 1, 2)?), (1, 0, 0));
            let closed = Problem { state: ProblemState::Closed, ..changed };
            assert!(problems::update(sql, &closed, 2)?);
            assert_eq!(due(sql, 0, 2)?, 0);
            Ok(())
        });
    });
}

#[test]
fn articles_keep_every_version() {
    each_engine("articles", |store| {
        write(store, |sql| {
            let number = articles::next_number(sql)?;
            let draft = Article {
                body: "Dock it.".to_owned(),
                services: [service(0), service(1)].into(),
                from_incident: Some(IncidentNumber(7)),
                ..Article::titled(number, "Scanner offline", NOW)
            };
            articles::insert(sql, &draft)?;
            assert_eq!(articles::get(sql, number)?, Some(draft.clone()));
            assert_eq!(articles::list_open(sql)?, []);
            let open = Article {
                body: "Dock it for ten seconds.".to_owned(),
                audience: Audience::Everyone,
                state: ArticleState::Published,
                updated_by: Some(person(0)),
                updated_at: at(60),
                ..draft
            };
            assert!(articles::update(sql, &open, 1)?);
            assert!(!articles::update(sql, &open, 1)?);
            assert_eq!(articles::list_open(sql)?.len(), 1);
            let editions = articles::editions(sql, number)?;
            let told: Vec<_> =
                editions.iter().map(|one| (one.version, one.body.as_str())).collect();
            assert_eq!(told, [(2, "Dock it for ten seconds."), (1, "Dock it.")]);
            assert_eq!(editions[0].by, Some(person(0)));
            assert_eq!(articles::edition(sql, number, 1)?.unwrap().state, ArticleState::Draft);
            assert_eq!(articles::edition(sql, number, 9)?, None);
            let changed = articles::changed_after(sql, 0, 10)?;
            assert_eq!((changed.len(), changed[0].1.version), (1, 2));
            let owned = Article {
                owner: Some(person(1)),
                review_on: Some(date(2026, 12, 1)),
                ..changed[0].1.clone()
            };
            assert!(articles::update(sql, &owned, 2)?);
            let due = |sql: &mut dyn Sql, who, day| -> Result<usize, Failure> {
                Ok(articles::due_of(sql, person(who), date(2026, 12, day), 10)?.len())
            };
            assert_eq!((due(sql, 1, 2)?, due(sql, 1, 1)?, due(sql, 0, 2)?), (1, 0, 0));
            let retired = Article { state: ArticleState::Retired, ..owned };
            assert!(articles::update(sql, &retired, 3)?);
            assert_eq!(due(sql, 1, 2)?, 0);
            Ok(())
        });
    });
}

#[test]
fn problems_find_the_incidents_whose_timelines_name_them() {
    each_engine("ties", |store| {
        write(store, |sql| {
            settle(sql)?;
            let first = over(1);
            tell(
                sql,
                &first,
                vec![
                    (10, linked(LinkKind::KnownError, "PRB-1")),
                    (20, linked(LinkKind::CausedBy, "CHG-7")),
                    (30, resolved(1, Some("PRB-1"))),
                    (40, reopened()),
                    (50, resolved(1, Some("PRB-1"))),
                ],
            )?;
            tell(sql, &over(2), vec![(5, linked(LinkKind::Problem, "PRB-2"))])?;
            let rows = ties::of_problem(sql, PROBLEM)?;
            let told: Vec<_> = rows.iter().map(|row| (row.number.0, row.tie, row.at)).collect();
            // A workaround that resolved it twice was first used the first time.
            assert_eq!(told, [(1, Tie::KnownError, at(10)), (1, Tie::Resolution, at(30))]);
            assert_eq!(ties::of_incident(sql, IncidentNumber(2))?[0].problem, ProblemNumber(2));
            let about = |sql: &mut dyn Sql| -> Result<usize, Failure> {
                let found = verify(sql, &mut |_, _| {})?;
                Ok(found.iter().filter(|one| one.what.contains("of its problems")).count())
            };
            assert_eq!(about(sql)?, 0);
            let kind = LinkKind::KnownError;
            let unlinked = Unlinked { kind, target: "PRB-1".to_owned(), reverse: false };
            tell_later(sql, &first, (7, 60), unlinked.into())?;
            let rows = ties::of_problem(sql, PROBLEM)?;
            assert_eq!(rows.iter().map(|row| row.tie).collect::<Vec<_>>(), [Tie::Resolution]);
            assert_eq!(about(sql)?, 0);
            sql.execute("delete from incident_problems where number = 2", &[])?;
            assert_eq!(about(sql)?, 1, "it is checked");
            Ok(())
        });
    });
}

#[test]
fn what_incidents_cost_is_told_within_the_scope() {
    each_engine("problem_cost", |store| {
        write(store, |sql| {
            settle(sql)?;
            let tie = |number: i64| vec![(number, linked(LinkKind::Problem, "PRB-1"))];
            tell(sql, &over(1), tie(1))?;
            tell(sql, &over(2).with(|state| state.confidential_to = Some(team(2))), tie(2))?;
            tell(sql, &Incident::new(3, "Scanner offline"), tie(3))?;
            let cancelled = over(4).with(|state| state.lifecycle = Lifecycle::Cancelled);
            tell(sql, &cancelled, tie(4))?;
            let cost = ties::cost(sql, &everyone(), &[], NOW)?[&PROBLEM];
            // Each was reported its number of seconds after the first ten thousand.
            assert_eq!((cost.incidents, cost.open, cost.seconds), (2, 1, 9_999 + 9_997));
            assert_eq!(cost.latest, Some(at(3 - 10_000)));
            let cost = ties::cost(sql, &with_security(), &[PROBLEM], NOW)?[&PROBLEM];
            assert_eq!((cost.incidents, cost.seconds), (3, 9_999 + 9_998 + 9_997));
            assert!(ties::cost(sql, &everyone(), &[ProblemNumber(9)], NOW)?.is_empty());
            let nobody = Scope { nothing: true, ..everyone() };
            assert!(ties::cost(sql, &nobody, &[], NOW)?.is_empty());
            // Outages are what it lasted: two that share ten seconds, one within them, one that goes on.
            for (id, from, until) in
                [(1, -100, Some(-70)), (2, -80, Some(-60)), (3, -79, Some(-75)), (4, -40, None)]
            {
                let insert = "insert into outages (number, id, service_id, degree, started_at, ended_at) \
                    values (3, $1, $2, 'full', $3, $4)";
                let id = Uuid::from_u128(id).to_string();
                let ends = Value::from(until.map(at));
                sql.execute(insert, &[id.into(), service(0).into(), at(from).into(), ends])?;
            }
            let cost = ties::cost(sql, &everyone(), &[], NOW)?[&PROBLEM];
            assert_eq!(cost.seconds, 9_999 + 40 + 40, "shared time counts once");
            // Those of late are counted as they are there.
            let late = |sql: &mut dyn Sql, scope: &Scope, seconds: i64| {
                let problems = [ProblemNumber(9), PROBLEM];
                let found = ties::reported_since(sql, scope, &problems, at(seconds - 10_000))?;
                Ok::<_, Failure>(found.into_values().collect::<Vec<_>>())
            };
            assert_eq!(late(sql, &everyone(), 0)?, [2]);
            assert_eq!(late(sql, &everyone(), 3)?, [1]);
            assert_eq!(late(sql, &everyone(), 4)?, [0; 0]);
            assert_eq!(late(sql, &with_security(), 2)?, [2]);
            assert_eq!(late(sql, &nobody, 0)?, [0; 0]);
            assert!(ties::reported_since(sql, &everyone(), &[], at(-10_000))?.is_empty());
            Ok(())
        });
    });
}

#[test]
fn success_is_what_happened_afterwards() {
    each_engine("success", |store| {
        write(store, |sql| {
            settle(sql)?;
            let known = || (10, linked(LinkKind::KnownError, "PRB-1"));
            tell(sql, &over(1), vec![known(), (100, resolved(1, None))])?;
            let again = vec![known(), (100, resolved(2, None)), (200, reopened())];
            let again = again.into_iter().chain([(300, resolved(2, None))]).collect();
            tell(sql, &over(2), again)?;
            tell(sql, &Incident::new(3, "Scanner offline"), vec![known()])?;
            let secret = over(4).with(|state| state.confidential_to = Some(team(2)));
            tell(sql, &secret, vec![known(), (100, resolved(4, None))])?;
            let behind = linked(LinkKind::Problem, "PRB-1");
            tell(sql, &over(5), vec![(10, behind), (100, resolved(5, None))])?;
            tell(sql, &over(6), vec![(100, resolved(6, Some("PRB-1")))])?;
            let records = [Record::Problem(PROBLEM)];
            let did = success(sql, &everyone(), &records)?[&records[0]];
            assert_eq!(did, Success { used: 4, judged: 3, helped: 2 });
            assert_eq!(did.percent(), Some(67));
            let did = success(sql, &with_security(), &records)?[&records[0]];
            assert_eq!(did, Success { used: 5, judged: 4, helped: 3 });
            assert_eq!(Success::default().percent(), None);
            // A page that somebody waits for goes by the latest alone: the sixth, by its resolution.
            let did = success_of_latest(sql, &everyone(), &records, 1)?[&records[0]];
            assert_eq!(did, Success { used: 1, judged: 1, helped: 1 });
            // The use that was kept beside its timeline is the same use.
            let applied = Use {
                id: Uuid::from_u128(9),
                record: records[0],
                kind: UseKind::Applied,
                number: Some(IncidentNumber(1)),
                person: person(0),
                service: None,
                at: at(20),
            };
            assert!(knowledge::record(sql, &applied)?);
            let did = success(sql, &everyone(), &[records[0], Record::Article(ArticleNumber(1))])?;
            assert_eq!(did[&records[0]], Success { used: 4, judged: 3, helped: 2 });
            assert_eq!(did.len(), 1, "an article of the same number is another");
            Ok(())
        });
    });
}

#[test]
fn an_answer_without_an_incident_failed_where_it_was_reported_all_the_same() {
    each_engine("solved", |store| {
        write(store, |sql| {
            settle(sql)?;
            let secret = Incident::new(7, "No labels").with(|state| {
                state.service = Some(service(1));
                state.confidential_to = Some(team(2));
            });
            tell(sql, &secret, vec![])?;
            let record = Record::Article(ArticleNumber(3));
            let solved = |id: u128, who: usize, seconds: i64| Use {
                id: Uuid::from_u128(id),
                record,
                kind: UseKind::Solved,
                number: None,
                person: person(who),
                service: Some(service(1)),
                at: at(seconds),
            };
            assert!(knowledge::record(sql, &solved(1, 1, -10_100))?);
            assert!(!knowledge::record(sql, &solved(2, 1, -10_050))?, "they said so today");
            assert!(knowledge::record(sql, &solved(3, 2, -10_100))?);
            let did = success(sql, &with_security(), &[record])?[&record];
            assert_eq!(did, Success { used: 2, judged: 2, helped: 1 });
            let did = success(sql, &everyone(), &[record])?[&record];
            assert_eq!(did, Success { used: 2, judged: 2, helped: 2 }, "it is not theirs to know");
            Ok(())
        });
    });
}

#[test]
fn an_article_counts_once_on_an_incident() {
    each_engine("article_uses", |store| {
        write(store, |sql| {
            settle(sql)?;
            tell(sql, &over(1), vec![(100, resolved(1, None))])?;
            let record = Record::Article(ArticleNumber(3));
            let used = |id: u128, kind: UseKind| Use {
                id: Uuid::from_u128(id),
                record,
                kind,
                number: Some(IncidentNumber(1)),
                person: person(0),
                service: None,
                at: at(10),
            };
            assert!(knowledge::record(sql, &used(1, UseKind::Linked))?);
            assert!(!knowledge::record(sql, &used(2, UseKind::Helped))?);
            assert!(!knowledge::record(sql, &used(3, UseKind::Linked))?);
            let kept = knowledge::of_incident(sql, IncidentNumber(1))?;
            assert_eq!(kept.iter().map(|one| one.kind).collect::<Vec<_>>(), [UseKind::Helped]);
            let did = success(sql, &everyone(), &[record])?[&record];
            assert_eq!(did, Success { used: 1, judged: 1, helped: 1 });
            assert!(knowledge::forget(sql, record, IncidentNumber(1))?);
            assert!(success(sql, &everyone(), &[record])?.is_empty());
            Ok(())
        });
    });
}

#[test]
fn records_are_named_by_their_numbers() {
    assert_eq!("prb-3".parse::<Record>().unwrap(), Record::Problem(ProblemNumber(3)));
    assert_eq!("KB-12".parse::<Record>().unwrap().to_string(), "KB-12");
    assert!("INC-3".parse::<Record>().is_err());
}

/// The same verdict as [`judge`], each reopening looked at by itself.
fn judged_slowly(used_at: Timestamp, over: bool, turns: &[Turn]) -> Verdict {
    let failed = turns.iter().enumerate().any(|(place, turn)| {
        let Turn::Reopened(when) = *turn else { return false };
        let later = turns[place + 1..].iter();
        let mut until_next = later.take_while(|turn| !matches!(turn, Turn::Reopened(_)));
        let withdrawn = until_next.any(|turn| *turn == Turn::Withdrawn);
        let before = turns[..place].iter().rev().find_map(|turn| match turn {
            Turn::Resolved(at) => Some(*at),
            _ => None,
        });
        let soon = before.is_some_and(|at| when.seconds_since(at) <= REOPENED_WITHIN_SECONDS);
        !withdrawn && soon && when >= used_at
    });
    match (failed, over) {
        (true, _) => Verdict::Failed,
        (false, true) => Verdict::Helped,
        (false, false) => Verdict::Open,
    }
}

proptest! {
    #[test]
    fn verdicts_are_those_of_a_slow_look(
        used in 0_i64..40,
        over in any::<bool>(),
        kinds in prop::collection::vec((0_u8..3, 0_i64..5), 0..12),
    ) {
        let day = 86_400;
        let mut now = 0;
        let turns: Vec<Turn> = kinds
            .into_iter()
            .map(|(kind, days)| {
                now += days * 2 * day;
                match kind {
                    0 => Turn::Resolved(at(now)),
                    1 => Turn::Reopened(at(now)),
                    _ => Turn::Withdrawn,
                }
            })
            .collect();
        let used = at(used * day);
        prop_assert_eq!(judge(used, over, &turns), judged_slowly(used, over, &turns));
    }
}
