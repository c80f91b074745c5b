//! What the outside calls an incident that it was told of, and what of an incident the status
//! page needs besides its published words.

use crate::directory::{many, slots};
use crate::{Columns, Failure, Sql};
use incident::Lifecycle;
use kernel::{IncidentNumber, ServiceId, Timestamp};
use std::collections::BTreeMap;

/// Numbers asked for in one statement; databases bound the number of parameters.
const NUMBERS_PER_STATEMENT: usize = 1_024;

/// What is needed of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its title, which the outside reads when an update brings none.
    pub title: String,
    /// Where it stands.
    pub state: Lifecycle,
    /// The service it is about.
    pub service: Option<ServiceId>,
    /// Whether only some people may see it.
    pub confidential: bool,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// The incident it was merged into.
    pub merged_into: Option<IncidentNumber>,
}

/// Gives an incident its name outside, unless it has one.
pub fn name(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    id: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let statement = "insert into status_incidents (number, id, created_at) values ($1, $2, $3) on conflict do nothing";
    sql.execute(statement, &[number.into(), id.into(), now.into()]).map(drop)
}

/// The names of these incidents outside, of those that have one.
pub fn names(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<BTreeMap<IncidentNumber, String>, Failure> {
    let mut found = BTreeMap::new();
    for part in numbers.chunks(NUMBERS_PER_STATEMENT) {
        let (list, values) = slots(1, part);
        let statement = format!("select number, id from status_incidents where number in ({list})");
        let read = |row: &mut Columns| Ok((row.int().map(IncidentNumber)?, row.text()?));
        found.extend(many(sql, &statement, &values, read)?);
    }
    Ok(found)
}

/// What is needed of these incidents; unknown numbers are left out.
pub fn about(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<BTreeMap<IncidentNumber, About>, Failure> {
    let mut found = BTreeMap::new();
    for part in numbers.chunks(NUMBERS_PER_STATEMENT) {
        let (list, values) = slots(1, part);
        let statement = format!(
            "select number, title, state, service_id, confidential_to, reported_at, resolved_at, merged_into \
             from incidents where number in ({list})"
        );
        found.extend(many(sql, &statement, &values, read)?);
    }
    Ok(found)
}

fn read(row: &mut Columns) -> Result<(IncidentNumber, About), Failure> {
    let number = row.int().map(IncidentNumber)?;
    let about = About {
        title: row.text()?,
        state: row.parsed()?,
        service: row.opt_parsed()?,
        confidential: row.opt_text()?.is_some(),
        reported_at: row.at()?,
        resolved_at: row.opt_at()?,
        merged_into: row.opt_int()?.map(IncidentNumber),
    };
    Ok((number, about))
}
