//! The figures of a major incident; what goes on yet is counted on.

use super::Room;
use crate::majors;
use crate::part::time::{self, duration};
use incident::conduct;
use kernel::{Timestamp, grouped};
use maud::{Markup, html};

/// Figures that are known.
pub(super) fn figures(room: &Room<'_>) -> Markup {
    let state = room.state();
    let of = &state.moments;
    let open = state.lifecycle.is_open();
    let noticed = of.detected.unwrap_or(state.reported_at);
    let began = state.outages.iter().map(|outage| outage.started_at).min();
    let began = began.filter(|at| *at < noticed);
    let mitigated = [of.mitigated, of.restored, of.resolved].into_iter().flatten().min();
    let declared = room.conduct().and_then(|conduct| conduct.declared_at);
    let told = declared.and_then(|at| first_word(room, at));
    let cost = conduct::cost(&state.outages, &room.extra.hourly, room.here().now);
    html! {
        dl.mstats {
            @if let Some(began) = began { (figure("Time to detect", html! { (duration(noticed.seconds_since(began))) })) }
            (span(room, "Time to acknowledge", noticed, of.acknowledged, open))
            (span(room, "Time to mitigate", noticed, mitigated, open))
            @if let Some(declared) = declared { (span(room, "Time to first update", declared, told, open && state.major)) }
            @if let Some(conduct) = room.conduct().filter(|conduct| conduct.declared_at.is_some()) {
                (figure("Updates in time", html! { (majors::kept(&conduct.communication)) }))
            }
            @if let Some(affected) = state.affected { (figure("People affected", html! { (grouped(i64::from(affected))) })) }
            @if let Some(cost) = cost { (figure("Cost of the outage", html! { (grouped(cost)) })) }
        }
    }
}

fn figure(name: &str, value: Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// A span that is over, or runs; nothing where it never began to.
fn span(
    room: &Room<'_>,
    name: &str,
    from: Timestamp,
    until: Option<Timestamp>,
    runs: bool,
) -> Markup {
    html! {
        @match until {
            Some(until) => (figure(name, html! { (duration(until.seconds_since(from))) })),
            None if runs => div { dt { (name) } dd.run { (time::age(from, room.here())) ", running" } },
            None => {},
        }
    }
}

fn first_word(room: &Room<'_>, declared: Timestamp) -> Option<Timestamp> {
    room.extra.said.iter().map(|word| word.at).filter(|at| *at >= declared).min()
}
