//! Whom and what a timeline names, found out once for each version of its incident.

use incident::Body;
use kernel::{
    AlertId, CategoryId, Channel, ContentId, IncidentNumber, PersonId, ServiceId, TeamId, Timestamp,
};
use std::collections::{BTreeSet, HashMap};
use store::incidents::timeline::StoredEvent;

/// What is left of words that were erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Erased {
    /// Who erased them.
    pub(super) by: String,
    /// When.
    pub(super) at: Timestamp,
}

/// Everybody and everything that entries name.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) people: BTreeSet<PersonId>,
    pub(super) incidents: BTreeSet<IncidentNumber>,
    pub(super) teams: BTreeSet<TeamId>,
    pub(super) services: BTreeSet<ServiceId>,
    pub(super) categories: BTreeSet<CategoryId>,
    pub(super) alerts: BTreeSet<AlertId>,
    /// Incidents with entries that came by mail.
    pub(super) by_mail: BTreeSet<IncidentNumber>,
    /// Who erased which words.
    pub(super) erased: HashMap<ContentId, Erased>,
}

impl Named {
    /// All of it.
    pub(super) fn in_events(events: &[StoredEvent]) -> Named {
        let mut named = Named::default();
        events.iter().for_each(|stored| named.add(stored));
        named
    }

    fn add(&mut self, stored: &StoredEvent) {
        let event = &stored.event;
        self.people.extend(event.actor.person_id());
        self.incidents.extend(event.names());
        if event.channel == Channel::Email {
            self.by_mail.insert(stored.number);
        }
        match &event.body {
            Body::Reported(data) => {
                self.people.extend([data.requester]);
                self.teams.extend(data.team);
                self.services.extend(data.service);
                self.categories.extend(data.category);
            }
            Body::Assigned(data) => {
                self.people.extend(data.assignee.into_iter().chain(data.assignee_before));
                self.teams.extend(data.team.into_iter().chain(data.team_before));
            }
            Body::Escalated(data) => {
                self.people.extend(data.manager);
                self.teams.extend(data.team);
            }
            Body::Restricted(data) => {
                self.teams.extend(data.team.into_iter().chain(data.team_before));
            }
            Body::Classified(data) => {
                self.services.extend(data.service.into_iter().chain(data.service_before));
                self.categories.extend(data.category.into_iter().chain(data.category_before));
            }
            Body::RoleGiven(data) => {
                self.people.extend(data.person.into_iter().chain(data.person_before));
            }
            Body::TaskAdded(data) => self.people.extend(data.assignee),
            Body::Promised(data) => self.people.extend([data.to]),
            Body::BreachExplained(data) => self.people.extend([data.owner]),
            Body::Watched(data) => self.people.extend([data.person]),
            Body::Unwatched(data) => self.people.extend([data.person]),
            Body::AlertsChanged(data) => self.alerts.extend(data.samples.iter().copied()),
            Body::Redacted(data) => {
                let (by, at) = (event.actor.name.clone(), event.happened_at);
                self.erased.insert(data.content, Erased { by, at });
            }
            _ => {}
        }
    }
}
