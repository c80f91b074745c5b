//! Problems: what lies behind incidents. A known error is a problem whose cause is written down
//! and that has a workaround; it keeps its number. None is ever deleted.

use super::rows::{json, many, one, slots};
use crate::{Columns, Failure, Sql, Value};
use jiff::civil::Date;
use kernel::{CategoryId, PersonId, ProblemNumber, ServiceId, TeamId, Timestamp, words};
use serde::{Deserialize, Serialize};

/// Problems that one answer lists, those changed last first: decades of a large company.
pub const LISTED_MAX: i64 = 10_000;
/// Steps of one workaround: more is a project, not a way around.
pub const STEPS_MAX: usize = 50;

words! {
    /// Where a problem stands.
    ProblemState {
        /// Its cause is looked for, or there is no way around it yet.
        Open = "open",
        /// Its cause is written down, and there is a workaround.
        KnownError = "known_error",
        /// The cause is gone.
        Resolved = "resolved",
        /// Nobody works on it any more.
        Closed = "closed",
    }
}

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Its number, which it keeps.
    pub number: ProblemNumber,
    /// What it is called, in one line.
    pub title: String,
    /// Where it stands.
    pub state: ProblemState,
    /// What is seen of it.
    pub description: String,
    /// What causes it; empty while nobody knows.
    pub cause: String,
    /// How to live with it, in words; empty while nobody knows.
    pub workaround: String,
    /// The workaround step by step; they become tasks where it is applied.
    pub steps: Vec<String>,
    /// What makes it go away: the change that is meant to, in words.
    pub fix: String,
    /// The service that suffers.
    pub service: Option<ServiceId>,
    /// The category of its incidents.
    pub category: Option<CategoryId>,
    /// The team that has it.
    pub team: Option<TeamId>,
    /// The person who has it.
    pub owner: Option<PersonId>,
    /// When somebody looks at it again.
    pub review_on: Option<Date>,
    /// Who made it.
    pub created_by: Option<PersonId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

impl Problem {
    /// What it is called in refusals and in the audit.
    pub const WHAT: &'static str = "problem";

    /// One with nothing but a title.
    pub fn titled(number: ProblemNumber, title: impl Into<String>, now: Timestamp) -> Self {
        Problem {
            number,
            title: title.into(),
            state: ProblemState::Open,
            description: String::new(),
            cause: String::new(),
            workaround: String::new(),
            steps: vec![],
            fix: String::new(),
            service: None,
            category: None,
            team: None,
            owner: None,
            review_on: None,
            created_by: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// Whether its day of review is over by `today`, and it still matters.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state != ProblemState::Closed && self.review_on.is_some_and(|day| day < today)
    }
}

const COLUMNS: &str = "number, title, state, description, cause, workaround, steps, fix, \
    service_id, category_id, team_id, owner_id, review_on, created_by, created_at, updated_at, \
    version";

/// The number of the next problem, which is nobody else's: within a transaction that writes.
pub fn next_number(sql: &mut dyn Sql) -> Result<ProblemNumber, Failure> {
    super::records::draw(sql, "PRB").map(ProblemNumber)
}

/// Stores a new problem under its number. [`Failure::Exists`] when that is taken.
pub fn insert(sql: &mut dyn Sql, problem: &Problem) -> Result<(), Failure> {
    super::records::taken(sql, "PRB", problem.number.0)?;
    let mut values = values(sql, problem)?;
    values.extend([Value::from(problem.created_by), problem.created_at.into()]);
    let statement = "insert into problems (number, title, state, description, cause, workaround, \
        steps, fix, service_id, category_id, team_id, owner_id, review_on, updated_at, changed, \
        created_by, created_at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    sql.execute(statement, &values).map(drop)
}

/// Changes a problem, all but who made it and when; `false` when `expected_version` is not its
/// any more.
pub fn update(
    sql: &mut dyn Sql,
    problem: &Problem,
    expected_version: i64,
) -> Result<bool, Failure> {
    let mut values = values(sql, problem)?;
    values.push(expected_version.into());
    let statement = "update problems set title = $2, state = $3, description = $4, cause = $5, \
        workaround = $6, steps = $7, fix = $8, service_id = $9, category_id = $10, team_id = $11, \
        owner_id = $12, review_on = $13, updated_at = $14, changed = $15, version = version + 1 \
        where number = $1 and version = $16";
    Ok(sql.execute(statement, &values)? == 1)
}

/// The problem with this number.
pub fn get(sql: &mut dyn Sql, number: ProblemNumber) -> Result<Option<Problem>, Failure> {
    let statement = format!("select {COLUMNS} from problems where number = $1");
    one(sql, &statement, &[Value::Int(number.0)], read)
}

/// Those with these numbers, by number.
pub fn get_many(sql: &mut dyn Sql, numbers: &[ProblemNumber]) -> Result<Vec<Problem>, Failure> {
    let numbers: Vec<i64> = numbers.iter().map(|number| number.0).collect();
    let (list, values) = slots(1, &numbers);
    let statement =
        format!("select {COLUMNS} from problems where number in ({list}) order by number");
    many(sql, &statement, &values, read)
}

/// Whether there is one with this number.
pub fn exists(sql: &mut dyn Sql, number: ProblemNumber) -> Result<bool, Failure> {
    let statement = "select 1 from problems where number = $1";
    Ok(!sql.query(statement, &[Value::Int(number.0)])?.is_empty())
}

/// All of them, those changed last first; [`LISTED_MAX`] at most.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Problem>, Failure> {
    let statement =
        format!("select {COLUMNS} from problems order by changed desc, number limit {LISTED_MAX}");
    many(sql, &statement, &[], read)
}

