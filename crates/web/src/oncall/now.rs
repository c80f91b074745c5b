//! Who is on call now, schedule by schedule, and taking over.

use super::done;
use super::me::{reached, take_over};
use super::sight::{Sight, Standing};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::person::small_avatar;
use crate::part::time::{counted, since};
use crate::settings::actor;
use crate::url;
use axum::extract::{Path, State};
use axum::response::Response;
use desk::rota::take_over_now;
use incident::Access;
use incident::escalation::check::can_be_paged;
use kernel::{IncidentNumber, PersonId, ScheduleId};
use maud::{Markup, html};
use store::incidents::list::IncidentRow;

pub(super) fn card(who: &SignedIn, sight: &Sight) -> Markup {
    let takes = who.viewer().swaps_shifts();
    html! {
        section.card aria-labelledby="nw" {
            div.card-h {
                h2 id="nw" { "On call now" }
                span.meta {
                    (counted(sight.rows.len() as i64, "schedule"))
                    @if !sight.paging.is_empty() { ", " (counted(sight.paging.len() as i64, "page")) " unanswered" }
                }
            }
            div.scroll-x tabindex="0" role="region" aria-label="On call now, table" { table.dt.oc-t {
                thead { tr {
                    th scope="col" { "Schedule" } th scope="col" { "On call" } th scope="col" { "Until" }
                    th.oc-x scope="col" { "Then" } th.oc-x scope="col" { "Busy with" } th.oc-r scope="col" { "Reached by" }
                    @if takes { th scope="col" { span.vh { "Actions" } } }
                } }
                tbody { @for row in &sight.rows { (line(who, sight, row, takes)) } }
            } }
        }
    }
}

fn line(who: &SignedIn, sight: &Sight, row: &Standing, takes: bool) -> Markup {
    let here = &who.here;
    let me = who.viewer().person;
    html! {
        tr {
            th scope="row" { a href=(url::on_call(row.id)) { (row.name) } }
            @match row.now.person {
                Some(person) => { td {
                    (somebody(who, sight, person))
                    @if !row.besides.is_empty() {
                        span.meta { " learning: " (row.besides.iter().map(|one| sight.name(*one)).collect::<Vec<_>>().join(", ")) }
                    }
                } }
                None => { td { span.err { (icon("alert")) "nobody" } @if let Some(whom) = row.fallback { span.meta { "pages go to " (sight.names.words(whom)) } } } }
            }
            td { @match row.until() { Some(at) => (here.exact(at)), None => span.muted { "no end in sight" } } }
            td.oc-x {
                @match row.next.map(|next| next.person) {
                    None => span.muted { "–" },
                    Some(Some(person)) => (sight.name(person)),
                    Some(None) => span.crit-t { "nobody" },
                }
            }
            td.oc-x { (busy(who, sight, row)) }
            td.oc-r { @if let Some(person) = row.now.person { (reached(who, sight, person, false)) } @else { "–" } }
            @if takes {
                td.num { @if row.now.person != Some(me) { (take_over(sight, row, "Take over now", "btn btn-sm")) } }
            }
        }
    }
}

/// What keeps whoever is on call: a page that they have not answered, else what they work on.
fn busy(who: &SignedIn, sight: &Sight, row: &Standing) -> Markup {
    let Some(person) = row.now.person else { return html! { span.muted { "–" } } };
    let asked = sight.paging.iter().find_map(|row| {
        let course = row.state.paging.as_deref()?;
        let at = course.paged_at.filter(|_| course.waiting_for.contains(&person))?;
        Some((row.number, at))
    });
    html! {
        @if let Some((number, at)) = asked {
            a.chip.chip-warn href=(url::incident(number)) { (icon("clock")) (number) ", paged " (since(at, &who.here)) }
        } @else if let Some((number, more)) = has(sight, person) {
            a.link href=(url::incident(number)) { (number) }
            @if more > 0 { span.meta { "and " (more) " more" } }
        } @else { span.muted { "free" } }
    }
}

/// The most urgent that somebody has, given to them or taken by answering a page, and how many more
/// were given to them.
fn has(sight: &Sight, person: PersonId) -> Option<(IncidentNumber, i64)> {
    let takes = |row: &&IncidentRow| {
        let course = row.state.paging.as_deref().filter(|_| row.access == Access::Full);
        course.is_some_and(|course| course.acknowledged_by.contains(&person))
    };
    let held = sight.held.iter().filter(takes).map(|row| (row.state.priority, row.number)).min();
    let given = sight.busy.get(&person);
    let first = given.map(|busy| (busy.priority, busy.number));
    let (_, number) = held.into_iter().chain(first).min()?;
    Some((number, given.map_or(0, |busy| busy.count - i64::from(busy.number == number))))
}

fn somebody(who: &SignedIn, sight: &Sight, person: PersonId) -> Markup {
    let name = sight.name(person);
    html! {
        span.who {
            (small_avatar(person, &name))
            span { (name) @if person == who.viewer().person { ", you" } }
        }
        @if !can_be_paged(person, &sight.names.policy) { " " span.err { (icon("alert")) "cannot be paged any more" } }
    }
}

/// `POST …/take`: the reader is on call from now on, until the shift or the gap ends. Where
/// somebody else is by now than the page said, nothing is taken.
pub(super) async fn take(
    State(app): State<App>,
    Staff(who): Staff,
    Path(schedule): Path<ScheduleId>,
    fields: Fields,
) -> PageResult<Response> {
    let viewer = who.viewer().clone();
    // A program that takes over need not look first.
    let seen = fields.get("from").map(|text| text.parse::<PersonId>().ok());
    app.desk
        .change(actor(&who), move |sql, audit| take_over_now(sql, audit, &viewer, (schedule, seen)))
        .await?;
    Ok(done(schedule, "taken"))
}
