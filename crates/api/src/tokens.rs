//! API tokens. The secret is shown once and never stored.

use crate::app::App;
use crate::auth::Caller;
use crate::directory::Cards;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, given, name};
use crate::once::{self, Answered, Once};
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Trouble;
use incident::TokenScope;
use kernel::{Timestamp, TokenId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::Sql;
use store::directory::{self as rows, tokens};
use utoipa::ToSchema;

/// A token.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Token {
    #[schema(value_type = String)]
    id: TokenId,
    name: String,
    /// `admin`, `write`, `read` or `intake`: what it narrows its person's rights to.
    scope: &'static str,
    /// On whose behalf it acts: e-mail address, or name.
    user: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// When it was last used, about.
    #[schema(value_type = Option<String>, format = DateTime)]
    used_at: Option<Timestamp>,
}

/// A new token with its secret.
#[derive(Debug, Serialize, ToSchema)]
struct TokenMade {
    #[serde(flatten)]
    token: Token,
    /// Shown this once. Null in the answer to a repetition with the same
    /// Idempotency-Key, because it is stored nowhere.
    secret: Option<String>,
}

/// What token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    /// What it is for.
    name: String,
    /// `admin`, `write`, `read` or `intake`.
    #[schema(value_type = String)]
    scope: TokenScope,
    /// When it ends; never when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// For whom, by e-mail address or id; for the caller when absent. Others are
    /// for administrators to name.
    user: Option<String>,
}

