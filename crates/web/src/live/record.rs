//! An incident as the query language sees it, as far as a row tells it.

use crate::part::time::Here;
use incident::state::HoldReason;
use incident::{Access, Lifecycle};
use kernel::{
    CategoryId, Channel, IncidentNumber, Level, OrganisationId, Priority, ServiceId, TeamId,
    Timestamp,
};
use query::{Context, Expr, MomentField, Named, Person, PersonRef, Record, Term, Text};
use std::borrow::Cow;
use store::incidents::list::{IncidentRow, Look, Named as Stored};

/// What `me`, `mine` and `today` mean to a viewer now.
pub(super) fn context(look: &Look, here: &Here) -> Context {
    Context { now: here.now, ..look.context.clone() }
}

/// Whether the store has to be asked: rows know neither all words of an incident
/// nor the addresses of its people.
pub(super) fn needs_store(expr: &Expr) -> bool {
    match expr {
        Expr::All => false,
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(needs_store),
        Expr::Not(inner) => needs_store(inner),
        Expr::Term(Term::Text(_) | Term::Vip(_)) => true,
        Expr::Term(Term::Watcher(people)) => {
            people.iter().any(|person| matches!(person, Person::Named(_)))
        }
        Expr::Term(Term::Assignee(people)) => {
            people.iter().any(|person| matches!(person, Person::Named(name) if name.contains('@')))
        }
        Expr::Term(_) => false,
    }
}

/// A row as a record.
pub(super) struct Seen<'a>(pub(super) &'a IncidentRow);

fn named<Id: Copy>(stored: &Option<Stored<Id>>) -> Option<Named<'_, Id>> {
    stored.as_ref().map(|stored| Named { id: stored.id, name: &stored.name })
}

impl Record for Seen<'_> {
    fn number(&self) -> IncidentNumber {
        self.0.number
    }

    fn state(&self) -> query::State {
        match self.0.state.lifecycle {
            Lifecycle::New => query::State::New,
            Lifecycle::InProgress => query::State::InProgress,
            Lifecycle::OnHold => query::State::OnHold,
            Lifecycle::Resolved => query::State::Resolved,
            Lifecycle::Closed => query::State::Closed,
            Lifecycle::Cancelled => query::State::Cancelled,
        }
    }

    fn hold_reason(&self) -> Option<query::HoldReason> {
        self.0.state.hold.as_ref().map(|hold| match hold.reason {
            HoldReason::Requester => query::HoldReason::Requester,
            HoldReason::Vendor => query::HoldReason::Vendor,
            HoldReason::Change => query::HoldReason::Change,
            HoldReason::Problem => query::HoldReason::Problem,
            HoldReason::Scheduled => query::HoldReason::Scheduled,
        })
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
        named(&self.0.team)
    }

    fn service(&self) -> Option<Named<'_, ServiceId>> {
        named(&self.0.service)
    }

    fn category(&self) -> Option<Named<'_, CategoryId>> {
        named(&self.0.category)
    }

    fn organisation(&self) -> Option<Named<'_, OrganisationId>> {
        named(&self.0.organisation)
    }

    fn assignee(&self) -> Option<PersonRef<'_>> {
        self.0.assignee.as_ref().map(|stored| PersonRef {
            id: stored.id,
            name: &stored.name,
            email: None,
        })
    }

    fn requester(&self) -> Option<PersonRef<'_>> {
        let requester = &self.0.requester;
        Some(PersonRef {
            id: requester.id,
            name: &requester.name,
            email: self.0.requester_email.as_deref(),
        })
    }

    fn watchers(&self) -> Vec<PersonRef<'_>> {
        self.0
            .state
            .watchers
            .iter()
            .map(|id| PersonRef { id: *id, name: "", email: None })
            .collect()
    }

    fn channel(&self) -> Channel {
        self.0.state.channel
    }

    fn major(&self) -> bool {
        self.0.state.major
    }

    fn proposed(&self) -> bool {
        self.0.state.proposal().is_some() && self.0.access == Access::Full
    }

    fn breached(&self) -> bool {
        self.0.breached && self.0.access == Access::Full
    }

    fn breach(&self) -> Option<query::Breach> {
        let seen = self.0.access == Access::Full;
        self.0.state.explained().filter(|_| seen).map(query::Breach::from)
    }

    fn confidential(&self) -> bool {
        self.0.state.confidential_to.is_some()
    }

    fn merged(&self) -> bool {
        self.0.state.merged_into.is_some()
    }

    /// Not told by a row; [`needs_store`] says so.
    fn vip(&self) -> bool {
        false
    }

    fn affected(&self) -> Option<u32> {
        self.0.state.affected
    }

    fn tags(&self) -> Vec<&str> {
        self.0.state.tags.iter().map(String::as_str).collect()
    }

    fn fields(&self) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
        self.0
            .state
            .fields
            .iter()
            .map(|(name, value)| (Cow::from(name.as_str()), Cow::from(value.as_str())))
            .collect()
    }

    fn parent(&self) -> Option<IncidentNumber> {
        self.0.state.parent
    }

    fn moment(&self, field: MomentField) -> Option<Timestamp> {
        let state = &self.0.state;
        match field {
            MomentField::Due => self.0.due_at.filter(|_| self.0.access == Access::Full),
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

    /// The title alone; [`needs_store`] says when that is not enough.
    fn text_has(&self, text: &Text) -> bool {
        text.occurs_in(&self.0.title)
    }
}
