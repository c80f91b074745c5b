//! Who learns by a schedule: told besides whoever is on call for some time, never paged alone.

use super::rows::{many, one};
use crate::{Columns, Failure, Sql, Value};
use kernel::{PersonId, ScheduleId, ShadowId, Timestamp};
use serde::Serialize;

/// Somebody who is told besides for some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shadow {
    /// Its id.
    pub id: ShadowId,
    /// By which schedule.
    pub schedule: ScheduleId,
    /// Who learns.
    pub person: PersonId,
    /// From this instant.
    pub start: Timestamp,
    /// Until just before this instant.
    pub end: Timestamp,
    /// By whom it was made; nobody at the command line.
    pub made_by: Option<PersonId>,
    /// When it was made.
    pub made_at: Timestamp,
}

impl Shadow {
    /// As the roster knows it.
    pub fn plain(&self) -> roster::Shadow {
        roster::Shadow { person: self.person, start: self.start, end: self.end }
    }
}

const SELECT: &str =
    "select id, schedule_id, person_id, start_at, end_at, made_by, made_at from schedule_shadows";

/// Stores a new one.
pub fn insert(sql: &mut dyn Sql, shadow: &Shadow) -> Result<(), Failure> {
    let values: [Value; 7] = [
        shadow.id.into(),
        shadow.schedule.into(),
        shadow.person.into(),
        shadow.start.into(),
        shadow.end.into(),
        shadow.made_by.into(),
        shadow.made_at.into(),
    ];
    sql.execute(
        "insert into schedule_shadows (id, schedule_id, person_id, start_at, end_at, made_by, made_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
        &values,
    )?;
    Ok(())
}

/// Lets one end at another instant.
pub fn end(sql: &mut dyn Sql, id: ShadowId, end: Timestamp) -> Result<(), Failure> {
    let statement = "update schedule_shadows set end_at = $2 where id = $1";
    sql.execute(statement, &[id.into(), end.into()]).map(drop)
}

/// Removes one that has not begun.
pub fn remove(sql: &mut dyn Sql, id: ShadowId) -> Result<(), Failure> {
    sql.execute("delete from schedule_shadows where id = $1", &[id.into()]).map(drop)
}

/// The one with this id.
pub fn get(sql: &mut dyn Sql, id: ShadowId) -> Result<Option<Shadow>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// Those of a schedule that end after an instant, by their beginnings.
pub fn of_schedule(
    sql: &mut dyn Sql,
    schedule: ScheduleId,
    after: Timestamp,
) -> Result<Vec<Shadow>, Failure> {
    let statement =
        format!("{SELECT} where schedule_id = $1 and end_at > $2 order by start_at, id");
    many(sql, &statement, &[schedule.into(), after.into()], read)
}

/// Those of all schedules that ended at most so many seconds before the last one was made.
pub(super) fn lately(sql: &mut dyn Sql, seconds: i64) -> Result<Vec<Shadow>, Failure> {
    let last = "select max(made_at) from schedule_shadows";
    let Some(last) = one(sql, last, &[], Columns::opt_at)?.flatten() else { return Ok(vec![]) };
    let statement = format!("{SELECT} where end_at > $1 order by start_at, id");
    many(sql, &statement, &[last.plus_seconds(-seconds).into()], read)
}

fn read(row: &mut Columns) -> Result<Shadow, Failure> {
    Ok(Shadow {
        id: row.parsed()?,
        schedule: row.parsed()?,
        person: row.parsed()?,
        start: row.at()?,
        end: row.at()?,
        made_by: row.opt_parsed()?,
        made_at: row.at()?,
    })
}
