//! From the outbox to deliveries, and what becomes of them.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{Incident, person, settle, store_all, team};
use incident::telling::{Channels, Digest, Group, Preferences, Quiet};
use incident::{Audience, Lifecycle, Scope, Visibility};
use jiff::tz::TimeZone;
use kernel::{IncidentNumber, ListId, PersonId, Timestamp};
use std::collections::BTreeMap;
use store::deliveries;
use store::deliveries::{
    BACK_OFF_SECONDS, Counts, Delivery, DeliveryState, Outcome, ToldAs, ToldSince, claim, counts,
    expand, first_message, inbox, is_due, leave_out, list, send_again, settle as settle_all,
    told_since, try_out,
};
use store::directory::lists::{List, Wants};
use store::directory::{Person, people, teams, told_how};
use store::files::Files;
use store::{Engine, Sql, Store, Target};

const NOW: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);
const ALWAYS: ToldSince = ToldSince::always(Timestamp::from_micros(0));

/// INC-1, followed by the people 0 and 2, with a word; all of it person 0's doing. Person 1 has
/// no address.
fn filled(store: &Store) {
    let incident = Incident::new(1, "VPN drops")
        .saying("try again", Visibility::Public)
        .with(|state| state.watchers.extend([person(0), person(2)]));
    write(store, |sql| {
        settle(sql)?;
        store_all(sql, &[incident])?;
        teams::set_members(sql, team(0), &(0..4).map(person).collect())
    });
}

fn ask(sql: &mut dyn Sql, n: i64, word: &str, to: &Audience, at: Timestamp) {
    ask_about(sql, (1, n), word, to, at);
}

fn ask_about(sql: &mut dyn Sql, (number, n): (i64, i64), word: &str, to: &Audience, at: Timestamp) {
    let statement = "insert into outbox (number, n, word, audience, not_before, created_at) values ($5, $1, $2, $3, $4, $4)";
    let to = serde_json::to_string(to).unwrap();
    let values = [n.into(), word.into(), to.into(), at.into(), number.into()];
    sql.execute(statement, &values).unwrap();
}

fn named(delivery: &Delivery) -> String {
    format!("{}.{}", delivery.number.map_or(0, |number| number.0), delivery.id)
}

fn take(store: &Store, now: Timestamp) -> Vec<Delivery> {
    let taken = write(store, |sql| claim(sql, now, now.plus_seconds(60), 10, None, &named));
    taken.letters.into_iter().flatten().collect()
}

fn whom(deliveries: &[Delivery]) -> Vec<(PersonId, u32)> {
    let mut found: Vec<_> =
        deliveries.iter().map(|delivery| (delivery.person, delivery.n)).collect();
    found.sort();
    found
}

fn end(store: &Store, id: i64, outcome: Outcome, now: Timestamp) -> u64 {
    write(store, |sql| settle_all(sql, &[(id, outcome)], now))
}

#[test]
fn everybody_concerned_is_told_once_and_where_they_can_be_reached() {
    each_engine("deliver_once", |store| {
        filled(store);
        write(store, |sql| {
            ask(sql, 1, "reported", &Audience::Requester(person(3)), NOW);
            ask(sql, 1, "reported", &Audience::Team(team(0)), NOW);
            ask(sql, 1, "reported", &Audience::Watchers, NOW);
            ask(sql, 2, "later", &Audience::Watchers, NOW.plus_seconds(1));
            assert!(is_due(sql, ALWAYS, NOW)?);
            assert_eq!(expand(sql, ALWAYS, &TimeZone::UTC, NOW, 2)?, 2);
            assert_eq!(expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10)?, 1);
            assert_eq!(expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10)?, 0);
            let all = list(sql, None, None, 10)?;
            let mut told: Vec<PersonId> = all.iter().map(|delivery| delivery.person).collect();
            told.sort();
            // Not who did it, nor who has no address.
            assert_eq!(told, [person(2), person(3)]);
            for delivery in &all {
                let as_requester = delivery.person == person(3);
                assert_eq!(delivery.told_as == ToldAs::Requester, as_requester);
                assert_eq!(delivery.state, DeliveryState::Waiting);
            }
            // The one before, in pages.
            let rest = list(sql, Some(DeliveryState::Waiting), Some(all[0].id), 10)?;
            assert_eq!(rest, all[1..]);
            assert_eq!(list(sql, Some(DeliveryState::Dead), None, 10)?, []);
            let waiting = all.len() as i64;
            assert_eq!(counts(sql)?, Counts { waiting, oldest: Some(NOW), ..Counts::default() });
            Ok(())
        });
    });
}

