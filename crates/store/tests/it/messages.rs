//! Messages that come in, on both engines.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, each_pair, write};
use kernel::{IncidentNumber, Timestamp};
use store::Store;
use store::files::{FileHash, Files};
use store::messages::{
    ATTEMPTS_MAX, Alarm, Door, Message, MessageState, NewMessage, Read, Released, Rule, Step,
    accept, advance, alarm_raised, came_within, claim, counted, counts, dropped_as_copy, erase,
    failed, forget_bytes, get, incidents_by_message, incidents_by_reference, is_at, is_due, let_go,
    list, raise_alarm, raw, release, renew, reopenings, times_from, times_in,
};

const NOW: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

fn new(text: &str) -> NewMessage {
    NewMessage {
        mailbox: None,
        door: Door::Lmtp,
        sender: String::new(),
        recipients: vec!["help@northwind.example".to_owned()],
        received_at: NOW,
        hash: FileHash::of_bytes(text.as_bytes()),
        raw: text.as_bytes().to_vec(),
    }
}

fn take(store: &Store, now: Timestamp) -> Vec<Message> {
    write(store, |sql| claim(sql, now, now.plus_seconds(60), 10, 1_000_000))
}

fn step(id: i64, step: u32, then: MessageState) -> Step {
    let read = Read {
        message_id: Some(format!("m{id}@elsewhere.example")),
        body_hash: Some("h".to_owned()),
        from: Some("eve@elsewhere.example".to_owned()),
        subject: "a\0b".to_owned(),
        automatic: false,
    };
    let references = vec![("elsewhere.example".to_owned(), "ticket#1".to_owned())];
    Step {
        id,
        step,
        then,
        read,
        rule: Rule::New,
        reason: "because".to_owned(),
        public: true,
        reopens: false,
        suggested: None,
        references,
    }
}

#[test]
fn a_message_is_taken_by_one_and_brought_on_once() {
    each_engine("messages_step", |store| {
        let id = write(store, |sql| accept(sql, &new("one"))).id;
        assert!(write(store, |sql| accept(sql, &new("one"))).repeated);
        assert_eq!(take(store, NOW).iter().map(|one| one.id).collect::<Vec<_>>(), [id]);
        assert_eq!(take(store, NOW), []);
        assert!(!write(store, |sql| is_due(sql, NOW)));
        // Whoever had it is taken for dead.
        assert_eq!(take(store, NOW.plus_seconds(61)).len(), 1);

        let (number, half, end) = (
            Some((IncidentNumber(7), 1)),
            step(id, 0, MessageState::Waiting),
            step(id, 1, MessageState::Done),
        );
        write(store, |sql| {
            assert!(is_at(sql, &half)? && !is_at(sql, &end)?);
            assert!(advance(sql, &half, number, NOW)?);
            assert!(!advance(sql, &half, number, NOW)?, "done before");
            assert!(advance(sql, &end, Some((IncidentNumber(9), 9)), NOW)?);
            let done = get(sql, id)?.unwrap();
            assert_eq!(
                (done.state, done.step, done.number, done.n),
                (MessageState::Done, 2, Some(IncidentNumber(7)), Some(1))
            );
            assert_eq!((done.subject.as_str(), done.copies), ("ab", 2));
            let ids = ["x@y".to_owned(), format!("m{id}@elsewhere.example")];
            assert_eq!(incidents_by_message(sql, &ids)?, [(ids[1].clone(), IncidentNumber(7))]);
            let named = ["ticket#1".to_owned()];
            assert_eq!(incidents_by_reference(sql, "elsewhere.example", &named)?.len(), 1);
            assert_eq!(incidents_by_reference(sql, "other.example", &named)?, []);
            let (eve, now) = ("eve@elsewhere.example", (NOW, NOW));
            assert_eq!(times_in(sql, IncidentNumber(7), eve, now, 5)?, [NOW]);
            assert_eq!(counted(sql, "elsewhere.example", now, 5)?, 1);
            // What came later is not held against what came before.
            let before = (NOW.plus_seconds(-60), NOW.plus_seconds(-1));
            assert_eq!(times_in(sql, IncidentNumber(7), eve, before, 5)?, []);
            assert_eq!(counted(sql, "elsewhere.example", before, 5)?, 0);
            Ok(())
        });
    });
}

