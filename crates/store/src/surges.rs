//! Surges: more reports of a service than that hour of the week brings, and the arrivals that
//! tell them. Words of people are not read here.

use crate::directory::{many, one};
use crate::{Columns, Failure, Sql, Value};
use insight::surge::Arrival;
use kernel::{IncidentNumber, PersonId, ServiceId, SurgeId, Timestamp, words};

words! {
    /// What became of a surge.
    SurgeState {
        /// Nobody has decided.
        Proposed = "proposed",
        /// Somebody made a parent of it.
        Accepted = "accepted",
        /// Somebody says that it is nothing; it stays silent.
        Dismissed = "dismissed",
        /// It ended before anybody decided.
        Over = "over",
    }
}

/// A surge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surge {
    /// Its id.
    pub id: SurgeId,
    /// The service.
    pub service: ServiceId,
    /// What became of it.
    pub state: SurgeState,
    /// Its first report.
    pub began: Timestamp,
    /// When it was noticed.
    pub proposed_at: Timestamp,
    /// Whether it rose slowly.
    pub slow: bool,
    /// Reports since it began, each person once an hour.
    pub counted: u32,
    /// How many usually come in that time, in thousandths.
    pub expected_milli: i64,
    /// The incident that its reports were linked to.
    pub parent: Option<IncidentNumber>,
    /// When somebody decided.
    pub decided_at: Option<Timestamp>,
    /// Who decided.
    pub decided_by: Option<PersonId>,
    /// When arrivals were as usual again.
    pub ended_at: Option<Timestamp>,
}

impl Surge {
    /// Whether somebody has to decide. What an earlier version of the product accepted without
    /// coming to its parent is undecided, too.
    pub fn is_undecided(&self) -> bool {
        match self.state {
            SurgeState::Proposed => true,
            SurgeState::Accepted => self.parent.is_none(),
            SurgeState::Dismissed | SurgeState::Over => false,
        }
    }
}

/// As [`Surge::is_undecided`].
const UNDECIDED: &str = "(state = 'proposed' or (state = 'accepted' and parent is null))";

const SELECT: &str = "select id, service_id, state, began, proposed_at, slow, counted, expected, \
    parent, decided_at, decided_by, ended_at from surges";

/// Keeps a new one; `false` when the service has one that goes on, be it from another node.
pub fn propose(sql: &mut dyn Sql, surge: &Surge) -> Result<bool, Failure> {
    let statement = "insert into surges (id, service_id, state, began, proposed_at, slow, counted, expected) \
        values ($1, $2, 'proposed', $3, $4, $5, $6, $7) \
        on conflict (service_id) where ended_at is null do nothing";
    let values = [
        surge.id.into(),
        surge.service.into(),
        surge.began.into(),
        surge.proposed_at.into(),
        surge.slow.into(),
        surge.counted.into(),
        surge.expected_milli.into(),
    ];
    Ok(sql.execute(statement, &values)? == 1)
}

/// Those that go on, the oldest first.
pub fn open(sql: &mut dyn Sql) -> Result<Vec<Surge>, Failure> {
    let statement = format!("{SELECT} where ended_at is null order by proposed_at, id");
    many(sql, &statement, &[], read)
}

/// The latest, those that go on and those that are over; `limit` at most.
pub fn list(sql: &mut dyn Sql, limit: i64) -> Result<Vec<Surge>, Failure> {
    let statement = format!("{SELECT} order by proposed_at desc, id limit $1");
    many(sql, &statement, &[limit.into()], read)
}

/// The one with this id.
pub fn get(sql: &mut dyn Sql, id: SurgeId) -> Result<Option<Surge>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// Says how many came meanwhile.
pub fn count(
    sql: &mut dyn Sql,
    id: SurgeId,
    counted: u32,
    expected_milli: i64,
) -> Result<(), Failure> {
    let statement =
        "update surges set counted = $2, expected = $3 where id = $1 and ended_at is null";
    sql.execute(statement, &[id.into(), counted.into(), expected_milli.into()]).map(drop)
}

/// Arrivals are as usual again: what nobody decided is over.
pub fn end(sql: &mut dyn Sql, id: SurgeId, at: Timestamp) -> Result<(), Failure> {
    let statement = "update surges set ended_at = $2, \
        state = case when state = 'proposed' then 'over' else state end \
        where id = $1 and ended_at is null";
    sql.execute(statement, &[id.into(), at.into()]).map(drop)
}

/// Whether somebody has to decide about it. Nobody else decides before the transaction ends.
pub fn hold(sql: &mut dyn Sql, id: SurgeId) -> Result<bool, Failure> {
    let statement = format!("update surges set state = state where id = $1 and {UNDECIDED}");
    Ok(sql.execute(&statement, &[id.into()])? == 1)
}

/// Somebody makes an incident the parent of its reports, in the transaction that makes that
/// incident if it is new; `false` when it is decided or over already.
pub fn accept(
    sql: &mut dyn Sql,
    id: SurgeId,
    parent: IncidentNumber,
    (by, at): (PersonId, Timestamp),
) -> Result<bool, Failure> {
    let statement = format!(
        "update surges set state = 'accepted', parent = $2, decided_by = $3, decided_at = $4 \
         where id = $1 and {UNDECIDED}"
    );
    let values = [id.into(), parent.into(), by.into(), at.into()];
    Ok(sql.execute(&statement, &values)? == 1)
}

