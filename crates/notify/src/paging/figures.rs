//! Figures about pages, in the form Prometheus reads.

use desk::Desk;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use store::pages::send::Counts;

/// The figures.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) sent: Counter,
    pub(super) called_off: Counter,
    given_up: Gauge,
}

impl Figures {
    /// Figures that the desk shows from now on.
    pub(super) fn of(desk: &Desk) -> Self {
        let figures = Figures::default();
        desk.metrics().register(|registry| {
            let mut counted = |name: &str, help: &str, counter: &Counter| {
                registry.register(name, help, counter.clone());
            };
            counted("pages_sent", "Pages that a provider took", &figures.sent);
            counted("pages_called_off", "Pages that were not needed any more", &figures.called_off);
            let help = "Pages of the last day that were given up";
            registry.register("pages_given_up", help, figures.given_up.clone());
        });
        figures
    }

    /// What there is now.
    pub(super) fn set(&self, counts: Counts) {
        self.given_up.set(counts.failed);
    }
}
