//! Schedules: who is on call when. Layers have versions, each in force from an instant on,
//! and every one is kept: no edit moves what was. Overrides hold whatever the version.

use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::escalation::Whom;
use kernel::{OverrideId, PersonId, ScheduleId, SwapId, Timestamp};
use roster::{Layer, Versions};
use serde::{Deserialize, Serialize};

/// A schedule with its newest layers, in force or not yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Its id.
    pub id: ScheduleId,
    /// Its name, unique among those in use whatever the case.
    pub name: String,
    /// The zone of its clocks, by its IANA name. It stays: another would move the past.
    pub time_zone: String,
    /// Who is paged where nobody is on call.
    pub fallback: Option<Whom>,
    /// Whether a swap needs a manager.
    pub approval: bool,
    /// Whether it is in use.
    pub active: bool,
    /// The layers of its newest version.
    pub layers: Vec<Layer>,
    /// From when on they are in force.
    pub since: Timestamp,
    /// Counts the changes, from 1.
    pub version: i64,
}

/// Layers as they were saved once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Version {
    /// The version of the schedule that brought them.
    pub version: i64,
    /// In force from, until those of a later version are.
    pub since: Timestamp,
    /// The layers.
    pub layers: Vec<Layer>,
    /// By whom; nobody at the command line.
    pub made_by: Option<PersonId>,
    /// When they were saved.
    pub made_at: Timestamp,
}

/// Somebody else on call for some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Its id.
    pub id: OverrideId,
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// Who is on call.
    pub person: PersonId,
    /// From this instant.
    pub start: Timestamp,
    /// Until just before this instant.
    pub end: Timestamp,
    /// Why; may be empty.
    pub reason: String,
    /// By whom; nobody at the command line.
    pub made_by: Option<PersonId>,
    /// When it was made.
    pub made_at: Timestamp,
    /// The swap it came of: both sides agreed to it.
    #[serde(default)]
    pub swap: Option<SwapId>,
}

const SELECT: &str = "select s.id, s.name, s.time_zone, s.fallback, s.approval, s.active, s.version, v.layers, v.since \
     from schedules s join schedule_versions v on v.schedule_id = s.id \
     and v.version = (select max(version) from schedule_versions where schedule_id = s.id)";

const SELECT_OVERRIDES: &str = "select id, schedule_id, person_id, start_at, end_at, reason, made_by, made_at, swap_id from schedule_overrides";

/// Stores a new schedule with its first layers. [`Failure::Exists`] when the name is taken.
pub fn insert(
    sql: &mut dyn Sql,
    schedule: &Schedule,
    (by, at): (Option<PersonId>, Timestamp),
) -> Result<(), Failure> {
    sql.execute(
        "insert into schedules (id, name, time_zone, fallback, approval, active) values ($1, $2, $3, $4, $5, $6)",
        &values(schedule)?,
    )?;
    add_version(sql, schedule, 1, (by, at))
}

/// Changes a schedule, and adds a version where the layers are others or come in force at
/// another instant; `false` when `expected_version` is not its any more.
pub fn update(
    sql: &mut dyn Sql,
    schedule: &Schedule,
    expected_version: i64,
    (by, at): (Option<PersonId>, Timestamp),
) -> Result<bool, Failure> {
    let Some(before) = get(sql, schedule.id)? else { return Ok(false) };
    let mut values = values(schedule)?;
    values.push(expected_version.into());
    let touched = sql.execute(
        "update schedules set name = $2, time_zone = $3, fallback = $4, approval = $5, active = $6, version = version + 1 \
         where id = $1 and version = $7",
        &values,
    )?;
    let moved = (&before.layers, before.since) != (&schedule.layers, schedule.since);
    if touched == 1 && moved {
        add_version(sql, schedule, expected_version + 1, (by, at))?;
    }
    Ok(touched == 1)
}

