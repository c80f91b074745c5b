//! Who changed which configuration, when, from what to what.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json;
use crate::page::{Page, Params, cursor, limit, next_of, words};
use crate::problem::Problem;
use crate::reference::References;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Role, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::directory::Entry;
use store::directory::audit::{self, AuditFilter};
use utoipa::{IntoParams, ToSchema};

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditParams {
    /// Only of this kind: `team`, `person`, `service`, `setting` and so on.
    subject: Option<String>,
    /// Only by this person, by e-mail address or id.
    actor: Option<String>,
    /// Not before this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<String>,
    /// Before this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<String>,
    /// Entries of a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

/// A change.
#[derive(Debug, Serialize, ToSchema)]
struct AuditEntry {
    id: i64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The id of who did it; empty for the product itself.
    actor_id: String,
    /// Their name then.
    actor_name: String,
    /// `created`, `changed`, `deleted`.
    what: String,
    /// `team`, `person`, `service`, `setting` and so on.
    subject: String,
    subject_id: String,
    /// What it was.
    #[schema(value_type = Value)]
    before: Option<Value>,
    /// What it is.
    #[schema(value_type = Value)]
    after: Option<Value>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/audit", "listAudit", list)
            .about(
                "configuration",
                "Read who changed what",
                "For administrators and auditors, the newest first.",
            )
            .query::<AuditParams>()
            .answers::<Page<AuditEntry>>(200, "A page of it.")
            .problems(&[401, 403, 422, 503]),
    ]
}

fn instant(field: &str, given: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let parsed = words(field, given)?.map(str::parse::<Timestamp>).transpose();
    parsed.map_err(|error| Problem::invalid(field, error.to_string()))
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<AuditParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    if !caller.viewer().has(&[Role::Administrator, Role::Auditor]) {
        return Err(Problem::forbidden("this is for administrators and auditors"));
    }
    let limit = limit(params.limit.as_deref(), limits::PAGE_ROWS)?;
    let filter = AuditFilter {
        subject: words("subject", params.subject.as_deref())?.map(str::to_owned),
        actors: match words("actor", params.actor.as_deref())? {
            Some(text) => {
                let references = References::of(&app, caller.viewer()).await?;
                Some(vec![references.person("actor", text).await?])
            }
            None => None,
        },
        from: instant("from", params.from.as_deref())?,
        until: instant("until", params.until.as_deref())?,
    };
    let before = cursor(params.cursor.as_deref())?;
    let mut found =
        app.desk().read(move |sql| audit::find(sql, &filter, limit + 1, before)).await?;
    let next = next_of(&mut found, limit, |(id, _)| *id);
    let items = found.into_iter().map(shown).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

fn shown((id, entry): (i64, Entry)) -> AuditEntry {
    let Entry { at, actor_id, actor_name, what, subject, subject_id, before, after } = entry;
    AuditEntry { id, at, actor_id, actor_name, what, subject, subject_id, before, after }
}
