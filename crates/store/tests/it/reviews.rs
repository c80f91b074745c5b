//! Reviews, their actions and reminders, on each engine.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{Incident, NOW, person, settle, team};
use incident::event::Linked;
use incident::state::LinkKind;
use incident::{Lifecycle, Scope};
use jiff::civil::date;
use kernel::{ActionId, Channel, IncidentNumber, ProblemNumber, ReviewNumber, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::directory::reviews::{
    self, Action, ActionState, Pick, Reminder, Review, ReviewState, ToRemind,
};
use store::incidents::{lock_head, record};
use store::{Failure, Sql, Store};
use uuid::Uuid;

fn at(hours: i64) -> Timestamp {
    NOW.plus_seconds(hours * 3_600)
}

fn over(number: i64, hours: i64) -> Incident {
    Incident::new(number, "Nobody can sign in").with(|state| {
        state.lifecycle = Lifecycle::Resolved;
        state.major = true;
        state.moments.resolved = Some(at(hours));
    })
}

fn tell(sql: &mut dyn Sql, incidents: &[Incident]) -> Result<(), Failure> {
    let parts: Vec<_> = incidents.iter().map(Incident::recorded).collect();
    let mut head = lock_head(sql)?;
    record(sql, &mut head, &parts).map(drop)
}

fn everyone() -> Scope {
    Scope::common(person(0))
}

fn with_security() -> Scope {
    Scope { teams: BTreeSet::from([team(2)]), ..everyone() }
}

fn opened(sql: &mut dyn Sql, incident: i64) -> Result<Review, Failure> {
    let number = reviews::next_number(sql)?;
    let review = Review::of(number, IncidentNumber(incident), NOW);
    assert!(reviews::insert(sql, &review)?);
    Ok(review)
}

fn action(id: u128, review: ReviewNumber, words: &str) -> Action {
    Action::of(ActionId(Uuid::from_u128(id)), review, words, NOW.plus_seconds(id as i64))
}

fn settled(store: &Store, incidents: &[Incident]) {
    write(store, |sql| {
        settle(sql)?;
        tell(sql, incidents)
    });
}

#[test]
fn a_review_is_kept_whole_and_its_incident_has_one() {
    each_engine("reviews", |store| {
        settled(store, &[over(1, 0)]);
        write(store, |sql| {
            let first = opened(sql, 1)?;
            assert_eq!(first.number, ReviewNumber(1));
            let again = Review::of(reviews::next_number(sql)?, IncidentNumber(1), NOW);
            assert!(!reviews::insert(sql, &again)?, "an incident has one");
            let whole = Review {
                state: ReviewState::InReview,
                owner: Some(person(0)),
                due_at: at(9),
                summary: "It was out.".to_owned(),
                impact: "All".to_owned(),
                factors: vec!["No alert".to_owned(), "One key".to_owned()],
                helped: "Lists".to_owned(),
                hard: "Words".to_owned(),
                lessons: "Watch".to_owned(),
                answers: BTreeMap::from([("money".to_owned(), "Some".to_owned())]),
                picks: vec![Pick { incident: IncidentNumber(1), n: 1, remark: "?".to_owned() }],
                reopened_because: "Wrong".to_owned(),
                published_by: Some(person(2)),
                published_at: Some(at(2)),
                updated_by: Some(person(2)),
                updated_at: at(3),
                ..first.clone()
            };
            assert!(reviews::update(sql, &whole, 1)?);
            assert!(!reviews::update(sql, &whole, 1)?, "it has another version by now");
            let read = reviews::get(sql, first.number)?;
            assert_eq!(read, Some(Review { version: 2, ..whole }));
            assert_eq!(reviews::of_incident(sql, IncidentNumber(1))?, read);
            let known = reviews::of_incidents(sql, &[IncidentNumber(1), IncidentNumber(2)])?;
            assert_eq!(known, BTreeMap::from([(IncidentNumber(1), first.number)]));
            Ok(())
        });
    });
}

#[test]
fn lists_hold_what_is_seen_as_a_whole() {
    each_engine("reviews_scope", |store| {
        let secret = over(2, 0).with(|state| state.confidential_to = Some(team(2)));
        settled(store, &[over(1, 0), secret]);
        write(store, |sql| {
            let (open, hidden) = (opened(sql, 1)?, opened(sql, 2)?);
            reviews::add_action(sql, &action(1, open.number, "Watch it"))?;
            let clustered =
                Action { cluster: Some("c-1".to_owned()), ..action(2, hidden.number, "Lock it") };
            reviews::add_action(sql, &clustered)?;
            let numbers = |sql: &mut dyn Sql, scope: &Scope| -> Result<Vec<i64>, Failure> {
                Ok(reviews::list(sql, scope)?.iter().map(|one| one.review.incident.0).collect())
            };
            assert_eq!(numbers(sql, &everyone())?, [1]);
            assert_eq!(numbers(sql, &with_security())?, [2, 1]);
            let actions = |sql: &mut dyn Sql, scope: &Scope| -> Result<usize, Failure> {
                Ok(reviews::actions(sql, scope, true)?.len())
            };
            assert_eq!((actions(sql, &everyone())?, actions(sql, &with_security())?), (1, 2));
            assert_eq!(reviews::actions_of_cluster(sql, &everyone(), "c-1")?, []);
            assert_eq!(reviews::actions_of_cluster(sql, &with_security(), "c-1")?.len(), 1);
            let listed = reviews::list(sql, &everyone())?;
            assert_eq!((listed[0].actions, listed[0].open_actions), (1, 1));
            assert_eq!((listed[0].title.as_str(), listed[0].major), ("Nobody can sign in", true));
            Ok(())
        });
    });
}

#[test]
fn majors_without_a_review_are_found_since_an_instant() {
    each_engine("reviews_majors", |store| {
        let no_major = over(4, 3).with(|state| state.major = false);
        let open = over(5, 3).with(|state| state.lifecycle = Lifecycle::InProgress);
        let imported = over(6, 3).with(|state| state.channel = Channel::Import);
        settled(store, &[over(1, 3), over(2, -5), over(3, 1), no_major, open, imported]);
        write(store, |sql| {
            let found = reviews::majors_without(sql, NOW, 10)?;
            assert_eq!(found, [IncidentNumber(3), IncidentNumber(1)], "the earliest first");
            opened(sql, 3)?;
            assert_eq!(reviews::majors_without(sql, NOW, 10)?, [IncidentNumber(1)]);
            Ok(())
        });
    });
}

#[test]
fn actions_are_listed_by_their_day() {
    each_engine("review_actions", |store| {
        settled(store, &[over(1, 0)]);
        write(store, |sql| {
            let review = opened(sql, 1)?.number;
            let dated = |id, day| Action {
                due_on: Some(date(2026, 12, day)),
                factor: Some(2),
                owner: Some(person(0)),
                problem: Some(ProblemNumber(7)),
                ..action(id, review, "Do it")
            };
            let whenever = action(1, review, "Whenever");
            let (late, soon) = (dated(2, 20), dated(3, 2));
            for one in [&whenever, &late, &soon] {
                reviews::add_action(sql, one)?;
            }
            let order: Vec<Action> = reviews::actions(sql, &everyone(), false)?
                .into_iter()
                .map(|one| one.action)
                .collect();
            assert_eq!(order, [soon.clone(), late.clone(), whenever.clone()]);
            let done = Action {
                state: ActionState::Done,
                ended_at: Some(at(1)),
                updated_at: at(1),
                ..soon.clone()
            };
            assert!(reviews::update_action(sql, &done, 1)?);
            assert!(!reviews::update_action(sql, &done, 1)?, "it has another version by now");
            assert_eq!(reviews::action(sql, soon.id)?, Some(Action { version: 2, ..done }));
            assert_eq!(reviews::actions(sql, &everyone(), true)?.len(), 2);
            assert_eq!(reviews::actions_of(sql, review)?.len(), 3);
            assert!(late.is_overdue(date(2026, 12, 21)) && !late.is_overdue(date(2026, 12, 20)));
            Ok(())
        });
    });
}

#[test]
fn each_day_is_brought_to_mind_once() {
    each_engine("review_reminders", |store| {
        settled(store, &[over(1, 0)]);
        write(store, |sql| {
            let review = opened(sql, 1)?;
            let owned = Review { owner: Some(person(0)), due_at: at(10), ..review.clone() };
            assert!(reviews::update(sql, &owned, 1)?);
            let due = |sql: &mut dyn Sql, hours: i64| {
                reviews::reviews_to_remind(sql, at(hours), at(hours + 24))
            };
            assert_eq!(due(sql, -20)?, [], "it is not due soon");
            let soon = due(sql, 0)?;
            assert_eq!((soon.len(), soon[0].word), (1, Reminder::ReviewNears));
            assert!(reviews::remind(sql, &soon[0], at(0))?);
            assert!(!reviews::remind(sql, &soon[0], at(0))?, "once");
            assert_eq!(due(sql, 1)?, []);
            let late = due(sql, 11)?;
            assert_eq!((late.len(), late[0].word), (1, Reminder::ReviewOverdue));
            reviews::remind(sql, &late[0], at(11))?;
            assert_eq!(due(sql, 12)?, []);
            let moved = Review { due_at: at(40), version: 2, ..owned };
            assert!(reviews::update(sql, &moved, 2)?);
            assert_eq!(due(sql, 20)?.len(), 1, "another day is told anew");
            let mine = Action {
                owner: Some(person(0)),
                due_on: Some(date(2026, 12, 1)),
                ..action(1, review.number, "Do it")
            };
            reviews::add_action(sql, &mine)?;
            let (today, soon) = (date(2026, 11, 30), date(2026, 12, 2));
            let found: Vec<ToRemind> = reviews::actions_to_remind(sql, today, soon)?;
            assert_eq!((found.len(), found[0].word), (1, Reminder::ActionNears));
            reviews::remind(sql, &found[0], at(12))?;
            assert_eq!(reviews::actions_to_remind(sql, today, soon)?, []);
            let found = reviews::actions_to_remind(sql, date(2026, 12, 2), date(2026, 12, 4))?;
            assert_eq!(found[0].word, Reminder::ActionOverdue);
            let told = sql.query("select word from outbox order by id", &[])?;
            assert_eq!(told.len(), 3, "they are told as everything is");
            Ok(())
        });
    });
}

#[test]
fn incidents_of_a_problem_are_counted_within_the_scope() {
    each_engine("review_effect", |store| {
        let linked = |incident: &Incident| {
            let mut part = incident.recorded();
            let said = Linked {
                kind: LinkKind::Problem,
                target: "PRB-7".to_owned(),
                reverse: false,
                cascade: false,
            };
            let mut event = part.events[0].clone();
            event.n = 2;
            event.body = said.into();
            part.events.push(event);
            part.after.version = 2;
            part
        };
        let secret = over(2, 0).with(|state| state.confidential_to = Some(team(2)));
        let both = [over(1, 0), secret];
        write(store, |sql| {
            settle(sql)?;
            let parts: Vec<_> = both.iter().map(linked).collect();
            let mut head = lock_head(sql)?;
            record(sql, &mut head, &parts)?;
            let problem = ProblemNumber(7);
            let since = NOW.plus_days(-30);
            let count = |sql: &mut dyn Sql, scope: &Scope| -> Result<usize, Failure> {
                Ok(reviews::reported_of_problem(sql, scope, problem, since)?.len())
            };
            assert_eq!((count(sql, &everyone())?, count(sql, &with_security())?), (1, 2));
            assert_eq!(reviews::reported_of_problem(sql, &everyone(), problem, NOW)?, []);
            Ok(())
        });
    });
}
