//! Tells programs elsewhere, and chat rooms, what happens. Each webhook has its own place in
//! the feed and its own lane: one that is slow or silent keeps no other. In each lane messages
//! arrive at least once, under an id that stays, in order for each incident.

mod chat;
pub(crate) mod client;
mod figures;
mod lane;
mod outside;
mod read;
mod sign;

pub(crate) use chat::{Said, room_body};
use client::Client;
pub use client::{NoCertificate, Trust};
use desk::rota::Reader;
use desk::webhooks::wishes;
use desk::{Desk, Trouble};
use figures::Figures;
use kernel::{Timestamp, WebhookId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::directory::webhooks::Webhook;
use store::incidents::feed::{feed, position};
use store::webhooks::{self, Wish};
use store::{Failure, Sql};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// How often it is looked for what happened.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// The same where there are no webhooks, or the database does not answer.
const LOOK_RARELY: Duration = Duration::from_secs(2);
/// Events looked at in one step of a webhook.
const STEP: usize = 500;
/// Waiting messages are counted this often, for the figures; old ones removed.
const COUNT_EVERY: Duration = Duration::from_secs(15);

/// Sends what webhooks are to be told.
pub struct Postman {
    desk: Desk,
    /// Where people reach this instance.
    public_url: Option<String>,
    client: Client,
    figures: Figures,
    /// Webhooks that a lane runs for.
    busy: Mutex<BTreeSet<WebhookId>>,
    counted: Mutex<Option<Instant>>,
    /// Held by whoever sends to programs that subscribed.
    outside: tokio::sync::Mutex<()>,
    stopped: watch::Receiver<bool>,
}

/// The loop as it runs.
pub struct Lanes {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Lanes {
    /// Ends the loop: messages that are on their way are finished, the others stay for the
    /// next start.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if self.task.await.is_err() {
            tracing::warn!("the webhooks did not end as they should");
        }
    }
}

/// Starts the loop.
pub fn start(desk: Desk, public_url: Option<String>, trust: Trust) -> Lanes {
    let (stop, stopped) = watch::channel(false);
    let postman = Postman::new(desk, public_url, stopped.clone()).trusting(trust);
    let postman = Arc::new(postman);
    let reader: Arc<dyn Reader> = postman.clone();
    postman.desk.use_reader(&reader);
    let task = desk::beside(run(postman, stopped));
    Lanes { stop, task }
}

async fn run(postman: Arc<Postman>, mut stopped: watch::Receiver<bool>) {
    let mut lanes = JoinSet::new();
    while !*stopped.borrow() {
        let one = postman.clone();
        // A panic ends the turn, not the loop.
        let turn = desk::beside(async move { one.look().await }).await;
        let due = match turn {
            Ok(Ok(due)) => due,
            Ok(Err(trouble)) => {
                tracing::warn!(%trouble, "webhooks wait for the database");
                None
            }
            Err(error) => {
                tracing::error!(%error, "a turn of the webhooks failed; the next one is tried");
                None
            }
        };
        let pause = if due.is_some() { LOOK_EVERY } else { LOOK_RARELY };
        postman.open_lanes(&mut lanes, due.unwrap_or_default());
        postman.open_outside(&mut lanes);
        while lanes.try_join_next().is_some() {}
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopped.changed() => {}
        }
    }
    while lanes.join_next().await.is_some() {}
}

impl Postman {
    /// Whoever sends for this desk until `stopped` says so.
    pub fn new(desk: Desk, public_url: Option<String>, stopped: watch::Receiver<bool>) -> Self {
        let figures = Figures::of(&desk);
        let (client, busy, counted) = (Client::default(), Mutex::default(), Mutex::default());
        let outside = tokio::sync::Mutex::default();
        Postman { desk, public_url, client, figures, busy, counted, outside, stopped }
    }

    /// The same, trusting these at the other ends, too.
    #[must_use]
    pub fn trusting(self, trust: Trust) -> Self {
        Postman { client: Client::trusting(trust), ..self }
    }

