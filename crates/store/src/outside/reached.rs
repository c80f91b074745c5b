//! How many an update reaches that is for those who reported it.

use crate::directory::one;
use crate::{Columns, Failure, Sql};
use kernel::IncidentNumber;

/// How many reported an incident, or what belongs to it: each person once.
pub fn requesters(sql: &mut dyn Sql, number: IncidentNumber) -> Result<i64, Failure> {
    let statement = "select count(distinct requester_id) from incidents \
        where (number = $1 or merged_into = $1 or parent = $1) \
        and not exists (select 1 from integrations where person_id = incidents.requester_id)";
    Ok(one(sql, statement, &[number.into()], Columns::int)?.unwrap_or_default())
}

/// How many follow it besides.
pub fn watchers(sql: &mut dyn Sql, number: IncidentNumber) -> Result<i64, Failure> {
    let statement = "select count(distinct person_id) from incident_watchers where number = $1 \
        and person_id not in (select requester_id from incidents \
        where number = $1 or merged_into = $1 or parent = $1)";
    Ok(one(sql, statement, &[number.into()], Columns::int)?.unwrap_or_default())
}
