//! What webhooks are told: places in the feed, messages, and what becomes of them.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, each_pair, write};
use kernel::{IncidentNumber, Timestamp, WebhookId};
use store::directory::webhooks::{
    Secrets, Wanted, Webhook, WebhookKind, begin_at, delete, get, health, insert, secrets,
    set_secret, update,
};
use store::files::Files;
use store::webhooks::{
    Answer, Came, Message, MessageState, OFF_AFTER_SECONDS, Settled, Wish, claim, counts, due,
    end_waiting, is_untidy, list, replay, send_again, settle, spread, stand, tidy, try_out,
};
use store::{Failure, Sql, Store};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

fn id(n: u128) -> WebhookId {
    WebhookId(Uuid::from_u128(n))
}

fn webhook(n: u128) -> Webhook {
    Webhook {
        id: id(n),
        name: format!("Hook {n}"),
        kind: WebhookKind::Standard,
        url: "https://hooks.example/in".to_owned(),
        active: true,
        told: Wanted { events: Some(["resolved".to_owned()].into()), ..Wanted::default() },
        created_at: NOW,
        version: 1,
    }
}

fn wish(seq: i64, number: i64) -> Wish {
    Wish {
        seq,
        number: IncidentNumber(number),
        kind: "resolved".to_owned(),
        message_id: format!("msg_{seq}"),
    }
}

/// A webhook that has been told of the entries 1 to 4 of INC-1 and INC-2 in turn.
fn told(sql: &mut dyn Sql) -> Result<(), Failure> {
    insert(sql, &webhook(1), "whsec_one", 0)?;
    let wishes = (1..=4).map(|seq| wish(seq, 1 + (seq + 1) % 2)).collect();
    assert!(spread(sql, id(1), (Some(0), 4), wishes, NOW)?);
    Ok(())
}

fn seqs(messages: &[Message]) -> Vec<i64> {
    messages.iter().filter_map(|message| message.seq).collect()
}

fn failed(rest_seconds: Option<i64>) -> Came {
    let answer = Answer { status: Some(500), text: "Oo\0ps".to_owned(), took_ms: 3 };
    Came::Failed { error: "it answers with 500".to_owned(), answer, rest_seconds }
}

fn sent() -> Came {
    Came::Sent(Answer { status: Some(204), text: String::new(), took_ms: 2 })
}

fn all(store: &Store) -> Vec<Message> {
    let mut all = store.read_blocking(|sql| list(sql, id(1), None, None, 100)).unwrap();
    all.reverse();
    all
}

#[test]
fn webhooks_are_kept_with_their_secrets() {
    each_engine("webhooks_kept", |store| {
        write(store, |sql| {
            insert(sql, &webhook(1), "whsec_one", 7)?;
            assert_eq!(get(sql, id(1))?, Some(webhook(1)));
            let renamed = Webhook { name: "Other".to_owned(), active: false, ..webhook(1) };
            assert!(update(sql, &renamed)?);
            assert!(!update(sql, &renamed)?, "another version by now");
            assert_eq!(get(sql, id(1))?, Some(Webhook { version: 2, ..renamed }));
            assert_eq!(health(sql, id(1))?.unwrap().position, Some(7));
            assert!(stand(sql)?.is_empty(), "it is not in use");
            let until = NOW.plus_seconds(60);
            assert!(set_secret(sql, id(1), "whsec_two", Some(until))?);
            let both = Secrets {
                current: "whsec_two".to_owned(),
                before: Some(("whsec_one".to_owned(), until)),
            };
            assert!(secrets(sql, id(1))? == Some(both));
            assert!(set_secret(sql, id(1), "whsec_three", None)?);
            assert!(secrets(sql, id(1))?.unwrap().before.is_none());
            assert!(delete(sql, id(1))? && !delete(sql, id(1))?);
            Ok(())
        });
    });
}

#[test]
fn a_place_in_the_feed_moves_once_with_its_messages() {
    each_engine("webhooks_place", |store| {
        write(store, told);
        write(store, |sql| {
            let again = vec![wish(1, 1)];
            assert!(!spread(sql, id(1), (Some(0), 4), again, NOW)?, "another node was first");
            assert!(spread(sql, id(1), (Some(4), 9), vec![wish(4, 2)], NOW)?);
            assert_eq!(stand(sql)?[0].1, Some(9));
            Ok(())
        });
        assert_eq!(seqs(&all(store)), [1, 2, 3, 4], "an event is told once");
    });
}

#[test]
fn messages_are_taken_in_order_for_each_incident_and_for_a_while() {
    each_engine("webhooks_taken", |store| {
        write(store, told);
        write(store, |sql| {
            let until = NOW.plus_seconds(60);
            assert_eq!(due(sql, NOW)?, [id(1)]);
            let first = claim(sql, id(1), NOW, until, 10)?;
            assert_eq!(seqs(&first), [1, 2]);
            assert!(claim(sql, id(1), NOW, until, 10)?.is_empty());
            assert!(due(sql, NOW)?.is_empty(), "the others wait for the first");
            settle(sql, id(1), &[(first[0].id, sent()), (first[1].id, failed(None))], NOW)?;
            let next = claim(sql, id(1), NOW, until, 10)?;
            assert_eq!(seqs(&next), [3], "the second waits, and so does what follows it");
            settle(sql, id(1), &[(next[0].id, Came::NotTried)], NOW)?;
            assert_eq!(seqs(&claim(sql, id(1), NOW, until, 10)?), [3]);
            let after = until.plus_seconds(1);
            let again = claim(sql, id(1), after, after.plus_seconds(60), 10)?;
            assert_eq!(seqs(&again), [3, 2], "what was taken and not settled comes again");
            Ok(())
        });
    });
}

