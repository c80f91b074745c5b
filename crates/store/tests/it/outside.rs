//! Lists, subscribers, and what they are told.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write, writer};
use alert::maintenance::{Maintenance, Matcher};
use kernel::{ComponentId, Language, ListId, MaintenanceId, PersonId, SubscriberId, Timestamp};
use std::collections::BTreeSet;
use store::alerts::maintenances;
use store::deliveries::{Outcome, told_since};
use store::directory::lists::{self, List, PlainAddress, Wants};
use store::outside::{self, GIVEN_UP_DAYS, News, Outside, Planned, Unsent, Word, spread};
use store::status::works::{self, Words};
use store::subscribers::{self, BOUNCES_MAX, Ended, Filter, Subscriber, SubscriberKind};
use store::{Failure, Sql, Store};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

fn component(n: u128) -> ComponentId {
    ComponentId(Uuid::from_u128(n))
}

fn subscriber(n: u128) -> Subscriber {
    Subscriber {
        id: SubscriberId(Uuid::from_u128(n)),
        kind: SubscriberKind::Mail,
        address: format!("p{n}@company.example"),
        language: Language::De,
        everything: true,
        components: BTreeSet::new(),
        secret: String::new(),
        asked_at: NOW.plus_seconds(-60),
        confirmed_at: None,
        ended_at: None,
        ended_because: None,
        bounces: 0,
        failing_since: None,
    }
}

fn confirmed(sql: &mut dyn Sql, one: &Subscriber) -> Result<(), Failure> {
    subscribers::insert(sql, one)?;
    assert!(subscribers::confirm(sql, one.id, one.asked_at, NOW.plus_seconds(-30))?);
    Ok(())
}

fn news(version: i64) -> News {
    News {
        maintenance: MaintenanceId(Uuid::from_u128(1)),
        version,
        planned: Planned {
            title: "Router firmware".to_owned(),
            body: "The network is slow.".to_owned(),
            starts_at: NOW.plus_days(2),
            ends_at: Some(NOW.plus_days(2).plus_seconds(3_600)),
        },
        again: vec![],
        components: [component(1)].into(),
        remind_minutes: Some(60),
        takes_place: true,
    }
}

/// A mail server is there since before.
fn with_mail(store: &Store) {
    write(store, |sql| told_since(sql, true, NOW.plus_days(-1)).map(drop));
}

fn all_waiting(store: &Store, now: Timestamp) -> Vec<Outside> {
    let name = |letter: &Outside| format!("eko.{}@company.example", letter.id);
    let time = (now, now.plus_seconds(60));
    write(store, |sql| outside::claim(sql, SubscriberKind::Mail, time, 100_000, &name))
}

#[test]
fn two_thousand_are_told_once_whatever_stops_it() {
    each_engine("outside_spread", |store| {
        with_mail(store);
        write(store, |sql| {
            for n in 1..=2_000 {
                confirmed(sql, &subscriber(n))?;
            }
            outside::plan(sql, &news(1), NOW)
        });
        assert!(write(store, |sql| spread(sql, NOW, 300)));
        assert!(write(store, |sql| spread(sql, NOW, 300)));
        // Killed after letters were made and before that was durable.
        let killed: Result<(), Failure> = writer(store).transaction(|sql| {
            assert!(spread(sql, NOW, 300)?);
            Err(Failure::damaged("killed"))
        });
        assert!(killed.is_err());
        let mut steps = 0;
        while write(store, |sql| spread(sql, NOW, 300)) {
            steps += 1;
            assert!(steps < 10, "it ends");
        }
        let letters = all_waiting(store, NOW);
        let addresses: BTreeSet<&str> = letters.iter().map(|one| one.address.as_str()).collect();
        assert_eq!((letters.len(), addresses.len()), (2_000, 2_000));
        assert!(letters.iter().all(|one| one.word == Word::Announced));
        // Saving the same again tells nobody anything.
        write(store, |sql| outside::plan(sql, &news(1), NOW));
        while write(store, |sql| spread(sql, NOW, 300)) {}
        write(store, outside::let_go_of_all);
        assert_eq!(all_waiting(store, NOW).len(), 2_000);
    });
}

