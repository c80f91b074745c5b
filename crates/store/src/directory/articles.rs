//! Articles: answers for people, with every version they had. None is ever deleted.

use super::rows::{json, many, one, slots};
use crate::{Columns, Failure, Sql, Value};
use jiff::civil::Date;
use kernel::{
    ArticleNumber, CategoryId, IncidentNumber, Language, PersonId, ServiceId, TeamId, Timestamp,
    words,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Articles that one answer lists, those changed last first: decades of a large company.
pub const LISTED_MAX: i64 = 10_000;
/// Untouched drafts of one incident that are looked at: of each kind and language one is made.
const FROM_INCIDENT_MAX: i64 = 50;
/// Services of one article.
pub const SERVICES_MAX: usize = 50;
/// Versions of one article that are listed, the latest first; all of them are kept.
pub const VERSIONS_LISTED: i64 = 200;

words! {
    /// Whom an article is for.
    Audience {
        /// Everybody who may sign in.
        Everyone = "everyone",
        /// The service desk.
        Staff = "staff",
    }
}

words! {
    /// Where an article stands.
    ArticleState {
        /// Being written.
        Draft = "draft",
        /// Its readers find it.
        Published = "published",
        /// True no more.
        Retired = "retired",
    }
}

/// An article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Its number.
    pub number: ArticleNumber,
    /// What it is called, in one line.
    pub title: String,
    /// The words, in the form that comments have.
    pub body: String,
    /// The language of the words.
    pub language: Language,
    /// Whom it is for.
    pub audience: Audience,
    /// Where it stands.
    pub state: ArticleState,
    /// Whether internal words of an incident were put in: while they are, it is for staff.
    pub internal: bool,
    /// The services it is about.
    pub services: BTreeSet<ServiceId>,
    /// The category it answers.
    pub category: Option<CategoryId>,
    /// The team that has it.
    pub team: Option<TeamId>,
    /// The person who has it.
    pub owner: Option<PersonId>,
    /// When somebody looks whether it is still true.
    pub review_on: Option<Date>,
    /// The incident from whose resolution it was made.
    pub from_incident: Option<IncidentNumber>,
    /// Who made it.
    pub created_by: Option<PersonId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who changed it last.
    pub updated_by: Option<PersonId>,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

impl Article {
    /// What it is called in refusals and in the audit.
    pub const WHAT: &'static str = "article";

    /// A draft for the service desk.
    pub fn titled(number: ArticleNumber, title: impl Into<String>, now: Timestamp) -> Self {
        Article {
            number,
            title: title.into(),
            body: String::new(),
            language: Language::default(),
            audience: Audience::Staff,
            state: ArticleState::Draft,
            internal: false,
            services: BTreeSet::new(),
            category: None,
            team: None,
            owner: None,
            review_on: None,
            from_incident: None,
            created_by: None,
            created_at: now,
            updated_by: None,
            updated_at: now,
            version: 1,
        }
    }

    /// Whether requesters read it.
    pub fn is_open(&self) -> bool {
        self.state == ArticleState::Published && self.audience == Audience::Everyone
    }

    /// Whether its day of review is over by `today`, and it is still read.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state != ArticleState::Retired && self.review_on.is_some_and(|day| day < today)
    }
}

/// How an article was at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// The version.
    pub version: i64,
    /// When it came to be.
    pub at: Timestamp,
    /// By whom.
    pub by: Option<PersonId>,
    /// The title then.
    pub title: String,
    /// The words then.
    pub body: String,
    /// Whether internal words were in it.
    pub internal: bool,
    /// Whom it was for.
    pub audience: Audience,
    /// Where it stood.
    pub state: ArticleState,
}

const COLUMNS: &str = "number, title, body, language, audience, state, internal, services, \
    category_id, team_id, owner_id, review_on, from_incident, created_by, created_at, updated_by, \
    updated_at, version";

/// The number of the next article, which is nobody else's: within a transaction that writes.
pub fn next_number(sql: &mut dyn Sql) -> Result<ArticleNumber, Failure> {
    super::records::draw(sql, "KB").map(ArticleNumber)
}

/// Stores a new article under its number. [`Failure::Exists`] when that is taken.
pub fn insert(sql: &mut dyn Sql, article: &Article) -> Result<(), Failure> {
    super::records::taken(sql, "KB", article.number.0)?;
    let mut values = values(sql, article)?;
    values.extend([
        Value::from(article.from_incident),
        article.created_by.into(),
        article.created_at.into(),
    ]);
    let statement = "insert into articles (number, title, body, language, audience, state, \
        internal, services, category_id, team_id, owner_id, review_on, updated_by, updated_at, \
        changed, from_incident, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, \
        $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    sql.execute(statement, &values)?;
    keep(sql, article, 1)
}

/// Changes an article, all but where it came from; `false` when `expected_version` is not its
/// any more. What it was stays as a version.
pub fn update(
    sql: &mut dyn Sql,
    article: &Article,
    expected_version: i64,
) -> Result<bool, Failure> {
    let mut values = values(sql, article)?;
    values.push(expected_version.into());
    let statement = "update articles set title = $2, body = $3, language = $4, audience = $5, \
        state = $6, internal = $7, services = $8, category_id = $9, team_id = $10, \
        owner_id = $11, review_on = $12, updated_by = $13, updated_at = $14, changed = $15, \
        version = version + 1 where number = $1 and version = $16";
    if sql.execute(statement, &values)? != 1 {
        return Ok(false);
    }
    keep(sql, article, expected_version + 1)?;
    Ok(true)
}

