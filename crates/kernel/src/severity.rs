//! How bad sources of monitoring say it is, and what keeps an alert from paging.

use crate::{Level, words};

words! {
    /// How bad a source says it is; the worst comes first.
    Severity {
        /// Impact 1, urgency 1.
        Critical = "critical",
        /// Impact 2, urgency 2; also what a source names by a word nobody knows.
        Error = "error",
        /// Impact 2, urgency 3.
        Warning = "warning",
        /// Recorded only.
        Info = "info",
    }
}

impl Severity {
    /// The impact and urgency that an incident of such an alert begins with.
    pub const fn levels(self) -> (Level, Level) {
        match self {
            Severity::Critical => (Level::HIGH, Level::HIGH),
            Severity::Error => (Level::MEDIUM, Level::MEDIUM),
            Severity::Warning => (Level::MEDIUM, Level::LOW),
            Severity::Info => (Level::LOW, Level::LOW),
        }
    }
}

words! {
    /// Why an alert pages nobody, though it is recorded.
    Muted {
        /// A maintenance window holds.
        Maintenance = "maintenance",
        /// A service that its service depends on is down.
        Upstream = "upstream",
        /// Somebody put it off.
        Snoozed = "snoozed",
    }
}
