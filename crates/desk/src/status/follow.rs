//! Makes the page anew when something it says changes: an event that matters, a change of
//! configuration, an instant that passes. One rendering at a time; what changes meanwhile is in
//! the next one.

use super::gather::{self, Gathered};
use super::{Options, Shown, Site, Sites, kept, made, publish};
use crate::feed::Committed;
use crate::{Desk, Trouble};
use kernel::Timestamp;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use status::Snapshot;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;

/// How often it is looked whether an instant passed or the configuration changed.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Between the beginnings of two renderings, however much happens.
const PACE: Duration = Duration::from_millis(400);
/// How often it is looked for what no event tells: alerts, and outages that last longer.
const AT_LEAST_EVERY: Duration = Duration::from_secs(30);
/// How old a page may be, in seconds, that says nothing new: it says as of when it is, and whoever
/// reads an old one where its files are published takes it that nobody is there any more.
const OLD_SECONDS: i64 = 300;
/// The same while something goes on whose length is told: less than the time between two looks.
/// However many events come meanwhile, they make no page that says the same.
const LASTING_SECONDS: i64 = 20;
/// How long to wait after a rendering that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// Digits of the name of an incident outside.
const NAME_DIGITS: usize = 12;

/// Entries of the log after which the public page may say something else. What is reported and
/// which alerts fire shows on the internal one alone, at the next look: in a storm there are
/// hundreds a second, and each look reads everything.
const MATTER: &[&str] = &[
    "classified",
    "merged",
    "unmerged",
    "major_declared",
    "major_stood_down",
    "update_published",
    "outage_recorded",
    "outage_changed",
    "outage_removed",
    "mitigated",
    "restored",
    "resolved",
    "disputed",
    "reopened",
    "reopening_withdrawn",
    "closed",
    "cancelled",
    "restricted",
    "redacted",
];

/// What is counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Figures {
    renderings: Counter,
    failures: Counter,
    page_bytes: Gauge,
    /// Attempts to publish files that failed.
    pub(super) unpublished: Counter,
    /// Places whose files are not as they should be.
    pub(super) behind: Gauge,
}

impl Figures {
    fn new(desk: &Desk) -> Self {
        let figures = Figures::default();
        desk.metrics().register(|registry| {
            let help = "Times that the status page was made anew";
            registry.register("status_renderings", help, figures.renderings.clone());
            let help = "Times that the status page could not be made anew";
            registry.register("status_renderings_failed", help, figures.failures.clone());
            let help = "Bytes of the public status page as browsers load it";
            registry.register("status_page_bytes", help, figures.page_bytes.clone());
            let help = "Attempts to publish files of the status page that failed";
            registry.register("status_publishing_failed", help, figures.unpublished.clone());
            let help = "Places whose files of the status page are not as they should be";
            registry.register("status_places_behind", help, figures.behind.clone());
        });
        figures
    }
}

/// Shows what was shown last, makes the page once, and follows from then on, also into the places
/// where it is published. Everything it starts ends with the desk.
pub async fn start(desk: &Desk, options: Options) {
    let path = options.kept.clone();
    match crate::on_a_thread(move || kept::read(&path)).await {
        Ok(Ok(Some(sites))) => desk.status().show(sites),
        Ok(Ok(None)) => {}
        Ok(Err(failure)) => tracing::warn!(%failure, "the status page kept last cannot be read"),
        Err(error) => tracing::error!(%error, "reading the status page kept last failed"),
    }
    let (figures, outlets) = (Figures::new(desk), options.outlets.clone());
    let mut follower =
        Follower { options: Arc::new(options), figures: figures.clone(), last: None };
    // Whoever listens before the first rendering misses nothing after it.
    let heard = desk.feed().listen();
    let made = follower.make(desk).await;
    for outlet in outlets {
        publish::start(desk, outlet, figures.clone(), made);
    }
    let weak = Arc::downgrade(&desk.0);
    crate::beside(async move {
        let mut heard = heard;
        let mut pace = tokio::time::interval(LOOK_EVERY);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let (mut dirty, mut again) = (!made, Instant::now() + PACE);
        loop {
            dirty |= tokio::select! {
                told = heard.recv() => match told {
                    Ok(events) => matter(&events),
                    // Something of what was missed may matter.
                    Err(RecvError::Lagged(_)) => true,
                    Err(RecvError::Closed) => return,
                },
                _ = pace.tick() => false,
            };
            let Some(inner) = weak.upgrade() else { return };
            let desk = Desk(inner);
            dirty |= follower.is_due(&desk);
            if !dirty || Instant::now() < again {
                continue;
            }
            let done = follower.make(&desk).await;
            dirty = !done;
            again = Instant::now() + if done { PACE } else { AFTER_FAILURE };
        }
    });
}

fn matter(events: &Committed) -> bool {
    events.iter().any(|event| MATTER.contains(&event.event.body.kind()))
}

struct Follower {
    options: Arc<Options>,
    figures: Figures,
    last: Option<Last>,
}

/// What was made last, and of what.
struct Last {
    at: Instant,
    version: i64,
    gathered: Gathered,
    /// As of when the page is that is shown.
    shown_at: Timestamp,
}

impl Follower {
    /// Whether time or configuration ask for another rendering.
    fn is_due(&self, desk: &Desk) -> bool {
        let Some(last) = &self.last else { return true };
        last.version != desk.policy().version
            || last.gathered.next_at.is_some_and(|at| at <= desk.now())
            || last.at.elapsed() >= AT_LEAST_EVERY
    }

