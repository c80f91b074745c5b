//! The one writer of this process. It takes what waits (never waits for more),
//! decides one after the other, merges what was decided, commits once.
//!
//! Inside the transaction it holds the head of the log, so no other node can
//! write an incident meanwhile: states read after that are true, and positions
//! are given out in commit order.

mod decide;
mod handle;
mod pressed;
mod together;

use crate::alerts::{self, Monitoring, Taken};
use crate::ask::{Done, Prepared};
use crate::people::Named;
use crate::{Desk, Inner, Trouble};
use decide::Round;
pub(crate) use handle::{Handle, ending};
use incident::{Command, State};
use kernel::{IncidentNumber, Timestamp};
use pressed::Pressed;
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Instant;
use store::{Failure, Writer};
pub(crate) use together::{Shared, Together};
use tokio::sync::{mpsc, oneshot};

/// Commands of one transaction at most; more brings nothing and makes the first wait.
const BATCH_MAX: usize = 64;
/// Bytes written by what shares a transaction, beyond which no more joins: whoever comes next
/// waits for as long as they take.
const BATCH_BYTES: usize = 4 * 1_048_576;
/// Signals of one transaction, beyond which no more requests join: whoever waits behind them
/// waits a few hundred milliseconds.
const SIGNALS_MAX: usize = 10_000;
/// Requests of sources of one transaction: each is small, and one commit serves them all.
const TELLINGS_MAX: usize = 512;
/// States kept at hand: about 20 MB.
const STATES_KEPT_MAX: usize = 10_000;

/// A change of configuration: runs in a transaction of its own.
pub(crate) type Change = Box<dyn FnOnce(&mut Writer) + Send>;

pub(crate) enum Work {
    Command(Box<Job>),
    /// What a source of monitoring told.
    Signals(alerts::Job),
    Change(Change),
    /// Shares a transaction with others of its kind.
    Shared(Box<dyn Together>),
    /// Nothing more comes.
    End(oneshot::Sender<()>),
}

pub(crate) struct Job {
    pub(crate) prepared: Prepared,
    pub(crate) command: Command,
    pub(crate) people: Named,
    /// `None` where nobody waits: alerts issue it within a transaction.
    pub(crate) reply: Option<oneshot::Sender<Result<Done, Trouble>>>,
}

/// Starts the writer's thread. It ends with the desk.
pub(crate) fn start(
    inner: Weak<Inner>,
    connection: Writer,
    work: mpsc::Receiver<Work>,
    pressed: Arc<Pressed>,
) -> Result<(), Failure> {
    let heard_from = inner.upgrade().map(|inner| Desk(inner).now());
    let desk = move || inner.upgrade().map(Desk);
    let thread = WriterThread {
        desk: Box::new(desk),
        connection,
        states: HashMap::new(),
        position: -1,
        monitoring: None,
        heard_from,
        pressed,
    };
    std::thread::Builder::new()
        .name("writer".to_owned())
        .spawn(move || thread.run(work))
        .map(|_| ())
        .map_err(|error| {
            Failure::Unavailable(format!("the writer's thread did not start: {error}"))
        })
}

/// The answers of a transaction: to commands, and to what was told of alerts.
type Attempt = Result<(Vec<Result<Done, Trouble>>, Vec<Result<Taken, Trouble>>), Failure>;

/// What waited and is done at once.
#[derive(Default)]
struct Batch {
    jobs: Vec<Job>,
    told: Vec<alerts::Job>,
    shared: Vec<Box<dyn Together>>,
    /// How many signals were told.
    signals: usize,
    /// How many bytes are written by what shares a transaction.
    bytes: usize,
}

impl Batch {
    fn has_room(&self) -> bool {
        self.jobs.len() < BATCH_MAX
            && self.shared.len() < BATCH_MAX
            && self.bytes < BATCH_BYTES
            && self.told.len() < TELLINGS_MAX
            && self.signals < SIGNALS_MAX
    }
}

/// What a transaction brought.
struct Decided {
    head: store::incidents::Head,
    answers: Vec<Result<Done, Trouble>>,
    taken: Vec<Result<Taken, Trouble>>,
    changed: Vec<store::incidents::Recorded>,
    positions: Vec<i64>,
}

/// States at hand, true as long as the log is at this position.
struct AtHand<'a> {
    states: &'a HashMap<IncidentNumber, State>,
    position: i64,
}

