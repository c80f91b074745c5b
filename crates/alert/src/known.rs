//! Alerts as they are known, and what a signal makes of one.

use crate::settings::{AlertSettings, CHANGES_MAX};
use crate::words::{once, only_numbers_differ};
use crate::{Signal, SignalStatus};
use kernel::time::MICROS_PER_SECOND;
use kernel::{AlertId, IncidentNumber, IntegrationId, Muted, ServiceId, Severity, Timestamp};

/// Seconds after its source ended an alert within which the same beginning is a telling that
/// came late, not a new alert: longer than sources send one again.
pub const LATE_SECONDS: i64 = 600;
/// Seconds after its end for which an alert is remembered: Prometheus tells of an end for a quarter of
/// an hour, and each time says the same.
pub const REMEMBERED_SECONDS: i64 = 1_200;

/// One alert: from the first time that its source told of it until it was over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// Whose it is.
    pub integration: IntegrationId,
    /// By which its source knows it; unique within the integration while it is open.
    pub key: String,
    /// What is true of it.
    pub state: SignalStatus,
    /// How bad it is.
    pub severity: Severity,
    /// The service it is about.
    pub service: Option<ServiceId>,
    /// The group it came in.
    pub group: String,
    /// The incident it belongs to; none while it is recorded only.
    pub number: Option<IncidentNumber>,
    /// How often it was told of.
    pub count: i64,
    /// When it was first told of.
    pub first_at: Timestamp,
    /// When it was last told of.
    pub last_at: Timestamp,
    /// Since when it is so, by its source's clock.
    pub started_at: Option<Timestamp>,
    /// When it is over unless it is told of again.
    pub ends_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// Why nobody is paged about it.
    pub muted: Option<Muted>,
    /// When that is looked at again.
    pub muted_until: Option<Timestamp>,
    /// When it last began and ended, the one before it under its key included.
    pub changes: Vec<Timestamp>,
    /// Until when it counts as coming and going.
    pub flapping_until: Option<Timestamp>,
    /// When it is looked at; may be earlier than there is reason to, never later.
    pub check_at: Option<Timestamp>,
    /// What its words came to, by which changed ones are told from repeated ones.
    pub digest: i64,
    /// What its first telling came to, by which it is known when it is sent twice; none where its
    /// source names nothing.
    pub once: Option<i64>,
}

/// What a signal did to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is new, or begins again after it was over.
    New,
    /// It was known and is as it was; or it is over, and this was told before that.
    Repeated,
    /// It was known, and its words changed.
    Reworded,
    /// It was known, and is better or worse than it was.
    Regraded {
        /// How bad it was.
        from: Severity,
    },
    /// Its source says that somebody has it.
    Acknowledged,
    /// It is over.
    Resolved,
    /// Nothing was known that could be over or taken; what is known now began after the end that
    /// was told.
    Unknown,
}

/// What is known around a signal.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Whose it is.
    pub integration: IntegrationId,
    /// How that wants it.
    pub settings: &'a AlertSettings,
    /// The service it is about.
    pub service: Option<ServiceId>,
    /// What its words come to.
    pub digest: i64,
    /// The instant.
    pub now: Timestamp,
}

impl Alert {
    /// Whether it is not over.
    pub fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Whether it comes and goes at this instant.
    pub fn is_flapping(&self, now: Timestamp) -> bool {
        self.flapping_until.is_some_and(|until| until > now)
    }

    /// When there is a reason to look at it.
    pub fn due_at(&self) -> Option<Timestamp> {
        let muted_until = self.muted.and(self.muted_until);
        self.ends_at.into_iter().chain(muted_until).min().filter(|_| self.is_open())
    }

    /// Sets when it is looked at; gives whether that moved, which costs an index. An earlier
    /// look than needed is left where it is.
    pub fn rearm(&mut self) -> bool {
        let due_at = self.due_at();
        let early_enough = match self.check_at {
            Some(check_at) => due_at.is_none_or(|due_at| check_at <= due_at),
            None => due_at.is_none(),
        };
        if !early_enough {
            self.check_at = due_at;
        }
        !early_enough
    }

    /// Ends it.
    pub fn end(&mut self, settings: &AlertSettings, now: Timestamp) {
        self.state = SignalStatus::Resolved;
        self.ended_at = Some(now);
        (self.muted_until, self.check_at) = (None, None);
        self.changed(settings, now);
    }

    /// Whether a signal that it fires is of this very alert, which its source ended since: what
    /// was told last came first. What a person ended or nobody told of again begins anew, unless
    /// the signal itself names an end that is past.
    fn ended_after(&self, signal: &Signal, now: Timestamp) -> bool {
        let by_its_source = self.ended_at == Some(self.last_at);
        let lately = self.ended_at.is_some_and(|at| now.seconds_since(at) < LATE_SECONDS);
        let begun = self.started_at.is_some() && self.started_at == signal.started_at;
        let told = self.once.is_some() && self.once == once(signal);
        let past = signal.ends_at.is_some_and(|at| at <= now);
        (by_its_source && lately && (begun || told)) || (begun && past)
    }

    /// Whether a signal that it is over is of one before it, and came late: that one ended before
    /// this one began, by what their source says of both. Our clock says nothing here, nor does an end
    /// whose beginning was made up from it.
    fn began_after(&self, signal: &Signal) -> bool {
        let (Some(began_at), Some(started_at), Some(ended_at)) =
            (self.started_at, signal.started_at, signal.ends_at)
        else {
            return false;
        };
        started_at < ended_at && ended_at <= began_at
    }

