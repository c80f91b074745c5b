//! Who is told what: rows as they are kept, and how what they say reaches people, on each engine.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write, writer};
use crate::list::world::{Incident, person, settle, store_all, team};
use incident::notices::{Notice, NoticeRole, Occasion, Recipient, Terms, standard};
use incident::policy::Agreement;
use incident::telling::{Channels, Digest, Group, Preferences, Quiet};
use incident::{Audience, Visibility};
use jiff::tz::TimeZone;
use kernel::{AgreementId, PersonId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::deliveries::{By, Delivery, DeliveryState, ToldAs, ToldSince, expand, inbox, list};
use store::directory::{agreements, notices, policy, teams, told_how};
use store::{Failure, Sql, Store};
use uuid::Uuid;

/// 12:12 in UTC.
const NOW: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);
const DAY: i64 = 86_400;

fn filled(store: &Store) {
    let about = |n| Incident::new(n, "VPN drops").saying("try again", Visibility::Public);
    write(store, |sql| {
        settle(sql)?;
        store_all(sql, &[about(1), about(2), about(3)])?;
        teams::set_members(sql, team(0), &(0..4).map(person).collect())
    });
}

fn ask(sql: &mut dyn Sql, number: i64, word: &str, to: &Audience, terms: &Terms, at: Timestamp) {
    let statement = "insert into outbox (number, n, word, audience, terms, not_before, created_at) \
        values ($1, 1, $2, $3, $4, $5, $5)";
    let (to, terms) = (serde_json::to_string(to).unwrap(), serde_json::to_string(terms).unwrap());
    let values = [number.into(), word.into(), to.into(), terms.into(), at.into()];
    sql.execute(statement, &values).unwrap();
}

/// Everything that was made of what was asked, by whichever channel.
fn made(sql: &mut dyn Sql, at: Timestamp) -> Vec<Delivery> {
    expand(sql, ToldSince::always(Timestamp::from_micros(0)), &TimeZone::UTC, at, 10).unwrap();
    let mut all = list(sql, None, None, 100).unwrap();
    all.extend(inbox::arriving(sql, at, 100).unwrap());
    all
}

fn row(id: &str, name: &str) -> Notice {
    Notice {
        id: id.to_owned(),
        name: name.to_owned(),
        on: BTreeSet::from([Occasion::Reported, Occasion::Resolved]),
        when: "priority:P1".to_owned(),
        to: Recipient { team: Some(team(0)), ..Recipient::of(NoticeRole::Team) },
        channels: Channels { mail: true, inbox: false, push: false },
        always: true,
        active: true,
        version: 1,
    }
}

#[test]
fn rows_come_back_as_they_were_and_are_part_of_the_policy() {
    each_engine("notices", |store| {
        filled(store);
        let first = row("a", "To management");
        write(store, |sql| notices::insert(sql, &first));
        let same = row("b", "to MANAGEMENT");
        let same = writer(store).transaction(|sql| notices::insert(sql, &same));
        assert!(matches!(same, Err(Failure::Exists(_))));
        let off = Notice {
            active: false,
            version: 1,
            ..standard().into_iter().find(|row| row.id == "resolved-watchers").unwrap()
        };
        write(store, |sql| {
            let standard = Agreement::standard(AgreementId(Uuid::from_u128(1)));
            agreements::insert(sql, &standard, NOW)?;
            notices::insert(sql, &off)?;
            assert_eq!(notices::list(sql)?, [off.clone(), first.clone()]);
            assert_eq!(notices::get(sql, "a")?, Some(first.clone()));
            let quiet = Notice { always: false, ..first.clone() };
            assert!(notices::update(sql, &quiet, 1)?);
            assert!(!notices::update(sql, &quiet, 1)?, "it is in its second version");
            let stored = Notice { version: 2, ..quiet };
            assert_eq!(notices::by_name(sql, "TO management")?, Some(stored.clone()));
            let loaded = policy::load(sql)?;
            let added: Vec<_> = loaded.notices.added().iter().map(|it| it.notice.clone()).collect();
            assert_eq!(added, [stored]);
            assert!(notices::delete(sql, "a")? && !notices::delete(sql, "a")?);
            assert_eq!(notices::list(sql)?, [off]);
            Ok(())
        });
    });
}

