//! What all plain versioned rows (people, teams, services and so on) have in
//! common: rules of their texts, and how a change of one is made.

use crate::app::App;
use crate::auth::Caller;
use crate::json;
use crate::once::{self, Answered};
use crate::problem::{CONFLICT, Problem};
use crate::version::{self, Seen};
use axum::http::StatusCode;
use axum::response::Response;
pub(crate) use desk::check_seen;
use desk::{Audit, Idempotency, Trouble};
use futures_util::future::BoxFuture;
use incident::Refusal;
use kernel::{Timestamp, limits};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use store::{Failure, Sql};

/// A row as the audit keeps it.
pub(crate) fn as_json(row: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(row).map_err(|error| Failure::damaged(error.to_string()))
}

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

/// Creates a row once, however often it is asked for with this key, and answers 201.
pub(crate) async fn create<T: Serialize + 'static>(
    app: &App,
    caller: &Caller,
    once: Option<Idempotency>,
    make: impl FnOnce(&mut dyn Sql, &Audit) -> Result<T, Trouble> + Send + 'static,
) -> Result<Response, Problem> {
    let make: Box<Make> = Box::new(move |sql, audit| Ok(Answered::created(&make(sql, audit)?)?));
    boxed_create(app, caller, once, make).await
}

/// What makes a row, and the answer that shows it.
type Make = dyn FnOnce(&mut dyn Sql, &Audit) -> Result<Answered, Trouble> + Send;

/// The same for whatever is created: it is compiled once.
fn boxed_create<'a>(
    app: &'a App,
    caller: &'a Caller,
    once: Option<Idempotency>,
    make: Box<Make>,
) -> BoxFuture<'a, Result<Response, Problem>> {
    Box::pin(async move {
        let person = caller.viewer().person;
        let created = app.desk().change(caller.actor(), move |sql, audit| {
            if let Some(before) = once::before(sql, person, once.as_ref())? {
                return Ok(before);
            }
            let answered = make(sql, audit)?;
            once::keep(sql, person, once.as_ref(), &answered, audit.now())?;
            Ok(answered)
        });
        Ok(created.await?.into_response())
    })
}

/// A plain versioned row: read, changed and taken out of use in the same way.
pub(crate) trait Row: Clone + Serialize + Send + 'static {
    /// Its id.
    type Id: Copy + ToString + Send + 'static;
    /// What it is called in refusals and in the audit.
    const WHAT: &'static str;

    /// The row with this id.
    fn get(sql: &mut dyn Sql, id: Self::Id) -> Result<Option<Self>, Failure>;

    /// Stores it if it is still at the version it was read at.
    fn update(&self, sql: &mut dyn Sql) -> Result<bool, Trouble>;

    /// Its version.
    fn version(&self) -> i64;

    /// The row as the audit keeps it.
    fn recorded(&self, _: &mut dyn Sql) -> Result<Value, Failure> {
        as_json(self)
    }

    /// Whether anything stands against it being so after it was as `before`.
    fn check(&self, _: &mut dyn Sql, _before: &Self, _: Timestamp) -> Result<(), Trouble> {
        Ok(())
    }
}

/// The row with this id.
pub(crate) async fn read<R: Row>(app: &App, id: R::Id) -> Result<R, Problem> {
    let row = app.desk().read(move |sql| R::get(sql, id)).await?;
    Ok(row.ok_or_else(|| missing(R::WHAT))?)
}

/// Changes a row, if it is still at the version seen.
pub(crate) async fn change<R: Row>(
    app: &App,
    caller: &Caller,
    id: R::Id,
    seen: Seen,
    make: impl FnOnce(&R) -> Result<R, Trouble> + Send + 'static,
) -> Result<R, Problem> {
    let changed = app.desk().change(caller.actor(), move |sql, audit| {
        let before = R::get(sql, id)?.ok_or_else(|| missing(R::WHAT))?;
        check_seen(seen.must_be, before.version())?;
        let after = make(&before)?;
        after.check(sql, &before, audit.now())?;
        let before_recorded = before.recorded(sql)?;
        unless_stale(after.update(sql)?, before.version())?;
        let after = R::get(sql, id)?.ok_or_else(|| missing(R::WHAT))?;
        let after_recorded = after.recorded(sql)?;
        audit.changed(sql, R::WHAT, id, &before_recorded, &after_recorded)?;
        Ok(after)
    });
    Ok(changed.await?)
}

/// Takes a row out of use and answers 204.
pub(crate) async fn retire<R: Row>(
    app: &App,
    caller: &Caller,
    id: R::Id,
    seen: Seen,
    end: impl FnOnce(&mut R) + Send + 'static,
) -> Result<StatusCode, Problem> {
    let ended = |row: &R| {
        let mut row = row.clone();
        end(&mut row);
        Ok(row)
    };
    change(app, caller, id, seen, ended).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An answer with a row's version.
pub(crate) fn answer(shown: &impl Serialize, version: i64) -> Response {
    version::tagged(json::answer(StatusCode::OK, shown), version)
}
