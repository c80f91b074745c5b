//! Integrations: mailboxes and other programs that bring something in. For administrators
//! alone, because the key lets whoever knows it hand in.

mod asked;
pub(crate) mod payloads;

use crate::app::App;
use crate::auth::Caller;
use crate::directory::Directory;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, Row, given, name};
use crate::once::Once;
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::Seen;
use alert::AlertSettings;
use asked::{AllGoing, AskGiven, AskShown, Going};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Trouble;
use kernel::{IntegrationId, ServiceId, TeamId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::fetches::Fetching;
use store::directory::integrations::{self, Imap, Oauth, Secrets, Security, Settings};
use store::directory::{self as rows, IntegrationKind};
use store::{Failure, Sql};
use utoipa::ToSchema;

/// An integration.
#[derive(Debug, Serialize, ToSchema)]
struct Integration {
    #[schema(value_type = String)]
    id: IntegrationId,
    name: String,
    /// `email`: a mailbox; the others tell of alerts: `alertmanager`, `grafana`, `pagerduty`,
    /// `opsgenie`, `json`, `heartbeat`.
    #[schema(value_type = String)]
    kind: IntegrationKind,
    /// 32 hex digits: whoever knows it may hand in under `/intake/{key}/{kind}`, or as routing
    /// key, bearer token or GenieKey of the products that others stand in for.
    key: String,
    /// The service that what comes is about.
    service: Option<String>,
    #[schema(value_type = Option<String>)]
    service_id: Option<ServiceId>,
    /// The team that what comes goes to.
    team: Option<String>,
    #[schema(value_type = Option<String>)]
    team_id: Option<TeamId>,
    /// Of a mailbox: the addresses to which people write.
    addresses: Vec<String>,
    /// Of a mailbox: after how many seconds without a message its team is told.
    silence_after_seconds: Option<i64>,
    /// Of a mailbox: where its messages are fetched from.
    imap: Option<ImapShown>,
    /// Of one that tells of alerts: how they become incidents.
    #[schema(value_type = Object)]
    alerts: AlertSettings,
    /// Of the kind `alertmanager`: where it is asked which alerts it knows, and how that goes.
    ask: Option<AskShown>,
    /// Whether it takes what comes.
    active: bool,
    /// What somebody has to do once before it works, where one integration is read: SNS wants its
    /// subscription confirmed.
    waiting_for: Option<String>,
    /// When something last came, about.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen_at: Option<Timestamp>,
    version: i64,
}

/// Where messages are fetched from, and how that goes.
#[derive(Debug, Serialize, ToSchema)]
struct ImapShown {
    host: String,
    port: u16,
    /// `tls`, `starttls` or `none`.
    #[schema(value_type = String)]
    security: Security,
    user: String,
    folder: String,
    /// To which folder what was taken is moved; it is marked as seen without one.
    move_to: Option<String>,
    oauth: Option<OauthShown>,
    /// When it last went well.
    #[schema(value_type = Option<String>, format = DateTime)]
    fetched_at: Option<Timestamp>,
    /// Why it did not since.
    error: Option<String>,
    /// Messages that were left where they are, because they cannot be taken.
    refused: i64,
}

/// Where tokens come from.
#[derive(Debug, Serialize, ToSchema)]
struct OauthShown {
    token_url: String,
    client_id: String,
    scope: Option<String>,
}

/// Where messages are to be fetched from. What one signs in with is never shown again; what
/// is absent of it stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImapGiven {
    host: String,
    /// 993 when absent, 143 without `tls`.
    port: Option<u16>,
    /// `tls` when absent, `starttls` or `none`.
    security: Option<String>,
    user: String,
    /// `INBOX` when absent.
    folder: Option<String>,
    /// To which folder what was taken is moved; it is marked as seen without one.
    move_to: Option<String>,
    password: Option<String>,
    /// To sign in with a token instead of a password.
    oauth: Option<OauthGiven>,
}

/// Where tokens come from, with the refresh token they are asked for with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OauthGiven {
    token_url: String,
    client_id: String,
    client_secret: Option<String>,
    refresh_token: Option<String>,
    scope: Option<String>,
}

