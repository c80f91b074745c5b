//! Paging by hand, and what answers a page. What begins and ends paging by itself is in
//! `follow`, the next step in `step`.

mod call;
mod follow;
mod step;

pub(super) use call::{answered_call, call, is_anybody_reached, on_call_for, silent};
pub(super) use follow::follow;
pub(super) use step::{expire, is_answered_now, own_instant, step_comes};

use super::{Draft, people};
use crate::command::{Command, Related};
use crate::escalation::{
    Course, Cue, Found, Next, Standing, Stop, Turns, Whom, Why, by_hand, may_take,
};
use crate::event::{Body, PageAcknowledged, PageDeclined, PageFailed, Paged, PagingStopped};
use crate::reach::Urgency;
use crate::refusal::Refusal;
use kernel::{ContentId, EscalationId, PersonId, Timestamp};
use step::{Voice, finder, next_step, say};

/// Whom one command pages at most.
const WHOM_MAX: usize = 20;
/// Seconds between two times that an end which reached nobody is told to others at once: where
/// every way is broken, more pages only fill the timeline.
const RESORT_SECONDS: i64 = 600;

pub(super) fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Page { whom, policy: Some(policy), urgency, note } if whom.is_empty() => {
            follow_policy(draft, *policy, *urgency, *note)
        }
        Command::Page { policy: Some(_), .. } => {
            Err(Refusal::invalid("policy", "cannot be given together with whom"))
        }
        Command::Page { whom, policy: None, urgency, note } => page(draft, whom, *urgency, *note),
        Command::DeclinePage { note } => decline(draft, *note),
        Command::EscalatePage => {
            let at = draft.now;
            next_step(draft, Cue::Escalated, at, Voice::Wish);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What others say about the paging of this incident.
pub(super) fn note(draft: &mut Draft, related: &Related) -> Result<(), Refusal> {
    let Related::PageFailed { paged, people, failure } = related else { return Ok(()) };
    let course = draft.state()?.paging.as_ref();
    let Some(course) = course.filter(|course| course.is_going()) else { return Ok(()) };
    // A later step may have come meanwhile.
    let came_last = course.paged_n == *paged;
    let goes_on = came_last && course.standing == Standing::Paging;
    let rests = course.resorted_at.is_some_and(|at| draft.now.seconds_since(at) < RESORT_SECONDS);
    let resorts = came_last && course.standing == Standing::Exhausted && !rests;
    draft.emit(PageFailed { paged: *paged, people: people.clone(), failure: *failure });
    if goes_on {
        let at = draft.now;
        next_step(draft, Cue::Failed, at, Voice::Follows);
    }
    if resorts {
        resort(draft);
    }
    Ok(())
}

/// The end reached nobody: whoever is left is told at once. The hourly end comes all the same.
fn resort(draft: &mut Draft) {
    let Some(course) = draft.state().ok().and_then(|state| state.paging.as_ref()) else { return };
    let (at, nobody) = (draft.now, Default::default());
    let Some(finder) = finder(draft, at, course.urgency, &nobody, draft.facts.turns) else {
        return;
    };
    let place = course.step.as_ref().map_or((0, 0), |step| (step.step, step.round));
    let next = course.ahead.first().map(|next| Next { step: next.step, at: next.at });
    let found = Found { people: finder.last_resort(), ..Found::default() };
    let paged = beside(course.began_n, place, Cue::LastResort, found, course.urgency, next);
    say(draft, Voice::Follows, paged);
}

/// Answers a page of an incident that was taken before.
pub(super) fn answer(draft: &mut Draft) {
    match draft.facts.actor.person_id() {
        Some(person) => draft.emit(PageAcknowledged { person }),
        None => stop(draft, Stop::Acknowledged, Voice::Wish),
    }
}

/// Whoever works on it answers their page with that.
pub(super) fn works_on_it(draft: &mut Draft) {
    let Some(person) = draft.facts.actor.person_id() else { return };
    let course = draft.state().ok().and_then(|state| state.paging.as_ref());
    let is_paged = |course: &Course| {
        course.must_answer.contains(&person) || course.waiting_for.contains(&person)
    };
    let matters = course
        .filter(|course| course.is_going())
        .is_some_and(|course| !is_awaited(draft, course) || is_paged(course));
    if matters {
        draft.emit_by_policy("took it", 0, PageAcknowledged { person });
    }
}

/// Whether somebody must answer who still can: whose account was switched off, or who may not
/// see it any more, keeps nobody awake.
fn is_awaited(draft: &Draft, course: &Course) -> bool {
    let Ok(state) = draft.state() else { return false };
    course.must_answer.iter().any(|person| may_take(draft.policy(), state.confidential_to, *person))
}

/// Whether everybody who had to answer did, or cannot any more.
fn is_answered_by_all(draft: &Draft, course: &Course) -> bool {
    let had_to = !course.must_answer.is_empty() && !course.acknowledged_by.is_empty();
    had_to && !is_awaited(draft, course)
}

/// Ends it. An acknowledgement may hold for some time only.
fn stop(draft: &mut Draft, why: Stop, voice: Voice) {
    let course = draft.state().ok().and_then(|state| state.paging.as_ref());
    let seconds = course.and_then(|course| course.acknowledgement_seconds);
    let seconds = seconds.filter(|_| why == Stop::Acknowledged);
    let expires_at = seconds.map(|seconds| draft.at.plus_seconds(seconds));
    say(draft, voice, PagingStopped { why, expires_at });
}

/// Follows a policy from its first step, whatever was followed before.
fn follow_policy(
    draft: &mut Draft,
    policy: EscalationId,
    urgency: Urgency,
    note: Option<ContentId>,
) -> Result<(), Refusal> {
    let known = draft.policy().paging.policies.get(&policy);
    let Some(policy) = known else {
        return Err(Refusal::invalid("policy", "is not an escalation policy in use"));
    };
    let wish = follow::Wish {
        why: Why::ByHand,
        policy: Some(policy),
        plan: crate::escalation::plan(policy, draft.now),
        fallback: policy.fallback.clone(),
        urgency,
        note,
    };
    follow::begin(draft, wish, Voice::Wish);
    Ok(())
}

/// Pages somebody: beside whoever is paged, or with a small plan of its own.
fn page(
    draft: &mut Draft,
    whom: &[Whom],
    urgency: Urgency,
    note: Option<ContentId>,
) -> Result<(), Refusal> {
    if whom.is_empty() || whom.len() > WHOM_MAX {
        return Err(Refusal::invalid("whom", format!("names 1 to {WHOM_MAX}, or give a policy")));
    }
    whom.iter().try_for_each(|named| check(draft, *named))?;
    let nobody = Default::default();
    let Some(finder) = finder(draft, draft.now, urgency, &nobody, draft.facts.turns) else {
        return Ok(());
    };
    let found = finder.all(whom);
    if !found.people.iter().any(|paged| finder.can_be_reached(paged.person)) {
        return Err(Refusal::invalid("whom", "is nobody who works on this and can be reached now"));
    }
    let course = draft.state()?.paging.as_ref().filter(|course| course.is_going());
    let Some(course) = course else {
        let policy = follow::own_policy(draft);
        let fallback = policy.map(|policy| policy.fallback.clone()).unwrap_or_default();
        let plan = by_hand(whom, &fallback, draft.now);
        let wish = follow::Wish { why: Why::ByHand, policy: None, plan, fallback, urgency, note };
        follow::begin(draft, wish, Voice::Wish);
        return Ok(());
    };
    let at = course.step.as_ref().map_or((0, 0), |step| (step.step, step.round));
    let began_n = course.began_n;
    let paged = beside(began_n, at, Cue::ByHand, found, urgency, None);
    say(draft, Voice::Wish, Paged { note, ..paged });
    Ok(())
}

fn beside(
    began_n: u32,
    (step, round): (u32, u32),
    cue: Cue,
    found: Found,
    urgency: Urgency,
    next: Option<Next>,
) -> Paged {
    let Found { people, webhooks, turn } = found;
    Paged { began_n, step, round, cue, people, webhooks, urgency, next, turn, note: None }
}

fn check(draft: &Draft, named: Whom) -> Result<(), Refusal> {
    let policy = draft.policy();
    match named {
        Whom::Person(person) => people::check_staff(draft, person, "whom"),
        Whom::Team(team) if !policy.teams.contains_key(&team) => {
            Err(Refusal::invalid("whom", "is not a known team"))
        }
        Whom::Schedule(id) if !policy.paging.schedules.contains_key(&id) => {
            Err(Refusal::invalid("whom", "is not a schedule in use"))
        }
        Whom::Webhook(_) => Err(Refusal::invalid("whom", "is a program, which takes nothing")),
        Whom::Team(_) | Whom::Schedule(_) => Ok(()),
    }
}

/// Whoever is paged cannot take it: the next in turn, or else the next step.
fn decline(draft: &mut Draft, note: Option<ContentId>) -> Result<(), Refusal> {
    let state = draft.state()?;
    let person = draft.facts.actor.person_id();
    let paged = state.paging.as_ref().zip(person).filter(|(course, person)| {
        course.waiting_for.contains(person) || course.must_answer.contains(person)
    });
    let Some((_, person)) = paged else {
        return Err(Refusal::state("not_paged", "you are not paged about this incident now"));
    };
    draft.emit(PageDeclined { person, note });
    goes_on_after(draft, person);
    Ok(())
}

/// Where nobody else who is paged may still answer, whoever is next comes at once.
fn goes_on_after(draft: &mut Draft, declined: PersonId) {
    let course = draft.state().ok().and_then(|state| state.paging.as_ref());
    let Some(course) = course.filter(|course| course.is_going()) else { return };
    let (waits, standing) = (!course.waiting_for.is_empty(), course.standing);
    let at = draft.now;
    if waits {
        return;
    }
    if let Some(paged) = next_in_turn(draft, declined, at) {
        say(draft, Voice::Follows, paged);
    } else if standing == Standing::Paging {
        next_step(draft, Cue::Declined, at, Voice::Follows);
    }
}

/// Pages whoever comes after somebody in a step that they take in turn.
fn next_in_turn(draft: &Draft, person: PersonId, at: Timestamp) -> Option<Body> {
    let course = draft.state().ok()?.paging.as_ref()?;
    let step = course.step.as_ref().filter(|step| step.round_robin)?;
    let mut turns: Turns = draft.facts.turns.clone();
    turns.extend(course.policy.map(|of| ((of.id, step.place), person)));
    let found = finder(draft, at, course.urgency, &course.declined, &turns)?.find(step);
    let next = course.ahead.first().zip(course.paged_at).map(|(next, paged)| Next {
        step: next.step,
        at: at.plus_micros(next.at.micros_since(paged).max(0)),
    });
    let place = (step.step, step.round);
    let paged = beside(course.began_n, place, Cue::Declined, found, course.urgency, next);
    (!paged.people.is_empty()).then(|| paged.into())
}
