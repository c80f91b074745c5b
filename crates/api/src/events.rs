//! `GET /api/v1/events`: what happens, as a live stream that can be resumed, and
//! the same as pages. Each caller gets what they may see as things are now.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json;
use crate::page::{Params, limit};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use desk::told::{Rendered, Say, ToldEvent, render};
use desk::{Committed, Desk};
use futures_util::stream;
use incident::Scope;
use kernel::limits;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use store::incidents::feed::feed;
use store::{Failure, Sql};
use tokio::sync::Mutex;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use utoipa::{IntoParams, ToSchema};

/// How often a silent stream shows that it lives, and looks whether its caller still may.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events read at once when a stream catches up.
const REPLAY_ROWS: usize = 200;
/// Events one page looks through at most, visible or not.
const SCAN_ROWS_MAX: usize = 5_000;
/// Batches whose rendering is kept for other streams.
const BATCHES_KEPT: usize = 16;

/// Where to begin.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventsParams {
    /// Events after this position; from now on when absent (from the beginning
    /// for pages). The header Last-Event-ID says the same and wins.
    #[param(value_type = Option<i64>)]
    after: Option<String>,
    /// Of a page: its events, 1 to 200; 200 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
}

/// A page of the stream.
#[derive(Debug, Serialize, ToSchema)]
struct EventPage {
    /// The events, in order.
    items: Vec<ToldEvent>,
    /// The `after` of the next page; null when there is nothing more now.
    next: Option<String>,
    /// The `after` to ask with later for what happens from now on.
    after: i64,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/events", "streamEvents", events)
            .about("events", "Follow what happens", "A stream of server-sent events: `id` is the position, `event` is `incident.` and the kind, `data` is the event as in a timeline. Nothing is missed or repeated when it is resumed with Last-Event-ID. With `Accept: application/json` the same as pages.")
            .query::<EventsParams>()
            .header("Last-Event-ID", "The position of the last event seen.")
            .header("Accept", "text/event-stream, or application/json for pages.")
            .answers::<EventPage>(200, "A page of it, or the stream.")
            .problems(&[401, 403, 422, 503]),
    ]
}

async fn events(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<EventsParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let header = headers.get("last-event-id").map(|value| value.to_str().unwrap_or_default());
    let after = match (header.filter(|id| !id.is_empty()), params.after.as_deref()) {
        (Some(id), _) => Some(position("Last-Event-ID", id)?),
        (None, Some(after)) => Some(position("after", after)?),
        (None, None) => None,
    };
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("application/json") && !accept.contains("text/event-stream") {
        let limit = limit(params.limit.as_deref(), limits::PAGE_ROWS_MAX)?;
        let scope = Scope::of(caller.viewer());
        let after = after.unwrap_or(0);
        let page = app.desk().read(move |sql| page(sql, &scope, after, limit)).await?;
        return Ok(json::answer(StatusCode::OK, &page));
    }
    live(app, caller, after).await
}

fn position(field: &str, text: &str) -> Result<i64, Problem> {
    let read = text.trim().parse().ok().filter(|position| *position >= 0);
    read.ok_or_else(|| Problem::invalid(field, "must be a position: a number from 0"))
}

fn page(sql: &mut dyn Sql, scope: &Scope, after: i64, limit: usize) -> Result<EventPage, Failure> {
    let mut items = Vec::new();
    // A position beyond the head is of another past: a restored backup, most likely.
    let after = after.min(store::incidents::feed::position(sql)?);
    let (mut last, mut scanned, mut more) = (after, 0, true);
    while more && items.len() < limit && scanned < SCAN_ROWS_MAX {
        let found = feed(sql, last, limit)?;
        more = found.len() == limit;
        scanned += found.len();
        for one in render(sql, &found, Say::Everything)? {
            if items.len() == limit {
                more = true;
                break;
            }
            last = one.seq;
            items.extend(one.told(scope).map(Cow::into_owned));
        }
    }
    Ok(EventPage { items, next: more.then(|| last.to_string()), after: last })
}

/// What streams were told lately, rendered once for all of them.
#[derive(Default)]
pub(crate) struct Told(Mutex<VecDeque<(i64, Arc<Vec<Rendered>>)>>);

