//! Whose turn it is to be paged, and by which ways they are.

use super::{Round, Try};
use crate::chance::fresh;
use incident::escalation::Turns;
use incident::{Body, Event, Policy, effects};
use kernel::PageId;
use store::pages::plan::{self, NewPage};
use store::{Failure, Sql};

impl Round<'_> {
    /// Whose turn it was last, with what this round decided so far. Where nobody takes turns
    /// it costs nothing.
    pub(super) fn turns(&self, sql: &mut dyn Sql, tried: &Try) -> Result<Turns, Failure> {
        if !self.policy.paging.takes_turns() {
            return Ok(Turns::new());
        }
        let mut turns = match self.turns.get() {
            Some(turns) => turns.clone(),
            None => {
                let stored = plan::turns(sql)?;
                self.turns.get_or_init(|| stored).clone()
            }
        };
        let events = self.parts.iter().chain(&tried.parts).flat_map(|part| &part.events);
        for event in events {
            if let Body::Paged(data) = &event.body {
                turns.extend(data.turn.map(|turn| ((turn.policy, turn.place), turn.person)));
            }
        }
        Ok(turns)
    }
}

/// Every way of everybody who is paged, each with an id of its own.
pub(super) fn new_pages(events: &[Event], policy: &Policy) -> Vec<NewPage> {
    let wishes = effects::pages(events, policy).into_iter();
    wishes.map(|wish| NewPage { id: PageId(fresh()), wish }).collect()
}
