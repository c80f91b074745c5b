//! Pages people: each page that is due leaves within a second, beside the others, what is urgent
//! first. What a provider does not take falls through to the next way of the same person at once,
//! and is tried again for a while under the same id. What is over, or may not be seen any more,
//! does not leave.

mod channels;
mod figures;
mod lane;
mod letter;
mod words;

pub use channels::{Gateway, Ntfy, Telegram, Twilio};

use crate::push::Push;
use crate::smtp::Smtp;
use crate::webhooks::Trust;
use crate::webhooks::client::Client;
use desk::contacts::{Messenger, Note, Noted};
use desk::{Committed, Desk, Trouble};
use figures::Figures;
use incident::Body;
use incident::reach::PageChannel;
use kernel::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::Engine;
use store::directory::Contact;
use store::pages::send::{self, Page, Room};
use tokio::sync::broadcast::Receiver;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// How often it is looked for what is due; a commit that pages somebody is looked after at once.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Commits that come together are looked after once.
const LOOK_SELDOM: Duration = Duration::from_millis(20);
/// The same while the database does not answer.
const LOOK_RARELY: Duration = Duration::from_secs(2);
/// Pages on their way by one channel at once: one that is slow keeps no other.
const AT_ONCE: i64 = 32;
/// Of those at most so many to one host, where people name hosts: one that is slow keeps no other.
const AT_ONCE_TO_ONE_HOST: i64 = 4;
/// Seconds a page is taken for: much longer than an attempt, so that it is never on its way twice.
const TAKEN_SECONDS: i64 = 30;
/// Waiting pages are counted this often, for the figures.
const COUNT_EVERY: Duration = Duration::from_secs(5);

/// By what this instance reaches people.
#[derive(Default, Clone)]
pub struct Providers {
    /// Where people reach this instance, without a slash at the end: pages carry links there.
    pub public_url: Option<String>,
    /// The mail server.
    pub smtp: Option<Smtp>,
    /// Text messages and calls by an API as Twilio's.
    pub twilio: Option<Twilio>,
    /// Text messages by any other gateway with an HTTP interface.
    pub gateway: Option<Gateway>,
    /// The server of topics that are said without their address.
    pub ntfy: Option<Ntfy>,
    /// The bot that writes into chats of Telegram.
    pub telegram: Option<Telegram>,
    /// Whoever sends to browsers.
    pub web_push: Option<Push>,
    /// Whom we trust at the other ends beside those that the system trusts.
    pub trust: Trust,
    /// Nothing leaves: everything counts as taken, by whichever channel. Its people are invented.
    pub rehearses: bool,
}

impl Providers {
    /// The same with the browsers that people allowed.
    #[must_use]
    pub fn by_browsers(self, push: Push) -> Self {
        Providers { web_push: Some(push), ..self }
    }

    /// The same where nothing leaves, with the channels that would be there if everything was
    /// set up.
    #[must_use]
    pub fn rehearsing(self) -> Self {
        Providers { rehearses: true, ..self }
    }

    /// The same trusting these at the other ends, too.
    #[must_use]
    pub fn trusting(self, trust: Trust) -> Self {
        Providers { trust, ..self }
    }

    /// Whether anybody hears what is answered to a text message: only an account as Twilio's tells
    /// us, where it knows our address, and a gateway of one's own sends from another number.
    pub fn sms_is_answered(&self) -> bool {
        self.twilio.is_some() && self.gateway.is_none() && self.public_url.is_some()
    }

    /// The channels that something can be sent by.
    pub fn channels(&self) -> Vec<PageChannel> {
        let is_there = |channel: &PageChannel| match channel {
            PageChannel::WebPush => self.web_push.is_some(),
            _ if self.rehearses => true,
            PageChannel::Email => self.smtp.is_some(),
            PageChannel::Sms => self.gateway.is_some() || self.twilio.is_some(),
            PageChannel::Voice => self.twilio.is_some(),
            PageChannel::Telegram => self.telegram.is_some(),
            // Their addresses say it all.
            PageChannel::Ntfy
            | PageChannel::Slack
            | PageChannel::Mattermost
            | PageChannel::Teams => true,
        };
        PageChannel::ALL.iter().copied().filter(is_there).collect()
    }
}

