//! Subscribers of the status page: how many hear of what, who they are, and of what they are
//! reminded when work is planned.

use super::editing::{self, saved, saved_banner, stale, version_field};
use super::{Reads, Section, actor, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::form::checkbox;
use crate::part::icon::icon;
use crate::part::time;
use crate::route::{get, post};
use crate::url;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::subscribers::as_csv;
use kernel::{ComponentId, SubscriberId, Timestamp, grouped, limits};
use maud::{Markup, html};
use std::collections::HashMap;
use store::outside::{self, GIVEN_UP_DAYS, Reminders, Unsent};
use store::status::components::{self, Component};
use store::subscribers::{self, Counts, Filter, SUBSCRIBERS_MAX, Subscriber, SubscriberKind};
use store::{Failure, Sql};

const SECTION: Section = Section::Subscribers;
/// Subscribers of one page.
const SHOWN: i64 = 50;
/// Subscribers read at once for a table.
const EXPORTED_AT_ONCE: i64 = 2_000;
/// What the reminders are called in the audit.
const REMINDERS: &str = "status_reminders";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/subscribers", get(list))
        .route("/settings/subscribers/export", get(export))
        .route("/settings/subscribers/reminders", post(remind))
        .route("/settings/subscribers/{id}/remove", post(remove))
}

/// Everything the page shows.
struct Sight {
    counts: Counts,
    components: Vec<Component>,
    shown: Vec<Subscriber>,
    reminders: (Reminders, i64),
    unsent: Unsent,
}

fn read(sql: &mut dyn Sql, filter: &Filter, now: Timestamp) -> Result<Sight, Failure> {
    Ok(Sight {
        unsent: outside::unsent(sql, now)?.0,
        counts: subscribers::counts(sql)?,
        components: components::list(sql)?,
        shown: subscribers::list(sql, filter, SHOWN + 1)?,
        reminders: outside::reminders(sql)?,
    })
}

/// `GET /settings/subscribers?q=&component=&after=`
async fn list(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let filter = Filter {
        text: fields.text("q").chars().take(limits::EMAIL_CHARS).collect(),
        component: fields.text("component").parse().ok(),
        after: fields.text("after").parse().ok(),
    };
    let wanted = filter.clone();
    let now = app.desk.now();
    let sight = app.desk.read(move |sql| read(sql, &wanted, now)).await?;
    let action = who.viewer().configures().then(|| {
        html! { a.btn href=(SECTION.of("export")) { (icon("download")) "Export as CSV" } }
    });
    let body = html! {
        (saved_banner(query.as_deref()))
        (counted(&sight))
        (table(&who, &sight, &filter))
        (reminders(&who, sight.reminders))
    };
    let lead = html! {
        "Whoever is told of updates and planned work by mail or webhook, after they confirmed. "
        a.link href="/status/subscribe" { "The page where people subscribe" } "."
    };
    Ok(section_page(&who, SECTION, lead, action, body))
}

/// How many hear of what.
fn counted(sight: &Sight) -> Markup {
    let Counts { confirmed, everything, chose, unconfirmed } = &sight.counts;
    html! {
        section.card aria-labelledby="counts" {
            div.card-h { h2 id="counts" { (time::counted(*confirmed, "subscriber")) } }
            div.card-b {
                p {
                    @if *unconfirmed > 0 { (grouped(*unconfirmed)) " more asked and have not confirmed; they are forgotten after 48 hours. " }
                    "There is room for " (grouped(SUBSCRIBERS_MAX)) "."
                }
                (not_sent(&sight.unsent))
            }
            div.scroll-x tabindex="0" role="region" aria-label="Subscribers of each component" { table.dt {
                thead { tr { th scope="col" { "Component" } th.num scope="col" { "Subscribers" } } }
                tbody {
                    tr { th scope="row" { "Everything" } td.num { (grouped(*everything)) } }
                    @for component in &sight.components {
                        @let chose = chose.get(&component.id).copied().unwrap_or_default();
                        tr {
                            th scope="row" { a href={ (SECTION.address()) "?component=" (component.id) } { (component.name) } }
                            td.num { (grouped(everything + chose)) }
                        }
                    }
                }
            } }
        }
    }
}

/// How much has not left, and how much never will; nothing where all is sent.
pub(super) fn not_sent(unsent: &Unsent) -> Markup {
    html! {
        @if unsent.waiting > 0 { p { "Waiting to leave: " (time::counted(unsent.waiting, "message")) "." } }
        @if unsent.dead > 0 {
            p { "Given up within " (GIVEN_UP_DAYS) " days, refused for good or tried for too long: " (time::counted(unsent.dead, "message")) "." }
        }
        @if !unsent.set_aside.is_empty() {
            p {
                "Set aside within " (GIVEN_UP_DAYS) " days: nobody was told of what stands below, because what is stored of it cannot be read. "
                "Publish the update again, or save the planned work again, to tell them."
            }
            ul { @for why in &unsent.set_aside { li { (why) } } }
        }
    }
}

