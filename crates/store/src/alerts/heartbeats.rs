//! Signs of life, and when the next has to come.

use crate::directory::many;
use crate::{Columns, Failure, Sql, Table, Type};
use kernel::{IntegrationId, Timestamp};

/// Heartbeats of one integration that are known at most: each is a row that is watched. Those
/// whose silence was told make room for new ones.
pub const NAMES_MAX: i64 = 1_000;

/// A sign of life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    /// Whose.
    pub integration: IntegrationId,
    /// What it is called there.
    pub name: String,
    /// In how many seconds the next has to come.
    pub every_seconds: i64,
}

const BEATS: Table = Table {
    name: "heartbeats",
    columns: &[
        ("integration_id", Type::Text),
        ("name", Type::Text),
        ("every_seconds", Type::Int),
        ("last_at", Type::Int),
        ("due_at", Type::Int),
    ],
    suffix: "on conflict (integration_id, name) do update set every_seconds = excluded.every_seconds, \
        last_at = excluded.last_at, due_at = excluded.due_at",
};

/// Notes signs of life, each of another heartbeat.
pub fn came<'a>(
    sql: &mut dyn Sql,
    beats: impl Iterator<Item = &'a Beat>,
    now: Timestamp,
) -> Result<(), Failure> {
    let rows: Vec<_> = beats
        .map(|beat| {
            vec![
                beat.integration.into(),
                (&beat.name).into(),
                beat.every_seconds.into(),
                now.into(),
                now.plus_seconds(beat.every_seconds).into(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    sql.insert(&BEATS, rows).map(drop)
}

/// Those that should have come by an instant: whose, what it is called, and the last.
pub fn due(
    sql: &mut dyn Sql,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(IntegrationId, String, Timestamp)>, Failure> {
    let statement = "select integration_id, name, last_at from heartbeats where due_at <= $1 \
        order by due_at, integration_id, name limit $2";
    many(sql, statement, &[now.into(), limit.into()], |row| {
        Ok((row.parsed()?, row.text()?, row.at()?))
    })
}

/// Waits for one no more, until it comes again: its silence is told.
pub fn told(sql: &mut dyn Sql, integration: IntegrationId, name: &str) -> Result<(), Failure> {
    let statement = "update heartbeats set due_at = null where integration_id = $1 and name = $2";
    sql.execute(statement, &[integration.into(), name.into()]).map(drop)
}

/// Waits for one until an instant, because nobody could have heard it before, or nobody wants
/// to hear now.
pub fn put_off(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    name: &str,
    until: Timestamp,
) -> Result<(), Failure> {
    let statement = "update heartbeats set due_at = $3 where integration_id = $1 and name = $2";
    sql.execute(statement, &[integration.into(), name.into(), until.into()]).map(drop)
}

/// Forgets the one that is silent for longest of those whose silence was told; whether there was
/// one. When it comes again it is known again.
pub fn make_room(sql: &mut dyn Sql, integration: IntegrationId) -> Result<bool, Failure> {
    let statement = "delete from heartbeats where integration_id = $1 and name = \
        (select name from heartbeats where integration_id = $1 and due_at is null \
        order by last_at, name limit 1)";
    Ok(sql.execute(statement, &[integration.into()])? > 0)
}

/// How many an integration has.
pub fn count(sql: &mut dyn Sql, integration: IntegrationId) -> Result<i64, Failure> {
    let statement = "select count(*) from heartbeats where integration_id = $1";
    let found = crate::directory::one(sql, statement, &[integration.into()], Columns::int)?;
    Ok(found.unwrap_or(0))
}

/// Whether one is known.
pub fn is_known(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    name: &str,
) -> Result<bool, Failure> {
    let statement = "select 1 from heartbeats where integration_id = $1 and name = $2";
    Ok(!sql.query(statement, &[integration.into(), name.into()])?.is_empty())
}
