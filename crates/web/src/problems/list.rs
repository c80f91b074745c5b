//! How the list of problems looks: the dearest first.

use super::read::{Asked, List, Row, Which};
use super::words::{self, named_staff, overdue};
use crate::auth::SignedIn;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::shell::{Page, Section};
use crate::url;
use incident::Policy;
use incident::permissions::may_write_problems;
use maud::{Markup, html};

/// The whole page; `position` is that of the feed it is as of.
pub(super) fn page(
    who: &SignedIn,
    policy: &Policy,
    asked: &Asked,
    list: &List,
    position: i64,
) -> Markup {
    let main = html! {
        div.page.page-w {
            div.page-h {
                div { h1 { "Problems" } p { "What lies behind incidents, and how to live with it. First what costs most." } }
                div.btns {
                    (words::both(true))
                    a.btn href=(url::RECURRING) { (icon("merge")) "Recurring incidents" }
                    @if may_write_problems(who.viewer()).is_ok() { a.btn.btn-primary href=(url::NEW_PROBLEM) { (icon("plus")) "New problem" } }
                }
            }
            div.stack-l {
                (which(asked))
                (filter(policy, asked))
                (rows(who, policy, asked, list))
            }
        }
    };
    // What it costs follows from incidents, so it is fetched anew a moment after a change.
    Page::new(who, "Problems")
        .section(Section::Problems)
        .stream(url::live_services(position))
        .main_class("main main-canvas")
        .show(main)
}

fn address(which: Which, asked: &Asked) -> String {
    let mut address = format!("{}?show={}", url::PROBLEMS, which.word());
    if let Some(service) = asked.service {
        address.push_str(&format!("&service={service}"));
    }
    if !asked.words.is_empty() {
        address.push_str(&format!("&q={}", url::encode(&asked.words)));
    }
    address
}

fn which(asked: &Asked) -> Markup {
    html! {
        nav.seg.seg-w aria-label="Which problems" {
            @for one in Which::ALL {
                a href=(address(one, asked)) aria-current=[(one == asked.which).then_some("page")] { (one.label()) }
            }
        }
    }
}

fn filter(policy: &Policy, asked: &Asked) -> Markup {
    let chosen = asked.service.map_or(String::new(), |id| id.to_string());
    html! {
        form.find role="search" method="get" action=(url::PROBLEMS) {
            input type="hidden" name="show" value=(asked.which.word());
            input.inp type="search" name="q" value=(asked.words) aria-label="Words" placeholder="Words" autocomplete="off" maxlength=(kernel::limits::QUERY_CHARS);
            select.inp name="service" aria-label="Service" {
                @for (id, name) in words::services(policy, "Every service") { option value=(id) selected[id == chosen] { (name) } }
            }
            button.btn type="submit" { (icon("search")) "Find" }
        }
    }
}

fn rows(who: &SignedIn, policy: &Policy, asked: &Asked, list: &List) -> Markup {
    let narrowed = asked.service.is_some() || !asked.words.is_empty();
    html! {
        @if list.rows.is_empty() {
            @if narrowed { (empty("None fits", "Take away a word or the service.", Some((address(asked.which, &all(asked)).as_str(), "Show all of them")))) }
            @else { (empty("None here", "Open one from incidents that have one cause: select them in the queue, or press B on an incident.", Some((url::RECURRING, "Show what comes again")))) }
        } @else {
            section.card aria-label="Problems" {
                div.scroll-x tabindex="0" role="region" aria-label="Problems by what they cost" {
                    table.dt {
                        thead { tr {
                            th scope="col" { "Problem" } th scope="col" { "State" } th scope="col" { "Service" }
                            th.num scope="col" aria-sort="descending" { "Hours lost" } th.num scope="col" { "Incidents" }
                            th.num scope="col" { "In 30 days" } th scope="col" { "Owner" } th scope="col" { "Review" }
                        } }
                        tbody { @for row in &list.rows { (line(who, policy, row)) } }
                    }
                }
            }
            @if list.more > 0 { p.meta { (list.more) " more" ": choose a service or type a word." } }
        }
    }
}

/// The same question without what narrows it.
fn all(asked: &Asked) -> Asked {
    Asked { which: asked.which, service: None, words: String::new() }
}

fn line(who: &SignedIn, policy: &Policy, row: &Row) -> Markup {
    let (problem, cost) = (&row.problem, row.cost);
    html! {
        tr {
            th scope="row" { a.link href=(url::problem(problem.number)) { (problem.number) " " (problem.title) } }
            td { (words::state(problem.state)) }
            td { (words::service(policy, problem.service)) }
            td.num { (words::hours(cost.seconds)) }
            td.num { (cost.incidents) @if cost.open > 0 { span.meta { ", " (cost.open) " open" } } }
            td.num { (row.lately) }
            td { @match problem.owner { Some(owner) => (named_staff(policy, owner)), None => span.muted { "nobody" } } }
            td {
                @match problem.review_on {
                    Some(day) if problem.is_overdue(words::today(who)) => (overdue(day)),
                    Some(day) => (words::day(day)),
                    None => span.muted { "–" },
                }
            }
        }
    }
}
