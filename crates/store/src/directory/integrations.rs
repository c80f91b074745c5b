//! Integrations: mailboxes, and other programs that bring something in. One that is deleted
//! stays for what came through it, but lends its name to others and answers to nothing.

use super::rows::{json, many, one};
use crate::deliveries::{DeliveryState, TRIAL};
use crate::{Columns, Failure, Sql, Value};
use alert::AlertSettings;
use kernel::{
    IntegrationId, IntegrationKey, Outward, PersonId, ServiceId, TeamId, Timestamp, words,
};
use serde::{Deserialize, Serialize};

words! {
    /// What brings something in.
    IntegrationKind {
        /// A mailbox.
        Email = "email",
        /// Prometheus Alertmanager, or Prometheus itself.
        Alertmanager = "alertmanager",
        /// Grafana.
        Grafana = "grafana",
        /// Whatever speaks as if to PagerDuty.
        Pagerduty = "pagerduty",
        /// Whatever speaks as if to Opsgenie.
        Opsgenie = "opsgenie",
        /// Any program that sends JSON, by the form it sends.
        Json = "json",
        /// Something that has to give signs of life.
        Heartbeat = "heartbeat",
    }
}

impl IntegrationKind {
    /// Whether it tells of alerts.
    pub fn alerts(self) -> bool {
        self != IntegrationKind::Email
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
    /// What it signs in elsewhere with, where that is to change: it is never read again but
    /// by whoever signs in. Not for the audit.
    #[serde(skip)]
    pub new_secrets: Option<Secrets>,
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

/// What belongs to the kind of an integration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// After how many seconds without a message somebody is told.
    pub silence_after_seconds: Option<i64>,
    /// Where its messages are fetched from, if they are fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imap: Option<Imap>,
    /// How its alerts become incidents.
    #[serde(skip_serializing_if = "AlertSettings::is_default")]
    pub alerts: AlertSettings,
    /// Where it can be asked which alerts it knows, if it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<Ask>,
}

/// A source that can be asked which alerts it knows, as one asks an Alertmanager. The password or
/// token for it is the `password` of [`Secrets`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Its address, without `/api/v2/alerts`.
    pub url: String,
    /// Who signs in with a password; with a token where nobody does, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// How often it is asked.
    pub every_minutes: u32,
}

/// How often a source is asked where nothing is said.
pub const ASK_EVERY_MINUTES: u32 = 5;

impl Ask {
    /// Whether what one signs in with would go to nobody else than by `before`.
    pub fn may_keep_secrets_of(&self, before: &Ask) -> bool {
        let to = |ask: &Ask| ask.url.parse::<Outward>().ok().map(|to| to.origin());
        to(self).is_some() && to(self) == to(before)
    }
}

words! {
    /// How a connection to another server is kept secret.
    Security {
        /// From the beginning.
        Tls = "tls",
        /// Agreed on at the beginning.
        Starttls = "starttls",
        /// Not at all.
        None = "none",
    }
}

/// A folder on an IMAP server. What one signs in with is among [`Secrets`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imap {
    /// The name of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether others can listen.
    pub security: Security,
    /// Who signs in.
    pub user: String,
    /// The folder.
    pub folder: String,
    /// To which folder what was taken is moved; it is marked as seen without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub move_to: Option<String>,
    /// Signs in with a token instead of a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth: Option<Oauth>,
}

/// Where tokens come from (OAuth 2, refresh token grant).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Oauth {
    /// The address that gives them.
    pub token_url: String,
    /// As whom they are asked for.
    pub client_id: String,
    /// For what; the provider's default without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// What an integration signs in elsewhere with.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Secrets {
    /// A password.
    pub password: Option<String>,
    /// What proves who asks for tokens.
    pub client_secret: Option<String>,
    /// What they are asked for with.
    pub refresh_token: Option<String>,
}

/// Secrets are not written into logs.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Imap {
    /// Whose folder on which server: what was fetched from another one says nothing about it.
    pub fn place(&self) -> String {
        format!("{}@{}:{}/{}", self.user, self.host, self.port, self.folder)
    }

    /// Whether what one signs in with would go to nobody else than by `before`, and no less
    /// secretly. If it does, it is asked for anew: who may write settings may not read secrets.
    pub fn may_keep_secrets_of(&self, before: &Imap) -> bool {
        let token_url = |imap: &Imap| imap.oauth.as_ref().map(|oauth| oauth.token_url.clone());
        let (from, to) = (token_url(before), token_url(self));
        self.host.eq_ignore_ascii_case(&before.host)
            && (self.security != Security::None || before.security == Security::None)
            && (to.is_none() || from == to)
    }
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
        self.settings.imap = None;
        self.settings.ask = None;
    }

    /// Whether what one signs in elsewhere with would go to nobody else than by `before`.
    pub fn may_keep_secrets_of(&self, before: &Integration) -> bool {
        let (now, before) = (&self.settings, &before.settings);
        let imap = now.imap.as_ref().zip(before.imap.as_ref());
        let ask = now.ask.as_ref().zip(before.ask.as_ref());
        imap.is_none_or(|(now, before)| now.may_keep_secrets_of(before))
            && ask.is_none_or(|(now, before)| now.may_keep_secrets_of(before))
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
    keep_secrets(sql, integration)
}

