//! Webhooks: programs elsewhere, and chat rooms, that are told what happens. How far each
//! is, and how well it goes, stands in the same row but is no configuration: it changes
//! without a new version.

use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::event::Body;
use kernel::{Timestamp, WebhookId, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    /// Who is told, and so in which form.
    WebhookKind {
        /// A program: JSON, signed as Standard Webhooks say.
        Standard = "standard",
        /// A channel in Slack.
        Slack = "slack",
        /// A channel in Mattermost.
        Mattermost = "mattermost",
        /// A channel in Microsoft Teams, by a workflow.
        Teams = "teams",
        /// A room in Matrix.
        Matrix = "matrix",
    }
}

impl WebhookKind {
    /// Whether people read it.
    pub fn is_chat(self) -> bool {
        self != WebhookKind::Standard
    }
}

/// The kinds of events that people in a chat room want to hear of when nobody says which.
pub const CHAT_EVENTS: [&str; 9] = [
    "reported",
    "priority_changed",
    "escalated",
    "major_declared",
    "major_stood_down",
    "clock_breached",
    "update_published",
    "resolved",
    "reopened",
];

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Its name.
    pub name: String,
    /// In which form it is told.
    pub kind: WebhookKind,
    /// Where; of a chat room the address alone lets one write into it.
    pub url: String,
    /// Whether it is in use.
    pub active: bool,
    /// What it is told.
    pub told: Wanted,
    /// When it was made.
    pub created_at: Timestamp,
    /// Counts the changes, from 1.
    pub version: i64,
}

/// What a webhook is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Kinds of events, past tense of what happened; `None` is all, those that come later too.
    #[serde(default)]
    pub events: Option<BTreeSet<String>>,
    /// The condition that the incident meets when the event is noticed, in the query
    /// language; empty: always.
    #[serde(default)]
    pub condition: String,
    /// Whether it is told of incidents that are restricted to a team.
    #[serde(default)]
    pub restricted: bool,
    /// Whether internal words come along.
    #[serde(default)]
    pub internal: bool,
    /// The room in Matrix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
}

impl Wanted {
    /// Whether it wants to hear of events of this kind.
    pub fn wants(&self, kind: &str) -> bool {
        self.events.as_ref().is_none_or(|events| events.contains(kind))
    }
}

/// Whether there are events of this kind.
pub fn is_kind(kind: &str) -> bool {
    Body::KINDS.iter().any(|(known, _)| *known == kind)
}

/// What a webhook signs with, or signs in with.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// In force; empty where none is needed.
    pub current: String,
    /// The one before it, and until when it signs, too.
    pub before: Option<(String, Timestamp)>,
}

/// How it goes with a webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// The position in the feed up to which it was looked at; `None` before the first time.
    pub position: Option<i64>,
    /// Attempts that failed since one went well.
    pub failures: i64,
    /// Since when.
    pub failing_since: Option<Timestamp>,
    /// When something last arrived.
    pub ok_at: Option<Timestamp>,
    /// Until when it asked to be left alone.
    pub rest_until: Option<Timestamp>,
    /// Why it was switched off by itself, if it was.
    pub off_because: Option<String>,
}

const COLUMNS: &str = "id, name, kind, url, active, body, created_at, version";
const HEALTH: &str = "position, failures, failing_since, ok_at, rest_until, off_because";

/// Stores a new webhook, which is told what happens from now on.
pub fn insert(
    sql: &mut dyn Sql,
    webhook: &Webhook,
    secret: &str,
    position: i64,
) -> Result<(), Failure> {
    let mut values = values(webhook)?;
    values.extend([secret.into(), webhook.created_at.into(), position.into()]);
    let statement = "insert into webhooks (id, name, kind, url, active, body, secret, created_at, position) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    sql.execute(statement, &values).map(drop)
}

/// Changes a webhook; `false` when it is not at its version any more.
pub fn update(sql: &mut dyn Sql, webhook: &Webhook) -> Result<bool, Failure> {
    let mut values = values(webhook)?;
    values.push(webhook.version.into());
    let statement = "update webhooks set name = $2, kind = $3, url = $4, active = $5, body = $6, \
        version = version + 1 where id = $1 and version = $7";
    Ok(sql.execute(statement, &values)? == 1)
}

