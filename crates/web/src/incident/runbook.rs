//! Runbooks with steps that are ticked. A step is ticked by the task that is called as it begins:
//! who did it and when, the undo, the live change and the program's way to it are those of tasks.

use super::case::Case;
use super::commands::seen;
use super::refused::words_of;
use super::view::View;
use super::words::prose;
use super::{dialogs, major, patches};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::{PageError, PageResult, status_of};
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::time;
use crate::shell::error_page;
use crate::url;
use axum::extract::{Path, State};
use desk::Trouble;
use incident::models::{AppliedModel, same_task};
use incident::runbook::{Step, read};
use incident::state::Task;
use incident::{Command, CommandName as C, Refusal, RefusalKind};
use kernel::{BatchId, Channel, ContentId, IncidentNumber, Language, ModelId};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// A runbook of a model that was applied, each step with the task that ticks it.
struct Applied<'a> {
    model: &'a AppliedModel,
    before: String,
    steps: Vec<(Step, Option<&'a Task>)>,
}

/// The runbooks of an incident, that of the model which was applied last first.
fn applied(case: &Case) -> Vec<Applied<'_>> {
    let found = case.state().models.iter().rev();
    let found: Vec<_> = found.filter_map(|model| Some((model, model.runbook?))).collect();
    if found.is_empty() {
        return vec![];
    }
    let mut called: BTreeMap<String, &Task> = BTreeMap::new();
    for task in &case.state().tasks {
        called.entry(same_task(case.text(task.title))).or_insert(task);
    }
    let with_task = |step: Step| {
        let task = called.get(&same_task(&step.title)).copied();
        (step, task)
    };
    let one = |(model, id)| {
        let book = read(case.text(id));
        let steps = book.steps.into_iter().map(with_task).collect();
        Applied { model, before: book.before, steps }
    };
    found.into_iter().map(one).collect()
}

/// The tasks that stand in a runbook, by what they are called.
pub(super) fn in_runbooks(case: &Case) -> BTreeSet<ContentId> {
    let books = applied(case);
    let steps = books.iter().flat_map(|applied| &applied.steps);
    steps.filter_map(|(_, task)| task.map(|task| task.title)).collect()
}

/// The runbooks of the models that were applied, as they were then: the newest open. `on` are
/// values that say on which screen they stand.
pub(super) fn runbooks(view: &View<'_>, on: &Fields, patch: Option<&str>) -> Markup {
    html! {
        div id="runbooks" data-patch=[patch] {
            @for (at, applied) in applied(view.case).iter().enumerate() { (section(view, applied, on, at == 0)) }
        }
    }
}

fn section(view: &View<'_>, applied: &Applied<'_>, on: &Fields, open: bool) -> Markup {
    let (case, model, steps) = (view.case, applied.model, &applied.steps);
    let is_done = |task: &Option<&Task>| task.is_some_and(|task| task.done_at.is_some());
    let done = steps.iter().filter(|(_, task)| is_done(task)).count();
    let next = steps.iter().enumerate().find(|(_, (_, task))| !is_done(task));
    html! {
        section.sec aria-labelledby={ "rb-" (model.model) } {
            details class="fold book" open[open] {
                summary {
                    (icon("right")) h2 id={ "rb-" (model.model) } { "Runbook: " (model.name) }
                    @if !steps.is_empty() { span.meta { (done) " of " (steps.len()) } }
                }
                @if !steps.is_empty() {
                    progress max=(steps.len()) value=(done) aria-label={ (done) " of " (steps.len()) " steps done" } { (done) " of " (steps.len()) }
                }
                @if let Some((at, (step, _))) = next { p.mts { b { "Next: " } a.link href={ "#" (step_id(model, at)) } { (step.title) } } }
                @if !applied.before.is_empty() { div.msg-b { (prose(&applied.before)) } }
                ol class="todo mts" { @for (at, (step, task)) in steps.iter().enumerate() { (row(view, model, (at, step, *task), on)) } }
                p.meta { "As it was when it was applied " (time::moment(model.at, &case.here)) ", version " (model.version) }
            }
        }
    }
}

fn step_id(model: &AppliedModel, at: usize) -> String {
    format!("rs-{}-{at}", model.model)
}

