//! What people said of incidents that were shown as alike.

use super::filter::fully_visible;
use crate::directory::{many, slots};
use crate::{Failure, Sql};
use incident::Scope;
use kernel::{IncidentNumber, PersonId, Timestamp};
use std::collections::HashMap;

/// Said beside one incident of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The incident that was shown.
    pub other: IncidentNumber,
    /// Who says so.
    pub person: PersonId,
    /// Whether it helped; else it is not alike.
    pub helped: bool,
}

/// Opinions beside one incident that are read: more people than work on it.
const SAID_MAX: i64 = 1_000;

/// Keeps what somebody says; `None` takes it back.
pub fn say(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    said: (IncidentNumber, PersonId),
    helped: Option<bool>,
    at: Timestamp,
) -> Result<(), Failure> {
    let (other, person) = said;
    let Some(helped) = helped else {
        let statement =
            "delete from similar_feedback where number = $1 and other = $2 and person_id = $3";
        return sql.execute(statement, &[number.into(), other.into(), person.into()]).map(drop);
    };
    let statement = "insert into similar_feedback (number, other, person_id, helped, at) \
        values ($1, $2, $3, $4, $5) on conflict (number, other, person_id) do update \
        set helped = excluded.helped, at = excluded.at";
    let values = [number.into(), other.into(), person.into(), helped.into(), at.into()];
    sql.execute(statement, &values).map(drop)
}

/// What was said beside an incident.
pub fn said_beside(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Vec<Said>, Failure> {
    let statement = "select other, person_id, helped from similar_feedback \
        where number = $1 order by other, person_id limit $2";
    many(sql, statement, &[number.into(), SAID_MAX.into()], |row| {
        Ok(Said { other: IncidentNumber(row.int()?), person: row.parsed()?, helped: row.flag()? })
    })
}

/// Beside how many incidents, of those of which somebody sees everything, each of these helped.
pub fn helped_often(
    sql: &mut dyn Sql,
    scope: &Scope,
    others: &[IncidentNumber],
) -> Result<HashMap<IncidentNumber, i64>, Failure> {
    let (list, mut values) = slots(1, others);
    let (visible, more) = fully_visible(sql.engine(), scope, values.len() + 1);
    values.extend(more);
    let statement = format!(
        "select s.other, count(distinct s.number) from similar_feedback s \
         join incidents i on i.number = s.number \
         where s.other in ({list}) and s.helped = 1 and {visible} group by s.other"
    );
    let found = many(sql, &statement, &values, |row| Ok((IncidentNumber(row.int()?), row.int()?)))?;
    Ok(found.into_iter().collect())
}
