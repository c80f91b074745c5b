//! Organisations: customer companies of the provider.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, Row, name};
use crate::once::Once;
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::is_email;
use crate::version::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Trouble;
use kernel::{OrganisationId, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::{self as rows, organisations};
use store::{Failure, Sql};
use utoipa::ToSchema;

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
struct Organisation {
    #[schema(value_type = String)]
    id: OrganisationId,
    name: String,
    /// Domains of its people's addresses.
    email_domains: Vec<String>,
    version: i64,
}

impl From<rows::Organisation> for Organisation {
    fn from(row: rows::Organisation) -> Self {
        let rows::Organisation { id, name, email_domains, version } = row;
        Organisation { id, name, email_domains, version }
    }
}

/// A new organisation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOrganisation {
    /// Its name, unique whatever the case.
    name: String,
    /// Domains of its people's addresses: whoever is first met with such an
    /// address belongs to it.
    email_domains: Option<Vec<String>>,
}

/// What to change of an organisation; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrganisationChange {
    name: Option<String>,
    email_domains: Option<Vec<String>>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/organisations", "listOrganisations", list)
            .about("organisations", "List organisations", "By name.")
            .query::<ListParams>()
            .answers::<Page<Organisation>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/organisations", "createOrganisation", create)
            .about("organisations", "Create an organisation", "For administrators.")
            .body::<NewOrganisation>(
                json!({ "name": "Northwind Logistics", "email_domains": ["northwind.example"] }),
            )
            .once()
            .answers::<Organisation>(201, "The organisation.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/organisations/{organisation}", "readOrganisation", read)
            .about("organisations", "Read an organisation", "")
            .answers::<Organisation>(200, "The organisation.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/organisations/{organisation}", "changeOrganisation", change)
            .about("organisations", "Change an organisation", "For administrators.")
            .body::<OrganisationChange>(
                json!({ "email_domains": ["northwind.example", "northwind.test"] }),
            )
            .if_match()
            .answers::<Organisation>(200, "The organisation as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/organisations/{organisation}", "removeOrganisation", remove)
            .about(
                "organisations",
                "Remove an organisation",
                "For administrators. Refused while people or incidents belong to it.",
            )
            .if_match()
            .answers_plainly(204, "", "It is gone.")
            .problems(&[401, 403, 404, 409, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let all = app.desk().read(organisations::list).await?;
    let (found, next) = page_of(all, &params, |row| row.id, |row| &row.name)?;
    let items: Vec<Organisation> = found.into_iter().map(Organisation::from).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewOrganisation>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let row = rows::Organisation {
        id: OrganisationId(desk::fresh()),
        name: name("name", &body.value.name)?,
        email_domains: domains(body.value.email_domains.unwrap_or_default())?,
        version: 1,
    };
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        organisations::insert(sql, &row)?;
        audit.created(sql, "organisation", row.id, &row)?;
        Ok(Organisation::from(row))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(organisation): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let id = app.directory().await?.organisations.find(rows::Organisation::WHAT, &organisation)?;
    Ok(respond(kept::read(&app, id).await?))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(organisation): Path<String>,
    seen: Seen,
    body: Body<OrganisationChange>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let id = app.directory().await?.organisations.find(rows::Organisation::WHAT, &organisation)?;
    let new_name = body.value.name.as_deref().map(|text| name("name", text)).transpose()?;
    let new_domains = body.value.email_domains.map(domains).transpose()?;
    let row = kept::change(&app, &caller, id, seen, move |before: &rows::Organisation| {
        Ok(rows::Organisation {
            name: new_name.unwrap_or_else(|| before.name.clone()),
            email_domains: new_domains.unwrap_or_else(|| before.email_domains.clone()),
            ..before.clone()
        })
    })
    .await?;
    Ok(respond(row))
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(organisation): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let id = app.directory().await?.organisations.find(rows::Organisation::WHAT, &organisation)?;
    let removed = app.desk().change(caller.actor(), move |sql, audit| {
        let missing = || kept::missing(rows::Organisation::WHAT);
        let row = organisations::get(sql, id)?.ok_or_else(missing)?;
        kept::check_seen(seen.must_be, row.version)?;
        if organisations::is_used(sql, id)? {
            let words = "people or incidents belong to this organisation; history keeps it";
            return Err(kept::conflict(words));
        }
        organisations::delete(sql, id)?;
        audit.deleted(sql, rows::Organisation::WHAT, id, &row)?;
        Ok(())
    });
    removed.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn respond(row: rows::Organisation) -> Response {
    let version = row.version;
    kept::answer(&Organisation::from(row), version)
}

impl Row for rows::Organisation {
    type Id = OrganisationId;
    const WHAT: &'static str = "organisation";

    fn get(sql: &mut dyn Sql, id: OrganisationId) -> Result<Option<Self>, Failure> {
        organisations::get(sql, id)
    }

    fn update(&self, sql: &mut dyn Sql) -> Result<bool, Trouble> {
        Ok(organisations::update(sql, self, self.version)?)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

fn domains(given: Vec<String>) -> Result<Vec<String>, Problem> {
    const DOMAINS_MAX: usize = 100;
    if given.len() > DOMAINS_MAX {
        return Err(Problem::invalid(
            "email_domains",
            format!("has more than {DOMAINS_MAX} entries"),
        ));
    }
    let domain = |(at, text): (usize, String)| {
        let text = text.trim().trim_start_matches('@').to_lowercase();
        if !is_email(&format!("a@{text}")) || text.chars().count() > limits::NAME_CHARS {
            let words = "is not a domain such as example.com";
            return Err(Problem::invalid(format!("email_domains.{at}"), words));
        }
        Ok(text)
    };
    given.into_iter().enumerate().map(domain).collect()
}
