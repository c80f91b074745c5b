//! Small cards about what a link leads to, for scripts. Each is asked for by whoever would open the
//! page: what they may not see answers as what is not there.

use crate::app::App;
use crate::auth::Staff;
use crate::error::{PageError, PageResult};
use crate::part::time;
use crate::part::{chip, person, pri, state};
use crate::problems::words;
use crate::route::get;
use axum::Router;
use axum::extract::{Path, State};
use desk::Trouble;
use incident::{Access, Refusal, RefusalKind, Scope};
use kernel::{ArticleNumber, IncidentNumber, PersonId, ProblemNumber, ServiceId};
use maud::{Markup, html};
use store::directory::{people, services, teams};
use store::incidents::list;

/// Characters of a text in a card.
const WORDS_SHOWN: usize = 160;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/preview/incidents/{number}", get(incident))
        .route("/preview/problems/{number}", get(problem))
        .route("/preview/articles/{number}", get(article))
        .route("/preview/services/{id}", get(service))
        .route("/preview/people/{id}", get(somebody))
}

async fn incident(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
) -> PageResult<Markup> {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let scope = Scope::of(who.viewer());
    let row = app.desk.read(move |sql| list::get(sql, &scope, number)).await?;
    let row = row.filter(|row| row.access == Access::Full).ok_or(PageError::NotFound)?;
    Ok(card(
        html! { (row.number) ", " (time::since(row.state.reported_at, &who.here)) },
        &row.title,
        html! {
            p.chips.mts {
                (pri::priority(row.state.priority)) " " (state::state(&row.state))
                @if row.state.major { " " (chip::major()) }
                @if let Some(team) = &row.confidential_to { " " (chip::lock(&team.name)) }
            }
            p.meta.mts {
                @match (&row.assignee, &row.team) {
                    (Some(assignee), _) => (assignee.name),
                    (None, Some(team)) => { (team.name) ", nobody yet" },
                    (None, None) => "nobody yet",
                }
                @if let Some(service) = &row.service { ", " (service.name) }
                @if let Some(due) = row.due_at { ", " (time::due(due, &who.here)) }
            }
        },
    ))
}

async fn problem(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
) -> PageResult<Markup> {
    let number: ProblemNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let found = hidden(app.desk.bare_problem(who.viewer(), number).await)?;
    let (policy, way) = (app.desk.policy(), short(&found.workaround));
    Ok(card(
        html! { (found.number) },
        &found.title,
        html! {
            p.chips.mts { (words::state(found.state)) }
            p.meta.mts { @if way.is_empty() { "No workaround yet." } @else { (way) } }
            @if let Some(owner) = found.owner { p.meta.mts { (words::named_staff(&policy, owner)) } }
        },
    ))
}

async fn article(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
) -> PageResult<Markup> {
    let number: ArticleNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let found = hidden(app.desk.article(who.viewer(), number).await)?.article;
    Ok(card(
        html! { (found.number) ", " (found.state) ", changed " (time::since(found.updated_at, &who.here)) },
        &found.title,
        html! { p.meta.mts { (short(&found.body)) } },
    ))
}

async fn service(
    State(app): State<App>,
    Staff(_): Staff,
    Path(id): Path<String>,
) -> PageResult<Markup> {
    let id: ServiceId = id.parse().map_err(|_| PageError::NotFound)?;
    let read = move |sql: &mut dyn store::Sql| {
        let Some(found) = services::get(sql, id)? else { return Ok(None) };
        let team = match found.team {
            Some(team) => teams::get(sql, team)?,
            None => None,
        };
        Ok(Some((found, team)))
    };
    let (found, team) = app.desk.read(read).await?.ok_or(PageError::NotFound)?;
    Ok(card(
        html! { "Service" @if !found.active { ", out of use" } },
        &found.name,
        html! { p.meta.mts { "Criticality " (found.criticality) @if let Some(team) = team { ", " (team.name) } } },
    ))
}

async fn somebody(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<String>,
) -> PageResult<Markup> {
    let id: PersonId = id.parse().map_err(|_| PageError::NotFound)?;
    if !who.viewer().reads_configuration() {
        return Err(PageError::NotFound);
    }
    let found = app.desk.read(move |sql| people::get(sql, id)).await?;
    let found = found.ok_or(PageError::NotFound)?;
    let policy = app.desk.policy();
    let teams = policy.teams_of(id);
    let mut teams: Vec<&str> =
        teams.iter().filter_map(|id| policy.teams.get(id)).map(|one| one.name.as_str()).collect();
    teams.sort_unstable();
    let about = [found.job_title.as_str(), found.site.as_str(), found.phone.as_str()];
    let about: Vec<&str> = about.into_iter().filter(|text| !text.is_empty()).collect();
    Ok(card(
        html! { "Person" @if !found.active { ", account out of use" } },
        &found.name,
        html! {
            p.mts { (person::small_avatar(found.id, &found.name)) " " (about.join(", ")) }
            @if !teams.is_empty() { p.meta.mts { (teams.join(", ")) } }
        },
    ))
}

fn card(above: Markup, title: &str, below: Markup) -> Markup {
    html! { p.meta { (above) } p { b { (title) } } (below) }
}

/// What may not be seen is not there.
fn hidden<T>(found: Result<T, Trouble>) -> PageResult<T> {
    let unseen =
        |refusal: &Refusal| matches!(refusal.kind, RefusalKind::Forbidden | RefusalKind::NotFound);
    match found {
        Err(Trouble::Refused(refusal)) if unseen(&refusal) => Err(PageError::NotFound),
        other => Ok(other?),
    }
}

/// One line of words, cut with an ellipsis.
fn short(text: &str) -> String {
    crate::incident::short(text, WORDS_SHOWN)
}
