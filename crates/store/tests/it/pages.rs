//! What paging promises and whom it pages is kept with the entries that say so.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write, writer};
use crate::list::world::{Incident, NOW, person, settle, staff, team};
use incident::escalation::{
    Cue, EscalationPolicy, EscalationStep, Failure as Wrong, Next, PagedPerson, PolicyRef, Stop,
    Turn, Whom, Why, plan,
};
use incident::event::{
    Derived, PageAcknowledged, Paged, PagingBegan, PagingExhausted, PagingStopped,
};
use incident::reach::{PageChannel, Urgency, Way};
use incident::{Body, Cause, Event, PageWish, Scope, State, apply};
use kernel::{
    Actor, Channel, ContactId, EscalationId, IncidentNumber, PageId, PersonId, Priority, Timestamp,
    WebhookId,
};
use store::forget::{Kind, forget};
use store::incidents::{Recorded, lock_head, record};
use store::pages::ledger::{self, PromiseState, Unreached};
use store::pages::plan::{NewPage, turns};
use store::pages::send::{self, PageState};
use store::{Failure, Sql};
use uuid::Uuid;

const NUMBER: IncidentNumber = IncidentNumber(1);

fn policy() -> EscalationPolicy {
    let step = |after_seconds| EscalationStep {
        after_seconds,
        whom: vec![Whom::Person(person(0))],
        hours: None,
        round_robin: false,
        everyone: false,
    };
    EscalationPolicy {
        id: EscalationId(Uuid::from_u128(1)),
        name: "Network".to_owned(),
        version: 1,
        steps: vec![step(0), step(300)],
        repeats: 0,
        pages_from: Priority::ALL[0],
        acknowledgement_seconds: None,
        fallback: vec![],
    }
}

fn began(at: Timestamp) -> Body {
    let policy = policy();
    let reference = PolicyRef { id: policy.id, version: policy.version };
    PagingBegan {
        why: Why::Reported,
        policy: Some(reference),
        name: Some(policy.name.clone()),
        urgency: Urgency::High,
        plan: plan(&policy, at),
        fallback: vec![],
        acknowledgement_seconds: None,
        note: None,
    }
    .into()
}

fn paged(step: u32, people: &[PersonId], next: Option<Next>) -> Body {
    let people = people.iter().map(|person| PagedPerson { person: *person, via: None });
    let turn = people.clone().next().map(|first| Turn {
        policy: policy().id,
        place: 0,
        person: first.person,
    });
    Paged {
        began_n: 2,
        step,
        round: 0,
        cue: Cue::Plan,
        people: people.collect(),
        webhooks: vec![],
        urgency: Urgency::High,
        next,
        turn,
        note: None,
    }
    .into()
}

fn stopped() -> Body {
    PagingStopped { why: Stop::Acknowledged, expires_at: None }.into()
}

fn next(step: u32, at: Timestamp) -> Option<Next> {
    Some(Next { step, at })
}

/// An incident that was reported and does these things, each person paged by mail at once
/// and by text message a minute later.
struct Story {
    number: IncidentNumber,
    state: Option<State>,
    at: Timestamp,
}

impl Story {
    fn part(&mut self, bodies: Vec<Body>) -> Recorded {
        let told = Incident::new(self.number.0, "VPN down").recorded();
        let before = self.state.clone();
        let mut part = match before {
            None => {
                self.state = told.events.iter().fold(None, apply);
                told
            }
            Some(_) => Recorded { events: vec![], contents: vec![], ..told },
        };
        part.before = before;
        for body in bodies {
            let n = self.state.as_ref().map_or(1, |state| state.version + 1);
            let cause = Derived { by: "policy".to_owned(), name: "paging".to_owned(), version: 0 };
            let event = Event {
                n,
                at: self.at,
                happened_at: self.at,
                actor: Actor::system(),
                channel: Channel::Timer,
                cause: Cause::Derived(cause),
                batch: None,
                body,
            };
            if let Body::Paged(data) = &event.body {
                for paged in &data.people {
                    part.pages.extend(pages(n, paged.person, self.at));
                }
            }
            self.state = apply(self.state.take(), &event);
            part.events.push(event);
        }
        part.after = self.state.clone().unwrap();
        part
    }

