//! Reading states for deciding.

use crate::sql::{Columns, Sql};
use crate::Failure;
use incident::State;
use kernel::{IncidentNumber, Timestamp};

/// An incident as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Which.
    pub number: IncidentNumber,
    /// Its state.
    pub state: State,
}

/// Loads one incident.
pub fn load(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Option<Stored>, Failure> {
    let rows = sql.query("select body from incidents where number = $1", &[number.into()])?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let state = Columns::of(row).json()?;
    Ok(Some(Stored { number, state }))
}

/// The title as words.
pub fn title_of(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Option<String>, Failure> {
    let rows = sql.query("select title from incidents where number = $1", &[number.into()])?;
    rows.into_iter().next().map(|row| Columns::of(row).text()).transpose()
}

/// Incidents with a timer that rings at or before `now`, the earliest first,
/// with the instant it should have rung.
pub fn due_incidents(sql: &mut dyn Sql, now: Timestamp, limit: i64) -> Result<Vec<(IncidentNumber, Timestamp)>, Failure> {
    let rows = sql.query(
        "select number, wake_at from incidents where wake_at is not null and wake_at <= $1 order by wake_at limit $2",
        &[now.into(), limit.into()],
    )?;
    let read = |row| {
        let mut columns = Columns::of(row);
        Ok((IncidentNumber(columns.int()?), columns.at()?))
    };
    rows.into_iter().map(read).collect()
}
