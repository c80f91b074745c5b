//! A clock as answers show it.

use calendar::Calendar;
use incident::clocks::Clock;
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A clock at one instant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Clock)]
pub(crate) struct ShownClock {
    /// `acknowledge`, `response`, `update`, `resolution`, `team` or `vendor`.
    kind: &'static str,
    /// `running`, `paused`, `stopped` or `cancelled`.
    status: &'static str,
    target_seconds: i64,
    elapsed_seconds: i64,
    /// Negative when over.
    remaining_seconds: i64,
    pub(crate) breached: bool,
    /// While running: when the target is used up.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) due_at: Option<Timestamp>,
    /// When it passed the target in force.
    #[schema(value_type = Option<String>, format = DateTime)]
    breached_at: Option<Timestamp>,
    /// When it first passed a target.
    #[schema(value_type = Option<String>, format = DateTime)]
    first_breached_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    stopped_at: Option<Timestamp>,
}

/// A breach is shown from its first second on, recorded or not yet.
pub(crate) fn clock_at(clock: &Clock, calendar: &Calendar, now: Timestamp) -> ShownClock {
    let clock = clock.seen_at(calendar, now);
    ShownClock {
        kind: clock.kind.as_str(),
        status: clock.status.as_str(),
        target_seconds: clock.target_seconds,
        elapsed_seconds: clock.elapsed_seconds(calendar, now),
        remaining_seconds: clock.remaining_seconds(calendar, now),
        breached: clock.breached_at.is_some(),
        due_at: clock.due_at,
        breached_at: clock.breached_at,
        first_breached_at: clock.first_breached_at,
        stopped_at: clock.stopped_at,
    }
}
