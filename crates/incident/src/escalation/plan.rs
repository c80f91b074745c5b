//! What paging promises when it begins: every step that will come, with its instant.

use super::policy::{EscalationPolicy, EscalationStep, Hours, Whom};
use kernel::{EscalationId, PersonId, Timestamp};
use serde::{Deserialize, Serialize};

/// Steps of one plan, so that an entry of the timeline stays small; rounds beyond are left out.
const PLANNED_MAX: usize = 100;
/// Seconds that a step is given where no step says how long.
const STEP_SECONDS: i64 = 300;
/// Seconds that a step is given at least before everything begins again or ends.
const STEP_SECONDS_MIN: i64 = 60;
/// How often whoever is paged by hand is paged again.
const BY_HAND_REPEATS: u32 = 2;
/// Seconds after which the end is told again, until somebody takes it.
pub const AGAIN_SECONDS: i64 = 3_600;

/// A policy and which version of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PolicyRef {
    /// The policy.
    pub id: EscalationId,
    /// Its version.
    pub version: i64,
}

/// A step that comes unless somebody takes the incident before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Counts through all rounds, from 0.
    pub step: u32,
    /// 0 for the first time through the steps.
    pub round: u32,
    /// Its place among the steps of the policy, from 0.
    pub place: u32,
    /// When.
    pub at: Timestamp,
    /// Whom it pages; nobody named is every administrator.
    pub whom: Vec<Whom>,
    /// Only in these hours, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// One of them in turn instead of all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub round_robin: bool,
    /// Paging goes on until each of them has acknowledged.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub everyone: bool,
    /// Whether nobody took it and this is the end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub end: bool,
}

/// What comes next, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    /// The step; those before it are passed over.
    pub step: u32,
    /// When.
    pub at: Timestamp,
}

impl Planned {
    /// Whether it counts at an instant.
    pub(crate) fn counts(&self, at: Timestamp) -> bool {
        self.hours.as_ref().is_none_or(|hours| hours.hold(at))
    }

    fn of(step: &EscalationStep, place: usize, round: u32, at: Timestamp) -> Planned {
        Planned {
            step: 0,
            round,
            place: u32::try_from(place).unwrap_or(u32::MAX),
            at,
            whom: step.whom.clone(),
            hours: step.hours.clone(),
            round_robin: step.round_robin,
            everyone: step.everyone,
            end: false,
        }
    }

    /// The end, which comes when nobody took it.
    pub(super) fn end(step: u32, round: u32, at: Timestamp, fallback: &[Whom]) -> Planned {
        Planned {
            step,
            round,
            place: 0,
            at,
            whom: fallback.to_vec(),
            hours: None,
            round_robin: false,
            everyone: false,
            end: true,
        }
    }
}

/// The steps of a policy from an instant on, round after round, with the end.
pub fn plan(policy: &EscalationPolicy, from: Timestamp) -> Vec<Planned> {
    let longest = policy.steps.iter().map(|step| step.after_seconds).max().unwrap_or(0);
    let given = if longest <= 0 { STEP_SECONDS } else { longest.max(STEP_SECONDS_MIN) };
    let mut planned = Vec::new();
    let mut at = from;
    for round in 0..=u32::from(policy.repeats) {
        if planned.len() + policy.steps.len() > PLANNED_MAX && round > 0 {
            break;
        }
        for (place, step) in policy.steps.iter().enumerate().take(PLANNED_MAX) {
            let after = step.after_seconds.max(0);
            let anew = round > 0 && place == 0;
            at = at.plus_seconds(if anew { after.max(given) } else { after });
            planned.push(Planned::of(step, place, round, at));
        }
    }
    ended(planned, &policy.fallback, at.plus_seconds(given))
}

/// What paging somebody by hand promises: they are paged again before it ends.
pub fn by_hand(whom: &[Whom], fallback: &[Whom], from: Timestamp) -> Vec<Planned> {
    let again = |round: u32| Planned {
        end: false,
        ..Planned::end(0, round, from.plus_seconds(i64::from(round) * STEP_SECONDS), whom)
    };
    let planned: Vec<Planned> = (0..=BY_HAND_REPEATS).map(again).collect();
    let end = from.plus_seconds(i64::from(BY_HAND_REPEATS + 1) * STEP_SECONDS);
    ended(planned, fallback, end)
}

/// Whoever it was given to is paged first, and the policy begins when they did not answer.
pub fn person_first(person: PersonId, policy: &EscalationPolicy, from: Timestamp) -> Vec<Planned> {
    let first = Planned { end: false, ..Planned::end(0, 0, from, &[Whom::Person(person)]) };
    let mut planned = vec![first];
    planned.extend(plan(policy, from.plus_seconds(STEP_SECONDS)));
    numbered(planned)
}

fn ended(mut planned: Vec<Planned>, fallback: &[Whom], at: Timestamp) -> Vec<Planned> {
    let round = planned.last().map_or(0, |last| last.round);
    planned.push(Planned::end(0, round, at, fallback));
    numbered(planned)
}

fn numbered(mut planned: Vec<Planned>) -> Vec<Planned> {
    for (step, one) in (0..).zip(&mut planned) {
        one.step = step;
    }
    planned
}
