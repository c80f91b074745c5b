//! People: requesters known from their first mail on, and everybody who works
//! for the provider. The password hash never leaves in the struct.

use super::rows::{json, many, one, slots};
use crate::{Columns, Failure, Sql, Value, attention};
use incident::assignment::{Away, Skills};
use kernel::{InOrder, Language, OrganisationId, PersonId, Role, TeamId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// Words of a search for people that are looked at; more say nothing new.
const SEARCH_WORDS: usize = 6;
/// Ids asked for in one statement; databases bound the number of parameters.
const IDS_PER_STATEMENT: usize = 256;

/// A column of the queue that somebody can leave out.
#[derive(Debug, Clone, Copy)]
pub struct QueueColumn {
    /// How it is kept, which is what follows `c-` in the class of its cells.
    pub key: &'static str,
    /// What programs call it.
    pub name: &'static str,
    /// What people read.
    pub label: &'static str,
}

/// What of the queue can be left out. Priority and title stay: without them a row says nothing.
pub const QUEUE_COLUMNS: [QueueColumn; 8] = [
    QueueColumn { key: "risk", name: "risk", label: "Risk" },
    QueueColumn { key: "num", name: "number", label: "Number" },
    QueueColumn { key: "req", name: "requester", label: "Requester" },
    QueueColumn { key: "svc", name: "service", label: "Service" },
    QueueColumn { key: "state", name: "state", label: "State" },
    QueueColumn { key: "asg", name: "assignee", label: "Assignee" },
    QueueColumn { key: "sla", name: "next_clock", label: "Next SLA clock" },
    QueueColumn { key: "upd", name: "updated", label: "Updated" },
];

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// E-mail address in lower case; `None` for people known by name only.
    pub email: Option<String>,
    /// Display name.
    pub name: String,
    /// What they do.
    pub job_title: String,
    /// Telephone.
    pub phone: String,
    /// Where they sit.
    pub site: String,
    /// Further roles; of a requester, none.
    pub roles: BTreeSet<Role>,
    /// Their company.
    pub organisation: Option<OrganisationId>,
    /// Whether they see their whole company's incidents.
    pub sees_organisation: bool,
    /// Whether their urgency may be raised by rule.
    pub vip: bool,
    /// Whether they can sign in with a password. Read only.
    pub has_password: bool,
    /// Time zone; empty is the instance's.
    pub time_zone: String,
    /// What they read; `None` is the instance's.
    #[serde(default)]
    pub language: Option<Language>,
    /// `light`, `dark`; empty is the system's.
    pub theme: String,
    /// Whether single keys are shortcuts.
    pub single_keys: bool,
    /// Keys of the [`QUEUE_COLUMNS`] that they do not want to see, with blanks between them.
    #[serde(default)]
    pub hidden_columns: String,
    /// Whether the account is in use.
    pub active: bool,
    /// What they know well.
    #[serde(default)]
    pub skills: Skills,
    /// When they are not there; stays when it is over.
    #[serde(default)]
    pub away: Option<Away>,
    /// Since when they are known.
    pub created_at: Timestamp,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

/// A person as the audit keeps them: with the names that their teams had then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// Their teams.
    pub teams: Vec<String>,
}

impl Recorded {
    /// A person with the teams they are in now.
    pub fn of(sql: &mut dyn Sql, person: &Person) -> Result<Self, Failure> {
        let teams = super::teams::of_person(sql, person.id)?;
        let teams = teams.into_iter().map(|team| team.name).collect();
        Ok(Recorded { person: person.clone(), teams })
    }
}

impl Person {
    /// A requester without a login.
    pub fn new(
        id: PersonId,
        name: impl Into<String>,
        email: Option<&str>,
        created_at: Timestamp,
    ) -> Self {
        Person {
            id,
            email: email.map(str::to_lowercase),
            name: name.into(),
            job_title: String::new(),
            phone: String::new(),
            site: String::new(),
            roles: BTreeSet::new(),
            organisation: None,
            sees_organisation: false,
            vip: false,
            has_password: false,
            time_zone: String::new(),
            language: None,
            theme: String::new(),
            single_keys: true,
            hidden_columns: String::new(),
            active: true,
            skills: Skills::default(),
            away: None,
            created_at,
            version: 1,
        }
    }

    /// The company whose incidents they see, if they were granted that.
    pub fn visible_organisation(&self) -> Option<OrganisationId> {
        self.organisation.filter(|_| self.sees_organisation)
    }

    /// Whether they do not want to see this column of the queue.
    pub fn hides(&self, column: &QueueColumn) -> bool {
        self.hidden_columns.split(' ').any(|key| key == column.key)
    }
}

/// Which people a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeopleFilter {
    /// Beginnings of words of name or e-mail address.
    pub text: Option<String>,
    /// Only people with a role.
    pub staff_only: bool,
    /// Only members of this team.
    pub team: Option<TeamId>,
    /// Only accounts in use, or only those that are not.
    pub active: Option<bool>,
}

