//! What is due is recorded at its own instant, however late it is noticed. It
//! comes before the command that noticed it, so that a command that happened at
//! or before the due instant wins.

use super::{Draft, Origin, lifecycle, majors, paging};
use crate::clocks::{Clock, ClockKind};
use crate::command::Command;
use crate::event::{ClockBreached, ClockWarned, ExpectationNears, PromiseBroken, Reminded};
use crate::nearing;
use crate::policy::Policy;
use crate::state::State;
use crate::timers::{TimerKind, breaches, business_days_later, next_warning, timers, warnings};
use kernel::Timestamp;

/// More rounds than any incident has timers: a bound, not a tuning.
const ROUNDS: usize = 64;

/// Records everything that is due at the draft's instant, in order.
pub(super) fn ring(draft: &mut Draft) {
    for _ in 0..ROUNDS {
        let Some((at, kind)) = draft.state().ok().and_then(|state| next_due(draft, state)) else {
            return;
        };
        ring_one(draft, kind, at);
    }
}

/// The next timer that is due, with the instant it is recorded at: never before
/// what was recorded last, because a new target may make an old instant due.
fn next_due(draft: &Draft, state: &State) -> Option<(Timestamp, TimerKind)> {
    let policy = draft.policy();
    let due = match draft.facts.origin {
        Origin::Live => timers(state, policy),
        // The past of another system warned, resumed and closed as it did; only
        // what our own agreement makes of it is ours to say.
        Origin::Import => breaches(state, policy).collect(),
    };
    due.into_iter()
        .filter(|(kind, at)| *at <= draft.at && !paging::is_answered_now(draft, *kind))
        .filter(|(kind, _)| *kind != TimerKind::Nears || !is_past(draft, state))
        .map(|(kind, at)| (own_instant(draft, state, kind, at).max(state.updated_at), kind))
        .min()
}

/// Whether the time that people were told passed unnoticed; the command that noticed it makes it
/// the past. What woke for it alone records it, or it would wake for ever.
fn is_past(draft: &Draft, state: &State) -> bool {
    let passed = nearing::next(state).is_some_and(|(told, _)| told <= draft.at);
    passed && !matches!(draft.command(), Command::Tick)
}

/// A warning counts at the highest share that was passed, a breach at its due instant.
fn own_instant(draft: &Draft, state: &State, kind: TimerKind, at: Timestamp) -> Timestamp {
    match kind {
        TimerKind::Resume | TimerKind::Close | TimerKind::Remind | TimerKind::GiveUp => Some(at),
        TimerKind::Nears => Some(at),
        TimerKind::Warn(clock) => {
            let clock = find(state, clock);
            let passed = clock.and_then(|c| highest_share(c, state, draft.policy(), draft.at));
            passed.map(|(_, at)| at)
        }
        TimerKind::Breach(clock) => find(state, clock).and_then(|clock| clock.due_at),
        TimerKind::Promise(to) => state.promise_to(to).map(|promise| promise.at),
        TimerKind::Silence => {
            let known = state.conduct.as_ref().map(|conduct| &conduct.communication);
            let first = known.filter(|known| known.overdue_since.is_none());
            match first {
                Some(known) => known.due,
                // After a long absence one more page says it all.
                None => Some(paging::own_instant(at, draft.at)),
            }
        }
        TimerKind::Page | TimerKind::Forgotten => Some(paging::own_instant(at, draft.at)),
    }
    .unwrap_or(at)
}

fn ring_one(draft: &mut Draft, kind: TimerKind, at: Timestamp) {
    match kind {
        TimerKind::Resume => {
            if let Ok(resumed) = draft.state().and_then(lifecycle::resumed) {
                draft.emit_by_timer("end of the hold", at, resumed);
                draft.follow_clocks(at);
            }
        }
        TimerKind::Remind => {
            let days = draft.policy().asking.close_after_days;
            let closes_at = draft
                .state()
                .ok()
                .zip(days)
                .and_then(|(state, days)| business_days_later(state, draft.policy(), at, days));
            draft.emit_by_timer("question", at, Reminded { closes_at });
        }
        TimerKind::GiveUp => {
            lifecycle::give_up(draft, at);
            draft.follow_clocks(at);
        }
        TimerKind::Close => {
            lifecycle::close_by_silence(draft, at);
            draft.follow_clocks(at);
        }
        TimerKind::Warn(clock) => {
            let passed = draft.state().ok().and_then(|state| {
                let clock = find(state, clock)?;
                Some((highest_share(clock, state, draft.policy(), draft.at)?, clock.due_at?))
            });
            if let Some(((share, _), due_at)) = passed {
                draft.emit_by_timer("warning", at, ClockWarned { clock, share, due_at });
            }
        }
        TimerKind::Breach(clock) => {
            let found = draft.state().ok().and_then(|state| find(state, clock));
            if let Some(breached_at) = found.and_then(|clock| clock.due_at) {
                draft.emit_by_timer("breach", at, ClockBreached { clock, breached_at });
            }
        }
        TimerKind::Silence => majors::overdue(draft, at),
        TimerKind::Page => paging::step_comes(draft, at),
        TimerKind::Nears => {
            if let Some((told, _)) = draft.state().ok().and_then(nearing::next) {
                draft.emit_by_timer("expected time", at, ExpectationNears { at: told });
            }
        }
        TimerKind::Forgotten => paging::expire(draft, at),
        TimerKind::Promise(to) => {
            let found = draft.state().ok().and_then(|state| {
                let promise = state.promise_to(to)?;
                Some(PromiseBroken { at: promise.at, to, to_requester: to == state.requester })
            });
            if let Some(broken) = found {
                draft.emit_by_timer("promise", at, broken);
            }
        }
    }
}

fn find(state: &State, kind: ClockKind) -> Option<&Clock> {
    state.clocks.iter().find(|clock| clock.kind == kind)
}

/// After a long silence one warning says it all: the highest share passed.
fn highest_share(
    clock: &Clock,
    state: &State,
    policy: &Policy,
    now: Timestamp,
) -> Option<(u8, Timestamp)> {
    let (first, first_at) = next_warning(clock, state, policy)?;
    let calendar = policy.calendar_of(clock);
    let shares = warnings(policy.agreement_of(state)).filter(|share| *share > first);
    let passed = shares.map_while(|share| {
        let at = clock.instant_of_share(calendar, share)?;
        (at <= now).then_some((share, at))
    });
    Some(passed.last().unwrap_or((first, first_at)))
}
