//! Bodies as they came, for whoever sets a source up and for sending them in again.

use crate::directory::{many, one};
use crate::{Columns, Failure, Sql, Table, Type};
use kernel::{IntegrationId, Timestamp, words};
use serde::Serialize;
use std::collections::HashMap;

/// Bodies of one integration that are kept: what somebody looks through.
pub const KEPT_MAX: i64 = 200;
/// Days that one is kept: longer than a holiday.
pub const KEPT_DAYS: i64 = 14;

words! {
    /// Why a body is kept.
    PayloadOutcome {
        /// It brought something new.
        New = "new",
        /// What it asked for could not be done.
        Failed = "failed",
        /// It could not be read.
        NotUnderstood = "not_understood",
        /// It waits for somebody to do once what its note says.
        Waits = "waits",
        /// What it asked for was done.
        Confirmed = "confirmed",
        /// It was larger than what is taken; its beginning is kept.
        TooLarge = "too_large",
    }
}

/// A body as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// Whose.
    pub integration: IntegrationId,
    /// When.
    pub received_at: Timestamp,
    /// The kind of door.
    pub door: String,
    /// Its content type as it was said.
    pub content_type: String,
    /// Why it is kept.
    pub outcome: PayloadOutcome,
    /// What had to be guessed, or why it failed.
    pub note: String,
    /// The body.
    pub bytes: Vec<u8>,
}

/// One that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Its id.
    pub id: i64,
    /// When it came.
    pub received_at: Timestamp,
    /// The kind of door.
    pub door: String,
    /// Its content type.
    pub content_type: String,
    /// Why it is kept.
    pub outcome: PayloadOutcome,
    /// What had to be guessed, or why it failed.
    pub note: String,
    /// How long it is.
    pub size_bytes: i64,
}

const PAYLOADS: Table = Table {
    name: "alert_payloads",
    columns: &[
        ("integration_id", Type::Text),
        ("received_at", Type::Int),
        ("door", Type::Text),
        ("content_type", Type::Text),
        ("outcome", Type::Text),
        ("note", Type::Text),
        ("bytes", Type::Bytes),
    ],
    suffix: "",
};

/// Keeps bodies.
pub fn keep(sql: &mut dyn Sql, payloads: Vec<Payload>) -> Result<(), Failure> {
    if payloads.is_empty() {
        return Ok(());
    }
    let row = |one: Payload| {
        vec![
            one.integration.into(),
            one.received_at.into(),
            one.door.into(),
            one.content_type.into(),
            one.outcome.as_str().into(),
            one.note.into(),
            one.bytes.into(),
        ]
    };
    sql.insert(&PAYLOADS, payloads.into_iter().map(row).collect()).map(drop)
}

/// What is kept of an integration, the newest first.
pub fn of(sql: &mut dyn Sql, integration: IntegrationId, limit: i64) -> Result<Vec<Kept>, Failure> {
    let statement = "select id, received_at, door, content_type, outcome, note, length(bytes) \
        from alert_payloads where integration_id = $1 order by id desc limit $2";
    many(sql, statement, &[integration.into(), limit.into()], kept)
}

fn kept(row: &mut Columns) -> Result<Kept, Failure> {
    Ok(Kept {
        id: row.int()?,
        received_at: row.at()?,
        door: row.text()?,
        content_type: row.text()?,
        outcome: row.parsed()?,
        note: row.text()?,
        size_bytes: row.int()?,
    })
}

/// What a source waits for, in words, until it brings something by the same door or is
/// answered.
pub fn waiting_for(
    sql: &mut dyn Sql,
    integration: IntegrationId,
) -> Result<Option<String>, Failure> {
    let statement = "select note from alert_payloads waits \
        where integration_id = $1 and outcome = 'waits' \
        and not exists (select 1 from alert_payloads later where later.integration_id = $1 \
          and later.door = waits.door and later.outcome in ('new', 'confirmed') and later.id > waits.id) \
        order by id desc limit 1";
    one(sql, statement, &[integration.into()], Columns::text)
}

/// One of an integration, whole.
pub fn get(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    id: i64,
) -> Result<Option<Payload>, Failure> {
    let statement = format!("{WHOLE} where integration_id = $1 and id = $2");
    one(sql, &statement, &[integration.into(), id.into()], whole)
}

const WHOLE: &str = "select integration_id, received_at, door, content_type, outcome, note, bytes \
    from alert_payloads";

fn whole(row: &mut Columns) -> Result<Payload, Failure> {
    Ok(Payload {
        integration: row.parsed()?,
        received_at: row.at()?,
        door: row.text()?,
        content_type: row.text()?,
        outcome: row.parsed()?,
        note: row.text()?,
        bytes: row.bytes()?,
    })
}

/// Those of an integration that came at this very instant, whole: what began then was among
/// them.
pub fn at(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    at: Timestamp,
) -> Result<Vec<Payload>, Failure> {
    let statement = format!("{WHOLE} where integration_id = $1 and received_at = $2 order by id");
    many(sql, &statement, &[integration.into(), at.into()], whole)
}

/// The newest of each integration that was not taken: what went wrong last.
pub fn last_wrong(sql: &mut dyn Sql) -> Result<HashMap<IntegrationId, Kept>, Failure> {
    let statement = "select integration_id, id, received_at, door, content_type, outcome, note, length(bytes) \
        from alert_payloads where id in \
        (select max(id) from alert_payloads where outcome not in ('new', 'confirmed') group by integration_id)";
    let found = many(sql, statement, &[], |row| Ok((row.parsed()?, kept(row)?)))?;
    Ok(found.into_iter().collect())
}

/// Forgets what is too old, and what is too much of one integration.
pub fn forget(sql: &mut dyn Sql, now: Timestamp) -> Result<(), Failure> {
    let before = now.plus_days(-KEPT_DAYS);
    sql.execute("delete from alert_payloads where received_at < $1", &[before.into()])?;
    let many_of =
        "select integration_id from alert_payloads group by integration_id having count(*) > $1";
    let full: Vec<IntegrationId> = many(sql, many_of, &[KEPT_MAX.into()], Columns::parsed)?;
    for integration in full {
        let last = "select id from alert_payloads where integration_id = $1 order by id desc limit 1 offset $2";
        let parameters = [integration.into(), KEPT_MAX.into()];
        if let Some(id) = one(sql, last, &parameters, Columns::int)? {
            let statement = "delete from alert_payloads where integration_id = $1 and id <= $2";
            sql.execute(statement, &[integration.into(), id.into()])?;
        }
    }
    Ok(())
}
