//! When something must happen by itself.

use crate::clocks::{Clock, ClockKind};
use crate::conduct;
use crate::nearing;
use crate::policy::{Agreement, Policy};
use crate::state::{HoldReason, Lifecycle, State};
use kernel::{PersonId, Timestamp};
use std::collections::BTreeMap;

/// What rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimerKind {
    /// The hold ends.
    Resume,
    /// The requester is reminded of what is asked of them.
    Remind,
    /// Nobody answered, reminder or not.
    GiveUp,
    /// Silence closes it.
    Close,
    /// A clock passes the next share of its target.
    Warn(ClockKind),
    /// A clock passes its target.
    Breach(ClockKind),
    /// What somebody was promised passes.
    Promise(PersonId),
    /// The next word about a major incident does not come.
    Silence,
    /// Whoever took it is not heard of any more.
    Forgotten,
    /// The next step of paging comes.
    Page,
    /// The time that people were told comes near.
    Nears,
}

/// Every timer this state wants, with its instant. An incident that came by
/// import wants none until somebody touches it here.
pub fn timers(state: &State, policy: &Policy) -> BTreeMap<TimerKind, Timestamp> {
    let mut wanted = BTreeMap::new();
    if state.quiet {
        return wanted;
    }
    if let Some(until) = state.hold.as_ref().and_then(|hold| hold.until) {
        wanted.insert(TimerKind::Resume, until);
    }
    if let Some(at) = remind_at(state, policy) {
        wanted.insert(TimerKind::Remind, at);
    }
    if let Some(at) = state.reminder.and_then(|reminder| reminder.closes_at) {
        wanted.insert(TimerKind::GiveUp, at);
    }
    if let Some(at) = state.close_at.filter(|_| state.lifecycle == Lifecycle::Resolved) {
        wanted.insert(TimerKind::Close, at);
    }
    for clock in state.clocks.iter().filter(|clock| clock.since.is_some()) {
        if let Some((share, at)) = next_warning(clock, state, policy) {
            debug_assert!(share > clock.warned_share);
            wanted.insert(TimerKind::Warn(clock.kind), at);
        }
    }
    wanted.extend(breaches(state, policy));
    if let Some(course) = &state.paging {
        // What waits for something else is nobody's to be woken for.
        let is_worked_on = matches!(state.lifecycle, Lifecycle::New | Lifecycle::InProgress);
        let may_page = is_worked_on && state.muted().is_none();
        let expires_at = course.expires_at.filter(|_| may_page && !course.is_going());
        wanted.extend(expires_at.map(|at| (TimerKind::Forgotten, at)));
        wanted.extend(course.next_at().map(|at| (TimerKind::Page, at)));
    }
    wanted.extend(nearing::next(state).map(|(_, at)| (TimerKind::Nears, at)));
    let silence = conduct::rings_at(state, policy.agreement_of(state));
    wanted.extend(silence.map(|at| (TimerKind::Silence, at)));
    // Met exactly is met, and clocks count whole seconds.
    let promises = state.pending_promises();
    wanted.extend(
        promises.map(|promise| (TimerKind::Promise(promise.to), promise.at.plus_seconds(1))),
    );
    wanted
}

/// When the requester is reminded of a question, which happens once.
fn remind_at(state: &State, policy: &Policy) -> Option<Timestamp> {
    let hold = state.hold.as_ref().filter(|hold| hold.reason == HoldReason::Requester)?;
    let days = policy.asking.remind_after_days.filter(|_| state.reminder.is_none())?;
    business_days_later(state, policy, hold.since, days)
}

/// So many business days later, as the agreement counts them; never where there are not as many.
pub(crate) fn business_days_later(
    state: &State,
    policy: &Policy,
    at: Timestamp,
    days: u8,
) -> Option<Timestamp> {
    let agreement = policy.agreement_of(state);
    let counted = agreement.calendar(state.priority, ClockKind::Resolution, state.team);
    let counted = counted.and_then(|id| policy.calendars.newest(id, at));
    policy.calendars.get(counted).after_days(at, i64::from(days))
}

/// When the running clocks will be known to have passed their targets: when the
/// second of business time after the due instant has begun.
pub(crate) fn breaches(
    state: &State,
    policy: &Policy,
) -> impl Iterator<Item = (TimerKind, Timestamp)> {
    let unbreached = state.clocks.iter().filter(|clock| clock.breached_at.is_none());
    unbreached.filter_map(move |clock| {
        let over_at = clock.over_at(policy.calendar_of(clock))?;
        Some((TimerKind::Breach(clock.kind), over_at))
    })
}

/// The earliest instant at which a timer of this state rings.
pub fn wake_at(state: &State, policy: &Policy) -> Option<Timestamp> {
    timers(state, policy).into_values().min()
}

/// The next share to warn of and when it is reached. What is never due warns of nothing.
pub(crate) fn next_warning(
    clock: &Clock,
    state: &State,
    policy: &Policy,
) -> Option<(u8, Timestamp)> {
    if clock.breached_at.is_some() || clock.due_at.is_none() {
        return None;
    }
    let mut shares = warnings(policy.agreement_of(state));
    let share = shares.find(|share| *share > clock.warned_share)?;
    clock.instant_of_share(policy.calendar_of(clock), share).map(|at| (share, at))
}

/// The shares to warn of, rising. What lies past the target is no warning.
pub(crate) fn warnings(agreement: &Agreement) -> impl Iterator<Item = u8> + '_ {
    agreement.warn_shares.iter().copied().filter(|share| *share <= 100)
}
