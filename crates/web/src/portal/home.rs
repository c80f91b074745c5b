//! The first page of the portal: one question, one's own incidents, and whether
//! the services work.

use super::known::{self, Said};
use super::mine::{self, Which};
use super::outages::{self, Outage};
use super::reader::promise;
use super::words::{self, Health};
use crate::app::App;
use crate::auth::{Reader, SignedIn};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::rich::timed;
use crate::part::time::{self, Here};
use crate::shell::PortalPage;
use crate::url;
use axum::extract::{RawQuery, State};
use incident::Viewer;
use incident::state::Expected;
use kernel::{InOrder, IncidentNumber, ServiceId, Timestamp};
use locale::Portal;
use maud::{Markup, html};
use std::collections::{BTreeSet, HashMap};
use store::incidents::list::{IncidentRow, Page};

/// Incidents on the first page; the rest has a page of its own.
const FIRST: usize = 5;
/// Open incidents looked through for those that wait for their requester.
const LOOKED_THROUGH: usize = 50;
/// Services named on the first page although they work.
const NAMED: usize = 6;
/// Services in the list that unfolds: whoever has more of them finds none by reading.
const LISTED: usize = 300;
/// How much longer a drawn way is than what it shows, so that its end is seen.
const WAY_BEYOND: f64 = 1.05;

/// What the first page shows.
struct Home {
    open: Vec<IncidentRow>,
    all_count: i64,
    shared: Vec<IncidentRow>,
    /// The latest words that were published about these.
    said: HashMap<IncidentNumber, Said>,
    outages: Vec<Outage>,
    /// Those that one has already.
    had: BTreeSet<IncidentNumber>,
    services: Vec<(ServiceId, String)>,
    /// Whether there is a public status page.
    status_page: bool,
}

/// `GET /portal`
pub(super) async fn show(State(app): State<App>, Reader(who): Reader) -> PageResult<Markup> {
    let (home, say) = (read(&app, &who).await?, locale::portal(who.here.language));
    let new = |outage: &&Outage| !home.had.contains(&outage.number);
    let news: Vec<Outage> = home.outages.iter().filter(new).cloned().collect();
    let body = html! {
        @if !news.is_empty() { section.stack-s aria-label=(say.known_problems()) { (known::banners(&news, &who.here)) } }
        (ask(say))
        p { a.who href=(url::PORTAL_ARTICLES) { (icon("book")) span.link { (locale::articles(who.here.language).all_answers()) } } }
        (own(&home, &who))
        @if !home.shared.is_empty() { (shared(&home, &who)) }
        (services(&home, &who.here))
        (super::footer(&who, None))
    };
    Ok(PortalPage::new(&who, say.what_is_not_working()).show(body))
}

/// `GET /portal/incidents`
pub(super) async fn all(
    State(app): State<App>,
    Reader(who): Reader,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let say = locale::portal(who.here.language);
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
            p.crumbs { a href=(url::PORTAL) data-back { (say.start()) } span aria-hidden="true" { "/" } (say.incidents()) }
            h1 { (title(which, &who)) }
            nav.seg aria-label=(say.which_incidents()) {
                @for other in [Which::Open, Which::Over, Which::All, Which::Shared] {
                    a href=(address(other, None)) aria-current=[(other == which).then_some("page")] { (short(other, &who)) }
                }
            }
            (find(say))
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
    let policy = app.desk.policy();
    let status_page = app.desk.status().sites().public.is_some();
    let read = move |sql: &mut dyn store::Sql| {
        let services = policy.services.iter().map(|(id, service)| (*id, service.name.clone()));
        let mut services: Vec<(ServiceId, String)> = services.collect();
        services.order_by_key(|(id, name)| (name.to_lowercase(), *id));
        let (open, had) = open_ones(sql, &viewer, &context)?;
        let shared = mine::first(sql, &viewer, &context, Which::Shared, FIRST)?;
        let outages = outages::known(sql, &viewer, &person, &context)?;
        Ok(Home {
            said: meanwhile(sql, open.iter().chain(&shared).collect(), &outages)?,
            open,
            had,
            all_count: mine::count(sql, &viewer, &context, Which::All)?,
            shared,
            outages,
            services,
            status_page,
        })
    };
    Ok(app.desk.read(read).await?)
}

/// One's own open incidents, first those that wait for a word of one's own, and the outages among
/// and above them.
fn open_ones(
    sql: &mut dyn store::Sql,
    viewer: &Viewer,
    context: &query::Context,
) -> Result<(Vec<IncidentRow>, BTreeSet<IncidentNumber>), store::Failure> {
    let mut rows = mine::first(sql, viewer, context, Which::Open, LOOKED_THROUGH)?;
    let had = outages::had(&rows);
    rows.order_by_key(|row| !words::is_their_turn(&row.state));
    rows.truncate(FIRST);
    Ok((rows, had))
}