struct WriterThread {
    desk: Box<dyn Fn() -> Option<Desk> + Send>,
    connection: Writer,
    /// States as of `position`; worthless when another node has written since.
    states: HashMap<IncidentNumber, State>,
    position: i64,
    /// What decisions about alerts look up, as of a version of the configuration.
    monitoring: Option<Monitoring>,
    /// From when on what is handed in is recorded; unknown while the database does not answer.
    /// Who was not heard is not missing.
    heard_from: Option<Timestamp>,
    pressed: Arc<Pressed>,
}

impl WriterThread {
    fn run(mut self, mut work: mpsc::Receiver<Work>) {
        while let Some(first) = work.blocking_recv() {
            let begun = Instant::now();
            let mut batch = Batch::default();
            let mut next = Some(first);
            while let Some(item) = next {
                match item {
                    Work::Command(job) => batch.jobs.push(*job),
                    Work::Signals(told) => {
                        batch.signals += told.signals();
                        batch.told.push(told);
                    }
                    Work::Shared(item) => {
                        batch.bytes += item.bytes();
                        batch.shared.push(item);
                    }
                    Work::Change(change) => {
                        self.do_all(std::mem::take(&mut batch));
                        self.change(change);
                    }
                    Work::End(reply) => {
                        self.do_all(batch);
                        drop((self, work));
                        // Whoever asked may have gone.
                        let _gone = reply.send(());
                        return;
                    }
                }
                next = if batch.has_room() { work.try_recv().ok() } else { None };
            }
            self.do_all(batch);
            self.pressed.worked(begun, Instant::now());
        }
    }

    fn do_all(&mut self, batch: Batch) {
        together::run(&mut self.connection, batch.shared);
        self.commands(batch.jobs, batch.told);
    }

    fn change(&mut self, change: Change) {
        if catch(&mut self.connection, change).is_err() {
            self.know_nothing();
        }
    }

    /// All in one transaction. When that fails for a reason that may be one command's or
    /// request's, each gets its own, so that only that one fails.
    fn commands(&mut self, mut jobs: Vec<Job>, mut told: Vec<alerts::Job>) {
        if jobs.is_empty() && told.is_empty() {
            return;
        }
        let Some(desk) = (self.desk)() else {
            told.into_iter().for_each(|job| drop(job.reply.send(Err(ending()))));
            return jobs.into_iter().for_each(|job| answer(job.reply, Err(ending())));
        };
        let commands = jobs.len() + told.len();
        match self.attempt(&desk, &jobs, &told) {
            Ok((answers, taken)) => {
                for (job, done) in jobs.into_iter().zip(answers) {
                    answer(job.reply, done);
                }
                for (job, taken) in told.into_iter().zip(taken) {
                    // Whoever asked may have gone; what was done is done all the same.
                    drop(job.reply.send(taken));
                }
            }
            Err(Failure::Unavailable(words)) => {
                tracing::error!(%words, commands, "nothing of this batch was recorded");
                self.heard_from = None;
                desk.0.metrics.failed.inc_by(commands as u64);
                let failed = || Trouble::from(Failure::Unavailable(words.clone()));
                jobs.into_iter().for_each(|job| answer(job.reply, Err(failed())));
                told.into_iter().for_each(|job| drop(job.reply.send(Err(failed()))));
            }
            Err(failure) if commands > 1 => {
                tracing::warn!(%failure, commands, "a batch failed; each command is tried alone");
                jobs.into_iter().for_each(|job| self.commands(vec![job], vec![]));
                told.into_iter().for_each(|job| self.commands(vec![], vec![job]));
            }
            Err(failure) => {
                let incident = jobs.first().and_then(|job| job.prepared.target);
                let incident = incident.map(|number| number.to_string());
                tracing::error!(%failure, incident, "a command was not recorded");
                desk.0.metrics.failed.inc();
                match (jobs.pop(), told.pop()) {
                    (Some(job), _) => answer(job.reply, Err(failure.into())),
                    (None, Some(job)) => drop(job.reply.send(Err(failure.into()))),
                    (None, None) => {}
                }
            }
        }
    }

