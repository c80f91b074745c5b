//! Mailboxes: where messages come in, whose they become, and whether they still come.

mod draw;
mod imap;

use super::editing::{self, Problem, saved, saved_banner, stale};
use super::{Reads, Section, actor};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::duration::{self, WHOLE_DAY};
use crate::route::{get, post};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use draw::Shown;
use incident::Refusal;
use kernel::IntegrationId;
use maud::{Markup, html};
use std::collections::HashMap;
use store::deliveries;
use store::directory::fetches::{self, Fetching};
use store::directory::integrations::{self, Integration, IntegrationKind, Settings};
use store::directory::services::{self, Service};
use store::directory::teams::{self, Team};
use store::{Failure, Sql};

const SECTION: Section = Section::Mailboxes;
const SUBJECT: &str = "integration";
/// Characters of all addresses of a mailbox as they are typed.
const ADDRESSES_CHARS: usize = 10_000;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/mailboxes", get(list).merge(post(create)))
        .route("/settings/mailboxes/new", get(new))
        .route("/settings/mailboxes/{id}", get(show).merge(post(change)))
        .route("/settings/mailboxes/{id}/test", post(test))
        .route("/settings/mailboxes/{id}/imap", post(imap::change))
        .route("/settings/mailboxes/{id}/imap/stop", post(imap::stop))
        .route("/settings/mailboxes/{id}/new-key", post(new_key))
        .route("/settings/mailboxes/{id}/delete", post(delete))
}

/// Everything the pages choose from.
struct All {
    mailboxes: Vec<Integration>,
    services: Vec<Service>,
    teams: Vec<Team>,
    fetches: HashMap<IntegrationId, Fetching>,
}

impl All {
    fn read(sql: &mut dyn Sql) -> Result<All, Failure> {
        let mut mailboxes = integrations::list(sql)?;
        mailboxes.retain(|one| one.kind == IntegrationKind::Email);
        let fetches = fetches::all(sql)?;
        Ok(All { mailboxes, services: services::list(sql)?, teams: teams::list(sql)?, fetches })
    }

    fn get(&self, id: IntegrationId) -> Option<&Integration> {
        self.mailboxes.iter().find(|mailbox| mailbox.id == id)
    }
}

async fn list(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let all = app.desk.read(All::read).await?;
    Ok(draw::list(&who, &app.desk.policy(), &all, saved_banner(query.as_deref())))
}

async fn new(State(app): State<App>, Administrator(who): Administrator) -> PageResult<Markup> {
    let all = app.desk.read(All::read).await?;
    let (fields, problem) = (Fields::default(), Problem::default());
    Ok(draw::page(&who, &app, &all, &Shown::fresh(&fields, &problem)))
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let id = IntegrationId(desk::fresh());
    match insert(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let all = app.desk.read(All::read).await?;
            let page = draw::page(&who, &app, &all, &Shown::fresh(&fields, &problem));
            Ok((problem.status(), page).into_response())
        }
    }
}

async fn insert(
    app: &App,
    who: &SignedIn,
    id: IntegrationId,
    fields: &Fields,
) -> Result<(), Trouble> {
    let blank = Integration {
        id,
        name: String::new(),
        kind: IntegrationKind::Email,
        key: desk::integration_key(),
        service: None,
        team: None,
        addresses: vec![],
        settings: Settings::default(),
        new_secrets: None,
        active: true,
        archived: false,
        last_seen_at: None,
        version: 1,
    };
    let mailbox = typed(blank, fields)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            desk::integrations::check(sql, &mailbox)?;
            integrations::insert(sql, &mailbox)?;
            Ok(audit.created(sql, SUBJECT, id, &mailbox)?)
        })
        .await
}

/// The mailbox as the form wants it.
fn typed(before: Integration, fields: &Fields) -> Result<Integration, Trouble> {
    Ok(Integration {
        name: editing::name(fields)?,
        service: editing::id(fields, "service")?,
        team: editing::id(fields, "team")?,
        addresses: addresses(fields)?,
        settings: Settings { silence_after_seconds: silence(fields)?, ..before.settings },
        ..before
    })
}

