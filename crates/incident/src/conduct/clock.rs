//! The clock of communication: by when a major incident needs the next word.

use crate::policy::Agreement;
use crate::state::State;
use kernel::{Priority, Timestamp};

/// Whether somebody waits for the next word about it: it is major, open and stands on its own.
fn is_clocked(state: &State) -> bool {
    state.major && state.lifecycle.is_open() && state.merged_into.is_none()
}

/// By when the next word about an incident is due: as it was promised, else by the cadence of
/// the agreement after the last word, else by its first notice after it was declared. Elapsed
/// time, round the clock. Nothing where nobody waits for one, or nothing was promised.
pub fn update_due(state: &State, agreement: &Agreement) -> Option<Timestamp> {
    let conduct = state.conduct.as_ref().filter(|_| is_clocked(state))?;
    let from = conduct.communication.counts_from?;
    let promised = state.next_update.filter(|promised| *promised > from);
    let last_at = conduct.communication.last_at;
    let is_spoken = last_at.is_some_and(|last| conduct.declared_at.is_none_or(|at| last >= at));
    promised.or_else(|| match is_spoken {
        true => next_due(agreement, state.priority, from),
        false => first_due(agreement, from),
    })
}

/// By when the first word is due of what is declared now.
pub(crate) fn first_due(agreement: &Agreement, declared_at: Timestamp) -> Option<Timestamp> {
    let seconds = agreement.majors.as_ref()?.first_notice_seconds?;
    Some(declared_at.plus_seconds(i64::from(seconds)))
}

/// By when the next word is due of what is clocked, after one at an instant that may promise it.
pub(crate) fn due_after(
    state: &State,
    agreement: &Agreement,
    promised: Option<Timestamp>,
    at: Timestamp,
) -> Option<Timestamp> {
    let due = promised.or_else(|| next_due(agreement, state.priority, at));
    due.filter(|_| is_clocked(state))
}

/// By when the next word is due after one that promised none.
fn next_due(agreement: &Agreement, priority: Priority, last_at: Timestamp) -> Option<Timestamp> {
    let seconds = agreement.majors.as_ref()?.cadence_seconds.get(&priority)?;
    Some(last_at.plus_seconds(i64::from(*seconds)))
}
