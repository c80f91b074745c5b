//! Probable causes: what people said of them, and what is looked at for them. Whatever belongs
//! to an incident is read for somebody, and comes only if they see all of that incident.

use crate::directory::{many, slots};
use crate::incidents::filter;
use crate::outages::OutageRow;
use crate::{Columns, Failure, Sql, Value};
use incident::Scope;
use insight::cause::{Kind, What};
use kernel::{AlertId, IncidentNumber, PersonId, ServiceId, Severity, Timestamp};

/// What somebody said of a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// For which incident it was proposed.
    pub number: IncidentNumber,
    /// What.
    pub what: What,
    /// Of which kind it is.
    pub kind: Kind,
    /// Whether it was the cause.
    pub was_it: bool,
    /// Who says so.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// An alert near the beginning of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// Which.
    pub id: AlertId,
    /// Of which service.
    pub service: ServiceId,
    /// Since when, as its source says, or since it was first told of.
    pub at: Timestamp,
    /// How bad.
    pub severity: Severity,
    /// What it says.
    pub title: String,
}

const SELECT: &str = "select number, what, kind, was_it, person_id, at from cause_verdicts";

/// Keeps what somebody said; the last word stands.
pub fn say(sql: &mut dyn Sql, said: &Verdict) -> Result<(), Failure> {
    let statement = "insert into cause_verdicts (number, what, kind, was_it, person_id, at) \
        values ($1, $2, $3, $4, $5, $6) on conflict (number, what) do update set \
        kind = excluded.kind, was_it = excluded.was_it, person_id = excluded.person_id, \
        at = excluded.at";
    let values = [
        Value::from(said.number),
        said.what.to_string().into(),
        said.kind.as_str().into(),
        said.was_it.into(),
        said.by.into(),
        said.at.into(),
    ];
    sql.execute(statement, &values).map(drop)
}

/// Takes back what was said; whether there was a word.
pub fn unsay(sql: &mut dyn Sql, number: IncidentNumber, what: &What) -> Result<bool, Failure> {
    let statement = "delete from cause_verdicts where number = $1 and what = $2";
    Ok(sql.execute(statement, &[number.into(), what.to_string().into()])? == 1)
}

/// What was said of the causes of an incident, the latest first; `limit` at most.
pub fn of(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    limit: usize,
) -> Result<Vec<Verdict>, Failure> {
    of_many(sql, &[number], limit)
}

/// What was said of the causes of these incidents, the latest first; `limit` at most.
pub fn of_many(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
    limit: usize,
) -> Result<Vec<Verdict>, Failure> {
    if numbers.is_empty() {
        return Ok(vec![]);
    }
    let (names, values) = slots(1, numbers);
    let statement =
        format!("{SELECT} where number in ({names}) order by at desc, what limit {limit}");
    many(sql, &statement, &values, verdict)
}

/// How often each kind was said to be the cause since an instant, and how often not, for
/// incidents that somebody sees all of.
pub fn judged(
    sql: &mut dyn Sql,
    scope: &Scope,
    since: Timestamp,
) -> Result<Vec<(Kind, bool, i64)>, Failure> {
    let (seen, more) = filter::fully_visible(sql.engine(), scope, 2);
    let statement = format!(
        "select v.kind, v.was_it, count(*) from cause_verdicts v \
         join incidents i on i.number = v.number \
         where v.at >= $1 and ({seen}) group by v.kind, v.was_it"
    );
    let values: Vec<Value> = [since.into()].into_iter().chain(more).collect();
    many(sql, &statement, &values, |row| Ok((row.parsed()?, row.flag()?, row.int()?)))
}

