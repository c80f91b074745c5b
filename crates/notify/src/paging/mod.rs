//! Pages people: each page that is due leaves within a second, beside the others, what is urgent
//! first. What a provider does not take falls through to the next way of the same person at once,
//! and is tried again for a while under the same id. What is over, or may not be seen any more,
//! does not leave.

mod channels;
mod figures;
mod lane;
mod words;

pub use channels::{Gateway, Ntfy, Telegram, Twilio};

use crate::push::Push;
use crate::smtp::Smtp;
use crate::webhooks::Trust;
use crate::webhooks::client::Client;
use desk::contacts::{Messenger, Note, Noted};
use desk::{Desk, Trouble};
use figures::Figures;
use incident::reach::PageChannel;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::Engine;
use store::directory::Contact;
use store::pages::send;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// How often it is looked for what is due; a commit is looked after at once.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Commits that come together are looked after once.
const LOOK_SELDOM: Duration = Duration::from_millis(20);
/// The same while the database does not answer.
const LOOK_RARELY: Duration = Duration::from_secs(2);
/// Pages on their way by one channel at once: one that is slow keeps no other.
const AT_ONCE: i64 = 32;
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
    /// Pages on their way, by channel.
    busy: Mutex<BTreeMap<PageChannel, i64>>,
    counted: Mutex<Option<Instant>>,
}

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
    let task = tokio::spawn(run(pager, stopped));
    Paging { stop, task }
}

async fn run(pager: Arc<Pager>, mut stopped: watch::Receiver<bool>) {
    pager.take_over().await;
    let mut commits = pager.desk.feed().listen();
    let mut sending = JoinSet::new();
    while !*stopped.borrow() {
        let pause = match pager.begin(&mut sending).await {
            Ok(_) => LOOK_EVERY,
            Err(trouble) => {
                tracing::warn!(%trouble, "pages wait for the database");
                LOOK_RARELY
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // That it fell behind says that something happened, too.
            _ = commits.recv() => {
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
        let now = self.desk.now();
        if self.is_time_to_count() {
            let counts = self.desk.read(move |sql| send::counts(sql, now)).await?;
            self.figures.set(counts, now);
        }
        let due = self.desk.read(move |sql| send::due_channels(sql, now)).await?;
        let room: Vec<(PageChannel, i64)> = due
            .into_iter()
            .map(|channel| (channel, AT_ONCE - self.busy_with(channel)))
            .filter(|(_, room)| *room > 0)
            .collect();
        if room.is_empty() {
            return Ok(0);
        }
        let until = now.plus_seconds(TAKEN_SECONDS);
        let taken = self
            .desk
            .write(move |sql| {
                let mut taken = Vec::new();
                for (channel, room) in room {
                    taken.extend(send::claim(sql, channel, now, until, room)?);
                }
                Ok(taken)
            })
            .await?;
        let count = taken.len();
        for page in taken {
            let pager = self.clone();
            let busy = Busy::with(self.clone(), page.channel);
            sending.spawn(async move {
                let _busy = busy;
                pager.bring(page).await;
            });
        }
        Ok(count)
    }

    fn busy_with(&self, channel: PageChannel) -> i64 {
        let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.get(&channel).copied().unwrap_or(0)
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
            let message = words::note(contact, &note, self.providers.public_url.as_deref());
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
            self.deliver(to, &message).await.map(drop).map_err(lane::in_words)
        })
    }
}

/// One page more is on its way, until this ends, however it ends.
struct Busy(Arc<Pager>, PageChannel);

impl Busy {
    fn with(pager: Arc<Pager>, channel: PageChannel) -> Busy {
        let mut busy = pager.busy.lock().unwrap_or_else(PoisonError::into_inner);
        *busy.entry(channel).or_default() += 1;
        drop(busy);
        Busy(pager, channel)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = busy.get_mut(&self.1) {
            *count -= 1;
        }
    }
}
