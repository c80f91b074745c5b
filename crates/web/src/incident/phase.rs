//! Where an update says that an incident stands: as the last one said, or by what happened since
//! and nobody outside was told.

use super::case::Case;
use crate::part::time::{self, Here};
use incident::state::UpdatePhase;
use incident::{Body, State};
use kernel::Timestamp;
use maud::{Markup, html};

/// Where it stands, and since when or as of when that was said.
pub(super) type Stand = (UpdatePhase, Timestamp);

/// What the last update of an incident said.
pub(super) fn last(case: &Case) -> Option<Stand> {
    case.events().iter().rev().find_map(|stored| match &stored.event.body {
        Body::UpdatePublished(data) if stored.number == case.number => {
            Some((data.phase, stored.event.happened_at))
        }
        _ => None,
    })
}

/// With which phase the next update begins.
pub(super) fn next(state: &State, last: Option<Stand>) -> UpdatePhase {
    // What was told to be over goes on since it was reopened.
    let last = last.filter(|last| last.0 != UpdatePhase::Resolved || !state.lifecycle.is_open());
    untold(state, last).or(last).map_or(UpdatePhase::Investigating, |(phase, _)| phase)
}

/// What happened since the last update and no update says yet: pressing a button tells nobody
/// outside.
fn untold(state: &State, last: Option<Stand>) -> Option<Stand> {
    let moments = &state.moments;
    let eased = [moments.mitigated, moments.restored].into_iter().flatten().max();
    let over = moments.resolved.map(|at| (UpdatePhase::Resolved, at));
    let (phase, at) = over.or(eased.map(|at| (UpdatePhase::Monitoring, at)))?;
    let is_told = last.is_some_and(|last| last.1 >= at || last.0 == phase);
    (!is_told).then_some((phase, at))
}

/// That nobody outside was told of it. What is being written stays as it is, this is said anew.
pub(super) fn told_nobody(
    state: &State,
    last: Option<Stand>,
    here: &Here,
    (class, patch): (Option<&str>, Option<&str>),
) -> Markup {
    html! {
        div id="untold" class=[class] data-patch=[patch] {
            @if let Some((phase, at)) = untold(state, last) {
                p.meta {
                    @match phase {
                        UpdatePhase::Resolved => "No update says yet that it is over, since "
                        _ => "No update says yet that its impact is over. Marking it told nobody outside. Since "
                    }
                    (time::moment(at, here)) "."
                }
            }
        }
    }
}