/// A new integration.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewIntegration {
    /// Its name, unique whatever the case.
    name: String,
    /// `email` for a mailbox, `alertmanager`, `grafana`, `pagerduty`, `opsgenie`, `json` or
    /// `heartbeat` for what tells of alerts.
    kind: String,
    /// The service that what comes is about, by name or id.
    service: Option<String>,
    /// The team that what comes goes to, by name or id; else the service's.
    team: Option<String>,
    /// Of a mailbox: the addresses to which people write. The listener for SMTP takes
    /// messages for these alone.
    addresses: Option<Vec<String>>,
    /// Of a mailbox: after how many seconds without a message its team is told.
    silence_after_seconds: Option<i64>,
    /// Of a mailbox: fetch its messages from an IMAP server.
    imap: Option<ImapGiven>,
    /// Of the kind `alertmanager`: ask it which alerts it knows.
    ask: Option<AskGiven>,
    /// Of one that tells of alerts: `window_seconds`, `auto_resolve`, `storm_groups`,
    /// `flap_changes`, `flap_seconds`, `unclear_seconds`, `heartbeat_seconds`, and of the kind
    /// `json` the `mapping`; what is absent is as usual.
    #[schema(value_type = Option<Object>)]
    alerts: Option<AlertSettings>,
}

