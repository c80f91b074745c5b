//! What people are told within the product: deliveries that are done when they are there, and
//! that their reader marks as read.

use super::{DELIVERY, Delivery, read};
use crate::directory::{many, one, slots};
use crate::incidents::filter::visible;
use crate::{Columns, Failure, Sql, Value};
use incident::Scope;
use kernel::{IncidentNumber, PersonId, Timestamp};

/// More unread entries than this are not counted: whoever has so many counts no more either.
pub const UNREAD_MAX: i64 = 100;
/// Entries that one statement marks as read; the rest is marked by the next one.
const MARKED_ROWS: i64 = 1_000;

/// An entry of somebody's inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The delivery.
    pub delivery: Delivery,
    /// When they read it.
    pub read_at: Option<Timestamp>,
}

/// Which entries are marked as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// One.
    One(i64),
    /// All about an incident.
    About(IncidentNumber),
    /// All up to one, which is the newest that they saw.
    UpTo(i64),
}

impl Which {
    /// As a condition, and the value of its `$2`.
    fn condition(self) -> (&'static str, i64) {
        match self {
            Which::One(id) => ("id = $2", id),
            Which::About(number) => ("number = $2", number.0),
            Which::UpTo(id) => ("id <= $2", id),
        }
    }
}

/// Entries on their way to the inbox.
const ARRIVING: &str = "state = 'waiting' and channel = 'inbox' and next_at <= $1";

/// Whether entries are on their way.
pub(super) fn is_due(sql: &mut dyn Sql, now: Timestamp) -> Result<bool, Failure> {
    let statement = format!("select 1 from deliveries where {ARRIVING} limit 1");
    Ok(!sql.query(&statement, &[now.into()])?.is_empty())
}

/// Entries on their way, the earliest first.
pub fn arriving(sql: &mut dyn Sql, now: Timestamp, limit: i64) -> Result<Vec<Delivery>, Failure> {
    let statement =
        format!("select {DELIVERY} from deliveries where {ARRIVING} order by next_at, id limit $2");
    many(sql, &statement, &[now.into(), limit.into()], read)
}

/// Puts entries into their inboxes. Two nodes may do so at once: they are there once.
pub fn arrive(sql: &mut dyn Sql, ids: &[i64], now: Timestamp) -> Result<(), Failure> {
    let (list, mut values) = slots(2, ids);
    values.insert(0, now.into());
    let statement = format!(
        "update deliveries set state = 'sent', ended_at = $1 where id in ({list}) and state = 'waiting'"
    );
    sql.execute(&statement, &values).map(drop)
}

/// What is in somebody's inbox about incidents that they may see at all, the newest first, from
/// the one before `before` on; everything, or what is unread.
pub fn entries(
    sql: &mut dyn Sql,
    scope: &Scope,
    unread_only: bool,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Entry>, Failure> {
    let (seen, mut values) = seen(sql, scope, 4);
    let first: [Value; 3] =
        [scope.person.into(), before.unwrap_or(i64::MAX).into(), (limit as i64).into()];
    values.splice(0..0, first);
    let unread = if unread_only { "and read_at is null" } else { "" };
    let statement = format!(
        "select {DELIVERY}, read_at from deliveries where person_id = $1 and channel = 'inbox' \
         and state = 'sent' and id < $2 {unread} and {seen} order by id desc limit $3"
    );
    many(sql, &statement, &values, |row| Ok(Entry { delivery: read(row)?, read_at: row.opt_at()? }))
}

/// How many entries somebody has not read, [`UNREAD_MAX`] at most.
pub fn unread(sql: &mut dyn Sql, scope: &Scope) -> Result<i64, Failure> {
    let (seen, mut values) = seen(sql, scope, 3);
    let first: [Value; 2] = [scope.person.into(), UNREAD_MAX.into()];
    values.splice(0..0, first);
    let statement = format!(
        "select count(*) from (select 1 from deliveries where person_id = $1 and channel = 'inbox' \
         and state = 'sent' and read_at is null and {seen} limit $2) as unread"
    );
    Ok(one(sql, &statement, &values, Columns::int)?.unwrap_or_default())
}

/// Whether somebody has entries that they have not read.
pub fn is_unread(sql: &mut dyn Sql, person: PersonId, which: Which) -> Result<bool, Failure> {
    let (condition, value) = which.condition();
    let statement = format!(
        "select 1 from deliveries where person_id = $1 and channel = 'inbox' and state = 'sent' \
         and read_at is null and {condition} limit 1"
    );
    Ok(!sql.query(&statement, &[person.into(), value.into()])?.is_empty())
}

/// Marks entries of somebody as read; how many were not.
pub fn mark_read(
    sql: &mut dyn Sql,
    person: PersonId,
    which: Which,
    now: Timestamp,
) -> Result<u64, Failure> {
    let (condition, value) = which.condition();
    let some = format!(
        "update deliveries set read_at = $3 where id in (select id from deliveries \
         where person_id = $1 and channel = 'inbox' and state = 'sent' and read_at is null \
         and {condition} limit $4)"
    );
    let mut marked = 0;
    loop {
        let values = [person.into(), value.into(), now.into(), MARKED_ROWS.into()];
        let more = sql.execute(&some, &values)?;
        marked += more;
        if more < MARKED_ROWS as u64 {
            return Ok(marked);
        }
    }
}

/// Whose inbox changed after an instant, and when last.
pub fn changed_after(
    sql: &mut dyn Sql,
    after: Timestamp,
) -> Result<Vec<(PersonId, Timestamp)>, Failure> {
    let statement = "select person_id, max(moment) from (\
        select person_id, ended_at as moment from deliveries where channel = 'inbox' and ended_at > $1 \
        union all \
        select person_id, read_at as moment from deliveries where read_at is not null and read_at > $1\
        ) as changed group by person_id";
    many(sql, statement, &[after.into()], |row| Ok((row.parsed()?, row.at()?)))
}

/// That the incident of a delivery is one that may be seen.
fn seen(sql: &mut dyn Sql, scope: &Scope, first_parameter: usize) -> (String, Vec<Value>) {
    let (visible, values) = visible(sql.engine(), scope, first_parameter);
    let seen = format!(
        "exists (select 1 from incidents i where i.number = deliveries.number and {visible})"
    );
    (seen, values)
}