    fn changed(&mut self, settings: &AlertSettings, now: Timestamp) {
        let since = now.plus_seconds(-settings.flap_seconds);
        self.changes.retain(|at| *at > since);
        self.changes.push(now);
        let surplus = self.changes.len().saturating_sub(CHANGES_MAX);
        self.changes.drain(..surplus);
        if self.changes.len() >= settings.flap_changes as usize {
            self.flapping_until = Some(now.plus_seconds(settings.flap_seconds));
        }
    }
}

/// Takes a signal. `open` is the open alert with its key, which it changes; `last` the one
/// that was over last. A new alert is given back beside the outcome. It may be over already, of an
/// outcome that is [`Outcome::Unknown`]: its end came before anybody heard that it fires, and by it
/// a telling that comes later still is known to be late.
pub fn take(
    open: Option<&mut Alert>,
    last: Option<&Alert>,
    signal: &Signal,
    around: Around<'_>,
    new_id: impl FnOnce() -> AlertId,
) -> (Outcome, Option<Alert>) {
    match (open, signal.status) {
        (Some(alert), SignalStatus::Resolved) if alert.began_after(signal) => {
            (Outcome::Unknown, None)
        }
        (Some(alert), _) => (follow(alert, signal, around), None),
        (None, SignalStatus::Firing) => {
            if last.is_some_and(|last| last.ended_after(signal, around.now)) {
                return (Outcome::Repeated, None);
            }
            (Outcome::New, Some(begin(last, signal, around, new_id())))
        }
        (None, SignalStatus::Resolved) if tells_a_life(last, signal) => {
            (Outcome::Unknown, Some(over(last, signal, around, new_id())))
        }
        (None, _) => (Outcome::Unknown, None),
    }
}

/// Whether a signal says when something began that is over, other than what is known to be. Sources
/// that say at each look that all is well name no beginning and end.
fn tells_a_life(last: Option<&Alert>, signal: &Signal) -> bool {
    let life = signal.started_at.zip(signal.ends_at);
    let whole = life.is_some_and(|(started_at, ends_at)| started_at <= ends_at);
    whole
        && !signal.title.is_empty()
        && last.is_none_or(|last| last.started_at != signal.started_at)
}

/// When what fires is over unless it is told of again. A source that says that it fires knows
/// better than its clock, or ours.
fn ends_at(signal: &Signal, now: Timestamp) -> Option<Timestamp> {
    signal.ends_at.filter(|at| *at > now)
}

fn minute(at: Timestamp) -> i64 {
    at.micros().div_euclid(60 * MICROS_PER_SECOND)
}

fn follow(alert: &mut Alert, signal: &Signal, around: Around<'_>) -> Outcome {
    let told_before = alert.last_at;
    alert.last_at = told_before.max(around.now);
    match signal.status {
        SignalStatus::Resolved => {
            alert.end(around.settings, around.now);
            Outcome::Resolved
        }
        SignalStatus::Acknowledged => {
            let before = std::mem::replace(&mut alert.state, SignalStatus::Acknowledged);
            match before {
                SignalStatus::Acknowledged => Outcome::Repeated,
                _ => Outcome::Acknowledged,
            }
        }
        SignalStatus::Firing => {
            alert.count += 1;
            alert.ends_at = ends_at(signal, around.now);
            let from = std::mem::replace(&mut alert.severity, signal.severity);
            // A value that moves with each telling is kept once in each minute.
            let numbers = only_numbers_differ(alert.digest, around.digest);
            let rests = numbers && minute(told_before) == minute(around.now);
            if from == signal.severity && (alert.digest == around.digest || rests) {
                return Outcome::Repeated;
            }
            alert.digest = around.digest;
            match from == signal.severity {
                true => Outcome::Reworded,
                false => Outcome::Regraded { from },
            }
        }
    }
}

fn begin(last: Option<&Alert>, signal: &Signal, around: Around<'_>, id: AlertId) -> Alert {
    let now = around.now;
    let mut alert = Alert {
        id,
        integration: around.integration,
        key: signal.key.clone(),
        state: SignalStatus::Firing,
        severity: signal.severity,
        service: around.service,
        group: group_of(signal),
        number: None,
        count: 1,
        first_at: now,
        last_at: now,
        started_at: signal.started_at,
        ends_at: ends_at(signal, now),
        ended_at: None,
        muted: None,
        muted_until: None,
        changes: last.map(|last| last.changes.clone()).unwrap_or_default(),
        flapping_until: last.and_then(|last| last.flapping_until),
        check_at: None,
        digest: around.digest,
        once: once(signal),
    };
    alert.changed(around.settings, now);
    alert
}

/// An alert of which nothing was heard but its end. Whether it comes and goes is not known by that.
fn over(last: Option<&Alert>, signal: &Signal, around: Around<'_>, id: AlertId) -> Alert {
    let begun = begin(last, signal, around, id);
    Alert {
        state: SignalStatus::Resolved,
        ends_at: None,
        ended_at: Some(around.now),
        changes: last.map(|last| last.changes.clone()).unwrap_or_default(),
        flapping_until: last.and_then(|last| last.flapping_until),
        ..begun
    }
}

/// The group of a signal: its source's, else its service and the name of the alert.
pub fn group_of(signal: &Signal) -> String {
    let named = || {
        let name = signal.labels.get("alertname").unwrap_or(&signal.title);
        format!("{} / {name}", signal.service.as_deref().unwrap_or_default())
    };
    signal.group.clone().filter(|group| !group.is_empty()).unwrap_or_else(named)
}
