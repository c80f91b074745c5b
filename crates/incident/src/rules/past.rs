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
/// after. What rules did then counts for what comes later, and is not judged itself.
pub fn judge(
    ready: &ReadyRule,
    number: IncidentNumber,
    events: &[Event],
    around: &Around<'_>,
) -> Option<Hit> {
    let mut hit: Option<Hit> = None;
    let mut state: Option<State> = None;
    for step in events.chunk_by(|_, next| goes_on(next)) {
        state = step.iter().fold(state, apply);
        let moments = Moment::of(step);
        let (Some(state), Some(first), true) = (&state, step.first(), ready.hears(&moments)) else {
            continue;
        };
        if by(first) == Some("rule") {
            continue;
        }
        let words = [state.title].into_iter().chain(state.description);
        let words = words.chain((around.brought)(step));
        let texts: Vec<String> = words.filter_map(|id| around.texts.get(&id).cloned()).collect();
        let (policy, people) = (around.policy, around.people);
        let seen = Seen { number, state, policy, people, texts: &texts };
        let context = Context::of_a_rule(first.at, &policy.time_zone);
        if let Some(because) = ready.why(&seen, &context) {
            match &mut hit {
                Some(hit) => hit.times += 1,
                None => {
                    let moments = moments.intersection(&ready.rule.on).copied().collect();
                    hit = Some(Hit { at: first.at, moments, because, times: 1 });
                }
            }
        }
    }
    hit
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
