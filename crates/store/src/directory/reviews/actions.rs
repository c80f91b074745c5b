//! What somebody has to do after a review.

use super::super::records;
use crate::directory::{many, one};
use crate::incidents::filter::fully_visible;
use crate::{Columns, Failure, Sql, Value};
use incident::Scope;
use jiff::civil::Date;
use kernel::{ActionId, IncidentNumber, PersonId, ProblemNumber, ReviewNumber, Timestamp, words};
use serde::{Deserialize, Serialize};

/// Actions that one answer lists, those due first.
pub const ACTIONS_MAX: i64 = 5_000;

words! {
    /// Where an action stands.
    ActionState {
        /// To be done.
        Open = "open",
        /// Done.
        Done = "done",
        /// Not to be done, and why.
        Dropped = "dropped",
    }
}

/// What somebody has to do after a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// The review.
    pub review: ReviewNumber,
    /// What is to be done.
    pub words: String,
    /// The factor that it takes away, from 1.
    pub factor: Option<u32>,
    /// Who does it.
    pub owner: Option<PersonId>,
    /// By when.
    pub due_on: Option<Date>,
    /// Where it stands.
    pub state: ActionState,
    /// Why it was dropped; empty otherwise.
    pub reason: String,
    /// The problem that it should end.
    pub problem: Option<ProblemNumber>,
    /// The key of the group of recurring incidents that it should end.
    pub cluster: Option<String>,
    /// When it was done or dropped.
    pub ended_at: Option<Timestamp>,
    /// Who wrote it down.
    pub created_by: Option<PersonId>,
    /// When.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

impl Action {
    /// What it is called in refusals and in the audit.
    pub const WHAT: &'static str = "action";

    /// One that is to be done.
    pub fn of(
        id: ActionId,
        review: ReviewNumber,
        words: impl Into<String>,
        now: Timestamp,
    ) -> Self {
        Action {
            id,
            review,
            words: words.into(),
            factor: None,
            owner: None,
            due_on: None,
            state: ActionState::Open,
            reason: String::new(),
            problem: None,
            cluster: None,
            ended_at: None,
            created_by: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// Whether it is open though its day is over by `today`.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state == ActionState::Open && self.due_on.is_some_and(|day| day < today)
    }
}

/// An action in a list, with what its reader knows of the incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAction {
    /// It.
    pub action: Action,
    /// The incident of its review.
    pub incident: IncidentNumber,
    /// The title of that.
    pub title: String,
}

const ACTION: &str = "a.id, a.review, a.words, a.factor, a.owner_id, a.due_on, a.state, a.reason, \
    a.problem, a.cluster, a.ended_at, a.created_by, a.created_at, a.updated_at, a.version";

/// Stores a new action.
pub fn add_action(sql: &mut dyn Sql, action: &Action) -> Result<(), Failure> {
    let mut values = action_values(action);
    values.extend([
        Value::Int(action.review.0),
        action.created_by.into(),
        action.created_at.into(),
    ]);
    let statement = "insert into review_actions (id, words, factor, owner_id, due_on, state, \
        reason, problem, cluster, ended_at, updated_at, review, created_by, created_at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    sql.execute(statement, &values).map(drop)
}

/// Changes an action, all but its review and who wrote it down; `false` when `expected_version`
/// is not its any more.
pub fn update_action(
    sql: &mut dyn Sql,
    action: &Action,
    expected_version: i64,
) -> Result<bool, Failure> {
    let mut values = action_values(action);
    values.push(expected_version.into());
    let statement = "update review_actions set words = $2, factor = $3, owner_id = $4, \
        due_on = $5, state = $6, reason = $7, problem = $8, cluster = $9, ended_at = $10, \
        updated_at = $11, version = version + 1 where id = $1 and version = $12";
    Ok(sql.execute(statement, &values)? == 1)
}

/// The action with this id.
pub fn action(sql: &mut dyn Sql, id: ActionId) -> Result<Option<Action>, Failure> {
    let statement = format!("select {ACTION} from review_actions a where a.id = $1");
    one(sql, &statement, &[Value::Text(id.to_string())], read_action)
}

