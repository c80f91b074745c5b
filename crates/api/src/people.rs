//! People: `users` in addresses.

mod away;
mod change;
mod contacts;
mod me;
mod notifications;

use crate::app::App;
use crate::auth::Caller;
use crate::directory::Directory;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept;
use crate::once::Once;
use crate::page::{Page, Params, bad_cursor, cursor, limit, next_of, words};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use away::{Away, Skills};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
pub(crate) use change::time_zone;
use change::{NewUser, UserChange};
use incident::Policy;
use kernel::{Language, OrganisationId, PersonId, Role, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use store::directory::people::{PeopleFilter, Recorded};
use store::directory::{Person, people, teams};
use utoipa::{IntoParams, ToSchema};

/// Something with an id and a name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Named {
    id: String,
    name: String,
    /// Of people: their address.
    email: Option<String>,
}

impl Named {
    pub(crate) fn of(id: impl ToString, name: String) -> Self {
        Named { id: id.to_string(), name, email: None }
    }

    /// With their address, if there is one.
    pub(crate) fn reached_at(self, email: String) -> Self {
        Named { email: Some(email).filter(|email| !email.is_empty()), ..self }
    }
}

impl From<Person> for Named {
    fn from(person: Person) -> Self {
        Named { email: person.email.clone(), ..Named::of(person.id, person.name) }
    }
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    #[schema(value_type = String)]
    id: PersonId,
    /// Null for people known by name only.
    email: Option<String>,
    name: String,
    job_title: String,
    phone: String,
    site: String,
    /// Further roles; of a requester, none.
    #[schema(value_type = Vec<String>)]
    roles: BTreeSet<Role>,
    /// The teams in use they belong to.
    teams: Vec<String>,
    /// Their company.
    organisation: Option<String>,
    #[schema(value_type = Option<String>)]
    organisation_id: Option<OrganisationId>,
    /// Whether they see their whole company's incidents.
    sees_organisation: bool,
    vip: bool,
    /// Whether they can sign in with a password.
    has_password: bool,
    /// Empty is the instance's.
    time_zone: String,
    /// What they read: `en`, `de`, `fr`, `es`, `pt`, `pl`; null is the instance's.
    #[schema(value_type = Option<String>)]
    language: Option<Language>,
    active: bool,
    /// What they know well; teams that go by it prefer them.
    skills: Skills,
    /// When they are not there; null when they are, and have no absence before them.
    away: Option<Away>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    version: i64,
}

/// Which people.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UsersParams {
    /// Words that must begin words of name or address.
    q: Option<String>,
    /// Only members of this team, by name or id.
    team: Option<String>,
    /// Only people with a role.
    #[param(value_type = Option<bool>)]
    staff: Option<String>,
    /// Only accounts in use (`true`), or only those that are not (`false`).
    #[param(value_type = Option<bool>)]
    active: Option<String>,
    /// People of a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

