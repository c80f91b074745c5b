//! Clocks follow the state: before and after are compared, so that no command can
//! forget one.

use super::{Clock, ClockKind, ClockStatus, Counted};
use crate::policy::{Agreement, Policy, StartMoment};
use crate::state::{HoldReason, Lifecycle, State};
use kernel::{CalendarId, Timestamp};

/// What a decision said that the clocks listen to and the state alone does not show.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spoken {
    /// A person of the provider said something public.
    pub provider: bool,
    /// The requester said something.
    pub requester: bool,
}

/// The promises that clocks follow, and which version of the calendars counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms<'a> {
    /// What is promised.
    pub agreement: &'a Agreement,
    /// Where calendars are looked up.
    pub policy: &'a Policy,
    /// The calendar whose newest version clocks go over to.
    pub renew: Option<CalendarId>,
}

impl<'a> Terms<'a> {
    /// What this incident was promised.
    pub(crate) fn of(policy: &'a Policy, state: &State) -> Self {
        Terms { agreement: policy.agreement_of(state), policy, renew: None }
    }

    /// The business time that a clock of this kind counts from now on: a clock keeps
    /// the version of its calendar for as long as it is the same calendar.
    fn counted(
        &self,
        state: &State,
        kind: ClockKind,
        before: Option<&Clock>,
        at: Timestamp,
    ) -> Counted<'a> {
        let calendars = &self.policy.calendars;
        let wanted = self.agreement.calendar(state.priority, kind, state.team);
        let kept = before.and_then(|clock| clock.calendar);
        let kept = kept.filter(|kept| Some(kept.id) == wanted && self.renew != Some(kept.id));
        let reference = kept.or_else(|| calendars.newest(wanted?, at));
        Counted { calendar: calendars.get(reference), reference }
    }
}

/// The clocks after a decision that led to `state` at the instant `at`; only
/// those that differ from the state's own. A team's clock that another team's follows
/// comes first, as it stopped.
pub(crate) fn follow(state: &State, terms: Terms<'_>, spoken: Spoken, at: Timestamp) -> Vec<Clock> {
    let mut changed = Vec::new();
    for kind in ClockKind::ALL {
        let mut before = state.clocks.iter().find(|clock| clock.kind == kind);
        let of_others = |clock: &&Clock| clock.team != state.team || clock.left;
        if let Some(others) = before.filter(|_| kind == ClockKind::Team).filter(of_others) {
            changed.extend(given_away(others, terms, at));
            before = None;
        }
        changed.extend(follow_one(state, kind, before, terms, spoken, at));
    }
    changed
}

/// The clock of a team that does not have the incident any more.
fn given_away(clock: &Clock, terms: Terms<'_>, at: Timestamp) -> Option<Clock> {
    if clock.left {
        return None;
    }
    let mut left = Clock { left: true, ..clock.clone() };
    if left.status.is_live() {
        left.set_status(ClockStatus::Stopped, terms.policy.calendar_of(clock), at);
    }
    Some(left)
}

fn follow_one(
    state: &State,
    kind: ClockKind,
    before: Option<&Clock>,
    terms: Terms<'_>,
    spoken: Spoken,
    at: Timestamp,
) -> Option<Clock> {
    let status = wanted(state, kind, terms.agreement, before);
    let target = target_in_force(terms.agreement, state, kind, before)?;
    let by = terms.counted(state, kind, before, at);
    let mut clock = match before {
        Some(clock) => clock.clone(),
        None if starts(state, kind, spoken, status) => {
            let team = state.team.filter(|_| kind == ClockKind::Team);
            Clock { team, ..Clock::started(kind, target, by, start(state, kind, terms, at)) }
        }
        None => return None,
    };
    let reopens = reopens(state, kind, status);
    if clock.status.is_live() || reopens {
        clock.set_terms(target, terms.policy.calendar_of(&clock), by, at);
    }
    let restart = kind == ClockKind::Update
        && before.is_some()
        && status.is_live()
        && restarts(&clock, spoken);
    if restart {
        let first = clock.first_breached_at;
        clock = Clock { first_breached_at: first, ..Clock::started(kind, target, by, at) };
    }
    if clock.status != ClockStatus::Stopped || restart || reopens {
        clock.set_status(status, terms.policy.calendar_of(&clock), at);
    }
    (before != Some(&clock)).then_some(clock)
}

