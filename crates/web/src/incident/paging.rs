//! Who is paged about it: the line above the timeline.

use super::case::Case;
use super::head::{opener, post};
use super::timeline::alerts::silent;
use super::timeline::paged::failure;
use super::view::View;
use crate::part::icon::icon;
use crate::part::time;
use incident::escalation::{Course, Failure, Planned, Standing, Stop, Whom};
use incident::{Body, CommandName as C};
use kernel::{PersonId, Timestamp};
use maud::{Markup, html};

/// How paging stands: nothing where it never began or is over.
pub(super) fn line(view: &View<'_>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    let open = state.lifecycle.is_open();
    html! {
        @if let Some(course) = state.paging.as_deref().filter(|_| open) {
            @match course.standing {
                Standing::Paging => (going(view, course)),
                Standing::Exhausted => (exhausted(view, course)),
                Standing::Acknowledged => (acknowledged(case, course)),
                Standing::Stopped => (given(view, course)),
            }
        }
        @if let Some(muted) = state.muted().filter(|_| open && !state.is_paging()) {
            p.meta { "Muted: " (silent(muted)) "." }
        }
    }
}

/// "Paging: step 2 of 3, Ines Carvalhal since 03:12, next 03:17 Network."
fn going(view: &View<'_>, course: &Course) -> Markup {
    let case = view.case;
    let step = course.step.as_ref().map_or(0, |step| step.step + 1);
    html! {
        div class="banner banner-warn" {
            (icon("bell"))
            div {
                b { "Paging: step " (step) " of " (course.steps) "." } " "
                @if course.waiting_for.is_empty() { "Nobody is asked just now" }
                @else {
                    (names(case, course.waiting_for.iter().copied()))
                    @if let Some(at) = course.paged_at { " since " (when(case, at)) }
                }
                @if let Some(next) = course.ahead.first() { ", next " (when(case, next.at)) " " (whom_of(case, next)) }
                "."
                @match course.must_answer.len() {
                    0 => {},
                    1 => { " It takes the answer of " (names(case, course.must_answer.iter().copied())) "." }
                    _ => { " Each of them has to acknowledge: " (names(case, course.must_answer.iter().copied())) "." }
                }
            }
            (buttons(view, "Escalate now"))
        }
    }
}

fn exhausted(view: &View<'_>, course: &Course) -> Markup {
    let case = view.case;
    let last = names(case, course.waiting_for.iter().copied());
    html! {
        div class="banner banner-crit" role="alert" {
            (icon("alert"))
            div {
                @if let Some(why) = unreached(case, course) {
                    b { "Nobody was reached." } " "
                    @if last.is_empty() { "Nobody is left to try" }
                    @else { (last) " last: " (failure(why)) }
                    @if let Some(at) = course.next_at() { ". Tried again " (when(case, at)) }
                } @else {
                    b { "Everybody was paged and nobody took it." } " "
                    @if !last.is_empty() { (last) " was told last" }
                    @else { "Nobody could be told" }
                    @if let Some(at) = course.next_at() { ", and is told again " (when(case, at)) }
                }
                "."
            }
            (buttons(view, "Tell them again now"))
        }
    }
}

/// Why none of those who were paged last was reached, where that is known.
fn unreached(case: &Case, course: &Course) -> Option<Failure> {
    let own = case.events().iter().filter(|stored| stored.number == case.number);
    own.rev().find_map(|stored| match &stored.event.body {
        Body::PageFailed(data) if data.paged == course.paged_n => Some(data.failure),
        _ => None,
    })
}

fn buttons(view: &View<'_>, escalate: &str) -> Markup {
    let number = view.case.number;
    html! {
        @if view.can(C::Acknowledge) { (post(number, "acknowledge", "btn btn-sm btn-primary", html! { "I have it" })) }
        @if view.can(C::Page) { (opener(number, "page", "btn btn-sm", None, html! { "Page…" })) }
        @if view.can(C::EscalatePage) { (post(number, "escalate-page", "btn btn-sm", html! { (escalate) })) }
    }
}

fn acknowledged(case: &Case, course: &Course) -> Markup {
    html! {
        p.meta {
            "Paging stopped"
            @if !course.acknowledged_by.is_empty() { ": " (names(case, course.acknowledged_by.iter().copied())) " has it" }
            @if let Some(at) = course.acknowledged_at { ", " (when(case, at)) }
            @if let Some(at) = course.expires_at { ". It pages again " (when(case, at)) " if nothing is heard until then" }
            "."
        }
    }
}

/// That nobody is paged any more because another team has it, until somebody takes it.
fn given(view: &View<'_>, course: &Course) -> Markup {
    let (number, taken) = (view.case.number, view.case.state().moments.acknowledged);
    let left = course.ended.filter(|end| end.why == Stop::Given);
    let left = left.filter(|end| taken.is_none_or(|taken| taken < end.at));
    html! {
        @if let Some(end) = left {
            div class="banner banner-warn" {
                (icon("bell"))
                div { b { "Nobody is paged." } " Another team has it since " (when(view.case, end.at)) ", nobody of which is paged for this." }
                @if view.can(C::Page) { (opener(number, "page", "btn btn-sm", None, html! { "Page…" })) }
            }
        }
    }
}

/// Whom a step pages.
pub(super) fn whom_of(case: &Case, planned: &Planned) -> Markup {
    html! {
        @if planned.whom.is_empty() { "every administrator" }
        @for (place, named) in planned.whom.iter().enumerate() {
            @if place > 0 { ", " }
            (whom(case, *named))
        }
        @if planned.round_robin { " in turn" }
    }
}

fn whom(case: &Case, named: Whom) -> String {
    match named {
        Whom::Person(person) => case.person(person).to_owned(),
        Whom::Team(team) => case.team(team).to_owned(),
        Whom::Schedule(id) => {
            let schedule = case.policy.paging.schedules.get(&id);
            schedule.map_or_else(|| "a schedule".to_owned(), |found| found.name.clone())
        }
        Whom::Webhook(_) => "a webhook".to_owned(),
    }
}

/// Names in a row.
pub(super) fn names(case: &Case, people: impl Iterator<Item = PersonId>) -> String {
    let names: Vec<&str> = people.map(|person| case.person(person)).collect();
    names.join(", ")
}

fn when(case: &Case, at: Timestamp) -> Markup {
    time::moment(at, &case.here)
}
