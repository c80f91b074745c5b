//! How somebody says that a component is, whatever the ledger of outages says.

use crate::directory::{many, one};
use crate::{Columns, Failure, Sql};
use kernel::{ComponentId, Timestamp};
use map::Health;
use serde::{Deserialize, Serialize};

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Of what.
    pub component: ComponentId,
    /// How it is.
    pub health: Health,
    /// Why, internal.
    pub reason: String,
    /// Who says so, as they were called.
    pub set_by: String,
    /// From when on.
    pub started_at: Timestamp,
    /// Until just before when, which may lie ahead; none until somebody ends it.
    pub ended_at: Option<Timestamp>,
}

const SELECT: &str =
    "select component_id, health, reason, set_by, started_at, ended_at from component_conditions";

/// From its beginning on this holds, and what was said before does not any more.
pub fn say(sql: &mut dyn Sql, said: &Said) -> Result<(), Failure> {
    end(sql, said.component, said.started_at)?;
    let statement = "insert into component_conditions (component_id, health, reason, set_by, started_at, ended_at) \
        values ($1, $2, $3, $4, $5, $6)";
    let values = [
        said.component.into(),
        said.health.as_str().into(),
        (&said.reason).into(),
        (&said.set_by).into(),
        said.started_at.into(),
        said.ended_at.into(),
    ];
    sql.execute(statement, &values).map(drop)
}

/// Ends what is said of a component at an instant; `false` when nothing is.
pub fn end(sql: &mut dyn Sql, component: ComponentId, at: Timestamp) -> Result<bool, Failure> {
    let values = [component.into(), at.into()];
    // What began at the same instant was never so.
    let same = "delete from component_conditions where component_id = $1 and started_at >= $2";
    let gone = sql.execute(same, &values)?;
    let statement = "update component_conditions set ended_at = $2 \
        where component_id = $1 and (ended_at is null or ended_at > $2)";
    Ok(gone + sql.execute(statement, &values)? > 0)
}

/// What is said of a component at an instant.
pub fn of_component(
    sql: &mut dyn Sql,
    component: ComponentId,
    at: Timestamp,
) -> Result<Option<Said>, Failure> {
    let statement = format!(
        "{SELECT} where component_id = $1 and started_at <= $2 and (ended_at is null or ended_at > $2) \
         order by started_at desc limit 1"
    );
    one(sql, &statement, &[component.into(), at.into()], read)
}

/// What held of any component since an instant, the oldest first.
pub fn since(sql: &mut dyn Sql, from: Timestamp) -> Result<Vec<Said>, Failure> {
    let statement = format!(
        "{SELECT} where ended_at is null or ended_at > $1 order by started_at, component_id"
    );
    many(sql, &statement, &[from.into()], read)
}

fn read(row: &mut Columns) -> Result<Said, Failure> {
    Ok(Said {
        component: row.parsed()?,
        health: row.parsed()?,
        reason: row.text()?,
        set_by: row.text()?,
        started_at: row.at()?,
        ended_at: row.opt_at()?,
    })
}
