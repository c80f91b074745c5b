//! Whatever anybody does in whatever order, the invariants hold.

use crate::case::{
    Case, Who, above, category, desktop, inc, level, network, plain_report, task, vpn, wiki, words,
};
use crate::invariants::check_at_rest;
use crate::sample::{outage, update as update_id};
use incident::command::{Change, Related, Report};
use incident::conduct::{Audiences, Degree, RoomKind};
use incident::policy::MajorTargets;
use incident::rating::Score;
use incident::state::{HoldReason, IncidentRole, LinkKind, UpdatePhase};
use incident::{Command, CommandName, RefusalKind, Visibility};
use kernel::{AttachmentId, IncidentNumber, Priority, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

fn who() -> impl Strategy<Value = Who> {
    // People who work come more often than others, or nothing would ever happen.
    let mut all = Who::ALL.to_vec();
    all.extend([Who::Agent, Who::Agent, Who::Requester, Who::Requester, Who::Manager]);
    select(all)
}

fn number() -> impl Strategy<Value = IncidentNumber> {
    (1i64..=4).prop_map(inc)
}

fn content() -> impl Strategy<Value = kernel::ContentId> {
    (0u128..6).prop_map(words)
}

fn instant() -> impl Strategy<Value = Timestamp> {
    // Around the start, finer than a second.
    (-3_600_000_000i64..40 * 86_400_000_000)
        .prop_map(|micros| crate::case::start().plus_micros(micros))
}

fn change<T: std::fmt::Debug + Clone + 'static>(
    values: Vec<T>,
) -> impl Strategy<Value = Change<T>> {
    prop_oneof![Just(Change::Keep), Just(Change::Clear), select(values).prop_map(Change::Set)]
}

fn maybe<S: Strategy>(inner: S) -> impl Strategy<Value = Option<S::Value>>
where
    S::Value: std::fmt::Debug,
{
    proptest::option::of(inner)
}

fn people() -> Vec<kernel::PersonId> {
    vec![Who::Agent.id(), Who::Desktop.id(), Who::Responder.id(), Who::Auditor.id()]
}

fn target() -> impl Strategy<Value = String> {
    prop_oneof![
        number().prop_map(|number| number.to_string()),
        Just("PRB-3".to_owned()),
        Just("CHG-1".to_owned())
    ]
}

fn visibility() -> impl Strategy<Value = Visibility> {
    select(vec![Visibility::Public, Visibility::Internal])
}

fn tags() -> impl Strategy<Value = std::collections::BTreeSet<String>> {
    proptest::collection::btree_set(
        select(vec!["vpn".to_owned(), "vip".to_owned(), "bad tag".to_owned()]),
        0..3,
    )
}

fn report() -> impl Strategy<Value = Command> {
    let levels =
        (maybe((1i64..=3).prop_map(level)), maybe((1i64..=3).prop_map(level)), maybe(0u32..200));
    let places = (
        maybe(select(vec![vpn(), wiki()])),
        maybe(select(vec![network(), desktop()])),
        maybe(select(people())),
        maybe(select(vec![network()])),
    );
    let relatives = (maybe(number()), maybe(number()), maybe(instant()), tags());
    (levels, places, relatives, select(vec![Who::Requester.id(), Who::Agent.id()])).prop_map(
        |(
            (impact, urgency, affected),
            (service, team, assignee, confidential_to),
            relatives,
            requester,
        )| {
            let (parent, follow_up_of, detected_at, tags) = relatives;
            Command::Report(Box::new(Report {
                requester,
                service,
                category: None,
                impact,
                urgency,
                affected,
                team,
                assignee,
                detected_at,
                tags,
                // One relation a report: the small desk loads one other incident.
                follow_up_of: follow_up_of.filter(|_| parent.is_none()),
                parent,
                confidential_to,
                ..plain_report()
            }))
        },
    )
}

