//! The alerts of each incident, counted.

use super::{KEYS_PER_STATEMENT, read_or_rest};
use crate::directory::{many, one, slots};
use crate::{Columns, Failure, Row, Sql, Table, Type, Value};
use alert::{Group, STORM_KEY};
use kernel::{IncidentNumber, IntegrationId, Timestamp};

const SELECT: &str = "select number, integration_id, key, storm, open, opened_at, last_at, critical, \
    error, warning, info, total, silent, muted, flapping_until, truncated, unclear_since, told_at, \
    untold, check_at from alert_groups";

const GROUPS: Table = Table {
    name: "alert_groups",
    columns: &[
        ("number", Type::Int),
        ("integration_id", Type::Text),
        ("key", Type::Text),
        ("storm", Type::Int),
        ("open", Type::Int),
        ("opened_at", Type::Int),
        ("last_at", Type::Int),
        ("critical", Type::Int),
        ("error", Type::Int),
        ("warning", Type::Int),
        ("info", Type::Int),
        ("total", Type::Int),
        ("silent", Type::Int),
        ("muted", Type::Text),
        ("flapping_until", Type::Int),
        ("truncated", Type::Int),
        ("unclear_since", Type::Int),
        ("told_at", Type::Int),
        ("untold", Type::Int),
        ("check_at", Type::Int),
    ],
    suffix: "on conflict (number) do update set open = excluded.open, last_at = excluded.last_at, \
        critical = excluded.critical, error = excluded.error, warning = excluded.warning, \
        info = excluded.info, total = excluded.total, silent = excluded.silent, muted = excluded.muted, \
        flapping_until = excluded.flapping_until, truncated = excluded.truncated, \
        unclear_since = excluded.unclear_since, told_at = excluded.told_at, untold = excluded.untold, \
        check_at = excluded.check_at",
};

/// The incidents of an integration's groups of which nothing fires that is known, while their
/// source may have left some out; `limit` at most.
pub fn hiding(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    limit: i64,
) -> Result<Vec<IncidentNumber>, Failure> {
    let statement = "select number from alert_groups where integration_id = $1 and truncated = 1 \
        and open = 1 and critical + error + warning + info = 0 order by number limit $2";
    many(sql, statement, &[integration.into(), limit.into()], |row| row.int().map(IncidentNumber))
}

/// Stores groups that have their incident. Those that take no more go first, because their
/// key may be taken by new ones.
pub fn write<'a>(
    sql: &mut dyn Sql,
    groups: impl Iterator<Item = &'a Group>,
) -> Result<(), Failure> {
    let (shut, open): (Vec<&Group>, Vec<&Group>) = groups.partition(|group| !group.open);
    for part in [shut, open] {
        let rows: Vec<Row> = part.into_iter().filter_map(row).collect();
        if !rows.is_empty() {
            sql.insert(&GROUPS, rows)?;
        }
    }
    Ok(())
}

/// The groups of these incidents.
pub fn of(sql: &mut dyn Sql, numbers: &[IncidentNumber]) -> Result<Vec<Group>, Failure> {
    let mut found = Vec::with_capacity(numbers.len());
    for part in numbers.chunks(KEYS_PER_STATEMENT) {
        let (names, values) = slots(1, part);
        found.extend(many(sql, &format!("{SELECT} where number in ({names})"), &values, read)?);
    }
    Ok(found)
}

/// The groups of an integration with these keys that take more.
pub fn open(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    keys: &[&str],
) -> Result<Vec<Group>, Failure> {
    let mut found = Vec::with_capacity(keys.len());
    for part in keys.chunks(KEYS_PER_STATEMENT) {
        let (names, values) = slots(2, part);
        let statement =
            format!("{SELECT} where integration_id = $1 and key in ({names}) and open = 1");
        let parameters: Vec<Value> = [integration.into()].into_iter().chain(values).collect();
        found.extend(many(sql, &statement, &parameters, read)?);
    }
    Ok(found)
}

/// How many groups of an integration began since an instant, the one of a storm apart.
pub fn begun_since(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    since: Timestamp,
) -> Result<i64, Failure> {
    let statement = "select count(*) from alert_groups where integration_id = $1 and opened_at > $2 and key <> $3";
    let parameters = [integration.into(), since.into(), STORM_KEY.into()];
    Ok(one(sql, statement, &parameters, Columns::int)?.unwrap_or(0))
}

/// Lets the alerts of an incident be looked at by an instant: one row, however many they are.
pub fn look_by(sql: &mut dyn Sql, number: IncidentNumber, at: Timestamp) -> Result<(), Failure> {
    let statement = "update alert_groups set check_at = $2 where number = $1 \
        and (check_at is null or check_at > $2)";
    sql.execute(statement, &[number.into(), at.into()]).map(drop)
}

/// The groups that are to be looked at by an instant, the most overdue first.
pub fn due(sql: &mut dyn Sql, now: Timestamp, limit: i64) -> Result<Vec<Group>, Failure> {
    let statement = format!("{SELECT} where check_at <= $1 order by check_at, number limit $2");
    let rows = sql.query(&statement, &[now.into(), limit.into()])?;
    let rest = "update alert_groups set check_at = null where number = $1";
    read_or_rest(sql, rows, read, rest)
}

fn row(group: &Group) -> Option<Row> {
    let [critical, error, warning, info] = group.firing;
    Some(vec![
        group.number?.into(),
        group.integration.into(),
        (&group.key).into(),
        group.storm.into(),
        group.open.into(),
        group.opened_at.into(),
        group.last_at.into(),
        critical.into(),
        error.into(),
        warning.into(),
        info.into(),
        group.total.into(),
        group.silent.into(),
        group.muted.map(|muted| muted.as_str()).into(),
        group.flapping_until.into(),
        group.truncated.into(),
        group.unclear_since.into(),
        group.told_at.into(),
        group.untold.into(),
        group.check_at.into(),
    ])
}

fn read(row: &mut Columns) -> Result<Group, Failure> {
    let number = Some(IncidentNumber(row.int()?));
    let (integration, key) = (row.parsed()?, row.text()?);
    let (storm, open) = (row.flag()?, row.flag()?);
    let (opened_at, last_at) = (row.at()?, row.at()?);
    let firing = [count(row)?, count(row)?, count(row)?, count(row)?];
    Ok(Group {
        number,
        integration,
        key,
        storm,
        open,
        opened_at,
        last_at,
        firing,
        total: count(row)?,
        silent: count(row)?,
        muted: row.opt_parsed()?,
        flapping_until: row.opt_at()?,
        truncated: row.flag()?,
        unclear_since: row.opt_at()?,
        told_at: row.at()?,
        untold: row.flag()?,
        check_at: row.opt_at()?,
    })
}

fn count(row: &mut Columns) -> Result<u32, Failure> {
    u32::try_from(row.int()?).map_err(|_| Failure::damaged("a count of alerts is negative"))
}
