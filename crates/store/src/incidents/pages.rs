//! Many incidents, page by page: for what goes through all of them while others work.

use super::timeline::{EVENT, StoredEvent, read};
use crate::directory::{many, one, slots};
use crate::{Columns, Failure, Sql};
use incident::State;
use kernel::{IncidentNumber, Timestamp};

const OPEN: &str = "state in ('new', 'in_progress', 'on_hold')";

/// An incident and its state, or why that cannot be read.
pub type MaybeRead = (IncidentNumber, Result<State, Failure>);

/// How many incidents are open.
pub fn count_open(sql: &mut dyn Sql) -> Result<i64, Failure> {
    let statement = format!("select count(*) from incidents where {OPEN}");
    Ok(one(sql, &statement, &[], Columns::int)?.unwrap_or_default())
}

/// Open incidents by number, those after `after`. One whose state cannot be read says
/// so itself: it keeps nobody from the others.
pub fn open_after(
    sql: &mut dyn Sql,
    after: IncidentNumber,
    limit: usize,
) -> Result<Vec<MaybeRead>, Failure> {
    let statement = format!(
        "select number, body from incidents where number > $1 and {OPEN} order by number limit $2"
    );
    many(sql, &statement, &[after.into(), (limit as i64).into()], |row| {
        Ok((IncidentNumber(row.int()?), row.json()))
    })
}

/// How many incidents were reported from `from` until before `to`.
pub fn count_reported(sql: &mut dyn Sql, from: Timestamp, to: Timestamp) -> Result<i64, Failure> {
    let statement = "select count(*) from incidents where reported_at >= $1 and reported_at < $2";
    Ok(one(sql, statement, &[from.into(), to.into()], Columns::int)?.unwrap_or_default())
}

/// Incidents reported from `from` until before `to`, in that order, those after `after`.
pub fn reported_between(
    sql: &mut dyn Sql,
    (from, to): (Timestamp, Timestamp),
    after: Option<(Timestamp, IncidentNumber)>,
    limit: usize,
) -> Result<Vec<(Timestamp, IncidentNumber)>, Failure> {
    let (at, number) = after.unwrap_or((from, IncidentNumber(0)));
    let statement = "select reported_at, number from incidents \
        where (reported_at, number) > ($1, $2) and reported_at < $3 \
        order by reported_at, number limit $4";
    let values = [at.into(), number.into(), to.into(), (limit as i64).into()];
    many(sql, statement, &values, |row| Ok((row.at()?, IncidentNumber(row.int()?))))
}

/// The timelines of these incidents, each in order, one after the other by number.
pub fn timelines(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<Vec<StoredEvent>, Failure> {
    let (list, values) = slots(1, numbers);
    let statement =
        format!("select {EVENT} from events where number in ({list}) order by number, n");
    many(sql, &statement, &values, read)
}
