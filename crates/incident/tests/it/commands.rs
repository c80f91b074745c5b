//! Classification, priority, people, tasks and time: the commands that are no state.

use crate::case::{
    Case, Who, category, desktop, level, network, plain_report, policy, start, task, vpn, wiki,
    words,
};
use crate::sample::{assign, assign_team, classify, overridden, tag, urgent};
use incident::command::{Change, Report};
use incident::state::IncidentRole;
use incident::{Command, CommandName, Lifecycle, RefusalKind};
use kernel::limits;

#[test]
fn the_default_impact_is_the_services_raised_by_the_people_affected() {
    let cases = [
        (None, None, 3),
        (None, Some(9), 3),
        (None, Some(10), 2),
        (None, Some(100), 1),
        (Some(vpn()), None, 2),
        (Some(vpn()), Some(5), 2),
        (Some(vpn()), Some(500), 1),
        (Some(wiki()), None, 3),
        (Some(wiki()), Some(50), 2),
    ];
    for (service, affected, impact) in cases {
        let case = Case::with(Report { service, affected, ..plain_report() });
        assert_eq!(case.state().impact, level(impact), "{service:?} {affected:?}");
        assert_eq!(case.state().urgency, level(2));
    }
    assert_eq!(Case::new().state().priority.get(), 4, "a bare report is P4");
}

#[test]
fn a_report_goes_to_the_owner_of_its_service() {
    let case = Case::with(Report { service: Some(vpn()), ..plain_report() });
    assert_eq!(case.state().team, Some(network()));
    let case = Case::with(Report { assignee: Some(Who::Desktop.id()), ..plain_report() });
    assert_eq!(case.state().team, Some(desktop()), "or to the team of its assignee");
    let mut case = Case::new();
    case.does(Who::Agent, classify());
    assert_eq!(case.state().team, Some(network()), "or when the service is known");
}

#[test]
fn a_report_of_unknown_things_is_refused_by_field() {
    let nowhere = uuid::Uuid::from_u128(1);
    let late = start().plus_seconds(1);
    let cases: [(&str, Report); 9] = [
        ("requester", Report { requester: kernel::PersonId(nowhere), ..plain_report() }),
        ("service", Report { service: Some(kernel::ServiceId(nowhere)), ..plain_report() }),
        ("category", Report { category: Some(kernel::CategoryId(nowhere)), ..plain_report() }),
        ("team", Report { team: Some(kernel::TeamId(nowhere)), ..plain_report() }),
        ("assignee", Report { assignee: Some(Who::Auditor.id()), ..plain_report() }),
        ("detected_at", Report { detected_at: Some(late), ..plain_report() }),
        ("tags", Report { tags: ["two words".to_owned()].into(), ..plain_report() }),
        ("parent", Report { parent: Some(crate::case::inc(9)), ..plain_report() }),
        (
            "fields",
            Report {
                fields: (0..=limits::CUSTOM_FIELDS)
                    .map(|n| (format!("f{n}"), String::new()))
                    .collect(),
                ..plain_report()
            },
        ),
    ];
    for (field, report) in cases {
        let mut case = Case::empty();
        let command = Command::Report(Box::new(report));
        let refusal = case.issue(Who::Agent, crate::case::inc(1), &command).unwrap_err();
        assert_eq!((refusal.kind, refusal.field), (RefusalKind::Invalid, Some(field)));
        assert!(case.records.is_empty());
    }
}

#[test]
fn what_is_confidential_from_the_start_goes_to_its_team_alone() {
    let hidden =
        Report { confidential_to: Some(network()), service: Some(wiki()), ..plain_report() };
    let case = Case::with(hidden.clone());
    assert_eq!(case.state().team, Some(network()));
    for (field, report) in [
        ("team", Report { team: Some(desktop()), ..hidden.clone() }),
        ("assignee", Report { assignee: Some(Who::Desktop.id()), ..hidden }),
    ] {
        let mut case = Case::empty();
        let command = Command::Report(Box::new(report));
        let refusal = case.issue(Who::Agent, crate::case::inc(1), &command).unwrap_err();
        assert_eq!(refusal.field, Some(field));
    }
}

