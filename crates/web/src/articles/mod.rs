//! Articles for staff: the list, the page, the form, the versions. How requesters read them stands
//! in `portal::articles`.

mod form;
mod leaks;
mod list;
mod one;
mod read;
mod reminders;

pub(crate) use read::fits;
pub(crate) use reminders::reminders;

use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::{PageError, PageResult, status_of};
use crate::form::Fields;
use crate::part::form::Errors;
use crate::problems::{changes, in_sentences};
use crate::route::{get, post};
use crate::settings::editing::{self, Problem as Wrong, saved_banner};
use crate::shell::{Page, Section};
use crate::url;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::Refusal;
use incident::permissions::may_write_articles;
use kernel::{ArticleNumber, ProblemNumber};
use maud::{Markup, html};
use store::directory::{Article, ArticleState, Audience};

/// Where a form is posted to be looked at.
const LOOK: &str = "/articles/look";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(url::ARTICLES, get(all).merge(post(create)))
        .route(url::NEW_ARTICLE, get(new))
        .route(LOOK, post(look))
        .route("/articles/{number}", get(show).merge(post(change)))
        .route("/articles/{number}/edit", get(edit))
        .route("/articles/{number}/state", post(state))
        .route("/articles/{number}/restore", post(restore))
        .route("/articles/{number}/versions/{version}", get(version))
}

fn number(text: &str) -> PageResult<ArticleNumber> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// `GET /articles?show=&service=&q=`
async fn all(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let asked = read::Asked::of(&Fields::parse(query.as_deref().unwrap_or_default()));
    let found = read::listed(&app, &who, &asked).await?;
    Ok(list::page(&who, &app.desk.policy(), &asked, &found))
}

/// `GET /articles/{number}`
async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let number = self::number(&number)?;
    page(&app, &who, number, &Errors::default(), saved_banner(query.as_deref())).await
}

async fn page(
    app: &App,
    who: &SignedIn,
    number: ArticleNumber,
    errors: &Errors,
    said: Markup,
) -> PageResult<Markup> {
    let listed = app.desk.article(who.viewer(), number).await?;
    let versions = app.desk.article_versions(who.viewer(), number).await?;
    let changes = changes(app, Article::WHAT, number.to_string()).await?;
    let policy = app.desk.policy();
    let view = one::View {
        who,
        policy: &policy,
        listed: &listed,
        versions: &versions,
        changes: &changes,
        errors,
        said,
    };
    Ok(view.page())
}

/// `GET /articles/new?problem=PRB-3`
async fn new(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    may_write_articles(who.viewer())?;
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let mut begun = Article {
        owner: Some(who.person().id),
        language: who.instance.setting.language,
        audience: Audience::Everyone,
        ..Article::titled(ArticleNumber(0), "", who.here.now)
    };
    if let Some(number) = asked.filled("problem").and_then(|text| text.parse().ok()) {
        begin(&app, &who, number, &mut begun).await?;
    }
    Ok(draw_form(&app, &who, None, &form::shown(&begun), &Wrong::default()))
}

/// What an article about a known error begins with: how to live with it, not what causes it.
async fn begin(
    app: &App,
    who: &SignedIn,
    number: ProblemNumber,
    begun: &mut Article,
) -> PageResult<()> {
    let problem = app.desk.bare_problem(who.viewer(), number).await?;
    let steps = problem.steps.iter().enumerate();
    let steps: Vec<String> = steps.map(|(at, step)| format!("{}. {step}", at + 1)).collect();
    let parts = [problem.workaround.clone(), steps.join("\n")];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    begun.body = parts.join("\n\n");
    begun.title = problem.title;
    begun.services = problem.service.into_iter().collect();
    begun.category = problem.category;
    begun.team = problem.team;
    Ok(())
}

fn draw_form(
    app: &App,
    who: &SignedIn,
    stored: Option<&Article>,
    fields: &Fields,
    wrong: &Wrong,
) -> Markup {
    let policy = app.desk.policy();
    let (title, address) = match stored {
        Some(article) => (format!("Edit {}", article.number), url::article(article.number)),
        None => ("New article".to_owned(), url::ARTICLES.to_owned()),
    };
    let internal = stored.is_some_and(|article| article.internal);
    let main = html! {
        div.page {
            div.page-h { div {
                h1 { (title) }
                p { @match stored { Some(article) => (article.title), None => "It is a draft until it is published." } }
            } }
            div.stack-l {
                (wrong.banner(who, &address))
                form.stack-l method="post" action=(address) data-preview=(LOOK) {
                    @if let Some(article) = stored {
                        (editing::version_field(wrong.version(fields, article.version)))
                        input type="hidden" name="number" value=(article.number);
                    }
                    (form::draw(&policy, fields, &wrong.errors, internal))
                    div.btns {
                        button.btn.btn-primary type="submit" { @if stored.is_some() { "Save" } @else { "Save the draft" } }
                        button.btn type="submit" formaction=(LOOK) formnovalidate data-look { (crate::part::icon::icon("eye")) "Show how it reads" }
                        a.btn.btn-quiet href=(address) { "Cancel" }
                    }
                }
                (form::look(fields, None))
            }
        }
    };
    Page::new(who, &title)
        .section(Section::Problems)
        .crumb(url::ARTICLES, "Articles")
        .main_class("main main-canvas")
        .script("app-settings.js")
        .show(main)
}

