//! What happened, in a few words for those who listen instead of look.

use super::change::Change;
use crate::part::clock;
use crate::part::person::first_name;
use crate::part::state;
use incident::state::IncidentRole;
use incident::{Access, Body, Scope, Visibility};
use kernel::{Language, PersonId};
use store::incidents::feed::FeedEvent;
use store::incidents::list::IncidentRow;

/// The last priority whose broken promises interrupt.
const URGENT: u8 = 2;

/// What others did, as one line; `None` when there is nothing to say. Those who see the public
/// side only hear it in their language.
pub(super) fn say(
    events: &[FeedEvent],
    row: &IncidentRow,
    me: PersonId,
    public_in: Option<Language>,
) -> Option<String> {
    let (me, public_only) = (me.to_string(), public_in.is_some());
    let told =
        events.iter().filter(|event| event.event.actor.id != me && (event.public || !public_only));
    let mut parts: Vec<String> = told
        .filter_map(|event| match public_in {
            Some(language) => public_words(event, language),
            None => words(event, row),
        })
        .collect();
    parts.dedup();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What cannot wait, whatever the page shows: a clock of the person's own urgent incident
/// passed its target, or the next word about a major incident that they speak of is overdue.
pub(super) fn alert(change: &Change, me: PersonId, scope: &Scope) -> Option<String> {
    let (state, events) = (&change.row.state, &change.events);
    if scope.access(&change.subject()) != Access::Full {
        return None;
    }
    let speaks = state.roles.get(&IncidentRole::Communications) == Some(&me);
    if speaks && events.iter().any(|event| matches!(event.event.body, Body::UpdateOverdue(_))) {
        return Some(format!("{}, you speak: the next update is overdue", change.number));
    }
    if state.assignee != Some(me) || state.priority.get() > URGENT || !state.lifecycle.is_open() {
        return None;
    }
    let breached = events.iter().filter_map(|event| match &event.event.body {
        Body::ClockBreached(data) => Some(clock::name(data.clock).to_lowercase()),
        _ => None,
    });
    let mut clocks: Vec<String> = breached.collect();
    clocks.dedup();
    (!clocks.is_empty()).then(|| {
        let (number, priority) = (change.number, state.priority);
        format!("{number}, yours, {priority}: {} clock passed its target", clocks.join(" and "))
    })
}

fn words(event: &FeedEvent, row: &IncidentRow) -> Option<String> {
    let who = first_name(&event.event.actor.name);
    Some(match &event.event.body {
        Body::Commented(data) if data.visibility == Visibility::Internal => {
            format!("{who} added a note")
        }
        Body::Commented(_) => format!("{who} wrote"),
        Body::Attached(_) => format!("{who} added a file"),
        Body::UpdatePublished(_) => format!("{who} published an update"),
        Body::UpdateDrafted(_) => format!("{who} wrote an update that waits for approval"),
        Body::UpdateOverdue(_) => "the next update is overdue".to_owned(),
        Body::MajorProposed(_) => "proposed as a major incident".to_owned(),
        Body::MajorDeclared(_) => format!("{who} declared it a major incident"),
        Body::MajorStoodDown(_) => format!("{who} stood it down"),
        Body::PriorityChanged(_) => format!("priority now {}", row.state.priority),
        Body::Assigned(_) => match &row.assignee {
            Some(assignee) => format!("assigned to {}", assignee.name),
            None => "assigned to nobody".to_owned(),
        },
        Body::Acknowledged(_)
        | Body::WorkStarted(_)
        | Body::PutOnHold(_)
        | Body::Resumed(_)
        | Body::Resolved(_)
        | Body::Reopened(_)
        | Body::Closed(_)
        | Body::Cancelled(_) => format!("state now {}", state::look(&row.state).words),
        _ => return None,
    })
}

/// The same for those who see the public side, in their language.
fn public_words(event: &FeedEvent, language: Language) -> Option<String> {
    let what = match &event.event.body {
        Body::Commented(_) => "wrote",
        Body::Attached(_) => "file",
        Body::UpdatePublished(_) => "update",
        Body::Resolved(_) => "resolved",
        Body::Reopened(_) | Body::WorkStarted(_) | Body::Resumed(_) => "work",
        Body::Closed(_) => "closed",
        _ => return None,
    };
    Some(locale::portal(language).heard(what, first_name(&event.event.actor.name)))
}
