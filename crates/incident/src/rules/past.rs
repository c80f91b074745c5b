//! What a rule would have done: its condition judged against timelines as they were.

use super::{Known, Moment, ReadyRule, Seen};
use crate::apply;
use crate::event::{Cause, Event};
use crate::policy::Policy;
use crate::state::State;
use kernel::{ContentId, IncidentNumber, PersonId, Timestamp};
use query::Context;
use std::collections::{BTreeSet, HashMap};

/// What is looked up while judging: names as they are now.
pub struct Around<'a> {
    /// Teams, services and so on.
    pub policy: &'a Policy,
    /// People.
    pub people: &'a HashMap<PersonId, Known>,
    /// Words by id; what was erased is absent.
    pub texts: &'a HashMap<ContentId, String>,
    /// The words that events bring.
    pub brought: &'a dyn Fn(&[Event]) -> Vec<ContentId>,
    /// The instant up to which waits are judged.
    pub now: Timestamp,
}

/// When a rule would first have run on an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The instant it is judged at: when the command was recorded.
    pub at: Timestamp,
    /// What set it off.
    pub moments: BTreeSet<Moment>,
    /// The facts that matched.
    pub because: String,
    /// How often it would have run.
    pub times: u32,
}

/// Judges a timeline command by command, each at its own instant and as it was right
/// after; a wait that is over after what followed from it by rule, and before the next when
/// it is over and when hours that the condition asks for begin or end. What rules did then
/// counts for what comes later, and is not judged itself.
pub fn judge(
    ready: &ReadyRule,
    number: IncidentNumber,
    events: &[Event],
    around: &Around<'_>,
) -> Option<Hit> {
    let mut judge = Judge { ready, number, around, settled: BTreeSet::new(), hit: None };
    let mut state: Option<State> = None;
    let mut steps = events.chunk_by(|_, next| goes_on(next)).peekable();
    while let Some(step) = steps.next() {
        state = step.iter().fold(state, apply);
        let (Some(state), Some(first)) = (&state, step.first()) else { continue };
        let moments = Moment::of(step);
        let heard = ready.hears(&moments) && by(first) != Some("rule");
        if heard && judge.try_at(state, first.at, moments, step) {
            judge.settled.extend(ready.waited(state, around.policy, first.at));
        }
        let next = steps.peek().and_then(|next| next.first());
        let goes_on = |next: &Event| by(next) == Some("rule") && next.at == first.at;
        if !next.is_some_and(goes_on) {
            judge.wait(state, first.at, next.map_or(around.now, |next| next.at));
        }
    }
    judge.hit
}

struct Judge<'a> {
    ready: &'a ReadyRule,
    number: IncidentNumber,
    around: &'a Around<'a>,
    /// The instants from which the waits count that are over.
    settled: BTreeSet<Timestamp>,
    hit: Option<Hit>,
}

impl Judge<'_> {
    /// Judges the wait from a step until the next, whenever it would have rung.
    fn wait(&mut self, state: &State, from: Timestamp, until: Timestamp) {
        let policy = self.around.policy;
        let mut at = from;
        loop {
            let found = self.ready.wait(state, policy, at);
            let Some((since, over)) = found.filter(|(since, _)| !self.settled.contains(since))
            else {
                return;
            };
            let next = if over > at {
                Some(over)
            } else if self.try_at(state, at, BTreeSet::from([Moment::Waited]), &[]) {
                self.settled.insert(since);
                None
            } else {
                self.ready.next_turn(policy, at)
            };
            match next.filter(|next| *next <= until) {
                Some(next) => at = next,
                None => return,
            }
        }
    }

    /// Whether it matches at an instant; a match is counted.
    fn try_at(
        &mut self,
        state: &State,
        at: Timestamp,
        moments: BTreeSet<Moment>,
        step: &[Event],
    ) -> bool {
        let Around { policy, people, texts, brought, .. } = *self.around;
        let words = [state.title].into_iter().chain(state.description).chain(brought(step));
        let folded: Vec<_> = words.filter_map(|id| Some(query::words(texts.get(&id)?))).collect();
        let texts: Vec<&[String]> = folded.iter().map(Vec::as_slice).collect();
        let seen = Seen { number: self.number, state, policy, people, texts: &texts };
        let context = Context::of_a_rule(at, &policy.time_zone);
        let Some(because) = self.ready.why(&seen, &context) else { return false };
        match &mut self.hit {
            Some(hit) => hit.times += 1,
            None => {
                let moments = moments.intersection(&self.ready.rule.on).copied().collect();
                self.hit = Some(Hit { at, moments, because, times: 1 });
            }
        }
        true
    }
}

/// Whether an event followed from the command before it, by policy.
fn goes_on(event: &Event) -> bool {
    by(event) == Some("policy")
}

fn by(event: &Event) -> Option<&str> {
    match &event.cause {
        Cause::Input(_) => None,
        Cause::Derived(derived) => Some(&derived.by),
    }
}
