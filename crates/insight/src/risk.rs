//! Risk: the expected loss of the next half hour without work, from 0 to 100.
//!
//! ```text
//! risk = waterline + service + promises + fixed
//! ```
//!
//! * **Waterline**, 50 or nothing: half an hour of waiting certainly breaks something.
//!   A due time passes or has passed, a P1 or P2 interruption goes on, or a fixed
//!   instant passes: a promised update, an end of hold, an expected restoration that
//!   people were told. It is counted once, on the largest of the parts that say so.
//! * **Service**, up to 20: how critical the service is ([`criticality_percent`]) ×
//!   the share of people it hits ([`share_percent`]) × the part of the half hour that
//!   waiting loses ([`lost_permille`]).
//! * **Promises**, up to 20 together: for each live clock the penalty of its priority
//!   and kind ([`penalty`]) × the chance that it is missed ([`chance_permille`]).
//! * **Fixed**, up to 10 together: 4 for each fixed instant that passes, 5 for a major
//!   incident, 3 where nobody took it.
//!
//! What is below the waterline never reaches it by adding up. Everything is counted in
//! thousandths of a point and whole numbers, so that the same state gives the same
//! figure everywhere; the parts shown are rounded by largest remainder and add up to
//! the figure.

use crate::Exposure;
use crate::words::{self, Why};
use calendar::Calendar;
use incident::clocks::{Clock, ClockKind, ClockStatus};
use incident::state::HoldReason;
use incident::{Policy, State};
use kernel::{Level, Priority, Timestamp};

/// How far ahead it looks, in seconds.
pub const HALF_HOUR_SECONDS: i64 = 1_800;
/// From this figure on, waiting half an hour breaks something.
pub const WATERLINE: u8 = 50;

/// Thousandths of a point.
const POINT: i64 = 1_000;
const SERVICE_MAX: i64 = 20 * POINT;
const PROMISES_MAX: i64 = 20 * POINT;
const FIXED_MAX: i64 = 10 * POINT;
const BELOW_MAX: i64 = 49 * POINT;
const CUT_OFF: i64 = 4 * POINT;
const MAJOR: i64 = 5 * POINT;
const UNTAKEN: i64 = 3 * POINT;
/// The chance of a miss, in thousandths, of a promise that falls due in half an hour:
/// whoever takes it then needs time as well.
const CHANCE_AT_HALF_HOUR: i64 = 750;

/// A part of a risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What: `service`, a kind of clock, `next_update`, `hold_end`, `expected`, `major` or `untaken`.
    pub name: &'static str,
    /// How much, in points.
    pub points: u8,
    /// Why, in words: "response due in 4 m".
    pub why: String,
}

/// The risk of an incident at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// From 0 to 100.
    pub value: u8,
    /// What it is made of, the largest first; they add up to the value.
    pub parts: Vec<Part>,
}

impl Risk {
    /// Whether half an hour of waiting breaks something.
    pub fn is_above_waterline(&self) -> bool {
        self.value >= WATERLINE
    }
}

/// The risk of an incident at `now`; `None` when it is not open.
pub fn risk_of(state: &State, policy: &Policy, now: Timestamp) -> Option<Risk> {
    Exposure::of(state).map(|exposure| risk(&exposure, policy, now))
}

/// The risk at `now`, with its parts.
pub fn risk(exposure: &Exposure, policy: &Policy, now: Timestamp) -> Risk {
    let losses = losses(exposure, policy, now);
    let value = figure(&losses);
    let points = rounded(&losses, value);
    let mut parts: Vec<Part> = losses
        .iter()
        .zip(points)
        .filter(|(_, points)| *points > 0)
        .map(|(loss, points)| Part {
            name: loss.why.name(),
            points: u8::try_from(points).unwrap_or(u8::MAX),
            why: words::say(&loss.why, policy),
        })
        .collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.points));
    Risk { value, parts }
}

/// The figure alone, for comparing many.
pub fn value(exposure: &Exposure, policy: &Policy, now: Timestamp) -> u8 {
    figure(&losses(exposure, policy, now))
}