fn addresses(fields: &Fields) -> Result<Vec<String>, Trouble> {
    let text = editing::text(fields, "addresses", ADDRESSES_CHARS)?;
    let mut kept = vec![];
    for word in text.split([',', ';', ' ', '\n', '\r', '\t']).filter(|word| !word.is_empty()) {
        let address = desk::integrations::address(word)
            .map_err(|words| Refusal::invalid("addresses", words))?;
        if !kept.contains(&address) {
            kept.push(address);
        }
    }
    Ok(kept)
}

fn silence(fields: &Fields) -> Result<Option<i64>, Trouble> {
    let Some(text) = fields.filled("silence_after_seconds") else { return Ok(None) };
    let wrong = || {
        Refusal::invalid("silence_after_seconds", "Write it like 4 h or 2 days, or leave it empty")
    };
    Ok(Some(duration::read(text, WHOLE_DAY).ok_or_else(wrong)?))
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<IntegrationId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let banner = html! { (saved_banner(query.as_deref())) (draw::sent_banner(query.as_deref())) };
    draw::of_with(&app, &who, id, banner, None).await
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<IntegrationId>,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let all = app.desk.read(All::read).await?;
            let mailbox = all.get(id).ok_or(PageError::NotFound)?;
            let shown = Shown::stored(mailbox, &fields, &problem, html! {});
            Ok((problem.status(), draw::page(&who, &app, &all, &shown)).into_response())
        }
    }
}

async fn update(
    app: &App,
    who: &SignedIn,
    id: IntegrationId,
    fields: &Fields,
) -> Result<(), Trouble> {
    let (seen, fields) = (editing::version(fields)?, fields.clone());
    alter(app, who, id, Some(seen), move |before| {
        let active = fields.ticked("active");
        Ok(Integration { active, ..typed(before, &fields)? })
    })
    .await
    .map(drop)
}

/// Sends a letter to the mailbox, which comes back in when all is well.
async fn test(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<IntegrationId>,
) -> PageResult<Response> {
    if app.options.mail.is_none() {
        return Err(PageError::invalid("there is no mail server; set smtp_url first"));
    }
    let (person, now) = (who.viewer().person, app.desk.now());
    let asked = app.desk.write(move |sql| {
        let mailbox = integrations::get(sql, id)?.filter(Integration::takes);
        let Some(mailbox) = mailbox else { return Ok(false) };
        let address = mailbox.addresses.first().ok_or_else(|| {
            Refusal::invalid("addresses", "this mailbox has no address; add one first")
        })?;
        deliveries::try_out(sql, person, address, now)?;
        Ok(true)
    });
    match asked.await? {
        true => Ok(Redirect::to(&format!("{}?done=sent", SECTION.of(id))).into_response()),
        false => Err(PageError::NotFound),
    }
}

async fn new_key(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<IntegrationId>,
) -> PageResult<Response> {
    let change = |before| Ok(Integration { key: desk::integration_key(), ..before });
    match alter(&app, &who, id, None, change).await? {
        true => Ok(saved(&SECTION.of(id))),
        false => Err(PageError::NotFound),
    }
}

async fn delete(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<IntegrationId>,
) -> PageResult<Response> {
    let change = |mut before: Integration| {
        before.end();
        Ok(before)
    };
    match alter(&app, &who, id, None, change).await? {
        true => Ok(Redirect::to(&format!("{}?done=saved", SECTION.address())).into_response()),
        false => Err(PageError::NotFound),
    }
}

/// Changes a mailbox that is there, if it is still at the version seen; `false` when it is
/// not there.
async fn alter(
    app: &App,
    who: &SignedIn,
    id: IntegrationId,
    seen: Option<i64>,
    make: impl FnOnce(Integration) -> Result<Integration, Trouble> + Send + 'static,
) -> Result<bool, Trouble> {
    app.desk
        .change(actor(who), move |sql, audit| {
            let stored = integrations::get(sql, id)?.filter(|stored| !stored.archived);
            let Some(before) = stored else { return Ok(false) };
            if let Some(seen) = seen.filter(|seen| *seen != before.version) {
                return stale(seen, Some(before.version));
            }
            let after = Integration { version: before.version + 1, ..make(before.clone())? };
            desk::integrations::check(sql, &after)?;
            integrations::update(sql, &after, before.version)?;
            audit.changed(sql, SUBJECT, id, &before, &after)?;
            Ok(true)
        })
        .await
}
