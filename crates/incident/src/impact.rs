//! What going over to the terms in force would do to the clocks of an open incident.

use crate::clocks::{Clock, ClockKind};
use crate::command::Command;
use crate::decide::by_the_product;
use crate::policy::Policy;
use crate::state::{AgreementRef, State};
use kernel::{AgreementId, CalendarId, IncidentNumber, RuleId, Timestamp};
use serde::{Deserialize, Serialize};

/// What terms are changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// An agreement.
    Agreement(AgreementId),
    /// A calendar.
    Calendar(CalendarId),
    /// A rule that waits: who waits for longer already is tried at once, timers are set.
    Rule(RuleId),
}

/// A clock that another promise, or other hours, move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The clock as it would stand without the change, when that comes in force; none where
    /// it would only start.
    pub before: Option<Clock>,
    /// The clock as it would stand.
    pub after: Clock,
}

impl Move {
    /// Whether anything changes but the names of terms.
    fn is_one(&self) -> bool {
        let told = |clock: &Clock| {
            (clock.status, clock.target_seconds, clock.due_at, clock.breached_at, clock.team)
        };
        self.before.as_ref().map(told) != Some(told(&self.after))
    }

    /// What the clock measures.
    pub fn kind(&self) -> ClockKind {
        self.after.kind
    }

    /// Whether the promise would be broken with the change, and is not yet.
    pub fn breaches(&self) -> bool {
        let broken = |clock: &Clock| clock.breached_at.is_some();
        broken(&self.after) && !self.before.as_ref().is_some_and(broken)
    }

    /// By how many seconds it would be due later; negative is earlier. None where it is
    /// not due before or after, or would be broken with the change: what is used up already
    /// has no instant at which it would be due.
    pub fn later_seconds(&self) -> Option<i64> {
        if self.breaches() {
            return None;
        }
        let before = self.before.as_ref()?.due_at?;
        Some(self.after.due_at?.seconds_since(before))
    }
}

/// What would become of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// The agreement that applies.
    pub before: AgreementRef,
    /// The agreement that would apply.
    pub after: AgreementRef,
    /// The clocks that would move, in the order they are shown.
    pub moves: Vec<Move>,
}

impl Impact {
    /// Whether anybody would notice: a clock moves, or another agreement applies.
    pub fn is_felt(&self) -> bool {
        !self.moves.is_empty() || self.before.id != self.after.id
    }
}

/// What [`Command::Recompute`] would do to an incident that a change of `subject`
/// concerns; none where it would do nothing, or where the incident has nothing to do with it.
pub fn impact(
    state: &State,
    number: IncidentNumber,
    subject: Subject,
    policy: &Policy,
    now: Timestamp,
) -> Option<Impact> {
    let now = now.max(state.updated_at);
    // What is due anyway is not the change's doing.
    let before = after(state, number, &Command::Tick, policy, now)?;
    let after = after(&before, number, &Command::Recompute { subject }, policy, now)?;
    if after == before || !concerns(subject, &before, &after) {
        return None;
    }
    let moves = after.clocks.iter().map(|clock| Move {
        before: before.clocks.iter().find(|before| before.kind == clock.kind).cloned(),
        after: clock.clone(),
    });
    Some(Impact {
        before: before.agreement,
        after: after.agreement,
        moves: moves.filter(Move::is_one).collect(),
    })
}

/// Whether an incident has to be looked at after a change of `subject`.
pub fn is_concerned(
    state: &State,
    number: IncidentNumber,
    subject: Subject,
    policy: &Policy,
    now: Timestamp,
) -> bool {
    let waits =
        |id| policy.rules.iter().any(|r| r.rule.id == id && r.is_waiting(state, policy, now));
    match subject {
        Subject::Rule(id) => waits(id),
        _ => impact(state, number, subject, policy, now).is_some(),
    }
}

fn concerns(subject: Subject, before: &State, after: &State) -> bool {
    let mut both = [before, after].into_iter();
    match subject {
        Subject::Agreement(id) => both.any(|state| state.agreement.id == id),
        Subject::Calendar(id) => {
            let named = |clock: &Clock| clock.calendar.is_some_and(|calendar| calendar.id == id);
            both.any(|state| state.clocks.iter().any(named))
        }
        // It moves no clock.
        Subject::Rule(_) => false,
    }
}

fn after(
    state: &State,
    number: IncidentNumber,
    command: &Command,
    policy: &Policy,
    now: Timestamp,
) -> Option<State> {
    by_the_product(state, number, command, policy, now).ok()?.state
}
