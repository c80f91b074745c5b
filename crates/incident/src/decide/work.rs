//! Tasks and time spent.

use super::Draft;
use crate::command::Command;
use crate::event::{TaskAdded, TaskCompleted, TaskReopened, WorkLogged};
use crate::refusal::Refusal;
use kernel::{TaskId, limits};

/// Seconds of one entry of the work log: a day.
const WORK_ENTRY_SECONDS: u32 = 86_400;

pub(super) fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::AddTask { task, title, assignee } => {
            if draft.state()?.tasks.len() >= limits::TASKS_PER_INCIDENT {
                return Err(Refusal::limit(format!(
                    "this incident has {} tasks, the most there can be",
                    limits::TASKS_PER_INCIDENT
                )));
            }
            if draft.state()?.tasks.iter().any(|other| other.id == *task) {
                return Err(Refusal::invalid("task", "is a task of this incident already"));
            }
            if let Some(person) = assignee {
                super::people::check_assignee(draft, *person)?;
            }
            draft.emit(TaskAdded { task: *task, title: *title, assignee: *assignee });
        }
        Command::CompleteTask { task } => {
            expect_done(draft, *task, false)?;
            draft.emit(TaskCompleted { task: *task });
        }
        Command::ReopenTask { task } => {
            expect_done(draft, *task, true)?;
            draft.emit(TaskReopened { task: *task });
        }
        Command::LogWork { seconds, note } => {
            if *seconds == 0 || *seconds > WORK_ENTRY_SECONDS {
                return Err(Refusal::invalid("seconds", "must be between 1 second and 24 hours"));
            }
            draft.emit(WorkLogged {
                seconds: *seconds,
                person: draft.facts.actor.id.clone(),
                note: *note,
            });
        }
        _ => {}
    }
    Ok(())
}

fn expect_done(draft: &Draft, task: TaskId, done: bool) -> Result<(), Refusal> {
    let found = draft.state()?.tasks.iter().find(|other| other.id == task);
    match found {
        None => Err(Refusal::invalid("task", "is not a task of this incident")),
        Some(task) if task.done_at.is_some() == done => Ok(()),
        Some(_) if done => Err(Refusal::state("nothing_to_change", "the task is not done")),
        Some(_) => Err(Refusal::state("nothing_to_change", "the task is done already")),
    }
}
