//! How paging stands on an incident: the fold of what was recorded about it.

use super::plan::{Planned, PolicyRef};
use super::policy::Whom;
use crate::event::{Body, Event, Paged, PagingBegan, PagingExhausted, PagingStopped};
use crate::reach::Urgency;
use crate::state::State;
use kernel::{ActorKind, PersonId, Timestamp, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    /// Where paging stands.
    Standing {
        /// Somebody is paged, and the next step comes.
        Paging = "paging",
        /// All steps came and nobody took it; the end is told again until somebody does.
        Exhausted = "exhausted",
        /// Somebody has it.
        Acknowledged = "acknowledged",
        /// It ended.
        Stopped = "stopped",
    }
}

words! {
    /// Why paging began.
    Why {
        /// It was reported.
        Reported = "reported",
        /// It became more urgent.
        Raised = "raised",
        /// Another team has it.
        Given = "given",
        /// It was given to a person, who is paged first.
        Assigned = "assigned",
        /// It was found to be about another service.
        Classified = "classified",
        /// It is open again.
        Reopened = "reopened",
        /// It stands on its own again.
        Unmerged = "unmerged",
        /// Taking it was taken back.
        Returned = "returned",
        /// What kept it from paging is over.
        Released = "released",
        /// Who took it was not heard of for too long.
        Expired = "expired",
        /// Somebody said so.
        ByHand = "by_hand",
        /// People were asked to come.
        Called = "called",
        /// The next word about a major incident did not come.
        Silent = "silent",
    }
}

impl Why {
    /// Whether it is for its own sake, and not because of what the incident is: it goes on until
    /// somebody takes it.
    pub const fn is_wished(self) -> bool {
        matches!(self, Why::ByHand | Why::Called | Why::Silent)
    }
}

words! {
    /// Why paging stopped.
    Stop {
        /// Somebody has it.
        Acknowledged = "acknowledged",
        /// It was resolved.
        Resolved = "resolved",
        /// It was closed.
        Closed = "closed",
        /// It was recorded in error.
        Cancelled = "cancelled",
        /// It is part of another incident.
        Merged = "merged",
        /// Somebody else is paged instead.
        Replaced = "replaced",
        /// Another team has it, and nobody of it is paged for what it is.
        Given = "given",
        /// Something keeps all its alerts from paging. It begins again when that is over.
        Muted = "muted",
    }
}

words! {
    /// Why a step came.
    Cue {
        /// The plan says so.
        Plan = "plan",
        /// The plan said so earlier, when nothing ran here.
        Late = "late",
        /// Somebody did not want to wait.
        Escalated = "escalated",
        /// Whoever was paged cannot take it.
        Declined = "declined",
        /// Whoever was paged was not reached.
        Failed = "failed",
        /// The end reached nobody, and these are left.
        LastResort = "last_resort",
        /// They learn, and are told besides whoever is on call.
        Shadows = "shadows",
        /// Somebody named them.
        ByHand = "by_hand",
        /// One more alert came to what they have.
        Joined = "joined",
        /// They were asked to come.
        Called = "called",
        /// The next word about a major incident did not come.
        Silent = "silent",
    }
}

impl Cue {
    /// Whether it is told beside the plan, which goes on as it was.
    pub const fn is_beside(self) -> bool {
        matches!(self, Cue::Shadows | Cue::ByHand | Cue::Joined | Cue::Called | Cue::Silent)
    }

    /// Whether its instant came, on time or late.
    pub const fn is_by_plan(self) -> bool {
        matches!(self, Cue::Plan | Cue::Late)
    }
}