impl Told {
    /// A batch of the feed, rendered.
    async fn batch(&self, desk: &Desk, batch: Committed) -> Result<Arc<Vec<Rendered>>, Problem> {
        let Some(first) = batch.first().map(|event| event.seq) else { return Ok(Arc::default()) };
        let mut kept = self.0.lock().await;
        if let Some((_, rendered)) = kept.iter().find(|(seq, _)| *seq == first) {
            return Ok(rendered.clone());
        }
        let rendered = Arc::new(desk.read(move |sql| render(sql, &batch, Say::Everything)).await?);
        kept.push_back((first, rendered.clone()));
        if kept.len() > BATCHES_KEPT {
            kept.pop_front();
        }
        Ok(rendered)
    }
}

/// A live stream: reads the store until it has caught up, then listens.
struct Live {
    app: App,
    caller: Caller,
    listening: Receiver<Committed>,
    waiting: VecDeque<SseEvent>,
    /// The position up to which everything was told.
    last: i64,
    /// Whether there may be more in the store than was heard.
    behind: bool,
    _open: Open,
}

async fn live(app: App, caller: Caller, after: Option<i64>) -> Result<Response, Problem> {
    // Listening begins before the position is read, so nothing falls between.
    let listening = app.desk().feed().listen();
    let now = app.desk().read(store::incidents::feed::position).await?;
    let mut live = Live {
        _open: Open::new(&app),
        app,
        caller,
        listening,
        waiting: VecDeque::new(),
        last: after.map_or(now, |after| after.min(now)),
        behind: after.is_some(),
    };
    live.waiting.push_back(SseEvent::default().comment("connected"));
    let stream = stream::unfold(live, |mut live| async move {
        let event = live.next().await?;
        Some((Ok::<_, Infallible>(event), live))
    });
    let beat = KeepAlive::new().interval(HEARTBEAT).text("alive");
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), "no");
    Ok(([unbuffered], Sse::new(stream).keep_alive(beat)).into_response())
}

impl Live {
    /// The next thing to send; `None` ends the stream, and the client comes back.
    async fn next(&mut self) -> Option<SseEvent> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            self.caller = self.caller.again(&self.app).await.ok()??;
            if self.behind {
                self.catch_up().await.ok()?;
                continue;
            }
            match tokio::time::timeout(HEARTBEAT, self.listening.recv()).await {
                Err(_) => {}
                Ok(Ok(batch)) => self.heard(batch).await.ok()?,
                Ok(Err(RecvError::Lagged(_))) => self.behind = true,
                Ok(Err(RecvError::Closed)) => return None,
            }
        }
    }

    async fn catch_up(&mut self) -> Result<(), Problem> {
        let after = self.last;
        let read = move |sql: &mut dyn Sql| {
            let found = feed(sql, after, REPLAY_ROWS)?;
            render(sql, &found, Say::Everything)
        };
        let rendered = self.app.desk().read(read).await?;
        self.behind = !rendered.is_empty();
        self.tell(&rendered);
        Ok(())
    }

    async fn heard(&mut self, batch: Committed) -> Result<(), Problem> {
        if batch.last().is_none_or(|event| event.seq <= self.last) {
            return Ok(());
        }
        let rendered = self.app.told().batch(self.app.desk(), batch).await?;
        // Rights may have ended while waiting.
        if let Some(caller) = self.caller.again(&self.app).await? {
            self.caller = caller;
            self.tell(&rendered);
        }
        Ok(())
    }

    fn tell(&mut self, events: &[Rendered]) {
        let scope = Scope::of(self.caller.viewer());
        for one in events.iter().filter(|one| one.seq > self.last) {
            if let Some(told) = one.told(&scope)
                && let Ok(data) = serde_json::to_string(&*told)
            {
                let event = SseEvent::default().id(one.seq.to_string());
                self.waiting.push_back(event.event(format!("incident.{}", told.kind)).data(data));
            }
        }
        self.last = events.last().map_or(self.last, |one| one.seq.max(self.last));
    }
}

/// Counts a stream as open as long as it is.
struct Open(App);

impl Open {
    fn new(app: &App) -> Self {
        app.desk().metrics().streams.inc();
        Open(app.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.desk().metrics().streams.dec();
    }
}
