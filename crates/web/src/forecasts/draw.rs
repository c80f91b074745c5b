//! How the page of expected times looks.

use crate::auth::SignedIn;
use crate::part::pri;
use crate::part::time::{self, counted, duration};
use crate::shell::{Page, Section};
use crate::url;
use desk::expected::{Measured, Quality, Tally};
use kernel::Priority;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Of a hundred, those that should end within the interval.
const GOAL_PER_CENT: f64 = 80.0;
/// Fewer tell nothing of how often it is right.
const FEW: u32 = 15;

/// The page.
pub(super) fn page(who: &SignedIn, quality: &Quality) -> Markup {
    let main = html! {
        div.page.page-w {
            div.page-h {
                div {
                    h1 { "Expected times" }
                    p { "When an incident is likely over, learned from how long your own took from where it is now. Right after something happened, of five about four end within the span that is shown; the longer nothing happens, the less sure that is. A time that a person sets always counts instead." }
                }
            }
            div.stack-l {
                @match (&quality.measured, quality.trained) {
                    (Some(measured), Some((version, at))) => {
                        section.card aria-labelledby="held" {
                            div.card-h { h2 id="held" { "On the newest incidents" } }
                            div.card-b.stack {
                                p {
                                    "Learned from " (counted(i64::from(measured.learned), "incident")) " since " (time::moment(measured.since, &who.here))
                                    ", last learned " (time::moment(at, &who.here)) @if version > 1 { ", " (counted(version, "time")) " so far" } ". Confidential incidents tell nothing."
                                }
                                (held_out(measured))
                            }
                        }
                        section.card aria-labelledby="shown" {
                            div.card-h { h2 id="shown" { "What was really shown" } }
                            div.card-b.stack {
                                p { "Times that the service desk looked at, one of an incident in four hours, beside when it was over. They count once the incident is closed." }
                                @if quality.shown.is_empty() { p.muted { "Nothing that was shown is closed yet." } }
                                @else { (tallies("Times that were shown, by priority", &quality.shown)) }
                            }
                        }
                    },
                    _ => section.card { div.card-b { p.muted { "No estimate yet: fewer than 15 incidents are over, or they were not learned from yet. After a start that takes some minutes." } } },
                }
            }
        }
    };
    Page::new(who, "Expected times")
        .section(Section::Reports)
        .crumb(url::REPORTS, "Reports")
        .main_class("main main-canvas")
        .show(main)
}

fn held_out(measured: &Measured) -> Markup {
    html! {
        @if measured.tallies.is_empty() {
            p.muted { "Too few are over to measure how often it is right." }
        } @else {
            p {
                "Measured at each step of the newest " (counted(i64::from(measured.held_out), "incident"))
                ", when only the older ones were known. The line is at " (GOAL_PER_CENT) "%."
            }
            (tallies("Times on the newest incidents, by priority", &measured.tallies))
        }
    }
}

/// How many ended within the interval, drawn and as a table.
fn tallies(name: &str, tallies: &BTreeMap<String, Tally>) -> Markup {
    html! {
        ul.bullets {
            @for (priority, tally) in tallies {
                @if let Some(coverage) = tally.coverage() {
                    li {
                        (named(priority))
                        svg.bul aria-hidden="true" {
                            rect.b-base y="2" width="100%" height="12" rx="2" {}
                            rect.b-val y="5" width=(format!("{:.1}%", coverage * 100.0)) height="6" rx="1" {}
                            rect.b-tgt x=(format!("{GOAL_PER_CENT}%")) y="0" width="2" height="16" {}
                        }
                        b { (share(coverage)) @if tally.told < FEW { span.muted { " (few)" } } }
                        span.meta.num { (tally.within) " of " (tally.told) }
                    }
                }
            }
        }
        details {
            summary class="btn btn-quiet btn-sm" { "As a table" }
            div.scroll-x.mts tabindex="0" role="region" aria-label=(name) {
                table.dt {
                    thead { tr {
                        th scope="col" { "Priority" } th.num scope="col" { "Told" } th.num scope="col" { "Within the span" }
                        th.num scope="col" { "Silent" } th.num scope="col" { "Likely time off by" } th.num scope="col" { "Usual time of the priority off by" }
                    } }
                    tbody {
                        @for (priority, tally) in tallies { (row(priority, tally)) }
                    }
                }
            }
        }
    }
}

fn row(priority: &str, tally: &Tally) -> Markup {
    html! {
        tr {
            th scope="row" { (priority) }
            td.num { (tally.told) }
            td.num { @if let Some(coverage) = tally.coverage() { (share(coverage)) } @else { "none" } }
            td.num { (tally.silent) }
            @if let Some((likely, usual)) = tally.mean_errors() {
                td.num { (duration(likely)) } td.num { (duration(usual)) }
            } @else {
                td.num { "none" } td.num { "none" }
            }
        }
    }
}

fn named(priority: &str) -> Markup {
    match priority.parse::<Priority>() {
        Ok(priority) => html! { (pri::priority(priority)) },
        Err(_) => html! { span { (priority) } },
    }
}

/// "81%".
pub(super) fn share(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}
