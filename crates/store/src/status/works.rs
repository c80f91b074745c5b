//! What the outside is told of a maintenance window.

use crate::directory::{json, many, one};
use crate::{Columns, Failure, Sql};
use kernel::{ComponentId, MaintenanceId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is told. A window without it is nobody's business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Of which window.
    pub maintenance: MaintenanceId,
    /// What it is called outside.
    pub title: String,
    /// What it means for people; may be empty.
    pub body: String,
    /// What it concerns. What is gone is left out by readers.
    pub components: BTreeSet<ComponentId>,
    /// How many minutes before it begins subscribers are reminded; none is not at all.
    pub remind_minutes: Option<u32>,
    /// When it was announced.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

const SELECT: &str = "select maintenance_id, title, body, components, remind_minutes, created_at, updated_at from maintenance_words";

/// Tells this of a window from now on. When it was announced first, stays.
pub fn put(sql: &mut dyn Sql, words: &Words) -> Result<(), Failure> {
    let statement = "insert into maintenance_words (maintenance_id, title, body, components, remind_minutes, created_at, updated_at) \
        values ($1, $2, $3, $4, $5, $6, $7) \
        on conflict (maintenance_id) do update set title = excluded.title, body = excluded.body, \
        components = excluded.components, remind_minutes = excluded.remind_minutes, updated_at = excluded.updated_at";
    let values = [
        words.maintenance.into(),
        (&words.title).into(),
        (&words.body).into(),
        json(&words.components)?.into(),
        words.remind_minutes.into(),
        words.created_at.into(),
        words.updated_at.into(),
    ];
    sql.execute(statement, &values).map(drop)
}

/// Tells nothing of a window any more.
pub fn remove(sql: &mut dyn Sql, maintenance: MaintenanceId) -> Result<(), Failure> {
    sql.execute("delete from maintenance_words where maintenance_id = $1", &[maintenance.into()])
        .map(drop)
}

/// What is told of a window.
pub fn get(sql: &mut dyn Sql, maintenance: MaintenanceId) -> Result<Option<Words>, Failure> {
    one(sql, &format!("{SELECT} where maintenance_id = $1"), &[maintenance.into()], read)
}

/// What is told of any window.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Words>, Failure> {
    many(sql, &format!("{SELECT} order by maintenance_id"), &[], read)
}

fn read(row: &mut Columns) -> Result<Words, Failure> {
    Ok(Words {
        maintenance: row.parsed()?,
        title: row.text()?,
        body: row.text()?,
        components: row.json()?,
        remind_minutes: row.opt_int()?.and_then(|minutes| u32::try_from(minutes).ok()),
        created_at: row.at()?,
        updated_at: row.at()?,
    })
}
