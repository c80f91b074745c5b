//! The search page of the service desk.

use super::facets::Facets;
use super::{Asked, EACH, Kind, address, is_empty, percent};
use crate::auth::SignedIn;
use crate::error::sentence;
use crate::part::empty::empty;
use crate::part::icon::{icon, small_icon};
use crate::part::marked::marked;
use crate::part::person::small_avatar;
use crate::part::pri::priority;
use crate::part::{chip, state, time};
use crate::queue;
use crate::shell::Page;
use crate::url;
use desk::search::{Found, FoundArticle, FoundIncident, FoundName, FoundProblem};
use incident::Access;
use kernel::{PersonId, ServiceId, TeamId, limits};
use maud::{Markup, html};
use query::{Choice, Expr, ParseError, Person as PersonWord, StateWord, TeamName, Term};

/// The page.
pub(super) fn page(who: &SignedIn, asked: &Asked, found: &Found) -> Markup {
    let nothing = asked.text.is_empty();
    let facets = Facets::of(asked, found);
    let page = Page::new(who, "Search").main_class("main main-canvas");
    let page = if nothing { page } else { page.side(facets.side()) };
    page.show(html! {
        div.page {
            div.page-h { div { h1 { "Search" } } }
            div.stack-l {
                (form(asked))
                (notes(asked, found))
                @if !nothing { (facets.above()) }
                @if nothing { (hints()) } @else if is_empty(found) { (nothing_found(who, asked)) } @else { (results(who, asked, found)) }
            }
        }
    })
}

/// The field with the words, and what of them is a condition.
fn form(asked: &Asked) -> Markup {
    let wrong = asked.wrong.is_some();
    html! {
        form role="search" method="get" action=(url::SEARCH) {
            div.sug-w {
                div.ask-in {
                    input id="search-in" type="text" enterkeyhint="search" name="q" aria-label="Search for" value=(asked.text) autocomplete="off" maxlength=(limits::QUERY_CHARS) spellcheck="false"
                        data-suggest="/queue/suggest" data-stay role="combobox" aria-expanded="false" aria-controls="search-l" aria-autocomplete="list"
                        aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some("search-e")] autofocus[asked.text.is_empty()];
                    button class="btn btn-primary btn-lg" type="submit" { "Search" }
                }
                div class="pop sug" id="search-l" role="listbox" aria-label="Suggestions" hidden {}
            }
            @if asked.kind != Kind::All { input type="hidden" name="kind" value=(asked.kind.word()); }
        }
        @if let Some(error) = &asked.wrong { (wrong_query(asked, error)) } @else { (conditions(asked)) }
    }
}

/// The conditions of the query, each to be taken away.
fn conditions(asked: &Asked) -> Markup {
    let chips = query::parse(&asked.text).map(|query| query.chips()).unwrap_or_default();
    let conditions: Vec<_> = chips.iter().filter(|chip| chip.field != "text").collect();
    html! {
        @if !conditions.is_empty() {
            div class="flex wrap" {
                @for chip in conditions {
                    a.qchip href=(address(&chip.rest, asked.kind, 1)) {
                        span.vh { "Search without " }
                        span { @if chip.negated { "not " } i { (chip.field) } " " (chip.value) } (small_icon("x"))
                    }
                }
            }
        }
    }
}

fn wrong_query(asked: &Asked, error: &ParseError) -> Markup {
    let better =
        error.suggestion.as_deref().and_then(|word| queue::mended(&asked.text, error, word));
    html! {
        p.err id="search-e" role="status" {
            (icon("alert"))
            span {
                (sentence(&error.message)) " It was looked for as words."
                @if let Some(better) = better { " " a.link href=(address(&better, asked.kind, 1)) { "Search for " (better) } }
            }
        }
    }
}

/// What was taken to be meant, and what cannot be found yet.
fn notes(asked: &Asked, found: &Found) -> Markup {
    html! {
        @if let Some(corrected) = &found.corrected {
            p role="status" {
                "Nothing has “" (asked.text) "”. Shown for " a.link href=(address(corrected, asked.kind, 1)) { (corrected) } "."
            }
        }
        @if let Some(share) = found.building {
            div class="banner banner-info" role="status" {
                (icon("refresh"))
                div { b { "The index is being built: " (percent(share)) " % of the incidents can be found." } " Older ones follow by themselves; until then the queue finds them." }
            }
        }
    }
}

