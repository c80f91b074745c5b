//! Schedules and escalation policies as they are kept, on each engine, and as decisions see them.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write, writer};
use incident::escalation::{EscalationPolicy, EscalationStep, Hours, Whom};
use incident::policy::Agreement;
use kernel::{
    AgreementId, EscalationId, FeedId, OverrideId, PersonId, Priority, ScheduleId, ShadowId,
    SwapId, TeamId, Timestamp,
};
use roster::{Layer, Restriction, Rotation, Unit, Weekday};
use std::sync::Arc;
use store::directory::schedules::{self, Override, Schedule};
use store::directory::shadows::{self, Shadow};
use store::directory::swaps::{self, Swap, SwapState};
use store::directory::{
    Escalation, Person, ScheduleFeed, Team, agreements, escalations, feeds, people, policy, teams,
};
use store::{Failure, Sql};
use uuid::Uuid;

const START: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

fn add_people(sql: &mut dyn Sql) {
    let agreement = Agreement::standard(AgreementId(Uuid::from_u128(1)));
    agreements::insert(sql, &agreement, START).unwrap();
    for (number, name) in [(1, "Ines"), (2, "Yuki"), (3, "Emil")] {
        people::insert(sql, &Person::new(person(number), name, None, START), None).unwrap();
    }
}

fn layer(people: &[u128]) -> Layer {
    Layer {
        name: "First".into(),
        rotation: Rotation {
            unit: Unit::Week,
            every: 1,
            start_local: "2026-09-21T09:00:00".parse().unwrap(),
            people: people.iter().copied().map(person).collect(),
        },
        restrictions: vec![Restriction {
            days: vec![Weekday::Mon, Weekday::Sun],
            from: "22:00".parse().unwrap(),
            to: "06:00".parse().unwrap(),
        }],
    }
}

fn schedule(number: u128, name: &str) -> Schedule {
    Schedule {
        id: ScheduleId(Uuid::from_u128(number)),
        name: name.into(),
        time_zone: "Europe/Amsterdam".into(),
        fallback: Some(Whom::Team(TeamId(Uuid::from_u128(7)))),
        approval: true,
        active: true,
        layers: vec![layer(&[1, 2])],
        since: START,
        version: 1,
    }
}

fn covers(number: u128, schedule: &Schedule, who: u128, from_days: i64) -> Override {
    Override {
        id: OverrideId(Uuid::from_u128(number)),
        schedule: schedule.id,
        person: person(who),
        start: START.plus_days(from_days),
        end: START.plus_days(from_days + 1),
        reason: "Zahnarzt".into(),
        made_by: Some(person(1)),
        made_at: START.plus_days(from_days - 1),
        swap: None,
    }
}

#[test]
fn a_schedule_keeps_every_version_of_its_layers() {
    each_engine("schedules", |store| {
        let first = schedule(1, "Network");
        write(store, |sql| {
            add_people(sql);
            schedules::insert(sql, &first, (Some(person(1)), START))
        });
        let same = schedule(2, "NETWORK");
        let taken = writer(store).transaction(|sql| schedules::insert(sql, &same, (None, START)));
        assert!(matches!(taken, Err(Failure::Exists(_))), "{taken:?}");
        write(store, |sql| {
            assert_eq!(schedules::by_name(sql, "network")?.as_ref(), Some(&first));
            let renamed = Schedule { name: "Wires".into(), ..first.clone() };
            assert!(schedules::update(sql, &renamed, 1, (None, START))?);
            assert!(!schedules::update(sql, &renamed, 1, (None, START))?, "it is at version 2");
            assert_eq!(schedules::versions(sql, first.id)?.len(), 1, "its layers are the same");
            let since = START.plus_days(7);
            let other = Schedule { layers: vec![layer(&[3])], since, ..renamed.clone() };
            assert!(schedules::update(sql, &other, 2, (Some(person(2)), START))?);
            let versions = schedules::versions(sql, first.id)?;
            let facts =
                |at: usize| (versions[at].version, versions[at].since, versions[at].made_by);
            assert_eq!(facts(0), (1, START, Some(person(1))));
            assert_eq!(facts(1), (3, since, Some(person(2))));
            assert_eq!(
                schedules::get(sql, first.id)?,
                Some(Schedule { version: 3, ..other.clone() })
            );
            // Out of use, its name is free again.
            let gone = Schedule { active: false, ..other };
            assert!(schedules::update(sql, &gone, 3, (None, START))?);
            schedules::insert(sql, &schedule(2, "wires"), (None, START))?;
            assert_eq!(schedules::list(sql)?.len(), 2);
            Ok(())
        });
    });
}

