//! Webhooks: made and changed by administrators, tried out, replayed. What they are told
//! comes from the feed ([`wishes`]) and is written when it leaves ([`payload`]), so that
//! words that were erased meanwhile do not leave.

pub mod outward;
pub mod payload;
mod replay;
mod seen;
mod wishes;

pub use outward::Unreachable;
pub use payload::{Payload, Silence, Summary};
pub use replay::Replay;
pub use seen::Seen;
pub use wishes::{scope, wishes};

use crate::chance::bytes;
use crate::{Audit, Desk, Trouble, fresh};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use incident::Refusal;
use incident::escalation::Whom;
use incident::rules::{Action, Moment, Rule};
use kernel::{Actor, Outward, RuleId, Timestamp, WebhookId, limits};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use store::Sql;
use store::directory::webhooks::{self, CHAT_EVENTS, Wanted, Webhook, WebhookKind, is_kind};

/// What it is called in refusals and in the audit.
pub const SUBJECT: &str = "webhook";
/// What a secret of ours begins with.
const SECRET_PREFIX: &str = "whsec_";
/// Bytes of a secret.
const SECRET_BYTES: usize = 32;
/// For how long a secret signs beside the one that replaced it.
const BEFORE_SECONDS: i64 = 86_400;

/// A webhook as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its name; the name of the machine when there is none.
    pub name: Option<String>,
    /// In which form it is told.
    pub kind: WebhookKind,
    /// Where.
    pub url: String,
    /// Whether it is in use.
    pub active: bool,
    /// What it is told; chat rooms that are not told which events get the usual ones.
    pub told: Wanted,
    /// The token of a room in Matrix.
    pub token: Option<String>,
}

impl Draft {
    /// A webhook as it stands, to be changed.
    pub fn of(webhook: &Webhook) -> Self {
        Draft {
            name: Some(webhook.name.clone()),
            kind: webhook.kind,
            url: webhook.url.clone(),
            active: webhook.active,
            told: webhook.told.clone(),
            token: None,
        }
    }
}

/// The events that a webhook of this kind is told of when nobody says which.
pub fn usual_events(kind: WebhookKind) -> Option<BTreeSet<String>> {
    kind.is_chat().then(|| CHAT_EVENTS.iter().map(|event| (*event).to_owned()).collect())
}

impl Desk {
    /// Checks a draft and makes a webhook of it, its address and condition written canonically.
    ///
    /// # Errors
    ///
    /// A field that breaks a rule, with words about it.
    pub async fn webhook(&self, id: WebhookId, draft: Draft) -> Result<Webhook, Trouble> {
        let to: Outward = draft.url.parse().map_err(|wrong| invalid("url", wrong))?;
        // One that cannot be reached any more can be switched off as it is.
        if draft.active
            && let Err(Unreachable::Refused(words)) = self.reach(&to).await
        {
            return Err(invalid("url", words));
        }
        let Draft { name, kind, active, mut told, .. } = draft;
        let unknown = told.events.iter().flatten().find(|event| !is_kind(event));
        if let Some(event) = unknown {
            return Err(invalid("events", format!("there are no events of the kind {event}")));
        }
        if told.events.as_ref().is_some_and(BTreeSet::is_empty) {
            return Err(invalid("events", "name at least one, or * for all"));
        }
        told.condition = self.condition(&told.condition, active).await?;
        told.room = match kind {
            WebhookKind::Matrix => Some(room(told.room.as_deref())?),
            _ => None,
        };
        let name = name.filter(|name| !name.trim().is_empty());
        let name = name.unwrap_or_else(|| to.host.chars().take(limits::NAME_CHARS).collect());
        let (created_at, url) = (self.now(), to.to_string());
        Ok(Webhook { id, name, kind, url, active, told, created_at, version: 1 })
    }

