//! Words somebody has begun to write and not sent.

use super::rows::many;
use crate::{Columns, Failure, Sql};
use kernel::{IncidentNumber, PersonId, Timestamp};
use serde::{Deserialize, Serialize};

/// Which of the composer's modes a draft belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Words for the requester.
    Reply,
    /// Internal words.
    Note,
    /// An update for everybody concerned.
    Update,
}

impl Mode {
    /// Every mode, in the order shown.
    pub const ALL: [Mode; 3] = [Mode::Reply, Mode::Note, Mode::Update];

    /// The word in forms and database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Mode::Reply => "reply",
            Mode::Note => "note",
            Mode::Update => "update",
        }
    }
}

impl std::str::FromStr for Mode {
    type Err = kernel::Invalid;

    fn from_str(text: &str) -> Result<Self, kernel::Invalid> {
        Mode::ALL
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or_else(|| kernel::Invalid::new("must be one of reply, note, update"))
    }
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Whose.
    pub person: PersonId,
    /// On which incident.
    pub number: IncidentNumber,
    /// In which mode.
    pub mode: Mode,
    /// The words.
    pub body: String,
    /// When it was last saved.
    pub updated_at: Timestamp,
}

/// Keeps a draft in place of the one before; empty words remove it.
pub fn put(sql: &mut dyn Sql, draft: &Draft) -> Result<(), Failure> {
    if draft.body.trim().is_empty() {
        delete(sql, draft.person, draft.number, draft.mode)?;
        return Ok(());
    }
    sql.execute(
        "insert into drafts (person_id, number, mode, body, updated_at) values ($1, $2, $3, $4, $5) \
         on conflict (person_id, number, mode) do update set body = excluded.body, updated_at = excluded.updated_at",
        &[draft.person.into(), draft.number.into(), draft.mode.as_str().into(), (&draft.body).into(), draft.updated_at.into()],
    )?;
    Ok(())
}

/// A person's drafts on an incident.
pub fn of_incident(
    sql: &mut dyn Sql,
    person: PersonId,
    number: IncidentNumber,
) -> Result<Vec<Draft>, Failure> {
    let statement = "select person_id, number, mode, body, updated_at from drafts where person_id = $1 and number = $2 order by mode";
    many(sql, statement, &[person.into(), number.into()], read)
}

/// Removes a draft; `false` when there was none.
pub fn delete(
    sql: &mut dyn Sql,
    person: PersonId,
    number: IncidentNumber,
    mode: Mode,
) -> Result<bool, Failure> {
    let values = [person.into(), number.into(), mode.as_str().into()];
    Ok(sql.execute(
        "delete from drafts where person_id = $1 and number = $2 and mode = $3",
        &values,
    )? == 1)
}

/// Removes the drafts last saved before an instant; how many.
pub fn expire(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Failure> {
    sql.execute("delete from drafts where updated_at < $1", &[before.into()])
}

fn read(row: &mut Columns) -> Result<Draft, Failure> {
    Ok(Draft {
        person: row.parsed()?,
        number: IncidentNumber(row.int()?),
        mode: row.parsed()?,
        body: row.text()?,
        updated_at: row.at()?,
    })
}
