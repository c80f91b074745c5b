//! Whose inbox changed: asked once a second while somebody listens, whichever node or door
//! it was, and told to all streams.

use super::stream::{Shown, Stream};
use super::{frame, hub};
use crate::app::App;
use crate::inbox;
use kernel::{PersonId, Timestamp};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::deliveries::inbox::{Which, changed_after};
use tokio::sync::broadcast::{self, error::RecvError};

/// How often it is looked for changes.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Clocks of nodes differ, and what is decided first is not always there first.
const SLACK_SECONDS: i64 = 10;

/// Where streams hear whose inbox changed.
pub(crate) struct Inboxes {
    sender: broadcast::Sender<Arc<BTreeSet<PersonId>>>,
    running: AtomicBool,
}

impl Default for Inboxes {
    fn default() -> Self {
        Inboxes { sender: broadcast::channel(hub::BEHIND_MAX).0, running: AtomicBool::new(false) }
    }
}

impl Inboxes {
    /// Says that somebody's inbox changed.
    pub(crate) fn changed(&self, person: PersonId) {
        self.tell(BTreeSet::from([person]));
    }

    fn tell(&self, whose: BTreeSet<PersonId>) {
        // Nobody listening is fine.
        drop(self.sender.send(Arc::new(whose)));
    }

    /// Listens from now on.
    pub(super) fn listen(&self, app: &App) -> broadcast::Receiver<Arc<BTreeSet<PersonId>>> {
        let receiver = self.sender.subscribe();
        if !self.running.swap(true, Ordering::AcqRel) {
            desk::beside(keep_following(app.clone()));
        }
        receiver
    }

    /// Whether it is to go on: somebody listens, or came between looking and stopping.
    fn goes_on(&self) -> bool {
        if self.sender.receiver_count() > 0 {
            return true;
        }
        self.running.store(false, Ordering::Release);
        self.sender.receiver_count() > 0 && !self.running.swap(true, Ordering::AcqRel)
    }
}

/// Follows until nobody listens. A defect ends it no sooner.
async fn keep_following(app: App) {
    while let Err(error) = desk::beside(follow(app.clone())).await {
        if !error.is_panic() {
            return;
        }
        tracing::error!(%error, "following whose inbox changes failed; it begins anew");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn follow(app: App) {
    let mut known: HashMap<PersonId, Timestamp> = HashMap::new();
    let mut since = app.desk.now();
    while app.hub.inboxes().goes_on() {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = app.desk.now();
        let after = since.plus_seconds(-SLACK_SECONDS);
        let Ok(changed) = app.desk.read(move |sql| changed_after(sql, after)).await else {
            // What happened meanwhile is found when the database answers again.
            continue;
        };
        let news: BTreeSet<PersonId> = changed
            .iter()
            .filter(|(person, at)| known.get(person).is_none_or(|known| known < at))
            .map(|(person, _)| *person)
            .collect();
        known = changed.into_iter().collect();
        since = now;
        if !news.is_empty() {
            app.hub.inboxes().tell(news);
        }
    }
}

/// Whose inbox changed next; having missed some, it may be anybody's.
pub(super) async fn heard(
    inboxes: &mut broadcast::Receiver<Arc<BTreeSet<PersonId>>>,
    me: PersonId,
) -> bool {
    match inboxes.recv().await {
        Ok(whose) => whose.contains(&me),
        Err(RecvError::Lagged(_)) => true,
        Err(RecvError::Closed) => std::future::pending().await,
    }
}

impl Stream {
    /// Tells how much is unread. Whoever has an incident open reads what they are told of it.
    pub(super) async fn tell_inbox(&mut self, opening: bool) {
        let viewer = self.viewer().clone();
        if let Shown::Incident(number, _) | Shown::Portal(number) = self.shown() {
            // What cannot be marked now stays unread.
            let marked = self.app().desk.mark_read(&viewer, Which::About(*number)).await;
            if marked.is_ok_and(|marked| marked > 0) {
                self.app().hub.inboxes().changed(viewer.person);
            }
        }
        let Ok(count) = self.app().desk.unread(&viewer).await else { return };
        self.put(&frame::event("badge", &inbox::unread(count, true).into_string()));
        if matches!(self.shown(), Shown::Inbox) && !opening {
            self.put(&frame::stale());
        }
    }
}
