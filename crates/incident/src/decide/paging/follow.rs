//! What begins and ends paging by itself, whichever command it was.

use super::super::{Draft, Origin};
use super::step::{Voice, next_step, say};
use super::stop;
use crate::escalation::{
    Cue, EscalationPolicy, Planned, PolicyRef, Stop, Whom, Why, by_hand, person_first, plan,
};
use crate::event::{Body, Event, PagingBegan};
use crate::reach::Urgency;
use crate::state::{Lifecycle, State};
use kernel::{ActorKind, ContentId, PersonId, Priority, TeamId};

/// Paging that is to begin.
pub(super) struct Wish<'a> {
    pub(super) why: Why,
    pub(super) policy: Option<&'a EscalationPolicy>,
    pub(super) plan: Vec<Planned>,
    pub(super) fallback: Vec<Whom>,
    pub(super) urgency: Urgency,
    pub(super) note: Option<ContentId>,
}

/// Brings paging in line with what was decided. The past of another system pages nobody.
pub(in crate::decide) fn follow(draft: &mut Draft) {
    if draft.facts.origin == Origin::Import || draft.recorded().is_empty() {
        return;
    }
    settle(draft);
    if let Some(wish) = wanted(draft) {
        begin(draft, wish, Voice::Follows);
    }
}

/// Ends what nobody needs to be paged about any more.
fn settle(draft: &mut Draft) {
    let Ok(state) = draft.state() else { return };
    let Some(course) = state.paging.as_ref().filter(|course| course.is_going()) else { return };
    let taken = course.must_answer.is_empty() && is_taken(draft);
    if let Some(why) = over(state).or(taken.then_some(Stop::Acknowledged)) {
        stop(draft, why, Voice::Follows);
    }
}

fn over(state: &State) -> Option<Stop> {
    match state.lifecycle {
        _ if state.merged_into.is_some() => Some(Stop::Merged),
        Lifecycle::Resolved => Some(Stop::Resolved),
        Lifecycle::Closed => Some(Stop::Closed),
        Lifecycle::Cancelled => Some(Stop::Cancelled),
        Lifecycle::New | Lifecycle::InProgress | Lifecycle::OnHold => None,
    }
}

/// Whether somebody took it just now. What a rule does is done by nobody.
fn is_taken(draft: &Draft) -> bool {
    draft.recorded().iter().any(|event| {
        matches!(event.body, Body::Acknowledged(_) | Body::PageAcknowledged(_))
            && event.actor.kind != ActorKind::System
    })
}

/// What is to begin because of what was decided.
fn wanted<'a>(draft: &Draft<'a>) -> Option<Wish<'a>> {
    let state = draft.state().ok()?;
    let may = over(state).is_none() && !state.quiet && state.suppressed.is_none();
    if !may || is_taken(draft) {
        return None;
    }
    let person = given_to(draft);
    let paging = &draft.policy().paging;
    let own = paging.policy_of(state.service, state.team);
    let course = state.paging.as_ref().filter(|course| course.is_going());
    let (why, policy) = match given_to_team(draft)
        .and_then(|team| paging.policy_of(None, Some(team)))
    {
        Some(theirs) if pages(theirs, state.priority) => (Why::Given, Some(theirs)),
        _ if course.is_some() => (person.map(|_| Why::Assigned)?, own),
        _ => {
            let own = own.filter(|policy| pages(policy, state.priority))?;
            (draft.recorded().iter().find_map(|event| cause(draft, state, own, event))?, Some(own))
        }
    };
    let fallback = match (policy, course) {
        (Some(policy), _) => policy.fallback.clone(),
        (None, Some(course)) => course.fallback.clone(),
        (None, None) => vec![],
    };
    let at = draft.now;
    let plan = match (person, policy) {
        (Some(person), Some(policy)) => person_first(person, policy, at),
        (None, Some(policy)) => plan(policy, at),
        (Some(person), None) => by_hand(&[Whom::Person(person)], &fallback, at),
        (None, None) => return None,
    };
    let urgency = match course {
        Some(course) if why == Why::Assigned => course.urgency,
        _ => urgency_of(state.priority),
    };
    Some(Wish { why, policy, plan, fallback, urgency, note: None })
}

fn pages(policy: &EscalationPolicy, priority: Priority) -> bool {
    priority <= policy.pages_from
}

/// What is critical or high wakes people; what is less can wait until they look.
fn urgency_of(priority: Priority) -> Urgency {
    if priority.get() <= 2 { Urgency::High } else { Urgency::Low }
}

/// Whether an event lets paging begin that does not go on.
fn cause(draft: &Draft, state: &State, own: &EscalationPolicy, event: &Event) -> Option<Why> {
    let untaken = state.moments.acknowledged.is_none();
    let actor = event.actor.person_id();
    let by_whoever_has_it = actor.is_some() && actor == state.assignee;
    match &event.body {
        // A further case of what its parent tells of is worked on there.
        Body::Reported(data) if untaken && data.parent.is_none() => Some(Why::Reported),
        Body::PriorityChanged(data) if !pages(own, data.priority_before) => {
            (!by_whoever_has_it).then_some(Why::Raised)
        }
        Body::Classified(data) if untaken && data.service != data.service_before => {
            Some(Why::Classified)
        }
        Body::Reopened(data) if !data.by_reply && !draft.by_provider() => Some(Why::Reopened),
        Body::WorkReturned(_) => Some(Why::Returned),
        Body::Unmerged(_) if untaken => Some(Why::Unmerged),
        Body::PagingReleased(_) if untaken => Some(Why::Released),
        _ => None,
    }
}

/// The other team that it was given to just now.
fn given_to_team(draft: &Draft) -> Option<TeamId> {
    draft.recorded().iter().find_map(|event| match &event.body {
        Body::Assigned(data) if data.team != data.team_before => data.team,
        _ => None,
    })
}

/// The person that somebody gave it to just now, not by a rule and not to themselves.
fn given_to(draft: &Draft) -> Option<PersonId> {
    let by = draft.facts.actor.person_id().filter(|_| draft.facts.derived.is_none())?;
    draft.recorded().iter().find_map(|event| match &event.body {
        Body::Assigned(data) if data.assignee != data.assignee_before => {
            data.assignee.filter(|person| *person != by)
        }
        _ => None,
    })
}

/// Begins it, in place of what went on before; what comes at once comes now.
pub(super) fn begin(draft: &mut Draft, wish: Wish<'_>, voice: Voice) {
    let goes_on = draft.state().is_ok_and(State::is_paging);
    let Wish { why, policy, plan, fallback, urgency, note } = wish;
    let at = draft.now;
    let steps = plan.len();
    let began = PagingBegan {
        why,
        policy: policy.map(|policy| PolicyRef { id: policy.id, version: policy.version }),
        urgency,
        plan,
        fallback,
        acknowledgement_seconds: policy.and_then(|policy| policy.acknowledgement_seconds),
        note,
    };
    if goes_on && voice == Voice::Follows {
        stop(draft, Stop::Replaced, voice);
    }
    say(draft, voice, began);
    let at = if let Voice::Timer(at) = voice { at } else { at };
    let voice = if voice == Voice::Wish { Voice::Follows } else { voice };
    for _ in 0..steps {
        let course = draft.state().ok().and_then(|state| state.paging.as_ref());
        let next_at = course.filter(|course| course.exhausted == 0).and_then(|c| c.next_at());
        if next_at.is_none_or(|next_at| next_at > at) {
            return;
        }
        next_step(draft, Cue::Plan, at, voice);
    }
}
