//! Services: what people use, who owns it, how critical it is, what it needs.

mod draw;
mod form;
mod import;

use self::draw::{finder, page, table};
use self::form::{shown, typed};
use super::editing::{self, Problem, saved, saved_banner, stale};
use super::{Reads, Section, actor, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use kernel::{ServiceId, limits};
use maud::{Markup, html};
use query::{Expr, Name, StateWord, Term};
use std::collections::{BTreeSet, HashMap};
use store::directory::services::{self, Service};
use store::directory::teams::{self, Team};
use store::{Failure, Sql};

const SECTION: Section = Section::Services;
const SUBJECT: &str = "service";
/// Services in the table: more are found by their name.
const ROWS_MAX: usize = 200;
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
        .route("/settings/services", get(list).merge(post(create)))
        .route("/settings/services/new", get(new))
        .route("/settings/services/{id}", get(show).merge(post(change)))
        .merge(import::routes())
}

/// Everything the pages choose from.
struct All {
    /// By name.
    services: Vec<Service>,
    teams: Vec<Team>,
    /// Where each service stands among them.
    places: HashMap<ServiceId, usize>,
    /// Who needs each, by their places in order.
    users: HashMap<ServiceId, Vec<usize>>,
}

impl All {
    fn read(sql: &mut dyn Sql) -> Result<All, Failure> {
        let (services, teams) = (services::list(sql)?, teams::list(sql)?);
        let mut users: HashMap<ServiceId, Vec<usize>> = HashMap::new();
        for (place, service) in services.iter().enumerate() {
            let of_groups = service.needs.iter().flat_map(|need| &need.needs);
            let needed: BTreeSet<&ServiceId> = service.depends_on.iter().chain(of_groups).collect();
            for id in needed {
                users.entry(*id).or_default().push(place);
            }
        }
        let places = services.iter().enumerate().map(|(place, service)| (service.id, place));
        Ok(All { places: places.collect(), users, services, teams })
    }

    fn get(&self, id: ServiceId) -> Option<&Service> {
        self.places.get(&id).map(|place| &self.services[*place])
    }

    fn team_of(&self, service: &Service) -> &str {
        let team = self.teams.iter().find(|team| Some(team.id) == service.team);
        team.map_or("–", |team| team.name.as_str())
    }

    fn needs(&self, service: &Service) -> Vec<&Service> {
        let needs = service.depends_on.iter().filter_map(|id| self.places.get(id));
        let places: BTreeSet<usize> = needs.copied().collect();
        places.into_iter().map(|place| &self.services[place]).collect()
    }

    fn needed_by(&self, service: &Service) -> Vec<&Service> {
        let users = self.users.get(&service.id).map(Vec::as_slice).unwrap_or_default();
        users.iter().map(|place| &self.services[*place]).collect()
    }

    /// Those whose names hold all these words.
    fn named(&self, words: &str) -> Vec<&Service> {
        let words = query::fold(words);
        let holds = |service: &&Service| {
            let name = query::fold(&format!("{} {}", service.name, service.public_name));
            words.split_whitespace().all(|word| name.contains(word))
        };
        self.services.iter().filter(holds).collect()
    }
}

/// `GET /settings/services?q=`
async fn list(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let all = app.desk.read(All::read).await?;
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let words: String = asked.text("q").chars().take(limits::NAME_CHARS).collect();
    let found = all.named(&words);
    let action = who.viewer().configures().then(|| {
        html! {
            a.btn href=(SECTION.of("import")) { (icon("download")) "Import a catalogue" }
            a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New service" }
        }
    });
    let body = html! {
        (saved_banner(query.as_deref()))
        @if all.services.is_empty() {
            (empty("No services yet", "Incidents interrupt services; how critical one is says how much it matters.", None))
        } @else {
            (finder(&words))
            @if found.is_empty() { (empty("No service matches", "Take a word away.", Some((SECTION.address().as_str(), "Show all")))) }
            @else {
                div.card { (table(&all, &found[..found.len().min(ROWS_MAX)])) }
                @if found.len() > ROWS_MAX {
                    p.meta { "The first " (ROWS_MAX) " of " (found.len()) " by name. Write a part of a name above to find the others." }
                }
            }
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