/// Changes an integration; `false` when `expected_version` is not its any more.
pub fn update(
    sql: &mut dyn Sql,
    integration: &Integration,
    expected_version: i64,
) -> Result<bool, Failure> {
    let before = get(sql, integration.id)?;
    let mut values = values(integration)?;
    values.push(expected_version.into());
    let touched = sql.execute(
        "update integrations set name = $2, kind = $3, key = $4, service_id = $5, team_id = $6, addresses = $7, \
         settings = $8, active = $9, archived = $10, version = version + 1 where id = $1 and version = $11",
        &values,
    )?;
    if touched == 1 {
        if before.is_some_and(|before| !integration.may_keep_secrets_of(&before)) {
            forget_secrets(sql, integration.id)?;
        }
        keep_secrets(sql, integration)?;
    }
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

/// Since when a mailbox is watched to which nobody ever wrote, once it is.
pub fn watched_since(sql: &mut dyn Sql, id: IntegrationId) -> Result<Option<Timestamp>, Failure> {
    let statement = "select watched_since from integrations where id = $1";
    Ok(one(sql, statement, &[id.into()], Columns::opt_at)?.flatten())
}

/// Begins to watch a mailbox.
pub fn watch(sql: &mut dyn Sql, id: IntegrationId, now: Timestamp) -> Result<(), Failure> {
    let statement =
        "update integrations set watched_since = $2 where id = $1 and watched_since is null";
    sql.execute(statement, &[id.into(), now.into()]).map(drop)
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

/// As whom an integration reports, once it did.
pub fn person_of(sql: &mut dyn Sql, id: IntegrationId) -> Result<Option<PersonId>, Failure> {
    let statement = "select person_id from integrations where id = $1";
    Ok(one(sql, statement, &[id.into()], Columns::opt_parsed)?.flatten())
}

/// Whether an integration reports as this person: nobody reads what is written to them.
pub fn is_machine(sql: &mut dyn Sql, person: PersonId) -> Result<bool, Failure> {
    let statement = "select 1 from integrations where person_id = $1 limit 1";
    Ok(!sql.query(statement, &[person.into()])?.is_empty())
}

/// Lets an integration report as this person from now on.
pub fn set_person(sql: &mut dyn Sql, id: IntegrationId, person: PersonId) -> Result<(), Failure> {
    let statement = "update integrations set person_id = $2 where id = $1";
    sql.execute(statement, &[id.into(), person.into()]).map(drop)
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

/// What an integration signs in elsewhere with.
pub fn secrets(sql: &mut dyn Sql, id: IntegrationId) -> Result<Secrets, Failure> {
    let statement = "select secrets from integration_secrets where integration_id = $1";
    Ok(one(sql, statement, &[id.into()], Columns::json)?.unwrap_or_default())
}

/// Keeps the refresh token that came in the place of the one that was used, unless somebody
/// gave another one meanwhile.
pub fn renew_token(
    sql: &mut dyn Sql,
    id: IntegrationId,
    used: Option<&str>,
    new: &str,
) -> Result<(), Failure> {
    if secrets(sql, id)?.refresh_token.as_deref() != used {
        return Ok(());
    }
    let renewed = Secrets { refresh_token: Some(new.to_owned()), ..Secrets::default() };
    set_secrets(sql, id, &renewed)
}

/// Replaces of what an integration signs in elsewhere with what is given here.
pub fn set_secrets(sql: &mut dyn Sql, id: IntegrationId, new: &Secrets) -> Result<(), Failure> {
    let (new, known) = (new.clone(), secrets(sql, id)?);
    let secrets = &Secrets {
        password: new.password.or(known.password),
        client_secret: new.client_secret.or(known.client_secret),
        refresh_token: new.refresh_token.or(known.refresh_token),
    };
    let statement = "insert into integration_secrets (integration_id, secrets) values ($1, $2) \
        on conflict (integration_id) do update set secrets = excluded.secrets";
    sql.execute(statement, &[id.into(), json(secrets)?.into()]).map(drop)
}

/// A letter that was sent to a mailbox to see whether it comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundTrip {
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// How far the letter is on its way out.
    pub state: DeliveryState,
    /// What the last attempt to send it ended with.
    pub error: Option<String>,
    /// When it came back in.
    pub back_at: Option<Timestamp>,
}

/// The last letter that was sent to this address to see whether it comes back.
pub fn last_round_trip(sql: &mut dyn Sql, address: &str) -> Result<Option<RoundTrip>, Failure> {
    let statement = "select d.created_at, d.state, d.error, \
            (select min(m.received_at) from messages m where m.message_id = d.message_id) \
        from deliveries d where d.number is null and d.n = 0 and d.word = $1 and d.address = $2 \
        and d.channel <> 'push' order by d.id desc limit 1";
    one(sql, statement, &[TRIAL.into(), address.into()], |row| {
        Ok(RoundTrip {
            asked_at: row.at()?,
            state: row.parsed()?,
            error: row.opt_text()?,
            back_at: row.opt_at()?,
        })
    })
}

/// Keeps the new secrets of one that signs in elsewhere; one that does not has none.
fn keep_secrets(sql: &mut dyn Sql, integration: &Integration) -> Result<(), Failure> {
    if integration.settings.imap.is_none() && integration.settings.ask.is_none() {
        return forget_secrets(sql, integration.id);
    }
    match &integration.new_secrets {
        Some(secrets) => set_secrets(sql, integration.id, secrets),
        None => Ok(()),
    }
}

fn forget_secrets(sql: &mut dyn Sql, id: IntegrationId) -> Result<(), Failure> {
    let statement = "delete from integration_secrets where integration_id = $1";
    sql.execute(statement, &[id.into()]).map(drop)
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
        new_secrets: None,
        active: row.flag()?,
        archived: row.flag()?,
        last_seen_at: row.opt_at()?,
        version: row.int()?,
    })
}
