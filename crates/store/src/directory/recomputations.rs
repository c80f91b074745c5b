//! Jobs that bring open incidents over to changed terms. A job is done piece by piece:
//! whoever has it says how far it is, and another node goes on there.

use super::rows::{many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::impact::Subject;
use kernel::{AgreementId, CalendarId, RecomputationId, RuleId, Timestamp};

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recomputation {
    /// Its id.
    pub id: RecomputationId,
    /// What changed.
    pub subject: Subject,
    /// What that is called.
    pub name: String,
    /// The version that open incidents go over to.
    pub version: i64,
    /// When that version comes in force: not before then.
    pub not_before: Timestamp,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it was done.
    pub finished_at: Option<Timestamp>,
    /// How far it is.
    pub progress: Progress,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Incidents to look at when it began.
    pub total: i64,
    /// The last incident that was looked at.
    pub position: i64,
    /// Incidents looked at.
    pub looked: i64,
    /// Incidents whose promises changed.
    pub changed: i64,
    /// Incidents that could not be changed; the log says why.
    pub failed: i64,
}

const SELECT: &str = "select id, subject, subject_id, name, subject_version, not_before, \
    created_at, started_at, finished_at, total, position, looked, changed, failed from recomputations";

/// Stores a new job.
pub fn insert(sql: &mut dyn Sql, job: &Recomputation) -> Result<(), Failure> {
    let (subject, subject_id): (&str, Value) = match job.subject {
        Subject::Agreement(id) => ("agreement", id.into()),
        Subject::Calendar(id) => ("calendar", id.into()),
        Subject::Rule(id) => ("rule", id.into()),
    };
    let values = [
        job.id.into(),
        subject.into(),
        subject_id,
        (&job.name).into(),
        job.version.into(),
        job.not_before.into(),
        job.created_at.into(),
    ];
    sql.execute(
        "insert into recomputations (id, subject, subject_id, name, subject_version, not_before, \
         created_at, total, position, looked, changed, failed) \
         values ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, 0)",
        &values,
    )?;
    Ok(())
}

/// The job with this id.
pub fn get(sql: &mut dyn Sql, id: RecomputationId) -> Result<Option<Recomputation>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// Jobs, the newest first.
pub fn list(sql: &mut dyn Sql, limit: usize) -> Result<Vec<Recomputation>, Failure> {
    let statement = format!("{SELECT} order by created_at desc, id desc limit $1");
    many(sql, &statement, &[(limit as i64).into()], read)
}

/// How many jobs are not done.
pub fn open(sql: &mut dyn Sql) -> Result<i64, Failure> {
    let statement = "select count(*) from recomputations where finished_at is null";
    Ok(one(sql, statement, &[], Columns::int)?.unwrap_or_default())
}

/// The longest a job is taken for. One that is taken for longer was taken by a clock
/// that has been set back since, and nobody has it any more.
const LEASE_SECONDS_MAX: i64 = 60;

/// A job that is due at `$1` and that nobody has, when nobody can have one beyond `$2`.
const FREE: &str = "finished_at is null and not_before <= $1 \
    and (leased_until is null or leased_until <= $1 or leased_until > $2)";

fn farthest(now: Timestamp) -> Timestamp {
    now.plus_seconds(LEASE_SECONDS_MAX)
}

/// Whether there is a job that is due and that nobody has.
pub fn is_due(sql: &mut dyn Sql, now: Timestamp) -> Result<bool, Failure> {
    let statement = format!("select 1 from recomputations where {FREE} limit 1");
    Ok(!sql.query(&statement, &[now.into(), farthest(now).into()])?.is_empty())
}

/// Takes the job that has been due for longest and that nobody has, until `until`, which
/// is at most a minute away.
pub fn claim(
    sql: &mut dyn Sql,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Recomputation>, Failure> {
    let statement = format!("{SELECT} where {FREE} order by not_before, created_at, id limit 1");
    let free = [now.into(), farthest(now).into()];
    let Some(found) = one(sql, &statement, &free, read)? else { return Ok(None) };
    let statement = format!(
        "update recomputations set leased_until = $3, started_at = coalesce(started_at, $1) \
         where id = $4 and {FREE}"
    );
    let [now_value, farthest] = free;
    let taken = sql.execute(&statement, &[now_value, farthest, until.into(), found.id.into()])?;
    Ok((taken == 1)
        .then_some(Recomputation { started_at: found.started_at.or(Some(now)), ..found }))
}

/// Says how far a job is that was taken until `until`, and keeps it until `longer`. Whether it
/// was still had: who came too late changes nothing, somebody else goes on with it.
pub fn progress(
    sql: &mut dyn Sql,
    id: RecomputationId,
    progress: Progress,
    (until, longer): (Timestamp, Timestamp),
) -> Result<bool, Failure> {
    let Progress { total, position, looked, changed, failed } = progress;
    let values = [
        id.into(),
        total.into(),
        position.into(),
        looked.into(),
        changed.into(),
        failed.into(),
        longer.into(),
        until.into(),
    ];
    let done = sql.execute(
        "update recomputations set total = $2, position = $3, looked = $4, changed = $5, \
         failed = $6, leased_until = $7 where id = $1 and leased_until = $8",
        &values,
    )?;
    Ok(done == 1)
}

/// Lets a job go that is not done and that was taken until `until`; who took it since keeps it.
pub fn release(sql: &mut dyn Sql, id: RecomputationId, until: Timestamp) -> Result<(), Failure> {
    let statement =
        "update recomputations set leased_until = null where id = $1 and leased_until = $2";
    sql.execute(statement, &[id.into(), until.into()])?;
    Ok(())
}

/// Says that a job is done that was taken until `until`. Whether it was still had.
pub fn finish(
    sql: &mut dyn Sql,
    id: RecomputationId,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, Failure> {
    let statement = "update recomputations set finished_at = $2, leased_until = null \
        where id = $1 and leased_until = $3";
    Ok(sql.execute(statement, &[id.into(), now.into(), until.into()])? == 1)
}

fn read(row: &mut Columns) -> Result<Recomputation, Failure> {
    let id = row.parsed()?;
    let (subject, subject_id) = (row.text()?, row.text()?);
    let damaged = || Failure::damaged("a recomputation's subject");
    let subject = match subject.as_str() {
        "agreement" => subject_id.parse::<AgreementId>().map(Subject::Agreement),
        "calendar" => subject_id.parse::<CalendarId>().map(Subject::Calendar),
        "rule" => subject_id.parse::<RuleId>().map(Subject::Rule),
        _ => return Err(damaged()),
    };
    Ok(Recomputation {
        id,
        subject: subject.map_err(|_| damaged())?,
        name: row.text()?,
        version: row.int()?,
        not_before: row.at()?,
        created_at: row.at()?,
        started_at: row.opt_at()?,
        finished_at: row.opt_at()?,
        progress: Progress {
            total: row.int()?,
            position: row.int()?,
            looked: row.int()?,
            changed: row.int()?,
            failed: row.int()?,
        },
    })
}