#[test]
fn what_cannot_be_read_keeps_no_other_from_being_told() {
    each_engine("deliver_damaged", |store| {
        filled(store);
        write(store, |sql| {
            ask(sql, 1, "reported", &Audience::Requester(person(3)), NOW);
            ask(sql, 2, "commented", &Audience::Requester(person(3)), NOW);
            let damage = "update outbox set audience = '{\"passers_by\":1}' where n = 1";
            assert_eq!(sql.execute(damage, &[])?, 1);
            assert_eq!(expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10)?, 1);
            assert_eq!(whom(&list(sql, None, None, 10)?), [(person(3), 2)]);
            // Somebody else may be able to read it; not for ever.
            let nearly = NOW.plus_seconds(3_599);
            assert_eq!(expand(sql, ALWAYS, &TimeZone::UTC, nearly, 10)?, 0);
            let after = NOW.plus_seconds(3_600);
            assert_eq!(expand(sql, ALWAYS, &TimeZone::UTC, after, 10)?, 1);
            assert!(sql.query("select 1 from outbox", &[])?.is_empty());
            assert_eq!(list(sql, None, None, 10)?.len(), 1);
            Ok(())
        });
    });
}

#[test]
fn nothing_that_was_to_be_told_before_mail_was_configured_is_told_by_mail() {
    each_engine("deliver_since", |store| {
        filled(store);
        write(store, |sql| {
            let mine = Scope { person: person(3), everything: true, ..nobody() };
            ask(sql, 1, "reported", &Audience::Requester(person(3)), NOW.plus_seconds(-1));
            let since = told_since(sql, true, NOW)?;
            assert_eq!(since, ToldSince::always(NOW));
            assert_eq!(told_since(sql, true, NOW.plus_seconds(900))?, since, "the first stays");
            // Without mail in between, what happens meanwhile is told by mail to nobody, unless
            // another process may have a mail server.
            let without = told_since(sql, false, NOW.plus_seconds(900))?;
            assert_eq!(without, ToldSince { inbox: NOW, mail: None });
            if sql.engine() == Engine::Postgres {
                assert_eq!(told_since(sql, true, NOW.plus_seconds(900))?, since, "it stays");
                sql.execute("delete from settings where key = 'told_since'", &[])?;
            }
            ask(sql, 2, "resolved", &Audience::Requester(person(3)), NOW);
            let anew = NOW.plus_seconds(900);
            assert_eq!(told_since(sql, true, anew)?, ToldSince { inbox: NOW, mail: Some(anew) });
            // What was asked for before anybody was told at all stays.
            let since = told_since(sql, true, anew)?;
            assert!(is_due(sql, since, NOW)?);
            assert_eq!(expand(sql, since, &TimeZone::UTC, NOW, 10)?, 1);
            assert_eq!(list(sql, None, None, 10)?, []);
            let arriving = inbox::arriving(sql, NOW, 10)?;
            assert_eq!(whom(&arriving), [(person(3), 2)]);
            inbox::arrive(sql, &[arriving[0].id], NOW)?;
            assert!(!is_due(sql, since, NOW)?);
            assert_eq!(inbox::unread(sql, &mine)?, 1);
            ask(sql, 3, "resolved", &Audience::Requester(person(3)), anew);
            assert_eq!(expand(sql, since, &TimeZone::UTC, anew, 10)?, 1);
            assert_eq!(whom(&list(sql, None, None, 10)?), [(person(3), 3)]);
            Ok(())
        });
    });
}

#[test]
fn an_inbox_holds_what_its_reader_may_see_until_they_have_read_it() {
    each_engine("deliver_inbox", |store| {
        filled(store);
        write(store, |sql| {
            for n in 1..=3 {
                ask(sql, n, "resolved", &Audience::Requester(person(3)), NOW);
            }
            ask(sql, 1, "resolved", &Audience::Person(person(2)), NOW);
            expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10)?;
            let arriving = inbox::arriving(sql, NOW, 10)?;
            let ids: Vec<i64> = arriving.iter().map(|delivery| delivery.id).collect();
            let mine = Scope { person: person(3), everything: true, ..nobody() };
            assert_eq!(inbox::entries(sql, &mine, false, None, 10)?, []);
            inbox::arrive(sql, &ids, NOW)?;
            inbox::arrive(sql, &ids, NOW.plus_seconds(9))?;
            assert_eq!(inbox::arriving(sql, NOW, 10)?, []);
            let all = inbox::entries(sql, &mine, false, None, 10)?;
            assert_eq!(all.iter().map(|one| one.delivery.n).collect::<Vec<_>>(), [3, 2, 1]);
            let rest = inbox::entries(sql, &mine, false, Some(all[0].delivery.id), 1)?;
            assert_eq!(rest, all[1..2]);
            assert_eq!(inbox::unread(sql, &mine)?, 3);
            // Out of sight it is neither shown nor counted.
            assert_eq!(inbox::unread(sql, &Scope { person: person(3), ..nobody() })?, 0);
            assert_eq!(
                inbox::entries(sql, &Scope { person: person(3), ..nobody() }, false, None, 9)?,
                []
            );
            for (which, unread) in [(9, false), (1, true)] {
                let which = inbox::Which::About(IncidentNumber(which));
                assert_eq!(inbox::is_unread(sql, person(3), which)?, unread);
            }
            let others =
                inbox::mark_read(sql, person(2), inbox::Which::One(all[0].delivery.id), NOW)?;
            assert_eq!(others, 0, "nobody marks what is somebody else's");
            let later = NOW.plus_seconds(5);
            let mut mark = |which| inbox::mark_read(sql, person(3), which, later).unwrap();
            assert_eq!(mark(inbox::Which::One(all[1].delivery.id)), 1);
            assert_eq!(mark(inbox::Which::One(all[1].delivery.id)), 0);
            assert_eq!(mark(inbox::Which::UpTo(all[1].delivery.id)), 1);
            assert_eq!(inbox::entries(sql, &mine, true, None, 9)?.len(), 1);
            assert_eq!(inbox::changed_after(sql, NOW)?, [(person(3), later)]);
            let mut mark = |which| inbox::mark_read(sql, person(3), which, later).unwrap();
            assert_eq!(mark(inbox::Which::About(IncidentNumber(9))), 0);
            assert_eq!(mark(inbox::Which::About(IncidentNumber(1))), 1);
            assert_eq!(inbox::unread(sql, &mine)?, 0);
            let everything = inbox::Which::UpTo(i64::MAX);
            assert!(!inbox::is_unread(sql, person(3), everything)?);
            assert_eq!(list(sql, Some(DeliveryState::Sent), None, 10)?, [], "no letters");
            Ok(())
        });
    });
}