fn add_version(
    sql: &mut dyn Sql,
    schedule: &Schedule,
    version: i64,
    (by, at): (Option<PersonId>, Timestamp),
) -> Result<(), Failure> {
    let values: [Value; 6] = [
        schedule.id.into(),
        version.into(),
        schedule.since.into(),
        json(&schedule.layers)?.into(),
        by.into(),
        at.into(),
    ];
    sql.execute(
        "insert into schedule_versions (schedule_id, version, since, layers, made_by, made_at) values ($1, $2, $3, $4, $5, $6)",
        &values,
    )?;
    Ok(())
}

/// The schedule with this id.
pub fn get(sql: &mut dyn Sql, id: ScheduleId) -> Result<Option<Schedule>, Failure> {
    one(sql, &format!("{SELECT} where s.id = $1"), &[id.into()], read)
}

/// The schedule in use with this name, whatever the case.
pub fn by_name(sql: &mut dyn Sql, name: &str) -> Result<Option<Schedule>, Failure> {
    let statement = format!("{SELECT} where lower(s.name) = lower($1) and s.active = 1");
    one(sql, &statement, &[name.trim().into()], read)
}

/// Every schedule by name, those out of use too.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Schedule>, Failure> {
    many(sql, &format!("{SELECT} order by lower(s.name), s.id"), &[], read)
}

/// Every version of its layers, in the order in which they were saved.
pub fn versions(sql: &mut dyn Sql, id: ScheduleId) -> Result<Vec<Version>, Failure> {
    let statement = "select version, since, layers, made_by, made_at from schedule_versions where schedule_id = $1 order by version";
    many(sql, statement, &[id.into()], |row| {
        Ok(Version {
            version: row.int()?,
            since: row.at()?,
            layers: row.json()?,
            made_by: row.opt_parsed()?,
            made_at: row.at()?,
        })
    })
}

/// From when on which layers are in force: those saved later win from their instant on, so
/// what was planned for afterwards is not to come any more.
pub fn in_force(versions: Vec<Version>) -> Vec<(Timestamp, Vec<Layer>)> {
    let mut rising: Vec<(Timestamp, Vec<Layer>)> = Vec::new();
    for version in versions {
        while rising.last().is_some_and(|(since, _)| *since >= version.since) {
            rising.pop();
        }
        rising.push((version.since, version.layers));
    }
    rising
}

/// Who is on call by a schedule, through all its changes, from an instant on.
pub fn roster(
    sql: &mut dyn Sql,
    schedule: &Schedule,
    from: Timestamp,
) -> Result<Versions, Failure> {
    let versions = in_force(versions(sql, schedule.id)?);
    let overrides = overrides(sql, schedule.id, from)?.into_iter().map(Override::plain).collect();
    Ok(Versions { versions, time_zone: schedule.time_zone.clone(), overrides })
}

/// Stores a new override.
pub fn add_override(sql: &mut dyn Sql, one: &Override) -> Result<(), Failure> {
    let values: [Value; 9] = [
        one.id.into(),
        one.schedule.into(),
        one.person.into(),
        one.start.into(),
        one.end.into(),
        (&one.reason).into(),
        one.made_by.into(),
        one.made_at.into(),
        one.swap.into(),
    ];
    sql.execute(
        "insert into schedule_overrides (id, schedule_id, person_id, start_at, end_at, reason, made_by, made_at, swap_id) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &values,
    )?;
    Ok(())
}

/// Lets an override end at another instant.
pub fn end_override(sql: &mut dyn Sql, id: OverrideId, end: Timestamp) -> Result<(), Failure> {
    let statement = "update schedule_overrides set end_at = $2 where id = $1";
    sql.execute(statement, &[id.into(), end.into()])?;
    Ok(())
}

/// Removes an override that has not begun.
pub fn remove_override(sql: &mut dyn Sql, id: OverrideId) -> Result<(), Failure> {
    sql.execute("delete from schedule_overrides where id = $1", &[id.into()])?;
    Ok(())
}

/// The override with this id.
pub fn get_override(sql: &mut dyn Sql, id: OverrideId) -> Result<Option<Override>, Failure> {
    one(sql, &format!("{SELECT_OVERRIDES} where id = $1"), &[id.into()], read_override)
}

