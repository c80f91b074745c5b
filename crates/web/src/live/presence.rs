//! Who looks at the incident of a page.

use super::frame;
use super::stream::{Shown, Stream};
use kernel::IncidentNumber;
use tokio::sync::broadcast::{self, error::RecvError};

impl Stream {
    pub(super) fn tell_presence(&mut self, changed: Option<IncidentNumber>) {
        let Shown::Incident(number, _) = *self.shown() else { return };
        // Having missed some, the present ones are shown whoever they are.
        if changed.is_some_and(|changed| changed != number) {
            return;
        }
        let me = self.viewer().person;
        let there = crate::incident::presence_patches(&self.app().desk, number, me);
        self.put(&frame::event("presence", &there.into_string()));
    }
}

/// Where somebody came or went; `None` when some changes were missed.
pub(super) async fn changed(
    presence: &mut Option<broadcast::Receiver<IncidentNumber>>,
) -> Option<IncidentNumber> {
    let Some(receiver) = presence else { return std::future::pending().await };
    match receiver.recv().await {
        Ok(number) => Some(number),
        Err(RecvError::Lagged(_)) => None,
        Err(RecvError::Closed) => std::future::pending().await,
    }
}
