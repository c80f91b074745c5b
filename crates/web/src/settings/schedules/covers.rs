//! Who stands in: overrides of a schedule, and shifts that are offered.

use super::{SECTION, SUBJECT, Which, crew, shadows};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::clock_change;
use crate::part::form::Field;
use crate::part::icon::icon;
use crate::settings::editing::{self, Problem, saved};
use crate::settings::{ConfiguresPaging, actor, row_page};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::rota::{Answer, Wanted, add_override, answer_swap, end_override};
use incident::Refusal;
use kernel::{OverrideId, ScheduleId, SwapId, limits};
use maud::{Markup, html};
use store::directory::schedules::{Override, Schedule};
use store::directory::swaps::{Swap, SwapState};

/// The cards below the form.
pub(super) fn cards(who: &SignedIn, which: &Which, stored: &Schedule) -> Markup {
    html! {
        (overrides_card(who, which, stored, &Fields::default(), &Problem::default()))
        (shadows::card(who, which, stored, &Fields::default(), &Problem::default()))
        @if !which.swaps.is_empty() { (swaps_card(who, which, stored)) }
    }
}

fn overrides_card(
    who: &SignedIn,
    which: &Which,
    stored: &Schedule,
    fields: &Fields,
    problem: &Problem,
) -> Markup {
    let edits = who.viewer().arranges_shifts();
    html! {
        section.card id="overrides" aria-labelledby="overrides-h" {
            div.card-h { h2 id="overrides-h" { "Who stands in" } span.meta { "wins over every layer; a later one over those before it" } }
            @if which.overrides.is_empty() {
                div.card-b { p.meta { "Nobody stands in for anybody at present." } }
            } @else {
                div.scroll-x tabindex="0" role="region" aria-label="Overrides" { table.dt {
                    thead { tr {
                        th scope="col" { "Who" } th scope="col" { "From" } th scope="col" { "Until" } th scope="col" { "Why" }
                        @if edits { th scope="col" { span.vh { "Actions" } } }
                    } }
                    tbody { @for one in &which.overrides { (override_row(who, which, stored, one)) } }
                } }
            }
            @if edits && stored.active { div.card-b { (add_form(who, stored, fields, problem)) } }
        }
    }
}

fn override_row(who: &SignedIn, which: &Which, stored: &Schedule, one: &Override) -> Markup {
    let here = &who.here;
    let name = which.crew.name(one.person);
    html! {
        tr {
            th scope="row" { (name) @if one.swap.is_some() { " " span.chip { "swap" } } }
            td.nowrap { @if one.start <= here.now { "now" } @else { (here.exact(one.start)) } }
            td.nowrap { (here.exact(one.end)) }
            td { (one.reason) @if let Some(by) = one.made_by { span.meta { " by " (which.crew.name(by)) } } }
            @if who.viewer().arranges_shifts() {
                td.num {
                    form method="post" action={ (SECTION.of(stored.id)) "/overrides/" (one.id) "/end" } {
                        button.btn.btn-sm.btn-quiet type="submit" { "End it" span.vh { ": the override of " (name) } }
                    }
                }
            }
        }
    }
}

fn add_form(who: &SignedIn, stored: &Schedule, fields: &Fields, problem: &Problem) -> Markup {
    let person = Field::new("person", "Who is to be on call?")
        .hint("Name or e-mail address")
        .errors(&problem.errors);
    let field = |id: &'static str, label: &'static str, hint: &'static str| {
        Field::new(id, label).hint(hint).errors(&problem.errors)
    };
    let value = |id: &str| fields.get(id).unwrap_or_default();
    html! {
        form.form method="post" action={ (SECTION.of(stored.id)) "/overrides" } {
            (person.around(html! {
                input.inp id="person" name="person" type="text" list="crew" autocomplete="off" required value=(value("person"))
                    aria-invalid=[person.invalid()] aria-describedby=[person.described_by()];
            }))
            div.form-2 {
                (field("start", "From", "Empty: now.").input("datetime-local", value("start")))
                (field("end", "Until", "Empty: until the shift ends that goes on then.").input("datetime-local", value("end")))
                (clock_change::choice(fields, "start", "From", &who.here.zone))
                (clock_change::choice(fields, "end", "Until", &who.here.zone))
            }
            (Field::new("reason", "Why?").errors(&problem.errors).input("text", value("reason")))
            div { button.btn type="submit" { (icon("plus")) "Put them on call" } }
        }
    }
}

