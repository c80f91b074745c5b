//! When a clock ran and when it stood, and what becomes of that when a pause is
//! found to have been another one.

use super::Pause;
use crate::clocks::{Clock, ClockKind, ClockStatus};
use crate::policy::Policy;
use crate::state::CalendarRef;
use kernel::Timestamp;
use kernel::time::MICROS_PER_SECOND;
use serde::{Deserialize, Serialize};

/// A span of time, the end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its start.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}

/// A stretch in which a clock stood as it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    from: Timestamp,
    /// The last one lasts on.
    to: Option<Timestamp>,
    status: ClockStatus,
    calendar: Option<CalendarRef>,
}

/// The stretches of a clock since it began (anew), in order and without gaps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Course(Vec<Stretch>);

impl Course {
    /// How a clock stands from an instant on.
    pub(crate) fn turn(&mut self, clock: &Clock, at: Timestamp) {
        if let Some(last) = self.0.last_mut() {
            if (last.status, last.calendar) == (clock.status, clock.calendar) {
                return;
            }
            last.to = Some(at.max(last.from));
        }
        self.0.push(Stretch { from: at, to: None, status: clock.status, calendar: clock.calendar });
    }

    /// Whether a clock of this kind stood still because of a hold.
    pub(crate) fn waited_in(&self, kind: ClockKind, pause: &Pause) -> bool {
        self.stood(in_hold(kind).0, pause.recorded)
    }

    /// The course when holds count as they were corrected: where one of them counts, the
    /// clock stands as it does in a hold, and elsewhere as it does outside.
    pub(crate) fn corrected(&self, kind: ClockKind, pauses: &[Pause]) -> Course {
        let (within, outside) = in_hold(kind);
        let concerned = || pauses.iter().filter(|pause| self.waited_in(kind, pause));
        let mut course = self.clone();
        for pause in concerned().filter(|pause| pause.counted != Some(pause.recorded)) {
            course.repaint(pause.recorded, within, outside);
        }
        for counted in concerned().filter_map(|pause| pause.counted) {
            course.repaint(counted, outside, within);
        }
        course
    }

    fn stood(&self, status: ClockStatus, span: Span) -> bool {
        self.0.iter().any(|stretch| stretch.status == status && stretch.within(span).is_some())
    }

    /// What was one status within a span is another one.
    fn repaint(&mut self, span: Span, was: ClockStatus, is: ClockStatus) {
        let mut after = Vec::with_capacity(self.0.len() + 2);
        for stretch in &self.0 {
            match stretch.within(span).filter(|_| stretch.status == was) {
                None => after.push(*stretch),
                Some(part) => {
                    let before = Stretch { to: Some(part.from), ..*stretch };
                    let middle =
                        Stretch { from: part.from, to: Some(part.to), status: is, ..*stretch };
                    let rest = Stretch { from: part.to, ..*stretch };
                    after
                        .extend([before, middle, rest].into_iter().filter(|part| !part.is_empty()));
                }
            }
        }
        self.0 = after;
    }

    /// Microseconds that it ran up to an instant.
    pub(crate) fn used_at(&self, policy: &Policy, now: Timestamp) -> i64 {
        self.running(now).map(|(span, by)| elapsed(policy, by, span)).sum()
    }

    /// The earliest instant up to `now` by which it had run this long.
    pub(crate) fn instant_of(
        &self,
        micros: i64,
        policy: &Policy,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let mut missing = micros;
        for (span, by) in self.running(now) {
            let ran = elapsed(policy, by, span);
            if ran >= missing {
                return policy.calendars.get(by).due_micros(span.from, missing);
            }
            missing -= ran;
        }
        None
    }

    /// The clock as it stands at `at` after the course it really took; none when that comes
    /// to the same. A breach is judged anew, and happened when the target was used up.
    pub(crate) fn recount(&self, clock: &Clock, policy: &Policy, at: Timestamp) -> Option<Clock> {
        let calendar = policy.calendar_of(clock);
        let used_micros = self.used_at(policy, at);
        if used_micros == clock.used_at(calendar, at) {
            return None;
        }
        let since = clock.since.map(|_| at);
        let target_micros = clock.target_seconds.saturating_mul(MICROS_PER_SECOND);
        let mut after = Clock { used_micros, since, ..clock.clone() };
        let used_up = self.instant_of(target_micros, policy, at);
        after.due_at = since.and_then(|_| used_up.or_else(|| after.due_from(calendar, at)));
        after.breached_at = used_up.filter(|_| after.is_breached(calendar, at));
        let first = [after.first_breached_at, after.breached_at];
        after.first_breached_at = first.into_iter().flatten().min();
        let share = i128::from(used_micros) * 100 / i128::from(target_micros.max(1));
        after.warned_share = after.warned_share.min(u8::try_from(share.max(0)).unwrap_or(u8::MAX));
        Some(after)
    }

    /// From when to when it waited; the last may last on.
    pub(crate) fn pauses(&self) -> Vec<(Timestamp, Option<Timestamp>)> {
        let mut found: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
        for stretch in self.0.iter().filter(|stretch| stretch.status == ClockStatus::Paused) {
            match found.last_mut() {
                Some((_, until)) if *until == Some(stretch.from) => *until = stretch.to,
                _ => found.push((stretch.from, stretch.to)),
            }
        }
        found
    }

    fn running(&self, now: Timestamp) -> impl Iterator<Item = (Span, Option<CalendarRef>)> {
        let running = self.0.iter().filter(|stretch| stretch.status == ClockStatus::Running);
        running.map(move |stretch| {
            (Span { from: stretch.from, to: stretch.to.unwrap_or(now) }, stretch.calendar)
        })
    }
}

impl Stretch {
    /// Its part within a span, unless that is nothing.
    fn within(&self, span: Span) -> Option<Span> {
        let to = self.to.map_or(span.to, |to| to.min(span.to));
        let part = Span { from: self.from.max(span.from), to };
        (part.from < part.to).then_some(part)
    }

    fn is_empty(&self) -> bool {
        self.to.is_some_and(|to| to <= self.from)
    }
}

/// How a clock of this kind stands in a hold that concerns it, and outside: a
/// supplier's runs while they are waited for.
fn in_hold(kind: ClockKind) -> (ClockStatus, ClockStatus) {
    match kind {
        ClockKind::Vendor => (ClockStatus::Running, ClockStatus::Paused),
        _ => (ClockStatus::Paused, ClockStatus::Running),
    }
}

fn elapsed(policy: &Policy, by: Option<CalendarRef>, span: Span) -> i64 {
    policy.calendars.get(by).elapsed_micros(span.from, span.to)
}
