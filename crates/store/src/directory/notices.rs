//! Who is told what: standard rows that were changed, and rows that were added.

use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::notices::{Notice, Occasion, Recipient};
use incident::telling::Channels;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const SELECT: &str = "select id, name, body, active, version from notification_rules";

/// What of a row is kept as JSON.
#[derive(Serialize, Deserialize)]
struct Body {
    on: BTreeSet<Occasion>,
    when: String,
    to: Recipient,
    channels: Channels,
    always: bool,
}

/// Stores a new row. [`Failure::Exists`] when the name is taken.
pub fn insert(sql: &mut dyn Sql, notice: &Notice) -> Result<(), Failure> {
    let statement =
        "insert into notification_rules (id, name, body, active) values ($1, $2, $3, $4)";
    sql.execute(statement, &values(notice)?).map(drop)
}

/// Changes a row; `false` when `expected_version` is not its any more.
pub fn update(sql: &mut dyn Sql, notice: &Notice, expected_version: i64) -> Result<bool, Failure> {
    let mut values = values(notice)?;
    values.push(expected_version.into());
    let statement = "update notification_rules set name = $2, body = $3, active = $4, \
        version = version + 1 where id = $1 and version = $5";
    Ok(sql.execute(statement, &values)? == 1)
}

/// Removes a row; a standard row is as it came again. `false` when there was none.
pub fn delete(sql: &mut dyn Sql, id: &str) -> Result<bool, Failure> {
    Ok(sql.execute("delete from notification_rules where id = $1", &[id.into()])? == 1)
}

/// The row with this id, if it was changed or added.
pub fn get(sql: &mut dyn Sql, id: &str) -> Result<Option<Notice>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// The row with this name, whatever the case.
pub fn by_name(sql: &mut dyn Sql, name: &str) -> Result<Option<Notice>, Failure> {
    one(sql, &format!("{SELECT} where lower(name) = lower($1)"), &[name.trim().into()], read)
}

/// Every row that was changed or added, by name.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Notice>, Failure> {
    many(sql, &format!("{SELECT} order by lower(name), id"), &[], read)
}

fn values(notice: &Notice) -> Result<Vec<Value>, Failure> {
    let body = Body {
        on: notice.on.clone(),
        when: notice.when.clone(),
        to: notice.to,
        channels: notice.channels,
        always: notice.always,
    };
    Ok(vec![
        notice.id.as_str().into(),
        (&notice.name).into(),
        json(&body)?.into(),
        notice.active.into(),
    ])
}

fn read(row: &mut Columns) -> Result<Notice, Failure> {
    let (id, name) = (row.text()?, row.text()?);
    let Body { on, when, to, channels, always } = row.json()?;
    let (active, version) = (row.flag()?, row.int()?);
    Ok(Notice { id, name, on, when, to, channels, always, active, version })
}
