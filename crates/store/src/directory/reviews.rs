//! Reviews of incidents that are over, and what somebody has to do after one. An incident has
//! one review at most; one that came to nothing can be removed, its number is never given again.
//! Who may read one is who may see its incident.

mod actions;
mod kinds;
mod remind;

pub use actions::{
    ACTIONS_MAX, Action, ActionState, ListedAction, action, actions, actions_of,
    actions_of_cluster, add_action, reported_of_problem, update_action,
};
pub use kinds::{Kind, Majority};
pub use remind::{Reminder, ToRemind, actions_to_remind, remind, reviews_to_remind};

use super::rows::{json, many, one, slots};
use crate::incidents::filter::fully_visible;
use crate::{Columns, Failure, Sql, Value};
use incident::Scope;
use kernel::{IncidentNumber, PersonId, ReviewNumber, ServiceId, Timestamp, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Reviews that one answer lists, the latest first: decades of a large company.
pub const LISTED_MAX: i64 = 5_000;
/// Factors of one review: more is no analysis.
pub const FACTORS_MAX: usize = 20;
/// Entries of timelines that one review shows.
pub const PICKS_MAX: usize = 100;
/// Actions of one review: more is a project.
pub const ACTIONS_PER_REVIEW: usize = 50;
/// Extra questions of the template.
pub const QUESTIONS_MAX: usize = 20;
/// Kinds of incidents with a template of their own.
pub const KINDS_MAX: usize = 30;

/// The settings of reviews, a [`Template`].
pub const TEMPLATE: &str = "reviews";
/// Since when majors get a review by themselves, an instant.
pub const SINCE: &str = "reviews_since";

words! {
    /// Where a review stands.
    ReviewState {
        /// Being written.
        Draft = "draft",
        /// Others read it before it is published.
        InReview = "in_review",
        /// Done.
        Published = "published",
    }
}

words! {
    /// A part of a review that the template switches on or off.
    Section {
        /// What happened, in short.
        Summary = "summary",
        /// Whom it hit, and how much.
        Impact = "impact",
        /// What happened, entry by entry.
        Timeline = "timeline",
        /// What contributed to it.
        Factors = "factors",
        /// What helped.
        Helped = "helped",
        /// What was hard.
        Hard = "hard",
        /// What we learned.
        Lessons = "lessons",
        /// What will be done.
        Actions = "actions",
    }
}

/// A question that the template adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What answers refer to: small letters, digits and `_`.
    pub key: String,
    /// The question.
    pub words: String,
}

/// How reviews are written here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Template {
    /// Whether majors get a review by themselves.
    pub for_majors: bool,
    /// Business days until a review is due.
    pub due_days: u8,
    /// Sections that are left out.
    pub off: Vec<Section>,
    /// Questions besides, in their order.
    pub questions: Vec<Question>,
    /// Kinds of incidents whose reviews are written another way, the first that fits counts.
    pub kinds: Vec<Kind>,
}

impl Default for Template {
    fn default() -> Self {
        Template { for_majors: true, due_days: 5, off: vec![], questions: vec![], kinds: vec![] }
    }
}

impl Template {
    /// Whether a section is shown.
    pub fn has(&self, section: Section) -> bool {
        !self.off.contains(&section)
    }
}

/// An entry of a timeline that a review shows. It is read anew each time, with the rights of
/// whoever reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// The incident: the reviewed one, a part or a child.
    pub incident: IncidentNumber,
    /// The place in its timeline.
    pub n: u32,
    /// What the writer says about it; empty for nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Its number.
    pub number: ReviewNumber,
    /// What it reviews.
    pub incident: IncidentNumber,
    /// Where it stands.
    pub state: ReviewState,
    /// Who writes it.
    pub owner: Option<PersonId>,
    /// By when it is to be published.
    pub due_at: Timestamp,
    /// What happened, in short.
    pub summary: String,
    /// Whom it hit, and how much.
    pub impact: String,
    /// What contributed to it; their places, from 1, are what actions refer to.
    pub factors: Vec<String>,
    /// What helped.
    pub helped: String,
    /// What was hard.
    pub hard: String,
    /// What we learned.
    pub lessons: String,
    /// Answers to the questions of the template, by key.
    pub answers: BTreeMap<String, String>,
    /// The entries of the timeline that it shows.
    pub picks: Vec<Pick>,
    /// Why it was taken up again after it was published; empty where it never was.
    pub reopened_because: String,
    /// Who published it last.
    pub published_by: Option<PersonId>,
    /// When.
    pub published_at: Option<Timestamp>,
    /// Who opened it; nobody where it opened by itself.
    pub created_by: Option<PersonId>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Who changed it last.
    pub updated_by: Option<PersonId>,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

