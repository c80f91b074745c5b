//! Which words an event brings, and who may read entry and words.

use incident::{Body, Event, Visibility};
use kernel::ContentId;
use std::collections::BTreeMap;

/// Which event first names each content.
pub fn brought_by(events: &[Event]) -> BTreeMap<ContentId, u32> {
    let mut found = BTreeMap::new();
    for event in events {
        for id in contents_of(&event.body) {
            found.entry(id).or_insert(event.n);
        }
    }
    found
}

/// The words an event brings.
fn contents_of(body: &Body) -> Vec<ContentId> {
    match body {
        Body::Reported(data) => std::iter::once(data.title).chain(data.description).collect(),
        Body::Classified(data) => data.title.into_iter().collect(),
        Body::PriorityChanged(data) => {
            data.priority_override.iter().map(|over| over.reason).collect()
        }
        Body::Commented(data) => vec![data.body],
        Body::Attached(data) => vec![data.name],
        Body::PutOnHold(data) => data.note.into_iter().collect(),
        Body::Escalated(data) => vec![data.reason],
        Body::MajorProposed(data) => data.reason.into_iter().collect(),
        Body::MajorDeclined(data) => data.reason.into_iter().collect(),
        Body::RespondersCalled(data) => data.note.into_iter().collect(),
        Body::CallAnswered(data) => data.note.into_iter().collect(),
        Body::RoomSet(data) => data.address.into_iter().collect(),
        Body::ImpactStated(data) => data.statement.into_iter().collect(),
        Body::OutageRemoved(data) => data.reason.into_iter().collect(),
        Body::UpdateDrafted(data) => std::iter::once(data.body).chain(data.title).collect(),
        Body::UpdateRejected(data) => vec![data.reason],
        Body::MajorDeclared(data) => data.reason.into_iter().collect(),
        Body::MajorStoodDown(data) => data.reason.into_iter().collect(),
        Body::TaskAdded(data) => vec![data.title],
        Body::ModelApplied(data) => data.runbook.into_iter().collect(),
        Body::WorkLogged(data) => data.note.into_iter().collect(),
        Body::UpdatePublished(data) => std::iter::once(data.body).chain(data.title).collect(),
        Body::Resolved(data) => std::iter::once(data.note).chain(data.cause).collect(),
        Body::Disputed(data) => vec![data.note],
        Body::Reopened(data) => data.note.into_iter().collect(),
        Body::Cancelled(data) => vec![data.reason],
        Body::Rated(data) => data.note.into_iter().collect(),
        Body::RuleRan(data) => vec![data.because],
        Body::Promised(data) => data.reason.into_iter().collect(),
        Body::ExpectationSet(data) => data.reason.into_iter().collect(),
        Body::PromiseChanged(data) => vec![data.reason],
        Body::BreachExplained(data) => vec![data.reason],
        Body::PauseCorrected(data) => vec![data.reason],
        Body::PagingBegan(data) => data.note.into_iter().collect(),
        Body::Paged(data) => data.note.into_iter().collect(),
        Body::PageDeclined(data) => data.note.into_iter().collect(),
        _ => vec![],
    }
}

/// Whether the requester and watchers may see this entry at all.
pub(super) fn is_public(event: &Event) -> bool {
    match &event.body {
        Body::Reported(_)
        | Body::Acknowledged(_)
        | Body::WorkStarted(_)
        | Body::Responded(_)
        | Body::ExpectationSet(_)
        | Body::Mitigated(_)
        | Body::Restored(_)
        | Body::Resolved(_)
        | Body::Confirmed(_)
        | Body::Disputed(_)
        | Body::Reopened(_)
        | Body::ReopeningWithdrawn(_)
        | Body::Closed(_)
        | Body::Cancelled(_)
        | Body::PutOnHold(_)
        | Body::Resumed(_)
        | Body::Reminded(_)
        | Body::Assigned(_)
        | Body::Merged(_)
        | Body::Unmerged(_) => true,
        Body::Classified(data) => data.title.is_some(),
        Body::UpdatePublished(data) => data.is_public(),
        Body::Promised(data) => data.to_requester,
        Body::PromiseChanged(data) => data.to_requester,
        Body::PromiseBroken(data) => data.to_requester,
        Body::Commented(data) => data.visibility == Visibility::Public,
        Body::Attached(data) => data.visibility == Visibility::Public,
        _ => false,
    }
}

/// Words of a public entry that are nevertheless for staff.
pub(super) fn content_is_public(event: &Event, id: ContentId) -> bool {
    is_public(event)
        && match &event.body {
            Body::Resolved(data) => data.note == id,
            Body::PutOnHold(_) | Body::Reopened(_) => false,
            _ => true,
        }
}