#[test]
fn planned_work_is_told_to_whoever_it_concerns_and_once() {
    each_engine("outside_planned", |store| {
        with_mail(store);
        write(store, |sql| {
            confirmed(sql, &subscriber(1))?;
            let some = |n, of| Subscriber {
                everything: false,
                components: [component(of)].into(),
                ..subscriber(n)
            };
            confirmed(sql, &some(2, 1))?;
            confirmed(sql, &some(3, 2))?;
            // Has not confirmed.
            subscribers::insert(sql, &subscriber(4))?;
            outside::plan(sql, &news(1), NOW)
        });
        let told = |at: Timestamp| {
            while write(store, |sql| spread(sql, at, 10)) {}
            let letters = all_waiting(store, at);
            let ended: Vec<_> = letters.iter().map(|one| (one.id, Outcome::Sent)).collect();
            write(store, |sql| outside::settle(sql, &ended, at).map(drop));
            let mut told: Vec<(String, Word)> =
                letters.into_iter().map(|one| (one.address, one.word)).collect();
            told.sort_by_key(|(address, _)| address.clone());
            told
        };
        let both = |word: Word| {
            vec![("p1@company.example".to_owned(), word), ("p2@company.example".to_owned(), word)]
        };
        assert_eq!(told(NOW), both(Word::Announced));
        assert_eq!(told(NOW), []);
        // It moves by a day: they are told, and reminded of the new time alone.
        let later = News {
            planned: Planned {
                starts_at: NOW.plus_days(3),
                ends_at: Some(NOW.plus_days(3).plus_seconds(3_600)),
                ..news(2).planned
            },
            ..news(2)
        };
        write(store, |sql| outside::plan(sql, &later, NOW.plus_seconds(60)));
        assert_eq!(told(NOW.plus_seconds(60)), both(Word::Changed));
        assert_eq!(told(NOW.plus_days(2).plus_seconds(3_600)), [], "not of the old time");
        assert_eq!(told(NOW.plus_days(3).plus_seconds(-3_600)), both(Word::Reminder));
        assert_eq!(told(NOW.plus_days(3)), both(Word::Started));
        assert_eq!(told(NOW.plus_days(3).plus_seconds(3_600)), both(Word::Completed));
        // What never was announced is not called off either.
        let unknown =
            News { maintenance: MaintenanceId(Uuid::from_u128(2)), takes_place: false, ..news(1) };
        write(store, |sql| outside::plan(sql, &unknown, NOW));
        assert_eq!(told(NOW.plus_days(9)), []);
    });
}

#[test]
fn of_what_was_planned_before_there_was_mail_what_comes_later_is_told() {
    each_engine("outside_before_mail", |store| {
        write(store, |sql| {
            confirmed(sql, &subscriber(1))?;
            outside::plan(sql, &news(1), NOW)
        });
        while write(store, |sql| spread(sql, NOW, 10)) {}
        let since = NOW.plus_days(1);
        write(store, |sql| told_since(sql, true, since).map(drop));
        assert!(all_waiting(store, since).is_empty(), "that it is planned was told nobody");
        let at = NOW.plus_days(2).plus_seconds(-3_600);
        while write(store, |sql| spread(sql, at, 10)) {}
        let words: Vec<Word> = all_waiting(store, at).iter().map(|one| one.word).collect();
        assert_eq!(words, [Word::Reminder]);
    });
}