/// `POST /articles/look`: the preview, or for browsers without scripts the form with it.
async fn look(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    fields: Fields,
) -> PageResult<Markup> {
    may_write_articles(who.viewer())?;
    if live.0 {
        return Ok(form::look(&fields, Some("morph")));
    }
    let stored = match fields.filled("number").and_then(|text| text.parse().ok()) {
        Some(number) => Some(app.desk.article(who.viewer(), number).await?.article),
        None => None,
    };
    Ok(draw_form(&app, &who, stored.as_ref(), &fields, &Wrong::default()))
}

/// `POST /articles`
async fn create(State(app): State<App>, Staff(who): Staff, fields: Fields) -> PageResult<Response> {
    match make(&app, &who, &fields).await {
        Ok(number) => Ok(editing::saved(&url::article(number))),
        Err(trouble) => again(&app, &who, None, &fields, trouble).await,
    }
}

async fn make(app: &App, who: &SignedIn, fields: &Fields) -> Result<ArticleNumber, Trouble> {
    // The desk gives it its number.
    let article = form::typed(fields, Article::titled(ArticleNumber(0), "", who.here.now))?;
    Ok(app.desk.make_article(who.viewer(), article).await?.number)
}

/// `GET /articles/{number}/edit`
async fn edit(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
) -> PageResult<Markup> {
    may_write_articles(who.viewer())?;
    let stored = app.desk.article(who.viewer(), self::number(&number)?).await?.article;
    Ok(draw_form(&app, &who, Some(&stored), &form::shown(&stored), &Wrong::default()))
}

/// `POST /articles/{number}`
async fn change(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let number = self::number(&number)?;
    match save(&app, &who, number, &fields).await {
        Ok(()) => Ok(editing::saved(&url::article(number))),
        Err(trouble) => again(&app, &who, Some(number), &fields, trouble).await,
    }
}

async fn save(
    app: &App,
    who: &SignedIn,
    number: ArticleNumber,
    fields: &Fields,
) -> Result<(), Trouble> {
    let before = app.desk.article(who.viewer(), number).await?.article;
    let version = editing::version(fields)?;
    let article = Article { version, ..form::typed(fields, before)? };
    app.desk.change_article(who.viewer(), article).await.map(drop)
}

/// The form again, with what is wrong beside its fields.
async fn again(
    app: &App,
    who: &SignedIn,
    number: Option<ArticleNumber>,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let id = number.map(|number| number.to_string()).unwrap_or_default();
    let wrong = Wrong::of(app, in_sentences(plainly(trouble)), Article::WHAT, id, "title").await?;
    let stored = match number {
        Some(number) => Some(app.desk.article(who.viewer(), number).await?.article),
        None => None,
    };
    let page = draw_form(app, who, stored.as_ref(), fields, &wrong);
    Ok((wrong.status(), page).into_response())
}

/// What the rules say to programs, as the form says it.
fn plainly(trouble: Trouble) -> Trouble {
    let Trouble::Faults(mut faults) = trouble else { return trouble };
    for fault in faults.iter_mut().filter(|fault| fault.field == "audience") {
        fault.message = "must be the service desk while internal words are in it: take them out and untick that they are".to_owned();
    }
    Trouble::Faults(faults)
}

/// `POST /articles/{number}/state`
async fn state(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let number = self::number(&number)?;
    match turn(&app, &who, number, &fields).await {
        Ok(()) => Ok(editing::saved(&url::article(number))),
        Err(trouble) => refused(&app, &who, number, trouble).await,
    }
}

async fn turn(
    app: &App,
    who: &SignedIn,
    number: ArticleNumber,
    fields: &Fields,
) -> Result<(), Trouble> {
    let state: ArticleState = fields
        .text("state")
        .parse()
        .map_err(|error: kernel::Invalid| Refusal::invalid("state", error.0))?;
    let before = app.desk.article(who.viewer(), number).await?.article;
    let version = editing::version(fields)?;
    app.desk.change_article(who.viewer(), Article { state, version, ..before }).await.map(drop)
}

/// The page again with what is wrong.
async fn refused(
    app: &App,
    who: &SignedIn,
    number: ArticleNumber,
    trouble: Trouble,
) -> PageResult<Response> {
    let status = status_of(&trouble);
    let mut errors = Errors::default();
    match in_sentences(plainly(trouble)) {
        Trouble::Refused(refusal) => errors.add("", &refusal.message),
        Trouble::Faults(faults) => faults.iter().for_each(|fault| errors.add("", &fault.message)),
        Trouble::Stale { .. } => {
            errors.add("", "somebody else changed it meanwhile: this is how it stands now");
        }
        trouble => return Err(trouble.into()),
    }
    Ok((status, page(app, who, number, &errors, html! {}).await?).into_response())
}

/// `GET /articles/{number}/versions/{version}`
async fn version(
    State(app): State<App>,
    Staff(who): Staff,
    Path((number, version)): Path<(String, String)>,
) -> PageResult<Markup> {
    let number = self::number(&number)?;
    let version: i64 = version.parse().map_err(|_| PageError::NotFound)?;
    let listed = app.desk.article(who.viewer(), number).await?;
    let edition = app.desk.article_version(who.viewer(), number, version).await?;
    Ok(one::version(&who, &listed, &edition))
}

/// `POST /articles/{number}/restore`
async fn restore(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let number = self::number(&number)?;
    let version = editing::version(&fields)?;
    let seen = fields.filled("seen").and_then(|text| text.parse().ok());
    match app.desk.restore_article(who.viewer(), number, version, seen).await {
        Ok(_) => Ok(editing::saved(&url::article(number))),
        Err(trouble) => refused(&app, &who, number, trouble).await,
    }
}
