//! What people are told, as somebody may know it who looks after it.

use crate::{Desk, Trouble};
use incident::permissions::Access;
use incident::{Scope, Viewer};
use kernel::{Actor, IncidentNumber, PersonId};
use std::collections::BTreeMap;
use store::Sql;
use store::deliveries::{self, Delivery, DeliveryState};
use store::directory::people;
use store::incidents::feed::subjects;

/// A delivery as a viewer may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The delivery; without its incident where that is restricted.
    pub delivery: Delivery,
    /// The name of whom it is for.
    pub name: String,
    /// Whether its incident is one that the viewer may not see.
    pub restricted: bool,
}

impl Desk {
    /// Deliveries, the newest first, from the one before `before` on; of one state, or all.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn deliveries(
        &self,
        viewer: &Viewer,
        state: Option<DeliveryState>,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Told>, Trouble> {
        let scope = Scope::of(viewer);
        let read = move |sql: &mut dyn Sql| {
            let found = deliveries::list(sql, state, before, limit)?;
            let ids: Vec<PersonId> = found.iter().map(|delivery| delivery.person).collect();
            let mut numbers: Vec<IncidentNumber> =
                found.iter().filter_map(|delivery| delivery.number).collect();
            numbers.sort_unstable();
            numbers.dedup();
            let (names, subjects) = (people::names(sql, &ids)?, subjects(sql, &numbers)?);
            let sees = |number| {
                subjects.get(&number).is_some_and(|subject| scope.access(subject) != Access::None)
            };
            let told = found.into_iter().map(|delivery| {
                let name = names.get(&delivery.person).cloned().unwrap_or_default();
                let number = delivery.number.filter(|number| sees(*number));
                let restricted = number != delivery.number;
                Told { delivery: Delivery { number, ..delivery }, name, restricted }
            });
            Ok(told.collect())
        };
        self.read(read).await
    }

    /// Has a letter that was given up attempted again, with an audit entry of it; `false` when
    /// there is none.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn send_again(&self, actor: Actor, id: i64) -> Result<bool, Trouble> {
        let now = self.now();
        self.change(actor, move |sql, audit| {
            let again = deliveries::send_again(sql, id, now)?;
            if again {
                let state = |state: DeliveryState| BTreeMap::from([("state", state.as_str())]);
                let (before, after) = (state(DeliveryState::Dead), state(DeliveryState::Waiting));
                audit.changed(sql, "delivery", id, &before, &after)?;
            }
            Ok(again)
        })
        .await
    }
}