/// Lets a webhook that comes into use again begin here, without a past.
pub fn begin_at(sql: &mut dyn Sql, id: WebhookId, position: i64) -> Result<(), Failure> {
    let statement = "update webhooks set position = $2, failures = 0, failing_since = null, \
        rest_until = null, off_because = null where id = $1";
    sql.execute(statement, &[id.into(), position.into()]).map(drop)
}

/// Notes why it was switched off by itself.
pub fn off_because(sql: &mut dyn Sql, id: WebhookId, why: &str) -> Result<(), Failure> {
    let statement = "update webhooks set off_because = $2 where id = $1";
    sql.execute(statement, &[id.into(), why.into()]).map(drop)
}

/// Removes a webhook with the record of what it was told; `false` when there was none.
pub fn delete(sql: &mut dyn Sql, id: WebhookId) -> Result<bool, Failure> {
    sql.execute("delete from webhook_messages where webhook_id = $1", &[id.into()])?;
    Ok(sql.execute("delete from webhooks where id = $1", &[id.into()])? == 1)
}

/// The webhook with this id.
pub fn get(sql: &mut dyn Sql, id: WebhookId) -> Result<Option<Webhook>, Failure> {
    one(sql, &format!("select {COLUMNS} from webhooks where id = $1"), &[id.into()], read)
}

/// Every webhook by name, with how it goes.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<(Webhook, Health)>, Failure> {
    let statement = format!("select {COLUMNS}, {HEALTH} from webhooks order by lower(name), id");
    many(sql, &statement, &[], |row| Ok((read(row)?, read_health(row)?)))
}

/// How it goes with a webhook.
pub fn health(sql: &mut dyn Sql, id: WebhookId) -> Result<Option<Health>, Failure> {
    let statement = format!("select {HEALTH} from webhooks where id = $1");
    one(sql, &statement, &[id.into()], read_health)
}

/// What a webhook signs with.
pub fn secrets(sql: &mut dyn Sql, id: WebhookId) -> Result<Option<Secrets>, Failure> {
    let statement = "select secret, secret_before, before_until from webhooks where id = $1";
    one(sql, statement, &[id.into()], |row| {
        let (current, before, until) = (row.text()?, row.opt_text()?, row.opt_at()?);
        Ok(Secrets { current, before: before.zip(until) })
    })
}

/// Gives a webhook another secret. The one before signs until `until`, too; none at all is
/// kept where it is `None`.
pub fn set_secret(
    sql: &mut dyn Sql,
    id: WebhookId,
    secret: &str,
    until: Option<Timestamp>,
) -> Result<bool, Failure> {
    let kept = if until.is_some() { "secret" } else { "null" };
    let statement = format!(
        "update webhooks set secret_before = {kept}, before_until = $3, secret = $2, \
         version = version + 1 where id = $1"
    );
    Ok(sql.execute(&statement, &[id.into(), secret.into(), until.into()])? == 1)
}

fn values(webhook: &Webhook) -> Result<Vec<Value>, Failure> {
    Ok(vec![
        webhook.id.into(),
        (&webhook.name).into(),
        webhook.kind.as_str().into(),
        (&webhook.url).into(),
        webhook.active.into(),
        json(&webhook.told)?.into(),
    ])
}

fn read(row: &mut Columns) -> Result<Webhook, Failure> {
    Ok(Webhook {
        id: row.parsed()?,
        name: row.text()?,
        kind: row.parsed()?,
        url: row.text()?,
        active: row.flag()?,
        told: row.json()?,
        created_at: row.at()?,
        version: row.int()?,
    })
}

fn read_health(row: &mut Columns) -> Result<Health, Failure> {
    Ok(Health {
        position: row.opt_int()?,
        failures: row.int()?,
        failing_since: row.opt_at()?,
        ok_at: row.opt_at()?,
        rest_until: row.opt_at()?,
        off_because: row.opt_text()?,
    })
}
