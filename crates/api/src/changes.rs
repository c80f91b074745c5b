//! Changes, such as deployments: what programs tell of, and what was told of a service.

use crate::app::App;
use crate::auth::Caller;
use crate::directory::Directory;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{line, name};
use crate::once::{self, Answered, Once};
use crate::page::{BETWEEN, Page, Params, bad_cursor, limit, next_of};
use crate::problem::Problem;
use crate::reference::References;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::map::Heard;
use kernel::{ChangeId, ServiceId, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::Change;
use store::directory::changes::{self, Span};
use utoipa::{IntoParams, ToSchema};

/// Days that a list shows when nothing is asked.
const SHOWN_DAYS: i64 = 30;

/// A change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
struct Shown {
    #[schema(value_type = String)]
    id: ChangeId,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The service, by name.
    service: Option<String>,
    #[schema(value_type = Option<String>)]
    service_id: Option<ServiceId>,
    title: String,
    /// Who or what says so.
    source: String,
    /// Where to read on.
    link: Option<String>,
}

/// A change to tell of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewChange {
    /// What was changed, in one line.
    title: String,
    /// At which service, by name or id.
    service: Option<String>,
    /// When; now when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// Who or what says so; the caller when absent.
    source: Option<String>,
    /// Where to read on: `https://` or `http://`.
    link: Option<String>,
}

/// Which changes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ChangeParams {
    /// Of this service, by name or id.
    service: Option<String>,
    /// From this instant on; 30 days before `to` when absent.
    #[param(value_type = Option<String>)]
    from: Option<String>,
    /// Before this instant; now when absent.
    #[param(value_type = Option<String>)]
    to: Option<String>,
    /// How many at most, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/changes", "listChanges", list)
            .about("services", "List changes", "Deployments and other changes that programs told of, the latest first; kept for 400 days.")
            .query::<ChangeParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/changes", "tellChange", tell)
            .about("services", "Tell of a change", "For whoever works on incidents, and their pipelines. Nobody is paged. The same change told again is kept once.")
            .body::<NewChange>(json!({ "title": "Release 4.18", "service": "Label Printing", "source": "pipeline", "link": "https://ci.company.example/4.18" }))
            .once()
            .answers::<Shown>(201, "The change.")
            .problems(&[400, 401, 403, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ChangeParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let limit = limit(params.limit.as_deref(), limits::PAGE_ROWS)?;
    let references = References::of(&app, caller.viewer()).await?;
    let service = params.service.map(|text| references.service("service", &text)).transpose()?;
    let to =
        instant("to", params.to.as_deref())?.unwrap_or_else(|| app.desk().now().plus_seconds(1));
    let from = instant("from", params.from.as_deref())?;
    let from = from.unwrap_or_else(|| to.plus_seconds(-SHOWN_DAYS * 86_400));
    let behind = params.cursor.as_deref().map(place).transpose()?;
    let span = Span { service, from, to, behind };
    let mut found = app.desk().read(move |sql| changes::page(sql, span, limit + 1)).await?;
    let next = next_of(&mut found, limit, cursor);
    let directory = references.directory();
    let items = found.into_iter().map(|change| shown(change, directory)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

/// Where the next page begins: behind the last change shown.
fn cursor(last: &Change) -> String {
    format!("{}{BETWEEN}{}", last.at.micros(), last.id)
}

fn place(cursor: &str) -> Result<(Timestamp, ChangeId), Problem> {
    let read = |(at, id): (&str, &str)| {
        Some((Timestamp::from_micros(at.parse().ok()?), id.parse::<ChangeId>().ok()?))
    };
    cursor.split_once(BETWEEN).and_then(read).ok_or_else(bad_cursor)
}

async fn tell(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewChange>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    if !caller.viewer().works() {
        return Err(Problem::forbidden("changes are told of by whoever works on incidents"));
    }
    let references = References::of(&app, caller.viewer()).await?;
    let new = body.value;
    let source = new.source.as_deref().map(|text| line("source", text, limits::NAME_CHARS));
    let heard = Heard {
        service: new.service.map(|text| references.service("service", &text)).transpose()?,
        title: title(&new.title)?,
        source: source.transpose()?.unwrap_or_else(|| caller.viewer().name.clone()),
        at: new.at,
        link: new.link.map(|text| link(&text)).transpose()?,
    };
    let doing = async {
        let (change, _) = app.desk().keep_change(heard).await?;
        Ok::<_, Problem>(Answered::created(&shown(change, references.directory()))?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

fn title(text: &str) -> Result<String, Problem> {
    if text.trim().is_empty() {
        return name("title", text);
    }
    line("title", text, limits::TITLE_CHARS)
}

fn link(text: &str) -> Result<String, Problem> {
    match desk::map::is_address(text) {
        true => Ok(text.to_owned()),
        false => {
            Err(Problem::invalid("link", "must be an address that begins with https:// or http://"))
        }
    }
}

fn instant(field: &str, text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let read = text.map(str::parse::<Timestamp>).transpose();
    read.map_err(|_| Problem::invalid(field, "must be an instant such as 2026-11-23T12:00:00Z"))
}

fn shown(change: Change, directory: &Directory) -> Shown {
    let service = change.service.and_then(|id| directory.services.name(id)).map(str::to_owned);
    Shown {
        id: change.id,
        at: change.at,
        service,
        service_id: change.service,
        title: change.title,
        source: change.source,
        link: change.link,
    }
}