    fn does(&mut self, sql: &mut dyn Sql, bodies: Vec<Body>) -> Result<(), Failure> {
        let part = self.part(bodies);
        let mut head = lock_head(sql)?;
        record(sql, &mut head, &[part]).map(drop)
    }
}

fn pages(n: u32, person: PersonId, at: Timestamp) -> [NewPage; 2] {
    let wish = |channel, seconds: i64| {
        let way = Way {
            due_at: at.plus_seconds(seconds),
            channel,
            address: "place".to_owned(),
            contact: None,
        };
        let id = (u128::from(n) << 96) ^ (person.0.as_u128() << 8) ^ seconds.unsigned_abs() as u128;
        let id = PageId(Uuid::from_u128(id));
        NewPage { id, wish: PageWish { n, person, urgency: Urgency::High, way, at, learns: false } }
    };
    [wish(PageChannel::Email, 0), wish(PageChannel::Sms, 60)]
}

fn story() -> Story {
    Story { number: NUMBER, state: None, at: NOW }
}

fn states(sql: &mut dyn Sql) -> Result<Vec<PromiseState>, Failure> {
    Ok(ledger::of(sql, NUMBER)?.into_iter().map(|promise| promise.state).collect())
}

fn pages_of(sql: &mut dyn Sql, n: i64) -> Result<Vec<(PersonId, PageState)>, Failure> {
    let found = send::of_entry(sql, NUMBER, n)?;
    Ok(found.into_iter().map(|page| (page.person, page.state)).collect())
}

#[test]
fn a_report_that_pages_keeps_its_plan_and_its_pages_with_it() {
    each_engine("paging_plan", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = story();
            let first = paged(0, &[person(0)], next(1, NOW.plus_seconds(300)));
            story.does(sql, vec![began(NOW), first])?;
            use PromiseState::{CalledOff, Kept, Promised};
            assert_eq!(states(sql)?, [Kept, Promised, Promised]);
            let promised = ledger::of(sql, NUMBER)?;
            assert_eq!((promised[0].kept_n, promised[0].began_n), (Some(3), 2));
            assert_eq!(promised[1].latest_at, NOW.plus_seconds(300));
            assert_eq!(promised[1].whom, [Whom::Person(person(0))]);
            let waiting = (person(0), PageState::Waiting);
            assert_eq!(pages_of(sql, 3)?, [waiting, waiting]);
            assert_eq!(turns(sql)?[&(policy().id, 0)], person(0));

            story.at = NOW.plus_seconds(300);
            story.does(sql, vec![paged(1, &[person(2)], next(2, NOW.plus_seconds(600)))])?;
            assert_eq!(states(sql)?, [Kept, Kept, Promised]);
            assert_eq!(turns(sql)?[&(policy().id, 0)], person(2));

            story.does(sql, vec![stopped()])?;
            assert_eq!(states(sql)?, [Kept, Kept, CalledOff]);
            let off = (person(2), PageState::CalledOff);
            assert_eq!(pages_of(sql, 4)?, [off, off]);
            Ok(())
        });
    });
}

#[test]
fn what_is_answered_at_once_leaves_nothing_that_waits() {
    each_engine("paging_at_once", |store| {
        write(store, |sql| {
            settle(sql)?;
            let first = paged(0, &[person(0), person(2)], next(1, NOW.plus_seconds(300)));
            let answered = PageAcknowledged { person: person(0) }.into();
            let mut story = story();
            story.does(sql, vec![began(NOW), first, answered])?;
            let off = (person(0), PageState::CalledOff);
            let waits = (person(2), PageState::Waiting);
            let mut found = pages_of(sql, 3)?;
            found.sort();
            let mut told = vec![off, off, waits, waits];
            told.sort();
            assert_eq!(found, told, "the other is still asked");
            story.does(sql, vec![stopped()])?;
            assert!(pages_of(sql, 3)?.iter().all(|(_, state)| *state == PageState::CalledOff));
            Ok(())
        });
    });
}

