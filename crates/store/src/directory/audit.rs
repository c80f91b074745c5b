//! Who changed which configuration, when, from what to what.

use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use kernel::{Actor, PersonId, Timestamp};
use serde::{Deserialize, Serialize};

/// An entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// The id of who did it; empty for the product itself.
    pub actor_id: String,
    /// Their name then.
    pub actor_name: String,
    /// `created`, `changed`, `deleted`, `signed_in` and so on.
    pub what: String,
    /// `team`, `person`, `service` and so on.
    pub subject: String,
    /// Which one.
    pub subject_id: String,
    /// What it was.
    pub before: Option<serde_json::Value>,
    /// What it is.
    pub after: Option<serde_json::Value>,
}

impl Entry {
    /// An entry without values, to be filled by [`Entry::before`] and [`Entry::after`].
    pub fn new(
        at: Timestamp,
        actor: &Actor,
        what: &str,
        subject: &str,
        subject_id: impl ToString,
    ) -> Self {
        Entry::of(at, actor, [what, subject], subject_id.to_string())
    }

    fn of(at: Timestamp, actor: &Actor, [what, subject]: [&str; 2], subject_id: String) -> Self {
        Entry {
            at,
            actor_id: actor.id.clone(),
            actor_name: actor.name.clone(),
            what: what.to_owned(),
            subject: subject.to_owned(),
            subject_id,
            before: None,
            after: None,
        }
    }

    /// With what it was.
    #[must_use]
    pub fn before(self, value: &impl Serialize) -> Self {
        Entry { before: serde_json::to_value(value).ok(), ..self }
    }

    /// With what it is now.
    #[must_use]
    pub fn after(self, value: &impl Serialize) -> Self {
        Entry { after: serde_json::to_value(value).ok(), ..self }
    }
}

/// Records an entry.
pub fn record(sql: &mut dyn Sql, entry: &Entry) -> Result<(), Failure> {
    let values: [Value; 8] = [
        entry.at.into(),
        (&entry.actor_id).into(),
        (&entry.actor_name).into(),
        (&entry.what).into(),
        (&entry.subject).into(),
        (&entry.subject_id).into(),
        entry.before.as_ref().map(json).transpose()?.into(),
        entry.after.as_ref().map(json).transpose()?.into(),
    ];
    sql.execute(
        "insert into audit (at, actor_id, actor_name, what, subject, subject_id, before, after) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &values,
    )?;
    Ok(())
}

/// Which entries; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of one kind of subject.
    pub subject: Option<String>,
    /// By one of these people; by nobody if it is empty.
    pub actors: Option<Vec<PersonId>>,
    /// Not before this instant.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}

/// Entries with their ids, the newest first, from before the entry `before` on;
/// of one kind of subject if `subject` says so.
pub fn list(
    sql: &mut dyn Sql,
    subject: Option<&str>,
    limit: usize,
    before: Option<i64>,
) -> Result<Vec<(i64, Entry)>, Failure> {
    let filter = AuditFilter { subject: subject.map(str::to_owned), ..AuditFilter::default() };
    find(sql, &filter, limit, before)
}

/// The entries of one record, the newest first.
pub fn of(
    sql: &mut dyn Sql,
    subject: &str,
    subject_id: &str,
    limit: usize,
) -> Result<Vec<Entry>, Failure> {
    let statement = "select id, at, actor_id, actor_name, what, subject, subject_id, before, after \
        from audit where subject = $1 and subject_id = $2 order by id desc limit $3";
    let values = [subject.into(), subject_id.into(), (limit as i64).into()];
    Ok(many(sql, statement, &values, read)?.into_iter().map(|(_, entry)| entry).collect())
}

/// Entries with their ids that fit, the newest first, from before the entry `before` on.
pub fn find(
    sql: &mut dyn Sql,
    filter: &AuditFilter,
    limit: usize,
    before: Option<i64>,
) -> Result<Vec<(i64, Entry)>, Failure> {
    let mut values: Vec<Value> = vec![before.unwrap_or(i64::MAX).into(), (limit as i64).into()];
    let mut conditions = vec!["id < $1".to_owned()];
    let mut value = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    if let Some(subject) = &filter.subject {
        conditions.push(format!("subject = {}", value(subject.into())));
    }
    if let Some(actors) = &filter.actors {
        let ids: Vec<String> = actors.iter().map(|id| value(id.to_string().into())).collect();
        let any = format!("actor_id in ({})", ids.join(", "));
        conditions.push(if ids.is_empty() { "1 = 0".to_owned() } else { any });
    }
    if let Some(from) = filter.from {
        conditions.push(format!("at >= {}", value(from.into())));
    }
    if let Some(until) = filter.until {
        conditions.push(format!("at < {}", value(until.into())));
    }
    let statement = format!(
        "select id, at, actor_id, actor_name, what, subject, subject_id, before, after from audit where {} order by id desc limit $2",
        conditions.join(" and ")
    );
    many(sql, &statement, &values, read)
}

fn read(row: &mut Columns) -> Result<(i64, Entry), Failure> {
    Ok((
        row.int()?,
        Entry {
            at: row.at()?,
            actor_id: row.text()?,
            actor_name: row.text()?,
            what: row.text()?,
            subject: row.text()?,
            subject_id: row.text()?,
            before: value(row)?,
            after: value(row)?,
        },
    ))
}

fn value(row: &mut Columns) -> Result<Option<serde_json::Value>, Failure> {
    row.opt_text()?
        .map(|text| {
            serde_json::from_str(&text)
                .map_err(|error| Failure::damaged(format!("an audit entry: {error}")))
        })
        .transpose()
}

/// The id of the last entry; 0 where there is none.
pub fn last(sql: &mut dyn Sql) -> Result<i64, Failure> {
    Ok(one(sql, "select max(id) from audit", &[], Columns::opt_int)?.flatten().unwrap_or_default())
}

/// The id of the last entry, and how many of the `again` ids before have one. Where an entry is
/// committed after one with a later id, this changes too.
pub fn head(sql: &mut dyn Sql, again: i64) -> Result<(i64, i64), Failure> {
    let last = last(sql)?;
    let values = [last.saturating_sub(again).into()];
    let count = one(sql, "select count(*) from audit where id > $1", &values, Columns::int)?;
    Ok((last, count.unwrap_or_default()))
}

/// The people that entries after this one tell of, of `limit` entries at most, and the last entry
/// that was looked at.
pub fn people_after(
    sql: &mut dyn Sql,
    after: i64,
    limit: i64,
) -> Result<(i64, Vec<PersonId>), Failure> {
    let statement = "select id, subject, subject_id from audit where id > $1 order by id limit $2";
    let entries = many(sql, statement, &[after.into(), limit.into()], |row| {
        Ok((row.int()?, row.text()?, row.text()?))
    })?;
    let last = entries.last().map_or(after, |(id, _, _)| *id);
    let named = entries.iter().filter(|(_, subject, _)| subject == "person");
    Ok((last, named.filter_map(|(_, _, id)| id.parse().ok()).collect()))
}
