//! What the status page says of itself, on both engines.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write, writer};
use alert::maintenance::{Maintenance, Matcher};
use kernel::{
    ComponentGroupId, ComponentId, IncidentNumber, Language, MaintenanceId, ServiceId, Timestamp,
};
use map::Health;
use std::collections::BTreeMap;
use store::alerts::maintenances;
use store::status::components::{self, Component};
use store::status::conditions::{self, Said};
use store::status::groups::{self, Group};
use store::status::page::{self, Logo, StatusPage};
use store::status::works::{self, Words};
use store::status::{Way, incidents};
use store::{Failure, Store};
use uuid::Uuid;

const START: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

fn component(n: u128, name: &str) -> Component {
    Component {
        id: ComponentId(Uuid::from_u128(n)),
        name: name.to_owned(),
        description: String::new(),
        service: None,
        group: None,
        position: 0,
        internal: false,
        created_at: START,
        updated_at: START,
        version: 1,
    }
}

fn group(n: u128, name: &str) -> Group {
    Group {
        id: ComponentGroupId(Uuid::from_u128(n)),
        name: name.to_owned(),
        description: "What customers see".to_owned(),
        position: 0,
        created_at: START,
        updated_at: START,
        version: 1,
    }
}

fn names(store: &Store) -> Vec<String> {
    let all = store.read_blocking(components::list).unwrap();
    all.into_iter().map(|one| one.name).collect()
}

#[test]
fn components_come_back_in_their_order() {
    each_engine("components", |store| {
        let heading = group(1, "Shop");
        write(store, |sql| {
            groups::insert(sql, &heading)?;
            for (n, name) in [(1, "Search"), (2, "Basket"), (3, "Till")] {
                components::insert(sql, &component(n, name))?;
            }
            Ok(())
        });
        assert_eq!(names(store), ["Search", "Basket", "Till"]);
        let third = component(3, "Till").id;
        assert!(write(store, |sql| components::shift(sql, third, Way::Up)));
        assert_eq!(names(store), ["Search", "Till", "Basket"]);
        assert!(!write(store, |sql| components::shift(sql, component(1, "").id, Way::Up)));

        let below = Component {
            group: Some(heading.id),
            internal: true,
            updated_at: START.plus_seconds(9),
            ..component(2, "Basket of goods")
        };
        assert!(write(store, |sql| components::update(sql, &below, 1)));
        assert!(!write(store, |sql| components::update(sql, &below, 1)), "it is at 2 now");
        let id = below.id;
        let stored = store.read_blocking(move |sql| components::get(sql, id)).unwrap().unwrap();
        assert_eq!(stored, Component { position: 3, version: 2, ..below });
        assert!(
            !write(store, |sql| components::shift(sql, id, Way::Up)),
            "nobody else stands under its heading"
        );
        let taken =
            writer(store).transaction(|sql| components::insert(sql, &component(9, "search")));
        assert!(matches!(taken, Err(Failure::Exists(_))), "{taken:?}");
        let nowhere = Component {
            service: Some(ServiceId(Uuid::from_u128(77))),
            ..component(9, "Elsewhere")
        };
        let nowhere = writer(store).transaction(|sql| components::insert(sql, &nowhere));
        assert!(matches!(nowhere, Err(Failure::Reference(_))), "{nowhere:?}");

        assert!(write(store, |sql| groups::remove(sql, heading.id)));
        let stored = store.read_blocking(move |sql| components::get(sql, id)).unwrap().unwrap();
        assert_eq!(stored.group, None);
        assert!(write(store, |sql| components::remove(sql, id)));
        assert_eq!(names(store), ["Search", "Till"]);
    });
}

#[test]
fn groups_change_and_move() {
    each_engine("component_groups", |store| {
        write(store, |sql| {
            groups::insert(sql, &group(1, "Shop"))?;
            groups::insert(sql, &group(2, "Depots"))
        });
        let taken = writer(store).transaction(|sql| groups::insert(sql, &group(3, "SHOP")));
        assert!(matches!(taken, Err(Failure::Exists(_))));
        assert!(write(store, |sql| groups::shift(sql, group(2, "").id, Way::Up)));
        let changed = Group { name: "Warehouses".to_owned(), ..group(2, "") };
        assert!(write(store, |sql| groups::update(sql, &changed, 1)));
        let all = store.read_blocking(groups::list).unwrap();
        let found: Vec<_> = all.iter().map(|one| (one.name.as_str(), one.version)).collect();
        assert_eq!(found, [("Warehouses", 2), ("Shop", 1)]);
    });
}

