//! What of an incident waiting can cost: a small copy of its state that is kept
//! where many incidents are compared.

use incident::State;
use incident::clocks::Clock;
use incident::state::Hold;
use kernel::{Level, Priority, ServiceId, Timestamp};

/// What waiting can cost an open incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// Priority in force.
    pub priority: Priority,
    /// Impact.
    pub impact: Level,
    /// People known to be affected: those counted, or one for each report.
    pub people: u32,
    /// Service.
    pub service: Option<ServiceId>,
    /// What it waits for.
    pub hold: Option<Hold>,
    /// The impact is over.
    pub mitigated: bool,
    /// The service was verified to be back.
    pub restored: bool,
    /// Another incident stands for the same interruption: it is part of that, or follows it.
    pub carried: bool,
    /// A major incident.
    pub major: bool,
    /// Somebody took it.
    pub taken: bool,
    /// When the next update was promised for.
    pub next_update: Option<Timestamp>,
    /// The latest instant that people were told to expect service by.
    pub expected: Option<Timestamp>,
    /// Its live clocks. Of what came by import and was never touched here nothing was promised.
    pub clocks: Vec<Clock>,
}

impl Exposure {
    /// That of an incident; `None` when it is not open.
    pub fn of(state: &State) -> Option<Exposure> {
        if !state.lifecycle.is_open() {
            return None;
        }
        let reports = 1 + state.children.len() + state.parts.len();
        let reports = u32::try_from(reports).unwrap_or(u32::MAX);
        let promised = state.clocks.iter().filter(|clock| !state.quiet && clock.status.is_live());
        Some(Exposure {
            priority: state.priority,
            impact: state.impact,
            people: state.affected.unwrap_or(0).max(reports),
            service: state.service,
            hold: state.hold.clone(),
            mitigated: state.moments.mitigated.is_some(),
            restored: state.moments.restored.is_some(),
            carried: state.merged_into.is_some()
                || (state.parent.is_some() && state.follows_parent),
            major: state.major,
            taken: state.assignee.is_some() || state.moments.acknowledged.is_some(),
            next_update: state.next_update,
            expected: state.expected.map(|expected| expected.high.unwrap_or(expected.at)),
            clocks: promised.cloned().collect(),
        })
    }
}
