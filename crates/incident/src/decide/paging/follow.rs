//! What begins and ends paging by itself, whichever command it was.

use super::super::{Draft, Origin};
use super::call::{call_on, unanswered};
use super::step::{Voice, finder, next_step, say};
use super::{beside, is_answered_by_all, is_awaited, stop};
use crate::alerts::AlertsWhy;
use crate::escalation::{
    Course, Cue, EscalationPolicy, Planned, PolicyRef, Standing, Stop, Whom, Why, by_hand,
    person_first, plan,
};
use crate::event::{Body, Event, PagingBegan};
use crate::reach::Urgency;
use crate::state::{Lifecycle, State};
use kernel::{ActorKind, Channel, ContentId, PersonId, Priority, TeamId, Timestamp};

/// Seconds between two times that whoever has it is told of one more alert: a storm is one word.
const JOINED_SECONDS: i64 = 600;
/// Seconds since they last did something in which they are left alone: they are looking at it.
const HEARD_SECONDS: i64 = 120;

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
    } else if given_away(draft).is_some() {
        let left = unanswered(draft);
        stop(draft, Stop::Given, Voice::Follows);
        call_on(draft, &left);
    } else if let Some(paged) = joined(draft) {
        say(draft, Voice::Follows, paged);
    }
}

/// Ends what nobody needs to be paged about any more.
fn settle(draft: &mut Draft) {
    let Ok(state) = draft.state() else { return };
    let Some(course) = state.paging.as_ref().filter(|course| course.is_going()) else { return };
    // Who had to answer beside whoever took it does not have it any more.
    let nobody_else = !is_awaited(draft, course) || given_away(draft).is_some();
    let taken = nobody_else && is_taken(draft);
    let taken = taken || is_answered_by_all(draft, course) || has_spoken(state, course);
    // What somebody wished goes on until somebody takes it.
    let muted = !course.why.is_wished() && state.muted().is_some();
    let why = over(state).or(taken.then_some(Stop::Acknowledged));
    if let Some(why) = why.or(muted.then_some(Stop::Muted)) {
        // Who was asked to come is not who was to take it, and was asked by a person.
        let is_open = matches!(why, Stop::Acknowledged | Stop::Muted);
        let left = if is_open { unanswered(draft) } else { vec![] };
        stop(draft, why, Voice::Follows);
        call_on(draft, &left);
    }
}

/// Whether the word came, whoever said it, for whose lack somebody is paged.
fn has_spoken(state: &State, course: &Course) -> bool {
    let conduct = state.conduct.as_deref();
    course.why == Why::Silent
        && conduct.is_some_and(|conduct| conduct.communication.overdue_since.is_none())
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
    if !may(state) || is_taken(draft) {
        return None;
    }
    let (person, away) = (given_to(draft), given_away(draft));
    let course = state.paging.as_ref().filter(|course| course.is_going());
    let (why, policy) = reason(draft, state, person.is_some())?;
    // Whoever is asked to come says nothing of who is to take what is released.
    let course = course.filter(|_| why != Why::Released);
    let fallback = match (policy, course) {
        (Some(policy), _) => policy.fallback.clone(),
        (None, Some(course)) if away.is_none() => course.fallback.clone(),
        (None, _) => vec![],
    };
    let at = draft.now;
    let plan = match (person, policy) {
        (Some(person), Some(policy)) => person_first(person, policy, at),
        (None, Some(policy)) => plan(policy, at),
        (_, None) => {
            let has_it = person.map(Whom::Person).or(away.map(Whom::Team));
            let named = course.map(|course| named(course)).filter(|named| !named.is_empty());
            let team = state.team.filter(|_| is_handed_over(state)).map(Whom::Team);
            let whom = match (has_it, named) {
                (Some(whom), _) => vec![whom],
                (None, Some(named)) => named,
                // Where it is of no team either: whoever is left.
                (None, None) => team.into_iter().collect(),
            };
            by_hand(&whom, &fallback, at)
        }
    };
    let urgency = urgency_of(state.priority);
    let urgency = match course {
        Some(course) if why == Why::Assigned => more_urgent(course.urgency, urgency),
        _ => urgency,
    };
    Some(Wish { why, policy, plan, fallback, urgency, note: None })
}