impl Review {
    /// What it is called in refusals and in the audit.
    pub const WHAT: &'static str = "review";

    /// An empty draft.
    pub fn of(number: ReviewNumber, incident: IncidentNumber, now: Timestamp) -> Self {
        Review {
            number,
            incident,
            state: ReviewState::Draft,
            owner: None,
            due_at: now,
            summary: String::new(),
            impact: String::new(),
            factors: vec![],
            helped: String::new(),
            hard: String::new(),
            lessons: String::new(),
            answers: BTreeMap::new(),
            picks: vec![],
            reopened_because: String::new(),
            published_by: None,
            published_at: None,
            created_by: None,
            created_at: now,
            updated_by: None,
            updated_at: now,
            version: 1,
        }
    }

    /// Whether it is not published though it should be.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.state != ReviewState::Published && self.due_at < now
    }
}

/// A review in a list, with what its reader knows of its incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// It.
    pub review: Review,
    /// The title of its incident.
    pub title: String,
    /// The service of its incident.
    pub service: Option<ServiceId>,
    /// Whether that is a major one.
    pub major: bool,
    /// Its actions.
    pub actions: i64,
    /// Those of them that are open.
    pub open_actions: i64,
}

const REVIEW: &str = "r.number, r.incident, r.state, r.owner_id, r.due_at, r.summary, r.impact, \
    r.factors, r.helped, r.hard, r.lessons, r.answers, r.picks, r.reopened_because, \
    r.published_by, r.published_at, r.created_by, r.created_at, r.updated_by, r.updated_at, \
    r.version";

/// The number of the next review, which is nobody else's: within a transaction that writes.
pub fn next_number(sql: &mut dyn Sql) -> Result<ReviewNumber, Failure> {
    super::records::draw(sql, "PIR").map(ReviewNumber)
}

/// Stores a new review under its number; `false` when its incident has one already.
pub fn insert(sql: &mut dyn Sql, review: &Review) -> Result<bool, Failure> {
    super::records::taken(sql, "PIR", review.number.0)?;
    let mut values = values(review)?;
    values.extend([
        Value::from(review.incident),
        review.created_by.into(),
        review.created_at.into(),
    ]);
    let statement = "insert into reviews (number, state, owner_id, due_at, summary, impact, \
        factors, helped, hard, lessons, answers, picks, reopened_because, published_by, \
        published_at, updated_by, updated_at, incident, created_by, created_at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
        $19, $20) on conflict (incident) do nothing";
    Ok(sql.execute(statement, &values)? == 1)
}

/// Changes a review, all but what it reviews and who opened it; `false` when `expected_version`
/// is not its any more.
pub fn update(sql: &mut dyn Sql, review: &Review, expected_version: i64) -> Result<bool, Failure> {
    let mut values = values(review)?;
    values.push(expected_version.into());
    let statement = "update reviews set state = $2, owner_id = $3, due_at = $4, summary = $5, \
        impact = $6, factors = $7, helped = $8, hard = $9, lessons = $10, answers = $11, \
        picks = $12, reopened_because = $13, published_by = $14, published_at = $15, \
        updated_by = $16, updated_at = $17, version = version + 1 \
        where number = $1 and version = $18";
    Ok(sql.execute(statement, &values)? == 1)
}

/// Removes a review without actions; `false` when `expected_version` is not its any more.
pub fn remove(
    sql: &mut dyn Sql,
    number: ReviewNumber,
    expected_version: i64,
) -> Result<bool, Failure> {
    let statement = "delete from reviews where number = $1 and version = $2";
    Ok(sql.execute(statement, &[Value::Int(number.0), expected_version.into()])? == 1)
}