    /// A condition in its canonical form; what it names is looked for where it is in use.
    async fn condition(&self, text: &str, active: bool) -> Result<String, Trouble> {
        if text.trim().is_empty() {
            return Ok(String::new());
        }
        let query = query::parse(text).map_err(|error| {
            let words = format!("{} (at character {})", error.message, error.position + 1);
            invalid("condition", words)
        })?;
        if !active {
            return Ok(query.to_string());
        }
        // Conditions of rules and of webhooks name the same things.
        let rule = Rule {
            id: RuleId(fresh()),
            name: String::new(),
            place: 1,
            active: true,
            on: BTreeSet::from([Moment::Reported]),
            wait: None,
            when: text.to_owned(),
            actions: vec![Action::Comment { body: "asked".to_owned() }],
            stop: false,
            version: 1,
        };
        let faults = self.read(move |sql| crate::check_rule(sql, &rule)).await?;
        match faults.into_iter().find(|fault| fault.field == "when") {
            Some(fault) => Err(invalid("condition", fault.message)),
            None => Ok(query.to_string()),
        }
    }

    /// Switches a webhook off because nothing arrives; `false` when it was off already.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn switch_off(&self, id: WebhookId, why: String) -> Result<bool, Trouble> {
        self.change(Actor::system(), move |sql, audit| {
            let Some(before) = webhooks::get(sql, id)?.filter(|before| before.active) else {
                return Ok(false);
            };
            let after = change(sql, audit, Webhook { active: false, ..before }, None)?;
            webhooks::off_because(sql, after.id, &why)?;
            store::webhooks::tell_administrators(sql, audit.now())?;
            Ok(true)
        })
        .await
    }
}

/// Makes a webhook; the secret it signs with, where it signs. Inside [`Desk::change`].
///
/// # Errors
///
/// More webhooks than there can be; a token that is missing.
pub fn make(
    sql: &mut dyn Sql,
    audit: &Audit,
    webhook: &Webhook,
    token: Option<String>,
) -> Result<Option<String>, Trouble> {
    if webhooks::list(sql)?.len() >= limits::WEBHOOKS {
        let words = format!("is one too many: there are {} webhooks", limits::WEBHOOKS);
        return Err(invalid("name", words));
    }
    let secret = match webhook.kind {
        WebhookKind::Standard => secret(),
        WebhookKind::Matrix => self::token(token.as_deref())?,
        _ => String::new(),
    };
    let position = store::incidents::feed::position(sql)?;
    webhooks::insert(sql, webhook, &secret, position)?;
    audit.created(sql, SUBJECT, webhook.id, &recorded(webhook))?;
    Ok((webhook.kind == WebhookKind::Standard).then_some(secret))
}

/// Changes the webhook that was in this version. Inside [`Desk::change`].
///
/// # Errors
///
/// A version that is not the newest any more; another kind, which is another webhook; no such
/// webhook.
pub fn change(
    sql: &mut dyn Sql,
    audit: &Audit,
    webhook: Webhook,
    token: Option<String>,
) -> Result<Webhook, Trouble> {
    let before = stored(sql, webhook.id)?;
    if before.version != webhook.version {
        return Err(Trouble::Stale { seen: webhook.version, current: before.version });
    }
    if before.kind != webhook.kind {
        return Err(invalid("kind", "cannot change; make another webhook"));
    }
    if let Some(token) = token.filter(|_| webhook.kind == WebhookKind::Matrix) {
        webhooks::set_secret(sql, webhook.id, &self::token(Some(&token))?, None)?;
    }
    let now = stored(sql, webhook.id)?.version;
    if !webhooks::update(sql, &Webhook { version: now, ..webhook.clone() })? {
        return Err(Trouble::Stale { seen: webhook.version, current: now });
    }
    if webhook.active && !before.active {
        let position = store::incidents::feed::position(sql)?;
        webhooks::begin_at(sql, webhook.id, position)?;
    }
    if before.active && !webhook.active {
        let why = "the webhook was switched off";
        store::webhooks::end_waiting(sql, webhook.id, why, audit.now())?;
    }
    let after = stored(sql, webhook.id)?;
    audit.changed(sql, SUBJECT, after.id, &recorded(&before), &recorded(&after))?;
    Ok(after)
}

