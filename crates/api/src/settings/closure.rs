//! What must be known before somebody resolves an incident.

use super::{put, read};
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::Body;
use crate::kept;
use crate::problem::Problem;
use crate::version::Seen;
use axum::extract::State;
use axum::response::Response;
use incident::policy::Closure;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::settings;
use utoipa::ToSchema;

/// What must be known before somebody resolves an incident.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClosureSettings {
    /// Its category.
    category: bool,
    /// Its cause: in words, or by a link to the problem, known error or incident behind it.
    cause: bool,
    /// What is known of it: a linked problem or known error, or an article that was used on it.
    knowledge: bool,
}

pub(super) fn doors() -> Vec<Door> {
    let closure = json!({ "category": true, "cause": true, "knowledge": false });
    vec![
        Door::get("/api/v1/settings/closure", "readClosure", read_closure)
            .about("configuration", "Read what must be known before an incident is resolved", "")
            .answers::<ClosureSettings>(200, "What is in force.")
            .problems(&[401, 403, 503]),
        Door::put("/api/v1/settings/closure", "setClosure", put_closure)
            .about(
                "configuration",
                "Set what must be known before an incident is resolved",
                "For administrators. It is asked of people who resolve, not of what is resolved by alerts, rules, imports or a parent.",
            )
            .body::<ClosureSettings>(closure)
            .if_match()
            .answers::<ClosureSettings>(200, "What is in force now.")
            .problems(&[400, 401, 403, 412, 413, 415, 422, 503]),
    ]
}

async fn read_closure(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let (closure, version) = read(&app, settings::CLOSURE, Closure::default()).await?;
    Ok(kept::answer(&ClosureSettings::of(closure), version))
}

async fn put_closure(
    State(app): State<App>,
    caller: Caller,
    seen: Seen,
    body: Body<ClosureSettings>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let ClosureSettings { category, cause, knowledge } = body.value;
    let closure = Closure { category, cause, knowledge };
    put(&app, &caller, seen, settings::CLOSURE, closure, ClosureSettings::of).await
}

impl ClosureSettings {
    fn of(closure: Closure) -> Self {
        let Closure { category, cause, knowledge } = closure;
        ClosureSettings { category, cause, knowledge }
    }
}