pub(crate) fn doors() -> Vec<Door> {
    let mut doors = me::doors();
    doors.extend(notifications::doors());
    doors.extend(contacts::doors());
    doors.extend([
        Door::get("/api/v1/users", "listUsers", list)
            .about("users", "List people", "By name, for the service desk.")
            .query::<UsersParams>()
            .answers::<Page<User>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/users", "createUser", create)
            .about("users", "Create a person", "For administrators. Without a password they cannot sign in.")
            .body::<NewUser>(json!({ "email": "ines.ferreira@northwind.example", "name": "Ines Ferreira", "roles": ["agent"], "teams": ["Network"] }))
            .once()
            .answers::<User>(201, "The person.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/users/{user}", "readUser", read)
            .about("users", "Read a person", "For the service desk.")
            .answers::<User>(200, "The person.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/users/{user}", "changeUser", change::change)
            .about("users", "Change a person", "For administrators. A new password ends the person's sessions. Nobody takes the role of administrator from themselves.")
            .body::<UserChange>(json!({ "roles": ["agent", "responder"], "phone": null }))
            .if_match()
            .answers::<User>(200, "The person as they are now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/users/{user}", "removeUser", change::remove)
            .about("users", "Take an account out of use", "For administrators. History keeps the name.")
            .if_match()
            .answers_plainly(204, "", "It is out of use, its sessions and tokens do not work any more.")
            .problems(&[401, 403, 404, 409, 412, 503]),
    ]);
    doors
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<UsersParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let limit = limit(params.limit.as_deref(), limits::PAGE_ROWS)?;
    let directory = app.directory().await?;
    let team = params.team.as_deref().map(|team| {
        let unknown = || Problem::invalid("team", "is not a known team");
        directory.teams.any(team).ok_or_else(unknown)
    });
    let filter = PeopleFilter {
        text: words("q", params.q.as_deref())?.map(str::to_owned),
        staff_only: flag("staff", params.staff.as_deref())?.unwrap_or(false),
        team: team.transpose()?,
        active: flag("active", params.active.as_deref())?,
    };
    let after = cursor::<PersonId>(params.cursor.as_deref())?;
    let found = app.desk().read(move |sql| {
        // A cursor is the last person shown; who never was a person is none.
        match after {
            Some(id) if people::get(sql, id)?.is_none() => Ok(None),
            after => people::list(sql, &filter, limit + 1, after).map(Some),
        }
    });
    let mut found = found.await?.ok_or_else(bad_cursor)?;
    let next = next_of(&mut found, limit, |person| person.id);
    let policy = app.desk().policy();
    let now = app.desk().now();
    let items = found.into_iter().map(|person| shown(person, &policy, &directory, now)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewUser>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let references = References::of(&app, caller.viewer()).await?;
    let once = once.of(&without_password(&body.bytes));
    let new = body.value.read(&references, app.desk().now())?;
    let hash = match new.password.as_deref() {
        Some(password) => Some(desk::accounts::hash_password(password).await?),
        None => None,
    };
    let directory = references.directory().clone();
    kept::create(&app, &caller, once, move |sql, audit| {
        let person = Person { created_at: audit.now(), has_password: hash.is_some(), ..new.person };
        people::insert(sql, &person, hash.as_deref())?;
        teams::set_teams(sql, person.id, &new.teams)?;
        let recorded = Recorded::of(sql, &person)?;
        audit.created(sql, "person", person.id, &recorded)?;
        Ok(shown_with(person, &new.teams, &directory, audit.now()))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(user): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let person = find(&app, &caller, &user).await?;
    respond(&app, person).await
}

/// The person of an address, by e-mail or id.
async fn find(app: &App, caller: &Caller, text: &str) -> Result<Person, Problem> {
    let references = References::of(app, caller.viewer()).await?;
    let missing = || Problem::not_found("there is no such person");
    let id = references.card(text.trim()).await?.ok_or_else(missing)?.id;
    app.desk().read(move |sql| people::get(sql, id)).await?.ok_or_else(missing)
}

async fn respond(app: &App, person: Person) -> Result<Response, Problem> {
    let version = person.version;
    let now = app.desk().now();
    let user = shown(person, &app.desk().policy(), &*app.directory().await?, now);
    Ok(kept::answer(&user, version))
}

fn flag(field: &str, text: Option<&str>) -> Result<Option<bool>, Problem> {
    match text {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(Problem::invalid(field, "must be true or false")),
    }
}

/// What makes a repetition the same, without the password: a quick digest of
/// that must not lie in the database.
fn without_password(bytes: &[u8]) -> Vec<u8> {
    let read = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(bytes);
    let Ok(mut fields) = read else { return vec![] };
    fields.remove("password");
    serde_json::to_vec(&fields).unwrap_or_default()
}

fn shown(person: Person, policy: &Policy, directory: &Directory, now: Timestamp) -> User {
    let teams = policy.teams_of(person.id);
    shown_with(person, &teams, directory, now)
}

fn shown_with(
    person: Person,
    teams: &BTreeSet<kernel::TeamId>,
    directory: &Directory,
    now: Timestamp,
) -> User {
    let names = teams.iter().filter_map(|id| directory.teams.name(*id));
    let mut teams: Vec<String> = names.map(str::to_owned).collect();
    teams.sort();
    let organisation = person.organisation.and_then(|id| directory.organisations.name(id));
    User {
        id: person.id,
        email: person.email,
        name: person.name,
        job_title: person.job_title,
        phone: person.phone,
        site: person.site,
        roles: person.roles,
        teams,
        organisation: organisation.map(str::to_owned),
        organisation_id: person.organisation,
        sees_organisation: person.sees_organisation,
        vip: person.vip,
        has_password: person.has_password,
        time_zone: person.time_zone,
        language: person.language,
        active: person.active,
        skills: Skills::shown(&person.skills, directory),
        away: Away::shown(person.away, now),
        created_at: person.created_at,
        version: person.version,
    }
}
