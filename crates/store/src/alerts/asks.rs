//! How asking sources what they know goes. One node at a time asks one; whoever takes it moves
//! the instant of the next question first.

use crate::directory::{json, many, one};
use crate::{Columns, Failure, Sql};
use kernel::{AlertId, IntegrationId, Timestamp};
use std::collections::{BTreeSet, HashMap};

/// Characters kept of why it failed.
const ERROR_CHARS: usize = 500;
/// Days beyond which nobody rests before asking again.
const RESTS_DAYS: i64 = 2;

/// How asking one goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which address was asked.
    pub place: String,
    /// When it is asked again.
    pub next_at: Timestamp,
    /// When it last answered.
    pub answered_at: Option<Timestamp>,
    /// Since when it does not.
    pub failing_since: Option<Timestamp>,
    /// How often in a row it did not.
    pub failures: i64,
    /// What the last attempt ended with.
    pub error: Option<String>,
}

impl Asked {
    /// Whether it is time to ask: at this place, and soon where it answered before
    /// `unless_since`.
    pub fn is_due(&self, place: &str, unless_since: Option<Timestamp>, now: Timestamp) -> bool {
        let soon = unless_since.zip(self.answered_at).is_some_and(|(since, at)| at <= since);
        let far = self.next_at > now.plus_days(RESTS_DAYS);
        self.place != place || self.next_at <= now || far || (soon && self.failures == 0)
    }
}

/// What is known of one that is asked now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turn {
    /// Open alerts that its last answer did not have.
    pub missing: BTreeSet<AlertId>,
    /// Whether that had no alert which is not ours.
    pub whole: bool,
    /// How often in a row it did not answer.
    pub failures: i64,
}

/// Takes a source to ask it, where that is due, or where it answered before `unless_since`
/// and there is a reason to ask soon. Another address than before begins anew. Until `until`
/// nobody else asks it.
pub fn claim(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    place: &str,
    unless_since: Option<Timestamp>,
    (now, until): (Timestamp, Timestamp),
) -> Result<Option<Turn>, Failure> {
    sql.execute(
        "insert into source_asks (integration_id, place) values ($1, $2) on conflict do nothing",
        &[integration.into(), place.into()],
    )?;
    sql.execute(
        "update source_asks set place = $2, next_at = 0, answered_at = null, failing_since = null, \
         failures = 0, error = null, missing = '[]', whole = 0 where integration_id = $1 and place <> $2",
        &[integration.into(), place.into()],
    )?;
    // What rests for longer than anybody does was set by a clock that was set back since.
    let statement = "update source_asks set next_at = $3 where integration_id = $1 \
        and (next_at <= $2 or next_at > $5 or (failures = 0 and answered_at is not null and answered_at <= $4)) \
        returning missing, whole, failures";
    let never = Timestamp::from_micros(-1);
    let values = [
        integration.into(),
        now.into(),
        until.into(),
        unless_since.unwrap_or(never).into(),
        now.plus_days(RESTS_DAYS).into(),
    ];
    one(sql, statement, &values, |row| {
        Ok(Turn { missing: row.json()?, whole: row.flag()?, failures: row.int()? })
    })
}

/// Notes that a source answered, what it did not have, whether it had nothing else, and when it is
/// asked again.
pub fn answered(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    (missing, whole): (&BTreeSet<AlertId>, bool),
    (now, next_at): (Timestamp, Timestamp),
) -> Result<(), Failure> {
    let statement = "update source_asks set answered_at = $2, next_at = $3, missing = $4, \
        whole = $5, failing_since = null, failures = 0, error = null where integration_id = $1";
    let values =
        [integration.into(), now.into(), next_at.into(), json(missing)?.into(), whole.into()];
    sql.execute(statement, &values).map(drop)
}

/// Notes that a source did not answer, and when it is asked again. What it did not have before
/// counts no more: two answers in a row must say so.
pub fn failed(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    error: &str,
    (now, next_at): (Timestamp, Timestamp),
) -> Result<(), Failure> {
    let error: String = error.chars().filter(|c| !c.is_control()).take(ERROR_CHARS).collect();
    let statement = "update source_asks set next_at = $3, error = $4, failures = failures + 1, \
        failing_since = coalesce(failing_since, $2), missing = '[]', \
        whole = 0 where integration_id = $1";
    let values = [integration.into(), now.into(), next_at.into(), error.into()];
    sql.execute(statement, &values).map(drop)
}

/// How asking goes, by integration.
pub fn all(sql: &mut dyn Sql) -> Result<HashMap<IntegrationId, Asked>, Failure> {
    let statement = "select integration_id, place, next_at, answered_at, failing_since, failures, \
        error from source_asks";
    let found = many(sql, statement, &[], |row| {
        let integration = row.parsed()?;
        let (place, next_at) = (row.text()?, row.at()?);
        let (answered_at, failing_since) = (row.opt_at()?, row.opt_at()?);
        let (failures, error) = (row.int()?, row.opt_text()?);
        Ok((integration, Asked { place, next_at, answered_at, failing_since, failures, error }))
    })?;
    Ok(found.into_iter().collect())
}

/// The integrations of which nobody knows whether alerts of theirs are still so.
pub fn unclear(sql: &mut dyn Sql) -> Result<BTreeSet<IntegrationId>, Failure> {
    let statement = "select distinct integration_id from alert_groups \
        where open = 1 and unclear_since is not null";
    Ok(many(sql, statement, &[], Columns::parsed)?.into_iter().collect())
}
