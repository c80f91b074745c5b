//! Rules as they are kept, on each engine.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write, writer};
use incident::impact::Subject;
use incident::rules::{Action, Fact, Moment, Rule, Wait};
use kernel::{CalendarId, RecomputationId, RuleId, Timestamp};
use std::collections::BTreeSet;
use store::Failure;
use store::directory::recomputations::{Progress, Recomputation};
use store::directory::{recomputations, rules};
use uuid::Uuid;

fn rule(n: u128, on: Moment, wait: Option<Wait>) -> Rule {
    Rule {
        id: RuleId(Uuid::from_u128(n)),
        name: format!("Rule {n}"),
        place: n as i64,
        active: true,
        on: BTreeSet::from([on]),
        wait,
        when: "priority:P1".to_owned(),
        actions: vec![Action::Comment { body: "Näher ansehen".to_owned() }],
        stop: n == 1,
        version: 1,
    }
}

#[test]
fn rules_come_back_as_they_were_in_their_order() {
    each_engine("rules", |store| {
        let calendar = Some(CalendarId(Uuid::from_u128(9)));
        let wait = Wait { fact: Fact::Unanswered, seconds: 43_200, calendar };
        let first = rule(1, Moment::Reported, None);
        let second = rule(2, Moment::Waited, Some(wait));
        write(store, |sql| {
            rules::insert(sql, &first)?;
            rules::insert(sql, &second)
        });
        let same = Rule { id: RuleId(Uuid::from_u128(3)), ..first.clone() };
        let same = writer(store).transaction(|sql| rules::insert(sql, &same));
        assert!(matches!(same, Err(Failure::Exists(_))));
        write(store, |sql| {
            assert_eq!(rules::list(sql)?, [first.clone(), second.clone()]);
            let shorter = Rule { wait: Some(Wait { calendar: None, ..wait }), ..second.clone() };
            assert!(rules::update(sql, &shorter, 1)?);
            assert!(!rules::update(sql, &shorter, 1)?, "it is in its second version");
            assert_eq!(rules::by_name(sql, "RULE 2")?, Some(Rule { version: 2, ..shorter }));
            rules::put_at(sql, second.id, 1)?;
            let names = rules::list(sql)?.into_iter().map(|rule| rule.name);
            assert_eq!(names.collect::<Vec<_>>(), ["Rule 2", "Rule 1"]);
            assert!(rules::delete(sql, second.id)?);
            assert_eq!(rules::list(sql)?, std::slice::from_ref(&first), "it moved up");
            Ok(())
        });
    });
}

#[test]
fn the_job_of_a_rule_is_known_as_one() {
    each_engine("rule_jobs", |store| {
        let now = Timestamp::from_micros(1_790_000_000_000_000);
        let job = Recomputation {
            id: RecomputationId(Uuid::from_u128(1)),
            subject: Subject::Rule(RuleId(Uuid::from_u128(2))),
            name: "Left alone".to_owned(),
            version: 1,
            not_before: now,
            created_at: now,
            started_at: None,
            finished_at: None,
            progress: Progress::default(),
        };
        write(store, |sql| {
            recomputations::insert(sql, &job)?;
            assert_eq!(recomputations::get(sql, job.id)?.as_ref(), Some(&job));
            Ok(())
        });
    });
}
