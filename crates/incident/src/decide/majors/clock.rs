//! What follows by itself: outages end, the next word falls due, and somebody is paged when it
//! does not come.

use super::super::{Draft, Origin, paging};
use super::outages;
use crate::conduct;
use crate::escalation::Whom;
use crate::event::{Body, UpdateDueChanged, UpdateOverdue};
use crate::state::{IncidentRole, State};
use kernel::Timestamp;

/// Brings outages and the clock of communication in line with what was decided.
pub(in crate::decide) fn follow(draft: &mut Draft) {
    let is_end = |body: &Body| {
        matches!(
            body,
            Body::Mitigated(_)
                | Body::Restored(_)
                | Body::Resolved(_)
                | Body::Closed(_)
                | Body::Cancelled(_)
        )
    };
    let mut recorded = draft.recorded().iter();
    let ended_at = recorded.find(|event| is_end(&event.body)).map(|event| event.happened_at);
    if let Some(at) = ended_at {
        outages::end(draft, at);
    }
    if draft.facts.origin == Origin::Live && !draft.recorded().is_empty() {
        follow_due(draft);
    }
}

/// What is overdue stays so, whatever the terms say now.
fn follow_due(draft: &mut Draft) {
    let Ok((state, agreement)) = draft.state().and_then(|state| Ok((state, draft.agreement()?)))
    else {
        return;
    };
    let Some(conduct) = state.conduct.as_ref() else { return };
    let known = &conduct.communication;
    let due = conduct::update_due(state, agreement);
    let before = known.due;
    if due != before && known.overdue_since.is_none() {
        draft.emit_by_policy("communication", 0, UpdateDueChanged { due, before });
    }
}

/// The next word did not come, or still does not: whoever speaks is paged, else whoever leads, else whoever has it.
pub(in crate::decide) fn overdue(draft: &mut Draft, at: Timestamp) {
    let Ok(state) = draft.state() else { return };
    let Some(conduct) = state.conduct.as_ref() else { return };
    let Some(due) = conduct.communication.due else { return };
    let known = &conduct.communication;
    // A word is missed once, however often somebody is told.
    let (missed, again) = match known.overdue_since {
        None => (known.missed + 1, false),
        Some(_) => (known.missed, true),
    };
    draft.emit_by_timer("communication", at, UpdateOverdue { due, missed, again });
    let Ok(state) = draft.state() else { return };
    let whom = who_speaks(state);
    let page_at = paging::own_instant(at, draft.at);
    let reached = whom.into_iter().find(|one| paging::is_anybody_reached(draft, &[*one]));
    paging::silent(draft, reached, page_at);
}

fn who_speaks(state: &State) -> Vec<Whom> {
    let roles = [IncidentRole::Communications, IncidentRole::Commander];
    let held = roles.into_iter().filter_map(|role| state.roles.get(&role).copied());
    held.map(Whom::Person).collect()
}