#[test]
fn a_window_that_is_saved_is_told_where_it_is_news_to_the_outside() {
    each_engine("outside_windows", |store| {
        with_mail(store);
        let id = MaintenanceId(Uuid::from_u128(1));
        let window = |version: i64| Maintenance {
            id,
            name: "fw-2 on core-7".to_owned(),
            starts_at: NOW.plus_days(2),
            ends_at: Some(NOW.plus_days(2).plus_seconds(3_600)),
            recurrence: None,
            matcher: Matcher::default(),
            created_by: "Mara".to_owned(),
            cancelled: false,
            version,
        };
        let words = |title: &str| Words {
            maintenance: id,
            title: title.to_owned(),
            body: String::new(),
            components: BTreeSet::new(),
            remind_minutes: None,
            created_at: NOW,
            updated_at: NOW,
        };
        write(store, |sql| {
            confirmed(sql, &subscriber(1))?;
            maintenances::insert(sql, &window(1))
        });
        let told = || {
            write(store, |sql| outside::follow_windows(sql, NOW).map(drop));
            assert!(!write(store, |sql| outside::are_windows_untold(sql)));
            while write(store, |sql| spread(sql, NOW, 10)) {}
            let letters = all_waiting(store, NOW);
            let ended: Vec<_> = letters.iter().map(|one| (one.id, Outcome::Sent)).collect();
            write(store, |sql| outside::settle(sql, &ended, NOW).map(drop));
            letters.into_iter().map(|one| one.word).collect::<Vec<Word>>()
        };
        assert_eq!(told(), [], "it has no words for the outside");
        let save = |title: &str, now: Maintenance| {
            write(store, |sql| {
                works::put(sql, &words(title))?;
                assert!(maintenances::update(sql, &now, now.version)?);
                Ok(())
            });
        };
        save("Router firmware", window(1));
        assert_eq!(told(), [Word::Announced]);
        save("Router firmware", Maintenance { name: "fw-3".to_owned(), ..window(2) });
        assert_eq!(told(), [], "what changed is nobody's business");
        save("Router and switch firmware", window(3));
        assert_eq!(told(), [Word::Changed]);
        save("Router and switch firmware", Maintenance { cancelled: true, ..window(4) });
        assert_eq!(told(), [Word::Cancelled]);
        assert_eq!(told(), []);
    });
}

#[test]
fn a_letter_keeps_its_message_id_and_waits_for_longer_each_time() {
    each_engine("outside_retry", |store| {
        with_mail(store);
        write(store, |sql| {
            confirmed(sql, &subscriber(1))?;
            outside::plan(sql, &news(1), NOW)?;
            spread(sql, NOW, 10).map(drop)
        });
        let first = all_waiting(store, NOW);
        let id = first[0].message_id.clone();
        assert!(id.is_some());
        let failed = [(first[0].id, Outcome::Failed("451 later".to_owned()))];
        write(store, |sql| outside::settle(sql, &failed, NOW).map(drop));
        assert!(all_waiting(store, NOW).is_empty());
        let again = all_waiting(store, NOW.plus_seconds(60));
        assert_eq!((again[0].message_id.clone(), again[0].attempts), (id, 1));
        // Whoever has it was killed; nobody else has it before its time is over.
        assert!(all_waiting(store, NOW.plus_seconds(61)).is_empty());
        assert_eq!(all_waiting(store, NOW.plus_seconds(121)).len(), 1);
    });
}

#[test]
fn whoever_subscribes_confirms_once_and_ends_for_good() {
    each_engine("subscribers_life", |store| {
        let one = subscriber(1);
        write(store, |sql| subscribers::insert(sql, &one));
        let other = Subscriber { id: subscriber(2).id, ..one.clone() };
        let twice = writer(store).transaction(|sql| subscribers::insert(sql, &other));
        assert!(matches!(twice, Err(Failure::Exists(_))));
        write(store, |sql| {
            let later = one.asked_at.plus_seconds(1);
            assert!(!subscribers::confirm(sql, one.id, later, NOW)?, "of another asking");
            assert!(!subscribers::confirm(sql, one.id, one.asked_at, NOW.plus_days(2))?, "too old");
            assert!(subscribers::confirm(sql, one.id, one.asked_at, NOW)?);
            assert!(!subscribers::confirm(sql, one.id, one.asked_at, NOW)?, "once");
            assert!(subscribers::end(sql, one.id, Ended::Unsubscribed, NOW)?);
            assert!(!subscribers::end(sql, one.id, Ended::Unsubscribed, NOW)?);
            assert!(!subscribers::confirm(sql, one.id, one.asked_at, NOW)?, "it has ended");
            // The address may come again.
            subscribers::insert(sql, &Subscriber { id: subscriber(2).id, ..one.clone() })?;
            let found = subscribers::find(sql, SubscriberKind::Mail, &one.address)?.unwrap();
            assert_eq!(found.id, subscriber(2).id);
            Ok(())
        });
        write(store, |sql| {
            assert!(!subscribers::is_untidy(sql, NOW)?);
            assert!(subscribers::is_untidy(sql, NOW.plus_days(2))?);
            assert_eq!(subscribers::tidy(sql, NOW.plus_days(31))?, 2);
            assert!(subscribers::get(sql, one.id)?.is_none());
            Ok(())
        });
    });
}

