//! How the list of articles looks for staff.

use super::read::{Asked, List, Which};
use crate::auth::SignedIn;
use crate::part::chip;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::time;
use crate::problems::words::{self, named_staff, overdue};
use crate::shell::{Page, Section};
use crate::url;
use desk::articles::Listed;
use incident::Policy;
use incident::permissions::may_write_articles;
use maud::{Markup, html};
use store::directory::Audience;

/// The whole page.
pub(super) fn page(who: &SignedIn, policy: &Policy, asked: &Asked, list: &List) -> Markup {
    let main = html! {
        div.page.page-w {
            div.page-h {
                div { h1 { "Articles" } p { "Answers for people, and for the service desk. What helped is measured by what happened after." } }
                div.btns {
                    (words::both(false))
                    @if may_write_articles(who.viewer()).is_ok() { a.btn.btn-primary href=(url::NEW_ARTICLE) { (icon("plus")) "New article" } }
                }
            }
            div.stack-l {
                (which(asked, list))
                (filter(policy, asked))
                (rows(who, policy, asked, list))
            }
        }
    };
    Page::new(who, "Articles").section(Section::Problems).main_class("main main-canvas").show(main)
}

fn address(which: Which, asked: &Asked) -> String {
    let mut address = format!("{}?show={}", url::ARTICLES, which.word());
    if let Some(service) = asked.service {
        address.push_str(&format!("&service={service}"));
    }
    if !asked.words.is_empty() {
        address.push_str(&format!("&q={}", url::encode(&asked.words)));
    }
    address
}

fn which(asked: &Asked, list: &List) -> Markup {
    html! {
        nav.seg.seg-w aria-label="Which articles" {
            @for (which, count) in Which::ALL.into_iter().zip(list.counts) {
                a href=(address(which, asked)) aria-current=[(which == asked.which).then_some("page")] { (which.label()) " " span.n { (count) } }
            }
        }
    }
}

fn filter(policy: &Policy, asked: &Asked) -> Markup {
    let chosen = asked.service.map_or(String::new(), |id| id.to_string());
    html! {
        form.find role="search" method="get" action=(url::ARTICLES) {
            input type="hidden" name="show" value=(asked.which.word());
            input.inp type="search" name="q" value=(asked.words) aria-label="Words" placeholder="Words" autocomplete="off" maxlength=(kernel::limits::QUERY_CHARS);
            select.inp name="service" aria-label="Service" {
                @for (id, name) in words::services(policy, "Every service") { option value=(id) selected[id == chosen] { (name) } }
            }
            button.btn type="submit" { (icon("search")) "Find" }
        }
    }
}

/// The same question without what narrows it.
fn all(asked: &Asked) -> Asked {
    Asked { which: asked.which, service: None, words: String::new() }
}

fn rows(who: &SignedIn, policy: &Policy, asked: &Asked, list: &List) -> Markup {
    let narrowed = asked.service.is_some() || !asked.words.is_empty();
    let writes = may_write_articles(who.viewer()).is_ok();
    html! {
        @if list.rows.is_empty() {
            @if narrowed { (empty("None fits", "Take away a word or the service.", Some((address(asked.which, &all(asked)).as_str(), "Show all of them")))) }
            @else if asked.which == Which::Review { (empty("Nothing to review", "No day of review is over.", None)) }
            @else { (empty("None here", "Resolve an incident and make an article of it, or write one.", writes.then_some((url::NEW_ARTICLE, "Write an article")))) }
        } @else {
            section.card aria-label="Articles" {
                div.scroll-x tabindex="0" role="region" aria-label="The articles" {
                    table.dt {
                        thead { tr {
                            th scope="col" { "Article" } th scope="col" { "For" } th scope="col" { "Language" } th scope="col" { "Success" }
                            th scope="col" { "Owner" } th scope="col" { "Review" } th scope="col" { "Changed" }
                        } }
                        tbody { @for listed in &list.rows { (line(who, policy, listed)) } }
                    }
                }
            }
            @if list.more > 0 { p.meta { (list.more) " more: choose a service or type a word." } }
        }
    }
}

fn line(who: &SignedIn, policy: &Policy, listed: &Listed) -> Markup {
    let article = &listed.article;
    html! {
        tr {
            th scope="row" { a.link href=(url::article(article.number)) { (article.number) " " (article.title) } }
            td { (audience(article.audience)) }
            td { (article.language.name()) }
            td { (words::success(listed.success)) }
            td { @match article.owner { Some(owner) => (named_staff(policy, owner)), None => span.muted { "nobody" } } }
            td {
                @match article.review_on {
                    Some(day) if article.is_overdue(words::today(who)) => (overdue(day)),
                    Some(day) => (words::day(day)),
                    None => span.muted { "–" },
                }
            }
            td { (time::moment(article.updated_at, &who.here)) }
        }
    }
}

/// Whom it is for, as a chip.
pub(super) fn audience(audience: Audience) -> Markup {
    match audience {
        Audience::Everyone => chip::chip("Everybody"),
        Audience::Staff => html! { span.chip.lock { (icon("lock")) "Service desk" } },
    }
}
