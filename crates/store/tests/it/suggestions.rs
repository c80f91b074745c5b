//! Past incidents that tell something, models, and what became of suggestions.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{Incident, NOW, category, person, service, settle, store_all, team};
use incident::Lifecycle;
use incident::state::Resolution;
use kernel::{Channel, ContentId, IncidentNumber};
use std::collections::BTreeMap;
use store::suggestions::{
    Outcome, Suggested, Suggestion, Trained, decide, keep, last_number, new_after, of_incident,
    outcomes, settle as settle_by_itself, show, telling, trained, undecided, undismiss, versions,
};

fn shown(number: i64, value: &str) -> Suggestion {
    Suggestion {
        number: IncidentNumber(number),
        field: Suggested::Team,
        value: value.to_owned(),
        probability: 861,
        model: 3,
        standing: None,
        shown_at: Some(NOW),
        outcome: None,
        at: None,
        by: None,
    }
}

fn resolved(by: Option<kernel::PersonId>) -> Resolution {
    let note = ContentId(uuid::Uuid::from_u128(77));
    Resolution { code: "fixed".to_owned(), note, cause: None, known_error: None, by }
}

#[test]
fn what_a_person_let_stand_tells_and_what_is_confidential_does_not() {
    each_engine("suggestions_telling", |store| {
        let over = |number: i64, by| {
            Incident::new(number, "No VPN").with(|state| {
                state.lifecycle = Lifecycle::Resolved;
                state.resolution = Some(resolved(by));
                state.service = Some(service(0));
                state.category = Some(category(1));
                state.team = Some(team(0));
            })
        };
        write(store, |sql| {
            settle(sql)?;
            let all = [
                over(1, Some(person(0))),
                over(2, None),
                over(3, Some(person(0))).with(|state| state.confidential_to = Some(team(0))),
                over(4, None).with(|state| state.channel = Channel::Import),
                over(5, Some(person(0))).with(|state| state.lifecycle = Lifecycle::Cancelled),
                Incident::new(6, "Open").with(|state| state.team = Some(team(1))),
            ];
            store_all(sql, &all)?;
            let (found, next) = telling(sql, IncidentNumber(i64::MAX), 50)?;
            assert_eq!(next, None);
            let numbers: Vec<i64> = found.iter().map(|one| one.number.0).collect();
            assert_eq!(numbers, [4, 1], "nobody let the second stand, nobody set the sixth");
            let first = &found[1];
            assert_eq!((first.title.as_str(), first.service), ("No VPN", Some(service(0))));
            let values = BTreeMap::from([
                (Suggested::Service, service(0).to_string()),
                (Suggested::Category, category(1).to_string()),
                (Suggested::Team, team(0).to_string()),
                (Suggested::Priority, "P4".to_owned()),
            ]);
            assert_eq!(first.values, values);
            let (page, next) = telling(sql, IncidentNumber(5), 2)?;
            assert_eq!((page.len(), next), (1, Some(IncidentNumber(3))), "it goes on below");
            assert_eq!(last_number(sql)?, IncidentNumber(6));
            assert_eq!(new_after(sql, IncidentNumber(0), 10)?, [IncidentNumber(6)]);
            Ok(())
        });
    });
}

