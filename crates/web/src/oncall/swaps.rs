//! Shifts that are offered: taken, approved, declined, withdrawn.

use super::done;
use super::sight::Sight;
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::part::icon::icon;
use crate::problems::words::named_staff;
use crate::settings::actor;
use crate::url;
use axum::extract::{Path, State};
use axum::response::Response;
use desk::rota::{Answer, answer_swap};
use kernel::{PersonId, ScheduleId, SwapId};
use maud::{Markup, html};
use roster::Roster;
use store::directory::swaps::{self, Swap, SwapState};

/// Shifts that somebody is asked about at the top of their inbox; all are on the page they lead to.
const ASKED_SHOWN: usize = 5;

/// Whether nobody has what is offered: somebody asks for cover.
pub(super) fn is_gap(roster: &Roster, swap: &Swap) -> bool {
    let is_theirs = roster.shifts(swap.start, swap.end).any(|one| one.person == swap.offered_by);
    !is_theirs && roster.gaps(swap.start, swap.end).next().is_some()
}

/// Offers of all schedules: whoever could take one need not look for it.
pub(super) fn card(who: &SignedIn, sight: &Sight) -> Markup {
    html! {
        @if !sight.swaps.is_empty() {
            section.card id="swaps" aria-labelledby="sw" {
                div.card-h { h2 id="sw" { "Shifts that are offered" } span.meta { "each stays with its owner until somebody else has it" } }
                div.scroll-x tabindex="0" role="region" aria-label="Shifts that are offered, table" { table.dt {
                    thead { tr {
                        th scope="col" { "Whose" } th scope="col" { "Schedule" } th scope="col" { "From" } th scope="col" { "Until" }
                        th scope="col" { "Why" } th scope="col" { "Taken by" } th scope="col" { span.vh { "Actions" } }
                    } }
                    tbody { @for swap in &sight.swaps { (row(who, sight, swap)) } }
                } }
            }
        }
    }
}

fn row(who: &SignedIn, sight: &Sight, swap: &Swap) -> Markup {
    let here = &who.here;
    let standing = sight.standing(swap.schedule);
    let schedule = standing.map_or("", |row| row.name.as_str());
    let gap = standing.is_some_and(|row| is_gap(&row.roster, swap));
    html! {
        tr {
            th scope="row" { @if gap { "nobody's: asked by " } (sight.name(swap.offered_by)) @if swap.offered_by == who.viewer().person { ", you" } }
            td { (schedule) }
            td.nowrap { @if swap.start <= here.now { "now" } @else { (here.exact(swap.start)) } }
            td.nowrap { (here.exact(swap.end)) }
            td.swap-why { (swap.reason) }
            td {
                @match (swap.taken_by, swap.asked) {
                    (Some(by), _) => { (sight.name(by)) ", waits for a manager" }
                    (None, Some(asked)) => { span.muted { (sight.name(asked)) " was asked" } }
                    (None, None) => span.muted { "nobody yet" },
                }
            }
            td.num { div.btns.btns-n { (buttons(who, sight, swap, gap)) } }
        }
    }
}

fn buttons(who: &SignedIn, sight: &Sight, swap: &Swap, gap: bool) -> Markup {
    let viewer = who.viewer();
    let me = viewer.person;
    let offered = swap.state == SwapState::Offered;
    let open_to_me = swap.offered_by != me && swap.asked.is_none_or(|asked| asked == me);
    let own = viewer.swaps_shifts() && swap.offered_by == me;
    let name = sight.name(swap.offered_by);
    let what = match gap {
        true => format!("the gap that {name} asks about"),
        false => format!("the shift of {name}"),
    };
    let button = |answer: &str, label: &str, class: &str| {
        html! {
            form method="post" action=(url::on_call_of(swap.schedule, format_args!("swaps/{}/{answer}", swap.id))) {
                button class=(class) type="submit" aria-label={ (label) ": " (what) } { (label) }
            }
        }
    };
    html! {
        @if offered && viewer.swaps_shifts() && open_to_me { (button("take", "Take it", "btn btn-sm")) }
        @if !offered && viewer.arranges_shifts() {
            (button("approve", "Approve", "btn btn-sm"))
            (button("decline", "Decline", "btn btn-sm btn-quiet"))
        }
        @if own || viewer.arranges_shifts() { (button("withdraw", "Withdraw", "btn btn-sm btn-quiet")) }
    }
}

/// What somebody is asked about shifts, for the top of their inbox: to take one over, or to agree
/// that others do.
pub(crate) async fn asked(app: &App, who: &SignedIn) -> PageResult<Markup> {
    let viewer = who.viewer();
    if !viewer.swaps_shifts() {
        return Ok(html! {});
    }
    let now = who.here.now;
    let mut waiting = app.desk.read(move |sql| swaps::waiting(sql, now)).await?;
    let policy = app.desk.policy();
    let schedules = &policy.paging.schedules;
    waiting.retain(|swap| match swap.state {
        SwapState::Offered => swap.asked == Some(viewer.person),
        _ => viewer.arranges_shifts(),
    });
    waiting.retain(|swap| schedules.contains_key(&swap.schedule));
    let name = |person: PersonId| named_staff(&policy, person);
    let is_gap = |swap: &Swap| {
        let roster = schedules.get(&swap.schedule).and_then(|one| one.roster.roster().ok());
        roster.is_some_and(|roster| is_gap(&roster, swap))
    };
    Ok(html! {
        @if !waiting.is_empty() {
            section.card.mbm aria-labelledby="shifts-h" {
                div.card-h { h2 id="shifts-h" { "Shifts" } a.link.meta href={ (url::ON_CALL) "#swaps" } { "All that are offered" } }
                div.card-b { ul.stack-s {
                    @for swap in waiting.iter().take(ASKED_SHOWN) {
                        li {
                            (icon("oncall")) " "
                            a.link href={ (url::on_call(swap.schedule)) "#swaps" } { (schedules.get(&swap.schedule).map_or("", |one| one.name.as_str())) }
                            ", " (who.here.exact(swap.start)) " to " (who.here.exact(swap.end)) ": "
                            @match swap.taken_by {
                                Some(by) if is_gap(swap) => { (name(by)) " would cover this gap, as " (name(swap.offered_by)) " asked. Do you agree?" }
                                Some(by) => { (name(by)) " would take the shift of " (name(swap.offered_by)) ". Do you agree?" }
                                None => { (name(swap.offered_by)) " asks you to take this shift." }
                            }
                        }
                    }
                } }
            }
        }
    })
}

/// `POST …/swaps/{swap}/{answer}`
pub(super) async fn answer(
    State(app): State<App>,
    Staff(who): Staff,
    Path((schedule, swap, answer)): Path<(ScheduleId, SwapId, String)>,
) -> PageResult<Response> {
    let answer = match answer.as_str() {
        "take" => Answer::Take,
        "approve" => Answer::Approve,
        "decline" => Answer::Decline,
        "withdraw" => Answer::Withdraw,
        _ => return Err(PageError::NotFound),
    };
    let viewer = who.viewer().clone();
    let after = app.desk.change(actor(&who), move |sql, audit| {
        answer_swap(sql, audit, &viewer, (schedule, swap, answer))
    });
    let after = after.await?;
    let told = match (answer, after.state) {
        (Answer::Take, SwapState::Taken) => "asked",
        (Answer::Take, _) => "yours",
        (Answer::Approve, _) => "approved",
        (Answer::Decline | Answer::Withdraw, _) => "kept",
    };
    Ok(done(schedule, told))
}
