//! Saved views of the queue: a name for a query.

use super::rows::{many, one};
use crate::{Columns, Failure, Sql, Value};
use kernel::{PersonId, ViewId};
use serde::{Deserialize, Serialize};

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Its id.
    pub id: ViewId,
    /// Whose.
    pub owner: PersonId,
    /// Its name.
    pub name: String,
    /// Its query as text, so that it outlives changes of the language.
    pub query: String,
    /// Whether others see it too.
    pub shared: bool,
    /// Its place among the owner's views, from 0.
    pub place: i64,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

const SELECT: &str = "select id, owner_id, name, query, shared, place, version from views";

/// Stores a new view.
pub fn insert(sql: &mut dyn Sql, view: &View) -> Result<(), Failure> {
    let mut values = values(view);
    values.push(view.owner.into());
    sql.execute("insert into views (id, name, query, shared, place, owner_id) values ($1, $2, $3, $4, $5, $6)", &values)?;
    Ok(())
}

/// Changes a view, all but its owner; `false` when `expected_version` is not its any more.
pub fn update(sql: &mut dyn Sql, view: &View, expected_version: i64) -> Result<bool, Failure> {
    let mut values = values(view);
    values.push(expected_version.into());
    let touched = sql.execute(
        "update views set name = $2, query = $3, shared = $4, place = $5, version = version + 1 where id = $1 and version = $6",
        &values,
    )?;
    Ok(touched == 1)
}

/// The view with this id.
pub fn get(sql: &mut dyn Sql, id: ViewId) -> Result<Option<View>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// A person's own views in their order.
pub fn of_person(sql: &mut dyn Sql, person: PersonId) -> Result<Vec<View>, Failure> {
    many(
        sql,
        &format!("{SELECT} where owner_id = $1 order by place, lower(name), id"),
        &[person.into()],
        read,
    )
}

/// The views that others share, by name.
pub fn shared_with(sql: &mut dyn Sql, person: PersonId) -> Result<Vec<View>, Failure> {
    many(
        sql,
        &format!("{SELECT} where shared = 1 and owner_id <> $1 order by lower(name), id"),
        &[person.into()],
        read,
    )
}

/// Removes a view; `false` when there was none.
pub fn delete(sql: &mut dyn Sql, id: ViewId) -> Result<bool, Failure> {
    Ok(sql.execute("delete from views where id = $1", &[id.into()])? == 1)
}

fn values(view: &View) -> Vec<Value> {
    vec![
        view.id.into(),
        (&view.name).into(),
        (&view.query).into(),
        view.shared.into(),
        view.place.into(),
    ]
}

fn read(row: &mut Columns) -> Result<View, Failure> {
    Ok(View {
        id: row.parsed()?,
        owner: row.parsed()?,
        name: row.text()?,
        query: row.text()?,
        shared: row.flag()?,
        place: row.int()?,
        version: row.int()?,
    })
}