#[test]
fn overrides_count_in_the_order_in_which_they_were_made() {
    each_engine("overrides", |store| {
        write(store, |sql| {
            add_people(sql);
            let one = schedule(1, "Network");
            schedules::insert(sql, &one, (None, START))?;
            let swap = Some(SwapId(Uuid::from_u128(9)));
            let (late, early) = (covers(1, &one, 2, 9), Override { swap, ..covers(2, &one, 3, 5) });
            schedules::add_override(sql, &late)?;
            schedules::add_override(sql, &early)?;
            assert_eq!(schedules::overrides(sql, one.id, START)?, [early.clone(), late.clone()]);
            let roster = schedules::roster(sql, &one, START)?;
            assert_eq!(roster.overrides, [early.clone().plain(), late.clone().plain()]);
            schedules::end_override(sql, early.id, early.start.plus_seconds(60))?;
            let ended = schedules::get_override(sql, early.id)?.unwrap();
            assert_eq!(ended.end, early.start.plus_seconds(60));
            assert_eq!(schedules::overrides(sql, one.id, early.end)?, std::slice::from_ref(&late));
            schedules::remove_override(sql, late.id)?;
            assert_eq!(schedules::get_override(sql, late.id)?, None);
            Ok(())
        });
    });
}

#[test]
fn swaps_and_feeds_come_back_as_they_were() {
    each_engine("swaps", |store| {
        write(store, |sql| {
            add_people(sql);
            let one = schedule(1, "Network");
            schedules::insert(sql, &one, (None, START))?;
            let swap = Swap {
                id: SwapId(Uuid::from_u128(1)),
                schedule: one.id,
                offered_by: person(1),
                asked: Some(person(2)),
                start: START,
                end: START.plus_days(1),
                reason: "Hochzeit".into(),
                state: SwapState::Offered,
                taken_by: None,
                decided_by: None,
                made_at: START,
                changed_at: START,
            };
            swaps::insert(sql, &swap)?;
            assert_eq!(swaps::waiting(sql, START)?, std::slice::from_ref(&swap));
            assert_eq!(swaps::waiting(sql, swap.end)?, [], "it is over");
            let taken = Swap { state: SwapState::Taken, taken_by: Some(person(2)), ..swap.clone() };
            assert!(swaps::update(sql, &taken, SwapState::Offered)?);
            assert!(!swaps::update(sql, &taken, SwapState::Offered)?, "somebody was faster");
            assert_eq!(swaps::get(sql, swap.id)?.as_ref(), Some(&taken));
            assert_eq!(swaps::of_schedule(sql, one.id, START)?, [taken]);
            assert_eq!(swaps::of_schedule(sql, one.id, swap.end)?, []);

            let id = FeedId(Uuid::from_u128(1));
            let feed =
                ScheduleFeed { id, schedule: one.id, person: person(1), own: true, made_at: START };
            feeds::insert(sql, &feed, b"hash")?;
            assert_eq!(feeds::find(sql, b"hash")?.as_ref(), Some(&feed));
            assert_eq!(feeds::find(sql, b"another")?, None);
            assert_eq!(feeds::published(sql, id)?, []);
            let span = roster::Span::new(START, START.plus_days(1));
            let entry = roster::feed::Entry {
                uid: "1".into(),
                span,
                summary: "Ines".into(),
                sequence: 2,
                modified: START,
                cancelled: false,
            };
            feeds::publish(sql, id, std::slice::from_ref(&entry))?;
            assert_eq!(feeds::published(sql, id)?, [entry]);
            assert_eq!(feeds::count_of(sql, person(1))?, 1);
            assert!(feeds::delete(sql, id)? && !feeds::delete(sql, id)?);
            Ok(())
        });
    });
}

