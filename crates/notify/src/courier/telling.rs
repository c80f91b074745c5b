//! From the outbox to inboxes and to what leaves later: how much at once, and how often. Commands
//! wait for the same writer, so telling is done in few transactions that do little, and rests
//! between them the longer, the more there is to do.

use super::writing::{Seen, seen};
use super::{ARRIVING_ROWS, Courier};
use crate::material::Known;
use desk::{Desk, Trouble};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use std::sync::PoisonError;
use std::time::{Duration, Instant};
use store::deliveries::{self, Delivery, Outcome, Plan, ToldSince};
use store::{Failure, Sql};

/// Rows of the outbox that one transaction turns into deliveries; fewer where they make many.
const EXPANDED_ROWS: i64 = 500;
/// As long is waited for more after people were told: nobody misses it, and what a busy minute
/// brings shares few transactions.
const GATHER_MIN: Duration = Duration::from_millis(50);
/// The longest that is waited so, while much is to be told.
const GATHER_MAX: Duration = Duration::from_millis(500);
/// From so many rows on there is much to tell.
const MUCH_ROWS: u64 = 50;
/// While there is much, telling rests so many times as long as it took: then it takes at most a
/// fifth of the time, and commands have the rest.
const RESTS: u32 = 4;

impl Courier {
    /// Turns rows of the outbox into deliveries; how many rows. Who is concerned, and what they
    /// may know, is read beside the writer; entries that may be read are in their inboxes at once.
    pub(super) async fn expand(&self, since: ToldSince, now: Timestamp) -> Result<u64, Trouble> {
        let zone = TimeZone::get(&self.desk.policy().time_zone).unwrap_or(TimeZone::UTC);
        let desk = self.desk.clone();
        let plan = self.desk.read(move |sql| {
            let mut plan = deliveries::plan(sql, since, &zone, now, EXPANDED_ROWS)?;
            judge(sql, &desk, &mut plan)?;
            Ok(plan)
        });
        let plan = plan.await?;
        if plan.is_empty() {
            return Ok(0);
        }
        self.desk.write(move |sql| Ok(deliveries::carry_out(sql, plan, now)?)).await
    }

    /// Until when telling waits for more; nothing when it may begin.
    pub(super) fn gathers_until(&self) -> Option<Instant> {
        let until = *self.gathers.lock().unwrap_or_else(PoisonError::into_inner);
        until.filter(|until| *until > Instant::now())
    }

    /// Waits for more after a round that told `rows` rows of the outbox and took so long.
    pub(super) fn gather(&self, rows: u64, took: Duration) {
        let until = Instant::now() + gather_for(rows, took);
        *self.gathers.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    /// Waits until then, or until it is time to stop.
    pub(super) async fn rest_until(&self, until: Instant) {
        let mut stopped = self.stopped.clone();
        tokio::select! {
            () = tokio::time::sleep_until(until.into()) => {}
            _ = stopped.changed() => {}
        }
    }

    /// Puts what is due into inboxes, but for what must not be told any more; how much it was:
    /// what could not be judged when it was made, and what waits from before.
    pub(super) async fn fill_inboxes(&self, now: Timestamp) -> Result<usize, Trouble> {
        let due =
            self.desk.read(move |sql| deliveries::inbox::arriving(sql, now, ARRIVING_ROWS)).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let (mut there, mut ended) = (vec![], vec![]);
        for (id, seen) in self.look_at(due).await? {
            match became(seen) {
                Outcome::Sent => there.push(id),
                other => ended.push((id, other)),
            }
        }
        let count = there.len() + ended.len();
        self.desk
            .write(move |sql| {
                deliveries::inbox::arrive(sql, &there, now)?;
                Ok(deliveries::settle(sql, &ended, now)?)
            })
            .await?;
        Ok(count)
    }

    /// Whether readers may know what entries of their inboxes tell, without reading its words:
    /// a busy minute has many entries about few incidents and for few people.
    async fn look_at(&self, due: Vec<Delivery>) -> Result<Vec<(i64, Seen)>, Trouble> {
        let desk = self.desk.clone();
        self.desk
            .read(move |sql| {
                let mut known = Known::default();
                let mut found = Vec::with_capacity(due.len());
                for delivery in due {
                    found.push((delivery.id, seen(sql, &desk, &delivery, &mut known)?));
                }
                Ok(found)
            })
            .await
    }
}

/// What is damaged in one keeps no other from being told: it is said, and the rest goes on.
pub(super) fn or_said<T: Default>(
    done: Result<T, Trouble>,
    what: &'static str,
) -> Result<T, Trouble> {
    match done {
        Err(Trouble::Failed(failure @ (Failure::Damaged(_) | Failure::Broken(_)))) => {
            tracing::error!(%failure, "{what} cannot be told until that is mended");
            Ok(T::default())
        }
        done => done,
    }
}

/// Decides which entries are in their inboxes as soon as they are made.
fn judge(sql: &mut dyn Sql, desk: &Desk, plan: &mut Plan) -> Result<(), Failure> {
    let mut known = Known::default();
    plan.judge(&mut |entry| Ok(Some(became(seen(sql, desk, entry, &mut known)?))))
}

fn became(seen: Seen) -> Outcome {
    match seen {
        Ok(Ok(())) => Outcome::Sent,
        Ok(Err(why)) => Outcome::Withdrawn(why.to_owned()),
        Err(failure) => Outcome::Failed(failure.to_string()),
    }
}

fn gather_for(rows: u64, took: Duration) -> Duration {
    match rows < MUCH_ROWS {
        true => GATHER_MIN,
        false => took.saturating_mul(RESTS).clamp(GATHER_MIN, GATHER_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telling_rests_the_longer_the_more_it_takes() {
        let millis = Duration::from_millis;
        assert_eq!(gather_for(3, millis(100)), GATHER_MIN, "little is told soon");
        assert_eq!(gather_for(500, millis(1)), GATHER_MIN);
        assert_eq!(gather_for(500, millis(30)), millis(120));
        assert_eq!(gather_for(500, millis(900)), GATHER_MAX);
    }
}
