//! The first page of the portal: one question, one's own incidents, and whether
//! the services work.

use super::mine::{self, Which};
use super::outages::{self, Outage};
use super::reader::promise;
use super::words::{self, Health};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::time::{self, Here, counted};
use crate::shell::PortalPage;
use crate::url;
use axum::extract::{RawQuery, State};
use incident::Viewer;
use kernel::ServiceId;
use maud::{Markup, html};
use store::incidents::list::{IncidentRow, Page};

/// Incidents on the first page; the rest has a page of its own.
const FIRST: usize = 5;
/// Open incidents looked through for those that wait for their requester.
const LOOKED_THROUGH: usize = 50;
/// Services named on the first page although they work.
const NAMED: usize = 6;

/// What the first page shows.
struct Home {
    open: Vec<IncidentRow>,
    all_count: i64,
    shared: Vec<IncidentRow>,
    outages: Vec<Outage>,
    services: Vec<(ServiceId, String)>,
}

/// `GET /portal`
pub(super) async fn show(State(app): State<App>, who: SignedIn) -> PageResult<Markup> {
    let home = read(&app, &who).await?;
    let body = html! {
        (ask())
        (own(&home, &who))
        @if !home.shared.is_empty() { (shared(&home, &who)) }
        (services(&home, &who.here))
        (super::footer(&who, None))
    };
    Ok(PortalPage::new(&who, "What is not working?").show(body))
}

/// `GET /portal/incidents`
pub(super) async fn all(
    State(app): State<App>,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let which = Which::named(fields.text("show"));
    let cursor = fields.filled("cursor").map(str::to_owned);
    let (viewer, context) = (who.viewer().clone(), who.look().context);
    let page = app
        .desk
        .read(move |sql| mine::page(sql, &viewer, &context, which, cursor.as_deref()))
        .await?;
    let body = html! {
        div.p-inc.stack-l {
            p.crumbs { a href=(url::PORTAL) data-back { "Start" } span aria-hidden="true" { "/" } "Incidents" }
            h1 { (title(which, &who)) }
            nav.seg aria-label="Which incidents" {
                @for other in [Which::Open, Which::Over, Which::All, Which::Shared] {
                    a href=(address(other, None)) aria-current=[(other == which).then_some("page")] { (short(other, &who)) }
                }
            }
            (find())
            (pages(&page, which, &who))
        }
        (super::footer(&who, None))
    };
    Ok(PortalPage::new(&who, title(which, &who)).show(body))
}

/// The address of a list.
fn address(which: Which, cursor: Option<String>) -> String {
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    format!("{}/incidents?show={}{cursor}", url::PORTAL, which.as_str())
}

async fn read(app: &App, who: &SignedIn) -> PageResult<Home> {
    let (viewer, person, context) =
        (who.viewer().clone(), who.person().clone(), who.look().context);
    let read = move |sql: &mut dyn store::Sql| {
        let services =
            store::directory::services::list(sql)?.into_iter().filter(|service| service.active);
        Ok(Home {
            open: open_ones(sql, &viewer, &context)?,
            all_count: mine::count(sql, &viewer, &context, Which::All)?,
            shared: mine::first(sql, &viewer, &context, Which::Shared, FIRST)?,
            outages: outages::known(sql, &viewer, &person, &context)?,
            services: services.map(|service| (service.id, service.name)).collect(),
        })
    };
    Ok(app.desk.read(read).await?)
}

/// One's own open incidents, first those that wait for a word of one's own.
fn open_ones(
    sql: &mut dyn store::Sql,
    viewer: &Viewer,
    context: &query::Context,
) -> Result<Vec<IncidentRow>, store::Failure> {
    let mut rows = mine::first(sql, viewer, context, Which::Open, LOOKED_THROUGH)?;
    rows.sort_by_key(|row| !words::is_their_turn(&row.state));
    rows.truncate(FIRST);
    Ok(rows)
}

fn ask() -> Markup {
    html! {
        section.ask aria-label="Report" {
            h1 { label for="ask" { "What is not working?" } }
            form role="search" method="get" action=(super::REPORT) {
                div.ask-in {
                    input id="ask" type="text" name="title" autocomplete="off" maxlength=(kernel::limits::TITLE_CHARS) role="combobox"
                        aria-expanded="false" aria-controls="ask-l" aria-autocomplete="list" aria-describedby="ask-d" data-suggest=(super::SUGGEST) data-min="3";
                    button.btn.btn-primary.btn-lg type="submit" { "Continue" }
                }
                p.hint id="ask-d" { "A few words are enough. We look for known problems while you type." }
                div.ask-l id="ask-l" role="listbox" aria-label="Suggestions" hidden {}
            }
        }
    }
}

fn own(home: &Home, who: &SignedIn) -> Markup {
    let all = home.all_count;
    html! {
        section aria-labelledby="mine" {
            div.p-h {
                h2 id="mine" { "Your open incidents" }
                @if all > 0 { a.link href=(address(Which::All, None)) { "All " (all) } }
            }
            @if home.open.is_empty() {
                p.muted { "Nothing you reported is open." }
            } @else {
                (cards(&home.open, who))
            }
        }
    }
}

