//! Rules that time sets off. A wait counts from a fact of the incident; once it is over
//! the rule is tried, then and whenever something happens, until it ran for that fact
//! or the fact is no more. Only ends that lie ahead ring: a rule that was tried and did
//! not match wakes its incident no more.

use super::ReadyRule;
use crate::clocks::ClockStatus;
use crate::policy::Policy;
use crate::state::{Lifecycle, State};
use kernel::{CalendarId, Timestamp, words};
use serde::{Deserialize, Serialize};

words! {
    /// What a rule waits for.
    Fact {
        /// It was reported.
        Reported = "reported",
        /// It is in its state.
        State = "state",
        /// It is with its team.
        Team = "team",
        /// Nobody is assigned.
        Unassigned = "unassigned",
        /// A message of the requester waits for an answer.
        Unanswered = "unanswered",
        /// The requester was last told something, or reported it.
        Told = "told",
        /// Somebody last did something to it.
        Changed = "changed",
        /// Before it: the earliest target or promise that is not met is due.
        Due = "due",
    }
}

impl Fact {
    /// What it is called on screen, after a stretch of time.
    pub const fn label(self) -> &'static str {
        match self {
            Fact::Reported => "since it was reported",
            Fact::State => "in the same state",
            Fact::Team => "with the same team",
            Fact::Unassigned => "with nobody assigned",
            Fact::Unanswered => "without an answer to the requester",
            Fact::Told => "without a word to the requester",
            Fact::Changed => "without anybody doing anything",
            Fact::Due => "or less until it is due",
        }
    }

    /// Since when it is so; for [`Fact::Due`] the instant ahead. None while it is not so,
    /// or nobody waits any more: what is resolved waits in its state alone, what is closed
    /// or part of another incident for nothing.
    pub fn instant(self, state: &State) -> Option<Timestamp> {
        if state.quiet || state.merged_into.is_some() {
            return None;
        }
        let since = &state.since;
        let reported = state.reported_at;
        match self {
            Fact::State if state.lifecycle == Lifecycle::Resolved => {}
            _ if !state.lifecycle.is_open() => return None,
            _ => {}
        }
        match self {
            Fact::Reported => Some(reported),
            Fact::State => Some(since.state.unwrap_or(reported)),
            Fact::Team => state.team.map(|_| since.team.unwrap_or(reported)),
            Fact::Unassigned => {
                state.assignee.is_none().then(|| since.assignee.unwrap_or(reported))
            }
            Fact::Unanswered => state.unanswered_since,
            Fact::Told => Some(since.told.unwrap_or(reported)),
            Fact::Changed => Some(since.touched.unwrap_or(state.updated_at)),
            Fact::Due => next_due(state),
        }
    }
}

/// When the earliest target or promise that is not met yet, and not broken, is due.
pub(super) fn next_due(state: &State) -> Option<Timestamp> {
    let running = state
        .clocks
        .iter()
        .filter(|clock| clock.status == ClockStatus::Running && clock.breached_at.is_none());
    let promised = state.pending_promises().map(|promise| promise.at);
    running.filter_map(|clock| clock.due_at).chain(promised).min()
}

/// How long a rule waits, and from what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// Counted from when.
    #[serde(rename = "for")]
    pub fact: Fact,
    /// Seconds.
    pub seconds: i64,
    /// Whose business time counts; none is round the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarId>,
}

impl Wait {
    /// Since when the fact holds, and when the wait for it is over.
    pub fn over(&self, state: &State, policy: &Policy) -> Option<(Timestamp, Timestamp)> {
        let since = self.fact.instant(state)?;
        let over = match (self.fact, self.calendar) {
            (Fact::Due, _) => since.plus_seconds(-self.seconds),
            (_, None) => since.plus_seconds(self.seconds),
            (_, Some(id)) => {
                let calendar = policy.calendars.get(policy.calendars.newest(id, since));
                calendar.due(since, self.seconds)?
            }
        };
        Some((since, over))
    }

    /// "2 h with nobody assigned".
    pub fn words(&self, policy: &Policy) -> String {
        let known = self.calendar.and_then(|id| policy.calendars.last(id));
        let hours = known.map_or(String::new(), |known| format!(" by {}", known.hours.name));
        format!("{}{hours} {}", stretch(self.seconds), self.fact.label())
    }
}

/// "1 h 30 min", "2 d": exact, so that nobody takes an hour for a minute.
fn stretch(seconds: i64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut left = seconds;
    let mut parts = Vec::new();
    for (size, name) in units {
        if left / size > 0 {
            parts.push(format!("{} {name}", left / size));
            left %= size;
        }
    }
    parts.join(" ")
}

impl ReadyRule {
    /// Since when what it waits for has been so, and when the wait is over, unless it
    /// ran for that already.
    fn wait(&self, state: &State, policy: &Policy) -> Option<(Timestamp, Timestamp)> {
        let wait = self.rule.wait.filter(|_| self.faults.is_empty())?;
        let found = wait.over(state, policy)?;
        (state.waited.get(&self.rule.id) != Some(&found.0)).then_some(found)
    }

    /// Whether there is something that it waits for, or waited for in vain until now.
    pub fn is_waiting(&self, state: &State, policy: &Policy) -> bool {
        self.wait(state, policy).is_some()
    }

    /// Since when what it waits for has been so, if the wait is over and it did not run
    /// for that yet.
    pub fn waited(&self, state: &State, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
        self.wait(state, policy).filter(|(_, over)| *over <= now).map(|(since, _)| since)
    }
}

/// The next instant after `now` at which a rule's wait is over. What was over by `now`
/// has been tried, and is again when something happens; it rings no more.
pub fn next_wait(state: &State, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
    let waits = policy.rules.iter().filter_map(|ready| ready.wait(state, policy));
    waits.map(|(_, over)| over).filter(|over| *over > now).min()
}
