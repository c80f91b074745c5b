//! Incident models give what nobody has said, once, and overwrite nothing.

use crate::case::{
    Case, Who, category, desktop, inc, kinds, level, network, plain_report, start, task, tunnel,
    vpn, wiki, words,
};
use crate::properties::step;
use crate::sample::{assign, classify, overridden, tag};
use incident::command::{Change, Report};
use incident::models::{Brought, Gives, Model, ModelPart, ModelUse, NewTask};
use incident::{Body, Command, State, fold};
use kernel::limits;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

fn used() -> ModelUse {
    let tasks = (0..2).map(|n| NewTask { task: task(50 + n), title: words(50 + n) }).collect();
    ModelUse { model: tunnel(), brought: Brought { runbook: Some(words(60)), tasks } }
}

fn apply() -> Command {
    Command::ApplyModel(used())
}

fn with_model(report: Report) -> Report {
    Report { model: Some(used()), ..report }
}

/// Changes the model of the case.
fn edit(case: &mut Case, change: impl FnOnce(&mut Model)) {
    let mut model = case.policy.models[0].clone();
    change(&mut model);
    case.policy.models = Arc::new([model]);
}

fn applied(case: &Case, number: i64) -> &incident::event::ModelApplied {
    let found =
        case.records[&inc(number)].events.iter().rev().find_map(|event| match &event.body {
            Body::ModelApplied(data) => Some(&**data),
            _ => None,
        });
    found.unwrap()
}

#[test]
fn a_report_takes_what_it_does_not_say_from_its_model() {
    let case = Case::with(with_model(plain_report()));
    let state = case.state();
    assert_eq!((state.service, state.category), (Some(vpn()), Some(category())));
    assert_eq!((state.impact, state.urgency), (level(1), level(1)));
    assert_eq!((state.priority.get(), state.team), (1, Some(desktop())), "not the service's owner");
    assert!(state.tags.contains("tunnel"));
    assert_eq!(state.fields["site"], "Main");
    assert_eq!(state.tasks.len(), 2);
    assert_eq!(state.models[0].runbook, Some(words(60)));
    let told = kinds(&case.records[&inc(1)].events);
    assert_eq!(told[..4], ["reported", "model_applied", "task_added", "task_added"]);
    assert_eq!(applied(&case, 1).set, ModelPart::ALL.iter().copied().collect());
}

#[test]
fn what_the_reporter_says_wins() {
    let said = Report {
        service: Some(wiki()),
        impact: Some(level(3)),
        team: Some(network()),
        fields: [("site".to_owned(), "Hamburg".to_owned())].into(),
        tags: ["mine".to_owned()].into(),
        ..with_model(plain_report())
    };
    let case = Case::with(said);
    let state = case.state();
    assert_eq!((state.service, state.team), (Some(wiki()), Some(network())));
    assert_eq!((state.impact, state.urgency), (level(3), level(1)));
    assert_eq!(state.fields["site"], "Hamburg");
    assert!(state.tags.contains("mine") && state.tags.contains("tunnel"));
    use ModelPart as P;
    let set = [P::Category, P::Urgency, P::Tags, P::Tasks];
    assert_eq!(applied(&case, 1).set, set.into());
}

#[test]
fn a_report_for_a_person_stays_in_a_team_of_theirs() {
    let said = Report { assignee: Some(Who::Agent.id()), ..with_model(plain_report()) };
    let case = Case::with(said);
    assert_eq!(case.state().team, Some(network()), "the agent is not in the model's team");
}

#[test]
fn a_model_is_applied_to_what_is_there() {
    let mut case = Case::new();
    case.does(Who::Agent, apply());
    let state = case.state();
    assert_eq!((state.service, state.category), (Some(vpn()), Some(category())));
    assert_eq!((state.impact, state.urgency, state.team), (level(1), level(1), Some(desktop())));
    assert_eq!((state.tasks.len(), state.models.len()), (2, 1));
    let refusal = case.refuses(Who::Agent, apply());
    assert_eq!(refusal.code, "nothing_to_change");
}

