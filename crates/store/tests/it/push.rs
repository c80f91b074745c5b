//! Browsers that show news, and deliveries to them.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{Incident, person, settle, store_all, team};
use incident::telling::{Channels, Group, Preferences, Quiet};
use incident::{Audience, Visibility};
use jiff::tz::TimeZone;
use kernel::{DeviceId, PersonId, Timestamp};
use std::collections::BTreeMap;
use store::deliveries::{self, By, Delivery, Outcome, ToldSince, expand, push};
use store::directory::{Device, devices, teams, told_how};
use store::{Sql, Store};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);
const ALWAYS: ToldSince = ToldSince::always(Timestamp::from_micros(0));

fn device(number: u128, whose: PersonId) -> Device {
    Device {
        id: DeviceId(Uuid::from_u128(number)),
        person: whose,
        endpoint: format!("https://push.example/{number}"),
        p256dh: "key".to_owned(),
        auth: "secret".to_owned(),
        label: "Firefox on Linux".to_owned(),
        created_at: NOW.plus_seconds(number as i64),
        ok_at: None,
        failing_since: None,
        error: None,
    }
}

/// INC-1 and INC-2; person 2 has two browsers, person 3 has one.
fn filled(store: &Store) {
    let incidents = [1, 2]
        .map(|number| Incident::new(number, "VPN drops").saying("try again", Visibility::Public));
    write(store, |sql| {
        settle(sql)?;
        store_all(sql, &incidents)?;
        teams::set_members(sql, team(0), &(0..4).map(person).collect())?;
        for device in [device(1, person(2)), device(2, person(2)), device(3, person(3))] {
            devices::put(sql, &device)?;
        }
        Ok(())
    });
}

fn wants_push(sql: &mut dyn Sql, who: PersonId, quiet: Option<Quiet>) {
    let all = Channels { mail: true, inbox: true, push: true };
    let channels = Group::ALL.iter().map(|group| (*group, all)).collect::<BTreeMap<_, _>>();
    told_how::put(sql, who, &Preferences { channels, quiet, ..Preferences::default() }).unwrap();
}

fn tell(store: &Store, about: (i64, i64), word: &str, to: &Audience, now: Timestamp) {
    write(store, |sql| {
        let statement = "insert into outbox (number, n, word, audience, not_before, created_at) \
            values ($1, $2, $3, $4, $5, $5)";
        let to = serde_json::to_string(to).unwrap();
        sql.execute(
            statement,
            &[about.0.into(), about.1.into(), word.into(), to.into(), now.into()],
        )?;
        expand(sql, ALWAYS, &TimeZone::UTC, now, 10)
    });
}

fn take(store: &Store, now: Timestamp) -> Vec<Vec<Delivery>> {
    write(store, |sql| push::claim(sql, now, now.plus_seconds(60), 50))
}

fn end(store: &Store, word: &[Delivery], outcome: &Outcome, now: Timestamp) {
    let ended: Vec<_> = word.iter().map(|one| (one.id, outcome.clone())).collect();
    write(store, |sql| deliveries::settle(sql, &ended, now));
}

#[test]
fn what_is_urgent_and_what_is_wanted_goes_to_every_browser() {
    each_engine("push_channels", |store| {
        filled(store);
        let theirs = Audience::Person(person(2));
        tell(store, (1, 2), "commented", &theirs, NOW);
        assert!(!store.read_blocking(|sql| push::is_due(sql, NOW)).unwrap());
        tell(store, (1, 6), "promise_broken", &Audience::Team(team(0)), NOW);
        let taken = take(store, NOW);
        let people: Vec<PersonId> = taken.iter().map(|word| word[0].person).collect();
        assert_eq!(people, [person(2), person(2), person(3)]);
        assert!(taken.iter().all(|word| word.len() == 1 && word[0].by == By::Push));
        assert_eq!(push::device_of(&taken[1][0]).unwrap(), DeviceId(Uuid::from_u128(2)));
        assert_eq!(take(store, NOW), Vec::<Vec<Delivery>>::new(), "another node has them");
        for word in &taken {
            end(store, word, &Outcome::Sent, NOW);
        }
        write(store, |sql| {
            wants_push(sql, person(2), None);
            Ok(())
        });
        tell(store, (1, 3), "commented", &theirs, NOW);
        assert_eq!(take(store, NOW).len(), 2);
        // Letters are letters.
        let listed = store.read_blocking(|sql| deliveries::list(sql, None, None, 50)).unwrap();
        assert!(listed.iter().all(|one| one.by == By::Email));
    });
}

