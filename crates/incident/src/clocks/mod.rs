//! Clocks: what was promised, how much of it is used, when it is due. They
//! follow the state: [`follow`] compares before and after and says which
//! clocks changed, so no command can forget one.
//!
//! A clock counts business time. It names the version of the calendar that it counts
//! through; whoever asks it has to hand that calendar in
//! ([`Policy::calendar_of`](crate::Policy::calendar_of)).

mod follow;

pub(crate) use follow::{Spoken, Terms, follow, status_in};

use crate::policy::Policy;
use crate::state::CalendarRef;
use calendar::Calendar;
use kernel::time::MICROS_PER_SECOND;
use kernel::{TeamId, Timestamp};
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
    /// While one team has it: what teams promise each other.
    Team,
    /// While it waits for a supplier.
    Vendor,
}

impl ClockKind {
    /// Every clock, in the order they are shown.
    pub const ALL: [ClockKind; 6] = [
        ClockKind::Acknowledge,
        ClockKind::Response,
        ClockKind::Update,
        ClockKind::Resolution,
        ClockKind::Team,
        ClockKind::Vendor,
    ];

    /// The word in JSON and database.
    pub const fn as_str(self) -> &'static str {
        match self {
            ClockKind::Acknowledge => "acknowledge",
            ClockKind::Response => "response",
            ClockKind::Update => "update",
            ClockKind::Resolution => "resolution",
            ClockKind::Team => "team",
            ClockKind::Vendor => "vendor",
        }
    }

    /// Whether it measures what was promised to the requester, not what teams and
    /// suppliers promise the provider.
    pub const fn is_promised_to_requester(self) -> bool {
        !matches!(self, ClockKind::Team | ClockKind::Vendor)
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
    /// The business time that it counts; none counts round the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarRef>,
    /// Whose clock it is, if a team's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Whether that team gave the incident away: it is over, and the next starts anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
}

/// A calendar to count through, and how a clock names it.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    /// The calendar.
    pub calendar: &'a Calendar,
    /// Its name; none is round the clock.
    pub reference: Option<CalendarRef>,
}

fn is_zero(share: &u8) -> bool {
    *share == 0
}