/// The actions of a review, in the order they were written down.
pub fn actions_of(sql: &mut dyn Sql, review: ReviewNumber) -> Result<Vec<Action>, Failure> {
    let statement = format!(
        "select {ACTION} from review_actions a where a.review = $1 order by a.created_at, a.id"
    );
    many(sql, &statement, &[Value::Int(review.0)], read_action)
}

/// Actions of reviews whose incidents are seen as a whole within the scope, those due first;
/// [`ACTIONS_MAX`] at most. `open_only` leaves out what is done or dropped.
pub fn actions(
    sql: &mut dyn Sql,
    scope: &Scope,
    open_only: bool,
) -> Result<Vec<ListedAction>, Failure> {
    let (visible, values) = fully_visible(sql.engine(), scope, 1);
    let open = if open_only { "and a.state = 'open'" } else { "" };
    listed_actions(sql, &format!("{visible} {open}"), &values)
}

/// Actions that should end a group of recurring incidents, as [`actions`] gives them.
pub fn actions_of_cluster(
    sql: &mut dyn Sql,
    scope: &Scope,
    cluster: &str,
) -> Result<Vec<ListedAction>, Failure> {
    let (visible, more) = fully_visible(sql.engine(), scope, 2);
    let mut values: Vec<Value> = vec![cluster.into()];
    values.extend(more);
    listed_actions(sql, &format!("a.cluster = $1 and {visible}"), &values)
}

fn listed_actions(
    sql: &mut dyn Sql,
    condition: &str,
    values: &[Value],
) -> Result<Vec<ListedAction>, Failure> {
    let statement = format!(
        "select {ACTION}, r.incident, i.title from review_actions a \
         join reviews r on r.number = a.review join incidents i on i.number = r.incident \
         where {condition} order by coalesce(a.due_on, '9999-12-31'), a.created_at, a.id \
         limit {ACTIONS_MAX}"
    );
    many(sql, &statement, values, |row| {
        Ok(ListedAction {
            action: read_action(row)?,
            incident: IncidentNumber(row.int()?),
            title: row.text()?,
        })
    })
}

/// When the incidents that name a problem were reported, since an instant, in the order of time:
/// those that are seen as a whole within the scope, but parts of others and what was cancelled.
pub fn reported_of_problem(
    sql: &mut dyn Sql,
    scope: &Scope,
    problem: ProblemNumber,
    since: Timestamp,
) -> Result<Vec<Timestamp>, Failure> {
    let (visible, more) = fully_visible(sql.engine(), scope, 3);
    let mut values: Vec<Value> = vec![Value::Int(problem.0), since.into()];
    values.extend(more);
    let statement = format!(
        "select i.reported_at from incidents i where i.number in \
         (select number from incident_problems where problem = $1) and i.reported_at >= $2 \
         and i.state <> 'cancelled' and i.merged_into is null and {visible} \
         order by i.reported_at, i.number"
    );
    many(sql, &statement, &values, Columns::at)
}

fn action_values(action: &Action) -> Vec<Value> {
    vec![
        Value::Text(action.id.to_string()),
        (&action.words).into(),
        action.factor.into(),
        action.owner.into(),
        action.due_on.map(|day| day.to_string()).into(),
        action.state.as_str().into(),
        (&action.reason).into(),
        action.problem.map(|problem| problem.0).into(),
        action.cluster.as_ref().into(),
        action.ended_at.into(),
        action.updated_at.into(),
    ]
}

fn read_action(row: &mut Columns) -> Result<Action, Failure> {
    Ok(Action {
        id: row.parsed()?,
        review: ReviewNumber(row.int()?),
        words: row.text()?,
        factor: row.opt_int()?.and_then(|place| u32::try_from(place).ok()),
        owner: row.opt_parsed()?,
        due_on: records::day(row)?,
        state: row.parsed()?,
        reason: row.text()?,
        problem: row.opt_int()?.map(ProblemNumber),
        cluster: row.opt_text()?,
        ended_at: row.opt_at()?,
        created_by: row.opt_parsed()?,
        created_at: row.at()?,
        updated_at: row.at()?,
        version: row.int()?,
    })
}
