//! Watches whether paging keeps what it promised. On its own: a loop of its own, on a connection
//! of its own, so that it sees when timers, sender or writer stand still. One node at a time has
//! the watch. What did not happen is recorded, and whoever comes next is paged at once.

mod figures;

pub use figures::{Figures, Outcome};

use crate::{Desk, Trouble, fresh};
use incident::Command;
use incident::command::Related;
use kernel::{Actor, Channel, IncidentNumber, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::pages::ledger::{self, Promised, Unreached};
use store::pages::plan::LATE_SECONDS;
use store::pages::send;
use store::{Failure, Writer};

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// For how long a node has the watch. One that does not look again has gone.
const WATCH_SECONDS: i64 = 20;
/// Seconds after which a page that was due must have been tried.
const TRIED_SECONDS: i64 = 60;
/// Promises and entries that one look takes.
const FOUND_MAX: i64 = 200;
/// How long a command may take that pages whoever comes next.
const PATIENCE: Duration = Duration::from_secs(10);
/// A loop that has not moved for so long stands still.
const STILL: Duration = Duration::from_secs(30);

/// When loops last moved.
#[derive(Default)]
pub(crate) struct Beats(Mutex<BTreeMap<&'static str, Instant>>);

impl Beats {
    fn beat(&self, of: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(of, Instant::now());
    }

    /// Loops that moved once and do not any more.
    fn still(&self) -> Vec<&'static str> {
        let beats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let still = beats.iter().filter(|(_, at)| at.elapsed() > STILL);
        still.map(|(of, _)| *of).collect()
    }
}

/// What a look found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// Promises that were not kept.
    pub broken: Vec<Promised>,
    /// Incidents whose paging stands still since a promise that was not kept before.
    pub stuck: Vec<IncidentNumber>,
    /// Entries that paged people and reached none of them.
    pub unreached: Vec<Unreached>,
}

/// What came of a command of the auditor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    /// It is recorded.
    Recorded,
    /// It is not, and was answered.
    Refused,
    /// Nobody answered in time.
    NotHeard,
}

/// Starts the loop. It ends with the desk.
pub(crate) fn start(desk: &Desk) {
    let weak = std::sync::Arc::downgrade(&desk.0);
    let holder = fresh().to_string();
    crate::beside(async move {
        let mut pace = tokio::time::interval(LOOK_EVERY);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // Timers ring first what was missed while nothing ran.
        pace.tick().await;
        let mut connection = None;
        loop {
            pace.tick().await;
            let Some(inner) = weak.upgrade() else { return };
            let (desk, holder) = (Desk(inner), holder.clone());
            let looked = crate::beside(async move { turn(&desk, &holder, connection).await });
            connection = looked.await.unwrap_or_else(|error| {
                tracing::error!(%error, "a look at paging failed; the next one is tried");
                None
            });
        }
    });
}

/// One look; the connection, where it is still good.
async fn turn(desk: &Desk, holder: &str, connection: Option<Writer>) -> Option<Writer> {
    for of in desk.0.beats.still() {
        tracing::error!(of, "a loop stands still; restart this server if that goes on");
    }
    desk.metrics().paging().still(desk.0.beats.still().len());
    match desk.audit(holder, connection).await {
        Ok((connection, _)) => Some(connection),
        Err(trouble) => {
            tracing::warn!(%trouble, "paging is not watched at present; trying again");
            None
        }
    }
}

impl Desk {
    /// Says that a loop moves.
    pub fn beats(&self, of: &'static str) {
        self.0.beats.beat(of);
    }

