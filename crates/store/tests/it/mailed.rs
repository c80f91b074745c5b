//! Reports that are sent by themselves, and to whom each was handed to the mail.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{NOW, settle};
use insight::report::{By, Name, Pace, Past, Turn};
use kernel::{PersonId, ReportId};
use store::files::Files;
use store::reports::mailed::{
    Mailing, all, count, delete, due_at, get, hand_over, insert, of_owner, take, update,
};
use store::{Store, Target};

fn mailing(number: u128) -> Mailing {
    Mailing {
        id: ReportId(uuid::Uuid::from_u128(number)),
        owner: PersonId(uuid::Uuid::from_u128(number)),
        report: Name::FirstContact,
        by: By::Team,
        query: "service:VPN".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        past: Past::LastWeek,
        turn: Turn { pace: Pace::Monthly, day: 31, hour: 23 },
        people: [PersonId(uuid::Uuid::from_u128(9))].into(),
        done_until: NOW,
        version: 1,
    }
}

#[test]
fn what_was_arranged_is_kept_and_changed_by_who_saw_it() {
    each_engine("mailed_kept", |store| {
        write(store, |sql| {
            settle(sql)?;
            let (one, other) = (mailing(1), mailing(2));
            insert(sql, &one)?;
            insert(sql, &other)?;
            assert_eq!(get(sql, one.id)?.as_ref(), Some(&one));
            assert_eq!((all(sql)?.len(), count(sql)?), (2, 2));
            assert_eq!(of_owner(sql, other.owner)?, [other]);
            let changed = Mailing { past: Past::LastYear, ..one.clone() };
            assert!(update(sql, &changed)? && !update(sql, &changed)?);
            assert_eq!(get(sql, one.id)?.unwrap(), Mailing { version: 2, ..changed });
            delete(sql, one.id)?;
            assert_eq!(get(sql, one.id)?, None);
            Ok(())
        });
    });
}

#[test]
fn what_is_due_is_taken_and_handed_over_once() {
    each_engine("mailed_once", |store| {
        write(store, |sql| {
            settle(sql)?;
            let (one, due) = (mailing(1), NOW.plus_seconds(3_600));
            insert(sql, &one)?;
            assert!(!take(sql, &one, NOW)?, "it is done");
            assert!(take(sql, &one, due)?);
            assert!(!take(sql, &one, due)?, "another node was faster");
            let stale = Mailing { version: 7, ..one.clone() };
            assert!(!take(sql, &stale, due.plus_seconds(1))?, "it was changed");
            let reader = PersonId(uuid::Uuid::from_u128(9));
            assert!(hand_over(sql, one.id, due, reader, due)?);
            assert!(!hand_over(sql, one.id, due, reader, due)?, "they have it");
            Ok(())
        });
    });
}

#[test]
fn what_is_due_is_not_made_up_for_by_whoever_restores_a_backup() {
    each_engine("mailed_backup", |store| {
        write(store, |sql| {
            settle(sql)?;
            insert(sql, &mailing(1))
        });
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path().join("files"));
        let path = folder.path().join("backup");
        store::backup::backup(store, &files, &path).unwrap();
        let into = Target::Sqlite(folder.path().join("restored.db"));
        store::backup::restore(&path, &into, &files, false, || Ok(())).unwrap();
        let restored = Store::open(&into).unwrap();
        assert!(restored.read_blocking(all).unwrap()[0].is_brought_back());
        assert!(!store.read_blocking(all).unwrap()[0].is_brought_back());
        write(&restored, |sql| {
            let one = all(sql)?.remove(0);
            assert!(take(sql, &one, NOW)?, "it goes on from the instant it is brought back");
            Ok(())
        });
    });
}

#[test]
fn a_delivery_names_the_minute_at_which_it_was_due() {
    assert_eq!(due_at(29_990_280).micros(), 29_990_280 * 60_000_000);
}
