//! The one writer of this process. It takes what waits (never waits for more),
//! decides one after the other, merges what was decided, commits once.
//!
//! Inside the transaction it holds the head of the log, so no other node can
//! write an incident meanwhile: states read after that are true, and positions
//! are given out in commit order.

mod decide;
mod together;

use crate::ask::{Done, Prepared};
use crate::people::Named;
use crate::{Desk, Inner, Metrics, Trouble};
use decide::Round;
use incident::{Command, State};
use kernel::{IncidentNumber, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use store::{Failure, Sql, Writer};
pub(crate) use together::{Shared, Together};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

/// Commands of one transaction at most; more brings nothing and makes the first wait.
const BATCH_MAX: usize = 64;
/// Bytes written by what shares a transaction, beyond which no more joins: whoever comes next
/// waits for as long as they take.
const BATCH_BYTES: usize = 4 * 1_048_576;
/// Requests that may wait; beyond that the caller is told to come back.
const WAITING_MAX: usize = 4_096;
/// States kept at hand: about 20 MB.
const STATES_KEPT_MAX: usize = 10_000;

/// A change of configuration: runs in a transaction of its own.
pub(crate) type Change = Box<dyn FnOnce(&mut Writer) + Send>;

pub(crate) enum Work {
    Command(Box<Job>),
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
    reply: oneshot::Sender<Result<Done, Trouble>>,
}

/// The desk's end of the queue.
pub(crate) struct Handle {
    queue: mpsc::Sender<Work>,
    metrics: Arc<Metrics>,
}

impl Handle {
    pub(crate) fn new(metrics: Arc<Metrics>) -> (Handle, mpsc::Receiver<Work>) {
        let (queue, work) = mpsc::channel(WAITING_MAX);
        (Handle { queue, metrics }, work)
    }

    /// Executes a command; answers when it is durable. Refuses at once when too much waits.
    pub(crate) async fn command(
        &self,
        prepared: Prepared,
        command: Command,
        people: Named,
    ) -> Result<Done, Trouble> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Job { prepared, command, people, reply });
        match self.queue.try_send(Work::Command(job)) {
            Ok(()) => answer.await.unwrap_or_else(|_| Err(ending())),
            Err(TrySendError::Full(_)) => {
                self.metrics.overloaded.inc();
                Err(Trouble::Overloaded)
            }
            Err(TrySendError::Closed(_)) => Err(ending()),
        }
    }

    /// Hands a command in, waiting for room in the queue, and gives the end to wait at.
    pub(crate) async fn submit(
        &self,
        prepared: Prepared,
        command: Command,
        people: Named,
    ) -> Result<oneshot::Receiver<Result<Done, Trouble>>, Trouble> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Job { prepared, command, people, reply });
        self.queue.send(Work::Command(job)).await.map_err(|_| ending())?;
        Ok(answer)
    }

    /// Waits until all that was handed in is done and the connection is closed.
    pub(crate) async fn end(&self) {
        let (reply, ended) = oneshot::channel();
        if self.queue.send(Work::End(reply)).await.is_ok() {
            drop(ended.await);
        }
    }

    /// Hands in a change of configuration.
    pub(crate) async fn change(&self, change: Change) -> Result<(), Trouble> {
        self.queue.send(Work::Change(change)).await.map_err(|_| ending())
    }

    /// Hands in what shares a transaction with others.
    pub(crate) async fn shared(&self, shared: Box<dyn Together>) -> Result<(), Trouble> {
        self.queue.send(Work::Shared(shared)).await.map_err(|_| ending())
    }

    /// Hands in what may be left out when too much waits.
    pub(crate) fn change_if_room(&self, change: Change) {
        if self.queue.try_send(Work::Change(change)).is_err() {
            tracing::debug!("too much waits; something that can wait was left out");
        }
    }
}

/// When the writer takes nothing any more, or let go of what it had taken.
pub(crate) fn ending() -> Trouble {
    Failure::Unavailable("the program is ending; try again in a moment".to_owned()).into()
}

/// Starts the writer's thread. It ends with the desk.
pub(crate) fn start(
    inner: Weak<Inner>,
    connection: Writer,
    work: mpsc::Receiver<Work>,
) -> Result<(), Failure> {
    let desk = move || inner.upgrade().map(Desk);
    let thread =
        WriterThread { desk: Box::new(desk), connection, states: HashMap::new(), position: -1 };
    std::thread::Builder::new()
        .name("writer".to_owned())
        .spawn(move || thread.run(work))
        .map(|_| ())
        .map_err(|error| {
            Failure::Unavailable(format!("the writer's thread did not start: {error}"))
        })
}

/// What a transaction brought.
struct Decided {
    head: store::incidents::Head,
    answers: Vec<Result<Done, Trouble>>,
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
}

impl WriterThread {
    fn run(mut self, mut work: mpsc::Receiver<Work>) {
        while let Some(first) = work.blocking_recv() {
            let (mut jobs, mut shared, mut bytes) = (Vec::new(), Vec::new(), 0);
            let mut next = Some(first);
            while let Some(item) = next {
                match item {
                    Work::Command(job) => jobs.push(*job),
                    Work::Shared(item) => {
                        bytes += item.bytes();
                        shared.push(item);
                    }
                    Work::Change(change) => {
                        together::run(&mut self.connection, std::mem::take(&mut shared));
                        self.commands(std::mem::take(&mut jobs));
                        self.change(change);
                    }
                    Work::End(reply) => {
                        together::run(&mut self.connection, shared);
                        self.commands(jobs);
                        drop((self, work));
                        // Whoever asked may have gone.
                        let _gone = reply.send(());
                        return;
                    }
                }
                let room =
                    jobs.len() < BATCH_MAX && shared.len() < BATCH_MAX && bytes < BATCH_BYTES;
                next = if room { work.try_recv().ok() } else { None };
            }
            together::run(&mut self.connection, shared);
            self.commands(jobs);
        }
    }