#[test]
fn a_row_narrows_the_channels_and_what_is_told_always_asks_nobody() {
    each_engine("notices_channels", |store| {
        filled(store);
        let quiet = Quiet { from: "12:00".parse().unwrap(), until: "13:00".parse().unwrap() };
        let none = Channels { mail: false, inbox: false, push: false };
        let channels = BTreeMap::from([(Group::Assigned, none)]);
        let silent =
            Preferences { channels, quiet: Some(quiet), digest: Digest::Off, push_words: false };
        write(store, |sql| {
            told_how::put(sql, person(2), &silent)?;
            let mail = Channels { mail: true, inbox: false, push: false };
            let terms = Terms {
                rule: "To management".to_owned(),
                added: true,
                channels: mail,
                always: false,
            };
            let (two, three) = (Audience::Person(person(2)), Audience::Person(person(3)));
            ask(sql, 1, "resolved", &two, &terms, NOW);
            ask(sql, 1, "resolved", &three, &terms, NOW);
            let all = made(sql, NOW);
            let whom: Vec<_> = all.iter().map(|it| (it.person, it.by, it.told_as)).collect();
            assert_eq!(
                whom,
                [(person(3), By::Email, ToldAs::Rule)],
                "who wants nothing gets nothing"
            );
            assert_eq!(all[0].rule, "To management");
            let always = Terms { always: true, ..terms };
            ask(sql, 2, "resolved", &two, &always, NOW);
            let told: Vec<_> =
                made(sql, NOW).into_iter().filter(|it| it.person == person(2)).collect();
            assert_eq!(told.len(), 1);
            assert_eq!((told[0].by, told[0].next_at), (By::Email, NOW), "quiet hours or not");
            Ok(())
        });
    });
}

#[test]
fn somebody_is_asked_how_it_went_once_for_an_incident_and_once_in_fourteen_days() {
    each_engine("notices_survey", |store| {
        filled(store);
        let requester = Audience::Requester(person(3));
        let asked = |sql: &mut dyn Sql, number: i64, at: Timestamp| {
            ask(sql, number, "survey", &requester, &Terms::default(), at);
            let all = made(sql, at);
            let about = all.iter().filter(|it| it.word == "survey" && it.by == By::Email);
            about.map(|it| it.number.unwrap().0).collect::<BTreeSet<_>>()
        };
        write(store, |sql| {
            ask(sql, 2, "survey", &requester, &Terms::default(), NOW);
            assert_eq!(asked(sql, 1, NOW).len(), 1, "of two at once one");
            let first = asked(sql, 3, NOW.plus_seconds(14 * DAY - 1));
            assert_eq!(first.len(), 1);
            let later = NOW.plus_seconds(14 * DAY + 1);
            assert_eq!(asked(sql, 3, later).len(), 2);
            let far = NOW.plus_seconds(400 * DAY);
            assert_eq!(asked(sql, 3, far).len(), 2, "never twice of one");
            Ok(())
        });
    });
}

#[test]
fn other_people_are_asked_all_the_same() {
    each_engine("notices_survey_others", |store| {
        filled(store);
        write(store, |sql| {
            for (number, who) in [(1, person(2)), (2, person(3))] {
                ask(sql, number, "survey", &Audience::Requester(who), &Terms::default(), NOW);
            }
            let whom: BTreeSet<PersonId> = made(sql, NOW).into_iter().map(|it| it.person).collect();
            assert_eq!(whom, BTreeSet::from([person(2), person(3)]));
            Ok(())
        });
    });
}

#[test]
fn a_question_that_was_withdrawn_was_not_asked() {
    each_engine("notices_survey_withdrawn", |store| {
        filled(store);
        let requester = Audience::Requester(person(3));
        write(store, |sql| {
            ask(sql, 1, "survey", &requester, &Terms::default(), NOW);
            assert!(!made(sql, NOW).is_empty());
            let withdrawn = DeliveryState::Withdrawn.as_str();
            sql.execute("update deliveries set state = $1", &[withdrawn.into()])?;
            ask(sql, 2, "survey", &requester, &Terms::default(), NOW);
            assert!(made(sql, NOW).iter().any(|it| it.number == Some(kernel::IncidentNumber(2))));
            Ok(())
        });
    });
}
