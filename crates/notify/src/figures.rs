//! Figures about letters, in the form Prometheus reads.

use desk::Desk;
use kernel::Timestamp;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Unit;
use store::deliveries::Counts;

/// The figures.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) sent: Counter,
    pub(crate) failed: Counter,
    pub(crate) withdrawn: Counter,
    pub(crate) slowed: Counter,
    waiting_slowed: Gauge,
    waiting: Gauge,
    oldest: Gauge,
    dead: Gauge,
}

impl Figures {
    /// Figures that the desk shows from now on.
    pub(crate) fn of(desk: &Desk) -> Self {
        let figures = Figures::default();
        desk.metrics().register(|registry| {
            let mut counted = |name: &str, help: &str, counter: &Counter| {
                registry.register(name, help, counter.clone());
            };
            counted("letters_sent", "Letters that the mail server took", &figures.sent);
            counted("letters_failed", "Attempts to send a letter that failed", &figures.failed);
            counted(
                "letters_withdrawn",
                "Letters that must not be sent any more",
                &figures.withdrawn,
            );
            counted(
                "letters_slowed",
                "Times that a letter had to wait because so many left lately",
                &figures.slowed,
            );
            let slowed = figures.waiting_slowed.clone();
            let help = "Letters that wait because so many left lately";
            registry.register("letters_waiting_slowed", help, slowed);
            registry.register("letters_waiting", "Letters that wait", figures.waiting.clone());
            registry.register("letters_dead", "Letters that were given up", figures.dead.clone());
            registry.register_with_unit(
                "letters_oldest_age",
                "How long the oldest waiting letter waits",
                Unit::Seconds,
                figures.oldest.clone(),
            );
        });
        figures
    }

    /// What there is now.
    pub(crate) fn set(&self, counts: Counts, now: Timestamp) {
        self.waiting.set(counts.waiting);
        self.dead.set(counts.dead);
        self.waiting_slowed.set(counts.slowed);
        self.oldest.set(counts.oldest.map_or(0, |oldest| now.seconds_since(oldest).max(0)));
    }
}