impl Clock {
    pub(crate) fn started(
        kind: ClockKind,
        target_seconds: i64,
        by: Counted<'_>,
        at: Timestamp,
    ) -> Self {
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
            calendar: by.reference,
            team: None,
            left: false,
        };
        clock.due_at = clock.due(by.calendar);
        clock
    }

    /// Microseconds used at `now`.
    pub fn used_at(&self, calendar: &Calendar, now: Timestamp) -> i64 {
        let running = self.since.map_or(0, |since| calendar.elapsed_micros(since, now));
        self.used_micros.saturating_add(running)
    }

    /// Whole seconds used at `now`.
    pub fn elapsed_seconds(&self, calendar: &Calendar, now: Timestamp) -> i64 {
        self.used_at(calendar, now) / MICROS_PER_SECOND
    }

    /// Whether this clock, as it stands at `at`, began after the one before it instead of
    /// going on: it is another team's, or counts from the start again.
    pub(crate) fn begins_after(&self, before: &Clock, policy: &Policy, at: Timestamp) -> bool {
        let used = before.used_at(policy.calendar_of(before), at);
        let stood = before.status == ClockStatus::Stopped && self.status == ClockStatus::Running;
        self.team != before.team
            || (before.left && !self.left)
            || self.used_micros != used
            || (self.kind == ClockKind::Update && stood && self.used_micros == 0)
    }

    /// Seconds left at `now`; negative when over.
    pub fn remaining_seconds(&self, calendar: &Calendar, now: Timestamp) -> i64 {
        self.target_seconds.saturating_sub(self.elapsed_seconds(calendar, now))
    }

    /// Whether the target in force is passed at `now`: met exactly is met.
    pub fn is_breached(&self, calendar: &Calendar, now: Timestamp) -> bool {
        self.elapsed_seconds(calendar, now) > self.target_seconds
    }

    /// The clock with the breach that has happened by `now`, recorded or not yet: it
    /// happened at the due instant, whenever it is noticed.
    #[must_use]
    pub fn seen_at(&self, calendar: &Calendar, now: Timestamp) -> Clock {
        let mut seen = self.clone();
        if self.since.is_some() && self.is_breached(calendar, now) {
            seen.breached_at = self.breached_at.or(self.due_at);
            seen.first_breached_at = self.first_breached_at.or(self.due_at);
        }
        seen
    }

    /// The instant at which a share of the target (in per cent) is used, if it keeps running.
    pub fn instant_of_share(&self, calendar: &Calendar, share: u8) -> Option<Timestamp> {
        let used = (self.target_micros() / 100).saturating_mul(i64::from(share));
        self.instant_of(calendar, used, self.since?)
    }

    /// When it would be due if it ran on from this instant with what is used by then;
    /// none within ten years.
    pub fn due_from(&self, calendar: &Calendar, from: Timestamp) -> Option<Timestamp> {
        self.instant_of(calendar, self.target_micros(), from)
    }

    /// While running: the first instant at which it is over its target, which may be
    /// long after the due instant, when the due instant is at closing time.
    pub(crate) fn over_at(&self, calendar: &Calendar) -> Option<Timestamp> {
        let first = self.target_micros().saturating_add(MICROS_PER_SECOND);
        self.instant_of(calendar, first, self.since?)
    }

    fn due(&self, calendar: &Calendar) -> Option<Timestamp> {
        self.due_from(calendar, self.since?)
    }

    fn target_micros(&self) -> i64 {
        self.target_seconds.saturating_mul(MICROS_PER_SECOND)
    }

    /// When this much is used, if it just runs on from an instant. What is used
    /// already was so by as much earlier as it is over.
    fn instant_of(
        &self,
        calendar: &Calendar,
        used_micros: i64,
        from: Timestamp,
    ) -> Option<Timestamp> {
        match used_micros.saturating_sub(self.used_micros) {
            over @ ..=0 => Some(from.plus_micros(over)),
            missing => calendar.due_micros(from, missing),
        }
    }

    fn stand_still(&mut self, calendar: &Calendar, at: Timestamp) {
        self.used_micros = self.used_at(calendar, at);
        self.since = None;
        self.due_at = None;
    }

    fn go(&mut self, calendar: &Calendar, at: Timestamp) {
        self.since = Some(at);
        self.due_at = self.due(calendar);
    }

    pub(crate) fn set_status(&mut self, status: ClockStatus, calendar: &Calendar, at: Timestamp) {
        if status == self.status {
            return;
        }
        let due_at = self.due_at;
        self.stand_still(calendar, at);
        if !self.is_breached(calendar, at) {
            // It was noticed too early: what happened at or before the due instant wins.
            self.breached_at = None;
        } else if let (None, Some(due_at)) = (self.breached_at, due_at) {
            // No timer could ring: it began before it was known, and is over already.
            self.breached_at = Some(due_at);
            self.first_breached_at.get_or_insert(due_at);
        }
        self.status = status;
        match status {
            ClockStatus::Running => {
                self.stopped_at = None;
                self.go(calendar, at);
            }
            ClockStatus::Stopped | ClockStatus::Cancelled => self.stopped_at = Some(at),
            ClockStatus::Paused => self.stopped_at = None,
        }
    }

    /// Another target, or another calendar: what is used is kept, the breach is judged
    /// anew, and from here on the new calendar counts.
    pub(crate) fn set_terms(
        &mut self,
        target_seconds: i64,
        before: &Calendar,
        by: Counted<'_>,
        at: Timestamp,
    ) {
        let calendar = by.calendar;
        let same_calendar = std::ptr::eq(before, calendar) && self.calendar == by.reference;
        if target_seconds == self.target_seconds && same_calendar {
            return;
        }
        self.calendar = by.reference;
        let running = self.since.is_some();
        self.stand_still(before, at);
        if target_seconds != self.target_seconds {
            self.warned_share = 0;
        }
        self.target_seconds = target_seconds;
        if self.is_breached(calendar, at) {
            self.breached_at.get_or_insert(at);
            self.first_breached_at.get_or_insert(at);
        } else {
            self.breached_at = None;
        }
        if running {
            self.go(calendar, at);
        }
    }
}
