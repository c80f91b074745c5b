//! The search page of a requester: their own incidents and the articles for them.

use super::{Asked, Kind, address, percent};
use crate::auth::SignedIn;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::marked::marked;
use crate::portal::report_address as report;
use crate::shell::PortalPage;
use crate::url;
use desk::search::{Found, FoundArticle};
use kernel::limits;
use locale::Account;
use maud::{Markup, html};

/// The page.
pub(super) fn page(who: &SignedIn, asked: &Asked, found: &Found) -> Markup {
    let say = locale::account(who.here.language);
    let nothing = found.incidents.is_empty() && found.articles.is_empty();
    PortalPage::new(who, say.search()).show(html! {
        div.p-inc.stack-l {
            p.crumbs {
                a href=(url::PORTAL) data-back { (locale::portal(say.language()).start()) } span aria-hidden="true" { "/" } (say.search())
            }
            h1 { (say.search()) }
            form.ask-in role="search" method="get" action=(url::SEARCH) {
                input id="search-in" type="search" name="q" aria-label=(say.search_for()) value=(asked.text) autocomplete="off" maxlength=(limits::QUERY_CHARS) autofocus[asked.text.is_empty()];
                button.btn.btn-primary.btn-lg type="submit" { (say.search()) }
            }
            (notes(asked, found, say))
            @if asked.text.is_empty() { p.muted { (say.search_hint()) } }
            @else if nothing { (empty(say.nothing_found(), say.nothing_found_words(), Some((report(&asked.text).as_str(), locale::portal(say.language()).report_something())))) }
            @else { (results(who, asked, found, say)) }
        }
    })
}

fn notes(asked: &Asked, found: &Found, say: Account) -> Markup {
    html! {
        @if let Some(corrected) = &found.corrected { p role="status" { (say.search_shown_for(&asked.text, corrected)) } }
        @if let Some(share) = found.building {
            div class="banner banner-info" role="status" { (icon("refresh")) div { (say.search_building(percent(share))) } }
        }
    }
}

fn results(who: &SignedIn, asked: &Asked, found: &Found, say: Account) -> Markup {
    let rows: Vec<_> = asked.window(&found.incidents).iter().map(|hit| hit.row.clone()).collect();
    html! {
        @if asked.kind.shows(Kind::Articles) && !found.articles.is_empty() {
            section aria-labelledby="found-a" {
                div.p-h { h2 id="found-a" { (say.found_articles()) } }
                ul.p-list { @for hit in asked.window(&found.articles) { li { (article(hit)) } } }
            }
        }
        @if asked.kind.shows(Kind::Incidents) && !rows.is_empty() {
            section aria-labelledby="found-i" {
                div.p-h { h2 id="found-i" { (locale::portal(who.here.language).incidents()) } }
                (crate::portal::cards(&rows, who))
            }
        }
        (pages(asked, found, say))
    }
}

fn article(hit: &FoundArticle) -> Markup {
    html! {
        a.card.p-card href=(url::portal_article(hit.number)) {
            div.p-ct { h3 { (icon("book")) " " (marked(&hit.title)) } }
            @if let Some(snippet) = &hit.snippet { p { (marked(snippet)) } }
        }
    }
}

/// Requesters leaf through what all kinds are shown of by choosing one: here the incidents.
fn pages(asked: &Asked, found: &Found, say: Account) -> Markup {
    let words = locale::portal(say.language());
    let more = asked.kind == Kind::All && found.total > found.incidents.len() as u64;
    let next = asked.kind == Kind::Incidents && asked.has_next(found.incidents.len());
    html! {
        @if more || next {
            nav.pages aria-label=(words.pages()) {
                a.btn rel="next" href=(address(&asked.text, Kind::Incidents, if more { 1 } else { asked.page + 1 })) {
                    (say.search_more()) " " (icon("right"))
                }
            }
        }
    }
}