#[test]
fn what_was_shown_is_kept_once_and_confidential_ones_are_not_counted() {
    each_engine("suggestions_shown", |store| {
        write(store, |sql| {
            settle(sql)?;
            let all = [
                Incident::new(1, "First").with(|state| state.team = Some(team(0))),
                Incident::new(2, "Second").with(|state| state.confidential_to = Some(team(0))),
                Incident::new(3, "Third"),
            ];
            store_all(sql, &all)?;
            let (one, other) = (team(0).to_string(), team(1).to_string());
            for number in 1..=3 {
                show(sql, &shown(number, &one))?;
            }
            show(sql, &shown(3, &other))?;
            assert_eq!(of_incident(sql, IncidentNumber(3))?, [shown(3, &other)], "it changed");
            let open = undecided(sql, IncidentNumber(0), 2)?;
            assert_eq!(open.len(), 2);
            assert_eq!((open[0].stands.as_ref(), open[0].is_open), (Some(&one), true));
            assert_eq!(open[1].stands, None);
            let later = Some(NOW.plus_seconds(60));
            let outcome = Some(Outcome::Accepted);
            for number in 1..=2 {
                // It was first shown before it was decided.
                let shown_at = later;
                decide(sql, &Suggestion { outcome, at: later, shown_at, ..shown(number, &one) })?;
            }
            let kept = of_incident(sql, IncidentNumber(1))?;
            assert_eq!(
                (kept[0].outcome, kept[0].shown_at, kept[0].at),
                (outcome, Some(NOW), later)
            );
            show(sql, &shown(1, &other))?;
            assert_eq!(of_incident(sql, IncidentNumber(1))?, kept, "what is decided stays");
            let counted = outcomes(sql)?;
            let mut expected =
                vec![(Suggested::Team, one, outcome, 1), (Suggested::Team, other, None, 1)];
            expected.sort();
            assert_eq!(counted, expected, "the confidential one is no part of it");
            Ok(())
        });
    });
}

#[test]
fn what_a_person_decided_is_not_settled_again() {
    each_engine("suggestions_settled", |store| {
        write(store, |sql| {
            settle(sql)?;
            store_all(sql, &[Incident::new(1, "First"), Incident::new(2, "Second")])?;
            let (one, other) = (team(0).to_string(), team(1).to_string());
            let over = |number: i64, value: &str, outcome| Suggestion {
                outcome: Some(outcome),
                at: Some(NOW.plus_seconds(60)),
                ..shown(number, value)
            };
            for number in 1..=2 {
                show(sql, &shown(number, &one))?;
            }
            // Looked at by the loop before somebody dismissed it, and written after.
            let dismissed = Suggestion { by: Some(person(0)), ..over(1, &one, Outcome::Dismissed) };
            decide(sql, &dismissed)?;
            settle_by_itself(sql, &over(1, &one, Outcome::Ignored))?;
            assert_eq!(of_incident(sql, IncidentNumber(1))?, [dismissed]);
            assert!(undismiss(sql, IncidentNumber(1), Suggested::Team)?);
            assert_eq!(of_incident(sql, IncidentNumber(1))?, [shown(1, &one)]);
            assert!(!undismiss(sql, IncidentNumber(1), Suggested::Team)?, "nobody does now");
            // Another one is shown by now: of that nothing is known yet.
            show(sql, &shown(2, &other))?;
            settle_by_itself(sql, &over(2, &one, Outcome::Accepted))?;
            assert_eq!(of_incident(sql, IncidentNumber(2))?, [shown(2, &other)]);
            let settled = over(2, &other, Outcome::Ignored);
            settle_by_itself(sql, &settled)?;
            assert_eq!(of_incident(sql, IncidentNumber(2))?, [settled]);
            Ok(())
        });
    });
}

#[test]
fn of_two_models_the_later_one_is_kept() {
    each_engine("suggestions_models", |store| {
        write(store, |sql| {
            let model = |version: i64| Trained {
                field: Suggested::Category,
                version,
                reader: 1,
                trained_at: NOW,
                history: 300,
                summary: "{}".to_owned(),
                body: vec![0, 255, version as u8],
            };
            assert!(keep(sql, &model(1))? && keep(sql, &model(3))?);
            assert!(!keep(sql, &model(3))?, "another node was first");
            assert!(!keep(sql, &model(2))?);
            assert_eq!(trained(sql)?, [model(3)]);
            assert_eq!(versions(sql)?, BTreeMap::from([(Suggested::Category, 3)]));
            Ok(())
        });
    });
}