fn describing() -> impl Strategy<Value = Command> {
    let fields = proptest::collection::btree_map(
        select(vec!["site".to_owned(), "floor".to_owned()]),
        maybe(select(vec!["a".to_owned(), "b".to_owned()])),
        0..3,
    );
    prop_oneof![
        (
            maybe(content()),
            change(vec![vpn(), wiki()]),
            change(vec![category()]),
            fields,
            maybe(0u32..50)
        )
            .prop_map(|(title, service, category, fields, affected)| Command::Classify {
                title,
                service,
                category,
                fields,
                affected
            }),
        (maybe((1i64..=3).prop_map(level)), maybe((1i64..=3).prop_map(level))).prop_map(
            |(impact, urgency)| Command::Prioritise {
                impact,
                urgency,
                priority: None,
                reason: None
            }
        ),
        (maybe(select(Priority::ALL.to_vec())), maybe(content())).prop_map(|(priority, reason)| {
            Command::Prioritise { impact: None, urgency: None, priority, reason }
        }),
        (change(vec![network(), desktop()]), change(people()))
            .prop_map(|(team, assignee)| Command::Assign { team, assignee }),
        (tags(), tags()).prop_map(|(add, remove)| Command::Tag { add, remove }),
        Just(crate::sample::of(CommandName::ApplyModel)),
        maybe(select(vec![network(), desktop()])).prop_map(|team| Command::Restrict { team }),
        (maybe(select(vec![network(), desktop()])), maybe(select(people())), content())
            .prop_map(|(team, manager, reason)| Command::Escalate { team, manager, reason }),
    ]
}

fn living() -> impl Strategy<Value = Command> {
    let resolve =
        (select(vec!["fixed", "duplicate", "magic"]), content(), maybe(content()), any::<bool>())
            .prop_map(|(code, note, cause, children)| Command::Resolve {
                code: code.to_owned(),
                note,
                cause,
                known_error: None,
                children,
            });
    prop_oneof![
        3 => Just(Command::Acknowledge),
        4 => (select(HoldReason::ALL), maybe(instant()), maybe(content()))
            .prop_map(|(reason, until, note)| Command::Hold { reason, until, note }),
        3 => Just(Command::Resume),
        1 => select(vec![Command::Mitigate { children: false }, Command::Restore { children: false }]),
        4 => resolve,
        2 => Just(Command::Confirm),
        2 => content().prop_map(|note| Command::Dispute { note }),
        1 => (1i64..=5, maybe(content())).prop_map(|(score, note)| Command::Rate {
            score: Score::new(score).unwrap(),
            note
        }),
        1 => content().prop_map(|note| Command::Reopen { note }),
        2 => Just(Command::NotAReopening),
        1 => Just(Command::Close),
        1 => content().prop_map(|reason| Command::Cancel { reason }),
    ]
}

fn relating() -> impl Strategy<Value = Command> {
    prop_oneof![
        (select(LinkKind::ALL), target(), maybe(any::<bool>()))
            .prop_map(|(kind, target, cascade)| Command::Link { kind, target, cascade }),
        (number(), maybe(any::<bool>())).prop_map(|(parent, cascade)| Command::Link {
            kind: LinkKind::Parent,
            target: parent.to_string(),
            cascade
        }),
        (select(LinkKind::ALL), target())
            .prop_map(|(kind, target)| Command::Unlink { kind, target }),
        number().prop_map(|into| Command::Merge { into }),
        Just(Command::Unmerge),
        (1u32..30).prop_map(|n| Command::Undo { n }),
    ]
}

fn saying() -> impl Strategy<Value = Command> {
    let file =
        (0u128..3, content(), visibility()).prop_map(|(n, name, visibility)| Command::Attach {
            attachment: AttachmentId(Uuid::from_u128(n)),
            name,
            size_bytes: 10,
            media_type: "text/plain".to_owned(),
            visibility,
        });
    let update = (content(), select(UpdatePhase::ALL), maybe(instant()), maybe(instant()))
        .prop_map(|(body, phase, expected, next_update)| Command::PublishUpdate {
            body,
            phase,
            expected,
            next_update,
            title: None,
            audiences: None,
        });
    prop_oneof![
        6 => (content(), visibility()).prop_map(|(body, visibility)| Command::Comment { body, visibility }),
        1 => file,
        1 => update,
        1 => (maybe(instant()), maybe(instant()), maybe(instant()))
            .prop_map(|(at, low, high)| Command::SetExpectedResolution { at, low, high, reason: None }),
        1 => content().prop_map(|content| Command::Redact { content }),
    ]
}