/// Why paging is to begin, and by which policy; `person` says that somebody was given it.
fn reason<'a>(
    draft: &Draft<'a>,
    state: &State,
    person: bool,
) -> Option<(Why, Option<&'a EscalationPolicy>)> {
    let paging = &draft.policy().paging;
    let own = own_policy(draft);
    let theirs = given_to_team(draft).and_then(|team| paging.policy_of(None, Some(team)));
    let course = state.paging.as_ref().filter(|course| course.is_going());
    let [_, high, ..] = Priority::ALL;
    match (theirs, course) {
        (Some(theirs), _) if pages(theirs, state.priority) => Some((Why::Given, Some(theirs))),
        (_, Some(_)) if given_away(draft).is_some() => {
            let from = pages_from(state, own).unwrap_or(high);
            (state.priority <= from).then_some((Why::Given, own))
        }
        (_, Some(_)) if person => Some((Why::Assigned, own)),
        (_, Some(course)) => more(draft, state, course, own),
        (_, None) => {
            let from = pages_from(state, own).or(is_handed_over(state).then_some(high));
            let from = from.filter(|from| state.priority <= *from)?;
            let mut recorded = draft.recorded().iter();
            Some((recorded.find_map(|event| cause(draft, state, from, event))?, own))
        }
    }
}

/// The policy by which it pages: that of its service, or else of its team. What another team was
/// given pages by the policy of that team once it did, until it pages because it is about another
/// service; while somebody has it, another service pages nobody and changes nothing of that.
pub(super) fn own_policy<'a>(draft: &Draft<'a>) -> Option<&'a EscalationPolicy> {
    let state = draft.state().ok()?;
    let paging = &draft.policy().paging;
    let followed = state.paging.as_ref().and_then(|course| course.policy);
    let theirs = paging.policy_of(None, state.team);
    let theirs = theirs.filter(|theirs| followed.is_some_and(|of| of.id == theirs.id));
    let theirs = theirs.filter(|_| !is_moved(draft));
    theirs.or_else(|| paging.policy_of(state.service, state.team))
}

/// Whether it was found to be about another service just now.
fn is_moved(draft: &Draft) -> bool {
    draft.recorded().iter().any(|event| {
        matches!(&event.body, Body::Classified(data) if data.service != data.service_before)
    })
}

/// Whether an incident may page anybody by itself now.
fn may(state: &State) -> bool {
    over(state).is_none() && !state.quiet && state.muted().is_none()
}

fn pages(policy: &EscalationPolicy, priority: Priority) -> bool {
    priority <= policy.pages_from
}

/// The least urgent priority that pages by itself. What monitoring found pages without any
/// policy, too: nobody else may have seen it. A person who reports asks somebody.
fn pages_from(state: &State, own: Option<&EscalationPolicy>) -> Option<Priority> {
    let alerts = state.alerts.as_ref().filter(|alerts| alerts.may_page());
    let found = alerts.filter(|_| state.channel == Channel::Alert);
    let [_, _, medium, ..] = Priority::ALL;
    own.map(|policy| policy.pages_from).or(found.map(|_| medium))
}

/// What is critical or high wakes people; what is less can wait until they look.
pub(super) fn urgency_of(priority: Priority) -> Urgency {
    if priority.get() <= 2 { Urgency::High } else { Urgency::Low }
}

pub(super) fn more_urgent(one: Urgency, other: Urgency) -> Urgency {
    if one == Urgency::High { one } else { other }
}

