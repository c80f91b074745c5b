//! The follower: reads each change once and hands it to all streams. It runs
//! while somebody listens.

use super::change::{Batch, Change};
use super::inboxes::Inboxes;
use crate::app::App;
use desk::Committed;
use incident::Scope;
use kernel::{IncidentNumber, PersonId};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::incidents::feed::FeedEvent;
use store::incidents::list::{self, IncidentRow};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{Semaphore, broadcast};
use tokio::time::{Instant, sleep_until, timeout};

/// Batches a slow stream may fall behind before its page is fetched anew.
pub(super) const BEHIND_MAX: usize = 64;
/// The first change is told at once, what follows together after this.
const PACE: Duration = Duration::from_millis(100);
/// Incidents told of at once; with more, pages are fetched anew.
const CHANGES_MAX: usize = 200;
/// Incidents whose last row is remembered, to know what moved.
const REMEMBERED_MAX: usize = 2_000;
/// How often the follower looks whether anybody listens still.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Streams that count views at the same time; the others wait.
const COUNTING_MAX: usize = 2;

/// Where streams hear what changed.
pub(crate) struct Hub {
    sender: broadcast::Sender<Arc<Batch>>,
    running: AtomicBool,
    remembered: Mutex<HashMap<IncidentNumber, Arc<IncidentRow>>>,
    counting: Semaphore,
    inboxes: Inboxes,
}

impl Default for Hub {
    fn default() -> Self {
        Hub {
            sender: broadcast::channel(BEHIND_MAX).0,
            running: AtomicBool::new(false),
            remembered: Mutex::default(),
            counting: Semaphore::new(COUNTING_MAX),
            inboxes: Inboxes::default(),
        }
    }
}

impl Hub {
    /// Listens from now on.
    pub(super) fn listen(&self, app: &App) -> broadcast::Receiver<Arc<Batch>> {
        let receiver = self.sender.subscribe();
        if !self.running.swap(true, Ordering::AcqRel) {
            let feed = app.desk.feed().listen();
            desk::beside(keep_following(app.clone(), feed));
        }
        receiver
    }

    /// A turn to count views: counting must not hold up what is told.
    pub(super) fn counting(&self) -> &Semaphore {
        &self.counting
    }

    /// Where streams hear whose inbox changed.
    pub(crate) fn inboxes(&self) -> &Inboxes {
        &self.inboxes
    }

    fn remember(&self, row: &Arc<IncidentRow>) -> Option<Arc<IncidentRow>> {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(row.number, row.clone())
    }

    fn before(&self, number: IncidentNumber) -> Option<Arc<IncidentRow>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).get(&number).cloned()
    }
}

/// Follows until nobody listens. A defect ends it no sooner: pages stay open, and are to look
/// again for what was missed.
async fn keep_following(app: App, mut feed: broadcast::Receiver<Committed>) {
    while let Err(error) = desk::beside(follow(app.clone(), feed)).await {
        if !error.is_panic() {
            return;
        }
        tracing::error!(%error, "following what changes failed; it begins anew");
        feed = app.desk.feed().listen();
        tell(&app, vec![], true).await;
    }
}

async fn follow(app: App, mut feed: broadcast::Receiver<Committed>) {
    loop {
        let mut events: Vec<FeedEvent> = Vec::new();
        let mut lost = false;
        match timeout(LOOK_EVERY, feed.recv()).await {
            Ok(Ok(committed)) => events.extend(committed.iter().cloned()),
            Ok(Err(RecvError::Lagged(_))) => lost = true,
            Ok(Err(RecvError::Closed)) => return stop(&app),
            Err(_) if app.hub.sender.receiver_count() == 0 => {
                stop(&app);
                // Somebody may have come between looking and stopping.
                if app.hub.sender.receiver_count() == 0
                    || app.hub.running.swap(true, Ordering::AcqRel)
                {
                    return;
                }
                continue;
            }
            Err(_) => continue,
        }
        loop {
            match feed.try_recv() {
                Ok(committed) => events.extend(committed.iter().cloned()),
                Err(TryRecvError::Lagged(_)) => lost = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        let next = Instant::now() + PACE;
        tell(&app, events, lost).await;
        sleep_until(next).await;
    }
}

fn stop(app: &App) {
    // Nobody will hear of changes from now on: what is remembered grows old.
    app.hub.remembered.lock().unwrap_or_else(PoisonError::into_inner).clear();
    app.hub.running.store(false, Ordering::Release);
}

async fn tell(app: &App, events: Vec<FeedEvent>, lost: bool) {
    let position = events.last().map_or_else(|| app.desk.feed().position(), |event| event.seq);
    let changes = if lost { None } else { changes_of(app, events).await };
    // Nobody listening is fine.
    drop(app.hub.sender.send(Arc::new(Batch { position, changes })));
}

/// The incidents of these events as they are now; `None` when there are too many, or they cannot be read.
async fn changes_of(app: &App, events: Vec<FeedEvent>) -> Option<Vec<Change>> {
    let by_number = grouped(events);
    if by_number.len() > CHANGES_MAX {
        return None;
    }
    let found = changes(app, by_number).await?;
    for change in &found {
        app.hub.remember(&change.row);
    }
    Some(found)
}

/// The same for events of the past, without remembering them.
pub(super) async fn replayed(app: &App, events: Vec<FeedEvent>) -> Option<Batch> {
    let position = events.last()?.seq;
    let changes = changes(app, grouped(events)).await?;
    Some(Batch { position, changes: Some(changes) })
}

fn grouped(events: Vec<FeedEvent>) -> BTreeMap<IncidentNumber, Vec<FeedEvent>> {
    let mut by_number: BTreeMap<IncidentNumber, Vec<FeedEvent>> = BTreeMap::new();
    for event in events {
        by_number.entry(event.number).or_default().push(event);
    }
    by_number
}

async fn changes(
    app: &App,
    mut by_number: BTreeMap<IncidentNumber, Vec<FeedEvent>>,
) -> Option<Vec<Change>> {
    let numbers: Vec<IncidentNumber> = by_number.keys().copied().collect();
    match app.desk.read(move |sql| list::get_many(sql, &everything(), &numbers)).await {
        Ok(rows) => {
            let change = |row: IncidentRow| {
                let events = by_number.remove(&row.number).unwrap_or_default();
                let before = app.hub.before(row.number);
                Change::new(row, before, events)
            };
            Some(rows.into_iter().map(change).collect())
        }
        Err(trouble) => {
            tracing::warn!(%trouble, "what changed could not be read; open pages are told to look again");
            None
        }
    }
}

/// The follower sees everything; each stream checks what its viewer may see.
fn everything() -> Scope {
    Scope {
        everything: true,
        open_to_staff: true,
        teams: Default::default(),
        person: "00000000-0000-0000-0000-000000000000"
            .parse::<PersonId>()
            .expect("a nil id is an id"),
        organisation: None,
        nothing: false,
    }
}