fn escalation(number: u128, name: &str) -> Escalation {
    let hours = Hours { time_zone: "UTC".into(), within: layer(&[1]).restrictions };
    let step = EscalationStep {
        after_seconds: 300,
        whom: vec![Whom::Schedule(ScheduleId(Uuid::from_u128(1))), Whom::Person(person(3))],
        hours: Some(hours),
        round_robin: true,
        everyone: false,
    };
    let policy = EscalationPolicy {
        id: EscalationId(Uuid::from_u128(number)),
        name: name.into(),
        version: 1,
        steps: vec![step],
        repeats: 3,
        pages_from: Priority::ALL[2],
        acknowledgement_seconds: Some(3_600),
        fallback: vec![Whom::Person(person(1))],
    };
    Escalation { policy, active: true }
}

#[test]
fn an_escalation_policy_comes_back_as_it_was() {
    each_engine("escalations", |store| {
        let first = escalation(1, "Network");
        write(store, |sql| escalations::insert(sql, &first));
        let same = escalation(2, "NETWORK");
        let taken = writer(store).transaction(|sql| escalations::insert(sql, &same));
        assert!(matches!(taken, Err(Failure::Exists(_))), "{taken:?}");
        write(store, |sql| {
            assert_eq!(escalations::list(sql)?, std::slice::from_ref(&first));
            let mut after = first.clone();
            after.policy.acknowledgement_seconds = None;
            after.active = false;
            assert!(escalations::update(sql, &after, 1)?);
            assert!(!escalations::update(sql, &after, 1)?);
            after.policy.version = 2;
            assert_eq!(escalations::get(sql, after.policy.id)?, Some(after));
            assert_eq!(escalations::by_name(sql, "network")?, None, "it is out of use");
            Ok(())
        });
    });
}

#[test]
fn decisions_see_what_is_in_use_and_share_what_did_not_change() {
    each_engine("paging", |store| {
        write(store, |sql| {
            add_people(sql);
            let (one, other) = (schedule(1, "Network"), schedule(2, "Database"));
            schedules::insert(sql, &one, (None, START))?;
            schedules::insert(sql, &other, (None, START))?;
            let (kept, gone) = (escalation(1, "Network"), escalation(2, "Database"));
            escalations::insert(sql, &kept)?;
            escalations::insert(sql, &gone)?;
            for (number, name, by) in [(1, "Network", &kept), (2, "Database", &gone)] {
                let team = Team {
                    id: TeamId(Uuid::from_u128(number)),
                    name: name.into(),
                    description: String::new(),
                    active: true,
                    calendar: None,
                    assignment: Default::default(),
                    by_skill: false,
                    escalation: Some(by.policy.id),
                    version: 1,
                };
                teams::insert(sql, &team)?;
                assert_eq!(teams::get(sql, team.id)?, Some(team));
            }
            let before = policy::load(sql)?;
            let paging = &before.paging;
            assert_eq!((paging.schedules.len(), paging.policies.len()), (2, 2));
            assert_eq!(paging.schedules[&one.id].roster.versions, [(START, one.layers.clone())]);
            assert_eq!(*paging.policies[&kept.policy.id], kept.policy);
            assert_eq!(paging.of_teams.len(), 2);

            schedules::add_override(sql, &covers(1, &one, 3, 2))?;
            escalations::update(sql, &Escalation { active: false, ..gone.clone() }, 1)?;
            let after = policy::load_after(sql, Some(&before))?;
            let (was, is) = (&before.paging, &after.paging);
            assert_eq!(is.schedules[&one.id].roster.overrides.len(), 1);
            assert_eq!(is.schedules[&one.id].version, 1);
            assert!(Arc::ptr_eq(&was.schedules[&other.id], &is.schedules[&other.id]));
            assert!(Arc::ptr_eq(&was.policies[&kept.policy.id], &is.policies[&kept.policy.id]));
            assert!(!is.policies.contains_key(&gone.policy.id));
            assert_eq!(is.of_teams.values().collect::<Vec<_>>(), [&kept.policy.id]);
            assert_eq!(*policy::load(sql)?.paging.schedules[&one.id], *is.schedules[&one.id]);
            Ok(())
        });
    });
}