/// The overrides of a schedule that end after an instant, in the order in which they were
/// made: a later one wins.
pub fn overrides(
    sql: &mut dyn Sql,
    id: ScheduleId,
    after: Timestamp,
) -> Result<Vec<Override>, Failure> {
    let statement =
        format!("{SELECT_OVERRIDES} where schedule_id = $1 and end_at > $2 order by made_at, id");
    many(sql, &statement, &[id.into(), after.into()], read_override)
}

/// The overrides of all schedules in use that ended at most so many seconds before the last
/// one was made, in the order in which they were made.
pub(super) fn lately_overridden(sql: &mut dyn Sql, seconds: i64) -> Result<Vec<Override>, Failure> {
    let last = "select max(made_at) from schedule_overrides";
    let Some(last) = one(sql, last, &[], Columns::opt_at)?.flatten() else { return Ok(vec![]) };
    let statement = format!("{SELECT_OVERRIDES} where end_at > $1 order by made_at, id");
    many(sql, &statement, &[last.plus_seconds(-seconds).into()], read_override)
}

/// What decisions need of the schedules in use besides their layers.
pub(super) struct Head {
    pub(super) id: ScheduleId,
    pub(super) name: String,
    pub(super) time_zone: String,
    pub(super) fallback: Option<Whom>,
    pub(super) version: i64,
}

/// The schedules in use without their layers.
pub(super) fn heads(sql: &mut dyn Sql) -> Result<Vec<Head>, Failure> {
    let statement = "select id, name, time_zone, fallback, version from schedules where active = 1";
    many(sql, statement, &[], |row| {
        Ok(Head {
            id: row.parsed()?,
            name: row.text()?,
            time_zone: row.text()?,
            fallback: whom(row)?,
            version: row.int()?,
        })
    })
}

impl Override {
    /// As the roster knows it.
    pub fn plain(self) -> roster::Override {
        roster::Override { person: self.person, start: self.start, end: self.end }
    }
}

fn values(schedule: &Schedule) -> Result<Vec<Value>, Failure> {
    let fallback = schedule.fallback.as_ref().map(json).transpose()?;
    Ok(vec![
        schedule.id.into(),
        (&schedule.name).into(),
        (&schedule.time_zone).into(),
        fallback.into(),
        schedule.approval.into(),
        schedule.active.into(),
    ])
}

fn read(row: &mut Columns) -> Result<Schedule, Failure> {
    Ok(Schedule {
        id: row.parsed()?,
        name: row.text()?,
        time_zone: row.text()?,
        fallback: whom(row)?,
        approval: row.flag()?,
        active: row.flag()?,
        version: row.int()?,
        layers: row.json()?,
        since: row.at()?,
    })
}

fn whom(row: &mut Columns) -> Result<Option<Whom>, Failure> {
    let Some(text) = row.opt_text()? else { return Ok(None) };
    let read = serde_json::from_str(&text);
    read.map(Some).map_err(|error| Failure::damaged(format!("stored JSON does not fit: {error}")))
}

fn read_override(row: &mut Columns) -> Result<Override, Failure> {
    Ok(Override {
        id: row.parsed()?,
        schedule: row.parsed()?,
        person: row.parsed()?,
        start: row.at()?,
        end: row.at()?,
        reason: row.text()?,
        made_by: row.opt_parsed()?,
        made_at: row.at()?,
        swap: row.opt_parsed()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(version: i64, since: i64) -> Version {
        let at = Timestamp::from_micros;
        Version { version, since: at(since), layers: vec![], made_by: None, made_at: at(0) }
    }

    #[test]
    fn what_is_saved_later_wins_from_its_instant_on() {
        let instants = |all: &[(i64, i64)]| -> Vec<i64> {
            let all = all.iter().map(|(number, since)| version(*number, *since)).collect();
            in_force(all).into_iter().map(|(since, _)| since.micros()).collect()
        };
        assert_eq!(instants(&[(1, 0), (2, 10), (3, 20)]), [0, 10, 20]);
        assert_eq!(instants(&[(1, 0), (2, 30), (3, 20)]), [0, 20], "the planned one is replaced");
        assert_eq!(instants(&[(1, 0), (4, 30), (6, 30)]), [0, 30]);
    }
}
