//! The next step of paging: when its instant comes, or at once.

use super::super::Draft;
use super::{beside, follow, is_answered_by_all, stop};
use crate::command::Command;
use crate::escalation::{AGAIN_SECONDS, Cue, Finder, Next, Stop, Turns, Whom, Why, by_hand, plan};
use crate::event::{AcknowledgementExpired, Body, Paged, PagingExhausted};
use crate::reach::Urgency;
use crate::timers::TimerKind;
use kernel::{PersonId, TeamId, Timestamp};
use std::collections::BTreeSet;

/// Seconds behind its instant from which on a step is late: nothing ran here meanwhile.
const LATE_SECONDS: i64 = 20;

/// By what something about paging is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// Somebody wished just that.
    Wish,
    /// It follows from what was done.
    Follows,
    /// Its instant came.
    Timer(Timestamp),
}

/// Says it. Where it paged somebody whom others learn from, those are told after it.
pub(super) fn say(draft: &mut Draft, voice: Voice, body: impl Into<Body>) {
    let body = body.into();
    let learning = learning(draft, voice, &body);
    speak(draft, voice, body);
    if let Some(told) = learning {
        speak(draft, if voice == Voice::Wish { Voice::Follows } else { voice }, told.into());
    }
}

/// Who learns beside those whom an entry pages. They are told by an entry of their own: nothing
/// waits for them, and the other stays as it would be without them.
fn learning(draft: &Draft, voice: Voice, body: &Body) -> Option<Paged> {
    let Body::Paged(paged) = body else { return None };
    let at = if let Voice::Timer(at) = voice { at } else { draft.now };
    let nobody = Default::default();
    let finder = finder(draft, at, paged.urgency, &nobody, draft.facts.turns)?;
    let people = finder.besides(&paged.people);
    let Paged { began_n, step, round, urgency, note, .. } = **paged;
    let (cue, webhooks, next, turn) = (Cue::Shadows, vec![], None, None);
    let told = Paged { began_n, step, round, cue, people, webhooks, urgency, next, turn, note };
    (!told.people.is_empty()).then_some(told)
}

fn speak(draft: &mut Draft, voice: Voice, body: Body) {
    match voice {
        Voice::Wish => draft.emit(body),
        Voice::Follows => draft.emit_for_it("paging", body),
        Voice::Timer(at) => draft.emit_by_timer("paging", at, body),
    }
}

/// Who is found for the incident as it stands.
pub(super) fn finder<'d>(
    draft: &'d Draft<'_>,
    at: Timestamp,
    urgency: Urgency,
    declined: &'d BTreeSet<PersonId>,
    turns: &'d Turns,
) -> Option<Finder<'d>> {
    let state = draft.state().ok()?;
    let of = state.paging.as_ref().and_then(|course| course.policy);
    let (policy, only) = (draft.policy(), state.confidential_to);
    Some(Finder { policy, only, at, urgency, declined, turns, of })
}

/// Whether the command that is decided just now answers the page, so that whoever would be
/// next is left alone.
pub(in crate::decide) fn is_answered_now(draft: &Draft, kind: TimerKind) -> bool {
    kind == TimerKind::Page
        && matches!(
            draft.command(),
            Command::Acknowledge
                | Command::Resolve { .. }
                | Command::Close
                | Command::Cancel { .. }
                | Command::Merge { .. }
                | Command::DeclinePage { .. }
                | Command::AnswerCall { .. }
                | Command::EscalatePage
        )
}

/// When a step that was due at `at` is said to have come: a page that is late was sent when
/// it was sent.
pub(in crate::decide) fn own_instant(at: Timestamp, now: Timestamp) -> Timestamp {
    if is_late(at, now) { now } else { at }
}

fn is_late(at: Timestamp, now: Timestamp) -> bool {
    now.seconds_since(at) > LATE_SECONDS
}

