//! The alerts of one incident, where counting them is not enough: stored ones, and those of
//! this batch as it leaves them.

use super::{Book, InHand, Row};
use alert::{Group, Signal, SignalStatus};
use incident::alerts::SAMPLES_MAX;
use kernel::{AlertId, Severity};
use std::borrow::Cow;
use std::collections::HashSet;
use store::alerts::{Written, details};
use store::{Failure, Sql};

/// Open alerts of one incident that are looked at, the worst first: what decides is among them.
const LOOKED_AT_MAX: i64 = 1_000;
/// Open alerts that go on from an incident that is full at most.
const MOVED_MAX: i64 = 10_000;

impl Book<'_> {
    /// The worst alert with which a group begins.
    pub(super) fn worst_member(&self, at: usize) -> Option<usize> {
        let members = self.groups[at].members.iter().copied();
        members.min_by_key(|row| self.rows[*row].alert.severity)
    }

    /// Makes sure that what the worst one says is at hand: it may have been told long ago.
    pub(super) fn word(&mut self, sql: &mut dyn Sql, at: usize) -> Result<(), Failure> {
        let Some(row) = self.worst_member(at) else { return Ok(()) };
        let known = &mut self.rows[row];
        let (id, key) = (known.alert.id, known.alert.key.clone());
        if known.said.is_some() {
            return Ok(());
        }
        if let Some(said) = details::of(sql, &[id])?.remove(&id) {
            let mut signal = Signal::new(key, SignalStatus::Firing, said.title);
            (signal.body, signal.labels) = (said.body, said.labels);
            (signal.links, signal.responders) = (said.links, said.responders);
            known.said = Some(Cow::Owned(signal));
        }
        Ok(())
    }

    /// The worst open alert of a group that does not come and go, where some do.
    pub(super) fn steady(&self, sql: &mut dyn Sql, at: usize) -> Result<Option<Severity>, Failure> {
        let group = &self.groups[at].group;
        if !group.is_flapping(self.now) {
            return Ok(None);
        }
        let here = self.rows.iter().filter(|row| self.is_in(row, at)).map(|row| &row.alert);
        let here = here.filter(|alert| alert.is_open() && !alert.is_flapping(self.now));
        let worst_here = here.map(|alert| alert.severity).min();
        let stored = match group.number {
            Some(number) => store::alerts::open_of_incident(sql, number, LOOKED_AT_MAX)?,
            None => vec![],
        };
        let known = self.ids();
        let others = stored.iter().filter(|alert| !known.contains(&alert.id));
        let others = others.filter(|alert| !alert.is_flapping(self.now));
        Ok(others.map(|alert| alert.severity).chain(worst_here).min())
    }

    /// Whether somebody has every open alert of a group over there.
    pub(super) fn is_all_acknowledged(
        &self,
        sql: &mut dyn Sql,
        at: usize,
    ) -> Result<bool, Failure> {
        let waits = |row: &&Row<'_>| {
            row.alert.is_open() && row.alert.state == SignalStatus::Firing && self.is_in(row, at)
        };
        if self.rows.iter().any(|row| waits(&row)) {
            return Ok(false);
        }
        let Some(number) = self.groups[at].group.number else { return Ok(true) };
        let known = self.ids();
        let stored = store::alerts::waiting_of_incident(sql, number, known.len() + 1)?;
        Ok(stored.iter().all(|id| known.contains(id)))
    }

    /// How some alerts are called, for people.
    pub(super) fn titles(&self, sql: &mut dyn Sql, rows: &[usize]) -> Result<String, Failure> {
        let few: Vec<&Row<'_>> =
            rows.iter().take(SAMPLES_MAX).map(|row| &self.rows[*row]).collect();
        let ids: Vec<AlertId> = few.iter().map(|row| row.alert.id).collect();
        let said = details::of(sql, &ids)?;
        let title = |row: &&Row<'_>| {
            let stored = said.get(&row.alert.id).map(|said| said.title.as_str());
            row.title().or(stored).unwrap_or(&row.alert.key).to_owned()
        };
        Ok(few.iter().map(title).collect::<Vec<_>>().join("; "))
    }

    /// The alerts of an incident that is full begin another.
    pub(super) fn begin_another(&mut self, sql: &mut dyn Sql, at: usize) -> Result<(), Failure> {
        if let Some(number) = self.groups[at].group.number {
            let over: HashSet<AlertId> = self
                .rows
                .iter()
                .filter(|row| !row.alert.is_open())
                .map(|row| row.alert.id)
                .collect();
            for alert in store::alerts::open_of_incident(sql, number, MOVED_MAX)? {
                if !over.contains(&alert.id) {
                    self.remember(alert);
                }
            }
        }
        let all = 0..self.rows.len();
        let moves =
            |row: &usize| self.rows[*row].alert.is_open() && self.is_in(&self.rows[*row], at);
        let moved: Vec<usize> = all.filter(moves).collect();
        let (now, place) = (self.now, self.groups.len());
        let hand = &mut self.groups[at];
        (hand.group.open, hand.touched) = (false, true);
        hand.members.clear();
        let mut next = InHand::of(Group::new(hand.group.integration, hand.group.key.clone(), now));
        next.jobs = std::mem::take(&mut hand.jobs);
        for row in moved {
            let known = &mut self.rows[row];
            let (severity, muted) = (known.alert.severity, known.alert.muted);
            hand.group.ended(severity, muted);
            next.group.began(severity, muted, now);
            next.group.flapping_until = next.group.flapping_until.max(known.alert.flapping_until);
            next.fired += 1;
            if next.samples.len() < SAMPLES_MAX {
                next.samples.push(known.alert.id);
            }
            next.members.push(row);
            known.place = Some(place);
            known.written = Some(Written::All);
        }
        if !next.members.is_empty() {
            (next.news, next.touched) = (true, true);
            self.groups.push(next);
        }
        Ok(())
    }

    /// Whether an alert in hand belongs to a group in hand.
    fn is_in(&self, row: &Row<'_>, at: usize) -> bool {
        match row.place {
            Some(place) => place == at,
            None => row.alert.number.is_some() && row.alert.number == self.groups[at].group.number,
        }
    }

    /// The alerts in hand.
    fn ids(&self) -> HashSet<AlertId> {
        self.rows.iter().map(|row| row.alert.id).collect()
    }
}
