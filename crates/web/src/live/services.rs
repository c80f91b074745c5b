//! Pages about services, and the list of major incidents: how they are follows from incidents and
//! outages, so such a page is fetched anew a moment after one of them changed.

use super::change::Change;
use super::stream::Shown;
use incident::Body;
use std::time::Duration;
use store::incidents::feed::FeedEvent;
use tokio::time::Instant;

/// A page waits this long after a change, so that several are shown at once.
const AFTER: Duration = Duration::from_secs(2);

/// An open page about services.
#[derive(Debug, Default)]
pub(super) struct ServicesPage {
    again_at: Option<Instant>,
}

impl ServicesPage {
    /// Hears of a change: what is only talk changes nothing, but a word about a major incident
    /// moves when the next one is due.
    pub(super) fn hear(&mut self, change: &Change) {
        let spoken = |event: &FeedEvent| matches!(event.event.body, Body::UpdatePublished(_));
        let moves_next = change.row.state.major && change.events.iter().any(spoken);
        if moves_next || change.reshapes() {
            self.again_at.get_or_insert_with(|| Instant::now() + AFTER);
        }
    }

    /// When the page is to be fetched anew.
    pub(super) fn again_at(&self) -> Option<Instant> {
        self.again_at
    }
}

/// Notes that a page about services is told now; whether it was to be.
pub(super) fn told(shown: &mut Shown) -> bool {
    match shown {
        Shown::Services(page) => page.again_at.take().is_some(),
        _ => false,
    }
}
