//! A start while the database does not answer: the status page that was shown last is answered
//! meanwhile, where there is a public one, and it is tried again until the database is there.

use super::http::{self, Answering};
use super::status::Front;
use super::{Door, FINISH_WITHIN, Signals, kept};
use crate::config::Settings;
use crate::failed::Failed;
use crate::instance::{self, Opened};
use axum::Router;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::status::Sites;
use std::time::Duration;
use store::Failure;
use tokio::sync::watch;

/// How often the database is tried.
const TRY_EVERY: Duration = Duration::from_secs(2);
/// Where it is asked whether the program lives.
const ALIVE: &str = "/healthz";

/// Opens the instance; none when somebody said stop before that was possible.
pub(super) async fn open(
    settings: &Settings,
    door: &Door,
    stopping: &mut Signals,
) -> Result<Option<Opened>, Failed> {
    let failed = match instance::open_to_serve(settings).await {
        Ok(opened) => return Ok(Some(opened)),
        Err(failed) => failed,
    };
    let shown = shown_last(settings).await.filter(|sites| sites.public.is_some());
    let Some(sites) = shown.filter(|_| is_away(&failed)) else { return Err(failed) };
    tracing::warn!(%failed, "only the status page is answered, as it was shown last; trying again");
    let (stop, stopped) = watch::channel(false);
    let answering = Answering { front: Front::of(&sites), router: Router::new().fallback(later) };
    let (listener, certificate) = (door.listener.clone(), door.certificate.clone());
    let limits = http::Limits::default();
    let serving = desk::beside(http::serve(listener, certificate, answering, stopped, limits));
    let opened = tokio::select! {
        opened = retry(settings) => opened.map(Some),
        () = stopping.next() => Ok(None),
    };
    stop.send_replace(true);
    super::finish(serving, "some readers of the status page took too long and were cut off").await;
    opened
}

/// Tries until it goes well, or fails for a reason that waiting does not mend.
async fn retry(settings: &Settings) -> Result<Opened, Failed> {
    loop {
        tokio::time::sleep(TRY_EVERY).await;
        match instance::open_to_serve(settings).await {
            Err(failed) if is_away(&failed) => tracing::debug!(%failed, "still away"),
            opened => return opened,
        }
    }
}

fn is_away(failed: &Failed) -> bool {
    matches!(failed, Failed::Trouble(Trouble::Failed(Failure::Unavailable(_))))
}

async fn shown_last(settings: &Settings) -> Option<Sites> {
    let path = kept(settings);
    let read = instance::blocking(move || Ok(desk::status::shown_last(&path)?));
    match tokio::time::timeout(FINISH_WITHIN, read).await {
        Ok(Ok(sites)) => sites,
        Ok(Err(failed)) => {
            tracing::warn!(%failed, "the status page kept last cannot be read");
            None
        }
        Err(_) => None,
    }
}

/// What is not the status page has to wait. The program is alive all the same: whoever watches
/// it and ended it now would take the page away.
async fn later(uri: Uri) -> Response {
    if uri.path() == ALIVE {
        return "ok".into_response();
    }
    let soon = [(RETRY_AFTER, HeaderValue::from_static("5"))];
    (
        StatusCode::SERVICE_UNAVAILABLE,
        soon,
        "The database does not answer. Try again in a moment.\n",
    )
        .into_response()
}
