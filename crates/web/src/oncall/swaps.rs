//! Shifts that are offered: taken, approved, declined, withdrawn.

use super::done;
use super::sight::Sight;
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::settings::actor;
use crate::url;
use axum::extract::{Path, State};
use axum::response::Response;
use desk::rota::{Answer, answer_swap};
use kernel::{ScheduleId, SwapId};
use maud::{Markup, html};
use store::directory::swaps::{Swap, SwapState};

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
    let schedule = sight.standing(swap.schedule).map_or("", |row| row.name.as_str());
    html! {
        tr {
            th scope="row" { (sight.name(swap.offered_by)) @if swap.offered_by == who.viewer().person { ", you" } }
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
            td.num { div.btns.btns-n { (buttons(who, sight, swap)) } }
        }
    }
}

fn buttons(who: &SignedIn, sight: &Sight, swap: &Swap) -> Markup {
    let viewer = who.viewer();
    let me = viewer.person;
    let offered = swap.state == SwapState::Offered;
    let open_to_me = swap.offered_by != me && swap.asked.is_none_or(|asked| asked == me);
    let own = viewer.swaps_shifts() && swap.offered_by == me;
    let whose = sight.name(swap.offered_by);
    let button = |answer: &str, label: &str, class: &str| {
        html! {
            form method="post" action=(url::on_call_of(swap.schedule, format_args!("swaps/{}/{answer}", swap.id))) {
                button class=(class) type="submit" aria-label={ (label) ": the shift of " (whose) } { (label) }
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
