//! Alerts and what belongs to them. Many are told of at once, so whatever is asked or written
//! here is asked or written for all of them together.

pub mod asks;
pub mod details;
pub mod found;
pub mod groups;
pub mod heartbeats;
pub mod maintenances;
pub mod payloads;

use crate::directory::{many, slots};
use crate::{Columns, Failure, Row, Sql, Table, Type, Value};
use alert::Alert;
use incident::Lifecycle;
use kernel::{AlertId, IncidentNumber, IntegrationId, ServiceId, Timestamp};
use std::collections::{BTreeSet, HashMap};

/// Keys asked for in one statement; databases bound the number of parameters.
const KEYS_PER_STATEMENT: usize = 1_024;

const SELECT: &str = "select id, integration_id, key, state, severity, service_id, group_key, number, \
    count, first_at, last_at, started_at, ends_at, ended_at, muted, muted_until, changes, \
    flapping_until, check_at, digest, once from alerts";

const COLUMNS: &[(&str, Type)] = &[
    ("id", Type::Text),
    ("integration_id", Type::Text),
    ("key", Type::Text),
    ("state", Type::Text),
    ("severity", Type::Text),
    ("service_id", Type::Text),
    ("group_key", Type::Text),
    ("number", Type::Int),
    ("count", Type::Int),
    ("first_at", Type::Int),
    ("last_at", Type::Int),
    ("started_at", Type::Int),
    ("ends_at", Type::Int),
    ("ended_at", Type::Int),
    ("muted", Type::Text),
    ("muted_until", Type::Int),
    ("changes", Type::Text),
    ("flapping_until", Type::Int),
    ("check_at", Type::Int),
    ("digest", Type::Int),
    ("once", Type::Int),
];

/// How much of an alert's row differs from the one that is stored. What is set is written
/// with every index it is in, so what only counts up sets no more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Written {
    /// It was told of again.
    Count,
    /// Anything may differ, or there is no row yet.
    All,
}

/// What differs of an alert that was told of again, found by its id.
const COUNTED: Table = Table {
    name: "alerts",
    columns: &[
        ("id", Type::Text),
        ("count", Type::Int),
        ("last_at", Type::Int),
        ("ends_at", Type::Int),
    ],
    suffix: "",
};

const WHOLE: Table = Table {
    name: "alerts",
    columns: COLUMNS,
    suffix: "on conflict (id) do update set state = excluded.state, severity = excluded.severity, \
        service_id = excluded.service_id, group_key = excluded.group_key, number = excluded.number, \
        count = excluded.count, last_at = excluded.last_at, ends_at = excluded.ends_at, \
        ended_at = excluded.ended_at, muted = excluded.muted, muted_until = excluded.muted_until, \
        changes = excluded.changes, flapping_until = excluded.flapping_until, \
        check_at = excluded.check_at, digest = excluded.digest",
};

/// Stores alerts. What is over goes first, because its key may be taken by what begins.
pub fn write<'a>(
    sql: &mut dyn Sql,
    written: Written,
    alerts: impl Iterator<Item = &'a Alert>,
) -> Result<(), Failure> {
    if written == Written::Count {
        return sql.update(&COUNTED, alerts.map(counted).collect()).map(drop);
    }
    let (over, open): (Vec<&Alert>, Vec<&Alert>) = alerts.partition(|alert| !alert.is_open());
    for part in [over, open] {
        if !part.is_empty() {
            sql.insert(&WHOLE, part.into_iter().map(row).collect())?;
        }
    }
    Ok(())
}

/// The open alerts of an integration with these keys.
pub fn open(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    keys: &[&str],
) -> Result<Vec<Alert>, Failure> {
    let mut found = Vec::with_capacity(keys.len());
    for part in keys.chunks(KEYS_PER_STATEMENT) {
        let (names, values) = slots(2, part);
        let statement =
            format!("{SELECT} where integration_id = $1 and key in ({names}) and ended_at is null");
        let parameters: Vec<Value> = [integration.into()].into_iter().chain(values).collect();
        found.extend(many(sql, &statement, &parameters, read)?);
    }
    Ok(found)
}

/// The alerts of an integration with these keys that were over since an instant, the latest
/// last.
pub fn over_since(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    keys: &[&str],
    since: Timestamp,
) -> Result<Vec<Alert>, Failure> {
    let mut found = Vec::new();
    for part in keys.chunks(KEYS_PER_STATEMENT) {
        let (names, values) = slots(3, part);
        let statement = format!(
            "{SELECT} where integration_id = $1 and key in ({names}) and ended_at > $2 order by ended_at, id"
        );
        let own = [integration.into(), since.into()];
        let parameters: Vec<Value> = own.into_iter().chain(values).collect();
        found.extend(many(sql, &statement, &parameters, read)?);
    }
    Ok(found)
}

/// The open alerts of a group, those of one incident after the other; `limit` at most.
pub fn open_in_group(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    group: &str,
    limit: i64,
) -> Result<Vec<Alert>, Failure> {
    let statement = format!(
        "{SELECT} where integration_id = $1 and group_key = $2 and ended_at is null \
         order by number, id limit $3"
    );
    many(sql, &statement, &[integration.into(), group.into(), limit.into()], read)
}