/// The last incidents of a service that were reported before an instant, the latest first;
/// `limit` at most.
pub fn last_of(
    sql: &mut dyn Sql,
    service: ServiceId,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<IncidentNumber>, Failure> {
    let statement = format!(
        "select number from incidents where service_id = $1 and reported_at < $2 \
         order by reported_at desc limit {limit}"
    );
    many(sql, &statement, &[service.into(), before.into()], number)
}

/// Incidents of services that were reported within a span, and the open ones, the latest of
/// both; `limit` of each at most.
pub fn incidents_near(
    sql: &mut dyn Sql,
    services: &[ServiceId],
    (from, to): (Timestamp, Timestamp),
    limit: usize,
) -> Result<Vec<IncidentNumber>, Failure> {
    let (names, named) = slots(3, services);
    let reported = format!(
        "select number from incidents where service_id in ({names}) \
         and reported_at >= $1 and reported_at < $2 order by reported_at desc limit {limit}"
    );
    let values: Vec<Value> = [from.into(), to.into()].into_iter().chain(named).collect();
    let mut found = many(sql, &reported, &values, number)?;
    let (names, named) = slots(2, services);
    let open = format!(
        "select number from incidents where service_id in ({names}) \
         and state in ('new', 'in_progress', 'on_hold') and reported_at < $1 \
         order by number desc limit {limit}"
    );
    let values: Vec<Value> = [to.into()].into_iter().chain(named).collect();
    found.extend(many(sql, &open, &values, number)?);
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The services of the children of an incident that somebody sees all of; `limit` at most.
pub fn services_of_children(
    sql: &mut dyn Sql,
    scope: &Scope,
    parent: IncidentNumber,
    limit: usize,
) -> Result<Vec<ServiceId>, Failure> {
    let (seen, more) = filter::fully_visible(sql.engine(), scope, 2);
    let statement = format!(
        "select distinct i.service_id from incidents i where i.parent = $1 \
         and i.service_id is not null and ({seen}) order by i.service_id limit {limit}"
    );
    let values: Vec<Value> = [parent.into()].into_iter().chain(more).collect();
    many(sql, &statement, &values, Columns::parsed)
}

/// Alerts about services that belong to these incidents and are of this span, the earliest
/// first; `limit` at most. Only of incidents that somebody sees all of.
pub fn alerts_near(
    sql: &mut dyn Sql,
    scope: &Scope,
    (numbers, services): (&[IncidentNumber], &[ServiceId]),
    (from, to): (Timestamp, Timestamp),
    limit: usize,
) -> Result<Vec<Near>, Failure> {
    let mut values: Vec<Value> = vec![from.into(), to.into()];
    let (of, named) = slots(values.len() + 1, numbers);
    values.extend(named);
    let (about, named) = slots(values.len() + 1, services);
    values.extend(named);
    let (seen, more) = filter::fully_visible(sql.engine(), scope, values.len() + 1);
    values.extend(more);
    let began = "coalesce(a.started_at, a.first_at)";
    let statement = format!(
        "select a.id, a.service_id, {began}, a.severity, d.title from alerts a \
         join incidents i on i.number = a.number join alert_details d on d.alert_id = a.id \
         where a.number in ({of}) and a.service_id in ({about}) and {began} >= $1 \
         and {began} < $2 and ({seen}) order by {began}, a.id limit {limit}"
    );
    many(sql, &statement, &values, |row| {
        Ok(Near {
            id: row.parsed()?,
            service: row.parsed()?,
            at: row.at()?,
            severity: row.parsed()?,
            title: row.text()?,
        })
    })
}

/// Outages of services that share an instant with a span, the latest first; `limit` at most.
/// Only of incidents that somebody sees all of.
pub fn outages_near(
    sql: &mut dyn Sql,
    scope: &Scope,
    services: &[ServiceId],
    (from, to): (Timestamp, Timestamp),
    limit: usize,
) -> Result<Vec<OutageRow>, Failure> {
    let mut values: Vec<Value> = vec![from.into(), to.into()];
    let (names, named) = slots(values.len() + 1, services);
    values.extend(named);
    let (seen, more) = filter::fully_visible(sql.engine(), scope, values.len() + 1);
    values.extend(more);
    let statement = format!(
        "select o.id, o.number, o.service_id, o.degree, o.started_at, o.ended_at from outages o \
         join incidents i on i.number = o.number where o.service_id in ({names}) \
         and o.started_at < $2 and (o.ended_at is null or o.ended_at > $1) and ({seen}) \
         order by o.started_at desc, o.id desc limit {limit}"
    );
    many(sql, &statement, &values, |row| {
        Ok(OutageRow {
            id: row.parsed()?,
            number: IncidentNumber(row.int()?),
            service: row.parsed()?,
            degree: row.parsed()?,
            started_at: row.at()?,
            ended_at: row.opt_at()?,
        })
    })
}

fn verdict(row: &mut Columns) -> Result<Verdict, Failure> {
    Ok(Verdict {
        number: IncidentNumber(row.int()?),
        what: row.parsed()?,
        kind: row.parsed()?,
        was_it: row.flag()?,
        by: row.parsed()?,
        at: row.at()?,
    })
}

fn number(row: &mut Columns) -> Result<IncidentNumber, Failure> {
    row.int().map(IncidentNumber)
}
