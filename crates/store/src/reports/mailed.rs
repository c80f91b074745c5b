//! Reports that are sent by themselves, and to whom each was handed to the mail.

use crate::directory::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use insight::report::{By, Name, Past, Turn};
use kernel::{PersonId, ReportId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The word of a letter with a report. Its delivery names the mailing in `rule`, and the minute at
/// which it was due in `n`.
pub const MAILED: &str = "report";
/// Mailings of all people at most.
pub const MAILINGS_MAX: i64 = 1_000;
/// What is said to be done of what comes from a backup: when that was brought back, nobody knows yet.
const BROUGHT_BACK: Timestamp = Timestamp::from_micros(-1);
/// Seconds of the minutes that `n` of a delivery counts since 1970.
const MINUTE: i64 = 60;

/// A report that is sent by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailing {
    /// Its id.
    pub id: ReportId,
    /// Who arranged it.
    pub owner: PersonId,
    /// Which report.
    pub report: Name,
    /// What its lines are.
    pub by: By,
    /// Of which incidents, as text, so that it outlives changes of the language; empty: all.
    pub query: String,
    /// The time zone of its days and of its hour.
    pub zone: String,
    /// Of which days.
    pub past: Past,
    /// When it is sent.
    pub turn: Turn,
    /// Who gets it.
    pub people: BTreeSet<PersonId>,
    /// What was due until then was sent, or is not to be.
    pub done_until: Timestamp,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

impl Mailing {
    /// What it is called in refusals and in the audit.
    pub const WHAT: &'static str = "mailed report";

    /// Whether it comes from a backup, and nothing was looked for since.
    pub fn is_brought_back(&self) -> bool {
        self.done_until == BROUGHT_BACK
    }
}

const SELECT: &str = "select id, owner_id, report, lines, query, zone, past, pace, day, hour, \
    people, done_until, version from report_mailings";

/// Stores a new one.
pub fn insert(sql: &mut dyn Sql, mailing: &Mailing) -> Result<(), Failure> {
    let statement = "insert into report_mailings (id, report, lines, query, zone, past, pace, day, \
        hour, people, done_until, owner_id) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let mut values = values(mailing)?;
    values.push(mailing.owner.into());
    sql.execute(statement, &values)?;
    Ok(())
}

/// Changes one, all but its owner; `false` when it is not at its version any more.
pub fn update(sql: &mut dyn Sql, mailing: &Mailing) -> Result<bool, Failure> {
    let statement = "update report_mailings set report = $2, lines = $3, query = $4, zone = $5, \
        past = $6, pace = $7, day = $8, hour = $9, people = $10, done_until = $11, \
        version = version + 1 where id = $1 and version = $12";
    let mut values = values(mailing)?;
    values.push(mailing.version.into());
    Ok(sql.execute(statement, &values)? == 1)
}

/// Removes one, with the record of what was sent.
pub fn delete(sql: &mut dyn Sql, id: ReportId) -> Result<(), Failure> {
    sql.execute("delete from report_mails where mailing_id = $1", &[id.into()])?;
    sql.execute("delete from report_mailings where id = $1", &[id.into()])?;
    Ok(())
}

/// The one with this id.
pub fn get(sql: &mut dyn Sql, id: ReportId) -> Result<Option<Mailing>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// All of them.
pub fn all(sql: &mut dyn Sql) -> Result<Vec<Mailing>, Failure> {
    many(sql, &format!("{SELECT} order by report, id"), &[], read)
}

/// Those that somebody arranged.
pub fn of_owner(sql: &mut dyn Sql, owner: PersonId) -> Result<Vec<Mailing>, Failure> {
    many(sql, &format!("{SELECT} where owner_id = $1 order by report, id"), &[owner.into()], read)
}

/// How many there are.
pub fn count(sql: &mut dyn Sql) -> Result<i64, Failure> {
    let counted = one(sql, "select count(*) from report_mailings", &[], Columns::int)?;
    Ok(counted.unwrap_or_default())
}

/// Takes what is due until an instant for done; `false` when another node did, or it was changed.
pub fn take(sql: &mut dyn Sql, mailing: &Mailing, due: Timestamp) -> Result<bool, Failure> {
    let statement = "update report_mailings set done_until = $2 \
        where id = $1 and version = $3 and done_until < $2";
    let values = [mailing.id.into(), due.into(), mailing.version.into()];
    Ok(sql.execute(statement, &values)? == 1)
}

/// Leaves what is due to whoever goes on with the data that a backup is made of; whoever restores it
/// goes on from that instant.
pub fn forget_waiting(sql: &mut dyn Sql) -> Result<(), Failure> {
    sql.execute("update report_mailings set done_until = $1", &[BROUGHT_BACK.into()])?;
    Ok(())
}

/// Hands what is due to the mail, for one person and once; whether it was not before. Nobody is
/// told where nobody is told by mail at all.
pub fn hand_over(
    sql: &mut dyn Sql,
    mailing: ReportId,
    due: Timestamp,
    person: PersonId,
    now: Timestamp,
) -> Result<bool, Failure> {
    let statement = "insert into report_mails (mailing_id, due_at, person_id) \
        values ($1, $2, $3) on conflict do nothing";
    if sql.execute(statement, &[mailing.into(), due.into(), person.into()])? == 0 {
        return Ok(false);
    }
    let statement = "insert into deliveries (number, n, word, person_id, told_as, channel, address, \
        next_at, created_at, rule) \
        select null, $1, $2, id, 'person', 'email', email, $3, $3, $4 from people \
        where id = $5 and active = 1 and email is not null \
        and exists (select 1 from settings where key = 'told_since')";
    let minute = due.seconds_since(Timestamp::from_micros(0)) / MINUTE;
    let values: [Value; 5] =
        [minute.into(), MAILED.into(), now.into(), mailing.into(), person.into()];
    sql.execute(statement, &values)?;
    Ok(true)
}

/// The instant of a delivery with this `n`.
pub fn due_at(n: u32) -> Timestamp {
    Timestamp::from_micros(0).plus_seconds(i64::from(n) * MINUTE)
}

/// Forgets to whom was sent what was due before; the last one stays known by `done_until`.
pub fn forget_before(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Failure> {
    sql.execute("delete from report_mails where due_at < $1", &[before.into()])
}

fn values(mailing: &Mailing) -> Result<Vec<Value>, Failure> {
    Ok(vec![
        mailing.id.into(),
        mailing.report.as_str().into(),
        mailing.by.as_str().into(),
        (&mailing.query).into(),
        (&mailing.zone).into(),
        mailing.past.as_str().into(),
        mailing.turn.pace.as_str().into(),
        i64::from(mailing.turn.day).into(),
        i64::from(mailing.turn.hour).into(),
        json(&mailing.people)?.into(),
        mailing.done_until.into(),
    ])
}

fn read(row: &mut Columns) -> Result<Mailing, Failure> {
    Ok(Mailing {
        id: row.parsed()?,
        owner: row.parsed()?,
        report: row.parsed()?,
        by: row.parsed()?,
        query: row.text()?,
        zone: row.text()?,
        past: row.parsed()?,
        turn: Turn { pace: row.parsed()?, day: small(row.int()?)?, hour: small(row.int()?)? },
        people: row.json()?,
        done_until: row.at()?,
        version: row.int()?,
    })
}

fn small(value: i64) -> Result<u8, Failure> {
    u8::try_from(value).map_err(|_| Failure::damaged(format!("{value} is no day and no hour")))
}