/// Why paging that goes on begins anew: it wakes nobody and should now, or others have to know.
fn more<'a>(
    draft: &Draft<'a>,
    state: &State,
    course: &Course,
    own: Option<&'a EscalationPolicy>,
) -> Option<(Why, Option<&'a EscalationPolicy>)> {
    let by_hand = course.why.is_wished();
    let from = pages_from(state, own);
    let own = own.filter(|policy| pages(policy, state.priority));
    let others = own.is_some_and(|own| course.policy.is_none_or(|of| of.id != own.id));
    if is_moved(draft) && others && !by_hand {
        return Some((Why::Classified, own));
    }
    // Who is asked to come while it is muted comes beside whoever is paged when it is not any more.
    let is_released = |from: Priority| {
        let mut recorded = draft.recorded().iter();
        recorded.any(|event| cause(draft, state, from, event) == Some(Why::Released))
    };
    let from = from.filter(|from| state.priority <= *from);
    if course.why == Why::Called && from.is_some_and(is_released) {
        return Some((Why::Released, own));
    }
    let is_raised = draft.recorded().iter().any(|event| {
        matches!(&event.body, Body::PriorityChanged(data)
            if urgency_of(data.priority_before) == Urgency::Low)
    });
    let wakes = course.urgency == Urgency::Low && urgency_of(state.priority) == Urgency::High;
    // With no policy those are paged anew who are paged already, or whoever is left.
    let can = own.is_some() || (course.policy.is_none() && !by_hand);
    (is_raised && wakes && can).then_some((Why::Raised, own))
}

/// Whether an event lets paging begin that does not go on; `from` is the least urgent priority
/// that does.
fn cause(draft: &Draft, state: &State, from: Priority, event: &Event) -> Option<Why> {
    let untaken = state.moments.acknowledged.is_none();
    let actor = event.actor.person_id();
    let by_whoever_has_it = actor.is_some() && actor == state.assignee;
    match &event.body {
        // A further case of what its parent tells of is worked on there.
        Body::Reported(data) if untaken && data.parent.is_none() => Some(Why::Reported),
        Body::PriorityChanged(data) if data.priority_before > from => {
            (!by_whoever_has_it).then_some(Why::Raised)
        }
        Body::Classified(data) if untaken && data.service != data.service_before => {
            Some(Why::Classified)
        }
        Body::Reopened(data) if !data.by_reply && !draft.by_provider() => Some(Why::Reopened),
        Body::WorkReturned(_) => Some(Why::Returned),
        Body::Unmerged(_) if untaken => Some(Why::Unmerged),
        // Nobody may have looked since its source held it for over, or since paging ended.
        Body::AlertsChanged(data)
            if data.again
                && (untaken
                    || data.source_unclear
                    || data.why == AlertsWhy::GivenBack
                    || is_left(state, draft.now)) =>
        {
            Some(Why::Released)
        }
        Body::AlertsChanged(data) if data.worse => Some(Why::Raised),
        _ => None,
    }
}

/// Whether paging ended after somebody last took it, or they were not heard of for too long, so
/// that nobody has it. Who is asked to come meanwhile does not have it before they answer.
fn is_left(state: &State, now: Timestamp) -> bool {
    let Some(course) = &state.paging else { return false };
    let left_at = course.left_at.filter(|at| *at <= now);
    let left_at = course.ended.map(|end| end.at).or(left_at);
    let taken_at = state.moments.acknowledged.max(course.acknowledged_at);
    left_at.zip(taken_at).is_some_and(|(left, taken)| taken < left)
}

/// One more alert came to what somebody has: they are told, not too often, and not while they
/// are at it.
fn joined(draft: &Draft) -> Option<Body> {
    let state = draft.state().ok()?;
    let course = state.paging.as_ref().filter(|c| c.standing == Standing::Acknowledged)?;
    let has_joined = draft.recorded().iter().any(|event| {
        matches!(&event.body, Body::AlertsChanged(data)
            if data.fired > 0 && !data.flapping && data.muted.is_none())
    });
    if !has_joined || !may(state) || is_taken(draft) {
        return None;
    }
    let at = draft.now;
    let within = |then: Option<Timestamp>, seconds: i64| {
        then.is_some_and(|then| at.seconds_since(then) < seconds)
    };
    let heard_at = course.heard_at.max(course.acknowledged_at);
    if within(course.joined_at, JOINED_SECONDS) || within(heard_at, HEARD_SECONDS) {
        return None;
    }
    let urgency = urgency_of(state.priority);
    let nobody = Default::default();
    let finder = finder(draft, at, urgency, &nobody, draft.facts.turns)?;
    let told = |named: Vec<Whom>| {
        let mut found = finder.all(&named);
        found.people.retain(|paged| finder.can_be_reached(paged.person));
        Some(found).filter(|found| !found.people.is_empty())
    };
    let found = told(state.assignee.into_iter().map(Whom::Person).collect())
        .or_else(|| told(course.acknowledged_by.iter().copied().map(Whom::Person).collect()))?;
    let place = course.step.as_ref().map_or((0, 0), |step| (step.step, step.round));
    Some(beside(course.began_n, place, Cue::Joined, found, urgency, None).into())
}

