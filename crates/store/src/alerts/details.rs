//! What alerts say to people.

use super::KEYS_PER_STATEMENT;
use crate::directory::{json, many, slots};
use crate::{Columns, Failure, Sql, Table, Type};
use alert::{Link, Signal};
use kernel::AlertId;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

const DETAILS: Table = Table {
    name: "alert_details",
    columns: &[
        ("alert_id", Type::Text),
        ("title", Type::Text),
        ("body", Type::Text),
        ("labels", Type::Text),
        ("links", Type::Text),
        ("responders", Type::Text),
    ],
    suffix: "on conflict (alert_id) do update set title = excluded.title, body = excluded.body, \
        labels = excluded.labels, responders = excluded.responders, \
        links = case when excluded.links = '[]' then alert_details.links else excluded.links end",
};

/// What an alert says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Details {
    /// What is wrong, in one line.
    pub title: String,
    /// What else is said.
    pub body: String,
    /// Names and values.
    pub labels: BTreeMap<String, String>,
    /// Places to read on.
    pub links: Vec<Link>,
    /// Whom its source wants told.
    pub responders: Vec<String>,
}

/// Stores what alerts say, each once. One that is told of again without places to read on keeps
/// those it had.
pub fn write<'a>(
    sql: &mut dyn Sql,
    said: impl Iterator<Item = (AlertId, &'a Signal)>,
) -> Result<(), Failure> {
    let rows = said.map(|(id, signal)| {
        Ok(vec![
            id.into(),
            (&signal.title).into(),
            (&signal.body).into(),
            json(&signal.labels)?.into(),
            json(&signal.links)?.into(),
            json(&signal.responders)?.into(),
        ])
    });
    let rows: Vec<_> = rows.collect::<Result<_, Failure>>()?;
    if rows.is_empty() {
        return Ok(());
    }
    sql.insert(&DETAILS, rows).map(drop)
}

/// What these alerts say.
pub fn of(sql: &mut dyn Sql, ids: &[AlertId]) -> Result<HashMap<AlertId, Details>, Failure> {
    let mut found = HashMap::with_capacity(ids.len());
    for part in ids.chunks(KEYS_PER_STATEMENT) {
        let (names, values) = slots(1, part);
        let statement = format!(
            "select alert_id, title, body, labels, links, responders from alert_details where alert_id in ({names})"
        );
        found.extend(many(sql, &statement, &values, read)?);
    }
    Ok(found)
}

fn read(row: &mut Columns) -> Result<(AlertId, Details), Failure> {
    let id = row.parsed()?;
    let details = Details {
        title: row.text()?,
        body: row.text()?,
        labels: row.json()?,
        links: row.json()?,
        responders: row.json()?,
    };
    Ok((id, details))
}