/// The review with this number.
pub fn get(sql: &mut dyn Sql, number: ReviewNumber) -> Result<Option<Review>, Failure> {
    let statement = format!("select {REVIEW} from reviews r where r.number = $1");
    one(sql, &statement, &[Value::Int(number.0)], read)
}

/// The review of an incident.
pub fn of_incident(sql: &mut dyn Sql, incident: IncidentNumber) -> Result<Option<Review>, Failure> {
    let statement = format!("select {REVIEW} from reviews r where r.incident = $1");
    one(sql, &statement, &[incident.into()], read)
}

/// Those whose incidents are seen as a whole within the scope, the latest first;
/// [`LISTED_MAX`] at most.
pub fn list(sql: &mut dyn Sql, scope: &Scope) -> Result<Vec<Listed>, Failure> {
    let (visible, values) = fully_visible(sql.engine(), scope, 1);
    let statement = format!(
        "select {REVIEW}, i.title, i.service_id, i.major, \
         (select count(*) from review_actions a where a.review = r.number), \
         (select count(*) from review_actions a where a.review = r.number and a.state = 'open') \
         from reviews r join incidents i on i.number = r.incident \
         where {visible} order by r.number desc limit {LISTED_MAX}"
    );
    many(sql, &statement, &values, |row| {
        Ok(Listed {
            review: read(row)?,
            title: row.text()?,
            service: row.opt_parsed()?,
            major: row.flag()?,
            actions: row.int()?,
            open_actions: row.int()?,
        })
    })
}

/// Majors that were resolved after an instant and have no review yet, the earliest first, at
/// most `limit`. Those that came by import are not ours to review.
pub fn majors_without(
    sql: &mut dyn Sql,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<IncidentNumber>, Failure> {
    let statement = "select i.number from incidents i where i.major = 1 and i.resolved_at > $1 \
        and i.state in ('resolved', 'closed') and i.merged_into is null and i.channel <> 'import' \
        and not exists (select 1 from reviews r where r.incident = i.number) \
        order by i.resolved_at, i.number limit $2";
    many(sql, statement, &[since.into(), limit.into()], |row| row.int().map(IncidentNumber))
}

/// Which of these incidents have a review, for lists that link to it.
pub fn of_incidents(
    sql: &mut dyn Sql,
    incidents: &[IncidentNumber],
) -> Result<BTreeMap<IncidentNumber, ReviewNumber>, Failure> {
    let (list, values) = slots(1, incidents);
    let statement = format!("select incident, number from reviews where incident in ({list})");
    let found = many(sql, &statement, &values, |row| {
        Ok((IncidentNumber(row.int()?), ReviewNumber(row.int()?)))
    })?;
    Ok(found.into_iter().collect())
}

fn values(review: &Review) -> Result<Vec<Value>, Failure> {
    Ok(vec![
        Value::Int(review.number.0),
        review.state.as_str().into(),
        review.owner.into(),
        review.due_at.into(),
        (&review.summary).into(),
        (&review.impact).into(),
        json(&review.factors)?.into(),
        (&review.helped).into(),
        (&review.hard).into(),
        (&review.lessons).into(),
        json(&review.answers)?.into(),
        json(&review.picks)?.into(),
        (&review.reopened_because).into(),
        review.published_by.into(),
        review.published_at.into(),
        review.updated_by.into(),
        review.updated_at.into(),
    ])
}

fn read(row: &mut Columns) -> Result<Review, Failure> {
    Ok(Review {
        number: ReviewNumber(row.int()?),
        incident: IncidentNumber(row.int()?),
        state: row.parsed()?,
        owner: row.opt_parsed()?,
        due_at: row.at()?,
        summary: row.text()?,
        impact: row.text()?,
        factors: row.json()?,
        helped: row.text()?,
        hard: row.text()?,
        lessons: row.text()?,
        answers: row.json()?,
        picks: row.json()?,
        reopened_because: row.text()?,
        published_by: row.opt_parsed()?,
        published_at: row.opt_at()?,
        created_by: row.opt_parsed()?,
        created_at: row.at()?,
        updated_by: row.opt_parsed()?,
        updated_at: row.at()?,
        version: row.int()?,
    })
}
