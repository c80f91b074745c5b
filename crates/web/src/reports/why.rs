//! Why an incident missed what was agreed, in one line: the first target it passed, how often it
//! changed hands, and where it waited longest.

use crate::part::state::waiting;
use crate::part::time::{self, Here, counted};
use crate::part::{clock, pri};
use crate::url;
use incident::clocks::{Clock, ClockKind};
use incident::state::HoldReason;
use incident::{Event, Policy, State, apply, ledger};
use kernel::{InOrder, TeamId, Timestamp};
use maud::{Markup, html};
use store::incidents::list::IncidentRow;

/// Waits that are told of one incident.
const WAITS_TOLD: usize = 3;
/// Shorter waits explain nothing, in seconds.
const WAIT_LEAST: i64 = 60;

/// For what an incident waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Until somebody took it.
    Untaken,
    /// On hold.
    Hold(HoldReason),
    /// With a team, while it was open.
    Team(TeamId),
}

/// What its timeline tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Why {
    /// How often it went from one team to another.
    pub(super) hops: usize,
    /// Where it was longest, with the seconds, the longest first.
    pub(super) waits: Vec<(Wait, i64)>,
}

impl Why {
    /// Reads it off the whole timeline of an incident.
    pub(super) fn of(events: &[&Event], state: &State, now: Timestamp) -> Why {
        let over = state.moments.resolved.filter(|_| !state.lifecycle.is_open());
        let end = over.unwrap_or(now);
        let mut waits: Vec<(Wait, i64)> = Vec::new();
        let mut add =
            |wait: Wait, seconds: i64| match waits.iter_mut().find(|(known, _)| *known == wait) {
                Some((_, sum)) => *sum += seconds.max(0),
                None => waits.push((wait, seconds.max(0))),
            };
        let taken = state.moments.acknowledged.unwrap_or(end);
        add(Wait::Untaken, taken.seconds_since(state.reported_at));
        for pause in ledger::pauses(events.iter().copied()) {
            let counted = pause.counted.map_or(0, |span| span.to.seconds_since(span.from));
            add(Wait::Hold(pause.reason), counted);
        }
        if let Some(hold) = state.hold.as_ref() {
            add(Wait::Hold(hold.reason), end.seconds_since(hold.since));
        }
        let (mut hops, mut with, mut then) = (0, None::<(TeamId, Timestamp)>, None::<State>);
        for event in events {
            then = apply(then, event);
            let team = then.as_ref().and_then(|state| state.team);
            let before = with.map(|(team, _)| team);
            if team == before {
                continue;
            }
            hops += usize::from(team.is_some() && before.is_some());
            let at = event.happened_at.min(end);
            if let Some((team, since)) = with {
                add(Wait::Team(team), at.seconds_since(since));
            }
            with = team.map(|team| (team, at));
        }
        if let Some((team, since)) = with {
            add(Wait::Team(team), end.seconds_since(since));
        }
        // One team that had it all the time explains nothing.
        let tells = |wait: &Wait| hops > 0 || !matches!(wait, Wait::Team(_));
        waits.retain(|(wait, seconds)| *seconds >= WAIT_LEAST && tells(wait));
        waits.order_by_key(|(_, seconds)| std::cmp::Reverse(*seconds));
        waits.truncate(WAITS_TOLD);
        Why { hops, waits }
    }
}

/// The clock of this kind if it passed a target; where it is gone, the first of those that did.
fn first_breached(state: &State, kind: ClockKind) -> Option<&Clock> {
    let breached = state.clocks.iter().filter(|clock| clock.first_breached_at.is_some());
    breached.min_by_key(|clock| (clock.kind != kind, clock.first_breached_at))
}

/// An incident with its line. The number leads to the clocks on its page, which explain themselves.
pub(super) fn entry(
    row: &IncidentRow,
    why: &Why,
    kind: ClockKind,
    policy: &Policy,
    here: &Here,
) -> Markup {
    html! {
        li {
            (pri::priority(row.state.priority))
            div {
                a.link href={ (url::incident(row.number)) "#clocks" } { (row.number) " " (row.title) }
                p.meta { (line(row, why, kind, policy, here)) }
            }
        }
    }
}

fn line(row: &IncidentRow, why: &Why, kind: ClockKind, policy: &Policy, here: &Here) -> Markup {
    html! {
        @match first_breached(&row.state, kind) {
            Some(clock) => {
                (clock::name(clock.kind)) " passed its target of " (clock::length(clock, clock.target_seconds))
                @if let Some(at) = clock.first_breached_at { ", " (time::moment(at, here)) }
            }
            None => "No clock of it passed a target",
        }
        ". " (hops(why.hops)) ". "
        @if why.waits.is_empty() { "It waited for nothing longer than a minute." }
        @else {
            "Longest: "
            @for (at, (wait, seconds)) in why.waits.iter().enumerate() {
                @if at > 0 { ", " }
                (told(*wait, policy)) " " b { (time::duration(*seconds)) }
            }
            "."
        }
    }
}

fn hops(count: usize) -> String {
    match count {
        0 => "It stayed with its team".to_owned(),
        1 => "It changed teams once".to_owned(),
        count => format!("It changed teams {}", counted(count as i64, "time")),
    }
}

fn told(wait: Wait, policy: &Policy) -> String {
    match wait {
        Wait::Untaken => "nobody took it for".to_owned(),
        Wait::Hold(reason) => waiting(Some(reason)).words.to_lowercase(),
        Wait::Team(team) => {
            let known = policy.teams.get(&team);
            format!("with {}", known.map_or("a team that is gone", |team| team.name.as_str()))
        }
    }
}