#[test]
fn what_people_set_stays() {
    let mut case = Case::new();
    case.does(Who::Agent, classify());
    case.does(Who::Agent, assign(Who::Agent));
    case.does(Who::Agent, overridden(2));
    case.does(Who::Agent, tag("mine"));
    let before = case.state().clone();
    edit(&mut case, |model| {
        model.gives.service = Some(wiki());
        model.gives.category = None;
    });
    case.does(Who::Agent, apply());
    let after = case.state();
    assert_eq!(
        (after.service, after.team, after.assignee),
        (before.service, before.team, before.assignee)
    );
    assert_eq!(
        (after.priority, &after.priority_override),
        (before.priority, &before.priority_override)
    );
    assert_eq!(after.fields["site"], "Hamburg");
    assert_eq!(applied(&case, 1).set, [ModelPart::Tags, ModelPart::Tasks].into());
}

#[test]
fn a_second_model_does_not_overrule_the_first() {
    let mut case = Case::with(with_model(plain_report()));
    edit(&mut case, |model| {
        model.version += 1;
        model.gives.impact = Some(level(3));
        model.gives.tasks = vec![];
    });
    let again = ModelUse { brought: Brought { runbook: Some(words(61)), tasks: vec![] }, ..used() };
    case.does(Who::Agent, Command::ApplyModel(again));
    let state = case.state();
    assert_eq!(state.impact, level(1));
    assert_eq!(state.models.len(), 1, "the newer version stands in its place");
    assert_eq!((state.models[0].version, state.models[0].runbook), (2, Some(words(61))));
}

#[test]
fn what_is_out_of_use_is_left_out_and_said() {
    let mut case = Case::empty();
    case.policy.services.remove(&vpn());
    case.policy.categories.clear();
    case.policy.teams.remove(&desktop());
    case.report(Who::Agent, with_model(plain_report()));
    let state = case.state();
    assert_eq!((state.service, state.category, state.team), (None, None, None));
    assert_eq!(state.urgency, level(1), "the rest is given");
    let left: Vec<_> = applied(&case, 1).left_out.keys().copied().collect();
    assert_eq!(left, [ModelPart::Service, ModelPart::Category, ModelPart::Team]);
}

#[test]
fn what_has_no_room_is_left_out() {
    let mut case = Case::empty();
    let tags: BTreeSet<String> = (0..limits::TAGS_PER_INCIDENT).map(|n| format!("t{n}")).collect();
    case.report(Who::Agent, Report { tags: tags.clone(), ..with_model(plain_report()) });
    assert_eq!(case.state().tags, tags);
    assert!(applied(&case, 1).left_out.contains_key(&ModelPart::Tags));
    let mut case = Case::new();
    for n in 0..limits::TASKS_PER_INCIDENT as u128 - 1 {
        let (task, title) = (task(1000 + n), words(0));
        case.does(Who::Agent, Command::AddTask { task, title, assignee: None });
    }
    case.does(Who::Agent, apply());
    assert_eq!(case.state().tasks.len(), limits::TASKS_PER_INCIDENT - 1);
    assert!(applied(&case, 1).left_out.contains_key(&ModelPart::Tasks));
}

#[test]
fn a_team_that_may_not_see_it_does_not_get_it() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::Restrict { team: Some(network()) });
    case.does(Who::Agent, Command::Assign { team: Change::Clear, assignee: Change::Keep });
    case.does(Who::Agent, apply());
    assert_ne!(case.state().team, Some(desktop()));
    assert!(applied(&case, 1).left_out.contains_key(&ModelPart::Team));
}

#[test]
fn requesters_report_with_published_models_alone() {
    let mut case = Case::empty();
    let report = Command::Report(Box::new(with_model(plain_report())));
    let refusal = case.issue(Who::Requester, inc(1), &report).unwrap_err();
    assert_eq!(refusal.field, Some("model"));
    edit(&mut case, |model| model.portal = true);
    case.issue(Who::Requester, inc(1), &report).unwrap();
    assert_eq!(case.state().team, Some(desktop()), "the model may say what requesters may not");
    case.refuses(Who::Requester, apply());
}

#[test]
fn a_model_out_of_use_is_unknown() {
    let mut case = Case::new();
    case.policy.models = [].into();
    assert_eq!(case.refuses(Who::Agent, apply()).field, Some("model"));
}

