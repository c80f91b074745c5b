//! Rules: what follows by itself when something happens.

use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::rules::{Action, Moment, Rule, Wait};
use kernel::RuleId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const SELECT: &str = "select id, name, place, active, body, version from rules";

/// What of a rule is kept as JSON.
#[derive(Serialize, Deserialize)]
struct Body {
    on: BTreeSet<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wait: Option<Wait>,
    when: String,
    #[serde(rename = "do")]
    actions: Vec<Action>,
    stop: bool,
}

/// Stores a new rule. [`Failure::Exists`] when the name is taken.
pub fn insert(sql: &mut dyn Sql, rule: &Rule) -> Result<(), Failure> {
    let statement = "insert into rules (id, name, place, active, body) values ($1, $2, $3, $4, $5)";
    sql.execute(statement, &values(rule)?)?;
    Ok(())
}

/// Changes a rule; `false` when `expected_version` is not its any more.
pub fn update(sql: &mut dyn Sql, rule: &Rule, expected_version: i64) -> Result<bool, Failure> {
    let mut values = values(rule)?;
    values.push(expected_version.into());
    let touched = sql.execute(
        "update rules set name = $2, place = $3, active = $4, body = $5, version = version + 1 where id = $1 and version = $6",
        &values,
    )?;
    Ok(touched == 1)
}

/// Removes a rule; `false` when there was none. The later ones move up, timelines name it
/// still.
pub fn delete(sql: &mut dyn Sql, id: RuleId) -> Result<bool, Failure> {
    let deleted = sql.execute("delete from rules where id = $1", &[id.into()])? == 1;
    let order = order(sql)?;
    number(sql, order)?;
    Ok(deleted)
}

/// The rule with this id.
pub fn get(sql: &mut dyn Sql, id: RuleId) -> Result<Option<Rule>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// The rule with this name, whatever the case.
pub fn by_name(sql: &mut dyn Sql, name: &str) -> Result<Option<Rule>, Failure> {
    one(sql, &format!("{SELECT} where lower(name) = lower($1)"), &[name.trim().into()], read)
}

/// Every rule in the order in which they are tried, those out of use too.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Rule>, Failure> {
    many(sql, &format!("{SELECT} order by place, id"), &[], read)
}

/// Puts a rule at a place in the order, from 1; the others move up. Their versions
/// stay: nothing of what they do changes.
pub fn put_at(sql: &mut dyn Sql, id: RuleId, place: i64) -> Result<(), Failure> {
    let mut order = order(sql)?;
    order.retain(|other| *other != id);
    let at = usize::try_from(place.saturating_sub(1)).unwrap_or(0).min(order.len());
    order.insert(at, id);
    number(sql, order)
}

fn order(sql: &mut dyn Sql) -> Result<Vec<RuleId>, Failure> {
    Ok(list(sql)?.into_iter().map(|rule| rule.id).collect())
}

/// Gives rules the places from 1 on, without a gap.
fn number(sql: &mut dyn Sql, order: Vec<RuleId>) -> Result<(), Failure> {
    for (place, id) in (1_i64..).zip(order) {
        let statement = "update rules set place = $2 where id = $1 and place <> $2";
        sql.execute(statement, &[id.into(), place.into()])?;
    }
    Ok(())
}

fn values(rule: &Rule) -> Result<Vec<Value>, Failure> {
    let body = Body {
        on: rule.on.clone(),
        wait: rule.wait,
        when: rule.when.clone(),
        actions: rule.actions.clone(),
        stop: rule.stop,
    };
    Ok(vec![
        rule.id.into(),
        (&rule.name).into(),
        rule.place.into(),
        rule.active.into(),
        json(&body)?.into(),
    ])
}

fn read(row: &mut Columns) -> Result<Rule, Failure> {
    let (id, name, place, active) = (row.parsed()?, row.text()?, row.int()?, row.flag()?);
    let Body { on, wait, when, actions, stop } = row.json()?;
    Ok(Rule { id, name, place, active, on, wait, when, actions, stop, version: row.int()? })
}
