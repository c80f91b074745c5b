//! Problems: causes of incidents, and known errors, of which people know how to live with them.
//! The list by what they cost, the page of each, the form.

mod act;
mod form;
mod list;
mod one;
mod read;
pub(crate) mod words;

pub(crate) use form::{day, text, title};
pub(crate) use read::{changes, has_words};

use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::Errors;
use crate::part::icon::icon;
use crate::part::time::counted;
use crate::route::{get, post};
use crate::settings::editing::{self, Problem as Wrong, saved_banner};
use crate::shell::{Page, Section};
use crate::url;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use incident::permissions::may_write_problems;
use incident::{Access, Refusal, Scope};
use kernel::{Channel, IncidentNumber, ProblemNumber};
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::directory::Problem;
use store::incidents::list as incidents;

/// Incidents that one problem is opened from at once.
const FROM_MAX: usize = desk::problems::FROM_INCIDENTS_MAX;
/// Characters of a word that is told to be no number.
const SHOWN_CHARS: usize = 40;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(url::PROBLEMS, get(all).merge(post(create)))
        .route(url::NEW_PROBLEM, get(new))
        .route("/problems/{number}", get(show).merge(post(change)))
        .route("/problems/{number}/edit", get(edit))
        .route("/problems/{number}/state", post(act::state))
        .route("/problems/{number}/link", post(act::link))
        .route("/problems/{number}/unlink", post(act::unlink))
}

/// `GET /problems?show=&service=&q=`
async fn all(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let asked = read::Asked::of(&Fields::parse(query.as_deref().unwrap_or_default()));
    let position = app.desk.feed().position();
    let found = read::listed(&app, &who, &asked).await?;
    Ok(list::page(&who, &app.desk.policy(), &asked, &found, position))
}

fn number(text: &str) -> PageResult<ProblemNumber> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// `GET /problems/{number}`
async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let number = self::number(&number)?;
    let (fields, errors) = (Fields::default(), Errors::default());
    let said = said(&Fields::parse(query.as_deref().unwrap_or_default()));
    page(&app, &who, number, &fields, &errors, said).await
}

async fn page(
    app: &App,
    who: &SignedIn,
    number: ProblemNumber,
    fields: &Fields,
    errors: &Errors,
    said: Markup,
) -> PageResult<Markup> {
    let position = app.desk.feed().position();
    let case = app.desk.problem(who.viewer(), number).await?;
    let changes = read::changes(app, Problem::WHAT, number.to_string()).await?;
    let policy = app.desk.policy();
    let (case, changes) = (&case, &changes[..]);
    let view = one::View { who, policy: &policy, case, changes, fields, errors, said, position };
    Ok(view.page())
}

/// What was done just now, as the address says.
fn said(query: &Fields) -> Markup {
    let noted = query.filled("noted").and_then(|text| text.parse::<i64>().ok());
    let refused = query.filled("refused").and_then(|text| text.parse::<i64>().ok());
    html! {
        (saved_banner(query.get("done").map(|done| format!("done={done}")).as_deref()))
        @if let Some(noted) = noted {
            p.banner.banner-good role="status" { (icon("check")) span { "It is noted on " (counted(noted, "incident")) "." } }
        }
        @if let Some(refused) = refused {
            p.banner.banner-warn role="status" { (icon("alert")) span { (counted(refused, "incident")) " could not be changed: it is not yours to work on, somebody was faster, or there were too many at once." } }
        }
    }
}

/// The same page, which says how many incidents were not changed.
fn back_to(number: ProblemNumber, refused: usize) -> String {
    match refused {
        0 => format!("{}?done=saved", url::problem(number)),
        refused => format!("{}?refused={refused}", url::problem(number)),
    }
}

/// `GET /problems/new?number=INC-7,INC-9`
async fn new(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    may_write_problems(who.viewer())?;
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let fields = filled(&app, &who, &asked).await?;
    Ok(draw_form(&app, &who, None, &fields, &Wrong::default()))
}

