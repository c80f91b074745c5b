//! API tokens. Only the hash of the secret is stored.

use super::people::{self, Person};
use super::rows::{many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::TokenScope;
use kernel::{PersonId, Timestamp, TokenId};
use serde::{Deserialize, Serialize};

/// How exact the last use is known: a write for every request would be too much.
const USE_RESOLUTION_SECONDS: i64 = 60;

/// A token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// On whose behalf it acts.
    pub person: PersonId,
    /// What it is for.
    pub name: String,
    /// What it narrows its person's rights to.
    pub scope: TokenScope,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; `None` is never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
}

impl Token {
    /// Whether [`touch`] would note a use at `now`.
    pub fn wants_touch(&self, now: Timestamp) -> bool {
        self.used_at.is_none_or(|used| used <= latest_noted(now))
    }
}

/// A use is noted when none was noted after this.
fn latest_noted(now: Timestamp) -> Timestamp {
    now.plus_seconds(-USE_RESOLUTION_SECONDS)
}

const SELECT: &str =
    "select id, person_id, name, scope, created_at, expires_at, used_at from tokens";

/// Stores a new token.
pub fn insert(sql: &mut dyn Sql, token: &Token, secret_hash: &[u8]) -> Result<(), Failure> {
    let values: [Value; 7] = [
        token.id.into(),
        secret_hash.into(),
        token.person.into(),
        (&token.name).into(),
        token.scope.as_str().into(),
        token.created_at.into(),
        token.expires_at.into(),
    ];
    sql.execute(
        "insert into tokens (id, secret_hash, person_id, name, scope, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)",
        &values,
    )?;
    Ok(())
}

/// The token with this secret and its person, if it has not ended at `now` and
/// the account is in use.
pub fn find(
    sql: &mut dyn Sql,
    secret_hash: &[u8],
    now: Timestamp,
) -> Result<Option<(Token, Person)>, Failure> {
    let statement =
        format!("{SELECT} where secret_hash = $1 and (expires_at is null or expires_at > $2)");
    let Some(token) = one(sql, &statement, &[secret_hash.into(), now.into()], read)? else {
        return Ok(None);
    };
    let person = people::get(sql, token.person)?.filter(|person| person.active);
    Ok(person.map(|person| (token, person)))
}

/// The token with this id.
pub fn get(sql: &mut dyn Sql, id: TokenId) -> Result<Option<Token>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// A person's tokens, the newest first.
pub fn of_person(sql: &mut dyn Sql, person: PersonId) -> Result<Vec<Token>, Failure> {
    many(
        sql,
        &format!("{SELECT} where person_id = $1 order by created_at desc, id desc"),
        &[person.into()],
        read,
    )
}

/// Every token, the newest first.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Token>, Failure> {
    many(sql, &format!("{SELECT} order by created_at desc, id desc"), &[], read)
}

/// Notes that a token was used, at most once a minute; whether it was noted.
pub fn touch(sql: &mut dyn Sql, id: TokenId, now: Timestamp) -> Result<bool, Failure> {
    let before = latest_noted(now);
    let statement =
        "update tokens set used_at = $2 where id = $1 and (used_at is null or used_at <= $3)";
    Ok(sql.execute(statement, &[id.into(), now.into(), before.into()])? == 1)
}

/// Changes name and end of a token; `false` when there is none any more.
pub fn update(sql: &mut dyn Sql, token: &Token) -> Result<bool, Failure> {
    let statement = "update tokens set name = $2, expires_at = $3 where id = $1";
    let values = [token.id.into(), (&token.name).into(), token.expires_at.into()];
    Ok(sql.execute(statement, &values)? == 1)
}

/// Revokes a token; `false` when there was none.
pub fn delete(sql: &mut dyn Sql, id: TokenId) -> Result<bool, Failure> {
    Ok(sql.execute("delete from tokens where id = $1", &[id.into()])? == 1)
}

fn read(row: &mut Columns) -> Result<Token, Failure> {
    Ok(Token {
        id: row.parsed()?,
        person: row.parsed()?,
        name: row.text()?,
        scope: row.parsed()?,
        created_at: row.at()?,
        expires_at: row.opt_at()?,
        used_at: row.opt_at()?,
    })
}
