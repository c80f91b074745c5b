//! Saved views of the queue: a name for a query.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, name};
use crate::once::{self, Answered, Once};
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{PersonId, TeamId, ViewId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::{self as rows, views};
use utoipa::ToSchema;

/// Views of one person at most.
const VIEWS_MAX: usize = 200;

/// A saved view.
#[derive(Debug, Serialize, ToSchema)]
struct View {
    #[schema(value_type = String)]
    id: ViewId,
    name: String,
    /// The query as in the search bar.
    query: String,
    /// Whether everybody sees it too.
    shared: bool,
    /// The id of the team that sees it too, where not everybody does.
    #[schema(value_type = Option<String>)]
    team: Option<TeamId>,
    /// Its place among the owner's views, from 0.
    place: i64,
    /// Whether it is the caller's own.
    own: bool,
    version: i64,
}

/// A new view.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewView {
    name: String,
    /// The query as in the search bar.
    query: String,
    /// With everybody.
    shared: Option<bool>,
    /// With this team, one of the caller's own, by name or id.
    team: Option<String>,
    /// Behind the others when absent.
    place: Option<u16>,
}

/// What to change of a view; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewChange {
    name: Option<String>,
    query: Option<String>,
    /// With everybody, or with nobody any more.
    shared: Option<bool>,
    /// With this team, one of the caller's own, by name or id, and not with everybody.
    team: Option<String>,
    place: Option<u16>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/views", "listViews", list)
            .about(
                "views",
                "List views",
                "One's own in their order, then those shared with everybody or with a team of one's own.",
            )
            .query::<ListParams>()
            .answers::<Page<View>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/views", "createView", create)
            .about("views", "Save a view", "For the service desk.")
            .body::<NewView>(
                json!({ "name": "Printers, open", "query": "state:open tag:printer sort:due" }),
            )
            .once()
            .answers::<View>(201, "The view.")
            .problems(&[400, 401, 403, 413, 415, 422, 503]),
        Door::get("/api/v1/views/{id}", "readView", read)
            .about("views", "Read a view", "One's own, or one that is shared with the caller.")
            .answers::<View>(200, "The view.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/views/{id}", "changeView", change)
            .about("views", "Change a view", "One's own.")
            .body::<ViewChange>(json!({ "shared": true }))
            .if_match()
            .answers::<View>(200, "The view as it is now.")
            .problems(&[400, 401, 403, 404, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/views/{id}", "removeView", remove)
            .about("views", "Remove a view", "One's own.")
            .if_match()
            .answers_plainly(204, "", "It is gone.")
            .problems(&[401, 403, 404, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let me = caller.viewer().person;
    let read = move |sql: &mut dyn store::Sql| {
        let mut all = views::of_person(sql, me)?;
        all.extend(views::shared_with(sql, me)?);
        Ok(all)
    };
    let all = app.desk().read(read).await?;
    let (found, next) = page_of(all, &params, |row| row.id, |row| &row.name)?;
    let items = found.into_iter().map(|row| shown(row, me)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewView>,
) -> Result<Response, Problem> {
    must_keep_views(&caller)?;
    let me = caller.viewer().person;
    let new = body.value;
    let team = of_team(&app, &caller, new.team.as_deref()).await?;
    let mut row = rows::View {
        id: ViewId(desk::fresh()),
        owner: me,
        name: name("name", &new.name)?,
        query: query(&new.query)?,
        shared: new.shared.unwrap_or(false),
        team: team.filter(|_| new.shared != Some(true)),
        place: 0,
        version: 1,
    };
    let (once, now) = (once.of(&body.bytes), app.desk().now());
    let answered = app
        .desk()
        .write(move |sql| {
            if let Some(before) = once::before(sql, me, once.as_ref())? {
                return Ok(before);
            }
            let count = views::of_person(sql, me)?.len();
            if count >= VIEWS_MAX {
                let words =
                    format!("is one too many: you have {VIEWS_MAX} views, the most there can be");
                return Err(kept::invalid("name", words));
            }
            row.place = new.place.map_or(count as i64, i64::from);
            views::insert(sql, &row)?;
            let answered = Answered::created(&shown(row, me))?;
            once::keep(sql, me, once.as_ref(), &answered, now)?;
            Ok(answered)
        })
        .await?;
    Ok(answered.into_response())
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let (id, me) = (find(&id)?, caller.viewer().person);
    let row = app.desk().read(move |sql| views::seen_by(sql, id, me)).await?;
    let row = row.ok_or_else(no_such_view)?;
    let version = row.version;
    Ok(kept::answer(&shown(row, me), version))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<ViewChange>,
) -> Result<Response, Problem> {
    must_keep_views(&caller)?;
    let (id, me) = (find(&id)?, caller.viewer().person);
    let change = body.value;
    let new_name = change.name.as_deref().map(|text| name("name", text)).transpose()?;
    let new_query = change.query.as_deref().map(query).transpose()?;
    let new_team = of_team(&app, &caller, change.team.as_deref()).await?;
    let row = app
        .desk()
        .write(move |sql| {
            let before = views::get(sql, id)?.filter(|row| row.owner == me);
            let before = before.ok_or_else(|| kept::missing("view"))?;
            kept::check_seen(seen.must_be, before.version)?;
            let (shared, team) = sharing(&before, change.shared, new_team);
            let row = rows::View {
                name: new_name.unwrap_or_else(|| before.name.clone()),
                query: new_query.unwrap_or_else(|| before.query.clone()),
                shared,
                team,
                place: change.place.map_or(before.place, i64::from),
                ..before.clone()
            };
            kept::unless_stale(views::update(sql, &row, before.version)?, before.version)?;
            Ok(rows::View { version: before.version + 1, ..row })
        })
        .await?;
    let version = row.version;
    Ok(kept::answer(&shown(row, me), version))
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    must_keep_views(&caller)?;
    let (id, me) = (find(&id)?, caller.viewer().person);
    app.desk()
        .write(move |sql| {
            let before = views::get(sql, id)?.filter(|row| row.owner == me);
            let before = before.ok_or_else(|| kept::missing("view"))?;
            kept::check_seen(seen.must_be, before.version)?;
            views::delete(sql, id)?;
            Ok(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn must_keep_views(caller: &Caller) -> Result<(), Problem> {
    caller.must_be_staff()?;
    caller.must_write()
}

/// With whom a view is shared after a change: what names a team ends that everybody sees it, what
/// shares it with everybody or ends sharing needs no team.
fn sharing(
    before: &rows::View,
    shared: Option<bool>,
    team: Option<TeamId>,
) -> (bool, Option<TeamId>) {
    match (shared, team) {
        (Some(true), _) => (true, None),
        (_, Some(team)) => (false, Some(team)),
        (Some(false), None) => (false, None),
        (None, None) => (before.shared, before.team),
    }
}

/// One shares with teams that one is in.
async fn of_team(
    app: &App,
    caller: &Caller,
    named: Option<&str>,
) -> Result<Option<TeamId>, Problem> {
    let Some(text) = named else { return Ok(None) };
    let team = References::of(app, caller.viewer()).await?.team("team", text)?;
    if !caller.viewer().teams.contains(&team) {
        let words = "is none of yours; share it with a team that you are in";
        return Err(Problem::invalid("team", words));
    }
    Ok(Some(team))
}

fn find(text: &str) -> Result<ViewId, Problem> {
    text.parse().map_err(|_| no_such_view())
}

fn no_such_view() -> Problem {
    Problem::not_found("there is no such view")
}

/// A query that reads, in its canonical text.
fn query(text: &str) -> Result<String, Problem> {
    if text.contains('\0') {
        return Err(Problem::invalid("query", "holds a character that cannot be searched for"));
    }
    let read = query::parse(text).map_err(|error| Problem::invalid("query", error.message))?;
    Ok(read.to_string())
}

fn shown(row: rows::View, me: PersonId) -> View {
    let rows::View { id, owner, name, query, shared, team, place, version } = row;
    View { id, name, query, shared, team, place, own: owner == me, version }
}
