//! Expected times: the incidents that are learned from, what was learned, and what was shown
//! beside what came of it.

use crate::directory::{many, one};
use crate::{Columns, Failure, Sql};
use incident::Lifecycle;
use kernel::{IncidentNumber, Priority, Timestamp};
use serde::Deserialize;

/// What is learned: the time until it works again.
const RESTORED: &str = "restored";

/// What was learned, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trained {
    /// Counts the trainings, from 1.
    pub version: i64,
    /// The version of the format of `body`.
    pub reader: i64,
    /// When it was trained.
    pub trained_at: Timestamp,
    /// The number of the last incident by then.
    pub history: i64,
    /// How it was measured, JSON.
    pub summary: String,
    /// What it knows.
    pub body: Vec<u8>,
}

/// An expected time that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Of which incident.
    pub number: IncidentNumber,
    /// In which part of time: of each, one is kept.
    pub bucket: i64,
    /// When.
    pub at: Timestamp,
    /// Its priority then.
    pub priority: Priority,
    /// Not before.
    pub low: Timestamp,
    /// Likely by then.
    pub likely: Timestamp,
    /// Most likely not after.
    pub high: Timestamp,
    /// When it worked again, once that is known.
    pub ended: Option<Timestamp>,
}

/// What became of an incident of which a time was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It goes on, or may be taken up again.
    Open,
    /// It works again since then.
    Over(Timestamp),
    /// It tells nothing: it was recorded in error, is part of another or confidential.
    Nothing,
}

/// The version of what is kept: cheap, to see whether another node trained.
pub fn version(sql: &mut dyn Sql) -> Result<Option<i64>, Failure> {
    let statement = "select version from expected_model where name = $1";
    one(sql, statement, &[RESTORED.into()], Columns::int)
}

/// What was learned last.
pub fn trained(sql: &mut dyn Sql) -> Result<Option<Trained>, Failure> {
    let statement = "select version, reader, trained_at, history, summary, body \
        from expected_model where name = $1";
    one(sql, statement, &[RESTORED.into()], |row| {
        Ok(Trained {
            version: row.int()?,
            reader: row.int()?,
            trained_at: row.at()?,
            history: row.int()?,
            summary: row.text()?,
            body: row.bytes()?,
        })
    })
}

/// Keeps what was learned; `false` when one of this version or a later one is there.
pub fn keep(sql: &mut dyn Sql, model: &Trained) -> Result<bool, Failure> {
    let statement = "insert into expected_model \
        (name, version, reader, trained_at, history, summary, body) \
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (name) do update set \
        version = excluded.version, reader = excluded.reader, trained_at = excluded.trained_at, \
        history = excluded.history, summary = excluded.summary, body = excluded.body \
        where expected_model.version < excluded.version";
    let values = [
        RESTORED.into(),
        model.version.into(),
        model.reader.into(),
        model.trained_at.into(),
        model.history.into(),
        (&model.summary).into(),
        model.body.as_slice().into(),
    ];
    Ok(sql.execute(statement, &values)? == 1)
}

/// Incidents that are over with a number below `before`, the newest first, `limit` at most.
/// Confidential ones tell nothing, nor do parts of others.
pub fn over(
    sql: &mut dyn Sql,
    before: IncidentNumber,
    limit: i64,
) -> Result<Vec<IncidentNumber>, Failure> {
    let statement = "select number from incidents where number < $1 \
        and state in ('resolved', 'closed') and confidential_to is null and merged_into is null \
        order by number desc limit $2";
    many(sql, statement, &[before.into(), limit.into()], |row| Ok(IncidentNumber(row.int()?)))
}

/// Open incidents that somebody could be at work on with a number above `after`, the earliest
/// first, `limit` at most. Parts of others are over with them.
pub fn open(
    sql: &mut dyn Sql,
    after: IncidentNumber,
    limit: i64,
) -> Result<Vec<IncidentNumber>, Failure> {
    let statement = "select number from incidents where number > $1 \
        and state in ('new', 'in_progress', 'on_hold') and merged_into is null \
        order by number limit $2";
    many(sql, statement, &[after.into(), limit.into()], |row| Ok(IncidentNumber(row.int()?)))
}

/// Notes that a time was shown, once for its part of time.
pub fn show(sql: &mut dyn Sql, shown: &Shown) -> Result<(), Failure> {
    let statement = "insert into expected_shown \
        (number, bucket, shown_at, priority, low_at, likely_at, high_at, ended_at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (number, bucket) do nothing";
    let values = [
        shown.number.into(),
        shown.bucket.into(),
        shown.at.into(),
        shown.priority.to_string().into(),
        shown.low.into(),
        shown.likely.into(),
        shown.high.into(),
        shown.ended.into(),
    ];
    sql.execute(statement, &values).map(drop)
}

