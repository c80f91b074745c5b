//! What happens, as a stream for live screens and programs. One follower reads
//! the log behind its head, whoever wrote it, and hands it to all who listen.

use crate::Desk;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::incidents::feed::FeedEvent;
use tokio::sync::{Notify, broadcast};

/// Events that happened, in the order of their positions.
pub type Committed = Arc<Vec<FeedEvent>>;

/// Batches a slow listener may fall behind before it is told to look again.
const BEHIND_MAX: usize = 1_024;
/// Events read at once.
const PAGE_ROWS: usize = 500;
/// How often the log is looked at for what other processes wrote.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The stream of what happens.
pub struct Feed {
    sender: broadcast::Sender<Committed>,
    wake: Arc<Notify>,
    position: AtomicI64,
}

impl Feed {
    pub(crate) fn new(position: i64) -> Self {
        Feed {
            sender: broadcast::channel(BEHIND_MAX).0,
            wake: Arc::new(Notify::new()),
            position: AtomicI64::new(position),
        }
    }

    /// Listens from now on. What happened before is read from the store.
    pub fn listen(&self) -> broadcast::Receiver<Committed> {
        self.sender.subscribe()
    }

    /// The position up to which everything was handed out.
    pub fn position(&self) -> i64 {
        self.position.load(Ordering::Acquire)
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        self.sender.receiver_count()
    }

    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }
}

/// Starts the follower. It ends with the desk.
pub(crate) fn follow(desk: &Desk) {
    let weak = Arc::downgrade(&desk.0);
    let wake = desk.0.feed.wake.clone();
    tokio::spawn(async move {
        loop {
            // Woken by a commit of ours, or to look for another process's.
            drop(tokio::time::timeout(LOOK_EVERY, wake.notified()).await);
            let Some(inner) = weak.upgrade() else { return };
            let desk = Desk(inner);
            take_over_policy(&desk).await;
            hand_out(&desk).await;
        }
    });
}

/// Takes over what another process changed in configuration and people.
async fn take_over_policy(desk: &Desk) {
    let known = desk.policy().version;
    let changed = desk
        .read(move |sql| match store::directory::policy::version(sql)? {
            version if version == known => Ok(None),
            _ => store::directory::policy::load(sql).map(Some),
        })
        .await;
    match changed {
        Ok(None) => {}
        Ok(Some(policy)) => desk.set_policy(Arc::new(policy)),
        Err(trouble) => {
            tracing::warn!(%trouble, "the configuration could not be read; trying again")
        }
    }
}

async fn hand_out(desk: &Desk) {
    loop {
        let after = desk.0.feed.position();
        let events =
            match desk.read(move |sql| store::incidents::feed::feed(sql, after, PAGE_ROWS)).await {
                Ok(events) => events,
                Err(trouble) => {
                    tracing::warn!(%trouble, "the log could not be read; trying again");
                    return;
                }
            };
        let Some(last) = events.last().map(|event| event.seq) else { return };
        desk.0.feed.position.store(last, Ordering::Release);
        // Nobody listening is fine.
        drop(desk.0.feed.sender.send(Arc::new(events)));
    }
}