/// Somebody says that it is nothing; `false` when it is decided or over already.
pub fn dismiss(
    sql: &mut dyn Sql,
    id: SurgeId,
    (by, at): (PersonId, Timestamp),
) -> Result<bool, Failure> {
    let statement = format!(
        "update surges set state = 'dismissed', decided_by = $2, decided_at = $3 \
         where id = $1 and {UNDECIDED}"
    );
    Ok(sql.execute(&statement, &[id.into(), by.into(), at.into()])? == 1)
}

/// From when until when surges of a service were some, those that ended after `since`: such
/// hours are not usual.
pub fn accepted(
    sql: &mut dyn Sql,
    service: ServiceId,
    since: Timestamp,
) -> Result<Vec<(Timestamp, Timestamp)>, Failure> {
    let statement = "select began, ended_at from surges \
        where service_id = $1 and state = 'accepted' and ended_at > $2 order by began";
    many(sql, statement, &[service.into(), since.into()], |row| Ok((row.at()?, row.at()?)))
}

/// The reports of a service from an instant on, in the order of time; the latest `limit`. What is
/// confidential counts for nobody: everybody of the service desk reads how many there are.
pub fn arrivals(
    sql: &mut dyn Sql,
    service: ServiceId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Arrival>, Failure> {
    let statement = "select reported_at, requester_id from incidents \
        where service_id = $1 and reported_at >= $2 and confidential_to is null \
        order by reported_at desc limit $3";
    latest(sql, statement, &[service.into(), since.into(), limit.into()])
}

/// What a statement finds, the latest first, in the order of time.
fn latest(sql: &mut dyn Sql, statement: &str, values: &[Value]) -> Result<Vec<Arrival>, Failure> {
    let mut found =
        many(sql, statement, values, |row| Ok(Arrival { at: row.at()?, by: row.parsed()? }))?;
    found.reverse();
    Ok(found)
}

/// The latest reports of a service from an instant on, in the order of time: as [`arrivals`], but of
/// somebody who reports many times a minute the first of it alone, so that they push out nobody
/// else. Who counts how often says [`insight::surge::counting`].
pub fn recent(
    sql: &mut dyn Sql,
    service: ServiceId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Arrival>, Failure> {
    let statement = "select min(reported_at), requester_id from incidents \
        where service_id = $1 and reported_at >= $2 and confidential_to is null \
        group by requester_id, reported_at / 60000000 order by min(reported_at) desc limit $3";
    latest(sql, statement, &[service.into(), since.into(), limit.into()])
}

/// The open reports of a service from an instant on that stand alone: no child, no part of
/// another and nobody's parent; the earliest `limit`.
pub fn alone(
    sql: &mut dyn Sql,
    service: ServiceId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<IncidentNumber>, Failure> {
    let statement = "select number from incidents i \
        where service_id = $1 and reported_at >= $2 and parent is null and merged_into is null \
        and state in ('new', 'in_progress', 'on_hold') and major = 0 and confidential_to is null \
        and not exists (select 1 from incidents child where child.parent = i.number) \
        order by reported_at, number limit $3";
    let values = [service.into(), since.into(), limit.into()];
    many(sql, statement, &values, |row| row.int().map(IncidentNumber))
}

/// The open major incidents of a service, the newest first; `limit` at most.
pub fn majors(
    sql: &mut dyn Sql,
    service: ServiceId,
    limit: i64,
) -> Result<Vec<IncidentNumber>, Failure> {
    let statement = "select number from incidents where service_id = $1 and major = 1 \
        and state in ('new', 'in_progress', 'on_hold') and merged_into is null \
        order by number desc limit $2";
    many(sql, statement, &[service.into(), limit.into()], |row| row.int().map(IncidentNumber))
}

/// The number after which reports are new to whoever looked last at `since`.
pub fn looked_until(sql: &mut dyn Sql, since: Timestamp) -> Result<i64, Failure> {
    let statement = "select coalesce((select min(number) - 1 from incidents where reported_at >= $1), \
        (select max(number) from incidents), 0)";
    Ok(one(sql, statement, &[since.into()], Columns::int)?.unwrap_or_default())
}

/// The number of the last incident.
pub fn last_number(sql: &mut dyn Sql) -> Result<i64, Failure> {
    Ok(one(sql, "select coalesce(max(number), 0) from incidents", &[], Columns::int)?
        .unwrap_or_default())
}

/// The services of the incidents after a number, with how many each has.
pub fn services_after(
    sql: &mut dyn Sql,
    number: i64,
    until: i64,
) -> Result<Vec<(ServiceId, i64)>, Failure> {
    let statement = "select service_id, count(*) from incidents \
        where number > $1 and number <= $2 and service_id is not null and confidential_to is null \
        group by service_id";
    many(sql, statement, &[number.into(), until.into()], |row| Ok((row.parsed()?, row.int()?)))
}

/// When the first incident was reported, if there is one.
pub fn first_report(sql: &mut dyn Sql) -> Result<Option<Timestamp>, Failure> {
    Ok(one(sql, "select min(reported_at) from incidents", &[], Columns::opt_at)?.flatten())
}

fn read(row: &mut Columns) -> Result<Surge, Failure> {
    Ok(Surge {
        id: row.parsed()?,
        service: row.parsed()?,
        state: row.parsed()?,
        began: row.at()?,
        proposed_at: row.at()?,
        slow: row.flag()?,
        counted: u32::try_from(row.int()?).unwrap_or(u32::MAX),
        expected_milli: row.int()?,
        parent: row.opt_int()?.map(IncidentNumber),
        decided_at: row.opt_at()?,
        decided_by: row.opt_parsed()?,
        ended_at: row.opt_at()?,
    })
}
