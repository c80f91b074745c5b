//! Copying every row of one database into another, whatever their engines.

use crate::Failure;
use crate::engine::words_insert;
use crate::migrate::SQLITE;
use crate::sql::{Columns, Engine, Row, Sql, Table, Type, Value};

/// Rows read and written at once.
const ROWS: usize = 500;

/// A table as it stands in the schema.
struct Shape {
    name: String,
    columns: Vec<(String, Type)>,
    /// Where the columns of the primary key are, in its order.
    key: Vec<usize>,
}

/// Whether there is anything but what a new database holds.
pub(super) fn any(sql: &mut dyn Sql) -> Result<bool, Failure> {
    for shape in shapes()? {
        let limit = i64::from(shape.name == SEEDED);
        let found = sql.query(&format!("select 1 from {} limit {}", shape.name, limit + 1), &[])?;
        if found.len() as i64 > limit {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Replaces all rows of `target` by those of `source`. Both have the schema of this
/// version and are in a transaction.
pub(super) fn copy(source: &mut dyn Sql, target: &mut dyn Sql) -> Result<(), Failure> {
    let shapes = shapes()?;
    clear(target, &shapes)?;
    for shape in &shapes {
        let mut after = None;
        loop {
            let rows = chunk(source, shape, after.as_deref())?;
            let Some(last) = rows.last() else {
                break;
            };
            after = Some(shape.key.iter().map(|at| last[*at].clone()).collect::<Row>());
            let full = rows.len() == ROWS;
            insert(target, shape, rows)?;
            if !full {
                break;
            }
        }
    }
    if target.engine() == Engine::Postgres {
        go_on_counting(target)?;
    }
    Ok(())
}

/// The one table in which a new database has a row.
const SEEDED: &str = "log_head";

/// The tables in the order in which they were made, so that what is referred to comes
/// before what refers to it. Read from the schema itself, in memory.
fn shapes() -> Result<Vec<Shape>, Failure> {
    let memory = rusqlite::Connection::open_in_memory().map_err(crate::engine::sqlite_failure)?;
    let mut sql = crate::engine::Lite::over(memory)?;
    for step in SQLITE {
        sql.batch(step.sql)?;
    }
    let tables = "select name from sqlite_schema \
        where type = 'table' and name not like 'sqlite!_%' escape '!' and name not like 'contents!_words%' escape '!' \
        order by rowid";
    let mut shapes = Vec::new();
    for row in sql.query(tables, &[])? {
        shapes.push(shape(&mut sql, Columns::of(row).text()?)?);
    }
    Ok(shapes)
}

fn shape(sql: &mut dyn Sql, name: String) -> Result<Shape, Failure> {
    let (mut columns, mut key) = (Vec::new(), Vec::new());
    let select = "select name, type, pk from pragma_table_info($1) order by cid";
    for (row, at) in sql.query(select, &[Value::from(&name)])?.into_iter().zip(0..) {
        let mut row = Columns::of(row);
        let (column, kind, place) = (row.text()?, row.text()?, row.int()?);
        let kind = match kind.as_str() {
            "INTEGER" => Type::Int,
            "REAL" => Type::Real,
            "TEXT" => Type::Text,
            "BLOB" => Type::Bytes,
            other => {
                return Err(Failure::Statement(format!(
                    "{name}.{column} is of the unknown type {other}"
                )));
            }
        };
        columns.push((column, kind));
        if place > 0 {
            key.push((place, at));
        }
    }
    key.sort_unstable();
    Ok(Shape { name, columns, key: key.into_iter().map(|(_, at)| at).collect() })
}

fn clear(target: &mut dyn Sql, shapes: &[Shape]) -> Result<(), Failure> {
    match target.engine() {
        Engine::Postgres => {
            let names: Vec<_> = shapes.iter().map(|shape| shape.name.as_str()).collect();
            target.execute(&format!("truncate {}, contents_words", names.join(", ")), &[])?;
            // Parents may come after their children.
            target.execute("set constraints all deferred", &[])?;
        }
        Engine::Sqlite => {
            for shape in shapes.iter().rev() {
                target.execute(&format!("delete from {}", shape.name), &[])?;
            }
            target.execute(
                "insert into contents_words (contents_words) values ('delete-all')",
                &[],
            )?;
        }
    }
    Ok(())
}

/// The next rows in the order of the primary key.
fn chunk(
    source: &mut dyn Sql,
    shape: &Shape,
    after: Option<&[Value]>,
) -> Result<Vec<Row>, Failure> {
    let names: Vec<_> = shape.columns.iter().map(|(name, _)| name.as_str()).collect();
    let key = shape.key.iter().map(|at| names[*at]).collect::<Vec<_>>().join(", ");
    let condition = after.map_or(String::new(), |after| {
        let slots: Vec<_> = (1..=after.len()).map(|slot| format!("${slot}")).collect();
        format!("where ({key}) > ({})", slots.join(", "))
    });
    let sql = format!(
        "select {} from {} {condition} order by {key} limit {ROWS}",
        names.join(", "),
        shape.name
    );
    source.query(&sql, after.unwrap_or_default())
}

fn insert(target: &mut dyn Sql, shape: &Shape, rows: Vec<Row>) -> Result<(), Failure> {
    let columns: Vec<_> = shape.columns.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    let words = if shape.name == "contents" { words(&columns, &rows) } else { Vec::new() };
    target.insert(&Table { name: &shape.name, columns: &columns, suffix: "" }, rows)?;
    words_insert(target, words)
}

/// The ids and bodies of contents that are not erased.
fn words(columns: &[(&str, Type)], rows: &[Row]) -> Vec<(Value, Value)> {
    let place = |wanted| columns.iter().position(|(name, _)| *name == wanted);
    let (Some(id), Some(body), Some(erased)) = (place("id"), place("body"), place("erased_at"))
    else {
        return Vec::new();
    };
    rows.iter()
        .filter(|row| row[erased] == Value::Null)
        .map(|row| (row[id].clone(), row[body].clone()))
        .collect()
}

/// Lets PostgreSQL give out numbers after those that were copied, as SQLite does by itself.
fn go_on_counting(target: &mut dyn Sql) -> Result<(), Failure> {
    let counted = "select table_name::text, column_name::text from information_schema.columns \
        where table_schema = current_schema() and is_identity = 'YES'";
    for row in target.query(counted, &[])? {
        let mut row = Columns::of(row);
        let (table, column) = (row.text()?, row.text()?);
        let next = format!(
            "select setval(pg_get_serial_sequence('{table}', '{column}'), \
             (select coalesce(max({column}), 0) + 1 from {table}), false)"
        );
        target.query(&next, &[])?;
    }
    Ok(())
}
