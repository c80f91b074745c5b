//! What people were promised, why a promise was not kept, and pauses that were none.

use super::{Draft, conversation, people};
use crate::clocks::{Clock, ClockKind};
use crate::command::Command;
use crate::event::{BreachExplained, ClockBreached, PauseCorrected, PromiseChanged, Promised};
use crate::ledger::{self, Span};
use crate::refusal::Refusal;
use kernel::{ContentId, PersonId, Timestamp, limits};

pub(super) fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Promise { at, to, reason } => promise(draft, *at, *to, *reason),
        Command::ExplainBreach { clock, reason, owner } => explain(draft, *clock, *reason, *owner),
        Command::CorrectPause { n, from, to, reason } => {
            let span = span(draft, *from, *to)?;
            correct_pause(draft, *n, span, *reason)
        }
        _ => Ok(()),
    }
}

fn promise(
    draft: &mut Draft,
    at: Option<Timestamp>,
    to: Option<PersonId>,
    reason: Option<ContentId>,
) -> Result<(), Refusal> {
    let state = draft.state()?;
    let to = to.unwrap_or(state.requester);
    let to_requester = to == state.requester;
    if !to_requester && !state.watchers.contains(&to) {
        people::check_told(draft, to)?;
    }
    if at.is_some_and(|at| at <= draft.at) {
        return Err(Refusal::invalid("at", "lies in the past"));
    }
    let given = state.promise_to(to).filter(|promise| !promise.kept).map(|promise| promise.at);
    match (given, at, reason) {
        (None, None, _) => return Err(Refusal::invalid("at", "is needed")),
        (Some(before), Some(at), _) if before == at => {
            return Err(Refusal::state("nothing_to_change", "they were promised that already"));
        }
        (Some(_), _, None) => {
            return Err(Refusal::invalid("reason", "is needed: they were promised something else"));
        }
        (None, Some(_), _)
            if state.promise_to(to).is_none()
                && state.promises.len() >= limits::PROMISES_PER_INCIDENT =>
        {
            return Err(Refusal::limit(format!(
                "{} people were promised something here, the most there can be",
                limits::PROMISES_PER_INCIDENT
            )));
        }
        (None, Some(at), reason) => draft.emit(Promised { at, to, reason, to_requester }),
        (Some(before), at, Some(reason)) => {
            draft.emit(PromiseChanged { at, before, to, reason, to_requester });
        }
    }
    if to_requester {
        conversation::provider_spoke(draft);
    }
    Ok(())
}

fn explain(
    draft: &mut Draft,
    clock: ClockKind,
    reason: ContentId,
    owner: PersonId,
) -> Result<(), Refusal> {
    let breach = draft.state()?.breaches().find(|breach| breach.clock == clock);
    let Some(breached_at) = breach.map(|breach| breach.at) else {
        return Err(Refusal::invalid("clock", "has not passed its target"));
    };
    people::check_owner(draft, owner)?;
    draft.emit(BreachExplained { clock, breached_at, reason, owner });
    Ok(())
}

/// The span that counts as the pause; none when there was no pause.
fn span(
    draft: &Draft,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<Option<Span>, Refusal> {
    let (from, to) = match (from, to) {
        (None, None) => return Ok(None),
        (Some(from), Some(to)) => (from, to),
        (Some(_), None) => return Err(Refusal::invalid("to", "is needed with from")),
        (None, Some(_)) => return Err(Refusal::invalid("from", "is needed with to")),
    };
    let state = draft.state()?;
    let begun = state.moments.detected.map_or(state.reported_at, |at| at.min(state.reported_at));
    if from >= to {
        return Err(Refusal::invalid("to", "must be after from"));
    }
    if from < begun {
        return Err(Refusal::invalid("from", "lies before the report"));
    }
    if to > draft.at {
        return Err(Refusal::invalid("to", "lies in the future"));
    }
    Ok(Some(Span { from, to }))
}

fn correct_pause(
    draft: &mut Draft,
    n: u32,
    counted: Option<Span>,
    reason: ContentId,
) -> Result<(), Refusal> {
    let mut pauses = ledger::pauses(draft.timeline());
    let Some(pause) = pauses.iter_mut().find(|pause| pause.n == n) else {
        return Err(Refusal::invalid("n", "is not the entry that ended a hold"));
    };
    let counted_before = std::mem::replace(&mut pause.counted, counted);
    let pause = *pause;
    if counted_before == counted {
        return Err(Refusal::state("nothing_to_change", "the pause is counted like that already"));
    }
    let courses = ledger::courses(draft.timeline(), draft.policy());
    if !courses.iter().any(|(kind, course)| course.waited_in(*kind, &pause)) {
        return Err(Refusal::state("nothing_to_change", "no clock waited because of that hold"));
    }
    let before = draft.state()?.clocks.clone();
    let changed: Vec<Clock> = before
        .iter()
        .filter_map(|clock| {
            let course = courses.get(&clock.kind)?.corrected(clock.kind, &pauses);
            course.recount(clock, draft.policy(), draft.at)
        })
        .collect();
    draft.emit(PauseCorrected {
        pause: n,
        waited_for: pause.reason,
        counted,
        counted_before,
        reason,
    });
    let breaches: Vec<ClockBreached> = changed
        .iter()
        .filter(|clock| {
            before.iter().any(|old| old.kind == clock.kind && old.breached_at.is_none())
        })
        .filter_map(|clock| {
            Some(ClockBreached { clock: clock.kind, breached_at: clock.breached_at? })
        })
        .collect();
    draft.set_clocks("corrected pause", changed, breaches);
    Ok(())
}
