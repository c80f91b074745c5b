//! What several edits come to: the first value of everything that was touched, and the last.

use incident::Body;
use incident::event::{Assigned, Classified};
use kernel::{CategoryId, ContentId, Level, PersonId, Priority, ServiceId, TeamId};
use std::collections::{BTreeMap, BTreeSet};
use store::incidents::timeline::StoredEvent;

/// A value before and after.
pub(super) type Pair<T> = Option<(T, T)>;

/// What changed in the end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Net {
    pub(super) team: Pair<Option<TeamId>>,
    pub(super) assignee: Pair<Option<PersonId>>,
    pub(super) priority: Pair<Priority>,
    pub(super) levels: Pair<(Level, Level)>,
    /// Why the priority is set by hand, if it is.
    pub(super) reason: Option<ContentId>,
    pub(super) title: Pair<ContentId>,
    pub(super) service: Pair<Option<ServiceId>>,
    pub(super) category: Pair<Option<CategoryId>>,
    pub(super) affected: Pair<Option<u32>>,
    pub(super) fields: BTreeMap<String, (Option<String>, Option<String>)>,
    pub(super) tags_added: BTreeSet<String>,
    pub(super) tags_removed: BTreeSet<String>,
}

impl Net {
    /// Of these events, those that are edits, in order.
    pub(super) fn of(events: &[&StoredEvent]) -> Net {
        let mut net = Net::default();
        for stored in events {
            net.take(&stored.event.body);
        }
        net.settle();
        net
    }

    /// Whether everything is as it was.
    pub(super) fn is_nothing(&self) -> bool {
        *self == Net::default()
    }

    fn take(&mut self, body: &Body) {
        match body {
            Body::Assigned(data) => self.assigned(data),
            Body::Classified(data) => self.classified(data),
            Body::PriorityChanged(data) => {
                join(&mut self.priority, data.priority_before, data.priority);
                join(
                    &mut self.levels,
                    (data.impact_before, data.urgency_before),
                    (data.impact, data.urgency),
                );
                self.reason = data.priority_override.as_ref().map(|set| set.reason);
            }
            Body::Tagged(data) => {
                for tag in &data.added {
                    if !self.tags_removed.remove(tag) {
                        self.tags_added.insert(tag.clone());
                    }
                }
                for tag in &data.removed {
                    if !self.tags_added.remove(tag) {
                        self.tags_removed.insert(tag.clone());
                    }
                }
            }
            _ => {}
        }
    }

    fn assigned(&mut self, data: &Assigned) {
        join(&mut self.team, data.team_before, data.team);
        join(&mut self.assignee, data.assignee_before, data.assignee);
    }

    fn classified(&mut self, data: &Classified) {
        if let (Some(before), Some(now)) = (data.title_before, data.title) {
            join(&mut self.title, before, now);
        }
        join(&mut self.service, data.service_before, data.service);
        join(&mut self.category, data.category_before, data.category);
        if data.affected != data.affected_before {
            join(&mut self.affected, data.affected_before, data.affected);
        }
        for (name, now) in &data.fields {
            let before = data.fields_before.get(name).cloned().flatten();
            let first = self.fields.remove(name).map_or(before, |(first, _)| first);
            self.fields.insert(name.clone(), (first, now.clone()));
        }
    }

    /// Leaves out what is in the end as it was at first.
    fn settle(&mut self) {
        settle(&mut self.team);
        settle(&mut self.assignee);
        settle(&mut self.levels);
        settle(&mut self.title);
        settle(&mut self.service);
        settle(&mut self.category);
        settle(&mut self.affected);
        settle(&mut self.priority);
        if self.priority.is_none() && self.levels.is_none() {
            self.reason = None;
        }
        self.fields.retain(|_, (before, now)| before != now);
    }
}

fn join<T>(pair: &mut Pair<T>, before: T, now: T) {
    *pair = match pair.take() {
        Some((first, _)) => Some((first, now)),
        None => Some((before, now)),
    };
}

fn settle<T: PartialEq>(pair: &mut Pair<T>) {
    if pair.as_ref().is_some_and(|(before, now)| before == now) {
        *pair = None;
    }
}