words! {
    /// What went wrong with a page.
    Failure {
        /// Every way that was tried ended with an error.
        Errors = "errors",
        /// Nothing was even tried.
        NotTried = "not_tried",
        /// There was no way to try.
        NoWay = "no_way",
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Why.
    pub why: Stop,
    /// When.
    pub at: Timestamp,
}

/// How paging stands on an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// The policy it follows; none when somebody was named by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyRef>,
    /// What it was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How much it matters.
    pub urgency: Urgency,
    /// Why it began.
    pub why: Why,
    /// The entry with which it began.
    pub began_n: u32,
    /// When it began.
    pub began_at: Timestamp,
    /// Where it stands.
    pub standing: Standing,
    /// How many steps were planned, all rounds and the end counted.
    pub steps: u32,
    /// The step that came last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Planned>,
    /// The entry that said whom it paged; 0 before the first.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub paged_n: u32,
    /// When it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paged_at: Option<Timestamp>,
    /// What is still to come, soonest first. Never empty while it goes on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ahead: Vec<Planned>,
    /// Who was paged last and has not answered.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub waiting_for: BTreeSet<PersonId>,
    /// Who must acknowledge, each of them, before it stops.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub must_answer: BTreeSet<PersonId>,
    /// Who was asked to come beside it, whether they answered or not. Where it is for those alone,
    /// they must answer instead.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub called: BTreeSet<PersonId>,
    /// Who said that they cannot take it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub declined: BTreeSet<PersonId>,
    /// Who is paged in the end; nobody named is every administrator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallback: Vec<Whom>,
    /// Who acknowledged.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub acknowledged_by: BTreeSet<PersonId>,
    /// When somebody last did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// Seconds of silence after which that is worth nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement_seconds: Option<i64>,
    /// When that will be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Of what asks people to come: from when on nobody has it who took it before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Timestamp>,
    /// When somebody who has it last did something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_at: Option<Timestamp>,
    /// When whoever has it was last told of one more alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_at: Option<Timestamp>,
    /// When the end last reached nobody and was told to others at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resorted_at: Option<Timestamp>,
    /// How often the end was told.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub exhausted: u32,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<End>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Course {
    fn began(event: &Event, data: &PagingBegan, before: Option<&Course>) -> Course {
        let before = before.filter(|_| data.why == Why::Called);
        Course {
            policy: data.policy,
            name: data.name.clone(),
            urgency: data.urgency,
            why: data.why,
            began_n: event.n,
            began_at: event.happened_at,
            standing: Standing::Paging,
            steps: u32::try_from(data.plan.len()).unwrap_or(u32::MAX),
            step: None,
            paged_n: 0,
            paged_at: None,
            ahead: data.plan.clone(),
            waiting_for: BTreeSet::new(),
            must_answer: BTreeSet::new(),
            called: BTreeSet::new(),
            declined: BTreeSet::new(),
            fallback: data.fallback.clone(),
            acknowledged_by: BTreeSet::new(),
            acknowledged_at: None,
            acknowledgement_seconds: data.acknowledgement_seconds,
            expires_at: None,
            left_at: before.and_then(Course::lapses_at),
            heard_at: None,
            joined_at: None,
            resorted_at: None,
            exhausted: 0,
            ended: None,
        }
    }

    /// Whether it goes on until somebody takes it.
    pub fn is_going(&self) -> bool {
        matches!(self.standing, Standing::Paging | Standing::Exhausted)
    }

    /// From when on nobody has it: since it ended, or once nothing is heard of whoever took it.
    fn lapses_at(&self) -> Option<Timestamp> {
        self.ended.map(|end| end.at).or(self.expires_at).or(self.left_at)
    }

    /// When the next step comes, while it goes on.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.ahead.first().filter(|_| self.is_going()).map(|next| next.at)
    }

    fn paged(&mut self, event: &Event, data: &Paged) {
        let people = data.people.iter().map(|paged| paged.person);
        match data.cue {
            // Nobody waits for whoever learns.
            Cue::Shadows => return,
            Cue::ByHand | Cue::Called | Cue::Silent => {
                self.waiting_for.extend(people.clone());
                if data.cue == Cue::Called {
                    let is_call = self.why == Why::Called;
                    let asked = if is_call { &mut self.must_answer } else { &mut self.called };
                    asked.extend(people);
                }
                return;
            }
            // They have it: nobody is waited for.
            Cue::Joined => {
                self.joined_at = Some(event.happened_at);
                return;
            }
            Cue::LastResort => self.resorted_at = Some(event.happened_at),
            Cue::Plan | Cue::Late | Cue::Escalated | Cue::Declined | Cue::Failed => {}
        }
        self.waiting_for = people.collect();
        self.paged_at = Some(event.happened_at);
        self.paged_n = event.n;
        if let Some(at) = self.ahead.iter().position(|planned| planned.step == data.step) {
            let mut passed: Vec<Planned> = self.ahead.drain(..=at).collect();
            self.step = passed.pop();
        }
        if self.step.as_ref().is_some_and(|step| step.everyone) {
            self.must_answer.extend(&self.waiting_for);
        }
        let Some(next) = data.next else { return };
        self.ahead.retain(|planned| planned.step >= next.step);
        let planned_at = self.ahead.first().map_or(next.at, |planned| planned.at);
        let moved = next.at.micros_since(planned_at);
        self.ahead.iter_mut().for_each(|planned| planned.at = planned.at.plus_micros(moved));
    }

    fn exhausted(&mut self, data: &PagingExhausted) {
        self.standing = Standing::Exhausted;
        self.exhausted = data.times;
        if self.why == Why::Called {
            // Whoever is told in the end has it.
            self.must_answer.clear();
        }
        let last = self.ahead.pop().or(self.step.take());
        let round = last.as_ref().map_or(0, |last| last.round);
        self.step = last;
        self.ahead = vec![Planned::end(data.step + 1, round, data.again_at, &self.fallback)];
    }

    fn stopped(&mut self, event: &Event, data: &PagingStopped) {
        self.ahead.clear();
        self.waiting_for.clear();
        self.must_answer.clear();
        self.called.clear();
        self.declined.clear();
        self.expires_at = data.expires_at;
        if data.why == Stop::Acknowledged {
            self.standing = Standing::Acknowledged;
            self.left_at = None;
            self.acknowledged_at = Some(event.happened_at);
        } else {
            self.standing = Standing::Stopped;
            self.ended = Some(End { why: data.why, at: event.happened_at });
        }
    }

    fn answered(&mut self, person: PersonId, at: Timestamp) {
        self.waiting_for.remove(&person);
        self.must_answer.remove(&person);
        self.declined.remove(&person);
        self.acknowledged_by.insert(person);
        self.acknowledged_at = Some(at);
    }
}

