//! Applying a workaround to an incident, and telling open incidents that their problem is
//! resolved. Nothing is told to requesters by itself.

use super::{incidents_of, rows, unknown};
use crate::{Desk, Trouble};
use incident::models::same_task;
use incident::permissions::{granted, may_read_problems, may_write_problems};
use incident::state::LinkKind;
use incident::{Access, Command, CommandName, Refusal, Scope, State, Viewer, Visibility};
use kernel::{BatchId, Channel, ContentId, IncidentNumber, ProblemNumber, limits};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::directory::drafts::{self, Draft, Mode};
use store::directory::problems::{Problem, ProblemState};
use store::incidents::list;
use store::incidents::timeline::contents_by_id;
use store::knowledge::{self, Record, Use, UseKind};

/// What applying a workaround did. What was there already stayed as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The incident.
    pub number: IncidentNumber,
    /// The known error.
    pub problem: ProblemNumber,
    /// Whether the incident was linked to it just now.
    pub linked: bool,
    /// The steps that became tasks.
    pub tasks: Vec<String>,
    /// Whether a reply was drafted; not where the person had begun one.
    pub drafted: bool,
}

/// Which incidents say that their problem is resolved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Noted {
    /// Those that say it now.
    pub noted: Vec<IncidentNumber>,
    /// Those that refused, and the earliest where there are more than one request does.
    pub refused: Vec<IncidentNumber>,
}

impl Desk {
    /// Links an incident to a known error, adds the steps of its workaround as tasks that are
    /// not there yet, and keeps a draft of a reply for whoever does it. Doing it again adds
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when it is no known error, the incident is over, or the viewer does
    /// not work on it.
    pub async fn apply_workaround(
        &self,
        viewer: &Viewer,
        channel: Channel,
        number: IncidentNumber,
        problem: ProblemNumber,
    ) -> Result<Applied, Trouble> {
        may_read_problems(viewer)?;
        let state = self.workable(viewer, number).await?;
        let known = self.read(move |sql| rows::get(sql, problem)).await?.ok_or_else(unknown)?;
        if known.state != ProblemState::KnownError {
            let words =
                format!("{problem} is no known error: write down its cause and a workaround first");
            return Err(Refusal::state("no_known_error", words).into());
        }
        let steps = self.missing_steps(&state, &known).await?;
        // All of it is looked at before any of it is done.
        may_apply(viewer, &state, steps.len())?;
        let batch = BatchId(crate::fresh());
        let linked = self.link_known_error(viewer, channel, batch, number, problem).await?;
        let tasks = self.add_steps(viewer, channel, batch, number, steps).await?;
        let drafted = self.keep_workaround(viewer, number, &known, &state).await?;
        Ok(Applied { number, problem, linked, tasks, drafted })
    }

    /// The state of an open incident that the viewer sees as a whole.
    async fn workable(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
    ) -> Result<Arc<State>, Trouble> {
        let scope = Scope::of(viewer);
        let row = self.read(move |sql| list::get(sql, &scope, number)).await?;
        let Some(row) = row.filter(|row| row.access == Access::Full) else {
            let words = "there is no such incident, or you may not see it";
            return Err(Refusal::not_found(words).into());
        };
        match row.state.lifecycle.is_open() {
            true => Ok(row.state),
            false => {
                let words = "it is over; reopen it first, or link it to the known error";
                Err(Refusal::state("not_open", words).into())
            }
        }
    }

    async fn link_known_error(
        &self,
        viewer: &Viewer,
        channel: Channel,
        batch: BatchId,
        number: IncidentNumber,
        problem: ProblemNumber,
    ) -> Result<bool, Trouble> {
        let (kind, target) = (LinkKind::KnownError, problem.to_string());
        let link = Command::Link { kind, target, cascade: None };
        match self.ask(viewer, channel).on(number).in_batch(batch).issue(link).await {
            Ok(_) => Ok(true),
            Err(Trouble::Refused(refusal)) if refusal.code == "nothing_to_change" => Ok(false),
            Err(trouble) => Err(trouble),
        }
    }

    /// The steps that are no tasks yet, each once.
    async fn missing_steps(&self, state: &State, known: &Problem) -> Result<Vec<String>, Trouble> {
        let titles: Vec<ContentId> = state.tasks.iter().map(|task| task.title).collect();
        let read = move |sql: &mut dyn store::Sql| contents_by_id(sql, &titles);
        let there = self.read(read).await?.into_values().filter_map(|content| content.body);
        let mut there: BTreeSet<String> = there.map(|title| same_task(&title)).collect();
        let missing = known.steps.iter().filter(|step| there.insert(same_task(step)));
        Ok(missing.cloned().collect())
    }

