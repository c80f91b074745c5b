//! Sessions of browsers. Only the hash of the secret is stored.

use super::people::{self, Person};
use super::rows::{many, one};
use crate::{Columns, Failure, Sql};
use kernel::{PersonId, Timestamp};

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of its secret.
    pub secret_hash: Vec<u8>,
    /// Whose.
    pub person: PersonId,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The browser as it called itself.
    pub agent: String,
}

const SELECT: &str =
    "select secret_hash, person_id, created_at, seen_at, expires_at, agent from sessions";

/// Stores a new session.
pub fn insert(sql: &mut dyn Sql, session: &Session) -> Result<(), Failure> {
    sql.execute(
        "insert into sessions (secret_hash, person_id, created_at, seen_at, expires_at, agent) values ($1, $2, $3, $4, $5, $6)",
        &[
            session.secret_hash.as_slice().into(),
            session.person.into(),
            session.created_at.into(),
            session.seen_at.into(),
            session.expires_at.into(),
            (&session.agent).into(),
        ],
    )?;
    Ok(())
}

/// The session with this secret and its person, if it has not ended at `now` and
/// the account is in use.
pub fn find(
    sql: &mut dyn Sql,
    secret_hash: &[u8],
    now: Timestamp,
) -> Result<Option<(Session, Person)>, Failure> {
    let statement = format!("{SELECT} where secret_hash = $1 and expires_at > $2");
    let Some(session) = one(sql, &statement, &[secret_hash.into(), now.into()], read)? else {
        return Ok(None);
    };
    let person = people::get(sql, session.person)?.filter(|person| person.active);
    Ok(person.map(|person| (session, person)))
}

/// Notes that a session was used and moves its end.
pub fn touch(
    sql: &mut dyn Sql,
    secret_hash: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), Failure> {
    let statement = "update sessions set seen_at = $2, expires_at = $3 where secret_hash = $1";
    sql.execute(statement, &[secret_hash.into(), now.into(), expires_at.into()])?;
    Ok(())
}

/// A person's sessions, the last used first.
pub fn of_person(sql: &mut dyn Sql, person: PersonId) -> Result<Vec<Session>, Failure> {
    many(
        sql,
        &format!("{SELECT} where person_id = $1 order by seen_at desc"),
        &[person.into()],
        read,
    )
}

/// Ends a session; `false` when there was none.
pub fn delete(sql: &mut dyn Sql, secret_hash: &[u8]) -> Result<bool, Failure> {
    Ok(sql.execute("delete from sessions where secret_hash = $1", &[secret_hash.into()])? == 1)
}

/// Ends a person's sessions, all but `except`; how many.
pub fn delete_of_person(
    sql: &mut dyn Sql,
    person: PersonId,
    except: Option<&[u8]>,
) -> Result<u64, Failure> {
    let kept = except.unwrap_or_default();
    sql.execute(
        "delete from sessions where person_id = $1 and secret_hash <> $2",
        &[person.into(), kept.into()],
    )
}

/// Removes the sessions that have ended at `now`; how many.
pub fn expire(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Failure> {
    sql.execute("delete from sessions where expires_at <= $1", &[now.into()])
}

fn read(row: &mut Columns) -> Result<Session, Failure> {
    Ok(Session {
        secret_hash: row.bytes()?,
        person: row.parsed()?,
        created_at: row.at()?,
        seen_at: row.at()?,
        expires_at: row.at()?,
        agent: row.text()?,
    })
}
