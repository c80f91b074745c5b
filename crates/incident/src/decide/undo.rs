//! Taking back one entry, while nothing later depends on it.

use super::lifecycle::{return_work, untouched};
use super::{Draft, lifecycle, majors, people, relations, terms};
use crate::assignment::ASSIGNMENT;
use crate::command::Command;
use crate::event::{
    Assigned, Body, Cause, Classified, Event, ImpactStated, MajorDeclined, PriorityChanged,
    PutOnHold, Resumed, RoomSet, SUGGESTION, Tagged,
};
use crate::refusal::Refusal;
use crate::state::{HoldReason, Lifecycle, State};
use kernel::Timestamp;

/// Seconds in which an entry can be undone.
const UNDO_SECONDS: i64 = 600;
/// Events that an undo looks at: the entry itself and what followed from it, which comes
/// right after it.
pub const UNDO_EVENTS: usize = 8;

pub(super) fn undo(draft: &mut Draft, n: u32) -> Result<(), Refusal> {
    let Some(event) = draft.facts.undo.first().filter(|event| event.n == n) else {
        return Err(Refusal::invalid("n", "is not an entry of this incident"));
    };
    if !undoable(event) {
        return Err(Refusal::invalid("n", "is an entry that cannot be undone"));
    }
    if draft.now.seconds_since(event.at) > UNDO_SECONDS {
        return Err(Refusal::state(
            "too_late",
            "this is more than 10 minutes ago; change it by hand",
        ));
    }
    let as_left = stands(draft.state()?, event) || is_theirs_still(draft, event)?;
    if !as_left || !can_return(draft, event) {
        return Err(Refusal::state("changed_since", "something changed since; change it by hand"));
    }
    take_back(draft, event)
}

/// Whether what it would go back to is still there and may have it.
fn can_return(draft: &Draft, event: &Event) -> bool {
    let policy = draft.policy();
    match &event.body {
        Body::Assigned(data) => people::may_have(draft, data.team_before, data.assignee_before),
        Body::Classified(data) => {
            data.service_before.is_none_or(|id| policy.services.contains_key(&id))
                && data.category_before.is_none_or(|id| policy.categories.contains_key(&id))
        }
        _ => true,
    }
}

/// Whether an entry is of a kind that can be undone.
pub fn undoable(event: &Event) -> bool {
    let by_hand = match &event.cause {
        Cause::Input(command) => !matches!(**command, Command::Undo { .. } | Command::Report(_)),
        // Whoever accepted it decided it, and what was carried out by itself must be undoable.
        Cause::Derived(derived) => derived.by == SUGGESTION,
    };
    let kind = match &event.body {
        Body::Acknowledged(data) => data.was_new,
        Body::Assigned(_)
        | Body::PriorityChanged(_)
        | Body::Classified(_)
        | Body::PutOnHold(_)
        | Body::Resumed(_)
        | Body::Merged(_)
        | Body::MajorProposed(_)
        | Body::RoomSet(_)
        | Body::ImpactStated(_)
        | Body::OutageRecorded(_)
        | Body::OutageChanged(_)
        | Body::Tagged(_) => true,
        _ => false,
    };
    by_hand && kind
}

fn stands(state: &State, event: &Event) -> bool {
    let is_of_the_past =
        matches!(event.body, Body::Merged(_) | Body::OutageRecorded(_) | Body::OutageChanged(_));
    if !state.lifecycle.is_open() && !is_of_the_past {
        return false;
    }
    match &event.body {
        Body::Acknowledged(_) => untouched(state, event.happened_at),
        Body::Assigned(data) => (state.team, state.assignee) == (data.team, data.assignee),
        Body::PriorityChanged(data) => {
            (state.impact, state.urgency, state.priority, &state.priority_override)
                == (data.impact, data.urgency, data.priority, &data.priority_override)
        }
        Body::Classified(data) => {
            data.title.is_none_or(|title| title == state.title)
                && (state.service, state.category) == (data.service, data.category)
                && (data.affected == data.affected_before || data.affected == state.affected)
                && data.fields.iter().all(|(name, value)| state.fields.get(name) == value.as_ref())
        }
        Body::PutOnHold(data) => {
            let same =
                |hold: &crate::state::Hold| hold.reason == data.reason && hold.until == data.until;
            state.hold.as_ref().is_some_and(same)
        }
        Body::Resumed(_) => state.lifecycle == Lifecycle::InProgress,
        Body::Merged(data) => state.merged_into == Some(data.into),
        Body::Tagged(data) => {
            data.added.iter().all(|tag| state.tags.contains(tag))
                && !data.removed.iter().any(|tag| state.tags.contains(tag))
        }
        body => conduct_stands(state, body, event.happened_at),
    }
}

/// The same of how a major incident is conducted, and of its outages.
fn conduct_stands(state: &State, body: &Body, at: Timestamp) -> bool {
    let conduct = state.conduct.as_deref();
    let is = |id, degree, started_at, ended_at| {
        state.outages.iter().any(|outage| {
            (outage.id, outage.degree, outage.started_at, outage.ended_at)
                == (id, degree, started_at, ended_at)
        })
    };
    match body {
        Body::MajorProposed(_) => state.proposal().is_some_and(|proposal| proposal.at == at),
        Body::RoomSet(data) => {
            conduct.and_then(|conduct| conduct.rooms.get(&data.kind).copied()) == data.address
        }
        Body::ImpactStated(data) => conduct.and_then(|c| c.impact) == data.statement,
        Body::OutageRecorded(data) => is(data.outage, data.degree, data.started_at, data.ended_at),
        Body::OutageChanged(data) => is(data.outage, data.degree, data.started_at, data.ended_at),
        _ => false,
    }
}

