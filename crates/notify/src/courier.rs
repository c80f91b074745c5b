//! The loop: outbox rows become deliveries, deliveries letters, and letters go to the mail
//! server, some at once. It ends cleanly, and whatever is in its hands when it does not is
//! attempted again under the same message id.

mod outside;
mod reports;
mod telling;
mod writing;

use crate::figures::Figures;
use crate::smtp::{CONNECTIONS, Smtp, Unsent};
use desk::seals::OwnMessage;
use desk::{Desk, Trouble};
use kernel::{IncidentNumber, Timestamp};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::Engine;
use store::deliveries::{self, Delivery, Outcome, Taken, ToldSince};
use store::subscribers::SubscriberKind;
use telling::or_said;
use tokio::sync::{OnceCell, Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use writing::Ready;

/// How often it is looked for what is to be told.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often figures are taken.
const COUNT_EVERY: Duration = Duration::from_secs(5);
/// How often it is asked whether so many letters left that everybody has to wait.
const ASK_WHETHER_FULL_EVERY: Duration = Duration::from_secs(5);
/// Deliveries taken at once.
const TAKEN_ROWS: i64 = 64;
/// How long they are taken for. Longer than all of them take with a server that just answers.
const TAKEN_SECONDS: i64 = 300;
/// Letters are not begun when they were taken so long ago, as another node may have them.
const BEGIN_WITHIN: Duration = Duration::from_secs(120);
/// The longest that is waited for a mail server that does not answer.
const SERVER_WAIT_SECONDS_MAX: u64 = 60;

/// Entries of inboxes that one round puts where they belong.
const ARRIVING_ROWS: i64 = 200;

/// What letters need to know of the instance.
pub struct Options {
    /// The mail server, and who letters are from.
    pub smtp: Smtp,
    /// Where people reach this instance, without a slash at the end.
    pub public_url: String,
}

/// Where it stands what becomes of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ledger {
    /// Of people who have to do with an incident.
    People,
    /// Of lists and subscribers.
    Outside,
}

/// What is to be done after a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// More may be due.
    More,
    /// Nothing is due.
    Idle,
    /// The mail server takes nothing, or the database does not answer.
    Down,
}

/// Sends what is due, round by round.
pub struct Courier {
    desk: Desk,
    options: Option<Options>,
    figures: Figures,
    since: OnceCell<ToldSince>,
    /// Rounds in a row in which the mail server took nothing.
    down: AtomicU32,
    counted: Mutex<Option<Instant>>,
    /// Until when everybody has to wait, and when that was asked.
    full: Mutex<Option<(Instant, Option<Timestamp>)>>,
    /// Until when telling waits for more.
    gathers: Mutex<Option<Instant>>,
    stopped: watch::Receiver<bool>,
}

/// The loop as it runs.
pub struct Notifier {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Notifier {
    /// Ends the loop: letters that have begun are finished, the others stay for the next start.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if self.task.await.is_err() {
            tracing::warn!("the letters did not end as they should");
        }
    }
}

/// Starts the loop; without a mail server people are told in the product alone.
pub fn start(desk: Desk, options: Option<Options>) -> Notifier {
    let (stop, stopped) = watch::channel(false);
    let courier = Arc::new(Courier::new(desk, options, stopped.clone()));
    let task = desk::beside(run(courier, stopped));
    Notifier { stop, task }
}

async fn run(courier: Arc<Courier>, mut stopped: watch::Receiver<bool>) {
    courier.take_over().await;
    while !*stopped.borrow() {
        let round = courier.clone();
        // A panic ends the round, not the loop.
        let next = desk::beside(async move { round.round().await }).await;
        let next = next.unwrap_or_else(|error| {
            tracing::error!(%error, "a round of letters failed; the next one is tried");
            Next::Down
        });
        match next {
            Next::More => {}
            Next::Idle => tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stopped.changed() => {}
            },
            Next::Down => courier.wait_for_server(&mut stopped).await,
        }
    }
}

