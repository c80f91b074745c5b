//! Time at work that was gathered by itself: a suggestion of what to log, for those who work on
//! the incident. Each may forget what was gathered of them.

use super::case::Case;
use super::commands::seen;
use super::patches;
use super::view::View;
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, Staff};
use crate::error::{PageError, PageResult};
use crate::part::duration;
use crate::part::person::first_name;
use crate::url;
use axum::extract::{Path, State};
use incident::CommandName as C;
use kernel::IncidentNumber;
use maud::{Markup, html};

const MINUTE: i64 = 60;
/// Seconds that one entry of the work log can have: a day.
const ENTRY_SECONDS_MAX: i64 = 86_400;

/// "About 25 min by Ines, 10 min by Mara"; what is less than a minute is nothing.
pub(super) fn gathered(view: &View<'_>) -> Markup {
    let told: Vec<String> = view
        .case
        .attention
        .iter()
        .filter(|one| one.seconds >= MINUTE)
        .map(|one| {
            let name = first_name(view.case.person(one.person));
            format!("{} by {name}", duration::exact(minutes(one.seconds) * MINUTE))
        })
        .collect();
    html! { @if !told.is_empty() { p.meta { "About " (told.join(", ")) ", gathered by itself" } } }
}

fn minutes(seconds: i64) -> i64 {
    seconds / MINUTE
}

/// What the reader may log: what was gathered of them and they have not logged.
fn to_log(view: &View<'_>) -> Option<i64> {
    let me = view.me?;
    let gathered = view.case.attention.iter().find(|one| one.person == me)?;
    let logged = view.case.state().work_seconds.get(&me.to_string()).copied().unwrap_or_default();
    let left = gathered.seconds - i64::try_from(logged).unwrap_or(i64::MAX);
    (left >= MINUTE).then_some(left.min(ENTRY_SECONDS_MAX))
}

/// The reader's own part: shared patches leave it alone.
pub(super) fn own(view: &View<'_>, patch: Option<&str>) -> Markup {
    let number = view.case.number;
    let suggested = to_log(view).filter(|_| view.can(C::LogWork));
    let has = view.me.is_some_and(|me| view.case.attention.iter().any(|one| one.person == me));
    html! {
        div.btns id="own-time" data-patch=[patch] {
            @if let Some(seconds) = suggested {
                @let written = duration::exact(minutes(seconds) * MINUTE);
                a class="btn btn-quiet btn-sm" href={ (url::incident_command(number, C::LogWork)) "?duration=" (url::encode(&written)) } { "Log " (written) }
            }
            @if has {
                form method="post" action=(url::forget_attention(number)) data-live {
                    button class="btn btn-quiet btn-sm" type="submit" { "Forget my time" }
                }
            }
        }
    }
}

/// `POST /incidents/{number}/attention/forget`
pub(super) async fn forget(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(number): Path<String>,
) -> PageResult {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let before = seen(&app, &who, number).await?;
    app.desk.forget_attention(who.viewer(), number).await?;
    let case = Case::load(&app, who.viewer(), &who.here, number).await?;
    let parts = patches::own(&View::of(&case, who.viewer()), before.version);
    Ok(Answer::patch(parts).else_go(url::incident(number)).reply(live))
}