fn nobody() -> Scope {
    Scope {
        everything: false,
        open_to_staff: false,
        teams: Default::default(),
        person: person(0),
        organisation: None,
        nothing: false,
    }
}

#[test]
fn what_was_said_first_is_told_first_and_by_one_node_only() {
    each_engine("deliver_order", |store| {
        filled(store);
        write(store, |sql| {
            for n in 1..=3 {
                ask(sql, n, "resolved", &Audience::Requester(person(3)), NOW);
            }
            ask(sql, 1, "resolved", &Audience::Person(person(2)), NOW);
            expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10)
        });
        let first = take(store, NOW);
        assert_eq!(whom(&first), [(person(2), 1), (person(3), 1)]);
        assert_eq!(take(store, NOW), [], "what is taken is nobody else's");
        let (one, other) = (&first[0], &first[1]);
        assert_eq!(one.message_id, Some(named(one)));
        // The first fails: nothing overtakes it.
        end(store, one.id, Outcome::Failed("451 later".to_owned()), NOW);
        end(store, other.id, Outcome::Sent, NOW);
        assert_eq!(take(store, NOW.plus_seconds(59)), []);
        let again = take(store, NOW.plus_seconds(60));
        assert_eq!(whom(&again), [(person(3), 1)]);
        assert_eq!((again[0].attempts, &again[0].message_id), (1, &one.message_id));
        assert_eq!(again[0].error.as_deref(), Some("451 later"));
        // A node that took it dies: after its time another one has it, under the same name.
        let after = take(store, NOW.plus_seconds(121));
        assert_eq!((whom(&after), &after[0].message_id), (vec![(person(3), 1)], &one.message_id));
        end(store, after[0].id, Outcome::Sent, NOW.plus_seconds(121));
        let next = take(store, NOW.plus_seconds(122));
        assert_eq!(whom(&next), [(person(3), 2)]);
        // Let go of without an attempt, it is due at once, and nothing was counted.
        end(store, next[0].id, Outcome::NotTried(None), NOW.plus_seconds(122));
        let next = take(store, NOW.plus_seconds(122));
        assert_eq!((whom(&next), next[0].attempts), (vec![(person(3), 2)], 0));
        end(store, next[0].id, Outcome::Withdrawn("gone".to_owned()), NOW.plus_seconds(123));
        assert_eq!(whom(&take(store, NOW.plus_seconds(123))), [(person(3), 3)]);
        let thread =
            store.read_blocking(|sql| first_message(sql, person(3), IncidentNumber(1))).unwrap();
        assert_eq!(thread, one.message_id);
    });
}

