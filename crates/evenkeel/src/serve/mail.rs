//! All by which mail comes in while the server runs, and the loop that asks sources of alerts.

use desk::Desk;
use intake::{Bound, Fetching, Intake, Listening, Outside, SourcesAsked, Watching};
use std::sync::Arc;

/// Mail that comes in: listeners, fetching, an eye on mailboxes that fall silent, and the loop
/// that makes incidents of it.
pub(super) struct MailIn {
    listening: Option<Listening>,
    fetching: Fetching,
    watching: Watching,
    working: Intake,
    asked: SourcesAsked,
}

impl MailIn {
    /// Begins; `bound` are the places that were taken for the listeners, `options` what
    /// working on it needs, `outside` whoever asks sources of alerts.
    pub(super) fn start(
        desk: &Desk,
        bound: Option<Bound>,
        options: intake::Options,
        outside: Arc<dyn Outside>,
    ) -> MailIn {
        let listening = bound.map(|bound| bound.start(desk.clone()));
        for address in listening.iter().flat_map(Listening::addresses) {
            tracing::info!(%address, "takes mail");
        }
        let (fetching, watching) =
            (intake::fetch(desk.clone()), intake::watch_for_silence(desk.clone()));
        let working = intake::work(desk.clone(), options);
        let asked = intake::ask_sources(desk.clone(), outside);
        MailIn { listening, fetching, watching, working, asked }
    }

    /// Takes nothing new; returns when what was under way is finished and durable.
    pub(super) async fn stop(self) {
        let listening = async {
            if let Some(listening) = self.listening {
                listening.stop().await;
            }
        };
        // What comes in to the last is kept; it is worked on after the next start.
        let (fetching, watching) = (self.fetching.stop(), self.watching.stop());
        tokio::join!(listening, fetching, watching, self.working.stop(), self.asked.stop());
    }
}
