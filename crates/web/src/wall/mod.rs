//! The wallboard: what the service desk has to know at a glance, for a screen on the wall. It shows
//! what the signed-in person sees, without what is restricted to a team: whoever passes reads it.

mod draw;
mod sight;

use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, Staff};
use crate::error::PageResult;
use crate::route::get;
use crate::shell;
use crate::url;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use sight::Sight;

/// Where the board is asked for again: shifts end and days begin without an event.
const NOW: &str = "/wallboard/now";
/// Seconds between two times that it is.
const LOOK_SECONDS: u32 = 60;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(url::WALLBOARD, get(show)).route(NOW, get(now_again))
}

/// `GET /wallboard`
async fn show(State(app): State<App>, Staff(who): Staff) -> PageResult<Markup> {
    // The stream tells what happens after what was read.
    let position = app.desk.feed().position();
    let sight = Sight::read(&app, &who).await?;
    let main = html! { h1.vh { "Wallboard" } (draw::board(&who, &sight, false)) };
    Ok(shell::wall_page(&who, "Wallboard", url::live_services(position), main))
}

/// `GET /wallboard/now`: the board again.
async fn now_again(State(app): State<App>, Staff(who): Staff, live: Live) -> PageResult<Response> {
    let sight = Sight::read(&app, &who).await?;
    Ok(Answer::patch(draw::board(&who, &sight, true)).else_go(url::WALLBOARD).reply(live))
}