    /// Notices what happened and sends what is due, until nothing is.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn round(self: &Arc<Self>) -> Result<(), Trouble> {
        while let Some(due) = self.look().await?.filter(|due| !due.is_empty()) {
            let mut lanes = JoinSet::new();
            self.open_lanes(&mut lanes, due);
            lanes.join_all().await;
        }
        self.tell_subscribers().await
    }

    fn open_lanes(self: &Arc<Self>, lanes: &mut JoinSet<()>, due: Vec<WebhookId>) {
        for webhook in due {
            if self.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(webhook) {
                let postman = self.clone();
                lanes.spawn(desk::boxed(async move {
                    let _busy = Busy(&postman.busy, webhook);
                    if let Err(trouble) = postman.lane(webhook).await {
                        tracing::warn!(%webhook, %trouble, "a webhook waits for the database");
                    }
                }));
            }
        }
    }

    /// Notices what happened; the webhooks for which something is due, `None` where there are
    /// no webhooks.
    async fn look(&self) -> Result<Option<Vec<WebhookId>>, Trouble> {
        let now = self.desk.now();
        if self.is_time_to_count() {
            let counts = self.desk.read(|sql| webhooks::counts(sql, None)).await?;
            self.figures.set(counts, now);
            let removed = self.desk.read(move |sql| webhooks::is_untidy(sql, now)).await?;
            if removed {
                self.desk.write(move |sql| Ok(webhooks::tidy(sql, now)?)).await?;
            }
        }
        while self.spread(now).await? {}
        let due = move |sql: &mut dyn Sql| {
            Ok((webhooks::stand(sql)?.is_empty(), webhooks::due(sql, now)?))
        };
        let (none, due) = self.desk.read(due).await?;
        Ok((!none).then_some(due))
    }

    fn is_time_to_count(&self) -> bool {
        let mut last = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|at| at.elapsed() >= COUNT_EVERY);
        if due {
            *last = Some(Instant::now());
        }
        due
    }

    /// Takes every webhook one step on in the feed; whether one may have more before it.
    async fn spread(&self, now: Timestamp) -> Result<bool, Trouble> {
        let zone = self.desk.policy().time_zone.clone();
        let steps = self.desk.read(move |sql| steps(sql, now, &zone)).await?;
        if steps.is_empty() {
            return Ok(false);
        }
        let more = steps.iter().any(|step| step.full);
        self.desk
            .write(move |sql| {
                for Step { webhook, from, to, wishes, .. } in steps {
                    webhooks::spread(sql, webhook, (from, to), wishes, now)?;
                }
                Ok(())
            })
            .await?;
        Ok(more)
    }
}

/// A webhook is not busy any more, however its lane ended.
struct Busy<'a>(&'a Mutex<BTreeSet<WebhookId>>, WebhookId);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

/// A webhook's way from one place in the feed to a later one.
struct Step {
    webhook: WebhookId,
    from: Option<i64>,
    to: i64,
    wishes: Vec<Wish>,
    /// Whether there may be more behind it.
    full: bool,
}

/// One step of each webhook that does not stand at the head.
fn steps(sql: &mut dyn Sql, now: Timestamp, zone: &str) -> Result<Vec<Step>, Failure> {
    let stand = webhooks::stand(sql)?;
    if stand.is_empty() {
        return Ok(vec![]);
    }
    let head = position(sql)?;
    let mut steps = Vec::new();
    let mut behind: BTreeMap<i64, Vec<Webhook>> = BTreeMap::new();
    for (webhook, from) in stand {
        match from {
            Some(from) if from == head => {}
            Some(from) if from < head => behind.entry(from).or_default().push(webhook),
            // Of another past, or without one: what happened before is told to nobody.
            _ => steps.push(Step {
                webhook: webhook.id,
                from,
                to: head,
                wishes: vec![],
                full: false,
            }),
        }
    }
    for (from, together) in behind {
        let events = feed(sql, from, STEP)?;
        let to = events.last().map_or(head, |event| event.seq);
        for webhook in together {
            let wishes = wishes(sql, &webhook, &events, (now, zone))?;
            let full = events.len() == STEP;
            steps.push(Step { webhook: webhook.id, from: Some(from), to, wishes, full });
        }
    }
    Ok(steps)
}
