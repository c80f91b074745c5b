//! Services: what people use and incidents interrupt.

use crate::app::App;
use crate::auth::Caller;
use crate::directory::Directory;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, Row, block, given, name};
use crate::once::Once;
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Trouble;
use kernel::{EscalationId, ServiceId, TeamId, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use store::directory::{self as rows, services};
use store::{Failure, Sql};
use utoipa::ToSchema;

/// Criticality when nothing is said: 1 is the highest, 4 the lowest.
const CRITICALITY: u8 = 3;

/// A service. Requesters see id, name and description of those in use.
#[derive(Debug, Serialize, ToSchema)]
struct Service {
    #[schema(value_type = String)]
    id: ServiceId,
    name: String,
    description: String,
    /// The owner team.
    team: Option<String>,
    #[schema(value_type = Option<String>)]
    team_id: Option<TeamId>,
    /// 1 (highest) to 4.
    criticality: Option<u8>,
    /// Whether incidents can name it.
    active: bool,
    /// What it cannot do without, each of them.
    depends_on: Vec<String>,
    /// By which escalation policy somebody is paged for it; the one of its team when null.
    escalation_policy: Option<String>,
    /// What it is called outside; empty where that is its name.
    public_name: Option<String>,
    /// What an hour without it costs, in whole units of the instance's currency.
    cost_per_hour: Option<i64>,
    /// The goal of its availability, in thousandths.
    goal_permille: Option<u16>,
    links: Vec<ServiceLink>,
    /// Groups of which it needs some.
    needs: Vec<Needed>,
    version: Option<i64>,
}

/// A place to read on.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ServiceLink {
    title: String,
    /// `https://` or `http://`.
    url: String,
}

/// Services of which so many are needed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Needed {
    /// What the group is called.
    group: Option<String>,
    /// How many have to work; with 0 it works without them, but worse.
    at_least: u16,
    /// Which, by name or id; by name in answers.
    of: Vec<String>,
}

/// A new service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewService {
    /// Its name, unique whatever the case.
    name: String,
    description: Option<String>,
    /// The owner team, by name or id: its incidents start there.
    team: Option<String>,
    /// 1 (highest) to 4; 3 when absent.
    #[schema(minimum = 1, maximum = 4)]
    criticality: Option<u8>,
    /// Names or ids of what it needs to work.
    depends_on: Option<Vec<String>>,
    /// By which escalation policy somebody is paged for it, by name or id; by the one of its
    /// team when absent.
    escalation_policy: Option<String>,
    /// What it is called outside; its name when absent.
    public_name: Option<String>,
    /// What an hour without it costs, in whole units of the instance's currency.
    #[schema(minimum = 0)]
    cost_per_hour: Option<i64>,
    /// The goal of its availability, in thousandths: 999 is 99.9 %.
    #[schema(minimum = 1, maximum = 1000)]
    goal_permille: Option<u16>,
    /// Places to read on, up to 20.
    links: Option<Vec<ServiceLink>>,
    /// Groups of which it needs some, "2 of 3".
    needs: Option<Vec<Needed>>,
}

