//! How paging stands, as answers show it.

use super::view::Shown;
use incident::escalation::Course;
use incident::{Access, State};
use kernel::{EscalationId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// How paging stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PagingState)]
pub(super) struct Paging<'a> {
    /// `paging`, `exhausted` (all steps came and nobody took it; it is told again every hour),
    /// `acknowledged` or `stopped`.
    state: &'static str,
    /// Why it began: `reported`, `raised`, `given`, `assigned`, `classified`, `reopened`,
    /// `unmerged`, `returned`, `released`, `expired` or `by_hand`.
    why: &'static str,
    /// `high` or `low`.
    urgency: &'static str,
    /// What the escalation policy was called; null when somebody was named by hand.
    policy: Option<&'a str>,
    /// Its id.
    #[schema(value_type = Option<String>)]
    policy_id: Option<EscalationId>,
    /// The version of it that is followed.
    policy_version: Option<i64>,
    /// The entry with which it began.
    began_n: u32,
    #[schema(value_type = String, format = DateTime)]
    began_at: Timestamp,
    /// The step that came last, from 1 through all rounds.
    step: Option<u32>,
    /// How many were planned, with the end.
    steps: u32,
    /// When it came.
    #[schema(value_type = Option<String>, format = DateTime)]
    paged_at: Option<Timestamp>,
    /// When the next one comes, unless somebody takes it before.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Timestamp>,
    /// Who was paged last and has not answered: e-mail addresses, or names.
    people: Vec<&'a str>,
    /// Who must acknowledge, each of them.
    must_answer: Vec<&'a str>,
    /// Who acknowledged.
    acknowledged_by: Vec<&'a str>,
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledged_at: Option<Timestamp>,
    /// When that is worth nothing any more if nothing is heard of them.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// Why it stopped: `resolved`, `closed`, `cancelled`, `merged` or `replaced`.
    stopped: Option<&'static str>,
    #[schema(value_type = Option<String>, format = DateTime)]
    stopped_at: Option<Timestamp>,
}

impl<'a> Paging<'a> {
    /// For those who see all of the incident, once it began.
    pub(super) fn of(shown: &Shown<'a>) -> Option<Self> {
        let state: &State = shown.state;
        let course: &Course = state.paging.as_deref().filter(|_| shown.access == Access::Full)?;
        let names = |people: &std::collections::BTreeSet<kernel::PersonId>| {
            people.iter().filter_map(|person| shown.handle(*person)).collect()
        };
        Some(Paging {
            state: course.standing.as_str(),
            why: course.why.as_str(),
            urgency: course.urgency.as_str(),
            policy: course.name.as_deref(),
            policy_id: course.policy.map(|policy| policy.id),
            policy_version: course.policy.map(|policy| policy.version),
            began_n: course.began_n,
            began_at: course.began_at,
            step: course.step.as_ref().map(|step| step.step + 1),
            steps: course.steps,
            paged_at: course.paged_at,
            next_at: course.next_at(),
            people: names(&course.waiting_for),
            must_answer: names(&course.must_answer),
            acknowledged_by: names(&course.acknowledged_by),
            acknowledged_at: course.acknowledged_at,
            expires_at: course.expires_at,
            stopped: course.ended.map(|end| end.why.as_str()),
            stopped_at: course.ended.map(|end| end.at),
        })
    }
}
