//! What paging promised and what came of it: read by people, and compared by the auditor.

use crate::directory::{many, one, slots};
use crate::incidents::filter::fully_visible;
use crate::{Columns, Failure, Sql, Value};
use incident::Scope;
use incident::escalation::{Failure as Wrong, Whom};
use kernel::{IncidentNumber, PersonId, Timestamp, words};
use std::collections::BTreeSet;

/// Seconds back in which the auditor looks for pages that went wrong.
const LOOK_BACK_SECONDS: i64 = 86_400;
/// Seconds back in which it looks for entries without a single page.
const NO_WAY_SECONDS: i64 = 600;

words! {
    /// What came of a promise.
    PromiseState {
        /// It lies ahead.
        Promised = "promised",
        /// It came.
        Kept = "kept",
        /// It was not needed any more.
        CalledOff = "called_off",
        /// It did not come, or reached nobody.
        Broken = "broken",
    }
}

/// A step that was promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// The incident.
    pub number: IncidentNumber,
    /// The entry with which paging began.
    pub began_n: i64,
    /// The step, through all rounds.
    pub step: i64,
    /// The round.
    pub round: i64,
    /// Whom it pages; nobody named is every administrator.
    pub whom: Vec<Whom>,
    /// When it comes.
    pub latest_at: Timestamp,
    /// What came of it.
    pub state: PromiseState,
    /// The entry that says whom it paged.
    pub kept_n: Option<i64>,
    /// When that was settled.
    pub settled_at: Option<Timestamp>,
}

/// An entry that paged people and reached none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// The incident.
    pub number: IncidentNumber,
    /// The entry.
    pub n: i64,
    /// Who was paged.
    pub people: Vec<PersonId>,
    /// What went wrong.
    pub failure: Wrong,
}

/// Where a list of promises goes on: the last that was shown.
pub type After = (Timestamp, IncidentNumber, i64, i64);

const COLUMNS: &str = "number, began_n, step, round, whom, latest_at, state, kept_n, settled_at";