#[test]
fn what_is_for_one_browser_about_one_incident_leaves_together() {
    each_engine("push_together", |store| {
        filled(store);
        write(store, |sql| {
            wants_push(sql, person(3), None);
            Ok(())
        });
        let hers = Audience::Person(person(3));
        for (about, word) in [((1, 2), "commented"), ((2, 2), "commented"), ((1, 3), "assigned")] {
            tell(store, about, word, &hers, NOW);
        }
        let taken = take(store, NOW);
        let entries: Vec<(i64, Vec<u32>)> = taken
            .iter()
            .map(|word| (word[0].number.unwrap().0, word.iter().map(|one| one.n).collect()))
            .collect();
        assert_eq!(entries, [(1, vec![2, 3]), (2, vec![2])]);
        // What failed is tried again, each as long after as a letter.
        end(store, &taken[0], &Outcome::Failed("503".to_owned()), NOW);
        end(store, &taken[1], &Outcome::Sent, NOW);
        assert_eq!(take(store, NOW.plus_seconds(59)).len(), 0);
        assert_eq!(take(store, NOW.plus_seconds(60)).len(), 1);
    });
}

#[test]
fn push_waits_for_quiet_hours_and_for_servers_that_ask_for_it() {
    each_engine("push_waits", |store| {
        filled(store);
        // NOW is 12:12 in UTC.
        let quiet = Some(Quiet { from: "12:00".parse().unwrap(), until: "13:00".parse().unwrap() });
        write(store, |sql| {
            wants_push(sql, person(3), quiet);
            Ok(())
        });
        let hers = Audience::Person(person(3));
        tell(store, (1, 2), "commented", &hers, NOW);
        assert_eq!(take(store, NOW.plus_seconds(2_000)).len(), 0);
        let awake = NOW.plus_seconds(3_600);
        let id = DeviceId(Uuid::from_u128(3));
        write(store, |sql| devices::fails(sql, id, "429", Some(awake.plus_seconds(60)), awake));
        assert_eq!(take(store, awake).len(), 0, "its server wants to be left alone");
        assert_eq!(take(store, awake.plus_seconds(60)).len(), 1);
        write(store, |sql| {
            assert_eq!(devices::get(sql, id)?.unwrap().failing_since, Some(awake));
            devices::works(sql, id, awake)?;
            let device = devices::get(sql, id)?.unwrap();
            assert_eq!(
                (device.ok_at, device.failing_since, device.error),
                (Some(awake), None, None)
            );
            Ok(())
        });
    });
}

#[test]
fn a_browser_rings_only_so_often_but_for_what_is_urgent() {
    each_engine("push_caps", |store| {
        filled(store);
        write(store, |sql| {
            wants_push(sql, person(3), None);
            Ok(())
        });
        let hers = Audience::Person(person(3));
        let mut rung = 0;
        for n in 0..20 {
            let now = NOW.plus_seconds(n);
            tell(store, (1, 10 + n), "commented", &hers, now);
            for word in take(store, now) {
                rung += 1;
                end(store, &word, &Outcome::Sent, now);
            }
        }
        assert_eq!(rung, 15, "within ten minutes");
        tell(store, (2, 6), "promise_broken", &hers, NOW.plus_seconds(30));
        let urgent = take(store, NOW.plus_seconds(30));
        assert_eq!(urgent.len(), 1, "it waits for nothing");
        end(store, &urgent[0], &Outcome::Sent, NOW.plus_seconds(30));
        // What waited leaves as one.
        let later = take(store, NOW.plus_seconds(700));
        assert_eq!(later.iter().map(Vec::len).collect::<Vec<_>>(), [5]);
    });
}

