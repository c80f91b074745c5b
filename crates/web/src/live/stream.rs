//! One open page's stream: what it shows, and what of each change it is told.

use super::change::{Batch, Change};
use super::record::{Seen, context, needs_store};
use super::{frame, hub, inboxes, presence, services, words};
use crate::app::App;
use crate::auth::{self, SignedIn};
use crate::error::PageResult;
use crate::part::time::Here;
use crate::queue::counts;
use crate::queue::page::count_of;
use crate::queue::views::Views;
use crate::url;
use axum::body::Bytes;
use desk::Trouble;
use futures_util::Stream as FuturesStream;
use futures_util::stream::unfold;
use incident::{Access, Body, Viewer};
use kernel::{IncidentNumber, PersonId};
use maud::html;
use query::{Expr, Query, Term, matches};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use store::incidents::list::{self, Look};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};

/// How often a quiet stream gives a sign of life.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// After so many signs of life it is looked whether the person may still see it.
const RECHECK_BEATS: u32 = 4;
/// Events that are told again to a page that was away; after more it is fetched anew.
const REPLAYED_MAX: i64 = 200;
/// Counts wait this long after a change, so that several are counted once, and
/// counts kept from before are not believed any more.
const COUNT_AFTER: Duration = Duration::from_millis(1_050);

/// What a page shows.
pub(super) enum Shown {
    /// A view of the queue.
    Queue(Queue),
    /// An incident, for agents.
    Incident(IncidentNumber, Face),
    /// An incident, for its requester and watchers.
    Portal(IncidentNumber),
    /// One's own inbox, or a page on which nothing else changes.
    Inbox,
    /// Services and how they are.
    Services(services::ServicesPage),
}

/// Which of an incident's screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// Its page.
    Page,
    /// The room in which a major incident is conducted.
    Room,
}

/// A view of the queue.
pub(super) struct Queue {
    query: Query,
    text: String,
    key: String,
    suffix: String,
    asks_store: bool,
    views: Option<Arc<Views>>,
    uncounted: BTreeSet<usize>,
    count_at: Option<Instant>,
}

impl Queue {
    /// The view with this query and key.
    pub(super) fn new(query: Query, key: &str) -> Queue {
        Queue {
            text: query.to_string(),
            asks_store: needs_store(&query.filter),
            query,
            key: key.to_owned(),
            suffix: String::new(),
            views: None,
            uncounted: BTreeSet::new(),
            count_at: None,
        }
    }
}

/// A stream in the making.
pub(super) struct Stream {
    pub(super) app: App,
    pub(super) who: SignedIn,
    secret: String,
    pub(super) look: Look,
    shown: Shown,
    batches: broadcast::Receiver<Arc<Batch>>,
    presence: Option<broadcast::Receiver<IncidentNumber>>,
    inboxes: broadcast::Receiver<Arc<BTreeSet<PersonId>>>,
    position: i64,
    policy_version: i64,
    beat: Interval,
    beats: u32,
    waiting: Vec<u8>,
}

impl Stream {
    /// Opens a stream; what happened after the position `after` is told first.
    pub(super) async fn open(
        app: App,
        who: SignedIn,
        secret: String,
        shown: Shown,
        after: Option<i64>,
    ) -> PageResult<Stream> {
        // Listening before reading: what happens meanwhile may be told twice, never not at all.
        let batches = app.hub.listen(&app);
        let inboxes = app.hub.inboxes().listen(&app);
        let presence = matches!(shown, Shown::Incident(..)).then(|| app.desk.presence_changes());
        // The feed's own position may lag behind what the page has seen.
        let position = app.desk.read(store::incidents::feed::position).await?;
        let mut beat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stream = Stream {
            look: who.look(),
            policy_version: app.desk.policy().version,
            position,
            waiting: frame::hello(app.desk.now()).into(),
            app,
            who,
            secret,
            shown,
            batches,
            presence,
            inboxes,
            beat,
            beats: 0,
        };
        stream.load_views().await?;
        if let Some(after) = after {
            stream.catch_up(after).await?;
        }
        stream.tell_inbox(true).await;
        Ok(stream)
    }