#[test]
fn what_fails_again_and_again_is_kept_aside_and_can_be_let_in_or_erased() {
    each_engine("messages_fail", |store| {
        let id = write(store, |sql| accept(sql, &new("bad"))).id;
        let mut now = NOW;
        for attempt in 1..=ATTEMPTS_MAX {
            assert_eq!(take(store, now).len(), 1, "attempt {attempt}");
            let last = write(store, |sql| failed(sql, id, "why", now));
            assert_eq!(last, attempt == ATTEMPTS_MAX);
            assert_eq!(take(store, now), []);
            now = now.plus_seconds(301);
        }
        write(store, |sql| {
            let found = list(sql, Some(MessageState::Quarantined), None, 10)?;
            assert_eq!((found.len(), found[0].reason.as_deref()), (1, Some("why")));
            assert_eq!(counts(sql)?.quarantined, 1);
            assert!(release(sql, id, Released::AsNew, None, now)?);
            assert!(!release(sql, id, Released::AsNew, None, now)?);
            assert!(!erase(sql, id, "gone", now)?, "not while it waits");
            Ok(())
        });
        assert_eq!(take(store, now)[0].released, Some(Released::AsNew));
        write(store, |sql| {
            let_go(sql, &[id], now.plus_seconds(5))?;
            assert!(advance(sql, &step(id, 0, MessageState::Quarantined), None, now)?);
            assert!(raw(sql, id)?.is_some());
            assert!(erase(sql, id, "gone", now)?);
            assert_eq!(raw(sql, id)?, None);
            assert!(!release(sql, id, Released::Again, None, now)?, "there is nothing to let in");
            assert!(!accept(sql, &new("bad"))?.repeated, "what was erased swallows nothing");
            Ok(())
        });
    });
}

#[test]
fn the_same_bytes_are_a_copy_only_when_that_is_sure() {
    each_engine("messages_copy", |store| {
        let at =
            |seconds| NewMessage { received_at: NOW.plus_seconds(seconds), ..new("backup failed") };
        write(store, |sql| {
            let first = accept(sql, &at(0))?;
            assert!(accept(sql, &at(599))?.repeated);
            let night = accept(sql, &at(86_400))?;
            assert!(!night.repeated, "it says the same the next night");
            // With an id of its own it is a copy whenever it comes.
            assert!(advance(
                sql,
                &step(night.id, 0, MessageState::Done),
                Some((IncidentNumber(1), 1)),
                NOW
            )?);
            let again = accept(sql, &at(10 * 86_400))?;
            assert_eq!((again.id, again.repeated), (night.id, true));
            // What is kept aside or dropped swallows nothing.
            assert!(advance(sql, &step(first.id, 0, MessageState::Quarantined), None, NOW)?);
            let other = NewMessage { mailbox: Some(kernel::IntegrationId(desk_id())), ..at(0) };
            let one = accept(sql, &other)?;
            assert!(advance(sql, &step(one.id, 0, MessageState::Dropped), None, NOW)?);
            assert!(!accept(sql, &other)?.repeated);
            Ok(())
        });
    });
}

/// Some id.
fn desk_id() -> uuid::Uuid {
    uuid::Uuid::from_u128(7)
}

#[test]
fn what_ended_the_program_is_taken_alone_and_kept_aside_at_last() {
    each_engine("messages_killed", |store| {
        let texts = ["poison", "one", "two"];
        let ids = texts.map(|text| write(store, |sql| accept(sql, &new(text))).id);
        let mut now = NOW;
        assert_eq!(take(store, now).len(), 3);
        for attempt in 1..ATTEMPTS_MAX {
            now = now.plus_seconds(61);
            let taken = take(store, now);
            assert_eq!(taken.iter().map(|one| one.id).collect::<Vec<_>>(), [ids[0]]);
            assert_eq!(taken[0].attempts as usize, attempt);
        }
        now = now.plus_seconds(61);
        let next: Vec<_> = take(store, now).iter().map(|one| one.id).collect();
        assert_eq!(next, [ids[1]], "the others are tried");
        let poison = store.read_blocking(|sql| get(sql, ids[0])).unwrap().unwrap();
        assert_eq!((poison.state, poison.rule), (MessageState::Quarantined, Some(Rule::Failed)));
        assert!(poison.reason.unwrap().contains("the program ended"));
    });
}

