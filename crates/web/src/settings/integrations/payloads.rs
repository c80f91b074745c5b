//! What an integration sent, as it came, and taking it once more.

use super::SECTION;
use crate::alerts::one::raw_text;
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::time::{self, counted};
use crate::route::{get, post};
use crate::settings::row_page;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use kernel::IntegrationId;
use maud::{Markup, html};
use store::alerts::payloads::{Kept, PayloadOutcome};

/// Bodies that stand on the page of their integration.
const RECENT: usize = 20;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/integrations/{id}/payloads", get(list))
        .route("/settings/integrations/{id}/payloads/{payload}", get(show))
        .route("/settings/integrations/{id}/payloads/{payload}/replay", post(replay))
}

/// The last of them, for whoever may read them.
pub(super) fn card(who: &SignedIn, id: IntegrationId, kept: &[Kept]) -> Markup {
    html! {
        section.card aria-labelledby="came" {
            div.card-h {
                h2 id="came" { "What came" }
                span.meta { "what brought something new or could not be read, for 14 days" }
                @if kept.len() > RECENT { a.end.link href={ (SECTION.of(id)) "/payloads" } { "All " (kept.len()) } }
            }
            @if kept.is_empty() { div.card-b { p.muted { "Nothing is kept." } } }
            @else { (table(who, id, kept.get(..RECENT).unwrap_or(kept))) }
        }
    }
}

fn table(who: &SignedIn, id: IntegrationId, kept: &[Kept]) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="What came" { table.dt.mail-t {
            thead { tr {
                th scope="col" { "When" } th scope="col" { "Door" } th scope="col" { "What became of it" }
                th scope="col" { "Remarks" } th.num scope="col" { "Size" } th scope="col" { span.vh { "Actions" } }
            } }
            tbody { @for one in kept {
                tr {
                    th scope="row" { a href={ (SECTION.of(id)) "/payloads/" (one.id) } { (time::moment(one.received_at, &who.here)) } }
                    td { (one.door) }
                    td { (outcome(one.outcome)) }
                    td.mail-y { (one.note) }
                    td.num.nowrap { (size(one.size_bytes)) }
                    td.num { (replay_button(id, one.id)) }
                }
            } }
        } }
    }
}

fn replay_button(id: IntegrationId, payload: i64) -> Markup {
    html! {
        form method="post" action={ (SECTION.of(id)) "/payloads/" (payload) "/replay" } {
            button.btn.btn-sm type="submit" aria-label={ "Replay body " (payload) } { (icon("refresh")) "Replay" }
        }
    }
}

/// Whether it was taken, in words.
pub(super) fn outcome(outcome: PayloadOutcome) -> Markup {
    let (class, words) = match outcome {
        PayloadOutcome::Waits => ("chip chip-warn", "waits for you"),
        PayloadOutcome::New => ("chip chip-good", "taken"),
        PayloadOutcome::Confirmed => ("chip chip-good", "confirmed"),
        PayloadOutcome::Failed => ("chip chip-crit", "failed"),
        PayloadOutcome::NotUnderstood => ("chip chip-crit", "not understood"),
        PayloadOutcome::TooLarge => ("chip chip-crit", "too large"),
    };
    html! { span class=(class) { (words) } }
}

fn size(bytes: i64) -> String {
    match bytes {
        ..1_024 => format!("{bytes} B"),
        _ => format!("{} KB", bytes / 1_024),
    }
}

/// `GET …/payloads`: all that is kept.
async fn list(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<IntegrationId>,
) -> PageResult<Markup> {
    let kept = app.desk.payloads(id).await?;
    let lead = html! { a.link href=(SECTION.of(id)) { "Back to the integration" } };
    let body = html! { div.card { (table(&who, id, &kept)) } };
    Ok(row_page(&who, SECTION, "What came", lead, body))
}

/// `GET …/payloads/{payload}`
async fn show(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path((id, payload)): Path<(IntegrationId, i64)>,
) -> PageResult<Markup> {
    let kept = app.desk.payload(id, payload).await?;
    let body = html! {
        section.card { div.card-b.stack {
            dl.props {
                div { dt { "Came" } dd { (time::moment(kept.received_at, &who.here)) } }
                div { dt { "Door" } dd { (kept.door) } }
                div { dt { "Content type" } dd { (kept.content_type) } }
                div { dt { "Outcome" } dd { (outcome(kept.outcome)) } }
                @if !kept.note.is_empty() { div { dt { "Remarks" } dd { (kept.note) } } }
            }
            (replay_button(id, payload))
            p.hint { "It is read as it would be read now, for instance by a mapping that was mended." }
        } }
        section.card aria-labelledby="raw" {
            div.card-h { h2 id="raw" { "As it came" } }
            div.card-b { pre.orig tabindex="0" { (raw_text(&kept.bytes)) } }
        }
    };
    let lead = html! { a.link href=(SECTION.of(id)) { "Back to the integration" } };
    Ok(row_page(&who, SECTION, &format!("Body {payload}"), lead, body))
}

/// `POST …/payloads/{payload}/replay`
async fn replay(
    State(app): State<App>,
    Administrator(_): Administrator,
    Path((id, payload)): Path<(IntegrationId, i64)>,
) -> PageResult<Response> {
    let taken = app.desk.replay_payload(id, payload).await?;
    let known = taken.repeated + taken.acknowledged;
    let (new, resolved, unknown) = (taken.new, taken.resolved, taken.unknown);
    let query = format!("done=replayed&new={new}&known={known}&over={resolved}&unknown={unknown}");
    Ok(Redirect::to(&format!("{}?{query}", SECTION.of(id))).into_response())
}

/// What came of taking a body once more, where the address says so; else what was said before.
pub(super) fn done_banner(asked: &Fields, other: Markup) -> Markup {
    if asked.get("done") != Some("replayed") {
        return other;
    }
    let count = |name: &str| asked.text(name).parse::<u32>().unwrap_or_default();
    let parts = [
        ("new", "began"),
        ("known", "known already"),
        ("over", "over"),
        ("unknown", "of nothing that is open"),
    ];
    let said: Vec<String> = parts
        .into_iter()
        .filter(|(name, _)| count(name) > 0)
        .map(|(name, words)| format!("{} {words}", counted(i64::from(count(name)), "alert")))
        .collect();
    let said = if said.is_empty() { "it tells of no alert".to_owned() } else { said.join(", ") };
    html! { p.banner.banner-good role="status" { (icon("check")) span { "Taken once more: " (said) "." } } }
}
