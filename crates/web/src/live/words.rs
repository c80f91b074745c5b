//! What happened, in a few words for those who listen instead of look.

use crate::part::person::first_name;
use crate::part::state;
use incident::{Body, Visibility};
use kernel::PersonId;
use store::incidents::feed::FeedEvent;
use store::incidents::list::IncidentRow;

/// What others did, as one line; `None` when there is nothing to say.
pub(super) fn say(
    events: &[FeedEvent],
    row: &IncidentRow,
    me: PersonId,
    public_only: bool,
) -> Option<String> {
    let me = me.to_string();
    let told =
        events.iter().filter(|event| event.event.actor.id != me && (event.public || !public_only));
    let mut parts: Vec<String> = told.filter_map(|event| words(event, row, public_only)).collect();
    parts.dedup();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn words(event: &FeedEvent, row: &IncidentRow, public_only: bool) -> Option<String> {
    let who = first_name(&event.event.actor.name);
    Some(match &event.event.body {
        Body::Commented(data) if data.visibility == Visibility::Internal => {
            format!("{who} added a note")
        }
        Body::Commented(_) => format!("{who} wrote"),
        Body::Attached(_) => format!("{who} added a file"),
        Body::UpdatePublished(_) => format!("{who} published an update"),
        Body::PriorityChanged(_) if !public_only => format!("priority now {}", row.state.priority),
        Body::Assigned(_) if !public_only => match &row.assignee {
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
        | Body::Cancelled(_)
            if !public_only =>
        {
            format!("state now {}", state::look(&row.state).words)
        }
        Body::Resolved(_) => "fixed, please check".to_owned(),
        Body::Reopened(_) | Body::WorkStarted(_) | Body::Resumed(_) => "being worked on".to_owned(),
        Body::Closed(_) => "closed".to_owned(),
        _ => return None,
    })
}
