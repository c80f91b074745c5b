//! What paging promised for an incident, and what came of it. Where pages were sent to is not
//! told, only by what.

use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::part::empty::empty;
use crate::settings::whom::Names;
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::{Path, State};
use desk::{PagingLedger, PromisedPage};
use kernel::IncidentNumber;
use maud::{Markup, html};
use store::pages::ledger::PromiseState;
use store::pages::send::{self, PageState};

/// `GET /on-call/ledger/{number}`
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
) -> PageResult<Markup> {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let found = app.desk.paging_of(who.viewer(), number).await?;
    let names = Names::read(&app).await?;
    let title = format!("Ledger of {number}");
    let main = html! {
        div.page {
            div.page-h { div {
                h1 { (title) }
                p { "What paging promised for " a.link href=(url::incident(number)) { (number) } ", and what came of it." }
            } }
            @if found.promises.is_empty() {
                (empty("Nothing was promised", "This incident has paged nobody.", None))
            } @else {
                div.card { (table(&who, &found, &names)) }
            }
        }
    };
    Ok(Page::new(&who, &title)
        .section(Section::OnCall)
        .main_class("main main-canvas")
        .crumb(url::ON_CALL, "On call")
        .show(main))
}

fn table(who: &SignedIn, found: &PagingLedger, names: &Names) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Promises" { table.dt {
            thead { tr {
                th scope="col" { "Step" } th scope="col" { "No later than" } th scope="col" { "Whom" }
                th scope="col" { "Came" } th scope="col" { "Pages" }
            } }
            tbody { @for one in &found.promises { (line(who, one, found, names)) } }
        } }
    }
}

fn line(who: &SignedIn, one: &PromisedPage, found: &PagingLedger, names: &Names) -> Markup {
    let (here, promise) = (&who.here, &one.promise);
    let whom: Vec<String> = promise.whom.iter().map(|whom| names.words(*whom)).collect();
    html! {
        tr {
            th scope="row" { (promise.step + 1) @if promise.round > 0 { span.meta { ", round " (promise.round + 1) } } }
            td.nowrap { (here.exact(promise.latest_at)) }
            td { @if whom.is_empty() { "every administrator" } @else { (whom.join(" and ")) } }
            td {
                @match promise.state {
                    PromiseState::Promised => "is to come",
                    PromiseState::Kept => "it came",
                    PromiseState::CalledOff => "called off",
                    PromiseState::Broken => span.crit-t { "did not come, or reached nobody" },
                }
                @if let Some(at) = promise.settled_at { span.meta.nowrap { " " (here.exact(at)) } }
            }
            td { @if one.pages.is_empty() { "–" } @for page in &one.pages { div { (attempt(who, page, found)) } } }
        }
    }
}

/// "Ines Carvalhal, Text message: sent 03:12".
fn attempt(who: &SignedIn, page: &send::Page, found: &PagingLedger) -> Markup {
    let here = &who.here;
    let name = found.names.get(&page.person).map_or("somebody who is gone", String::as_str);
    html! {
        (name) ", " (page.channel.name()) ": "
        @match (page.answered_at, page.received_at, page.sent_at) {
            (Some(at), _, _) => { "answered " (here.exact(at)) }
            (None, Some(at), _) => { "arrived " (here.exact(at)) }
            (None, None, Some(at)) if page.state == PageState::Sent => { "sent " (here.exact(at)) }
            _ => {
                @match page.state {
                    PageState::Waiting if page.attempts > 0 => "failed so far, is tried again",
                    PageState::Waiting => { "leaves " (here.exact(page.due_at)) }
                    PageState::Sent => "sent",
                    PageState::Failed => span.crit-t { "failed" },
                    PageState::CalledOff => "called off",
                }
                // Whoever looks why nobody came reads it here, not in the log of a server.
                @if let Some(why) = page.error.as_deref().filter(|why| !why.is_empty()) { ": " (why) }
            }
        }
    }
}
