//! What is known when it is decided what a message belongs to: messages and letters of
//! before, and how many there were.

use crate::directory::{many, one, slots};
use crate::{Columns, Failure, Sql};
use kernel::{IncidentNumber, Timestamp};
use std::collections::HashMap;

/// A message that came before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Its id.
    pub id: i64,
    /// The incident it became or went to.
    pub number: IncidentNumber,
}

/// What raises an alarm, once in a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// What it is about.
    pub about: String,
    /// It is not raised when it was at or after this instant.
    pub unless_since: Timestamp,
}

/// The incidents that these message ids belong to, be it as messages that came in or as
/// letters that went out; the first that is known comes first.
pub fn incidents_by_message(
    sql: &mut dyn Sql,
    ids: &[String],
) -> Result<Vec<(String, IncidentNumber)>, Failure> {
    let mut known: HashMap<String, IncidentNumber> = HashMap::new();
    let (list, values) = slots(1, ids);
    for statement in [
        format!(
            "select message_id, number from deliveries where message_id in ({list}) and number is not null"
        ),
        format!(
            "select message_id, number from messages where message_id in ({list}) \
             and number is not null and state = 'done' order by id desc"
        ),
    ] {
        let read = |row: &mut Columns| Ok((row.text()?, IncidentNumber(row.int()?)));
        known.extend(many(sql, &statement, &values, read)?);
    }
    Ok(ids.iter().filter_map(|id| Some((id.clone(), *known.get(id)?))).collect())
}

/// The incidents that a counterpart calls so.
pub fn incidents_by_reference(
    sql: &mut dyn Sql,
    counterpart: &str,
    references: &[String],
) -> Result<Vec<(String, IncidentNumber)>, Failure> {
    let (list, mut values) = slots(2, references);
    values.insert(0, counterpart.into());
    let statement = format!(
        "select reference, number from message_references where counterpart = $1 and reference in ({list})"
    );
    many(sql, &statement, &values, |row| Ok((row.text()?, IncidentNumber(row.int()?))))
}

/// The message with this id and these words that reached an incident before, be it through
/// another mailbox.
pub fn came_before(
    sql: &mut dyn Sql,
    id: i64,
    message_id: &str,
    body_hash: &str,
) -> Result<Option<Earlier>, Failure> {
    let statement = "select id, number from messages where message_id = $1 and body_hash = $2 \
        and id <> $3 and number is not null order by id limit 1";
    one(sql, statement, &[message_id.into(), body_hash.into(), id.into()], |row| {
        Ok(Earlier { id: row.int()?, number: IncidentNumber(row.int()?) })
    })
}

/// Which messages of this address made incidents since and when they came, the newest first;
/// automatic ones, or all; an empty address is that of messages that name none. What tells of
/// letters that nobody knows here and was kept aside is work for people as well, and counts.
pub fn times_from(
    sql: &mut dyn Sql,
    address: &str,
    automatic: bool,
    since: Timestamp,
    limit: usize,
) -> Result<Vec<(i64, Timestamp)>, Failure> {
    let statement = "select id, received_at from messages where from_address = $1 \
        and received_at >= $2 and automatic >= $3 \
        and (n = 1 and number is not null or state = 'quarantined' and rule = 'report') \
        order by received_at desc limit $4";
    let values = [address.into(), since.into(), automatic.into(), (limit as i64).into()];
    many(sql, statement, &values, |row| Ok((row.int()?, row.at()?)))
}

/// When messages of this address went to this incident between two instants, the newest first.
pub fn times_in(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    address: &str,
    (since, until): (Timestamp, Timestamp),
    limit: usize,
) -> Result<Vec<Timestamp>, Failure> {
    let statement = "select received_at from messages where number = $1 and from_address = $2 \
        and received_at >= $3 and received_at <= $5 and state = 'done' \
        order by received_at desc limit $4";
    let values = [number.into(), address.into(), since.into(), (limit as i64).into(), until.into()];
    many(sql, statement, &values, Columns::at)
}