/// What to change of a service; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ServiceChange {
    name: Option<String>,
    description: Option<String>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    team: Option<Option<String>>,
    #[schema(minimum = 1, maximum = 4)]
    criticality: Option<u8>,
    /// These and only these.
    depends_on: Option<Vec<String>>,
    /// Null for the one of its team.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    escalation_policy: Option<Option<String>>,
    public_name: Option<String>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    cost_per_hour: Option<Option<i64>>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u16>)]
    goal_permille: Option<Option<u16>>,
    /// These and only these.
    links: Option<Vec<ServiceLink>>,
    /// These and only these.
    needs: Option<Vec<Needed>>,
    active: Option<bool>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/services", "listServices", list)
            .about("services", "List services", "By name, those out of use too. Requesters see those in use, with name and description.")
            .query::<ListParams>()
            .answers::<Page<Service>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/services", "createService", create)
            .about("services", "Create a service", "For administrators.")
            .body::<NewService>(json!({ "name": "Label Printing", "team": "Field service", "criticality": 2, "depends_on": ["Warehouse network"] }))
            .once()
            .answers::<Service>(201, "The service.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/services/{service}", "readService", read)
            .about("services", "Read a service", "Requesters read those in use, with name and description.")
            .answers::<Service>(200, "The service.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/services/{service}", "changeService", change)
            .about("services", "Change a service", "For administrators.")
            .body::<ServiceChange>(json!({ "criticality": 1, "team": null }))
            .if_match()
            .answers::<Service>(200, "The service as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/services/{service}", "removeService", remove)
            .about("services", "Take a service out of use", "For administrators. Refused while a service in use depends on it.")
            .if_match()
            .answers_plainly(204, "", "It is out of use; history keeps its name.")
            .problems(&[401, 403, 404, 409, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let staff = caller.viewer().is_staff();
    let mut all = app.desk().read(services::list).await?;
    all.retain(|service| staff || service.active);
    let (found, next) = page_of(all, &params, |row| row.id, |row| &row.name)?;
    let directory = app.directory().await?;
    let items = found.into_iter().map(|row| shown(row, &directory, staff)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewService>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let references = References::of(&app, caller.viewer()).await?;
    let new = body.value;
    let id = ServiceId(desk::fresh());
    let row = rows::Service {
        description: description(new.description.as_deref())?,
        team: new.team.map(|text| references.team("team", &text)).transpose()?,
        criticality: criticality(new.criticality.unwrap_or(CRITICALITY))?,
        depends_on: depends_on(&references, new.depends_on)?.unwrap_or_default(),
        escalation: escalation(&references, new.escalation_policy)?,
        public_name: new.public_name.unwrap_or_default().trim().to_owned(),
        cost_per_hour: new.cost_per_hour,
        goal_permille: new.goal_permille,
        links: new.links.map(links).unwrap_or_default(),
        needs: needs(&references, id, new.needs)?.unwrap_or_default(),
        ..rows::Service::named(id, name("name", &new.name)?)
    };
    desk::map::check(&row)?;
    let directory = references.directory().clone();
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        services::insert(sql, &row)?;
        audit.created(sql, "service", row.id, &row)?;
        Ok(shown(row, &directory, true))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(service): Path<String>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let staff = caller.viewer().is_staff();
    let directory = app.directory().await?;
    let id = directory.services.find(rows::Service::WHAT, &service)?;
    let row: rows::Service = kept::read(&app, id).await?;
    if !staff && !row.active {
        return Err(kept::missing(rows::Service::WHAT).into());
    }
    let version = row.version;
    Ok(kept::answer(&shown(row, &directory, staff), version))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(service): Path<String>,
    seen: Seen,
    body: Body<ServiceChange>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let references = References::of(&app, caller.viewer()).await?;
    let id = references.directory().services.find(rows::Service::WHAT, &service)?;
    let change = body.value;
    let new_name = change.name.as_deref().map(|text| name("name", text)).transpose()?;
    let new_description = change.description.map(|text| description(Some(&text))).transpose()?;
    let team = change.team.map(|text| text.map(|text| references.team("team", &text)).transpose());
    let team = team.transpose()?;
    let criticality = change.criticality.map(criticality).transpose()?;
    let escalation = change.escalation_policy.map(|text| escalation(&references, text));
    let escalation = escalation.transpose()?;
    let depends_on = depends_on(&references, change.depends_on)?;
    let needs = needs(&references, id, change.needs)?;
    let links = change.links.map(links);
    if depends_on.as_ref().is_some_and(|needs| needs.contains(&id)) {
        return Err(Problem::invalid("depends_on", "names the service itself"));
    }
    let row = kept::change(&app, &caller, id, seen, move |before: &rows::Service| {
        Ok(rows::Service {
            name: new_name.unwrap_or_else(|| before.name.clone()),
            description: new_description.unwrap_or_else(|| before.description.clone()),
            team: team.unwrap_or(before.team),
            criticality: criticality.unwrap_or(before.criticality),
            active: change.active.unwrap_or(before.active),
            depends_on: depends_on.unwrap_or_else(|| before.depends_on.clone()),
            escalation: escalation.unwrap_or(before.escalation),
            public_name: match &change.public_name {
                Some(text) => text.trim().to_owned(),
                None => before.public_name.clone(),
            },
            cost_per_hour: change.cost_per_hour.unwrap_or(before.cost_per_hour),
            goal_permille: change.goal_permille.unwrap_or(before.goal_permille),
            links: links.unwrap_or_else(|| before.links.clone()),
            needs: needs.unwrap_or_else(|| before.needs.clone()),
            ..before.clone()
        })
    })
    .await?;
    let version = row.version;
    Ok(kept::answer(&shown(row, &*app.directory().await?, true), version))
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(service): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let id = app.directory().await?.services.find(rows::Service::WHAT, &service)?;
    kept::retire(&app, &caller, id, seen, |row: &mut rows::Service| row.active = false).await
}

impl Row for rows::Service {
    type Id = ServiceId;
    const WHAT: &'static str = "service";

    fn get(sql: &mut dyn Sql, id: ServiceId) -> Result<Option<Self>, Failure> {
        services::get(sql, id)
    }

    fn update(&self, sql: &mut dyn Sql) -> Result<bool, Trouble> {
        Ok(services::update(sql, self, self.version)?)
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn check(&self, sql: &mut dyn Sql, before: &Self, _: Timestamp) -> Result<(), Trouble> {
        desk::map::check(self)?;
        if !before.active || self.active {
            return Ok(());
        }
        let within =
            |other: &rows::Service| other.needs.iter().any(|need| need.needs.contains(&self.id));
        let needs = |other: &rows::Service| {
            other.active && (other.depends_on.contains(&self.id) || within(other))
        };
        match services::list(sql)?.into_iter().find(needs) {
            Some(rows::Service { name, .. }) => {
                Err(kept::conflict(format!("{name} depends on this service; change that first")))
            }
            None => Ok(()),
        }
    }
}

fn description(text: Option<&str>) -> Result<String, Problem> {
    block("description", text.unwrap_or_default(), limits::REASON_CHARS)
}

fn criticality(value: u8) -> Result<u8, Problem> {
    match value {
        1..=4 => Ok(value),
        _ => Err(Problem::invalid("criticality", "must be 1 (highest), 2, 3 or 4")),
    }
}

/// A group with its services by name.
pub(crate) fn needed(need: &services::Need, name: impl Fn(&ServiceId) -> String) -> Needed {
    Needed {
        group: need.group.clone(),
        at_least: need.at_least,
        of: need.needs.iter().map(name).collect(),
    }
}

fn needs(
    references: &References<'_>,
    of: ServiceId,
    given: Option<Vec<Needed>>,
) -> Result<Option<Vec<services::Need>>, Problem> {
    let Some(given) = given else { return Ok(None) };
    let mut needs = Vec::with_capacity(given.len());
    for (at, group) in given.into_iter().enumerate() {
        let mut members = Vec::with_capacity(group.of.len());
        for (place, text) in group.of.iter().enumerate() {
            members.push(references.service(&format!("needs.{at}.of.{place}"), text)?);
        }
        let (at_least, group) = (group.at_least, group.group);
        needs.push(services::Need { of, group, needs: members, at_least });
    }
    Ok(Some(needs))
}

fn links(given: Vec<ServiceLink>) -> Vec<services::Link> {
    let one = |link: ServiceLink| services::Link {
        title: link.title.trim().to_owned(),
        url: link.url.trim().to_owned(),
    };
    given.into_iter().map(one).collect()
}

fn depends_on(
    references: &References<'_>,
    given: Option<Vec<String>>,
) -> Result<Option<BTreeSet<ServiceId>>, Problem> {
    let Some(given) = given else { return Ok(None) };
    let one = |(at, text): (usize, &String)| references.service(&format!("depends_on.{at}"), text);
    given.iter().enumerate().map(one).collect::<Result<_, _>>().map(Some)
}

fn escalation(
    references: &References<'_>,
    given: Option<String>,
) -> Result<Option<EscalationId>, Problem> {
    given.map(|text| references.escalation("escalation_policy", &text)).transpose()
}

fn shown(row: rows::Service, directory: &Directory, staff: bool) -> Service {
    let names = row.depends_on.iter().filter_map(|id| directory.services.name(*id));
    let mut depends_on: Vec<String> = names.filter(|_| staff).map(str::to_owned).collect();
    depends_on.sort();
    let team = row.team.filter(|_| staff);
    let escalation = row.escalation.filter(|_| staff);
    let name = |id: &ServiceId| directory.services.name(*id).unwrap_or_default().to_owned();
    let needs = row.needs.iter().filter(|_| staff).map(|need| needed(need, name)).collect();
    let links = row.links.into_iter().filter(|_| staff);
    let links = links.map(|link| ServiceLink { title: link.title, url: link.url }).collect();
    Service {
        id: row.id,
        name: row.name,
        description: row.description,
        team: team.and_then(|id| directory.teams.name(id)).map(str::to_owned),
        team_id: team,
        criticality: staff.then_some(row.criticality),
        active: row.active,
        depends_on,
        escalation_policy: escalation
            .and_then(|id| directory.escalations.name(id))
            .map(str::to_owned),
        public_name: staff.then_some(row.public_name),
        cost_per_hour: row.cost_per_hour.filter(|_| staff),
        goal_permille: row.goal_permille.filter(|_| staff),
        links,
        needs,
        version: staff.then_some(row.version),
    }
}
