//! Services: what people use, who owns it, how critical it is, what it needs.

use super::editing::{
    self, Problem, buttons, choices, name_field, saved, saved_banner, stale, version_field,
};
use super::{Reads, Section, actor, escalations as policies, maintenance, row_page, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::form::Field;
use crate::part::icon::icon;
use crate::part::time::counted;
use crate::url;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::Trouble;
use incident::{Policy, Refusal};
use kernel::{ServiceId, limits};
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
        self.services.iter().filter(|other| other.depends_on.contains(&service.id)).collect()
    }
}

async fn list(State(app): State<App>, Reads(who): Reads) -> PageResult<Markup> {
    let all = app.desk.read(All::read).await?;
    let action = who.viewer().configures().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New service" } },
    );
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

fn table(all: &All) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Services and what they depend on" { table.dt {
            thead { tr {
                th scope="col" { "Service" } th scope="col" { "Owner" } th.num scope="col" { "Criticality" }
                th scope="col" { "Depends on" } th scope="col" { "Needed by" } th scope="col" { "In use" }
            } }
            tbody { @for service in &all.services {
                tr {
                    th scope="row" { a href=(SECTION.of(service.id)) { (service.name) } }
                    td { (all.team_of(service)) }
                    td.num { (service.criticality) }
                    td { (links(&all.needs(service))) }
                    td { (links(&all.needed_by(service))) }
                    td { @if service.active { "yes" } @else { span.muted { "no" } } }
                }
            } }
        } }
    }
}

fn links(services: &[&Service]) -> Markup {
    html! {
        @if services.is_empty() { "–" }
        @for (at, service) in services.iter().enumerate() {
            @if at > 0 { ", " }
            a href=(SECTION.of(service.id)) { (service.name) }
        }
    }
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
    let service = typed(id, fields, true, 1)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            services::insert(sql, &service)?;
            Ok(audit.created(sql, SUBJECT, id, &service)?)
        })
        .await
}

fn typed(id: ServiceId, fields: &Fields, active: bool, version: i64) -> Result<Service, Trouble> {
    let criticality =
        fields.text("criticality").parse().ok().filter(|criticality| (1..=4).contains(criticality));
    Ok(Service {
        id,
        name: editing::name(fields)?,
        description: editing::text(fields, "description", limits::REASON_CHARS)?,
        team: editing::id(fields, "team")?,
        criticality: criticality
            .ok_or_else(|| Refusal::invalid("criticality", "Choose how critical it is"))?,
        active,
        depends_on: editing::ids(fields, "depends_on")?,
        escalation: editing::id(fields, "escalation")?,
        version,
    })
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
        &shown(service),
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
    let service = typed(id, fields, fields.ticked("active"), seen + 1)?;
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

fn shown(service: &Service) -> Fields {
    let mut pairs = vec![
        ("name".to_owned(), service.name.clone()),
        ("description".to_owned(), service.description.clone()),
        ("criticality".to_owned(), service.criticality.to_string()),
    ];
    pairs.extend(service.team.map(|team| ("team".to_owned(), team.to_string())));
    pairs.extend(service.escalation.map(|id| ("escalation".to_owned(), id.to_string())));
    pairs.extend(service.active.then(|| ("active".to_owned(), "1".to_owned())));
    pairs.extend(service.depends_on.iter().map(|id| ("depends_on".to_owned(), id.to_string())));
    Fields::of(pairs)
}

fn page(
    (who, policy): (&SignedIn, &Policy),
    all: &All,
    stored: Option<&Service>,
    open: Option<(i64, String)>,
    fields: &Fields,
    problem: &Problem,
    banner: Markup,
) -> Markup {
    let address = stored.map_or_else(|| SECTION.address(), |service| SECTION.of(service.id));
    let title = stored.map_or("New service", |service| service.name.as_str());
    let body = html! {
        (banner)
        (problem.banner(who, &address))
        section.card { div.card-b {
            @if who.viewer().configures() {
                form.form method="post" action=(address) {
                    @if let Some(service) = stored { (version_field(problem.version(fields, service.version))) }
                    (inputs((all, policy), stored, fields, problem))
                    (buttons(if stored.is_some() { "Save" } else { "Make the service" }, &SECTION.address()))
                }
            } @else if let Some(service) = stored { (facts((all, policy), service)) }
        } }
    };
    let lead = html! {
        @if let Some((count, query)) = open { a.link href=(url::queue_of(&query)) { (counted(count, "open incident")) } " on it" }
        @if let Some(service) = stored.filter(|_| desk::maintenance::may_plan(who.viewer())) {
            ". " a.link href={ (maintenance::ADDRESS) "/new?service=" (service.id) } { "Plan maintenance" }
        }
    };
    row_page(who, SECTION, title, lead, body)
}

fn inputs(
    (all, policy): (&All, &Policy),
    stored: Option<&Service>,
    fields: &Fields,
    problem: &Problem,
) -> Markup {
    let errors = &problem.errors;
    let nobody = std::iter::once((String::new(), "Nobody yet".to_owned()));
    let chosen = |team: &&Team| team.active || fields.text("team") == team.id.to_string();
    let teams: Vec<(String, String)> = nobody
        .chain(all.teams.iter().filter(chosen).map(|team| (team.id.to_string(), team.name.clone())))
        .collect();
    let others =
        all.services.iter().filter(|service| stored.is_none_or(|stored| stored.id != service.id));
    let others: Vec<(String, String)> =
        others.map(|service| (service.id.to_string(), service.name.clone())).collect();
    html! {
        (name_field(fields, errors))
        (Field::new("description", "What is it?").errors(errors).textarea(2, fields.get("description").unwrap_or_default()))
        (Field::new("team", "Who owns it?").hint("Incidents on it start with this team.").errors(errors).select(&teams, fields.text("team")))
        (Field::new("criticality", "How critical is it?").errors(errors).select(&CRITICALITIES, fields.filled("criticality").unwrap_or("3")))
        (Field::new("escalation", "Who is paged for it?").hint("An escalation policy.").errors(errors)
            .select(&policies::options(policy, BY_TEAM), fields.text("escalation")))
        (choices("depends_on", "What does it need to work?", None, &others, fields))
        @if stored.is_some() {
            (editing::active_field(fields, "Out of use, it stays on the incidents that have it and is not offered any more."))
        }
    }
}

fn facts((all, policy): (&All, &Policy), service: &Service) -> Markup {
    html! {
        @if !service.description.is_empty() { p { (service.description) } }
        dl.props.mts {
            div { dt { "Owner" } dd { (all.team_of(service)) } }
            div { dt { "Criticality" } dd { (CRITICALITIES[usize::from(service.criticality.clamp(1, 4)) - 1].1) } }
            div { dt { "Escalation policy" } dd { (policies::name(policy, service.escalation, BY_TEAM)) } }
            div { dt { "Depends on" } dd { (links(&all.needs(service))) } }
            div { dt { "Needed by" } dd { (links(&all.needed_by(service))) } }
        }
    }
}