#[test]
fn what_fails_waits_longer_each_time_and_is_given_up_at_last() {
    each_engine("deliver_dead", |store| {
        filled(store);
        write(store, |sql| {
            ask(sql, 1, "resolved", &Audience::Requester(person(3)), NOW);
            expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10)
        });
        let mut now = NOW;
        let fails = || Outcome::Failed("x".repeat(2_000));
        let id = take(store, now)[0].id;
        for wait in BACK_OFF_SECONDS {
            assert_eq!(end(store, id, fails(), now), 0);
            assert_eq!(take(store, now.plus_seconds(wait - 1)), []);
            now = now.plus_seconds(wait);
            assert_eq!(take(store, now)[0].id, id);
        }
        assert_eq!(end(store, id, fails(), now), 1);
        let dead = || {
            let read = |sql: &mut dyn Sql| list(sql, Some(DeliveryState::Dead), None, 10);
            store.read_blocking(read).unwrap()
        };
        assert_eq!((dead()[0].id, dead()[0].ended_at), (id, Some(now)));
        assert_eq!(dead()[0].error.as_ref().map(String::len), Some(500));
        // Another one is refused at once.
        write(store, |sql| {
            ask(sql, 2, "resolved", &Audience::Requester(person(3)), NOW);
            expand(sql, ALWAYS, &TimeZone::UTC, now, 10)
        });
        let next = take(store, now)[0].id;
        assert_ne!(next, id);
        assert_eq!(end(store, next, Outcome::Refused("550 nobody".to_owned()), now), 1);
        assert_eq!(dead().len(), 2);
        // An administrator has the first attempted again; what is not dead is left alone.
        write(store, |sql| {
            assert!(send_again(sql, id, now)?);
            assert!(!send_again(sql, id, now)?);
            assert!(!send_again(sql, 999, now)?);
            assert_eq!(counts(sql)?, Counts { waiting: 1, oldest: Some(NOW), dead: 1, slowed: 0 });
            Ok(())
        });
        assert_eq!((take(store, now)[0].id, end(store, id, Outcome::Sent, now)), (id, 0));
        assert_eq!(end(store, id, fails(), now), 0, "what has ended stays so");
    });
}

#[test]
fn a_letter_that_keeps_failing_goes_on_to_where_they_are_reached_now_and_keeps_no_other() {
    each_engine("deliver_moved", |store| {
        filled(store);
        write(store, |sql| {
            ask(sql, 1, "resolved", &Audience::Requester(person(3)), NOW);
            ask(sql, 2, "resolved", &Audience::Requester(person(3)), NOW);
            expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10)
        });
        let mut now = NOW;
        for _ in 0..3 {
            let taken = take(store, now);
            assert_eq!(whom(&taken), [(person(3), 1)]);
            end(store, taken[0].id, Outcome::Failed("451 later".to_owned()), now);
            now = now.plus_seconds(900);
        }
        let other = take(store, now);
        assert!(other.iter().any(|delivery| delivery.n == 2), "{other:?}");
        for one in &other {
            end(store, one.id, Outcome::NotTried(None), now);
        }
        write(store, |sql| {
            let before = people::get(sql, person(3))?.unwrap();
            let email = Some("moved@halden.example".to_owned());
            assert!(people::update(sql, &Person { email, ..before.clone() }, before.version)?);
            Ok(())
        });
        let moved = take(store, now);
        assert!(moved.iter().all(|one| one.address == "moved@halden.example"), "{moved:?}");
    });
}

#[test]
fn what_a_clock_says_reaches_whoever_has_the_incident_by_then() {
    each_engine("deliver_owner", |store| {
        filled(store);
        write(store, |sql| {
            sql.execute("update incidents set assignee_id = $1", &[person(2).into()])?;
            ask(sql, 3, "clock_breached", &Audience::Person(person(3)), NOW);
            ask(sql, 4, "assigned", &Audience::Person(person(3)), NOW);
            expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10)
        });
        assert_eq!(whom(&take(store, NOW)), [(person(2), 3), (person(3), 4)]);
    });
}

#[test]
fn trial_letters_do_not_wait_for_each_other() {
    each_engine("deliver_trial", |store| {
        filled(store);
        write(store, |sql| {
            try_out(sql, person(0), "mara@desk.example", NOW)?;
            try_out(sql, person(0), "mara@desk.example", NOW)
        });
        let taken = take(store, NOW);
        assert_eq!(taken.len(), 2);
        assert!(taken.iter().all(|delivery| delivery.number.is_none()));
    });
}

#[test]
fn what_waited_when_a_backup_was_made_is_told_by_nobody_who_restores_it() {
    each_engine("deliver_backup", |store| {
        filled(store);
        write(store, |sql| {
            ask(sql, 1, "resolved", &Audience::Requester(person(3)), NOW);
            expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10)?;
            ask(sql, 2, "resolved", &Audience::Requester(person(3)), NOW);
            Ok(())
        });
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path().join("files"));
        let path = folder.path().join("backup");
        store::backup::backup(store, &files, &path).unwrap();
        let into = Target::Sqlite(folder.path().join("restored.db"));
        store::backup::restore(&path, &into, &files, false, || Ok(())).unwrap();
        let restored = Store::open(&into).unwrap();
        let waits = |store: &Store| {
            let read = |sql: &mut dyn Sql| {
                Ok((is_due(sql, ALWAYS, NOW)?, list(sql, None, None, 10)?[0].state))
            };
            store.read_blocking(read).unwrap()
        };
        assert_eq!(waits(&restored), (false, DeliveryState::Withdrawn));
        assert_eq!(waits(store), (true, DeliveryState::Waiting));
    });
}

