//! Where known errors and articles were used, and whether they helped: judged by what happened
//! afterwards, not by what anybody says of them.

use crate::directory::{many, one, slots};
use crate::incidents::filter::fully_visible;
use crate::{Columns, Failure, Sql, Value};
use incident::Scope;
use incident::state::Lifecycle;
use kernel::{
    ArticleNumber, IncidentNumber, Invalid, PersonId, ProblemNumber, ServiceId, Timestamp, words,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Uses that are judged for one answer, the latest: those of long ago say little of today.
pub const JUDGED_MAX: i64 = 20_000;
/// An incident that is reopened sooner after it was resolved was not helped, in seconds: a week.
pub const REOPENED_WITHIN_SECONDS: i64 = 7 * 86_400;
/// Who reports the same service sooner after an answer solved it was not helped, in seconds: a
/// day.
pub const REPORTED_WITHIN_SECONDS: i64 = 86_400;
/// Incidents whose turns are read in one statement; databases bound the number of parameters.
const NUMBERS_AT_ONCE: usize = 1_024;

/// What can be used: a known error or an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Record {
    /// A problem, once it is a known error.
    Problem(ProblemNumber),
    /// An article.
    Article(ArticleNumber),
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Record::Problem(number) => number.fmt(f),
            Record::Article(number) => number.fmt(f),
        }
    }
}

impl FromStr for Record {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let problem = text.parse().map(Record::Problem);
        problem.or_else(|_| text.parse().map(Record::Article)).map_err(|_: Invalid| {
            Invalid::new("is not the number of a problem or an article, such as PRB-3 or KB-12")
        })
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

words! {
    /// How something was used.
    UseKind {
        /// Somebody put it beside an incident.
        Linked = "linked",
        /// Its steps were applied to an incident.
        Applied = "applied",
        /// Somebody says that it helped with an incident.
        Helped = "helped",
        /// It solved what would have been reported: there is no incident.
        Solved = "solved",
    }
}

/// A use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Its id.
    pub id: Uuid,
    /// What was used.
    pub record: Record,
    /// How.
    pub kind: UseKind,
    /// On which incident, if there is one.
    pub number: Option<IncidentNumber>,
    /// By whom; where there is no incident, whose trouble was solved.
    pub person: PersonId,
    /// The service it was about.
    pub service: Option<ServiceId>,
    /// When.
    pub at: Timestamp,
}

/// Keeps a use; `false` when it is known already: one for each incident, and one a day for each
/// person where there is none. A later word that it helped is kept.
pub fn record(sql: &mut dyn Sql, used: &Use) -> Result<bool, Failure> {
    if used.number.is_none() {
        let statement = "select 1 from knowledge_uses where record = $1 and number is null \
            and person_id = $2 and at > $3 limit 1";
        let since = used.at.plus_seconds(-REPORTED_WITHIN_SECONDS);
        let values = [used.record.to_string().into(), used.person.into(), since.into()];
        if one(sql, statement, &values, Columns::int)?.is_some() {
            return Ok(false);
        }
    }
    let statement = "insert into knowledge_uses (id, record, kind, number, person_id, service_id, at) \
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (record, number) where number is not null \
        do nothing";
    let values = [
        used.id.to_string().into(),
        used.record.to_string().into(),
        used.kind.as_str().into(),
        used.number.into(),
        used.person.into(),
        used.service.into(),
        used.at.into(),
    ];
    if sql.execute(statement, &values)? == 1 {
        return Ok(true);
    }
    if used.kind != UseKind::Linked {
        let statement = "update knowledge_uses set kind = $3 where record = $1 and number = $2";
        let values =
            [used.record.to_string().into(), used.number.into(), used.kind.as_str().into()];
        sql.execute(statement, &values)?;
    }
    Ok(false)
}

/// Takes back that something was used on an incident; `false` when it was not.
pub fn forget(sql: &mut dyn Sql, record: Record, number: IncidentNumber) -> Result<bool, Failure> {
    let statement = "delete from knowledge_uses where record = $1 and number = $2";
    Ok(sql.execute(statement, &[record.to_string().into(), number.into()])? == 1)
}