fn working() -> impl Strategy<Value = Command> {
    prop_oneof![
        (0u128..3, content(), maybe(select(people())))
            .prop_map(|(n, title, assignee)| Command::AddTask { task: task(n), title, assignee }),
        (0u128..3).prop_map(|n| Command::CompleteTask { task: task(n) }),
        (0u128..3).prop_map(|n| Command::ReopenTask { task: task(n) }),
        (0u32..100_000, maybe(content()))
            .prop_map(|(seconds, note)| Command::LogWork { seconds, note }),
        (select(IncidentRole::ALL), maybe(select(people())))
            .prop_map(|(role, person)| Command::GiveRole { role, person }),
        maybe(content()).prop_map(|reason| Command::DeclareMajor { reason }),
        maybe(content()).prop_map(|reason| Command::StandDown { reason }),
        maybe(select(people())).prop_map(|person| Command::Watch { person }),
        maybe(select(people())).prop_map(|person| Command::Unwatch { person }),
    ]
}

fn audiences() -> impl Strategy<Value = Audiences> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(requesters, status_page, chat)| {
        Audiences { requesters, status_page, chat, ..Audiences::default() }
    })
}

fn conducting() -> impl Strategy<Value = Command> {
    let soon =
        || (0i64..4 * 3_600_000_000).prop_map(|micros| crate::case::start().plus_micros(micros));
    let ends =
        || prop_oneof![Just(Change::Keep), Just(Change::Clear), soon().prop_map(Change::Set)];
    let update =
        || (content(), select(UpdatePhase::ALL), maybe(soon()), maybe(content()), audiences());
    let draft = ((0u128..3).prop_map(update_id), update()).prop_map(
        |(update, (body, phase, next_update, title, audiences))| Command::DraftUpdate {
            update,
            title,
            body,
            phase,
            expected: None,
            next_update,
            audiences,
        },
    );
    prop_oneof![
        2 => maybe(content()).prop_map(|reason| Command::ProposeMajor { reason }),
        1 => maybe(content()).prop_map(|reason| Command::DeclineMajor { reason }),
        4 => maybe(content()).prop_map(|reason| Command::DeclareMajor { reason }),
        2 => (select(IncidentRole::ALL), select(people()))
            .prop_map(|(role, to)| Command::HandOver { role, to }),
        2 => select(IncidentRole::ALL).prop_map(|role| Command::AcceptRole { role }),
        1 => select(IncidentRole::ALL).prop_map(|role| Command::DeclineRole { role }),
        2 => (proptest::collection::vec(select(people()), 0..3),
              proptest::collection::vec(select(vec![network(), desktop()]), 0..2), maybe(content()))
            .prop_map(|(people, teams, note)| Command::CallResponders { people, teams, note }),
        1 => (any::<bool>(), maybe(content()))
            .prop_map(|(coming, note)| Command::AnswerCall { coming, note }),
        1 => (select(RoomKind::ALL), maybe(content()))
            .prop_map(|(kind, address)| Command::SetRoom { kind, address }),
        1 => maybe(content()).prop_map(|statement| Command::StateImpact { statement }),
        3 => ((0u128..4).prop_map(outage), select(vec![vpn(), wiki()]), select(Degree::ALL), soon(),
              maybe(soon()))
            .prop_map(|(outage, service, degree, started_at, ended_at)| Command::RecordOutage {
                outage, service, degree, started_at, ended_at
            }),
        3 => ((0u128..4).prop_map(outage), maybe(select(Degree::ALL)), maybe(soon()), ends())
            .prop_map(|(outage, degree, started_at, ended_at)| Command::ChangeOutage {
                outage, degree, started_at, ended_at
            }),
        1 => ((0u128..4).prop_map(outage), content())
            .prop_map(|(outage, reason)| Command::RemoveOutage { outage, reason }),
        2 => update().prop_map(|(body, phase, next_update, title, audiences)| Command::PublishUpdate {
            body, phase, expected: None, next_update, title, audiences: Some(audiences)
        }),
        2 => draft,
        1 => (0u128..3).prop_map(|n| Command::ApproveUpdate { update: update_id(n) }),
        1 => ((0u128..3), content())
            .prop_map(|(n, reason)| Command::RejectUpdate { update: update_id(n), reason }),
    ]
}

