//! From events to entries: what one command did, with all that followed from it.

use super::{Entry, Sort};
use incident::event::SUGGESTION;
use incident::{Body, Cause, Visibility};
use kernel::IncidentNumber;
use store::incidents::timeline::StoredEvent;

/// One entry for each command, timer or step that another incident caused. What
/// merging was to the parts is told by the main incident.
pub(super) fn gather(number: IncidentNumber, events: &[StoredEvent]) -> Vec<Entry<'_>> {
    let mut found: Vec<Vec<&StoredEvent>> = Vec::new();
    let of_part = |stored: &&StoredEvent| {
        stored.number != number && matches!(stored.event.body, Body::Merged(_) | Body::Unmerged(_))
    };
    for stored in events.iter().filter(|stored| !of_part(stored)) {
        match found.last_mut() {
            Some(open) if follows(open, stored) => open.push(stored),
            _ => found.push(vec![stored]),
        }
    }
    found.into_iter().filter_map(entry).collect()
}

/// Whether an event followed from the ones before it.
fn follows(open: &[&StoredEvent], stored: &StoredEvent) -> bool {
    let last = open[open.len() - 1];
    let together = last.number == stored.number
        && last.event.n + 1 == stored.event.n
        && last.event.at == stored.event.at;
    together
        && match &stored.event.cause {
            Cause::Input(_) => false,
            Cause::Derived(derived) => {
                derived.by == "policy"
                    || last.event.cause == stored.event.cause
                        && matches!(derived.by.as_str(), "incident" | SUGGESTION)
                    || derived.by == "rule" && of_same_rule(open, stored)
            }
        }
}

/// Whether a rule's entry goes on; what it wrote stands on its own.
fn of_same_rule(open: &[&StoredEvent], stored: &StoredEvent) -> bool {
    open[0].event.cause == stored.event.cause
        && !matches!(stored.event.body, Body::RuleRan(_))
        && words_of(stored).is_none()
        && words_of(open[0]).is_none()
}

fn entry(events: Vec<&StoredEvent>) -> Option<Entry<'_>> {
    let words =
        events.iter().copied().find_map(|stored| words_of(stored).map(|sort| (sort, stored)));
    let (sort, main) = match words {
        Some(found) => found,
        // Changes of clocks are told where the clocks explain themselves.
        None => {
            let main = events
                .iter()
                .find(|stored| !matches!(stored.event.body, Body::ClocksChanged(_)))?;
            (sort_of(main), *main)
        }
    };
    Some(Entry { events, sort, main, files: vec![], ended: None })
}

/// The sort of an event that brought words of people.
fn words_of(stored: &StoredEvent) -> Option<Sort> {
    let public = |visibility: Visibility| {
        if visibility == Visibility::Public { Sort::Reply } else { Sort::Note }
    };
    Some(match &stored.event.body {
        Body::Reported(_) => Sort::Report,
        Body::Commented(data) if data.by_requester || data.by_follower => Sort::Message,
        Body::Commented(data) => public(data.visibility),
        Body::UpdatePublished(_) => Sort::Update,
        Body::Resolved(_) => Sort::Reply,
        Body::Disputed(_) => Sort::Message,
        Body::Cancelled(_) => Sort::Reply,
        Body::Rated(data) if data.note.is_some() => Sort::Message,
        Body::Reopened(data) if data.note.is_some() => Sort::Note,
        Body::PutOnHold(data) if data.note.is_some() => Sort::Note,
        Body::Escalated(_) => Sort::Note,
        Body::MajorDeclared(data) if data.reason.is_some() => Sort::Note,
        Body::MajorStoodDown(data) if data.reason.is_some() => Sort::Note,
        Body::MajorProposed(data) if data.reason.is_some() => Sort::Note,
        Body::MajorDeclined(data) if data.reason.is_some() => Sort::Note,
        Body::RespondersCalled(data) if data.note.is_some() => Sort::Note,
        Body::OutageRemoved(data) if data.reason.is_some() => Sort::Note,
        Body::UpdateRejected(_) => Sort::Note,
        Body::WorkLogged(data) if data.note.is_some() => Sort::Note,
        _ => return None,
    })
}

fn sort_of(stored: &StoredEvent) -> Sort {
    let by_itself = matches!(&stored.event.cause, Cause::Derived(derived) if derived.by == "timer");
    match &stored.event.body {
        Body::PutOnHold(_) => Sort::Hold,
        Body::Resumed(_) => Sort::Resume,
        _ if by_itself => Sort::Automatic,
        Body::RuleRan(_) | Body::RuleRefused(_) | Body::RuleRested(_) | Body::NobodyThere(_) => {
            Sort::Automatic
        }
        Body::Classified(_) | Body::PriorityChanged(_) | Body::Assigned(_) | Body::Tagged(_) => {
            Sort::Edit
        }
        Body::TaskAdded(_)
        | Body::TaskCompleted(_)
        | Body::TaskReopened(_)
        | Body::Watched(_)
        | Body::Unwatched(_) => Sort::Step,
        _ => Sort::Fact,
    }
}
