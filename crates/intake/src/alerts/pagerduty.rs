//! `/v2/enqueue` and its relatives: whatever speaks to PagerDuty speaks to us.

use super::answer::say;
use super::asked::{Asked, Cut};
use super::keys::Source;
use super::webhook::{refuse, told};
use super::{Doors, KEPT_OF_TOO_LARGE, failed, most_bytes};
use alert::doors::Unreadable;
use alert::doors::pagerduty::{self, Event, answers, changes};
use axum::extract::{Request, State};
use axum::response::Response;
use desk::Trouble;
use desk::map::Heard;
use kernel::ServiceId;
use std::sync::Arc;

/// The name of this door.
pub(super) const DOOR: &str = "pagerduty";
/// The detail of a change that names its service, where one key is used for several.
const SERVICE: &str = "service";

/// Version 2: 202, and 400 for what cannot be understood or belongs to nobody.
pub(super) async fn enqueue(State(doors): State<Doors>, request: Request) -> Response {
    let asked = match whole(&doors, request).await {
        Ok(asked) => asked,
        Err(refused) => return refused,
    };
    let event = asked.with("", pagerduty::read);
    take(&doors, &asked, event, |key| say(202, &answers::taken(key))).await
}

/// Version 1: 200.
pub(super) async fn first(State(doors): State<Doors>, request: Request) -> Response {
    let asked = match whole(&doors, request).await {
        Ok(asked) => asked,
        Err(refused) => return refused,
    };
    let event = asked.with("", pagerduty::read_v1);
    take(&doors, &asked, event, |key| say(200, &answers::taken_v1(key))).await
}

/// Changes, such as deployments: kept with their service and noted in its open incidents, and
/// nobody is paged.
pub(super) async fn change(State(doors): State<Doors>, request: Request) -> Response {
    let asked = match whole(&doors, request).await {
        Ok(asked) => asked,
        Err(refused) => return refused,
    };
    let change = match asked.with("", changes::read) {
        Ok(change) => change,
        Err(error) => return not_read(&doors, &asked, &error).await,
    };
    let source = match find(&doors, &change.routing_key).await {
        Ok(source) => source,
        Err(refused) => return refused,
    };
    match keep(&doors, &source, &change).await {
        Ok(()) => say(202, &answers::change_taken()),
        Err(trouble) => failed(&trouble),
    }
}

async fn keep(doors: &Doors, source: &Source, change: &changes::Change) -> Result<(), Trouble> {
    let service = service_of(doors, source, change);
    let heard = Heard {
        service,
        title: change.summary.clone(),
        source: change.source.clone().unwrap_or_else(|| source.integration.name.clone()),
        at: change.at,
        link: change.links.first().map(|link| link.href.clone()),
    };
    // Noted first: what fails half-way is told again, and must not be known by then.
    if let Some(service) = service
        && !doors.desk.knows_change(heard.clone()).await?
    {
        doors.desk.note_change(&source.integration, service, &words(change)).await?;
    }
    doors.desk.keep_change(heard).await.map(drop)
}

/// The service that a change names in its details, else that of the integration.
fn service_of(doors: &Doors, source: &Source, change: &changes::Change) -> Option<ServiceId> {
    let named = change.details.get(SERVICE).map(|name| name.trim().to_lowercase());
    let policy = doors.desk.policy();
    let known = |name: String| {
        let mut all = policy.services.iter();
        all.find(|(_, service)| service.name.to_lowercase() == name).map(|(id, _)| *id)
    };
    named.and_then(known).or(source.integration.service)
}

fn words(change: &changes::Change) -> String {
    let mut lines = vec![format!("Change: {}", change.summary)];
    lines.extend(change.source.iter().map(|source| format!("Source: {source}")));
    lines.extend(change.at.iter().map(|at| format!("At: {at}")));
    lines.extend(change.details.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.extend(change.links.iter().map(|link| format!("{}: {}", link.text, link.href)));
    lines.join("\n")
}

async fn whole(doors: &Doors, request: Request) -> Result<Asked, Response> {
    let (mut asked, body) = Asked::begin(doors, request);
    match asked.read(&doors.strangers, body, most_bytes(DOOR)).await {
        Ok(()) => Ok(asked),
        Err(cut) => {
            let source = match &cut {
                Cut::TooLarge(begin) => begun_by(doors, begin).await,
                Cut::Broken | Cut::NoRoom => None,
            };
            Err(refuse(doors, source.as_deref(), DOOR, &asked, cut).await)
        }
    }
}

/// Whose an event is that is too large to be read, where its beginning says so.
async fn begun_by(doors: &Doors, begin: &[u8]) -> Option<Arc<Source>> {
    let begin = begin.get(..KEPT_OF_TOO_LARGE).unwrap_or(begin);
    let text = String::from_utf8_lossy(begin).into_owned();
    let names = ["\"routing_key\"", "\"service_key\""];
    let rest = names.into_iter().find_map(|name| Some(text.split_once(name)?.1))?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    doors.keys.find(value.split('"').next()?).await.ok().flatten()
}

async fn take(
    doors: &Doors,
    asked: &Asked,
    event: Result<Event, Unreadable>,
    answer: impl FnOnce(&str) -> Response,
) -> Response {
    let event = match event {
        Ok(event) => event,
        Err(error) => return not_read(doors, asked, &error).await,
    };
    let source = match find(doors, &event.routing_key).await {
        Ok(source) => source,
        Err(refused) => return refused,
    };
    let key = event.dedup_key().to_owned();
    match doors.take(&source, told(event.reading, DOOR, asked)).await {
        Ok(_) => answer(&key),
        Err(refused) => refused,
    }
}

async fn find(doors: &Doors, key: &str) -> Result<Arc<Source>, Response> {
    match doors.keys.find(key).await {
        Ok(Some(source)) => Ok(source),
        Ok(None) => Err(say(400, &answers::unknown_key())),
        Err(trouble) => Err(failed(&trouble)),
    }
}

/// Refuses what cannot be read; where its key can be, the body is kept for its administrator.
async fn not_read(doors: &Doors, asked: &Asked, error: &Unreadable) -> Response {
    let key = asked.with("", pagerduty::key).unwrap_or_default();
    if let Ok(Some(source)) = doors.keys.find(&key).await
        && let Err(refused) = doors.not_understood(&source, DOOR, asked, &error.to_string()).await
    {
        return refused;
    }
    say(400, &answers::invalid(error))
}