    /// Looks once whether paging keeps its promises, as `holder`; nothing where another node has
    /// the watch. Gives back the connection it was done with.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn audit(
        &self,
        holder: &str,
        connection: Option<Writer>,
    ) -> Result<(Writer, Audit), Trouble> {
        let (store, now, name) = (self.store().clone(), self.now(), holder.to_owned());
        let (connection, found) = blocking(move || {
            let mut connection = connection.map_or_else(|| store.writer(), Ok)?;
            let found = look(&mut connection, &name, now)?;
            Ok((connection, found))
        })
        .await?;
        let Some((found, counts)) = found else {
            // Another node counts them.
            self.metrics().paging().waits(0, 0);
            return Ok((connection, Audit::default()));
        };
        let waited = counts.oldest.map_or(0, |oldest| now.seconds_since(oldest).max(0));
        self.metrics().paging().waits(counts.due, waited);
        for promise in &found.broken {
            let (number, step, at) = (promise.number, promise.step, promise.latest_at);
            tracing::error!(%number, step, %at, "paging did not keep its promise");
            self.metrics().paging().settled(Outcome::Broken, None);
        }
        let told = self.acts_on(&found).await;
        let connection = blocking(move || {
            let mut connection = connection;
            if !told.is_empty() {
                let raise = |entry: &Unreached| (entry.clone(), now);
                let raised: Vec<_> = told.iter().map(raise).collect();
                connection.transaction(|sql| {
                    raised
                        .iter()
                        .try_for_each(|(entry, now)| ledger::raise(sql, entry, *now).map(drop))
                })?;
            }
            Ok(connection)
        })
        .await?;
        Ok((connection, found))
    }

    /// Leads paging on where it does not go on; the entries for which that is recorded. When
    /// nothing can be recorded, the rest waits for the next look: it would only wait here, too.
    async fn acts_on(&self, found: &Audit) -> Vec<Unreached> {
        let mut told = Vec::new();
        // Perhaps the timers stand still: they are rung here.
        let broken = found.broken.iter().map(|promise| promise.number);
        let late: BTreeSet<IncidentNumber> = broken.chain(found.stuck.iter().copied()).collect();
        for number in late {
            if self.does(number, Command::Tick).await == Done::NotHeard {
                return told;
            }
        }
        for entry in &found.unreached {
            match self.leads_on(entry).await {
                Done::Recorded => told.push(entry.clone()),
                Done::Refused => {}
                Done::NotHeard => return told,
            }
        }
        told
    }

    /// Nobody was reached: whoever comes next is paged at once.
    async fn leads_on(&self, entry: &Unreached) -> Done {
        let Unreached { number, n, people, failure } = entry.clone();
        tracing::error!(%number, n, %failure, "nobody was reached by a page");
        self.metrics().paging().unreached();
        let paged = u32::try_from(n).unwrap_or(u32::MAX);
        self.does(number, Command::Note(Related::PageFailed { paged, people, failure })).await
    }

    async fn does(&self, number: IncidentNumber, command: Command) -> Done {
        let ask = self.ask_unlimited(Actor::system(), Channel::Timer).on(number);
        match tokio::time::timeout(PATIENCE, ask.issue(command)).await {
            Ok(Ok(_)) => Done::Recorded,
            Ok(Err(trouble)) => {
                tracing::error!(%trouble, %number, "paging could not be led on; trying again");
                Done::Refused
            }
            Err(_) => {
                tracing::error!(
                    %number,
                    seconds = PATIENCE.as_secs(),
                    "NOTHING CAN BE RECORDED: paging stands still; trying again, and restart this server if that goes on"
                );
                Done::NotHeard
            }
        }
    }
}

/// What is wrong now, where this node has the watch. That promises were broken is recorded.
fn look(
    connection: &mut Writer,
    holder: &str,
    now: Timestamp,
) -> Result<Option<(Audit, send::Counts)>, Failure> {
    let until = now.plus_seconds(WATCH_SECONDS);
    connection.transaction(|sql| {
        if !ledger::watch(sql, holder, now, until, until)? {
            return Ok(None);
        }
        let late = now.plus_seconds(-LATE_SECONDS);
        let mut broken = ledger::overdue(sql, late, FOUND_MAX)?;
        let stuck = ledger::stuck(sql, now, late, FOUND_MAX)?;
        let mut failed = None;
        broken.retain(|promise| match ledger::broke(sql, promise, now) {
            Ok(is_new) => is_new,
            Err(failure) => {
                failed.get_or_insert(failure);
                false
            }
        });
        if let Some(failure) = failed {
            return Err(failure);
        }
        let due = now.plus_seconds(-TRIED_SECONDS);
        let unreached = ledger::unreached(sql, now, due, FOUND_MAX)?;
        Ok(Some((Audit { broken, stuck, unreached }, send::counts(sql, now)?)))
    })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Trouble> {
    match crate::on_a_thread(work).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(Failure::Broken(error.to_string()).into()),
    }
}
