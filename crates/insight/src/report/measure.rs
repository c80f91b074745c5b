//! What is measured of an incident, from its timeline.

use super::Measure;
use incident::clocks::{ClockKind, ClockStatus};
use incident::{Body, Event, Lifecycle, State, apply};
use kernel::{ActorKind, TeamId, Timestamp};

/// Public answers until it was resolved, at most, of what was solved at first contact.
const FIRST_ANSWERS: i64 = 1;
/// How an incident is closed that its requester confirmed.
const CONFIRMED: &str = "confirmed";

/// What is kept of an incident for reports.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Its state, as its timeline comes to it.
    pub state: State,
    /// Values in the order of [`Measure::OF_INCIDENTS`].
    pub values: Vec<Option<i64>>,
    /// The stretches in which it was open, in their order; the last has no end while it is.
    pub open: Vec<(Timestamp, Option<Timestamp>)>,
}

impl Measured {
    /// One of the values.
    pub fn value(&self, measure: Measure) -> Option<i64> {
        let place = Measure::OF_INCIDENTS.iter().position(|one| *one == measure)?;
        self.values.get(place).copied().flatten()
    }
}

/// Measures an incident; nothing where its timeline is none.
pub fn measure<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Measured> {
    let mut seen = Seen::default();
    let mut state: Option<State> = None;
    for event in events {
        state = apply(state, event);
        seen.follow(state.as_ref()?, event);
    }
    let state = state?;
    let values = Measure::OF_INCIDENTS.iter().map(|measure| seen.value(&state, *measure)).collect();
    Some(Measured { state, values, open: seen.open })
}

/// What the entries of a timeline tell beyond the state.
#[derive(Default)]
struct Seen {
    open: Vec<(Timestamp, Option<Timestamp>)>,
    hops: i64,
    team: Option<TeamId>,
    /// Public answers so far, and as they were when it was last resolved.
    answers: i64,
    answers_then: i64,
    /// By when the next update is promised.
    promised: Option<Timestamp>,
    kept: i64,
    missed: i64,
    /// Whether it was closed because its requester confirmed it, the last time.
    confirmed: bool,
}

impl Seen {
    fn follow(&mut self, state: &State, event: &Event) {
        let at = event.happened_at;
        match &event.body {
            Body::Commented(body) => {
                let answers = body.is_from_provider() && event.actor.kind == ActorKind::Person;
                self.answers += i64::from(answers);
            }
            Body::Closed(body) => self.confirmed = body.how == CONFIRMED,
            Body::MajorDeclared(body) => self.promised = self.promised.or(body.update_due),
            Body::MajorStoodDown(_) => self.promised = None,
            Body::UpdateDueChanged(body) => self.promised = body.due,
            Body::UpdatePublished(body) => {
                self.settle(at);
                self.promised = body.next_update.or(body.update_due);
            }
            _ => {}
        }
        let from = std::mem::replace(&mut self.team, state.team);
        self.hops += i64::from(from.is_some() && state.team.is_some() && from != state.team);
        let was_open = self.open.last().is_some_and(|(_, to)| to.is_none());
        match (was_open, state.lifecycle.is_open()) {
            (false, true) => self.open.push((at, None)),
            (true, false) => {
                if let Some(last) = self.open.last_mut() {
                    last.1 = Some(at.max(last.0));
                }
                self.answers_then = self.answers;
                if state.lifecycle == Lifecycle::Cancelled {
                    self.promised = None;
                }
                self.settle_when_over(at);
            }
            _ => {}
        }
    }

    /// An update came.
    fn settle(&mut self, at: Timestamp) {
        if let Some(due) = self.promised.take() {
            if at <= due { self.kept += 1 } else { self.missed += 1 }
        }
    }

    /// It is over: what was due before then was missed, what would have come later is not needed.
    fn settle_when_over(&mut self, at: Timestamp) {
        if self.promised.take().is_some_and(|due| due < at) {
            self.missed += 1;
        }
    }

    fn value(&self, state: &State, measure: Measure) -> Option<i64> {
        let moments = &state.moments;
        let since_report =
            |at: Option<Timestamp>| at.map(|at| at.seconds_since(state.reported_at).max(0));
        let over = !state.lifecycle.is_open() && state.lifecycle != Lifecycle::Cancelled;
        match measure {
            Measure::Acknowledge => since_report(moments.acknowledged),
            Measure::Respond => since_report(moments.responded),
            Measure::Mitigate => since_report(moments.mitigated),
            Measure::Restore => since_report(moments.restored),
            Measure::Resolve => since_report(moments.resolved).filter(|_| over),
            Measure::AcknowledgeBusiness => counted(state, ClockKind::Acknowledge),
            Measure::RespondBusiness => counted(state, ClockKind::Response),
            Measure::ResolveBusiness => counted(state, ClockKind::Resolution),
            Measure::AcknowledgeMet => met(state, ClockKind::Acknowledge),
            Measure::ResponseMet => met(state, ClockKind::Response),
            Measure::UpdateMet => met(state, ClockKind::Update),
            Measure::ResolutionMet => met(state, ClockKind::Resolution),
            Measure::Hops => Some(self.hops),
            Measure::Reopenings => Some(i64::from(state.reopenings)),
            Measure::FirstContact => over.then(|| {
                let stayed = self.hops == 0 && state.reopenings == 0;
                i64::from(stayed && self.answers_then <= FIRST_ANSWERS)
            }),
            Measure::Open => Some(i64::from(state.lifecycle.is_open())),
            Measure::Resolved => Some(i64::from(over)),
            Measure::Work => {
                let work: u64 = state.work_seconds.values().sum();
                Some(i64::try_from(work).unwrap_or(i64::MAX))
            }
            Measure::UpdatesKept => Some(self.kept),
            Measure::UpdatesMissed => Some(self.missed),
            Measure::Rated => {
                let rated = state.rating.is_some();
                (rated || over).then_some(i64::from(rated))
            }
            Measure::Rating => state.rating.map(|rating| i64::from(rating.score.get())),
            Measure::Low => state.rating.map(|rating| i64::from(rating.score.is_low())),
            Measure::Confirmed => {
                (state.lifecycle == Lifecycle::Closed).then_some(i64::from(self.confirmed))
            }
            Measure::Night
            | Measure::Answered
            | Measure::Began
            | Measure::Ended
            | Measure::CostPerHour => None,
        }
    }
}

/// Business seconds that a clock counted until it stopped.
fn counted(state: &State, kind: ClockKind) -> Option<i64> {
    let stopped = state
        .clocks
        .iter()
        .find(|clock| clock.kind == kind && clock.status == ClockStatus::Stopped)?;
    Some(stopped.used_micros.div_euclid(kernel::time::MICROS_PER_SECOND))
}

/// Whether a clock was met: the first breach counts, whatever target came after it. Nothing while
/// it runs in time, and of what was recorded in error.
fn met(state: &State, kind: ClockKind) -> Option<i64> {
    if state.lifecycle == Lifecycle::Cancelled {
        return None;
    }
    let clocks = || state.clocks.iter().filter(|clock| clock.kind == kind);
    if clocks().any(|clock| clock.first_breached_at.is_some()) {
        return Some(0);
    }
    let stopped = clocks().any(|clock| clock.status == ClockStatus::Stopped);
    stopped.then_some(1)
}
