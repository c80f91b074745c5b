//! How far mailboxes are fetched from other servers. One node at a time fetches a mailbox; it
//! has it for a while, and again as long as it goes on.

use super::rows::{many, one};
use crate::{Columns, Failure, Sql};
use kernel::{IntegrationId, Timestamp};
use std::collections::HashMap;

/// How far a folder is fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Whose folder on which server.
    pub place: String,
    /// The generation of its uids, once it was seen.
    pub uid_validity: Option<u32>,
    /// Up to this uid only what nobody had seen is taken: it was there before.
    pub old_uid: u32,
    /// Up to this uid all is done.
    pub last_uid: u32,
    /// The message at which it failed last.
    pub stuck: Option<Stuck>,
}

/// A message at which fetching fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stuck {
    /// Its uid.
    pub uid: u32,
    /// How often in a row it failed there.
    pub turns: u32,
}

/// How fetching a mailbox goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetching {
    /// When it last went well.
    pub fetched_at: Option<Timestamp>,
    /// Why it did not since.
    pub error: Option<String>,
    /// Messages that were left where they are, because they cannot be taken.
    pub refused: i64,
    /// When it is tried again, where it failed.
    pub next_at: Timestamp,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
}

/// Why fetching failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// In words.
    pub error: String,
    /// At which message, where it is about one.
    pub at_uid: Option<u32>,
    /// When.
    pub now: Timestamp,
}

/// Characters kept of why it failed.
const ERROR_CHARS: usize = 500;

