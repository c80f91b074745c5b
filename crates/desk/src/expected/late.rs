//! Which open incidents are more likely than not to be late: the queue says so, and among those of
//! one risk they come first. Each node looks at what is open bit by bit, by what it has learned;
//! what it finds is kept in memory and found again after a start.

use super::{Forecaster, Outlook, Watch};
use crate::{Desk, Trouble};
use incident::clocks::{ClockKind, ClockStatus};
use incident::{Policy, State};
use kernel::{IncidentNumber, Timestamp};
use std::sync::Arc;
use store::expected as rows;
use store::incidents::list::LikelyLate;
use store::{Failure, Sql};

/// Incidents looked at in one turn: their timelines are read in a fraction of a second.
const LOOKED_A_TURN: i64 = 200;
/// From how many in a thousand on it is more likely late than not.
const LIKELY_PERMILLE: u32 = 500;

impl Desk {
    /// Which open incidents are likely to be over only after their resolution is due.
    pub fn likely_late(&self) -> LikelyLate {
        self.0.ranking.likely_late()
    }

    /// Looks at some more of what is open, and goes on with the rest in the next turn.
    pub(super) async fn look_for_late(&self, watch: &mut Watch) -> Result<(), Trouble> {
        let forecaster = self.forecaster();
        if forecaster.known().is_none() {
            return Ok(());
        }
        let (policy, now) = (self.policy(), self.now());
        let after = IncidentNumber(watch.late);
        let read = move |sql: &mut dyn Sql| {
            let numbers = rows::open(sql, after, LOOKED_A_TURN)?;
            let states = store::incidents::load_many(sql, &numbers)?;
            let mut late = Vec::new();
            for (number, state) in &states {
                if is_late(&forecaster, sql, (*number, state), &policy, now)? {
                    late.push(*number);
                }
            }
            let last = numbers.last().filter(|_| numbers.len() as i64 == LOOKED_A_TURN);
            Ok((last.copied(), late))
        };
        let (last, found) = self.read(read).await?;
        let until = last.unwrap_or(IncidentNumber(i64::MAX));
        let mut late = (*self.likely_late()).clone();
        late.retain(|number| number.0 <= after.0 || number.0 > until.0);
        late.extend(found);
        self.0.ranking.keep_likely_late(Arc::new(late));
        watch.late = last.map_or(0, |number| number.0);
        Ok(())
    }
}

/// Whether it is over in time less likely than not, or somebody said that it is not.
fn is_late(
    forecaster: &Forecaster,
    sql: &mut dyn Sql,
    (number, state): (IncidentNumber, &State),
    policy: &Policy,
    now: Timestamp,
) -> Result<bool, Failure> {
    let resolution = state.clocks.iter().find(|clock| clock.kind == ClockKind::Resolution);
    let running = resolution.filter(|clock| clock.status == ClockStatus::Running);
    let Some(due) = running.and_then(|clock| clock.due_at).filter(|due| *due > now) else {
        return Ok(false);
    };
    Ok(match forecaster.read(sql, number, state, policy, now)? {
        Some(Outlook::Likely(likely)) => likely.late.is_some_and(|late| late >= LIKELY_PERMILLE),
        Some(Outlook::Said(said)) => said.at > due,
        Some(Outlook::Promised(at)) => at > due,
        Some(Outlook::Unknown) | None => false,
    })
}
