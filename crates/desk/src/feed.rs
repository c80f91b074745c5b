//! What happens, as a stream for live screens and programs. One follower reads
//! the log behind its head, whoever wrote it, and hands it to all who listen.

use crate::Desk;
use incident::Subject;
use kernel::IncidentNumber;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::incidents::Recorded;
use store::incidents::feed::{FeedEvent, recorded};
use tokio::sync::{Notify, broadcast, watch};

/// Events that happened, in the order of their positions.
pub type Committed = Arc<Vec<FeedEvent>>;

/// Batches a slow listener may fall behind before it is told to look again.
const BEHIND_MAX: usize = 1_024;
/// Events read at once.
const PAGE_ROWS: usize = 500;
/// Events of this process that wait to be handed out: beyond that they are read from the log.
const MADE_MAX: usize = 20_000;
/// How often the log is looked at for what other processes wrote.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What this process recorded and did not hand out yet: the position before, and the events that
/// follow it without a gap.
#[derive(Default)]
struct Made(VecDeque<(i64, Vec<FeedEvent>)>);

impl Made {
    fn put(&mut self, after: i64, events: Vec<FeedEvent>) {
        let waiting: usize = self.0.iter().map(|(_, events)| events.len()).sum();
        if waiting + events.len() > MADE_MAX {
            self.0.clear();
        } else {
            self.0.push_back((after, events));
        }
    }

    /// What follows a position, at most so many events or one transaction; none where another
    /// process recorded what comes next.
    fn take(&mut self, position: i64, limit: usize) -> Vec<FeedEvent> {
        let mut taken: Vec<FeedEvent> = Vec::new();
        while let Some((after, events)) = self.0.front() {
            let at = taken.last().map_or(position, |event| event.seq);
            let is_next = *after == at;
            if *after > at || (is_next && !taken.is_empty() && taken.len() + events.len() > limit) {
                break;
            }
            // What lies before was read from the log meanwhile.
            let events = self.0.pop_front().map(|(_, events)| events);
            taken.extend(events.into_iter().flatten().filter(|_| is_next));
        }
        self.see_anew(&mut taken);
        taken
    }

    /// Says of each event who may see its incident as of the last that is known of it.
    fn see_anew(&self, taken: &mut [FeedEvent]) {
        let mut subjects: HashMap<IncidentNumber, Subject> =
            taken.iter().map(|event| (event.number, event.subject.clone())).collect();
        for event in self.0.iter().flat_map(|(_, events)| events) {
            if let Some(subject) = subjects.get_mut(&event.number) {
                subject.clone_from(&event.subject);
            }
        }
        for event in taken {
            event.subject.clone_from(&subjects[&event.number]);
        }
    }
}

/// The stream of what happens.
pub struct Feed {
    sender: broadcast::Sender<Committed>,
    wake: Arc<Notify>,
    position: AtomicI64,
    /// Where this process last moved the head of the log to.
    moved_to: AtomicI64,
    /// What this process recorded, which need not be read again.
    made: Mutex<Made>,
    /// For those who follow the log by themselves: the search index, reports.
    committed: watch::Sender<()>,
}