#[test]
fn what_somebody_says_holds_until_they_or_time_end_it() {
    each_engine("conditions", |store| {
        let id = component(1, "").id;
        let said = |health, from, until: Option<i64>| Said {
            component: id,
            health,
            reason: "Vendor says so".to_owned(),
            set_by: "Mara".to_owned(),
            started_at: START.plus_seconds(from),
            ended_at: until.map(|seconds| START.plus_seconds(seconds)),
        };
        write(store, |sql| {
            components::insert(sql, &component(1, "Search"))?;
            conditions::say(sql, &said(Health::Degraded, 0, None))?;
            conditions::say(sql, &said(Health::Down, 60, Some(120)))
        });
        let at = |seconds| {
            let at = START.plus_seconds(seconds);
            let found = store.read_blocking(move |sql| conditions::of_component(sql, id, at));
            found.unwrap().map(|said| said.health)
        };
        assert_eq!(
            [at(-1), at(0), at(59), at(60), at(119), at(120)],
            [
                None,
                Some(Health::Degraded),
                Some(Health::Degraded),
                Some(Health::Down),
                Some(Health::Down),
                None
            ]
        );
        let since = store.read_blocking(|sql| conditions::since(sql, START.plus_seconds(60)));
        assert_eq!(since.unwrap(), [said(Health::Down, 60, Some(120))]);
        assert!(write(store, |sql| conditions::end(sql, id, START.plus_seconds(90))));
        assert_eq!((at(89), at(90)), (Some(Health::Down), None));
        assert!(!write(store, |sql| conditions::end(sql, id, START.plus_seconds(95))));
    });
}

#[test]
fn an_incident_keeps_its_name_outside() {
    each_engine("status_incidents", |store| {
        let number = IncidentNumber(7);
        write(store, |sql| incidents::name(sql, number, "q7x", START));
        write(store, |sql| incidents::name(sql, number, "other", START));
        let found = store
            .read_blocking(|sql| incidents::names(sql, &[IncidentNumber(7), IncidentNumber(8)]));
        assert_eq!(found.unwrap(), BTreeMap::from([(number, "q7x".to_owned())]));
        let about = store.read_blocking(|sql| incidents::about(sql, &[IncidentNumber(7)])).unwrap();
        assert!(about.is_empty());
    });
}

#[test]
fn windows_have_words_for_outside() {
    each_engine("maintenance_words", |store| {
        let window = Maintenance {
            id: MaintenanceId(Uuid::from_u128(5)),
            name: "Firmware".to_owned(),
            starts_at: START,
            ends_at: Some(START.plus_seconds(3_600)),
            recurrence: None,
            matcher: Matcher::default(),
            created_by: "Mara".to_owned(),
            cancelled: false,
            version: 1,
        };
        let words = Words {
            maintenance: window.id,
            title: "New network hardware".to_owned(),
            body: "Scanners are offline for minutes.".to_owned(),
            components: [component(1, "").id].into(),
            remind_minutes: Some(60),
            created_at: START,
            updated_at: START,
        };
        let later = Words {
            title: "Newer hardware".to_owned(),
            created_at: START.plus_seconds(5),
            updated_at: START.plus_seconds(5),
            ..words.clone()
        };
        write(store, |sql| {
            maintenances::insert(sql, &window)?;
            works::put(sql, &words)?;
            works::put(sql, &later)
        });
        let kept = Words { created_at: START, ..later };
        let id = window.id;
        assert_eq!(
            store.read_blocking(move |sql| works::get(sql, id)).unwrap(),
            Some(kept.clone())
        );
        assert_eq!(store.read_blocking(works::list).unwrap(), [kept]);
        write(store, |sql| works::remove(sql, id));
        assert_eq!(store.read_blocking(works::list).unwrap(), []);
    });
}

#[test]
fn the_page_is_nobodys_until_somebody_says_so() {
    each_engine("status_page", |store| {
        let before = store.read_blocking(page::get).unwrap();
        assert!(!before.value.public);
        assert_eq!(before.version, 0);
        let page = StatusPage {
            public: true,
            name: "Northwind".to_owned(),
            languages: vec![Language::De, Language::En],
            ..StatusPage::default()
        };
        assert!(write(store, |sql| page::put(sql, &page, 0)));
        assert!(!write(store, |sql| page::put(sql, &page, 0)));
        let after = store.read_blocking(page::get).unwrap();
        assert_eq!((after.value, after.version), (page, 1));
        let logo = |hash: &str| Logo {
            hash: hash.to_owned(),
            media_type: "image/png".to_owned(),
            bytes: b"\x89PNG".to_vec(),
        };
        write(store, |sql| page::keep_logo(sql, &logo("a"), START));
        write(store, |sql| page::keep_logo(sql, &logo("b"), START));
        let read =
            |hash: &'static str| store.read_blocking(move |sql| page::logo(sql, hash)).unwrap();
        assert_eq!((read("a"), read("b")), (None, Some(logo("b"))));
    });
}