/// What to change of a token; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TokenChange {
    name: Option<String>,
    /// When it ends; null is never.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Option<Timestamp>>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/tokens", "listTokens", list)
            .about("tokens", "List tokens", "One's own; administrators see all.")
            .query::<ListParams>()
            .answers::<Page<Token>>(200, "A page of them, the newest first.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/tokens", "createToken", create)
            .about("tokens", "Make a token", "For people of the service desk, with a session or a token of the scope admin.")
            .body::<NewToken>(json!({ "name": "Monitoring", "scope": "intake", "expires_at": "2027-11-23T00:00:00Z" }))
            .once()
            .answers::<TokenMade>(201, "The token with its secret.")
            .problems(&[400, 401, 403, 413, 415, 422, 503]),
        Door::get("/api/v1/tokens/{id}", "readToken", read)
            .about("tokens", "Read a token", "One's own; administrators read all.")
            .answers::<Token>(200, "The token, without its secret.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/tokens/{id}", "changeToken", change)
            .about("tokens", "Rename a token, or change when it ends", "One's own; administrators change all. What it may do stays: make another for that.")
            .body::<TokenChange>(json!({ "expires_at": "2027-11-23T00:00:00Z" }))
            .if_match()
            .answers::<Token>(200, "The token as it is now.")
            .problems(&[400, 401, 403, 404, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/tokens/{id}", "removeToken", remove)
            .about("tokens", "Revoke a token", "One's own; administrators revoke all.")
            .if_match()
            .answers_plainly(204, "", "It does not work any more.")
            .problems(&[401, 403, 404, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    must_manage(&caller)?;
    let (me, all) = (caller.viewer().person, caller.viewer().configures());
    let found = app
        .desk()
        .read(move |sql| if all { tokens::list(sql) } else { tokens::of_person(sql, me) })
        .await?;
    let (found, next) = page_of(found, &params, |row| row.id, |row| &row.name)?;
    let people = people(&app, &found).await?;
    let items = found.into_iter().map(|row| shown(row, &people)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewToken>,
) -> Result<Response, Problem> {
    must_manage(&caller)?;
    let new = body.value;
    let now = app.desk().now();
    check_end(new.expires_at, now)?;
    let references = References::of(&app, caller.viewer()).await?;
    let me = caller.viewer().person;
    let person = match new.user.as_deref() {
        None => me,
        Some(text) => references.person("user", text).await?,
    };
    if person != me && !caller.viewer().configures() {
        return Err(Problem::forbidden("only administrators make tokens for others"));
    }
    let row = rows::Token {
        id: TokenId(desk::fresh()),
        person,
        name: name("name", &new.name)?,
        scope: new.scope,
        created_at: now,
        expires_at: new.expires_at,
        used_at: None,
    };
    let token = shown(row.clone(), &people(&app, std::slice::from_ref(&row)).await?);
    let secret = desk::token_secret();
    let hash = desk::secret_hash(&secret);
    let once = once.of(&body.bytes);
    let made = token.clone();
    let before = app
        .desk()
        .change(caller.actor(), move |sql, audit| {
            if let Some(before) = once::before(sql, me, once.as_ref())? {
                return Ok(Some(before));
            }
            tokens::insert(sql, &row, &hash)?;
            audit.created(sql, "token", row.id, &row)?;
            let kept = Answered::created(&TokenMade { token: made, secret: None })?;
            once::keep(sql, me, once.as_ref(), &kept, audit.now())?;
            Ok(None)
        })
        .await?;
    match before {
        Some(before) => Ok(before.into_response()),
        None => Ok(json::answer(StatusCode::CREATED, &TokenMade { token, secret: Some(secret) })),
    }
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    must_manage(&caller)?;
    let row = find(&app, &caller, &id).await?;
    respond(&app, row).await
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<TokenChange>,
) -> Result<Response, Problem> {
    must_manage(&caller)?;
    let id = find(&app, &caller, &id).await?.id;
    let TokenChange { name: new_name, expires_at } = body.value;
    let new_name = new_name.as_deref().map(|text| name("name", text)).transpose()?;
    check_end(expires_at.flatten(), app.desk().now())?;
    let changed = app.desk().change(caller.actor(), move |sql, audit| {
        let before = as_seen(sql, id, seen)?;
        let row = rows::Token {
            name: new_name.unwrap_or_else(|| before.name.clone()),
            expires_at: expires_at.unwrap_or(before.expires_at),
            ..before.clone()
        };
        if !tokens::update(sql, &row)? {
            return Err(kept::missing("token"));
        }
        audit.changed(sql, "token", id, &before, &row)?;
        Ok(row)
    });
    respond(&app, changed.await?).await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    must_manage(&caller)?;
    let row = find(&app, &caller, &id).await?;
    let removed = app.desk().change(caller.actor(), move |sql, audit| {
        as_seen(sql, row.id, seen)?;
        if tokens::delete(sql, row.id)? {
            audit.deleted(sql, "token", row.id, &row)?;
        }
        Ok(())
    });
    removed.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check_end(expires_at: Option<Timestamp>, now: Timestamp) -> Result<(), Problem> {
    match expires_at {
        Some(at) if at <= now => Err(Problem::invalid("expires_at", "lies in the past")),
        _ => Ok(()),
    }
}

/// A token cannot make one that may do more than itself.
fn must_manage(caller: &Caller) -> Result<(), Problem> {
    caller.must_be_staff()?;
    if caller.viewer().scope != TokenScope::Admin {
        let words = "this token may not manage tokens; use a session, or one with the scope admin";
        return Err(Problem::forbidden(words));
    }
    Ok(())
}

/// The token with this id, if the caller may manage it.
async fn find(app: &App, caller: &Caller, text: &str) -> Result<rows::Token, Problem> {
    let missing = || Problem::not_found("there is no such token");
    let id: TokenId = text.parse().map_err(|_| missing())?;
    let row = app.desk().read(move |sql| tokens::get(sql, id)).await?;
    let viewer = caller.viewer();
    row.filter(|row| row.person == viewer.person || viewer.configures()).ok_or_else(missing)
}

/// The token, unless it is not as it was seen any more.
fn as_seen(sql: &mut dyn Sql, id: TokenId, seen: Seen) -> Result<rows::Token, Trouble> {
    let row = tokens::get(sql, id)?.ok_or_else(|| kept::missing("token"))?;
    kept::check_seen(seen.must_be, version(&row))?;
    Ok(row)
}

/// What stands for a token's version, as tokens count no changes: a digest of what can be changed
/// of one.
fn version(row: &rows::Token) -> i64 {
    let ends = row.expires_at.map(Timestamp::micros);
    let digest = Sha256::digest(format!("{ends:?} {}", row.name));
    let bytes = digest.iter().take(size_of::<u64>() - 1);
    bytes.fold(0_i64, |all, byte| (all << u8::BITS) | i64::from(*byte))
}

async fn respond(app: &App, row: rows::Token) -> Result<Response, Problem> {
    let people = people(app, std::slice::from_ref(&row)).await?;
    let version = version(&row);
    Ok(kept::answer(&shown(row, &people), version))
}

async fn people(app: &App, tokens: &[rows::Token]) -> Result<Cards, Problem> {
    let directory = app.directory().await?;
    Ok(directory.people(app.desk(), tokens.iter().map(|row| row.person)).await?)
}

fn shown(row: rows::Token, people: &Cards) -> Token {
    Token {
        id: row.id,
        name: row.name,
        scope: row.scope.as_str(),
        user: people.get(&row.person).map(|card| card.handle().to_owned()),
        created_at: row.created_at,
        expires_at: row.expires_at,
        used_at: row.used_at,
    }
}
