//! All by which mail comes in while the server runs.

use desk::Desk;
use intake::{Bound, Fetching, Listening, Watching};

/// Mail that comes in: listeners, fetching, and an eye on mailboxes that fall silent.
pub(super) struct MailIn {
    listening: Option<Listening>,
    fetching: Fetching,
    watching: Watching,
}

impl MailIn {
    /// Begins; `bound` are the places that were taken for the listeners.
    pub(super) fn start(desk: &Desk, bound: Option<Bound>) -> MailIn {
        let listening = bound.map(|bound| bound.start(desk.clone()));
        for address in listening.iter().flat_map(Listening::addresses) {
            tracing::info!(%address, "takes mail");
        }
        let (fetching, watching) =
            (intake::fetch(desk.clone()), intake::watch_for_silence(desk.clone()));
        MailIn { listening, fetching, watching }
    }

    /// Takes nothing new; returns when what was under way is finished and durable.
    pub(super) async fn stop(self) {
        let listening = async {
            if let Some(listening) = self.listening {
                listening.stop().await;
            }
        };
        tokio::join!(listening, self.fetching.stop(), self.watching.stop());
    }
}
