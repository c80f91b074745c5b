//! Paging of those who are asked to come, and of whoever should have spoken.

use super::super::{Draft, lifecycle};
use super::follow::{Wish, begin, own_policy};
use super::step::{Voice, finder, say};
use super::{beside, goes_on_after};
use crate::conduct::{Answer, Responder};
use crate::escalation::{Course, Cue, Planned, Whom, Why, by_hand, plan};
use crate::event::{PageDeclined, Paged};
use crate::reach::Urgency;
use kernel::{ContentId, PersonId, TeamId, Timestamp};

/// Whether somebody of these works on this and can be reached now.
pub(in crate::decide) fn is_anybody_reached(draft: &Draft, whom: &[Whom]) -> bool {
    !reached(draft, whom).is_empty()
}

/// Those of them who work on this and can be reached now.
fn reached(draft: &Draft, whom: &[Whom]) -> Vec<PersonId> {
    let nobody = Default::default();
    let finder = finder(draft, draft.now, Urgency::High, &nobody, draft.facts.turns);
    let Some(finder) = finder else { return vec![] };
    let people = finder.all(whom).people.into_iter().map(|paged| paged.person);
    people.filter(|person| finder.can_be_reached(*person)).collect()
}

/// Whoever is first on call for a team, by the first schedule of its policy; the people of the
/// team where it has none, or nobody of it can be reached.
pub(in crate::decide) fn on_call_for(draft: &Draft, team: TeamId) -> Vec<PersonId> {
    let policy = draft.policy().paging.policy_of(None, Some(team));
    let mut named = policy.into_iter().flat_map(|policy| &policy.steps).flat_map(|s| &s.whom);
    let schedule = named.find(|whom| matches!(whom, Whom::Schedule(_))).copied();
    let on_call = reached(draft, schedule.as_slice());
    if on_call.is_empty() { reached(draft, &[Whom::Team(team)]) } else { on_call }
}

/// Pages those who are asked to come, whoever else is paged.
pub(in crate::decide) fn call(draft: &mut Draft, whom: &[Whom], note: Option<ContentId>) {
    if let Some(paged) = one_more(draft, whom, Cue::Called) {
        say(draft, Voice::Follows, Paged { note, ..paged });
        return;
    }
    let at = draft.now;
    if !is_going(draft) {
        begin_with(draft, Why::Called, (whom, at), note, Voice::Follows);
    }
}

/// Those who are asked to come by the page that goes on, or beside it, and have not answered.
pub(super) fn unanswered(draft: &Draft) -> Vec<Whom> {
    let Some(course) = going(draft) else { return vec![] };
    let conduct = draft.state().ok().and_then(|state| state.conduct.as_deref());
    let responders = conduct.map_or(&[][..], |conduct| &conduct.responders);
    // Who was asked before it began is asked by it only where it took the place of what did.
    let is_asked = |responder: &Responder| match course.why {
        Why::Called => course.must_answer.contains(&responder.person),
        _ => responder.asked_at >= course.began_at || course.called.contains(&responder.person),
    };
    let left = responders.iter().filter(|responder| responder.answer == Answer::Asked);
    let left = left.filter(|responder| is_asked(responder));
    left.map(|responder| Whom::Person(responder.person)).collect()
}

/// Who was asked to come is asked on, whatever ends the page that goes on or takes its place.
pub(super) fn call_on(draft: &mut Draft, left: &[Whom]) {
    if is_anybody_reached(draft, left) {
        call(draft, left, None);
    }
}

/// The next word about it did not come: pages whoever should see to it, or else whoever is
/// paged about it anyway.
pub(in crate::decide) fn silent(draft: &mut Draft, who: Option<Whom>, at: Timestamp) {
    let Ok(state) = draft.state() else { return };
    let has_it = state.assignee.map(Whom::Person).or(state.team.map(Whom::Team));
    let whom = who.or(has_it);
    if is_going(draft) {
        if let Some(paged) = one_more(draft, whom.as_slice(), Cue::Silent) {
            say(draft, Voice::Timer(at), paged);
        }
        return;
    }
    let policy = own_policy(draft);
    match policy.filter(|_| who.is_none()) {
        Some(policy) => {
            let (plan, fallback) = (plan(policy, at), policy.fallback.clone());
            let (why, urgency) = (Why::Silent, Urgency::High);
            let policy = Some(policy);
            let wish = Wish { why, policy, plan, fallback, urgency, note: None };
            begin(draft, wish, Voice::Timer(at));
        }
        None => begin_with(draft, Why::Silent, (whom.as_slice(), at), None, Voice::Timer(at)),
    }
}

/// Whoever is paged answers their page when they say whether they come.
pub(in crate::decide) fn answered_call(draft: &mut Draft, person: PersonId, coming: bool) {
    let course = going(draft);
    let is_paged = course.is_some_and(|course| {
        course.waiting_for.contains(&person) || course.must_answer.contains(&person)
    });
    match coming {
        _ if !is_paged => {}
        true => lifecycle::took_it(draft),
        false => {
            draft.emit_by_policy("answered the call", 0, PageDeclined { person, note: None });
            goes_on_after(draft, person);
        }
    }
}

fn going<'d>(draft: &'d Draft<'_>) -> Option<&'d Course> {
    let course = draft.state().ok()?.paging.as_deref();
    course.filter(|course| course.is_going())
}

fn is_going(draft: &Draft) -> bool {
    going(draft).is_some()
}

/// A page beside the one that goes on; nothing where none does, or nobody is reached.
fn one_more(draft: &Draft, whom: &[Whom], cue: Cue) -> Option<Paged> {
    let course = going(draft)?;
    let nobody = Default::default();
    let finder = finder(draft, draft.now, Urgency::High, &nobody, draft.facts.turns)?;
    let mut found = finder.all(whom);
    found.people.retain(|paged| finder.can_be_reached(paged.person));
    let place = course.step.as_ref().map_or((0, 0), |step| (step.step, step.round));
    let paged = beside(course.began_n, place, cue, found, Urgency::High, None);
    (!paged.people.is_empty()).then_some(paged)
}

/// Begins a small plan of its own; in its end come those whom the policy names.
fn begin_with(
    draft: &mut Draft,
    why: Why,
    (whom, at): (&[Whom], Timestamp),
    note: Option<ContentId>,
    voice: Voice,
) {
    let policy = own_policy(draft);
    let fallback = policy.map(|policy| policy.fallback.clone()).unwrap_or_default();
    let mut plan: Vec<Planned> = by_hand(whom, &fallback, at);
    // That one of them comes says nothing of the others.
    let steps = plan.iter_mut().filter(|planned| why == Why::Called && !planned.end);
    steps.for_each(|planned| planned.everyone = true);
    let wish = Wish { why, policy: None, plan, fallback, urgency: Urgency::High, note };
    begin(draft, wish, voice);
}
