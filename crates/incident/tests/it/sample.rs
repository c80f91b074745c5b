//! One plain instance of every command, with every field set.

use crate::case::{
    Who, category, desktop, inc, level, network, plain_report, start, task, tunnel, vpn, words,
};
use incident::command::{Change, Related, Report};
use incident::conduct::{Audiences, Degree, RoomKind};
use incident::escalation::Whom;
use incident::impact::Subject;
use incident::models::{Brought, ModelUse, NewTask};
use incident::rating::Score;
use incident::reach::Urgency;
use incident::state::{HoldReason, IncidentRole, LinkKind, UpdatePhase};
use incident::{Command, CommandName, Visibility};
use kernel::{AttachmentId, ListId, OutageId, Priority, UpdateId};
use uuid::Uuid;

pub fn comment() -> Command {
    Command::Comment { body: words(1), visibility: Visibility::Public }
}

pub fn note() -> Command {
    Command::Comment { body: words(2), visibility: Visibility::Internal }
}

pub fn hold(reason: HoldReason) -> Command {
    let until = (reason == HoldReason::Scheduled).then(|| start().plus_seconds(30 * 86_400));
    Command::Hold { reason, until, note: None }
}

pub fn resolve() -> Command {
    Command::Resolve {
        code: "fixed".to_owned(),
        note: words(3),
        cause: None,
        known_error: None,
        children: false,
    }
}

pub fn dispute() -> Command {
    Command::Dispute { note: words(4) }
}

pub fn rate(score: i64) -> Command {
    Command::Rate { score: Score::new(score).unwrap(), note: Some(words(26)) }
}

pub fn cancel() -> Command {
    Command::Cancel { reason: words(5) }
}

pub fn attach(n: u128) -> Command {
    Command::Attach {
        attachment: AttachmentId(Uuid::from_u128(0x9000 + n)),
        name: words(6),
        size_bytes: 1_024,
        media_type: "image/png".to_owned(),
        visibility: Visibility::Public,
    }
}

pub fn assign(who: Who) -> Command {
    Command::Assign { team: Change::Keep, assignee: Change::Set(who.id()) }
}

pub fn assign_team() -> Command {
    Command::Assign { team: Change::Set(network()), assignee: Change::Keep }
}

pub fn link(kind: LinkKind, target: &str) -> Command {
    Command::Link { kind, target: target.to_owned(), cascade: None }
}

pub fn urgent() -> Command {
    Command::Prioritise {
        impact: Some(level(1)),
        urgency: Some(level(1)),
        priority: None,
        reason: None,
    }
}

pub fn overridden(priority: i64) -> Command {
    Command::Prioritise {
        impact: None,
        urgency: None,
        priority: Some(Priority::new(priority).unwrap()),
        reason: Some(words(7)),
    }
}

pub fn classify() -> Command {
    Command::Classify {
        title: Some(words(8)),
        service: Change::Set(vpn()),
        category: Change::Set(category()),
        fields: [("site".to_owned(), Some("Hamburg".to_owned())), ("floor".to_owned(), None)]
            .into(),
        affected: Some(12),
    }
}

pub fn tag(word: &str) -> Command {
    Command::Tag { add: [word.to_owned()].into(), remove: Default::default() }
}

pub fn full_report() -> Report {
    Report {
        description: Some(words(9)),
        service: Some(vpn()),
        category: Some(category()),
        impact: Some(level(2)),
        urgency: Some(level(1)),
        affected: Some(40),
        team: Some(network()),
        assignee: Some(Who::Agent.id()),
        detected_at: Some(start().plus_seconds(-600)),
        fields: [("site".to_owned(), "Hamburg".to_owned())].into(),
        tags: ["vpn".to_owned()].into(),
        follow_up_of: Some(inc(7)),
        parent: Some(inc(8)),
        confidential_to: Some(network()),
        ..plain_report()
    }
}