/// What leaves now, letter by letter, as entries; all of it is sent.
fn letters(store: &Store, now: Timestamp) -> Vec<(PersonId, Vec<u32>)> {
    let taken = write(store, |sql| claim(sql, now, now.plus_seconds(60), 50, None, &named));
    let mut found = vec![];
    for letter in taken.letters {
        assert!(letter.iter().all(|one| one.message_id == letter[0].message_id));
        found.push((letter[0].person, letter.iter().map(|one| one.n).collect()));
        let sent: Vec<_> = letter.iter().map(|one| (one.id, Outcome::Sent)).collect();
        write(store, |sql| settle_all(sql, &sent, now));
    }
    found
}

fn told(store: &Store, n: i64, word: &str, to: &Audience, at: Timestamp) {
    write(store, |sql| {
        ask(sql, n, word, to, at);
        expand(sql, ALWAYS, &TimeZone::UTC, at, 10)
    });
}

#[test]
fn what_follows_soon_is_told_in_one_letter_and_the_first_word_waits_for_nothing() {
    each_engine("deliver_folded", |store| {
        filled(store);
        let hers = Audience::Requester(person(3));
        let at = |seconds| NOW.plus_seconds(seconds);
        told(store, 1, "reported", &hers, at(0));
        assert_eq!(letters(store, at(0)), [(person(3), vec![1])]);
        told(store, 2, "commented", &hers, at(10));
        told(store, 3, "attached", &hers, at(20));
        assert_eq!(letters(store, at(39)), []);
        assert_eq!(letters(store, at(40)), [(person(3), vec![2, 3])]);
        // What is over is told by itself, at once, and takes along what waits before it.
        told(store, 4, "commented", &hers, at(50));
        told(store, 5, "commented", &hers, at(51));
        told(store, 6, "resolved", &hers, at(55));
        assert_eq!(letters(store, at(55)), [(person(3), vec![4, 5])]);
        told(store, 7, "commented", &hers, at(56));
        assert_eq!(letters(store, at(56)), [(person(3), vec![6])]);
        assert_eq!(letters(store, at(86)), [(person(3), vec![7])]);
        let all = store.read_blocking(|sql| list(sql, None, None, 50)).unwrap();
        assert!(all.len() == 7 && all.iter().all(|one| one.state == DeliveryState::Sent));
    });
}

#[test]
fn a_letter_of_several_fails_stays_as_it_is_and_is_sent_again_as_a_whole() {
    each_engine("deliver_folded_again", |store| {
        filled(store);
        let hers = Audience::Requester(person(3));
        told(store, 1, "commented", &hers, NOW);
        told(store, 2, "commented", &hers, NOW);
        let take = |now: Timestamp| {
            write(store, |sql| claim(sql, now, now.plus_seconds(60), 10, None, &named)).letters
        };
        let first = take(NOW);
        assert_eq!((first.len(), whom(&first[0])), (1, vec![(person(3), 1), (person(3), 2)]));
        let both = |outcome: &Outcome| -> Vec<_> {
            first[0].iter().map(|one| (one.id, outcome.clone())).collect()
        };
        write(store, |sql| settle_all(sql, &both(&Outcome::Failed("451".to_owned())), NOW));
        told(store, 3, "commented", &hers, NOW);
        let later = NOW.plus_seconds(60);
        let again = take(later);
        assert_eq!(whom(&again[0]), [(person(3), 1), (person(3), 2)], "nothing is added to it");
        assert_eq!(again[0][1].message_id, first[0][0].message_id);
        write(store, |sql| settle_all(sql, &both(&Outcome::Refused("550".to_owned())), later));
        assert_eq!(take(later).len(), 1);
        write(store, |sql| {
            assert!(send_again(sql, first[0][1].id, later)?);
            Ok(())
        });
        assert_eq!(whom(&take(later)[0]), [(person(3), 1), (person(3), 2)]);
    });
}

