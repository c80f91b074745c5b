//! Incidents that come again and again: the clusters, their members, what people decided about
//! them, and the incidents that are compared. What is confidential is never read here.

use crate::directory::{many, one, slots};
use crate::incidents::filter::fully_visible;
use crate::incidents::ties::LASTED;
use crate::{Columns, Failure, Sql, Value};
use incident::Scope;
use insight::recurring::{CLUSTER_MIN, Seen};
use kernel::{ClusterId, IncidentNumber, PersonId, ProblemNumber, ServiceId, Timestamp, words};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Clusters that are kept, those found first: no list is longer than people read.
pub const CLUSTERS_MAX: i64 = 2_000;
/// Members written by one statement; databases bound the number of parameters.
const MEMBERS_AT_ONCE: usize = 256;

words! {
    /// What became of a cluster.
    RecurringState {
        /// Nobody has decided.
        Proposed = "proposed",
        /// A problem lies behind it.
        Problem = "problem",
        /// Somebody says that it is nothing; it stays silent until it has doubled.
        Dismissed = "dismissed",
    }
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recurring {
    /// Its id, which it keeps.
    pub id: ClusterId,
    /// The incident that it began with.
    pub origin: IncidentNumber,
    /// Its most telling words, which it keeps as long as its incidents say them.
    pub name: String,
    /// The service of its incidents.
    pub service: Option<ServiceId>,
    /// What became of it.
    pub state: RecurringState,
    /// The problem behind it.
    pub problem: Option<ProblemNumber>,
    /// From how many incidents on one that was dismissed is proposed again.
    pub silent_below: i64,
    /// When it was found.
    pub found_at: Timestamp,
    /// When somebody decided.
    pub decided_at: Option<Timestamp>,
    /// Who decided.
    pub decided_by: Option<PersonId>,
}

impl Recurring {
    /// What it is called in the audit.
    pub const WHAT: &'static str = "recurring";
}

/// An incident of a cluster, as its reader sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The cluster.
    pub of: ClusterId,
    /// The incident.
    pub number: IncidentNumber,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// Whether it is open.
    pub is_open: bool,
    /// How long it lasted, as of the incidents of problems. In seconds.
    pub seconds: i64,
}

/// How far reading came: an instant and a number.
pub type Place = (Timestamp, IncidentNumber);

/// Incidents that are compared, those reported since an instant and before a place, the latest
/// first; `limit` at most. Children and parts of others are the same trouble once more, and tell
/// nothing of what comes again.
pub fn seen(
    sql: &mut dyn Sql,
    since: Timestamp,
    before: Place,
    limit: i64,
) -> Result<Vec<(Timestamp, Seen)>, Failure> {
    let statement = "select i.reported_at, i.number, i.title, i.service_id, i.category_id, \
        g.integration_id, g.key, \
        (select min(p.problem) from incident_problems p where p.number = i.number) \
        from incidents i left join alert_groups g on g.number = i.number \
        where i.reported_at >= $1 and i.reported_at <= $2 \
        and (i.reported_at < $2 or i.number < $3) and i.confidential_to is null \
        and i.state <> 'cancelled' and i.merged_into is null and i.parent is null \
        order by i.reported_at desc, i.number desc limit $4";
    let (at, number) = before;
    let values = [since.into(), at.into(), number.into(), limit.into()];
    many(sql, statement, &values, |row| {
        let (at, number) = (row.at()?, IncidentNumber(row.int()?));
        let (title, service, category) = (row.text()?, row.opt_parsed()?, row.opt_text()?);
        let (integration, key) = (row.opt_text()?, row.opt_text()?);
        let group = integration.zip(key).map(|(integration, key)| format!("{integration} {key}"));
        Ok((at, Seen { number, title, service, category, group, problem: row.opt_int()? }))
    })
}

/// When an incident last changed, and the number of the last one: nothing new is found before
/// either does.
pub fn mark(sql: &mut dyn Sql) -> Result<(Option<Timestamp>, Option<i64>), Failure> {
    let statement = "select (select max(updated_at) from incidents), \
        (select max(number) from incidents)";
    let found = one(sql, statement, &[], |row| Ok((row.opt_at()?, row.opt_int()?)))?;
    Ok(found.unwrap_or_default())
}

