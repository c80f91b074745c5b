//! The loop that rings. Timers are rows with instants; whoever finds one due
//! issues a tick, and `decide` says what that means. Several nodes may find the
//! same one: the second tick finds nothing left to do.

use crate::Desk;
use crate::ask::Ticket;
use incident::Command;
use kernel::{Actor, Channel, Timestamp};
use std::sync::Arc;
use std::time::Duration;

/// How often due timers are looked for: bounds how late they ring.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Incidents taken at once.
const PAGE_ROWS: i64 = 512;
/// How often housekeeping is done.
const HOUSEKEEPING_EVERY_SECONDS: i64 = 3_600;
/// What waited in the outbox for longer than a day is told no more.
const OUTBOX_KEPT_SECONDS: i64 = 86_400;

/// Starts the loop. It ends with the desk.
pub(crate) fn start(desk: &Desk) {
    let weak = Arc::downgrade(&desk.0);
    tokio::spawn(async move {
        let mut pace = tokio::time::interval(LOOK_EVERY);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut kept_house = Timestamp::from_micros(i64::MIN);
        loop {
            pace.tick().await;
            let Some(inner) = weak.upgrade() else { return };
            let desk = Desk(inner);
            let now = desk.now();
            if now.seconds_since(kept_house) >= HOUSEKEEPING_EVERY_SECONDS {
                kept_house = now;
                keep_house(&desk, now).await;
            }
            while ring(&desk).await {}
        }
    });
}

/// Rings what is due; whether there may be more.
async fn ring(desk: &Desk) -> bool {
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
    let mut tickets: Vec<(Timestamp, Ticket)> = Vec::with_capacity(due.len());
    for (number, at) in due {
        match desk
            .ask_unlimited(Actor::system(), Channel::Timer)
            .on(number)
            .submit(Command::Tick)
            .await
        {
            Ok(ticket) => tickets.push((at, ticket)),
            Err(trouble) => tracing::warn!(%trouble, %number, "a timer could not be rung"),
        }
    }
    let mut rang = false;
    for (at, ticket) in tickets {
        match ticket.done().await {
            Ok(_) => {
                rang = true;
                desk.metrics().timer_rang(desk.now().micros_since(at).max(0));
            }
            Err(trouble) => tracing::warn!(%trouble, "a timer could not be rung"),
        }
    }
    more && rang
}

async fn keep_house(desk: &Desk, now: Timestamp) {
    let done = desk
        .write(move |sql| {
            store::incidents::erase_expired_outbox(sql, now.plus_seconds(-OUTBOX_KEPT_SECONDS))?;
            store::directory::idempotency::expire(sql, now.plus_seconds(-7 * 86_400))?;
            store::directory::sessions::expire(sql, now)?;
            Ok(())
        })
        .await;
    if let Err(trouble) = done {
        tracing::warn!(%trouble, "housekeeping failed; it is tried again in an hour");
    }
}