#[test]
fn preferences_say_by_which_channels_and_when_somebody_is_told() {
    each_engine("deliver_preferences", |store| {
        filled(store);
        let minute = |text: &str| text.parse().unwrap();
        // NOW is 12:12 in UTC.
        let quiet = Some(Quiet { from: minute("12:00"), until: minute("13:00") });
        let digest = Digest::Day { at: minute("14:00") };
        let silent = Channels { mail: false, inbox: true, push: false };
        let channels = BTreeMap::from([(Group::Reported, silent)]);
        write(store, |sql| {
            told_how::put(sql, person(3), &Preferences { channels, ..Preferences::default() })?;
            told_how::put(sql, person(2), &Preferences { quiet, digest, ..Preferences::default() })
        });
        told(store, 2, "resolved", &Audience::Requester(person(3)), NOW);
        told(store, 2, "resolved", &Audience::Watchers, NOW);
        told(store, 3, "assigned", &Audience::Person(person(2)), NOW);
        told(store, 4, "escalated", &Audience::Person(person(2)), NOW);
        let arriving = store.read_blocking(|sql| inbox::arriving(sql, NOW, 10)).unwrap();
        assert_eq!(arriving.len(), 4, "the inbox waits for nothing");
        assert_eq!(letters(store, NOW), []);
        let counted = store.read_blocking(counts).unwrap();
        assert_eq!((counted.waiting, counted.oldest), (3, None), "nothing is late");
        let quarters = |quarters: i64| NOW.plus_seconds(900 * quarters);
        assert_eq!(letters(store, quarters(3)), []);
        assert_eq!(letters(store, quarters(4)), [(person(2), vec![3, 4])]);
        assert_eq!(letters(store, quarters(8)), [(person(2), vec![2])]);
        // What cannot wait does not.
        write(store, |sql| {
            sql.execute("update incidents set assignee_id = $1", &[person(2).into()])
        });
        told(store, 6, "clock_breached", &Audience::Person(person(2)), NOW);
        assert_eq!(letters(store, NOW).len(), 1);
    });
}

#[test]
fn beyond_the_caps_letters_wait_and_leave_as_one() {
    each_engine("deliver_caps", |store| {
        filled(store);
        let hers = Audience::Requester(person(3));
        let mut now = NOW;
        let (mut told_so_far, mut sent) = (0, vec![]);
        let mut tell = |now: Timestamp| {
            told_so_far += 1;
            told(store, told_so_far, "commented", &hers, now);
        };
        for _ in 0..14 {
            tell(now);
            now = now.plus_seconds(31);
            sent.extend(letters(store, now));
        }
        assert_eq!(sent.len(), 10, "ten within ten minutes: {sent:?}");
        let counted = store.read_blocking(counts).unwrap();
        assert_eq!((counted.waiting, counted.slowed), (4, 1));
        let slowed = store.read_blocking(|sql| deliveries::slowed(sql, 9)).unwrap();
        assert_eq!((slowed[0].0, slowed[0].1), (person(3), Some(IncidentNumber(1))));
        // As soon as there is room again, in one letter.
        sent.extend(letters(store, slowed[0].3.plus_seconds(-1)));
        assert_eq!(sent.len(), 10);
        sent.extend(letters(store, slowed[0].3));
        assert_eq!(sent[10], (person(3), vec![11, 12, 13, 14]));
        let all: Vec<u32> = sent.into_iter().flat_map(|(_, entries)| entries).collect();
        assert_eq!(all, (1..=14).collect::<Vec<u32>>(), "nothing lost, in its order");
    });
}

#[test]
fn beyond_what_one_person_gets_all_of_theirs_leaves_together_and_what_is_urgent_before_it() {
    each_engine("deliver_crowd", |store| {
        filled(store);
        write(store, |sql| {
            for number in 1..=70 {
                let hers = Audience::Requester(person(3));
                ask_about(sql, (number, 1), "reported", &hers, NOW);
            }
            expand(sql, ALWAYS, &TimeZone::UTC, NOW, 100)
        });
        let sizes = |now: Timestamp| -> Vec<usize> {
            letters(store, now).iter().map(|(_, entries)| entries.len()).collect()
        };
        let mut sent = sizes(NOW);
        sent.extend(sizes(NOW));
        assert_eq!(sent, [1; 30], "thirty within ten minutes");
        assert_eq!(store.read_blocking(counts).unwrap().slowed, 40);
        write(store, |sql| {
            let to = Audience::Person(person(3));
            ask_about(sql, (60, 2), incident::effects::DEVIATION, &to, NOW);
            expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10)
        });
        assert_eq!(letters(store, NOW), [(person(3), vec![2])], "it waits for no other");
        assert!(sizes(NOW.plus_seconds(599)).is_empty());
        assert_eq!(sizes(NOW.plus_seconds(600)), [30, 10]);
        assert_eq!(store.read_blocking(counts).unwrap(), Counts::default());
    });
}

#[test]
fn a_process_without_a_mail_server_makes_the_letters_of_one_that_has_one() {
    each_engine("deliver_two_processes", |store| {
        filled(store);
        write(store, |sql| {
            let hers = Audience::Requester(person(3));
            // It started before anybody had a mail server.
            let without = told_since(sql, false, NOW)?;
            let with = told_since(sql, true, NOW)?;
            ask(sql, 1, "resolved", &hers, NOW);
            assert_eq!(expand(sql, without, &TimeZone::UTC, NOW, 10)?, 1);
            assert!(is_due(sql, with, NOW)?);
            assert_eq!(whom(&list(sql, None, None, 10)?), [(person(3), 1)]);
            // Nor does its next start end what others send, where there are others.
            let without = told_since(sql, false, NOW)?;
            ask(sql, 2, "resolved", &hers, NOW);
            expand(sql, without, &TimeZone::UTC, NOW, 10)?;
            let several = sql.engine() == Engine::Postgres;
            assert_eq!(list(sql, None, None, 10)?.len(), if several { 2 } else { 1 });
            assert_eq!(inbox::arriving(sql, NOW, 10)?.len(), 2);
            Ok(())
        });
    });
}