#[test]
fn what_is_dealt_with_is_kept_and_a_clock_set_back_keeps_nothing() {
    each_engine("messages_lease", |store| {
        let id = write(store, |sql| accept(sql, &new("long"))).id;
        let (held, until) = (NOW.plus_seconds(60), NOW.plus_seconds(110));
        assert_eq!(take(store, NOW).len(), 1);
        write(store, |sql| {
            renew(sql, &[id], held, until)?;
            assert!(!is_due(sql, NOW.plus_seconds(61))?);
            // Of another node's lease nothing is changed.
            renew(sql, &[id], held, NOW.plus_seconds(500))?;
            assert!(is_due(sql, NOW.plus_seconds(111))?);
            let_go(sql, &[id], NOW.plus_seconds(300))?;
            assert!(!is_due(sql, NOW)?);
            // It waits until an hour from now: a clock that was set back said so.
            let_go(sql, &[id], NOW.plus_seconds(3_600))?;
            assert!(is_due(sql, NOW)?);
            Ok(())
        });
        assert_eq!(take(store, NOW).len(), 1);
    });
}

#[test]
fn what_is_known_of_a_message_stays_when_a_later_step_fails() {
    each_engine("messages_later", |store| {
        let id = write(store, |sql| accept(sql, &new("files"))).id;
        write(store, |sql| {
            let number = IncidentNumber(7);
            let first = Step { reopens: true, ..step(id, 0, MessageState::Waiting) };
            assert!(advance(sql, &first, Some((number, 3)), NOW)?);
            assert!(advance(sql, &step(id, 1, MessageState::Waiting), None, NOW)?);
            assert_eq!(reopenings(sql, number, NOW)?, 1, "it reopened the incident all the same");
            for attempt in 1..=ATTEMPTS_MAX {
                assert_eq!(failed(sql, id, "no room", NOW)?, attempt == ATTEMPTS_MAX);
            }
            let aside = get(sql, id)?.unwrap();
            assert_eq!((aside.state, aside.rule), (MessageState::Quarantined, Some(Rule::New)));
            assert_eq!(aside.reason.as_deref(), Some("because; then: no room"));
            Ok(())
        });
    });
}

#[test]
fn a_copy_is_seen_in_the_transaction_of_its_command() {
    each_engine("messages_race", |store| {
        let [one, two, three] =
            ["a", "b", "c"].map(|text| write(store, |sql| accept(sql, &new(text))).id);
        write(store, |sql| {
            let same = |id| {
                let message_id = Some("same@elsewhere.example".to_owned());
                let mut step = step(id, 0, MessageState::Waiting);
                step.read.message_id = message_id;
                step
            };
            assert!(!dropped_as_copy(sql, &same(one), NOW)?);
            // Its files are still to come.
            assert!(advance(sql, &same(one), Some((IncidentNumber(1), 1)), NOW)?);
            assert!(!dropped_as_copy(sql, &same(one), NOW)?, "it is no copy of itself");
            assert!(dropped_as_copy(sql, &same(two), NOW)?);
            let two = get(sql, two)?.unwrap();
            assert_eq!((two.state, two.rule), (MessageState::Dropped, Some(Rule::Duplicate)));
            // A person let it in.
            assert!(advance(sql, &step(three, 0, MessageState::Quarantined), None, NOW)?);
            assert!(release(sql, three, Released::AsNew, None, NOW)?);
            assert!(!dropped_as_copy(sql, &same(three), NOW)?);
            Ok(())
        });
    });
}

#[test]
fn bytes_go_after_a_time_and_a_few_at_once() {
    each_engine("messages_kept", |store| {
        let ids = ["a", "b", "c", "d"].map(|text| write(store, |sql| accept(sql, &new(text))).id);
        write(store, |sql| {
            use MessageState::{Done, Dropped, Quarantined};
            for (id, then) in ids.into_iter().zip([Done, Dropped, Quarantined]) {
                assert!(advance(sql, &step(id, 0, then), None, NOW)?);
            }
            assert_eq!(forget_bytes(sql, NOW, 10)?, 0, "not yet");
            let later = NOW.plus_seconds(1);
            assert_eq!((forget_bytes(sql, later, 1)?, forget_bytes(sql, later, 1)?), (1, 1));
            assert_eq!(forget_bytes(sql, later, 1)?, 0);
            let kept = ids.map(|id| raw(sql, id).unwrap().is_some());
            assert_eq!(kept, [false, false, true, true]);
            Ok(())
        });
    });
}

