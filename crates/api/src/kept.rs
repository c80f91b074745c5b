//! What all plain versioned rows (people, teams, services and so on) have in
//! common: rules of their texts, and how a change of one is made.

use crate::app::App;
use crate::auth::Caller;
use crate::json;
use crate::once::{self, Answered};
use crate::problem::{CONFLICT, Problem};
use crate::version;
use axum::http::StatusCode;
use axum::response::Response;
use desk::{Audit, Idempotency, Trouble};
use incident::Refusal;
use kernel::limits;
use serde::{Deserialize, Deserializer, Serialize};
use store::Sql;

/// A name: one line, with something in it.
pub(crate) fn name(field: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::invalid(field, "is needed"));
    }
    line(field, text, limits::NAME_CHARS)
}

/// One line that may be empty.
pub(crate) fn line(field: &str, text: &str, max_chars: usize) -> Result<String, Problem> {
    if text.chars().any(char::is_control) {
        return Err(Problem::invalid(field, "holds a control character"));
    }
    block(field, text, max_chars)
}

/// Several lines that may be empty.
pub(crate) fn block(field: &str, text: &str, max_chars: usize) -> Result<String, Problem> {
    let text = text.trim();
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Problem::invalid(field, "holds a control character"));
    }
    if text.chars().count() > max_chars {
        return Err(Problem::invalid(field, format!("is longer than {max_chars} characters")));
    }
    Ok(text.to_owned())
}

/// A field of a change that may be absent (stays), null (cleared) or a value.
pub(crate) fn given<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Something stands against a change; it is rolled back.
pub(crate) fn conflict(words: impl Into<String>) -> Trouble {
    Refusal::state(CONFLICT, words).into()
}

/// There is no such row.
pub(crate) fn missing(what: &str) -> Trouble {
    Refusal::not_found(format!("there is no such {what}")).into()
}

/// A value that breaks a rule, found while changing.
pub(crate) fn invalid(field: &'static str, words: impl Into<String>) -> Trouble {
    Refusal::invalid(field, words).into()
}

/// Whether a row was still at the version it was read at.
pub(crate) fn unless_stale(updated: bool, seen: i64) -> Result<(), Trouble> {
    if updated { Ok(()) } else { Err(Trouble::Stale { seen, current: seen + 1 }) }
}

/// The version that `If-Match` names, checked inside the change.
pub(crate) fn check_seen(seen: Option<i64>, current: i64) -> Result<(), Trouble> {
    match seen {
        Some(seen) if seen != current => Err(Trouble::Stale { seen, current }),
        _ => Ok(()),
    }
}

/// Creates a row once, however often it is asked for with this key, and answers 201.
pub(crate) async fn create<T: Serialize + 'static>(
    app: &App,
    caller: &Caller,
    once: Option<Idempotency>,
    make: impl FnOnce(&mut dyn Sql, &Audit) -> Result<T, Trouble> + Send + 'static,
) -> Result<Response, Problem> {
    let person = caller.viewer().person;
    let answered = app
        .desk()
        .change(caller.actor(), move |sql, audit| {
            if let Some(before) = once::before(sql, person, once.as_ref())? {
                return Ok(before);
            }
            let made = make(sql, audit)?;
            let answered = Answered::created(&made)?;
            once::keep(sql, person, once.as_ref(), &answered, audit.now())?;
            Ok(answered)
        })
        .await?;
    Ok(answered.into_response())
}

/// Changes a row and answers with it and its version.
pub(crate) async fn change<T: Serialize + Send + 'static>(
    app: &App,
    caller: &Caller,
    make: impl FnOnce(&mut dyn Sql, &Audit) -> Result<(T, i64), Trouble> + Send + 'static,
) -> Result<Response, Problem> {
    let (changed, version) = app.desk().change(caller.actor(), make).await?;
    Ok(version::tagged(json::answer(StatusCode::OK, &changed), version))
}

/// Takes a row out of use and answers 204.
pub(crate) async fn remove(
    app: &App,
    caller: &Caller,
    make: impl FnOnce(&mut dyn Sql, &Audit) -> Result<(), Trouble> + Send + 'static,
) -> Result<StatusCode, Problem> {
    app.desk().change(caller.actor(), make).await?;
    Ok(StatusCode::NO_CONTENT)
}
