//! How people are reached, and how pages leave.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use incident::reach::{PageChannel, ReachRule, Urgency};
use kernel::{ContactId, IncidentNumber, PageId, PersonId, Timestamp};
use store::directory::contacts::{self, Allowance, Contact, Said};
use store::directory::{Person, people, policy};
use store::pages::send::{self, Page, PageState, Room, Wrong};
use store::{Failure, Sql};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

fn ana() -> PersonId {
    PersonId(Uuid::from_u128(1))
}

fn somebody(sql: &mut dyn Sql) -> Result<(), Failure> {
    let mut person = Person::new(ana(), "Ana", Some("ana@company.example"), NOW);
    person.roles = [kernel::Role::Agent].into();
    people::insert(sql, &person, None)
}

fn contact(n: u128, channel: PageChannel) -> Contact {
    Contact {
        id: ContactId(Uuid::from_u128(n)),
        person: ana(),
        channel,
        address: format!("place {n}"),
        label: String::new(),
        created_at: NOW.plus_seconds(n as i64),
        verified_at: None,
        sent_at: None,
        proved_at: None,
        failing_since: None,
        error: None,
    }
}

fn rule(after_minutes: u16, n: u128) -> ReachRule {
    ReachRule { urgency: Urgency::High, after_minutes, contact: contact(n, PageChannel::Sms).id }
}

#[test]
fn a_way_is_used_once_its_code_was_said_and_tries_are_counted() {
    each_engine("codes", |store| {
        write(store, |sql| {
            somebody(sql)?;
            let sms = contact(2, PageChannel::Sms);
            contacts::insert(sql, &sms)?;
            let say =
                |sql: &mut dyn Sql, code: &[u8], now| contacts::say_code(sql, sms.id, code, now, 3);
            assert_eq!(say(sql, b"right", NOW)?, Said::Over, "none was sent");
            contacts::expect_code(sql, sms.id, b"right", NOW.plus_seconds(600))?;
            assert_eq!(say(sql, b"wrong", NOW)?, Said::Wrong(2));
            assert_eq!(say(sql, b"wrong", NOW)?, Said::Wrong(1));
            assert_eq!(say(sql, b"wrong", NOW)?, Said::Wrong(0));
            assert_eq!(say(sql, b"right", NOW)?, Said::Over, "too many were wrong");
            contacts::expect_code(sql, sms.id, b"again", NOW.plus_seconds(600))?;
            assert_eq!(say(sql, b"right", NOW)?, Said::Wrong(2), "another one holds");
            assert_eq!(say(sql, b"again", NOW.plus_seconds(601))?, Said::Over, "too late");
            contacts::expect_code(sql, sms.id, b"third", NOW.plus_seconds(600))?;
            assert!(policy::load(sql).is_err(), "there is no agreement in this database");
            assert!(!contacts::reach_of_staff(sql)?[&ana()].methods[0].verified);
            assert_eq!(say(sql, b"third", NOW)?, Said::Right);
            assert_eq!(say(sql, b"third", NOW)?, Said::Over, "once");
            let reach = contacts::reach_of_staff(sql)?.remove(&ana()).unwrap();
            assert!(reach.methods[0].verified);
            assert_eq!(reach, contacts::reach(sql, ana())?);
            assert_eq!(contacts::get(sql, sms.id)?.unwrap().verified_at, Some(NOW));
            Ok(())
        });
    });
}

#[test]
fn messages_sent_by_hand_are_bounded_in_time() {
    each_engine("by_hand", |store| {
        write(store, |sql| {
            somebody(sql)?;
            let sms = contact(2, PageChannel::Sms);
            contacts::insert(sql, &sms)?;
            let allowance = Allowance { messages: 2, seconds: 3_600 };
            let mut send = |seconds| {
                contacts::count_message(sql, sms.id, NOW.plus_seconds(seconds), allowance)
            };
            assert_eq!((send(0)?, send(1)?, send(3_599)?), (true, true, false));
            assert_eq!((send(3_600)?, send(3_601)?, send(3_602)?), (true, true, false));
            Ok(())
        });
    });
}

