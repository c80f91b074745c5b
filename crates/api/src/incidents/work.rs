//! What is to be done, by which incident model, and what was, as answers show it.

use super::view::Shown;
use kernel::{ModelId, PersonId, TaskId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// An incident model that was applied.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AppliedModel<'a> {
    #[schema(value_type = String)]
    id: ModelId,
    /// What it was called then.
    name: &'a str,
    /// Which version of it.
    version: i64,
    /// Its runbook as it was then; null when it has none, in lists, and once it was erased.
    runbook: Option<&'a str>,
}

impl<'a> AppliedModel<'a> {
    /// Those that the viewer may see.
    pub(super) fn all(shown: &Shown<'a>, full: bool) -> Vec<Self> {
        let applied = shown.state.models.iter().filter(|_| full);
        let one = |applied: &'a incident::models::AppliedModel| AppliedModel {
            id: applied.model,
            name: &applied.name,
            version: applied.version,
            runbook: applied.runbook.and_then(|id| shown.words(id)),
        };
        applied.map(one).collect()
    }
}

/// Something to be done.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Task<'a> {
    #[schema(value_type = String)]
    id: TaskId,
    title: Option<&'a str>,
    assignee: Option<&'a str>,
    done: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    done_at: Option<Timestamp>,
}

impl<'a> Task<'a> {
    /// Those that the viewer may see.
    pub(super) fn all(shown: &Shown<'a>, full: bool) -> Vec<Self> {
        let task = |task: &incident::state::Task| Task {
            id: task.id,
            title: shown.words(task.title),
            assignee: task.assignee.and_then(|id| shown.handle(id)),
            done: task.done_at.is_some(),
            done_at: task.done_at,
        };
        shown.state.tasks.iter().filter(|_| full).map(task).collect()
    }
}

/// Time that somebody spent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Work<'a> {
    /// E-mail address or name of a person, or the id of another actor.
    person: &'a str,
    seconds: u64,
}

impl<'a> Work<'a> {
    /// Those that the viewer may see.
    pub(super) fn all(shown: &Shown<'a>, full: bool) -> Vec<Self> {
        let entry = |(id, seconds): (&'a String, &u64)| {
            let handle = id.parse().ok().and_then(|id: PersonId| shown.handle(id));
            Work { person: handle.unwrap_or(id), seconds: *seconds }
        };
        shown.state.work_seconds.iter().filter(|_| full).map(entry).collect()
    }
}
