//! What people do with single alerts, and which of them they see.

use super::What;
use crate::{Desk, Trouble};
use incident::{Refusal, Scope, TokenScope, Viewer};
use kernel::{Actor, AlertId, Timestamp};
use store::alerts::found::{self, Counted, Found, Wanted};

/// Days that an alert can be put off at most: then somebody looks again.
const SNOOZE_DAYS_MAX: i64 = 30;

/// What a person does with an alert, or its source for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It is over, whatever its source says.
    Resolve,
    /// Nobody is paged about it until this instant.
    Snooze(Timestamp),
    /// It is not put off any more.
    Unsnooze,
    /// Whoever had it at its source gave it back.
    GiveBack,
}

impl Desk {
    /// The alerts that somebody may see.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn alerts(
        &self,
        viewer: &Viewer,
        wanted: Wanted,
        limit: usize,
    ) -> Result<Vec<Found>, Trouble> {
        let scope = Scope::of(viewer);
        self.read(move |sql| found::list(sql, &scope, &wanted, limit)).await
    }

    /// The alerts that somebody may see, those that are not over first.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn alerts_open_first(
        &self,
        viewer: &Viewer,
        wanted: Wanted,
        limit: usize,
    ) -> Result<Vec<Found>, Trouble> {
        let scope = Scope::of(viewer);
        self.read(move |sql| found::open_first(sql, &scope, &wanted, limit)).await
    }

    /// How many alerts that are not over somebody may see, by what they have in common.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn alert_counts(&self, viewer: &Viewer) -> Result<Vec<Counted>, Trouble> {
        let scope = Scope::of(viewer);
        self.read(move |sql| found::counts(sql, &scope)).await
    }

    /// An alert, if somebody may see it.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is none for them.
    pub async fn alert(&self, viewer: &Viewer, id: AlertId) -> Result<Found, Trouble> {
        let scope = Scope::of(viewer);
        let found = self.read(move |sql| found::get(sql, &scope, id)).await?;
        found.ok_or_else(|| {
            Refusal::not_found("there is no such alert, or you may not see it").into()
        })
    }

    /// Does something with an alert.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when they may not, or the alert is over.
    pub async fn act_on_alert(
        &self,
        viewer: &Viewer,
        id: AlertId,
        act: Act,
    ) -> Result<Found, Trouble> {
        let found = self.alert(viewer, id).await?;
        if viewer.scope < TokenScope::Write || !viewer.works() {
            return Err(Refusal::forbidden("you may read alerts, not act on them").into());
        }
        if !found.alert.is_open() {
            return Err(Refusal::state("not_in_this_state", "this alert is over").into());
        }
        if let Act::Snooze(until) = act {
            let now = self.now();
            if until <= now || until > now.plus_days(SNOOZE_DAYS_MAX) {
                let words = format!("must lie ahead, by at most {SNOOZE_DAYS_MAX} days");
                return Err(Refusal::invalid("until", words).into());
            }
        }
        let actor = Actor::person(viewer.person, viewer.name.clone());
        self.0.writer.signals(What::Act(actor, id, act)).await?;
        self.alert(viewer, id).await
    }
}
