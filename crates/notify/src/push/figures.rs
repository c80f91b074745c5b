//! Figures about push, in the form Prometheus reads.

use desk::Desk;
use prometheus_client::metrics::counter::Counter;

/// The figures.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) sent: Counter,
    pub(super) failed: Counter,
    pub(super) withdrawn: Counter,
}

impl Figures {
    /// Figures that the desk shows from now on.
    pub(super) fn of(desk: &Desk) -> Self {
        let figures = Figures::default();
        desk.metrics().register(|registry| {
            let mut counted = |name: &str, help: &str, counter: &Counter| {
                registry.register(name, help, counter.clone());
            };
            counted("push_sent", "Messages that browsers' servers took", &figures.sent);
            counted("push_failed", "Attempts to push that failed", &figures.failed);
            counted(
                "push_withdrawn",
                "Messages that must not be pushed any more",
                &figures.withdrawn,
            );
        });
        figures
    }
}