/// Sends pages.
pub struct Pager {
    desk: Desk,
    providers: Providers,
    client: Client,
    figures: Figures,
    /// Pages on their way, by channel and host.
    busy: Mutex<BTreeMap<Way, i64>>,
    counted: Mutex<Option<Instant>>,
}

/// A channel, and the host where its addresses name one.
type Way = (PageChannel, Option<String>);

/// The loop as it runs.
pub struct Paging {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Paging {
    /// Ends the loop: pages that are on their way are finished, the others stay for the next
    /// start.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if self.task.await.is_err() {
            tracing::warn!("the pages did not end as they should");
        }
    }
}

/// Starts the loop, and sends codes and tests for this desk from now on.
pub fn start(desk: Desk, providers: Providers) -> Paging {
    let (stop, stopped) = watch::channel(false);
    let pager = Arc::new(Pager::new(desk.clone(), providers));
    let messenger: Arc<dyn Messenger> = pager.clone();
    desk.use_messenger(&messenger);
    let task = desk::beside(run(pager, stopped));
    Paging { stop, task }
}

async fn run(pager: Arc<Pager>, mut stopped: watch::Receiver<bool>) {
    pager.take_over().await;
    let mut commits = pager.desk.feed().listen();
    let mut sending = JoinSet::new();
    while !*stopped.borrow() {
        pager.desk.beats("pages");
        let round = pager.clone();
        // A panic ends the round, not the loop.
        let pause = match desk::beside(async move { round.take().await }).await {
            Ok(Ok(taken)) => {
                pager.send_all(taken, &mut sending);
                LOOK_EVERY
            }
            Ok(Err(trouble)) => {
                tracing::warn!(%trouble, "pages wait for the database");
                LOOK_RARELY
            }
            Err(error) => {
                tracing::error!(%error, "a round of pages failed; the next one is tried");
                LOOK_RARELY
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = somebody_is_paged(&mut commits) => {
                tokio::time::sleep(LOOK_SELDOM).await;
                while commits.try_recv().is_ok() {}
            }
            // There is room for another one.
            Some(done) = sending.join_next() => noticed(done),
            _ = stopped.changed() => {}
        }
    }
    while let Some(done) = sending.join_next().await {
        noticed(done);
    }
}

/// Waits for a commit that pages somebody. That we fell behind says that one may have.
async fn somebody_is_paged(commits: &mut Receiver<Committed>) {
    while let Ok(events) = commits.recv().await {
        if events.iter().any(|one| matches!(one.event.body, Body::Paged(_))) {
            return;
        }
    }
}

/// A page that made the program stumble is attempted again when its time is over.
fn noticed(done: Result<(), tokio::task::JoinError>) {
    if let Err(error) = done {
        tracing::error!(%error, "a page failed");
    }
}

impl Pager {
    /// Whoever sends for this desk by these providers.
    pub fn new(desk: Desk, providers: Providers) -> Self {
        let figures = Figures::of(&desk);
        let client = Client::trusting(providers.trust.clone());
        let (busy, counted) = (Mutex::default(), Mutex::default());
        Pager { desk, providers, client, figures, busy, counted }
    }

    /// Sends what is due, until nothing is.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn round(self: &Arc<Self>) -> Result<(), Trouble> {
        let mut sending = JoinSet::new();
        while self.begin(&mut sending).await? > 0 {
            while let Some(done) = sending.join_next().await {
                noticed(done);
            }
        }
        Ok(())
    }

    /// Takes what is due and there is room for, and begins to send it; how much that was.
    async fn begin(self: &Arc<Self>, sending: &mut JoinSet<()>) -> Result<usize, Trouble> {
        let taken = self.take().await?;
        let count = taken.len();
        self.send_all(taken, sending);
        Ok(count)
    }

    /// Takes what is due and there is room for.
    async fn take(&self) -> Result<Vec<Page>, Trouble> {
        let now = self.desk.now();
        self.count(now).await;
        let due = self.desk.read(move |sql| send::due_channels(sql, now)).await?;
        let until = now.plus_seconds(TAKEN_SECONDS);
        let (mut taken, mut wrong) = (Vec::new(), None);
        for channel in due {
            let room = self.room(channel);
            if room.pages <= 0 {
                continue;
            }
            let claim =
                move |sql: &mut dyn store::Sql| Ok(send::claim(sql, channel, now, until, &room)?);
            match self.desk.write(claim).await {
                Ok(pages) => taken.extend(pages),
                // What is damaged in one channel must not keep the others.
                Err(trouble) => {
                    tracing::error!(%channel, %trouble, "pages of a channel cannot be taken");
                    wrong = Some(trouble);
                }
            }
        }
        match wrong {
            Some(trouble) if taken.is_empty() => Err(trouble),
            _ => Ok(taken),
        }
    }

    fn send_all(self: &Arc<Self>, taken: Vec<Page>, sending: &mut JoinSet<()>) {
        for page in taken {
            let pager = self.clone();
            let busy = Busy::with(self.clone(), &page);
            sending.spawn(desk::boxed(async move {
                let _busy = busy;
                pager.bring(page).await;
            }));
        }
    }

    /// How much more may be on its way by a channel.
    fn room(&self, channel: PageChannel) -> Room {
        let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let mut room = Room { to_one_host: AT_ONCE_TO_ONE_HOST, ..Room::of(AT_ONCE) };
        for ((_, host), count) in busy.iter().filter(|((by, _), _)| *by == channel) {
            room.pages -= count;
            room.busy.extend(host.iter().map(|host| (host.clone(), *count)));
        }
        room
    }

    /// Counts what waits, now and then. That it cannot be counted keeps no page.
    async fn count(&self, now: Timestamp) {
        if !self.is_time_to_count() {
            return;
        }
        match self.desk.read(move |sql| send::counts(sql, now)).await {
            Ok(counts) => self.figures.set(counts),
            Err(trouble) => tracing::warn!(%trouble, "pages that wait cannot be counted"),
        }
    }

    /// On SQLite one server at a time has the database, so what is taken was in the hands of one
    /// that was killed. On PostgreSQL another may have it, and its time must be over.
    async fn take_over(&self) {
        if self.desk.store().engine() != Engine::Sqlite {
            return;
        }
        if let Err(trouble) = self.desk.write(|sql| Ok(send::let_go_of_all(sql)?)).await {
            tracing::warn!(%trouble, "pages taken before the start wait until their time is over");
        }
    }

    fn is_time_to_count(&self) -> bool {
        let mut last = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|at| at.elapsed() >= COUNT_EVERY);
        if due {
            *last = Some(Instant::now());
        }
        due
    }
}

