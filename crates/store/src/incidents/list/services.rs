//! What is open of each service, for whoever sees it.

use crate::directory::many;
use crate::incidents::filter;
use crate::{Failure, Sql};
use incident::Scope;
use kernel::{Priority, ServiceId};
use std::collections::BTreeMap;

/// The open incidents of one service that somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenOf {
    /// How many.
    pub count: i64,
    /// The most urgent of their priorities.
    pub worst: Priority,
}

/// The open incidents of every service that has some within a scope; those that are part of
/// another are not counted.
pub fn open_of_services(
    sql: &mut dyn Sql,
    scope: &Scope,
) -> Result<BTreeMap<ServiceId, OpenOf>, Failure> {
    let (visible, values) = filter::visible(sql.engine(), scope, 1);
    let statement = format!(
        "select i.service_id, count(*), min(i.priority) from incidents i \
         where i.state in ('new', 'in_progress', 'on_hold') and i.merged_into is null \
         and i.service_id is not null and {visible} group by i.service_id"
    );
    let rows = many(sql, &statement, &values, |row| {
        let service: ServiceId = row.parsed()?;
        let count = row.int()?;
        let worst =
            Priority::new(row.int()?).map_err(|_| Failure::damaged("a priority is not 1 to 5"))?;
        Ok((service, OpenOf { count, worst }))
    })?;
    Ok(rows.into_iter().collect())
}