#[test]
fn what_is_not_committed_pages_nobody() {
    each_engine("paging_killed", |store| {
        write(store, settle);
        let killed = writer(store).transaction(|sql| {
            let first = paged(0, &[person(0)], next(1, NOW.plus_seconds(300)));
            story().does(sql, vec![began(NOW), first])?;
            Err::<(), Failure>(Failure::damaged("the power went"))
        });
        assert!(killed.is_err());
        write(store, |sql| {
            assert!(ledger::of(sql, NUMBER)?.is_empty());
            assert!(pages_of(sql, 3)?.is_empty());
            Ok(())
        });
    });
}

#[test]
fn steps_that_move_are_promised_for_then_and_the_end_is_promised_again() {
    each_engine("paging_moves", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = story();
            let first = paged(0, &[person(0)], next(1, NOW.plus_seconds(300)));
            story.does(sql, vec![began(NOW), first])?;
            story.at = NOW.plus_seconds(60);
            story.does(sql, vec![paged(1, &[person(2)], next(2, NOW.plus_seconds(360)))])?;
            let promised = ledger::of(sql, NUMBER)?;
            assert_eq!(promised[2].latest_at, NOW.plus_seconds(360), "sooner, as the step was");
            story.at = NOW.plus_seconds(360);
            let again_at = NOW.plus_seconds(3_960);
            let exhausted = PagingExhausted { step: 2, times: 1, again_at }.into();
            story.does(sql, vec![exhausted, paged(2, &[person(3)], next(3, again_at))])?;
            use PromiseState::{Kept, Promised};
            assert_eq!(states(sql)?, [Kept, Kept, Kept, Promised]);
            let end = ledger::of(sql, NUMBER)?.pop().unwrap();
            assert_eq!((end.latest_at, end.whom), (again_at, vec![]));
            Ok(())
        });
    });
}

#[test]
fn a_step_that_comes_late_or_not_at_all_is_a_broken_promise() {
    each_engine("paging_broken", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = story();
            let first = paged(0, &[person(0)], next(1, NOW.plus_seconds(300)));
            story.does(sql, vec![began(NOW), first])?;
            assert_eq!(ledger::ahead(sql, &staff(), 10)?, [NUMBER]);
            assert!(ledger::overdue(sql, NOW.plus_seconds(300), 10)?.is_empty());
            let late = ledger::overdue(sql, NOW.plus_seconds(301), 10)?;
            assert_eq!((late.len(), late[0].step), (1, 1));
            assert!(ledger::broke(sql, &late[0], NOW.plus_seconds(331))?);
            assert!(!ledger::broke(sql, &late[0], NOW.plus_seconds(331))?, "once");
            story.at = NOW.plus_seconds(900);
            story.does(sql, vec![paged(1, &[person(2)], next(2, NOW.plus_seconds(1_200)))])?;
            use PromiseState::{Broken, Kept, Promised};
            assert_eq!(states(sql)?, [Kept, Broken, Promised]);
            assert_eq!(ledger::of(sql, NUMBER)?[1].kept_n, Some(4), "what came in the end");
            let broken = ledger::latest(sql, Some(Broken), None, 10)?;
            assert_eq!(broken.len(), 1);
            let all = ledger::latest(sql, None, None, 2)?;
            let last = &all[1];
            let after = (last.latest_at, last.number, last.began_n, last.step);
            assert_eq!(ledger::latest(sql, None, Some(after), 10)?.len(), 1, "the rest");
            Ok(())
        });
    });
}