fn promising() -> impl Strategy<Value = Command> {
    let told = vec![Who::Requester.id(), Who::Manager.id(), Who::Stranger.id()];
    let kinds = incident::clocks::ClockKind::ALL.to_vec();
    let soon =
        || (0i64..3 * 86_400_000_000).prop_map(|micros| crate::case::start().plus_micros(micros));
    prop_oneof![
        2 => (maybe(soon()), maybe(select(told)), maybe(content()))
            .prop_map(|(at, to, reason)| Command::Promise { at, to, reason }),
        1 => (select(kinds), content(), select(people()))
            .prop_map(|(clock, reason, owner)| Command::ExplainBreach { clock, reason, owner }),
        3 => (1u32..40, maybe((soon(), soon())), content()).prop_map(|(n, span, reason)| {
            let (from, to) = (span.map(|(a, b)| a.min(b)), span.map(|(a, b)| a.max(b)));
            Command::CorrectPause { n, from, to, reason }
        }),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        1 => report(),
        5 => describing(),
        8 => living(),
        4 => relating(),
        5 => saying(),
        2 => working(),
        3 => promising(),
        5 => conducting(),
        2 => Just(Command::Tick),
        1 => select(crate::terms::subjects()).prop_map(|subject| Command::Recompute { subject }),
        2 => crate::alerts::any_news().prop_map(Command::TakeAlerts),
    ]
}

fn any_command() -> impl Strategy<Value = Command> {
    let related = prop_oneof![
        number().prop_map(|child| Related::ChildAdded { child }),
        number().prop_map(|child| Related::ChildRemoved { child }),
        select(vec![Related::ParentStarted, Related::MainEnded]),
        (0..200_i64).prop_map(|seconds| Related::ParentReturned {
            taken_at: crate::case::start().plus_seconds(seconds),
        }),
        number().prop_map(|from| Related::MergeReceived { from }),
        number().prop_map(|from| Related::MergeWithdrawn { from }),
        (select(LinkKind::ALL), number())
            .prop_map(|(kind, from)| Related::LinkedBack { kind, from }),
        (select(LinkKind::ALL), number())
            .prop_map(|(kind, from)| Related::UnlinkedBack { kind, from }),
    ];
    prop_oneof![4 => command(), 1 => related.prop_map(Command::Note)]
}

/// One step: time passes, somebody wishes something, perhaps the timers ring.
#[derive(Debug, Clone)]
pub struct Step {
    pub who: Who,
    pub number: IncidentNumber,
    pub command: Command,
    pub micros: i64,
    pub late_micros: Option<i64>,
    pub rings: bool,
}

pub fn step() -> impl Strategy<Value = Step> {
    let pause = prop_oneof![
        3 => 0i64..120_000_000,
        3 => 0i64..7_200_000_000,
        1 => 0i64..(7 * 86_400_000_000),
        // A clock that was set back.
        1 => -60_000_000i64..0,
    ];
    (who(), number(), command(), pause, maybe(0i64..600_000_000), any::<bool>()).prop_map(
        |(who, number, command, micros, late_micros, rings)| Step {
            who,
            number,
            command,
            micros,
            late_micros,
            rings,
        },
    )
}

/// Plays a step; what is refused is refused for good reasons.
pub fn play(case: &mut Case, step: &Step) {
    case.now = case.now.plus_micros(step.micros);
    case.happened_at = step.late_micros.map(|late| case.now.plus_micros(-late));
    let before = case.records.clone();
    // A report goes to the next number, everything else to one that may not exist.
    let number = match step.command {
        Command::Report(_) => inc(case.records.len() as i64 + 1),
        _ => step.number,
    };
    if let Err(refusal) = case.issue(step.who, number, &step.command) {
        assert_eq!(case.records, before, "a refusal changes nothing");
        assert!(!refusal.message.is_empty());
        if refusal.kind == RefusalKind::State {
            for name in &refusal.allowed {
                assert_not_out_of_state(case, step.who, number, *name);
            }
        }
        if refusal.kind == RefusalKind::Invalid {
            assert!(refusal.field.is_some());
        }
    }
    if step.rings {
        case.happened_at = None;
        let numbers: Vec<_> = case.records.keys().copied().collect();
        for number in numbers {
            case.issue(Who::System, number, &Command::Tick).unwrap();
            check_at_rest(&case.records[&number], &case.policy, case.now);
        }
    }
}

