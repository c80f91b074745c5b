//! The one writer of this process. It takes what waits (never waits for more),
//! decides one after the other, merges what was decided, commits once.
//!
//! Inside the transaction it holds the head of the log, so no other node can
//! write an incident meanwhile: states read after that are true, and positions
//! are given out in commit order.

mod decide;

use crate::ask::{Done, Prepared};
use crate::people::Named;
use crate::{Desk, Inner, Metrics, Trouble};
use decide::Round;
use incident::{Command, Policy, State};
use kernel::{IncidentNumber, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use store::{Failure, Sql, Writer};
use tokio::sync::{mpsc, oneshot};

/// Commands of one transaction at most; more brings nothing and makes the first wait.
const BATCH_MAX: usize = 64;
/// Requests that may wait; beyond that the caller is told to come back.
const WAITING_MAX: usize = 4_096;
/// States kept at hand: about 20 MB.
const STATES_KEPT_MAX: usize = 10_000;

/// A change of configuration: runs in a transaction of its own.
pub(crate) type Change = Box<dyn FnOnce(&mut Writer) -> Option<Policy> + Send>;

pub(crate) enum Work {
    Command(Box<Job>),
    Change(Change),
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
        if self.queue.try_send(Work::Command(job)).is_err() {
            self.metrics.overloaded.inc();
            return Err(Trouble::Overloaded);
        }
        answer.await.unwrap_or(Err(Trouble::Overloaded))
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
        self.queue.send(Work::Command(job)).await.map_err(|_| Trouble::Overloaded)?;
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
        self.queue.send(Work::Change(change)).await.map_err(|_| Trouble::Overloaded)
    }
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
            let mut jobs = Vec::new();
            let mut next = Some(first);
            while let Some(item) = next {
                match item {
                    Work::Command(job) => jobs.push(*job),
                    Work::Change(change) => {
                        self.commands(std::mem::take(&mut jobs));
                        self.change(change);
                    }
                    Work::End(reply) => {
                        self.commands(jobs);
                        drop((self, work));
                        // Whoever asked may have gone.
                        let _gone = reply.send(());
                        return;
                    }
                }
                next = if jobs.len() < BATCH_MAX { work.try_recv().ok() } else { None };
            }
            self.commands(jobs);
        }
    }

    fn change(&mut self, change: Change) {
        if let Some(policy) = change(&mut self.connection)
            && let Some(desk) = (self.desk)()
        {
            desk.set_policy(Arc::new(policy));
        }
    }

    fn commands(&mut self, jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        let Some(desk) = (self.desk)() else {
            return jobs.into_iter().for_each(|job| answer(job.reply, Err(Trouble::Overloaded)));
        };
        let started = std::time::Instant::now();
        let states = &self.states;
        let known_position = self.position;
        let now = desk.now();
        let mut policy = desk.policy();
        let outcome = self.connection.transaction(|sql| {
            let mut head = store::incidents::lock_head(sql)?;
            if head.config_version != policy.version {
                policy = Arc::new(store::directory::policy::load(sql)?);
            }
            let kept = (head.position == known_position).then_some(states);
            let mut round = Round::new(&policy, now, kept);
            let mut answers = Vec::with_capacity(jobs.len());
            for job in &jobs {
                answers.push(round.one(sql, &mut head, job)?);
            }
            let changed = round.into_parts();
            let positions = if changed.is_empty() {
                vec![]
            } else {
                store::incidents::record(sql, &mut head, &changed)?
            };
            remember(sql, &jobs, &answers, now)?;
            Ok((head, answers, changed, positions))
        });
        desk.set_policy(policy);
        match outcome {
            Ok((head, answers, changed, positions)) => {
                if head.position != known_position
                    && known_position + events_in(&changed) != head.position
                {
                    self.states.clear();
                }
                self.position = head.position;
                self.keep(changed);
                desk.0.metrics.committed(&answers, started.elapsed());
                desk.0.feed.wake();
                for (job, answer_of_one) in jobs.into_iter().zip(answers) {
                    let done = answer_of_one.map(|mut done| {
                        done.position = positions.last().copied().unwrap_or(head.position);
                        done
                    });
                    answer(job.reply, done);
                }
            }
            Err(failure) => {
                tracing::error!(%failure, commands = jobs.len(), "nothing of this batch was recorded");
                desk.0.metrics.failed.inc_by(jobs.len() as u64);
                self.states.clear();
                self.position = -1;
                let words = match failure {
                    Failure::Unavailable(words) => words,
                    other => other.to_string(),
                };
                for job in jobs {
                    answer(job.reply, Err(Trouble::Failed(Failure::Unavailable(words.clone()))));
                }
            }
        }
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
        if let Some((source, foreign_id, rows)) = &job.prepared.import_ref {
            let imported =
                store::directory::import_refs::Imported { number: done.number, rows_done: *rows };
            store::directory::import_refs::put(sql, source, foreign_id, imported)?;
        }
    }
    Ok(())
}
