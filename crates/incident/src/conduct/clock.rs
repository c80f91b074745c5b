//! The clock of communication: by when a major incident needs the next word.

use crate::policy::Agreement;
use crate::state::State;
use kernel::{Priority, Timestamp};

/// Seconds after which somebody is paged a second time for the same missing word, at least: they
/// are writing it.
const AGAIN_SECONDS: i64 = 900;
/// Seconds between further pages for it, at least: who is paged more often does not listen.
const THEN_SECONDS: i64 = 3_600;

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
    let promised = promised(state, from);
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

/// By when the next word was promised for after an instant, to whomever: what requesters were
/// promised stands while others read other words.
pub(crate) fn promised(state: &State, after: Timestamp) -> Option<Timestamp> {
    let aside = state.conduct.as_ref().and_then(|conduct| conduct.communication.promised_aside);
    [state.next_update, aside].into_iter().flatten().filter(|at| *at > after).min()
}

/// By when the next word is due of what is clocked, after one at an instant that may promise it,
/// to requesters among others or not.
pub(crate) fn due_after(
    state: &State,
    agreement: &Agreement,
    (promised, is_public): (Option<Timestamp>, bool),
    at: Timestamp,
) -> Option<Timestamp> {
    let stands = state.next_update.filter(|promised| !is_public && *promised > at);
    let promised = [promised, stands].into_iter().flatten().min();
    let due = promised.or_else(|| next_due(agreement, state.priority, at));
    due.filter(|_| is_clocked(state))
}

/// When somebody is paged for the lack of the next word: just after it was due, and as long as it
/// does not come again after the span in which one comes. Met exactly is met, and clocks count
/// whole seconds.
pub(crate) fn rings_at(state: &State, agreement: &Agreement) -> Option<Timestamp> {
    let known = &state.conduct.as_ref()?.communication;
    let due = known.due?;
    let Some(rang_at) = known.rang_at.filter(|_| known.overdue_since.is_some()) else {
        return known.overdue_since.is_none().then(|| due.plus_seconds(1));
    };
    let cadence = next_due(agreement, state.priority, rang_at);
    let promised = known.counts_from.map(|from| rang_at.plus_seconds(due.seconds_since(from)));
    let least = if known.rang_again == 0 { AGAIN_SECONDS } else { THEN_SECONDS };
    let again = cadence.or(promised).unwrap_or(rang_at);
    Some(again.max(rang_at.plus_seconds(least)))
}

/// By when the next word is due after one that promised none.
fn next_due(agreement: &Agreement, priority: Priority, last_at: Timestamp) -> Option<Timestamp> {
    let seconds = agreement.majors.as_ref()?.cadence_seconds.get(&priority)?;
    Some(last_at.plus_seconds(i64::from(*seconds)))
}
