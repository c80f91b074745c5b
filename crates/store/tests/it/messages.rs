//! Messages that come in, on both engines.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, each_pair, write};
use kernel::{IncidentNumber, Timestamp};
use store::Store;
use store::files::{FileHash, Files};
use store::messages::{
    ATTEMPTS_MAX, Alarm, Door, Message, MessageState, NewMessage, Read, Released, Rule, Step,
    accept, advance, alarm_raised, claim, counted, counts, erase, failed, get,
    incidents_by_message, incidents_by_reference, is_at, is_due, let_go, list, raise_alarm, raw,
    release, times_in,
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
            assert_eq!(times_in(sql, IncidentNumber(7), "eve@elsewhere.example", NOW, 5)?, [NOW]);
            assert_eq!(counted(sql, Some("elsewhere.example"), NOW, 5)?, 1);
            assert_eq!(counted(sql, None, NOW.plus_seconds(1), 5)?, 0);
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
            assert!(accept(sql, &new("bad"))?.repeated, "it is known when it comes again");
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
