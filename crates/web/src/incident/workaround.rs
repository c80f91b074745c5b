//! Applying a workaround: what it will add is shown before it is added. And the article that a
//! resolution becomes.

use super::case::Case;
use super::view::View;
use super::words::prose;
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult, status_of};
use crate::form::Fields;
use crate::part::form::Errors;
use crate::part::icon::icon;
use crate::part::time::counted;
use crate::problems::words;
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use desk::articles::Wanted;
use incident::command::Change;
use incident::models::same_task;
use incident::{Command, Refusal, RefusalKind};
use kernel::{ArticleNumber, CategoryId, Channel, IncidentNumber, ProblemNumber};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};
use store::directory::drafts::{self, Mode};
use store::directory::{Problem, ProblemState};
use store::knowledge::{Record, UseKind};

fn named(incident: &str, problem: &str) -> PageResult<(IncidentNumber, ProblemNumber)> {
    let incident = incident.parse().map_err(|_| PageError::NotFound)?;
    let problem = problem.parse().map_err(|_| PageError::NotFound)?;
    Ok((incident, problem))
}

/// `GET /incidents/{number}/workaround/{problem}`
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path((incident, problem)): Path<(String, String)>,
) -> PageResult<Markup> {
    let (incident, problem) = named(&incident, &problem)?;
    page(&app, &who, incident, problem, &Errors::default()).await
}

