//! Many incidents, page by page: for what goes through all of them while others work.

use super::timeline::{EVENT, StoredEvent, read};
use crate::directory::{many, one, slots};
use crate::{Columns, Failure, Sql};
use incident::State;
use kernel::{IncidentNumber, PersonId, Timestamp};
use std::collections::HashMap;

/// Ids asked for in one statement; databases bound the number of parameters.
const IDS_PER_STATEMENT: usize = 256;

const OPEN: &str = "state in ('new', 'in_progress', 'on_hold')";
const UNCLOSED: &str = "state in ('new', 'in_progress', 'on_hold', 'resolved')";

/// An incident and its state, or why that cannot be read.
pub type MaybeRead = (IncidentNumber, Result<State, Failure>);

/// How many incidents are open.
pub fn count_open(sql: &mut dyn Sql) -> Result<i64, Failure> {
    count(sql, OPEN)
}

/// How many incidents are open or resolved.
pub fn count_unclosed(sql: &mut dyn Sql) -> Result<i64, Failure> {
    count(sql, UNCLOSED)
}

fn count(sql: &mut dyn Sql, which: &str) -> Result<i64, Failure> {
    let statement = format!("select count(*) from incidents where {which}");
    Ok(one(sql, &statement, &[], Columns::int)?.unwrap_or_default())
}

/// How many open incidents each of these people has; whoever has none is left out.
pub fn open_of(sql: &mut dyn Sql, people: &[PersonId]) -> Result<HashMap<PersonId, i64>, Failure> {
    let mut found = HashMap::with_capacity(people.len());
    for people in people.chunks(IDS_PER_STATEMENT) {
        let (list, values) = slots(1, people);
        let statement = open_of_statement(&list);
        found.extend(many(sql, &statement, &values, |row| Ok((row.parsed()?, row.int()?)))?);
    }
    Ok(found)
}

fn open_of_statement(list: &str) -> String {
    format!(
        "select assignee_id, count(*) from incidents where assignee_id in ({list}) and {OPEN} group by assignee_id"
    )
}

/// Open incidents by number, those after `after`. One whose state cannot be read says
/// so itself: it keeps nobody from the others.
pub fn open_after(
    sql: &mut dyn Sql,
    after: IncidentNumber,
    limit: usize,
) -> Result<Vec<MaybeRead>, Failure> {
    those_after(sql, OPEN, after, limit)
}

/// The same with those that are resolved.
pub fn unclosed_after(
    sql: &mut dyn Sql,
    after: IncidentNumber,
    limit: usize,
) -> Result<Vec<MaybeRead>, Failure> {
    those_after(sql, UNCLOSED, after, limit)
}

fn those_after(
    sql: &mut dyn Sql,
    which: &str,
    after: IncidentNumber,
    limit: usize,
) -> Result<Vec<MaybeRead>, Failure> {
    let statement = format!(
        "select number, body from incidents where number > $1 and {which} order by number limit $2"
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    /// What is over may be a hundred times what is open.
    #[test]
    fn open_incidents_of_people_are_counted_in_an_index() {
        let memory = rusqlite::Connection::open_in_memory().unwrap();
        let mut sql = crate::engine::Lite::over(memory).unwrap();
        for step in crate::migrate::SQLITE {
            sql.batch(step.sql).unwrap();
        }
        let statement = format!("explain query plan {}", open_of_statement("$1, $2"));
        let people = [Value::from("a"), Value::from("b")];
        let plan = format!("{:?}", sql.query(&statement, &people).unwrap());
        assert!(
            plan.contains("USING COVERING INDEX incidents_assignee (assignee_id=? AND state=?)"),
            "{plan}"
        );
    }
}