#[test]
fn whoever_wants_letters_alone_and_cannot_get_any_is_told_in_the_inbox() {
    each_engine("deliver_fall_back", |store| {
        filled(store);
        write(store, |sql| {
            let channels =
                BTreeMap::from([(Group::Reported, Channels { inbox: false, ..Channels::USUAL })]);
            let letters = Preferences { channels, ..Preferences::default() };
            for who in [1, 3] {
                told_how::put(sql, person(who), &letters)?;
                ask(sql, 1, "resolved", &Audience::Requester(person(who)), NOW);
            }
            expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10)?;
            assert_eq!(whom(&list(sql, None, None, 10)?), [(person(3), 1)]);
            assert_eq!(whom(&inbox::arriving(sql, NOW, 10)?), [(person(1), 1)], "no address");
            let no_server = ToldSince { mail: None, ..ALWAYS };
            ask(sql, 2, "resolved", &Audience::Requester(person(3)), NOW);
            expand(sql, no_server, &TimeZone::UTC, NOW, 10)?;
            assert_eq!(list(sql, None, None, 10)?.len(), 1);
            assert_eq!(whom(&inbox::arriving(sql, NOW, 10)?), [(person(1), 1), (person(3), 2)]);
            Ok(())
        });
    });
}

#[test]
fn what_is_left_out_of_a_letter_leaves_later_under_a_name_of_its_own() {
    each_engine("deliver_left_out", |store| {
        filled(store);
        let hers = Audience::Requester(person(3));
        told(store, 1, "commented", &hers, NOW);
        told(store, 2, "commented", &hers, NOW);
        let letter = take(store, NOW);
        assert_eq!(whom(&letter), [(person(3), 1), (person(3), 2)]);
        write(store, |sql| {
            leave_out(sql, &[letter[1].id])?;
            let outcomes = [
                (letter[0].id, Outcome::Sent),
                (letter[1].id, Outcome::Failed("damaged".to_owned())),
            ];
            settle_all(sql, &outcomes, NOW)?;
            // What has left keeps its name.
            leave_out(sql, &[letter[0].id])
        });
        let later = take(store, NOW.plus_seconds(60));
        assert_eq!(whom(&later), [(person(3), 2)]);
        assert_eq!(later[0].message_id, Some(named(&later[0])));
        let first = store.read_blocking(|sql| first_message(sql, person(3), IncidentNumber(1)));
        assert_eq!(first.unwrap(), letter[0].message_id);
        assert_ne!(later[0].message_id, letter[0].message_id);
    });
}

#[test]
fn letters_that_failed_take_no_place_within_the_caps_until_they_are_attempted_again() {
    each_engine("deliver_failing", |store| {
        filled(store);
        let resolved = |from: i64, to: i64| {
            write(store, |sql| {
                for number in from..=to {
                    let hers = Audience::Requester(person(3));
                    ask_about(sql, (number, 1), "resolved", &hers, NOW);
                }
                expand(sql, ALWAYS, &TimeZone::UTC, NOW, 50)
            })
        };
        resolved(1, 30);
        for _ in 0..3 {
            for one in take(store, NOW) {
                end(store, one.id, Outcome::Failed("451 later".to_owned()), NOW);
            }
        }
        resolved(31, 60);
        let mut taken = vec![];
        for _ in 0..3 {
            taken.extend(take(store, NOW));
        }
        let numbers: Vec<i64> = taken.iter().filter_map(|one| Some(one.number?.0)).collect();
        assert_eq!(numbers, (31..=60).collect::<Vec<i64>>(), "nothing has left yet");
        // Those are on their way.
        resolved(61, 61);
        assert_eq!(take(store, NOW), []);
        assert_eq!(store.read_blocking(counts).unwrap().slowed, 1);
    });
}