fn swaps_card(who: &SignedIn, which: &Which, stored: &Schedule) -> Markup {
    html! {
        section.card aria-labelledby="swaps-h" {
            div.card-h { h2 id="swaps-h" { "Shifts that are offered" } span.meta { "they stay with whoever offers them until somebody else has them" } }
            div.scroll-x tabindex="0" role="region" aria-label="Shifts that are offered" { table.dt {
                thead { tr {
                    th scope="col" { "Whose" } th scope="col" { "From" } th scope="col" { "Until" } th scope="col" { "Why" }
                    th scope="col" { "Taken by" } th scope="col" { span.vh { "Actions" } }
                } }
                tbody { @for swap in &which.swaps { (swap_row(who, which, stored, swap)) } }
            } }
        }
    }
}

fn swap_row(who: &SignedIn, which: &Which, stored: &Schedule, swap: &Swap) -> Markup {
    let (crew, here) = (&which.crew, &who.here);
    let button = |answer: &str, label: &str| {
        html! {
            form method="post" action={ (SECTION.of(stored.id)) "/swaps/" (swap.id) "/" (answer) } {
                button.btn.btn-sm type="submit" aria-label={ (label) " the swap of " (crew.name(swap.offered_by)) } { (label) }
            }
        }
    };
    html! {
        tr {
            th scope="row" { (crew.name(swap.offered_by)) }
            td.nowrap { (here.exact(swap.start)) }
            td.nowrap { (here.exact(swap.end)) }
            td { (swap.reason) }
            td {
                @match (swap.taken_by, swap.asked) {
                    (Some(by), _) => { (crew.name(by)) ", waits for a manager" }
                    (None, Some(asked)) => { span.muted { (crew.name(asked)) " was asked" } }
                    (None, None) => { span.muted { "nobody yet" } }
                }
            }
            td.num {
                @if who.viewer().arranges_shifts() {
                    div.btns {
                        @if swap.state == SwapState::Taken { (button("approve", "Approve")) (button("decline", "Decline")) }
                        @else { (button("withdraw", "Withdraw")) }
                    }
                }
            }
        }
    }
}

/// `POST …/overrides`: somebody stands in.
pub(super) async fn add(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    Path(id): Path<ScheduleId>,
    fields: Fields,
) -> PageResult<Response> {
    let which = Which::of(&app, &id.to_string()).await?;
    let done = match typed(&which, &who, id, &fields) {
        Ok(wanted) => {
            let viewer = who.viewer().clone();
            app.desk
                .change(actor(&who), move |sql, audit| add_override(sql, audit, &viewer, wanted))
                .await
        }
        Err(trouble) => Err(trouble),
    };
    match done {
        Ok(_) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => refused(&app, &who, &which, &fields, trouble).await,
    }
}

fn typed(
    which: &Which,
    who: &SignedIn,
    schedule: ScheduleId,
    fields: &Fields,
) -> Result<Wanted, Trouble> {
    let person = which.crew.find(fields.text("person"));
    Ok(Wanted {
        schedule,
        person: person.map_err(|words| Refusal::invalid("person", words))?,
        start: clock_change::said(fields, "start", &who.here.zone)?,
        end: clock_change::said(fields, "end", &who.here.zone)?,
        reason: editing::text(fields, "reason", limits::REASON_CHARS)?,
    })
}

/// The form for an override again, with what is wrong.
async fn refused(
    app: &App,
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let problem = Problem::of(app, trouble, SUBJECT, String::new(), "person").await?;
    let Some(stored) = &which.stored else { return Err(PageError::NotFound) };
    let body = html! {
        (problem.banner(who, &SECTION.of(stored.id)))
        datalist id="crew" { @for person in which.crew.offered() { option value=(crew::line(person)) {} } }
        (overrides_card(who, which, stored, fields, &problem))
    };
    let page = row_page(who, SECTION, &stored.name, html! {}, body);
    Ok((problem.status(), page).into_response())
}

/// `POST …/overrides/{override}/end`.
pub(super) async fn end(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    Path((id, one)): Path<(ScheduleId, OverrideId)>,
) -> PageResult<Response> {
    let viewer = who.viewer().clone();
    app.desk
        .change(actor(&who), move |sql, audit| end_override(sql, audit, &viewer, (id, one)))
        .await?;
    Ok(saved(&SECTION.of(id)))
}

/// `POST …/swaps/{swap}/{answer}`: a manager decides.
pub(super) async fn answer(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    Path((id, swap, answer)): Path<(ScheduleId, SwapId, String)>,
) -> PageResult<Response> {
    let answer = match answer.as_str() {
        "approve" => Answer::Approve,
        "decline" => Answer::Decline,
        "withdraw" => Answer::Withdraw,
        _ => return Err(PageError::NotFound),
    };
    let viewer = who.viewer().clone();
    app.desk
        .change(actor(&who), move |sql, audit| answer_swap(sql, audit, &viewer, (id, swap, answer)))
        .await?;
    Ok(saved(&SECTION.of(id)))
}
