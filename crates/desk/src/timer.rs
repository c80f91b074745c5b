//! The loop that rings, and beside it the one that keeps house. Timers are rows
//! with instants; whoever finds one due issues a tick, and `decide` says what that
//! means. Several nodes may find the same one: the second tick finds nothing left to do.

use crate::ask::Ticket;
use crate::{Desk, Trouble};
use incident::Command;
use kernel::{Actor, Channel, IncidentNumber, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::Failure;
use store::deliveries;
use store::directory::{drafts, idempotency, sessions};
use store::forget::{Kind, forget};
use store::incidents::loose::CLAIM_SECONDS;

/// How often due timers are looked for: bounds how late they ring.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Incidents taken at once.
const PAGE_ROWS: i64 = 512;
/// How often housekeeping is done.
const HOUSEKEEPING_EVERY_SECONDS: i64 = 3_600;
/// What still waits in the outbox a day after it was to be told is told no more.
const OUTBOX_KEPT_SECONDS: i64 = 86_400;
/// Rows of the outbox that one transaction removes: commands wait for no more.
const OUTBOX_PAGE_ROWS: u32 = 1_000;
/// What people were told is kept for more than a year, so that a yearly question has an answer.
const DELIVERIES_KEPT_SECONDS: i64 = 400 * 86_400;
/// Days after which alerts that are over, pages and past maintenance are forgotten, where nobody
/// says otherwise: as long as what people were told.
const OLD_DAYS: u32 = 400;
/// Rows of them that one transaction removes: commands wait for no more.
const OLD_PAGE_ROWS: u32 = 500;
/// How long a repeated request gets the same answer.
const ANSWERS_KEPT_SECONDS: i64 = 7 * 86_400;
/// Words nobody sent for so long are not needed any more.
const DRAFTS_KEPT_SECONDS: i64 = 90 * 86_400;

/// What could not be rung is left alone for so long.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Starts the loops. They end with the desk. What is forgotten may take minutes after a long
/// absence; nothing that rings waits for it.
pub(crate) fn start(desk: &Desk) {
    let resting = Resting::default();
    look_often(desk, "timers", move |desk| {
        desk.beats("timers");
        let resting = resting.clone();
        Some(async move { ring(&desk, &resting).await })
    });
    let (mut kept_house, begins) = (None, Instant::now() + crate::BEGINS_AFTER);
    look_often(desk, "housekeeping", move |desk| {
        let now = desk.now();
        let due = Instant::now() >= begins && is_housekeeping_due(kept_house, now);
        due.then(|| {
            kept_house = Some(now);
            async move { keep_house(&desk, now).await }
        })
    });
}

/// Asks again and again what is to be done, and does it before asking again, until the desk is
/// gone.
fn look_often<Work>(
    desk: &Desk,
    of: &'static str,
    mut look: impl FnMut(Desk) -> Option<Work> + Send + 'static,
) where
    Work: Future<Output = ()> + Send + 'static,
{
    let weak = Arc::downgrade(&desk.0);
    crate::beside(async move {
        let mut pace = tokio::time::interval(LOOK_EVERY);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pace.tick().await;
            let Some(inner) = weak.upgrade() else { return };
            if let Some(work) = look(Desk(inner)) {
                crate::turn(of, work).await;
            }
        }
    });
}

/// By the clock, which may be set back.
fn is_housekeeping_due(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| !(0..HOUSEKEEPING_EVERY_SECONDS).contains(&now.seconds_since(last)))
}

/// Incidents whose timers failed, and until when they are left alone: what is damaged
/// in one must not keep the writer busy.
#[derive(Clone, Default)]
struct Resting(Arc<Mutex<HashMap<IncidentNumber, Instant>>>);

impl Resting {
    fn holds(&self, number: IncidentNumber) -> bool {
        let mut resting = self.lock();
        match resting.get(&number) {
            Some(until) if Instant::now() < *until => true,
            Some(_) => {
                resting.remove(&number);
                false
            }
            None => false,
        }
    }

