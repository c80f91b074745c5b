//! Which incident came from which record of another system, and how far it was
//! read: an import can be repeated and resumed.

use super::rows::one;
use crate::{Failure, Sql};
use kernel::IncidentNumber;

/// What became of a foreign record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// The incident.
    pub number: IncidentNumber,
    /// How many of the record's rows it tells.
    pub rows_done: i64,
}

/// What became of this record of this source.
pub fn find(
    sql: &mut dyn Sql,
    source: &str,
    foreign_id: &str,
) -> Result<Option<Imported>, Failure> {
    let statement =
        "select number, rows_done from import_refs where source = $1 and foreign_id = $2";
    one(sql, statement, &[source.into(), foreign_id.into()], |row| {
        Ok(Imported { number: IncidentNumber(row.int()?), rows_done: row.int()? })
    })
}

/// Notes what became of a record, in place of what was noted before.
pub fn put(
    sql: &mut dyn Sql,
    source: &str,
    foreign_id: &str,
    imported: Imported,
) -> Result<(), Failure> {
    sql.execute(
        "insert into import_refs (source, foreign_id, number, rows_done) values ($1, $2, $3, $4) \
         on conflict (source, foreign_id) do update set number = excluded.number, rows_done = excluded.rows_done",
        &[source.into(), foreign_id.into(), imported.number.into(), imported.rows_done.into()],
    )?;
    Ok(())
}
