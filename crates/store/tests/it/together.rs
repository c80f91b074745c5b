//! Macros as they are kept and found, and how long people were at work.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use incident::Visibility;
use incident::macros::{Deed, Macro, Owner};
use incident::state::HoldReason;
use kernel::{IncidentNumber, Language, MacroId, PersonId, TeamId, Timestamp};
use std::collections::BTreeSet;
use store::attention::{Attention, add, forget, forget_all, of_incident};
use store::directory::{Person, Team, macros, people, teams};
use uuid::Uuid;

const START: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

fn team() -> TeamId {
    TeamId(Uuid::from_u128(50))
}

fn one(number: u128, name: &str, owner: Owner) -> Macro {
    Macro {
        id: MacroId(Uuid::from_u128(100 + number)),
        name: name.to_owned(),
        owner,
        visibility: Visibility::Public,
        words: "Dear {requester.first_name}".to_owned(),
        by_language: [(Language::De, "Hallo".to_owned())].into(),
        commands: vec![
            Deed::Tag { add: BTreeSet::from(["site".to_owned()]) },
            Deed::Hold { reason: HoldReason::Requester, seconds: Some(600) },
        ],
        uses: 0,
        version: 1,
    }
}

fn names(found: Vec<Macro>) -> Vec<String> {
    found.into_iter().map(|one| one.name).collect()
}

#[test]
fn macros_come_back_as_they_were_kept_for_those_whose_they_are() {
    each_engine("macros", |store| {
        write(store, |sql| {
            for number in [1, 2] {
                people::insert(sql, &Person::new(person(number), "Somebody", None, START), None)?;
            }
            let network = Team {
                id: team(),
                name: "Network".into(),
                description: "".into(),
                active: true,
                calendar: None,
                assignment: Default::default(),
                by_skill: false,
                escalation: None,
                version: 1,
            };
            teams::insert(sql, &network)?;
            teams::add_member(sql, team(), person(1))?;
            let all = [
                one(1, "mine", Owner::Person(person(1))),
                one(2, "Theirs", Owner::Person(person(2))),
                one(3, "Network", Owner::Team(team())),
                one(4, "all", Owner::Everybody),
            ];
            for one in &all {
                macros::insert(sql, one, START)?;
            }
            assert_eq!(macros::count(sql)?, 4);
            assert_eq!(macros::get(sql, all[0].id)?.as_ref(), Some(&all[0]));
            assert_eq!(names(macros::of_person(sql, person(1))?), ["all", "mine", "Network"]);
            assert_eq!(names(macros::of_person(sql, person(2))?), ["all", "Theirs"]);
            assert_eq!(names(macros::shared(sql)?), ["all", "Network"]);
            assert!(macros::seen_by(sql, all[2].id, person(1))?.is_some());
            for hidden in [&all[0], &all[2]] {
                assert_eq!(macros::seen_by(sql, hidden.id, person(2))?, None, "{}", hidden.name);
            }
            macros::used(sql, all[0].id)?;
            let mine = macros::get(sql, all[0].id)?.unwrap();
            assert_eq!((mine.uses, mine.version), (1, 1), "that is no change of it");
            let given = Macro { owner: Owner::Everybody, commands: vec![], ..mine };
            assert!(macros::update(sql, &given, 1)?);
            assert!(!macros::update(sql, &given, 1)?, "the version moved on");
            let now = macros::get(sql, given.id)?.unwrap();
            assert_eq!(now, Macro { version: 2, ..given });
            assert!(macros::delete(sql, now.id)? && !macros::delete(sql, now.id)?);
            Ok(())
        });
    });
}

#[test]
fn time_at_work_adds_up_by_person_and_is_forgotten() {
    each_engine("attention", |store| {
        write(store, |sql| {
            let number = IncidentNumber(7);
            let more = |number, who: u128, seconds| Attention {
                number,
                person: person(who),
                seconds,
                last_at: START.plus_seconds(seconds),
            };
            add(sql, &more(number, 1, 60))?;
            add(sql, &more(number, 1, 90))?;
            add(sql, &more(number, 2, 15))?;
            add(sql, &more(IncidentNumber(8), 1, 5))?;
            let found = of_incident(sql, number)?;
            assert_eq!(found.iter().map(|one| one.seconds).collect::<Vec<_>>(), [150, 15]);
            assert_eq!(found[0].last_at, START.plus_seconds(90));
            assert!(forget(sql, number, person(1))? && !forget(sql, number, person(1))?);
            assert_eq!(of_incident(sql, number)?.len(), 1);
            assert_eq!(of_incident(sql, IncidentNumber(8))?.len(), 1);
            forget_all(sql)?;
            assert!(of_incident(sql, number)?.is_empty());
            Ok(())
        });
    });
}
