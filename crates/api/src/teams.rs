//! Teams.

use crate::app::App;
use crate::auth::Caller;
use crate::calendars::Known;
use crate::directory::{Cards, Directory};
use crate::door::Door;
use crate::incidents::open_with;
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
use incident::assignment::Way;
use incident::escalation::Whom;
use kernel::{CalendarId, EscalationId, PersonId, TeamId, Timestamp, limits};
use query::{TeamName, Term};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use store::directory::{self as rows, teams};
use store::{Failure, Sql};
use utoipa::ToSchema;

/// A team.
#[derive(Debug, Serialize, ToSchema)]
struct Team {
    #[schema(value_type = String)]
    id: TeamId,
    name: String,
    /// What it is for.
    description: String,
    /// Whether incidents can be assigned to it.
    active: bool,
    /// The calendar it works by; null works round the clock.
    calendar: Option<String>,
    /// How it gives what comes to it to one of its people: `by_hand`, `round_robin`, `least_loaded`.
    #[schema(value_type = String)]
    assignment: Way,
    /// Whether people who know the service or category come before the others.
    by_skill: bool,
    /// By which escalation policy somebody is paged where the service has none.
    escalation_policy: Option<String>,
    /// Who belongs to it: e-mail addresses, or names.
    members: Vec<String>,
    version: i64,
}

/// A new team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTeam {
    /// Its name, unique whatever the case.
    name: String,
    /// What it is for.
    description: Option<String>,
    /// Name or id of the calendar it works by; round the clock, when absent or null.
    calendar: Option<String>,
    /// `by_hand` when absent, `round_robin` or `least_loaded`.
    #[schema(value_type = Option<String>)]
    assignment: Option<Way>,
    /// Whether people who know the service or category come before the others; not, when absent.
    by_skill: Option<bool>,
    /// By which escalation policy somebody is paged where the service has none, by name or id.
    escalation_policy: Option<String>,
    /// Who belongs to it: e-mail addresses or ids.
    members: Option<Vec<String>>,
}

/// What to change of a team; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TeamChange {
    name: Option<String>,
    description: Option<String>,
    active: Option<bool>,
    /// Name or id of the calendar it works by; null for round the clock.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    calendar: Option<Option<String>>,
    /// `by_hand`, `round_robin` or `least_loaded`; for what comes to it from then on.
    #[schema(value_type = Option<String>)]
    assignment: Option<Way>,
    /// Whether people who know the service or category come before the others.
    by_skill: Option<bool>,
    /// Name or id of the escalation policy; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    escalation_policy: Option<Option<String>>,
    /// These and only these belong to it.
    members: Option<Vec<String>>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/teams", "listTeams", list)
            .about("teams", "List teams", "By name, those out of use too.")
            .query::<ListParams>()
            .answers::<Page<Team>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/teams", "createTeam", create)
            .about("teams", "Create a team", "For administrators.")
            .body::<NewTeam>(json!({ "name": "Network", "description": "Wires and waves", "members": ["ines.ferreira@northwind.example"] }))
            .once()
            .answers::<Team>(201, "The team.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/teams/{team}", "readTeam", read)
            .about("teams", "Read a team", "")
            .answers::<Team>(200, "The team.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/teams/{team}", "changeTeam", change)
            .about("teams", "Change a team", "For administrators.")
            .body::<TeamChange>(json!({ "description": "Wires, waves and phones" }))
            .if_match()
            .answers::<Team>(200, "The team as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/teams/{team}", "removeTeam", remove)
            .about("teams", "Take a team out of use", "For administrators. Refused while it has open incidents, or something pages it.")
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
    caller.must_be_staff()?;
    let (all, members) =
        app.desk().read(|sql| Ok((teams::list(sql)?, teams::all_members(sql)?))).await?;
    let (found, next) = page_of(all, &params, |team| team.id, |team| &team.name)?;
    let directory = app.directory().await?;
    let named: BTreeSet<PersonId> =
        found.iter().filter_map(|team| members.get(&team.id)).flatten().copied().collect();
    let people = directory.people(app.desk(), named).await?;
    let (none, calendars) = (BTreeSet::new(), Known::of(&app));
    let show = |team: rows::Team| {
        let members = members.get(&team.id).unwrap_or(&none);
        shown(team, members, (&people, &calendars, &directory))
    };
    Ok(json::answer(StatusCode::OK, &Page { items: found.into_iter().map(show).collect(), next }))
}

