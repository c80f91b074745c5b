//! Who is told what: the standard rows, and rows with a condition that were added.

use crate::app::App;
use crate::auth::Caller;
use crate::directory::{Cards, Directory};
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, name};
use crate::once::Once;
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::{FieldError, Problem};
use crate::reference::References;
use crate::version::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use incident::notices::{Notice, NoticeRole, Occasion, Recipient};
use incident::rules::Fault;
use incident::telling::Channels;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;

/// What it is called in refusals.
const WHAT: &str = "notification rule";

/// A row of the table of who is told what.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationRule)]
struct Shown {
    /// Of a standard one what is told and to whom, such as `resolved-requester`.
    id: String,
    /// What letters call it.
    name: String,
    /// Whether it came with the product: it can be switched off and narrowed, not removed.
    standard: bool,
    /// What is told.
    #[schema(value_type = Vec<String>)]
    on: BTreeSet<Occasion>,
    /// The condition, in the query language; empty: always.
    when: String,
    /// To whom.
    to: ToWhom,
    /// Whether by mail.
    mail: bool,
    /// Whether in the inbox.
    inbox: bool,
    /// Whether by push, to browsers that allow it.
    push: bool,
    /// Whether it is told at once and whatever somebody prefers.
    always: bool,
    /// Whether it is in use.
    active: bool,
    /// What it names that is not there any more; a row with faults tells nobody.
    faults: Vec<FieldError>,
    version: i64,
}

/// To whom a row tells.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationRecipient)]
struct ToWhom {
    /// `requester`, `watchers`, `assignee` (whoever has it: the person, else the team), `team`,
    /// `person` or `manager` (everybody with that role).
    #[schema(value_type = String)]
    role: NoticeRole,
    /// Which team, by name or id, for the role `team`; the one that has it when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    team: Option<String>,
    /// Who, by e-mail address or id, for the role `person`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    person: Option<String>,
}

/// A new row.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewNotificationRule)]
struct New {
    /// Its name, unique whatever the case; letters say it.
    name: String,
    /// What is told: `reported`, `assigned`, `commented`, `attached`, `update_published`,
    /// `expectation_set`, `priority_changed`, `major_proposed`, `major_declared`, `update_drafted`,
    /// `escalated`, `clock_warned`, `clock_breached`, `promise_broken`, `expectation_nears`, `resolved`, `disputed`, `reopened`, `closed`,
    /// `cancelled`, `rated` (low). Requesters and watchers are told public things alone, and
    /// requesters also `put_on_hold` and `merged`.
    #[schema(value_type = Vec<String>)]
    on: BTreeSet<Occasion>,
    /// The condition, in the query language; always, when absent.
    when: Option<String>,
    /// To whom.
    to: ToWhom,
    /// Whether by mail; yes, when absent.
    mail: Option<bool>,
    /// Whether in the inbox; yes, when absent.
    inbox: Option<bool>,
    /// Whether by push, to browsers that allow it; yes, when absent.
    push: Option<bool>,
    /// Whether it is told at once and whatever somebody prefers; no, when absent.
    always: Option<bool>,
    /// In use at once, when absent.
    active: Option<bool>,
}

