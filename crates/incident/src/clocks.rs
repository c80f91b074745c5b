//! Clocks: what was promised, how much of it is used, when it is due. They
//! follow the state: [`follow`] compares before and after and says which
//! clocks changed, so no command can forget one.

use crate::policy::Agreement;
use crate::state::{Lifecycle, State};
use kernel::time::MICROS_PER_SECOND;
use kernel::{Priority, Timestamp};
use serde::{Deserialize, Serialize};

/// What a clock measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Until somebody took it.
    Acknowledge,
    /// Until the first public word by a person.
    Response,
    /// The longest silence while open.
    Update,
    /// Until it is resolved.
    Resolution,
}

impl ClockKind {
    /// Every clock, in the order they are shown.
    pub const ALL: [ClockKind; 4] =
        [ClockKind::Acknowledge, ClockKind::Response, ClockKind::Update, ClockKind::Resolution];

    /// The word in JSON and database.
    pub const fn as_str(self) -> &'static str {
        match self {
            ClockKind::Acknowledge => "acknowledge",
            ClockKind::Response => "response",
            ClockKind::Update => "update",
            ClockKind::Resolution => "resolution",
        }
    }
}

/// Whether a clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockStatus {
    /// It runs.
    Running,
    /// It waits with the incident.
    Paused,
    /// It met its end.
    Stopped,
    /// The incident was cancelled.
    Cancelled,
}

impl ClockStatus {
    /// The word in JSON and database.
    pub const fn as_str(self) -> &'static str {
        match self {
            ClockStatus::Running => "running",
            ClockStatus::Paused => "paused",
            ClockStatus::Stopped => "stopped",
            ClockStatus::Cancelled => "cancelled",
        }
    }

    /// Running or paused.
    pub const fn is_live(self) -> bool {
        matches!(self, ClockStatus::Running | ClockStatus::Paused)
    }
}

/// One clock of one incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// What it measures.
    pub kind: ClockKind,
    /// Whether it runs.
    pub status: ClockStatus,
    /// What was promised, in seconds.
    pub target_seconds: i64,
    /// Microseconds used up to `since` (or up to now, when it does not run).
    pub used_micros: i64,
    /// While running: since when `used_micros` stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// While running: when the target is used up if it just keeps running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// When it stopped or was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<Timestamp>,
    /// When it passed the target in force; judged anew when the target changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breached_at: Option<Timestamp>,
    /// When it first passed a target; never cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_breached_at: Option<Timestamp>,
    /// The highest share of the target, in per cent, that was warned of.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub warned_share: u8,
}

fn is_zero(share: &u8) -> bool {
    *share == 0
}

impl Clock {
    fn started(kind: ClockKind, target_seconds: i64, at: Timestamp) -> Self {
        let mut clock = Clock {
            kind,
            status: ClockStatus::Running,
            target_seconds,
            used_micros: 0,
            since: Some(at),
            due_at: None,
            stopped_at: None,
            breached_at: None,
            first_breached_at: None,
            warned_share: 0,
        };
        clock.due_at = clock.due();
        clock
    }

    /// Microseconds used at `now`.
    pub fn used_at(&self, now: Timestamp) -> i64 {
        let running = self.since.map_or(0, |since| now.micros_since(since).max(0));
        self.used_micros.saturating_add(running)
    }

    /// Whole seconds used at `now`.
    pub fn elapsed_seconds(&self, now: Timestamp) -> i64 {
        self.used_at(now) / MICROS_PER_SECOND
    }

    /// Seconds left at `now`; negative when over.
    pub fn remaining_seconds(&self, now: Timestamp) -> i64 {
        self.target_seconds.saturating_sub(self.elapsed_seconds(now))
    }

    /// Whether the target in force is passed at `now`: met exactly is met.
    pub fn is_breached(&self, now: Timestamp) -> bool {
        self.elapsed_seconds(now) > self.target_seconds
    }

    /// The instant at which a share of the target (in per cent) is used, if it keeps running.
    pub fn instant_of_share(&self, share: u8) -> Option<Timestamp> {
        self.instant_of((self.target_micros() / 100).saturating_mul(i64::from(share)))
    }

    fn due(&self) -> Option<Timestamp> {
        self.instant_of(self.target_micros())
    }

    fn target_micros(&self) -> i64 {
        self.target_seconds.saturating_mul(MICROS_PER_SECOND)
    }

    /// While running: when this much is used, if it just keeps running.
    fn instant_of(&self, used_micros: i64) -> Option<Timestamp> {
        let missing = used_micros.saturating_sub(self.used_micros);
        self.since.map(|since| since.plus_micros(missing))
    }

    fn stand_still(&mut self, at: Timestamp) {
        self.used_micros = self.used_at(at);
        self.since = None;
        self.due_at = None;
    }

    fn go(&mut self, at: Timestamp) {
        self.since = Some(at);
        self.due_at = self.due();
    }

