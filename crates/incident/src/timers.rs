//! When something must happen by itself.

use crate::clocks::{Clock, ClockKind};
use crate::policy::Agreement;
use crate::state::{Lifecycle, State};
use kernel::Timestamp;
use std::collections::BTreeMap;

/// What rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimerKind {
    /// The hold ends.
    Resume,
    /// Silence closes it.
    Close,
    /// A clock passes the next share of its target.
    Warn(ClockKind),
    /// A clock passes its target.
    Breach(ClockKind),
}

/// Every timer this state wants, with its instant. An incident that came by
/// import wants none until somebody touches it here.
pub fn timers(state: &State, agreement: &Agreement) -> BTreeMap<TimerKind, Timestamp> {
    let mut wanted = BTreeMap::new();
    if state.quiet {
        return wanted;
    }
    if let Some(until) = state.hold.as_ref().and_then(|hold| hold.until) {
        wanted.insert(TimerKind::Resume, until);
    }
    if let Some(at) = state.close_at.filter(|_| state.lifecycle == Lifecycle::Resolved) {
        wanted.insert(TimerKind::Close, at);
    }
    for clock in state.clocks.iter().filter(|clock| clock.since.is_some()) {
        if let Some((share, at)) = next_warning(clock, agreement) {
            debug_assert!(share > clock.warned_share);
            wanted.insert(TimerKind::Warn(clock.kind), at);
        }
    }
    wanted.extend(breaches(state, agreement));
    wanted
}

/// When the running clocks will be known to have passed their targets: when the
/// second of business time after the due instant has begun.
pub(crate) fn breaches<'a>(
    state: &'a State,
    agreement: &Agreement,
) -> impl Iterator<Item = (TimerKind, Timestamp)> + use<'a> {
    let calendar = agreement.calendar();
    let unbreached = state.clocks.iter().filter(|clock| clock.breached_at.is_none());
    unbreached
        .filter_map(move |clock| Some((TimerKind::Breach(clock.kind), clock.over_at(&calendar)?)))
}

/// The earliest instant at which a timer of this state rings.
pub fn wake_at(state: &State, agreement: &Agreement) -> Option<Timestamp> {
    timers(state, agreement).into_values().min()
}

/// The next share to warn of and when it is reached. What is never due warns of nothing.
pub(crate) fn next_warning(clock: &Clock, agreement: &Agreement) -> Option<(u8, Timestamp)> {
    if clock.breached_at.is_some() || clock.due_at.is_none() {
        return None;
    }
    let share = warnings(agreement).find(|share| *share > clock.warned_share)?;
    clock.instant_of_share(&agreement.calendar(), share).map(|at| (share, at))
}

/// The shares to warn of, rising. What lies past the target is no warning.
pub(crate) fn warnings(agreement: &Agreement) -> impl Iterator<Item = u8> + '_ {
    agreement.warn_shares.iter().copied().filter(|share| *share <= 100)
}
