//! The list of agreements, in the order in which they are tried.

use super::all::{All, Version};
use super::{SECTION, reach};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::part::duration;
use crate::part::icon::icon;
use crate::part::time;
use crate::settings::editing::{saved, saved_banner};
use crate::settings::{Reads, actor, section_page};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use desk::terms::{Effect, Open, save_agreement};
use incident::clocks::ClockKind;
use incident::policy::Agreement;
use kernel::{AgreementId, Priority};
use maud::{Markup, html};

/// Priorities whose targets stand in the list.
const SHOWN: usize = 3;

pub(super) async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let all = All::read(&app).await?;
    let edits = who.viewer().configures();
    let action = edits.then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New agreement" } },
    );
    let tried =
        all.agreements.iter().filter(|one| !one.agreement.retired && !one.agreement.is_default);
    let tried = tried.count();
    let body = html! {
        (saved_banner(query.as_deref()))
        div.card { div.scroll-x tabindex="0" role="region" aria-label="Agreements in the order in which they are tried" { table.dt {
            thead { tr {
                th.num scope="col" { "Tried" } th scope="col" { "Agreement" } th scope="col" { "Applies to" } th scope="col" { "Counted by" }
                @for priority in Priority::ALL.iter().take(SHOWN) { th scope="col" { (priority) " respond, resolve" } }
                @if edits { th scope="col" { span.vh { "Actions" } } }
            } }
            tbody { @for (at, version) in all.agreements.iter().enumerate() { (row(&who, &all, version, at, tried, edits)) } }
        } } }
        p.meta { "The first agreement that applies to an incident is the one that is promised. An incident keeps it, unless its service or category changes or you let open ones follow a change." }
    };
    let lead =
        html! { "What you promise: how soon somebody answers, and how soon it works again." };
    Ok(section_page(&who, SECTION, lead, action, body))
}

fn row(
    who: &SignedIn,
    all: &All,
    version: &Version,
    at: usize,
    tried: usize,
    edits: bool,
) -> Markup {
    let agreement = &version.agreement;
    html! {
        tr {
            td.num {
                @if agreement.retired { span.muted { "–" } } @else if agreement.is_default { "last" } @else { (at + 1) }
            }
            th scope="row" {
                a href=(SECTION.of(agreement.reference.id)) { (agreement.name) }
                @if agreement.is_default { " " span.chip { "default" } }
                @if agreement.retired { " " span.chip { "out of use" } }
                @if version.since > who.here.now { " " span.chip.chip-accent { "from " (time::moment(version.since, &who.here)) } }
            }
            td { (reach::words(agreement, all).trim_start_matches("Applies to ")) }
            td { (all.calendar_name(agreement.calendar)) }
            @for priority in Priority::ALL.into_iter().take(SHOWN) { td.nowrap { (targets(all, agreement, priority)) } }
            @if edits {
                td.num { @if !agreement.retired && !agreement.is_default { div.btns.btns-n {
                    @if at > 0 { (mover(agreement, "earlier", "up", "Try earlier")) }
                    @if at + 1 < tried { (mover(agreement, "later", "down", "Try later")) }
                } } }
            }
        }
    }
}

fn targets(all: &All, agreement: &Agreement, priority: Priority) -> String {
    let day = all.day(agreement.calendar(priority, ClockKind::Resolution, None));
    let words = [ClockKind::Response, ClockKind::Resolution].map(|kind| {
        let seconds = agreement.target(priority, kind, None);
        seconds.map_or("–".to_owned(), |seconds| duration::written(seconds, day))
    });
    words.join(", ")
}

fn mover(agreement: &Agreement, way: &str, glyph: &'static str, label: &str) -> Markup {
    html! {
        form method="post" action={ (SECTION.of(agreement.reference.id)) "/" (way) } {
            button.btn.btn-sm.btn-quiet.btn-icon type="submit" aria-label={ (label) ": " (agreement.name) } title=(label) { (icon(glyph)) }
        }
    }
}

/// `POST …/earlier`
pub(super) async fn earlier(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<AgreementId>,
) -> PageResult<Response> {
    change_place(&app, &who, id, -1).await
}

/// `POST …/later`
pub(super) async fn later(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<AgreementId>,
) -> PageResult<Response> {
    change_place(&app, &who, id, 1).await
}

/// Open incidents keep their promise; what is raised from now on is tried in the new order.
async fn change_place(
    app: &App,
    who: &SignedIn,
    id: AgreementId,
    by: isize,
) -> PageResult<Response> {
    let all = All::read(app).await?;
    let mut order: Vec<Version> = all
        .agreements
        .into_iter()
        .filter(|one| !one.agreement.retired && !one.agreement.is_default)
        .collect();
    let at = order.iter().position(|one| one.agreement.reference.id == id);
    let at = at.ok_or(PageError::NotFound)?;
    if let Some(to) = at.checked_add_signed(by).filter(|to| *to < order.len()) {
        order.swap(at, to);
    }
    let moved: Vec<Version> = order
        .into_iter()
        .zip(1..)
        .filter(|(one, place)| one.agreement.place != *place)
        .map(|(one, place)| Version { agreement: Agreement { place, ..one.agreement }, ..one })
        .collect();
    app.desk
        .change(actor(who), move |sql, audit| {
            for Version { agreement, since } in moved {
                let since = Some(since).filter(|since| *since > audit.now());
                save_agreement(sql, audit, agreement, Effect { since, open: Open::Keep })?;
            }
            Ok(())
        })
        .await?;
    Ok(saved(&SECTION.address()))
}
