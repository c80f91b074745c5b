//! Escalation policies: who is paged, in which order, after how long.

use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::escalation::{EscalationPolicy, EscalationStep, Whom};
use kernel::{EscalationId, Priority};
use serde::{Deserialize, Serialize};

/// A policy with whether it is in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// The policy.
    #[serde(flatten)]
    pub policy: EscalationPolicy,
    /// Whether it is in use.
    pub active: bool,
}

/// What of a policy is kept as JSON.
#[derive(Serialize, Deserialize)]
struct Body {
    steps: Vec<EscalationStep>,
    repeats: u8,
    pages_from: Priority,
    #[serde(default)]
    acknowledgement_seconds: Option<i64>,
    fallback: Vec<Whom>,
}

const SELECT: &str = "select id, name, active, body, version from escalation_policies";

/// Stores a new policy. [`Failure::Exists`] when the name is taken.
pub fn insert(sql: &mut dyn Sql, escalation: &Escalation) -> Result<(), Failure> {
    let statement =
        "insert into escalation_policies (id, name, active, body) values ($1, $2, $3, $4)";
    sql.execute(statement, &values(escalation)?)?;
    Ok(())
}

/// Changes a policy; `false` when `expected_version` is not its any more.
pub fn update(
    sql: &mut dyn Sql,
    escalation: &Escalation,
    expected_version: i64,
) -> Result<bool, Failure> {
    let mut values = values(escalation)?;
    values.push(expected_version.into());
    let touched = sql.execute(
        "update escalation_policies set name = $2, active = $3, body = $4, version = version + 1 where id = $1 and version = $5",
        &values,
    )?;
    Ok(touched == 1)
}

/// The policy with this id.
pub fn get(sql: &mut dyn Sql, id: EscalationId) -> Result<Option<Escalation>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// The policy in use with this name, whatever the case.
pub fn by_name(sql: &mut dyn Sql, name: &str) -> Result<Option<Escalation>, Failure> {
    let statement = format!("{SELECT} where lower(name) = lower($1) and active = 1");
    one(sql, &statement, &[name.trim().into()], read)
}

/// Every policy by name, those out of use too.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Escalation>, Failure> {
    many(sql, &format!("{SELECT} order by lower(name), id"), &[], read)
}

/// The policies in use without what they say: which, and in which version.
pub(super) fn known(sql: &mut dyn Sql) -> Result<Vec<(EscalationId, i64)>, Failure> {
    let statement = "select id, version from escalation_policies where active = 1";
    many(sql, statement, &[], |row| Ok((row.parsed()?, row.int()?)))
}

fn values(escalation: &Escalation) -> Result<Vec<Value>, Failure> {
    let policy = escalation.policy.clone();
    let body = Body {
        steps: policy.steps,
        repeats: policy.repeats,
        pages_from: policy.pages_from,
        acknowledgement_seconds: policy.acknowledgement_seconds,
        fallback: policy.fallback,
    };
    Ok(vec![policy.id.into(), policy.name.into(), escalation.active.into(), json(&body)?.into()])
}

fn read(row: &mut Columns) -> Result<Escalation, Failure> {
    let (id, name, active) = (row.parsed()?, row.text()?, row.flag()?);
    let Body { steps, repeats, pages_from, acknowledgement_seconds, fallback } = row.json()?;
    let version = row.int()?;
    let policy = EscalationPolicy {
        id,
        name,
        version,
        steps,
        repeats,
        pages_from,
        acknowledgement_seconds,
        fallback,
    };
    Ok(Escalation { policy, active })
}
