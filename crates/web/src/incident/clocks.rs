//! What happened to the clocks, told from the timeline: every start, pause,
//! resume and re-target with the seconds each added. Figures come from the
//! recorded clocks alone, so the story and the clock cannot differ.

use incident::Body;
use incident::clocks::{Clock, ClockKind, ClockStatus};
use kernel::time::MICROS_PER_SECOND;
use kernel::{IncidentNumber, Timestamp};
use std::collections::BTreeMap;
use store::incidents::timeline::StoredEvent;

/// What a clock did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It began to run.
    Started,
    /// It waits.
    Paused,
    /// It runs again.
    Resumed,
    /// It began anew.
    Restarted,
    /// It stopped within its target.
    Met,
    /// It stopped after its target.
    Missed,
    /// The incident was cancelled.
    Cancelled,
    /// It got another target.
    Retargeted {
        /// Seconds before.
        from: i64,
    },
    /// It passed its target.
    Breached,
}

/// A step of a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// Position of the event that says so.
    pub(super) seq: i64,
    /// Which clock.
    pub(super) kind: ClockKind,
    /// When.
    pub(super) at: Timestamp,
    /// What it did.
    pub(super) turn: Turn,
    /// The target from then on, in seconds.
    pub(super) target: i64,
    /// Seconds used by then.
    pub(super) used: i64,
    /// Seconds that the time since the step before added.
    pub(super) added: i64,
}

/// The steps of an incident's clocks, in order.
pub(super) fn steps(number: IncidentNumber, events: &[StoredEvent]) -> Vec<Step> {
    let mut now: BTreeMap<ClockKind, Clock> = BTreeMap::new();
    let mut found = Vec::new();
    for stored in events.iter().filter(|stored| stored.number == number) {
        match &stored.event.body {
            Body::ClocksChanged(data) => {
                for clock in &data.clocks {
                    let before = now.insert(clock.kind, clock.clone());
                    changed(stored, before.as_ref(), clock, &mut found);
                }
            }
            Body::ClockBreached(data) => {
                let target = now.get(&data.clock).map_or(0, |clock| clock.target_seconds);
                let turn = Turn::Breached;
                let step = Step {
                    seq: stored.seq,
                    kind: data.clock,
                    at: data.breached_at,
                    turn,
                    target,
                    used: target,
                    added: 0,
                };
                found.push(step);
            }
            _ => {}
        }
    }
    found
}

/// From when to when a clock waited; the last may last on.
pub(super) fn pauses(steps: &[Step], kind: ClockKind) -> Vec<(Timestamp, Option<Timestamp>)> {
    let mut found: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
    for step in steps.iter().filter(|step| step.kind == kind) {
        match step.turn {
            Turn::Paused => found.push((step.at, None)),
            Turn::Breached | Turn::Retargeted { .. } => {}
            _ => {
                if let Some((_, until @ None)) = found.last_mut() {
                    *until = Some(step.at);
                }
            }
        }
    }
    found
}

fn changed(stored: &StoredEvent, before: Option<&Clock>, clock: &Clock, found: &mut Vec<Step>) {
    let at = stored.event.happened_at;
    let used = clock.used_micros / MICROS_PER_SECOND;
    let mut push = |turn, added| {
        found.push(Step {
            seq: stored.seq,
            kind: clock.kind,
            at,
            turn,
            target: clock.target_seconds,
            used,
            added,
        });
    };
    let Some(before) = before else {
        push(Turn::Started, 0);
        if clock.status != ClockStatus::Running {
            push(turn_to(clock, ClockStatus::Running), 0);
        }
        return;
    };
    let restarted = clock.used_micros < before.used_micros;
    let mut added =
        if restarted { 0 } else { (clock.used_micros - before.used_micros) / MICROS_PER_SECOND };
    if restarted
        || (clock.status == before.status
            && clock.since != before.since
            && clock.target_seconds == before.target_seconds)
    {
        push(Turn::Restarted, 0);
    }
    if clock.target_seconds != before.target_seconds {
        push(Turn::Retargeted { from: before.target_seconds }, added);
        added = 0;
    }
    if clock.status != before.status && !(restarted && clock.status == ClockStatus::Running) {
        push(turn_to(clock, before.status), added);
    }
}