const SELECT: &str = "select id, origin, name, service_id, state, problem, silent_below, \
    found_at, decided_at, decided_by from recurring";

/// All clusters, those found first.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Recurring>, Failure> {
    let statement = format!("{SELECT} order by found_at, id limit {CLUSTERS_MAX}");
    many(sql, &statement, &[], read)
}

/// The one with this id.
pub fn get(sql: &mut dyn Sql, id: ClusterId) -> Result<Option<Recurring>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.to_string().into()], read)
}

/// Which incidents were together when they were last compared.
pub fn members(
    sql: &mut dyn Sql,
) -> Result<BTreeMap<ClusterId, BTreeSet<IncidentNumber>>, Failure> {
    let statement = "select recurring_id, number from recurring_members";
    let rows: Vec<(ClusterId, IncidentNumber)> =
        many(sql, statement, &[], |row| Ok((row.parsed()?, IncidentNumber(row.int()?))))?;
    let mut found: BTreeMap<ClusterId, BTreeSet<IncidentNumber>> = BTreeMap::new();
    for (id, number) in rows {
        found.entry(id).or_default().insert(number);
    }
    Ok(found)
}

/// How many incidents a cluster had when they were last compared.
pub fn count(sql: &mut dyn Sql, id: ClusterId) -> Result<i64, Failure> {
    let statement = "select count(*) from recurring_members where recurring_id = $1";
    Ok(one(sql, statement, &[id.to_string().into()], Columns::int)?.unwrap_or_default())
}

/// Its incidents that name a problem.
pub fn tied(
    sql: &mut dyn Sql,
    id: ClusterId,
    problem: ProblemNumber,
) -> Result<BTreeSet<IncidentNumber>, Failure> {
    let statement = "select distinct p.number from incident_problems p \
        join recurring_members m on m.number = p.number \
        where p.problem = $1 and m.recurring_id = $2";
    let values = [Value::Int(problem.0), id.to_string().into()];
    let found = many(sql, statement, &values, |row| Ok(IncidentNumber(row.int()?)))?;
    Ok(found.into_iter().collect())
}

/// Keeps a new cluster and gives its id: that of the one that began with the same incident where
/// another node was faster.
pub fn keep(sql: &mut dyn Sql, cluster: &Recurring) -> Result<ClusterId, Failure> {
    let statement = "insert into recurring (id, origin, name, service_id, state, silent_below, found_at) \
        values ($1, $2, $3, $4, 'proposed', 0, $5) on conflict (origin) do nothing";
    let values = [
        cluster.id.to_string().into(),
        cluster.origin.into(),
        (&cluster.name).into(),
        cluster.service.into(),
        cluster.found_at.into(),
    ];
    sql.execute(statement, &values)?;
    let statement = "select id from recurring where origin = $1";
    let found = one(sql, statement, &[cluster.origin.into()], Columns::parsed)?;
    Ok(found.unwrap_or(cluster.id))
}

/// Gives a cluster another name and service.
pub fn rename(
    sql: &mut dyn Sql,
    id: ClusterId,
    name: &str,
    service: Option<ServiceId>,
) -> Result<(), Failure> {
    let statement = "update recurring set name = $2, service_id = $3 where id = $1";
    sql.execute(statement, &[id.to_string().into(), name.into(), service.into()]).map(drop)
}

/// Says that these incidents belong to a cluster, and to no other.
pub fn put(sql: &mut dyn Sql, id: ClusterId, numbers: &[IncidentNumber]) -> Result<(), Failure> {
    for some in numbers.chunks(MEMBERS_AT_ONCE) {
        let rows: Vec<String> = (0..some.len()).map(|at| format!("(${}, $1)", at + 2)).collect();
        let statement = format!(
            "insert into recurring_members (number, recurring_id) values {} \
             on conflict (number) do update set recurring_id = excluded.recurring_id",
            rows.join(", ")
        );
        let mut values: Vec<Value> = vec![id.to_string().into()];
        values.extend(some.iter().map(|number| Value::from(*number)));
        sql.execute(&statement, &values)?;
    }
    Ok(())
}