fn hints() -> Markup {
    let example = |text: &str, words: &str| {
        html! { li { (icon("search")) p { a href=(address(text, Kind::All, 1)) { (text) } } span.meta { (words) } } }
    };
    html! {
        p.muted { "Words of an incident, its number, or a name. Words need not be spelled right. Conditions of the queue hold here too." }
        ul.rows {
            (example("state:open vpn", "open, with a word"))
            (example("resolved<1w service:mail", "restored within a week"))
            (example("tag:printer -team:mine", "of other teams"))
        }
    }
}

/// What can be done where nothing has the words.
fn nothing_found(who: &SignedIn, asked: &Asked) -> Markup {
    let parsed = query::parse(&asked.text).ok();
    let chips = parsed.as_ref().map(|query| query.chips()).unwrap_or_default();
    let words = chips.iter().filter(|chip| chip.field == "text").map(|chip| chip.text.as_str());
    let words: Vec<&str> = words.collect();
    let wider = !words.is_empty() && words.len() < chips.len();
    html! {
        (empty("Nothing found", "Try fewer words, another word for it, or the number. What is confidential to a team is found by that team alone.", None))
        div class="btns" {
            @if wider { a.btn href=(address(&words.join(" "), Kind::All, 1)) { "Search without conditions" } }
            @if asked.kind != Kind::All { a.btn href=(address(&asked.text, Kind::All, 1)) { "Search everything" } }
            @if parsed.is_some() { a.btn href=(url::queue_of(&asked.text)) { "Show it in the queue" } }
            @if who.viewer().works() { a.btn href={ (url::NEW_INCIDENT) "?title=" (url::encode(&asked.text)) } { (icon("plus")) "New incident" } }
        }
    }
}

fn results(who: &SignedIn, asked: &Asked, found: &Found) -> Markup {
    let shows = |kind| asked.kind.shows(kind);
    html! {
        @if shows(Kind::Incidents) && !found.incidents.is_empty() {
            (group(asked, Kind::Incidents, found.incidents.len(), html! {
                @for hit in asked.window(&found.incidents) { (incident(hit, who)) }
            }))
        }
        @if shows(Kind::Problems) && !found.problems.is_empty() {
            (group(asked, Kind::Problems, found.problems.len(), html! { @for hit in asked.window(&found.problems) { (problem(hit)) } }))
        }
        @if shows(Kind::Articles) && !found.articles.is_empty() {
            (group(asked, Kind::Articles, found.articles.len(), html! { @for hit in asked.window(&found.articles) { (article(hit)) } }))
        }
        @if shows(Kind::Services) && !found.services.is_empty() {
            (group(asked, Kind::Services, found.services.len(), html! { @for hit in asked.window(&found.services) { (service(hit)) } }))
        }
        @if shows(Kind::People) && !found.people.is_empty() {
            (group(asked, Kind::People, found.people.len(), html! { @for hit in asked.window(&found.people) { (person(hit)) } }))
        }
        @if shows(Kind::Teams) && !found.teams.is_empty() {
            (group(asked, Kind::Teams, found.teams.len(), html! { @for hit in asked.window(&found.teams) { (team(hit)) } }))
        }
        (pages(asked, found))
    }
}

/// Hits of one kind; `count` of them were found.
fn group(asked: &Asked, kind: Kind, count: usize, rows: Markup) -> Markup {
    let name =
        Kind::ALL.iter().find(|(known, ..)| *known == kind).map_or("", |(_, _, name, _)| *name);
    let more = asked.kind == Kind::All && count >= EACH;
    html! {
        section.card aria-label=(name) {
            div.card-h {
                h2 { (name) }
                @if more { a.link href=(address(&asked.text, kind, 1)) { "Show all" } }
            }
            div.card-b { ul class="rows hits" { (rows) } }
        }
    }
}