    /// One transaction for all of them; their answers, in order. Nothing is recorded when it fails.
    fn attempt(&mut self, desk: &Desk, jobs: &[Job], told: &[alerts::Job]) -> Attempt {
        let started = Instant::now();
        let known_position = self.position;
        let at_hand = AtHand { states: &self.states, position: known_position };
        let monitoring = &mut self.monitoring;
        let heard_from = *self.heard_from.get_or_insert_with(|| desk.now());
        let decided = catch(&mut self.connection, |connection| {
            decide(connection, desk, jobs, told, at_hand, monitoring, heard_from)
        })
        .and_then(|decided| decided);
        let Decided { head, mut answers, taken, mut changed, positions } =
            decided.inspect_err(|_| self.know_nothing())?;
        let before = head.position - events_in(&changed);
        if head.position != known_position && known_position != before {
            self.states.clear();
        }
        self.position = head.position;
        desk.metrics().paging().committed(&changed);
        desk.0.feed.made(before, &mut changed);
        self.keep(changed);
        desk.0.metrics.committed(&answers, started.elapsed());
        desk.0.feed.moved(head.position);
        for done in answers.iter_mut().flatten() {
            done.position = positions.last().copied().unwrap_or(head.position);
        }
        Ok((answers, taken))
    }

    fn know_nothing(&mut self) {
        self.states.clear();
        self.position = -1;
        self.monitoring = None;
    }

    fn keep(&mut self, parts: Vec<store::incidents::Recorded>) {
        if self.states.len() > STATES_KEPT_MAX {
            self.states.clear();
        }
        for part in parts {
            self.states.insert(part.number, part.after);
        }
    }
}

/// Decides and records all of them in one transaction.
fn decide(
    connection: &mut Writer,
    desk: &Desk,
    jobs: &[Job],
    told: &[alerts::Job],
    at_hand: AtHand<'_>,
    monitoring: &mut Option<Monitoring>,
    heard_from: Timestamp,
) -> Result<Decided, Failure> {
    let mut policy = desk.policy();
    let decided = connection.transaction(|sql| {
        let mut head = store::incidents::lock_head(sql)?;
        // Another node may have kept us waiting.
        let now = desk.now();
        if head.config_version != policy.version {
            policy = Arc::new(store::directory::policy::load_after(sql, Some(&policy))?);
        }
        let kept = (head.position == at_hand.position).then_some(at_hand.states);
        let mut round = Round::new(&policy, now, kept, jobs.len());
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs {
            answers.push(round.one(sql, &mut head, job)?);
        }
        let taken = match told {
            [] => vec![],
            told => {
                let around = Monitoring::in_force(monitoring, sql, &policy, now)?;
                round.signals(sql, &mut head, told, around, heard_from)?
            }
        };
        round.watch_on(sql)?;
        let changed = round.into_parts();
        let positions = if changed.is_empty() {
            vec![]
        } else {
            store::incidents::record(sql, &mut head, &changed)?
        };
        decide::remember(sql, jobs, &answers, now)?;
        Ok(Decided { head, answers, taken, changed, positions })
    });
    desk.set_policy(policy);
    decided
}

/// Turns a panic into a failure: one command must not end the only writer. What it
/// leaves half done is the transaction, which is rolled back here, because it would
/// keep everybody else from writing until the next one; and the states at hand, which
/// the writer forgets.
pub(crate) fn catch<T>(
    connection: &mut Writer,
    work: impl FnOnce(&mut Writer) -> T,
) -> Result<T, Failure> {
    let mut once = store::Once::of(work);
    catch_work(connection, &mut |connection| {
        if let Some(work) = once.take() {
            once.keep(work(connection));
        }
    })?;
    once.value()
}

fn catch_work(connection: &mut Writer, work: &mut dyn FnMut(&mut Writer)) -> Result<(), Failure> {
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(connection)));
    done.map_err(|panic| {
        let failure = Failure::of_panic(panic);
        tracing::error!(%failure, "the writer goes on");
        // Beginning the next transaction ends what is left of the last.
        if let Err(failure) = connection.transaction(|_| Ok(())) {
            tracing::error!(%failure, "a transaction could not be ended; the next one ends it");
        }
        failure
    })
}

fn events_in(parts: &[store::incidents::Recorded]) -> i64 {
    parts.iter().map(|part| part.events.len() as i64).sum()
}

/// The caller may have gone; what was done is done all the same.
fn answer(reply: Option<oneshot::Sender<Result<Done, Trouble>>>, answer: Result<Done, Trouble>) {
    if let Some(reply) = reply {
        drop(reply.send(answer));
    }
}
