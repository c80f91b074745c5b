//! Who may do what, as a table: the default is deny.

use crate::case::{Case, Who, company, desktop, network, plain_report};
use crate::sample;
use incident::command::Report;
use incident::permissions::{KNOWN_OUTAGE_TAG, granted, is_known_outage, may, may_refer};
use incident::{
    Access, Command, CommandName, Lifecycle, RefusalKind, Scope, State, Subject, TokenScope, Viewer,
};
use kernel::{Role, TeamId};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// How one command is answered: y granted, n refused, - as if there were no incident.
fn answer(viewer: &Viewer, state: &State, command: &Command) -> char {
    match may(viewer, Some(state), command) {
        Ok(()) => 'y',
        Err(refusal) if refusal.kind == RefusalKind::NotFound => '-',
        Err(refusal) => {
            assert_eq!(refusal.kind, RefusalKind::Forbidden);
            'n'
        }
    }
}

const PEOPLE: [Who; 10] = [
    Who::Requester,
    Who::Colleague,
    Who::Stranger,
    Who::Agent,
    Who::Desktop,
    Who::Responder,
    Who::Manager,
    Who::Administrator,
    Who::Auditor,
    Who::AgentAndAuditor,
];

fn row(state: &State, command: &Command) -> String {
    let letters = PEOPLE.map(|who| answer(&who.viewer().unwrap(), state, command));
    letters.iter().collect()
}

/// The commands that are alike for rights.
fn families() -> Vec<(&'static str, Vec<Command>)> {
    use CommandName as C;
    let many = |names: &[CommandName]| names.iter().copied().map(sample::of).collect::<Vec<_>>();
    vec![
        ("public words", vec![sample::comment(), sample::attach(1)]),
        ("internal words", vec![sample::note()]),
        ("confirm, dispute, rate", many(&[C::Confirm, C::Dispute, C::Rate])),
        ("cancel", many(&[C::Cancel])),
        (
            "work",
            many(&[
                C::Acknowledge,
                C::Hold,
                C::Resume,
                C::Resolve,
                C::Close,
                C::Reopen,
                C::NotAReopening,
                C::Mitigate,
                C::Restore,
                C::Classify,
                C::Prioritise,
                C::Assign,
                C::Escalate,
                C::Link,
                C::Unlink,
                C::Merge,
                C::Unmerge,
                C::ProposeMajor,
                C::StandDown,
                C::HandOver,
                C::AcceptRole,
                C::DeclineRole,
                C::CallResponders,
                C::AnswerCall,
                C::SetRoom,
                C::StateImpact,
                C::RecordOutage,
                C::ChangeOutage,
                C::RemoveOutage,
                C::DraftUpdate,
                C::RejectUpdate,
                C::GiveRole,
                C::AddTask,
                C::ApplyModel,
                C::CompleteTask,
                C::ReopenTask,
                C::LogWork,
                C::PublishUpdate,
                C::SetExpectedResolution,
                C::Watch,
                C::Tag,
                C::Undo,
            ]),
        ),
        ("decide about majors", many(&[C::DeclareMajor, C::DeclineMajor])),
        ("approve updates", many(&[C::ApproveUpdate])),
        ("erase", many(&[C::Redact])),
        ("stop watching", vec![Command::Unwatch { person: None }]),
        ("restrict to network", vec![Command::Restrict { team: Some(network()) }]),
        ("lift", vec![Command::Restrict { team: None }]),
        ("the product's own", many(&[C::Tick, C::Note])),
    ]
}

fn check(state: &State, expected: &[(&str, &str)]) {
    let families = families();
    assert_eq!(families.len(), expected.len());
    for ((name, commands), (expected_name, letters)) in families.iter().zip(expected) {
        assert_eq!(name, expected_name);
        for command in commands {
            assert_eq!(row(state, command), *letters, "{name}: {}", command.name());
        }
    }
}

#[test]
fn an_open_incident() {
    let case = Case::new();
    // Requester, Colleague, Stranger, Agent, Desktop, Responder, Manager, Administrator,
    // Auditor, Agent and auditor.
    check(
        case.state(),
        &[
            ("public words", "yn-yyyyyny"),
            ("internal words", "nn-yyyyyny"),
            ("confirm, dispute, rate", "yn-yyyyyny"),
            ("cancel", "yn-yyyyyny"),
            ("work", "nn-yyyyyny"),
            ("decide about majors", "nn-yynyyny"),
            ("approve updates", "nn-nnnyynn"),
            ("erase", "nn-nnnyynn"),
            ("stop watching", "yy-yyyyyny"),
            ("restrict to network", "nn-ynyyynn"),
            ("lift", "nn-yyyyyny"),
            ("the product's own", "nnnnnnnnnn"),
        ],
    );
}

#[test]
fn an_incident_that_is_worked_on_is_not_cancelled_by_its_requester() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::Acknowledge);
    assert_eq!(row(case.state(), &sample::cancel()), "nn-yyyyyny");
}