#[test]
fn how_many_came_is_told_by_their_order() {
    each_engine("messages_within", |store| {
        let ids: Vec<_> = (0..5)
            .map(|n| {
                let at = NOW.plus_seconds(n);
                let one = NewMessage { received_at: at, ..new(&n.to_string()) };
                write(store, |sql| accept(sql, &one)).id
            })
            .collect();
        write(store, |sql| {
            let within = |sql: &mut dyn store::Sql, count, seconds| {
                came_within(sql, ids[4], count, NOW.plus_seconds(seconds))
            };
            assert!(within(sql, 4, 0)? && !within(sql, 4, 1)? && within(sql, 3, 1)?);
            assert!(!within(sql, 5, 0)? && !within(sql, usize::MAX, 0)?);
            Ok(())
        });
    });
}

#[test]
fn what_an_address_made_counts_and_what_is_kept_aside_of_its_reports() {
    each_engine("messages_made", |store| {
        let ids = ["a", "b", "c", "d"].map(|text| write(store, |sql| accept(sql, &new(text))).id);
        write(store, |sql| {
            use MessageState::{Done, Dropped, Quarantined};
            let report = |id: i64, then: MessageState| {
                let mut report = Step { rule: Rule::Report, ..step(id, 0, then) };
                report.read.automatic = true;
                report
            };
            let made = Some((IncidentNumber(1), 1));
            assert!(advance(sql, &step(ids[0], 0, Done), made, NOW)?);
            assert!(advance(sql, &step(ids[1], 0, Quarantined), None, NOW)?);
            assert!(advance(sql, &report(ids[2], Quarantined), None, NOW)?);
            assert!(advance(sql, &report(ids[3], Dropped), None, NOW)?);
            let counted = |sql: &mut dyn store::Sql, automatic: bool, since, limit| {
                let found = times_from(sql, "eve@elsewhere.example", automatic, since, limit)?;
                assert!(found.iter().all(|(_, at)| *at == NOW));
                let mut ids: Vec<i64> = found.into_iter().map(|(id, _)| id).collect();
                ids.sort_unstable();
                Ok::<_, store::Failure>(ids)
            };
            assert_eq!(counted(sql, false, NOW, 10)?, [ids[0], ids[2]]);
            assert_eq!(counted(sql, true, NOW, 10)?, [ids[2]]);
            assert_eq!(counted(sql, false, NOW, 1)?.len(), 1);
            assert_eq!(counted(sql, false, NOW.plus_seconds(1), 10)?, [0i64; 0]);
            // What names no sender is counted together.
            let id = accept(sql, &new("e"))?.id;
            let mut nobodys = report(id, Quarantined);
            nobodys.read.from = None;
            assert!(advance(sql, &nobodys, None, NOW)?);
            assert_eq!(times_from(sql, "", true, NOW, 10)?, [(id, NOW)]);
            assert_eq!(get(sql, id)?.unwrap().from, None);
            Ok(())
        });
    });
}

#[test]
fn large_ones_are_taken_alone() {
    each_engine("messages_large", |store| {
        for text in ["a".repeat(900_000), "b".repeat(900_000), "c".to_owned()] {
            write(store, |sql| accept(sql, &new(&text)));
        }
        assert_eq!(take(store, NOW).len(), 1);
        assert_eq!(take(store, NOW).len(), 2);
    });
}

#[test]
fn an_alarm_rests() {
    each_engine("messages_alarm", |store| {
        let alarm = |since| Alarm { about: "x".to_owned(), unless_since: since };
        write(store, |sql| {
            assert!(!alarm_raised(sql, &alarm(NOW))?);
            raise_alarm(sql, &alarm(NOW), IncidentNumber(1), NOW)?;
            assert!(alarm_raised(sql, &alarm(NOW))?);
            assert!(!alarm_raised(sql, &alarm(NOW.plus_seconds(1)))?);
            raise_alarm(sql, &alarm(NOW), IncidentNumber(2), NOW.plus_seconds(9))
        });
    });
}

#[test]
fn messages_and_their_bytes_are_in_backups() {
    let long = "x".repeat(200_000);
    each_pair("messages_backup", |from, into| {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path().join("files"));
        let id = {
            let store = Store::open(from).unwrap();
            let id = write(&store, |sql| accept(sql, &new(&long))).id;
            store::backup::backup(&store, &files, &folder.path().join("backup")).unwrap();
            id
        };
        store::backup::restore(&folder.path().join("backup"), into, &files, true, || Ok(()))
            .unwrap();
        let store = Store::open(into).unwrap();
        let found = store.read_blocking(|sql| raw(sql, id)).unwrap();
        assert_eq!(found.unwrap(), long.as_bytes());
        assert_eq!(take(&store, NOW).len(), 1, "what was taken and not dealt with is dealt with");
        assert!(write(&store, |sql| accept(sql, &new("next"))).id > id);
    });
}
