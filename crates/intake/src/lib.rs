//! What comes in from outside. Bytes are kept before anything else is done with them;
//! then they are understood, and become commands.

mod alerts;
mod arrive;
mod caps;
mod http;
mod imap;
mod letter;
mod listener;
mod mailboxes;
mod outside;
mod pace;
mod room;
mod silence;
mod sources;
mod telephone;
mod thread;
mod title;
mod work;

pub use alerts::BODY_BYTES as ALERT_BODY_BYTES;
pub use arrive::{Arrived, MESSAGE_BYTES, NotAccepted, accept, keep};
pub use http::{router, router_asking};
pub use imap::{Fetching, fetch};
pub use letter::{
    Address, Attachment, Authentication, Automatic, Forwarded, Letter, Report, Reported, Verdict,
    read, safe_html, subject_stem,
};
pub use listener::{Bound, Listen, Listening, acceptor};
pub use outside::{Answer, Guarded, Nobody, Outside, Question};
pub use silence::{Watching, look_for_silence, watch_for_silence};
pub use sources::{SourcesAsked, ask_due_sources, ask_sources};
pub use telephone::{Telephone, telephone};
pub use work::{Intake, Next, Options, Reader, Worker, work};

/// One turn of a loop that must go on, whatever comes from outside: a panic ends the turn, not
/// the loop.
async fn turn(of: &'static str, turn: impl Future<Output = ()> + Send + 'static) {
    if let Err(error) = desk::beside(turn).await
        && error.is_panic()
    {
        tracing::error!(%error, "looking at the {of} failed; it is tried again");
    }
}

#[cfg(test)]
mod tests {
    use super::turn;

    #[tokio::test]
    async fn a_panic_ends_the_turn_alone() {
        turn("things of a test", async { assert!("no number".parse::<u8>().is_ok()) }).await;
        let (told, heard) = std::sync::mpsc::channel();
        turn("things of a test", async move { told.send(()).unwrap() }).await;
        assert!(heard.try_recv().is_ok());
    }
}