    fn change(&mut self, change: Change) {
        if catch(&mut self.connection, change).is_err() {
            self.know_nothing();
        }
    }

    /// All in one transaction. When that fails for a reason that may be one command's,
    /// each gets its own, so that only that one fails.
    fn commands(&mut self, mut jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        let Some(desk) = (self.desk)() else {
            return jobs.into_iter().for_each(|job| answer(job.reply, Err(ending())));
        };
        match self.attempt(&desk, &jobs) {
            Ok(answers) => {
                for (job, done) in jobs.into_iter().zip(answers) {
                    answer(job.reply, done);
                }
            }
            Err(Failure::Unavailable(words)) => {
                tracing::error!(%words, commands = jobs.len(), "nothing of this batch was recorded");
                desk.0.metrics.failed.inc_by(jobs.len() as u64);
                for job in jobs {
                    answer(job.reply, Err(Failure::Unavailable(words.clone()).into()));
                }
            }
            Err(failure) if jobs.len() > 1 => {
                tracing::warn!(%failure, commands = jobs.len(), "a batch failed; each command is tried alone");
                jobs.into_iter().for_each(|job| self.commands(vec![job]));
            }
            Err(failure) => {
                let incident = jobs[0].prepared.target.map(|number| number.to_string());
                tracing::error!(%failure, incident, "a command was not recorded");
                desk.0.metrics.failed.inc();
                if let Some(job) = jobs.pop() {
                    answer(job.reply, Err(failure.into()));
                }
            }
        }
    }

    /// One transaction for all of them; their answers, in order. Nothing is recorded when it fails.
    fn attempt(
        &mut self,
        desk: &Desk,
        jobs: &[Job],
    ) -> Result<Vec<Result<Done, Trouble>>, Failure> {
        let started = std::time::Instant::now();
        let known_position = self.position;
        let at_hand = AtHand { states: &self.states, position: known_position };
        let decided =
            catch(&mut self.connection, |connection| decide(connection, desk, jobs, at_hand))
                .and_then(|decided| decided);
        let Decided { head, mut answers, changed, positions } =
            decided.inspect_err(|_| self.know_nothing())?;
        if head.position != known_position && known_position + events_in(&changed) != head.position
        {
            self.states.clear();
        }
        self.position = head.position;
        desk.metrics().paging().committed(&changed);
        self.keep(changed);
        desk.0.metrics.committed(&answers, started.elapsed());
        desk.0.feed.wake();
        for done in answers.iter_mut().flatten() {
            done.position = positions.last().copied().unwrap_or(head.position);
        }
        Ok(answers)
    }

    fn know_nothing(&mut self) {
        self.states.clear();
        self.position = -1;
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
    at_hand: AtHand<'_>,
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
        let mut round = Round::new(&policy, now, kept);
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs {
            answers.push(round.one(sql, &mut head, job)?);
        }
        let changed = round.into_parts();
        let positions = if changed.is_empty() {
            vec![]
        } else {
            store::incidents::record(sql, &mut head, &changed)?
        };
        remember(sql, jobs, &answers, now)?;
        Ok(Decided { head, answers, changed, positions })
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
fn answer(reply: oneshot::Sender<Result<Done, Trouble>>, answer: Result<Done, Trouble>) {
    drop(reply.send(answer));
}

/// Idempotency keys and the progress of imports belong to the same transaction.
fn remember(
    sql: &mut dyn Sql,
    jobs: &[Job],
    answers: &[Result<Done, Trouble>],
    now: Timestamp,
) -> Result<(), Failure> {
    for (job, done) in jobs.iter().zip(answers) {
        let Ok(done) = done else { continue };
        let person = job.prepared.actor.person_id();
        if let (Some(once), Some(person), false) =
            (&job.prepared.idempotency, person, done.repeated)
        {
            let remembered = decide::Remembered {
                number: done.number,
                created: done.created,
                first_n: done.first_n,
            };
            let answer = store::directory::idempotency::Answer {
                request_hash: once.request_hash.clone(),
                status: decide::REMEMBERED_STATUS,
                body: serde_json::to_string(&remembered)
                    .map_err(|error| Failure::damaged(error.to_string()))?,
                created_at: now,
            };
            store::directory::idempotency::record(sql, person, &once.key, &answer)?;
        }
        if let Some(step) = &job.prepared.message {
            let n = if done.created { 1 } else { done.first_n };
            store::messages::advance(sql, step, Some((done.number, n)), now)?;
        }
        if let Some(alarm) = &job.prepared.alarm {
            store::messages::raise_alarm(sql, alarm, done.number, now)?;
        }
        if let Some((source, foreign_id, rows)) = &job.prepared.import_ref {
            let imported =
                store::directory::import_refs::Imported { number: done.number, rows_done: *rows };
            store::directory::import_refs::put(sql, source, foreign_id, imported)?;
        }
    }
    Ok(())
}
