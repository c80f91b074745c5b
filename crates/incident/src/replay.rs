//! A recorded timeline played again: what the clocks would have said under other
//! agreements and calendars. What people did stays as it was recorded; what the clocks
//! recorded is dropped and follows anew.
//!
//! Played under the terms it was recorded under it comes to the recorded clocks, if the
//! timers rang when they should have. (One that rang late may not have noticed what a
//! note about an earlier instant took back; here every timer rings at its instant.)

use crate::apply::{apply, set_clock};
use crate::clocks::{self, Clock, ClockKind, Spoken, Terms};
use crate::event::{Body, Cause, Event};
use crate::ledger;
use crate::policy::{Policy, StaffPolicy};
use crate::state::State;
use kernel::{CalendarId, Channel, Timestamp};
use std::collections::BTreeMap;

/// Whose promises a timeline is played under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promises {
    /// Those that were recorded, by the versions of agreements that they name.
    Recorded,
    /// Those that the policy would have made: agreements are chosen anew.
    Anew,
}

/// How an incident stands after its timeline was played again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The state with the clocks that followed, breaches up to the instant asked for
    /// among them. No warnings are recorded.
    pub state: State,
    /// Clocks of teams that gave it away, in order.
    pub left: Vec<Clock>,
}

/// Plays what happened up to and with `as_of`. `None` when nothing was reported by then.
pub fn replay<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    policy: &Policy,
    promises: Promises,
    as_of: Timestamp,
) -> Option<Replayed> {
    let mut course = Course::new(policy, promises);
    for event in events.into_iter().take_while(|event| event.happened_at <= as_of) {
        course.take(event);
    }
    course.end_step();
    course.ring(as_of);
    Some(Replayed { state: course.state?, left: course.left })
}

/// What one command did: the clocks follow once, when all of it has happened.
struct Step<'a> {
    first: &'a Event,
    /// Words that answer the requester, if a person of the provider said them.
    answers: bool,
    asks: bool,
    resolves: bool,
    acknowledges: bool,
    /// It was recorded as the first response.
    responds: bool,
    classifies: bool,
}

struct Course<'a> {
    policy: &'a Policy,
    promises: Promises,
    state: Option<State>,
    step: Option<Step<'a>>,
    left: Vec<Clock>,
    /// What happened so far, and when the clocks ran: a corrected pause counts them again.
    seen: Vec<&'a Event>,
    ran: Ran,
    ran_before_reopening: Option<Ran>,
}

/// When the clocks ran, since they began (anew).
type Ran = BTreeMap<ClockKind, ledger::Course>;

impl<'a> Course<'a> {
    fn new(policy: &'a Policy, promises: Promises) -> Self {
        Course {
            policy,
            promises,
            state: None,
            step: None,
            left: vec![],
            seen: vec![],
            ran: Ran::new(),
            ran_before_reopening: None,
        }
    }

    fn take(&mut self, event: &'a Event) {
        self.seen.push(event);
        match (&event.body, self.promises) {
            (Body::ClockWarned(_) | Body::ClockBreached(_), _) => self.end_step(),
            (Body::ClocksChanged(_), promises) => {
                let follows = |step: &Step| is_followed_by(step.first, event);
                if !self.step.as_ref().is_some_and(follows) {
                    // There is nothing that the clocks could follow: they went over to newer
                    // calendars.
                    self.end_step();
                    if promises == Promises::Recorded {
                        self.begin(event);
                    }
                }
                self.end_step();
            }
            (Body::AgreementChanged(_), Promises::Anew) => {}
            (Body::Responded(_), Promises::Anew) => {
                if let Some(step) = &mut self.step {
                    step.responds = true;
                }
            }
            _ => {
                if self.step.as_ref().is_none_or(|step| begins_another(step.first, event)) {
                    self.end_step();
                    self.begin(event);
                }
                self.happens(event);
            }
        }
    }

    fn begin(&mut self, first: &'a Event) {
        // Whoever noted it later could not keep a timer from ringing meanwhile.
        let rung = match first.channel {
            Channel::Import => first.happened_at,
            _ => first.at.max(first.happened_at),
        };
        self.ring(rung);
        self.step = Some(Step {
            first,
            answers: false,
            asks: false,
            resolves: false,
            acknowledges: false,
            responds: false,
            classifies: false,
        });
    }

    fn happens(&mut self, event: &'a Event) {
        self.state = apply(self.state.take(), event);
        self.count_again(event);
        let Some(step) = &mut self.step else { return };
        match &event.body {
            Body::Reported(_) => step.classifies = true,
            Body::Classified(data) => {
                step.classifies |=
                    data.service != data.service_before || data.category != data.category_before;
            }
            Body::Commented(data) if data.by_requester => step.asks = true,
            Body::Commented(data) => step.answers |= data.is_from_provider(),
            Body::UpdatePublished(data) => step.answers |= data.is_public(),
            Body::ExpectationSet(data) => step.answers |= data.at.is_some(),
            Body::Promised(data) => step.answers |= data.to_requester,
            Body::PromiseChanged(data) => step.answers |= data.to_requester,
            Body::Disputed(_) => step.asks = true,
            Body::Resolved(_) => step.resolves = true,
            Body::Acknowledged(_) => step.acknowledges = true,
            Body::Responded(_) => step.responds = true,
            _ => {}
        }
    }

