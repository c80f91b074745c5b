//! An incident as a rule's condition sees it: all of it, whoever asks.

use super::wait::next_due;
use crate::policy::Policy;
use crate::state::State;
use kernel::{
    CalendarId, CategoryId, Channel, IncidentNumber, Level, OrganisationId, PersonId, Priority,
    ServiceId, TeamId, Timestamp,
};
use query::{HoldReason, MomentField, Named, PersonRef, Record, Text};
use std::borrow::Cow;
use std::collections::HashMap;

/// What rules ask of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Whether they are marked VIP.
    pub vip: bool,
}

/// An incident with what belongs to it.
pub struct Seen<'a> {
    /// Its number.
    pub number: IncidentNumber,
    /// Its state.
    pub state: &'a State,
    /// Names of teams, services and so on.
    pub policy: &'a Policy,
    /// Its people, as far as they are asked for.
    pub people: &'a HashMap<PersonId, Known>,
    /// Title, description and what was written just now, each as its folded words
    /// ([`query::words`]).
    pub texts: &'a [&'a [String]],
}

impl Seen<'_> {
    fn person(&self, id: PersonId) -> PersonRef<'_> {
        let staff = || self.policy.staff.get(&id).map(|staff| staff.name.as_str());
        match self.people.get(&id) {
            Some(known) => PersonRef { id, name: &known.name, email: known.email.as_deref() },
            None => PersonRef { id, name: staff().unwrap_or_default(), email: None },
        }
    }
}

/// The name of a category without those above it.
pub(super) fn leaf(path: &str) -> &str {
    path.rsplit(" › ").next().unwrap_or(path)
}

impl Record for Seen<'_> {
    fn number(&self) -> IncidentNumber {
        self.number
    }

    fn state(&self) -> query::State {
        query::State::from_word(self.state.lifecycle.as_str()).unwrap_or(query::State::New)
    }

    fn hold_reason(&self) -> Option<HoldReason> {
        let hold = self.state.hold.as_ref()?;
        HoldReason::from_word(hold.reason.as_str())
    }

    fn priority(&self) -> Priority {
        self.state.priority
    }

    fn impact(&self) -> Level {
        self.state.impact
    }

    fn urgency(&self) -> Level {
        self.state.urgency
    }

    fn team(&self) -> Option<Named<'_, TeamId>> {
        let id = self.state.team?;
        let name = self.policy.teams.get(&id).map_or("", |team| &team.name);
        Some(Named { id, name })
    }

    fn service(&self) -> Option<Named<'_, ServiceId>> {
        let id = self.state.service?;
        let name = self.policy.services.get(&id).map_or("", |service| &service.name);
        Some(Named { id, name })
    }

    fn category(&self) -> Option<Named<'_, CategoryId>> {
        let id = self.state.category?;
        let name = self.policy.categories.get(&id).map_or("", |category| leaf(&category.path));
        Some(Named { id, name })
    }

    fn organisation(&self) -> Option<Named<'_, OrganisationId>> {
        let id = self.state.organisation?;
        let name = self.policy.organisations.get(&id).map_or("", String::as_str);
        Some(Named { id, name })
    }

    fn assignee(&self) -> Option<PersonRef<'_>> {
        self.state.assignee.map(|id| self.person(id))
    }

    fn requester(&self) -> Option<PersonRef<'_>> {
        Some(self.person(self.state.requester))
    }

    fn watchers(&self) -> Vec<PersonRef<'_>> {
        self.state.watchers.iter().map(|id| self.person(*id)).collect()
    }

    fn channel(&self) -> Channel {
        self.state.channel
    }

    fn major(&self) -> bool {
        self.state.major
    }

    fn proposed(&self) -> bool {
        self.state.proposal().is_some()
    }

    fn breached(&self) -> bool {
        let mut clocks = self.state.clocks.iter();
        clocks.any(|clock| clock.status.is_live() && clock.breached_at.is_some())
            || self.state.broken_promises().next().is_some()
    }

    fn breach(&self) -> Option<query::Breach> {
        self.state.explained().map(query::Breach::from)
    }

    fn confidential(&self) -> bool {
        self.state.confidential_to.is_some()
    }

    fn merged(&self) -> bool {
        self.state.merged_into.is_some()
    }

    fn vip(&self) -> bool {
        self.people.get(&self.state.requester).is_some_and(|known| known.vip)
    }

    fn affected(&self) -> Option<u32> {
        self.state.affected
    }

    fn tags(&self) -> Vec<&str> {
        self.state.tags.iter().map(String::as_str).collect()
    }

    fn fields(&self) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
        let fields = self.state.fields.iter();
        fields.map(|(name, value)| (name.as_str().into(), value.as_str().into())).collect()
    }

    fn parent(&self) -> Option<IncidentNumber> {
        self.state.parent
    }

    fn moment(&self, field: MomentField) -> Option<Timestamp> {
        let state = self.state;
        match field {
            MomentField::Due => next_due(state),
            MomentField::Reported => Some(state.reported_at),
            MomentField::Updated => Some(state.updated_at),
            MomentField::Acknowledged => state.moments.acknowledged,
            MomentField::Responded => state.moments.responded,
            MomentField::Resolved => state.moments.resolved,
            MomentField::Closed => state.moments.closed,
            MomentField::Held => state.hold.as_ref().map(|hold| hold.since),
            MomentField::Resumes => state.hold.as_ref().and_then(|hold| hold.until),
        }
    }

    fn hours(&self, at: Timestamp) -> Vec<Named<'_, CalendarId>> {
        let latest = self.policy.calendars.latest().into_iter();
        let open = latest.filter_map(|known| {
            let id = known.hours.reference.id;
            let calendars = &self.policy.calendars;
            let is_open = calendars.get(calendars.newest(id, at)).is_open(at);
            (is_open && !known.hours.retired)
                .then_some(Named { id, name: known.hours.name.as_str() })
        });
        open.collect()
    }

    fn text_has(&self, text: &Text) -> bool {
        self.texts.iter().any(|words| text.occurs_among(words))
    }
}