#[test]
fn a_way_goes_with_its_rules_and_nobody_has_one_twice() {
    each_engine("rules_of_ways", |store| {
        write(store, |sql| {
            somebody(sql)?;
            let (sms, voice) = (contact(2, PageChannel::Sms), contact(3, PageChannel::Voice));
            contacts::insert(sql, &sms)?;
            contacts::insert(sql, &voice)?;
            let rules = [rule(0, 2), rule(5, 3), rule(9, 2)];
            contacts::put_rules(sql, ana(), &rules)?;
            assert_eq!(contacts::rules(sql, ana())?, rules);
            contacts::went_wrong(sql, sms.id, "no\0 route", NOW)?;
            contacts::went_wrong(sql, sms.id, "no route", NOW.plus_seconds(5))?;
            let found = contacts::get(sql, sms.id)?.unwrap();
            assert_eq!(
                (found.failing_since, found.error.as_deref()),
                (Some(NOW), Some("no route"))
            );
            contacts::went_well(sql, sms.id, NOW.plus_seconds(9))?;
            let found = contacts::get(sql, sms.id)?.unwrap();
            assert_eq!((found.failing_since, found.sent_at), (None, Some(NOW.plus_seconds(9))));
            assert_eq!(found.proved_at, None, "that it left is no proof");
            contacts::reached(sql, sms.id, NOW.plus_seconds(10))?;
            let found = contacts::get(sql, sms.id)?.unwrap();
            assert_eq!(found.proved_at, Some(NOW.plus_seconds(10)));
            assert!(contacts::delete(sql, sms.id)?);
            assert!(!contacts::delete(sql, sms.id)?);
            assert_eq!(contacts::rules(sql, ana())?, [rule(5, 3)]);
            assert_eq!(contacts::of_person(sql, ana())?, std::slice::from_ref(&voice));
            Ok(())
        });
        let again = crate::harness::writer(store)
            .transaction(|sql| contacts::insert(sql, &contact(3, PageChannel::Voice)));
        assert!(matches!(again, Err(Failure::Exists(_))), "{again:?}");
    });
}

fn page(n: u128, channel: PageChannel, after_seconds: i64) -> Page {
    Page {
        id: PageId(Uuid::from_u128(n)),
        number: IncidentNumber(1),
        n: 1,
        person: ana(),
        contact: None,
        channel,
        address: format!("place {n}"),
        urgency: Urgency::High,
        due_at: NOW.plus_seconds(after_seconds),
        state: PageState::Waiting,
        attempts: 0,
        created_at: NOW,
        sent_at: None,
        received_at: None,
        answered_at: None,
        provider_ref: None,
        error: None,
        learns: false,
    }
}

/// Ana is paged about INC-1 by these.
fn paged(sql: &mut dyn Sql, pages: &[Page]) -> Result<(), Failure> {
    use crate::list::world::{Incident, settle, store_all};
    settle(sql)?;
    store_all(sql, &[Incident::new(1, "VPN drops")])?;
    let mut person = Person::new(ana(), "Ana", Some("paged@company.example"), NOW);
    person.roles = [kernel::Role::Agent].into();
    if people::get(sql, ana())?.is_none() {
        people::insert(sql, &person, None)?;
    }
    pages.iter().try_for_each(|page| send::insert(sql, page))
}

fn take(sql: &mut dyn Sql, channel: PageChannel, now: Timestamp) -> Result<Vec<Page>, Failure> {
    send::claim(sql, channel, now, now.plus_seconds(30), &Room::of(10))
}

#[test]
fn one_host_gets_only_so_many_at_once_and_keeps_no_other() {
    each_engine("hosts_of_pages", |store| {
        write(store, |sql| {
            let at = |n: u128, address: &str| Page {
                address: address.to_owned(),
                ..page(n, PageChannel::Slack, 0)
            };
            let slow = (11..16).map(|n| at(n, &format!("https://slow.example/hooks/{n}")));
            let mut pages: Vec<Page> = slow.collect();
            // A name that begins as the other one is another host.
            pages.push(at(20, "https://slow.example.org/hooks/1"));
            paged(sql, &pages)?;
            let mut room = Room { to_one_host: 2, ..Room::of(10) };
            let take = |sql: &mut dyn Sql, room: &Room| {
                let taken = send::claim(sql, PageChannel::Slack, NOW, NOW.plus_seconds(30), room)?;
                Ok::<_, Failure>(taken.iter().map(|page| page.address.clone()).collect::<Vec<_>>())
            };
            let taken = take(sql, &room)?;
            assert_eq!(taken.len(), 3, "{taken:?}");
            assert!(taken.contains(&"https://slow.example.org/hooks/1".to_owned()));
            room.busy.insert(send::host(&taken[0]).unwrap(), 2);
            room.busy.insert("https://slow.example/".to_owned(), 2);
            assert_eq!(take(sql, &room)?, Vec::<String>::new(), "it is busy");
            room.busy.clear();
            assert_eq!(take(sql, &room)?.len(), 2);
            assert_eq!(send::host("+49301234567"), None);
            Ok(())
        });
    });
}