    /// Its bytes, until the page closes or the person is signed out.
    pub(super) fn bytes(self) -> impl FuturesStream<Item = Result<Bytes, Infallible>> {
        unfold(self, |mut stream| async move {
            let bytes = stream.next().await?;
            Some((Ok(bytes), stream))
        })
    }

    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if !self.waiting.is_empty() {
                return Some(std::mem::take(&mut self.waiting).into());
            }
            let (count_at, me) = (self.count_at(), self.viewer().person);
            tokio::select! {
                batch = self.batches.recv() => match batch {
                    Ok(batch) => self.tell(&batch).await,
                    Err(RecvError::Lagged(_)) => self.put(&frame::stale()),
                    Err(RecvError::Closed) => return None,
                },
                number = presence::changed(&mut self.presence) => self.tell_presence(number),
                mine = inboxes::heard(&mut self.inboxes, me) => if mine { self.tell_inbox(false).await },
                () = sleep_until(count_at.unwrap_or_else(Instant::now)), if count_at.is_some() => self.tell_counts().await,
                _ = self.beat.tick() => {
                    if !self.still_may().await {
                        return None;
                    }
                    self.put(&frame::heartbeat(self.position));
                }
            }
        }
    }

    pub(super) fn app(&self) -> &App {
        &self.app
    }

    pub(super) fn viewer(&self) -> &Viewer {
        self.who.viewer()
    }

    pub(super) fn shown(&self) -> &Shown {
        &self.shown
    }

    pub(super) fn put(&mut self, frame: &str) {
        self.waiting.extend_from_slice(frame.as_bytes());
    }

    pub(super) fn put_bytes(&mut self, frame: &Bytes) {
        self.waiting.extend_from_slice(frame);
    }

    /// Now, where the person is.
    pub(super) fn here(&self) -> Here {
        let own = matches!(self.shown, Shown::Portal(_));
        let language = if own { self.who.language } else { self.who.here.language };
        Here { now: self.app.desk.now(), language, ..self.who.here.clone() }
    }

    async fn load_views(&mut self) -> Result<(), Trouble> {
        let Shown::Queue(queue) = &mut self.shown else { return Ok(()) };
        let (viewer, policy) = (self.who.viewer().clone(), self.app.desk.policy());
        let views = self.app.desk.read(move |sql| Views::load(sql, &viewer, &policy)).await?;
        let view = views.with_key(&queue.key);
        let address = match view {
            Some(view) if view.text == queue.text => url::queue_view(&view.key),
            Some(view) => format!("{}&view={}", url::queue_of(&queue.text), url::encode(&view.key)),
            None => url::queue_of(&queue.text),
        };
        queue.suffix = address.strip_prefix(url::QUEUE).unwrap_or_default().to_owned();
        queue.views = Some(Arc::new(views));
        Ok(())
    }

    /// Tells what happened after a position: event by event if it is little, else the page
    /// is fetched anew. So is a page of another past: a backup was restored since, most likely.
    async fn catch_up(&mut self, after: i64) -> Result<(), Trouble> {
        let missed = self.position - after;
        if missed == 0 {
            return Ok(());
        }
        if !(1..=REPLAYED_MAX).contains(&missed) {
            self.put(&frame::stale());
            self.put(&frame::position(self.position));
            return Ok(());
        }
        let events = self
            .app
            .desk
            .read(move |sql| store::incidents::feed::feed(sql, after, REPLAYED_MAX as usize))
            .await?;
        if let Some(batch) = hub::replayed(&self.app, events).await {
            self.tell(&batch).await;
        }
        Ok(())
    }

    /// Whether the person is still signed in and may see this; their rights are read again from time to time.
    async fn still_may(&mut self) -> bool {
        self.beats += 1;
        let version = self.app.desk.policy().version;
        if version == self.policy_version && !self.beats.is_multiple_of(RECHECK_BEATS) {
            return true;
        }
        match auth::of_secret(&self.app, &self.secret).await {
            Ok(Some(who)) => {
                self.look = who.look();
                self.who = who;
                self.policy_version = version;
                self.who.viewer().is_staff()
                    || matches!(self.shown, Shown::Portal(_) | Shown::Inbox)
            }
            Ok(None) => false,
            // The store does not answer: neither proves anything.
            Err(_) => true,
        }
    }

    async fn tell(&mut self, batch: &Batch) {
        self.position = batch.position;
        if self.app.desk.policy().version != self.policy_version && !self.still_may().await {
            // The next sign of life ends it; nothing is told any more.
            return;
        }
        let Some(changes) = &batch.changes else {
            self.put(&frame::stale());
            self.put(&frame::position(batch.position));
            return;
        };
        for change in changes {
            match self.shown {
                Shown::Queue(_) => self.tell_row(change).await,
                Shown::Incident(number, face) => self.tell_incident(number, face, change).await,
                Shown::Portal(number) => self.tell_portal(number, change).await,
                Shown::Inbox => {}
                Shown::Services(ref mut page) => page.hear(change),
            }
            if self.viewer().is_staff()
                && !matches!(self.shown, Shown::Portal(_))
                && let Some(words) =
                    words::alert(change, self.who.viewer().person, &self.look.scope)
            {
                self.put(&frame::event("alert", &words));
            }
        }
        if !self.waiting.is_empty() {
            self.put(&frame::position(batch.position));
        }
    }

    async fn tell_row(&mut self, change: &Change) {
        let here = self.here();
        let Shown::Queue(queue) = &self.shown else { return };
        let scope = &self.look.scope;
        let could = change.subject_before().map_or(Access::None, |subject| scope.access(&subject));
        if scope.access(&change.subject()) == Access::None {
            if could != Access::None || self.was_hidden(change) {
                self.put(&frame::gone(change.number));
            }
            return;
        }
        let context = context(&self.look, &here);
        let fits = match queue.asks_store {
            true => self.fits_in_store(&queue.query.filter, change.number).await,
            false => matches(&queue.query.filter, &Seen(&change.row), &context),
        };
        let fitted = match (&change.before, queue.asks_store) {
            (Some(before), false) => {
                could != Access::None && matches(&queue.query.filter, &Seen(before), &context)
            }
            // Nobody knows: what moves nothing was where it is.
            _ if change.is_new() => false,
            _ if change.reshapes() => !fits,
            _ => fits,
        };
        let suffix = queue.suffix.clone();
        self.mark_counts(change, &context);
        if fits || fitted {
            let policy = self.app.desk.policy();
            let known = (&*policy, self.app.desk.likely_late());
            let row = change.drawn_row(&self.who, &self.look.scope, &here, &suffix, known).await;
            self.put_bytes(&row);
        }
        match (fits, fitted) {
            (true, false) => self.put(&frame::news(change.number)),
            (false, true) => self.put(&frame::gone(change.number)),
            _ => {}
        }
    }

    /// Whether the viewer saw it until it was restricted just now.
    fn was_hidden(&self, change: &Change) -> bool {
        self.look.scope.open_to_staff
            && change.before.is_none()
            && change.events.iter().any(|event| matches!(event.event.body, Body::Restricted(_)))
    }

    async fn fits_in_store(&self, filter: &Expr, number: IncidentNumber) -> bool {
        let expr = Expr::all_of([Term::Number(vec![number]).into(), filter.clone()]);
        let look =
            Look { scope: self.look.scope.clone(), context: context(&self.look, &self.here()) };
        self.app
            .desk
            .read(move |sql| list::count(sql, &look, &expr, 1))
            .await
            .is_ok_and(|count| count == 1)
    }

    /// Notes which views have another count now.
    fn mark_counts(&mut self, change: &Change, context: &query::Context) {
        let Shown::Queue(queue) = &mut self.shown else { return };
        let Some(views) = queue.views.clone() else { return };
        for (at, view) in views.0.iter().enumerate() {
            let filter = &view.query.filter;
            let moved = match &change.before {
                Some(before) if !needs_store(filter) => {
                    matches(filter, &Seen(before), context)
                        != matches(filter, &Seen(&change.row), context)
                }
                Some(_) => true,
                None => change.reshapes(),
            };
            if moved {
                queue.uncounted.insert(at);
            }
        }
        // The count of a view that is none of those at the side.
        if views.with_text(&queue.text).is_none() {
            queue.uncounted.insert(views.0.len());
        }
        if !queue.uncounted.is_empty() {
            queue.count_at.get_or_insert_with(|| Instant::now() + COUNT_AFTER);
        }
    }

    fn count_at(&self) -> Option<Instant> {
        match &self.shown {
            Shown::Queue(queue) => queue.count_at,
            Shown::Services(page) => page.again_at(),
            _ => None,
        }
    }

    async fn tell_counts(&mut self) {
        if services::told(&mut self.shown) {
            return self.put(&frame::stale());
        }
        let look =
            Look { scope: self.look.scope.clone(), context: context(&self.look, &self.here()) };
        let Shown::Queue(queue) = &mut self.shown else { return };
        queue.count_at = None;
        let places = std::mem::take(&mut queue.uncounted);
        let Some(views) = queue.views.clone() else { return };
        let (text, filter) = (queue.text.clone(), queue.query.filter.clone());
        let whose = counts::whose(&look.scope, &self.who.zone_name);
        let stamp = (self.app.desk.feed().position(), self.policy_version);
        let kept = self.app.counts.clone();
        let app = self.app.clone();
        let Ok(_turn) = app.hub.counting().acquire().await else { return };
        let counted = app
            .desk
            .read(move |sql| {
                let mut html = String::new();
                for at in places {
                    match views.0.get(at) {
                        Some(view) => {
                            let count = kept.settled(
                                sql,
                                &look,
                                &whose,
                                &view.text,
                                &view.query.filter,
                                stamp,
                            )?;
                            html.push_str(&count_of(view, count, Some("")).into_string());
                            if view.text == text {
                                html.push_str(&total(count, &text));
                            }
                        }
                        None => {
                            let count = kept.settled(sql, &look, &whose, &text, &filter, stamp)?;
                            html.push_str(&total(count, &text));
                        }
                    }
                }
                Ok(html)
            })
            .await;
        // The counts stay as they are when they cannot be read; the next change counts again.
        if let Ok(html) = counted {
            self.put(&frame::event("patch", &html));
        }
    }
}

/// The count beside the heading, as a patch.
fn total(count: i64, text: &str) -> String {
    html! { small id="q-total" data-patch { (counts::total(count, text)) } }.into_string()
}
