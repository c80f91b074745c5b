//! Keeps the index: follows the log by its positions and the configuration by its versions, fills
//! it where there is none, and reads attached files. One for each node that serves, which only
//! reads the database and waits for nobody; what fails is tried again, and meanwhile the database
//! answers.

use super::Standing;
use super::configuration::{AUDIT_AGAIN, Changes};
use super::documents;
use super::kept::{Figures, Seen};
use super::marks::Marks;
use super::purging::Purging;
use super::reading::Reading;
use crate::Desk;
use ::search::{Index, Opened};
use kernel::IncidentNumber;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use store::Failure;
use store::directory::{audit, policy};
use store::incidents::{documents as stored, feed};

/// How often it is looked for what other processes wrote; what this one commits wakes us.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// Between two commits of the index, however much happens: what was said is found within a second,
/// unless the writer hardly rests.
const COMMIT_EVERY: Duration = Duration::from_millis(300);
/// The same while the writer hardly rests, and the log is read as seldom: those who wait for an answer
/// get the processor. What takes longer than a fifth of that rests four times as long as it took, this
/// long at most, so that finding falls behind for as long as such a flood lasts.
const COMMIT_BUSY: Duration = Duration::from_secs(1);
const COMMIT_BUSY_MAX: Duration = Duration::from_secs(5);
/// The same while it is filled and nothing else happens: larger parts are written faster, and are
/// merged less often.
const COMMIT_FILLING: Duration = Duration::from_secs(5);
/// How long to wait after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(10);
/// How long to wait while another has it, and how many times that at most: opening reads all of it.
const WHILE_KEPT: Duration = Duration::from_millis(500);
const KEPT_TIMES: u32 = 120;
/// Pause between two parts of filling while the writer hardly rests, and as a multiple of how long the
/// part took.
const WHILE_BUSY: Duration = Duration::from_millis(25);
const WHILE_BUSY_MAX: Duration = Duration::from_secs(1);
const WHILE_BUSY_TIMES: u32 = 4;
/// Between two looks at what was read of files.
const WHILE_READING: Duration = Duration::from_millis(50);
/// Entries of the log followed in one turn: what happens to an incident meanwhile is told once.
const ENTRIES: usize = 4_000;
/// Incidents whose words are held at once.
const HELD: usize = 256;
/// Incidents of one turn of filling.
const FILL_ROWS: usize = 1_000;
/// Between two times that it is read how often problems and articles helped: that orders hits, a
/// little.
const WEIGH_EVERY: Duration = Duration::from_secs(3_600);

/// Of what the index is; which log it is of tell its marks.
const OF: &str = "evenkeel";

