//! An incident as the pure evaluator sees it.

use super::world::{
    CATEGORIES, Incident, ORGANISATIONS, PEOPLE, SERVICES, TEAMS, category, organisation, person,
    service, team,
};
use incident::{Access, Visibility};
use kernel::{
    CategoryId, Channel, IncidentNumber, Level, OrganisationId, PersonId, Priority, ServiceId,
    TeamId, Timestamp,
};
use query::{HoldReason, MomentField, Named, PersonRef, Record, State, Text};
use std::borrow::Cow;

/// An incident, and how much of it who may see.
pub struct Seen<'a>(pub &'a Incident, pub Access, pub PersonId);

impl Seen<'_> {
    fn full(&self) -> bool {
        self.1 == Access::Full
    }
}

fn named<Id: Copy + PartialEq>(
    id: Option<Id>,
    names: &'static [&'static str],
    ids: impl Fn(usize) -> Id,
) -> Option<Named<'static, Id>> {
    let id = id?;
    let at = (0..names.len()).find(|at| ids(*at) == id).expect("it is one of them");
    Some(Named { id, name: names[at] })
}

fn person_ref(id: PersonId) -> PersonRef<'static> {
    let at = (0..PEOPLE.len()).find(|at| person(*at) == id).expect("one of the people");
    PersonRef { id, name: PEOPLE[at].0, email: PEOPLE[at].1 }
}

impl Record for Seen<'_> {
    fn number(&self) -> IncidentNumber {
        self.0.number
    }
    fn state(&self) -> State {
        State::from_word(self.0.state.lifecycle.as_str()).expect("the same words")
    }
    fn hold_reason(&self) -> Option<HoldReason> {
        let hold = self.0.state.hold.as_ref()?;
        HoldReason::from_word(hold.reason.as_str())
    }
    fn priority(&self) -> Priority {
        self.0.state.priority
    }
    fn impact(&self) -> Level {
        self.0.state.impact
    }
    fn urgency(&self) -> Level {
        self.0.state.urgency
    }
    fn team(&self) -> Option<Named<'_, TeamId>> {
        named(self.0.state.team, &TEAMS, team)
    }
    fn service(&self) -> Option<Named<'_, ServiceId>> {
        named(self.0.state.service, &SERVICES, service)
    }
    fn category(&self) -> Option<Named<'_, CategoryId>> {
        named(self.0.state.category, &CATEGORIES, category)
    }
    fn organisation(&self) -> Option<Named<'_, OrganisationId>> {
        named(self.0.state.organisation, &ORGANISATIONS, organisation)
    }
    fn assignee(&self) -> Option<PersonRef<'_>> {
        self.0.state.assignee.map(person_ref)
    }
    fn requester(&self) -> Option<PersonRef<'_>> {
        Some(person_ref(self.0.state.requester))
    }
    fn watchers(&self) -> Vec<PersonRef<'_>> {
        let known = self.0.state.watchers.iter().filter(|id| self.full() || **id == self.2);
        known.copied().map(person_ref).collect()
    }
    fn channel(&self) -> Channel {
        self.0.state.channel
    }
    fn major(&self) -> bool {
        self.0.state.major
    }
    fn proposed(&self) -> bool {
        self.full() && self.0.state.proposal().is_some()
    }
    fn breached(&self) -> bool {
        self.full() && self.0.breached()
    }
    fn breach(&self) -> Option<query::Breach> {
        self.0.state.explained().filter(|_| self.full()).map(query::Breach::from)
    }
    fn confidential(&self) -> bool {
        self.0.state.confidential_to.is_some()
    }
    fn merged(&self) -> bool {
        self.0.state.merged_into.is_some()
    }
    fn vip(&self) -> bool {
        self.full() && super::world::is_vip(self.0.state.requester)
    }
    fn affected(&self) -> Option<u32> {
        self.0.state.affected
    }
    fn tags(&self) -> Vec<&str> {
        self.0.state.tags.iter().filter(|_| self.full()).map(String::as_str).collect()
    }
    fn fields(&self) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
        let fields = self.0.state.fields.iter().filter(|_| self.full());
        fields.map(|(name, value)| (name.as_str().into(), value.as_str().into())).collect()
    }
    fn parent(&self) -> Option<IncidentNumber> {
        self.0.state.parent.filter(|_| self.full())
    }
    fn moment(&self, field: MomentField) -> Option<Timestamp> {
        let state = &self.0.state;
        match field {
            MomentField::Due => self.0.due().filter(|_| self.full()),
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
    fn text_has(&self, text: &Text) -> bool {
        let readable = |visibility| visibility == Visibility::Public || self.full();
        let said = self.0.said.iter().filter(|(_, visibility)| readable(*visibility));
        text.occurs_in(&self.0.title) || said.into_iter().any(|(words, _)| text.occurs_in(words))
    }
}