impl Courier {
    /// Whoever sends for this desk until `stopped` says so; without `options` there is no mail
    /// server.
    pub fn new(desk: Desk, options: Option<Options>, stopped: watch::Receiver<bool>) -> Self {
        let figures = Figures::of(&desk);
        let (since, down) = (OnceCell::new(), AtomicU32::new(0));
        let (counted, full, gathers) = (Mutex::default(), Mutex::default(), Mutex::default());
        Courier { desk, options, figures, since, down, counted, full, gathers, stopped }
    }

    /// Sends some of what is due.
    pub async fn round(&self) -> Next {
        match self.attempt().await {
            Ok(next) => next,
            Err(trouble) => {
                tracing::warn!(%trouble, "letters wait for the database");
                Next::Down
            }
        }
    }

    async fn attempt(&self) -> Result<Next, Trouble> {
        let since = self.since().await?;
        let now = self.desk.now();
        let count = self.is_time_to_count();
        let there_is_mail = self.options.is_some();
        let (due, outside, counts) = self
            .desk
            .read(move |sql| {
                let counts = count.then(|| deliveries::counts(sql)).transpose()?;
                let outside = store::outside::is_announced(sql, now)?
                    || there_is_mail && store::outside::is_due(sql, SubscriberKind::Mail, now)?;
                Ok((deliveries::is_due(sql, since, now)?, outside, counts))
            })
            .await?;
        if let Some(counts) = counts {
            self.figures.set(counts, now);
            or_said(self.tidy_outside(now).await, "some planned work")?;
        }
        if !due && !outside {
            if let Some(options) = &self.options {
                options.smtp.rest().await;
            }
            return Ok(Next::Idle);
        }
        // Letters leave while telling waits for more.
        let gathers = self.gathers_until();
        let told = match gathers {
            None => self.tell_indoors(since, now).await?,
            Some(_) => false,
        };
        let sent = match &self.options {
            Some(options) => self.send_both(options, due).await?,
            None => None,
        };
        Ok(match (sent, gathers) {
            (Some(next), _) => next,
            (None, Some(until)) => {
                self.rest_until(until).await;
                Next::More
            }
            (None, None) if told => Next::More,
            (None, None) => Next::Idle,
        })
    }

    /// Turns rows of the outbox into deliveries, and puts into inboxes what belongs there;
    /// whether there was anything.
    async fn tell_indoors(&self, since: ToldSince, now: Timestamp) -> Result<bool, Trouble> {
        let begun = Instant::now();
        let expanded = or_said(self.expand(since, now).await, "some of what happened")?;
        let spread = or_said(self.spread_outside(now).await, "some of what was announced")?;
        let arrived = or_said(self.fill_inboxes(now).await, "some entries of inboxes")?;
        let told = expanded > 0 || spread || arrived > 0;
        if told {
            self.gather(expanded, begun.elapsed());
        }
        Ok(told)
    }

