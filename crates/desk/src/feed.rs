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
    /// For the one who keeps the search index.
    committed: Arc<Notify>,
    /// For the one who keeps what reports count: a call wakes one listener, so each has their own.
    for_reports: Arc<Notify>,
}

impl Feed {
    pub(crate) fn new(position: i64) -> Self {
        Feed {
            sender: broadcast::channel(BEHIND_MAX).0,
            wake: Arc::new(Notify::new()),
            position: AtomicI64::new(position),
            committed: Arc::new(Notify::new()),
            for_reports: Arc::new(Notify::new()),
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
        self.committed.notify_one();
        self.for_reports.notify_one();
    }

    /// Wakes its one listener whenever this process commits.
    pub(crate) fn committed(&self) -> Arc<Notify> {
        self.committed.clone()
    }

    /// The same for the one who keeps what reports count.
    pub(crate) fn for_reports(&self) -> Arc<Notify> {
        self.for_reports.clone()
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
            crate::turn("feed", async move {
                look(&desk).await;
                desk.sweep_presence();
            })
            .await;
        }
    });
}

/// Takes over what another process changed in configuration and people, and hands
/// out what happened.
async fn look(desk: &Desk) {
    let known = desk.policy();
    let read = desk
        .read(move |sql| {
            let policy = match store::directory::policy::version(sql)? {
                version if version == known.version => None,
                _ => Some(store::directory::policy::load_after(sql, Some(&known))?),
            };
            Ok((policy, store::incidents::feed::position(sql)?))
        })
        .await;
    let (policy, position) = match read {
        Ok(read) => read,
        Err(trouble) => {
            tracing::warn!(%trouble, "the head of the log could not be read; trying again");
            return;
        }
    };
    if let Some(policy) = policy {
        desk.set_policy(Arc::new(policy));
    }
    // Whoever begins to listen now finds in the store what came up to this position.
    if desk.0.feed.listeners() == 0 {
        desk.0.feed.position.store(position, Ordering::Release);
    } else if position > desk.0.feed.position() {
        hand_out(desk).await;
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
        let more = events.len() == PAGE_ROWS;
        desk.0.feed.position.store(last, Ordering::Release);
        // Nobody listening is fine.
        drop(desk.0.feed.sender.send(Arc::new(events)));
        if !more {
            return;
        }
    }
}
