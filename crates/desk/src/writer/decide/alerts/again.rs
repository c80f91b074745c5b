//! Alerts that fire while their incident is over: somebody ended it too early, or it is back
//! and its source never said that it was gone.

use super::{Book, DUE_ROWS, Happened, Left};
use crate::writer::decide::Round;
use alert::Group;
use incident::Lifecycle;
use incident::alerts::AlertsWhy;
use kernel::{IncidentNumber, Muted, Severity, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::alerts::Written;
use store::{Failure, Sql};

/// Seconds after the resolution of an incident for which its alerts may fire on: sources need
/// a while to see that it is over.
const RESOLVED_SECONDS: i64 = 600;

/// What was told of an alert in this batch, as far as it was counted before.
#[derive(Default)]
struct Before {
    joins: bool,
    severity: Option<Severity>,
    muted: Option<Option<Muted>>,
}

impl Round<'_> {
    /// Lets alerts begin once more that fire and have no incident that is worked on. Those of
    /// what was resolved just now are looked at again a while later.
    pub(super) fn begin_again(
        &self,
        sql: &mut dyn Sql,
        book: &mut Book<'_>,
    ) -> Result<(), Failure> {
        let still: BTreeMap<usize, usize> = std::mem::take(&mut book.still).into_iter().collect();
        let numbers = still.keys().filter_map(|row| book.rows[*row].alert.number).collect();
        let over = self.over(sql, &numbers)?;
        let told = book.told_before();
        for (row, job) in still {
            let alert = &book.rows[row].alert;
            let takes = book.monitoring.integrations.contains_key(&alert.integration);
            if !alert.is_open() || alert.severity == Severity::Info || !takes {
                continue;
            }
            let before = told.get(&row);
            if let Some(number) = alert.number {
                let Some(at) = over.get(&number).copied() else { continue };
                if at > book.now {
                    book.look_by(row, at);
                    continue;
                }
                book.leave(row, number, before);
            }
            // One that is worse or better joins by that.
            if before.is_none_or(|before| !before.joins) {
                book.happens(row, Happened::Began, AlertsWhy::Told, job, None);
            }
        }
        Ok(())
    }

    /// Of these incidents, those that are over: from when on their alerts begin once more.
    fn over(
        &self,
        sql: &mut dyn Sql,
        numbers: &BTreeSet<IncidentNumber>,
    ) -> Result<HashMap<IncidentNumber, Timestamp>, Failure> {
        let again_at = |life, resolved| again_at(life, resolved, self.now);
        let mut over = HashMap::new();
        let mut unknown = Vec::new();
        for number in numbers {
            match self.states.get(number) {
                Some(state) if state.lifecycle.is_open() => {}
                Some(state) => {
                    over.insert(*number, again_at(state.lifecycle, state.moments.resolved));
                }
                None => unknown.push(*number),
            }
        }
        for (number, life, resolved) in store::alerts::ended_incidents(sql, &unknown)? {
            over.insert(number, again_at(life, resolved));
        }
        Ok(over)
    }

    /// Has the alerts looked at again that fire on in what this round ended, for sources that
    /// tell of an alert once.
    pub(in crate::writer) fn watch_on(&self, sql: &mut dyn Sql) -> Result<(), Failure> {
        for part in &self.parts {
            let was_open = part.before.as_ref().is_none_or(|before| before.lifecycle.is_open());
            let fires = part.after.alerts.as_ref().is_some_and(|alerts| alerts.firing > 0);
            if was_open && fires && !part.after.lifecycle.is_open() {
                let at = self.now.plus_seconds(RESOLVED_SECONDS);
                store::alerts::groups::look_by(sql, part.number, at)?;
            }
        }
        Ok(())
    }
}

/// From when on the alerts of an incident that is over begin once more.
pub(super) fn again_at(life: Lifecycle, resolved: Option<Timestamp>, now: Timestamp) -> Timestamp {
    match life {
        Lifecycle::Resolved => resolved.unwrap_or(now).plus_seconds(RESOLVED_SECONDS),
        _ => now,
    }
}

impl Book<'_> {
    /// Takes the alerts in hand that fire on in incidents which are over, of groups that are looked
    /// at now. An incident may have had hundreds of thousands: some at a time, the rest next.
    pub(super) fn fire_on(
        &mut self,
        sql: &mut dyn Sql,
        round: &Round<'_>,
        at: usize,
        groups: &[Group],
    ) -> Result<(), Failure> {
        let takes = |group: &&Group| self.monitoring.integrations.contains_key(&group.integration);
        let firing = groups.iter().filter(|group| group.all_firing() > 0).filter(takes);
        let numbers: BTreeSet<IncidentNumber> = firing.filter_map(|group| group.number).collect();
        let over = round.over(sql, &numbers)?;
        let mut room = DUE_ROWS;
        for number in numbers {
            if over.get(&number).is_none_or(|from| *from > self.now) {
                continue;
            }
            let alerts = store::alerts::open_and_worth_an_incident(sql, number, room)?;
            room -= alerts.len() as i64;
            if room == 0 {
                self.more.insert(number);
            }
            for alert in alerts {
                let id = alert.id;
                if self.is_over(id) {
                    continue;
                }
                let row = self.remember(alert);
                // Another request of this batch may have changed it meanwhile.
                if self.rows[row].alert.id == id {
                    self.still.push((row, at));
                }
            }
        }
        Ok(())
    }

    /// By row, what of it was true before this batch.
    fn told_before(&self) -> HashMap<usize, Before> {
        let mut told: HashMap<usize, Before> = HashMap::new();
        for effect in &self.effects {
            let before = told.entry(effect.row).or_default();
            match effect.happened {
                Happened::Began => before.joins = true,
                Happened::Regraded { from } => {
                    before.joins |= effect.severity != Severity::Info;
                    before.severity.get_or_insert(from);
                }
                Happened::Muting { before: muted } => {
                    before.muted.get_or_insert(muted);
                }
                Happened::Acknowledged
                | Happened::GivenBack
                | Happened::Ended
                | Happened::Noted(_) => {}
            }
        }
        told
    }

    /// Takes an alert from an incident that is over.
    fn leave(&mut self, row: usize, number: IncidentNumber, before: Option<&Before>) {
        let known = &mut self.rows[row];
        let severity = before.and_then(|before| before.severity).unwrap_or(known.alert.severity);
        let muted = before.and_then(|before| before.muted).unwrap_or(known.alert.muted);
        known.alert.number = None;
        known.before = Some(number);
        known.written = Some(Written::All);
        self.left.push(Left { number, severity, muted });
    }

    fn look_by(&mut self, row: usize, at: Timestamp) {
        let known = &mut self.rows[row];
        if known.alert.check_at.is_none_or(|check_at| check_at > at) {
            known.alert.check_at = Some(at);
            known.written = Some(Written::All);
        }
    }
}