#[test]
fn a_confidential_incident() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::Watch { person: Some(Who::Stranger.id()) });
    case.does(Who::Agent, Command::Restrict { team: Some(network()) });
    check(
        case.state(),
        &[
            ("public words", "y--y-y--nn"),
            ("internal words", "n--y-y--nn"),
            ("confirm, dispute, rate", "y--y-y--nn"),
            ("cancel", "y--y-y--nn"),
            ("work", "n--y-y--nn"),
            ("decide about majors", "n--y-n--nn"),
            ("approve updates", "n--n-n--nn"),
            ("erase", "n--n-n--nn"),
            ("stop watching", "y--y-y--nn"),
            ("restrict to network", "n--y-y--nn"),
            ("lift", "n--y-y--nn"),
            ("the product's own", "nnnnnnnnnn"),
        ],
    );
}

#[test]
fn the_requester_who_works_for_the_provider_is_outside_what_is_confidential_to_others() {
    let mut case = Case::with(Report { requester: Who::Desktop.id(), ..plain_report() });
    case.does(Who::Agent, Command::Restrict { team: Some(network()) });
    let desktop = Who::Desktop.viewer().unwrap();
    assert_eq!(Scope::of(&desktop).access(&Subject::from(case.state())), Access::Public);
    assert_eq!(answer(&desktop, case.state(), &sample::comment()), 'y');
    assert_eq!(answer(&desktop, case.state(), &sample::note()), 'n');
}

#[test]
fn an_auditor_is_a_requester_of_their_own() {
    let mut case = Case::empty();
    case.report(Who::Auditor, Report { requester: Who::Auditor.id(), ..plain_report() });
    assert_eq!(answer(&Who::Auditor.viewer().unwrap(), case.state(), &sample::comment()), 'y');
    let other = Command::Report(Box::new(plain_report()));
    assert!(may(&Who::Auditor.viewer().unwrap(), None, &other).is_err());
}

#[test]
fn requesters_report_for_themselves_and_set_what_is_theirs() {
    let report = |report: Report| Command::Report(Box::new(report));
    let asks = |who: Who, wish: Report| may(&who.viewer().unwrap(), None, &report(wish)).is_ok();
    assert!(asks(
        Who::Requester,
        Report { urgency: Some(crate::case::level(1)), ..plain_report() }
    ));
    assert!(!asks(Who::Stranger, plain_report()), "for somebody else");
    assert!(asks(Who::Agent, sample::full_report()), "the desk does both");
    for beyond in [
        Report { impact: Some(crate::case::level(1)), ..plain_report() },
        Report { team: Some(network()), ..plain_report() },
        Report { assignee: Some(Who::Agent.id()), ..plain_report() },
        Report { confidential_to: Some(network()), ..plain_report() },
    ] {
        assert!(!asks(Who::Requester, beyond));
    }
    assert!(may(&Who::Agent.viewer().unwrap(), None, &Command::Acknowledge).is_err());
}

#[test]
fn a_token_narrows_and_never_widens() {
    let case = Case::new();
    let with = |who: Who, scope| Viewer { scope, ..who.viewer().unwrap() };
    let report = Command::Report(Box::new(plain_report()));
    for scope in [TokenScope::Intake, TokenScope::Read, TokenScope::Write, TokenScope::Admin] {
        let agent = with(Who::Agent, scope);
        let works = scope >= TokenScope::Write;
        assert_eq!(may(&agent, Some(case.state()), &sample::comment()).is_ok(), works, "{scope:?}");
        assert_eq!(may(&agent, None, &report).is_ok(), scope != TokenScope::Read, "{scope:?}");
        let access = Scope::of(&agent).access(&Subject::from(case.state()));
        let expected = if scope == TokenScope::Intake { Access::None } else { Access::Full };
        assert_eq!(access, expected);
        assert!(may(&with(Who::Stranger, scope), None, &report).is_err(), "{scope:?}");
        assert_eq!(
            CommandName::ALL.iter().any(|name| granted(&agent, case.state())(*name)),
            works,
            "{scope:?}"
        );
    }
}

#[test]
fn what_is_granted_is_what_is_answered() {
    let open = Case::new();
    let mut hidden = Case::new();
    hidden.does(Who::Agent, Command::Restrict { team: Some(network()) });
    for state in [open.state(), hidden.state()] {
        for who in PEOPLE {
            let viewer = who.viewer().unwrap();
            for name in
                CommandName::ALL.iter().copied().filter(|name| *name != CommandName::Unwatch)
            {
                let granted = granted(&viewer, state)(name);
                let command = match name {
                    CommandName::Report => continue,
                    CommandName::Restrict => Command::Restrict { team: state.confidential_to },
                    _ => sample::of(name),
                };
                let answered = answer(&viewer, state, &command) == 'y';
                assert_eq!(granted, answered, "{who:?} {name}");
            }
        }
    }
}

