//! Keeps what reports count: follows the log, and measures what was there before, from the newest
//! to the oldest. It reads after the fact and writes little; of several nodes that follow, the
//! first moves on.

use crate::{Desk, Trouble};
use kernel::IncidentNumber;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::incidents::{documents, feed};
use store::reports::{self as rows, Head};

/// How often it is looked for what other processes wrote; what this one commits wakes us.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Between two turns, however much happens: what came since is measured when a report is read.
const PACE: Duration = Duration::from_secs(1);
/// Pause between two parts of measuring while commands wait to be written, and as a multiple of how
/// long the part before took: reports take a fifth of a core from them, or a little more.
const WHILE_BUSY: Duration = Duration::from_millis(100);
const WHILE_BUSY_MAX: Duration = Duration::from_secs(2);
const WHILE_BUSY_TIMES: u32 = 4;
/// How long to wait after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(10);
/// Entries of the log followed in one turn.
const ENTRIES: usize = 500;
/// Incidents of one turn of measuring what was there before.
const FILL_ROWS: usize = 200;

/// Starts the follower. It ends with the desk.
pub(crate) fn start(desk: &Desk) {
    let weak = Arc::downgrade(&desk.0);
    let mut committed = desk.0.feed.committed();
    crate::beside(async move {
        tokio::time::sleep(crate::BEGINS_AFTER).await;
        loop {
            let Some(inner) = weak.upgrade() else { return };
            let desk = Desk(inner);
            let (busy, began) = (desk.0.writer.is_busy(), Instant::now());
            // A panic ends the turn and not the loop.
            match crate::beside(async move { desk.follow_reports().await }).await {
                Ok(Ok(true)) if busy => {
                    let rest =
                        (began.elapsed() * WHILE_BUSY_TIMES).clamp(WHILE_BUSY, WHILE_BUSY_MAX);
                    tokio::time::sleep(rest).await;
                }
                Ok(Ok(true)) => tokio::task::yield_now().await,
                Ok(Ok(false)) => {
                    tokio::time::sleep(PACE).await;
                    drop(tokio::time::timeout(LOOK_EVERY, committed.changed()).await);
                }
                Ok(Err(trouble)) => {
                    tracing::warn!(%trouble, "what reports count could not be followed; trying again");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
                Err(error) => {
                    tracing::error!(%error, "what reports count could not be followed; trying again");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    });
}

impl Desk {
    /// Follows the log for one turn; whether there is more.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn follow_reports(&self) -> Result<bool, Trouble> {
        let step = self.read(next).await?;
        let Some((before, after, kept)) = step else { return Ok(false) };
        self.write(move |sql| Ok(rows::keep(sql, before, after, &kept)?)).await?;
        // What another node did meanwhile is followed from there.
        Ok(true)
    }
}

type Step = (Option<Head>, Head, Vec<rows::Kept>);

/// The next step; none when all is measured.
fn next(sql: &mut dyn store::Sql) -> Result<Option<Step>, store::Failure> {
    let (before, position) = (rows::head(sql)?, feed::position(sql)?);
    // A log that ends before that is another one: everything is measured anew.
    let Some(head) = before.filter(|head| head.position <= position) else {
        let begun = Head { position, below: IncidentNumber(i64::MAX) };
        return Ok(Some((before, begun, vec![])));
    };
    if head.position < position {
        let changed = documents::changed_after(sql, head.position, ENTRIES)?;
        let numbers: Vec<IncidentNumber> = changed.numbers.into_iter().collect();
        let kept = rows::measured(sql, &numbers)?;
        return Ok(Some((before, Head { position: changed.until, ..head }, kept)));
    }
    if head.below == IncidentNumber(0) {
        return Ok(None);
    }
    let numbers = documents::numbers_before(sql, head.below, FILL_ROWS)?;
    let below = numbers.last().copied().unwrap_or(IncidentNumber(0));
    let kept = rows::measured(sql, &numbers)?;
    Ok(Some((before, Head { below, ..head }, kept)))
}