/// `POST /incidents/{number}/workaround/{problem}`
pub(super) async fn apply(
    State(app): State<App>,
    Staff(who): Staff,
    Path((incident, problem)): Path<(String, String)>,
) -> PageResult<Response> {
    let (incident, problem) = named(&incident, &problem)?;
    match app.desk.apply_workaround(who.viewer(), Channel::Web, incident, problem).await {
        Ok(_) => Ok(Redirect::to(&url::incident(incident)).into_response()),
        Err(Trouble::Refused(refusal))
            if matches!(refusal.kind, RefusalKind::State | RefusalKind::Limit) =>
        {
            let status = status_of(&Trouble::Refused(refusal.clone()));
            let mut errors = Errors::default();
            errors.add("", &refusal.message);
            let page = page(&app, &who, incident, problem, &errors).await?;
            Ok((status, page).into_response())
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// What applying it adds: no step that is a task already, no reply where one was begun.
async fn page(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    problem: ProblemNumber,
    errors: &Errors,
) -> PageResult<Markup> {
    let case = Case::load(app, who.viewer(), &who.here, number).await?;
    let found = app.desk.problem(who.viewer(), problem).await?.listed;
    let me = who.person().id;
    let begun = app.desk.read(move |sql| drafts::of_incident(sql, me, number)).await?;
    let begun = begun.iter().any(|draft| draft.mode == Mode::Reply);
    let steps = missing(&case, &found.problem);
    let title = format!("Apply {problem}");
    let can = found.problem.state == ProblemState::KnownError && case.state().lifecycle.is_open();
    let main = html! {
        div.page {
            div.page-h { div { h1 { "Apply the workaround of " (problem) } p { "To " (number) ", " (case.title()) } } }
            div.stack-l {
                (errors.summary())
                section.card aria-labelledby="way-h" {
                    div.card-h { h2 id="way-h" { (found.problem.title) } span.meta { (words::success(found.success)) } }
                    div.card-b.msg-b { (prose(&found.problem.workaround)) }
                }
                @if can { (preview(&found.problem, &steps, begun)) }
                @else {
                    div.banner.banner-warn role="status" {
                        (icon("alert"))
                        div {
                            @if case.state().lifecycle.is_open() {
                                (problem) " is no known error: " a.link href=(url::problem_of(problem, "edit")) { "write down its cause and a workaround" } " first, and say on its page that it is one."
                            } @else { (number) " is over: " a.link href=(url::incident_command(number, "reopen")) { "reopen it" } " first." }
                        }
                    }
                }
                form.btns method="post" action=(url::apply_workaround(number, problem)) {
                    @if can { button.btn.btn-primary type="submit" { "Apply" } }
                    a.btn href=(url::incident(number)) { "Back" }
                }
            }
        }
    };
    Ok(Page::new(who, &title)
        .section(Section::Queue)
        .crumb(url::QUEUE, "Queue")
        .crumb(url::incident(number), number.to_string())
        .main_class("main main-canvas")
        .show(main))
}

/// The steps that are no tasks yet.
fn missing<'a>(case: &Case, problem: &'a Problem) -> Vec<&'a str> {
    let tasks = &case.state().tasks;
    let mut there: BTreeSet<String> =
        tasks.iter().map(|task| same_task(case.text(task.title))).collect();
    problem.steps.iter().filter(|step| there.insert(same_task(step))).map(String::as_str).collect()
}

fn preview(problem: &Problem, steps: &[&str], begun: bool) -> Markup {
    html! {
        section.card aria-labelledby="adds-h" {
            div.card-h { h2 id="adds-h" { "What it adds" } }
            div.card-b.stack {
                p { "A link to " (problem.number) " as the known error it shows." }
                @if steps.is_empty() { p { "No task: " @if problem.steps.is_empty() { "it has no steps." } @else { "its steps are tasks already." } } }
                @else {
                    p { (counted(steps.len() as i64, "task")) ":" }
                    ol.stack-s { @for step in steps { li { (step) } } }
                }
                @if begun { p { "No reply: you have begun one, and it stays as it is." } }
                @else { p { "A draft of a reply with the words above. Nothing is sent before you send it." } }
            }
        }
    }
}

/// `POST /incidents/{number}/article`: a draft of what was done, to go on with.
pub(super) async fn article(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
) -> PageResult<Response> {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let article = app.desk.article_from(who.viewer(), number, wanted(&who)).await?;
    Ok(Redirect::to(&url::article_of(article.number, "edit")).into_response())
}

/// A draft in the words that the requester got, in the language of the instance: that is what they
/// are written in more often than not.
fn wanted(who: &SignedIn) -> Wanted {
    Wanted { notes: false, language: who.instance.setting.language }
}

/// Where the words of an incident stand besides, once it was resolved: articles are records of
/// their own, and nothing is taken out of them by itself.
pub(super) fn copies(view: &View<'_>) -> Markup {
    let state = view.case.state();
    html! {
        @if state.moments.resolved.is_some() || state.reopenings > 0 {
            p.meta { a.link href={ (url::ARTICLES) "?show=drafts&q=" (view.case.number) } { "Articles made from it" } " keep their copy of the words: look there too." }
        }
    }
}

/// Refuses a resolution that names an article which is not there, before anything is resolved.
pub(super) async fn article_there(
    app: &App,
    who: &SignedIn,
    fields: &Fields,
) -> Result<(), Trouble> {
    let Some(article) = super::parse::article(fields)? else { return Ok(()) };
    match app.desk.article(who.viewer(), article).await {
        Err(Trouble::Refused(_)) => {
            Err(Refusal::invalid("article", "is not the number of an article").into())
        }
        other => other.map(drop),
    }
}

/// What a resolution needs and its form asks for is given before it: the category, and the article
/// where what is known counts. It stays should the resolution be refused for something else.
pub(super) async fn before(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    category: Option<CategoryId>,
    fields: &Fields,
) -> Result<(), Trouble> {
    let closure = app.desk.policy().closure;
    let chosen = super::parse::choice::<CategoryId>(fields, "category")?;
    if let Some(chosen) = chosen.filter(|chosen| closure.category && category != Some(*chosen)) {
        let ask = app.desk.ask(who.viewer(), Channel::Web).on(number);
        let command = Command::Classify {
            title: None,
            service: Change::Keep,
            category: Change::Set(chosen),
            fields: BTreeMap::new(),
            affected: None,
        };
        ask.issue(command).await?;
    }
    if let Some(article) = super::parse::article(fields)?.filter(|_| closure.knowledge) {
        let used = Record::Article(article);
        app.desk.used_on(who.viewer(), used, number, UseKind::Helped).await?;
    }
    Ok(())
}

/// What follows a resolution: the article that helped is counted, and a draft is made of the
/// words where that was wished. What cannot be is not worth losing the answer for: it is resolved.
pub(super) async fn after(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    fields: &Fields,
) -> PageResult<Option<ArticleNumber>> {
    if let Some(article) = super::parse::article(fields)? {
        let used = Record::Article(article);
        match app.desk.used_on(who.viewer(), used, number, UseKind::Helped).await {
            Ok(_) | Err(Trouble::Refused(_)) => {}
            Err(trouble) => return Err(trouble.into()),
        }
    }
    if !fields.ticked("to_article") {
        return Ok(None);
    }
    match app.desk.article_from(who.viewer(), number, wanted(who)).await {
        Ok(article) => Ok(Some(article.number)),
        Err(Trouble::Refused(_) | Trouble::Faults(_)) => Ok(None),
        Err(trouble) => Err(trouble.into()),
    }
}
