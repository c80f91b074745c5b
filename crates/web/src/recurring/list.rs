//! How the list of recurring incidents looks: what costs most first.

use super::bars;
use crate::auth::SignedIn;
use crate::part::empty::empty;
use crate::part::time;
use crate::problems::words;
use crate::shell::{Page, Section};
use crate::url;
use desk::recurring::Listed;
use incident::Policy;
use incident::permissions::may_write_problems;
use maud::{Markup, html};
use store::recurring::RecurringState;

/// The word of the address that shows what was dismissed.
pub(super) const DISMISSED: &str = "dismissed";
/// Clusters that one page shows, those that cost most.
const SHOWN: usize = 200;

pub(super) fn page(who: &SignedIn, policy: &Policy, all: &[Listed], dismissed: bool) -> Markup {
    let fits = |one: &&Listed| (one.cluster.state == RecurringState::Dismissed) == dismissed;
    let rows: Vec<&Listed> = all.iter().filter(fits).collect();
    let main = html! {
        div.page.page-w {
            div.page-h { div {
                h1 { "Recurring incidents" }
                p { "What came at least three times in the last year. First what costs most." }
            } }
            div.stack-l {
                nav.seg aria-label="Which recurring incidents" {
                    a href=(url::RECURRING) aria-current=[(!dismissed).then_some("page")] { "Going on" }
                    a href={ (url::RECURRING) "?show=" (DISMISSED) } aria-current=[dismissed.then_some("page")] { "Dismissed" }
                }
                @if rows.is_empty() {
                    @if dismissed { (empty("None was dismissed", "What is dismissed waits here until it has twice as many incidents.", Some((url::RECURRING, "Show what goes on")))) }
                    @else { (empty("Nothing comes again", "Incidents of one service that say nearly the same are put together here once there are three.", Some((url::PROBLEMS, "Show the problems")))) }
                } @else {
                    (table(who, policy, &rows))
                    @if rows.len() > SHOWN { p.meta { (rows.len() - SHOWN) " more that cost less" } }
                    p.meta { "Hours of outage of each incident, else from report to resolution. Only incidents that you see and that are restricted to no team count." }
                }
            }
        }
    };
    Page::new(who, "Recurring incidents")
        .section(Section::Problems)
        .crumb(url::PROBLEMS, "Problems")
        .main_class("main main-canvas")
        .show(main)
}

fn table(who: &SignedIn, policy: &Policy, rows: &[&Listed]) -> Markup {
    html! {
        section.card aria-label="Recurring incidents" {
            div.scroll-x tabindex="0" role="region" aria-label="Recurring incidents by what they cost" {
                table.dt {
                    thead { tr {
                        th scope="col" { "Incidents that say" } th scope="col" { "Service" }
                        th.num scope="col" { "Incidents" } th scope="col" { "Half a year" }
                        th.num scope="col" aria-sort="descending" { "Hours lost" }
                        th scope="col" { "Latest" } th scope="col" { "Problem" }
                    } }
                    tbody { @for row in rows.iter().take(SHOWN) { (line(who, policy, row)) } }
                }
            }
        }
    }
}

fn line(who: &SignedIn, policy: &Policy, row: &Listed) -> Markup {
    let cluster = &row.cluster;
    let page = url::recurring(cluster.id);
    html! {
        tr {
            th scope="row" { a.link href=(page) { (cluster.name) } }
            td { (words::service(policy, cluster.service)) }
            td.num { (row.incidents) @if row.open > 0 { span.meta { ", " (row.open) " open" } } }
            td.d90-w { (bars(&row.weeks)) span.meta { (row.trend.words(&row.compared)) } }
            td.num { (words::hours(row.seconds)) }
            td { (time::moment(row.latest, &who.here)) }
            td {
                @if let Some(problem) = cluster.problem { a.link href=(url::problem(problem)) { (problem) } }
                @else if may_write_problems(who.viewer()).is_ok() { a.btn.btn-sm href={ (page) "#open" } { "Open a problem" } }
                @else { span.muted { "none" } }
            }
        }
    }
}
