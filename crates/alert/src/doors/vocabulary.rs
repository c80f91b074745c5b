//! Words of sources for how bad something is and whether it is so.

use crate::{Severity, SignalStatus};
use kernel::Priority;

const CRITICAL: [&str; 14] = [
    "critical",
    "crit",
    "fatal",
    "emergency",
    "emerg",
    "disaster",
    "page",
    "p1",
    "sev1",
    "sev-1",
    "sev0",
    "s1",
    "blocker",
    "highest",
];
const ERROR: [&str; 12] = [
    "error", "err", "high", "major", "severe", "failure", "failed", "p2", "sev2", "sev-2", "s2",
    "alert",
];
const WARNING: [&str; 16] = [
    "warning", "warn", "minor", "medium", "moderate", "average", "low", "lowest", "degraded", "p3",
    "p4", "sev3", "sev-3", "sev4", "s3", "s4",
];
const INFO: [&str; 14] = [
    "info",
    "informational",
    "information",
    "notice",
    "debug",
    "ok",
    "none",
    "success",
    "p5",
    "sev5",
    "sev-5",
    "s5",
    "trace",
    "verbose",
];

const RESOLVED: [&str; 19] = [
    "resolved",
    "resolve",
    "ok",
    "closed",
    "close",
    "recovered",
    "recovery",
    "cleared",
    "clear",
    "up",
    "normal",
    "inactive",
    "success",
    "healthy",
    "passed",
    "fixed",
    "solved",
    "good",
    "completed",
];
const ACKNOWLEDGED: [&str; 4] = ["acknowledged", "acknowledge", "ack", "acknowledgement"];
const FIRING: [&str; 25] = [
    "firing",
    "alerting",
    "trigger",
    "triggered",
    "open",
    "opened",
    "active",
    "alarm",
    "alert",
    "problem",
    "down",
    "critical",
    "error",
    "failed",
    "failing",
    "failure",
    "warning",
    "warn",
    "unhealthy",
    "new",
    "created",
    "nodata",
    "activated",
    "fired",
    "anomalous",
];

/// How bad a source's word says it is; `None` for a word that nobody knows.
///
/// ```
/// use alert::{Severity, doors::severity};
/// assert_eq!(severity(" CRIT "), Some(Severity::Critical));
/// assert_eq!(severity("whatever"), None);
/// ```
pub fn severity(word: &str) -> Option<Severity> {
    let known = |words: &[&str]| has(words, word);
    match () {
        () if known(&CRITICAL) => Some(Severity::Critical),
        () if known(&ERROR) => Some(Severity::Error),
        () if known(&WARNING) => Some(Severity::Warning),
        () if known(&INFO) => Some(Severity::Info),
        () => None,
    }
}

/// Whether a source's word says that it is so; `None` for a word that nobody knows.
pub fn status(word: &str) -> Option<SignalStatus> {
    let known = |words: &[&str]| has(words, word);
    match () {
        () if known(&RESOLVED) => Some(SignalStatus::Resolved),
        () if known(&ACKNOWLEDGED) => Some(SignalStatus::Acknowledged),
        () if known(&FIRING) => Some(SignalStatus::Firing),
        () => None,
    }
}

/// The priority a source names, P1 to P5.
pub fn priority(word: &str) -> Option<Priority> {
    let word = word.trim();
    word.starts_with(['P', 'p']).then(|| word.parse().ok()).flatten()
}

/// How bad something of this priority is.
pub(super) fn severity_of(priority: Priority) -> Severity {
    match priority.get() {
        1 => Severity::Critical,
        2 => Severity::Error,
        3 | 4 => Severity::Warning,
        _ => Severity::Info,
    }
}

fn has(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word.trim()))
}

/// Whether this is a date with a time of day that does not say its zone: `2026.11.23 04:50:00`.
pub(super) fn looks_local(text: &str) -> bool {
    let text = text.trim();
    let digits = text.chars().all(|c| c.is_ascii_digit() || " .:-/T".contains(c));
    let offset = text.get(19..).is_some_and(|rest| rest.contains('-'));
    digits && text.contains(':') && !offset
}
