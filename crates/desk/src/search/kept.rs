//! The index as the desk holds it: there, being filled, or out of order.

use super::Standing;
use ::search::Index;
use prometheus_client::metrics::gauge::Gauge;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use tokio::sync::watch;

/// What the desk knows of its index.
pub(crate) struct Kept {
    /// None while there is none, or it is out of order: then the database answers.
    index: RwLock<Option<Arc<Index>>>,
    /// How it stands; whoever waits for it listens.
    standing: watch::Sender<Seen>,
    /// That asking it failed: the follower opens it again.
    broken: AtomicBool,
    /// Where it lies, once it is used; in memory where there is no folder.
    pub(super) folder: OnceLock<Option<PathBuf>>,
}

/// How far the index is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Seen {
    /// The position of the log up to which it tells.
    pub(super) position: i64,
    /// The version of the configuration up to which it tells.
    pub(super) configuration: i64,
    /// Whether files wait to be read.
    pub(super) reading: bool,
    pub(super) standing: Standing,
}

impl Default for Kept {
    fn default() -> Self {
        Kept {
            index: RwLock::default(),
            standing: watch::Sender::new(Seen::default()),
            broken: AtomicBool::new(false),
            folder: OnceLock::new(),
        }
    }
}

impl Kept {
    /// The index, if it can be asked.
    pub(super) fn index(&self) -> Option<Arc<Index>> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, index: Option<Arc<Index>>) {
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = index;
    }

    /// Asking it failed: until it is opened again the database answers.
    pub(super) fn give_up(&self, failure: &::search::Failure) {
        if !self.broken.swap(true, Ordering::AcqRel) {
            tracing::warn!(%failure, "the search index does not answer; the database does");
        }
        self.set(None);
    }

    /// Whether asking it failed since this was last asked.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.swap(false, Ordering::AcqRel)
    }

    pub(super) fn seen(&self) -> Seen {
        *self.standing.borrow()
    }

    pub(super) fn tell(&self, seen: Seen) {
        self.standing.send_replace(seen);
    }

    pub(super) fn listen(&self) -> watch::Receiver<Seen> {
        self.standing.subscribe()
    }
}

/// What /metrics says of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Figures {
    behind: Gauge,
    documents: Gauge,
    building: Gauge,
    failing: Gauge,
    erasing: Gauge,
}

impl Figures {
    pub(super) fn new(metrics: &crate::Metrics) -> Self {
        let figures = Figures::default();
        metrics.register(|registry| {
            let help = "Entries of the log that search does not know yet";
            registry.register("search_behind", help, figures.behind.clone());
            let help = "Documents that search finds";
            registry.register("search_documents", help, figures.documents.clone());
            let help = "Whether the search index is being filled";
            registry.register("search_building", help, figures.building.clone());
            let help = "Whether the search index is out of order and the database answers";
            registry.register("search_failing", help, figures.failing.clone());
            let help = "Whether erased words may still be in files of the search index";
            registry.register("search_erasing", help, figures.erasing.clone());
        });
        figures
    }

    pub(super) fn show(&self, standing: &Standing) {
        self.behind.set(standing.behind);
        self.documents.set(i64::try_from(standing.documents).unwrap_or(i64::MAX));
        self.building.set(standing.building.is_some().into());
        self.failing.set(standing.failing.into());
        self.erasing.set(standing.erasing.into());
    }
}
