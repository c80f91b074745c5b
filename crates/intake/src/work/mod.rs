//! The loop: messages that wait are taken, read, and become commands. It ends cleanly; what is
//! in its hands when it does not is taken up again, and nothing of it is done twice.

mod act;
mod alarm;
mod bounce;
mod figures;
mod known;
mod page_reply;
mod rest;
mod round;
mod verdict;

pub(crate) use act::blank;
pub(crate) use alarm::administrator;

use crate::Letter;
use desk::Desk;
use figures::Figures;
use kernel::Timestamp;
use round::InHand;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often it is looked for what came in.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long to wait for a database that does not answer.
const TROUBLE_WAIT: Duration = Duration::from_secs(2);

/// Reads a message.
pub type Reader = fn(&[u8]) -> Letter;

/// What the loop needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// How messages are read.
    pub read: Reader,
    /// Addresses of our own beside those of the mailboxes, in lower case.
    pub own_addresses: Vec<String>,
    /// By which name the receiving mail server signs what it found out about senders, in lower
    /// case: anybody else's word proves nobody.
    pub auth_server: Option<String>,
}

impl Options {
    /// Messages are read as they are; these addresses are ours, too.
    pub fn new(own_addresses: Vec<String>) -> Self {
        Options { read: crate::read, own_addresses, auth_server: None }
    }
}

/// What is to be done after a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// More may be due.
    More,
    /// Nothing is due.
    Idle,
    /// The database does not answer.
    Down,
}

/// Works on what came in, round by round.
pub struct Worker {
    desk: Desk,
    options: Options,
    figures: Figures,
    counted: Mutex<Option<Instant>>,
    tidied: Mutex<Option<Instant>>,
    /// Messages of a domain that may come before it is counted again how many came.
    spared: Mutex<HashMap<String, usize>>,
    /// When it was last seen that an alarm is raised.
    alarmed: Mutex<HashMap<String, Timestamp>>,
}

/// The loop as it runs.
pub struct Intake {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Intake {
    /// Ends the loop: messages that have begun are finished, the others stay for the next start.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if self.task.await.is_err() {
            tracing::warn!("incoming mail did not end as it should");
        }
    }
}

/// Starts the loop.
pub fn work(desk: Desk, options: Options) -> Intake {
    let (stop, stopped) = watch::channel(false);
    let task = desk::beside(run(Arc::new(Worker::new(desk, options)), stopped));
    Intake { stop, task }
}

async fn run(worker: Arc<Worker>, mut stopped: watch::Receiver<bool>) {
    let mut in_hand = None;
    while !*stopped.borrow() {
        let next = match in_hand.take() {
            // The next ones are read meanwhile, but settled after these, which they may answer.
            Some(first) => {
                let (next, taken) = tokio::join!(settle(&worker, first), take(&worker));
                in_hand = taken.unwrap_or_default();
                next
            }
            None => match take(&worker).await {
                Ok(Some(taken)) => {
                    in_hand = Some(taken);
                    Next::More
                }
                Ok(None) => Next::Idle,
                Err(next) => next,
            },
        };
        let pause = match next {
            Next::Down => TROUBLE_WAIT,
            Next::Idle => LOOK_EVERY,
            Next::More => continue,
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopped.changed() => {}
        }
    }
    if let Some(last) = in_hand {
        settle(&worker, last).await;
    }
}

/// Takes some of what waits. A panic ends the round, not the loop.
async fn take(worker: &Arc<Worker>) -> Result<Option<InHand>, Next> {
    let round = worker.clone();
    match desk::beside(async move { round.take().await }).await {
        Ok(Ok(taken)) => Ok(taken),
        Ok(Err(trouble)) => Err(round::down(&trouble)),
        Err(error) => Err(failed(&error)),
    }
}

/// Settles what was taken. A panic ends the round, not the loop.
async fn settle(worker: &Arc<Worker>, in_hand: InHand) -> Next {
    let round = worker.clone();
    let settled = desk::beside(async move { round.settle(in_hand).await }).await;
    settled.unwrap_or_else(|error| failed(&error))
}

fn failed(error: &tokio::task::JoinError) -> Next {
    tracing::error!(%error, "a round of incoming mail failed; the next one is tried");
    Next::Down
}

impl Worker {
    /// Whoever works on what comes in for this desk.
    pub fn new(desk: Desk, options: Options) -> Self {
        let figures = Figures::of(&desk);
        Worker {
            desk,
            options,
            figures,
            counted: Mutex::default(),
            tidied: Mutex::default(),
            spared: Mutex::default(),
            alarmed: Mutex::default(),
        }
    }
}
