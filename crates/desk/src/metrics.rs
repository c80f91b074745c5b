//! Figures about what the desk does, in the form Prometheus reads.

use crate::Trouble;
use crate::ask::Done;
use crate::auditor::Figures;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::sync::Mutex;
use std::time::Duration;

/// The desk's figures.
pub struct Metrics {
    registry: Mutex<Registry>,
    pub(crate) commands: Counter,
    pub(crate) refused: Counter,
    pub(crate) failed: Counter,
    pub(crate) overloaded: Counter,
    pub(crate) batch: Histogram,
    pub(crate) commit: Histogram,
    pub(crate) timer_lateness: Histogram,
    pub(crate) recomputations: Gauge,
    pub(crate) recomputed: Counter,
    paging: Figures,
    /// Attempts to page somebody that failed.
    pub pages_failed: Counter,
    /// Times that no way to a person who was paged is left.
    pub pages_reached_nobody: Counter,
    /// Open live streams.
    pub streams: Gauge,
}

/// What is counted both as pages leave and when a provider says what became of them.
fn pages(registry: &mut Registry) -> (Counter, Counter) {
    let (failed, reached_nobody) = (Counter::default(), Counter::default());
    let help = "Attempts to page somebody that failed";
    registry.register("pages_failed", help, failed.clone());
    let help = "Times that no way to a person who was paged is left";
    registry.register("pages_reached_nobody", help, reached_nobody.clone());
    (failed, reached_nobody)
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("evenkeel");
        let commands = Counter::default();
        let refused = Counter::default();
        let failed = Counter::default();
        let overloaded = Counter::default();
        let batch = Histogram::new(exponential_buckets(1.0, 2.0, 7));
        let commit = Histogram::new(exponential_buckets(0.000_1, 2.0, 14));
        let timer_lateness = Histogram::new(exponential_buckets(0.01, 2.0, 14));
        let streams = Gauge::default();
        let recomputations = Gauge::default();
        let recomputed = Counter::default();
        registry.register("commands", "Commands recorded", commands.clone());
        registry.register("commands_refused", "Commands refused", refused.clone());
        registry.register("commands_failed", "Commands the store failed to record", failed.clone());
        registry.register(
            "commands_overloaded",
            "Commands turned away because too much waited",
            overloaded.clone(),
        );
        registry.register(
            "commands_per_commit",
            "Commands recorded in one transaction",
            batch.clone(),
        );
        registry.register_with_unit(
            "commit",
            "Time to decide and commit one transaction",
            Unit::Seconds,
            commit.clone(),
        );
        registry.register_with_unit(
            "timer_lateness",
            "How late timers rang",
            Unit::Seconds,
            timer_lateness.clone(),
        );
        registry.register(
            "recomputations_open",
            "Changes of agreements and calendars that open incidents still go over to",
            recomputations.clone(),
        );
        registry.register(
            "recomputed",
            "Open incidents that were looked at because an agreement or calendar changed",
            recomputed.clone(),
        );
        registry.register("streams_open", "Open live streams", streams.clone());
        let paging = Figures::new(&mut registry);
        let (pages_failed, pages_reached_nobody) = pages(&mut registry);
        Metrics {
            registry: Mutex::new(registry),
            paging,
            pages_failed,
            pages_reached_nobody,
            commands,
            refused,
            failed,
            overloaded,
            batch,
            commit,
            timer_lateness,
            recomputations,
            recomputed,
            streams,
        }
    }

    /// All figures in OpenMetrics text.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if prometheus_client::encoding::text::encode(&mut text, &registry).is_err() {
            text.clear();
        }
        text
    }

    /// Adds another room's figures.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    /// Figures about paging.
    pub fn paging(&self) -> &Figures {
        &self.paging
    }

    pub(crate) fn committed(&self, answers: &[Result<Done, Trouble>], took: Duration) {
        let done = answers.iter().filter(|answer| answer.is_ok()).count();
        self.commands.inc_by(done as u64);
        self.refused.inc_by((answers.len() - done) as u64);
        self.batch.observe(answers.len() as f64);
        self.commit.observe(took.as_secs_f64());
    }

    pub(crate) fn timer_rang(&self, late_micros: i64) {
        self.timer_lateness.observe(late_micros as f64 / kernel::time::MICROS_PER_SECOND as f64);
    }
}