/// Gives a webhook another secret; the one before signs for a day beside it. Inside
/// [`Desk::change`].
///
/// # Errors
///
/// A webhook that signs nothing; no such webhook.
pub fn rotate(sql: &mut dyn Sql, audit: &Audit, id: WebhookId) -> Result<String, Trouble> {
    let before = stored(sql, id)?;
    if before.kind != WebhookKind::Standard {
        return Err(invalid("kind", "only webhooks of the kind standard sign"));
    }
    let secret = secret();
    webhooks::set_secret(sql, id, &secret, Some(audit.now().plus_seconds(BEFORE_SECONDS)))?;
    let after = stored(sql, id)?;
    audit.changed(sql, SUBJECT, id, &recorded(&before), &recorded(&after))?;
    Ok(secret)
}

/// Removes a webhook with the record of what it was told. Inside [`Desk::change`].
///
/// # Errors
///
/// No such webhook, or one that an escalation policy pages.
pub fn remove(sql: &mut dyn Sql, audit: &Audit, id: WebhookId) -> Result<(), Trouble> {
    let before = stored(sql, id)?;
    crate::rota::check_unused(sql, Whom::Webhook(id), "this webhook")?;
    webhooks::delete(sql, id)?;
    Ok(audit.deleted(sql, SUBJECT, id, &recorded(&before))?)
}

/// The webhook with this id.
///
/// # Errors
///
/// There is none.
pub fn stored(sql: &mut dyn Sql, id: WebhookId) -> Result<Webhook, Trouble> {
    Ok(webhooks::get(sql, id)?.ok_or_else(missing)?)
}

pub(crate) fn missing() -> Refusal {
    Refusal::not_found("there is no such webhook")
}

/// The address as those may know it who read the settings: of a chat room the address alone
/// lets one write into it.
pub fn shown_url(webhook: &Webhook) -> String {
    match webhook.url.parse::<Outward>() {
        Ok(to) if webhook.kind == WebhookKind::Matrix => to.to_string(),
        Ok(to) => format!("{}/…", to.origin()),
        Err(_) => "…".to_owned(),
    }
}

/// As the audit keeps it: without secrets.
fn recorded(webhook: &Webhook) -> Value {
    let Webhook { id, name, kind, active, told, version, .. } = webhook;
    json!({ "id": id, "name": name, "kind": kind, "url": shown_url(webhook), "active": active, "told": told, "version": version })
}

/// The id under which a webhook is told of an event: the same at each attempt, in a replay,
/// and on every node. Positions can come again after a restore, instants do not.
pub fn message_id(webhook: WebhookId, seq: i64, at: Timestamp) -> String {
    let digest = Sha256::new()
        .chain_update(webhook.0.as_bytes())
        .chain_update(seq.to_be_bytes())
        .chain_update(at.micros().to_be_bytes())
        .finalize();
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("msg_{hex}")
}

/// A fresh secret, as Standard Webhooks write them.
pub(crate) fn secret() -> String {
    format!("{SECRET_PREFIX}{}", STANDARD.encode(bytes::<SECRET_BYTES>()))
}

/// The bytes that a secret signs with.
pub fn key_of(secret: &str) -> Option<Vec<u8>> {
    STANDARD.decode(secret.strip_prefix(SECRET_PREFIX)?).ok()
}

fn room(text: Option<&str>) -> Result<String, Trouble> {
    let text = text.map(str::trim).unwrap_or_default();
    let plain = text.chars().all(|c| !c.is_control() && !c.is_whitespace());
    let long = text.chars().count() > limits::WEBHOOK_TOKEN_CHARS;
    if !text.starts_with('!') || text.len() < 2 || !plain || long {
        let words = "is the room's internal id, such as !abc:matrix.example; its settings tell it";
        return Err(invalid("room", words));
    }
    Ok(text.to_owned())
}

fn token(text: Option<&str>) -> Result<String, Trouble> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| invalid("token", "is needed to write into the room"))?;
    if text.len() > limits::WEBHOOK_TOKEN_CHARS || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(invalid("token", "is not an access token"));
    }
    Ok(text.to_owned())
}

fn invalid(field: &'static str, words: impl ToString) -> Trouble {
    Refusal::invalid(field, words.to_string()).into()
}

/// How it stands when nothing arrives: the reason, for those who look.
pub fn off_words(since: Timestamp) -> String {
    format!("nothing has arrived since {since}")
}