#[test]
fn whoever_wants_push_alone_and_has_no_browser_is_told_in_the_inbox() {
    each_engine("push_in_vain", |store| {
        filled(store);
        let alone = Channels { mail: false, inbox: false, push: true };
        let channels = BTreeMap::from([(Group::Replies, alone)]);
        write(store, |sql| {
            for who in [1, 3] {
                let preferences =
                    Preferences { channels: channels.clone(), ..Preferences::default() };
                told_how::put(sql, person(who), &preferences)?;
            }
            Ok(())
        });
        for who in [1, 3] {
            tell(store, (1, 2), "commented", &Audience::Person(person(who)), NOW);
        }
        let arriving =
            store.read_blocking(|sql| deliveries::inbox::arriving(sql, NOW, 10)).unwrap();
        assert_eq!(arriving.iter().map(|one| one.person).collect::<Vec<_>>(), [person(1)]);
        assert_eq!(take(store, NOW)[0][0].person, person(3));
    });
}

#[test]
fn browsers_come_change_hands_and_go() {
    each_engine("push_devices", |store| {
        filled(store);
        write(store, |sql| {
            assert!(devices::are_any(sql)?);
            // Somebody else uses the browser now.
            devices::put(sql, &Device { person: person(3), ..device(2, person(2)) })?;
            let ids = |devices: Vec<Device>| devices.iter().map(|one| one.id.0.as_u128()).collect();
            let of = |sql: &mut dyn Sql, who| devices::of_person(sql, person(who)).map(ids);
            assert_eq!((of(sql, 2)?, of(sql, 3)?), (vec![1], vec![2, 3]));
            let given = Device { auth: "another".to_owned(), ..device(9, person(3)) };
            devices::renew(sql, DeviceId(Uuid::from_u128(3)), &given)?;
            assert_eq!(of(sql, 3)?, vec![2, 3], "the same browser");
            assert_eq!(devices::at(sql, "https://push.example/3")?, None);
            assert_eq!(devices::at(sql, &given.endpoint)?.unwrap().auth, "another");
            let all = devices::of_people(sql, &[person(2), person(3)])?;
            assert_eq!(all[&person(3)].len(), 2);
            assert!(!devices::delete(sql, person(2), DeviceId(Uuid::from_u128(3)))?);
            assert!(devices::delete(sql, person(3), DeviceId(Uuid::from_u128(3)))?);
            for number in [1, 2] {
                devices::forget(sql, DeviceId(Uuid::from_u128(number)), NOW)?;
            }
            assert!(!devices::are_any(sql)?);
            // Each person is told of theirs, until they know.
            let ended = devices::ended(sql, person(3))?;
            assert_eq!((ended.len(), ended[0].label.as_str()), (1, "Firefox on Linux"));
            devices::heard(sql, person(3), NOW.plus_seconds(-1))?;
            assert_eq!(devices::ended(sql, person(3))?, ended);
            devices::heard(sql, person(3), NOW)?;
            assert_eq!(devices::ended(sql, person(3))?, []);
            assert_eq!(devices::ended(sql, person(2))?.len(), 1);
            Ok(())
        });
    });
}

#[test]
fn a_browser_is_tried_out_as_often_as_somebody_likes() {
    each_engine("push_trial", |store| {
        filled(store);
        write(store, |sql| {
            push::try_out(sql, &device(1, person(2)), NOW)?;
            push::try_out(sql, &device(1, person(2)), NOW)
        });
        let taken = take(store, NOW);
        assert_eq!((taken.len(), taken[0].len(), taken[0][0].number), (1, 2, None));
    });
}