    /// Makes the page; whether that went well.
    async fn make(&mut self, desk: &Desk) -> bool {
        let started = Instant::now();
        match self.try_to_make(desk).await {
            Ok(()) => {
                let (made_at, took_ms) = (Some(desk.now()), started.elapsed().as_millis() as u64);
                desk.status().tell(|report| {
                    (report.made_at, report.took_ms, report.failing) = (made_at, took_ms, None);
                });
                true
            }
            Err(trouble) => {
                self.figures.failures.inc();
                fail(desk.status(), desk.now(), &trouble);
                false
            }
        }
    }

    async fn try_to_make(&mut self, desk: &Desk) -> Result<(), Trouble> {
        // Before it is read: what changes meanwhile asks for another one.
        let (at, version) = (Instant::now(), desk.policy().version);
        let mut gathered = self.gather(desk).await?;
        if !gathered.unnamed.is_empty() {
            name(desk, std::mem::take(&mut gathered.unnamed)).await;
            gathered = self.gather(desk).await?;
        }
        let now = gathered.internal.at;
        let old = if gathered.lasts { LASTING_SECONDS } else { OLD_SECONDS };
        let stays = |last: &&Last| {
            !says_other(&last.gathered, &gathered) && now.seconds_since(last.shown_at) < old
        };
        let before = self.last.as_ref().filter(stays).map(|last| last.shown_at);
        if before.is_none() {
            self.show(desk, gathered.clone()).await?;
        }
        self.last = Some(Last { at, version, gathered, shown_at: before.unwrap_or(now) });
        Ok(())
    }

    async fn gather(&self, desk: &Desk) -> Result<Gathered, Trouble> {
        // What services need is at hand; it is not read again for every event.
        let sight = desk.map_of_the_last(0).await?;
        let (now, options) = (desk.now(), self.options.clone());
        desk.read(move |sql| gather::gather(sql, now, &options, sight)).await
    }

    async fn show(&self, desk: &Desk, gathered: Gathered) -> Result<(), Trouble> {
        let (before, path) = (desk.status().sites(), self.options.kept.clone());
        let (sites, written) = crate::on_a_thread(move || {
            let sites = sites(&gathered, &before);
            let written = kept::write(&path, &sites);
            (sites, written)
        })
        .await
        .map_err(|error| {
            tracing::error!(%error, "the status page was not rendered through a defect");
            Trouble::Failed(store::Failure::Unavailable("the status page was not rendered".into()))
        })?;
        if let Err(failure) = written {
            tracing::warn!(%failure, "the status page is shown, but not kept for a restart");
        }
        self.figures.renderings.inc();
        let page = sites.public.as_ref().map_or(0, |site| site.page_bytes());
        self.figures.page_bytes.set(page as i64);
        desk.status().show(sites);
        Ok(())
    }
}

/// Everything rendered.
fn sites(gathered: &Gathered, before: &Sites) -> Sites {
    let logo = gathered.logo.as_ref();
    let render = |snapshot: &Snapshot, before: Option<&Arc<Site>>| {
        Arc::new(made::site(snapshot, logo, before.map(Arc::as_ref)))
    };
    let own_before = before.own.as_ref().map(|(_, site)| site);
    Sites {
        made_at: Some(gathered.internal.at),
        public: gathered.public.as_ref().map(|one| render(one, before.public.as_ref())),
        own: gathered.own().map(|(domain, one)| (domain, render(&one, own_before))),
        internal: Some(render(&gathered.internal, before.internal.as_ref())),
        off: gathered.off,
    }
}

/// Whether the page would say something else than before, as of when it is aside, unless a day
/// has passed.
fn says_other(before: &Gathered, now: &Gathered) -> bool {
    let at = now.internal.at;
    let passed = before.next_at.is_some_and(|next| next <= at);
    let same = |a: &Snapshot, b: &Snapshot| Snapshot { at, ..a.clone() } == *b;
    let same_public = match (&before.public, &now.public) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => true,
        _ => false,
    };
    passed
        || before.off != now.off
        || before.domain != now.domain
        || before.domain_is_ours != now.domain_is_ours
        || before.logo != now.logo
        || !same_public
        || !same(&before.internal, &now.internal)
}

/// Gives incidents that were published their names outside. Where that fails, they wait for the
/// next time.
async fn name(desk: &Desk, numbers: Vec<kernel::IncidentNumber>) {
    let now = desk.now();
    let named: Vec<_> = numbers
        .into_iter()
        .map(|number| (number, crate::secret("").chars().take(NAME_DIGITS).collect::<String>()))
        .collect();
    let written = desk.write(move |sql| {
        for (number, id) in &named {
            store::status::incidents::name(sql, *number, id, now)?;
        }
        Ok(())
    });
    if let Err(trouble) = written.await {
        tracing::warn!(%trouble, "published incidents have no place on the status page yet");
    }
}

fn fail(shown: &Shown, now: Timestamp, trouble: &Trouble) {
    shown.tell(|report| {
        if report.failing.is_none() {
            tracing::warn!(%trouble, "the status page stays as it was; trying again");
        }
        let since = report.failing.take().map_or(now, |(since, _)| since);
        report.failing = Some((since, trouble.to_string()));
    });
}

#[cfg(test)]
mod tests {
    use super::MATTER;
    use incident::Body;

    #[test]
    fn what_matters_can_happen() {
        for kind in MATTER {
            assert!(Body::KINDS.iter().any(|(known, _)| known == kind), "{kind}");
        }
    }
}