#[test]
fn entries_that_reached_nobody_are_found_once() {
    each_engine("paging_unreached", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = story();
            let first = paged(0, &[person(0)], next(1, NOW.plus_seconds(300)));
            story.does(sql, vec![began(NOW), first])?;
            let look = |sql: &mut dyn Sql, seconds: i64| {
                let now = NOW.plus_seconds(seconds);
                ledger::unreached(sql, now, now.plus_seconds(-60), 10)
            };
            assert!(look(sql, 60)?.is_empty(), "there is still time");
            let found = look(sql, 121)?;
            let entry = Unreached {
                number: NUMBER,
                n: 3,
                people: vec![person(0)],
                failure: Wrong::NotTried,
            };
            assert_eq!(found, [entry]);
            let mail = send::of_entry(sql, NUMBER, 3)?.remove(0);
            send::failed(sql, &mail, &send::Wrong::Ever("no such address".to_owned()), NOW)?;
            assert_eq!(look(sql, 50)?, [], "the text message is to come");
            let text = send::of_entry(sql, NUMBER, 3)?;
            let text = text.into_iter().find(|page| page.channel == PageChannel::Sms).unwrap();
            send::failed(sql, &text, &send::Wrong::Ever("no credit".to_owned()), NOW)?;
            let found = look(sql, 50)?;
            assert_eq!(found[0].failure, Wrong::Errors, "at once when nothing is left");
            assert!(ledger::raise(sql, &found[0], NOW)?);
            assert!(!ledger::raise(sql, &found[0], NOW)?);
            assert!(look(sql, 121)?.is_empty(), "it was told");
            assert_eq!(states(sql)?[0], PromiseState::Broken);
            Ok(())
        });
    });
}

#[test]
fn entries_that_reached_somebody_are_no_trouble() {
    each_engine("paging_reached", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = story();
            let first = paged(0, &[person(0), person(2)], next(1, NOW.plus_seconds(300)));
            story.does(sql, vec![began(NOW), first])?;
            let mail = send::of_entry(sql, NUMBER, 3)?.remove(0);
            send::sent(sql, &mail, None, NOW.plus_seconds(1))?;
            let now = NOW.plus_seconds(400);
            assert!(ledger::unreached(sql, now, now.plus_seconds(-60), 10)?.is_empty());
            Ok(())
        });
    });
}

/// The same with a telephone of their own beside the address of their account.
fn with_phones(mut part: Recorded) -> Recorded {
    for page in &mut part.pages {
        if page.wish.way.channel == PageChannel::Sms {
            page.wish.way.contact = Some(ContactId(Uuid::from_u128(7)));
        }
    }
    part
}

fn keep(sql: &mut dyn Sql, part: Recorded) -> Result<(), Failure> {
    let mut head = lock_head(sql)?;
    record(sql, &mut head, &[part]).map(drop)
}

fn page_by(sql: &mut dyn Sql, n: i64, channel: PageChannel) -> Result<send::Page, Failure> {
    let mut found = send::of_entry(sql, NUMBER, n)?.into_iter();
    Ok(found.find(|page| page.channel == channel).unwrap())
}

fn unreached(sql: &mut dyn Sql, seconds: i64) -> Result<Vec<Unreached>, Failure> {
    let now = NOW.plus_seconds(seconds);
    ledger::unreached(sql, now, now.plus_seconds(-60), 10)
}

#[test]
fn mail_to_an_account_is_no_proof_where_there_are_other_ways() {
    each_engine("paging_mail", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = story();
            let first = paged(0, &[person(0)], next(1, NOW.plus_seconds(300)));
            let part = with_phones(story.part(vec![began(NOW), first]));
            keep(sql, part)?;
            let mail = page_by(sql, 3, PageChannel::Email)?;
            send::sent(sql, &mail, None, NOW)?;
            assert!(unreached(sql, 100)?.is_empty(), "the text message is to come");
            let text = page_by(sql, 3, PageChannel::Sms)?;
            send::failed(sql, &text, &send::Wrong::Ever("no credit".to_owned()), NOW)?;
            let found = unreached(sql, 100)?;
            assert_eq!((found.len(), found[0].n, found[0].failure), (1, 3, Wrong::Errors));
            send::received(sql, mail.id, NOW)?;
            assert!(unreached(sql, 100)?.is_empty(), "it arrived");
            Ok(())
        });
    });
}