/// From when a clock counts that starts with the decision at `at`: what starts with the
/// report may count from when it was noticed.
fn start(state: &State, kind: ClockKind, terms: Terms<'_>, at: Timestamp) -> Timestamp {
    let with_the_report =
        matches!(kind, ClockKind::Acknowledge | ClockKind::Response | ClockKind::Resolution);
    let detected = state.moments.detected.filter(|_| {
        with_the_report
            && state.clocks.is_empty()
            && terms.agreement.starts_at == StartMoment::Detected
    });
    detected.map_or(at, |detected| detected.min(at))
}

/// A stopped clock keeps the target it stopped with; a clock whose priority has
/// no target any more keeps the last one, because a promise was given.
fn target_in_force(
    agreement: &Agreement,
    state: &State,
    kind: ClockKind,
    before: Option<&Clock>,
) -> Option<i64> {
    let promised = agreement.target(state.priority, kind, state.team);
    promised.or(before.map(|clock| clock.target_seconds))
}

fn wanted(
    state: &State,
    kind: ClockKind,
    agreement: &Agreement,
    before: Option<&Clock>,
) -> ClockStatus {
    let waits_for = state.hold.as_ref().map(|hold| hold.reason);
    let pauses = match kind {
        ClockKind::Acknowledge => false,
        ClockKind::Vendor => waits_for != Some(HoldReason::Vendor),
        _ => waits_for.is_some_and(|reason| agreement.pause_reasons.contains(&reason)),
    };
    let met = match kind {
        ClockKind::Acknowledge => state.moments.acknowledged.is_some(),
        ClockKind::Response => state.moments.responded.is_some(),
        ClockKind::Update | ClockKind::Resolution | ClockKind::Team | ClockKind::Vendor => false,
    };
    status_in(state.lifecycle, before.map(|clock| clock.status), met, pauses)
}

/// How a clock stands in a state of the incident: whether it is met, and whether
/// what the incident waits for pauses it, differs from clock to clock.
pub(crate) fn status_in(
    lifecycle: Lifecycle,
    before: Option<ClockStatus>,
    met: bool,
    pauses: bool,
) -> ClockStatus {
    match lifecycle {
        Lifecycle::Cancelled if before == Some(ClockStatus::Stopped) => ClockStatus::Stopped,
        Lifecycle::Cancelled => ClockStatus::Cancelled,
        Lifecycle::Resolved | Lifecycle::Closed => ClockStatus::Stopped,
        _ if met => ClockStatus::Stopped,
        _ if pauses => ClockStatus::Paused,
        _ => ClockStatus::Running,
    }
}

/// The update clock waits for the first response or for words of the requester, a
/// team's for a team, a supplier's for the first time they are waited for. The others
/// start with the report, even where it meets them in the same breath.
fn starts(state: &State, kind: ClockKind, spoken: Spoken, status: ClockStatus) -> bool {
    let spoken = spoken.provider || spoken.requester || state.moments.responded.is_some();
    match kind {
        ClockKind::Update => status.is_live() && spoken,
        ClockKind::Team => status.is_live() && state.team.is_some(),
        ClockKind::Vendor => status == ClockStatus::Running,
        _ => status.is_live() || state.clocks.is_empty(),
    }
}

/// The update clock starts anew at each public word of the provider and when a
/// resolved incident is open again; the requester's messages never reset it.
fn restarts(clock: &Clock, spoken: Spoken) -> bool {
    spoken.provider || clock.status == ClockStatus::Stopped
}

/// Reopening brings the clock of the resolution back, and those of the team and the
/// supplier; giving work back the acknowledge clock. A response once given stays given.
fn reopens(state: &State, kind: ClockKind, status: ClockStatus) -> bool {
    status.is_live()
        && match kind {
            ClockKind::Resolution | ClockKind::Team | ClockKind::Vendor => true,
            ClockKind::Acknowledge => state.lifecycle == Lifecycle::New,
            ClockKind::Response | ClockKind::Update => false,
        }
}