#[test]
fn what_is_due_is_taken_once_and_what_is_urgent_first() {
    each_engine("taking_pages", |store| {
        write(store, |sql| {
            let (early, late) = (page(11, PageChannel::Sms, 0), page(12, PageChannel::Sms, 60));
            let low = Page {
                urgency: Urgency::Low,
                due_at: NOW.plus_seconds(-60),
                ..page(13, PageChannel::Sms, 0)
            };
            paged(sql, &[low.clone(), late.clone(), early.clone()])?;
            assert_eq!(send::due_channels(sql, NOW)?, [PageChannel::Sms]);
            assert_eq!(take(sql, PageChannel::Voice, NOW)?, []);
            let taken: Vec<_> =
                take(sql, PageChannel::Sms, NOW)?.iter().map(|page| page.id).collect();
            assert_eq!(taken, [early.id, low.id]);
            assert_eq!(take(sql, PageChannel::Sms, NOW)?, []);
            assert_eq!(send::due_channels(sql, NOW)?, []);
            let again = NOW.plus_seconds(30);
            assert_eq!(take(sql, PageChannel::Sms, again)?.len(), 2, "their time is over");
            send::sent(sql, &early, Some("SM1"), again)?;
            send::call_off(sql, low.id, "somebody has it")?;
            assert_eq!(take(sql, PageChannel::Sms, NOW.plus_seconds(59))?, []);
            assert_eq!(take(sql, PageChannel::Sms, NOW.plus_seconds(60))?[0].id, late.id);
            let found = send::get(sql, early.id)?.unwrap();
            assert_eq!(found.provider_ref.as_deref(), Some("SM1"));
            assert_eq!((found.state, found.sent_at), (PageState::Sent, Some(again)));
            send::received(sql, early.id, again)?;
            let open = send::unanswered(sql, PageChannel::Sms, "place 11", NOW)?;
            assert_eq!(open[0].received_at, Some(again));
            send::answered(sql, IncidentNumber(1), ana(), again)?;
            assert_eq!(send::unanswered(sql, PageChannel::Sms, "place 11", NOW)?, []);
            assert_eq!(send::get(sql, late.id)?.unwrap().state, PageState::CalledOff);
            assert_eq!(send::of_entry(sql, IncidentNumber(1), 1)?.len(), 3);
            Ok(())
        });
    });
}

#[test]
fn an_error_pulls_the_next_way_and_is_tried_again_for_a_while() {
    each_engine("falling", |store| {
        write(store, |sql| {
            let sms = page(11, PageChannel::Sms, 0);
            let again = Page { address: sms.address.clone(), ..page(12, PageChannel::Sms, 60) };
            let voice = page(13, PageChannel::Voice, 300);
            paged(sql, &[sms.clone(), again.clone(), voice.clone()])?;
            let mut now = NOW;
            let wrong = Wrong::Now("it answers with 503".to_owned());
            let fell = send::failed(sql, &sms, &wrong, now)?;
            assert_eq!(fell.to, Some(voice.id), "another place, not the same again");
            assert_eq!(send::get(sql, voice.id)?.unwrap().due_at, now);
            for pause in send::BACK_OFF_SECONDS {
                let waiting = send::get(sql, sms.id)?.unwrap();
                assert_eq!(waiting.state, PageState::Waiting);
                now = now.plus_seconds(pause);
                let early = now.plus_micros(-1);
                assert!(take(sql, PageChannel::Sms, early)?.iter().all(|page| page.id != sms.id));
                assert!(take(sql, PageChannel::Sms, now)?.iter().any(|page| page.id == sms.id));
                let taken = send::get(sql, sms.id)?.unwrap();
                assert!(!send::failed(sql, &taken, &wrong, now)?.reached_nobody, "a call may");
            }
            assert_eq!(send::get(sql, sms.id)?.unwrap().state, PageState::Failed);
            let never = Wrong::Ever("no such number".to_owned());
            assert!(!send::failed(sql, &voice, &never, now)?.reached_nobody, "one waits");
            let fell = send::failed(sql, &again, &never, now)?;
            assert_eq!((fell.again_at, fell.to, fell.reached_nobody), (None, None, true));
            let counts = send::counts(sql, now)?;
            assert_eq!((counts.due, counts.failed), (0, 3));
            Ok(())
        });
    });
}
