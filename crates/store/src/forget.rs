//! What is forgotten once it is old: alerts that are over with what they said, their groups, pages,
//! what was promised, and past windows of maintenance. Each in small steps, so that whatever else
//! is written comes in between. Nothing of an incident that is open is forgotten.

use crate::directory::{many, slots};
use crate::{Columns, Failure, Sql, Value};
use kernel::{AlertId, MaintenanceId, Timestamp};

/// A kind of what is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Alerts that are over, and what they said.
    Alerts,
    /// The counts of incidents without alerts any more.
    Groups,
    /// Attempts to reach people.
    Pages,
    /// Steps that were promised.
    Promises,
    /// Entries that reached nobody.
    Alarms,
    /// Windows of maintenance that are over or called off.
    Maintenances,
}

impl Kind {
    /// All of them, in the order in which they are forgotten: groups after their alerts.
    pub const ALL: [Kind; 6] =
        [Kind::Alerts, Kind::Groups, Kind::Pages, Kind::Promises, Kind::Alarms, Kind::Maintenances];
}

/// Whether the incident of a row `x` is open.
const IS_OPEN: &str = "exists (select 1 from incidents i where i.number = x.number \
    and i.state in ('new', 'in_progress', 'on_hold'))";

/// Forgets what is older than an instant, `limit` rows at most; how many it were. Fewer than
/// `limit` means that nothing more of this kind is that old.
pub fn forget(
    sql: &mut dyn Sql,
    kind: Kind,
    before: Timestamp,
    limit: i64,
) -> Result<u64, Failure> {
    match kind {
        Kind::Alerts => alerts(sql, before, limit),
        Kind::Groups => {
            let statement = format!(
                "delete from alert_groups where number in (select x.number from alert_groups x \
                 where x.opened_at < $1 and x.last_at < $1 and not {IS_OPEN} \
                 and not exists (select 1 from alerts a where a.number = x.number) \
                 order by x.opened_at limit $2)"
            );
            sql.execute(&statement, &[before.into(), limit.into()])
        }
        Kind::Pages => {
            let statement = format!(
                "delete from pages where id in (select x.id from pages x \
                 where x.created_at < $1 and x.state <> 'waiting' and not {IS_OPEN} \
                 order by x.created_at limit $2)"
            );
            sql.execute(&statement, &[before.into(), limit.into()])
        }
        Kind::Promises => {
            let statement = format!(
                "delete from page_promises where (number, began_n, step) in \
                 (select x.number, x.began_n, x.step from page_promises x \
                 where x.latest_at < $1 and x.state <> 'promised' and not {IS_OPEN} \
                 order by x.latest_at limit $2)"
            );
            sql.execute(&statement, &[before.into(), limit.into()])
        }
        Kind::Alarms => {
            let statement = format!(
                "delete from page_alarms where (number, n) in (select x.number, x.n \
                 from page_alarms x where x.raised_at < $1 and not {IS_OPEN} limit $2)"
            );
            sql.execute(&statement, &[before.into(), limit.into()])
        }
        Kind::Maintenances => maintenances(sql, before, limit),
    }
}

fn alerts(sql: &mut dyn Sql, before: Timestamp, limit: i64) -> Result<u64, Failure> {
    let statement = format!(
        "select x.id from alerts x where x.ended_at < $1 and not {IS_OPEN} \
         order by x.ended_at limit $2"
    );
    let old: Vec<AlertId> = many(sql, &statement, &[before.into(), limit.into()], Columns::parsed)?;
    if old.is_empty() {
        return Ok(0);
    }
    let (names, values) = slots(1, &old);
    sql.execute(&format!("delete from alert_details where alert_id in ({names})"), &values)?;
    sql.execute(&format!("delete from alerts where id in ({names})"), &values)
}

/// Windows that come again end with their last day; one without an end is never over.
fn maintenances(sql: &mut dyn Sql, before: Timestamp, limit: i64) -> Result<u64, Failure> {
    let statement = "select id from maintenances \
        where ends_at < $1 or (cancelled = 1 and starts_at < $1) order by starts_at, id limit $2";
    let old: Vec<MaintenanceId> =
        many(sql, statement, &[before.into(), limit.into()], Columns::parsed)?;
    if old.is_empty() {
        return Ok(0);
    }
    let (names, values): (String, Vec<Value>) = slots(1, &old);
    let words = format!("delete from maintenance_words where maintenance_id in ({names})");
    sql.execute(&words, &values)?;
    let told = format!("delete from maintenances_told where maintenance_id in ({names})");
    sql.execute(&told, &values)?;
    sql.execute(&format!("delete from maintenances where id in ({names})"), &values)
}