    async fn add_steps(
        &self,
        viewer: &Viewer,
        channel: Channel,
        batch: BatchId,
        number: IncidentNumber,
        steps: Vec<String>,
    ) -> Result<Vec<String>, Trouble> {
        for step in &steps {
            let mut ask = self.ask(viewer, channel).on(number).in_batch(batch);
            let title = ask.words("steps", step, limits::TITLE_CHARS)?;
            let task = ask.task();
            ask.issue(Command::AddTask { task, title, assignee: None }).await?;
        }
        Ok(steps)
    }

    /// Keeps the workaround as a reply that its writer finds and sends, unless they had begun
    /// one; and that it was used.
    async fn keep_workaround(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        known: &Problem,
        state: &State,
    ) -> Result<bool, Trouble> {
        let (person, now) = (viewer.person, self.now());
        let body = known.workaround.trim().to_owned();
        let draft = Draft { person, number, mode: Mode::Reply, body, updated_at: now };
        let used = Use {
            id: crate::fresh(),
            record: Record::Problem(known.number),
            kind: UseKind::Applied,
            number: Some(number),
            person,
            service: state.service,
            at: now,
        };
        self.write(move |sql| {
            knowledge::record(sql, &used)?;
            let begun = drafts::of_incident(sql, draft.person, draft.number)?;
            if begun.iter().any(|begun| begun.mode == draft.mode) {
                return Ok(false);
            }
            drafts::put(sql, &draft)?;
            Ok(true)
        })
        .await
    }

    /// Writes on each open incident that names a resolved problem that it is: one internal note
    /// each, in these words or in our own.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when the problem is not resolved, or the viewer works on none.
    pub async fn note_resolved(
        &self,
        viewer: &Viewer,
        channel: Channel,
        problem: ProblemNumber,
        words: &str,
    ) -> Result<Noted, Trouble> {
        may_write_problems(viewer)?;
        let scope = Scope::of(viewer);
        let found = self.read(move |sql| {
            let Some(known) = rows::get(sql, problem)? else { return Ok(None) };
            Ok(Some((known, incidents_of(sql, &scope, problem)?)))
        });
        let (known, incidents) = found.await?.ok_or_else(unknown)?;
        if !matches!(known.state, ProblemState::Resolved | ProblemState::Closed) {
            let words = format!("{problem} is not resolved");
            return Err(Refusal::state("not_resolved", words).into());
        }
        let text = match words.trim() {
            "" => told(&known),
            words => words.to_owned(),
        };
        let open = incidents.into_iter().filter(|(row, _)| row.state.lifecycle.is_open());
        let mut open: Vec<IncidentNumber> = open.map(|(row, _)| row.number).collect();
        // What is not told must not look as if it had been.
        let rest = open.split_off(open.len().min(limits::COMMANDS_PER_REQUEST));
        let mut done = Noted { noted: vec![], refused: rest };
        let batch = BatchId(crate::fresh());
        for number in open {
            let mut ask = self.ask(viewer, channel).on(number).in_batch(batch);
            let body = ask.words("note", &text, limits::BODY_CHARS)?;
            let comment = Command::Comment { body, visibility: Visibility::Internal };
            match ask.issue(comment).await {
                Ok(_) => done.noted.push(number),
                // One that waits too long does not lose those that are told already.
                Err(Trouble::Refused(_) | Trouble::Overloaded) => done.refused.push(number),
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(done)
    }
}

/// Whether a viewer links this incident and adds so many tasks to it.
fn may_apply(viewer: &Viewer, state: &State, tasks: usize) -> Result<(), Refusal> {
    let may = granted(viewer, state);
    if !may(CommandName::Link) || (tasks > 0 && !may(CommandName::AddTask)) {
        return Err(Refusal::forbidden(
            "whoever works on this incident applies a workaround to it",
        ));
    }
    let most = limits::TASKS_PER_INCIDENT;
    match state.tasks.len() + tasks > most {
        true => Err(Refusal::limit(format!(
            "with these steps it would have more than {most} tasks; link it to the known error instead"
        ))),
        false => Ok(()),
    }
}

fn told(known: &Problem) -> String {
    let first = format!("{} is resolved: {}", known.number, known.title);
    match known.fix.trim() {
        "" => first,
        fix => {
            let room = limits::BODY_CHARS.saturating_sub(first.chars().count() + 2);
            let fix: String = fix.chars().take(room).collect();
            format!("{first}\n\n{fix}")
        }
    }
}