/// The next step comes by itself. What was missed meanwhile comes together, as one.
pub(in crate::decide) fn step_comes(draft: &mut Draft, at: Timestamp) {
    let course = draft.state().ok().and_then(|state| state.paging.as_ref());
    let Some((course, next_at)) = course.and_then(|course| Some((course, course.next_at()?)))
    else {
        return;
    };
    if is_answered_by_all(draft, course) {
        stop(draft, Stop::Acknowledged, Voice::Timer(at));
        return;
    }
    let cue = if is_late(next_at, at) { Cue::Late } else { Cue::Plan };
    next_step(draft, cue, at, Voice::Timer(at));
}

/// Nothing was heard for too long of whoever took it: paging begins again.
pub(in crate::decide) fn expire(draft: &mut Draft, at: Timestamp) {
    let Some(course) = draft.state().ok().and_then(|state| state.paging.as_ref()) else { return };
    let (people, acknowledged_at) = (course.acknowledged_by.clone(), course.acknowledged_at);
    let course_urgency = course.urgency;
    // Whom the other team's policy names in the end does not have it any more either.
    let (again, fallback) = match given_since(draft, &people) {
        Some(team) => (vec![Whom::Team(team)], vec![]),
        None => (people.iter().copied().map(Whom::Person).collect(), course.fallback.clone()),
    };
    let voice = Voice::Timer(at);
    say(draft, voice, AcknowledgementExpired { people, acknowledged_at });
    let Ok(state) = draft.state() else { return };
    let urgency = follow::more_urgent(course_urgency, follow::urgency_of(state.priority));
    let policy = follow::own_policy(draft);
    let (plan, fallback) = match policy {
        Some(policy) => (plan(policy, at), policy.fallback.clone()),
        None => (by_hand(&again, &fallback, at), fallback),
    };
    let wish = follow::Wish { why: Why::Expired, policy, plan, fallback, urgency, note: None };
    follow::begin(draft, wish, voice);
}

/// The team that it was given to since these people took it: nobody of them is of it.
fn given_since(draft: &Draft, people: &BTreeSet<PersonId>) -> Option<TeamId> {
    let id = draft.state().ok()?.team?;
    let team = draft.policy().teams.get(&id)?;
    (!people.is_empty() && team.members.is_disjoint(people)).then_some(id)
}

/// The next step that finds somebody; in the end the fallback. Steps that find nobody are
/// passed over at once.
pub(super) fn next_step(draft: &mut Draft, cue: Cue, at: Timestamp, voice: Voice) {
    let course = draft.state().ok().and_then(|state| state.paging.as_ref());
    let Some(course) = course.filter(|course| course.is_going()) else { return };
    let is_call = course.why == Why::Called;
    // Who comes is asked no more, and who does not answer keeps nobody else awake for it.
    let come = course.acknowledged_by.iter().filter(|_| is_call);
    let left_out = course.declined.iter().chain(come).copied().collect();
    let is_over = is_call && !course.acknowledged_by.is_empty();
    let Some(finder) = finder(draft, at, course.urgency, &left_out, draft.facts.turns) else {
        return;
    };
    let Some((came, found)) = finder.first(&course.ahead, cue == Cue::Late) else { return };
    let Some(step) = course.ahead.get(came) else { return };
    let (number, end) = ((step.step, step.round), step.end);
    let on_time = cue == Cue::Plan && came == 0;
    let moved = if on_time { 0 } else { at.micros_since(step.at) };
    let next = course.ahead.iter().skip(came + 1).find_map(|planned| {
        let at = planned.at.plus_micros(moved);
        planned.counts(at).then_some(Next { step: planned.step, at })
    });
    let (began_n, urgency, times) = (course.began_n, course.urgency, course.exhausted + 1);
    if end && is_over {
        stop(draft, Stop::Acknowledged, voice);
    } else if end {
        let again_at = at.plus_seconds(AGAIN_SECONDS);
        say(draft, voice, PagingExhausted { step: number.0, times, again_at });
        let voice = if voice == Voice::Wish { Voice::Follows } else { voice };
        let next = Some(Next { step: number.0 + 1, at: again_at });
        say(draft, voice, beside(began_n, number, cue, found, urgency, next));
    } else {
        say(draft, voice, beside(began_n, number, cue, found, urgency, next));
    }
}