/// What was used on an incident, beyond what its timeline tells, the earliest first.
pub fn of_incident(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Vec<Use>, Failure> {
    let statement = "select id, record, kind, number, person_id, service_id, at \
        from knowledge_uses where number = $1 order by at, id";
    many(sql, statement, &[number.into()], |row| {
        let id = row.text()?;
        Ok(Use {
            id: id.parse().map_err(|_| Failure::damaged(format!("{id:?} is no id of a use")))?,
            record: row.parsed()?,
            kind: row.parsed()?,
            number: row.opt_int()?.map(IncidentNumber),
            person: row.parsed()?,
            service: row.opt_parsed()?,
            at: row.at()?,
        })
    })
}

/// How often something was used and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Success {
    /// How often it was used.
    pub used: u32,
    /// How many of these are over, so that they can be judged.
    pub judged: u32,
    /// In how many of those it helped.
    pub helped: u32,
}

impl Success {
    /// How many of a hundred it helped, where anything can be judged.
    pub fn percent(self) -> Option<u32> {
        let (helped, judged) = (u64::from(self.helped), u64::from(self.judged));
        let percent = (helped * 100 + judged / 2).checked_div(judged)?;
        u32::try_from(percent).ok()
    }

    fn count(&mut self, verdict: Verdict) {
        self.used += 1;
        self.judged += u32::from(verdict != Verdict::Open);
        self.helped += u32::from(verdict == Verdict::Helped);
    }
}

/// What came of one use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The incident was resolved and stayed so.
    Helped,
    /// It was reopened soon, or reported all the same.
    Failed,
    /// It is not over.
    Open,
}

/// A turn in the life of an incident, as far as success goes by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It was resolved.
    Resolved(Timestamp),
    /// It was taken up again.
    Reopened(Timestamp),
    /// That it was taken up again was a mistake.
    Withdrawn,
}

/// What came of a use at an instant, by the turns of its incident in their order. `over` is
/// whether it is resolved or closed now.
pub fn judge(used_at: Timestamp, over: bool, turns: &[Turn]) -> Verdict {
    let mut resolved: Option<Timestamp> = None;
    let (mut failed, mut failed_before) = (false, false);
    for turn in turns {
        match *turn {
            Turn::Resolved(at) => resolved = Some(at),
            Turn::Reopened(at) => {
                let soon = |since: Timestamp| at.seconds_since(since) <= REOPENED_WITHIN_SECONDS;
                failed_before = failed;
                failed |= at >= used_at && resolved.is_some_and(soon);
            }
            Turn::Withdrawn => failed = failed_before,
        }
    }
    match (failed, over) {
        (true, _) => Verdict::Failed,
        (false, true) => Verdict::Helped,
        (false, false) => Verdict::Open,
    }
}

/// How these records did on incidents of which somebody sees everything, and where they were
/// enough without one. Those that were never used are left out.
pub fn success(
    sql: &mut dyn Sql,
    scope: &Scope,
    records: &[Record],
) -> Result<BTreeMap<Record, Success>, Failure> {
    success_of_latest(sql, scope, records, JUDGED_MAX)
}

/// The same of their latest uses alone, at most `uses` of all of them together: for a page that
/// somebody waits for.
pub fn success_of_latest(
    sql: &mut dyn Sql,
    scope: &Scope,
    records: &[Record],
    uses: i64,
) -> Result<BTreeMap<Record, Success>, Failure> {
    let mut found = BTreeMap::new();
    if records.is_empty() {
        return Ok(found);
    }
    on_incidents(sql, scope, (records, uses), &mut found)?;
    // A known error is applied to an incident or not at all.
    let articles: Vec<Record> =
        records.iter().copied().filter(|record| matches!(record, Record::Article(_))).collect();
    if !articles.is_empty() {
        without_one(sql, scope, (&articles, uses), &mut found)?;
    }
    Ok(found)
}

/// A use on an incident that goes on, or not.
struct Used {
    record: Record,
    number: IncidentNumber,
    at: Timestamp,
    over: bool,
}

