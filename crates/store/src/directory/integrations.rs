//! Integrations: mailboxes, and other programs that bring something in. One that is deleted
//! stays for what came through it, but lends its name to others and answers to nothing.

use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use kernel::{IntegrationId, IntegrationKey, ServiceId, TeamId, Timestamp, words};
use serde::{Deserialize, Serialize};

words! {
    /// What brings something in.
    IntegrationKind {
        /// A mailbox.
        Email = "email",
    }
}

/// A mailbox or another program that brings something in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Integration {
    /// Its id.
    pub id: IntegrationId,
    /// Its name, unique whatever the case.
    pub name: String,
    /// What it is.
    pub kind: IntegrationKind,
    /// By which it is known at the door. Not for the audit.
    #[serde(skip)]
    pub key: IntegrationKey,
    /// The service that what comes is about.
    pub service: Option<ServiceId>,
    /// The team that what comes goes to.
    pub team: Option<TeamId>,
    /// The addresses to which people write, in lower case; the first is the one it is known by.
    pub addresses: Vec<String>,
    /// What belongs to its kind.
    pub settings: Settings,
    /// Whether it takes what comes.
    pub active: bool,
    /// Whether it was deleted.
    pub archived: bool,
    /// When something last came, to the second. Read only.
    #[serde(skip)]
    pub last_seen_at: Option<Timestamp>,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

/// What belongs to a mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// After how many seconds without a message somebody is told.
    pub silence_after_seconds: Option<i64>,
}

impl Integration {
    /// Whether what comes is taken.
    pub fn takes(&self) -> bool {
        self.active && !self.archived
    }

    /// Ends it: it takes nothing any more, and its addresses are free for others.
    pub fn end(&mut self) {
        (self.active, self.archived) = (false, true);
        self.addresses.clear();
    }
}

/// Last-seen instants nearer to each other than this are one, in microseconds: a busy
/// mailbox does not write one row over and over.
const SEEN_EVERY_MICROS: i64 = 1_000_000;

const SELECT: &str = "select id, name, kind, key, service_id, team_id, addresses, settings, active, archived, last_seen_at, version from integrations";

/// Stores a new integration. [`Failure::Exists`] when the name is taken,
/// [`Failure::Reference`] when service or team do not exist.
pub fn insert(sql: &mut dyn Sql, integration: &Integration) -> Result<(), Failure> {
    sql.execute(
        "insert into integrations (id, name, kind, key, service_id, team_id, addresses, settings, active, archived) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &values(integration)?,
    )?;
    Ok(())
}

/// Changes an integration; `false` when `expected_version` is not its any more.
pub fn update(
    sql: &mut dyn Sql,
    integration: &Integration,
    expected_version: i64,
) -> Result<bool, Failure> {
    let mut values = values(integration)?;
    values.push(expected_version.into());
    let touched = sql.execute(
        "update integrations set name = $2, kind = $3, key = $4, service_id = $5, team_id = $6, addresses = $7, \
         settings = $8, active = $9, archived = $10, version = version + 1 where id = $1 and version = $11",
        &values,
    )?;
    Ok(touched == 1)
}

/// Notes that something came. Its version stays: nothing was changed by anybody.
pub fn seen(sql: &mut dyn Sql, id: IntegrationId, at: Timestamp) -> Result<(), Failure> {
    let before = at.plus_micros(-SEEN_EVERY_MICROS);
    sql.execute(
        "update integrations set last_seen_at = $2 where id = $1 and (last_seen_at is null or last_seen_at <= $3)",
        &[id.into(), at.into(), before.into()],
    )?;
    Ok(())
}

/// The integration with this id, deleted or not.
pub fn get(sql: &mut dyn Sql, id: IntegrationId) -> Result<Option<Integration>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// The one that answers to this key, if it takes what comes.
pub fn by_key(sql: &mut dyn Sql, key: &IntegrationKey) -> Result<Option<Integration>, Failure> {
    let statement = format!("{SELECT} where key = $1 and active = 1 and archived = 0");
    one(sql, &statement, &[key.as_str().into()], read)
}

/// Those that were not deleted, by name.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Integration>, Failure> {
    many(sql, &format!("{SELECT} where archived = 0 order by lower(name), id"), &[], read)
}

/// The mailboxes that take what comes, by name.
pub fn mailboxes(sql: &mut dyn Sql) -> Result<Vec<Integration>, Failure> {
    let mut all = list(sql)?;
    all.retain(|one| one.kind == IntegrationKind::Email && one.takes());
    Ok(all)
}

/// The one of these to which somebody wrote: by the whole address, else without what
/// follows a `+`, whatever the case.
pub fn addressed<'a>(mailboxes: &'a [Integration], address: &str) -> Option<&'a Integration> {
    let address = address.to_lowercase();
    let find = |wanted: &str| {
        mailboxes.iter().find(|one| one.addresses.iter().any(|address| address == wanted))
    };
    find(&address).or_else(|| {
        let (local, domain) = address.rsplit_once('@')?;
        let (local, _) = local.split_once('+')?;
        find(&format!("{local}@{domain}"))
    })
}

fn values(integration: &Integration) -> Result<Vec<Value>, Failure> {
    Ok(vec![
        integration.id.into(),
        (&integration.name).into(),
        integration.kind.as_str().into(),
        integration.key.as_str().into(),
        integration.service.into(),
        integration.team.into(),
        json(&integration.addresses)?.into(),
        json(&integration.settings)?.into(),
        integration.active.into(),
        integration.archived.into(),
    ])
}

fn read(row: &mut Columns) -> Result<Integration, Failure> {
    Ok(Integration {
        id: row.parsed()?,
        name: row.text()?,
        kind: row.parsed()?,
        key: row.parsed()?,
        service: row.opt_parsed()?,
        team: row.opt_parsed()?,
        addresses: row.json()?,
        settings: row.json()?,
        active: row.flag()?,
        archived: row.flag()?,
        last_seen_at: row.opt_at()?,
        version: row.int()?,
    })
}