/// What was published last about each of these, or about the known outage that it belongs to.
fn meanwhile(
    sql: &mut dyn store::Sql,
    rows: Vec<&IncidentRow>,
    outages: &[Outage],
) -> Result<HashMap<IncidentNumber, Said>, store::Failure> {
    let numbers: Vec<IncidentNumber> = rows.iter().map(|row| row.number).collect();
    let mut said = known::latest(sql, &numbers)?;
    for row in rows {
        let above = [row.state.parent, row.state.merged_into];
        let outage = outages.iter().find(|outage| above.contains(&Some(outage.number)));
        if let Some(words) = outage.and_then(|outage| outage.said.clone()) {
            said.entry(row.number).or_insert(words);
        }
    }
    Ok(said)
}

fn ask(say: Portal) -> Markup {
    html! {
        section.ask aria-label=(say.report()) {
            h1 { label for="ask" { (say.what_is_not_working()) } }
            form role="search" method="get" action=(super::REPORT) {
                div.ask-in {
                    input id="ask" type="text" name="title" autocomplete="off" maxlength=(kernel::limits::TITLE_CHARS) role="combobox"
                        aria-expanded="false" aria-controls="ask-l" aria-autocomplete="list" aria-describedby="ask-d" data-suggest=(super::SUGGEST) data-min="3";
                    button.btn.btn-primary.btn-lg type="submit" { (say.go_on()) }
                }
                p.hint id="ask-d" { (say.ask_hint()) }
                div.ask-l id="ask-l" role="listbox" aria-label=(say.suggestions()) hidden {}
            }
        }
    }
}

fn own(home: &Home, who: &SignedIn) -> Markup {
    let (all, say) = (home.all_count, locale::portal(who.here.language));
    html! {
        section aria-labelledby="mine" {
            div.p-h {
                h2 id="mine" { (say.your_open_incidents()) }
                @if all > 0 { a.link href=(address(Which::All, None)) { (say.all_of_them(all)) } }
            }
            @if home.open.is_empty() {
                p.muted { (say.nothing_open()) }
            } @else {
                (told(&home.open, &home.said, who))
            }
        }
    }
}

fn shared(home: &Home, who: &SignedIn) -> Markup {
    html! {
        section aria-labelledby="shared" {
            div.p-h {
                h2 id="shared" { (title(Which::Shared, who)) }
                a.link href=(address(Which::Shared, None)) { (locale::portal(who.here.language).short_all()) }
            }
            (told(&home.shared, &home.said, who))
        }
    }
}

/// The way to an incident of which one knows a word or the number.
fn find(say: Portal) -> Markup {
    html! {
        form.find role="search" method="get" action=(url::SEARCH) {
            input.inp type="search" name="q" aria-label=(say.words_or_number()) placeholder=(say.words_or_number()) autocomplete="off" maxlength=(kernel::limits::QUERY_CHARS) required;
            button.btn type="submit" { (icon("search")) (say.find()) }
        }
    }
}

fn pages(page: &Page, which: Which, who: &SignedIn) -> Markup {
    let say = locale::portal(who.here.language);
    html! {
        @if page.rows.is_empty() {
            (empty(say.nothing_here(), say.nothing_in_list(), Some((url::PORTAL, say.report_something()))))
        } @else {
            (cards(&page.rows, who))
        }
        @if let Some(next) = &page.next {
            nav.pages aria-label=(say.pages()) { a.btn rel="next" href=(address(which, Some(next.to_string()))) { (say.older()) " " (icon("right")) } }
        }
    }
}

/// Incidents as cards.
pub(crate) fn cards(rows: &[IncidentRow], who: &SignedIn) -> Markup {
    told(rows, &HashMap::new(), who)
}

/// The same with what was published about each.
fn told(rows: &[IncidentRow], said: &HashMap<IncidentNumber, Said>, who: &SignedIn) -> Markup {
    html! { ul.p-list { @for row in rows { li { (card(row, said.get(&row.number), who)) } } } }
}

/// An incident as a card: title, what helps meanwhile, how it stands, when it is expected back.
fn card(row: &IncidentRow, said: Option<&Said>, who: &SignedIn) -> Markup {
    let (here, own) = (&who.here, row.requester.id == who.viewer().person);
    let say = locale::portal(here.language);
    let reported = match own {
        true => say.reported_at(""),
        false => say.reported_by_at(&row.requester.name, ""),
    };
    let their_turn = own && words::is_their_turn(&row.state);
    html! {
        a.card.p-card.is-asked[their_turn] href=(url::portal_incident(row.number)) {
            div.p-ct { h3 { (row.title) } span.meta { (row.number) } }
            p {
                (timed(&reported, &time::moment(row.state.reported_at, here)))
                @if let Some(service) = &row.service { ", " (service.name) }
            }
            @if let Some(said) = said.filter(|_| row.state.lifecycle.is_open()) { p.p-said { (said.words) } }
            div.p-k {
                span.p-exp {
                    @if let Some(at) = words::expected(&row.state) {
                        small { (words::expectation(at, here)) } b { (say.by_time(promise(at, here))) }
                    } @else {
                        @let (what, at) = words::latest(&row.state, say);
                        small { (what) } b { (time::since(at, here)) }
                    }
                }
                @if let Some(expected) = row.state.expected.as_ref().filter(|_| row.state.lifecycle.is_open()) {
                    (way(row.state.reported_at, expected, here.now))
                }
                span.p-st { (super::standing_of(&row.state, here.language)) }
            }
        }
    }
}

