//! When the time comes near that people were told service is back by: whoever has it is reminded
//! while there is time for a word, once for each time that was told.

use crate::event::{Body, Event};
use crate::state::State;
use kernel::Timestamp;

/// How long before it is brought to mind, in seconds: enough to ask how far it is, and to say so.
pub const AHEAD_SECONDS: i64 = 900;

/// The instant that was told and comes next, and when whoever has it is reminded of it. What is
/// over or back, or part of another, needs no word of its own, nor does one of which requesters
/// heard something that shortly before.
pub(crate) fn next(state: &State) -> Option<(Timestamp, Timestamp)> {
    let back = state.moments.restored.is_some();
    if !state.lifecycle.is_open() || back || state.merged_into.is_some() {
        return None;
    }
    let told = state.expected.map(|expected| expected.at);
    let told = told.filter(|at| state.nearing.is_none_or(|known| *at > known));
    // What passed before something else happened comes near no more.
    let told = told.filter(|at| *at > state.updated_at)?;
    let rings_at = told.plus_seconds(-AHEAD_SECONDS);
    let heard = state.since.told.is_some_and(|at| at >= rings_at);
    (!heard).then_some((told, rings_at))
}

/// Whether it says something still: what is noticed when the time has passed comes near no more,
/// and is told nobody.
pub(crate) fn is_news(event: &Event) -> bool {
    match &event.body {
        Body::ExpectationNears(data) => event.at < data.at,
        _ => true,
    }
}

/// Notes of which instant whoever has it was reminded.
pub(crate) fn follow(state: &mut State, event: &Event) {
    if let Body::ExpectationNears(data) = &event.body {
        state.nearing = Some(data.at);
    }
}
