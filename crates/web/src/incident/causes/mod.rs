//! What probably caused an incident: a section beside its timeline and in its room that comes
//! after the page, because more is read for it than the page may wait for, and a page of its own
//! for browsers without scripts.

mod draw;
mod graph;

use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::{Path, RawQuery, State};
use axum::response::IntoResponse;
use desk::causes::Causes;
use insight::cause::What;
use kernel::{Channel, IncidentNumber};
use maud::{Markup, html};

/// What stands on the page until the section comes: a way to it without scripts.
pub(super) fn waiting(number: IncidentNumber) -> Markup {
    let address = url::causes(number);
    html! {
        // Live patches and reloads of the page leave what was fetched as it is.
        div data-keep {
            div id="causes" data-lazy=(address) {
                section.sec aria-labelledby="causes-h" {
                    div.sec-h { h2 id="causes-h" { "Probable cause" } }
                    p { a class="link ck" href=(address) { "Show what probably caused it" } }
                }
            }
        }
    }
}

/// Where the changes around its beginning come, above the timeline.
pub(super) fn changes_waiting() -> Markup {
    html! { div data-keep { div id="tl-changes" {} } }
}

/// `GET /incidents/{number}/causes`: the section for scripts, a page for others.
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(number): Path<String>,
) -> PageResult {
    let number = parsed(&number)?;
    let causes = app.desk.causes(who.viewer(), number).await?;
    if live.0 {
        return Ok(patches(&app, &who, &causes).into_response());
    }
    let policy = app.desk.policy();
    let title = format!("Probable cause of {number}");
    let main = html! {
        div.page {
            div.page-h { div { h1 { (title) } p { a.link href=(url::incident(number)) { "Back to " (number) } } } }
            div.card { div.card-b { (draw::section(&who, &policy, &causes, None)) (draw::changes(&who, &policy, &causes, None)) } }
        }
    };
    Ok(Page::new(&who, &title)
        .section(Section::Queue)
        .crumb(url::QUEUE, "Queue")
        .crumb(url::incident(number), number.to_string())
        .show(main)
        .into_response())
}

/// `POST /incidents/{number}/causes`: this was it, or not; or what was said is taken back.
pub(super) async fn judge(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
    body: String,
) -> PageResult {
    let number = parsed(&number)?;
    // Where an undo is offered, what it says stands in the address.
    let fields = Fields::parse(&format!("{body}&{}", query.unwrap_or_default()));
    let what = what_of(&fields)?;
    let (was_it, words) = match fields.text("said") {
        "yes" => (Some(true), "Noted as the cause"),
        "no" => (Some(false), "Noted: this was not it"),
        _ => (None, "Taken back"),
    };
    let before = app.desk.causes(who.viewer(), number).await?;
    let before = before.get(&what).and_then(|one| one.said);
    let undo = format!(
        "{}?what={}&said={}",
        url::causes(number),
        url::encode(&what.to_string()),
        before.map_or("", |was_it| if was_it { "yes" } else { "no" })
    );
    let causes = app.desk.judge_cause(who.viewer(), number, what, was_it).await?;
    let answer = answer(&app, &who, &causes).toast(words).undo(Some(undo));
    Ok(answer.reply(live))
}

/// `POST /incidents/{number}/causes/link`
pub(super) async fn link(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(number): Path<String>,
    fields: Fields,
) -> PageResult {
    let number = parsed(&number)?;
    let what = what_of(&fields)?;
    let causes = app.desk.link_cause(who.viewer(), Channel::Web, number, &what).await?;
    Ok(answer(&app, &who, &causes).toast("Linked").reply(live))
}

fn answer(app: &App, who: &SignedIn, causes: &Causes) -> Answer {
    Answer::patch(patches(app, who, causes)).else_go(url::causes(causes.number))
}

fn patches(app: &App, who: &SignedIn, causes: &Causes) -> Markup {
    let (policy, morph) = (app.desk.policy(), Some("morph"));
    html! {
        (draw::section(who, &policy, causes, morph))
        (draw::changes(who, &policy, causes, morph))
    }
}

fn parsed(number: &str) -> PageResult<IncidentNumber> {
    number.parse().map_err(|_| PageError::NotFound)
}

fn what_of(fields: &Fields) -> PageResult<What> {
    fields.text("what").parse().map_err(|_| PageError::NotFound)
}