/// The figure alone of an incident at `now`; `None` when it is not open.
pub fn value_of(state: &State, policy: &Policy, now: Timestamp) -> Option<u8> {
    Exposure::of(state).map(|exposure| value(&exposure, policy, now))
}

/// What is lost, in thousandths of a point, and why.
struct Loss {
    milli: i64,
    /// Half an hour of waiting certainly brings it about.
    certain: bool,
    why: Why,
}

fn losses(exposure: &Exposure, policy: &Policy, now: Timestamp) -> Vec<Loss> {
    let mut all = vec![service(exposure, policy)];
    let mut promises: Vec<Loss> = exposure
        .clocks
        .iter()
        .filter(|clock| clock.status.is_live())
        .map(|clock| promise(clock, exposure.priority, policy.calendar_of(clock), now))
        .collect();
    promises.sort_by_key(|loss| std::cmp::Reverse((loss.milli, loss.certain)));
    all.extend(capped(promises, PROMISES_MAX));
    all.extend(capped(fixed(exposure, now), FIXED_MAX));
    let surest = all.iter_mut().rev().filter(|loss| loss.certain).max_by_key(|loss| loss.milli);
    match surest {
        Some(loss) => loss.milli += i64::from(WATERLINE) * POINT,
        None => all = capped(all, BELOW_MAX),
    }
    all
}

/// Losses that together are at most so much: the first ones count in full.
fn capped(mut losses: Vec<Loss>, most: i64) -> Vec<Loss> {
    let mut left = most;
    for loss in &mut losses {
        loss.milli = loss.milli.min(left);
        left -= loss.milli;
    }
    losses
}

fn figure(losses: &[Loss]) -> u8 {
    let total: i64 = losses.iter().map(|loss| loss.milli).sum();
    u8::try_from((total + POINT / 2) / POINT).unwrap_or(u8::MAX)
}

/// Whole points that add up to `value`, by largest remainder.
fn rounded(losses: &[Loss], value: u8) -> Vec<i64> {
    let mut points: Vec<i64> = losses.iter().map(|loss| loss.milli / POINT).collect();
    let mut by_rest: Vec<usize> = (0..losses.len()).collect();
    by_rest.sort_by_key(|at| std::cmp::Reverse(losses[*at].milli % POINT));
    let missing = i64::from(value) - points.iter().sum::<i64>();
    for at in by_rest.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        points[at] += 1;
    }
    points
}

fn service(exposure: &Exposure, policy: &Policy) -> Loss {
    let known = exposure.service.and_then(|id| policy.services.get(&id));
    let criticality = known.map(|service| service.criticality);
    let waits_for_others = exposure.hold.as_ref().is_some_and(|hold| stands_still(hold.reason));
    let certain = exposure.priority.get() <= 2
        && !exposure.mitigated
        && !exposure.restored
        && !exposure.carried
        && !waits_for_others;
    let share = share_percent(exposure.impact, exposure.people);
    let milli = SERVICE_MAX * criticality_percent(criticality) / 100 * share / 100
        * lost_permille(exposure)
        / 1_000;
    let why = Why::Service {
        service: exposure.service,
        impact: exposure.impact,
        people: exposure.people,
        down: certain.then_some(exposure.priority),
    };
    Loss { milli, certain, why }
}

/// What an interruption of a service costs, in per cent of the most critical. Without a
/// service it costs as much as the least critical.
fn criticality_percent(criticality: Option<u8>) -> i64 {
    match criticality {
        Some(..=1) => 100,
        Some(2) => 75,
        Some(3) => 50,
        Some(4..) | None => 30,
    }
}

/// The share of people it hits, in per cent: what the impact says, or the number of people.
fn share_percent(impact: Level, people: u32) -> i64 {
    let by_impact = match impact.get() {
        1 => 100,
        2 => 65,
        _ => 35,
    };
    let by_people = match people {
        ..5 => 0,
        5..20 => 50,
        20..100 => 70,
        100..500 => 85,
        500.. => 100,
    };
    by_impact.max(by_people)
}