/// A command that is named as allowed is not refused for the state.
fn assert_not_out_of_state(case: &Case, who: Who, number: IncidentNumber, name: CommandName) {
    let mut case = case.clone();
    if let Err(refusal) = case.issue(who, number, &crate::sample::of(name)) {
        assert_ne!(refusal.code, "not_in_this_state", "{name} was said to be allowed");
        if name != CommandName::Restrict {
            assert_ne!(
                refusal.kind,
                RefusalKind::Forbidden,
                "{who:?} {name} was said to be allowed"
            );
        }
    }
}

fn check_relations(case: &Case) {
    for (number, record) in &case.records {
        for child in &record.state.children {
            assert_eq!(case.records[child].state.parent, Some(*number), "both sides say so");
        }
        for part in &record.state.parts {
            assert_eq!(case.records[part].state.merged_into, Some(*number));
        }
        if let Some(main) = record.state.merged_into.map(|main| &case.records[&main].state) {
            let open = record.state.lifecycle.is_open();
            assert!(!open || main.lifecycle.is_open(), "{number} is hidden in what is over");
            assert_eq!(record.state.confidential_to, main.confidential_to, "{number} as a part");
        }
        if let Some(parent) = record.state.parent {
            assert!(case.records[&parent].state.children.contains(number));
        }
        if let Some(main) = record.state.merged_into {
            assert!(case.records[&main].state.parts.contains(number));
        }
        assert!(!above(&case.records, *number).contains(number), "a circle above {number}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_commands_keeps_the_invariants(
        terms in 0usize..3,
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let mut case = Case::empty();
        crate::terms::vary(&mut case, terms);
        case.report(Who::Requester, plain_report());
        case.report(Who::Agent, Report { impact: Some(level(1)), urgency: Some(level(1)), ..plain_report() });
        case.report(Who::Requester, plain_report());
        for step in &steps {
            play(&mut case, step);
            check_relations(&case);
        }
    }

    #[test]
    fn whoever_conducts_majors_keeps_the_invariants(
        first_notice in 60u32..7_200,
        cadence in 60u32..7_200,
        approval in any::<bool>(),
        steps in proptest::collection::vec((conducting(), step()), 1..40),
    ) {
        let mut case = Case::empty();
        case.agree(|agreement| {
            let cadence_seconds = Priority::ALL.into_iter().map(|p| (p, cadence)).collect();
            let first_notice_seconds = Some(first_notice);
            agreement.majors =
                Some(MajorTargets { first_notice_seconds, cadence_seconds, approval });
        });
        case.report(Who::Agent, Report { service: Some(vpn()), ..plain_report() });
        for (conducts, other) in steps {
            play(&mut case, &Step { command: conducts, number: inc(1), ..other.clone() });
            play(&mut case, &other);
        }
    }

    #[test]
    fn rare_rings_and_frequent_rings_come_to_the_same_breaches(
        instants in proptest::collection::btree_set(1i64..900_000, 0..20),
        command in living(),
    ) {
        let breaches = |case: &Case| {
            let clocks = &case.state().clocks;
            clocks.iter().map(|clock| (clock.kind, clock.breached_at, clock.first_breached_at)).collect::<Vec<_>>()
        };
        let mut rare = Case::at_priority(1, 1);
        let _ = rare.issue(Who::Agent, inc(1), &command);
        let mut often = rare.clone();
        for second in instants {
            often.now = crate::case::start().plus_seconds(second);
            often.tick();
        }
        for case in [&mut rare, &mut often] {
            case.now = crate::case::start().plus_seconds(1_000_000);
            case.tick();
        }
        prop_assert_eq!(breaches(&rare), breaches(&often));
        prop_assert_eq!(rare.life(), often.life());
    }

    #[test]
    fn any_command_reads_back(command in any_command()) {
        let json = serde_json::to_string(&command).unwrap();
        prop_assert_eq!(serde_json::from_str::<Command>(&json).unwrap(), command);
    }
}
