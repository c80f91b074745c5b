//! Which entries of a timeline are worth showing in a review, and what each is called.

use incident::state::LinkKind;
use incident::{Body, Event, Visibility};
use std::collections::BTreeMap;

/// Entries that are proposed for one review at most: what a reader goes through in two minutes.
pub const PROPOSED_MAX: usize = 40;
/// Role hand-overs, alerts and such of one incident that are proposed at most: they come in
/// crowds.
const OF_ONE_KIND_MAX: usize = 6;

/// How much an entry tells; lower ones come first when there is no room for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// The course of it.
    Turn,
    /// What was said, found and decided on the way.
    Step,
    /// What came beside.
    Aside,
}

/// The places of the entries that are proposed, in their order: what changed the state, who led,
/// what alerts said, what was told, which changes and causes were named, and the first internal
/// note by a person, which mostly is the first idea of what it is.
pub fn picks(events: &[Event]) -> Vec<u32> {
    let first_note = events.iter().find(|event| is_note(event)).map(|event| event.n);
    let mut found: Vec<(Weight, u32)> = Vec::new();
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for event in events {
        let weight = match weight(&event.body) {
            None if first_note == Some(event.n) => Weight::Step,
            None => continue,
            Some(weight) => weight,
        };
        let count = counted.entry(event.body.kind()).or_default();
        *count += 1;
        if weight == Weight::Turn || *count <= OF_ONE_KIND_MAX {
            found.push((weight, event.n));
        }
    }
    found.sort_unstable();
    found.truncate(PROPOSED_MAX);
    let mut places: Vec<u32> = found.into_iter().map(|(_, n)| n).collect();
    places.sort_unstable();
    places
}

fn is_note(event: &Event) -> bool {
    let by_person = event.actor.person_id().is_some();
    by_person
        && matches!(&event.body, Body::Commented(data) if data.visibility == Visibility::Internal)
}

fn weight(body: &Body) -> Option<Weight> {
    match body {
        Body::Reported(_)
        | Body::Acknowledged(_)
        | Body::MajorDeclared(_)
        | Body::MajorStoodDown(_)
        | Body::Mitigated(_)
        | Body::Restored(_)
        | Body::Resolved(_)
        | Body::Reopened(_)
        | Body::Disputed(_) => Some(Weight::Turn),
        Body::UpdatePublished(_)
        | Body::UpdateOverdue(_)
        | Body::OutageRecorded(_)
        | Body::Escalated(_)
        | Body::ClockBreached(_)
        | Body::PutOnHold(_)
        | Body::Resumed(_)
        | Body::PagingExhausted(_) => Some(Weight::Step),
        Body::AlertsChanged(data) => (data.fired > 0 || data.worse).then_some(Weight::Step),
        Body::Linked(data) => {
            let tells = matches!(
                data.kind,
                LinkKind::Change | LinkKind::CausedBy | LinkKind::Problem | LinkKind::KnownError
            );
            tells.then_some(Weight::Step)
        }
        Body::RoleGiven(data) => data.person.map(|_| Weight::Aside),
        Body::PriorityChanged(_) | Body::Assigned(_) | Body::ImpactStated(_) => Some(Weight::Aside),
        _ => None,
    }
}

/// What an entry is, in a few words, where no page says it better.
pub fn phrase(body: &Body) -> String {
    match body {
        Body::Reported(_) => "It was reported.".to_owned(),
        Body::Acknowledged(_) => "Somebody took it.".to_owned(),
        Body::MajorDeclared(_) => "It was declared a major incident.".to_owned(),
        Body::MajorStoodDown(_) => "It was no major incident any more.".to_owned(),
        Body::Mitigated(_) => "Its impact was over.".to_owned(),
        Body::Restored(_) => "Service was verified to be back.".to_owned(),
        Body::Resolved(_) => "It was resolved.".to_owned(),
        Body::Reopened(_) => "It was taken up again.".to_owned(),
        Body::Disputed(_) => "The requester said that it was still broken.".to_owned(),
        Body::UpdatePublished(_) => "An update was published.".to_owned(),
        Body::UpdateOverdue(_) => "An update did not come when it was due.".to_owned(),
        Body::OutageRecorded(_) => "A service was out.".to_owned(),
        Body::Escalated(_) => "Others were brought in.".to_owned(),
        Body::ClockBreached(data) => format!("The {} target was missed.", data.clock.as_str()),
        Body::PutOnHold(data) => format!("It waited ({}).", data.reason),
        Body::Resumed(_) => "Work went on.".to_owned(),
        Body::PagingExhausted(_) => "Nobody who was paged took it.".to_owned(),
        Body::AlertsChanged(data) => {
            format!("Alerts: {} began, {} firing.", data.fired, data.firing)
        }
        // Whoever reads it may not know of another incident.
        Body::Linked(data) if data.target.starts_with("INC-") => {
            format!("Linked to another incident ({}).", data.kind)
        }
        Body::Linked(data) => format!("Linked ({}): {}.", data.kind, data.target),
        Body::RoleGiven(data) => format!("The role {} was given.", data.role),
        Body::PriorityChanged(data) => {
            format!("The priority went from {} to {}.", data.priority_before, data.priority)
        }
        Body::Assigned(_) => "It was given to somebody.".to_owned(),
        Body::Commented(data) if data.visibility == Visibility::Internal => {
            "A note was written.".to_owned()
        }
        Body::Commented(_) => "A reply was written.".to_owned(),
        Body::ImpactStated(_) => "What it means for the business was said.".to_owned(),
        Body::Closed(_) => "It was closed.".to_owned(),
        other => {
            let mut words = other.kind().replace('_', " ");
            if let Some(first) = words.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            words.push('.');
            words
        }
    }
}