    fn add(&self, number: IncidentNumber) {
        self.lock().insert(number, Instant::now() + TRY_AGAIN_AFTER);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IncidentNumber, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Rings what is due, page after page: what rests keeps no other timer from ringing.
async fn ring(desk: &Desk, resting: &Resting) {
    let now = desk.now();
    let mut after = None;
    loop {
        let page =
            desk.read(move |sql| store::incidents::due_incidents(sql, now, after, PAGE_ROWS)).await;
        let due = match page {
            Ok(due) => due,
            Err(trouble) => {
                tracing::warn!(%trouble, "timers could not be read; trying again");
                return;
            }
        };
        after = due.last().copied();
        let more = due.len() as i64 == PAGE_ROWS;
        if !ring_page(desk, resting, due).await || !more {
            return;
        }
    }
}

/// Rings these timers; `false` when nothing can be recorded at present.
async fn ring_page(desk: &Desk, resting: &Resting, due: Vec<(IncidentNumber, Timestamp)>) -> bool {
    let mut tickets: Vec<(IncidentNumber, Timestamp, Ticket)> = Vec::with_capacity(due.len());
    for (number, at) in due.into_iter().filter(|(number, _)| !resting.holds(*number)) {
        match desk
            .ask_unlimited(Actor::system(), Channel::Timer)
            .on(number)
            .submit(Command::Tick)
            .await
        {
            Ok(ticket) => tickets.push((number, at, ticket)),
            Err(trouble) => tracing::warn!(%trouble, %number, "a timer could not be rung"),
        }
    }
    let mut can_record = true;
    for (number, at, ticket) in tickets {
        match ticket.done().await {
            Ok(_) => desk.metrics().timer_rang(desk.now().micros_since(at).max(0)),
            Err(trouble) => {
                if matches!(trouble, Trouble::Failed(Failure::Unavailable(_))) {
                    can_record = false;
                } else {
                    resting.add(number);
                }
                tracing::warn!(%trouble, %number, "a timer could not be rung");
            }
        }
    }
    can_record
}

async fn keep_house(desk: &Desk, now: Timestamp) {
    let told = expire_outbox(desk, now.plus_seconds(-OUTBOX_KEPT_SECONDS)).await;
    let forgotten = forget_deliveries(desk, now.plus_seconds(-DELIVERIES_KEPT_SECONDS)).await;
    let done = desk
        .write(move |sql| {
            idempotency::expire(sql, now.plus_seconds(-ANSWERS_KEPT_SECONDS))?;
            drafts::expire(sql, now.plus_seconds(-DRAFTS_KEPT_SECONDS))?;
            sessions::expire(sql, now)?;
            Ok(())
        })
        .await;
    desk.collect_files_or_say().await;
    let swept = desk.sweep_files(now.plus_seconds(-CLAIM_SECONDS)).await;
    let old = forget_old(desk, now).await;
    for failed in [told, forgotten, done, swept, old] {
        if let Err(trouble) = failed {
            tracing::warn!(%trouble, "housekeeping failed; it is tried again in an hour");
        }
    }
}

/// Forgets what people were told long ago, page after page, so that commands come in between.
async fn forget_deliveries(desk: &Desk, before: Timestamp) -> Result<(), Trouble> {
    let limit = OUTBOX_PAGE_ROWS;
    let page = || desk.write(move |sql| Ok(deliveries::forget_ended(sql, before, limit.into())?));
    while page().await? == u64::from(limit) {}
    Ok(())
}

/// Forgets alerts, pages and maintenance of long ago, step after step, so that commands come in
/// between.
async fn forget_old(desk: &Desk, now: Timestamp) -> Result<(), Trouble> {
    let days = desk.0.keep_days.get().copied().unwrap_or(OLD_DAYS);
    let (before, limit) = (now.plus_days(-i64::from(days)), OLD_PAGE_ROWS);
    for kind in Kind::ALL {
        let step = || desk.write(move |sql| Ok(forget(sql, kind, before, limit.into())?));
        while step().await? == u64::from(limit) {}
    }
    Ok(())
}

impl Desk {
    /// Says once after how many days alerts that are over, pages and past maintenance are
    /// forgotten; without it after 400.
    pub fn keep_for_days(&self, days: u32) {
        // Whoever says it twice said it already.
        let _ = self.0.keep_days.set(days);
    }
}

/// Removes what waited for too long, page after page, so that commands come in between.
async fn expire_outbox(desk: &Desk, before: Timestamp) -> Result<(), Trouble> {
    let limit = OUTBOX_PAGE_ROWS;
    let page =
        || desk.write(move |sql| Ok(store::incidents::expire_outbox(sql, before, limit.into())?));
    while page().await? == u64::from(limit) {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn housekeeping_goes_on_when_the_clock_is_set_back() {
        let noon = Timestamp::from_micros(1_795_435_920_000_000);
        assert!(is_housekeeping_due(None, noon));
        assert!(!is_housekeeping_due(Some(noon), noon));
        assert!(!is_housekeeping_due(Some(noon), noon.plus_seconds(3_599)));
        assert!(is_housekeeping_due(Some(noon), noon.plus_seconds(3_600)));
        assert!(is_housekeeping_due(Some(noon), noon.plus_seconds(-86_400)));
    }
}