#[test]
fn a_model_that_could_not_be_applied_is_not_saved() {
    let case = Case::empty();
    let good = case.policy.models[0].clone();
    assert_eq!(good.faults(&case.policy), []);
    let long = "x".repeat(limits::TITLE_CHARS + 1);
    let gives = |change: &dyn Fn(&mut Gives)| {
        let mut model = good.clone();
        change(&mut model.gives);
        model
    };
    let cases = [
        ("name", Model { name: " ".to_owned(), ..good.clone() }),
        ("about", Model { about: "x".repeat(limits::REASON_CHARS + 1), ..good.clone() }),
        ("title", gives(&|gives| gives.title = long.clone())),
        ("title", gives(&|gives| gives.title = "two\nlines".to_owned())),
        ("runbook", gives(&|gives| gives.runbook = "a\0b".to_owned())),
        ("description", gives(&|gives| gives.description = "x".repeat(limits::BODY_CHARS + 1))),
        ("service", gives(&|gives| gives.service = Some(kernel::ServiceId(uuid::Uuid::nil())))),
        ("tags", gives(&|gives| gives.tags = ["two words".to_owned()].into())),
        ("fields", gives(&|gives| gives.fields = [("a b".to_owned(), String::new())].into())),
        (
            "tasks",
            gives(&|gives| {
                gives.tasks = (0..=limits::MODEL_TASKS).map(|n| format!("Step {n}")).collect();
            }),
        ),
        ("tasks.1", gives(&|gives| gives.tasks = vec!["Ring".to_owned(), " ring ".to_owned()])),
        ("tasks.0", gives(&|gives| gives.tasks = vec![" ".to_owned()])),
    ];
    for (field, model) in cases {
        let found: Vec<_> = model.faults(&case.policy).into_iter().map(|it| it.field).collect();
        assert_eq!(found, [field]);
    }
}

/// Whether somebody said impact or urgency, with the report or since.
fn levels_were_set(case: &Case) -> bool {
    let events = &case.records[&inc(1)].events;
    events.iter().any(|event| matches!(event.body, Body::PriorityChanged(_)))
}

fn holds(before: &State, after: &State) {
    assert!(before.service.is_none() || after.service == before.service);
    assert!(before.category.is_none() || after.category == before.category);
    assert!(before.team.is_none() || after.team == before.team);
    assert_eq!((after.assignee, after.title), (before.assignee, before.title));
    assert!(after.tags.is_superset(&before.tags));
    assert!(before.fields.iter().all(|(name, value)| after.fields.get(name) == Some(value)));
    assert_eq!(after.tasks[..before.tasks.len()], before.tasks[..]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn applying_overwrites_nothing_and_replays(
        steps in proptest::collection::vec(step(), 0..25),
        said in (proptest::option::of(1i64..=3), proptest::option::of(1i64..=3)),
    ) {
        let mut case = Case::empty();
        let (impact, urgency) = (said.0.map(level), said.1.map(level));
        case.report(Who::Agent, Report { impact, urgency, ..plain_report() });
        for step in &steps {
            case.now = case.now.plus_micros(step.micros.max(0));
            let number = match step.command {
                Command::Report(_) => inc(case.records.len() as i64 + 1),
                _ => inc(1),
            };
            let _ = case.issue(step.who, number, &step.command);
        }
        let before = case.state().clone();
        let touched = levels_were_set(&case);
        if case.issue(Who::Agent, inc(1), &apply()).is_ok() {
            let after = case.state();
            holds(&before, after);
            prop_assert!(!(touched || impact.is_some()) || after.impact == before.impact);
            prop_assert!(!(touched || urgency.is_some()) || after.urgency == before.urgency);
            prop_assert!(case.issue(Who::Agent, inc(1), &apply()).is_err(), "once");
        }
        let record = &case.records[&inc(1)];
        let replayed = fold(&record.events);
        prop_assert_eq!(replayed.as_ref(), Some(&record.state));
    }

    #[test]
    fn a_report_with_a_model_keeps_what_it_says(
        service in proptest::option::of(prop_oneof![Just(vpn()), Just(wiki())]),
        team in proptest::option::of(prop_oneof![Just(network()), Just(desktop())]),
        levels in (proptest::option::of(1i64..=3), proptest::option::of(1i64..=3)),
    ) {
        let said = Report {
            service, team,
            impact: levels.0.map(level),
            urgency: levels.1.map(level),
            ..with_model(plain_report())
        };
        let case = Case::with(said.clone());
        let state = case.state();
        prop_assert!(service.is_none() || state.service == service);
        prop_assert!(team.is_none() || state.team == team);
        prop_assert_eq!(state.impact, said.impact.unwrap_or(level(1)));
        prop_assert_eq!(state.urgency, said.urgency.unwrap_or(level(1)));
        prop_assert_eq!(state.priority, case.policy.matrix.priority(state.impact, state.urgency));
        prop_assert_eq!(state.reported_at, start());
    }
}
