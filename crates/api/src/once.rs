//! `Idempotency-Key`: the same key and body gives the same answer.

use crate::app::App;
use crate::auth::Caller;
use crate::json;
use crate::problem::Problem;
use axum::extract::{FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use desk::{Idempotency, Trouble};
use futures_util::future::BoxFuture;
use kernel::{PersonId, Timestamp};
use sha2::{Digest, Sha256};
use std::time::Duration;
use store::directory::idempotency::{self, Answer};
use store::{Failure, Sql};

/// The header with the key.
const HEADER: &str = "idempotency-key";
/// Characters of a key: what fits a row of an index.
const KEY_CHARS: usize = 200;
/// Stands for the status of a request that is at work.
const AT_WORK: u16 = 0;
/// How long a request that went away without an answer keeps its key, in seconds.
const AT_WORK_SECONDS: i64 = 120;
/// How often it is looked whether a request at work is done.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How many times: about ten seconds.
const LOOKS: usize = 200;

/// The key of a request, with the address it is for.
#[derive(Debug, Clone)]
pub(crate) struct Once {
    key: Option<String>,
    address: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let key = match parts.headers.get(HEADER) {
            None => None,
            Some(value) => {
                let fits = |text: &&str| (1..=KEY_CHARS).contains(&text.len());
                let key = value.to_str().ok().map(str::trim).filter(fits);
                Some(key.map(str::to_owned).ok_or_else(|| {
                    let words = format!("must be 1 to {KEY_CHARS} printable ASCII characters");
                    Problem::invalid("Idempotency-Key", words)
                })?)
            }
        };
        let address = match key {
            Some(_) => format!("{} {}", parts.method, parts.uri.path()),
            None => String::new(),
        };
        Ok(Once { key, address })
    }
}

impl Once {
    /// For a request with this body.
    pub(crate) fn of(&self, body: &[u8]) -> Option<Idempotency> {
        let key = self.key.clone()?;
        let mut hash = Sha256::new();
        hash.update(self.address.as_bytes());
        hash.update([0]);
        hash.update(body);
        Some(Idempotency { key, request_hash: hash.finalize().to_vec() })
    }
}

/// What is asked for with a key is done to its end, also where whoever asked went away meanwhile:
/// they ask again, and get its answer.
pub(crate) async fn to_its_end(request: Request, next: Next) -> Response {
    if !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    match desk::beside(next.run(request)).await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            // It is answered where all are.
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => {
                let ending = Failure::Unavailable("the program is ending".to_owned());
                Problem::from(ending).into_response()
            }
        },
    }
}

/// Takes the key of a request that changes nothing: a repetition is computed again and
/// comes to the same, another body is refused.
pub(crate) async fn claim(
    app: &App,
    caller: &Caller,
    once: Option<Idempotency>,
) -> Result<(), Problem> {
    let Some(once) = once else { return Ok(()) };
    let (person, now) = (caller.viewer().person, app.desk().now());
    let claimed = app.desk().write(move |sql| {
        if before(sql, person, Some(&once))?.is_none() {
            let answered = Answered { status: StatusCode::OK.as_u16(), body: String::new() };
            keep(sql, person, Some(&once), &answered, now)?;
        }
        Ok(())
    });
    Ok(claimed.await?)
}

/// Does something unless it was done under this key; a repetition gets the answer that was given.
/// One that overtakes it waits for that answer; what was refused leaves the key free.
pub(crate) async fn done(
    app: &App,
    caller: &Caller,
    once: Option<Idempotency>,
    doing: impl Future<Output = Result<Answered, Problem>> + Send,
) -> Result<Response, Problem> {
    boxed_done(app, caller, once, Box::pin(doing)).await
}

/// The same for whatever is done: it is compiled once.
fn boxed_done<'a>(
    app: &'a App,
    caller: &'a Caller,
    once: Option<Idempotency>,
    doing: BoxFuture<'a, Result<Answered, Problem>>,
) -> BoxFuture<'a, Result<Response, Problem>> {
    Box::pin(async move {
        let Some(key) = once else { return Ok(doing.await?.into_response()) };
        let person = caller.viewer().person;
        let taken_at = match take(app, person, &key).await? {
            Taken::At(at) => at,
            Taken::Answered(found) => return Ok(found.into_response()),
            Taken::AtWork => return Err(Problem::at_work()),
        };
        let answered = doing.await;
        let kept = answered.clone();
        let settled = app.desk().write(move |sql| {
            match kept {
                Ok(done) => {
                    let done = row(&key, &done, taken_at);
                    idempotency::replace(sql, person, &key.key, taken_at, &done)?;
                }
                Err(_) => idempotency::forget(sql, person, &key.key, taken_at)?,
            }
            Ok(())
        });
        match (answered, settled.await) {
            (Ok(answered), settled) => {
                settled.map(|()| answered.into_response()).map_err(Problem::from)
            }
            (Err(problem), _) => Err(problem),
        }
    })
}