#[test]
fn letters_that_come_back_end_a_subscription_after_the_third() {
    each_engine("subscribers_bounces", |store| {
        with_mail(store);
        let one = subscriber(1);
        write(store, |sql| confirmed(sql, &one));
        for version in 1..=BOUNCES_MAX {
            let at = NOW.plus_seconds(version);
            write(store, |sql| {
                let planned = Planned { title: format!("Work {version}"), ..news(version).planned };
                outside::plan(sql, &News { planned, ..news(version) }, at)?;
                spread(sql, at, 10).map(drop)
            });
            let letters = all_waiting(store, at);
            assert_eq!(letters.len(), 1);
            let letter = (letters[0].id, letters[0].created_at);
            let ended = write(store, |sql| {
                let other = (letter.0, letter.1.plus_seconds(-1));
                assert!(!outside::bounced(sql, other, "5.1.1 unknown", at)?, "of before a restore");
                let ended = outside::bounced(sql, letter, "5.1.1 unknown", at)?;
                assert!(!outside::bounced(sql, letter, "5.1.1 unknown", at)?, "once");
                Ok(ended)
            });
            assert_eq!(ended, version == BOUNCES_MAX);
        }
        let stored = write(store, |sql| subscribers::get(sql, one.id)).unwrap();
        assert_eq!(stored.ended_because, Some(Ended::Bounced));
    });
}

#[test]
fn a_letter_that_came_back_long_ago_counts_no_more() {
    each_engine("subscribers_bounced_long_ago", |store| {
        with_mail(store);
        let one = subscriber(1);
        write(store, |sql| confirmed(sql, &one));
        // Two in the first month, one half a year later, and two soon after that.
        for (nth, day) in [(1, 1), (2, 30), (3, 180), (4, 200), (5, 210)] {
            let at = NOW.plus_days(day);
            write(store, |sql| outside::ask(sql, &one, Word::Already, at));
            let letters = all_waiting(store, at);
            assert_eq!(letters.len(), 1);
            let refused = Outcome::Refused("550 5.1.1 unknown".to_owned());
            write(store, |sql| outside::settle(sql, &[(letters[0].id, refused)], at));
            let stored = write(store, |sql| subscribers::get(sql, one.id)).unwrap();
            assert_eq!(stored.ended_at.is_some(), nth == 5, "{nth}");
        }
    });
}

#[test]
fn an_announcement_that_cannot_be_read_keeps_no_other_from_being_told() {
    each_engine("outside_damaged", |store| {
        with_mail(store);
        let second = MaintenanceId(Uuid::from_u128(2));
        write(store, |sql| {
            confirmed(sql, &subscriber(1))?;
            outside::plan(sql, &news(1), NOW)?;
            let damage = "update announcements set components = 'none' where word = 'announced'";
            assert_eq!(sql.execute(damage, &[])?, 1);
            let damaged = "insert into announcements (about, whom, word, number, n, components, \
                body, not_before, created_at) \
                values ('u:7:2', 'nobody', 'update', 7, 2, '[]', '', $1, $1)";
            sql.execute(damaged, &[NOW.into()])?;
            outside::plan(sql, &News { maintenance: second, ..news(1) }, NOW)
        });
        let spread_all = || {
            let mut steps = 0;
            while write(store, |sql| spread(sql, NOW, 10)) {
                steps += 1;
                assert!(steps < 10, "it ends");
            }
        };
        spread_all();
        let letters = all_waiting(store, NOW);
        assert_eq!(letters.len(), 1, "{letters:?}");
        let told = letters[0].announcement.unwrap();
        let told = write(store, |sql| outside::announcement(sql, told)).unwrap();
        assert_eq!(told.maintenance, Some(second));
        let (to_subscribers, to_lists) = write(store, |sql| outside::unsent(sql, NOW));
        assert_eq!((to_subscribers.dead, to_lists.dead), (0, 0), "nobody was written to");
        assert_eq!(to_subscribers.set_aside.len(), 1, "{to_subscribers:?}");
        assert!(to_subscribers.set_aside[0].contains("JSON"), "{to_subscribers:?}");
        assert_eq!(to_lists.set_aside.len(), 1, "{to_lists:?}");
        let why = &to_lists.set_aside[0];
        assert!(why.contains("of INC-7") && why.contains("the list of announcement"), "{why}");
        let later = NOW.plus_days(GIVEN_UP_DAYS);
        let (later, _) = write(store, |sql| outside::unsent(sql, later));
        assert!(later.set_aside.is_empty());
        // Whoever saves it again tells them.
        let sent = [(letters[0].id, Outcome::Sent)];
        write(store, |sql| outside::settle(sql, &sent, NOW).map(drop));
        write(store, |sql| outside::plan(sql, &news(2), NOW));
        spread_all();
        let words: Vec<Word> = all_waiting(store, NOW).iter().map(|one| one.word).collect();
        assert_eq!(words, [Word::Announced]);
    });
}

