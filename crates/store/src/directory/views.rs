//! Saved views of the queue: a name for a query.

use super::rows::{many, one};
use crate::{Columns, Failure, Sql, Value};
use kernel::{PersonId, TeamId, ViewId};
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
    /// Whether everybody sees it too.
    pub shared: bool,
    /// The team that sees it too, where not everybody does.
    pub team: Option<TeamId>,
    /// Its place among the owner's views, from 0.
    pub place: i64,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

const SELECT: &str = "select id, owner_id, name, query, shared, team_id, place, version from views";

/// Stores a new view.
pub fn insert(sql: &mut dyn Sql, view: &View) -> Result<(), Failure> {
    let mut values = values(view);
    values.push(view.owner.into());
    sql.execute("insert into views (id, name, query, shared, place, team_id, owner_id) values ($1, $2, $3, $4, $5, $6, $7)", &values)?;
    Ok(())
}

/// Changes a view, all but its owner; `false` when `expected_version` is not its any more.
pub fn update(sql: &mut dyn Sql, view: &View, expected_version: i64) -> Result<bool, Failure> {
    let mut values = values(view);
    values.push(expected_version.into());
    let touched = sql.execute(
        "update views set name = $2, query = $3, shared = $4, place = $5, team_id = $6, version = version + 1 where id = $1 and version = $7",
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

/// The views that others share with everybody or with a team of this person, by name.
pub fn shared_with(sql: &mut dyn Sql, person: PersonId) -> Result<Vec<View>, Failure> {
    many(
        sql,
        &format!(
            "{SELECT} where (shared = 1 or team_id in (select team_id from team_members where person_id = $1)) and owner_id <> $1 order by lower(name), id"
        ),
        &[person.into()],
        read,
    )
}

/// The view with this id, if it is this person's own or shared with them.
pub fn seen_by(sql: &mut dyn Sql, id: ViewId, person: PersonId) -> Result<Option<View>, Failure> {
    one(
        sql,
        &format!(
            "{SELECT} where id = $1 and (owner_id = $2 or shared = 1 or team_id in (select team_id from team_members where person_id = $2))"
        ),
        &[id.into(), person.into()],
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
        view.team.into(),
    ]
}

fn read(row: &mut Columns) -> Result<View, Failure> {
    Ok(View {
        id: row.parsed()?,
        owner: row.parsed()?,
        name: row.text()?,
        query: row.text()?,
        shared: row.flag()?,
        team: row.opt_parsed()?,
        place: row.int()?,
        version: row.int()?,
    })
}
