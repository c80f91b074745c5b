//! What keeps alerts from paging, and lets go of them.

use super::hear::Labels;
use super::{Book, Happened, UPSTREAM_SECONDS};
use crate::writer::decide::{Round, Try};
use alert::Alert;
use alert::maintenance::Subject;
use incident::alerts::AlertsWhy;
use incident::{Lifecycle, Refusal, State};
use kernel::{Actor, Muted, ServiceId, Timestamp};
use std::collections::BTreeSet;
use store::alerts::{Written, details};
use store::{Failure, Sql};

/// Outages upstream that are looked at, the newest: whoever has more has those that count among
/// them.
const OUTAGES_MAX: usize = 100;

/// Why nobody is paged about an alert, and when that is looked at again.
type Mute = Option<(Muted, Timestamp)>;

impl Book<'_> {
    /// Looks whether what mutes an alert still does, and whether a window does that began or
    /// was made after it. An outage upstream mutes only what begins after it: about what fired
    /// before, somebody is on the way.
    pub(super) fn look_at_mute(
        &mut self,
        sql: &mut dyn Sql,
        round: &Round<'_>,
        at: usize,
        row: usize,
        labels: &Labels,
    ) -> Result<(), Failure> {
        let alert = self.rows[row].alert.clone();
        let over = alert.muted_until.is_none_or(|until| until <= self.now);
        let again = match alert.muted {
            None => self.maintained(&alert, labels),
            // A window may end, be called off or be changed before its time.
            Some(Muted::Maintenance) => self.muted(sql, round, &alert, labels)?,
            Some(_) if over => self.muted(sql, round, &alert, labels)?,
            Some(_) => return Ok(()),
        };
        self.mute(row, again, at, None);
        Ok(())
    }

    /// What a person put off is not put off any more.
    pub(super) fn unsnooze(
        &mut self,
        sql: &mut dyn Sql,
        round: &Round<'_>,
        at: usize,
        row: usize,
        actor: &Actor,
    ) -> Result<(), Failure> {
        let alert = self.rows[row].alert.clone();
        if alert.muted != Some(Muted::Snoozed) {
            let refusal = Refusal::state("not_in_this_state", "nobody put this alert off");
            self.refuse(at, refusal);
            return Ok(());
        }
        let said = details::of(sql, &[alert.id])?;
        let none = Labels::new();
        let labels = said.get(&alert.id).map_or(&none, |details| &details.labels);
        let again = self.muted(sql, round, &alert, labels)?;
        self.mute(row, again, at, Some(actor.clone()));
        let known = &mut self.rows[row];
        known.alert.check_at = known.alert.due_at();
        known.written = Some(Written::All);
        Ok(())
    }

    fn mute(&mut self, row: usize, again: Mute, at: usize, actor: Option<Actor>) {
        let known = &mut self.rows[row].alert;
        let before = known.muted;
        known.muted = again.map(|(why, _)| why);
        known.muted_until = again.map(|(_, until)| until);
        let why = match (before, known.muted) {
            (None, Some(_)) => AlertsWhy::Muted,
            (Some(_), None) => AlertsWhy::Released,
            _ => return,
        };
        self.happens(row, Happened::Muting { before }, why, at, actor);
    }

    /// Why nobody is paged about an alert, and until when, if something mutes it.
    pub(super) fn muted(
        &mut self,
        sql: &mut dyn Sql,
        round: &Round<'_>,
        alert: &Alert,
        labels: &Labels,
    ) -> Result<Mute, Failure> {
        let maintained = self.maintained(alert, labels);
        let Some(service) = alert.service.filter(|_| maintained.is_none()) else {
            return Ok(maintained);
        };
        let down = self.is_upstream_down(sql, round, service)?;
        Ok(down.then(|| (Muted::Upstream, self.now.plus_seconds(UPSTREAM_SECONDS))))
    }

    fn maintained(&self, alert: &Alert, labels: &Labels) -> Mute {
        let (service, integration) = (alert.service, alert.integration);
        let subject = Subject { service, integration, labels };
        let holding = self.holding.iter().filter(|(one, _)| one.matcher.matches(subject));
        let until = holding.map(|(_, until)| *until).max()?;
        Some((Muted::Maintenance, until))
    }

    /// Whether a service cannot work because of what is down, stored already or decided in this
    /// round. A group of which enough are left holds, and its service pages for itself.
    fn is_upstream_down(
        &mut self,
        sql: &mut dyn Sql,
        round: &Round<'_>,
        service: ServiceId,
    ) -> Result<bool, Failure> {
        if let Some(down) = self.down.get(&service) {
            return Ok(*down);
        }
        let monitoring = self.monitoring;
        // Mostly nothing else is out, and a map of thousands of services need not be walked.
        let out = match self.out.take() {
            Some(out) => out,
            None => store::alerts::services_out(sql)?,
        };
        let decided = round.states.values().filter(|state| state.priority.get() == 1);
        let mut others: BTreeSet<ServiceId> = decided.filter_map(|state| state.service).collect();
        others.extend(self.out.insert(out).iter().copied());
        others.remove(&service);
        let above: Vec<ServiceId> = match others.is_empty() {
            true => vec![],
            false => {
                let above = monitoring.map.above(&service);
                above.into_iter().filter(|id| others.contains(id)).collect()
            }
        };
        let falls = |down: &BTreeSet<ServiceId>| monitoring.map.goes_down(&service, down);
        let down = !above.is_empty() && round.takes_down(sql, &above, falls)?;
        self.down.insert(service, down);
        Ok(down)
    }
}

impl Round<'_> {
    /// Whether those of these services that have an outage, about which somebody is paged or on
    /// which they work, are enough that something else falls.
    fn takes_down(
        &self,
        sql: &mut dyn Sql,
        services: &[ServiceId],
        falls: impl Fn(&BTreeSet<ServiceId>) -> bool,
    ) -> Result<bool, Failure> {
        let decided = self.states.values().filter(|state| is_outage(state, services));
        let mut down: BTreeSet<ServiceId> = decided.filter_map(|state| state.service).collect();
        if !down.is_empty() && falls(&down) {
            return Ok(true);
        }
        for number in store::alerts::outages(sql, services, OUTAGES_MAX)? {
            let state = self.state(sql, &Try::default(), number)?;
            let outage = state.filter(|state| is_outage(state, services));
            let new = outage.and_then(|state| state.service).is_some_and(|one| down.insert(one));
            if new && falls(&down) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether an incident is an outage that others may be silent about. One that is silent itself
/// is none: services that need each other would keep each other silent for ever.
fn is_outage(state: &State, services: &[ServiceId]) -> bool {
    let worked_on = matches!(state.lifecycle, Lifecycle::New | Lifecycle::InProgress);
    let silent = state.alerts.as_ref().is_some_and(|alerts| alerts.muted.is_some());
    worked_on
        && state.priority.get() == 1
        && state.merged_into.is_none()
        && !(state.quiet || silent)
        && state.service.is_some_and(|service| services.contains(&service))
}