#[test]
fn what_keeps_failing_is_given_up_and_lets_the_next_pass() {
    each_engine("webhooks_poison", |store| {
        write(store, told);
        write(store, |sql| {
            let mut now = NOW;
            loop {
                let taken = claim(sql, id(1), now, now.plus_seconds(60), 1)?;
                let Some(first) = taken.iter().find(|message| message.seq == Some(1)) else {
                    if taken.is_empty() {
                        now = now.plus_seconds(100_000);
                    }
                    for message in &taken {
                        settle(sql, id(1), &[(message.id, sent())], now)?;
                        if message.seq == Some(3) {
                            return Ok(());
                        }
                    }
                    continue;
                };
                settle(sql, id(1), &[(first.id, failed(None))], now)?;
            }
        });
        let messages = all(store);
        assert_eq!(messages[0].state, MessageState::Dead);
        assert_eq!((messages[0].status, messages[0].answer.as_deref()), (Some(500), Some("Oops")));
        assert_eq!(messages[2].state, MessageState::Sent);
        write(store, |sql| {
            assert_eq!(counts(sql, Some(id(1)))?.dead, 1);
            assert!(send_again(sql, id(1), messages[0].id, NOW)?);
            assert!(!send_again(sql, id(1), messages[0].id, NOW)?, "it waits already");
            assert!(!send_again(sql, id(2), messages[2].id, NOW)?, "of another webhook");
            Ok(())
        });
    });
}

#[test]
fn a_webhook_rests_when_it_asks_for_it_and_is_known_to_fail_for_long() {
    each_engine("webhooks_rest", |store| {
        write(store, told);
        write(store, |sql| {
            let until = |now: Timestamp| now.plus_seconds(60);
            let first = claim(sql, id(1), NOW, until(NOW), 1)?;
            let settled = settle(sql, id(1), &[(first[0].id, failed(Some(900)))], NOW)?;
            assert_eq!(settled, Settled::default());
            assert!(due(sql, NOW)?.is_empty());
            assert!(claim(sql, id(1), NOW, until(NOW), 10)?.is_empty());
            let later = NOW.plus_seconds(900);
            assert_eq!(due(sql, later)?, [id(1)]);
            let long_after = NOW.plus_seconds(OFF_AFTER_SECONDS);
            let taken = claim(sql, id(1), long_after, until(long_after), 1)?;
            let settled = settle(sql, id(1), &[(taken[0].id, failed(None))], long_after)?;
            assert_eq!(settled.failing_since, Some(NOW));
            assert_eq!(end_waiting(sql, id(1), "off", long_after)?, 4);
            assert!(due(sql, long_after.plus_seconds(1_000_000))?.is_empty());
            begin_at(sql, id(1), 9)?;
            let well = health(sql, id(1))?.unwrap();
            assert_eq!((well.failures, well.failing_since, well.position), (0, None, Some(9)));
            Ok(())
        });
    });
}

#[test]
fn the_past_is_sent_again_where_it_did_not_arrive() {
    each_engine("webhooks_replay", |store| {
        write(store, told);
        write(store, |sql| {
            let first = claim(sql, id(1), NOW, NOW.plus_seconds(60), 1)?;
            settle(sql, id(1), &[(first[0].id, sent())], NOW)?;
            let wishes = || (1..=6).map(|seq| wish(seq, 1)).collect::<Vec<_>>();
            assert_eq!(replay(sql, id(1), wishes(), false, NOW)?, 2, "two are new, three wait");
            end_waiting(sql, id(1), "off", NOW)?;
            assert_eq!(replay(sql, id(1), wishes(), false, NOW)?, 5);
            assert_eq!(replay(sql, id(1), wishes(), true, NOW)?, 1, "the one that arrived");
            try_out(sql, id(1), "msg_test", NOW)?;
            assert_eq!(counts(sql, None)?.waiting, 7);
            Ok(())
        });
    });
}

#[test]
fn old_records_go_and_those_that_wait_stay() {
    each_engine("webhooks_tidy", |store| {
        write(store, told);
        write(store, |sql| {
            let first = claim(sql, id(1), NOW, NOW.plus_seconds(60), 1)?;
            settle(sql, id(1), &[(first[0].id, sent())], NOW)?;
            let later = NOW.plus_seconds(31 * 86_400);
            assert!(!is_untidy(sql, NOW)? && is_untidy(sql, later)?);
            assert_eq!(tidy(sql, later)?, 1);
            Ok(())
        });
        assert_eq!(seqs(&all(store)), [2, 3, 4]);
    });
}

#[test]
fn whoever_restores_a_backup_tells_nothing_of_the_past() {
    each_pair("webhooks_restore", |from, into| {
        let store = Store::open(from).unwrap();
        write(&store, told);
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path().join("files"));
        let backup = folder.path().join("backup");
        store::backup::backup(&store, &files, &backup).unwrap();
        store::backup::restore(&backup, into, &files, false, || Ok(())).unwrap();
        let restored = Store::open(into).unwrap();
        assert!(all(&restored).iter().all(|message| message.state == MessageState::Withdrawn));
        assert_eq!(restored.read_blocking(stand).unwrap()[0].1, None, "it begins at the head");
        write(&restored, |sql| {
            assert!(spread(sql, id(1), (None, 4), vec![], NOW)?);
            let made = try_out(sql, id(1), "msg_test", NOW)?;
            assert!(made > 4, "PostgreSQL goes on counting");
            Ok(())
        });
    });
}