fn turn_to(clock: &Clock, before: ClockStatus) -> Turn {
    match clock.status {
        ClockStatus::Running if before == ClockStatus::Running => Turn::Started,
        ClockStatus::Running => Turn::Resumed,
        ClockStatus::Paused => Turn::Paused,
        ClockStatus::Cancelled => Turn::Cancelled,
        ClockStatus::Stopped if clock.used_micros / MICROS_PER_SECOND > clock.target_seconds => {
            Turn::Missed
        }
        ClockStatus::Stopped => Turn::Met,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use incident::event::{Body, Cause, ClocksChanged, Derived, Event};
    use kernel::{Actor, Channel};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * MICROS_PER_SECOND)
    }

    fn clock(status: ClockStatus, used: i64, since: Option<i64>, target: i64) -> Clock {
        Clock {
            kind: ClockKind::Resolution,
            status,
            target_seconds: target,
            used_micros: used * MICROS_PER_SECOND,
            since: since.map(at),
            due_at: None,
            stopped_at: None,
            breached_at: None,
            first_breached_at: None,
            warned_share: 0,
            calendar: None,
            team: None,
            left: false,
        }
    }

    fn event(n: u32, when: i64, clock: Clock) -> StoredEvent {
        let cause =
            Cause::Derived(Derived { by: "policy".into(), name: "test".into(), version: 1 });
        let body: Body = ClocksChanged { clocks: vec![clock] }.into();
        let event = Event {
            n,
            at: at(when),
            happened_at: at(when),
            actor: Actor::system(),
            channel: Channel::Timer,
            cause,
            batch: None,
            body,
        };
        StoredEvent { seq: i64::from(n), number: IncidentNumber(1), event, public: false }
    }

    #[test]
    fn a_clock_tells_its_story_in_seconds() {
        let events = [
            event(1, 0, clock(ClockStatus::Running, 0, Some(0), 3_600)),
            event(2, 900, clock(ClockStatus::Paused, 900, None, 3_600)),
            event(3, 1_620, clock(ClockStatus::Running, 900, Some(1_620), 3_600)),
            event(4, 1_720, clock(ClockStatus::Running, 1_000, Some(1_720), 7_200)),
            event(5, 2_720, clock(ClockStatus::Stopped, 2_000, None, 7_200)),
        ];
        let steps = steps(IncidentNumber(1), &events);
        let told: Vec<_> = steps.iter().map(|step| (step.turn, step.used, step.added)).collect();
        assert_eq!(
            told,
            [
                (Turn::Started, 0, 0),
                (Turn::Paused, 900, 900),
                (Turn::Resumed, 900, 0),
                (Turn::Retargeted { from: 3_600 }, 1_000, 100),
                (Turn::Met, 2_000, 1_000),
            ]
        );
        assert_eq!(steps.iter().map(|step| step.added).sum::<i64>(), 2_000);
        assert_eq!(pauses(&steps, ClockKind::Resolution), [(at(900), Some(at(1_620)))]);
    }

    #[test]
    fn a_clock_that_is_met_at_once_started_and_stopped() {
        let events = [event(1, 5, clock(ClockStatus::Stopped, 0, None, 60))];
        let turns: Vec<_> =
            steps(IncidentNumber(1), &events).into_iter().map(|step| step.turn).collect();
        assert_eq!(turns, [Turn::Started, Turn::Met]);
    }

    #[test]
    fn an_update_clock_begins_anew() {
        let events = [
            event(1, 0, clock(ClockStatus::Running, 0, Some(0), 60)),
            event(2, 30, clock(ClockStatus::Running, 0, Some(30), 60)),
        ];
        let turns: Vec<_> =
            steps(IncidentNumber(1), &events).into_iter().map(|step| step.turn).collect();
        assert_eq!(turns, [Turn::Started, Turn::Restarted]);
    }
}