#[test]
fn one_of_two_who_was_reached_is_enough_and_mail_to_the_other_is_not() {
    each_engine("paging_each", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = story();
            let first = paged(0, &[person(0), person(2)], next(1, NOW.plus_seconds(300)));
            let part = with_phones(story.part(vec![began(NOW), first]));
            keep(sql, part)?;
            for page in send::of_entry(sql, NUMBER, 3)? {
                if page.channel == PageChannel::Email {
                    send::sent(sql, &page, None, NOW)?;
                } else {
                    let wrong = send::Wrong::Ever("no credit".to_owned());
                    send::failed(sql, &page, &wrong, NOW)?;
                }
            }
            let found = unreached(sql, 100)?;
            let mut people = vec![person(0), person(2)];
            people.sort();
            assert_eq!((found.len(), &found[0].people), (1, &people));
            send::answered(sql, NUMBER, person(2), NOW)?;
            assert!(unreached(sql, 100)?.is_empty());
            Ok(())
        });
    });
}

fn answered_by(
    sql: &mut dyn Sql,
    one: usize,
    since: Timestamp,
) -> Result<Vec<IncidentNumber>, Failure> {
    ledger::answered_by(sql, &staff(), &[person(one)], since, 10)
}

#[test]
fn what_somebody_answered_for_and_is_in_progress_is_found() {
    each_engine("paging_answered", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = story();
            let first = paged(0, &[person(0)], next(1, NOW.plus_seconds(300)));
            story.does(sql, vec![began(NOW), first])?;
            let starts = "update incidents set state = 'in_progress' where number = $1";
            sql.execute(starts, &[NUMBER.into()])?;
            assert!(answered_by(sql, 0, NOW)?.is_empty());
            send::answered(sql, NUMBER, person(0), NOW.plus_seconds(60))?;
            assert_eq!(answered_by(sql, 0, NOW)?, [NUMBER]);
            assert!(answered_by(sql, 1, NOW)?.is_empty(), "somebody else");
            assert!(answered_by(sql, 0, NOW.plus_seconds(1))?.is_empty(), "made before");
            Ok(())
        });
    });
}

#[test]
fn what_one_may_not_see_takes_no_place_of_what_one_may() {
    each_engine("paging_seen", |store| {
        write(store, |sql| {
            settle(sql)?;
            let other = IncidentNumber(2);
            for (number, who, answered) in [(NUMBER, 0, 90), (other, 2, 60)] {
                let mut story = Story { number, ..story() };
                let first = paged(0, &[person(who)], next(1, NOW.plus_seconds(300)));
                story.does(sql, vec![began(NOW), first])?;
                send::answered(sql, number, person(who), NOW.plus_seconds(answered))?;
            }
            let starts = "update incidents set state = 'in_progress', \
                confidential_to = case when number = $1 then $2 end";
            sql.execute(starts, &[NUMBER.into(), team(1).into()])?;
            let (people, all) = ([person(0), person(2)], Scope { everything: true, ..staff() });
            for (scope, first) in [(all, NUMBER), (staff(), other)] {
                assert_eq!(ledger::answered_by(sql, &scope, &people, NOW, 1)?, [first]);
                assert_eq!(ledger::ahead(sql, &scope, 1)?, [first]);
            }
            Ok(())
        });
    });
}

