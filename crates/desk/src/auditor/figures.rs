//! Figures about paging, in the form Prometheus reads.

use incident::{Body, State};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use store::incidents::Recorded;
use store::pages::plan::LATE_SECONDS;

/// What came of a promised step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It came when it should.
    Kept,
    /// It came later.
    Late,
    /// It had not come when the auditor looked.
    Broken,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Promise {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Page {
    channel: &'static str,
    result: &'static str,
}

/// Figures about paging.
pub struct Figures {
    promises: Family<Promise, Counter>,
    pages: Family<Page, Counter>,
    unreached: Counter,
    lag: Histogram,
    due: Gauge,
    oldest: Gauge,
    still: Gauge,
}

impl Figures {
    /// Registers them.
    pub(crate) fn new(registry: &mut Registry) -> Self {
        let figures = Figures {
            promises: Family::default(),
            pages: Family::default(),
            unreached: Counter::default(),
            // From 50 ms to 27 minutes.
            lag: Histogram::new(exponential_buckets(0.05, 2.0, 16)),
            due: Gauge::default(),
            oldest: Gauge::default(),
            still: Gauge::default(),
        };
        let promises = "Steps of paging that were promised, by what came of them";
        registry.register("paging_promises", promises, figures.promises.clone());
        let pages = "Attempts to reach somebody, by channel and result";
        registry.register("pages", pages, figures.pages.clone());
        let unreached = "Entries that paged people and reached none of them";
        registry.register("paging_unreached", unreached, figures.unreached.clone());
        let lag = "How long after its instant a step of paging came";
        registry.register_with_unit("paging_lag", lag, Unit::Seconds, figures.lag.clone());
        registry.register("pages_due", "Pages that are due and wait", figures.due.clone());
        let (age, oldest) = ("pages_oldest_age", "For how long the oldest of them has been due");
        registry.register_with_unit(age, oldest, Unit::Seconds, figures.oldest.clone());
        let still = "Loops of this server that stand still";
        registry.register("loops_standing_still", still, figures.still.clone());
        figures
    }

    /// Counts an attempt to reach somebody.
    pub fn attempted(&self, channel: &'static str, result: &'static str) {
        self.pages.get_or_create(&Page { channel, result }).inc();
    }

    pub(super) fn settled(&self, outcome: Outcome, lag_micros: Option<i64>) {
        let outcome = match outcome {
            Outcome::Kept => "kept",
            Outcome::Late => "late",
            Outcome::Broken => "broken",
        };
        self.promises.get_or_create(&Promise { outcome }).inc();
        if let Some(lag) = lag_micros {
            self.lag.observe(lag as f64 / kernel::time::MICROS_PER_SECOND as f64);
        }
    }

    pub(super) fn unreached(&self) {
        self.unreached.inc();
    }

    pub(super) fn waits(&self, due: i64, oldest_seconds: i64) {
        self.due.set(due);
        self.oldest.set(oldest_seconds);
    }

    pub(super) fn still(&self, loops: usize) {
        self.still.set(i64::try_from(loops).unwrap_or(i64::MAX));
    }

    /// Counts the steps of paging that came with what was committed.
    pub(crate) fn committed(&self, parts: &[Recorded]) {
        let pages =
            |part: &&Recorded| part.events.iter().any(|event| matches!(event.body, Body::Paged(_)));
        for part in parts.iter().filter(pages) {
            let mut state: Option<State> = part.before.clone();
            for event in &part.events {
                let course = state.as_ref().and_then(|state| state.paging.as_deref());
                let planned = course.and_then(|course| course.next_at());
                if let (Body::Paged(data), Some(planned)) = (&event.body, planned)
                    && data.cue.is_by_plan()
                {
                    let lag = event.at.micros_since(planned).max(0);
                    let late = lag > LATE_SECONDS * kernel::time::MICROS_PER_SECOND;
                    let outcome = if late { Outcome::Late } else { Outcome::Kept };
                    self.settled(outcome, Some(lag));
                }
                state = incident::apply(state, event);
            }
        }
    }
}