/// The other team that it was given to just now.
fn given_to_team(draft: &Draft) -> Option<TeamId> {
    draft.recorded().iter().find_map(|event| match &event.body {
        Body::Assigned(data) if data.team != data.team_before => data.team,
        _ => None,
    })
}

/// The other team that it was given to just now, while people are paged who had it before and
/// whom nothing names any more. A wish goes on, the policy of its service does whoever has it, and
/// whoever is left where nobody is named is of no team.
fn given_away(draft: &Draft) -> Option<TeamId> {
    let state = draft.state().ok()?;
    let course = state.paging.as_ref().filter(|course| course.is_going())?;
    let own = draft.policy().paging.policy_of(state.service, state.team);
    let goes_on = match course.policy {
        _ if course.why.is_wished() => true,
        Some(policy) => own.is_some_and(|own| own.id == policy.id),
        None if matches!(course.why, Why::Given | Why::Assigned | Why::Expired) => false,
        None => named(course).is_empty(),
    };
    given_to_team(draft).filter(|_| !goes_on)
}

/// Whether it pages, did, or was let go because another team got it, or nothing was heard of who
/// took it: where no policy says who has it, the people of its team do.
fn is_handed_over(state: &State) -> bool {
    state.paging.as_ref().is_some_and(|course| {
        course.ended.is_some_and(|end| end.why == Stop::Given)
            || matches!(course.why, Why::Given | Why::Expired)
    })
}

/// Whom paging that follows no policy asks first; nobody once only its end is left.
fn named(course: &Course) -> Vec<Whom> {
    let mut planned = course.step.iter().chain(&course.ahead).filter(|planned| !planned.end);
    planned.next().map(|planned| planned.whom.clone()).unwrap_or_default()
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

/// For how many seconds an acknowledgement holds that may expire: who is asked to come, or to
/// speak, does not have the incident for good.
fn acknowledgement_holds(draft: &Draft) -> Option<i64> {
    let course = draft.state().ok()?.paging.as_deref()?;
    let is_muted = course.ended.is_some_and(|end| end.why == Stop::Muted);
    let may_expire = course.expires_at.is_some() || course.is_going() || is_muted;
    course.acknowledgement_seconds.filter(|_| may_expire)
}

/// Begins it, in place of what went on before; what comes at once comes now.
pub(super) fn begin(draft: &mut Draft, wish: Wish<'_>, voice: Voice) {
    let goes_on = draft.state().is_ok_and(State::is_paging);
    let left = unanswered(draft);
    let Wish { why, policy, plan, fallback, urgency, note } = wish;
    let at = draft.now;
    let steps = plan.len();
    let holds = acknowledgement_holds(draft).filter(|_| matches!(why, Why::Called | Why::Silent));
    let began = PagingBegan {
        why,
        policy: policy.map(|policy| PolicyRef { id: policy.id, version: policy.version }),
        name: policy.map(|policy| policy.name.clone()),
        urgency,
        plan,
        fallback,
        acknowledgement_seconds: match policy {
            Some(policy) => policy.acknowledgement_seconds,
            None => holds,
        },
        note,
    };
    if goes_on && voice == Voice::Follows {
        stop(draft, Stop::Replaced, voice);
    }
    say(draft, voice, began);
    let at = if let Voice::Timer(at) = voice { at } else { at };
    let voice = if voice == Voice::Wish { Voice::Follows } else { voice };
    first_steps(draft, steps, at, voice);
    call_on(draft, &left);
}

/// What comes at once of a plan of so many steps.
fn first_steps(draft: &mut Draft, steps: usize, at: Timestamp, voice: Voice) {
    for _ in 0..steps {
        let course = draft.state().ok().and_then(|state| state.paging.as_ref());
        let next_at = course.filter(|course| course.exhausted == 0).and_then(|c| c.next_at());
        if next_at.is_none_or(|next_at| next_at > at) {
            return;
        }
        next_step(draft, Cue::Plan, at, voice);
    }
}
