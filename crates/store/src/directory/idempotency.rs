//! Answers that were given to requests with a key, so that a repetition gets the
//! same one.

use super::rows::one;
use crate::{Failure, Sql};
use kernel::{PersonId, Timestamp};

/// The answer to a request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The hash of the request: another request with this key is a mistake.
    pub request_hash: Vec<u8>,
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// When it was given.
    pub created_at: Timestamp,
}

/// The answer that was given to this person for this key.
pub fn find(sql: &mut dyn Sql, person: PersonId, key: &str) -> Result<Option<Answer>, Failure> {
    let statement = "select request_hash, status, body, created_at from idempotency where person_id = $1 and key = $2";
    one(sql, statement, &[person.into(), key.into()], |row| {
        Ok(Answer {
            request_hash: row.bytes()?,
            status: u16::try_from(row.int()?)
                .map_err(|_| Failure::damaged("a stored status is no HTTP status"))?,
            body: row.text()?,
            created_at: row.at()?,
        })
    })
}

/// Keeps an answer; `false` when there is one for this key already, which stays.
pub fn record(
    sql: &mut dyn Sql,
    person: PersonId,
    key: &str,
    answer: &Answer,
) -> Result<bool, Failure> {
    let touched = sql.execute(
        "insert into idempotency (person_id, key, request_hash, status, body, created_at) values ($1, $2, $3, $4, $5, $6) \
         on conflict do nothing",
        &[
            person.into(),
            key.into(),
            answer.request_hash.as_slice().into(),
            i64::from(answer.status).into(),
            (&answer.body).into(),
            answer.created_at.into(),
        ],
    )?;
    Ok(touched == 1)
}

/// Puts an answer in the place of what was kept for this key at an instant; `false` when that is
/// not there any more.
pub fn replace(
    sql: &mut dyn Sql,
    person: PersonId,
    key: &str,
    kept_at: Timestamp,
    answer: &Answer,
) -> Result<bool, Failure> {
    let statement = "update idempotency set request_hash = $4, status = $5, body = $6, created_at = $7 \
        where person_id = $1 and key = $2 and created_at = $3";
    let values = [
        person.into(),
        key.into(),
        kept_at.into(),
        answer.request_hash.as_slice().into(),
        i64::from(answer.status).into(),
        (&answer.body).into(),
        answer.created_at.into(),
    ];
    Ok(sql.execute(statement, &values)? == 1)
}

/// Forgets what was kept for this key at an instant.
pub fn forget(
    sql: &mut dyn Sql,
    person: PersonId,
    key: &str,
    kept_at: Timestamp,
) -> Result<(), Failure> {
    let statement = "delete from idempotency where person_id = $1 and key = $2 and created_at = $3";
    sql.execute(statement, &[person.into(), key.into(), kept_at.into()]).map(drop)
}

/// Forgets the answers given before an instant; how many.
pub fn expire(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Failure> {
    sql.execute("delete from idempotency where created_at < $1", &[before.into()])
}