    /// While the mail server takes nothing, people are told in the product all the same.
    async fn wait_for_server(&self, stopped: &mut watch::Receiver<bool>) {
        let until = tokio::time::Instant::now() + self.server_wait();
        while tokio::time::Instant::now() < until && !*stopped.borrow() {
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stopped.changed() => return,
            }
            let told = match self.since().await {
                Ok(since) => self.tell_indoors(since, self.desk.now()).await.map(drop),
                Err(trouble) => Err(trouble),
            };
            if let Err(trouble) = told {
                tracing::debug!(%trouble, "inboxes wait for the database");
            }
        }
    }

    /// Sends some of what is due to people, then to whoever is told outside; nothing when
    /// nothing is.
    async fn send_both(&self, options: &Options, people: bool) -> Result<Option<Next>, Trouble> {
        if self.down.load(Ordering::Relaxed) > 0
            && let Err(error) = options.smtp.answers().await
        {
            self.server_is_down(&error);
            return Ok(Some(Next::Down));
        }
        let first = if people { self.send(options).await? } else { None };
        if first == Some(Next::Down) {
            return Ok(first);
        }
        Ok(self.send_outside(options).await?.or(first))
    }

    /// Sends some of the letters that are due to people; nothing when none are.
    async fn send(&self, options: &Options) -> Result<Option<Next>, Trouble> {
        // The server may have taken its time to answer.
        let (taken_at, now) = (Instant::now(), self.desk.now());
        let Taken { letters, slowed } = self.take(options, now).await?;
        if slowed > 0 {
            self.figures.slowed.inc_by(slowed);
            tracing::warn!(
                slowed,
                "letters wait because so many left lately; the mail settings show them"
            );
        }
        if letters.is_empty() {
            return Ok((slowed > 0).then_some(Next::More));
        }
        let ready = self.write_letters(options, letters, now).await?;
        if ready.is_empty() {
            return Ok(Some(Next::More));
        }
        self.send_all(options, ready, taken_at, Ledger::People).await.map(Some)
    }

    /// On SQLite one server at a time has the database, so what is taken was in the hands of
    /// one that was killed. On PostgreSQL another may have it, and its time must be over.
    async fn take_over(&self) {
        if self.desk.store().engine() != Engine::Sqlite {
            return;
        }
        let let_go = self.desk.write(|sql| {
            deliveries::let_go_of_all(sql)?;
            Ok(store::outside::let_go_of_all(sql)?)
        });
        if let Err(trouble) = let_go.await {
            tracing::warn!(%trouble, "letters taken before the start wait until their time is over");
        }
    }

    /// Counting reads all that waits, so it is not done in every round.
    fn is_time_to_count(&self) -> bool {
        let mut last = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|at| at.elapsed() >= COUNT_EVERY);
        if due {
            *last = Some(Instant::now());
        }
        due
    }

    async fn since(&self) -> Result<ToldSince, Trouble> {
        let (there_is_mail, now) = (self.options.is_some(), self.desk.now());
        let told_since =
            || self.desk.write(move |sql| Ok(deliveries::told_since(sql, there_is_mail, now)?));
        self.since.get_or_try_init(told_since).await.copied()
    }

    async fn full_until(&self, now: Timestamp) -> Result<Option<Timestamp>, Trouble> {
        let asked = *self.full.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, full)) = asked
            && at.elapsed() < ASK_WHETHER_FULL_EVERY
        {
            return Ok(full);
        }
        let full = self.desk.read(move |sql| deliveries::full_until(sql, now)).await?;
        *self.full.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), full));
        Ok(full)
    }

    async fn take(&self, options: &Options, now: Timestamp) -> Result<Taken, Trouble> {
        let seals = self.desk.seals().await?;
        let domain = options.smtp.domain().to_owned();
        let full = self.full_until(now).await?;
        self.desk
            .write(move |sql| {
                let name = |delivery: &Delivery| {
                    let number = delivery.number.unwrap_or(IncidentNumber(0));
                    let (delivery, asked_at) = (delivery.id, delivery.created_at);
                    seals.message_id(OwnMessage { number, delivery, asked_at }, &domain)
                };
                let until = now.plus_seconds(TAKEN_SECONDS);
                Ok(deliveries::claim(sql, now, until, TAKEN_ROWS, full, &name)?)
            })
            .await
    }

    /// Hands letters to the mail server, some at once, and records what came of each as it
    /// comes. Once the server takes nothing, or it is time to stop, the rest is let go of.
    async fn send_all(
        &self,
        options: &Options,
        ready: Vec<Ready>,
        taken_at: Instant,
        ledger: Ledger,
    ) -> Result<Next, Trouble> {
        let room = Arc::new(Semaphore::new(CONNECTIONS as usize));
        let (closed, is_closed) = watch::channel(None::<String>);
        let closed = Arc::new(closed);
        let mut sending = JoinSet::new();
        for letter in ready {
            let (room, closed, is_closed) = (room.clone(), closed.clone(), is_closed.clone());
            let (smtp, stopped) = (options.smtp.clone(), self.stopped.clone());
            sending.spawn(desk::boxed(async move {
                let Ready { ids, number, message } = letter;
                let _place = room.acquire_owned().await;
                let wrong = is_closed.borrow().clone();
                if wrong.is_some() || *stopped.borrow() || taken_at.elapsed() > BEGIN_WITHIN {
                    return (ids, number, Outcome::NotTried(wrong));
                }
                let outcome = match smtp.send(message).await {
                    Ok(()) => Outcome::Sent,
                    Err(Unsent::Later(error)) => Outcome::Failed(error),
                    Err(Unsent::Never(error)) => Outcome::Refused(error),
                    Err(Unsent::NoServer(error)) => {
                        closed.send_replace(Some(error.clone()));
                        Outcome::NotTried(Some(error))
                    }
                };
                (ids, number, outcome)
            }));
        }
        let mut unsettled = vec![];
        while let Some(first) = sending.join_next().await {
            let mut ended = vec![];
            let mut next = Some(first);
            while let Some(done) = next {
                match done {
                    Ok((ids, number, outcome)) => {
                        self.say(&ids, number, &outcome);
                        ended.extend(ids.into_iter().map(|id| (id, outcome.clone())));
                    }
                    // It is attempted again when its time is over.
                    Err(error) => tracing::error!(%error, "a letter failed"),
                }
                next = sending.try_join_next();
            }
            if let Err(trouble) = self.settle_in(ledger, ended.clone()).await {
                // Letters that are on their way go on; what came of these is recorded after them.
                tracing::warn!(%trouble, "what came of letters could not be recorded yet");
                unsettled.extend(ended);
            }
        }
        if !unsettled.is_empty() {
            self.settle_in(ledger, unsettled).await?;
        }
        let wrong = is_closed.borrow().clone();
        if let Some(error) = wrong {
            self.server_is_down(&error);
            return Ok(Next::Down);
        }
        if self.down.swap(0, Ordering::Relaxed) > 0 {
            tracing::info!("the mail server takes letters again");
        }
        Ok(Next::More)
    }

    fn say(&self, ids: &[i64], number: Option<IncidentNumber>, outcome: &Outcome) {
        let about = number.map(|number| number.to_string()).unwrap_or_default();
        match outcome {
            Outcome::Sent => {
                self.figures.sent.inc();
            }
            Outcome::Failed(error) => {
                self.figures.failed.inc();
                tracing::info!(deliveries = ?ids, about, error, "a letter failed; it is tried again");
            }
            Outcome::Refused(error) => {
                self.figures.failed.inc();
                tracing::warn!(deliveries = ?ids, about, error, "a letter was refused for good");
            }
            Outcome::Withdrawn(_) | Outcome::NotTried(_) => {}
        }
    }

    async fn settle(&self, ended: Vec<(i64, Outcome)>) -> Result<(), Trouble> {
        self.settle_in(Ledger::People, ended).await
    }

    async fn settle_in(&self, ledger: Ledger, ended: Vec<(i64, Outcome)>) -> Result<(), Trouble> {
        let withdrawn =
            ended.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Withdrawn(_))).count();
        self.figures.withdrawn.inc_by(withdrawn as u64);
        let now = self.desk.now();
        let settle = move |sql: &mut dyn store::Sql| match ledger {
            Ledger::People => Ok(deliveries::settle(sql, &ended, now)?),
            Ledger::Outside => Ok(store::outside::settle(sql, &ended, now)?),
        };
        let given_up = self.desk.write(settle).await?;
        match ledger {
            Ledger::People if given_up > 0 => {
                tracing::warn!(given_up, "letters were given up; the mail settings show them");
            }
            Ledger::Outside if given_up > 0 => {
                tracing::warn!(given_up, "letters to lists or subscribers were given up");
            }
            Ledger::People | Ledger::Outside => {}
        }
        Ok(())
    }

    fn server_is_down(&self, error: &str) {
        if self.down.fetch_add(1, Ordering::Relaxed) == 0 {
            tracing::warn!(error, "the mail server takes no letters; they wait for it");
        }
    }

    fn server_wait(&self) -> Duration {
        let rounds = self.down.load(Ordering::Relaxed).clamp(1, 16);
        let seconds = 1u64 << (rounds - 1);
        Duration::from_secs(seconds.min(SERVER_WAIT_SECONDS_MAX))
    }
}