/// Stores a new person; its version becomes 1. [`Failure::Exists`] when the
/// address is taken.
pub fn insert(
    sql: &mut dyn Sql,
    person: &Person,
    password_hash: Option<&str>,
) -> Result<(), Failure> {
    let mut values = values(person)?;
    values.extend([person.created_at.into(), password_hash.into()]);
    sql.execute(
        "insert into people (id, email, name, job_title, phone, site, roles, organisation_id, sees_organisation, vip, time_zone, theme, \
         single_keys, active, skills, away_from, away_until, language, hidden_columns, created_at, password_hash) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        &values,
    )?;
    Ok(())
}

/// Changes a person, all but password and creation; `false` when
/// `expected_version` is not theirs any more.
pub fn update(sql: &mut dyn Sql, person: &Person, expected_version: i64) -> Result<bool, Failure> {
    let mut values = values(person)?;
    values.push(expected_version.into());
    let touched = sql.execute(
        "update people set email = $2, name = $3, job_title = $4, phone = $5, site = $6, roles = $7, organisation_id = $8, \
         sees_organisation = $9, vip = $10, time_zone = $11, theme = $12, single_keys = $13, active = $14, \
         skills = $15, away_from = $16, away_until = $17, language = $18, hidden_columns = $19, \
         version = version + 1 where id = $1 and version = $20",
        &values,
    )?;
    if touched == 1 && !person.active {
        // It suggests what to log, and they log nothing any more.
        attention::forget_of_person(sql, person.id)?;
    }
    Ok(touched == 1)
}

/// The person with this id.
pub fn get(sql: &mut dyn Sql, id: PersonId) -> Result<Option<Person>, Failure> {
    one(sql, &select("where id = $1"), &[id.into()], read)
}

/// The people with these ids, ordered by name; unknown ids are left out.
pub fn get_many(sql: &mut dyn Sql, ids: &[PersonId]) -> Result<Vec<Person>, Failure> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS_PER_STATEMENT) {
        let (list, values) = slots(1, ids);
        found.extend(many(sql, &select(&format!("where id in ({list})")), &values, read)?);
    }
    found.order_by_key(|person| (person.name.to_lowercase(), person.id));
    Ok(found)
}

/// The person with this address, however it is written.
pub fn by_email(sql: &mut dyn Sql, email: &str) -> Result<Option<Person>, Failure> {
    one(sql, &select("where email = $1"), &[email.trim().to_lowercase().into()], read)
}

/// Everybody with this name, upper and lower case being the same.
pub fn by_name(sql: &mut dyn Sql, name: &str) -> Result<Vec<Person>, Failure> {
    many(sql, &select("where lower(name) = lower($1) order by id"), &[name.trim().into()], read)
}

/// Active people of whose name or address some word begins with each word of
/// `text`, by name: who is calling?
pub fn find(sql: &mut dyn Sql, text: &str, limit: usize) -> Result<Vec<Person>, Failure> {
    let filter =
        PeopleFilter { text: Some(text.to_owned()), active: Some(true), ..PeopleFilter::default() };
    list(sql, &filter, limit, None)
}

/// People by name, from the one after `after` on.
pub fn list(
    sql: &mut dyn Sql,
    filter: &PeopleFilter,
    limit: usize,
    after: Option<PersonId>,
) -> Result<Vec<Person>, Failure> {
    let mut values: Vec<Value> = Vec::new();
    let mut conditions = vec!["1 = 1".to_owned()];
    for word in filter.text.iter().flat_map(|text| text.split_whitespace()).take(SEARCH_WORDS) {
        let at = values.len() + 1;
        values.extend([starting(word).into(), format!("% {}", starting(word)).into()]);
        values
            .extend(['.', '@', '-'].map(|sign| Value::Text(format!("%{sign}{}", starting(word)))));
        // Of a telephone number any digits in a row, however it is written.
        let phone = digits(word).map_or(String::new(), |digits| {
            values.push(Value::Text(format!("%{digits}%")));
            format!(" or {PHONE_DIGITS} like ${}", values.len())
        });
        conditions.push(format!(
            r"(lower(name) like ${at} escape '\' or lower(name) like ${} escape '\' or lower(name) like ${} escape '\'
               or email like ${at} escape '\' or email like ${} escape '\' or email like ${} escape '\' or email like ${} escape '\'{phone})",
            at + 1,
            at + 4,
            at + 2,
            at + 3,
            at + 4,
        ));
    }
    if filter.staff_only {
        conditions.push("roles <> '[]'".to_owned());
    }
    if let Some(active) = filter.active {
        values.push(active.into());
        conditions.push(format!("active = ${}", values.len()));
    }
    if let Some(team) = filter.team {
        values.push(team.into());
        conditions.push(format!(
            "id in (select person_id from team_members where team_id = ${})",
            values.len()
        ));
    }
    if let Some(after) = after {
        values.push(after.into());
        conditions.push(format!(
            "(lower(name), id) > (select lower(name), id from people where id = ${})",
            values.len()
        ));
    }
    values.push((limit as i64).into());
    let rest = format!(
        "where {} order by lower(name), id limit ${}",
        conditions.join(" and "),
        values.len()
    );
    many(sql, &select(&rest), &values, read)
}