#[test]
fn what_was_called_off_reached_nobody_while_paging_goes_on() {
    each_engine("paging_called_off", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = story();
            let first = paged(0, &[person(0)], next(1, NOW.plus_seconds(300)));
            story.does(sql, vec![began(NOW), first])?;
            let mail = page_by(sql, 3, PageChannel::Email)?;
            send::failed(sql, &mail, &send::Wrong::Ever("no such address".to_owned()), NOW)?;
            let text = page_by(sql, 3, PageChannel::Sms)?;
            send::call_off(sql, text.id, "for a test")?;
            assert_eq!(unreached(sql, 10)?.len(), 1);
            story.does(sql, vec![stopped()])?;
            assert!(unreached(sql, 10)?.is_empty(), "somebody has it");
            Ok(())
        });
    });
}

#[test]
fn a_step_that_tells_programs_alone_need_not_reach_anybody() {
    for (name, whom, reaches) in [
        ("paging_programs", vec![Whom::Webhook(WebhookId(Uuid::from_u128(9)))], true),
        ("paging_nobody", vec![Whom::Person(person(0))], false),
    ] {
        each_engine(name, |store| {
            write(store, |sql| {
                settle(sql)?;
                let Body::PagingBegan(mut data) = began(NOW) else { panic!() };
                data.plan[0].whom = whom.clone();
                let first = paged(0, &[], next(1, NOW.plus_seconds(300)));
                story().does(sql, vec![Body::PagingBegan(data), first])?;
                let found = unreached(sql, 5)?;
                assert_eq!(found.is_empty(), reaches, "{whom:?}");
                assert!(found.iter().all(|entry| entry.failure == Wrong::NoWay && entry.n == 3));
                Ok(())
            });
        });
    }
}

#[test]
fn paging_that_stands_still_is_led_on_until_it_goes_on() {
    each_engine("paging_stuck", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = story();
            let first = paged(0, &[person(0)], next(1, NOW.plus_seconds(300)));
            let part = story.part(vec![began(NOW), first]);
            keep(sql, Recorded { wake_at: Some(NOW.plus_seconds(300)), ..part })?;
            let now = NOW.plus_seconds(400);
            let stuck = |sql: &mut dyn Sql| ledger::stuck(sql, now, now.plus_seconds(-30), 10);
            assert!(stuck(sql)?.is_empty(), "no promise is broken");
            let late = ledger::overdue(sql, now, 10)?;
            assert!(ledger::broke(sql, &late[0], now)?);
            assert_eq!(stuck(sql)?, [NUMBER]);
            assert_eq!(stuck(sql)?, [NUMBER], "as long as it does not go on");
            story.at = now;
            let second = story.part(vec![paged(1, &[person(2)], next(2, NOW.plus_seconds(700)))]);
            keep(sql, Recorded { wake_at: Some(NOW.plus_seconds(700)), ..second })?;
            assert!(stuck(sql)?.is_empty());
            Ok(())
        });
    });
}

#[test]
fn the_end_is_promised_again_for_the_paging_that_it_ended() {
    each_engine("paging_end", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = story();
            let first = paged(0, &[person(0)], next(1, NOW.plus_seconds(300)));
            story.does(sql, vec![began(NOW), first])?;
            story.at = NOW.plus_seconds(600);
            let again_at = NOW.plus_seconds(4_200);
            let exhausted = PagingExhausted { step: 2, times: 1, again_at }.into();
            let end = paged(2, &[person(3)], next(3, again_at));
            let replaced = PagingStopped { why: Stop::Replaced, expires_at: None }.into();
            story.does(sql, vec![exhausted, end, replaced, began(NOW.plus_seconds(600))])?;
            let promised = ledger::of(sql, NUMBER)?;
            let of_first: Vec<i64> =
                promised.iter().filter(|p| p.began_n == 2).map(|p| p.step).collect();
            assert_eq!(of_first, [0, 1, 2, 3], "its end once more, called off with it");
            assert_eq!(promised[3].state, PromiseState::CalledOff);
            let begun_anew = promised.iter().filter(|p| p.began_n != 2);
            assert!(begun_anew.clone().all(|p| p.state == PromiseState::Promised));
            assert_eq!(begun_anew.count(), 3);
            Ok(())
        });
    });
}

