//! Windows in which alerts are recorded and page nobody.

use crate::directory::{json, many, one, slots};
use crate::{Columns, Failure, Sql, Value};
use alert::maintenance::{Maintenance, Matcher};
use kernel::{MaintenanceId, Timestamp};
use serde::Serialize;

const SELECT: &str = "select id, name, starts_at, ends_at, recurrence, matcher, created_by, cancelled, version from maintenances";

/// When open alerts are looked at that a window is for, or was: before all others.
const AT_ONCE: Timestamp = Timestamp::from_micros(0);

/// Lets the open alerts be looked at that a window may be for and that page: those of its
/// integrations and services. Its labels are compared when they are.
pub fn look_again(sql: &mut dyn Sql, matcher: &Matcher) -> Result<(), Failure> {
    let mut values: Vec<Value> = vec![AT_ONCE.into()];
    let mut conditions = String::new();
    let services: Vec<_> = matcher.services.iter().copied().collect();
    let integrations: Vec<_> = matcher.integrations.iter().copied().collect();
    if !services.is_empty() {
        let (names, more) = slots(values.len() + 1, &services);
        conditions.push_str(&format!(" and service_id in ({names})"));
        values.extend(more);
    }
    if !integrations.is_empty() {
        let (names, more) = slots(values.len() + 1, &integrations);
        conditions.push_str(&format!(" and integration_id in ({names})"));
        values.extend(more);
    }
    let statement = format!(
        "update alerts set check_at = $1 where ended_at is null and muted is null{conditions}"
    );
    sql.execute(&statement, &values).map(drop)
}

/// Lets the open alerts be looked at that a window mutes, whichever.
fn look_at_muted(sql: &mut dyn Sql) -> Result<(), Failure> {
    let statement =
        "update alerts set check_at = $1 where ended_at is null and muted = 'maintenance'";
    sql.execute(statement, &[AT_ONCE.into()]).map(drop)
}

/// Stores a new one. What fires already is looked at.
pub fn insert(sql: &mut dyn Sql, one: &Maintenance) -> Result<(), Failure> {
    look_again(sql, &one.matcher)?;
    sql.execute(
        "insert into maintenances (id, name, starts_at, ends_at, recurrence, matcher, created_by, cancelled) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &values(one)?,
    )
    .map(drop)
}

/// Changes one; `false` when `expected_version` is not its any more. What it mutes, and what
/// fires already, is looked at.
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
        look_at_muted(sql)?;
        if !one.cancelled {
            look_again(sql, &one.matcher)?;
        }
    }
    Ok(touched == 1)
}

/// The one with this id.
pub fn get(sql: &mut dyn Sql, id: MaintenanceId) -> Result<Option<Maintenance>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// A row that cannot be read: it counts for nothing, so that no other is lost with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damaged {
    /// Its id, as it is written.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is wrong with it.
    pub words: String,
}

/// Those that are called off by nobody and cannot be read.
pub fn damaged(sql: &mut dyn Sql) -> Result<Vec<Damaged>, Failure> {
    let statement = format!("{SELECT} where cancelled = 0 order by starts_at, id");
    let all = many(sql, &statement, &[], read_or_say)?;
    Ok(all.into_iter().filter_map(Result::err).collect())
}

/// Calls off one that cannot be read; whether there is such a one.
pub fn call_off_damaged(sql: &mut dyn Sql, id: &str) -> Result<bool, Failure> {
    if damaged(sql)?.iter().all(|one| one.id != id) {
        return Ok(false);
    }
    look_at_muted(sql)?;
    let statement = "update maintenances set cancelled = 1, version = version + 1 where id = $1";
    Ok(sql.execute(statement, &[id.into()])? == 1)
}

/// Those that can be read, of rows.
fn sound(rows: Vec<Result<Maintenance, Damaged>>) -> Vec<Maintenance> {
    rows.into_iter().filter_map(Result::ok).collect()
}

/// Those that are not over or called off at an instant, by their beginning.
pub fn current(sql: &mut dyn Sql, now: Timestamp) -> Result<Vec<Maintenance>, Failure> {
    let statement = format!(
        "{SELECT} where cancelled = 0 and (ends_at is null or ends_at > $1) order by starts_at, id"
    );
    many(sql, &statement, &[now.into()], read_or_say).map(sound)
}

/// All of them, the newest first; `limit` at most.
pub fn list(sql: &mut dyn Sql, limit: i64) -> Result<Vec<Maintenance>, Failure> {
    let statement = format!("{SELECT} order by starts_at desc, id limit $1");
    many(sql, &statement, &[limit.into()], read_or_say).map(sound)
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

/// A row, or what is wrong with it.
fn read_or_say(row: &mut Columns) -> Result<Result<Maintenance, Damaged>, Failure> {
    let (id, name) = (row.text()?, row.text()?);
    match read_rest(row, &id, &name) {
        Err(Failure::Damaged(words)) => Ok(Err(Damaged { id, name, words })),
        other => other.map(Ok),
    }
}

fn read(row: &mut Columns) -> Result<Maintenance, Failure> {
    let (id, name) = (row.text()?, row.text()?);
    read_rest(row, &id, &name)
}

fn read_rest(row: &mut Columns, id: &str, name: &str) -> Result<Maintenance, Failure> {
    Ok(Maintenance {
        id: id.parse().map_err(|kernel::Invalid(words)| Failure::damaged(words))?,
        name: name.to_owned(),
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