/// What a new problem begins with: the numbers that its reader sees, and what those incidents
/// have in common.
async fn filled(app: &App, who: &SignedIn, asked: &Fields) -> PageResult<Fields> {
    let numbers = numbers(asked);
    let scope = Scope::of(who.viewer());
    let rows = app.desk.read(move |sql| incidents::get_many(sql, &scope, &numbers)).await?;
    let rows: Vec<_> = rows.into_iter().filter(|row| row.access == Access::Full).collect();
    let mut fields = Fields::default().with("owner", who.person().id.to_string());
    // All of the service desk reads a problem: what is confidential does not become its title.
    if let [only] = rows.as_slice()
        && only.state.confidential_to.is_none()
    {
        fields = fields.with("title", only.title.clone());
    }
    let services: BTreeSet<_> = rows.iter().map(|row| row.state.service).collect();
    let categories: BTreeSet<_> = rows.iter().map(|row| row.state.category).collect();
    let teams: BTreeSet<_> = rows.iter().map(|row| row.state.team).collect();
    fields = common(fields, "service", &services);
    fields = common(fields, "category", &categories);
    fields = common(fields, "team", &teams);
    let listed: Vec<String> = rows.iter().map(|row| row.number.to_string()).collect();
    Ok(fields.with("incidents", listed.join(", ")))
}

/// What all of them have, where it is one thing.
fn common<T: ToString>(fields: Fields, name: &str, all: &BTreeSet<Option<T>>) -> Fields {
    match all.iter().next().filter(|_| all.len() == 1) {
        Some(Some(one)) => fields.with(name, one.to_string()),
        _ => fields,
    }
}

/// The numbers that an address or a form names, in `number` as the queue sends them.
fn numbers(fields: &Fields) -> Vec<IncidentNumber> {
    let all = fields.all("number").flat_map(|text| text.split(','));
    let numbers: BTreeSet<IncidentNumber> =
        all.filter_map(|text| text.trim().parse().ok()).collect();
    numbers.into_iter().take(FROM_MAX).collect()
}

/// The incidents that the field of the form lists.
fn listed(fields: &Fields) -> Result<Vec<IncidentNumber>, Trouble> {
    let words = fields.text("incidents").split([',', ' ', '\n', '\r', '\t']);
    let numbers = words.filter(|word| !word.is_empty()).map(|word| {
        let number = word.parse::<IncidentNumber>();
        let shown: String = word.chars().take(SHOWN_CHARS).collect();
        number.map_err(|_| {
            Trouble::from(Refusal::invalid(
                "incidents",
                format!("{shown} is not the number of an incident"),
            ))
        })
    });
    numbers.collect()
}

fn draw_form(
    app: &App,
    who: &SignedIn,
    stored: Option<&Problem>,
    fields: &Fields,
    wrong: &Wrong,
) -> Markup {
    let policy = app.desk.policy();
    let (title, address) = match stored {
        Some(problem) => (format!("Edit {}", problem.number), url::problem(problem.number)),
        None => ("New problem".to_owned(), url::PROBLEMS.to_owned()),
    };
    let main = html! {
        div.page {
            div.page-h { div {
                h1 { (title) }
                p { @match stored { Some(problem) => (problem.title), None => "A cause of incidents. It is a known error as soon as there is a workaround." } }
            } }
            div.stack-l {
                (wrong.banner(who, &address))
                form.stack-l method="post" action=(address) {
                    @match stored {
                        Some(problem) => (editing::version_field(wrong.version(fields, problem.version))),
                        None => (from(fields, wrong)),
                    }
                    (form::draw(&policy, fields, &wrong.errors))
                    (editing::buttons(if stored.is_some() { "Save" } else { "Open the problem" }, &address))
                }
            }
        }
    };
    Page::new(who, &title)
        .section(Section::Problems)
        .crumb(url::PROBLEMS, "Problems")
        .main_class("main main-canvas")
        .show(main)
}

/// The incidents that a new problem lies behind.
fn from(fields: &Fields, wrong: &Wrong) -> Markup {
    let field = crate::part::form::Field::new("incidents", "Incidents")
        .hint("The numbers of those it lies behind. They are linked to it.")
        .errors(&wrong.errors);
    html! { section.card { div.card-b { div.form { (field.textarea(2, fields.text("incidents"))) } } } }
}