#[test]
fn an_override_keeps_the_computed_priority_and_asks_why() {
    let mut case = Case::new();
    let silent = Command::Prioritise {
        impact: None,
        urgency: None,
        priority: Some(kernel::Priority::ALL[0]),
        reason: None,
    };
    assert_eq!(case.refuses(Who::Agent, silent).field, Some("reason"));
    case.does(Who::Agent, overridden(1));
    assert_eq!(case.state().priority.get(), 1);
    assert_eq!(case.state().priority_override.as_ref().unwrap().computed.get(), 4);
    case.does(Who::Agent, urgent());
    assert_eq!(case.state().priority_override, None, "the matrix speaks again");
    assert_eq!(case.refuses(Who::Agent, urgent()).code, "nothing_to_change");
    let both = Command::Prioritise {
        impact: Some(level(1)),
        urgency: None,
        priority: Some(kernel::Priority::ALL[0]),
        reason: Some(words(1)),
    };
    assert_eq!(case.refuses(Who::Agent, both).field, Some("priority"));
    let none = Command::Prioritise { impact: None, urgency: None, priority: None, reason: None };
    assert_eq!(case.refuses(Who::Agent, none).field, Some("impact"));
}

#[test]
fn fields_are_counted_as_they_will_be() {
    let set = |fields: Vec<(String, Option<&str>)>| Command::Classify {
        title: None,
        service: Change::Keep,
        category: Change::Keep,
        fields: fields.into_iter().map(|(name, value)| (name, value.map(str::to_owned))).collect(),
        affected: None,
    };
    let mut case = Case::new();
    let full = (0..limits::CUSTOM_FIELDS).map(|n| (format!("f{n}"), Some("a"))).collect();
    case.does(Who::Agent, set(full));
    case.does(Who::Agent, set(vec![("f0".into(), Some("b"))]));
    let more = set(vec![("more".into(), Some("a"))]);
    assert_eq!(case.refuses(Who::Agent, more).field, Some("fields"));
    case.does(Who::Agent, set(vec![("f1".into(), None), ("more".into(), Some("a"))]));
    assert_eq!(case.state().fields.len(), limits::CUSTOM_FIELDS);
    let odd = set(vec![("drop table".into(), Some("a"))]);
    assert_eq!(case.refuses(Who::Agent, odd).field, Some("fields"));
    let same = set(vec![("f0".into(), Some("b"))]);
    assert_eq!(case.refuses(Who::Agent, same).code, "nothing_to_change");
}

#[test]
fn classifying_can_clear() {
    let mut case = Case::new();
    case.does(Who::Agent, classify());
    assert_eq!((case.state().service, case.state().category), (Some(vpn()), Some(category())));
    case.does(
        Who::Agent,
        Command::Classify {
            title: None,
            service: Change::Clear,
            category: Change::Clear,
            fields: Default::default(),
            affected: None,
        },
    );
    assert_eq!((case.state().service, case.state().category), (None, None));
}

#[test]
fn tags_are_words_and_not_many() {
    let mut case = Case::new();
    for bad in ["", "two words", &"x".repeat(limits::TAG_CHARS + 1), "<b>"] {
        assert_eq!(case.refuses(Who::Agent, tag(bad)).field, Some("tags"), "{bad:?}");
    }
    for n in 0..limits::TAGS_PER_INCIDENT {
        case.does(Who::Agent, tag(&format!("t{n}")));
    }
    assert_eq!(case.refuses(Who::Agent, tag("more")).kind, RefusalKind::Limit);
    assert_eq!(case.refuses(Who::Agent, tag("t0")).code, "nothing_to_change");
    let swap = Command::Tag { add: ["more".into()].into(), remove: ["t0".into()].into() };
    case.does(Who::Agent, swap);
    assert_eq!(case.state().tags.len(), limits::TAGS_PER_INCIDENT);
}