/// Incidents after a number of which it is not known yet what came of the times that were shown,
/// with what became of them; `limit` at most.
pub fn waiting(
    sql: &mut dyn Sql,
    after: IncidentNumber,
    limit: i64,
) -> Result<Vec<(IncidentNumber, Became)>, Failure> {
    // From the few that were shown: with few left, all incidents would be looked at otherwise.
    let statement = "select i.number, i.state, i.confidential_to, i.merged_into, i.resolved_at, \
        i.body from (select distinct number from expected_shown where ended_at is null \
        and number > $1 order by number limit $2) s join incidents i on i.number = s.number \
        order by i.number";
    many(sql, statement, &[after.into(), limit.into()], |row| {
        let (number, state): (_, Lifecycle) = (IncidentNumber(row.int()?), row.parsed()?);
        let (confidential, part) = (row.opt_text()?.is_some(), row.opt_int()?.is_some());
        let resolved = row.opt_at()?;
        let body: Ended = row.json()?;
        let ended = body.moments.restored.into_iter().chain(resolved).min();
        let became = match (state, ended) {
            (Lifecycle::Cancelled, _) => Became::Nothing,
            _ if confidential || part => Became::Nothing,
            (Lifecycle::Closed, Some(at)) => Became::Over(at),
            (Lifecycle::Closed, None) => Became::Nothing,
            _ => Became::Open,
        };
        Ok((number, became))
    })
}

/// What is needed of the state.
#[derive(Deserialize)]
struct Ended {
    #[serde(default)]
    moments: EndedAt,
}

#[derive(Default, Deserialize)]
struct EndedAt {
    #[serde(default)]
    restored: Option<Timestamp>,
}

/// Notes when it worked again, at all times that were shown of an incident.
pub fn end(sql: &mut dyn Sql, number: IncidentNumber, at: Timestamp) -> Result<(), Failure> {
    let statement =
        "update expected_shown set ended_at = $2 where number = $1 and ended_at is null";
    sql.execute(statement, &[number.into(), at.into()]).map(drop)
}

/// Forgets what was shown of an incident.
pub fn forget(sql: &mut dyn Sql, number: IncidentNumber) -> Result<(), Failure> {
    sql.execute("delete from expected_shown where number = $1", &[number.into()]).map(drop)
}

/// Forgets what was shown before an instant.
pub fn forget_before(sql: &mut dyn Sql, at: Timestamp) -> Result<(), Failure> {
    sql.execute("delete from expected_shown where shown_at < $1", &[at.into()]).map(drop)
}

/// What was shown and came to an end since, the newest first, `limit` at most. Incidents that are
/// confidential now are left out.
pub fn ended(sql: &mut dyn Sql, limit: i64) -> Result<Vec<Shown>, Failure> {
    let statement = "select s.number, s.bucket, s.shown_at, s.priority, s.low_at, s.likely_at, \
        s.high_at, s.ended_at from expected_shown s join incidents i on i.number = s.number \
        where s.ended_at is not null and i.confidential_to is null \
        order by s.shown_at desc, s.number limit $1";
    many(sql, statement, &[limit.into()], |row| {
        Ok(Shown {
            number: IncidentNumber(row.int()?),
            bucket: row.int()?,
            at: row.at()?,
            priority: row.parsed()?,
            low: row.at()?,
            likely: row.at()?,
            high: row.at()?,
            ended: row.opt_at()?,
        })
    })
}

/// When incidents were reported since an instant, in the order of time, `limit` at most, the newest.
/// What was recorded in error, is part of another or confidential is not counted.
pub fn arrivals(
    sql: &mut dyn Sql,
    since: Timestamp,
    team: Option<kernel::TeamId>,
    limit: i64,
) -> Result<Vec<Timestamp>, Failure> {
    let statement = "select reported_at from incidents where reported_at >= $1 \
        and state <> 'cancelled' and merged_into is null and confidential_to is null \
        and ($2 = '' or team_id = $2) order by reported_at desc, number desc limit $3";
    let team = team.map(|team| team.to_string()).unwrap_or_default();
    let values = [since.into(), team.into(), limit.into()];
    let mut found = many(sql, statement, &values, Columns::at)?;
    found.reverse();
    Ok(found)
}

/// Seconds of work that were logged on each incident that was reported since an instant and is
/// over, the newest, `limit` at most; those without any are left out.
pub fn handling(
    sql: &mut dyn Sql,
    since: Timestamp,
    team: Option<kernel::TeamId>,
    limit: i64,
) -> Result<Vec<i64>, Failure> {
    let statement = "select body from incidents where reported_at >= $1 \
        and state in ('resolved', 'closed') and confidential_to is null \
        and ($2 = '' or team_id = $2) order by reported_at desc, number desc limit $3";
    let team = team.map(|team| team.to_string()).unwrap_or_default();
    let values = [since.into(), team.into(), limit.into()];
    let all = many(sql, statement, &values, |row| row.json::<Worked>())?;
    let sums = all.iter().map(|one| one.work_seconds.values().sum::<i64>());
    Ok(sums.filter(|seconds| *seconds > 0).collect())
}

/// What is needed of the state.
#[derive(Deserialize)]
struct Worked {
    #[serde(default)]
    work_seconds: std::collections::BTreeMap<String, i64>,
}
