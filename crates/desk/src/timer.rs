//! The loop that rings. Timers are rows with instants; whoever finds one due
//! issues a tick, and `decide` says what that means. Several nodes may find the
//! same one: the second tick finds nothing left to do.

use crate::ask::Ticket;
use crate::{Desk, Trouble};
use incident::Command;
use kernel::{Actor, Channel, IncidentNumber, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::Failure;
use store::directory::{drafts, idempotency, sessions};
use store::incidents::loose::CLAIM_SECONDS;

/// How often due timers are looked for: bounds how late they ring.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Incidents taken at once.
const PAGE_ROWS: i64 = 512;
/// How often housekeeping is done.
const HOUSEKEEPING_EVERY_SECONDS: i64 = 3_600;
/// What waited in the outbox for longer than a day is told no more.
const OUTBOX_KEPT_SECONDS: i64 = 86_400;
/// How long a repeated request gets the same answer.
const ANSWERS_KEPT_SECONDS: i64 = 7 * 86_400;
/// Words nobody sent for so long are not needed any more.
const DRAFTS_KEPT_SECONDS: i64 = 90 * 86_400;

/// What could not be rung is left alone for so long.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Starts the loop. It ends with the desk.
pub(crate) fn start(desk: &Desk) {
    let weak = Arc::downgrade(&desk.0);
    tokio::spawn(async move {
        let mut pace = tokio::time::interval(LOOK_EVERY);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut kept_house = None;
        let resting = Resting::default();
        loop {
            pace.tick().await;
            let Some(inner) = weak.upgrade() else { return };
            let (desk, resting) = (Desk(inner), resting.clone());
            let now = desk.now();
            let house = is_housekeeping_due(kept_house, now);
            if house {
                kept_house = Some(now);
            }
            crate::turn("timers", async move {
                if house {
                    keep_house(&desk, now).await;
                }
                while ring(&desk, &resting).await {}
            })
            .await;
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

/// Rings what is due; whether there may be more.
async fn ring(desk: &Desk, resting: &Resting) -> bool {
    let now = desk.now();
    let due = match desk.read(move |sql| store::incidents::due_incidents(sql, now, PAGE_ROWS)).await
    {
        Ok(due) => due,
        Err(trouble) => {
            tracing::warn!(%trouble, "timers could not be read; trying again");
            return false;
        }
    };
    let more = due.len() as i64 == PAGE_ROWS;
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
    let mut rang = false;
    for (number, at, ticket) in tickets {
        match ticket.done().await {
            Ok(_) => {
                rang = true;
                desk.metrics().timer_rang(desk.now().micros_since(at).max(0));
            }
            Err(trouble) => {
                if !matches!(trouble, Trouble::Failed(Failure::Unavailable(_))) {
                    resting.add(number);
                }
                tracing::warn!(%trouble, %number, "a timer could not be rung");
            }
        }
    }
    more && rang
}

async fn keep_house(desk: &Desk, now: Timestamp) {
    let done = desk
        .write(move |sql| {
            store::incidents::expire_outbox(sql, now.plus_seconds(-OUTBOX_KEPT_SECONDS))?;
            idempotency::expire(sql, now.plus_seconds(-ANSWERS_KEPT_SECONDS))?;
            drafts::expire(sql, now.plus_seconds(-DRAFTS_KEPT_SECONDS))?;
            sessions::expire(sql, now)?;
            Ok(())
        })
        .await;
    desk.collect_files_or_say().await;
    let swept = desk.sweep_files(now.plus_seconds(-CLAIM_SECONDS)).await;
    for failed in [done, swept] {
        if let Err(trouble) = failed {
            tracing::warn!(%trouble, "housekeeping failed; it is tried again in an hour");
        }
    }
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
