//! Articles: answers for people. Requesters read those that are published for everyone.

pub(crate) mod used;

use crate::app::App;
use crate::auth::Caller;
use crate::directory::{Cards, Directory};
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, given};
use crate::once::{self, Answered, Once};
use crate::page::{ListParams, Page, PageParams, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::problems::ShownSuccess;
use crate::reference::{Place, References};
use crate::version::{Seen, Tries};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::articles::Listed;
use jiff::civil::Date;
use kernel::{ArticleNumber, IncidentNumber, Language, PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::articles::{self as rows, ArticleState, Audience, Edition};
use utoipa::ToSchema;

/// An article. Requesters see neither who has it nor the incident it came from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Article)]
struct Shown {
    #[schema(value_type = String)]
    number: ArticleNumber,
    title: String,
    body: String,
    /// `en`, `de`, `fr`, `es`, `pt` or `pl`.
    #[schema(value_type = String)]
    language: Language,
    /// `everyone` or `staff`.
    #[schema(value_type = String)]
    audience: Audience,
    /// `draft`, `published` or `retired`.
    #[schema(value_type = String)]
    state: ArticleState,
    /// Whether internal words of an incident are in it.
    internal: bool,
    /// The services, by name.
    services: Vec<String>,
    /// The category, by name.
    category: Option<String>,
    team: Option<String>,
    /// By e-mail address.
    owner: Option<String>,
    /// When somebody looks whether it is still true.
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<Date>,
    #[schema(value_type = Option<String>)]
    from_incident: Option<IncidentNumber>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    success: ShownSuccess,
    version: i64,
}

/// How an article was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ArticleVersion)]
struct ShownEdition {
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// By whom, by e-mail address.
    by: Option<String>,
    title: String,
    body: String,
    internal: bool,
    #[schema(value_type = String)]
    audience: Audience,
    #[schema(value_type = String)]
    state: ArticleState,
}

/// A new article.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewArticle {
    title: String,
    body: String,
    /// `en` when absent.
    #[schema(value_type = Option<String>)]
    language: Option<Language>,
    /// `staff` when absent.
    #[schema(value_type = Option<String>)]
    audience: Option<Audience>,
    /// `draft` when absent.
    #[schema(value_type = Option<String>)]
    state: Option<ArticleState>,
    /// By name or id, up to 50.
    services: Option<Vec<String>>,
    /// By name, path or id.
    category: Option<String>,
    /// By name or id.
    team: Option<String>,
    /// By e-mail address or id.
    owner: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<Date>,
}

/// What to change of an article; what is absent stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ArticleChange {
    title: Option<String>,
    body: Option<String>,
    #[schema(value_type = Option<String>)]
    language: Option<Language>,
    #[schema(value_type = Option<String>)]
    audience: Option<Audience>,
    /// Managers and administrators retire, and take up again what is retired.
    #[schema(value_type = Option<String>)]
    state: Option<ArticleState>,
    /// False once internal words were taken out.
    internal: Option<bool>,
    /// These and only these.
    services: Option<Vec<String>>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    category: Option<Option<String>>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    team: Option<Option<String>>,
    /// Null for nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    owner: Option<Option<String>>,
    /// Null for no day.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<Option<Date>>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/articles", "listArticles", list)
            .about("knowledge", "List articles", "Those changed last first; `q` looks in the title. Requesters see those that are published for everyone.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/articles", "createArticle", create)
            .about("knowledge", "Create an article", "For whoever works on incidents.")
            .body::<NewArticle>(json!({ "title": "Sign in after a change of password", "body": "Close all windows of the browser first.", "audience": "everyone" }))
            .once()
            .answers::<Shown>(201, "The article.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/articles/{id}", "readArticle", read)
            .about("knowledge", "Read an article", "By its number.")
            .answers::<Shown>(200, "The article.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/articles/{id}", "changeArticle", change)
            .about("knowledge", "Change an article", "For whoever works on incidents; managers and administrators retire. What it was stays as a version.")
            .body::<ArticleChange>(json!({ "state": "published" }))
            .if_match()
            .answers::<Shown>(200, "The article as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/articles/{id}", "retireArticle", retire)
            .about("knowledge", "Retire an article", "For managers and administrators. It stays readable for the service desk.")
            .if_match()
            .answers_plainly(204, "", "It is retired.")
            .problems(&[401, 403, 404, 409, 412, 503]),
        Door::get("/api/v1/articles/{id}/versions", "listArticleVersions", versions)
            .about("knowledge", "List the versions of an article", "For the service desk, the latest first.")
            .query::<PageParams>()
            .answers::<Page<ShownEdition>>(200, "A page of them.")
            .problems(&[401, 403, 404, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    let all = app.desk().articles(caller.viewer()).await?;
    let (found, next) = page_of(all, &params, |one| one.article.number, |one| &one.article.title)?;
    let directory = app.directory().await?;
    let owners: Vec<PersonId> = found.iter().filter_map(|one| one.article.owner).collect();
    let cards = directory.people(app.desk(), owners).await?;
    let staff = caller.viewer().is_staff();
    let items = found.into_iter().map(|one| shown(one, &directory, &cards, staff)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewArticle>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let references = References::of(&app, caller.viewer()).await?;
    let new = body.value;
    let named = [&new.category, &new.team, &new.owner].map(|named| named.as_deref().map(Some));
    let Place { category, team, owner } = references.place(named, Place::default()).await?;
    let row = rows::Article {
        body: new.body.trim().to_owned(),
        language: new.language.unwrap_or_default(),
        audience: new.audience.unwrap_or(Audience::Staff),
        state: new.state.unwrap_or(ArticleState::Draft),
        services: references.services("services", &new.services.unwrap_or_default())?,
        category,
        team,
        owner,
        review_on: new.review_on,
        ..rows::Article::titled(ArticleNumber(0), new.title.trim(), app.desk().now())
    };
    let doing = async {
        let made = app.desk().make_article(caller.viewer(), row).await?;
        let shown = read_one(&app, &caller, made.number).await?;
        Ok::<_, Problem>(Answered::created(&shown)?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let shown = read_one(&app, &caller, number_of(&id)?).await?;
    let version = shown.version;
    Ok(kept::answer(&shown, version))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<ArticleChange>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let number = number_of(&id)?;
    let references = References::of(&app, caller.viewer()).await?;
    let mut tries = Tries::default();
    loop {
        let before = app.desk().article(caller.viewer(), number).await?.article;
        seen.check(before.version)?;
        let row = changed(&references, before, body.value.clone()).await?;
        let done = app.desk().change_article(caller.viewer(), row).await;
        if !tries.again(seen, &done) {
            done?;
            break;
        }
    }
    let shown = read_one(&app, &caller, number).await?;
    let version = shown.version;
    Ok(kept::answer(&shown, version))
}

async fn changed(
    references: &References<'_>,
    before: rows::Article,
    wish: ArticleChange,
) -> Result<rows::Article, Problem> {
    let named = [&wish.category, &wish.team, &wish.owner];
    let named = named.map(|named| named.as_ref().map(Option::as_deref));
    let was = Place { category: before.category, team: before.team, owner: before.owner };
    let Place { category, team, owner } = references.place(named, was).await?;
    let services = match wish.services {
        Some(named) => references.services("services", &named)?,
        None => before.services.clone(),
    };
    Ok(rows::Article {
        title: wish.title.map_or_else(|| before.title.clone(), |title| title.trim().to_owned()),
        body: wish.body.map_or_else(|| before.body.clone(), |body| body.trim().to_owned()),
        language: wish.language.unwrap_or(before.language),
        audience: wish.audience.unwrap_or(before.audience),
        state: wish.state.unwrap_or(before.state),
        internal: wish.internal.unwrap_or(before.internal),
        services,
        category,
        team,
        owner,
        review_on: wish.review_on.unwrap_or(before.review_on),
        ..before
    })
}

async fn retire(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_edit()?;
    let (number, mut tries) = (number_of(&id)?, Tries::default());
    loop {
        let before = app.desk().article(caller.viewer(), number).await?.article;
        seen.check(before.version)?;
        let row = rows::Article { state: ArticleState::Retired, ..before };
        let done = app.desk().change_article(caller.viewer(), row).await;
        if !tries.again(seen, &done) {
            done?;
            return Ok(StatusCode::NO_CONTENT);
        }
    }
}

async fn versions(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(params): Params<PageParams>,
) -> Result<Response, Problem> {
    let found = app.desk().article_versions(caller.viewer(), number_of(&id)?).await?;
    let people: Vec<PersonId> = found.iter().filter_map(|one| one.by).collect();
    let cards = app.directory().await?.people(app.desk(), people).await?;
    let items: Vec<ShownEdition> = found.into_iter().map(|one| edition(one, &cards)).collect();
    Ok(json::answer(StatusCode::OK, &Page::of(items, &params, |one| one.version)?))
}

fn edition(edition: Edition, cards: &Cards) -> ShownEdition {
    ShownEdition {
        version: edition.version,
        at: edition.at,
        by: edition.by.and_then(|id| cards.get(&id)).map(|card| card.handle().to_owned()),
        title: edition.title,
        body: edition.body,
        internal: edition.internal,
        audience: edition.audience,
        state: edition.state,
    }
}

async fn read_one(app: &App, caller: &Caller, number: ArticleNumber) -> Result<Shown, Problem> {
    let listed = app.desk().article(caller.viewer(), number).await?;
    let directory = app.directory().await?;
    let cards = directory.people(app.desk(), listed.article.owner).await?;
    Ok(shown(listed, &directory, &cards, caller.viewer().is_staff()))
}

fn number_of(text: &str) -> Result<ArticleNumber, Problem> {
    text.parse().map_err(|_| kept::missing(rows::Article::WHAT).into())
}

fn shown(listed: Listed, directory: &Directory, cards: &Cards, staff: bool) -> Shown {
    let Listed { article, success } = listed;
    let team = article.team.filter(|_| staff).and_then(|id| directory.teams.name(id));
    let owner = article.owner.filter(|_| staff).and_then(|id| cards.get(&id));
    let services = article.services.iter().filter_map(|id| directory.services.name(*id));
    let category = article.category.and_then(|id| directory.categories.name(id));
    Shown {
        services: services.map(str::to_owned).collect(),
        category: category.map(str::to_owned),
        team: team.map(str::to_owned),
        owner: owner.map(|card| card.handle().to_owned()),
        number: article.number,
        title: article.title,
        body: article.body,
        language: article.language,
        audience: article.audience,
        state: article.state,
        internal: article.internal,
        review_on: article.review_on,
        from_incident: article.from_incident.filter(|_| staff),
        created_at: article.created_at,
        updated_at: article.updated_at,
        success: success.into(),
        version: article.version,
    }
}
