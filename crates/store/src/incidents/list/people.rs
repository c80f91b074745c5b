//! What people work on, for whoever sees it.

use crate::directory::{many, slots};
use crate::incidents::filter;
use crate::{Failure, Sql};
use incident::Scope;
use kernel::{IncidentNumber, PersonId, Priority};
use std::collections::BTreeMap;

/// What somebody works on, as far as it is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// The most urgent of it, of several the oldest.
    pub number: IncidentNumber,
    /// Its priority.
    pub priority: Priority,
    /// How many there are.
    pub count: i64,
}

/// What is in progress of each of these people within a scope; those that are part of another are
/// not told, and neither is what waits.
pub fn busy_with(
    sql: &mut dyn Sql,
    scope: &Scope,
    people: &[PersonId],
) -> Result<BTreeMap<PersonId, Busy>, Failure> {
    let (list, mut values) = slots(1, people);
    let (visible, more) = filter::visible(sql.engine(), scope, values.len() + 1);
    values.extend(more);
    let statement = format!(
        "select assignee_id, number, priority, counted from (\
         select i.assignee_id, i.number, i.priority, \
         count(*) over (partition by i.assignee_id) as counted, \
         row_number() over (partition by i.assignee_id order by i.priority, i.number) as placed \
         from incidents i where i.assignee_id in ({list}) and i.state = 'in_progress' \
         and i.merged_into is null and {visible}) as busy where placed = 1"
    );
    let rows = many(sql, &statement, &values, |row| {
        let person: PersonId = row.parsed()?;
        let number = IncidentNumber(row.int()?);
        let priority =
            Priority::new(row.int()?).map_err(|_| Failure::damaged("a priority is not 1 to 5"))?;
        Ok((person, Busy { number, priority, count: row.int()? }))
    })?;
    Ok(rows.into_iter().collect())
}
