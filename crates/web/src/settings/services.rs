//! Services: what people use, who owns it, how critical it is, what it needs.

mod draw;
mod form;
mod import;

use self::draw::{page, table};
use self::form::{shown, typed};
use super::editing::{self, Problem, saved, saved_banner, stale};
use super::{Reads, Section, actor, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::Trouble;
use kernel::ServiceId;
use maud::{Markup, html};
use query::{Expr, Name, StateWord, Term};
use store::directory::services::{self, Service};
use store::directory::teams::{self, Team};
use store::{Failure, Sql};

const SECTION: Section = Section::Services;
const SUBJECT: &str = "service";
/// How a service is paged for that has no policy of its own.
const BY_TEAM: &str = "By the policy of its team";
/// How critical a service can be, with what that means.
const CRITICALITIES: [(&str, &str); 4] = [
    ("1", "1, business stops without it"),
    ("2", "2, important work stops without it"),
    ("3", "3, work is slower without it"),
    ("4", "4, hardly missed for a day"),
];

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/services", get(list).post(create))
        .route("/settings/services/new", get(new))
        .route("/settings/services/{id}", get(show).post(change))
        .merge(import::routes())
}

/// Everything the pages choose from.
struct All {
    services: Vec<Service>,
    teams: Vec<Team>,
}

impl All {
    fn read(sql: &mut dyn Sql) -> Result<All, Failure> {
        Ok(All { services: services::list(sql)?, teams: teams::list(sql)? })
    }

    fn get(&self, id: ServiceId) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id)
    }

    fn team_of(&self, service: &Service) -> &str {
        let team = self.teams.iter().find(|team| Some(team.id) == service.team);
        team.map_or("–", |team| team.name.as_str())
    }

    fn needs(&self, service: &Service) -> Vec<&Service> {
        self.services.iter().filter(|other| service.depends_on.contains(&other.id)).collect()
    }

    fn needed_by(&self, service: &Service) -> Vec<&Service> {
        let needs = |other: &&Service| {
            let mut groups = other.needs.iter().flat_map(|need| &need.needs);
            other.depends_on.contains(&service.id) || groups.any(|id| *id == service.id)
        };
        self.services.iter().filter(needs).collect()
    }
}

async fn list(State(app): State<App>, Reads(who): Reads) -> PageResult<Markup> {
    let all = app.desk.read(All::read).await?;
    let action = who.viewer().configures().then(|| {
        html! {
            a.btn href=(SECTION.of("import")) { (icon("download")) "Import a catalogue" }
            a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New service" }
        }
    });
    let body = html! {
        @if all.services.is_empty() {
            (empty("No services yet", "Incidents interrupt services; how critical one is says how much it matters.", None))
        } @else {
            div.card { (table(&all)) }
        }
    };
    Ok(section_page(
        &who,
        SECTION,
        html! { "What people use. The criticality of a service is the impact an incident starts with." },
        action,
        body,
    ))
}

async fn new(State(app): State<App>, Administrator(who): Administrator) -> PageResult<Markup> {
    let all = app.desk.read(All::read).await?;
    let policy = app.desk.policy();
    Ok(page((&who, &policy), &all, None, None, &Fields::default(), &Problem::default(), html! {}))
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let id = ServiceId(desk::fresh());
    match insert(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let all = app.desk.read(All::read).await?;
            let by = (&who, &*app.desk.policy());
            let again = page(by, &all, None, None, &fields, &problem, html! {});
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn insert(app: &App, who: &SignedIn, id: ServiceId, fields: &Fields) -> Result<(), Trouble> {
    let known = app.desk.read(services::list).await?;
    let service = typed(id, fields, &known, (true, 1))?;
    desk::map::check(&service)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            services::insert(sql, &service)?;
            Ok(audit.created(sql, SUBJECT, id, &service)?)
        })
        .await
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<ServiceId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let (all, open) = with_open(&app, &who, id).await?;
    let service = all.get(id).ok_or(PageError::NotFound)?;
    let surges = crate::surges::banner(&app, &who, Some(id));
    Ok(page(
        (&who, &app.desk.policy()),
        &all,
        Some(service),
        open,
        &shown(service, &all.services),
        &Problem::default(),
        html! { (surges) (saved_banner(query.as_deref())) },
    ))
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<ServiceId>,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let (all, open) = with_open(&app, &who, id).await?;
            let service = all.get(id).ok_or(PageError::NotFound)?;
            let by = (&who, &*app.desk.policy());
            let again = page(by, &all, Some(service), open, &fields, &problem, html! {});
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn update(app: &App, who: &SignedIn, id: ServiceId, fields: &Fields) -> Result<(), Trouble> {
    let seen = editing::version(fields)?;
    let known = app.desk.read(services::list).await?;
    let service = typed(id, fields, &known, (fields.ticked("active"), seen + 1))?;
    desk::map::check(&service)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = services::get(sql, id)?;
            let Some(before) = before.filter(|before| before.version == seen) else {
                return stale(seen, services::get(sql, id)?.map(|now| now.version));
            };
            services::update(sql, &service, seen)?;
            Ok(audit.changed(sql, SUBJECT, id, &before, &service)?)
        })
        .await
}

/// Everything, and how many open incidents the service has: the number and its query.
async fn with_open(
    app: &App,
    who: &SignedIn,
    id: ServiceId,
) -> PageResult<(All, Option<(i64, String)>)> {
    let look = who.look();
    let read = move |sql: &mut dyn Sql| {
        let all = All::read(sql)?;
        let Some(service) = all.get(id) else { return Ok((all, None)) };
        let of_service = Term::Service(vec![Name::Is(service.name.clone())]);
        let open = Expr::all_of([of_service.into(), Term::State(vec![StateWord::Open]).into()]);
        let count =
            store::incidents::list::count(sql, &look, &open, store::incidents::list::COUNTED)?;
        Ok((all, Some((count, open.to_string()))))
    };
    Ok(app.desk.read(read).await?)
}
