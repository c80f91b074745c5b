//! The caller themselves.

use super::away::AwayGiven;
use super::change::time_zone;
use super::{User, shown};
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::Body;
use crate::kept::{self, given, line};
use crate::problem::Problem;
use crate::version::Seen;
use axum::extract::State;
use axum::response::Response;
use kernel::{Language, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::Person;
use store::directory::people::QUEUE_COLUMNS;
use utoipa::ToSchema;

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    #[serde(flatten)]
    user: User,
    /// `light`, `dark`; empty is the system's.
    theme: String,
    /// Whether single keys are shortcuts.
    single_keys: bool,
    /// What they leave out of the queue: `risk`, `number`, `requester`, `service`, `state`,
    /// `assignee`, `next_clock`, `updated`.
    hidden_columns: Vec<&'static str>,
    /// What the token narrows their rights to; a session is `admin`: not narrowed.
    scope: &'static str,
}

/// What everybody may change of themselves; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MeChange {
    /// An IANA name such as Europe/Amsterdam; null for the instance's.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    time_zone: Option<Option<String>>,
    /// `en`, `de`, `fr`, `es`, `pt`, `pl`; null for the instance's.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<Language>>,
    /// `light` or `dark`; null for the system's.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    theme: Option<Option<String>>,
    single_keys: Option<bool>,
    /// What to leave out of the queue, all of it: `risk`, `number`, `requester`, `service`,
    /// `state`, `assignee`, `next_clock`, `updated`.
    hidden_columns: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<String>>,
    /// Null: one is there.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<AwayGiven>)]
    away: Option<Option<AwayGiven>>,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/users/me", "readMe", read)
            .about("users", "Read oneself", "For everybody.")
            .answers::<Me>(200, "The caller.")
            .problems(&[401, 403, 503]),
        Door::patch("/api/v1/users/me", "changeMe", change)
            .about("users", "Change one's own preferences", "For everybody.")
            .body::<MeChange>(json!({ "time_zone": "Europe/Amsterdam", "theme": "dark" }))
            .if_match()
            .answers::<Me>(200, "The caller as they are now.")
            .problems(&[400, 401, 403, 412, 413, 415, 422, 503]),
    ]
}

async fn read(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_read()?;
    let me = shown_me(&app, &caller, caller.person().clone()).await?;
    Ok(kept::answer(&me, me.user.version))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    seen: Seen,
    body: Body<MeChange>,
) -> Result<Response, Problem> {
    caller.must_write()?;
    let change = body.value;
    let id = caller.viewer().person;
    let zone = change.time_zone.map(|text| time_zone(text.as_deref().unwrap_or_default()));
    let zone = zone.transpose()?;
    let phone = change
        .phone
        .map(|text| line("phone", text.as_deref().unwrap_or_default(), limits::NAME_CHARS));
    let phone = phone.transpose()?;
    let theme = match change.theme.map(Option::unwrap_or_default) {
        Some(theme) if !matches!(theme.as_str(), "" | "light" | "dark") => {
            return Err(Problem::invalid("theme", "must be light or dark; null for the system's"));
        }
        theme => theme,
    };
    let columns = change.hidden_columns.map(|names| columns(&names)).transpose()?;
    let now = app.desk().now();
    let away = match change.away {
        None => None,
        Some(away) => Some(away.map(|away| away.read(now)).transpose()?),
    };
    let person = kept::change(&app, &caller, id, seen, move |before: &Person| {
        Ok(Person {
            time_zone: zone.unwrap_or_else(|| before.time_zone.clone()),
            language: change.language.unwrap_or(before.language),
            phone: phone.unwrap_or_else(|| before.phone.clone()),
            theme: theme.unwrap_or_else(|| before.theme.clone()),
            single_keys: change.single_keys.unwrap_or(before.single_keys),
            hidden_columns: columns.unwrap_or_else(|| before.hidden_columns.clone()),
            away: away.unwrap_or(before.away),
            ..before.clone()
        })
    })
    .await?;
    let me = shown_me(&app, &caller, person).await?;
    Ok(kept::answer(&me, me.user.version))
}

/// These columns of the queue as a person keeps them.
fn columns(names: &[String]) -> Result<String, Problem> {
    let unknown = |name: &String| !QUEUE_COLUMNS.iter().any(|column| column.name == name);
    if let Some(at) = names.iter().position(unknown) {
        let known = QUEUE_COLUMNS.map(|column| column.name).join(", ");
        let words = format!("must be one of {known}");
        return Err(Problem::invalid(format!("hidden_columns.{at}"), words));
    }
    let left_out = QUEUE_COLUMNS.iter().filter(|column| names.iter().any(|n| n == column.name));
    Ok(left_out.map(|column| column.key).collect::<Vec<_>>().join(" "))
}

async fn shown_me(app: &App, caller: &Caller, person: Person) -> Result<Me, Problem> {
    let (theme, single_keys) = (person.theme.clone(), person.single_keys);
    let hidden = QUEUE_COLUMNS.iter().filter(|column| person.hides(column));
    let hidden_columns = hidden.map(|column| column.name).collect();
    let now = app.desk().now();
    let user = shown(person, &app.desk().policy(), &*app.directory().await?, now);
    Ok(Me { user, theme, single_keys, hidden_columns, scope: caller.viewer().scope.as_str() })
}