impl State {
    /// Whether somebody is paged about it until it is taken.
    pub fn is_paging(&self) -> bool {
        self.paging.as_ref().is_some_and(|course| course.is_going())
    }
}

/// What an event of paging makes of an incident.
pub(crate) fn apply(state: &mut State, event: &Event) {
    match &event.body {
        Body::PagingBegan(data) => {
            let began = Course::began(event, data, state.paging.as_deref());
            state.paging = Some(Box::new(began));
        }
        other => {
            let Some(course) = &mut state.paging else { return };
            match other {
                Body::Paged(data) => course.paged(event, data),
                Body::PageAcknowledged(data) => course.answered(data.person, event.happened_at),
                Body::PageDeclined(data) => {
                    course.waiting_for.remove(&data.person);
                    course.must_answer.remove(&data.person);
                    course.declined.insert(data.person);
                }
                Body::PagingStopped(data) => course.stopped(event, data),
                Body::AcknowledgementExpired(_) => course.expires_at = None,
                Body::PagingExhausted(data) => course.exhausted(data),
                _ => {}
            }
        }
    }
}

/// Whoever took the incident answered their page with it.
pub(crate) fn answered(state: &mut State, event: &Event) {
    let going = state.paging.as_mut().filter(|course| course.is_going());
    if let Some((course, person)) = going.zip(event.actor.person_id()) {
        course.answered(person, event.happened_at);
    }
}

/// Whoever works on it is there: their acknowledgement holds from then on. What is over needs none.
pub(crate) fn renewed(state: &mut State, event: &Event) {
    let (requester, over) = (state.requester, !state.lifecycle.is_open());
    if let Some(course) = state.paging.as_mut().filter(|_| over || state.merged_into.is_some()) {
        course.expires_at = None;
    }
    let person = event.actor.person_id().filter(|person| *person != requester);
    let works = event.actor.kind == ActorKind::Person && person.is_some();
    let assignee = state.assignee;
    if let Some((course, person)) = state.paging.as_mut().zip(person.filter(|_| works))
        && (assignee == Some(person) || course.acknowledged_by.contains(&person))
    {
        course.heard_at = course.heard_at.max(Some(event.happened_at));
    }
    if let Some(course) = state.paging.as_mut().filter(|_| works)
        && let Some(seconds) = course.acknowledgement_seconds
    {
        let renewed = event.happened_at.plus_seconds(seconds);
        course.expires_at = course.expires_at.map(|at| at.max(renewed));
        // Whoever works on what nobody has any more does not have it by that.
        let holds = |at: Timestamp| at > event.happened_at;
        course.left_at = course.left_at.map(|at| if holds(at) { at.max(renewed) } else { at });
    }
}

impl Body {
    /// Whether it is about paging alone.
    pub fn is_about_paging(&self) -> bool {
        matches!(
            self,
            Body::PagingBegan(_)
                | Body::Paged(_)
                | Body::PageAcknowledged(_)
                | Body::PageDeclined(_)
                | Body::PageFailed(_)
                | Body::PagingStopped(_)
                | Body::AcknowledgementExpired(_)
                | Body::PagingExhausted(_)
        )
    }
}
