//! Alerts, their groups and what belongs to them, on both engines.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use alert::maintenance::{Maintenance, Matcher, Recurrence};
use alert::{Alert, Group, Muted, STORM_KEY, Severity, Signal, SignalStatus};
use incident::{Scope, TokenScope, Viewer};
use kernel::{
    AlertId, IncidentNumber, IntegrationId, MaintenanceId, PersonId, Role, ServiceId, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::alerts::found::{self, Wanted};
use store::alerts::heartbeats::{self, Beat};
use store::alerts::payloads::{self, Payload, PayloadOutcome};
use store::alerts::{self, Written, asks, details, groups, maintenances};
use store::forget::{Kind, forget};
use uuid::Uuid;

const START: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

fn source(n: u128) -> IntegrationId {
    IntegrationId(Uuid::from_u128(n))
}

fn alert(n: u128, key: &str) -> Alert {
    Alert {
        id: AlertId(Uuid::from_u128(n)),
        integration: source(1),
        key: key.to_owned(),
        state: SignalStatus::Firing,
        severity: Severity::Critical,
        service: None,
        group: "web".to_owned(),
        number: None,
        count: 1,
        first_at: START,
        last_at: START,
        started_at: Some(START),
        ends_at: None,
        ended_at: None,
        muted: None,
        muted_until: None,
        changes: vec![START],
        flapping_until: None,
        check_at: None,
        digest: -7,
        once: Some(-8),
    }
}

fn over(alert: &Alert, seconds: i64) -> Alert {
    let ended_at = Some(START.plus_seconds(seconds));
    Alert { state: SignalStatus::Resolved, ended_at, check_at: None, ..alert.clone() }
}

#[test]
fn alerts_read_back_and_repeats_count() {
    each_engine("alerts_read_back", |store| {
        let full = Alert {
            service: Some(ServiceId(Uuid::from_u128(9))),
            number: Some(IncidentNumber(4)),
            ends_at: Some(START.plus_seconds(60)),
            muted: Some(Muted::Upstream),
            muted_until: Some(START.plus_seconds(30)),
            changes: vec![START, START.plus_seconds(5)],
            flapping_until: Some(START.plus_seconds(900)),
            check_at: Some(START.plus_seconds(30)),
            ..alert(1, "a")
        };
        write(store, |sql| alerts::write(sql, Written::All, [&full, &alert(2, "b")].into_iter()));
        let later = START.plus_seconds(9);
        let again = Alert { count: 2, last_at: later, severity: Severity::Info, ..full.clone() };
        write(store, |sql| alerts::write(sql, Written::Count, [&again].into_iter()));
        let read = |sql: &mut dyn store::Sql| alerts::open(sql, source(1), &["a", "zz"]);
        let found = store.read_blocking(read).unwrap();
        assert_eq!(found, [Alert { count: 2, last_at: later, ..full }], "only what counts up");
        write(store, |sql| alerts::write(sql, Written::Count, [&alert(3, "c")].into_iter()));
        let found = store.read_blocking(|sql| alerts::open(sql, source(1), &["c"])).unwrap();
        assert_eq!(found, [], "what is not there is not told of again");
        let other = |sql: &mut dyn store::Sql| alerts::open(sql, source(2), &["a"]);
        assert_eq!(store.read_blocking(other).unwrap(), []);
    });
}

#[test]
fn a_key_is_open_once_and_can_end_and_begin_in_one_batch() {
    each_engine("alerts_open_once", |store| {
        let (first, second) = (alert(1, "a"), alert(2, "a"));
        write(store, |sql| alerts::write(sql, Written::All, [&first].into_iter()));
        let twice =
            |sql: &mut dyn store::Sql| alerts::write(sql, Written::All, [&second].into_iter());
        let failed = crate::harness::writer(store).transaction(twice);
        assert!(matches!(failed, Err(store::Failure::Exists(_))), "{failed:?}");
        // Told in the order in which they are found; what is over goes first all the same.
        let ended = over(&first, 10);
        write(store, |sql| alerts::write(sql, Written::All, [&second, &ended].into_iter()));
        let open = store.read_blocking(|sql| alerts::open(sql, source(1), &["a"])).unwrap();
        assert_eq!(open, [second]);
        let since = |seconds| {
            let at = START.plus_seconds(seconds);
            store.read_blocking(move |sql| alerts::over_since(sql, source(1), &["a"], at)).unwrap()
        };
        assert_eq!((since(9).len(), since(10).len()), (1, 0));
    });
}

#[test]
fn what_is_due_is_found_by_its_instant() {
    each_engine("alerts_due", |store| {
        let due = |seconds| Some(START.plus_seconds(seconds));
        let number = Some(IncidentNumber(4));
        let early = Alert { check_at: due(10), number, ..alert(1, "a") };
        let late = Alert { check_at: due(20), ..alert(2, "b") };
        write(store, |sql| {
            alerts::write(sql, Written::All, [&late, &early, &alert(3, "c")].into_iter())
        });
        let found = |seconds| {
            let now = START.plus_seconds(seconds);
            let keys = |sql: &mut dyn store::Sql| {
                let any = alerts::any_due(sql, now)?;
                let due = alerts::due(sql, now, 10)?;
                Ok((any, due.into_iter().map(|alert| alert.key).collect::<Vec<_>>()))
            };
            store.read_blocking(keys).unwrap()
        };
        assert_eq!(found(9), (false, vec![]));
        assert_eq!(found(20), (true, vec!["a".to_owned(), "b".to_owned()]));
        let told = |seconds| {
            let at = START.plus_seconds(seconds);
            let told = |sql: &mut dyn store::Sql| alerts::told_since(sql, IncidentNumber(4), at);
            store.read_blocking(told).unwrap()
        };
        assert!(told(-1) && !told(0));
    });
}

#[test]
fn what_is_damaged_keeps_nothing_else_from_being_looked_at() {
    each_engine("alerts_damaged", |store| {
        let check_at = Some(START);
        let all = [(1, "a"), (2, "b")].map(|(n, key)| Alert { check_at, ..alert(n, key) });
        let group = |number| Group {
            number: Some(IncidentNumber(number)),
            check_at,
            ..Group::new(source(1), format!("{number}"), START)
        };
        write(store, |sql| {
            alerts::write(sql, Written::All, all.iter())?;
            groups::write(sql, [group(1), group(2)].iter())?;
            sql.execute("update alerts set severity = 'odd' where key = 'a'", &[])?;
            sql.execute("update alert_groups set muted = 'odd' where number = 1", &[])?;
            let keys = |due: Vec<Alert>| due.into_iter().map(|one| one.key).collect::<Vec<_>>();
            assert_eq!(keys(alerts::due(sql, START, 9)?), ["b"]);
            assert_eq!(groups::due(sql, START, 9)?, [group(2)]);
            // It is not found over and over.
            let damaged = "select 1 from alerts where key = 'a' and check_at is null \
                union all select 1 from alert_groups where number = 1 and check_at is null";
            assert_eq!(sql.query(damaged, &[])?.len(), 2);
            Ok(())
        });
    });
}

#[test]
fn the_open_alerts_of_an_incident_are_found_and_looked_at() {
    each_engine("alerts_of_incident", |store| {
        let (four, five) = (IncidentNumber(4), IncidentNumber(5));
        let of = |n, key: &str, number| Alert { number: Some(number), ..alert(n, key) };
        let taken = Alert { state: SignalStatus::Acknowledged, ..of(2, "b", four) };
        let mild = Alert { severity: Severity::Warning, ..of(1, "a", four) };
        let early = Alert { check_at: Some(START), ..of(4, "d", four) };
        let all = [mild, taken, over(&of(3, "c", four), 9), early, of(5, "e", five)];
        write(store, |sql| alerts::write(sql, Written::All, all.iter()));
        let read = |sql: &mut dyn store::Sql| {
            let open = alerts::open_of_incident(sql, four, 9)?;
            let keys: Vec<String> = open.into_iter().map(|alert| alert.key).collect();
            let waiting = alerts::waiting_of_incident(sql, four, 9)?;
            let numbers = alerts::incidents_of_groups(sql, source(1), &["web", "db"], 9)?;
            Ok((keys, waiting, numbers))
        };
        let (keys, waiting, numbers) = store.read_blocking(read).unwrap();
        assert_eq!(keys, ["b", "d", "a"], "the worst first");
        assert_eq!(waiting, [all[0].id, all[3].id]);
        assert_eq!(numbers, HashMap::from([("web".to_owned(), vec![five, four])]));
        let info = Alert { severity: Severity::Info, ..of(6, "f", four) };
        write(store, |sql| alerts::write(sql, Written::All, [&info].into_iter()));
        let worth = |limit| {
            let read =
                |sql: &mut dyn store::Sql| alerts::open_and_worth_an_incident(sql, four, limit);
            let found = store.read_blocking(read).unwrap();
            found.into_iter().map(|alert| alert.key).collect::<Vec<_>>()
        };
        assert_eq!((worth(9), worth(2).len()), (["b", "d", "a"].map(str::to_owned).to_vec(), 2));
        let group = |number: IncidentNumber, check_at| Group {
            number: Some(number),
            check_at,
            ..Group::new(source(1), format!("{}", number.0), START)
        };
        let at = START.plus_seconds(600);
        write(store, |sql| {
            groups::write(sql, [group(four, None), group(five, Some(START))].iter())?;
            groups::look_by(sql, four, at)?;
            groups::look_by(sql, five, at)
        });
        let due = store.read_blocking(move |sql| groups::due(sql, at, 9)).unwrap();
        let due: Vec<_> = due.into_iter().map(|group| (group.number, group.check_at)).collect();
        assert_eq!(due, [(Some(five), Some(START)), (Some(four), Some(at))], "never later");
    });
}

#[test]
fn the_incidents_of_a_group_are_found_one_after_the_other() {
    each_engine("alerts_of_group", |store| {
        let of = |n: u128, group: &str, number: i64| Alert {
            group: group.to_owned(),
            number: Some(IncidentNumber(number)),
            ..alert(n, &format!("key {n}"))
        };
        let web = [4, 5, 5, 6].into_iter().zip(1..).map(|(number, n)| of(n, "web", number));
        let mut all: Vec<Alert> = web.collect();
        all.extend([over(&of(5, "web", 7), 9), of(6, "db", 8), of(7, "other", 9)]);
        all.push(Alert { number: None, ..of(8, "web", 0) });
        all.push(Alert { integration: source(2), ..of(9, "web", 10) });
        write(store, |sql| alerts::write(sql, Written::All, all.iter()));
        let found = |groups: &[&str], limit| {
            let read = |sql: &mut dyn store::Sql| {
                alerts::incidents_of_groups(sql, source(1), groups, limit)
            };
            let found = store.read_blocking(read).unwrap();
            let numbers = |known: Vec<IncidentNumber>| {
                known.into_iter().map(|number| number.0).collect::<Vec<i64>>()
            };
            let found = found.into_iter().map(|(group, known)| (group, numbers(known)));
            found.collect::<BTreeMap<String, Vec<i64>>>()
        };
        let expected = |all: &[(&str, &[i64])]| {
            let all = all.iter().map(|(group, numbers)| ((*group).to_owned(), numbers.to_vec()));
            all.collect::<BTreeMap<_, _>>()
        };
        let three = ["web", "db", "none"];
        assert_eq!(found(&three, 9), expected(&[("db", &[8]), ("web", &[6, 5, 4])]));
        assert_eq!(found(&three, 2), expected(&[("db", &[8]), ("web", &[6, 5])]));
        assert_eq!(found(&["none"], 9), expected(&[]));
        let group = |limit| {
            let read =
                |sql: &mut dyn store::Sql| alerts::open_in_group(sql, source(1), "web", limit);
            store.read_blocking(read).unwrap().len()
        };
        assert_eq!((group(9), group(3)), (5, 3));
    });
}

#[test]
fn the_newest_open_alerts_of_an_incident_are_found_whatever_their_state() {
    each_engine("alerts_newest", |store| {
        let of = |n: u128, state| Alert { state, ..alert(n, &format!("key {n}")) };
        let (firing, taken) = (SignalStatus::Firing, SignalStatus::Acknowledged);
        let states = [firing, taken, taken, firing, taken, firing];
        let mut all: Vec<Alert> =
            states.into_iter().zip(1..).map(|(state, n)| of(n, state)).collect();
        all[3] = over(&all[3], 9);
        let incident = crate::list::world::Incident::new(1, "Disk full");
        let number = Some(IncidentNumber(1));
        all.iter_mut().for_each(|alert| alert.number = number);
        write(store, |sql| {
            crate::list::world::settle(sql)?;
            crate::list::world::store_all(sql, &[incident])?;
            alerts::write(sql, Written::All, all.iter())?;
            let said = Signal::new("a", SignalStatus::Firing, "Disk full");
            details::write(sql, all.iter().map(|alert| (alert.id, &said)))
        });
        let found = |wanted: Wanted, limit| {
            let scope = crate::list::world::staff();
            let wanted = Wanted { number, ..wanted };
            let read =
                move |sql: &mut dyn store::Sql| found::open_first(sql, &scope, &wanted, limit);
            let found = store.read_blocking(read).unwrap();
            found.into_iter().map(|one| one.alert.id.0.as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(found(Wanted::default(), 9), [6, 5, 3, 2, 1, 4], "what is over comes last");
        assert_eq!(found(Wanted::default(), 3), [6, 5, 3]);
        let open = Some(true);
        let before = Some(all[4].id);
        assert_eq!(found(Wanted { open, before, ..Wanted::default() }, 2), [3, 2]);
        let state = Some(taken);
        assert_eq!(found(Wanted { open, state, ..Wanted::default() }, 9), [5, 3, 2]);
    });
}

/// An incident may have hundreds of thousands of alerts, open ones or such that are over.
#[test]
fn what_is_asked_of_an_incident_with_many_alerts_is_found_by_an_index() {
    each_engine("alerts_many", |store| {
        if store.engine() != store::Engine::Sqlite {
            // PostgreSQL plans by its statistics: an empty table is read whole.
            return;
        }
        let found_by = |statement: &str, parameters: usize, index: &str| {
            let plan = format!("explain query plan {statement}");
            let values = vec![store::Value::Int(4); parameters];
            let steps = store.read_blocking(|sql| sql.query(&plan, &values));
            let steps = format!("{:?}", steps.unwrap());
            assert!(steps.contains(&format!("INDEX {index}")), "{steps}");
            assert!(!steps.contains("TEMP B-TREE"), "{steps}");
        };
        found_by(
            "select id, key from alerts \
             where number = $1 and ended_at is null order by severity, id limit $2",
            2,
            "alerts_open_of_incident",
        );
        found_by(
            "select id, key from alerts where number = $1 and state = $2 and ended_at is null \
             order by id desc limit $3",
            3,
            "alerts_open_newest (number=? AND state=?)",
        );
        found_by(
            "select max(number) from alerts \
             where integration_id = $1 and ended_at is null and group_key = $2 and number < $3",
            3,
            "alerts_group (integration_id=? AND group_key=? AND number<?)",
        );
    });
}

#[test]
fn groups_are_open_once_and_counted() {
    each_engine("alert_groups", |store| {
        let group = |number, key: &str, seconds| {
            let mut group = Group::new(source(1), key.to_owned(), START.plus_seconds(seconds));
            group.number = Some(IncidentNumber(number));
            group
        };
        let mut web = group(1, "web", 0);
        web.began(Severity::Warning, Some(Muted::Maintenance), START.plus_seconds(3));
        web.began(Severity::Critical, None, START.plus_seconds(4));
        (web.truncated, web.untold, web.unclear_since) = (true, true, Some(START));
        (web.flapping_until, web.check_at) = (Some(START), Some(START.plus_seconds(5)));
        let all = [web.clone(), group(2, "db", 30), group(3, STORM_KEY, 40)];
        write(store, |sql| groups::write(sql, all.iter()));
        let found = store.read_blocking(|sql| groups::of(sql, &[IncidentNumber(1)])).unwrap();
        assert_eq!(found, [web.clone()]);
        let keys = ["web", "db", "none"];
        let open = store.read_blocking(|sql| groups::open(sql, source(1), &keys)).unwrap();
        assert_eq!(open.len(), 2);
        let begun = |seconds| {
            let since = START.plus_seconds(seconds);
            store.read_blocking(move |sql| groups::begun_since(sql, source(1), since)).unwrap()
        };
        assert_eq!((begun(-1), begun(29), begun(30)), (2, 1, 0), "a storm's own is no new one");
        let due = store.read_blocking(|sql| groups::due(sql, START.plus_seconds(5), 9)).unwrap();
        assert_eq!(due.len(), 1);
        // The next one takes the key in the transaction in which the first lets go of it.
        let next = group(4, "web", 50);
        web.open = false;
        write(store, |sql| groups::write(sql, [next, web].iter()));
        let open = store.read_blocking(|sql| groups::open(sql, source(1), &["web"])).unwrap();
        assert_eq!(open[0].number, Some(IncidentNumber(4)));
    });
}

fn viewer(roles: &[Role]) -> Viewer {
    Viewer {
        person: PersonId(Uuid::from_u128(77)),
        name: "Ines".to_owned(),
        roles: roles.iter().copied().collect(),
        teams: Default::default(),
        organisation: None,
        scope: TokenScope::Admin,
    }
}

#[test]
fn alerts_are_found_by_those_who_may_see_them() {
    each_engine("alerts_found", |store| {
        let all = [alert(1, "a"), over(&alert(2, "b"), 5), alert(3, "c")];
        let hidden = Alert { number: Some(IncidentNumber(99)), ..alert(4, "d") };
        let labels: BTreeMap<String, String> = [("host".to_owned(), "db1".to_owned())].into();
        let said = Signal { labels, ..Signal::new("a", SignalStatus::Firing, "Disk full") };
        write(store, |sql| {
            alerts::write(sql, Written::All, all.iter().chain([&hidden]))?;
            let ids = all.iter().chain([&hidden]).map(|alert| (alert.id, &said));
            details::write(sql, ids)
        });
        let keys = |viewer: &Viewer, wanted: Wanted| {
            let scope = Scope::of(viewer);
            let read = move |sql: &mut dyn store::Sql| found::list(sql, &scope, &wanted, 10);
            let found = store.read_blocking(read).unwrap();
            found.into_iter().map(|found| found.alert.key).collect::<Vec<_>>()
        };
        let agent = viewer(&[Role::Agent]);
        // The incident of the last one is not there, so nobody sees it.
        assert_eq!(keys(&agent, Wanted::default()), ["c", "b", "a"]);
        assert_eq!(keys(&viewer(&[]), Wanted::default()), [] as [&str; 0]);
        let open = Wanted { open: Some(true), ..Wanted::default() };
        assert_eq!(keys(&agent, open), ["c", "a"]);
        let state = Wanted { state: Some(SignalStatus::Resolved), ..Wanted::default() };
        assert_eq!(keys(&agent, state), ["b"]);
        let before = Wanted { before: Some(all[2].id), ..Wanted::default() };
        assert_eq!(keys(&agent, before), ["b", "a"]);
        let said = |words: &str| Wanted { text: Some(words.to_owned()), ..Wanted::default() };
        assert_eq!(keys(&agent, said("FULL db1")), ["c", "b", "a"], "title and labels");
        assert_eq!(keys(&agent, said("b")), ["c", "b", "a"], "keys, too");
        assert_eq!(keys(&agent, said("%")), [] as [&str; 0], "signs of patterns are signs");
        let severity = |severity| Wanted { severity: Some(severity), ..Wanted::default() };
        assert_eq!(keys(&agent, severity(Severity::Critical)), ["c", "b", "a"]);
        assert_eq!(keys(&agent, severity(Severity::Info)), [] as [&str; 0]);
        let muted = Wanted { muted: true, ..Wanted::default() };
        assert_eq!(keys(&agent, muted), [] as [&str; 0]);
        let key = Wanted { key: Some("b".to_owned()), ..Wanted::default() };
        assert_eq!(keys(&agent, key), ["b"]);
        let group = Wanted { group: Some("elsewhere".to_owned()), ..Wanted::default() };
        assert_eq!(keys(&agent, group), [] as [&str; 0]);
        let first = |wanted: Wanted, limit| {
            let scope = Scope::of(&agent);
            let read =
                move |sql: &mut dyn store::Sql| found::open_first(sql, &scope, &wanted, limit);
            let found = store.read_blocking(read).unwrap();
            found.into_iter().map(|found| found.alert.key).collect::<Vec<_>>()
        };
        assert_eq!(first(Wanted::default(), 10), ["c", "a", "b"]);
        assert_eq!(first(Wanted::default(), 2), ["c", "a"]);
        let next = Wanted { before: Some(all[2].id), ..Wanted::default() };
        assert_eq!(first(next, 10), ["a", "b"], "those that are over come whole");
        let scope = Scope::of(&agent);
        let counts = store.read_blocking(move |sql| found::counts(sql, &scope)).unwrap();
        assert_eq!(counts.iter().map(|one| one.count).sum::<i64>(), 2, "{counts:?}");
        let (scope, id) = (Scope::of(&agent), all[0].id);
        let one = store.read_blocking(move |sql| found::get(sql, &scope, id)).unwrap().unwrap();
        assert_eq!(
            (one.details.title.as_str(), &one.details.labels["host"]),
            ("Disk full", &"db1".to_owned())
        );
        let by_key = |key: &'static str| {
            store.read_blocking(move |sql| found::by_key(sql, source(1), key)).unwrap()
        };
        assert_eq!(by_key("b").map(|found| found.alert.id), Some(all[1].id));
        let fired = |number: i64| {
            let number = IncidentNumber(number);
            store.read_blocking(move |sql| found::fired(sql, number, 10)).unwrap()
        };
        assert_eq!(fired(99), [(hidden.first_at, None)]);
        assert!(fired(98).is_empty());
        assert!(by_key("zz").is_none());
    });
}

#[test]
fn bodies_are_bounded_by_number_and_age() {
    each_engine("alert_payloads", |store| {
        let payload = |days: i64, note: usize| Payload {
            integration: source(1),
            received_at: START.plus_days(-days),
            door: "json".to_owned(),
            content_type: "application/json".to_owned(),
            outcome: PayloadOutcome::New,
            note: note.to_string(),
            bytes: vec![0, 255, b'x'],
        };
        let many = payloads::KEPT_MAX as usize + 5;
        let all: Vec<Payload> =
            [payload(30, 999)].into_iter().chain((0..many).map(|n| payload(0, n))).collect();
        write(store, |sql| payloads::keep(sql, all.clone()));
        write(store, |sql| payloads::forget(sql, START));
        let kept = store.read_blocking(|sql| payloads::of(sql, source(1), 1_000)).unwrap();
        assert_eq!(kept.len(), payloads::KEPT_MAX as usize);
        assert_eq!((kept[0].note.clone(), kept[0].size_bytes), ((many - 1).to_string(), 3));
        let id = kept[0].id;
        let whole = store.read_blocking(move |sql| payloads::get(sql, source(1), id)).unwrap();
        assert_eq!(whole.as_ref(), all.last());
        let then = store.read_blocking(|sql| payloads::at(sql, source(1), START)).unwrap();
        assert_eq!((then.len(), then.last()), (kept.len(), all.last()));
        assert!(store.read_blocking(payloads::last_wrong).unwrap().is_empty());
        let failed = Payload { outcome: PayloadOutcome::NotUnderstood, ..payload(0, 7) };
        write(store, |sql| payloads::keep(sql, vec![failed.clone(), payload(0, 8)]));
        let wrong = store.read_blocking(payloads::last_wrong).unwrap();
        assert_eq!(wrong[&source(1)].note, "7");
        let other = store.read_blocking(move |sql| payloads::get(sql, source(2), id)).unwrap();
        assert!(other.is_none(), "nobody reads another's");
    });
}

#[test]
fn heartbeats_are_due_until_they_come_or_are_told() {
    each_engine("heartbeats", |store| {
        let beat =
            |name: &str| Beat { integration: source(1), name: name.into(), every_seconds: 60 };
        write(store, |sql| heartbeats::came(sql, [beat("backup"), beat("cron")].iter(), START));
        let due = |seconds| {
            let now = START.plus_seconds(seconds);
            let due = store.read_blocking(move |sql| heartbeats::due(sql, now, 9)).unwrap();
            due.into_iter().map(|(_, name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(due(59), [] as [&str; 0]);
        assert_eq!(due(60), ["backup", "cron"]);
        write(store, |sql| heartbeats::put_off(sql, source(1), "backup", START.plus_seconds(90)));
        assert_eq!(
            (due(89), due(90)),
            (vec!["cron".to_owned()], vec!["cron".to_owned(), "backup".to_owned()])
        );
        write(store, |sql| heartbeats::told(sql, source(1), "backup"));
        let later = START.plus_seconds(50);
        write(store, |sql| heartbeats::came(sql, [beat("cron")].iter(), later));
        assert_eq!((due(60), due(110)), (vec![], vec!["cron".to_owned()]));
        assert_eq!(store.read_blocking(|sql| heartbeats::count(sql, source(1))).unwrap(), 2);

        // What is gone for good makes room; what is waited for stays.
        let makes_room = |id| write(store, |sql| heartbeats::make_room(sql, source(id)));
        assert_eq!((makes_room(2), makes_room(1), makes_room(1)), (false, true, false));
        let is_known = |name| store.read_blocking(|sql| heartbeats::is_known(sql, source(1), name));
        assert_eq!((is_known("backup").unwrap(), is_known("cron").unwrap()), (false, true));
    });
}

#[test]
fn windows_read_back_and_change() {
    each_engine("maintenances", |store| {
        let one = Maintenance {
            id: MaintenanceId(Uuid::from_u128(5)),
            name: "Firmware".to_owned(),
            starts_at: START,
            ends_at: None,
            recurrence: Some(Recurrence {
                time_zone: "Europe/Berlin".to_owned(),
                days: [1, 7].into(),
                from: "22:00".to_owned(),
                until: "02:00".to_owned(),
            }),
            matcher: Matcher { integrations: [source(1)].into(), ..Matcher::default() },
            created_by: "Mara".to_owned(),
            cancelled: false,
            version: 1,
        };
        let muted = Alert { muted: Some(Muted::Maintenance), ..alert(1, "a") };
        let snoozed = Alert { muted: Some(Muted::Snoozed), ..alert(2, "b") };
        let others = Alert { integration: source(2), ..alert(3, "c") };
        let all = [muted, snoozed, others, alert(4, "d")];
        write(store, |sql| alerts::write(sql, Written::All, all.iter()));
        let due = || {
            let due = store.read_blocking(|sql| alerts::due(sql, START, 9)).unwrap();
            due.into_iter().map(|alert| alert.key).collect::<Vec<_>>()
        };
        write(store, |sql| maintenances::insert(sql, &one));
        assert_eq!(due(), ["d"], "what fires and it may be for");
        let id = one.id;
        let get = move || store.read_blocking(move |sql| maintenances::get(sql, id)).unwrap();
        assert_eq!(get().as_ref(), Some(&one));
        let off = Maintenance { cancelled: true, ..one.clone() };
        assert!(write(store, |sql| maintenances::update(sql, &off, 1)));
        assert!(!write(store, |sql| maintenances::update(sql, &off, 1)), "it is at 2 now");
        assert_eq!(due(), ["a", "d"], "and what it mutes");
        let current = store.read_blocking(|sql| maintenances::current(sql, START)).unwrap();
        assert_eq!(current, []);
        assert_eq!(store.read_blocking(|sql| maintenances::list(sql, 9)).unwrap().len(), 1);
    });
}

#[test]
fn a_source_is_asked_by_one_node_when_it_is_time() {
    each_engine("asks", |store| {
        let at = |seconds: i64| START.plus_seconds(seconds);
        let claim = |place: &str, soon: Option<Timestamp>, seconds: i64| {
            let span = (at(seconds), at(seconds + 120));
            write(store, |sql| asks::claim(sql, source(1), place, soon, span))
        };
        assert_eq!(claim("a", None, 0), Some(asks::Turn::default()));
        assert_eq!(claim("a", None, 1), None, "somebody asks it");
        let missing = BTreeSet::from([AlertId(Uuid::from_u128(7))]);
        let span = (at(2), at(302));
        write(store, |sql| asks::answered(sql, source(1), (&missing, true), span));
        assert_eq!(claim("a", None, 60), None);
        assert_eq!(claim("a", Some(at(1)), 61), None, "it answered since");
        let soon = claim("a", Some(at(2)), 62).unwrap();
        assert_eq!((soon.missing, soon.whole, soon.failures), (missing, true, 0));
        write(store, |sql| asks::failed(sql, source(1), "no\nway", (at(63), at(123))));
        let all = store.read_blocking(asks::all).unwrap();
        let asked = &all[&source(1)];
        assert_eq!((asked.failures, asked.failing_since), (1, Some(at(63))));
        assert_eq!(asked.error.as_deref(), Some("noway"));
        assert!(!asked.is_due("a", Some(at(100)), at(122)), "it rests");
        assert!(asked.is_due("a", None, at(123)) && asked.is_due("b", None, at(100)));
        let after = claim("a", None, 123).unwrap();
        assert_eq!((after.missing.len(), after.whole, after.failures), (0, false, 1));
        assert_eq!(claim("b", None, 124), Some(asks::Turn::default()), "another address");
    });
}

#[test]
fn what_is_over_for_long_is_forgotten_in_small_steps() {
    each_engine("alerts_forgotten", |store| {
        let old = |n: u128, key: &str| over(&alert(n, key), 10);
        let all = [old(1, "a"), old(2, "b"), over(&alert(3, "c"), 900), alert(4, "d")];
        write(store, |sql| {
            alerts::write(sql, Written::All, all.iter())?;
            let said = Signal::new("a", SignalStatus::Firing, "Disk full");
            details::write(sql, all.iter().map(|alert| (alert.id, &said)))?;
            let mut group = Group::new(source(1), "web".to_owned(), START);
            (group.number, group.open) = (Some(IncidentNumber(4)), false);
            groups::write(sql, [&group].into_iter())?;
            maintenances::insert(
                sql,
                &Maintenance {
                    id: MaintenanceId(Uuid::from_u128(5)),
                    name: "Firmware".to_owned(),
                    starts_at: START,
                    ends_at: Some(START.plus_seconds(60)),
                    recurrence: None,
                    matcher: Matcher { integrations: [source(1)].into(), ..Matcher::default() },
                    created_by: "Mara".to_owned(),
                    cancelled: false,
                    version: 1,
                },
            )
        });
        let before = START.plus_seconds(600);
        let step = |kind, limit| write(store, |sql| forget(sql, kind, before, limit));
        assert_eq!((step(Kind::Alerts, 1), step(Kind::Alerts, 10)), (1, 1));
        assert_eq!(step(Kind::Groups, 10), 1, "no alert of it is left");
        assert_eq!((step(Kind::Maintenances, 10), step(Kind::Maintenances, 10)), (1, 0));
        let ids: Vec<AlertId> = all.iter().map(|alert| alert.id).collect();
        let left = store.read_blocking(|sql| alerts::by_ids(sql, &ids)).unwrap();
        assert_eq!(left.iter().map(|alert| alert.key.as_str()).collect::<Vec<_>>(), ["c", "d"]);
        let said = store.read_blocking(|sql| details::of(sql, &ids)).unwrap();
        assert_eq!(said.len(), 2, "what they said went with them");
    });
}

#[test]
fn a_window_that_cannot_be_read_loses_no_other() {
    each_engine("maintenance_damaged", |store| {
        let sound = Maintenance {
            id: MaintenanceId(Uuid::from_u128(5)),
            name: "Firmware".to_owned(),
            starts_at: START,
            ends_at: Some(START.plus_seconds(3_600)),
            recurrence: None,
            matcher: Matcher { integrations: [source(1)].into(), ..Matcher::default() },
            created_by: "Mara".to_owned(),
            cancelled: false,
            version: 1,
        };
        write(store, |sql| {
            maintenances::insert(sql, &sound)?;
            let broken = Maintenance { id: MaintenanceId(Uuid::from_u128(6)), ..sound.clone() };
            maintenances::insert(sql, &broken)?;
            let break_it = "update maintenances set matcher = 'not JSON' where id = $1";
            sql.execute(break_it, &[broken.id.into()]).map(drop)
        });
        let current = store.read_blocking(|sql| maintenances::current(sql, START)).unwrap();
        assert_eq!(current, [sound]);
        assert_eq!(store.read_blocking(|sql| maintenances::list(sql, 9)).unwrap().len(), 1);
        let damaged = store.read_blocking(maintenances::damaged).unwrap();
        assert_eq!((damaged.len(), damaged[0].name.as_str()), (1, "Firmware"));
        assert!(damaged[0].words.contains("JSON"), "{}", damaged[0].words);
        assert!(write(store, |sql| maintenances::call_off_damaged(sql, &damaged[0].id)));
        assert!(!write(store, |sql| maintenances::call_off_damaged(sql, &damaged[0].id)));
        assert!(store.read_blocking(maintenances::damaged).unwrap().is_empty());
    });
}