fn shared(home: &Home, who: &SignedIn) -> Markup {
    html! {
        section aria-labelledby="shared" {
            div.p-h {
                h2 id="shared" { (title(Which::Shared, who)) }
                a.link href=(address(Which::Shared, None)) { "All" }
            }
            (cards(&home.shared, who))
        }
    }
}

/// The way to an incident of which one knows a word or the number.
fn find() -> Markup {
    html! {
        form.find role="search" method="get" action=(url::SEARCH) {
            input.inp type="search" name="q" aria-label="Words or a number" placeholder="Words or a number" autocomplete="off" maxlength=(kernel::limits::QUERY_CHARS) required;
            button.btn type="submit" { (icon("search")) "Find" }
        }
    }
}

fn pages(page: &Page, which: Which, who: &SignedIn) -> Markup {
    html! {
        @if page.rows.is_empty() {
            (empty("Nothing here", "There is no incident in this list.", Some((url::PORTAL, "Report something"))))
        } @else {
            (cards(&page.rows, who))
        }
        @if let Some(next) = &page.next {
            nav.pages aria-label="Pages" { a.btn rel="next" href=(address(which, Some(next.to_string()))) { "Older " (icon("right")) } }
        }
    }
}

/// Incidents as cards.
pub(crate) fn cards(rows: &[IncidentRow], who: &SignedIn) -> Markup {
    html! { ul.p-list { @for row in rows { li { (card(row, who)) } } } }
}

/// An incident as a card: title, how it stands, when it is expected back.
fn card(row: &IncidentRow, who: &SignedIn) -> Markup {
    let (here, own) = (&who.here, row.requester.id == who.viewer().person);
    let their_turn = own && words::is_their_turn(&row.state);
    html! {
        a.card.p-card.is-asked[their_turn] href=(url::portal_incident(row.number)) {
            div.p-ct { h3 { (row.title) } span.meta { (row.number) } }
            p {
                @if !own { (row.requester.name) ", reported " } @else { "Reported " }
                (time::moment(row.state.reported_at, here))
                @if let Some(service) = &row.service { ", " (service.name) }
            }
            div.p-k {
                span.p-exp {
                    @if let Some(at) = words::expected(&row.state) {
                        small { (words::expectation(at, here)) } b { "by " (promise(at, here)) }
                    } @else {
                        @let (what, at) = words::latest(&row.state);
                        small { (what) } b { (time::since(at, here)) }
                    }
                }
                span {}
                span.p-st { (super::standing_of(&row.state)) }
            }
        }
    }
}

fn services(home: &Home, here: &Here) -> Markup {
    let known = outages::health(&home.outages);
    let (hit, well): (Vec<_>, Vec<_>) =
        home.services.iter().partition(|(id, _)| known.contains_key(id));
    // That many services work is one line; that few do, or that some do not, is told one by one.
    let folded = hit.is_empty() && well.len() > NAMED;
    let places = if folded { 0 } else { NAMED.saturating_sub(hit.len()) };
    let (named, others) = well.split_at(well.len().min(places));
    html! {
        @if !home.services.is_empty() {
            section aria-labelledby="svc" {
                div.p-h { h2 id="svc" { "Services" } }
                ul.p-svc.card {
                    @for (id, name) in &hit {
                        @let outage = known[id];
                        li { (health(outage.health, name)) span.meta { (outage.health.words().0) @if let Some(back) = outage.back(here) { ", " (back) } } }
                    }
                    @for (_, name) in named { li { (health(Health::Working, name)) span.meta { "working" } } }
                    @if !others.is_empty() { (rest(others, home.services.len())) }
                }
            }
        }
    }
}

fn rest(others: &[&(ServiceId, String)], all: usize) -> Markup {
    let label = match others.len() {
        count if count == all => format!("All {}", counted(count as i64, "service")),
        count => counted(count as i64, "other"),
    };
    html! {
        li {
            details {
                summary { (health(Health::Working, &label)) " " (icon("down")) }
                ul.stack-s.mts { @for (_, name) in others { li { (name) } } }
            }
            span.meta { "working" }
        }
    }
}

fn health(health: Health, name: &str) -> Markup {
    let (_, class, glyph) = health.words();
    html! { span class={ "health health-" (class) } { (icon(glyph)) (name) } }
}

fn title(which: Which, who: &SignedIn) -> &'static str {
    match which {
        Which::All => "All your incidents",
        Which::Open => "Your open incidents",
        Which::Over => "Your closed incidents",
        Which::Shared if who.viewer().organisation.is_some() => "Open incidents of your company",
        Which::Shared => "Incidents you follow",
    }
}

fn short(which: Which, who: &SignedIn) -> &'static str {
    match which {
        Which::All => "All",
        Which::Open => "Open",
        Which::Over => "Closed",
        Which::Shared if who.viewer().organisation.is_some() => "Your company",
        Which::Shared => "You follow",
    }
}