fn on_incidents(
    sql: &mut dyn Sql,
    scope: &Scope,
    (records, uses): (&[Record], i64),
    found: &mut BTreeMap<Record, Success>,
) -> Result<(), Failure> {
    let names: Vec<String> = records.iter().map(Record::to_string).collect();
    let problems: Vec<i64> = records
        .iter()
        .filter_map(|record| match record {
            Record::Problem(number) => Some(number.0),
            Record::Article(_) => None,
        })
        .collect();
    let (list, mut values) = slots(1, &names);
    let (tied, more) = slots(values.len() + 1, &problems);
    values.extend(more);
    let (visible, more) = fully_visible(sql.engine(), scope, values.len() + 1);
    values.extend(more);
    // Each table is narrowed by itself: by a name put together here no index is found.
    let statement = format!(
        "select u.record, u.number, u.at, i.state from (\
           select told.record, told.number, min(told.at) as at from (\
             select record, number, at from knowledge_uses \
             where number is not null and record in ({list}) \
             union all \
             select 'PRB-' || cast(problem as text), number, at from incident_problems \
             where problem in ({tied}) and kind in ('known_error', 'resolution')) told \
           group by told.record, told.number) u \
         join incidents i on i.number = u.number \
         where i.state <> 'cancelled' and {visible} \
         order by u.at desc, u.number desc, u.record limit {uses}"
    );
    let uses = many(sql, &statement, &values, |row| {
        let (record, number, at) = (row.parsed()?, IncidentNumber(row.int()?), row.at()?);
        let state: Lifecycle = row.parsed()?;
        Ok(Used { record, number, at, over: !state.is_open() })
    })?;
    let numbers: BTreeSet<IncidentNumber> = uses.iter().map(|used| used.number).collect();
    let turns = turns(sql, &numbers.into_iter().collect::<Vec<_>>())?;
    for used in uses {
        let turns = turns.get(&used.number).map_or(&[][..], Vec::as_slice);
        found.entry(used.record).or_default().count(judge(used.at, used.over, turns));
    }
    Ok(())
}

/// The turns of these incidents, in their order.
fn turns(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<HashMap<IncidentNumber, Vec<Turn>>, Failure> {
    let mut found: HashMap<IncidentNumber, Vec<Turn>> = HashMap::new();
    for some in numbers.chunks(NUMBERS_AT_ONCE) {
        let (list, values) = slots(1, some);
        let statement = format!(
            "select number, kind, happened_at from events where number in ({list}) \
             and kind in ('resolved', 'reopened', 'reopening_withdrawn') order by number, n"
        );
        let rows = many(sql, &statement, &values, |row| {
            let (number, kind, at) = (IncidentNumber(row.int()?), row.text()?, row.at()?);
            let turn = match kind.as_str() {
                "resolved" => Turn::Resolved(at),
                "reopened" => Turn::Reopened(at),
                _ => Turn::Withdrawn,
            };
            Ok((number, turn))
        })?;
        for (number, turn) in rows {
            found.entry(number).or_default().push(turn);
        }
    }
    Ok(found)
}

/// Where there was no need for an incident: it failed where the same person reported the same
/// service soon after.
fn without_one(
    sql: &mut dyn Sql,
    scope: &Scope,
    (records, uses): (&[Record], i64),
    found: &mut BTreeMap<Record, Success>,
) -> Result<(), Failure> {
    let names: Vec<String> = records.iter().map(Record::to_string).collect();
    let (list, more) = slots(2, &names);
    let mut values = vec![Value::Int(REPORTED_WITHIN_SECONDS * 1_000_000)];
    values.extend(more);
    let (visible, more) = fully_visible(sql.engine(), scope, values.len() + 1);
    values.extend(more);
    let statement = format!(
        "select u.record, case when exists (select 1 from incidents i \
           where i.requester_id = u.person_id and i.reported_at > u.at \
           and i.reported_at <= u.at + $1 \
           and (u.service_id is null or i.service_id = u.service_id) and {visible}) \
         then 1 else 0 end from knowledge_uses u \
         where u.number is null and u.record in ({list}) \
         order by u.at desc, u.id limit {uses}"
    );
    let uses = many(sql, &statement, &values, |row| Ok((row.parsed()?, row.flag()?)))?;
    for (record, again) in uses {
        let verdict = if again { Verdict::Failed } else { Verdict::Helped };
        found.entry(record).or_default().count(verdict);
    }
    Ok(())
}