/// `POST /problems`
async fn create(State(app): State<App>, Staff(who): Staff, fields: Fields) -> PageResult<Response> {
    match make(&app, &who, &fields).await {
        Ok((number, refused)) => Ok(Redirect::to(&back_to(number, refused)).into_response()),
        Err(trouble) => again(&app, &who, None, &fields, trouble).await,
    }
}

async fn make(
    app: &App,
    who: &SignedIn,
    fields: &Fields,
) -> Result<(ProblemNumber, usize), Trouble> {
    let numbers = listed(fields)?;
    // The desk gives it its number.
    let problem = form::typed(fields, Problem::titled(ProblemNumber(0), "", who.here.now))?;
    let made = app.desk.make_problem(who.viewer(), Channel::Web, problem, &numbers).await?;
    Ok((made.problem.number, made.refused.len()))
}

/// `GET /problems/{number}/edit`
async fn edit(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
) -> PageResult<Markup> {
    may_write_problems(who.viewer())?;
    let stored = stored(&app, &who, self::number(&number)?).await?;
    Ok(draw_form(&app, &who, Some(&stored), &form::shown(&stored), &Wrong::default()))
}

async fn stored(app: &App, who: &SignedIn, number: ProblemNumber) -> Result<Problem, Trouble> {
    app.desk.bare_problem(who.viewer(), number).await
}

/// `POST /problems/{number}`
async fn change(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let number = self::number(&number)?;
    match save(&app, &who, number, &fields).await {
        Ok(()) => Ok(Redirect::to(&back_to(number, 0)).into_response()),
        Err(trouble) => again(&app, &who, Some(number), &fields, trouble).await,
    }
}

async fn save(
    app: &App,
    who: &SignedIn,
    number: ProblemNumber,
    fields: &Fields,
) -> Result<(), Trouble> {
    let before = stored(app, who, number).await?;
    let version = editing::version(fields)?;
    let problem = Problem { version, ..form::typed(fields, before)? };
    app.desk.change_problem(who.viewer(), problem).await.map(drop)
}

/// The form again, with what is wrong beside its fields.
async fn again(
    app: &App,
    who: &SignedIn,
    number: Option<ProblemNumber>,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let id = number.map(|number| number.to_string()).unwrap_or_default();
    let wrong = Wrong::of(app, in_sentences(trouble), Problem::WHAT, id, "title").await?;
    let stored = match number {
        Some(number) => Some(stored(app, who, number).await?),
        None => None,
    };
    let page = draw_form(app, who, stored.as_ref(), fields, &wrong);
    Ok((wrong.status(), page).into_response())
}

/// What is said of a field begins with its name; the lines of steps are one field.
pub(crate) fn in_sentences(trouble: Trouble) -> Trouble {
    let Trouble::Faults(mut faults) = trouble else { return trouble };
    for fault in &mut faults {
        if let Some(("steps", at)) = fault.field.split_once('.') {
            let line =
                at.parse::<usize>().map_or_else(|_| at.to_owned(), |at| (at + 1).to_string());
            fault.message = format!("line {line} of the steps {}", fault.message);
            fault.field = "steps".to_owned();
        } else {
            fault.message = format!("the {} {}", fault.field.replace('_', " "), fault.message);
        }
    }
    Trouble::Faults(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_one_by_one_or_in_a_list() {
        let fields = Fields::parse("number=INC-9&number=INC-7,INC-9,nonsense");
        assert_eq!(numbers(&fields), [IncidentNumber(7), IncidentNumber(9)]);
        let fields = Fields::parse("incidents=INC-7,+INC-9%0D%0AINC-11");
        let read = listed(&fields).unwrap();
        assert_eq!(read, [IncidentNumber(7), IncidentNumber(9), IncidentNumber(11)]);
        assert!(listed(&Fields::parse("incidents=INC-7+PRB-2")).is_err());
    }

    #[test]
    fn what_differs_is_left_open() {
        let same = BTreeSet::from([Some("a")]);
        let other = BTreeSet::from([Some("a"), None]);
        assert_eq!(common(Fields::default(), "service", &same).get("service"), Some("a"));
        assert_eq!(common(Fields::default(), "service", &other).get("service"), None);
    }
}
