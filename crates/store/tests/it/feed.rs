//! Timelines and the feed.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{Incident, content, person, settle, store_all, team};
use incident::{Body, Visibility};
use kernel::{ContentId, IncidentNumber};
use store::Store;
use store::incidents::feed::{feed, position, subjects};
use store::incidents::timeline::{
    StoredEvent, contents, contents_by_id, event, timeline, timeline_union,
};

fn filled(store: &Store) {
    let first = Incident::new(1, "VPN drops")
        .saying("try again", Visibility::Public)
        .saying("cable?", Visibility::Internal)
        .with(|state| {
            state.watchers.extend([person(0), person(2)]);
            state.confidential_to = Some(team(1));
        });
    let second = Incident::new(2, "VPN too").saying("same here", Visibility::Public);
    write(store, |sql| {
        settle(sql)?;
        store_all(sql, &[first])?;
        store_all(sql, &[second])
    });
}

#[test]
fn words_that_wait_for_too_long_go_in_pages() {
    each_engine("outbox", |store| {
        let insert = "insert into outbox (number, n, word, audience, not_before, created_at) values (1, 1, 'told', '[]', $1, 1)";
        let gone = write(store, |sql| {
            for not_before in 1..=6_i64 {
                sql.execute(insert, &[not_before.into()])?;
            }
            let before = kernel::Timestamp::from_micros(6);
            let mut gone = Vec::new();
            for _ in 0..4 {
                gone.push(store::incidents::expire_outbox(sql, before, 2)?);
            }
            Ok(gone)
        });
        assert_eq!(gone, [2, 2, 1, 0]);
    });
}

fn places(events: &[StoredEvent]) -> Vec<(i64, i64, u32)> {
    events.iter().map(|stored| (stored.seq, stored.number.0, stored.event.n)).collect()
}

#[test]
fn a_timeline_is_read_in_order_and_in_pieces() {
    each_engine("timeline", |store| {
        filled(store);
        let read = |after, limit| {
            store.read_blocking(|sql| timeline(sql, IncidentNumber(1), after, limit)).unwrap()
        };
        let all = read(0, 100);
        assert_eq!(places(&all), [(1, 1, 1), (2, 1, 2), (3, 1, 3)]);
        assert_eq!(all.iter().map(|stored| stored.public).collect::<Vec<_>>(), [true, true, false]);
        assert!(matches!(all[0].event.body, Body::Reported(_)));
        assert_eq!(places(&read(1, 1)), [(2, 1, 2)]);
        assert_eq!(read(3, 100), []);
        store
            .read_blocking(|sql| {
                assert_eq!(event(sql, IncidentNumber(1), 2)?.as_ref(), Some(&all[1]));
                assert_eq!(event(sql, IncidentNumber(1), 9)?, None);
                let both = timeline_union(sql, &[IncidentNumber(2), IncidentNumber(1)])?;
                let expected = [(1, 1, 1), (4, 2, 1), (2, 1, 2), (5, 2, 2), (3, 1, 3)];
                assert_eq!(places(&both), expected);
                assert_eq!(timeline_union(sql, &[])?, []);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn an_entry_of_a_newer_version_is_kept_and_shown() {
    each_engine("newer", |store| {
        filled(store);
        write(store, |sql| {
            sql.execute(
                "update events set kind = 'teleported', cause = '{\"wish\":1}' where seq = 2",
                &[],
            )
        });
        let all = store.read_blocking(|sql| timeline(sql, IncidentNumber(1), 0, 10)).unwrap();
        assert_eq!(all[1].event.body.kind(), "teleported");
        assert!(matches!(all[1].event.body, Body::Unknown { .. }));
        write(store, |sql| sql.execute("update events set cause = '{}' where seq = 3", &[]));
        let error = store.read_blocking(|sql| timeline(sql, IncidentNumber(1), 0, 10)).unwrap_err();
        assert!(error.to_string().contains("the cause of entry 3"), "{error}");
    });
}

#[test]
fn words_say_whether_they_are_public_or_erased() {
    each_engine("words", |store| {
        filled(store);
        write(store, |sql| {
            sql.execute(
                "update contents set body = '', erased_at = 1 where id = $1",
                &[content(1, 1).into()],
            )
        });
        store
            .read_blocking(|sql| {
                let words = contents(sql, IncidentNumber(1))?;
                assert_eq!(words.len(), 3);
                assert_eq!(words[&content(1, 0)].body.as_deref(), Some("VPN drops"));
                assert_eq!(words[&content(1, 1)].body, None);
                assert!(words[&content(1, 0)].public && !words[&content(1, 2)].public);
                let asked = [content(1, 2), content(2, 1), ContentId(content(9, 9).0)];
                let some = contents_by_id(sql, &asked)?;
                assert_eq!(some.len(), 2);
                assert_eq!(some[&content(2, 1)].body.as_deref(), Some("same here"));
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn the_feed_goes_on_after_a_position_and_knows_who_may_see() {
    each_engine("feed", |store| {
        filled(store);
        store
            .read_blocking(|sql| {
                assert_eq!(position(sql)?, 5);
                let first = feed(sql, 0, 3)?;
                assert_eq!(first.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2, 3]);
                assert_eq!(first[2].subject.confidential_to, Some(team(1)));
                let watchers: Vec<_> = first[0].subject.watchers.iter().copied().collect();
                assert_eq!(watchers, [person(0), person(2)]);
                assert!(!first[2].public);
                let rest = feed(sql, 3, 100)?;
                assert_eq!(
                    rest.iter().map(|e| (e.seq, e.number.0)).collect::<Vec<_>>(),
                    [(4, 2), (5, 2)]
                );
                assert_eq!(rest[0].subject.requester, person(1));
                assert_eq!(rest[0].subject.confidential_to, None);
                assert_eq!(feed(sql, 5, 100)?, []);
                assert_eq!(subjects(sql, &[IncidentNumber(9)])?.len(), 0);
                Ok(())
            })
            .unwrap();
    });
}