impl Feed {
    pub(crate) fn new(position: i64) -> Self {
        Feed {
            sender: broadcast::channel(BEHIND_MAX).0,
            wake: Arc::new(Notify::new()),
            position: AtomicI64::new(position),
            moved_to: AtomicI64::new(position),
            made: Mutex::default(),
            committed: watch::Sender::new(()),
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

    /// Takes over what was recorded after a position, where somebody listens.
    pub(crate) fn made(&self, after: i64, parts: &mut [Recorded]) {
        if self.listeners() > 0 && !parts.is_empty() {
            let events = recorded(after, parts);
            self.waiting().put(after, events);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on from a position up to which nobody listened, and keeps nothing for them. Whoever
    /// begins to listen meanwhile finds in the store what came before; what was recorded since and
    /// is let go with the rest is handed out from the log.
    fn rest(&self, position: i64) {
        *self.waiting() = Made::default();
        self.position.store(position, Ordering::Release);
    }

    /// Says that this process committed, and where the head of the log is since.
    pub(crate) fn moved(&self, head: i64) {
        self.moved_to.store(head, Ordering::Release);
        self.wake.notify_one();
        self.committed.send_replace(());
    }

    /// Changes whenever this process commits. Each listener has its own, so that none takes the
    /// word from another.
    pub(crate) fn committed(&self) -> watch::Receiver<()> {
        self.committed.subscribe()
    }
}

/// Starts the follower. It ends with the desk.
pub(crate) fn follow(desk: &Desk) {
    let weak = Arc::downgrade(&desk.0);
    let wake = desk.0.feed.wake.clone();
    crate::beside(async move {
        loop {
            // Woken by a commit of ours, or to look for another process's.
            let is_ours = tokio::time::timeout(LOOK_EVERY, wake.notified()).await.is_ok();
            let Some(inner) = weak.upgrade() else { return };
            let desk = Desk(inner);
            crate::turn("feed", async move {
                match is_ours {
                    true => follow_ours(&desk).await,
                    false => look(&desk).await,
                }
                desk.sweep_presence();
            })
            .await;
        }
    });
}

/// Hands out what happened up to the last commit of this process, what others recorded before it
/// included. The writer knew the configuration that was in force then and where the head of the log
/// is: nothing is read for that after each commit.
async fn follow_ours(desk: &Desk) {
    let feed = &desk.0.feed;
    let position = feed.moved_to.load(Ordering::Acquire);
    if feed.listeners() == 0 {
        feed.position.fetch_max(position, Ordering::AcqRel);
    } else {
        hand_out(desk, position).await;
    }
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
    if desk.0.feed.listeners() == 0 {
        desk.0.feed.rest(position);
    } else if position > desk.0.feed.position() {
        hand_out(desk, position).await;
    }
}

/// Hands out what was recorded up to a position: as it is what this process recorded, the rest from
/// the log.
async fn hand_out(desk: &Desk, head: i64) {
    let feed = &desk.0.feed;
    while feed.position() < head {
        let after = feed.position();
        let mut events = feed.waiting().take(after, PAGE_ROWS);
        if events.is_empty() {
            let read = desk.read(move |sql| store::incidents::feed::feed(sql, after, PAGE_ROWS));
            events = match read.await {
                Ok(events) => events,
                Err(trouble) => {
                    tracing::warn!(%trouble, "the log could not be read; trying again");
                    return;
                }
            };
        }
        let Some(last) = events.last().map(|event| event.seq) else { return };
        feed.position.store(last, Ordering::Release);
        // Nobody listening is fine.
        drop(feed.sender.send(Arc::new(events)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use incident::event::{Derived, WorkStarted};
    use incident::{Body, Cause, Event};
    use kernel::{Actor, Channel, PersonId, TeamId, Timestamp};
    use std::collections::BTreeSet;

    fn events(seqs: std::ops::RangeInclusive<i64>) -> Vec<FeedEvent> {
        let event = |seq| FeedEvent {
            seq,
            number: IncidentNumber(1),
            event: Event {
                n: 1,
                at: Timestamp::default(),
                happened_at: Timestamp::default(),
                actor: Actor::system(),
                channel: Channel::Api,
                cause: Cause::Derived(Derived {
                    by: "test".into(),
                    name: String::new(),
                    version: 0,
                }),
                batch: None,
                body: Body::WorkStarted(Box::new(WorkStarted {})),
            },
            public: true,
            subject: Subject {
                requester: PersonId(Default::default()),
                organisation: None,
                confidential_to: None,
                watchers: BTreeSet::new(),
            },
        };
        seqs.map(event).collect()
    }

    fn seqs(events: &[FeedEvent]) -> Vec<i64> {
        events.iter().map(|event| event.seq).collect()
    }

    #[test]
    fn what_was_recorded_here_is_handed_out_in_order_without_a_gap() {
        let mut made = Made::default();
        made.put(0, events(1..=2));
        made.put(2, events(3..=3));
        // 4 is of another process.
        made.put(4, events(5..=6));
        assert_eq!(seqs(&made.take(0, 10)), [1, 2, 3]);
        assert_eq!(seqs(&made.take(3, 10)), [0; 0], "the log knows what comes next");
        assert_eq!(seqs(&made.take(4, 10)), [5, 6]);
    }

    #[test]
    fn what_was_read_from_the_log_is_not_handed_out_again() {
        let mut made = Made::default();
        made.put(0, events(1..=4));
        made.put(4, events(5..=5));
        assert_eq!(seqs(&made.take(4, 10)), [5]);
        made.put(5, events(6..=9));
        assert_eq!(seqs(&made.take(7, 10)), [0; 0], "the rest is read from the log");
        assert!(made.0.is_empty());
    }

    #[test]
    fn a_transaction_is_handed_out_whole_and_much_in_parts() {
        let mut made = Made::default();
        made.put(0, events(1..=9));
        made.put(9, events(10..=12));
        assert_eq!(made.take(0, 5).len(), 9);
        assert_eq!(made.take(9, 5).len(), 3);
    }

    #[test]
    fn whoever_may_not_see_an_incident_any_more_learns_nothing_of_its_past() {
        let team = Some(TeamId(Default::default()));
        for at_once in [1, 10] {
            let mut restricted = events(2..=2);
            restricted[0].subject.confidential_to = team;
            let mut made = Made::default();
            made.put(0, events(1..=1));
            made.put(1, restricted);
            let taken = made.take(0, at_once);
            assert_eq!(taken.len(), at_once.min(2));
            assert!(taken.iter().all(|event| event.subject.confidential_to == team));
        }
    }

    #[test]
    fn nothing_is_kept_for_nobody() {
        let feed = Feed::new(0);
        feed.waiting().put(0, events(1..=3));
        feed.rest(3);
        assert_eq!((feed.waiting().0.capacity(), feed.position()), (0, 3));
        // Recorded for who began to listen while nobody was thought to: 5 was let go again.
        feed.waiting().put(4, events(5..=5));
        feed.rest(3);
        feed.waiting().put(5, events(6..=6));
        assert_eq!(seqs(&feed.waiting().take(3, 10)), [0; 0], "the log has 4 and 5");
        assert_eq!(seqs(&feed.waiting().take(5, 10)), [6]);
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut made = Made::default();
        let many = MADE_MAX as i64;
        made.put(0, events(1..=many));
        made.put(many, events(many + 1..=many + 1));
        assert!(made.0.is_empty());
    }
}
