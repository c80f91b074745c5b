//! What every format reads of a snapshot: it, cleaned, with its clock and its bars.

use crate::clean;
use crate::condition::{Calendar, Day};
use crate::snapshot::{Component, Incident, Phase, Snapshot, Update, Work, WorkPhase};
use crate::times::Clock;
use kernel::{ComponentGroupId, ComponentId, Timestamp};

/// A snapshot that is ready to be written.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) snapshot: Snapshot,
    pub(crate) clock: Clock,
    /// The days of each component, in the order of components.
    pub(crate) bars: Vec<Vec<Day>>,
}

impl View {
    pub(crate) fn new(snapshot: &Snapshot) -> View {
        let snapshot = clean::snapshot(snapshot);
        let clock = Clock::new(&snapshot.site.time_zone, snapshot.at);
        let calendar = Calendar::new(&clock, snapshot.at);
        let bars = snapshot.components.iter().map(|component| calendar.bars(component)).collect();
        View { snapshot, clock, bars }
    }

    /// Components with these ids, in the order of the page.
    pub(crate) fn components<'a>(
        &'a self,
        ids: &'a [ComponentId],
    ) -> impl Iterator<Item = &'a Component> {
        self.snapshot.components.iter().filter(|component| ids.contains(&component.id))
    }

    /// Components under a heading, or under none, with their days.
    pub(crate) fn under(
        &self,
        group: Option<ComponentGroupId>,
    ) -> impl Iterator<Item = (&Component, &[Day])> {
        let all = self.snapshot.components.iter().zip(&self.bars);
        let known = |of: &Component| of.group.filter(|id| self.has_group(*id));
        all.filter(move |(component, _)| known(component) == group)
            .map(|(component, days)| (component, days.as_slice()))
    }

    fn has_group(&self, id: ComponentGroupId) -> bool {
        self.snapshot.groups.iter().any(|group| group.id == id)
    }

    /// Incidents that are not over.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Incident> {
        self.snapshot.incidents.iter().filter(|incident| incident.phase != Phase::Resolved)
    }

    /// Incidents that are over.
    pub(crate) fn over(&self) -> impl Iterator<Item = &Incident> {
        self.snapshot.incidents.iter().filter(|incident| incident.phase == Phase::Resolved)
    }

    /// The absolute address of a file.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.snapshot.site.url)
    }
}

impl Incident {
    /// The newest word.
    pub(crate) fn newest(&self) -> Option<&Update> {
        self.updates.iter().max_by_key(|update| update.at)
    }

    /// When something of it changed last.
    pub(crate) fn changed_at(&self) -> Timestamp {
        let said = self.newest().map_or(self.created_at, |update| update.at);
        said.max(self.resolved_at.unwrap_or(said)).max(self.created_at)
    }
}

impl Work {
    /// The id of this occurrence.
    pub(crate) fn key(&self) -> String {
        format!("{}-{}", self.id, self.occurrence)
    }

    /// Whether it is to come or going on; or whoever waits for it should read that it is not.
    pub(crate) fn is_ahead(&self, now: Timestamp) -> bool {
        match self.phase {
            WorkPhase::Scheduled | WorkPhase::InProgress => true,
            WorkPhase::Cancelled => self.ends_at > now,
            WorkPhase::Completed => false,
        }
    }
}
