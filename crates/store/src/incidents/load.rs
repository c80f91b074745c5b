//! Reading states for deciding.

use crate::Failure;
use crate::directory::{many, slots};
use crate::sql::{Columns, Sql};
use incident::State;
use kernel::{ContentId, IncidentNumber, Timestamp};
use std::collections::HashMap;

/// Incidents asked for in one statement; databases bound the number of parameters.
const NUMBERS_PER_STATEMENT: usize = 1_024;

/// An incident as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Which.
    pub number: IncidentNumber,
    /// Its state.
    pub state: State,
}

/// Loads one incident.
pub fn load(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Option<Stored>, Failure> {
    let rows = sql.query("select body from incidents where number = $1", &[number.into()])?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let state = Columns::of(row).json()?;
    Ok(Some(Stored { number, state }))
}

/// These incidents as they are, those that there are, in few statements.
pub fn load_many(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<HashMap<IncidentNumber, State>, Failure> {
    let mut found = HashMap::with_capacity(numbers.len());
    for part in numbers.chunks(NUMBERS_PER_STATEMENT) {
        let (names, values) = slots(1, part);
        let statement = format!("select number, body from incidents where number in ({names})");
        found.extend(many(sql, &statement, &values, |row| {
            Ok((IncidentNumber(row.int()?), row.json()?))
        })?);
    }
    Ok(found)
}

/// The title as words.
pub fn title_of(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Option<String>, Failure> {
    let rows = sql.query("select title from incidents where number = $1", &[number.into()])?;
    rows.into_iter().next().map(|row| Columns::of(row).text()).transpose()
}

/// The words with this id, or what a redaction leaves in their place.
pub fn words_of(sql: &mut dyn Sql, id: ContentId) -> Result<String, Failure> {
    let statement = "select body from contents where id = $1 and erased_at is null";
    let rows = sql.query(statement, &[id.into()])?;
    let words = rows.into_iter().next().map(|row| Columns::of(row).text()).transpose()?;
    Ok(words.unwrap_or_else(|| super::write::ERASED_TITLE.to_owned()))
}

/// Whether these words belong to this incident and are still there.
pub fn content_belongs(
    sql: &mut dyn Sql,
    content: ContentId,
    number: IncidentNumber,
) -> Result<bool, Failure> {
    let text = "select 1 from contents where id = $1 and number = $2 and erased_at is null";
    Ok(!sql.query(text, &[content.into(), number.into()])?.is_empty())
}

/// Incidents with a timer that rings at or before `now`, the earliest first,
/// with the instant it should have rung; those that come after `after`.
pub fn due_incidents(
    sql: &mut dyn Sql,
    now: Timestamp,
    after: Option<(IncidentNumber, Timestamp)>,
    limit: i64,
) -> Result<Vec<(IncidentNumber, Timestamp)>, Failure> {
    let mut parameters = vec![now.into(), limit.into()];
    let mut later = "";
    if let Some((number, at)) = after {
        later = "and (wake_at, number) > ($3, $4) ";
        parameters.extend([at.into(), number.into()]);
    }
    let statement = format!(
        "select number, wake_at from incidents where wake_at is not null and wake_at <= $1 \
         {later}order by wake_at, number limit $2"
    );
    let rows = sql.query(&statement, &parameters)?;
    let read = |row| {
        let mut columns = Columns::of(row);
        Ok((IncidentNumber(columns.int()?), columns.at()?))
    };
    rows.into_iter().map(read).collect()
}