/// The way from the report to when service is expected back: what has passed of it, and between
/// which moments it ends. The words beside it say the same.
fn way(reported: Timestamp, expected: &Expected, now: Timestamp) -> Markup {
    let last = expected.at.max(expected.high.unwrap_or(expected.at)).max(now);
    let whole = last.seconds_since(reported).max(1) as f64 * WAY_BEYOND;
    let at = |moment: Timestamp| {
        (moment.seconds_since(reported) as f64 / whole * 100.0).clamp(0.0, 100.0)
    };
    let percent = |part: f64| format!("{part:.0}%");
    let span = expected.low.zip(expected.high).map(|(low, high)| (at(low), at(high) - at(low)));
    html! {
        svg.p-keel aria-hidden="true" {
            rect.k-base y="7" width="100%" height="3" rx="1.5" {}
            @if let Some((from, width)) = span { rect.k-band x=(percent(from)) y="4" width=(percent(width.max(0.0))) height="9" rx="2" {} }
            rect.k-run y="7" width=(percent(at(now))) height="3" rx="1.5" {}
            rect.k-likely x=(percent(at(expected.at))) width="2" height="17" {}
        }
    }
}

fn services(home: &Home, here: &Here) -> Markup {
    let (known, say) = (outages::health(&home.outages), locale::portal(here.language));
    let (hit, well): (Vec<_>, Vec<_>) =
        home.services.iter().partition(|(id, _)| known.contains_key(id));
    // That many services work is one line; that few do, or that some do not, is told one by one.
    let folded = hit.is_empty() && well.len() > NAMED;
    let places = if folded { 0 } else { NAMED.saturating_sub(hit.len()) };
    let (named, others) = well.split_at(well.len().min(places));
    html! {
        @if !home.services.is_empty() {
            section aria-labelledby="svc" {
                div.p-h {
                    h2 id="svc" { (say.services()) }
                    @if home.status_page { a.link href=(desk::status::BASE) { (say.status_page()) } }
                }
                ul.p-svc.card {
                    @for (id, name) in &hit {
                        @let outage = known[id];
                        li { (health(outage.health, name)) span.meta { (outage.health.words(say)) @if let Some(back) = outage.back(here) { ", " (back) } } }
                    }
                    @for (_, name) in named { li { (health(Health::Working, name)) span.meta { (say.working()) } } }
                    @if !others.is_empty() { (rest(others, home.services.len(), say)) }
                }
            }
        }
    }
}

fn rest(others: &[&(ServiceId, String)], all: usize, say: Portal) -> Markup {
    let label = match others.len() {
        count if count == all => say.all_services(count as i64),
        count => say.other_services(count as i64),
    };
    html! {
        li {
            details {
                summary { (health(Health::Working, &label)) " " (icon("down")) }
                ul.stack-s.mts {
                    @for (_, name) in others.iter().take(LISTED) { li { (name) } }
                    @if others.len() > LISTED { li { "…" } }
                }
            }
            span.meta { (say.working()) }
        }
    }
}

fn health(health: Health, name: &str) -> Markup {
    let (class, glyph) = health.look();
    html! { span class={ "health health-" (class) } { (icon(glyph)) (name) } }
}

fn title(which: Which, who: &SignedIn) -> &'static str {
    let say = locale::portal(who.here.language);
    match which {
        Which::All => say.all_your_incidents(),
        Which::Open => say.your_open_incidents(),
        Which::Over => say.your_closed_incidents(),
        Which::Shared if who.viewer().organisation.is_some() => say.of_your_company(),
        Which::Shared => say.you_follow(),
    }
}

fn short(which: Which, who: &SignedIn) -> &'static str {
    let say = locale::portal(who.here.language);
    match which {
        Which::All => say.short_all(),
        Which::Open => say.short_open(),
        Which::Over => say.short_over(),
        Which::Shared if who.viewer().organisation.is_some() => say.short_company(),
        Which::Shared => say.short_followed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_shows_what_has_passed_and_where_it_ends() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let expected = Expected { at: at(50), low: Some(at(40)), high: Some(at(100)) };
        let drawn = way(at(0), &expected, at(21)).into_string();
        for part in [
            r#"class="k-run" y="7" width="20%""#,
            r#"class="k-band" x="38%" y="4" width="57%""#,
            r#"class="k-likely" x="48%""#,
        ] {
            assert!(drawn.contains(part), "{part}: {drawn}");
        }
        // What is late has passed all of it.
        let late = way(at(0), &Expected { low: None, high: None, ..expected }, at(500));
        let late = late.into_string();
        assert!(late.contains(r#"width="95%""#) && !late.contains("k-band"), "{late}");
    }
}
