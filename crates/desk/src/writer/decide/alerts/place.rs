//! Alerts into the groups of incidents.

use super::again::again_at;
use super::{Book, Effect, Happened, InHand, Left, Mark};
use crate::writer::decide::{Round, Try};
use alert::{Group, STORM_KEY, STORM_SECONDS};
use incident::State;
use incident::alerts::{AlertsWhy, SAMPLES_MAX};
use kernel::{IncidentNumber, IntegrationId, Severity};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::alerts::{Written, groups};
use store::{Failure, Sql};

/// Alerts of one group that a notification of it as a whole can end.
const ENDED_AT_ONCE: i64 = 10_000;
/// Incidents merged into each other that are gone through to the one that is worked on.
const MERGES_MAX: usize = 10;
/// Incidents that the open alerts of one group belong to at most: its own, those of storms, and
/// those before them.
const INCIDENTS_OF_GROUP: usize = 100;

/// By integration and group, the places of groups in hand.
type Placed = HashMap<IntegrationId, HashMap<String, BTreeSet<usize>>>;

impl Round<'_> {
    /// An incident as this round leaves it, or as it was known before, where nothing is to be read.
    fn at_hand(&self, number: IncidentNumber) -> Option<&State> {
        let here = self.states.get(&number);
        here.or_else(|| self.kept.and_then(|kept| kept.get(&number)))
    }

    /// Puts what happened into groups, counts it, and notes what incidents are to be told.
    pub(super) fn place(&self, sql: &mut dyn Sql, book: &mut Book<'_>) -> Result<(), Failure> {
        book.load_groups(sql)?;
        let numbers = book.groups.iter().filter_map(|hand| hand.group.number);
        let unknown: Vec<IncidentNumber> =
            numbers.filter(|number| self.at_hand(*number).is_none()).collect();
        let read = store::incidents::load_many(sql, &unknown)?;
        for hand in &mut book.groups {
            let Some(number) = hand.group.number else { continue };
            let state = self.at_hand(number).or_else(|| read.get(&number));
            // Whoever works on what it is merged into does not look here.
            let alive = |state: &State| state.lifecycle.is_open() && state.merged_into.is_none();
            hand.alive = state.is_some_and(alive);
            if let Some(state) = state {
                hand.part_of = self.main_of(sql, state)?;
                let (life, resolved) = (state.lifecycle, state.moments.resolved);
                hand.over_from = (!life.is_open()).then(|| again_at(life, resolved, self.now));
                hand.entries = state.version;
                let alerts = state.alerts.as_ref();
                hand.told_worst = alerts.and_then(|alerts| alerts.worst);
                hand.told_muted = alerts.and_then(|alerts| alerts.muted);
            }
        }
        for Left { number, severity, muted } in std::mem::take(&mut book.left) {
            if let Some(place) = book.by_number.get(&number).copied() {
                let hand = &mut book.groups[place];
                hand.group.ended(severity, muted);
                hand.touched = true;
            }
        }
        for effect in std::mem::take(&mut book.effects) {
            book.apply(sql, effect)?;
        }
        let placed = book.placed();
        for mark in std::mem::take(&mut book.marks) {
            book.apply_mark(sql, &mark, &placed)?;
        }
        for number in std::mem::take(&mut book.ringing) {
            book.ring(sql, number)?;
        }
        book.nothing_hidden();
        Ok(())
    }

    /// The incident in which one that was merged is worked on.
    fn main_of(&self, sql: &mut dyn Sql, state: &State) -> Result<Option<IncidentNumber>, Failure> {
        let mut main = state.merged_into;
        for _ in 0..MERGES_MAX {
            let Some(number) = main else { break };
            let above = self.state(sql, &Try::default(), number)?;
            match above.and_then(|above| above.merged_into) {
                Some(next) => main = Some(next),
                None => break,
            }
        }
        Ok(main)
    }
}