/// The open alerts of an integration that it did not tell of since an instant, by id; `limit` at
/// most.
pub fn untold_of(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Alert>, Failure> {
    let statement = format!(
        "{SELECT} where integration_id = $1 and ended_at is null and last_at < $2 order by id limit $3"
    );
    many(sql, &statement, &[integration.into(), since.into(), limit.into()], read)
}

/// The open alerts that are to be looked at by an instant, the most overdue first. One that is
/// damaged keeps no other from being looked at, and is left alone from then on.
pub fn due(sql: &mut dyn Sql, now: Timestamp, limit: i64) -> Result<Vec<Alert>, Failure> {
    let statement = format!("{SELECT} where check_at <= $1 order by check_at, id limit $2");
    let rows = sql.query(&statement, &[now.into(), limit.into()])?;
    read_or_rest(sql, rows, read, "update alerts set check_at = null where id = $1")
}

/// Reads these rows; what lets one that cannot be read rest takes its first column.
fn read_or_rest<T>(
    sql: &mut dyn Sql,
    rows: Vec<Row>,
    read: impl Fn(&mut Columns) -> Result<T, Failure>,
    rest: &str,
) -> Result<Vec<T>, Failure> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let key = row.first().cloned().unwrap_or(Value::Null);
        match read(&mut Columns::of(row)) {
            Ok(one) => found.push(one),
            Err(failure) => {
                tracing::error!(%failure, ?key, "what is due of alerts cannot be read; it is left alone");
                sql.execute(rest, &[key])?;
            }
        }
    }
    Ok(found)
}

/// The alerts with these ids.
pub fn by_ids(sql: &mut dyn Sql, ids: &[AlertId]) -> Result<Vec<Alert>, Failure> {
    let mut found = Vec::with_capacity(ids.len());
    for part in ids.chunks(KEYS_PER_STATEMENT) {
        let (names, values) = slots(1, part);
        let statement = format!("{SELECT} where id in ({names}) order by id");
        found.extend(many(sql, &statement, &values, read)?);
    }
    Ok(found)
}

/// Whether an open alert of an incident was told of since an instant.
pub fn told_since(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    since: Timestamp,
) -> Result<bool, Failure> {
    let statement =
        "select 1 from alerts where number = $1 and ended_at is null and last_at > $2 limit 1";
    Ok(!sql.query(statement, &[number.into(), since.into()])?.is_empty())
}

/// The open alerts of an incident, the worst first; `limit` at most.
pub fn open_of_incident(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    limit: i64,
) -> Result<Vec<Alert>, Failure> {
    // By the alphabet: critical, error, info, warning.
    let statement =
        format!("{SELECT} where number = $1 and ended_at is null order by severity, id limit $2");
    many(sql, &statement, &[number.into(), limit.into()], read)
}

/// The open alerts of an incident that are worth another, the worst first; `limit` at most.
pub fn open_and_worth_an_incident(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    limit: i64,
) -> Result<Vec<Alert>, Failure> {
    let statement = format!(
        "{SELECT} where number = $1 and ended_at is null and severity <> 'info' \
         order by severity, id limit $2"
    );
    many(sql, &statement, &[number.into(), limit.into()], read)
}

/// The open alerts of an incident that nobody has, as far as their source says; `limit` at most.
pub fn waiting_of_incident(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    limit: usize,
) -> Result<Vec<AlertId>, Failure> {
    let statement = format!(
        "select id from alerts where number = $1 and ended_at is null and state = 'firing' \
         order by id limit {limit}"
    );
    many(sql, &statement, &[number.into()], Columns::parsed)
}

/// The incidents that the open alerts of these groups of an integration belong to, the newest
/// first; `limit` of each group at most. During a storm that is none of the group's own.
pub fn incidents_of_groups(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    groups: &[&str],
    limit: usize,
) -> Result<HashMap<String, Vec<IncidentNumber>>, Failure> {
    let mut found: HashMap<String, Vec<IncidentNumber>> = HashMap::new();
    for part in groups.chunks(KEYS_PER_STATEMENT) {
        let (names, values) = slots(2, part);
        let names = format!("({})", names.replace(", ", "), ("));
        // From each number to the next lower one: a group of one incident is one step, however
        // many alerts it has.
        let next = "select max(a.number) from alerts a where a.integration_id = $1 \
            and a.ended_at is null and a.group_key";
        let statement = format!(
            "with recursive steps (group_key, number, nth) as (\
             select g.column1, ({next} = g.column1), 1 from (values {names}) g \
             union select s.group_key, ({next} = s.group_key and a.number < s.number), s.nth + 1 \
             from steps s where s.number is not null and s.nth < {limit}) \
             select group_key, number from steps where number is not null \
             order by group_key, number desc"
        );
        let parameters: Vec<Value> = [integration.into()].into_iter().chain(values).collect();
        let read = |row: &mut Columns| Ok((row.text()?, IncidentNumber(row.int()?)));
        for (group, number) in many(sql, &statement, &parameters, read)? {
            found.entry(group).or_default().push(number);
        }
    }
    Ok(found)
}