fn keep(sql: &mut dyn Sql, article: &Article, version: i64) -> Result<(), Failure> {
    let statement = "insert into article_versions \
        (number, version, at, by_person, title, body, internal, audience, state) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = [
        Value::Int(article.number.0),
        version.into(),
        article.updated_at.into(),
        article.updated_by.into(),
        (&article.title).into(),
        (&article.body).into(),
        article.internal.into(),
        article.audience.as_str().into(),
        article.state.as_str().into(),
    ];
    sql.execute(statement, &values).map(drop)
}

/// The article with this number.
pub fn get(sql: &mut dyn Sql, number: ArticleNumber) -> Result<Option<Article>, Failure> {
    let statement = format!("select {COLUMNS} from articles where number = $1");
    one(sql, &statement, &[Value::Int(number.0)], read)
}

/// Those with these numbers, by number.
pub fn get_many(sql: &mut dyn Sql, numbers: &[ArticleNumber]) -> Result<Vec<Article>, Failure> {
    let numbers: Vec<i64> = numbers.iter().map(|number| number.0).collect();
    let (list, values) = slots(1, &numbers);
    let statement =
        format!("select {COLUMNS} from articles where number in ({list}) order by number");
    many(sql, &statement, &values, read)
}

/// All of them, those changed last first; [`LISTED_MAX`] at most.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Article>, Failure> {
    let statement =
        format!("select {COLUMNS} from articles order by changed desc, number limit {LISTED_MAX}");
    many(sql, &statement, &[], read)
}

/// Those that requesters read, those changed last first; [`LISTED_MAX`] at most.
pub fn list_open(sql: &mut dyn Sql) -> Result<Vec<Article>, Failure> {
    let statement = format!(
        "select {COLUMNS} from articles where state = 'published' and audience = 'everyone' \
         order by changed desc, number limit {LISTED_MAX}"
    );
    many(sql, &statement, &[], read)
}

/// Drafts that were made from an incident and that nobody has touched since, the latest first.
pub fn untouched_from(
    sql: &mut dyn Sql,
    incident: IncidentNumber,
) -> Result<Vec<Article>, Failure> {
    let statement = format!(
        "select {COLUMNS} from articles where from_incident = $1 and state = 'draft' \
         and version = 1 order by number desc limit {FROM_INCIDENT_MAX}"
    );
    many(sql, &statement, &[incident.into()], read)
}

/// Those of an owner that are still read and whose day of review is before `today`, the earliest
/// first; `limit` at most.
pub fn due_of(
    sql: &mut dyn Sql,
    owner: PersonId,
    today: Date,
    limit: i64,
) -> Result<Vec<Article>, Failure> {
    let statement = format!(
        "select {COLUMNS} from articles where owner_id = $1 and review_on is not null \
         and review_on < $2 and state <> 'retired' order by review_on, number limit $3"
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
) -> Result<Vec<(i64, Article)>, Failure> {
    let statement = format!(
        "select changed, {COLUMNS} from articles where changed > $1 order by changed limit $2"
    );
    many(sql, &statement, &[after.into(), limit.into()], |row| Ok((row.int()?, read(row)?)))
}

/// How it was, the latest first; [`VERSIONS_LISTED`] at most.
pub fn editions(sql: &mut dyn Sql, number: ArticleNumber) -> Result<Vec<Edition>, Failure> {
    let statement =
        format!("{EDITION} where number = $1 order by version desc limit {VERSIONS_LISTED}");
    many(sql, &statement, &[Value::Int(number.0)], read_edition)
}

/// How it was at a version.
pub fn edition(
    sql: &mut dyn Sql,
    number: ArticleNumber,
    version: i64,
) -> Result<Option<Edition>, Failure> {
    let statement = format!("{EDITION} where number = $1 and version = $2");
    one(sql, &statement, &[Value::Int(number.0), version.into()], read_edition)
}

const EDITION: &str = "select version, at, by_person, title, body, internal, audience, state \
    from article_versions";

fn read_edition(row: &mut Columns) -> Result<Edition, Failure> {
    Ok(Edition {
        version: row.int()?,
        at: row.at()?,
        by: row.opt_parsed()?,
        title: row.text()?,
        body: row.text()?,
        internal: row.flag()?,
        audience: row.parsed()?,
        state: row.parsed()?,
    })
}

fn values(sql: &mut dyn Sql, article: &Article) -> Result<Vec<Value>, Failure> {
    let changed = super::records::draw(sql, super::records::CHANGE)?;
    Ok(vec![
        Value::Int(article.number.0),
        (&article.title).into(),
        (&article.body).into(),
        article.language.as_str().into(),
        article.audience.as_str().into(),
        article.state.as_str().into(),
        article.internal.into(),
        json(&article.services)?.into(),
        article.category.into(),
        article.team.into(),
        article.owner.into(),
        article.review_on.map(|day| day.to_string()).into(),
        article.updated_by.into(),
        article.updated_at.into(),
        changed.into(),
    ])
}

fn read(row: &mut Columns) -> Result<Article, Failure> {
    Ok(Article {
        number: ArticleNumber(row.int()?),
        title: row.text()?,
        body: row.text()?,
        language: row.parsed()?,
        audience: row.parsed()?,
        state: row.parsed()?,
        internal: row.flag()?,
        services: row.json()?,
        category: row.opt_parsed()?,
        team: row.opt_parsed()?,
        owner: row.opt_parsed()?,
        review_on: super::records::day(row)?,
        from_incident: row.opt_int()?.map(IncidentNumber),
        created_by: row.opt_parsed()?,
        created_at: row.at()?,
        updated_by: row.opt_parsed()?,
        updated_at: row.at()?,
        version: row.int()?,
    })
}