/// What to change of an integration; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IntegrationChange {
    name: Option<String>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    service: Option<Option<String>>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    team: Option<Option<String>>,
    /// These and only these.
    addresses: Option<Vec<String>>,
    /// Null for never.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    silence_after_seconds: Option<Option<i64>>,
    /// Null for not to fetch any more.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ImapGiven>)]
    imap: Option<Option<ImapGiven>>,
    /// Null for not to ask it any more.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<AskGiven>)]
    ask: Option<Option<AskGiven>>,
    /// All of how its alerts become incidents; what is absent is as usual.
    #[schema(value_type = Option<Object>)]
    alerts: Option<AlertSettings>,
    active: Option<bool>,
    /// `true` draws another key; the one before ends at once.
    new_key: Option<bool>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/integrations", "listIntegrations", list)
            .about("integrations", "List integrations", "By name. For administrators.")
            .query::<ListParams>()
            .answers::<Page<Integration>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/integrations", "createIntegration", create)
            .about("integrations", "Create an integration", "For administrators. Its key is drawn here.")
            .body::<NewIntegration>(json!({ "name": "Service desk mail", "kind": "email", "team": "Service Desk", "addresses": ["help@company.example"], "silence_after_seconds": 86_400 }))
            .once()
            .answers::<Integration>(201, "The integration.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/integrations/{integration}", "readIntegration", read)
            .about("integrations", "Read an integration", "For administrators.")
            .answers::<Integration>(200, "The integration.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/integrations/{integration}", "changeIntegration", change)
            .about("integrations", "Change an integration", "For administrators.")
            .body::<IntegrationChange>(json!({ "active": false }))
            .if_match()
            .answers::<Integration>(200, "The integration as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/integrations/{integration}", "removeIntegration", remove)
            .about("integrations", "Delete an integration", "For administrators. Its key and its addresses end at once; what came through it stays.")
            .if_match()
            .answers_plainly(204, "", "It takes nothing any more.")
            .problems(&[401, 403, 404, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let all = app.desk().read(integrations::list).await?;
    let (found, next) = page_of(all, &params, |row| row.id, |row| &row.name)?;
    let directory = app.directory().await?;
    let mut all = app.desk().read(AllGoing::read).await?;
    let items = found.into_iter().map(|row| {
        let going = all.of(row.id);
        shown(row, &directory, going)
    });
    let items = items.collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewIntegration>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let references = References::of(&app, caller.viewer()).await?;
    let new = body.value;
    let (imap, new_secrets) = new.imap.map(imap).transpose()?.unzip();
    let (ask, ask_secrets) = new.ask.map(asked::ask).unzip();
    let row = rows::Integration {
        id: IntegrationId(desk::fresh()),
        name: name("name", &new.name)?,
        kind: kind(&new.kind)?,
        key: desk::integration_key(),
        service: new.service.map(|text| references.service("service", &text)).transpose()?,
        team: new.team.map(|text| references.team("team", &text)).transpose()?,
        addresses: addresses(new.addresses.unwrap_or_default())?,
        settings: Settings {
            silence_after_seconds: new.silence_after_seconds,
            imap,
            alerts: new.alerts.unwrap_or_default(),
            ask,
        },
        new_secrets: new_secrets.or(ask_secrets),
        active: true,
        archived: false,
        last_seen_at: None,
        version: 1,
    };
    let directory = references.directory().clone();
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        desk::integrations::check(sql, &row)?;
        integrations::insert(sql, &row)?;
        audit.created(sql, rows::Integration::WHAT, row.id, &row)?;
        Ok(shown(row, &directory, Going::default()))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let row: rows::Integration = kept::read(&app, find(&app, &text).await?).await?;
    respond(&app, row).await
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    seen: Seen,
    body: Body<IntegrationChange>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let references = References::of(&app, caller.viewer()).await?;
    let id = find(&app, &text).await?;
    let change = body.value;
    let new_name = change.name.as_deref().map(|text| name("name", text)).transpose()?;
    let service = change
        .service
        .map(|text| text.map(|text| references.service("service", &text)).transpose());
    let service = service.transpose()?;
    let team = change.team.map(|text| text.map(|text| references.team("team", &text)).transpose());
    let team = team.transpose()?;
    let new_addresses = change.addresses.map(addresses).transpose()?;
    let fetched = change.imap.map(|given| given.map(imap).transpose()).transpose()?;
    let to_ask = change.ask.map(|given| given.map(asked::ask));
    let row = kept::change(&app, &caller, id, seen, move |before: &rows::Integration| {
        let (imap, new_secrets) = match fetched {
            Some(fetched) => fetched.unzip(),
            None => (before.settings.imap.clone(), None),
        };
        let (ask, ask_secrets) = match to_ask {
            Some(to_ask) => to_ask.unzip(),
            None => (before.settings.ask.clone(), None),
        };
        let key = match change.new_key {
            Some(true) => desk::integration_key(),
            _ => before.key.clone(),
        };
        let silence = change.silence_after_seconds.unwrap_or(before.settings.silence_after_seconds);
        Ok(rows::Integration {
            name: new_name.unwrap_or_else(|| before.name.clone()),
            key,
            service: service.unwrap_or(before.service),
            team: team.unwrap_or(before.team),
            addresses: new_addresses.unwrap_or_else(|| before.addresses.clone()),
            settings: Settings {
                silence_after_seconds: silence,
                imap,
                alerts: change.alerts.clone().unwrap_or_else(|| before.settings.alerts.clone()),
                ask,
            },
            new_secrets: new_secrets.or(ask_secrets),
            active: change.active.unwrap_or(before.active),
            ..before.clone()
        })
    })
    .await?;
    respond(&app, row).await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let id = find(&app, &text).await?;
    kept::retire(&app, &caller, id, seen, rows::Integration::end).await
}

impl Row for rows::Integration {
    type Id = IntegrationId;
    const WHAT: &'static str = "integration";

    fn get(sql: &mut dyn Sql, id: IntegrationId) -> Result<Option<Self>, Failure> {
        integrations::get(sql, id)
    }

    fn update(&self, sql: &mut dyn Sql) -> Result<bool, Trouble> {
        Ok(integrations::update(sql, self, self.version)?)
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn check(&self, sql: &mut dyn Sql, _: &Self, _: Timestamp) -> Result<(), Trouble> {
        desk::integrations::check(sql, self)
    }
}

async fn respond(app: &App, row: rows::Integration) -> Result<Response, Problem> {
    let going = app.desk().read(AllGoing::read).await?.of(row.id);
    let version = row.version;
    let waiting_for = app.desk().integration_waits_for(row.id).await?;
    let shown = shown(row, &*app.directory().await?, going);
    Ok(kept::answer(&Integration { waiting_for, ..shown }, version))
}

/// The one with this id or name that was not deleted.
async fn find(app: &App, text: &str) -> Result<IntegrationId, Problem> {
    let wanted = text.trim().to_lowercase();
    let all = app.desk().read(integrations::list).await?;
    let found = all.iter().find(|row| row.id.to_string() == wanted);
    let found = found.or_else(|| all.iter().find(|row| row.name.to_lowercase() == wanted));
    Ok(found.map(|row| row.id).ok_or_else(|| kept::missing(rows::Integration::WHAT))?)
}

fn kind(word: &str) -> Result<IntegrationKind, Problem> {
    word.parse().map_err(|kernel::Invalid(words)| Problem::invalid("kind", words))
}

/// Where to fetch from, and what to sign in with.
fn imap(given: ImapGiven) -> Result<(Imap, Secrets), Problem> {
    let security: Security = given
        .security
        .as_deref()
        .unwrap_or(Security::Tls.as_str())
        .parse()
        .map_err(|kernel::Invalid(words)| Problem::invalid("imap.security", words))?;
    let usual = if security == Security::Tls { 993 } else { 143 };
    let mut secrets = Secrets { password: given.password, ..Secrets::default() };
    let oauth = given.oauth.map(|oauth| {
        secrets.client_secret = oauth.client_secret;
        secrets.refresh_token = oauth.refresh_token;
        Oauth { token_url: oauth.token_url, client_id: oauth.client_id, scope: oauth.scope }
    });
    let imap = Imap {
        host: given.host.trim().to_owned(),
        port: given.port.unwrap_or(usual),
        security,
        user: given.user,
        folder: given.folder.unwrap_or_else(|| "INBOX".to_owned()),
        move_to: given.move_to.filter(|folder| !folder.is_empty()),
        oauth,
    };
    Ok((imap, secrets))
}

fn imap_shown(imap: Imap, fetching: Option<Fetching>) -> ImapShown {
    let oauth = imap.oauth.map(|oauth| OauthShown {
        token_url: oauth.token_url,
        client_id: oauth.client_id,
        scope: oauth.scope,
    });
    let fetching = fetching.as_ref();
    ImapShown {
        host: imap.host,
        port: imap.port,
        security: imap.security,
        user: imap.user,
        folder: imap.folder,
        move_to: imap.move_to,
        oauth,
        fetched_at: fetching.and_then(|fetching| fetching.fetched_at),
        error: fetching.and_then(|fetching| fetching.error.clone()),
        refused: fetching.map_or(0, |fetching| fetching.refused),
    }
}

/// Addresses as they are kept, each once.
fn addresses(given: Vec<String>) -> Result<Vec<String>, Problem> {
    let mut kept = Vec::with_capacity(given.len());
    for (at, text) in given.iter().enumerate() {
        let address = desk::integrations::address(text)
            .map_err(|words| Problem::invalid(format!("addresses.{at}"), words))?;
        if !kept.contains(&address) {
            kept.push(address);
        }
    }
    Ok(kept)
}

fn shown(row: rows::Integration, directory: &Directory, going: Going) -> Integration {
    let name = |name: Option<&str>| name.map(str::to_owned);
    Integration {
        id: row.id,
        name: row.name,
        kind: row.kind,
        key: row.key.as_str().to_owned(),
        service: name(row.service.and_then(|id| directory.services.name(id))),
        service_id: row.service,
        team: name(row.team.and_then(|id| directory.teams.name(id))),
        team_id: row.team,
        addresses: row.addresses,
        silence_after_seconds: row.settings.silence_after_seconds,
        imap: row.settings.imap.map(|imap| imap_shown(imap, going.fetching)),
        alerts: row.settings.alerts,
        ask: row.settings.ask.map(|ask| AskShown::of(ask, going.asked)),
        active: row.active,
        waiting_for: None,
        last_seen_at: row.last_seen_at,
        version: row.version,
    }
}