#[test]
fn another_team_keeps_the_assignee_only_as_one_of_theirs() {
    let mut case = Case::new();
    case.does(Who::Desktop, assign(Who::Desktop));
    assert_eq!(case.state().team, Some(desktop()), "the team of whoever has it");
    case.does(Who::Desktop, assign_team());
    assert_eq!((case.state().team, case.state().assignee), (Some(network()), None));
}

#[test]
fn only_active_people_who_work_on_incidents_get_them() {
    let mut case = Case::new();
    for who in [Who::Requester, Who::Auditor] {
        assert_eq!(case.refuses(Who::Agent, assign(who)).field, Some("assignee"), "{who:?}");
    }
    case.policy.staff.get_mut(&Who::Desktop.id()).unwrap().active = false;
    assert_eq!(case.refuses(Who::Agent, assign(Who::Desktop)).field, Some("assignee"));
    let neither = Command::Assign { team: Change::Keep, assignee: Change::Keep };
    assert_eq!(case.refuses(Who::Agent, neither).field, Some("team"));
}

#[test]
fn restricting_takes_it_from_whoever_may_not_see_it() {
    let mut case = Case::new();
    case.does(Who::Desktop, assign(Who::Desktop));
    case.does(Who::Agent, Command::Restrict { team: Some(network()) });
    assert_eq!((case.state().team, case.state().assignee), (Some(network()), None));
    let outside = [
        assign(Who::Desktop),
        Command::Assign { team: Change::Set(desktop()), assignee: Change::Keep },
        Command::Escalate { team: Some(desktop()), manager: None, reason: words(1) },
        Command::Escalate { team: None, manager: Some(Who::Manager.id()), reason: words(1) },
        Command::GiveRole { role: IncidentRole::Scribe, person: Some(Who::Desktop.id()) },
        Command::AddTask { task: task(1), title: words(1), assignee: Some(Who::Desktop.id()) },
        Command::Watch { person: Some(Who::Desktop.id()) },
    ];
    for command in outside {
        let refusal = case.refuses(Who::Agent, command.clone());
        assert_eq!(refusal.kind, RefusalKind::Invalid, "{command:?}");
    }
    case.does(Who::Agent, assign(Who::Responder));
    case.does(Who::Agent, Command::Restrict { team: None });
    assert_eq!(case.state().confidential_to, None);
}

#[test]
fn escalating_brings_in_a_team_and_a_manager() {
    let mut case = Case::new();
    case.does(Who::Agent, assign(Who::Agent));
    case.does(
        Who::Agent,
        Command::Escalate {
            team: Some(desktop()),
            manager: Some(Who::Manager.id()),
            reason: words(1),
        },
    );
    assert_eq!((case.state().team, case.state().assignee), (Some(desktop()), None));
    assert!(case.state().watchers.contains(&Who::Manager.id()));
    let again = Command::Escalate { team: Some(desktop()), manager: None, reason: words(1) };
    assert_eq!(case.refuses(Who::Agent, again).field, Some("team"));
    let nobody = Command::Escalate { team: None, manager: None, reason: words(1) };
    assert_eq!(case.refuses(Who::Agent, nobody).field, Some("team"));
}

#[test]
fn tasks_are_ticked_and_unticked() {
    let mut case = Case::new();
    let add = |n| Command::AddTask { task: task(n), title: words(1), assignee: None };
    case.does(Who::Agent, add(1));
    assert_eq!(case.refuses(Who::Agent, add(1)).field, Some("task"));
    assert_eq!(
        case.refuses(Who::Agent, Command::CompleteTask { task: task(2) }).field,
        Some("task")
    );
    assert_eq!(
        case.refuses(Who::Agent, Command::ReopenTask { task: task(1) }).code,
        "nothing_to_change"
    );
    case.does(Who::Agent, Command::CompleteTask { task: task(1) });
    assert_eq!(case.state().tasks[0].done_at, Some(case.now));
    case.does(Who::Agent, Command::ReopenTask { task: task(1) });
    assert_eq!((case.state().tasks[0].done_at, &case.state().tasks[0].done_by), (None, &None));
    for n in 2..=limits::TASKS_PER_INCIDENT as u128 {
        case.does(Who::Agent, add(n));
    }
    assert_eq!(case.refuses(Who::Agent, add(9_999)).kind, RefusalKind::Limit);
}

