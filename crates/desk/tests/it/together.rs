//! Commands that one transaction takes.

use desk::{Desk, Done, Ticket, Trouble};
use std::time::Duration;

/// Holds the writer until everything that `submit` hands in waits; the answers, in order.
/// For tests on one thread: the writer is held before anything else is handed in.
pub async fn at_once(
    desk: &Desk,
    submit: impl AsyncFnOnce() -> Vec<Ticket>,
) -> Vec<Result<Done, Trouble>> {
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let held = desk.clone();
    let held = tokio::spawn(async move {
        held.write(move |_| Ok(gone.recv_timeout(Duration::from_secs(10)).is_ok())).await
    });
    tokio::task::yield_now().await;
    let tickets = submit().await;
    go.send(()).unwrap();
    assert!(held.await.unwrap().unwrap());
    let mut answers = Vec::new();
    for ticket in tickets {
        answers.push(ticket.done().await);
    }
    answers
}
