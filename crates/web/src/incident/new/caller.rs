//! What the form asks while somebody types: who calls, which service, what is
//! open already.

use super::{SHOWN, draw, of_service, works};
use crate::app::App;
use crate::auth::Staff;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use kernel::{PersonId, ServiceId, limits};
use serde::Serialize;
use store::directory::people;
use store::incidents::list;

/// A suggestion as the scripts read it.
#[derive(Serialize)]
pub(crate) struct Suggestion {
    label: String,
    hint: String,
    icon: &'static str,
    value: String,
}

/// People whose name, address or telephone begins so.
pub(in crate::incident) async fn callers(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Json<Vec<Suggestion>>> {
    works(&who)?;
    let text = typed(query);
    let found = app.desk.read(move |sql| people::find(sql, &text, SHOWN)).await?;
    let suggestions = found.into_iter().map(|person| Suggestion {
        hint: draw::about(&person),
        label: person.name,
        icon: "user",
        value: person.id.to_string(),
    });
    Ok(Json(suggestions.collect()))
}

/// Services whose name has words that begin so.
pub(in crate::incident) async fn services(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Json<Vec<Suggestion>>> {
    works(&who)?;
    let (text, policy) = (typed(query), app.desk.policy());
    let found = app
        .desk
        .read(move |sql| store::incidents::search::find_services(sql, &text, SHOWN))
        .await?;
    let suggestions = found.into_iter().map(|service| Suggestion {
        label: service.name,
        hint: service
            .team
            .and_then(|team| policy.teams.get(&team))
            .map(|team| team.name.clone())
            .unwrap_or_default(),
        icon: "services",
        value: service.id.to_string(),
    });
    Ok(Json(suggestions.collect()))
}

fn typed(query: Option<String>) -> String {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    fields.text("q").chars().take(limits::NAME_CHARS).collect()
}

/// The card of a caller, as a patch.
pub(in crate::incident) async fn caller(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult {
    let scope = works(&who)?;
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let id: PersonId = fields.text("value").parse().map_err(|_| PageError::NotFound)?;
    let found = app
        .desk
        .read(move |sql| {
            let Some(person) = people::get(sql, id)? else { return Ok(None) };
            let theirs = list::open_of_requester(sql, &scope, id, SHOWN)?;
            Ok(Some((person, theirs)))
        })
        .await?;
    let (person, theirs) = found.ok_or(PageError::NotFound)?;
    Ok(draw::caller_card(Some(&person), &theirs, "", &who.here, Some("morph")).into_response())
}

/// The open incidents of a service, as a patch.
pub(in crate::incident) async fn service(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult {
    works(&who)?;
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let id: ServiceId = fields.text("value").parse().map_err(|_| PageError::NotFound)?;
    let look = who.look();
    let same = app.desk.read(move |sql| of_service(sql, &look, id)).await?;
    Ok(draw::same_service(&same, &who.here, Some("morph")).into_response())
}