/// What was promised for one incident, in order.
pub fn of(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Vec<Promised>, Failure> {
    let statement =
        format!("select {COLUMNS} from page_promises where number = $1 order by began_n, step");
    many(sql, &statement, &[number.into()], read)
}

/// What was promised for all incidents, the latest first, in one state or any.
pub fn latest(
    sql: &mut dyn Sql,
    state: Option<PromiseState>,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Promised>, Failure> {
    let (at, number, began_n, step) = after.unwrap_or((
        Timestamp::from_micros(i64::MAX),
        IncidentNumber(i64::MAX),
        i64::MAX,
        i64::MAX,
    ));
    let mut values: Vec<Value> =
        vec![at.into(), number.into(), began_n.into(), step.into(), limit.into()];
    let of_state = match state {
        Some(state) => {
            values.push(state.as_str().into());
            "and state = $6"
        }
        None => "",
    };
    let statement = format!(
        "select {COLUMNS} from page_promises \
         where (latest_at, number, began_n, step) < ($1, $2, $3, $4) {of_state} \
         order by latest_at desc, number desc, began_n desc, step desc limit $5"
    );
    many(sql, &statement, &values, read)
}

/// Promises that should have come before this instant and did not, the oldest first.
pub fn overdue(sql: &mut dyn Sql, before: Timestamp, limit: i64) -> Result<Vec<Promised>, Failure> {
    let statement = format!(
        "select {COLUMNS} from page_promises where state = 'promised' and latest_at < $1 \
         order by latest_at limit $2"
    );
    many(sql, &statement, &[before.into(), limit.into()], read)
}

/// Incidents whose paging did not keep a promise and still does not go on, though an instant of
/// theirs is over: whoever leads paging on tries again.
pub fn stuck(
    sql: &mut dyn Sql,
    now: Timestamp,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<IncidentNumber>, Failure> {
    let statement = "select distinct p.number from page_promises p \
        join incidents i on i.number = p.number \
        where p.state = 'broken' and p.kept_n is null and p.latest_at > $1 and i.wake_at < $2 \
        order by p.number limit $3";
    let since = now.plus_seconds(-LOOK_BACK_SECONDS);
    many(sql, statement, &[since.into(), before.into(), limit.into()], |row| {
        Ok(IncidentNumber(row.int()?))
    })
}

/// Incidents within a scope, all of each, with a promise that lies ahead, the soonest first.
pub fn ahead(sql: &mut dyn Sql, scope: &Scope, limit: i64) -> Result<Vec<IncidentNumber>, Failure> {
    let (visible, mut values) = fully_visible(sql.engine(), scope, 1);
    values.push(limit.into());
    let statement = format!(
        "select p.number from page_promises p join incidents i on i.number = p.number \
         where p.state = 'promised' and {visible} \
         group by p.number order by min(p.latest_at), p.number limit ${}",
        values.len()
    );
    many(sql, &statement, &values, |row| Ok(IncidentNumber(row.int()?)))
}

/// Incidents in progress within a scope, all of each, of which some of these people answered a page
/// that was made since, the last answered first: they may have taken it, or said that they cannot.
pub fn answered_by(
    sql: &mut dyn Sql,
    scope: &Scope,
    people: &[PersonId],
    since: Timestamp,
    limit: i64,
) -> Result<Vec<IncidentNumber>, Failure> {
    let (list, mut values) = slots(1, people);
    let next = values.len() + 1;
    values.push(since.into());
    values.push(limit.into());
    let (visible, more) = fully_visible(sql.engine(), scope, next + 2);
    values.extend(more);
    let statement = format!(
        "select p.number from pages p join incidents i on i.number = p.number \
         where p.person_id in ({list}) and p.created_at >= ${next} and p.answered_at is not null \
         and i.state = 'in_progress' and {visible} \
         group by p.number order by max(p.answered_at) desc, p.number limit ${}",
        next + 1
    );
    many(sql, &statement, &values, |row| Ok(IncidentNumber(row.int()?)))
}

/// Records that a promise was not kept; whether it was open.
pub fn broke(sql: &mut dyn Sql, promise: &Promised, now: Timestamp) -> Result<bool, Failure> {
    let statement = "update page_promises set state = 'broken', settled_at = $4 \
        where number = $1 and began_n = $2 and step = $3 and state = 'promised'";
    let values: [Value; 4] =
        [promise.number.into(), promise.began_n.into(), promise.step.into(), now.into()];
    Ok(sql.execute(statement, &values)? == 1)
}

/// Whether a page `o` that left, or will, reaches its person. Mail to the address of their account
/// wakes nobody: where it matters and they have other ways, it says nothing that it was sent.
const COUNTS: &str = "(o.contact_id is not null or o.urgency <> 'high' or not exists ( \
    select 1 from pages w where w.number = o.number and w.n = o.n \
    and w.person_id = o.person_id and w.contact_id is not null))";

/// Whether paging of the incident of `p` goes on since that entry.
const GOES_ON: &str = "exists (select 1 from page_promises g where g.number = p.number \
    and g.began_n < p.n and g.state = 'promised')";

/// Entries that paged people of whom none was reached: every way of each failed, or nothing was
/// tried that was due before `due`. A page that was called off while paging goes on reached
/// nobody unless they answered. Nothing that was told before, and nobody who learns: those are told by entries
/// of their own, for which nothing waits.
pub fn unreached(
    sql: &mut dyn Sql,
    now: Timestamp,
    due: Timestamp,
    limit: i64,
) -> Result<Vec<Unreached>, Failure> {
    let is_new = "not exists (select 1 from page_alarms a where a.number = p.number and a.n = p.n)";
    let statement = format!(
        "select p.number, p.n, count(case when p.state = 'waiting' then 1 end) from pages p \
         where ((p.state = 'failed' and p.created_at > $1) or (p.state = 'waiting' and p.due_at < $2)) \
         and p.learns = 0 and {is_new} and not exists (select 1 from pages o where o.number = p.number and o.n = p.n \
           and (o.answered_at is not null or o.received_at is not null \
             or (o.state = 'called_off' and not {GOES_ON}) \
             or ((o.state = 'sent' or (o.state = 'waiting' and o.due_at >= $2)) and {COUNTS}))) \
         group by p.number, p.n order by p.number, p.n limit $3"
    );
    let since = now.plus_seconds(-LOOK_BACK_SECONDS);
    let mut found = many(sql, &statement, &[since.into(), due.into(), limit.into()], |row| {
        let (number, n) = (IncidentNumber(row.int()?), row.int()?);
        let failure = if row.int()? > 0 { Wrong::NotTried } else { Wrong::Errors };
        Ok(Unreached { number, n, people: vec![], failure })
    })?;
    for entry in &mut found {
        let people =
            "select distinct person_id from pages where number = $1 and n = $2 order by person_id";
        entry.people = many(sql, people, &[entry.number.into(), entry.n.into()], Columns::parsed)?;
    }
    found.extend(without_pages(sql, now, limit)?);
    Ok(found)
}

/// Entries that paged people who have no way to be reached. A step that names programs alone
/// pages nobody, and need not.
fn without_pages(sql: &mut dyn Sql, now: Timestamp, limit: i64) -> Result<Vec<Unreached>, Failure> {
    let statement = "select p.number, p.kept_n, p.whom from page_promises p \
        where p.state = 'kept' and p.settled_at > $1 and p.kept_n is not null \
        and not exists (select 1 from pages o where o.number = p.number and o.n = p.kept_n) \
        and not exists (select 1 from page_alarms a where a.number = p.number and a.n = p.kept_n) \
        order by p.number, p.kept_n limit $2";
    let since = now.plus_seconds(-NO_WAY_SECONDS);
    let found = many(sql, statement, &[since.into(), limit.into()], |row| {
        Ok((IncidentNumber(row.int()?), row.int()?, row.json::<Vec<Whom>>()?))
    })?;
    let is_told = |whom: &[Whom]| {
        !whom.is_empty() && whom.iter().all(|named| matches!(named, Whom::Webhook(_)))
    };
    let entries: BTreeSet<(IncidentNumber, i64)> = found
        .into_iter()
        .filter(|(_, _, whom)| !is_told(whom))
        .map(|(number, n, _)| (number, n))
        .collect();
    let entries = entries.into_iter();
    Ok(entries
        .map(|(number, n)| Unreached { number, n, people: vec![], failure: Wrong::NoWay })
        .collect())
}

/// Records that an entry reached nobody, with the promises it was to keep; whether that is new.
pub fn raise(sql: &mut dyn Sql, entry: &Unreached, now: Timestamp) -> Result<bool, Failure> {
    let raised = "insert into page_alarms (number, n, failure, raised_at) values ($1, $2, $3, $4) \
        on conflict do nothing";
    let values: [Value; 4] =
        [entry.number.into(), entry.n.into(), entry.failure.as_str().into(), now.into()];
    let is_new = sql.execute(raised, &values)? == 1;
    let broke = "update page_promises set state = 'broken' \
        where number = $1 and kept_n = $2 and state = 'kept'";
    sql.execute(broke, &values[..2])?;
    Ok(is_new)
}

/// Takes or keeps the watch over promises until `until`; whether this node has it. A watch that
/// is held beyond `farthest` was taken by a clock that has been set back since.
pub fn watch(
    sql: &mut dyn Sql,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
    farthest: Timestamp,
) -> Result<bool, Failure> {
    let statement = "insert into page_watch (id, holder, held_until, looked_at) \
        values (1, $1, $3, $2) on conflict (id) do update set holder = excluded.holder, \
        held_until = excluded.held_until, looked_at = excluded.looked_at \
        where page_watch.holder = $1 or page_watch.held_until <= $2 or page_watch.held_until > $4";
    let values: [Value; 4] = [holder.into(), now.into(), until.into(), farthest.into()];
    Ok(sql.execute(statement, &values)? == 1)
}

/// When somebody last watched over promises.
pub fn watched_at(sql: &mut dyn Sql) -> Result<Option<Timestamp>, Failure> {
    one(sql, "select looked_at from page_watch where id = 1", &[], Columns::at)
}

fn read(row: &mut Columns) -> Result<Promised, Failure> {
    Ok(Promised {
        number: IncidentNumber(row.int()?),
        began_n: row.int()?,
        step: row.int()?,
        round: row.int()?,
        whom: row.json()?,
        latest_at: row.at()?,
        state: row.parsed()?,
        kept_n: row.opt_int()?,
        settled_at: row.opt_at()?,
    })
}