#[test]
fn time_spent_adds_up_by_person() {
    let mut case = Case::new();
    let log = |seconds| Command::LogWork { seconds, note: None };
    case.does(Who::Agent, log(900)).does(Who::Desktop, log(60)).does(Who::Agent, log(86_400));
    assert_eq!(case.state().work_seconds[&Who::Agent.id().to_string()], 87_300);
    for seconds in [0, 86_401] {
        assert_eq!(case.refuses(Who::Agent, log(seconds)).field, Some("seconds"));
    }
}

#[test]
fn watchers_come_and_go() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::Watch { person: None });
    case.does(Who::Agent, Command::Watch { person: Some(Who::Stranger.id()) });
    assert_eq!(case.refuses(Who::Agent, Command::Watch { person: None }).code, "nothing_to_change");
    case.does(Who::Stranger, Command::Unwatch { person: None });
    assert_eq!(case.state().watchers, [Who::Agent.id()].into());
    let unknown = kernel::PersonId(uuid::Uuid::from_u128(1));
    let refusal = case.refuses(Who::Agent, Command::Watch { person: Some(unknown) });
    assert_eq!(refusal.field, Some("person"));
}

#[test]
fn a_major_incident_is_declared_and_stood_down_once() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::DeclareMajor { reason: None });
    let again = case.refuses(Who::Agent, Command::DeclareMajor { reason: None });
    assert!(again.allowed.contains(&CommandName::StandDown));
    case.does(Who::Agent, Command::StandDown { reason: None });
    assert!(!case.state().major);
    let give = |person| Command::GiveRole { role: IncidentRole::Commander, person };
    case.does(Who::Agent, give(Some(Who::Manager.id())));
    assert_eq!(case.refuses(Who::Agent, give(Some(Who::Manager.id()))).code, "nothing_to_change");
    case.does(Who::Agent, give(None));
    assert!(case.state().roles.is_empty());
}

#[test]
fn a_full_timeline_can_still_be_ended_and_forgotten() {
    let mut case = Case::new();
    let record = case.records.get_mut(&crate::case::inc(1)).unwrap();
    record.state.version = limits::EVENTS_PER_INCIDENT;
    let full = record.state.clone();
    let policy = policy();
    let people = case.people.clone();
    let decide = |state, command: &Command| {
        let viewer = Who::Manager.viewer();
        let facts = incident::Facts {
            number: Some(crate::case::inc(1)),
            viewer: viewer.as_ref(),
            actor: Who::Manager.actor(),
            channel: kernel::Channel::Web,
            origin: incident::Origin::Live,
            happened_at: None,
            batch: None,
            policy: &policy,
            people: &people,
            other: None,
            above_other: &[],
            undo: &[],
            timeline: &[],
            turns: &Default::default(),
            article: false,
            follow_up: None,
            derived: None,
        };
        incident::decide(Some(state), command, &facts, start())
    };
    let refusal = decide(&full, &crate::sample::comment()).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Limit);
    let redacted = decide(&full, &Command::Redact { content: words(0) }).unwrap();
    assert_eq!(redacted.events.len(), 1);
    let hidden = decide(&full, &Command::Restrict { team: Some(network()) }).unwrap();
    assert_eq!(hidden.state.unwrap().confidential_to, Some(network()));
    let resolved = decide(&full, &crate::sample::resolve()).unwrap();
    assert_eq!(resolved.state.unwrap().lifecycle, Lifecycle::Resolved);
}
