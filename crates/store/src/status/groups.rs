//! Headings that components stand under.

use super::Way;
use crate::directory::{many, one};
use crate::{Columns, Failure, Sql};
use kernel::{ComponentGroupId, Timestamp};
use serde::{Deserialize, Serialize};

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: ComponentGroupId,
    /// Its name, unique whatever the case.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// Where it stands among the others, from 1.
    pub position: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

const SELECT: &str =
    "select id, name, description, position, created_at, updated_at, version from component_groups";

/// Stores a new one, behind the others whatever its position says. [`Failure::Exists`] when the
/// name is taken.
pub fn insert(sql: &mut dyn Sql, group: &Group) -> Result<(), Failure> {
    let statement = "insert into component_groups (id, name, description, position, created_at, updated_at) \
        values ($1, $2, $3, (select coalesce(max(position), 0) + 1 from component_groups), $4, $5)";
    let values = [
        group.id.into(),
        (&group.name).into(),
        (&group.description).into(),
        group.created_at.into(),
        group.updated_at.into(),
    ];
    sql.execute(statement, &values).map(drop)
}

/// Changes name and description; `false` when `expected_version` is not its any more.
/// [`Failure::Exists`] when the name is taken.
pub fn update(sql: &mut dyn Sql, group: &Group, expected_version: i64) -> Result<bool, Failure> {
    let statement = "update component_groups set name = $2, description = $3, updated_at = $4, \
        version = version + 1 where id = $1 and version = $5";
    let values = [
        group.id.into(),
        (&group.name).into(),
        (&group.description).into(),
        group.updated_at.into(),
        expected_version.into(),
    ];
    Ok(sql.execute(statement, &values)? == 1)
}

/// Removes one; its components stand under no heading then. `false` when there is none.
/// [`Failure::Exists`] when a component of the same name stands there already.
pub fn remove(sql: &mut dyn Sql, id: ComponentGroupId) -> Result<bool, Failure> {
    let alone = "update components set group_id = null, version = version + 1 where group_id = $1";
    sql.execute(alone, &[id.into()])?;
    Ok(sql.execute("delete from component_groups where id = $1", &[id.into()])? == 1)
}

/// The one with this id.
pub fn get(sql: &mut dyn Sql, id: ComponentGroupId) -> Result<Option<Group>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// All of them, in their order.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Group>, Failure> {
    many(sql, &format!("{SELECT} order by position, id"), &[], read)
}

/// Moves one past its neighbour; `false` when there is none.
pub fn shift(sql: &mut dyn Sql, id: ComponentGroupId, way: Way) -> Result<bool, Failure> {
    let ids = list(sql)?.into_iter().map(|group| group.id).collect();
    super::shift(sql, "component_groups", ids, id, way)
}

fn read(row: &mut Columns) -> Result<Group, Failure> {
    Ok(Group {
        id: row.parsed()?,
        name: row.text()?,
        description: row.text()?,
        position: row.int()?,
        created_at: row.at()?,
        updated_at: row.at()?,
        version: row.int()?,
    })
}
