//! Figures about incoming mail, in the form Prometheus reads.

use desk::Desk;
use kernel::Timestamp;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Unit;
use store::messages::Counts;

/// The figures.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) settled: Counter,
    pub(super) failed: Counter,
    pub(super) alarms: Counter,
    waiting: Gauge,
    oldest: Gauge,
    quarantined: Gauge,
}

impl Figures {
    /// Figures that the desk shows from now on.
    pub(super) fn of(desk: &Desk) -> Self {
        let figures = Figures::default();
        desk.metrics().register(|registry| {
            let mut counted = |name: &str, help: &str, counter: &Counter| {
                registry.register(name, help, counter.clone());
            };
            counted("messages_settled", "Incoming messages that were dealt with", &figures.settled);
            counted(
                "messages_failed",
                "Attempts at incoming messages that failed",
                &figures.failed,
            );
            counted("mail_alarms", "Alarms about mail that got out of hand", &figures.alarms);
            let mut shown = |name: &str, help: &str, gauge: &Gauge| {
                registry.register(name, help, gauge.clone());
            };
            shown("messages_waiting", "Incoming messages that wait", &figures.waiting);
            shown(
                "messages_quarantined",
                "Incoming messages that a person is to decide about",
                &figures.quarantined,
            );
            registry.register_with_unit(
                "messages_oldest_age",
                "How long the oldest waiting message waits",
                Unit::Seconds,
                figures.oldest.clone(),
            );
        });
        figures
    }

    /// What there is now.
    pub(super) fn set(&self, counts: Counts, now: Timestamp) {
        self.waiting.set(counts.waiting);
        self.quarantined.set(counts.quarantined);
        self.oldest.set(counts.oldest.map_or(0, |oldest| now.seconds_since(oldest).max(0)));
    }
}