#[test]
fn what_is_long_over_is_left_to_the_history() {
    each_engine("paging_past", |store| {
        write(store, |sql| {
            add_people(sql);
            let one = schedule(1, "Network");
            schedules::insert(sql, &one, (None, START))?;
            for (version, days, who) in [(1, 100, 2), (2, 190, 3), (3, 250, 1)] {
                let since = START.plus_days(days);
                let next = Schedule { layers: vec![layer(&[who])], since, ..one.clone() };
                let made = (None, START.plus_days(200));
                assert!(schedules::update(sql, &next, version, made)?);
            }
            schedules::add_override(sql, &covers(1, &one, 3, 2))?;
            schedules::add_override(sql, &covers(2, &one, 3, 180))?;
            let loaded = policy::load(sql)?;
            let roster = &loaded.paging.schedules[&one.id].roster;
            let since: Vec<Timestamp> = roster.versions.iter().map(|(since, _)| *since).collect();
            assert_eq!(since, [100, 190, 250].map(|days| START.plus_days(days)));
            assert_eq!(roster.overrides, [covers(2, &one, 3, 180).plain()]);
            let stored = schedules::get(sql, one.id)?.unwrap();
            let history = schedules::roster(sql, &stored, START)?;
            assert_eq!((history.versions.len(), history.overrides.len()), (4, 2));
            Ok(())
        });
    });
}

#[test]
fn who_learns_is_known_to_decisions_as_long_as_it_may_matter() {
    each_engine("shadows", |store| {
        write(store, |sql| {
            add_people(sql);
            let one = schedule(1, "Network");
            schedules::insert(sql, &one, (None, START))?;
            let before = policy::load(sql)?;
            assert!(before.paging.schedules[&one.id].shadows.is_empty());
            let shadow = |number: u128, from_days: i64| Shadow {
                id: ShadowId(Uuid::from_u128(number)),
                schedule: one.id,
                person: person(3),
                start: START.plus_days(from_days),
                end: START.plus_days(from_days + 7),
                made_by: Some(person(1)),
                made_at: START.plus_days(100),
            };
            let (old, later, soon) = (shadow(1, 2), shadow(2, 120), shadow(3, 101));
            for one in [&old, &later, &soon] {
                shadows::insert(sql, one)?;
            }
            let all = shadows::of_schedule(sql, one.id, START)?;
            assert_eq!(all, [old, soon.clone(), later.clone()]);
            let after = policy::load_after(sql, Some(&before))?;
            let known = &after.paging.schedules[&one.id];
            assert_eq!(known.shadows, [soon.plain(), later.plain()]);
            let same = policy::load_after(sql, Some(&after))?;
            assert!(Arc::ptr_eq(known, &same.paging.schedules[&one.id]), "nothing changed");
            shadows::end(sql, soon.id, START.plus_days(102))?;
            assert_eq!(shadows::get(sql, soon.id)?.unwrap().end, START.plus_days(102));
            shadows::remove(sql, later.id)?;
            let after = policy::load_after(sql, Some(&same))?;
            assert_eq!(after.paging.schedules[&one.id].shadows.len(), 1);
            Ok(())
        });
    });
}
