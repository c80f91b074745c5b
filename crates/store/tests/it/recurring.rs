//! Clusters as they are kept, and the incidents that are compared.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{
    Incident, NOW, person, requester, service, settle, staff, store_all, team,
};
use incident::Lifecycle;
use insight::recurring::Seen;
use kernel::{ClusterId, IncidentNumber, ProblemNumber, ServiceId};
use store::recurring::{
    Recurring, RecurringState, count, decide, get, keep, list, mark, members, put, rename, seen,
    seen_by, take, tidy, tied,
};
use store::{Failure, Sql, Value};

fn cluster(number: u128, origin: i64, of: ServiceId) -> Recurring {
    Recurring {
        id: ClusterId(uuid::Uuid::from_u128(number)),
        origin: IncidentNumber(origin),
        name: "blank labels".to_owned(),
        service: Some(of),
        state: RecurringState::Proposed,
        problem: None,
        silent_below: 0,
        found_at: NOW.plus_seconds(number as i64),
        decided_at: None,
        decided_by: None,
    }
}

fn numbers(all: &[i64]) -> Vec<IncidentNumber> {
    all.iter().copied().map(IncidentNumber).collect()
}

#[test]
fn a_cluster_keeps_its_id_and_what_was_decided() {
    each_engine("recurring_kept", |store| {
        write(store, |sql| {
            let first = cluster(1, 11, service(0));
            assert_eq!(keep(sql, &first)?, first.id);
            // Another node found it, too.
            assert_eq!(keep(sql, &cluster(2, 11, service(0)))?, first.id);
            let other = cluster(3, 21, service(1));
            keep(sql, &other)?;
            assert_eq!(list(sql)?, [first.clone(), other.clone()]);
            put(sql, first.id, &numbers(&[11, 12, 13]))?;
            put(sql, other.id, &numbers(&[21, 13]))?;
            let together = members(sql)?;
            assert_eq!(together[&first.id].len(), 2, "one belongs to one cluster");
            assert_eq!((count(sql, first.id)?, count(sql, other.id)?), (2, 2));
            let dismissed = Recurring {
                state: RecurringState::Dismissed,
                silent_below: 4,
                decided_at: Some(NOW),
                decided_by: Some(person(0)),
                ..first.clone()
            };
            decide(sql, &dismissed)?;
            tidy(sql, NOW.plus_seconds(60))?;
            assert_eq!(get(sql, first.id)?, Some(dismissed), "it is silent");
            put(sql, first.id, &numbers(&[14, 15]))?;
            tidy(sql, NOW.plus_seconds(60))?;
            let again = get(sql, first.id)?.unwrap();
            assert_eq!(again.state, RecurringState::Proposed, "it has doubled");
            rename(sql, first.id, "labels", Some(service(0)))?;
            let behind = Recurring {
                state: RecurringState::Problem,
                problem: Some(ProblemNumber(7)),
                name: "labels".to_owned(),
                ..again.clone()
            };
            decide(sql, &behind)?;
            take(sql, &numbers(&[11, 12, 14, 15, 21, 13]))?;
            tidy(sql, NOW)?;
            assert_eq!(list(sql)?, [behind], "what nobody decided about and is empty is gone");
            tidy(sql, NOW.plus_seconds(60))?;
            assert_eq!(list(sql)?, [], "what is empty for long makes room");
            Ok(())
        });
    });
}

fn told(sql: &mut dyn Sql, since: i64, limit: i64) -> Result<Vec<Seen>, Failure> {
    let before = (NOW.plus_seconds(10_000), IncidentNumber(i64::MAX));
    let found = seen(sql, NOW.plus_seconds(since), before, limit)?;
    Ok(found.into_iter().map(|(_, seen)| seen).collect())
}

/// Incidents of one service, of which some tell nothing.
fn incidents() -> [Incident; 9] {
    let report = |number: i64| {
        Incident::new(number, "Labels print blank").with(move |state| {
            state.service = Some(service(1));
            state.reported_at = NOW.plus_seconds(number * 60);
            state.moments.resolved = Some(NOW.plus_seconds(number * 60 + 3_600));
            state.lifecycle = Lifecycle::Resolved;
        })
    };
    [
        report(1),
        report(2),
        report(3),
        report(4).with(|state| state.confidential_to = Some(team(0))),
        report(5).with(|state| state.parent = Some(IncidentNumber(1))),
        report(6).with(|state| state.merged_into = Some(IncidentNumber(1))),
        report(7).with(|state| state.lifecycle = Lifecycle::Cancelled),
        report(8).with(|state| state.reported_at = NOW.plus_seconds(-9_000)),
        report(9),
    ]
}

#[test]
fn what_is_confidential_a_part_or_long_ago_is_not_compared() {
    each_engine("recurring_seen", |store| {
        write(store, |sql| {
            settle(sql)?;
            assert_eq!(mark(sql)?, (None, None));
            store_all(sql, &incidents())
        });
        write(store, |sql| {
            let found: Vec<i64> = told(sql, 0, 50)?.iter().map(|seen| seen.number.0).collect();
            assert_eq!(found, [9, 3, 2, 1]);
            let one = told(sql, 0, 1)?.remove(0);
            assert_eq!((one.title.as_str(), one.service), ("Labels print blank", Some(service(1))));
            assert_eq!((one.category, one.group, one.problem), (None, None, None));
            let before = (NOW.plus_seconds(180), IncidentNumber(3));
            let rest = seen(sql, NOW, before, 50)?;
            let rest: Vec<i64> = rest.iter().map(|(_, seen)| seen.number.0).collect();
            assert_eq!(rest, [2, 1], "reading goes on where it ended");
            assert_eq!(mark(sql)?.1, Some(9));
            Ok(())
        });
    });
}

#[test]
fn members_show_to_whoever_sees_enough_of_them() {
    each_engine("recurring_seen_by", |store| {
        write(store, |sql| {
            settle(sql)?;
            store_all(sql, &incidents())
        });
        write(store, |sql| {
            let (first, few) = (cluster(1, 1, service(1)), cluster(2, 8, service(1)));
            keep(sql, &first)?;
            keep(sql, &few)?;
            put(sql, first.id, &numbers(&[1, 2, 3, 4, 5]))?;
            put(sql, few.id, &numbers(&[8, 9]))?;
            let now = NOW.plus_seconds(50_000);
            let all = seen_by(sql, &staff(), None, now)?;
            assert_eq!(all.keys().collect::<Vec<_>>(), [&first.id], "two are chance");
            let members = &all[&first.id];
            let shown: Vec<i64> = members.iter().map(|member| member.number.0).collect();
            assert_eq!(shown, [3, 2, 1]);
            assert!(members.iter().all(|member| member.seconds == 3_600 && !member.is_open));
            assert_eq!(seen_by(sql, &staff(), Some(first.id), now)?, all);
            assert!(seen_by(sql, &staff(), Some(few.id), now)?.is_empty());
            assert!(seen_by(sql, &requester(2), None, now)?.is_empty());
            for (number, kind) in [(1, "problem"), (1, "caused_by"), (9, "problem")] {
                let tie = "insert into incident_problems (number, problem, kind, at) \
                    values ($1, 7, $2, 0)";
                sql.execute(tie, &[Value::Int(number), kind.into()])?;
            }
            let tied = tied(sql, first.id, ProblemNumber(7))?;
            assert_eq!(
                tied.into_iter().collect::<Vec<_>>(),
                numbers(&[1]),
                "the ninth is of others"
            );
            Ok(())
        });
    });
}