/// What became of the wish to take a key.
enum Taken {
    /// It was taken at this instant.
    At(Timestamp),
    /// The request was done before.
    Answered(Answered),
    /// Another request with it is at work.
    AtWork,
}

/// Takes a key before something is done under it, and waits while another request has it.
async fn take(app: &App, person: PersonId, once: &Idempotency) -> Result<Taken, Problem> {
    let mut looks = 0..LOOKS;
    loop {
        let (wanted, now) = (once.clone(), app.desk().now());
        match app.desk().write(move |sql| try_to_take(sql, person, &wanted, now)).await? {
            Taken::AtWork => {}
            taken => return Ok(taken),
        }
        // Looking again goes past the writer, which the other request needs, too.
        loop {
            if looks.next().is_none() {
                return Ok(Taken::AtWork);
            }
            tokio::time::sleep(LOOK_EVERY).await;
            let key = once.key.clone();
            let found = app.desk().read(move |sql| idempotency::find(sql, person, &key)).await?;
            if !found.is_some_and(|found| is_at_work(&found, app.desk().now())) {
                break;
            }
        }
    }
}

/// Whether a request with this key is at work. One that went away without an answer is not.
fn is_at_work(found: &Answer, now: Timestamp) -> bool {
    found.status == AT_WORK && now.seconds_since(found.created_at) < AT_WORK_SECONDS
}

fn try_to_take(
    sql: &mut dyn Sql,
    person: PersonId,
    once: &Idempotency,
    now: Timestamp,
) -> Result<Taken, Trouble> {
    let at_work = row(once, &Answered { status: AT_WORK, body: String::new() }, now);
    let Some(found) = idempotency::find(sql, person, &once.key)? else {
        let first = idempotency::record(sql, person, &once.key, &at_work)?;
        return Ok(if first { Taken::At(now) } else { Taken::AtWork });
    };
    if found.request_hash != once.request_hash {
        return Err(Trouble::KeyReused);
    }
    if found.status != AT_WORK {
        return Ok(Taken::Answered(Answered { status: found.status, body: found.body }));
    }
    // Whoever took it may have gone away without an answer.
    let left = !is_at_work(&found, now);
    match left && idempotency::replace(sql, person, &once.key, found.created_at, &at_work)? {
        true => Ok(Taken::At(now)),
        false => Ok(Taken::AtWork),
    }
}

/// An answer that was given before to this request, if it is a repetition.
pub(crate) fn before(
    sql: &mut dyn Sql,
    person: PersonId,
    once: Option<&Idempotency>,
) -> Result<Option<Answered>, Trouble> {
    let Some(once) = once else { return Ok(None) };
    let Some(found) = idempotency::find(sql, person, &once.key)? else { return Ok(None) };
    if found.request_hash != once.request_hash {
        return Err(Trouble::KeyReused);
    }
    Ok(Some(Answered { status: found.status, body: found.body }))
}

/// Keeps an answer for a repetition, in the transaction of what it answers.
pub(crate) fn keep(
    sql: &mut dyn Sql,
    person: PersonId,
    once: Option<&Idempotency>,
    answered: &Answered,
    now: Timestamp,
) -> Result<(), Failure> {
    let Some(once) = once else { return Ok(()) };
    match idempotency::record(sql, person, &once.key, &row(once, answered, now))? {
        true => Ok(()),
        // What was done here is undone; who asks again gets the other's answer.
        false => Err(Failure::Unavailable("another node answers the same request".to_owned())),
    }
}

fn row(once: &Idempotency, answered: &Answered, at: Timestamp) -> Answer {
    Answer {
        request_hash: once.request_hash.clone(),
        status: answered.status,
        body: answered.body.clone(),
        created_at: at,
    }
}

/// An answer as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    /// The status.
    pub(crate) status: u16,
    /// The body, JSON.
    pub(crate) body: String,
}

impl Answered {
    /// Something that came to be.
    pub(crate) fn created(value: &impl serde::Serialize) -> Result<Self, Failure> {
        Answered::of(StatusCode::CREATED, value)
    }

    /// What came of something.
    pub(crate) fn good(value: &impl serde::Serialize) -> Result<Self, Failure> {
        Answered::of(StatusCode::OK, value)
    }

    /// An answer with this status.
    pub(crate) fn of(status: StatusCode, value: &impl serde::Serialize) -> Result<Self, Failure> {
        let body =
            serde_json::to_string(value).map_err(|error| Failure::damaged(error.to_string()))?;
        Ok(Answered { status: status.as_u16(), body })
    }

    /// As an answer.
    pub(crate) fn into_response(self) -> Response {
        json::raw(StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK), self.body)
    }
}
