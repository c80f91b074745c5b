//! Surges as they are kept, and the reports that tell them.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{Incident, NOW, person, service, settle, store_all};
use insight::surge::Arrival;
use kernel::{IncidentNumber, ServiceId, SurgeId, Timestamp};
use store::surges::{
    Surge, SurgeState, accept, accepted, alone, arrivals, count, dismiss, end, first_report, get,
    hold, last_number, list, looked_until, majors, open, propose, recent, services_after,
};

fn surge(number: u128, of: ServiceId) -> Surge {
    Surge {
        id: SurgeId(uuid::Uuid::from_u128(number)),
        service: of,
        state: SurgeState::Proposed,
        began: NOW,
        proposed_at: NOW.plus_seconds(number as i64),
        slow: number == 2,
        counted: 7,
        expected_milli: 1_250,
        parent: None,
        decided_at: None,
        decided_by: None,
        ended_at: None,
    }
}

#[test]
fn a_service_has_one_surge_at_a_time_and_it_is_decided_once() {
    each_engine("surges_once", |store| {
        write(store, |sql| {
            let (first, second) = (surge(1, service(0)), surge(2, service(0)));
            assert!(propose(sql, &first)?);
            assert!(!propose(sql, &second)?, "it has one");
            assert!(propose(sql, &surge(3, service(1)))?);
            assert_eq!(open(sql)?.len(), 2);
            assert_eq!(get(sql, first.id)?, Some(first.clone()));
            count(sql, first.id, 9, 2_000)?;
            let later = NOW.plus_seconds(60);
            assert!(hold(sql, first.id)?, "nobody decided");
            let parent = IncidentNumber(5);
            assert!(accept(sql, first.id, parent, (person(0), later))?);
            assert!(!hold(sql, first.id)?);
            assert!(!dismiss(sql, first.id, (person(1), later))?);
            assert!(!accept(sql, first.id, IncidentNumber(6), (person(1), later))?);
            let kept = get(sql, first.id)?.unwrap();
            assert_eq!((kept.parent, kept.decided_by), (Some(parent), Some(person(0))));
            assert!(!kept.is_undecided());
            // As an earlier version may have left it.
            sql.execute("update surges set parent = null where id = $1", &[first.id.into()])?;
            assert!(get(sql, first.id)?.unwrap().is_undecided() && hold(sql, first.id)?);
            assert!(accept(sql, first.id, parent, (person(1), later))?);
            let over = NOW.plus_seconds(3_600);
            end(sql, first.id, over)?;
            end(sql, surge(3, service(1)).id, over)?;
            let kept = get(sql, first.id)?.unwrap();
            assert_eq!((kept.state, kept.counted), (SurgeState::Accepted, 9));
            assert_eq!((kept.parent, kept.ended_at), (Some(IncidentNumber(5)), Some(over)));
            let other = get(sql, surge(3, service(1)).id)?.unwrap();
            assert_eq!(other.state, SurgeState::Over, "nobody decided");
            assert!(open(sql)?.is_empty());
            assert_eq!(accepted(sql, service(0), NOW)?, [(NOW, over)]);
            assert_eq!(accepted(sql, service(1), NOW)?, []);
            assert!(propose(sql, &second)?, "the next one");
            let ids: Vec<SurgeId> = list(sql, 10)?.into_iter().map(|one| one.id).collect();
            assert_eq!(ids, [surge(3, service(1)).id, second.id, first.id]);
            Ok(())
        });
    });
}

#[test]
fn reports_of_a_service_are_found_in_the_order_of_time() {
    each_engine("surges_reports", |store| {
        let at = |seconds: i64| NOW.plus_seconds(seconds);
        let report = |number: i64, seconds: i64| {
            Incident::new(number, "No labels").with(move |state| {
                state.service = Some(service(1));
                state.requester = person(number as usize % 4);
                state.reported_at = at(seconds);
            })
        };
        let all = [
            report(1, -9_000),
            report(2, 60),
            report(3, 30).with(|state| state.parent = Some(IncidentNumber(1))),
            report(4, 90).with(|state| state.major = true),
            report(5, 120),
            Incident::new(6, "No service").with(move |state| state.reported_at = at(150)),
        ];
        write(store, |sql| {
            settle(sql)?;
            store_all(sql, &all)
        });
        write(store, |sql| {
            let found = arrivals(sql, service(1), NOW, 10)?;
            let found: Vec<Timestamp> = found.iter().map(|arrival| arrival.at).collect();
            assert_eq!(found, [at(30), at(60), at(90), at(120)]);
            let latest = arrivals(sql, service(1), NOW, 1)?;
            assert_eq!((latest[0].at, latest[0].by), (at(120), person(1)));
            let numbers = alone(sql, service(1), at(-10_000), 10)?;
            assert_eq!(numbers, [2, 5].map(IncidentNumber), "no parent, child or major one");
            assert_eq!(majors(sql, service(1), 5)?, [IncidentNumber(4)]);
            assert_eq!(first_report(sql)?, Some(at(-9_000)));
            assert_eq!((looked_until(sql, NOW)?, last_number(sql)?), (1, 6));
            assert_eq!(looked_until(sql, at(1_000))?, 6);
            assert_eq!(services_after(sql, 2, 6)?, [(service(1), 3)]);
            Ok(())
        });
    });
}

#[test]
fn somebody_who_reports_often_pushes_out_nobody_else() {
    each_engine("surges_often", |store| {
        let report = |number: i64, by: usize, seconds: i64| {
            Incident::new(number, "No labels").with(move |state| {
                state.service = Some(service(1));
                state.requester = person(by);
                state.reported_at = NOW.plus_seconds(seconds);
            })
        };
        let mut all = vec![report(1, 1, 0), report(2, 2, 10), report(3, 3, 20)];
        all.extend((0..50).map(|n| report(4 + n, 0, 30 + n)));
        write(store, |sql| {
            settle(sql)?;
            store_all(sql, &all)
        });
        write(store, |sql| {
            // Fifty seconds lie in two minutes at most.
            let found = recent(sql, service(1), NOW, 5)?;
            let times: Vec<Timestamp> = found.iter().map(|arrival| arrival.at).collect();
            assert!(times.is_sorted(), "{times:?}");
            for (by, seconds) in [(1, 0), (2, 10), (3, 20), (0, 30)] {
                let at = NOW.plus_seconds(seconds);
                let is_it = |one: &Arrival| (one.at, one.by) == (at, person(by));
                assert!(found.iter().any(is_it), "{by}: {found:?}");
            }
            let latest = recent(sql, service(1), NOW, 1)?;
            assert_eq!((latest.len(), latest[0].by), (1, person(0)));
            Ok(())
        });
    });
}
