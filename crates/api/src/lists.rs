//! Lists of stakeholders: whom an update can be for besides those who have to do with its
//! incident.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, Row, given, name};
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
use incident::conduct::Degree;
use incident::state::UpdatePhase;
use kernel::{Language, ListId, PersonId, ServiceId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use store::directory::lists::{self, List, PlainAddress, Wants};
use store::{Failure, Sql};
use utoipa::ToSchema;

/// A list of stakeholders.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StakeholderList)]
struct Shown {
    #[schema(value_type = String)]
    id: ListId,
    name: String,
    /// Ids of people on it.
    #[schema(value_type = Vec<String>)]
    people: BTreeSet<PersonId>,
    /// Addresses on it that are no person's here.
    addresses: Vec<Address>,
    /// It hears about these services; about all when there are none.
    #[schema(value_type = Vec<String>)]
    services: BTreeSet<ServiceId>,
    /// Only when something was at least so bad: `degraded`, `partial`, `full`.
    #[schema(value_type = Option<String>)]
    least_degree: Option<Degree>,
    /// Only where it stands like this: `investigating`, `identified`, `monitoring`, `resolved`;
    /// wherever when there are none.
    #[schema(value_type = Vec<String>)]
    phases: BTreeSet<UpdatePhase>,
    /// Only the first word about an incident, and that it is over.
    first_and_last_only: bool,
    version: i64,
}

/// An address that is no person's here.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = StakeholderAddress)]
#[serde(deny_unknown_fields)]
struct Address {
    email: String,
    /// What its reader reads, such as `de`; English when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    language: Language,
}

/// A new list.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewStakeholderList)]
#[serde(deny_unknown_fields)]
struct NewList {
    /// Its name, unique whatever the case.
    name: String,
    /// By e-mail address or id.
    people: Option<Vec<String>>,
    addresses: Option<Vec<Address>>,
    /// By name or id.
    services: Option<Vec<String>>,
    #[schema(value_type = Option<String>)]
    least_degree: Option<Degree>,
    #[schema(value_type = Option<Vec<String>>)]
    phases: Option<BTreeSet<UpdatePhase>>,
    first_and_last_only: Option<bool>,
}

/// What to change of a list; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = StakeholderListChange)]
#[serde(deny_unknown_fields)]
struct ListChange {
    name: Option<String>,
    /// By e-mail address or id.
    people: Option<Vec<String>>,
    addresses: Option<Vec<Address>>,
    /// By name or id.
    services: Option<Vec<String>>,
    /// Null for however bad it is.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    least_degree: Option<Option<Degree>>,
    #[schema(value_type = Option<Vec<String>>)]
    phases: Option<BTreeSet<UpdatePhase>>,
    first_and_last_only: Option<bool>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/lists", "listStakeholderLists", list)
            .about("subscribers", "List stakeholder lists", "By name.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/lists", "createStakeholderList", create)
            .about("subscribers", "Create a stakeholder list", "For administrators.")
            .body::<NewList>(json!({ "name": "Board", "addresses": [{ "email": "board@northwind.example", "language": "de" }], "least_degree": "partial", "first_and_last_only": true }))
            .once()
            .answers::<Shown>(201, "The list.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/lists/{id}", "readStakeholderList", read)
            .about("subscribers", "Read a stakeholder list", "")
            .answers::<Shown>(200, "The list.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/lists/{id}", "changeStakeholderList", change)
            .about("subscribers", "Change a stakeholder list", "For administrators.")
            .body::<ListChange>(json!({ "first_and_last_only": false }))
            .if_match()
            .answers::<Shown>(200, "The list as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/lists/{id}", "removeStakeholderList", remove)
            .about("subscribers", "Remove a stakeholder list", "For administrators. What waits to be sent to it is not sent.")
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
    let all = app.desk().read(lists::list).await?;
    let (found, next) = page_of(all, &params, |row| row.id, |row| &row.name)?;
    let items: Vec<Shown> = found.into_iter().map(shown).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewList>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let new = body.value;
    let references = References::of(&app, caller.viewer()).await?;
    let people = references.people("people", &new.people.unwrap_or_default()).await?;
    let services = references.services("services", &new.services.unwrap_or_default())?;
    let row = List {
        id: ListId(desk::fresh()),
        name: name("name", &new.name)?,
        people,
        addresses: plain(new.addresses.unwrap_or_default()),
        wants: Wants {
            services,
            least_degree: new.least_degree,
            phases: new.phases.unwrap_or_default(),
            first_and_last_only: new.first_and_last_only.unwrap_or_default(),
        },
        version: 1,
    };
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        desk::lists::make(sql, audit, &row)?;
        Ok(shown(row))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let row: List = kept::read(&app, find(&id)?).await?;
    Ok(respond(row))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<ListChange>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let change = body.value;
    let new_name = change.name.as_deref().map(|text| name("name", text)).transpose()?;
    let addresses = change.addresses.map(plain);
    let references = References::of(&app, caller.viewer()).await?;
    let people = match &change.people {
        Some(named) => Some(references.people("people", named).await?),
        None => None,
    };
    let services = change.services.as_deref();
    let services = services.map(|named| references.services("services", named)).transpose()?;
    let row = kept::change(&app, &caller, find(&id)?, seen, move |before: &List| {
        let wants = before.wants.clone();
        Ok(List {
            name: new_name.unwrap_or_else(|| before.name.clone()),
            people: people.unwrap_or_else(|| before.people.clone()),
            addresses: addresses.unwrap_or_else(|| before.addresses.clone()),
            wants: Wants {
                services: services.unwrap_or(wants.services),
                least_degree: change.least_degree.unwrap_or(wants.least_degree),
                phases: change.phases.unwrap_or(wants.phases),
                first_and_last_only: change
                    .first_and_last_only
                    .unwrap_or(wants.first_and_last_only),
            },
            ..before.clone()
        })
    })
    .await?;
    Ok(respond(row))
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let (id, seen) = (find(&id)?, seen.must_be);
    let remove =
        move |sql: &mut dyn Sql, audit: &desk::Audit| desk::lists::remove(sql, audit, id, seen);
    app.desk().change(caller.actor(), remove).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Row for List {
    type Id = ListId;
    const WHAT: &'static str = List::WHAT;

    fn get(sql: &mut dyn Sql, id: ListId) -> Result<Option<Self>, Failure> {
        lists::get(sql, id)
    }

    fn update(&self, sql: &mut dyn Sql) -> Result<bool, Trouble> {
        Ok(lists::update(sql, self, self.version)?)
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn check(&self, sql: &mut dyn Sql, _: &Self, _: Timestamp) -> Result<(), Trouble> {
        desk::lists::check(sql, self)
    }
}

fn plain(given: Vec<Address>) -> BTreeSet<PlainAddress> {
    let plain = |one: Address| PlainAddress {
        email: one.email.trim().to_lowercase(),
        language: one.language,
    };
    given.into_iter().map(plain).collect()
}

fn find(text: &str) -> Result<ListId, Problem> {
    text.parse().map_err(|_| kept::missing(List::WHAT).into())
}

fn respond(row: List) -> Response {
    let version = row.version;
    kept::answer(&shown(row), version)
}

fn shown(row: List) -> Shown {
    let address = |one: PlainAddress| Address { email: one.email, language: one.language };
    Shown {
        id: row.id,
        name: row.name,
        people: row.people,
        addresses: row.addresses.into_iter().map(address).collect(),
        services: row.wants.services,
        least_degree: row.wants.least_degree,
        phases: row.wants.phases,
        first_and_last_only: row.wants.first_and_last_only,
        version: row.version,
    }
}