fn roles() -> impl Strategy<Value = BTreeSet<Role>> {
    proptest::collection::btree_set(proptest::sample::select(Role::ALL), 0..4)
}

fn teams() -> impl Strategy<Value = BTreeSet<TeamId>> {
    proptest::collection::btree_set(proptest::sample::select(vec![network(), desktop()]), 0..3)
}

fn somebody() -> impl Strategy<Value = Viewer> {
    let people = proptest::sample::select(vec![Who::Requester, Who::Stranger, Who::Agent]);
    let scopes = proptest::sample::select(vec![
        TokenScope::Intake,
        TokenScope::Read,
        TokenScope::Write,
        TokenScope::Admin,
    ]);
    (people, roles(), teams(), any::<bool>(), scopes).prop_map(
        |(who, roles, teams, sees, scope)| Viewer {
            person: who.id(),
            name: String::new(),
            roles,
            teams,
            organisation: sees.then(company),
            scope,
        },
    )
}

fn something() -> impl Strategy<Value = Subject> {
    let team = proptest::option::of(proptest::sample::select(vec![network(), desktop()]));
    (any::<bool>(), team, any::<bool>()).prop_map(|(company_known, confidential_to, watched)| {
        Subject {
            requester: Who::Requester.id(),
            organisation: company_known.then(company),
            confidential_to,
            watchers: watched.then(|| Who::Stranger.id()).into_iter().collect(),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn another_role_team_or_scope_never_hides(
        viewer in somebody(),
        subject in something(),
        role in proptest::sample::select(Role::ALL),
        team in proptest::sample::select(vec![network(), desktop()]),
    ) {
        let access = |viewer: &Viewer| Scope::of(viewer).access(&subject);
        let before = access(&viewer);
        let mut more = viewer.clone();
        more.roles.insert(role);
        prop_assert!(access(&more) >= before);
        let mut more = viewer.clone();
        more.teams.insert(team);
        prop_assert!(access(&more) >= before);
        let more = Viewer { scope: TokenScope::Admin, ..viewer.clone() };
        prop_assert!(access(&more) >= before);
        let more = Viewer { organisation: Some(company()), ..viewer.clone() };
        prop_assert!(access(&more) >= before);
    }

    #[test]
    fn what_is_confidential_is_seen_by_its_team_its_requester_and_auditors_alone(
        viewer in somebody(),
        subject in something(),
    ) {
        let Some(team) = subject.confidential_to else { return Ok(()) };
        let within = viewer.is_staff() && viewer.teams.contains(&team);
        let may = within || viewer.person == subject.requester || viewer.has(&[Role::Auditor]);
        let access = Scope::of(&viewer).access(&subject);
        prop_assert!(may || access == Access::None);
        prop_assert!(within || viewer.has(&[Role::Auditor]) || access <= Access::Public);
    }

    #[test]
    fn nobody_without_a_role_sees_what_is_internal(viewer in somebody(), subject in something()) {
        let requester = Viewer { roles: BTreeSet::new(), ..viewer };
        prop_assert!(Scope::of(&requester).access(&subject) <= Access::Public);
    }
}

#[test]
fn a_company_hears_of_its_own_outages_and_of_everybodys() {
    let quiet = Case::new().state().clone();
    let ours = State { major: true, ..quiet.clone() };
    let told = State { tags: [KNOWN_OUTAGE_TAG.to_owned()].into(), ..quiet.clone() };
    let everybodys = State { organisation: None, ..ours.clone() };
    for (state, us, others) in [
        (&quiet, false, false),
        (&ours, true, false),
        (&told, true, false),
        (&everybodys, true, true),
        (&State { confidential_to: Some(network()), ..ours.clone() }, false, false),
        (&State { lifecycle: Lifecycle::Resolved, ..ours.clone() }, false, false),
        (&State { merged_into: Some(crate::case::inc(9)), ..ours.clone() }, false, false),
    ] {
        assert_eq!(is_known_outage(state, Some(company())), us);
        assert_eq!(is_known_outage(state, None), others);
    }
    let stranger = Who::Stranger.viewer().unwrap();
    assert!(may_refer(&stranger, None, &everybodys, true));
    assert!(!may_refer(&stranger, None, &everybodys, false), "it is not theirs to follow up");
    assert!(!may_refer(&stranger, None, &ours, true));
    assert!(may_refer(&Who::Requester.viewer().unwrap(), None, &quiet, false));
}

#[test]
fn nobody_makes_everybody_hear_of_their_own_report() {
    let tags = [KNOWN_OUTAGE_TAG.to_owned()].into();
    let requester = Who::Requester.viewer().unwrap();
    let report = Report { requester: requester.person, tags, ..plain_report() };
    let command = Command::Report(Box::new(report));
    assert!(may(&requester, None, &command).is_err());
    assert!(may(&Who::Agent.viewer().unwrap(), None, &command).is_ok());
}
