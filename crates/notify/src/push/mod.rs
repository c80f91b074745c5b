//! Push to browsers (Web Push): deliveries become messages as they leave, encrypted for one
//! browser, and go to the server of its vendor. At least once; what is for one browser about
//! one incident leaves as one word, the newest.

mod encrypt;
mod figures;
mod note;
mod send;
mod vapid;
mod written;

pub use note::{Note, Urgency};
pub use send::{Push, PushError, Receipt};

use desk::Trouble;
use figures::Figures;
use kernel::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use store::deliveries::push as rows;
use store::deliveries::{self, Delivery, Outcome};
use store::directory::devices::{self, Device};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use written::{Written, written};

/// How often it is looked for what is to be pushed.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Deliveries taken at once.
const TAKEN_ROWS: i64 = 64;
/// Seconds they are taken for: much longer than all of them take at once.
const TAKEN_SECONDS: i64 = 120;

/// Sends what is due, round by round.
pub struct Pusher {
    push: Push,
    figures: Figures,
    stopped: watch::Receiver<bool>,
}

/// The loop as it runs.
pub struct Pushing {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Pushing {
    /// Ends the loop: messages that are on their way are finished, the others stay for the
    /// next start.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if self.task.await.is_err() {
            tracing::warn!("push did not end as it should");
        }
    }
}

/// Starts the loop.
pub fn start(push: Push) -> Pushing {
    let (stop, stopped) = watch::channel(false);
    let pusher = Arc::new(Pusher::new(push, stopped.clone()));
    let task = desk::beside(run(pusher, stopped));
    Pushing { stop, task }
}

async fn run(pusher: Arc<Pusher>, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        let round = pusher.clone();
        // A panic ends the round, not the loop.
        let more = match desk::beside(async move { round.round().await }).await {
            Ok(Ok(more)) => more,
            Ok(Err(trouble)) => {
                tracing::warn!(%trouble, "push waits for the database");
                false
            }
            Err(error) => {
                tracing::error!(%error, "a round of push failed; the next one is tried");
                false
            }
        };
        if !more {
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stopped.changed() => {}
            }
        }
    }
}

impl Pusher {
    /// Whoever pushes until `stopped` says so.
    pub fn new(push: Push, stopped: watch::Receiver<bool>) -> Self {
        let figures = Figures::of(&push.desk);
        Pusher { push, figures, stopped }
    }

    /// Pushes some of what is due; whether more may be.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn round(self: &Arc<Self>) -> Result<bool, Trouble> {
        let desk = &self.push.desk;
        let now = desk.now();
        if *self.stopped.borrow() || !desk.read(move |sql| rows::is_due(sql, now)).await? {
            return Ok(false);
        }
        let until = now.plus_seconds(TAKEN_SECONDS);
        let taken = desk.write(move |sql| Ok(rows::claim(sql, now, until, TAKEN_ROWS)?)).await?;
        let mut sending = JoinSet::new();
        for word in taken {
            let pusher = self.clone();
            sending.spawn(desk::boxed(async move {
                let came = pusher.word(&word, now).await;
                (word, came)
            }));
        }
        while let Some(done) = sending.join_next().await {
            match done {
                Ok((word, Ok(ended))) => self.settle(&word, ended).await?,
                // It is attempted again when its time is over.
                Ok((_, Err(trouble))) => tracing::warn!(%trouble, "push waits for the database"),
                Err(error) => tracing::error!(%error, "a message failed"),
            }
        }
        Ok(true)
    }

    /// What becomes of deliveries that are told to one browser at once.
    async fn word(
        &self,
        word: &[Delivery],
        now: Timestamp,
    ) -> Result<Vec<(i64, Outcome)>, Trouble> {
        let all = |outcome: Outcome| word.iter().map(|one| (one.id, outcome.clone())).collect();
        let Some(device) = self.device(word).await? else {
            let why = "the browser does not take push any more";
            return Ok(all(Outcome::Withdrawn(why.to_owned())));
        };
        let Written { note, told, mut ended } = written(&self.push, word, now).await?;
        let Some(note) = note else { return Ok(ended) };
        let waits_since = word.iter().map(|one| one.created_at.max(one.next_at)).max();
        let outcome = match waits_since.filter(|at| send::is_stale(note.urgency, *at, now)) {
            Some(_) => Outcome::Refused("it waited until nobody needs it any more".to_owned()),
            None => self.send(&device, &note).await?,
        };
        ended.extend(told.into_iter().map(|id| (id, outcome.clone())));
        Ok(ended)
    }

    async fn send(&self, device: &Device, note: &Note) -> Result<Outcome, Trouble> {
        Ok(match self.push.send(device, note).await {
            Ok(()) => Outcome::Sent,
            Err(later @ PushError::Later { .. }) => Outcome::NotTried(Some(later.to_string())),
            Err(PushError::Failed(error)) => Outcome::Failed(error),
            Err(PushError::Refused(error)) => Outcome::Refused(error),
            Err(PushError::Database(trouble)) => return Err(trouble),
            Err(gone @ (PushError::Gone | PushError::NoDevice)) => {
                Outcome::Withdrawn(gone.to_string())
            }
        })
    }

    /// The browser that they are for, if it is still their reader's: somebody else may have
    /// allowed push in it since.
    async fn device(&self, word: &[Delivery]) -> Result<Option<Device>, Trouble> {
        let Some(first) = word.first() else { return Ok(None) };
        let (id, person) = (rows::device_of(first)?, first.person);
        let device = self.push.desk.read(move |sql| devices::get(sql, id)).await?;
        Ok(device.filter(|device| device.person == person))
    }

    async fn settle(&self, word: &[Delivery], ended: Vec<(i64, Outcome)>) -> Result<(), Trouble> {
        let number = word.first().and_then(|delivery| delivery.number);
        let about = number.map(|number| number.to_string()).unwrap_or_default();
        // What leaves as one is counted as one.
        match ended.last().map(|(_, outcome)| outcome) {
            Some(Outcome::Sent) => {
                self.figures.sent.inc();
            }
            Some(Outcome::Failed(error) | Outcome::Refused(error)) => {
                self.figures.failed.inc();
                tracing::info!(about, error, "a browser was not told");
            }
            Some(Outcome::Withdrawn(_)) => {
                self.figures.withdrawn.inc();
            }
            Some(Outcome::NotTried(_)) | None => {}
        }
        let now = self.push.desk.now();
        self.push.desk.write(move |sql| Ok(deliveries::settle(sql, &ended, now)?)).await?;
        Ok(())
    }
}