fn row(
    view: &View<'_>,
    model: &AppliedModel,
    (at, step, task): (usize, &Step, Option<&Task>),
    on: &Fields,
) -> Markup {
    let done = task.is_some_and(|task| task.done_at.is_some());
    let (id, number) = (step_id(model, at), view.case.number);
    let action = match task {
        Some(_) if done => url::incident_command(number, "reopen-task"),
        Some(_) => url::incident_command(number, "complete-task"),
        None => url::incident_command(number, "runbook"),
    };
    let may = view.can(C::CompleteTask) && (task.is_some() || view.can(C::AddTask));
    html! {
        li id=(id) {
            @if may {
                form id={ (id) "-f" } method="post" action=(action) data-live data-auto {
                    (dialogs::screen_field(on))
                    @match task {
                        Some(task) => { input type="hidden" name="task" value=(task.id); }
                        None => {
                            input type="hidden" name="model" value=(model.model);
                            input type="hidden" name="step" value=(step.title);
                        }
                    }
                    input type="checkbox" id={ (id) "-c" } name="done" value="1" checked[done];
                    noscript { button class="btn btn-sm" type="submit" { "Save" } }
                }
            } @else { input type="checkbox" id={ (id) "-c" } checked[done] disabled; }
            div {
                label for={ (id) "-c" } { (step.title) }
                @if !step.more.is_empty() { div.msg-b { (prose(&step.more)) } }
            }
            span.meta { @if let Some(task) = task { (ticked(view, task)) } }
        }
    }
}

/// "Mara, 12:58": who ticked a task, and when.
pub(super) fn ticked(view: &View<'_>, task: &Task) -> Markup {
    html! {
        @if let Some(at) = task.done_at {
            @if let Some(by) = &task.done_by { (crate::part::person::first_name(by)) ", " }
            (time::moment(at, &view.case.here))
        }
    }
}

/// `POST /incidents/{number}/runbook`: ticks a step that is no task yet.
pub(super) async fn tick(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(number): Path<String>,
    fields: Fields,
) -> PageResult {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let before = seen(&app, &who, number).await?;
    let case = Case::load(&app, who.viewer(), &who.here, number).await?;
    let done = done(&app, &who, &case, &fields).await;
    let case = Case::load(&app, who.viewer(), &who.here, number).await?;
    let view = View::of(&case, who.viewer());
    let parts = match dialogs::is_in_room(&fields) {
        true => major::own(&app, &view).await?,
        false => patches::own(&view, before.version),
    };
    match done {
        Ok(()) => Ok(Answer::patch(parts).else_go(dialogs::back(number, &fields)).reply(live)),
        Err(trouble) => {
            let status = status_of(&trouble);
            match trouble {
                Trouble::Refused(refusal) if refusal.kind == RefusalKind::State => {
                    let words = words_of(&refusal);
                    let patch = html! { (parts) (patches::refusal(Some(&words))) };
                    let page = error_page(Language::En, "This was not done", &words);
                    Ok(Answer::refused(status, patch).else_page(page).reply(live))
                }
                other => Err(other.into()),
            }
        }
    }
}

/// Makes a task of the step, unless somebody was faster, and completes it.
async fn done(app: &App, who: &SignedIn, case: &Case, fields: &Fields) -> Result<(), Trouble> {
    let model: Option<ModelId> = fields.text("model").parse().ok();
    let wanted = same_task(fields.text("step"));
    let books = applied(case);
    let book = books.iter().find(|applied| Some(applied.model.model) == model);
    let mut steps = book.map(|applied| applied.steps.iter()).into_iter().flatten();
    let found = steps.find(|(step, _)| same_task(&step.title) == wanted);
    let Some((step, task)) = found else {
        let words = "the runbook has no such step any more; look at it as it is now";
        return Err(Refusal::state("no_such_step", words).into());
    };
    let (batch, viewer) = (BatchId(desk::fresh()), who.viewer());
    let ask = || app.desk.ask(viewer, Channel::Web).on(case.number).in_batch(batch);
    let task = match task {
        Some(task) if task.done_at.is_some() => return Ok(()),
        Some(task) => task.id,
        None => {
            let mut adding = ask();
            let task = adding.task();
            let title = adding.title(&step.title)?;
            adding.issue(Command::AddTask { task, title, assignee: None }).await?;
            task
        }
    };
    ask().issue(Command::CompleteTask { task }).await.map(drop)
}