    fn set_status(&mut self, status: ClockStatus, at: Timestamp) {
        if status == self.status {
            return;
        }
        self.stand_still(at);
        if !self.is_breached(at) {
            // It was noticed too early: what happened at or before the due instant wins.
            self.breached_at = None;
        }
        self.status = status;
        match status {
            ClockStatus::Running => {
                self.stopped_at = None;
                self.go(at);
            }
            ClockStatus::Stopped | ClockStatus::Cancelled => self.stopped_at = Some(at),
            ClockStatus::Paused => {}
        }
    }

    /// Another target: what is used is kept, the breach is judged anew.
    fn set_target(&mut self, target_seconds: i64, at: Timestamp) {
        if target_seconds == self.target_seconds {
            return;
        }
        let running = self.since.is_some();
        self.stand_still(at);
        self.target_seconds = target_seconds;
        self.warned_share = 0;
        if self.is_breached(at) {
            self.breached_at.get_or_insert(at);
            self.first_breached_at.get_or_insert(at);
        } else {
            self.breached_at = None;
        }
        if running {
            self.go(at);
        }
    }
}

/// What a decision said that the clocks listen to and the state alone does not show.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spoken {
    /// A person of the provider said something public.
    pub provider: bool,
    /// The requester said something.
    pub requester: bool,
}

/// The clocks after a decision that led to `state` at the instant `at`; only
/// those that differ from the state's own.
pub(crate) fn follow(
    state: &State,
    agreement: &Agreement,
    spoken: Spoken,
    at: Timestamp,
) -> Vec<Clock> {
    ClockKind::ALL
        .into_iter()
        .filter_map(|kind| follow_one(state, kind, agreement, spoken, at))
        .collect()
}

fn follow_one(
    state: &State,
    kind: ClockKind,
    agreement: &Agreement,
    spoken: Spoken,
    at: Timestamp,
) -> Option<Clock> {
    let before = state.clocks.iter().find(|clock| clock.kind == kind);
    let status = wanted(state, kind, agreement, before);
    let target = target_in_force(agreement, state.priority, kind, before)?;
    let mut clock = match before {
        Some(clock) => clock.clone(),
        None if starts(state, kind, spoken, status) => Clock::started(kind, target, at),
        None => return None,
    };
    let reopens = reopens(state, kind, status);
    if clock.status.is_live() || reopens {
        clock.set_target(target, at);
    }
    let restart = kind == ClockKind::Update
        && before.is_some()
        && status.is_live()
        && restarts(&clock, spoken);
    if restart {
        let first = clock.first_breached_at;
        clock = Clock { first_breached_at: first, ..Clock::started(kind, target, at) };
    }
    if clock.status != ClockStatus::Stopped || restart || reopens {
        clock.set_status(status, at);
    }
    (before != Some(&clock)).then_some(clock)
}

/// A stopped clock keeps the target it stopped with; a clock whose priority has
/// no target any more keeps the last one, because a promise was given.
fn target_in_force(
    agreement: &Agreement,
    priority: Priority,
    kind: ClockKind,
    before: Option<&Clock>,
) -> Option<i64> {
    agreement.target(priority, kind).or(before.map(|clock| clock.target_seconds))
}

fn wanted(
    state: &State,
    kind: ClockKind,
    agreement: &Agreement,
    before: Option<&Clock>,
) -> ClockStatus {
    let pauses =
        state.hold.as_ref().is_some_and(|hold| agreement.pause_reasons.contains(&hold.reason));
    let met = match kind {
        ClockKind::Acknowledge => state.moments.acknowledged.is_some(),
        ClockKind::Response => state.moments.responded.is_some(),
        ClockKind::Update | ClockKind::Resolution => false,
    };
    match state.lifecycle {
        Lifecycle::Cancelled
            if before.is_some_and(|clock| clock.status == ClockStatus::Stopped) =>
        {
            ClockStatus::Stopped
        }
        Lifecycle::Cancelled => ClockStatus::Cancelled,
        Lifecycle::Resolved | Lifecycle::Closed => ClockStatus::Stopped,
        _ if met => ClockStatus::Stopped,
        Lifecycle::OnHold if pauses && kind != ClockKind::Acknowledge => ClockStatus::Paused,
        _ => ClockStatus::Running,
    }
}

/// The update clock waits for the first response or for words of the requester.
/// The others start with the report, even where it meets them in the same breath.
fn starts(state: &State, kind: ClockKind, spoken: Spoken, status: ClockStatus) -> bool {
    let spoken = spoken.provider || spoken.requester || state.moments.responded.is_some();
    match kind {
        ClockKind::Update => status.is_live() && spoken,
        _ => status.is_live() || state.clocks.is_empty(),
    }
}

/// The update clock starts anew at each public word of the provider and when a
/// resolved incident is open again; the requester's messages never reset it.
fn restarts(clock: &Clock, spoken: Spoken) -> bool {
    spoken.provider || clock.status == ClockStatus::Stopped
}

/// Reopening brings the resolution clock back, giving work back the acknowledge
/// clock; a response once given stays given.
fn reopens(state: &State, kind: ClockKind, status: ClockStatus) -> bool {
    status.is_live()
        && match kind {
            ClockKind::Resolution => true,
            ClockKind::Acknowledge => state.lifecycle == Lifecycle::New,
            ClockKind::Response | ClockKind::Update => false,
        }
}
