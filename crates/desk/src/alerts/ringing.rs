//! The loop of alerts: what was not told of again until it had to be, what was put off, what
//! flapped and is calm, heartbeats that stay away. Several nodes may find the same: the second
//! finds nothing left to do.

use super::What;
use crate::{Desk, Trouble};
use kernel::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked: bounds how late it rings.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Turns until it is looked what bodies are kept for too long.
const TURNS_UNTIL_TIDY: u32 = 120;
/// Transactions of one turn at most, so that a turn ends.
const ROUNDS_MAX: usize = 100;

/// Starts the loop. It ends with the desk.
pub(crate) fn start(desk: &Desk) {
    let weak = Arc::downgrade(&desk.0);
    crate::beside(async move {
        let mut pace = tokio::time::interval(LOOK_EVERY);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut turns = 0;
        loop {
            pace.tick().await;
            let Some(inner) = weak.upgrade() else { return };
            let desk = Desk(inner);
            let tidy = turns % TURNS_UNTIL_TIDY == 0;
            turns = turns.wrapping_add(1);
            crate::turn("alerts", async move {
                if let Err(trouble) = desk.ring_alerts().await {
                    tracing::warn!(%trouble, "alerts could not be looked at; trying again");
                }
                if tidy {
                    desk.forget_payloads().await;
                }
            })
            .await;
        }
    });
}

impl Desk {
    /// Looks at the alerts, groups and heartbeats that are due, and at what windows are for that
    /// begin.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn ring_alerts(&self) -> Result<(), Trouble> {
        self.begin_windows().await?;
        for _ in 0..ROUNDS_MAX {
            let now = self.now();
            if !self.read(move |sql| store::alerts::any_due(sql, now)).await? {
                break;
            }
            self.0.writer.signals(What::Due).await?;
        }
        Ok(())
    }

    async fn forget_payloads(&self) {
        let now: Timestamp = self.now();
        let done = self.write(move |sql| Ok(store::alerts::payloads::forget(sql, now)?)).await;
        if let Err(trouble) = done {
            tracing::warn!(%trouble, "old bodies of alerts were not removed; tried again soon");
        }
    }
}
