//! Rules that time sets off. A wait counts from a fact of the incident; once it is over
//! the rule is tried, then and whenever something happens, until it ran for that fact
//! or the fact is no more. Only ends that lie ahead ring: a rule that was tried and did
//! not match wakes its incident no more, but for the turns of hours that it asks for; one
//! that rests is tried again when it rests no more.

use super::ReadyRule;
use crate::clocks::ClockStatus;
use crate::policy::Policy;
use crate::state::{Lifecycle, State};
use kernel::{CalendarId, Timestamp, words};
use query::{Choice, Expr, Term, same_name};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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
    /// Since when the fact holds, and when the wait for it is over by the hours that are in
    /// force `now`: a change of them moves what waits already.
    pub fn over(
        &self,
        state: &State,
        policy: &Policy,
        now: Timestamp,
    ) -> Option<(Timestamp, Timestamp)> {
        let since = self.fact.instant(state)?;
        let over = match (self.fact, self.calendar) {
            (Fact::Due, _) => since.plus_seconds(-self.seconds),
            (_, None) => since.plus_seconds(self.seconds),
            (_, Some(id)) => {
                let calendar = policy.calendars.get(policy.calendars.newest(id, now));
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

    /// When it sets its rule off: "after 2 h with nobody assigned", "1 h before it is due".
    pub fn phrase(&self, policy: &Policy) -> String {
        match self.fact {
            Fact::Due => format!("{} before it is due", stretch(self.seconds)),
            _ => format!("after {}", self.words(policy)),
        }
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
    pub(super) fn wait(
        &self,
        state: &State,
        policy: &Policy,
        now: Timestamp,
    ) -> Option<(Timestamp, Timestamp)> {
        let wait = self.rule.wait.filter(|_| self.faults.is_empty())?;
        let found = wait.over(state, policy, now)?;
        (!state.waited_for(self.rule.id, found.0)).then_some(found)
    }

    /// Whether there is something that it waits for, or waited for in vain until now.
    pub fn is_waiting(&self, state: &State, policy: &Policy, now: Timestamp) -> bool {
        self.wait(state, policy, now).is_some()
    }

    /// Since when what it waits for has been so, if the wait is over and it did not run
    /// for that yet.
    pub fn waited(&self, state: &State, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
        self.wait(state, policy, now).filter(|(_, over)| *over <= now).map(|(since, _)| since)
    }

    /// Whether it counts by a calendar: its wait does, or its condition asks for its hours.
    pub fn counts_by(&self, id: CalendarId) -> bool {
        self.hours.contains(&id) || self.rule.wait.is_some_and(|wait| wait.calendar == Some(id))
    }
}

/// The next instant after `now` at which a rule is to be tried on an incident by itself:
/// when its wait is over, and after that when hours that it asks for begin or end, or when
/// it rests no more. What was over by `now` has been tried otherwise, and is again when
/// something happens; it rings no more.
pub fn next_wait(state: &State, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
    let next = |ready: &ReadyRule| {
        let (_, over) = ready.wait(state, policy, now)?;
        if over > now {
            return Some(over);
        }
        match state.rest_of(ready.rule.id, now) {
            Some(rest) => Some(rest.until),
            None => ready.next_turn(policy, now),
        }
    };
    policy.rules.iter().filter_map(next).min()
}

/// How far the end of business hours is looked for.
const TURN_DAYS: i64 = 14;

impl ReadyRule {
    /// When the first of the hours that its condition asks for begins or ends.
    pub(super) fn next_turn(&self, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
        let turns = self.hours.iter().filter_map(|id| {
            let calendar = policy.calendars.get(policy.calendars.newest(*id, now));
            if !calendar.is_open(now) {
                return calendar.next_open(now);
            }
            calendar.open_spans(now, now.plus_days(TURN_DAYS)).next().map(|span| span.end)
        });
        turns.filter(|at| *at > now).min()
    }
}

/// The calendars in use that are called so, by name or id.
pub(super) fn calendars_called<'a>(
    name: &'a str,
    policy: &'a Policy,
) -> impl Iterator<Item = CalendarId> + 'a {
    let in_use = policy.calendars.latest().into_iter().filter(|known| !known.hours.retired);
    let called = in_use.filter(move |known| {
        let id = known.hours.reference.id;
        same_name(name, &known.hours.name) || name.parse() == Ok(id)
    });
    called.map(|known| known.hours.reference.id)
}

/// The calendars whose hours a condition asks for; all of them where it asks for any.
pub(super) fn hours_named(when: &Expr, policy: &Policy) -> BTreeSet<CalendarId> {
    let mut found = BTreeSet::new();
    super::check::terms(when, &mut |term| {
        let Term::Hours(wanted) = term else { return };
        for choice in wanted {
            match choice {
                Choice::Is(name) => found.extend(calendars_called(name, policy)),
                Choice::Any | Choice::None => {
                    let all = policy.calendars.latest().into_iter();
                    found.extend(all.map(|known| known.hours.reference.id));
                }
            }
        }
    });
    found
}
