//! Calendars elsewhere that read a schedule by an address with a secret in it. Only the hash
//! of the secret is stored.

use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use kernel::{FeedId, PersonId, ScheduleId, Timestamp};
use roster::feed::Entry;
use serde::{Deserialize, Serialize};

/// A feed of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleFeed {
    /// Its id.
    pub id: FeedId,
    /// Which schedule it shows.
    pub schedule: ScheduleId,
    /// For whom it was made.
    pub person: PersonId,
    /// Whether it shows only their own shifts.
    pub own: bool,
    /// When it was made.
    pub made_at: Timestamp,
}

const SELECT: &str = "select id, schedule_id, person_id, own, made_at from schedule_feeds";

/// Stores a new feed.
pub fn insert(sql: &mut dyn Sql, feed: &ScheduleFeed, secret_hash: &[u8]) -> Result<(), Failure> {
    let values: [Value; 6] = [
        feed.id.into(),
        feed.schedule.into(),
        feed.person.into(),
        feed.own.into(),
        secret_hash.into(),
        feed.made_at.into(),
    ];
    sql.execute(
        "insert into schedule_feeds (id, schedule_id, person_id, own, secret_hash, made_at) values ($1, $2, $3, $4, $5, $6)",
        &values,
    )?;
    Ok(())
}

/// The feed with this secret.
pub fn find(sql: &mut dyn Sql, secret_hash: &[u8]) -> Result<Option<ScheduleFeed>, Failure> {
    one(sql, &format!("{SELECT} where secret_hash = $1"), &[secret_hash.into()], read)
}

/// The feed with this id.
pub fn get(sql: &mut dyn Sql, id: FeedId) -> Result<Option<ScheduleFeed>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// The feeds of a schedule, the newest last.
pub fn of_schedule(sql: &mut dyn Sql, schedule: ScheduleId) -> Result<Vec<ScheduleFeed>, Failure> {
    let statement = format!("{SELECT} where schedule_id = $1 order by made_at, id");
    many(sql, &statement, &[schedule.into()], read)
}

/// What a feed said last.
pub fn published(sql: &mut dyn Sql, id: FeedId) -> Result<Vec<Entry>, Failure> {
    let statement = "select published from schedule_feeds where id = $1 and published is not null";
    Ok(one(sql, statement, &[id.into()], Columns::json)?.unwrap_or_default())
}

/// Keeps what a feed says now.
pub fn publish(sql: &mut dyn Sql, id: FeedId, entries: &[Entry]) -> Result<(), Failure> {
    let statement = "update schedule_feeds set published = $2 where id = $1";
    sql.execute(statement, &[id.into(), json(entries)?.into()])?;
    Ok(())
}

/// How many feeds there are for a person.
pub fn count_of(sql: &mut dyn Sql, person: PersonId) -> Result<i64, Failure> {
    let statement = "select count(*) from schedule_feeds where person_id = $1";
    Ok(one(sql, statement, &[person.into()], Columns::int)?.unwrap_or_default())
}

/// Revokes a feed; `false` when there was none.
pub fn delete(sql: &mut dyn Sql, id: FeedId) -> Result<bool, Failure> {
    Ok(sql.execute("delete from schedule_feeds where id = $1", &[id.into()])? == 1)
}

fn read(row: &mut Columns) -> Result<ScheduleFeed, Failure> {
    Ok(ScheduleFeed {
        id: row.parsed()?,
        schedule: row.parsed()?,
        person: row.parsed()?,
        own: row.flag()?,
        made_at: row.at()?,
    })
}