    /// Clocks as they come to when a pause is found to have been another one, and when
    /// they ran when a reopening is found to have been none.
    fn count_again(&mut self, event: &Event) {
        let (policy, Some(state)) = (self.policy, self.state.as_mut()) else { return };
        match &event.body {
            Body::Reopened(data) => {
                self.ran_before_reopening = data.by_reply.then(|| self.ran.clone());
            }
            Body::ReopeningWithdrawn(_) => {
                self.ran = self.ran_before_reopening.take().unwrap_or_default();
            }
            Body::PauseCorrected(_) => {
                let pauses = ledger::pauses(self.seen.iter().copied());
                for clock in &mut state.clocks {
                    let Some(course) = self.ran.get(&clock.kind) else { continue };
                    let course = course.corrected(clock.kind, &pauses);
                    if let Some(after) = course.recount(clock, policy, event.happened_at) {
                        *clock = after;
                    }
                }
            }
            _ => {}
        }
    }

    /// Brings the clocks in line with what the step did.
    fn end_step(&mut self) {
        let (Some(step), Some(state)) = (self.step.take(), self.state.as_mut()) else { return };
        let (policy, at) = (self.policy, step.first.happened_at);
        if self.promises == Promises::Anew && step.classifies {
            choose(policy, state, &step);
        }
        let works = || step.responds || works(policy, state, step.first);
        let provider = step.answers && works();
        let terms = Terms { renew: renewed(step.first, state), ..Terms::of(policy, state) };
        if self.promises == Promises::Anew && state.moments.responded.is_none() {
            let taken = step.acknowledges && terms.agreement.acknowledgement_responds;
            if provider || taken || (step.resolves && works()) {
                state.moments.responded = Some(at);
            }
        }
        let spoken = Spoken { provider, requester: step.asks };
        for clock in clocks::follow(state, terms, spoken, at) {
            if clock.left {
                self.left.push(clock.clone());
            }
            let before = state.clocks.iter().find(|before| before.kind == clock.kind);
            if before.is_none_or(|before| clock.begins_after(before, policy, at)) {
                self.ran.insert(clock.kind, ledger::Course::default());
            }
            let from = if before.is_none() { clock.since.unwrap_or(at) } else { at };
            self.ran.entry(clock.kind).or_default().turn(&clock, from);
            set_clock(state, clock);
        }
    }

    /// Records the breaches that are known at an instant, each at its own.
    fn ring(&mut self, until: Timestamp) {
        let Some(state) = self.state.as_mut() else { return };
        for clock in state.clocks.iter_mut().filter(|clock| clock.breached_at.is_none()) {
            let Some(due_at) = clock.due_at.filter(|due_at| *due_at < until) else { continue };
            let over_at = clock.over_at(self.policy.calendar_of(clock));
            if over_at.is_some_and(|over_at| over_at <= until) {
                clock.breached_at = Some(due_at);
                clock.first_breached_at.get_or_insert(due_at);
            }
        }
    }
}

/// The calendar whose newer version clocks went over to, if a step did nothing else.
fn renewed(first: &Event, before: &State) -> Option<CalendarId> {
    let Body::ClocksChanged(data) = &first.body else { return None };
    data.clocks.iter().find_map(|clock| {
        let was = before.clocks.iter().find(|was| was.kind == clock.kind)?.calendar?;
        clock.calendar.filter(|now| now.id == was.id && *now != was).map(|now| now.id)
    })
}

/// Whether an event belongs to another command than the step before it. What follows
/// from a policy follows from the command that stands before it, which was recorded at
/// the same instant by the same actor.
fn begins_another(first: &Event, event: &Event) -> bool {
    let follows = matches!(&event.cause, Cause::Derived(derived) if derived.by == "policy");
    !follows
        || (event.at, event.happened_at, event.channel)
            != (first.at, first.happened_at, first.channel)
        || event.actor != first.actor
}

/// Whether the clocks that changed with an event followed this step. What a timer did has
/// a door of its own.
fn is_followed_by(first: &Event, clocks: &Event) -> bool {
    (first.at, first.happened_at) == (clocks.at, clocks.happened_at)
        && (first.channel == clocks.channel || first.channel == Channel::Timer)
}

/// Chooses the agreement: at the report, and when what it is classified as falls under another.
fn choose(policy: &Policy, state: &mut State, step: &Step) {
    let (service, organisation) = (state.service, state.organisation);
    let (category, requester, at) = (state.category, state.requester, step.first.at);
    let chosen = policy.choose_agreement(service, organisation, category, requester, at).reference;
    let reported = matches!(step.first.body, Body::Reported(_));
    if reported || (state.lifecycle.is_open() && chosen.id != state.agreement.id) {
        state.agreement = chosen;
    }
}

/// Whether a person of the provider did it, not as this incident's requester.
fn works(policy: &Policy, state: &State, event: &Event) -> bool {
    let person = event.actor.person_id().filter(|person| *person != state.requester);
    let staff = person.and_then(|person| policy.staff.get(&person));
    staff.is_some_and(StaffPolicy::works)
}