/// Of these incidents, those that are not worked on any more, with how they ended and when
/// they were resolved.
pub fn ended_incidents(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<Vec<(IncidentNumber, Lifecycle, Option<Timestamp>)>, Failure> {
    let mut found = Vec::new();
    for part in numbers.chunks(KEYS_PER_STATEMENT) {
        let (names, values) = slots(1, part);
        let statement = format!(
            "select number, state, resolved_at from incidents where number in ({names}) \
             and state not in ('new', 'in_progress', 'on_hold')"
        );
        found.extend(many(sql, &statement, &values, |row| {
            Ok((IncidentNumber(row.int()?), row.parsed()?, row.opt_at()?))
        })?);
    }
    Ok(found)
}

/// Incidents of the highest priority that somebody works on or should, for these services,
/// the newest first; `limit` at most.
pub fn outages(
    sql: &mut dyn Sql,
    services: &[ServiceId],
    limit: usize,
) -> Result<Vec<IncidentNumber>, Failure> {
    let (names, values) = slots(1, services);
    let statement = format!(
        "select number from incidents where service_id in ({names}) and priority = 1 \
         and state in ('new', 'in_progress') and merged_into is null \
         order by number desc limit {limit}"
    );
    many(sql, &statement, &values, |row| row.int().map(IncidentNumber))
}

/// The services with an incident of the highest priority that somebody works on or should.
pub fn services_out(sql: &mut dyn Sql) -> Result<BTreeSet<ServiceId>, Failure> {
    // In the words of the index of what is open.
    let statement = "select distinct service_id from incidents \
        where state in ('new', 'in_progress', 'on_hold') and state <> 'on_hold' \
        and priority = 1 and merged_into is null and service_id is not null";
    Ok(many(sql, statement, &[], Columns::parsed)?.into_iter().collect())
}

/// The open incidents of a service, the newest first; `limit` at most.
pub fn open_incidents_of(
    sql: &mut dyn Sql,
    service: ServiceId,
    limit: usize,
) -> Result<Vec<IncidentNumber>, Failure> {
    let statement = format!(
        "select number from incidents where service_id = $1 \
         and state in ('new', 'in_progress', 'on_hold') order by number desc limit {limit}"
    );
    many(sql, &statement, &[service.into()], |row| row.int().map(IncidentNumber))
}

/// Whether something is to be looked at by an instant: an alert, a group or a heartbeat.
pub fn any_due(sql: &mut dyn Sql, now: Timestamp) -> Result<bool, Failure> {
    let statement = "select 1 from alerts where check_at <= $1 \
        union all select 1 from alert_groups where check_at <= $1 \
        union all select 1 from heartbeats where due_at <= $1 limit 1";
    Ok(!sql.query(statement, &[now.into()])?.is_empty())
}

fn counted(alert: &Alert) -> Row {
    vec![alert.id.into(), alert.count.into(), alert.last_at.into(), alert.ends_at.into()]
}

fn row(alert: &Alert) -> Row {
    vec![
        alert.id.into(),
        alert.integration.into(),
        (&alert.key).into(),
        alert.state.as_str().into(),
        alert.severity.as_str().into(),
        alert.service.into(),
        (&alert.group).into(),
        alert.number.into(),
        alert.count.into(),
        alert.first_at.into(),
        alert.last_at.into(),
        alert.started_at.into(),
        alert.ends_at.into(),
        alert.ended_at.into(),
        alert.muted.map(|muted| muted.as_str()).into(),
        alert.muted_until.into(),
        written_instants(&alert.changes).into(),
        alert.flapping_until.into(),
        alert.check_at.into(),
        alert.digest.into(),
        alert.once.into(),
    ]
}

pub(crate) fn read(row: &mut Columns) -> Result<Alert, Failure> {
    Ok(Alert {
        id: row.parsed()?,
        integration: row.parsed()?,
        key: row.text()?,
        state: row.parsed()?,
        severity: row.parsed()?,
        service: row.opt_parsed()?,
        group: row.text()?,
        number: row.opt_int()?.map(kernel::IncidentNumber),
        count: row.int()?,
        first_at: row.at()?,
        last_at: row.at()?,
        started_at: row.opt_at()?,
        ends_at: row.opt_at()?,
        ended_at: row.opt_at()?,
        muted: row.opt_parsed()?,
        muted_until: row.opt_at()?,
        changes: read_instants(&row.text()?),
        flapping_until: row.opt_at()?,
        check_at: row.opt_at()?,
        digest: row.int()?,
        once: row.opt_int()?,
    })
}

/// Instants in a row that is kept short: microseconds between spaces.
fn written_instants(instants: &[Timestamp]) -> String {
    let texts: Vec<String> = instants.iter().map(|at| at.micros().to_string()).collect();
    texts.join(" ")
}

fn read_instants(text: &str) -> Vec<Timestamp> {
    let numbers = text.split_ascii_whitespace().filter_map(|number| number.parse().ok());
    numbers.map(Timestamp::from_micros).collect()
}
