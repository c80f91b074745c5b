//! What pages at this moment: which step, who is asked, what comes next and when.

use super::sight::Sight;
use crate::auth::SignedIn;
use crate::part::pri::priority;
use crate::part::time::{due, moment};
use crate::url;
use incident::escalation::{Course, Standing};
use maud::{Markup, html};
use store::incidents::list::IncidentRow;

pub(super) fn card(who: &SignedIn, sight: &Sight) -> Markup {
    html! {
        section.card aria-labelledby="pg" {
            div.card-h { h2 id="pg" { "Paging now" } @if !sight.paging.is_empty() { span.meta { (sight.paging.len()) " unanswered" } } }
            @if sight.paging.is_empty() {
                div.card-b { p.meta { "Nothing pages at this moment." } }
            } @else {
                ul.oc-pg { @for row in &sight.paging { @if let Some(course) = row.state.paging.as_deref() { (entry(who, sight, row, course)) } } }
            }
        }
    }
}

fn entry(who: &SignedIn, sight: &Sight, row: &IncidentRow, course: &Course) -> Markup {
    let here = &who.here;
    let waits: Vec<String> = course.waiting_for.iter().map(|one| sight.name(*one)).collect();
    html! {
        li {
            p.flex.wrap { (priority(row.state.priority)) a.link href=(url::incident(row.number)) { (row.number) } span { (row.title) } }
            p {
                @match course.standing {
                    Standing::Exhausted => span.crit-t { "Everybody was paged and nobody took it. " },
                    _ => { "Step " (course.step.as_ref().map_or(0, |step| step.step + 1)) " of " (course.steps) ". " }
                }
                @if waits.is_empty() { "Nobody is asked just now" } @else { (waits.join(", ")) @if let Some(at) = course.paged_at { " paged at " (moment(at, here)) } }
                "."
                @if let Some(next) = course.ahead.first() {
                    " Next in " (due(next.at, here)) ": "
                    @if next.whom.is_empty() { "every administrator" }
                    @for (place, whom) in next.whom.iter().enumerate() { @if place > 0 { ", " } (sight.names.words(*whom)) }
                    "."
                }
                " " a.link href=(url::ledger(row.number)) aria-label={ "Ledger of " (row.number) } { "Ledger" }
            }
        }
    }
}