/// What stops a turn.
#[derive(Debug, thiserror::Error)]
enum Stop {
    /// The database does not answer.
    #[error(transparent)]
    Database(#[from] Failure),
    /// The index is out of order.
    #[error(transparent)]
    Index(#[from] ::search::Failure),
    /// Another process keeps it, or an answer of ours still holds the one before.
    #[error("another process keeps the search index; it is only read here")]
    Kept,
}

/// How long to wait for the next turn.
enum Rest {
    /// There is more to do.
    Not,
    /// So long in any case.
    For(Duration),
    /// Until something is committed, or so long.
    Until(Duration),
}

/// Starts the follower. It ends with the desk.
pub(super) fn start(desk: &Desk) {
    let weak = Arc::downgrade(&desk.0);
    let figures = Figures::new(desk.metrics());
    let mut committed = desk.0.feed.committed();
    crate::beside(async move {
        let mut follower = Follower::new(figures.clone());
        while let Some((back, rest)) = turn(&weak, follower).await {
            follower = back.unwrap_or_else(|| Follower::new(figures.clone()));
            match rest {
                Rest::Not => tokio::task::yield_now().await,
                Rest::For(time) => tokio::time::sleep(time).await,
                Rest::Until(time) => {
                    drop(tokio::time::timeout(time, committed.changed()).await);
                }
            }
        }
    });
}

/// One turn on a thread that may block; none when the desk is gone. A panic ends the turn and
/// gives up the index, which is opened again.
async fn turn(
    weak: &Weak<crate::Inner>,
    mut follower: Follower,
) -> Option<(Option<Follower>, Rest)> {
    let desk = Desk(weak.upgrade()?);
    let working = desk.clone();
    let done = crate::on_a_thread(move || {
        let rest = follower.turn(&working);
        (follower, rest)
    });
    Some(match done.await {
        Ok((mut follower, rest)) => {
            follower.read_files(&desk);
            (Some(follower), rest)
        }
        Err(error) => {
            tracing::error!(%error, "a turn of the search index failed; it is opened again");
            desk.0.search.set(None);
            (None, Rest::For(AFTER_FAILURE))
        }
    })
}

struct Follower {
    figures: Figures,
    index: Option<Arc<Index>>,
    marks: Marks,
    /// Something is put that was not committed yet.
    pending: bool,
    /// Of it, something that happened just now.
    fresh: bool,
    committed_at: Instant,
    /// Until when it rests, where the writer does not.
    rests_until: Instant,
    weighed_at: Instant,
    purging: Purging,
    /// The head of the audit up to which it is told, as [`audit::head`] gives it.
    audited: (i64, i64),
    /// The head of the log and the configuration as they were last seen.
    head: (i64, i64),
    /// How many incidents there are, while they are filled in, and how many are.
    all: i64,
    filled: i64,
    reading: Reading,
    /// How often in a row another had it.
    refused: u32,
    /// Whether it was said that it fails.
    told: bool,
}

impl Follower {
    fn new(figures: Figures) -> Follower {
        Follower {
            figures,
            index: None,
            marks: Marks::default(),
            pending: false,
            fresh: false,
            committed_at: Instant::now(),
            rests_until: Instant::now(),
            weighed_at: Instant::now(),
            purging: Purging::default(),
            audited: (0, 0),
            head: (0, 0),
            all: 0,
            filled: 0,
            reading: Reading::default(),
            refused: 0,
            told: false,
        }
    }

    fn turn(&mut self, desk: &Desk) -> Rest {
        let rest = match self.try_turn(desk) {
            Ok(rest) => {
                self.told = false;
                rest
            }
            Err(stop) => self.stop(desk, &stop),
        };
        self.show(desk);
        rest
    }

    /// An index that fails is let go of, so that the database answers. A database that does not
    /// answer is no fault of the index.
    fn stop(&mut self, desk: &Desk, stop: &Stop) -> Rest {
        if !std::mem::replace(&mut self.told, true) {
            tracing::warn!(%stop, "the search index cannot follow; trying again");
        }
        if matches!(stop, Stop::Index(_)) {
            self.purging = Purging::default();
            desk.0.search.set(None);
            self.index = None;
            self.pending = false;
        }
        match stop {
            // After a restore it is the follower before us, for a moment.
            Stop::Kept => Rest::For(WHILE_KEPT * 2u32.saturating_pow(self.refused).min(KEPT_TIMES)),
            _ => Rest::For(AFTER_FAILURE),
        }
    }

    fn show(&self, desk: &Desk) {
        let documents = self.index.as_ref().map_or(0, |index| index.documents());
        let before = desk.0.search.seen();
        // What is put and not committed is not found.
        let waits = |was: bool, is: bool| is || (self.pending && was);
        let filling = waits(before.standing.building.is_some(), self.marks.is_filling());
        let building = filling.then(|| match self.all {
            0 => 0.0,
            all => (self.filled as f32 / all as f32).clamp(0.0, 0.999),
        });
        let standing = Standing {
            behind: (self.head.0 - self.marks.position).max(0),
            documents,
            building,
            failing: desk.0.search.index().is_none(),
            erasing: self.marks.erased,
        };
        self.figures.show(&standing);
        let (position, configuration) = match self.pending {
            true => (before.position, before.configuration),
            false => (self.marks.position, self.marks.configuration),
        };
        let reading = waits(before.reading, !self.reading.is_done());
        desk.0.search.tell(Seen { position, configuration, reading, standing });
    }

    fn try_turn(&mut self, desk: &Desk) -> Result<Rest, Stop> {
        if desk.0.search.is_broken() {
            return Err(Stop::Index(::search::Failure::Broken));
        }
        let index = self.opened(desk)?;
        let (busy, began) = (desk.0.writer.is_busy(), Instant::now());
        let rests = self.rests_until.saturating_duration_since(began);
        if busy && !rests.is_zero() && !self.marks.is_filling() {
            return Ok(Rest::For(rests.min(WHILE_BUSY_MAX)));
        }
        let more = self.follow(desk, &index)?;
        let more = self.follow_configuration(desk, &index)? || more;
        let read: Vec<IncidentNumber> = self.reading.take_read().into_iter().collect();
        if !read.is_empty() {
            self.put(desk, &index, &read)?;
            self.fresh = true;
        }
        let filling = self.marks.is_filling();
        if filling && !more {
            self.fill(desk, &index)?;
        }
        let due = match self.fresh {
            // Whoever never catches up commits what there is; filling does not rest as long.
            true if more || (busy && filling) => COMMIT_BUSY,
            true if busy => Duration::ZERO,
            true => COMMIT_EVERY,
            false if self.marks.is_filling() => COMMIT_FILLING,
            false => COMMIT_EVERY,
        };
        let since = self.committed_at.elapsed();
        if self.pending && since >= due {
            index.commit(self.marks.position, &self.marks.written())?;
            (self.pending, self.fresh) = (false, false);
            self.committed_at = Instant::now();
            // What is found from now on is asked of it.
            desk.0.search.set(Some(index.clone()));
        }
        self.purge(&index);
        let room = (began.elapsed() * WHILE_BUSY_TIMES).clamp(COMMIT_BUSY, COMMIT_BUSY_MAX);
        self.rests_until = Instant::now() + room;
        Ok(if more {
            // Where the writer does not rest, the next turn does.
            Rest::Not
        } else if filling {
            let rest = (began.elapsed() * WHILE_BUSY_TIMES).clamp(WHILE_BUSY, WHILE_BUSY_MAX);
            if busy { Rest::For(rest) } else { Rest::Not }
        } else if self.pending {
            Rest::For(due.saturating_sub(since))
        } else if self.reading.has_work() {
            Rest::Until(WHILE_READING)
        } else {
            Rest::Until(LOOK_EVERY)
        })
    }

    /// The index, opened where it is not; begun anew where it is not of this log.
    fn opened(&mut self, desk: &Desk) -> Result<Arc<Index>, Stop> {
        if let Some(index) = &self.index {
            return Ok(index.clone());
        }
        let (index, opened) = match desk.0.search.folder.get().and_then(Option::as_deref) {
            Some(folder) => Index::open(folder, OF)?,
            None => (Index::in_memory()?, Opened::Empty),
        };
        let marks = Marks::read(index.position().unwrap_or_default(), &index.marks());
        let is_ours = marks.is_begun() && is_of(desk, &marks)?;
        if opened == Opened::ReadOnly {
            self.refused = self.refused.saturating_add(1);
            // What is of another log would be counted, though it would not be shown.
            desk.0.search.set(is_ours.then(|| Arc::new(index)));
            return Err(Stop::Kept);
        }
        self.marks = marks;
        self.reading = Reading::default();
        self.audited = (0, 0);
        if !is_ours {
            self.begin_anew(desk, &index)?;
        }
        if self.marks.is_filling() {
            self.count(desk)?;
        }
        let index = Arc::new(index);
        self.index = Some(index.clone());
        // First how much of it is there, then it is asked.
        self.show(desk);
        desk.0.search.set(Some(index.clone()));
        self.refused = 0;
        Ok(index)
    }

    /// Empties the index. It follows the log from its head on, and is filled from there back.
    fn begin_anew(&mut self, desk: &Desk, index: &Index) -> Result<(), Stop> {
        let (position, seal, audit) = desk.store().read_blocking(|sql| {
            let position = feed::position(sql)?;
            let seal = stored::seal_at(sql, position)?.unwrap_or_default();
            Ok((position, seal, audit::last(sql)?))
        })?;
        index.clear()?;
        self.marks = Marks::begin(position, seal, audit);
        index.commit(self.marks.position, &self.marks.written())?;
        tracing::info!(position, "the search index is filled anew");
        Ok(())
    }

    /// Counts what is to be filled in, to say how far it is.
    fn count(&mut self, desk: &Desk) -> Result<(), Stop> {
        let below = self.marks.below();
        let (all, left) = desk.store().read_blocking(|sql| {
            Ok((
                stored::count_before(sql, IncidentNumber(i64::MAX))?,
                stored::count_before(sql, below)?,
            ))
        })?;
        (self.all, self.filled) = (all, all - left);
        Ok(())
    }

    /// Takes over what happened; whether there is more.
    fn follow(&mut self, desk: &Desk, index: &Index) -> Result<bool, Stop> {
        let after = self.marks.position;
        let (position, configuration, changed, seal) = desk.store().read_blocking(|sql| {
            let (position, version) = (feed::position(sql)?, policy::version(sql)?);
            if position <= after {
                return Ok((position, version, None, None));
            }
            let changed = stored::changed_after(sql, after, ENTRIES)?;
            let seal = stored::seal_at(sql, changed.until)?;
            Ok((position, version, Some(changed), seal))
        })?;
        self.head = (position, configuration);
        if position < after {
            // A restore put an older log in its place.
            self.begin_anew(desk, index)?;
            self.count(desk)?;
            return Ok(true);
        }
        let Some(changed) = changed else { return Ok(false) };
        let numbers: Vec<IncidentNumber> = changed.numbers.into_iter().collect();
        self.put(desk, index, &numbers)?;
        self.reading.attached(changed.attached);
        if changed.erased {
            self.marks.erased = true;
            self.purging.again();
        }
        self.marks.position = changed.until;
        self.marks.seal = seal.unwrap_or_default();
        (self.pending, self.fresh) = (true, true);
        Ok(changed.until < position)
    }

    fn put(&mut self, desk: &Desk, index: &Index, numbers: &[IncidentNumber]) -> Result<(), Stop> {
        for numbers in numbers.chunks(HELD) {
            let found = desk.store().read_blocking(|sql| stored::documents(sql, numbers))?;
            for document in found {
                index.put(&documents::incident(document))?;
            }
        }
        self.pending = true;
        Ok(())
    }

    /// The next part of what is filled in, from the newest to the oldest.
    fn fill(&mut self, desk: &Desk, index: &Index) -> Result<(), Stop> {
        let below = self.marks.below();
        let numbers =
            desk.store().read_blocking(|sql| stored::numbers_before(sql, below, FILL_ROWS))?;
        let Some(last) = numbers.last().copied() else {
            self.marks.filled();
            self.pending = true;
            tracing::info!(incidents = self.filled, "the search index is filled");
            return Ok(());
        };
        self.put(desk, index, &numbers)?;
        self.filled += numbers.len() as i64;
        self.marks.fill_below(last);
        Ok(())
    }

    /// Takes erased words off the disk, beside everything else.
    fn purge(&mut self, index: &Arc<Index>) {
        if self.purging.is_done() {
            // Kept with the next commit: whoever starts before purges once more.
            (self.marks.erased, self.pending) = (false, true);
        } else if self.marks.erased && !self.pending {
            self.purging.begin(index);
        }
    }

    /// Takes over what changed in problems, articles, services, teams and people; whether there
    /// is more.
    fn follow_configuration(&mut self, desk: &Desk, index: &Index) -> Result<bool, Stop> {
        let (version, now) = (self.head.1, desk.now());
        let audited = desk.store().read_blocking(|sql| audit::head(sql, AUDIT_AGAIN))?;
        if self.weighed_at.elapsed() >= WEIGH_EVERY {
            self.weighed_at = Instant::now();
            (self.marks.problems, self.marks.articles, self.audited) = (0, 0, (0, 0));
        }
        let told = version == self.marks.configuration && audited == self.audited;
        if told && self.marks.people_done {
            return Ok(false);
        }
        let marks = self.marks.clone();
        let (changes, more) =
            desk.store().read_blocking(|sql| Changes::since(sql, marks, version, now))?;
        let touched = !changes.gone.is_empty() || !changes.documents.is_empty();
        for (kind, id) in changes.gone {
            index.remove(kind, &id)?;
        }
        for document in &changes.documents {
            index.put(document)?;
        }
        // Most of what the audit tells is about nobody who is found; then there is nothing to write.
        if touched || changes.marks.people_done != self.marks.people_done {
            (self.pending, self.fresh) = (true, true);
        }
        self.marks = changes.marks;
        if !more {
            self.audited = audited;
        }
        Ok(more)
    }

    /// Goes on with the attached files that wait. Their words are put by the next turn.
    fn read_files(&mut self, desk: &Desk) {
        if self.index.is_some() && !self.marks.is_filling() {
            self.reading.go_on(desk);
        }
    }
}

/// Whether an index that was left with these marks is of this log and this configuration. After a
/// restore it may know what never happened here.
fn is_of(desk: &Desk, known: &Marks) -> Result<bool, Stop> {
    Ok(desk.store().read_blocking(|sql| {
        let behind = feed::position(sql)? < known.position
            || policy::version(sql)? < known.configuration
            || audit::last(sql)? < known.audit;
        Ok(match (behind, known.position) {
            (true, _) => false,
            (false, 0) => known.seal.is_empty(),
            (false, at) => stored::seal_at(sql, at)?.is_some_and(|seal| seal == known.seal),
        })
    })?)
}