/// Says that these incidents belong to no cluster.
pub fn take(sql: &mut dyn Sql, numbers: &[IncidentNumber]) -> Result<(), Failure> {
    for some in numbers.chunks(MEMBERS_AT_ONCE) {
        let (list, values) = slots(1, some);
        let statement = format!("delete from recurring_members where number in ({list})");
        sql.execute(&statement, &values)?;
    }
    Ok(())
}

/// Forgets clusters that have no incidents any more, if nobody decided about them or they were
/// found before an instant: there is room for so many only. Proposes those again that were
/// dismissed and have doubled since.
pub fn tidy(sql: &mut dyn Sql, found_before: Timestamp) -> Result<(), Failure> {
    let statement = "delete from recurring where (state = 'proposed' or found_at < $1) and not exists \
        (select 1 from recurring_members m where m.recurring_id = recurring.id)";
    sql.execute(statement, &[found_before.into()])?;
    let statement = "update recurring set state = 'proposed', silent_below = 0 \
        where state = 'dismissed' and silent_below <= \
        (select count(*) from recurring_members m where m.recurring_id = recurring.id)";
    sql.execute(statement, &[]).map(drop)
}

/// Keeps what somebody decided.
pub fn decide(sql: &mut dyn Sql, cluster: &Recurring) -> Result<(), Failure> {
    let statement = "update recurring set state = $2, problem = $3, silent_below = $4, \
        decided_at = $5, decided_by = $6 where id = $1";
    let values = [
        cluster.id.to_string().into(),
        cluster.state.as_str().into(),
        cluster.problem.map(|problem| problem.0).into(),
        cluster.silent_below.into(),
        cluster.decided_at.into(),
        cluster.decided_by.into(),
    ];
    sql.execute(statement, &values).map(drop)
}

/// The incidents of one cluster or of all, as far as somebody sees everything of them, the latest
/// first, with what each has cost; those of clusters of which they see too few are left out.
pub fn seen_by(
    sql: &mut dyn Sql,
    scope: &Scope,
    of: Option<ClusterId>,
    now: Timestamp,
) -> Result<BTreeMap<ClusterId, Vec<Member>>, Failure> {
    let mut values: Vec<Value> = vec![now.into()];
    let which = match of {
        Some(id) => {
            values.push(id.to_string().into());
            "and m.recurring_id = $2"
        }
        None => "",
    };
    let (visible, more) = fully_visible(sql.engine(), scope, values.len() + 1);
    values.extend(more);
    let statement = format!(
        "select m.recurring_id, i.number, i.reported_at, \
         cast(case when i.state in ('new', 'in_progress', 'on_hold') then 1 else 0 end as bigint), \
         cast({LASTED} as bigint) \
         from recurring_members m join incidents i on i.number = m.number \
         where i.confidential_to is null and i.state <> 'cancelled' and i.merged_into is null \
         and i.parent is null {which} and {visible} order by i.reported_at desc, i.number desc"
    );
    let rows = many(sql, &statement, &values, |row| {
        Ok(Member {
            of: row.parsed()?,
            number: IncidentNumber(row.int()?),
            reported_at: row.at()?,
            is_open: row.flag()?,
            seconds: row.int()?.max(0) / 1_000_000,
        })
    })?;
    let mut found: BTreeMap<ClusterId, Vec<Member>> = BTreeMap::new();
    for member in rows {
        found.entry(member.of).or_default().push(member);
    }
    found.retain(|_, members| members.len() >= CLUSTER_MIN);
    Ok(found)
}

fn read(row: &mut Columns) -> Result<Recurring, Failure> {
    Ok(Recurring {
        id: row.parsed()?,
        origin: IncidentNumber(row.int()?),
        name: row.text()?,
        service: row.opt_parsed()?,
        state: row.parsed()?,
        problem: row.opt_int()?.map(ProblemNumber),
        silent_below: row.int()?,
        found_at: row.at()?,
        decided_at: row.opt_at()?,
        decided_by: row.opt_parsed()?,
    })
}
