//! Deployments and other changes that programs tell of: what was changed before a service broke
//! is asked first. They are no configuration of ours and change none.

use super::rows::{many, one, slots};
use crate::{Columns, Failure, Sql, Value};
use kernel::{ChangeId, ServiceId, Timestamp};
use serde::{Deserialize, Serialize};

/// Days for which changes are kept: a year and a month, so that the same season is there to
/// compare with.
const KEPT_DAYS: i64 = 400;

/// Something that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its id.
    pub id: ChangeId,
    /// When.
    pub at: Timestamp,
    /// At which service, if that is known.
    pub service: Option<ServiceId>,
    /// What, in one line.
    pub title: String,
    /// Who or what says so; may be empty.
    pub source: String,
    /// Where to read on.
    pub link: Option<String>,
}

const SELECT: &str = "select id, at, service_id, title, source, link from service_changes";

/// Keeps a change, and forgets those that are too old by `now`. What is kept: the one that was
/// told before, as [`told_before`] finds it, because whoever heard no answer tells again.
pub fn insert(
    sql: &mut dyn Sql,
    change: &Change,
    since: Timestamp,
    now: Timestamp,
) -> Result<Change, Failure> {
    forget(sql, now.plus_seconds(-KEPT_DAYS * 86_400))?;
    if let Some(known) = told_before(sql, change, since)? {
        return Ok(known);
    }
    sql.execute(
        "insert into service_changes (id, at, service_id, title, source, link) values ($1, $2, $3, $4, $5, $6)",
        &[
            change.id.to_string().into(),
            change.at.into(),
            change.service.into(),
            (&change.title).into(),
            (&change.source).into(),
            change.link.clone().into(),
        ],
    )?;
    Ok(change.clone())
}

/// The change that says just the same and was made at the same instant, or since `since` where
/// nobody said when; the latest of them.
pub fn told_before(
    sql: &mut dyn Sql,
    change: &Change,
    since: Timestamp,
) -> Result<Option<Change>, Failure> {
    let same = format!(
        "{SELECT} where at between $5 and $1 and coalesce(service_id, '') = $2 and title = $3 \
         and source = $4 order by at desc, id desc limit 1"
    );
    let service = change.service.map_or_else(String::new, |service| service.to_string());
    let told: [Value; 5] = [
        change.at.into(),
        service.into(),
        (&change.title).into(),
        (&change.source).into(),
        since.min(change.at).into(),
    ];
    one(sql, &same, &told, read)
}

/// The changes of a service from an instant on and before another, the latest first; `limit` at
/// most.
pub fn of_service(
    sql: &mut dyn Sql,
    service: ServiceId,
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Result<Vec<Change>, Failure> {
    let statement = format!(
        "{SELECT} where service_id = $1 and at >= $2 and at < $3 order by at desc, id desc limit {limit}"
    );
    many(sql, &statement, &[service.into(), from.into(), to.into()], read)
}

/// The changes of several services from an instant on and before another, the latest first;
/// `limit` at most.
pub fn of_services(
    sql: &mut dyn Sql,
    services: &[ServiceId],
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Result<Vec<Change>, Failure> {
    if services.is_empty() {
        return Ok(vec![]);
    }
    let (names, named) = slots(3, services);
    let statement = format!(
        "{SELECT} where service_id in ({names}) and at >= $1 and at < $2 \
         order by at desc, id desc limit {limit}"
    );
    let mut values: Vec<Value> = vec![from.into(), to.into()];
    values.extend(named);
    many(sql, &statement, &values, read)
}

/// Which changes a page of a list holds.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// Of this service alone.
    pub service: Option<ServiceId>,
    /// From this instant on.
    pub from: Timestamp,
    /// Before this instant.
    pub to: Timestamp,
    /// Behind this change, the last one of the page before.
    pub behind: Option<(Timestamp, ChangeId)>,
}

/// The changes of a span, the latest first; `limit` at most.
pub fn page(sql: &mut dyn Sql, span: Span, limit: usize) -> Result<Vec<Change>, Failure> {
    let mut values: Vec<Value> = vec![span.from.into(), span.to.into()];
    let mut wanted = "at >= $1 and at < $2".to_owned();
    if let Some(service) = span.service {
        values.push(service.into());
        wanted.push_str(" and service_id = $3");
    }
    if let Some((at, id)) = span.behind {
        let place = values.len() + 1;
        values.extend([Value::from(at), id.to_string().into()]);
        wanted.push_str(&format!(" and (at < ${place} or at = ${place} and id < ${})", place + 1));
    }
    let statement = format!("{SELECT} where {wanted} order by at desc, id desc limit {limit}");
    many(sql, &statement, &values, read)
}

/// Forgets what was changed before an instant; how many.
pub fn forget(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Failure> {
    sql.execute("delete from service_changes where at < $1", &[before.into()])
}

fn read(row: &mut Columns) -> Result<Change, Failure> {
    Ok(Change {
        id: row.parsed()?,
        at: row.at()?,
        service: row.opt_parsed()?,
        title: row.text()?,
        source: row.text()?,
        link: row.opt_text()?,
    })
}