/// How much of the half hour waiting loses, in thousandths: all of it, unless the impact
/// is over, others have to move first, or another incident stands for it.
fn lost_permille(exposure: &Exposure) -> i64 {
    if exposure.restored || exposure.carried {
        return 0;
    }
    let impact = if exposure.mitigated { 200 } else { 1_000 };
    let held = match exposure.hold.as_ref().map(|hold| hold.reason) {
        None => 1_000,
        Some(HoldReason::Vendor | HoldReason::Change | HoldReason::Problem) => 500,
        Some(HoldReason::Requester) => 250,
        Some(HoldReason::Scheduled) => 100,
    };
    impact * held / 1_000
}

/// Whether nobody of the provider can go on before the hold ends.
fn stands_still(reason: HoldReason) -> bool {
    matches!(reason, HoldReason::Requester | HoldReason::Scheduled)
}

fn promise(clock: &Clock, priority: Priority, calendar: &Calendar, now: Timestamp) -> Loss {
    let left = clock.remaining_seconds(calendar, now);
    let runs = clock.status == ClockStatus::Running;
    let half_hour = match runs {
        true => calendar.elapsed(now, now.plus_seconds(HALF_HOUR_SECONDS)),
        false => 0,
    };
    let chance = chance_permille(left, half_hour, clock.target_seconds);
    // What stands still may still be late in the end, but not by this half hour.
    let chance = if runs { chance } else { chance / 4 };
    let why = match clock.due_at.filter(|_| runs) {
        Some(due) if left >= 0 => Why::Due { kind: clock.kind, seconds: due.seconds_since(now) },
        Some(due) => Why::Over { kind: clock.kind, seconds: now.seconds_since(due) },
        None if left < 0 => Why::Over { kind: clock.kind, seconds: -left },
        None => Why::Paused { kind: clock.kind, seconds: left },
    };
    Loss {
        milli: penalty(priority, clock.kind) * chance / 1_000,
        certain: runs && left < half_hour,
        why,
    }
}

/// What a broken promise costs, in thousandths of a point.
fn penalty(priority: Priority, kind: ClockKind) -> i64 {
    let of_priority = match priority.get() {
        1 => 20,
        2 => 18,
        3 => 14,
        4 => 9,
        _ => 5,
    };
    let percent = match kind {
        ClockKind::Response | ClockKind::Resolution => 100,
        ClockKind::Update => 80,
        ClockKind::Acknowledge => 60,
        ClockKind::Team => 50,
        ClockKind::Vendor => 30,
    };
    of_priority * POINT * percent / 100
}

/// The chance that a promise is missed, in thousandths, if nobody works for half an
/// hour: from what is then left of the target, all in seconds of business time. It is
/// certain once it is over, likely when it falls due within the half hour, and falls
/// with the third power of what is used up to then: half the target left, a tenth.
fn chance_permille(left: i64, half_hour: i64, target: i64) -> i64 {
    if left <= 0 {
        return 1_000;
    }
    if left < half_hour {
        return 1_000 - (1_000 - CHANCE_AT_HALF_HOUR) * left / HALF_HOUR_SECONDS;
    }
    let used = 1_000 - (1_000 * (left - half_hour) / target.max(1)).clamp(0, 1_000);
    CHANCE_AT_HALF_HOUR * used.pow(3) / 1_000_000_000
}

fn fixed(exposure: &Exposure, now: Timestamp) -> Vec<Loss> {
    let end = now.plus_seconds(HALF_HOUR_SECONDS);
    let cut_off = |at: Option<Timestamp>, why: fn(i64) -> Why| {
        let at = at.filter(|at| *at < end)?;
        Some(Loss { milli: CUT_OFF, certain: true, why: why(at.seconds_since(now)) })
    };
    let hold_end = exposure.hold.as_ref().and_then(|hold| hold.until);
    let plain = |milli, why| Loss { milli, certain: false, why };
    [
        cut_off(exposure.next_update, Why::NextUpdate),
        cut_off(hold_end, Why::HoldEnds),
        cut_off(exposure.expected, Why::Expected),
        exposure.major.then(|| plain(MAJOR, Why::Major)),
        (!exposure.taken).then(|| plain(UNTAKEN, Why::Untaken)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
