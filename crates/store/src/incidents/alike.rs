//! What people said of incidents and known errors that were shown as alike.

use super::filter::fully_visible;
use crate::directory::{many, slots};
use crate::{Columns, Failure, Sql};
use incident::Scope;
use kernel::{IncidentNumber, PersonId, ProblemNumber, Timestamp};
use std::collections::{BTreeSet, HashMap};

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

/// Keeps that somebody says that a known error is not behind an incident, or takes it back.
pub fn refuse(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    (problem, person): (ProblemNumber, PersonId),
    refused: bool,
    at: Timestamp,
) -> Result<(), Failure> {
    if !refused {
        let statement =
            "delete from refused_errors where number = $1 and problem = $2 and person_id = $3";
        return sql.execute(statement, &[number.into(), problem.0.into(), person.into()]).map(drop);
    }
    let statement = "insert into refused_errors (number, problem, person_id, at) \
        values ($1, $2, $3, $4) on conflict (number, problem, person_id) do nothing";
    let values = [number.into(), problem.0.into(), person.into(), at.into()];
    sql.execute(statement, &values).map(drop)
}

/// Known errors of which somebody says that they are not behind this incident.
pub fn refused_beside(
    sql: &mut dyn Sql,
    number: IncidentNumber,
) -> Result<BTreeSet<ProblemNumber>, Failure> {
    let statement = "select distinct problem from refused_errors where number = $1 limit $2";
    let found = many(sql, statement, &[number.into(), SAID_MAX.into()], Columns::int)?;
    Ok(found.into_iter().map(ProblemNumber).collect())
}

/// Beside how many incidents, of those of which somebody sees everything, each of these known
/// errors was refused.
pub fn refused_often(
    sql: &mut dyn Sql,
    scope: &Scope,
    problems: &[ProblemNumber],
) -> Result<HashMap<ProblemNumber, i64>, Failure> {
    let problems: Vec<i64> = problems.iter().map(|problem| problem.0).collect();
    let (list, mut values) = slots(1, &problems);
    let (visible, more) = fully_visible(sql.engine(), scope, values.len() + 1);
    values.extend(more);
    let statement = format!(
        "select r.problem, count(distinct r.number) from refused_errors r \
         join incidents i on i.number = r.number \
         where r.problem in ({list}) and {visible} group by r.problem"
    );
    let found = many(sql, &statement, &values, |row| Ok((ProblemNumber(row.int()?), row.int()?)))?;
    Ok(found.into_iter().collect())
}
