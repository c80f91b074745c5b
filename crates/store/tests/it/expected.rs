//! What is learned from, what was learned, and what was shown beside what came of it.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{Incident, NOW, settle, store_all, team};
use incident::{Lifecycle, State};
use kernel::{IncidentNumber, Priority};
use store::expected::{
    Became, Shown, Trained, arrivals, end, ended, forget, forget_before, handling, keep, open,
    over, show, trained, version, waiting,
};

fn closed(number: i64) -> Incident {
    Incident::new(number, "Over").with(|state: &mut State| {
        state.lifecycle = Lifecycle::Closed;
        state.moments.resolved = Some(NOW.plus_seconds(600));
    })
}

fn shown(number: i64, bucket: i64) -> Shown {
    Shown {
        number: IncidentNumber(number),
        bucket,
        at: NOW.plus_seconds(bucket),
        priority: Priority::ALL[1],
        low: NOW.plus_seconds(60),
        likely: NOW.plus_seconds(120),
        high: NOW.plus_seconds(180),
        ended: None,
    }
}

#[test]
fn only_what_is_over_and_not_confidential_tells() {
    each_engine("expected_over", |store| {
        write(store, |sql| {
            settle(sql)?;
            let all = [
                closed(1),
                closed(2).with(|state| state.confidential_to = Some(team(0))),
                closed(3).with(|state| state.merged_into = Some(IncidentNumber(1))),
                closed(4).with(|state| state.lifecycle = Lifecycle::Cancelled),
                closed(5).with(|state| state.lifecycle = Lifecycle::Resolved),
                Incident::new(6, "Open"),
            ];
            store_all(sql, &all)?;
            let all = IncidentNumber(i64::MAX);
            assert_eq!(over(sql, all, 10)?, [IncidentNumber(5), IncidentNumber(1)]);
            assert_eq!(over(sql, IncidentNumber(5), 10)?, [IncidentNumber(1)]);
            assert_eq!(over(sql, all, 1)?, [IncidentNumber(5)]);
            assert_eq!(open(sql, IncidentNumber(0), 10)?, [IncidentNumber(6)]);
            assert!(open(sql, IncidentNumber(6), 10)?.is_empty());
            Ok(())
        });
    });
}

#[test]
fn what_was_shown_is_kept_once_and_meets_what_came() {
    each_engine("expected_shown", |store| {
        write(store, |sql| {
            settle(sql)?;
            let all = [
                closed(1).with(|state| state.moments.restored = Some(NOW.plus_seconds(300))),
                closed(2),
                closed(3).with(|state| state.lifecycle = Lifecycle::Resolved),
                closed(4).with(|state| state.confidential_to = Some(team(0))),
                closed(5).with(|state| state.lifecycle = Lifecycle::Cancelled),
            ];
            store_all(sql, &all)?;
            for number in 1..=5 {
                show(sql, &shown(number, 7))?;
            }
            show(sql, &Shown { likely: NOW, ..shown(1, 7) })?;
            show(sql, &shown(1, 8))?;
            let found = waiting(sql, IncidentNumber(0), 10)?;
            let expected = [
                (IncidentNumber(1), Became::Over(NOW.plus_seconds(300))),
                (IncidentNumber(2), Became::Over(NOW.plus_seconds(600))),
                (IncidentNumber(3), Became::Open),
                (IncidentNumber(4), Became::Nothing),
                (IncidentNumber(5), Became::Nothing),
            ];
            assert_eq!(found, expected);
            assert_eq!(waiting(sql, IncidentNumber(3), 1)?, [expected[3]]);
            for number in [1, 4] {
                end(sql, IncidentNumber(number), NOW.plus_seconds(300))?;
            }
            forget(sql, IncidentNumber(5))?;
            let at = Some(NOW.plus_seconds(300));
            let both = [Shown { ended: at, ..shown(1, 8) }, Shown { ended: at, ..shown(1, 7) }];
            assert_eq!(ended(sql, 10)?, both, "what was shown first stays, the fourth is hidden");
            assert_eq!(ended(sql, 1)?, both[..1]);
            forget_before(sql, NOW.plus_seconds(8))?;
            assert_eq!(ended(sql, 10)?, both[..1]);
            Ok(())
        });
    });
}

#[test]
fn of_two_that_learned_the_later_one_is_kept() {
    each_engine("expected_models", |store| {
        write(store, |sql| {
            let model = |version: i64| Trained {
                version,
                reader: 1,
                trained_at: NOW,
                history: 300,
                summary: "{}".to_owned(),
                body: vec![0, 255, version as u8],
            };
            assert_eq!((version(sql)?, trained(sql)?), (None, None));
            assert!(keep(sql, &model(1))? && keep(sql, &model(3))?);
            assert!(!keep(sql, &model(3))? && !keep(sql, &model(2))?);
            assert_eq!((version(sql)?, trained(sql)?), (Some(3), Some(model(3))));
            Ok(())
        });
    });
}

#[test]
fn reports_and_work_are_counted_for_all_or_one_team() {
    each_engine("expected_arrivals", |store| {
        write(store, |sql| {
            settle(sql)?;
            let worked = |number: i64, seconds: u64| {
                closed(number).with(|state| {
                    state.work_seconds.insert("mara".to_owned(), seconds);
                })
            };
            let all = [
                worked(1, 600).with(|state| state.team = Some(team(0))),
                worked(2, 900),
                worked(3, 60).with(|state| state.confidential_to = Some(team(0))),
                closed(4).with(|state| state.lifecycle = Lifecycle::Cancelled),
                Incident::new(5, "Open").with(|state| state.team = Some(team(0))),
            ];
            store_all(sql, &all)?;
            let at = |number: i64| NOW.plus_seconds(number - 10_000);
            assert_eq!(arrivals(sql, at(0), None, 10)?, [at(1), at(2), at(5)]);
            assert_eq!(arrivals(sql, at(2), Some(team(0)), 10)?, [at(5)]);
            assert_eq!(arrivals(sql, at(0), None, 2)?, [at(2), at(5)], "the newest");
            assert_eq!(handling(sql, at(0), None, 10)?, [900, 600]);
            assert_eq!(handling(sql, at(0), Some(team(0)), 10)?, [600]);
            Ok(())
        });
    });
}
