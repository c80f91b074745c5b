//! Incident models: what a kind of incident that comes again needs.

use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::models::{Gives, Model};
use kernel::ModelId;
use serde::{Deserialize, Serialize};

const SELECT: &str = "select id, name, place, active, body, version from models";

/// What of a model is kept as JSON.
#[derive(Serialize, Deserialize)]
struct Body {
    about: String,
    portal: bool,
    gives: Gives,
}

/// Stores a new model. [`Failure::Exists`] when the name is taken.
pub fn insert(sql: &mut dyn Sql, model: &Model) -> Result<(), Failure> {
    let statement =
        "insert into models (id, name, place, active, body) values ($1, $2, $3, $4, $5)";
    sql.execute(statement, &values(model)?)?;
    Ok(())
}

/// Changes a model; `false` when `expected_version` is not its any more.
pub fn update(sql: &mut dyn Sql, model: &Model, expected_version: i64) -> Result<bool, Failure> {
    let mut values = values(model)?;
    values.push(expected_version.into());
    let touched = sql.execute(
        "update models set name = $2, place = $3, active = $4, body = $5, version = version + 1 where id = $1 and version = $6",
        &values,
    )?;
    Ok(touched == 1)
}

/// The model with this id.
pub fn get(sql: &mut dyn Sql, id: ModelId) -> Result<Option<Model>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// The model with this name, whatever the case.
pub fn by_name(sql: &mut dyn Sql, name: &str) -> Result<Option<Model>, Failure> {
    one(sql, &format!("{SELECT} where lower(name) = lower($1)"), &[name.trim().into()], read)
}

/// Every model in the order in which they are offered, those out of use too.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Model>, Failure> {
    many(sql, &format!("{SELECT} order by place, id"), &[], read)
}

/// Puts a model at a place in the order, from 1; the others move up. Their versions
/// stay: nothing of what they give changes.
pub fn put_at(sql: &mut dyn Sql, id: ModelId, place: i64) -> Result<(), Failure> {
    let mut order: Vec<ModelId> = list(sql)?.into_iter().map(|model| model.id).collect();
    order.retain(|other| *other != id);
    let at = usize::try_from(place.saturating_sub(1)).unwrap_or(0).min(order.len());
    order.insert(at, id);
    for (place, id) in (1_i64..).zip(order) {
        let statement = "update models set place = $2 where id = $1 and place <> $2";
        sql.execute(statement, &[id.into(), place.into()])?;
    }
    Ok(())
}

fn values(model: &Model) -> Result<Vec<Value>, Failure> {
    let body =
        Body { about: model.about.clone(), portal: model.portal, gives: model.gives.clone() };
    Ok(vec![
        model.id.into(),
        (&model.name).into(),
        model.place.into(),
        model.active.into(),
        json(&body)?.into(),
    ])
}

fn read(row: &mut Columns) -> Result<Model, Failure> {
    let (id, name, place, active) = (row.parsed()?, row.text()?, row.int()?, row.flag()?);
    let Body { about, portal, gives } = row.json()?;
    Ok(Model { id, name, about, place, active, portal, gives, version: row.int()? })
}
