//! How long people were at work on an incident, as their browsers told. It is gathered, not
//! logged: a suggestion of what to log, and no event of the incident.

use crate::directory::many;
use crate::{Columns, Failure, Sql};
use kernel::{IncidentNumber, PersonId, Timestamp};

/// How long somebody was at work on an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attention {
    /// Which.
    pub number: IncidentNumber,
    /// Who.
    pub person: PersonId,
    /// Seconds.
    pub seconds: i64,
    /// When they were there last.
    pub last_at: Timestamp,
}

/// Adds to what was gathered before.
pub fn add(sql: &mut dyn Sql, more: &Attention) -> Result<(), Failure> {
    let statement = "insert into attention (number, person_id, seconds, last_at) \
        values ($1, $2, $3, $4) on conflict (number, person_id) do update \
        set seconds = attention.seconds + excluded.seconds, last_at = excluded.last_at";
    let values = [more.number.into(), more.person.into(), more.seconds.into(), more.last_at.into()];
    sql.execute(statement, &values).map(drop)
}

/// Everybody's of an incident, by person: totals of people are compared nowhere.
pub fn of_incident(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Vec<Attention>, Failure> {
    let statement = "select number, person_id, seconds, last_at from attention \
        where number = $1 order by person_id";
    many(sql, statement, &[number.into()], read)
}

/// Forgets what was gathered of one person on an incident; `false` when there was nothing.
pub fn forget(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    person: PersonId,
) -> Result<bool, Failure> {
    let statement = "delete from attention where number = $1 and person_id = $2";
    Ok(sql.execute(statement, &[number.into(), person.into()])? == 1)
}

/// Forgets everything that was gathered of a person: their account is out of use.
pub fn forget_of_person(sql: &mut dyn Sql, person: PersonId) -> Result<(), Failure> {
    sql.execute("delete from attention where person_id = $1", &[person.into()]).map(drop)
}

/// Forgets everything that was gathered: it is switched off.
pub fn forget_all(sql: &mut dyn Sql) -> Result<(), Failure> {
    sql.execute("delete from attention", &[]).map(drop)
}

fn read(row: &mut Columns) -> Result<Attention, Failure> {
    Ok(Attention {
        number: IncidentNumber(row.int()?),
        person: row.parsed()?,
        seconds: row.int()?,
        last_at: row.at()?,
    })
}