pub fn outage(n: u128) -> OutageId {
    OutageId(Uuid::from_u128(0xc00 + n))
}

pub fn update(n: u128) -> UpdateId {
    UpdateId(Uuid::from_u128(0xd00 + n))
}

/// Everybody whom an update can be for.
pub fn everybody() -> Audiences {
    let lists = [ListId(Uuid::from_u128(0xf01))].into();
    Audiences { requesters: true, lists, status_page: true, chat: true }
}

/// An update with nothing but words.
pub fn plain_update() -> Command {
    Command::PublishUpdate {
        body: words(16),
        phase: UpdatePhase::Investigating,
        expected: None,
        next_update: None,
        title: None,
        audiences: None,
    }
}

/// The sample of a command, by its name.
pub fn of(name: CommandName) -> Command {
    use CommandName as C;
    match name {
        C::Report => Command::Report(Box::new(full_report())),
        C::Classify => classify(),
        C::Prioritise => overridden(2),
        C::Assign => assign(Who::Agent),
        C::Acknowledge => Command::Acknowledge,
        C::Comment => comment(),
        C::Attach => attach(1),
        C::Hold => Command::Hold {
            reason: HoldReason::Scheduled,
            until: Some(start().plus_seconds(86_400)),
            note: Some(words(10)),
        },
        C::Resume => Command::Resume,
        C::Escalate => Command::Escalate {
            team: Some(desktop()),
            manager: Some(Who::Manager.id()),
            reason: words(11),
        },
        C::Link => Command::Link {
            kind: LinkKind::Parent,
            target: "INC-2".to_owned(),
            cascade: Some(false),
        },
        C::Unlink => Command::Unlink { kind: LinkKind::Problem, target: "PRB-3".to_owned() },
        C::Merge => Command::Merge { into: inc(2) },
        C::Unmerge => Command::Unmerge,
        C::DeclareMajor => Command::DeclareMajor { reason: Some(words(12)) },
        C::StandDown => Command::StandDown { reason: Some(words(13)) },
        C::GiveRole => {
            Command::GiveRole { role: IncidentRole::Commander, person: Some(Who::Manager.id()) }
        }
        C::AddTask => {
            Command::AddTask { task: task(1), title: words(14), assignee: Some(Who::Agent.id()) }
        }
        C::CompleteTask => Command::CompleteTask { task: task(1) },
        C::ReopenTask => Command::ReopenTask { task: task(1) },
        C::LogWork => Command::LogWork { seconds: 900, note: Some(words(15)) },
        C::PublishUpdate => Command::PublishUpdate {
            body: words(16),
            phase: UpdatePhase::Identified,
            expected: Some(start().plus_seconds(90_000)),
            next_update: Some(start().plus_seconds(93_600)),
            title: Some(words(30)),
            audiences: Some(everybody()),
        },
        C::DraftUpdate => Command::DraftUpdate {
            update: update(1),
            title: Some(words(31)),
            body: words(32),
            phase: UpdatePhase::Monitoring,
            expected: Some(start().plus_seconds(90_000)),
            next_update: Some(start().plus_seconds(93_600)),
            audiences: everybody(),
        },
        C::ApproveUpdate => Command::ApproveUpdate { update: update(1) },
        C::RejectUpdate => Command::RejectUpdate { update: update(1), reason: words(33) },
        C::ProposeMajor => Command::ProposeMajor { reason: Some(words(34)) },
        C::DeclineMajor => Command::DeclineMajor { reason: Some(words(35)) },
        C::HandOver => Command::HandOver { role: IncidentRole::Commander, to: Who::Responder.id() },
        C::AcceptRole => Command::AcceptRole { role: IncidentRole::Commander },
        C::DeclineRole => Command::DeclineRole { role: IncidentRole::Commander },
        C::CallResponders => Command::CallResponders {
            people: vec![Who::Responder.id()],
            teams: vec![desktop()],
            note: Some(words(36)),
        },
        C::AnswerCall => Command::AnswerCall { coming: true, note: Some(words(37)) },
        C::SetRoom => Command::SetRoom { kind: RoomKind::Chat, address: Some(words(38)) },
        C::StateImpact => Command::StateImpact { statement: Some(words(39)) },
        C::RecordOutage => Command::RecordOutage {
            outage: outage(1),
            service: vpn(),
            degree: Degree::Partial,
            started_at: start().plus_seconds(-600),
            ended_at: Some(start().plus_seconds(-300)),
        },
        C::ChangeOutage => Command::ChangeOutage {
            outage: outage(1),
            degree: Some(Degree::Full),
            started_at: Some(start().plus_seconds(-700)),
            ended_at: Change::Set(start().plus_seconds(-200)),
        },
        C::RemoveOutage => Command::RemoveOutage { outage: outage(1), reason: words(40) },
        C::SetExpectedResolution => Command::SetExpectedResolution {
            at: Some(start().plus_seconds(90_001)),
            low: Some(start().plus_seconds(90_000)),
            high: Some(start().plus_seconds(90_002)),
            reason: Some(words(41)),
        },
        C::Mitigate => Command::Mitigate { children: true },
        C::Restore => Command::Restore { children: true },
        C::Resolve => Command::Resolve {
            code: "workaround".to_owned(),
            note: words(17),
            cause: Some(words(18)),
            known_error: Some("PRB-3".to_owned()),
            children: true,
        },
        C::Confirm => Command::Confirm,
        C::Dispute => dispute(),
        C::Rate => rate(4),
        C::Reopen => Command::Reopen { note: words(19) },
        C::NotAReopening => Command::NotAReopening,
        C::Close => Command::Close,
        C::Cancel => cancel(),
        C::Watch => Command::Watch { person: Some(Who::Manager.id()) },
        C::Unwatch => Command::Unwatch { person: Some(Who::Manager.id()) },
        C::Restrict => Command::Restrict { team: Some(network()) },
        C::Redact => Command::Redact { content: words(0) },
        C::Tag => {
            Command::Tag { add: ["vpn".to_owned()].into(), remove: ["old".to_owned()].into() }
        }
        C::Promise => Command::Promise {
            at: Some(start().plus_seconds(100 * 86_400)),
            to: Some(Who::Requester.id()),
            reason: Some(words(21)),
        },
        C::ExplainBreach => Command::ExplainBreach {
            clock: incident::clocks::ClockKind::Resolution,
            reason: words(22),
            owner: Who::Agent.id(),
        },
        C::CorrectPause => Command::CorrectPause {
            n: 4,
            from: Some(start().plus_seconds(60)),
            to: Some(start().plus_seconds(120)),
            reason: words(23),
        },
        C::ApplyModel => {
            let tasks = vec![NewTask { task: task(9), title: words(25) }];
            let brought = Brought { runbook: Some(words(24)), tasks };
            Command::ApplyModel(ModelUse { model: tunnel(), brought })
        }
        C::Page => Command::Page {
            whom: vec![Whom::Person(Who::Agent.id())],
            policy: None,
            urgency: Urgency::High,
            note: Some(words(26)),
        },
        C::DeclinePage => Command::DeclinePage { note: Some(words(27)) },
        C::EscalatePage => Command::EscalatePage,
        C::Undo => Command::Undo { n: 1 },
        C::Tick => Command::Tick,
        C::Recompute => {
            Command::Recompute { subject: Subject::Agreement(crate::case::standard().reference.id) }
        }
        C::TakeAlerts => Command::TakeAlerts(crate::alerts::news(1, 1)),
        C::Note => Command::Note(Related::LinkedBack { kind: LinkKind::Related, from: inc(2) }),
    }
}

/// The full report of an incident that stands on its own and that everybody may see.
pub fn full_report_without_relatives() -> Report {
    Report { follow_up_of: None, parent: None, confidential_to: None, ..full_report() }
}