#[test]
fn a_letter_that_cannot_be_read_keeps_no_other_from_leaving() {
    each_engine("outside_damaged_letter", |store| {
        with_mail(store);
        write(store, |sql| {
            for one in [subscriber(1), subscriber(2)] {
                confirmed(sql, &one)?;
                outside::ask(sql, &one, Word::Already, NOW)?;
            }
            let damage = "update told_outside set language = '?' where address = $1";
            assert_eq!(sql.execute(damage, &[subscriber(1).address.into()])?, 1);
            Ok(())
        });
        let letters = all_waiting(store, NOW);
        let told: Vec<&str> = letters.iter().map(|letter| letter.address.as_str()).collect();
        assert_eq!(told, [subscriber(2).address]);
        let (to_subscribers, _) = write(store, |sql| outside::unsent(sql, NOW));
        assert_eq!((to_subscribers.waiting, to_subscribers.dead), (1, 1));
    });
}

#[test]
fn a_subscriber_who_cannot_be_read_keeps_no_other_from_being_told() {
    each_engine("outside_damaged_subscriber", |store| {
        with_mail(store);
        write(store, |sql| {
            confirmed(sql, &subscriber(1))?;
            confirmed(sql, &subscriber(2))?;
            let damage = "update subscribers set language = '?' where address = $1";
            assert_eq!(sql.execute(damage, &[subscriber(1).address.into()])?, 1);
            outside::plan(sql, &news(1), NOW)
        });
        while write(store, |sql| spread(sql, NOW, 1)) {}
        let letters = all_waiting(store, NOW);
        let told: Vec<&str> = letters.iter().map(|letter| letter.address.as_str()).collect();
        assert_eq!(told, [subscriber(2).address]);
    });
}

#[test]
fn what_has_not_left_is_counted() {
    each_engine("outside_unsent", |store| {
        with_mail(store);
        let (one, other) = (subscriber(1), subscriber(2));
        write(store, |sql| {
            for one in [&one, &other] {
                confirmed(sql, one)?;
                outside::ask(sql, one, Word::Already, NOW)?;
            }
            Ok(())
        });
        let letters = all_waiting(store, NOW);
        let refused = Outcome::Refused("550 5.1.1 unknown".to_owned());
        write(store, |sql| outside::settle(sql, &[(letters[0].id, refused)], NOW));
        let (to_subscribers, to_lists) = write(store, |sql| outside::unsent(sql, NOW));
        assert_eq!((to_subscribers.waiting, to_subscribers.dead), (1, 1));
        assert_eq!(to_lists, Unsent::default());
        let later = write(store, |sql| outside::unsent(sql, NOW.plus_days(GIVEN_UP_DAYS)));
        assert_eq!(later.0.dead, 0);
    });
}