/// When letters were sent to this address since, the newest first.
pub fn letters_to(
    sql: &mut dyn Sql,
    address: &str,
    since: Timestamp,
    limit: usize,
) -> Result<Vec<Timestamp>, Failure> {
    let statement = "select ended_at from deliveries where address = $1 and state = 'sent' and channel = 'email' \
        and ended_at >= $2 order by ended_at desc limit $3";
    many(sql, statement, &[address.into(), since.into(), (limit as i64).into()], Columns::at)
}

/// How many messages of a domain came between two instants; counted up to `most`.
pub fn counted(
    sql: &mut dyn Sql,
    domain: &str,
    (since, until): (Timestamp, Timestamp),
    most: usize,
) -> Result<usize, Failure> {
    let statement = "select count(*) from (select 1 from messages where from_domain = $1 \
        and received_at >= $2 and received_at <= $3 limit $4) as counted";
    let values = [domain.into(), since.into(), until.into(), (most as i64).into()];
    let count = one(sql, statement, &values, Columns::int)?.unwrap_or_default();
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Whether so many messages came between this instant and the message with this id. Ids are
/// given in the order of arrival, so nothing needs to be counted.
pub fn came_within(
    sql: &mut dyn Sql,
    id: i64,
    count: usize,
    since: Timestamp,
) -> Result<bool, Failure> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let statement = "select received_at from messages where id <= $1 order by id desc limit 1";
    let at = one(sql, statement, &[id.saturating_sub(count).into()], Columns::at)?;
    Ok(at.is_some_and(|at| at >= since))
}

/// The incidents that a letter told about.
pub fn told_by(sql: &mut dyn Sql, message_id: &str) -> Result<Vec<IncidentNumber>, Failure> {
    let statement = "select distinct number from deliveries \
        where message_id = $1 and number is not null order by number";
    many(sql, statement, &[message_id.into()], |row| Ok(IncidentNumber(row.int()?)))
}

/// How often messages reopened this incident since.
pub fn reopenings(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    since: Timestamp,
) -> Result<usize, Failure> {
    let statement = "select count(*) from messages where number = $1 and reopened = 1 \
        and received_at >= $2";
    let count = one(sql, statement, &[number.into(), since.into()], Columns::int)?;
    Ok(usize::try_from(count.unwrap_or_default()).unwrap_or_default())
}

/// Whether this alarm was raised lately.
pub fn alarm_raised(sql: &mut dyn Sql, alarm: &Alarm) -> Result<bool, Failure> {
    let statement = "select 1 from message_alarms where about = $1 and raised_at >= $2";
    Ok(!sql.query(statement, &[(&alarm.about).into(), alarm.unless_since.into()])?.is_empty())
}

/// An alarm that was raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// What it is about.
    pub about: String,
    /// When, the last time.
    pub at: Timestamp,
    /// The incident that tells it.
    pub number: IncidentNumber,
}

/// Alarms that were raised since, the newest first.
pub fn alarms(sql: &mut dyn Sql, since: Timestamp, limit: usize) -> Result<Vec<Raised>, Failure> {
    let statement = "select about, raised_at, number from message_alarms where raised_at >= $1 \
        order by raised_at desc, about limit $2";
    many(sql, statement, &[since.into(), (limit as i64).into()], |row| {
        Ok(Raised { about: row.text()?, at: row.at()?, number: IncidentNumber(row.int()?) })
    })
}

/// Notes that an alarm was raised, by which incident.
pub fn raise_alarm(
    sql: &mut dyn Sql,
    alarm: &Alarm,
    number: IncidentNumber,
    now: Timestamp,
) -> Result<(), Failure> {
    let statement = "insert into message_alarms (about, raised_at, number) values ($1, $2, $3) \
        on conflict (about) do update set raised_at = excluded.raised_at, number = excluded.number";
    sql.execute(statement, &[(&alarm.about).into(), now.into(), number.into()]).map(drop)
}

/// The domains of a company's addresses.
pub fn domains(
    sql: &mut dyn Sql,
    organisation: kernel::OrganisationId,
) -> Result<Vec<String>, Failure> {
    let found = crate::directory::organisations::get(sql, organisation)?;
    Ok(found.map(|company| company.email_domains).unwrap_or_default())
}