fn table(who: &SignedIn, sight: &Sight, filter: &Filter) -> Markup {
    let names = names(&sight.components);
    let more = sight.shown.len() as i64 > SHOWN;
    let shown: Vec<&Subscriber> = sight.shown.iter().take(SHOWN as usize).collect();
    let component = filter.component.map(|id| id.to_string()).unwrap_or_default();
    let next = shown.last().filter(|_| more).map(|last| {
        let q = url::encode(&filter.text);
        format!("{}?q={q}&component={component}&after={}", SECTION.address(), last.id)
    });
    html! {
        section.card aria-labelledby="who" {
            div.card-h { h2 id="who" { "Who they are" } }
            div.card-b {
                form.find method="get" action=(SECTION.address()) role="search" {
                    label.vh for="q" { "In the address" }
                    input.inp id="q" name="q" type="search" value=(filter.text) placeholder="In the address";
                    @if !component.is_empty() { input type="hidden" name="component" value=(component); }
                    button.btn type="submit" { "Search" }
                }
                @if let Some(id) = filter.component {
                    p {
                        "Those who hear of " b { (names.get(&id).map_or("a component that is gone", String::as_str)) } ". "
                        a.link href=(SECTION.address()) { "All" }
                    }
                }
            }
            @if shown.is_empty() {
                (empty("Nobody", "Nobody is found, or nobody has subscribed.", None))
            } @else {
                div.scroll-x tabindex="0" role="region" aria-label="Subscribers" { table.dt {
                    thead { tr {
                        th scope="col" { "Address" } th scope="col" { "Hears of" } th scope="col" { "Language" } th scope="col" { "State" }
                        @if who.viewer().configures() { th scope="col" { span.vh { "Actions" } } }
                    } }
                    tbody { @for one in &shown {
                        tr {
                            th scope="row" { (one.address) @if one.kind == SubscriberKind::Webhook { " (webhook)" } }
                            td { (hears_of(one, &names)) }
                            td { (one.language.name()) }
                            td { (state(one, who)) }
                            @if who.viewer().configures() { td {
                                form method="post" action={ (SECTION.of(one.id)) "/remove" } {
                                    button.btn.btn-sm type="submit" aria-label={ "Remove " (one.address) } { "Remove" }
                                }
                            } }
                        }
                    } }
                } }
            }
            @if let Some(next) = next { div.card-b { a.btn href=(next) { "Next page" } } }
        }
    }
}

fn names(all: &[Component]) -> HashMap<ComponentId, String> {
    all.iter().map(|one| (one.id, one.name.clone())).collect()
}

fn hears_of(one: &Subscriber, names: &HashMap<ComponentId, String>) -> String {
    if one.everything {
        return "Everything".to_owned();
    }
    let name = |id: &ComponentId| names.get(id).map_or("a component that is gone", String::as_str);
    one.components.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn state(one: &Subscriber, who: &SignedIn) -> Markup {
    html! {
        @match (one.confirmed_at, one.failing_since) {
            (None, _) => "Has not confirmed",
            (Some(_), Some(since)) => { "Fails since " (time::moment(since, &who.here)) }
            (Some(at), None) => { "Since " (time::moment(at, &who.here)) }
        }
        @if one.bounces > 0 { ", " (time::counted(one.bounces, "letter")) " came back" }
    }
}

fn reminders(who: &SignedIn, (reminders, version): (Reminders, i64)) -> Markup {
    html! {
        section.card aria-labelledby="reminders" {
            div.card-h { h2 id="reminders" { "Planned work" } }
            div.card-b {
                p { "Subscribers of the components that planned work concerns are told when it is announced, changed or called off, and before it begins where its window says so." }
                @if who.viewer().configures() {
                    form.form method="post" action=(SECTION.of("reminders")) {
                        (version_field(version))
                        div.field { (checkbox("at_start", "Also when it begins", reminders.at_start)) }
                        div.field { (checkbox("at_end", "Also when it is over", reminders.at_end)) }
                        div.btns { button.btn.btn-primary type="submit" { "Save" } }
                    }
                }
            }
        }
    }
}

async fn remind(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let seen = editing::version(&fields)?;
    let wanted = Reminders { at_start: fields.ticked("at_start"), at_end: fields.ticked("at_end") };
    app.desk
        .change(actor(&who), move |sql, audit| {
            let (before, current) = outside::reminders(sql)?;
            if !outside::set_reminders(sql, wanted, seen)? {
                return stale(seen, Some(current));
            }
            Ok(audit.changed(sql, REMINDERS, REMINDERS, &before, &wanted)?)
        })
        .await?;
    Ok(saved(&SECTION.address()))
}

async fn remove(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<SubscriberId>,
) -> PageResult<Response> {
    app.desk
        .change(actor(&who), move |sql, audit| desk::subscribers::remove(sql, audit, id))
        .await?;
    Ok(saved(&SECTION.address()))
}

/// `GET /settings/subscribers/export`: those who confirmed, for a spreadsheet.
async fn export(State(app): State<App>, Administrator(_): Administrator) -> PageResult<Response> {
    let text = app
        .desk
        .read(|sql| {
            let names = names(&components::list(sql)?);
            let mut all: Vec<Subscriber> = Vec::new();
            loop {
                let filter = Filter { after: all.last().map(|last| last.id), ..Filter::default() };
                let some = subscribers::list(sql, &filter, EXPORTED_AT_ONCE)?;
                let full = some.len() as i64 >= EXPORTED_AT_ONCE;
                all.extend(some);
                if !full {
                    break;
                }
            }
            all.retain(|one| one.confirmed_at.is_some());
            let name = |id: ComponentId| names.get(&id).cloned().unwrap_or_default();
            Ok(as_csv(&all, &name))
        })
        .await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"subscribers.csv\""),
    ];
    Ok((headers, text).into_response())
}
