//! Where commands are executed. A door asks; the desk finds the facts, lets the
//! pure crates decide, records everything in one transaction, and tells the
//! followers. Only the desk asks what time it is and draws random ids.

pub mod accounts;
mod alerts;
pub mod articles;
mod ask;
pub mod attention;
pub mod audiences;
mod auditor;
mod beside;
mod cache;
pub mod causes;
mod chance;
mod change;
mod clock;
pub mod contacts;
pub mod cookie;
mod deliveries;
pub mod escalations;
pub mod expected;
mod feed;
mod files;
mod inbox;
pub mod integrations;
mod learning;
mod ledger;
pub mod lists;
pub mod macros;
pub mod maintenance;
pub mod map;
mod messages;
mod metrics;
pub mod notices;
mod originals;
pub mod paging;
mod passwords;
mod people;
pub mod planning;
mod presence;
pub mod problems;
pub mod push;
mod recompute;
pub mod recurring;
pub mod reports;
pub mod reviews;
pub mod rota;
pub mod rules;
pub mod seals;
pub mod search;
pub mod sight;
pub mod status;
pub mod subscribers;
pub mod suggest;
pub mod surges;
pub mod terms;
mod throttle;
mod timer;
pub mod told;
mod trial;
mod trouble;
pub mod webhooks;
pub mod what_if;
mod writer;

pub use accounts::{Credential, SignIn};
pub use alerts::{
    Act, Asking, Beat, MappingTried, Raw, Silenced, Taken, Told as AlertsTold, read_as,
};
pub use ask::{Ask, Done, Idempotency, Issuing, MESSAGE_DONE, Newcomer, Ticket, plain};
pub use auditor::{Audit as PagingAudit, Figures as PagingFigures, Outcome as PagingOutcome};
pub use beside::{Boxed, beside, boxed, on_a_thread};
pub use chance::{fresh, integration_key, secret, secret_hash, token_secret};
pub use change::{Audit, command_line};
pub use clock::{Clock, SetClock, SystemClock};
pub use deliveries::Told;
pub use feed::{Committed, Feed};
pub use files::{Download, Kept, Upload, file_name};
pub use inbox::{InboxEntry, ToldEntry};
pub use ledger::{PagingLedger, PromisedPage};
pub use messages::{Incoming, LetIn};
pub use metrics::Metrics;
pub use originals::Original;
pub use presence::{Doing, Present};
pub use trial::{TRIAL_SHOWN, Trial, check_rule, check_rules};
pub use trouble::{Trouble, check_seen};

use incident::Policy;
use kernel::Timestamp;
use std::sync::{Arc, OnceLock, RwLock};
use std::time::{Duration, Instant};
use store::files::Files;
use store::incidents::list::Ranking;
use store::{Failure, Store};
use tokio::sync::Semaphore;

/// What the desk is told when it opens.
pub struct Options {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where attachments are kept.
    pub files: Files,
    /// Whether timers ring here and the feed is followed; not for one-off commands of the command line.
    pub serve: bool,
}

