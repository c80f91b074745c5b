//! What must be known before somebody resolves an incident, and who is not asked.

use crate::alerts::news;
use crate::case::{Case, Who, category, plain_report, words};
use crate::properties::{play, step};
use crate::sample::resolve;
use incident::command::{Change, Report};
use incident::policy::{Closure, Given};
use incident::state::LinkKind;
use incident::{Body, Command, Lifecycle, Origin, RefusalKind};
use proptest::prelude::*;
use std::collections::BTreeMap;

const ALL: Closure = Closure { category: true, cause: true, knowledge: true };

fn needing(closure: Closure) -> Case {
    let mut case = Case::new();
    case.policy.closure = closure;
    case
}

fn with(cause: bool, known_error: Option<&str>) -> Command {
    Command::Resolve {
        code: "fixed".into(),
        note: words(1),
        cause: cause.then(|| words(2)),
        known_error: known_error.map(str::to_owned),
        children: false,
    }
}

fn classified() -> Command {
    Command::Classify {
        title: None,
        service: Change::Keep,
        category: Change::Set(category()),
        fields: BTreeMap::new(),
        affected: None,
    }
}

fn link(kind: LinkKind, target: &str) -> Command {
    Command::Link { kind, target: target.into(), cascade: None }
}

#[test]
fn all_that_is_missing_is_named_at_once_and_nothing_happens() {
    let mut case = needing(ALL);
    let refusal = case.refuses(Who::Agent, resolve());
    assert_eq!((refusal.kind, refusal.code), (RefusalKind::Invalid, "closure_incomplete"));
    assert_eq!(refusal.field, Some("category"));
    assert_eq!(refusal.missing, ["category", "cause", "known_error"]);
    assert_eq!(
        refusal.message,
        "before it is resolved, set its category; say its cause, or link the problem behind it; \
         name the known error or the article that was used"
    );
    assert_eq!(case.life(), Lifecycle::New);
    case.does(Who::Agent, classified());
    assert_eq!(case.refuses(Who::Agent, resolve()).missing, ["cause", "known_error"]);
    assert_eq!(case.refuses(Who::Agent, with(true, None)).missing, ["known_error"]);
    case.does(Who::Agent, with(true, Some("PRB-3")));
    assert_eq!(case.life(), Lifecycle::Resolved);
}

#[test]
fn links_and_articles_count_as_what_is_known() {
    let mut linked = needing(Closure { category: false, ..ALL });
    linked.does(Who::Agent, link(LinkKind::Problem, "PRB-3")).does(Who::Agent, resolve());
    let mut caused = needing(Closure { category: false, ..ALL });
    caused.does(Who::Agent, link(LinkKind::CausedBy, "CHG-7"));
    assert_eq!(caused.refuses(Who::Agent, resolve()).missing, ["known_error"]);
    caused.article = true;
    caused.does(Who::Agent, resolve());
    let mut article = needing(Closure { category: false, ..ALL });
    article.article = true;
    assert_eq!(article.refuses(Who::Agent, resolve()).missing, ["cause"]);
}

#[test]
fn nothing_is_needed_as_it_comes() {
    let mut case = Case::new();
    assert_eq!(case.policy.closure, Closure::default());
    case.does(Who::Agent, resolve());
}

#[test]
fn where_nobody_is_there_to_answer_nobody_is_asked() {
    let mut past = Case::empty();
    past.policy.closure = ALL;
    past.origin = Origin::Import;
    past.report(Who::Integration, plain_report());
    past.does(Who::Integration, resolve());
    assert_eq!(past.life(), Lifecycle::Resolved, "another system's past");

    let mut alert = Case::with(Report { alerts: Some(Box::new(news(1, 1))), ..plain_report() });
    alert.policy.closure = ALL;
    alert.wait(60).does(Who::System, Command::TakeAlerts(news(0, 1)));
    assert_eq!(alert.life(), Lifecycle::Resolved, "it was over by itself");

    let mut family = needing(Closure { category: true, ..Closure::default() });
    family.report(Who::Requester, plain_report());
    family.does(Who::Agent, classified());
    family.does_on(Who::Agent, 2, link(LinkKind::Parent, "INC-1"));
    let below = Command::Resolve {
        code: "fixed".into(),
        note: words(1),
        cause: None,
        known_error: None,
        children: true,
    };
    family.does(Who::Agent, below);
    assert_eq!(family.state_of(2).lifecycle, Lifecycle::Resolved, "its parent was");
    assert_eq!(family.state_of(2).category, None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_somebody_resolves_lacks_nothing(
        category in any::<bool>(),
        cause in any::<bool>(),
        knowledge in any::<bool>(),
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let mut case = Case::empty();
        case.policy.closure = Closure { category, cause, knowledge };
        case.report(Who::Requester, plain_report());
        case.report(Who::Requester, plain_report());
        for step in &steps {
            let before = case.records.clone();
            play(&mut case, step);
            for (number, record) in &case.records {
                let seen = before.get(number).map_or(0, |record| record.events.len());
                for event in &record.events[seen..] {
                    let Body::Resolved(data) = &event.body else { continue };
                    if !event.cause.is_asked() || event.actor.person_id().is_none() {
                        continue;
                    }
                    let given = Given {
                        cause: data.cause.is_some(),
                        known_error: data.known_error.is_some(),
                        article: false,
                    };
                    let missing = case.policy.closure.missing(&record.state, given);
                    prop_assert!(missing.is_empty(), "{number} lacks {missing:?}");
                }
            }
        }
    }
}