fn pages(asked: &Asked, found: &Found) -> Markup {
    let count = match asked.kind {
        Kind::All => 0,
        Kind::Incidents => found.incidents.len(),
        Kind::Problems => found.problems.len(),
        Kind::Articles => found.articles.len(),
        Kind::Services => found.services.len(),
        Kind::People => found.people.len(),
        Kind::Teams => found.teams.len(),
    };
    let to = |page| address(&asked.text, asked.kind, page);
    html! {
        @if asked.page > 1 || asked.has_next(count) {
            nav.pages aria-label="Pages" {
                @if asked.page > 1 { a.btn rel="prev" href=(to(asked.page - 1)) { (icon("left")) "Before" } }
                span { "Page " (asked.page) }
                @if asked.has_next(count) { a.btn rel="next" href=(to(asked.page + 1)) { "Further" (icon("right")) } }
            }
        }
    }
}

fn incident(hit: &FoundIncident, who: &SignedIn) -> Markup {
    let (row, here) = (&hit.row, &who.here);
    // Staff see the public side of what is confidential and theirs in the portal.
    let full = row.access == Access::Full;
    let address = if full { url::incident(row.number) } else { url::portal_incident(row.number) };
    html! {
        li {
            (icon(state::look(&row.state).icon))
            p { a href=(address) { span.meta { (row.number) } " " (marked(&hit.title)) } }
            span.flex { @if full { (priority(row.state.priority)) } @if full && row.state.major { (chip::major()) } }
            @if let Some(snippet) = &hit.snippet { span.meta { (marked(snippet)) } }
            span.meta {
                @if full { (state::look(&row.state).words) } @else { (crate::portal::standing_of(&row.state, here.language)) }
                @if let Some(service) = &row.service { ", " (service.name) }
                ", " (row.requester.name) ", " (time::since(row.state.updated_at, here))
            }
        }
    }
}

fn problem(hit: &FoundProblem) -> Markup {
    html! {
        li {
            (icon("flag"))
            p { a href=(url::problem(hit.number)) { span.meta { (hit.number) } " " (marked(&hit.title)) } }
            @if hit.known_error { (chip::chip("Known error")) } @else { span {} }
            @if let Some(workaround) = &hit.workaround { span.meta { "Workaround: " (workaround) } }
        }
    }
}

fn article(hit: &FoundArticle) -> Markup {
    html! {
        li {
            (icon("book"))
            p { a href=(url::article(hit.number)) { span.meta { (hit.number) } " " (marked(&hit.title)) } }
            span {}
            @if let Some(snippet) = &hit.snippet { span.meta { (marked(snippet)) } }
        }
    }
}

fn service(hit: &FoundName<ServiceId>) -> Markup {
    let open = Term::Service(vec![Choice::Is(hit.name.text.clone())]);
    html! {
        li {
            (icon("services"))
            p { a href=(url::service(hit.id)) { (marked(&hit.name)) } }
            a.link href=(open_of(open)) { "Open incidents" }
            @if !hit.detail.is_empty() { span.meta { (hit.detail) } }
        }
    }
}

fn person(hit: &FoundName<PersonId>) -> Markup {
    let known = if hit.detail.contains('@') { &hit.detail } else { &hit.name.text };
    let reported = Expr::from(Term::Requester(vec![PersonWord::Named(known.clone())]));
    html! {
        li {
            (small_avatar(hit.id, &hit.name.text))
            p { a href=(url::queue_of(&reported.to_string())) { (marked(&hit.name)) } }
            span.meta { (hit.detail) }
        }
    }
}

fn team(hit: &FoundName<TeamId>) -> Markup {
    let open = Term::Team(vec![TeamName::Named(hit.name.text.clone())]);
    html! {
        li {
            (icon("team"))
            p { a href=(open_of(open)) { (marked(&hit.name)) } }
            span.meta { "open incidents" }
            @if !hit.detail.is_empty() { span.meta { (hit.detail) } }
        }
    }
}

/// The queue with what is open of something.
fn open_of(term: Term) -> String {
    let open = Term::State(vec![StateWord::Open]);
    url::queue_of(&Expr::all_of([term.into(), open.into()]).to_string())
}