/// Takes a mailbox until `until`, unless another node has it or it rests after a failure; how
/// far its folder is. Another folder than before begins anew.
pub fn claim(
    sql: &mut dyn Sql,
    mailbox: IntegrationId,
    place: &str,
    node: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<Option<Place>, Failure> {
    sql.execute(
        "insert into mailbox_fetches (mailbox_id, place) values ($1, $2) on conflict do nothing",
        &[mailbox.into(), place.into()],
    )?;
    sql.execute(
        "update mailbox_fetches set place = $2, uid_validity = null, old_uid = 0, last_uid = 0, fetched_at = null, \
         error = null, failures = 0, failing_since = null, stuck_uid = null, stuck_turns = 0, refused = 0, next_at = 0 \
         where mailbox_id = $1 and place <> $2",
        &[mailbox.into(), place.into()],
    )?;
    // One that is taken for longer than anybody takes it was taken by a clock set back since.
    let statement = "update mailbox_fetches set taken_by = $2, taken_until = $4 where mailbox_id = $1 and next_at <= $3 \
        and (taken_until is null or taken_until <= $3 or taken_until > $4 or taken_by = $2) \
        returning uid_validity, old_uid, last_uid, stuck_uid, stuck_turns";
    let values = [mailbox.into(), node.into(), now.into(), until.into()];
    one(sql, statement, &values, |row| {
        Ok(Place {
            place: place.to_owned(),
            uid_validity: row.opt_int()?.map(uid).transpose()?,
            old_uid: row.int().and_then(uid)?,
            last_uid: row.int().and_then(uid)?,
            stuck: match (row.opt_int()?, row.int()?) {
                (Some(at), turns) => Some(Stuck { uid: uid(at)?, turns: uid(turns)? }),
                (None, _) => None,
            },
        })
    })
}

/// Notes how far it is and goes on until `until`; `false` when this node does not have it
/// any more.
pub fn go_on(
    sql: &mut dyn Sql,
    mailbox: IntegrationId,
    node: &str,
    at: &Place,
    until: Timestamp,
) -> Result<bool, Failure> {
    let statement = "update mailbox_fetches set uid_validity = $3, old_uid = $4, last_uid = $5, taken_until = $6 \
        where mailbox_id = $1 and taken_by = $2 and place = $7";
    let values = [
        mailbox.into(),
        node.into(),
        at.uid_validity.map(i64::from).into(),
        i64::from(at.old_uid).into(),
        i64::from(at.last_uid).into(),
        until.into(),
        (&at.place).into(),
    ];
    Ok(sql.execute(statement, &values)? == 1)
}

/// Goes on until `until`; `false` when this node does not have it any more.
pub fn renew(
    sql: &mut dyn Sql,
    mailbox: IntegrationId,
    node: &str,
    until: Timestamp,
) -> Result<bool, Failure> {
    let statement =
        "update mailbox_fetches set taken_until = $3 where mailbox_id = $1 and taken_by = $2";
    Ok(sql.execute(statement, &[mailbox.into(), node.into(), until.into()])? == 1)
}

/// Notes that a message was left where it is.
pub fn refused(sql: &mut dyn Sql, mailbox: IntegrationId, node: &str) -> Result<(), Failure> {
    let statement =
        "update mailbox_fetches set refused = refused + 1 where mailbox_id = $1 and taken_by = $2";
    sql.execute(statement, &[mailbox.into(), node.into()]).map(drop)
}

/// Notes that all there was is fetched.
pub fn went_well(
    sql: &mut dyn Sql,
    mailbox: IntegrationId,
    node: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let statement = "update mailbox_fetches set fetched_at = $3, error = null, failures = 0, failing_since = null, \
        stuck_uid = null, stuck_turns = 0, next_at = 0 where mailbox_id = $1 and taken_by = $2";
    sql.execute(statement, &[mailbox.into(), node.into(), now.into()]).map(drop)
}

/// Notes why it failed and lets go of it until `next_at`, which `rest` makes of how often it
/// failed in a row. Another node that took it meanwhile is not disturbed.
pub fn failed(
    sql: &mut dyn Sql,
    mailbox: IntegrationId,
    node: &str,
    failing: &Failing,
    rest: impl Fn(i64) -> Timestamp,
) -> Result<(), Failure> {
    let statement = "select failures, stuck_uid, stuck_turns from mailbox_fetches where mailbox_id = $1 and taken_by = $2";
    let found = one(sql, statement, &[mailbox.into(), node.into()], |row| {
        Ok((row.int()?, row.opt_int()?, row.int()?))
    })?;
    let Some((failures, stuck, turns)) = found else { return Ok(()) };
    // What fails before any message says nothing about the one it failed at.
    let (stuck, turns) = match failing.at_uid.map(i64::from) {
        None => (stuck, turns),
        same if same == stuck => (stuck, turns + 1),
        other => (other, 1),
    };
    let error = failing.error.chars().filter(|c| !c.is_control());
    let error: String = error.take(ERROR_CHARS).collect();
    sql.execute(
        "update mailbox_fetches set error = $3, failures = failures + 1, failing_since = coalesce(failing_since, $5), \
         stuck_uid = $6, stuck_turns = $7, next_at = $4, taken_by = null, taken_until = null \
         where mailbox_id = $1 and taken_by = $2",
        &[
            mailbox.into(),
            node.into(),
            error.into(),
            rest(failures).into(),
            failing.now.into(),
            stuck.into(),
            turns.into(),
        ],
    )
    .map(drop)
}

/// Lets go of a mailbox.
pub fn let_go(sql: &mut dyn Sql, mailbox: IntegrationId, node: &str) -> Result<(), Failure> {
    let statement = "update mailbox_fetches set taken_by = null, taken_until = null where mailbox_id = $1 and taken_by = $2";
    sql.execute(statement, &[mailbox.into(), node.into()]).map(drop)
}

/// Tries again at once.
pub fn try_again(sql: &mut dyn Sql, mailbox: IntegrationId) -> Result<(), Failure> {
    let statement = "update mailbox_fetches set next_at = 0 where mailbox_id = $1";
    sql.execute(statement, &[mailbox.into()]).map(drop)
}

/// How fetching goes, by mailbox.
pub fn all(sql: &mut dyn Sql) -> Result<HashMap<IntegrationId, Fetching>, Failure> {
    let statement = "select mailbox_id, fetched_at, error, refused, next_at, failing_since from mailbox_fetches";
    let found = many(sql, statement, &[], |row| {
        let mailbox = row.parsed()?;
        let (fetched_at, error) = (row.opt_at()?, row.opt_text()?);
        let (refused, next_at, failing_since) = (row.int()?, row.at()?, row.opt_at()?);
        Ok((mailbox, Fetching { fetched_at, error, refused, next_at, failing_since }))
    })?;
    Ok(found.into_iter().collect())
}

fn uid(value: i64) -> Result<u32, Failure> {
    u32::try_from(value).map_err(|_| Failure::damaged("a uid is out of range"))
}
