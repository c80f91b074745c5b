//! Rows that readers have met are as true as rows that are read.

use super::world::{Incident, NOW, service, settle, staff, store_all, store_change};
use crate::harness::{each_engine, write, writer};
use incident::{Access, Scope};
use kernel::{IncidentNumber, Priority, TeamId};
use store::directory::{policy, services};
use store::incidents::list::{IncidentRow, get, get_many};
use store::{Failure, Store};

fn seen(store: &Store, scope: &Scope, number: i64) -> Option<IncidentRow> {
    store.read_blocking(|sql| get(sql, scope, IncidentNumber(number))).unwrap()
}

fn one(store: &Store) -> Incident {
    let incident =
        Incident::new(1, "Nothing prints").with(|state| state.service = Some(service(1)));
    write(store, |sql| {
        settle(sql)?;
        store_all(sql, std::slice::from_ref(&incident))
    });
    incident
}

#[test]
fn a_row_that_was_met_follows_the_incident_and_the_names_around_it() {
    each_engine("known_follows", |store| {
        let before = one(store);
        let row = seen(store, &staff(), 1).unwrap();
        assert_eq!(seen(store, &staff(), 1), Some(row));

        let mut after = before.clone().with(|state| state.priority = Priority::ALL[0]);
        after.state.version += 1;
        write(store, |sql| store_change(sql, Some(&before.state), &after, Some(NOW)));
        let row = seen(store, &staff(), 1).unwrap();
        assert_eq!((row.version, row.state.priority), (2, Priority::ALL[0]));

        write(store, |sql| {
            let mut renamed = services::get(sql, service(1))?.unwrap();
            renamed.name = "Labels".to_owned();
            assert!(services::update(sql, &renamed, renamed.version)?);
            policy::bump(sql)
        });
        assert_eq!(seen(store, &staff(), 1).unwrap().service.unwrap().name, "Labels");
    });
}

#[test]
fn what_one_reader_met_another_may_not_see() {
    each_engine("known_access", |store| {
        let before = one(store);
        let mut after = before.clone().with(|state| {
            state.confidential_to = Some(TeamId(super::world::id(2, 2)));
        });
        after.state.version += 1;
        write(store, |sql| store_change(sql, Some(&before.state), &after, None));
        let all = Scope { everything: true, ..staff() };
        assert_eq!(seen(store, &all, 1).unwrap().access, Access::Full);
        assert_eq!(seen(store, &staff(), 1), None);
        let theirs = Scope { person: before.state.requester, open_to_staff: false, ..staff() };
        assert_eq!(seen(store, &theirs, 1).unwrap().access, Access::Public);
    });
}

#[test]
fn what_a_writer_takes_back_is_not_met() {
    each_engine("known_taken_back", |store| {
        let before = one(store);
        let changed = |priority: Priority| {
            let mut after = before.clone().with(|state| state.priority = priority);
            after.state.version += 1;
            after
        };
        let taken_back = changed(Priority::ALL[0]);
        let failed = writer(store).transaction(|sql| {
            store_change(sql, Some(&before.state), &taken_back, None)?;
            let row = get(sql, &staff(), IncidentNumber(1))?.unwrap();
            assert_eq!(row.state.priority, Priority::ALL[0]);
            Err::<(), _>(Failure::Unavailable("the lights went out".into()))
        });
        assert!(failed.is_err());
        let kept = changed(Priority::ALL[4]);
        write(store, |sql| store_change(sql, Some(&before.state), &kept, None));
        assert_eq!(seen(store, &staff(), 1).unwrap().state.priority, Priority::ALL[4]);
    });
}

#[test]
fn more_rows_than_are_kept_are_all_read() {
    each_engine("known_many", |store| {
        let incidents: Vec<Incident> =
            (1..=4_000).map(|number| Incident::new(number, &format!("Title {number}"))).collect();
        write(store, |sql| {
            settle(sql)?;
            store_all(sql, &incidents)
        });
        let numbers: Vec<IncidentNumber> = incidents.iter().map(|one| one.number).collect();
        for _ in 0..2 {
            let rows = store.read_blocking(|sql| get_many(sql, &staff(), &numbers)).unwrap();
            let wrong = |row: &&IncidentRow| row.title != format!("Title {}", row.number.0);
            assert_eq!((rows.len(), rows.iter().find(wrong)), (4_000, None));
        }
    });
}