#[test]
fn what_a_server_refuses_by_its_policy_ends_no_subscription() {
    each_engine("subscribers_policy", |store| {
        with_mail(store);
        let one = subscriber(1);
        write(store, |sql| confirmed(sql, &one));
        for version in 1..=BOUNCES_MAX + 1 {
            let at = NOW.plus_seconds(version);
            write(store, |sql| {
                let planned = Planned { title: format!("Work {version}"), ..news(version).planned };
                outside::plan(sql, &News { planned, ..news(version) }, at)?;
                spread(sql, at, 10).map(drop)
            });
            let letter = all_waiting(store, at).remove(0);
            let words = "550-5.7.26 This mail is unauthenticated";
            let bounced = |sql: &mut dyn Sql| {
                outside::bounced(sql, (letter.id, letter.created_at), words, at)
            };
            assert!(!write(store, bounced));
        }
        let stored = write(store, |sql| subscribers::get(sql, one.id)).unwrap();
        assert_eq!((stored.ended_at, stored.bounces), (None, 0));
    });
}

#[test]
fn subscribers_are_counted_and_found() {
    each_engine("subscribers_found", |store| {
        write(store, |sql| {
            confirmed(sql, &subscriber(1))?;
            let some = Subscriber {
                everything: false,
                components: [component(1), component(2)].into(),
                ..subscriber(2)
            };
            confirmed(sql, &some)?;
            subscribers::insert(sql, &subscriber(3))?;
            let counts = subscribers::counts(sql)?;
            assert_eq!((counts.confirmed, counts.everything, counts.unconfirmed), (2, 1, 1));
            assert_eq!(counts.chose[&component(2)], 1);
            assert_eq!(subscribers::concerned(sql, &[component(2)].into())?, 2);
            assert_eq!(subscribers::concerned(sql, &[component(3)].into())?, 1);
            assert_eq!(subscribers::concerned(sql, &BTreeSet::new())?, 1);
            subscribers::choose(sql, some.id, false, &[component(3)].into())?;
            assert_eq!(subscribers::get(sql, some.id)?.unwrap().components, [component(3)].into());
            let filter = |text: &str| Filter { text: text.to_owned(), ..Filter::default() };
            assert_eq!(subscribers::list(sql, &filter("P2@"), 10)?.len(), 1);
            assert_eq!(subscribers::list(sql, &filter("%"), 10)?.len(), 0);
            let of = Filter { component: Some(component(3)), ..Filter::default() };
            assert_eq!(subscribers::list(sql, &of, 10)?.len(), 3, "those of everything, too");
            let after = Filter { after: Some(subscriber(1).id), ..Filter::default() };
            assert_eq!(subscribers::list(sql, &after, 10)?.len(), 2);
            Ok(())
        });
    });
}

#[test]
fn lists_are_kept_as_they_are_saved() {
    each_engine("lists", |store| {
        let list = List {
            id: ListId(Uuid::from_u128(1)),
            name: "Board".to_owned(),
            people: [PersonId(Uuid::from_u128(7))].into(),
            addresses: [PlainAddress {
                email: "board@company.example".to_owned(),
                language: Language::Pl,
            }]
            .into(),
            wants: Wants { first_and_last_only: true, ..Wants::default() },
            version: 1,
        };
        write(store, |sql| {
            lists::insert(sql, &list, NOW)?;
            assert_eq!(lists::get(sql, list.id)?.as_ref(), Some(&list));
            assert!(!lists::update(sql, &list, 2)?);
            assert!(lists::update(sql, &List { name: "The board".to_owned(), ..list.clone() }, 1)?);
            let all = lists::list(sql)?;
            assert_eq!((all.len(), all[0].version, all[0].members()), (1, 2, 2));
            let other =
                List { id: ListId(Uuid::from_u128(2)), name: "Other".to_owned(), ..list.clone() };
            lists::insert(sql, &other, NOW)?;
            let damaged =
                "update stakeholder_lists set body = '{\"people\":1}' where name = 'Other'";
            sql.execute(damaged, &[])?;
            assert!(lists::list(sql).is_err());
            let readable = lists::readable(sql)?;
            assert_eq!(
                (readable.len(), readable[0].id),
                (1, list.id),
                "it stands in no other's way"
            );
            assert!(lists::delete(sql, list.id, NOW)?);
            assert!(!lists::delete(sql, list.id, NOW)?);
            Ok(())
        });
    });
}
