//! The upper part of the room: what it is, what can be done, the keel line and the figures.

use super::keel::{Moments, keel};
use super::{Room, figures, opener, people};
use crate::incident::dialogs;
use crate::part::icon::icon;
use crate::part::time;
use crate::part::{chip, clock, pri, state};
use crate::url;
use incident::clocks::ClockKind;
use incident::{Body, CommandName as C, Lifecycle};
use maud::{Markup, html};

/// The sticky bar: title, the compact clock, the actions.
pub(super) fn bar(room: &Room<'_>, patch: Option<&str>) -> Markup {
    let state = room.state();
    let clock = clock::next(state).filter(|_| state.lifecycle.is_open());
    html! {
        div class="inc-t maj-t" id="mj-bar" data-patch=[patch] {
            div.inc-tr {
                h1 {
                    span class="chip chip-solid" { (icon("major")) (standing(room)) }
                    " " (room.case().title())
                }
                div.inc-sla aria-hidden="true" {
                    @if let Some(clock) = clock { (clock::sla(clock, clock::waits_since(state), room.here())) }
                }
                div.btns { (actions(room)) }
            }
        }
    }
}

/// What it is now.
fn standing(room: &Room<'_>) -> &'static str {
    let state = room.state();
    match (state.major, state.lifecycle) {
        (true, lifecycle) if lifecycle.is_open() => "Major incident",
        (true, Lifecycle::Resolved) => "Major incident, resolved",
        (true, _) => "Major incident, over",
        (false, _) if is_proposed(room) => "Proposed as major",
        (false, _) => "Stood down",
    }
}

fn is_proposed(room: &Room<'_>) -> bool {
    room.conduct().is_some_and(|conduct| conduct.proposal.is_some())
}

fn actions(room: &Room<'_>) -> Markup {
    let state = room.state();
    let moments = &state.moments;
    html! {
        @if is_proposed(room) && room.can(C::DeclareMajor) {
            (opener(room, C::DeclareMajor, "btn btn-danger", html! { "Declare major" }))
            @if room.can(C::DeclineMajor) { (opener(room, C::DeclineMajor, "btn", html! { "Decline" })) }
        }
        @if state.major && state.lifecycle.is_open() {
            @if moments.mitigated.is_none() && room.can(C::Mitigate) {
                (over(room, C::Mitigate, "Mark as mitigated"))
            } @else if moments.restored.is_none() && room.can(C::Restore) {
                (over(room, C::Restore, "Service is back"))
            }
            @if room.can(C::Resolve) { (opener(room, C::Resolve, "btn", html! { "Resolve" })) }
        }
        (people::join(room))
        @if room.can(C::StandDown) { (opener(room, C::StandDown, "btn", html! { "Stand down" })) }
        @if !state.major && !is_proposed(room) && room.can(C::DeclareMajor) {
            (opener(room, C::DeclareMajor, "btn", html! { "Declare again" }))
        }
    }
}

/// Says that it is over, where wished for the incidents below it, too.
fn over(room: &Room<'_>, command: C, label: &str) -> Markup {
    let below = room.state().children.len();
    html! {
        form class="maj-o" method="post" action=(url::incident_command(room.number(), command)) data-live {
            (dialogs::screen_field(&dialogs::in_room()))
            button class="btn btn-primary" type="submit" { (label) }
            @if below > 0 {
                label.ck id="mj-below" data-keep {
                    input type="checkbox" name="children" value="1";
                    "with " (time::counted(below as i64, "incident")) " below it"
                }
            }
        }
    }
}

/// What it is, the keel line and the figures.
pub(super) fn head(room: &Room<'_>, patch: Option<&str>) -> Markup {
    let (case, state) = (room.case(), room.state());
    let joined = state.children.len() + state.parts.len();
    html! {
        header.maj-h id="mj-head" data-version=(state.version) data-patch=[patch] {
            div.inc-m {
                (pri::priority(state.priority)) " " (state::state(state))
                a.chip href=(url::incident(case.number)) { (icon("list")) (case.number) ", all of it" }
                @if let Some(service) = state.service { span.chip { (icon("services")) (case.service(service)) } }
                @if let Some(team) = state.confidential_to { (chip::lock(case.team(team))) }
                span.meta { (since(room)) }
                @if let Some(address) = &case.outside { a.link href=(address) { (icon("globe")) " On the status page" } }
                span.end id="here" data-keep { (room.others) }
                @if joined > 0 { span.meta { (time::counted(joined as i64, "report")) " joined" } }
            }
            @if let Some(proposal) = room.conduct().and_then(|conduct| conduct.proposal.as_ref()) {
                div class="banner banner-warn" {
                    (icon("major"))
                    div {
                        b {
                            @match proposal.by { Some(person) => (case.person(person)), None => "A rule" }
                            " proposes to declare it major."
                        }
                        @if let Some(reason) = proposal.reason { " " (case.text(reason)) }
                    }
                }
            }
            (keel(&moments(room), room.here()))
            (figures::figures(room))
        }
    }
}

/// "declared by Kofi Darkwah, 12:41".
fn since(room: &Room<'_>) -> Markup {
    let case = room.case();
    let declared = case.events().iter().rev().find(|stored| {
        stored.number == case.number && matches!(stored.event.body, Body::MajorDeclared(_))
    });
    html! {
        @match declared {
            Some(stored) => { "declared by " (stored.event.actor.name) ", " (time::moment(stored.event.happened_at, &case.here)) },
            None => { "reported " (time::moment(room.state().reported_at, &case.here)) },
        }
        @if let Some(at) = room.conduct().and_then(|conduct| conduct.stood_down_at) { ", stood down " (time::moment(at, &case.here)) }
    }
}

/// The moments of the keel line.
fn moments(room: &Room<'_>) -> Moments {
    let state = room.state();
    let of = &state.moments;
    let due = state.clocks.iter().find(|clock| clock.kind == ClockKind::Resolution);
    Moments {
        began: state.outages.iter().map(|outage| outage.started_at).min(),
        detected: Some(of.detected.unwrap_or(state.reported_at)),
        acknowledged: of.acknowledged,
        declared: room.conduct().and_then(|conduct| conduct.declared_at),
        mitigated: [of.mitigated, of.restored, of.resolved].into_iter().flatten().min(),
        resolved: of.resolved.filter(|_| !state.lifecycle.is_open()),
        next_word: room.conduct().and_then(|conduct| conduct.communication.due),
        expected: state.expected.map(|expected| expected.at),
        due: due.and_then(|clock| clock.due_at),
    }
}