impl Messenger for Pager {
    fn channels(&self) -> Vec<PageChannel> {
        self.providers.channels()
    }

    fn note<'a>(&'a self, contact: &'a Contact, note: Note) -> Noted<'a> {
        Box::pin(async move {
            let public_url = self.providers.public_url.as_deref();
            let message = words::note(contact, &note, public_url, self.desk.now());
            if let Note::Code(code) = &note
                && self.providers.rehearses
            {
                let (channel, to) = (contact.channel, &contact.address);
                tracing::info!(%channel, %to, %code, "a code that would be sent");
            }
            let to = channels::To {
                channel: contact.channel,
                address: &contact.address,
                person: contact.person,
            };
            let sent = self.deliver(to, &message).await;
            sent.map(drop).map_err(|wrong| lane::in_words(lane::without(wrong, to.address)))
        })
    }
}

/// One page more is on its way, until this ends, however it ends.
struct Busy(Arc<Pager>, Way);

impl Busy {
    fn with(pager: Arc<Pager>, page: &Page) -> Busy {
        let way = (page.channel, send::host(&page.address));
        let mut busy = pager.busy.lock().unwrap_or_else(PoisonError::into_inner);
        *busy.entry(way.clone()).or_default() += 1;
        drop(busy);
        Busy(pager, way)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = busy.get_mut(&self.1) {
            *count -= 1;
        }
        busy.retain(|_, count| *count > 0);
    }
}