impl Book<'_> {
    /// Reads the groups that may be needed, in few queries.
    fn load_groups(&mut self, sql: &mut dyn Sql) -> Result<(), Failure> {
        let mut numbers: BTreeSet<IncidentNumber> = self.ringing.iter().copied().collect();
        numbers.extend(self.left.iter().map(|left| left.number));
        self.join_marks();
        self.number_marks(sql)?;
        numbers.extend(self.marks.iter().flat_map(|mark| &mark.numbers));
        let mut keys: BTreeMap<IntegrationId, BTreeSet<&str>> = BTreeMap::new();
        for effect in &self.effects {
            let alert = &self.rows[effect.row].alert;
            numbers.extend(alert.number);
            if alert.number.is_none() {
                keys.entry(alert.integration)
                    .or_default()
                    .extend([alert.group.as_str(), STORM_KEY]);
            }
        }
        for mark in &self.marks {
            keys.entry(mark.integration).or_default().insert(&mark.group);
        }
        let numbers: Vec<IncidentNumber> = numbers.into_iter().collect();
        let mut found = groups::of(sql, &numbers)?;
        for (integration, keys) in keys {
            let keys: Vec<&str> = keys.into_iter().collect();
            found.extend(groups::open(sql, integration, &keys)?);
        }
        for group in found {
            let Some(number) = group.number else { continue };
            if !self.by_number.contains_key(&number) {
                self.by_number.insert(number, self.groups.len());
                self.add(group);
            }
        }
        Ok(())
    }

    /// Finds the incidents that marks are about, in a query for each source.
    fn number_marks(&mut self, sql: &mut dyn Sql) -> Result<(), Failure> {
        let mut marked: BTreeMap<IntegrationId, BTreeSet<&str>> = BTreeMap::new();
        for mark in &self.marks {
            marked.entry(mark.integration).or_default().insert(&mark.group);
        }
        let mut found = HashMap::new();
        for (integration, groups) in marked {
            let groups: Vec<&str> = groups.into_iter().collect();
            let most = INCIDENTS_OF_GROUP;
            let numbers = store::alerts::incidents_of_groups(sql, integration, &groups, most)?;
            found.insert(integration, numbers);
        }
        for mark in &mut self.marks {
            let numbers = found.get(&mark.integration).and_then(|known| known.get(&mark.group));
            mark.numbers = numbers.cloned().unwrap_or_default();
        }
        Ok(())
    }

    /// Marks of one group that say the same and follow each other are one: a source that tells of
    /// each alert by a request of its own says it a thousand times over.
    fn join_marks(&mut self) {
        let mut last: HashMap<(IntegrationId, String), (bool, bool)> = HashMap::new();
        self.marks.retain(|mark| {
            let says = (mark.left_out, mark.all_over);
            last.insert((mark.integration, mark.group.clone()), says) != Some(says)
        });
    }

    fn add(&mut self, group: Group) -> usize {
        if group.open {
            let by_key = self.by_key.entry(group.integration).or_default();
            by_key.insert(group.key.clone(), self.groups.len());
        }
        self.groups.push(InHand::of(group));
        self.groups.len() - 1
    }

    fn apply(&mut self, sql: &mut dyn Sql, effect: Effect) -> Result<(), Failure> {
        let alert = &self.rows[effect.row].alert;
        let known = alert.number.and_then(|number| self.by_number.get(&number).copied());
        let place = self.rows[effect.row].place.or(known);
        let joins = match (&effect.happened, place) {
            (Happened::Began, _) => true,
            // What was recorded only is worth an incident now.
            (Happened::Regraded { .. }, None) => true,
            _ => false,
        };
        if joins && effect.severity != Severity::Info {
            return self.join(sql, effect);
        }
        let Some(place) = place else { return Ok(()) };
        let flapping_until = alert.flapping_until;
        let id = alert.id;
        let hand = &mut self.groups[place];
        hand.touched = true;
        hand.group.flapping_until = hand.group.flapping_until.max(flapping_until);
        if effect.why != AlertsWhy::Told {
            hand.why = effect.why;
        }
        hand.actor = effect.actor.or(hand.actor.take());
        match effect.happened {
            Happened::Began => {}
            Happened::Regraded { from } => {
                hand.group.regraded(from, effect.severity);
                hand.news = true;
            }
            Happened::Acknowledged => hand.acknowledged.push(effect.row),
            Happened::GivenBack => {
                (hand.news, hand.rang) = (true, true);
                if hand.samples.len() < SAMPLES_MAX {
                    hand.samples.push(id);
                }
            }
            Happened::Ended => {
                hand.group.ended(effect.severity, effect.muted);
                hand.resolved += 1;
                hand.news = true;
                if hand.samples.len() < SAMPLES_MAX {
                    hand.samples.push(id);
                }
            }
            Happened::Muting { before } => {
                hand.group.muting(before, effect.muted);
                hand.news = true;
                hand.rang = true;
            }
            Happened::Noted(note) => hand.notes.push(note),
        }
        Ok(())
    }

    /// An alert joins the group it belongs to, or begins one.
    fn join(&mut self, sql: &mut dyn Sql, effect: Effect) -> Result<(), Failure> {
        let place = self.group_for(sql, effect.row)?;
        let now = self.now;
        let row = &mut self.rows[effect.row];
        (row.place, row.written) = (Some(place), Some(Written::All));
        let hand = &mut self.groups[place];
        if hand.group.number.is_none() {
            hand.follows = hand.follows.or(row.before);
        }
        hand.group.began(effect.severity, effect.muted, now);
        if row.alert.is_flapping(now) {
            hand.group.flapping_until = hand.group.flapping_until.max(row.alert.flapping_until);
        }
        hand.fired += 1;
        if hand.samples.len() < SAMPLES_MAX {
            hand.samples.push(row.alert.id);
        }
        hand.members.push(effect.row);
        hand.jobs.insert(effect.job);
        (hand.news, hand.touched) = (true, true);
        Ok(())
    }

    fn group_for(&mut self, sql: &mut dyn Sql, row: usize) -> Result<usize, Failure> {
        let (integration, key) = {
            let alert = &self.rows[row].alert;
            (alert.integration, alert.group.clone())
        };
        if let Some(place) = self.taking(integration, &key) {
            return Ok(place);
        }
        if self.storms(sql, integration)? {
            let storm = self.taking(integration, STORM_KEY);
            let key = STORM_KEY.to_owned();
            return Ok(storm.unwrap_or_else(|| self.add(Group::new(integration, key, self.now))));
        }
        *self.begun.entry(integration).or_default() += 1;
        Ok(self.add(Group::new(integration, key, self.now)))
    }

    /// The group with this key, if it takes more; one that does not is shut.
    fn taking(&mut self, integration: IntegrationId, key: &str) -> Option<usize> {
        let place = self.by_key.get(&integration)?.get(key).copied()?;
        let settings = self.settings_in_force(integration);
        let hand = &mut self.groups[place];
        if hand.alive && hand.group.takes(&settings, self.now) {
            return Some(place);
        }
        (hand.group.open, hand.touched) = (false, true);
        if let Some(by_key) = self.by_key.get_mut(&integration) {
            by_key.remove(key);
        }
        None
    }

    /// Whether an integration begins more groups than anybody reads.
    fn storms(&mut self, sql: &mut dyn Sql, integration: IntegrationId) -> Result<bool, Failure> {
        let most = i64::from(self.settings(integration).storm_groups);
        let begun = match self.begun.get(&integration) {
            Some(begun) => *begun,
            None => {
                let since = self.now.plus_seconds(-STORM_SECONDS);
                let begun = groups::begun_since(sql, integration, since)?;
                self.begun.insert(integration, begun);
                begun
            }
        };
        Ok(begun >= most)
    }

    /// A truncated notification says nothing of what it left out; once one was, only an
    /// untruncated one that is wholly over ends the rest.
    fn apply_mark(
        &mut self,
        sql: &mut dyn Sql,
        mark: &Mark,
        placed: &Placed,
    ) -> Result<(), Failure> {
        let places = self.marked(mark, placed);
        let now = self.now;
        if mark.left_out {
            for place in places {
                let hand = &mut self.groups[place];
                hand.touched |= !hand.group.truncated;
                hand.group.truncated = true;
                if mark.all_over && hand.alive && hand.group.all_firing() > 0 {
                    hand.news |= hand.group.unclear_since.is_none();
                    hand.touched = true;
                    hand.group.unclear_since.get_or_insert(now);
                }
            }
            return Ok(());
        }
        if !places.iter().any(|place| self.groups[*place].group.truncated) {
            return Ok(());
        }
        for place in places {
            let hand = &mut self.groups[place];
            // Of a storm, this says nothing of what other groups left out.
            hand.group.truncated &= hand.group.storm;
            hand.group.unclear_since = None;
            hand.touched = true;
            // Nothing is left to end, but until now it could not be said that all is over.
            hand.news |= hand.group.all_firing() == 0;
        }
        let rest = store::alerts::open_in_group(sql, mark.integration, &mark.group, ENDED_AT_ONCE)?;
        for alert in rest {
            let id = alert.id;
            let row = self.remember(alert);
            if self.rows[row].alert.id == id && !self.is_over(id) {
                self.end(row, AlertsWhy::Told, usize::MAX, None);
            }
        }
        for effect in std::mem::take(&mut self.effects) {
            self.apply(sql, effect)?;
        }
        Ok(())
    }

    /// The groups in which alerts are that a notification of their source's group is about: its
    /// own, and the ones that took them during a storm or before.
    fn marked(&self, mark: &Mark, placed: &Placed) -> BTreeSet<usize> {
        let own = self.by_key.get(&mark.integration).and_then(|by_key| by_key.get(&mark.group));
        let stored = mark.numbers.iter().filter_map(|number| self.by_number.get(number));
        let new = placed.get(&mark.integration).and_then(|known| known.get(&mark.group));
        own.into_iter().chain(stored).chain(new.into_iter().flatten()).copied().collect()
    }

    /// Where the alerts in hand were put that began in groups which marks are about: looked
    /// through once for all marks.
    fn placed(&self) -> Placed {
        let mut placed = Placed::new();
        for mark in &self.marks {
            placed.entry(mark.integration).or_default().entry(mark.group.clone()).or_default();
        }
        if placed.is_empty() {
            return placed;
        }
        for row in &self.rows {
            let known = placed.get_mut(&row.alert.integration);
            let known = known.and_then(|known| known.get_mut(&row.alert.group));
            if let (Some(places), Some(place)) = (known, row.place) {
                places.insert(place);
            }
        }
        placed
    }

    /// Whether an alert that is stored as open is over by what this batch told.
    pub(super) fn is_over(&self, id: kernel::AlertId) -> bool {
        self.over.contains(&id)
    }

    /// Groups of which nothing fires are over where their source hides nothing, whatever it cut.
    fn nothing_hidden(&mut self) {
        for hand in &mut self.groups {
            let over = hand.group.all_firing() == 0 && hand.group.truncated;
            if over && self.whole.contains(&hand.group.integration) {
                (hand.group.truncated, hand.group.unclear_since) = (false, None);
                (hand.news, hand.touched) = (true, true);
            }
        }
    }

    /// A group is looked at because time passed.
    fn ring(&mut self, sql: &mut dyn Sql, number: IncidentNumber) -> Result<(), Failure> {
        let Some(place) = self.by_number.get(&number).copied() else { return Ok(()) };
        let now = self.now;
        let unclear_seconds = self.settings(self.groups[place].group.integration).unclear_seconds;
        let hand = &mut self.groups[place];
        (hand.touched, hand.looked_at) = (true, true);
        if hand.group.flapping_until.is_some_and(|until| until <= now) {
            hand.group.flapping_until = None;
            hand.why = AlertsWhy::Calm;
            (hand.news, hand.rang) = (true, true);
        }
        if !hand.alive {
            // Nobody waits for it to be clear.
            hand.group.unclear_since = None;
        }
        let Some(since) = hand.group.unclear_since else {
            hand.news |= hand.group.untold;
            return Ok(());
        };
        if hand.group.all_firing() == 0 || store::alerts::told_since(sql, number, since)? {
            hand.group.unclear_since = None;
            hand.news = true;
        } else if now.seconds_since(since) >= unclear_seconds {
            hand.why = AlertsWhy::Unclear;
            (hand.news, hand.rang) = (true, true);
        }
        Ok(())
    }
}