#[test]
fn one_node_watches_and_another_takes_over_when_it_is_gone() {
    each_engine("paging_watch", |store| {
        let mut first = writer(store);
        let mut second = writer(store);
        let watch = |writer: &mut store::Writer, holder: &str, seconds: i64| {
            let now = NOW.plus_seconds(seconds);
            let until = now.plus_seconds(20);
            writer.transaction(|sql| ledger::watch(sql, holder, now, until, until)).unwrap()
        };
        assert!(watch(&mut first, "a", 0));
        assert!(!watch(&mut second, "b", 5));
        assert!(watch(&mut first, "a", 10));
        assert!(!watch(&mut second, "b", 29));
        assert!(watch(&mut second, "b", 30), "the first has gone");
        assert!(!watch(&mut first, "a", 31));
        assert!(watch(&mut first, "a", -3_600), "a clock that was set back holds nothing");
        let watched = write(store, ledger::watched_at);
        assert_eq!(watched, Some(NOW.plus_seconds(-3_600)));
    });
}

#[test]
fn two_writers_keep_one_ledger() {
    each_engine("paging_two", |store| {
        write(store, settle);
        let mut story = story();
        let first = paged(0, &[person(0)], next(1, NOW.plus_seconds(300)));
        let parts = [story.part(vec![began(NOW), first])];
        let keep = |parts: &[Recorded]| {
            writer(store).transaction(|sql| {
                let mut head = lock_head(sql)?;
                record(sql, &mut head, parts).map(drop)
            })
        };
        keep(&parts).unwrap();
        story.at = NOW.plus_seconds(300);
        let second = [story.part(vec![paged(1, &[person(2)], next(2, NOW.plus_seconds(600)))])];
        keep(&second).unwrap();
        assert!(keep(&second).is_err(), "the same entry twice is refused as a whole");
        write(store, |sql| {
            assert_eq!(pages_of(sql, 4)?.len(), 2);
            use PromiseState::{Kept, Promised};
            assert_eq!(states(sql)?, [Kept, Kept, Promised]);
            Ok(())
        });
    });
}

#[test]
fn pages_and_promises_of_open_incidents_are_never_forgotten() {
    each_engine("paging_forgotten", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = story();
            let first = paged(0, &[person(0)], next(1, NOW.plus_seconds(300)));
            story.does(sql, vec![began(NOW), first, stopped()])?;
            let later = NOW.plus_days(500);
            let mut forgotten = |kind| forget(sql, kind, later, 10);
            assert_eq!((forgotten(Kind::Pages)?, forgotten(Kind::Promises)?), (0, 0));
            let end = "update incidents set state = 'closed' where number = $1";
            sql.execute(end, &[NUMBER.into()])?;
            let mut forgotten = |kind, limit| forget(sql, kind, later, limit);
            assert_eq!((forgotten(Kind::Pages, 1)?, forgotten(Kind::Pages, 10)?), (1, 1));
            assert_eq!(forgotten(Kind::Promises, 10)?, 3);
            assert!(ledger::of(sql, NUMBER)?.is_empty() && pages_of(sql, 3)?.is_empty());
            Ok(())
        });
    });
}

#[test]
fn that_nobody_reached_who_learns_is_no_alarm() {
    each_engine("paging_learns", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = story();
            let first = paged(0, &[person(0)], next(1, NOW.plus_seconds(300)));
            let mut part = story.part(vec![began(NOW), first]);
            for page in &mut part.pages {
                page.wish.learns = true;
            }
            keep(sql, part)?;
            let now = NOW.plus_seconds(121);
            assert!(ledger::unreached(sql, now, now.plus_seconds(-60), 10)?.is_empty());
            Ok(())
        });
    });
}
