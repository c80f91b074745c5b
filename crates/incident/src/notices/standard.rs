//! The standard rows: what `effects` tells by itself.

use super::{Notice, NoticeRole, Occasion, Recipient};
use crate::telling::Channels;
use std::collections::BTreeSet;

/// Who is told what where nobody changed it.
pub const STANDARD: &[(Occasion, NoticeRole)] = &[
    (Occasion::Reported, NoticeRole::Requester),
    (Occasion::Reported, NoticeRole::Team),
    (Occasion::Assigned, NoticeRole::Assignee),
    (Occasion::Assigned, NoticeRole::Team),
    (Occasion::Commented, NoticeRole::Requester),
    (Occasion::Commented, NoticeRole::Watchers),
    (Occasion::Commented, NoticeRole::Assignee),
    (Occasion::Attached, NoticeRole::Assignee),
    (Occasion::Attached, NoticeRole::Watchers),
    (Occasion::UpdatePublished, NoticeRole::Requester),
    (Occasion::UpdatePublished, NoticeRole::Watchers),
    (Occasion::ExpectationSet, NoticeRole::Requester),
    (Occasion::ExpectationSet, NoticeRole::Watchers),
    (Occasion::ExpectationNears, NoticeRole::Assignee),
    (Occasion::PutOnHold, NoticeRole::Requester),
    (Occasion::Reminded, NoticeRole::Requester),
    (Occasion::MajorProposed, NoticeRole::Manager),
    (Occasion::MajorProposed, NoticeRole::Team),
    (Occasion::MajorDeclared, NoticeRole::Manager),
    (Occasion::MajorDeclared, NoticeRole::Team),
    (Occasion::RoleOffered, NoticeRole::Person),
    (Occasion::RoleGiven, NoticeRole::Person),
    (Occasion::RoleDeclined, NoticeRole::Person),
    (Occasion::RespondersCalled, NoticeRole::Person),
    (Occasion::UpdateDrafted, NoticeRole::Person),
    (Occasion::UpdateRejected, NoticeRole::Person),
    (Occasion::Escalated, NoticeRole::Manager),
    (Occasion::ClockWarned, NoticeRole::Assignee),
    (Occasion::ClockBreached, NoticeRole::Assignee),
    (Occasion::Promised, NoticeRole::Requester),
    (Occasion::Promised, NoticeRole::Person),
    (Occasion::PromiseChanged, NoticeRole::Requester),
    (Occasion::PromiseChanged, NoticeRole::Person),
    (Occasion::PromiseBroken, NoticeRole::Assignee),
    (Occasion::PromiseBroken, NoticeRole::Person),
    (Occasion::Deviation, NoticeRole::Requester),
    (Occasion::BreachExplained, NoticeRole::Person),
    (Occasion::Merged, NoticeRole::Requester),
    (Occasion::Resolved, NoticeRole::Requester),
    (Occasion::Resolved, NoticeRole::Watchers),
    (Occasion::Disputed, NoticeRole::Assignee),
    (Occasion::Disputed, NoticeRole::Watchers),
    (Occasion::Reopened, NoticeRole::Requester),
    (Occasion::Reopened, NoticeRole::Assignee),
    (Occasion::Reopened, NoticeRole::Watchers),
    (Occasion::Closed, NoticeRole::Requester),
    (Occasion::Survey, NoticeRole::Requester),
    (Occasion::Rated, NoticeRole::Assignee),
    (Occasion::Cancelled, NoticeRole::Requester),
];

/// The id of the standard row for this word and role.
pub(super) fn id_of(word: &str, role: NoticeRole) -> String {
    format!("{word}-{role}")
}

/// The standard rows as they came.
pub fn standard() -> Vec<Notice> {
    let row = |(on, role): &(Occasion, NoticeRole)| {
        let id = id_of(on.as_str(), *role);
        Notice {
            name: id.clone(),
            id,
            on: BTreeSet::from([*on]),
            when: String::new(),
            to: Recipient::of(*role),
            channels: Channels::ALL,
            always: false,
            active: true,
            version: 0,
        }
    };
    STANDARD.iter().map(row).collect()
}