/// The one place that executes commands. Cheap to clone.
#[derive(Clone)]
pub struct Desk(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) files: Files,
    /// Room for files that arrive.
    pub(crate) uploads: Arc<Semaphore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) writer: writer::Handle,
    pub(crate) policy: RwLock<Arc<Policy>>,
    pub(crate) ranking: Ranking,
    pub(crate) feed: Feed,
    pub(crate) presence: presence::Presence,
    /// How long people are at work on incidents, until it is written down.
    pub(crate) gathered: attention::Gathered,
    pub(crate) people: people::Cache,
    pub(crate) sign_ins: throttle::Throttle,
    pub(crate) credentials: accounts::Cache,
    pub(crate) metrics: Arc<Metrics>,
    /// The status page as it is shown.
    pub(crate) status: status::Shown,
    /// When loops last moved.
    pub(crate) beats: auditor::Beats,
    /// What leaves the house and comes back is sealed with this, once it was needed.
    pub(crate) seals: OnceLock<seals::Seals>,
    /// With this we sign in at the servers that hand on push, once it was needed.
    pub(crate) push_key: OnceLock<push::PushKey>,
    /// Networks that webhooks may be sent to besides the internet.
    pub(crate) outward: OnceLock<Vec<kernel::Network>>,
    /// The same for push.
    pub(crate) push_outward: OnceLock<Vec<kernel::Network>>,
    /// The same for pages.
    pub(crate) page_outward: OnceLock<Vec<kernel::Network>>,
    /// The same for programs that subscribed.
    pub(crate) subscriber_outward: OnceLock<Vec<kernel::Network>>,
    /// Who asked to subscribe lately.
    pub(crate) subscribing: subscribers::Floods,
    /// By what people are reached, once that is known.
    pub(crate) messenger: OnceLock<std::sync::Weak<dyn contacts::Messenger>>,
    /// After how many days what is old is forgotten, where somebody said so.
    pub(crate) keep_days: OnceLock<u32>,
    /// By whom what stands at addresses elsewhere is read, once that is known.
    pub(crate) reader: rota::KnownReader,
    /// What people had sent by hand lately.
    pub(crate) sent_by_hand: contacts::ByHand,
    /// Which wrong codes came lately by text message.
    pub(crate) wrong_codes: paging::WrongCodes,
    /// Room for what is computed about terms that are not saved, and for plans.
    pub(crate) what_ifs: Arc<Semaphore>,
    /// The windows of maintenance as the loop of alerts last saw them.
    pub(crate) windows: tokio::sync::Mutex<alerts::Windows>,
    /// The service map as it was last seen.
    pub(crate) map: map::Kept,
    /// What the loop of surges knows, and the surges that go on as it last saw them.
    pub(crate) surge_watch: tokio::sync::Mutex<surges::Watch>,
    pub(crate) surges: RwLock<Arc<Vec<store::surges::Surge>>>,
    /// What the loop of recurring incidents knows.
    pub(crate) recurring: tokio::sync::Mutex<recurring::Kept>,
    /// Reports at hand.
    pub(crate) reports: reports::Kept,
    /// What is found, and what is alike.
    pub(crate) search: search::Kept,
    /// What is suggested from past incidents.
    pub(crate) suggest: suggest::Kept,
    /// How long incidents are expected to take.
    pub(crate) expected: expected::Kept,
    /// What was read of the past for planning.
    pub(crate) planning: planning::Kept,
    /// When it was last tried to write, and whether that went well.
    pub(crate) probed: tokio::sync::Mutex<Option<(Instant, bool)>>,
}

impl Desk {
    /// Opens the desk on a store. A fresh store gets the standard agreement first.
    pub fn open(store: Store, options: Options) -> Result<Desk, Failure> {
        let metrics = Arc::new(Metrics::new());
        let mut connection = store.writer()?;
        let now = options.clock.now();
        let policy = connection.transaction(|sql| change::furnish(sql, now))?;
        let position = store.read_blocking(store::incidents::feed::position)?;
        let feed = Feed::new(position);
        let policy = Arc::new(policy);
        let (writer, work) = writer::Handle::new(metrics.clone());
        let inner = Arc::new(Inner {
            store,
            files: options.files,
            uploads: Arc::new(Semaphore::new(files::UPLOADS_MAX)),
            clock: options.clock,
            writer,
            ranking: Ranking::new(policy.clone()),
            policy: RwLock::new(policy),
            feed,
            presence: presence::Presence::default(),
            gathered: attention::Gathered::default(),
            people: people::Cache::new(people::KEPT_MAX),
            sign_ins: throttle::Throttle::default(),
            credentials: accounts::Cache::new(accounts::CREDENTIALS_MAX),
            metrics,
            status: status::Shown::default(),
            beats: auditor::Beats::default(),
            seals: OnceLock::new(),
            push_key: OnceLock::new(),
            outward: OnceLock::new(),
            push_outward: OnceLock::new(),
            page_outward: OnceLock::new(),
            subscriber_outward: OnceLock::new(),
            subscribing: subscribers::Floods::default(),
            messenger: OnceLock::new(),
            reader: OnceLock::new(),
            keep_days: OnceLock::new(),
            sent_by_hand: contacts::ByHand::default(),
            wrong_codes: paging::WrongCodes::default(),
            what_ifs: Arc::new(Semaphore::new(what_if::AT_ONCE_MAX)),
            windows: tokio::sync::Mutex::default(),
            map: map::Kept::default(),
            surge_watch: tokio::sync::Mutex::default(),
            surges: RwLock::default(),
            recurring: tokio::sync::Mutex::default(),
            reports: reports::Kept::default(),
            search: search::Kept::default(),
            suggest: suggest::Kept::default(),
            expected: expected::Kept::default(),
            planning: planning::Kept::default(),
            probed: tokio::sync::Mutex::default(),
        });
        writer::start(Arc::downgrade(&inner), connection, work, inner.writer.pressed())?;
        let desk = Desk(inner);
        if options.serve {
            feed::follow(&desk);
            timer::start(&desk);
            recompute::start(&desk);
            auditor::start(&desk);
            alerts::start(&desk);
            reviews::start(&desk);
            surges::start(&desk);
            recurring::start(&desk);
            reports::start(&desk);
            reports::mailed::start(&desk);
            suggest::start(&desk);
            attention::start(&desk);
            expected::start(&desk);
        }
        Ok(desk)
    }

