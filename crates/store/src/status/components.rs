//! What people use, as the outside knows it.

use super::Way;
use crate::directory::{many, one, slots};
use crate::{Columns, Failure, Sql};
use kernel::{ComponentGroupId, ComponentId, ServiceId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Its id.
    pub id: ComponentId,
    /// Its name outside, unique under its heading whatever the case.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// The service whose outages are its own.
    pub service: Option<ServiceId>,
    /// The heading it stands under.
    pub group: Option<ComponentGroupId>,
    /// Where it stands among the others under its heading, from 1.
    pub position: i64,
    /// Whether only the internal page shows it.
    pub internal: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

const SELECT: &str = "select id, name, description, service_id, group_id, position, internal, \
    created_at, updated_at, version from components";

/// Stores a new one, behind the others whatever its position says. [`Failure::Exists`] when the
/// name is taken there, [`Failure::Reference`] when service or group do not exist.
pub fn insert(sql: &mut dyn Sql, component: &Component) -> Result<(), Failure> {
    let statement = "insert into components (id, name, description, service_id, group_id, internal, created_at, updated_at, position) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, (select coalesce(max(position), 0) + 1 from components))";
    let values = [
        component.id.into(),
        (&component.name).into(),
        (&component.description).into(),
        component.service.into(),
        component.group.into(),
        component.internal.into(),
        component.created_at.into(),
        component.updated_at.into(),
    ];
    sql.execute(statement, &values).map(drop)
}

/// Changes one but for its place; `false` when `expected_version` is not its any more.
pub fn update(
    sql: &mut dyn Sql,
    component: &Component,
    expected_version: i64,
) -> Result<bool, Failure> {
    let statement = "update components set name = $2, description = $3, service_id = $4, group_id = $5, \
        internal = $6, updated_at = $7, version = version + 1 where id = $1 and version = $8";
    let values = [
        component.id.into(),
        (&component.name).into(),
        (&component.description).into(),
        component.service.into(),
        component.group.into(),
        component.internal.into(),
        component.updated_at.into(),
        expected_version.into(),
    ];
    Ok(sql.execute(statement, &values)? == 1)
}

/// Removes one with what was said of it; `false` when there is none.
pub fn remove(sql: &mut dyn Sql, id: ComponentId) -> Result<bool, Failure> {
    sql.execute("delete from component_conditions where component_id = $1", &[id.into()])?;
    Ok(sql.execute("delete from components where id = $1", &[id.into()])? == 1)
}

/// The one with this id.
pub fn get(sql: &mut dyn Sql, id: ComponentId) -> Result<Option<Component>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// All of them, in their order.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Component>, Failure> {
    many(sql, &format!("{SELECT} order by position, id"), &[], read)
}

/// Those of these services, whatever page shows them.
pub fn of_services(
    sql: &mut dyn Sql,
    services: &BTreeSet<ServiceId>,
) -> Result<Vec<ComponentId>, Failure> {
    let (names, values) = slots(1, &services.iter().copied().collect::<Vec<_>>());
    let statement =
        format!("select id from components where service_id in ({names}) order by position, id");
    many(sql, &statement, &values, Columns::parsed)
}

/// Moves one past its neighbour under the same heading; `false` when there is none.
pub fn shift(sql: &mut dyn Sql, id: ComponentId, way: Way) -> Result<bool, Failure> {
    let all = list(sql)?;
    let Some(group) = all.iter().find(|one| one.id == id).map(|one| one.group) else {
        return Ok(false);
    };
    let ids = all.iter().filter(|one| one.group == group).map(|one| one.id).collect();
    super::shift(sql, "components", ids, id, way)
}

fn read(row: &mut Columns) -> Result<Component, Failure> {
    Ok(Component {
        id: row.parsed()?,
        name: row.text()?,
        description: row.text()?,
        service: row.opt_parsed()?,
        group: row.opt_parsed()?,
        position: row.int()?,
        internal: row.flag()?,
        created_at: row.at()?,
        updated_at: row.at()?,
        version: row.int()?,
    })
}