/// Whether a team got it, gave it to one of its people by its own way of assignment, and
/// nobody did anything about that since: then both are taken back together.
fn is_theirs_still(draft: &Draft, event: &Event) -> Result<bool, Refusal> {
    let (Body::Assigned(data), state) = (&event.body, draft.state()?) else { return Ok(false) };
    let by_the_team = |cause: &Cause| matches!(cause, Cause::Derived(by) if by.by == ASSIGNMENT);
    let since = draft.facts.timeline.iter().filter(|later| later.n > event.n);
    let mut given = since.filter_map(|later| match &later.body {
        Body::Assigned(given) => Some((by_the_team(&later.cause), given)),
        _ => None,
    });
    let (Some((true, given)), None) = (given.next(), given.next()) else { return Ok(false) };
    let untaken = state.moments.acknowledged.is_none_or(|at| at <= event.happened_at);
    Ok(untaken
        && state.lifecycle.is_open()
        && (given.team_before, given.assignee_before) == (data.team, data.assignee)
        && (state.team, state.assignee) == (given.team, given.assignee))
}

fn take_back(draft: &mut Draft, event: &Event) -> Result<(), Refusal> {
    match &event.body {
        Body::Acknowledged(_) => return_work(draft, event.happened_at),
        Body::Assigned(data) => unassign(draft, data, event)?,
        Body::PriorityChanged(data) => draft.emit(PriorityChanged {
            impact: data.impact_before,
            urgency: data.urgency_before,
            priority: data.priority_before,
            priority_override: data.override_before.clone(),
            impact_before: data.impact,
            urgency_before: data.urgency,
            priority_before: data.priority,
            override_before: data.priority_override.clone(),
        }),
        Body::Classified(data) => declassify(draft, data, event)?,
        Body::PutOnHold(data) => end_hold(draft, data, event)?,
        Body::Resumed(data) => hold_again(draft, data)?,
        Body::Merged(_) => relations::unmerge(draft)?,
        Body::Tagged(data) => {
            draft.emit(Tagged { added: data.removed.clone(), removed: data.added.clone() });
        }
        Body::MajorProposed(_) => draft.emit(MajorDeclined { reason: None }),
        Body::RoomSet(data) => {
            let (kind, address, before) = (data.kind, data.before, data.address);
            draft.emit(RoomSet { kind, address, before });
        }
        Body::ImpactStated(data) => {
            draft.emit(ImpactStated { statement: data.before, before: data.statement });
        }
        Body::OutageRecorded(_) | Body::OutageChanged(_) => majors::take_back_outage(draft, event)?,
        _ => {}
    }
    Ok(())
}

/// It is what it was, and promised what it was promised. What came over to changed terms
/// later stays there: that followed from something else.
fn declassify(draft: &mut Draft, data: &Classified, event: &Event) -> Result<(), Refusal> {
    draft.emit(Classified {
        title: data.title_before,
        title_before: data.title,
        service: data.service_before,
        service_before: data.service,
        category: data.category_before,
        category_before: data.category,
        fields: data.fields_before.clone(),
        fields_before: data.fields.clone(),
        affected: data.affected_before,
        affected_before: data.affected,
    });
    let followed = draft.facts.undo.iter().skip(1);
    let from_it = |next: &&Event| matches!(next.cause, Cause::Derived(_)) && next.at == event.at;
    let mut followed = followed.take_while(from_it);
    let changed = followed.find_map(|event| match &event.body {
        Body::AgreementChanged(changed) => Some(changed),
        _ => None,
    });
    changed.map_or(Ok(()), |changed| terms::go_back(draft, changed))
}

/// Whoever had it before has it again; if that was nobody, it is new again.
fn unassign(draft: &mut Draft, data: &Assigned, event: &Event) -> Result<(), Refusal> {
    people::assigned(draft, data.team_before, data.assignee_before)?;
    if data.was_new {
        return_work(draft, event.happened_at);
    }
    Ok(())
}

/// It waits as before, or not at all.
fn end_hold(draft: &mut Draft, data: &PutOnHold, event: &Event) -> Result<(), Refusal> {
    let at = draft.at;
    let before = data.before.clone().filter(|hold| hold.until.is_none_or(|until| until > at));
    if let Some(before) = before {
        let state = draft.state()?;
        let body = PutOnHold {
            reason: before.reason,
            until: before.until,
            note: None,
            was_new: false,
            before: state.hold.clone(),
        };
        draft.emit(body);
        lifecycle::hold_below(draft, Some(data.reason));
        return Ok(());
    }
    let resumed = lifecycle::resumed(draft.state()?)?;
    draft.emit(resumed);
    if data.was_new {
        return_work(draft, event.happened_at);
    }
    // What is told last happens first: the children resume before they are given back.
    lifecycle::hold_below(draft, Some(data.reason));
    Ok(())
}

fn hold_again(draft: &mut Draft, data: &Resumed) -> Result<(), Refusal> {
    let passed = |until: Timestamp| until <= draft.at;
    if data.reason == HoldReason::Scheduled && data.until.is_some_and(passed) {
        return Err(Refusal::state("too_late", "the agreed time has come; hold it by hand"));
    }
    let until = data.until.filter(|until| !passed(*until));
    draft.emit(PutOnHold { reason: data.reason, until, note: None, was_new: false, before: None });
    lifecycle::hold_below(draft, None);
    Ok(())
}