/// Those of an owner that still matter and whose day of review is before `today`, the earliest
/// first; `limit` at most.
pub fn due_of(
    sql: &mut dyn Sql,
    owner: PersonId,
    today: Date,
    limit: i64,
) -> Result<Vec<Problem>, Failure> {
    let statement = format!(
        "select {COLUMNS} from problems where owner_id = $1 and review_on is not null \
         and review_on < $2 and state <> 'closed' order by review_on, number limit $3"
    );
    let values = [owner.into(), today.to_string().into(), limit.into()];
    many(sql, &statement, &values, read)
}

/// Those that were made or changed after a point, each with the point of its last change, in
/// that order, at most `limit`: for whoever keeps an index of them. Begin at 0.
pub fn changed_after(
    sql: &mut dyn Sql,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Problem)>, Failure> {
    let statement = format!(
        "select changed, {COLUMNS} from problems where changed > $1 order by changed limit $2"
    );
    many(sql, &statement, &[after.into(), limit.into()], |row| Ok((row.int()?, read(row)?)))
}

fn values(sql: &mut dyn Sql, problem: &Problem) -> Result<Vec<Value>, Failure> {
    let changed = super::records::draw(sql, super::records::CHANGE)?;
    Ok(vec![
        Value::Int(problem.number.0),
        (&problem.title).into(),
        problem.state.as_str().into(),
        (&problem.description).into(),
        (&problem.cause).into(),
        (&problem.workaround).into(),
        json(&problem.steps)?.into(),
        (&problem.fix).into(),
        problem.service.into(),
        problem.category.into(),
        problem.team.into(),
        problem.owner.into(),
        problem.review_on.map(|day| day.to_string()).into(),
        problem.updated_at.into(),
        changed.into(),
    ])
}

fn read(row: &mut Columns) -> Result<Problem, Failure> {
    Ok(Problem {
        number: ProblemNumber(row.int()?),
        title: row.text()?,
        state: row.parsed()?,
        description: row.text()?,
        cause: row.text()?,
        workaround: row.text()?,
        steps: row.json()?,
        fix: row.text()?,
        service: row.opt_parsed()?,
        category: row.opt_parsed()?,
        team: row.opt_parsed()?,
        owner: row.opt_parsed()?,
        review_on: super::records::day(row)?,
        created_by: row.opt_parsed()?,
        created_at: row.at()?,
        updated_at: row.at()?,
        version: row.int()?,
    })
}
