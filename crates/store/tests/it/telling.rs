//! Planning what people are told apart from putting it down, and what becomes urgent meanwhile.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{Incident, person, settle, store_all};
use incident::telling::{Digest, Preferences};
use incident::{Audience, Scope, Visibility};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use store::deliveries::{
    self, DeliveryState, Held, Outcome, Plan, ToldSince, carry_out, inbox, list,
};
use store::directory::told_how;
use store::{Failure, Sql, Store};

const NOW: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);
const ALWAYS: ToldSince = ToldSince::always(Timestamp::from_micros(0));

/// INC-1, which person 2 follows, whose news are collected for an hour.
fn filled(store: &Store) {
    let incident = Incident::new(1, "VPN drops")
        .saying("try again", Visibility::Public)
        .with(|state| state.watchers.extend([person(2)]));
    write(store, |sql| {
        settle(sql)?;
        store_all(sql, &[incident])?;
        let preferences = Preferences { digest: Digest::Hour, ..Preferences::default() };
        told_how::put(sql, person(2), &preferences)
    });
}

fn ask(sql: &mut dyn Sql, n: i64, word: &str, to: &Audience) -> Result<(), Failure> {
    let statement = "insert into outbox (number, n, word, audience, not_before, created_at) values (1, $1, $2, $3, $4, $4)";
    let to = serde_json::to_string(to).unwrap();
    sql.execute(statement, &[n.into(), word.into(), to.into(), NOW.into()]).map(drop)
}

fn plan(sql: &mut dyn Sql) -> Result<Plan, Failure> {
    deliveries::plan(sql, ALWAYS, &TimeZone::UTC, NOW, 10)
}

#[test]
fn what_two_nodes_planned_is_made_once() {
    each_engine("telling_twice", |store| {
        filled(store);
        write(store, |sql| ask(sql, 1, "commented", &Audience::Watchers));
        let ours = store.read_blocking(plan).unwrap();
        let theirs = store.read_blocking(plan).unwrap();
        assert!(!ours.is_empty() && !theirs.is_empty());
        write(store, |sql| {
            assert_eq!(carry_out(sql, ours, NOW)?, 1);
            assert_eq!(carry_out(sql, theirs, NOW)?, 0);
            assert!(plan(sql)?.is_empty());
            assert_eq!(list(sql, None, None, 10)?.len(), 1);
            assert_eq!(inbox::arriving(sql, NOW, 10)?.len(), 1);
            Ok(())
        });
    });
}

#[test]
fn entries_that_were_judged_are_in_their_inboxes_at_once() {
    each_engine("telling_judged", |store| {
        filled(store);
        write(store, |sql| {
            for n in 1..=3 {
                ask(sql, n, "resolved", &Audience::Requester(person(3)))?;
            }
            let mut made = plan(sql)?;
            made.judge(&mut |entry| {
                Ok(match entry.n {
                    1 => Some(Outcome::Sent),
                    2 => Some(Outcome::Withdrawn("it is internal".to_owned())),
                    _ => None,
                })
            })?;
            assert_eq!(carry_out(sql, made, NOW)?, 3);
            let scope = Scope {
                everything: true,
                open_to_staff: false,
                teams: Default::default(),
                person: person(3),
                organisation: None,
                nothing: false,
            };
            let entries = inbox::entries(sql, &scope, false, None, 10)?;
            assert_eq!(entries.iter().map(|one| one.delivery.n).collect::<Vec<_>>(), [1]);
            assert_eq!(entries[0].delivery.ended_at, Some(NOW));
            assert_eq!(inbox::changed_after(sql, NOW.plus_seconds(-1))?.len(), 1);
            let arriving = inbox::arriving(sql, NOW, 10)?;
            assert_eq!(arriving.iter().map(|one| one.n).collect::<Vec<_>>(), [3]);
            // Letters wait for their turn as ever.
            let letters = list(sql, Some(DeliveryState::Waiting), None, 10)?;
            assert_eq!(letters.len(), 3);
            Ok(())
        });
    });
}

#[test]
fn what_became_urgent_while_it_was_planned_does_not_wait() {
    each_engine("telling_raced", |store| {
        filled(store);
        write(store, |sql| ask(sql, 1, "commented", &Audience::Watchers));
        let early = store.read_blocking(plan).unwrap();
        write(store, |sql| {
            sql.execute("update incidents set major = 1 where number = 1", &[])?;
            assert_eq!(carry_out(sql, early, NOW)?, 1);
            let letters = list(sql, None, None, 10)?;
            assert_eq!((letters[0].held, letters[0].next_at), (None, NOW), "it is told now");
            ask(sql, 2, "resolved", &Audience::Watchers)?;
            let urgent = plan(sql)?;
            carry_out(sql, urgent, NOW)?;
            assert_eq!(list(sql, None, None, 10)?[0].held, Some(Held::Urgent));
            Ok(())
        });
    });
}

#[test]
fn what_can_wait_waits() {
    each_engine("telling_waits", |store| {
        filled(store);
        write(store, |sql| {
            ask(sql, 1, "commented", &Audience::Watchers)?;
            let made = plan(sql)?;
            carry_out(sql, made, NOW)?;
            let letters = list(sql, None, None, 10)?;
            assert_eq!(letters[0].held, Some(Held::Digest));
            assert!(letters[0].next_at > NOW);
            Ok(())
        });
    });
}

#[test]
fn letters_are_listed_by_each_state() {
    each_engine("telling_states", |store| {
        filled(store);
        write(store, |sql| {
            for n in 1..=4 {
                ask(sql, n, "resolved", &Audience::Requester(person(3)))?;
            }
            let made = plan(sql)?;
            carry_out(sql, made, NOW)?;
            let ids: Vec<i64> = list(sql, None, None, 10)?.iter().map(|one| one.id).collect();
            let outcomes = [
                (ids[0], Outcome::Sent),
                (ids[1], Outcome::Refused("550 no".to_owned())),
                (ids[2], Outcome::Withdrawn("it is internal".to_owned())),
            ];
            deliveries::settle(sql, &outcomes, NOW)?;
            for (state, id) in [
                (DeliveryState::Sent, ids[0]),
                (DeliveryState::Dead, ids[1]),
                (DeliveryState::Withdrawn, ids[2]),
                (DeliveryState::Waiting, ids[3]),
            ] {
                let found = list(sql, Some(state), None, 10)?;
                assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), [id], "{state}");
            }
            assert_eq!(deliveries::counts(sql)?.dead, 1);
            assert!(deliveries::send_again(sql, ids[1], NOW)?);
            assert_eq!(deliveries::counts(sql)?.dead, 0);
            Ok(())
        });
    });
}