/// A new team as the audit keeps it: with its members.
#[derive(Serialize)]
struct Recorded<'a> {
    #[serde(flatten)]
    team: &'a rows::Team,
    members: &'a BTreeSet<PersonId>,
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewTeam>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let new = body.value;
    let members = members(&app, &caller, new.members).await?.unwrap_or_default();
    let calendars = Known::of(&app);
    let team = rows::Team {
        id: TeamId(desk::fresh()),
        name: name("name", &new.name)?,
        description: description(new.description.as_deref())?,
        active: true,
        calendar: new.calendar.map(|text| calendar(&calendars, &text)).transpose()?,
        assignment: new.assignment.unwrap_or_default(),
        by_skill: new.by_skill.unwrap_or(false),
        escalation: escalation(&app, &caller, new.escalation_policy).await?,
        version: 1,
    };
    let people = people_of(&app, &members).await?;
    let directory = app.directory().await?;
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        teams::insert(sql, &team)?;
        teams::set_members(sql, team.id, &members)?;
        audit.created(sql, "team", team.id, &Recorded { team: &team, members: &members })?;
        Ok(shown(team, &members, (&people, &calendars, &directory)))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(team): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let id = app.directory().await?.teams.find(Whole::WHAT, &team)?;
    respond(&app, kept::read(&app, id).await?).await
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(team): Path<String>,
    seen: Seen,
    body: Body<TeamChange>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let id = app.directory().await?.teams.find(Whole::WHAT, &team)?;
    let change = body.value;
    let new_name = change.name.as_deref().map(|text| name("name", text)).transpose()?;
    let new_description = change.description.map(|text| description(Some(&text))).transpose()?;
    let new_calendar = match change.calendar {
        Some(Some(text)) => Some(Some(calendar(&Known::of(&app), &text)?)),
        other => other.map(|_| None),
    };
    let new_escalation = match change.escalation_policy {
        Some(text) => Some(escalation(&app, &caller, text).await?),
        None => None,
    };
    let new_members = members(&app, &caller, change.members).await?;
    let whole = kept::change(&app, &caller, id, seen, move |Whole(before, members): &Whole| {
        let team = rows::Team {
            name: new_name.unwrap_or_else(|| before.name.clone()),
            description: new_description.unwrap_or_else(|| before.description.clone()),
            active: change.active.unwrap_or(before.active),
            calendar: new_calendar.unwrap_or(before.calendar),
            assignment: change.assignment.unwrap_or(before.assignment),
            by_skill: change.by_skill.unwrap_or(before.by_skill),
            escalation: new_escalation.unwrap_or(before.escalation),
            ..before.clone()
        };
        Ok(Whole(team, new_members.unwrap_or_else(|| members.clone())))
    })
    .await?;
    respond(&app, whole).await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(team): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let id = app.directory().await?.teams.find(Whole::WHAT, &team)?;
    kept::retire(&app, &caller, id, seen, |Whole(team, _): &mut Whole| team.active = false).await
}

async fn respond(app: &App, Whole(team, members): Whole) -> Result<Response, Problem> {
    let people = people_of(app, &members).await?;
    let (version, directory) = (team.version, app.directory().await?);
    let names = (&people, &Known::of(app), &*directory);
    Ok(kept::answer(&shown(team, &members, names), version))
}

/// A team with its members.
#[derive(Clone, Serialize)]
struct Whole(rows::Team, BTreeSet<PersonId>);

impl Row for Whole {
    type Id = TeamId;
    const WHAT: &'static str = "team";

    fn get(sql: &mut dyn Sql, id: TeamId) -> Result<Option<Self>, Failure> {
        let Some(team) = teams::get(sql, id)? else { return Ok(None) };
        Ok(Some(Whole(team, teams::members(sql, id)?)))
    }

    fn update(&self, sql: &mut dyn Sql) -> Result<bool, Trouble> {
        let Whole(team, members) = self;
        teams::set_members(sql, team.id, members)?;
        Ok(teams::update(sql, team, team.version)?)
    }

    fn version(&self) -> i64 {
        self.0.version
    }

    fn check(&self, sql: &mut dyn Sql, before: &Self, now: Timestamp) -> Result<(), Trouble> {
        if !before.0.active || self.0.active {
            return Ok(());
        }
        desk::rota::check_unused(sql, Whom::Team(self.0.id), "this team")?;
        match open_with(sql, now, Term::Team(vec![TeamName::Named(self.0.id.to_string())]))? {
            0 => Ok(()),
            open => Err(kept::conflict(format!(
                "this team has open incidents ({open}); assign them to another first"
            ))),
        }
    }
}

fn description(text: Option<&str>) -> Result<String, Problem> {
    block("description", text.unwrap_or_default(), limits::REASON_CHARS)
}

fn calendar(calendars: &Known, text: &str) -> Result<CalendarId, Problem> {
    calendars.find("calendar".to_owned(), text)
}

async fn escalation(
    app: &App,
    caller: &Caller,
    given: Option<String>,
) -> Result<Option<EscalationId>, Problem> {
    let Some(text) = given else { return Ok(None) };
    let references = References::of(app, caller.viewer()).await?;
    references.escalation("escalation_policy", &text).map(Some)
}

async fn members(
    app: &App,
    caller: &Caller,
    given: Option<Vec<String>>,
) -> Result<Option<BTreeSet<PersonId>>, Problem> {
    let Some(given) = given else { return Ok(None) };
    let references = References::of(app, caller.viewer()).await?;
    references.people("members", &given).await.map(Some)
}

async fn people_of(app: &App, members: &BTreeSet<PersonId>) -> Result<Cards, Problem> {
    let directory = app.directory().await?;
    Ok(directory.people(app.desk(), members.iter().copied()).await?)
}

fn shown(
    team: rows::Team,
    members: &BTreeSet<PersonId>,
    (people, calendars, directory): (&Cards, &Known, &Directory),
) -> Team {
    let mut members: Vec<String> = members
        .iter()
        .filter_map(|id| people.get(id))
        .map(|card| card.handle().to_owned())
        .collect();
    members.sort();
    let calendar = team.calendar.and_then(|id| calendars.name(id)).map(str::to_owned);
    let escalation = team.escalation.and_then(|id| directory.escalations.name(id));
    Team {
        id: team.id,
        name: team.name,
        description: team.description,
        active: team.active,
        calendar,
        assignment: team.assignment,
        by_skill: team.by_skill,
        escalation_policy: escalation.map(str::to_owned),
        members,
        version: team.version,
    }
}
