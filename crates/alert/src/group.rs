//! The alerts of one incident, counted.

use crate::settings::AlertSettings;
use kernel::{IncidentNumber, IntegrationId, Muted, Severity, Timestamp};

/// Entries of an incident from which on its alerts are told at a slower pace, so that its
/// timeline is never full of them.
const PACED_FROM_ENTRIES: u32 = 500;
/// That pace, in seconds.
const PACE_SECONDS: i64 = 60;
/// Seconds of a storm's minute.
pub const STORM_SECONDS: i64 = 60;

/// The alerts of one incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The incident; none until it is reported.
    pub number: Option<IncidentNumber>,
    /// Whose alerts they are.
    pub integration: IntegrationId,
    /// What they have in common.
    pub key: String,
    /// Whether it takes all that is new during a storm.
    pub storm: bool,
    /// Whether further alerts may join.
    pub open: bool,
    /// When it began.
    pub opened_at: Timestamp,
    /// When an alert last joined.
    pub last_at: Timestamp,
    /// How many are firing, by severity, the worst first.
    pub firing: [u32; 4],
    /// How many there ever were.
    pub total: u32,
    /// How many of those that are firing page nobody.
    pub silent: u32,
    /// Why, of one of them.
    pub muted: Option<Muted>,
    /// Until when one of them counts as coming and going.
    pub flapping_until: Option<Timestamp>,
    /// Whether its source ever left some of them out.
    pub truncated: bool,
    /// Since when its source holds them for over while some may be firing.
    pub unclear_since: Option<Timestamp>,
    /// When its incident was last told.
    pub told_at: Timestamp,
    /// Whether something is not told yet.
    pub untold: bool,
    /// When it is looked at.
    pub check_at: Option<Timestamp>,
}

/// The key of the group that takes all that is new during a storm.
pub const STORM_KEY: &str = "\u{2}storm";

impl Group {
    /// A group without alerts.
    pub fn new(integration: IntegrationId, key: String, now: Timestamp) -> Self {
        Group {
            number: None,
            integration,
            storm: key == STORM_KEY,
            key,
            open: true,
            opened_at: now,
            last_at: now,
            firing: [0; 4],
            total: 0,
            silent: 0,
            muted: None,
            flapping_until: None,
            truncated: false,
            unclear_since: None,
            told_at: now,
            untold: false,
            check_at: None,
        }
    }

    /// How many are firing.
    pub fn all_firing(&self) -> u32 {
        self.firing.iter().sum()
    }

    /// The worst of those that are firing.
    pub fn worst(&self) -> Option<Severity> {
        let worst = self.firing.iter().position(|count| *count > 0)?;
        Severity::ALL.get(worst).copied()
    }

    /// Why nobody is paged about any of them, if nobody is.
    pub fn muted(&self) -> Option<Muted> {
        let firing = self.all_firing();
        self.muted.filter(|_| firing > 0 && self.silent >= firing)
    }

    /// Whether one of them comes and goes.
    pub fn is_flapping(&self, now: Timestamp) -> bool {
        self.flapping_until.is_some_and(|until| until > now)
    }

    /// Whether an alert that begins now belongs here, where the incident is open.
    pub fn takes(&self, settings: &AlertSettings, now: Timestamp) -> bool {
        let recent = now.seconds_since(self.last_at) <= settings.window_seconds;
        self.open && (self.all_firing() > 0 || recent)
    }

    /// One begins.
    pub fn began(&mut self, severity: Severity, muted: Option<Muted>, now: Timestamp) {
        self.count(severity, 1);
        self.total += 1;
        self.last_at = self.last_at.max(now);
        if muted.is_some() {
            self.silent += 1;
            self.muted = muted;
        }
    }

    /// One is over.
    pub fn ended(&mut self, severity: Severity, muted: Option<Muted>) {
        self.count(severity, -1);
        if muted.is_some() {
            self.silent = self.silent.saturating_sub(1);
        }
    }

    /// One is better or worse than it was.
    pub fn regraded(&mut self, from: Severity, to: Severity) {
        self.count(from, -1);
        self.count(to, 1);
    }

    /// Something keeps one from paging, or nothing does any more.
    pub fn muting(&mut self, before: Option<Muted>, after: Option<Muted>) {
        match (before, after) {
            (None, Some(_)) => self.silent += 1,
            (Some(_), None) => self.silent = self.silent.saturating_sub(1),
            _ => {}
        }
        self.muted = after.or(self.muted);
    }

    /// Whether its incident is told now, with so many entries, or later: what makes it worse,
    /// what is over and what pages always is; a flapping alert and a storm are told in a while.
    pub fn tells(&self, told_worst: Option<Severity>, entries: u32, now: Timestamp) -> bool {
        let worst = self.worst();
        let worse = worst.is_some_and(|worst| told_worst.is_none_or(|told| worst < told));
        if self.is_flapping(now) {
            return worse && told_worst.is_some();
        }
        let over = worst.is_none();
        let paced = now.seconds_since(self.told_at) >= PACE_SECONDS;
        worse || over || entries < PACED_FROM_ENTRIES || paced
    }

    /// When it is to be looked at again: when it was calm for long enough, when its source
    /// is unclear for too long, or when there is something left to tell.
    pub fn due_at(&self, settings: &AlertSettings, now: Timestamp) -> Option<Timestamp> {
        let calm = self.flapping_until.filter(|until| *until > now);
        let unclear = self.unclear_since.map(|since| {
            let seconds = settings.unclear_seconds.max(1);
            let passed = now.seconds_since(since).max(0) / seconds + 1;
            since.plus_seconds(passed * seconds)
        });
        // Never for this very instant: it would ring without an end.
        let soon = self.told_at.plus_seconds(PACE_SECONDS).max(now.plus_seconds(1));
        let told = (self.untold && calm.is_none()).then_some(soon);
        calm.into_iter().chain(unclear).chain(told).min()
    }

    fn count(&mut self, severity: Severity, by: i32) {
        let place = Severity::ALL.iter().position(|one| *one == severity);
        if let Some(count) = place.and_then(|place| self.firing.get_mut(place)) {
            *count = count.saturating_add_signed(by);
        }
    }
}