    /// Ends writing: what was handed in is done and durable, what comes later is refused,
    /// and the writer's connection to the database is closed.
    pub async fn close(&self) {
        self.0.writer.end().await;
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Directory, matrix and agreement in force.
    pub fn policy(&self) -> Arc<Policy> {
        self.0.policy.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// How lists are ranked by risk, under the policy in force.
    pub fn ranking(&self) -> Ranking {
        self.0.ranking.under(self.policy())
    }

    /// The store, for reading.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Figures about what the desk does.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The stream of what happens.
    pub fn feed(&self) -> &Feed {
        &self.0.feed
    }

    /// Reads on a thread that may block.
    pub fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut dyn store::Sql) -> Result<T, Failure> + Send + 'static,
    ) -> store::Coming<T, Failure, Trouble> {
        self.0.store.read(f).failing_as()
    }

    /// Puts a policy in force, unless a newer one is: the writer and the follower of
    /// other processes may overtake each other.
    pub(crate) fn set_policy(&self, policy: Arc<Policy>) {
        {
            let mut slot = self.0.policy.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            if policy.version <= slot.version {
                return;
            }
            *slot = policy;
        }
        self.0.people.forget_all();
        self.0.credentials.forget_all();
    }
}

/// One turn of a loop that must go on: a panic ends the turn, not the loop.
pub(crate) async fn turn(of: &'static str, turn: impl Future<Output = ()> + Send + 'static) {
    if let Err(error) = beside(turn).await
        && error.is_panic()
    {
        tracing::error!(%error, "a turn of the {of} failed; the next one is tried");
    }
}

/// What can wait begins so long after the start, which has the processor for itself.
pub(crate) const BEGINS_AFTER: Duration = Duration::from_secs(1);

/// Does `work` a moment after the start and then in each `pace`, until the desk is gone. Where it fails, `failing` is
/// logged, and its next time is tried as if nothing had been.
pub(crate) fn every<T, Work>(
    desk: &Desk,
    of: &'static str,
    pace: Duration,
    failing: &'static str,
    work: impl Fn(Desk) -> Work + Send + 'static,
) where
    Work: Future<Output = Result<T, Trouble>> + Send + 'static,
{
    let weak = Arc::downgrade(&desk.0);
    beside(async move {
        let begins = tokio::time::Instant::now() + pace.min(BEGINS_AFTER);
        let mut pace = tokio::time::interval_at(begins, pace);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pace.tick().await;
            let Some(inner) = weak.upgrade() else { return };
            let work = work(Desk(inner));
            turn(of, async move {
                if let Err(trouble) = work.await {
                    tracing::warn!(%trouble, "{failing}");
                }
            })
            .await;
        }
    });
}
