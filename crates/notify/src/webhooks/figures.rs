//! Figures about webhooks, in the form Prometheus reads.

use desk::Desk;
use kernel::Timestamp;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Unit;
use store::webhooks::Counts;

/// The figures.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) sent: Counter,
    pub(super) failed: Counter,
    waiting: Gauge,
    oldest: Gauge,
    dead: Gauge,
}

impl Figures {
    /// Figures that the desk shows from now on.
    pub(super) fn of(desk: &Desk) -> Self {
        let figures = Figures::default();
        desk.metrics().register(|registry| {
            let mut counted = |name: &str, help: &str, counter: &Counter| {
                registry.register(name, help, counter.clone());
            };
            counted("webhook_messages_sent", "Messages that webhooks took", &figures.sent);
            counted(
                "webhook_messages_failed",
                "Attempts to send to a webhook that failed",
                &figures.failed,
            );
            let mut shown = |name: &str, help: &str, gauge: &Gauge| {
                registry.register(name, help, gauge.clone());
            };
            shown("webhook_messages_waiting", "Messages that wait", &figures.waiting);
            shown("webhook_messages_dead", "Messages that were given up", &figures.dead);
            registry.register_with_unit(
                "webhook_messages_oldest_age",
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
        self.dead.set(counts.dead);
        self.oldest.set(counts.oldest.map_or(0, |oldest| now.seconds_since(oldest).max(0)));
    }
}
