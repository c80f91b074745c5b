//! Business calendars: every version is kept, because clocks refer to it.

use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql};
use incident::policy::BusinessHours;
use incident::state::CalendarRef;
use kernel::{CalendarId, Timestamp};

/// Stores a version of a calendar, in force from `since`. [`Failure::Exists`]
/// when that version is there already.
pub fn insert(sql: &mut dyn Sql, hours: &BusinessHours, since: Timestamp) -> Result<(), Failure> {
    let CalendarRef { id, version } = hours.reference;
    let values = [id.into(), version.into(), json(hours)?.into(), since.into()];
    sql.execute(
        "insert into calendars (id, version, body, since) values ($1, $2, $3, $4)",
        &values,
    )?;
    Ok(())
}

/// Every version of every calendar, with the instant from which it is in force.
pub fn all(sql: &mut dyn Sql) -> Result<Vec<(BusinessHours, Timestamp)>, Failure> {
    many(sql, "select body, since from calendars order by id, version", &[], read)
}

/// Every version of every calendar without what it says: which, and from when it is in force.
pub(super) fn known(sql: &mut dyn Sql) -> Result<Vec<(CalendarRef, Timestamp)>, Failure> {
    many(sql, "select id, version, since from calendars order by id, version", &[], |row| {
        Ok((CalendarRef { id: row.parsed()?, version: row.int()? }, row.at()?))
    })
}

/// This very version.
pub(super) fn get(sql: &mut dyn Sql, reference: CalendarRef) -> Result<BusinessHours, Failure> {
    let statement = "select body from calendars where id = $1 and version = $2";
    let values = [reference.id.into(), reference.version.into()];
    one(sql, statement, &values, Columns::json)?
        .ok_or_else(|| Failure::damaged(format!("version {} is gone", reference.version)))
}

/// Every version of a calendar, the newest first, with the instant from which it is in force.
pub fn versions(
    sql: &mut dyn Sql,
    id: CalendarId,
) -> Result<Vec<(BusinessHours, Timestamp)>, Failure> {
    let statement = "select body, since from calendars where id = $1 order by version desc";
    many(sql, statement, &[id.into()], read)
}

fn read(row: &mut Columns) -> Result<(BusinessHours, Timestamp), Failure> {
    Ok((row.json()?, row.at()?))
}
