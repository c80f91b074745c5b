//! The search page: incidents, people, teams and services for a few words.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::person::person;
use crate::part::pri::priority;
use crate::part::state::state;
use crate::part::time;
use crate::shell::{Page, PortalPage};
use crate::url;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::get;
use kernel::limits;
use maud::{Markup, html};
use query::{Choice, Expr, Person as PersonWord, StateWord, TeamName, Term};
use store::Sql;
use store::directory::{Person, Service, Team};
use store::incidents::list::IncidentRow;
use store::incidents::search as find;

/// Incidents shown.
const INCIDENTS: usize = 50;
/// People, teams and services shown, of each.
const OTHERS: usize = 10;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(url::SEARCH, get(show))
}

/// What was found.
#[derive(Default)]
struct Found {
    incidents: Vec<IncidentRow>,
    people: Vec<Person>,
    teams: Vec<Team>,
    services: Vec<Service>,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.incidents.is_empty()
            && self.people.is_empty()
            && self.teams.is_empty()
            && self.services.is_empty()
    }
}

/// `GET /search?q=`
async fn show(
    State(app): State<App>,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let text: String = fields.text("q").chars().take(limits::QUERY_CHARS).collect();
    let found =
        if text.is_empty() { Found::default() } else { read(&app, &who, text.clone()).await? };
    let say = locale::account(who.here.language);
    let body = html! {
        form.ask-in role="search" method="get" action=(url::SEARCH) {
            input id="search-in" type="search" name="q" aria-label=(say.search_for()) value=(text) autocomplete="off" maxlength=(limits::QUERY_CHARS) autofocus;
            button.btn.btn-primary.btn-lg type="submit" { (say.search()) }
        }
        @if text.is_empty() {
            p.muted { (say.search_hint()) }
        } @else if found.is_empty() {
            (empty(say.nothing_found(), say.nothing_found_words(), None))
        } @else if who.viewer().is_staff() {
            (results(&found, &who))
        } @else {
            (crate::portal::cards(&found.incidents, &who))
        }
    };
    Ok(match who.viewer().is_staff() {
        true => Page::new(&who, "Search").main_class("main main-canvas").show(html! {
            div.page { div.page-h { div { h1 { "Search" } } } div.stack-l { (body) } }
        }),
        false => PortalPage::new(&who, say.search()).show(html! {
            div.p-inc.stack-l { p.crumbs { a href=(url::PORTAL) data-back { (locale::portal(say.language()).start()) } span aria-hidden="true" { "/" } (say.search()) } h1 { (say.search()) } (body) }
        }),
    })
}

async fn read(app: &App, who: &SignedIn, text: String) -> PageResult<Found> {
    let (look, staff) = (who.look(), who.viewer().is_staff());
    let read = move |sql: &mut dyn Sql| {
        let incidents = find::search(sql, &look, &text, INCIDENTS)?;
        if !staff {
            // Requesters search among what is theirs, not among the provider's people.
            return Ok(Found { incidents, ..Found::default() });
        }
        Ok(Found {
            incidents,
            people: find::find_people(sql, &text, OTHERS)?,
            teams: find::find_teams(sql, &text, OTHERS)?,
            services: find::find_services(sql, &text, OTHERS)?,
        })
    };
    Ok(app.desk.read(read).await?)
}

fn results(found: &Found, who: &SignedIn) -> Markup {
    let open = || Expr::from(Term::State(vec![StateWord::Open]));
    let address = |term: Term| url::queue_of(&Expr::all_of([term.into(), open()]).to_string());
    html! {
        @if !found.incidents.is_empty() { (incidents(&found.incidents, who)) }
        @if !found.people.is_empty() {
            (group("People", html! { @for one in &found.people {
                @let name = one.email.clone().unwrap_or_else(|| one.name.clone());
                li {
                    (icon("user"))
                    p { a href=(url::queue_of(&Expr::from(Term::Requester(vec![PersonWord::Named(name)])).to_string())) { (person(one.id, &one.name)) } }
                    span.meta { (one.email.as_deref().unwrap_or_default()) }
                }
            } }))
        }
        @if !found.teams.is_empty() {
            (group("Teams", html! { @for team in &found.teams {
                li { (icon("team")) p { a href=(address(Term::Team(vec![TeamName::Named(team.name.clone())]))) { (team.name) } } span.meta { "open incidents" } }
            } }))
        }
        @if !found.services.is_empty() {
            (group("Services", html! { @for service in &found.services {
                li { (icon("services")) p { a href=(address(Term::Service(vec![Choice::Is(service.name.clone())]))) { (service.name) } } span.meta { "open incidents" } }
            } }))
        }
    }
}

fn group(title: &str, rows: Markup) -> Markup {
    html! { section.card { div.card-h { h2 { (title) } } div.card-b { ul.rows { (rows) } } } }
}

fn incidents(rows: &[IncidentRow], who: &SignedIn) -> Markup {
    html! {
        section.card {
            div.card-h { h2 { "Incidents" } @if rows.len() == INCIDENTS { span.meta { "the first " (INCIDENTS) } } }
            div.scroll-x tabindex="0" role="region" aria-label="Incidents found" { table.dt {
                thead { tr {
                    th scope="col" { "Priority" }
                    th scope="col" { "Incident" } th scope="col" { "State" } th scope="col" { "Requester" } th scope="col" { "Updated" }
                } }
                tbody { @for row in rows { (incident(row, who)) } }
            } }
        }
    }
}

fn incident(row: &IncidentRow, who: &SignedIn) -> Markup {
    // Staff see the public side of what is confidential and theirs in the portal.
    let full = row.access == incident::Access::Full;
    let address = if full { url::incident(row.number) } else { url::portal_incident(row.number) };
    html! {
        tr {
            td { @if full { (priority(row.state.priority)) } }
            th scope="row" { a href=(address) { (row.title) } " " span.meta { (row.number) } }
            td { @if full { (state(&row.state)) } @else { (crate::portal::standing_of(&row.state, who.here.language)) } }
            td { (row.requester.name) }
            td { (time::since(row.state.updated_at, &who.here)) }
        }
    }
}