/// What to change of a row; what is absent stays. Of a standard one only `mail`, `inbox`,
/// `push`, `always` and `active` can change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationRuleChange)]
struct Edit {
    name: Option<String>,
    #[schema(value_type = Option<Vec<String>>)]
    on: Option<BTreeSet<Occasion>>,
    when: Option<String>,
    to: Option<ToWhom>,
    mail: Option<bool>,
    inbox: Option<bool>,
    push: Option<bool>,
    always: Option<bool>,
    active: Option<bool>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/notification-rules", "listNotificationRules", list)
            .about("rules", "List who is told what", "The standard rows, then those that were added, by name.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/notification-rules", "createNotificationRule", create)
            .about("rules", "Tell somebody more", "For administrators. When one of these things happens and the condition holds for the incident as the command and its rules leave it, they are told. Their own preferences apply, unless the row says `always`.")
            .body::<New>(json!({
                "name": "P1 to management",
                "on": ["reported", "resolved"],
                "when": "priority:P1",
                "to": { "role": "team", "team": "Management" },
                "inbox": false,
            }))
            .once()
            .answers::<Shown>(201, "The row.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/notification-rules/{id}", "readNotificationRule", read)
            .about("rules", "Read a notification rule", "By id or name.")
            .answers::<Shown>(200, "The row.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/notification-rules/{id}", "changeNotificationRule", change)
            .about("rules", "Change or switch off a notification rule", "For administrators.")
            .body::<Edit>(json!({ "active": false }))
            .if_match()
            .answers::<Shown>(200, "The row as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/notification-rules/{id}", "removeNotificationRule", remove)
            .about("rules", "Remove a notification rule", "For administrators. A standard one is as it came again.")
            .if_match()
            .answers_plainly(204, "", "It is gone.")
            .problems(&[401, 403, 404, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let all = app.desk().read(desk::notices::table).await?;
    let (found, next) = page_of(all, &params, |row| row.id.clone(), |row| &row.name)?;
    let mut items = Vec::with_capacity(found.len());
    let names = Names::of(&app, &found).await?;
    for (row, faults) in checked(&app, found).await? {
        items.push(show(row, faults, &names));
    }
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<New>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let new = body.value;
    let references = References::of(&app, caller.viewer()).await?;
    let mut row = Notice {
        id: desk::fresh().to_string(),
        name: name("name", &new.name)?,
        on: new.on,
        when: new.when.unwrap_or_default(),
        to: recipient(&references, new.to).await?,
        channels: Channels {
            mail: new.mail.unwrap_or(true),
            inbox: new.inbox.unwrap_or(true),
            push: new.push.unwrap_or(true),
        },
        always: new.always.unwrap_or(false),
        active: new.active.unwrap_or(true),
        version: 1,
    };
    check(&app, &mut row).await?;
    let names = Names::of(&app, std::slice::from_ref(&row)).await?;
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        Ok(show(desk::notices::add(sql, audit, &row)?, vec![], &names))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    respond(&app, find(&app, &id).await?).await
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<Edit>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let before = find(&app, &id).await?;
    let edit = body.value;
    if before.is_standard() {
        let field = [("name", edit.name.is_some()), ("on", edit.on.is_some())];
        let more = [("when", edit.when.is_some()), ("to", edit.to.is_some())];
        let wrong = field.into_iter().chain(more).find(|(_, given)| *given);
        if let Some((field, _)) = wrong {
            let words = "of a standard row stays; switch it off and add one of your own";
            return Err(Problem::invalid(field, words));
        }
    }
    let references = References::of(&app, caller.viewer()).await?;
    let to = match edit.to {
        Some(to) => recipient(&references, to).await?,
        None => before.to,
    };
    let mut row = Notice {
        name: edit
            .name
            .as_deref()
            .map(|text| name("name", text))
            .transpose()?
            .unwrap_or(before.name),
        on: edit.on.unwrap_or(before.on),
        when: edit.when.unwrap_or(before.when),
        to,
        channels: Channels {
            mail: edit.mail.unwrap_or(before.channels.mail),
            inbox: edit.inbox.unwrap_or(before.channels.inbox),
            push: edit.push.unwrap_or(before.channels.push),
        },
        always: edit.always.unwrap_or(before.always),
        active: edit.active.unwrap_or(before.active),
        version: before.version,
        id: before.id,
    };
    // One that is out of date can be taken out of use as it is.
    if row.active {
        check(&app, &mut row).await?;
    }
    let changed = app.desk().change(caller.actor(), move |sql, audit| {
        kept::check_seen(seen.must_be, row.version)?;
        desk::notices::change(sql, audit, &row)
    });
    respond(&app, changed.await?).await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let before = find(&app, &id).await?;
    app.desk()
        .change(caller.actor(), move |sql, audit| {
            kept::check_seen(seen.must_be, before.version)?;
            desk::notices::remove(sql, audit, &before.id, before.version)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn find(app: &App, text: &str) -> Result<Notice, Problem> {
    let text = text.to_owned();
    let found = app.desk().read(move |sql| desk::notices::find(sql, &text)).await?;
    Ok(found.ok_or_else(|| kept::missing(WHAT))?)
}

/// To whom a row tells, with the ids of what it names.
async fn recipient(references: &References<'_>, to: ToWhom) -> Result<Recipient, Problem> {
    let team = to.team.as_deref().map(|team| references.team("to.team", team)).transpose()?;
    let person = match to.person.as_deref() {
        Some(person) => Some(references.person("to.person", person).await?),
        None => None,
    };
    Ok(Recipient { role: to.role, team, person })
}

async fn checked(app: &App, rows: Vec<Notice>) -> Result<Vec<(Notice, Vec<Fault>)>, Problem> {
    let policy = app.desk().policy();
    let found = app.desk().read(move |sql| {
        let faults = desk::notices::check(sql, &rows, &policy)?;
        Ok(rows.into_iter().zip(faults).collect())
    });
    Ok(found.await?)
}

/// Refuses a row that would tell nobody, naming every field at fault; its condition becomes its
/// canonical text.
async fn check(app: &App, row: &mut Notice) -> Result<(), Problem> {
    let found = checked(app, vec![row.clone()]).await?;
    let faults: Vec<Fault> = found.into_iter().flat_map(|(_, faults)| faults).collect();
    if !faults.is_empty() {
        return Err(Problem::invalid_all(faults.into_iter().map(field_error).collect()));
    }
    if let Ok(query) = query::parse_condition(&row.when) {
        row.when = query.to_string();
    }
    Ok(())
}

fn field_error(fault: Fault) -> FieldError {
    FieldError { field: fault.field, message: fault.message }
}

async fn respond(app: &App, row: Notice) -> Result<Response, Problem> {
    let version = row.version;
    let names = Names::of(app, std::slice::from_ref(&row)).await?;
    let faults = checked(app, vec![row.clone()]).await?.into_iter().flat_map(|(_, faults)| faults);
    Ok(kept::answer(&show(row, faults.collect(), &names), version))
}

/// What rows name.
struct Names {
    directory: Arc<Directory>,
    people: Cards,
}

impl Names {
    async fn of(app: &App, rows: &[Notice]) -> Result<Self, Problem> {
        let directory = app.directory().await?;
        let named: BTreeSet<_> = rows.iter().filter_map(|row| row.to.person).collect();
        let people = directory.people(app.desk(), named).await?;
        Ok(Names { directory, people })
    }
}

fn show(row: Notice, faults: Vec<Fault>, names: &Names) -> Shown {
    let team = row.to.team.and_then(|id| names.directory.teams.name(id)).map(str::to_owned);
    let person = row.to.person.and_then(|id| names.people.get(&id));
    Shown {
        standard: row.is_standard(),
        to: ToWhom { role: row.to.role, team, person: person.map(|card| card.handle().to_owned()) },
        id: row.id,
        name: row.name,
        on: row.on,
        when: row.when,
        mail: row.channels.mail,
        inbox: row.channels.inbox,
        push: row.channels.push,
        always: row.always,
        active: row.active,
        faults: faults.into_iter().map(field_error).collect(),
        version: row.version,
    }
}
