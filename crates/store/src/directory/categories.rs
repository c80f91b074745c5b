//! The classification tree.

use super::rows::{many, one};
use crate::{Columns, Failure, Sql, Value};
use kernel::CategoryId;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Between the names of a path.
const SEPARATOR: &str = " › ";
/// Levels a tree may have; deeper ones help nobody to classify, and a circle in
/// damaged data must end.
const DEPTH: usize = 16;

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// Its name, unique below its parent whatever the case.
    pub name: String,
    /// The category above it.
    pub parent: Option<CategoryId>,
    /// Whether incidents can name it.
    pub active: bool,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

const SELECT: &str = "select id, name, parent_id, active, version from categories";

/// Stores a new category. [`Failure::Exists`] when the name is taken there,
/// [`Failure::Reference`] when the parent does not exist.
pub fn insert(sql: &mut dyn Sql, category: &Category) -> Result<(), Failure> {
    if category.parent == Some(category.id) {
        return Err(circle());
    }
    sql.execute(
        "insert into categories (id, name, parent_id, active) values ($1, $2, $3, $4)",
        &values(category),
    )?;
    Ok(())
}

/// Changes a category; `false` when `expected_version` is not its any more.
/// [`Failure::Reference`] when it would come to stand below itself.
pub fn update(
    sql: &mut dyn Sql,
    category: &Category,
    expected_version: i64,
) -> Result<bool, Failure> {
    let all = list(sql)?;
    if above(&all, category.parent).any(|category_above| category_above.id == category.id) {
        return Err(circle());
    }
    let mut values = values(category);
    values.push(expected_version.into());
    let touched = sql.execute(
        "update categories set name = $2, parent_id = $3, active = $4, version = version + 1 where id = $1 and version = $5",
        &values,
    )?;
    Ok(touched == 1)
}

/// The category with this id.
pub fn get(sql: &mut dyn Sql, id: CategoryId) -> Result<Option<Category>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// The categories with this name, whatever the case and wherever they stand.
pub fn by_name(sql: &mut dyn Sql, name: &str) -> Result<Vec<Category>, Failure> {
    many(
        sql,
        &format!("{SELECT} where lower(name) = lower($1) order by id"),
        &[name.trim().into()],
        read,
    )
}

/// Every category by name, those out of use too.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Category>, Failure> {
    many(sql, &format!("{SELECT} order by lower(name), id"), &[], read)
}

/// Each category's name with the names above it before it, such as
/// "Network › Wireless".
pub fn paths(categories: &[Category]) -> HashMap<CategoryId, String> {
    let path = |category: &Category| {
        let mut names: Vec<&str> =
            above(categories, Some(category.id)).map(|category| category.name.as_str()).collect();
        names.reverse();
        names.join(SEPARATOR)
    };
    categories.iter().map(|category| (category.id, path(category))).collect()
}

/// A category and those above it, from the lowest up.
fn above(all: &[Category], from: Option<CategoryId>) -> impl Iterator<Item = &Category> {
    let find = |id: CategoryId| all.iter().find(|category| category.id == id);
    std::iter::successors(from.and_then(find), move |category| category.parent.and_then(find))
        .take(DEPTH)
}

fn circle() -> Failure {
    Failure::Reference("a category cannot stand below itself".to_owned())
}

fn values(category: &Category) -> Vec<Value> {
    vec![
        category.id.into(),
        (&category.name).into(),
        category.parent.into(),
        category.active.into(),
    ]
}

fn read(row: &mut Columns) -> Result<Category, Failure> {
    Ok(Category {
        id: row.parsed()?,
        name: row.text()?,
        parent: row.opt_parsed()?,
        active: row.flag()?,
        version: row.int()?,
    })
}
