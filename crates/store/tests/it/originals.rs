//! Messages beside the incidents that they became.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{Incident, NOW, content, settle, store_all, store_erasure};
use incident::Visibility;
use kernel::IncidentNumber;
use store::files::FileHash;
use store::messages::{
    Door, MessageState, NewMessage, Read, Rule, Step, accept, advance, alarms, entries_of, get, raw,
};
use store::{Sql, Store};

/// A message that was read, and became this entry of INC-1.
fn arrived(sql: &mut dyn Sql, bytes: &str, id: &str, n: Option<u32>) -> i64 {
    let new = NewMessage {
        mailbox: None,
        door: Door::Http,
        sender: String::new(),
        recipients: vec![],
        received_at: NOW,
        hash: FileHash::of_bytes(bytes.as_bytes()),
        raw: bytes.as_bytes().to_vec(),
    };
    let message = accept(sql, &new).unwrap().id;
    let step = Step {
        id: message,
        step: 0,
        then: if n.is_some() { MessageState::Done } else { MessageState::Dropped },
        read: Read {
            message_id: Some(id.to_owned()),
            body_hash: Some(id.to_owned()),
            subject: "secret".to_owned(),
            ..Read::default()
        },
        rule: Rule::New,
        reason: "secret.pdf was left out".to_owned(),
        public: true,
        reopens: false,
        suggested: None,
        references: vec![],
    };
    assert!(advance(sql, &step, n.map(|n| (IncidentNumber(1), n)), NOW).unwrap());
    message
}

/// INC-1 with three words, all of which came by mail, and messages of the first and second.
fn filled(store: &Store) -> (Incident, Vec<i64>) {
    let incident = Incident::new(1, "VPN drops")
        .saying("one", Visibility::Public)
        .saying("two", Visibility::Public)
        .saying("a file of two", Visibility::Public);
    let kept = incident.clone();
    let ids = write(store, |sql| {
        settle(sql)?;
        store_all(sql, &[incident])?;
        sql.execute("update events set channel = 'email' where n > 1", &[])?;
        Ok(vec![
            arrived(sql, "one", "one@x", Some(2)),
            arrived(sql, "two", "two@x", Some(3)),
            arrived(sql, "two again", "two@x", None),
        ])
    });
    (kept, ids)
}

fn left(store: &Store, ids: &[i64]) -> Vec<bool> {
    let is_left = |id: &i64| {
        let bytes = write(store, |sql| raw(sql, *id)).is_some();
        let message = write(store, |sql| get(sql, *id)).unwrap();
        let said = format!("{} {}", message.subject, message.reason.unwrap_or_default());
        assert_eq!(said.contains("secret"), bytes, "{said}");
        bytes
    };
    ids.iter().map(is_left).collect()
}

#[test]
fn what_is_erased_of_an_incident_is_erased_of_its_message_and_of_copies() {
    each_engine("forget_words", |store| {
        let (incident, ids) = filled(store);
        let entries = |store: &Store| {
            let mut found = write(store, |sql| entries_of(sql, &[IncidentNumber(1)]));
            found.sort_unstable();
            found.into_iter().map(|(_, n)| n).collect::<Vec<_>>()
        };
        assert_eq!(entries(store), [2, 3]);
        write(store, |sql| store_erasure(sql, &incident, content(1, 2)));
        assert_eq!(left(store, &ids), [true, false, false]);
        assert_eq!(entries(store), [2]);
    });
}

#[test]
fn a_file_is_erased_with_the_message_that_brought_it_and_a_title_of_a_form_with_none() {
    each_engine("forget_file", |store| {
        let (incident, ids) = filled(store);
        write(store, |sql| store_erasure(sql, &incident, content(1, 0)));
        assert_eq!(left(store, &ids), [true, true, true]);
        let incident = incident.with(|state| state.version += 1);
        write(store, |sql| store_erasure(sql, &incident, content(1, 3)));
        assert!(!left(store, &ids)[1]);
    });
}

#[test]
fn alarms_are_told_for_a_while() {
    each_engine("alarms", |store| {
        let raised = write(store, |sql| {
            let alarm = store::messages::Alarm { about: "eve@x".into(), unless_since: NOW };
            store::messages::raise_alarm(sql, &alarm, IncidentNumber(1), NOW)?;
            Ok([NOW, NOW.plus_seconds(1)].map(|since| alarms(sql, since, 9).unwrap().len()))
        });
        assert_eq!(raised, [1, 0]);
    });
}
