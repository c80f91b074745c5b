//! Windows in which alerts are recorded and page nobody.

use crate::directory::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use alert::maintenance::Maintenance;
use kernel::{MaintenanceId, Muted, Timestamp};

const SELECT: &str = "select id, name, starts_at, ends_at, recurrence, matcher, created_by, cancelled, version from maintenances";

/// Stores a new one.
pub fn insert(sql: &mut dyn Sql, one: &Maintenance) -> Result<(), Failure> {
    sql.execute(
        "insert into maintenances (id, name, starts_at, ends_at, recurrence, matcher, created_by, cancelled) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &values(one)?,
    )
    .map(drop)
}

/// Changes one; `false` when `expected_version` is not its any more.
pub fn update(
    sql: &mut dyn Sql,
    one: &Maintenance,
    expected_version: i64,
) -> Result<bool, Failure> {
    let mut values = values(one)?;
    values.push(expected_version.into());
    let touched = sql.execute(
        "update maintenances set name = $2, starts_at = $3, ends_at = $4, recurrence = $5, matcher = $6, \
         created_by = $7, cancelled = $8, version = version + 1 where id = $1 and version = $9",
        &values,
    )?;
    if touched == 1 {
        // It may hold for less now: what is muted is looked at again at once.
        sql.execute(
            "update alerts set muted_until = 0, check_at = 0 where muted = $1 and check_at is not null",
            &[Muted::Maintenance.as_str().into()],
        )?;
    }
    Ok(touched == 1)
}

/// The one with this id.
pub fn get(sql: &mut dyn Sql, id: MaintenanceId) -> Result<Option<Maintenance>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// Those that are not over or called off at an instant, by their beginning.
pub fn current(sql: &mut dyn Sql, now: Timestamp) -> Result<Vec<Maintenance>, Failure> {
    let statement = format!(
        "{SELECT} where cancelled = 0 and (ends_at is null or ends_at > $1) order by starts_at, id"
    );
    many(sql, &statement, &[now.into()], read)
}

/// All of them, the newest first; `limit` at most.
pub fn list(sql: &mut dyn Sql, limit: i64) -> Result<Vec<Maintenance>, Failure> {
    let statement = format!("{SELECT} order by starts_at desc, id limit $1");
    many(sql, &statement, &[limit.into()], read)
}

fn values(one: &Maintenance) -> Result<Vec<Value>, Failure> {
    Ok(vec![
        one.id.into(),
        (&one.name).into(),
        one.starts_at.into(),
        one.ends_at.into(),
        one.recurrence.as_ref().map(json).transpose()?.into(),
        json(&one.matcher)?.into(),
        (&one.created_by).into(),
        one.cancelled.into(),
    ])
}

fn read(row: &mut Columns) -> Result<Maintenance, Failure> {
    Ok(Maintenance {
        id: row.parsed()?,
        name: row.text()?,
        starts_at: row.at()?,
        ends_at: row.opt_at()?,
        recurrence: match row.opt_text()? {
            Some(text) => Some(
                serde_json::from_str(&text)
                    .map_err(|error| Failure::damaged(format!("a recurrence: {error}")))?,
            ),
            None => None,
        },
        matcher: row.json()?,
        created_by: row.text()?,
        cancelled: row.flag()?,
        version: row.int()?,
    })
}
