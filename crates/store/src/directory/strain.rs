//! What weighs on services beside the outages that people recorded: incidents that matter and
//! alerts that are critical.

use super::rows::many;
use crate::{Failure, Sql};
use kernel::{IncidentNumber, Priority, ServiceId};

/// The least pressing priority that makes a service degraded.
const PRIORITY_MAX: u8 = 2;

/// An open incident that weighs on a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighing {
    /// The service.
    pub service: ServiceId,
    /// The incident.
    pub number: IncidentNumber,
    /// Its priority.
    pub priority: Priority,
}

/// Open incidents of priority 1 and 2 for which nobody recorded an outage: of those somebody
/// said what is out and when it was over. Left out are those that are hidden from others, which
/// must not show by the colour of a service, and those that were merged.
pub fn incidents(sql: &mut dyn Sql) -> Result<Vec<Weighing>, Failure> {
    // Few are open, and they have an index; asked plainly whether it has a service, SQLite would go
    // through all there ever were by the index of that.
    let statement = "select i.service_id, i.number, i.priority from incidents i \
        where i.state in ('new', 'in_progress', 'on_hold') and i.priority <= $1 \
        and coalesce(i.service_id, '') <> '' and i.merged_into is null and i.confidential_to is null \
        and not exists (select 1 from outages o where o.number = i.number) \
        order by i.priority, i.number";
    many(sql, statement, &[PRIORITY_MAX.into()], |row| {
        let (service, number) = (row.parsed()?, IncidentNumber(row.int()?));
        let priority = Priority::new(row.int()?)
            .map_err(|_| Failure::damaged("the priority of an incident is not 1 to 5"))?;
        Ok(Weighing { service, number, priority })
    })
}

/// How many critical alerts of each service are not over and not muted. Those of incidents that
/// are hidden from others are left out.
pub fn alerts(sql: &mut dyn Sql) -> Result<Vec<(ServiceId, u64)>, Failure> {
    let statement = "select a.service_id, count(*) from alerts a \
        left join incidents i on i.number = a.number \
        where a.ended_at is null and a.severity = 'critical' and a.service_id is not null \
        and a.muted is null and i.confidential_to is null group by a.service_id order by 1";
    many(sql, statement, &[], |row| {
        Ok((row.parsed()?, u64::try_from(row.int()?).unwrap_or_default()))
    })
}
