//! How paging stands, as answers show it.

use super::view::Shown;
use incident::escalation::Course;
use incident::{Access, State};
use kernel::{EscalationId, Muted, PersonId, Timestamp};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// How paging stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PagingState)]
pub(super) struct Paging<'a> {
    /// `paging`, `exhausted` (all steps came and nobody took it; it is told again every hour),
    /// `acknowledged` or `stopped`; `muted` where it never began because its alerts page nobody.
    state: &'static str,
    /// Why it began: `reported`, `raised`, `given`, `assigned`, `classified`, `reopened`,
    /// `unmerged`, `returned`, `released`, `expired`, `by_hand`, `called` (people were asked to
    /// come) or `silent` (a word about a major incident did not come); null before it began.
    why: Option<&'static str>,
    /// `high` or `low`; null before it began.
    urgency: Option<&'static str>,
    /// Why its alerts page nobody now: `maintenance`, `upstream` or `snoozed`.
    muted: Option<&'static str>,
    /// What the escalation policy was called; null when somebody was named by hand.
    policy: Option<&'a str>,
    /// Its id.
    #[schema(value_type = Option<String>)]
    policy_id: Option<EscalationId>,
    /// The version of it that is followed.
    policy_version: Option<i64>,
    /// The entry with which it began.
    began_n: Option<u32>,
    #[schema(value_type = Option<String>, format = DateTime)]
    began_at: Option<Timestamp>,
    /// The step that came last, from 1 through all rounds.
    step: Option<u32>,
    /// How many were planned, with the end.
    steps: Option<u32>,
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
    /// Why it stopped: `resolved`, `closed`, `cancelled`, `merged`, `replaced`, `given` (another
    /// team has it, nobody of which is paged for this) or `muted`.
    stopped: Option<&'static str>,
    #[schema(value_type = Option<String>, format = DateTime)]
    stopped_at: Option<Timestamp>,
}

impl<'a> Paging<'a> {
    /// For those who see all of the incident, once it began or while something keeps it from that.
    pub(super) fn of(shown: &Shown<'a>) -> Option<Self> {
        let state: &State = shown.state;
        if shown.access != Access::Full {
            return None;
        }
        let muted = state.muted().map(Muted::as_str);
        let course = state.paging.as_deref();
        if course.is_none() && muted.is_none() {
            return None;
        }
        let names = |people: fn(&Course) -> &BTreeSet<PersonId>| -> Vec<&'a str> {
            let people = course.into_iter().flat_map(people);
            people.filter_map(|person| shown.handle(*person)).collect()
        };
        let ended = course.and_then(|course| course.ended);
        let policy = course.and_then(|course| course.policy);
        Some(Paging {
            state: course.map_or("muted", |course| course.standing.as_str()),
            why: course.map(|course| course.why.as_str()),
            urgency: course.map(|course| course.urgency.as_str()),
            muted,
            policy: course.and_then(|course| course.name.as_deref()),
            policy_id: policy.map(|policy| policy.id),
            policy_version: policy.map(|policy| policy.version),
            began_n: course.map(|course| course.began_n),
            began_at: course.map(|course| course.began_at),
            step: course.and_then(|course| course.step.as_ref()).map(|step| step.step + 1),
            steps: course.map(|course| course.steps),
            paged_at: course.and_then(|course| course.paged_at),
            next_at: course.and_then(Course::next_at),
            people: names(|course| &course.waiting_for),
            must_answer: names(|course| &course.must_answer),
            acknowledged_by: names(|course| &course.acknowledged_by),
            acknowledged_at: course.and_then(|course| course.acknowledged_at),
            expires_at: course.and_then(|course| course.expires_at),
            stopped: ended.map(|end| end.why.as_str()),
            stopped_at: ended.map(|end| end.at),
        })
    }
}