/// The names of these people; unknown ids are left out.
pub fn names(sql: &mut dyn Sql, ids: &[PersonId]) -> Result<HashMap<PersonId, String>, Failure> {
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(IDS_PER_STATEMENT) {
        let (list, values) = slots(1, ids);
        let statement = format!("select id, name from people where id in ({list})");
        found.extend(many(sql, &statement, &values, |row| Ok((row.parsed()?, row.text()?)))?);
    }
    Ok(found)
}

/// The hash of a person's password.
pub fn password_hash(sql: &mut dyn Sql, id: PersonId) -> Result<Option<String>, Failure> {
    Ok(one(sql, "select password_hash from people where id = $1", &[id.into()], Columns::opt_text)?
        .flatten())
}

/// Sets or removes a person's password; `false` when there is no such person.
/// Their version stays: nothing that an administrator sees changes.
pub fn set_password_hash(
    sql: &mut dyn Sql,
    id: PersonId,
    hash: Option<&str>,
) -> Result<bool, Failure> {
    Ok(sql
        .execute("update people set password_hash = $2 where id = $1", &[id.into(), hash.into()])?
        == 1)
}

/// Whether somebody else than this person is an administrator whose account is in use.
pub fn has_other_administrator(sql: &mut dyn Sql, person: PersonId) -> Result<bool, Failure> {
    let statement = "select 1 from people where active = 1 and id <> $1 \
        and roles like '%\"administrator\"%' limit 1";
    Ok(!sql.query(statement, &[person.into()])?.is_empty())
}

/// How many people there are, requesters included.
pub fn count(sql: &mut dyn Sql) -> Result<i64, Failure> {
    Ok(one(sql, "select count(*) from people", &[], Columns::int)?.unwrap_or(0))
}

/// A telephone number without the signs between its digits.
const PHONE_DIGITS: &str = concat!(
    "replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), ",
    "'/', ''), '.', ''), '(', ''), ')', '')"
);

/// The digits of a word that can be part of a telephone number. The zeros before the number depend on
/// where one calls from and are left out.
fn digits(word: &str) -> Option<String> {
    let is_phone = word.chars().all(|c| c.is_ascii_digit() || "+-/.()".contains(c));
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    (is_phone && !digits.is_empty()).then(|| digits.to_owned())
}

/// A pattern for text that starts so, in lower case, its own signs taken literally.
pub(crate) fn starting(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 1);
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The pattern of texts that hold this one, as [`starting`] has it.
pub(crate) fn containing(text: &str) -> String {
    format!("%{}", starting(text))
}

pub(crate) const COLUMNS: &str = "id, email, name, job_title, phone, site, roles, organisation_id, sees_organisation, vip, \
     case when password_hash is null then 0 else 1 end, time_zone, theme, single_keys, active, skills, away_from, away_until, language, hidden_columns, \
     created_at, version";

fn select(rest: &str) -> String {
    format!("select {COLUMNS} from people {rest}")
}

fn values(person: &Person) -> Result<Vec<Value>, Failure> {
    Ok(vec![
        person.id.into(),
        person.email.as_deref().map(str::to_lowercase).into(),
        (&person.name).into(),
        (&person.job_title).into(),
        (&person.phone).into(),
        (&person.site).into(),
        json(&person.roles)?.into(),
        person.organisation.into(),
        person.sees_organisation.into(),
        person.vip.into(),
        (&person.time_zone).into(),
        (&person.theme).into(),
        person.single_keys.into(),
        person.active.into(),
        json(&person.skills)?.into(),
        person.away.map(|away| away.from).into(),
        person.away.and_then(|away| away.until).into(),
        person.language.map(Language::as_str).into(),
        (&person.hidden_columns).into(),
    ])
}

/// An absence, from the columns of its beginning and its end.
pub(crate) fn away(row: &mut Columns) -> Result<Option<Away>, Failure> {
    let (from, until) = (row.opt_at()?, row.opt_at()?);
    Ok(from.map(|from| Away { from, until }))
}

pub(crate) fn read(row: &mut Columns) -> Result<Person, Failure> {
    Ok(Person {
        id: row.parsed()?,
        email: row.opt_text()?,
        name: row.text()?,
        job_title: row.text()?,
        phone: row.text()?,
        site: row.text()?,
        roles: row.json()?,
        organisation: row.opt_parsed()?,
        sees_organisation: row.flag()?,
        vip: row.flag()?,
        has_password: row.flag()?,
        time_zone: row.text()?,
        theme: row.text()?,
        single_keys: row.flag()?,
        active: row.flag()?,
        skills: row.json()?,
        away: away(row)?,
        // A word that is no language of ours is as good as none.
        language: row.opt_text()?.and_then(|code| code.parse().ok()),
        hidden_columns: row.text()?,
        created_at: row.at()?,
        version: row.int()?,
    })
}