#[test]
fn somebody_with_several_children_gets_one_letter_and_an_entry_for_each() {
    each_engine("deliver_family", |store| {
        let child = |number: i64| {
            Incident::new(number, "No labels").with(|state| {
                state.parent = Some(IncidentNumber(1));
                state.follows_parent = true;
            })
        };
        let others = [Incident::new(1, "Labels"), child(2), child(3), Incident::new(4, "VPN")];
        write(store, |sql| {
            settle(sql)?;
            store_all(sql, &others)
        });
        write(store, |sql| {
            let (mara, ines) = (person(0), person(3));
            // INC-2 and INC-3 are Ines's, the parent is Mara's; INC-4 is no relative.
            for (number, whose) in [(1, mara), (2, ines), (3, ines), (4, ines)] {
                // Timers of one turn are rung one after the other.
                let at = NOW.plus_micros(number - 4);
                ask_about(sql, (number, 2), "resolved", &Audience::Requester(whose), at);
            }
            // What is said of each by itself is told of each.
            for number in [2, 3] {
                ask_about(sql, (number, 1), "reported", &Audience::Requester(ines), NOW);
            }
            expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10)?;
            let mut letters: Vec<(i64, PersonId, String)> = list(sql, None, None, 20)?
                .into_iter()
                .filter_map(|one| Some((one.number?.0, one.person, one.word)))
                .collect();
            letters.sort();
            let resolved: Vec<(i64, PersonId)> = letters
                .iter()
                .filter(|(_, _, word)| word == "resolved")
                .map(|(number, whose, _)| (*number, *whose))
                .collect();
            assert_eq!(resolved, [(1, mara), (2, ines), (4, ines)]);
            assert_eq!(letters.iter().filter(|(_, _, word)| word == "reported").count(), 2);
            let statement = "select 1 from deliveries where channel = 'inbox' and word = 'resolved' \
                and person_id = $1 and number = 3";
            let entries = sql.query(statement, &[ines.into()])?;
            assert_eq!(entries.len(), 1, "it stands in her inbox");
            Ok(())
        });
    });
}

#[test]
fn somebody_with_an_incident_and_a_part_of_it_gets_one_letter() {
    each_engine("deliver_family_parts", |store| {
        let main = Incident::new(1, "Labels").with(|state| state.watchers.extend([person(3)]));
        let part =
            Incident::new(2, "No labels").with(|state| state.merged_into = Some(IncidentNumber(1)));
        let both = [main, part];
        write(store, |sql| {
            settle(sql)?;
            store_all(sql, &both)
        });
        write(store, |sql| {
            ask_about(sql, (1, 2), "update_published", &Audience::Watchers, NOW);
            ask_about(sql, (2, 2), "update_published", &Audience::Requester(person(3)), NOW);
            expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10).map(drop)
        });
        let letters = write(store, |sql| list(sql, None, None, 20));
        let about: Vec<i64> = letters.iter().filter_map(|one| Some(one.number?.0)).collect();
        assert_eq!(about, [1]);
    });
}

#[test]
fn who_reads_an_update_is_counted_as_it_is_told() {
    each_engine("deliver_counted", |store| {
        let child = |number: i64, whose: usize, follows: bool, lifecycle: Lifecycle| {
            Incident::new(number, "No labels").with(|state| {
                state.parent = Some(IncidentNumber(1));
                (state.follows_parent, state.requester) = (follows, person(whose));
                state.lifecycle = lifecycle;
            })
        };
        let parent = Incident::new(1, "Labels").with(|state| {
            state.requester = person(0);
            state.watchers.extend([person(2), person(3)]);
        });
        let all = [
            parent,
            child(2, 2, true, Lifecycle::InProgress),
            child(3, 3, false, Lifecycle::InProgress),
            child(4, 1, true, Lifecycle::Resolved),
        ];
        let list = List {
            id: ListId(uuid::Uuid::from_u128(1)),
            name: "Board".to_owned(),
            // Person 1 has no address.
            people: [person(0), person(1)].into(),
            addresses: [].into(),
            wants: Wants::default(),
            version: 1,
        };
        write(store, |sql| {
            settle(sql)?;
            store_all(sql, &all)?;
            let number = IncidentNumber(1);
            assert_eq!(store::outside::requesters(sql, number)?, 2, "its own, and who follows");
            assert_eq!(store::outside::watchers(sql, number)?, 1, "who reads it anyway is not one");
            assert_eq!(store::outside::members(sql, &list)?, 1);
            Ok(())
        });
    });
}

#[test]
fn whoever_wants_no_letter_about_the_parent_gets_that_about_their_own_report() {
    each_engine("deliver_family_silent", |store| {
        let parent = Incident::new(1, "Labels").with(|state| state.watchers.extend([person(3)]));
        let child = Incident::new(2, "No labels").with(|state| {
            state.parent = Some(IncidentNumber(1));
            state.follows_parent = true;
        });
        let both = [parent, child];
        write(store, |sql| {
            settle(sql)?;
            store_all(sql, &both)?;
            let silent = Channels { mail: false, inbox: true, push: false };
            let channels = BTreeMap::from([(Group::Followed, silent)]);
            told_how::put(sql, person(3), &Preferences { channels, ..Preferences::default() })
        });
        write(store, |sql| {
            ask_about(sql, (1, 2), "resolved", &Audience::Watchers, NOW);
            ask_about(sql, (2, 2), "resolved", &Audience::Requester(person(3)), NOW);
            expand(sql, ALWAYS, &TimeZone::UTC, NOW, 10)?;
            let letters = list(sql, None, None, 20)?.into_iter();
            let about: Vec<i64> = letters.filter_map(|one| Some(one.number?.0)).collect();
            assert_eq!(about, [2]);
            Ok(())
        });
    });
}
